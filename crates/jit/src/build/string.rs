//! Lengths and bytes of strings, and their output.

use super::op::{Done, Ins};
use super::state::{Kind, State};
use super::{Builder, Stop};
use crate::ir::{Cmp, Inst, IntOp, Region, Ty, Val, Width};
use crate::runtime::Helper;
use crate::types::{STRING, slot_index};
use phalanx_bytecode::Kind as Operand;
use phalanx_value::Tag;
use phalanx_value::layout::{STRING_BYTES, STRING_LEN};
use phalanx_value::string::{SINGLE_BYTE_STRIDE, single_byte_table};
use phalanx_value::value::IMMUTABLE;

/// The second word of a string that needs no count.
const STATIC_STRING: u64 = Tag::String as u64 | (IMMUTABLE as u64) << 8;

impl Builder<'_> {
    /// Address of the string that operand a holds, if it always did, in memory.
    fn string(&mut self, ins: Ins, state: &State) -> Result<Option<Val>, Stop> {
        match ins.op.kind_a() {
            Operand::Lit => {
                let value = self.literal_of(state, ins.at, ins.op.a);
                let is_string = value.as_string().is_some();
                let address = self.literal_address(value);
                Ok(is_string.then(|| self.load(Width::Word, address, 0, Region::Fixed)))
            }
            Operand::Cv if ins.seen.a == STRING => {
                let index = slot_index(ins.op.a);
                if state.top().slots[index].kind != Kind::Mem {
                    return Ok(None);
                }
                let snap = self.exit_here()?;
                let (base, offset) = self.place(state, index);
                self.guard_tag(base, offset, Tag::String, Region::Frame, snap);
                Ok(Some(self.load(Width::Word, base, offset as usize, Region::Frame)))
            }
            _ => Ok(None),
        }
    }

    /// The two words of what is to be written, if it is a string, a number, a truth or null.
    fn output(&mut self, ins: Ins, state: &mut State) -> Result<Option<(Val, Val)>, Stop> {
        let op = ins.op;
        let load = |builder: &mut Self, base: Val, offset: usize, region: Region| {
            let payload = builder.load(Width::Word, base, offset, region);
            (payload, builder.load(Width::Word, base, offset + size_of::<u64>(), region))
        };
        if op.kind_a() == Operand::Lit {
            let value = self.literal_of(state, ins.at, op.a);
            let address = self.literal_address(value);
            return Ok(value.as_array().is_none().then(|| load(self, address, 0, Region::Fixed)));
        }
        let index = slot_index(op.a);
        Ok(match state.top().slots[index].kind {
            Kind::Boxed(payload, second) => Some((payload, second)),
            Kind::Mem if ins.seen.a == STRING && op.kind_a() == Operand::Cv => {
                let snap = self.exit_here()?;
                let (base, offset) = self.place(state, index);
                self.guard_tag(base, offset, Tag::String, Region::Frame, snap);
                Some(load(self, base, offset as usize, Region::Frame))
            }
            _ => {
                let found = self.scalar(state, ins.at, op.kind_a(), op.a, ins.seen.a)?;
                found.map(|kind| self.words(kind))
            }
        })
    }

    pub(super) fn echo(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if ins.seen.odd_output {
            return Ok(Done::No);
        }
        let Some((payload, second)) = self.output(ins, state)? else { return Ok(Done::No) };
        let written = self.call(Helper::Echo, vec![payload, second]);
        let snap = self.exit_here()?;
        self.guard_not_word(written, 0, snap);
        if ins.op.kind_a() == Operand::Tmp {
            return self.free_operand(ins, state);
        }
        Ok(Done::Next)
    }

    pub(super) fn string_length(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let len = match ins.op.kind_a() {
            Operand::Lit => match self.literal_of(state, ins.at, ins.op.a).as_string() {
                Some(string) => self.int(string.len() as i64),
                None => return Ok(Done::No),
            },
            _ => match self.string(ins, state)? {
                Some(string) => self.load_int(Width::Word, string, STRING_LEN, Region::Header),
                None => return Ok(Done::No),
            },
        };
        self.free_result(state, ins.op, ins.seen.old)?;
        self.set_result(state, ins.op, Kind::Int(len));
        Ok(Done::Next)
    }

    /// The string of the byte at a position.
    pub(super) fn string_byte(&mut self, ins: Ins, state: &mut State, key: Val) -> Result<Done, Stop> {
        if ins.seen.c != STRING {
            return Ok(Done::No);
        }
        let Some(string) = self.string(ins, state)? else { return Ok(Done::No) };
        let snap = self.exit_here()?;
        let len = self.load_int(Width::Word, string, STRING_LEN, Region::Header);
        let inside = self.push(Inst::IntCmp(Cmp::Below, key, len), Ty::Bool);
        self.guard(inside, true, snap);
        let string = self.push(Inst::WordToInt(string), Ty::Int);
        let place = self.push(Inst::IntOp(IntOp::Add, string, key), Ty::Int);
        let place = self.push(Inst::IntToWord(place), Ty::Word);
        let byte = self.load_int(Width::Byte, place, STRING_BYTES, Region::Heap);
        let stride = self.int(SINGLE_BYTE_STRIDE as i64);
        let distance = self.push(Inst::IntOp(IntOp::Mul, byte, stride), Ty::Int);
        let table = self.int(single_byte_table().addr() as i64);
        let single = self.push(Inst::IntOp(IntOp::Add, distance, table), Ty::Int);
        let single = self.push(Inst::IntToWord(single), Ty::Word);
        let second = self.word(STATIC_STRING);
        self.free_result(state, ins.op, ins.seen.old)?;
        self.take_operands(state, ins.op);
        self.set_result(state, ins.op, Kind::Boxed(single, second));
        Ok(Done::Next)
    }
}
