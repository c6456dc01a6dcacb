//! SplFileInfo, and the iterators over folders, which are SplFileInfos of the entry where they stand.

pub mod directory;
pub mod filesystem;

use crate::util::state;
use phalanx_host::fs::{self, Access, Kind, Stat};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{NativeSlot, NativeState, ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::args::OrFalse;
use phalanx_vm::class::{ClassRef, Hooks};
use phalanx_vm::{Context, PhpResult};
use std::cell::{Cell, RefCell};

native_class! {
    /// <https://www.php.net/class.splfileinfo>
    pub static SPL_FILE_INFO = "class SplFileInfo implements Stringable";
    flags: not_serializable;
    hooks: HOOKS;
    methods: CONSTRUCT, GET_PATH, GET_FILENAME, GET_EXTENSION, GET_BASENAME, GET_PATHNAME, GET_PERMS, GET_INODE,
        GET_SIZE, GET_OWNER, GET_GROUP, GET_A_TIME, GET_M_TIME, GET_C_TIME, GET_TYPE, IS_WRITABLE, IS_READABLE,
        IS_EXECUTABLE, IS_FILE, IS_DIR, IS_LINK, GET_LINK_TARGET, GET_REAL_PATH, GET_FILE_INFO, GET_PATH_INFO,
        SET_INFO_CLASS, TO_STRING, DEBUG_INFO;
}

static HOOKS: Hooks = Hooks {
    create: Some(|_, this| {
        let _ = this.set_native(NativeSlot::new(State::default()));
    }),
    clone: Some(|_, old, new| {
        let (from, to) = (own(old), own(new));
        to.name.replace(from.name.borrow().clone());
        to.folder.replace(from.folder.borrow().clone());
        to.info_class.set(from.info_class.get());
        Ok(())
    }),
    debug_info: Some(|_, this| Ok(debug_info(this))),
    ..Hooks::NONE
};

/// What an object of these classes knows.
#[derive(Default)]
pub(crate) struct State {
    /// The name of a file that it stands for.
    name: RefCell<PhpString>,
    /// The folder that it goes through instead.
    folder: RefCell<Option<Folder>>,
    /// The class of what `getFileInfo()` makes, if it is another one.
    info_class: Cell<Option<ClassRef>>,
}

/// A folder on the way through it.
#[derive(Clone, Default)]
struct Folder {
    path: PhpString,
    /// Names of its entries as the system gives them.
    names: Vec<PhpString>,
    at: usize,
    flags: i64,
    /// Where it lies below the folder that a recursive iterator began with.
    sub_path: PhpString,
}

impl NativeState for State {
    fn trace(&self, _: &mut dyn FnMut(&Value)) {}
}

pub(crate) fn own(this: &ObjRef) -> &State {
    state::<State>(this)
}

/// The name of the file: for a folder that of the entry where it stands.
fn path_name(this: &ObjRef) -> PhpString {
    let own = own(this);
    match &*own.folder.borrow() {
        Some(folder) => match folder.names.get(folder.at) {
            Some(name) => PhpString::from_bytes(&join(&folder.path, name)),
            None => PhpString::new(),
        },
        None => own.name.borrow().clone(),
    }
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
}

/// Where the last part of a path begins.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (b"", path),
    }
}

/// The last part of the name.
fn file_name(this: &ObjRef) -> PhpString {
    let name = path_name(this);
    match split(&name) {
        // The root has no other name.
        (_, b"") => name,
        (_, last) => PhpString::from_bytes(last),
    }
}

fn extension_of(name: &[u8]) -> &[u8] {
    name.iter().rposition(|byte| *byte == b'.').map_or(b"", |at| &name[at + 1..])
}

fn without_suffix<'a>(name: &'a [u8], suffix: &[u8]) -> &'a [u8] {
    name.strip_suffix(suffix).filter(|rest| !rest.is_empty()).unwrap_or(name)
}

/// What is known of the file, or an exception in the words of `method`.
fn stat(cx: &mut Context, this: &ObjRef, method: &str, follow: bool) -> PhpResult<Stat> {
    let name = path_name(this);
    let full = cx.full_path(&name);
    let found = if follow { fs::stat(&full) } else { fs::lstat(&full) };
    found.map_err(|_| {
        let what = if follow { "stat" } else { "Lstat" };
        let name = String::from_utf8_lossy(&name).into_owned();
        cx.throw("runtimeexception", format!("SplFileInfo::{method}(): {what} failed for {name}"))
    })
}

