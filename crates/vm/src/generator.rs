//! Generators: functions that stop at `yield` and go on later.
//!
//! A call of a generator function moves its frame from the VM stack to memory of its own and returns the Generator.
//! Each resumption runs that frame in a run loop nested in the native method (or foreach) that asked for it; `yield`
//! leaves the loop. With `yield from` another generator, resuming the outer one runs the inner one; the frames are
//! linked meanwhile, so that backtraces show both.
//!
//! A suspended generator that nobody holds any more runs its `finally` blocks: a *graceful exit*, an object that no
//! `catch` matches, is thrown into it.
//!
//! # Safety
//!
//! The frame is alive from `create` until `close`; while it does not run, its saved instruction is the `yield` it
//! stands at (or `CREATE_GENERATOR`), and the variables and the temporaries that are live there are initialised.
#![allow(unsafe_code, reason = "keeps frames on the heap")]

mod delegate;
mod exit;
mod frame;
mod methods;
mod ops;
mod pending;

use crate::Context;
use crate::class::ClassRef;
use crate::frame::Frame;
use crate::func::FuncRef;
use crate::thrown::{PhpResult, Thrown};
use delegate::Delegate;
use frame::FrameBox;
pub(crate) use frame::trace_frame;
use pending::PendingCalls;
use phalanx_value::{NativeState, ObjRef, Value};
use std::cell::{Cell, RefCell};
use std::ptr;

pub use exit::{GRACEFUL_EXIT, graceful_exit, is_graceful_exit};
pub(crate) use methods::GENERATOR;
pub use ops::{create, finish, return_value, yield_from, yield_value};

/// What a Generator object is made of.
pub struct GeneratorState {
    frame: RefCell<Option<FrameBox>>,
    /// Calls that the suspended frame prepares.
    calls: RefCell<PendingCalls>,
    func: FuncRef,
    value: RefCell<Value>,
    key: RefCell<Value>,
    result: RefCell<Value>,
    /// Where the value goes that is sent: the result of the `yield`, or null.
    send: Cell<*mut Value>,
    /// The largest int key so far.
    largest_key: Cell<i64>,
    delegate: RefCell<Delegate>,
    flags: Cell<u8>,
}

const RUNNING: u8 = 1;
/// It stands at its first `yield`.
const FIRST: u8 = 2;
/// It is being closed early.
const CLOSING: u8 = 4;
/// Its frame has been left; the memory is still there.
const LEFT: u8 = 8;

impl NativeState for GeneratorState {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.value.borrow());
        visit(&self.key.borrow());
        visit(&self.result.borrow());
        self.delegate.borrow().trace(visit);
        if let Some(frame) = &*self.frame.borrow()
            && !self.has(LEFT)
        {
            frame.trace(visit);
            self.calls.borrow().trace(visit);
        }
    }

    fn clear(&self) {
        drop(self.value.replace(Value::UNDEF));
        drop(self.key.replace(Value::UNDEF));
        drop(self.result.replace(Value::UNDEF));
        drop(self.delegate.replace(Delegate::None));
        self.drop_frame();
    }
}

impl Drop for GeneratorState {
    fn drop(&mut self) {
        self.drop_frame();
    }
}

impl GeneratorState {
    fn has(&self, flags: u8) -> bool {
        self.flags.get() & flags != 0
    }

    fn set(&self, flags: u8) {
        self.flags.set(self.flags.get() | flags);
    }

    fn unset(&self, flags: u8) {
        self.flags.set(self.flags.get() & !flags);
    }

    /// The frame, if it has not been left.
    fn frame_ptr(&self) -> *mut Frame {
        if self.has(LEFT) {
            return ptr::null_mut();
        }
        self.frame.borrow().as_ref().map_or(ptr::null_mut(), FrameBox::as_ptr)
    }

    /// Whether it has ended.
    pub fn is_finished(&self) -> bool {
        self.frame_ptr().is_null()
    }

    /// Whether it runs now.
    pub fn is_running(&self) -> bool {
        self.has(RUNNING)
    }

