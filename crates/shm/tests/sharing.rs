//! Several processes and threads share a heap, and some of them are killed.

mod common;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use common::{End, Random, child, gates, heap, wait};
use phalanx_shm::{BlockState, Claim, Control, ControlOptions, Forked, GateKind, Heap, Slot, enter_thread};

/// How often the tests that kill do it. `PHALANX_SHM_KILLS=500` for a long run.
fn kills() -> usize {
    std::env::var("PHALANX_SHM_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(40)
}

const SHELVES: usize = 12;

/// A publication names an id and a version. The block of id `i` holds its address in the segment at record `i`.
fn id_of(value: u64) -> Option<u32> {
    (value as u32).checked_sub(1)
}

/// Replaces what is published at random, for ever. Each block says its length, and is filled with what depends on it.
///
/// Shelf s owns the ids 2s and 2s+1, which take turns; only who holds lock 1 publishes.
fn publish_at_random(heap: &Heap, slot: &Slot, records: usize, random: &mut Random) {
    let shelf = random.next(SHELVES);
    let len = 16 + random.next(3000);
    let window = heap.segment().window();
    let _turn = slot.lock(1);
    let word = heap.root(shelf);
    let old = word.load(Ordering::Acquire);
    let id = match id_of(old) {
        Some(id) => id ^ 1,
        None => shelf as u32 * 2,
    };
    // The other id of the shelf may still be in use by its last readers, or left behind by somebody who died.
    if heap.control().is_pinned(id) {
        return;
    }
    let Ok(mut block) = heap.allocate(slot, &window, len, 16) else {
        heap.reclaim(slot, &window);
        return;
    };
    let bytes = window.bytes_mut(&mut block);
    let fill = random.next(256) as u8;
    bytes.fill(fill);
    bytes[..8].copy_from_slice(&(len as u64).to_le_bytes());
    let address = heap.commit(&window, block);
    let record = record(heap, records, id);
    window.store_release(record, heap.segment().offset_of(address).unwrap() as u64);
    window.store_release(word, (old >> 32).wrapping_add(1) << 32 | u64::from(id + 1));
    if let Some(old_id) = id_of(old) {
        // Readers who have the old id pinned still look at its record, so that stays as it is.
        let old_offset = self::record(heap, records, old_id).load(Ordering::Acquire) as usize;
        // SAFETY: the publication names the other id now, and readers pin what they read.
        unsafe { heap.retire(slot, &window, heap.segment().at(old_offset), old_id) };
    }
    if random.next(4) == 0 {
        heap.reclaim(slot, &window);
    }
}

fn record(heap: &Heap, records: usize, id: u32) -> &AtomicU64 {
    // SAFETY: the block of records lives as long as the heap and holds only these.
    unsafe { heap.segment().shared(records + id as usize * 8) }
}

/// Reads what is published and checks it.
fn read(heap: &Heap, slot: &Slot, records: usize, shelf: usize) -> bool {
    let Some(pinned) = slot.read(heap.root(shelf), id_of) else { return false };
    let id = id_of(pinned.value).unwrap();
    let offset = record(heap, records, id).load(Ordering::Acquire) as usize;
    // SAFETY: the id is pinned, so the block stays as it is.
    let bytes = unsafe { heap.segment().bytes(offset, 16) };
    let len = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    assert!((16..4096).contains(&len), "{len}");
    // SAFETY: as above.
    let bytes = unsafe { heap.segment().bytes(offset, len) };
    assert!(bytes[8..].iter().all(|&b| b == bytes[8]), "a block has changed under its reader");
    if pinned.new {
        slot.unpin(id);
    }
    true
}

/// Allocates the records.
fn records(heap: &Heap, slot: &Slot) -> usize {
    let window = heap.segment().window();
    let mut block = heap.allocate(slot, &window, SHELVES * 2 * 8, 64).unwrap();
    window.bytes_mut(&mut block).fill(0);
    heap.segment().offset_of(heap.commit(&window, block)).unwrap()
}

/// Publishing and reading in several threads at once: every read sees a whole block.
#[test]
fn readers_see_whole_blocks_while_writers_replace_them() {
    for gate in gates() {
        let end = child(|| {
            let heap = heap(256 << 10, gate);
            let slot = heap.control().register().unwrap();
            let records = records(&heap, &slot);
            let rounds = if gate == GateKind::Mprotect { 300 } else { 3000 };
            std::thread::scope(|scope| {
                for thread in 0..6 {
                    let heap = &heap;
                    scope.spawn(move || {
                        enter_thread();
                        let slot = heap.control().register().unwrap();
                        let mut random = Random(77 + thread);
                        for _ in 0..rounds {
                            if thread % 3 == 0 {
                                publish_at_random(heap, &slot, records, &mut random);
                            } else {
                                for _ in 0..5 {
                                    read(heap, &slot, records, random.next(SHELVES));
                                }
                            }
                        }
                    });
                }
            });
            let window = heap.segment().window();
            heap.reclaim(&slot, &window);
            heap.verify(&slot).unwrap();
            // All that is left is one block for each shelf and the records.
            let published = (0..SHELVES).filter(|&shelf| read(&heap, &slot, records, shelf)).count();
            assert_eq!(heap.stats().blocks, published + 1);
        });
        assert_eq!(end, End::Exit(0), "{gate}");
    }
}

/// Processes are killed at random instants while they publish. The others go on, everything that is published is whole,
/// and in the end nothing has leaked.
#[test]
fn processes_killed_at_any_instant_leave_the_heap_whole() {
    for gate in gates() {
        let heap = heap(256 << 10, gate);
        let slot = heap.control().register().unwrap();
        let records = records(&heap, &slot);
        let mut random = Random(4711);
        for round in 0..kills() {
            // SAFETY: the child uses the heap only, whose locks are made for this.
            let pid = unsafe { libc::fork() };
            if pid == 0 {
                let own = heap.control().register().unwrap();
                let mut random = Random(round as u64 + 1);
                loop {
                    publish_at_random(&heap, &own, records, &mut random);
                    read(&heap, &own, records, random.next(SHELVES));
                }
            }
            std::thread::sleep(Duration::from_micros(200 + random.next(4000) as u64));
            // SAFETY: the child is ours.
            unsafe { libc::kill(pid, libc::SIGKILL) };
            // Half of the time the dead are found before they are buried.
            let buried = random.next(2) == 0;
            if buried {
                assert_eq!(wait(pid), End::Signal(libc::SIGKILL));
            }
            for _ in 0..3 {
                publish_at_random(&heap, &slot, records, &mut random);
            }
            for shelf in 0..SHELVES {
                read(&heap, &slot, records, shelf);
            }
            heap.verify(&slot).unwrap();
            if !buried {
                assert_eq!(wait(pid), End::Signal(libc::SIGKILL));
            }
            heap.control().reap();
            assert_eq!(heap.control().registered().len(), 1, "a dead process still has a slot");
        }
        assert_eq!(heap.control().pins(), 0);
        // Asking for too much makes the heap look for what the dead have left.
        let window = heap.segment().window();
        std::thread::sleep(Duration::from_millis(120));
        assert!(heap.allocate(&slot, &window, heap.segment().len(), 1).is_err());
        heap.verify(&slot).unwrap();
        let private = heap.blocks(&slot).iter().filter(|b| b.state == BlockState::Private).count();
        assert_eq!(private, 0, "unpublished blocks of dead processes are still there");
    }
}

/// The holder of a lock dies: the next one gets it, is told so, and does not wait for the funeral.
#[test]
fn a_lock_passes_from_a_killed_process_to_the_next() {
    let control = Control::create(ControlOptions::default()).unwrap();
    let slot = control.register().unwrap();
    // SAFETY: the child uses the control region only.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let own = control.register().unwrap();
        let _lock = own.lock(2);
        loop {
            std::thread::sleep(Duration::from_secs(1));
        }
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    while slot.try_lock(2).is_some() {
        assert!(Instant::now() < deadline);
        std::thread::yield_now();
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let other = control.register().unwrap();
            let guard = other.lock(2);
            assert!(guard.recovered());
        });
        std::thread::sleep(Duration::from_millis(30));
        // SAFETY: the child is ours.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    });
    assert!(!slot.lock(2).recovered());
    assert_eq!(wait(pid), End::Signal(libc::SIGKILL));
}

