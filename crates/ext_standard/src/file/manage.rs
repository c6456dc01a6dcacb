//! Making, removing and changing files.

use crate::streams::open::{Target, target};
use crate::streams::user;
use phalanx_host::clock::{self, Time};
use phalanx_host::fs;
use phalanx_macros::php_fn;
use phalanx_value::{PhpResource, PhpString, Value};
use phalanx_vm::args::{OrFalse, Path, StrOrInt};
use phalanx_vm::class::ClassRef;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, realpath};
use std::io;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &UNLINK, &RENAME, &MKDIR, &RMDIR, &TOUCH, &CHMOD, &CHOWN, &CHGRP, &LCHOWN, &LCHGRP, &UMASK, &TEMPNAM,
    &REALPATH, &READLINK, &LINKINFO, &SYMLINK, &LINK, &CHDIR, &GETCWD,
];

/// A warning with the system's words; false.
fn failed(cx: &mut Context, params: &[u8], error: &io::Error) -> PhpResult<bool> {
    cx.doc_error(2, params, phalanx_host::error_text(error))?;
    Ok(false)
}

/// The result of a method of a wrapper class; a warning if it has none.
fn user_call(cx: &mut Context, class: ClassRef, method: &str, args: &[Value]) -> PhpResult<bool> {
    let object = user::object(cx, class, None)?;
    if class.method(method.as_bytes()).is_none() {
        cx.doc_warning(format!("{}::{method} is not implemented!", class.name))?;
        return Ok(false);
    }
    Ok(crate::args::call_named(cx, &object, method.as_bytes(), args)?.truthy())
}

/// <https://www.php.net/unlink>
#[php_fn("unlink(string $filename, $context = null): bool")]
fn unlink(cx: &mut Context, filename: Path<'_>, context: Option<PhpResource>) -> PhpResult<bool> {
    let _ = context;
    match target(cx, filename.as_string(), false)? {
        Target::File(file) => {
            let full = cx.full_path(file);
            match fs::remove_file(&full) {
                Ok(()) => Ok(moved_away()),
                Err(error) => failed(cx, filename.as_bytes(), &error),
            }
        }
        Target::User(class) => user_call(cx, class, "unlink", &[Value::from(filename.as_string())]),
        other => {
            cx.doc_warning(format!("{} does not allow unlinking", wrapper_name(&other)))?;
            Ok(false)
        }
    }
}

/// Paths may lead elsewhere than before.
fn moved_away() -> bool {
    realpath::forget(None);
    true
}

fn wrapper_name(target: &Target<'_>) -> &'static str {
    match target {
        Target::Php(_) => "PHP",
        Target::Data(_) => "RFC2397",
        Target::Glob(_) => "glob",
        Target::Http => "http",
        Target::File(_) => "plainfile",
        Target::User(_) => "user-space",
    }
}

/// <https://www.php.net/rename>
#[php_fn("rename(string $from, string $to, $context = null): bool")]
fn rename(cx: &mut Context, from: Path<'_>, to: Path<'_>, context: Option<PhpResource>) -> PhpResult<bool> {
    let _ = context;
    match target(cx, from.as_string(), false)? {
        Target::File(file) => {
            let Target::File(goal) = target(cx, to.as_string(), false)? else {
                cx.doc_warning("Cannot rename a file across wrapper types")?;
                return Ok(false);
            };
            let (old, new) = (cx.full_path(file), cx.full_path(goal));
            let mut result = fs::rename(&old, &new);
            // To another file system files have to be copied.
            if result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::CrossesDevices) {
                result = fs::read_file(&old).and_then(|(content, stat)| {
                    use std::io::Write;
                    fs::open(&new, fs::OpenMode::WRITE)?.write_all(&content)?;
                    fs::change_mode(&new, stat.mode & 0o7777)?;
                    fs::remove_file(&old)
                });
            }
            match result {
                Ok(()) => Ok(moved_away()),
                Err(error) => failed(cx, &[from.as_bytes(), b",", to.as_bytes()].concat(), &error),
            }
        }
        Target::User(class) => {
            user_call(cx, class, "rename", &[Value::from(from.as_string()), Value::from(to.as_string())])
        }
        other => {
            cx.doc_warning(format!("{} wrapper does not support renaming", wrapper_name(&other)))?;
            Ok(false)
        }
    }
}

