//! Recursion without a limit.
//!
//! PHP code may nest as deeply as memory allows: 100,000 parentheses are valid. Whoever walks it recursively counts its
//! depth and goes through [`nest`], which continues on a fresh native stack whenever the current one might run out. The
//! decision depends on the count alone, not on where the thread's stack ends, so it holds on coroutine stacks too.
//!
//! **Invariant**: one level of the caller needs less than [`BYTES_PER_LEVEL`] of native stack, in debug builds as well.

use corosensei::stack::DefaultStack;

/// What one level of recursion may use.
pub const BYTES_PER_LEVEL: usize = 12 << 10;

/// Levels that run on the stack of the caller.
const FIRST: u32 = 64;
/// Levels that the first stack of our own takes.
const SECOND: u32 = 512;
/// Levels that each later stack takes.
const FURTHER: u32 = 4096;

/// Runs `f` at nesting depth `depth` (counted by the caller, from 1), on a new stack where one is due.
#[inline(always)]
pub fn nest<R>(depth: u32, f: impl FnOnce() -> R) -> R {
    if depth.is_multiple_of(FIRST) { maybe_grow(depth, f) } else { f() }
}

#[cold]
#[inline(never)]
fn maybe_grow<R>(depth: u32, f: impl FnOnce() -> R) -> R {
    let levels = if depth == FIRST {
        SECOND - FIRST
    } else if depth >= SECOND && (depth - SECOND).is_multiple_of(FURTHER) {
        FURTHER
    } else {
        return f();
    };
    // The memory is reserved, not used, until the recursion gets there.
    let stack = DefaultStack::new((levels as usize + 1) * BYTES_PER_LEVEL)
        .expect("address space for another stack: nesting uses memory in proportion to the source");
    corosensei::on_stack(stack, f)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(depth: u32, left: u64) -> u64 {
        let filler = std::hint::black_box([left; 64]);
        nest(depth, || if left == 0 { 0 } else { filler[0] + sum(depth + 1, left - 1) })
    }

    #[test]
    fn deep_recursion() {
        assert_eq!(sum(1, 200_000), 200_000 * 200_001 / 2);
    }
}
