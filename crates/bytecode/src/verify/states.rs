//! What temporaries hold and which calls are being prepared, followed along all paths of a function.
//!
//! [`crate::flow`] knows whether a temporary holds something. That is enough for code of our own compiler. The VM trusts more
//! than that, and code that comes from a file has to earn it:
//!
//! - A temporary holds a value, an address that a write fetch left, an iterator, a class, parts of a string: instructions
//!   believe what their operands are ([`Held`]). An address is used by one of the next instructions, before anything may
//!   have freed what it points to.
//! - Arguments are sent one after the other to the call that was begun last, never more than it has room for, and each call
//!   that is begun is made, on every path.
//! - An object whose constructor is being called lies where unwinding looks for it.
//! - A handler of exceptions finds the temporaries that it expects, wherever in its block the exception was raised.
//! - A `finally` block is entered at its start, through a `FAST_CALL` or by unwinding, so that what its `FAST_RET` reads is
//!   there; it leaves the temporaries as it found them, since it goes back to more places than one.
//!
//! Each instruction is visited once. Paths that meet must agree on everything, as they do where a compiler places
//! temporaries like a stack. States are kept where jumps arrive only.

mod blocks;
mod objects;

use super::numbers::Facts;
use crate::effects::{Effect, continues, raises_as, targets, temporaries};
use crate::flags::op as flag;
use crate::flow::FlowError;
use crate::shape::Shape;
use crate::table::{Opcode, Role};
use crate::{Kind, Op};
use blocks::Blocks;
use objects::Objects;
use std::collections::HashMap;
use std::rc::Rc;

/// Most entries of all states together: functions beyond that are not for the file cache.
const MAX_ENTRIES: usize = 1 << 23;

/// What a temporary holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Held {
    /// A value.
    Value,
    /// The address of a variable, element or property; or a value, where there was nothing to point to.
    Place,
    /// An iterator.
    Loop,
    /// A saved error level.
    Silence,
    /// A class.
    Class,
    /// A part of a string being built.
    Rope,
    /// An array being built.
    Array,
    /// A closure whose variables are being bound: of that function.
    Closure(u32),
    /// An object whose constructor is being called.
    New,
}

impl Held {
    fn is_value(self) -> bool {
        matches!(self, Held::Value | Held::Array | Held::Closure(_))
    }

    /// Whether what one of two paths leaves may stand for what the other does.
    fn fits(self, other: Held) -> bool {
        self == other || self.is_value() && other.is_value()
    }
}

/// A call that is being prepared, and those around it.
#[derive(PartialEq, Eq, Hash, Clone, Copy)]
struct Call {
    /// The call around it, as an index, or `NONE`.
    outer: u32,
    /// Room for arguments.
    room: u32,
    sent: u32,
    /// Named or unpacked arguments have come, so none by position may.
    closed: bool,
    /// The temporary of the object whose constructor it is, or `NONE`.
    object: u32,
    /// The `NEW` that made that object plus 1, or 0.
    begun_by: u32,
}

const NONE: u32 = u32::MAX;

/// What holds before an instruction.
#[derive(Clone, PartialEq, Eq)]
struct State {
    /// Temporaries that hold something, by slot number.
    held: Vec<(u32, Held)>,
    /// The innermost call being prepared.
    call: u32,
    /// The frame has become a generator's.
    generator: bool,
}

impl State {
    fn find(&self, slot: u32) -> Result<usize, usize> {
        self.held.binary_search_by_key(&slot, |&(slot, _)| slot)
    }

    fn get(&self, slot: u32) -> Option<Held> {
        self.find(slot).ok().map(|at| self.held[at].1)
    }

    /// What holds where two paths meet: nothing if they disagree. An array or closure that is not being built any more on one of
    /// them is a value.
    fn meet(&self, other: &State) -> Option<State> {
        let same = self.call == other.call
            && self.generator == other.generator
            && self.held.len() == other.held.len();
        if !same {
            return None;
        }
        let both = self.held.iter().zip(&other.held).map(|(&(slot, a), &(other_slot, b))| match () {
            () if slot != other_slot || !a.fits(b) => None,
            () if a == b => Some((slot, a)),
            () => Some((slot, Held::Value)),
        });
        let held = both.collect::<Option<Vec<_>>>()?;
        Some(State { held, call: self.call, generator: self.generator })
    }

    fn take(&mut self, slot: u32) {
        if let Ok(at) = self.find(slot) {
            self.held.remove(at);
        }
    }

