//! Folding of constants, values that were computed before on every way here, and guards that hold already.

use crate::ir::graph::Graph;
use crate::ir::{Blk, Cmp, Edge, End, FloatOp, Func, Inst, IntOp, Region, Ty, Val};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// What is known where a block begins: values by instruction, truths of conditions. Undone by length.
#[derive(Default)]
struct Known {
    values: FxHashMap<Key, SmallVec<[(Blk, Val); 2]>>,
    truths: FxHashMap<Val, SmallVec<[(Blk, bool); 2]>>,
}

/// A pure instruction as a key of hash tables: what it is, and its operands; floats by their bits.
type Key = (u32, u64, u64);

fn key(inst: &Inst) -> Option<Key> {
    let val = |val: &Val| u64::from(val.0);
    Some(match inst {
        Inst::Int(int) => (0, *int as u64, 0),
        Inst::Float(float) => (1, float.to_bits(), 0),
        Inst::Bool(truth) => (2, u64::from(*truth), 0),
        Inst::Word(word) => (3, *word, 0),
        Inst::Not(a) => (4, val(a), 0),
        Inst::ToFloat(a) => (5, val(a), 0),
        Inst::BoolToInt(a) => (6, val(a), 0),
        Inst::IntToWord(a) => (7, val(a), 0),
        Inst::WordToInt(a) => (8, val(a), 0),
        Inst::FloatToWord(a) => (9, val(a), 0),
        Inst::WordToFloat(a) => (10, val(a), 0),
        Inst::Offset(a, by) => (11, val(a), *by as u64),
        Inst::Element(a, b) => (12, val(a), val(b)),
        Inst::IntOp(op, a, b) => (0x100 + *op as u32, val(a), val(b)),
        Inst::FloatOp(op, a, b) => (0x200 + *op as u32, val(a), val(b)),
        Inst::IntCmp(cmp, a, b) => (0x300 + *cmp as u32, val(a), val(b)),
        Inst::FloatCmp(cmp, a, b) => (0x400 + *cmp as u32, val(a), val(b)),
        Inst::Load(width, a, offset, Region::Fixed) => (0x500 + *width as u32, val(a), *offset as u64),
        _ => return None,
    })
}

pub(crate) fn run(func: &mut Func, graph: &Graph) -> bool {
    let mut decided = false;
    let mut known = Known::default();
    known.values.reserve(func.insts.len() / 2);
    let mut stands: Vec<Val> = (0..func.insts.len() as u32).map(Val).collect();
    for &block in &graph.order {
        enter(func, graph, block, &mut known);
        let mut insts = std::mem::take(&mut func.block_mut(block).insts);
        insts.retain(|&val| {
            let mut inst = func.inst(val).clone();
            inst.operands_mut(|operand| *operand = stands[operand.0 as usize]);
            let inst = simplify(func, inst);
            if let Inst::Guard(cond, wanted, _) = inst {
                let truth = constant(func, cond).or_else(|| known.truth(graph, block, cond));
                if truth == Some(wanted) {
                    return false;
                }
                known.truths.entry(cond).or_default().push((block, wanted));
            }
            func.insts[val.0 as usize].0 = inst.clone();
            if let Inst::Offset(base, 0) = inst {
                stands[val.0 as usize] = base;
                return false;
            }
            if let Some(key) = key(&inst) {
                let found = known.values.entry(key).or_default();
                if let Some(&(_, same)) = found.iter().find(|(at, _)| graph.dominates(*at, block)) {
                    stands[val.0 as usize] = same;
                    return false;
                }
                found.push((block, val));
            }
            true
        });
        func.block_mut(block).insts = insts;
        let mut end = std::mem::replace(&mut func.block_mut(block).end, End::Open);
        end.operands_mut(|val| *val = stands[val.0 as usize]);
        if let End::Branch(cond, ..) = end
            && let Some(truth) = constant(func, cond).or_else(|| known.truth(graph, block, cond))
        {
            decided = true;
            end = match end {
                End::Branch(_, then, _) if truth => End::Jump(then),
                End::Branch(_, _, other) => End::Jump(other),
                end => end,
            };
        }
        func.block_mut(block).end = end;
    }
    func.replace(|val| stands[val.0 as usize]);
    decided
}

