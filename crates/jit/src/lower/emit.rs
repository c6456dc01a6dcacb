//! Pieces that all instructions are made of: slots, guards, exits, ways from block to block.

use super::{Exit, Lower};
use crate::hooks::Args;
use crate::plan::Src;
use crate::types::{State, Ty};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Value, types};
use phalanx_bytecode::Op;
use phalanx_value::Tag;
use phalanx_value::layout::{VALUE_FLAGS, VALUE_TAG};
use phalanx_value::value::COUNTED;
use phalanx_vm::frame::slot_offset;
use std::mem::offset_of;

impl Lower<'_, '_> {
    /// Byte offset of a slot in the frame.
    pub(super) fn offset(index: usize) -> i32 {
        slot_offset(index as u32) as i32
    }

    pub(super) fn imm(&mut self, value: i64) -> Value {
        self.b.ins().iconst(types::I64, value)
    }

    /// Address of an instruction.
    pub(super) fn pc(&mut self, at: u32) -> Value {
        let address = self.code_base + at as usize * size_of::<Op>();
        self.imm(address as i64)
    }

    pub(super) fn load(&mut self, ty: types::Type, base: Value, offset: i32) -> Value {
        self.b.ins().load(ty, MemFlagsData::trusted(), base, offset)
    }

    /// A byte, in a word.
    pub(super) fn byte(&mut self, base: Value, offset: i32) -> Value {
        self.b.ins().uload8(types::I64, MemFlagsData::trusted(), base, offset)
    }

    /// Four bytes, in a word.
    pub(super) fn half(&mut self, base: Value, offset: i32) -> Value {
        self.b.ins().uload32(MemFlagsData::trusted(), base, offset)
    }

    pub(super) fn store(&mut self, value: Value, base: Value, offset: i32) {
        self.b.ins().store(MemFlagsData::trusted(), value, base, offset);
    }

    /// Compares a word with a number.
    pub(super) fn is(&mut self, cc: IntCC, value: Value, number: i64) -> Value {
        let number = self.imm(number);
        self.b.ins().icmp(cc, value, number)
    }

    /// Goes on only if the condition holds.
    pub(super) fn guard(&mut self, holds: Value, exit: Block) {
        let on = self.b.create_block();
        self.b.ins().brif(holds, on, &[], exit, &[]);
        self.b.switch_to_block(on);
        self.b.seal_block(on);
    }

    /// Goes on only if the condition does not hold.
    pub(super) fn guard_not(&mut self, fails: Value, exit: Block) {
        let on = self.b.create_block();
        self.b.ins().brif(fails, exit, &[], on, &[]);
        self.b.switch_to_block(on);
        self.b.seal_block(on);
    }

    /// Guards that the value at `base + offset` is of the type, and loads it.
    pub(super) fn load_value(&mut self, base: Value, offset: i32, ty: Ty, exit: Block) -> Option<Value> {
        let tag = self.byte(base, offset + VALUE_TAG as i32);
        let wanted = match ty {
            Ty::Int => Tag::Int,
            Ty::Float => Tag::Float,
            Ty::Null => Tag::Null,
            Ty::Bool => {
                let base = self.imm(Tag::False as i64);
                let truth = self.b.ins().isub(tag, base);
                let fits = self.is(IntCC::UnsignedLessThanOrEqual, truth, 1);
                self.guard(fits, exit);
                return Some(truth);
            }
            Ty::None | Ty::Mem | Ty::Packed => return None,
        };
        let fits = self.is(IntCC::Equal, tag, wanted as i64);
        self.guard(fits, exit);
        match ty {
            Ty::Int => Some(self.load(types::I64, base, offset)),
            Ty::Float => Some(self.load(types::F64, base, offset)),
            _ => None,
        }
    }

    /// Guards that the slot in memory is of the type, and loads it.
    pub(super) fn load_slot(&mut self, index: usize, ty: Ty, exit: Block) {
        let value = self.load_value(self.fp, Self::offset(index), ty, exit);
        self.define(index, ty, value);
    }

    /// Guards that the slot in memory holds nothing counted.
    pub(super) fn guard_free(&mut self, index: usize, exit: Block) {
        let flags = self.byte(self.fp, Self::offset(index) + VALUE_FLAGS as i32);
        let mask = self.imm(i64::from(COUNTED));
        let counted = self.b.ins().band(flags, mask);
        self.guard_not(counted, exit);
    }

    pub(super) fn define(&mut self, index: usize, ty: Ty, value: Option<Value>) {
        match (ty, value) {
            (Ty::Float, Some(value)) => self.b.def_var(self.floats[index], value),
            (Ty::Int | Ty::Bool, Some(value)) => self.b.def_var(self.ints[index], value),
            _ => {}
        }
    }

    /// The value of a slot in registers; null has none.
    pub(super) fn value(&mut self, index: usize, ty: Ty) -> Option<Value> {
        match ty {
            Ty::Float => Some(self.b.use_var(self.floats[index])),
            Ty::Int | Ty::Bool => Some(self.b.use_var(self.ints[index])),
            _ => None,
        }
    }

