//! Write windows: the only way to change a segment.
//!
//! # Safety
//! A [`WriteWindow`] exists only between `Gate::enter` and `Gate::leave` on the thread that made it, which it never
//! leaves. Every method checks that what it writes lies in the segment. Methods that write where readers may look at the
//! same time are unsafe and say what the caller promises; writing into a [`Block`] that is not published yet, and
//! storing into atomics, is safe.
//!
//! All methods take addresses of the read view, because these are what data structures in the segment hold. The write
//! view is another address of the same memory, which the compiler knows nothing of. A fence for the compiler after each
//! write keeps it from moving a later read of the read view before the write. The processor needs none: it orders
//! accesses of one thread to the same physical memory.
#![allow(unsafe_code, reason = "writes through addresses")]

use std::marker::PhantomData;
use std::ptr;
use std::slice;
use std::sync::atomic::{Ordering, compiler_fence};

use crate::heap::Block;
use crate::segment::{Segment, Shared};

/// The right of the current thread to write to one segment, for as long as the value lives.
///
/// ```
/// # let segment = phalanx_shm::SegmentOptions::new(4096).create()?;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// // SAFETY: the segment is full of zeros, and nobody else uses it.
/// let counter: &AtomicU64 = unsafe { segment.shared(64) };
/// let outer = segment.window();
/// {
///     let inner = segment.window(); // Windows nest.
///     inner.store_release(counter, 7);
/// }
/// outer.store_release(counter, counter.load(Ordering::Acquire) + 1);
/// drop(outer);
/// assert_eq!(counter.load(Ordering::Acquire), 8);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// A window belongs to its thread:
/// ```compile_fail
/// # let segment = phalanx_shm::SegmentOptions::new(4096).create().unwrap();
/// let window = segment.window();
/// std::thread::scope(|scope| {
///     scope.spawn(|| drop(window));
/// });
/// ```
/// It cannot be shared either:
/// ```compile_fail
/// # let segment = phalanx_shm::SegmentOptions::new(4096).create().unwrap();
/// let window = segment.window();
/// std::thread::scope(|scope| {
///     scope.spawn(|| window.segment().window());
/// });
/// ```
/// It does not outlive its segment, and nobody can make one out of nothing:
/// ```compile_fail
/// let window = {
///     let segment = phalanx_shm::SegmentOptions::new(4096).create().unwrap();
///     segment.window()
/// };
/// ```
/// ```compile_fail
/// # let segment = phalanx_shm::SegmentOptions::new(4096).create().unwrap();
/// let window = phalanx_shm::WriteWindow { segment: &segment, thread: std::marker::PhantomData };
/// ```
/// What it lends out ends with it:
/// ```compile_fail
/// # use phalanx_shm::*;
/// fn keep<'a>(segment: &Segment, block: &'a mut Block) -> &'a mut [u8] {
///     segment.window().bytes_mut(block)
/// }
/// ```
#[derive(Debug)]
#[must_use = "a window that is dropped at once opens and closes the gate for nothing"]
pub struct WriteWindow<'s> {
    segment: &'s Segment,
    /// Neither `Send` nor `Sync`: rights belong to a thread.
    thread: PhantomData<*const ()>,
}

impl<'s> WriteWindow<'s> {
    #[inline]
    pub(crate) fn open(segment: &'s Segment) -> Self {
        segment.gate_ref().enter();
        compiler_fence(Ordering::SeqCst);
        Self { segment, thread: PhantomData }
    }

