//! `break`, `continue` and `return`: leaving loops, `switch`es and `try` blocks.

use crate::Compiler;
use crate::error::Result;
use crate::fetch::Mode;
use crate::operand::{Const, NONE, Operand};
use crate::scope::{Held, JumpScope};
use phalanx_bytecode::flags::op as flag;
use phalanx_bytecode::{Opcode, flags::func, types};
use phalanx_syntax::ast::{Expr, ExprId};

const WARNING: u32 = 2;

impl Compiler<'_> {
    pub(crate) fn push_scope(&mut self, scope: JumpScope) {
        self.f.scopes.push(scope);
        self.f.scope_ids.push(self.f.next_scope);
        self.f.next_scope += 1;
    }

    pub(crate) fn pop_scope(&mut self) {
        self.f.scopes.pop();
        self.f.scope_ids.pop();
    }

    /// Emits what leaving `scope` takes. Slots stay occupied: the code behind still uses them.
    pub(crate) fn leave(&mut self, scope: JumpScope, waiting: Operand) {
        let op = match scope {
            JumpScope::Loop(scope) => match scope.holds {
                None => return,
                Some(held) => {
                    let (opcode, tmp) = match held {
                        Held::Iterator(tmp) => (Opcode::FE_FREE, tmp),
                        Held::Value(tmp) => (Opcode::FREE, tmp),
                    };
                    let end = Operand::Label(scope.break_to);
                    self.encode(opcode, Operand::Tmp(tmp), end, NONE, flag::LEAVING)
                }
            },
            JumpScope::Finally { block, memory } => {
                let waiting = if let Operand::Tmp(_) = waiting { waiting } else { NONE };
                self.encode(Opcode::FAST_CALL, Operand::Label(block), waiting, Operand::Tmp(memory), 0)
            }
            JumpScope::InFinally { memory } => {
                self.encode(Opcode::DISCARD_EXCEPTION, Operand::Tmp(memory), NONE, NONE, 0)
            }
        };
        let line = self.line;
        self.f.push_leaving(op, line);
    }

    /// `break` and `continue`.
    pub(crate) fn break_or_continue(&mut self, depth: Option<ExprId>, is_continue: bool) -> Result<()> {
        let word = if is_continue { "continue" } else { "break" };
        let depth = match depth.map(|depth| self.ast.expr(depth)) {
            None => 1,
            Some(Expr::Int(depth)) if depth >= 1 => depth,
            Some(Expr::Int(_) | Expr::Float(_) | Expr::Str(_)) => {
                return self.error(format!("'{word}' operator accepts only positive integers"));
            }
            Some(_) => {
                return self
                    .error(format!("'{word}' operator with non-integer operand is no longer supported"));
            }
        };
        let loops = self.f.scopes.iter().filter(|scope| matches!(scope, JumpScope::Loop(_))).count();
        if loops == 0 {
            return self.error(format!("'{word}' not in the 'loop' or 'switch' context"));
        }
        if depth > loops as i64 {
            let plural = if depth == 1 { "" } else { "s" };
            return self.error(format!("Cannot '{word}' {depth} level{plural}"));
        }
        let mut left = depth;
        for at in (0..self.f.scopes.len()).rev() {
            let scope = self.f.scopes[at];
            match scope {
                JumpScope::Loop(target) if left == 1 => {
                    if is_continue && target.is_switch {
                        self.warn_continue(depth, loops as i64);
                    }
                    self.jump(if is_continue { target.continue_to } else { target.break_to });
                    break;
                }
                JumpScope::Loop(_) => left -= 1,
                JumpScope::InFinally { .. } => {
                    return self.error("jump out of a finally block is disallowed");
                }
                JumpScope::Finally { .. } => {}
            }
            self.leave(scope, NONE);
        }
        Ok(())
    }

    fn warn_continue(&mut self, depth: i64, loops: i64) {
        let suffix = if depth == 1 { String::new() } else { format!(" {depth}") };
        let mut text = format!("\"continue{suffix}\" targeting switch is equivalent to \"break{suffix}\"");
        if depth < loops {
            text.push_str(&format!(". Did you mean to use \"continue {}\"?", depth + 1));
        }
        self.warning(WARNING, text);
    }

    /// The temporary of the last `finally` block that runs before the function returns from here.
    fn last_finally(&self) -> Option<u32> {
        self.f.scopes.iter().find_map(|scope| match scope {
            JumpScope::Finally { memory, .. } => Some(*memory),
            _ => None,
        })
    }

    pub(crate) fn return_stmt(&mut self, value: Option<ExprId>) -> Result<()> {
        let generator = self.f.info.is_generator;
        let by_ref = self.f.draft.flags & func::RETURNS_REF != 0 && !generator;
        let mut is_place = false;
        let mut is_call = false;
        let mut operand = match value {
            None => Operand::NULL,
            Some(value) if by_ref && self.is_variable(value) => {
                if self.is_nullsafe_chain(value) {
                    return self.error("Cannot take reference of a nullsafe chain");
                }
                is_place = true;
                is_call = self.is_call(value);
                self.var(value, Mode::Write, true)?
            }
            Some(value) => self.expr(value)?,
        };
        let last_finally = self.last_finally();
        if last_finally.is_some() {
            // The block may change the variable; what is returned is settled now.
            if is_place {
                operand = self.op(Opcode::MAKE_REF, operand, NONE);
            } else if let Operand::Cv(_) = operand {
                operand = self.op(Opcode::MOVE, operand, NONE);
            }
        }
        if !generator {
            operand = self.check_return(value.map(|_| operand), operand, is_place)?;
        }
        // The blocks, which are compiled later, must leave the value alone.
        if let (Some(block), Operand::Tmp(value)) = (last_finally, operand) {
            self.f.hold(value);
            self.f.awaiting_finally.push((block, value));
        }
        for at in (0..self.f.scopes.len()).rev() {
            let scope = self.f.scopes[at];
            self.leave(scope, operand);
        }
        self.emit_return(operand, by_ref, value.is_some(), is_call);
        Ok(())
    }

    fn emit_return(&mut self, operand: Operand, by_ref: bool, has_value: bool, is_call: bool) {
        if self.f.info.is_generator {
            self.emit(Opcode::RETURN_GENERATOR, operand, NONE, NONE);
        } else if by_ref && has_value {
            let operand = match operand {
                Operand::Const(_) => self.op(Opcode::MOVE, operand, NONE),
                _ => operand,
            };
            let flags = if is_call { flag::SOURCE_FUNCTION } else { 0 };
            self.emit_flags(Opcode::RETURN_REF, operand, NONE, NONE, flags);
        } else {
            self.emit(Opcode::RETURN, operand, NONE, NONE);
        }
    }

    /// Checks a value against the declared return type; `given` is `None` for `return;`.
    fn check_return(&mut self, given: Option<Operand>, operand: Operand, is_place: bool) -> Result<Operand> {
        if self.f.draft.flags & func::HAS_RETURN_TYPE == 0 {
            return Ok(operand);
        }
        let what = if self.class.is_some() { "method" } else { "function" };
        let bits = self.f.return_bits();
        if bits & types::VOID != 0 {
            return match given {
                None => Ok(operand),
                Some(Operand::Const(Const::Null)) => self.error(format!(
                    "A void {what} must not return a value (did you mean \"return;\" instead of \"return null;\"?)"
                )),
                Some(_) => self.error(format!("A void {what} must not return a value")),
            };
        }
        if bits & types::NEVER != 0 {
            return self.error(format!("A never-returning {what} must not return"));
        }
        let Some(value) = given else {
            let hint = if bits & types::NULL != 0 {
                " (did you mean \"return null;\" instead of \"return;\"?)"
            } else {
                ""
            };
            return self.error(format!("A {what} with return type must return a value{hint}"));
        };
        if bits & types::MIXED == types::MIXED {
            return Ok(operand);
        }
        if let Operand::Const(constant) = value
            && bits & const_bits(constant) != 0
        {
            return Ok(operand);
        }
        if is_place {
            self.emit_flags(Opcode::VERIFY_RETURN, value, NONE, NONE, flag::KEEP_A);
            return Ok(value);
        }
        Ok(self.op(Opcode::VERIFY_RETURN, value, NONE))
    }

    /// The end of a function that does not end in `return`: returns `value`.
    pub(crate) fn final_return(&mut self, value: Operand) -> Result<()> {
        if !self.f.reachable() {
            return Ok(());
        }
        if self.f.draft.flags & func::HAS_RETURN_TYPE != 0 && !self.f.info.is_generator {
            let bits = self.f.return_bits();
            if bits & types::NEVER != 0 {
                self.emit(Opcode::VERIFY_NEVER, NONE, NONE, NONE);
                return Ok(());
            }
            if bits & types::VOID == 0 {
                self.emit(Opcode::VERIFY_RETURN, NONE, NONE, NONE);
            }
        }
        self.emit_return(value, false, false, false);
        Ok(())
    }
}

/// The type bits of a constant.
pub(crate) fn const_bits(value: Const) -> u32 {
    match value {
        Const::Null => types::NULL,
        Const::Bool(false) => types::FALSE,
        Const::Bool(true) => types::TRUE,
        Const::Int(_) => types::INT,
        Const::Float(_) => types::FLOAT,
        Const::Str(_) => types::STRING,
        Const::Array(_) => types::ARRAY,
    }
}
