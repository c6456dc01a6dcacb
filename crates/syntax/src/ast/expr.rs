//! Expressions.

use super::{ClassId, FuncId, List, MatchArm, Name, Slice, Sym};

phalanx_base::define_id!(
    /// An expression.
    pub struct ExprId;
);

/// An expression node. Positions lie beside the nodes, see [`Ast::expr_pos`](super::Ast::expr_pos).
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Expr {
    /// An integer literal.
    Int(i64),
    /// A floating-point literal, or an integer literal that does not fit 64 bits.
    Float(f64),
    /// A string literal with its escapes decoded; also the name in `$a->name`, `A::name()`, `A::$name`, `A::NAME`.
    Str(Sym),
    /// `"a $b c"` or a heredoc with variables. The parts are [`Expr::Str`], [`Expr::DollarBrace`] or any expression.
    Interpolated(List<ExprId>),
    /// `` `command $arg` ``; parts as in [`Expr::Interpolated`].
    ShellExec(List<ExprId>),
    /// `${name}`, `${name[0]}` (`expression` false) or `${expr}` (true) inside an interpolated string: deprecated forms.
    /// `inner` is what is to be evaluated: a `Var`, an `Index` of a `Var` or a `VarVar`.
    DollarBrace {
        /// What is read.
        inner: ExprId,
        /// Whether a whole expression computes the name.
        expression: bool,
    },
    /// `$name`; `$this` is `Var(Sym::this())`.
    Var(Sym),
    /// `$$name` or `${expr}`: the operand computes the name.
    VarVar(ExprId),
    /// `[..]`, `array(..)` and `list(..)`, as value or as destructuring target. Read the items with
    /// [`Ast::array_items`](super::Ast::array_items).
    Array {
        /// Plain expressions, or [`Expr::Item`], [`Expr::Spread`], [`Expr::Hole`].
        items: List<ExprId>,
        /// How it was written.
        syntax: ArraySyntax,
    },
    /// An array item with key or reference; only in [`Expr::Array`].
    Item {
        /// The key.
        key: Option<ExprId>,
        /// The value or destructuring target.
        value: ExprId,
        /// `&value`.
        by_ref: bool,
    },
    /// `...value`; only in arrays and arguments.
    Spread(ExprId),
    /// An omitted item as in `[, $b]`; only in [`Expr::Array`].
    Hole,
    /// `name: value`; only in arguments.
    NamedArg {
        /// The parameter's name.
        name: Sym,
        /// The value.
        value: ExprId,
    },
    /// `base[index]` or `base[]`.
    Index {
        /// What is indexed.
        base: ExprId,
        /// The index; absent in `base[]`.
        index: Option<ExprId>,
    },
    /// `object->name` or `object?->name`. A nullsafe access cuts short the whole chain of `Index`, `Prop`,
    /// `MethodCall`, `StaticProp`, `StaticCall`, `ClassConst` and `Call` nodes that has it as its innermost base.
    Prop {
        /// The object.
        object: ExprId,
        /// [`Expr::Str`] for a plain name, else an expression.
        name: ExprId,
        /// `?->`.
        nullsafe: bool,
    },
    /// `class::$name`.
    StaticProp {
        /// [`Expr::Name`] or an expression.
        class: ExprId,
        /// [`Expr::Str`] for a plain name, else the expression of `class::$$x` or `class::${x}`.
        name: ExprId,
    },
    /// A constant, including `true`, `false`, `null`.
    Const(Name),
    /// `class::NAME` or `class::{expr}`.
    ClassConst {
        /// [`Expr::Name`] or an expression.
        class: ExprId,
        /// [`Expr::Str`] for a plain name, else an expression.
        name: ExprId,
    },
    /// `class::class`.
    ClassName(ExprId),
    /// A class or function name; only where one is named: callee, class operand, `extends`, `catch`, ...
    Name(Name),
    /// `callee(args)`. `exit` and `die` are calls of `\exit`.
    Call {
        /// [`Expr::Name`] or an expression.
        callee: ExprId,
        /// The arguments.
        args: Args,
    },
    /// `object->name(args)`.
    MethodCall {
        /// The object.
        object: ExprId,
        /// [`Expr::Str`] for a plain name, else an expression. Its position is the line of the call.
        name: ExprId,
        /// The arguments.
        args: Args,
        /// `?->`.
        nullsafe: bool,
    },
    /// `class::name(args)`.
    StaticCall {
        /// [`Expr::Name`] or an expression.
        class: ExprId,
        /// [`Expr::Str`] for a plain name, else an expression. Its position is the line of the call.
        name: ExprId,
        /// The arguments.
        args: Args,
    },
    /// `new class(args)`; the arguments are empty when omitted.
    New {
        /// [`Expr::Name`] or an expression.
        class: ExprId,
        /// The arguments.
        args: Args,
    },
    /// `new class(args) { .. }`.
    NewAnonymous {
        /// The declaration.
        class: ClassId,
        /// The arguments.
        args: Args,
    },
    /// `function (..) use (..) { .. }`.
    Closure(FuncId),
    /// `fn (..) => ..`.
    ArrowFn(FuncId),
    /// A prefix operator.
    Unary {
        /// Which.
        op: UnaryOp,
        /// The operand.
        operand: ExprId,
    },
    /// `++` and `--`.
    IncDec {
        /// Which.
        op: IncDecOp,
        /// The variable.
        target: ExprId,
    },
    /// A binary operator.
    Binary {
        /// Which.
        op: BinaryOp,
        /// Left operand.
        left: ExprId,
        /// Right operand.
        right: ExprId,
    },
    /// `target = value`; destructuring when the target is [`Expr::Array`].
    Assign {
        /// The target.
        target: ExprId,
        /// The value.
        value: ExprId,
    },
    /// `target = &value`.
    AssignRef {
        /// The target.
        target: ExprId,
        /// A variable.
        value: ExprId,
    },
    /// `target op= value`, `??=` included.
    AssignOp {
        /// The operator without `=`.
        op: BinaryOp,
        /// The target.
        target: ExprId,
        /// The value.
        value: ExprId,
    },
    /// `cond ? then : otherwise` and `cond ?: otherwise`.
    Ternary {
        /// The condition.
        cond: ExprId,
        /// Absent in the short form.
        then: Option<ExprId>,
        /// The other branch.
        otherwise: ExprId,
        /// Whether it stood in parentheses. A ternary without, as condition of another, is a compile error.
        parenthesized: bool,
    },
    /// `value instanceof class`.
    Instanceof {
        /// The value.
        value: ExprId,
        /// [`Expr::Name`] or an expression.
        class: ExprId,
    },
    /// `(int) operand` and the like.
    Cast {
        /// The target type.
        to: CastType,
        /// The operand.
        operand: ExprId,
    },
    /// `print value`.
    Print(ExprId),
    /// `include path` and its relatives.
    Include {
        /// Which.
        kind: IncludeKind,
        /// The path.
        path: ExprId,
    },
    /// `eval(code)`.
    Eval(ExprId),
    /// `isset(a, b)`, with at least one operand.
    Isset(List<ExprId>),
    /// `empty(operand)`.
    Empty(ExprId),
    /// `yield`, `yield value`, `yield key => value`.
    Yield {
        /// The key.
        key: Option<ExprId>,
        /// The value.
        value: Option<ExprId>,
    },
    /// `yield from source`.
    YieldFrom(ExprId),
    /// `throw value`.
    Throw(ExprId),
    /// `match (subject) { .. }`.
    Match {
        /// The subject.
        subject: ExprId,
        /// The arms in order.
        arms: Slice<MatchArm>,
    },
    /// `__LINE__` and its relatives.
    Magic(MagicConst),
}

