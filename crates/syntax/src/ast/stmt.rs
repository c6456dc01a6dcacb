//! Statements.

use phalanx_base::Span;

use super::{ClassId, ConstItem, ExprId, FuncId, List, Slice, Sym};

phalanx_base::define_id!(
    /// A statement.
    pub struct StmtId;
);
phalanx_base::define_id!(
    /// A `for` loop.
    pub struct ForId;
);
phalanx_base::define_id!(
    /// A `foreach` loop.
    pub struct ForeachId;
);
phalanx_base::define_id!(
    /// A `try` statement.
    pub struct TryId;
);

/// A statement node. Positions lie beside the nodes, see [`Ast::stmt_pos`](super::Ast::stmt_pos).
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Stmt {
    /// `;` alone.
    Nop,
    /// An expression for its effect.
    Expr(ExprId),
    /// `echo a, b;` and `<?= a, b ?>`.
    Echo(List<ExprId>),
    /// Text outside of PHP tags.
    InlineHtml(Span),
    /// `{ .. }`.
    Block(List<StmtId>),
    /// `if`, with its `elseif`, `else if` and `else` branches in one flat list.
    If(Slice<IfBranch>),
    /// `while (cond) body`.
    While {
        /// The condition.
        cond: ExprId,
        /// The body.
        body: StmtId,
    },
    /// `do body while (cond);`.
    DoWhile {
        /// The body.
        body: StmtId,
        /// The condition.
        cond: ExprId,
    },
    /// `for`.
    For(ForId),
    /// `foreach`.
    Foreach(ForeachId),
    /// `switch`.
    Switch {
        /// The subject.
        subject: ExprId,
        /// The cases in order.
        cases: Slice<Case>,
    },
    /// `break` with its optional level.
    Break(Option<ExprId>),
    /// `continue` with its optional level.
    Continue(Option<ExprId>),
    /// `return`.
    Return(Option<ExprId>),
    /// `global $a, $$b;`: the operands are `Var` or `VarVar`.
    Global(List<ExprId>),
    /// `static $a = 1, $b;`.
    StaticVars(Slice<StaticVar>),
    /// `unset($a, $b[0]);`.
    Unset(List<ExprId>),
    /// `try`.
    Try(TryId),
    /// `goto label;`.
    Goto(Sym),
    /// `label:`.
    Label(Sym),
    /// `declare(a=1) statement`; without a body for `declare(a=1);`, which is [`Stmt::Nop`] for PHP too.
    Declare {
        /// The directives.
        directives: Slice<ConstItem>,
        /// The body; `declare(..);` has none.
        body: Option<StmtId>,
    },
    /// `namespace name;`, `namespace name { .. }` or `namespace { .. }`.
    Namespace {
        /// The name.
        name: Option<Sym>,
        /// The statements between braces; without braces the namespace extends to the next one.
        body: Option<List<StmtId>>,
    },
    /// `use`, groups taken apart.
    Use(Slice<UseItem>),
    /// `const A = 1, B = 2;`.
    Const(Slice<ConstItem>),
    /// A named function.
    Function(FuncId),
    /// A class, interface, trait or enum.
    Class(ClassId),
    /// `__halt_compiler();` at `offset`, the first byte of the data.
    HaltCompiler {
        /// `__COMPILER_HALT_OFFSET__`.
        offset: u32,
    },
}

const _: () = assert!(size_of::<Stmt>() == 16);

/// One branch of an `if`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IfBranch {
    /// The condition; absent for `else`.
    pub cond: Option<ExprId>,
    /// The body.
    pub body: StmtId,
    /// Whether it was written `else if`: then it is a nested `if` statement for everything that counts statements
    /// (ticks), though it lies in the flat list.
    pub else_if: bool,
    /// Offset of the `if`, `elseif` or `else`.
    pub pos: u32,
}

/// `for (init; cond; step) body`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ForLoop {
    /// Evaluated first.
    pub init: List<ExprId>,
    /// The last one decides.
    pub cond: List<ExprId>,
    /// Evaluated behind the body.
    pub step: List<ExprId>,
    /// The body.
    pub body: StmtId,
}

/// `foreach (subject as key => value) body`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Foreach {
    /// What is iterated.
    pub subject: ExprId,
    /// The key's target; the grammar allows destructuring here, which is a compile error.
    pub key: Option<ExprId>,
    /// The value's target.
    pub value: ExprId,
    /// `&value`.
    pub by_ref: bool,
    /// `&key`, which is a compile error.
    pub key_by_ref: bool,
    /// The body.
    pub body: StmtId,
}

/// A `case` or `default` of a `switch`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Case {
    /// The value; absent for `default`.
    pub cond: Option<ExprId>,
    /// The statements.
    pub body: List<StmtId>,
    /// Offset of `case` or `default`.
    pub pos: u32,
}

/// An arm of a `match`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MatchArm {
    /// The conditions; absent for `default`.
    pub conds: Option<List<ExprId>>,
    /// The result.
    pub body: ExprId,
    /// Offset of the first condition or of `default`.
    pub pos: u32,
}

/// `try { .. } catch (..) { .. } finally { .. }`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Try {
    /// The guarded statements.
    pub body: List<StmtId>,
    /// The handlers; with no `finally` an empty list is a compile error.
    pub catches: Slice<Catch>,
    /// The statements of `finally`.
    pub finally: Option<List<StmtId>>,
    /// Offset of `finally`, or of `try` when there is none.
    pub finally_pos: u32,
}

/// `catch (A | B $e) { .. }`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Catch {
    /// The classes, each an `Expr::Name`.
    pub types: List<ExprId>,
    /// The variable; may be absent.
    pub var: Option<Sym>,
    /// The statements.
    pub body: List<StmtId>,
    /// Offset of `catch`.
    pub pos: u32,
}

/// A variable of a `static` statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StaticVar {
    /// The variable.
    pub name: Sym,
    /// The initial value; any expression.
    pub init: Option<ExprId>,
    /// Offset of the variable.
    pub pos: u32,
}

/// What a `use` imports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UseKind {
    /// A class, interface, trait, enum or namespace.
    Class,
    /// `use function`.
    Function,
    /// `use const`.
    Const,
}

/// One imported name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UseItem {
    /// What is imported.
    pub kind: UseKind,
    /// The whole name without leading backslash, with the prefix of its group.
    pub name: Sym,
    /// The name behind `as`.
    pub alias: Option<Sym>,
    /// Offset of the name.
    pub pos: u32,
}
