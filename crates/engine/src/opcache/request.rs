//! The opcode cache as one request uses it.

use super::start::warn;
use super::{CompileSettings, Files, Level, Log};
use crate::loader::Source;
use phalanx_cache::{Cache, Fetch, FileStamp, Hit, Rules, Uncached, When};
use phalanx_host::fs::Access;
use phalanx_shm::Slot;
use phalanx_value::PhpString;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, Once};

/// Bits of `opcache.opt_debug_level` that show the code of scripts: before and behind optimization, which is one here.
const SHOW_CODE: i64 = 0x3_0000;

/// The cache as one request uses it.
pub struct RequestCache {
    cache: Arc<Cache>,
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

/// What a request knows of the caches: nothing if they are off.
#[derive(Default)]
pub struct Handle {
    /// The shared cache.
    pub cache: Option<Rc<RequestCache>>,
    /// The file cache.
    pub files: Option<Arc<Files>>,
    /// The engine of the request.
    pub engine: Option<Arc<crate::Engine>>,
}

thread_local! {
    /// The slots of this thread, by cache: most often one.
    static SLOTS: RefCell<Vec<(Arc<Cache>, Rc<Slot>)>> = const { RefCell::new(Vec::new()) };
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
        Some(RequestCache::with(cache, slot, false))
    }

    /// Begins the request that preloads, with a slot of its own, in which everything that it loads stays pinned.
    pub fn preload(cache: &Arc<Cache>) -> Option<Rc<RequestCache>> {
        let slot = cache.register().map_err(|error| warn_of_slots(cache, &error)).ok()?;
        Some(RequestCache::with(cache, Rc::new(slot), true))
    }

    fn with(cache: &Arc<Cache>, slot: Rc<Slot>, preloads: bool) -> Rc<RequestCache> {
        let config = cache.config();
        let switches = Switches { enable: config.enable, dups_fix: config.dups_fix };
        let root = config.validate_root.then(|| phalanx_host::fs::stat(b"/").map_or(0, |stat| stat.ino));
        Rc::new(RequestCache {
            cache: cache.clone(),
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

    fn log(&self) -> Log {
        Log::of_config(self.cache.config())
    }

    /// Logs that a script was stored.
    fn note_stored(&self, path: &[u8]) {
        if self.log().wants(Level::Message) {
            self.log().write(Level::Message, &format!("Cached script '{}'", String::from_utf8_lossy(path)));
        }
    }

    /// Logs that a script has to stay out.
    fn note_full(&self, size: usize) {
        if self.log().wants(Level::Warning) {
            let free = self.cache.heap().stats().free;
            if free >= size {
                self.log().write(Level::Warning, "No more entries in hash table!");
            } else {
                let text =
                    format!("Not enough free shared space to allocate {size} bytes ({free} bytes free)");
                self.log().write(Level::Warning, &text);
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
    #[inline]
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

    /// The script that is stored under `path` as it is written, if there is nothing to ask but the cache.
    pub fn stored(&self, path: &PhpString) -> Option<Hit> {
        let asks_others = self.root.is_some() || self.cache.config().validate_permission;
        if asks_others || self.preloads || !self.switches.get().enable {
            return None;
        }
        self.cache.stored(&self.slot, path, self.when(), || stamp(path))
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
        let from_file = || files.and_then(|(files, settings)| files.load(path, settings));
        match fetched {
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
                let published = self.cache.publish(&self.slot, ticket, &image, stamp, when);
                // Behind the publication, for which others wait. What is not to be stored at all is not to be stored here.
                let stores = matches!(published, Ok(_) | Err(Uncached::Full));
                if let Some((files, settings)) = files.filter(|_| compiled && stores) {
                    files.store(path, &image, stamp, settings);
                }
                match published {
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
        self.cache.invalidate(&self.slot, &self.key(path), force, || stamp(path))
    }

    /// Empties the cache.
    pub fn reset(&self) {
        self.log().write(Level::Debug, "Restart Scheduled! Reason: user");
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
    Shared(Hit),
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
