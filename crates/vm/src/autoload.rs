//! Finding classes by name, and the loaders that are asked for those that are missing.

use crate::Context;
use crate::class::{Callee, ClassRef};
use crate::thrown::{PhpResult, Thrown};
use phalanx_value::{PhpString, Value};
use rustc_hash::FxHashSet;

/// A class loader.
#[derive(Clone)]
pub struct ClassLoader {
    /// As it was registered.
    pub value: Value,
    /// What it calls.
    pub callee: Callee,
}

/// Class loaders of a request.
#[derive(Default)]
pub struct Autoload {
    loaders: Vec<ClassLoader>,
    /// Lower-case names of the classes that are being loaded: no loader is asked for one of them again.
    loading: FxHashSet<PhpString>,
}

impl Autoload {
    /// All in order.
    pub fn loaders(&self) -> &[ClassLoader] {
        &self.loaders
    }

    /// Adds a loader, unless it is there already.
    pub fn add(&mut self, loader: ClassLoader, prepend: bool) {
        if self.loaders.iter().any(|known| same(&known.callee, &loader.callee)) {
            return;
        }
        let at = if prepend { 0 } else { self.loaders.len() };
        self.loaders.insert(at, loader);
    }

    /// Removes a loader; false if it is not there.
    pub fn remove(&mut self, callee: &Callee) -> bool {
        let before = self.loaders.len();
        self.loaders.retain(|known| !same(&known.callee, callee));
        self.loaders.len() != before
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.loaders.clear();
    }
}

/// Whether both call the same function with the same object.
fn same(a: &Callee, b: &Callee) -> bool {
    a.func == b.func && a.this == b.this && a.closure == b.closure && a.magic_name == b.magic_name
}

/// What sort of class is asked for, for messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each is what it is called")]
pub enum ClassKind {
    Class,
    Interface,
    Trait,
    Enum,
}

impl ClassKind {
    fn title(self) -> &'static str {
        match self {
            ClassKind::Class => "Class",
            ClassKind::Interface => "Interface",
            ClassKind::Trait => "Trait",
            ClassKind::Enum => "Enum",
        }
    }
}

impl Context {
    /// The class called `name` (a leading backslash and the case of letters do not matter); loaders are asked for it
    /// if `autoload` is set.
    pub fn lookup_class(&mut self, name: &[u8], autoload: bool) -> PhpResult<Option<ClassRef>> {
        let name = name.strip_prefix(b"\\").unwrap_or(name);
        let mut buffer = [0; 64];
        let lower = match buffer.get_mut(..name.len()) {
            Some(short) => {
                short.copy_from_slice(name);
                short.make_ascii_lowercase();
                &*short
            }
            None => &name.to_ascii_lowercase()[..],
        };
        if let Some(class) = self.find_class(lower) {
            return Ok(Some(class));
        }
        if !autoload || self.autoload.loaders.is_empty() || !is_class_name(name) {
            return Ok(None);
        }
        self.load_class(name, lower)
    }

    #[cold]
    fn load_class(&mut self, name: &[u8], lower: &[u8]) -> PhpResult<Option<ClassRef>> {
        let key = PhpString::from_bytes(lower);
        if !self.autoload.loading.insert(key.clone()) {
            return Ok(None);
        }
        // Loaders run as if no exception were pending.
        let pending = self.exception.take();
        let mut result = self.ask_loaders(name, lower);
        self.autoload.loading.remove(&key);
        if let Some(pending) = pending {
            match self.exception.take() {
                Some(thrown) => {
                    crate::throw::set_previous(&thrown, pending);
                    self.exception = Some(thrown);
                }
                None => self.exception = Some(pending),
            }
            if result.is_ok() && self.exception.is_some() {
                result = result.and(Ok(self.find_class(lower)));
            }
        }
        result
    }

    fn ask_loaders(&mut self, name: &[u8], lower: &[u8]) -> PhpResult<Option<ClassRef>> {
        let name = Value::str(name);
        let mut index = 0;
        // Loaders may register and remove loaders meanwhile.
        while let Some(loader) = self.autoload.loaders.get(index).cloned() {
            index += 1;
            self.call_callee(&loader.callee, std::slice::from_ref(&name))?;
            if let Some(class) = self.find_class(lower) {
                return Ok(Some(class));
            }
        }
        Ok(None)
    }

    /// The class called `name`, loaded if need be; an Error if there is none.
    pub fn require_class(&mut self, name: &[u8]) -> PhpResult<ClassRef> {
        self.require_class_kind(name, ClassKind::Class)
    }

    /// As [`Context::require_class`], with the words for an interface, trait or enum.
    pub fn require_class_kind(&mut self, name: &[u8], kind: ClassKind) -> PhpResult<ClassRef> {
        match self.lookup_class(name, true)? {
            Some(class) => Ok(class),
            None => Err(self.class_not_found(name, kind)),
        }
    }

    /// Throws `Class "X" not found`.
    #[cold]
    pub fn class_not_found(&mut self, name: &[u8], kind: ClassKind) -> Thrown {
        let name = name.strip_prefix(b"\\").unwrap_or(name);
        self.throw_error([kind.title().as_bytes(), b" \"", name, b"\" not found"].concat())
    }
}

/// Whether loaders may be asked for the name: letters, digits, underscores, backslashes and bytes above ASCII.
fn is_class_name(name: &[u8]) -> bool {
    name.iter().all(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\\' | 0x80..))
}
