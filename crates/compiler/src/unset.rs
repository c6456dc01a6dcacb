//! `unset`.

use crate::Compiler;
use crate::error::Result;
use crate::fetch::{Mode, Place};
use crate::operand::{NONE, Operand};
use phalanx_bytecode::{Opcode, flags::op as flag};
use phalanx_syntax::ast::ExprId;

impl Compiler<'_> {
    pub(crate) fn unset(&mut self, var: ExprId) -> Result<()> {
        self.at(self.ast.expr_pos(var));
        if self.is_this(var) {
            return self.error("Cannot unset $this");
        }
        if self.is_globals(var) {
            return self.error("$GLOBALS can only be modified using the $GLOBALS[$name] = $value syntax");
        }
        if !self.is_variable(var) {
            return self.error("Cannot unset this expression");
        }
        self.check_writable(var)?;
        let start = self.f.pending.len();
        let place = self.place(var, Mode::Unset)?;
        self.flush(start);
        match place {
            Place::Cv(cv) => self.emit(Opcode::UNSET_CV, Operand::Cv(cv), NONE, NONE),
            Place::Named(name, global) => {
                let flags = if global { flag::GLOBAL } else { 0 };
                self.emit_flags(Opcode::UNSET_VAR, name, NONE, NONE, flags)
            }
            Place::Dim(base, index) => self.emit(Opcode::UNSET_DIM, base, index, NONE),
            Place::Prop(object, name) => self.emit(Opcode::UNSET_OBJ, object, name, NONE),
            Place::Static(name, class) => self.emit(Opcode::UNSET_STATIC, name, class, NONE),
            Place::This | Place::Globals => return self.error("Cannot unset $this"),
        };
        Ok(())
    }
}
