//! Many threads and processes at once: scripts are replaced, invalidated, evicted and reset while others read every byte.

mod common;

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use common::{Fake, NOW, Random, check, config, gates, get, stamp};
use phalanx_cache::{Cache, CacheConfig, Fetch};
use phalanx_shm::{GateKind, Slot, enter_thread};

const PATHS: usize = 60;

fn path(n: usize) -> Vec<u8> {
    format!("/srv/app/src/module-{}/file-{n}.php", n % 5).into_bytes()
}

/// How much longer than usual the tests run: `PHALANX_CACHE_STRESS=100` for half an hour or so.
fn factor() -> u64 {
    std::env::var("PHALANX_CACHE_STRESS").ok().and_then(|n| n.parse().ok()).unwrap_or(1)
}

/// A request: some includes, all of which are read again at the end.
fn request(cache: &Cache, slot: &Slot, random: &mut Random, version: &AtomicU64) {
    let now = NOW + version.load(Ordering::Relaxed) / 50;
    let mut hits = Vec::new();
    for _ in 0..1 + random.next(8) {
        let n = random.next(PATHS);
        let current = stamp((version.load(Ordering::Relaxed) / 200) as i64);
        let seed = (n as u64) << 32 | current.seconds as u64;
        let len = 64 + random.next(20_000);
        if let Ok(hit) = get(cache, slot, &path(n), now, current, || Fake::with_strings(seed, len)) {
            let found = check(cache, slot, hit);
            assert_eq!(found >> 32, n as u64, "another script than asked for");
            hits.push((hit, found));
        }
    }
    for (hit, seed) in hits {
        assert_eq!(check(cache, slot, hit), seed);
    }
    cache.end_request(slot);
}

fn disturb(cache: &Cache, slot: &Slot, random: &mut Random, version: &AtomicU64) {
    version.fetch_add(1, Ordering::Relaxed);
    match random.next(40) {
        0 => cache.reset(slot, NOW),
        1 => drop(cache.status(slot, true)),
        _ => drop(cache.invalidate(slot, &path(random.next(PATHS)), true, || None)),
    }
}

/// 8 MB do not hold all versions of all scripts, so there is eviction too.
#[test]
fn readers_never_see_anything_but_whole_scripts() {
    for gate in gates() {
        let small = CacheConfig { revalidate_freq: 0, max_accelerated_files: 200, ..config(8, gate) };
        let cache = Cache::create(small).unwrap();
        let version = AtomicU64::new(0);
        let rounds = if gate == GateKind::Mprotect { 120 } else { 600 } * factor();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (cache, version) = (&cache, &version);
                scope.spawn(move || {
                    enter_thread();
                    let slot = cache.register().unwrap();
                    let mut random = Random(1000 + thread);
                    for _ in 0..rounds {
                        request(cache, &slot, &mut random, version);
                        if thread < 2 {
                            disturb(cache, &slot, &mut random, version);
                        }
                    }
                });
            }
        });
        let slot = cache.register().unwrap();
        cache.heap().verify(&slot).unwrap();
        let status = cache.status(&slot, true);
        assert_eq!(status.pins, 0);
        assert_eq!(status.wasted_memory, 0, "{gate}: retired memory was forgotten");
        assert!(status.hits > 0 && status.misses > 0);
        cache.verify_strings(&slot).unwrap();
        // Nothing but the index, the published scripts and the pages of their strings is left.
        let rest = cache.heap().stats().blocks - status.num_cached_scripts as usize - 1;
        assert!(rest <= 8 + status.interned_strings.used_memory / 4096, "{rest} pages");
        cache.reset(&slot, NOW);
        assert_eq!(cache.heap().stats().blocks, 1);
    }
}

#[test]
fn of_many_who_ask_at_once_one_compiles() {
    for gate in gates() {
        for round in 0..20 {
            let cache = Cache::create(config(8, gate)).unwrap();
            let compiled = AtomicU32::new(0);
            let start = Barrier::new(8);
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        let slot = cache.register().unwrap();
                        start.wait();
                        let hit = get(&cache, &slot, b"/same.php", NOW, stamp(1), || {
                            compiled.fetch_add(1, Ordering::Relaxed);
                            std::thread::sleep(Duration::from_millis(2));
                            Fake::new(round, 3000)
                        });
                        assert_eq!(check(&cache, &slot, hit.unwrap()), round);
                    });
                }
            });
            assert_eq!(compiled.load(Ordering::Relaxed), 1);
        }
    }
}

