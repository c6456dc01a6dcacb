//! Classes, interfaces, traits, enums and anonymous classes.

use phalanx_base::Span;

use super::postfix::Class as OperandClass;
use super::{Parsed, Parser};
use crate::ast::{Args, AttrGroup, Class, ClassId, ClassKind, Expr, ExprId, List, Member, Slice};
use crate::token::TokenKind as T;

impl Parser<'_> {
    /// A named class-like declaration, at its first modifier or keyword.
    pub(super) fn class_declaration(&mut self, attrs: Slice<AttrGroup>) -> Parsed<ClassId> {
        let modifiers = self.class_modifiers(false)?;
        let kind = match self.tok.kind {
            T::Class => ClassKind::Class,
            T::Interface if modifiers.is_empty() => ClassKind::Interface,
            T::Trait if modifiers.is_empty() => ClassKind::Trait,
            T::Enum if modifiers.is_empty() => ClassKind::Enum,
            _ => return Err(super::Failed),
        };
        let start = self.bump().start;
        // Where nothing optional follows the name, PHP takes the doc comment before it looks further.
        let trait_doc = if kind == ClassKind::Trait { self.take_doc() } else { None };
        let token = self.expect(T::String)?;
        let name = Some(self.intern(token));
        let backing =
            if kind == ClassKind::Enum && self.eat(T::Colon) { Some(self.type_expr(true)?) } else { None };
        let extends =
            if kind == ClassKind::Class && self.eat(T::Extends) { Some(self.class_name()?) } else { None };
        let implements = match kind {
            ClassKind::Interface if self.eat(T::Extends) => self.class_names(T::Comma)?,
            ClassKind::Class | ClassKind::Enum if self.eat(T::Implements) => self.class_names(T::Comma)?,
            _ => List::empty(),
        };
        self.class_rest(Class {
            kind,
            modifiers,
            name,
            attrs,
            extends,
            implements,
            backing,
            members: Slice::empty(),
            doc: trait_doc,
            span: Span::new(start, start),
        })
    }

    /// The anonymous class of `new`, behind the attributes.
    pub(super) fn anonymous_class(&mut self, attrs: Slice<AttrGroup>) -> Parsed<(ExprId, OperandClass)> {
        let modifiers = self.class_modifiers(true)?;
        let start = self.expect(T::Class)?.start;
        let args = if self.at(T::OpenParen) { self.args()? } else { Args { list: Some(List::empty()) } };
        let extends = if self.eat(T::Extends) { Some(self.class_name()?) } else { None };
        let implements = if self.eat(T::Implements) { self.class_names(T::Comma)? } else { List::empty() };
        let class = self.class_rest(Class {
            kind: ClassKind::Anonymous,
            modifiers,
            name: None,
            attrs,
            extends,
            implements,
            backing: None,
            members: Slice::empty(),
            doc: None,
            span: Span::new(start, start),
        })?;
        Ok((self.add(Expr::NewAnonymous { class, args }, start), OperandClass::NEW_DEREFERENCEABLE))
    }

    /// The doc comment and the members in braces.
    fn class_rest(&mut self, mut class: Class) -> Parsed<ClassId> {
        if class.kind != ClassKind::Trait {
            class.doc = self.take_doc();
        }
        let outer = std::mem::replace(&mut self.generator, false);
        self.expect(T::OpenBrace)?;
        let mark = self.slice_mark::<Member>();
        while !self.at(T::CloseBrace) {
            let member = self.nested(Self::member_declaration)?;
            self.push_slice(member);
        }
        class.span.end = self.bump().end;
        self.generator = outer;
        class.members = self.finish_slice(mark);
        Ok(self.ast.add(class))
    }
}
