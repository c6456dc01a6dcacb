//! Instructions left to their handlers: everything is in memory before, and what they touch is read again behind.

use super::op::{Done, Ins};
use super::state::{CtxId, Kind, Slot, State};
use super::{Builder, Stop};
use crate::ir::{Cmp, Edge, End, Inst, Region, Ty, Val, Vals, Width};
use crate::runtime::Helper;
use crate::types::slot_index;
use phalanx_bytecode::table::{Opcode, Role};
use phalanx_bytecode::{Kind as Operand, Op};
use phalanx_vm::layout::{CONTEXT_FRAME, CONTEXT_STACK_TOP};

/// What a call is worth less than in the interpreter, in instructions that got code of their own.
const CALL_COST: usize = 8;

impl Builder<'_> {
    /// Address of an instruction of the innermost frame.
    pub(super) fn pc(&mut self, state: &State, at: u32) -> Val {
        self.pc_in(state.top().ctx, at)
    }

    /// The same of an instruction of another function of the region.
    pub(super) fn pc_in(&mut self, ctx: CtxId, at: u32) -> Val {
        let code = self.code_of(self.proto(ctx));
        let address = code.0.as_ptr().addr() + at as usize * size_of::<Op>();
        self.word(address as u64)
    }

    /// An instruction that needs real frames: if there are others than the one the code was entered with, the region is
    /// begun again without them.
    pub(super) fn need_frame(&mut self, state: &State) -> Result<(), Stop> {
        if let Some(frame) = state.frames.get(1) {
            let ctx: CtxId = frame.ctx;
            let (parent, at) = (self.ctx(ctx).parent, self.ctx(ctx).call_at);
            let parent = parent.map_or(std::ptr::null(), |parent| self.proto(parent));
            self.avoid.outlined.insert((parent, at));
            return Err(Stop::Again);
        }
        if let Some(call) = state.top().pending.first() {
            let proto = self.proto(state.top().ctx);
            self.avoid.handled.insert((proto, call.at));
            return Err(Stop::Again);
        }
        Ok(())
    }

    pub(super) fn by_handler(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        if matches!(ins.base, Opcode::RETURN | Opcode::RETURN_REF) || is_generator_op(ins.base) {
            if state.frames.len() > 1 {
                self.need_frame(state)?;
            }
            let snap = self.snapshot(state, ins.at, 0)?;
            self.end(End::Exit(snap));
            return Ok(Done::Ended);
        }
        self.need_frame(state)?;
        self.flush(state);
        let fp = self.fp;
        self.store(Width::Word, self.cx, CONTEXT_FRAME as u32, fp, Region::Context);
        let helper = if ins.base == Opcode::CALL {
            self.left += CALL_COST;
            Helper::CallStep
        } else {
            Helper::Step
        };
        let pc = self.pc(state, ins.at);
        let next = self.call(helper, vec![pc, fp]);
        self.spoil(ins, state);
        match ins.base {
            Opcode::INIT_CALL
            | Opcode::INIT_CALL_DYNAMIC
            | Opcode::INIT_CALL_METHOD
            | Opcode::INIT_CALL_STATIC
            | Opcode::INIT_CALL_PARENT_HOOK
            | Opcode::NEW => state.top_mut().begun += 1,
            Opcode::CALL | Opcode::CALLABLE => state.top_mut().begun = state.top().begun.saturating_sub(1),
            _ => {}
        }
        let begun = state.top().begun;
        if begun != self.before.top().begun {
            state.top_mut().top = match begun {
                0 => self.top,
                _ => self.load(Width::Word, self.cx, CONTEXT_STACK_TOP, Region::Context),
            };
        }
        let code = self.code_of(self.proto(state.top().ctx));
        let profile = self.profile(self.proto(state.top().ctx));
        let mut targets = Vec::new();
        code.successors(ins.at, |to| {
            let seen = profile.is_some_and(|profile| profile.ops[to as usize].seen);
            // What was not seen behind a handler is left to the interpreter: the handler may have changed any type.
            if seen && !targets.contains(&to) {
                targets.push(to);
            }
        });
        // One after the other; where else it goes on the runtime knows.
        for to in targets {
            let pc = self.pc(state, to);
            let there = self.push(Inst::IntCmp(Cmp::Eq, next, pc), Ty::Bool);
            let (yes, no) = (self.func.new_block(), self.func.new_block());
            let edge = |to| Edge { to, args: Vals::new() };
            self.end(End::Branch(there, edge(yes), edge(no)));
            self.block = yes;
            self.go(to, state.clone())?;
            self.block = no;
        }
        self.func.block_mut(self.block).cold = true;
        self.end(End::ExitThere);
        Ok(Done::Ended)
    }

    /// What a handler may have changed is in memory.
    fn spoil(&mut self, ins: Ins, state: &mut State) {
        for slot in state.slots_mut() {
            // It may change any array, or let go of it.
            if matches!(slot.kind, Kind::Array(..)) {
                *slot = Slot::MEM;
            }
        }
        let mut touch = |op: Op, roles: [Role; 3]| {
            let kinds = [op.kind_a(), op.kind_b(), op.kind_c()];
            for (number, operand) in [op.a, op.b, op.c].into_iter().enumerate() {
                let value = !matches!(roles[number], Role::None | Role::Lit | Role::Jmp | Role::Num);
                if value && matches!(kinds[number], Operand::Cv | Operand::Tmp) {
                    state.top_mut().slots[slot_index(operand)] = Slot::MEM;
                }
            }
        };
        touch(ins.op, ins.base.info().roles);
        let code = self.code_of(self.proto(self.before.top().ctx));
        if ins.base.info().has_data() {
            touch(code.op(ins.at + 1), [Role::Val, Role::None, Role::None]);
        }
        if ins.base == Opcode::ROPE_END {
            for part in 0..ins.op.b as usize {
                state.top_mut().slots[slot_index(ins.op.a) + part] = Slot::MEM;
            }
        }
        let symbols = self.profile(self.proto(state.top().ctx)).is_some_and(|profile| profile.symbols);
        if symbols {
            let cvs = self.proto_ref(self.proto(state.top().ctx)).num_cvs as usize;
            state.top_mut().slots[..cvs].fill(Slot::MEM);
        }
    }
}

/// Whether the instruction suspends or ends a generator.
fn is_generator_op(base: Opcode) -> bool {
    matches!(base, Opcode::RETURN_GENERATOR | Opcode::CREATE_GENERATOR | Opcode::YIELD | Opcode::YIELD_FROM)
}
