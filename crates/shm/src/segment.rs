//! Segments: shared memory that is mapped twice.
//!
//! ```text
//!            read view (fixed address, never changes)         write view (behind the gate)
//! process A  0x7f10_0000_0000 ─┐ r-- or r-x                   0x7f20_0000_0000 ─┐ rw-
//!                              ├──────── the same pages ────────────────────────┤
//! process B  0x7f10_0000_0000 ─┘ (forked from A: same address)                ──┘
//! ```
//! Everything points into the read view. A child of `fork` has both views at the same addresses.
//!
//! # Safety
//! The read view's protection is never changed after creation, so nothing that a writer does makes a reader fault.
//! The write view is reachable only through [`WriteWindow`]. Data segments are never executable, and the write view of
//! an executable segment is not either, so no page is writable and executable through any view.
#![allow(unsafe_code, reason = "turns addresses into references")]

use std::io;
use std::os::fd::OwnedFd;
use std::slice;

use crate::gate::{Gate, GateKind};
use crate::sys::memory::{Mapping, Protection, disk_file, for_watchers, memory_file, page_size};
use crate::window::WriteWindow;

/// How a segment is to be made.
///
/// ```
/// use phalanx_shm::{GateKind, SegmentOptions};
///
/// let segment = SegmentOptions::new(1 << 20).gate(GateKind::Auto).create()?;
/// assert_eq!(segment.len(), 1 << 20);
/// assert_ne!(segment.gate(), GateKind::Auto); // Says what was chosen.
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SegmentOptions {
    len: usize,
    gate: GateKind,
    executable: bool,
    address: Option<usize>,
}

impl SegmentOptions {
    /// A data segment of `len` bytes, rounded up to whole pages, behind the best gate of this machine.
    pub fn new(len: usize) -> Self {
        Self { len, gate: GateKind::Auto, executable: false, address: None }
    }

    /// Chooses the gate.
    pub fn gate(mut self, gate: GateKind) -> Self {
        self.gate = gate;
        self
    }

    /// Makes the read view executable: the segment is for machine code.
    pub fn executable(mut self, executable: bool) -> Self {
        self.executable = executable;
        self
    }

    /// Puts the read view at this address, a multiple of the page size. Creation fails if something is there.
    pub fn at(mut self, address: usize) -> Self {
        self.address = Some(address);
        self
    }

    /// Makes the segment, filled with zeros.
    ///
    /// # Errors
    /// Those of the operating system, so also [`io::ErrorKind::StorageFull`] where only a file on a disk without so much room
    /// would do; [`io::ErrorKind::InvalidInput`] for a size of zero; for [`GateKind::Pkey`] also that
    /// this machine has no protection keys, or none left.
    pub fn create(&self) -> io::Result<Segment> {
        let len = self.len.checked_next_multiple_of(page_size()).filter(|&len| len > 0);
        let len = len.ok_or(io::ErrorKind::InvalidInput)?;
        let Views { read, write, file } = self.views(len)?;
        let delta = write.address().wrapping_sub(read.address());
        let gate = Gate::new(write, self.gate)?;
        Ok(Segment { read, delta, gate, executable: self.executable, _file: file })
    }

    /// Two views of the same memory, made in the best way that this machine has:
    ///
    /// - data: a file in memory, whose size nobody can change any more;
    /// - code: anonymous memory. Profilers take code in a file mapping for a library and look for its symbols there; code in
    ///   anonymous memory they look up in the map that a JIT writes for them;
    /// - where a sandbox, or a tool that emulates the kernel, refuses these: the other one, and then a file on disk.
    fn views(&self, len: usize) -> io::Result<Views> {
        // For a thread sanitizer, one writable view in the place of two, with nothing left for a gate to do: it knows memory by
        // its address, and would not connect what is written at one with what is read at the other.
        if cfg!(phalanx_one_view) {
            let both = Mapping::anonymous(len, Protection::ReadWrite, self.address)?;
            let nothing = both.empty_alias();
            return Ok(Views { read: both, write: nothing, file: None });
        }
        let in_memory = || memory_file(c"phalanx-shm", len).and_then(|file| self.of_file(&file, len));
        let first = if self.executable { self.anonymous(len) } else { in_memory() };
        first
            .or_else(|_| if self.executable { in_memory() } else { self.anonymous(len) })
            .or_else(|_| disk_file(len, |file| self.of_file(file, len)))
    }

