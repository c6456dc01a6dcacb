//! The block of an array, its two forms, and growing, converting, copying and freeing it.
//!
//! ```text
//!  VmArray (56 bytes)            packed: data -> [Value; capacity]           16 bytes each, keys 0, 1, 2, ...
//!  0  count, info                hash:   [u32; -mask] data -> [Bucket; capacity]
//!  8  gc root, flags
//!  16 data                       The index is in front of `data` and used with negative numbers: the head of the
//!  24 used, len                  chain for hash h is at data + 4 * (h | mask), where `mask` is minus the size of the
//!  32 capacity, mask             index. Chains go through `Bucket::next`; u32::MAX ends them.
//!  40 next free key
//!  48 internal pointer, number of foreach iterators
//! ```
//!
//! Removed elements stay as holes (`Undef`) until the array grows, so positions are stable; holes at the end are cut
//! off at once. A bucket's `hash` is the upper half of the hash of its string, whose top bit is set, or 0 for an
//! integer key: one word tells both kinds of keys apart, sends most mismatches away, and is all that growing needs.
//!
//! Invariants: `len` live elements lie below `used`; `used <= capacity`; packed keys are their positions; a hole of a
//! hash has `hash == 0`, `key == 0` and is in no chain. Safe code may put `Undef` in a live element through `&mut`: such
//! an element is skipped by walks but still counted, which wrong code deserves and memory does not mind.
//!
//! # Safety
//! Functions take a raw pointer to a live array; those that change it need it to have one owner and not be immutable.
#![allow(unsafe_code, reason = "arrays are blocks with two layouts")]

use std::cell::Cell;
use std::ptr;

use super::iterators;
use crate::destroy;
use crate::gc;
use crate::header::{CLASS_NONE, INFO_IMMUTABLE, VmCounted};
use crate::heap::classes::{CLASS_SIZES, MAX_SMALL, class_of};
use crate::heap::{heap, out_of_memory};
use crate::string::VmString;
use crate::value::{Tag, Value};

/// The block of an array.
#[repr(C)]
pub struct VmArray {
    /// Count and info.
    pub head: VmCounted,
    /// Index in the root buffer of the cycle collector, when the info word says so.
    pub gc_root: Cell<u32>,
    /// [`ARRAY_HASH`], [`ARRAY_COUNTED_KEYS`] and the size class of the data.
    pub flags: u32,
    /// The elements; the index of a hash is in front of them.
    pub data: *mut u8,
    /// Positions in use, holes included.
    pub used: u32,
    /// Number of elements.
    pub len: u32,
    /// Positions there is room for.
    pub capacity: u32,
    /// Minus the number of index entries; of no meaning for packed arrays.
    pub mask: u32,
    /// The key of the next `[] =`; `i64::MIN` when there was no integer key yet.
    pub next_free: i64,
    /// Position of `current()`.
    pub pos: u32,
    /// How many foreach iterators stand on this array.
    pub iterators: u32,
}

/// The array has the hash form.
pub const ARRAY_HASH: u32 = 1;
/// Some key of the hash may be a string with a count.
pub const ARRAY_COUNTED_KEYS: u32 = 2;
/// Shift of the size class of the data in the flags.
pub const ARRAY_CLASS_SHIFT: u32 = 8;
/// End of a chain.
pub const CHAIN_END: u32 = u32::MAX;
/// The mask of an array without an index.
pub const NO_INDEX: u32 = -2_i32 as u32;
/// The most positions an array can have.
pub const MAX_CAPACITY: u32 = 1 << 30;

const MIN_PACKED: u32 = 4;
const MIN_HASH: u32 = 8;

/// An element of the hash form: 32 bytes.
#[repr(C)]
pub struct Bucket {
    /// The element; `Undef` for a hole.
    pub value: Value,
    /// The integer key, or the address of the key's [`VmString`].
    pub key: BucketKey,
    /// Position of the next bucket in the chain.
    pub next: u32,
    /// Upper half of the string's hash, or 0 for an integer key.
    pub hash: u32,
}

