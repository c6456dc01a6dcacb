//! Which temporaries hold a value where: one walk over a function's instructions along the jumps.
//!
//! Temporaries are used in a disciplined way: on every path to an instruction the same ones hold values. So each
//! instruction is visited once, with the set that the first path to it brought; a path that brings another set is an
//! error of the compiler, as is taking a value that is not there or defining one twice. The walk gives the ranges in
//! which unwinding has to release temporaries ([`Flow::live_ranges`]) and is half of the verifier.

use crate::draft::{LiveKind, LiveRange};
use crate::effects::{Effect, continues, targets, temporaries};
use crate::shape::Shape;
use crate::table::{ALL, OPCODES, OPS, Opcode};
use crate::{Kind, Op};

/// An inconsistency: at which instruction, and what it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FlowError {
    /// Index of the instruction.
    pub at: u32,
    /// What is wrong.
    pub text: String,
}

/// What is asked of every instruction: bits for each opcode.
static FACTS: [u8; OPCODES] = {
    let mut all = [0; OPCODES];
    let mut code = 0;
    while code < OPCODES {
        all[code] = facts(ALL[code]);
        code += 1;
    }
    all
};
const JUMPS: u8 = 1;
/// Execution may continue behind it.
const CONTINUES: u8 = 2;
/// Something may go wrong there, so that unwinding starts there.
const UNWINDS: u8 = 4;
/// It begins a call, which the next [`ENDS_CALL`] ends that belongs to no call in between.
const BEGINS_CALL: u8 = 8;
const ENDS_CALL: u8 = 16;
/// Its result is no value.
const SPECIAL_RESULT: u8 = 32;

const fn facts(opcode: Opcode) -> u8 {
    let info = &OPS[opcode as usize];
    let mut facts = match opcode {
        Opcode::INIT_CALL
        | Opcode::INIT_CALL_DYNAMIC
        | Opcode::INIT_CALL_METHOD
        | Opcode::INIT_CALL_STATIC
        | Opcode::INIT_CALL_PARENT_HOOK
        | Opcode::NEW => BEGINS_CALL,
        Opcode::CALL | Opcode::CALLABLE => ENDS_CALL,
        _ => 0,
    };
    if info.jumps() {
        facts |= JUMPS;
    }
    if continues(opcode) {
        facts |= CONTINUES;
    }
    // Jumps poll for interrupts.
    if info.throws() || info.jumps() {
        facts |= UNWINDS;
    }
    if special_result(opcode).is_some() {
        facts |= SPECIAL_RESULT;
    }
    facts
}

/// The temporaries that are followed at a time.
const GROUP: u32 = u64::BITS;

/// How many groups the temporaries of a function make.
pub fn groups(tmps: u32) -> u32 {
    tmps.div_ceil(GROUP)
}

/// Room for what is to be known of a function, which the next one takes over.
#[derive(Default)]
pub struct Flow {
    places: Vec<Place>,
    /// Instructions that were reached by a jump and are still to be visited.
    pending: Vec<u32>,
    /// Where objects are constructed: the `CALL` of the constructor, and the slot. Sorted.
    constructed: Vec<(u32, u32)>,
    /// Where calls begin that have not ended.
    open: Vec<u32>,
    /// Where calls begin and end.
    calls: Vec<(u32, u32)>,
    /// What each temporary holds; `None` for classes, which need no release. The compiler never uses a slot for two
    /// kinds.
    kinds: Vec<Option<LiveKind>>,
}

impl Flow {
    /// The ranges in which temporaries hold values while something may throw, sorted by start.
    ///
    /// # Errors
    /// Where temporaries are used otherwise than they may be.
    pub fn live_ranges(&mut self, func: &Shape<'_>) -> std::result::Result<Vec<LiveRange>, FlowError> {
        let mut ranges = Vec::new();
        self.survey(func, &mut ranges);
        let Flow { places, pending, constructed, kinds, .. } = self;
        let mut walk = Walk { func, constructed, first: func.cvs, pending, places };
        // Temporaries do not depend on each other, so any number of them takes no more room than one does.
        for group in 0..groups(func.tmps).max(1) {
            walk.first = func.cvs + group * GROUP;
            walk.run().map_err(|error| *error)?;
            walk.ranges(kinds, &mut ranges);
        }
        ranges.sort_unstable_by_key(|range| (range.start, range.slot));
        Ok(ranges)
    }

