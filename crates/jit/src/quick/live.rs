//! What the values of a function are to its code: which have a place at all, and from where to where they are needed.
//!
//! Instructions are numbered in the order of the blocks, two apart: an instruction reads its operands at its number, and
//! its result is there from the next one on.

use crate::ir::graph::Graph;
use crate::ir::{Blk, Cmp, Func, Inst, IntOp, Ty, Val, Width};
use smallvec::SmallVec;

/// How a value comes to those that use it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// In a place of its own.
    Placed,
    /// A number that is written into the instructions.
    Constant,
    /// As the same bits that another value is.
    Alias(Val),
    /// Computed by the instruction that uses it: a comparison by a jump, a distance by an access.
    Folded,
}

/// Numbers from the first one to before the second one.
pub(super) type Range = (u32, u32);

/// Where a value is needed.
#[derive(Clone, Debug)]
pub(super) struct Interval {
    pub val: Val,
    /// In order, apart from each other.
    pub ranges: SmallVec<[Range; 2]>,
    /// How often it is touched, in loops more.
    pub weight: u32,
}

pub(super) struct Live {
    pub graph: Graph,
    pub forms: Vec<Form>,
    /// Results of calls of code: the value that is the second word of each.
    pub seconds: Vec<Option<Val>>,
    pub intervals: Vec<Interval>,
    /// Numbers of calls.
    pub calls: Vec<u32>,
    /// Blocks that a loop leads back to.
    pub is_head: Vec<bool>,
    /// Blocks in the order of their code.
    pub order: Vec<Blk>,
    depths: Vec<u32>,
}

/// A set of values, a bit each.
struct Set<W>(W);

/// A set of values for each block, in one piece.
struct Sets {
    words: Vec<u64>,
    /// Words of a set.
    each: usize,
}

impl Sets {
    fn new(blocks: usize, values: usize) -> Sets {
        let each = values.div_ceil(64);
        Sets { words: vec![0; blocks * each], each }
    }

    fn of(&self, block: Blk) -> Set<&[u64]> {
        Set(&self.words[block.0 as usize * self.each..][..self.each])
    }

    fn of_mut(&mut self, block: Blk) -> Set<&mut [u64]> {
        Set(&mut self.words[block.0 as usize * self.each..][..self.each])
    }
}

impl Set<&mut [u64]> {
    fn add(&mut self, val: Val) {
        self.0[val.0 as usize / 64] |= 1 << (val.0 % 64);
    }

    fn read(&self) -> Set<&[u64]> {
        Set(self.0)
    }

    fn remove_all(&mut self, other: &Set<&[u64]>) {
        for (word, less) in self.0.iter_mut().zip(other.0) {
            *word &= !less;
        }
    }

    /// Says whether there was one that was not there before.
    fn add_all(&mut self, other: &Set<&[u64]>) -> bool {
        let mut changed = false;
        for (word, more) in self.0.iter_mut().zip(other.0) {
            changed |= more & !*word != 0;
            *word |= more;
        }
        changed
    }
}

impl Set<&[u64]> {
    fn each(&self, mut then: impl FnMut(Val)) {
        for (index, &word) in self.0.iter().enumerate() {
            let mut rest = word;
            while rest != 0 {
                then(Val(index as u32 * 64 + rest.trailing_zeros()));
                rest &= rest - 1;
            }
        }
    }
}

impl Live {
    pub(super) fn new(func: &Func, graph: Graph) -> Live {
        let seconds = seconds(func, &graph);
        let mut live = Live {
            forms: Vec::new(),
            is_head: vec![false; func.blocks.len()],
            graph,
            seconds,
            intervals: Vec::new(),
            calls: Vec::new(),
            order: Vec::new(),
            depths: Vec::new(),
        };
        live.find_depths(func);
        live.order = live.order(func);
        live.find_forms(func);
        live.find_intervals(func);
        live
    }

    /// The value whose bits a value has.
    pub(super) fn same(&self, mut val: Val) -> Val {
        while let Form::Alias(of) = self.forms[val.0 as usize] {
            val = of;
        }
        val
    }

    /// The value whose place holds a value, if it is in one.
    pub(super) fn root(&self, val: Val) -> Option<Val> {
        let val = self.same(val);
        (self.forms[val.0 as usize] == Form::Placed).then_some(val)
    }

