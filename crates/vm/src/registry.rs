//! What the built-in extensions declare, by name. One registry serves all threads.

use crate::names::{Name, NameTable};
use crate::native::{Extension, NativeClass, NativeConst, NativeFn};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

/// A lower-case name: most are declared so.
type LowerName = Cow<'static, [u8]>;

/// Functions, classes and constants of all extensions.
#[derive(Default)]
pub struct Registry {
    extensions: Vec<&'static Extension>,
    functions: NameTable<LowerName, (&'static NativeFn, usize)>,
    classes: NameTable<LowerName, (&'static NativeClass, usize)>,
    consts: FxHashMap<&'static [u8], (&'static NativeConst, usize)>,
    /// Functions that were taken out.
    disabled: Vec<&'static NativeFn>,
    number: u64,
}

/// Registries that were made so far.
static MADE: AtomicU64 = AtomicU64::new(0);

impl Registry {
    /// Reads the tables of `extensions`.
    pub fn new(extensions: &[&'static Extension]) -> Registry {
        let mut registry = Registry {
            extensions: extensions.to_vec(),
            functions: NameTable::with_capacity(
                extensions.iter().flat_map(|e| e.functions).map(|list| list.len()).sum(),
            ),
            classes: NameTable::with_capacity(extensions.iter().map(|e| e.classes.len()).sum()),
            consts: sized(extensions.iter().flat_map(|e| e.consts).map(|list| list.len()).sum()),
            disabled: Vec::new(),
            number: MADE.fetch_add(1, Ordering::Relaxed) + 1,
        };
        for (index, extension) in extensions.iter().enumerate() {
            for native in extension.functions.iter().copied().flatten() {
                registry.functions.insert(lower(native.name), (native, index));
            }
            for class in extension.classes {
                registry.classes.insert(lower(class.name), (class, index));
            }
            for constant in extension.consts.iter().copied().flatten() {
                registry.consts.insert(constant.name.as_bytes(), (constant, index));
            }
        }
        registry
    }

    /// Which of all registries of the process it is, from 1 on.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Takes a function out: scripts may declare another of its name.
    pub fn disable_function(&mut self, name: &str) {
        if let Some((native, _)) = self.functions.remove(name.to_ascii_lowercase().as_bytes()) {
            self.disabled.push(native);
        }
    }

    /// The functions of an extension's tables that are not disabled.
    pub fn functions_of<'r>(
        &'r self,
        extension: &'static Extension,
    ) -> impl Iterator<Item = &'static NativeFn> + use<'r> {
        let all = extension.functions.iter().copied().flatten().copied();
        all.filter(|native| !self.disabled.iter().any(|disabled| std::ptr::eq(*disabled, *native)))
    }

    /// Whether a function of this lower-case name is disabled.
    pub fn is_disabled(&self, lc_name: &[u8]) -> bool {
        self.disabled.iter().any(|native| native.name.as_bytes().eq_ignore_ascii_case(lc_name))
    }

    /// The function with this lower-case name.
    pub fn function(&self, lc_name: &(impl Name + ?Sized)) -> Option<&'static NativeFn> {
        self.functions.get(lc_name).map(|entry| entry.0)
    }

    /// The class with this lower-case name.
    pub fn class(&self, lc_name: &(impl Name + ?Sized)) -> Option<&'static NativeClass> {
        self.classes.get(lc_name).map(|entry| entry.0)
    }

    /// The constant with this name.
    pub fn constant(&self, name: &[u8]) -> Option<&'static NativeConst> {
        self.consts.get(name).map(|entry| entry.0)
    }

    /// The extensions in order.
    pub fn extensions(&self) -> &[&'static Extension] {
        &self.extensions
    }

    /// The extension that declares the function.
    pub fn extension_of_function(&self, lc_name: &[u8]) -> Option<&'static Extension> {
        self.functions.get(lc_name).map(|entry| self.extensions[entry.1])
    }

    /// The extension that declares the class.
    pub fn extension_of_class(&self, lc_name: &[u8]) -> Option<&'static Extension> {
        self.classes.get(lc_name).map(|entry| self.extensions[entry.1])
    }
}

fn lower(name: &'static str) -> LowerName {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.as_bytes().to_ascii_lowercase())
    } else {
        Cow::Borrowed(name.as_bytes())
    }
}

/// An empty table with room for `len` entries: growing step by step would be a third of the time that a command
/// takes to start.
fn sized<K, V>(len: usize) -> FxHashMap<K, V> {
    FxHashMap::with_capacity_and_hasher(len, FxBuildHasher)
}
