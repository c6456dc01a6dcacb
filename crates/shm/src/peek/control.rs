//! A control region as a watcher sees it.

use std::mem::offset_of;

use super::{LAYOUT, Peek, PeekError, half_of, word_of};
use crate::control::{
    COUNTERS, ControlOptions, Header, LISTING_LAYOUT, Layout, ListingEntry, MAGIC, PinId, SlotHead, Uses,
};
use crate::gate::GateKind;
use crate::protocol::owner::Tenure;

/// No region has more ids than this. A watcher holds some words for each.
const MOST_IDS: u32 = 1 << 24;

/// A control region of another process, or of this one.
#[derive(Debug)]
pub struct ControlPeek {
    peek: Peek,
    options: ControlOptions,
    layout: Layout,
    /// Tells the region from all others.
    identity: u64,
    creator: u32,
    version: u64,
}

/// What a region tells of a heap that shares it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SegmentListing {
    /// The number at the start of the segment.
    pub identity: u64,
    /// Where the processes have the read view.
    pub address: u64,
    /// Its size in bytes.
    pub len: usize,
    /// The gate in force.
    pub gate: GateKind,
    /// Outermost windows that were opened, in all processes.
    pub windows: u64,
}

/// A slot that has an owner.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SlotPeek {
    /// Its number.
    pub index: u32,
    /// The owner's process.
    pub pid: u32,
    /// The owner's thread.
    pub tid: u32,
    /// What it has pinned.
    pub pins: SlotPins,
}

/// The ids that a slot has pinned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SlotPins(Vec<u64>);

impl SlotPins {
    /// Whether an id is among them.
    pub fn has(&self, id: PinId) -> bool {
        self.0.get(id as usize / 64).is_some_and(|word| word >> (id % 64) & 1 != 0)
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }
}

impl ControlPeek {
    /// Looks whether a control region is there.
    ///
    /// # Errors
    /// [`PeekError`].
    pub fn open(peek: Peek) -> Result<Self, PeekError> {
        if peek.len() < size_of::<Header>() {
            return Err(PeekError::Foreign);
        }
        let header = peek.bytes(0, size_of::<Header>())?;
        let magic = word_of(&header, offset_of!(Header, magic));
        // The last of its eight characters is a number that has changed with the place of the version.
        if magic << 8 != MAGIC << 8 {
            return Err(PeekError::Foreign);
        }
        let version = if magic == MAGIC { word_of(&header, offset_of!(Header, version)) } else { 0 };
        if version != crate::VERSION || word_of(&header, offset_of!(Header, layout)) != LAYOUT {
            return Err(PeekError::Version(version));
        }
        let half = |at| half_of(&header, at);
        let options = ControlOptions {
            ids: half(offset_of!(Header, ids)),
            slots: half(offset_of!(Header, slots)),
            locks: half(offset_of!(Header, locks)),
            claims: half(offset_of!(Header, claims)),
        };
        let layout = Layout::of(options)
            .filter(|layout| layout.len == peek.len() && options.ids <= MOST_IDS)
            .ok_or(PeekError::Damaged("the sizes of the control region"))?;
        let identity = word_of(&header, offset_of!(Header, identity));
        Ok(Self { peek, options, layout, identity, creator: half(offset_of!(Header, creator)), version })
    }

    /// The bytes of the region.
    pub fn memory(&self) -> &Peek {
        &self.peek
    }

    /// The sizes of the region.
    pub fn options(&self) -> ControlOptions {
        self.options
    }

    /// The number by which the region differs from all others.
    pub fn identity(&self) -> u64 {
        self.identity
    }

    /// The process that made the region.
    pub fn creator(&self) -> u32 {
        self.creator
    }

    /// The version of whoever made it.
    pub fn version(&self) -> super::Version {
        super::Version(self.version)
    }

    /// What is told of the heap that a lock guards; nothing if there is none.
    ///
    /// # Errors
    /// [`PeekError`].
    pub fn listing(&self, lock: u32) -> Result<Option<SegmentListing>, PeekError> {
        if lock >= self.options.locks {
            return Ok(None);
        }
        let at = self.layout.listings + lock as usize * size_of::<ListingEntry>();
        let entry = self.peek.bytes(at, size_of::<ListingEntry>())?;
        let [identity, address, len, windows] =
            [0, 1, 2, 3].map(|field| word_of(&entry, LISTING_LAYOUT[field]));
        if identity == 0 {
            return Ok(None);
        }
        let gate = half_of(&entry, LISTING_LAYOUT[4]);
        Ok(Some(SegmentListing {
            identity,
            address,
            len: usize::try_from(len).map_err(|_| PeekError::Damaged("the size of a segment"))?,
            gate: crate::control::gate_of(gate).ok_or(PeekError::Damaged("the gate of a segment"))?,
            windows,
        }))
    }

    /// How many slots were ever in use.
    ///
    /// # Errors
    /// [`PeekError`].
    pub fn slots_used(&self) -> Result<u32, PeekError> {
        Ok(self.peek.half(offset_of!(Header, used_slots))?.min(self.options.slots))
    }

    /// The slots that have owners.
    ///
    /// # Errors
    /// [`PeekError`].
    pub fn slots(&self) -> Result<Vec<SlotPeek>, PeekError> {
        let mut slots = Vec::new();
        for index in 0..self.slots_used()? {
            let owner = self.slot(index) + offset_of!(SlotHead, owner);
            let tenure = Tenure(self.peek.word(owner)?);
            if tenure.is_free() {
                continue;
            }
            let words = self.options.ids.div_ceil(64) as usize;
            let pins = SlotPins(self.peek.words(self.slot(index) + self.layout.pins, words)?);
            // Pins of an owner who has left meanwhile are nobody's.
            if self.peek.word(owner)? == tenure.0 {
                slots.push(SlotPeek { index, pid: tenure.pid(), tid: tenure.tid(), pins });
            }
        }
        Ok(slots)
    }

    /// The counters, summed over all slots as [`Control::counter`](crate::Control::counter) does.
    ///
    /// # Errors
    /// [`PeekError`].
    pub fn counters(&self) -> Result<[u64; COUNTERS], PeekError> {
        let mut sums = [0_u64; COUNTERS];
        for index in 0..self.slots_used()? {
            let at = self.slot(index) + offset_of!(SlotHead, counters);
            for (sum, count) in sums.iter_mut().zip(self.peek.words(at, COUNTERS)?) {
                *sum = sum.wrapping_add(count);
            }
        }
        Ok(sums)
    }

    /// The uses of all ids, as [`Control::uses`](crate::Control::uses) tells them of one.
    ///
    /// # Errors
    /// [`PeekError`].
    pub fn uses(&self) -> Result<Vec<Uses>, PeekError> {
        let mut totals = vec![Uses::default(); self.options.ids as usize];
        for index in 0..self.slots_used()? {
            let words = self.peek.words(self.slot(index) + self.layout.uses, totals.len())?;
            for (total, uses) in totals.iter_mut().zip(words.into_iter().map(Uses::unpack)) {
                total.count += uses.count;
                total.stamp = total.stamp.max(uses.stamp);
            }
        }
        Ok(totals)
    }

    fn slot(&self, index: u32) -> usize {
        self.layout.slots + index as usize * self.layout.stride
    }
}
