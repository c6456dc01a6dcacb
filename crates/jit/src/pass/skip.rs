//! Loops that only count: all rounds but the last are skipped.
//!
//! A loop of one block that touches no memory ends with what its variables are in its last round. How many rounds there are
//! follows from the condition that it goes on by, and what most variables are in round `k` from what they begin with:
//!
//! - `x + c` in each round, `c` the same in all: `x0 + c * k`;
//! - `x + g` where `g` grows like that, from `g0` by `c`: `x0 + g0 * k + c * (k * (k - 1) / 2)`;
//! - `(x + g) & m`, where `m + 1` is a power of two: the same, masked once;
//! - what is computed of others in each round: the same of what those are in round `k - 1`.
//!
//! So before the loop the variables are computed for its last round, and the loop is entered with them; its code stays as it
//! is, exits included. If the numbers are so large that a sum might leave the ints on the way, or there are too few rounds,
//! the loop is entered as ever.

use crate::ir::graph::Graph;
use crate::ir::{Blk, Cmp, Edge, End, Func, Inst, IntOp, Ty, Val, Vals};
use rustc_hash::FxHashSet;

/// Rounds that are skipped at most are below 2 to the power of this; fewer where squares of their number are summed.
const ROUNDS: u32 = 31;
const ROUNDS_OF_SUMS: u32 = 28;
/// How deep expressions are followed.
const DEPTH: usize = 8;

pub(crate) fn run(func: &mut Func, graph: &Graph) -> bool {
    let count = func.blocks.len();
    for &header in &graph.order {
        if let Some((entries, latch)) = loop_of_one_block(func, graph, header) {
            Skip::new(func, header, entries, latch).run();
        }
    }
    func.blocks.len() != count
}

/// From where a loop that is one block is entered, and the block that leads back, which is itself or an empty one.
fn loop_of_one_block(func: &Func, graph: &Graph, header: Blk) -> Option<(Vec<Blk>, Blk)> {
    let is_latch = |block: &Blk| {
        *block == header
            || graph.preds(*block) == [header]
                && func.block(*block).insts.is_empty()
                && func.block(*block).params.is_empty()
                && matches!(func.block(*block).end, End::Jump(_))
    };
    let (latches, entries): (Vec<Blk>, Vec<Blk>) =
        graph.preds(header).iter().partition(|block| is_latch(block));
    match latches[..] {
        [latch] if !entries.is_empty() => Some((entries, latch)),
        _ => None,
    }
}

/// A value that grows by the same in each round: what it is in the first one, and what it grows by.
#[derive(Clone, Copy)]
struct Line {
    start: Val,
    by: Val,
}

struct Skip<'f> {
    func: &'f mut Func,
    header: Blk,
    entries: Vec<Blk>,
    latch: Blk,
    inside: FxHashSet<Val>,
    /// What the header's parameters begin with, and what they are in the next round.
    starts: Vals,
    nexts: Vals,
    /// Where the skipping is computed, and what has to be so.
    block: Blk,
    conditions: Vec<Val>,
    /// Of which numbers it is a condition already that they are small.
    small: FxHashSet<(Val, u32)>,
    rounds: u32,
}

