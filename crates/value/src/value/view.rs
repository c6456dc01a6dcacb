//! Looking at values: tests, `as_*`, `into_*` and [`View`].
//!
//! # Safety
//! Every access to the payload stands behind a test of the tag.
#![allow(unsafe_code, reason = "what the payload means is told by the tag")]

use super::{Tag, Value};
use crate::array::PhpArray;
use crate::object::ObjRef;
use crate::reference::PhpRef;
use crate::resource::PhpResource;
use crate::string::PhpString;

/// A value to match on. References are not followed: see [`Value::deref_clone`].
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// No value.
    Undef,
    /// `null`.
    Null,
    /// A bool.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string.
    Str(&'a PhpString),
    /// An array.
    Array(&'a PhpArray),
    /// An object.
    Object(&'a ObjRef),
    /// A reference.
    Ref(&'a PhpRef),
    /// A resource.
    Resource(&'a PhpResource),
    /// Something of the VM's own, which PHP code never sees.
    Internal,
}

macro_rules! tests {
    ($($(#[$doc:meta])* $name:ident: $tag:ident;)*) => {$(
        $(#[$doc])*
        #[inline(always)]
        pub const fn $name(&self) -> bool {
            self.has_tag(Tag::$tag)
        }
    )*};
}

impl Value {
    tests! {
        /// Whether there is no value.
        is_undef: Undef;
        /// Whether this is `null`.
        is_null: Null;
        /// Whether this is `false`.
        is_false: False;
        /// Whether this is `true`.
        is_true: True;
        /// Whether this is an integer.
        is_int: Int;
        /// Whether this is a float.
        is_float: Float;
        /// Whether this is a string.
        is_string: String;
        /// Whether this is an array.
        is_array: Array;
        /// Whether this is an object.
        is_object: Object;
        /// Whether this is a reference.
        is_ref: Reference;
        /// Whether this is a resource.
        is_resource: Resource;
    }

    /// Whether this is `true` or `false`.
    #[inline(always)]
    pub const fn is_bool(&self) -> bool {
        matches!(self.tag(), Tag::False | Tag::True)
    }

    /// Whether there is no value or `null`.
    #[inline(always)]
    pub const fn is_nullish(&self) -> bool {
        self.tag() as u8 <= Tag::Null as u8
    }

    /// The bool.
    #[inline(always)]
    pub const fn as_bool(&self) -> Option<bool> {
        match self.tag() {
            Tag::False => Some(false),
            Tag::True => Some(true),
            _ => None,
        }
    }

    /// The integer.
    #[inline(always)]
    pub fn as_int(&self) -> Option<i64> {
        self.is_int().then(|| self.payload.addr() as i64)
    }

    /// The float.
    #[inline(always)]
    pub fn as_float(&self) -> Option<f64> {
        self.is_float().then(|| f64::from_bits(self.payload.addr() as u64))
    }

    /// The string.
    #[inline(always)]
    pub fn as_string(&self) -> Option<&PhpString> {
        // SAFETY: the tag says that the payload is a string.
        self.is_string().then(|| unsafe { self.handle() })
    }

    /// The bytes of the string.
    #[inline(always)]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        self.as_string().map(PhpString::as_bytes)
    }

    /// The array.
    #[inline(always)]
    pub fn as_array(&self) -> Option<&PhpArray> {
        // SAFETY: `PhpArray` is a transparent wrapper of a value whose tag is `Array`.
        self.is_array().then(|| unsafe { &*std::ptr::from_ref(self).cast::<PhpArray>() })
    }

    /// The object.
    #[inline(always)]
    pub fn as_object(&self) -> Option<&ObjRef> {
        // SAFETY: the tag says that the payload is an object.
        self.is_object().then(|| unsafe { self.handle() })
    }

    /// The reference.
    #[inline(always)]
    pub fn as_ref(&self) -> Option<&PhpRef> {
        // SAFETY: the tag says that the payload is a reference.
        self.is_ref().then(|| unsafe { self.handle() })
    }

    /// The resource.
    #[inline(always)]
    pub fn as_resource(&self) -> Option<&PhpResource> {
        // SAFETY: the tag says that the payload is a resource.
        self.is_resource().then(|| unsafe { self.handle() })
    }

    /// The string, when the value is one; otherwise the value is dropped.
    #[inline(always)]
    pub fn into_string(self) -> Option<PhpString> {
        // SAFETY: the tag says that the payload is a string.
        self.is_string().then(|| unsafe { PhpString::from_raw(self.into_block().as_ptr()) })
    }

    /// The array, when the value is one; otherwise the value is dropped.
    #[inline(always)]
    pub fn into_array(self) -> Option<PhpArray> {
        PhpArray::from_value(self).ok()
    }

    /// The object, when the value is one; otherwise the value is dropped.
    #[inline(always)]
    pub fn into_object(self) -> Option<ObjRef> {
        // SAFETY: the tag says that the payload is an object.
        self.is_object().then(|| unsafe { ObjRef::from_raw(self.into_block().as_ptr()) })
    }

    /// The reference, when the value is one; otherwise the value is dropped.
    #[inline(always)]
    pub fn into_ref(self) -> Option<PhpRef> {
        // SAFETY: the tag says that the payload is a reference.
        self.is_ref().then(|| unsafe { PhpRef::from_raw(self.into_block().as_ptr()) })
    }

    /// The value to match on.
    #[inline(always)]
    pub fn view(&self) -> View<'_> {
        // SAFETY: each arm uses the payload as its tag says.
        unsafe {
            match self.tag() {
                Tag::Undef => View::Undef,
                Tag::Null => View::Null,
                Tag::False => View::Bool(false),
                Tag::True => View::Bool(true),
                Tag::Int => View::Int(self.payload.addr() as i64),
                Tag::Float => View::Float(f64::from_bits(self.payload.addr() as u64)),
                Tag::String => View::Str(self.handle()),
                Tag::Array => View::Array(&*std::ptr::from_ref(self).cast::<PhpArray>()),
                Tag::Object => View::Object(self.handle()),
                Tag::Reference => View::Ref(self.handle()),
                Tag::Resource => View::Resource(self.handle()),
                Tag::Internal | Tag::Indirect | Tag::Raw => View::Internal,
            }
        }
    }

    /// The type as `gettype()` names it; references are followed.
    pub fn type_name(&self) -> &'static str {
        match self.view() {
            View::Undef | View::Null => "NULL",
            View::Bool(_) => "boolean",
            View::Int(_) => "integer",
            View::Float(_) => "double",
            View::Str(_) => "string",
            View::Array(_) => "array",
            View::Object(_) => "object",
            View::Resource(r) if r.is_closed() => "resource (closed)",
            View::Resource(_) => "resource",
            View::Ref(r) => r.get().type_name(),
            View::Internal => "unknown type",
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.view() {
            View::Undef => f.write_str("undef"),
            View::Null => f.write_str("null"),
            View::Bool(on) => write!(f, "{on}"),
            View::Int(int) => write!(f, "{int}"),
            View::Float(float) => write!(f, "{float:?}"),
            View::Str(string) => write!(f, "{string:?}"),
            View::Array(array) => write!(f, "{array:?}"),
            View::Object(object) => write!(f, "object#{}", object.handle()),
            View::Ref(reference) => write!(f, "&{:?}", reference.get()),
            View::Resource(resource) => write!(f, "resource#{}", resource.id()),
            View::Internal => write!(f, "{:?}", self.tag()),
        }
    }
}
