//! The opcode cache as requests use it: made from the `opcache.*` settings, one slot a thread, the PHP functions.

pub(crate) use ini::Setting;
pub(crate) use log::{Level, Log};

mod checks;
mod functions;
mod ini;
mod log;
mod report;

use crate::CannotStart;
use crate::loader::Source;
use phalanx_cache::{Blacklist, Cache, CacheConfig, Fetch, FileStamp, Rules, Uncached, When};
use phalanx_ext_standard::file::glob;
use phalanx_host::cwd::Cwd;
use phalanx_host::fs::Access;
use phalanx_shm::{GateKind, Slot};
use phalanx_vm::ini::IniBase;
use phalanx_vm::native::Extension;
use std::borrow::Cow;
use std::cell::Cell;
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

/// Whether there is to be a cache: commands ask for it with a setting of their own.
pub fn is_on(ini: &IniBase) -> bool {
    let truth = |name| ini::Setting::of(ini, name).truth();
    truth("opcache.enable") && (ini.serves || truth("opcache.enable_cli"))
}

/// The cache that the settings ask for; none if it is off for commands, or cannot be made, which is reported.
pub fn create(ini: &IniBase) -> Option<Arc<Cache>> {
    let config = config(ini);
    if !is_on(ini) {
        return None;
    }
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

/// Looks at the settings before anything is made of them. Gives what the first request has to say of them.
pub fn check(ini: &mut IniBase) -> Result<Vec<String>, CannotStart> {
    let warnings = checks::at_startup(ini);
    let log = Log::of(ini);
    let config = config(ini);
    if is_on(ini) {
        if let Err(problem) = gate(ini) {
            warn(&problem);
        }
        let strings = (config.interned_strings_buffer as usize) << 20;
        if strings > config.memory_consumption {
            log.write(
                Level::Fatal,
                &format!(
                    "Insufficient shared memory for interned strings buffer! (tried to allocate {strings} bytes)"
                ),
            );
            return Err(CannotStart { exit_code: FATAL });
        }
    }
    Ok(warnings)
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
        file_update_protection: get("opcache.file_update_protection").int().max(0) as u64,
        opt_debug_level: get("opcache.opt_debug_level").int(),
        restrict_api: get("opcache.restrict_api").text(),
        ..CacheConfig::default()
    };
    config.gate = gate(ini).unwrap_or_default();
    config.max_threads = get("phalanx.shm_threads").int().clamp(1, 4095) as u32;
    config.blacklist = blacklist(blacklist_filename.as_bytes(), &Log::of(ini));
    config.blacklist_filename = blacklist_filename;
    config
}

/// Bits of `opcache.opt_debug_level` that show the code of scripts: before and behind optimization, which is one here.
const SHOW_CODE: i64 = 0x3_0000;
/// The exit code of a process that cannot start.
pub(crate) const FATAL: i32 = 254;

/// The lists that a pattern names.
fn blacklist(pattern: &[u8], log: &Log) -> Blacklist {
    let cwd = Cwd::of_process();
    let full_path = |name: &[u8]| cwd.resolve(name);
    let mut files = glob::expand(&full_path, pattern, false);
    files.sort();
    let mut list = Blacklist::default();
    for file in &files {
        let full = phalanx_host::cwd::normalize(&full_path(file));
        let folder = full.rsplitn(2, |&byte| byte == b'/').nth(1).unwrap_or_default();
        match phalanx_host::fs::read_file(&full) {
            Ok((text, _)) => list.add(&text, folder),
            Err(_) => {
                let file = String::from_utf8_lossy(file);
                log.write(Level::Warning, &format!("Cannot load blacklist file: {file}\n"));
            }
        }
    }
    if files.is_empty() && !pattern.is_empty() {
        let pattern = String::from_utf8_lossy(pattern);
        log.write(Level::Warning, &format!("No blacklist file found matching: {pattern}\n"));
    }
    list
}

/// The cache as one request uses it.
pub struct RequestCache {
    cache: Arc<Cache>,
    log: Log,
    /// Where a script has changed them.
    rules: Cell<Option<Rules>>,
    switches: Cell<Switches>,
    /// The inode of the root folder, with `opcache.validate_root`.
    root: Option<u64>,
    slot: Rc<Slot>,
    /// Time of the request, in seconds since 1970: one look at the clock serves all look-ups.
    now: u64,
    /// Whether the request preloads.
    preloads: bool,
}

/// What a script may switch for the rest of its request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Switches {
    /// `opcache.enable`.
    pub enable: bool,
    /// `opcache.dups_fix`.
    pub dups_fix: bool,
}

/// What a request knows of the cache: nothing if it is off.
#[derive(Default)]
pub struct Handle {
    /// The cache.
    pub cache: Option<Rc<RequestCache>>,
    /// The engine of the request.
    pub engine: Option<Arc<crate::Engine>>,
}