    /// For each instruction of the last function whether it is needed: it can be reached, or ends a call whose beginning can,
    /// so that calls nest in what is left.
    pub fn needed(&mut self) -> impl Iterator<Item = bool> {
        for &(start, end) in &self.calls {
            self.places[end as usize].seen |= self.places[start as usize].seen;
        }
        self.places.iter().map(|place| place.seen)
    }

    /// What the instructions say without being followed. Adds the ranges in which objects under construction lie in their
    /// temporaries.
    fn survey(&mut self, func: &Shape<'_>, ranges: &mut Vec<LiveRange>) {
        self.constructed.clear();
        self.open.clear();
        self.calls.clear();
        self.kinds.clear();
        self.kinds.resize(func.tmps as usize, Some(LiveKind::Value));
        for (at, &op) in func.code.iter().enumerate() {
            let opcode = op.opcode();
            let facts = FACTS[opcode as usize];
            if facts & (BEGINS_CALL | ENDS_CALL | SPECIAL_RESULT) == 0 {
                continue;
            }
            if facts & BEGINS_CALL != 0 {
                self.open.push(at as u32);
            } else if facts & ENDS_CALL != 0 {
                let Some(start) = self.open.pop() else { continue };
                let begins = func.code[start as usize];
                self.calls.push((start, at as u32));
                if begins.opcode() == Opcode::NEW && begins.kind_c() == Kind::Tmp {
                    let (slot, start, end) = (begins.c, start + 1, at as u32 + 1);
                    self.constructed.push((at as u32, slot));
                    ranges.push(LiveRange { slot, start, end, kind: LiveKind::New });
                }
            } else if let Some(kind) = special_result(opcode)
                && op.kind_c() == Kind::Tmp
            {
                self.kinds[(op.c - func.cvs) as usize] = kind;
            }
        }
    }
}

/// Where objects lie whose constructors are being called: from behind each `NEW` up to the `CALL` that ends what it began.
pub(crate) fn constructions(func: &Shape<'_>) -> Vec<LiveRange> {
    let mut ranges = Vec::new();
    Flow::default().survey(func, &mut ranges);
    ranges
}

/// What the result of the instruction is if it is no value; inside of that `None` for a class.
const fn special_result(opcode: Opcode) -> Option<Option<LiveKind>> {
    match opcode {
        Opcode::FE_RESET_R | Opcode::FE_RESET_RW => Some(Some(LiveKind::Loop)),
        Opcode::BEGIN_SILENCE => Some(Some(LiveKind::Silence)),
        Opcode::FETCH_CLASS | Opcode::DECLARE_CLASS => Some(None),
        _ => None,
    }
}

/// An error on its way up: one word, so that what is no error comes up in registers.
type Result<T> = std::result::Result<T, Box<FlowError>>;

/// An instruction as the walk knows it. Sets have a bit for each temporary of the group that holds a value.
#[derive(Clone, Copy, Default)]
struct Place {
    /// What holds values before it.
    before: u64,
    /// What does so while it is executed: it has taken what it takes.
    during: u64,
    /// Something leads there.
    seen: bool,
    visited: bool,
}

const NO_TEMPORARY: &str = "no such temporary";
const OVERWRITES: &str = "overwrites a temporary that holds a value";

/// What holds values when an instruction is done.
struct Behind {
    /// If execution continues at the next one.
    next: u64,
    /// If it continues at a target of its jump.
    jump: u64,
}

struct Walk<'a> {
    func: &'a Shape<'a>,
    constructed: &'a [(u32, u32)],
    /// The slot of the group's first temporary.
    first: u32,
    pending: &'a mut Vec<u32>,
    places: &'a mut Vec<Place>,
}

