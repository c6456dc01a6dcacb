//! Looking at shared memory from another process, as a guest who takes part in nothing.
//!
//! Whoever shares a region has it mapped, takes locks and owns a slot. A *watcher* does none of that: it has a file that
//! the kernel lets it read (an open file of the process, or its memory as `/proc/PID/mem`), and copies out of it what it wants
//! to know. It writes nothing, waits for nothing, and nobody waits for it. Reading by system calls instead of a mapping
//! makes the death of the process, or a file that shrinks, an error and not a signal, and pages that were never used stay so.
//!
//! # What may be believed
//! Nothing, before it is checked. The file may be somebody else's with the right name, or of another version, and what is in it
//! changes while it is read. So offsets are computed from sizes that were checked against the length of the file; every read
//! has bounds; loops have a limit that no contents can raise. What belongs together is checked after it was copied:
//!
//! - The chain of blocks ([`HeapPeek::blocks`]) is walked while others split and merge blocks. When the walk has stepped from
//!   a header to the next, it looks at the first again: if that still has the same size, the second was a header at that time,
//!   and if not, the walk goes back by a step. So the blocks adjoin and cover the segment, whatever happens meanwhile. If
//!   the heap counts no change since the start of the walk, they are also the blocks of one instant.
//! - Single words (owners, pins, counters) are as of the moment when they were read.
//!
//! ```
//! use std::fs::File;
//! use std::sync::Arc;
//! use phalanx_shm::peek::{ControlPeek, HeapPeek, Peek};
//! # use phalanx_shm::{Control, Heap, SegmentOptions};
//!
//! # let control = Control::create(Default::default())?;
//! # let segment = Arc::new(SegmentOptions::new(1 << 20).create()?);
//! # let heap = Heap::create(segment, control.clone(), 0)?;
//! # let pid = "self";
//! // Find the region among the open files of a process.
//! let mut files = std::fs::read_dir(format!("/proc/{pid}/fd"))?.filter_map(|entry| File::open(entry.ok()?.path()).ok());
//! # let mut files = files.by_ref().filter(|file| file.metadata().is_ok_and(|data| data.is_file()));
//! let control = files.find_map(|file| ControlPeek::open(Peek::of_file(file).ok()?).ok()).expect("it has one");
//! let listing = control.listing(0)?.expect("there is a heap");
//! // The heap's segment is in another of its files, or in its memory.
//! let memory = Peek::of_memory(File::open(format!("/proc/{pid}/mem"))?, listing.address, listing.len);
//! let heap = HeapPeek::open(memory, &listing)?;
//! assert_eq!(heap.blocks()?.blocks.iter().map(|block| block.size).sum::<usize>(), heap.stats()?.free);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod control;
mod heap;

use std::fmt;
use std::fs::File;
use std::io;
use std::mem::offset_of;
use std::os::unix::fs::FileExt;

pub use control::{ControlPeek, SegmentListing, SlotPeek, SlotPins};
pub use heap::{Blocks, HeapPeek};

use crate::control::{Header, LISTING_LAYOUT, SlotHead};
use crate::heap::layout;

/// The name of the file that a control region is in, as its link in `/proc/PID/fd` begins.
pub const CONTROL_LINK: &str = "/memfd:phalanx-control";
/// The name of the files that segments are in.
pub const SEGMENT_LINK: &str = "/memfd:phalanx-shm";

/// Bytes in front of each block of a heap, which are part of its size.
pub const HEADER: usize = size_of::<layout::Header>();

/// Another number for another layout of what a watcher reads: a sum over sizes and places.
pub(crate) const LAYOUT: u64 = fingerprint(&[
    offset_of!(Header, ids),
    offset_of!(Header, namespace),
    offset_of!(Header, creator),
    offset_of!(Header, used_slots),
    size_of::<Header>(),
    LISTING_LAYOUT[0],
    LISTING_LAYOUT[1],
    LISTING_LAYOUT[2],
    LISTING_LAYOUT[3],
    LISTING_LAYOUT[4],
    offset_of!(SlotHead, owner),
    offset_of!(SlotHead, counters),
    size_of::<SlotHead>(),
    offset_of!(layout::Root, changes),
    offset_of!(layout::Root, dirty),
    offset_of!(layout::Root, roots),
    size_of::<layout::Root>(),
    offset_of!(layout::Header, word),
    offset_of!(layout::Header, tag),
    offset_of!(layout::Header, previous),
    offset_of!(layout::Header, len),
    layout::GRANULE,
]);

