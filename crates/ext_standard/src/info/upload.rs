//! Forms with files: the parts of a body of the type `multipart/form-data`, and the files that a request has so received.
//!
//! A file lies in the folder for temporary files until the request ends, unless the script moves it.

use crate::url::functions::register_variable;
use phalanx_host::fs;
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpString, Value};
use phalanx_vm::args::Path;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, realpath};
use std::io::{self, Write};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&IS_UPLOADED_FILE, &MOVE_UPLOADED_FILE];

/// Paths of the files that the request has received and nobody has moved.
#[derive(Default)]
struct Uploads(Vec<Vec<u8>>);

/// Values of `error`.
mod error {
    pub const OK: i64 = 0;
    pub const INI_SIZE: i64 = 1;
    pub const FORM_SIZE: i64 = 2;
    pub const PARTIAL: i64 = 3;
    pub const NO_FILE: i64 = 4;
    pub const NO_TMP_DIR: i64 = 6;
    pub const CANT_WRITE: i64 = 7;
}

/// Removes what the script has left lying.
pub fn end(cx: &mut Context) {
    for path in std::mem::take(&mut cx.state::<Uploads>().0) {
        // The script may have removed it.
        let _ = fs::remove_file(&path);
    }
}

/// One part of a form.
#[derive(Debug, Default, PartialEq, Eq)]
struct Part<'a> {
    name: Option<Vec<u8>>,
    filename: Option<Vec<u8>>,
    media_type: Vec<u8>,
    content: &'a [u8],
    /// Its end is missing.
    cut: bool,
}

/// `$_POST` and `$_FILES` of a form whose type is `content_type`.
pub fn form(cx: &mut Context, content_type: &[u8], body: &[u8]) -> PhpResult<(PhpArray, PhpArray)> {
    let (mut post, mut files) = (PhpArray::new(), PhpArray::new());
    let Some(boundary) = parameter(content_type, b"boundary") else {
        cx.warning("PHP Request Startup: Missing boundary in multipart/form-data POST data")?;
        return Ok((post, files));
    };
    let limit = |cx: &mut Context, name: &str| {
        let text = cx.ini.get_str(name).to_vec();
        cx.quantity_setting(name, &text)
    };
    let (max_files, max_size) = (limit(cx, "max_file_uploads"), limit(cx, "upload_max_filesize"));
    let (max_vars, depth) = (limit(cx, "max_input_vars"), limit(cx, "max_input_nesting_level"));
    let takes_files = cx.ini.get_bool("file_uploads");
    let (mut vars, mut received, mut form_limit) = (0, 0, 0);
    for part in parts(body, &boundary) {
        let Some(name) = part.name.as_deref() else { continue };
        let Some(filename) = part.filename.as_deref() else {
            vars += 1;
            if vars <= max_vars {
                if name.eq_ignore_ascii_case(b"max_file_size") {
                    form_limit = phalanx_value::convert::numeric::to_int(part.content);
                }
                register_variable(&mut post, name, Value::str(part.content), depth);
            }
            continue;
        };
        if !takes_files {
            continue;
        }
        received += 1;
        if received > max_files {
            cx.warning("PHP Request Startup: Maximum number of allowable file uploads has been exceeded")?;
            break;
        }
        let size = part.content.len() as i64;
        let problem = if filename.is_empty() {
            error::NO_FILE
        } else if max_size > 0 && size > max_size {
            error::INI_SIZE
        } else if form_limit > 0 && size > form_limit {
            error::FORM_SIZE
        } else if part.cut {
            error::PARTIAL
        } else {
            error::OK
        };
        let (path, problem) =
            if problem == error::OK { store(cx, part.content) } else { (Vec::new(), problem) };
        let good = problem == error::OK;
        let last = filename.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
        let entries = [
            ("name", Value::str(last)),
            ("full_path", Value::str(filename)),
            ("type", Value::str(if good { &part.media_type[..] } else { b"" })),
            ("tmp_name", Value::str(&path)),
            ("error", Value::int(problem)),
            ("size", Value::int(if good { size } else { 0 })),
        ];
        // `f[a]` is the element `a` of each of the entries of `f`.
        let bracket = name.iter().position(|byte| *byte == b'[').filter(|at| *at > 0).unwrap_or(name.len());
        for (key, value) in entries {
            let full = [&name[..bracket], format!("[{key}]").as_bytes(), &name[bracket..]].concat();
            register_variable(&mut files, &full, value, depth);
        }
    }
    Ok((post, files))
}

