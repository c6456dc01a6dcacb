//! Declared properties of `$this` and of objects in variables, through the inline cache of their instruction.
//!
//! The cache is the thread's own: three words that [`phalanx_vm::props`] describes. So the code asks it where the property
//! lies instead of knowing that itself, and works for whatever class a thread has under that name.

use super::op::{Done, Ins};
use super::state::{ArrayFacts, Kind, State};
use super::{Builder, Stop};
use crate::ir::{Cmp, Edge, End, Inst, IntOp, Region, SnapId, Ty, Val, Vals, Width};
use crate::types::{ARRAY, OBJECT, UNDEF, slot_index};
use phalanx_bytecode::Kind as Operand;
use phalanx_bytecode::flags::BinOp;
use phalanx_value::Tag;
use phalanx_value::layout::OBJECT_CLASS;
use phalanx_vm::frame::Frame;
use phalanx_vm::layout::PROP_FAST_BITS;
use phalanx_vm::props::FIRST_OFFSET;
use std::mem::offset_of;

impl Builder<'_> {
    /// The object that operand a is: `$this`, or what a variable holds.
    pub(super) fn object(&mut self, ins: Ins, state: &mut State, snap: SnapId) -> Option<Val> {
        match ins.op.kind_a() {
            Operand::None if state.frames.len() > 1 => state.top().this,
            Operand::None => {
                let fp = self.fp;
                let this = offset_of!(Frame, this);
                self.guard_tag(fp, this as u32, Tag::Object, Region::Fixed, snap);
                Some(self.load(Width::Word, fp, this, Region::Fixed))
            }
            Operand::Cv if ins.seen.a == OBJECT => {
                let index = slot_index(ins.op.a);
                if state.top().slots[index].kind != Kind::Mem {
                    return None;
                }
                let (base, offset) = self.place(state, index);
                self.guard_tag(base, offset, Tag::Object, Region::Frame, snap);
                Some(self.load(Width::Word, base, offset as usize, Region::Frame))
            }
            _ => None,
        }
    }

    /// Address of the property's slot, and the instruction's cache.
    fn property(&mut self, ins: Ins, state: &mut State) -> Result<Option<(Val, Val)>, Stop> {
        if ins.op.kind_b() != Operand::Lit {
            return Ok(None);
        }
        let snap = self.exit_here()?;
        let Some(object) = self.object(ins, state, snap) else { return Ok(None) };
        let word = self.literal_of(state, ins.at, ins.op.b).spare();
        let cache = self.address(state.top().cache, word * 8);
        let class = self.load(Width::Word, object, OBJECT_CLASS, Region::Fixed);
        let known = self.load(Width::Word, cache, 0, Region::Context);
        let same = self.push(Inst::IntCmp(Cmp::Eq, class, known), Ty::Bool);
        self.guard(same, true, snap);
        let offset = self.load_int(Width::Word, cache, 8, Region::Context);
        let first = self.int(FIRST_OFFSET as i64);
        let direct = self.push(Inst::IntCmp(Cmp::Ge, offset, first), Ty::Bool);
        self.guard(direct, true, snap);
        let address = self.push(Inst::WordToInt(object), Ty::Int);
        let place = self.push(Inst::IntOp(IntOp::Add, address, offset), Ty::Int);
        Ok(Some((self.push(Inst::IntToWord(place), Ty::Word), cache)))
    }

    pub(super) fn fetch_property(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let wanted = ins.seen.c;
        if ins.op.kind_c() != Operand::Tmp || wanted & UNDEF != 0 {
            return Ok(Done::No);
        }
        let Some((place, _)) = self.property(ins, state)? else { return Ok(Done::No) };
        let snap = self.exit_here()?;
        let kind = if wanted == ARRAY {
            self.guard_tag(place, 0, Tag::Array, Region::Heap, snap);
            let block = self.load(Width::Word, place, 0, Region::Heap);
            Kind::Borrowed(place, block, ArrayFacts::default())
        } else if let Some(scalar) = self.load_scalar(place, 0, wanted, Region::Heap, snap) {
            scalar
        } else {
            self.guard_there(place, snap);
            let index = slot_index(ins.op.c);
            self.copy_to(state, index, place);
            self.take(state, ins.op.kind_a(), ins.op.a);
            return Ok(Done::Next);
        };
        self.take(state, ins.op.kind_a(), ins.op.a);
        self.set_result(state, ins.op, kind);
        Ok(Done::Next)
    }

    /// Leaves unless a value of this kind may be written over what the property's slot holds.
    fn guard_writable(&mut self, place: Val, cache: Val, value: Kind, snap: SnapId) {
        // Values without a pointer, but no uninitialised property.
        let plain = self.is_plain_element(place);
        self.guard(plain, true, snap);
        let info = self.load(Width::Word, cache, 16, Region::Context);
        self.guard_takes(info, value, snap);
    }

    /// Leaves if a property has a type that does not take the value as it is; without a PropInfo anything may be written.
    pub(super) fn guard_takes(&mut self, info: Val, value: Kind, snap: SnapId) {
        let none = self.word(0);
        let free = self.push(Inst::IntCmp(Cmp::Eq, info, none), Ty::Bool);
        let (typed, done) = (self.func.new_block(), self.func.new_block());
        let edge = |to| Edge { to, args: Vals::new() };
        self.end(End::Branch(free, edge(done), edge(typed)));
        self.block = typed;
        let bits = self.load_int(Width::Half, info, PROP_FAST_BITS, Region::Fixed);
        let (_, second) = self.words(value);
        let tag = self.push(Inst::WordToInt(second), Ty::Int);
        let shifted = self.push(Inst::IntOp(IntOp::Shr, bits, tag), Ty::Int);
        let one = self.int(1);
        let bit = self.push(Inst::IntOp(IntOp::And, shifted, one), Ty::Int);
        let fits = self.push(Inst::IntCmp(Cmp::Eq, bit, one), Ty::Bool);
        self.guard(fits, true, snap);
        self.end(End::Jump(edge(done)));
        self.block = done;
    }

    pub(super) fn assign_property(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if ins.op.kind_c() != Operand::None {
            return Ok(Done::No);
        }
        let Some(value) = self.data(ins, state)? else { return Ok(Done::No) };
        let Some((place, cache)) = self.property(ins, state)? else { return Ok(Done::No) };
        self.settle(state);
        let snap = self.exit_here()?;
        self.guard_writable(place, cache, value, snap);
        self.write(place, 0, value, Region::Heap);
        self.take(state, ins.op.kind_a(), ins.op.a);
        self.take_data(ins, state);
        Ok(Done::Next)
    }

    /// `$object->name op= value` of a number.
    pub(super) fn change_property(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if ins.op.kind_c() != Operand::None {
            return Ok(Done::No);
        }
        let Some(value) = self.data(ins, state)? else { return Ok(Done::No) };
        let op = BinOp::from_flags(ins.op.flags());
        let done = self.update_property(ins, state, |this, old| this.arithmetic(op, old, value, false))?;
        if let Done::Next = done {
            self.take_data(ins, state);
        }
        Ok(done)
    }

    /// `++` and `--` of a property whose value nobody wants.
    pub(super) fn step_property(&mut self, by: i64, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if ins.op.kind_c() != Operand::None {
            return Ok(Done::No);
        }
        self.update_property(ins, state, |this, old| {
            let Kind::Int(_) = old else { return Ok(None) };
            let by = Kind::Int(this.int(by));
            this.arithmetic(BinOp::Add, old, by, false)
        })
    }

    fn update_property(
        &mut self,
        ins: Ins,
        state: &mut State,
        change: impl FnOnce(&mut Self, Kind) -> Result<Option<Kind>, Stop>,
    ) -> Result<Done, Stop> {
        let Some((place, cache)) = self.property(ins, state)? else { return Ok(Done::No) };
        self.settle(state);
        let snap = self.exit_here()?;
        let Some(old) = self.load_scalar(place, 0, ins.seen.element, Region::Heap, snap) else {
            return Ok(Done::No);
        };
        let Some(new) = change(self, old)? else { return Ok(Done::No) };
        self.guard_writable(place, cache, new, snap);
        self.write(place, 0, new, Region::Heap);
        self.take(state, ins.op.kind_a(), ins.op.a);
        Ok(Done::Next)
    }
}
