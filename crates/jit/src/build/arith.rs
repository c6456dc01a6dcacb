//! Arithmetic on ints and floats, casts.

use super::op::{Done, Ins};
use super::state::{Kind, State};
use super::{Builder, Stop};
use crate::ir::{Cmp, FloatOp, Inst, IntOp, Ty, Val};
use crate::runtime::Helper;
use crate::types::FLOAT;
use phalanx_bytecode::flags::{BinOp, op as flag};

impl Builder<'_> {
    pub(super) fn binary(&mut self, op: BinOp, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let seen = ins.seen;
        let Some(a) = self.scalar(state, ins.at, ins.op.kind_a(), ins.op.a, seen.a)? else {
            return Ok(Done::No);
        };
        let Some(b) = self.scalar(state, ins.at, ins.op.kind_b(), ins.op.b, seen.b)? else {
            return Ok(Done::No);
        };
        // A float of two ints came of an overflow, unless the operands were floats at times.
        let overflows = seen.c & FLOAT != 0 && (seen.a | seen.b) & FLOAT == 0;
        let Some(result) = self.arithmetic(op, a, b, overflows)? else { return Ok(Done::No) };
        self.free_result(state, ins.op, seen.old)?;
        self.take_operands(state, ins.op);
        self.set_result(state, ins.op, result);
        Ok(Done::Next)
    }

    /// The result of an operation of two numbers; `overflows` says that ints were seen to give floats.
    pub(super) fn arithmetic(
        &mut self,
        op: BinOp,
        a: Kind,
        b: Kind,
        overflows: bool,
    ) -> Result<Option<Kind>, Stop> {
        if let (Kind::Int(a), Kind::Int(b)) = (a, b) {
            return self.int_arithmetic(op, a, b, overflows);
        }
        let (Some(left), Some(right)) = (self.as_float(a), self.as_float(b)) else { return Ok(None) };
        let float = match op {
            BinOp::Add => FloatOp::Add,
            BinOp::Sub => FloatOp::Sub,
            BinOp::Mul => FloatOp::Mul,
            BinOp::Div => {
                self.guard_divisor(right)?;
                FloatOp::Div
            }
            _ => return Ok(None),
        };
        Ok(Some(Kind::Float(self.push(Inst::FloatOp(float, left, right), Ty::Float))))
    }

    fn as_float(&mut self, kind: Kind) -> Option<Val> {
        match kind {
            Kind::Float(val) => Some(val),
            Kind::Int(val) => Some(self.push(Inst::ToFloat(val), Ty::Float)),
            _ => None,
        }
    }

    fn guard_divisor(&mut self, divisor: Val) -> Result<(), Stop> {
        let snap = self.exit_here()?;
        let zero = self.push(Inst::Float(0.0), Ty::Float);
        let is_zero = self.push(Inst::FloatCmp(Cmp::Eq, divisor, zero), Ty::Bool);
        self.guard(is_zero, false, snap);
        Ok(())
    }

    fn int_arithmetic(&mut self, op: BinOp, a: Val, b: Val, overflows: bool) -> Result<Option<Kind>, Stop> {
        let plain = |op| Inst::IntOp(op, a, b);
        let inst = match op {
            BinOp::Add | BinOp::Sub | BinOp::Mul => {
                if overflows {
                    return Ok(None);
                }
                let snap = self.exit_here()?;
                let op = match op {
                    BinOp::Add => IntOp::Add,
                    BinOp::Sub => IntOp::Sub,
                    _ => IntOp::Mul,
                };
                Inst::Checked(op, a, b, snap)
            }
            BinOp::Div => return self.divide(a, b, overflows),
            BinOp::Mod => {
                match self.func.as_int(b) {
                    Some(0 | -1) => return Ok(None),
                    Some(_) => {}
                    None => {
                        let snap = self.exit_here()?;
                        // Neither 0 nor -1.
                        let one = self.int(1);
                        let above = self.push(Inst::IntOp(IntOp::Add, b, one), Ty::Int);
                        let two = self.int(2);
                        let bad = self.push(Inst::IntCmp(Cmp::Below, above, two), Ty::Bool);
                        self.guard(bad, false, snap);
                    }
                }
                plain(IntOp::Rem)
            }
            BinOp::Shl | BinOp::Shr => {
                if !self.func.as_int(b).is_some_and(|by| (0..64).contains(&by)) {
                    let snap = self.exit_here()?;
                    let limit = self.int(64);
                    let fits = self.push(Inst::IntCmp(Cmp::Below, b, limit), Ty::Bool);
                    self.guard(fits, true, snap);
                }
                plain(if op == BinOp::Shl { IntOp::Shl } else { IntOp::Shr })
            }
            BinOp::BitAnd => plain(IntOp::And),
            BinOp::BitOr => plain(IntOp::Or),
            BinOp::BitXor => plain(IntOp::Xor),
            BinOp::Pow | BinOp::Concat => return Ok(None),
        };
        Ok(Some(Kind::Int(self.push(inst, Ty::Int))))
    }

    /// Of two ints: the quotient is a float, unless it is exact. `inexact` says that it never was.
    fn divide(&mut self, a: Val, b: Val, inexact: bool) -> Result<Option<Kind>, Stop> {
        if !inexact {
            return Ok(None);
        }
        let Some(divisor) = self.func.as_int(b).filter(|divisor| !matches!(divisor, 0 | -1)) else {
            return Ok(None);
        };
        let snap = self.exit_here()?;
        let rest = self.push(Inst::IntOp(IntOp::Rem, a, b), Ty::Int);
        let zero = self.int(0);
        let exact = self.push(Inst::IntCmp(Cmp::Eq, rest, zero), Ty::Bool);
        self.guard(exact, false, snap);
        let left = self.push(Inst::ToFloat(a), Ty::Float);
        let right = self.push(Inst::Float(divisor as f64), Ty::Float);
        Ok(Some(Kind::Float(self.push(Inst::FloatOp(FloatOp::Div, left, right), Ty::Float))))
    }

    pub(super) fn bit_not(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let a = self.scalar(state, ins.at, ins.op.kind_a(), ins.op.a, ins.seen.a)?;
        let Some(Kind::Int(val)) = a else { return Ok(Done::No) };
        let ones = self.int(-1);
        let result = self.push(Inst::IntOp(IntOp::Xor, val, ones), Ty::Int);
        self.free_result(state, ins.op, ins.seen.old)?;
        self.take_operands(state, ins.op);
        self.set_result(state, ins.op, Kind::Int(result));
        Ok(Done::Next)
    }

    pub(super) fn cast(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let Some(a) = self.scalar(state, ins.at, ins.op.kind_a(), ins.op.a, ins.seen.a)? else {
            return Ok(Done::No);
        };
        let result = match (ins.op.flags() & !flag::DEST_CV, a) {
            (flag::CAST_INT, Kind::Int(_))
            | (flag::CAST_FLOAT, Kind::Float(_))
            | (flag::CAST_BOOL, Kind::Bool(_)) => a,
            (flag::CAST_FLOAT, Kind::Int(val)) => Kind::Float(self.push(Inst::ToFloat(val), Ty::Float)),
            (flag::CAST_INT, Kind::Bool(val)) => Kind::Int(self.push(Inst::BoolToInt(val), Ty::Int)),
            (flag::CAST_INT, Kind::Float(val)) => {
                let bits = self.push(Inst::FloatToWord(val), Ty::Word);
                let int = self.call(Helper::FloatToInt, vec![bits]);
                Kind::Int(self.push(Inst::WordToInt(int), Ty::Int))
            }
            (flag::CAST_BOOL, Kind::Int(val)) => {
                let zero = self.int(0);
                Kind::Bool(self.push(Inst::IntCmp(Cmp::Ne, val, zero), Ty::Bool))
            }
            _ => return Ok(Done::No),
        };
        self.free_result(state, ins.op, ins.seen.old)?;
        self.take_operands(state, ins.op);
        self.set_result(state, ins.op, result);
        Ok(Done::Next)
    }
}
