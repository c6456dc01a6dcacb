//! `++` and `--`.

use crate::Compiler;
use crate::error::Result;
use crate::fetch::{Mode, Place};
use crate::operand::{NONE, Operand};
use phalanx_bytecode::Opcode;
use phalanx_syntax::ast::{ExprId, IncDecOp};

impl Compiler<'_> {
    /// The result is `None` unless it is `wanted`; then it does not matter which side the operator stands on.
    pub(crate) fn inc_dec(&mut self, op: IncDecOp, target: ExprId, wanted: bool) -> Result<Operand> {
        use Opcode as O;
        self.check_writable(target)?;
        let op = match (op, wanted) {
            (IncDecOp::PostInc, false) => IncDecOp::PreInc,
            (IncDecOp::PostDec, false) => IncDecOp::PreDec,
            _ => op,
        };
        let [variable, property, in_class] = match op {
            IncDecOp::PreInc => [O::PRE_INC, O::PRE_INC_OBJ, O::PRE_INC_STATIC],
            IncDecOp::PreDec => [O::PRE_DEC, O::PRE_DEC_OBJ, O::PRE_DEC_STATIC],
            IncDecOp::PostInc => [O::POST_INC, O::POST_INC_OBJ, O::POST_INC_STATIC],
            IncDecOp::PostDec => [O::POST_DEC, O::POST_DEC_OBJ, O::POST_DEC_STATIC],
        };
        let start = self.f.pending.len();
        let place = self.place(target, Mode::ReadWrite)?;
        let (opcode, a, b) = match place {
            Place::Prop(object, name) => (property, object, name),
            Place::Static(name, class) => (in_class, name, class),
            place => (variable, self.fetch_place(place, Mode::ReadWrite, false)?, NONE),
        };
        self.flush(start);
        let result = if wanted { self.f.tmp() } else { NONE };
        self.emit(opcode, a, b, result);
        Ok(result)
    }
}
