//! Assignments: `=`, `= &`, `op=` and `??=`. Destructuring is in [`crate::list`].

use crate::Compiler;
use crate::error::Result;
use crate::fetch::{Mode, Place};
use crate::operand::{NONE, Operand};
use phalanx_bytecode::Opcode;
use phalanx_bytecode::flags::{BinOp, op as flag};
use phalanx_syntax::ast::{BinaryOp, Expr, ExprId};

/// `$a[f()] ??= g()` looks at its target twice but evaluates `f()` once: the first look stores what expressions give,
/// the second one uses it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Memo {
    Off,
    Store,
    Use,
}

/// The right side of an assignment.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    Expr(ExprId),
    Value(Operand),
}

impl Compiler<'_> {
    /// `target = value`; the result is `None` unless it is `wanted`.
    pub(crate) fn assign(&mut self, target: ExprId, value: ExprId, wanted: bool) -> Result<Operand> {
        if let Expr::Array { items, .. } = self.ast.expr(target) {
            return self.assign_list(target, items, value, wanted);
        }
        self.assign_source(target, Source::Expr(value), wanted)
    }

    pub(crate) fn assign_source(&mut self, target: ExprId, source: Source, wanted: bool) -> Result<Operand> {
        self.check_writable(target)?;
        let start = self.f.pending.len();
        let place = self.place(target, Mode::Write)?;
        let target_line = self.line_of(target);
        let value = match source {
            Source::Value(value) => value,
            Source::Expr(value) => match self.self_assignment(target, place, value) {
                // `$a[0] = $a` stores what `$a` was before it became an array with itself in it.
                Some(cv) => self.op(Opcode::MOVE, Operand::Cv(cv), NONE),
                None => self.expr(value)?,
            },
        };
        self.line = target_line;
        self.flush(start);
        if let (Place::Cv(cv), false) = (place, wanted)
            && self.redirect(value, cv)
        {
            return Ok(NONE);
        }
        self.store(place, value, wanted)
    }

    /// The variable that `value` is, if the place is a part of the same variable.
    fn self_assignment(&mut self, target: ExprId, place: Place, value: ExprId) -> Option<u32> {
        let Expr::Var(name) = self.ast.expr(value) else { return None };
        if !matches!(place, Place::Dim(..) | Place::Prop(..)) || self.innermost_variable(target) != Some(name)
        {
            return None;
        }
        match self.simple_place(name) {
            Place::Cv(cv) => Some(cv),
            _ => None,
        }
    }

    /// The variable that a chain of dimensions and properties begins with.
    pub(crate) fn innermost_variable(&self, mut id: ExprId) -> Option<phalanx_syntax::ast::Sym> {
        loop {
            match self.ast.expr(id) {
                Expr::Index { base, .. } => id = base,
                Expr::Prop { object, .. } => id = object,
                Expr::Var(name) => return Some(name),
                _ => return None,
            }
        }
    }

    fn line_of(&mut self, id: ExprId) -> u32 {
        self.lines.line(self.ast.expr_pos(id))
    }

    /// Writes a value to a place whose fetches have been emitted.
    fn store(&mut self, place: Place, value: Operand, wanted: bool) -> Result<Operand> {
        let result = if wanted { self.f.tmp() } else { NONE };
        match place {
            Place::Cv(cv) => {
                self.emit(Opcode::ASSIGN, Operand::Cv(cv), value, result);
            }
            Place::Named(..) => {
                let start = self.f.pending.len();
                let address = self.fetch_place(place, Mode::Write, false)?;
                self.flush(start);
                self.emit(Opcode::ASSIGN, address, value, result);
            }
            Place::Dim(base, index) => {
                self.emit(Opcode::ASSIGN_DIM, base, index, result);
                self.data(value);
            }
            Place::Prop(object, name) => {
                self.emit(Opcode::ASSIGN_OBJ, object, name, result);
                self.data(value);
            }
            Place::Static(name, class) => {
                self.emit(Opcode::ASSIGN_STATIC, name, class, result);
                self.data(value);
            }
            Place::This => return self.error("Cannot re-assign $this"),
            Place::Globals => {
                return self.error("$GLOBALS can only be modified using the $GLOBALS[$name] = $value syntax");
            }
        }
        Ok(result)
    }

    /// Refuses targets that are no variables.
    pub(crate) fn check_writable(&self, target: ExprId) -> Result<()> {
        match self.ast.expr(target) {
            Expr::Call { .. } => self.error("Can't use function return value in write context"),
            Expr::MethodCall { .. } | Expr::StaticCall { .. } => {
                self.error("Can't use method return value in write context")
            }
            Expr::Var(_)
            | Expr::VarVar(_)
            | Expr::Index { .. }
            | Expr::Prop { .. }
            | Expr::StaticProp { .. } => {
                if self.is_this(target) {
                    return self.error("Cannot re-assign $this");
                }
                if self.is_globals(target) {
                    return self
                        .error("$GLOBALS can only be modified using the $GLOBALS[$name] = $value syntax");
                }
                if self.is_nullsafe_chain(target) {
                    return self.error("Can't use nullsafe operator in write context");
                }
                Ok(())
            }
            _ => self.error("Cannot use temporary expression in write context"),
        }
    }

    /// Whether a chain has `?->` in it.
    pub(crate) fn is_nullsafe_chain(&self, mut id: ExprId) -> bool {
        loop {
            id = match self.ast.expr(id) {
                Expr::Prop { nullsafe: true, .. } | Expr::MethodCall { nullsafe: true, .. } => return true,
                Expr::Prop { object, .. } | Expr::MethodCall { object, .. } => object,
                Expr::Index { base, .. } => base,
                Expr::StaticProp { class, .. }
                | Expr::StaticCall { class, .. }
                | Expr::ClassConst { class, .. } => class,
                Expr::Call { callee, .. } => callee,
                _ => return false,
            };
        }
    }

    /// `target = &value`.
    pub(crate) fn assign_ref(&mut self, target: ExprId, value: ExprId, wanted: bool) -> Result<Operand> {
        if self.is_this(target) {
            return self.error("Cannot re-assign $this");
        }
        self.check_writable(target)?;
        if self.is_globals(value) {
            return self.error("Cannot acquire reference to $GLOBALS");
        }
        self.check_ref_source(value)?;
        let start = self.f.pending.len();
        let place = self.place(target, Mode::Write)?;
        let target_address = match place {
            // The last fetch waits like the others, as a reference is made of what it gives.
            Place::Named(..) => Some(self.fetch_place(place, Mode::Write, true)?),
            Place::Dim(..) => Some(self.fetch_place(place, Mode::Write, true)?),
            Place::Cv(cv) => Some(Operand::Cv(cv)),
            _ => None,
        };
        let mut from = self.var(value, Mode::Write, true)?;
        if !matches!(self.ast.expr(target), Expr::Var(_)) && matches!(from, Operand::Tmp(_)) {
            // Fetching the target may move what the source's address points to.
            from = self.op(Opcode::MAKE_REF, from, NONE);
        }
        self.flush(start);
        let flags = if self.is_call(value) { flag::SOURCE_FUNCTION } else { 0 };
        self.store_ref(place, target_address, from, flags, wanted)
    }

    /// `place =& from`.
    pub(crate) fn store_ref(
        &mut self,
        place: Place,
        address: Option<Operand>,
        from: Operand,
        flags: u16,
        wanted: bool,
    ) -> Result<Operand> {
        let result = if wanted { self.f.tmp() } else { NONE };
        match (place, address) {
            (_, Some(address)) => {
                self.emit_flags(Opcode::ASSIGN_REF, address, from, result, flags);
            }
            (Place::Prop(object, name), None) => {
                self.emit_flags(Opcode::ASSIGN_OBJ_REF, object, name, result, flags);
                self.data(from);
            }
            (Place::Static(name, class), None) => {
                self.emit_flags(Opcode::ASSIGN_STATIC_REF, name, class, result, flags);
                self.data(from);
            }
            _ => return self.error("Cannot re-assign $this"),
        }
        Ok(result)
    }

    /// `target =& value` for a reference that is there already, as in destructuring and `foreach`.
    pub(crate) fn assign_ref_value(&mut self, target: ExprId, from: Operand) -> Result<()> {
        self.check_writable(target)?;
        let start = self.f.pending.len();
        let place = self.place(target, Mode::Write)?;
        let address = match place {
            Place::Named(..) | Place::Dim(..) => Some(self.fetch_place(place, Mode::Write, true)?),
            Place::Cv(cv) => Some(Operand::Cv(cv)),
            _ => None,
        };
        self.flush(start);
        self.store_ref(place, address, from, 0, false)?;
        Ok(())
    }

    fn check_ref_source(&self, value: ExprId) -> Result<()> {
        if self.is_nullsafe_chain(value) {
            return self.error("Cannot take reference of a nullsafe chain");
        }
        match self.ast.expr(value) {
            Expr::New { .. } | Expr::NewAnonymous { .. } => {
                self.error("Cannot assign reference to non referenceable value")
            }
            _ if self.is_variable(value) => Ok(()),
            _ => self.error("Cannot assign reference to non referenceable value"),
        }
    }

    /// Whether an expression is a variable or the result of a call: what can be passed by reference.
    pub(crate) fn is_variable(&self, id: ExprId) -> bool {
        matches!(
            self.ast.expr(id),
            Expr::Var(_) | Expr::VarVar(_) | Expr::Index { .. } | Expr::Prop { .. } | Expr::StaticProp { .. }
        ) || self.is_call(id)
    }

    /// `target op= value`.
    pub(crate) fn assign_op(
        &mut self,
        op: BinaryOp,
        target: ExprId,
        value: ExprId,
        wanted: bool,
    ) -> Result<Operand> {
        if op == BinaryOp::Coalesce {
            return self.assign_coalesce(target, value, wanted);
        }
        self.check_writable(target)?;
        let flags = binary_op(op) as u16;
        let start = self.f.pending.len();
        let place = self.place(target, Mode::ReadWrite)?;
        let place = match place {
            Place::Named(..) => {
                let address = self.fetch_place(place, Mode::ReadWrite, false)?;
                let value = self.expr(value)?;
                self.flush(start);
                let result = if wanted { self.f.tmp() } else { NONE };
                self.emit_flags(Opcode::ASSIGN_OP, address, value, result, flags);
                return Ok(result);
            }
            place => place,
        };
        let value = self.expr(value)?;
        self.flush(start);
        let result = if wanted { self.f.tmp() } else { NONE };
        match place {
            Place::Cv(cv) => {
                self.emit_flags(Opcode::ASSIGN_OP, Operand::Cv(cv), value, result, flags);
                return Ok(result);
            }
            Place::Dim(base, index) => {
                self.emit_flags(Opcode::ASSIGN_DIM_OP, base, index, result, flags);
            }
            Place::Prop(object, name) => {
                self.emit_flags(Opcode::ASSIGN_OBJ_OP, object, name, result, flags);
            }
            Place::Static(name, class) => {
                self.emit_flags(Opcode::ASSIGN_STATIC_OP, name, class, result, flags);
            }
            Place::Named(..) | Place::This | Place::Globals => return self.error("Cannot re-assign $this"),
        }
        self.data(value);
        Ok(result)
    }

    /// `target ??= value`.
    fn assign_coalesce(&mut self, target: ExprId, value: ExprId, wanted: bool) -> Result<Operand> {
        if self.is_variable(target) && !self.is_call(target) && self.is_nullsafe_chain(target) {
            return self.error("Can't use nullsafe operator in write context");
        }
        self.check_writable(target)?;
        let outer_memo = self.memo.take();
        let outer_mode = self.memo_mode;
        self.memo = Some(rustc_hash::FxHashMap::default());
        self.memo_mode = Memo::Store;
        let current = self.var(target, Mode::Isset, false)?;
        let result = self.f.tmp();
        let present = self.f.label();
        let end = self.f.label();
        self.emit(Opcode::COALESCE, current, Operand::Label(present), result);

        self.memo_mode = Memo::Off;
        let value = self.expr(value)?;

        self.memo_mode = Memo::Use;
        let start = self.f.pending.len();
        let place = self.place(target, Mode::Write)?;
        self.memo_mode = Memo::Off;
        self.flush(start);
        let stored = self.store(place, value, wanted)?;
        if wanted {
            self.move_to(stored, result);
        }

        let memo = self.memo.take().unwrap_or_default();
        self.memo = outer_memo;
        self.memo_mode = outer_mode;
        let mut held: Vec<u32> = memo
            .values()
            .filter_map(|operand| match operand {
                Operand::Tmp(tmp) => Some(*tmp),
                _ => None,
            })
            .collect();
        held.sort_unstable();
        if wanted && held.is_empty() {
            self.f.bind(present);
            return Ok(result);
        }
        self.jump(end);
        self.f.bind(present);
        for tmp in held {
            self.emit(Opcode::FREE, Operand::Tmp(tmp), NONE, NONE);
            self.f.unhold(tmp);
        }
        if !wanted {
            self.emit(Opcode::FREE, result, NONE, NONE);
        }
        self.f.bind(end);
        Ok(if wanted { result } else { NONE })
    }

    /// Compiles an expression that may be needed twice: see [`Memo`].
    pub(crate) fn memoized(
        &mut self,
        id: ExprId,
        compile: impl FnOnce(&mut Self) -> Result<Operand>,
    ) -> Result<Operand> {
        if self.memo_mode == Memo::Use
            && let Some(&known) = self.memo.as_ref().and_then(|memo| memo.get(&id))
        {
            return Ok(known);
        }
        self.memo_mode = Memo::Off;
        let value = compile(self);
        self.memo_mode = Memo::Store;
        let value = value?;
        let kept = match value {
            Operand::Tmp(tmp) => {
                let copy = self.f.tmp();
                self.emit(Opcode::COPY_TMP, Operand::Tmp(tmp), NONE, copy);
                if let Operand::Tmp(copy) = copy {
                    self.f.hold(copy);
                }
                copy
            }
            _ => value,
        };
        if let Some(memo) = &mut self.memo {
            memo.insert(id, kept);
        }
        Ok(value)
    }
}

/// The operator of a compound assignment.
pub(crate) fn binary_op(op: BinaryOp) -> BinOp {
    match op {
        BinaryOp::Add => BinOp::Add,
        BinaryOp::Sub => BinOp::Sub,
        BinaryOp::Mul => BinOp::Mul,
        BinaryOp::Div => BinOp::Div,
        BinaryOp::Mod => BinOp::Mod,
        BinaryOp::Pow => BinOp::Pow,
        BinaryOp::Concat => BinOp::Concat,
        BinaryOp::BitOr => BinOp::BitOr,
        BinaryOp::BitAnd => BinOp::BitAnd,
        BinaryOp::BitXor => BinOp::BitXor,
        BinaryOp::ShiftLeft => BinOp::Shl,
        BinaryOp::ShiftRight => BinOp::Shr,
        _ => unreachable!("no compound assignment"),
    }
}
