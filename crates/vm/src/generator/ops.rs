//! The instructions of generator functions.
//!
//! # Safety
//!
//! Instructions run in the innermost frame, see [`crate::ins::Ins`].
#![allow(unsafe_code, reason = "leaves and moves frames")]

use super::delegate::{self, Begun, Delegate};
use super::frame::FrameBox;
use super::pending::PendingCalls;
use super::{CLOSING, GeneratorState, LEFT, state};
use crate::Context;
use crate::dispatch::Next;
use crate::frame::{Frame, flag};
use crate::ins::Ins;
use crate::run;
use crate::thrown::PhpResult;
use phalanx_bytecode::Kind;
use phalanx_bytecode::flags::op as op_flag;
use phalanx_value::{NativeSlot, ObjRef, PhpRef, Tag, Value};
use std::cell::{Cell, RefCell};
use std::ptr::{self, NonNull};

/// The generator whose frame runs.
fn generator_of(frame: *mut Frame) -> Option<ObjRef> {
    // SAFETY: the frame runs; its generator is kept by whoever resumed it.
    unsafe {
        let object = (*frame).extra.as_ref()?.generator?;
        Some(ObjRef::from_raw_add_ref(object.as_ptr().cast()))
    }
}

/// `CREATE_GENERATOR`: the frame moves into a Generator, which is returned.
pub fn create(ins: Ins, cx: &mut Context) -> PhpResult<Next> {
    let fp = ins.fp();
    let class = cx.native_class("generator");
    if class.defaults.get().is_none() {
        class.set_defaults([]);
    }
    let object = cx.allocate(class);
    // SAFETY: the frame that runs is the topmost one; what refers to it is corrected here.
    unsafe {
        let top = (*fp).has(flag::TOP);
        let (ret, prev, func) = ((*fp).ret, (*fp).prev, (*fp).func);
        let frame = FrameBox::take(fp, cx);
        let moved = frame.as_ptr();
        (*moved).extra_mut().generator = NonNull::new(object.raw().cast());
        (*moved).ret = ptr::null_mut();
        (*moved).prev = ptr::null_mut();
        let state = GeneratorState {
            frame: RefCell::new(Some(frame)),
            calls: RefCell::default(),
            func,
            value: RefCell::new(Value::UNDEF),
            key: RefCell::new(Value::UNDEF),
            result: RefCell::new(Value::UNDEF),
            send: Cell::new(ptr::null_mut()),
            largest_key: Cell::new(-1),
            delegate: RefCell::new(Delegate::None),
            flags: Cell::new(0),
        };
        if object.set_native(NativeSlot::new(state)).is_err() {
            unreachable!("a new object has no state");
        }
        cx.frame = prev;
        if ret.is_null() {
            drop(object)
        } else {
            ret.write(Value::object(object))
        }
        if top {
            return Ok(Next::LEAVE);
        }
        Ok(Next { pc: (*prev).pc.add(1), fp: prev })
    }
}

/// The result temporary of the instruction, made null; or a null pointer if nobody wants the result.
fn send_place(ins: Ins) -> *mut Value {
    if ins.op().kind_c() == Kind::None {
        return ptr::null_mut();
    }
    let place = ins.slot(ins.op().c);
    ins.init_slot(ins.op().c, Value::NULL);
    place
}

/// Leaves the run loop, the frame suspended at this instruction.
fn suspend(ins: Ins, cx: &mut Context, state: &GeneratorState) -> Next {
    if !ins.frame().call.is_null() {
        // SAFETY: the frame is the innermost one; its calls come back before it goes on.
        drop(state.calls.replace(unsafe { PendingCalls::save(ins.fp(), cx) }));
    }
    cx.frame = ins.frame().prev;
    Next::LEAVE
}