    fn put(&mut self, slot: u32, held: Held) {
        match self.find(slot) {
            Ok(at) => self.held[at].1 = held,
            Err(at) => self.held.insert(at, (slot, held)),
        }
    }
}

/// Whether the result of the opcode is no value of PHP, so that only a temporary may hold it.
pub(super) fn is_special(opcode: Opcode) -> bool {
    !matches!(result_of(opcode, Op::new(opcode)), Held::Value | Held::Array | Held::Closure(_))
}

fn result_of(opcode: Opcode, op: Op) -> Held {
    use Opcode::*;
    match opcode {
        FETCH_W
        | FETCH_RW
        | FETCH_UNSET
        | FETCH_FUNC_ARG
        | FETCH_DIM_W
        | FETCH_DIM_RW
        | FETCH_DIM_UNSET
        | FETCH_DIM_FUNC_ARG
        | FETCH_LIST_W
        | FETCH_OBJ_W
        | FETCH_OBJ_RW
        | FETCH_OBJ_UNSET
        | FETCH_OBJ_FUNC_ARG
        | FETCH_STATIC_W
        | FETCH_STATIC_RW
        | FETCH_STATIC_UNSET
        | FETCH_STATIC_FUNC_ARG => Held::Place,
        FE_RESET_R | FE_RESET_RW => Held::Loop,
        BEGIN_SILENCE => Held::Silence,
        FETCH_CLASS | DECLARE_CLASS => Held::Class,
        ROPE_PART => Held::Rope,
        INIT_ARRAY => Held::Array,
        CLOSURE => Held::Closure(op.a),
        _ => Held::Value,
    }
}

/// Whether an instruction may find `held` in operand number `operand` of role `role`.
fn may_be(opcode: Opcode, op: Op, operand: usize, role: Role, held: Held) -> bool {
    use Opcode::*;
    let has = |flag| op.flags() & flag != 0;
    match held {
        Held::Value | Held::Array | Held::Closure(_) => match opcode {
            FE_FETCH_R | FE_FETCH_RW | ROPE_END => operand != 0,
            FE_FREE | END_SILENCE => false,
            ADD_ELEMENT | ADD_UNPACK if operand == 2 => held == Held::Array,
            BIND_LEXICAL if operand == 0 => matches!(held, Held::Closure(_)),
            _ => true,
        },
        Held::Place => match role {
            Role::Var | Role::Obj => true,
            // Reads inside of a chain that is fetched for an argument: what was fetched may be an address or a value.
            _ => match opcode {
                FREE | VERIFY_RETURN | SEND_CALL_RESULT | SEPARATE => true,
                INIT_ARRAY | ADD_ELEMENT | YIELD => operand == 0 && has(flag::BY_REF),
                _ => false,
            },
        },
        Held::Loop => operand == 0 && matches!(opcode, FE_FETCH_R | FE_FETCH_RW | FE_FREE),
        Held::Silence => operand == 0 && opcode == END_SILENCE,
        Held::Class => role == Role::Class,
        Held::Rope => opcode == ROPE_END,
        Held::New => false,
    }
}

/// Whether an address that is held survives the instruction, which does not take it. Chains of fetches hand it on at once.
fn keeps_places(op: Op) -> bool {
    let opcode = op.opcode();
    match opcode {
        // It converts what is in the place that is about to be returned.
        Opcode::VERIFY_RETURN => true,
        // Loops that are left hold copies of their own.
        Opcode::FREE | Opcode::FE_FREE => op.flags() & flag::LEAVING != 0,
        _ => !opcode.info().throws() && !opcode.info().jumps(),
    }
}

/// Follows a function's paths.
pub(super) fn check(func: &Shape<'_>, functions: &[Facts]) -> Result<(), FlowError> {
    let Some(blocks) = Blocks::of(func)? else { return Ok(()) };
    let mut walker = Walker {
        func,
        functions,
        blocks,
        objects: Objects::of(func),
        states: vec![None; func.code.len()],
        pending: Vec::new(),
        calls: Vec::new(),
        known_calls: HashMap::new(),
        entries: 0,
    };
    walker.arrive(0, 0, &State { held: Vec::new(), call: NONE, generator: false })?;
    while let Some(at) = walker.pending.pop() {
        walker.walk(at)?;
    }
    Ok(())
}

fn error<T>(at: usize, text: &str) -> Result<T, FlowError> {
    Err(FlowError { at: at as u32, text: text.to_string() })
}