#[test]
fn a_lock_of_a_thread_that_has_ended_is_free_for_others() {
    let control = Control::create(ControlOptions::default()).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let slot = control.register().unwrap();
            std::mem::forget(slot.lock(0));
            std::mem::forget(slot.claim(5, || false));
        });
    });
    let slot = control.register().unwrap();
    assert!(slot.lock(0).recovered());
    assert!(matches!(slot.claim(5, || false), Claim::Mine(guard) if guard.recovered()));
}

#[test]
fn locking_twice_in_one_thread_panics_instead_of_hanging() {
    let control = Control::create(ControlOptions::default()).unwrap();
    let slot = control.register().unwrap();
    let _first = slot.lock(0);
    let again = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(slot.lock(0))));
    assert!(again.is_err());
}

/// A lock really excludes, over threads of several processes.
#[test]
fn a_lock_excludes() {
    let heap = heap(64 << 10, GateKind::Open);
    let slot = heap.control().register().unwrap();
    let children: Vec<_> = (0..3)
        .map(|_| {
            // SAFETY: the child uses heap and control region only.
            let pid = unsafe { libc::fork() };
            if pid == 0 {
                std::thread::scope(|scope| {
                    for _ in 0..2 {
                        scope.spawn(|| add_under_lock(&heap, &heap.control().register().unwrap()));
                    }
                });
                // SAFETY: ends the child.
                unsafe { libc::_exit(0) };
            }
            pid
        })
        .collect();
    add_under_lock(&heap, &slot);
    children.into_iter().for_each(|pid| assert_eq!(wait(pid), End::Exit(0)));
    assert_eq!(heap.root(0).load(Ordering::Relaxed), 7 * 2000);
}

