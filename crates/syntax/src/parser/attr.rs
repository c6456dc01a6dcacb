//! Attributes.

use super::{Parsed, Parser};
use crate::ast::{Attr, AttrGroup, Name, NameKind, Slice};
use crate::token::TokenKind as T;

impl Parser<'_> {
    /// Attribute groups, as many as there are.
    pub(super) fn attributes(&mut self) -> Parsed<Slice<AttrGroup>> {
        let groups = self.slice_mark::<AttrGroup>();
        while self.eat(T::Attribute) {
            let mark = self.slice_mark::<Attr>();
            loop {
                let pos = self.tok.start;
                let name = if self.at(T::Static) {
                    let token = self.bump();
                    Name { sym: self.intern(token), kind: NameKind::Unqualified }
                } else {
                    self.name()?.0
                };
                let args = if self.at(T::OpenParen) { Some(self.args()?) } else { None };
                self.push_slice(Attr { name, args, pos });
                if !self.eat(T::Comma) || self.at(T::CloseBracket) {
                    break;
                }
            }
            self.expect(T::CloseBracket)?;
            let attrs = self.finish_slice(mark);
            self.push_slice(AttrGroup { attrs });
        }
        Ok(self.finish_slice(groups))
    }

    /// Attribute groups where there may be some.
    #[inline]
    pub(super) fn optional_attributes(&mut self) -> Parsed<Slice<AttrGroup>> {
        if self.at(T::Attribute) { self.attributes() } else { Ok(Slice::empty()) }
    }
}
