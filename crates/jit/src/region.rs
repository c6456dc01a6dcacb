//! A loop as a graph of the instructions seen, and the types of slots at each place where paths meet.
//!
//! Types are found by walking from the head until nothing changes. Where paths bring different types, the code from
//! there on is made once for each combination (a *version*, as in basic block versioning): so the first round of a
//! loop whose variables begin as ints and go on as floats gets code of its own. When there are [`VERSIONS`] of them,
//! slots whose types differ are in memory in the last one. Where a loop begins, a slot that the loop reads as a
//! number, and that was seen to be one, is loaded on the way in, so that it stays in registers around the loop.

use crate::Reason;
use crate::plan::{Act, Flow, Planner};
use crate::profile::{Code, Profile};
use crate::types::{Slot, State, Ty, slot_index};
use phalanx_bytecode::Kind;
use phalanx_bytecode::table::{Opcode, Role};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// How many instructions a region may have.
const MAX_OPS: usize = 2000;

/// What a call is worth less than in the interpreter, in instructions that got code of their own.
const CALL_COST: usize = 8;

/// A region with types.
pub(crate) struct Region<'p> {
    pub planner: Planner<'p>,
    pub head: u32,
    /// Instructions where paths meet or blocks begin, in order.
    pub leaders: BTreeSet<u32>,
    /// Types before each version of each leader.
    pub before: FxHashMap<u32, Vec<State>>,
    /// The versions that can be reached.
    pub reached: BTreeSet<(u32, usize)>,
    /// Types at the entry.
    pub entry: State,
    /// Leaders that are jumped to from behind.
    loops: FxHashSet<u32>,
    /// Slots that are read before they are written, from an instruction on.
    live: FxHashMap<u32, Vec<bool>>,
    /// Tags that slots were seen with as numbers, or none where they are of several types.
    types: Vec<Option<Ty>>,
}

/// How many versions a leader may have.
const VERSIONS: usize = 4;

