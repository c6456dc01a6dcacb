//! Write-protected shared memory for many threads and processes, with readers that never wait and never fault.
//!
//! A runtime keeps compiled code, tables and constants in memory that all of its threads, and often several processes,
//! read all the time and change now and then. That memory had better be write-protected: a stray store into it breaks
//! every user at once, long after and far from its cause. But changing the protection of pages (`mprotect`) is an act of
//! the whole process, while the right to write belongs to one thread for one moment. Two threads that each protect and
//! unprotect around their own writes make each other fault; and freeing what was replaced, while others still read it,
//! is the same problem once more. This crate makes both kinds of fault impossible to express.
//!
//! # The parts
//! * A [`Segment`] is memory that is mapped twice. Everything points into the *read view*, whose protection is never
//!   changed. The *write view* is behind a *gate* and is reached only through a [`WriteWindow`].
//! * A gate ([`GateKind`]) is a protection key (rights for a thread, no system call), or `mprotect` on the write view
//!   with a count of open windows, or nothing.
//! * The [`Control`] region is small, always writable and free of pointers: each thread has a [`Slot`] in it that says what it
//!   has pinned; locks and claims are words in it that name their holders, so that a dead holder is found out.
//! * A [`Heap`] allocates in a segment, survives the death of any thread at any instruction, and reuses memory only
//!   when no reader has it pinned.
//! * [`peek`] looks at all of these from another process, as a guest who takes part in nothing.
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU64, Ordering};
//! use phalanx_shm::{Control, GateKind, Heap, SegmentOptions};
//!
//! let control = Control::create(Default::default())?;
//! let segment = SegmentOptions::new(1 << 20).gate(GateKind::Auto).create()?;
//! let heap = Heap::create(Arc::new(segment), control.clone(), 0)?;
//! let writer = control.register()?;
//!
//! // Publish a greeting under id 0. The publication names the id; here the address is found in the next root.
//! let (publication, address) = (heap.root(0), heap.root(1));
//! let id_of = |value: u64| (value as u32).checked_sub(1);
//! {
//!     let window = heap.segment().window();
//!     let mut block = heap.allocate(&writer, &window, 5, 1)?;
//!     window.bytes_mut(&mut block).copy_from_slice(b"hello");
//!     let at = heap.commit(&window, block);
//!     window.store_release(address, heap.segment().offset_of(at).unwrap() as u64);
//!     window.store_release(publication, 1);
//! }
//!
//! // A reader on another thread pins what it finds.
//! std::thread::scope(|scope| {
//!     scope.spawn(|| {
//!         let reader = control.register().unwrap();
//!         reader.read(publication, id_of).expect("something is published");
//!         let offset = address.load(Ordering::Acquire) as usize;
//!         // SAFETY: the id is pinned, so nobody frees or changes the block.
//!         assert_eq!(unsafe { heap.segment().bytes(offset, 5) }, b"hello");
//!     });
//! });
//!
//! // Take it back. The memory is free as soon as the last reader has unpinned it.
//! let window = heap.segment().window();
//! window.store_release(publication, 0);
//! let at = heap.segment().at(address.load(Ordering::Acquire) as usize);
//! // SAFETY: nothing leads to the block any more, and readers pinned id 0 before they used it.
//! unsafe { heap.retire(&writer, &window, at, 0) };
//! assert_eq!(heap.reclaim(&writer, &window).blocks, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Invariants
//! 1. No reader faults or waits because of a writer, under any gate and any number of threads.
//! 2. A write without a window faults: through the read view always; through the write view under `pkey` even while other
//!    threads hold windows, under `mprotect` whenever no window is open.
//! 3. Windows nest and overlap; closing one never affects another. A panic or an early return closes them, and so does the
//!    end of the thread.
//! 4. Everything is written before the release store that publishes it, and readers load with acquire.
//! 5. A thread or process that is killed inside a window leaves the segment consistent. What it had not published is freed.
//! 6. Pinning and unpinning make no system call and write no cache line that another thread writes.
//! 7. Memory that a reader may still see is not reused.
//!
//! `tests/faults.rs`, `tests/sharing.rs` and `tests/deaths.rs` show each of them in child processes that die of their writes or
//! are killed; `tests/limits.rs` shows what becomes of them where something is lacking.
//!
//! # The algorithms
//! There are four, each in a file of its own under `src/protocol` with its argument at the head. `tests/models.rs`
//! compiles these very files against loom's atomics and explores every interleaving; each is also broken on purpose in
//! every way that its author could think of, and the model must notice.
//!
//! **Counting windows** (`open_count`). Under `mprotect` the pages are writable from before the count leaves zero until after
//! it has come back to zero. Only these two transitions take a lock; the order inside of it (unprotect, then count up; count
//! down, then protect) is what keeps a thread that enters beside the lock from finding the pages closed.
//!
//! **Pins** (`hazard`). A reader loads a publication, sets the bit of the id that it names in its own bitmap, passes a
//! sequentially consistent fence and loads the publication again. A writer unpublishes, passes a fence and looks at the bit in
//! all bitmaps. Of two fences one is first: either the writer sees the bit, or the reader sees that the publication has
//! changed. Acquire and release alone would not do, because the reader's store must not be passed by its second load, which
//! is the one reordering that even x86 performs. The same handshake, with the roles exchanged, makes sure that memory is
//! reclaimed at once when its last reader leaves.
//!
//! Publications name small ids and not addresses. So a reader can say what it is about to use before it has touched it, one
//! bit is enough for that, an id that comes back does no harm, and a word in always-writable memory can never send anybody
//! to a wrong address.
//!
//! A process that is forked in the middle takes its parent's pins over. Scans that run meanwhile notice and begin anew.
//!
//! **Locks and claims** (`word_lock`). The word holds the slot of its holder and the generation of the holder's tenure there. Who
//! waits asks now and then whether that tenure goes on, and takes the word over with one compare-and-swap if not. There
//! is no list of held locks in shared memory, as robust mutexes of the C library keep, and so no pointer. A process that goes
//! on to run another program (`exec`) has the same ids and the same start as before; where its code and its stack begin
//! tells that it is not the holder any more.
//!
//! **Slots of the dead** (`owner`). Whoever finds a dead owner swaps its name for its own, clears the pins and gives the slot
//! back, in this order, so that the pins of the next owner are never touched.
//!
//! # What is not done
//! Nothing here defends against an attacker who runs code in the process: such a one can open windows. Threads that end by
//! `pthread_exit` or are cancelled in the middle of a window are treated like killed ones: what they held passes to others,
//! and under `mprotect` the write view stays open, since the process has a window that nobody will close. A process that
//! is frozen while it holds a pin holds the memory back.
//!
//! Linux on x86-64 is what is tested. Other processors have the `mprotect` and `open` gates.
#![deny(unsafe_code)]