struct Walker<'a> {
    func: &'a Shape<'a>,
    functions: &'a [Facts],
    blocks: Blocks,
    objects: Objects,
    /// The state at each instruction where jumps arrive, once one has.
    states: Vec<Option<Rc<State>>>,
    pending: Vec<usize>,
    calls: Vec<Call>,
    known_calls: HashMap<Call, u32>,
    /// Entries of all states.
    entries: usize,
}

impl Walker<'_> {
    /// Notes that control may come to `target` with `state`.
    fn arrive(&mut self, from: usize, target: usize, state: &State) -> Result<(), FlowError> {
        let Some(place) = self.states.get(target) else { return error(from, "execution runs past the end") };
        let state = match place {
            None => state.clone(),
            Some(known) => match known.meet(state) {
                None => {
                    return error(
                        target,
                        "paths disagree on what temporaries hold or which calls are prepared",
                    );
                }
                Some(both) if both == **known => return Ok(()),
                Some(both) => both,
            },
        };
        self.entries += state.held.len() + 1;
        if self.entries > MAX_ENTRIES {
            return error(target, "too complex");
        }
        self.states[target] = Some(Rc::new(state));
        self.pending.push(target);
        Ok(())
    }

    fn walk(&mut self, start: usize) -> Result<(), FlowError> {
        let Some(state) = self.states[start].clone() else { return Ok(()) };
        let mut state = (*state).clone();
        let mut at = start;
        loop {
            self.objects_are_there(at, &state)?;
            self.guarded(at, &state)?;
            let mut jump = state.clone();
            self.step(at, &mut state, &mut jump)?;
            let op = self.func.code[at];
            let opcode = op.opcode();
            if opcode.info().jumps() {
                let mut all = Vec::new();
                targets(self.func, at, op, |target| all.push(target));
                for target in all {
                    if opcode != Opcode::FAST_CALL && !self.blocks.may_go(at, target) {
                        return error(at, "jumps into a finally block");
                    }
                    self.arrive(at, target as usize, &jump)?;
                }
            }
            if !continues(opcode) {
                return Ok(());
            }
            let next = at + 1;
            if next >= self.func.code.len() {
                return error(at, "execution runs past the end");
            }
            if !self.blocks.may_go(at, next as u32) {
                return error(at, "runs into a finally block");
            }
            if self.blocks.arrives[next] {
                return self.arrive(at, next, &state);
            }
            at = next;
        }
    }

    /// Sees that unwinding finds the objects that it releases.
    fn objects_are_there(&self, at: usize, state: &State) -> Result<(), FlowError> {
        let mut slots = self.objects.around(at).map(|new| self.func.code[new].c);
        if slots.all(|slot| state.get(slot) == Some(Held::New)) {
            Ok(())
        } else {
            error(at, "no object is there whose constructor is being called")
        }
    }

    /// Sees that the handlers around an instruction find what they expect, if it can raise anything.
    fn guarded(&mut self, at: usize, state: &State) -> Result<(), FlowError> {
        if self.func.tries.is_empty() {
            return Ok(());
        }
        for handler in self.handlers_at(at) {
            if self.states[handler].is_none() {
                // What comes first in a block is its start, or a statement in it that `goto` leads to: no call is being prepared
                // there.
                self.arrive(at, handler, &State { call: NONE, ..state.clone() })?;
            }
        }
        let op = self.func.code[at];
        let opcode = op.opcode();
        let raises = opcode.info().throws() || opcode.info().jumps() || opcode == Opcode::DATA;
        if !raises || opcode == Opcode::FAST_CALL {
            return Ok(());
        }
        let counts_as = raises_as(self.func.code, at);
        if counts_as < self.func.code.len() && !self.blocks.may_go(at, counts_as as u32) {
            return error(at, "an exception counts as raised in a finally block");
        }
        // What it takes is gone when it raises something.
        let mut kept = state.clone();
        let data_of = (opcode == Opcode::DATA && at > 0).then(|| self.func.code[at - 1].opcode());
        temporaries(op, data_of, |slot, effect| {
            if effect == Effect::Take {
                kept.take(slot);
            }
        });
        for handler in self.handlers_at(counts_as) {
            let Some(entry) = &self.states[handler] else {
                return error(at, "an exception counts as raised in a block that is not there yet");
            };
            let there = |&(slot, held): &(u32, Held)| kept.get(slot).is_some_and(|it| it.fits(held));
            if !entry.held.iter().all(there) || entry.generator != state.generator {
                return error(at, "a handler expects what is not there");
            }
        }
        Ok(())
    }

    /// Where an exception at `at` may be handled.
    fn handlers_at(&self, at: usize) -> Vec<usize> {
        let around =
            |handler: u32, start: u32| handler != 0 && (start as usize..handler as usize).contains(&at);
        let handlers = self.func.tries.iter().flat_map(|region| {
            [region.catch, region.finally].into_iter().filter(move |&handler| around(handler, region.start))
        });
        handlers.map(|handler| handler as usize).collect()
    }

    /// What the instruction does: `next` becomes what holds behind it, `jump` what holds at its targets.
    fn step(&mut self, at: usize, next: &mut State, jump: &mut State) -> Result<(), FlowError> {
        let op = self.func.code[at];
        let opcode = op.opcode();
        let data_of = (opcode == Opcode::DATA && at > 0).then(|| self.func.code[at - 1]);
        let before = next.clone();
        self.check_operands(at, op, data_of, &before)?;
        self.temporaries(op, data_of, next, jump);
        let held_place =
            before.held.iter().any(|&(slot, held)| held == Held::Place && next.get(slot) == Some(held));
        if held_place && !keeps_places(op) {
            return error(at, "an address is held while what it points to may go");
        }
        self.call(at, op, next, jump)?;
        match opcode {
            Opcode::CREATE_GENERATOR => {
                if before.generator || before.call != NONE {
                    return error(at, "a generator is made twice");
                }
                next.generator = true;
                jump.generator = true;
            }
            Opcode::YIELD | Opcode::YIELD_FROM | Opcode::RETURN_GENERATOR if !before.generator => {
                return error(at, "yields before there is a generator");
            }
            Opcode::RECV | Opcode::RECV_INIT | Opcode::RECV_DEFAULT | Opcode::RECV_VARIADIC
                if before.generator || before.call != NONE =>
            {
                return error(at, "takes a parameter too late");
            }
            Opcode::FAST_RET => self.expect_as_found(at, next)?,
            _ => {}
        }
        let ends = matches!(opcode, Opcode::RETURN | Opcode::RETURN_REF | Opcode::RETURN_GENERATOR);
        if ends && next.call != NONE {
            return error(at, "returns while a call is prepared");
        }
        Ok(())
    }

    /// At the end of a finally block: the temporaries are those that it began with.
    fn expect_as_found(&self, at: usize, state: &State) -> Result<(), FlowError> {
        let block = self.blocks.inside[at];
        let region = self.func.tries.get(block.wrapping_sub(1) as usize);
        let entry = region.and_then(|region| self.states[region.finally as usize].as_ref());
        match entry {
            Some(entry) if entry.meet(state).is_some() => Ok(()),
            _ => error(at, "a finally block leaves other temporaries than it found"),
        }
    }

    /// Checks what operands hold.
    fn check_operands(
        &self,
        at: usize,
        op: Op,
        data_of: Option<Op>,
        before: &State,
    ) -> Result<(), FlowError> {
        let opcode = op.opcode();
        let roles = opcode.info().roles;
        for (operand, (kind, slot)) in
            [(op.kind_a(), op.a), (op.kind_b(), op.b), (op.kind_c(), op.c)].into_iter().enumerate()
        {
            let Some(held) = before.get(slot).filter(|_| kind == Kind::Tmp) else { continue };
            let role = match data_of {
                Some(main) if takes_reference(main.opcode()) => Role::Var,
                _ => roles[operand],
            };
            if !may_be(opcode, op, operand, role, held) {
                return error(at, "a temporary holds something else than is expected");
            }
        }
        if opcode == Opcode::ROPE_END {
            let part = |slot: &u32| before.get(*slot) == Some(Held::Rope);
            if !(op.a..op.a + op.b).collect::<Vec<_>>().iter().all(part) {
                return error(at, "a rope of something else than parts");
            }
        }
        let adds = matches!(opcode, Opcode::ADD_ELEMENT | Opcode::ADD_UNPACK);
        if adds && (op.kind_c() != Kind::Tmp || before.get(op.c) != Some(Held::Array)) {
            return error(at, "adds to no array");
        }
        if opcode == Opcode::BIND_LEXICAL {
            let Some(Held::Closure(closure)) = before.get(op.a) else {
                return error(at, "binds to no closure");
            };
            let statics = self.functions.get(closure as usize).map_or(0, |facts| facts.statics);
            if op.c >= statics {
                return error(at, "binds what the closure does not have");
            }
        }
        Ok(())
    }

    fn temporaries(&self, op: Op, data_of: Option<Op>, next: &mut State, jump: &mut State) {
        let opcode = op.opcode();
        let result = match (opcode, data_of) {
            (Opcode::DATA, _) => Held::Value,
            _ => result_of(opcode, op),
        };
        temporaries(op, data_of.map(Op::opcode), |slot, effect| match effect {
            Effect::Keep => {}
            Effect::Take => {
                next.take(slot);
                jump.take(slot);
            }
            Effect::TakeOnJump => jump.take(slot),
            Effect::Define => {
                next.put(slot, result);
                jump.put(slot, result);
            }
            Effect::DefineOnNext => next.put(slot, result),
            Effect::DefineOnJump => jump.put(slot, result),
        });
        if opcode == Opcode::FAST_CALL && op.kind_b() == Kind::Tmp {
            jump.take(op.b);
        }
    }

    /// What the instruction does to the calls being prepared.
    fn call(&mut self, at: usize, op: Op, next: &mut State, jump: &mut State) -> Result<(), FlowError> {
        use Opcode::*;
        let opcode = op.opcode();
        let outer = next.call;
        let open = |room, object, begun_by| Call { outer, room, sent: 0, closed: false, object, begun_by };
        let begun = match opcode {
            INIT_CALL | INIT_CALL_DYNAMIC => Some(open(op.b, NONE, 0)),
            INIT_CALL_METHOD | INIT_CALL_STATIC | INIT_CALL_PARENT_HOOK => Some(open(op.c, NONE, 0)),
            NEW => Some(if op.kind_c() == Kind::Tmp {
                next.put(op.c, Held::New);
                open(op.b, op.c, at as u32 + 1)
            } else {
                open(op.b, NONE, 0)
            }),
            _ => None,
        };
        if let Some(call) = begun {
            next.call = self.intern(call);
            jump.call = next.call;
            return Ok(());
        }
        let uses = matches!(
            opcode,
            SEND_VAL
                | SEND_VAR
                | SEND_REF
                | SEND_CALL_RESULT
                | SEND_FUNC_ARG
                | CHECK_FUNC_ARG
                | SEND_UNPACK
                | SEND_ARRAY
                | CHECK_ARGS
                | CALL
                | CALLABLE
                | FETCH_FUNC_ARG
                | FETCH_DIM_FUNC_ARG
                | FETCH_OBJ_FUNC_ARG
                | FETCH_STATIC_FUNC_ARG
        );
        if !uses {
            return Ok(());
        }
        let Some(&call) = self.calls.get(next.call as usize) else {
            return error(at, "no call is being prepared");
        };
        let changed = match opcode {
            SEND_VAL | SEND_VAR | SEND_REF | SEND_CALL_RESULT | SEND_FUNC_ARG => {
                if op.flags() & flag::NAMED != 0 {
                    Call { closed: true, ..call }
                } else if call.closed || op.b != call.sent + 1 || op.b > call.room {
                    return error(at, "an argument out of order");
                } else {
                    Call { sent: op.b, ..call }
                }
            }
            CHECK_FUNC_ARG if op.kind_c() != Kind::Lit && op.b == 0 => {
                return error(at, "no such argument");
            }
            SEND_UNPACK | SEND_ARRAY => Call { closed: true, ..call },
            CALL | CALLABLE if call.begun_by != self.objects.begun_by(at) => {
                return error(at, "another constructor's call ends here");
            }
            CALL | CALLABLE => {
                if call.object != NONE {
                    next.put(call.object, Held::Value);
                    jump.put(call.object, Held::Value);
                }
                next.call = call.outer;
                jump.call = call.outer;
                return Ok(());
            }
            _ => return Ok(()),
        };
        next.call = self.intern(changed);
        jump.call = next.call;
        Ok(())
    }

    fn intern(&mut self, call: Call) -> u32 {
        *self.known_calls.entry(call).or_insert_with(|| {
            self.calls.push(call);
            self.calls.len() as u32 - 1
        })
    }
}

/// Whether the `DATA` behind the opcode is a place that a reference is made of.
fn takes_reference(opcode: Opcode) -> bool {
    matches!(opcode, Opcode::ASSIGN_OBJ_REF | Opcode::ASSIGN_STATIC_REF)
}