thread_local! {
    /// The slots of this thread, by cache: most often one.
    static SLOTS: std::cell::RefCell<Vec<(Arc<Cache>, Rc<Slot>)>> = const { std::cell::RefCell::new(Vec::new()) };
}

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
    pub fn begin(cache: &Arc<Cache>, ini: &IniBase) -> Option<Rc<RequestCache>> {
        let slot = SLOTS.with_borrow_mut(|slots| {
            if let Some((_, slot)) = slots.iter().find(|(known, _)| Arc::ptr_eq(known, cache)) {
                return Some(slot.clone());
            }
            let slot = cache.register().map_err(|error| warn_of_slots(cache, &error)).ok()?;
            let slot = Rc::new(slot);
            slots.push((cache.clone(), slot.clone()));
            Some(slot)
        })?;
        Some(RequestCache::with(cache, ini, slot, false))
    }

    /// Begins the request that preloads, with a slot of its own, in which everything that it loads stays pinned.
    pub fn preload(cache: &Arc<Cache>, ini: &IniBase) -> Option<Rc<RequestCache>> {
        let slot = cache.register().map_err(|error| warn_of_slots(cache, &error)).ok()?;
        Some(RequestCache::with(cache, ini, Rc::new(slot), true))
    }

    fn with(cache: &Arc<Cache>, ini: &IniBase, slot: Rc<Slot>, preloads: bool) -> Rc<RequestCache> {
        let config = cache.config();
        let switches = Switches { enable: config.enable, dups_fix: config.dups_fix };
        let root = config.validate_root.then(|| phalanx_host::fs::stat(b"/").map_or(0, |stat| stat.ino));
        Rc::new(RequestCache {
            cache: cache.clone(),
            log: Log::of(ini),
            rules: Cell::new(None),
            switches: Cell::new(switches),
            root,
            slot,
            now: now(),
            preloads,
        })
    }

    /// Whether the request preloads.
    pub fn preloads(&self) -> bool {
        self.preloads
    }

    /// Pins a script that the request did not look up, and that stays pinned by another slot meanwhile.
    pub fn pin(&self, id: u32) {
        self.slot.pin(id);
    }

    /// Logs that a script was stored.
    fn note_stored(&self, path: &[u8]) {
        if self.log.wants(Level::Message) {
            self.log.write(Level::Message, &format!("Cached script '{}'", String::from_utf8_lossy(path)));
        }
    }

    /// Logs that a script has to stay out.
    fn note_full(&self, size: usize) {
        if self.log.wants(Level::Warning) {
            let free = self.cache.heap().stats().free;
            if free >= size {
                self.log.write(Level::Warning, "No more entries in hash table!");
            } else {
                let text =
                    format!("Not enough free shared space to allocate {size} bytes ({free} bytes free)");
                self.log.write(Level::Warning, &text);
            }
        }
    }

    /// By which rules the request looks scripts up.
    pub fn rules(&self) -> Rules {
        self.cache.rules(self.when())
    }

    /// A script has changed them, for the rest of its request.
    pub fn set_rules(&self, rules: Rules) {
        self.rules.set(Some(rules));
    }

    /// What a script may switch.
    pub fn switches(&self) -> Switches {
        self.switches.get()
    }

    /// A script has switched something, for the rest of its request.
    pub fn set_switches(&self, switches: Switches) {
        self.switches.set(switches);
    }

    fn when(&self) -> When {
        When { now: self.now, rules: self.rules.get() }
    }

    /// What a script is stored under: its path, and where `/` is if several root folders are told apart.
    fn key<'p>(&self, path: &'p [u8]) -> Cow<'p, [u8]> {
        match self.root {
            Some(root) => Cow::Owned([path, b"\0", root.to_string().as_bytes()].concat()),
            None => Cow::Borrowed(path),
        }
    }

    /// Whether what is compiled is to be shown (`opcache.opt_debug_level`).
    pub fn shows_code(&self) -> bool {
        self.cache.config().opt_debug_level & SHOW_CODE != 0
    }

    /// The cache.
    pub fn cache(&self) -> &Arc<Cache> {
        &self.cache
    }

    /// This thread's slot.
    pub fn slot(&self) -> &Slot {
        &self.slot
    }

    /// The script at `path`: as it is stored, or compiled by `compile` and stored. The Unit stays until the request
    /// ends ([`RequestCache::end`]).
    pub fn load<E>(
        &self,
        path: &[u8],
        read: impl FnOnce() -> Result<Source, E>,
        compile: impl FnOnce(Source) -> Result<phalanx_bytecode::unit::Image, E>,
    ) -> Result<Loaded, E> {
        let readable = Access { read: true, ..Access::default() };
        if self.cache.config().validate_permission && phalanx_host::fs::access(path, readable).is_err() {
            // Reading it says why it cannot be.
            return compile(read()?).map(Loaded::Private);
        }
        let (key, when) = (self.key(path), self.when());
        let fetched = if self.preloads {
            self.cache.fetch_always(&self.slot, &key, when, || stamp(path))
        } else {
            self.cache.fetch(&self.slot, &key, when, || stamp(path))
        };
        match fetched {
            Fetch::Hit(hit) => Ok(Loaded::Shared(hit)),
            Fetch::Compile(ticket) => {
                let source = read()?;
                let stamp = source.stamp;
                let image = compile(source)?;
                match self.cache.publish(&self.slot, ticket, &image, stamp, self.when()) {
                    Ok(hit) => {
                        self.note_stored(path);
                        Ok(Loaded::Shared(hit))
                    }
                    Err(reason) => {
                        if reason == Uncached::Full {
                            self.note_full(image.bytes().len());
                        }
                        Ok(Loaded::Private(image))
                    }
                }
            }
            Fetch::Private(_) => compile(read()?).map(Loaded::Private),
        }
    }

    /// Takes a script out of the cache; unless forced, only if the file has changed.
    pub fn invalidate(&self, path: &[u8], force: bool) -> bool {
        self.cache.invalidate(&self.slot, &self.key(path), force, || stamp(path))
    }

    /// Empties the cache.
    pub fn reset(&self) {
        self.log.write(Level::Debug, "Restart Scheduled! Reason: user");
        self.cache.reset(&self.slot, self.now);
    }

    /// Whether a script is stored and current.
    pub fn contains(&self, path: &[u8]) -> bool {
        self.cache.contains(&self.slot, &self.key(path), self.when(), || stamp(path))
    }

    /// Ends the request: nothing of the scripts that it loaded is used any more.
    pub fn end(&self) {
        self.cache.end_request(&self.slot);
    }
}

fn now() -> u64 {
    phalanx_host::clock::now().as_f64() as u64
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
