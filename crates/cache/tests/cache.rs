//! What one thread sees of the cache.

mod common;

use std::cell::Cell;

use common::{Fake, NOW, check, config, get, stamp};
use phalanx_cache::{Blacklist, Cache, CacheConfig, Fetch, FileStamp, Uncached};
use phalanx_shm::GateKind;

fn cache(config: CacheConfig) -> Cache {
    Cache::create(config).unwrap()
}

#[test]
fn a_script_is_compiled_once_and_found_again() {
    let cache = cache(config(8, GateKind::Auto));
    let slot = cache.register().unwrap();
    let compiled = Cell::new(0);
    for _ in 0..3 {
        let hit = get(&cache, &slot, b"/a.php", NOW, stamp(1), || {
            compiled.set(compiled.get() + 1);
            Fake::new(42, 1000)
        });
        assert_eq!(check(&cache, &slot, hit.unwrap()), 42);
        cache.end_request(&slot);
    }
    assert_eq!(compiled.get(), 1);
    let status = cache.status(&slot, true);
    assert_eq!((status.hits, status.misses, status.num_cached_scripts), (2, 1, 1));
    assert_eq!(status.scripts[0].full_path, b"/a.php");
    assert_eq!(status.scripts[0].hits, 2);
    assert_eq!(status.scripts[0].timestamp, Some(1));
    assert_eq!(status.pins, 0);
    assert!((status.opcache_hit_rate - 200.0 / 3.0).abs() < 1e-9);
}

#[test]
fn files_are_looked_at_again_when_it_is_time() {
    let looks = Cell::new(0);
    let check =
        |config: CacheConfig, times: &[u64], changed_at: u64, expected_looks: u32, expected: &[u64]| {
            let cache = cache(config);
            let slot = cache.register().unwrap();
            looks.set(0);
            let seen: Vec<u64> = times
                .iter()
                .map(|&time| {
                    let current = stamp(if time >= changed_at { 20 } else { 10 });
                    let answer = cache.fetch(&slot, b"/x", NOW + time, || {
                        looks.set(looks.get() + 1);
                        Some(current)
                    });
                    let hit = match answer {
                        Fetch::Hit(hit) => hit,
                        Fetch::Compile(ticket) => {
                            let fake = Fake::new(current.seconds as u64, 100);
                            cache.publish(&slot, ticket, &fake, current, NOW + time).unwrap()
                        }
                        Fetch::Private(reason) => panic!("{reason:?}"),
                    };
                    let seed = common::check(&cache, &slot, hit);
                    cache.end_request(&slot);
                    seed
                })
                .collect();
            assert_eq!(seen, expected);
            assert_eq!(looks.get(), expected_looks);
        };
    let base = config(8, GateKind::Open);
    // The first look is before compiling.
    check(base.clone(), &[0, 1, 2, 3, 4, 5], 99, 2, &[10; 6]);
    check(base.clone(), &[0, 1, 2, 3, 4], 1, 3, &[10, 10, 10, 20, 20]);
    let always = CacheConfig { revalidate_freq: 0, ..base.clone() };
    check(always, &[0, 1, 1, 1], 1, 5, &[10, 20, 20, 20]);
    let never = CacheConfig { validate_timestamps: false, ..base };
    check(never, &[0, 100, 1000], 50, 1, &[10; 3]);
}

#[test]
fn a_deleted_file_is_taken_out() {
    let cache = cache(config(8, GateKind::Open));
    let slot = cache.register().unwrap();
    get(&cache, &slot, b"/x", NOW, stamp(1), || Fake::new(1, 100)).unwrap();
    cache.end_request(&slot);
    assert!(cache.contains(&slot, b"/x", NOW, || None), "not yet time to look");
    assert!(!cache.contains(&slot, b"/x", NOW + 10, || None));
    assert!(matches!(cache.fetch(&slot, b"/x", NOW + 10, || None), Fetch::Compile(_)));
    assert_eq!(cache.status(&slot, false).num_cached_scripts, 0);
}

