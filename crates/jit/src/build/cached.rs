//! Constants and static properties, which inline caches lead to.
//!
//! A cache that is filled stays as it is until the request ends, and so does the place that it names; what lies there may change.

use super::op::{Done, Ins};
use super::state::{Kind, State};
use super::{Builder, Stop};
use crate::ir::{Cmp, Inst, IntOp, Region, SnapId, Ty, Val, Width};
use phalanx_bytecode::flags::{CLASS_STATIC, op as flag};
use phalanx_bytecode::{Kind as Operand, Op};
use phalanx_value::Tag;
use phalanx_value::layout::VALUE_TAG;

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
        self.cached_scalar(ins, state, Region::Fixed)
    }

    /// What a cache leads to, if it is an int, a float, a bool or null.
    fn cached_scalar(&mut self, ins: Ins, state: &mut State, region: Region) -> Result<Done, Stop> {
        let snap = self.exit_here()?;
        let place = self.cached(ins, state, snap);
        let Some(kind) = self.load_scalar(place, 0, ins.seen.c, region, snap) else {
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
        self.cached_scalar(ins, state, Region::Heap)
    }

    pub(super) fn assign_static(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if !is_same_each_time(ins.op) || ins.op.kind_c() != Operand::None {
            return Ok(Done::No);
        }
        let Some(value) = self.data(ins, state)? else { return Ok(Done::No) };
        if !matches!(value, Kind::Int(_) | Kind::Float(_) | Kind::Null) {
            return Ok(Done::No);
        }
        let snap = self.exit_here()?;
        let place = self.cached(ins, state, snap);
        self.guard_plain(place, 0, Region::Heap, snap);
        let word = self.literal_of(state, ins.at, ins.op.a).spare() as usize + 1;
        let info = self.load(Width::Word, state.top().cache, word * 8, Region::Fixed);
        self.guard_takes(info, value, snap);
        self.write(place, 0, value, Region::Heap);
        self.take_data(ins, state);
        Ok(Done::Next)
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
        let empty = ins.op.flags() & flag::EMPTY != 0;
        let limit = if empty { Tag::Int as i64 + 1 } else { Tag::Reference as i64 };
        let above = self.push(Inst::IntOp(IntOp::Sub, tag, first), Ty::Int);
        let count = self.int(limit - Tag::Null as i64);
        let fits = self.push(Inst::IntCmp(Cmp::Below, above, count), Ty::Bool);
        self.guard(fits, true, snap);
        let truth = if !empty {
            self.push(Inst::IntCmp(Cmp::Ne, tag, first), Ty::Bool)
        } else {
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