    /// The function.
    pub fn func(&self) -> FuncRef {
        self.func
    }

    /// Its frame while it has not ended, for Reflection; it may be suspended.
    pub fn frame(&self) -> Option<*mut Frame> {
        let frame = self.frame_ptr();
        (!frame.is_null()).then_some(frame)
    }

    /// Releases a frame that was never left, without running PHP code.
    fn drop_frame(&self) {
        if let Some(frame) = self.frame.take()
            && !self.has(LEFT)
        {
            self.set(LEFT);
            self.calls.take().release();
            frame.release();
        }
    }

    /// Gives the memory of a frame that was left back.
    fn free_left(&self) {
        if self.has(LEFT) {
            drop(self.frame.take());
        }
    }
}

/// The state of a Generator object.
pub fn state(generator: &ObjRef) -> Option<&GeneratorState> {
    generator.native::<GeneratorState>()
}

/// The generator that runs when `generator` is resumed: the innermost one of a chain of `yield from`. Inner ones that
/// have ended are left behind, their result delivered.
fn innermost(cx: &mut Context, generator: &ObjRef) -> PhpResult<Vec<ObjRef>> {
    let mut chain = vec![generator.clone()];
    loop {
        let last = chain.last().expect("the chain begins with the generator").clone();
        let Some(state) = state(&last) else { return Ok(chain) };
        let inner = state.delegate.borrow().generator();
        let Some(inner) = inner else { return Ok(chain) };
        let Some(inner_state) = self::state(&inner) else { return Ok(chain) };
        if !inner_state.is_finished() {
            chain.push(inner);
            continue;
        }
        // Somebody else has run the inner one to its end.
        drop(state.delegate.replace(Delegate::None));
        let result = inner_state.result.borrow().clone();
        if result.is_undef() {
            let class = cx.native_class("closedgeneratorexception");
            // It is thrown where the outer one stands.
            let caller = cx.frame;
            cx.frame = link_frames(cx, caller, &chain);
            cx.throw(class, "Generator yielded from aborted, no return value available");
            cx.frame = caller;
            run_chain(cx, chain, true)?;
            // It has gone on or ended meanwhile: what was known of the chain is old.
            return innermost(cx, generator);
        } else {
            // Until it goes on, it stands where the inner one stood last.
            drop(state.value.replace(inner_state.value.borrow().clone()));
            state.deliver(result);
        }
    }
}

impl GeneratorState {
    /// Puts a value where the result of the `yield` goes.
    fn deliver(&self, value: Value) {
        let place = self.send.replace(ptr::null_mut());
        if !place.is_null() && !self.is_finished() {
            // SAFETY: the place is a temporary of the suspended frame that holds a value without count.
            unsafe { *place = value };
        }
    }
}

/// Resumes a generator until it yields or ends.
fn resume(cx: &mut Context, generator: &ObjRef) -> PhpResult {
    let Some(outer) = state(generator) else { return Ok(()) };
    if outer.is_finished() {
        return Ok(());
    }
    if matches!(&*outer.delegate.borrow(), Delegate::None) {
        if outer.has(RUNNING) {
            return Err(cx.throw_error("Cannot resume an already running generator"));
        }
        outer.unset(FIRST);
        link_frames(cx, cx.frame, std::slice::from_ref(generator));
        let result = run_one(cx, generator, false);
        if result.is_err() || outer.is_finished() || matches!(&*outer.delegate.borrow(), Delegate::None) {
            return result;
        }
        // It stands at a `yield from` now.
        return run_delegate(cx, generator);
    }
    let chain = innermost(cx, generator)?;
    let inner = chain.last().and_then(state).expect("members of a chain are generators");
    if inner.is_finished() {
        return Ok(());
    }
    if inner.has(RUNNING) || outer.has(RUNNING) {
        return Err(cx.throw_error("Cannot resume an already running generator"));
    }
    outer.unset(FIRST);
    inner.unset(FIRST);
    run_chain(cx, chain, false)
}

