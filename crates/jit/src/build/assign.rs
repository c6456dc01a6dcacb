//! Assignments, copies, increments.

use super::op::{Done, Ins};
use super::state::{Kind, Slot, State};
use super::{Builder, Stop};
use crate::ir::{Inst, IntOp, Ty};
use crate::types::{FLOAT, slot_index};
use phalanx_bytecode::Kind as Operand;
use phalanx_bytecode::flags::BinOp;

impl Builder<'_> {
    /// The value of an operand to be moved or copied: a scalar, or a temporary's in its two words.
    fn movable(
        &mut self,
        state: &mut State,
        at: u32,
        kind: Operand,
        operand: u32,
        mask: u16,
    ) -> Result<Option<Kind>, Stop> {
        if let Some(scalar) = self.scalar(state, at, kind, operand, mask)? {
            return Ok(Some(scalar));
        }
        if kind != Operand::Tmp {
            return Ok(None);
        }
        let slot = state.top().slots[slot_index(operand)];
        Ok(matches!(slot.kind, Kind::Boxed(..)).then_some(slot.kind))
    }

    pub(super) fn copy(
        &mut self,
        ins: Ins,
        kind: Operand,
        operand: u32,
        takes: bool,
        state: &mut State,
    ) -> Result<Done, Stop> {
        let value = if takes {
            self.movable(state, ins.at, kind, operand, ins.seen.a)?
        } else {
            self.scalar(state, ins.at, kind, operand, ins.seen.a)?
        };
        let Some(value) = value else { return Ok(Done::No) };
        self.free_result(state, ins.op, ins.seen.old)?;
        if takes {
            self.take(state, kind, operand);
        }
        self.set_result(state, ins.op, value);
        Ok(Done::Next)
    }

    pub(super) fn free_operand(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let index = slot_index(ins.op.a);
        let kind = state.top().slots[index].kind;
        match kind {
            Kind::Boxed(payload, second) => self.release_words(payload, second),
            Kind::Mem | Kind::Array(..)
                if self.scalar(state, ins.at, ins.op.kind_a(), ins.op.a, ins.seen.a)?.is_none() =>
            {
                return Ok(Done::No);
            }
            _ => {}
        }
        self.take(state, ins.op.kind_a(), ins.op.a);
        Ok(Done::Next)
    }

    pub(super) fn assign(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let op = ins.op;
        let Some(value) = self.movable(state, ins.at, op.kind_b(), op.b, ins.seen.b)? else {
            return Ok(Done::No);
        };
        if op.kind_c() != Operand::None && !value.is_scalar() {
            return Ok(Done::No);
        }
        let index = slot_index(op.a);
        self.free(state, index, ins.seen.a)?;
        self.free_result(state, op, ins.seen.old)?;
        self.take(state, op.kind_b(), op.b);
        state.top_mut().slots[index] = Slot::dirty(value);
        self.set_result(state, op, value);
        Ok(Done::Next)
    }

    pub(super) fn assign_op(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let (op, seen) = (ins.op, ins.seen);
        let Some(a) = self.scalar(state, ins.at, op.kind_a(), op.a, seen.a)? else { return Ok(Done::No) };
        let Some(b) = self.scalar(state, ins.at, op.kind_b(), op.b, seen.b)? else { return Ok(Done::No) };
        let overflows = seen.after & FLOAT != 0 && (seen.a | seen.b) & FLOAT == 0;
        let Some(value) = self.arithmetic(BinOp::from_flags(op.flags()), a, b, overflows)? else {
            return Ok(Done::No);
        };
        self.free_result(state, op, seen.old)?;
        self.take(state, op.kind_b(), op.b);
        state.top_mut().slots[slot_index(op.a)] = Slot::dirty(value);
        self.set_result(state, op, value);
        Ok(Done::Next)
    }

    /// `++` and `--`: the result is the new value or the old one.
    pub(super) fn step(&mut self, by: i64, new: bool, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let (op, seen) = (ins.op, ins.seen);
        let a = self.scalar(state, ins.at, op.kind_a(), op.a, seen.a)?;
        let Some(old @ Kind::Int(val)) = a else { return Ok(Done::No) };
        if seen.after & FLOAT != 0 && seen.a & FLOAT == 0 {
            return Ok(Done::No);
        }
        let snap = self.exit_here()?;
        let by = self.int(by);
        let sum = Kind::Int(self.push(Inst::Checked(IntOp::Add, val, by, snap), Ty::Int));
        self.free_result(state, op, seen.old)?;
        state.top_mut().slots[slot_index(op.a)] = Slot::dirty(sum);
        self.set_result(state, op, if new { sum } else { old });
        Ok(Done::Next)
    }
}
