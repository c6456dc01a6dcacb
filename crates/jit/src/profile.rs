//! What was seen of a loop: which instructions ran, which followed which, what their operands held.

use phalanx_bytecode::Op;
use phalanx_bytecode::spec::base_of;
use phalanx_bytecode::table::Opcode;
use phalanx_bytecode::unit::FuncProto;

/// What was seen of one instruction. Masks have the bit of each tag's number.
#[derive(Clone, Debug, Default)]
pub(crate) struct OpProfile {
    /// Whether it ran.
    pub seen: bool,
    /// Tags that operand a held before.
    pub a: u16,
    /// Tags that operand b held before.
    pub b: u16,
    /// Tags that operand c held before, if it is a variable.
    pub old: u16,
    /// Tags that the result had.
    pub c: u16,
    /// Tags that the variable a held afterwards.
    pub after: u16,
    /// Tags that the element held which an `ASSIGN_DIM_OP` changes.
    pub element: u16,
    /// Tags that the operand of its DATA held.
    pub data: u16,
    /// Whether operand a was an array with an index.
    pub hash: bool,
    /// Numbers of the instructions that followed.
    pub next: Vec<u32>,
}

/// What was seen of a loop.
pub(crate) struct Profile {
    pub proto: *const FuncProto,
    /// The first instruction of the loop.
    pub head: u32,
    /// Number of its trace site.
    pub site: u32,
    pub ops: Vec<OpProfile>,
    /// Whether variables may be reached by name: any call may change any of them.
    pub symbols: bool,
}

/// A function's instructions.
#[derive(Clone, Copy)]
pub(crate) struct Code<'u>(pub &'u [Op]);

impl Code<'_> {
    pub(crate) fn op(self, at: u32) -> Op {
        self.0[at as usize]
    }

    pub(crate) fn base(self, at: u32) -> Opcode {
        base_of(self.op(at).code)
    }

    /// The instruction behind `at`.
    pub(crate) fn behind(self, at: u32) -> u32 {
        at + if self.base(at).info().has_data() { 2 } else { 1 }
    }

    /// Where a jump operand leads.
    pub(crate) fn target(self, at: u32, distance: u32) -> u32 {
        (at as i32 + distance as i32 / size_of::<Op>() as i32) as u32
    }
}
