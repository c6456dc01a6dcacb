//! Writes without a window die, writes inside one never do: each invariant of the gates, in child processes.

mod common;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use common::{End, Random, SEGV_ACCERR, SEGV_PKUERR, announce, child, gates, poke, stress};
use phalanx_shm::{GateKind, Segment, SegmentOptions, enter_thread, open_windows};

fn segment(gate: GateKind) -> Segment {
    SegmentOptions::new(64 << 10).gate(gate).create().unwrap()
}

/// What a write through the write view without a window leads to.
fn closed(gate: GateKind) -> End {
    match gate {
        GateKind::Pkey => End::Fault(SEGV_PKUERR),
        GateKind::Mprotect => End::Fault(SEGV_ACCERR),
        _ => End::Exit(0),
    }
}

fn word(segment: &Segment, index: usize) -> &AtomicU64 {
    // SAFETY: the segments of this file hold zeros, and these tests access them as atomics only.
    unsafe { segment.shared(index * 8) }
}

#[test]
fn a_write_through_the_read_view_faults() {
    for executable in [false, true] {
        for gate in gates() {
            let segment = SegmentOptions::new(8192).gate(gate).executable(executable).create().unwrap();
            let address = segment.at(64).addr();
            assert_eq!(child(|| poke(address)), End::Fault(SEGV_ACCERR), "{gate}");
            let inside = child(|| {
                let _window = segment.window();
                poke(address);
            });
            assert_eq!(inside, End::Fault(SEGV_ACCERR), "{gate}, inside of a window");
        }
    }
}

#[test]
fn a_write_through_the_write_view_without_a_window_faults() {
    for executable in [false, true] {
        for gate in gates() {
            let segment = SegmentOptions::new(8192).gate(gate).executable(executable).create().unwrap();
            let address = segment.write_view_for_fault_tests() + 64;
            assert_eq!(child(|| poke(address)), closed(gate), "{gate}, before any window");
            let after = child(|| {
                let outer = segment.window();
                let inner = segment.window();
                poke(address);
                drop(outer);
                poke(address);
                drop(inner);
                poke(address);
            });
            assert_eq!(after, closed(gate), "{gate}, after windows");
            assert_eq!(child(|| poke(address)), closed(gate), "{gate}, in another process");
            let inside = child(|| {
                let _window = segment.window();
                poke(address);
            });
            assert_eq!(inside, End::Exit(0), "{gate}, inside of a window");
        }
    }
}

#[test]
fn a_fault_kills_a_process_that_does_not_handle_it() {
    let segment = segment(GateKind::Mprotect);
    let address = segment.write_view_for_fault_tests();
    let end = child(|| {
        // SAFETY: back to what a process starts with.
        unsafe { libc::signal(libc::SIGSEGV, libc::SIG_DFL) };
        poke(address);
    });
    assert_eq!(end, End::Signal(libc::SIGSEGV));
}

/// Under `pkey` a window opens nothing for other threads. Under `mprotect` it does, and closes again for all.
#[test]
fn the_window_of_another_thread() {
    for gate in gates() {
        let segment = segment(gate);
        let address = segment.write_view_for_fault_tests();
        let while_open = child(|| {
            with_window_elsewhere(&segment, || poke(address));
        });
        let expected = if gate == GateKind::Pkey { End::Fault(SEGV_PKUERR) } else { End::Exit(0) };
        assert_eq!(while_open, expected, "{gate}, while another thread holds one");
        let after = child(|| {
            with_window_elsewhere(&segment, || ());
            poke(address);
        });
        assert_eq!(after, closed(gate), "{gate}, after another thread held one");
    }
}

/// Runs `work` here while another thread holds a window.
fn with_window_elsewhere(segment: &Segment, work: impl FnOnce()) {
    let (opened, done) = (Barrier::new(2), Barrier::new(2));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let window = segment.window();
            opened.wait();
            done.wait();
            drop(window);
        });
        opened.wait();
        work();
        done.wait();
    });
}

