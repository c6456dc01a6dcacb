//! Ways between blocks, and out of the code.

use super::Emit;
use super::alloc::Place;
use super::asm::{Label, RAX, RCX, RDX, Rm};
use super::live::Form;
use super::moves::Source;
use crate::ir::{Edge, End, SnapId, Val};
use crate::lower::ALIGN;
use crate::runtime::{Args, EXIT, REFUSED, THERE};
use std::mem::offset_of;

impl Emit<'_> {
    pub(super) fn edge_moves(&self, edge: &Edge) -> impl Iterator<Item = (Place, Source)> {
        let params = &self.func.block(edge.to).params;
        let all = params.iter().zip(&edge.args);
        all.filter_map(|(&param, &arg)| Some((self.place(param)?, self.source(arg))))
            .filter(|&(to, from)| from != Source::Place(to))
    }

    fn moves_nothing(&self, edge: &Edge) -> bool {
        self.edge_moves(edge).next().is_none()
    }

    /// Passes an edge's arguments.
    pub(super) fn pass(&mut self, edge: &Edge) {
        let moves = self.edge_moves(edge).collect();
        self.moves(moves);
    }

    /// Where an edge leads that passes nothing: behind blocks that do nothing.
    pub(super) fn beyond<'e>(&'e self, mut edge: &'e Edge) -> &'e Edge {
        for _ in 0..8 {
            let block = self.func.block(edge.to);
            let does = block.insts.iter().any(|&val| self.live.forms[val.0 as usize] == Form::Placed);
            match &block.end {
                End::Jump(next) if !does && self.moves_nothing(edge) && self.moves_nothing(next) => {
                    edge = next;
                }
                _ => break,
            }
        }
        edge
    }

    /// What is jumped to for an edge: its block, or its moves.
    pub(super) fn way(&mut self, edge: &Edge) -> Label {
        if self.moves_nothing(edge) {
            let to = self.beyond(edge).to;
            return self.blocks[to.0 as usize];
        }
        let label = self.asm.new_label();
        self.edges.push((label, edge.clone()));
        label
    }

    pub(super) fn end(&mut self, end: &End, next: Option<Label>) {
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

    pub(super) fn leave(&mut self, meta: u64) {
        self.asm.mov_imm(RDX, meta as i64);
        self.asm.mov(RAX, Rm::Gpr(RDX));
        self.epilogue();
    }

    pub(super) fn branch(&mut self, cond: Val, then: &Edge, other: &Edge, next: Option<Label>) {
        // The way on is the one that needs no jump. What leads back is jumped to, past the block that only does that.
        let is_next = |edge: &Edge| {
            Some(self.blocks[self.beyond(edge).to.0 as usize]) == next
                || Some(self.blocks[edge.to.0 as usize]) == next
        };
        let goes_back = |edge: &Edge| {
            self.moves_nothing(edge) && self.asm.is_bound(self.blocks[self.beyond(edge).to.0 as usize])
        };
        let then_on = is_next(then) && !goes_back(then) || goes_back(other);
        let (wanted, jumped, on) = if then_on { (false, other, then) } else { (true, then, other) };
        let way = self.way(jumped);
        self.jump_if(cond, wanted, way);
        self.go(on, next);
    }

    /// Passes an edge's arguments and goes on there.
    pub(super) fn go(&mut self, edge: &Edge, next: Option<Label>) {
        let beyond = if self.moves_nothing(edge) { self.beyond(edge) } else { edge };
        let (near, far) = (self.blocks[edge.to.0 as usize], self.blocks[beyond.to.0 as usize]);
        self.pass(edge);
        if Some(near) != next && Some(far) != next || self.asm.is_bound(far) {
            self.asm.jump(far);
        }
    }

    /// The exit by a snapshot; those that say the same are one.
    pub(super) fn exit(&mut self, snap: SnapId) -> Label {
        let snapshots = &self.func.snapshots;
        let same = |known: SnapId| known == snap || snapshots[known.0 as usize] == snapshots[snap.0 as usize];
        if let Some(&(_, label)) = self.exits.iter().find(|&&(known, _)| same(known)) {
            return label;
        }
        let label = self.asm.new_label();
        self.exits.push((snap, label));
        label
    }

    pub(super) fn finish_exits(&mut self) {
        let exits = std::mem::take(&mut self.exits);
        if exits.is_empty() {
            return;
        }
        let mut records = Vec::new();
        for (snap, _) in &exits {
            records.push(self.records.len() * 4);
            self.func.snapshots[snap.0 as usize].encode(&mut self.records);
        }
        self.entry = (self.records.len() * 4).next_multiple_of(ALIGN);
        let all = self.asm.new_label();
        for ((snap, label), record) in exits.into_iter().zip(records) {
            self.asm.bind(label);
            let values = self.func.snapshots[snap.0 as usize].values();
            if !values.is_empty() {
                self.args(RCX);
            }
            for (index, val) in values.into_iter().enumerate() {
                let to = Rm::Mem(RCX, (offset_of!(Args, spill) + index * 8) as i32);
                let from = self.source(val);
                self.move_to_memory(to, from);
            }
            let record = self.asm.label_before(self.entry - record);
            self.asm.lea(RAX, Rm::At(record));
            self.asm.jump(all);
        }
        self.asm.bind(all);
        self.asm.mov_imm(RDX, EXIT as i64);
        self.epilogue();
    }
}
