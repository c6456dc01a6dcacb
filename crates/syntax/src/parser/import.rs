//! `namespace`, `use` and `const` at the top level.

use super::{Failed, Parsed, Parser};
use crate::ast::{ConstItem, Stmt, StmtId, Sym, UseItem, UseKind};
use crate::token::{Token, TokenKind as T};

impl Parser<'_> {
    pub(super) fn namespace(&mut self) -> Parsed<StmtId> {
        let keyword = self.bump();
        if self.at(T::OpenBrace) {
            let body = self.namespace_body()?;
            return Ok(self.add_stmt(Stmt::Namespace { name: None, body: Some(body) }, keyword.start));
        }
        if !self.at(T::NameQualified) && !self.at_identifier() {
            return Err(Failed);
        }
        let token = self.bump();
        let name = Some(self.intern(token));
        let body = if self.at(T::OpenBrace) {
            Some(self.namespace_body()?)
        } else {
            self.expect(T::Semicolon)?;
            None
        };
        Ok(self.add_stmt(Stmt::Namespace { name, body }, token.start))
    }

    fn namespace_body(&mut self) -> Parsed<crate::ast::List<StmtId>> {
        self.bump();
        let body = self.statement_list(true, |kind| kind == T::CloseBrace)?;
        self.expect(T::CloseBrace)?;
        Ok(body)
    }

    fn use_kind(&mut self) -> Option<UseKind> {
        let kind = match self.tok.kind {
            T::Function => UseKind::Function,
            T::Const => UseKind::Const,
            _ => return None,
        };
        self.bump();
        Some(kind)
    }

    pub(super) fn use_statement(&mut self) -> Parsed<StmtId> {
        self.bump();
        let kind = self.use_kind();
        let mark = self.slice_mark::<UseItem>();
        let pos = self.tok.start;
        let mut first = true;
        loop {
            let token = self.tok;
            let prefixed = match token.kind {
                T::String | T::NameQualified => false,
                T::NameFullyQualified => true,
                _ => return Err(Failed),
            };
            self.bump();
            if first && self.at(T::NsSeparator) {
                self.use_group(token, prefixed, kind)?;
                break;
            }
            first = false;
            let text = &self.text_of(token)[usize::from(prefixed)..];
            let name = self.ast.strings.intern(text);
            let alias = self.use_alias()?;
            self.push_slice(UseItem { kind: kind.unwrap_or(UseKind::Class), name, alias, pos: token.start });
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect(T::Semicolon)?;
        let items = self.finish_slice(mark);
        Ok(self.add_stmt(Stmt::Use(items), pos))
    }

    fn use_alias(&mut self) -> Parsed<Option<Sym>> {
        if !self.eat(T::As) {
            return Ok(None);
        }
        let token = self.expect(T::String)?;
        Ok(Some(self.intern(token)))
    }

    /// `\{ .. }` behind the prefix.
    fn use_group(&mut self, prefix: Token, prefixed: bool, kind: Option<UseKind>) -> Parsed<()> {
        self.bump();
        self.expect(T::OpenBrace)?;
        let prefix = &self.text_of(prefix)[usize::from(prefixed)..];
        loop {
            let own = if kind.is_none() { self.use_kind() } else { None };
            if !matches!(self.tok.kind, T::String | T::NameQualified) {
                return Err(Failed);
            }
            let token = self.bump();
            let name = [prefix, b"\\", self.text_of(token)].concat();
            let name = self.ast.strings.intern(&name);
            let alias = self.use_alias()?;
            let kind = kind.or(own).unwrap_or(UseKind::Class);
            self.push_slice(UseItem { kind, name, alias, pos: token.start });
            if !self.eat(T::Comma) || self.at(T::CloseBrace) {
                break;
            }
        }
        self.expect(T::CloseBrace)?;
        Ok(())
    }

    pub(super) fn const_statement(&mut self) -> Parsed<StmtId> {
        self.bump();
        let pos = self.tok.start;
        let items = self.const_list()?;
        self.expect(T::Semicolon)?;
        Ok(self.add_stmt(Stmt::Const(items), pos))
    }

    /// `A = 1, B = 2`.
    pub(super) fn const_list(&mut self) -> Parsed<crate::ast::Slice<ConstItem>> {
        let mark = self.slice_mark::<ConstItem>();
        loop {
            let token = self.expect(T::String)?;
            let item = self.const_item(token)?;
            self.push_slice(item);
            if !self.eat(T::Comma) {
                break;
            }
        }
        Ok(self.finish_slice(mark))
    }
}