/// Runs what a generator has begun to yield from to its first value; one that came from an array is there already.
fn run_delegate(cx: &mut Context, generator: &ObjRef) -> PhpResult {
    let outer = state(generator).expect("a generator");
    if !matches!(&*outer.delegate.borrow(), Delegate::Generator(_)) {
        return Ok(());
    }
    let chain = innermost(cx, generator)?;
    let last = chain.last().and_then(state).expect("members of a chain are generators");
    if last.has(RUNNING) {
        return Err(cx.throw_error("Impossible to yield from the Generator being currently run"));
    }
    if chain.len() > 1 && !last.value.borrow().is_undef() {
        return Ok(());
    }
    run_chain(cx, chain, false)
}

/// Runs the last generator of a chain, then the ones before it as they end, until one yields. With `raising` the
/// pending exception is thrown into it first.
fn run_chain(cx: &mut Context, mut chain: Vec<ObjRef>, mut raising: bool) -> PhpResult {
    let caller = cx.frame;
    let mut last_frame = link_frames(cx, caller, &chain);
    let mut links = cx.oop.generator_links;
    loop {
        // A chain may be long, and is linked anew only when some of it may be linked otherwise meanwhile.
        if links != cx.oop.generator_links {
            last_frame = link_frames(cx, caller, &chain);
            links = cx.oop.generator_links;
        }
        let Some(current) = chain.last().cloned() else { return Ok(()) };
        let state = state(&current).expect("members of a chain are generators");
        if !raising {
            // What it iterates over runs below its frame.
            if !matches!(&*state.delegate.borrow(), Delegate::None) {
                cx.frame = last_frame;
            }
            let step = delegate::advance(cx, state);
            cx.frame = caller;
            match step {
                Ok(delegate::Step::Yielded) => return Ok(()),
                Ok(delegate::Step::Run) => {}
                Err(Thrown::Exception) => raising = true,
                Err(Thrown::Exit) => return Err(Thrown::Exit),
            }
        }
        if raising {
            drop(state.delegate.replace(Delegate::None));
        }
        let result = run_one(cx, &current, raising);
        raising = false;
        if !state.is_finished() {
            result?;
            let inner = state.delegate.borrow().generator();
            let Some(inner) = inner else { return Ok(()) };
            // It stands at a `yield from` another generator: that one's value is the current one.
            let longer = innermost(cx, &inner)?;
            if state.delegate.borrow().generator().is_some_and(|now| now.ptr_eq(&inner)) {
                if links == cx.oop.generator_links {
                    last_frame = link_frames(cx, last_frame, &longer);
                    links = cx.oop.generator_links;
                }
                chain.extend(longer);
            } else {
                chain = innermost(cx, &chain[0])?;
                links = 0;
            }
            let last = chain.last().and_then(self::state).expect("members of a chain are generators");
            if last.has(RUNNING) {
                return Err(cx.throw_error("Impossible to yield from the Generator being currently run"));
            }
            let has_value = !last.value.borrow().is_undef();
            if has_value && chain.iter().any(|member| member.ptr_eq(&inner)) {
                return Ok(());
            }
            continue;
        }
        let value = state.result.borrow().clone();
        chain.pop();
        last_frame = chain.iter().rev().map(frame_of).find(|frame| !frame.is_null()).unwrap_or(caller);
        let Some(parent) = chain.last() else { return result };
        let parent = self::state(parent).expect("members of a chain are generators");
        drop(parent.delegate.replace(Delegate::None));
        match result {
            Ok(()) => parent.deliver(value),
            Err(Thrown::Exception) => raising = true,
            Err(Thrown::Exit) => return Err(Thrown::Exit),
        }
    }
}

/// The frame of a member of a chain, or null.
fn frame_of(member: &ObjRef) -> *mut Frame {
    state(member).map_or(ptr::null_mut(), GeneratorState::frame_ptr)
}

/// Links the frames of a chain to each other and the first one to `caller`; gives the last one.
fn link_frames(cx: &mut Context, caller: *mut Frame, chain: &[ObjRef]) -> *mut Frame {
    cx.oop.generator_links += 1;
    let mut previous = caller;
    for member in chain {
        let frame = frame_of(member);
        if !frame.is_null() {
            // SAFETY: suspended frames are alive and nobody else uses them.
            unsafe { (*frame).prev = previous };
            previous = frame;
        }
    }
    previous
}

