//! Files of the file cache, for who looks at them from outside ([`phalanx_cache::file::look`]).

use std::fmt::Write;

pub use phalanx_bytecode::anatomy::{Anatomy, Owner, Part, PartKind, text};
pub use phalanx_cache::FileStamp;
pub use phalanx_cache::file::SystemId;
pub use phalanx_cache::file::look::{CacheFile, Script};

/// The id that this build gives to its files: what an image depends on beside its script. It is what `opcache::files` writes, which
/// `cli/tests/cache_of_file.rs` compares.
pub fn this_build() -> SystemId {
    let mut text = format!("phalanx {} {}", env!("CARGO_PKG_VERSION"), phalanx_vm::request::PHP_VERSION);
    text.push_str(&phalanx_bytecode::unit::fingerprint());
    for extension in crate::extensions::all() {
        let _ = write!(text, ";{} {}", extension.name, extension.version);
        for constant in extension.consts.iter().copied().flatten() {
            let _ = write!(text, ",{}={:?}", constant.name, constant.value);
        }
    }
    SystemId::of(text.as_bytes())
}

/// A setting that changes what a script compiles to, as a file holds it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CompileSetting {
    /// Its name in PHP.
    pub name: &'static str,
    /// Its name for programs.
    pub key: &'static str,
    /// What is said of it when it is off, and when it is on.
    pub words: [&'static str; 2],
    bit: u32,
    /// The value of the bit when it is on.
    on: bool,
}

impl CompileSetting {
    /// Whether it is on in the options of a file.
    pub fn is_on(&self, options: u64) -> bool {
        (options >> self.bit & 1 != 0) == self.on
    }

    /// Its value in the options of a file, in words.
    pub fn word(&self, options: u64) -> &'static str {
        self.words[usize::from(self.is_on(options))]
    }
}

/// All settings, as the bits of [`CacheFile::options`].
pub const SETTINGS: [CompileSetting; 4] = [
    CompileSetting {
        name: "zend.assertions",
        key: "assertions",
        words: ["left out", "compiled"],
        bit: 0,
        on: true,
    },
    CompileSetting { name: "short_open_tag", key: "short_open_tag", words: ["off", "on"], bit: 1, on: true },
    CompileSetting {
        name: "opcache.save_comments",
        key: "save_comments",
        words: ["off", "on"],
        bit: 2,
        on: false,
    },
    CompileSetting {
        name: "opcache.optimization_level",
        key: "dead_code_elimination",
        words: ["dead code kept", "dead code removed"],
        bit: 3,
        on: true,
    },
];

/// Bits of the options that are no setting of this build.
pub fn unknown_settings(options: u64) -> u64 {
    SETTINGS.iter().fold(options, |left, setting| left & !(1 << setting.bit))
}
