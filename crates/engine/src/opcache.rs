//! The opcode cache as requests use it: made from the `opcache.*` settings, one slot a thread, the PHP functions.

pub use files::{CompileSettings, Files};
pub(crate) use ini::Setting;

mod files;
mod functions;
mod ini;
mod report;

use crate::loader::Source;
use phalanx_cache::{Blacklist, Cache, CacheConfig, Fetch, FileStamp, Uncached};
use phalanx_shm::{GateKind, Slot};
use phalanx_vm::ini::IniBase;
use phalanx_vm::native::Extension;
use std::rc::Rc;
use std::sync::{Arc, Once};

/// `Zend OPcache`, by the name under which scripts look for it.
pub static EXTENSION: Extension = Extension {
    name: "Zend OPcache",
    version: phalanx_vm::request::PHP_VERSION,
    functions: &[functions::FUNCTIONS],
    classes: &[],
    consts: &[],
    ini: ini::SETTINGS,
    request_start: None,
    request_end: None,
};

/// What the settings ask for.
#[derive(Default)]
pub struct Opcache {
    /// The shared cache; none if it is off for commands, not wanted, or cannot be made, which is reported.
    pub shared: Option<Arc<Cache>>,
    /// The file cache, behind the shared one or alone.
    pub files: Option<Arc<Files>>,
}

