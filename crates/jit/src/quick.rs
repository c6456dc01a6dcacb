//! From the SSA form to machine code, quickly: the first code of a site, which the program waits for.
//!
//! One pass finds out what has a place at all ([`live`]), one gives out registers ([`alloc`]), one writes the instructions.
//! Comparisons go into the jumps behind them, distances into accesses, numbers into instructions; a value stays in its place for
//! life, so an exit needs to know nothing but the snapshot. What the optimizing compiler ([`crate::lower`]) makes of the
//! same form takes its place later.
//!
//! ```text
//! frame, from RBP down: Args | registers saved | words of values
//! code: entry, blocks, cold blocks, moves on edges, exits, numbers
//! ```

mod alloc;
mod asm;
mod live;
mod moves;

use crate::ir::{Cmp, Edge, End, FloatOp, Func, Inst, IntOp, SnapId, Ty, Val, Width};
use crate::lower::{ALIGN, Compiled};
use crate::runtime::{Args, EXIT, REFUSED, THERE};
use alloc::{Place, Places, allocate};
use asm::{Alu, Asm, Cc, Gpr, Label, RAX, RBP, RCX, RDI, RDX, RSI, RSP, Rm, Sse, Xmm};
use live::{Form, Live};
use moves::{Move, Source};
use rustc_hash::FxHashMap;
use std::mem::offset_of;

/// Registers that no value is given: for operands in memory, for what is kept aside, for results.
const SCRATCH: Xmm = Xmm(15);
const ASIDE: Xmm = Xmm(14);

/// Compiles a function.
pub(crate) fn compile(func: &Func) -> Compiled {
    let live = Live::new(func);
    let places = allocate(func, &live);
    let mut emit = Emit::new(func, live, places);
    emit.run();
    let mut bytes: Vec<u8> = emit.records.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.resize(emit.entry, 0);
    let entry = emit.entry;
    bytes.extend(emit.asm.finish());
    Compiled { bytes, entry }
}

fn is_float(place: Place) -> bool {
    matches!(place, Place::Xmm(_))
}

struct Emit<'f> {
    func: &'f Func,
    live: Live,
    places: Places,
    asm: Asm,
    blocks: Vec<Label>,
    /// Records of snapshots, where each begins, and the code behind them.
    records: Vec<u32>,
    record_at: Vec<usize>,
    entry: usize,
    /// Exits that are jumped to.
    exits: FxHashMap<usize, (SnapId, Label)>,
    /// Moves of edges that are jumped to.
    edges: Vec<(Label, Edge)>,
    /// Numbers in memory, by their bits.
    numbers: FxHashMap<u64, Label>,
}

