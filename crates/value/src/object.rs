//! Objects.
//!
//! ```text
//!  0      4     8        12      16     24     28     32        40      48
//!  +------+-----+--------+-------+------+------+------+---------+-------+----------------
//!  |count |info |gc root |handle |class |flags |extra |dynamic  |native |slots: [Value; n]
//!  +------+-----+--------+-------+------+------+------+---------+-------+----------------
//! ```
//!
//! Declared properties are slots whose number the class knows; properties that were added later lie in an array. This
//! crate knows of a class only its [`ClassBase`], the first field of the VM's class structure.
//!
//! Objects are never immutable, and their handles never change what they point to, so `&ObjRef` can change an object:
//! the accessors copy values in and out, like those of a `Cell`.
//!
//! # Safety
//! An `ObjRef` owns one count of a live block; the class outlives its objects; slots below `slot_count` are initialised.
#![allow(unsafe_code, reason = "objects are blocks with inline slots")]

use std::cell::Cell;
use std::mem;
use std::ptr::{self, NonNull};

use crate::array::PhpArray;
use crate::destroy;
use crate::gc;
use crate::header::VmCounted;
use crate::heap::{ATTENTION_DESTRUCTORS, heap};
use crate::native::{NativeSlot, NativeState};
use crate::value::{Tag, Value};

/// What this crate needs to know of a class: the first field of the VM's class structure.
#[repr(C)]
#[derive(Debug)]
pub struct ClassBase {
    /// How many slots objects of the class have.
    pub slot_count: u32,
    /// `CLASS_*` flags; the lower half is this crate's, the upper half the VM's.
    pub flags: u32,
    /// `slot_count` values that new objects begin with; null means that all slots begin as `Undef`.
    pub defaults: Cell<*const Value>,
    /// `slot_count` words: the type source (see [`crate::PhpRef::add_type_source`]) that a reference in the slot has
    /// on its account; null if no slot is typed.
    pub sources: Cell<*const usize>,
}

/// The class has a destructor.
pub const CLASS_HAS_DESTRUCTOR: u32 = 1;
/// Objects of the class cannot be part of a cycle (no slots that hold containers, native state without values).
pub const CLASS_ACYCLIC: u32 = 1 << 1;
/// The class has `__get`.
pub const CLASS_HAS_GET: u32 = 1 << 2;
/// The class has `__set`.
pub const CLASS_HAS_SET: u32 = 1 << 3;
/// The class has `__isset`.
pub const CLASS_HAS_ISSET: u32 = 1 << 4;
/// The class has `__unset`.
pub const CLASS_HAS_UNSET: u32 = 1 << 5;
/// The class is an enum.
pub const CLASS_ENUM: u32 = 1 << 6;
/// Objects of the class have handlers of their own for properties, casts or comparison.
pub const CLASS_SPECIAL: u32 = 1 << 7;

/// The destructor was called, or must not be.
pub const OBJ_DESTRUCTED: u32 = 1;
/// Native state and properties are gone; the block stays until its last owner goes.
pub const OBJ_FREED: u32 = 1 << 1;
/// Weak references know the object.
pub const OBJ_WEAKLY_REFERENCED: u32 = 1 << 2;
/// A walk (printing, comparing) is inside of the object.
pub const OBJ_PROTECTED: u32 = 1 << 3;
/// The object is lazy and not initialised.
pub const OBJ_LAZY: u32 = 1 << 4;
/// The object is a lazy proxy.
pub const OBJ_PROXY: u32 = 1 << 5;
/// The VM keeps guards against recursion of `__get` and its like for the object.
pub const OBJ_HAS_GUARDS: u32 = 1 << 6;
/// First flag that belongs to the VM.
pub const OBJ_VM_SHIFT: u32 = 16;

/// The block of an object; its slots follow.
#[repr(C)]
pub struct VmObject {
    /// Count and info.
    pub head: VmCounted,
    /// Index in the root buffer of the cycle collector, when the info word says so.
    pub gc_root: Cell<u32>,
    /// The number that `spl_object_id()` tells.
    pub handle: u32,
    /// The class.
    pub class: *const ClassBase,
    /// `OBJ_*` flags.
    pub flags: Cell<u32>,
    /// For the VM.
    pub extra: Cell<u32>,
    /// Properties that are not declared: an array, or `Undef`'s block null.
    pub dynamic: Cell<*mut crate::array::VmArray>,
    /// Rust state of a built-in class.
    pub native: NativeSlot,
}

/// Bytes before the first slot of an object.
pub const OBJECT_HEADER: usize = size_of::<VmObject>();

/// A handle of an object: 8 bytes.
#[repr(transparent)]
pub struct ObjRef(NonNull<VmObject>);

