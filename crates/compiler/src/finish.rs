//! Completing a function: labels become instruction indices, temporaries slot numbers; jumps to jumps go all the way;
//! what cannot be reached is dropped; live ranges of temporaries are found.

use crate::Compiler;
use crate::builder::Builder;
use crate::error::Result;
use phalanx_bytecode::draft::{FunctionDraft, Literal, TryRegion};
use phalanx_bytecode::effects::targets;
use phalanx_bytecode::flags::{func as func_flag, op as flag};
use phalanx_bytecode::flow;
use phalanx_bytecode::table::Role;
use phalanx_bytecode::{Kind, Op, Opcode};

/// Steps along a chain of jumps; more only occurs in loops of jumps.
const MAX_HOPS: u32 = 8;

/// Most steps that following temporaries may take: a second or so.
const MAX_STEPS: usize = 1 << 26;

impl Compiler<'_> {
    /// Takes the current function out of the compiler, complete.
    pub(crate) fn finish_function(&mut self) -> Result<FunctionDraft> {
        self.resolve_gotos()?;
        let mut f = std::mem::take(&mut self.f);
        let mut func = std::mem::take(&mut f.draft);
        func.cvs = f.cvs.iter().map(|&name| self.strings.bytes(name)).collect();
        func.tmps = f.tmp_count();
        let mut landmarks = std::mem::take(&mut self.landmarks);
        resolve(&mut func, &f, &mut landmarks);
        thread_jumps(&mut func, &landmarks.jumps);
        if self.options.unused_statics_go {
            drop_unused_statics(&mut func);
        }
        if func.code.len().saturating_mul(flow::groups(func.tmps) as usize) > MAX_STEPS {
            return self.error("Expression is nested too deeply. Try splitting expression");
        }
        match self.flow.live_ranges(&func.shape()) {
            Ok(ranges) => {
                func.live = ranges;
                compact(&mut func, self.flow.needed().collect(), &landmarks);
            }
            Err(error) => {
                debug_assert!(
                    false,
                    "{} at {}\n{}",
                    error.text,
                    error.at,
                    phalanx_bytecode::disasm::function(&func)
                );
                return self.error(format!("Phalanx compiler error: {}", error.text));
            }
        }
        #[cfg(debug_assertions)]
        if let Err(error) = phalanx_bytecode::verify::function(&func) {
            panic!("{} at {}\n{}", error.text, error.at, phalanx_bytecode::disasm::function(&func));
        }
        f.keep_room_of(&mut func);
        self.spare_builders.push(f);
        self.landmarks = landmarks;
        Ok(func)
    }
}

/// Leaves static variables unbound that no other instruction names; what computes a first value stays.
fn drop_unused_statics(func: &mut FunctionDraft) {
    if func.statics.is_empty() || func.flags & func_flag::USES_SYMBOLS != 0 {
        return;
    }
    let mut uses = vec![0_u32; func.cvs.len()];
    for op in &func.code {
        for (kind, operand) in [(op.kind_a(), op.a), (op.kind_b(), op.b), (op.kind_c(), op.c)] {
            if kind == Kind::Cv {
                uses[operand as usize] += 1;
            }
        }
    }
    for op in &mut func.code {
        if op.opcode() == Opcode::BIND_STATIC && op.flags() == 0 && uses[op.a as usize] == 1 {
            *op = Op::new(Opcode::NOP);
        }
    }
}

/// Whether the instruction leaves a loop: then it names the loop's end.
fn is_leaving(op: Op) -> bool {
    op.flags() & flag::LEAVING != 0 && matches!(op.opcode(), Opcode::FREE | Opcode::FE_FREE)
}

/// Instructions that name others, by index and in order.
#[derive(Default)]
pub(crate) struct Landmarks {
    jumps: Vec<u32>,
    /// Those that leave loops.
    leaving: Vec<u32>,
}

