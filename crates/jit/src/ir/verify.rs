//! Checks what the module of [`super`] promises. Passes are checked after each in debug builds.

use super::graph::Graph;
use super::{Blk, Cmp, End, Func, Inst, Ty, Val, Width};

/// Says what is wrong, if anything is.
pub(crate) fn verify(func: &Func) -> Result<(), String> {
    let graph = Graph::new(func);
    let mut home: Vec<Option<(Blk, usize)>> = vec![None; func.insts.len()];
    for &block in &graph.order {
        let params = func.block(block).params.iter().map(|&val| (val, 0));
        let insts = func.block(block).insts.iter().enumerate().map(|(index, &val)| (val, index + 1));
        for (val, index) in params.chain(insts) {
            if home[val.0 as usize].replace((block, index)).is_some() {
                return Err(format!("v{} is defined twice", val.0));
            }
        }
    }
    let visible = |val: Val, block: Blk, index: usize| match home[val.0 as usize] {
        Some((at, place)) if at == block => place < index,
        Some((at, _)) => graph.dominates(at, block),
        None => false,
    };
    for &block in &graph.order {
        let check = |val: Val, index: usize| match visible(val, block, index) {
            true => Ok(()),
            false => Err(format!("v{} is not defined where block {} uses it", val.0, block.0)),
        };
        for (index, &val) in func.block(block).insts.iter().enumerate() {
            let inst = func.inst(val);
            let mut result = Ok(());
            inst.operands(|operand| result = result.clone().and(check(operand, index + 1)));
            if let Some(snap) = inst.snapshot() {
                for used in func.snapshots[snap.0 as usize].values() {
                    result = result.and(check(used, index + 1));
                }
            }
            result?;
            if !types_fit(func, inst) {
                return Err(format!("v{} = {inst:?} has operands of wrong types", val.0));
            }
        }
        let behind = func.block(block).insts.len() + 1;
        let end = &func.block(block).end;
        let mut result = Ok(());
        end.clone().operands_mut(|val| result = result.clone().and(check(*val, behind)));
        result?;
        match end {
            End::Open => return Err(format!("block {} has no end", block.0)),
            End::Exit(snap) => {
                for used in func.snapshots[snap.0 as usize].values() {
                    check(used, behind)?;
                }
            }
            _ => {}
        }
        for edge in end.edges() {
            let params = &func.block(edge.to).params;
            if params.len() != edge.args.len() {
                return Err(format!(
                    "block {} passes {} arguments to block {}",
                    block.0,
                    edge.args.len(),
                    edge.to.0
                ));
            }
            for (&arg, &param) in edge.args.iter().zip(params) {
                check(arg, behind)?;
                if func.ty(arg) != func.ty(param) {
                    return Err(format!("v{} is passed for v{}, of another type", arg.0, param.0));
                }
            }
        }
    }
    Ok(())
}

fn types_fit(func: &Func, inst: &Inst) -> bool {
    let is = |val: &Val, ty: Ty| func.ty(*val) == ty;
    match inst {
        Inst::IntOp(_, a, b) | Inst::Checked(_, a, b, _) => is(a, Ty::Int) && is(b, Ty::Int),
        Inst::FloatOp(_, a, b) | Inst::FloatCmp(_, a, b) => is(a, Ty::Float) && is(b, Ty::Float),
        Inst::IntCmp(Cmp::Eq | Cmp::Ne | Cmp::Below, a, b) => func.ty(*a) == func.ty(*b),
        Inst::IntCmp(_, a, b) => is(a, Ty::Int) && is(b, Ty::Int),
        Inst::Not(a) | Inst::Guard(a, ..) | Inst::BoolToInt(a) => is(a, Ty::Bool),
        Inst::ToFloat(a) | Inst::IntToWord(a) => is(a, Ty::Int),
        Inst::FloatToWord(a) => is(a, Ty::Float),
        Inst::WordToInt(a) | Inst::WordToFloat(a) | Inst::Offset(a, _) | Inst::Load(_, a, ..) => {
            is(a, Ty::Word)
        }
        Inst::Element(a, b) => is(a, Ty::Word) && is(b, Ty::Int),
        Inst::Store(width, base, _, val, _) => {
            is(base, Ty::Word) && (*width == Width::Float) == is(val, Ty::Float) && !is(val, Ty::Bool)
        }
        Inst::CallCode(a, b) => is(a, Ty::Word) && is(b, Ty::Word),
        _ => true,
    }
}
