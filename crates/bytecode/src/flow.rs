//! Which temporaries hold a value where: one walk over a function's instructions along the jumps.
//!
//! Temporaries are used in a disciplined way: on every path to an instruction the same ones hold values. So each
//! instruction is visited once, with the set that the first path to it brought; a path that brings another set is an
//! error of the compiler, as is taking a value that is not there or defining one twice. The walk gives the ranges in
//! which unwinding has to release temporaries ([`live_ranges`]) and is half of the verifier.

use crate::draft::{LiveKind, LiveRange};
use crate::effects::{Effect, continues, targets, temporaries};
use crate::shape::Shape;
use crate::table::Opcode;
use crate::{Kind, Op};

/// An inconsistency: at which instruction, and what it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FlowError {
    /// Index of the instruction.
    pub at: u32,
    /// What is wrong.
    pub text: String,
}

/// Sets of temporaries before each instruction, as rows of 64-bit words.
struct States {
    words: usize,
    sets: Vec<u64>,
    seen: Vec<bool>,
}

impl States {
    fn row(&self, at: usize) -> &[u64] {
        &self.sets[at * self.words..][..self.words]
    }
}

/// The ranges in which temporaries hold values while something may throw, sorted by start; and for each instruction
/// whether it can be reached at all.
pub fn live_ranges(func: &Shape<'_>) -> Result<(Vec<LiveRange>, Vec<bool>), FlowError> {
    if func.tmps == 0 {
        // There is nothing to follow, and every function without temporaries is small.
        let states = walk(func, &[])?;
        return Ok((Vec::new(), states.seen));
    }
    let (constructed, mut ranges) = constructions(func);
    let states = walk(func, &constructed)?;
    ranges_of(func, &states, &mut ranges);
    ranges.sort_unstable_by_key(|range| (range.start, range.slot));
    Ok((ranges, states.seen))
}

/// Pairs each `NEW` with the `CALL` of its constructor: a list of (index of the call, slot) sorted by index, and the
/// ranges in which an object under construction lies in its temporary.
fn constructions(func: &Shape<'_>) -> (Vec<(u32, u32)>, Vec<LiveRange>) {
    let mut open: Vec<Option<(u32, u32)>> = Vec::new();
    let mut calls = Vec::new();
    let mut ranges = Vec::new();
    for (at, &op) in func.code.iter().enumerate() {
        let at = at as u32;
        match op.opcode() {
            Opcode::INIT_CALL
            | Opcode::INIT_CALL_DYNAMIC
            | Opcode::INIT_CALL_METHOD
            | Opcode::INIT_CALL_STATIC
            | Opcode::INIT_CALL_PARENT_HOOK => open.push(None),
            Opcode::NEW => open.push((op.kind_c() == Kind::Tmp).then_some((at, op.c))),
            Opcode::CALL | Opcode::CALLABLE => {
                if let Some(Some((start, slot))) = open.pop() {
                    calls.push((at, slot));
                    ranges.push(LiveRange { slot, start: start + 1, end: at + 1, kind: LiveKind::New });
                }
            }
            _ => {}
        }
    }
    (calls, ranges)
}

fn walk(func: &Shape<'_>, constructed: &[(u32, u32)]) -> Result<States, FlowError> {
    let count = func.code.len();
    let words = (func.tmps as usize).div_ceil(64);
    let mut states = States { words, sets: vec![0; count * words], seen: vec![false; count] };
    let mut walker =
        Walker { func, constructed, pending: vec![0], next: vec![0; words], jump: vec![0; words] };
    if count > 0 {
        states.seen[0] = true;
    }
    let mut visited = vec![false; count];
    while let Some(start) = walker.pending.pop() {
        let mut at = start as usize;
        while at < count && !visited[at] {
            visited[at] = true;
            if !walker.step(at, &mut states)? {
                break;
            }
            at += 1;
        }
    }
    Ok(states)
}

struct Walker<'a> {
    func: &'a Shape<'a>,
    constructed: &'a [(u32, u32)],
    /// Instructions that were reached by a jump and are still to be visited.
    pending: Vec<u32>,
    /// The set behind the current instruction if execution continues at the next one.
    next: Vec<u64>,
    /// The set at its jump targets.
    jump: Vec<u64>,
}