impl<'p> Region<'p> {
    pub(crate) fn new(
        code: Code<'p>,
        profile: &'p Profile,
        cvs: usize,
        slots: usize,
    ) -> Result<Region<'p>, Reason> {
        if profile.ops.iter().filter(|op| op.seen).count() > MAX_OPS {
            return Err(Reason::TooBig);
        }
        let planner = Planner { code, profile, cvs };
        let mut region = Region {
            planner,
            head: profile.head,
            leaders: BTreeSet::new(),
            before: FxHashMap::default(),
            reached: BTreeSet::new(),
            entry: vec![Slot::MEM; slots],
            loops: FxHashSet::default(),
            live: FxHashMap::default(),
            types: vec![None; slots],
        };
        region.find_leaders();
        region.find_live(slots);
        region.find_types(slots);
        region.entry = region.wanted(profile.head, &vec![Slot::MEM; slots]);
        region.infer()?;
        Ok(region)
    }

    pub(crate) fn contains(&self, at: u32) -> bool {
        self.planner.profile.ops[at as usize].seen
    }

    /// Where execution may go on, as far as it was seen or the instruction says.
    fn successors(&self, at: u32) -> Vec<u32> {
        let code = self.planner.code;
        let op = code.op(at);
        let info = code.base(at).info();
        let mut all = self.planner.profile.ops[at as usize].next.clone();
        for (role, distance) in info.roles.into_iter().zip([op.a, op.b, op.c]) {
            if role == Role::Jmp {
                all.push(code.target(at, distance));
            }
        }
        if !info.ends() {
            all.push(code.behind(at));
        }
        all.retain(|&next| (next as usize) < self.planner.profile.ops.len() && self.contains(next));
        all.sort_unstable();
        all.dedup();
        all
    }

    fn seen(&self) -> impl Iterator<Item = u32> + use<'p> {
        let ops = &self.planner.profile.ops;
        (0..ops.len() as u32).filter(move |&at| ops[at as usize].seen)
    }

    fn find_leaders(&mut self) {
        self.leaders.insert(self.head);
        for at in self.seen() {
            let next = self.successors(at);
            let straight = next.len() == 1
                && next[0] == self.planner.code.behind(at)
                && !self.planner.code.base(at).info().jumps();
            if !straight {
                self.leaders.extend(&next);
            }
            self.loops.extend(next.iter().filter(|&&next| next <= at));
        }
    }

    /// Which slots are read before they are written: backward until nothing changes.
    fn find_live(&mut self, slots: usize) {
        let all: Vec<u32> = self.seen().collect();
        let mut live: FxHashMap<u32, Vec<bool>> = FxHashMap::default();
        let mut changed = true;
        while changed {
            changed = false;
            for &at in all.iter().rev() {
                let mut set = vec![false; slots];
                for next in self.successors(at) {
                    if let Some(other) = live.get(&next) {
                        set.iter_mut().zip(other).for_each(|(one, other)| *one |= other);
                    }
                }
                let (reads, writes) = self.uses(at);
                writes.into_iter().for_each(|index| set[index] = false);
                reads.into_iter().for_each(|index| set[index] = true);
                if live.get(&at) != Some(&set) {
                    live.insert(at, set);
                    changed = true;
                }
            }
        }
        self.live = live;
    }

    /// Slots that an instruction reads, and those that it only writes.
    fn uses(&self, at: u32) -> (Vec<usize>, Vec<usize>) {
        let code = self.planner.code;
        let op = code.op(at);
        let info = code.base(at).info();
        let (mut reads, mut writes) = (Vec::new(), Vec::new());
        let kinds = [op.kind_a(), op.kind_b(), op.kind_c()];
        for (number, operand) in [op.a, op.b, op.c].into_iter().enumerate() {
            if !matches!(kinds[number], Kind::Cv | Kind::Tmp) {
                continue;
            }
            match info.roles[number] {
                Role::None | Role::Lit | Role::Jmp | Role::Num => {}
                Role::Res => writes.push(slot_index(operand)),
                Role::Var if code.base(at) == Opcode::ASSIGN && kinds[number] == Kind::Cv => {
                    writes.push(slot_index(operand));
                }
                _ => reads.push(slot_index(operand)),
            }
        }
        if info.has_data() {
            let data = code.op(at + 1);
            if matches!(data.kind_a(), Kind::Cv | Kind::Tmp) {
                reads.push(slot_index(data.a));
            }
        }
        (reads, writes)
    }

    /// The one type that each slot was seen with.
    fn find_types(&mut self, slots: usize) {
        let mut masks = vec![0_u16; slots];
        let code = self.planner.code;
        for at in self.seen() {
            let op = code.op(at);
            let seen = &self.planner.profile.ops[at as usize];
            let info = code.base(at).info();
            for (kind, operand, role, mask) in
                [(op.kind_a(), op.a, info.roles[0], seen.a), (op.kind_b(), op.b, info.roles[1], seen.b)]
            {
                let assigned = role == Role::Var && code.base(at) == Opcode::ASSIGN;
                if kind == Kind::Cv
                    && !assigned
                    && !matches!(role, Role::None | Role::Lit | Role::Jmp | Role::Num)
                {
                    masks[slot_index(operand)] |= mask;
                }
            }
            if info.has_data() && code.op(at + 1).kind_a() == Kind::Cv {
                masks[slot_index(code.op(at + 1).a)] |= seen.data;
            }
        }
        self.types = masks.into_iter().map(Ty::of_mask).collect();
    }

    /// The state with which a path that brings `state` comes to a leader.
    pub(crate) fn wanted(&self, at: u32, state: &State) -> State {
        if !self.loops.contains(&at) {
            return state.clone();
        }
        let live = self.live.get(&at);
        let want = |index: usize, slot: Slot| match self.types[index] {
            Some(ty)
                if slot.ty == Ty::Mem && index < self.planner.cvs && live.is_some_and(|live| live[index]) =>
            {
                Slot::clean(ty)
            }
            _ => slot,
        };
        state.iter().enumerate().map(|(index, &slot)| want(index, slot)).collect()
    }

    /// Finds the versions: walks from the head until there is no new one and none changes.
    fn infer(&mut self) -> Result<(), Reason> {
        let entry = self.entry.clone();
        for _ in 0..100 {
            let mut changed = false;
            let mut reached = BTreeSet::new();
            let mut open = vec![self.meet(self.head, &entry, &mut changed)];
            while let Some((at, version)) = open.pop() {
                if !reached.insert((at, version)) {
                    continue;
                }
                let state = self.before[&at][version].clone();
                for (to, state) in self.walk(at, state) {
                    open.push(self.meet(to, &state, &mut changed));
                }
            }
            if !changed {
                self.reached = reached;
                return Ok(());
            }
        }
        Err(Reason::NotStable)
    }

    /// The version of a leader that a path with this state goes to, if there is one made for it.
    pub(crate) fn version(&self, at: u32, state: &State) -> Option<usize> {
        let versions = self.before.get(&at)?;
        let state = self.wanted(at, state);
        let live = &self.live[&at];
        let same = |known: &State| {
            known.iter().zip(&state).zip(live).all(|((known, slot), &live)| !live || known.ty == slot.ty)
        };
        versions.iter().position(same).or_else(|| (versions.len() == VERSIONS).then_some(VERSIONS - 1))
    }

    /// Notes that a path with this state comes to a leader; gives the version that it goes to.
    fn meet(&mut self, at: u32, state: &State, changed: &mut bool) -> (u32, usize) {
        let found = self.version(at, state);
        let state = self.wanted(at, state);
        let versions = self.before.entry(at).or_default();
        let Some(version) = found else {
            versions.push(state);
            *changed = true;
            return (at, versions.len() - 1);
        };
        for (known, slot) in versions[version].iter_mut().zip(&state) {
            let joined = known.join(*slot);
            if joined != *known {
                *known = joined;
                *changed = true;
            }
        }
        (at, version)
    }

    /// Walks from a leader to the end of its block; gives the states on the ways out of it.
    fn walk(&self, leader: u32, mut state: State) -> Vec<(u32, State)> {
        let mut at = leader;
        loop {
            let plan = self.planner.plan(at, &state);
            plan.apply(&mut state);
            let next = match self.planner.flow(at, &plan) {
                Flow::Next(next) => vec![next],
                Flow::Jump(target) => vec![target],
                Flow::Branch(target, behind) => vec![target, behind],
                Flow::Seen(all) => all,
                Flow::Leave => vec![],
            };
            if let [only] = next[..]
                && self.contains(only)
                && !self.leaders.contains(&only)
            {
                at = only;
                continue;
            }
            return next.into_iter().filter(|&to| self.contains(to)).map(|to| (to, state.clone())).collect();
        }
    }

    /// Whether there are loops in the loop.
    pub(crate) fn is_nested(&self) -> bool {
        self.loops.len() > 1
    }

    /// How many instructions got code of their own, and how many are left to their handlers.
    pub(crate) fn census(&self) -> (usize, usize) {
        let (mut own, mut left) = (0, 0);
        for &(leader, version) in &self.reached {
            let (mut at, mut state) = (leader, self.before[&leader][version].clone());
            loop {
                let plan = self.planner.plan(at, &state);
                match plan.act {
                    Act::Call => left += CALL_COST,
                    Act::Handler | Act::Leave => left += 1,
                    Act::Nothing => {}
                    _ => own += 1,
                }
                plan.apply(&mut state);
                match self.planner.flow(at, &plan) {
                    Flow::Next(next) if self.contains(next) && !self.leaders.contains(&next) => at = next,
                    Flow::Seen(all) => match all[..] {
                        [next] if self.contains(next) && !self.leaders.contains(&next) => at = next,
                        _ => break,
                    },
                    _ => break,
                }
            }
        }
        (own, left)
    }
}