/// The key of a bucket; `Bucket::hash` tells which it is.
#[derive(Clone, Copy)]
#[repr(C)]
pub union BucketKey {
    /// With `hash == 0`.
    pub int: i64,
    /// With `hash != 0`: one count is owned, unless the string is immutable.
    pub string: *mut VmString,
}

/// An array in a static.
#[repr(transparent)]
pub(crate) struct StaticArray(VmArray);

// SAFETY: the block is marked immutable, so nothing writes to it.
unsafe impl Sync for StaticArray {}

/// Index of an array that has none: every chain is empty.
static EMPTY_INDEX: [u32; 4] = [CHAIN_END; 4];

/// The array `[]`.
pub(crate) static EMPTY: StaticArray = StaticArray(VmArray {
    head: VmCounted::immutable(Tag::Array as u32),
    gc_root: Cell::new(0),
    flags: (CLASS_NONE as u32) << ARRAY_CLASS_SHIFT,
    data: empty_data(),
    used: 0,
    len: 0,
    capacity: 0,
    mask: NO_INDEX,
    next_free: i64::MIN,
    pos: 0,
    iterators: 0,
});

const fn empty_data() -> *mut u8 {
    // The end of the empty index, so that -1 and -2 lie in it.
    (&raw const EMPTY_INDEX).wrapping_add(1).cast::<u8>().cast_mut()
}

impl StaticArray {
    pub(crate) const fn ptr(&'static self) -> *mut VmArray {
        (&raw const self.0).cast_mut()
    }
}

/// Upper half of the hash of a string: what buckets hold and the index uses.
///
/// # Safety
/// The string is live.
#[inline(always)]
pub(crate) unsafe fn string_hash(key: *const VmString) -> u32 {
    // SAFETY: the caller's promise.
    (unsafe { VmString::hash_of(key) } >> 32) as u32
}

/// The index hash of an integer key.
#[inline(always)]
pub(crate) const fn int_hash(key: i64) -> u32 {
    key as u32
}

impl Bucket {
    /// The number that chooses the chain.
    #[inline(always)]
    pub(crate) fn chain_hash(&self) -> u32 {
        // SAFETY: both members of the union are 8 initialised bytes.
        if self.hash != 0 { self.hash } else { int_hash(unsafe { self.key.int }) }
    }
}

#[allow(
    clippy::missing_safety_doc,
    reason = "the module says what all of these functions ask of their caller"
)]
impl VmArray {
    /// An empty array with one owner and no room.
    #[inline]
    pub(crate) fn alloc() -> *mut VmArray {
        const CLASS: u8 = crate::heap::classes::class_of_const(size_of::<VmArray>());
        let this: *mut VmArray = heap().alloc_class(CLASS).cast();
        // SAFETY: the block is fresh and large enough.
        unsafe {
            this.write(VmArray {
                head: VmCounted::new(Tag::Array as u32, CLASS),
                gc_root: Cell::new(0),
                flags: (CLASS_NONE as u32) << ARRAY_CLASS_SHIFT,
                data: empty_data(),
                used: 0,
                len: 0,
                capacity: 0,
                mask: NO_INDEX,
                next_free: i64::MIN,
                pos: 0,
                iterators: 0,
            });
        }
        this
    }

    /// An empty array with one owner and room for `capacity` packed elements.
    #[inline]
    pub fn new_packed(capacity: u32) -> *mut VmArray {
        let this = VmArray::alloc();
        let bytes = capacity.max(MIN_PACKED) as usize * size_of::<Value>();
        if bytes > MAX_SMALL {
            // SAFETY: the array is new and has one owner.
            unsafe { VmArray::grow_packed(this, capacity) };
            return this;
        }
        let class = class_of(bytes);
        let data = heap().alloc_class(class);
        // SAFETY: the array is new and has one owner.
        unsafe {
            (*this).data = data;
            (*this).flags = u32::from(class) << ARRAY_CLASS_SHIFT;
            (*this).capacity = u32::from(CLASS_SIZES[usize::from(class)]) / size_of::<Value>() as u32;
        }
        this
    }

