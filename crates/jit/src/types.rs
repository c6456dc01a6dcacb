//! What is known of a frame's slots between two instructions.

use phalanx_bytecode::{FRAME_HEADER_SIZE, SLOT_SIZE};
use phalanx_value::Tag;

/// Where a slot's value is, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    /// Nowhere: a temporary that holds nothing.
    None,
    /// In memory, as the interpreter has it; nothing more is known.
    Mem,
    /// It is null.
    Null,
    /// A bool, in a register: 0 or 1.
    Bool,
    /// An int, in a register.
    Int,
    /// A float, in a register.
    Float,
    /// An array in packed form: in memory, and the address of its block in a register.
    Packed,
}

impl Ty {
    /// Whether the value is known without looking into memory.
    pub(crate) fn is_known(self) -> bool {
        !matches!(self, Ty::None | Ty::Mem | Ty::Packed)
    }

    /// The type that values with exactly these tags (bits by number) have in registers.
    pub(crate) fn of_mask(mask: u16) -> Option<Ty> {
        const FALSE: u16 = 1 << Tag::False as u16;
        const TRUE: u16 = 1 << Tag::True as u16;
        const NULL: u16 = 1 << Tag::Null as u16;
        const INT: u16 = 1 << Tag::Int as u16;
        const FLOAT: u16 = 1 << Tag::Float as u16;
        match mask {
            INT => Some(Ty::Int),
            FLOAT => Some(Ty::Float),
            NULL => Some(Ty::Null),
            FALSE | TRUE => Some(Ty::Bool),
            _ if mask == FALSE | TRUE => Some(Ty::Bool),
            _ => None,
        }
    }
}

/// A slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub ty: Ty,
    /// Memory holds something else (of a known type).
    pub dirty: bool,
}

impl Slot {
    pub(crate) const MEM: Slot = Slot { ty: Ty::Mem, dirty: false };

    pub(crate) fn clean(ty: Ty) -> Slot {
        Slot { ty, dirty: false }
    }

    pub(crate) fn dirty(ty: Ty) -> Slot {
        Slot { ty, dirty: true }
    }

    /// What is known where two paths meet.
    pub(crate) fn join(self, other: Slot) -> Slot {
        if self.ty == other.ty {
            Slot { ty: self.ty, dirty: self.dirty || other.dirty }
        } else if self.ty == Ty::None || other.ty == Ty::None {
            Slot::clean(Ty::None)
        } else {
            Slot::MEM
        }
    }
}

/// All slots of a frame, by number.
pub(crate) type State = Vec<Slot>;

/// Number of the slot at a byte offset of the frame.
pub(crate) fn slot_index(offset: u32) -> usize {
    ((offset - FRAME_HEADER_SIZE) / SLOT_SIZE) as usize
}
