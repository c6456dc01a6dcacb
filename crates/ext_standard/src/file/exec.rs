//! Running other programs and taking what they print.

use crate::args::assign;
use phalanx_host::process::{End, Program, Start, Variables};
use phalanx_macros::php_fn;
use phalanx_value::{PhpRef, Value};
use phalanx_vm::args::{OrFalse, Path};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};
use std::io::Read;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] =
    &[&EXEC, &SYSTEM, &PASSTHRU, &SHELL_EXEC, &ESCAPESHELLCMD, &ESCAPESHELLARG];

/// Runs a command line and hands each piece of its output to `take`; its end code.
fn run(
    cx: &mut Context,
    command: &[u8],
    mut take: impl FnMut(&mut Context, &[u8]) -> PhpResult,
) -> PhpResult<Result<i64, std::io::Error>> {
    cx.flush_sink();
    let (mut reader, writer) = match std::io::pipe() {
        Ok(pipe) => pipe,
        Err(error) => return Ok(Err(error)),
    };
    let start = Start {
        program: Program::Shell(command),
        cwd: &cx.process.cwd,
        variables: Variables::Inherit(&cx.process.env),
        descriptors: vec![(1, writer.into())],
    };
    let mut child = match start.spawn() {
        Ok(child) => child,
        Err(error) => return Ok(Err(error)),
    };
    let mut buffer = [0; 8192];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => take(cx, &buffer[..count])?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    Ok(child.wait().map(|status| match End::from(status) {
        End::Code(code) => i64::from(code),
        End::Signal(_) => -1,
    }))
}

/// A command that can be run; a ValueError otherwise.
fn check(cx: &mut Context, command: Path<'_>) -> PhpResult {
    if command.as_bytes().is_empty() {
        return Err(cx.arg_value_error(1, "must not be empty"));
    }
    Ok(())
}

fn not_started(cx: &mut Context, command: &[u8]) -> PhpResult {
    let shown = String::from_utf8_lossy(command).into_owned();
    cx.doc_warning(format!("Unable to fork [{shown}]"))
}

/// <https://www.php.net/exec>
#[php_fn("exec(string $command, &$output = null, &$result_code = null): string|false")]
fn exec(
    cx: &mut Context,
    command: Path<'_>,
    output: Option<&PhpRef>,
    result_code: Option<&PhpRef>,
) -> PhpResult<OrFalse<Vec<u8>>> {
    check(cx, command)?;
    let mut text = Vec::new();
    let code = run(cx, command.as_bytes(), |_, bytes| {
        text.extend_from_slice(bytes);
        Ok(())
    })?;
    let Ok(code) = code else {
        not_started(cx, command.as_bytes())?;
        return Ok(OrFalse(None));
    };
    let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').map(trim_end).collect();
    if text.is_empty() || text.ends_with(b"\n") {
        lines.pop();
    }
    if let Some(variable) = output {
        // An array goes on, anything else is replaced.
        let mut list = variable.get().into_array().unwrap_or_default();
        list.extend(lines.iter().map(Value::str));
        assign(cx, variable, Value::array(list))?;
    }
    if let Some(variable) = result_code {
        assign(cx, variable, Value::int(code))?;
    }
    Ok(OrFalse(Some(lines.last().map(|line| line.to_vec()).unwrap_or_default())))
}

/// A line without white space at its end.
fn trim_end(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| !matches!(byte, b' ' | b'\t'..=b'\r')).map_or(0, |at| at + 1);
    &line[..end]
}

/// <https://www.php.net/system>
#[php_fn("system(string $command, &$result_code = null): string|false")]
fn system(cx: &mut Context, command: Path<'_>, result_code: Option<&PhpRef>) -> PhpResult<OrFalse<Vec<u8>>> {
    check(cx, command)?;
    let mut text = Vec::new();
    let code = run(cx, command.as_bytes(), |cx, bytes| {
        text.extend_from_slice(bytes);
        cx.echo(bytes)
    })?;
    let Ok(code) = code else {
        not_started(cx, command.as_bytes())?;
        return Ok(OrFalse(None));
    };
    if let Some(variable) = result_code {
        assign(cx, variable, Value::int(code))?;
    }
    let whole = text.strip_suffix(b"\n").unwrap_or(&text);
    let last = whole.rsplit(|byte| *byte == b'\n').next().unwrap_or(b"");
    Ok(OrFalse(Some(trim_end(last).to_vec())))
}

/// <https://www.php.net/passthru>
#[php_fn("passthru(string $command, &$result_code = null): ?false")]
fn passthru(cx: &mut Context, command: Path<'_>, result_code: Option<&PhpRef>) -> PhpResult<Value> {
    check(cx, command)?;
    let code = run(cx, command.as_bytes(), |cx, bytes| cx.echo(bytes))?;
    let Ok(code) = code else {
        not_started(cx, command.as_bytes())?;
        return Ok(Value::FALSE);
    };
    if let Some(variable) = result_code {
        assign(cx, variable, Value::int(code))?;
    }
    Ok(Value::NULL)
}

/// <https://www.php.net/shell_exec>
#[php_fn("shell_exec(string $command): string|false|null")]
fn shell_exec(cx: &mut Context, command: Path<'_>) -> PhpResult<Value> {
    check(cx, command)?;
    let mut text = Vec::new();
    let code = run(cx, command.as_bytes(), |_, bytes| {
        text.extend_from_slice(bytes);
        Ok(())
    })?;
    if code.is_err() {
        let shown = String::from_utf8_lossy(command.as_bytes()).into_owned();
        cx.doc_warning(format!("Unable to execute '{shown}'"))?;
        return Ok(Value::FALSE);
    }
    Ok(if text.is_empty() { Value::NULL } else { Value::str(text) })
}

/// <https://www.php.net/escapeshellcmd>
#[php_fn("escapeshellcmd(string $command): string")]
fn escapeshellcmd(command: Path<'_>) -> Vec<u8> {
    let bytes = command.as_bytes();
    let mut out = Vec::with_capacity(bytes.len() + 8);
    // A quote that has a partner stays as it is.
    let mut open: Option<u8> = None;
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'"' | b'\'' => {
                if open.is_none() && bytes[at + 1..].contains(&byte) {
                    open = Some(byte);
                } else if open == Some(byte) {
                    open = None;
                } else {
                    out.push(b'\\');
                }
            }
            b'#' | b'&' | b';' | b'`' | b'|' | b'*' | b'?' | b'~' | b'<' | b'>' | b'^' | b'(' | b')'
            | b'[' | b']' | b'{' | b'}' | b'$' | b'\\' | b'\n' | 0xff => out.push(b'\\'),
            _ => {}
        }
        out.push(byte);
    }
    out
}

/// <https://www.php.net/escapeshellarg>
#[php_fn("escapeshellarg(string $arg): string")]
fn escapeshellarg(arg: Path<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(arg.as_bytes().len() + 2);
    out.push(b'\'');
    for &byte in arg.as_bytes() {
        if byte == b'\'' {
            out.extend_from_slice(b"'\\''");
        } else {
            out.push(byte);
        }
    }
    out.push(b'\'');
    out
}
