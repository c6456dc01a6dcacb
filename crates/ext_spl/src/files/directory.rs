//! The class DirectoryIterator.

use super::{Folder, extension_of, file_name, own, without_suffix};
use phalanx_host::fs;
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, PhpString, Value};
use phalanx_vm::{Context, PhpResult};

native_class! {
    /// <https://www.php.net/class.directoryiterator>
    pub static DIRECTORY_ITERATOR = "class DirectoryIterator extends SplFileInfo implements SeekableIterator";
    methods: CONSTRUCT, GET_FILENAME, GET_EXTENSION, GET_BASENAME, IS_DOT, REWIND, VALID, KEY, CURRENT, NEXT, SEEK,
        TO_STRING;
}

/// Opens the folder that an iterator goes through.
pub(super) fn open(
    cx: &mut Context,
    this: &ObjRef,
    directory: &PhpString,
    flags: i64,
    class: &str,
) -> PhpResult {
    if directory.is_empty() {
        return Err(cx.arg_value_error(1, "must not be empty"));
    }
    if own(this).folder.borrow().is_some() {
        return Err(cx.throw_error("Directory object is already initialized"));
    }
    let names = if directory.contains(&0) {
        Err("operation failed".to_owned())
    } else {
        fs::list(&cx.full_path(directory)).map_err(|error| phalanx_host::error_text(&error))
    };
    let names = names.map_err(|reason| {
        let text = format!("{class}::__construct({directory}): Failed to open directory: {reason}");
        cx.throw("unexpectedvalueexception", text)
    })?;
    let dots = [&b"."[..], b".."].into_iter().map(PhpString::from_bytes);
    let all = dots.chain(names.iter().map(|name| PhpString::from_bytes(name))).collect();
    let end = directory.len() - directory.iter().rev().take_while(|byte| **byte == b'/').count();
    let path = PhpString::from_bytes(&directory[..end.max(1)]);
    let mut folder = Folder { path, names: all, flags, ..Folder::default() };
    skip_dots(&mut folder);
    own(this).folder.replace(Some(folder));
    Ok(())
}

/// Whether the iterator stands at `.` or `..`.
fn at_dot(folder: &Folder) -> bool {
    folder.names.get(folder.at).is_some_and(|name| matches!(&name[..], b"." | b".."))
}

fn skip_dots(folder: &mut Folder) {
    while folder.flags & super::filesystem::SKIP_DOTS != 0 && at_dot(folder) {
        folder.at += 1;
    }
}

/// Runs `part` on the folder; an Error if the constructor was not called.
pub(super) fn with_folder<T>(
    cx: &mut Context,
    this: &ObjRef,
    part: impl FnOnce(&mut Folder) -> T,
) -> PhpResult<T> {
    match &mut *own(this).folder.borrow_mut() {
        Some(folder) => Ok(part(folder)),
        None => Err(cx.throw_error("Object not initialized")),
    }
}

/// Goes to the first entry that counts.
pub(super) fn to_start(folder: &mut Folder) {
    folder.at = 0;
    skip_dots(folder);
}

fn to_next(folder: &mut Folder) {
    folder.at += 1;
    skip_dots(folder);
}

/// The number of the entry where it stands, among those that count.
fn number(folder: &Folder) -> i64 {
    let skipped = if folder.flags & super::filesystem::SKIP_DOTS != 0 { 2 } else { 0 };
    folder.at.saturating_sub(skipped) as i64
}

#[php_method("DirectoryIterator::__construct(string $directory)", rename = CONSTRUCT)]
fn construct(cx: &mut Context, this: &ObjRef, directory: &PhpString) -> PhpResult {
    open(cx, this, directory, 0, "DirectoryIterator")
}

#[php_method("DirectoryIterator::getFilename(): string", tentative)]
fn get_filename(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    with_folder(cx, this, |folder| folder.names.get(folder.at).cloned().unwrap_or_default())
}

#[php_method("DirectoryIterator::getExtension(): string", tentative)]
fn get_extension(this: &ObjRef) -> PhpString {
    PhpString::from_bytes(extension_of(&file_name(this)))
}

#[php_method("DirectoryIterator::getBasename(string $suffix = \"\"): string", tentative)]
fn get_basename(this: &ObjRef, suffix: &PhpString) -> PhpString {
    PhpString::from_bytes(without_suffix(&file_name(this), suffix))
}

#[php_method("DirectoryIterator::isDot(): bool", tentative)]
fn is_dot(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    with_folder(cx, this, |folder| at_dot(folder))
}

#[php_method("DirectoryIterator::rewind(): void", tentative)]
fn rewind(cx: &mut Context, this: &ObjRef) -> PhpResult {
    with_folder(cx, this, to_start)
}

#[php_method("DirectoryIterator::valid(): bool", tentative)]
fn valid(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    with_folder(cx, this, |folder| folder.at < folder.names.len())
}

#[php_method("DirectoryIterator::key(): mixed", tentative)]
fn key(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    with_folder(cx, this, |folder| number(folder))
}

#[php_method("DirectoryIterator::current(): mixed", tentative)]
fn current(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    with_folder(cx, this, |_| Value::object(this.clone()))
}

#[php_method("DirectoryIterator::next(): void", tentative)]
fn next(cx: &mut Context, this: &ObjRef) -> PhpResult {
    with_folder(cx, this, to_next)
}

#[php_method("DirectoryIterator::seek(int $offset): void", tentative)]
fn seek(cx: &mut Context, this: &ObjRef, offset: i64) -> PhpResult {
    let found = with_folder(cx, this, |folder| {
        to_start(folder);
        while number(folder) < offset && folder.at < folder.names.len() {
            to_next(folder);
        }
        folder.at < folder.names.len()
    })?;
    if found {
        return Ok(());
    }
    Err(cx.throw("outofboundsexception", format!("Seek position {offset} is out of range")))
}

#[php_method("DirectoryIterator::__toString(): string", rename = TO_STRING)]
fn to_string(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    get_filename(cx, this)
}