const _: () = assert!(size_of::<Expr>() == 16);

/// The arguments of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Args {
    pub(crate) list: Option<List<ExprId>>,
}

impl Args {
    /// The arguments: plain expressions, [`Expr::Spread`] or [`Expr::NamedArg`]. `None` for `f(...)`, which makes a
    /// closure of the callee.
    #[inline]
    pub fn list(self) -> Option<List<ExprId>> {
        self.list
    }

    /// Whether this is `f(...)`.
    #[inline]
    pub fn is_first_class_callable(self) -> bool {
        self.list.is_none()
    }
}

/// An item of an array, put together by [`Ast::array_items`](super::Ast::array_items).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArrayItem {
    /// An omitted item.
    Hole,
    /// `...value`.
    Spread(ExprId),
    /// `key => value`, either possibly by reference.
    Value {
        /// The key.
        key: Option<ExprId>,
        /// The value.
        value: ExprId,
        /// `&value`.
        by_ref: bool,
    },
}

/// How an array was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArraySyntax {
    /// `[..]`.
    Short,
    /// `array(..)`.
    Long,
    /// `list(..)`.
    List,
}

/// Prefix operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    /// `+`.
    Plus,
    /// `-`.
    Minus,
    /// `!`.
    Not,
    /// `~`.
    BitNot,
    /// `@`.
    Silence,
    /// `clone`.
    Clone,
}

/// `++` and `--` on either side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IncDecOp {
    /// `++$a`.
    PreInc,
    /// `--$a`.
    PreDec,
    /// `$a++`.
    PostInc,
    /// `$a--`.
    PostDec,
}

/// Binary operators; those that may come before `=` serve [`Expr::AssignOp`] too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    /// `+`.
    Add,
    /// `-`.
    Sub,
    /// `*`.
    Mul,
    /// `/`.
    Div,
    /// `%`.
    Mod,
    /// `**`.
    Pow,
    /// `.`.
    Concat,
    /// `|`.
    BitOr,
    /// `&`.
    BitAnd,
    /// `^`.
    BitXor,
    /// `<<`.
    ShiftLeft,
    /// `>>`.
    ShiftRight,
    /// `&&` and `and`.
    And,
    /// `||` and `or`.
    Or,
    /// `xor`.
    Xor,
    /// `??`.
    Coalesce,
    /// `==`.
    Equal,
    /// `!=` and `<>`.
    NotEqual,
    /// `===`.
    Identical,
    /// `!==`.
    NotIdentical,
    /// `<`.
    Less,
    /// `<=`.
    LessEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterEqual,
    /// `<=>`.
    Spaceship,
}

/// The targets of casts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CastType {
    /// `(int)`, `(integer)`.
    Int,
    /// `(float)`, `(double)`.
    Float,
    /// `(string)`, `(binary)`.
    String,
    /// `(array)`.
    Array,
    /// `(object)`.
    Object,
    /// `(bool)`, `(boolean)`.
    Bool,
    /// `(unset)`, which the compiler refuses.
    Unset,
}

/// The `include` family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IncludeKind {
    /// `include`.
    Include,
    /// `include_once`.
    IncludeOnce,
    /// `require`.
    Require,
    /// `require_once`.
    RequireOnce,
}

/// Constants that depend on the place where they stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MagicConst {
    /// `__LINE__`.
    Line,
    /// `__FILE__`.
    File,
    /// `__DIR__`.
    Dir,
    /// `__CLASS__`.
    Class,
    /// `__TRAIT__`.
    Trait,
    /// `__METHOD__`.
    Method,
    /// `__FUNCTION__`.
    Function,
    /// `__NAMESPACE__`.
    Namespace,
    /// `__PROPERTY__`.
    Property,
}
