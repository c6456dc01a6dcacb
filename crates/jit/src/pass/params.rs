//! Block parameters that always get the same value are that value.

use crate::ir::{Blk, Func, Val};

pub(crate) fn run(func: &mut Func) {
    let mut stands: Vec<Val> = (0..func.insts.len() as u32).map(Val).collect();
    let find = |stands: &[Val], mut val: Val| {
        while stands[val.0 as usize] != val {
            val = stands[val.0 as usize];
        }
        val
    };
    loop {
        let mut changed = false;
        for block in func.block_ids() {
            let mut same: Vec<Option<Option<Val>>> = vec![None; func.block(block).params.len()];
            for from in &func.blocks {
                for edge in from.end.edges().filter(|edge| edge.to == block) {
                    for (index, &arg) in edge.args.iter().enumerate() {
                        let arg = find(&stands, arg);
                        if arg == func.block(block).params[index] {
                            continue;
                        }
                        same[index] = match same[index] {
                            None => Some(Some(arg)),
                            Some(Some(known)) if known == arg => Some(Some(arg)),
                            _ => Some(None),
                        };
                    }
                }
            }
            for index in (0..same.len()).rev() {
                if let Some(Some(only)) = same[index] {
                    let param = remove(func, block, index);
                    stands[param.0 as usize] = only;
                    changed = true;
                }
            }
        }
        if !changed {
            break;
        }
    }
    func.replace(|val| find(&stands, val));
}

fn remove(func: &mut Func, block: Blk, index: usize) -> Val {
    for from in &mut func.blocks {
        for edge in from.end.edges_mut().filter(|edge| edge.to == block) {
            edge.args.remove(index);
        }
    }
    func.block_mut(block).params.remove(index)
}
