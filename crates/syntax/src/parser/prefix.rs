//! Prefix operators, and expressions that begin with a keyword.

use super::expr::level;
use super::postfix::Class;
use super::{Failed, Parsed, Parser};
use crate::ast::{
    Args, CastType, Expr, ExprId, IncDecOp, IncludeKind, List, MagicConst, MatchArm, Name, NameKind, Slice,
    UnaryOp,
};
use crate::token::TokenKind as T;

impl Parser<'_> {
    /// An operand with its prefix operators and, for variables, its assignment.
    pub(super) fn prefix(&mut self) -> Parsed<ExprId> {
        let token = self.tok;
        match token.kind {
            T::Variable | T::String => {
                let (expr, class) = self.operand()?;
                if class.contains(Class::VARIABLE) { self.after_variable(expr) } else { Ok(expr) }
            }
            T::ConstantEncapsedString => {
                let string = self.quoted_string()?;
                if !matches!(
                    self.tok.kind,
                    T::OpenBracket
                        | T::OpenParen
                        | T::DoubleColon
                        | T::ObjectOperator
                        | T::NullsafeObjectOperator
                ) {
                    return Ok(string);
                }
                let (expr, class) = self.chain(string, Class::DEREFERENCEABLE)?;
                if class.contains(Class::VARIABLE) { self.after_variable(expr) } else { Ok(expr) }
            }
            T::Lnumber | T::Dnumber => Ok(self.number()),
            T::Exclamation => self.unary(UnaryOp::Not, level::NOT),
            T::Minus => self.unary(UnaryOp::Minus, level::UNARY),
            T::Plus => self.unary(UnaryOp::Plus, level::UNARY),
            T::Tilde => self.unary(UnaryOp::BitNot, level::UNARY),
            T::At => self.unary(UnaryOp::Silence, level::UNARY),
            T::Clone => self.unary(UnaryOp::Clone, level::CLONE),
            T::IntCast => self.cast(CastType::Int),
            T::DoubleCast => self.cast(CastType::Float),
            T::StringCast => self.cast(CastType::String),
            T::ArrayCast => self.cast(CastType::Array),
            T::ObjectCast => self.cast(CastType::Object),
            T::BoolCast => self.cast(CastType::Bool),
            T::UnsetCast => self.cast(CastType::Unset),
            T::Inc => self.pre_inc_dec(IncDecOp::PreInc),
            T::Dec => self.pre_inc_dec(IncDecOp::PreDec),
            T::Print => {
                self.bump();
                self.wrap(Expr::Print, level::PRINT)
            }
            T::Include => self.include(IncludeKind::Include),
            T::IncludeOnce => self.include(IncludeKind::IncludeOnce),
            T::Require => self.include(IncludeKind::Require),
            T::RequireOnce => self.include(IncludeKind::RequireOnce),
            T::Throw => {
                self.bump();
                self.wrap(Expr::Throw, level::LOWEST)
            }
            T::YieldFrom => {
                self.bump();
                self.generator = true;
                self.wrap(Expr::YieldFrom, level::YIELD_FROM)
            }
            T::Yield => self.yield_expr(),
            T::Isset => self.isset(),
            T::Empty => {
                self.bump();
                self.wrap_parenthesized(Expr::Empty)
            }
            T::Eval => {
                self.bump();
                self.wrap_parenthesized(Expr::Eval)
            }
            T::Exit => self.exit(),
            T::Match => self.match_expr(),
            T::Function | T::Fn => self.closure(Slice::empty()),
            T::Attribute => {
                let attrs = self.attributes()?;
                self.attributed_closure(attrs)
            }
            T::Static => match self.lexer.peek_significant().kind {
                T::Function | T::Fn => self.closure(Slice::empty()),
                _ => {
                    let (expr, class) = self.operand()?;
                    if class.contains(Class::VARIABLE) { self.after_variable(expr) } else { Ok(expr) }
                }
            },
            T::StartHeredoc => self.heredoc(),
            T::Backquote => self.shell_exec(),
            T::List => self.list_assignment(),
            _ => {
                let (expr, class) = self.operand()?;
                if class.contains(Class::VARIABLE)
                    || (class.contains(Class::ARRAY) && self.short_array_target(expr))
                {
                    self.after_target(expr, class)
                } else {
                    Ok(expr)
                }
            }
        }
    }

    /// Assignment behind an array literal or a variable.
    fn after_target(&mut self, target: ExprId, class: Class) -> Parsed<ExprId> {
        if class.contains(Class::VARIABLE) {
            return self.after_variable(target);
        }
        if !self.eat(T::Equals) {
            return Ok(target);
        }
        let value = self.expr_from(level::ASSIGN)?;
        let pos = self.pos(target);
        Ok(self.add(Expr::Assign { target, value }, pos))
    }

    /// Whether an array literal was written with brackets: only then it may be a target.
    fn short_array_target(&self, expr: ExprId) -> bool {
        matches!(self.ast.expr(expr), Expr::Array { syntax: crate::ast::ArraySyntax::Short, .. })
    }

    /// `list(..) = expr`.
    fn list_assignment(&mut self) -> Parsed<ExprId> {
        let target = self.list_target()?;
        self.expect(T::Equals)?;
        let value = self.expr_from(level::ASSIGN)?;
        let pos = self.pos(target);
        Ok(self.add(Expr::Assign { target, value }, pos))
    }

    fn unary(&mut self, op: UnaryOp, level: u8) -> Parsed<ExprId> {
        self.bump();
        self.wrap(|operand| Expr::Unary { op, operand }, level)
    }

    fn cast(&mut self, to: CastType) -> Parsed<ExprId> {
        self.bump();
        self.wrap(|operand| Expr::Cast { to, operand }, level::UNARY)
    }

    fn include(&mut self, kind: IncludeKind) -> Parsed<ExprId> {
        self.bump();
        self.wrap(|path| Expr::Include { kind, path }, level::INCLUDE)
    }

    fn pre_inc_dec(&mut self, op: IncDecOp) -> Parsed<ExprId> {
        self.bump();
        let target = self.variable()?;
        let pos = self.pos(target);
        Ok(self.add(Expr::IncDec { op, target }, pos))
    }

    /// Reads an operand whose operators bind at least as `level` and wraps it.
    fn wrap(&mut self, make: impl FnOnce(ExprId) -> Expr, level: u8) -> Parsed<ExprId> {
        let operand = self.expr_from(level)?;
        let pos = self.pos(operand);
        Ok(self.add(make(operand), pos))
    }

    fn wrap_parenthesized(&mut self, make: impl FnOnce(ExprId) -> Expr) -> Parsed<ExprId> {
        self.expect(T::OpenParen)?;
        let operand = self.expr()?;
        self.expect(T::CloseParen)?;
        let pos = self.pos(operand);
        Ok(self.add(make(operand), pos))
    }

    fn yield_expr(&mut self) -> Parsed<ExprId> {
        let token = self.bump();
        self.generator = true;
        if !starts_expr(self.tok.kind) {
            return Ok(self.add(Expr::Yield { key: None, value: None }, token.start));
        }
        let first = self.expr_from(level::YIELD)?;
        let (key, value) = if self.eat(T::DoubleArrow) {
            (Some(first), self.expr_from(level::YIELD)?)
        } else {
            (None, first)
        };
        let pos = self.pos(value);
        Ok(self.add(Expr::Yield { key, value: Some(value) }, pos))
    }

    fn isset(&mut self) -> Parsed<ExprId> {
        self.bump();
        self.expect(T::OpenParen)?;
        let mark = self.mark();
        loop {
            let operand = self.expr()?;
            self.push_id(operand);
            if !self.eat(T::Comma) || self.at(T::CloseParen) {
                break;
            }
        }
        self.expect(T::CloseParen)?;
        let operands: List<ExprId> = self.finish_list(mark);
        let pos = self.ast.list(operands).next().map_or(self.last_end, |first| self.pos(first));
        Ok(self.add(Expr::Isset(operands), pos))
    }

    /// `exit` is a call of `\exit`, with or without parentheses.
    fn exit(&mut self) -> Parsed<ExprId> {
        self.bump();
        let (args, pos) = if self.at(T::OpenParen) {
            let args = self.args()?;
            (args, self.last_end - 1)
        } else {
            (Args { list: Some(List::empty()) }, self.tok.start)
        };
        let sym = self.ast.strings.intern(b"exit");
        let callee = self.add(Expr::Name(Name { sym, kind: NameKind::FullyQualified }), pos);
        Ok(self.add(Expr::Call { callee, args }, pos))
    }

    fn match_expr(&mut self) -> Parsed<ExprId> {
        self.bump();
        self.expect(T::OpenParen)?;
        let subject = self.expr()?;
        self.expect(T::CloseParen)?;
        self.expect(T::OpenBrace)?;
        let mark = self.slice_mark::<MatchArm>();
        while !self.at(T::CloseBrace) {
            let pos = self.tok.start;
            // `default` is reserved, so it cannot begin a condition.
            let conds = if self.eat(T::Default) {
                self.eat(T::Comma);
                None
            } else {
                let conds = self.mark();
                loop {
                    let cond = self.expr()?;
                    self.push_id(cond);
                    if !self.eat(T::Comma) || self.at(T::DoubleArrow) {
                        break;
                    }
                }
                Some(self.finish_list(conds))
            };
            self.expect(T::DoubleArrow)?;
            let body = self.expr()?;
            self.push_slice(MatchArm { conds, body, pos });
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect(T::CloseBrace)?;
        let arms = self.finish_slice(mark);
        let pos = self.pos(subject);
        Ok(self.add(Expr::Match { subject, arms }, pos))
    }

    pub(super) fn magic_constant(&mut self) -> ExprId {
        let token = self.bump();
        let constant = match token.kind {
            T::Line => MagicConst::Line,
            T::File => MagicConst::File,
            T::Dir => MagicConst::Dir,
            T::ClassC => MagicConst::Class,
            T::TraitC => MagicConst::Trait,
            T::MethodC => MagicConst::Method,
            T::FuncC => MagicConst::Function,
            T::NsC => MagicConst::Namespace,
            _ => MagicConst::Property,
        };
        self.add(Expr::Magic(constant), token.start)
    }

    /// `new ..`.
    pub(super) fn new_expr(&mut self) -> Parsed<(ExprId, Class)> {
        self.bump();
        let attrs = if self.at(T::Attribute) { Some(self.attributes()?) } else { None };
        if attrs.is_some() || matches!(self.tok.kind, T::Class | T::Abstract | T::Final | T::Readonly) {
            return self.anonymous_class(attrs.unwrap_or(Slice::empty()));
        }
        let class = self.nested(Self::class_reference)?;
        let pos = self.pos(class);
        if self.at(T::OpenParen) {
            let args = self.args()?;
            Ok((self.add(Expr::New { class, args }, pos), Class::NEW_DEREFERENCEABLE))
        } else {
            let args = Args { list: Some(List::empty()) };
            Ok((self.add(Expr::New { class, args }, pos), Class::PLAIN))
        }
    }

    pub(super) fn attributed_closure(&mut self, attrs: Slice<crate::ast::AttrGroup>) -> Parsed<ExprId> {
        match self.tok.kind {
            T::Function | T::Fn | T::Static => self.closure(attrs),
            _ => Err(Failed),
        }
    }
}

/// Whether an expression may begin with the token.
pub(super) fn starts_expr(kind: T) -> bool {
    match kind {
        T::Lnumber
        | T::Dnumber
        | T::String
        | T::NameFullyQualified
        | T::NameRelative
        | T::NameQualified
        | T::Variable
        | T::ConstantEncapsedString
        | T::Include
        | T::IncludeOnce
        | T::Eval
        | T::Require
        | T::RequireOnce
        | T::Print
        | T::Yield
        | T::YieldFrom
        | T::New
        | T::Clone
        | T::Exit
        | T::Match
        | T::Function
        | T::Fn
        | T::Throw
        | T::Static
        | T::Readonly
        | T::Isset
        | T::Empty
        | T::List
        | T::Array
        | T::Attribute
        | T::Inc
        | T::Dec
        | T::StartHeredoc
        | T::OpenBracket
        | T::OpenParen
        | T::Plus
        | T::Minus
        | T::Exclamation
        | T::Tilde
        | T::Dollar
        | T::At
        | T::Backquote
        | T::DoubleQuote => true,
        kind => (kind >= T::Line && kind <= T::NsC) || (kind >= T::IntCast && kind <= T::UnsetCast),
    }
}
