//! Machines that lack something: no files in memory, no second mapping, no room, no protection keys, no free slot. What is
//! still possible is as safe as ever, and what is not is an error.

mod common;

use std::io;
use std::sync::Arc;

use common::{End, Random, SEGV_ACCERR, child, deny, gates, poke};
use phalanx_shm::{Control, ControlOptions, GateKind, Heap, Segment, SegmentOptions};

const NO_MEMORY_FILE: (libc::c_long, i32) = (libc::SYS_memfd_create, libc::EINVAL);
const NO_SECOND_MAPPING: (libc::c_long, i32) = (libc::SYS_mremap, libc::EINVAL);

/// Uses a heap in a new segment, and looks at the protection of both views.
fn use_segment(gate: GateKind, executable: bool) {
    let segment = SegmentOptions::new(256 << 10).gate(gate).executable(executable).create().unwrap();
    let segment = Arc::new(segment);
    let control = Control::create(ControlOptions { ids: 64, slots: 4, locks: 2, claims: 2 }).unwrap();
    let heap = Heap::create(segment.clone(), control.clone(), 0).unwrap();
    let slot = control.register().unwrap();
    let mut random = Random(11);
    let mut blocks = Vec::new();
    {
        let window = segment.window();
        for fill in 0..200u8 {
            let mut block = heap.allocate(&slot, &window, 1 + random.next(900), 8).unwrap();
            window.bytes_mut(&mut block).fill(fill);
            blocks.push((heap.commit(&window, block), fill));
        }
    }
    for (address, fill) in blocks {
        let offset = segment.offset_of(address).unwrap();
        // SAFETY: the block is committed, and nobody retires it.
        let bytes = unsafe { segment.bytes(offset, heap.len_of(address)) };
        assert!(bytes.iter().all(|&byte| byte == fill));
    }
    heap.verify(&slot).unwrap();
    let (read, write) = (segment.at(64).addr(), segment.write_view_for_fault_tests() + 64);
    assert_eq!(child(|| poke(read)), End::Fault(SEGV_ACCERR), "{gate}");
    if gate == GateKind::Mprotect {
        assert_eq!(child(|| poke(write)), End::Fault(SEGV_ACCERR), "{gate}");
    }
    // A child shares the memory whatever it is made of.
    let shared = child(|| segment.window().store_release(heap.root(5), 5));
    assert_eq!(shared, End::Exit(0));
    assert_eq!(heap.root(5).load(std::sync::atomic::Ordering::Acquire), 5);
}

#[test]
fn segments_are_made_of_what_there_is() {
    for gate in gates() {
        for executable in [false, true] {
            for lacks in [&[NO_MEMORY_FILE][..], &[NO_SECOND_MAPPING], &[NO_MEMORY_FILE, NO_SECOND_MAPPING]] {
                let end = child(|| {
                    deny(lacks);
                    use_segment(gate, executable);
                });
                assert_eq!(end, End::Exit(0), "{gate}, executable: {executable}, without {lacks:?}");
            }
        }
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let end = child(|| {
        deny(&[NO_MEMORY_FILE, NO_SECOND_MAPPING, (libc::SYS_fallocate, libc::ENOSPC)]);
        let error = SegmentOptions::new(64 << 10).create().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{error}");
    });
    assert_eq!(end, End::Exit(0));
}

#[test]
fn a_file_that_cannot_be_had_is_an_error() {
    let end = child(|| {
        let no_open = [(libc::SYS_open, libc::EACCES), (libc::SYS_openat, libc::EACCES)];
        deny(&[&[NO_MEMORY_FILE, NO_SECOND_MAPPING], &no_open[..]].concat());
        let error = SegmentOptions::new(64 << 10).create().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied, "{error}");
        // The control region needs no second view.
        Control::create(ControlOptions::default()).unwrap().register().unwrap();
    });
    assert_eq!(end, End::Exit(0));
}

