//! What nobody uses goes.

use crate::ir::graph::Graph;
use crate::ir::{Blk, End, Func, Val, Vals};
use smallvec::SmallVec;

pub(crate) fn run(func: &mut Func, graph: &Graph) -> bool {
    let mut used = vec![false; func.insts.len()];
    let mut open: Vec<Val> = Vec::new();
    for &block in &graph.order {
        let found = func.block(block).insts.iter().copied().filter(|&val| func.inst(val).has_effect());
        open.extend(found);
        func.block(block).end.operands(|val| open.push(val));
        if let End::Exit(snap) = func.block(block).end {
            func.snapshots[snap.0 as usize].each(|val| open.push(val));
        }
    }
    // For each parameter, the arguments passed for it.
    let mut passed: Vec<SmallVec<[Val; 2]>> = vec![SmallVec::new(); func.insts.len()];
    for &block in &graph.order {
        for edge in func.block(block).end.edges() {
            for (&param, &arg) in func.block(edge.to).params.iter().zip(&edge.args) {
                passed[param.0 as usize].push(arg);
            }
        }
    }
    while let Some(val) = open.pop() {
        if std::mem::replace(&mut used[val.0 as usize], true) {
            continue;
        }
        func.inst(val).operands(|operand| open.push(operand));
        if let Some(snap) = func.inst(val).snapshot() {
            func.snapshots[snap.0 as usize].each(|val| open.push(val));
        }
        open.extend_from_slice(&passed[val.0 as usize]);
    }
    for block in func.block_ids() {
        if graph.place(block).is_none() {
            // The entry is always reached, so this is none that anybody jumps to.
            func.block_mut(block).end = End::Open;
            func.block_mut(block).insts.clear();
            func.block_mut(block).params.clear();
            continue;
        }
        func.block_mut(block).insts.retain(|val| used[val.0 as usize]);
        // Those of the entry are what the code is called with.
        if block != Blk(0) {
            remove_params(func, block, &used);
        }
    }
    false
}

fn remove_params(func: &mut Func, block: Blk, used: &[bool]) {
    let keep: Vec<bool> = func.block(block).params.iter().map(|val| used[val.0 as usize]).collect();
    if keep.iter().all(|&keep| keep) {
        return;
    }
    let filter = |vals: &mut Vals| {
        let mut index = 0;
        vals.retain(|_| {
            index += 1;
            keep[index - 1]
        });
    };
    filter(&mut func.block_mut(block).params);
    for from in &mut func.blocks {
        for edge in from.end.edges_mut().filter(|edge| edge.to == block) {
            filter(&mut edge.args);
        }
    }
}