/// The same where nobody asks why.
fn quiet_stat(cx: &Context, this: &ObjRef, follow: bool) -> Option<Stat> {
    let full = cx.full_path(&path_name(this));
    if follow { fs::stat(&full) } else { fs::lstat(&full) }.ok()
}

fn may(cx: &Context, this: &ObjRef, access: Access) -> bool {
    fs::access(&cx.full_path(&path_name(this)), access).is_ok()
}

/// An object for a file, of the class that was asked for or set.
fn make_info(cx: &mut Context, this: &ObjRef, class: Option<ClassRef>, name: PhpString) -> PhpResult<ObjRef> {
    let class = class.or(own(this).info_class.get());
    let class = class.unwrap_or_else(|| cx.native_class("splfileinfo"));
    cx.construct(class, &[Value::string(name)])
}

/// The class with this name, which must be one of files.
fn info_class(cx: &mut Context, name: Option<&PhpString>) -> PhpResult<Option<ClassRef>> {
    let Some(name) = name else { return Ok(None) };
    let base = cx.native_class("splfileinfo");
    match cx.lookup_class(name, true)? {
        Some(class) if class.is_a(base) => Ok(Some(class)),
        _ => {
            let text = format!("must be a class name derived from SplFileInfo, {name} given");
            Err(cx.arg_error(1, text))
        }
    }
}

#[php_method("SplFileInfo::__construct(string $filename)", rename = CONSTRUCT)]
fn construct(this: &ObjRef, filename: &PhpString) {
    let slashes = filename.iter().rev().take_while(|byte| **byte == b'/').count();
    let end = (filename.len() - slashes).max(usize::from(!filename.is_empty()));
    own(this).name.replace(PhpString::from_bytes(&filename[..end]));
}

#[php_method("SplFileInfo::getPath(): string", tentative)]
fn get_path(this: &ObjRef) -> PhpString {
    if let Some(folder) = &*own(this).folder.borrow() {
        return folder.path.clone();
    }
    PhpString::from_bytes(split(&own(this).name.borrow()).0)
}

#[php_method("SplFileInfo::getFilename(): string", tentative)]
fn get_filename(this: &ObjRef) -> PhpString {
    file_name(this)
}

#[php_method("SplFileInfo::getExtension(): string", tentative)]
fn get_extension(this: &ObjRef) -> PhpString {
    PhpString::from_bytes(extension_of(&file_name(this)))
}

#[php_method("SplFileInfo::getBasename(string $suffix = \"\"): string", tentative)]
fn get_basename(this: &ObjRef, suffix: &PhpString) -> PhpString {
    PhpString::from_bytes(without_suffix(&file_name(this), suffix))
}

#[php_method("SplFileInfo::getPathname(): string", tentative)]
fn get_pathname(this: &ObjRef) -> PhpString {
    path_name(this)
}

#[php_method("SplFileInfo::getPerms(): int|false", tentative)]
fn get_perms(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(i64::from(stat(cx, this, "getPerms", true)?.mode))
}

#[php_method("SplFileInfo::getInode(): int|false", tentative)]
fn get_inode(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(stat(cx, this, "getInode", true)?.ino as i64)
}

#[php_method("SplFileInfo::getSize(): int|false", tentative)]
fn get_size(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(stat(cx, this, "getSize", true)?.size as i64)
}

#[php_method("SplFileInfo::getOwner(): int|false", tentative)]
fn get_owner(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(i64::from(stat(cx, this, "getOwner", true)?.uid))
}

#[php_method("SplFileInfo::getGroup(): int|false", tentative)]
fn get_group(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(i64::from(stat(cx, this, "getGroup", true)?.gid))
}

#[php_method("SplFileInfo::getATime(): int|false", tentative)]
fn get_a_time(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(stat(cx, this, "getATime", true)?.accessed.seconds)
}

#[php_method("SplFileInfo::getMTime(): int|false", tentative)]
fn get_m_time(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(stat(cx, this, "getMTime", true)?.modified.seconds)
}

#[php_method("SplFileInfo::getCTime(): int|false", tentative)]
fn get_c_time(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    Ok(stat(cx, this, "getCTime", true)?.changed.seconds)
}

#[php_method("SplFileInfo::getType(): string|false", tentative)]
fn get_type(cx: &mut Context, this: &ObjRef) -> PhpResult<&'static str> {
    Ok(stat(cx, this, "getType", false)?.kind().name())
}