/// What one thread does with its windows changes nothing for another one that holds some.
#[test]
fn closing_a_window_leaves_those_of_other_threads_open() {
    for gate in gates() {
        let segment = segment(gate);
        let end = child(|| {
            let outer = segment.window();
            let inner = segment.window();
            for value in 1..100 {
                std::thread::scope(|scope| {
                    scope.spawn(|| {
                        enter_thread();
                        let windows = (segment.window(), segment.window());
                        windows.0.store_release(word(&segment, 1), value);
                        drop(windows);
                    });
                });
                inner.store_release(word(&segment, 2), value);
                assert_eq!(word(&segment, 1).load(Ordering::Acquire), value);
            }
            drop(outer);
            inner.store_release(word(&segment, 2), 0);
        });
        assert_eq!(end, End::Exit(0), "{gate}");
    }
}

#[test]
fn a_thread_that_is_started_in_a_window_has_no_rights() {
    for gate in gates().filter(|&gate| gate == GateKind::Pkey) {
        let segment = segment(gate);
        let address = segment.write_view_for_fault_tests();
        let end = child(|| {
            let _window = segment.window();
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    enter_thread();
                    poke(address);
                });
            });
        });
        assert_eq!(end, End::Fault(SEGV_PKUERR));
    }
}

#[test]
fn panics_and_early_returns_close_windows() {
    fn leave_early(segment: &Segment) -> Option<()> {
        let window = segment.window();
        window.store_release(word(segment, 1), 1);
        let _inner = segment.window();
        None
    }
    for gate in gates() {
        let segment = segment(gate);
        let address = segment.write_view_for_fault_tests();
        let panicked = child(|| {
            let result = std::panic::catch_unwind(|| {
                let _outer = segment.window();
                let _inner = segment.window();
                std::panic::resume_unwind(Box::new(()));
            });
            assert!(result.is_err() && open_windows() == 0);
            poke(address);
        });
        assert_eq!(panicked, closed(gate), "{gate}, panic");
        let returned = child(|| {
            leave_early(&segment);
            assert_eq!(open_windows(), 0);
            poke(address);
        });
        assert_eq!(returned, closed(gate), "{gate}, early return");
    }
}

#[test]
fn a_window_that_a_thread_leaks_ends_with_the_thread() {
    for gate in gates() {
        let segment = segment(gate);
        let address = segment.write_view_for_fault_tests();
        let end = child(|| {
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    std::mem::forget(segment.window());
                    std::mem::forget(segment.window());
                    poke(address);
                });
            });
            // The scope ends when the closure has; the thread's own end, which closes the windows, follows.
            let deadline = Instant::now() + Duration::from_secs(10);
            while segment_is_writable(address) && gate == GateKind::Mprotect && Instant::now() < deadline {
                std::thread::yield_now();
            }
            poke(address);
        });
        assert_eq!(end, closed(gate), "{gate}");
    }
}

/// Asks the kernel, which answers EFAULT instead of sending a signal.
fn segment_is_writable(address: usize) -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    maps.lines().any(|line| {
        let (range, rest) = line.split_once(' ').unwrap();
        let (start, end) = range.split_once('-').unwrap();
        let parse = |hex| usize::from_str_radix(hex, 16).unwrap();
        (parse(start)..parse(end)).contains(&address) && rest.starts_with("rw")
    })
}

