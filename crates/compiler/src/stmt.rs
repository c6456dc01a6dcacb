//! Statements.

use crate::Compiler;
use crate::const_expr::Context;
use crate::error::Result;
use crate::fetch::is_superglobal;
use crate::operand::{NONE, Operand};
use crate::strings::StrId;
use phalanx_bytecode::Opcode;
use phalanx_bytecode::draft::{Init, Literal};
use phalanx_bytecode::flags::{func, op as flag};
use phalanx_syntax::ast::{
    ConstItem, Expr, ExprId, IfBranch, List, Slice, StaticVar, Stmt, StmtId, Sym, UseKind,
};

impl Compiler<'_> {
    /// Statements at the top of the script or of a namespace.
    pub(crate) fn top_statements(&mut self, stmts: impl Iterator<Item = StmtId>) -> Result<()> {
        for stmt in stmts {
            self.top_statement(stmt)?;
        }
        Ok(())
    }

    fn top_statement(&mut self, id: StmtId) -> Result<()> {
        match self.ast.stmt(id) {
            Stmt::Block(body) => {
                let ast = self.ast;
                self.top_statements(ast.list(body))
            }
            Stmt::Function(func) => {
                self.at(self.ast.stmt_pos(id));
                self.check_namespace_code(id)?;
                self.function_stmt(func, true)
            }
            Stmt::Class(class) => {
                self.at(self.ast.stmt_pos(id));
                self.check_namespace_code(id)?;
                self.class_stmt(class, true)
            }
            Stmt::Namespace { name, body } => {
                self.at(self.ast.stmt_pos(id));
                self.namespace(id, name, body)
            }
            Stmt::HaltCompiler { offset } => {
                self.unit.halt_offset = Some(u64::from(offset));
                Ok(())
            }
            _ => {
                self.check_namespace_code(id)?;
                self.stmt(id)
            }
        }
    }

    pub(crate) fn stmt(&mut self, id: StmtId) -> Result<()> {
        self.at(self.ast.stmt_pos(id));
        self.nested(|compiler| compiler.stmt_inner(id))?;
        if self.declares.ticks != 0 && !matches!(self.ast.stmt(id), Stmt::Nop | Stmt::Block(_)) {
            self.tick();
        }
        Ok(())
    }

    fn stmt_inner(&mut self, id: StmtId) -> Result<()> {
        let ast = self.ast;
        match ast.stmt(id) {
            Stmt::Nop => Ok(()),
            Stmt::Expr(value) => self.discard(value),
            Stmt::Echo(values) => {
                for value in ast.list(values) {
                    let value = self.expr(value)?;
                    self.emit(Opcode::ECHO, value, NONE, NONE);
                }
                Ok(())
            }
            Stmt::InlineHtml(span) => {
                let text: phalanx_bytecode::draft::Bytes = span.of(self.source).into();
                if !text.is_empty() {
                    let literal = self.push_literal(Literal::Str(text));
                    self.emit(Opcode::ECHO, Operand::Lit(literal), NONE, NONE);
                }
                Ok(())
            }
            Stmt::Block(body) => self.block(body),
            Stmt::If(branches) => self.if_stmt(branches),
            Stmt::While { cond, body } => self.while_loop(cond, body),
            Stmt::DoWhile { body, cond } => self.do_while_loop(body, cond),
            Stmt::For(node) => self.for_loop(*ast.get::<phalanx_syntax::ast::ForLoop>(node)),
            Stmt::Foreach(node) => self.foreach_loop(*ast.get::<phalanx_syntax::ast::Foreach>(node)),
            Stmt::Switch { subject, cases } => self.switch(subject, cases),
            Stmt::Break(depth) => self.break_or_continue(depth, false),
            Stmt::Continue(depth) => self.break_or_continue(depth, true),
            Stmt::Return(value) => self.return_stmt(value),
            Stmt::Global(vars) => self.global(vars),
            Stmt::StaticVars(vars) => self.static_vars(vars),
            Stmt::Unset(vars) => {
                for var in ast.list(vars) {
                    self.unset(var)?;
                }
                Ok(())
            }
            Stmt::Try(node) => self.try_stmt(*ast.get::<phalanx_syntax::ast::Try>(node)),
            Stmt::Goto(label) => self.goto(label),
            Stmt::Label(label) => self.goto_label(label),
            Stmt::Declare { directives, body } => self.declare(id, directives, body),
            Stmt::Namespace { .. } => self.error("Namespace declarations cannot be nested"),
            Stmt::Use(items) => {
                let items = ast.slice(items);
                self.use_items(items)
            }
            Stmt::Const(items) => self.constants(items),
            Stmt::Function(func) => self.function_stmt(func, false),
            Stmt::Class(class) => self.class_stmt(class, false),
            Stmt::HaltCompiler { .. } => {
                self.error("__HALT_COMPILER() can only be used from the outermost scope")
            }
        }
    }

    fn if_stmt(&mut self, branches: Slice<IfBranch>) -> Result<()> {
        let branches = self.ast.slice(branches);
        let end = self.f.label();
        for (at, branch) in branches.iter().enumerate() {
            let next = self.f.label();
            if let Some(cond) = branch.cond {
                self.at(branch.pos);
                self.condition(cond, next, false)?;
            }
            self.stmt(branch.body)?;
            if at + 1 < branches.len() {
                self.jump(end);
            }
            self.f.bind(next);
        }
        self.f.bind(end);
        Ok(())
    }

    /// `global $a, $$b;`
    fn global(&mut self, vars: List<ExprId>) -> Result<()> {
        let ast = self.ast;
        for var in ast.list(vars) {
            self.at(ast.expr_pos(var));
            let name = match ast.expr(var) {
                Expr::Var(name) => name,
                Expr::VarVar(name) => {
                    self.global_dynamic(name)?;
                    continue;
                }
                _ => return self.error("Cannot use this as a global variable"),
            };
            if is_superglobal(ast.str(name)) {
                // It is global already.
                continue;
            }
            if name == Sym::this() {
                return self.error("Cannot use $this as global variable");
            }
            let name = StrId::from(name);
            let cv = Operand::Cv(self.f.cv(name));
            let literal = self.name_literal(name, 1);
            self.emit(Opcode::BIND_GLOBAL, cv, literal, NONE);
        }
        Ok(())
    }

    /// `global $$name;` makes the local variable of that name a reference to the global one.
    fn global_dynamic(&mut self, name: ExprId) -> Result<()> {
        let name = self.expr(name)?;
        self.f.draft.flags |= func::USES_SYMBOLS;
        let name = match name {
            Operand::Const(_) | Operand::Cv(_) => self.op(Opcode::MOVE, name, NONE),
            name => name,
        };
        let copy = self.op(Opcode::COPY_TMP, name, NONE);
        let global = self.op_flags(Opcode::FETCH_W, copy, NONE, flag::GLOBAL);
        let global = self.op(Opcode::MAKE_REF, global, NONE);
        let local = self.op(Opcode::FETCH_W, name, NONE);
        self.emit(Opcode::ASSIGN_REF, local, global, NONE);
        Ok(())
    }

    fn static_vars(&mut self, vars: Slice<StaticVar>) -> Result<()> {
        let ast = self.ast;
        for var in ast.slice(vars) {
            self.at(var.pos);
            if var.name == Sym::this() {
                return self.error("Cannot use $this as static variable");
            }
            let name = StrId::from(var.name);
            let known = match var.init {
                None => Some(Literal::Null),
                Some(init) => self.constant_value(init).map(|value| self.const_literal(value)),
            };
            self.at(var.pos);
            let cv = Operand::Cv(self.f.cv(name));
            let after = self.f.label();
            if let Some(literal) = known {
                let number = Operand::Num(self.add_static(name, Init::Value(literal), false)?);
                self.emit(Opcode::BIND_STATIC, cv, number, Operand::Label(after));
                self.f.bind(after);
                continue;
            }
            let number = Operand::Num(self.add_static(name, Init::None, false)?);
            self.emit_flags(Opcode::BIND_STATIC, cv, number, Operand::Label(after), flag::HAS_INIT);
            if let Some(init) = var.init {
                let value = self.expr(init)?;
                self.emit(Opcode::INIT_STATIC, cv, number, value);
            }
            self.f.bind(after);
        }
        Ok(())
    }

    /// `const A = 1;`
    fn constants(&mut self, items: Slice<ConstItem>) -> Result<()> {
        let ast = self.ast;
        for item in ast.slice(items) {
            self.at(item.pos);
            let short = StrId::from(item.name);
            let text = self.strings.get(short);
            if crate::expr::special_constant(text).is_some() {
                let text = self.strings.text(short);
                return self.error(format!("Cannot redeclare constant '{text}'"));
            }
            let name = self.in_namespace(short);
            if let Some(imported) = self.imported(UseKind::Const, short)
                && imported != name
            {
                let text = self.strings.text(name);
                return self.error(format!("Cannot declare const {text} because the name is already in use"));
            }
            self.check_const_expr(item.value, Context::Param)?;
            let value = self.expr(item.value)?;
            let bytes = self.strings.bytes(name);
            let literal = Operand::Lit(self.push_literal(Literal::Str(bytes)));
            self.emit(Opcode::DECLARE_CONST, literal, value, NONE);
            self.note_declared(UseKind::Const, name);
        }
        Ok(())
    }
}