#[test]
fn what_is_taken_out_stays_for_those_who_use_it() {
    for gate in common::gates() {
        let cache = cache(config(8, gate));
        let (reader, writer) = (cache.register().unwrap(), cache.register().unwrap());
        let empty = cache.heap().stats().used;
        let old = get(&cache, &reader, b"/x", NOW, stamp(1), || Fake::new(1, 5000)).unwrap();
        let other = get(&cache, &reader, b"/y", NOW, stamp(1), || Fake::new(2, 5000)).unwrap();
        assert!(cache.invalidate(&writer, b"/x", true, || None));
        assert!(!cache.invalidate(&writer, b"/x", true, || None), "it is gone already");
        cache.reset(&writer, NOW + 1);
        assert!(!cache.contains(&writer, b"/y", NOW, || Some(stamp(1))));
        let status = cache.status(&writer, true);
        assert!(
            status.wasted_memory >= 10_000 && status.num_cached_scripts == 0 && status.scripts.is_empty()
        );
        assert_eq!((status.manual_restarts, status.last_restart_time), (1, NOW + 1));
        // Others fill the memory that is free and do not touch this.
        for round in 0..3000u64 {
            get(&cache, &writer, b"/x", NOW, stamp(round as i64), || Fake::new(round, 4000)).unwrap();
            cache.end_request(&writer);
            cache.invalidate(&writer, b"/x", true, || None);
        }
        assert_eq!(check(&cache, &reader, old), 1);
        assert_eq!(check(&cache, &reader, other), 2);
        cache.end_request(&reader);
        assert_eq!(
            cache.heap().stats().used,
            empty,
            "{gate}: memory is not free when its last reader is gone"
        );
        cache.heap().verify(&reader).unwrap();
    }
}

#[test]
fn what_is_kept_is_found_after_a_reset() {
    const SCRIPTS: u64 = 150;
    for gate in common::gates() {
        let cache = cache(config(8, gate));
        let (keeper, slot) = (cache.register().unwrap(), cache.register().unwrap());
        let path = |n: u64| format!("/kept/{n}").into_bytes();
        let load = |slot, n| get(&cache, slot, &path(n), NOW, stamp(1), || Fake::new(n, 300)).unwrap();
        // Kept ones lie among others in the table, whose places are passed to find them.
        let mut kept = Vec::new();
        for n in 0..SCRIPTS {
            if n % 3 == 0 {
                kept.push((n, load(&keeper, n)));
            } else {
                load(&slot, n);
            }
        }
        cache.end_request(&slot);
        cache.keep(kept.iter().rev().map(|(_, hit)| hit.id()).collect());
        for round in 1..4 {
            cache.reset(&slot, NOW + round);
            let status = cache.status(&slot, true);
            assert_eq!(status.num_cached_scripts as usize, kept.len());
            assert_eq!((status.scripts.len(), status.wasted_memory), (kept.len(), 0));
            for n in 0..SCRIPTS {
                assert_eq!(cache.contains(&slot, &path(n), NOW, || Some(stamp(1))), n % 3 == 0, "{n}");
            }
            for (n, hit) in &kept {
                assert_eq!(load(&slot, *n), *hit);
                assert_eq!(check(&cache, &slot, *hit), *n);
            }
            // Those that went come back beside them.
            for n in 0..SCRIPTS {
                load(&slot, n);
            }
            cache.end_request(&slot);
        }
        cache.heap().verify(&slot).unwrap();
    }
}

#[test]
fn preloading_admits_what_settings_keep_out() {
    let settings = CacheConfig { file_update_protection: 2, max_file_size: 50, ..config(8, GateKind::Open) };
    let cache = cache(settings);
    let slot = cache.register().unwrap();
    let new = || Some(stamp(NOW as i64));
    assert!(matches!(cache.fetch(&slot, b"/x", NOW, new), Fetch::Private(Uncached::TooLarge)));
    assert!(matches!(cache.fetch_always(&slot, b"/x", NOW, new), Fetch::Compile(_)));
}

#[test]
fn invalidation_without_force_looks_at_the_file() {
    let cache = cache(config(8, GateKind::Open));
    let slot = cache.register().unwrap();
    get(&cache, &slot, b"/x", NOW, stamp(1), || Fake::new(1, 100)).unwrap();
    assert!(!cache.invalidate(&slot, b"/x", false, || Some(stamp(1))));
    assert!(cache.invalidate(&slot, b"/x", false, || Some(FileStamp { size: 101, ..stamp(1) })));
    assert!(!cache.contains(&slot, b"/x", NOW, || Some(stamp(1))));
}

