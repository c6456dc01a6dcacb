//! Statements without control flow, and the dispatch over all statements.

use phalanx_base::Span;

use super::{Failed, Parsed, Parser};
use crate::ast::{AttrGroup, List, Slice, StaticVar, Stmt, StmtId};
use crate::error::Fault;
use crate::token::TokenKind as T;

impl Parser<'_> {
    /// Statements until `end`, which stays current. `top` allows what may stand at the top level only.
    pub(super) fn statement_list(&mut self, top: bool, end: impl Fn(T) -> bool) -> Parsed<List<StmtId>> {
        let mark = self.mark();
        while !end(self.tok.kind) {
            // `;` is no statement of its own in a list.
            if self.eat(T::Semicolon) {
                continue;
            }
            let stmt = if top { self.top_statement()? } else { self.inner_statement()? };
            self.push_id(stmt);
            if matches!(self.ast.stmt(stmt), Stmt::HaltCompiler { .. }) {
                self.tok.kind = T::End;
                break;
            }
        }
        Ok(self.finish_list(mark))
    }

    /// `{ .. }`.
    pub(super) fn braced_statements(&mut self) -> Parsed<List<StmtId>> {
        self.expect(T::OpenBrace)?;
        let statements = self.statement_list(false, |kind| kind == T::CloseBrace)?;
        self.bump();
        Ok(statements)
    }

    fn top_statement(&mut self) -> Parsed<StmtId> {
        match self.tok.kind {
            T::Namespace => self.nested(Self::namespace),
            T::Use => self.use_statement(),
            T::Const => self.const_statement(),
            T::HaltCompiler => self.halt_compiler(),
            _ => self.inner_statement(),
        }
    }

    fn halt_compiler(&mut self) -> Parsed<StmtId> {
        let keyword = self.bump();
        self.expect(T::OpenParen)?;
        self.expect(T::CloseParen)?;
        if !self.at(T::Semicolon) {
            return Err(Failed);
        }
        // The data begins right behind the semicolon or closing tag; it is never scanned.
        let offset = self.tok.end;
        Ok(self.add_stmt(Stmt::HaltCompiler { offset }, keyword.start))
    }

    /// A statement or declaration.
    fn inner_statement(&mut self) -> Parsed<StmtId> {
        match self.tok.kind {
            T::Function if self.function_is_named() => self.declaration(Slice::empty()),
            T::Abstract | T::Final | T::Class | T::Trait | T::Interface | T::Enum => {
                self.declaration(Slice::empty())
            }
            T::Readonly if !self.lexer.next_bytes_are(b"(") => self.declaration(Slice::empty()),
            T::Attribute => self.attributed_statement(),
            T::HaltCompiler => {
                self.bump();
                self.expect(T::OpenParen)?;
                self.expect(T::CloseParen)?;
                self.expect(T::Semicolon)?;
                self.fail(Fault::HaltCompilerInside, self.last_end)
            }
            _ => self.statement(),
        }
    }

    /// Whether the current `function` begins a declaration, not a closure.
    fn function_is_named(&self) -> bool {
        !self.lexer.next_bytes_are(b"(") && !self.lexer.next_bytes_are_then(b"&", b"(")
    }

    fn declaration(&mut self, attrs: Slice<AttrGroup>) -> Parsed<StmtId> {
        self.nested(|parser| {
            if parser.at(T::Function) {
                let func = parser.function(attrs)?;
                let pos = parser.ast.func(func).span.start;
                Ok(parser.add_stmt(Stmt::Function(func), pos))
            } else {
                let class = parser.class_declaration(attrs)?;
                let pos = parser.ast.class(class).span.start;
                Ok(parser.add_stmt(Stmt::Class(class), pos))
            }
        })
    }

    fn attributed_statement(&mut self) -> Parsed<StmtId> {
        let attrs = self.attributes()?;
        match self.tok.kind {
            T::Function if self.function_is_named() => self.declaration(attrs),
            T::Abstract | T::Final | T::Readonly | T::Class | T::Trait | T::Interface | T::Enum => {
                self.declaration(attrs)
            }
            _ => {
                let closure = self.attributed_closure(attrs)?;
                // A closure may begin a longer expression.
                let expr = self.infix(closure, 0)?;
                self.expect(T::Semicolon)?;
                let pos = self.pos(expr);
                Ok(self.add_stmt(Stmt::Expr(expr), pos))
            }
        }
    }

    /// `statement`, one level deeper.
    pub(super) fn statement(&mut self) -> Parsed<StmtId> {
        self.nested(Self::statement_here)
    }

    fn statement_here(&mut self) -> Parsed<StmtId> {
        let token = self.tok;
        match token.kind {
            T::OpenBrace => {
                let body = self.braced_statements()?;
                Ok(self.add_stmt(Stmt::Block(body), token.start))
            }
            T::If => self.if_statement(),
            T::While => self.while_statement(),
            T::Do => self.do_statement(),
            T::For => self.for_statement(),
            T::Foreach => self.foreach_statement(),
            T::Switch => self.switch_statement(),
            T::Break => self.jump(Stmt::Break),
            T::Continue => self.jump(Stmt::Continue),
            T::Return => self.jump(Stmt::Return),
            T::Echo => {
                self.bump();
                let values = self.expr_list()?;
                self.expect(T::Semicolon)?;
                let pos = self.ast.list(values).next().map_or(token.start, |first| self.pos(first));
                Ok(self.add_stmt(Stmt::Echo(values), pos))
            }
            T::InlineHtml => {
                self.bump();
                Ok(self.add_stmt(Stmt::InlineHtml(Span::new(token.start, token.end)), token.start))
            }
            T::Global => self.global(),
            T::Static if self.lexer.peek_significant().kind == T::Variable => self.static_vars(),
            T::Unset => self.unset(),
            T::Try => self.try_statement(),
            T::Declare => self.declare(),
            T::Goto => {
                self.bump();
                let label = self.expect(T::String)?;
                let name = self.intern(label);
                self.expect(T::Semicolon)?;
                Ok(self.add_stmt(Stmt::Goto(name), label.start))
            }
            T::Semicolon => {
                self.bump();
                Ok(self.add_stmt(Stmt::Nop, token.start))
            }
            T::String if self.colon_follows() => {
                self.bump();
                self.bump();
                let name = self.intern(token);
                Ok(self.add_stmt(Stmt::Label(name), token.start))
            }
            _ => {
                let expr = self.expr()?;
                self.expect(T::Semicolon)?;
                let pos = self.pos(expr);
                Ok(self.add_stmt(Stmt::Expr(expr), pos))
            }
        }
    }

    /// `break`, `continue` and `return` with their optional operand.
    fn jump(&mut self, make: impl FnOnce(Option<crate::ast::ExprId>) -> Stmt) -> Parsed<StmtId> {
        self.bump();
        let operand = if self.at(T::Semicolon) { None } else { Some(self.expr()?) };
        let end = self.expect(T::Semicolon)?;
        let pos = operand.map_or(end.start, |operand| self.pos(operand));
        Ok(self.add_stmt(make(operand), pos))
    }

    fn global(&mut self) -> Parsed<StmtId> {
        self.bump();
        let pos = self.tok.start;
        let mark = self.mark();
        loop {
            let variable = self.nested(Self::simple_variable)?;
            self.push_id(variable);
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect(T::Semicolon)?;
        let variables = self.finish_list(mark);
        Ok(self.add_stmt(Stmt::Global(variables), pos))
    }

    fn static_vars(&mut self) -> Parsed<StmtId> {
        self.bump();
        let pos = self.tok.start;
        let mark = self.slice_mark::<StaticVar>();
        loop {
            let token = self.expect(T::Variable)?;
            let name = self.variable_name(token);
            let init = if self.eat(T::Equals) { Some(self.expr()?) } else { None };
            self.push_slice(StaticVar { name, init, pos: token.start });
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect(T::Semicolon)?;
        let variables = self.finish_slice(mark);
        Ok(self.add_stmt(Stmt::StaticVars(variables), pos))
    }

    fn unset(&mut self) -> Parsed<StmtId> {
        self.bump();
        self.expect(T::OpenParen)?;
        let pos = self.tok.start;
        let mark = self.mark();
        loop {
            let variable = self.variable()?;
            self.push_id(variable);
            if !self.eat(T::Comma) || self.at(T::CloseParen) {
                break;
            }
        }
        self.expect(T::CloseParen)?;
        self.expect(T::Semicolon)?;
        let variables = self.finish_list(mark);
        Ok(self.add_stmt(Stmt::Unset(variables), pos))
    }
}
