//! Types in declarations.

use super::{Failed, Parsed, Parser};
use crate::ast::{TypeExpr, TypeId};
use crate::token::TokenKind as T;

impl Parser<'_> {
    /// Whether a type begins here.
    pub(super) fn at_type(&self) -> bool {
        self.at_name()
            || matches!(self.tok.kind, T::Array | T::Callable | T::Static | T::Question | T::OpenParen)
    }

    /// `: type`, if there is one.
    pub(super) fn return_type(&mut self) -> Parsed<Option<TypeId>> {
        if self.eat(T::Colon) { self.type_expr(true).map(Some) } else { Ok(None) }
    }

    /// A type; `static` only where it is allowed.
    pub(super) fn type_expr(&mut self, allow_static: bool) -> Parsed<TypeId> {
        if self.eat(T::Question) {
            let inner = self.single_type(allow_static)?;
            return Ok(self.ast.add(TypeExpr::Nullable(inner)));
        }
        let first = if self.at(T::OpenParen) {
            let element = self.union_element(allow_static)?;
            // A lone group is no type.
            if !self.at(T::Bar) {
                return Err(Failed);
            }
            element
        } else {
            self.single_type(allow_static)?
        };
        match self.tok.kind {
            T::Bar => {
                let mark = self.mark();
                self.push_id(first);
                while self.eat(T::Bar) {
                    let element = self.union_element(allow_static)?;
                    self.push_id(element);
                }
                let types = self.finish_list(mark);
                Ok(self.ast.add(TypeExpr::Union(types)))
            }
            T::Ampersand => self.intersection(first, allow_static),
            _ => Ok(first),
        }
    }

    fn single_type(&mut self, allow_static: bool) -> Parsed<TypeId> {
        let ty = match self.tok.kind {
            T::Array => TypeExpr::Array,
            T::Callable => TypeExpr::Callable,
            T::Static if allow_static => TypeExpr::Static,
            _ => TypeExpr::Name(self.name_of_type()?),
        };
        self.bump();
        Ok(self.ast.add(ty))
    }

    fn name_of_type(&mut self) -> Parsed<crate::ast::Name> {
        if self.at_name() { Ok(self.name_of(self.tok)) } else { Err(Failed) }
    }

    /// `A` or `(A&B)`.
    fn union_element(&mut self, allow_static: bool) -> Parsed<TypeId> {
        if !self.eat(T::OpenParen) {
            return self.single_type(allow_static);
        }
        let first = self.single_type(allow_static)?;
        if !self.at(T::Ampersand) {
            return Err(Failed);
        }
        let types = self.intersection(first, allow_static)?;
        self.expect(T::CloseParen)?;
        Ok(types)
    }

    /// The rest of `A&B`, at the ampersand. One before a variable belongs to the parameter, and is another token.
    fn intersection(&mut self, first: TypeId, allow_static: bool) -> Parsed<TypeId> {
        let mark = self.mark();
        self.push_id(first);
        while self.eat(T::Ampersand) {
            let ty = self.single_type(allow_static)?;
            self.push_id(ty);
        }
        let types = self.finish_list(mark);
        Ok(self.ast.add(TypeExpr::Intersection(types)))
    }
}
