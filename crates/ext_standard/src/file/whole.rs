//! Whole files at once.

use super::handle::pass_through;
use crate::streams::io::close;
use crate::streams::open::{Target, failed, target};
use crate::streams::{self, OpenOptions, Stream, Whence};
use md5::Digest;
use phalanx_host::fs;
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpResource, PhpString, Value, View};
use phalanx_vm::args::{OrFalse, Path};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] =
    &[&FILE_GET_CONTENTS, &FILE_PUT_CONTENTS, &FILE, &READFILE, &COPY, &MD5_FILE, &SHA1_FILE];

mod flag {
    pub const USE_INCLUDE_PATH: i64 = 1;
    pub const IGNORE_NEW_LINES: i64 = 2;
    pub const SKIP_EMPTY_LINES: i64 = 4;
    pub const APPEND: i64 = 8;
    pub const NO_DEFAULT_CONTEXT: i64 = 16;
    pub const LOCK_EX: i64 = 2;
}

/// The content of a plain file, read without a stream; none if a stream is needed after all.
fn plain(cx: &mut Context, path: &PhpString, options: &OpenOptions) -> PhpResult<Option<Vec<u8>>> {
    if options.use_include_path || path.is_empty() {
        return Ok(None);
    }
    let Target::File(file) = target(cx, path, true)? else { return Ok(None) };
    let full = cx.full_path(file);
    Ok(fs::read_file(&full).ok().map(|(content, _)| content))
}

/// <https://www.php.net/file_get_contents>
#[php_fn(
    "file_get_contents(string $filename, bool $use_include_path = false, $context = null, int $offset = 0, ?int $length = null): string|false"
)]
fn file_get_contents(
    cx: &mut Context,
    filename: Path<'_>,
    use_include_path: bool,
    context: Option<PhpResource>,
    offset: i64,
    length: Option<i64>,
) -> PhpResult<OrFalse<PhpString>> {
    let max = match length {
        Some(length) if length < 0 => {
            return Err(cx.arg_value_error(5, "must be greater than or equal to 0"));
        }
        Some(length) => length as usize,
        None => usize::MAX,
    };
    let options = OpenOptions { use_include_path, context, ..OpenOptions::default() };
    if offset == 0
        && length.is_none()
        && let Some(content) = plain(cx, filename.as_string(), &options)?
    {
        return Ok(OrFalse(Some(content.into())));
    }
    let Some(resource) = streams::open(cx, filename.as_string(), b"rb", &options)? else {
        return Ok(OrFalse(None));
    };
    let result = match resource.native::<Stream>() {
        Some(stream) => read_part(cx, stream, offset, max),
        None => Ok(None),
    };
    close(cx, &resource)?;
    Ok(OrFalse(result?.map(PhpString::from)))
}

fn read_part(cx: &mut Context, stream: &Stream, offset: i64, max: usize) -> PhpResult<Option<Vec<u8>>> {
    if offset != 0 {
        let whence = if offset > 0 { Whence::Start } else { Whence::End };
        if !stream.seek(cx, offset, whence)? {
            cx.doc_warning(format!("Failed to seek to position {offset} in the stream"))?;
            return Ok(None);
        }
    }
    stream.read_all(cx, max).map(Some)
}

