//! What lives as long as the request: classes, their parts, functions.
//!
//! Handles of it ([`crate::class::ClassRef`], [`crate::func::FuncRef`] ...) are plain pointers. The parts are boxes
//! that a list of the thread owns; it is emptied when the request is over, in two steps, since the values that parts
//! hold may be objects of classes that are parts as well.
//!
//! # Safety
//!
//! A part stays where it is until [`release`]; nobody uses a handle after it.
#![allow(unsafe_code, reason = "owns parts by pointer")]

use crate::class::{Class, ClassConst, Lazy, PropInfo};
use crate::func::Func;
use phalanx_value::Value;
use std::cell::RefCell;
use std::ptr::NonNull;

/// Something that is kept until the request is over.
pub trait Part: 'static {
    /// Drops all values in it that may be objects.
    fn clear(&self);
}

impl Part for Class {
    fn clear(&self) {
        for place in &self.statics {
            // SAFETY: the request is over: nobody uses the address of a static property any more.
            drop(unsafe { place.get().replace(Value::UNDEF) });
        }
        for place in self.defaults.get().into_iter().flatten() {
            // SAFETY: the request is over: no object is made any more.
            drop(unsafe { place.get().replace(Value::UNDEF) });
        }
    }
}

impl Part for PropInfo {
    fn clear(&self) {}
}

impl Part for ClassConst {
    fn clear(&self) {
        drop(self.value.replace(Lazy::Busy));
    }
}

impl Part for Func {
    fn clear(&self) {
        self.clear_statics();
    }
}

/// A value that is not counted, at an address that stays.
#[repr(transparent)]
pub(crate) struct Plain(pub(crate) Value);

impl Part for Plain {
    fn clear(&self) {}
}

thread_local! {
    static PARTS: RefCell<Vec<NonNull<dyn Part>>> = const { RefCell::new(Vec::new()) };
}

/// Gives a part to the request of this thread.
pub(crate) fn keep<T: Part>(part: T) -> NonNull<T> {
    let part = NonNull::from(Box::leak(Box::new(part)));
    PARTS.with_borrow_mut(|parts| parts.push(part));
    part
}

/// Drops the values that parts hold.
pub(crate) fn clear() {
    let count = PARTS.with_borrow(Vec::len);
    for index in (0..count).rev() {
        let part = PARTS.with_borrow(|parts| parts[index]);
        // SAFETY: parts in the list are alive.
        unsafe { part.as_ref() }.clear();
    }
}

/// Drops the parts.
pub(crate) fn release() {
    let parts = PARTS.take();
    for part in parts.into_iter().rev() {
        // SAFETY: `keep` leaked a box; the list held it once.
        drop(unsafe { Box::from_raw(part.as_ptr()) });
    }
}
