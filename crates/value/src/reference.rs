//! PHP references: a cell that several variables share.
//!
//! A reference to a typed property knows the property (its *type sources*): assignments through the reference must fit
//! every one of them. The list belongs to the VM, here it is a vector of opaque words.
//!
//! # Safety
//! A `PhpRef` owns one count of a live block. The cell is only read by copying and only written by swapping, so no
//! reference into it exists outside of this module, except through raw pointers.
#![allow(unsafe_code, reason = "references are blocks with an inline value")]

use std::cell::UnsafeCell;
use std::mem;
use std::ptr::NonNull;

use crate::destroy;
use crate::header::VmCounted;
use crate::heap::classes::class_of_const;
use crate::heap::heap;
use crate::value::{Tag, Value};

/// The block of a reference: 32 bytes.
#[repr(C)]
pub struct VmRef {
    /// Count and info.
    pub head: VmCounted,
    value: UnsafeCell<Value>,
    sources: UnsafeCell<Sources>,
}

/// Properties whose types the value must fit; null for none. A vector in a box, to be one word.
#[allow(clippy::box_collection, reason = "compiled code tests one word for null")]
type Sources = Option<Box<Vec<usize>>>;

/// A handle of a reference: 8 bytes.
#[repr(transparent)]
pub struct PhpRef(NonNull<VmRef>);

const CLASS: u8 = class_of_const(size_of::<VmRef>());

impl VmRef {
    pub(crate) const VALUE_OFFSET: usize = mem::offset_of!(VmRef, value);
    pub(crate) const SOURCES_OFFSET: usize = mem::offset_of!(VmRef, sources);

    /// Address of the value, for the VM.
    #[inline(always)]
    pub fn value_ptr(&self) -> *mut Value {
        self.value.get()
    }
}

impl PhpRef {
    /// A reference to a new cell with this value. A value that is a reference itself is followed.
    #[inline]
    pub fn new(value: Value) -> PhpRef {
        let value = value.into_deref();
        let block: *mut VmRef = heap().alloc_class(CLASS).cast();
        // SAFETY: the block is fresh and large enough.
        unsafe {
            block.write(VmRef {
                head: VmCounted::new(Tag::Reference as u32, CLASS),
                value: UnsafeCell::new(value),
                sources: UnsafeCell::new(None),
            });
            PhpRef(NonNull::new_unchecked(block))
        }
    }

    #[inline(always)]
    fn block(&self) -> &VmRef {
        // SAFETY: the block is live, and everything in it is a cell.
        unsafe { self.0.as_ref() }
    }

    /// A copy of the value.
    #[inline(always)]
    pub fn get(&self) -> Value {
        // SAFETY: cloning runs nothing that could change the cell.
        unsafe { (*self.block().value.get()).clone() }
    }

    /// Sets the value and hands back the old one. References do not nest: of a reference the value is taken.
    #[inline(always)]
    pub fn replace(&self, value: Value) -> Value {
        let value = value.into_deref();
        // SAFETY: nothing runs between reading and writing the cell.
        unsafe { self.block().value.get().replace(value) }
    }

    /// Sets the value. The old one is dropped after the new one is in place.
    #[inline(always)]
    pub fn set(&self, value: Value) {
        drop(self.replace(value));
    }

    /// Moves the value out and leaves `null`: to change it without another owner in the way.
    #[inline(always)]
    pub fn take(&self) -> Value {
        self.replace(Value::NULL)
    }

    /// What the value is.
    #[inline(always)]
    pub fn tag(&self) -> Tag {
        // SAFETY: reading the tag runs nothing.
        unsafe { (*self.block().value.get()).tag() }
    }

    /// Address of the value, for the VM.
    #[inline(always)]
    pub fn value_ptr(&self) -> *mut Value {
        self.block().value.get()
    }

    /// Whether both handles have one cell.
    #[inline(always)]
    pub fn ptr_eq(&self, other: &PhpRef) -> bool {
        self.0 == other.0
    }

    /// How many owners the cell has.
    #[inline(always)]
    pub fn ref_count(&self) -> u32 {
        self.block().head.count()
    }

    /// Whether assignments must be checked against types.
    #[inline(always)]
    pub fn has_type_sources(&self) -> bool {
        // SAFETY: reading the option runs nothing.
        unsafe { (*self.block().sources.get()).is_some() }
    }

    /// The properties whose types the value must fit.
    pub fn type_sources(&self) -> Vec<usize> {
        // SAFETY: cloning a vector of words runs nothing that could change it.
        unsafe { (*self.block().sources.get()).as_deref().cloned().unwrap_or_default() }
    }

    /// Adds a property whose type the value must fit. One that is there already is added once more.
    pub fn add_type_source(&self, source: usize) {
        // SAFETY: nothing runs while the list is borrowed.
        unsafe { (*self.block().sources.get()).get_or_insert_default().push(source) };
    }

    /// Takes a property out, once.
    pub fn remove_type_source(&self, source: usize) {
        // SAFETY: nothing runs while the list is borrowed.
        unsafe {
            let sources = &mut *self.block().sources.get();
            if let Some(list) = sources {
                if let Some(index) = list.iter().position(|&s| s == source) {
                    list.swap_remove(index);
                }
                if list.is_empty() {
                    *sources = None;
                }
            }
        }
    }

    /// The block.
    #[inline(always)]
    pub const fn raw(&self) -> *mut VmRef {
        self.0.as_ptr()
    }

    /// The handle as a block whose count the caller owns now.
    #[inline(always)]
    pub const fn into_raw(self) -> *mut VmRef {
        let block = self.0.as_ptr();
        mem::forget(self);
        block
    }

    /// A handle that takes over one count of the block.
    ///
    /// # Safety
    /// The block is a live reference, and the caller gives up one count of it.
    #[inline(always)]
    pub const unsafe fn from_raw(block: *mut VmRef) -> PhpRef {
        // SAFETY: the caller's promise.
        PhpRef(unsafe { NonNull::new_unchecked(block) })
    }
}

impl Clone for PhpRef {
    #[inline(always)]
    fn clone(&self) -> PhpRef {
        self.block().head.increment();
        PhpRef(self.0)
    }
}

impl Drop for PhpRef {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the handle owns one count and gives it up.
        unsafe { destroy::release(self.0.as_ptr().cast()) };
    }
}

impl std::fmt::Debug for PhpRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "&{:?}", self.get())
    }
}

/// Frees a reference whose count has reached zero.
///
/// # Safety
/// The block is live and nobody owns it any more.
pub(crate) unsafe fn destroy(this: *mut VmRef) {
    // SAFETY: the value and the list are moved out before they are dropped.
    unsafe {
        let value = (*this).value.get().replace(Value::UNDEF);
        drop((*this).sources.get().replace(None));
        heap().free_class(this.cast(), CLASS);
        drop(value);
    }
}
