//! `isset` and `empty`.

use crate::Compiler;
use crate::error::Result;
use crate::fetch::{Mode, Place};
use crate::operand::{NONE, Operand};
use phalanx_bytecode::{Opcode, flags::op as flag};
use phalanx_syntax::ast::{Expr, ExprId, List};

impl Compiler<'_> {
    /// `isset(a, b, ..)`: all of them, from left to right, until one is not.
    pub(crate) fn isset(&mut self, vars: List<ExprId>) -> Result<Operand> {
        let ast = self.ast;
        let mut vars = ast.list(vars);
        let Some(first) = vars.next() else { return Ok(Operand::bool(true)) };
        if vars.len() == 0 {
            return self.isset_one(first);
        }
        let end = self.f.label();
        let result = self.f.tmp();
        let mut value = self.isset_one(first)?;
        for var in vars {
            self.emit(Opcode::JMP_Z_EX, value, Operand::Label(end), result);
            value = self.isset_one(var)?;
        }
        self.move_to(value, result);
        self.f.bind(end);
        Ok(result)
    }

    /// `isset($var)` alone.
    pub(crate) fn isset_one(&mut self, var: ExprId) -> Result<Operand> {
        if !self.is_variable(var) || self.is_call(var) {
            return self.error(
                "Cannot use isset() on the result of an expression (you can use \"null !== expression\" instead)",
            );
        }
        self.isset_or_empty(var, 0)
    }

    pub(crate) fn empty(&mut self, operand: ExprId) -> Result<Operand> {
        if !self.is_variable(operand) || self.is_call(operand) {
            // `empty(f())` is `!f()`.
            let value = self.expr(operand)?;
            if let Operand::Const(constant) = value {
                return Ok(Operand::bool(!self.truthy(constant)));
            }
            return Ok(self.op(Opcode::NOT, value, NONE));
        }
        self.isset_or_empty(operand, flag::EMPTY)
    }

    fn isset_or_empty(&mut self, var: ExprId, flags: u16) -> Result<Operand> {
        self.at(self.ast.expr_pos(var));
        let mark = self.f.null_jumps.len();
        let start = self.f.pending.len();
        if let Expr::Index { index: None, .. } = self.ast.expr(var) {
            return self.error("Cannot use [] for reading");
        }
        let place = self.place(var, Mode::Isset)?;
        self.flush(start);
        let value = match place {
            Place::Cv(cv) => self.op_flags(Opcode::ISSET_CV, Operand::Cv(cv), NONE, flags),
            Place::Named(name, global) => {
                // GLOBAL and EMPTY are different questions, so they need different bits.
                let flags = flags | if global { flag::GLOBAL } else { 0 };
                self.op_flags(Opcode::ISSET_VAR, name, NONE, flags)
            }
            Place::Dim(base, index) => self.op_flags(Opcode::ISSET_DIM, base, index, flags),
            Place::Prop(object, name) => self.op_flags(Opcode::ISSET_OBJ, object, name, flags),
            Place::Static(name, class) => self.op_flags(Opcode::ISSET_STATIC, name, class, flags),
            Place::This => self.op_flags(Opcode::ISSET_THIS, NONE, NONE, flags),
            Place::Globals => {
                // It is always there and never empty.
                Operand::bool(flags & flag::EMPTY == 0)
            }
        };
        let short =
            if flags & flag::EMPTY == 0 { flag::SHORT_CIRCUIT_ISSET } else { flag::SHORT_CIRCUIT_EMPTY };
        self.commit_null_jumps(mark, value, short);
        Ok(value)
    }
}
