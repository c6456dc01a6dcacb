//! `finally` blocks: where they lie, what they remember, and how control may enter them.

use super::error;
use crate::Kind;
use crate::effects::targets;
use crate::flow::FlowError;
use crate::shape::Shape;
use crate::table::Opcode;

/// The `finally` blocks of a function, and where jumps arrive.
pub(super) struct Blocks {
    /// Instructions where jumps and exceptions arrive.
    pub(super) arrives: Vec<bool>,
    /// For each instruction the try region whose finally block it is in (the innermost) plus 1, or 0.
    pub(super) inside: Vec<u32>,
    /// For each try region the one whose finally block its own lies in, likewise.
    outer: Vec<u32>,
}

impl Blocks {
    /// None for a function without code, which only an abstract one is.
    pub(super) fn of(func: &Shape<'_>) -> Result<Option<Blocks>, FlowError> {
        let count = func.code.len();
        if count == 0 {
            return Ok(None);
        }
        let mut arrives = vec![false; count];
        arrives[0] = true;
        for (at, &op) in func.code.iter().enumerate() {
            if op.opcode().info().jumps() {
                targets(func, at, op, |target| arrives[target as usize] = true);
            }
        }
        let mut inside = vec![0; count];
        let mut outers = vec![0; func.tries.len()];
        for (number, region) in func.tries.iter().enumerate() {
            for handler in [region.catch, region.finally] {
                arrives[handler as usize] |= handler != 0;
            }
            if region.finally == 0 {
                continue;
            }
            let slot = region.fast_call;
            if slot < func.cvs || slot >= func.cvs + func.tmps {
                return error(region.finally as usize, "a finally block without a temporary");
            }
            let block = region.finally as usize..=region.finally_end as usize;
            let outer = inside[region.finally as usize];
            // A block lies in another one as a whole, and they have temporaries of their own.
            let mut around = outer;
            while around != 0 {
                let region = &func.tries[around as usize - 1];
                if region.fast_call == slot {
                    return error(region.finally as usize, "finally blocks that share a temporary");
                }
                around = outers[around as usize - 1];
            }
            if inside[block.clone()].iter().any(|&region| region != outer) {
                return error(region.finally as usize, "finally blocks that overlap");
            }
            inside[block].fill(number as u32 + 1);
            outers[number] = outer;
        }
        let blocks = Blocks { arrives, inside, outer: outers };
        blocks.check_slots(func)?;
        for (region, &outer) in func.tries.iter().zip(&blocks.outer) {
            // Unwinding goes to a handler beside the try block, or enters the finally block beside it.
            let around = if region.finally == 0 { blocks.block(region.catch) } else { outer };
            let catch_fits = region.catch == 0 || blocks.block(region.catch) == around;
            if !catch_fits || region.start as usize > 0 && !blocks.holds(region.start, around) {
                return error(region.start as usize, "a handler in another block than what it guards");
            }
        }
        Ok(Some(blocks))
    }

    fn block(&self, at: u32) -> u32 {
        self.inside[at as usize]
    }

    /// Whether the instruction is in the block of region `around` (plus 1; 0: anywhere), or in one inside of it.
    fn holds(&self, at: u32, around: u32) -> bool {
        let mut block = self.block(at);
        while block != around {
            let Some(&outer) = self.outer.get(block.wrapping_sub(1) as usize) else { return false };
            block = outer;
        }
        true
    }

    /// The memory of a finally block is used by its own instructions alone.
    fn check_slots(&self, func: &Shape<'_>) -> Result<(), FlowError> {
        let mut is_memory = vec![false; func.tmps as usize];
        for region in func.tries.iter().filter(|region| region.finally != 0) {
            is_memory[(region.fast_call - func.cvs) as usize] = true;
        }
        for (at, &op) in func.code.iter().enumerate() {
            let opcode = op.opcode();
            let memory = match opcode {
                Opcode::FAST_CALL => {
                    let called = func.tries.get(self.block(op.a).wrapping_sub(1) as usize);
                    let enters =
                        called.is_some_and(|region| region.finally == op.a && region.fast_call == op.c);
                    if !enters {
                        return error(at, "calls no finally block");
                    }
                    Some(2)
                }
                Opcode::FAST_RET | Opcode::DISCARD_EXCEPTION => {
                    // A return discards what all blocks remember that it leaves.
                    let outer = opcode == Opcode::DISCARD_EXCEPTION;
                    if !self.remembers(func, at, op.a, outer) {
                        return error(at, "leaves a finally block that it is not in");
                    }
                    Some(0)
                }
                _ => None,
            };
            for (operand, (kind, slot)) in
                [(op.kind_a(), op.a), (op.kind_b(), op.b), (op.kind_c(), op.c)].into_iter().enumerate()
            {
                if kind == Kind::Tmp && memory != Some(operand) && is_memory[(slot - func.cvs) as usize] {
                    return error(at, "uses what a finally block remembers");
                }
            }
        }
        Ok(())
    }

    /// Whether a temporary is that of the finally block that the instruction is in, or of one around it.
    fn remembers(&self, func: &Shape<'_>, at: usize, slot: u32, outer: bool) -> bool {
        let mut block = self.inside[at] as usize;
        while block != 0 {
            if func.tries[block - 1].fast_call == slot {
                return true;
            }
            block = if outer { self.outer[block - 1] as usize } else { 0 };
        }
        false
    }

    /// Whether control may go from one instruction to another by itself: out of finally blocks, but never into one.
    pub(super) fn may_go(&self, from: usize, to: u32) -> bool {
        self.holds(from as u32, self.block(to))
    }
}
