//! The cycle collector: synchronous trial deletion over possible roots, with PHP's rules.
//!
//! An array or object that loses an owner and keeps others may be held by a cycle alone; it is put in the root buffer.
//! At 10,001 roots the collector asks the VM for a run (`ATTENTION_GC`); it never runs by itself, so Rust code that holds
//! borrows is never surprised. A run takes away, on trial, every count that comes from inside of the graph below the
//! roots; what is left without a count is garbage, everything else gets its counts back.
//!
//! Garbage objects with a destructor have it called first, and they and everything they reach are spared in this round;
//! a second round follows, which sees whatever the destructors changed.
//!
//! The threshold goes up by 10,000 after a run that found fewer than 100 pieces of garbage, and down again after one
//! that found more.
//!
//! # Safety
//! A block in the buffer is live: freeing a block takes it out. During a run no foreign code is called but
//! `NativeState::trace`, which must not change anything.
#![allow(unsafe_code, reason = "the collector works on blocks and their counts")]

mod children;
mod run;

use std::cell::{Cell, UnsafeCell};
use std::time::{Duration, Instant};

use crate::header::{INFO_BUFFERED, INFO_NOT_COLLECTABLE, INFO_ROOT_MASK, VmCounted};
use crate::heap::{ATTENTION_GC, heap};
use crate::reference::VmRef;
use crate::value::Tag;

pub use run::{collect_automatic, collect_cycles};

/// Roots that call for a run, at first. PHP counts from 1, so its status shows 10,001.
const THRESHOLD: u32 = 10_001;
const THRESHOLD_STEP: u32 = 10_000;
const THRESHOLD_MAX: u32 = 1_000_000_000;
/// A run that finds less than this was not worth it.
const WORTHWHILE: usize = 100;

/// An entry of the root buffer: a block, or with the lowest bit set the index of the next unused entry.
#[derive(Clone, Copy)]
struct Root(*mut VmCounted);

impl Root {
    fn unused(next: u32) -> Root {
        Root(std::ptr::without_provenance_mut((next as usize) << 1 | 1))
    }

    fn block(self) -> Option<*mut VmCounted> {
        (self.0.addr() & 1 == 0).then_some(self.0)
    }
}

const NO_ENTRY: u32 = u32::MAX >> 1;

/// What a thread's collector knows.
pub(crate) struct GcState {
    roots: UnsafeCell<Vec<Root>>,
    unused: Cell<u32>,
    count: Cell<u32>,
    threshold: Cell<u32>,
    disabled: Cell<bool>,
    active: Cell<bool>,
    protected: Cell<bool>,
    runs: Cell<u32>,
    collected: Cell<u64>,
    started: Cell<Option<Instant>>,
    collector_time: Cell<Duration>,
    destructor_time: Cell<Duration>,
    free_time: Cell<Duration>,
}

/// What `gc_status()` shows.
#[derive(Clone, Copy, Debug)]
pub struct GcStatus {
    /// A run is going on.
    pub running: bool,
    /// Nothing may be added to the buffer any more.
    pub protected: bool,
    /// The buffer cannot grow any more.
    pub full: bool,
    /// Runs so far.
    pub runs: u32,
    /// Pieces of garbage found so far.
    pub collected: u64,
    /// Roots that call for the next run.
    pub threshold: u32,
    /// Entries the buffer has room for.
    pub buffer_size: u32,
    /// Roots in the buffer.
    pub roots: u32,
    /// Since the request began.
    pub application_time: Duration,
    /// Spent in runs, destructors and freeing included.
    pub collector_time: Duration,
    /// Spent in destructors called by runs.
    pub destructor_time: Duration,
    /// Spent freeing garbage.
    pub free_time: Duration,
}

impl GcState {
    pub(crate) const fn new() -> GcState {
        GcState {
            roots: UnsafeCell::new(Vec::new()),
            unused: Cell::new(NO_ENTRY),
            count: Cell::new(0),
            threshold: Cell::new(THRESHOLD),
            disabled: Cell::new(false),
            active: Cell::new(false),
            protected: Cell::new(false),
            runs: Cell::new(0),
            collected: Cell::new(0),
            started: Cell::new(None),
            collector_time: Cell::new(Duration::ZERO),
            destructor_time: Cell::new(Duration::ZERO),
            free_time: Cell::new(Duration::ZERO),
        }
    }