impl<'f> Emit<'f> {
    fn new(func: &'f Func, live: Live, places: Places) -> Emit<'f> {
        let mut asm = Asm::default();
        let blocks = func.blocks.iter().map(|_| asm.new_label()).collect();
        let (mut records, mut record_at) = (Vec::new(), Vec::new());
        // Snapshots that say the same are one exit.
        let mut known: FxHashMap<(Vec<u32>, Vec<Val>), usize> = FxHashMap::default();
        for snapshot in &func.snapshots {
            let mut record = Vec::new();
            snapshot.encode(&mut record);
            let at = records.len() * 4;
            let at = *known.entry((record, snapshot.values())).or_insert_with_key(|(record, _)| {
                records.extend(record);
                at
            });
            record_at.push(at);
        }
        let entry = (records.len() * 4).next_multiple_of(ALIGN);
        Emit {
            func,
            live,
            places,
            asm,
            blocks,
            records,
            record_at,
            entry,
            exits: FxHashMap::default(),
            edges: Vec::new(),
            numbers: FxHashMap::default(),
        }
    }

    fn run(&mut self) {
        self.prologue();
        let mut order = self.live.order.clone();
        order.sort_by_key(|&block| self.func.block(block).cold);
        for (index, &block) in order.iter().enumerate() {
            if self.live.is_head[block.0 as usize] {
                self.asm.align(16);
            }
            self.asm.bind(self.blocks[block.0 as usize]);
            for &val in &self.func.block(block).insts {
                if self.live.forms[val.0 as usize] == Form::Placed {
                    self.inst(val);
                }
            }
            let next = order.get(index + 1).map(|next| self.blocks[next.0 as usize]);
            self.end(&self.func.block(block).end, next);
        }
        for (label, edge) in std::mem::take(&mut self.edges) {
            self.asm.bind(label);
            self.pass(&edge);
            self.asm.jump(self.blocks[edge.to.0 as usize]);
        }
        self.finish_exits();
        self.asm.align(8);
        for (bits, label) in std::mem::take(&mut self.numbers) {
            self.asm.bind(label);
            self.asm.word(bits);
        }
    }

    // Where values are.

    fn place(&self, val: Val) -> Option<Place> {
        self.places.of[self.live.root(val)?.0 as usize]
    }

    fn stack(&self, word: u32) -> Rm {
        let above = 2 + self.places.saved.len() as i32 + word as i32;
        Rm::Mem(RBP, -8 * above)
    }

    fn rm_of(&self, place: Place) -> Rm {
        match place {
            Place::Gpr(reg) => Rm::Gpr(reg),
            Place::Xmm(reg) => Rm::Xmm(reg),
            Place::Stack(word) => self.stack(word),
            Place::Args => Rm::Mem(RBP, -8),
        }
    }

    fn number(&mut self, bits: u64) -> Label {
        *self.numbers.entry(bits).or_insert_with(|| self.asm.new_label())
    }

    /// What a constant is, floats by their bits.
    fn constant(&self, val: Val) -> Option<i64> {
        match *self.func.inst(self.live.same(val)) {
            Inst::Int(int) => Some(int),
            Inst::Word(word) => Some(word as i64),
            Inst::Bool(truth) => Some(truth.into()),
            Inst::Float(float) => Some(float.to_bits() as i64),
            _ => None,
        }
    }

    fn imm32(&self, val: Val) -> Option<i32> {
        self.constant(val).and_then(|int| i32::try_from(int).ok())
    }

    fn source(&self, val: Val) -> Source {
        match (self.constant(val), self.place(val)) {
            (Some(bits), _) if self.func.ty(val) == Ty::Float => Source::Float(bits as u64),
            (Some(int), _) => Source::Int(int),
            (None, Some(place)) => Source::Place(place),
            // Nobody looks at it.
            (None, None) => Source::Int(0),
        }
    }

    /// An int as an operand; a number or a distance goes through the register.
    fn rm(&mut self, val: Val, through: Gpr) -> Rm {
        let same = self.live.same(val);
        if let (Form::Folded, &Inst::Offset(..)) = (self.live.forms[same.0 as usize], self.func.inst(same)) {
            let from = self.memory(same, 0, through);
            self.asm.lea(through, from);
            return Rm::Gpr(through);
        }
        match self.source(val) {
            Source::Place(place) => self.rm_of(place),
            Source::Int(int) => {
                self.asm.mov_imm(through, int);
                Rm::Gpr(through)
            }
            Source::Float(bits) => {
                self.asm.mov_imm(through, bits as i64);
                Rm::Gpr(through)
            }
        }
    }

    /// An int in a register.
    fn gpr(&mut self, val: Val, through: Gpr) -> Gpr {
        match self.rm(val, through) {
            Rm::Gpr(reg) => reg,
            other => {
                self.asm.mov(through, other);
                through
            }
        }
    }

    fn load(&mut self, to: Gpr, val: Val) {
        match self.source(val) {
            Source::Int(int) => self.asm.mov_imm(to, int),
            Source::Float(bits) => self.asm.mov_imm(to, bits as i64),
            Source::Place(Place::Gpr(reg)) if reg == to => {}
            Source::Place(place) => {
                let from = self.rm_of(place);
                self.asm.mov(to, from);
            }
        }
    }

    /// The register that a result is computed in.
    fn target(&self, val: Val) -> Gpr {
        match self.place(val) {
            Some(Place::Gpr(reg)) => reg,
            _ => RAX,
        }
    }

    /// Puts a result where it belongs.
    fn put(&mut self, val: Val, from: Gpr) {
        match self.place(val) {
            Some(Place::Gpr(reg)) if reg == from => {}
            Some(Place::Gpr(reg)) => self.asm.mov(reg, Rm::Gpr(from)),
            Some(place) => {
                let to = self.rm_of(place);
                self.asm.store(to, from);
            }
            None => {}
        }
    }

    /// A float as an operand.
    fn float_rm(&mut self, val: Val) -> Rm {
        match self.source(val) {
            Source::Place(place) => self.rm_of(place),
            Source::Float(bits) => Rm::At(self.number(bits)),
            Source::Int(int) => Rm::At(self.number(int as u64)),
        }
    }

    fn float_target(&self, val: Val) -> Xmm {
        match self.place(val) {
            Some(Place::Xmm(reg)) => reg,
            _ => SCRATCH,
        }
    }

    fn put_float(&mut self, val: Val, from: Xmm) {
        match self.place(val) {
            Some(Place::Xmm(reg)) if reg == from => {}
            Some(Place::Xmm(reg)) => self.asm.load_float(reg, Rm::Xmm(from)),
            Some(place) => {
                let to = self.rm_of(place);
                self.asm.store_float(to, from);
            }
            None => {}
        }
    }

    fn load_float(&mut self, to: Xmm, val: Val) {
        match self.float_rm(val) {
            Rm::Xmm(reg) if reg == to => {}
            from => self.asm.load_float(to, from),
        }
    }

    /// The memory at a distance from an address.
    fn memory(&mut self, mut base: Val, mut offset: i32, through: Gpr) -> Rm {
        while let (Form::Folded, &Inst::Offset(of, by)) =
            (self.live.forms[base.0 as usize], self.func.inst(base))
        {
            base = of;
            offset += by;
        }
        match (self.live.forms[base.0 as usize], self.func.inst(base)) {
            (Form::Folded, &Inst::Element(of, distance)) => match self.source(distance) {
                Source::Place(Place::Gpr(distance)) => Rm::Sum(self.gpr(of, through), distance, offset),
                Source::Int(distance) if i32::try_from(distance.saturating_add(offset.into())).is_ok() => {
                    Rm::Mem(self.gpr(of, through), distance as i32 + offset)
                }
                _ => {
                    self.load(through, of);
                    let distance = self.rm(distance, RCX);
                    self.asm.alu(Alu::Add, through, distance);
                    Rm::Mem(through, offset)
                }
            },
            _ => Rm::Mem(self.gpr(base, through), offset),
        }
    }

    // The frame.

    fn prologue(&mut self) {
        self.asm.push(RBP);
        self.asm.mov(RBP, Rm::Gpr(RSP));
        self.asm.push(RDI);
        for reg in self.places.saved.clone() {
            self.asm.push(reg);
        }
        let pushed = 1 + self.places.saved.len() as i32;
        let words = self.places.words as i32;
        let size = 8 * (words + (pushed + words) % 2);
        if size != 0 {
            self.asm.alu_imm(Alu::Sub, Rm::Gpr(RSP), size);
        }
        let params = &self.func.block(crate::ir::Blk(0)).params;
        let given = params.iter().zip([RDI, RSI, RDX]);
        let moves = given
            .filter_map(|(&param, reg)| Some((self.place(param)?, Source::Place(Place::Gpr(reg)))))
            .filter(|&(to, _)| to != Place::Args)
            .collect();
        self.moves(moves);
    }

    /// Returns what is in RAX and RDX.
    fn epilogue(&mut self) {
        for (index, reg) in self.places.saved.clone().into_iter().enumerate() {
            self.asm.mov(reg, Rm::Mem(RBP, -8 * (2 + index as i32)));
        }
        self.asm.leave_and_return();
    }

    fn args(&mut self, to: Gpr) {
        self.asm.mov(to, Rm::Mem(RBP, -8));
    }

    fn moves(&mut self, all: Vec<(Place, Source)>) {
        for step in moves::order(all) {
            match step {
                Move::To(Place::Gpr(to), Source::Place(from)) => {
                    let from = self.rm_of(from);
                    self.asm.mov(to, from);
                }
                Move::To(Place::Gpr(to), Source::Int(int)) => self.asm.mov_imm(to, int),
                Move::To(Place::Gpr(to), Source::Float(bits)) => self.asm.mov_imm(to, bits as i64),
                Move::To(Place::Xmm(to), Source::Place(from)) => {
                    let from = self.rm_of(from);
                    self.asm.load_float(to, from);
                }
                Move::To(Place::Xmm(to), Source::Float(bits)) => {
                    let from = Rm::At(self.number(bits));
                    self.asm.load_float(to, from);
                }
                Move::To(Place::Xmm(to), Source::Int(int)) => {
                    let from = Rm::At(self.number(int as u64));
                    self.asm.load_float(to, from);
                }
                Move::To(to @ (Place::Stack(_) | Place::Args), from) => self.move_to_memory(to, from),
                Move::Aside(from, to) => {
                    let is_float = is_float(from) || is_float(to);
                    let from = self.rm_of(from);
                    if is_float { self.asm.load_float(ASIDE, from) } else { self.asm.mov(RDX, from) }
                }
                Move::Back(from, to) => {
                    let is_float = is_float(from) || is_float(to);
                    match (to, is_float) {
                        (Place::Xmm(to), _) => self.asm.load_float(to, Rm::Xmm(ASIDE)),
                        (to, true) => self.asm.store_float(self.rm_of(to), ASIDE),
                        (to, false) => self.asm.store(self.rm_of(to), RDX),
                    }
                }
            }
        }
    }

    fn move_to_memory(&mut self, to: Place, from: Source) {
        let to = self.rm_of(to);
        match from {
            Source::Place(Place::Gpr(from)) => self.asm.store(to, from),
            Source::Place(Place::Xmm(from)) => self.asm.store_float(to, from),
            Source::Place(from @ (Place::Stack(_) | Place::Args)) => {
                let from = self.rm_of(from);
                self.asm.mov(RAX, from);
                self.asm.store(to, RAX);
            }
            Source::Int(int) => match i32::try_from(int) {
                Ok(int) => self.asm.store_imm(to, int),
                Err(_) => {
                    self.asm.mov_imm(RAX, int);
                    self.asm.store(to, RAX);
                }
            },
            Source::Float(bits) => {
                self.asm.mov_imm(RAX, bits as i64);
                self.asm.store(to, RAX);
            }
        }
    }

    // Jumps.

    fn edge_moves(&self, edge: &Edge) -> Vec<(Place, Source)> {
        let params = &self.func.block(edge.to).params;
        let all = params.iter().zip(&edge.args);
        all.filter_map(|(&param, &arg)| Some((self.place(param)?, self.source(arg))))
            .filter(|&(to, from)| from != Source::Place(to))
            .collect()
    }

    /// Passes an edge's arguments.
    fn pass(&mut self, edge: &Edge) {
        let moves = self.edge_moves(edge);
        self.moves(moves);
    }

    /// Where an edge leads that passes nothing: behind blocks that do nothing.
    fn beyond<'e>(&'e self, mut edge: &'e Edge) -> &'e Edge {
        for _ in 0..8 {
            let block = self.func.block(edge.to);
            let does = block.insts.iter().any(|&val| self.live.forms[val.0 as usize] == Form::Placed);
            match &block.end {
                End::Jump(next)
                    if !does && self.edge_moves(edge).is_empty() && self.edge_moves(next).is_empty() =>
                {
                    edge = next;
                }
                _ => break,
            }
        }
        edge
    }

    /// What is jumped to for an edge: its block, or its moves.
    fn way(&mut self, edge: &Edge) -> Label {
        if self.edge_moves(edge).is_empty() {
            let to = self.beyond(edge).to;
            return self.blocks[to.0 as usize];
        }
        let label = self.asm.new_label();
        self.edges.push((label, edge.clone()));
        label
    }

    fn end(&mut self, end: &End, next: Option<Label>) {
        match end {
            End::Open => {}
            End::Jump(edge) => self.go(edge, next),
            End::Branch(cond, then, other) => self.branch(*cond, then, other, next),
            End::Exit(snap) => {
                let exit = self.exit(*snap);
                self.asm.jump(exit);
            }
            End::ExitThere => self.leave(THERE),
            End::Refuse => self.leave(REFUSED),
            End::Return(payload, meta) => {
                // No value is in either of them.
                self.load(RAX, *payload);
                self.load(RDX, *meta);
                self.epilogue();
            }
        }
    }

    fn leave(&mut self, meta: u64) {
        self.asm.mov_imm(RDX, meta as i64);
        self.asm.mov(RAX, Rm::Gpr(RDX));
        self.epilogue();
    }

    fn branch(&mut self, cond: Val, then: &Edge, other: &Edge, next: Option<Label>) {
        // The way on is the one that needs no jump. What leads back is jumped to, past the block that only does that.
        let is_next = |edge: &Edge| {
            Some(self.blocks[self.beyond(edge).to.0 as usize]) == next
                || Some(self.blocks[edge.to.0 as usize]) == next
        };
        let goes_back = |edge: &Edge| {
            self.edge_moves(edge).is_empty()
                && self.asm.is_bound(self.blocks[self.beyond(edge).to.0 as usize])
        };
        let then_on = is_next(then) && !goes_back(then) || goes_back(other);
        let (wanted, jumped, on) = if then_on { (false, other, then) } else { (true, then, other) };
        let way = self.way(jumped);
        self.jump_if(cond, wanted, way);
        self.go(on, next);
    }

    /// Passes an edge's arguments and goes on there.
    fn go(&mut self, edge: &Edge, next: Option<Label>) {
        let moves = self.edge_moves(edge);
        let beyond = if moves.is_empty() { self.beyond(edge) } else { edge };
        let (near, far) = (self.blocks[edge.to.0 as usize], self.blocks[beyond.to.0 as usize]);
        self.moves(moves);
        if Some(near) != next && Some(far) != next || self.asm.is_bound(far) {
            self.asm.jump(far);
        }
    }

    /// The exit by a snapshot.
    fn exit(&mut self, snap: SnapId) -> Label {
        let record = self.record_at[snap.0 as usize];
        self.exits.entry(record).or_insert_with(|| (snap, self.asm.new_label())).1
    }

    fn finish_exits(&mut self) {
        let mut exits: Vec<_> = std::mem::take(&mut self.exits).into_iter().collect();
        if exits.is_empty() {
            return;
        }
        exits.sort_by_key(|&(record, _)| record);
        let all = self.asm.new_label();
        for (record, (snap, label)) in exits {
            self.asm.bind(label);
            let values = self.func.snapshots[snap.0 as usize].values();
            if !values.is_empty() {
                self.args(RCX);
            }
            for (index, val) in values.into_iter().enumerate() {
                let to = Rm::Mem(RCX, (offset_of!(Args, spill) + index * 8) as i32);
                match self.source(val) {
                    Source::Place(Place::Gpr(from)) => self.asm.store(to, from),
                    Source::Place(Place::Xmm(from)) => self.asm.store_float(to, from),
                    other => {
                        match other {
                            Source::Int(int) => self.asm.mov_imm(RAX, int),
                            Source::Float(bits) => self.asm.mov_imm(RAX, bits as i64),
                            Source::Place(place) => {
                                let from = self.rm_of(place);
                                self.asm.mov(RAX, from);
                            }
                        }
                        self.asm.store(to, RAX);
                    }
                }
            }
            let record = self.asm.label_before(self.entry - record);
            self.asm.lea(RAX, Rm::At(record));
            self.asm.jump(all);
        }
        self.asm.bind(all);
        self.asm.mov_imm(RDX, EXIT as i64);
        self.epilogue();
    }

    // Conditions.

    /// Jumps if a condition is as wanted.
    fn jump_if(&mut self, cond: Val, wanted: bool, to: Label) {
        if self.live.forms[cond.0 as usize] == Form::Folded {
            match *self.func.inst(cond) {
                Inst::Not(inner) => return self.jump_if(inner, !wanted, to),
                Inst::IntCmp(cmp, a, b) => {
                    let cc = self.compare(cmp, a, b);
                    return self.asm.jump_if(if wanted { cc } else { cc.opposite() }, to);
                }
                Inst::FloatCmp(cmp, a, b) => return self.jump_if_float(cmp, a, b, wanted, to),
                _ => {}
            }
        }
        match self.rm(cond, RAX) {
            Rm::Gpr(reg) => self.asm.test(reg, reg),
            other => self.asm.alu_imm(Alu::Cmp, other, 0),
        }
        self.asm.jump_if(if wanted { Cc::NotEqual } else { Cc::Equal }, to);
    }

    /// Compares ints; gives the condition that stands for the relation.
    fn compare(&mut self, cmp: Cmp, a: Val, b: Val) -> Cc {
        let (cmp, a, b) = match (self.constant(a), cmp.swapped()) {
            (Some(_), Some(swapped)) => (swapped, b, a),
            _ => (cmp, a, b),
        };
        let folded = self.live.same(a);
        match self.imm32(b) {
            Some(imm) if self.live.forms[folded.0 as usize] == Form::Folded => {
                self.compare_folded(folded, imm);
            }
            Some(imm) => match self.rm(a, RAX) {
                Rm::Gpr(reg) if imm == 0 => self.asm.test(reg, reg),
                a => self.asm.alu_imm(Alu::Cmp, a, imm),
            },
            None => {
                let a = self.gpr(a, RAX);
                let b = self.rm(b, RCX);
                self.asm.alu(Alu::Cmp, a, b);
            }
        }
        match cmp {
            Cmp::Eq => Cc::Equal,
            Cmp::Ne => Cc::NotEqual,
            Cmp::Lt => Cc::Less,
            Cmp::Le => Cc::LessEqual,
            Cmp::Gt => Cc::Greater,
            Cmp::Ge => Cc::GreaterEqual,
            Cmp::Below => Cc::Below,
        }
    }

    /// Compares a byte in memory or of a value, or tests bits, which are compared with 0.
    fn compare_folded(&mut self, val: Val, with: i32) {
        let (of, bits) = match *self.func.inst(val) {
            Inst::IntOp(_, a, bits) => (self.live.same(a), self.imm32(bits)),
            _ => (val, None),
        };
        let byte = match *self.func.inst(of) {
            Inst::Load(_, base, offset, _) if self.live.forms[of.0 as usize] == Form::Folded => {
                Some(self.memory(base, offset, RAX))
            }
            _ => None,
        };
        match (byte, bits) {
            (Some(byte), None) => self.asm.cmp8_imm(byte, with as u8),
            (Some(byte), Some(bits)) => self.asm.test8_imm(byte, bits as u8),
            (None, Some(0xff)) => {
                let of = self.gpr(of, RAX);
                self.asm.cmp8_imm(Rm::Gpr(of), with as u8);
            }
            (None, bits) => {
                let of = self.rm(of, RAX);
                self.asm.test_imm(of, bits.unwrap_or(-1));
            }
        }
    }

    /// Compares floats so that a condition that is false when they are not ordered stands for the relation. Not for `Eq` and `Ne`.
    fn compare_floats(&mut self, cmp: Cmp, a: Val, b: Val) -> Cc {
        let (cc, a, b) = match cmp {
            Cmp::Lt | Cmp::Below => (Cc::Above, b, a),
            Cmp::Le => (Cc::AboveEqual, b, a),
            Cmp::Ge => (Cc::AboveEqual, a, b),
            _ => (Cc::Above, a, b),
        };
        self.ucomisd(a, b);
        cc
    }

    fn ucomisd(&mut self, a: Val, b: Val) {
        let reg = match self.float_rm(a) {
            Rm::Xmm(reg) => reg,
            other => {
                self.asm.load_float(SCRATCH, other);
                SCRATCH
            }
        };
        let b = self.float_rm(b);
        self.asm.ucomisd(reg, b);
    }

    fn jump_if_float(&mut self, cmp: Cmp, a: Val, b: Val, wanted: bool, to: Label) {
        if !matches!(cmp, Cmp::Eq | Cmp::Ne) {
            let cc = self.compare_floats(cmp, a, b);
            return self.asm.jump_if(if wanted { cc } else { cc.opposite() }, to);
        }
        self.ucomisd(a, b);
        // Whether the jump is taken where they are equal, which not ordered ones are not.
        if (cmp == Cmp::Eq) == wanted {
            let past = self.asm.new_label();
            self.asm.jump_if(Cc::Parity, past);
            self.asm.jump_if(Cc::Equal, to);
            self.asm.bind(past);
        } else {
            self.asm.jump_if(Cc::Parity, to);
            self.asm.jump_if(Cc::NotEqual, to);
        }
    }

    // Instructions.

    fn inst(&mut self, val: Val) {
        match *self.func.inst(val) {
            Inst::Param
            | Inst::Int(_)
            | Inst::Word(_)
            | Inst::Float(_)
            | Inst::Bool(_)
            | Inst::IntToWord(_)
            | Inst::WordToInt(_)
            | Inst::BoolToInt(_)
            | Inst::Second(_) => {}
            Inst::IntOp(op, a, b) => self.int_op(val, op, a, b, None),
            Inst::Checked(op, a, b, snap) => {
                let exit = self.exit(snap);
                self.int_op(val, op, a, b, Some(exit));
            }
            Inst::FloatOp(op, a, b) => self.float_op(val, op, a, b),
            Inst::IntCmp(cmp, a, b) => {
                let cc = self.compare(cmp, a, b);
                let to = self.target(val);
                self.asm.set(cc, to);
                self.put(val, to);
            }
            Inst::FloatCmp(cmp, a, b) => self.float_cmp(val, cmp, a, b),
            Inst::Not(a) => {
                let to = self.target(val);
                self.load(to, a);
                self.asm.alu_imm(Alu::Xor, Rm::Gpr(to), 1);
                self.put(val, to);
            }
            Inst::ToFloat(a) => {
                let to = self.float_target(val);
                let from = self.rm(a, RAX);
                self.asm.int_to_float(to, from);
                self.put_float(val, to);
            }
            Inst::FloatToWord(a) => {
                let to = self.target(val);
                match self.float_rm(a) {
                    Rm::Xmm(from) => self.asm.bits_of_float(Rm::Gpr(to), from),
                    other => self.asm.mov(to, other),
                }
                self.put(val, to);
            }
            Inst::WordToFloat(a) => {
                let to = self.float_target(val);
                match self.rm(a, RAX) {
                    from @ Rm::Gpr(_) => self.asm.float_of_bits(to, from),
                    other => self.asm.load_float(to, other),
                }
                self.put_float(val, to);
            }
            Inst::Offset(a, by) => {
                let from = self.gpr(a, RAX);
                let to = self.target(val);
                self.asm.lea(to, Rm::Mem(from, by));
                self.put(val, to);
            }
            Inst::Element(base, distance) => {
                self.load(RAX, distance);
                let base = self.rm(base, RCX);
                self.asm.alu(Alu::Add, RAX, base);
                self.put(val, RAX);
            }
            Inst::Load(width, base, offset, _) => {
                let from = self.memory(base, offset, RAX);
                if width == Width::Float {
                    let to = self.float_target(val);
                    self.asm.load_float(to, from);
                    return self.put_float(val, to);
                }
                let to = self.target(val);
                match width {
                    Width::Byte => self.asm.load8(to, from),
                    Width::Half => self.asm.load32(to, from),
                    Width::Word | Width::Float => self.asm.mov(to, from),
                }
                self.put(val, to);
            }
            Inst::Store(width, base, offset, what, _) => self.store(width, base, offset, what),
            Inst::Guard(cond, wanted, snap) => {
                let exit = self.exit(snap);
                self.jump_if(cond, !wanted, exit);
            }
            Inst::Call(helper, ref args) => {
                let registers = [RSI, RDX, RCX, Gpr(8)];
                let moves = registers.into_iter().zip(args);
                let moves = moves.map(|(reg, &arg)| (Place::Gpr(reg), self.source(arg))).collect();
                self.moves_of_call(moves);
                self.asm.mov_imm(RAX, helper.address() as i64);
                self.asm.call(RAX);
                self.put(val, RAX);
            }
            Inst::CallCode(entry, frame) => {
                let moves = [(RDX, entry), (RSI, frame)];
                let moves = moves.into_iter().map(|(reg, arg)| (Place::Gpr(reg), self.source(arg))).collect();
                self.moves_of_call(moves);
                self.asm.call(RDX);
                self.put(val, RAX);
                if let Some(second) = self.live.seconds[val.0 as usize] {
                    self.put(second, RDX);
                }
            }
            Inst::Poll(word, snap) => {
                let exit = self.exit(snap);
                let word = self.memory(word, 0, RAX);
                self.asm.cmp32_imm8(word, 0);
                self.asm.jump_if(Cc::NotEqual, exit);
            }
            Inst::StackPointer => {
                let to = self.target(val);
                self.asm.mov(to, Rm::Gpr(RSP));
                self.put(val, to);
            }
        }
    }

    /// Passes arguments in registers, and what code is called with in the first one.
    fn moves_of_call(&mut self, moves: Vec<(Place, Source)>) {
        for step in moves::order(moves) {
            match step {
                Move::To(Place::Gpr(to), Source::Place(from)) => {
                    let from = self.rm_of(from);
                    match from {
                        Rm::Xmm(from) => self.asm.bits_of_float(Rm::Gpr(to), from),
                        from => self.asm.mov(to, from),
                    }
                }
                Move::To(Place::Gpr(to), Source::Int(int)) => self.asm.mov_imm(to, int),
                Move::To(Place::Gpr(to), Source::Float(bits)) => self.asm.mov_imm(to, bits as i64),
                Move::Aside(from, _) => {
                    let from = self.rm_of(from);
                    self.asm.mov(RAX, from);
                }
                Move::Back(_, Place::Gpr(to)) => self.asm.mov(to, Rm::Gpr(RAX)),
                Move::To(..) | Move::Back(..) => {}
            }
        }
        self.args(RDI);
    }

    fn int_op(&mut self, val: Val, op: IntOp, a: Val, b: Val, exit: Option<Label>) {
        let to = self.target(val);
        match op {
            IntOp::Shl | IntOp::Shr => {
                let by = self.constant(b).map(|by| by as u8 & 63);
                let work = if by.is_some() { to } else { RAX };
                if by.is_none() {
                    self.load(RCX, b);
                }
                self.load(work, a);
                match op {
                    IntOp::Shl => self.asm.shl(work, by),
                    _ => self.asm.sar(work, by),
                }
                return self.put(val, work);
            }
            IntOp::Rem => {
                self.load(RAX, a);
                let by = self.rm(b, RCX);
                self.asm.idiv(by);
                return self.put(val, RDX);
            }
            _ => {}
        }
        let is_in = |val: Val| self.place(val) == Some(Place::Gpr(to));
        let swaps = op != IntOp::Sub;
        let (a, b) = if swaps && (self.constant(a).is_some() || is_in(b)) { (b, a) } else { (a, b) };
        // The second operand must not be overwritten by the first one.
        let work = if is_in(b) && !is_in(a) { RAX } else { to };
        match (op, self.imm32(b)) {
            (IntOp::Mul, Some(imm)) => {
                let a = self.rm(a, RAX);
                self.asm.imul_imm(work, a, imm);
            }
            (IntOp::Add, Some(imm)) if exit.is_none() && !is_in(a) => {
                let a = self.gpr(a, RAX);
                self.asm.lea(work, Rm::Mem(a, imm));
            }
            (_, imm) => {
                self.load(work, a);
                let alu = match op {
                    IntOp::Sub => Alu::Sub,
                    IntOp::And => Alu::And,
                    IntOp::Or => Alu::Or,
                    IntOp::Xor => Alu::Xor,
                    _ => Alu::Add,
                };
                match imm {
                    Some(imm) => self.asm.alu_imm(alu, Rm::Gpr(work), imm),
                    None => {
                        let b = self.rm(b, RCX);
                        match op {
                            IntOp::Mul => self.asm.imul(work, b),
                            _ => self.asm.alu(alu, work, b),
                        }
                    }
                }
            }
        }
        if let Some(exit) = exit {
            self.asm.jump_if(Cc::Overflow, exit);
        }
        self.put(val, work);
    }

    fn float_op(&mut self, val: Val, op: FloatOp, a: Val, b: Val) {
        let to = self.float_target(val);
        let is_in = |val: Val| self.place(val) == Some(Place::Xmm(to));
        let swaps = matches!(op, FloatOp::Add | FloatOp::Mul);
        let (a, b) = if swaps && is_in(b) { (b, a) } else { (a, b) };
        let work = if is_in(b) && !is_in(a) { SCRATCH } else { to };
        self.load_float(work, a);
        let b = self.float_rm(b);
        let op = match op {
            FloatOp::Add => Sse::Add,
            FloatOp::Sub => Sse::Sub,
            FloatOp::Mul => Sse::Mul,
            FloatOp::Div => Sse::Div,
        };
        self.asm.sse(op, work, b);
        self.put_float(val, work);
    }

    fn float_cmp(&mut self, val: Val, cmp: Cmp, a: Val, b: Val) {
        let to = self.target(val);
        if matches!(cmp, Cmp::Eq | Cmp::Ne) {
            self.ucomisd(a, b);
            let (ordered, equal, both) = match cmp {
                Cmp::Eq => (Cc::NoParity, Cc::Equal, Alu::And),
                _ => (Cc::Parity, Cc::NotEqual, Alu::Or),
            };
            self.asm.set(ordered, RCX);
            self.asm.set(equal, RAX);
            self.asm.alu(both, RAX, Rm::Gpr(RCX));
            return self.put(val, RAX);
        }
        let cc = self.compare_floats(cmp, a, b);
        self.asm.set(cc, to);
        self.put(val, to);
    }

    fn store(&mut self, width: Width, base: Val, offset: i32, what: Val) {
        let to = self.memory(base, offset, RAX);
        if let (Width::Byte | Width::Half | Width::Word, Some(imm)) = (width, self.imm32(what)) {
            return match width {
                Width::Byte => self.asm.store8_imm(to, imm as u8),
                Width::Half => self.asm.store32_imm(to, imm),
                _ => self.asm.store_imm(to, imm),
            };
        }
        if width == Width::Float {
            let from = match self.float_rm(what) {
                Rm::Xmm(reg) => reg,
                other => {
                    self.asm.load_float(SCRATCH, other);
                    SCRATCH
                }
            };
            return self.asm.store_float(to, from);
        }
        let from = self.gpr(what, RCX);
        match width {
            Width::Byte => self.asm.store8(to, from),
            Width::Half => self.asm.store32(to, from),
            Width::Word | Width::Float => self.asm.store(to, from),
        }
    }
}