/// <https://www.php.net/file_put_contents>
#[php_fn("file_put_contents(string $filename, mixed $data, int $flags = 0, $context = null): int|false")]
fn file_put_contents(
    cx: &mut Context,
    filename: Path<'_>,
    data: &Value,
    flags: i64,
    context: Option<PhpResource>,
) -> PhpResult<OrFalse<usize>> {
    let mode: &[u8] = if flags & flag::APPEND != 0 {
        b"ab"
    } else if flags & flag::LOCK_EX != 0 {
        // The file is emptied once it is locked.
        b"cb"
    } else {
        b"wb"
    };
    let source = match data.as_resource() {
        Some(resource) => Some(streams::of_argument(cx, resource)?),
        None => None,
    };
    let options = OpenOptions {
        use_include_path: flags & flag::USE_INCLUDE_PATH != 0,
        context,
        ..OpenOptions::default()
    };
    let Some(resource) = streams::open(cx, filename.as_string(), mode, &options)? else {
        return Ok(OrFalse(None));
    };
    let Some(stream) = resource.native::<Stream>() else { return Ok(OrFalse(None)) };
    if flags & flag::LOCK_EX != 0 {
        let locked = stream.with_device(|device| device.lock(cx, 2)).unwrap_or(Ok(None))?;
        if !matches!(locked, Some(Ok(()))) {
            cx.doc_warning("Exclusive locks are not supported for this stream")?;
            close(cx, &resource)?;
            return Ok(OrFalse(None));
        }
        if flags & flag::APPEND == 0 {
            stream.with_device(|device| device.truncate(cx, 0)).transpose()?;
        }
    }
    let written = match (source, data.view()) {
        (Some(source), _) => copy_stream(cx, source, stream).map(Some),
        (None, View::Array(pieces)) => write_pieces(cx, stream, pieces),
        (None, View::Object(_)) | (None, _) => {
            let text = cx.to_string(data)?;
            write_all(cx, stream, &text)
        }
    };
    close(cx, &resource)?;
    Ok(OrFalse(written?))
}

fn write_all(cx: &mut Context, stream: &Stream, bytes: &[u8]) -> PhpResult<Option<usize>> {
    let written = stream.write(cx, bytes)?;
    if let Some(count) = written
        && count != bytes.len()
    {
        let all = bytes.len();
        cx.doc_warning(format!("Only {count} of {all} bytes written, possibly out of free disk space"))?;
        return Ok(None);
    }
    Ok(written)
}

fn write_pieces(cx: &mut Context, stream: &Stream, pieces: &PhpArray) -> PhpResult<Option<usize>> {
    let mut total = 0;
    for piece in pieces.values() {
        let text = cx.to_string(&piece.deref_clone())?;
        match stream.write(cx, &text)? {
            Some(count) if count == text.len() => total += count,
            _ => {
                cx.doc_warning("Failed to write the array to the stream")?;
                return Ok(None);
            }
        }
    }
    Ok(Some(total))
}

/// Copies what is left of a stream; how many bytes.
pub fn copy_stream(cx: &mut Context, from: &Stream, to: &Stream) -> PhpResult<usize> {
    let mut total = 0;
    loop {
        let bytes = from.read(cx, 1 << 16)?;
        if bytes.is_empty() {
            return Ok(total);
        }
        total += bytes.len();
        to.write(cx, &bytes)?;
    }
}

/// <https://www.php.net/file>
#[php_fn("file(string $filename, int $flags = 0, $context = null): array|false")]
fn file(
    cx: &mut Context,
    filename: Path<'_>,
    flags: i64,
    context: Option<PhpResource>,
) -> PhpResult<OrFalse<PhpArray>> {
    let known =
        flag::USE_INCLUDE_PATH | flag::IGNORE_NEW_LINES | flag::SKIP_EMPTY_LINES | flag::NO_DEFAULT_CONTEXT;
    if flags & !known != 0 {
        return Err(cx.arg_value_error(2, "must be a valid flag value"));
    }
    let options = OpenOptions {
        use_include_path: flags & flag::USE_INCLUDE_PATH != 0,
        context,
        ..OpenOptions::default()
    };
    let content = match plain(cx, filename.as_string(), &options)? {
        Some(content) => content,
        None => {
            let Some(resource) = streams::open(cx, filename.as_string(), b"rb", &options)? else {
                return Ok(OrFalse(None));
            };
            let content = match resource.native::<Stream>() {
                Some(stream) => stream.read_all(cx, usize::MAX),
                None => Ok(Vec::new()),
            };
            close(cx, &resource)?;
            content?
        }
    };
    let mut lines = PhpArray::new();
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        let mut line = line;
        if flags & flag::IGNORE_NEW_LINES != 0 {
            line = line.strip_suffix(b"\n").unwrap_or(line);
            line = line.strip_suffix(b"\r").unwrap_or(line);
            if flags & flag::SKIP_EMPTY_LINES != 0 && line.is_empty() {
                continue;
            }
        }
        lines.push_value(Value::str(line));
    }
    Ok(OrFalse(Some(lines)))
}