impl Walk<'_> {
    fn run(&mut self) -> Result<()> {
        self.pending.clear();
        self.places.clear();
        self.places.resize(self.func.code.len(), Place::default());
        if self.places.is_empty() {
            return Ok(());
        }
        self.arrive(0, 0)?;
        while let Some(start) = self.pending.pop() {
            let mut at = start as usize;
            while !self.places[at].visited && self.step(at)? {
                at += 1;
            }
        }
        Ok(())
    }

    /// Applies the instruction at `at`; true if the next one can follow it.
    #[inline]
    fn step(&mut self, at: usize) -> Result<bool> {
        let op = self.func.code[at];
        let opcode = op.opcode();
        let facts = FACTS[opcode as usize];
        let place = &mut self.places[at];
        let before = place.before;
        place.visited = true;
        place.during = before;
        if !self.func.tries.is_empty() {
            self.enter_handlers(at, before)?;
        }
        let mut behind = Behind { next: before, jump: before };
        if op.temporaries() != 0 {
            let taken = self.apply(at, op, &mut behind)?;
            self.places[at].during &= !taken;
        }
        if facts & ENDS_CALL != 0
            && let Ok(found) = self.constructed.binary_search_by_key(&(at as u32), |&(call, _)| call)
        {
            let object = self.bit(at, self.constructed[found].1)?;
            define(at, object, &mut behind.next)?;
            define(at, object, &mut behind.jump)?;
        }
        if facts & JUMPS != 0 {
            self.jump(at, op, behind.jump)?;
        }
        if facts & CONTINUES == 0 {
            if behind.next != 0
                && matches!(opcode, Opcode::RETURN | Opcode::RETURN_REF | Opcode::RETURN_GENERATOR)
            {
                return Err(error(at, "returns while a temporary holds a value"));
            }
            return Ok(false);
        }
        self.enter(at as u32 + 1, behind.next)?;
        Ok(true)
    }

    /// Control enters a block at its start, or by `goto` at a statement inside: the same temporaries hold values.
    fn enter_handlers(&mut self, at: usize, before: u64) -> Result<()> {
        for region in self.func.tries {
            for handler in [region.catch, region.finally] {
                let within = (region.start as usize..handler as usize).contains(&at);
                if within && !self.places[handler as usize].seen {
                    self.arrive(handler, before)?;
                }
            }
        }
        Ok(())
    }

    fn jump(&mut self, at: usize, op: Op, mut set: u64) -> Result<()> {
        if op.opcode() == Opcode::FAST_CALL && op.kind_b() == Kind::Tmp {
            // The block itself does not know the value that waits for it.
            set &= !self.bit(at, op.b)?;
            self.expect_untouched(at, op)?;
        }
        let mut result = Ok(());
        targets(self.func, at, op, |target| {
            if result.is_ok() {
                result = self.arrive(target, set);
            }
        });
        result
    }

    /// Sees that the finally block that the `FAST_CALL` at `at` goes to leaves the value alone that waits for it.
    fn expect_untouched(&self, at: usize, call: Op) -> Result<()> {
        let code = self.func.code;
        let mut touched = false;
        for region in self.func.tries.iter().filter(|region| region.finally == call.a) {
            for inner in region.finally as usize..region.finally_end as usize {
                temporaries(code[inner], Some(code[inner - 1].opcode()), |slot, effect| {
                    let defines = effect.bits() & (Effect::SETS_NEXT | Effect::SETS_JUMP) != 0;
                    touched |= slot == call.b && defines;
                });
            }
        }
        if touched { Err(error(at, "calls a block that overwrites the value that waits")) } else { Ok(()) }
    }

    /// What the operands do to the sets; gives back what is taken wherever execution goes.
    fn apply(&self, at: usize, op: Op, behind: &mut Behind) -> Result<u64> {
        let Behind { next, jump } = behind;
        let (mut taken, mut missing, mut present, mut outside) = (0, 0, 0, false);
        let data_of = (op.opcode() == Opcode::DATA && at > 0).then(|| self.func.code[at - 1].opcode());
        // What is wrong is collected: nothing ever is, and one test is cheaper than one for each operand.
        temporaries(op, data_of, |slot, effect| {
            outside |= slot.wrapping_sub(self.func.cvs) >= self.func.tmps;
            let bit = self.place(slot);
            let bits = effect.bits();
            let bit_if = |condition: u8| if bits & condition != 0 { bit } else { 0 };
            missing |= bit_if(Effect::NEEDS) & !*next;
            present |= (bit_if(Effect::SETS_NEXT) & *next) | (bit_if(Effect::SETS_JUMP) & *jump);
            taken |= bit_if(Effect::CLEARS_NEXT);
            *next = (*next & !bit_if(Effect::CLEARS_NEXT)) | bit_if(Effect::SETS_NEXT);
            *jump = (*jump & !bit_if(Effect::CLEARS_JUMP)) | bit_if(Effect::SETS_JUMP);
        });
        if outside {
            return Err(error(at, NO_TEMPORARY));
        }
        if missing != 0 {
            return Err(error(at, "reads a temporary that holds nothing"));
        }
        if present != 0 {
            return Err(error(at, OVERWRITES));
        }
        Ok(taken)
    }

    fn arrive(&mut self, target: u32, set: u64) -> Result<()> {
        if self.enter(target, set)? {
            self.pending.push(target);
        }
        Ok(())
    }

    /// Notes that `set` holds at `target`; true if nothing led there before.
    #[inline]
    fn enter(&mut self, target: u32, set: u64) -> Result<bool> {
        let at = target as usize;
        let Some(place) = self.places.get_mut(at) else {
            return Err(error(at, "execution runs past the end"));
        };
        if place.seen && place.before != set {
            return Err(error(at, "paths disagree on which temporaries hold values"));
        }
        place.before = set;
        Ok(!std::mem::replace(&mut place.seen, true))
    }

    /// The bit of a temporary, which there must be.
    fn bit(&self, at: usize, slot: u32) -> Result<u64> {
        if slot.wrapping_sub(self.func.cvs) >= self.func.tmps {
            return Err(error(at, NO_TEMPORARY));
        }
        Ok(self.place(slot))
    }

    /// The bit of a temporary; none for those of other groups.
    #[inline]
    fn place(&self, slot: u32) -> u64 {
        let place = slot.wrapping_sub(self.first);
        if place < GROUP { 1 << place } else { 0 }
    }

    /// The ranges of the group.
    fn ranges(&self, kinds: &[Option<LiveKind>], ranges: &mut Vec<LiveRange>) {
        let func = self.func;
        let is_handler = |at: usize| {
            let handlers = func.tries.iter().flat_map(|region| [region.catch, region.finally]);
            at != 0 && handlers.into_iter().any(|handler| handler as usize == at)
        };
        // Where the open range of each temporary started, and for which of them something in it may unwind.
        let mut starts = [0; GROUP as usize];
        let (mut held, mut unwinding) = (0_u64, 0_u64);
        let end = Place { seen: true, ..Place::default() };
        for (at, place) in self.places.iter().chain([&end]).enumerate() {
            let now = place.during;
            // What cannot be reached ends no range.
            if !place.seen || now | held == 0 {
                continue;
            }
            for index in bits(now & !held) {
                starts[index] = at as u32;
            }
            for index in bits(held & !now & unwinding) {
                let slot = self.first + index as u32;
                if let Some(kind) = kinds[(slot - func.cvs) as usize] {
                    ranges.push(LiveRange { slot, start: starts[index], end: at as u32, kind });
                }
            }
            unwinding &= now;
            // Whoever unwinds to a handler asks what is live there.
            if now != 0 && (FACTS[func.code[at].opcode() as usize] & UNWINDS != 0 || is_handler(at)) {
                unwinding |= now;
            }
            held = now;
        }
    }
}

fn define(at: usize, bit: u64, set: &mut u64) -> Result<()> {
    if *set & bit != 0 {
        return Err(error(at, OVERWRITES));
    }
    *set |= bit;
    Ok(())
}

#[cold]
fn error(at: usize, text: &str) -> Box<FlowError> {
    Box::new(FlowError { at: at as u32, text: text.to_string() })
}

/// The numbers of the bits that are set.
fn bits(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (set != 0).then(|| set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(lowest)
    })
}
