//! Processes that run beside the script: `proc_open()`, `popen()`.

use crate::args::assign;
use crate::streams::file::FileDevice;
use crate::streams::io::{Description, close};
use crate::streams::{self, Stream};
use phalanx_host::fs;
use phalanx_host::process::{End, Program, Start, Variables, signal};
use phalanx_macros::php_fn;
use phalanx_value::{Key, NativeState, PhpArray, PhpRef, PhpResource, PhpString, Value, View};
use phalanx_vm::args::{OrFalse, Path};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};
use std::cell::RefCell;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::process::Child;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] =
    &[&PROC_OPEN, &PROC_CLOSE, &PROC_TERMINATE, &PROC_GET_STATUS, &PROC_NICE, &POPEN, &PCLOSE];

/// A process; its resource is of type "process".
struct Process(RefCell<Inner>);

struct Inner {
    child: Child,
    command: PhpString,
    /// How it ended, once that is known.
    end: Option<End>,
    /// The end was told by `proc_get_status()`.
    told: bool,
}

impl NativeState for Process {}

fn pipe_stream(file: File, mode: &str) -> PhpResource {
    let description = Description {
        wrapper: "plainfile",
        kind: "STDIO",
        mode: mode.to_owned(),
        uri: None,
        greedy: false,
        dir: false,
    };
    Stream::new(Box::new(FileDevice::pipe(file, None)), description).into_resource()
}

/// One descriptor of a process: what it gets, and the pipe that the script gets.
struct Wired {
    number: i32,
    theirs: OwnedFd,
    ours: Option<(File, &'static str)>,
}

/// <https://www.php.net/proc_open>
#[php_fn(
    "proc_open(array|string $command, array $descriptor_spec, &$pipes, ?string $cwd = null, ?array $env_vars = null, ?array $options = null)"
)]
fn proc_open(
    cx: &mut Context,
    command: &Value,
    descriptor_spec: &PhpArray,
    pipes: &PhpRef,
    cwd: Option<&PhpString>,
    env_vars: Option<&PhpArray>,
    options: Option<&PhpArray>,
) -> PhpResult<OrFalse<PhpResource>> {
    let _ = options;
    let mut words = Vec::new();
    let line = match command.view() {
        View::Array(list) => {
            if list.is_empty() {
                return Err(cx.arg_value_error(1, "must have at least one element"));
            }
            for word in list.values() {
                words.push(cx.to_string(&word.deref_clone())?.to_vec());
            }
            PhpString::from_bytes(&words[0])
        }
        _ => cx.to_string(command)?,
    };
    let mut wired = Vec::new();
    for (key, spec) in descriptor_spec {
        let Key::Int(number) = key else {
            return Err(cx.arg_value_error(2, "must be an integer indexed array only"));
        };
        match wire(cx, number as i32, &spec.deref_clone(), &wired)? {
            Some(one) => wired.push(one),
            None => return Ok(OrFalse(None)),
        }
    }
    let mut variables = Vec::new();
    if let Some(env) = env_vars {
        for (name, value) in env {
            let value = cx.to_string(&value.deref_clone())?.to_vec();
            match name {
                Key::Str(name) => variables.push((name.to_vec(), value)),
                Key::Int(_) => {
                    if let Some(at) = memchr::memchr(b'=', &value) {
                        variables.push((value[..at].to_vec(), value[at + 1..].to_vec()));
                    }
                }
            }
        }
    }
    let mut folder = phalanx_host::cwd::Cwd::at(cx.process.cwd.path());
    if let Some(cwd) = cwd {
        let full = cx.full_path(cwd);
        folder = phalanx_host::cwd::Cwd::at(&full);
    }
    cx.flush_sink();
    let mut ours = Vec::new();
    let mut descriptors = Vec::new();
    for one in wired {
        descriptors.push((one.number, one.theirs));
        if let Some((file, mode)) = one.ours {
            ours.push((one.number, file, mode));
        }
    }
    let start = Start {
        program: if words.is_empty() { Program::Shell(&line) } else { Program::Direct(&words) },
        cwd: &folder,
        variables: match env_vars {
            Some(_) => Variables::Only(&variables),
            None => Variables::Inherit(&cx.process.env),
        },
        descriptors,
    };
    let child = match start.spawn() {
        Ok(child) => child,
        Err(error) => {
            let reason = phalanx_host::error_text(&error);
            let what = if words.is_empty() { "Fork failed" } else { "Exec failed" };
            cx.doc_warning(format!("{what}: {reason}"))?;
            return Ok(OrFalse(None));
        }
    };
    let mut list = PhpArray::new();
    for (number, file, mode) in ours {
        list.insert(i64::from(number), Value::resource(pipe_stream(file, mode)));
    }
    assign(cx, pipes, Value::array(list))?;
    let inner = Inner { child, command: line, end: None, told: false };
    Ok(OrFalse(Some(PhpResource::new("process", Process(RefCell::new(inner))))))
}

