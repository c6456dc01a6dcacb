//! Functions, closures, arrow functions and their parameters.

use phalanx_base::Span;

use super::modifiers::{ModifierList, Target};
use super::{Failed, Parsed, Parser};
use crate::ast::{
    AttrGroup, ClosureUse, Expr, ExprId, Func, FuncBody, FuncId, FuncKind, List, Modifiers, Param, Slice,
    StmtId,
};
use crate::token::TokenKind as T;

impl Parser<'_> {
    /// A named function, at `function`.
    pub(super) fn function(&mut self, attrs: Slice<AttrGroup>) -> Parsed<FuncId> {
        let start = self.bump().start;
        let by_ref = self.eat_ampersand();
        if !matches!(self.tok.kind, T::String | T::Readonly) {
            return Err(Failed);
        }
        // PHP takes the doc comment before it looks at the token behind the name.
        let doc = self.take_doc();
        let token = self.bump();
        let name = Some(self.intern(token));
        let params = self.params()?;
        let return_type = self.return_type()?;
        let (body, is_generator) = self.function_body()?;
        let func = Func {
            kind: FuncKind::Function,
            modifiers: Modifiers::NONE,
            by_ref,
            is_generator,
            has_params: true,
            name,
            attrs,
            params,
            uses: Slice::empty(),
            return_type,
            body: FuncBody::Block(body),
            doc,
            span: Span::new(start, self.last_end),
        };
        Ok(self.ast.add(func))
    }

    /// `{ .. }` of a function, and whether it is a generator.
    pub(super) fn function_body(&mut self) -> Parsed<(List<StmtId>, bool)> {
        let outer = std::mem::replace(&mut self.generator, false);
        let body = self.braced_statements()?;
        Ok((body, std::mem::replace(&mut self.generator, outer)))
    }

    /// A closure or arrow function, at `static`, `function` or `fn`.
    pub(super) fn closure(&mut self, attrs: Slice<AttrGroup>) -> Parsed<ExprId> {
        let modifiers = if self.eat(T::Static) { Modifiers::STATIC } else { Modifiers::NONE };
        let keyword = self.bump();
        let arrow = match keyword.kind {
            T::Function => false,
            T::Fn => true,
            _ => return Err(Failed),
        };
        // Without `&`, PHP has already looked at the parenthesis when it takes the doc comment.
        let doc = self.take_doc();
        let by_ref = self.eat_ampersand();
        let params = self.params()?;
        let uses = if !arrow && self.at(T::Use) { self.closure_uses()? } else { Slice::empty() };
        let return_type = self.return_type()?;
        let (body, is_generator, end) = if arrow {
            self.expect(T::DoubleArrow)?;
            let outer = std::mem::replace(&mut self.generator, false);
            let body = self.expr()?;
            // PHP notes the line of the token behind the body.
            (FuncBody::Expr(body), std::mem::replace(&mut self.generator, outer), self.tok.start)
        } else {
            let (body, is_generator) = self.function_body()?;
            (FuncBody::Block(body), is_generator, self.last_end)
        };
        let func = self.ast.add(Func {
            kind: if arrow { FuncKind::Arrow } else { FuncKind::Closure },
            modifiers,
            by_ref,
            is_generator,
            has_params: true,
            name: None,
            attrs,
            params,
            uses,
            return_type,
            body,
            doc,
            span: Span::new(keyword.start, end),
        });
        let expr = if arrow { Expr::ArrowFn(func) } else { Expr::Closure(func) };
        Ok(self.add(expr, keyword.start))
    }

    fn closure_uses(&mut self) -> Parsed<Slice<ClosureUse>> {
        self.bump();
        self.expect(T::OpenParen)?;
        let mark = self.slice_mark::<ClosureUse>();
        loop {
            let by_ref = self.eat_ampersand();
            let token = self.expect(T::Variable)?;
            let name = self.variable_name(token);
            self.push_slice(ClosureUse { name, by_ref, pos: token.start });
            if !self.eat(T::Comma) || self.at(T::CloseParen) {
                break;
            }
        }
        self.expect(T::CloseParen)?;
        Ok(self.finish_slice(mark))
    }

    /// `(..)` of a declaration.
    pub(super) fn params(&mut self) -> Parsed<Slice<Param>> {
        self.expect(T::OpenParen)?;
        let mark = self.slice_mark::<Param>();
        while !self.at(T::CloseParen) {
            let param = self.nested(Self::param)?;
            self.push_slice(param);
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect(T::CloseParen)?;
        Ok(self.finish_slice(mark))
    }

    fn param(&mut self) -> Parsed<Param> {
        let attrs = self.optional_attributes()?;
        let list: ModifierList = self.modifier_list();
        let modifiers =
            if list.is_empty() { Modifiers::NONE } else { self.check_modifiers(&list, Target::Parameter)? };
        let ty = if self.at_type() { Some(self.type_expr(false)?) } else { None };
        let by_ref = self.eat(T::AmpersandVar);
        let variadic = self.eat(T::Ellipsis);
        let doc = self.take_doc();
        let token = self.expect(T::Variable)?;
        let name = self.variable_name(token);
        let default = if self.eat(T::Equals) { Some(self.expr()?) } else { None };
        let hooks = if self.at(T::OpenBrace) { Some(self.hooks()?) } else { None };
        Ok(Param { name, ty, default, by_ref, variadic, modifiers, attrs, hooks, doc, pos: token.start })
    }
}
