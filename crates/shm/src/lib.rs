//! Write-protected shared memory for many threads and processes, with readers that never wait and never fault.
#![deny(unsafe_code)]

mod control;
mod gate;
mod heap;
mod primitive;
mod protocol;
mod segment;
mod sys;
mod window;

pub use control::{
    COUNTERS, Claim, ClaimGuard, Control, ControlOptions, Forked, LockGuard, PinId, Pinned, Slot, Uses,
};
pub use gate::{GateKind, UnknownGate, enter_thread, open_windows};
pub use heap::{Block, BlockInfo, BlockState, Heap, HeapStats, OutOfMemory, ROOTS, Reclaimed};
pub use segment::{Segment, SegmentOptions, Shared};
pub use window::{SharedAtomic, WriteWindow};
