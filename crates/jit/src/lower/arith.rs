//! Arithmetic on ints and floats, as the interpreter's fast ways do it; what they leave to the slow way is an exit.

use super::Lower;
use crate::plan::Src;
use crate::types::{State, Ty};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, Value, types};
use phalanx_bytecode::flags::BinOp;

impl Lower<'_, '_> {
    /// The result of an operation of two numbers.
    pub(super) fn binary(&mut self, op: BinOp, a: Src, b: Src, at: u32, state: &State) -> Value {
        if a.ty() == Ty::Float || b.ty() == Ty::Float {
            let (x, y) = (self.float(a), self.float(b));
            return self.float_op(op, x, y, at, state);
        }
        let swap = matches!((op, a, b), (BinOp::Add | BinOp::Mul, Src::Int(_), Src::Slot(..)));
        let (a, b) = if swap { (b, a) } else { (a, b) };
        let (x, y) = (self.int(a), self.int(b));
        let known = if let Src::Int(int) = b { Some(int) } else { None };
        self.int_op(op, x, y, known, at, state)
    }

    /// The result of an operation with a known number that cannot overflow if the other operand is in a range: that
    /// is one comparison, where the flag of an addition costs three instructions.
    fn ranged(&mut self, op: BinOp, x: Value, by: i64, at: u32, state: &State) -> Option<Value> {
        let (low, high) = match op {
            BinOp::Add => (i64::MIN.checked_sub(by.min(0))?, i64::MAX.checked_sub(by.max(0))?),
            BinOp::Sub => (i64::MIN.checked_add(by.max(0))?, i64::MAX.checked_add(by.min(0))?),
            BinOp::Mul if by > 0 => (i64::MIN / by, i64::MAX / by),
            _ => return None,
        };
        let fits = if low == i64::MIN {
            self.is(IntCC::SignedLessThanOrEqual, x, high)
        } else if high == i64::MAX {
            self.is(IntCC::SignedGreaterThanOrEqual, x, low)
        } else {
            let base = self.imm(low);
            let above = self.b.ins().isub(x, base);
            self.is(IntCC::UnsignedLessThanOrEqual, above, high.wrapping_sub(low))
        };
        let exit = self.exit_at(at, state);
        self.guard(fits, exit);
        let by = self.imm(by);
        Some(match op {
            BinOp::Add => self.b.ins().iadd(x, by),
            BinOp::Sub => self.b.ins().isub(x, by),
            _ => self.b.ins().imul(x, by),
        })
    }

    /// The result of an operation of two floats.
    pub(super) fn float_op(&mut self, op: BinOp, x: Value, y: Value, at: u32, state: &State) -> Value {
        match op {
            BinOp::Sub => self.b.ins().fsub(x, y),
            BinOp::Mul => self.b.ins().fmul(x, y),
            BinOp::Div => {
                let zero = self.b.ins().f64const(0.0);
                let fits = self.b.ins().fcmp(FloatCC::NotEqual, y, zero);
                let exit = self.exit_at(at, state);
                self.guard(fits, exit);
                self.b.ins().fdiv(x, y)
            }
            _ => self.b.ins().fadd(x, y),
        }
    }

    /// The result of an operation of two ints, the second of which may be known.
    pub(super) fn int_op(
        &mut self,
        op: BinOp,
        x: Value,
        y: Value,
        known: Option<i64>,
        at: u32,
        state: &State,
    ) -> Value {
        match op {
            BinOp::BitAnd => self.b.ins().band(x, y),
            BinOp::BitOr => self.b.ins().bor(x, y),
            BinOp::BitXor => self.b.ins().bxor(x, y),
            BinOp::Shl | BinOp::Shr => {
                if !known.is_some_and(|by| (0..64).contains(&by)) {
                    let fits = self.is(IntCC::UnsignedLessThanOrEqual, y, 63);
                    let exit = self.exit_at(at, state);
                    self.guard(fits, exit);
                }
                if op == BinOp::Shl { self.b.ins().ishl(x, y) } else { self.b.ins().sshr(x, y) }
            }
            BinOp::Div | BinOp::Mod => {
                self.guard_positive(y, known, at, state);
                if op == BinOp::Mod {
                    return self.b.ins().srem(x, y);
                }
                let quotient = self.b.ins().sdiv(x, y);
                let product = self.b.ins().imul(quotient, y);
                let exact = self.b.ins().icmp(IntCC::Equal, product, x);
                let exit = self.exit_at(at, state);
                self.guard(exact, exit);
                quotient
            }
            _ => {
                if let Some(result) = known.and_then(|by| self.ranged(op, x, by, at, state)) {
                    return result;
                }
                let (result, overflow) = match op {
                    BinOp::Sub => self.b.ins().ssub_overflow(x, y),
                    BinOp::Mul => self.b.ins().smul_overflow(x, y),
                    _ => self.b.ins().sadd_overflow(x, y),
                };
                let exit = self.exit_at(at, state);
                self.guard_not(overflow, exit);
                result
            }
        }
    }

    fn guard_positive(&mut self, y: Value, known: Option<i64>, at: u32, state: &State) {
        if known.is_none_or(|by| by <= 0) {
            let fits = self.is(IntCC::SignedGreaterThan, y, 0);
            let exit = self.exit_at(at, state);
            self.guard(fits, exit);
        }
    }

    /// The quotient, a float, of two ints that do not divide.
    pub(super) fn divide_inexact(&mut self, a: Src, b: Src, at: u32, state: &State) -> Value {
        let (x, y) = (self.int(a), self.int(b));
        self.guard_positive(y, if let Src::Int(int) = b { Some(int) } else { None }, at, state);
        let rest = self.b.ins().srem(x, y);
        let exit = self.exit_at(at, state);
        self.guard(rest, exit);
        let (x, y) = (self.b.ins().fcvt_from_sint(types::F64, x), self.b.ins().fcvt_from_sint(types::F64, y));
        self.b.ins().fdiv(x, y)
    }

    /// `old + by`.
    pub(super) fn step(&mut self, old: Value, by: i64, at: u32, state: &State) -> Value {
        let number = self.imm(by);
        self.int_op(BinOp::Add, old, number, Some(by), at, state)
    }
}