/// A number that is another one for other numbers (FNV-1a), for users who have layouts of their own to tell apart.
pub const fn fingerprint(numbers: &[usize]) -> u64 {
    let (mut hash, mut at) = (0xcbf2_9ce4_8422_2325_u64, 0);
    while at < numbers.len() {
        hash = (hash ^ numbers[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// Why something cannot be seen.
#[derive(Debug)]
pub enum PeekError {
    /// It is no control region, or no heap.
    Foreign,
    /// It is one of another version ([`crate::VERSION`]), or of the same version with another layout.
    Version(u64),
    /// It has what it cannot have.
    Damaged(&'static str),
    /// It changed all the time.
    Changed,
    /// The operating system's error: the process has ended, say.
    Io(io::Error),
}

impl fmt::Display for PeekError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => f.write_str("there is no shared memory of this sort"),
            Self::Version(version) if *version == crate::VERSION => {
                f.write_str("the shared memory was made by another build of the same version")
            }
            Self::Version(version) => write!(f, "the shared memory is that of version {}", Version(*version)),
            Self::Damaged(what) => write!(f, "the shared memory is damaged: {what}"),
            Self::Changed => f.write_str("the shared memory changed while it was read"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PeekError {}

impl From<io::Error> for PeekError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A version as people write it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Version(pub u64);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |shift: u32| self.0 >> shift & 0x1F_FFFF;
        write!(f, "{}.{}.{}", part(42), part(21), part(0))
    }
}

/// Bytes of somebody else's memory, to be copied out of it.
#[derive(Debug)]
pub struct Peek {
    file: File,
    start: u64,
    len: usize,
}

impl Peek {
    /// The whole of a file.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn of_file(file: File) -> io::Result<Self> {
        let len = usize::try_from(file.metadata()?.len()).map_err(|_| io::ErrorKind::InvalidData)?;
        Ok(Self { file, start: 0, len })
    }

    /// A range of a process's memory; `memory` is its `/proc/PID/mem`.
    pub fn of_memory(memory: File, address: u64, len: usize) -> Self {
        Self { file: memory, start: address, len }
    }

    /// The size in bytes.
    #[expect(clippy::len_without_is_empty, reason = "nobody asks")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Copies bytes at an offset.
    ///
    /// # Errors
    /// Those of the operating system; [`PeekError::Damaged`] when they do not lie inside.
    pub fn read(&self, offset: usize, bytes: &mut [u8]) -> Result<(), PeekError> {
        if offset.checked_add(bytes.len()).is_none_or(|end| end > self.len) {
            return Err(PeekError::Damaged("something lies outside"));
        }
        let place = self.start.checked_add(offset as u64).ok_or(PeekError::Damaged("an address"))?;
        self.file.read_exact_at(bytes, place)?;
        Ok(())
    }

    /// Copies so many bytes at an offset.
    ///
    /// # Errors
    /// As for [`Self::read`]. Nothing is allocated for what does not lie inside.
    pub fn bytes(&self, offset: usize, len: usize) -> Result<Vec<u8>, PeekError> {
        if len > self.len {
            return Err(PeekError::Damaged("something is too long"));
        }
        let mut bytes = vec![0; len];
        self.read(offset, &mut bytes)?;
        Ok(bytes)
    }

    /// A word of 8 bytes.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub fn word(&self, offset: usize) -> Result<u64, PeekError> {
        let mut bytes = [0; 8];
        self.read(offset, &mut bytes)?;
        Ok(u64::from_ne_bytes(bytes))
    }

    /// A word of 4 bytes.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub fn half(&self, offset: usize) -> Result<u32, PeekError> {
        let mut bytes = [0; 4];
        self.read(offset, &mut bytes)?;
        Ok(u32::from_ne_bytes(bytes))
    }

    /// So many words of 8 bytes.
    ///
    /// # Errors
    /// As for [`Self::bytes`].
    pub fn words(&self, offset: usize, count: usize) -> Result<Vec<u64>, PeekError> {
        let len = count.checked_mul(8).ok_or(PeekError::Damaged("something is too long"))?;
        let bytes = self.bytes(offset, len)?;
        Ok(bytes.as_chunks().0.iter().map(|&word| u64::from_ne_bytes(word)).collect())
    }
}

/// The word at an offset of copied bytes, whose length the caller knows.
fn word_of(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_ne_bytes(word)
}

/// The same for a word of 4 bytes.
fn half_of(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_ne_bytes(word)
}
