//! Processes and threads that end in the middle: killed at any instant, replaced by another program, gone without a word.

mod common;

use std::ffi::CString;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::shelves::{SHELVES, publish_at_random, read, records};
use common::{End, Random, child, gates, heap, wait};
use phalanx_shm::{
    BlockState, Claim, Control, ControlOptions, GateKind, Heap, Segment, SegmentOptions, Slot, enter_thread,
};

/// How often the tests that kill do it. `PHALANX_SHM_KILLS=50000` for a long run.
fn kills() -> usize {
    std::env::var("PHALANX_SHM_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(500)
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
            go_on(&heap, &slot, records, &mut random);
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

/// What another process does after a death: it goes on with everything.
fn go_on(heap: &Heap, slot: &Slot, records: usize, random: &mut Random) {
    for _ in 0..3 {
        publish_at_random(heap, slot, records, random);
    }
    for shelf in 0..SHELVES {
        read(heap, slot, records, shelf);
    }
    // Nothing of the above changes the heap if all ids are pinned; this one puts right what the dead have left half done.
    heap.reclaim(slot, &heap.segment().window());
    heap.verify(slot).unwrap();
}

/// A thread that ends at whatever instruction it is when it is killed: without unwinding, and without the C library's or
/// the standard library's knowledge.
struct Victim(libc::pthread_t);

impl Victim {
    /// Starts a thread that runs `work` with `argument` for ever, and waits until it has set `begun`.
    ///
    /// # Safety
    /// The argument is what `work` takes it for, as long as the thread lives.
    unsafe fn start<T>(
        work: extern "C" fn(*mut libc::c_void) -> *mut libc::c_void,
        argument: &T,
        begun: &AtomicBool,
    ) -> Self {
        extern "C" fn end_thread(_: i32) {
            // SAFETY: ends the thread at this very instruction.
            unsafe { libc::syscall(libc::SYS_exit, 0) };
        }
        // SAFETY: the handler makes one system call.
        unsafe { libc::signal(libc::SIGUSR2, end_thread as extern "C" fn(i32) as usize) };
        let mut thread = 0;
        let argument = ptr::from_ref(argument).cast_mut().cast();
        // SAFETY: promised by the caller.
        let result = unsafe { libc::pthread_create(&raw mut thread, ptr::null(), work, argument) };
        assert_eq!(result, 0);
        while !begun.load(Ordering::Acquire) {
            std::thread::yield_now();
        }
        Self(thread)
    }

    fn kill(&self) {
        // SAFETY: the thread has not been joined.
        assert_eq!(unsafe { libc::pthread_kill(self.0, libc::SIGUSR2) }, 0);
    }

    /// Waits until it is gone.
    fn join(self) {
        // SAFETY: the thread is ours and has not been joined.
        assert_eq!(unsafe { libc::pthread_join(self.0, ptr::null_mut()) }, 0);
    }
}

struct Publisher {
    heap: Heap,
    records: usize,
    seed: u64,
    begun: AtomicBool,
}

/// Publishes and reads for ever. Before it says that it has begun, it has done all that allocates memory: nobody may be
/// killed inside of the allocator, which belongs to the whole process.
extern "C" fn publish_until_killed(publisher: *mut libc::c_void) -> *mut libc::c_void {
    // SAFETY: the test keeps it until the thread is gone.
    let publisher = unsafe { &*publisher.cast::<Publisher>() };
    let Publisher { heap, records, seed, begun } = publisher;
    enter_thread();
    let slot = heap.control().register().unwrap();
    let mut random = Random(*seed);
    for id in 0..64 {
        slot.pin(500 + id);
    }
    slot.release_all();
    publish_at_random(heap, &slot, *records, &mut random);
    begun.store(true, Ordering::Release);
    loop {
        publish_at_random(heap, &slot, *records, &mut random);
        read(heap, &slot, *records, random.next(SHELVES));
    }
}

/// Threads end at random instants while they publish. The other threads of the process go on, and in the end nothing has
/// leaked.
#[test]
fn threads_killed_at_any_instant_leave_the_heap_whole() {
    for gate in gates() {
        let end = child(|| {
            let heap = heap(256 << 10, gate);
            let slot = heap.control().register().unwrap();
            let records = records(&heap, &slot);
            let mut random = Random(4712);
            for round in 0..kills() {
                let seed = round as u64 + 1;
                let publisher =
                    Publisher { heap: heap.clone(), records, seed, begun: AtomicBool::new(false) };
                // SAFETY: the publisher outlives the thread, which is joined below.
                let victim = unsafe { Victim::start(publish_until_killed, &publisher, &publisher.begun) };
                std::thread::sleep(Duration::from_micros(random.next(1500) as u64));
                victim.kill();
                // Half of the time the dead are found before they are buried.
                if random.next(2) == 0 {
                    go_on(&heap, &slot, records, &mut random);
                }
                victim.join();
                go_on(&heap, &slot, records, &mut random);
                // The kernel tells of a thread's end a moment before it takes it off its list.
                let deadline = Instant::now() + Duration::from_secs(20);
                while heap.control().registered().len() > 1 {
                    assert!(Instant::now() < deadline, "a dead thread still has a slot");
                    heap.control().reap();
                }
            }
            assert_eq!(heap.control().pins(), 0);
        });
        assert_eq!(end, End::Exit(0), "{gate}");
    }
}

struct Opener {
    segment: Segment,
    begun: AtomicBool,
}

/// Opens windows for ever. As above it says when it has done all that allocates memory, which the first window does.
extern "C" fn open_until_killed(opener: *mut libc::c_void) -> *mut libc::c_void {
    // SAFETY: the test keeps it until the thread is gone.
    let opener = unsafe { &*opener.cast::<Opener>() };
    drop(opener.segment.window());
    opener.begun.store(true, Ordering::Release);
    loop {
        drop(opener.segment.window());
    }
}

/// Threads end inside of the transitions of the `mprotect` gate. The others open windows as before.
#[test]
fn a_thread_killed_at_the_gate_keeps_nobody_out() {
    let end = child(|| {
        let mut random = Random(3);
        for _ in 0..kills() {
            // A new one each time: after a death inside of a window there are no transitions any more.
            let segment = SegmentOptions::new(64 << 10).gate(GateKind::Mprotect).create().unwrap();
            let opener = Opener { segment, begun: AtomicBool::new(false) };
            // SAFETY: the opener outlives the thread, which is joined below.
            let victim = unsafe { Victim::start(open_until_killed, &opener, &opener.begun) };
            std::thread::sleep(Duration::from_micros(random.next(300) as u64));
            victim.kill();
            let segment = &opener.segment;
            // SAFETY: nobody else writes there.
            unsafe { segment.window().write_bytes(segment.at(64), b"on it goes") };
            victim.join();
        }
    });
    assert_eq!(end, End::Exit(0));
}

/// A process that does not go on is not dead: it keeps its locks, and nobody who only reads notices.
#[test]
fn readers_do_not_wait_for_a_writer_that_is_stopped() {
    for gate in gates() {
        let heap = heap(64 << 10, gate);
        let slot = heap.control().register().unwrap();
        let records = records(&heap, &slot);
        let mut random = Random(8);
        for _ in 0..50 {
            publish_at_random(&heap, &slot, records, &mut random);
        }
        // SAFETY: the child uses the heap only.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            let own = heap.control().register().unwrap();
            let _window = heap.segment().window();
            let _locks = (own.lock(0), own.lock(1));
            // SAFETY: stops this process.
            unsafe { libc::raise(libc::SIGSTOP) };
        }
        let mut status = 0;
        // SAFETY: `status` outlives the call.
        assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, libc::WUNTRACED) }, pid);
        assert!(libc::WIFSTOPPED(status));
        let published = (0..SHELVES).filter(|&shelf| read(&heap, &slot, records, shelf)).count();
        assert!(published > 0 && slot.try_lock(0).is_none());
        assert_eq!(heap.control().reap(), 0, "{gate}: it is only stopped");
        // SAFETY: the child is ours.
        unsafe { libc::kill(pid, libc::SIGKILL) };
        assert_eq!(wait(pid), End::Signal(libc::SIGKILL));
        assert!(slot.lock(1).recovered());
    }
}

