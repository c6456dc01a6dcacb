//! Control flow, in both syntaxes.

use super::postfix::Class;
use super::{Failed, Parsed, Parser};
use crate::ast::{
    Case, Catch, Expr, ExprId, ForLoop, Foreach, IfBranch, List, Slice, Stmt, StmtId, Sym, Try,
};
use crate::token::TokenKind as T;

impl Parser<'_> {
    fn condition(&mut self) -> Parsed<ExprId> {
        self.expect(T::OpenParen)?;
        let cond = self.expr()?;
        self.expect(T::CloseParen)?;
        Ok(cond)
    }

    /// A body: one statement, or with a colon statements up to `end` and a semicolon.
    fn body(&mut self, end: T) -> Parsed<StmtId> {
        if !self.at(T::Colon) {
            return self.statement();
        }
        let colon = self.bump();
        let body = self.statement_list(false, |kind| kind == end)?;
        self.bump();
        self.expect(T::Semicolon)?;
        Ok(self.add_stmt(Stmt::Block(body), colon.start))
    }

    /// `if`, with all branches that follow. `else if` continues the flat list instead of nesting.
    pub(super) fn if_statement(&mut self) -> Parsed<StmtId> {
        let mark = self.slice_mark::<IfBranch>();
        self.bump();
        let cond = self.condition()?;
        let pos = self.pos(cond);
        if self.at(T::Colon) {
            self.alternative_if(cond)?;
        } else {
            let body = self.statement()?;
            self.push_slice(IfBranch { cond: Some(cond), body, else_if: false, pos });
            while let T::Elseif | T::Else = self.tok.kind {
                let else_if = if self.bump().kind == T::Elseif {
                    false
                } else if self.at(T::If) {
                    self.bump();
                    true
                } else {
                    let body = self.statement()?;
                    let pos = self.ast.stmt_pos(body);
                    self.push_slice(IfBranch { cond: None, body, else_if: false, pos });
                    break;
                };
                let cond = self.condition()?;
                let pos = self.pos(cond);
                if self.at(T::Colon) {
                    // `elseif (..):` cannot go on an `if` with a plain body; `else if (..):` is an `if` of its own.
                    if !else_if {
                        return Err(Failed);
                    }
                    let nested = self.slice_mark::<IfBranch>();
                    self.alternative_if(cond)?;
                    let branches = self.finish_slice(nested);
                    let body = self.add_stmt(Stmt::If(branches), pos);
                    self.push_slice(IfBranch { cond: None, body, else_if: false, pos });
                    break;
                }
                let body = self.statement()?;
                self.push_slice(IfBranch { cond: Some(cond), body, else_if, pos });
            }
        }
        let branches = self.finish_slice(mark);
        Ok(self.add_stmt(Stmt::If(branches), pos))
    }

    /// The branches of `if (..): .. endif;`, at the first colon.
    fn alternative_if(&mut self, cond: ExprId) -> Parsed<()> {
        let mut cond = Some(cond);
        loop {
            let colon = self.expect(T::Colon)?;
            let statements =
                self.statement_list(false, |kind| matches!(kind, T::Elseif | T::Else | T::Endif))?;
            let body = self.add_stmt(Stmt::Block(statements), colon.start);
            let pos = cond.map_or(colon.start, |cond| self.pos(cond));
            self.push_slice(IfBranch { cond, body, else_if: false, pos });
            let is_else = cond.is_none();
            match self.bump().kind {
                T::Elseif if !is_else => cond = Some(self.condition()?),
                T::Else if !is_else => cond = None,
                T::Endif => break,
                _ => return Err(Failed),
            }
        }
        self.expect(T::Semicolon)?;
        Ok(())
    }

    pub(super) fn while_statement(&mut self) -> Parsed<StmtId> {
        self.bump();
        let cond = self.condition()?;
        let body = self.body(T::Endwhile)?;
        let pos = self.pos(cond);
        Ok(self.add_stmt(Stmt::While { cond, body }, pos))
    }

    pub(super) fn do_statement(&mut self) -> Parsed<StmtId> {
        self.bump();
        let body = self.statement()?;
        self.expect(T::While)?;
        let cond = self.condition()?;
        self.expect(T::Semicolon)?;
        let pos = self.ast.stmt_pos(body);
        Ok(self.add_stmt(Stmt::DoWhile { body, cond }, pos))
    }

    pub(super) fn for_statement(&mut self) -> Parsed<StmtId> {
        let keyword = self.bump();
        self.expect(T::OpenParen)?;
        let init = self.for_exprs(T::Semicolon)?;
        let cond = self.for_exprs(T::Semicolon)?;
        let step = self.for_exprs(T::CloseParen)?;
        let body = self.body(T::Endfor)?;
        let first = [init, cond, step].into_iter().find_map(|list| self.ast.list(list).next());
        let pos = first.map_or(keyword.start, |first| self.pos(first));
        let node = self.ast.add(ForLoop { init, cond, step, body });
        Ok(self.add_stmt(Stmt::For(node), pos))
    }

    fn for_exprs(&mut self, end: T) -> Parsed<List<ExprId>> {
        let list = if self.at(end) { List::empty() } else { self.expr_list()? };
        self.expect(end)?;
        Ok(list)
    }

    pub(super) fn foreach_statement(&mut self) -> Parsed<StmtId> {
        self.bump();
        self.expect(T::OpenParen)?;
        let subject = self.expr()?;
        self.expect(T::As)?;
        let (first, first_by_ref) = self.foreach_target()?;
        let (key, key_by_ref, value, by_ref) = if self.eat(T::DoubleArrow) {
            let (value, by_ref) = self.foreach_target()?;
            (Some(first), first_by_ref, value, by_ref)
        } else {
            (None, false, first, first_by_ref)
        };
        self.expect(T::CloseParen)?;
        let body = self.body(T::Endforeach)?;
        let pos = self.pos(subject);
        let node = self.ast.add(Foreach { subject, key, value, by_ref, key_by_ref, body });
        Ok(self.add_stmt(Stmt::Foreach(node), pos))
    }

    /// `foreach_variable`: a variable, `&variable` or a destructuring pattern.
    fn foreach_target(&mut self) -> Parsed<(ExprId, bool)> {
        if self.eat_ampersand() {
            return Ok((self.variable()?, true));
        }
        if self.at(T::List) {
            return Ok((self.list_target()?, false));
        }
        let (target, class) = self.nested(|parser| parser.operand())?;
        let pattern = class.contains(Class::ARRAY)
            && matches!(self.ast.expr(target), Expr::Array { syntax: crate::ast::ArraySyntax::Short, .. });
        if pattern || class.contains(Class::VARIABLE) { Ok((target, false)) } else { Err(Failed) }
    }

    pub(super) fn switch_statement(&mut self) -> Parsed<StmtId> {
        self.bump();
        let subject = self.condition()?;
        let end = if self.eat(T::OpenBrace) {
            T::CloseBrace
        } else {
            self.expect(T::Colon)?;
            T::Endswitch
        };
        self.eat(T::Semicolon);
        let mark = self.slice_mark::<Case>();
        while !self.at(end) {
            let keyword = self.bump();
            let cond = match keyword.kind {
                T::Case => Some(self.expr()?),
                T::Default => None,
                _ => return Err(Failed),
            };
            if !self.eat(T::Colon) {
                self.expect(T::Semicolon)?;
            }
            let body = self.statement_list(false, |kind| {
                matches!(kind, T::Case | T::Default | T::CloseBrace | T::Endswitch)
            })?;
            self.push_slice(Case { cond, body, pos: keyword.start });
        }
        self.bump();
        if end == T::Endswitch {
            self.expect(T::Semicolon)?;
        }
        let cases: Slice<Case> = self.finish_slice(mark);
        let pos = self.pos(subject);
        Ok(self.add_stmt(Stmt::Switch { subject, cases }, pos))
    }

    pub(super) fn try_statement(&mut self) -> Parsed<StmtId> {
        let keyword = self.bump();
        let brace = self.tok.start;
        let body = self.braced_statements()?;
        let mark = self.slice_mark::<Catch>();
        while self.at(T::Catch) {
            let pos = self.bump().start;
            self.expect(T::OpenParen)?;
            let types = self.class_names(T::Bar)?;
            let var: Option<Sym> = if self.at(T::Variable) {
                let token = self.bump();
                Some(self.variable_name(token))
            } else {
                None
            };
            self.expect(T::CloseParen)?;
            let body = self.braced_statements()?;
            self.push_slice(Catch { types, var, body, pos });
        }
        let mut finally_pos = keyword.start;
        let finally = if self.at(T::Finally) {
            finally_pos = self.bump().start;
            Some(self.braced_statements()?)
        } else {
            None
        };
        let catches = self.finish_slice(mark);
        let node = self.ast.add(Try { body, catches, finally, finally_pos });
        Ok(self.add_stmt(Stmt::Try(node), brace))
    }

    pub(super) fn declare(&mut self) -> Parsed<StmtId> {
        self.bump();
        self.expect(T::OpenParen)?;
        let pos = self.tok.start;
        let directives = self.const_list()?;
        self.expect(T::CloseParen)?;
        let body = if self.eat(T::Semicolon) { None } else { Some(self.body(T::Enddeclare)?) };
        Ok(self.add_stmt(Stmt::Declare { directives, body }, pos))
    }
}
