//! Parameters and results of functions, inlined or compiled on their own.

use super::op::{Done, Ins};
use super::state::{Kind, Slot, State};
use super::{Builder, Stop};
use crate::ir::{Cmp, End, Inst, IntOp, Region, Ty, Width};
use crate::runtime::ATTEND;
use crate::types::{UNDEF, bit, slot_index};
use phalanx_bytecode::Kind as Operand;
use phalanx_bytecode::flags::func as func_flag;
use phalanx_bytecode::flags::op as flag;
use phalanx_bytecode::table::Opcode;
use phalanx_value::Tag;
use phalanx_value::layout::VALUE_TAG;

impl<'p> Builder<'p> {
    pub(super) fn receive(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if !self.is_fresh(state.top()) {
            return Ok(Done::No);
        }
        let ctx = self.ctx(state.top().ctx);
        let number = ins.op.a;
        if number > ctx.num_args {
            return Ok(if ins.base == Opcode::RECV_INIT { Done::Next } else { Done::No });
        }
        let ty = &self.proto_ref(ctx.proto).params[number as usize - 1].ty;
        let index = slot_index(ins.op.c);
        if !ty.is_none() {
            let allowed = ty.bits as u16;
            let slot = state.top().slots[index];
            let found = match slot.kind {
                Kind::Mem | Kind::Boxed(..) => {
                    self.scalar(state, ins.at, Operand::Cv, ins.op.c, ins.seen.c & allowed)?
                }
                kind => Some(kind),
            };
            let tags = found.map_or(0, Kind::tags);
            if tags == 0 {
                return self.receive_word(ins, state, index, ty.bits);
            }
            if tags & allowed != tags {
                return Ok(Done::No);
            }
        }
        Ok(self.received(ins, state))
    }

    /// Where execution goes on behind an argument that came: the default is passed over.
    fn received(&self, ins: Ins, state: &State) -> Done {
        match ins.base {
            Opcode::RECV_INIT => Done::At(self.code_of(self.proto(state.top().ctx)).target(ins.at, ins.op.b)),
            _ => Done::Next,
        }
    }

    /// Checks the tag of an argument in memory against the built-in types of its parameter.
    fn receive_word(&mut self, ins: Ins, state: &mut State, index: usize, bits: u32) -> Result<Done, Stop> {
        if state.top().slots[index].kind != Kind::Mem || ins.seen.c & !(bits as u16) != 0 {
            return Ok(Done::No);
        }
        let snap = self.exit_here()?;
        let (base, offset) = self.place(state, index);
        let tag = self.load_int(Width::Byte, base, offset as usize + VALUE_TAG, Region::Frame);
        let allowed = self.int(bits.into());
        let shifted = self.push(Inst::IntOp(IntOp::Shr, allowed, tag), Ty::Int);
        let one = self.int(1);
        let has = self.push(Inst::IntOp(IntOp::And, shifted, one), Ty::Int);
        let fits = self.push(Inst::IntCmp(Cmp::Eq, has, one), Ty::Bool);
        self.guard(fits, true, snap);
        Ok(self.received(ins, state))
    }

    pub(super) fn receive_default(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if !self.is_fresh(state.top()) {
            return Ok(Done::No);
        }
        let ctx = self.ctx(state.top().ctx);
        let ty = &self.proto_ref(ctx.proto).params[ins.op.a as usize - 1].ty;
        let allowed = ty.bits as u16;
        let any = ty.is_none();
        let Some(value) = self.scalar(state, ins.at, ins.op.kind_b(), ins.op.b, ins.seen.b)? else {
            return Ok(Done::No);
        };
        let tags = value.tags();
        let index = slot_index(ins.op.c);
        if !any && tags & allowed != tags || !state.top().slots[index].kind.is_scalar() {
            return Ok(Done::No);
        }
        self.take(state, ins.op.kind_b(), ins.op.b);
        state.top_mut().slots[index] = Slot::dirty(value);
        Ok(Done::Next)
    }

    pub(super) fn verify_return(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let proto = self.proto_ref(self.proto(state.top().ctx));
        if proto.has(func_flag::RETURNS_REF) || ins.op.flags() & !flag::DEST_CV != 0 {
            return Ok(Done::No);
        }
        let Some(value) = self.scalar(state, ins.at, ins.op.kind_a(), ins.op.a, ins.seen.a)? else {
            return Ok(Done::No);
        };
        let tags = value.tags();
        if tags & proto.return_type.bits as u16 != tags {
            return Ok(Done::No);
        }
        self.free_result(state, ins.op, ins.seen.old)?;
        self.take(state, ins.op.kind_a(), ins.op.a);
        self.set_result(state, ins.op, value);
        Ok(Done::Next)
    }

