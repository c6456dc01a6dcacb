//! `try`, `catch` and `finally`.
//!
//! ```text
//!            body                      exceptions in here go to CATCH, or to the finally block
//!            JMP done
//!   catch:   CATCH ..., handler        exceptions in here go to the finally block
//!   done:    FAST_CALL finally -> m    m remembers where the block goes on
//!            JMP end
//!   finally: block
//!            FAST_RET m
//!   end:
//! ```

use crate::Compiler;
use crate::builder::{TmpUse, TryDraft};
use crate::error::Result;
use crate::operand::{NONE, Operand};
use crate::scope::JumpScope;
use phalanx_bytecode::Opcode;
use phalanx_bytecode::flags::{func, op as flag};
use phalanx_syntax::ast::{Catch, Expr, List, StmtId, Sym, Try};

impl Compiler<'_> {
    pub(crate) fn try_stmt(&mut self, node: Try) -> Result<()> {
        let ast = self.ast;
        let catches = ast.slice(node.catches);
        if catches.is_empty() && node.finally.is_none() {
            return self.error("Cannot use try without catch or finally");
        }
        // A label in front of the block must not be in it.
        self.f.separate_labels();
        let index = self.f.tries.len();
        let start = self.f.label_here();
        self.f.tries.push(TryDraft { start, catch: None, finally: None });
        let finally = node.finally.map(|_| {
            self.f.draft.flags |= func::HAS_FINALLY;
            let memory = self.f.tmp_for(TmpUse::Finally);
            let block = self.f.label();
            self.push_scope(JumpScope::Finally { block, memory });
            (block, memory)
        });
        self.block(node.body)?;
        let done = self.f.label();
        if !catches.is_empty() {
            self.jump(done);
        }
        for (at, catch) in catches.iter().enumerate() {
            if at == 0 {
                let label = self.f.label_here();
                self.f.tries[index].catch = Some(label);
            }
            self.catch(catch, at + 1 == catches.len())?;
            if at + 1 < catches.len() {
                self.jump(done);
            }
            if let Some(next) = self.f.next_catch.take() {
                self.f.bind(next);
            }
        }
        self.f.bind(done);
        if let (Some((block, memory)), Some(body)) = (finally, node.finally) {
            self.pop_scope();
            self.at(node.finally_pos);
            let end = self.f.label();
            self.emit(Opcode::FAST_CALL, Operand::Label(block), NONE, Operand::Tmp(memory));
            self.jump(end);
            self.f.bind(block);
            self.push_scope(JumpScope::InFinally { memory });
            self.block(body)?;
            self.pop_scope();
            let block_end = self.f.label_here();
            self.emit(Opcode::FAST_RET, Operand::Tmp(memory), Operand::Num(0), NONE);
            self.f.tries[index].finally = Some((block, block_end, memory));
            self.release_awaiting(memory);
            self.f.bind(end);
        }
        Ok(())
    }

    /// Frees the slots of values that waited for the `finally` block with the temporary `memory`.
    fn release_awaiting(&mut self, memory: u32) {
        let all = std::mem::take(&mut self.f.awaiting_finally);
        for (block, value) in all {
            if block == memory {
                self.f.unhold(value);
            } else {
                self.f.awaiting_finally.push((block, value));
            }
        }
    }

    pub(crate) fn block(&mut self, body: List<StmtId>) -> Result<()> {
        let ast = self.ast;
        for stmt in ast.list(body) {
            self.stmt(stmt)?;
        }
        Ok(())
    }

    /// One `catch`: a `CATCH` for each class, the last of which goes to the next `catch` if it does not match.
    fn catch(&mut self, catch: &Catch, is_last: bool) -> Result<()> {
        let ast = self.ast;
        self.at(catch.pos);
        let handler = self.f.label();
        let classes = ast.list_len(catch.types);
        for (at, class) in ast.list(catch.types).enumerate() {
            let class = match ast.expr(class) {
                Expr::Name(name) => self.class_ref(name)?,
                _ => return self.error("Bad class name in the catch statement"),
            };
            let crate::names::ClassRef::Named(class) = class else {
                return self.error("Bad class name in the catch statement");
            };
            if catch.var == Some(Sym::this()) {
                return self.error("Cannot re-assign $this");
            }
            let class = self.class_literal(class);
            let var = match catch.var {
                Some(name) => Operand::Cv(self.f.cv(name.into())),
                None => NONE,
            };
            let is_last_class = at + 1 == classes;
            let flags = if is_last && is_last_class { flag::LAST } else { 0 };
            let next = self.f.label();
            self.emit_flags(Opcode::CATCH, class, Operand::Label(next), var, flags);
            if !is_last_class {
                self.jump(handler);
                self.f.bind(next);
            } else if is_last {
                // The last one never jumps, but has an operand.
                self.f.bind(next);
            } else {
                self.f.next_catch = Some(next);
            }
        }
        self.f.bind(handler);
        let next = self.f.next_catch.take();
        self.block(catch.body)?;
        self.f.next_catch = next;
        Ok(())
    }
}
