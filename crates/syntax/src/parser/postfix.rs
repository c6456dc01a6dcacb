//! Operands: what can be indexed, called and dereferenced, and what follows it.
//!
//! PHP's grammar divides operands into overlapping classes (`variable`, `callable_expr`, `fully_dereferenceable`, ...).
//! Here one loop reads a chain and tracks to which classes its head belongs.

use super::expr::level;
use super::{Failed, Parsed, Parser};
use crate::ast::{Args, Expr, ExprId, Name, NameKind};
use crate::token::{Token, TokenKind as T};

/// The classes of the grammar that an operand belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Class(u8);

impl Class {
    /// May be followed by `[` and `->`.
    const INDEXABLE: Self = Self(1);
    /// May be followed by `::`.
    const SCOPE: Self = Self(2);
    /// May be followed by `(`.
    const CALLABLE: Self = Self(4);
    /// Nothing may follow.
    pub(super) const PLAIN: Self = Self(0);
    /// May be assigned to.
    pub(super) const VARIABLE: Self = Self(8);
    /// An array literal and nothing behind it.
    pub(super) const ARRAY: Self = Self(32);

    /// A constant.
    const CONSTANT: Self = Self::INDEXABLE;
    /// `A::B`.
    const CLASS_CONSTANT: Self = Self(1 | 2);
    /// Parentheses, arrays and quoted strings.
    pub(super) const DEREFERENCEABLE: Self = Self(1 | 2 | 4);
    /// An array literal.
    pub(super) const ARRAY_LITERAL: Self = Self(1 | 2 | 4 | 32);
    /// `new` with arguments or an anonymous class.
    pub(super) const NEW_DEREFERENCEABLE: Self = Self(1 | 2 | 4);
    /// Simple variables, calls and elements.
    const CALLABLE_VARIABLE: Self = Self(1 | 2 | 4 | 8);
    /// Properties.
    const PROPERTY: Self = Self(1 | 2 | 8);

    #[inline]
    pub(super) fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Parser<'_> {
    /// A chain without prefix operators and without assignment. Fails on anything that is not an operand.
    pub(super) fn operand(&mut self) -> Parsed<(ExprId, Class)> {
        let token = self.tok;
        let (expr, class) = match token.kind {
            T::Variable | T::Dollar => (self.simple_variable()?, Class::CALLABLE_VARIABLE),
            T::String | T::NameQualified | T::NameFullyQualified | T::NameRelative => {
                self.bump();
                self.after_name(token)?
            }
            T::Static => {
                self.bump();
                self.after_static(token)?
            }
            T::OpenBracket => (self.short_array()?, Class::ARRAY_LITERAL),
            T::Array => (self.long_array()?, Class::ARRAY_LITERAL),
            T::ConstantEncapsedString => (self.quoted_string()?, Class::DEREFERENCEABLE),
            T::DoubleQuote => (self.interpolated_string()?, Class::DEREFERENCEABLE),
            T::OpenParen => (self.parenthesized()?, Class::DEREFERENCEABLE),
            T::New => self.new_expr()?,
            T::Line
            | T::File
            | T::Dir
            | T::ClassC
            | T::TraitC
            | T::MethodC
            | T::FuncC
            | T::NsC
            | T::PropertyC => (self.magic_constant(), Class::CONSTANT),
            T::Readonly => {
                self.bump();
                if !self.at(T::OpenParen) {
                    return Err(Failed);
                }
                self.call_name(token)?
            }
            _ => return Err(Failed),
        };
        self.chain(expr, class)
    }

    /// Everything that follows an operand: `[..]`, `->..`, `::..`, `(..)`.
    #[inline]
    pub(super) fn chain(&mut self, first: ExprId, first_class: Class) -> Parsed<(ExprId, Class)> {
        let (mut expr, mut class) = (first, first_class);
        loop {
            (expr, class) = match self.tok.kind {
                T::OpenBracket if class.contains(Class::INDEXABLE) => {
                    self.bump();
                    let index = if self.at(T::CloseBracket) { None } else { Some(self.expr()?) };
                    self.expect(T::CloseBracket)?;
                    let pos = self.pos(expr);
                    (self.add(Expr::Index { base: expr, index }, pos), Class::CALLABLE_VARIABLE)
                }
                T::ObjectOperator | T::NullsafeObjectOperator if class.contains(Class::INDEXABLE) => {
                    self.member(expr)?
                }
                T::DoubleColon if class.contains(Class::SCOPE) => {
                    self.bump();
                    self.after_scope(expr)?
                }
                T::OpenParen if class.contains(Class::CALLABLE) => {
                    let args = self.args()?;
                    let pos = self.pos(expr);
                    (self.add(Expr::Call { callee: expr, args }, pos), Class::CALLABLE_VARIABLE)
                }
                _ => return Ok((expr, class)),
            };
        }
    }

