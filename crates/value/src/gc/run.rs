//! A run of the collector.
//!
//! Colors: black is "in use or not looked at", gray "counts from inside taken away", white "no count left". Every gray
//! block becomes black or white, and every block gets back what was taken, so after the search all counts are true and
//! all colors black. Blocks are visited with a stack of our own: depth does not matter.
//!
//! # Safety
//! See [`gc`](super).
#![allow(unsafe_code, reason = "the collector works on blocks and their counts")]

use std::time::Instant;

use super::{GcState, THRESHOLD, THRESHOLD_MAX, THRESHOLD_STEP, WORTHWHILE, children};
use crate::array::VmArray;
use crate::destroy;
use crate::header::{INFO_BUFFERED, INFO_COLOR_MASK, INFO_GARBAGE, VmCounted};
use crate::heap::{ATTENTION_GC, clear_attention, heap};
use crate::object::{self, CLASS_HAS_DESTRUCTOR, OBJ_DESTRUCTED, ObjRef, VmObject};
use crate::value::Tag;

const BLACK: u32 = 0;
const WHITE: u32 = 1 << 12;
const GRAY: u32 = 2 << 12;

type Block = *mut VmCounted;

/// Finds and frees garbage cycles; tells how many arrays and objects were freed (`gc_collect_cycles()`).
///
/// `call_destructor` runs PHP code and may do anything. The collector is marked as running meanwhile, so that a run
/// inside of it does nothing.
pub fn collect_cycles(call_destructor: &mut dyn FnMut(&ObjRef)) -> usize {
    let gc = &heap().gc;
    clear_attention(ATTENTION_GC);
    if gc.active.get() || gc.protected.get() {
        return 0;
    }
    gc.active.set(true);
    let start = Instant::now();
    let mut total = 0;
    for _round in 0..2 {
        if gc.count.get() == 0 {
            break;
        }
        gc.runs.set(gc.runs.get() + 1);
        let mut garbage = gc.search();
        let due = destructors_due(&garbage);
        if !due.is_empty() {
            spare(&due);
            // SAFETY: blocks in the list are live: nothing has been freed since the search.
            garbage.retain(|&block| unsafe { (*block).has(INFO_GARBAGE) });
        }
        // SAFETY: as above. The list keeps its blocks until they are freed below.
        unsafe { garbage.iter().for_each(|&block| (*block).increment()) };
        let count = garbage.iter().map(|&block| pieces(block)).sum::<isize>().unsigned_abs();
        for object in &due {
            if !object.has_flags(OBJ_DESTRUCTED) {
                object.set_flags(OBJ_DESTRUCTED);
                let begin = Instant::now();
                call_destructor(object);
                gc.destructor_time.set(gc.destructor_time.get() + begin.elapsed());
            }
        }
        let again = !due.is_empty();
        drop(due);
        let begin = Instant::now();
        free_garbage(&garbage);
        gc.free_time.set(gc.free_time.get() + begin.elapsed());
        gc.collected.set(gc.collected.get() + count as u64);
        total += count;
        if !again {
            break;
        }
    }
    gc.active.set(false);
    gc.collector_time.set(gc.collector_time.get() + start.elapsed());
    total
}

/// The run that `ATTENTION_GC` asks for: adapts the threshold to what it found.
pub fn collect_automatic(call_destructor: &mut dyn FnMut(&ObjRef)) -> usize {
    let gc = &heap().gc;
    if gc.disabled.get() {
        clear_attention(ATTENTION_GC);
        return 0;
    }
    let found = collect_cycles(call_destructor);
    let threshold = gc.threshold.get();
    if found < WORTHWHILE || gc.count.get() + 1 >= threshold {
        gc.threshold.set((threshold + THRESHOLD_STEP).min(THRESHOLD_MAX));
    } else if threshold > THRESHOLD {
        gc.threshold.set(threshold - THRESHOLD_STEP);
    }
    found
}

/// What a block adds to the number that `gc_collect_cycles()` tells: references do not count, nor do arrays that hold the
/// undeclared properties of an object; the latter are taken off where the object is counted.
fn pieces(block: Block) -> isize {
    // SAFETY: only blocks that are kept alive are counted; the type byte says what they are.
    unsafe {
        if (*block).type_byte() == Tag::Reference as u8 {
            return 0;
        }
        if (*block).type_byte() == Tag::Object as u8 {
            let dynamic = (*block.cast::<VmObject>()).dynamic.get();
            return 1 - isize::from(!dynamic.is_null() && (*dynamic).head.has(INFO_GARBAGE));
        }
    }
    1
}

fn color(block: Block) -> u32 {
    // SAFETY: only live blocks are looked at during a run.
    unsafe { (*block).info.get() & INFO_COLOR_MASK }
}

fn paint(block: Block, color: u32) {
    // SAFETY: only live blocks are looked at during a run.
    unsafe { (*block).info.set((*block).info.get() & !INFO_COLOR_MASK | color) };
}

fn count_of(block: Block) -> u32 {
    // SAFETY: only live blocks are looked at during a run.
    unsafe { (*block).refcount.get() }
}

