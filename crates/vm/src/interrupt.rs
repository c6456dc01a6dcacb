//! The interrupt word: other threads and signal handlers set bits, the run loop polls on backward jumps and calls.

use std::sync::atomic::{AtomicU32, Ordering};

/// Reasons to stop and look; see [`reason`].
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct Interrupt(AtomicU32);

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
        self.0.fetch_or(bits, Ordering::Release);
    }

    /// Whether any bit is set.
    #[inline(always)]
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    /// Takes all bits.
    pub fn take(&self) -> u32 {
        self.0.swap(0, Ordering::Acquire)
    }

    /// Clears `bits`.
    pub fn clear(&self, bits: u32) {
        self.0.fetch_and(!bits, Ordering::AcqRel);
    }
}
