//! Counters of a JIT, and what is told of them.

use crate::{Jit, Mode, Reason};
use phalanx_vm::Context;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a JIT counts. Rare events only: nothing here is touched by compiled code.
#[derive(Default)]
pub(crate) struct Counters {
    pub compiled: AtomicU64,
    pub recompiled: AtomicU64,
    pub recorded: AtomicU64,
    pub side_exits: AtomicU64,
    /// Code that a thread entered which another one made, each time it came to it first.
    pub shared: AtomicU64,
    aborts: [AtomicU64; Reason::ALL.len()],
}

impl Counters {
    pub(crate) fn abort(&self, reason: Reason) {
        self.aborts[reason as usize].fetch_add(1, Ordering::Relaxed);
    }
}

/// What `opcache_get_status()['jit']` tells, and more.
#[derive(Clone, Debug)]
pub struct Status {
    /// Whether there is a JIT.
    pub enabled: bool,
    /// Whether it is switched on.
    pub on: bool,
    /// `kind`: the trigger, third digit of the number form.
    pub kind: u32,
    /// `opt_level`: the last digit.
    pub opt_level: u32,
    /// `opt_flags`: register allocation, and 4 for what the processor has beside: the first two digits.
    pub opt_flags: u32,
    /// Bytes of code memory.
    pub buffer_size: usize,
    /// Bytes of it that are free.
    pub buffer_free: usize,
    /// Loops compiled.
    pub compiled: u64,
    /// Loops compiled anew because of their exits.
    pub recompiled: u64,
    /// Recordings begun.
    pub recorded: u64,
    /// Exits that were recorded because they were taken often.
    pub side_exits: u64,
    /// How often a thread came to code that another one had made.
    pub shared: u64,
    /// How often something was not compiled, by reason.
    pub aborts: Vec<(&'static str, u64)>,
}

impl Jit {
    /// Tells about it.
    pub fn status(&self) -> Status {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let flags = self.config.flags;
        Status {
            enabled: self.config.mode != Mode::Disable,
            on: matches!(self.config.mode, Mode::Tracing | Mode::Function),
            kind: flags / 10 % 10,
            opt_level: flags % 10,
            opt_flags: flags / 100 % 10 + if flags >= 1000 { 4 } else { 0 },
            buffer_size: self.code.size(),
            buffer_free: self.code.size() - self.code.used(),
            compiled: count(&self.counters.compiled),
            recompiled: count(&self.counters.recompiled),
            recorded: count(&self.counters.recorded),
            side_exits: count(&self.counters.side_exits),
            shared: count(&self.counters.shared),
            aborts: Reason::ALL
                .iter()
                .map(|&reason| (reason.text(), count(&self.counters.aborts[reason as usize])))
                .filter(|&(_, count)| count != 0)
                .collect(),
        }
    }
}

/// Tells about the JIT that is installed in a context.
pub fn status(cx: &Context) -> Option<Status> {
    let state: &crate::hooks::State = cx.hot.state.as_ref()?.downcast_ref()?;
    let status = state.jit().status();
    Some(Status { enabled: crate::is_available(cx), on: cx.hot.is_on(), ..status })
}
