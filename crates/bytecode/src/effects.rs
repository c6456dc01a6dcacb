//! What an instruction does to temporaries and where execution may go on behind it, from the opcode table and the few
//! rows whose documentation says more than the roles do.

use crate::flags::op as flag;
use crate::shape::Shape;
use crate::table::{Opcode, Role};
use crate::{Kind, Op};

/// What happens to a temporary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// It is read and must hold a value, which stays.
    Keep,
    /// Its value is taken.
    Take,
    /// Its value is taken if execution continues at the jump target; otherwise it stays.
    TakeOnJump,
    /// It receives a value.
    Define,
    /// It receives a value if execution continues at the next instruction.
    DefineOnNext,
    /// It receives a value if execution continues at the jump target.
    DefineOnJump,
}

/// Calls `then` with the slot number and effect for each temporary of the instruction; `data` says that it is the
/// `DATA` of an instruction with that opcode. The memory of a `finally` block (see `FAST_CALL`) is not a temporary in
/// this sense: only the tables of try blocks speak of it.
pub fn temporaries(op: Op, data_of: Option<Opcode>, mut then: impl FnMut(u32, Effect)) {
    let opcode = op.opcode();
    if opcode == Opcode::DATA {
        if op.kind_a() == Kind::Tmp {
            let receives = matches!(data_of, Some(Opcode::FE_FETCH_R | Opcode::FE_FETCH_RW));
            then(op.a, if receives { Effect::DefineOnNext } else { Effect::Take });
        }
        return;
    }
    if matches!(opcode, Opcode::FAST_RET | Opcode::DISCARD_EXCEPTION) {
        return;
    }
    if opcode == Opcode::FAST_CALL {
        if op.kind_b() == Kind::Tmp {
            then(op.b, Effect::Keep);
        }
        return;
    }
    if opcode == Opcode::ROPE_END {
        for slot in op.a..op.a + op.b {
            then(slot, Effect::Take);
        }
    }
    let roles = opcode.info().roles;
    for (at, (kind, slot)) in
        [(op.kind_a(), op.a), (op.kind_b(), op.b), (op.kind_c(), op.c)].into_iter().enumerate()
    {
        if kind != Kind::Tmp {
            continue;
        }
        match roles[at] {
            Role::Val | Role::Opt | Role::Var | Role::Obj | Role::Class => {
                then(slot, if at == 0 { effect_of_a(opcode, op) } else { Effect::Take });
            }
            Role::Tmp if opcode == Opcode::ROPE_END => {}
            Role::Tmp => then(slot, Effect::Keep),
            // An object becomes a value when its constructor has returned; `crate::flow` knows where.
            Role::Res if opcode == Opcode::NEW => {}
            Role::Res => then(slot, effect_of_result(opcode)),
            Role::Dst => then(slot, Effect::DefineOnNext),
            Role::None | Role::Lit | Role::Jmp | Role::Num => {}
        }
    }
}

fn effect_of_a(opcode: Opcode, op: Op) -> Effect {
    match opcode {
        Opcode::SWITCH_INT
        | Opcode::SWITCH_STRING
        | Opcode::MATCH
        | Opcode::FETCH_LIST_R
        | Opcode::FETCH_LIST_W => Effect::Keep,
        Opcode::IDENTICAL
        | Opcode::NOT_IDENTICAL
        | Opcode::EQUAL
        | Opcode::JMP_EQUAL
        | Opcode::JMP_IDENTICAL
            if op.flags() & flag::KEEP_A != 0 =>
        {
            Effect::Keep
        }
        Opcode::VERIFY_RETURN if op.flags() & flag::KEEP_A != 0 => Effect::Keep,
        Opcode::JMP_NULL => Effect::TakeOnJump,
        _ => Effect::Take,
    }
}

fn effect_of_result(opcode: Opcode) -> Effect {
    match opcode {
        Opcode::ADD_ELEMENT | Opcode::ADD_UNPACK => Effect::Keep,
        // What `JMP_Z_EX` leaves when it does not jump is a bool that the next instruction overwrites.
        Opcode::JMP_Z_EX
        | Opcode::JMP_NZ_EX
        | Opcode::JMP_SET
        | Opcode::COALESCE
        | Opcode::JMP_NULL
        | Opcode::ASSERT_CHECK => Effect::DefineOnJump,
        _ => Effect::Define,
    }
}

/// Whether execution may continue behind the instruction at some time: a `FAST_CALL` comes back, a generator is resumed.
pub fn continues(opcode: Opcode) -> bool {
    matches!(opcode, Opcode::FAST_CALL | Opcode::CREATE_GENERATOR) || !opcode.info().ends()
}

/// The instruction as which an exception of instruction `at` counts where its handler is looked for.
///
/// A jump or return out of a loop first releases what the loop holds, still inside of the try blocks that it leaves. Handlers
/// of those expect the loop to be there, so from then on exceptions count as raised at the loop's end. What is wrong with a
/// return is the caller's, as in PHP: it counts as raised behind the last instruction.
pub fn raises_as(code: &[Op], at: usize) -> usize {
    let leaves = |op: Op| {
        let releases = matches!(op.opcode(), Opcode::FREE | Opcode::FE_FREE);
        (releases && op.flags() & flag::LEAVING != 0).then_some(op.b as usize)
    };
    match code[at].opcode() {
        Opcode::RETURN | Opcode::RETURN_REF | Opcode::RETURN_GENERATOR => code.len(),
        Opcode::FREE | Opcode::FE_FREE => leaves(code[at]).unwrap_or(at),
        Opcode::JMP => {
            let before = code[..at].iter().rev().find(|op| op.opcode() != Opcode::FAST_CALL);
            before.and_then(|&op| leaves(op)).unwrap_or(at)
        }
        _ => at,
    }
}

/// Calls `then` with each jump target of the instruction `at`.
pub fn targets(func: &Shape<'_>, at: usize, op: Op, mut then: impl FnMut(u32)) {
    let opcode = op.opcode();
    let roles = opcode.info().roles;
    for (role, target) in roles.into_iter().zip([op.a, op.b, op.c]) {
        // Only a static variable with an initializer jumps over the code that computes it.
        let absent = opcode == Opcode::BIND_STATIC && op.flags() & flag::HAS_INIT == 0;
        if role == Role::Jmp && !absent {
            then(target);
        }
    }
    if matches!(opcode, Opcode::SWITCH_INT | Opcode::SWITCH_STRING | Opcode::MATCH) {
        func.literals.jump_table(op.b, at as u32, &mut then);
    }
}