impl Landmarks {
    pub(crate) fn of(code: &[Op]) -> Landmarks {
        let mut landmarks = Landmarks::default();
        landmarks.find(code);
        landmarks
    }

    /// Those in `code` instead.
    fn find(&mut self, code: &[Op]) {
        self.jumps.clear();
        self.leaving.clear();
        code.iter().zip(0..).for_each(|(&op, at)| self.note(at, op));
    }

    fn note(&mut self, at: u32, op: Op) {
        if op.opcode().info().jumps() {
            self.jumps.push(at);
        } else if is_leaving(op) {
            self.leaving.push(at);
        }
    }
}

/// Changes what an instruction names as its targets.
fn map_targets(op: &mut Op, map: impl Fn(u32) -> u32) {
    for (role, target) in op.opcode().info().roles.into_iter().zip([&mut op.a, &mut op.b, &mut op.c]) {
        if role == Role::Jmp {
            *target = map(*target);
        }
    }
}

/// Labels and temporaries to numbers.
fn resolve(func: &mut FunctionDraft, f: &Builder, landmarks: &mut Landmarks) {
    let first = func.cvs.len() as u32;
    let position = |label: u32| f.position(crate::operand::Label(label));
    for op in &mut func.code {
        let temporaries = u32::from(op.temporaries());
        op.a += first * (temporaries & 1);
        op.b += first * (temporaries >> 2 & 1);
        op.c += first * (temporaries >> 4 & 1);
    }
    landmarks.find(&func.code);
    for &at in &landmarks.jumps {
        map_targets(&mut func.code[at as usize], position);
    }
    for &at in &landmarks.leaving {
        let op = &mut func.code[at as usize];
        op.b = position(op.b);
    }
    for literal in &mut func.literals {
        if let Literal::JumpTable(entries) = literal {
            entries.iter_mut().for_each(|(_, target)| *target = position(*target));
        }
    }
    func.tries = f
        .tries
        .iter()
        .map(|region| {
            let (finally, finally_end, fast_call) = match region.finally {
                Some((start, end, memory)) => (position(start.0), position(end.0), memory + first),
                None => (0, 0, 0),
            };
            let catch = region.catch.map_or(0, |label| position(label.0));
            TryRegion { start: position(region.start.0), catch, finally, finally_end, fast_call }
        })
        .collect();
}

/// Lets jumps to unconditional jumps go where those go.
fn thread_jumps(func: &mut FunctionDraft, jumps: &[u32]) {
    let code = &func.code;
    let threaded = |at: usize, from: u32| {
        let mut best = from;
        let mut target = from;
        for _ in 0..MAX_HOPS {
            match code.get(target as usize) {
                Some(op) if op.opcode() == Opcode::JMP => target = op.a,
                _ => break,
            }
            // A backward jump has to end behind a LOOP_HEAD.
            let is_forward = target as usize > at;
            if is_forward || code[target as usize - 1].opcode() == Opcode::LOOP_HEAD {
                best = target;
            }
        }
        best
    };
    let mut changes = Vec::new();
    let mut tables: Vec<(usize, Vec<u32>)> = Vec::new();
    for &at in jumps {
        let at = at as usize;
        let op = code[at];
        if op.opcode() == Opcode::FAST_CALL {
            continue;
        }
        let mut new = op;
        map_targets(&mut new, |target| threaded(at, target));
        if new != op {
            changes.push((at, new));
        }
        if let Opcode::SWITCH_INT | Opcode::SWITCH_STRING | Opcode::MATCH = op.opcode()
            && let Some(Literal::JumpTable(entries)) = func.literals.get(op.b as usize)
        {
            // Jump tables lead forward: loops are counted by plain jumps.
            let forward = |from: u32| Some(threaded(at, from)).filter(|&target| target as usize > at);
            let targets = entries.iter().map(|&(_, from)| forward(from).unwrap_or(from)).collect();
            tables.push((op.b as usize, targets));
        }
    }
    for (at, op) in changes {
        func.code[at] = op;
    }
    for (at, targets) in tables {
        if let Literal::JumpTable(entries) = &mut func.literals[at] {
            entries.iter_mut().zip(targets).for_each(|((_, old), new)| *old = new);
        }
    }
}

