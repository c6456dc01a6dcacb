//! Signals that PHP programs watch.
//!
//! A watched signal is remembered as a bit in a process-wide mask; who watches takes the bits at a safe moment and runs the
//! handlers there. No PHP runs inside a signal handler.
//!
//! # Safety
//!
//! The handler only sets bits of atomic words that live as long as the process.
#![allow(unsafe_code, reason = "signal handlers")]

use std::io;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

/// Signals that came and were not taken yet, bit n for signal n.
static PENDING: AtomicU64 = AtomicU64::new(0);
/// The word that is told of signals, and the bits that say so.
static WORD: AtomicPtr<AtomicU32> = AtomicPtr::new(ptr::null_mut());
static BITS: AtomicU32 = AtomicU32::new(0);

extern "C" fn on_signal(signal: libc::c_int) {
    PENDING.fetch_or(1 << (signal & 63), Ordering::Release);
    // SAFETY: words that were named once are never freed, see `notify`.
    if let Some(word) = unsafe { WORD.load(Ordering::Acquire).as_ref() } {
        word.fetch_or(BITS.load(Ordering::Relaxed), Ordering::Release);
    }
}

/// Names the word in which `bits` are set when a watched signal comes. There is one for the process, that of its first PHP thread.
pub fn notify(word: Arc<AtomicU32>, bits: u32) {
    BITS.store(bits, Ordering::Relaxed);
    // A signal may be on its way to the word that was named before, so words are not given back.
    WORD.store(Arc::into_raw(word).cast_mut(), Ordering::Release);
}

/// What the terminal sends when a user wants the program to end.
pub const INTERRUPT: i32 = libc::SIGINT;

/// What is done when a signal comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// What the system does by itself.
    Default,
    /// Nothing.
    Ignore,
    /// It is remembered for [`take_pending`]. System calls in progress are started again or not.
    Watch {
        /// Whether they are.
        restart: bool,
    },
}

/// Sets what is done when `signal` comes.
pub fn set(signal: i32, disposition: Disposition) -> io::Result<()> {
    // SAFETY: the structure is made of integers, a pointer and a set, for which zero is a value.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_flags = libc::SA_ONSTACK;
    action.sa_sigaction = match disposition {
        Disposition::Default => libc::SIG_DFL,
        Disposition::Ignore => libc::SIG_IGN,
        Disposition::Watch { restart } => {
            if restart {
                action.sa_flags |= libc::SA_RESTART;
            }
            on_signal as *const () as usize
        }
    };
    // SAFETY: the handler does what is allowed in one, which is atomic operations.
    crate::sys::check(unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) })
}

/// Takes the signals that came since the last call, as a mask.
pub fn take_pending() -> u64 {
    PENDING.swap(0, Ordering::AcqRel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watched_signals_are_remembered() {
        let word = Arc::new(AtomicU32::new(0));
        notify(word.clone(), 8);
        set(libc::SIGUSR2, Disposition::Watch { restart: true }).unwrap();
        // SAFETY: sends a signal that is watched to this thread.
        unsafe { libc::raise(libc::SIGUSR2) };
        assert_eq!(word.load(Ordering::Acquire), 8);
        assert_eq!(take_pending(), 1 << libc::SIGUSR2);
        assert_eq!(take_pending(), 0);
        set(libc::SIGUSR2, Disposition::Default).unwrap();
        assert!(set(libc::SIGKILL, Disposition::Ignore).is_err());
    }
}
