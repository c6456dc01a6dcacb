//! `match`.

use crate::Compiler;
use crate::error::Result;
use crate::operand::{Const, Label, NONE, Operand};
use crate::switch::keep_flag;
use phalanx_bytecode::Opcode;
use phalanx_bytecode::draft::{Literal, LiteralKey};
use phalanx_syntax::ast::{Expr, ExprId, MatchArm, Slice};

/// From how many cases on a jump table pays.
const MIN_TABLE: usize = 5;

impl Compiler<'_> {
    pub(crate) fn match_value(&mut self, subject: ExprId, arms: Slice<MatchArm>) -> Result<Operand> {
        let ast = self.ast;
        let arms = ast.slice(arms);
        let mut default = None;
        for arm in arms.iter().filter(|arm| arm.conds.is_none()) {
            if default.is_some() {
                self.at(arm.pos);
                return self.error("Match expressions may only contain one default arm");
            }
            default = Some(arm.body);
        }
        let subject_is_true = self.is_true(subject);
        let subject = if subject_is_true { Operand::bool(true) } else { self.expr(subject)? };
        if arms.is_empty() {
            self.emit(Opcode::MATCH_ERROR, subject, NONE, NONE);
            return Ok(Operand::NULL);
        }
        let result = self.f.tmp();
        let labels: Vec<Label> = arms.iter().map(|_| self.f.label()).collect();
        let otherwise = self.f.label();
        let end = self.f.label();
        let table = self.match_table(arms, &labels);
        let uses_table = table.is_some();
        match table {
            Some(entries) => {
                let table = self.push_literal(Literal::JumpTable(entries));
                self.emit(Opcode::MATCH, subject, Operand::Lit(table), Operand::Label(otherwise));
            }
            None => {
                for (arm, &label) in arms.iter().zip(&labels) {
                    let Some(conds) = arm.conds else { continue };
                    for cond in ast.list(conds) {
                        if subject_is_true {
                            self.condition_is_true(cond, label)?;
                        } else {
                            let cond = self.expr(cond)?;
                            let target = Operand::Label(label);
                            let keep = keep_flag(subject);
                            self.emit_flags(Opcode::JMP_IDENTICAL, subject, cond, target, keep);
                        }
                    }
                }
                // Constants compared one by one go on with the default arm when none matched.
                self.jump(otherwise);
            }
        }
        let _ = uses_table;
        let held = if let Operand::Tmp(tmp) = subject { Some(tmp) } else { None };
        if let Some(tmp) = held {
            self.f.hold(tmp);
        }
        for (arm, &label) in arms.iter().zip(&labels) {
            self.f.bind(if arm.conds.is_none() { otherwise } else { label });
            self.free_kept(subject);
            let value = self.expr(arm.body)?;
            self.move_to(value, result);
            self.jump(end);
        }
        if default.is_none() {
            self.f.bind(otherwise);
            self.emit(Opcode::MATCH_ERROR, subject, NONE, NONE);
        }
        if let Some(tmp) = held {
            self.f.unhold(tmp);
        }
        self.f.bind(end);
        Ok(result)
    }

    fn is_true(&mut self, id: ExprId) -> bool {
        matches!(self.ast.expr(id), Expr::Const(_)) && self.constant_value(id) == Some(Const::Bool(true))
    }

    /// `match (true)` compares with true itself; what is always a bool can decide the jump alone.
    fn condition_is_true(&mut self, cond: ExprId, label: Label) -> Result<()> {
        if self.is_boolean_expr(cond) {
            return self.condition(cond, label, true);
        }
        let cond = self.expr(cond)?;
        self.emit(Opcode::JMP_IDENTICAL, cond, Operand::bool(true), Operand::Label(label));
        Ok(())
    }

    fn is_boolean_expr(&self, id: ExprId) -> bool {
        use phalanx_syntax::ast::{BinaryOp as B, UnaryOp};
        match self.ast.expr(id) {
            Expr::Unary { op: UnaryOp::Not, .. }
            | Expr::Instanceof { .. }
            | Expr::Isset(_)
            | Expr::Empty(_) => true,
            Expr::Binary { op, .. } => matches!(
                op,
                B::And
                    | B::Or
                    | B::Xor
                    | B::Equal
                    | B::NotEqual
                    | B::Identical
                    | B::NotIdentical
                    | B::Less
                    | B::LessEqual
                    | B::Greater
                    | B::GreaterEqual
            ),
            _ => false,
        }
    }

    /// The jump table if all conditions are ints and strings.
    fn match_table(&mut self, arms: &[MatchArm], labels: &[Label]) -> Option<Vec<(LiteralKey, u32)>> {
        let ast = self.ast;
        let count: usize = arms.iter().filter_map(|arm| arm.conds).map(|conds| ast.list_len(conds)).sum();
        if count < MIN_TABLE {
            return None;
        }
        let mut entries: Vec<(LiteralKey, u32)> = Vec::with_capacity(count);
        let mut known = rustc_hash::FxHashSet::default();
        for (arm, label) in arms.iter().zip(labels) {
            let Some(conds) = arm.conds else { continue };
            for cond in ast.list(conds) {
                let key = match self.constant_value(cond)? {
                    Const::Int(value) => LiteralKey::Int(value),
                    Const::Str(text) => LiteralKey::Str(self.strings.bytes(text)),
                    _ => return None,
                };
                // The first of equal conditions wins.
                if known.insert(key.clone()) {
                    entries.push((key, label.0));
                }
            }
        }
        Some(entries)
    }
}
