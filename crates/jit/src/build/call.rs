//! Calls of functions and methods of PHP code: inlined, or of compiled code.
//!
//! From INIT to CALL a call exists in snapshots only. What is passed is in registers, or, if it owns a count, already in the
//! slot that it will have: the place of the frame is known, since frames follow each other on the VM stack.

use super::op::{Done, Ins};
use super::state::{Context, CtxId, FrameState, Kind, Pending, Slot, State};
use super::{Builder, Stop};
use crate::ir::{Cmp, Edge, End, Inst, IntOp, Region, Ty, Val, Vals, Width};
use crate::profile::Callee;
use crate::runtime::{ATTEND, Args, Helper, LEFT};
use crate::snapshot::{NONE, RAISE};
use crate::types::{PLAIN, UNDEF, bit, slot_index, slot_offset};
use phalanx_bytecode::flags::func as func_flag;
use phalanx_bytecode::flags::op as flag;
use phalanx_bytecode::unit::FuncProto;
use phalanx_bytecode::{FRAME_HEADER_SIZE, Kind as Operand, SLOT_SIZE};
use phalanx_value::Tag;
use phalanx_value::layout::{OBJECT_CLASS, VALUE_TAG};
use phalanx_value::value::COUNTED as OWNS_COUNT;
use phalanx_vm::frame::{Frame, flag as frame_flag};
use phalanx_vm::layout::{CONTEXT_STACK_END, CONTEXT_STACK_TOP, FUNC_CACHE, FUNC_PROTO};
use smallvec::smallvec;
use std::mem::offset_of;

/// Functions that are called by their handlers.
const ODD: u32 = func_flag::GENERATOR
    | func_flag::VARIADIC
    | func_flag::RETURNS_REF
    | func_flag::ABSTRACT
    | func_flag::DEPRECATED
    | func_flag::USES_SYMBOLS;

/// How many instructions a function that is inlined may have, and how deep calls are inlined.
const MAX_INLINED: usize = 60;
const MAX_DEPTH: usize = 5;
/// How often a function is inlined in itself.
const MAX_RECURSION: usize = 1;

/// The second word of an object that a frame holds without owning it.
const BORROWED_OBJECT: u64 = Tag::Object as u64 | (OWNS_COUNT as u64) << 8;

/// What a frame begins with.
struct Header {
    func: Val,
    this: Option<Val>,
    prev: Val,
    ret: Val,
    cache: Val,
    /// Number of arguments, and flags above it.
    head: u64,
}

fn frame_size(proto: &FuncProto) -> u32 {
    FRAME_HEADER_SIZE + (proto.num_cvs + proto.num_tmps) * SLOT_SIZE
}

impl<'p> Builder<'p> {
    pub(super) fn init_call(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let Callee::User(proto) = ins.seen.callee else { return Ok(Done::No) };
        let caller = self.proto(state.top().ctx);
        let callee = self.proto_ref(proto);
        if !self.is_plain(caller, callee, ins.op.b) || self.avoid.handled.contains(&(caller, ins.at)) {
            return Ok(Done::No);
        }
        let func_word = self.literal_of(state, ins.at, ins.op.a).spare();
        self.begin(ins, state, proto, func_word, None, Region::Fixed)
    }

    /// Begins a call of the function in a word of the inline cache.
    fn begin(
        &mut self,
        ins: Ins,
        state: &mut State,
        proto: *const FuncProto,
        func_word: u32,
        this: Option<Val>,
        region: Region,
    ) -> Result<Done, Stop> {
        // What the thread's cache does not know yet, it learns from the handler.
        let before = self.before.clone();
        let unknown = self.snapshot(&before, ins.at, 0)?;
        let cache = state.top().cache;
        let func = self.load(Width::Word, cache, func_word as usize * 8, region);
        self.guard_not_word(func, 0, unknown);
        let known = self.load(Width::Word, func, FUNC_PROTO, Region::Fixed);
        self.guard_word(known, proto.addr() as u64, unknown);
        let base = self.next_base(state);
        let size = frame_size(self.proto_ref(proto));
        let top = state.frames[0].top;
        if state.frames[0].begun == 0 {
            self.need = self.need.max(base + size);
        } else {
            // Handlers have pushed frames since the code was entered.
            let end = self.load_int(Width::Word, self.cx, CONTEXT_STACK_END, Region::Context);
            let address = self.push(Inst::WordToInt(top), Ty::Int);
            let left = self.push(Inst::IntOp(IntOp::Sub, end, address), Ty::Int);
            let need = self.int((base + size).into());
            let fits = self.push(Inst::IntCmp(Cmp::Le, need, left), Ty::Bool);
            self.guard(fits, true, unknown);
        }
        let fp = self.address(top, base);
        let call = Pending { proto, fp, func, this, func_word, base, at: ins.at, args: Vec::new() };
        state.top_mut().pending.push(call);
        Ok(Done::Next)
    }

