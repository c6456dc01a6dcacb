//! The classes FilesystemIterator and RecursiveDirectoryIterator.

use super::directory::{open, to_start, with_folder};
use super::{is_dir, is_link, join, make_info, own, path_name};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, PhpString, Value};
use phalanx_vm::class::ClassRef;
use phalanx_vm::{Context, PhpResult};

native_class! {
    /// <https://www.php.net/class.filesystemiterator>
    pub static FILESYSTEM_ITERATOR = "class FilesystemIterator extends DirectoryIterator";
    const "int CURRENT_MODE_MASK" = 240;
    const "int CURRENT_AS_PATHNAME" = 32;
    const "int CURRENT_AS_FILEINFO" = 0;
    const "int CURRENT_AS_SELF" = 16;
    const "int KEY_MODE_MASK" = 3840;
    const "int KEY_AS_PATHNAME" = 0;
    const "int FOLLOW_SYMLINKS" = 16384;
    const "int KEY_AS_FILENAME" = 256;
    const "int NEW_CURRENT_AND_KEY" = 256;
    const "int OTHER_MODE_MASK" = 28672;
    const "int SKIP_DOTS" = 4096;
    const "int UNIX_PATHS" = 8192;
    methods: CONSTRUCT, REWIND, KEY, CURRENT, GET_FLAGS, SET_FLAGS;
}

native_class! {
    /// <https://www.php.net/class.recursivedirectoryiterator>
    pub static RECURSIVE_DIRECTORY_ITERATOR = "class RecursiveDirectoryIterator extends FilesystemIterator implements RecursiveIterator";
    methods: RECURSIVE_CONSTRUCT, HAS_CHILDREN, GET_CHILDREN, GET_SUB_PATH, GET_SUB_PATHNAME;
}

/// `FilesystemIterator::SKIP_DOTS`.
pub(super) const SKIP_DOTS: i64 = 4096;
const CURRENT_AS_PATHNAME: i64 = 32;
const CURRENT_AS_SELF: i64 = 16;
const CURRENT_MODE_MASK: i64 = 240;
const KEY_MODE_MASK: i64 = 3840;
const KEY_AS_FILENAME: i64 = 256;
const OTHER_MODE_MASK: i64 = 28672;
const FOLLOW_SYMLINKS: i64 = 16384;
const ALL: i64 = CURRENT_MODE_MASK | KEY_MODE_MASK | OTHER_MODE_MASK;

#[php_method(
    "FilesystemIterator::__construct(string $directory, int $flags = FilesystemIterator::KEY_AS_PATHNAME | FilesystemIterator::CURRENT_AS_FILEINFO | FilesystemIterator::SKIP_DOTS)",
    default(flags = SKIP_DOTS),
    rename = CONSTRUCT
)]
fn construct(cx: &mut Context, this: &ObjRef, directory: &PhpString, flags: i64) -> PhpResult {
    open(cx, this, directory, flags & ALL, "FilesystemIterator")
}

#[php_method("FilesystemIterator::rewind(): void", tentative)]
fn rewind(cx: &mut Context, this: &ObjRef) -> PhpResult {
    with_folder(cx, this, to_start)
}

#[php_method("FilesystemIterator::key(): string", tentative)]
fn key(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    let name = with_folder(cx, this, |folder| {
        (folder.flags & KEY_AS_FILENAME != 0)
            .then(|| folder.names.get(folder.at).cloned().unwrap_or_default())
    })?;
    Ok(name.unwrap_or_else(|| path_name(this)))
}

#[php_method("FilesystemIterator::current(): string|SplFileInfo|FilesystemIterator", tentative)]
fn current(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let flags = with_folder(cx, this, |folder| folder.flags)?;
    if flags & CURRENT_AS_PATHNAME != 0 {
        return Ok(Value::string(path_name(this)));
    }
    if flags & CURRENT_AS_SELF != 0 {
        return Ok(Value::object(this.clone()));
    }
    make_info(cx, this, None, path_name(this)).map(Value::object)
}

#[php_method("FilesystemIterator::getFlags(): int", tentative)]
fn get_flags(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    with_folder(cx, this, |folder| folder.flags)
}

#[php_method("FilesystemIterator::setFlags(int $flags): void", tentative)]
fn set_flags(cx: &mut Context, this: &ObjRef, flags: i64) -> PhpResult {
    with_folder(cx, this, |folder| folder.flags = flags & ALL)
}

#[php_method(
    "RecursiveDirectoryIterator::__construct(string $directory, int $flags = FilesystemIterator::KEY_AS_PATHNAME | FilesystemIterator::CURRENT_AS_FILEINFO)",
    default(flags = 0),
    rename = RECURSIVE_CONSTRUCT
)]
fn recursive_construct(cx: &mut Context, this: &ObjRef, directory: &PhpString, flags: i64) -> PhpResult {
    open(cx, this, directory, flags & ALL, "RecursiveDirectoryIterator")
}

#[php_method("RecursiveDirectoryIterator::hasChildren(bool $allowLinks = false): bool", tentative)]
fn has_children(cx: &mut Context, this: &ObjRef, allow_links: bool) -> PhpResult<bool> {
    let (is_dot, follows) = with_folder(cx, this, |folder| {
        let is_dot = folder.names.get(folder.at).is_none_or(|name| matches!(&name[..], b"." | b".."));
        (is_dot, folder.flags & FOLLOW_SYMLINKS != 0)
    })?;
    Ok(!is_dot && is_dir(cx, this) && (allow_links || follows || !is_link(cx, this)))
}

#[php_method("RecursiveDirectoryIterator::getChildren(): RecursiveDirectoryIterator", tentative)]
fn get_children(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let (flags, sub_path) = with_folder(cx, this, |folder| (folder.flags, sub_pathname(folder)))?;
    let child = cx.construct(ClassRef::of(this), &[Value::string(path_name(this)), Value::int(flags)])?;
    let (from, to) = (own(this), own(&child));
    to.info_class.set(from.info_class.get());
    if let Some(folder) = &mut *to.folder.borrow_mut() {
        folder.sub_path = sub_path;
    }
    Ok(child)
}

fn sub_pathname(folder: &super::Folder) -> PhpString {
    let name = folder.names.get(folder.at).cloned().unwrap_or_default();
    PhpString::from_bytes(&join(&folder.sub_path, &name))
}

#[php_method("RecursiveDirectoryIterator::getSubPath(): string", tentative)]
fn get_sub_path(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    with_folder(cx, this, |folder| folder.sub_path.clone())
}

#[php_method("RecursiveDirectoryIterator::getSubPathname(): string", tentative)]
fn get_sub_pathname(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    with_folder(cx, this, |folder| sub_pathname(folder))
}
