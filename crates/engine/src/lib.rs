//! Wires compiler, cache, virtual machine, JIT, threads and extensions together: process and request life cycle.
//!
//! A process has one [`Engine`], which is started once ([`Engine::start`]). Each PHP thread runs requests on it, one after the
//! other: [`Engine::request`] makes a [`Request`], which runs a script in a context of its own and then shuts down in PHP's
//! order: shutdown functions, destructors, output buffers, extensions, heap.

mod border;
pub mod cache_file;
mod extensions;
mod jit;
mod loader;
mod opcache;
mod preload;
mod request;
mod settings;
mod sink;
mod startup;
mod threads;

pub use loader::compile_unit;
/// The caches of other processes.
pub use phalanx_cache::watch;
pub use phalanx_ext_standard::info::http_date;
pub use phalanx_vm::output::{Headers, Sink};
pub use phalanx_vm::process::{Process, WebRequest};
pub use phalanx_vm::request::PHP_VERSION;
pub use request::Request;
pub use settings::Settings;
pub use sink::ProcessSink;

use phalanx_bytecode::draft::Literal;
use phalanx_cache::Cache;
use phalanx_jit::Jit;
use phalanx_vm::ini::IniBase;
use phalanx_vm::native::{Extension, NativeValue};
use phalanx_vm::registry::Registry;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

/// How much native stack the thread that runs a request should have: deep recursion of native functions that call
/// back, and of the parser, ends in an Error well before that.
pub const STACK_SIZE: usize = 64 * 1024 * 1024;

/// What an engine is made from.
#[derive(Default)]
pub struct EngineConfig {
    /// Settings as configured, in order: later ones win.
    pub ini: Vec<(Vec<u8>, Vec<u8>)>,
    /// The file that they come from, for `php_ini_loaded_file()`.
    pub loaded_ini: Option<Vec<u8>>,
    /// Requests come from clients of a server: `opcache.enable` is enough then, and functions of servers exist.
    pub serves: bool,
    /// Files of the scan folders, for `php_ini_scanned_files()`.
    pub scanned_ini: Option<Vec<u8>>,
}

/// Why there is no engine: nothing that a request could be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CannotStart {
    /// What the process exits with.
    pub exit_code: i32,
}

/// What all PHP threads of a process share.
pub struct Engine {
    registry: Arc<Registry>,
    ini: Arc<IniBase>,
    /// Warnings of settings that ask for what cannot be.
    refused: Vec<String>,
    /// The opcode cache, if it is on.
    cache: Option<Arc<Cache>>,
    /// The file cache, if there is one.
    files: Option<Arc<opcache::Files>>,
    /// The JIT, if it is on.
    jit: Option<Arc<Jit>>,
    /// What every request has declared.
    preloaded: OnceLock<preload::Preloaded>,
    /// Id of the next Unit that is not in the cache.
    next_unit: AtomicU32,
}

impl Engine {
    /// Reads the tables of the extensions and the settings.
    ///
    /// # Errors
    /// The process cannot start with these settings. The log has been told why.
    pub fn new(config: EngineConfig) -> Result<Arc<Engine>, CannotStart> {
        border::install();
        let extensions = extensions::of(config.serves);
        let mut ini = IniBase::new(&extensions, &config.ini);
        ini.loaded_file = config.loaded_ini;
        ini.serves = config.serves;
        ini.scanned_files = config.scanned_ini;
        let opcache::Started { shared: cache, files, warnings: mut refused } =
            opcache::start(&mut ini, &extensions)?;
        refused.extend(jit::complaint(&ini).map(str::to_owned));
        let ini = Arc::new(ini);
        let mut registry = Registry::new(&extensions);
        let disabled = opcache::Setting::of(&ini, "disable_functions");
        refused.extend(startup::disable_functions(&mut registry, &disabled));
        // Ids of cached Units and of others never meet.
        let first_private = cache.as_ref().map_or(1, |cache| cache.id_limit());
        Ok(Arc::new(Engine {
            registry: Arc::new(registry),
            refused,
            jit: jit::create(&ini),
            ini,
            cache,
            preloaded: OnceLock::new(),
            files,
            next_unit: AtomicU32::new(first_private),
        }))
    }

    /// The built-in functions, classes and constants.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// The opcode cache, if it is on.
    pub fn cache(&self) -> Option<&Arc<Cache>> {
        self.cache.as_ref()
    }

    /// The file cache, if there is one.
    pub(crate) fn files(&self) -> Option<&Arc<opcache::Files>> {
        self.files.as_ref()
    }

    /// The JIT, if it is on.
    pub fn jit(&self) -> Option<&Arc<Jit>> {
        self.jit.as_ref()
    }

    /// Settings as configured.
    pub fn ini(&self) -> &Arc<IniBase> {
        &self.ini
    }

    /// The extensions.
    pub fn extensions(&self) -> &[&'static Extension] {
        self.registry.extensions()
    }

    /// The version of PHP whose behavior this is.
    pub fn php_version(&self) -> String {
        match self.registry.constant(b"PHP_VERSION").map(|constant| &constant.value) {
            Some(NativeValue::Str(version)) => (*version).to_owned(),
            _ => String::new(),
        }
    }

    /// An id that no Unit of this process has yet.
    fn unit_id(&self) -> u32 {
        self.next_unit.fetch_add(1, Ordering::Relaxed)
    }

    /// The value of a constant that the compiler may put in: it is the same in all requests.
    fn constant(&self, name: &[u8]) -> Option<Literal> {
        let constant = self.registry.constant(name).filter(|constant| constant.deprecated.is_none())?;
        Some(match constant.value {
            NativeValue::Null => Literal::Null,
            NativeValue::Bool(truth) => Literal::Bool(truth),
            NativeValue::Int(int) => Literal::Int(int),
            NativeValue::Float(float) => Literal::Float(float),
            NativeValue::Str(text) => Literal::Str(text.as_bytes().into()),
            NativeValue::Undef | NativeValue::EmptyArray => return None,
        })
    }
}