    /// `INIT_CALL_METHOD` of `$this` or of an object in a variable, which both outlive the call.
    pub(super) fn init_method(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let Callee::User(proto) = ins.seen.callee else { return Ok(Done::No) };
        let caller = self.proto(state.top().ctx);
        let callee = self.proto_ref(proto);
        let symbols = self.profile(caller).is_none_or(|profile| profile.symbols);
        let is_static = callee.has(func_flag::STATIC);
        if ins.op.kind_b() != Operand::Lit || is_static || symbols && ins.op.kind_a() != Operand::None {
            return Ok(Done::No);
        }
        if !self.is_plain(caller, callee, ins.op.c) || self.avoid.handled.contains(&(caller, ins.at)) {
            return Ok(Done::No);
        }
        let snap = self.exit_here()?;
        let Some(object) = self.object(ins, state, snap) else { return Ok(Done::No) };
        let word = self.literal_of(state, ins.at, ins.op.b).spare();
        let class = self.load(Width::Word, object, OBJECT_CLASS, Region::Fixed);
        let cached = self.load(Width::Word, state.top().cache, word as usize * 8, Region::Context);
        let same = self.push(Inst::IntCmp(Cmp::Eq, class, cached), Ty::Bool);
        self.guard(same, true, snap);
        self.begin(ins, state, proto, word + 1, Some(object), Region::Context)
    }

    /// Whether a call with so many arguments is made without its handlers.
    fn is_plain(&self, caller: *const FuncProto, callee: &FuncProto, given: u32) -> bool {
        // A function of another Unit might be gone, and its address be another's, while this code lives on.
        callee.unit() == self.proto_ref(caller).unit()
            && callee.flags & ODD == 0
            && !callee.params.iter().any(|param| param.by_ref.get())
            && given <= callee.num_params
            && given >= callee.num_required
    }

    /// Bytes of the VM stack behind which the next frame lies.
    fn next_base(&self, state: &State) -> u32 {
        let mut base = 0;
        for frame in &state.frames {
            let ctx = self.ctx(frame.ctx);
            if ctx.parent.is_some() {
                base = base.max(ctx.base + frame_size(self.proto_ref(ctx.proto)));
            }
            for call in &frame.pending {
                base = base.max(call.base + frame_size(self.proto_ref(call.proto)));
            }
        }
        base
    }

