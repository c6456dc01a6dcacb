//! The cache of another process, as a picture.
//!
//! Whoever wants to see what a running process has in its cache finds its shared memory by way of `/proc` ([`process`]), and
//! copies what is to be known into a [`Picture`]: plain data without a tie to where it came from. The process is not disturbed:
//! no lock is taken, no slot is used and nothing is written ([`phalanx_shm::peek`]). It may change its cache meanwhile, or end.
//!
//! What belongs to a script is read like a reader without a pin must: first the words that lead there, then the bytes, then the
//! words again. If these have changed, the bytes are thrown away.

mod area;
pub mod process;
mod scripts;

use std::fmt;
use std::mem::offset_of;

pub use phalanx_shm::GateKind;
use phalanx_shm::peek::{ControlPeek, HeapPeek, PeekError, SegmentListing};
pub use phalanx_shm::peek::{PeekError as Cause, Version};

pub use area::{Area, Block, BlockKind, Part, PartKind};
pub use scripts::Script;

use crate::layout::{FINGERPRINT, Head, Layout, root};
use crate::strings::layout::{StringsLayout, Totals};
use crate::{CODE_LOCK, HEAP_LOCK, InternedStrings, counter};
use scripts::Records;

/// The state of a cache and of the memory that it is in.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The process that made the cache; others are forked from it.
    pub creator: u32,
    /// The version of Phalanx that it runs.
    pub version: Version,
    /// When the cache was made, in seconds since 1970.
    pub start_time: u64,
    /// When it was last reset, or 0.
    pub last_reset: u64,
    /// How often it was reset.
    pub resets: u32,
    /// A script had to stay out, and nothing was stored since.
    pub full: bool,
    /// Scripts that can be found.
    pub cached_scripts: u32,
    /// The most that there can be.
    pub max_keys: u32,
    /// Strings that scripts share.
    pub strings: InternedStrings,
    /// Look-ups that found their script.
    pub hits: u64,
    /// Look-ups that did not.
    pub misses: u64,
    /// Look-ups of scripts on the blacklist.
    pub blacklist_misses: u64,
    /// Scripts that were taken out to make room.
    pub evictions: u64,
    /// Threads that can be registered at one time, of all processes.
    pub max_threads: u32,
    /// Threads that are registered.
    pub threads: Vec<Thread>,
    /// The scripts, in the order of the index.
    pub scripts: Vec<Script>,
    /// The segment of scripts.
    pub data: Area,
    /// The segment of machine code.
    pub code: Code,
    /// Whether all of it is as of one instant. If not, something may be missing, or be there that is gone.
    pub consistent: bool,
}

/// A thread that uses the cache.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Thread {
    /// Its slot.
    pub slot: u32,
    /// Its process.
    pub pid: u32,
    /// Its thread id.
    pub tid: u32,
    /// Scripts that it has pinned.
    pub pins: u32,
    /// Whether it is gone. What it has pinned is free when somebody is short of memory.
    pub ended: bool,
}

/// The segment of machine code.
#[derive(Clone, Debug)]
pub enum Code {
    /// There is none.
    None,
    /// There it is.
    Area(Area),
    /// It may not be read; the text says why.
    Unreadable(String),
}

impl Code {
    /// The segment, if it can be seen.
    pub fn area(&self) -> Option<&Area> {
        match self {
            Self::Area(area) => Some(area),
            Self::None | Self::Unreadable(_) => None,
        }
    }
}

/// How much of it is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// Blocks as they are.
    Blocks,
    /// Also what is in the blocks of scripts, for which all of these are read.
    Parts,
}

/// Where shared memory is read from.
pub trait Memory {
    /// The segment that a listing tells of.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn segment(&self, listing: &SegmentListing) -> Result<HeapPeek, PeekError>;

    /// Whether a thread still lives.
    fn has_thread(&self, pid: u32, tid: u32) -> bool;
}

