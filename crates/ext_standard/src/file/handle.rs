//! Reading and writing open streams.

use crate::args::assign;
use crate::streams::file::FileDevice;
use crate::streams::filter::Mode;
use crate::streams::io::{Description, close};
use crate::streams::{self, OpenOptions, Stream, Whence};
use crate::string::format::{self, Source};
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpRef, PhpResource, PhpString, Value};
use phalanx_vm::args::{OrFalse, Path};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};
use std::io;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &FOPEN, &FCLOSE, &FEOF, &FGETC, &FGETS, &FREAD, &FWRITE, &FPUTS, &FFLUSH, &FSYNC, &FDATASYNC, &FSEEK,
    &FTELL, &REWIND, &FTRUNCATE, &FLOCK, &FSTAT, &FPASSTHRU, &TMPFILE, &FPRINTF, &VFPRINTF,
];

/// <https://www.php.net/fopen>
#[php_fn("fopen(string $filename, string $mode, bool $use_include_path = false, $context = null)")]
fn fopen(
    cx: &mut Context,
    filename: Path<'_>,
    mode: &PhpString,
    use_include_path: bool,
    context: Option<PhpResource>,
) -> PhpResult<OrFalse<PhpResource>> {
    let options = OpenOptions { use_include_path, context, ..OpenOptions::default() };
    streams::open(cx, filename.as_string(), mode, &options).map(OrFalse)
}

/// <https://www.php.net/fclose>
#[php_fn("fclose(resource $stream): bool")]
fn fclose(cx: &mut Context, stream: &PhpResource) -> PhpResult<bool> {
    streams::of_argument(cx, stream)?;
    close(cx, stream)?;
    Ok(true)
}

/// <https://www.php.net/feof>
#[php_fn("feof(resource $stream): bool")]
fn feof(cx: &mut Context, stream: &PhpResource) -> PhpResult<bool> {
    Ok(streams::of_argument(cx, stream)?.eof())
}

/// <https://www.php.net/fgetc>
#[php_fn("fgetc(resource $stream): string|false")]
fn fgetc(cx: &mut Context, stream: &PhpResource) -> PhpResult<OrFalse<Vec<u8>>> {
    let byte = streams::of_argument(cx, stream)?.read(cx, 1)?;
    Ok(OrFalse((!byte.is_empty()).then_some(byte)))
}

/// <https://www.php.net/fgets>
#[php_fn("fgets(resource $stream, ?int $length = null): string|false")]
fn fgets(cx: &mut Context, stream: &PhpResource, length: Option<i64>) -> PhpResult<OrFalse<Vec<u8>>> {
    let stream = streams::of_argument(cx, stream)?;
    let max = match length {
        None => usize::MAX,
        Some(length) if length <= 0 => return Err(cx.arg_value_error(2, "must be greater than 0")),
        // Nothing fits besides the NUL that C would put behind it.
        Some(1) => return Ok(OrFalse(None)),
        Some(length) => length as usize - 1,
    };
    stream.line(cx, max).map(OrFalse)
}

/// <https://www.php.net/fread>
#[php_fn("fread(resource $stream, int $length): string|false")]
fn fread(cx: &mut Context, stream: &PhpResource, length: i64) -> PhpResult<OrFalse<Vec<u8>>> {
    let stream = streams::of_argument(cx, stream)?;
    let Some(length) = usize::try_from(length).ok().filter(|length| *length > 0) else {
        return Err(cx.arg_value_error(2, "must be greater than 0"));
    };
    let bytes = stream.read(cx, length)?;
    let failed = bytes.is_empty()
        && !stream.saw_end()
        && (!stream.may_read() || stream.is_blocking() && stream.timed_out());
    Ok(OrFalse((!failed).then_some(bytes)))
}

