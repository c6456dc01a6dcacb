//! What the basic operations cost: `cargo bench -p phalanx-shm --bench basics`. One line each, nanoseconds, medians.
//! `cargo xtask bench shm` makes a table of them.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use phalanx_shm::{Control, ControlOptions, GateKind, Heap, SegmentOptions};

/// Runs `work` in batches and prints the median time of one run.
fn measure(name: &str, batch: u32, mut work: impl FnMut()) {
    let mut times: Vec<f64> = (0..21)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..batch {
                work();
            }
            start.elapsed().as_nanos() as f64 / f64::from(batch)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name:<58} {:>10.1} ns", times[times.len() / 2]);
}

const LEN: usize = 128 << 20;

/// What each write costs where protection is changed around it: two calls for the whole of a mapping that is in use.
fn bare_mprotect() {
    let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
    // SAFETY: a new mapping replaces nothing.
    let address = unsafe { libc::mmap(std::ptr::null_mut(), LEN, protection, flags, -1, 0) };
    assert_ne!(address, libc::MAP_FAILED);
    let protect = |protection| {
        // SAFETY: the mapping is ours, and nothing refers to it.
        assert_eq!(unsafe { libc::mprotect(address, LEN, protection) }, 0);
    };
    let store = |offset: usize| {
        // SAFETY: inside of the mapping, which is writable now.
        unsafe { address.cast::<u8>().add(offset).write_volatile(1) };
    };
    (0..LEN).step_by(4096).for_each(store);
    measure("bare mprotect pair of 128 MB + store", 50, || {
        protect(libc::PROT_READ | libc::PROT_WRITE);
        store(64);
        protect(libc::PROT_READ);
    });
    // SAFETY: the mapping is ours.
    unsafe { libc::munmap(address, LEN) };
}

fn main() {
    bare_mprotect();
    for gate in [GateKind::Pkey, GateKind::Mprotect, GateKind::Open] {
        let Ok(segment) = SegmentOptions::new(LEN).gate(gate).create() else {
            println!("SKIPPED for the {gate} gate: not available on this machine");
            continue;
        };
        let control = Control::create(ControlOptions::default()).unwrap();
        let heap = Heap::create(Arc::new(segment), control.clone(), 0).unwrap();
        let slot = control.register().unwrap();
        let batch = if gate == GateKind::Mprotect { 500 } else { 100_000 };
        // Every page exists and is in the page tables of the read view.
        {
            let window = heap.segment().window();
            for page in (1 << 20..heap.segment().len()).step_by(4096) {
                // SAFETY: nothing else uses these bytes yet, and the heap writes headers before it reads any.
                unsafe { window.write(heap.segment().at(page).cast::<u64>(), 0) };
                // SAFETY: as above.
                black_box(unsafe { heap.segment().bytes(page, 1) });
            }
        }
        measure(&format!("{gate}: window open + store + close"), batch, || {
            let window = heap.segment().window();
            window.store_release(heap.root(3), black_box(1));
        });
        let outer = heap.segment().window();
        measure(&format!("{gate}: nested window open + store + close"), 100_000, || {
            let window = heap.segment().window();
            window.store_release(heap.root(3), black_box(1));
        });
        measure(&format!("{gate}: allocate + free 1000 bytes, window open"), 20_000, || {
            let block = heap.allocate(&slot, &outer, 1000, 16).unwrap();
            heap.free(&slot, &outer, block);
        });
    }
    let control = Control::create(ControlOptions::default()).unwrap();
    let slot = control.register().unwrap();
    let publication = AtomicU64::new(101);
    let id_of = |value: u64| (value as u32).checked_sub(1);
    measure("pin + unpin", 100_000, || {
        slot.pin(black_box(100));
        slot.unpin(black_box(100));
    });
    measure("read a publication + release", 100_000, || {
        black_box(slot.read(&publication, id_of));
        slot.release_all();
    });
    slot.pin(100);
    measure("read a publication that is pinned already", 100_000, || {
        black_box(slot.read(&publication, id_of));
    });
    measure("note a use", 100_000, || slot.note_use(black_box(100), 1));
    measure("end of a request without pins", 100_000, || {
        slot.pin(100);
        black_box(slot.release_all());
    });
    let _others: Vec<_> = (0..63).map(|_| control.register().unwrap()).collect();
    measure("is pinned, 64 slots", 10_000, || {
        black_box(control.is_pinned(5));
    });
}
