//! What asks for attention between instructions: interrupts, the memory limit, destructors, the cycle collector.
//!
//! # Safety
//!
//! The word of the heap that is read lives as long as the thread.
#![allow(unsafe_code, reason = "reads a word of the heap by address")]

use crate::Context;
use crate::interrupt::reason;
use crate::thrown::{PhpResult, Thrown};
use phalanx_value::heap;

/// Does what the interrupt word asks for.
pub fn poll(cx: &mut Context) -> PhpResult {
    let reasons = cx.interrupt.take();
    if let Err(thrown) = attend(cx) {
        cx.interrupt.raise(reasons);
        return Err(thrown);
    }
    if reasons & reason::TIMEOUT != 0 {
        return Err(cx.time_is_up());
    }
    if reasons & (reason::CANCEL | reason::SIGNAL) != 0
        && let Some(handler) = cx.interrupt_handler
    {
        handler(cx, reasons)?;
    }
    Ok(())
}

/// Does what the heap asks for: the memory limit is an error, destructors run, the cycle collector runs.
fn attend(cx: &mut Context) -> PhpResult {
    let bits = heap::attention();
    if bits & heap::ATTENTION_MEMORY != 0 {
        cx.over_memory()?;
    }
    if bits & heap::ATTENTION_GC != 0 {
        heap::clear_attention(heap::ATTENTION_GC);
        let mut result = Ok(());
        phalanx_value::gc::collect_automatic(&mut |object| {
            if let Err(thrown) = cx.destruct(object) {
                result = Err(thrown);
            }
        });
        result?;
    }
    if heap::attention() & heap::ATTENTION_DESTRUCTORS != 0 {
        cx.run_destructors()?;
    }
    Ok(())
}

/// Does what the heap asks for after an instruction ended with `result`.
#[cold]
#[inline(never)]
pub fn attended<T>(result: PhpResult<T>, cx: &mut Context) -> PhpResult<T> {
    let ran = attend(cx);
    match result {
        Err(Thrown::Exit) => result,
        _ => {
            ran?;
            result
        }
    }
}

impl Context {
    /// Ends the script if a block of `size` bytes, which PHP code has chosen, would pass the memory limit.
    pub fn check_alloc(&mut self, size: usize) -> PhpResult {
        match heap::check_alloc(size) {
            Ok(()) => Ok(()),
            Err(exceeded) => Err(self.memory_exhausted(exceeded)),
        }
    }

    /// The same for `count` elements of `size` bytes, when there may be too many to count.
    pub fn check_alloc_of(&mut self, count: usize, size: usize) -> PhpResult {
        // What PHP adds for the head of a string or an array.
        const HEAD: usize = 32;
        match count.checked_mul(size).and_then(|all| all.checked_add(HEAD)) {
            Some(all) => self.check_alloc(all),
            None => Err(self.fatal_error(format!(
                "Possible integer overflow in memory allocation ({size} * {count} + {HEAD})"
            ))),
        }
    }

    /// For native code that builds something large piece by piece: ends the script if the memory limit has been passed.
    #[inline(always)]
    pub fn check_memory(&mut self) -> PhpResult {
        // SAFETY: the word lives as long as the thread, which the context does not leave.
        if unsafe { (*self.attention).get() } & heap::ATTENTION_MEMORY == 0 {
            return Ok(());
        }
        self.over_memory()
    }

    #[cold]
    fn over_memory(&mut self) -> PhpResult {
        match heap::take_exceeded() {
            Some(exceeded) => Err(self.memory_exhausted(exceeded)),
            None => Ok(()),
        }
    }

    /// The fatal error of a request that has used up its memory.
    #[cold]
    fn memory_exhausted(&mut self, exceeded: heap::LimitExceeded) -> Thrown {
        let heap::LimitExceeded { limit, tried } = exceeded;
        // Their memory is needed, so PHP gives up what they hold before it says anything.
        self.output.give_up_buffers();
        self.fatal_error(format!(
            "Allowed memory size of {limit} bytes exhausted (tried to allocate {tried} bytes)"
        ))
    }
}
