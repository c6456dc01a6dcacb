//! What is known of files.

use crate::streams::open::{Target, target};
use crate::streams::user;
use phalanx_host::fs::{self, Access, Stat};
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpString, Value};
use phalanx_vm::args::{OrFalse, Path};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, realpath};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &FILEATIME,
    &FILECTIME,
    &FILEGROUP,
    &FILEINODE,
    &FILEMTIME,
    &FILEOWNER,
    &FILEPERMS,
    &FILESIZE,
    &FILETYPE,
    &FILE_EXISTS,
    &IS_WRITABLE,
    &IS_WRITEABLE,
    &IS_READABLE,
    &IS_EXECUTABLE,
    &IS_FILE,
    &IS_DIR,
    &IS_LINK,
    &STAT,
    &LSTAT,
    &CLEARSTATCACHE,
    &REALPATH_CACHE_GET,
    &REALPATH_CACHE_SIZE,
    &DISK_TOTAL_SPACE,
    &DISK_FREE_SPACE,
    &DISKFREESPACE,
];

/// What is known of the file that a path names. Nothing is said if there is none.
pub fn quiet(cx: &mut Context, path: &PhpString, follow: bool) -> PhpResult<Option<Stat>> {
    if path.is_empty() || path.contains(&0) {
        return Ok(None);
    }
    match target(cx, path, false)? {
        Target::File(file) => {
            let full = cx.full_path(file);
            Ok(if follow { fs::stat(&full) } else { fs::lstat(&full) }.ok())
        }
        Target::User(class) => {
            let object = user::object(cx, class, None)?;
            let flags = if follow { 2 } else { 3 };
            let args = [Value::string(path.clone()), Value::int(flags)];
            let result = crate::args::call_named(cx, &object, b"url_stat", &args)?;
            match result.as_array() {
                Some(array) => user::stat_of_array(cx, array).map(Some),
                None => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

/// The same, with a warning if there is none.
fn loud(cx: &mut Context, path: &PhpString, follow: bool) -> PhpResult<Option<Stat>> {
    let stat = quiet(cx, path, follow)?;
    if stat.is_none() && !path.is_empty() {
        let what = if follow { "stat" } else { "Lstat" };
        let text = [format!("{what} failed for ").as_bytes(), path].concat();
        cx.doc_warning(text)?;
    }
    Ok(stat)
}

/// The array that `stat()` gives.
pub fn to_array(stat: &Stat) -> PhpArray {
    let fields = [
        ("dev", stat.dev as i64),
        ("ino", stat.ino as i64),
        ("mode", i64::from(stat.mode)),
        ("nlink", stat.nlink as i64),
        ("uid", i64::from(stat.uid)),
        ("gid", i64::from(stat.gid)),
        ("rdev", stat.rdev as i64),
        ("size", stat.size as i64),
        ("atime", stat.accessed.seconds),
        ("mtime", stat.modified.seconds),
        ("ctime", stat.changed.seconds),
        ("blksize", stat.blksize as i64),
        ("blocks", stat.blocks as i64),
    ];
    let mut array = PhpArray::new();
    for (_, value) in fields {
        array.push_value(Value::int(value));
    }
    for (name, value) in fields {
        array.insert_bytes(name, value);
    }
    array
}

macro_rules! field_functions {
    ($($name:ident, $url:literal, $signature:literal, |$stat:ident| $value:expr;)*) => {$(
        #[doc = $url]
        #[php_fn($signature)]
        fn $name(cx: &mut Context, filename: &PhpString) -> PhpResult<OrFalse<i64>> {
            Ok(OrFalse(loud(cx, filename, true)?.map(|$stat| $value)))
        }
    )*};
}

field_functions! {
    fileatime, "<https://www.php.net/fileatime>", "fileatime(string $filename): int|false", |stat| stat.accessed.seconds;
    filectime, "<https://www.php.net/filectime>", "filectime(string $filename): int|false", |stat| stat.changed.seconds;
    filegroup, "<https://www.php.net/filegroup>", "filegroup(string $filename): int|false", |stat| i64::from(stat.gid);
    fileinode, "<https://www.php.net/fileinode>", "fileinode(string $filename): int|false", |stat| stat.ino as i64;
    filemtime, "<https://www.php.net/filemtime>", "filemtime(string $filename): int|false", |stat| stat.modified.seconds;
    fileowner, "<https://www.php.net/fileowner>", "fileowner(string $filename): int|false", |stat| i64::from(stat.uid);
    fileperms, "<https://www.php.net/fileperms>", "fileperms(string $filename): int|false", |stat| i64::from(stat.mode);
    filesize, "<https://www.php.net/filesize>", "filesize(string $filename): int|false", |stat| stat.size as i64;
}

/// <https://www.php.net/filetype>
#[php_fn("filetype(string $filename): string|false")]
fn filetype(cx: &mut Context, filename: &PhpString) -> PhpResult<OrFalse<&'static str>> {
    Ok(OrFalse(loud(cx, filename, false)?.map(|stat| stat.kind().name())))
}

/// <https://www.php.net/file_exists>
#[php_fn("file_exists(string $filename): bool")]
fn file_exists(cx: &mut Context, filename: &PhpString) -> PhpResult<bool> {
    Ok(is_cached_script(cx, filename) || quiet(cx, filename, true)?.is_some())
}

/// Whether the file is a script that the opcode cache answers for (`opcache.enable_file_override`).
fn is_cached_script(cx: &Context, filename: &PhpString) -> bool {
    cx.loader.knows_file(cx, filename)
}

fn may(cx: &mut Context, path: &PhpString, access: Access) -> PhpResult<bool> {
    if path.is_empty() || path.contains(&0) {
        return Ok(false);
    }
    match target(cx, path, false)? {
        Target::File(file) => {
            let full = cx.full_path(file);
            Ok(fs::access(&full, access).is_ok())
        }
        _ => {
            let stat = quiet(cx, path, true)?;
            let bits = if access.write {
                0o222
            } else if access.read {
                0o444
            } else {
                0o111
            };
            Ok(stat.is_some_and(|stat| stat.mode & bits != 0))
        }
    }
}

/// <https://www.php.net/is_writable>
#[php_fn("is_writable(string $filename): bool", alias = "is_writeable")]
fn is_writable(cx: &mut Context, filename: &PhpString) -> PhpResult<bool> {
    may(cx, filename, Access { write: true, ..Access::default() })
}

/// <https://www.php.net/is_readable>
#[php_fn("is_readable(string $filename): bool")]
fn is_readable(cx: &mut Context, filename: &PhpString) -> PhpResult<bool> {
    Ok(is_cached_script(cx, filename) || may(cx, filename, Access { read: true, ..Access::default() })?)
}

/// <https://www.php.net/is_executable>
#[php_fn("is_executable(string $filename): bool")]
fn is_executable(cx: &mut Context, filename: &PhpString) -> PhpResult<bool> {
    may(cx, filename, Access { execute: true, ..Access::default() })
}

/// <https://www.php.net/is_file>
#[php_fn("is_file(string $filename): bool")]
fn is_file(cx: &mut Context, filename: &PhpString) -> PhpResult<bool> {
    Ok(is_cached_script(cx, filename) || quiet(cx, filename, true)?.is_some_and(|stat| stat.is_file()))
}

/// <https://www.php.net/is_dir>
#[php_fn("is_dir(string $filename): bool")]
fn is_dir(cx: &mut Context, filename: &PhpString) -> PhpResult<bool> {
    Ok(quiet(cx, filename, true)?.is_some_and(|stat| stat.is_dir()))
}

/// <https://www.php.net/is_link>
#[php_fn("is_link(string $filename): bool")]
fn is_link(cx: &mut Context, filename: &PhpString) -> PhpResult<bool> {
    Ok(quiet(cx, filename, false)?.is_some_and(|stat| stat.is_link()))
}

/// <https://www.php.net/stat>
#[php_fn("stat(string $filename): array|false")]
fn stat(cx: &mut Context, filename: &PhpString) -> PhpResult<OrFalse<PhpArray>> {
    Ok(OrFalse(loud(cx, filename, true)?.map(|stat| to_array(&stat))))
}

/// <https://www.php.net/lstat>
#[php_fn("lstat(string $filename): array|false")]
fn lstat(cx: &mut Context, filename: &PhpString) -> PhpResult<OrFalse<PhpArray>> {
    Ok(OrFalse(loud(cx, filename, false)?.map(|stat| to_array(&stat))))
}

/// <https://www.php.net/clearstatcache>
#[php_fn("clearstatcache(bool $clear_realpath_cache = false, string $filename = \"\"): void")]
fn clearstatcache(cx: &mut Context, clear_realpath_cache: bool, filename: &PhpString) {
    // Of what files are nothing is remembered, so there is nothing to forget.
    if clear_realpath_cache {
        let full = cx.full_path(filename);
        realpath::forget(if filename.is_empty() { None } else { Some(&full) });
    }
}

/// <https://www.php.net/realpath_cache_get>
#[php_fn("realpath_cache_get(): array")]
fn realpath_cache_get() -> PhpArray {
    let mut all = PhpArray::new();
    for entry in realpath::entries() {
        let mut hasher = DefaultHasher::new();
        entry.path.hash(&mut hasher);
        let mut item = PhpArray::new();
        item.insert_bytes("key", (hasher.finish() >> 1) as i64);
        item.insert_bytes("is_dir", Value::bool(fs::stat(&entry.real).is_ok_and(|stat| stat.is_dir())));
        item.insert_bytes("realpath", Value::str(&entry.real));
        item.insert_bytes("expires", entry.expires);
        all.insert_bytes(&entry.path, Value::array(item));
    }
    all
}

/// <https://www.php.net/realpath_cache_size>
#[php_fn("realpath_cache_size(): int")]
fn realpath_cache_size() -> i64 {
    realpath::size() as i64
}

fn space(cx: &mut Context, directory: Path<'_>, free: bool) -> PhpResult<OrFalse<f64>> {
    let full = cx.full_path(directory.as_bytes());
    match fs::disk_space(&full) {
        Ok((all, left)) => Ok(OrFalse(Some(if free { left } else { all }))),
        Err(error) => {
            cx.doc_warning(phalanx_host::error_text(&error))?;
            Ok(OrFalse(None))
        }
    }
}

/// <https://www.php.net/disk_total_space>
#[php_fn("disk_total_space(string $directory): float|false")]
fn disk_total_space(cx: &mut Context, directory: Path<'_>) -> PhpResult<OrFalse<f64>> {
    space(cx, directory, false)
}

/// <https://www.php.net/disk_free_space>
#[php_fn("disk_free_space(string $directory): float|false", alias = "diskfreespace")]
fn disk_free_space(cx: &mut Context, directory: Path<'_>) -> PhpResult<OrFalse<f64>> {
    space(cx, directory, true)
}
