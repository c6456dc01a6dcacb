//! Constants and static properties, which inline caches lead to.
//!
//! A cache that is filled stays as it is until the request ends, and so does the place that it names; what lies there may change.

use super::op::{Done, Ins};
use super::state::{Kind, State};
use super::{Builder, Stop};
use crate::ir::{Cmp, Edge, End, Inst, IntOp, Region, SnapId, Ty, Val, Width};
use phalanx_bytecode::flags::{CLASS_STATIC, op as flag};
use phalanx_bytecode::{Kind as Operand, Op};
use phalanx_value::Tag;
use phalanx_value::layout::VALUE_TAG;
use phalanx_vm::layout::PROP_FAST_BITS;

impl Builder<'_> {
    /// A word of the inline cache of the literal that operand a names; leaves if it is not filled.
    fn cached(&mut self, ins: Ins, state: &State, snap: SnapId) -> Val {
        let word = self.literal_of(state, ins.at, ins.op.a).spare();
        let place = self.load(Width::Word, state.top().cache, word as usize * 8, Region::Fixed);
        self.guard_not_word(place, 0, snap);
        place
    }

    /// `FETCH_CONST` of an int, a float, a bool or null.
    pub(super) fn constant(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let snap = self.exit_here()?;
        let value = self.cached(ins, state, snap);
        let Some(kind) = self.load_scalar(value, 0, ins.seen.c, Region::Fixed, snap) else {
            return Ok(Done::No);
        };
        self.free_result(state, ins.op, ins.seen.old)?;
        self.set_result(state, ins.op, kind);
        Ok(Done::Next)
    }

    pub(super) fn static_property(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if !is_same_each_time(ins.op) {
            return Ok(Done::No);
        }
        let snap = self.exit_here()?;
        let place = self.cached(ins, state, snap);
        let Some(kind) = self.load_scalar(place, 0, ins.seen.c, Region::Heap, snap) else {
            return Ok(Done::No);
        };
        self.free_result(state, ins.op, ins.seen.old)?;
        self.set_result(state, ins.op, kind);
        Ok(Done::Next)
    }

    pub(super) fn assign_static(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if !is_same_each_time(ins.op) || ins.op.kind_c() != Operand::None {
            return Ok(Done::No);
        }
        let Some(value) = self.data(ins, state)? else { return Ok(Done::No) };
        let tag = match value {
            Kind::Int(_) => Tag::Int,
            Kind::Float(_) => Tag::Float,
            Kind::Null => Tag::Null,
            _ => return Ok(Done::No),
        };
        let snap = self.exit_here()?;
        let place = self.cached(ins, state, snap);
        self.guard_plain(place, 0, Region::Heap, snap);
        self.guard_takes(ins, state, tag, snap);
        self.write(place, 0, value, Region::Heap);
        self.take_data(ins, state);
        Ok(Done::Next)
    }

    /// Leaves if the property has a type that does not take the tag as it is.
    fn guard_takes(&mut self, ins: Ins, state: &State, tag: Tag, snap: SnapId) {
        let word = self.literal_of(state, ins.at, ins.op.a).spare() as usize + 1;
        let info = self.load(Width::Word, state.top().cache, word * 8, Region::Fixed);
        let none = self.word(0);
        let typed = self.push(Inst::IntCmp(Cmp::Ne, info, none), Ty::Bool);
        let (check, done) = (self.func.new_block(), self.func.new_block());
        let to = |to| Edge { to, args: Vec::new() };
        self.end(End::Branch(typed, to(check), to(done)));
        self.block = check;
        let bits = self.load_int(Width::Half, info, PROP_FAST_BITS, Region::Fixed);
        let bit = self.int(1 << tag as u32);
        let bit = self.push(Inst::IntOp(IntOp::And, bits, bit), Ty::Int);
        let zero = self.int(0);
        let takes = self.push(Inst::IntCmp(Cmp::Ne, bit, zero), Ty::Bool);
        self.guard(takes, true, snap);
        self.end(End::Jump(to(done)));
        self.block = done;
    }

    /// `isset` and `empty` of a static property that is null, a bool or an int; the first one of others as well.
    pub(super) fn isset_static(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if !is_same_each_time(ins.op) {
            return Ok(Done::No);
        }
        let snap = self.exit_here()?;
        let place = self.cached(ins, state, snap);
        let tag = self.load_int(Width::Byte, place, VALUE_TAG, Region::Heap);
        let first = self.int(Tag::Null as i64);
        let truth = if ins.op.flags() & flag::EMPTY == 0 {
            let above = self.push(Inst::IntOp(IntOp::Sub, tag, first), Ty::Int);
            let count = self.int(Tag::Reference as i64 - Tag::Null as i64);
            let fits = self.push(Inst::IntCmp(Cmp::Below, above, count), Ty::Bool);
            self.guard(fits, true, snap);
            self.push(Inst::IntCmp(Cmp::Ne, tag, first), Ty::Bool)
        } else {
            let above = self.push(Inst::IntOp(IntOp::Sub, tag, first), Ty::Int);
            let count = self.int(Tag::Int as i64 - Tag::Null as i64 + 1);
            let fits = self.push(Inst::IntCmp(Cmp::Below, above, count), Ty::Bool);
            self.guard(fits, true, snap);
            let last = self.int(Tag::False as i64);
            let falsy = self.push(Inst::IntCmp(Cmp::Le, tag, last), Ty::Bool);
            let int = self.int(Tag::Int as i64);
            let is_int = self.push(Inst::IntCmp(Cmp::Eq, tag, int), Ty::Bool);
            let payload = self.load_int(Width::Word, place, 0, Region::Heap);
            let zero = self.int(0);
            let is_zero = self.push(Inst::IntCmp(Cmp::Eq, payload, zero), Ty::Bool);
            let [falsy, is_int, is_zero] =
                [falsy, is_int, is_zero].map(|truth| self.push(Inst::BoolToInt(truth), Ty::Int));
            let zero_int = self.push(Inst::IntOp(IntOp::And, is_int, is_zero), Ty::Int);
            let any = self.push(Inst::IntOp(IntOp::Or, falsy, zero_int), Ty::Int);
            self.push(Inst::IntCmp(Cmp::Ne, any, zero), Ty::Bool)
        };
        self.free_result(state, ins.op, ins.seen.old)?;
        self.set_result(state, ins.op, Kind::Bool(truth));
        Ok(Done::Next)
    }
}

/// Whether the instruction means the same property each time it runs: only then its cache is filled.
fn is_same_each_time(op: Op) -> bool {
    let fixed = match op.kind_b() {
        Operand::Lit => true,
        Operand::None => op.b != CLASS_STATIC,
        _ => false,
    };
    fixed && op.kind_a() == Operand::Lit
}
