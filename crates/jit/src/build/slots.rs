//! Reading and writing slots, guards, and exits.

use super::state::{FrameState, Kind, Slot, State};
use super::{Builder, Entry, Stop};
use crate::Reason;
use crate::ir::{Cmp, Edge, End, Inst, IntOp, Region, SnapId, Snapshot, Ty, Val, Vals, Width};
use crate::runtime::{Helper, SPILLS, meta};
use crate::snapshot::{FrameKind, NONE, SlotValue, SnapFrame};
use crate::types::{BOOL, FLOAT, INT, NULL, PLAIN, literal, slot_index, slot_offset};
use phalanx_bytecode::{Kind as Operand, Op};
use phalanx_value::layout::{ARRAY_FLAGS, VALUE_FLAGS, VALUE_TAG};
use phalanx_value::value::COUNTED as OWNS_COUNT;
use phalanx_value::{Tag, Value};
use smallvec::{SmallVec, smallvec};

impl Builder<'_> {
    pub(super) fn load(&mut self, width: Width, base: Val, offset: usize, region: Region) -> Val {
        let ty = if width == Width::Float { Ty::Float } else { Ty::Word };
        self.push(Inst::Load(width, base, offset as i32, region), ty)
    }

    pub(super) fn load_int(&mut self, width: Width, base: Val, offset: usize, region: Region) -> Val {
        let word = self.load(width, base, offset, region);
        self.push(Inst::WordToInt(word), Ty::Int)
    }

    pub(super) fn store(&mut self, width: Width, base: Val, offset: u32, val: Val, region: Region) {
        self.push(Inst::Store(width, base, offset as i32, val, region), Ty::None);
    }

    pub(super) fn address(&mut self, base: Val, offset: u32) -> Val {
        self.push(Inst::Offset(base, offset as i32), Ty::Word)
    }

    pub(super) fn call(&mut self, helper: Helper, args: Vec<Val>) -> Val {
        debug_assert_eq!(args.len(), helper.arity());
        self.push(Inst::Call(helper, args), Ty::Word)
    }

    pub(super) fn guard(&mut self, cond: Val, wanted: bool, snap: SnapId) {
        self.push(Inst::Guard(cond, wanted, snap), Ty::None);
    }

    /// Leaves unless a word is this one.
    pub(super) fn guard_word(&mut self, val: Val, word: u64, snap: SnapId) {
        let word = self.word(word);
        let same = self.push(Inst::IntCmp(Cmp::Eq, val, word), Ty::Bool);
        self.guard(same, true, snap);
    }

    /// Leaves if a word is this one.
    pub(super) fn guard_not_word(&mut self, val: Val, word: u64, snap: SnapId) {
        let word = self.word(word);
        let same = self.push(Inst::IntCmp(Cmp::Eq, val, word), Ty::Bool);
        self.guard(same, false, snap);
    }

    pub(super) fn guard_tag(&mut self, base: Val, offset: u32, tag: Tag, region: Region, snap: SnapId) {
        let found = self.load(Width::Byte, base, offset as usize + VALUE_TAG, region);
        self.guard_word(found, tag as u64, snap);
    }

    pub(super) fn guard_packed(&mut self, array: Val, snap: SnapId) {
        // The flag is the lowest bit.
        let flags = self.load_int(Width::Byte, array, ARRAY_FLAGS, Region::Header);
        let one = self.int(1);
        let bit = self.push(Inst::IntOp(IntOp::And, flags, one), Ty::Int);
        let zero = self.int(0);
        let packed = self.push(Inst::IntCmp(Cmp::Eq, bit, zero), Ty::Bool);
        self.guard(packed, true, snap);
    }

    /// Leaves if there is no value in an element or property.
    pub(super) fn guard_there(&mut self, place: Val, snap: SnapId) {
        let tag = self.load(Width::Byte, place, VALUE_TAG, Region::Heap);
        self.guard_not_word(tag, Tag::Undef as u64, snap);
    }

    /// Leaves if the value in memory owns a count.
    pub(super) fn guard_plain(&mut self, base: Val, offset: u32, region: Region, snap: SnapId) {
        let counted = self.counted(base, offset, region);
        self.guard(counted, false, snap);
    }

    /// Whether the value in memory owns a count.
    pub(super) fn counted(&mut self, base: Val, offset: u32, region: Region) -> Val {
        let flags = self.load_int(Width::Byte, base, offset as usize + VALUE_FLAGS, region);
        let mask = self.int(i64::from(OWNS_COUNT));
        let bit = self.push(Inst::IntOp(IntOp::And, flags, mask), Ty::Int);
        let zero = self.int(0);
        self.push(Inst::IntCmp(Cmp::Ne, bit, zero), Ty::Bool)
    }

    /// Loads a value that was always of the one type that `mask` says; leaves if it is of another.
    pub(super) fn load_scalar(
        &mut self,
        base: Val,
        offset: u32,
        mask: u16,
        region: Region,
        snap: SnapId,
    ) -> Option<Kind> {
        let at = offset as usize;
        Some(match mask {
            INT => {
                self.guard_tag(base, offset, Tag::Int, region, snap);
                Kind::Int(self.load_int(Width::Word, base, at, region))
            }
            FLOAT => {
                self.guard_tag(base, offset, Tag::Float, region, snap);
                Kind::Float(self.load(Width::Float, base, at, region))
            }
            NULL => {
                self.guard_tag(base, offset, Tag::Null, region, snap);
                Kind::Null
            }
            _ if mask != 0 && mask & !BOOL == 0 => {
                let tag = self.load(Width::Byte, base, at + VALUE_TAG, region);
                self.bool_of_tag(tag, snap)
            }
            _ => return None,
        })
    }

    fn bool_of_tag(&mut self, tag: Val, snap: SnapId) -> Kind {
        let tag = self.push(Inst::WordToInt(tag), Ty::Int);
        let first = self.int(Tag::False as i64);
        let truth = self.push(Inst::IntOp(IntOp::Sub, tag, first), Ty::Int);
        let two = self.int(2);
        let fits = self.push(Inst::IntCmp(Cmp::Below, truth, two), Ty::Bool);
        self.guard(fits, true, snap);
        let zero = self.int(0);
        Kind::Bool(self.push(Inst::IntCmp(Cmp::Ne, truth, zero), Ty::Bool))
    }

    /// A value in its two words as one of the type that `mask` says.
    fn unbox(&mut self, payload: Val, second: Val, mask: u16, snap: SnapId) -> Option<Kind> {
        if !matches!(mask, INT | FLOAT | NULL) && (mask == 0 || mask & !BOOL != 0) {
            return None;
        }
        let second = self.push(Inst::WordToInt(second), Ty::Int);
        let low = self.int(0xff);
        let tag = self.push(Inst::IntOp(IntOp::And, second, low), Ty::Int);
        let tag = self.push(Inst::IntToWord(tag), Ty::Word);
        Some(match mask {
            INT => {
                self.guard_word(tag, Tag::Int as u64, snap);
                Kind::Int(self.push(Inst::WordToInt(payload), Ty::Int))
            }
            FLOAT => {
                self.guard_word(tag, Tag::Float as u64, snap);
                Kind::Float(self.push(Inst::WordToFloat(payload), Ty::Float))
            }
            NULL => {
                self.guard_word(tag, Tag::Null as u64, snap);
                Kind::Null
            }
            _ => self.bool_of_tag(tag, snap),
        })
    }

    /// The two words of a value in registers.
    pub(super) fn words(&mut self, kind: Kind) -> (Val, Val) {
        match kind {
            Kind::Int(val) => (self.push(Inst::IntToWord(val), Ty::Word), self.word(meta(Tag::Int))),
            Kind::Float(val) => (self.push(Inst::FloatToWord(val), Ty::Word), self.word(meta(Tag::Float))),
            Kind::Bool(val) => {
                let truth = self.push(Inst::BoolToInt(val), Ty::Int);
                let first = self.int(Tag::False as i64);
                let tag = self.push(Inst::IntOp(IntOp::Add, truth, first), Ty::Int);
                (self.word(0), self.push(Inst::IntToWord(tag), Ty::Word))
            }
            Kind::Null => (self.word(0), self.word(meta(Tag::Null))),
            Kind::Boxed(payload, second) => (payload, second),
            _ => (self.word(0), self.word(meta(Tag::Undef))),
        }
    }

    /// Writes what a slot holds in registers to memory.
    pub(super) fn write_slot(&mut self, base: Val, offset: u32, kind: Kind) {
        self.write(base, offset, kind, Region::Frame);
    }

    pub(super) fn write(&mut self, base: Val, offset: u32, kind: Kind, region: Region) {
        match kind {
            Kind::Borrowed(from, ..) => {
                let to = self.address(base, offset);
                self.call(Helper::Copy, vec![from, to]);
            }
            Kind::Float(val) => {
                self.store(Width::Float, base, offset, val, region);
                let second = self.word(meta(Tag::Float));
                self.store(Width::Word, base, offset + VALUE_TAG as u32, second, region);
            }
            Kind::Null | Kind::Undef | Kind::Bool(_) => {
                let (_, second) = self.words(kind);
                self.store(Width::Word, base, offset + VALUE_TAG as u32, second, region);
            }
            _ => {
                let (payload, second) = self.words(kind);
                self.store(Width::Word, base, offset, payload, region);
                self.store(Width::Word, base, offset + VALUE_TAG as u32, second, region);
            }
        }
    }

    /// Address (base and offset) of slot `index` of the innermost frame.
    pub(super) fn place(&self, state: &State, index: usize) -> (Val, u32) {
        (state.top().fp, slot_offset(index))
    }

    /// Addresses of all slots, in the order of [`State::slots`].
    pub(super) fn places(&self, state: &State) -> Vec<(Val, u32)> {
        let mut all = Vec::with_capacity(state.slots().count());
        for frame in &state.frames {
            all.extend((0..frame.slots.len()).map(|index| (frame.fp, slot_offset(index))));
            for call in &frame.pending {
                all.extend((0..call.args.len()).map(|index| (call.fp, slot_offset(index))));
            }
        }
        all
    }

    /// Whether memory of the frame's slots was never written: what a slot in registers is must be written at exits, even
    /// if nobody reads it.
    pub(super) fn is_fresh(&self, frame: &FrameState) -> bool {
        self.request.entry != Entry::Loop || self.ctx(frame.ctx).parent.is_some()
    }

    /// Writes everything that is in registers only to memory; nothing more is known of what may change.
    pub(super) fn sync(&mut self, state: &mut State) {
        self.flush(state);
        for slot in state.slots_mut() {
            if slot.kind != Kind::Empty {
                *slot = Slot::MEM;
            }
        }
    }

    /// Writes everything that is in registers only to memory, and goes on with what is known.
    pub(super) fn flush(&mut self, state: &mut State) {
        let places = self.places(state);
        for (index, (base, offset)) in places.into_iter().enumerate() {
            let slot = *state.slots().nth(index).unwrap_or(&Slot::MEM);
            if !slot.kind.is_register() || (slot.kind.is_scalar() && !slot.dirty) {
                continue;
            }
            self.write_slot(base, offset, slot.kind);
            if let Some(slot) = state.slots_mut().nth(index) {
                *slot = if slot.kind.is_scalar() { Slot::clean(slot.kind) } else { Slot::MEM };
            }
        }
    }

    /// Before something is released or changed: copies that were put off are made.
    pub(super) fn settle(&mut self, state: &mut State) {
        if state.slots().any(|slot| matches!(slot.kind, Kind::Borrowed(..))) {
            self.flush(state);
        }
    }

    /// The exit to the instruction being translated.
    pub(super) fn exit_here(&mut self) -> Result<SnapId, Stop> {
        if let Some(snap) = self.exit {
            return Ok(snap);
        }
        let state = self.before.clone();
        let snap = self.snapshot(&state, self.at, crate::snapshot::COUNTED)?;
        self.exit = Some(snap);
        Ok(snap)
    }

    /// An exit to instruction `at` of the innermost frame.
    pub(super) fn snapshot(&mut self, state: &State, at: u32, flags: u32) -> Result<SnapId, Stop> {
        let mut frames = SmallVec::new();
        for (depth, frame) in state.frames.iter().enumerate() {
            let ctx = self.ctx(frame.ctx);
            let proto = self.proto_ref(ctx.proto);
            let innermost = depth + 1 == state.frames.len();
            let profile = self.profile(proto);
            let params = proto.params.len();
            let is_dead = |index: usize, slot: &Slot| {
                innermost
                    && !self.is_fresh(frame)
                    && slot.kind.is_scalar()
                    && (params..proto.num_cvs as usize).contains(&index)
                    && profile.is_some_and(|profile| !profile.symbols && !profile.is_live(at, index))
            };
            let values = frame.slots.iter().enumerate().filter(|(index, slot)| !is_dead(*index, slot));
            let mut slots = Vec::with_capacity(frame.slots.len());
            slots.extend(values.filter_map(|(index, slot)| slot_value(index, slot)));
            frames.push(SnapFrame {
                kind: if ctx.parent.is_none() { FrameKind::Base } else { FrameKind::Inlined },
                pc: match state.frames.get(depth + 1) {
                    Some(inner) => self.ctx(inner.ctx).call_at,
                    None => at,
                },
                func_word: ctx.func_word,
                num_args: ctx.num_args,
                ret: ctx.ret,
                this: frame.this,
                slots,
            });
            for call in &frame.pending {
                frames.push(SnapFrame {
                    kind: FrameKind::Pending,
                    pc: call.at,
                    func_word: call.func_word,
                    num_args: call.args.len() as u32,
                    ret: NONE,
                    this: call.this,
                    slots: call
                        .args
                        .iter()
                        .enumerate()
                        .filter_map(|(index, slot)| slot_value(index, slot))
                        .collect(),
                });
            }
        }
        let snapshot = Snapshot { frames, flags };
        let mut count = 0;
        snapshot.each(|_| count += 1);
        if count > SPILLS {
            return Err(Stop::Failed(Reason::TooBig));
        }
        self.func.snapshots.push(snapshot);
        Ok(SnapId(self.func.snapshots.len() as u32 - 1))
    }

    // Operands.

    /// An operand that is an int, a float, a bool or null. Nothing if it is anything else.
    pub(super) fn scalar(
        &mut self,
        state: &mut State,
        at: u32,
        kind: Operand,
        operand: u32,
        mask: u16,
    ) -> Result<Option<Kind>, Stop> {
        if kind == Operand::Lit {
            return Ok(self.literal_scalar(state, at, operand));
        }
        if kind == Operand::None {
            return Ok(None);
        }
        let index = slot_index(operand);
        let slot = state.top().slots[index];
        let found = match slot.kind {
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => return Ok(Some(slot.kind)),
            Kind::Mem if mask & !PLAIN == 0 => {
                let (base, offset) = self.place(state, index);
                let snap = self.exit_here()?;
                self.load_scalar(base, offset, mask, Region::Frame, snap).map(Slot::clean)
            }
            Kind::Boxed(payload, second) => {
                let snap = self.exit_here()?;
                self.unbox(payload, second, mask, snap).map(Slot::dirty)
            }
            _ => None,
        };
        if let Some(found) = found {
            state.top_mut().slots[index] = found;
        }
        Ok(found.map(|slot| slot.kind))
    }

    pub(super) fn literal_address(&mut self, literal: &Value) -> Val {
        self.word((&raw const *literal).addr() as u64)
    }

    /// Copies a value to a temporary, in memory.
    pub(super) fn copy_to(&mut self, state: &mut State, index: usize, from: Val) {
        let (base, offset) = self.place(state, index);
        let to = self.address(base, offset);
        self.call(Helper::Copy, vec![from, to]);
        state.top_mut().slots[index] = Slot::MEM;
    }

    pub(super) fn literal_of(&self, state: &State, at: u32, operand: u32) -> &'static Value {
        let code = self.code_of(self.proto(state.top().ctx));
        literal((&raw const code.0[at as usize]).cast(), operand)
    }

    fn literal_scalar(&mut self, state: &State, at: u32, operand: u32) -> Option<Kind> {
        let value = self.literal_of(state, at, operand);
        Some(match value.tag() {
            Tag::Int => Kind::Int(self.int(value.as_int()?)),
            Tag::Float => Kind::Float(self.push(Inst::Float(value.as_float()?), Ty::Float)),
            Tag::True => Kind::Bool(self.push(Inst::Bool(true), Ty::Bool)),
            Tag::False => Kind::Bool(self.push(Inst::Bool(false), Ty::Bool)),
            Tag::Null => Kind::Null,
            _ => return None,
        })
    }

    /// A temporary that an instruction has taken holds nothing any more.
    pub(super) fn take(&mut self, state: &mut State, kind: Operand, operand: u32) {
        if kind == Operand::Tmp {
            state.top_mut().slots[slot_index(operand)] = Slot::EMPTY;
        }
    }

    /// Takes all temporaries among operands a and b.
    pub(super) fn take_operands(&mut self, state: &mut State, op: Op) {
        self.take(state, op.kind_a(), op.a);
        self.take(state, op.kind_b(), op.b);
    }

    /// Whether the result may be written to operand c, which held `old`: leaves or releases where that is needed.
    pub(super) fn free_result(&mut self, state: &mut State, op: Op, old: u16) -> Result<(), Stop> {
        if op.kind_c() == Operand::Cv { self.free(state, slot_index(op.c), old) } else { Ok(()) }
    }

    /// Makes a variable's slot in memory one that owns nothing, because a value in registers takes its place.
    pub(super) fn free(&mut self, state: &mut State, index: usize, old: u16) -> Result<(), Stop> {
        if matches!(state.top().slots[index].kind, Kind::Mem | Kind::Array(..)) {
            self.settle(state);
        }
        let (base, offset) = self.place(state, index);
        match state.top().slots[index].kind {
            Kind::Mem if old & !PLAIN == 0 => {
                let snap = self.exit_here()?;
                self.guard_plain(base, offset, Region::Frame, snap);
            }
            Kind::Mem => {
                // What a reference holds would be assigned to.
                let snap = self.exit_here()?;
                let tag = self.load(Width::Byte, base, offset as usize + VALUE_TAG, Region::Frame);
                self.guard_not_word(tag, Tag::Reference as u64, snap);
                self.release(base, offset);
            }
            Kind::Array(..) => self.release(base, offset),
            Kind::Boxed(payload, second) => self.release_words(payload, second),
            _ => {}
        }
        Ok(())
    }

    /// Releases the value in memory if it owns a count; nothing is owned there afterwards.
    pub(super) fn release(&mut self, base: Val, offset: u32) {
        let counted = self.counted(base, offset, Region::Frame);
        self.release_if(counted, |this| {
            let slot = this.address(base, offset);
            this.call(Helper::Release, vec![slot])
        });
    }

    /// Releases a value in its two words if it owns a count.
    pub(super) fn release_words(&mut self, payload: Val, second: Val) {
        let bits = self.push(Inst::WordToInt(second), Ty::Int);
        let mask = self.int(i64::from(OWNS_COUNT) << 8);
        let bit = self.push(Inst::IntOp(IntOp::And, bits, mask), Ty::Int);
        let zero = self.int(0);
        let counted = self.push(Inst::IntCmp(Cmp::Ne, bit, zero), Ty::Bool);
        self.release_if(counted, |this| this.call(Helper::ReleaseWords, vec![payload, second]));
    }

    fn release_if(&mut self, counted: Val, release: impl FnOnce(&mut Self) -> Val) {
        let (then, done) = (self.func.new_block(), self.func.new_block());
        let attention = self.func.new_param(done, Ty::Word);
        let calm = self.word(0);
        self.end(End::Branch(
            counted,
            Edge { to: then, args: Vals::new() },
            Edge { to: done, args: smallvec![calm] },
        ));
        self.block = then;
        let asks = release(self);
        self.end(End::Jump(Edge { to: done, args: smallvec![asks] }));
        self.block = done;
        self.attention.push(attention);
    }

    /// Gives operand c a value in registers.
    pub(super) fn set_result(&mut self, state: &mut State, op: Op, kind: Kind) {
        match op.kind_c() {
            Operand::Cv | Operand::Tmp => state.top_mut().slots[slot_index(op.c)] = Slot::dirty(kind),
            _ => {}
        }
    }
}

fn slot_value(index: usize, slot: &Slot) -> Option<(u32, SlotValue)> {
    if slot.kind.is_scalar() && !slot.dirty {
        return None;
    }
    let value = match slot.kind {
        Kind::Mem | Kind::Empty | Kind::Array(..) => return None,
        Kind::Undef => SlotValue::Undef,
        Kind::Null => SlotValue::Null,
        Kind::Bool(val) => SlotValue::Bool(val),
        Kind::Int(val) => SlotValue::Int(val),
        Kind::Float(val) => SlotValue::Float(val),
        Kind::Boxed(payload, second) => SlotValue::Boxed(payload, second),
        Kind::Borrowed(from, ..) => SlotValue::CopyOf(from),
    };
    Some((slot_offset(index), value))
}
