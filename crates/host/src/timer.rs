//! A timer that sets bits in words of the thread that started it, for `max_execution_time`.
//!
//! # Safety
//!
//! The signal handler runs on the timer's own thread only (`SIGEV_THREAD_ID`) and touches nothing but a [`Slot`] and the word
//! that it names. Slots are never freed, so a signal that comes late finds one. A slot names a word only between `start` and
//! the drop of its timer, which happen on the same thread, hence never during the handler; and the word is kept alive by the
//! timer's `Arc` meanwhile. When a timer is deleted on its own thread, its signals have been delivered before the call
//! returns, so a slot that is used again by another thread gets none of them.
#![allow(unsafe_code, reason = "timers and a signal handler")]

use std::io;
use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Duration;

/// What passes while the timer runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerClock {
    /// Processor time of the thread: sleeping and waiting do not count.
    ThreadCpu,
    /// Time on the wall.
    Wall,
}

/// What a timer changes when it runs out: bits are set in the first word, then the second one becomes 1.
pub type Words = [AtomicU32; 2];

/// What the handler finds behind a signal.
#[derive(Debug)]
struct Slot {
    words: AtomicPtr<Words>,
    bits: AtomicU32,
}

/// A one-shot timer of the calling thread. It cannot leave its thread.
#[derive(Debug)]
pub struct ThreadTimer {
    timer: libc::timer_t,
    slot: &'static Slot,
    /// Keeps the words alive while the slot names them.
    _words: Arc<Words>,
    _not_send: PhantomData<*const ()>,
}

/// Slots that no timer uses.
static FREE: Mutex<Vec<&'static Slot>> = Mutex::new(Vec::new());

/// The signal of our timers, one that neither the C library nor PHP programs use.
fn signal() -> libc::c_int {
    libc::SIGRTMIN() + 3
}

extern "C" fn on_signal(_: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the system passes a valid structure; only timers with a slot send this signal, and one sent by somebody else
    // has another code.
    let slot = unsafe {
        if (*info).si_code != libc::SI_TIMER {
            return;
        }
        (*info).si_value().sival_ptr.cast::<Slot>()
    };
    // SAFETY: slots are never freed.
    let Some(slot) = (unsafe { slot.as_ref() }) else { return };
    // SAFETY: see the head of the module: a word that is named is alive.
    if let Some([reasons, gate]) = unsafe { slot.words.load(Ordering::Relaxed).as_ref() } {
        reasons.fetch_or(slot.bits.load(Ordering::Relaxed), Ordering::Relaxed);
        gate.store(1, Ordering::Release);
    }
}

fn install_handler() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the structure is made of integers, a pointer and a set, for which zero is a value.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = on_signal as *const () as usize;
        // System calls in progress go on; the virtual machine looks at the word when it is back.
        action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART | libc::SA_ONSTACK;
        // SAFETY: the handler does what is allowed in one, which is atomic operations.
        unsafe { libc::sigaction(signal(), &raw const action, ptr::null_mut()) };
    });
}

impl ThreadTimer {
    /// Makes a timer that sets `bits` in the first of `words` when it runs out, and 1 in the second. It is not running yet.
    pub fn new(clock: TimerClock, words: Arc<Words>, bits: u32) -> io::Result<ThreadTimer> {
        install_handler();
        let slot = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let slot = slot.unwrap_or_else(|| {
            Box::leak(Box::new(Slot { words: AtomicPtr::new(ptr::null_mut()), bits: AtomicU32::new(0) }))
        });
        slot.bits.store(bits, Ordering::Relaxed);
        slot.words.store(Arc::as_ptr(&words).cast_mut(), Ordering::Relaxed);
        // SAFETY: the structure is made of integers and a pointer, for which zero is a value.
        let mut event: libc::sigevent = unsafe { std::mem::zeroed() };
        event.sigev_notify = libc::SIGEV_THREAD_ID;
        event.sigev_signo = signal();
        event.sigev_value = libc::sigval { sival_ptr: ptr::from_ref(slot).cast_mut().cast() };
        // SAFETY: takes nothing and cannot fail.
        event.sigev_notify_thread_id = unsafe { libc::gettid() };
        let clock = match clock {
            TimerClock::ThreadCpu => libc::CLOCK_THREAD_CPUTIME_ID,
            TimerClock::Wall => libc::CLOCK_MONOTONIC,
        };
        let mut timer: libc::timer_t = ptr::null_mut();
        // SAFETY: `event` is filled in, `timer` may be written.
        if unsafe { libc::timer_create(clock, &raw mut event, &raw mut timer) } != 0 {
            let error = io::Error::last_os_error();
            release(slot);
            return Err(error);
        }
        Ok(ThreadTimer { timer, slot, _words: words, _not_send: PhantomData })
    }

