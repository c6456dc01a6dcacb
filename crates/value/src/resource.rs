//! Resources: numbered handles of things outside of PHP (streams, curl handles).
//!
//! Numbers go up from 1 within a request and are never used again. A resource that is closed stays a value; its type is
//! then "Unknown", and `gettype()` says "resource (closed)".
//!
//! # Safety
//! A `PhpResource` owns one count of a live block.
#![allow(unsafe_code, reason = "resources are blocks of the heap")]

use std::cell::{Cell, UnsafeCell};
use std::mem;
use std::ptr::NonNull;

use crate::destroy;
use crate::header::{INFO_NOT_COLLECTABLE, VmCounted};
use crate::heap::classes::class_of_const;
use crate::heap::{self, heap};
use crate::native::{NativeSlot, NativeState};
use crate::value::Tag;

/// The block of a resource.
#[repr(C)]
pub struct VmResource {
    /// Count and info.
    pub head: VmCounted,
    id: i64,
    type_name: &'static str,
    native: UnsafeCell<NativeSlot>,
    /// Where it stands in the heap's list of resources.
    index: Cell<usize>,
    closed: Cell<bool>,
}

/// A handle of a resource: 8 bytes.
#[repr(transparent)]
pub struct PhpResource(NonNull<VmResource>);

const CLASS: u8 = class_of_const(size_of::<VmResource>());

impl PhpResource {
    /// A new resource with the next number.
    pub fn new<T: NativeState>(type_name: &'static str, state: T) -> PhpResource {
        let block: *mut VmResource = heap().alloc_class(CLASS).cast();
        // SAFETY: the block is fresh and large enough; the list is borrowed for these statements only.
        unsafe {
            let list = &mut *heap().store.resources.get();
            block.write(VmResource {
                head: VmCounted::new(Tag::Resource as u32 | INFO_NOT_COLLECTABLE, CLASS),
                id: heap::next_resource_id(),
                type_name,
                native: UnsafeCell::new(NativeSlot::new(state)),
                index: Cell::new(list.len()),
                closed: Cell::new(false),
            });
            list.push(block);
            PhpResource(NonNull::new_unchecked(block))
        }
    }

    #[inline(always)]
    fn block(&self) -> &VmResource {
        // SAFETY: the block is live, and what changes in it lies in cells.
        unsafe { self.0.as_ref() }
    }

    /// The number that `get_resource_id()` and `var_dump()` show.
    pub fn id(&self) -> i64 {
        self.block().id
    }

    /// The type that `get_resource_type()` names.
    pub fn type_name(&self) -> &'static str {
        if self.is_closed() { "Unknown" } else { self.block().type_name }
    }

    /// The Rust state, when it is of this type. It stays until the last handle goes, even when the resource is closed.
    pub fn native<T: NativeState>(&self) -> Option<&T> {
        // SAFETY: the slot is set once and only the release of the block takes it away.
        unsafe { (*self.block().native.get()).get() }
    }

    /// Whether the resource is closed.
    pub fn is_closed(&self) -> bool {
        self.block().closed.get()
    }

    /// Closes the resource. What the state holds open, its owner closes itself.
    pub fn close(&self) {
        self.block().closed.set(true);
    }

    /// Whether both handles have one resource.
    pub fn ptr_eq(&self, other: &PhpResource) -> bool {
        self.0 == other.0
    }

    /// How many owners the resource has.
    pub fn ref_count(&self) -> u32 {
        self.block().head.count()
    }

    /// The handle as a block whose count the caller owns now.
    pub const fn into_raw(self) -> *mut VmResource {
        let block = self.0.as_ptr();
        mem::forget(self);
        block
    }

    /// Calls `f` with every live resource of the thread, oldest first.
    pub fn for_each(mut f: impl FnMut(&PhpResource)) {
        // SAFETY: resources in the list are live; each gets an owner more before anything else runs.
        let all: Vec<PhpResource> = unsafe {
            let mut list = (*heap().store.resources.get()).clone();
            list.sort_by_key(|&block| (*block).id);
            list.into_iter()
                .map(|block| {
                    (*block).head.increment();
                    PhpResource(NonNull::new_unchecked(block))
                })
                .collect()
        };
        all.iter().for_each(&mut f);
    }
}

impl Clone for PhpResource {
    fn clone(&self) -> PhpResource {
        self.block().head.increment();
        PhpResource(self.0)
    }
}

impl Drop for PhpResource {
    fn drop(&mut self) {
        // SAFETY: the handle owns one count and gives it up.
        unsafe { destroy::release(self.0.as_ptr().cast()) };
    }
}

impl PartialEq for PhpResource {
    fn eq(&self, other: &PhpResource) -> bool {
        self.ptr_eq(other)
    }
}

impl Eq for PhpResource {}

impl std::fmt::Debug for PhpResource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "resource#{}", self.id())
    }
}

/// Frees a resource whose count has reached zero.
///
/// # Safety
/// The block is live and nobody owns it any more.
pub(crate) unsafe fn destroy(this: *mut VmResource) {
    // SAFETY: the state is moved out before it is dropped; the list is borrowed for one statement at a time.
    unsafe {
        let index = (*this).index.get();
        let list = &mut *heap().store.resources.get();
        if list.get(index) == Some(&this) {
            list.swap_remove(index);
            if let Some(&moved) = list.get(index) {
                (*moved).index.set(index);
            }
        }
        let native = (*(*this).native.get()).take();
        heap().free_class(this.cast(), CLASS);
        drop(native);
    }
}

/// Drops the state alone, at the end of a request.
///
/// # Safety
/// The resource is live.
pub(crate) unsafe fn drop_native_state(this: *mut VmResource) {
    // SAFETY: the state is moved out before it is dropped.
    drop(unsafe { (*(*this).native.get()).take() });
}