/// Runs a generator once. Its frame is linked to the one that it is to return to.
fn run_one(cx: &mut Context, current: &ObjRef, raising: bool) -> PhpResult {
    let state = state(current).expect("members of a chain are generators");
    let caller = cx.frame;
    let frame = state.frame_ptr();
    if frame.is_null() {
        // It was closed while what it yields from was suspended in a fiber.
        return if raising { Err(Thrown::Exception) } else { Ok(()) };
    }
    state.set(RUNNING);
    // SAFETY: the frame is about to run; the calls were saved for it.
    unsafe { state.calls.take().restore(frame, cx) };
    // Whoever resumes may hold the generator only through something that the generator's own code releases.
    let keep = current.clone();
    // SAFETY: the frame is alive and becomes the innermost one.
    let result = unsafe { if raising { frame::raise(frame, cx) } else { frame::go_on(frame, cx) } };
    cx.frame = caller;
    state.unset(RUNNING);
    state.free_left();
    drop(keep);
    result
}

/// Runs a generator that has not begun to its first `yield`.
fn ensure_started(cx: &mut Context, generator: &ObjRef) -> PhpResult {
    let Some(outer) = state(generator) else { return Ok(()) };
    if outer.is_finished() || !outer.value.borrow().is_undef() {
        return Ok(());
    }
    if matches!(&*outer.delegate.borrow(), Delegate::Generator(_)) {
        return Ok(());
    }
    let chain = innermost(cx, generator)?;
    let inner = chain.last().and_then(state).expect("members of a chain are generators");
    if outer.is_finished() || !inner.value.borrow().is_undef() || inner.has(RUNNING) {
        return Ok(());
    }
    let fresh = chain.len() == 1 && outer.value.borrow().is_undef() && outer.is_at_start();
    resume(cx, generator)?;
    if fresh {
        outer.set(FIRST);
    }
    Ok(())
}

impl GeneratorState {
    /// Whether it has not begun.
    fn is_at_start(&self) -> bool {
        let frame = self.frame_ptr();
        // SAFETY: a frame that was not left is alive, its saved instruction is one of its function.
        !frame.is_null()
            && unsafe { (*(*frame).pc).code } == phalanx_bytecode::Opcode::CREATE_GENERATOR as u16
    }
}

/// Value and key that a generator stands at.
fn current(cx: &mut Context, generator: &ObjRef) -> PhpResult<Option<(Value, Value)>> {
    ensure_started(cx, generator)?;
    let Some(outer) = state(generator) else { return Ok(None) };
    if outer.is_finished() {
        return Ok(None);
    }
    if matches!(&*outer.delegate.borrow(), Delegate::None) {
        return Ok(Some((outer.value.borrow().clone(), outer.key.borrow().clone())));
    }
    let chain = innermost(cx, generator)?;
    if outer.is_finished() {
        return Ok(None);
    }
    let inner = chain.last().and_then(state).expect("members of a chain are generators");
    let (value, key) = (inner.value.borrow().clone(), inner.key.borrow().clone());
    Ok(Some((value, key)))
}

/// Throws the pending exception into a generator.
fn throw_into(cx: &mut Context, generator: &ObjRef) -> PhpResult {
    let Some(exception) = cx.exception.take() else { return Ok(()) };
    let chain = innermost(cx, generator)?;
    let inner = chain.last().and_then(state).expect("members of a chain are generators");
    if inner.has(RUNNING) {
        return Err(cx.throw_error("Cannot resume an already running generator"));
    }
    if inner.is_finished() {
        return Err(cx.throw_object(exception));
    }
    cx.exception = Some(exception);
    run_chain(cx, chain, true)
}

/// Whether `class` is Generator.
pub fn is_generator(class: ClassRef) -> bool {
    class.native.is_some_and(|native| ptr::eq(native, &GENERATOR))
}
