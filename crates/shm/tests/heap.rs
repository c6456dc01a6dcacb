//! The allocator: contents stay intact, everything that is freed comes back, pinned blocks stay.

use std::sync::Arc;

use phalanx_shm::{Block, BlockState, Control, ControlOptions, GateKind, Heap, SegmentOptions};

fn heap(len: usize, gate: GateKind) -> Heap {
    let segment = SegmentOptions::new(len).gate(gate).create().unwrap();
    let control = Control::create(ControlOptions { ids: 128, slots: 8, locks: 2, claims: 4 }).unwrap();
    Heap::create(Arc::new(segment), control, 0).unwrap()
}

struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

#[test]
fn random_blocks_keep_their_bytes_and_come_back_whole() {
    let heap = heap(1 << 20, GateKind::Open);
    let slot = heap.control().register().unwrap();
    let window = heap.segment().window();
    let empty = heap.stats();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut live: Vec<(Block<'_>, u8)> = Vec::new();
    let mut failures = 0;
    for round in 0..20_000 {
        if random.next(100) < 55 {
            let len = if random.next(10) == 0 { random.next(100_000) } else { random.next(600) };
            let align = 1 << random.next(10);
            match heap.allocate(&slot, &window, len, align) {
                Ok(mut block) => {
                    assert!(block.address().addr().is_multiple_of(align) && block.len() == len);
                    let fill = round as u8;
                    window.bytes_mut(&mut block).fill(fill);
                    live.push((block, fill));
                }
                Err(_) => failures += 1,
            }
        } else if !live.is_empty() {
            let (mut block, fill) = live.swap_remove(random.next(live.len()));
            assert!(window.bytes_mut(&mut block).iter().all(|&b| b == fill));
            heap.free(&slot, &window, block);
        }
        if round % 500 == 0 {
            heap.verify(&slot).unwrap();
        }
    }
    assert!(failures > 0, "the test never filled the heap");
    for (mut block, fill) in live.drain(..) {
        assert!(window.bytes_mut(&mut block).iter().all(|&b| b == fill));
        heap.free(&slot, &window, block);
    }
    heap.verify(&slot).unwrap();
    assert_eq!(heap.stats(), empty);
    assert_eq!(heap.blocks(&slot).len(), 1);
}

#[test]
fn a_retired_block_stays_until_nobody_pins_its_id() {
    let heap = heap(64 << 10, GateKind::Mprotect);
    let control = heap.control();
    let (writer, reader) = (control.register().unwrap(), control.register().unwrap());
    let window = heap.segment().window();
    let empty = heap.stats();
    let mut block = heap.allocate(&writer, &window, 100, 8).unwrap();
    window.bytes_mut(&mut block).fill(7);
    let address = heap.commit(&window, block);
    assert_eq!(heap.len_of(address), 100);
    reader.pin(5);
    // SAFETY: nobody but this test knows the block.
    unsafe { heap.retire(&writer, &window, address, 5) };
    assert!(heap.has_retired());
    assert_eq!(heap.reclaim(&writer, &window).waiting, 1);
    assert!(heap.blocks(&writer).iter().any(|b| b.state == BlockState::Retired(5)));
    assert!(heap.stats().retired > 0);
    let offset = heap.segment().offset_of(address).unwrap();
    // SAFETY: the block is pinned.
    assert_eq!(unsafe { heap.segment().bytes(offset, 100) }, [7; 100]);
    reader.unpin(5);
    assert_eq!(heap.reclaim(&writer, &window).blocks, 1);
    assert!(!heap.has_retired());
    assert_eq!(heap.stats(), empty);
    heap.verify(&writer).unwrap();
}

#[test]
fn a_full_heap_takes_retired_blocks_back_by_itself() {
    let heap = heap(64 << 10, GateKind::Open);
    let slot = heap.control().register().unwrap();
    let window = heap.segment().window();
    for id in 0..100 {
        let block = heap.allocate(&slot, &window, 40_000, 64).unwrap();
        let address = heap.commit(&window, block);
        // SAFETY: nobody but this test knows the block.
        unsafe { heap.retire(&slot, &window, address, id) };
    }
    assert_eq!(heap.stats().blocks, 1);
    assert!(heap.allocate(&slot, &window, 70_000, 1).is_err());
    assert!(heap.allocate(&slot, &window, usize::MAX, 1).is_err());
    heap.verify(&slot).unwrap();
}

#[test]
fn what_a_thread_never_published_is_freed_after_its_end() {
    let heap = heap(64 << 10, GateKind::Open);
    let slot = heap.control().register().unwrap();
    let window = heap.segment().window();
    let empty = heap.stats();
    {
        let leaver = heap.control().register().unwrap();
        let _private = heap.allocate(&leaver, &window, 20_000, 1).unwrap();
        let _another = heap.allocate(&leaver, &window, 20_000, 1).unwrap();
    }
    let large = heap.allocate(&slot, &window, 50_000, 1).unwrap();
    heap.free(&slot, &window, large);
    heap.verify(&slot).unwrap();
    assert_eq!(heap.stats(), empty);
}

/// Its user is told of each block before it is free, and of none by an allocation that is short of memory.
#[test]
fn what_is_reclaimed_by_hand_is_told_of() {
    let heap = heap(64 << 10, GateKind::Open).reclaimed_by_hand();
    let control = heap.control();
    let (writer, reader) = (control.register().unwrap(), control.register().unwrap());
    let window = heap.segment().window();
    let empty = heap.stats();
    let commit = |len, mark| {
        let block = heap.allocate(&writer, &window, len, 32).unwrap();
        heap.commit_with_mark(&window, block, mark)
    };
    let (pinned, unpinned, other) = (commit(10_000, 5), commit(20_000, 6), commit(20_000, 7));
    reader.pin(3);
    // SAFETY: nobody reads the blocks.
    unsafe {
        heap.retire(&writer, &window, pinned, 3);
        heap.retire(&writer, &window, unpinned, 4);
    }
    assert_eq!(heap.len_of(unpinned), 20_000);
    assert!(heap.allocate(&writer, &window, 20_000, 1).is_err());
    let mut told = Vec::new();
    let reclaimed =
        heap.reclaim_with(&writer, &window, |block| told.push((block.mark, block.len, block.state)));
    assert_eq!(told, [(6, 20_000, BlockState::Retired(4))]);
    assert_eq!((reclaimed.blocks, reclaimed.waiting), (1, 1));
    // SAFETY: nobody reads the block.
    unsafe { heap.free_committed(&writer, &window, other) };
    reader.release_all();
    heap.reclaim_with(&writer, &window, |block| told.push((block.mark, block.len, block.state)));
    assert_eq!(told[1..], [(5, 10_000, BlockState::Retired(3))]);
    heap.verify(&writer).unwrap();
    assert_eq!(heap.stats(), empty);
}
