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

/// What a scope means for jumps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ScopeKind {
    Loop,
    /// The protected part of a `try` with `finally`.
    Try,
    InFinally,
}

/// A label in the source.
#[derive(Clone, Debug)]
pub(crate) struct GotoLabel {
    label: Label,
    /// The scopes around it, outermost first: ids and kinds.
    scopes: Vec<(u32, ScopeKind)>,
}

/// A `goto`.
#[derive(Clone, Debug)]
pub(crate) struct Goto {
    name: StrId,
    /// Where it goes: bound to the position of the label when that is known.
    jump: u32,
    scopes: Vec<(u32, ScopeKind)>,
    /// The instruction that leaves each scope, if it takes one.
    leaves: Vec<Option<u32>>,
    line: u32,
}

impl Compiler<'_> {
    fn scope_list(&self) -> Vec<(u32, ScopeKind)> {
        let kind = |scope: &JumpScope| match scope {
            JumpScope::Loop(_) => ScopeKind::Loop,
            JumpScope::Finally { .. } => ScopeKind::Try,
            JumpScope::InFinally { .. } => ScopeKind::InFinally,
        };
        self.f.scope_ids.iter().copied().zip(self.f.scopes.iter().map(kind)).collect()
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
            for scope in target.scopes.iter().filter(|scope| !goto.scopes.contains(scope)) {
                match scope.1 {
                    ScopeKind::InFinally => {
                        return self.error_at_line("jump into a finally block is disallowed", goto.line);
                    }
                    ScopeKind::Loop => {
                        return self
                            .error_at_line("'goto' into loop or switch statement is disallowed", goto.line);
                    }
                    // A `try` block may be entered anywhere.
                    ScopeKind::Try => {}
                }
            }
            for (scope, leave) in goto.scopes.iter().zip(&goto.leaves) {
                if target.scopes.contains(scope) {
                    if let Some(leave) = leave {
                        self.f.draft.code[*leave as usize] = Op::new(Opcode::NOP);
                    }
                } else if scope.1 == ScopeKind::InFinally {
                    return self.error_at_line("jump out of a finally block is disallowed", goto.line);
                }
            }
            self.f.draft.code[goto.jump as usize].a = target.label.0;
        }
        Ok(())
    }
}