#[test]
fn some_scripts_are_not_stored() {
    let check = |config: CacheConfig, path: &[u8], stamp: FileStamp, expected: Result<(), Uncached>| {
        let cache = cache(config);
        let slot = cache.register().unwrap();
        let result = get(&cache, &slot, path, NOW, stamp, || Fake::new(1, 100)).map(|_| ());
        assert_eq!(result, expected);
        assert_eq!(cache.contains(&slot, path, NOW, || Some(stamp)), expected.is_ok());
    };
    let base = CacheConfig { file_update_protection: 2, ..config(8, GateKind::Open) };
    check(base.clone(), b"/x", stamp(NOW as i64 - 2), Ok(()));
    check(base.clone(), b"/x", stamp(NOW as i64 - 1), Err(Uncached::TooNew));
    let sized = CacheConfig { max_file_size: 99, ..base.clone() };
    check(sized, b"/x", stamp(1), Err(Uncached::TooLarge));
    let listed = CacheConfig { blacklist: Blacklist::parse(b"/srv/*.tmp.php", b""), ..base };
    check(listed.clone(), b"/srv/a.tmp.php", stamp(1), Err(Uncached::Blacklisted));
    check(listed, b"/srv/a.php", stamp(1), Ok(()));
}

#[test]
fn blacklist_misses_are_counted_apart() {
    let listed = CacheConfig { blacklist: Blacklist::parse(b"/b", b""), ..config(8, GateKind::Open) };
    let cache = cache(listed);
    let slot = cache.register().unwrap();
    for path in [&b"/a"[..], b"/a", b"/b"] {
        let _ = get(&cache, &slot, path, NOW, stamp(1), || Fake::new(1, 100));
    }
    let status = cache.status(&slot, false);
    assert_eq!((status.hits, status.misses, status.blacklist_misses), (1, 1, 1));
}

#[test]
fn the_least_recently_used_make_room() {
    let cache = cache(config(8, GateKind::Open));
    let slot = cache.register().unwrap();
    let path = |n: usize| format!("/scripts/number-{n}.php").into_bytes();
    // Twice as much as fits. Script 0 is used all the time.
    for n in 0..400 {
        let now = NOW + n as u64;
        get(&cache, &slot, &path(0), now, stamp(1), || Fake::new(0, 40_000)).unwrap();
        cache.end_request(&slot);
        let hit = get(&cache, &slot, &path(n), now, stamp(1), || Fake::new(n as u64, 40_000)).unwrap();
        assert_eq!(check(&cache, &slot, hit), n as u64);
        cache.end_request(&slot);
    }
    let later = NOW + 400;
    assert!(cache.contains(&slot, &path(0), later, || Some(stamp(1))), "the most used script is gone");
    assert!(cache.contains(&slot, &path(399), later, || Some(stamp(1))));
    assert!(!cache.contains(&slot, &path(1), later, || Some(stamp(1))));
    let status = cache.status(&slot, true);
    assert!(status.evictions > 200 && !status.cache_full);
    assert!(status.num_cached_scripts > 120, "too much was thrown out: {}", status.num_cached_scripts);
    assert_eq!(status.scripts.len(), status.num_cached_scripts as usize);
    cache.heap().verify(&slot).unwrap();
}

#[test]
fn there_are_no_more_scripts_than_keys() {
    let small = CacheConfig { max_accelerated_files: 200, ..config(8, GateKind::Open) };
    let cache = cache(small);
    let slot = cache.register().unwrap();
    for n in 0..2000u64 {
        let path = format!("/{n}").into_bytes();
        let hit = get(&cache, &slot, &path, NOW + n, stamp(1), || Fake::new(n, 64)).unwrap();
        assert_eq!(check(&cache, &slot, hit), n);
        cache.end_request(&slot);
        assert!(cache.contains(&slot, &path, NOW + n, || Some(stamp(1))));
    }
    let status = cache.status(&slot, true);
    assert_eq!(status.max_cached_keys, 223);
    assert!(status.num_cached_scripts <= 223 && status.num_cached_scripts > 100);
}

#[test]
fn there_are_no_more_scripts_than_keys_though_all_are_in_use() {
    let small = CacheConfig { max_accelerated_files: 200, ..config(8, GateKind::Open) };
    let cache = cache(small);
    let slot = cache.register().unwrap();
    let path = |n: u64| format!("/{n}").into_bytes();
    for n in 0..300u64 {
        let result = get(&cache, &slot, &path(n), NOW, stamp(1), || Fake::new(n, 64));
        assert_eq!(result.err(), (n >= 223).then_some(Uncached::Full), "{n}");
    }
    // A new version of one of them takes no place.
    assert!(get(&cache, &slot, &path(7), NOW + 10, stamp(2), || Fake::new(7, 64)).is_ok());
    let status = cache.status(&slot, false);
    assert_eq!((status.num_cached_scripts, status.max_cached_keys), (223, 223));
    cache.end_request(&slot);
    assert!(get(&cache, &slot, &path(299), NOW, stamp(1), || Fake::new(299, 64)).is_ok());
}