impl Walker<'_> {
    /// Applies the instruction at `at`; true if the next one can follow it.
    fn step(&mut self, at: usize, states: &mut States) -> Result<bool, FlowError> {
        let op = self.func.code[at];
        let opcode = op.opcode();
        self.next.copy_from_slice(states.row(at));
        self.jump.copy_from_slice(states.row(at));
        // Control enters a block at its start, or by `goto` at a statement inside: the same temporaries hold values.
        for region in self.func.tries {
            for handler in [region.catch, region.finally] {
                if (region.start as usize..handler as usize).contains(&at) && !states.seen[handler as usize] {
                    let before = states.row(at).to_vec();
                    self.arrive(handler, &before, states)?;
                }
            }
        }
        let data_of = (opcode == Opcode::DATA && at > 0).then(|| self.func.code[at - 1].opcode());
        self.apply(at, op, data_of)?;
        if let Ok(found) = self.constructed.binary_search_by_key(&(at as u32), |&(call, _)| call) {
            self.set(at, self.constructed[found].1, true, true)?;
        }
        if opcode.info().jumps() {
            if opcode == Opcode::FAST_CALL && op.kind_b() == Kind::Tmp {
                // The block itself does not know the value that waits for it.
                let (word, bit) = self.bit(op.b);
                self.jump[word] &= !bit;
                self.expect_untouched(at, op)?;
            }
            let jump = std::mem::take(&mut self.jump);
            let mut result = Ok(());
            targets(self.func, at, op, |target| {
                if result.is_ok() {
                    result = self.arrive(target, &jump, states);
                }
            });
            self.jump = jump;
            result?;
        }
        if matches!(opcode, Opcode::RETURN | Opcode::RETURN_REF | Opcode::RETURN_GENERATOR)
            && self.next.iter().any(|&word| word != 0)
        {
            return Err(self.error(at, "returns while a temporary holds a value"));
        }
        if !continues(opcode) {
            return Ok(false);
        }
        let next = std::mem::take(&mut self.next);
        let first = self.enter(at as u32 + 1, &next, states);
        self.next = next;
        first.map(|_| true)
    }

    /// Sees that the finally block that the `FAST_CALL` at `at` goes to leaves the value alone that waits for it.
    fn expect_untouched(&self, at: usize, call: Op) -> Result<(), FlowError> {
        let code = self.func.code;
        let mut touched = false;
        for region in self.func.tries.iter().filter(|region| region.finally == call.a) {
            for inner in region.finally as usize..region.finally_end as usize {
                temporaries(code[inner], Some(code[inner - 1].opcode()), |slot, effect| {
                    let defines =
                        matches!(effect, Effect::Define | Effect::DefineOnNext | Effect::DefineOnJump);
                    touched |= slot == call.b && defines;
                });
            }
        }
        if touched {
            Err(self.error(at, "calls a block that overwrites the value that waits"))
        } else {
            Ok(())
        }
    }

    fn apply(&mut self, at: usize, op: Op, data_of: Option<Opcode>) -> Result<(), FlowError> {
        let mut result = Ok(());
        temporaries(op, data_of, |slot, effect| {
            if result.is_err() {
                return;
            }
            result = match effect {
                Effect::Keep => self.expect(at, slot),
                Effect::Take => self.take(at, slot, true, true),
                Effect::TakeOnJump => self.take(at, slot, false, true),
                Effect::Define => self.set(at, slot, true, true),
                Effect::DefineOnNext => self.set(at, slot, true, false),
                Effect::DefineOnJump => self.set(at, slot, false, true),
            };
        });
        result
    }

    fn arrive(&mut self, target: u32, set: &[u64], states: &mut States) -> Result<(), FlowError> {
        if self.enter(target, set, states)? {
            self.pending.push(target);
        }
        Ok(())
    }

    /// Notes that `set` holds at `target`; true if nothing led there before.
    fn enter(&self, target: u32, set: &[u64], states: &mut States) -> Result<bool, FlowError> {
        let at = target as usize;
        if at >= self.func.code.len() {
            return Err(self.error(at, "execution runs past the end"));
        }
        if !states.seen[at] {
            states.seen[at] = true;
            states.sets[at * states.words..][..states.words].copy_from_slice(set);
            return Ok(true);
        }
        if states.row(at) != set {
            return Err(self.error(at, "paths disagree on which temporaries hold values"));
        }
        Ok(false)
    }

    fn bit(&self, slot: u32) -> (usize, u64) {
        let index = (slot - self.func.cvs) as usize;
        (index / 64, 1 << (index % 64))
    }

    fn checked_bit(&self, at: usize, slot: u32) -> Result<(usize, u64), FlowError> {
        let first = self.func.cvs;
        if slot < first || slot >= first + self.func.tmps {
            return Err(self.error(at, "no such temporary"));
        }
        Ok(self.bit(slot))
    }

    fn expect(&self, at: usize, slot: u32) -> Result<(), FlowError> {
        let (word, bit) = self.checked_bit(at, slot)?;
        if self.next[word] & bit == 0 {
            return Err(self.error(at, "reads a temporary that holds nothing"));
        }
        Ok(())
    }

    fn take(&mut self, at: usize, slot: u32, next: bool, jump: bool) -> Result<(), FlowError> {
        self.expect(at, slot)?;
        let (word, bit) = self.bit(slot);
        if next {
            self.next[word] &= !bit;
        }
        if jump {
            self.jump[word] &= !bit;
        }
        Ok(())
    }

    fn set(&mut self, at: usize, slot: u32, next: bool, jump: bool) -> Result<(), FlowError> {
        let (word, bit) = self.checked_bit(at, slot)?;
        if next && self.next[word] & bit != 0 || jump && self.jump[word] & bit != 0 {
            return Err(self.error(at, "overwrites a temporary that holds a value"));
        }
        if next {
            self.next[word] |= bit;
        }
        if jump {
            self.jump[word] |= bit;
        }
        Ok(())
    }

    fn error(&self, at: usize, text: &str) -> FlowError {
        FlowError { at: at as u32, text: text.to_string() }
    }
}

