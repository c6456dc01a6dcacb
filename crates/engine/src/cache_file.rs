//! Files of the file cache, for who looks at them from outside ([`phalanx_cache::file::look`]).

pub use phalanx_bytecode::anatomy::{Anatomy, Owner, Part, PartKind, text};
pub use phalanx_cache::FileStamp;
pub use phalanx_cache::file::SystemId;
pub use phalanx_cache::file::look::{CacheFile, Script};

use crate::opcache::option;

/// The id that this build gives to its files: what an image depends on beside its script.
pub fn this_build() -> SystemId {
    crate::opcache::system_id(&crate::extensions::all())
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
        bit: option::ASSERTIONS,
        on: true,
    },
    CompileSetting {
        name: "short_open_tag",
        key: "short_open_tag",
        words: ["off", "on"],
        bit: option::SHORT_OPEN_TAG,
        on: true,
    },
    CompileSetting {
        name: "opcache.save_comments",
        key: "save_comments",
        words: ["off", "on"],
        bit: option::NO_COMMENTS,
        on: false,
    },
    CompileSetting {
        name: "opcache.optimization_level",
        key: "dead_code_elimination",
        words: ["dead code kept", "dead code removed"],
        bit: option::DEAD_CODE,
        on: true,
    },
];

/// Bits of the options that are no setting of this build.
pub fn unknown_settings(options: u64) -> u64 {
    SETTINGS.iter().fold(options, |left, setting| left & !(1 << setting.bit))
}
