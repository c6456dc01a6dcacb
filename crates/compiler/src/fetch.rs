//! Variables: reading them and fetching places to write.
//!
//! PHP evaluates the dimensions and property names of `$a[f()][g()] = h()` from left to right, then `h()`, and only
//! then fetches `$a[..]` for writing. So the fetches of a chain are put into [`crate::builder::Builder::pending`] while
//! their operands are emitted, and are flushed when the chain (or the value to be written) is complete.
//!
//! A chain with `?->` in it is cut short as a whole: the innermost parts leave `JMP_NULL` instructions in `null_jumps`,
//! and whoever compiles the outermost part ([`Compiler::var`]) lets them go to the end with the chain's result.

use crate::Compiler;
use crate::assign::Memo;
use crate::builder::TmpUse;
use crate::error::Result;
use crate::operand::{Const, NONE, Operand};
use crate::strings::StrId;
use phalanx_bytecode::flags::{func, op as flag};
use phalanx_bytecode::{Kind, Opcode};
use phalanx_syntax::ast::{Expr, ExprId, Sym};

/// What a variable is fetched for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    Read,
    Write,
    ReadWrite,
    /// `isset`, `empty`, `??`.
    Isset,
    Unset,
    /// An argument of a function that is not known: by value or by reference.
    FuncArg,
}

impl Mode {
    pub(crate) fn writes(self) -> bool {
        !matches!(self, Mode::Read | Mode::Isset)
    }
}

/// What is fetched.
#[derive(Clone, Copy)]
enum Family {
    Var,
    Dim,
    Obj,
    Static,
}

fn opcode(family: Family, mode: Mode) -> Opcode {
    use Opcode as O;
    let row = match family {
        Family::Var => [O::FETCH_R, O::FETCH_W, O::FETCH_RW, O::FETCH_IS, O::FETCH_UNSET, O::FETCH_FUNC_ARG],
        Family::Dim => [
            O::FETCH_DIM_R,
            O::FETCH_DIM_W,
            O::FETCH_DIM_RW,
            O::FETCH_DIM_IS,
            O::FETCH_DIM_UNSET,
            O::FETCH_DIM_FUNC_ARG,
        ],
        Family::Obj => [
            O::FETCH_OBJ_R,
            O::FETCH_OBJ_W,
            O::FETCH_OBJ_RW,
            O::FETCH_OBJ_IS,
            O::FETCH_OBJ_UNSET,
            O::FETCH_OBJ_FUNC_ARG,
        ],
        Family::Static => [
            O::FETCH_STATIC_R,
            O::FETCH_STATIC_W,
            O::FETCH_STATIC_RW,
            O::FETCH_STATIC_IS,
            O::FETCH_STATIC_UNSET,
            O::FETCH_STATIC_FUNC_ARG,
        ],
    };
    row[mode as usize]
}

/// A variable's place, taken apart: what the last instruction of a fetch or a write works on.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// A compiled variable.
    Cv(u32),
    /// The variable that a value names; `true` in the global scope.
    Named(Operand, bool),
    Dim(Operand, Operand),
    Prop(Operand, Operand),
    Static(Operand, Operand),
    /// `$this`.
    This,
    /// `$GLOBALS` as a whole.
    Globals,
}

/// Variables that exist in the global scope only and are seen everywhere.
pub(crate) fn is_superglobal(name: &[u8]) -> bool {
    matches!(
        name,
        b"GLOBALS"
            | b"_GET"
            | b"_POST"
            | b"_COOKIE"
            | b"_SERVER"
            | b"_ENV"
            | b"_REQUEST"
            | b"_FILES"
            | b"_SESSION"
    )
}

