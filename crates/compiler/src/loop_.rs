//! Loops.
//!
//! Conditions stand at the bottom, so that an iteration takes one backward jump. Its target is preceded by a
//! `LOOP_HEAD`, which gives the loop its number as a trace site.

use crate::Compiler;
use crate::assign::Source;
use crate::builder::TmpUse;
use crate::error::Result;
use crate::fetch::{Mode, Place};
use crate::operand::{Label, NONE, Operand};
use crate::scope::{Held, JumpScope, LoopScope};
use phalanx_bytecode::Opcode;
use phalanx_syntax::ast::{Expr, ExprId, ForLoop, Foreach, StmtId, Sym};

impl Compiler<'_> {
    /// Emits a `LOOP_HEAD` and binds `label` behind it.
    pub(crate) fn loop_head(&mut self, label: Label) {
        self.f.trace_sites += 1;
        let site = Operand::Num(self.f.trace_sites);
        let slot = Operand::Num(self.f.cache_slots(1));
        self.emit(Opcode::LOOP_HEAD, site, slot, NONE);
        self.f.bind(label);
    }

    fn begin_loop(&mut self, holds: Option<Held>) -> LoopScope {
        let scope =
            LoopScope { break_to: self.f.label(), continue_to: self.f.label(), holds, is_switch: false };
        self.push_scope(JumpScope::Loop(scope));
        scope
    }

    /// Whether a condition is always true, so that it need not be evaluated.
    fn always(&mut self, cond: ExprId) -> bool {
        match self.constant_value(cond) {
            Some(value) => self.truthy(value),
            None => false,
        }
    }

    pub(crate) fn while_loop(&mut self, cond: ExprId, body: StmtId) -> Result<()> {
        let head = self.f.label();
        let scope = self.begin_loop(None);
        if self.always(cond) {
            self.loop_head(head);
            self.f.bind(scope.continue_to);
            self.stmt(body)?;
            self.jump(head);
        } else {
            self.jump(scope.continue_to);
            self.loop_head(head);
            self.stmt(body)?;
            self.f.bind(scope.continue_to);
            self.condition(cond, head, true)?;
        }
        self.pop_scope();
        self.f.bind(scope.break_to);
        Ok(())
    }

    pub(crate) fn do_while_loop(&mut self, body: StmtId, cond: ExprId) -> Result<()> {
        let head = self.f.label();
        let scope = self.begin_loop(None);
        self.loop_head(head);
        self.stmt(body)?;
        self.f.bind(scope.continue_to);
        self.condition(cond, head, true)?;
        self.pop_scope();
        self.f.bind(scope.break_to);
        Ok(())
    }

    pub(crate) fn for_loop(&mut self, node: ForLoop) -> Result<()> {
        let ast = self.ast;
        for init in ast.list(node.init) {
            self.discard(init)?;
        }
        let head = self.f.label();
        let test = self.f.label();
        let scope = self.begin_loop(None);
        let has_cond = !node.cond.is_empty();
        if has_cond {
            self.jump(test);
        }
        self.loop_head(head);
        self.stmt(node.body)?;
        self.f.bind(scope.continue_to);
        for step in ast.list(node.step) {
            self.discard(step)?;
        }
        self.f.bind(test);
        if has_cond {
            let mut conds = ast.list(node.cond);
            let last = conds.next_back();
            for cond in conds {
                self.discard(cond)?;
            }
            if let Some(last) = last {
                self.condition(last, head, true)?;
            }
        } else {
            self.jump(head);
        }
        self.pop_scope();
        self.f.bind(scope.break_to);
        Ok(())
    }

    pub(crate) fn foreach_loop(&mut self, node: Foreach) -> Result<()> {
        let ast = self.ast;
        let line = self.line;
        if node.key_by_ref {
            return self.error("Key element cannot be a reference");
        }
        if let Some(key) = node.key
            && let Expr::Array { .. } = ast.expr(key)
        {
            return self.error("Cannot use list as key element");
        }
        let list = match ast.expr(node.value) {
            Expr::Array { items, .. } => Some(items),
            _ => None,
        };
        let by_ref = node.by_ref || list.is_some_and(|items| self.has_references(items));
        let is_place = self.is_variable(node.subject)
            && !self.is_globals(node.subject)
            && !self.is_nullsafe_chain(node.subject);
        let subject = if by_ref && is_place {
            let place = self.var(node.subject, Mode::Write, true)?;
            if self.is_call(node.subject) {
                self.emit(Opcode::SEPARATE, place, NONE, NONE);
            }
            place
        } else {
            self.expr(node.subject)?
        };
        let iterator = self.f.tmp_for(TmpUse::Iterator);
        let scope = self.begin_loop(Some(Held::Iterator(iterator)));
        let iterator = Operand::Tmp(iterator);
        let (reset, fetch) = if by_ref {
            (Opcode::FE_RESET_RW, Opcode::FE_FETCH_RW)
        } else {
            (Opcode::FE_RESET_R, Opcode::FE_FETCH_R)
        };
        let subject = match subject {
            // A constant has no place.
            Operand::Const(_) if by_ref => self.op(Opcode::MOVE, subject, NONE),
            _ => subject,
        };
        self.emit(reset, subject, Operand::Label(scope.break_to), iterator);
        self.loop_head(scope.continue_to);

        if ast.expr(node.value) == Expr::Var(Sym::this()) {
            return self.error("Cannot re-assign $this");
        }
        let value = match ast.expr(node.value) {
            Expr::Var(name) => match self.simple_place(name) {
                Place::Cv(cv) => Operand::Cv(cv),
                _ => self.f.tmp(),
            },
            _ => self.f.tmp(),
        };
        let key = match node.key {
            None => NONE,
            // The key is assigned behind the value, which may be the same variable.
            Some(key) => match (ast.expr(key), value) {
                (Expr::Var(name), Operand::Cv(_)) if name != Sym::this() => match self.simple_place(name) {
                    Place::Cv(cv) => Operand::Cv(cv),
                    _ => self.f.tmp(),
                },
                _ => self.f.tmp(),
            },
        };
        self.emit(fetch, iterator, value, Operand::Label(scope.break_to));
        self.data(key);
        if let Operand::Tmp(_) = value {
            match list {
                Some(items) => {
                    self.destructure(node.value, items, value)?;
                    self.free_kept(value);
                }
                None if by_ref => self.assign_ref_value(node.value, value)?,
                None => {
                    self.assign_source(node.value, Source::Value(value), false)?;
                }
            }
        }
        if let (Operand::Tmp(_), Some(target)) = (key, node.key) {
            self.assign_source(target, Source::Value(key), false)?;
        }
        self.stmt(node.body)?;
        // Going on and ending belong to the line of the `foreach`.
        self.line = line;
        self.jump(scope.continue_to);
        self.pop_scope();
        self.f.bind(scope.break_to);
        self.emit(Opcode::FE_FREE, iterator, NONE, NONE);
        Ok(())
    }
}