#[test]
fn a_fork_in_a_window_copies_the_window_and_nothing_else() {
    for gate in gates() {
        let segment = segment(gate);
        let address = segment.write_view_for_fault_tests();
        // Another thread of the parent holds a window too, which the child has not.
        with_window_elsewhere(&segment, || {
            assert_eq!(child(|| poke(address)), closed(gate), "{gate}, no window of its own");
            let window = segment.window();
            let inside = child(|| poke(address));
            assert_eq!(inside, End::Exit(0), "{gate}, inside of the window");
            let nested = child(|| {
                let again = segment.window();
                again.store_release(word(&segment, 3), 3);
            });
            assert_eq!(nested, End::Exit(0), "{gate}, a window in the copied window");
            window.store_release(word(&segment, 4), 4);
        });
        let window = std::mem::ManuallyDrop::new(segment.window());
        let closed_in_child = child(|| {
            // SAFETY: the only drop in this process, the child.
            drop(unsafe { std::ptr::read(&raw const *window) });
            poke(address);
        });
        assert_eq!(closed_in_child, closed(gate), "{gate}, after the child has closed it");
        window.store_release(word(&segment, 5), 5);
        assert_eq!(word(&segment, 3).load(Ordering::Acquire), 3);
        drop(std::mem::ManuallyDrop::into_inner(window));
    }
}

#[test]
fn a_program_can_be_started_from_a_window() {
    for gate in gates() {
        let segment = segment(gate);
        let window = segment.window();
        assert!(std::process::Command::new("/bin/true").status().unwrap().success());
        window.store_release(word(&segment, 0), 1);
    }
}

/// A signal handler may read, whatever the thread was doing. Under `pkey` it may open a window of its own.
#[test]
fn signals_inside_windows() {
    static WORD: AtomicU64 = AtomicU64::new(0);
    static SEGMENT: AtomicU64 = AtomicU64::new(0);
    extern "C" fn handler(_: i32) {
        // SAFETY: the word's address was put there by the test, which keeps the segment alive.
        let shared = unsafe { &*(WORD.load(Ordering::Acquire) as *const AtomicU64) };
        assert!(shared.load(Ordering::Acquire) <= 1000);
        let segment = SEGMENT.load(Ordering::Acquire) as *const Segment;
        // SAFETY: as above.
        if let Some(segment) = unsafe { segment.as_ref() } {
            segment.window().store_release(word(segment, 9), 1);
        }
    }
    for gate in gates() {
        let end = child(|| {
            let segment = segment(gate);
            WORD.store(word(&segment, 0).as_ptr() as u64, Ordering::Release);
            if gate != GateKind::Mprotect {
                SEGMENT.store(std::ptr::from_ref(&segment).addr() as u64, Ordering::Release);
            }
            // SAFETY: the handler uses atomics only.
            unsafe { libc::signal(libc::SIGUSR1, handler as extern "C" fn(i32) as usize) };
            for value in 1..=1000 {
                let window = segment.window();
                // SAFETY: the handler above takes it.
                unsafe { libc::raise(libc::SIGUSR1) };
                window.store_release(word(&segment, 0), value);
            }
            // SAFETY: as above.
            unsafe { libc::raise(libc::SIGUSR1) };
            poke(segment.write_view_for_fault_tests());
        });
        assert_eq!(end, closed(gate), "{gate}");
    }
}

/// Sixteen threads open, nest and close windows in any order and write in them; others read all the time.
#[test]
fn threads_that_open_nest_and_close_at_random_never_fault() {
    const WRITERS: usize = 16;
    for gate in gates() {
        let end = child(|| {
            let segment = Arc::new(segment(gate));
            let stop = Arc::new(AtomicBool::new(false));
            let readers: Vec<_> = (0..2)
                .map(|_| {
                    let (segment, stop) = (segment.clone(), stop.clone());
                    std::thread::spawn(move || {
                        let mut last = [0; WRITERS];
                        while !stop.load(Ordering::Relaxed) {
                            for (writer, last) in last.iter_mut().enumerate() {
                                let now = word(&segment, writer * 8).load(Ordering::Acquire);
                                assert!(now >= *last, "a store was undone");
                                *last = now;
                            }
                        }
                    })
                })
                .collect();
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let segment = segment.clone();
                    std::thread::spawn(move || write_at_random(&segment, writer))
                })
                .collect();
            writers.into_iter().for_each(|t| t.join().unwrap());
            stop.store(true, Ordering::Relaxed);
            readers.into_iter().for_each(|t| t.join().unwrap());
            poke(segment.write_view_for_fault_tests());
        });
        assert_eq!(end, closed(gate), "{gate}");
    }
}

