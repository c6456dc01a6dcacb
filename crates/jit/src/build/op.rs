//! One instruction: which translation it gets.

use super::state::State;
use super::{Builder, Stop};
use crate::ir::{Cmp, End};
use crate::snapshot::COUNTED;
use phalanx_bytecode::flags::{BinOp, op as flag};
use phalanx_bytecode::table::Opcode;
use phalanx_bytecode::{Kind as Operand, Op};

use crate::profile::OpProfile;

/// What became of an instruction.
pub(super) enum Done {
    /// It is translated, and execution goes on behind it.
    Next,
    /// It is translated, and execution goes on there.
    At(u32),
    /// It ended the block.
    Ended,
    /// It is left to its handler.
    No,
}

/// An instruction as the translations see it.
#[derive(Clone, Copy)]
pub(super) struct Ins {
    pub at: u32,
    pub op: Op,
    pub base: Opcode,
    pub seen: OpProfile,
}

impl<'p> Builder<'p> {
    /// Translates the instruction; gives the one to go on at, if the block does not end here.
    pub(super) fn translate(&mut self, at: u32, state: &mut State) -> Result<Option<u32>, Stop> {
        let ctx = state.top().ctx;
        let proto = self.proto(ctx);
        let code = self.code_of(proto);
        let Some(profile) = self.profile(proto) else { return Err(Stop::Again) };
        let ins = Ins { at, op: code.op(at), base: code.base(at), seen: profile.ops[at as usize] };
        let ins = self.speculate(ins, state);
        self.before.clone_from(state);
        self.at = at;
        self.exit = None;
        self.attention.clear();
        if self.request.show {
            eprintln!("b{} {}{at}: {:?}", self.block.0, "  ".repeat(state.frames.len()), ins.base);
        }
        let behind = code.behind(at);
        let done = match self.own(ins, state)? {
            Done::No if !profile.ops[at as usize].seen => {
                *state = self.before.clone();
                let snap = self.snapshot(state, at, COUNTED)?;
                self.end(End::Exit(snap));
                Done::Ended
            }
            Done::No => {
                self.left += 1;
                *state = self.before.clone();
                self.by_handler(ins, state)?
            }
            done => {
                self.own += 1;
                done
            }
        };
        let next = match done {
            Done::Next => behind,
            Done::At(next) => next,
            Done::Ended | Done::No => return Ok(None),
        };
        self.attend(next, state)?;
        Ok(Some(next))
    }

