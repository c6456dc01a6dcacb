//! Binary operators, `??`, `?:` and the ternary as values. As conditions of jumps they are in [`crate::cond`].

use crate::Compiler;
use crate::error::Result;
use crate::fetch::Mode;
use crate::operand::{Const, NONE, Operand};
use phalanx_bytecode::{Kind, Opcode, types};
use phalanx_syntax::ast::{BinaryOp, Expr, ExprId};

/// The opcode of an operator that evaluates both operands; `>` and `>=` are `<` and `<=` of swapped operands.
fn opcode(op: BinaryOp) -> Opcode {
    match op {
        BinaryOp::Add => Opcode::ADD,
        BinaryOp::Sub => Opcode::SUB,
        BinaryOp::Mul => Opcode::MUL,
        BinaryOp::Div => Opcode::DIV,
        BinaryOp::Mod => Opcode::MOD,
        BinaryOp::Pow => Opcode::POW,
        BinaryOp::Concat => Opcode::CONCAT,
        BinaryOp::BitOr => Opcode::BIT_OR,
        BinaryOp::BitAnd => Opcode::BIT_AND,
        BinaryOp::BitXor => Opcode::BIT_XOR,
        BinaryOp::ShiftLeft => Opcode::SHL,
        BinaryOp::ShiftRight => Opcode::SHR,
        BinaryOp::Xor => Opcode::BOOL_XOR,
        BinaryOp::Equal => Opcode::EQUAL,
        BinaryOp::NotEqual => Opcode::NOT_EQUAL,
        BinaryOp::Identical => Opcode::IDENTICAL,
        BinaryOp::NotIdentical => Opcode::NOT_IDENTICAL,
        BinaryOp::Less | BinaryOp::Greater => Opcode::LESS,
        BinaryOp::LessEqual | BinaryOp::GreaterEqual => Opcode::LESS_EQUAL,
        BinaryOp::Spaceship => Opcode::SPACESHIP,
        BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce => unreachable!("short-circuiting"),
    }
}

fn is_eager(op: BinaryOp) -> bool {
    !matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce)
}

