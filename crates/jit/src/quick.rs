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
mod conditions;
mod frame;
mod insts;
mod jumps;
mod live;
mod moves;
mod operands;

use crate::ir::graph::Graph;
use crate::ir::{Edge, Func, SnapId};
use crate::lower::Compiled;
use alloc::{Places, allocate};
use asm::{Asm, Label, Xmm};
use live::{Form, Live};
use rustc_hash::FxHashMap;

/// Registers that no value is given: for operands in memory, for what is kept aside, for results.
const SCRATCH: Xmm = Xmm(15);
const ASIDE: Xmm = Xmm(14);

/// Compiles a function.
pub(crate) fn compile(func: &Func, graph: Graph) -> Compiled {
    let live = Live::new(func, graph);
    let places = allocate(func, &live);
    let mut emit = Emit::new(func, live, places);
    emit.run();
    let mut bytes: Vec<u8> = emit.records.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.resize(emit.entry, 0);
    let entry = emit.entry;
    bytes.extend(emit.asm.finish());
    Compiled { bytes, entry }
}

struct Emit<'f> {
    func: &'f Func,
    live: Live,
    places: Places,
    asm: Asm,
    blocks: Vec<Label>,
    /// Records of snapshots, and the distance from them to the code.
    records: Vec<u32>,
    entry: usize,
    /// Exits that are jumped to.
    exits: Vec<(SnapId, Label)>,
    /// Moves of edges that are jumped to.
    edges: Vec<(Label, Edge)>,
    /// Numbers in memory, by their bits.
    numbers: FxHashMap<u64, Label>,
}

impl<'f> Emit<'f> {
    fn new(func: &'f Func, live: Live, places: Places) -> Emit<'f> {
        let mut asm = Asm::new();
        let blocks = func.blocks.iter().map(|_| asm.new_label()).collect();
        Emit {
            func,
            live,
            places,
            asm,
            blocks,
            records: Vec::new(),
            entry: 0,
            exits: Vec::new(),
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
}
