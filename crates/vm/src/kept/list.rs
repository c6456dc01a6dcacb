//! Lists in parts.
//!
//! # Safety
//!
//! The memory of a list is that of the bundle that was open when it was made or grew, and goes with it.
#![allow(unsafe_code, reason = "owns elements by pointer")]

use std::ptr::NonNull;

/// A list in a part. Its memory is that of parts and goes with them: growing leaves the old memory behind, so room is better made
/// at once. Like parts, its elements are never dropped.
pub struct List<T> {
    first: NonNull<T>,
    len: usize,
    room: usize,
}

impl<T> List<T> {
    /// Makes room for so many more.
    pub(crate) fn reserve(&mut self, more: usize) {
        if more <= self.room - self.len || size_of::<T>() == 0 {
            return;
        }
        let room = (self.len + more).max(self.len * 2);
        let place = super::room::<T>(room);
        // SAFETY: the new room is large enough and nobody else's; the elements are moved, and not looked at where they were.
        unsafe { self.first.copy_to_nonoverlapping(place, self.len) };
        (self.first, self.room) = (place, room);
    }

    /// So many elements there may be without growing.
    pub(crate) fn room(&self) -> usize {
        self.room
    }

    pub(crate) fn push(&mut self, element: T) {
        if self.len == self.room {
            self.reserve(4);
        }
        // SAFETY: there is room for one more.
        unsafe { self.first.add(self.len).write(element) };
        self.len += 1;
    }

    /// Its elements, for as long as the parts are there that it belongs to.
    pub(crate) fn leak(self) -> &'static [T] {
        // SAFETY: so many elements were written, and nobody can change the list any more.
        unsafe { NonNull::slice_from_raw_parts(self.first, self.len).as_ref() }
    }
}

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List { first: NonNull::dangling(), len: 0, room: 0 }
    }
}

impl<T> std::ops::Deref for List<T> {
    type Target = [T];
    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: so many elements were written; memory of parts stays as long as they do.
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
