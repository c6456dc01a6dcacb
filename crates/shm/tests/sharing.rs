//! Several processes and threads share a heap, and some of them are killed.

mod common;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use common::shelves::{SHELVES, publish_at_random, read, records};
use common::{End, Random, apart, child, gates, heap, stress, wait};
use phalanx_shm::{Claim, Control, ControlOptions, Forked, GateKind, Heap, Slot, enter_thread};

/// Publishing and reading in several threads at once: every read sees a whole block.
#[test]
fn readers_see_whole_blocks_while_writers_replace_them() {
    for gate in gates() {
        let end = apart(|| {
            let heap = heap(256 << 10, gate);
            let slot = heap.control().register().unwrap();
            let records = records(&heap, &slot);
            let rounds = if gate == GateKind::Mprotect { 300 } else { 3000 } * stress();
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
    // All begin at once, or each would be done before the next one comes.
    {
        let _guard = slot.lock(3);
        window.store_relaxed(heap.root(1), heap.root(1).load(Ordering::Relaxed) + 1);
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    while heap.root(1).load(Ordering::Relaxed) < 7 && Instant::now() < deadline {
        std::thread::yield_now();
    }
    for round in 0..2000 {
        let _guard = slot.lock(3);
        let seen = heap.root(0).load(Ordering::Relaxed);
        // Now and then somebody else's turn comes between the two.
        if round % 50 == 0 {
            std::thread::yield_now();
        }
        window.store_relaxed(heap.root(0), seen + 1);
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
