//! Completing a function: labels become instruction indices, temporaries slot numbers; jumps to jumps go all the way;
//! what cannot be reached is dropped; live ranges of temporaries are found.

use crate::Compiler;
use crate::builder::Builder;
use crate::error::Result;
use phalanx_bytecode::draft::{FunctionDraft, Literal, TryRegion};
use phalanx_bytecode::effects::targets;
use phalanx_bytecode::flags::{func as func_flag, op as flag};
use phalanx_bytecode::flow::live_ranges;
use phalanx_bytecode::table::Role;
use phalanx_bytecode::{Kind, Op, Opcode};

/// Steps along a chain of jumps; more only occurs in loops of jumps.
const MAX_HOPS: u32 = 8;

/// Most words that following temporaries may take: half a gigabyte.
const MAX_STATES: usize = 1 << 26;

impl Compiler<'_> {
    /// Takes the current function out of the compiler, complete.
    pub(crate) fn finish_function(&mut self) -> Result<FunctionDraft> {
        self.resolve_gotos()?;
        let mut f = std::mem::take(&mut self.f);
        let mut func = std::mem::take(&mut f.draft);
        func.cvs = f.cvs.iter().map(|&name| self.strings.bytes(name)).collect();
        func.tmps = f.tmp_count();
        resolve(&mut func, &f);
        thread_jumps(&mut func);
        if self.options.unused_statics_go {
            drop_unused_statics(&mut func);
        }
        // Following temporaries takes memory for each at each instruction.
        if func.code.len().saturating_mul((func.tmps as usize).div_ceil(64)) > MAX_STATES {
            return self.error("Expression is nested too deeply. Try splitting expression");
        }
        match live_ranges(&func.shape()) {
            Ok((ranges, reached)) => {
                func.live = ranges;
                compact(&mut func, reached);
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
        Ok(func)
    }
}

/// Leaves static variables unbound that no other instruction names; what computes a first value stays.
fn drop_unused_statics(func: &mut FunctionDraft) {
    if func.flags & func_flag::USES_SYMBOLS != 0 {
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
    matches!(op.opcode(), Opcode::FREE | Opcode::FE_FREE) && op.flags() & flag::LEAVING != 0
}

/// Labels and temporaries to numbers.
fn resolve(func: &mut FunctionDraft, f: &Builder) {
    let first = func.cvs.len() as u32;
    let position = |label: u32| f.position(crate::operand::Label(label));
    for op in &mut func.code {
        if op.kind_a() == Kind::Tmp {
            op.a += first;
        }
        if op.kind_b() == Kind::Tmp {
            op.b += first;
        }
        if op.kind_c() == Kind::Tmp {
            op.c += first;
        }
        if is_leaving(*op) {
            op.b = position(op.b);
        }
        let roles = op.opcode().info().roles;
        if op.opcode().info().jumps() {
            for (role, value) in roles.into_iter().zip([&mut op.a, &mut op.b, &mut op.c]) {
                if role == Role::Jmp {
                    *value = position(*value);
                }
            }
        }
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
fn thread_jumps(func: &mut FunctionDraft) {
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
    for (at, op) in code.iter().enumerate() {
        if !op.opcode().info().jumps() || op.opcode() == Opcode::FAST_CALL {
            continue;
        }
        let mut new = *op;
        for (role, value) in op.opcode().info().roles.into_iter().zip([&mut new.a, &mut new.b, &mut new.c]) {
            if role == Role::Jmp {
                *value = threaded(at, *value);
            }
        }
        if new != *op {
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
pub(crate) fn compact(func: &mut FunctionDraft, mut keep: Vec<bool>) {
    let count = func.code.len();
    // The end of a finally block is spoken of by the tables even if the block never ends.
    for region in &func.tries {
        if region.finally != 0 && keep[region.finally as usize] {
            keep[region.finally_end as usize] = true;
        }
    }
    for at in 0..count {
        if keep[at] && is_leaving(func.code[at]) {
            keep[func.code[at].b as usize] = true;
        }
    }
    let mut is_loop = vec![false; count];
    for (at, &op) in func.code.iter().enumerate() {
        if keep[at] && op.opcode().info().jumps() {
            targets(&func.shape(), at, op, |target| {
                if target as usize <= at {
                    is_loop[target as usize] = true;
                }
            });
        }
    }
    for (at, (op, keep)) in func.code.iter().zip(&mut keep).enumerate() {
        match op.opcode() {
            Opcode::NOP => *keep = false,
            // Nothing need fall into it: backward jumps look at it in passing.
            Opcode::LOOP_HEAD => *keep = is_loop.get(at + 1).copied().unwrap_or(false),
            _ => {}
        }
    }
    for at in 0..count {
        let op = func.code[at];
        if keep[at] && op.opcode() == Opcode::JMP && op.a as usize > at {
            keep[at] = keep[at + 1..op.a as usize].iter().any(|&kept| kept);
        }
    }
    if keep.iter().all(|&kept| kept) {
        return;
    }
    // New index of each old one: that of the first kept instruction from there on.
    let mut renumbered = Vec::with_capacity(count + 1);
    let mut next = 0;
    for &kept in &keep {
        renumbered.push(next);
        next += u32::from(kept);
    }
    renumbered.push(next);
    let new_index = |old: u32| renumbered[old as usize];
    let mut at = 0;
    func.code.retain_mut(|op| {
        at += 1;
        if keep[at - 1] {
            renumber_jumps(op, new_index);
        }
        keep[at - 1]
    });
    let mut at = 0;
    func.lines.retain(|_| {
        at += 1;
        keep[at - 1]
    });
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

fn renumber_jumps(op: &mut Op, new_index: impl Fn(u32) -> u32) {
    if is_leaving(*op) {
        op.b = new_index(op.b);
    }
    let info = op.opcode().info();
    if info.jumps() {
        for (role, value) in info.roles.into_iter().zip([&mut op.a, &mut op.b, &mut op.c]) {
            if role == Role::Jmp {
                *value = new_index(*value);
            }
        }
    }
}
