//! `Value`: what a PHP variable holds.
//!
//! ```text
//!  0        8   9     10      12       16
//!  +--------+---+-----+-------+--------+
//!  |payload |tag|flags|spare16|spare32 |
//!  +--------+---+-----+-------+--------+
//! ```
//!
//! Invariant: `COUNTED` is set exactly when the payload points to a block of this thread's heap of which this value
//! owns one count. Cloning and dropping look at that flag alone, so integers, and strings and arrays that live in a
//! Unit or a static, cost one test. The spare bytes mean nothing here; holders may use them and must not expect that
//! an assignment keeps them.
//!
//! In Rust a value is two words, so that the compiler passes and returns it in two registers. The payload is a pointer
//! even when it holds a number: numbers become pointers to nowhere for free, while the reverse would lose what the
//! compiler knows of pointers.
//!
//! # Safety
//! The tag says whether the payload is a live pointer, and to what; constructors are the only ones that pair them.
#![allow(unsafe_code, reason = "what the payload means is told by the tag")]

mod from;
mod raw;
mod view;

use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};

use crate::array::PhpArray;
use crate::destroy;
use crate::header::VmCounted;
use crate::object::ObjRef;
use crate::reference::PhpRef;
use crate::resource::PhpResource;
use crate::string::PhpString;

pub use view::View;

/// The payload points to a counted block of which the value owns one count.
pub const COUNTED: u8 = 1;
/// The payload points to an immutable block.
pub const IMMUTABLE: u8 = 2;

/// What a value is. The order makes range tests cheap: `<= False` is falsy, `<= Float` has no pointer.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tag {
    /// No value: an unset variable, a hole of an array, an uninitialised property.
    Undef = 0,
    /// `null`.
    Null = 1,
    /// `false`.
    False = 2,
    /// `true`.
    True = 3,
    /// A 64-bit integer.
    Int = 4,
    /// A double.
    Float = 5,
    /// A byte string.
    String = 6,
    /// An array.
    Array = 7,
    /// An object.
    Object = 8,
    /// A PHP reference (`&`): a counted cell shared by variables.
    Reference = 9,
    /// A resource.
    Resource = 10,
    /// For the VM: free to use.
    Internal = 11,
    /// For the VM: a pointer to another value.
    Indirect = 12,
    /// For the VM: a pointer or number that only its holder understands.
    Raw = 13,
}

/// A PHP value. See the module for its layout.
#[repr(C)]
pub struct Value {
    payload: *mut VmCounted,
    /// Tag, flags and spare bytes, from the lowest byte on.
    meta: u64,
}

// The bytes of the second word are read one by one by compiled code.
const _: () = assert!(cfg!(target_endian = "little"));

const FLAGS_SHIFT: u32 = 8;
const SPARE_SHIFT: u32 = 32;
const COUNTED_BIT: u64 = (COUNTED as u64) << FLAGS_SHIFT;

#[inline(always)]
const fn meta(tag: Tag, flags: u8) -> u64 {
    tag as u64 | (flags as u64) << FLAGS_SHIFT
}

impl Value {
    /// No value.
    pub const UNDEF: Value = Value::bare(Tag::Undef);
    /// `null`.
    pub const NULL: Value = Value::bare(Tag::Null);
    /// `false`.
    pub const FALSE: Value = Value::bare(Tag::False);
    /// `true`.
    pub const TRUE: Value = Value::bare(Tag::True);

    pub(crate) const TAG_OFFSET: usize = std::mem::offset_of!(Value, meta);
    pub(crate) const FLAGS_OFFSET: usize = Value::TAG_OFFSET + FLAGS_SHIFT as usize / 8;
    pub(crate) const SPARE_OFFSET: usize = Value::TAG_OFFSET + SPARE_SHIFT as usize / 8;

    #[inline(always)]
    const fn bare(tag: Tag) -> Value {
        Value { payload: ptr::null_mut(), meta: meta(tag, 0) }
    }

    /// An integer.
    #[inline(always)]
    pub const fn int(int: i64) -> Value {
        Value { payload: ptr::without_provenance_mut(int as usize), meta: meta(Tag::Int, 0) }
    }

