//! A function as text: stable, without addresses.

use super::{End, Func, Inst, Val};
use crate::snapshot::SlotValue;
use std::fmt::Write;

/// The listing of all blocks that have an end.
pub(crate) fn dump(func: &Func) -> String {
    let mut out = String::new();
    for id in func.block_ids() {
        let block = func.block(id);
        if block.end == End::Open {
            continue;
        }
        let params: Vec<_> =
            block.params.iter().map(|val| format!("v{}: {:?}", val.0, func.ty(*val))).collect();
        let _ = writeln!(out, "b{}({}){}:", id.0, params.join(", "), if block.cold { " cold" } else { "" });
        for &val in &block.insts {
            let _ = writeln!(out, "  {}", instruction(func, val));
        }
        let edge = |edge: &super::Edge| format!("b{}({})", edge.to.0, list(&edge.args));
        let _ = match &block.end {
            End::Open => Ok(()),
            End::Jump(to) => writeln!(out, "  jump {}", edge(to)),
            End::Branch(cond, then, other) => {
                writeln!(out, "  branch v{}, {}, {}", cond.0, edge(then), edge(other))
            }
            End::Exit(snap) => writeln!(out, "  exit #{}", snap.0),
            End::Refuse => writeln!(out, "  refuse"),
            End::ExitThere => writeln!(out, "  exit there"),
            End::Return(payload, meta) => writeln!(out, "  return v{}, v{}", payload.0, meta.0),
        };
    }
    for (index, snapshot) in func.snapshots.iter().enumerate() {
        let _ = write!(out, "#{index}:");
        for frame in &snapshot.frames {
            let _ = write!(out, " {:?} @{}", frame.kind, frame.pc);
            for (slot, value) in &frame.slots {
                let _ = write!(out, " [{slot}]={}", slot_value(value));
            }
        }
        out.push('\n');
    }
    out
}

fn slot_value(value: &SlotValue) -> String {
    match value {
        SlotValue::Undef => "undef".into(),
        SlotValue::Null => "null".into(),
        SlotValue::Bool(val) => format!("bool v{}", val.0),
        SlotValue::Int(val) => format!("int v{}", val.0),
        SlotValue::Float(val) => format!("float v{}", val.0),
        SlotValue::Boxed(payload, meta) => format!("(v{}, v{})", payload.0, meta.0),
        SlotValue::CopyOf(val) => format!("copy of *v{}", val.0),
    }
}

fn list(vals: &[Val]) -> String {
    vals.iter().map(|val| format!("v{}", val.0)).collect::<Vec<_>>().join(", ")
}

fn instruction(func: &Func, val: Val) -> String {
    let inst = func.inst(val);
    let mut operands = Vec::new();
    inst.operands(|operand| operands.push(operand));
    let name = match inst {
        Inst::Int(int) => format!("int {int}"),
        Inst::Float(float) => format!("float {float:?}"),
        Inst::Bool(truth) => format!("bool {truth}"),
        // Addresses differ from run to run.
        Inst::Word(word) if *word > 0xffff_ffff => "address".into(),
        Inst::Word(word) => format!("word {word}"),
        Inst::IntOp(op, ..) => format!("{op:?}"),
        Inst::Checked(op, ..) => format!("{op:?} checked"),
        Inst::FloatOp(op, ..) => format!("float {op:?}"),
        Inst::IntCmp(cmp, ..) => format!("cmp {cmp:?}"),
        Inst::FloatCmp(cmp, ..) => format!("float cmp {cmp:?}"),
        Inst::Offset(_, by) => format!("offset {by}"),
        Inst::Load(width, _, offset, region) => format!("load {width:?} {region:?}+{offset}"),
        Inst::Store(width, _, offset, _, region) => format!("store {width:?} {region:?}+{offset}"),
        Inst::Guard(_, wanted, _) => format!("guard {wanted}"),
        Inst::Call(helper, _) => format!("call {helper:?}"),
        other => {
            let text = format!("{other:?}");
            text.split('(').next().unwrap_or_default().to_owned()
        }
    };
    let exit = inst.snapshot().map_or(String::new(), |snap| format!(" else #{}", snap.0));
    let result = if func.ty(val) == super::Ty::None { String::new() } else { format!("v{} = ", val.0) };
    format!("{result}{name} {}{exit}", list(&operands)).trim_end().to_owned()
}
