//! Instructions, one by one.

use super::alloc::Place;
use super::asm::{Alu, Cc, Gpr, Label, RAX, RCX, RDI, RDX, RSI, RSP, Rm, Sse};
use super::moves::{self, Move, Moves, Source};
use super::{Emit, SCRATCH};
use crate::ir::{Cmp, FloatOp, Inst, IntOp, Val, Width};

impl Emit<'_> {
    pub(super) fn inst(&mut self, val: Val) {
        match *self.func.inst(val) {
            Inst::Param
            | Inst::Int(_)
            | Inst::Word(_)
            | Inst::Float(_)
            | Inst::Bool(_)
            | Inst::IntToWord(_)
            | Inst::WordToInt(_)
            | Inst::BoolToInt(_)
            | Inst::Second(_) => {}
            Inst::IntOp(op, a, b) => self.int_op(val, op, a, b, None),
            Inst::Checked(op, a, b, snap) => {
                let exit = self.exit(snap);
                self.int_op(val, op, a, b, Some(exit));
            }
            Inst::FloatOp(op, a, b) => self.float_op(val, op, a, b),
            Inst::IntCmp(cmp, a, b) => {
                let cc = self.compare(cmp, a, b);
                let to = self.target(val);
                self.asm.set(cc, to);
                self.put(val, to);
            }
            Inst::FloatCmp(cmp, a, b) => self.float_cmp(val, cmp, a, b),
            Inst::Not(a) => {
                let to = self.target(val);
                self.load(to, a);
                self.asm.alu_imm(Alu::Xor, Rm::Gpr(to), 1);
                self.put(val, to);
            }
            Inst::ToFloat(a) => {
                let to = self.float_target(val);
                let from = self.rm(a, RAX);
                self.asm.int_to_float(to, from);
                self.put_float(val, to);
            }
            Inst::FloatToWord(a) => {
                let to = self.target(val);
                match self.float_rm(a) {
                    Rm::Xmm(from) => self.asm.bits_of_float(Rm::Gpr(to), from),
                    other => self.asm.mov(to, other),
                }
                self.put(val, to);
            }
            Inst::WordToFloat(a) => {
                let to = self.float_target(val);
                match self.rm(a, RAX) {
                    from @ Rm::Gpr(_) => self.asm.float_of_bits(to, from),
                    other => self.asm.load_float(to, other),
                }
                self.put_float(val, to);
            }
            Inst::Offset(a, by) => {
                let from = self.gpr(a, RAX);
                let to = self.target(val);
                self.asm.lea(to, Rm::Mem(from, by));
                self.put(val, to);
            }
            Inst::Element(base, distance) => {
                self.load(RAX, distance);
                let base = self.rm(base, RCX);
                self.asm.alu(Alu::Add, RAX, base);
                self.put(val, RAX);
            }
            Inst::Load(width, base, offset, _) => {
                let from = self.memory(base, offset, RAX);
                if width == Width::Float {
                    let to = self.float_target(val);
                    self.asm.load_float(to, from);
                    return self.put_float(val, to);
                }
                let to = self.target(val);
                match width {
                    Width::Byte => self.asm.load8(to, from),
                    Width::Half => self.asm.load32(to, from),
                    Width::Word | Width::Float => self.asm.mov(to, from),
                }
                self.put(val, to);
            }
            Inst::Store(width, base, offset, what, _) => self.store(width, base, offset, what),
            Inst::Guard(cond, wanted, snap) => {
                let exit = self.exit(snap);
                self.jump_if(cond, !wanted, exit);
            }
            Inst::Call(helper, ref args) => {
                let registers = [RSI, RDX, RCX, Gpr(8)];
                let moves = registers.into_iter().zip(args);
                let moves = moves.map(|(reg, &arg)| (Place::Gpr(reg), self.source(arg))).collect();
                self.moves_of_call(moves);
                self.asm.mov_imm(RAX, helper.address() as i64);
                self.asm.call(RAX);
                self.put(val, RAX);
            }
            Inst::CallCode(entry, frame) => {
                let moves = [(RDX, entry), (RSI, frame)];
                let moves = moves.into_iter().map(|(reg, arg)| (Place::Gpr(reg), self.source(arg))).collect();
                self.moves_of_call(moves);
                self.asm.call(RDX);
                self.put(val, RAX);
                if let Some(second) = self.live.seconds[val.0 as usize] {
                    self.put(second, RDX);
                }
            }
            Inst::Poll(word, snap) => {
                let exit = self.exit(snap);
                let word = self.memory(word, 0, RAX);
                self.asm.cmp32_imm8(word, 0);
                self.asm.jump_if(Cc::NotEqual, exit);
            }
            Inst::StackPointer => {
                let to = self.target(val);
                self.asm.mov(to, Rm::Gpr(RSP));
                self.put(val, to);
            }
        }
    }

    /// Passes arguments in registers, and what code is called with in the first one.
    pub(super) fn moves_of_call(&mut self, moves: Moves) {
        for step in moves::order(moves) {
            match step {
                Move::To(Place::Gpr(to), Source::Place(from)) => {
                    let from = self.rm_of(from);
                    match from {
                        Rm::Xmm(from) => self.asm.bits_of_float(Rm::Gpr(to), from),
                        from => self.asm.mov(to, from),
                    }
                }
                Move::To(Place::Gpr(to), Source::Int(int)) => self.asm.mov_imm(to, int),
                Move::To(Place::Gpr(to), Source::Float(bits)) => self.asm.mov_imm(to, bits as i64),
                Move::Aside(from, _) => {
                    let from = self.rm_of(from);
                    self.asm.mov(RAX, from);
                }
                Move::Back(_, Place::Gpr(to)) => self.asm.mov(to, Rm::Gpr(RAX)),
                Move::To(..) | Move::Back(..) => {}
            }
        }
        self.args(RDI);
    }

    pub(super) fn int_op(&mut self, val: Val, op: IntOp, a: Val, b: Val, exit: Option<Label>) {
        let to = self.target(val);
        match op {
            IntOp::Shl | IntOp::Shr => {
                let by = self.constant(b).map(|by| by as u8 & 63);
                let work = if by.is_some() { to } else { RAX };
                if by.is_none() {
                    self.load(RCX, b);
                }
                self.load(work, a);
                match op {
                    IntOp::Shl => self.asm.shl(work, by),
                    _ => self.asm.sar(work, by),
                }
                return self.put(val, work);
            }
            IntOp::Rem => {
                self.load(RAX, a);
                let by = self.rm(b, RCX);
                self.asm.idiv(by);
                return self.put(val, RDX);
            }
            _ => {}
        }
        let is_in = |val: Val| self.place(val) == Some(Place::Gpr(to));
        let swaps = op != IntOp::Sub;
        let (a, b) = if swaps && (self.constant(a).is_some() || is_in(b)) { (b, a) } else { (a, b) };
        // The second operand must not be overwritten by the first one.
        let work = if is_in(b) && !is_in(a) { RAX } else { to };
        match (op, self.imm32(b)) {
            (IntOp::Mul, Some(imm)) => {
                let a = self.rm(a, RAX);
                self.asm.imul_imm(work, a, imm);
            }
            (IntOp::Add, Some(imm)) if exit.is_none() && !is_in(a) => {
                let a = self.gpr(a, RAX);
                self.asm.lea(work, Rm::Mem(a, imm));
            }
            (_, imm) => {
                self.load(work, a);
                let alu = match op {
                    IntOp::Sub => Alu::Sub,
                    IntOp::And => Alu::And,
                    IntOp::Or => Alu::Or,
                    IntOp::Xor => Alu::Xor,
                    _ => Alu::Add,
                };
                match imm {
                    Some(imm) => self.asm.alu_imm(alu, Rm::Gpr(work), imm),
                    None => {
                        let b = self.rm(b, RCX);
                        match op {
                            IntOp::Mul => self.asm.imul(work, b),
                            _ => self.asm.alu(alu, work, b),
                        }
                    }
                }
            }
        }
        if let Some(exit) = exit {
            self.asm.jump_if(Cc::Overflow, exit);
        }
        self.put(val, work);
    }

    pub(super) fn float_op(&mut self, val: Val, op: FloatOp, a: Val, b: Val) {
        let to = self.float_target(val);
        let is_in = |val: Val| self.place(val) == Some(Place::Xmm(to));
        let swaps = matches!(op, FloatOp::Add | FloatOp::Mul);
        let (a, b) = if swaps && is_in(b) { (b, a) } else { (a, b) };
        let work = if is_in(b) && !is_in(a) { SCRATCH } else { to };
        self.load_float(work, a);
        let b = self.float_rm(b);
        let op = match op {
            FloatOp::Add => Sse::Add,
            FloatOp::Sub => Sse::Sub,
            FloatOp::Mul => Sse::Mul,
            FloatOp::Div => Sse::Div,
        };
        self.asm.sse(op, work, b);
        self.put_float(val, work);
    }

    pub(super) fn float_cmp(&mut self, val: Val, cmp: Cmp, a: Val, b: Val) {
        let to = self.target(val);
        if matches!(cmp, Cmp::Eq | Cmp::Ne) {
            self.ucomisd(a, b);
            let (ordered, equal, both) = match cmp {
                Cmp::Eq => (Cc::NoParity, Cc::Equal, Alu::And),
                _ => (Cc::Parity, Cc::NotEqual, Alu::Or),
            };
            self.asm.set(ordered, RCX);
            self.asm.set(equal, RAX);
            self.asm.alu(both, RAX, Rm::Gpr(RCX));
            return self.put(val, RAX);
        }
        let cc = self.compare_floats(cmp, a, b);
        self.asm.set(cc, to);
        self.put(val, to);
    }

    pub(super) fn store(&mut self, width: Width, base: Val, offset: i32, what: Val) {
        let to = self.memory(base, offset, RAX);
        if let (Width::Byte | Width::Half | Width::Word, Some(imm)) = (width, self.imm32(what)) {
            return match width {
                Width::Byte => self.asm.store8_imm(to, imm as u8),
                Width::Half => self.asm.store32_imm(to, imm),
                _ => self.asm.store_imm(to, imm),
            };
        }
        if width == Width::Float {
            let from = match self.float_rm(what) {
                Rm::Xmm(reg) => reg,
                other => {
                    self.asm.load_float(SCRATCH, other);
                    SCRATCH
                }
            };
            return self.asm.store_float(to, from);
        }
        let from = self.gpr(what, RCX);
        match width {
            Width::Byte => self.asm.store8(to, from),
            Width::Half => self.asm.store32(to, from),
            Width::Word | Width::Float => self.asm.store(to, from),
        }
    }
}