fn add_under_lock(heap: &Heap, slot: &Slot) {
    let window = heap.segment().window();
    for _ in 0..2000 {
        let _guard = slot.lock(3);
        window.store_relaxed(heap.root(0), heap.root(0).load(Ordering::Relaxed) + 1);
    }
}

/// A child that goes on in the middle of a request keeps what its parent had pinned, whatever the parent does.
#[test]
fn a_forked_child_has_its_parents_pins() {
    let control = Control::create(ControlOptions::default()).unwrap();
    let slot = control.register().unwrap();
    slot.pin(3);
    slot.pin(700);
    // SAFETY: the child uses its slot only.
    match unsafe { slot.fork() }.unwrap() {
        Forked::Child => {
            std::thread::sleep(Duration::from_millis(100));
            let kept = slot.pins() == [3, 700] && slot.has_pinned(3) && control.registered().len() == 2;
            // SAFETY: ends the child, with its pins set.
            unsafe { libc::_exit(i32::from(!kept)) };
        }
        Forked::Parent(pid) => {
            assert_eq!(slot.release_all(), 2);
            assert!(control.is_pinned(3) && control.is_pinned(700), "the child has lost its pins");
            assert_eq!(wait(pid), End::Exit(0));
            assert_eq!(control.reap(), 1);
            assert!(!control.is_pinned(3) && !control.is_pinned(700));
        }
    }
}

/// A child that was made by a plain fork gets a slot of its own when it first uses the parent's, and never touches that one.
#[test]
fn a_plain_fork_leaves_the_parents_slot_alone() {
    let control = Control::create(ControlOptions::default()).unwrap();
    let slot = control.register().unwrap();
    slot.pin(3);
    let slot = std::mem::ManuallyDrop::new(slot);
    let lock = std::mem::ManuallyDrop::new(slot.lock(1));
    let untouched = child(|| {
        // SAFETY: the only drops in this process, the child.
        drop(unsafe { std::ptr::read(&raw const *lock) });
        // SAFETY: as above.
        drop(unsafe { std::ptr::read(&raw const *slot) });
    });
    assert_eq!(untouched, End::Exit(0));
    assert!(control.is_pinned(3) && slot.has_pinned(3));
    let used = child(|| {
        slot.pin(4);
        assert!(slot.has_pinned(3) && control.registered().len() == 2);
        slot.release_all();
        assert!(control.is_pinned(3), "the parent's pin is gone");
        assert!(slot.try_lock(1).is_none(), "the parent's lock is gone");
    });
    assert_eq!(used, End::Exit(0));
    assert!(control.is_pinned(3) && !control.is_pinned(4));
    drop(std::mem::ManuallyDrop::into_inner(lock));
    drop(std::mem::ManuallyDrop::into_inner(slot));
    assert!(!control.is_pinned(3));
}

