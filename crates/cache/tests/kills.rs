//! Processes that share the cache are killed in the middle of whatever they do to it, windows included. Another process goes
//! on, and every Unit that it finds is whole.

mod common;

use std::time::{Duration, Instant};

use common::{NOW, Random, config, gates, stamp};
use phalanx_bytecode::assemble;
use phalanx_bytecode::draft::{Bytes, FunctionDraft, Literal, LiteralKey, UnitDraft};
use phalanx_bytecode::unit::Image;
use phalanx_cache::{Cache, CacheConfig, Fetch, Hit, Placement};
use phalanx_shm::{GateKind, Slot};

const PATHS: usize = 40;
const VERSIONS: usize = 5;

/// How many processes are killed under each gate. `PHALANX_CACHE_KILLS=30000` for a long run.
fn kills() -> usize {
    std::env::var("PHALANX_CACHE_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(500)
}

fn path(n: usize) -> Vec<u8> {
    format!("/srv/kills/{n}.php").into_bytes()
}

/// What a script compiles to, for each version of it.
fn images() -> Vec<Vec<Image>> {
    let bytes = |text: String| -> Bytes { text.into_bytes().into() };
    let function = |path: usize, version: usize, n: usize| FunctionDraft {
        name: bytes(format!("function_{path}_{version}_{n}")),
        cvs: vec![bytes(format!("variable{n}"))],
        literals: vec![
            Literal::Int(version as i64),
            Literal::Str(bytes(format!("text number {n} of script {path}"))),
            Literal::Array(vec![(LiteralKey::Int(n as i64), Literal::Str(bytes("x".repeat(n))))]),
        ],
        ..FunctionDraft::default()
    };
    let image = |path: usize, version: usize| {
        let functions = (0..1 + (path * 7 + version * 13) % 60).map(|n| function(path, version, n)).collect();
        assemble(&UnitDraft {
            path: bytes(format!("/srv/kills/{path}.php")),
            functions,
            ..UnitDraft::default()
        })
    };
    (0..PATHS).map(|path| (0..VERSIONS).map(|version| image(path, version)).collect()).collect()
}

/// Compares a Unit with what its image gives at that address, byte for byte, and the strings that it shares with those of the
/// image.
fn verify(cache: &Cache, slot: &Slot, hit: Hit, images: &[Image]) {
    // SAFETY: a Unit was stored, and the caller has not ended its request.
    let unit = unsafe { hit.unit() };
    assert_eq!((unit.id, unit.generation), (hit.id(), hit.generation()));
    let offset = cache.segment().offset_of(hit.address()).unwrap();
    // SAFETY: as above.
    let found = unsafe { cache.segment().bytes(offset, hit.size()) };
    let shared = cache.strings_of(slot, &hit);
    let is_of = |image: &Image| {
        let base = hit.address().addr();
        let mut shared = shared.iter().peekable();
        let (mut own, mut own_at) = (Vec::new(), base + image.structures_size());
        let addresses = image.strings().map(|string| match shared.next_if(|(_, bytes)| *bytes == string) {
            Some((address, _)) => *address,
            None => {
                own.extend_from_slice(string);
                own_at += string.len();
                own_at - string.len()
            }
        });
        let strings: Vec<usize> = addresses.collect();
        let (identity, traces) = (unit.identity(), unit.traces);
        let placement = Placement { base, len: hit.size(), strings: &strings, identity, traces };
        let mut expected = vec![0u128; image.structures_size().div_ceil(16)];
        let to = expected.as_mut_ptr().cast::<u8>();
        // SAFETY: there is as much room as the structures take, aligned to 16.
        unsafe { image.copy_to(to, &placement) };
        // SAFETY: these bytes have just been written.
        let expected = unsafe { std::slice::from_raw_parts(to, image.structures_size()) };
        shared.next().is_none() && [expected, &own].concat() == found
    };
    assert!(images.iter().any(is_of), "a Unit that is published is none that was stored");
}

/// A request: finds or stores some scripts, verifies them all, and now and then takes scripts out.
fn request(cache: &Cache, slot: &Slot, images: &[Vec<Image>], random: &mut Random) {
    let mut hits = Vec::new();
    for _ in 0..1 + random.next(5) {
        let n = random.next(PATHS);
        match cache.fetch(slot, &path(n), NOW, || Some(stamp(1))) {
            Fetch::Hit(hit) => hits.push((n, hit)),
            Fetch::Compile(ticket) => {
                let image = &images[n][random.next(VERSIONS)];
                if let Ok(hit) = cache.publish(slot, ticket, image, stamp(1), NOW) {
                    hits.push((n, hit));
                }
            }
            Fetch::Private(_) => {}
        }
        match random.next(60) {
            0 => cache.reset(slot, NOW),
            1..20 => drop(cache.invalidate(slot, &path(random.next(PATHS)), true, || None)),
            _ => {}
        }
    }
    for (n, hit) in hits {
        verify(cache, slot, hit, &images[n]);
    }
    cache.end_request(slot);
}

/// Verifies every Unit that is published.
fn verify_all(cache: &Cache, slot: &Slot, images: &[Vec<Image>]) {
    for (n, images) in images.iter().enumerate() {
        if let Fetch::Hit(hit) = cache.fetch(slot, &path(n), NOW, || Some(stamp(1))) {
            verify(cache, slot, hit, images);
        }
    }
    cache.end_request(slot);
    // Whatever the dead have left half done is put right by the next one who changes anything.
    cache.reclaim(slot);
    cache.heap().verify(slot).unwrap();
    cache.verify_strings(slot).unwrap();
}

fn fork(work: impl FnOnce()) -> i32 {
    // SAFETY: the child uses the cache only, whose locks are made for this, and ends without returning.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        // SAFETY: ends the child.
        unsafe { libc::_exit(if result.is_ok() { 0 } else { 101 }) };
    }
    assert!(pid > 0);
    pid
}

/// The status of a child that has ended.
fn wait(pid: i32) -> i32 {
    let mut status = 0;
    // SAFETY: `status` outlives the call.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
    status
}

#[test]
fn units_published_by_killed_processes_are_whole() {
    let images = images();
    for gate in gates() {
        // Small, so that memory is used again all the time.
        let small = CacheConfig { max_accelerated_files: 200, ..config(8, gate) };
        let cache = Cache::create(small).unwrap();
        let slot = cache.register().unwrap();
        let mut random = Random(123_456_789);
        for round in 0..kills() as u64 {
            let pid = fork(|| {
                let own = cache.register().unwrap();
                let mut random = Random(round + 1);
                loop {
                    request(&cache, &own, &images, &mut random);
                }
            });
            std::thread::sleep(Duration::from_micros(300 + random.next(3000) as u64));
            // SAFETY: the child is ours.
            unsafe { libc::kill(pid, libc::SIGKILL) };
            request(&cache, &slot, &images, &mut random);
            let status = wait(pid);
            assert!(libc::WIFSIGNALED(status), "the child ended by itself: {status:#x}");
            if round % 10 == 0 {
                // A process that has not seen any of this.
                let fresh = fork(|| {
                    let own = cache.register().unwrap();
                    verify_all(&cache, &own, &images);
                    request(&cache, &own, &images, &mut random);
                });
                assert_eq!(wait(fresh), 0, "{gate}, round {round}");
            }
        }
        cache.control().reap();
        verify_all(&cache, &slot, &images);
        assert!(cache.status(&slot, false).hits > 0);
        assert_eq!(cache.status(&slot, false).pins, 0, "{gate}");
        assert_ne!(cache.segment().gate(), GateKind::Auto);
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