#[php_method("SplFileInfo::isWritable(): bool", tentative)]
fn is_writable(cx: &mut Context, this: &ObjRef) -> bool {
    may(cx, this, Access { write: true, ..Access::default() })
}

#[php_method("SplFileInfo::isReadable(): bool", tentative)]
fn is_readable(cx: &mut Context, this: &ObjRef) -> bool {
    may(cx, this, Access { read: true, ..Access::default() })
}

#[php_method("SplFileInfo::isExecutable(): bool", tentative)]
fn is_executable(cx: &mut Context, this: &ObjRef) -> bool {
    may(cx, this, Access { execute: true, ..Access::default() })
}

#[php_method("SplFileInfo::isFile(): bool", tentative)]
fn is_file(cx: &mut Context, this: &ObjRef) -> bool {
    quiet_stat(cx, this, true).is_some_and(|stat| stat.is_file())
}

#[php_method("SplFileInfo::isDir(): bool", tentative)]
fn is_dir(cx: &mut Context, this: &ObjRef) -> bool {
    quiet_stat(cx, this, true).is_some_and(|stat| stat.is_dir())
}

#[php_method("SplFileInfo::isLink(): bool", tentative)]
fn is_link(cx: &mut Context, this: &ObjRef) -> bool {
    quiet_stat(cx, this, false).is_some_and(|stat| stat.kind() == Kind::Link)
}

#[php_method("SplFileInfo::getLinkTarget(): string|false", tentative)]
fn get_link_target(cx: &mut Context, this: &ObjRef) -> PhpResult<Vec<u8>> {
    let name = path_name(this);
    fs::read_link(&cx.full_path(&name)).map_err(|error| {
        let (name, reason) = (String::from_utf8_lossy(&name).into_owned(), phalanx_host::error_text(&error));
        cx.throw("runtimeexception", format!("Unable to read link {name}, error: {reason}"))
    })
}

#[php_method("SplFileInfo::getRealPath(): string|false", tentative)]
fn get_real_path(cx: &mut Context, this: &ObjRef) -> OrFalse<PhpString> {
    OrFalse(cx.real_path(&path_name(this)))
}

#[php_method("SplFileInfo::getFileInfo(?string $class = null): SplFileInfo", tentative)]
fn get_file_info(cx: &mut Context, this: &ObjRef, class: Option<&PhpString>) -> PhpResult<ObjRef> {
    let class = info_class(cx, class)?;
    make_info(cx, this, class, path_name(this))
}

#[php_method("SplFileInfo::getPathInfo(?string $class = null): ?SplFileInfo", tentative)]
fn get_path_info(cx: &mut Context, this: &ObjRef, class: Option<&PhpString>) -> PhpResult<Option<ObjRef>> {
    let class = info_class(cx, class)?;
    let name = path_name(this);
    let folder = split(&name).0;
    if folder.is_empty() {
        return Ok(None);
    }
    make_info(cx, this, class, PhpString::from_bytes(folder)).map(Some)
}

#[php_method("SplFileInfo::setInfoClass(string $class = SplFileInfo::class): void", tentative)]
fn set_info_class(cx: &mut Context, this: &ObjRef, class: Option<&PhpString>) -> PhpResult {
    let class = info_class(cx, class)?;
    own(this).info_class.set(class);
    Ok(())
}

#[php_method("SplFileInfo::__toString(): string", rename = TO_STRING)]
fn to_string(this: &ObjRef) -> PhpString {
    path_name(this)
}

#[php_method("SplFileInfo::__debugInfo(): array", tentative, rename = DEBUG_INFO)]
fn debug_info(this: &ObjRef) -> PhpArray {
    let (name, last) = (Value::string(path_name(this)), Value::string(file_name(this)));
    crate::util::with_private(this, "SplFileInfo", vec![("pathName", name), ("fileName", last)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_names() {
        assert_eq!(split(b"/a/b.c"), (&b"/a"[..], &b"b.c"[..]));
        assert_eq!(split(b"x"), (&b""[..], &b"x"[..]));
        assert_eq!((extension_of(b"a.tar.gz"), extension_of(b"a")), (&b"gz"[..], &b""[..]));
        assert_eq!(
            (without_suffix(b"a.php", b".php"), without_suffix(b".php", b".php")),
            (&b"a"[..], &b".php"[..])
        );
        assert_eq!((join(b"", b"x"), join(b"/a", b"x")), (b"x".to_vec(), b"/a/x".to_vec()));
    }
}
