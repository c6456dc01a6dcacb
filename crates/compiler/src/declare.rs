//! `declare` and `namespace`.

use crate::Compiler;
use crate::error::Result;
use crate::operand::{Const, NONE, Operand};
use phalanx_bytecode::Opcode;
use phalanx_syntax::ast::{ConstItem, Expr, List, Slice, Stmt, StmtId, Sym};

const WARNING: u32 = 128;

/// How the file uses namespaces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum NamespaceUse {
    #[default]
    None,
    /// `namespace a;`
    Open,
    /// `namespace a { }`
    Braces,
}

impl Compiler<'_> {
    pub(crate) fn declare(
        &mut self,
        id: StmtId,
        directives: Slice<ConstItem>,
        body: Option<StmtId>,
    ) -> Result<()> {
        let ast = self.ast;
        let before = self.declares;
        for directive in ast.slice(directives) {
            self.at(directive.pos);
            let name = ast.str(directive.name);
            let value = match ast.expr(directive.value) {
                Expr::Int(_) | Expr::Float(_) | Expr::Str(_) => self.constant_value(directive.value),
                _ => None,
            };
            let Some(value) = value else {
                if name.eq_ignore_ascii_case(b"encoding") {
                    return self.error("Encoding must be a literal");
                }
                let name = String::from_utf8_lossy(name);
                return self.error(format!("declare({name}) value must be a literal"));
            };
            if name.eq_ignore_ascii_case(b"ticks") {
                self.declares.ticks = match value {
                    Const::Int(ticks) => ticks,
                    value => match self.fold_cast(phalanx_syntax::ast::CastType::Int, value) {
                        Some(Const::Int(ticks)) => ticks,
                        _ => 0,
                    },
                };
            } else if name.eq_ignore_ascii_case(b"encoding") {
                self.warning(
                    WARNING,
                    "declare(encoding=...) ignored because Zend multibyte feature is turned off by settings"
                        .to_string(),
                );
                if !self.is_first_statement(id) {
                    return self
                        .error("Encoding declaration pragma must be the very first statement in the script");
                }
            } else if name.eq_ignore_ascii_case(b"strict_types") {
                if !self.is_first_statement(id) {
                    return self
                        .error("strict_types declaration must be the very first statement in the script");
                }
                if body.is_some() {
                    return self.error("strict_types declaration must not use block mode");
                }
                let Const::Int(value @ (0 | 1)) = value else {
                    return self.error("strict_types declaration must have 0 or 1 as its value");
                };
                self.declares.strict_types = value == 1;
                if value == 1 {
                    self.f.draft.flags |= phalanx_bytecode::flags::func::STRICT_TYPES;
                }
            } else {
                let name = String::from_utf8_lossy(name).into_owned();
                self.warning(WARNING, format!("Unsupported declare '{name}'"));
            }
        }
        if let Some(body) = body {
            self.stmt(body)?;
            let strict_types = self.declares.strict_types;
            self.declares = before;
            self.declares.strict_types = strict_types;
        }
        Ok(())
    }

    /// Whether nothing but `declare` statements stands before the statement.
    fn is_first_statement(&self, id: StmtId) -> bool {
        let ast = self.ast;
        for stmt in ast.list(ast.root) {
            if stmt == id {
                return true;
            }
            if !matches!(ast.stmt(stmt), Stmt::Declare { .. }) {
                return false;
            }
        }
        false
    }

    pub(crate) fn tick(&mut self) {
        let ticks = self.declares.ticks as u32;
        // A statement that ends in another one shares its tick, as PHP has it.
        let ticked = self.f.draft.code.last().is_some_and(|op| op.opcode() == Opcode::TICKS);
        if !ticked {
            self.emit(Opcode::TICKS, Operand::Num(ticks), NONE, NONE);
        }
    }

    pub(crate) fn namespace(
        &mut self,
        id: StmtId,
        name: Option<Sym>,
        body: Option<List<StmtId>>,
    ) -> Result<()> {
        let ast = self.ast;
        let style = if body.is_some() { NamespaceUse::Braces } else { NamespaceUse::Open };
        if self.namespaces != NamespaceUse::None && self.namespaces != style {
            return self.error(
                "Cannot mix bracketed namespace declarations with unbracketed namespace declarations",
            );
        }
        if self.in_namespace_body {
            return self.error("Namespace declarations cannot be nested");
        }
        if self.namespaces == NamespaceUse::None && !self.nothing_before_namespace(id) {
            return self.error(
                "Namespace declaration statement has to be the very first statement or after any declare call in the script",
            );
        }
        self.namespaces = style;
        if let Some(name) = name
            && ast.str(name).eq_ignore_ascii_case(b"namespace")
        {
            let text = String::from_utf8_lossy(ast.str(name));
            return self.error(format!("Cannot use '{text}' as namespace name"));
        }
        self.file.namespace = name.map(Into::into);
        self.file.clear_imports();
        if let Some(body) = body {
            self.in_namespace_body = true;
            self.top_statements(ast.list(body))?;
            self.in_namespace_body = false;
            self.file.namespace = None;
            self.file.clear_imports();
        }
        Ok(())
    }

    fn nothing_before_namespace(&self, id: StmtId) -> bool {
        let ast = self.ast;
        for (at, stmt) in ast.list(ast.root).enumerate() {
            if stmt == id {
                return true;
            }
            match ast.stmt(stmt) {
                Stmt::Declare { .. } | Stmt::Nop => {}
                // A script may begin with one line of text for the shell.
                Stmt::InlineHtml(_) if at == 0 && self.source.starts_with(b"#!") => {}
                _ => return false,
            }
        }
        false
    }

    /// Refuses code outside of braces where namespaces have them.
    pub(crate) fn check_namespace_code(&mut self, id: StmtId) -> Result<()> {
        if self.namespaces == NamespaceUse::Braces
            && !self.in_namespace_body
            && !matches!(self.ast.stmt(id), Stmt::Nop | Stmt::Declare { .. })
        {
            self.at(self.ast.stmt_pos(id));
            return self.error("No code may exist outside of namespace {}");
        }
        Ok(())
    }
}
