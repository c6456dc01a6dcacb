//! What compiled code calls, and what becomes of a frame when code is left.
//!
//! # Safety
//!
//! Helpers are called by compiled code with what the comment of each says. A record (see [`crate::snapshot`]) is read with the
//! spill area that its exit filled, for the frame that the code was entered with.
#![allow(unsafe_code, reason = "called by compiled code; rebuilds frames")]

mod resolve;

use phalanx_bytecode::Op;
use phalanx_bytecode::spec::CODES;
use phalanx_value::{Key, Tag, Value, View, VmArray};
use phalanx_vm::dispatch::{Next, Table, run_loop};
use phalanx_vm::frame::{Frame, flag};
use phalanx_vm::hot::visit;
use phalanx_vm::ops::INTERPRETER;
use phalanx_vm::{Context, run};
use std::mem::ManuallyDrop;

pub(crate) use resolve::resolve;

/// How many words an exit may spill.
pub(crate) const SPILLS: usize = 128;

/// What compiled code is called with.
#[repr(C)]
pub(crate) struct Args {
    pub cx: *mut Context,
    /// The word that is polled.
    pub interrupt: *const u32,
    /// Lowest stack address at which compiled code may call compiled code.
    pub stack_limit: usize,
    /// Where to go on, if the code says [`THERE`].
    pub pc: *const Op,
    pub fp: *mut Frame,
    /// The result of a call that a helper finished.
    pub result: [u64; 2],
    pub spill: [u64; SPILLS],
}

/// What compiled code returns: the two words of a value, or how it was left.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Outcome {
    pub payload: u64,
    pub meta: u64,
}

/// Set in the second word of what code returns if the code was left in one of the two ways below.
pub(crate) const LEFT: u64 = 0x80;
/// Set in the second word of a result if something that the function released asks for attention.
pub(crate) const ATTEND: u64 = 1 << 16;
/// In place of a tag: the code was left by the exit whose record the payload is the address of.
pub(crate) const EXIT: u64 = 0xe0;
/// In place of a tag: the interpreter goes on where [`Args`] say.
pub(crate) const THERE: u64 = 0xe1;

/// In place of a tag: the code cannot run here, and has done nothing.
pub(crate) const REFUSED: u64 = 0xe2;

/// Compiled code: what it is called with, its frame, its own address.
pub(crate) type Entry = unsafe extern "C" fn(*mut Args, *mut Frame, *const u8) -> Outcome;

