//! What a hit costs, alone and with two threads: `cargo bench -p phalanx-cache --bench lookup`. Medians.

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::AtomicPtr;
use std::time::Instant;

use phalanx_cache::{Cache, CacheConfig, Fetch, FileStamp, Persist};
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
    unsafe fn copy_to(&self, to: *mut u8, _: usize, _: u32, _: *const AtomicPtr<u8>) {
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
    println!("gate {}", cache.segment().gate());
    println!("hit, first of its request, 300 scripts       {include:>8.1} ns");
    println!("end of a request with 300 scripts            {end:>8.1} ns");
    let one = &paths[..1];
    let (include, end) = requests(&cache, &slot, one, 40_001);
    println!("hit and the clock, 1 script                  {include:>8.1} ns");
    println!("end of a request with 1 script and the clock {end:>8.1} ns");
    let start = Barrier::new(2);
    let both: Vec<f64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let slot = cache.register().unwrap();
                    start.wait();
                    requests(&cache, &slot, &paths, 4001).0
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let (alone, _) = requests(&cache, &slot, &paths, 4001);
    println!("hit with two threads                         {:>8.1} ns", (both[0] + both[1]) / 2.0);
    println!("hits of two threads to those of one          {:>8.2}", alone / both[0] + alone / both[1]);
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
    println!("publish 4000 bytes                           {:>8.1} ns", median(times));
}
