//! Arguments of native functions: from the slots of the frame to Rust types, with PHP's conversions and errors.
//!
//! The wrapper that `#[php_fn]` writes asks [`Args`] for one argument after the other, each by the Rust type of its
//! parameter ([`FromArg`]). A conversion is done in the slot itself, as PHP does it, so that strings and arrays can be
//! borrowed from the frame, which keeps them until the native function returns.
//!
//! # Safety
//!
//! The slots of a native frame belong to its call alone: nobody changes them while it runs. `Args` hands out each slot
//! for conversion once (`next` only grows), so that no reference into a slot is there when it is converted.
#![allow(unsafe_code, reason = "arguments lie in slots of frames")]

mod coerce;
mod default;
mod object;
mod result;
mod scalar;
#[cfg(test)]
mod tests;
mod types;

pub use coerce::Arg;
pub use default::{FromDefault, NullDefault};
pub use object::{Callable, ClassName, ObjectOrClass};
pub use result::{IntoValue, OrFalse};
pub use types::{Number, Path, Rest, StrOrArray, StrOrInt, Unchecked};

use crate::Context;
use crate::class::ClassRef;
use crate::frame::Frame;
use crate::native::{NativeFn, NativeParam, NativeResult};
use crate::thrown::{PhpResult, Thrown};
use phalanx_value::{ObjRef, PhpArray, PhpRef, Value};
use std::marker::PhantomData;

/// A type that an argument can be taken as.
pub trait FromArg<'a>: Sized {
    /// Checks and converts.
    fn from_arg(cx: &mut Context, arg: Arg<'a>) -> PhpResult<Self>;
}

/// A type that the arguments of a variadic parameter can be taken as.
pub trait FromRest<'a>: Sized {
    /// Checks and converts all that are left.
    fn from_rest(cx: &mut Context, args: &mut Args<'a>) -> PhpResult<Self>;
}

/// The arguments of a call of a native function.
pub struct Args<'a> {
    frame: *mut Frame,
    base: *mut Value,
    len: u32,
    next: u32,
    native: &'static NativeFn,
    marker: PhantomData<&'a mut Frame>,
}

/// What a call of a native method without body comes to.
#[cold]
pub(crate) fn call_abstract(cx: &mut Context) -> NativeResult {
    let name = String::from_utf8_lossy(&cx.active_function_name()).into_owned();
    cx.throw_error(format!("Cannot call abstract method {name}()"));
    NativeResult::THROWN
}

