//! The interrupt words: other threads and signal handlers set bits, the run loop polls on backward jumps and calls.
//!
//! There are two. `reasons` says what is wanted. `gate` is not zero when there is any reason to stop, be it here or in
//! the heap of the context's thread, so that the run loop looks at one word. A gate that is open without a reason costs
//! one look; a reason whose gate is closed would be lost, so the gate is closed before the reasons are taken.

use std::sync::atomic::{AtomicU32, Ordering};

/// Reasons to stop and look; see [`reason`].
#[derive(Debug, Default)]
#[repr(C)]
pub struct Interrupt {
    reasons: AtomicU32,
    gate: AtomicU32,
}

/// Bits of an [`Interrupt`].
pub mod reason {
    /// `max_execution_time` has passed.
    pub const TIMEOUT: u32 = 1;
    /// The thread or coroutine is to be canceled.
    pub const CANCEL: u32 = 2;
    /// A signal waits for its PHP handler.
    pub const SIGNAL: u32 = 4;
    /// The request heap grew beyond `memory_limit`.
    pub const MEMORY: u32 = 8;
    /// Objects wait for their destructors.
    pub const DESTRUCTORS: u32 = 16;
    /// The cycle collector's root buffer is full.
    pub const COLLECT: u32 = 32;
}

impl Interrupt {
    /// Sets `bits`.
    pub fn raise(&self, bits: u32) {
        self.reasons.fetch_or(bits, Ordering::Relaxed);
        self.gate.store(1, Ordering::Release);
    }

    /// Whether there may be a reason to stop, the heap's included.
    #[inline(always)]
    pub fn is_open(&self) -> bool {
        self.gate.load(Ordering::Relaxed) != 0
    }

    /// Whether any bit is set.
    #[inline(always)]
    pub fn is_raised(&self) -> bool {
        self.reasons.load(Ordering::Relaxed) != 0
    }

    /// Takes all bits and closes the gate.
    pub fn take(&self) -> u32 {
        self.gate.swap(0, Ordering::Acquire);
        self.reasons.swap(0, Ordering::Acquire)
    }

    /// Clears `bits`.
    pub fn clear(&self, bits: u32) {
        self.reasons.fetch_and(!bits, Ordering::AcqRel);
    }

    /// The word that opens the gate.
    pub(crate) fn gate(&self) -> &AtomicU32 {
        &self.gate
    }
}