mod control;
mod gate;
mod heap;
pub mod peek;
mod primitive;
mod protocol;
mod segment;
mod sys;
mod window;

pub use control::{
    COUNTERS, Claim, ClaimGuard, Control, ControlOptions, Forked, LockGuard, PinId, Pinned, Slot, Uses,
};
pub use gate::{GateKind, UnknownGate, enter_thread, open_windows};
pub use heap::{Block, BlockInfo, BlockState, Heap, HeapStats, OutOfMemory, ROOTS, Reclaimed};
pub use segment::{Segment, SegmentOptions, Shared};
pub use window::{SharedAtomic, WriteWindow};

/// The version of this crate, in one word: major, minor and patch number in 21 bits each. It stands in shared memory, so that
/// watchers in other processes know whom they have before them.
pub const VERSION: u64 = number(env!("CARGO_PKG_VERSION_MAJOR")) << 42
    | number(env!("CARGO_PKG_VERSION_MINOR")) << 21
    | number(env!("CARGO_PKG_VERSION_PATCH"));

const fn number(digits: &str) -> u64 {
    let (digits, mut at, mut number) = (digits.as_bytes(), 0, 0);
    while at < digits.len() {
        number = number * 10 + (digits[at] - b'0') as u64;
        at += 1;
    }
    number
}
