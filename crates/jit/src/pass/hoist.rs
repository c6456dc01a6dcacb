//! What a loop reads again and again though nothing changes it is read before: lengths and places of arrays.
//!
//! The address of an array exists only where it is known to be one, so its header can be read wherever the address is known, even
//! if the loop would not come to it. It stays the same as long as nothing is called and no header is written.

use crate::ir::graph::Graph;
use crate::ir::{Blk, Edge, End, Func, Inst, Region, Val};
use rustc_hash::FxHashSet;

pub(crate) fn run(func: &mut Func, graph: &Graph) -> bool {
    let count = func.blocks.len();
    // Outer loops come first: what they take is out of the inner ones.
    for &head in &graph.order {
        let inside = graph.inside(head);
        if !inside.is_empty() && inside.iter().all(|&block| graph.dominates(head, block)) {
            hoist(func, graph, head, &inside);
        }
    }
    func.blocks.len() != count
}

fn hoist(func: &mut Func, graph: &Graph, head: Blk, inside: &[Blk]) {
    let insts = || inside.iter().flat_map(|&block| &func.block(block).insts);
    let writes = |val: &Val| {
        matches!(func.inst(*val), Inst::Store(.., Region::Header) | Inst::Call(..) | Inst::CallCode(..))
    };
    if insts().any(writes) {
        return;
    }
    let params = inside.iter().flat_map(|&block| &func.block(block).params);
    let defined: FxHashSet<Val> = insts().chain(params).copied().collect();
    let same = |val: &Val| match *func.inst(*val) {
        Inst::Load(_, base, _, Region::Header) => !defined.contains(&base),
        _ => false,
    };
    let found: Vec<Val> = insts().copied().filter(same).collect();
    if found.is_empty() {
        return;
    }
    for &block in inside {
        func.block_mut(block).insts.retain(|val| !found.contains(val));
    }
    let before = before(func, graph, head, inside);
    func.block_mut(before).insts.extend(found);
}

/// The block that a loop is entered through, made if there is none.
fn before(func: &mut Func, graph: &Graph, head: Blk, inside: &[Blk]) -> Blk {
    let preds = graph.preds(head).iter().copied();
    let entries: Vec<Blk> = preds.filter(|block| !inside.contains(block)).collect();
    if let [only] = entries[..]
        && matches!(func.block(only).end, End::Jump(Edge { to, .. }) if to == head)
    {
        return only;
    }
    let block = func.new_block();
    let args = func.block(head).params.clone();
    let args = args.into_iter().map(|param| func.new_param(block, func.ty(param))).collect();
    func.block_mut(block).end = End::Jump(Edge { to: head, args });
    func.redirect(&entries, head, block);
    block
}