    /// Begins anew, for the next request. Whether the collector is enabled stays as it is.
    pub(crate) fn clear(&self) {
        // SAFETY: nothing in this statement runs foreign code.
        unsafe { (*self.roots.get()).clear() };
        self.unused.set(NO_ENTRY);
        self.count.set(0);
        self.threshold.set(THRESHOLD);
        self.active.set(false);
        self.protected.set(false);
        self.runs.set(0);
        self.collected.set(0);
        self.started.set(None);
        self.collector_time.set(Duration::ZERO);
        self.destructor_time.set(Duration::ZERO);
        self.free_time.set(Duration::ZERO);
    }

    /// Gives back the memory of the buffer.
    pub(crate) fn release(&self) {
        // SAFETY: nothing in this statement runs foreign code.
        unsafe { *self.roots.get() = Vec::new() };
    }

    fn add(&self, block: *mut VmCounted) {
        // SAFETY: nothing in this function runs foreign code; the block is live.
        unsafe {
            let roots = &mut *self.roots.get();
            let unused = self.unused.get();
            let index = if unused != NO_ENTRY {
                self.unused.set((roots[unused as usize].0.addr() >> 1) as u32);
                roots[unused as usize] = Root(block);
                unused
            } else {
                roots.push(Root(block));
                (roots.len() - 1) as u32
            };
            children::root_index(block).set(index);
            (*block).set_bits(INFO_BUFFERED);
        }
        self.count.set(self.count.get() + 1);
        if self.count.get() + 1 >= self.threshold.get() && !self.disabled.get() && !self.active.get() {
            heap().request_attention(ATTENTION_GC);
        }
    }

    fn remove(&self, index: u32) {
        // SAFETY: nothing in this function runs foreign code.
        let roots = unsafe { &mut *self.roots.get() };
        if index as usize + 1 == roots.len() {
            roots.pop();
        } else {
            roots[index as usize] = Root::unused(self.unused.get());
            self.unused.set(index);
        }
        self.count.set(self.count.get() - 1);
    }
}

/// A block lost an owner and has others.
///
/// # Safety
/// The block is live and of this thread.
#[inline(never)]
pub unsafe extern "C" fn possible_root(block: *mut VmCounted) {
    // SAFETY: the block is live; a reference's value is, too.
    unsafe {
        let mut block = block;
        if (*block).type_byte() == Tag::Reference as u8 {
            let value = &*(*block.cast::<VmRef>()).value_ptr();
            if !value.is_counted() || value.tag() < Tag::Array || value.tag() > Tag::Object {
                return;
            }
            block = value.payload_ptr();
            if (*block).has(INFO_ROOT_MASK) {
                return;
            }
        }
        heap().gc.add(block);
    }
}

/// A block is being freed: it leaves the buffer.
#[inline(always)]
pub(crate) fn forget(head: &VmCounted, root: &Cell<u32>) {
    if head.has(INFO_BUFFERED) {
        forget_slow(head, root.get());
    }
}

#[cold]
fn forget_slow(head: &VmCounted, index: u32) {
    head.clear_bits(INFO_BUFFERED);
    heap().gc.remove(index);
}

/// Whether the collector would run by itself (`gc_enabled()`).
pub fn is_enabled() -> bool {
    !heap().gc.disabled.get()
}

/// `gc_enable()` and `gc_disable()`. Roots are collected in any case.
pub fn set_enabled(on: bool) {
    heap().gc.disabled.set(!on);
}

/// From now on a run does nothing (after a fatal error: PHP's "protected" state).
pub fn protect(on: bool) {
    heap().gc.protected.set(on);
}

/// Begins the measurement of `application_time`.
pub fn start_request() {
    heap().gc.started.set(Some(Instant::now()));
}

/// What `gc_status()` shows.
pub fn status() -> GcStatus {
    let gc = &heap().gc;
    // SAFETY: reading the capacity runs nothing.
    let capacity = unsafe { (*gc.roots.get()).capacity() };
    GcStatus {
        running: gc.active.get(),
        protected: gc.protected.get(),
        full: false,
        runs: gc.runs.get(),
        collected: gc.collected.get(),
        threshold: gc.threshold.get(),
        buffer_size: (capacity.max(16_384)) as u32,
        roots: gc.count.get(),
        application_time: gc.started.get().map_or(Duration::ZERO, |t| t.elapsed()),
        collector_time: gc.collector_time.get(),
        destructor_time: gc.destructor_time.get(),
        free_time: gc.free_time.get(),
    }
}

/// Whether a block can be part of a cycle.
///
/// # Safety
/// The block is live.
#[inline(always)]
unsafe fn is_collectable(block: *mut VmCounted) -> bool {
    // SAFETY: the caller's promise.
    unsafe { !(*block).has(INFO_NOT_COLLECTABLE) }
}
