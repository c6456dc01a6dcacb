//! How a region begins: what it needs of its arguments, and what is checked before anything else.

use super::state::{Context, CtxId, FrameState, Kind, Slot, State};
use super::{Builder, Entry};
use crate::ir::{Blk, Cmp, Edge, End, Inst, IntOp, Region, Ty, Vals, Width};
use crate::runtime::Args;
use crate::snapshot::NONE;
use phalanx_vm::frame::{Frame, flag};
use phalanx_vm::layout::{CONTEXT_STACK_END, CONTEXT_STACK_TOP};
use smallvec::smallvec;
use std::mem::offset_of;

/// Frames that the code of a function does not run.
const ODD: u32 = flag::EXTRA_ARGS | flag::MAY_HAVE_UNDEF | flag::GENERATOR | flag::SYMBOLS;

impl Builder<'_> {
    /// Fills the first block, but for its end; gives the state at the entry.
    pub(super) fn enter(&mut self) -> State {
        let fp = self.func.new_param(self.block, Ty::Word);
        // The code's own address: exits need it, and get it from the lowering.
        self.func.new_param(self.block, Ty::Word);
        self.cx = self.load(Width::Word, self.args, offset_of!(Args, cx), Region::Fixed);
        self.interrupt = self.load(Width::Word, self.args, offset_of!(Args, interrupt), Region::Context);
        self.top = self.load(Width::Word, self.cx, CONTEXT_STACK_TOP, Region::Context);
        let cache = self.load(Width::Word, fp, offset_of!(Frame, cache), Region::Fixed);
        let proto = self.request.proto;
        let num_args = if let Entry::Call(given) = self.request.entry { given } else { 0 };
        self.ctxs.push(Context {
            parent: None,
            proto,
            base: 0,
            call_at: 0,
            func_word: 0,
            num_args,
            ret: NONE,
        });
        let mut slots = vec![Slot::MEM; (proto.num_cvs + proto.num_tmps) as usize];
        if let Entry::Call(given) = self.request.entry {
            slots[given as usize..proto.num_cvs as usize].fill(Slot::dirty(Kind::Undef));
            slots[proto.num_cvs as usize..].fill(Slot::EMPTY);
        }
        self.fp = fp;
        let frame = FrameState {
            ctx: CtxId(0),
            fp,
            cache,
            this: None,
            top: self.top,
            slots,
            pending: Vec::new(),
            begun: 0,
            written: true,
        };
        State { frames: smallvec![frame] }
    }

    /// Ends the first block: checks that the code can run here.
    pub(super) fn reserve(&mut self, entry: Blk, first: Blk) {
        // The frame is as it was.
        let refuse = self.func.new_block();
        self.func.block_mut(refuse).cold = true;
        self.func.block_mut(refuse).end = End::Refuse;
        self.block = entry;
        let fp = self.fp;
        if let Entry::Call(given) = self.request.entry {
            // The number of arguments, and the flags behind it, at once.
            let head = self.load_int(Width::Word, fp, offset_of!(Frame, num_args), Region::Frame);
            let mask = self.int(i64::from(ODD) << 32 | 0xffff_ffff);
            let bits = self.push(Inst::IntOp(IntOp::And, head, mask), Ty::Int);
            let wanted = self.int(given.into());
            self.require(Inst::IntCmp(Cmp::Eq, bits, wanted), refuse);
            let here = self.push(Inst::StackPointer, Ty::Word);
            let limit = self.load(Width::Word, self.args, offset_of!(Args, stack_limit), Region::Fixed);
            self.require(Inst::IntCmp(Cmp::Below, limit, here), refuse);
            if self.calls {
                // Time-outs reach recursion without loops.
                let raised = self.load(Width::Half, self.interrupt, 0, Region::Context);
                let zero = self.word(0);
                self.require(Inst::IntCmp(Cmp::Eq, raised, zero), refuse);
            }
        }
        if self.need > 0 {
            let end = self.load_int(Width::Word, self.cx, CONTEXT_STACK_END, Region::Context);
            let top = self.push(Inst::WordToInt(self.top), Ty::Int);
            let left = self.push(Inst::IntOp(IntOp::Sub, end, top), Ty::Int);
            let need = self.int(self.need.into());
            self.require(Inst::IntCmp(Cmp::Le, need, left), refuse);
        }
        self.end(End::Jump(Edge { to: first, args: Vals::new() }));
    }

    /// Goes on in a new block if a condition holds.
    fn require(&mut self, cond: Inst, refuse: Blk) {
        let cond = self.push(cond, Ty::Bool);
        let on = self.func.new_block();
        let edge = |to| Edge { to, args: Vals::new() };
        self.end(End::Branch(cond, edge(on), edge(refuse)));
        self.block = on;
    }
}
