//! Ranges of ints: sums and products that cannot leave the ints lose their check.
//!
//! Each value has an interval. Block parameters join what is passed for them; what keeps growing after some rounds is
//! widened to all ints, and two more rounds narrow it again by the conditions on the ways. A condition on the way into
//! a block narrows the values that it compares, in that block and those that it dominates, and as arguments of the edge.
//!
//! Nothing is known of the variables of a loop that is entered while it runs. They are taken for 0 first; the ranges that
//! come of it are checked where the loop is entered.

use crate::ir::graph::Graph;
use crate::ir::{Blk, Cmp, Edge, End, Func, Inst, IntOp, Region, Ty, Val, Width};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Range {
    low: i64,
    high: i64,
}

impl Range {
    const ALL: Range = Range { low: i64::MIN, high: i64::MAX };
    const ZERO: Range = Range { low: 0, high: 0 };

    fn join(self, other: Range) -> Range {
        Range { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// The common part; where there is none the code is never reached, and any range will do.
    fn meet(self, other: Range) -> Range {
        let range = Range { low: self.low.max(other.low), high: self.high.min(other.high) };
        if range.low > range.high { other } else { range }
    }

    fn wide(self) -> (i128, i128) {
        (self.low.into(), self.high.into())
    }

    fn of_wide(low: i128, high: i128) -> Option<Range> {
        Some(Range { low: i64::try_from(low).ok()?, high: i64::try_from(high).ok()? })
    }
}

/// A condition that holds from some block on.
type Fact = (Val, Cmp, Val);

struct Pass<'f> {
    func: &'f Func,
    graph: &'f Graph,
    /// Values that conditions speak of.
    limited: Vec<bool>,
    /// By value; none as long as nothing is known to reach it.
    ranges: Vec<Option<Range>>,
    /// By block: what holds where it begins, and what its guards add, beside what holds in its dominators.
    facts: Vec<Vec<Fact>>,
    guards: Vec<Vec<Fact>>,
}

/// Leaves where the loop is entered unless a value is in its range.
fn check(func: &mut Func, val: Val, range: Range) {
    let Some((block, snap)) = func.loop_entry else { return };
    for (cmp, limit) in [(Cmp::Ge, range.low), (Cmp::Le, range.high)] {
        if limit != i64::MIN && limit != i64::MAX {
            let limit = func.push(block, Inst::Int(limit), Ty::Int);
            let fits = func.push(block, Inst::IntCmp(cmp, val, limit), Ty::Bool);
            func.push(block, Inst::Guard(fits, true, snap), Ty::None);
        }
    }
}

/// Rounds before what still grows is widened.
const WIDEN: usize = 3;
/// Rounds that narrow.
const NARROW: usize = 2;

pub(crate) fn run(func: &mut Func, graph: &Graph) -> bool {
    let (safe, checks) = {
        let mut pass = Pass {
            func,
            facts: vec![Vec::new(); func.blocks.len()],
            guards: vec![Vec::new(); func.blocks.len()],
            limited: vec![false; func.insts.len()],
            ranges: vec![None; func.insts.len()],
            graph,
        };
        pass.find_facts();
        pass.solve();
        (pass.safe(), pass.checks())
    };
    for (val, range) in checks {
        check(func, val, range);
    }
    for val in safe {
        if let Inst::Checked(op, a, b, _) = *func.inst(val) {
            func.insts[val.0 as usize].0 = Inst::IntOp(op, a, b);
        }
    }
    false
}

impl Pass<'_> {
    /// What an edge says of two ints.
    fn condition(&self, from: Blk, then: bool) -> Option<Fact> {
        let End::Branch(cond, ..) = self.func.block(from).end else { return None };
        self.truth(cond, then)
    }

    fn truth(&self, cond: Val, truth: bool) -> Option<Fact> {
        match *self.func.inst(cond) {
            Inst::IntCmp(cmp, a, b) if self.func.ty(a) == Ty::Int => {
                Some((a, if truth { cmp } else { cmp.negated()? }, b))
            }
            Inst::Not(inner) => self.truth(inner, !truth),
            _ => None,
        }
    }

    fn find_facts(&mut self) {
        for &block in &self.graph.order {
            let mut facts = Vec::new();
            if let [pred] = self.graph.preds(block)[..]
                && let End::Branch(_, Edge { to: then, .. }, Edge { to: other, .. }) =
                    &self.func.block(pred).end
                && then != other
            {
                facts.extend(self.condition(pred, *then == block));
            }
            self.facts[block.0 as usize] = facts;
            let insts = &self.func.block(block).insts;
            let guards = insts.iter().filter_map(|&val| match *self.func.inst(val) {
                Inst::Guard(cond, wanted, _) => self.truth(cond, wanted),
                _ => None,
            });
            self.guards[block.0 as usize] = guards.collect();
            let index = block.0 as usize;
            for &(a, _, b) in self.facts[index].iter().chain(&self.guards[index]) {
                self.limited[a.0 as usize] = true;
                self.limited[b.0 as usize] = true;
            }
        }
    }

