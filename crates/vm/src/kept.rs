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
    chunks: Vec<Chunk>,
    /// The chunk being filled, and how far it is.
    chunk: usize,
    used: usize,
    /// What is larger than a chunk.
    large: Vec<Chunk>,
}

/// Parts begin where one of these could.
type Unit = u128;
/// Units of a chunk.
const CHUNK: usize = 4096;
/// Chunks that are kept for the next request.
const SPARE: usize = 64;

/// Memory that is reached by addresses which were given out before.
struct Chunk(NonNull<[MaybeUninit<Unit>]>);

impl Chunk {
    fn new(units: usize) -> Chunk {
        Chunk(NonNull::from(Box::leak(Box::new_uninit_slice(units))))
    }

    /// The address of a unit of it.
    fn at(&self, unit: usize) -> *mut Unit {
        self.0.cast::<Unit>().as_ptr().wrapping_add(unit)
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        // SAFETY: `new` leaked the box, and nobody uses what lay there.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

impl Arena {
    /// Room for so many units.
    fn room(&mut self, units: usize) -> *mut Unit {
        if units > CHUNK {
            let chunk = Chunk::new(units);
            let place = chunk.at(0);
            self.large.push(chunk);
            return place;
        }
        if self.used + units > CHUNK {
            (self.chunk, self.used) = (self.chunk + 1, 0);
        }
        if self.chunk == self.chunks.len() {
            self.chunks.push(Chunk::new(CHUNK));
        }
        let place = self.chunks[self.chunk].at(self.used);
        self.used += units;
        place
    }
}

thread_local! {
    static ARENA: RefCell<Arena> =
        const { RefCell::new(Arena { parts: Vec::new(), chunks: Vec::new(), chunk: 0, used: 0, large: Vec::new() }) };
}

/// A list in a part. Its memory is that of parts and goes with the request: growing leaves the old memory behind, so room is
/// better made at once.
pub struct List<T> {
    first: NonNull<T>,
    len: usize,
    room: usize,
}

impl<T> List<T> {
    /// Makes room for so many more.
    pub(crate) fn reserve(&mut self, more: usize) {
        const { assert!(align_of::<T>() <= align_of::<Unit>()) };
        if more <= self.room - self.len || size_of::<T>() == 0 {
            return;
        }
        let room = (self.len + more).max(self.len * 2);
        let units = (room * size_of::<T>()).div_ceil(size_of::<Unit>());
        let place: *mut T = ARENA.with_borrow_mut(|arena| arena.room(units)).cast();
        // SAFETY: the room is aligned, large enough and nobody else's; the elements are moved, and not looked at where
        // they were.
        unsafe {
            std::ptr::copy_nonoverlapping(self.first.as_ptr(), place, self.len);
            self.first = NonNull::new_unchecked(place);
        }
        self.room = room;
    }

    pub(crate) fn push(&mut self, element: T) {
        if self.len == self.room {
            self.reserve(4);
        }
        // SAFETY: there is room for one more.
        unsafe { self.first.as_ptr().add(self.len).write(element) };
        self.len += 1;
    }
}

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List { first: NonNull::dangling(), len: 0, room: 0 }
    }
}

impl<T> Drop for List<T> {
    fn drop(&mut self) {
        // SAFETY: the elements are the list's own, and dropped once.
        unsafe { std::ptr::slice_from_raw_parts_mut(self.first.as_ptr(), self.len).drop_in_place() };
    }
}

impl<T> std::ops::Deref for List<T> {
    type Target = [T];
    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: so many elements were written; memory of parts stays until the request is over.
        unsafe { std::slice::from_raw_parts(self.first.as_ptr(), self.len) }
    }
}

impl<T> std::ops::DerefMut for List<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above, and the list is borrowed as a whole.
        unsafe { std::slice::from_raw_parts_mut(self.first.as_ptr(), self.len) }
    }
}

impl<T> Extend<T> for List<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        let elements = elements.into_iter();
        self.reserve(elements.size_hint().0);
        elements.for_each(|element| self.push(element));
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> List<T> {
        let mut list = List::default();
        list.extend(elements);
        list
    }
}

impl<T: Clone> Clone for List<T> {
    fn clone(&self) -> List<T> {
        self.iter().cloned().collect()
    }
}

impl<'l, T> IntoIterator for &'l List<T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;
    fn into_iter(self) -> std::slice::Iter<'l, T> {
        self.iter()
    }
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
        arena.large.clear();
        arena.parts = parts;
        arena.parts.clear();
    });
}