/// What one entry of the specification asks for; none after a warning.
fn wire(cx: &mut Context, number: i32, spec: &Value, before: &[Wired]) -> PhpResult<Option<Wired>> {
    let system = |cx: &mut Context, error: std::io::Error| {
        let reason = phalanx_host::error_text(&error);
        cx.doc_warning(format!("Unable to create pipe {reason}"))
    };
    if let Some(resource) = spec.as_resource() {
        let stream = streams::of_argument(cx, resource)?;
        let copy =
            stream.with_device(|device| device.file().and_then(|file| file.try_clone().ok())).flatten();
        return Ok(copy.map(|file| Wired { number, theirs: file.into(), ours: None }));
    }
    let Some(parts) = spec.as_array() else {
        return Err(cx.arg_value_error(2, "must be an array with descriptor spec or a File-Handle"));
    };
    let Some(kind) = parts.get_value(0) else {
        return Err(cx.throw_value_error("Missing handle qualifier in array"));
    };
    let kind = cx.to_string(&kind)?;
    let text = |cx: &mut Context, index: i64| match parts.get_value(index) {
        Some(value) => cx.to_string(&value).map(Some),
        None => Ok(None),
    };
    match kind.as_bytes() {
        b"pipe" => {
            let Some(mode) = text(cx, 1)? else {
                return Err(cx.throw_value_error("Missing mode parameter for 'pipe'"));
            };
            let (reader, writer) = match std::io::pipe() {
                Ok(pipe) => pipe,
                Err(error) => return system(cx, error).map(|()| None),
            };
            let (reader, writer): (OwnedFd, OwnedFd) = (reader.into(), writer.into());
            // The mode is that of the process.
            Ok(Some(if mode.starts_with(b"r") {
                Wired { number, theirs: reader, ours: Some((writer.into(), "w")) }
            } else {
                Wired { number, theirs: writer, ours: Some((reader.into(), "r")) }
            }))
        }
        b"file" => {
            let Some(path) = text(cx, 1)? else {
                return Err(cx.throw_value_error("Missing file name parameter for 'file'"));
            };
            let Some(mode) = text(cx, 2)? else {
                return Err(cx.throw_value_error("Missing mode parameter for 'file'"));
            };
            let Some(how) = streams::open::parse_mode(&mode) else { return Ok(None) };
            let full = cx.full_path(&path);
            match fs::open(&full, how) {
                Ok(file) => Ok(Some(Wired { number, theirs: file.into(), ours: None })),
                Err(error) => {
                    let reason = phalanx_host::error_text(&error);
                    cx.doc_error(2, path.as_bytes(), format!("Failed to open stream: {reason}"))?;
                    Ok(None)
                }
            }
        }
        b"redirect" => {
            let target = parts.get_value(1).and_then(|value| value.as_int());
            let Some(target) = target else {
                return Err(cx.throw_value_error("Missing redirection target"));
            };
            let copy = match before.iter().find(|one| i64::from(one.number) == target) {
                Some(one) => one.theirs.try_clone(),
                None if (0..=2).contains(&target) => fs::duplicate(target as i32).map(OwnedFd::from),
                None => {
                    cx.doc_warning(format!("Redirection target {target} not found"))?;
                    return Ok(None);
                }
            };
            match copy {
                Ok(theirs) => Ok(Some(Wired { number, theirs, ours: None })),
                Err(error) => system(cx, error).map(|()| None),
            }
        }
        b"null" => {
            let how = fs::OpenMode { read: true, truncate: false, ..fs::OpenMode::WRITE };
            match fs::open(b"/dev/null", how) {
                Ok(file) => Ok(Some(Wired { number, theirs: file.into(), ours: None })),
                Err(error) => system(cx, error).map(|()| None),
            }
        }
        other => {
            let shown = String::from_utf8_lossy(other).into_owned();
            cx.doc_warning(format!("{shown} is not a valid descriptor spec/mode"))?;
            Ok(None)
        }
    }
}

fn process<'a>(cx: &mut Context, resource: &'a PhpResource) -> PhpResult<&'a Process> {
    match resource.native::<Process>() {
        Some(process) if !resource.is_closed() => Ok(process),
        _ => {
            let function = String::from_utf8_lossy(&cx.active_function_name()).into_owned();
            Err(cx
                .throw_type_error(format!("{function}(): supplied resource is not a valid process resource")))
        }
    }
}

