//! The unsafe side of `Value`, for the VM and for compiled code.
//!
//! # Safety
//! Each function says what its caller promises; all of it amounts to "the tag tells the truth and counts add up".
#![allow(unsafe_code, reason = "the VM works on values in place")]

use std::ptr;

use super::{Tag, Value, meta};
use crate::array::VmArray;
use crate::destroy;
use crate::header::VmCounted;
use crate::object::VmObject;
use crate::reference::VmRef;
use crate::string::VmString;

impl Value {
    /// A value of these parts.
    ///
    /// # Safety
    /// The payload is what the tag says, and with `COUNTED` the value gets one count of the block.
    #[inline(always)]
    pub const unsafe fn from_raw(bits: u64, tag: Tag, flags: u8) -> Value {
        Value { payload: ptr::without_provenance_mut(bits as usize), meta: meta(tag, flags) }
    }

    /// A value that points to a block.
    ///
    /// # Safety
    /// As [`Value::from_raw`].
    #[inline(always)]
    pub const unsafe fn from_block(ptr: *mut VmCounted, tag: Tag, flags: u8) -> Value {
        Value { payload: ptr, meta: meta(tag, flags) }
    }

    /// A pointer to another value, for the VM. It owns nothing.
    #[inline(always)]
    pub const fn indirect(target: *mut Value) -> Value {
        Value { payload: target.cast(), meta: meta(Tag::Indirect, 0) }
    }

    /// A number or pointer of the VM's own. It owns nothing.
    #[inline(always)]
    pub const fn raw(bits: u64) -> Value {
        Value { payload: ptr::without_provenance_mut(bits as usize), meta: meta(Tag::Raw, 0) }
    }

    /// A pointer of the VM's own. It owns nothing.
    #[inline(always)]
    pub const fn raw_ptr<T>(ptr: *mut T) -> Value {
        Value { payload: ptr.cast(), meta: meta(Tag::Raw, 0) }
    }

    /// The payload's bits.
    #[inline(always)]
    pub fn payload_bits(&self) -> u64 {
        self.payload.addr() as u64
    }

    /// The payload as a pointer to a block; meaningless for tags without one.
    #[inline(always)]
    pub fn payload_ptr(&self) -> *mut VmCounted {
        self.payload
    }

    /// The target of an [`Value::indirect`].
    #[inline(always)]
    pub fn indirect_ptr(&self) -> *mut Value {
        self.payload_ptr().cast()
    }

    /// The integer, without a test.
    ///
    /// # Safety
    /// The tag is `Int`.
    #[inline(always)]
    pub unsafe fn int_unchecked(&self) -> i64 {
        debug_assert_eq!(self.tag(), Tag::Int);
        self.payload.addr() as i64
    }

    /// The float, without a test.
    ///
    /// # Safety
    /// The tag is `Float`.
    #[inline(always)]
    pub unsafe fn float_unchecked(&self) -> f64 {
        debug_assert_eq!(self.tag(), Tag::Float);
        f64::from_bits(self.payload.addr() as u64)
    }

    /// The string block, without a test.
    #[inline(always)]
    pub fn string_ptr(&self) -> *mut VmString {
        debug_assert_eq!(self.tag(), Tag::String);
        self.payload_ptr().cast()
    }

    /// The array block, without a test.
    #[inline(always)]
    pub fn array_ptr(&self) -> *mut VmArray {
        debug_assert_eq!(self.tag(), Tag::Array);
        self.payload_ptr().cast()
    }

    /// The object block, without a test.
    #[inline(always)]
    pub fn object_ptr(&self) -> *mut VmObject {
        debug_assert_eq!(self.tag(), Tag::Object);
        self.payload_ptr().cast()
    }

    /// The reference block, without a test.
    #[inline(always)]
    pub fn ref_ptr(&self) -> *mut VmRef {
        debug_assert_eq!(self.tag(), Tag::Reference);
        self.payload_ptr().cast()
    }

    /// What the reference holds, or the value itself.
    ///
    /// # Safety
    /// While the result is in use nothing stores through any handle of the reference, nor runs PHP code.
    #[inline(always)]
    pub unsafe fn deref(&self) -> &Value {
        if self.has_tag(Tag::Reference) {
            // SAFETY: the tag says that the payload is a live reference; the caller keeps it from changing.
            unsafe { &*(*self.ref_ptr()).value_ptr() }
        } else {
            self
        }
    }

    /// The place that the value at `slot` stands for: the cell of the reference, or `slot` itself.
    ///
    /// # Safety
    /// `slot` points to a valid value.
    #[inline(always)]
    pub unsafe fn deref_ptr(slot: *mut Value) -> *mut Value {
        // SAFETY: the caller's promise, and the tag says that the payload is a live reference.
        unsafe { if (*slot).has_tag(Tag::Reference) { (*(*slot).ref_ptr()).value_ptr() } else { slot } }
    }

    /// Copies the bytes of a value without raising the count.
    ///
    /// # Safety
    /// Only one of the two is dropped, or the count is raised by [`Value::add_ref`].
    #[inline(always)]
    pub unsafe fn copy_raw(&self) -> Value {
        // SAFETY: the caller's promise.
        unsafe { ptr::read(self) }
    }

    /// Raises the count of the block by one, if there is one.
    ///
    /// # Safety
    /// Somebody owns the count: a copy made by [`Value::copy_raw`], or compiled code.
    #[inline(always)]
    pub unsafe fn add_ref(&self) {
        if self.is_counted() {
            // SAFETY: a counted payload points to a live block.
            unsafe { (*self.payload).increment() };
        }
    }

    /// Gives up one count of the block, if there is one, without forgetting the value.
    ///
    /// # Safety
    /// The value is not used any more, and not dropped.
    #[inline(always)]
    pub unsafe fn release_raw(&self) {
        if self.is_counted() {
            // SAFETY: the caller gives up its count.
            unsafe { destroy::release(self.payload) };
        }
    }

    /// Gives up one count of the block if it has other owners, or if there is none to give up. The cycle collector is not
    /// told, so this is for temporaries alone: whoever else owns the block tells it.
    ///
    /// # Safety
    /// If the result is true the value is not used any more, and not dropped.
    #[inline(always)]
    pub unsafe fn release_shared(&self) -> bool {
        if !self.is_counted() {
            return true;
        }
        // SAFETY: a counted payload points to a live block.
        unsafe {
            let count = (*self.payload).refcount.get();
            if count == 1 {
                return false;
            }
            (*self.payload).refcount.set(count - 1);
        }
        true
    }

    /// Changes an integer: its tag stays as it is.
    ///
    /// # Safety
    /// The tag is `Int`.
    #[inline(always)]
    pub unsafe fn set_int_unchecked(&mut self, int: i64) {
        debug_assert_eq!(self.tag(), Tag::Int);
        self.payload = ptr::without_provenance_mut(int as usize);
    }

    /// Makes a slot undefined that holds nothing: its payload is left as it is, which nobody looks at.
    ///
    /// # Safety
    /// `slot` may be written and holds nothing that owns a count.
    #[inline(always)]
    pub unsafe fn init_undef(slot: *mut Value) {
        // SAFETY: the caller's promise; the second half of a value is tag, flags and spare bytes.
        unsafe { slot.cast::<u64>().add(1).write(0) };
    }

    /// Writes a value where none is: what was there is not dropped.
    ///
    /// # Safety
    /// `slot` may be written and holds nothing that owns a count.
    #[inline(always)]
    pub unsafe fn init(slot: *mut Value, value: Value) {
        // SAFETY: the caller's promise.
        unsafe { slot.write(value) };
    }
}
