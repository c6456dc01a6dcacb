//! Calls of built-in functions that are instructions of their own.
//!
//! Only where the name cannot mean anything else: fully qualified or in the global namespace, as nobody can redefine a
//! built-in function.

use crate::Compiler;
use crate::error::Result;
use crate::names::Resolved;
use crate::operand::{Const, NONE, Operand};
use crate::strings::StrId;
use phalanx_bytecode::{Opcode, flags::op as flag, types};
use phalanx_syntax::ast::{CastType, Expr, ExprId, List};

/// Digits of floats in the texts of assertions, which are made when a script is compiled, whatever its `precision`.
const PRECISION: i32 = 17;

impl Compiler<'_> {
    /// Compiles the call if the function is one of these.
    pub(crate) fn special_call(&mut self, name: StrId, args: List<ExprId>) -> Result<Option<Operand>> {
        let ast = self.ast;
        if ast.list(args).any(|arg| matches!(ast.expr(arg), Expr::Spread(_) | Expr::NamedArg { .. })) {
            return Ok(None);
        }
        let lower = self.strings.lower(name);
        if (self.options.disabled)(self.strings.get(lower)) {
            return Ok(None);
        }
        let mut list = ast.list(args);
        match list.len() {
            0 => Ok(self.special_without(lower)),
            1 => match list.next() {
                Some(arg) => self.special_unary(lower, arg),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn special_without(&mut self, lower: StrId) -> Option<Operand> {
        let in_function = self.f.info.name.is_some();
        let opcode = match self.strings.get(lower) {
            b"func_num_args" if in_function => Opcode::FUNC_NUM_ARGS,
            b"func_get_args" if in_function => Opcode::FUNC_GET_ARGS,
            b"get_called_class" => Opcode::GET_CALLED_CLASS,
            _ => return None,
        };
        Some(self.op(opcode, NONE, NONE))
    }

    fn special_unary(&mut self, lower: StrId, arg: ExprId) -> Result<Option<Operand>> {
        let bits = match self.strings.get(lower) {
            b"is_null" => types::NULL,
            b"is_bool" => types::BOOL,
            b"is_int" | b"is_integer" | b"is_long" => types::INT,
            b"is_float" | b"is_double" => types::FLOAT,
            b"is_string" => types::STRING,
            b"is_array" => types::ARRAY,
            b"is_object" => types::OBJECT,
            b"is_scalar" => types::BOOL | types::INT | types::FLOAT | types::STRING,
            _ => 0,
        };
        if bits != 0 {
            let value = self.expr(arg)?;
            return Ok(Some(self.op(Opcode::TYPE_CHECK, value, Operand::Num(bits))));
        }
        let cast = match self.strings.get(lower) {
            b"boolval" => Some(CastType::Bool),
            b"intval" => Some(CastType::Int),
            b"floatval" | b"doubleval" => Some(CastType::Float),
            b"strval" => Some(CastType::String),
            _ => None,
        };
        if let Some(cast) = cast {
            let value = self.expr(arg)?;
            return self.cast_value(cast, value).map(Some);
        }
        match self.strings.get(lower) {
            b"strlen" => {
                let value = self.expr(arg)?;
                if let Operand::Const(Const::Str(text)) = value {
                    return Ok(Some(Operand::int(self.strings.get(text).len() as i64)));
                }
                Ok(Some(self.op(Opcode::STRLEN, value, NONE)))
            }
            b"count" | b"sizeof" => {
                let value = self.expr(arg)?;
                Ok(Some(self.op(Opcode::COUNT, value, NONE)))
            }
            _ => Ok(None),
        }
    }

    /// `assert()`: nothing of it is evaluated while assertions are off, and its text is the message.
    pub(crate) fn assert_call(
        &mut self,
        resolved: Resolved,
        args: List<ExprId>,
        line: u32,
    ) -> Result<Option<Operand>> {
        let name = resolved.fallback.unwrap_or(resolved.name);
        if !self.strings.get(name).eq_ignore_ascii_case(b"assert") {
            return Ok(None);
        }
        if !self.options.assertions {
            return Ok(Some(Operand::bool(true)));
        }
        let end = self.f.label();
        let result = self.f.tmp();
        self.emit(Opcode::ASSERT_CHECK, Operand::Label(end), NONE, result);
        let literal = self.function_literal(resolved.name, resolved.fallback);
        let flags = if resolved.fallback.is_some() { flag::FALLBACK } else { 0 };
        let init = self.emit_flags(Opcode::INIT_CALL, literal, Operand::Num(0), NONE, flags);
        self.arguments(init, args)?;
        let ast = self.ast;
        let mut list = ast.list(args);
        if let (Some(only), None) = (list.next(), list.next())
            && let Some(text) = self.assertion_text(only)
        {
            let message = Operand::str(self.strings.intern(&text));
            if let Expr::NamedArg { .. } = ast.expr(only) {
                let name = Operand::str(self.strings.intern(b"description"));
                let flags = flag::NAMED | flag::CHECK;
                self.emit_flags(Opcode::SEND_VAL, message, Operand::Num(0), name, flags);
            } else {
                self.emit_flags(Opcode::SEND_VAL, message, Operand::Num(2), NONE, flag::CHECK);
                self.set_argument_count(init, 2);
            }
        }
        self.emit_call(result, line);
        self.f.bind(end);
        Ok(Some(result))
    }

    /// `assert(EXPRESSION)` as PHP prints it.
    fn assertion_text(&self, arg: ExprId) -> Option<Vec<u8>> {
        let arg = match self.ast.expr(arg) {
            Expr::Spread(_) => return None,
            Expr::NamedArg { value, .. } => value,
            _ => arg,
        };
        let expression = phalanx_syntax::export_expr(self.ast, self.source, arg, PRECISION);
        Some([b"assert(", &expression[..], b")"].concat())
    }
}
