//! Opening streams: wrappers by the scheme of a path.

use super::context::StreamContext;
use super::data;
use super::dir::DirDevice;
use super::file::FileDevice;
use super::filter::{self, Mode};
use super::http;
use super::io::{Description, Stream};
use super::memory::{MemoryDevice, OutputDevice};
use super::user;
use crate::file::user_filter;
use phalanx_host::fs::{self, OpenMode};
use phalanx_value::{PhpResource, PhpString, Value};
use phalanx_vm::class::ClassRef;
use phalanx_vm::{Context, PhpResult};
use std::collections::BTreeMap;

/// How a stream is opened.
#[derive(Clone, Default)]
pub struct OpenOptions {
    /// Relative paths are looked for in `include_path`.
    pub use_include_path: bool,
    /// Options for the wrapper.
    pub context: Option<PhpResource>,
    /// Nothing is said of failure.
    pub quiet: bool,
    /// A script is read from it.
    pub for_include: bool,
}

/// Wrappers of a request: those of scripts, and built-in ones that scripts took away.
#[derive(Default)]
pub struct Wrappers {
    /// Classes by lower-case scheme.
    pub user: BTreeMap<Vec<u8>, ClassRef>,
    /// Schemes of built-in wrappers that do not count any more.
    pub removed: Vec<Vec<u8>>,
    /// All in the order of their registration.
    pub order: Vec<Vec<u8>>,
}

/// Schemes that are built in.
pub const BUILT_IN: [&str; 5] = ["php", "file", "glob", "data", "http"];

/// What a path names.
pub enum Target<'a> {
    /// A file.
    File(&'a [u8]),
    /// What is behind `php://`.
    Php(&'a [u8]),
    /// Content.
    Data(&'a [u8]),
    /// A pattern of names.
    Glob(&'a [u8]),
    /// What a server on the network gives.
    Http,
    /// Something that a class of the script implements.
    User(ClassRef),
}

/// The scheme of a path, if it has one.
pub fn scheme(path: &[u8]) -> Option<&[u8]> {
    let len = path
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        .count();
    let rest = &path[len..];
    let named = len > 1 && rest.starts_with(b"://");
    (named || (path[..len].eq_ignore_ascii_case(b"data") && rest.starts_with(b":"))).then_some(&path[..len])
}

/// What `path` names. An unknown scheme is warned of, and the path taken for that of a file.
pub fn target<'a>(cx: &mut Context, path: &'a [u8], quiet: bool) -> PhpResult<Target<'a>> {
    let Some(scheme) = scheme(path) else { return Ok(Target::File(path)) };
    let lower = scheme.to_ascii_lowercase();
    let wrappers = cx.state::<Wrappers>();
    if let Some(class) = wrappers.user.get(&lower) {
        return Ok(Target::User(*class));
    }
    let removed = wrappers.removed.contains(&lower);
    let rest = path.get(scheme.len() + 3..).unwrap_or(b"");
    if !removed {
        match lower.as_slice() {
            b"php" => return Ok(Target::Php(rest)),
            b"data" => return Ok(Target::Data(path)),
            b"glob" => return Ok(Target::Glob(rest)),
            b"http" => return Ok(Target::Http),
            b"file" => {
                let local = rest.strip_prefix(b"localhost").filter(|rest| rest.starts_with(b"/"));
                return Ok(Target::File(local.unwrap_or(rest)));
            }
            _ => {}
        }
    }
    if !quiet {
        let name = String::from_utf8_lossy(scheme).into_owned();
        cx.doc_warning(format!(
            "Unable to find the wrapper \"{name}\" - did you forget to enable it when you configured PHP?"
        ))?;
    }
    Ok(Target::File(path))
}

/// `fopen()`: the stream, or none after a warning.
pub fn open(
    cx: &mut Context,
    path: &PhpString,
    mode: &[u8],
    options: &OpenOptions,
) -> PhpResult<Option<PhpResource>> {
    if path.is_empty() {
        return Err(cx.throw_value_error("Path must not be empty"));
    }
    match open_stream(cx, path, mode, options)? {
        Ok(stream) => Ok(Some(stream.into_resource())),
        Err(reason) => {
            if !options.quiet {
                failed(cx, path, "Failed to open stream", &reason)?;
            }
            Ok(None)
        }
    }
}

/// The same without a warning: the error is why it failed.
pub fn open_stream(
    cx: &mut Context,
    path: &PhpString,
    mode: &[u8],
    options: &OpenOptions,
) -> PhpResult<Result<Stream, String>> {
    // A request's default context is made by the first stream that has none of its own.
    let context = match &options.context {
        Some(context) => context.clone(),
        None => super::context::default_context(cx),
    };
    let opened = match target(cx, path, options.quiet)? {
        Target::File(file) => open_file(cx, file, mode, options),
        Target::Php(name) => open_php(cx, name, path, mode, options)?,
        remote @ (Target::Data(_) | Target::Http) if let Some(setting) = refusal(cx, options) => {
            if !options.quiet {
                let scheme = if matches!(remote, Target::Http) { "http" } else { "data" };
                cx.doc_warning(format!(
                    "{scheme}:// wrapper is disabled in the server configuration by {setting}=0"
                ))?;
            }
            Err("no suitable wrapper could be found".to_owned())
        }
        Target::Data(content) => open_data(content, mode),
        Target::Http => http::open(cx, path, mode, context.native::<StreamContext>())?,
        Target::Glob(_) => Err("wrapper does not support stream open".to_owned()),
        Target::User(class) => user::open(cx, class, path, mode, options)?,
    };
    if let Ok(stream) = &opened {
        stream.set_context(Some(Value::resource(context)));
    }
    Ok(opened)
}

/// The setting that keeps the script from content of others, if one does.
fn refusal(cx: &Context, options: &OpenOptions) -> Option<&'static str> {
    if !cx.ini.get_bool("allow_url_fopen") {
        Some("allow_url_fopen")
    } else if options.for_include && !cx.ini.get_bool("allow_url_include") {
        Some("allow_url_include")
    } else {
        None
    }
}

