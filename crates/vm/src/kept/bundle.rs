//! Memory of parts: chunks that are filled one behind the other.
//!
//! # Safety
//!
//! What lies in a bundle stays where it is until the bundle is emptied or dropped, and nobody uses it any longer than that.
#![allow(unsafe_code, reason = "owns parts by pointer")]

use super::Part;
use crate::func::Func;
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

/// Parts begin where one of these could.
type Unit = u128;
/// Units of the first chunk of a bundle; each next one has twice as many, up to [`CHUNK`].
const FIRST: usize = 64;
const CHUNK: usize = 4096;
/// Chunks that an emptied bundle keeps.
const SPARE: usize = 64;

/// Parts, and memory for them.
#[derive(Default)]
pub(crate) struct Bundle {
    /// Those that have something to clear.
    parts: Vec<NonNull<dyn Part>>,
    /// Functions. Most are never called: there is nothing to clear in any of them before one says so.
    functions: Vec<NonNull<Func>>,
    /// Where they say so.
    stirred: Option<NonNull<Cell<bool>>>,
    /// Whether some of them say so elsewhere, since they came from another bundle.
    absorbed: bool,
    chunks: Vec<Chunk>,
    /// The chunk being filled, and how far it is.
    chunk: usize,
    used: usize,
}

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

impl Bundle {
    /// Room for `count` elements, which is nobody else's.
    pub(super) fn room<T>(&mut self, count: usize) -> NonNull<T> {
        const { assert!(align_of::<T>() <= align_of::<Unit>()) };
        let bytes = count.checked_mul(size_of::<T>()).expect("lists of classes are shorter than memory");
        let units = bytes.div_ceil(size_of::<Unit>());
        while self.chunks.get(self.chunk).is_some_and(|chunk| chunk.0.len() - self.used < units) {
            (self.chunk, self.used) = (self.chunk + 1, 0);
        }
        if self.chunk == self.chunks.len() {
            let next = self.chunks.last().map_or(FIRST, |last| (last.0.len() * 2).min(CHUNK));
            self.chunks.push(Chunk::new(next.max(units)));
        }
        let place = self.chunks[self.chunk].at(self.used);
        self.used += units;
        NonNull::new(place.cast()).expect("chunks are not at null")
    }

    /// Takes a part.
    pub(super) fn keep<T: Part>(&mut self, part: T) -> NonNull<T> {
        let place = self.room::<T>(1);
        let has_state = part.has_state();
        // SAFETY: there is room for one, aligned.
        unsafe { place.write(part) };
        if has_state {
            self.parts.push(place);
        }
        place
    }

    /// Takes a function.
    pub(super) fn keep_function(&mut self, func: Func) -> NonNull<Func> {
        let stirred = match self.stirred {
            Some(stirred) => stirred,
            None => {
                let stirred = self.room::<Cell<bool>>(1);
                // SAFETY: there is room for one, aligned.
                unsafe { stirred.write(Cell::new(false)) };
                *self.stirred.insert(stirred)
            }
        };
        // SAFETY: it was written above, and stays in the same memory as the function.
        func.belongs_to(unsafe { stirred.as_ref() });
        let place = self.room::<Func>(1);
        // SAFETY: there is room for one, aligned.
        unsafe { place.write(func) };
        self.functions.push(place);
        place
    }

    fn parts(&self) -> impl DoubleEndedIterator<Item = &dyn Part> {
        // SAFETY: `keep` has written them, and they stay as long as the bundle is borrowed.
        self.parts.iter().map(|part| unsafe { part.as_ref() })
    }

    fn functions(&self) -> impl DoubleEndedIterator<Item = &Func> {
        // SAFETY: `keep_function` has written them, and they stay as long as the bundle is borrowed.
        self.functions.iter().map(|func| unsafe { func.as_ref() })
    }

    /// Whether it has one part to clear beside functions, which lies at this address.
    pub(crate) fn is_only<T>(&self, part: *const T) -> bool {
        matches!(self.parts[..], [only] if std::ptr::addr_eq(only.as_ptr(), part))
    }

    /// Clears functions, if there may be something to clear, and all parts; the last ones first.
    pub(crate) fn clear(&self) {
        if self.is_stirred() {
            self.clear_functions();
        }
        self.clear_parts();
    }

    fn is_stirred(&self) -> bool {
        // SAFETY: `keep_function` has written it.
        self.absorbed || self.stirred.is_some_and(|stirred| unsafe { stirred.as_ref() }.get())
    }

    /// Clears all functions, the last one first.
    pub(crate) fn clear_functions(&self) {
        self.functions().rev().for_each(Func::clear);
    }

    /// Clears all other parts, the last one first.
    pub(crate) fn clear_parts(&self) {
        self.parts().rev().for_each(Part::clear);
    }

    /// From now on functions say in `stirred` that there may be something to clear. It stays where it is for as long as they do.
    pub(crate) fn stir_in(&self, stirred: &Cell<bool>) {
        stirred.set(self.is_stirred());
        self.functions().for_each(|func| func.belongs_to(stirred));
    }

    /// Forgets all parts. Their memory is used again.
    pub(super) fn empty(&mut self) {
        self.functions().for_each(Func::release_cache);
        self.functions.clear();
        self.parts.clear();
        (self.stirred, self.absorbed) = (None, false);
        self.chunks.retain(|chunk| chunk.0.len() == CHUNK);
        self.chunks.truncate(SPARE);
        (self.chunk, self.used) = (0, 0);
    }

    /// Takes over all that is in another one.
    pub(super) fn absorb(&mut self, mut other: Bundle) {
        self.parts.append(&mut other.parts);
        self.functions.append(&mut other.functions);
        self.absorbed = true;
        // Behind those that are full, so that they are not filled any further.
        let full = other.chunks.len();
        self.chunks.splice(0..0, other.chunks.drain(..));
        self.chunk += full;
    }
}

impl Drop for Bundle {
    fn drop(&mut self) {
        self.functions().for_each(Func::release_cache);
    }
}