    /// An empty array with one owner and room for `capacity` elements of the hash form.
    pub fn new_hash(capacity: u32) -> *mut VmArray {
        let this = VmArray::alloc();
        // SAFETY: the array is new, empty and has one owner.
        unsafe { VmArray::init_hash(this, capacity) };
        this
    }

    /// Whether the array has the hash form.
    #[inline(always)]
    pub fn is_hash(&self) -> bool {
        self.flags & ARRAY_HASH != 0
    }

    /// The elements of the packed form.
    #[inline(always)]
    pub fn values(&self) -> *mut Value {
        self.data.cast()
    }

    /// The elements of the hash form.
    #[inline(always)]
    pub fn buckets(&self) -> *mut Bucket {
        self.data.cast()
    }

    /// Head of the chain for a hash.
    #[inline(always)]
    pub(crate) unsafe fn index(&self, hash: u32) -> *mut u32 {
        // SAFETY: the index lies in front of the data, and `hash | mask` is between minus its size and -1.
        unsafe { self.data.cast::<u32>().offset((hash | self.mask) as i32 as isize) }
    }

    /// The value at a position of either form.
    #[inline(always)]
    pub(crate) unsafe fn value_at(&self, pos: u32) -> *mut Value {
        debug_assert!(pos < self.used);
        // SAFETY: the caller keeps `pos` below `used`; a bucket begins with its value.
        unsafe { self.data.add((pos as usize) << (4 + (self.flags & ARRAY_HASH))).cast() }
    }

    fn data_class(&self) -> u8 {
        (self.flags >> ARRAY_CLASS_SHIFT) as u8
    }

    pub(super) fn set_data(&mut self, data: *mut u8, class: u8, hash: bool) {
        self.data = data;
        let form = if hash { self.flags & ARRAY_COUNTED_KEYS | ARRAY_HASH } else { 0 };
        self.flags = u32::from(class) << ARRAY_CLASS_SHIFT | form;
    }

    /// Start of the block that holds index and elements.
    fn data_block(&self) -> *mut u8 {
        if self.is_hash() { self.data.wrapping_sub(index_bytes(self.mask)) } else { self.data }
    }

    unsafe fn free_data(&mut self) {
        if self.capacity != 0 {
            // SAFETY: an array with capacity owns a block of that class.
            unsafe { heap().dealloc(self.data_block(), self.data_class()) };
        }
    }

    /// Makes room for `capacity` packed positions.
    pub(crate) unsafe fn grow_packed(this: *mut VmArray, capacity: u32) {
        // SAFETY: the array has one owner and the packed form.
        let a = unsafe { &mut *this };
        debug_assert!(!a.is_hash() && capacity >= a.used);
        if capacity > MAX_CAPACITY {
            out_of_memory(usize::MAX);
        }
        let bytes = capacity as usize * size_of::<Value>();
        // SAFETY: the old block, if there is one, is ours; the first `used` values are kept.
        let (data, class) = unsafe {
            if a.capacity == 0 {
                heap().alloc(bytes)
            } else {
                heap().realloc(a.data, a.data_class(), a.used as usize * size_of::<Value>(), bytes)
            }
        };
        a.set_data(data, class, false);
        // SAFETY: the block was taken with that class.
        let size = unsafe { heap().block_size(data, class) };
        a.capacity = ((size / size_of::<Value>()) as u32).min(MAX_CAPACITY);
    }

    /// Room for one more packed position.
    #[cold]
    #[inline(never)]
    pub(crate) unsafe extern "C" fn grow_packed_by_one(this: *mut VmArray) {
        // SAFETY: the caller's promise.
        unsafe {
            let capacity = (*this).capacity;
            let wanted = if capacity == 0 { MIN_PACKED } else { capacity.saturating_mul(2) };
            VmArray::grow_packed(this, wanted.min(MAX_CAPACITY.max(capacity + 1)));
        }
    }