    fn find_forms(&mut self, func: &Func) {
        let count = func.insts.len();
        let mut uses = vec![0_u32; count];
        // As the address of an access, and as what is stored.
        let mut bases = vec![0_u32; count];
        let mut stored = vec![0_u32; count];
        for &block in &self.graph.order {
            for &val in &func.block(block).insts {
                func.inst(val).operands(|operand| uses[operand.0 as usize] += 1);
                match func.inst(val) {
                    Inst::Load(_, base, ..) => bases[base.0 as usize] += 1,
                    Inst::Store(_, base, _, what, _) => {
                        bases[base.0 as usize] += 1;
                        stored[what.0 as usize] += 1;
                    }
                    _ => {}
                }
                if let Some(snap) = func.inst(val).snapshot() {
                    func.snapshots[snap.0 as usize].each(|val| uses[val.0 as usize] += 1);
                }
            }
            let end = &func.block(block).end;
            end.operands(|val| uses[val.0 as usize] += 1);
            end.edges().for_each(|edge| edge.args.iter().for_each(|val| uses[val.0 as usize] += 1));
            if let Some(snap) = end.snapshot() {
                func.snapshots[snap.0 as usize].each(|val| uses[val.0 as usize] += 1);
            }
        }
        self.forms = (0..count).map(|index| form(func, Val(index as u32))).collect();
        for call in 0..count {
            if let Inst::Second(of) = func.insts[call].0
                && self.seconds[of.0 as usize] != Some(Val(call as u32))
                && let Some(first) = self.seconds[of.0 as usize]
            {
                self.forms[call] = Form::Alias(first);
            }
        }
        for index in 0..self.graph.order.len() {
            let block = func.block(self.graph.order[index]);
            for (index, &val) in block.insts.iter().enumerate() {
                match *func.inst(val) {
                    Inst::Offset(..)
                        if uses[val.0 as usize] == bases[val.0 as usize] + stored[val.0 as usize] =>
                    {
                        self.forms[val.0 as usize] = Form::Folded;
                    }
                    Inst::Element(..) if uses[val.0 as usize] == bases[val.0 as usize] => {
                        self.forms[val.0 as usize] = Form::Folded;
                    }
                    Inst::Guard(cond, ..) => self.fold(func, &block.insts[..index], &uses, cond),
                    _ => {}
                }
            }
            block.end.operands(|cond| self.fold(func, &block.insts, &uses, cond));
        }
    }

    /// A comparison that only the jump behind it asks for; `before` is what stands before that in the block.
    fn fold(&mut self, func: &Func, before: &[Val], uses: &[u32], cond: Val) {
        if uses[cond.0 as usize] != 1 || !before.contains(&cond) {
            return;
        }
        match *func.inst(cond) {
            Inst::IntCmp(cmp, a, b) => {
                self.forms[cond.0 as usize] = Form::Folded;
                if let (Cmp::Eq | Cmp::Ne, Some(with)) = (cmp, self.byte(func, b)) {
                    self.fold_byte(func, before, uses, a, with == 0);
                    self.fold_bits(func, before, uses, a, with == 0);
                }
            }
            Inst::FloatCmp(..) => self.forms[cond.0 as usize] = Form::Folded,
            Inst::Not(inner) => {
                self.forms[cond.0 as usize] = Form::Folded;
                self.fold(func, before, uses, inner);
            }
            _ => {}
        }
    }

    /// Bits of a value that are only compared with 0, or its lowest byte that is compared.
    fn fold_bits(&mut self, func: &Func, before: &[Val], uses: &[u32], mut val: Val, zero: bool) {
        while uses[val.0 as usize] == 1
            && let Inst::IntToWord(of) | Inst::WordToInt(of) = *func.inst(val)
        {
            val = of;
        }
        if uses[val.0 as usize] == 1
            && before.contains(&val)
            && self.forms[val.0 as usize] == Form::Placed
            && let Inst::IntOp(IntOp::And, _, bits) = *func.inst(val)
            && let Inst::Int(bits) = *func.inst(self.same(bits))
            && (bits == 0xff || zero && i32::try_from(bits).is_ok())
        {
            self.forms[val.0 as usize] = Form::Folded;
        }
    }

    /// The byte that a value is known to be.
    fn byte(&self, func: &Func, val: Val) -> Option<u8> {
        match *func.inst(self.same(val)) {
            Inst::Int(int) => u8::try_from(int).ok(),
            Inst::Word(word) => u8::try_from(word).ok(),
            _ => None,
        }
    }

