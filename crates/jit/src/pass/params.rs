//! Block parameters that always get the same value are that value.

use crate::ir::graph::Graph;
use crate::ir::{Blk, Edge, End, Func, Val};
use smallvec::SmallVec;

/// Where a block is jumped to from: the block, and the number of its edge.
type Incoming = SmallVec<[(Blk, usize); 3]>;

pub(crate) fn run(func: &mut Func, _: &Graph) -> bool {
    let mut stands: Vec<Val> = (0..func.insts.len() as u32).map(Val).collect();
    let incoming = incoming(func);
    let mut changed = true;
    while changed {
        changed = false;
        for block in func.block_ids() {
            for index in (0..func.block(block).params.len()).rev() {
                if let Some(only) = only(func, &stands, &incoming, block, index) {
                    let param = remove(func, &incoming, block, index);
                    stands[param.0 as usize] = only;
                    changed = true;
                }
            }
        }
    }
    func.replace(|val| find(&stands, val));
    false
}

/// The same for each block.
fn incoming(func: &Func) -> Vec<Incoming> {
    let mut incoming = vec![Incoming::new(); func.blocks.len()];
    for from in func.block_ids() {
        for (number, edge) in func.block(from).end.edges().enumerate() {
            incoming[edge.to.0 as usize].push((from, number));
        }
    }
    incoming
}

fn find(stands: &[Val], mut val: Val) -> Val {
    while stands[val.0 as usize] != val {
        val = stands[val.0 as usize];
    }
    val
}

/// The only value beside itself that is passed for a parameter.
fn only(func: &Func, stands: &[Val], incoming: &[Incoming], block: Blk, index: usize) -> Option<Val> {
    let param = func.block(block).params[index];
    let mut only = None;
    for &(from, number) in &incoming[block.0 as usize] {
        let edge = func.block(from).end.edges().nth(number)?;
        let arg = find(stands, edge.args[index]);
        if arg == param {
            continue;
        }
        if only.is_some_and(|known| known != arg) {
            return None;
        }
        only = Some(arg);
    }
    only
}

fn edge(end: &mut End, number: usize) -> Option<&mut Edge> {
    end.edges_mut().nth(number)
}

fn remove(func: &mut Func, incoming: &[Incoming], block: Blk, index: usize) -> Val {
    for &(from, number) in &incoming[block.0 as usize] {
        if let Some(edge) = edge(&mut func.block_mut(from).end, number) {
            edge.args.remove(index);
        }
    }
    func.block_mut(block).params.remove(index)
}
