//! Conditions: expressions that decide a jump. Comparisons become one instruction, `!`, `&&` and `||` none at all.

use crate::Compiler;
use crate::error::Result;
use crate::operand::{Const, Label, NONE, Operand};
use phalanx_bytecode::Opcode;
use phalanx_syntax::ast::{BinaryOp, Expr, ExprId, UnaryOp};

impl Compiler<'_> {
    /// Goes to `target` if the expression is true (`when`) or false (not `when`); else continues.
    pub(crate) fn condition(&mut self, id: ExprId, target: Label, when: bool) -> Result<()> {
        self.nested(|compiler| compiler.condition_inner(id, target, when))
    }

    fn condition_inner(&mut self, id: ExprId, target: Label, when: bool) -> Result<()> {
        match self.ast.expr(id) {
            Expr::Unary { op: UnaryOp::Not, operand } => {
                self.at(self.ast.expr_pos(id));
                self.condition(operand, target, !when)
            }
            Expr::Binary { op: op @ (BinaryOp::And | BinaryOp::Or), left, right } => {
                self.at(self.ast.expr_pos(id));
                // What the left operand must be to decide alone.
                let decides = op == BinaryOp::Or;
                if decides == when {
                    self.condition(left, target, when)?;
                    return self.condition(right, target, when);
                }
                let skip = self.f.label();
                self.condition(left, skip, decides)?;
                self.condition(right, target, when)?;
                self.f.bind(skip);
                Ok(())
            }
            Expr::Binary { op, left, right } if is_comparison(op) => {
                self.at(self.ast.expr_pos(id));
                let left = self.expr(left)?;
                let right = self.expr(right)?;
                if let (Operand::Const(left), Operand::Const(right)) = (left, right)
                    && let Some(folded) = self.fold_binary(op, left, right)
                {
                    self.constant_condition(folded, target, when);
                    return Ok(());
                }
                self.comparison(op, left, right, target, when);
                Ok(())
            }
            _ => {
                let value = self.expr(id)?;
                if let Operand::Const(value) = value {
                    self.constant_condition(value, target, when);
                    return Ok(());
                }
                let opcode = if when { Opcode::JMP_NZ } else { Opcode::JMP_Z };
                self.emit(opcode, value, Operand::Label(target), NONE);
                Ok(())
            }
        }
    }

    fn constant_condition(&mut self, value: Const, target: Label, when: bool) {
        if self.truthy(value) == when {
            self.jump(target);
        }
    }

    fn comparison(&mut self, op: BinaryOp, left: Operand, right: Operand, target: Label, when: bool) {
        // `$x == true` looks at `$x` alone.
        if let BinaryOp::Equal | BinaryOp::NotEqual = op
            && let (Operand::Const(Const::Bool(wanted)), value) | (value, Operand::Const(Const::Bool(wanted))) =
                (left, right)
        {
            let on_true = (op == BinaryOp::Equal) == (wanted == when);
            let opcode = if on_true { Opcode::JMP_NZ } else { Opcode::JMP_Z };
            self.emit(opcode, value, Operand::Label(target), NONE);
            return;
        }
        let opcode = match (op, when) {
            (BinaryOp::Equal, true) | (BinaryOp::NotEqual, false) => Opcode::JMP_EQUAL,
            (BinaryOp::Equal, false) | (BinaryOp::NotEqual, true) => Opcode::JMP_NOT_EQUAL,
            (BinaryOp::Identical, true) | (BinaryOp::NotIdentical, false) => Opcode::JMP_IDENTICAL,
            (BinaryOp::Identical, false) | (BinaryOp::NotIdentical, true) => Opcode::JMP_NOT_IDENTICAL,
            (BinaryOp::Less | BinaryOp::Greater, true) => Opcode::JMP_LESS,
            (BinaryOp::Less | BinaryOp::Greater, false) => Opcode::JMP_NOT_LESS,
            (_, true) => Opcode::JMP_LESS_EQUAL,
            (_, false) => Opcode::JMP_NOT_LESS_EQUAL,
        };
        let swapped = matches!(op, BinaryOp::Greater | BinaryOp::GreaterEqual);
        let (left, right) = if swapped { (right, left) } else { (left, right) };
        self.emit(opcode, left, right, Operand::Label(target));
    }
}

fn is_comparison(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::Identical
            | BinaryOp::NotIdentical
            | BinaryOp::Less
            | BinaryOp::LessEqual
            | BinaryOp::Greater
            | BinaryOp::GreaterEqual
    )
}