    pub(super) fn send(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let Some(call) = state.top().pending.last() else { return Ok(Done::No) };
        let (top, number) = (call.fp, call.args.len());
        let op = ins.op;
        if op.flags() & flag::NAMED != 0 && op.kind_c() == Operand::Lit || op.b as usize != number + 1 {
            return Ok(Done::No);
        }
        let to = slot_offset(number);
        let slot = match self.scalar(state, ins.at, op.kind_a(), op.a, ins.seen.a)? {
            Some(scalar) => Slot::dirty(scalar),
            None => match op.kind_a() {
                Operand::Lit => {
                    let value = self.literal_of(state, ins.at, op.a);
                    let address = self.literal_address(value);
                    let place = self.address(top, to);
                    self.call(Helper::Copy, vec![address, place]);
                    Slot::MEM
                }
                Operand::Cv if ins.seen.a & UNDEF == 0 => {
                    let index = slot_index(op.a);
                    if !matches!(state.top().slots[index].kind, Kind::Mem | Kind::Array(..)) {
                        return Ok(Done::No);
                    }
                    let (from, offset) = self.place(state, index);
                    let snap = self.exit_here()?;
                    let tag = self.load(Width::Byte, from, offset as usize + VALUE_TAG, Region::Frame);
                    self.guard_not_word(tag, Tag::Undef as u64, snap);
                    let from = self.address(from, offset);
                    let place = self.address(top, to);
                    self.call(Helper::Copy, vec![from, place]);
                    // The array has another owner now.
                    state.top_mut().slots[index] = Slot::MEM;
                    Slot::MEM
                }
                Operand::Tmp => {
                    let index = slot_index(op.a);
                    match state.top().slots[index].kind {
                        kind @ Kind::Boxed(..) => Slot::dirty(kind),
                        Kind::Borrowed(from, ..) => {
                            let place = self.address(top, to);
                            self.call(Helper::Copy, vec![from, place]);
                            Slot::MEM
                        }
                        Kind::Mem if ins.seen.a & (bit(Tag::Reference) | bit(Tag::Indirect)) == 0 => {
                            let (from, offset) = self.place(state, index);
                            let snap = self.exit_here()?;
                            let tag =
                                self.load(Width::Byte, from, offset as usize + VALUE_TAG, Region::Frame);
                            self.guard_not_word(tag, Tag::Reference as u64, snap);
                            let at = offset as usize;
                            let payload = self.load(Width::Word, from, at, Region::Frame);
                            let second = self.load(Width::Word, from, at + VALUE_TAG, Region::Frame);
                            Slot::dirty(Kind::Boxed(payload, second))
                        }
                        _ => return Ok(Done::No),
                    }
                }
                _ => return Ok(Done::No),
            },
        };
        self.take(state, op.kind_a(), op.a);
        if let Some(call) = state.top_mut().pending.last_mut() {
            call.args.push(slot);
        }
        Ok(Done::Next)
    }

    pub(super) fn make_call(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let Some(call) = state.top().pending.last().cloned() else { return Ok(Done::No) };
        let callee = self.proto_ref(call.proto);
        if (call.args.len() as u32) < callee.num_required {
            return Ok(Done::No);
        }
        if self.may_inline(ins, state, callee) {
            return self.inline(ins, state, call);
        }
        self.outline(ins, state, call)
    }

    fn may_inline(&mut self, ins: Ins, state: &State, callee: &FuncProto) -> bool {
        let caller = self.proto(state.top().ctx);
        let running = state.frames.iter().filter(|frame| std::ptr::eq(self.proto(frame.ctx), callee)).count();
        let Some(profile) = self.profile(callee) else { return false };
        let seen = profile.ops.iter().filter(|op| op.seen).count();
        running <= MAX_RECURSION
            && seen > 0
            && seen <= MAX_INLINED
            && state.frames.len() < MAX_DEPTH
            && !profile.symbols
            && callee.tries.is_empty()
            && profile.loops.is_empty()
            && !self.avoid.outlined.contains(&(caller, ins.at))
    }

    /// The first instruction that runs in a call with so many arguments.
    fn first_op(callee: &FuncProto, given: u32) -> u32 {
        if callee.has(func_flag::HAS_PARAM_TYPES) { 0 } else { given.min(callee.num_required) }
    }

    fn inline(&mut self, ins: Ins, state: &mut State, call: Pending) -> Result<Done, Stop> {
        let callee = self.proto_ref(call.proto);
        let parent = state.top().ctx;
        state.top_mut().pending.pop();
        let given = call.args.len() as u32;
        let known = self.ctxs.iter().position(|ctx| {
            ctx.parent == Some(parent)
                && ctx.call_at == ins.at
                && ctx.proto == call.proto
                && ctx.base == call.base
        });
        let id = match known {
            Some(known) => CtxId(known as u32),
            None => {
                let ret = if ins.op.kind_c() == Operand::None { NONE } else { ins.op.c };
                self.ctxs.push(Context {
                    parent: Some(parent),
                    proto: call.proto,
                    base: call.base,
                    call_at: ins.at,
                    func_word: call.func_word,
                    num_args: given,
                    ret,
                });
                CtxId(self.ctxs.len() as u32 - 1)
            }
        };
        let mut slots = call.args;
        slots.resize(callee.num_cvs as usize, Slot::dirty(Kind::Undef));
        slots.resize((callee.num_cvs + callee.num_tmps) as usize, Slot::EMPTY);
        let cache = if callee.cache_slots == 0 {
            call.func
        } else {
            let before = self.before.clone();
            let unknown = self.snapshot(&before, ins.at, 0)?;
            let cache = self.load(Width::Word, call.func, FUNC_CACHE, Region::Context);
            self.guard_not_word(cache, 0, unknown);
            cache
        };
        state.frames.push(FrameState {
            ctx: id,
            fp: call.fp,
            cache,
            this: call.this,
            top: call.fp,
            slots,
            pending: Vec::new(),
            begun: 0,
            written: false,
        });
        self.go(Self::first_op(callee, given), state.clone())?;
        Ok(Done::Ended)
    }