impl Compiler<'_> {
    pub(crate) fn binary(
        &mut self,
        id: ExprId,
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
    ) -> Result<Operand> {
        match op {
            BinaryOp::And | BinaryOp::Or => self.short_circuit(op, left, right),
            BinaryOp::Coalesce => self.coalesce(left, right),
            _ => self.eager(id),
        }
    }

    /// Operators nest to the left in long chains (`$a . $b . ...`), which are walked without recursion.
    fn eager(&mut self, id: ExprId) -> Result<Operand> {
        let mut spine = Vec::new();
        let mut innermost = id;
        while let Expr::Binary { op, left, right } = self.ast.expr(innermost)
            && is_eager(op)
        {
            spine.push((op, right));
            innermost = left;
        }
        let mut value = self.expr(innermost)?;
        while let Some((op, right)) = spine.pop() {
            let right = self.expr(right)?;
            value = self.binary_values(op, value, right)?;
        }
        Ok(value)
    }

    /// `left op right` of operands that were evaluated.
    pub(crate) fn binary_values(&mut self, op: BinaryOp, left: Operand, right: Operand) -> Result<Operand> {
        if let (Operand::Const(left), Operand::Const(right)) = (left, right)
            && let Some(folded) = self.fold_binary(op, left, right)
        {
            return Ok(Operand::Const(folded));
        }
        if let Some(value) = self.type_test(op, left, right) {
            return Ok(value);
        }
        let (left, right) = match op {
            BinaryOp::Greater | BinaryOp::GreaterEqual => (right, left),
            // PHP puts the operands of what it takes for commutative in order, which shows in messages.
            BinaryOp::Mul | BinaryOp::BitOr | BinaryOp::BitAnd | BinaryOp::BitXor
                if order(left) < order(right) =>
            {
                (right, left)
            }
            BinaryOp::Concat => (self.as_string(left), self.as_string(right)),
            _ => (left, right),
        };
        Ok(self.op(opcode(op), left, right))
    }

    /// A constant operand of a concatenation is a string once and for all.
    fn as_string(&mut self, operand: Operand) -> Operand {
        let Operand::Const(value) = operand else { return operand };
        self.string_id(value).map_or(operand, Operand::str)
    }

    /// Comparisons with `true`, `false` and `null` that look at the other operand alone.
    fn type_test(&mut self, op: BinaryOp, left: Operand, right: Operand) -> Option<Operand> {
        let (value, constant) = match (left, right) {
            (Operand::Const(constant), value) | (value, Operand::Const(constant)) => (value, constant),
            _ => return None,
        };
        let bits = match constant {
            Const::Null => types::NULL,
            Const::Bool(false) => types::FALSE,
            Const::Bool(true) => types::TRUE,
            _ => return None,
        };
        match op {
            BinaryOp::Identical => Some(self.op(Opcode::TYPE_CHECK, value, Operand::Num(bits))),
            BinaryOp::Equal | BinaryOp::NotEqual => {
                let Const::Bool(wanted) = constant else { return None };
                let opcode = if (op == BinaryOp::Equal) == wanted { Opcode::BOOL } else { Opcode::NOT };
                Some(self.op(opcode, value, NONE))
            }
            _ => None,
        }
    }

    fn short_circuit(&mut self, op: BinaryOp, left: ExprId, right: ExprId) -> Result<Operand> {
        let decides = op == BinaryOp::Or;
        let left = self.expr(left)?;
        if let Operand::Const(constant) = left {
            if self.truthy(constant) == decides {
                return Ok(Operand::bool(decides));
            }
            let right = self.expr(right)?;
            if let Operand::Const(constant) = right {
                return Ok(Operand::bool(self.truthy(constant)));
            }
            return Ok(self.op(Opcode::BOOL, right, NONE));
        }
        let end = self.f.label();
        let result = self.f.tmp();
        let jump = if decides { Opcode::JMP_NZ_EX } else { Opcode::JMP_Z_EX };
        self.emit(jump, left, Operand::Label(end), result);
        let right = self.expr(right)?;
        self.bool_to(right, result);
        self.f.bind(end);
        Ok(result)
    }

    /// `result = (bool) value`.
    fn bool_to(&mut self, value: Operand, result: Operand) {
        if let (Operand::Tmp(tmp), Operand::Tmp(to)) = (value, result)
            && let Some(op) = self.f.definer(tmp)
            && is_boolean(op.opcode())
        {
            *op = op.with_c(Kind::Tmp, to);
            self.f.release(tmp);
            return;
        }
        self.emit(Opcode::BOOL, value, NONE, result);
    }

    /// `left && right;` as a statement.
    pub(crate) fn discard_short_circuit(&mut self, op: BinaryOp, left: ExprId, right: ExprId) -> Result<()> {
        let end = self.f.label();
        self.condition(left, end, op == BinaryOp::Or)?;
        self.discard(right)?;
        self.f.bind(end);
        Ok(())
    }

    fn coalesce(&mut self, left: ExprId, right: ExprId) -> Result<Operand> {
        let value = self.var(left, Mode::Isset, false)?;
        let end = self.f.label();
        let result = self.f.tmp();
        self.emit(Opcode::COALESCE, value, Operand::Label(end), result);
        let right = self.expr(right)?;
        self.move_to(right, result);
        self.f.bind(end);
        Ok(result)
    }

    pub(crate) fn ternary(
        &mut self,
        cond: ExprId,
        then: Option<ExprId>,
        otherwise: ExprId,
    ) -> Result<Operand> {
        self.check_ternary(cond, then)?;
        let end = self.f.label();
        let Some(then) = then else {
            let value = self.expr(cond)?;
            let result = self.f.tmp();
            self.emit(Opcode::JMP_SET, value, Operand::Label(end), result);
            let otherwise = self.expr(otherwise)?;
            self.move_to(otherwise, result);
            self.f.bind(end);
            return Ok(result);
        };
        let no = self.f.label();
        self.condition(cond, no, false)?;
        let result = self.f.tmp();
        let then = self.expr(then)?;
        self.move_to(then, result);
        self.jump(end);
        self.f.bind(no);
        let otherwise = self.expr(otherwise)?;
        self.move_to(otherwise, result);
        self.f.bind(end);
        Ok(result)
    }

    fn check_ternary(&self, cond: ExprId, then: Option<ExprId>) -> Result<()> {
        let Expr::Ternary { then: inner, parenthesized: false, .. } = self.ast.expr(cond) else {
            return Ok(());
        };
        let (wrong, first, second) = match (inner, then) {
            (Some(_), Some(_)) => ("a ? b : c ? d : e", "(a ? b : c) ? d : e", "a ? b : (c ? d : e)"),
            (Some(_), None) => ("a ? b : c ?: d", "(a ? b : c) ?: d", "a ? b : (c ?: d)"),
            (None, Some(_)) => ("a ?: b ? c : d", "(a ?: b) ? c : d", "a ?: (b ? c : d)"),
            (None, None) => return Ok(()),
        };
        self.error(format!("Unparenthesized `{wrong}` is not supported. Use either `{first}` or `{second}`"))
    }
}

/// Whether an instruction's result is always a bool.
pub(crate) fn is_boolean(opcode: Opcode) -> bool {
    use Opcode as O;
    matches!(
        opcode,
        O::NOT
            | O::BOOL
            | O::BOOL_XOR
            | O::IDENTICAL
            | O::NOT_IDENTICAL
            | O::EQUAL
            | O::NOT_EQUAL
            | O::LESS
            | O::LESS_EQUAL
            | O::TYPE_CHECK
            | O::INSTANCEOF
            | O::ISSET_CV
            | O::ISSET_VAR
            | O::ISSET_DIM
            | O::ISSET_OBJ
            | O::ISSET_STATIC
            | O::ISSET_THIS
    )
}

/// Where PHP puts an operand of a commutative operation: variables before temporaries before constants.
fn order(operand: Operand) -> u8 {
    match operand {
        Operand::Cv(_) => 2,
        Operand::Tmp(_) => 1,
        _ => 0,
    }
}