impl Picture {
    /// Makes a picture of the cache whose control region is `control`.
    ///
    /// # Errors
    /// [`PeekError`].
    pub fn take(control: &ControlPeek, memory: &impl Memory, detail: Detail) -> Result<Self, PeekError> {
        let listing = control.listing(HEAP_LOCK)?.ok_or(PeekError::Foreign)?;
        let heap = memory.segment(&listing)?;
        let before = heap.changes()?;
        let layout = layout(&heap, control)?;
        let head = heap.memory().bytes(layout.head, size_of::<Head>())?;
        let word = |at: usize| number(&head, at);
        let totals = heap.memory().bytes(layout.strings.totals, size_of::<Totals>())?;
        let slots = control.slots()?;
        let records = Records::read(&heap, &layout)?;
        let uses = control.uses()?;
        let blocks = heap.blocks()?;
        let mut scripts = records.scripts(&heap, &blocks.blocks, &uses)?;
        let data = Area::of_data(&heap, &listing, &blocks, &records, &scripts, layout.head, detail)?;
        let code = code(control, memory, &mut scripts)?;
        for script in &mut scripts {
            let pinned = slots.iter().enumerate().filter(|(_, slot)| slot.pins.has(script.id));
            script.pinned_by = pinned.map(|(index, _)| index).collect();
        }
        let counters = control.counters()?;
        let threads = slots.iter().map(|slot| Thread {
            slot: slot.index,
            pid: slot.pid,
            tid: slot.tid,
            pins: slot.pins.count(),
            ended: !memory.has_thread(slot.pid, slot.tid),
        });
        let still = !before.1 && heap.changes()? == before && code.area().is_none_or(|area| area.consistent);
        Ok(Self {
            creator: control.creator(),
            version: control.version(),
            start_time: word(offset_of!(Head, start_time)),
            last_reset: word(offset_of!(Head, last_reset)),
            resets: word(offset_of!(Head, resets)) as u32,
            full: word(offset_of!(Head, full)) as u32 != 0,
            cached_scripts: word(offset_of!(Head, scripts)) as u32,
            max_keys: layout.max_keys,
            strings: InternedStrings::of(
                heap.root(root::STRINGS)? as u32,
                number(&totals, offset_of!(Totals, strings)) as u32,
                number(&totals, offset_of!(Totals, words)),
            ),
            hits: counters[counter::HITS],
            misses: counters[counter::MISSES],
            blacklist_misses: counters[counter::BLACKLIST_MISSES],
            evictions: counters[counter::EVICTIONS],
            max_threads: control.options().slots,
            threads: threads.collect(),
            scripts,
            data,
            code,
            consistent: still,
        })
    }
}

/// Where the index is. A segment without one is being made, or is no cache's.
fn layout(heap: &HeapPeek, control: &ControlPeek) -> Result<Layout, PeekError> {
    let head = heap.root(root::HEAD)?;
    if head == 0 {
        return Err(PeekError::Foreign);
    }
    if heap.root(root::LAYOUT)? != FINGERPRINT {
        return Err(PeekError::Version(control.version().0));
    }
    let (ids, max_keys) = (control.options().ids, heap.root(root::MAX_KEYS)?);
    let head = usize::try_from(head).ok().filter(|&head| head < heap.memory().len());
    let strings = u32::try_from(heap.root(root::STRINGS)?).ok();
    let pages = strings.map(|megabytes| StringsLayout::pages_for(megabytes, heap.memory().len()));
    let keys = u32::try_from(max_keys).ok();
    let layout = head.zip(keys).zip(pages).map(|((head, keys), pages)| Layout::at(head, keys, ids, pages));
    layout
        .filter(|layout| ids.is_multiple_of(64) && layout.len <= heap.memory().len() - layout.head)
        .ok_or(PeekError::Damaged("the place of the index"))
}

fn code(control: &ControlPeek, memory: &impl Memory, scripts: &mut [Script]) -> Result<Code, PeekError> {
    let Some(listing) = control.listing(CODE_LOCK)? else { return Ok(Code::None) };
    match memory.segment(&listing) {
        Ok(heap) => Ok(Code::Area(Area::of_code(&heap, &listing, scripts)?)),
        Err(PeekError::Io(error)) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            Ok(Code::Unreadable("the system lets nobody but root or a parent read its memory".into()))
        }
        Err(error) => Err(error),
    }
}

/// The word at an offset of copied bytes, and zeros behind their end.
fn number(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    for (to, from) in word.iter_mut().zip(bytes.get(at..).unwrap_or_default()) {
        *to = *from;
    }
    u64::from_ne_bytes(word)
}

/// Why there is no picture.
#[derive(Debug)]
pub enum Error {
    /// There is no process with this id.
    NoProcess(u32),
    /// The process is another user's.
    NotPermitted(u32),
    /// The process has no cache.
    NoCache(u32),
    /// Its cache cannot be read.
    Unreadable(u32, PeekError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoProcess(pid) => write!(f, "there is no process {pid}"),
            Self::NotPermitted(pid) => write!(f, "process {pid} may not be looked at by this user"),
            Self::NoCache(pid) => write!(f, "process {pid} has no opcode cache of Phalanx"),
            Self::Unreadable(pid, PeekError::Changed) => {
                write!(f, "the cache of process {pid} changed while it was read; try again")
            }
            Self::Unreadable(pid, PeekError::Version(version)) if *version != phalanx_shm::VERSION => write!(
                f,
                "process {pid} runs Phalanx {}, and this is Phalanx {}, which cannot read its cache",
                if *version == 0 { "of another version".into() } else { Version(*version).to_string() },
                Version(phalanx_shm::VERSION),
            ),
            Self::Unreadable(pid, PeekError::Version(_)) => {
                write!(f, "process {pid} runs another build of Phalanx, whose cache this one cannot read")
            }
            Self::Unreadable(pid, PeekError::Io(error)) if error.raw_os_error().is_none() => {
                write!(f, "process {pid} ended while its cache was read")
            }
            Self::Unreadable(pid, cause) => write!(f, "the cache of process {pid} cannot be read: {cause}"),
        }
    }
}

impl std::error::Error for Error {}
