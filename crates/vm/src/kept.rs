//! What lives at least as long as the request: classes, their parts, functions.
//!
//! Handles of it ([`crate::class::ClassRef`], [`crate::func::FuncRef`] ...) are plain pointers. The parts lie one behind the
//! other in a [`Bundle`] of memory: that of the request, which the thread uses again for its next one, or one of their own,
//! which the thread may keep beyond the request ([`crate::link`] does so with classes). Parts are never dropped. When a request
//! ends they are cleared: of what the request has stored nothing is left then, and they are as they were made. Names in them
//! need no care, since those of scripts are parts of Units, and others lie with the parts ([`name`]).
//!
//! # Safety
//!
//! A part stays where it is until its bundle goes; nobody uses a handle after it.
#![allow(unsafe_code, reason = "lays strings out in memory of parts")]

mod bundle;
mod list;

pub(crate) use bundle::Bundle;
pub use list::List;

use crate::class::{Class, ClassConst, Lazy, PropInfo};
use crate::func::Func;
use phalanx_bytecode::flags::member;
use phalanx_value::{PhpString, Value};
use std::cell::RefCell;
use std::ptr::NonNull;

/// Requests for which a thread keeps a bundle that none of them uses: between this number and twice as many.
const UNUSED: u32 = 64;

/// Whether it is time, before the request with this number, to give back what is not used any more.
pub(crate) fn gives_back(request: u32) -> bool {
    request.is_multiple_of(UNUSED)
}

/// Whether what the request `last` has used is kept when it is time before the request `now`.
pub(crate) fn stays(last: u32, now: u32) -> bool {
    now.wrapping_sub(last) <= UNUSED
}

/// Something that is kept.
pub trait Part: 'static {
    /// Whether [`Part::clear`] or [`Part::release`] may ever have something to do.
    fn has_state(&self) -> bool {
        true
    }

    /// Goes back to what it was when it was made: drops all values that the request has stored in it.
    fn clear(&self) {}
}

impl Part for Class {
    fn clear(&self) {
        self.marks.set(0);
        self.declared.set(false);
        self.consts_ready.set(false);
        self.statics_ready.set(false);
        if !self.holds_values {
            return;
        }
        for place in &self.statics {
            // SAFETY: the request is over: nobody uses the address of a static property any more.
            drop(unsafe { place.get().replace(Value::UNDEF) });
        }
        if self.inits.iter().all(Lazy::is_known) {
            return;
        }
        for place in self.forget_defaults() {
            // SAFETY: the request is over: no object is made any more.
            drop(unsafe { place.get().replace(Value::UNDEF) });
        }
    }
}

impl Part for PropInfo {
    fn has_state(&self) -> bool {
        false
    }
}

impl Part for ClassConst {
    fn has_state(&self) -> bool {
        // The case of an enum is made from what its declaration says.
        !self.init.is_known() || self.flags & member::ENUM_CASE != 0
    }

    fn clear(&self) {
        drop(self.value.replace(self.init.clone()));
    }
}

/// A value that is not counted, at an address that stays.
#[repr(transparent)]
pub(crate) struct Plain(pub(crate) Value);

impl Part for Plain {
    fn has_state(&self) -> bool {
        false
    }
}

/// Where the thread puts parts.
#[derive(Default)]
struct Places {
    request: Bundle,
    /// Takes all parts as long as it is there.
    open: Option<Bundle>,
}

impl Places {
    fn current(&mut self) -> &mut Bundle {
        self.open.as_mut().unwrap_or(&mut self.request)
    }
}

thread_local! {
    static PLACES: RefCell<Places> = RefCell::default();
}

/// Room for so many elements among the parts.
fn room<T>(count: usize) -> NonNull<T> {
    PLACES.with_borrow_mut(|places| places.current().room(count))
}

/// Takes a part.
pub(crate) fn keep<T: Part>(part: T) -> NonNull<T> {
    PLACES.with_borrow_mut(|places| places.current().keep(part))
}

/// Takes a function.
pub(crate) fn keep_function(func: Func) -> NonNull<Func> {
    PLACES.with_borrow_mut(|places| places.current().keep_function(func))
}

/// The string as one that is not counted: itself if it is immutable, else a copy among the parts.
pub(crate) fn name(string: PhpString) -> PhpString {
    if string.is_immutable() { string } else { text(string.as_bytes()) }
}

/// A string that is not counted, among the parts.
pub(crate) fn text(bytes: &[u8]) -> PhpString {
    let place = room::<u64>(PhpString::size_laid_out(bytes.len()).div_ceil(size_of::<u64>()));
    // SAFETY: the room is large enough, aligned to words and nobody else's; it stays as long as the parts that use the string.
    unsafe { PhpString::lay_out(place.as_ptr().cast(), bytes) }
}

/// The lower-case form of a name, as a string among the parts.
pub(crate) fn lower_case(name: &str) -> PhpString {
    text(name.to_ascii_lowercase().as_bytes())
}

/// Parts that are made from now on go into `bundle`, or if there is none to the request. Gives back what was open before, which is to
/// be opened again: one class may have others made while it is linked.
pub(crate) fn open(bundle: Option<Bundle>) -> Option<Bundle> {
    PLACES.with_borrow_mut(|places| std::mem::replace(&mut places.open, bundle))
}

/// What `make` makes goes into `bundle`, or if there is none to the request. It must run no PHP code.
pub(crate) fn within<R>(bundle: Option<Bundle>, make: impl FnOnce() -> R) -> (R, Option<Bundle>) {
    let outer = open(bundle);
    let made = make();
    (made, open(outer))
}

/// Whether a bundle is open.
pub(crate) fn is_open() -> bool {
    PLACES.with_borrow(|places| places.open.is_some())
}

/// Takes the open bundle away. None if [`give_up`] has done that before.
pub(crate) fn close() -> Option<Bundle> {
    PLACES.with_borrow_mut(|places| places.open.take())
}

/// What is in the open bundle, if one is, goes to the request; so does all that is made from now on. To be called before anything is done
/// that may make parts of other things: before PHP code runs.
pub(crate) fn give_up() {
    if let Some(bundle) = close() {
        absorb(bundle);
    }
}

/// What is in `bundle` goes to the request.
pub(crate) fn absorb(bundle: Bundle) {
    PLACES.with_borrow_mut(|places| places.request.absorb(bundle));
}

/// Clears the parts of the request.
pub(crate) fn clear() {
    give_up();
    // Dropping values may make new parts, though nothing should.
    let request = PLACES.with_borrow_mut(|places| std::mem::take(&mut places.request));
    request.clear();
    let made = PLACES.with_borrow_mut(|places| std::mem::replace(&mut places.request, request));
    absorb(made);
}

/// Forgets the parts of the request.
pub(crate) fn release() {
    PLACES.with_borrow_mut(|places| places.request.empty());
}