/// Writes a file into the folder for temporary files: its path, or what went wrong.
fn store(cx: &mut Context, content: &[u8]) -> (Vec<u8>, i64) {
    let folder = match cx.ini.get_str("upload_tmp_dir") {
        b"" => fs::temporary_dir(&cx.process.env),
        given => given.to_vec(),
    };
    let Ok((mut file, path)) = fs::create_temporary(&folder, b"php") else {
        return (Vec::new(), error::NO_TMP_DIR);
    };
    cx.state::<Uploads>().0.push(path.clone());
    match file.write_all(content) {
        Ok(()) => (path, error::OK),
        Err(_) => (Vec::new(), error::CANT_WRITE),
    }
}

/// Takes a body apart. What stands before the first boundary and behind the last one is nothing.
fn parts<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<Part<'a>> {
    let delimiter = [b"--", boundary].concat();
    let mut parts = Vec::new();
    let Some(mut at) = boundary_at(body, &delimiter, 0) else { return parts };
    loop {
        let rest = &body[at + delimiter.len()..];
        if rest.starts_with(b"--") {
            return parts;
        }
        let Some(line) = memchr::memchr(b'\n', rest) else { return parts };
        let mut start = at + delimiter.len() + line + 1;
        let mut part = Part::default();
        loop {
            let Some(length) = memchr::memchr(b'\n', &body[start..]) else { return parts };
            let line = body[start..start + length].trim_ascii_end();
            start += length + 1;
            if line.is_empty() {
                break;
            }
            header(&mut part, line);
        }
        let next = boundary_at(body, &delimiter, start);
        let end = next.unwrap_or(body.len());
        let content = &body[start..end];
        part.cut = next.is_none();
        part.content = if part.cut { content } else { without_line_end(content) };
        parts.push(part);
        match next {
            Some(next) => at = next,
            None => return parts,
        }
    }
}

/// The next line that begins with the boundary. The line end before it belongs to it, so content does not begin with one.
fn boundary_at(body: &[u8], delimiter: &[u8], from: usize) -> Option<usize> {
    let found = memchr::memmem::find_iter(&body[from..], delimiter).map(|at| from + at);
    found.into_iter().find(|&at| at == 0 || at > from && body[at - 1] == b'\n')
}

fn without_line_end(content: &[u8]) -> &[u8] {
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    content.strip_suffix(b"\r").unwrap_or(content)
}

fn header(part: &mut Part<'_>, line: &[u8]) {
    let Some(colon) = memchr::memchr(b':', line) else { return };
    let (name, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
    if name.eq_ignore_ascii_case(b"content-disposition") {
        part.name = parameter(value, b"name");
        part.filename = parameter(value, b"filename");
    } else if name.eq_ignore_ascii_case(b"content-type") {
        part.media_type = value.to_vec();
    }
}

/// A parameter of a header: `name="value"` or `name=value`.
fn parameter(header: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let mut rest = &header[memchr::memchr(b';', header)? + 1..];
    loop {
        let equals = memchr::memchr(b'=', rest)?;
        let key = rest[..equals].trim_ascii();
        let text = rest[equals + 1..].trim_ascii_start();
        let (value, used) = match text.first() {
            Some(b'"') => quoted(&text[1..]),
            _ => {
                let end = text.iter().position(|byte| matches!(byte, b';' | b',')).unwrap_or(text.len());
                (text[..end].trim_ascii_end().to_vec(), end)
            }
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        let text = &text[used.min(text.len())..];
        rest = &text[text.iter().position(|byte| *byte == b';')? + 1..];
    }
}

/// A text up to the quote that ends it, and how far that is from the one that began it.
fn quoted(text: &[u8]) -> (Vec<u8>, usize) {
    let mut value = Vec::new();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return (value, at + 2),
            // Only quotes are escaped: a name of Windows has backslashes of its own.
            b'\\' if text.get(at + 1) == Some(&b'"') => {
                value.push(b'"');
                at += 2;
            }
            _ => {
                value.push(byte);
                at += 1;
            }
        }
    }
    (value, at + 1)
}

