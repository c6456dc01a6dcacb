//! What the tests share: something to store whose bytes tell whether they are whole.
#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::atomic::AtomicPtr;

use phalanx_cache::{Cache, CacheConfig, Fetch, FileStamp, Hit, Persist, Uncached, UnitIdentity};
use phalanx_shm::{GateKind, Slot};

pub const NOW: u64 = 1_800_000_000;

/// The gates that this machine has. Says so if some are missing.
pub fn gates() -> impl Iterator<Item = GateKind> {
    [GateKind::Pkey, GateKind::Mprotect, GateKind::Open].into_iter().filter(|gate| {
        let available = gate.is_available();
        if !available {
            eprintln!("SKIPPED for the {gate} gate: not available on this machine");
        }
        available
    })
}

/// A cache of `megabytes` whose files may be as new as they like.
pub fn config(megabytes: usize, gate: GateKind) -> CacheConfig {
    CacheConfig {
        memory_consumption: megabytes << 20,
        gate,
        file_update_protection: 0,
        ..CacheConfig::default()
    }
}

pub fn stamp(seconds: i64) -> FileStamp {
    FileStamp { seconds, nanos: 5, size: 100 }
}

/// A stand-in for a Unit: words that depend on each other, the address and the id that it was made for, and a sum.
pub struct Fake {
    pub seed: u64,
    pub len: usize,
    pub sites: usize,
}

impl Fake {
    pub fn new(seed: u64, len: usize) -> Self {
        Self { seed, len: len.next_multiple_of(8).max(64), sites: (seed % 7) as usize }
    }

    fn words(&self, read_base: usize, id: u32, traces: usize) -> Vec<u64> {
        let mut words = vec![self.seed, self.len as u64, read_base as u64, id.into(), traces as u64];
        let mut value = self.seed | 1;
        while words.len() < self.len / 8 - 1 {
            value = value.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            words.push(value);
        }
        words.push(sum(&words));
        words
    }
}

fn sum(words: &[u64]) -> u64 {
    words.iter().fold(0xCBF2_9CE4, |sum, word| (sum ^ word).wrapping_mul(0x0100_0000_01B3).rotate_left(7))
}

// SAFETY: writes exactly `len` bytes.
unsafe impl Persist for Fake {
    fn size(&self) -> usize {
        self.len
    }

    fn trace_sites(&self) -> usize {
        self.sites
    }

    unsafe fn copy_to(
        &self,
        to: *mut u8,
        read_base: usize,
        identity: UnitIdentity,
        traces: *const AtomicPtr<u8>,
    ) {
        let words = self.words(read_base, identity.id, traces.addr());
        // SAFETY: promised by the caller.
        unsafe { std::ptr::copy_nonoverlapping(words.as_ptr(), to.cast(), words.len()) };
    }
}

/// Reads a stored fake and checks every word of it. Gives its seed.
pub fn check(cache: &Cache, slot: &Slot, hit: Hit) -> u64 {
    assert!(slot.has_pinned(hit.id()));
    let offset = cache.segment().offset_of(hit.address()).unwrap();
    // SAFETY: the hit is pinned.
    let bytes = unsafe { cache.segment().bytes(offset, hit.size()) };
    let words: Vec<u64> = bytes.chunks(8).map(|w| u64::from_le_bytes(w.try_into().unwrap())).collect();
    let (last, rest) = words.split_last().unwrap();
    assert_eq!(*last, sum(rest), "a script has changed under its reader");
    assert_eq!(words[1], hit.size() as u64);
    assert_eq!(words[2], hit.address().addr() as u64);
    assert_eq!(words[3], u64::from(hit.id()));
    words[0]
}

/// Gets a script, compiling it if need be.
pub fn get(
    cache: &Cache,
    slot: &Slot,
    path: &[u8],
    now: u64,
    stamp: FileStamp,
    image: impl FnOnce() -> Fake,
) -> Result<Hit, Uncached> {
    match cache.fetch(slot, path, now, || Some(stamp)) {
        Fetch::Hit(hit) => Ok(hit),
        Fetch::Compile(ticket) => cache.publish(slot, ticket, &image(), stamp, now),
        Fetch::Private(reason) => Err(reason),
    }
}

/// Xorshift: repeatable and good enough.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}