    fn range(&self, val: Val) -> Range {
        match *self.func.inst(val) {
            Inst::Int(int) => Range { low: int, high: int },
            _ => self.ranges[val.0 as usize].unwrap_or(Range::ALL),
        }
    }

    fn narrow(&self, val: Val, range: Range, fact: Fact) -> Range {
        let (a, cmp, b) = fact;
        let (cmp, other) = if a == val {
            (cmp, self.range(b))
        } else if b == val {
            match cmp.swapped() {
                Some(cmp) => (cmp, self.range(a)),
                None => return range,
            }
        } else {
            return range;
        };
        let limit = match cmp {
            Cmp::Eq => other,
            Cmp::Lt => Range { low: i64::MIN, high: other.high.saturating_sub(1) },
            Cmp::Le => Range { low: i64::MIN, high: other.high },
            Cmp::Gt => Range { low: other.low.saturating_add(1), high: i64::MAX },
            Cmp::Ge => Range { low: other.low, high: i64::MAX },
            Cmp::Below if a == val && other.low >= 0 => Range { low: 0, high: other.high.saturating_sub(1) },
            Cmp::Ne | Cmp::Below => return range,
        };
        range.meet(limit)
    }

    /// The range of a value in a block, where `here` holds too.
    fn range_in(&self, val: Val, block: Blk, here: &[Fact]) -> Range {
        let mut range = self.range(val);
        if !self.limited[val.0 as usize] {
            return range;
        }
        for &fact in here {
            range = self.narrow(val, range, fact);
        }
        let mut at = block;
        loop {
            for &fact in &self.facts[at.0 as usize] {
                range = self.narrow(val, range, fact);
            }
            let up = self.graph.idom(at);
            if up == at {
                return range;
            }
            at = up;
            for &fact in &self.guards[at.0 as usize] {
                range = self.narrow(val, range, fact);
            }
        }
    }

    /// Grows ranges until they hold what comes to them, then narrows them as long as that stays so.
    fn solve(&mut self) {
        let mut round = 0;
        while self.round(Some(round)) {
            round += 1;
        }
        let grown = self.ranges.clone();
        for _ in 0..NARROW {
            self.round(None);
        }
        if !self.holds() {
            self.ranges = grown;
        }
    }

    /// Whether every parameter's range holds what is passed for it.
    fn holds(&self) -> bool {
        self.graph.order.iter().all(|&block| {
            (0..self.func.block(block).params.len()).all(|index| {
                let param = self.func.block(block).params[index];
                match self.joined(block, index) {
                    Some(range) => self.range(param).join(range) == self.range(param),
                    None => true,
                }
            })
        })
    }

    /// Evaluates everything once; `growing` is the number of the round as long as ranges only grow. Says whether a
    /// parameter changed.
    fn round(&mut self, growing: Option<usize>) -> bool {
        let mut changed = false;
        for index in 0..self.graph.order.len() {
            let block = self.graph.order[index];
            for param in 0..self.func.block(block).params.len() {
                changed |= self.param(block, param, growing);
            }
            let mut here = Vec::new();
            for &val in &self.func.block(block).insts {
                if self.func.ty(val) == Ty::Int {
                    self.ranges[val.0 as usize] = Some(self.eval(val, block, &here));
                }
                if let Inst::Guard(cond, wanted, _) = *self.func.inst(val) {
                    here.extend(self.truth(cond, wanted));
                }
            }
        }
        changed
    }

    /// What is passed for a parameter.
    fn joined(&self, block: Blk, index: usize) -> Option<Range> {
        if self.func.ty(self.func.block(block).params[index]) != Ty::Int {
            return None;
        }
        let mut joined: Option<Range> = None;
        for &pred in self.graph.preds(block) {
            for (number, edge) in self.func.block(pred).end.edges().enumerate() {
                if edge.to != block {
                    continue;
                }
                let arg = edge.args[index];
                if self.is_loop_entry(pred) && self.func.as_int(arg).is_none() {
                    joined = Some(joined.map_or(Range::ZERO, |known| known.join(Range::ZERO)));
                    continue;
                }
                // Nothing is known to come this way yet.
                if self.ranges[arg.0 as usize].is_none() && self.func.as_int(arg).is_none() {
                    continue;
                }
                let mut range = self.range_in(arg, pred, &self.guards[pred.0 as usize]);
                if let Some(fact) = self.condition(pred, number == 0) {
                    range = self.narrow(arg, range, fact);
                }
                joined = Some(joined.map_or(range, |known| known.join(range)));
            }
        }
        joined
    }

    fn param(&mut self, block: Blk, index: usize, growing: Option<usize>) -> bool {
        let Some(mut range) = self.joined(block, index) else { return false };
        let param = self.func.block(block).params[index];
        let before = self.ranges[param.0 as usize];
        if let (Some(before), Some(round)) = (before, growing) {
            range = range.join(before);
            if round >= WIDEN && range.low < before.low {
                range.low = i64::MIN;
            }
            if round >= WIDEN && range.high > before.high {
                range.high = i64::MAX;
            }
        }
        self.ranges[param.0 as usize] = Some(range);
        before != Some(range)
    }

