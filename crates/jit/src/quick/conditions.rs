//! Comparisons, and jumps by what they say.

use super::asm::{Alu, Cc, Label, RAX, RCX, Rm};
use super::live::Form;
use super::{Emit, SCRATCH};
use crate::ir::{Cmp, Inst, Val};

impl Emit<'_> {
    /// Jumps if a condition is as wanted.
    pub(super) fn jump_if(&mut self, cond: Val, wanted: bool, to: Label) {
        if self.live.forms[cond.0 as usize] == Form::Folded {
            match *self.func.inst(cond) {
                Inst::Not(inner) => return self.jump_if(inner, !wanted, to),
                Inst::IntCmp(cmp, a, b) => {
                    let cc = self.compare(cmp, a, b);
                    return self.asm.jump_if(if wanted { cc } else { cc.opposite() }, to);
                }
                Inst::FloatCmp(cmp, a, b) => return self.jump_if_float(cmp, a, b, wanted, to),
                _ => {}
            }
        }
        match self.rm(cond, RAX) {
            Rm::Gpr(reg) => self.asm.test(reg, reg),
            other => self.asm.alu_imm(Alu::Cmp, other, 0),
        }
        self.asm.jump_if(if wanted { Cc::NotEqual } else { Cc::Equal }, to);
    }

    /// Compares ints; gives the condition that stands for the relation.
    pub(super) fn compare(&mut self, cmp: Cmp, a: Val, b: Val) -> Cc {
        let (cmp, a, b) = match (self.constant(a), cmp.swapped()) {
            (Some(_), Some(swapped)) => (swapped, b, a),
            _ => (cmp, a, b),
        };
        let folded = self.live.same(a);
        match self.imm32(b) {
            Some(imm) if self.live.forms[folded.0 as usize] == Form::Folded => {
                self.compare_folded(folded, imm);
            }
            Some(imm) => match self.rm(a, RAX) {
                Rm::Gpr(reg) if imm == 0 => self.asm.test(reg, reg),
                a => self.asm.alu_imm(Alu::Cmp, a, imm),
            },
            None => {
                let a = self.gpr(a, RAX);
                let b = self.rm(b, RCX);
                self.asm.alu(Alu::Cmp, a, b);
            }
        }
        match cmp {
            Cmp::Eq => Cc::Equal,
            Cmp::Ne => Cc::NotEqual,
            Cmp::Lt => Cc::Less,
            Cmp::Le => Cc::LessEqual,
            Cmp::Gt => Cc::Greater,
            Cmp::Ge => Cc::GreaterEqual,
            Cmp::Below => Cc::Below,
        }
    }

    /// Compares a byte in memory or of a value, or tests bits, which are compared with 0.
    pub(super) fn compare_folded(&mut self, val: Val, with: i32) {
        let (of, bits) = match *self.func.inst(val) {
            Inst::IntOp(_, a, bits) => (self.live.same(a), self.imm32(bits)),
            _ => (val, None),
        };
        let byte = match *self.func.inst(of) {
            Inst::Load(_, base, offset, _) if self.live.forms[of.0 as usize] == Form::Folded => {
                Some(self.memory(base, offset, RAX))
            }
            _ => None,
        };
        match (byte, bits) {
            (Some(byte), None) => self.asm.cmp8_imm(byte, with as u8),
            (Some(byte), Some(bits)) => self.asm.test8_imm(byte, bits as u8),
            (None, Some(0xff)) => {
                let of = self.gpr(of, RAX);
                self.asm.cmp8_imm(Rm::Gpr(of), with as u8);
            }
            (None, bits) => {
                let of = self.rm(of, RAX);
                self.asm.test_imm(of, bits.unwrap_or(-1));
            }
        }
    }

    /// Compares floats so that a condition that is false when they are not ordered stands for the relation. Not for `Eq` and `Ne`.
    pub(super) fn compare_floats(&mut self, cmp: Cmp, a: Val, b: Val) -> Cc {
        let (cc, a, b) = match cmp {
            Cmp::Lt | Cmp::Below => (Cc::Above, b, a),
            Cmp::Le => (Cc::AboveEqual, b, a),
            Cmp::Ge => (Cc::AboveEqual, a, b),
            _ => (Cc::Above, a, b),
        };
        self.ucomisd(a, b);
        cc
    }

    pub(super) fn ucomisd(&mut self, a: Val, b: Val) {
        let reg = match self.float_rm(a) {
            Rm::Xmm(reg) => reg,
            other => {
                self.asm.load_float(SCRATCH, other);
                SCRATCH
            }
        };
        let b = self.float_rm(b);
        self.asm.ucomisd(reg, b);
    }

    pub(super) fn jump_if_float(&mut self, cmp: Cmp, a: Val, b: Val, wanted: bool, to: Label) {
        if !matches!(cmp, Cmp::Eq | Cmp::Ne) {
            let cc = self.compare_floats(cmp, a, b);
            return self.asm.jump_if(if wanted { cc } else { cc.opposite() }, to);
        }
        self.ucomisd(a, b);
        // Whether the jump is taken where they are equal, which not ordered ones are not.
        if (cmp == Cmp::Eq) == wanted {
            let past = self.asm.new_label();
            self.asm.jump_if(Cc::Parity, past);
            self.asm.jump_if(Cc::Equal, to);
            self.asm.bind(past);
        } else {
            self.asm.jump_if(Cc::Parity, to);
            self.asm.jump_if(Cc::NotEqual, to);
        }
    }
}
