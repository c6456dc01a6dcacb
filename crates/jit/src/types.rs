//! Tags, slots and literals of bytecode as the compiler of regions sees them.
#![allow(unsafe_code, reason = "literals are addressed relative to the instruction")]

use phalanx_bytecode::{FRAME_HEADER_SIZE, SLOT_SIZE};
use phalanx_value::{Tag, Value};

/// A set of tags: the bit of each tag's number.
pub(crate) const fn bit(tag: Tag) -> u16 {
    1 << tag as u16
}

pub(crate) const INT: u16 = bit(Tag::Int);
pub(crate) const FLOAT: u16 = bit(Tag::Float);
pub(crate) const NULL: u16 = bit(Tag::Null);
pub(crate) const UNDEF: u16 = bit(Tag::Undef);
pub(crate) const ARRAY: u16 = bit(Tag::Array);
pub(crate) const OBJECT: u16 = bit(Tag::Object);
pub(crate) const STRING: u16 = bit(Tag::String);
pub(crate) const BOOL: u16 = bit(Tag::False) | bit(Tag::True);
/// Tags of values that own no count.
pub(crate) const PLAIN: u16 = UNDEF | NULL | BOOL | INT | FLOAT;

/// Number of the slot at a byte offset of the frame.
pub(crate) fn slot_index(offset: u32) -> usize {
    ((offset - FRAME_HEADER_SIZE) / SLOT_SIZE) as usize
}

/// Byte offset of a slot in its frame.
pub(crate) fn slot_offset(index: usize) -> u32 {
    FRAME_HEADER_SIZE + index as u32 * SLOT_SIZE
}

/// The literal that an operand of the instruction at `base` names.
pub(crate) fn literal<'u>(base: *const u8, operand: u32) -> &'u Value {
    // SAFETY: literal operands point to literals of the same Unit, which is alive while its code is compiled.
    unsafe { &*base.wrapping_offset(operand as i32 as isize).cast::<Value>() }
}