#[test]
fn a_fork_without_a_free_slot_is_refused() {
    let control = Control::create(ControlOptions { slots: 1, ..Default::default() }).unwrap();
    let slot = control.register().unwrap();
    assert!(control.register().is_err());
    // SAFETY: the child ends at once.
    assert!(unsafe { slot.fork() }.is_err());
    slot.pin(1);
    assert!(control.is_pinned(1));
    drop(slot);
    assert!(control.register().is_ok());
}

/// Work that many ask for is done once, even if the one who does it is killed over it.
#[test]
fn claimed_work_is_done_once_and_survives_death() {
    let heap = heap(64 << 10, GateKind::Open);
    // SAFETY: the child uses heap and control region only.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let slot = heap.control().register().unwrap();
        let _claim = slot.claim(9, || false);
        heap.segment().window().store_release(heap.root(1), 1);
        loop {
            std::thread::sleep(Duration::from_secs(1));
        }
    }
    while heap.root(1).load(Ordering::Acquire) == 0 {
        std::thread::yield_now();
    }
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let slot = heap.control().register().unwrap();
                loop {
                    match slot.claim(9, || heap.root(0).load(Ordering::Acquire) != 0) {
                        Claim::Done => return,
                        Claim::Underway => slot.wait_for_claim(9),
                        Claim::Mine(guard) => {
                            assert!(guard.recovered() && slot.claims_held() == 1);
                            let window = heap.segment().window();
                            window.store_release(heap.root(0), heap.root(0).load(Ordering::Acquire) + 1);
                        }
                    }
                }
            });
        }
        std::thread::sleep(Duration::from_millis(20));
        // SAFETY: the child is ours.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    });
    assert_eq!(heap.root(0).load(Ordering::Acquire), 1);
    assert_eq!(wait(pid), End::Signal(libc::SIGKILL));
}

/// Pinning, reading, counting and unpinning make no system call: in the kernel's strictest mode, where each one but read,
/// write and exit is death, they go on. Nor do windows, except under `mprotect`.
#[test]
fn requests_make_no_system_call() {
    for gate in gates() {
        let heap = heap(64 << 10, gate);
        let slot = heap.control().register().unwrap();
        let records = records(&heap, &slot);
        let mut random = Random(5);
        for _ in 0..50 {
            publish_at_random(&heap, &slot, records, &mut random);
        }
        drop(slot);
        let end = child(|| {
            let slot = heap.control().register().unwrap();
            for id in 0..100 {
                slot.pin(id);
            }
            slot.release_all();
            // SAFETY: restricts this process, the child.
            assert_eq!(unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_STRICT) }, 0);
            for round in 0..100 {
                for shelf in 0..SHELVES {
                    read(&heap, &slot, records, shelf);
                }
                for id in 0..100 {
                    slot.pin(id);
                    slot.note_use(id, round);
                }
                slot.count(0, 1);
                slot.release_all();
                if gate != GateKind::Mprotect {
                    heap.segment().window().store_release(heap.root(15), 1);
                }
            }
            // SAFETY: exit is the one way out of strict mode, and exit_group is not.
            unsafe { libc::syscall(libc::SYS_exit, 0) };
        });
        assert_eq!(end, End::Exit(0), "{gate}");
    }
}

#[test]
fn counters_and_uses_outlive_their_threads() {
    let control = Control::create(ControlOptions::default()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4u32 {
            let control = &control;
            scope.spawn(move || {
                let slot = control.register().unwrap();
                slot.count(2, 10);
                slot.note_use(6, 100 + thread);
                slot.note_use(6, 100 + thread);
            });
        }
    });
    assert_eq!(control.counter(2), 40);
    assert_eq!(control.uses(6).count, 8);
    assert_eq!(control.uses(6).stamp, 103);
    assert_eq!(control.uses(7).count, 0);
    assert!(control.registered().is_empty());
}