    /// A call of compiled code, or of the interpreter where there is none yet.
    fn outline(&mut self, ins: Ins, state: &mut State, call: Pending) -> Result<Done, Stop> {
        self.calls = true;
        let callee = self.proto_ref(call.proto);
        let fp = state.top().fp;
        state.top_mut().pending.pop();
        self.keep_methods(state)?;
        let frame = call.fp;
        let size = frame_size(callee);
        // What backtraces show, and what an exception releases.
        self.flush(state);
        self.write_inlined(state);
        for (index, slot) in call.args.iter().enumerate() {
            if slot.kind.is_register() {
                self.write_slot(frame, slot_offset(index), slot.kind);
            }
        }
        let null = self.word(0);
        let cache = self.load(Width::Word, call.func, FUNC_CACHE, Region::Context);
        let head = u64::from(frame_flag::TOP) << 32 | call.args.len() as u64;
        self.write_header(
            frame,
            Header { func: call.func, this: call.this, prev: fp, ret: null, cache, head },
        );
        let pc = self.pc(state, ins.at);
        self.store(Width::Word, fp, offset_of!(Frame, pc) as u32, pc, Region::Frame);
        let above = self.address(frame, size);
        self.store(Width::Word, self.cx, CONTEXT_STACK_TOP as u32, above, Region::Context);
        let (payload, second) = self.invoke(callee, frame, cache, state, ins)?;
        self.reset_top(state);
        if ins.op.kind_c() == Operand::None {
            self.release_words(payload, second);
        } else {
            self.set_result(state, ins.op, Kind::Boxed(payload, second));
        }
        // What always was one type is that from here on.
        if ins.op.kind_c() == Operand::Tmp && ins.seen.c & !PLAIN == 0 {
            self.before = state.clone();
            self.at = ins.at + 1;
            self.exit = None;
            self.scalar(state, ins.at, ins.op.kind_c(), ins.op.c, ins.seen.c)?;
        }
        Ok(Done::Next)
    }

    /// Exits find methods in the inline caches of their callers, where a called function may put others.
    fn keep_methods(&mut self, state: &State) -> Result<(), Stop> {
        for frame in &state.frames {
            if self.ctx(frame.ctx).parent.is_some() && frame.this.is_some() {
                return self.need_frame(state);
            }
            if let Some(call) = frame.pending.iter().find(|call| call.this.is_some()) {
                self.avoid.handled.insert((self.proto(frame.ctx), call.at));
                return Err(Stop::Again);
            }
        }
        Ok(())
    }

    /// Exits build inlined frames from there.
    fn reset_top(&mut self, state: &State) {
        let top = state.frames[0].top;
        self.store(Width::Word, self.cx, CONTEXT_STACK_TOP as u32, top, Region::Context);
    }

    /// Writes the headers of inlined frames, which a called function has below it.
    fn write_inlined(&mut self, state: &mut State) {
        for depth in 1..state.frames.len() {
            let (outer, inner) = (state.frames[depth - 1].clone(), state.frames[depth].clone());
            let ctx = self.ctx(inner.ctx).clone();
            if !inner.written {
                let func = self.load(Width::Word, outer.cache, ctx.func_word as usize * 8, Region::Fixed);
                let ret = if ctx.ret == NONE { self.word(0) } else { self.address(outer.fp, ctx.ret) };
                let (this, cache, head) = (inner.this, inner.cache, ctx.num_args.into());
                self.write_header(inner.fp, Header { func, this, prev: outer.fp, ret, cache, head });
                state.frames[depth].written = true;
            }
            let pc = self.pc_in(outer.ctx, ctx.call_at);
            self.store(Width::Word, outer.fp, offset_of!(Frame, pc) as u32, pc, Region::Frame);
        }
    }