    /// A byte in memory that is only compared, or of which only bits are tested.
    fn fold_byte(&mut self, func: &Func, before: &[Val], uses: &[u32], mut val: Val, tests: bool) {
        let mut passed = Vec::new();
        loop {
            let Some(place) = before.iter().position(|&other| other == val) else { return };
            if uses[val.0 as usize] != 1 {
                return;
            }
            match *func.inst(val) {
                Inst::WordToInt(of) | Inst::IntToWord(of) => val = of,
                Inst::IntOp(IntOp::And, a, b)
                    if tests && passed.is_empty() && self.byte(func, b).is_some() =>
                {
                    passed.push(val);
                    val = a;
                }
                Inst::Load(Width::Byte, ..) => {
                    // What it reads is still there.
                    let writes = |val: &Val| {
                        matches!(func.inst(*val), Inst::Store(..) | Inst::Call(..) | Inst::CallCode(..))
                    };
                    if !before[place..].iter().any(writes) {
                        passed.push(val);
                        passed.iter().for_each(|val| self.forms[val.0 as usize] = Form::Folded);
                    }
                    return;
                }
                _ => return,
            }
        }
    }

    /// Calls `then` with the values in places that an operand needs.
    fn needs(&self, func: &Func, val: Val, then: &mut dyn FnMut(Val)) {
        let val = self.same(val);
        if self.forms[val.0 as usize] == Form::Folded {
            func.inst(val).operands(|operand| self.needs(func, operand, then));
        } else if let Some(root) = self.root(val) {
            then(root);
        }
    }

    /// The same for all operands of an instruction, if it is executed at all.
    fn needs_of(&self, func: &Func, val: Val, then: &mut dyn FnMut(Val)) {
        let inst = func.inst(val);
        if self.forms[val.0 as usize] == Form::Placed && !matches!(inst, Inst::Second(_)) {
            inst.operands(|operand| self.needs(func, operand, then));
        }
    }

    /// The values that are defined by an instruction.
    fn defines(&self, func: &Func, val: Val, mut then: impl FnMut(Val)) {
        let inst = func.inst(val);
        if self.forms[val.0 as usize] != Form::Placed || matches!(inst, Inst::Second(_)) {
            return;
        }
        if func.ty(val) != Ty::None {
            then(val);
        }
        if let Some(second) = self.seconds[val.0 as usize] {
            then(second);
        }
    }

    fn needs_of_end(&self, func: &Func, block: Blk, then: &mut dyn FnMut(Val)) {
        let end = &func.block(block).end;
        end.operands(|val| self.needs(func, val, then));
        end.edges().for_each(|edge| edge.args.iter().for_each(|&val| self.needs(func, val, then)));
        if let Some(snap) = end.snapshot() {
            func.snapshots[snap.0 as usize].each(|val| self.needs(func, val, then));
        }
    }

    /// What is needed where each block begins.
    fn needed(&self, func: &Func) -> Sets {
        let count = func.insts.len();
        // What each block needs itself, and what it defines.
        let mut needed = Sets::new(func.blocks.len(), count);
        let mut defined = Sets::new(func.blocks.len(), count);
        for &block in &self.order {
            let mut own = defined.of_mut(block);
            func.block(block).params.iter().for_each(|&val| own.add(val));
            for &val in &func.block(block).insts {
                self.defines(func, val, |val| own.add(val));
            }
            let mut set = needed.of_mut(block);
            self.needs_of_end(func, block, &mut |val| set.add(val));
            for &val in &func.block(block).insts {
                self.needs_of(func, val, &mut |val| set.add(val));
                if let Some(snap) = func.inst(val).snapshot() {
                    func.snapshots[snap.0 as usize]
                        .each(|val| self.needs(func, val, &mut |val| set.add(val)));
                }
            }
            // A value is defined before it is used.
            set.remove_all(&defined.of(block));
        }
        let mut changed = true;
        let mut words = vec![0; count.div_ceil(64)];
        while changed {
            changed = false;
            for &block in self.order.iter().rev() {
                let mut set = Set(&mut words[..]);
                set.0.fill(0);
                for edge in func.block(block).end.edges() {
                    set.add_all(&needed.of(edge.to));
                }
                set.remove_all(&defined.of(block));
                changed |= needed.of_mut(block).add_all(&set.read());
            }
        }
        needed
    }