/// Makes the caches that the settings ask for. `extensions` are part of what a file depends on.
pub fn create(ini: &IniBase, extensions: &[&'static Extension]) -> Opcache {
    let config = config(ini);
    if !config.enable || !config.enable_cli {
        return Opcache::default();
    }
    let files = Files::open(&config, extensions);
    if config.file_cache_only {
        if files.is_none() {
            end_without_files(&config);
        }
        return Opcache { shared: None, files };
    }
    Opcache { shared: create_shared(ini, config), files }
}

/// As in PHP, a process that is to use files only and has no folder for them does not start.
fn end_without_files(config: &CacheConfig) -> ! {
    if config.log_verbosity_level >= LOG_FATAL {
        let text = "PHP Fatal error:  opcache.file_cache_only is set without a proper setting of opcache.file_cache\n";
        // Nobody else is there to be told that the error stream is closed.
        let _ = phalanx_host::output::write_all(phalanx_host::output::Stream::Error, text.as_bytes());
    }
    phalanx_host::process::exit_now(254)
}

fn create_shared(ini: &IniBase, config: CacheConfig) -> Option<Arc<Cache>> {
    let megabytes = config.memory_consumption >> 20;
    match Cache::create(config).and_then(|mut cache| {
        if let Some(jit) = crate::jit::config(ini) {
            cache.add_code_segment(jit.buffer_size)?;
        }
        Ok(cache)
    }) {
        Ok(cache) => Some(Arc::new(cache)),
        Err(error) => {
            let gate = ini::Setting::of(ini, "phalanx.shm_gate").text();
            let error = phalanx_host::error_text(&error);
            warn(&format!(
                "Zend OPcache cannot make its shared memory ({megabytes} MB, phalanx.shm_gate={gate}): {error}. \
                 Scripts are not cached"
            ));
            None
        }
    }
}

/// A warning at the start, or of a thread: there is no request that could be told.
fn warn(text: &str) {
    let line = format!("PHP Warning:  {text}\n");
    // Nobody else is there to be told that the error stream is closed.
    let _ = phalanx_host::output::write_all(phalanx_host::output::Stream::Error, line.as_bytes());
}

/// How segments are protected; or what is wrong with the setting.
pub fn gate(ini: &IniBase) -> Result<GateKind, String> {
    if !Setting::of(ini, "opcache.protect_memory").truth() {
        return Ok(GateKind::Open);
    }
    let gate = Setting::of(ini, "phalanx.shm_gate").text();
    gate.parse().map_err(|error| format!("phalanx.shm_gate={gate}: {error}; auto is used"))
}

/// The settings of the cache.
fn config(ini: &IniBase) -> CacheConfig {
    let get = |name: &str| ini::Setting::of(ini, name);
    let blacklist_filename = get("opcache.blacklist_filename").text();
    let mut config = CacheConfig {
        enable: get("opcache.enable").truth(),
        enable_cli: get("opcache.enable_cli").truth(),
        use_cwd: get("opcache.use_cwd").truth(),
        validate_timestamps: get("opcache.validate_timestamps").truth(),
        validate_permission: get("opcache.validate_permission").truth(),
        validate_root: get("opcache.validate_root").truth(),
        dups_fix: get("opcache.dups_fix").truth(),
        revalidate_path: get("opcache.revalidate_path").truth(),
        log_verbosity_level: get("opcache.log_verbosity_level").int(),
        memory_consumption: (get("opcache.memory_consumption").int().max(8) as usize) << 20,
        interned_strings_buffer: get("opcache.interned_strings_buffer").int().clamp(0, 32767) as u32,
        max_accelerated_files: get("opcache.max_accelerated_files").int().clamp(200, 1_000_000) as u32,
        max_wasted_percentage: get("opcache.max_wasted_percentage").int().clamp(1, 50) as f64,
        force_restart_timeout: get("opcache.force_restart_timeout").int().max(0) as u64,
        revalidate_freq: get("opcache.revalidate_freq").int().max(0) as u32,
        preferred_memory_model: get("opcache.preferred_memory_model").text(),
        max_file_size: get("opcache.max_file_size").int().max(0) as u64,
        error_log: get("opcache.error_log").text(),
        protect_memory: get("opcache.protect_memory").truth(),
        save_comments: get("opcache.save_comments").truth(),
        record_warnings: get("opcache.record_warnings").truth(),
        enable_file_override: get("opcache.enable_file_override").truth(),
        optimization_level: get("opcache.optimization_level").int(),
        lockfile_path: get("opcache.lockfile_path").text(),
        file_cache: get("opcache.file_cache").text(),
        file_cache_only: get("opcache.file_cache_only").truth(),
        file_cache_read_only: get("opcache.file_cache_read_only").truth(),
        file_cache_consistency_checks: get("opcache.file_cache_consistency_checks").truth(),
        file_update_protection: get("opcache.file_update_protection").int().max(0) as u64,
        opt_debug_level: get("opcache.opt_debug_level").int(),
        restrict_api: get("opcache.restrict_api").text(),
        ..CacheConfig::default()
    };
    config.gate = gate(ini).unwrap_or_else(|problem| {
        warn(&problem);
        GateKind::Auto
    });
    config.max_threads = get("phalanx.shm_threads").int().clamp(1, 4095) as u32;
    if let Ok((text, _)) = phalanx_host::fs::read_file(blacklist_filename.as_bytes()) {
        config.blacklist = Blacklist::parse(&text, b"/");
    }
    config.blacklist_filename = blacklist_filename;
    config
}

/// The cache as one request uses it.
pub struct RequestCache {
    cache: Arc<Cache>,
    slot: Rc<Slot>,
    /// Time of the request, in seconds since 1970: one look at the clock serves all look-ups.
    now: u64,
}

/// What a request knows of the caches: nothing if they are off.
#[derive(Default)]
pub struct Handle {
    /// The shared cache.
    pub cache: Option<Rc<RequestCache>>,
    /// The file cache.
    pub files: Option<Arc<Files>>,
}

thread_local! {
    /// The slots of this thread, by cache: most often one.
    static SLOTS: std::cell::RefCell<Vec<(Arc<Cache>, Rc<Slot>)>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// From this level on `opcache.log_verbosity_level` asks for warnings.
const LOG_WARNINGS: i64 = 2;
/// From this level on what ends the process is told.
const LOG_FATAL: i64 = 0;

/// Says once that a thread has to do without the cache, and why.
fn warn_of_slots(cache: &Cache, error: &std::io::Error) {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        let why = match error.kind() {
            std::io::ErrorKind::QuotaExceeded => {
                format!("serves {} threads (phalanx.shm_threads)", cache.config().max_threads)
            }
            _ => format!("cannot serve all threads ({})", phalanx_host::error_text(error)),
        };
        warn(&format!("Zend OPcache {why}; scripts of others are not cached"));
    });
}

impl RequestCache {
    /// Begins a request on this thread; none if there are more threads than the cache has slots for.
    pub fn begin(cache: &Arc<Cache>) -> Option<Rc<RequestCache>> {
        let slot = SLOTS.with_borrow_mut(|slots| {
            if let Some((_, slot)) = slots.iter().find(|(known, _)| Arc::ptr_eq(known, cache)) {
                return Some(slot.clone());
            }
            let slot = cache.register().map_err(|error| warn_of_slots(cache, &error)).ok()?;
            let slot = Rc::new(slot);
            slots.push((cache.clone(), slot.clone()));
            Some(slot)
        })?;
        let now = phalanx_host::clock::now().as_f64() as u64;
        Some(Rc::new(RequestCache { cache: cache.clone(), slot, now }))
    }