    /// Gives an array without elements the hash form with room for `capacity`.
    pub(crate) unsafe fn init_hash(this: *mut VmArray, capacity: u32) {
        // SAFETY: the array has one owner, and no elements.
        unsafe {
            let a = &mut *this;
            debug_assert_eq!(a.used, 0);
            a.free_data();
            let (data, class, capacity, mask) = new_hash_block(capacity);
            a.set_data(data, class, true);
            a.capacity = capacity;
            a.mask = mask;
        }
    }

    /// Turns the packed form into the hash form, holes left out only where they do not move positions.
    #[cold]
    #[inline(never)]
    pub(crate) unsafe extern "C" fn packed_to_hash(this: *mut VmArray, room: u32) {
        // SAFETY: the array has one owner and the packed form; each value is moved once.
        unsafe {
            let a = &mut *this;
            let (data, class, capacity, mask) =
                new_hash_block(room.max(a.used + u32::from(a.used == a.capacity)));
            let old = a.values();
            let new: *mut Bucket = data.cast();
            for pos in 0..a.used {
                let value = old.add(pos as usize).read();
                let bucket = Bucket {
                    key: BucketKey { int: if value.is_undef() { 0 } else { i64::from(pos) } },
                    value,
                    next: CHAIN_END,
                    hash: 0,
                };
                new.add(pos as usize).write(bucket);
            }
            a.free_data();
            a.set_data(data, class, true);
            a.capacity = capacity;
            a.mask = mask;
            a.link_all();
        }
    }

    /// Enters every live bucket in the index, which is empty.
    unsafe fn link_all(&mut self) {
        // SAFETY: positions below `used` are initialised, and the index is ours.
        unsafe {
            for pos in 0..self.used {
                let bucket = self.buckets().add(pos as usize);
                if !(*bucket).value.is_undef() || (*bucket).hash != 0 {
                    let head = self.index((*bucket).chain_hash());
                    (*bucket).next = *head;
                    *head = pos;
                }
            }
        }
    }

    /// Room for one more bucket: closes holes when there are enough of them, doubles the block otherwise.
    #[cold]
    #[inline(never)]
    pub(crate) unsafe extern "C" fn grow_hash_by_one(this: *mut VmArray) {
        // SAFETY: the caller's promise.
        unsafe {
            let a = &mut *this;
            if a.used > a.len + (a.len >> 5) {
                VmArray::compact(this);
            } else {
                VmArray::grow_hash(this, a.capacity.saturating_mul(2));
            }
        }
    }

    /// Makes room for `capacity` buckets.
    pub(crate) unsafe fn grow_hash(this: *mut VmArray, capacity: u32) {
        // SAFETY: the array has one owner and the hash form; buckets are moved as bytes.
        unsafe {
            let a = &mut *this;
            debug_assert!(a.is_hash());
            let (data, class, capacity, mask) = new_hash_block(capacity.max(a.used + 1));
            ptr::copy_nonoverlapping(a.data, data, a.used as usize * size_of::<Bucket>());
            a.free_data();
            a.set_data(data, class, true);
            a.capacity = capacity;
            a.mask = mask;
            a.link_all();
        }
    }

    /// Closes the holes of a hash. The internal pointer and foreach iterators move along.
    pub(crate) unsafe fn compact(this: *mut VmArray) {
        // SAFETY: the array has one owner and the hash form; buckets are moved as bytes, downwards.
        unsafe {
            let a = &mut *this;
            debug_assert!(a.is_hash());
            ptr::write_bytes(a.data.sub(index_bytes(a.mask)), 0xff, index_bytes(a.mask));
            let buckets = a.buckets();
            let mut to = 0;
            let old_pos = a.pos;
            for from in 0..a.used {
                let bucket = buckets.add(from as usize);
                if (*bucket).value.is_undef() && (*bucket).hash == 0 {
                    continue;
                }
                if from != to {
                    ptr::copy_nonoverlapping(bucket, buckets.add(to as usize), 1);
                    if a.iterators != 0 {
                        iterators::moved(this, from, to);
                    }
                }
                if old_pos == from {
                    a.pos = to;
                }
                to += 1;
            }
            if old_pos >= a.used {
                a.pos = to;
            }
            if a.iterators != 0 {
                iterators::moved(this, a.used, to);
            }
            a.used = to;
            a.link_all();
        }
    }

