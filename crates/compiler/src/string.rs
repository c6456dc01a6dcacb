//! Strings with variables in them, and backticks.

use crate::Compiler;
use crate::error::Result;
use crate::fetch::Mode;
use crate::operand::{NONE, Operand};
use phalanx_bytecode::{Opcode, flags::op as flag};
use phalanx_syntax::ast::{ExprId, List};

const DEPRECATED: u32 = 8192;

impl Compiler<'_> {
    /// `"a $b c"`: two parts are concatenated, more become a rope, which is joined once.
    pub(crate) fn interpolated(&mut self, parts: List<ExprId>) -> Result<Operand> {
        let ast = self.ast;
        let count = ast.list_len(parts) as u32;
        let mut parts_iter = ast.list(parts);
        match count {
            0 => {
                let empty = self.strings.intern(b"");
                Ok(Operand::str(empty))
            }
            1 => {
                let Some(part) = parts_iter.next() else { unreachable!("one part") };
                let value = self.expr(part)?;
                if let Operand::Const(constant) = value
                    && let Some(text) = self.string_id(constant)
                {
                    return Ok(Operand::str(text));
                }
                Ok(self.op_flags(Opcode::CAST, value, NONE, flag::CAST_STRING))
            }
            2 => {
                let (Some(left), Some(right)) = (parts_iter.next(), parts_iter.next()) else {
                    unreachable!("two parts")
                };
                let left = self.expr(left)?;
                let right = self.expr(right)?;
                self.binary_values(phalanx_syntax::ast::BinaryOp::Concat, left, right)
            }
            _ => {
                let row = self.f.tmp_row(count);
                for (slot, part) in (row.0..).zip(parts_iter) {
                    let value = self.expr(part)?;
                    self.emit(Opcode::ROPE_PART, value, NONE, Operand::Tmp(slot));
                }
                let result = self.f.tmp();
                self.emit(Opcode::ROPE_END, Operand::Tmp(row.0), Operand::Num(count), result);
                self.f.free_row(row);
                Ok(result)
            }
        }
    }

    /// `${name}` and `${expr}` in strings.
    pub(crate) fn dollar_brace(&mut self, inner: ExprId, expression: bool) -> Result<Operand> {
        let text = if expression {
            "Using ${expr} (variable variables) in strings is deprecated, use {${expr}} instead"
        } else {
            "Using ${var} in strings is deprecated, use {$var} instead"
        };
        self.warning(DEPRECATED, text.to_string());
        self.var(inner, Mode::Read, false)
    }

    /// Backticks call `shell_exec`.
    pub(crate) fn shell_exec(&mut self, parts: List<ExprId>) -> Result<Operand> {
        let line = self.line;
        let name = self.strings.intern(b"shell_exec");
        let literal = self.function_literal(name, None);
        self.emit(Opcode::INIT_CALL, literal, Operand::Num(1), NONE);
        let command = match self.interpolated(parts)? {
            // One constant part gives a constant.
            Operand::Const(value) => self.string_id(value).map_or(Operand::NULL, Operand::str),
            value => value,
        };
        self.emit_flags(Opcode::SEND_VAL, command, Operand::Num(1), NONE, flag::CHECK);
        let result = self.f.tmp();
        self.line = line;
        self.emit(Opcode::CALL, NONE, NONE, result);
        Ok(result)
    }
}
