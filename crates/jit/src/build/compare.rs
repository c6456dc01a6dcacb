//! Comparisons and jumps.

use super::op::{Done, Ins};
use super::state::{Kind, State};
use super::{Builder, Stop};
use crate::ir::{Blk, Cmp, Edge, End, Inst, Ty, Val, Vals};
use phalanx_bytecode::Kind as Operand;
use phalanx_bytecode::table::Opcode;
use phalanx_value::Tag;

/// The result of a comparison: computed, or known.
#[derive(Clone, Copy)]
enum Truth {
    Val(Val),
    Known(bool),
}

impl Builder<'_> {
    /// Whether a relation of two values holds; `strict` compares types too.
    fn relation(&mut self, cmp: Cmp, strict: bool, a: Kind, b: Kind) -> Option<Truth> {
        let bool_of =
            |this: &mut Self, cmp, a, b| Some(Truth::Val(this.push(Inst::IntCmp(cmp, a, b), Ty::Bool)));
        match (a, b) {
            (Kind::Int(a), Kind::Int(b)) => bool_of(self, cmp, a, b),
            (Kind::Float(a), Kind::Float(b)) => {
                Some(Truth::Val(self.push(Inst::FloatCmp(cmp, a, b), Ty::Bool)))
            }
            _ if strict && std::mem::discriminant(&a) != std::mem::discriminant(&b) => {
                Some(Truth::Known(cmp == Cmp::Ne))
            }
            (Kind::Int(a), Kind::Float(b)) => {
                let a = self.push(Inst::ToFloat(a), Ty::Float);
                Some(Truth::Val(self.push(Inst::FloatCmp(cmp, a, b), Ty::Bool)))
            }
            (Kind::Float(a), Kind::Int(b)) => {
                let b = self.push(Inst::ToFloat(b), Ty::Float);
                Some(Truth::Val(self.push(Inst::FloatCmp(cmp, a, b), Ty::Bool)))
            }
            (Kind::Bool(a), Kind::Bool(b)) if matches!(cmp, Cmp::Eq | Cmp::Ne) => {
                let a = self.push(Inst::BoolToInt(a), Ty::Int);
                let b = self.push(Inst::BoolToInt(b), Ty::Int);
                bool_of(self, cmp, a, b)
            }
            (Kind::Null, Kind::Null) if matches!(cmp, Cmp::Eq | Cmp::Ne) => {
                Some(Truth::Known(cmp == Cmp::Eq))
            }
            _ => None,
        }
    }

    fn both(&mut self, ins: Ins, state: &mut State) -> Result<Option<(Kind, Kind)>, Stop> {
        let Some(a) = self.scalar(state, ins.at, ins.op.kind_a(), ins.op.a, ins.seen.a)? else {
            return Ok(None);
        };
        let b = self.scalar(state, ins.at, ins.op.kind_b(), ins.op.b, ins.seen.b)?;
        Ok(b.map(|b| (a, b)))
    }

    fn bool_val(&mut self, truth: Truth) -> Val {
        match truth {
            Truth::Val(val) => val,
            Truth::Known(truth) => self.push(Inst::Bool(truth), Ty::Bool),
        }
    }

    pub(super) fn compare(
        &mut self,
        cmp: Cmp,
        strict: bool,
        ins: Ins,
        state: &mut State,
    ) -> Result<Done, Stop> {
        let Some((a, b)) = self.both(ins, state)? else { return Ok(Done::No) };
        let Some(truth) = self.relation(cmp, strict, a, b) else { return Ok(Done::No) };
        let val = self.bool_val(truth);
        self.free_result(state, ins.op, ins.seen.old)?;
        self.take_operands(state, ins.op);
        self.set_result(state, ins.op, Kind::Bool(val));
        Ok(Done::Next)
    }

    pub(super) fn jump_compare(
        &mut self,
        cmp: Cmp,
        wanted: bool,
        strict: bool,
        ins: Ins,
        state: &mut State,
    ) -> Result<Done, Stop> {
        let Some((a, b)) = self.both(ins, state)? else { return Ok(Done::No) };
        let Some(truth) = self.relation(cmp, strict, a, b) else { return Ok(Done::No) };
        let target = self.code_of(self.proto(state.top().ctx)).target(ins.at, ins.op.c);
        if target <= ins.at
            && let Truth::Val(_) = truth
        {
            // Here rather than on the way back, which is a single jump then.
            let before = self.before.clone();
            self.poll(ins.at, &before)?;
            self.polled = true;
        }
        self.take_operands(state, ins.op);
        self.branch(truth, wanted, target, ins.at + 1, state.clone(), state.clone())
    }

    /// Goes to `target` if the truth is as wanted, else to `behind`.
    fn branch(
        &mut self,
        truth: Truth,
        wanted: bool,
        target: u32,
        behind: u32,
        jump: State,
        fall: State,
    ) -> Result<Done, Stop> {
        let cond = match truth {
            Truth::Known(truth) => {
                let (to, state) = if truth == wanted { (target, jump) } else { (behind, fall) };
                self.go(to, state)?;
                return Ok(Done::Ended);
            }
            Truth::Val(cond) => cond,
        };
        let (then, other) = (self.func.new_block(), self.func.new_block());
        self.mark_cold(then, target, &jump);
        self.mark_cold(other, behind, &fall);
        let edge = |to| Edge { to, args: Vals::new() };
        self.end(match wanted {
            true => End::Branch(cond, edge(then), edge(other)),
            false => End::Branch(cond, edge(other), edge(then)),
        });
        for (block, to, state) in [(then, target, jump), (other, behind, fall)] {
            self.block = block;
            self.go(to, state)?;
            self.polled = false;
        }
        Ok(Done::Ended)
    }

    fn mark_cold(&mut self, block: Blk, to: u32, state: &State) {
        let proto = self.proto(state.top().ctx);
        let seen = self.is_known(proto, to);
        self.func.block_mut(block).cold = !seen;
    }

    /// The truth of a value.
    fn truth_of(&mut self, kind: Kind) -> Option<Truth> {
        Some(match kind {
            Kind::Bool(val) => Truth::Val(val),
            Kind::Int(val) => {
                let zero = self.int(0);
                Truth::Val(self.push(Inst::IntCmp(Cmp::Ne, val, zero), Ty::Bool))
            }
            Kind::Float(val) => {
                let zero = self.push(Inst::Float(0.0), Ty::Float);
                Truth::Val(self.push(Inst::FloatCmp(Cmp::Ne, val, zero), Ty::Bool))
            }
            Kind::Null => Truth::Known(false),
            _ => return None,
        })
    }

    pub(super) fn truth(&mut self, wanted: bool, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let a = self.scalar(state, ins.at, ins.op.kind_a(), ins.op.a, ins.seen.a)?;
        let Some(truth) = a.and_then(|a| self.truth_of(a)) else { return Ok(Done::No) };
        let mut val = self.bool_val(truth);
        if !wanted {
            val = self.push(Inst::Not(val), Ty::Bool);
        }
        self.free_result(state, ins.op, ins.seen.old)?;
        self.take_operands(state, ins.op);
        self.set_result(state, ins.op, Kind::Bool(val));
        Ok(Done::Next)
    }

    pub(super) fn jump_truth(&mut self, wanted: bool, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let a = self.scalar(state, ins.at, ins.op.kind_a(), ins.op.a, ins.seen.a)?;
        let Some(truth) = a.and_then(|a| self.truth_of(a)) else { return Ok(Done::No) };
        self.take_operands(state, ins.op);
        if matches!(ins.base, Opcode::JMP_Z_EX | Opcode::JMP_NZ_EX) && ins.op.kind_c() != Operand::None {
            self.free_result(state, ins.op, ins.seen.old)?;
            let val = self.bool_val(truth);
            self.set_result(state, ins.op, Kind::Bool(val));
        }
        let target = self.code_of(self.proto(state.top().ctx)).target(ins.at, ins.op.b);
        self.branch(truth, wanted, target, ins.at + 1, state.clone(), state.clone())
    }

    pub(super) fn type_check(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let a = self.scalar(state, ins.at, ins.op.kind_a(), ins.op.a, ins.seen.a)?;
        let tag = match a {
            Some(Kind::Int(_)) => Tag::Int,
            Some(Kind::Float(_)) => Tag::Float,
            Some(Kind::Null) => Tag::Null,
            _ => return Ok(Done::No),
        };
        let truth = self.push(Inst::Bool(ins.op.b & (1 << tag as u32) != 0), Ty::Bool);
        self.free_result(state, ins.op, ins.seen.old)?;
        self.take(state, ins.op.kind_a(), ins.op.a);
        self.set_result(state, ins.op, Kind::Bool(truth));
        Ok(Done::Next)
    }

    /// Leaves behind the instruction if what it released asks for attention.
    pub(super) fn attend(&mut self, next: u32, state: &State) -> Result<(), Stop> {
        if self.attention.is_empty() {
            return Ok(());
        }
        let snap = self.snapshot(state, next, crate::snapshot::POLL)?;
        for word in std::mem::take(&mut self.attention) {
            self.guard_word(word, 0, snap);
        }
        Ok(())
    }
}