    fn write_header(&mut self, frame: Val, header: Header) {
        let zero = self.word(0);
        let second = self.word(if header.this.is_some() { BORROWED_OBJECT } else { 0 });
        let head = self.word(header.head);
        let this = offset_of!(Frame, this);
        let fields = [
            (offset_of!(Frame, call), Some(zero)),
            (offset_of!(Frame, ret), Some(header.ret)),
            (offset_of!(Frame, func), Some(header.func)),
            (this, header.this),
            (this + VALUE_TAG, Some(second)),
            (offset_of!(Frame, prev), Some(header.prev)),
            (offset_of!(Frame, extra), Some(zero)),
            (offset_of!(Frame, cache), Some(header.cache)),
            (offset_of!(Frame, num_args), Some(head)),
        ];
        for (offset, val) in fields {
            if let Some(val) = val {
                self.store(Width::Word, frame, offset as u32, val, Region::Frame);
            }
        }
    }

    /// Calls the function whose frame is ready; gives the two words of its result.
    fn invoke(
        &mut self,
        callee: &FuncProto,
        frame: Val,
        cache: Val,
        state: &State,
        ins: Ins,
    ) -> Result<(Val, Val), Stop> {
        let blocks: Vec<_> = (0..6).map(|_| self.func.new_block()).collect();
        let [compiled, fast, interpreted, odd, finished, done] = blocks[..] else {
            unreachable!("six blocks")
        };
        let (payload, second) = (self.func.new_param(done, Ty::Word), self.func.new_param(done, Ty::Word));
        let ok = self.func.new_param(finished, Ty::Word);
        for block in [interpreted, odd, finished] {
            self.func.block_mut(block).cold = true;
        }
        let to = |to| Edge { to, args: Vals::new() };
        // Code is published for all threads; a thread that has not run the function yet has no caches for it.
        let site = callee.unit().traces.wrapping_add(callee.first_trace_site as usize);
        let site = self.word(site.addr() as u64);
        let entry = self.load(Width::Word, site, 0, Region::Context);
        let none = self.word(0);
        let has_code = self.push(Inst::IntCmp(Cmp::Ne, entry, none), Ty::Bool);
        self.end(End::Branch(has_code, to(compiled), to(interpreted)));
        self.block = compiled;
        let has_cache = self.push(Inst::IntCmp(Cmp::Ne, cache, none), Ty::Bool);
        self.end(End::Branch(has_cache, to(fast), to(interpreted)));
        self.block = fast;
        let first = self.push(Inst::CallCode(entry, frame), Ty::Word);
        let last = self.push(Inst::Second(first), Ty::Word);
        let bits = self.push(Inst::WordToInt(last), Ty::Int);
        let mask = self.int((LEFT | ATTEND) as i64);
        let odd_bits = self.push(Inst::IntOp(IntOp::And, bits, mask), Ty::Int);
        let zero = self.int(0);
        let left = self.push(Inst::IntCmp(Cmp::Ne, odd_bits, zero), Ty::Bool);
        self.end(End::Branch(left, to(odd), Edge { to: done, args: smallvec![first, last] }));
        self.block = interpreted;
        let result = self.call(Helper::CallInterpreted, vec![frame]);
        self.end(End::Jump(Edge { to: finished, args: smallvec![result] }));
        self.block = odd;
        let result = self.call(Helper::FinishCall, vec![frame, first, last]);
        self.end(End::Jump(Edge { to: finished, args: smallvec![result] }));
        self.block = finished;
        self.reset_top(state);
        let thrown = self.snapshot(state, ins.at, RAISE)?;
        self.guard_not_word(ok, 0, thrown);
        let result = offset_of!(Args, result);
        let first = self.load(Width::Word, self.args, result, Region::Context);
        let last = self.load(Width::Word, self.args, result + 8, Region::Context);
        self.end(End::Jump(Edge { to: done, args: smallvec![first, last] }));
        self.block = done;
        Ok((payload, second))
    }
}
