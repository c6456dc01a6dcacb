//! `glob()`: names that patterns describe.

use super::wildcard::{self, Flags};
use phalanx_host::fs;
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, Value};
use phalanx_vm::args::Path;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&GLOB];

mod flag {
    pub const MARK: i64 = 2;
    pub const NOSORT: i64 = 4;
    pub const NOCHECK: i64 = 16;
    pub const NOESCAPE: i64 = 64;
    pub const BRACE: i64 = 1024;
    pub const ONLYDIR: i64 = 8192;
    pub const AVAILABLE: i64 = 9303;
}

/// <https://www.php.net/glob>
#[php_fn("glob(string $pattern, int $flags = 0): array|false")]
fn glob(cx: &mut Context, pattern: Path<'_>, flags: i64) -> PhpResult<Value> {
    if flags & flag::AVAILABLE != flags {
        cx.doc_warning("At least one of the passed flags is invalid or not supported on this platform")?;
        return Ok(Value::FALSE);
    }
    let patterns =
        if flags & flag::BRACE != 0 { braces(pattern.as_bytes()) } else { vec![pattern.as_bytes().to_vec()] };
    let mut names = Vec::new();
    for pattern in &patterns {
        let mut found = expand(&|name| cx.full_path(name), pattern, flags & flag::NOESCAPE != 0);
        if flags & flag::NOSORT == 0 {
            found.sort();
        }
        names.extend(found);
    }
    if names.is_empty() && flags & flag::NOCHECK != 0 {
        names.push(pattern.as_bytes().to_vec());
    }
    let mut result = PhpArray::new();
    for mut name in names {
        let full = cx.full_path(&name);
        let is_dir =
            flags & (flag::MARK | flag::ONLYDIR) != 0 && fs::stat(&full).is_ok_and(|stat| stat.is_dir());
        if flags & flag::ONLYDIR != 0 && !is_dir {
            continue;
        }
        if flags & flag::MARK != 0 && is_dir && !name.ends_with(b"/") {
            name.push(b'/');
        }
        result.push_value(Value::str(name));
    }
    Ok(Value::array(result))
}

/// What a pattern with `{a,b}` stands for.
fn braces(pattern: &[u8]) -> Vec<Vec<u8>> {
    let mut depth = 0;
    let mut open = None;
    let mut commas = Vec::new();
    for (at, byte) in pattern.iter().enumerate() {
        match byte {
            b'{' => {
                depth += 1;
                if depth == 1 {
                    open = Some(at);
                    commas.clear();
                }
            }
            b',' if depth == 1 => commas.push(at),
            b'}' if depth > 0 => {
                depth -= 1;
                if depth == 0
                    && let Some(start) = open
                {
                    let mut all = Vec::new();
                    let mut from = start + 1;
                    for end in commas.iter().copied().chain([at]) {
                        let choice = [&pattern[..start], &pattern[from..end], &pattern[at + 1..]].concat();
                        all.extend(braces(&choice));
                        from = end + 1;
                    }
                    return all;
                }
            }
            _ => {}
        }
    }
    vec![pattern.to_vec()]
}

fn is_magic(part: &[u8]) -> bool {
    part.iter().any(|byte| matches!(byte, b'*' | b'?' | b'['))
}

/// Names that a pattern without braces describes, in no order. `full_path` makes a name one that the system can be asked for.
pub fn expand(full_path: &dyn Fn(&[u8]) -> Vec<u8>, pattern: &[u8], no_escape: bool) -> Vec<Vec<u8>> {
    let how = Flags { no_escape, period: true, path: true, fold: false };
    let mut found: Vec<Vec<u8>> = vec![Vec::new()];
    let mut rest = pattern;
    while !rest.is_empty() {
        let slashes = rest.iter().take_while(|byte| **byte == b'/').count();
        for base in &mut found {
            base.extend_from_slice(&rest[..slashes]);
        }
        rest = &rest[slashes..];
        let end = memchr::memchr(b'/', rest).unwrap_or(rest.len());
        let part = &rest[..end];
        rest = &rest[end..];
        if part.is_empty() {
            break;
        }
        let last = rest.is_empty();
        let mut next = Vec::new();
        for base in found {
            if !is_magic(part) {
                let plain: Vec<u8> = match how.no_escape {
                    true => part.to_vec(),
                    false => unescape(part),
                };
                let name = [&base[..], &plain].concat();
                if fs::lstat(&full_path(&name)).is_ok() {
                    next.push(name);
                }
                continue;
            }
            let directory = if base.is_empty() { b"." } else { &base[..] };
            let mut names = fs::list(&full_path(directory)).unwrap_or_default();
            names.extend([b".".to_vec(), b"..".to_vec()]);
            for entry in names.into_iter().filter(|entry| wildcard::matches(part, entry, how)) {
                let name = [&base[..], &entry].concat();
                if last || fs::stat(&full_path(&name)).is_ok_and(|stat| stat.is_dir()) {
                    next.push(name);
                }
            }
        }
        found = next;
    }
    found.retain(|name| !name.is_empty());
    found
}

fn unescape(part: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(part.len());
    let mut bytes = part.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => out.extend(bytes.next()),
            _ => out.push(*byte),
        }
    }
    out
}

/// The last parts of the names that a `glob://` path describes.
pub fn names(cx: &Context, pattern: &[u8]) -> Vec<Vec<u8>> {
    let mut found = expand(&|name| cx.full_path(name), pattern, false);
    found.sort();
    found.iter().map(|name| super::path::base_name(name, b"").to_vec()).collect()
}