    /// The segment that this window is open for.
    pub fn segment(&self) -> &'s Segment {
        self.segment
    }

    /// The bytes of a block that is not published yet.
    ///
    /// # Panics
    /// When the block belongs to another segment.
    pub fn bytes_mut<'w>(&'w self, block: &'w mut Block) -> &'w mut [u8] {
        let target = self.segment.writable(block.address().addr(), block.len());
        // SAFETY: the range lies in the write view, which is writable as long as `self` lives. Nobody else looks at it:
        // an unpublished block is known only to its one owner, who lends it to us.
        unsafe { slice::from_raw_parts_mut(target, block.len()) }
    }

    /// Copies bytes to `target` in the read view.
    ///
    /// # Safety
    /// Nobody reads or writes the target bytes at the same time, and no reference to them lives.
    ///
    /// # Panics
    /// When the target does not lie in the segment.
    #[inline]
    pub unsafe fn write_bytes(&self, target: *const u8, bytes: &[u8]) {
        let to = self.segment.writable(target.addr(), bytes.len());
        // SAFETY: `to` is valid for that many bytes, in the write view, where no slice of the caller's can lie unless it
        // came from `bytes_mut` of an unpublished block, which is not the target by contract.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
        compiler_fence(Ordering::SeqCst);
    }

    /// Copies bytes inside of the segment; the ranges may overlap.
    ///
    /// # Safety
    /// As for [`Self::write_bytes`]; also, nobody writes to the source at the same time.
    ///
    /// # Panics
    /// When one of the ranges does not lie in the segment.
    pub unsafe fn copy(&self, source: *const u8, target: *const u8, len: usize) {
        let from = self.segment.writable(source.addr(), len);
        let to = self.segment.writable(target.addr(), len);
        // SAFETY: both ranges lie in the write view.
        unsafe { ptr::copy(from, to, len) };
        compiler_fence(Ordering::SeqCst);
    }

    /// Writes a value to `target` in the read view. The old value is not dropped.
    ///
    /// # Safety
    /// As for [`Self::write_bytes`].
    ///
    /// # Panics
    /// When the target does not lie in the segment or is not aligned.
    #[inline]
    pub unsafe fn write<T: Copy>(&self, target: *const T, value: T) {
        assert!(target.is_aligned(), "{target:p} is not aligned");
        let to = self.segment.writable(target.addr(), size_of::<T>()).cast::<T>();
        // SAFETY: `to` is in the write view and as aligned as the target: the views are apart by whole pages.
        unsafe { to.write(value) };
        compiler_fence(Ordering::SeqCst);
    }

    /// Fills with zeros.
    ///
    /// # Safety
    /// As for [`Self::write_bytes`].
    ///
    /// # Panics
    /// When the range does not lie in the segment.
    pub unsafe fn zero(&self, target: *const u8, len: usize) {
        let to = self.segment.writable(target.addr(), len);
        // SAFETY: `to` is valid for that many bytes.
        unsafe { ptr::write_bytes(to, 0, len) };
        compiler_fence(Ordering::SeqCst);
    }

    /// Stores into an atomic of the read view. Everything that this thread wrote before is seen by whoever loads the new
    /// value with acquire.
    ///
    /// # Panics
    /// When the atomic does not lie in the segment.
    #[inline]
    pub fn store_release<A: SharedAtomic>(&self, target: &A, value: A::Value) {
        self.alias(target).set(value, Ordering::Release);
        compiler_fence(Ordering::SeqCst);
    }

    /// Stores into an atomic of the read view without ordering anything.
    ///
    /// # Panics
    /// When the atomic does not lie in the segment.
    #[inline]
    pub fn store_relaxed<A: SharedAtomic>(&self, target: &A, value: A::Value) {
        self.alias(target).set(value, Ordering::Relaxed);
        compiler_fence(Ordering::SeqCst);
    }

    /// Compares and swaps an atomic of the read view, with acquire and release. Gives back the old value, as an error if
    /// it was not the expected one.
    ///
    /// # Errors
    /// The value that was found, if it was not the expected one.
    ///
    /// # Panics
    /// When the atomic does not lie in the segment.
    #[inline]
    pub fn compare_exchange<A: SharedAtomic>(
        &self,
        target: &A,
        expected: A::Value,
        value: A::Value,
    ) -> Result<A::Value, A::Value> {
        let result = self.alias(target).swap_if(expected, value);
        compiler_fence(Ordering::SeqCst);
        result
    }

    /// Replaces eight aligned bytes in one store, with release: slots of addresses in data that threads jump through.
    ///
    /// # Safety
    /// Whoever reads these bytes at the same time does it with one aligned load (compiled code) or atomically.
    ///
    /// # Panics
    /// When the target does not lie in the segment or is not aligned.
    #[inline]
    pub unsafe fn patch_u64(&self, target: *const u64, value: u64) {
        assert!(target.is_aligned(), "{target:p} is not aligned");
        let to = self.segment.writable(target.addr(), 8).cast::<std::sync::atomic::AtomicU64>();
        // SAFETY: aligned, inside of the write view, and only accessed in single loads and stores by contract.
        unsafe { &*to }.store(value, Ordering::Release);
        compiler_fence(Ordering::SeqCst);
    }

    /// The same atomic in the write view.
    #[inline]
    pub(crate) fn alias<A: Shared>(&self, target: &A) -> &A {
        let to = self.segment.writable(ptr::from_ref(target).addr(), size_of::<A>()).cast::<A>();
        // SAFETY: inside of the write view and as aligned as the target; a `Shared` type may be looked at from anywhere.
        unsafe { &*to }
    }
}

impl Drop for WriteWindow<'_> {
    #[inline]
    fn drop(&mut self) {
        compiler_fence(Ordering::SeqCst);
        self.segment.gate_ref().leave();
    }
}

mod sealed {
    pub trait Sealed {}
}

/// The atomics of std that a window can store into.
pub trait SharedAtomic: Shared + sealed::Sealed {
    /// What the atomic holds.
    type Value: Copy;
    #[doc(hidden)]
    fn set(&self, value: Self::Value, order: Ordering);
    #[doc(hidden)]
    fn swap_if(&self, expected: Self::Value, value: Self::Value) -> Result<Self::Value, Self::Value>;
}

macro_rules! shared_atomic {
    ($($atomic:ident $value:ty;)*) => { $(
        impl sealed::Sealed for std::sync::atomic::$atomic {}
        impl SharedAtomic for std::sync::atomic::$atomic {
            type Value = $value;
            #[inline(always)]
            fn set(&self, value: $value, order: Ordering) {
                self.store(value, order);
            }
            #[inline(always)]
            fn swap_if(&self, expected: $value, value: $value) -> Result<$value, $value> {
                self.compare_exchange(expected, value, Ordering::AcqRel, Ordering::Acquire)
            }
        }
    )* };
}
impl<T> sealed::Sealed for std::sync::atomic::AtomicPtr<T> {}
impl<T> SharedAtomic for std::sync::atomic::AtomicPtr<T> {
    type Value = *mut T;
    #[inline(always)]
    fn set(&self, value: *mut T, order: Ordering) {
        self.store(value, order);
    }
    #[inline(always)]
    fn swap_if(&self, expected: *mut T, value: *mut T) -> Result<*mut T, *mut T> {
        self.compare_exchange(expected, value, Ordering::AcqRel, Ordering::Acquire)
    }
}
shared_atomic! {
    AtomicU8 u8; AtomicU16 u16; AtomicU32 u32; AtomicU64 u64; AtomicUsize usize;
    AtomicI8 i8; AtomicI16 i16; AtomicI32 i32; AtomicI64 i64; AtomicIsize isize;
}
