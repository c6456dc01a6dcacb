//! Elements of packed arrays by int keys; counts.

use super::op::{Done, Ins};
use super::state::{ArrayFacts, Kind, Slot, State};
use super::{Builder, Stop};
use crate::ir::{Cmp, Edge, End, Inst, IntOp, Region, Ty, Val, Vals, Width};
use crate::runtime::Helper;
use crate::types::{ARRAY, PLAIN, STRING, UNDEF, slot_index};
use phalanx_bytecode::Kind as Operand;
use phalanx_bytecode::flags::BinOp;
use phalanx_value::Tag;
use phalanx_value::layout::{ARRAY_DATA, ARRAY_LEN, ARRAY_USED, COUNTED_REFCOUNT, VALUE_TAG};
use smallvec::smallvec;

impl Builder<'_> {
    /// The packed array that operand a holds, if it always did.
    fn packed(&mut self, ins: Ins, state: &mut State) -> Result<Option<(Val, ArrayFacts)>, Stop> {
        if ins.seen.a != ARRAY || ins.seen.hash || !matches!(ins.op.kind_a(), Operand::Cv | Operand::Tmp) {
            return Ok(None);
        }
        let index = slot_index(ins.op.a);
        let slot = state.top().slots[index];
        let (array, mut facts) = match slot.kind {
            Kind::Array(array, facts) | Kind::Borrowed(_, array, facts) => (array, facts),
            Kind::Mem if ins.op.kind_a() == Operand::Cv => match self.array(ins, state)? {
                Some(array) => (array, ArrayFacts::default()),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        if !facts.packed {
            let snap = self.exit_here()?;
            self.guard_packed(array, snap);
            facts.packed = true;
        }
        let kind = match slot.kind {
            Kind::Borrowed(from, ..) => Kind::Borrowed(from, array, facts),
            _ => Kind::Array(array, facts),
        };
        state.top_mut().slots[index].kind = kind;
        Ok(Some((array, facts)))
    }

    fn key(&mut self, ins: Ins, state: &mut State) -> Result<Option<Val>, Stop> {
        match self.scalar(state, ins.at, ins.op.kind_b(), ins.op.b, ins.seen.b)? {
            Some(Kind::Int(key)) => Ok(Some(key)),
            _ => Ok(None),
        }
    }

    /// Whether the key is a position of the array.
    fn inside(&mut self, array: Val, key: Val) -> Val {
        let used = self.load_int(Width::Half, array, ARRAY_USED, Region::Header);
        self.push(Inst::IntCmp(Cmp::Below, key, used), Ty::Bool)
    }

    /// Address of the element at a position.
    fn at(&mut self, array: Val, key: Val) -> Val {
        let data = self.load(Width::Word, array, ARRAY_DATA, Region::Header);
        let size = self.int(size_of::<phalanx_value::Value>().trailing_zeros().into());
        let distance = self.push(Inst::IntOp(IntOp::Shl, key, size), Ty::Int);
        self.push(Inst::Element(data, distance), Ty::Word)
    }

    pub(super) fn element(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let wanted = ins.seen.c;
        let Some(key) = self.key(ins, state)? else { return self.found_element(ins, state, None) };
        if ins.seen.a == STRING {
            return self.string_byte(ins, state, key);
        }
        let Some((array, _)) = self.packed(ins, state)? else {
            return self.found_element(ins, state, Some(key));
        };
        let nested = wanted == ARRAY && ins.op.kind_c() == Operand::Tmp;
        let snap = self.exit_here()?;
        let inside = self.inside(array, key);
        self.guard(inside, true, snap);
        let place = self.at(array, key);
        let kind = if nested {
            self.guard_tag(place, 0, Tag::Array, Region::Heap, snap);
            let block = self.load(Width::Word, place, 0, Region::Heap);
            Some(Kind::Borrowed(place, block, ArrayFacts::default()))
        } else {
            self.load_scalar(place, 0, wanted, Region::Heap, snap)
        };
        if kind.is_none() {
            self.guard_there(place, snap);
        }
        self.element_at(place, kind, ins, state)
    }

    /// An element that the runtime looks for: of an array with an index, or under a string that is a literal or in a variable.
    fn found_element(&mut self, ins: Ins, state: &mut State, key: Option<Val>) -> Result<Done, Stop> {
        if ins.seen.a != ARRAY || ins.op.kind_a() != Operand::Cv {
            return Ok(Done::No);
        }
        let string = match (key, ins.op.kind_b()) {
            (Some(_), _) => None,
            (None, Operand::Lit) => {
                let key = self.literal_of(state, ins.at, ins.op.b);
                if key.as_string().is_none() {
                    return Ok(Done::No);
                }
                Some(self.literal_address(key))
            }
            (None, Operand::Cv) if ins.seen.b == STRING => {
                let index = slot_index(ins.op.b);
                if state.top().slots[index].kind != Kind::Mem {
                    return Ok(Done::No);
                }
                let snap = self.exit_here()?;
                let (base, offset) = self.place(state, index);
                self.guard_tag(base, offset, Tag::String, Region::Frame, snap);
                Some(self.address(base, offset))
            }
            _ => return Ok(Done::No),
        };
        let Some(array) = self.array(ins, state)? else { return Ok(Done::No) };
        let place = match (key, string) {
            (Some(key), _) => {
                let key = self.push(Inst::IntToWord(key), Ty::Word);
                self.call(Helper::FindInt, vec![array, key])
            }
            (None, Some(string)) => self.call(Helper::FindString, vec![array, string]),
            (None, None) => return Ok(Done::No),
        };
        let snap = self.exit_here()?;
        self.guard_not_word(place, 0, snap);
        let kind = self.load_scalar(place, 0, ins.seen.c, Region::Heap, snap);
        self.element_at(place, kind, ins, state)
    }

    /// Address of the array in the variable a.
    fn array(&mut self, ins: Ins, state: &mut State) -> Result<Option<Val>, Stop> {
        let index = slot_index(ins.op.a);
        match state.top().slots[index].kind {
            Kind::Array(array, _) => Ok(Some(array)),
            Kind::Mem => {
                let snap = self.exit_here()?;
                let (base, offset) = self.place(state, index);
                self.guard_tag(base, offset, Tag::Array, Region::Frame, snap);
                Ok(Some(self.load(Width::Word, base, offset as usize, Region::Frame)))
            }
            _ => Ok(None),
        }
    }

    /// The result of a read: the element as a number or array, or else a copy of it in memory.
    fn element_at(
        &mut self,
        place: Val,
        kind: Option<Kind>,
        ins: Ins,
        state: &mut State,
    ) -> Result<Done, Stop> {
        if kind.is_none() && ins.op.kind_c() != Operand::Tmp {
            return Ok(Done::No);
        }
        self.free_result(state, ins.op, ins.seen.old)?;
        self.take_operands(state, ins.op);
        match kind {
            Some(kind) => self.set_result(state, ins.op, kind),
            None => {
                self.copy_to(state, slot_index(ins.op.c), place);
            }
        }
        Ok(Done::Next)
    }

    pub(super) fn data(&mut self, ins: Ins, state: &mut State) -> Result<Option<Kind>, Stop> {
        let data = self.code_of(self.proto(state.top().ctx)).op(ins.at + 1);
        self.scalar(state, ins.at + 1, data.kind_a(), data.a, ins.seen.data)
    }

    pub(super) fn take_data(&mut self, ins: Ins, state: &mut State) {
        let data = self.code_of(self.proto(state.top().ctx)).op(ins.at + 1);
        self.take(state, data.kind_a(), data.a);
    }

    /// Whether the array in a slot has one owner.
    fn one_owner(&mut self, base: Val, offset: u32, array: Val) -> Val {
        let counted = self.counted(base, offset, Region::Frame);
        let count = self.load_int(Width::Half, array, COUNTED_REFCOUNT, Region::Header);
        let one = self.int(1);
        let single = self.push(Inst::IntCmp(Cmp::Eq, count, one), Ty::Bool);
        let counted = self.push(Inst::BoolToInt(counted), Ty::Int);
        let single = self.push(Inst::BoolToInt(single), Ty::Int);
        let both = self.push(Inst::IntOp(IntOp::And, counted, single), Ty::Int);
        let zero = self.int(0);
        self.push(Inst::IntCmp(Cmp::Ne, both, zero), Ty::Bool)
    }

    /// Goes on in a new block if the truth is as wanted, else to `other`.
    fn check(&mut self, cond: Val, other: crate::ir::Blk, args: Vals) {
        let next = self.func.new_block();
        self.end(End::Branch(cond, Edge { to: next, args: Vals::new() }, Edge { to: other, args }));
        self.block = next;
    }

    /// `$variable[key] = value` of a value that is not counted.
    pub(super) fn store_element(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if ins.op.kind_c() != Operand::None || ins.op.kind_a() != Operand::Cv {
            return Ok(Done::No);
        }
        let Some(key) = self.key(ins, state)? else { return Ok(Done::No) };
        let Some(value) = self.data(ins, state)? else { return Ok(Done::No) };
        let Some((array, facts)) = self.packed(ins, state)? else { return Ok(Done::No) };
        self.settle(state);
        let index = slot_index(ins.op.a);
        let (base, offset) = self.place(state, index);
        let known = ins.seen.element;
        if facts.owned && known != 0 && known & (!PLAIN | UNDEF) == 0 {
            return self.replace_element(ins, state, array, key, value);
        }
        let (slow, done) = (self.func.new_block(), self.func.new_block());
        self.func.block_mut(slow).cold = true;
        let result = self.func.new_param(done, Ty::Word);
        if !facts.owned {
            let owned = self.one_owner(base, offset, array);
            self.check(owned, slow, Vals::new());
        }
        let inside = self.inside(array, key);
        self.check(inside, slow, Vals::new());
        let place = self.at(array, key);
        let plain = self.is_plain_element(place);
        self.check(plain, slow, Vals::new());
        self.write(place, 0, value, Region::Heap);
        self.end(End::Jump(Edge { to: done, args: smallvec![array] }));
        self.block = slow;
        let (payload, second) = self.words(value);
        let slot = self.address(base, offset);
        let key = self.push(Inst::IntToWord(key), Ty::Word);
        let stored = self.call(Helper::StoreElement, vec![slot, key, payload, second]);
        let snap = self.exit_here()?;
        self.guard_not_word(stored, 0, snap);
        self.take_operands(state, ins.op);
        self.take_data(ins, state);
        // It is stored; if the array has an index now, code for packed ones cannot go on.
        state.top_mut().slots[index] = Slot::MEM;
        let behind = self.snapshot(state, ins.at + 2, crate::snapshot::COUNTED)?;
        self.guard_not_word(stored, 1, behind);
        self.end(End::Jump(Edge { to: done, args: smallvec![stored] }));
        self.block = done;
        state.top_mut().slots[index] =
            Slot::clean(Kind::Array(result, ArrayFacts { packed: true, owned: true }));
        Ok(Done::Next)
    }

    /// The same where there always was an element without a pointer: what is not as it was leaves, so a loop knows that the
    /// array stays where it is.
    fn replace_element(
        &mut self,
        ins: Ins,
        state: &mut State,
        array: Val,
        key: Val,
        value: Kind,
    ) -> Result<Done, Stop> {
        let snap = self.exit_here()?;
        let inside = self.inside(array, key);
        self.guard(inside, true, snap);
        let place = self.at(array, key);
        if ins.seen.element == value.tags() && matches!(value, Kind::Int(_) | Kind::Float(_)) {
            let tag = if matches!(value, Kind::Int(_)) { Tag::Int } else { Tag::Float };
            self.guard_tag(place, 0, tag, Region::Heap, snap);
            self.write_payload(place, value);
        } else {
            let plain = self.is_plain_element(place);
            self.guard(plain, true, snap);
            self.write(place, 0, value, Region::Heap);
        }
        self.take_operands(state, ins.op);
        self.take_data(ins, state);
        Ok(Done::Next)
    }

    /// Whether there is an element, or property, and it has no pointer.
    pub(super) fn is_plain_element(&mut self, place: Val) -> Val {
        let tag = self.load_int(Width::Byte, place, VALUE_TAG, Region::Heap);
        let one = self.int(1);
        let tag = self.push(Inst::IntOp(IntOp::Sub, tag, one), Ty::Int);
        let limit = self.int(Tag::Float as i64);
        self.push(Inst::IntCmp(Cmp::Below, tag, limit), Ty::Bool)
    }

    /// Writes an int or float where one is already.
    fn write_payload(&mut self, place: Val, value: Kind) {
        match value {
            Kind::Int(int) => {
                let word = self.push(Inst::IntToWord(int), Ty::Word);
                self.store(Width::Word, place, 0, word, Region::Heap);
            }
            Kind::Float(float) => self.store(Width::Float, place, 0, float, Region::Heap),
            other => self.write(place, 0, other, Region::Heap),
        }
    }

    /// `$variable[key] op= value` of an element that is a number.
    pub(super) fn change_element(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if ins.op.kind_c() != Operand::None || ins.op.kind_a() != Operand::Cv {
            return Ok(Done::No);
        }
        let Some(key) = self.key(ins, state)? else { return Ok(Done::No) };
        let Some(value) = self.data(ins, state)? else { return Ok(Done::No) };
        let Some((mut array, facts)) = self.packed(ins, state)? else { return Ok(Done::No) };
        self.settle(state);
        let index = slot_index(ins.op.a);
        if !facts.owned {
            let (base, offset) = self.place(state, index);
            let owned = self.one_owner(base, offset, array);
            let (slow, done) = (self.func.new_block(), self.func.new_block());
            self.func.block_mut(slow).cold = true;
            let single = self.func.new_param(done, Ty::Word);
            let there = smallvec![array];
            self.end(End::Branch(
                owned,
                Edge { to: done, args: there },
                Edge { to: slow, args: Vals::new() },
            ));
            self.block = slow;
            let slot = self.address(base, offset);
            let copy = self.call(Helper::Separate, vec![slot]);
            self.end(End::Jump(Edge { to: done, args: smallvec![copy] }));
            self.block = done;
            array = single;
        }
        let snap = self.exit_here()?;
        let inside = self.inside(array, key);
        self.guard(inside, true, snap);
        let place = self.at(array, key);
        let Some(old) = self.load_scalar(place, 0, ins.seen.element, Region::Heap, snap) else {
            return Ok(Done::No);
        };
        let Some(new) = self.arithmetic(BinOp::from_flags(ins.op.flags()), old, value, false)? else {
            return Ok(Done::No);
        };
        match old.tags() == new.tags() {
            true => self.write_payload(place, new),
            false => self.write(place, 0, new, Region::Heap),
        }
        self.take_operands(state, ins.op);
        self.take_data(ins, state);
        state.top_mut().slots[index] =
            Slot::clean(Kind::Array(array, ArrayFacts { packed: true, owned: true }));
        Ok(Done::Next)
    }

    pub(super) fn count(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if ins.seen.a != ARRAY {
            return Ok(Done::No);
        }
        let Some(array) = self.array(ins, state)? else { return Ok(Done::No) };
        let len = self.load_int(Width::Half, array, ARRAY_LEN, Region::Header);
        self.free_result(state, ins.op, ins.seen.old)?;
        self.set_result(state, ins.op, Kind::Int(len));
        Ok(Done::Next)
    }
}
