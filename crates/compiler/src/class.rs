//! Classes.

use crate::Compiler;
use crate::error::Result;
use crate::operand::Operand;
use phalanx_bytecode::draft::TypeDraft;
use phalanx_syntax::ast::{Args, ClassId, ExprId, Func, Param};

impl Compiler<'_> {
    pub(crate) fn class_stmt(&mut self, id: ClassId, top_level: bool) -> Result<()> {
        let _ = (id, top_level);
        self.error("Phalanx does not support classes yet")
    }

    pub(crate) fn new_anonymous(&mut self, id: ExprId, class: ClassId, args: Args) -> Result<Operand> {
        let _ = (id, class, args);
        self.error("Phalanx does not support anonymous classes yet")
    }

    pub(crate) fn promoted_flags(
        &mut self,
        node: &Func,
        param: &Param,
        ty: Option<&TypeDraft>,
    ) -> Result<u32> {
        let _ = (node, param, ty);
        Ok(0)
    }

    pub(crate) fn promote_params(&mut self, node: &Func) {
        let _ = node;
    }
}
