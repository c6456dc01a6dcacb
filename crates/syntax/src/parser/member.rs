//! Members of classes.

use phalanx_base::Span;

use super::modifiers::{ModifierList, Target, modifier};
use super::{Failed, Parsed, Parser};
use crate::ast::{
    AttrGroup, ConstGroup, ConstItem, EnumCase, Func, FuncBody, FuncId, FuncKind, List, Member, Modifiers,
    Prop, PropGroup, Slice, TraitRule, TraitUse,
};
use crate::error::Fault;
use crate::token::TokenKind as T;

impl Parser<'_> {
    /// One member.
    pub(super) fn member_declaration(&mut self) -> Parsed<Member> {
        if self.at(T::Use) {
            return self.trait_use();
        }
        let attrs = self.optional_attributes()?;
        let pos = self.tok.start;
        if self.at(T::Case) {
            return self.enum_case(attrs);
        }
        if self.eat(T::Var) {
            return self.properties(attrs, Modifiers::VAR, pos);
        }
        let list = self.modifier_list();
        match self.tok.kind {
            T::Const => self.constants(attrs, &list, pos),
            T::Function => self.method(attrs, &list),
            _ if list.is_empty() => Err(Failed),
            _ => {
                let modifiers = self.check_modifiers(&list, Target::Property)?;
                self.properties(attrs, modifiers, pos)
            }
        }
    }

    fn constants(&mut self, attrs: Slice<AttrGroup>, list: &ModifierList, pos: u32) -> Parsed<Member> {
        let modifiers = self.check_modifiers(list, Target::Constant)?;
        self.bump();
        // An identifier before `=` is the name, anything else begins the type.
        let untyped = self.at_identifier() && self.lexer.peek_significant().kind == T::Equals;
        let ty = if untyped { None } else { Some(self.type_expr(true)?) };
        let mark = self.slice_mark::<ConstItem>();
        loop {
            let token = self.identifier()?;
            let item = self.const_item(token)?;
            self.push_slice(item);
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect(T::Semicolon)?;
        let items = self.finish_slice(mark);
        let group = ConstGroup { modifiers, ty, attrs, items, pos };
        Ok(Member::Consts(self.ast.add(group)))
    }

    /// `= value` behind a constant's name.
    pub(super) fn const_item(&mut self, token: crate::token::Token) -> Parsed<ConstItem> {
        let name = self.intern(token);
        self.expect(T::Equals)?;
        let value = self.expr()?;
        let doc = self.take_doc();
        Ok(ConstItem { name, value, doc, pos: token.start })
    }

    fn method(&mut self, attrs: Slice<AttrGroup>, list: &ModifierList) -> Parsed<Member> {
        let modifiers = self.check_modifiers(list, Target::Method)?;
        let start = self.bump().start;
        let by_ref = self.eat_ampersand();
        let doc = self.take_doc();
        let token = self.identifier()?;
        let name = Some(self.intern(token));
        let params = self.params()?;
        let return_type = self.return_type()?;
        let (body, is_generator) = if self.eat(T::Semicolon) {
            (FuncBody::None, false)
        } else {
            let (body, is_generator) = self.function_body()?;
            (FuncBody::Block(body), is_generator)
        };
        let func = Func {
            kind: FuncKind::Method,
            modifiers,
            by_ref,
            is_generator,
            has_params: true,
            name,
            attrs,
            params,
            uses: Slice::empty(),
            return_type,
            body,
            doc,
            span: Span::new(start, self.last_end),
        };
        Ok(Member::Method(self.ast.add(func)))
    }

    fn properties(&mut self, attrs: Slice<AttrGroup>, modifiers: Modifiers, pos: u32) -> Parsed<Member> {
        let ty = if self.at(T::Variable) { None } else { Some(self.type_expr(false)?) };
        let mark = self.slice_mark::<Prop>();
        loop {
            let token = self.expect(T::Variable)?;
            let name = self.variable_name(token);
            let default = if self.eat(T::Equals) { Some(self.expr()?) } else { None };
            let doc = self.take_doc();
            let hooked = self.at(T::OpenBrace) && self.slice_mark::<Prop>() == mark;
            let hooks = if hooked { Some(self.hooks()?) } else { None };
            self.push_slice(Prop { name, default, hooks, doc, pos: token.start });
            if hooked {
                break;
            }
            if !self.eat(T::Comma) {
                self.expect(T::Semicolon)?;
                break;
            }
        }
        let props = self.finish_slice(mark);
        let group = PropGroup { modifiers, ty, attrs, props, pos };
        Ok(Member::Props(self.ast.add(group)))
    }

    /// `{ get => ..; set { .. } }`.
    pub(super) fn hooks(&mut self) -> Parsed<List<FuncId>> {
        self.expect(T::OpenBrace)?;
        let mark = self.mark();
        while !self.at(T::CloseBrace) {
            let hook = self.hook()?;
            self.push_id(hook);
        }
        self.bump();
        Ok(self.finish_list(mark))
    }

    fn hook(&mut self) -> Parsed<FuncId> {
        let attrs = self.optional_attributes()?;
        let list = self.modifier_list();
        let modifiers =
            if list.is_empty() { Modifiers::NONE } else { self.check_modifiers(&list, Target::Hook)? };
        let by_ref = self.eat_ampersand();
        let doc = self.take_doc();
        let token = self.expect(T::String)?;
        let name = Some(self.intern(token));
        let has_params = self.at(T::OpenParen);
        let params = if has_params { self.params()? } else { Slice::empty() };
        let (body, is_generator) = match self.tok.kind {
            T::Semicolon => {
                self.bump();
                (FuncBody::None, false)
            }
            T::DoubleArrow => {
                self.bump();
                let outer = std::mem::replace(&mut self.generator, false);
                let body = self.expr()?;
                self.expect(T::Semicolon)?;
                (FuncBody::Expr(body), std::mem::replace(&mut self.generator, outer))
            }
            _ => {
                let (body, is_generator) = self.function_body()?;
                (FuncBody::Block(body), is_generator)
            }
        };
        let func = Func {
            kind: FuncKind::Hook,
            modifiers,
            by_ref,
            is_generator,
            has_params,
            name,
            attrs,
            params,
            uses: Slice::empty(),
            return_type: None,
            body,
            doc,
            span: Span::new(token.start, self.last_end),
        };
        Ok(self.ast.add(func))
    }

    fn enum_case(&mut self, attrs: Slice<AttrGroup>) -> Parsed<Member> {
        // A doc comment behind `case` is not taken.
        let doc = self.take_doc();
        self.bump();
        let token = self.identifier()?;
        let name = self.intern(token);
        let value = if self.eat(T::Equals) { Some(self.expr()?) } else { None };
        self.expect(T::Semicolon)?;
        let case = EnumCase { name, value, attrs, doc, pos: token.start };
        Ok(Member::Case(self.ast.add(case)))
    }

    fn trait_use(&mut self) -> Parsed<Member> {
        let pos = self.bump().start;
        let traits = self.class_names(T::Comma)?;
        let mark = self.slice_mark::<TraitRule>();
        if !self.eat(T::Semicolon) {
            self.expect(T::OpenBrace)?;
            while !self.at(T::CloseBrace) {
                let rule = self.trait_rule()?;
                self.push_slice(rule);
            }
            self.bump();
        }
        let rules = self.finish_slice(mark);
        let trait_use = TraitUse { traits, rules, pos };
        Ok(Member::TraitUse(self.ast.add(trait_use)))
    }

    fn trait_rule(&mut self) -> Parsed<TraitRule> {
        let qualified = matches!(self.tok.kind, T::NameQualified | T::NameFullyQualified | T::NameRelative)
            || (matches!(self.tok.kind, T::String | T::Static)
                && self.lexer.peek_significant().kind == T::DoubleColon);
        let class = if qualified {
            let class = self.class_name()?;
            self.expect(T::DoubleColon)?;
            Some(class)
        } else {
            None
        };
        let token = self.identifier()?;
        let method = self.intern(token);
        let rule = match (self.tok.kind, class) {
            (T::Insteadof, Some(class)) => {
                self.bump();
                TraitRule::InsteadOf { class, method, others: self.class_names(T::Comma)? }
            }
            (T::As, _) => {
                self.bump();
                let found = modifier(self.tok.kind);
                if found.is_some() {
                    self.bump();
                }
                let alias = if found.is_none() || self.at_identifier() {
                    let token = self.identifier()?;
                    Some(self.intern(token))
                } else {
                    None
                };
                let modifiers = found.map(|(flag, _)| flag);
                if let Some((flag, text)) = found
                    && !Target::Method.allowed().contains(flag)
                {
                    let fault = Fault::ModifierNotAllowed { modifier: text, place: Target::Method.place() };
                    let offset = if alias.is_some() { self.last_end } else { self.tok.end };
                    return self.fail(fault, offset);
                }
                TraitRule::As { class, method, modifiers: modifiers.unwrap_or_default(), alias }
            }
            _ => return Err(Failed),
        };
        self.expect(T::Semicolon)?;
        Ok(rule)
    }
}
