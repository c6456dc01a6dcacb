//! Array literals and destructuring patterns, which share their syntax.

use super::{Parsed, Parser};
use crate::ast::{ArraySyntax, Expr, ExprId, List};
use crate::token::TokenKind as T;

impl Parser<'_> {
    /// `[..]`.
    pub(super) fn short_array(&mut self) -> Parsed<ExprId> {
        self.bump();
        self.array_rest(T::CloseBracket, ArraySyntax::Short)
    }

    /// `array(..)`.
    pub(super) fn long_array(&mut self) -> Parsed<ExprId> {
        self.bump();
        self.expect(T::OpenParen)?;
        self.array_rest(T::CloseParen, ArraySyntax::Long)
    }

    /// `list(..)`.
    pub(super) fn list_target(&mut self) -> Parsed<ExprId> {
        self.bump();
        self.expect(T::OpenParen)?;
        self.nested(|parser| parser.array_rest(T::CloseParen, ArraySyntax::List))
    }

    fn array_rest(&mut self, close: T, syntax: ArraySyntax) -> Parsed<ExprId> {
        let mark = self.mark();
        let mut first_pos = None;
        while !self.at(close) {
            if self.at(T::Comma) {
                let hole = self.add(Expr::Hole, self.tok.start);
                self.push_id(hole);
                self.bump();
                continue;
            }
            let item = self.array_item()?;
            if first_pos.is_none() {
                first_pos = Some(self.pos(item));
            }
            self.push_id(item);
            if !self.eat(T::Comma) {
                break;
            }
        }
        let end = self.expect(close)?;
        let items: List<ExprId> = self.finish_list(mark);
        Ok(self.add(Expr::Array { items, syntax }, first_pos.unwrap_or(end.start)))
    }

    #[inline]
    fn array_item(&mut self) -> Parsed<ExprId> {
        match self.tok.kind {
            T::Ellipsis => {
                self.bump();
                let value = self.expr()?;
                let pos = self.pos(value);
                return Ok(self.add(Expr::Spread(value), pos));
            }
            T::Ampersand | T::AmpersandVar => return self.ref_item(None),
            _ => {}
        }
        let first = self.item_value()?;
        if !self.at(T::DoubleArrow)
            || matches!(self.ast.expr(first), Expr::Array { syntax: ArraySyntax::List, .. })
        {
            return Ok(first);
        }
        self.bump();
        if self.at_ampersand() {
            return self.ref_item(Some(first));
        }
        let value = self.item_value()?;
        let pos = self.pos(value);
        Ok(self.add(Expr::Item { key: Some(first), value, by_ref: false }, pos))
    }

    fn ref_item(&mut self, key: Option<ExprId>) -> Parsed<ExprId> {
        self.bump();
        let value = self.variable()?;
        let pos = self.pos(value);
        Ok(self.add(Expr::Item { key, value, by_ref: true }, pos))
    }

    /// An expression or a nested `list(..)`.
    #[inline]
    fn item_value(&mut self) -> Parsed<ExprId> {
        if !self.at(T::List) {
            return self.expr();
        }
        let target = self.list_target()?;
        if !self.at(T::Equals) {
            return Ok(target);
        }
        let assignment = self.assign_to_list(target)?;
        self.infix(assignment, 0)
    }

    fn assign_to_list(&mut self, target: ExprId) -> Parsed<ExprId> {
        self.bump();
        let value = self.expr_from(super::expr::level::ASSIGN)?;
        let pos = self.pos(target);
        Ok(self.add(Expr::Assign { target, value }, pos))
    }
}