impl VmObject {
    /// Address of a slot.
    ///
    /// # Safety
    /// `this` is live and has a slot of this number.
    #[inline(always)]
    pub unsafe fn slot_ptr(this: *mut VmObject, slot: u32) -> *mut Value {
        // SAFETY: slots follow the header in the same block.
        unsafe { this.cast::<u8>().add(OBJECT_HEADER).cast::<Value>().add(slot as usize) }
    }
}

impl ObjRef {
    /// Shows the object as a value without owning a count more, for [`NativeState::trace`]: the collector counts owners
    /// and must not see one that is about to go.
    pub fn visit(&self, visit: &mut dyn FnMut(&Value)) {
        // SAFETY: the copy is never dropped, so it owns nothing, and it ends before the object does.
        let value = mem::ManuallyDrop::new(Value::object(unsafe { ptr::read(self) }));
        visit(&value);
    }

    /// A new object of the class, with a handle; slots begin with the class's defaults. No constructor runs.
    ///
    /// # Safety
    /// The class is valid, `defaults` is null or has `slot_count` values, and the class outlives the object.
    #[inline]
    pub unsafe fn alloc(class: *const ClassBase) -> ObjRef {
        // SAFETY: the class is valid.
        let (slots, flags, defaults) =
            unsafe { ((*class).slot_count, (*class).flags, (*class).defaults.get()) };
        let h = heap();
        let (block, size_class) = h.alloc(OBJECT_HEADER + slots as usize * size_of::<Value>());
        let block: *mut VmObject = block.cast();
        let acyclic = if flags & CLASS_ACYCLIC != 0 { crate::header::INFO_NOT_COLLECTABLE } else { 0 };
        // SAFETY: the block is fresh and has room for the header and all slots; each is written once.
        unsafe {
            block.write(VmObject {
                head: VmCounted::new(Tag::Object as u32 | acyclic, size_class),
                gc_root: Cell::new(0),
                handle: h.store.add(block),
                class,
                flags: Cell::new(0),
                extra: Cell::new(0),
                dynamic: Cell::new(ptr::null_mut()),
                native: NativeSlot::EMPTY,
            });
            if defaults.is_null() {
                for slot in 0..slots {
                    VmObject::slot_ptr(block, slot).write(Value::UNDEF);
                }
            } else {
                for slot in 0..slots {
                    VmObject::slot_ptr(block, slot).write((*defaults.add(slot as usize)).clone());
                }
            }
            ObjRef::from_raw(block)
        }
    }

    /// A new object of a class that lives forever.
    pub fn of_class(class: &'static ClassBase) -> ObjRef {
        assert!(class.defaults.get().is_null(), "defaults need the VM's own allocation");
        // SAFETY: the class is valid and lives forever, and has no defaults.
        unsafe { ObjRef::alloc(class) }
    }

    #[inline(always)]
    fn block(&self) -> &VmObject {
        // SAFETY: the block is live; what changes in it lies in cells, or in slots that this reference does not cover.
        unsafe { self.0.as_ref() }
    }

    /// The class.
    #[inline(always)]
    pub fn class_ptr(&self) -> *const ClassBase {
        self.block().class
    }

    /// The class.
    #[inline(always)]
    pub fn class(&self) -> &ClassBase {
        // SAFETY: the class outlives its objects.
        unsafe { &*self.block().class }
    }

    /// The number that `spl_object_id()` and `var_dump()` show. Unique among live objects of the thread.
    #[inline(always)]
    pub fn handle(&self) -> u32 {
        self.block().handle
    }

    /// Whether both handles have one object.
    #[inline(always)]
    pub fn ptr_eq(&self, other: &ObjRef) -> bool {
        self.0 == other.0
    }

    /// How many owners the object has.
    pub fn ref_count(&self) -> u32 {
        self.block().head.count()
    }

    /// Number of declared property slots.
    #[inline(always)]
    pub fn slot_count(&self) -> u32 {
        self.class().slot_count
    }

    /// Address of a slot, for the VM. Panics when there is none of this number.
    #[inline(always)]
    pub fn slot_ptr(&self, slot: u32) -> *mut Value {
        assert!(slot < self.slot_count(), "object has no slot {slot}");
        // SAFETY: the slot exists.
        unsafe { VmObject::slot_ptr(self.0.as_ptr(), slot) }
    }

    /// A copy of a slot; `Undef` for a property without value. References are not followed.
    #[inline]
    pub fn get_slot(&self, slot: u32) -> Value {
        // SAFETY: the slot is initialised; cloning runs nothing that could change it.
        unsafe { (*self.slot_ptr(slot)).clone() }
    }

    /// Sets a slot and hands back what was there. References are replaced, not written through.
    #[inline]
    pub fn replace_slot(&self, slot: u32, value: Value) -> Value {
        // SAFETY: the slot is initialised; nothing runs between reading and writing it.
        unsafe { self.slot_ptr(slot).replace(value) }
    }