fn write(
    cx: &mut Context,
    stream: &PhpResource,
    data: &PhpString,
    length: Option<i64>,
) -> PhpResult<OrFalse<usize>> {
    let stream = streams::of_argument(cx, stream)?;
    let count = match length {
        Some(length) => usize::try_from(length).unwrap_or(0).min(data.len()),
        None => data.len(),
    };
    stream.write(cx, &data[..count]).map(OrFalse)
}

/// <https://www.php.net/fwrite>
#[php_fn("fwrite(resource $stream, string $data, ?int $length = null): int|false")]
fn fwrite(
    cx: &mut Context,
    stream: &PhpResource,
    data: &PhpString,
    length: Option<i64>,
) -> PhpResult<OrFalse<usize>> {
    write(cx, stream, data, length)
}

/// <https://www.php.net/fputs>
#[php_fn("fputs(resource $stream, string $data, ?int $length = null): int|false")]
fn fputs(
    cx: &mut Context,
    stream: &PhpResource,
    data: &PhpString,
    length: Option<i64>,
) -> PhpResult<OrFalse<usize>> {
    write(cx, stream, data, length)
}

/// <https://www.php.net/fflush>
#[php_fn("fflush(resource $stream): bool")]
fn fflush(cx: &mut Context, stream: &PhpResource) -> PhpResult<bool> {
    let stream = streams::of_argument(cx, stream)?;
    stream.flush_filters(cx, Mode::Write, false)?;
    stream.flush(cx)
}

fn sync(cx: &mut Context, stream: &PhpResource, all: bool) -> PhpResult<bool> {
    let stream = streams::of_argument(cx, stream)?;
    let done = stream.with_device(|device| {
        device.file().map(|file| if all { file.sync_all() } else { file.sync_data() }.is_ok())
    });
    match done.flatten() {
        Some(done) => Ok(done),
        None => cx.doc_warning("Can't fsync this stream!").map(|()| false),
    }
}

/// <https://www.php.net/fsync>
#[php_fn("fsync(resource $stream): bool")]
fn fsync(cx: &mut Context, stream: &PhpResource) -> PhpResult<bool> {
    sync(cx, stream, true)
}

/// <https://www.php.net/fdatasync>
#[php_fn("fdatasync(resource $stream): bool")]
fn fdatasync(cx: &mut Context, stream: &PhpResource) -> PhpResult<bool> {
    sync(cx, stream, false)
}

/// <https://www.php.net/fseek>
#[php_fn("fseek(resource $stream, int $offset, int $whence = SEEK_SET): int", default(whence = 0))]
fn fseek(cx: &mut Context, stream: &PhpResource, offset: i64, whence: i64) -> PhpResult<i64> {
    let stream = streams::of_argument(cx, stream)?;
    let Some(whence) = Whence::from_number(whence) else { return Ok(-1) };
    Ok(if stream.seek(cx, offset, whence)? { 0 } else { -1 })
}

/// <https://www.php.net/ftell>
#[php_fn("ftell(resource $stream): int|false")]
fn ftell(cx: &mut Context, stream: &PhpResource) -> PhpResult<i64> {
    Ok(streams::of_argument(cx, stream)?.position() as i64)
}

/// <https://www.php.net/rewind>
#[php_fn("rewind(resource $stream): bool")]
fn rewind(cx: &mut Context, stream: &PhpResource) -> PhpResult<bool> {
    streams::of_argument(cx, stream)?.seek(cx, 0, Whence::Start)
}

/// <https://www.php.net/ftruncate>
#[php_fn("ftruncate(resource $stream, int $size): bool")]
fn ftruncate(cx: &mut Context, stream: &PhpResource, size: i64) -> PhpResult<bool> {
    let Ok(size) = u64::try_from(size) else {
        return Err(cx.arg_value_error(2, "must be greater than or equal to 0"));
    };
    let stream = streams::of_argument(cx, stream)?;
    if !stream.with_device(|device| device.can_truncate()).unwrap_or(false) {
        return cx.doc_warning("Can't truncate this stream!").map(|()| false);
    }
    stream.with_device(|device| device.truncate(cx, size)).unwrap_or(Ok(false))
}

