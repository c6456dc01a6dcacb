//! The opcode table and the relocatable Unit that a compiled script is.
//!
//! A script is compiled to a [`draft::UnitDraft`] and assembled to a Unit image: one contiguous,
//! immutable block that holds everything the script needs, with the list of its internal pointers. The same block
//! runs privately, is copied into the shared segment, or is written to disk.

pub mod anatomy;
mod assemble;
mod bytes;
pub mod disasm;
pub mod draft;
pub mod effects;
pub mod flags;
pub mod flow;
mod op;
pub mod shape;
pub mod spec;
pub mod table;
pub mod types;
pub mod unit;
pub mod verify;

pub use assemble::assemble;
pub use op::{FLAG_SHIFT, FRAME_HEADER_SIZE, Kind, Op, SLOT_SIZE};
pub use table::Opcode;
