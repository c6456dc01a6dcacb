//! Live objects by handle, pending destructors, live resources.
//!
//! Handles are what `spl_object_id()` and `var_dump()` show: they begin at 1 and the handle that was freed last is used
//! first. The store is also how the end of a request finds objects that nobody points to any more.
//!
//! # Safety
//! A pointer in the table is a live object of this thread; freeing an object takes it out first.
#![allow(unsafe_code, reason = "the store holds pointers to all live objects")]

use std::cell::{Cell, UnsafeCell};
use std::collections::VecDeque;

use super::{ATTENTION_DESTRUCTORS, clear_attention, heap};
use crate::object::{ObjRef, VmObject};
use crate::resource::VmResource;

/// Called with the address and handle of an object that weak references know, just before it goes.
pub type WeakCallback = fn(object: usize, handle: u32);

/// A live object, or with the lowest bit set the handle that was freed before this one (0 ends the list).
#[derive(Clone, Copy)]
struct Entry(*mut VmObject);

impl Entry {
    #[inline(always)]
    fn free(next: u32) -> Entry {
        Entry(std::ptr::without_provenance_mut((next as usize) << 1 | 1))
    }

    #[inline(always)]
    fn next_free(self) -> u32 {
        (self.0.addr() >> 1) as u32
    }

    #[inline(always)]
    fn live(self) -> Option<*mut VmObject> {
        (self.0.addr() & 1 == 0).then_some(self.0)
    }
}

pub(crate) struct Store {
    objects: UnsafeCell<Vec<Entry>>,
    free: Cell<u32>,
    live: Cell<usize>,
    pending: UnsafeCell<VecDeque<ObjRef>>,
    suppress: Cell<bool>,
    pub(crate) resources: UnsafeCell<Vec<*mut VmResource>>,
    next_resource: Cell<i64>,
    weak_callback: Cell<Option<WeakCallback>>,
}

impl Store {
    pub(crate) const fn new() -> Store {
        Store {
            objects: UnsafeCell::new(Vec::new()),
            free: Cell::new(0),
            live: Cell::new(0),
            pending: UnsafeCell::new(VecDeque::new()),
            suppress: Cell::new(false),
            resources: UnsafeCell::new(Vec::new()),
            next_resource: Cell::new(1),
            weak_callback: Cell::new(None),
        }
    }

    /// Enters an object and gives it a handle.
    #[inline]
    pub(crate) fn add(&self, object: *mut VmObject) -> u32 {
        // SAFETY: nothing in this function runs foreign code.
        let objects = unsafe { &mut *self.objects.get() };
        self.live.set(self.live.get() + 1);
        let free = self.free.get();
        if let Some(entry) = objects.get_mut((free as usize).wrapping_sub(1)) {
            self.free.set(entry.next_free());
            *entry = Entry(object);
            return free;
        }
        self.add_last(object)
    }

    #[inline(never)]
    extern "C" fn add_last(&self, object: *mut VmObject) -> u32 {
        // SAFETY: nothing in this function runs foreign code.
        let objects = unsafe { &mut *self.objects.get() };
        objects.push(Entry(object));
        objects.len() as u32
    }

    /// Takes an object out; its handle is the next to be used.
    #[inline]
    pub(crate) fn remove(&self, handle: u32) {
        // SAFETY: nothing in this function runs foreign code.
        let objects = unsafe { &mut *self.objects.get() };
        if let Some(entry) = objects.get_mut((handle as usize).wrapping_sub(1)) {
            *entry = Entry::free(self.free.get());
        }
        self.free.set(handle);
        self.live.set(self.live.get() - 1);
    }

    /// The object with the next handle above `handle`.
    pub(crate) fn next_live(&self, handle: u32) -> Option<(u32, *mut VmObject)> {
        // SAFETY: nothing in this function runs foreign code.
        let objects = unsafe { &*self.objects.get() };
        let mut later = objects.iter().enumerate().skip(handle as usize);
        later.find_map(|(index, entry)| entry.live().map(|object| (index as u32 + 1, object)))
    }

    /// Puts an object whose last owner went away in the queue for its destructor.
    pub(crate) fn queue(&self, object: ObjRef) {
        // SAFETY: nothing in this statement runs foreign code.
        unsafe { (*self.pending.get()).push_back(object) };
    }

    pub(crate) fn suppressed(&self) -> bool {
        self.suppress.get()
    }

    pub(crate) fn weak_callback(&self) -> Option<WeakCallback> {
        self.weak_callback.get()
    }

    pub(crate) fn live(&self) -> usize {
        self.live.get()
    }

    /// Forgets everything; the memory of the tables is kept.
    pub(crate) fn clear(&self) {
        // SAFETY: nothing in these statements runs foreign code: the queue was emptied by the caller.
        unsafe {
            (*self.objects.get()).clear();
            (*self.resources.get()).clear();
        }
        self.free.set(0);
        self.live.set(0);
        self.next_resource.set(1);
        self.suppress.set(false);
    }

    /// Gives back the memory of the tables.
    pub(crate) fn release(&self) {
        // SAFETY: as in `clear`.
        unsafe {
            *self.objects.get() = Vec::new();
            *self.resources.get() = Vec::new();
            *self.pending.get() = VecDeque::new();
        }
    }
}

/// The objects whose destructor is due, in the order in which they lost their last owner.
///
/// Each is owned by the queue alone and marked as destructed: dropping it after the call frees it.
pub fn take_pending_destructors() -> Vec<ObjRef> {
    clear_attention(ATTENTION_DESTRUCTORS);
    // SAFETY: moving the queue out runs no foreign code.
    unsafe { std::mem::take(&mut *heap().store.pending.get()) }.into()
}

/// The next object whose destructor is due.
pub fn pop_pending_destructor() -> Option<ObjRef> {
    // SAFETY: nothing in these statements runs foreign code.
    let (object, empty) = unsafe {
        let pending = &mut *heap().store.pending.get();
        (pending.pop_front(), pending.is_empty())
    };
    if empty {
        clear_attention(ATTENTION_DESTRUCTORS);
    }
    object
}

/// Whether any destructor is due.
pub fn has_pending_destructors() -> bool {
    // SAFETY: nothing in this statement runs foreign code.
    unsafe { !(*heap().store.pending.get()).is_empty() }
}

/// From now on objects are freed without destructors (after a fatal error, and at the end of a request).
pub fn suppress_destructors(on: bool) {
    heap().store.suppress.set(on);
}

/// Live objects of this thread.
pub fn live_objects() -> usize {
    heap().store.live()
}

/// Calls `f` with each live object by ascending handle. Objects made meanwhile are seen when their handle is higher.
pub fn for_each_object(mut f: impl FnMut(&ObjRef)) {
    let mut handle = 0;
    while let Some((next, object)) = heap().store.next_live(handle) {
        handle = next;
        // SAFETY: the object is in the table, so it is live; one owner is added before anything else runs. An object
        // without owners is being freed at this moment.
        let object =
            unsafe { if (*object).head.count() == 0 { continue } else { ObjRef::from_raw_add_ref(object) } };
        f(&object);
    }
}

/// The number of the next resource of this thread.
pub fn next_resource_id() -> i64 {
    let next = &heap().store.next_resource;
    next.replace(next.get() + 1)
}

/// Sets what is called when an object that weak references know is freed.
pub fn set_weak_callback(callback: Option<WeakCallback>) {
    heap().store.weak_callback.set(callback);
}