    pub(super) fn return_(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if !self.is_fresh(state.top()) {
            return Ok(Done::No);
        }
        let ctx = self.ctx(state.top().ctx).clone();
        let op = ins.op;
        let value = match self.scalar(state, ins.at, op.kind_a(), op.a, ins.seen.a)? {
            Some(scalar) => scalar,
            None => match self.returned(ins, state)? {
                Some(kind) => kind,
                None => return Ok(Done::No),
            },
        };
        if op.kind_a() != Operand::Lit {
            let index = slot_index(op.a);
            let gone = if op.kind_a() == Operand::Tmp { Slot::EMPTY } else { Slot::dirty(Kind::Undef) };
            state.top_mut().slots[index] = gone;
        }
        self.release_frame(state);
        if ctx.parent.is_none() {
            let (payload, mut second) = self.words(value);
            for asks in std::mem::take(&mut self.attention) {
                let zero = self.word(0);
                let any = self.push(Inst::IntCmp(Cmp::Ne, asks, zero), Ty::Bool);
                let any = self.push(Inst::BoolToInt(any), Ty::Int);
                let place = self.int(ATTEND.trailing_zeros().into());
                let bit = self.push(Inst::IntOp(IntOp::Shl, any, place), Ty::Int);
                let bits = self.push(Inst::WordToInt(second), Ty::Int);
                let bits = self.push(Inst::IntOp(IntOp::Or, bits, bit), Ty::Int);
                second = self.push(Inst::IntToWord(bits), Ty::Word);
            }
            self.end(End::Return(payload, second));
            return Ok(Done::Ended);
        }
        state.frames.pop();
        let call = self.code_of(self.proto(state.top().ctx)).op(ctx.call_at);
        match (call.kind_c(), value) {
            (Operand::None, Kind::Boxed(payload, second)) => self.release_words(payload, second),
            (Operand::None, _) => {}
            _ => self.set_result(state, call, value),
        }
        self.attend(ctx.call_at + 1, state)?;
        self.go(ctx.call_at + 1, state.clone())?;
        Ok(Done::Ended)
    }

    /// The two words of a returned value that is no scalar; the frame does not own it any more.
    fn returned(&mut self, ins: Ins, state: &mut State) -> Result<Option<Kind>, Stop> {
        let op = ins.op;
        if op.kind_a() == Operand::Lit {
            let value = self.literal_of(state, ins.at, op.a);
            let address = self.literal_address(value);
            let payload = self.load(Width::Word, address, 0, Region::Fixed);
            let second = self.load(Width::Word, address, VALUE_TAG, Region::Fixed);
            return Ok(Some(Kind::Boxed(payload, second)));
        }
        if !matches!(op.kind_a(), Operand::Cv | Operand::Tmp) {
            return Ok(None);
        }
        let index = slot_index(op.a);
        let slot = state.top().slots[index];
        match slot.kind {
            Kind::Boxed(..) => Ok(Some(slot.kind)),
            Kind::Mem | Kind::Array(..) if ins.seen.a & (UNDEF | bit(Tag::Reference)) == 0 => {
                let snap = self.exit_here()?;
                let (base, offset) = self.place(state, index);
                let at = offset as usize;
                let tag = self.load(Width::Byte, base, at + VALUE_TAG, Region::Frame);
                self.guard_not_word(tag, Tag::Reference as u64, snap);
                self.guard_not_word(tag, Tag::Undef as u64, snap);
                let payload = self.load(Width::Word, base, at, Region::Frame);
                let second = self.load(Width::Word, base, at + VALUE_TAG, Region::Frame);
                Ok(Some(Kind::Boxed(payload, second)))
            }
            _ => Ok(None),
        }
    }

    /// Releases what the innermost frame's variables own.
    fn release_frame(&mut self, state: &mut State) {
        let cvs = self.proto_ref(self.proto(state.top().ctx)).num_cvs as usize;
        for index in 0..cvs {
            let (base, offset) = self.place(state, index);
            match state.top().slots[index].kind {
                Kind::Mem | Kind::Array(..) => self.release(base, offset),
                Kind::Boxed(payload, second) => self.release_words(payload, second),
                _ => {}
            }
        }
    }
}