    /// A float.
    #[inline(always)]
    pub const fn float(float: f64) -> Value {
        Value { payload: ptr::without_provenance_mut(float.to_bits() as usize), meta: meta(Tag::Float, 0) }
    }

    /// `true` or `false`.
    #[inline(always)]
    pub const fn bool(on: bool) -> Value {
        Value::bare(if on { Tag::True } else { Tag::False })
    }

    /// A string.
    #[inline(always)]
    pub fn string(string: PhpString) -> Value {
        let immutable = string.is_immutable();
        let flags = if immutable { IMMUTABLE } else { COUNTED };
        Value { payload: string.into_raw().cast(), meta: meta(Tag::String, flags) }
    }

    /// A string with these bytes.
    pub fn str(bytes: impl AsRef<[u8]>) -> Value {
        Value::string(PhpString::from_bytes(bytes.as_ref()))
    }

    /// An array.
    #[inline(always)]
    pub fn array(array: PhpArray) -> Value {
        array.into_value()
    }

    /// An object.
    #[inline(always)]
    pub fn object(object: ObjRef) -> Value {
        Value { payload: object.into_raw().cast(), meta: meta(Tag::Object, COUNTED) }
    }

    /// A reference.
    #[inline(always)]
    pub fn reference(reference: PhpRef) -> Value {
        Value { payload: reference.into_raw().cast(), meta: meta(Tag::Reference, COUNTED) }
    }

    /// A resource.
    #[inline(always)]
    pub fn resource(resource: PhpResource) -> Value {
        Value { payload: resource.into_raw().cast(), meta: meta(Tag::Resource, COUNTED) }
    }

    /// What the value is.
    #[inline(always)]
    pub const fn tag(&self) -> Tag {
        // SAFETY: the lowest byte of the word is always a tag.
        unsafe { std::mem::transmute::<u8, Tag>(self.meta as u8) }
    }

    /// Whether the tag is this one: one byte compared.
    #[inline(always)]
    const fn has_tag(&self, tag: Tag) -> bool {
        self.meta as u8 == tag as u8
    }

    /// The flag byte ([`COUNTED`], [`IMMUTABLE`]).
    #[inline(always)]
    pub const fn flags(&self) -> u8 {
        (self.meta >> FLAGS_SHIFT) as u8
    }

    /// Whether the value owns a count of a block.
    #[inline(always)]
    pub const fn is_counted(&self) -> bool {
        self.meta & COUNTED_BIT != 0
    }

    /// The spare word, which holders of values may use.
    #[inline(always)]
    pub const fn spare(&self) -> u32 {
        (self.meta >> SPARE_SHIFT) as u32
    }

    /// Sets the spare word.
    #[inline(always)]
    pub const fn set_spare(&mut self, spare: u32) {
        self.meta = self.meta & 0xffff_ffff | (spare as u64) << SPARE_SHIFT;
    }

    /// Moves the value out and leaves `null`.
    #[inline(always)]
    pub const fn take(&mut self) -> Value {
        self.replace(Value::NULL)
    }

    /// Moves the value out and leaves `new`.
    #[inline(always)]
    pub const fn replace(&mut self, new: Value) -> Value {
        std::mem::replace(self, new)
    }

    /// The array as something to change in place. `None` when the value is no array; references are not followed.
    #[inline(always)]
    pub fn as_array_mut(&mut self) -> Option<&mut PhpArray> {
        if self.has_tag(Tag::Array) {
            // SAFETY: `PhpArray` is a transparent wrapper of a value whose tag is `Array`, and every method of it that
            // changes it leaves that so.
            Some(unsafe { &mut *ptr::from_mut(self).cast::<PhpArray>() })
        } else {
            None
        }
    }

    /// The array to change in place; anything else is replaced by an empty array first.
    pub fn make_array(&mut self) -> &mut PhpArray {
        if !self.has_tag(Tag::Array) {
            *self = Value::array(PhpArray::new());
        }
        // SAFETY: as in `as_array_mut`.
        unsafe { &mut *ptr::from_mut(self).cast::<PhpArray>() }
    }