/// Drops instructions that do nothing or cannot be reached.
pub(crate) fn compact(func: &mut FunctionDraft, mut keep: Vec<bool>, landmarks: &Landmarks) {
    // The end of a finally block is spoken of by the tables even if the block never ends.
    for region in &func.tries {
        if region.finally != 0 && keep[region.finally as usize] {
            keep[region.finally_end as usize] = true;
        }
    }
    let is_kept = |at: &&u32| keep[**at as usize];
    let ends: Vec<u32> =
        landmarks.leaving.iter().filter(is_kept).map(|&at| func.code[at as usize].b).collect();
    ends.into_iter().for_each(|end| keep[end as usize] = true);
    let mut loops = Vec::new();
    for &at in landmarks.jumps.iter().filter(|&&at| keep[at as usize]) {
        targets(&func.shape(), at as usize, func.code[at as usize], |target| {
            if target <= at {
                loops.push(target);
            }
        });
    }
    for (keep, op) in keep.iter_mut().zip(&func.code) {
        *keep &= !matches!(op.opcode(), Opcode::NOP | Opcode::LOOP_HEAD);
    }
    // Nothing need fall into the head of a loop: backward jumps look at it in passing.
    for target in loops {
        if let Some(head) =
            target.checked_sub(1).filter(|&at| func.code[at as usize].opcode() == Opcode::LOOP_HEAD)
        {
            keep[head as usize] = true;
        }
    }
    for &at in landmarks.jumps.iter().rev() {
        let (at, op) = (at as usize, func.code[at as usize]);
        if op.opcode() == Opcode::JMP && op.a as usize > at {
            keep[at] &= keep[at + 1..op.a as usize].contains(&true);
        }
    }
    if !keep.contains(&false) {
        return;
    }
    // New index of each old one: that of the first kept instruction from there on.
    let mut renumbered = Vec::with_capacity(keep.len() + 1);
    let mut next = 0;
    for &kept in &keep {
        renumbered.push(next);
        next += u32::from(kept);
    }
    renumbered.push(next);
    let new_index = |old: u32| renumbered[old as usize];
    for &at in landmarks.jumps.iter().filter(|&&at| keep[at as usize]) {
        map_targets(&mut func.code[at as usize], new_index);
    }
    for &at in landmarks.leaving.iter().filter(|&&at| keep[at as usize]) {
        let op = &mut func.code[at as usize];
        op.b = new_index(op.b);
    }
    let mut kept = keep.iter().copied();
    func.code.retain(|_| kept.next() == Some(true));
    let mut kept = keep.iter().copied();
    func.lines.retain(|_| kept.next() == Some(true));
    for literal in &mut func.literals {
        if let Literal::JumpTable(entries) = literal {
            entries.iter_mut().for_each(|(_, target)| *target = new_index(*target));
        }
    }
    func.tries.retain_mut(|region| {
        let reached = keep[region.start as usize..].iter().position(|&kept| kept);
        let end = if region.catch != 0 { region.catch } else { region.finally };
        if reached.is_none_or(|skip| region.start as usize + skip >= end as usize) {
            // Nothing is tried. A finally block may still be entered, and what it remembers belongs to its region.
            if region.finally == 0 || !keep[region.finally as usize] {
                return false;
            }
            region.start = region.finally;
            region.catch = 0;
        }
        region.start = new_index(region.start);
        for place in [&mut region.catch, &mut region.finally, &mut region.finally_end] {
            *place = if *place == 0 { 0 } else { new_index(*place) };
        }
        true
    });
    func.tries.sort_by_key(|region| region.start);
    func.live.retain_mut(|range| {
        range.start = new_index(range.start);
        range.end = new_index(range.end);
        range.start < range.end
    });
}
