//! `goto` and labels.
//!
//! A label may come behind its `goto`, so a `goto` leaves all loops and `try` blocks at first; when the function is
//! complete, what leaves those that the label is in, too, is taken out again.

use crate::Compiler;
use crate::error::Result;
use crate::operand::{Label, NONE, Operand};
use crate::scope::JumpScope;
use crate::strings::StrId;
use phalanx_bytecode::{Op, Opcode};
use phalanx_syntax::ast::Sym;

/// A label in the source.
#[derive(Clone, Debug)]
pub(crate) struct GotoLabel {
    label: Label,
    /// The scopes around it, outermost first: ids, and whether each is a `finally` block.
    scopes: Vec<(u32, bool)>,
}

/// A `goto`.
#[derive(Clone, Debug)]
pub(crate) struct Goto {
    name: StrId,
    /// Where it goes: bound to the position of the label when that is known.
    jump: u32,
    scopes: Vec<(u32, bool)>,
    /// The instruction that leaves each scope, if it takes one.
    leaves: Vec<Option<u32>>,
    line: u32,
}

impl Compiler<'_> {
    fn scope_list(&self) -> Vec<(u32, bool)> {
        let in_finally = |scope: &JumpScope| matches!(scope, JumpScope::InFinally { .. });
        self.f.scope_ids.iter().copied().zip(self.f.scopes.iter().map(in_finally)).collect()
    }

    pub(crate) fn goto_label(&mut self, name: Sym) -> Result<()> {
        let name = StrId::from(name);
        if self.f.goto_labels.contains_key(&name) {
            let text = self.strings.text(name);
            return self.error(format!("Label '{text}' already defined"));
        }
        let label = self.f.label();
        // Whether anything jumps backwards to it is not known yet.
        self.loop_head(label);
        let scopes = self.scope_list();
        self.f.goto_labels.insert(name, GotoLabel { label, scopes });
        Ok(())
    }

    pub(crate) fn goto(&mut self, name: Sym) -> Result<()> {
        let scopes = self.scope_list();
        let mut leaves = vec![None; scopes.len()];
        for at in (0..self.f.scopes.len()).rev() {
            let before = self.f.here();
            let scope = self.f.scopes[at];
            self.leave(scope, NONE);
            leaves[at] = (self.f.here() > before).then_some(before);
        }
        let line = self.line;
        let nowhere = self.f.label();
        let jump = self.emit(Opcode::JMP, Operand::Label(nowhere), NONE, NONE);
        self.f.gotos.push(Goto { name: name.into(), jump, scopes, leaves, line });
        Ok(())
    }

    /// Connects the `goto`s of the function with their labels.
    pub(crate) fn resolve_gotos(&mut self) -> Result<()> {
        for goto in std::mem::take(&mut self.f.gotos) {
            let Some(target) = self.f.goto_labels.get(&goto.name).cloned() else {
                let text = self.strings.text(goto.name);
                return self.error_at_line(format!("'goto' to undefined label '{text}'"), goto.line);
            };
            let depth = target.scopes.len();
            if goto.scopes.get(..depth) != Some(&target.scopes[..]) {
                let into_finally = target.scopes.iter().any(|scope| scope.1 && !goto.scopes.contains(scope));
                let text = if into_finally {
                    "jump into a finally block is disallowed"
                } else {
                    "'goto' into loop or switch statement is disallowed"
                };
                return self.error_at_line(text, goto.line);
            }
            if goto.scopes[depth..].iter().any(|scope| scope.1) {
                return self.error_at_line("jump out of a finally block is disallowed", goto.line);
            }
            for leave in goto.leaves[..depth].iter().flatten() {
                self.f.draft.code[*leave as usize] = Op::new(Opcode::NOP);
            }
            self.f.draft.code[goto.jump as usize].a = target.label.0;
        }
        Ok(())
    }
}