    /// Sets a slot. The old value is dropped after the new one is in place.
    #[inline]
    pub fn set_slot(&self, slot: u32, value: Value) {
        drop(self.replace_slot(slot, value));
    }

    /// The properties that are not declared; `None` when there never were any.
    pub fn dynamic(&self) -> Option<PhpArray> {
        let block = self.block().dynamic.get();
        if block.is_null() {
            return None;
        }
        // SAFETY: the object owns one count of the array; the borrowed handle is not dropped, its clone is counted.
        unsafe { Some((*mem::ManuallyDrop::new(PhpArray::from_raw(block))).clone()) }
    }

    /// Sets the properties that are not declared.
    pub fn set_dynamic(&self, properties: Option<PhpArray>) {
        let new = match properties {
            Some(mut array) => {
                // An owned array, never an immutable one, so that the field needs no flag.
                let block = if array.is_immutable() { array.separate() } else { array.raw() };
                mem::forget(array);
                block
            }
            None => ptr::null_mut(),
        };
        let old = self.block().dynamic.replace(new);
        if !old.is_null() {
            // SAFETY: the object owned one count of the old array.
            drop(unsafe { PhpArray::from_raw(old) });
        }
    }

    /// Lets `f` change the properties that are not declared. Meanwhile the object has none.
    pub fn with_dynamic<T>(&self, f: impl FnOnce(&mut PhpArray) -> T) -> T {
        let block = self.block().dynamic.replace(ptr::null_mut());
        // SAFETY: the object owned one count of the array, which moves to the handle.
        let mut array = if block.is_null() { PhpArray::new() } else { unsafe { PhpArray::from_raw(block) } };
        let result = f(&mut array);
        self.set_dynamic(Some(array));
        result
    }

    /// The Rust state, when it is of this type.
    ///
    /// The reference is good as long as the object: state is set once and only the release of the object takes it away.
    #[inline(always)]
    pub fn native<T: NativeState>(&self) -> Option<&T> {
        self.block().native.get()
    }

    /// The Rust state as a trait object.
    pub fn native_dyn(&self) -> Option<&dyn NativeState> {
        self.block().native.as_dyn()
    }

    /// Gives the object its Rust state. Fails, and hands the state back, when it has one already.
    pub fn set_native(&self, state: NativeSlot) -> Result<(), NativeSlot> {
        if !self.block().native.is_empty() {
            return Err(state);
        }
        // SAFETY: the field is empty, so nobody holds a reference to a state in it.
        unsafe { (&raw mut (*self.0.as_ptr()).native).write(state) };
        Ok(())
    }

    /// The `OBJ_*` flags.
    #[inline(always)]
    pub fn flags(&self) -> u32 {
        self.block().flags.get()
    }

    /// Whether any of these flags is set.
    #[inline(always)]
    pub fn has_flags(&self, flags: u32) -> bool {
        self.flags() & flags != 0
    }

    /// Sets flags.
    pub fn set_flags(&self, flags: u32) {
        self.block().flags.set(self.flags() | flags);
    }

    /// Clears flags.
    pub fn clear_flags(&self, flags: u32) {
        self.block().flags.set(self.flags() & !flags);
    }

    /// Marks that a walk is inside of the object; false when one is already.
    pub fn enter(&self) -> bool {
        if self.has_flags(OBJ_PROTECTED) {
            return false;
        }
        self.set_flags(OBJ_PROTECTED);
        true
    }

    /// Ends what [`enter`](ObjRef::enter) began.
    pub fn leave(&self) {
        self.clear_flags(OBJ_PROTECTED);
    }

    /// The VM's own word.
    pub fn extra(&self) -> u32 {
        self.block().extra.get()
    }

    /// Sets the VM's own word.
    pub fn set_extra(&self, extra: u32) {
        self.block().extra.set(extra);
    }

    /// The block.
    #[inline(always)]
    pub const fn raw(&self) -> *mut VmObject {
        self.0.as_ptr()
    }

    /// The handle as a block whose count the caller owns now.
    #[inline(always)]
    pub const fn into_raw(self) -> *mut VmObject {
        let block = self.0.as_ptr();
        mem::forget(self);
        block
    }

    /// A handle that takes over one count of the block.
    ///
    /// # Safety
    /// The block is a live object, and the caller gives up one count of it.
    #[inline(always)]
    pub const unsafe fn from_raw(block: *mut VmObject) -> ObjRef {
        // SAFETY: the caller's promise.
        ObjRef(unsafe { NonNull::new_unchecked(block) })
    }

