//! Code that did not run while its loop was recorded, because it stands around the loop: taken in if it is simple.
//!
//! A loop in a loop is hot before the outer one is. Most of what stands around it counts and compares variables that keep
//! their types, so it is translated for the types that variables had at the head of the recorded loop; each is checked like
//! any other. What is not that simple leaves, and is recorded when that happens often.

use super::op::Ins;
use super::state::State;
use super::{Builder, Entry};
use crate::profile::OpProfile;
use crate::types::{BOOL, FLOAT, INT, slot_index};
use phalanx_bytecode::Kind as Operand;
use phalanx_bytecode::table::Opcode;
use phalanx_bytecode::unit::FuncProto;

impl Builder<'_> {
    /// Whether an instruction is translated: it was seen, or stands around the loop and is simple.
    pub(super) fn is_known(&self, proto: *const FuncProto, at: u32) -> bool {
        let Some(profile) = self.profile(proto) else { return false };
        let around =
            self.request.entry == Entry::Loop && std::ptr::eq(proto, self.request.proto) && !profile.symbols;
        profile.ops[at as usize].seen || around && is_simple(self.code_of(proto).base(at))
    }

    /// The instruction with what may be supposed of its operands, if it was not seen.
    pub(super) fn speculate(&self, mut ins: Ins, state: &State) -> Ins {
        if ins.seen.seen {
            return ins;
        }
        let proto = self.proto(state.top().ctx);
        let head = self.profile(proto).and_then(|profile| profile.loops.get(&self.request.at));
        let tags = |kind: Operand, operand: u32| match (kind, head) {
            (Operand::Cv, Some(head)) => head.tags[slot_index(operand)],
            _ => 0,
        };
        let number = |mask: u16| if matches!(mask, INT | FLOAT) || mask & !BOOL == 0 { mask } else { 0 };
        ins.seen = OpProfile {
            a: number(tags(ins.op.kind_a(), ins.op.a)),
            b: number(tags(ins.op.kind_b(), ins.op.b)),
            old: tags(ins.op.kind_c(), ins.op.c),
            ..OpProfile::default()
        };
        if ins.base == Opcode::ASSIGN {
            // What the variable held, which only has to be released.
            ins.seen.a = tags(ins.op.kind_a(), ins.op.a);
        }
        ins
    }
}

/// Whether an instruction only computes with numbers, assigns, compares or jumps.
fn is_simple(base: Opcode) -> bool {
    matches!(
        base,
        Opcode::NOP
            | Opcode::LOOP_HEAD
            | Opcode::JMP
            | Opcode::JMP_Z
            | Opcode::JMP_NZ
            | Opcode::JMP_LESS
            | Opcode::JMP_NOT_LESS
            | Opcode::JMP_LESS_EQUAL
            | Opcode::JMP_NOT_LESS_EQUAL
            | Opcode::ADD
            | Opcode::SUB
            | Opcode::MUL
            | Opcode::ASSIGN
            | Opcode::PRE_INC
            | Opcode::PRE_DEC
            | Opcode::POST_INC
            | Opcode::POST_DEC
            | Opcode::MOVE
            | Opcode::LESS
            | Opcode::LESS_EQUAL
            | Opcode::FREE
    )
}
