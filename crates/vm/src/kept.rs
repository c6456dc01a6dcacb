//! What lives as long as the request: classes, their parts, functions.
//!
//! Handles of it ([`crate::class::ClassRef`], [`crate::func::FuncRef`] ...) are plain pointers. The parts lie one behind the
//! other in chunks of memory that the thread uses again for its next request. They are dropped when the request is over, in
//! two steps, since the values that parts hold may be objects of classes that are parts as well.
//!
//! # Safety
//!
//! A part stays where it is until [`release`]; nobody uses a handle after it.
#![allow(unsafe_code, reason = "owns parts by pointer")]

use crate::class::{Class, ClassConst, Lazy, PropInfo};
use crate::func::Func;
use phalanx_value::Value;
use std::cell::RefCell;
use std::mem::MaybeUninit;
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

/// The parts of a thread's request.
struct Arena {
    parts: Vec<NonNull<dyn Part>>,
    chunks: Vec<Box<[MaybeUninit<Unit>]>>,
    /// The chunk being filled, and how far it is.
    chunk: usize,
    used: usize,
}

/// Parts begin where one of these could.
type Unit = u128;
/// Units of a chunk.
const CHUNK: usize = 4096;
/// Chunks that are kept for the next request.
const SPARE: usize = 64;

impl Arena {
    /// Room for so many units.
    fn room(&mut self, units: usize) -> *mut Unit {
        if self.used + units > CHUNK {
            (self.chunk, self.used) = (self.chunk + 1, 0);
        }
        if self.chunk == self.chunks.len() {
            self.chunks.push(Box::new_uninit_slice(CHUNK));
        }
        let place = self.chunks[self.chunk][self.used..][..units].as_mut_ptr();
        self.used += units;
        place.cast()
    }
}

thread_local! {
    static ARENA: RefCell<Arena> =
        const { RefCell::new(Arena { parts: Vec::new(), chunks: Vec::new(), chunk: 0, used: 0 }) };
}

/// Gives a part to the request of this thread.
pub(crate) fn keep<T: Part>(part: T) -> NonNull<T> {
    const { assert!(align_of::<T>() <= align_of::<Unit>() && size_of::<T>() <= CHUNK * size_of::<Unit>()) };
    ARENA.with_borrow_mut(|arena| {
        let place: *mut T = arena.room(size_of::<T>().div_ceil(size_of::<Unit>())).cast();
        // SAFETY: the room is large enough, aligned, and nobody else's until the request is over.
        let part = unsafe {
            place.write(part);
            NonNull::new_unchecked(place)
        };
        arena.parts.push(part);
        part
    })
}

/// Drops the values that parts hold.
pub(crate) fn clear() {
    let count = ARENA.with_borrow(|arena| arena.parts.len());
    for index in (0..count).rev() {
        let part = ARENA.with_borrow(|arena| arena.parts[index]);
        // SAFETY: parts in the list are alive.
        unsafe { part.as_ref() }.clear();
    }
}

/// Drops the parts.
pub(crate) fn release() {
    let parts = ARENA.with_borrow_mut(|arena| std::mem::take(&mut arena.parts));
    for part in parts.iter().rev() {
        // SAFETY: `keep` has written it, and the list holds it once.
        unsafe { part.as_ptr().drop_in_place() };
    }
    ARENA.with_borrow_mut(|arena| {
        (arena.chunk, arena.used) = (0, 0);
        arena.chunks.truncate(SPARE);
        arena.parts = parts;
        arena.parts.clear();
    });
}
