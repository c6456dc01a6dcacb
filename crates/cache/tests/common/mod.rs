//! What the tests share: something to store whose bytes tell whether they are whole.
#![allow(dead_code, reason = "each test file uses its part")]

use phalanx_cache::{Cache, CacheConfig, Fetch, FileStamp, Hit, Persist, Placement, Uncached};
use phalanx_shm::{GateKind, Slot};
use phalanx_value::image::{ImageBuilder, Strings};

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

/// A stand-in for a Unit: words that depend on each other, the address and the id that it was made for, the addresses of its
/// strings, and a sum.
pub struct Fake {
    pub seed: u64,
    pub len: usize,
    pub sites: usize,
    /// As in an image.
    pub strings: Vec<u8>,
}

/// The seed of a fake that has other strings than the seed says.
const TEXTS: u64 = u64::MAX;

/// Where the number of strings stands; their addresses follow.
const STRINGS: usize = 5;

/// Strings as they are in an image.
pub fn strings(texts: &[Vec<u8>]) -> Vec<u8> {
    let mut image = ImageBuilder::new();
    for text in texts {
        let place = image.reserve(8, 8);
        image.set_string(place, text);
    }
    let image = image.finish();
    image.bytes[image.strings..].to_vec()
}

/// What the strings of a fake with strings are: some that many fakes have, and some that few have.
fn texts(seed: u64) -> Vec<Vec<u8>> {
    let shared = (0..6).map(|n| format!("a text that is shared, number {}", (seed * 7 + n * n) % 50));
    let own = (0..1 + seed % 3).map(|n| format!("{n} of {seed}: {}", "x".repeat((seed % 200) as usize)));
    shared.chain(own).map(String::into_bytes).collect()
}

impl Fake {
    pub fn new(seed: u64, len: usize) -> Self {
        Self { seed, len: len.next_multiple_of(8).max(64), sites: (seed % 7) as usize, strings: Vec::new() }
    }

    /// One whose strings follow from the seed.
    pub fn with_strings(seed: u64, len: usize) -> Self {
        Self { strings: strings(&texts(seed)), ..Self::new(seed, len.max(256)) }
    }

    /// One with these strings, which nobody can tell from its seed.
    pub fn of_texts(texts: &[Vec<u8>]) -> Self {
        Self { strings: strings(texts), ..Self::new(TEXTS, (texts.len() * 8).max(160) + 96) }
    }

    fn words(&self, placement: &Placement<'_>) -> Vec<u64> {
        let (base, traces) = (placement.base as u64, placement.traces.addr() as u64);
        let mut words = vec![self.seed, self.len as u64, base, placement.identity.id.into(), traces];
        words.push(placement.strings.len() as u64);
        words.extend(placement.strings.iter().map(|&address| address as u64));
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

    fn strings(&self) -> Strings<'_> {
        Strings::of(&self.strings)
    }

    unsafe fn copy_to(&self, to: *mut u8, placement: &Placement<'_>) {
        let words = self.words(placement);
        // SAFETY: promised by the caller.
        unsafe { std::ptr::copy_nonoverlapping(words.as_ptr(), to.cast(), words.len()) };
    }
}

/// Reads a stored fake and checks every word of it, and every byte of its strings. Gives its seed.
pub fn check(cache: &Cache, slot: &Slot, hit: Hit) -> u64 {
    assert!(slot.has_pinned(hit.id()));
    let offset = cache.segment().offset_of(hit.address()).unwrap();
    // SAFETY: the hit is pinned.
    let bytes = unsafe { cache.segment().bytes(offset, hit.size()) };
    let words: Vec<u64> = bytes.chunks(8).map(|w| u64::from_le_bytes(w.try_into().unwrap())).collect();
    // Strings that are the fake's own follow.
    let words = &words[..words[1] as usize / 8];
    let (last, rest) = words.split_last().unwrap();
    assert_eq!(*last, sum(rest), "a script has changed under its reader");
    if words[STRINGS] > 0 && words[0] != TEXTS {
        let found = strings_in(cache, hit).concat();
        assert_eq!(found, strings(&texts(words[0])), "a string has changed under its reader");
    }
    assert_eq!(words[2], hit.address().addr() as u64);
    assert_eq!(words[3], u64::from(hit.id()));
    words[0]
}

/// The strings of a stored fake, wherever they lie, as in an image.
pub fn strings_in(cache: &Cache, hit: Hit) -> Vec<&[u8]> {
    let word = |at: usize| {
        // SAFETY: the hit is pinned.
        let bytes = unsafe { cache.segment().bytes(at, 8) };
        u64::from_ne_bytes(bytes.try_into().unwrap()) as usize
    };
    let base = cache.segment().base().addr();
    let words = hit.address().addr() - base + STRINGS * 8;
    let string = |number| {
        let at = word(words + (1 + number) * 8) - base;
        let size = (24 + word(at + 16) + 1).next_multiple_of(8);
        // SAFETY: what a pinned script uses stays.
        unsafe { cache.segment().bytes(at, size) }
    };
    (0..word(words)).map(string).collect()
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