fn write_at_random(segment: &Segment, writer: usize) {
    enter_thread();
    let mut random = Random(0x1234_5678_9ABC + writer as u64);
    let mut windows = Vec::new();
    let mut value = 0;
    for _ in 0..4000 * stress() {
        match random.next(3) {
            0 => windows.push(segment.window()),
            1 if !windows.is_empty() => drop(windows.swap_remove(random.next(windows.len()))),
            _ => {}
        }
        if let Some(window) = windows.last() {
            value += 1;
            // Now and then somebody else's turn comes in the middle of a window.
            if random.next(50) == 0 {
                std::thread::yield_now();
            }
            window.store_release(word(segment, writer * 8), value);
            assert_eq!(word(segment, writer * 8).load(Ordering::Acquire), value);
        }
        if windows.len() > 5 {
            windows.clear();
        }
    }
    assert_eq!(open_windows() as usize, windows.len());
}

/// No view of any segment is writable and executable, with windows and without.
#[test]
fn no_page_is_writable_and_executable() {
    let check = |when: &str| {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        for line in maps.lines() {
            let rights = line.split(' ').nth(1).unwrap();
            assert!(!(rights.contains('w') && rights.contains('x')), "{when}: {line}");
        }
    };
    for gate in gates() {
        let code = SegmentOptions::new(64 << 10).gate(gate).executable(true).create().unwrap();
        let data = segment(gate);
        check("before");
        let windows = (code.window(), data.window());
        check("inside");
        drop(windows);
        check("after");
        assert!(code.is_executable() && !data.is_executable());
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn code_runs_where_it_was_written() {
    // mov eax, 42; ret
    const CODE: [u8; 6] = [0xB8, 42, 0, 0, 0, 0xC3];
    for gate in gates() {
        let segment = SegmentOptions::new(4096).gate(gate).executable(true).create().unwrap();
        // SAFETY: nobody uses these bytes.
        unsafe { segment.window().write_bytes(segment.at(64), &CODE) };
        // SAFETY: the bytes are a function with this signature.
        let function: extern "C" fn() -> i32 = unsafe { std::mem::transmute(segment.at(64)) };
        assert_eq!(function(), 42);
        let data = SegmentOptions::new(4096).gate(gate).create().unwrap();
        // SAFETY: nobody uses these bytes.
        unsafe { data.window().write_bytes(data.at(64), &CODE) };
        let end = child(|| {
            announce(data.at(64).addr());
            // SAFETY: would be a function, if data could be executed.
            let function: extern "C" fn() -> i32 = unsafe { std::mem::transmute(data.at(64)) };
            function();
        });
        assert_eq!(end, End::Fault(SEGV_ACCERR), "{gate}: data is executable");
    }
}

#[test]
fn writes_outside_of_the_segment_panic() {
    let segment = segment(GateKind::Open);
    let window = segment.window();
    let outside = [segment.base().wrapping_sub(1), segment.at(segment.len() - 3), std::ptr::from_ref(&0u8)];
    for target in outside {
        // SAFETY: refused before anything is written.
        let write = || unsafe { window.write_bytes(target, &[1, 2, 3, 4]) };
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(write)).is_err());
    }
}

#[test]
fn a_fixed_address_is_kept_or_refused() {
    let probe = segment(GateKind::Open);
    let address = probe.base().addr();
    assert!(SegmentOptions::new(4096).at(address).create().is_err(), "something is there");
    let free = 0x6000_0000_0000;
    let fixed = SegmentOptions::new(4096).at(free).create().unwrap();
    assert_eq!(fixed.base().addr(), free);
}
