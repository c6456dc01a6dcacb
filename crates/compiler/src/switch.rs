//! `switch`.

use crate::Compiler;
use crate::error::Result;
use crate::fold::number::numeric;
use crate::operand::{Const, Label, NONE, Operand};
use crate::scope::{Held, JumpScope, LoopScope};
use phalanx_bytecode::draft::{Literal, LiteralKey};
use phalanx_bytecode::{Opcode, flags::op as flag};
use phalanx_syntax::ast::{Case, ExprId, Slice};

/// From how many cases on a jump table pays.
const MIN_INTS: usize = 5;
const MIN_STRINGS: usize = 2;

impl Compiler<'_> {
    pub(crate) fn switch(&mut self, subject: ExprId, cases: Slice<Case>) -> Result<()> {
        let ast = self.ast;
        let cases = ast.slice(cases);
        let subject = self.expr(subject)?;
        let end = self.f.label();
        let holds = if let Operand::Tmp(tmp) = subject { Some(Held::Value(tmp)) } else { None };
        let scope = LoopScope { break_to: end, continue_to: end, holds, is_switch: true };
        self.push_scope(JumpScope::Loop(scope));

        let labels: Vec<Label> = cases.iter().map(|_| self.f.label()).collect();
        let mut otherwise = None;
        for (case, &label) in cases.iter().zip(&labels) {
            if case.cond.is_none() {
                if otherwise.is_some() {
                    self.at(case.pos);
                    return self.error("Switch statements may only contain one default clause");
                }
                otherwise = Some(label);
            }
        }
        let otherwise = otherwise.unwrap_or(end);
        if let Some((opcode, entries)) = self.switch_table(cases, &labels)
            && !matches!(subject, Operand::Const(_))
        {
            let table = self.push_literal(Literal::JumpTable(entries));
            self.emit(opcode, subject, Operand::Lit(table), Operand::Label(otherwise));
        }
        for (case, &label) in cases.iter().zip(&labels) {
            let Some(cond) = case.cond else { continue };
            match subject {
                // `switch (true)` is a row of conditions.
                Operand::Const(Const::Bool(value)) => self.condition(cond, label, value)?,
                _ => {
                    let cond = self.expr(cond)?;
                    let target = Operand::Label(label);
                    let keep = keep_flag(subject);
                    self.emit_flags(Opcode::JMP_EQUAL, subject, cond, target, keep);
                }
            }
        }
        self.jump(otherwise);
        for (case, &label) in cases.iter().zip(&labels) {
            self.f.bind(label);
            for stmt in ast.list(case.body) {
                self.stmt(stmt)?;
            }
        }
        self.pop_scope();
        self.f.bind(end);
        if let Operand::Tmp(_) = subject {
            self.emit(Opcode::FREE, subject, NONE, NONE);
        }
        Ok(())
    }

    /// The jump table if all cases are ints, or all are strings that are not numeric.
    fn switch_table(&mut self, cases: &[Case], labels: &[Label]) -> Option<(Opcode, Vec<(LiteralKey, u32)>)> {
        let mut entries = Vec::with_capacity(cases.len());
        let mut known = rustc_hash::FxHashSet::default();
        let mut kind = None;
        for (case, label) in cases.iter().zip(labels) {
            let Some(cond) = case.cond else { continue };
            let (opcode, key) = match self.constant_value(cond)? {
                Const::Int(value) => (Opcode::SWITCH_INT, LiteralKey::Int(value)),
                Const::Str(text) => {
                    // "1e1" equals "10", which no table knows.
                    if numeric(self.strings.get(text)).is_some() {
                        return None;
                    }
                    (Opcode::SWITCH_STRING, LiteralKey::Str(self.strings.bytes(text)))
                }
                _ => return None,
            };
            if *kind.get_or_insert(opcode) != opcode {
                return None;
            }
            if known.insert(key.clone()) {
                entries.push((key, label.0));
            }
        }
        let kind = kind?;
        let minimum = if kind == Opcode::SWITCH_INT { MIN_INTS } else { MIN_STRINGS };
        (entries.len() >= minimum).then_some((kind, entries))
    }
}

/// A temporary that is compared stays; nothing else is ever taken.
pub(crate) fn keep_flag(subject: Operand) -> u16 {
    if let Operand::Tmp(_) = subject { flag::KEEP_A } else { 0 }
}