    /// Says that a script has to stay out, to those who want to know (`opcache.log_verbosity_level`).
    fn note_full(&self, path: &[u8]) {
        if self.cache.config().log_verbosity_level >= LOG_WARNINGS {
            let path = String::from_utf8_lossy(path);
            let free = self.cache.heap().stats().free;
            warn(&format!("Zend OPcache has no room for {path} ({free} bytes free, the rest is in use)"));
        }
    }

    /// The cache.
    pub fn cache(&self) -> &Arc<Cache> {
        &self.cache
    }

    /// This thread's slot.
    pub fn slot(&self) -> &Slot {
        &self.slot
    }

    /// The script at `path`: as it is stored, or from its file, or compiled by `compile`; and stored then. The Unit stays until
    /// the request ends ([`RequestCache::end`]).
    pub fn load<E>(
        &self,
        path: &[u8],
        files: Option<(&Files, CompileSettings)>,
        read: impl FnOnce() -> Result<Source, E>,
        compile: impl FnOnce(Source) -> Result<phalanx_bytecode::unit::Image, E>,
    ) -> Result<Loaded, E> {
        let from_file = || files.and_then(|(files, settings)| files.load(path, settings));
        match self.cache.fetch(&self.slot, path, self.now, || stamp(path)) {
            Fetch::Hit(hit) => Ok(Loaded::Shared(hit)),
            Fetch::Compile(ticket) => {
                let (image, stamp, compiled) = match from_file() {
                    Some((image, stamp)) => (image, stamp, false),
                    None => {
                        let source = read()?;
                        let stamp = source.stamp;
                        (compile(source)?, stamp, true)
                    }
                };
                let published = self.cache.publish(&self.slot, ticket, &image, stamp, self.now);
                // Behind the publication, for which others wait. What is not to be stored at all is not to be stored here.
                let stores = matches!(published, Ok(_) | Err(Uncached::Full));
                if let Some((files, settings)) = files.filter(|_| compiled && stores) {
                    files.store(path, &image, stamp, settings);
                }
                match published {
                    Ok(hit) => Ok(Loaded::Shared(hit)),
                    Err(reason) => {
                        if reason == Uncached::Full {
                            self.note_full(path);
                        }
                        Ok(Loaded::Private(image))
                    }
                }
            }
            Fetch::Private(reason) => {
                let image = if reason == Uncached::Busy { from_file() } else { None };
                match image {
                    Some((image, _)) => Ok(Loaded::Private(image)),
                    None => compile(read()?).map(Loaded::Private),
                }
            }
        }
    }

    /// Takes a script out of the caches; unless forced, out of the shared one only if the file has changed. A file of the file
    /// cache is for one state of the script, and is made again if it was good.
    pub fn invalidate(&self, path: &[u8], force: bool, files: Option<&Files>) -> bool {
        if let Some(files) = files {
            files.invalidate(path);
        }
        self.cache.invalidate(&self.slot, path, force, || stamp(path))
    }

    /// Empties the cache.
    pub fn reset(&self) {
        self.cache.reset(&self.slot, self.now);
    }

    /// Whether a script is stored and current.
    pub fn contains(&self, path: &[u8]) -> bool {
        self.cache.contains(&self.slot, path, self.now, || stamp(path))
    }

    /// Ends the request: nothing of the scripts that it loaded is used any more.
    pub fn end(&self) {
        self.cache.end_request(&self.slot);
    }
}

/// A script that was loaded.
pub enum Loaded {
    /// It lies in the cache.
    Shared(phalanx_cache::Hit),
    /// It is this request's own.
    Private(phalanx_bytecode::unit::Image),
}

/// What tells one state of a file from another; none if there is no such file.
pub fn stamp(path: &[u8]) -> Option<FileStamp> {
    phalanx_host::fs::stat(path).ok().map(|stat| stamp_of(&stat))
}

/// The same from what is known of the file.
pub fn stamp_of(stat: &phalanx_host::fs::Stat) -> FileStamp {
    FileStamp { seconds: stat.modified.seconds, nanos: stat.modified.nanoseconds, size: stat.size }
}