#[test]
fn a_cache_full_of_scripts_in_use_refuses_more() {
    let cache = cache(config(8, GateKind::Open));
    let slot = cache.register().unwrap();
    let mut hits = Vec::new();
    let refused = (0..1000u64).find_map(|n| {
        let path = format!("/{n}").into_bytes();
        match get(&cache, &slot, &path, NOW, stamp(1), || Fake::new(n, 100_000)) {
            Ok(hit) => hits.push((hit, n)),
            Err(reason) => return Some(reason),
        }
        None
    });
    assert_eq!(refused, Some(Uncached::Full));
    assert!(cache.status(&slot, false).cache_full);
    for (hit, n) in hits {
        assert_eq!(check(&cache, &slot, hit), n);
    }
    cache.end_request(&slot);
    get(&cache, &slot, b"/more", NOW, stamp(1), || Fake::new(1, 100_000)).unwrap();
    assert!(!cache.status(&slot, false).cache_full);
}

#[test]
fn a_script_that_is_too_large_does_not_throw_everything_out() {
    let cache = cache(config(8, GateKind::Open));
    let slot = cache.register().unwrap();
    get(&cache, &slot, b"/small", NOW, stamp(1), || Fake::new(1, 1000)).unwrap();
    cache.end_request(&slot);
    let large = get(&cache, &slot, b"/large", NOW, stamp(1), || Fake::new(2, 7 << 20));
    assert_eq!(large, Err(Uncached::Full));
    assert!(cache.contains(&slot, b"/small", NOW, || Some(stamp(1))));
}

#[test]
fn who_compiles_does_not_wait_for_others() {
    let cache = cache(config(8, GateKind::Open));
    let slot = cache.register().unwrap();
    let other = cache.register().unwrap();
    let Fetch::Compile(first) = cache.fetch(&slot, b"/a", NOW, || Some(stamp(1))) else { panic!() };
    let Fetch::Compile(second) = cache.fetch(&other, b"/b", NOW, || Some(stamp(1))) else { panic!() };
    let answer = cache.fetch(&slot, b"/b", NOW, || Some(stamp(1)));
    assert!(matches!(answer, Fetch::Private(Uncached::Busy)));
    drop(first);
    cache.publish(&other, second, &Fake::new(7, 100), stamp(1), NOW).unwrap();
    assert!(matches!(cache.fetch(&slot, b"/b", NOW, || Some(stamp(1))), Fetch::Hit(_)));
    // A ticket that was dropped lets the next one compile.
    assert!(matches!(cache.fetch(&slot, b"/a", NOW, || Some(stamp(1))), Fetch::Compile(_)));
}

#[test]
fn ids_come_back_with_another_generation() {
    let cache = cache(config(8, GateKind::Open));
    let slot = cache.register().unwrap();
    let mut seen = std::collections::HashSet::new();
    for round in 0..10_000u64 {
        let hit = get(&cache, &slot, b"/x", NOW, stamp(round as i64), || Fake::new(round, 64)).unwrap();
        assert!(hit.id() < cache.id_limit());
        assert!(seen.insert((hit.id(), hit.generation())), "an id came back unchanged");
        cache.end_request(&slot);
        cache.invalidate(&slot, b"/x", true, || None);
    }
    assert!(cache.heap().stats().blocks < 4);
}

#[test]
fn code_goes_with_its_script() {
    for gate in common::gates() {
        let mut cache = cache(config(8, gate));
        let empty = cache.add_code_segment(1 << 20).unwrap().stats();
        let (reader, writer) = (cache.register().unwrap(), cache.register().unwrap());
        let code = cache.code().unwrap();
        let hit = get(&cache, &reader, b"/x", NOW, stamp(1), || Fake::new(1, 1000)).unwrap();
        let attach = |byte: u8| {
            let window = code.segment().window();
            let mut block = code.allocate(&reader, &window, 100, 64).unwrap();
            window.bytes_mut(&mut block).fill(byte);
            cache.attach_code(&reader, &window, hit.id(), block)
        };
        let early = [attach(1), attach(2), attach(3)];
        assert!(cache.invalidate(&writer, b"/x", true, || None));
        let late = attach(4);
        cache.reclaim(&writer);
        for (address, byte) in early.into_iter().chain([late]).zip(1..) {
            let offset = code.segment().offset_of(address).unwrap();
            // SAFETY: the script is pinned, and so is its code.
            assert_eq!(unsafe { code.segment().bytes(offset, 100) }, [byte; 100]);
        }
        cache.end_request(&reader);
        assert_eq!(code.stats(), empty, "{gate}");
        code.verify(&reader).unwrap();
    }
}
