//! Native state: the Rust value behind an object of a built-in class, or behind a resource.
//!
//! The state is kept in a box of its own behind one thin pointer; the box begins with a small table that says how to
//! drop it and what type it is, so that a typed look costs a load and a comparison.
//!
//! # Safety
//! A `NativeBox` pointer that is not null owns a box made by [`NativeSlot::new`].
#![allow(unsafe_code, reason = "thin boxes with a table in front")]

use std::any::{Any, TypeId};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{self, NonNull};

use crate::value::Value;

/// The Rust side of an object. Methods take `&self`: what changes lies in a `Cell` or `RefCell`.
pub trait NativeState: Any {
    /// Calls `visit` for every value that the state owns, so that cycles through it can be found. A state that owns
    /// values and does not name them keeps its cycles alive until the request ends. What is visited must be what the
    /// state owns, never a clone: the collector works on counts.
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        let _ = visit;
    }

    /// Gives up every value that the state owns: the collector has found that it is part of a garbage cycle. Such an
    /// object is not used any more, except that the state is dropped.
    fn clear(&self) {}

    /// The state of a clone of the object; `None` when it cannot be cloned.
    fn clone_state(&self) -> Option<NativeSlot> {
        None
    }
}

struct Table {
    type_id: TypeId,
    as_dyn: unsafe fn(*mut Head) -> *mut dyn NativeState,
    drop: unsafe fn(*mut Head),
}

/// First field of a box.
#[repr(C)]
struct Head {
    table: &'static Table,
}

#[repr(C)]
struct NativeBox<T> {
    head: Head,
    state: T,
}

/// A place for native state: empty, or the owner of a box. 8 bytes.
#[repr(transparent)]
pub struct NativeSlot(Option<NonNull<Head>>);

impl<T: NativeState> NativeBox<T> {
    const TABLE: Table = Table {
        type_id: TypeId::of::<T>(),
        // SAFETY: called with a head that stands in a `NativeBox<T>` only.
        as_dyn: |head| unsafe { &raw mut (*head.cast::<NativeBox<T>>()).state },
        // SAFETY: as above; the box is not used afterwards.
        drop: |head| drop(unsafe { Box::from_raw(head.cast::<NativeBox<T>>()) }),
    };
}

impl NativeSlot {
    /// No state.
    pub const EMPTY: NativeSlot = NativeSlot(None);

    /// A box with this state.
    pub fn new<T: NativeState>(state: T) -> NativeSlot {
        let table: &'static Table = &const { NativeBox::<T>::TABLE };
        let head = Box::into_raw(Box::new(NativeBox { head: Head { table }, state }));
        NativeSlot(NonNull::new(head.cast()))
    }

    /// Whether there is no state.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The state, when it is of this type.
    #[inline(always)]
    pub fn get<T: NativeState>(&self) -> Option<&T> {
        let head = self.0?;
        // SAFETY: the box is live as long as the slot; the type is compared before the cast.
        unsafe {
            if (*head.as_ptr()).table.type_id == TypeId::of::<T>() {
                Some(&(*head.as_ptr().cast::<NativeBox<T>>()).state)
            } else {
                None
            }
        }
    }

    /// The state as a trait object.
    pub fn as_dyn(&self) -> Option<&dyn NativeState> {
        let head = self.0?.as_ptr();
        // SAFETY: the box is live as long as the slot, and its table fits it.
        unsafe { Some(&*((*head).table.as_dyn)(head)) }
    }

    /// Moves the state out.
    pub fn take(&mut self) -> NativeSlot {
        std::mem::replace(self, NativeSlot::EMPTY)
    }

    /// The address of the box, or null.
    pub fn as_ptr(&self) -> *const () {
        self.0.map_or(ptr::null(), |head| head.as_ptr().cast_const().cast())
    }
}

impl Drop for NativeSlot {
    #[inline]
    fn drop(&mut self) {
        if let Some(head) = self.0.take() {
            // A state whose drop panics is a bug, which must not take the process with it: values are dropped in places
            // that cannot unwind.
            // SAFETY: the slot owns the box and is empty already when the state's own drop runs.
            let _ = catch_unwind(AssertUnwindSafe(|| unsafe { (head.as_ref().table.drop)(head.as_ptr()) }));
        }
    }
}

impl Default for NativeSlot {
    fn default() -> NativeSlot {
        NativeSlot::EMPTY
    }
}