    fn find_intervals(&mut self, func: &Func) {
        let needed = self.needed(func);
        let mut all: Vec<Interval> = (0..func.insts.len())
            .map(|index| Interval { val: Val(index as u32), ranges: SmallVec::new(), weight: 0 })
            .collect();
        // From where and to where a value is needed in the block; it is needed all the way between.
        let mut touch = |val: Val, begin: u32, from: u32, to: u32, weight: u32| {
            let interval = &mut all[val.0 as usize];
            interval.weight = interval.weight.saturating_add(weight);
            match interval.ranges.last_mut() {
                Some(last) if last.1 >= begin => last.1 = last.1.max(to),
                _ => interval.ranges.push((from, to)),
            }
        };
        let mut at = 0;
        for &block in &self.order {
            let weight = if func.block(block).cold {
                1
            } else {
                8_u32.saturating_pow(self.depths[block.0 as usize] + 1)
            };
            let begin = at;
            needed.of(block).each(|val| touch(val, begin, begin, begin + 1, 0));
            func.block(block).params.iter().for_each(|&val| touch(val, begin, begin, begin + 1, weight));
            at += 2;
            for &val in &func.block(block).insts {
                self.needs_of(func, val, &mut |val| touch(val, begin, at, at, weight));
                if let Some(snap) = func.inst(val).snapshot() {
                    // What an operation has overwritten when it leaves must not be in its result's place.
                    let read = if matches!(func.inst(val), Inst::Checked(..)) { at + 2 } else { at };
                    func.snapshots[snap.0 as usize]
                        .each(|val| self.needs(func, val, &mut |val| touch(val, begin, read, read, 1)));
                }
                if matches!(func.inst(val), Inst::Call(..) | Inst::CallCode(..)) {
                    self.calls.push(at);
                }
                self.defines(func, val, |val| touch(val, begin, at + 1, at + 2, weight));
                at += 2;
            }
            self.needs_of_end(func, block, &mut |val| touch(val, begin, at, at, weight));
            for edge in func.block(block).end.edges() {
                needed.of(edge.to).each(|val| touch(val, begin, at + 2, at + 2, 0));
            }
            at += 2;
        }
        // What the code is called with may be of no use; the first of it has a place of its own.
        let given = &func.block(Blk(0)).params;
        all.retain(|Interval { val, ranges, .. }| {
            let unused = ranges.is_empty() || given.contains(val) && ranges[..] == [(0, 1)];
            !unused && given.first() != Some(val)
        });
        self.intervals = all;
    }

    /// How many loops each block is in.
    fn find_depths(&mut self, func: &Func) {
        self.depths = vec![0; func.blocks.len()];
        for &head in &self.graph.order {
            let inside = self.graph.inside(head);
            self.is_head[head.0 as usize] = !inside.is_empty();
            for block in inside {
                self.depths[block.0 as usize] += 1;
            }
        }
    }

    /// Orders the blocks so that a loop is in one piece, and what leads on in it comes next.
    fn order(&self, func: &Func) -> Vec<Blk> {
        let mut order = Vec::with_capacity(self.graph.order.len());
        let mut seen = vec![false; func.blocks.len()];
        let mut open = vec![(Blk(0), self.successors(func, Blk(0)))];
        seen[0] = true;
        while let Some((block, rest)) = open.last_mut() {
            match rest.pop() {
                Some(next) => {
                    if !std::mem::replace(&mut seen[next.0 as usize], true) {
                        open.push((next, self.successors(func, next)));
                    }
                }
                None => {
                    order.push(*block);
                    open.pop();
                }
            }
        }
        order.reverse();
        order
    }

    /// Where a block leads; what is in more loops first.
    fn successors(&self, func: &Func, block: Blk) -> SmallVec<[Blk; 2]> {
        let mut all: SmallVec<[Blk; 2]> = func.block(block).end.edges().map(|edge| edge.to).collect();
        all.sort_by_key(|to| u32::MAX - self.depths[to.0 as usize]);
        all
    }
}

/// The first value that is the second word of each call.
fn seconds(func: &Func, graph: &Graph) -> Vec<Option<Val>> {
    let mut seconds = vec![None; func.insts.len()];
    for &block in &graph.order {
        for &val in &func.block(block).insts {
            if let Inst::Second(call) = *func.inst(val) {
                seconds[call.0 as usize].get_or_insert(val);
            }
        }
    }
    seconds
}

fn form(func: &Func, val: Val) -> Form {
    match *func.inst(val) {
        Inst::Int(_) | Inst::Word(_) | Inst::Bool(_) | Inst::Float(_) => Form::Constant,
        Inst::IntToWord(of) | Inst::WordToInt(of) | Inst::BoolToInt(of) => Form::Alias(of),
        _ => Form::Placed,
    }
}
