//! The request heap: usage, peaks, the soft limit, and what it takes from the system.

use phalanx_value::{PhpArray, PhpString, Value, heap};

fn string(len: usize) -> PhpString {
    PhpString::build(len, |bytes| bytes.fill(b'x'))
}

/// Usage is back where it was after `body`, whatever that allocated.
fn check(body: impl FnOnce()) {
    let before = heap::usage();
    body();
    assert_eq!(heap::usage(), before);
}

#[test]
fn usage_goes_up_and_down() {
    check(|| {
        let a = string(100);
        assert_eq!(heap::usage(), 128);
        let b = string(5000);
        assert_eq!(heap::usage(), 128 + 8192);
        let c = string(3 << 20);
        assert!(heap::usage() > 3 << 20);
        assert!(heap::real_usage() >= (2 << 20) + (3 << 20));
        drop(c);
        assert_eq!(heap::real_usage(), 2 << 20);
        drop((a, b));
    });
    assert!(heap::peak_usage() > 3 << 20);
    assert!(heap::real_peak_usage() >= 5 << 20);
    heap::reset_peak_usage();
    assert!(heap::peak_usage() < 1 << 20);
}

#[test]
fn blocks_of_all_sizes() {
    check(|| {
        let mut kept = Vec::new();
        for round in 0..3 {
            for len in (2..4000).chain([5_000, 100_000, 2_093_000, 2_100_000, 5_000_000]) {
                let value = string(len);
                assert!(value.iter().all(|&b| b == b'x'));
                if len % 3 == round {
                    kept.push(value);
                }
            }
        }
        assert!(kept.iter().all(|s| s.iter().all(|&b| b == b'x')));
    });
}

#[test]
fn pages_are_used_again() {
    check(|| {
        for _ in 0..100 {
            let strings: Vec<_> = (1..40).map(|n| string(n * 10_000)).collect();
            drop(strings);
        }
    });
    assert!(heap::real_usage() <= 10 << 20, "{}", heap::real_usage());
}

#[test]
fn the_limit_is_soft() {
    heap::set_memory_limit(Some(4 << 20)).unwrap();
    assert_eq!(heap::memory_limit(), Some(4 << 20));
    let a = string(100);
    assert_eq!(heap::take_exceeded(), None);
    assert_eq!(heap::check_alloc(10 << 20).unwrap_err().tried, 10 << 20);
    let b = string(6 << 20);
    assert_ne!(heap::attention() & heap::ATTENTION_MEMORY, 0);
    let exceeded = heap::take_exceeded().unwrap();
    assert_eq!(exceeded.limit, 4 << 20);
    assert!(exceeded.tried >= 6 << 20);
    assert_eq!(heap::attention() & heap::ATTENTION_MEMORY, 0);
    assert!(heap::set_memory_limit(Some(3 << 20)).is_err());
    assert_eq!(exceeded.tried % 4096, 0);
    drop((a, b));
    heap::charge(5 << 20);
    assert_eq!(heap::usage(), 5 << 20);
    assert_eq!(heap::take_exceeded().unwrap().tried, 5 << 20);
    heap::discharge(5 << 20);
    assert_eq!(heap::usage(), 0);
    heap::charge(100);
    assert_eq!(heap::take_exceeded(), None);
    heap::discharge(100);
    heap::set_memory_limit(None).unwrap();
    assert_eq!(heap::memory_limit(), None);
    assert!(heap::check_alloc(1 << 40).is_ok());
    assert!(heap::check_alloc(usize::MAX).is_err());
}

#[test]
fn threads_have_heaps_of_their_own() {
    let here = string(1000);
    let usage = heap::usage();
    let threads: Vec<_> = (0..4)
        .map(|number| {
            std::thread::spawn(move || {
                let list = PhpArray::from_list((0..1000).map(|i| Value::str(format!("{number} {i}"))));
                assert_eq!(list.len(), 1000);
                let used = heap::usage();
                drop(list);
                assert_eq!(heap::usage(), 0);
                used
            })
        })
        .collect();
    for thread in threads {
        assert!(thread.join().unwrap() > 1000 * 32);
    }
    assert_eq!(heap::usage(), usage);
    drop(here);
}

#[test]
fn a_heap_without_live_blocks_can_be_given_back() {
    let a = string(100);
    assert!(!heap::live_blocks_released());
    drop(a);
    assert!(heap::live_blocks_released());
    assert_eq!(heap::real_usage(), 0);
    drop(string(100));
    if cfg!(not(feature = "system-heap")) {
        assert_eq!(heap::real_usage(), 2 << 20);
    }
}

#[test]
fn unused_memory_is_given_back() {
    let small: Vec<_> = (0..200_000).map(|_| string(40)).collect();
    let kept = string(40);
    let used = heap::real_usage();
    drop(small);
    if cfg!(not(feature = "system-heap")) {
        assert_eq!(heap::real_usage(), used, "small runs stay with their class");
        assert!(heap::trim() > used / 2);
    }
    assert!(heap::real_usage() <= 4 << 20);
    assert!(kept.iter().all(|&b| b == b'x'));
    // What is left on the free lists can be used.
    let again: Vec<_> = (0..50_000).map(|_| string(40)).collect();
    assert!(again.iter().all(|s| s.len() == 40));
    drop((again, kept));
    assert_eq!(heap::usage(), 0);

    // Chunks without any run become spare at once.
    let large: Vec<_> = (0..40).map(|_| string(1 << 20)).collect();
    assert!(heap::real_usage() >= 40 << 20);
    drop(large);
    assert!(heap::real_usage() <= 8 << 20, "{}", heap::real_usage());

    // Memory of small blocks is found when the limit is near.
    let small: Vec<_> = (0..100_000).map(|_| string(40)).collect();
    heap::set_memory_limit(Some(heap::real_usage())).unwrap();
    drop(small);
    let large: Vec<_> = (0..4).map(|_| string(1 << 20)).collect();
    if cfg!(not(feature = "system-heap")) {
        assert_eq!(heap::take_exceeded(), None);
    }
    heap::set_memory_limit(None).unwrap();
    drop(large);
}