/// Warns that something could not be opened.
pub fn failed(cx: &mut Context, path: &[u8], what: &str, reason: &str) -> PhpResult {
    cx.doc_error(2, path, format!("{what}: {reason}"))
}

type Opened = Result<Stream, String>;

/// What the letters of a mode mean; none if they mean nothing.
pub fn parse_mode(mode: &[u8]) -> Option<OpenMode> {
    let plus = mode.contains(&b'+');
    let base = OpenMode { read: plus, write: true, create: true, ..OpenMode::READ };
    let mut parsed = match mode.first()? {
        b'r' => OpenMode { write: plus, ..OpenMode::READ },
        b'w' => OpenMode { truncate: true, ..base },
        b'a' => OpenMode { append: true, ..base },
        b'x' => OpenMode { exclusive: true, ..base },
        b'c' => base,
        _ => return None,
    };
    parsed.non_blocking = mode.contains(&b'n');
    Some(parsed)
}

/// The full path of a file that is opened.
fn file_path(cx: &mut Context, path: &[u8], options: &OpenOptions) -> Vec<u8> {
    if (options.use_include_path || options.for_include)
        && let Some(found) = cx.resolve_include(path)
    {
        return found.to_vec();
    }
    cx.full_path(path)
}

fn open_file(cx: &mut Context, path: &[u8], mode: &[u8], options: &OpenOptions) -> Opened {
    let Some(how) = parse_mode(mode) else {
        return Err(format!("`{}' is not a valid mode for fopen", String::from_utf8_lossy(mode)));
    };
    let full = file_path(cx, path, options);
    let file = fs::open(&full, how).map_err(|error| phalanx_host::error_text(&error))?;
    let description = Description {
        wrapper: "plainfile",
        kind: "STDIO",
        mode: String::from_utf8_lossy(mode).into_owned(),
        uri: Some(path.to_vec()),
        greedy: true,
        dir: false,
    };
    Ok(Stream::new(Box::new(FileDevice::new(file)), description))
}