    /// `$a`, `$$a`, `${expr}`.
    pub(super) fn simple_variable(&mut self) -> Parsed<ExprId> {
        let token = self.bump();
        match token.kind {
            T::Variable => {
                let name = self.variable_name(token);
                Ok(self.add(Expr::Var(name), token.start))
            }
            T::Dollar => {
                let name = if self.eat(T::OpenBrace) {
                    let name = self.expr()?;
                    self.expect(T::CloseBrace)?;
                    name
                } else {
                    self.nested(Self::simple_variable)?
                };
                let pos = self.pos(name);
                Ok(self.add(Expr::VarVar(name), pos))
            }
            _ => Err(Failed),
        }
    }

    fn after_name(&mut self, token: Token) -> Parsed<(ExprId, Class)> {
        match self.tok.kind {
            T::OpenParen => self.call_name(token),
            T::DoubleColon => {
                let name = self.name_of(token);
                let class = self.add(Expr::Name(name), token.start);
                self.bump();
                self.after_scope(class)
            }
            _ => {
                let name = self.name_of(token);
                Ok((self.add(Expr::Const(name), token.start), Class::CONSTANT))
            }
        }
    }

    fn call_name(&mut self, token: Token) -> Parsed<(ExprId, Class)> {
        let name = self.name_of(token);
        let callee = self.add(Expr::Name(name), token.start);
        let args = self.args()?;
        Ok((self.add(Expr::Call { callee, args }, token.start), Class::CALLABLE_VARIABLE))
    }

    /// Behind `static`, which is a class here.
    pub(super) fn after_static(&mut self, token: Token) -> Parsed<(ExprId, Class)> {
        self.expect(T::DoubleColon)?;
        let sym = self.intern(token);
        let class = self.add(Expr::Name(Name { sym, kind: NameKind::Unqualified }), token.start);
        self.after_scope(class)
    }

    /// Behind `::`.
    fn after_scope(&mut self, class: ExprId) -> Parsed<(ExprId, Class)> {
        let pos = self.pos(class);
        let token = self.tok;
        match token.kind {
            T::Variable | T::Dollar => {
                let variable = self.simple_variable()?;
                if self.at(T::OpenParen) {
                    let args = self.args()?;
                    return Ok((
                        self.add(Expr::StaticCall { class, name: variable, args }, pos),
                        Class::CALLABLE_VARIABLE,
                    ));
                }
                let name = self.static_prop_name(variable);
                Ok((self.add(Expr::StaticProp { class, name }, pos), Class::PROPERTY))
            }
            T::OpenBrace => {
                self.bump();
                let name = self.expr()?;
                self.expect(T::CloseBrace)?;
                self.scope_member(class, name, pos)
            }
            _ => {
                let token = self.identifier()?;
                if token.kind == T::Class && !self.at(T::OpenParen) {
                    return Ok((self.add(Expr::ClassName(class), pos), Class::CLASS_CONSTANT));
                }
                let sym = self.intern(token);
                let name = self.add(Expr::Str(sym), token.start);
                self.scope_member(class, name, pos)
            }
        }
    }

    /// The name of a static property from the variable behind `::`: one `$` belongs to the syntax.
    fn static_prop_name(&mut self, variable: ExprId) -> ExprId {
        match self.ast.expr(variable) {
            Expr::Var(sym) => {
                self.ast.set_expr(variable, Expr::Str(sym));
                variable
            }
            Expr::VarVar(name) => name,
            _ => variable,
        }
    }

    fn scope_member(&mut self, class: ExprId, name: ExprId, pos: u32) -> Parsed<(ExprId, Class)> {
        if self.at(T::OpenParen) {
            let args = self.args()?;
            Ok((self.add(Expr::StaticCall { class, name, args }, pos), Class::CALLABLE_VARIABLE))
        } else {
            Ok((self.add(Expr::ClassConst { class, name }, pos), Class::CLASS_CONSTANT))
        }
    }

