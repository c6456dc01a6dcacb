//! Forking a process whose thread has a slot.
//!
//! The child goes on in the middle of whatever the parent was doing, so it uses all that the parent has pinned. It needs
//! a slot of its own with the same pins, and it needs it before the parent may take its pins back. So the parent waits
//! until the child says that it has one; nothing of the parent changes meanwhile.
//!
//! # Safety
//! `fork` copies the calling thread only. What that means for other libraries is the caller's concern.
#![allow(unsafe_code, reason = "calls fork and waitid")]

use std::io;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::Slot;
use crate::protocol::owner::{self, Tenure};
use crate::sys::futex::{self, Reach};

/// Which of the two processes returns from [`Slot::fork`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Forked {
    /// The old one. The child has this process id.
    Parent(i32),
    /// The new one.
    Child,
}

/// How many forks lie between the process that first asked and this one.
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// Tells this process from its parents, at the price of a load.
#[inline]
pub(super) fn process() -> u32 {
    PROCESS.load(Ordering::Relaxed)
}

/// Makes [`process`] count forks from now on.
pub(super) fn count_forks() {
    extern "C" fn in_child() {
        PROCESS.fetch_add(1, Ordering::Relaxed);
    }
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // SAFETY: the handler is a plain function that lives for ever.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
}

const PENDING: u32 = 1;
const READY: u32 = 2;
const FAILED: u32 = 3;

impl Slot {
    /// Forks the process. In the child this slot is another one with the same pins.
    ///
    /// ```
    /// use phalanx_shm::Forked;
    ///
    /// # let control = phalanx_shm::Control::create(Default::default())?;
    /// let slot = control.register()?;
    /// slot.pin(7);
    /// // SAFETY: this program has one thread.
    /// match unsafe { slot.fork() }? {
    ///     Forked::Child => {
    ///         assert!(slot.has_pinned(7)); // What 7 names stays, whatever the parent does now.
    ///         std::process::exit(0);
    ///     }
    ///     Forked::Parent(_) => slot.unpin(7),
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// Locks and claims that the thread holds stay the parent's, and so do blocks that it has not committed: the child must not
    /// use its copies of them. Windows that it holds are open in both.
    ///
    /// # Errors
    /// Those of `fork`, and [`io::ErrorKind::QuotaExceeded`] when there is no slot for the child.
    ///
    /// # Safety
    /// As for `fork`: if the process has other threads, the child may not rely on anything that they were changing.
    pub unsafe fn fork(&self) -> io::Result<Forked> {
        let word = &self.control().region.head(self.index()).fork;
        word.store(PENDING, Ordering::Release);
        // SAFETY: promised by the caller.
        let pid = unsafe { libc::fork() };
        if pid < 0 {
            return Err(io::Error::last_os_error());
        }
        if pid == 0 {
            let state = if self.become_child() { READY } else { FAILED };
            word.store(state, Ordering::Release);
            futex::wake(word, 1, Reach::Shared);
            if state == FAILED {
                // SAFETY: ends this process at once; the parent reports the error.
                unsafe { libc::_exit(127) };
            }
            return Ok(Forked::Child);
        }
        loop {
            match word.load(Ordering::Acquire) {
                PENDING if is_running(pid) => {
                    futex::wait(word, PENDING, Some(Duration::from_millis(5)), Reach::Shared);
                }
                FAILED => {
                    // SAFETY: the child is ours and has ended; nobody wants its status.
                    unsafe { libc::waitpid(pid, std::ptr::null_mut(), 0) };
                    return Err(io::ErrorKind::QuotaExceeded.into());
                }
                // Ready, or killed before it was.
                _ => return Ok(Forked::Parent(pid)),
            }
        }
    }

    /// Takes a slot for this new process, with the pins of the parent's, which waits.
    fn become_child(&self) -> bool {
        let Ok(own) = self.control().register() else { return false };
        let before = self.place();
        self.move_to(own.place());
        self.control().region.readers().note_handover();
        crate::primitive::fence(Ordering::SeqCst);
        // If the parent died and its pins were cleared before these were set, what they protect may be gone.
        let parents_word = &self.control().region.head(before.index).owner;
        if !self.pins().is_empty() && owner::current(parents_word) != before.tenure {
            self.clear_bits();
            self.move_to(before);
            return false;
        }
        // The slot lives on in `self`; what is dropped here no longer names an owner.
        own.tenure.set(Tenure(0));
        true
    }

    /// In a process that was forked by other means than [`Self::fork`]: takes a slot with the same pins. The first use of the
    /// slot does this by itself.
    ///
    /// [`Self::fork`] is better: here the parent does not wait, and what it unpins before this call may be gone.
    pub(super) fn after_plain_fork(&self) -> io::Result<()> {
        self.become_child().then_some(()).ok_or_else(|| io::ErrorKind::QuotaExceeded.into())
    }
}

/// Whether the child has not ended yet. Does not collect its status.
fn is_running(pid: i32) -> bool {
    let mut info = std::mem::MaybeUninit::<libc::siginfo_t>::zeroed();
    let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: `info` is a buffer of the right type.
    let result = unsafe { libc::waitid(libc::P_PID, pid.unsigned_abs(), info.as_mut_ptr(), options) };
    // SAFETY: zeroes are a valid siginfo_t, and the kernel writes nothing else than one.
    let ended = result == 0 && unsafe { info.assume_init().si_pid() } == pid;
    // An error means that there is no such child any more: somebody has collected it.
    result == 0 && !ended
}