fn php_description(kind: &'static str, mode: &str, uri: &[u8], greedy: bool) -> Description {
    Description { wrapper: "PHP", kind, mode: mode.to_owned(), uri: Some(uri.to_vec()), greedy, dir: false }
}

/// Mode of a stream in memory as it is told: always with `b`.
fn memory_mode(mode: &[u8]) -> &'static str {
    match mode.first() {
        Some(b'r') if !mode.contains(&b'+') => "rb",
        Some(b'a') => "a+b",
        _ => "w+b",
    }
}

fn open_php(
    cx: &mut Context,
    name: &[u8],
    path: &PhpString,
    mode: &[u8],
    options: &OpenOptions,
) -> PhpResult<Opened> {
    let lower = name.to_ascii_lowercase();
    let mode_text = String::from_utf8_lossy(mode).into_owned();
    let standard = |descriptor: i32, mode: &str| -> Opened {
        let file = fs::duplicate(descriptor).map_err(|error| phalanx_host::error_text(&error))?;
        let device =
            if descriptor == 1 || descriptor == 2 { FileDevice::output(file) } else { FileDevice::new(file) };
        Ok(Stream::new(Box::new(device), php_description("STDIO", mode, path, descriptor == 0)))
    };
    let outside = matches!(lower.as_slice(), b"input" | b"stdin" | b"stdout" | b"stderr");
    if options.for_include && (outside || lower.starts_with(b"fd/")) && !cx.ini.get_bool("allow_url_include")
    {
        return Ok(Err("operation failed".to_owned()));
    }
    Ok(match lower.as_slice() {
        b"memory" => {
            let shown = memory_mode(mode);
            let device = MemoryDevice::new(Vec::new(), shown != "rb", shown == "a+b");
            Ok(Stream::new(Box::new(device), php_description("MEMORY", shown, path, true)))
        }
        temp if temp.starts_with(b"temp") => {
            if let Some(limit) = temp.strip_prefix(b"temp/maxmemory:".as_slice())
                && phalanx_value::convert::numeric::to_int(limit) < 0
            {
                return Err(cx.throw_value_error("Max memory must be greater than or equal to 0"));
            }
            let shown = memory_mode(mode);
            let device = MemoryDevice::new(Vec::new(), shown != "rb", shown == "a+b");
            Ok(Stream::new(Box::new(device), php_description("TEMP", shown, path, true)))
        }
        b"output" => Ok(Stream::new(Box::new(OutputDevice), php_description("Output", "wb", path, false))),
        b"input" => {
            let body = cx.process.web.as_ref().map(|web| web.body.clone()).unwrap_or_default();
            let device = MemoryDevice::new(body, false, false);
            Ok(Stream::new(Box::new(device), php_description("Input", "rb", path, true)))
        }
        b"stdin" => standard(0, &mode_text),
        b"stdout" => standard(1, &mode_text),
        b"stderr" => standard(2, &mode_text),
        fd if fd.starts_with(b"fd/") => {
            let number = std::str::from_utf8(&fd[3..]).ok().and_then(|digits| digits.parse::<i32>().ok());
            match number {
                Some(number) if number >= 0 => standard(number, &mode_text).map_err(|reason| {
                    format!("Error duping file descriptor {number}; possibly it doesn't exist: [9]: {reason}")
                }),
                _ => Err("php://fd/ stream must be specified in the form php://fd/<orig fd>".to_owned()),
            }
        }
        other if other.starts_with(b"filter/") => return open_filtered(cx, &name[7..], mode, options),
        _ => {
            cx.doc_warning("Invalid php:// URL specified")?;
            Err("operation failed".to_owned())
        }
    })
}