    /// Drops all elements and keeps the block of the array itself, without room.
    pub(crate) unsafe fn clear(this: *mut VmArray) {
        // SAFETY: the array has one owner. It is empty before anything that it held is dropped.
        unsafe {
            let a = &mut *this;
            let (data, used, flags) = (a.data, a.used, a.flags);
            let (block, class, capacity) = (a.data_block(), a.data_class(), a.capacity);
            if a.iterators != 0 {
                iterators::cut(this, 0);
            }
            a.set_data(empty_data(), CLASS_NONE, false);
            a.used = 0;
            a.len = 0;
            a.capacity = 0;
            a.mask = NO_INDEX;
            a.next_free = i64::MIN;
            a.pos = 0;
            drop_elements(data, used, flags);
            if capacity != 0 {
                heap().dealloc(block, class);
            }
        }
    }

    /// Frees the array, whose count has reached zero.
    pub(crate) unsafe fn destroy(this: *mut VmArray) {
        // SAFETY: nobody owns the array any more.
        unsafe {
            let a = &mut *this;
            gc::forget(&a.head, &a.gc_root);
            if a.iterators != 0 {
                iterators::array_gone(this);
            }
            drop_elements(a.data, a.used, a.flags);
            a.free_data();
            heap().free_class(this.cast(), a.head.class());
        }
    }
}

/// Bytes of the index that belongs to a mask.
#[inline(always)]
pub(crate) fn index_bytes(mask: u32) -> usize {
    mask.wrapping_neg() as usize * size_of::<u32>()
}

/// The mask of the index for a capacity: the next power of two, twice.
pub(crate) fn mask_for(capacity: u32) -> u32 {
    (capacity.next_power_of_two() * 2).wrapping_neg()
}

/// A block for an index, all chains empty, and at least `capacity` buckets: data, class, capacity, mask.
pub(super) unsafe fn new_hash_block(capacity: u32) -> (*mut u8, u8, u32, u32) {
    if capacity > MAX_CAPACITY {
        out_of_memory(usize::MAX);
    }
    let capacity = capacity.max(MIN_HASH).next_power_of_two();
    let mask = mask_for(capacity);
    let index = index_bytes(mask);
    let (block, class) = heap().alloc(index + capacity as usize * size_of::<Bucket>());
    // SAFETY: the block was taken with that class, and is at least as long as the index.
    unsafe {
        ptr::write_bytes(block, 0xff, index);
        // What the pages have beyond a power of two is used, as long as there are not more buckets than chains.
        let fits = (heap().block_size(block, class) - index) / size_of::<Bucket>();
        let capacity = fits.min(2 * capacity as usize).min(MAX_CAPACITY as usize) as u32;
        (block.add(index), class, capacity, mask)
    }
}

/// Drops `used` elements of the form that the flags tell.
unsafe fn drop_elements(data: *mut u8, used: u32, flags: u32) {
    // SAFETY: the elements below `used` are initialised and not used any more.
    unsafe {
        if used == 0 {
            return;
        }
        if flags & ARRAY_HASH == 0 {
            // Most lists hold nothing that has to be dropped.
            for part in std::slice::from_raw_parts_mut(data.cast::<Value>(), used as usize).chunks_mut(16) {
                if part.iter().fold(false, |any, value| any | value.is_counted()) {
                    ptr::drop_in_place(part);
                }
            }
            return;
        }
        for pos in 0..used as usize {
            let bucket = data.cast::<Bucket>().add(pos);
            if flags & ARRAY_COUNTED_KEYS != 0 && (*bucket).hash != 0 {
                release_key((*bucket).key.string);
            }
            ptr::drop_in_place(&raw mut (*bucket).value);
        }
    }
}

/// Gives up the count that a bucket has of its key.
#[inline(always)]
pub(crate) unsafe fn release_key(key: *mut VmString) {
    // SAFETY: the key is live and the bucket owned one count of it, unless it is immutable.
    unsafe {
        if !(*key).head.has(INFO_IMMUTABLE) {
            destroy::release(key.cast());
        }
    }
}