impl<'f> Skip<'f> {
    fn new(func: &'f mut Func, header: Blk, entries: Vec<Blk>, latch: Blk) -> Skip<'f> {
        let args = |from: Blk| {
            let edge = func.block(from).end.edges().find(|edge| edge.to == header);
            edge.map_or_else(Vals::new, |edge| edge.args.clone())
        };
        let nexts = args(latch);
        let first = match entries[..] {
            [only] => Some(args(only)),
            _ => None,
        };
        let own = func.block(header).params.clone();
        let inside = own.iter().chain(&func.block(header).insts).copied().collect();
        let block = func.new_block();
        // Of what several blocks pass nothing is known.
        let starts =
            first.unwrap_or_else(|| own.iter().map(|&param| func.new_param(block, func.ty(param))).collect());
        let (conditions, small) = Default::default();
        Skip { func, header, entries, latch, inside, starts, nexts, block, conditions, small, rounds: ROUNDS }
    }

    fn run(mut self) {
        if self.skip().is_none() {
            // Nobody jumps there.
            let block = self.func.block_mut(self.block);
            block.insts.clear();
            block.params.clear();
            block.end = End::Open;
        }
    }

    fn skip(&mut self) -> Option<()> {
        self.check_body()?;
        let last = self.last_round()?;
        let count = self.func.block(self.header).params.len();
        let values = (0..count).map(|index| self.param_in(index, last)).collect::<Option<Vals>>()?;
        // Below two there is nothing to skip.
        let two = self.int(2);
        let more = self.op(IntOp::Sub, last, two);
        self.is_below(more, (1 << self.rounds) - 2);
        let cond = self.all_conditions();
        let edge = |to, args| Edge { to, args };
        let starts = self.starts.clone();
        self.func.block_mut(self.block).end =
            End::Branch(cond, edge(self.header, values), edge(self.header, starts));
        let (header, block) = (self.header, self.block);
        self.func.redirect(&self.entries, header, block);
        // What only one block passes is used as it is.
        if let [only] = self.entries[..] {
            self.func
                .block_mut(only)
                .end
                .edges_mut()
                .filter(|edge| edge.to == block)
                .for_each(|edge| edge.args.clear());
        }
        Some(())
    }

    /// Whether rounds can be left out as far as the instructions go: nothing is read, written or called, and what may leave
    /// is looked at here or with the parameters.
    fn check_body(&mut self) -> Option<()> {
        for val in self.func.block(self.header).insts.clone() {
            match *self.func.inst(val) {
                Inst::Poll(..) => {}
                Inst::Guard(cond, wanted, _) => {
                    if self.inside.contains(&cond) {
                        return None;
                    }
                    let holds = if wanted { cond } else { self.push(Inst::Not(cond), Ty::Bool) };
                    self.conditions.push(holds);
                }
                // Only as the sum of a parameter, which is checked there.
                Inst::Checked(..) => {
                    self.nexts.contains(&val).then_some(())?;
                }
                Inst::Load(..) => return None,
                ref inst if inst.has_effect() => return None,
                _ => {}
            }
        }
        Some(())
    }

    /// The number of the last round; the first one's is 0.
    fn last_round(&mut self) -> Option<Val> {
        let End::Branch(cond, ref then, ref other) = self.func.block(self.header).end else { return None };
        let back = if self.latch == self.header { self.header } else { self.latch };
        let on = match (then.to == back, other.to == back) {
            (true, false) => true,
            (false, true) => false,
            _ => return None,
        };
        let (cmp, a, b) = self.relation(cond, on)?;
        let (a, b) = (self.line(a, 0)?, self.line(b, 0)?);
        let (cmp, x, limit) = match (self.func.as_int(a.by)?, self.func.as_int(b.by)?) {
            (0, step) if step != 0 => (cmp.swapped()?, b, a.start),
            (step, 0) if step != 0 => (cmp, a, b.start),
            _ => return None,
        };
        let step = self.func.as_int(x.by)?;
        let up = step > 0;
        let (low, high) = if up { (x.start, limit) } else { (limit, x.start) };
        let distance = match (cmp, up) {
            (Cmp::Lt, true) | (Cmp::Gt, false) => self.op(IntOp::Sub, high, low),
            (Cmp::Ne, _) if step.abs() == 1 => self.op(IntOp::Sub, high, low),
            (Cmp::Le, true) | (Cmp::Ge, false) => {
                let (distance, one) = (self.op(IntOp::Sub, high, low), self.int(1));
                self.op(IntOp::Add, distance, one)
            }
            _ => return None,
        };
        // Otherwise the distance may be any number.
        let more = self.push(Inst::IntCmp(Cmp::Lt, low, high), Ty::Bool);
        self.conditions.push(more);
        let step = step.unsigned_abs();
        if !step.is_power_of_two() || step > 1 << 16 {
            return None;
        }
        if step == 1 {
            return Some(distance);
        }
        self.is_below(distance, 1 << 62);
        let (add, by) = (self.int(step as i64 - 1), self.int(step.trailing_zeros().into()));
        let up = self.op(IntOp::Add, distance, add);
        Some(self.op(IntOp::Shr, up, by))
    }

    /// What two ints are to each other when a condition is as said.
    fn relation(&self, cond: Val, truth: bool) -> Option<(Cmp, Val, Val)> {
        match *self.func.inst(cond) {
            Inst::IntCmp(cmp, a, b) if self.func.ty(a) == Ty::Int => {
                Some((if truth { cmp } else { cmp.negated()? }, a, b))
            }
            Inst::Not(inner) => self.relation(inner, !truth),
            _ => None,
        }
    }

    /// A value of the loop as a line.
    fn line(&mut self, val: Val, depth: usize) -> Option<Line> {
        if depth > DEPTH || self.func.ty(val) != Ty::Int {
            return None;
        }
        if let Some(int) = self.func.as_int(val) {
            return Some(Line { start: self.int(int), by: self.int(0) });
        }
        if !self.inside.contains(&val) {
            return Some(Line { start: val, by: self.int(0) });
        }
        match *self.func.inst(val) {
            Inst::Param => {
                let index = self.func.block(self.header).params.iter().position(|&param| param == val)?;
                self.line_of_param(index, depth)
            }
            // As far as it may leave it is looked at with its parameter.
            Inst::IntOp(op @ (IntOp::Add | IntOp::Sub), a, b)
            | Inst::Checked(op @ (IntOp::Add | IntOp::Sub), a, b, _) => {
                let (a, b) = (self.line(a, depth + 1)?, self.line(b, depth + 1)?);
                Some(Line { start: self.op(op, a.start, b.start), by: self.op(op, a.by, b.by) })
            }
            Inst::IntOp(IntOp::Mul, a, b) => {
                let (a, b) = (self.line(a, depth + 1)?, self.line(b, depth + 1)?);
                let (line, times) = match (self.func.as_int(a.by), self.func.as_int(b.by)) {
                    (_, Some(0)) => (a, b.start),
                    (Some(0), _) => (b, a.start),
                    _ => return None,
                };
                Some(Line {
                    start: self.op(IntOp::Mul, line.start, times),
                    by: self.op(IntOp::Mul, line.by, times),
                })
            }
            _ => None,
        }
    }

    fn line_of_param(&mut self, index: usize, depth: usize) -> Option<Line> {
        let (param, start, next) = self.param(index);
        if next == param {
            return Some(Line { start, by: self.int(0) });
        }
        let (step, checked) = match *self.func.inst(next) {
            Inst::IntOp(op @ (IntOp::Add | IntOp::Sub), a, b) if a == param => ((op, b), false),
            Inst::IntOp(IntOp::Add, a, b) if b == param => ((IntOp::Add, a), false),
            Inst::Checked(op @ (IntOp::Add | IntOp::Sub), a, b, _) if a == param => ((op, b), true),
            Inst::Checked(IntOp::Add, a, b, _) if b == param => ((IntOp::Add, a), true),
            _ => return None,
        };
        // A parameter that steps by itself is no line.
        if step.1 == param {
            return None;
        }
        let by = self.line(step.1, depth + 1)?;
        if self.func.as_int(by.by) != Some(0) {
            return None;
        }
        let zero = self.int(0);
        let by = self.op(step.0, zero, by.start);
        if checked {
            self.func.as_int(by).filter(|by| by.unsigned_abs() < 1 << 30)?;
            self.is_small(start, 61);
        }
        Some(Line { start, by })
    }

    /// A parameter, what it begins with, what it is in the next round.
    fn param(&self, index: usize) -> (Val, Val, Val) {
        (self.func.block(self.header).params[index], self.starts[index], self.nexts[index])
    }

    /// What a parameter is in round `k`.
    fn param_in(&mut self, index: usize, k: Val) -> Option<Val> {
        if let Some(val) = self.sum_in(index, k) {
            return Some(val);
        }
        let (.., next) = self.param(index);
        let one = self.int(1);
        let before = self.op(IntOp::Sub, k, one);
        self.value_in(next, before, 0)
    }

    /// The same of one that sums up.
    fn sum_in(&mut self, index: usize, k: Val) -> Option<Val> {
        let (param, start, next) = self.param(index);
        if next == param {
            return Some(start);
        }
        if let Some(line) = self.line_of_param(index, 0) {
            return Some(self.point(line, k));
        }
        let (sum, mask) = match *self.func.inst(next) {
            Inst::IntOp(IntOp::And, sum, mask) => (sum, Some(self.func.as_int(mask)?)),
            _ => (next, None),
        };
        if mask.is_some_and(|mask| mask < 0 || mask & mask.wrapping_add(1) != 0) {
            return None;
        }
        let (term, checked) = match *self.func.inst(sum) {
            Inst::IntOp(IntOp::Add, a, b) if a == param => (b, false),
            Inst::IntOp(IntOp::Add, a, b) if b == param => (a, false),
            Inst::Checked(IntOp::Add, a, b, _) if a == param => (b, true),
            Inst::Checked(IntOp::Add, a, b, _) if b == param => (a, true),
            _ => return None,
        };
        let term = self.line(term, 0)?;
        if checked {
            self.rounds = ROUNDS_OF_SUMS;
            self.is_small(start, 61);
            self.is_small(term.start, 32);
            self.is_small(term.by, 5);
        }
        let one = self.int(1);
        let before = self.op(IntOp::Sub, k, one);
        let pairs = self.op(IntOp::Mul, k, before);
        let pairs = self.op(IntOp::Shr, pairs, one);
        let first = self.point(Line { start, by: term.start }, k);
        let sum = self.point(Line { start: first, by: term.by }, pairs);
        match mask {
            Some(mask) => {
                let mask = self.int(mask);
                Some(self.op(IntOp::And, sum, mask))
            }
            None => Some(sum),
        }
    }

    /// What a value of the loop is in round `k`, which is at least 1.
    fn value_in(&mut self, val: Val, k: Val, depth: usize) -> Option<Val> {
        if !self.inside.contains(&val) {
            return Some(val);
        }
        if depth > DEPTH {
            return None;
        }
        let mut inst = self.func.inst(val).clone();
        if inst == Inst::Param {
            let index = self.func.block(self.header).params.iter().position(|&param| param == val)?;
            return self.sum_in(index, k);
        }
        if let Inst::Checked(op, a, b, _) = inst {
            // Only if it is a parameter's sum it is known to stay an int in all rounds.
            let index = (0..self.nexts.len()).find(|&index| self.nexts[index] == val)?;
            self.sum_in(index, k)?;
            inst = Inst::IntOp(op, a, b);
        }
        let mut whole = Some(());
        inst.operands_mut(|operand| match self.value_in(*operand, k, depth + 1) {
            Some(there) => *operand = there,
            None => whole = None,
        });
        whole?;
        let ty = self.func.ty(val);
        Some(self.push(inst, ty))
    }

    /// `start + by * k`.
    fn point(&mut self, line: Line, k: Val) -> Val {
        let grown = self.op(IntOp::Mul, line.by, k);
        self.op(IntOp::Add, line.start, grown)
    }

    // Instructions before the loop.

    fn push(&mut self, inst: Inst, ty: Ty) -> Val {
        self.func.push(self.block, inst, ty)
    }

    fn int(&mut self, int: i64) -> Val {
        self.push(Inst::Int(int), Ty::Int)
    }

    /// Of known numbers it is a number.
    fn op(&mut self, op: IntOp, a: Val, b: Val) -> Val {
        match (op, self.func.as_int(a), self.func.as_int(b)) {
            (IntOp::Add, Some(a), Some(b)) => self.int(a.wrapping_add(b)),
            (IntOp::Sub, Some(a), Some(b)) => self.int(a.wrapping_sub(b)),
            (IntOp::Mul, Some(a), Some(b)) => self.int(a.wrapping_mul(b)),
            (IntOp::Add, Some(0), _) | (IntOp::Mul, Some(1), _) => b,
            (IntOp::Add | IntOp::Sub, _, Some(0)) | (IntOp::Mul, _, Some(1)) => a,
            (IntOp::Mul, Some(0), _) | (IntOp::Mul, _, Some(0)) => self.int(0),
            _ => self.push(Inst::IntOp(op, a, b), Ty::Int),
        }
    }

    /// A condition: the value is no less than 0 and below a number.
    fn is_below(&mut self, val: Val, limit: i64) {
        let limit = self.int(limit);
        let cond = self.push(Inst::IntCmp(Cmp::Below, val, limit), Ty::Bool);
        self.conditions.push(cond);
    }

    /// A condition: a number is between -2 and 2 to the power of `bits`.
    fn is_small(&mut self, val: Val, bits: u32) {
        match self.func.as_int(val) {
            Some(int) if (-1 << bits..1 << bits).contains(&int) => {}
            _ if !self.small.insert((val, bits)) => {}
            _ => {
                let half = self.int(1 << bits);
                let moved = self.op(IntOp::Add, val, half);
                self.is_below(moved, 1 << (bits + 1));
            }
        }
    }

    fn all_conditions(&mut self) -> Val {
        let conditions = std::mem::take(&mut self.conditions);
        let mut all: Option<Val> = None;
        for cond in conditions {
            let truth = self.push(Inst::BoolToInt(cond), Ty::Int);
            all = Some(match all {
                Some(before) => self.op(IntOp::And, before, truth),
                None => truth,
            });
        }
        let (all, zero) = match all {
            Some(all) => (all, self.int(0)),
            None => (self.int(1), self.int(0)),
        };
        self.push(Inst::IntCmp(Cmp::Ne, all, zero), Ty::Bool)
    }
}