    /// Starts the timer, again if it is running. Zero stops it.
    pub fn start(&self, time: Duration) -> io::Result<()> {
        let value = libc::timespec {
            tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: time.subsec_nanos().into(),
        };
        let interval = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        let setting = libc::itimerspec { it_interval: interval, it_value: value };
        // SAFETY: the timer is ours and exists; nothing is written.
        crate::sys::check(unsafe { libc::timer_settime(self.timer, 0, &raw const setting, ptr::null_mut()) })
    }

    /// Stops the timer. Bits that it has set stay set.
    pub fn stop(&self) -> io::Result<()> {
        self.start(Duration::ZERO)
    }
}

fn release(slot: &'static Slot) {
    slot.words.store(ptr::null_mut(), Ordering::Relaxed);
    FREE.lock().unwrap_or_else(PoisonError::into_inner).push(slot);
}

impl Drop for ThreadTimer {
    fn drop(&mut self) {
        self.slot.words.store(ptr::null_mut(), Ordering::Relaxed);
        // SAFETY: the timer is ours and is deleted once.
        unsafe { libc::timer_delete(self.timer) };
        release(self.slot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computes until `word` has a bit; the limit is far beyond any timer here.
    fn spin([word, gate]: &Words) -> u32 {
        let start = crate::clock::monotonic_ns();
        while word.load(Ordering::Acquire) == 0 && crate::clock::monotonic_ns() - start < 20_000_000_000 {
            std::hint::spin_loop();
        }
        assert_eq!(gate.load(Ordering::Acquire), u32::from(word.load(Ordering::Acquire) != 0));
        word.load(Ordering::Acquire)
    }

    fn words() -> Arc<Words> {
        Arc::new([AtomicU32::new(0), AtomicU32::new(0)])
    }

    #[test]
    fn processor_time_sets_the_bits() {
        let word = words();
        let timer = ThreadTimer::new(TimerClock::ThreadCpu, word.clone(), 4).unwrap();
        timer.start(Duration::from_millis(5)).unwrap();
        assert_eq!(spin(&word), 4);
    }

    #[test]
    fn a_stopped_timer_sets_nothing() {
        let word = words();
        let timer = ThreadTimer::new(TimerClock::Wall, word.clone(), 1).unwrap();
        timer.start(Duration::from_secs(1000)).unwrap();
        timer.stop().unwrap();
        drop(timer);
        assert_eq!(Arc::strong_count(&word), 1);
        assert_eq!(word[0].load(Ordering::Acquire), 0);
    }

    #[test]
    fn timers_of_threads_do_not_meet() {
        let words: Vec<_> = (0..8).map(|_| words()).collect();
        std::thread::scope(|scope| {
            for (index, word) in words.iter().enumerate() {
                scope.spawn(move || {
                    for _ in 0..20 {
                        word[0].store(0, Ordering::Release);
                        word[1].store(0, Ordering::Release);
                        let timer = ThreadTimer::new(TimerClock::Wall, word.clone(), 1 << index).unwrap();
                        timer.start(Duration::from_micros(300)).unwrap();
                        assert_eq!(spin(word), 1 << index);
                    }
                });
            }
        });
    }
}