    fn of_file(&self, file: &OwnedFd, len: usize) -> io::Result<Views> {
        let read = Mapping::file(file, len, self.read_protection(), self.address)?;
        let write = Mapping::file(file, len, Protection::ReadWrite, None)?;
        Ok(Views { read, write, file: for_watchers(file) })
    }

    fn anonymous(&self, len: usize) -> io::Result<Views> {
        let read = Mapping::anonymous(len, Protection::ReadWrite, self.address)?;
        let write = read.duplicate()?;
        read.protect(self.read_protection())?;
        Ok(Views { read, write, file: None })
    }

    fn read_protection(&self) -> Protection {
        if self.executable { Protection::ReadExecute } else { Protection::Read }
    }
}

/// Two views of the same memory.
struct Views {
    read: Mapping,
    write: Mapping,
    file: Option<OwnedFd>,
}

/// Shared memory with a read view that everything may use and a write view behind a gate.
///
/// Reading needs nothing. Writing needs a [`WriteWindow`]:
///
/// ```
/// use phalanx_shm::SegmentOptions;
///
/// let segment = SegmentOptions::new(4096).create()?;
/// let window = segment.window();
/// // SAFETY: nobody else knows of this segment yet.
/// unsafe { window.write_bytes(segment.at(16), b"hello") };
/// drop(window);
/// // SAFETY: nobody writes to the segment any more.
/// assert_eq!(unsafe { segment.bytes(16, 5) }, b"hello");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// There is no other way to write. A segment hands out no mutable reference and no mutable pointer:
///
/// ```compile_fail
/// let segment = phalanx_shm::SegmentOptions::new(4096).create().unwrap();
/// let mutable: *mut u8 = segment.at(0);
/// ```
/// ```compile_fail
/// let segment = phalanx_shm::SegmentOptions::new(4096).create().unwrap();
/// let bytes: &mut [u8] = unsafe { segment.bytes(0, 16) };
/// ```
#[derive(Debug)]
pub struct Segment {
    read: Mapping,
    /// Write view minus read view.
    delta: usize,
    gate: Gate,
    executable: bool,
    /// Open for those who watch from outside ([`crate::peek`]), who find it in `/proc`.
    _file: Option<OwnedFd>,
}

