//! What `opcache_get_status()` tells.

use std::sync::atomic::Ordering;

use phalanx_shm::{BlockInfo, GateKind, Slot};

use crate::layout::Publication;
use crate::{Cache, InternedStrings, counter};

/// The state of the cache, as of a moment ago.
///
/// Fields stand for the keys of `opcache_get_status()`; those at the end are ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// `cache_full`: a script had to stay out, and nothing was stored since.
    pub cache_full: bool,
    /// `memory_usage.used_memory`, without what is wasted.
    pub used_memory: usize,
    /// `memory_usage.free_memory`.
    pub free_memory: usize,
    /// `memory_usage.wasted_memory`: what was taken out and still has readers.
    pub wasted_memory: usize,
    /// `memory_usage.current_wasted_percentage`.
    pub current_wasted_percentage: f64,
    /// `interned_strings_usage`.
    pub interned_strings: InternedStrings,
    /// `opcache_statistics.num_cached_scripts`.
    pub num_cached_scripts: u32,
    /// `opcache_statistics.num_cached_keys`.
    pub num_cached_keys: u32,
    /// `opcache_statistics.max_cached_keys`.
    pub max_cached_keys: u32,
    /// `opcache_statistics.hits`.
    pub hits: u64,
    /// `opcache_statistics.start_time`.
    pub start_time: u64,
    /// `opcache_statistics.last_restart_time`: of the last reset, or 0.
    pub last_restart_time: u64,
    /// `opcache_statistics.oom_restarts`: there are none.
    pub oom_restarts: u32,
    /// `opcache_statistics.hash_restarts`: there are none.
    pub hash_restarts: u32,
    /// `opcache_statistics.manual_restarts`: resets.
    pub manual_restarts: u32,
    /// `opcache_statistics.misses`.
    pub misses: u64,
    /// `opcache_statistics.blacklist_misses`.
    pub blacklist_misses: u64,
    /// `opcache_statistics.blacklist_miss_ratio`, in percent.
    pub blacklist_miss_ratio: f64,
    /// `opcache_statistics.opcache_hit_rate`, in percent.
    pub opcache_hit_rate: f64,
    /// `scripts`, if they were asked for.
    pub scripts: Vec<ScriptStatus>,
    /// The gate of the segment.
    pub gate: GateKind,
    /// Windows that this process has opened.
    pub windows_opened: u64,
    /// Scripts that were taken out to make room.
    pub evictions: u64,
    /// Pins of all threads.
    pub pins: u64,
    /// Threads that are registered.
    pub threads: usize,
}

/// An entry of `scripts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptStatus {
    /// `full_path`, and the key.
    pub full_path: Vec<u8>,
    /// `hits`.
    pub hits: u64,
    /// `memory_consumption`.
    pub memory_consumption: usize,
    /// `last_used_timestamp`. `last_used` is the same as a text.
    pub last_used_timestamp: u64,
    /// `timestamp`, if stamps are validated.
    pub timestamp: Option<i64>,
    /// `revalidate`: when the file is looked at again.
    pub revalidate: u64,
}

impl Cache {
    /// Tells the state of the cache, with a list of all scripts if `include_scripts` says so.
    pub fn status(&self, slot: &Slot, include_scripts: bool) -> Status {
        let heap = self.heap.stats();
        let control = self.control();
        let head = self.head();
        let (hits, misses) = (control.counter(counter::HITS), control.counter(counter::MISSES));
        let blacklist_misses = control.counter(counter::BLACKLIST_MISSES);
        let all_misses = misses + blacklist_misses;
        let scripts = head.scripts.load(Ordering::Relaxed);
        Status {
            cache_full: head.full.load(Ordering::Relaxed) != 0,
            used_memory: heap.used.saturating_sub(heap.retired),
            free_memory: heap.free,
            wasted_memory: heap.retired,
            current_wasted_percentage: percent(heap.retired as u64, heap.total as u64),
            interned_strings: self.interned_strings(),
            num_cached_scripts: scripts,
            num_cached_keys: scripts,
            max_cached_keys: self.layout.max_keys,
            hits,
            start_time: head.start_time.load(Ordering::Relaxed),
            last_restart_time: head.last_reset.load(Ordering::Relaxed),
            oom_restarts: 0,
            hash_restarts: 0,
            manual_restarts: head.resets.load(Ordering::Relaxed),
            misses,
            blacklist_misses,
            blacklist_miss_ratio: percent(blacklist_misses, hits + all_misses),
            opcache_hit_rate: percent(hits, hits + all_misses),
            scripts: if include_scripts { self.scripts(slot) } else { Vec::new() },
            gate: self.segment().gate(),
            windows_opened: self.segment().windows_opened(),
            evictions: control.counter(counter::EVICTIONS),
            pins: control.pins(),
            threads: control.registered().len(),
        }
    }

    /// The blocks of the segment in the order of their addresses.
    pub fn map(&self, slot: &Slot) -> Vec<BlockInfo> {
        self.heap.blocks(slot)
    }

    fn scripts(&self, slot: &Slot) -> Vec<ScriptStatus> {
        let window = self.segment().window();
        let _table = self.lock_table(slot, &window);
        let places = (0..self.layout.places()).filter_map(|place| {
            let word = self.layout.place(self.segment(), place).load(Ordering::Relaxed);
            Publication(word).id()
        });
        places.map(|id| self.script(id)).collect()
    }

    /// Under the table's lock: tells of a published script.
    fn script(&self, id: u32) -> ScriptStatus {
        let record = self.record(id);
        let uses = self.control().uses(id).count;
        ScriptStatus {
            full_path: self.path_of(id).to_vec(),
            hits: uses.saturating_sub(record.uses_before.load(Ordering::Relaxed)),
            memory_consumption: self.memory_of(id),
            last_used_timestamp: self.last_used(id),
            timestamp: self.config.validate_timestamps.then(|| self.footer(id).seconds),
            revalidate: self.control().note(id).load(Ordering::Relaxed).into(),
        }
    }
}

fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}
