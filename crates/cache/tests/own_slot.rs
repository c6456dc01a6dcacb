//! A hit writes to nothing but the thread's own slot. The one test of this file looks at all shared memory of the process, so
//! no other test may change any meanwhile.

mod common;

use common::{Fake, NOW, config, gates, get, stamp};
use phalanx_cache::{Cache, CacheConfig, Fetch};
use phalanx_shm::Slot;

fn path(n: u64) -> Vec<u8> {
    format!("/srv/requests/{n}.php").into_bytes()
}

/// Where the shared mappings with these names are, and what is in them.
fn snapshot(names: &[&str]) -> Vec<(usize, Vec<u8>)> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let wanted = maps.lines().filter(|line| names.iter().any(|name| line.contains(name)));
    wanted
        .map(|line| {
            let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let [start, end] = [start, end].map(|hex| usize::from_str_radix(hex, 16).unwrap());
            let address = std::ptr::with_exposed_provenance::<u8>(start);
            // SAFETY: the mapping is readable, and no other thread writes to it now.
            (start, unsafe { std::slice::from_raw_parts(address, end - start) }.to_vec())
        })
        .collect()
}

#[test]
fn a_hit_writes_to_its_own_slot_only() {
    let gate = gates().last().unwrap();
    let small = CacheConfig { max_threads: 4, max_accelerated_files: 200, ..config(8, gate) };
    let cache = Cache::create(small).unwrap();
    let (before, slot, after) =
        (cache.register().unwrap(), cache.register().unwrap(), cache.register().unwrap());
    let paths: Vec<_> = (0..40).map(path).collect();
    for (n, path) in paths.iter().enumerate() {
        get(&cache, &slot, path, NOW, stamp(1), || Fake::new(n as u64, 500)).unwrap();
    }
    cache.end_request(&slot);
    let names = ["phalanx-control", "phalanx-shm"];
    let changed = |slot: &Slot| {
        let old = snapshot(&names);
        for path in &paths {
            let Fetch::Hit(_) = cache.fetch(slot, path, NOW, || None) else { panic!("a miss") };
        }
        let during = snapshot(&names);
        cache.end_request(slot);
        let new = snapshot(&names);
        assert!(old.len() >= 2, "the mappings have other names");
        let differences = |a: &[(usize, Vec<u8>)], b: &[(usize, Vec<u8>)]| -> Vec<usize> {
            let both = a.iter().zip(b);
            both.flat_map(|(a, b)| (0..a.1.len()).filter(|&at| a.1[at] != b.1[at]).map(|at| a.0 + at))
                .collect()
        };
        let mut addresses = [differences(&old, &during), differences(&during, &new)].concat();
        addresses.sort_unstable();
        assert!(!addresses.is_empty());
        (addresses[0], *addresses.last().unwrap())
    };
    // Whatever the threads write to lies apart, by slots and cache lines.
    let ranges = [changed(&before), changed(&slot), changed(&after)];
    assert!(ranges.is_sorted(), "{ranges:x?}");
    for pair in ranges.windows(2) {
        assert!(pair[0].1 / 128 < pair[1].0 / 128, "{ranges:x?}");
    }
}