    /// `property_name`.
    fn property_name(&mut self) -> Parsed<ExprId> {
        match self.tok.kind {
            T::String => {
                let token = self.bump();
                let sym = self.intern(token);
                Ok(self.add(Expr::Str(sym), token.start))
            }
            T::OpenBrace => {
                self.bump();
                let name = self.expr()?;
                self.expect(T::CloseBrace)?;
                Ok(name)
            }
            T::Variable | T::Dollar => self.simple_variable(),
            _ => Err(Failed),
        }
    }

    /// `->name` or `->name(..)` at the current arrow.
    fn member(&mut self, object: ExprId) -> Parsed<(ExprId, Class)> {
        let nullsafe = self.bump().kind == T::NullsafeObjectOperator;
        let pos = self.pos(object);
        let name = self.property_name()?;
        if self.at(T::OpenParen) {
            let args = self.args()?;
            Ok((self.add(Expr::MethodCall { object, name, args, nullsafe }, pos), Class::CALLABLE_VARIABLE))
        } else {
            Ok((self.add(Expr::Prop { object, name, nullsafe }, pos), Class::PROPERTY))
        }
    }

    fn parenthesized(&mut self) -> Parsed<ExprId> {
        self.bump();
        let expr = self.expr()?;
        self.expect(T::CloseParen)?;
        if let Expr::Ternary { cond, then, otherwise, .. } = self.ast.expr(expr) {
            self.ast.set_expr(expr, Expr::Ternary { cond, then, otherwise, parenthesized: true });
        }
        Ok(expr)
    }

    /// The arguments of a call, from `(` to `)`.
    pub(super) fn args(&mut self) -> Parsed<Args> {
        self.expect(T::OpenParen)?;
        let mark = self.mark();
        while !self.at(T::CloseParen) {
            let arg = if self.at(T::Ellipsis) {
                self.bump();
                if self.at(T::CloseParen) && self.mark() == mark {
                    self.bump();
                    return Ok(Args { list: None });
                }
                let value = self.expr()?;
                let pos = self.pos(value);
                self.add(Expr::Spread(value), pos)
            } else if self.at_identifier() && self.colon_follows() {
                let token = self.bump();
                let name = self.intern(token);
                self.bump();
                let value = self.expr()?;
                self.add(Expr::NamedArg { name, value }, token.start)
            } else {
                self.expr()?
            };
            self.push_id(arg);
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect(T::CloseParen)?;
        // `f(,)` is no call: a comma needs an argument before it, which the loop has read.
        Ok(Args { list: Some(self.finish_list(mark)) })
    }

    /// `class_name_reference`: what may stand behind `new` and `instanceof`.
    pub(super) fn class_reference(&mut self) -> Parsed<ExprId> {
        let mut class = match self.tok.kind {
            T::OpenParen => {
                self.bump();
                let expr = self.expr_from(level::LOWEST)?;
                self.expect(T::CloseParen)?;
                if let Expr::Ternary { cond, then, otherwise, .. } = self.ast.expr(expr) {
                    self.ast.set_expr(expr, Expr::Ternary { cond, then, otherwise, parenthesized: true });
                }
                return Ok(expr);
            }
            T::Variable | T::Dollar => self.simple_variable()?,
            _ => {
                let class = self.class_name()?;
                if !self.at(T::DoubleColon) {
                    return Ok(class);
                }
                class
            }
        };
        loop {
            let pos = self.pos(class);
            class = match self.tok.kind {
                T::OpenBracket => {
                    self.bump();
                    let index = if self.at(T::CloseBracket) { None } else { Some(self.expr()?) };
                    self.expect(T::CloseBracket)?;
                    self.add(Expr::Index { base: class, index }, pos)
                }
                T::ObjectOperator | T::NullsafeObjectOperator => {
                    let nullsafe = self.bump().kind == T::NullsafeObjectOperator;
                    let name = self.property_name()?;
                    self.add(Expr::Prop { object: class, name, nullsafe }, pos)
                }
                T::DoubleColon => {
                    self.bump();
                    if !matches!(self.tok.kind, T::Variable | T::Dollar) {
                        return Err(Failed);
                    }
                    let variable = self.simple_variable()?;
                    let name = self.static_prop_name(variable);
                    self.add(Expr::StaticProp { class, name }, pos)
                }
                _ => return Ok(class),
            };
        }
    }
}
