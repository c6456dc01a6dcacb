//! The file cache as requests use it: the second level behind the shared segment, or the only one.

use super::request::stamp;
use super::start::warn;
use crate::loader::Source;
use phalanx_bytecode::unit::Image;
use phalanx_cache::file::{FileCache, FileCacheOptions, Found, SystemId};
use phalanx_cache::{CacheConfig, FileStamp};
use phalanx_vm::native::Extension;
use std::collections::HashSet;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// The file cache of a process.
pub struct Files {
    cache: FileCache,
    config: CacheConfig,
    /// What has been told already: each problem is told once, however many threads and requests meet it.
    told: Mutex<HashSet<String>>,
}

/// Bits of the number that stands for [`CompileSettings`] in a file.
pub mod option {
    /// There is code for `assert()`.
    pub const ASSERTIONS: u32 = 0;
    /// `<?` opens PHP code.
    pub const SHORT_OPEN_TAG: u32 = 1;
    /// There are no doc comments.
    pub const NO_COMMENTS: u32 = 2;
    /// Code without effect is left out.
    pub const DEAD_CODE: u32 = 3;
}

/// Settings that change what a script compiles to, as they are in a request.
#[derive(Clone, Copy, Debug)]
pub struct CompileSettings {
    /// Code for `assert()` is there (`zend.assertions`).
    pub assertions: bool,
    /// `short_open_tag`.
    pub short_open_tag: bool,
    /// Doc comments are kept (`opcache.save_comments`).
    pub comments: bool,
    /// Code without effect goes (`opcache.optimization_level`).
    pub dead_code: bool,
}

impl CompileSettings {
    fn as_number(self) -> u64 {
        u64::from(self.assertions) << option::ASSERTIONS
            | u64::from(self.short_open_tag) << option::SHORT_OPEN_TAG
            | u64::from(!self.comments) << option::NO_COMMENTS
            | u64::from(self.dead_code) << option::DEAD_CODE
    }
}

impl Files {
    /// The file cache that the settings ask for. A folder that cannot be used is told of.
    pub fn open(config: &CacheConfig, extensions: &[&'static Extension]) -> Option<Arc<Files>> {
        if config.file_cache.is_empty() {
            return None;
        }
        let options = FileCacheOptions {
            folder: config.file_cache.clone().into_bytes(),
            read_only: config.file_cache_read_only,
            consistency_checks: config.file_cache_consistency_checks,
            validate_timestamps: config.validate_timestamps,
        };
        match FileCache::open(options, system_id(extensions)) {
            Ok(cache) => {
                Some(Arc::new(Files { cache, config: config.clone(), told: Mutex::new(HashSet::new()) }))
            }
            Err(problem) => {
                warn(&problem);
                None
            }
        }
    }

    /// The settings.
    pub fn config(&self) -> &CacheConfig {
        &self.config
    }

    /// The folder as configured.
    pub fn folder(&self) -> &[u8] {
        self.cache.folder()
    }

    fn tell_once(&self, problem: String) {
        if self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(problem.clone()) {
            warn(&problem);
        }
    }

    /// The image of a script, if there is a file that may be used.
    pub fn load(&self, path: &[u8], settings: CompileSettings) -> Option<(Image, FileStamp)> {
        let stamp = stamp(path)?;
        match self.cache.load(path, Some(stamp), settings.as_number()) {
            Found::Image(image, stamp) => Some((image, stamp)),
            Found::Nothing => None,
            Found::Refused(problem) => {
                self.tell_once(problem);
                None
            }
        }
    }

    /// Keeps the image of a script that was compiled.
    pub fn store(&self, path: &[u8], image: &Image, stamp: FileStamp, settings: CompileSettings) {
        if let Err(problem) = self.cache.store(path, image, stamp, settings.as_number()) {
            self.tell_once(problem);
        }
    }

    /// Removes the file of a script.
    pub fn invalidate(&self, path: &[u8]) {
        self.cache.invalidate(path);
    }

    /// The image of a script where there is no shared segment: from its file, or compiled and kept there.
    pub fn load_or_compile<E>(
        &self,
        path: &[u8],
        settings: CompileSettings,
        read: impl FnOnce() -> Result<Source, E>,
        compile: impl FnOnce(Source) -> Result<Image, E>,
    ) -> Result<Image, E> {
        let excluded = self.config.blacklist.matches(path);
        if !excluded && let Some((image, _)) = self.load(path, settings) {
            return Ok(image);
        }
        let source = read()?;
        let stamp = source.stamp;
        let image = compile(source)?;
        let now = phalanx_host::clock::now().as_f64() as u64;
        if !excluded && self.config.admit(stamp, now).is_ok() {
            self.store(path, &image, stamp, settings);
        }
        Ok(image)
    }
}

/// What an image depends on beside its script: the compiler, and the constants that it may have put in.
pub fn system_id(extensions: &[&'static Extension]) -> SystemId {
    let mut text = format!("phalanx {} {}", env!("CARGO_PKG_VERSION"), phalanx_vm::request::PHP_VERSION);
    text.push_str(&phalanx_bytecode::unit::fingerprint());
    for extension in extensions {
        let _ = write!(text, ";{} {}", extension.name, extension.version);
        for constant in extension.consts.iter().copied().flatten() {
            let _ = write!(text, ",{}={:?}", constant.name, constant.value);
        }
    }
    SystemId::of(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_extensions_have_another_folder() {
        let all = crate::extensions::all();
        let id = system_id(&all);
        assert_eq!(id, system_id(&crate::extensions::all()));
        assert_eq!(id.name().len(), 32);
        for index in 0..all.len() {
            let mut others = all.clone();
            let extension = others.remove(index);
            assert_ne!(id, system_id(&others), "without {}", extension.name);
            others.push(extension);
            assert!(index + 1 == all.len() || id != system_id(&others), "in another order");
        }
    }
}