    fn own(&mut self, ins: Ins, state: &mut State) -> Result<Done, Stop> {
        let op = ins.op;
        // Flags change what an instruction does; those that matter are looked at where they may stand.
        let odd = op.flags() & !flag::DEST_CV != 0;
        let code = self.code_of(self.proto(state.top().ctx));
        match ins.base {
            Opcode::NOP | Opcode::LOOP_HEAD => Ok(Done::Next),
            Opcode::JMP => Ok(Done::At(code.target(ins.at, op.a))),
            Opcode::ADD => self.binary(BinOp::Add, ins, state),
            Opcode::SUB => self.binary(BinOp::Sub, ins, state),
            Opcode::MUL => self.binary(BinOp::Mul, ins, state),
            Opcode::DIV => self.binary(BinOp::Div, ins, state),
            Opcode::MOD => self.binary(BinOp::Mod, ins, state),
            Opcode::SHL => self.binary(BinOp::Shl, ins, state),
            Opcode::SHR => self.binary(BinOp::Shr, ins, state),
            Opcode::BIT_OR => self.binary(BinOp::BitOr, ins, state),
            Opcode::BIT_AND => self.binary(BinOp::BitAnd, ins, state),
            Opcode::BIT_XOR => self.binary(BinOp::BitXor, ins, state),
            Opcode::BIT_NOT => self.bit_not(ins, state),
            Opcode::LESS if !odd => self.compare(Cmp::Lt, false, ins, state),
            Opcode::LESS_EQUAL if !odd => self.compare(Cmp::Le, false, ins, state),
            Opcode::EQUAL if !odd => self.compare(Cmp::Eq, false, ins, state),
            Opcode::NOT_EQUAL if !odd => self.compare(Cmp::Ne, false, ins, state),
            Opcode::IDENTICAL if !odd => self.compare(Cmp::Eq, true, ins, state),
            Opcode::NOT_IDENTICAL if !odd => self.compare(Cmp::Ne, true, ins, state),
            Opcode::JMP_LESS if !odd => self.jump_compare(Cmp::Lt, true, false, ins, state),
            Opcode::JMP_NOT_LESS if !odd => self.jump_compare(Cmp::Lt, false, false, ins, state),
            Opcode::JMP_LESS_EQUAL if !odd => self.jump_compare(Cmp::Le, true, false, ins, state),
            Opcode::JMP_NOT_LESS_EQUAL if !odd => self.jump_compare(Cmp::Le, false, false, ins, state),
            Opcode::JMP_EQUAL if !odd => self.jump_compare(Cmp::Eq, true, false, ins, state),
            Opcode::JMP_NOT_EQUAL if !odd => self.jump_compare(Cmp::Ne, true, false, ins, state),
            Opcode::JMP_IDENTICAL if !odd => self.jump_compare(Cmp::Eq, true, true, ins, state),
            Opcode::JMP_NOT_IDENTICAL if !odd => self.jump_compare(Cmp::Ne, true, true, ins, state),
            Opcode::BOOL => self.truth(true, ins, state),
            Opcode::NOT => self.truth(false, ins, state),
            Opcode::JMP_Z | Opcode::JMP_Z_EX => self.jump_truth(false, ins, state),
            Opcode::JMP_NZ | Opcode::JMP_NZ_EX => self.jump_truth(true, ins, state),
            Opcode::CAST => self.cast(ins, state),
            Opcode::TYPE_CHECK => self.type_check(ins, state),
            Opcode::MOVE => self.copy(ins, op.kind_a(), op.a, true, state),
            Opcode::COPY_TMP => self.copy(ins, op.kind_a(), op.a, false, state),
            Opcode::FREE if !odd => self.free_operand(ins, state),
            Opcode::ASSIGN if op.kind_a() == Operand::Cv && !odd => self.assign(ins, state),
            Opcode::ASSIGN_OP if op.kind_a() == Operand::Cv => self.assign_op(ins, state),
            Opcode::PRE_INC if op.kind_a() == Operand::Cv => self.step(1, true, ins, state),
            Opcode::PRE_DEC if op.kind_a() == Operand::Cv => self.step(-1, true, ins, state),
            Opcode::POST_INC if op.kind_a() == Operand::Cv => self.step(1, false, ins, state),
            Opcode::POST_DEC if op.kind_a() == Operand::Cv => self.step(-1, false, ins, state),
            Opcode::FETCH_DIM_R if !odd => self.element(ins, state),
            Opcode::ASSIGN_DIM if !odd => self.store_element(ins, state),
            Opcode::ASSIGN_DIM_OP => self.change_element(ins, state),
            Opcode::FETCH_OBJ_R if !odd => self.fetch_property(ins, state),
            Opcode::ASSIGN_OBJ if !odd => self.assign_property(ins, state),
            Opcode::ASSIGN_OBJ_OP => self.change_property(ins, state),
            Opcode::PRE_INC_OBJ | Opcode::POST_INC_OBJ if !odd => self.step_property(1, ins, state),
            Opcode::PRE_DEC_OBJ | Opcode::POST_DEC_OBJ if !odd => self.step_property(-1, ins, state),
            Opcode::FETCH_CONST => self.constant(ins, state),
            Opcode::FETCH_STATIC_R if !odd => self.static_property(ins, state),
            Opcode::ASSIGN_STATIC if !odd => self.assign_static(ins, state),
            Opcode::ISSET_STATIC => self.isset_static(ins, state),
            Opcode::COUNT if op.kind_a() == Operand::Cv => self.count(ins, state),
            Opcode::ECHO => self.echo(ins, state),
            Opcode::STRLEN => self.string_length(ins, state),
            Opcode::INIT_CALL => self.init_call(ins, state),
            Opcode::INIT_CALL_METHOD if !odd => self.init_method(ins, state),
            Opcode::SEND_VAL | Opcode::SEND_VAR | Opcode::SEND_CALL_RESULT => self.send(ins, state),
            Opcode::CALL => self.make_call(ins, state),
            Opcode::RECV | Opcode::RECV_INIT => self.receive(ins, state),
            Opcode::RECV_DEFAULT => self.receive_default(ins, state),
            Opcode::VERIFY_RETURN => self.verify_return(ins, state),
            Opcode::RETURN => self.return_(ins, state),
            _ => Ok(Done::No),
        }
    }
}