    /// Appends bytes to a string value in place; anything else is left alone and `false` returned.
    #[inline]
    pub fn append_str(&mut self, bytes: &[u8]) -> bool {
        if !self.has_tag(Tag::String) {
            return false;
        }
        let Some(mut string) = self.take().into_string() else { return false };
        string.push_bytes(bytes);
        *self = Value::string(string);
        true
    }

    /// The value itself, or what the reference holds.
    #[inline(always)]
    pub fn deref_clone(&self) -> Value {
        match self.as_ref() {
            Some(reference) => reference.get(),
            None => self.clone(),
        }
    }

    /// The value itself, or what the reference holds, when this value is not needed any more.
    #[inline(always)]
    pub fn into_deref(self) -> Value {
        if self.has_tag(Tag::Reference) { self.deref_clone() } else { self }
    }

    /// Stores through a reference, or in the value itself when it is none.
    #[inline(always)]
    pub fn assign(&mut self, new: Value) {
        match self.as_ref() {
            Some(reference) => reference.set(new),
            None => *self = new,
        }
    }

    /// Makes the value a reference, if it is none yet, and returns another handle of it.
    pub fn make_ref(&mut self) -> PhpRef {
        if !self.has_tag(Tag::Reference) {
            let mut inner = self.take();
            if inner.is_undef() {
                inner = Value::NULL;
            }
            *self = Value::reference(PhpRef::new(inner));
        }
        match self.as_ref() {
            Some(reference) => reference.clone(),
            None => PhpRef::new(Value::NULL),
        }
    }

    /// PHP's truth of a value that is no object with a cast of its own: objects are true, references are followed.
    pub fn truthy(&self) -> bool {
        match self.view() {
            View::Undef | View::Null => false,
            View::Bool(on) => on,
            View::Int(int) => int != 0,
            View::Float(float) => float != 0.0,
            View::Str(string) => string.truthy(),
            View::Array(array) => !array.is_empty(),
            View::Object(_) | View::Resource(_) => true,
            View::Ref(reference) => reference.get().truthy(),
            View::Internal => false,
        }
    }

    /// The same pointer, or the same scalar of the same type with the same bits.
    pub fn identical_bits(&self, other: &Value) -> bool {
        self.tag() == other.tag() && (self.payload.addr() == other.payload.addr() || self.tag() < Tag::Int)
    }

    /// How many owners the block of the value has; `None` when it has no counted block.
    pub fn refcount(&self) -> Option<u32> {
        // SAFETY: a counted payload points to a live block.
        self.is_counted().then(|| unsafe { (*self.payload).count() })
    }

    /// The handle of the payload as a typed one.
    ///
    /// # Safety
    /// `T` is a transparent pointer to the block type that the tag names.
    #[inline(always)]
    unsafe fn handle<T>(&self) -> &T {
        debug_assert_eq!(size_of::<T>(), 8);
        // SAFETY: the caller's promise; the payload is the first field, so the addresses agree.
        unsafe { &*(&raw const self.payload).cast::<T>() }
    }

    /// Turns the value into a typed handle without touching the count.
    ///
    /// # Safety
    /// `T` is the block type that the tag names.
    #[inline(always)]
    unsafe fn into_block<T>(self) -> NonNull<T> {
        let this = ManuallyDrop::new(self);
        // SAFETY: the caller's promise; such payloads are never null.
        unsafe { NonNull::new_unchecked(this.payload.cast()) }
    }
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        if self.is_counted() {
            // SAFETY: a counted payload points to a live block.
            unsafe { (*self.payload).increment() };
        }
        // SAFETY: the count was raised for the copy, and nothing but the count makes a value more than its bytes.
        unsafe { ptr::read(self) }
    }
}

impl Drop for Value {
    #[inline(always)]
    fn drop(&mut self) {
        if self.is_counted() {
            // SAFETY: the value owns one count and gives it up.
            unsafe { destroy::release(self.payload) };
        }
    }
}

impl Default for Value {
    fn default() -> Value {
        Value::NULL
    }
}
