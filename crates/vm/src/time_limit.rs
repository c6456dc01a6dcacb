//! `max_execution_time`: a timer of the request's thread that raises an interrupt.
//!
//! Time is the processor time of the thread, so sleeping and waiting do not count and threads do not use up each other's.
//! When the limit is passed the next poll is a fatal error, and the time begins anew for the shutdown functions.
//!
//! # Safety
//!
//! The interrupt is handed to the timer as the two atomics that it consists of.
#![allow(unsafe_code, reason = "an interrupt is two atomic words")]

use crate::Context;
use crate::ini::{Stage, quantity};
use crate::interrupt::{Interrupt, reason};
use crate::thrown::Thrown;
use phalanx_host::timer::{ThreadTimer, TimerClock, Words};
use std::sync::Arc;
use std::time::Duration;

fn words_of(interrupt: &Arc<Interrupt>) -> Arc<Words> {
    const {
        assert!(size_of::<Interrupt>() == size_of::<Words>());
        assert!(align_of::<Interrupt>() == align_of::<Words>());
    }
    // SAFETY: an `Interrupt` is two `AtomicU32` in a row, the reasons first.
    unsafe { Arc::from_raw(Arc::into_raw(interrupt.clone()).cast()) }
}

/// What the setting does when it changes: the time begins anew, with the new limit.
pub(crate) fn on_change(cx: &mut Context, value: &[u8], _: Stage) -> bool {
    cx.ini.max_execution_time = quantity::parse(value).0;
    cx.start_time_limit();
    true
}

impl Context {
    /// Lets the time for `max_execution_time` begin now.
    fn start_time_limit(&mut self) {
        let seconds = u64::try_from(self.ini.max_execution_time).unwrap_or(0);
        if self.time_limit.is_none() && seconds > 0 {
            let words = words_of(&self.interrupt);
            // A system without timers has no limit.
            self.time_limit = ThreadTimer::new(TimerClock::ThreadCpu, words, reason::TIMEOUT).ok();
        }
        if let Some(timer) = &self.time_limit {
            let _ = timer.start(Duration::from_secs(seconds));
        }
        self.interrupt.clear(reason::TIMEOUT);
    }

    /// No more PHP code runs in this request.
    pub(crate) fn end_time_limit(&mut self) {
        self.time_limit = None;
        self.interrupt.clear(reason::TIMEOUT);
    }

    /// The fatal error of a request whose time is up.
    #[cold]
    pub(crate) fn time_is_up(&mut self) -> Thrown {
        let limit = self.ini.max_execution_time;
        let unit = if limit == 1 { "second" } else { "seconds" };
        let thrown = self.fatal_error(format!("Maximum execution time of {limit} {unit} exceeded"));
        self.start_time_limit();
        thrown
    }
}
