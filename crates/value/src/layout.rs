//! Offsets and numbers that compiled code, the VM and writers of images depend on, each with a test.
//!
//! Compiled code must not embed addresses of a thread: it reaches the heap through a pointer in its context.

use std::mem::{offset_of, size_of};

use crate::array::raw;
use crate::array::{Bucket, VmArray};
use crate::header::VmCounted;
use crate::heap::Heap;
use crate::object::{ClassBase, OBJECT_HEADER, VmObject};
use crate::reference::VmRef;
use crate::string::{STRING_HEADER, VmString};
use crate::value::Value;

macro_rules! offsets {
    ($($(#[$doc:meta])* $name:ident = $value:expr, $expect:expr;)*) => {
        $($(#[$doc])* pub const $name: usize = $value;)*

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn layouts_are_what_images_and_compiled_code_expect() {
                $(assert_eq!($name, $expect, stringify!($name));)*
            }
        }
    };
}

offsets! {
    /// Bytes of a value.
    VALUE_SIZE = size_of::<Value>(), 16;
    /// The payload of a value: u64, i64, f64 or pointer.
    VALUE_PAYLOAD = 0, 0;
    /// The tag of a value: u8, see [`Tag`](crate::Tag).
    VALUE_TAG = Value::TAG_OFFSET, 8;
    /// The flags of a value: u8, [`COUNTED`](crate::value::COUNTED) and [`IMMUTABLE`](crate::value::IMMUTABLE).
    VALUE_FLAGS = Value::FLAGS_OFFSET, 9;
    /// The spare word of a value: u32.
    VALUE_SPARE = Value::SPARE_OFFSET, 12;

    /// The count of a block: u32.
    COUNTED_REFCOUNT = offset_of!(VmCounted, refcount), 0;
    /// The info word of a block: u32, see [`header`](crate::header).
    COUNTED_INFO = offset_of!(VmCounted, info), 4;

    /// The hash of a string: u64, 0 when not computed.
    STRING_HASH = offset_of!(VmString, hash), 8;
    /// The upper half of the hash, which arrays use: u32.
    STRING_HASH_HIGH = offset_of!(VmString, hash) + 4, 12;
    /// The length of a string: u64.
    STRING_LEN = offset_of!(VmString, len), 16;
    /// The first byte of a string.
    STRING_BYTES = STRING_HEADER, 24;

    /// Bytes of an array's block.
    ARRAY_SIZE = size_of::<VmArray>(), 56;
    /// The flags of an array: u32, bit 0 is [`ARRAY_HASH`](raw::ARRAY_HASH).
    ARRAY_FLAGS = offset_of!(VmArray, flags), 12;
    /// The elements of an array: pointer to values (packed) or buckets (hash).
    ARRAY_DATA = offset_of!(VmArray, data), 16;
    /// Positions in use: u32.
    ARRAY_USED = offset_of!(VmArray, used), 24;
    /// Number of elements: u32.
    ARRAY_LEN = offset_of!(VmArray, len), 28;
    /// Positions there is room for: u32.
    ARRAY_CAPACITY = offset_of!(VmArray, capacity), 32;
    /// The mask: u32, sign-extended after `| hash` and scaled by 4 it is the index entry's offset from the data.
    ARRAY_MASK = offset_of!(VmArray, mask), 36;
    /// The next free key: i64.
    ARRAY_NEXT_FREE = offset_of!(VmArray, next_free), 40;
    /// The internal pointer: u32.
    ARRAY_POS = offset_of!(VmArray, pos), 48;
    /// The number of foreach iterators: u32.
    ARRAY_ITERATORS = offset_of!(VmArray, iterators), 52;

    /// Bytes of a bucket; its value stands first.
    BUCKET_SIZE = size_of::<Bucket>(), 32;
    /// The key of a bucket: i64, or pointer to a string when the hash is not 0.
    BUCKET_KEY = offset_of!(Bucket, key), 16;
    /// The next position in the chain: u32.
    BUCKET_NEXT = offset_of!(Bucket, next), 24;
    /// The upper half of the key's hash: u32, 0 for an integer key.
    BUCKET_HASH = offset_of!(Bucket, hash), 28;

    /// The handle of an object: u32.
    OBJECT_HANDLE = offset_of!(VmObject, handle), 12;
    /// The class of an object: pointer to [`ClassBase`].
    OBJECT_CLASS = offset_of!(VmObject, class), 16;
    /// The flags of an object: u32.
    OBJECT_FLAGS = offset_of!(VmObject, flags), 24;
    /// The VM's word of an object: u32.
    OBJECT_EXTRA = offset_of!(VmObject, extra), 28;
    /// The properties that are not declared: pointer to an array, or null.
    OBJECT_DYNAMIC = offset_of!(VmObject, dynamic), 32;
    /// The native state of an object: pointer, or null.
    OBJECT_NATIVE = offset_of!(VmObject, native), 40;
    /// The first slot of an object.
    OBJECT_SLOTS = OBJECT_HEADER, 48;

    /// The number of slots: u32.
    CLASS_SLOT_COUNT = offset_of!(ClassBase, slot_count), 0;
    /// The flags of a class: u32.
    CLASS_FLAGS = offset_of!(ClassBase, flags), 4;
    /// Values of new objects' slots: pointer, or null.
    CLASS_DEFAULTS = offset_of!(ClassBase, defaults), 8;

    /// Bytes of a reference's block.
    REF_SIZE = size_of::<VmRef>(), 32;
    /// The value of a reference.
    REF_VALUE = VmRef::VALUE_OFFSET, 8;
    /// The type sources of a reference: pointer, or null.
    REF_SOURCES = VmRef::SOURCES_OFFSET, 24;

    /// Heads of the free lists: pointers, one for each size class; a free block begins with the next one's address.
    HEAP_FREE = offset_of!(Heap, free), 0;
    /// The `ATTENTION_*` bits: u32.
    HEAP_ATTENTION = offset_of!(Heap, attention), 256;
}

/// The info word of a counted string, without its size class.
pub const STRING_INFO: u32 = VmString::INFO;
/// The mask of an array without an index.
pub const ARRAY_NO_INDEX: u32 = raw::NO_INDEX;