/// What the only way into a block says of the condition there.
fn enter(func: &Func, graph: &Graph, block: Blk, known: &mut Known) {
    let [pred] = graph.preds(block)[..] else { return };
    if let End::Branch(cond, Edge { to: then, .. }, Edge { to: other, .. }) = &func.block(pred).end
        && then != other
    {
        known.truths.entry(*cond).or_default().push((block, *then == block));
    }
}

impl Known {
    fn truth(&self, graph: &Graph, block: Blk, cond: Val) -> Option<bool> {
        let found = self.truths.get(&cond)?;
        found.iter().find(|(at, _)| graph.dominates(*at, block)).map(|&(_, truth)| truth)
    }
}

fn constant(func: &Func, cond: Val) -> Option<bool> {
    match func.inst(cond) {
        Inst::Bool(truth) => Some(*truth),
        _ => None,
    }
}

fn is_two(func: &Func, val: Val) -> bool {
    *func.inst(val) == Inst::Float(2.0)
}

fn simplify(func: &Func, inst: Inst) -> Inst {
    let int = |val: Val| func.as_int(val);
    match inst {
        Inst::Checked(op, a, b, _) | Inst::IntOp(op @ (IntOp::Add | IntOp::Sub | IntOp::Mul), a, b) => {
            let result = match (int(a), int(b)) {
                (Some(a), Some(b)) => match op {
                    IntOp::Add => a.checked_add(b),
                    IntOp::Sub => a.checked_sub(b),
                    _ => a.checked_mul(b),
                },
                _ => None,
            };
            result.map_or(inst, Inst::Int)
        }
        Inst::IntOp(op, a, b) => match (int(a), int(b)) {
            (Some(a), Some(b)) => Inst::Int(match op {
                IntOp::And => a & b,
                IntOp::Or => a | b,
                IntOp::Xor => a ^ b,
                IntOp::Shl => a.wrapping_shl(b as u32),
                IntOp::Shr => a.wrapping_shr(b as u32),
                _ => return inst,
            }),
            _ => inst,
        },
        Inst::IntCmp(cmp, a, b) if func.ty(a) == Ty::Int => match (int(a), int(b)) {
            (Some(a), Some(b)) => Inst::Bool(match cmp {
                Cmp::Eq => a == b,
                Cmp::Ne => a != b,
                Cmp::Lt => a < b,
                Cmp::Le => a <= b,
                Cmp::Gt => a > b,
                Cmp::Ge => a >= b,
                Cmp::Below => (a as u64) < b as u64,
            }),
            _ => inst,
        },
        // The same for all floats, and sooner done.
        Inst::FloatOp(FloatOp::Mul, a, b) if is_two(func, b) => Inst::FloatOp(FloatOp::Add, a, a),
        Inst::FloatOp(FloatOp::Mul, a, b) if is_two(func, a) => Inst::FloatOp(FloatOp::Add, b, b),
        Inst::ToFloat(a) => int(a).map_or(inst, |int| Inst::Float(int as f64)),
        Inst::BoolToInt(a) => constant(func, a).map_or(inst, |truth| Inst::Int(i64::from(truth))),
        Inst::Not(a) => match func.inst(a) {
            Inst::Bool(truth) => Inst::Bool(!truth),
            Inst::IntCmp(cmp, a, b) => match cmp.negated() {
                Some(cmp) => Inst::IntCmp(cmp, *a, *b),
                None => inst,
            },
            _ => inst,
        },
        Inst::WordToInt(a) => match func.inst(a) {
            Inst::IntToWord(int) => match func.as_int(*int) {
                Some(int) => Inst::Int(int),
                None => inst,
            },
            _ => inst,
        },
        Inst::Offset(a, by) => match func.inst(a) {
            Inst::Offset(base, more) => Inst::Offset(*base, by + more),
            _ => inst,
        },
        inst => inst,
    }
}
