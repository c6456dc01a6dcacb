//! Futexes: waiting for a 32-bit word to change.
//!
//! # Safety
//! The kernel reads the word through a reference that is alive for the whole call, and never writes it.
#![allow(unsafe_code, reason = "futex has no wrapper in std")]

use std::ptr;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// Who may wait on the word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Threads of this process.
    Process,
    /// Every process that maps the page.
    Shared,
}

impl Reach {
    fn flag(self) -> i32 {
        match self {
            Self::Process => libc::FUTEX_PRIVATE_FLAG,
            Self::Shared => 0,
        }
    }
}

/// Sleeps while `word` holds `expected`, at most for `timeout`. May return early for no reason.
pub(crate) fn wait(word: &AtomicU32, expected: u32, timeout: Option<Duration>, reach: Reach) {
    let spec = timeout
        .map(|t| libc::timespec { tv_sec: t.as_secs() as libc::time_t, tv_nsec: t.subsec_nanos().into() });
    let spec = spec.as_ref().map_or(ptr::null(), ptr::from_ref);
    // SAFETY: the word and the timeout outlive the call.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT | reach.flag(), expected, spec) };
}

/// Wakes at most `count` threads that sleep on `word`.
pub(crate) fn wake(word: &AtomicU32, count: i32, reach: Reach) {
    // SAFETY: the word outlives the call.
    unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE | reach.flag(), count) };
}