    fn eval(&self, val: Val, block: Blk, here: &[Fact]) -> Range {
        let of = |val: Val| self.range_in(val, block, here);
        match *self.func.inst(val) {
            Inst::Int(int) => Range { low: int, high: int },
            Inst::Checked(op, a, b, _) => {
                // Where the result is no int the code is left, so it is clamped.
                let (low, high) = arithmetic(op, of(a), of(b));
                let clamp = |wide: i128| wide.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
                Range { low: clamp(low), high: clamp(high) }
            }
            Inst::IntOp(op @ (IntOp::Add | IntOp::Sub | IntOp::Mul), a, b) => {
                let (low, high) = arithmetic(op, of(a), of(b));
                Range::of_wide(low, high).unwrap_or(Range::ALL)
            }
            Inst::IntOp(IntOp::And, a, b) => {
                let (a, b) = (of(a), of(b));
                match (a.low >= 0, b.low >= 0) {
                    (true, true) => Range { low: 0, high: a.high.min(b.high) },
                    (true, false) => Range { low: 0, high: a.high },
                    (false, true) => Range { low: 0, high: b.high },
                    _ => Range::ALL,
                }
            }
            Inst::IntOp(IntOp::Or | IntOp::Xor, a, b) => {
                let (a, b) = (of(a), of(b));
                if a.low < 0 || b.low < 0 {
                    return Range::ALL;
                }
                let bits = 64 - (a.high | b.high).leading_zeros();
                Range { low: 0, high: if bits >= 63 { i64::MAX } else { (1 << bits) - 1 } }
            }
            Inst::IntOp(IntOp::Shr, a, b) => match self.func.as_int(b) {
                Some(by) => Range { low: of(a).low >> by, high: of(a).high >> by },
                None => Range::ALL,
            },
            Inst::IntOp(IntOp::Shl, a, b) => match self.func.as_int(b) {
                Some(by) if by < 63 => {
                    let (low, high) = of(a).wide();
                    Range::of_wide(low << by, high << by).unwrap_or(Range::ALL)
                }
                _ => Range::ALL,
            },
            Inst::IntOp(IntOp::Rem, a, b) => {
                let (a, b) = (of(a), of(b));
                let most = b.low.saturating_abs().max(b.high.saturating_abs()).saturating_sub(1);
                Range { low: if a.low < 0 { -most } else { 0 }, high: if a.high > 0 { most } else { 0 } }
            }
            Inst::BoolToInt(_) => Range { low: 0, high: 1 },
            Inst::WordToInt(word) => match self.func.inst(word) {
                Inst::Load(Width::Byte, ..) => Range { low: 0, high: 255 },
                Inst::Load(Width::Half, _, _, Region::Header | Region::Fixed) => {
                    Range { low: 0, high: u32::MAX.into() }
                }
                _ => Range::ALL,
            },
            _ => Range::ALL,
        }
    }

    fn is_loop_entry(&self, block: Blk) -> bool {
        self.func.loop_entry.is_some_and(|(entry, _)| entry == block)
    }

    /// Values with which the loop is entered, and the ranges that they must be in.
    fn checks(&self) -> Vec<(Val, Range)> {
        let Some((entry, _)) = self.func.loop_entry else { return Vec::new() };
        let End::Jump(edge) = &self.func.block(entry).end else { return Vec::new() };
        let params = self.func.block(edge.to).params.iter();
        let unknown = params.zip(&edge.args).filter(|&(&param, &arg)| {
            self.func.ty(param) == Ty::Int
                && self.func.as_int(arg).is_none()
                && self.range(param) != Range::ALL
        });
        unknown.map(|(&param, &arg)| (arg, self.range(param))).collect()
    }

    /// The checked instructions that cannot leave.
    fn safe(&self) -> Vec<Val> {
        let mut safe = Vec::new();
        for &block in &self.graph.order {
            let mut here = Vec::new();
            for &val in &self.func.block(block).insts {
                match *self.func.inst(val) {
                    Inst::Checked(op, a, b, _) => {
                        let (a, b) = (self.range_in(a, block, &here), self.range_in(b, block, &here));
                        let (low, high) = arithmetic(op, a, b);
                        if Range::of_wide(low, high).is_some() {
                            safe.push(val);
                        }
                    }
                    Inst::Guard(cond, wanted, _) => here.extend(self.truth(cond, wanted)),
                    _ => {}
                }
            }
        }
        safe
    }
}

/// The smallest and greatest result, if ints had no end.
fn arithmetic(op: IntOp, a: Range, b: Range) -> (i128, i128) {
    let ((a_low, a_high), (b_low, b_high)) = (a.wide(), b.wide());
    match op {
        IntOp::Add => (a_low + b_low, a_high + b_high),
        IntOp::Sub => (a_low - b_high, a_high - b_low),
        _ => {
            let all = [a_low * b_low, a_low * b_high, a_high * b_low, a_high * b_high];
            (all.into_iter().min().unwrap_or(0), all.into_iter().max().unwrap_or(0))
        }
    }
}