/// The process goes on, and what it was is gone: a program that is run in its place inherits no lock, no pin and no slot.
#[test]
fn a_process_that_runs_another_program_is_dead() {
    for gate in gates() {
        for by_another_thread in [false, true] {
            let heap = heap(64 << 10, gate);
            let slot = heap.control().register().unwrap();
            // SAFETY: the child uses the heap, and then runs another program.
            let pid = unsafe { libc::fork() };
            if pid == 0 {
                let own = heap.control().register().unwrap();
                own.pin(9);
                let _window = heap.segment().window();
                let _lock = own.lock(2);
                heap.segment().window().store_release(heap.root(1), 1);
                if by_another_thread {
                    std::thread::scope(|scope| drop(scope.spawn(sleep_instead).join()));
                }
                sleep_instead();
            }
            while heap.root(1).load(Ordering::Acquire) == 0 {
                std::thread::yield_now();
            }
            let guard = slot.lock(2);
            assert!(guard.recovered());
            heap.control().reap();
            assert!(!heap.control().is_pinned(9));
            assert_eq!(heap.control().registered().len(), 1);
            // The other program is still running: nobody has waited for its end.
            // SAFETY: the child is ours.
            assert_eq!(unsafe { libc::waitpid(pid, ptr::null_mut(), libc::WNOHANG) }, 0, "{gate}");
            // SAFETY: as above.
            unsafe { libc::kill(pid, libc::SIGKILL) };
            assert_eq!(wait(pid), End::Signal(libc::SIGKILL));
        }
    }
}

fn sleep_instead() {
    let (program, seconds) = (CString::new("/bin/sleep").unwrap(), CString::new("60").unwrap());
    let arguments = [program.as_ptr(), seconds.as_ptr(), ptr::null()];
    // SAFETY: all are C strings that outlive the call, and the list ends with a null.
    unsafe { libc::execv(program.as_ptr(), arguments.as_ptr()) };
    // SAFETY: there is no such program; ends the process.
    unsafe { libc::_exit(1) };
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