#[test]
fn a_sandbox_without_protection_keys_gets_the_next_gate() {
    for error in [libc::EPERM, libc::ENOSYS, libc::ENOSPC] {
        let end = child(|| {
            deny(&[(libc::SYS_pkey_alloc, error)]);
            assert!(!GateKind::Pkey.is_available());
            assert!(SegmentOptions::new(4096).gate(GateKind::Pkey).create().is_err());
            let segment = SegmentOptions::new(4096).gate(GateKind::Auto).create().unwrap();
            assert_eq!(segment.gate(), GateKind::Mprotect);
            use_segment(GateKind::Auto, false);
        });
        assert_eq!(end, End::Exit(0));
    }
    // The key may be had and the pages refuse it.
    let end = child(|| {
        deny(&[(libc::SYS_pkey_mprotect, libc::EPERM)]);
        assert!(SegmentOptions::new(4096).gate(GateKind::Pkey).create().is_err());
        use_segment(GateKind::Auto, false);
    });
    assert_eq!(end, End::Exit(0));
}

#[test]
fn an_address_space_that_is_too_small_is_an_error() {
    let end = child(|| {
        let limit = libc::rlimit { rlim_cur: 1 << 30, rlim_max: 1 << 30 };
        // SAFETY: limits this process, the child.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) }, 0);
        for executable in [false, true] {
            let error = SegmentOptions::new(2 << 30).executable(executable).create().unwrap_err();
            assert!(
                matches!(error.kind(), io::ErrorKind::OutOfMemory | io::ErrorKind::StorageFull),
                "{error}"
            );
        }
        assert!(Control::create(ControlOptions { ids: 1 << 24, ..Default::default() }).is_err());
        use_segment(GateKind::Auto, false);
    });
    assert_eq!(end, End::Exit(0));
}

fn whole_heap(segment: Segment) {
    let control = Control::create(ControlOptions { ids: 64, slots: 4, locks: 1, claims: 1 }).unwrap();
    let heap = Heap::create(Arc::new(segment), control.clone(), 0).unwrap();
    let slot = control.register().unwrap();
    let window = heap.segment().window();
    let total = heap.segment().len();
    let largest =
        (1..).map(|n| total - n * (total / 64)).find_map(|len| heap.allocate(&slot, &window, len, 64).ok());
    let mut block = largest.unwrap();
    assert!(block.len() > total / 100 * 90, "{} of {total}", block.len());
    let len = block.len();
    let bytes = window.bytes_mut(&mut block);
    (bytes[0], bytes[len - 1]) = (1, 2);
    let address = heap.commit(&window, block);
    let offset = heap.segment().offset_of(address).unwrap();
    // SAFETY: the block is committed, and nobody retires it.
    let ends = unsafe { (heap.segment().bytes(offset, 1)[0], heap.segment().bytes(offset + len - 1, 1)[0]) };
    assert_eq!(ends, (1, 2));
    assert!(heap.allocate(&slot, &window, total / 8, 1).is_err());
    heap.verify(&slot).unwrap();
}

#[test]
fn small_and_large_segments_are_used_to_the_end() {
    for gate in gates() {
        for len in [64 << 10, 8 << 20, 2 << 30] {
            whole_heap(SegmentOptions::new(len).gate(gate).create().unwrap());
        }
    }
    let tiny = Arc::new(SegmentOptions::new(1).create().unwrap());
    let control = Control::create(ControlOptions::default()).unwrap();
    let refused = Heap::create(Arc::new(SegmentOptions::new(1 << 38).create().unwrap()), control.clone(), 0);
    assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::InvalidInput, "more than positions can name");
    let heap = Heap::create(tiny, control, 0).unwrap();
    let slot = heap.control().register().unwrap();
    assert!(heap.allocate(&slot, &heap.segment().window(), 4096, 1).is_err());
}

#[test]
fn senseless_sizes_are_refused() {
    for len in [0, usize::MAX, usize::MAX - 4096] {
        assert!(SegmentOptions::new(len).create().is_err(), "{len}");
    }
    let good = ControlOptions::default();
    let bad = [
        ControlOptions { ids: 0, ..good },
        ControlOptions { slots: 0, ..good },
        ControlOptions { slots: 4096, ..good },
        ControlOptions { locks: 0, ..good },
        ControlOptions { ids: u32::MAX, slots: 4095, ..good },
    ];
    for options in bad {
        assert!(Control::create(options).is_err(), "{options:?}");
    }
}

#[test]
fn a_thread_too_many_is_refused_until_another_leaves() {
    let control = Control::create(ControlOptions { slots: 3, ..Default::default() }).unwrap();
    let mut slots: Vec<_> = (0..3).map(|_| control.register().unwrap()).collect();
    assert_eq!(control.register().unwrap_err().kind(), io::ErrorKind::QuotaExceeded);
    slots.pop();
    assert!(control.register().is_ok());
}
