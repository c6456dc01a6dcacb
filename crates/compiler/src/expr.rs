//! Expressions: what each node of the tree becomes.

use crate::Compiler;
use crate::assign::Memo;
use crate::error::Result;
use crate::fetch::Mode;
use crate::names::ClassRef;
use crate::operand::{Const, NONE, Operand};
use crate::strings::StrId;
use phalanx_bytecode::flags::{CLASS_PARENT, CLASS_SELF, CLASS_STATIC, func, op as flag};
use phalanx_bytecode::{Opcode, draft::Literal};
use phalanx_syntax::ast::{
    BinaryOp, CastType, Expr, ExprId, IncludeKind, MagicConst, Name, NameKind, UnaryOp,
};

impl Compiler<'_> {
    /// Compiles an expression for its value.
    pub(crate) fn expr(&mut self, id: ExprId) -> Result<Operand> {
        self.at(self.ast.expr_pos(id));
        if self.memo_mode != Memo::Off {
            return self.memoized(id, |compiler| compiler.expr(id));
        }
        self.nested(|compiler| compiler.expr_inner(id))
    }

    fn expr_inner(&mut self, id: ExprId) -> Result<Operand> {
        match self.ast.expr(id) {
            Expr::Int(value) => Ok(Operand::int(value)),
            Expr::Float(value) => Ok(Operand::Const(Const::Float(value))),
            Expr::Str(value) => Ok(Operand::str(value.into())),
            Expr::Interpolated(parts) => self.interpolated(parts),
            Expr::ShellExec(parts) => self.shell_exec(parts),
            Expr::DollarBrace { inner, expression } => self.dollar_brace(inner, expression),
            Expr::Var(_)
            | Expr::VarVar(_)
            | Expr::Index { .. }
            | Expr::Prop { .. }
            | Expr::StaticProp { .. }
            | Expr::Call { .. }
            | Expr::MethodCall { .. }
            | Expr::StaticCall { .. }
            | Expr::ClassConst { .. } => self.var(id, Mode::Read, false),
            Expr::Array { items, syntax } => self.array(id, items, syntax),
            Expr::Const(name) => self.constant(name),
            Expr::ClassName(class) => self.class_name_of(class),
            Expr::New { class, args } => self.new_object(id, class, args),
            Expr::NewAnonymous { class, args } => self.new_anonymous(id, class, args),
            Expr::Closure(func) | Expr::ArrowFn(func) => self.closure(func),
            Expr::Unary { op, operand } => self.unary(op, operand),
            Expr::IncDec { op, target } => self.inc_dec(op, target, true),
            Expr::Binary { op, left, right } => self.binary(id, op, left, right),
            Expr::Assign { target, value } => self.assign(target, value, true),
            Expr::AssignRef { target, value } => self.assign_ref(target, value, true),
            Expr::AssignOp { op, target, value } => self.assign_op(op, target, value, true),
            Expr::Ternary { cond, then, otherwise, .. } => self.ternary(cond, then, otherwise),
            Expr::Instanceof { value, class } => self.instanceof(value, class),
            Expr::Cast { to, operand } => self.cast(to, operand),
            Expr::Print(value) => {
                let value = self.expr(value)?;
                self.emit(Opcode::ECHO, value, NONE, NONE);
                Ok(Operand::int(1))
            }
            Expr::Include { kind, path } => {
                let flags = match kind {
                    IncludeKind::Include => flag::INCLUDE,
                    IncludeKind::IncludeOnce => flag::INCLUDE_ONCE,
                    IncludeKind::Require => flag::REQUIRE,
                    IncludeKind::RequireOnce => flag::REQUIRE_ONCE,
                };
                self.include(path, flags)
            }
            Expr::Eval(code) => self.include(code, flag::EVAL),
            Expr::Isset(vars) => self.isset(vars),
            Expr::Empty(operand) => self.empty(operand),
            Expr::Yield { key, value } => self.yield_value(key, value),
            Expr::YieldFrom(source) => self.yield_from(source),
            Expr::Throw(value) => {
                let value = self.expr(value)?;
                self.emit(Opcode::THROW, value, NONE, NONE);
                Ok(Operand::bool(true))
            }
            Expr::Match { subject, arms } => self.match_value(subject, arms),
            Expr::Magic(which) => self.magic(which),
            Expr::Item { .. } | Expr::Spread(_) | Expr::Hole | Expr::NamedArg { .. } | Expr::Name(_) => {
                self.error("Cannot use this where a value is expected")
            }
        }
    }

    /// Compiles an expression for its effect.
    pub(crate) fn discard(&mut self, id: ExprId) -> Result<()> {
        let value = match self.ast.expr(id) {
            Expr::Assign { target, value } => {
                self.at(self.ast.expr_pos(id));
                self.assign(target, value, false)?
            }
            Expr::AssignRef { target, value } => {
                self.at(self.ast.expr_pos(id));
                self.assign_ref(target, value, false)?
            }
            Expr::AssignOp { op, target, value } => {
                self.at(self.ast.expr_pos(id));
                self.assign_op(op, target, value, false)?
            }
            Expr::IncDec { op, target } => {
                self.at(self.ast.expr_pos(id));
                self.inc_dec(op, target, false)?
            }
            Expr::Binary { op: op @ (BinaryOp::And | BinaryOp::Or), left, right } => {
                self.at(self.ast.expr_pos(id));
                return self.discard_short_circuit(op, left, right);
            }
            _ => self.expr(id)?,
        };
        self.free(value);
        Ok(())
    }

    fn include(&mut self, path: ExprId, flags: u16) -> Result<Operand> {
        let path = self.expr(path)?;
        self.f.draft.flags |= func::USES_SYMBOLS;
        Ok(self.op_flags(Opcode::INCLUDE, path, NONE, flags))
    }

    fn unary(&mut self, op: UnaryOp, operand: ExprId) -> Result<Operand> {
        match op {
            UnaryOp::Plus | UnaryOp::Minus => {
                let value = self.expr(operand)?;
                // PHP has no negation: `-x` is `x * -1`.
                let factor = Const::Int(if op == UnaryOp::Plus { 1 } else { -1 });
                self.binary_values(BinaryOp::Mul, value, Operand::Const(factor))
            }
            UnaryOp::Not => {
                let value = self.expr(operand)?;
                if let Operand::Const(value) = value {
                    return Ok(Operand::bool(!self.truthy(value)));
                }
                Ok(self.op(Opcode::NOT, value, NONE))
            }
            UnaryOp::BitNot => {
                let value = self.expr(operand)?;
                if let Operand::Const(constant) = value
                    && let Some(folded) = self.fold_bit_not(constant)
                {
                    return Ok(Operand::Const(folded));
                }
                Ok(self.op(Opcode::BIT_NOT, value, NONE))
            }
            UnaryOp::Silence => self.silence(operand),
            UnaryOp::Clone => {
                let value = if self.is_this(operand) { self.this_operand() } else { self.expr(operand)? };
                Ok(self.op(Opcode::CLONE, value, NONE))
            }
        }
    }

    fn silence(&mut self, operand: ExprId) -> Result<Operand> {
        let level = Operand::Tmp(self.f.tmp_for(crate::builder::TmpUse::Silence));
        self.emit(Opcode::BEGIN_SILENCE, NONE, NONE, level);
        let value = match self.ast.expr(operand) {
            Expr::Var(name) => {
                // A variable must be read while its warning is silent.
                match self.simple_place(name) {
                    crate::fetch::Place::Cv(slot) => self.op(Opcode::MOVE, Operand::Cv(slot), NONE),
                    _ => self.expr(operand)?,
                }
            }
            _ => self.expr(operand)?,
        };
        self.emit(Opcode::END_SILENCE, level, NONE, NONE);
        Ok(value)
    }

    fn cast(&mut self, to: CastType, operand: ExprId) -> Result<Operand> {
        if to == CastType::Unset {
            return self.error("The (unset) cast is no longer supported");
        }
        let value = self.expr(operand)?;
        self.cast_value(to, value)
    }

    pub(crate) fn cast_value(&mut self, to: CastType, value: Operand) -> Result<Operand> {
        if let Operand::Const(constant) = value
            && let Some(folded) = self.fold_cast(to, constant)
        {
            return Ok(Operand::Const(folded));
        }
        let flags = match to {
            CastType::Bool => return Ok(self.op(Opcode::BOOL, value, NONE)),
            CastType::Int => flag::CAST_INT,
            CastType::Float => flag::CAST_FLOAT,
            CastType::String => flag::CAST_STRING,
            CastType::Array => flag::CAST_ARRAY,
            CastType::Object | CastType::Unset => flag::CAST_OBJECT,
        };
        Ok(self.op_flags(Opcode::CAST, value, NONE, flags))
    }

    fn instanceof(&mut self, value: ExprId, class: ExprId) -> Result<Operand> {
        let value = self.expr(value)?;
        if let Operand::Const(_) = value {
            // The class is not looked at for a constant, but what computes it is evaluated.
            if !matches!(self.ast.expr(class), Expr::Name(_)) {
                let class = self.expr(class)?;
                self.free(class);
            }
            return Ok(Operand::bool(false));
        }
        let class = self.class_operand(class, false)?;
        Ok(self.op(Opcode::INSTANCEOF, value, class))
    }

    /// A constant by name.
    fn constant(&mut self, name: Name) -> Result<Operand> {
        let id = StrId::from(name.sym);
        if name.kind != NameKind::Qualified
            && let Some(value) = special_constant(self.strings.get(id))
        {
            return Ok(Operand::Const(value));
        }
        let resolved = self.constant_name(name);
        if let Some(offset) = self.halt_offset(name) {
            return Ok(Operand::int(offset));
        }
        if let Some(value) = (self.options.constant)(self.strings.get(resolved.name))
            && let Some(value) = self.literal_const(&value)
        {
            return Ok(Operand::Const(value));
        }
        let literal = self.constant_literal(resolved.name, resolved.fallback);
        let flags = if resolved.fallback.is_some() { flag::FALLBACK } else { 0 };
        Ok(self.op_flags(Opcode::FETCH_CONST, literal, NONE, flags))
    }

    fn halt_offset(&self, name: Name) -> Option<i64> {
        let is_it = name.kind != NameKind::Relative && self.ast.str(name.sym) == b"__COMPILER_HALT_OFFSET__";
        if !is_it {
            return None;
        }
        let last = self.ast.list(self.ast.root).next_back()?;
        match self.ast.stmt(last) {
            phalanx_syntax::ast::Stmt::HaltCompiler { offset } => Some(i64::from(offset)),
            _ => None,
        }
    }

    fn constant_literal(&mut self, name: StrId, fallback: Option<StrId>) -> Operand {
        let id = crate::builder::LiteralId::Constant(name, fallback.is_some());
        if let Some(&index) = self.f.literal_ids.get(&id) {
            return Operand::Lit(index);
        }
        let Operand::Lit(index) = self.name_literal(name, 1) else { unreachable!("a literal") };
        if let Some(fallback) = fallback {
            let bytes = self.strings.bytes(fallback);
            self.push_literal(Literal::Str(bytes));
        }
        self.f.literal_ids.insert(id, index);
        Operand::Lit(index)
    }

    /// `class::class`.
    pub(crate) fn class_name_of(&mut self, class: ExprId) -> Result<Operand> {
        let Expr::Name(name) = self.ast.expr(class) else {
            let value = self.expr(class)?;
            if let Operand::Const(constant) = value {
                let type_name = const_type_name(constant);
                if let Expr::Int(_) | Expr::Float(_) = self.ast.expr(class) {
                    return self.error("Illegal class name");
                }
                return self.error(format!("Cannot use \"::class\" on {type_name}"));
            }
            return Ok(self.op(Opcode::FETCH_CLASS_NAME, value, NONE));
        };
        let class = self.class_ref(name)?;
        self.check_class_scope(class)?;
        let code = match class {
            ClassRef::Named(name) => return Ok(Operand::str(name)),
            ClassRef::This => {
                if self.scope_is_known()
                    && let Some(scope) = &self.class
                    && !scope.is_anonymous
                {
                    return Ok(Operand::str(scope.name));
                }
                CLASS_SELF
            }
            ClassRef::Parent => {
                if self.scope_is_known()
                    && let Some(parent) = self.class.as_ref().and_then(|scope| scope.parent)
                {
                    return Ok(Operand::str(parent));
                }
                CLASS_PARENT
            }
            ClassRef::Static => CLASS_STATIC,
        };
        Ok(self.op(Opcode::FETCH_CLASS_NAME, Operand::Num(code), NONE))
    }

    /// `__LINE__` and its relatives.
    fn magic(&mut self, which: MagicConst) -> Result<Operand> {
        let in_trait = self.class.as_ref().is_some_and(|scope| scope.is_trait);
        if which == MagicConst::Class && in_trait {
            return Ok(self.op(Opcode::FETCH_CLASS_NAME, Operand::Num(CLASS_SELF), NONE));
        }
        Ok(Operand::Const(self.magic_const(which)))
    }

    /// The value of a magic constant that is known while compiling.
    pub(crate) fn magic_const(&mut self, which: MagicConst) -> Const {
        let none = self.strings.intern(b"");
        let id = match which {
            MagicConst::Line => return Const::Int(i64::from(self.line)),
            MagicConst::File => self.path,
            MagicConst::Dir => {
                let path = self.strings.get(self.path);
                let dir = match path.iter().rposition(|&byte| byte == b'/') {
                    Some(0) => b"/".to_vec(),
                    Some(at) => path[..at].to_vec(),
                    None => self.options.dir.to_vec(),
                };
                self.strings.intern(&dir)
            }
            MagicConst::Class => self.class.as_ref().map_or(none, |scope| scope.name),
            MagicConst::Trait => {
                self.class.as_ref().filter(|scope| scope.is_trait).map_or(none, |scope| scope.name)
            }
            MagicConst::Namespace => self.file.namespace.unwrap_or(none),
            MagicConst::Property => self.f.info.hook_property.unwrap_or(none),
            MagicConst::Function | MagicConst::Method => self.function_magic(which, none),
        };
        Const::Str(id)
    }

    fn function_magic(&mut self, which: MagicConst, none: StrId) -> StrId {
        let Some(name) = self.f.info.name else { return none };
        // A closure's method name is its name alone.
        let class = self.class.as_ref().filter(|_| which == MagicConst::Method && !self.f.info.is_closure);
        match class.map(|scope| scope.name) {
            None => name,
            Some(class) => {
                let mut text = self.strings.get(class).to_vec();
                text.extend_from_slice(b"::");
                text.extend_from_slice(self.strings.get(name));
                self.strings.intern(&text)
            }
        }
    }
}

/// `true`, `false` and `null`.
pub(crate) fn special_constant(name: &[u8]) -> Option<Const> {
    if name.eq_ignore_ascii_case(b"true") {
        Some(Const::Bool(true))
    } else if name.eq_ignore_ascii_case(b"false") {
        Some(Const::Bool(false))
    } else if name.eq_ignore_ascii_case(b"null") {
        Some(Const::Null)
    } else {
        None
    }
}

/// What PHP calls the type of a constant in messages.
pub(crate) fn const_type_name(value: Const) -> &'static str {
    match value {
        Const::Null => "null",
        Const::Bool(true) => "true",
        Const::Bool(false) => "false",
        Const::Int(_) => "int",
        Const::Float(_) => "float",
        Const::Str(_) => "string",
        Const::Array(_) => "array",
    }
}