/// <https://www.php.net/mkdir>
#[php_fn(
    "mkdir(string $directory, int $permissions = 0777, bool $recursive = false, $context = null): bool",
    default(permissions = 0o777)
)]
fn mkdir(
    cx: &mut Context,
    directory: Path<'_>,
    permissions: i64,
    recursive: bool,
    context: Option<PhpResource>,
) -> PhpResult<bool> {
    let _ = context;
    match target(cx, directory.as_string(), false)? {
        Target::File(file) => {
            let full = cx.full_path(file);
            let exists = recursive && fs::stat(&full).is_ok();
            let result = if exists {
                Err(io::Error::from_raw_os_error(17))
            } else {
                fs::create_dir(&full, permissions as u32, recursive)
            };
            match result {
                Ok(()) => Ok(true),
                Err(error) => failed(cx, b"", &error),
            }
        }
        Target::User(class) => {
            let options = i64::from(recursive) | 8;
            let args = [Value::from(directory.as_string()), Value::int(permissions), Value::int(options)];
            user_call(cx, class, "mkdir", &args)
        }
        _ => Ok(false),
    }
}

/// <https://www.php.net/rmdir>
#[php_fn("rmdir(string $directory, $context = null): bool")]
fn rmdir(cx: &mut Context, directory: Path<'_>, context: Option<PhpResource>) -> PhpResult<bool> {
    let _ = context;
    match target(cx, directory.as_string(), false)? {
        Target::File(file) => {
            let full = cx.full_path(file);
            match fs::remove_dir(&full) {
                Ok(()) => Ok(moved_away()),
                Err(error) => failed(cx, directory.as_bytes(), &error),
            }
        }
        Target::User(class) => {
            user_call(cx, class, "rmdir", &[Value::from(directory.as_string()), Value::int(8)])
        }
        _ => Ok(false),
    }
}

/// Tells a wrapper class of a change (`stream_metadata`).
fn metadata(cx: &mut Context, class: ClassRef, path: Path<'_>, option: i64, value: Value) -> PhpResult<bool> {
    let args = [Value::from(path.as_string()), Value::int(option), value];
    user_call(cx, class, "stream_metadata", &args)
}

/// <https://www.php.net/touch>
#[php_fn("touch(string $filename, ?int $mtime = null, ?int $atime = null): bool")]
fn touch(cx: &mut Context, filename: Path<'_>, mtime: Option<i64>, atime: Option<i64>) -> PhpResult<bool> {
    if filename.as_bytes().is_empty() {
        return Ok(false);
    }
    if mtime.is_none() && atime.is_some() {
        return Err(cx.arg_value_error(2, "cannot be null when argument #3 ($atime) is an integer"));
    }
    let file = match target(cx, filename.as_string(), false)? {
        Target::File(file) => file,
        Target::User(class) => {
            let times = mtime.into_iter().chain(atime).map(Value::int).collect();
            return metadata(cx, class, filename, 1, Value::array(times));
        }
        _ => return Ok(false),
    };
    let full = cx.full_path(file);
    if fs::stat(&full).is_err() {
        let mode = fs::OpenMode { truncate: false, ..fs::OpenMode::WRITE };
        if let Err(error) = fs::open(&full, mode) {
            let reason = phalanx_host::error_text(&error);
            let shown = String::from_utf8_lossy(filename.as_bytes()).into_owned();
            cx.doc_warning(format!("Unable to create file {shown} because {reason}"))?;
            return Ok(false);
        }
    }
    let at = |seconds: i64| Time { seconds, nanoseconds: 0 };
    let modified = mtime.map_or_else(clock::now, at);
    let accessed = atime.map_or(modified, at);
    match fs::set_times(&full, accessed, modified) {
        Ok(()) => Ok(true),
        Err(error) => {
            let reason = phalanx_host::error_text(&error);
            cx.doc_warning(format!("Utime failed: {reason}"))?;
            Ok(false)
        }
    }
}

