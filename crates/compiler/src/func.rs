//! Functions: named ones, closures and arrow functions; their parameters and bodies.

use crate::Compiler;
use crate::attr::Target;
use crate::builder::Builder;
use crate::error::Result;
use crate::fetch::is_superglobal;
use crate::operand::{NONE, Operand};
use crate::strings::StrId;
use phalanx_bytecode::Opcode;
use phalanx_bytecode::draft::{FuncIdx, FunctionDraft, Init, StaticDraft};
use phalanx_bytecode::flags::{func, op as flag};
use phalanx_syntax::ast::{Func, FuncBody, FuncId, FuncKind, Modifiers, Sym, UseKind};

/// What was set aside while a nested function is compiled.
pub(crate) struct Outer {
    f: Builder,
    line: u32,
    memo: Option<rustc_hash::FxHashMap<phalanx_syntax::ast::ExprId, Operand>>,
    memo_mode: crate::assign::Memo,
}

impl Compiler<'_> {
    /// Begins a function of its own; [`Compiler::leave_function`] comes back.
    pub(crate) fn enter_function(&mut self) -> (Outer, FuncIdx) {
        let index = FuncIdx(self.unit.functions.len() as u32);
        self.unit.functions.push(FunctionDraft::default());
        let outer = Outer {
            f: std::mem::replace(&mut self.f, self.spare_builders.pop().unwrap_or_default()),
            line: self.line,
            memo: self.memo.take(),
            memo_mode: std::mem::replace(&mut self.memo_mode, crate::assign::Memo::Off),
        };
        (outer, index)
    }

    pub(crate) fn leave_function(&mut self, outer: Outer, index: FuncIdx) -> Result<()> {
        let func = self.finish_function()?;
        self.unit.functions[index.0 as usize] = func;
        self.f = outer.f;
        self.line = outer.line;
        self.memo = outer.memo;
        self.memo_mode = outer.memo_mode;
        Ok(())
    }

    /// A named function: at the top of the script it exists before the script runs.
    pub(crate) fn function_stmt(&mut self, id: FuncId, top_level: bool) -> Result<()> {
        let node = *self.ast.func(id);
        let Some(sym) = node.name else { return self.error("A function needs a name") };
        self.at(node.span.start);
        let short = StrId::from(sym);
        let name = self.in_namespace(short);
        self.check_function_name(short, name)?;
        if top_level {
            self.check_redeclared(name)?;
        }
        let (outer, index) = self.enter_function();
        // A function in a method has nothing to do with the class.
        let class = self.class.take();
        self.f.info.name = Some(name);
        self.f.draft.name = self.strings.bytes(name);
        self.function_body(&node)?;
        self.leave_function(outer, index)?;
        self.class = class;
        if top_level {
            self.unit.hoisted_functions.push(index);
        } else {
            self.emit(Opcode::DECLARE_FUNCTION, Operand::Num(index.0), NONE, NONE);
        }
        Ok(())
    }

    fn check_redeclared(&mut self, name: StrId) -> Result<()> {
        let lower = self.strings.lower(name);
        if let Some(line) = self.function_lines.insert(lower, self.line) {
            let (name, path) = (self.strings.text(name), self.strings.text(self.path));
            return self
                .error(format!("Cannot redeclare function {name}() (previously declared in {path}:{line})"));
        }
        Ok(())
    }

    fn check_function_name(&mut self, short: StrId, name: StrId) -> Result<()> {
        let lower_short = self.strings.lower(short);
        let lower = self.strings.lower(name);
        if let Some(imported) = self.imported(UseKind::Function, lower_short)
            && self.strings.lower(imported) != lower
        {
            let text = self.strings.text(name);
            return self
                .error(format!("Cannot redeclare function {text}() (previously declared as local import)"));
        }
        if self.strings.get(lower) == b"__autoload" {
            return self.error("__autoload() is no longer supported, use spl_autoload_register() instead");
        }
        if self.strings.get(lower_short) == b"assert" {
            return self.error(
                "Defining a custom assert() function is not allowed, as the function has special semantics",
            );
        }
        self.note_declared(UseKind::Function, name);
        Ok(())
    }

    /// Parameters, body and end of the function that was entered. `info` and the name are set already.
    pub(crate) fn function_body(&mut self, node: &Func) -> Result<()> {
        let mut flags = 0;
        if node.by_ref {
            flags |= func::RETURNS_REF;
        }
        if node.is_generator {
            flags |= func::GENERATOR;
            self.f.info.is_generator = true;
        }
        if self.declares.strict_types {
            flags |= func::STRICT_TYPES;
        }
        self.f.draft.flags |= flags;
        self.f.draft.line_start = self.lines.line(node.span.start);
        self.f.draft.line_end = self.lines.line(node.span.end.saturating_sub(1));
        self.f.draft.doc = self.doc(node.doc);
        let target = match node.kind {
            FuncKind::Method | FuncKind::Hook => Target::Method,
            _ => Target::Function,
        };
        self.f.draft.attributes = self.attributes(node.attrs, 0, target)?;
        let is_deprecated = |name: &[u8]| name.eq_ignore_ascii_case(b"deprecated");
        if self.f.draft.attributes.iter().any(|attribute| is_deprecated(&attribute.name)) {
            self.f.draft.flags |= func::DEPRECATED;
        }
        self.params(node)?;
        self.implicit_hook_param();
        self.return_type(node)?;
        self.promote_params(node);
        if node.is_generator {
            self.emit(Opcode::CREATE_GENERATOR, NONE, NONE, NONE);
        }
        self.bind_uses(node)?;
        match node.body {
            FuncBody::None => {
                self.emit(Opcode::RETURN, Operand::NULL, NONE, NONE);
                return Ok(());
            }
            FuncBody::Block(body) => self.block(body)?,
            FuncBody::Expr(value) => {
                self.at(self.ast.expr_pos(value));
                match self.f.hook_store.take() {
                    Some((property, value)) => self.store_from_hook(property, value)?,
                    // An arrow function that never returns has nothing to return.
                    None if self.f.return_bits() & phalanx_bytecode::types::NEVER != 0 => {
                        self.discard(value)?
                    }
                    None => self.return_stmt(Some(value))?,
                }
            }
        }
        self.line = self.f.draft.line_end;
        self.final_return(Operand::NULL)
    }

    /// `function () use (..) {..}` and `fn () => ..`.
    pub(crate) fn closure(&mut self, id: FuncId) -> Result<Operand> {
        let node = *self.ast.func(id);
        self.at(node.span.start);
        let line = self.line;
        let name = self.closure_name(line);
        let implicit = if node.kind == FuncKind::Arrow { self.implicit_uses(&node) } else { Vec::new() };
        let (outer, index) = self.enter_function();
        self.f.info.name = Some(name);
        self.f.info.is_closure = true;
        self.f.draft.name = self.strings.bytes(name);
        let mut flags = func::CLOSURE;
        if node.kind == FuncKind::Arrow {
            flags |= func::ARROW;
        }
        if node.modifiers.contains(Modifiers::STATIC) {
            flags |= func::STATIC;
        }
        self.f.draft.flags = flags;
        self.f.implicit_uses.clone_from(&implicit);
        self.function_body(&node)?;
        let uses_this = self.f.draft.flags & func::USES_THIS != 0;
        self.leave_function(outer, index)?;
        if uses_this && !node.modifiers.contains(Modifiers::STATIC) {
            // The outer function must have kept its object for the closure.
            self.f.draft.flags |= func::USES_THIS;
        }

        self.line = line;
        let closure = self.op(Opcode::CLOSURE, Operand::Num(index.0), NONE);
        let ast = self.ast;
        for (number, used) in ast.slice(node.uses).iter().enumerate() {
            self.at(used.pos);
            let var = Operand::Cv(self.f.cv(used.name.into()));
            let flags = if used.by_ref { flag::BY_REF } else { 0 };
            self.emit_flags(Opcode::BIND_LEXICAL, closure, var, Operand::Num(number as u32), flags);
        }
        for (number, name) in implicit.into_iter().enumerate() {
            let var = Operand::Cv(self.f.cv(name));
            self.emit_flags(Opcode::BIND_LEXICAL, closure, var, Operand::Num(number as u32), flag::IMPLICIT);
        }
        Ok(closure)
    }

    /// `{closure:` where it stands `:` line `}`.
    fn closure_name(&mut self, line: u32) -> StrId {
        let mut text = b"{closure:".to_vec();
        match self.f.info.name {
            None => text.extend_from_slice(self.strings.get(self.path)),
            Some(name) if self.f.info.is_closure => text.extend_from_slice(self.strings.get(name)),
            Some(name) => {
                if let Some(scope) = &self.class {
                    text.extend_from_slice(self.strings.get(scope.name));
                    text.extend_from_slice(b"::");
                }
                text.extend_from_slice(self.strings.get(name));
                text.extend_from_slice(b"()");
            }
        }
        text.extend_from_slice(format!(":{line}}}").as_bytes());
        self.strings.intern(&text)
    }

    /// Binds what the closure took over to its variables.
    fn bind_uses(&mut self, node: &Func) -> Result<()> {
        let ast = self.ast;
        for used in ast.slice(node.uses) {
            self.at(used.pos);
            let text = ast.str(used.name);
            if is_superglobal(text) {
                return self.error("Cannot use auto-global as lexical variable");
            }
            if used.name == Sym::this() {
                return self.error("Cannot use $this as lexical variable");
            }
            if ast.slice(node.params).iter().any(|param| param.name == used.name) {
                let text = String::from_utf8_lossy(text);
                return self.error(format!("Cannot use lexical variable ${text} as a parameter name"));
            }
            self.bind_static(used.name.into(), if used.by_ref { 0 } else { flag::BY_VALUE })?;
        }
        for name in std::mem::take(&mut self.f.implicit_uses) {
            self.bind_static(name, flag::BY_VALUE)?;
        }
        Ok(())
    }

    fn bind_static(&mut self, name: StrId, flags: u16) -> Result<()> {
        let number = self.add_static(name, Init::None, true)?;
        let var = Operand::Cv(self.f.cv(name));
        let nowhere = self.f.label_here();
        self.emit_flags(Opcode::BIND_STATIC, var, Operand::Num(number), Operand::Label(nowhere), flags);
        Ok(())
    }

    /// Adds a static variable; its number.
    pub(crate) fn add_static(&mut self, name: StrId, init: Init, bound: bool) -> Result<u32> {
        let bytes = self.strings.bytes(name);
        if self.f.draft.statics.iter().any(|known| known.name == bytes) {
            let text = self.strings.text(name);
            return self.error(if bound {
                format!("Cannot use variable ${text} twice")
            } else {
                format!("Duplicate declaration of static variable ${text}")
            });
        }
        self.f.draft.statics.push(StaticDraft { name: bytes, init, bound });
        Ok(self.f.draft.statics.len() as u32 - 1)
    }

    /// `yield`.
    pub(crate) fn yield_value(
        &mut self,
        key: Option<phalanx_syntax::ast::ExprId>,
        value: Option<phalanx_syntax::ast::ExprId>,
    ) -> Result<Operand> {
        self.check_yield()?;
        let by_ref = self.f.draft.flags & func::RETURNS_REF != 0;
        let key = match key {
            Some(key) => self.expr(key)?,
            None => NONE,
        };
        let mut flags = 0;
        let value = match value {
            None => NONE,
            Some(value) if by_ref && self.is_variable(value) => {
                if self.is_nullsafe_chain(value) {
                    return self.error("Cannot take reference of a nullsafe chain");
                }
                flags = flag::BY_REF;
                self.var(value, crate::fetch::Mode::Write, true)?
            }
            Some(value) => self.expr(value)?,
        };
        Ok(self.op_flags(Opcode::YIELD, value, key, flags))
    }

    pub(crate) fn yield_from(&mut self, source: phalanx_syntax::ast::ExprId) -> Result<Operand> {
        self.check_yield()?;
        if self.f.draft.flags & func::RETURNS_REF != 0 {
            return self.error("Cannot use \"yield from\" inside a by-reference generator");
        }
        let source = self.expr(source)?;
        Ok(self.op(Opcode::YIELD_FROM, source, NONE))
    }

    fn check_yield(&self) -> Result<()> {
        if self.f.info.name.is_none() {
            return self.error("The \"yield\" expression can only be used inside a function");
        }
        Ok(())
    }
}
