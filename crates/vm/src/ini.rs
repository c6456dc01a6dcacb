//! Settings.
//!
//! All requests of a process share an [`IniBase`]: what extensions declare, with the values that `php.ini` and the
//! command line give. A request has an [`Ini`] over it, which holds what it has changed. Settings that the VM looks at
//! all the time are plain fields ([`Hot`], reached as `cx.ini.precision`).

mod base;
mod core;
mod hot;
pub mod parse;
pub mod quantity;
mod scan;

pub use base::{IniBase, IniInfo};
pub use hot::{DisplayErrors, Hot};

use crate::Context;
use rustc_hash::FxHashMap;
use std::sync::Arc;

pub(crate) use core::SETTINGS;

/// Who may change a setting.
pub mod access {
    /// Scripts, with `ini_set()`.
    pub const USER: u8 = 1;
    /// Settings of a directory.
    pub const PERDIR: u8 = 2;
    /// `php.ini` and the command line.
    pub const SYSTEM: u8 = 4;
    /// Everybody.
    pub const ALL: u8 = 7;
}

/// When a setting is changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// A request begins with a value that was configured.
    Startup,
    /// By a script.
    Runtime,
    /// Back to the value from before.
    Restore,
}

/// How values in ini files are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Values are text; constants, variables and operators are worked out.
    Normal,
    /// Values are text as it stands.
    Raw,
    /// As `Normal`, but bools, null and numbers keep their types.
    Typed,
}

/// Settings of a request.
pub struct Ini {
    base: Arc<IniBase>,
    /// What the request has changed, by number of the setting.
    changed: FxHashMap<u32, Option<Box<[u8]>>>,
    hot: Hot,
}

impl std::ops::Deref for Ini {
    type Target = Hot;
    #[inline(always)]
    fn deref(&self) -> &Hot {
        &self.hot
    }
}

impl std::ops::DerefMut for Ini {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Hot {
        &mut self.hot
    }
}

impl Ini {
    /// The settings a request begins with.
    pub fn new(base: Arc<IniBase>) -> Ini {
        let hot = base.hot().clone();
        Ini { base, changed: FxHashMap::default(), hot }
    }

    /// What all requests share.
    pub fn base(&self) -> &Arc<IniBase> {
        &self.base
    }

    /// Whether there is such a setting.
    pub fn exists(&self, name: impl AsRef<[u8]>) -> bool {
        self.base.find(name.as_ref()).is_some()
    }

    /// The value; none if it has none or there is no such setting.
    pub fn get(&self, name: impl AsRef<[u8]>) -> Option<&[u8]> {
        let index = self.base.find(name.as_ref())?;
        self.value(index)
    }

    fn value(&self, index: u32) -> Option<&[u8]> {
        match self.changed.get(&index) {
            Some(value) => value.as_deref(),
            None => self.base.value(index),
        }
    }

    /// The value, empty if it has none.
    pub fn get_str(&self, name: impl AsRef<[u8]>) -> &[u8] {
        self.get(name).unwrap_or_default()
    }

    /// The value as a bool: `1`, `on`, `yes` and `true` are.
    pub fn get_bool(&self, name: impl AsRef<[u8]>) -> bool {
        self.get(name).is_some_and(parse_bool)
    }

    /// The value as an integer or quantity (`128M`); none if it has none.
    pub fn get_int(&self, name: impl AsRef<[u8]>) -> Option<i64> {
        self.get(name).map(|value| quantity::parse(value).0)
    }

    /// The value as a float; none if it has none.
    pub fn get_float(&self, name: impl AsRef<[u8]>) -> Option<f64> {
        self.get(name).map(phalanx_value::convert::numeric::to_float)
    }

    /// What `ini_get_all()` tells of each setting, by name.
    pub fn all(&self) -> impl Iterator<Item = IniInfo<'_>> {
        self.base.all().map(|(index, mut info)| {
            info.local = self.value(index);
            info
        })
    }
}

/// Whether a setting's text means "on".
pub fn parse_bool(value: &[u8]) -> bool {
    [b"true".as_slice(), b"yes", b"on"].iter().any(|word| value.eq_ignore_ascii_case(word))
        || phalanx_value::convert::numeric::to_int(value) != 0
}

impl Context {
    /// `ini_set()`: changes a setting on behalf of whoever has the rights `rights` (bits of [`access`]). False if
    /// there is no such setting, it may not be changed, or its owner refuses the value.
    pub fn set_ini(&mut self, name: impl AsRef<[u8]>, value: Option<&[u8]>, rights: u8) -> bool {
        let Some(index) = self.ini.base.find(name.as_ref()) else { return false };
        if self.ini.base.setting(index).access & rights == 0 {
            return false;
        }
        self.change_ini(index, value, Stage::Runtime)
    }

    fn change_ini(&mut self, index: u32, value: Option<&[u8]>, stage: Stage) -> bool {
        let setting = self.ini.base.setting(index);
        if let Some(on_change) = setting.on_change
            && !on_change(self, value.unwrap_or_default(), stage)
        {
            return false;
        }
        self.ini.changed.insert(index, value.map(Box::from));
        true
    }

    /// `ini_restore()`: back to the value the request began with.
    pub fn restore_ini(&mut self, name: impl AsRef<[u8]>) {
        let Some(index) = self.ini.base.find(name.as_ref()) else { return };
        if !self.ini.changed.contains_key(&index) {
            return;
        }
        let base = self.ini.base.clone();
        if self.change_ini(index, base.value(index), Stage::Restore) {
            self.ini.changed.remove(&index);
        }
    }

    /// Tells the owners of configured settings their values, as a request begins.
    pub fn start_ini(&mut self) {
        let base = self.ini.base.clone();
        for index in base.configured() {
            let setting = base.setting(index);
            if let Some(on_change) = setting.on_change
                && !on_change(self, base.value(index).unwrap_or_default(), Stage::Startup)
            {
                let default = setting.default.map(str::as_bytes);
                self.ini.changed.insert(index, default.map(Box::from));
                // Its owner has the default again, whatever it had made of the value that was refused.
                on_change(self, default.unwrap_or_default(), Stage::Startup);
            }
        }
        phalanx_value::convert::set_precision(self.ini.precision);
        phalanx_value::gc::set_enabled(self.ini.get_bool("zend.enable_gc"));
        let limit = usize::try_from(self.ini.memory_limit).ok();
        // Only a request that has just begun comes here: it uses less than any limit.
        let _ = phalanx_value::heap::set_memory_limit(limit);
    }
}