/// <https://www.php.net/chmod>
#[php_fn("chmod(string $filename, int $permissions): bool")]
fn chmod(cx: &mut Context, filename: Path<'_>, permissions: i64) -> PhpResult<bool> {
    match target(cx, filename.as_string(), false)? {
        Target::File(file) => {
            let full = cx.full_path(file);
            match fs::change_mode(&full, permissions as u32 & 0o7777) {
                Ok(()) => Ok(true),
                Err(error) => failed(cx, b"", &error),
            }
        }
        Target::User(class) => metadata(cx, class, filename, 6, Value::int(permissions)),
        _ => {
            cx.doc_warning("Cannot call chmod() for a non-standard stream")?;
            Ok(false)
        }
    }
}

/// Sets the owner or group.
fn change(cx: &mut Context, path: Path<'_>, who: StrOrInt<'_>, group: bool, follow: bool) -> PhpResult<bool> {
    let file = match target(cx, path.as_string(), false)? {
        Target::File(file) => file,
        Target::User(class) => {
            let (option, value) = match (who, group) {
                (StrOrInt::Str(name), false) => (2, Value::from(name)),
                (StrOrInt::Int(id), false) => (3, Value::int(id)),
                (StrOrInt::Str(name), true) => (4, Value::from(name)),
                (StrOrInt::Int(id), true) => (5, Value::int(id)),
            };
            return metadata(cx, class, path, option, value);
        }
        _ => return Ok(false),
    };
    let id = match who {
        StrOrInt::Int(id) => id as u32,
        StrOrInt::Str(name) => {
            let found = if group {
                phalanx_host::system::group_by_name(name)
            } else {
                phalanx_host::system::user_by_name(name)
            };
            match found {
                Some(id) => id,
                None => {
                    let kind = if group { "gid" } else { "uid" };
                    cx.doc_warning(format!("Unable to find {kind} for {name}"))?;
                    return Ok(false);
                }
            }
        }
    };
    let full = cx.full_path(file);
    let (user, group) = if group { (None, Some(id)) } else { (Some(id), None) };
    match fs::change_owner(&full, user, group, follow) {
        Ok(()) => Ok(true),
        Err(error) => failed(cx, b"", &error),
    }
}

/// <https://www.php.net/chown>
#[php_fn("chown(string $filename, string|int $user): bool")]
fn chown(cx: &mut Context, filename: Path<'_>, user: StrOrInt<'_>) -> PhpResult<bool> {
    change(cx, filename, user, false, true)
}

/// <https://www.php.net/chgrp>
#[php_fn("chgrp(string $filename, string|int $group): bool")]
fn chgrp(cx: &mut Context, filename: Path<'_>, group: StrOrInt<'_>) -> PhpResult<bool> {
    change(cx, filename, group, true, true)
}

/// <https://www.php.net/lchown>
#[php_fn("lchown(string $filename, string|int $user): bool")]
fn lchown(cx: &mut Context, filename: Path<'_>, user: StrOrInt<'_>) -> PhpResult<bool> {
    change(cx, filename, user, false, false)
}

/// <https://www.php.net/lchgrp>
#[php_fn("lchgrp(string $filename, string|int $group): bool")]
fn lchgrp(cx: &mut Context, filename: Path<'_>, group: StrOrInt<'_>) -> PhpResult<bool> {
    change(cx, filename, group, true, false)
}

/// <https://www.php.net/umask>
#[php_fn("umask(?int $mask = null): int")]
fn umask(mask: Option<i64>) -> u32 {
    match mask {
        Some(mask) => fs::umask(mask as u32 & 0o777),
        None => {
            // The mask can only be asked for by setting another one.
            let before = fs::umask(0o077);
            fs::umask(before);
            before
        }
    }
}