/// `YIELD`.
pub fn yield_value(ins: Ins, cx: &mut Context) -> PhpResult<Next> {
    let object = generator_of(ins.fp()).expect("the frame of a generator");
    let state = state(&object).expect("a generator");
    if state.has(CLOSING) {
        return Err(cx.throw_error("Cannot yield from finally in a force-closed generator"));
    }
    let value = match ins.op().kind_a() {
        Kind::None => Value::NULL,
        _ if ins.has(op_flag::BY_REF) => place_to_yield(ins, cx)?,
        _ => ins.take_a(cx)?,
    };
    let key = if ins.op().kind_b() == Kind::None {
        let key = state.largest_key.get().wrapping_add(1);
        state.largest_key.set(key);
        Value::int(key)
    } else {
        let key = ins.take_b(cx)?;
        if let Some(int) = key.as_int()
            && int > state.largest_key.get()
        {
            state.largest_key.set(int);
        }
        key
    };
    drop(state.value.replace(value));
    drop(state.key.replace(key));
    state.send.set(send_place(ins));
    Ok(suspend(ins, cx, state))
}

/// The reference that a generator by reference yields.
fn place_to_yield(ins: Ins, cx: &mut Context) -> PhpResult<Value> {
    let op = ins.op();
    if op.kind_a() == Kind::Lit {
        cx.notice("Only variable references should be yielded by reference")?;
        return Ok(Value::reference(PhpRef::new(ins.peek_a())));
    }
    if op.kind_a() == Kind::Tmp {
        let slot = ins.take_slot(op.a);
        if slot.tag() != Tag::Indirect {
            if slot.is_ref() {
                return Ok(slot);
            }
            cx.notice("Only variable references should be yielded by reference")?;
            return Ok(Value::reference(PhpRef::new(slot)));
        }
        // SAFETY: the fetch before this instruction gave a live place.
        return Ok(Value::reference(unsafe { (*slot.indirect_ptr()).make_ref() }));
    }
    // SAFETY: the operand is a variable.
    Ok(Value::reference(unsafe { (*ins.place_a()).make_ref() }))
}

/// `YIELD_FROM`.
pub fn yield_from(ins: Ins, cx: &mut Context) -> PhpResult<Next> {
    let object = generator_of(ins.fp()).expect("the frame of a generator");
    let state = state(&object).expect("a generator");
    let value = ins.take_a(cx)?;
    if state.has(CLOSING) {
        return Err(cx.throw_error("Cannot use \"yield from\" in a force-closed generator"));
    }
    match delegate::begin(cx, state, value)? {
        Begun::Generator => {
            state.send.set(send_place(ins));
            return Ok(suspend(ins, cx, state));
        }
        Begun::Source => state.send.set(send_place(ins)),
    }
    match delegate::advance(cx, state) {
        Ok(delegate::Step::Yielded) => Ok(suspend(ins, cx, state)),
        Ok(delegate::Step::Run) => Ok(Next { pc: ins.next(), fp: ins.fp() }),
        Err(thrown) => Err(thrown),
    }
}

/// `RETURN_GENERATOR`: the end.
pub fn return_value(ins: Ins, cx: &mut Context) -> PhpResult<Next> {
    let object = generator_of(ins.fp()).expect("the frame of a generator");
    let state = state(&object).expect("a generator");
    let value = match ins.op().kind_a() {
        Kind::None => Value::NULL,
        _ => ins.take_a(cx)?,
    };
    drop(state.result.replace(value));
    finish(ins.fp(), cx);
    let symbols = ins.frame().has(flag::SYMBOLS);
    // SAFETY: the frame is the innermost one; its memory stays until the run loop is left.
    unsafe { run::leave(ins.fp(), cx) };
    let _ = symbols;
    if phalanx_value::heap::has_pending_destructors() {
        // What a destructor throws is pending; whoever resumed the generator sees it.
        let _ = cx.run_destructors();
    }
    Ok(Next::LEAVE)
}

/// Notes that the frame of a generator is about to be left: by `return`, or by an exception.
pub fn finish(fp: *mut Frame, _: &mut Context) {
    if let Some(object) = generator_of(fp)
        && let Some(state) = state(&object)
    {
        state.set(LEFT);
        state.send.set(ptr::null_mut());
    }
}