impl Segment {
    /// Opens a window for the calling thread. Windows nest, and those of several threads overlap.
    ///
    /// # Panics
    /// Under the `mprotect` gate, when the kernel refuses to change the protection, which it has no reason to.
    #[inline]
    pub fn window(&self) -> WriteWindow<'_> {
        WriteWindow::open(self)
    }

    /// The start of the read view.
    #[inline]
    pub fn base(&self) -> *const u8 {
        std::ptr::with_exposed_provenance(self.read.address())
    }

    /// The size in bytes.
    #[inline]
    #[expect(clippy::len_without_is_empty, reason = "a segment is never empty")]
    pub fn len(&self) -> usize {
        self.read.len()
    }

    /// The gate that stands before the write view, never [`GateKind::Auto`].
    pub fn gate(&self) -> GateKind {
        self.gate.kind()
    }

    /// Whether the read view may be executed.
    pub fn is_executable(&self) -> bool {
        self.executable
    }

    /// How often the gate was opened: outermost windows of all threads. A segment with a [`Heap`](crate::Heap) counts those of all
    /// processes that share it, others those of this process.
    pub fn windows_opened(&self) -> u64 {
        self.gate.openings()
    }

    /// The read view at an offset in bytes.
    ///
    /// # Panics
    /// When the offset lies behind the end.
    #[inline]
    pub fn at(&self, offset: usize) -> *const u8 {
        assert!(offset <= self.len(), "offset {offset} in a segment of {} bytes", self.len());
        self.base().wrapping_add(offset)
    }

    /// The offset of an address in the read view, or `None` if it points elsewhere.
    #[inline]
    pub fn offset_of<T: ?Sized>(&self, address: *const T) -> Option<usize> {
        let offset = address.addr().wrapping_sub(self.read.address());
        (offset < self.len()).then_some(offset)
    }

    /// Bytes of the read view.
    ///
    /// # Safety
    /// Nobody writes to these bytes while the slice lives: they are published and pinned, or the caller's own.
    ///
    /// # Panics
    /// When the range does not lie inside.
    #[inline]
    pub unsafe fn bytes(&self, offset: usize, len: usize) -> &[u8] {
        let start = self.at(offset);
        assert!(len <= self.len() - offset, "{len} bytes at {offset} in a segment of {} bytes", self.len());
        // SAFETY: the range lies inside of the view, which lives as long as the segment; that it does not change is
        // promised by the caller.
        unsafe { slice::from_raw_parts(start, len) }
    }

    /// Something in the read view that may be shared while it changes: an atomic, or a structure of atomics.
    ///
    /// # Safety
    /// The bytes are initialised as such a value, and for as long as the reference lives they are only accessed as one:
    /// the memory is published and pinned, or the caller's own, and no part of it belongs to the bookkeeping of a heap.
    ///
    /// # Panics
    /// When it does not lie inside, or the offset is not a multiple of its alignment.
    #[inline]
    pub unsafe fn shared<T: Shared>(&self, offset: usize) -> &T {
        let address = self.at(offset).cast::<T>();
        assert!(size_of::<T>() <= self.len() - offset && address.is_aligned(), "bad offset {offset}");
        // SAFETY: the range lies inside and is aligned; that a value is there is promised by the caller, and that it may
        // change at any time by the trait. It cannot be written through this reference: the view is read-only.
        unsafe { &*address }
    }

    /// Where the write view has what the read view has at `address`.
    ///
    /// # Panics
    /// When the range does not lie in the read view.
    #[inline]
    pub(crate) fn writable(&self, address: usize, len: usize) -> *mut u8 {
        let offset = address.wrapping_sub(self.read.address());
        assert!(
            offset <= self.len() && len <= self.len() - offset,
            "a write of {len} bytes to {address:#x}, outside of the segment"
        );
        std::ptr::with_exposed_provenance_mut(address.wrapping_add(self.delta))
    }

    pub(crate) fn gate_ref(&self) -> &Gate {
        &self.gate
    }

    /// The start of the write view, for tests that show that it cannot be used.
    #[doc(hidden)]
    pub fn write_view_for_fault_tests(&self) -> usize {
        self.gate.address()
    }
}

/// Types that many threads and processes may look at while they change: atomics and structures of atomics.
///
/// # Safety
/// All parts that ever change are atomics, there is no padding that a reader looks at, and the layout is fixed
/// (`repr(C)` or `repr(transparent)`).
pub unsafe trait Shared: Sync {}

macro_rules! shared {
    ($($ty:ident)*) => { $(
        // SAFETY: an atomic integer is made for being changed by others.
        unsafe impl Shared for std::sync::atomic::$ty {}
    )* };
}
shared! { AtomicU8 AtomicU16 AtomicU32 AtomicU64 AtomicUsize AtomicI8 AtomicI16 AtomicI32 AtomicI64 AtomicIsize }

// SAFETY: an atomic pointer is made for being changed by others. Following it is another matter.
unsafe impl<T> Shared for std::sync::atomic::AtomicPtr<T> {}

// SAFETY: an array is as good as its elements.
unsafe impl<T: Shared, const N: usize> Shared for [T; N] {}