/// <https://www.php.net/is_uploaded_file>
#[php_fn("is_uploaded_file(string $filename): bool")]
fn is_uploaded_file(cx: &mut Context, filename: Path<'_>) -> bool {
    cx.state::<Uploads>().0.iter().any(|path| path[..] == *filename.as_bytes())
}

/// <https://www.php.net/move_uploaded_file>
#[php_fn("move_uploaded_file(string $from, string $to): bool")]
fn move_uploaded_file(cx: &mut Context, from: &PhpString, to: Path<'_>) -> PhpResult<bool> {
    let uploads = &mut cx.state::<Uploads>().0;
    let Some(at) = uploads.iter().position(|path| path[..] == **from) else { return Ok(false) };
    let goal = cx.full_path(to.as_bytes());
    let moved = move_file(from, &goal);
    if moved.is_err() {
        cx.doc_warning(format!("Unable to move \"{from}\" to \"{}\"", to.as_string()))?;
        return Ok(false);
    }
    cx.state::<Uploads>().0.remove(at);
    realpath::forget(None);
    Ok(true)
}

/// Moves a file to a name where it has the rights of any new file: temporary ones are their owner's alone.
fn move_file(from: &[u8], to: &[u8]) -> io::Result<()> {
    // The system knows these rights, and asking for the mask would change it for all threads for a moment.
    let mut file = fs::open(to, fs::OpenMode::WRITE)?;
    let mode = fs::Stat::of(&file)?.mode & 0o7777;
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            file.write_all(&fs::read_file(from)?.0)?;
            fs::remove_file(from)
        }
        Err(error) => Err(error),
        Ok(()) => fs::change_mode(to, mode),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, wanted: &[&str]) {
        let shown: Vec<String> = parts(body.as_bytes(), b"x")
            .into_iter()
            .map(|part| {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let option = |bytes: Option<Vec<u8>>| bytes.map_or_else(|| "-".to_owned(), |b| text(&b));
                let cut = if part.cut { " cut" } else { "" };
                let (name, file) = (option(part.name), option(part.filename));
                format!("{name} {file} {} [{}]{cut}", text(&part.media_type), text(part.content))
            })
            .collect();
        assert_eq!(shown, wanted, "{body:?}");
    }

    #[test]
    fn bodies() {
        let field = "--x\r\nContent-Disposition: form-data; name=\"a b\"\r\n\r\none\r\ntwo\r\n";
        check(&format!("{field}--x--\r\n"), &["a b -  [one\r\ntwo]"]);
        let file = "--x\nContent-Disposition: form-data; name=f; filename=\"C:\\d\\\"q\\\".txt\"\nContent-Type: t/p\n\n--xno\n";
        check(&format!("junk\n{file}--x--"), &["f C:\\d\"q\".txt t/p [--xno]"]);
        check(&format!("{field}{file}"), &["a b -  [one\r\ntwo]", "f C:\\d\"q\".txt t/p [--xno\n] cut"]);
        check("", &[]);
        check("--x", &[]);
        check("--x\r\nContent-Disposition: form-data", &[]);
        check("--x\n\n\n--x--", &["- -  []"]);
    }

    #[test]
    fn parameters() {
        let find = |header: &str, name: &str| parameter(header.as_bytes(), name.as_bytes());
        assert_eq!(find("multipart/form-data; boundary=ab", "boundary"), Some(b"ab".to_vec()));
        assert_eq!(find("m; a=\"x;boundary=1\"; boundary=\"2\"", "boundary"), Some(b"2".to_vec()));
        assert_eq!(find("m; filename=\"n\"", "name"), None);
        assert_eq!(find("m", "name"), None);
        assert_eq!(find("m; name=\"open", "name"), Some(b"open".to_vec()));
    }
}