/// <https://www.php.net/readfile>
#[php_fn("readfile(string $filename, bool $use_include_path = false, $context = null): int|false")]
fn readfile(
    cx: &mut Context,
    filename: Path<'_>,
    use_include_path: bool,
    context: Option<PhpResource>,
) -> PhpResult<OrFalse<usize>> {
    let options = OpenOptions { use_include_path, context, ..OpenOptions::default() };
    let Some(resource) = streams::open(cx, filename.as_string(), b"rb", &options)? else {
        return Ok(OrFalse(None));
    };
    let count = match resource.native::<Stream>() {
        Some(stream) => pass_through(cx, stream),
        None => Ok(0),
    };
    close(cx, &resource)?;
    Ok(OrFalse(Some(count?)))
}

/// <https://www.php.net/copy>
#[php_fn("copy(string $from, string $to, $context = null): bool")]
fn copy(cx: &mut Context, from: Path<'_>, to: Path<'_>, context: Option<PhpResource>) -> PhpResult<bool> {
    let options = OpenOptions { context, ..OpenOptions::default() };
    if let Target::File(file) = target(cx, from.as_string(), true)? {
        let full = cx.full_path(file);
        if fs::stat(&full).is_ok_and(|stat| stat.is_dir()) {
            cx.doc_warning("The first argument to copy() function cannot be a directory")?;
            return Ok(false);
        }
        if let Target::File(other) = target(cx, to.as_string(), true)? {
            let other = cx.full_path(other);
            match (fs::stat(&full), fs::stat(&other)) {
                (Ok(_), Ok(stat)) if stat.is_dir() => {
                    cx.doc_warning("The second argument to copy() function cannot be a directory")?;
                    return Ok(false);
                }
                // A file copied to itself stays as it is.
                (Ok(one), Ok(two)) if (one.dev, one.ino) == (two.dev, two.ino) => return Ok(true),
                _ => {}
            }
        }
    }
    let Some(source) = streams::open(cx, from.as_string(), b"rb", &options)? else { return Ok(false) };
    let Some(goal) = streams::open(cx, to.as_string(), b"wb", &options)? else {
        close(cx, &source)?;
        return Ok(false);
    };
    let result = match (source.native::<Stream>(), goal.native::<Stream>()) {
        (Some(source), Some(goal)) => copy_stream(cx, source, goal).map(|_| true),
        _ => Ok(false),
    };
    close(cx, &source)?;
    close(cx, &goal)?;
    result
}

/// Warns that a file could not be opened, as functions that read whole files do.
pub fn not_opened(cx: &mut Context, path: &[u8], error: &std::io::Error) -> PhpResult {
    let reason = phalanx_host::error_text(error);
    failed(cx, path, "Failed to open stream", &reason)
}

/// All that is in a file; none if it cannot be opened, which is reported.
fn content(cx: &mut Context, filename: &PhpString) -> PhpResult<Option<Vec<u8>>> {
    let options = OpenOptions::default();
    let Some(resource) = streams::open(cx, filename, b"rb", &options)? else { return Ok(None) };
    let bytes = match resource.native::<Stream>() {
        Some(stream) => read_part(cx, stream, 0, usize::MAX),
        None => Ok(None),
    };
    close(cx, &resource)?;
    bytes
}

/// <https://www.php.net/md5_file>
#[php_fn("md5_file(string $filename, bool $binary = false): string|false")]
fn md5_file(cx: &mut Context, filename: Path<'_>, binary: bool) -> PhpResult<OrFalse<Vec<u8>>> {
    let bytes = content(cx, filename.as_string())?;
    Ok(OrFalse(bytes.map(|bytes| crate::string::codec::shown(&md5::Md5::digest(&bytes), binary))))
}

/// <https://www.php.net/sha1_file>
#[php_fn("sha1_file(string $filename, bool $binary = false): string|false")]
fn sha1_file(cx: &mut Context, filename: Path<'_>, binary: bool) -> PhpResult<OrFalse<Vec<u8>>> {
    let bytes = content(cx, filename.as_string())?;
    Ok(OrFalse(bytes.map(|bytes| crate::string::codec::shown(&sha1::Sha1::digest(&bytes), binary))))
}