    /// A further handle of the block.
    ///
    /// # Safety
    /// The block is a live object.
    #[inline(always)]
    pub unsafe fn from_raw_add_ref(block: *mut VmObject) -> ObjRef {
        // SAFETY: the caller's promise.
        unsafe {
            (*block).head.increment();
            ObjRef::from_raw(block)
        }
    }
}

impl Clone for ObjRef {
    #[inline(always)]
    fn clone(&self) -> ObjRef {
        self.block().head.increment();
        ObjRef(self.0)
    }
}

impl Drop for ObjRef {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the handle owns one count and gives it up.
        unsafe { destroy::release(self.0.as_ptr().cast()) };
    }
}

impl PartialEq for ObjRef {
    fn eq(&self, other: &ObjRef) -> bool {
        self.ptr_eq(other)
    }
}

impl Eq for ObjRef {}

impl std::fmt::Debug for ObjRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "object#{}", self.handle())
    }
}

/// Frees an object whose count has reached zero, or queues it for its destructor.
///
/// # Safety
/// The object is live and nobody owns it any more.
pub(crate) unsafe fn destroy(this: *mut VmObject) {
    let h = heap();
    // SAFETY: the object is live until its block is given back. Nobody owns it, so nothing that runs meanwhile can reach
    // it; its place in the store is given up last, since PHP frees handles of children first.
    unsafe {
        let flags = (*this).flags.get();
        let class = (*this).class;
        if (*class).flags & CLASS_HAS_DESTRUCTOR != 0 && flags & OBJ_DESTRUCTED == 0 && !h.store.suppressed()
        {
            (*this).flags.set(flags | OBJ_DESTRUCTED);
            (*this).head.refcount.set(1);
            h.store.queue(ObjRef::from_raw(this));
            h.request_attention(ATTENTION_DESTRUCTORS);
            return;
        }
        gc::forget(&(*this).head, &(*this).gc_root);
        if flags & OBJ_FREED == 0 {
            if flags & OBJ_WEAKLY_REFERENCED != 0 {
                tell_weak_references(this);
            }
            let dynamic = (*this).dynamic.get();
            if !dynamic.is_null() {
                drop(PhpArray::from_raw(dynamic));
            }
            let mut slot = VmObject::slot_ptr(this, 0);
            let end = slot.add((*class).slot_count as usize);
            forget_sources(class, slot);
            while slot != end {
                ptr::drop_in_place(slot);
                slot = slot.add(1);
            }
            ptr::drop_in_place(&raw mut (*this).native);
        }
        h.store.remove((*this).handle);
        h.dealloc(this.cast(), (*this).head.class());
    }
}

#[cold]
unsafe fn tell_weak_references(this: *mut VmObject) {
    if let Some(callback) = heap().store.weak_callback() {
        // SAFETY: the object is live; the callback gets numbers only.
        callback(this.addr(), unsafe { (*this).handle });
    }
}

/// Drops properties and native state of garbage, which others may still point to; the block stays.
///
/// # Safety
/// The object is live.
pub(crate) unsafe fn free_parts(this: *mut VmObject) {
    // SAFETY: the object is live; each part is moved out before it is dropped.
    unsafe {
        let flags = (*this).flags.get();
        if flags & OBJ_FREED != 0 {
            return;
        }
        (*this).flags.set(flags | OBJ_FREED);
        if flags & OBJ_WEAKLY_REFERENCED != 0 {
            tell_weak_references(this);
        }
        let dynamic = (*this).dynamic.replace(ptr::null_mut());
        if !dynamic.is_null() {
            drop(PhpArray::from_raw(dynamic));
        }
        let mut slot = VmObject::slot_ptr(this, 0);
        let end = slot.add((*(*this).class).slot_count as usize);
        forget_sources((*this).class, slot);
        while slot != end {
            if (*slot).is_counted() {
                drop(slot.replace(Value::UNDEF));
            }
            slot = slot.add(1);
        }
        drop((*this).native.take());
    }
}

/// References in slots of typed properties outlive the object without the types.
///
/// # Safety
/// `first` is the first slot of a live object of the class.
#[inline(always)]
unsafe fn forget_sources(class: *const ClassBase, first: *mut Value) {
    // SAFETY: the class is valid; with sources it has one for each slot.
    unsafe {
        let sources = (*class).sources.get();
        if sources.is_null() {
            return;
        }
        for slot in 0..(*class).slot_count as usize {
            if let Some(reference) = (*first.add(slot)).as_ref()
                && reference.has_type_sources()
            {
                reference.remove_type_source(*sources.add(slot));
            }
        }
    }
}

/// Drops the native state alone, at the end of a request.
///
/// # Safety
/// The object is live.
pub(crate) unsafe fn drop_native_state(this: *mut VmObject) {
    // SAFETY: the object is live; the state is moved out before it is dropped.
    drop(unsafe { (*this).native.take() });
}
