//! Settings from texts: php.ini, the files beside it, `-d`.

use crate::extensions;
use phalanx_host::env::Env;
use phalanx_vm::ini::Mode;
use phalanx_vm::ini::parse::{Event, IniError, Names, parse};
use phalanx_vm::native::NativeValue;

/// Settings as they were read, in order: later ones win.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    entries: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Settings {
    /// Adds one setting.
    pub fn set(&mut self, name: &str, value: &str) {
        self.entries.push((name.as_bytes().to_vec(), value.as_bytes().to_vec()));
    }

    /// Adds what `text` says in php.ini's syntax. What stands before a mistake counts all the same. Parts for a host
    /// or a path are left out, since this program serves neither.
    pub fn read(&mut self, text: &[u8], env: &Env) -> Result<(), IniError> {
        let mut found = Vec::new();
        let mut elsewhere = false;
        let mut names = Known { entries: &self.entries, env };
        let result = parse(text, Mode::Normal, &mut names, &mut |event| match event {
            Event::Section(name) => {
                let name = name.to_ascii_uppercase();
                elsewhere = name.starts_with(b"PATH=") || name.starts_with(b"HOST=");
            }
            Event::Entry(name, value) if !elsewhere => found.push((name, value.into_text())),
            Event::Entry(..) | Event::Element(..) | Event::Bare(_) => {}
        });
        self.entries.append(&mut found);
        result
    }

    /// The last value of a setting.
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.entries.iter().rev().find(|(known, _)| known == name).map(|(_, value)| &value[..])
    }

    /// All values of settings that add up, such as `extension`.
    pub fn all<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.entries.iter().filter(move |(known, _)| known == name).map(|(_, value)| &value[..])
    }

    /// Gives the entries for [`EngineConfig`](crate::EngineConfig).
    pub fn into_entries(self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.entries
    }
}

/// What names mean before there is an engine.
struct Known<'a> {
    entries: &'a [(Vec<u8>, Vec<u8>)],
    env: &'a Env,
}

impl Names for Known<'_> {
    fn constant(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let extensions = extensions::all();
        let all = extensions.iter().flat_map(|extension| extension.consts.iter().copied().flatten());
        let constant = all.into_iter().find(|constant| constant.name.as_bytes() == name)?;
        Some(match constant.value {
            NativeValue::Bool(truth) => {
                if truth {
                    b"1".to_vec()
                } else {
                    Vec::new()
                }
            }
            NativeValue::Int(int) => int.to_string().into_bytes(),
            NativeValue::Float(float) => float.to_string().into_bytes(),
            NativeValue::Str(text) => text.as_bytes().to_vec(),
            NativeValue::Null | NativeValue::Undef | NativeValue::EmptyArray => Vec::new(),
        })
    }

    fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let configured =
            self.entries.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        configured.or_else(|| self.env.get(name).map(<[u8]>::to_vec))
    }
}
