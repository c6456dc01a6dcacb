//! Drafts as text, for tests, `xtask print-bytecode` and people.
//!
//! Everything but literals and flags' names comes from the opcode table. One instruction is one line:
//!
//! ```text
//! 0003 ADD $a 1 -> t0
//! 0004 JMP_LESS t0 10 @2
//! ```
//!
//! Variables are written with their names, temporaries as `tN`, jump targets as `@N`, numbers as `#N`, absent
//! operands as `_` unless nothing follows, flags as `+hex`.

use crate::draft::{ClassDraft, FunctionDraft, Init, Literal, LiteralKey, LiveKind, UnitDraft};
use crate::flags::op as flag;
use crate::table::{Opcode, Role};
use crate::{Kind, Op};
use std::fmt::Write;

/// The listing of a whole unit: functions, then classes.
pub fn unit(unit: &UnitDraft) -> String {
    let mut out = String::new();
    for (index, func) in unit.functions.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let _ = writeln!(out, "function {index} {}", text(&func.name));
        function_into(&mut out, func);
    }
    for (index, class) in unit.classes.iter().enumerate() {
        let _ = writeln!(out, "\nclass {index} {}", text(&class.name));
        class_into(&mut out, class);
    }
    out
}

/// The listing of one function: its instructions, try blocks and live temporaries.
pub fn function(func: &FunctionDraft) -> String {
    let mut out = String::new();
    function_into(&mut out, func);
    out
}

fn function_into(out: &mut String, func: &FunctionDraft) {
    for (index, &op) in func.code.iter().enumerate() {
        let _ = write!(out, "{index:04} ");
        op_into(out, func, op);
        out.push('\n');
    }
    for (index, region) in func.tries.iter().enumerate() {
        let _ = write!(out, "try {index}: @{}", region.start);
        if region.catch != 0 {
            let _ = write!(out, " catch @{}", region.catch);
        }
        if region.finally != 0 {
            let slot = region.fast_call as usize - func.cvs.len();
            let _ = write!(out, " finally @{}-@{} t{slot}", region.finally, region.finally_end);
        }
        out.push('\n');
    }
    for range in &func.live {
        let kind = match range.kind {
            LiveKind::Value => "",
            LiveKind::Loop => " loop",
            LiveKind::Silence => " silence",
            LiveKind::Rope => " rope",
            LiveKind::New => " new",
        };
        let slot = range.slot as usize - func.cvs.len();
        let _ = writeln!(out, "live t{slot}: @{}-@{}{kind}", range.start, range.end);
    }
}

fn op_into(out: &mut String, func: &FunctionDraft, op: Op) {
    let Some(opcode) = Opcode::from_code(op.code) else {
        let _ = write!(out, "?{}", op.code);
        return;
    };
    let info = opcode.info();
    out.push_str(info.name);
    let flags = op.flags() & !flag::DEST_CV;
    if flags != 0 {
        let _ = write!(out, "+{flags:x}");
    }
    let operands = [(op.kind_a(), op.a), (op.kind_b(), op.b), (op.kind_c(), op.c)];
    let shown = |at: usize| info.roles[at] != Role::None && info.roles[at] != Role::Res;
    let last =
        (0..3).rev().find(|&at| shown(at) && (operands[at].0 != Kind::None || is_number(info.roles[at])));
    for (at, &(kind, value)) in operands.iter().enumerate() {
        if shown(at) && Some(at) <= last {
            out.push(' ');
            operand_into(out, func, info.roles[at], kind, value);
        }
    }
    if info.roles[2] == Role::Res && op.kind_c() != Kind::None {
        out.push_str(if op.flags() & flag::DEST_CV != 0 { " => " } else { " -> " });
        operand_into(out, func, Role::Res, op.kind_c(), op.c);
    }
}

fn is_number(role: Role) -> bool {
    matches!(role, Role::Num | Role::Jmp | Role::Lit | Role::Class)
}

fn operand_into(out: &mut String, func: &FunctionDraft, role: Role, kind: Kind, value: u32) {
    match (role, kind) {
        (Role::Jmp, _) => {
            let _ = write!(out, "@{value}");
        }
        (Role::Num, _) => {
            let _ = write!(out, "#{value}");
        }
        (Role::Class, Kind::None) => {
            out.push_str(["self", "parent", "static"].get(value as usize).copied().unwrap_or("?class"));
        }
        (_, Kind::None) => out.push('_'),
        (_, Kind::Cv) => match func.cvs.get(value as usize) {
            Some(name) => {
                let _ = write!(out, "${}", text(name));
            }
            None => {
                let _ = write!(out, "?cv{value}");
            }
        },
        (_, Kind::Tmp) => {
            let _ = write!(out, "t{}", i64::from(value) - func.cvs.len() as i64);
        }
        (_, Kind::Lit) => match func.literals.get(value as usize) {
            Some(literal) => literal_into(out, literal),
            None => {
                let _ = write!(out, "?lit{value}");
            }
        },
    }
}

/// A literal as PHP source would write it; `^n` behind a name is its cache slot.
pub fn literal_into(out: &mut String, literal: &Literal) {
    match literal {
        Literal::Undef => out.push_str("undef"),
        Literal::Null => out.push_str("null"),
        Literal::Bool(value) => {
            let _ = write!(out, "{value}");
        }
        Literal::Int(value) => {
            let _ = write!(out, "{value}");
        }
        Literal::Float(value) => {
            let _ = write!(out, "{value:?}");
        }
        Literal::Str(bytes) => {
            let _ = write!(out, "{:?}", text(bytes));
        }
        Literal::Name(bytes, slot) => {
            let _ = write!(out, "{:?}^{slot}", text(bytes));
        }
        Literal::Array(items) => {
            out.push('[');
            for (at, (key, value)) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                key_into(out, key);
                out.push_str("=>");
                literal_into(out, value);
            }
            out.push(']');
        }
        Literal::JumpTable(items) => {
            out.push('{');
            for (at, (key, target)) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                key_into(out, key);
                let _ = write!(out, ": @{target}");
            }
            out.push('}');
        }
    }
}

fn key_into(out: &mut String, key: &LiteralKey) {
    let _ = match key {
        LiteralKey::Int(value) => write!(out, "{value}"),
        LiteralKey::Str(bytes) => write!(out, "{:?}", text(bytes)),
    };
}

fn class_into(out: &mut String, class: &ClassDraft) {
    if let Some(parent) = &class.parent {
        let _ = writeln!(out, "extends {}", text(parent));
    }
    for interface in &class.interfaces {
        let _ = writeln!(out, "implements {}", text(interface));
    }
    for name in &class.traits {
        let _ = writeln!(out, "use {}", text(name));
    }
    for constant in &class.consts {
        let _ = write!(out, "const {}", text(&constant.name));
        init_into(out, &constant.value);
        out.push('\n');
    }
    for prop in &class.props {
        let _ = write!(out, "prop ${}", text(&prop.name));
        init_into(out, &prop.default);
        for (name, hook) in [("get", prop.get), ("set", prop.set)] {
            if let Some(func) = hook {
                let _ = write!(out, " {name} function {}", func.0);
            }
        }
        out.push('\n');
    }
    for method in &class.methods {
        let _ = writeln!(out, "method function {}", method.0);
    }
}

fn init_into(out: &mut String, init: &Init) {
    match init {
        Init::None => {}
        Init::Value(literal) => {
            out.push_str(" = ");
            literal_into(out, literal);
        }
        Init::Code(func) => {
            let _ = write!(out, " = function {}", func.0);
        }
    }
}

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