fn change_count(block: Block, change: i32) {
    // SAFETY: only live blocks are looked at during a run.
    unsafe { (*block).refcount.set((*block).refcount.get().wrapping_add_signed(change)) };
}

fn visit(block: Block, mut f: impl FnMut(Block)) {
    // SAFETY: only live blocks are looked at during a run, and a run changes nothing but counts and colors.
    unsafe { children::for_each(block, &mut f) };
}

impl GcState {
    /// Finds the garbage below the roots and empties the buffer. Blocks of the result have `INFO_GARBAGE`; none has an
    /// owner outside of the result.
    fn search(&self) -> Vec<Block> {
        // SAFETY: nothing but `trace` runs during the search, and that must not touch the collector.
        let roots: Vec<Block> =
            unsafe { (*self.roots.get()).iter().filter_map(|root| root.block()).collect() };
        let mut stack = Vec::new();
        for &root in &roots {
            if color(root) == BLACK {
                paint(root, GRAY);
                stack.push(root);
                mark_gray(&mut stack);
            }
        }
        for &root in &roots {
            scan(root, &mut stack);
        }
        // SAFETY: as above; blocks in the buffer are live.
        unsafe {
            roots.iter().for_each(|&root| (*root).clear_bits(INFO_BUFFERED));
            (*self.roots.get()).clear();
        }
        self.unused.set(super::NO_ENTRY);
        self.count.set(0);
        let mut garbage = Vec::new();
        for &root in &roots {
            if color(root) == WHITE {
                paint(root, BLACK);
                garbage.push(root);
            }
        }
        // White children are appended behind the roots and visited in turn.
        let mut next = 0;
        while let Some(&block) = garbage.get(next) {
            next += 1;
            // SAFETY: the block is live.
            unsafe { (*block).set_bits(INFO_GARBAGE) };
            visit(block, |child| {
                change_count(child, 1);
                if color(child) == WHITE {
                    paint(child, BLACK);
                    garbage.push(child);
                }
            });
        }
        garbage
    }
}

/// Takes away the counts that gray blocks have of their children.
fn mark_gray(stack: &mut Vec<Block>) {
    while let Some(block) = stack.pop() {
        visit(block, |child| {
            debug_assert!(count_of(child) != 0, "a native state names a value that it does not own");
            change_count(child, -1);
            if color(child) != GRAY {
                paint(child, GRAY);
                stack.push(child);
            }
        });
    }
}

/// Gray blocks with counts left are in use, and so is all that they reach; the others are white.
fn scan(root: Block, stack: &mut Vec<Block>) {
    stack.push(root);
    while let Some(block) = stack.pop() {
        if color(block) != GRAY {
            continue;
        }
        if count_of(block) != 0 {
            give_back(block);
        } else {
            paint(block, WHITE);
            visit(block, |child| {
                if color(child) == GRAY {
                    stack.push(child);
                }
            });
        }
    }
}

/// A block is in use: everything below gets its counts back.
fn give_back(block: Block) {
    paint(block, BLACK);
    let mut stack = vec![block];
    while let Some(block) = stack.pop() {
        visit(block, |child| {
            change_count(child, 1);
            if color(child) != BLACK {
                paint(child, BLACK);
                stack.push(child);
            }
        });
    }
}

/// The garbage objects whose destructor must be called; the others are marked as needing none.
fn destructors_due(garbage: &[Block]) -> Vec<ObjRef> {
    let mut due = Vec::new();
    for &block in garbage {
        // SAFETY: blocks of the list are live; the type byte says what they are.
        unsafe {
            if (*block).type_byte() != Tag::Object as u8 {
                continue;
            }
            let object: *mut VmObject = block.cast();
            let flags = (*object).flags.get();
            if flags & OBJ_DESTRUCTED != 0 {
                continue;
            }
            if (*(*object).class).flags & CLASS_HAS_DESTRUCTOR != 0 && !heap().store.suppressed() {
                due.push(ObjRef::from_raw_add_ref(object));
            } else {
                (*object).flags.set(flags | OBJ_DESTRUCTED);
            }
        }
    }
    due
}

/// Objects with a destructor and all that they reach are no garbage in this round.
fn spare(due: &[ObjRef]) {
    let mut stack: Vec<Block> = due.iter().map(|object| object.raw().cast()).collect();
    while let Some(block) = stack.pop() {
        // SAFETY: only live blocks are reached.
        unsafe {
            if !(*block).has(INFO_GARBAGE) {
                continue;
            }
            (*block).clear_bits(INFO_GARBAGE);
        }
        visit(block, |child| stack.push(child));
    }
}

/// Empties the blocks, of which the list owns a count each, then gives up the counts.
fn free_garbage(garbage: &[Block]) {
    // SAFETY: nobody outside of the list owns these blocks, so nobody sees them being emptied; the list's own count
    // keeps each of them until the second loop.
    unsafe {
        for &block in garbage {
            (*block).clear_bits(INFO_GARBAGE);
            match (*block).type_byte() {
                t if t == Tag::Array as u8 => VmArray::clear(block.cast()),
                t if t == Tag::Object as u8 => object::free_parts(block.cast()),
                _ => {}
            }
        }
        for &block in garbage {
            destroy::release(block);
        }
    }
}
