//! What a hit costs, alone and with two threads: `cargo bench -p phalanx-cache --bench lookup`. Medians.
//! `cargo xtask bench shm` makes a table of them.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::Instant;

use phalanx_cache::{Cache, CacheConfig, Fetch, FileStamp, Persist, Placement};
use phalanx_shm::Slot;

const SCRIPTS: usize = 300;
const NOW: u64 = 1_800_000_000;
const STAMP: FileStamp = FileStamp { seconds: 1_700_000_000, nanos: 0, size: 4000 };

struct Bytes(Vec<u8>);

// SAFETY: writes exactly as many bytes as it has.
unsafe impl Persist for Bytes {
    fn size(&self) -> usize {
        self.0.len()
    }
    fn trace_sites(&self) -> usize {
        4
    }
    unsafe fn copy_to(&self, to: *mut u8, _: &Placement<'_>) {
        // SAFETY: promised by the caller.
        unsafe { std::ptr::copy_nonoverlapping(self.0.as_ptr(), to, self.0.len()) };
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Requests that include all scripts, in nanoseconds for each include; and the end of such a request.
fn requests(cache: &Cache, slot: &Slot, paths: &[Vec<u8>], rounds: u32) -> (f64, f64) {
    let (mut includes, mut ends) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let start = Instant::now();
        for path in paths {
            let Fetch::Hit(hit) = cache.fetch(slot, path, NOW, || Some(STAMP)) else { panic!("a miss") };
            black_box(hit);
        }
        includes.push(start.elapsed().as_nanos() as f64 / paths.len() as f64);
        let start = Instant::now();
        cache.end_request(slot);
        ends.push(start.elapsed().as_nanos() as f64);
    }
    (median(includes), median(ends))
}

/// The median time of `work`, in nanoseconds.
fn measure(name: &str, batch: u32, mut work: impl FnMut()) {
    let times = (0..101).map(|_| {
        let start = Instant::now();
        for _ in 0..batch {
            work();
        }
        start.elapsed().as_nanos() as f64 / f64::from(batch)
    });
    print("ns", name, median(times.collect()));
}

fn print(unit: &str, name: &str, value: f64) {
    println!("{name:<58} {value:>10.2} {unit}");
}

/// Seconds of processor time that this thread has used: what other programs take from it does not count.
fn processor_time() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` outlives the call.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Hits in a second of processor time of all threads together, for as many threads.
fn hits_per_second(cache: &Cache, paths: &[Vec<u8>], threads: usize) -> f64 {
    const ROUNDS: u32 = 400;
    let start = Barrier::new(threads);
    std::thread::scope(|scope| {
        let work = || {
            let slot = cache.register().unwrap();
            requests(cache, &slot, paths, 50);
            start.wait();
            let begin = processor_time();
            requests(cache, &slot, paths, ROUNDS);
            f64::from(ROUNDS) * paths.len() as f64 / (processor_time() - begin)
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    })
}

fn main() {
    let cache = Cache::create(CacheConfig::default()).unwrap();
    let slot = cache.register().unwrap();
    let paths: Vec<_> = (0..SCRIPTS)
        .map(|n| format!("/srv/www/app/vendor/name/package/src/Some/Class{n}.php").into_bytes())
        .collect();
    for path in &paths {
        let Fetch::Compile(ticket) = cache.fetch(&slot, path, NOW, || Some(STAMP)) else { panic!("a hit") };
        cache.publish(&slot, ticket, &Bytes(vec![7; 4000]), STAMP, NOW).unwrap();
    }
    cache.end_request(&slot);
    let (include, end) = requests(&cache, &slot, &paths, 4001);
    print("ns", "cache hit: look-up and pin, first of its request", include);
    print("ns", "end of a request with 300 scripts", end);
    measure("request start + end, nothing looked up", 10_000, || cache.end_request(black_box(&slot)));
    let find = || {
        let Fetch::Hit(hit) = cache.fetch(&slot, &paths[0], NOW, || Some(STAMP)) else { panic!("a miss") };
        black_box(hit);
    };
    measure("request with one hit, start to end", 10_000, || {
        find();
        cache.end_request(&slot);
    });
    find();
    measure("cache hit that is pinned already", 10_000, find);
    cache.end_request(&slot);
    // In turn, so that a machine that is busy now and idle then treats both alike.
    let pairs = (0..101).map(|_| hits_per_second(&cache, &paths, 2) / hits_per_second(&cache, &paths, 1));
    print("times", "hits of two threads to those of one, by processor time", median(pairs.collect()));
    let mut times = Vec::new();
    for _ in 0..501 {
        cache.invalidate(&slot, &paths[0], true, || None);
        let Fetch::Compile(ticket) = cache.fetch(&slot, &paths[0], NOW, || Some(STAMP)) else {
            panic!("a hit")
        };
        let image = Bytes(vec![7; 4000]);
        let start = Instant::now();
        cache.publish(&slot, ticket, &image, STAMP, NOW).unwrap();
        times.push(start.elapsed().as_nanos() as f64);
        cache.end_request(&slot);
    }
    print("ns", &format!("publish 4000 bytes, {} gate", cache.segment().gate()), median(times));
}
