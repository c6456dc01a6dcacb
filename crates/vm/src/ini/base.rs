//! What all requests share of the settings: declarations, and values as configured.

use super::hot::Hot;
use crate::native::{Extension, NativeIni};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Settings as configured for the process.
pub struct IniBase {
    /// Sorted by name.
    entries: Vec<Entry>,
    /// Everything in the configuration, known settings or not, for `get_cfg_var()`.
    config: BTreeMap<Box<[u8]>, Box<[u8]>>,
    hot: Hot,
    /// The file that the configuration was read from.
    pub loaded_file: Option<Vec<u8>>,
    /// Whether requests come from clients of a server, and not from a command line.
    pub serves: bool,
    /// Files beside it, if any were looked for.
    pub scanned_files: Option<Vec<u8>>,
}

struct Entry {
    setting: &'static NativeIni,
    extension: &'static str,
    value: Option<Cow<'static, [u8]>>,
    configured: bool,
}

/// What `ini_get_all()` tells of a setting.
pub struct IniInfo<'a> {
    /// Name.
    pub name: &'static str,
    /// The extension that declares it.
    pub extension: &'static str,
    /// Value as configured.
    pub global: Option<&'a [u8]>,
    /// Value now.
    pub local: Option<&'a [u8]>,
    /// Who may change it.
    pub access: u8,
}

impl IniBase {
    /// The settings of the VM and of `extensions`, with the values of a configuration (later ones win).
    pub fn new(extensions: &[&'static Extension], config: &[(Vec<u8>, Vec<u8>)]) -> IniBase {
        let config: BTreeMap<Box<[u8]>, Box<[u8]>> =
            config.iter().map(|(name, value)| (name.as_slice().into(), value.as_slice().into())).collect();
        let declared = super::SETTINGS.iter().map(|setting| (setting, "core"));
        let declared = declared.chain(extensions.iter().flat_map(|e| e.ini.iter().map(|s| (s, e.name))));
        let mut entries: Vec<Entry> = declared
            .map(|(setting, extension)| {
                let configured = config.get(setting.name.as_bytes());
                let value = match configured {
                    Some(value) => Some(Cow::Owned(value.to_vec())),
                    None => setting.default.map(|text| Cow::Borrowed(text.as_bytes())),
                };
                Entry { setting, extension, value, configured: configured.is_some() }
            })
            .collect();
        // An extension may declare a setting of the VM anew: the later declaration counts.
        entries.reverse();
        entries.sort_by_key(|entry| entry.setting.name);
        entries.dedup_by_key(|entry| entry.setting.name);
        let mut base = IniBase {
            hot: Hot::default(),
            config,
            entries,
            loaded_file: None,
            serves: false,
            scanned_files: None,
        };
        for entry in &base.entries {
            base.hot.set(entry.setting.name, entry.value.as_deref());
        }
        base
    }

    /// Number of the setting.
    pub fn find(&self, name: &[u8]) -> Option<u32> {
        let place = self.entries.binary_search_by(|entry| entry.setting.name.as_bytes().cmp(name));
        place.ok().map(|index| index as u32)
    }

    /// The declaration.
    pub fn setting(&self, index: u32) -> &'static NativeIni {
        self.entries[index as usize].setting
    }

    /// The value as configured.
    pub fn value(&self, index: u32) -> Option<&[u8]> {
        self.entries[index as usize].value.as_deref()
    }

    /// Forgets a configured value: the setting has its default.
    pub fn reset(&mut self, index: u32) {
        let entry = &mut self.entries[index as usize];
        entry.value = entry.setting.default.map(|text| Cow::Borrowed(text.as_bytes()));
        entry.configured = false;
        self.hot.set(entry.setting.name, entry.value.as_deref());
    }

    /// Numbers of the settings that the configuration names.
    pub fn configured(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.entries.len() as u32).filter(|&index| self.entries[index as usize].configured)
    }

    /// A value of the configuration, whether a known setting or not.
    pub fn config(&self, name: &[u8]) -> Option<&[u8]> {
        self.config.get(name).map(|value| &**value)
    }

    /// What the hot settings begin with.
    pub fn hot(&self) -> &Hot {
        &self.hot
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (u32, IniInfo<'_>)> {
        self.entries.iter().enumerate().map(|(index, entry)| {
            let info = IniInfo {
                name: entry.setting.name,
                extension: entry.extension,
                global: entry.value.as_deref(),
                local: entry.value.as_deref(),
                access: entry.setting.access,
            };
            (index as u32, info)
        })
    }
}
