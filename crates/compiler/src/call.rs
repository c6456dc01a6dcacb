//! Calls of functions, methods and constructors, and their arguments.
//!
//! A call is begun (`INIT_CALL...`, `NEW`), arguments are sent while they are evaluated, and `CALL` makes it. What the
//! callee takes by reference is known only then, except for built-in functions: the arguments that could be passed by
//! reference ask the callee.

use crate::Compiler;
use crate::builder::LiteralId;
use crate::error::Result;
use crate::fetch::{Mode, Place};
use crate::names::Resolved;
use crate::operand::{Const, NONE, Operand};
use crate::strings::StrId;
use phalanx_bytecode::draft::Literal;
use phalanx_bytecode::flags::{func, op as flag};
use phalanx_bytecode::{Kind, Opcode};
use phalanx_syntax::ast::{Args, Expr, ExprId, List, Sym};

impl Compiler<'_> {
    pub(crate) fn call(&mut self, id: ExprId, callee: ExprId, args: Args) -> Result<Operand> {
        let line = self.line;
        let Expr::Name(name) = self.ast.expr(callee) else {
            return self.dynamic_call(callee, args, line);
        };
        let resolved = self.function_name(name);
        self.note_scope_function(resolved);
        if let Some(list) = args.list() {
            if let Some(result) = self.assert_call(resolved, list, line)? {
                return Ok(result);
            }
            if resolved.fallback.is_none()
                && let Some(result) = self.special_call(resolved.name, list)?
            {
                return Ok(result);
            }
        }
        let _ = id;
        let literal = self.function_literal(resolved.name, resolved.fallback);
        let flags = if resolved.fallback.is_some() { flag::FALLBACK } else { 0 };
        let init = self.emit_flags(Opcode::INIT_CALL, literal, Operand::Num(0), NONE, flags);
        self.finish_call(init, args, line)
    }

    /// Functions that look at the variables of their caller.
    fn note_scope_function(&mut self, resolved: Resolved) {
        let name = self.strings.lower(resolved.fallback.unwrap_or(resolved.name));
        if func::SCOPE_FUNCTIONS.contains(&self.strings.get(name)) {
            self.f.draft.flags |= func::USES_SYMBOLS;
        }
    }

    /// The literals of a function name: as written, lower-case, and unqualified for the fallback.
    pub(crate) fn function_literal(&mut self, name: StrId, fallback: Option<StrId>) -> Operand {
        let id = LiteralId::Function(name);
        if let Some(&index) = self.f.literal_ids.get(&id) {
            return Operand::Lit(index);
        }
        let Operand::Lit(index) = self.name_literal(name, 1) else { unreachable!("a literal") };
        let lower = self.strings.lower(name);
        let lower = self.strings.bytes(lower);
        self.push_literal(Literal::Str(lower));
        if let Some(fallback) = fallback {
            let lower = self.strings.lower(fallback);
            let lower = self.strings.bytes(lower);
            self.push_literal(Literal::Str(lower));
        }
        self.f.literal_ids.insert(id, index);
        Operand::Lit(index)
    }

    fn dynamic_call(&mut self, callee: ExprId, args: Args, line: u32) -> Result<Operand> {
        let start = self.f.pending.len();
        // PHP computes casts when the script runs, so a function that must not be called dynamically notices.
        let is_cast = matches!(self.ast.expr(callee), Expr::Cast { .. });
        let callee = self.chain_part(callee, Mode::Read, false)?;
        self.flush(start);
        let init = match self.constant_string(callee) {
            Some(name) if !is_cast && !contains(self.strings.get(name), b"::") => {
                let text = self.strings.get(name);
                let text = text.strip_prefix(b"\\").unwrap_or(text).to_vec();
                let name = self.strings.intern(&text);
                self.note_scope_function(Resolved { name, fallback: None });
                let literal = self.function_literal(name, None);
                self.emit(Opcode::INIT_CALL, literal, Operand::Num(0), NONE)
            }
            _ => self.emit(Opcode::INIT_CALL_DYNAMIC, callee, Operand::Num(0), NONE),
        };
        self.finish_call(init, args, line)
    }

    pub(crate) fn method_call(
        &mut self,
        id: ExprId,
        object: ExprId,
        name: ExprId,
        args: Args,
        nullsafe: bool,
    ) -> Result<Operand> {
        let _ = id;
        let start = self.f.pending.len();
        let object_id = object;
        let object = self.object_operand(object, nullsafe, Mode::Read)?;
        self.flush(start);
        if args.is_first_class_callable() && (nullsafe || self.is_nullsafe_chain(object_id)) {
            return self.error("Cannot combine nullsafe operator with Closure creation");
        }
        let method = self.method_name(name)?;
        let init = self.emit(Opcode::INIT_CALL_METHOD, object, method, Operand::Num(0));
        let line = self.lines.line(self.ast.expr_pos(name));
        self.finish_call(init, args, line)
    }

    /// The name of a method: a literal, or a value.
    fn method_name(&mut self, name: ExprId) -> Result<Operand> {
        let value = match self.ast.expr(name) {
            Expr::Str(name) => Operand::str(name.into()),
            _ => self.expr(name)?,
        };
        match value {
            Operand::Const(Const::Str(name)) => Ok(self.method_literal(name)),
            Operand::Const(_) => self.error("Method name must be a string"),
            _ => Ok(value),
        }
    }

    pub(crate) fn static_call(
        &mut self,
        id: ExprId,
        class: ExprId,
        name: ExprId,
        args: Args,
    ) -> Result<Operand> {
        let _ = id;
        let line = self.lines.line(self.ast.expr_pos(name));
        if let Some(result) = self.parent_hook_call(class, name, args, line)? {
            return Ok(result);
        }
        let class = self.class_operand(class, true)?;
        let is_constructor = matches!(self.ast.expr(name),
            Expr::Str(sym) if self.ast.str(sym).eq_ignore_ascii_case(b"__construct"));
        let method = if is_constructor { NONE } else { self.method_name(name)? };
        let init = self.emit(Opcode::INIT_CALL_STATIC, class, method, Operand::Num(0));
        self.finish_call(init, args, line)
    }

    pub(crate) fn new_object(&mut self, id: ExprId, class: ExprId, args: Args) -> Result<Operand> {
        let _ = id;
        let line = self.line;
        if args.is_first_class_callable() {
            return self.error("Cannot create Closure for new expression");
        }
        let class = self.class_operand(class, false)?;
        self.construct(class, args, line)
    }

    pub(crate) fn construct(&mut self, class: Operand, args: Args, line: u32) -> Result<Operand> {
        let result = self.f.tmp();
        let init = self.emit(Opcode::NEW, class, Operand::Num(0), result);
        if let Some(list) = args.list() {
            self.arguments(init, list)?;
        }
        self.emit_call(NONE, line);
        Ok(result)
    }

    fn finish_call(&mut self, init: u32, args: Args, line: u32) -> Result<Operand> {
        let result = match args.list() {
            None => {
                let result = self.f.tmp();
                self.emit(Opcode::CALLABLE, NONE, NONE, result);
                return Ok(result);
            }
            Some(list) => {
                self.arguments(init, list)?;
                self.f.tmp()
            }
        };
        self.emit_call(result, line);
        Ok(result)
    }

    /// `CALL` carries the line of the call, whatever lines its arguments have.
    pub(crate) fn emit_call(&mut self, result: Operand, line: u32) {
        let after = std::mem::replace(&mut self.line, line);
        self.emit(Opcode::CALL, NONE, NONE, result);
        self.line = after;
    }

    /// Sends the arguments of the call that instruction `init` began.
    pub(crate) fn arguments(&mut self, init: u32, list: List<ExprId>) -> Result<()> {
        let ast = self.ast;
        let mut count = 0;
        let mut unpacked = false;
        let mut named = false;
        for arg in ast.list(list) {
            match ast.expr(arg) {
                Expr::Spread(value) => {
                    if named {
                        return self.error("Cannot use argument unpacking after named arguments");
                    }
                    unpacked = true;
                    let value = self.expr(value)?;
                    self.emit(Opcode::SEND_UNPACK, value, NONE, NONE);
                }
                Expr::NamedArg { name, value } => {
                    named = true;
                    self.argument(value, 0, Some(name))?;
                }
                _ if unpacked => {
                    return self.error("Cannot use positional argument after argument unpacking");
                }
                _ if named => return self.error("Cannot use positional argument after named argument"),
                _ => {
                    count += 1;
                    self.argument(arg, count, None)?;
                }
            }
        }
        if unpacked || named {
            self.emit(Opcode::CHECK_ARGS, NONE, NONE, NONE);
        }
        self.set_argument_count(init, count);
        Ok(())
    }

    pub(crate) fn set_argument_count(&mut self, init: u32, count: u32) {
        let op = &mut self.f.draft.code[init as usize];
        match op.opcode() {
            Opcode::INIT_CALL_METHOD | Opcode::INIT_CALL_STATIC | Opcode::INIT_CALL_PARENT_HOOK => {
                *op = op.with_c(Kind::None, count);
            }
            _ => *op = op.with_b(Kind::None, count),
        }
    }

    /// Sends one argument: number `number`, or named.
    fn argument(&mut self, arg: ExprId, number: u32, name: Option<Sym>) -> Result<()> {
        let (name, flags) = match name {
            Some(name) => (Operand::str(name.into()), flag::NAMED | flag::CHECK),
            None => (NONE, flag::CHECK),
        };
        let number = Operand::Num(number);
        if self.is_call(arg) {
            let value = self.var(arg, Mode::Read, false)?;
            let is_result = match value {
                Operand::Tmp(tmp) => self.f.definer(tmp).is_none_or(|op| op.opcode() == Opcode::CALL),
                _ => false,
            };
            let opcode = if is_result { Opcode::SEND_CALL_RESULT } else { Opcode::SEND_VAL };
            self.emit_flags(opcode, value, number, name, flags);
            return Ok(());
        }
        if !self.is_variable(arg) || self.is_nullsafe_chain(arg) || self.is_globals(arg) {
            let value = self.expr(arg)?;
            let opcode = match (value, self.ast.expr(arg)) {
                (Operand::Cv(_), _) => Opcode::SEND_VAR,
                // What these give may be a reference, so a callee that wants one only complains.
                (
                    Operand::Tmp(_),
                    Expr::New { .. }
                    | Expr::NewAnonymous { .. }
                    | Expr::AssignRef { .. }
                    | Expr::Include { .. }
                    | Expr::Eval(_)
                    | Expr::ShellExec(_)
                    | Expr::Yield { .. }
                    | Expr::YieldFrom(_),
                ) => Opcode::SEND_CALL_RESULT,
                _ => Opcode::SEND_VAL,
            };
            self.emit_flags(opcode, value, number, name, flags);
            return Ok(());
        }
        if let Expr::Var(sym) = self.ast.expr(arg) {
            self.at(self.ast.expr_pos(arg));
            match self.simple_place(sym) {
                Place::Cv(cv) => {
                    self.emit_flags(Opcode::SEND_VAR, Operand::Cv(cv), number, name, flags);
                    return Ok(());
                }
                Place::This => {
                    let this = self.op(Opcode::FETCH_THIS, NONE, NONE);
                    self.emit_flags(Opcode::SEND_VAR, this, number, name, flags);
                    return Ok(());
                }
                _ => {}
            }
        }
        self.emit_flags(Opcode::CHECK_FUNC_ARG, NONE, number, name, flags & flag::NAMED);
        let value = self.var(arg, Mode::FuncArg, true)?;
        self.emit_flags(Opcode::SEND_FUNC_ARG, value, number, name, flags);
        Ok(())
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