/// <https://www.php.net/flock>
#[php_fn("flock(resource $stream, int $operation, &$would_block = null): bool")]
fn flock(
    cx: &mut Context,
    stream: &PhpResource,
    operation: i64,
    would_block: Option<&PhpRef>,
) -> PhpResult<bool> {
    let stream = streams::of_argument(cx, stream)?;
    if !(1..=3).contains(&(operation & 3)) {
        return Err(cx.arg_value_error(2, "must be one of LOCK_SH, LOCK_EX, or LOCK_UN"));
    }
    cx.before_wait();
    let result = stream.with_device(|device| device.lock(cx, operation)).unwrap_or(Ok(None))?;
    let blocked = matches!(&result, Some(Err(error)) if error.kind() == io::ErrorKind::WouldBlock);
    if let Some(variable) = would_block {
        assign(cx, variable, Value::int(i64::from(blocked)))?;
    }
    Ok(matches!(result, Some(Ok(()))))
}

/// <https://www.php.net/fstat>
#[php_fn("fstat(resource $stream): array|false")]
fn fstat(cx: &mut Context, stream: &PhpResource) -> PhpResult<OrFalse<PhpArray>> {
    let stat = streams::of_argument(cx, stream)?.stat(cx)?;
    Ok(OrFalse(stat.map(|stat| super::stat::to_array(&stat))))
}

/// <https://www.php.net/fpassthru>
#[php_fn("fpassthru(resource $stream): int")]
fn fpassthru(cx: &mut Context, stream: &PhpResource) -> PhpResult<usize> {
    let stream = streams::of_argument(cx, stream)?;
    pass_through(cx, stream)
}

/// Echoes all that is left; how many bytes.
pub fn pass_through(cx: &mut Context, stream: &Stream) -> PhpResult<usize> {
    let mut total = 0;
    loop {
        let bytes = stream.read(cx, 1 << 16)?;
        if bytes.is_empty() {
            return Ok(total);
        }
        total += bytes.len();
        cx.echo(&bytes)?;
    }
}

/// <https://www.php.net/tmpfile>
#[php_fn("tmpfile()")]
fn tmpfile(cx: &mut Context) -> PhpResult<OrFalse<PhpResource>> {
    let directory = crate::info::process::temp_dir(cx);
    let Ok((file, path)) = phalanx_host::fs::create_temporary(&directory, b"php") else {
        return Ok(OrFalse(None));
    };
    let description = Description {
        wrapper: "plainfile",
        kind: "STDIO",
        mode: "r+b".to_owned(),
        uri: Some(path.clone()),
        greedy: true,
        dir: false,
    };
    let device = FileDevice::temporary(file, path);
    Ok(OrFalse(Some(Stream::new(Box::new(device), description).into_resource())))
}

/// <https://www.php.net/fprintf>
#[php_fn("fprintf(resource $stream, string $format, mixed ...$values): int")]
fn fprintf(cx: &mut Context, stream: &PhpResource, format: &PhpString, values: &[Value]) -> PhpResult<usize> {
    let stream = streams::of_argument(cx, stream)?;
    let text = format::format(cx, format, values, Source::Arguments(2))?;
    stream.write(cx, &text)?;
    Ok(text.len())
}

/// <https://www.php.net/vfprintf>
#[php_fn("vfprintf(resource $stream, string $format, array $values): int")]
fn vfprintf(
    cx: &mut Context,
    stream: &PhpResource,
    format: &PhpString,
    values: &PhpArray,
) -> PhpResult<usize> {
    let stream = streams::of_argument(cx, stream)?;
    let text = format::format(cx, format, &format::list(values), Source::Array)?;
    stream.write(cx, &text)?;
    Ok(text.len())
}
