//! The native frame, and moves between places.

use super::alloc::Place;
use super::asm::{Alu, Gpr, RAX, RBP, RDI, RDX, RSI, RSP, Rm};
use super::moves::{self, Move, Moves, Source};
use super::{ASIDE, Emit};
use crate::ir::Blk;

impl Emit<'_> {
    pub(super) fn prologue(&mut self) {
        self.asm.push(RBP);
        self.asm.mov(RBP, Rm::Gpr(RSP));
        self.asm.push(RDI);
        for reg in self.places.saved.clone() {
            self.asm.push(reg);
        }
        let pushed = 1 + self.places.saved.len() as i32;
        let words = self.places.words as i32;
        let size = 8 * (words + (pushed + words) % 2);
        if size != 0 {
            self.asm.alu_imm(Alu::Sub, Rm::Gpr(RSP), size);
        }
        let params = &self.func.block(Blk(0)).params;
        let given = params.iter().zip([RDI, RSI, RDX]);
        let moves = given
            .filter_map(|(&param, reg)| Some((self.place(param)?, Source::Place(Place::Gpr(reg)))))
            .filter(|&(to, _)| to != Place::Args)
            .collect();
        self.moves(moves);
    }

    /// Returns what is in RAX and RDX.
    pub(super) fn epilogue(&mut self) {
        for (index, reg) in self.places.saved.clone().into_iter().enumerate() {
            self.asm.mov(reg, Rm::Mem(RBP, -8 * (2 + index as i32)));
        }
        self.asm.leave_and_return();
    }

    pub(super) fn args(&mut self, to: Gpr) {
        self.asm.mov(to, Rm::Mem(RBP, -8));
    }

    pub(super) fn moves(&mut self, all: Moves) {
        for step in moves::order(all) {
            match step {
                Move::To(Place::Gpr(to), Source::Place(from)) => {
                    let from = self.rm_of(from);
                    self.asm.mov(to, from);
                }
                Move::To(Place::Gpr(to), Source::Int(int)) => self.asm.mov_imm(to, int),
                Move::To(Place::Gpr(to), Source::Float(bits)) => self.asm.mov_imm(to, bits as i64),
                Move::To(Place::Xmm(to), Source::Place(from)) => {
                    let from = self.rm_of(from);
                    self.asm.load_float(to, from);
                }
                Move::To(Place::Xmm(to), Source::Float(bits)) => {
                    let from = Rm::At(self.number(bits));
                    self.asm.load_float(to, from);
                }
                Move::To(Place::Xmm(to), Source::Int(int)) => {
                    let from = Rm::At(self.number(int as u64));
                    self.asm.load_float(to, from);
                }
                Move::To(to @ (Place::Stack(_) | Place::Args), from) => {
                    let to = self.rm_of(to);
                    self.move_to_memory(to, from);
                }
                Move::Aside(from, to) => {
                    let is_float = is_float(from) || is_float(to);
                    let from = self.rm_of(from);
                    if is_float { self.asm.load_float(ASIDE, from) } else { self.asm.mov(RDX, from) }
                }
                Move::Back(from, to) => {
                    let is_float = is_float(from) || is_float(to);
                    match (to, is_float) {
                        (Place::Xmm(to), _) => self.asm.load_float(to, Rm::Xmm(ASIDE)),
                        (to, true) => self.asm.store_float(self.rm_of(to), ASIDE),
                        (to, false) => self.asm.store(self.rm_of(to), RDX),
                    }
                }
            }
        }
    }

    pub(super) fn move_to_memory(&mut self, to: Rm, from: Source) {
        match from {
            Source::Place(Place::Gpr(from)) => self.asm.store(to, from),
            Source::Place(Place::Xmm(from)) => self.asm.store_float(to, from),
            Source::Place(from @ (Place::Stack(_) | Place::Args)) => {
                let from = self.rm_of(from);
                self.asm.mov(RAX, from);
                self.asm.store(to, RAX);
            }
            Source::Int(int) => match i32::try_from(int) {
                Ok(int) => self.asm.store_imm(to, int),
                Err(_) => {
                    self.asm.mov_imm(RAX, int);
                    self.asm.store(to, RAX);
                }
            },
            Source::Float(bits) => {
                self.asm.mov_imm(RAX, bits as i64);
                self.asm.store(to, RAX);
            }
        }
    }
}

fn is_float(place: Place) -> bool {
    matches!(place, Place::Xmm(_))
}
