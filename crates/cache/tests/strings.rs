//! Strings that scripts share: they lie in the segment once, and no longer than somebody may use them.

mod common;

use common::{Fake, NOW, check, config, gates, get, stamp};
use phalanx_cache::{Cache, CacheConfig, Hit, InternedStrings, Uncached};
use phalanx_shm::{GateKind, Slot};

fn cache(config: CacheConfig) -> (Cache, Slot) {
    let cache = Cache::create(config).unwrap();
    let slot = cache.register().unwrap();
    (cache, slot)
}

/// Stores a script with these strings.
fn store(cache: &Cache, slot: &Slot, path: &str, version: i64, texts: &[Vec<u8>]) -> Result<Hit, Uncached> {
    get(cache, slot, path.as_bytes(), NOW + version as u64 * 10, stamp(version), || Fake::of_texts(texts))
}

fn usage(cache: &Cache, slot: &Slot) -> InternedStrings {
    cache.verify_strings(slot).unwrap();
    cache.heap().verify(slot).unwrap();
    cache.status(slot, false).interned_strings
}

fn texts(numbers: std::ops::Range<usize>, len: usize) -> Vec<Vec<u8>> {
    numbers.map(|n| format!("{n:0len$}").into_bytes()).collect()
}

#[test]
fn equal_strings_of_scripts_are_one() {
    for gate in gates() {
        let (cache, slot) = cache(config(8, gate));
        let one = store(&cache, &slot, "/one", 1, &texts(0..10, 20)).unwrap();
        assert_eq!(usage(&cache, &slot).number_of_strings, 10);
        let two = store(&cache, &slot, "/two", 1, &texts(5..20, 20)).unwrap();
        let (of_one, of_two) = (cache.strings_of(&slot, &one), cache.strings_of(&slot, &two));
        assert_eq!(of_one[5..], of_two[..5], "equal strings lie in two places");
        assert_eq!((of_one.len(), of_two.len()), (10, 15));
        for (n, (address, bytes)) in of_two.into_iter().enumerate() {
            assert!(address.is_multiple_of(8) && cache.segment().offset_of(bytes.as_ptr()).is_some());
            assert_eq!(bytes, common::strings(&texts(n + 5..n + 6, 20)));
        }
        // Each takes its header, 20 bytes with a NUL up to a multiple of 8, and 8 bytes for its count and its link.
        let expected = InternedStrings {
            buffer_size: 8 << 20,
            used_memory: 20 * 56,
            free_memory: (8 << 20) - 20 * 56,
            number_of_strings: 20,
        };
        assert_eq!(usage(&cache, &slot), expected);
    }
}

#[test]
fn strings_stay_for_those_who_use_their_script() {
    for gate in gates() {
        let (cache, writer) = cache(config(8, gate));
        let empty = cache.heap().stats().used;
        let reader = cache.register().unwrap();
        let old = get(&cache, &reader, b"/x", NOW, stamp(1), || Fake::with_strings(1, 300)).unwrap();
        let strings = usage(&cache, &writer).number_of_strings;
        cache.reset(&writer, NOW);
        assert_eq!(usage(&cache, &writer).number_of_strings, strings, "strings in use are gone");
        // Others come and go where these are.
        for round in 2..300 {
            get(&cache, &writer, b"/x", NOW, stamp(1), || Fake::with_strings(round, 300)).unwrap();
            cache.end_request(&writer);
            cache.invalidate(&writer, b"/x", true, || None);
        }
        assert_eq!(check(&cache, &reader, old), 1);
        assert_eq!(usage(&cache, &writer).number_of_strings, strings);
        cache.end_request(&reader);
        assert_eq!(usage(&cache, &writer).number_of_strings, 0);
        assert_eq!(cache.heap().stats().used, empty, "{gate}: a page is left");
    }
}

#[test]
fn replacing_scripts_keeps_memory_flat() {
    let (cache, slot) = cache(CacheConfig { revalidate_freq: 0, ..config(8, GateKind::Open) });
    let others = texts(0..50, 30);
    store(&cache, &slot, "/others", 1, &others).unwrap();
    let mut seen = Vec::new();
    for version in 1..3000_usize {
        let own = texts(1000 + version * 7..1000 + version * 7 + 40, 10 + version % 5);
        store(&cache, &slot, "/x", version as i64, &[&others[..20], &own].concat()).unwrap();
        cache.end_request(&slot);
        if version.is_multiple_of(500) {
            let usage = usage(&cache, &slot);
            seen.push((usage.number_of_strings, usage.used_memory, cache.heap().stats()));
        }
    }
    // Versions that are multiples of 5 apart are of the same size.
    assert_eq!((seen[0].0, seen.len()), (90, 5));
    assert!(seen.iter().all(|now| *now == seen[0]), "{seen:?}");
}

