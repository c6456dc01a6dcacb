//! Snapshots: how the interpreter's frames are rebuilt where code is left.
//!
//! While a region is compiled a [`Snapshot`] names values; when its code is finished each snapshot becomes a record of
//! 32-bit words behind the code, so that it goes where the code goes and every thread finds it. An exit stores the values
//! in order into the spill area of [`Args`](crate::runtime::Args) and returns the record's address.
//!
//! ```text
//! record: flags, number of frames, frames ...
//! frame:  pc (instruction number), kind, word (cache word of the function), number of arguments,
//!         slot of the result in the caller (or NONE), number of values, values ...
//! value:  slot << 8 | how it is written
//! ```

use crate::ir::Val;
use phalanx_vm::frame::Frame;
use smallvec::SmallVec;
use std::mem::offset_of;

/// Number of a snapshot in its function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct SnapId(pub u32);

/// How a slot gets its value back.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum SlotValue {
    Undef,
    Null,
    Bool(Val),
    Int(Val),
    Float(Val),
    /// Payload and second word, owned.
    Boxed(Val, Val),
    /// Address of a value elsewhere, of which the slot gets a copy.
    CopyOf(Val),
}

/// What a frame of a snapshot is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FrameKind {
    /// The frame that the code was entered with.
    Base,
    /// A function that runs inlined.
    Inlined,
    /// A call that was begun: arguments only.
    Pending,
}

/// A frame of a snapshot.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct SnapFrame {
    pub kind: FrameKind,
    /// The instruction to go on at; in outer frames the CALL.
    pub pc: u32,
    /// Word of the caller's inline cache that holds the function.
    pub func_word: u32,
    pub num_args: u32,
    /// Byte offset of the caller's slot for the result, or [`NONE`].
    pub ret: u32,
    /// `$this` of a method, which the frame does not own.
    pub this: Option<Val>,
    /// Byte offsets of slots, and their values.
    pub slots: Vec<(u32, SlotValue)>,
}

/// No slot.
pub(crate) const NONE: u32 = u32::MAX;

/// How to leave the code.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Snapshot {
    /// The base frame, then what was called from it and what calls were begun, outermost first.
    pub frames: SmallVec<[SnapFrame; 1]>,
    pub flags: u32,
}

/// Taken often, it is worth another recording.
pub(crate) const COUNTED: u32 = 1;
/// An exception is pending: it is raised at the innermost frame's instruction.
pub(crate) const RAISE: u32 = 2;
/// Something asks for attention.
pub(crate) const POLL: u32 = 4;

impl Snapshot {
    pub(crate) fn values_mut(&mut self, mut then: impl FnMut(&mut Val)) {
        for frame in &mut self.frames {
            frame.this.iter_mut().for_each(&mut then);
            SnapFrame::slots_mut(&mut frame.slots, &mut then);
        }
    }

    /// Calls `then` with each value that an exit spills, in order.
    pub(crate) fn each(&self, mut then: impl FnMut(Val)) {
        for frame in &self.frames {
            frame.this.iter().for_each(|&val| then(val));
            for (_, value) in &frame.slots {
                match *value {
                    SlotValue::Undef | SlotValue::Null => {}
                    SlotValue::Bool(val)
                    | SlotValue::Int(val)
                    | SlotValue::Float(val)
                    | SlotValue::CopyOf(val) => then(val),
                    SlotValue::Boxed(payload, meta) => {
                        then(payload);
                        then(meta);
                    }
                }
            }
        }
    }

    /// Those values.
    pub(crate) fn values(&self) -> Vec<Val> {
        let mut all = Vec::new();
        self.each(|val| all.push(val));
        all
    }

    /// The record that the runtime reads.
    pub(crate) fn encode(&self, out: &mut Vec<u32>) {
        out.extend([self.flags, self.frames.len() as u32]);
        for frame in &self.frames {
            let kind = frame.kind as u32;
            let count = frame.slots.len() + usize::from(frame.this.is_some());
            out.extend([frame.pc, kind, frame.func_word, frame.num_args, frame.ret, count as u32]);
            if frame.this.is_some() {
                out.push((offset_of!(Frame, this) as u32) << 8 | write::OBJECT);
            }
            out.extend(frame.slots.iter().map(|(slot, value)| slot << 8 | how(value)));
        }
    }
}

impl SnapFrame {
    fn slots_mut(slots: &mut [(u32, SlotValue)], mut then: impl FnMut(&mut Val)) {
        for (_, value) in slots {
            match value {
                SlotValue::Undef | SlotValue::Null => {}
                SlotValue::Bool(val)
                | SlotValue::Int(val)
                | SlotValue::Float(val)
                | SlotValue::CopyOf(val) => {
                    then(val);
                }
                SlotValue::Boxed(payload, meta) => {
                    then(payload);
                    then(meta);
                }
            }
        }
    }
}

/// How a value is written, in a record.
pub(crate) mod write {
    pub(crate) const UNDEF: u32 = 0;
    pub(crate) const NULL: u32 = 1;
    pub(crate) const BOOL: u32 = 2;
    pub(crate) const INT: u32 = 3;
    pub(crate) const FLOAT: u32 = 4;
    pub(crate) const BOXED: u32 = 5;
    pub(crate) const COPY_OF: u32 = 6;
    pub(crate) const OBJECT: u32 = 7;
}

fn how(value: &SlotValue) -> u32 {
    match value {
        SlotValue::Undef => write::UNDEF,
        SlotValue::Null => write::NULL,
        SlotValue::Bool(_) => write::BOOL,
        SlotValue::Int(_) => write::INT,
        SlotValue::Float(_) => write::FLOAT,
        SlotValue::Boxed(..) => write::BOXED,
        SlotValue::CopyOf(_) => write::COPY_OF,
    }
}