/// 1,000,000 replacements (fewer unless asked for) in 8 MB under load: what is used stays flat.
#[test]
fn replacing_a_script_for_ever_takes_no_more_memory() {
    let cache = Cache::create(CacheConfig { revalidate_freq: 0, ..config(8, GateKind::Open) }).unwrap();
    let done = AtomicU32::new(0);
    let most = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let reader = || {
            let slot = cache.register().unwrap();
            while done.load(Ordering::Relaxed) == 0 {
                if let Fetch::Hit(hit) = cache.fetch(&slot, b"/hot.php", NOW, || None) {
                    check(&cache, &slot, hit);
                }
                cache.end_request(&slot);
                most.fetch_max(cache.heap().stats().used as u64, Ordering::Relaxed);
            }
        };
        scope.spawn(reader);
        scope.spawn(|| {
            let slot = cache.register().unwrap();
            for round in 0..10_000 * factor() {
                let len = 1000 + (round % 13 * 1000) as usize;
                let current = stamp(round as i64);
                get(&cache, &slot, b"/hot.php", NOW, current, || Fake::with_strings(round, len)).unwrap();
                cache.end_request(&slot);
            }
            done.store(1, Ordering::Relaxed);
        });
    });
    let slot = cache.register().unwrap();
    cache.reset(&slot, NOW);
    let index = cache.heap().stats().used as u64;
    let above = most.load(Ordering::Relaxed) - index;
    assert!(above < 100_000, "{above} bytes above the index");
}

/// Processes that share the cache are killed in the middle of whatever they do to it. What they have published is whole, and
/// nothing that they have not is left.
#[test]
fn processes_killed_at_any_instant_leave_the_cache_whole() {
    let kills = 25 * factor();
    for gate in gates() {
        let small = CacheConfig { revalidate_freq: 0, max_accelerated_files: 200, ..config(8, gate) };
        let cache = Cache::create(small).unwrap();
        let slot = cache.register().unwrap();
        let mut random = Random(99);
        let version = AtomicU64::new(0);
        for round in 0..kills {
            // SAFETY: the child uses the cache only, whose locks are made for this.
            let pid = unsafe { libc::fork() };
            if pid == 0 {
                let own = cache.register().unwrap();
                let mut random = Random(round + 1);
                version.store(round * 97, Ordering::Relaxed);
                loop {
                    request(&cache, &own, &mut random, &version);
                    disturb(&cache, &own, &mut random, &version);
                }
            }
            std::thread::sleep(Duration::from_micros(500 + random.next(6000) as u64));
            // SAFETY: the child is ours.
            unsafe { libc::kill(pid, libc::SIGKILL) };
            for _ in 0..5 {
                request(&cache, &slot, &mut random, &version);
                disturb(&cache, &slot, &mut random, &version);
            }
            // The requests may have changed nothing, and left to others what the dead have left half done.
            cache.reclaim(&slot);
            cache.heap().verify(&slot).unwrap();
            cache.verify_strings(&slot).unwrap();
            let mut status = 0;
            // SAFETY: `status` outlives the call.
            assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
            assert!(libc::WIFSIGNALED(status), "the child ended by itself: {status:#x}");
        }
        cache.control().reap();
        cache.reset(&slot, NOW);
        // Asking for too much makes the heap look for what the dead have not published.
        let deadline = Instant::now() + Duration::from_secs(10);
        while cache.heap().stats().blocks > 1 && Instant::now() < deadline {
            let window = cache.segment().window();
            assert!(cache.heap().allocate(&slot, &window, 8 << 20, 1).is_err());
            cache.reclaim(&slot);
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(cache.heap().stats().blocks, 1, "{gate}: {:?}", cache.map(&slot));
    }
}