#[test]
fn a_full_buffer_leaves_strings_in_their_scripts() {
    let (cache, slot) = cache(CacheConfig { interned_strings_buffer: 1, ..config(8, GateKind::Open) });
    let hits: Vec<Hit> = (0..40_usize)
        .map(|n| store(&cache, &slot, &format!("/{n}"), 1, &texts(n * 1000..(n + 1) * 1000, 60)).unwrap())
        .collect();
    let full = usage(&cache, &slot);
    // 60 bytes take 96 with all that belongs to them; pages are whole, and lose a part to their maps.
    assert!(full.used_memory > 950 << 10 && full.used_memory <= 1 << 20, "{full:?}");
    assert_eq!(full.used_memory + full.free_memory, 1 << 20);
    for (n, hit) in hits.iter().enumerate() {
        check(&cache, &slot, *hit);
        let expected = common::strings(&texts(n * 1000..(n + 1) * 1000, 60));
        assert_eq!(common::strings_in(&cache, *hit).concat(), expected);
        let shared = cache.strings_of(&slot, hit).len();
        assert!(if n < 10 { shared == 1000 } else { n < 12 || shared == 0 }, "script {n} shares {shared}");
    }
    // What is there already is still shared.
    let again = store(&cache, &slot, "/again", 1, &texts(0..10, 60)).unwrap();
    assert_eq!(cache.strings_of(&slot, &again).len(), 10);
    // And there is room again for what comes later.
    cache.end_request(&slot);
    cache.reset(&slot, NOW);
    assert_eq!(usage(&cache, &slot).number_of_strings, 0);
    let later = store(&cache, &slot, "/later", 1, &texts(0..100, 60)).unwrap();
    assert_eq!(cache.strings_of(&slot, &later).len(), 100);
}

#[test]
fn without_a_buffer_nothing_is_shared() {
    let (cache, slot) = cache(CacheConfig { interned_strings_buffer: 0, ..config(8, GateKind::Open) });
    for path in ["/a", "/b"] {
        let hit = store(&cache, &slot, path, 1, &texts(0..10, 20)).unwrap();
        check(&cache, &slot, hit);
        assert_eq!(common::strings_in(&cache, hit).concat(), common::strings(&texts(0..10, 20)));
        assert_eq!((hit.size(), cache.strings_of(&slot, &hit).len()), (256 + 10 * 48, 0));
    }
    assert_eq!(usage(&cache, &slot), InternedStrings::default());
}

#[test]
fn large_strings_stay_in_their_scripts() {
    let (cache, slot) = cache(config(8, GateKind::Open));
    for path in ["/a", "/b"] {
        let [least, more] = [4000, 200_000].map(|len| vec![b'x'; len]);
        let texts = [texts(1..2, 10), vec![vec![b'x'; 3999], least, more]].concat();
        let hit = store(&cache, &slot, path, 1, &texts).unwrap();
        check(&cache, &slot, hit);
        assert_eq!(common::strings_in(&cache, hit).concat(), common::strings(&texts));
        assert_eq!(cache.strings_of(&slot, &hit).len(), 2);
    }
    assert_eq!(usage(&cache, &slot).number_of_strings, 2);
}

#[test]
fn a_script_that_is_refused_takes_no_strings() {
    let (cache, slot) = cache(config(8, GateKind::Open));
    let empty = cache.heap().stats();
    let huge = || Fake { len: 5 << 20, ..Fake::of_texts(&texts(0..2000, 60)) };
    assert_eq!(get(&cache, &slot, b"/x", NOW, stamp(1), huge), Err(Uncached::Full));
    assert_eq!(usage(&cache, &slot).number_of_strings, 0);
    assert_eq!(cache.heap().stats(), empty);
}

/// Scripts in use fill the segment. Strings of one more share what they can, and the rest is refused with it.
#[test]
fn pages_make_room_for_themselves() {
    let (cache, slot) = cache(config(8, GateKind::Open));
    for n in 0..400_usize {
        let texts = texts(n * 100..n * 100 + 150, 200);
        store(&cache, &slot, &format!("/{n}"), 1, &texts).unwrap();
        cache.end_request(&slot);
    }
    let status = cache.status(&slot, false);
    assert!(status.evictions > 50, "{status:?}");
    let usage = usage(&cache, &slot);
    let scripts = status.num_cached_scripts as usize;
    // Each string is in two scripts at most, and of the scripts that are left nearly all share all.
    assert!(usage.number_of_strings as usize > scripts * 90, "{usage:?} of {scripts} scripts");
}
