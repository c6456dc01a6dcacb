//! Listings: what a control region tells watchers of the heaps that share it.
//!
//! There is one listing for each lock, filled in by the heap that the lock guards. It says where the heap's segment is in the
//! processes that share it, how large and behind which gate, and the number that stands at the start of the segment, by
//! which a watcher who has found a segment knows that it is the one. Windows are counted here, too.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::mem::offset_of;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::{Control, Region};
use crate::gate::GateKind;
use crate::segment::Segment;

/// A listing as it lies in the region.
#[repr(C, align(128))]
pub(crate) struct ListingEntry {
    /// The number that stands at the start of the segment; 0 while there is none.
    pub(crate) identity: AtomicU64,
    /// The address of the read view.
    pub(crate) address: AtomicU64,
    /// Its size in bytes.
    pub(crate) len: AtomicU64,
    /// Windows that were opened, by threads that held none, in all processes.
    pub(crate) windows: AtomicU64,
    /// The number of the gate in [`GATES`].
    pub(crate) gate: AtomicU32,
}

/// Where the fields of an entry are.
pub(crate) const LISTING_LAYOUT: [usize; 5] = [
    offset_of!(ListingEntry, identity),
    offset_of!(ListingEntry, address),
    offset_of!(ListingEntry, len),
    offset_of!(ListingEntry, windows),
    offset_of!(ListingEntry, gate),
];

/// The gates that a segment can have, by the numbers that listings name them by.
const GATES: [GateKind; 3] = [GateKind::Pkey, GateKind::Mprotect, GateKind::Open];

/// A handle to one listing, for counting.
#[derive(Debug)]
pub(crate) struct Listing {
    region: Arc<Region>,
    offset: usize,
}

impl Listing {
    /// The count of windows.
    #[inline]
    pub(crate) fn windows(&self) -> &AtomicU64 {
        &self.region.at::<ListingEntry>(self.offset).windows
    }
}

impl Control {
    /// Fills the listing of the heap that lock `lock` guards in. Gives the heap's number.
    ///
    /// # Panics
    /// When there is no such lock.
    pub(crate) fn list(&self, lock: u32, segment: &Segment) -> u64 {
        assert!(lock < self.region.options.locks, "no lock {lock}");
        let offset = self.region.layout.listings + lock as usize * size_of::<ListingEntry>();
        let entry: &ListingEntry = self.region.at(offset);
        let gate = GATES.iter().position(|&gate| gate == segment.gate()).unwrap_or(GATES.len());
        let identity = random();
        entry.address.store(segment.base().addr() as u64, Ordering::Relaxed);
        entry.len.store(segment.len() as u64, Ordering::Relaxed);
        entry.gate.store(gate as u32, Ordering::Relaxed);
        segment.gate_ref().count_in(Listing { region: self.region.clone(), offset });
        entry.identity.store(identity, Ordering::Release);
        identity
    }
}

/// The gate that a listing names by this number.
pub(crate) fn gate_of(number: u32) -> Option<GateKind> {
    GATES.get(number as usize).copied()
}

/// A number that nobody else draws, and never 0.
pub(super) fn random() -> u64 {
    RandomState::new().build_hasher().finish() | 1
}