macro_rules! helpers {
    ($($(#[doc = $doc:literal])* $name:ident = $function:expr, $args:literal;)*) => {
        /// Functions that compiled code calls. All take [`Args`] first, and words, and return a word.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub(crate) enum Helper { $($(#[doc = $doc])* $name),* }

        impl Helper {
            pub(crate) fn address(self) -> usize {
                match self { $(Helper::$name => $function as *const () as usize),* }
            }

            /// How many words it takes beside [`Args`].
            pub(crate) fn arity(self) -> usize {
                match self { $(Helper::$name => $args),* }
            }
        }
    };
}

helpers! {
    /// Executes an instruction by its handler: pc, frame. Gives where that frame goes on, or null: [`Args`] say where.
    Step = step, 2;
    /// Executes a `CALL` and the function that it calls: pc, frame. Gives the same.
    CallStep = call_step, 2;
    /// Runs a function that has no code: its frame. Gives 1 with [`Args::result`], or 0 when it threw.
    CallInterpreted = call_interpreted, 1;
    /// Goes on with a function whose code was left, or asks for attention: its frame, payload, second word. Gives the same.
    FinishCall = finish_call, 3;
    /// `slot[key] = value` of a value that is not counted: slot, key, payload, second word. Gives 0 if that is not as
    /// simple as that, 1 if the array is no packed one any more, else the array's address.
    StoreElement = store_element, 4;
    /// Makes the array in a slot one of one owner: slot. Gives its address.
    Separate = separate, 1;
    /// Releases the value in a slot, which is counted: slot. Gives the bits that ask for attention.
    Release = release, 1;
    /// Releases a value in its two words, which is counted. Gives the bits that ask for attention.
    ReleaseWords = release_words, 2;
    /// Copies a value, no reference but what it holds: from, to. What is there is overwritten.
    Copy = copy, 2;
    /// The element of an array under an int, or null: array, key.
    FindInt = find_int, 2;
    /// The same under a string: array, the value that holds it.
    FindString = find_string, 2;
    /// Writes a string, number, truth or null: payload, second word; the caller keeps the value. Gives 0, and nothing is
    /// written, if more than writing comes of it.
    Echo = echo, 2;
    /// A float as PHP makes an int of it: bits.
    FloatToInt = float_to_int, 1;
}

/// A table whose handlers do nothing but say where they are: an instruction run with it ends behind itself.
static STOP: Table = Table([stop; CODES]);

unsafe fn stop(pc: *const Op, fp: *mut Frame, _: &mut Context, _: &Table) -> Next {
    Next { pc, fp }
}

/// Where execution goes on in the frame, or null: then `args` says where.
fn go_on(args: &mut Args, fp: *mut Frame, next: Next) -> *const Op {
    args.pc = next.pc;
    args.fp = next.fp;
    if next.fp == fp { next.pc } else { std::ptr::null() }
}

unsafe extern "C" fn step(args: *mut Args, pc: *const Op, fp: *mut Frame) -> *const Op {
    // SAFETY: the instruction is one of the frame's function; all slots that its handler may look at are in memory.
    unsafe {
        let args = &mut *args;
        let handler = INTERPRETER.0[(*pc).code as usize];
        let next = handler(pc, fp, &mut *args.cx, &STOP);
        go_on(args, fp, next)
    }
}

unsafe extern "C" fn call_step(args: *mut Args, pc: *const Op, fp: *mut Frame) -> *const Op {
    // SAFETY: as `step`. The callee's frame is the innermost one when the handler has run.
    unsafe {
        let args = &mut *args;
        let cx = &mut *args.cx;
        let handler = INTERPRETER.0[(*pc).code as usize];
        let next = handler(pc, fp, cx, &STOP);
        if next.fp == fp || next.pc.is_null() || (*next.fp).prev != fp {
            return go_on(args, fp, next);
        }
        run_callee(next.pc, next.fp, cx);
        if cx.pending().is_err() {
            let raised = run::raise(pc, fp, cx, &STOP);
            return go_on(args, fp, raised);
        }
        go_on(args, fp, Next { pc: pc.add(1), fp })
    }
}

/// Runs a frame that a call has just entered until it returns.
unsafe fn run_callee(pc: *const Op, fp: *mut Frame, cx: &mut Context) {
    // SAFETY: the callers' frame is the innermost one, at its first instruction.
    unsafe {
        (*fp).flags |= flag::TOP;
        if cx.enter_native().is_err() {
            let raised = run::raise(pc, fp, cx, &STOP);
            // The callee is a frame to stop at.
            if !raised.pc.is_null() {
                run_loop(raised.pc, raised.fp, cx, &INTERPRETER);
            }
            return;
        }
        let first = visit::<false>(pc, fp, cx, &INTERPRETER);
        if !first.pc.is_null() {
            run_loop(first.pc, first.fp, cx, &INTERPRETER);
        }
        cx.native_depth -= 1;
    }
}

unsafe extern "C" fn call_interpreted(args: *mut Args, fp: *mut Frame) -> u64 {
    // SAFETY: the frame was pushed by compiled code, its arguments are written.
    unsafe {
        let args = &mut *args;
        let cx = &mut *args.cx;
        let mut result = Value::UNDEF;
        (*fp).ret = &raw mut result;
        let pc = run::enter(fp, cx);
        run_callee(pc, fp, cx);
        deliver(args, result)
    }
}

/// Leaves the result of a call to the code that made it; 0 if the callee threw.
unsafe fn deliver(args: &mut Args, result: Value) -> u64 {
    // SAFETY: compiled code keeps the context.
    if unsafe { (*args.cx).pending() }.is_err() {
        drop(result);
        return 0;
    }
    // SAFETY: a value is two words; compiled code owns them from here on.
    args.result = unsafe { std::mem::transmute::<Value, [u64; 2]>(result) };
    1
}

unsafe extern "C" fn finish_call(args: *mut Args, fp: *mut Frame, payload: u64, meta: u64) -> u64 {
    // SAFETY: the code of the frame was left as the two words say.
    unsafe {
        if meta & LEFT == 0 {
            let words = [payload, meta & !ATTEND];
            let result = std::mem::transmute::<[u64; 2], Value>(words);
            let cx = &mut *(*args).cx;
            cx.frame = (*fp).prev;
            // What it throws is pending then.
            let _ = run::poll(cx);
            return deliver(&mut *args, result);
        }
        let mut result = Value::UNDEF;
        (*fp).ret = &raw mut result;
        (*fp).flags |= flag::TOP;
        let cx = (*args).cx;
        let next = if meta == REFUSED {
            Next { pc: run::enter(fp, &mut *cx), fp }
        } else {
            leave(&mut *args, fp, Outcome { payload, meta })
        };
        if !next.pc.is_null() {
            if (*cx).enter_native().is_err() {
                let raised = run::raise(next.pc, next.fp, &mut *cx, &STOP);
                if !raised.pc.is_null() {
                    run_loop(raised.pc, raised.fp, &mut *cx, &INTERPRETER);
                }
            } else {
                run_loop(next.pc, next.fp, &mut *cx, &INTERPRETER);
                (*cx).native_depth -= 1;
            }
        }
        deliver(&mut *args, result)
    }
}

/// Where the interpreter goes on behind code that was left.
///
/// # Safety
/// `outcome` is what code entered with `args` and `fp` returned, and no result.
pub(crate) unsafe fn leave(args: &mut Args, fp: *mut Frame, outcome: Outcome) -> Next {
    if outcome.meta == THERE {
        return Next { pc: args.pc, fp: args.fp };
    }
    // SAFETY: the caller's promise.
    unsafe { resolve(args, fp, std::ptr::with_exposed_provenance(outcome.payload as usize)) }
}

unsafe extern "C" fn store_element(
    _: *mut Args,
    slot: *mut Value,
    key: i64,
    payload: u64,
    meta: u64,
) -> usize {
    // SAFETY: the slot is a variable of a live frame.
    unsafe {
        let Some(array) = (*slot).as_array_mut() else { return 0 };
        let array = array.separate();
        let found = VmArray::find_int(array, key);
        if !found.is_null() && (*found).is_counted() {
            return 0;
        }
        let place = if found.is_null() { VmArray::entry_int(array, key).0 } else { found };
        let words = place.cast::<u64>();
        words.write(payload);
        words.add(1).write(meta);
        if (*array).is_hash() { 1 } else { array.expose_provenance() }
    }
}

unsafe extern "C" fn separate(_: *mut Args, slot: *mut Value) -> usize {
    // SAFETY: the slot is a variable of a live frame, and was seen to hold an array.
    unsafe { (*slot).as_array_mut().map_or(0, |array| array.separate().expose_provenance()) }
}

unsafe extern "C" fn release(_: *mut Args, slot: *mut Value) -> u64 {
    // SAFETY: the slot is initialised and is not read again before it is written.
    unsafe {
        drop(slot.replace(Value::UNDEF));
    }
    phalanx_value::heap::attention().into()
}

unsafe extern "C" fn release_words(_: *mut Args, payload: u64, meta: u64) -> u64 {
    // SAFETY: the two words of a value that compiled code owned.
    drop(unsafe { std::mem::transmute::<[u64; 2], Value>([payload, meta]) });
    phalanx_value::heap::attention().into()
}

unsafe extern "C" fn copy(_: *mut Args, from: *const Value, to: *mut Value) -> u64 {
    // SAFETY: `from` is initialised, and nothing is owned where `to` is.
    unsafe { to.write((*from).deref_clone()) };
    0
}

unsafe extern "C" fn find_int(_: *mut Args, array: *const VmArray, key: i64) -> *const Value {
    // SAFETY: the array is one of a live variable.
    unsafe { VmArray::find_int(array, key) }
}

unsafe extern "C" fn find_string(_: *mut Args, array: *const VmArray, key: *const Value) -> *const Value {
    // SAFETY: the array is one of a live variable; the key was seen to be a string.
    unsafe {
        match (*key).as_string().map(Key::from_string) {
            Some(Key::Int(int)) => VmArray::find_int(array, int),
            Some(Key::Str(string)) => VmArray::find_str(array, string.raw()),
            None => std::ptr::null(),
        }
    }
}

unsafe extern "C" fn echo(args: *mut Args, payload: u64, meta: u64) -> u64 {
    // SAFETY: compiled code keeps the context, and the value whose two words these are.
    let (cx, value) = unsafe {
        (&mut *(*args).cx, ManuallyDrop::new(std::mem::transmute::<[u64; 2], Value>([payload, meta])))
    };
    if !cx.echo_is_plain() {
        return 0;
    }
    let written = match value.view() {
        View::Str(string) => cx.echo(string),
        View::Null | View::Bool(_) | View::Int(_) | View::Float(_) => {
            cx.to_string(&value).and_then(|string| cx.echo(&string))
        }
        _ => return 0,
    };
    debug_assert!(written.is_ok(), "nothing that is written so can throw");
    1
}

extern "C" fn float_to_int(_: *mut Args, bits: u64) -> i64 {
    phalanx_value::convert::float_to_int(f64::from_bits(bits))
}

/// The second word of an uncounted value.
pub(crate) const fn meta(tag: Tag) -> u64 {
    tag as u64
}
