//! Where values are, and operands of instructions.

use super::alloc::Place;
use super::asm::{Alu, Gpr, Label, RAX, RBP, RCX, Rm, Xmm};
use super::live::Form;
use super::moves::Source;
use super::{Emit, SCRATCH};
use crate::ir::{Inst, Ty, Val};

impl Emit<'_> {
    pub(super) fn place(&self, val: Val) -> Option<Place> {
        self.places.of[self.live.root(val)?.0 as usize]
    }

    pub(super) fn stack(&self, word: u32) -> Rm {
        let above = 2 + self.places.saved.len() as i32 + word as i32;
        Rm::Mem(RBP, -8 * above)
    }

    pub(super) fn rm_of(&self, place: Place) -> Rm {
        match place {
            Place::Gpr(reg) => Rm::Gpr(reg),
            Place::Xmm(reg) => Rm::Xmm(reg),
            Place::Stack(word) => self.stack(word),
            Place::Args => Rm::Mem(RBP, -8),
        }
    }

    pub(super) fn number(&mut self, bits: u64) -> Label {
        *self.numbers.entry(bits).or_insert_with(|| self.asm.new_label())
    }

    /// What a constant is, floats by their bits.
    pub(super) fn constant(&self, val: Val) -> Option<i64> {
        match *self.func.inst(self.live.same(val)) {
            Inst::Int(int) => Some(int),
            Inst::Word(word) => Some(word as i64),
            Inst::Bool(truth) => Some(truth.into()),
            Inst::Float(float) => Some(float.to_bits() as i64),
            _ => None,
        }
    }

    pub(super) fn imm32(&self, val: Val) -> Option<i32> {
        self.constant(val).and_then(|int| i32::try_from(int).ok())
    }

    pub(super) fn source(&self, val: Val) -> Source {
        match (self.constant(val), self.place(val)) {
            (Some(bits), _) if self.func.ty(val) == Ty::Float => Source::Float(bits as u64),
            (Some(int), _) => Source::Int(int),
            (None, Some(place)) => Source::Place(place),
            // Nobody looks at it.
            (None, None) => Source::Int(0),
        }
    }

    /// An int as an operand; a number or a distance goes through the register.
    pub(super) fn rm(&mut self, val: Val, through: Gpr) -> Rm {
        let same = self.live.same(val);
        if let (Form::Folded, &Inst::Offset(..)) = (self.live.forms[same.0 as usize], self.func.inst(same)) {
            let from = self.memory(same, 0, through);
            self.asm.lea(through, from);
            return Rm::Gpr(through);
        }
        match self.source(val) {
            Source::Place(place) => self.rm_of(place),
            Source::Int(int) => {
                self.asm.mov_imm(through, int);
                Rm::Gpr(through)
            }
            Source::Float(bits) => {
                self.asm.mov_imm(through, bits as i64);
                Rm::Gpr(through)
            }
        }
    }

    /// An int in a register.
    pub(super) fn gpr(&mut self, val: Val, through: Gpr) -> Gpr {
        match self.rm(val, through) {
            Rm::Gpr(reg) => reg,
            other => {
                self.asm.mov(through, other);
                through
            }
        }
    }

    pub(super) fn load(&mut self, to: Gpr, val: Val) {
        match self.source(val) {
            Source::Int(int) => self.asm.mov_imm(to, int),
            Source::Float(bits) => self.asm.mov_imm(to, bits as i64),
            Source::Place(Place::Gpr(reg)) if reg == to => {}
            Source::Place(place) => {
                let from = self.rm_of(place);
                self.asm.mov(to, from);
            }
        }
    }

    /// The register that a result is computed in.
    pub(super) fn target(&self, val: Val) -> Gpr {
        match self.place(val) {
            Some(Place::Gpr(reg)) => reg,
            _ => RAX,
        }
    }

    /// Puts a result where it belongs.
    pub(super) fn put(&mut self, val: Val, from: Gpr) {
        match self.place(val) {
            Some(Place::Gpr(reg)) if reg == from => {}
            Some(Place::Gpr(reg)) => self.asm.mov(reg, Rm::Gpr(from)),
            Some(place) => {
                let to = self.rm_of(place);
                self.asm.store(to, from);
            }
            None => {}
        }
    }

    /// A float as an operand.
    pub(super) fn float_rm(&mut self, val: Val) -> Rm {
        match self.source(val) {
            Source::Place(place) => self.rm_of(place),
            Source::Float(bits) => Rm::At(self.number(bits)),
            Source::Int(int) => Rm::At(self.number(int as u64)),
        }
    }

    pub(super) fn float_target(&self, val: Val) -> Xmm {
        match self.place(val) {
            Some(Place::Xmm(reg)) => reg,
            _ => SCRATCH,
        }
    }

    pub(super) fn put_float(&mut self, val: Val, from: Xmm) {
        match self.place(val) {
            Some(Place::Xmm(reg)) if reg == from => {}
            Some(Place::Xmm(reg)) => self.asm.load_float(reg, Rm::Xmm(from)),
            Some(place) => {
                let to = self.rm_of(place);
                self.asm.store_float(to, from);
            }
            None => {}
        }
    }

    pub(super) fn load_float(&mut self, to: Xmm, val: Val) {
        match self.float_rm(val) {
            Rm::Xmm(reg) if reg == to => {}
            from => self.asm.load_float(to, from),
        }
    }

    /// The memory at a distance from an address.
    pub(super) fn memory(&mut self, mut base: Val, mut offset: i32, through: Gpr) -> Rm {
        while let (Form::Folded, &Inst::Offset(of, by)) =
            (self.live.forms[base.0 as usize], self.func.inst(base))
        {
            base = of;
            offset += by;
        }
        match (self.live.forms[base.0 as usize], self.func.inst(base)) {
            (Form::Folded, &Inst::Element(of, distance)) => match self.source(distance) {
                Source::Place(Place::Gpr(distance)) => Rm::Sum(self.gpr(of, through), distance, offset),
                Source::Int(distance) if i32::try_from(distance.saturating_add(offset.into())).is_ok() => {
                    Rm::Mem(self.gpr(of, through), distance as i32 + offset)
                }
                _ => {
                    self.load(through, of);
                    let distance = self.rm(distance, RCX);
                    self.asm.alu(Alu::Add, through, distance);
                    Rm::Mem(through, offset)
                }
            },
            _ => Rm::Mem(self.gpr(base, through), offset),
        }
    }
}