/// <https://www.php.net/proc_close>
#[php_fn("proc_close(resource $process): int")]
fn proc_close(cx: &mut Context, process: &PhpResource) -> PhpResult<i64> {
    let state = self::process(cx, process)?;
    let mut inner = state.0.borrow_mut();
    let end = match inner.end {
        Some(end) => Some(end),
        None => inner.child.wait().ok().map(End::from),
    };
    process.close();
    Ok(match end {
        Some(End::Code(code)) => i64::from(code),
        Some(End::Signal(signal)) => i64::from(signal),
        None => -1,
    })
}

/// <https://www.php.net/proc_terminate>
#[php_fn("proc_terminate(resource $process, int $signal = 15): bool")]
fn proc_terminate(cx: &mut Context, process: &PhpResource, signal: i64) -> PhpResult<bool> {
    let state = self::process(cx, process)?;
    let inner = state.0.borrow();
    // A process that has been waited for has no number of its own any more.
    Ok(inner.end.is_none() && self::signal(inner.child.id() as i32, signal as i32).is_ok())
}

/// <https://www.php.net/proc_get_status>
#[php_fn("proc_get_status(resource $process): array")]
fn proc_get_status(cx: &mut Context, process: &PhpResource) -> PhpResult<PhpArray> {
    let state = self::process(cx, process)?;
    let mut inner = state.0.borrow_mut();
    let cached = inner.told;
    if inner.end.is_none() {
        inner.end = inner.child.try_wait().ok().flatten().map(End::from);
    }
    let (running, signaled, code, term) = match inner.end {
        None => (true, false, -1, 0),
        Some(End::Code(code)) => (false, false, code, 0),
        Some(End::Signal(signal)) => (false, true, -1, signal),
    };
    inner.told = !running;
    let mut array = PhpArray::new();
    array.insert_bytes("command", &inner.command);
    array.insert_bytes("pid", i64::from(inner.child.id()));
    array.insert_bytes("running", running);
    array.insert_bytes("signaled", signaled);
    array.insert_bytes("stopped", false);
    array.insert_bytes("exitcode", i64::from(code));
    array.insert_bytes("termsig", i64::from(term));
    array.insert_bytes("stopsig", 0);
    array.insert_bytes("cached", cached);
    Ok(array)
}

/// <https://www.php.net/proc_nice>
#[php_fn("proc_nice(int $priority): bool")]
fn proc_nice(cx: &mut Context, priority: i64) -> PhpResult<bool> {
    match phalanx_host::process::nice(priority as i32) {
        Ok(()) => Ok(true),
        Err(_) => {
            let text = "Only a super user may attempt to increase the priority of a process";
            cx.doc_warning(text).map(|()| false)
        }
    }
}

/// The processes of `popen()`, by the number of their stream.
#[derive(Default)]
struct Opened(Vec<(i64, Child)>);

/// <https://www.php.net/popen>
#[php_fn("popen(string $command, string $mode)")]
fn popen(cx: &mut Context, command: Path<'_>, mode: &PhpString) -> PhpResult<OrFalse<PhpResource>> {
    let letters: Vec<u8> = mode.iter().copied().filter(|byte| !matches!(byte, b'b' | b'e')).collect();
    let reads = match letters.as_slice() {
        b"r" => true,
        b"w" => false,
        _ => return Err(cx.arg_value_error(2, "must be one of \"r\", \"rb\", \"w\", or \"wb\"")),
    };
    let Ok((reader, writer)) = std::io::pipe() else { return Ok(OrFalse(None)) };
    let (reader, writer): (OwnedFd, OwnedFd) = (reader.into(), writer.into());
    let (number, theirs, ours, shown) =
        if reads { (1, writer, reader, "r") } else { (0, reader, writer, "w") };
    cx.flush_sink();
    let start = Start {
        program: Program::Shell(command.as_bytes()),
        cwd: &cx.process.cwd,
        variables: Variables::Inherit(&cx.process.env),
        descriptors: vec![(number, theirs)],
    };
    let Ok(child) = start.spawn() else { return Ok(OrFalse(None)) };
    let resource = pipe_stream(File::from(ours), shown);
    cx.state::<Opened>().0.push((resource.id(), child));
    Ok(OrFalse(Some(resource)))
}

/// <https://www.php.net/pclose>
#[php_fn("pclose(resource $handle): int")]
fn pclose(cx: &mut Context, handle: &PhpResource) -> PhpResult<i64> {
    streams::of_argument(cx, handle)?;
    close(cx, handle)?;
    let opened = &mut cx.state::<Opened>().0;
    let Some(at) = opened.iter().position(|(id, _)| *id == handle.id()) else { return Ok(-1) };
    let (_, mut child) = opened.swap_remove(at);
    Ok(match child.wait().map(End::from) {
        Ok(End::Code(code)) => i64::from(code),
        _ => -1,
    })
}