/// Whether something may go wrong at the instruction, so that unwinding starts there.
fn may_unwind(op: Op) -> bool {
    let info = op.opcode().info();
    // Jumps poll for interrupts.
    info.throws() || info.jumps()
}

fn ranges_of(func: &Shape<'_>, states: &States, ranges: &mut Vec<LiveRange>) {
    let first = func.cvs;
    let kinds = slot_kinds(func);
    // Where the open range of each slot started, and whether something in it may unwind.
    let mut open: Vec<Option<(u32, bool)>> = vec![None; func.tmps as usize];
    let mut held = vec![0u64; states.words];
    let mut now = vec![0u64; states.words];
    let count = func.code.len();
    let is_handler =
        |at: usize| func.tries.iter().any(|it| at != 0 && [it.catch, it.finally].contains(&(at as u32)));
    for at in 0..=count {
        // What cannot be reached ends no range.
        if at < count && !states.seen[at] {
            continue;
        }
        now.fill(0);
        if at < count {
            now.copy_from_slice(states.row(at));
            let data_of = (at > 0).then(|| func.code[at - 1].opcode());
            temporaries(func.code[at], data_of, |slot, effect| {
                if effect == Effect::Take {
                    let index = (slot - first) as usize;
                    now[index / 64] &= !(1 << (index % 64));
                }
            });
        }
        // Whoever unwinds to a handler asks what is live there.
        let unwinds = at < count && (may_unwind(func.code[at]) || is_handler(at));
        for word in 0..states.words {
            let mut changed = held[word] ^ now[word];
            while changed != 0 {
                let index = word * 64 + changed.trailing_zeros() as usize;
                changed &= changed - 1;
                match open[index].take() {
                    Some((start, true)) => {
                        if let Some(kind) = kinds[index] {
                            ranges.push(LiveRange {
                                slot: first + index as u32,
                                start,
                                end: at as u32,
                                kind,
                            });
                        }
                    }
                    Some(_) => {}
                    None => open[index] = Some((at as u32, false)),
                }
            }
            if unwinds {
                let mut live = now[word];
                while live != 0 {
                    let index = word * 64 + live.trailing_zeros() as usize;
                    live &= live - 1;
                    if let Some((_, unwinding)) = &mut open[index] {
                        *unwinding = true;
                    }
                }
            }
        }
        std::mem::swap(&mut held, &mut now);
    }
}

/// What each temporary holds; `None` for classes, which need no release. The compiler never uses a slot for two kinds.
fn slot_kinds(func: &Shape<'_>) -> Vec<Option<LiveKind>> {
    let mut kinds = vec![Some(LiveKind::Value); func.tmps as usize];
    for op in func.code {
        let kind = match op.opcode() {
            Opcode::FE_RESET_R | Opcode::FE_RESET_RW => Some(LiveKind::Loop),
            Opcode::BEGIN_SILENCE => Some(LiveKind::Silence),
            Opcode::FETCH_CLASS | Opcode::DECLARE_CLASS => None,
            _ => continue,
        };
        if op.kind_c() == Kind::Tmp {
            kinds[(op.c - func.cvs) as usize] = kind;
        }
    }
    kinds
}
