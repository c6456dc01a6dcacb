//! The opcode cache: compiled scripts in a protected shared segment, found by path, used by all threads in place.
//!
//! ```text
//!   path ──hash──▶ table of publications          records (one for each id)        segment
//!                 ┌─────────────────────┐        ┌───────────────────────┐       ┌──────────────────────┐
//!                 │ …                   │        │ …                     │   ┌──▶│ Unit | traces | path │
//!                 │ hash part | id + 1 ─┼───────▶│ block, mtime, size, … ┼───┘   └──────────────────────┘
//!                 │ …                   │        │ …                     │
//!                 └─────────────────────┘        └───────────────────────┘
//! ```
//! A publication is one word. A lookup loads it, pins the id that it names, loads it again, and then reads record and
//! block: no lock, no system call, nothing written but the thread's own slot. Publishing, invalidating, resetting and
//! evicting change words of the table, one store each, under one lock that no reader knows of.
//!
//! What is replaced or removed is *retired*: its memory is reused when no thread has it pinned. So
//! `opcache_reset()` and `opcache_invalidate()` are safe at any moment on any thread, there is no restart, and no
//! memory is ever wasted: what the last reader leaves is free at once. When the cache is full, the least recently used
//! scripts make room.
//!
//! # Strings
//! Equal strings of all scripts lie in the segment once, and go with the last script that uses them (`strings.rs`).
//!
//! # Who compiles
//! [`Cache::fetch`] answers with a hit, or tells the caller to compile: exactly one of many that ask at the same time, while
//! the others wait for it. Who waits too long, or is compiling something itself (two that wait for each other would wait for
//! ever), is told to compile privately: the result runs and is not stored. If the one who compiles dies, the next takes
//! over.
//!
//! # Killed at any instant
//! The table is the truth. A thread that dies while it holds the cache's lock leaves at most an id or a block that the
//! table does not lead to; the next owner of the lock finds these ([`repair`](Cache)) and retires them. Counts of strings follow
//! from the blocks of scripts, and are made anew.
//!
//! # Who watches
//! [`watch`] makes a picture of the cache of another process, which does not notice.
//!
//! **Architecture Invariant:** the cache knows nothing of PHP's execution. The engine tells it what time it is and how to ask for
//! a file's stamp, and installs what it returns.
#![deny(unsafe_code)]

mod blacklist;
mod code;
mod config;
mod fetch;
pub mod file;
mod layout;
mod publish;
mod remove;
mod repair;
mod status;
mod strings;
pub mod watch;

pub use blacklist::Blacklist;
pub use config::{CacheConfig, Directive};
pub use fetch::{Fetch, FileStamp, Hit, Rules, Ticket, Uncached, When};
pub use phalanx_bytecode::unit::{Placement, UnitIdentity};
pub use publish::Persist;
pub use status::{ScriptStatus, Status};
pub use strings::InternedStrings;

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use layout::Layout;
use phalanx_shm::{Control, ControlOptions, Heap, Segment, SegmentOptions, Slot};

/// The lock of the data segment's allocator.
pub const HEAP_LOCK: u32 = 0;
/// The lock under which the table changes.
pub const TABLE_LOCK: u32 = 1;
/// Reserved for the allocator of a code segment that shares the control region.
pub const CODE_LOCK: u32 = 2;

/// Counters in each slot.
pub(crate) mod counter {
    pub(crate) const HITS: usize = 0;
    pub(crate) const MISSES: usize = 1;
    pub(crate) const BLACKLIST_MISSES: usize = 2;
    pub(crate) const EVICTIONS: usize = 3;
}

/// The opcode cache of a process and of those that are forked from it.
///
/// ```
/// use phalanx_cache::{Cache, CacheConfig, Fetch, FileStamp};
/// # struct Bytes(&'static [u8]);
/// # unsafe impl phalanx_cache::Persist for Bytes {
/// #     fn size(&self) -> usize { self.0.len() }
/// #     fn trace_sites(&self) -> usize { 0 }
/// #     unsafe fn copy_to(&self, to: *mut u8, _: &phalanx_cache::Placement<'_>) {
/// #         unsafe { std::ptr::copy_nonoverlapping(self.0.as_ptr(), to, self.0.len()) };
/// #     }
/// # }
/// let cache = Cache::create(CacheConfig::default())?;
/// let slot = cache.register()?;
/// let stamp = FileStamp { seconds: 1_700_000_000, nanos: 0, size: 77 };
/// let now = 1_800_000_000;
///
/// let Fetch::Compile(ticket) = cache.fetch(&slot, b"/srv/index.php", now, || Some(stamp)) else { panic!() };
/// let image = Bytes(b"compiled");
/// let hit = cache.publish(&slot, ticket, &image, stamp, now).expect("there is room");
///
/// let Fetch::Hit(again) = cache.fetch(&slot, b"/srv/index.php", now, || Some(stamp)) else { panic!() };
/// assert_eq!(again.id(), hit.id());
/// cache.end_request(&slot); // From here on `hit` and `again` mean nothing.
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Cache {
    heap: Heap,
    layout: Layout,
    config: CacheConfig,
    code: Option<Heap>,
    /// Scripts that [`Cache::reset`] leaves alone.
    kept: OnceLock<Vec<phalanx_shm::PinId>>,
}

impl Cache {
    /// Makes an empty cache.
    ///
    /// # Errors
    /// Those of the operating system; [`io::ErrorKind::InvalidInput`] when the configuration leaves no room for the table.
    pub fn create(config: CacheConfig) -> io::Result<Self> {
        let segment = SegmentOptions::new(config.memory_consumption).gate(config.gate).create()?;
        let ids = Layout::ids_for(config.max_cached_keys());
        let options = ControlOptions { ids, slots: config.max_threads, locks: 8, claims: 1024 };
        let control = Control::create(options)?;
        // What is freed gives its strings back first.
        let heap = Heap::create(Arc::new(segment), control, HEAP_LOCK)?.reclaimed_by_hand();
        let slot = heap.control().register()?;
        let (keys, strings) = (config.max_cached_keys(), config.interned_strings_buffer);
        let layout = Layout::create(&heap, &slot, keys, ids, strings, unix_time())?;
        drop(slot);
        Ok(Self { heap, layout, config, code: None, kept: OnceLock::new() })
    }

    /// Gives the calling thread a slot, without which nothing can be looked up.
    ///
    /// # Errors
    /// [`io::ErrorKind::QuotaExceeded`] when there are more threads than `max_threads`.
    pub fn register(&self) -> io::Result<Slot> {
        self.heap.control().register()
    }

    /// The configuration.
    pub fn config(&self) -> &CacheConfig {
        &self.config
    }

    /// The allocator of the cache's segment.
    pub fn heap(&self) -> &Heap {
        &self.heap
    }

    /// The cache's segment.
    pub fn segment(&self) -> &Segment {
        self.heap.segment()
    }

    /// The control region. A code segment shares it, so that the pins of a Unit hold its code too.
    pub fn control(&self) -> &Control {
        self.heap.control()
    }

    /// All Units of the cache have ids below this.
    pub fn id_limit(&self) -> u32 {
        self.layout.ids
    }
}

/// Seconds since 1970.
fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs())
}
