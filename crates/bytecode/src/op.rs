//! One instruction: 16 bytes, no absolute address in it, shared read-only by all threads.
//!
//! ```text
//!  0      2      4              8              12             16
//!  +------+------+--------------+--------------+--------------+
//!  | code |  x   |      a       |      b       |      c       |
//!  +------+------+--------------+--------------+--------------+
//!           x: bits 0-1 kind of a, 2-3 kind of b, 4-5 kind of c, 6-15 flags of the opcode
//! ```
//!
//! What `a`, `b` and `c` mean is said by the opcode's row in [`crate::table`] and, for values, by their [`Kind`]:
//! a frame slot is a byte offset from the frame pointer, a literal is a byte offset from the instruction itself
//! (so that one base register serves and nothing needs relocation), a jump is a distance in bytes from the
//! instruction. While a function is drafted they are plain indices; assembling turns them into offsets.

use crate::table::Opcode;
use std::mem::offset_of;

/// Where an operand's value lives and who owns it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    /// A compiled variable: may be undefined or a reference, keeps its value.
    Cv = 0,
    /// A temporary: the instruction that reads it takes its value, unless its row says otherwise.
    Tmp = 1,
    /// A literal of the function.
    Lit = 2,
    /// There is no operand here.
    None = 3,
}

impl Kind {
    /// The kind that two bits of `x` stand for.
    #[inline(always)]
    pub const fn from_bits(bits: u16) -> Kind {
        match bits & 3 {
            0 => Kind::Cv,
            1 => Kind::Tmp,
            2 => Kind::Lit,
            _ => Kind::None,
        }
    }
}

/// Bytes from the frame pointer to the first slot: the size of the VM's frame header.
pub const FRAME_HEADER_SIZE: u32 = 80;
/// Bytes a slot takes.
pub const SLOT_SIZE: u32 = 16;
/// Number of the lowest flag bit in [`Op::x`].
pub const FLAG_SHIFT: u16 = 6;

/// One instruction as it is executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Op {
    /// The [`Opcode`] as a number: index into the dispatch table.
    pub code: u16,
    /// Operand kinds and flags.
    pub x: u16,
    /// First operand.
    pub a: u32,
    /// Second operand.
    pub b: u32,
    /// Third operand, most often the result.
    pub c: u32,
}

const _: () = assert!(size_of::<Op>() == 16 && align_of::<Op>() == 4);

impl Op {
    /// An instruction without operands.
    pub const fn new(code: Opcode) -> Op {
        let none = Kind::None as u16;
        Op { code: code as u16, x: none | none << 2 | none << 4, a: 0, b: 0, c: 0 }
    }

    /// The bytes that it is in memory.
    #[inline]
    pub fn to_bytes(self) -> [u8; size_of::<Op>()] {
        let mut bytes = [0; size_of::<Op>()];
        bytes[offset_of!(Op, code)..][..2].copy_from_slice(&self.code.to_ne_bytes());
        bytes[offset_of!(Op, x)..][..2].copy_from_slice(&self.x.to_ne_bytes());
        bytes[offset_of!(Op, a)..][..4].copy_from_slice(&self.a.to_ne_bytes());
        bytes[offset_of!(Op, b)..][..4].copy_from_slice(&self.b.to_ne_bytes());
        bytes[offset_of!(Op, c)..][..4].copy_from_slice(&self.c.to_ne_bytes());
        bytes
    }

    /// The opcode, also of an instruction that was specialised.
    pub fn opcode(self) -> Opcode {
        crate::spec::base_of(self.code)
    }

    /// The kind of operand `a`.
    #[inline(always)]
    pub const fn kind_a(self) -> Kind {
        Kind::from_bits(self.x)
    }

    /// The kind of operand `b`.
    #[inline(always)]
    pub const fn kind_b(self) -> Kind {
        Kind::from_bits(self.x >> 2)
    }

    /// The kind of operand `c`.
    #[inline(always)]
    pub const fn kind_c(self) -> Kind {
        Kind::from_bits(self.x >> 4)
    }

    /// Which operands are temporaries: bit 0 for a, 2 for b and 4 for c.
    #[inline(always)]
    pub const fn temporaries(self) -> u16 {
        self.x & !(self.x >> 1) & 0b01_01_01
    }

    /// The opcode's own flag bits.
    #[inline(always)]
    pub const fn flags(self) -> u16 {
        self.x >> FLAG_SHIFT
    }

    /// Sets operand `a`.
    pub const fn with_a(mut self, kind: Kind, value: u32) -> Op {
        self.x = self.x & !3 | kind as u16;
        self.a = value;
        self
    }

    /// Sets operand `b`.
    pub const fn with_b(mut self, kind: Kind, value: u32) -> Op {
        self.x = self.x & !(3 << 2) | (kind as u16) << 2;
        self.b = value;
        self
    }

    /// Sets operand `c`.
    pub const fn with_c(mut self, kind: Kind, value: u32) -> Op {
        self.x = self.x & !(3 << 4) | (kind as u16) << 4;
        self.c = value;
        self
    }

    /// Adds flag bits.
    pub const fn with_flags(mut self, flags: u16) -> Op {
        self.x |= flags << FLAG_SHIFT;
        self
    }
}
