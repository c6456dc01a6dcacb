//! What an instruction does to temporaries and where execution may go on behind it, from the opcode table and the few
//! rows whose documentation says more than the roles do.

use crate::Op;
use crate::flags::op as flag;
use crate::shape::Shape;
use crate::table::{ALL, OPCODES, OPS, Opcode, Role};

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

impl Effect {
    /// It must hold a value before.
    pub(crate) const NEEDS: u8 = 1;
    /// It holds none if execution continues at the next instruction.
    pub(crate) const CLEARS_NEXT: u8 = 2;
    /// It holds none if execution continues at the jump target.
    pub(crate) const CLEARS_JUMP: u8 = 4;
    /// It holds one, as it must not before, if execution continues at the next instruction.
    pub(crate) const SETS_NEXT: u8 = 8;
    /// It holds one, as it must not before, if execution continues at the jump target.
    pub(crate) const SETS_JUMP: u8 = 16;

    /// The effect in bits, of which any number may be tested without a branch.
    #[inline]
    pub(crate) const fn bits(self) -> u8 {
        match self {
            Effect::Keep => Effect::NEEDS,
            Effect::Take => Effect::NEEDS | Effect::CLEARS_NEXT | Effect::CLEARS_JUMP,
            Effect::TakeOnJump => Effect::NEEDS | Effect::CLEARS_JUMP,
            Effect::Define => Effect::SETS_NEXT | Effect::SETS_JUMP,
            Effect::DefineOnNext => Effect::SETS_NEXT,
            Effect::DefineOnJump => Effect::SETS_JUMP,
        }
    }
}

/// Calls `then` with the slot number and effect for each temporary of the instruction; `data` says that it is the
/// `DATA` of an instruction with that opcode. The memory of a `finally` block (see `FAST_CALL`) is not a temporary in
/// this sense: only the tables of try blocks speak of it.
#[inline]
pub fn temporaries(op: Op, data_of: Option<Opcode>, mut then: impl FnMut(u32, Effect)) {
    let mut operands = op.temporaries();
    if operands == 0 {
        return;
    }
    let opcode = op.opcode();
    if opcode == Opcode::ROPE_END {
        for slot in op.a..op.a + op.b {
            then(slot, Effect::Take);
        }
    }
    let effects = &EFFECTS[opcode as usize];
    while operands != 0 {
        let operand = operands.trailing_zeros() as usize / 2;
        operands &= operands - 1;
        let Some(mut effect) = effects[operand] else { continue };
        if operand == 0 && stays(opcode, op, data_of) {
            effect = if opcode == Opcode::DATA { Effect::DefineOnNext } else { Effect::Keep };
        }
        then([op.a, op.b, op.c][operand], effect);
    }
}

/// Whether temporary a is not taken, though it is by others with this opcode.
fn stays(opcode: Opcode, op: Op, data_of: Option<Opcode>) -> bool {
    match opcode {
        Opcode::DATA => matches!(data_of, Some(Opcode::FE_FETCH_R | Opcode::FE_FETCH_RW)),
        Opcode::IDENTICAL
        | Opcode::NOT_IDENTICAL
        | Opcode::EQUAL
        | Opcode::JMP_EQUAL
        | Opcode::JMP_IDENTICAL
        | Opcode::VERIFY_RETURN => op.flags() & flag::KEEP_A != 0,
        _ => false,
    }
}

/// What each opcode does to a temporary that is its operand a, b or c.
static EFFECTS: [[Option<Effect>; 3]; OPCODES] = {
    let mut all = [[None; 3]; OPCODES];
    let mut code = 0;
    while code < OPCODES {
        let mut operand = 0;
        while operand < 3 {
            all[code][operand] = effect(ALL[code], operand, OPS[code].roles[operand]);
            operand += 1;
        }
        code += 1;
    }
    all
};

const fn effect(opcode: Opcode, operand: usize, role: Role) -> Option<Effect> {
    match (opcode, role) {
        (Opcode::FAST_RET | Opcode::DISCARD_EXCEPTION, _) => None,
        (Opcode::FAST_CALL, _) => {
            if operand == 1 {
                Some(Effect::Keep)
            } else {
                None
            }
        }
        // It is the first of those that it takes.
        (Opcode::ROPE_END, Role::Tmp) => None,
        // An object becomes a value when its constructor has returned; `crate::flow` knows where.
        (Opcode::NEW, Role::Res) => None,
        (_, Role::Val | Role::Opt | Role::Var | Role::Obj | Role::Class) => {
            Some(if operand == 0 { effect_of_a(opcode) } else { Effect::Take })
        }
        (_, Role::Tmp) => Some(Effect::Keep),
        (_, Role::Res) => Some(effect_of_result(opcode)),
        (_, Role::Dst) => Some(Effect::DefineOnNext),
        (_, Role::None | Role::Lit | Role::Jmp | Role::Num) => None,
    }
}

const fn effect_of_a(opcode: Opcode) -> Effect {
    match opcode {
        Opcode::SWITCH_INT
        | Opcode::SWITCH_STRING
        | Opcode::MATCH
        | Opcode::FETCH_LIST_R
        | Opcode::FETCH_LIST_W => Effect::Keep,
        Opcode::JMP_NULL => Effect::TakeOnJump,
        _ => Effect::Take,
    }
}

const fn effect_of_result(opcode: Opcode) -> Effect {
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
pub const fn continues(opcode: Opcode) -> bool {
    matches!(opcode, Opcode::FAST_CALL | Opcode::CREATE_GENERATOR) || !OPS[opcode as usize].ends()
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