/// `php://filter/read=a|b/write=c/resource=PATH`.
fn open_filtered(cx: &mut Context, name: &[u8], mode: &[u8], options: &OpenOptions) -> PhpResult<Opened> {
    let Some(at) = memchr::memmem::find(name, b"resource=") else {
        return Ok(Err("operation failed".to_owned()));
    };
    let path = PhpString::from_bytes(&name[at + 9..]);
    // What is wrong with the inner stream is not told.
    let options = OpenOptions { quiet: true, ..options.clone() };
    let Some(resource) = open(cx, &path, mode, &options)? else {
        return Ok(Err("operation failed".to_owned()));
    };
    let Some(stream) = resource.native::<Stream>() else { return Ok(Err("operation failed".to_owned())) };
    let mut outer = Vec::new();
    for part in name[..at].split(|byte| *byte == b'/').filter(|part| !part.is_empty()) {
        let (modes, list): (&[Mode], &[u8]) = if let Some(list) = part.strip_prefix(b"read=") {
            (&[Mode::Read], list)
        } else if let Some(list) = part.strip_prefix(b"write=") {
            (&[Mode::Write], list)
        } else {
            (&[Mode::Read, Mode::Write], part)
        };
        for filter_name in list.split(|byte| *byte == b'|') {
            let filter_name = crate::url::coding::url_decode(filter_name);
            for mode in modes {
                let filter_name = PhpString::from_bytes(&filter_name);
                match user_filter::make(cx, &resource, &filter_name, &Value::NULL)? {
                    Some(filter) => outer.push((*mode, filter)),
                    None => {
                        let shown = String::from_utf8_lossy(&filter_name).into_owned();
                        cx.doc_warning(format!("Unable to create filter ({shown})"))?;
                    }
                }
            }
        }
    }
    for (index, (mode, filter)) in outer.into_iter().enumerate() {
        let mut chain = stream.swap_filters(mode, filter::Chain::default());
        chain.add(index as u64 + (1 << 32), filter, false);
        stream.swap_filters(mode, chain);
    }
    // The stream is handed on, not the resource it was opened as.
    let description = stream.description();
    let moved = user::Forward::take(stream);
    resource.close();
    Ok(Ok(Stream::new(Box::new(moved), Description { greedy: false, ..description })))
}

fn open_data(path: &[u8], mode: &[u8]) -> Opened {
    let content = data::content(path).map_err(str::to_owned)?;
    let _ = mode;
    let description = Description {
        wrapper: "RFC2397",
        kind: "RFC2397",
        mode: "r".to_owned(),
        uri: Some(path.to_vec()),
        greedy: true,
        dir: false,
    };
    Ok(Stream::new(Box::new(MemoryDevice::new(content, false, false)), description))
}

/// `opendir()`: the names in a folder as a stream, or none after a warning.
pub fn open_dir(cx: &mut Context, path: &PhpString, options: &OpenOptions) -> PhpResult<Option<PhpResource>> {
    let opened = match target(cx, path, false)? {
        Target::File(file) => {
            let full = cx.full_path(file);
            fs::list(&full)
                .map(|mut names| {
                    names.insert(0, b"..".to_vec());
                    names.insert(0, b".".to_vec());
                    names
                })
                .map_err(|error| phalanx_host::error_text(&error))
        }
        Target::Glob(pattern) => Ok(crate::file::glob::names(cx, pattern)),
        Target::User(class) => {
            return user::open_dir(cx, class, path, options);
        }
        Target::Php(_) | Target::Data(_) | Target::Http => Err("not implemented".to_owned()),
    };
    match opened {
        Ok(names) => {
            let description = Description {
                wrapper: "plainfile",
                kind: "dir",
                mode: "r".to_owned(),
                uri: None,
                greedy: false,
                dir: true,
            };
            let stream = Stream::new(Box::new(DirDevice::new(names)), description);
            Ok(Some(stream.into_resource()))
        }
        Err(reason) => {
            failed(cx, path, "Failed to open directory", &reason)?;
            Ok(None)
        }
    }
}

/// The options of a context that was passed as argument.
pub fn context_of(resource: &Option<PhpResource>) -> Option<&StreamContext> {
    resource.as_ref()?.native::<StreamContext>()
}