impl Compiler<'_> {
    /// Compiles a variable (or any expression, if it is only read) for `mode`; `by_ref` says that a reference to the
    /// place will be made.
    pub(crate) fn var(&mut self, id: ExprId, mode: Mode, by_ref: bool) -> Result<Operand> {
        self.at(self.ast.expr_pos(id));
        let mark = self.f.null_jumps.len();
        let start = self.f.pending.len();
        let value = self.chain_part(id, mode, by_ref)?;
        self.flush(start);
        self.commit_null_jumps(mark, value, flag::SHORT_CIRCUIT_EXPR);
        Ok(value)
    }

    /// Compiles a part of a chain. Fetches are left pending, `JMP_NULL`s open.
    pub(crate) fn chain_part(&mut self, id: ExprId, mode: Mode, by_ref: bool) -> Result<Operand> {
        self.at(self.ast.expr_pos(id));
        if self.memo_mode != Memo::Off && self.is_call(id) {
            return self.memoized(id, |compiler| compiler.chain_part(id, mode, by_ref));
        }
        self.nested(|compiler| compiler.chain_part_inner(id, mode, by_ref))
    }

    fn chain_part_inner(&mut self, id: ExprId, mode: Mode, by_ref: bool) -> Result<Operand> {
        match self.ast.expr(id) {
            Expr::Var(_)
            | Expr::VarVar(_)
            | Expr::Index { .. }
            | Expr::Prop { .. }
            | Expr::StaticProp { .. } => {
                let place = self.place(id, mode)?;
                self.fetch_place(place, mode, by_ref)
            }
            Expr::Call { callee, args } => self.call(id, callee, args),
            Expr::MethodCall { object, name, args, nullsafe } => {
                self.method_call(id, object, name, args, nullsafe)
            }
            Expr::StaticCall { class, name, args } => self.static_call(id, class, name, args),
            Expr::ClassConst { class, name } if !mode.writes() || mode == Mode::FuncArg => {
                self.class_constant(id, class, name)
            }
            _ if mode.writes() && mode != Mode::FuncArg => {
                self.error("Cannot use temporary expression in write context")
            }
            _ => self.expr(id),
        }
    }

    /// Lets the `JMP_NULL`s of a chain that is complete go on with its result.
    pub(crate) fn commit_null_jumps(&mut self, mark: usize, value: Operand, flags: u16) {
        if self.f.null_jumps.len() == mark {
            return;
        }
        let end = self.f.label_here();
        for at in self.f.null_jumps.split_off(mark) {
            let op = &mut self.f.draft.code[at as usize];
            *op = op.with_b(Kind::None, end.0).with_flags(flags);
            if let Operand::Tmp(tmp) = value {
                *op = op.with_c(Kind::Tmp, tmp);
            }
        }
    }

    /// Emits or delays the fetch of a place.
    pub(crate) fn fetch_place(&mut self, place: Place, mode: Mode, by_ref: bool) -> Result<Operand> {
        let mut reference = if by_ref { flag::FETCH_REF } else { 0 };
        if std::mem::take(&mut self.f.in_temporary) {
            reference |= flag::TEMPORARY;
        }
        Ok(match place {
            Place::Cv(slot) => Operand::Cv(slot),
            Place::Named(name, global) => {
                let flags = if global { flag::GLOBAL } else { 0 };
                self.delay(opcode(Family::Var, mode), name, NONE, flags)
            }
            Place::Dim(base, index) => self.delay(opcode(Family::Dim, mode), base, index, reference),
            Place::Prop(object, name) => self.delay(opcode(Family::Obj, mode), object, name, reference),
            Place::Static(name, class) => self.delay(opcode(Family::Static, mode), name, class, reference),
            // What is written to a part of it, or to a reference to it, never changes `$this` itself.
            Place::This => {
                let flags = if mode == Mode::Isset { flag::NULLSAFE } else { 0 };
                self.op_flags(Opcode::FETCH_THIS, NONE, NONE, flags)
            }
            Place::Globals if matches!(mode, Mode::Read | Mode::Isset | Mode::FuncArg) => {
                self.op(Opcode::FETCH_GLOBALS, NONE, NONE)
            }
            Place::Globals => {
                return self.error("$GLOBALS can only be modified using the $GLOBALS[$name] = $value syntax");
            }
        })
    }

    /// Evaluates the operands of a variable's last part, and delays the fetches of what it is part of.
    pub(crate) fn place(&mut self, id: ExprId, mode: Mode) -> Result<Place> {
        match self.ast.expr(id) {
            Expr::Var(name) => Ok(self.simple_place(name)),
            Expr::VarVar(name) => {
                let name = self.expr(name)?;
                self.variable_variable(name)
            }
            Expr::Index { base, index } => self.dim_place(base, index, mode),
            Expr::Prop { object, name, nullsafe } => self.prop_place(object, name, nullsafe, mode),
            Expr::StaticProp { class, name } => {
                let class = self.class_operand(class, true)?;
                let name = self.member_name(name, 3)?;
                Ok(Place::Static(name, class))
            }
            _ => unreachable!("only variables have places"),
        }
    }

    pub(crate) fn simple_place(&mut self, name: Sym) -> Place {
        if name == Sym::this() {
            self.f.draft.flags |= func::USES_THIS;
            return Place::This;
        }
        let text = self.ast.str(name);
        if text.first().is_some_and(|&first| first == b'_' || first == b'G') && is_superglobal(text) {
            if text == b"GLOBALS" {
                return Place::Globals;
            }
            return Place::Named(Operand::str(name.into()), true);
        }
        if text == b"http_response_header" {
            // Opening a URL sets it in whatever function did so.
            self.f.draft.flags |= func::USES_SYMBOLS;
        }
        Place::Cv(self.f.cv(name.into()))
    }

    /// The variable that the value of an expression names.
    fn variable_variable(&mut self, name: Operand) -> Result<Place> {
        if let Operand::Const(value) = name {
            let text = self.string(value).map(|text| text.into_owned());
            if let Some(text) = text {
                let id = self.strings.intern(&text);
                if text == b"this" {
                    self.f.draft.flags |= func::USES_THIS;
                    return Ok(Place::This);
                }
                if text == b"GLOBALS" {
                    return Ok(Place::Globals);
                }
                if is_superglobal(&text) {
                    return Ok(Place::Named(Operand::str(id), true));
                }
                return Ok(Place::Cv(self.f.cv(id)));
            }
        }
        self.f.draft.flags |= func::USES_SYMBOLS;
        Ok(Place::Named(name, false))
    }

    fn dim_place(&mut self, base: ExprId, index: Option<ExprId>, mode: Mode) -> Result<Place> {
        if self.is_globals(base) {
            let Some(index) = index else { return self.error("Cannot append to $GLOBALS") };
            let name = self.expr(index)?;
            return Ok(Place::Named(name, true));
        }
        let container = self.chain_part(base, mode, false)?;
        self.note_dim_write(container, mode);
        let container = self.separate_if_call(container, base, mode)?;
        let index = match index {
            Some(index) => self.expr(index)?,
            None if matches!(mode, Mode::Read | Mode::Isset) => {
                return self.error("Cannot use [] for reading");
            }
            None if mode == Mode::Unset => return self.error("Cannot use [] for unsetting"),
            None => NONE,
        };
        let container = self.temporary_container(container, base, mode);
        Ok(Place::Dim(container, index))
    }

    /// A property that is fetched because a dimension of it will be written must know that.
    fn note_dim_write(&mut self, container: Operand, mode: Mode) {
        if mode == Mode::Write
            && let Some(pending) = self.f.pending.last_mut()
            && pending.c == container
            && matches!(pending.opcode, Opcode::FETCH_OBJ_W | Opcode::FETCH_STATIC_W)
        {
            pending.flags |= flag::FETCH_DIM_WRITE;
        }
    }

    /// The result of a call may be written into if it is an object or an array element to be; a reference that the
    /// call returned must not be written through.
    fn separate_if_call(&mut self, value: Operand, id: ExprId, mode: Mode) -> Result<Operand> {
        if matches!(mode, Mode::Read | Mode::Isset) || !self.is_call(id) {
            return Ok(value);
        }
        if let Operand::Tmp(_) = value {
            self.emit(Opcode::SEPARATE, value, NONE, NONE);
            return Ok(value);
        }
        let what = match self.ast.expr(id) {
            Expr::MethodCall { .. } | Expr::StaticCall { .. } => "method",
            _ => "function",
        };
        self.error(format!("Can't use {what} return value in write context"))
    }

    pub(crate) fn is_call(&self, id: ExprId) -> bool {
        matches!(self.ast.expr(id), Expr::Call { .. } | Expr::MethodCall { .. } | Expr::StaticCall { .. })
    }

    pub(crate) fn is_this(&self, id: ExprId) -> bool {
        self.ast.expr(id) == Expr::Var(Sym::this())
    }

    pub(crate) fn is_globals(&self, id: ExprId) -> bool {
        matches!(self.ast.expr(id), Expr::Var(name) if self.ast.str(name) == b"GLOBALS")
    }

    fn prop_place(&mut self, object: ExprId, name: ExprId, nullsafe: bool, mode: Mode) -> Result<Place> {
        let base = object;
        let object = self.object_operand(object, nullsafe, mode)?;
        let name = self.member_name(name, 3)?;
        let object = self.temporary_container(object, base, mode);
        Ok(Place::Prop(object, name))
    }

    /// What an argument is fetched from may be no variable at all.
    fn temporary_container(&mut self, container: Operand, base: ExprId, mode: Mode) -> Operand {
        if mode != Mode::FuncArg || self.is_variable(base) {
            return container;
        }
        self.f.in_temporary = true;
        match container {
            Operand::Const(_) => self.op(Opcode::MOVE, container, NONE),
            _ => container,
        }
    }

    /// The object of a property access or method call.
    pub(crate) fn object_operand(&mut self, object: ExprId, nullsafe: bool, mode: Mode) -> Result<Operand> {
        if self.is_this(object) {
            // Without an object this throws, so a null check has nothing to do.
            return Ok(self.this_operand());
        }
        let start = self.f.pending.len();
        let value = self.chain_part(object, mode, false)?;
        let value = self.separate_if_call(value, object, mode)?;
        if nullsafe {
            // The check must see the value, so what it depends on cannot wait.
            self.flush(start);
            self.jump_if_null(value, mode);
        }
        Ok(value)
    }

    fn jump_if_null(&mut self, value: Operand, mode: Mode) {
        let silent = if mode == Mode::Isset { flag::NULLSAFE } else { 0 };
        let at = self.emit_flags(Opcode::JMP_NULL, value, NONE, NONE, silent);
        self.f.null_jumps.push(at);
    }

    /// `$this` as an operand: nothing where it is always there, else a checked copy.
    pub(crate) fn this_operand(&mut self) -> Operand {
        self.f.draft.flags |= func::USES_THIS;
        if self.f.info.has_this { NONE } else { self.op(Opcode::FETCH_THIS, NONE, NONE) }
    }

    /// The name of a property or static property: a literal with `slots` cache slots, or a value.
    pub(crate) fn member_name(&mut self, name: ExprId, slots: u32) -> Result<Operand> {
        let value = match self.ast.expr(name) {
            Expr::Str(name) => Operand::str(name.into()),
            _ => self.expr(name)?,
        };
        let Operand::Const(constant) = value else { return Ok(value) };
        match self.string_id(constant) {
            Some(name) => Ok(self.name_literal(name, slots)),
            // A literal in the place of a name must be one: it carries the inline cache.
            None => Ok(self.op(Opcode::MOVE, value, NONE)),
        }
    }

    /// `class::NAME`.
    pub(crate) fn class_constant(&mut self, id: ExprId, class: ExprId, name: ExprId) -> Result<Operand> {
        let is_class =
            matches!(self.ast.expr(name), Expr::Str(sym) if self.ast.str(sym).eq_ignore_ascii_case(b"class"));
        if is_class {
            return self.class_name_of(class);
        }
        let class = self.class_operand(class, true)?;
        let name = self.member_name(name, 2)?;
        self.at(self.ast.expr_pos(id));
        Ok(self.op(Opcode::FETCH_CLASS_CONST, class, name))
    }

    /// A temporary for a class.
    pub(crate) fn class_tmp(&mut self) -> Operand {
        Operand::Tmp(self.f.tmp_for(TmpUse::Class))
    }

    /// The constant string that an expression is, if it is one.
    pub(crate) fn constant_string(&self, value: Operand) -> Option<StrId> {
        match value {
            Operand::Const(Const::Str(id)) => Some(id),
            _ => None,
        }
    }
}