    /// The value of an operand.
    pub(super) fn source(&mut self, src: Src) -> Option<Value> {
        match src {
            Src::Slot(index, ty) => self.value(index, ty),
            Src::Int(int) => Some(self.imm(int)),
            Src::Float(float) => Some(self.b.ins().f64const(float)),
            Src::Bool(truth) => Some(self.imm(i64::from(truth))),
            Src::Null => None,
        }
    }

    /// Writes a value to `base + offset`.
    pub(super) fn write(&mut self, base: Value, offset: i32, ty: Ty, value: Option<Value>) {
        let meta = match (ty, value) {
            (Ty::Int, Some(value)) => {
                self.store(value, base, offset);
                self.imm(Tag::Int as i64)
            }
            (Ty::Float, Some(value)) => {
                self.store(value, base, offset);
                self.imm(Tag::Float as i64)
            }
            (Ty::Bool, Some(value)) => {
                let first = self.imm(Tag::False as i64);
                self.b.ins().iadd(value, first)
            }
            _ => self.imm(Tag::Null as i64),
        };
        self.store(meta, base, offset + VALUE_TAG as i32);
    }

    /// Writes everything that is only in registers to memory.
    pub(super) fn sync(&mut self, state: &State) {
        for (index, slot) in state.iter().enumerate() {
            if slot.dirty && slot.ty.is_known() {
                let value = self.value(index, slot.ty);
                self.write(self.fp, Self::offset(index), slot.ty, value);
            }
        }
    }

    /// A block that leaves the code for the interpreter to go on at `at`.
    pub(super) fn exit(&mut self, at: u32, state: &State, counted: bool) -> Block {
        let block = self.b.create_block();
        let mut stores = Vec::new();
        for (index, slot) in state.iter().enumerate() {
            if slot.dirty && slot.ty.is_known() {
                stores.push((index, slot.ty, self.value(index, slot.ty)));
            }
        }
        let inside = at >= self.region.head && at <= self.end;
        let number = self.number(counted && inside);
        self.exits.push(Exit { block, at, number, stores });
        block
    }

    /// The number of a new exit.
    pub(super) fn number(&mut self, counted: bool) -> u32 {
        self.counted.push(counted);
        self.counted.len() as u32 - 1
    }

    /// The exit before the instruction being lowered.
    pub(super) fn exit_at(&mut self, at: u32, state: &State) -> Block {
        if let Some(block) = self.exit_here {
            return block;
        }
        let block = self.exit(at, state, true);
        self.exit_here = Some(block);
        block
    }

    pub(super) fn set_exit(&mut self, number: u32) {
        let value = self.b.ins().iconst(types::I32, i64::from(number));
        self.store(value, self.args, offset_of!(Args, exit) as i32);
    }

    pub(super) fn finish_exits(&mut self) {
        for exit in std::mem::take(&mut self.exits) {
            self.b.switch_to_block(exit.block);
            self.b.set_cold_block(exit.block);
            for (index, ty, value) in exit.stores {
                self.write(self.fp, Self::offset(index), ty, value);
            }
            self.set_exit(exit.number);
            let pc = self.pc(exit.at);
            self.b.ins().return_(&[pc]);
        }
    }

    /// Goes to an instruction, from another one or from the entry; a way backward polls.
    pub(super) fn edge(&mut self, from: Option<u32>, to: u32, state: &State) {
        if from.is_some_and(|from| to <= from) {
            let interrupt = self.load(types::I32, self.interrupt, 0);
            let attention = self.load(types::I32, self.attention, 0);
            let raised = self.b.ins().bor(interrupt, attention);
            let exit = self.exit(to, state, false);
            self.guard_not(raised, exit);
        }
        let version = self.region.version(to, state);
        let found = version.and_then(|version| Some((version, *self.blocks.get(&(to, version))?)));
        let Some((version, block)) = found else {
            let exit = self.exit(to, state, true);
            self.b.ins().jump(exit, &[]);
            return;
        };
        let target = self.region.before[&to][version].clone();
        let mut exit = None;
        for (index, (slot, wanted)) in state.iter().zip(&target).enumerate() {
            if slot.ty == Ty::Mem && wanted.ty.is_known() {
                let exit = *exit.get_or_insert_with(|| self.exit(to, state, true));
                self.load_slot(index, wanted.ty, exit);
            }
        }
        for (index, (slot, wanted)) in state.iter().zip(&target).enumerate() {
            if slot.dirty && slot.ty.is_known() && wanted.ty == Ty::Mem {
                let value = self.value(index, slot.ty);
                self.write(self.fp, Self::offset(index), slot.ty, value);
            }
        }
        self.b.ins().jump(block, &[]);
    }

    /// Goes to one of two instructions.
    pub(super) fn branch(&mut self, condition: Value, at: u32, then: u32, other: u32, state: &State) {
        let (yes, no) = (self.b.create_block(), self.b.create_block());
        self.b.ins().brif(condition, yes, &[], no, &[]);
        for (block, to) in [(yes, then), (no, other)] {
            self.b.switch_to_block(block);
            self.b.seal_block(block);
            self.edge(Some(at), to, state);
        }
    }
}