/// <https://www.php.net/tempnam>
#[php_fn("tempnam(string $directory, string $prefix): string|false")]
fn tempnam(cx: &mut Context, directory: Path<'_>, prefix: Path<'_>) -> PhpResult<OrFalse<Vec<u8>>> {
    let name = super::path::base_name(prefix.as_bytes(), b"");
    let name = &name[..name.len().min(63)];
    let fallback = crate::info::process::temp_dir(cx);
    let wanted = directory.as_bytes();
    let full = if wanted.is_empty() { fallback.clone() } else { cx.full_path(wanted) };
    if let Ok((_, path)) = fs::create_temporary(&full, name) {
        return Ok(OrFalse(Some(path)));
    }
    match fs::create_temporary(&fallback, name) {
        Ok((_, path)) => {
            cx.doc_notice("file created in the system's temporary directory")?;
            Ok(OrFalse(Some(path)))
        }
        Err(_) => Ok(OrFalse(None)),
    }
}

/// <https://www.php.net/realpath>
#[php_fn("realpath(string $path): string|false")]
fn realpath(cx: &mut Context, path: Path<'_>) -> OrFalse<PhpString> {
    let path = path.as_bytes();
    OrFalse(cx.real_path(if path.is_empty() { b"." } else { path }))
}

/// <https://www.php.net/readlink>
#[php_fn("readlink(string $path): string|false")]
fn readlink(cx: &mut Context, path: Path<'_>) -> PhpResult<OrFalse<Vec<u8>>> {
    let full = cx.full_path(path.as_bytes());
    match fs::read_link(&full) {
        Ok(target) => Ok(OrFalse(Some(target))),
        Err(error) => failed(cx, b"", &error).map(|_| OrFalse(None)),
    }
}

/// <https://www.php.net/linkinfo>
#[php_fn("linkinfo(string $path): int|false")]
fn linkinfo(cx: &mut Context, path: Path<'_>) -> PhpResult<i64> {
    let full = cx.full_path(path.as_bytes());
    match fs::lstat(&full) {
        Ok(stat) => Ok(stat.dev as i64),
        Err(error) => failed(cx, b"", &error).map(|_| -1),
    }
}

/// <https://www.php.net/symlink>
#[php_fn("symlink(string $target, string $link): bool")]
fn symlink(cx: &mut Context, target: Path<'_>, link: Path<'_>) -> PhpResult<bool> {
    let full = cx.full_path(link.as_bytes());
    match fs::symlink(target.as_bytes(), &full) {
        Ok(()) => Ok(true),
        Err(error) => failed(cx, b"", &error),
    }
}

/// <https://www.php.net/link>
#[php_fn("link(string $target, string $link): bool")]
fn link(cx: &mut Context, target: Path<'_>, link: Path<'_>) -> PhpResult<bool> {
    let (old, new) = (cx.full_path(target.as_bytes()), cx.full_path(link.as_bytes()));
    match fs::hard_link(&old, &new) {
        Ok(()) => Ok(true),
        Err(error) => failed(cx, b"", &error),
    }
}

/// <https://www.php.net/chdir>
#[php_fn("chdir(string $directory): bool")]
fn chdir(cx: &mut Context, directory: Path<'_>) -> PhpResult<bool> {
    match cx.process.cwd.change(directory.as_bytes()) {
        Ok(()) => Ok(true),
        Err(error) => {
            let reason = phalanx_host::error_text(&error);
            let code = error.raw_os_error().unwrap_or(0);
            cx.doc_warning(format!("{reason} (errno {code})"))?;
            Ok(false)
        }
    }
}

/// <https://www.php.net/getcwd>
#[php_fn("getcwd(): string|false")]
fn getcwd(cx: &mut Context) -> Vec<u8> {
    cx.process.cwd.path().to_vec()
}