impl<'a> Args<'a> {
    /// The arguments in the slots of `frame`.
    ///
    /// # Safety
    /// `frame` must be the frame of a native function, its arguments written; it must stay for `'a`, and nobody else
    /// may change its slots meanwhile.
    pub unsafe fn new(frame: *mut Frame) -> Args<'a> {
        // SAFETY: the caller's frame is alive.
        let (func, len) = unsafe { ((*frame).func, (*frame).num_args) };
        // SAFETY: slots follow the header.
        let base = unsafe { Frame::slot_at(frame, 0) };
        let native = func.as_native().expect("a native function");
        Args { frame, base, len, next: 0, native, marker: PhantomData }
    }

    /// How many were passed by position; skipped ones between them count.
    #[inline(always)]
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether none was passed.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The declaration of the function.
    pub fn native(&self) -> &'static NativeFn {
        self.native
    }

    fn slot(&self, index: u32) -> Option<*mut Value> {
        if index >= self.len {
            return None;
        }
        // SAFETY: the frame has `len` slots of arguments in a row.
        let slot = unsafe { self.base.add(index as usize) };
        // SAFETY: arguments are initialised.
        if unsafe { (*slot).is_undef() } { None } else { Some(slot) }
    }

    /// Argument number `index` (from 0) as it was passed: by-value arguments are never references. None if it was not
    /// passed.
    pub fn get(&self, index: u32) -> Option<&'a Value> {
        let slot = self.slot(index)?;
        if !takes_ref(self.native, index) {
            // SAFETY: a slot that holds a reference was never handed out, since handing it out replaces it.
            unsafe { unwrap_reference(slot) };
        }
        // SAFETY: module documentation.
        Some(unsafe { &*slot })
    }

    /// A copy of argument number `index`, references followed; null if it was not passed.
    pub fn value(&self, index: u32) -> Value {
        // SAFETY: slots are initialised, copying changes nothing.
        self.slot(index).map_or(Value::NULL, |slot| unsafe { (*slot).deref_clone() })
    }

    /// The reference that was passed as argument number `index`; a new one if a value was.
    pub fn reference(&self, index: u32) -> Option<PhpRef> {
        let slot = self.slot(index)?;
        // SAFETY: slots of arguments are initialised.
        Some(match unsafe { (*slot).as_ref() } {
            Some(reference) => reference.clone(),
            // SAFETY: as above.
            None => PhpRef::new(unsafe { (*slot).clone() }),
        })
    }

    /// Named arguments that no parameter has.
    pub fn named(&self) -> Option<&'a PhpArray> {
        // SAFETY: the frame is alive for `'a`, and its rare parts are not touched while the native function runs.
        let extra = unsafe { (*self.frame).extra.as_ref() }?;
        extra.named.as_ref()
    }

    /// `$this`. Panics in functions that are no instance methods.
    pub fn this(&self) -> &'a ObjRef {
        // SAFETY: as in `named`.
        unsafe { (*self.frame).this.as_object() }.expect("an instance method has an object")
    }

    /// The called class of a static method. Panics in functions that are no methods.
    pub fn called_class(&self) -> ClassRef {
        // SAFETY: the frame is alive.
        let frame = unsafe { &*self.frame };
        frame.this.called_class().or(frame.func.scope).expect("a method has a class")
    }

    /// Checks the number of arguments.
    #[inline(always)]
    pub fn check_count(&self, cx: &mut Context, min: u32, max: u32) -> PhpResult {
        if self.len >= min && self.len <= max { Ok(()) } else { Err(self.count_error(cx, min, max)) }
    }

    #[cold]
    fn count_error(&self, cx: &mut Context, min: u32, max: u32) -> Thrown {
        let (how, number) = if min == max {
            ("exactly", min)
        } else if self.len < min {
            ("at least", min)
        } else {
            ("at most", max)
        };
        let plural = if number == 1 { "" } else { "s" };
        let mut message = cx.active_function_name();
        let text = format!("() expects {how} {number} argument{plural}, {} given", self.len);
        message.extend_from_slice(text.as_bytes());
        cx.throw_argument_count_error(message)
    }

    /// The next argument, which must be there.
    #[inline(always)]
    pub fn required<T: FromArg<'a>>(&mut self, cx: &mut Context) -> PhpResult<T> {
        match self.next_arg() {
            Some(arg) => T::from_arg(cx, arg),
            None => Err(self.not_passed(cx)),
        }
    }

    /// The next argument, if it was passed.
    #[inline(always)]
    pub fn optional<T: FromArg<'a>>(&mut self, cx: &mut Context) -> PhpResult<Option<T>> {
        match self.next_arg() {
            Some(arg) => T::from_arg(cx, arg).map(Some),
            None => Ok(None),
        }
    }

    /// All arguments that are left.
    pub fn rest<T: FromRest<'a>>(&mut self, cx: &mut Context) -> PhpResult<T> {
        T::from_rest(cx, self)
    }

    /// The next slot; it is handed out only this once.
    #[inline(always)]
    fn next_arg(&mut self) -> Option<Arg<'a>> {
        let index = self.next;
        self.next += 1;
        let slot = self.slot(index)?;
        // SAFETY: `next` only grows, so that no other reference from here into this slot is there; `get` hands out
        // shared ones, but only to functions that fetch all arguments by hand.
        Some(Arg::new(unsafe { &mut *slot }, index, self.native))
    }

    #[cold]
    fn not_passed(&self, cx: &mut Context) -> Thrown {
        let message = cx.arg_message(self.next, b"not passed");
        cx.throw_argument_count_error(message)
    }

    /// The slots that are left, as they are.
    fn rest_slots(&mut self) -> &'a mut [Value] {
        let first = self.next.min(self.len);
        self.next = self.len;
        // SAFETY: the frame has `len` slots in a row, and those from `next` on were not handed out.
        unsafe { std::slice::from_raw_parts_mut(self.base.add(first as usize), (self.len - first) as usize) }
    }
}

/// Whether argument number `index` may be a reference in its slot.
fn takes_ref(native: &'static NativeFn, index: u32) -> bool {
    param_of(native, index).is_some_and(|param| param.by_ref || param.prefer_ref)
}

/// The parameter that takes argument number `index`: the last one if it is variadic.
pub(crate) fn param_of(native: &'static NativeFn, index: u32) -> Option<&'static NativeParam> {
    match native.params.get(index as usize) {
        Some(param) => Some(param),
        None => native.params.last().filter(|param| param.variadic),
    }
}

/// Replaces a reference by what it holds.
///
/// # Safety
/// `slot` must be valid, and nobody else may look at it.
unsafe fn unwrap_reference(slot: *mut Value) {
    // SAFETY: the caller's promise.
    unsafe {
        if (*slot).is_ref() {
            *slot = (*slot).deref_clone();
        }
    }
}

impl Context {
    /// Whether the code that called the native function that runs has declared strict types.
    pub fn caller_is_strict(&self) -> bool {
        let Some(frame) = self.frame_ref() else { return false };
        let Some(caller) = frame.caller() else { return false };
        caller.func.has(phalanx_bytecode::flags::func::STRICT_TYPES)
    }
}
