//! Functions, classes and what they consist of. Declarations are few and large, so they live in tables of their own.

use phalanx_base::Span;

use super::{Args, ExprId, List, Name, Slice, StmtId, Sym, TypeId};

phalanx_base::define_id!(
    /// A function, method, closure, arrow function or property hook.
    pub struct FuncId;
);
phalanx_base::define_id!(
    /// A class, interface, trait, enum or anonymous class.
    pub struct ClassId;
);
phalanx_base::define_id!(
    /// A group of properties with one set of modifiers.
    pub struct PropGroupId;
);
phalanx_base::define_id!(
    /// A group of class constants with one set of modifiers.
    pub struct ConstGroupId;
);
phalanx_base::define_id!(
    /// An enum case.
    pub struct EnumCaseId;
);
phalanx_base::define_id!(
    /// A `use` of traits.
    pub struct TraitUseId;
);
phalanx_base::define_id!(
    /// A doc comment; [`Ast::doc`](super::Ast::doc) gives its place in the source.
    pub struct DocId;
);

/// A set of modifiers.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Modifiers(pub u16);

impl Modifiers {
    /// No modifier.
    pub const NONE: Self = Self(0);
    /// `public`.
    pub const PUBLIC: Self = Self(1);
    /// `protected`.
    pub const PROTECTED: Self = Self(1 << 1);
    /// `private`.
    pub const PRIVATE: Self = Self(1 << 2);
    /// `public(set)`.
    pub const PUBLIC_SET: Self = Self(1 << 3);
    /// `protected(set)`.
    pub const PROTECTED_SET: Self = Self(1 << 4);
    /// `private(set)`.
    pub const PRIVATE_SET: Self = Self(1 << 5);
    /// `static`.
    pub const STATIC: Self = Self(1 << 6);
    /// `abstract`.
    pub const ABSTRACT: Self = Self(1 << 7);
    /// `final`.
    pub const FINAL: Self = Self(1 << 8);
    /// `readonly`.
    pub const READONLY: Self = Self(1 << 9);
    /// `var`, which makes a public property.
    pub const VAR: Self = Self(1 << 10);

    /// The three read visibilities.
    pub const VISIBILITY: Self = Self(7);
    /// The three write visibilities.
    pub const SET_VISIBILITY: Self = Self(7 << 3);

    /// Whether all of `other` are set.
    #[inline]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any of `other` is set.
    #[inline]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both sets.
    #[inline]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether no modifier is set.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What a [`Func`] is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FuncKind {
    /// A named function.
    Function,
    /// A method.
    Method,
    /// `function () {}`.
    Closure,
    /// `fn () => ..`.
    Arrow,
    /// A property hook; its name is `get` or `set`, or whatever was written, which is a compile error.
    Hook,
}

/// A function of any kind.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Func {
    /// What it is.
    pub kind: FuncKind,
    /// Modifiers: those of a method or hook; `STATIC` for static closures and arrow functions.
    pub modifiers: Modifiers,
    /// Whether it returns by reference.
    pub by_ref: bool,
    /// Whether its own body, without nested functions, contains `yield`.
    pub is_generator: bool,
    /// Whether a hook was written with a parameter list; always true for other kinds.
    pub has_params: bool,
    /// The name; absent for closures and arrow functions.
    pub name: Option<Sym>,
    /// Attributes.
    pub attrs: Slice<AttrGroup>,
    /// Parameters.
    pub params: Slice<Param>,
    /// `use` variables of a closure.
    pub uses: Slice<ClosureUse>,
    /// The declared return type.
    pub return_type: Option<TypeId>,
    /// The body.
    pub body: FuncBody,
    /// The doc comment.
    pub doc: Option<DocId>,
    /// From the `function` or `fn` keyword (a hook: its name) to the end: start and end line.
    pub span: Span,
}

/// The body of a function.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum FuncBody {
    /// None: an abstract method or hook.
    None,
    /// `{ .. }`.
    Block(List<StmtId>),
    /// `=> expr`.
    Expr(ExprId),
}

/// A parameter.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Param {
    /// The name.
    pub name: Sym,
    /// The declared type.
    pub ty: Option<TypeId>,
    /// The default value.
    pub default: Option<ExprId>,
    /// `&$a`.
    pub by_ref: bool,
    /// `...$a`.
    pub variadic: bool,
    /// Modifiers; any makes it a promoted property.
    pub modifiers: Modifiers,
    /// Attributes.
    pub attrs: Slice<AttrGroup>,
    /// Hooks of a promoted property: present when braces were written.
    pub hooks: Option<List<FuncId>>,
    /// The doc comment.
    pub doc: Option<DocId>,
    /// Offset of the variable.
    pub pos: u32,
}

/// A variable that a closure takes over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClosureUse {
    /// The variable.
    pub name: Sym,
    /// `&$a`.
    pub by_ref: bool,
    /// Offset of the variable.
    pub pos: u32,
}

/// `#[A, B(1)]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AttrGroup {
    /// Its attributes, at least one.
    pub attrs: Slice<Attr>,
}

/// One attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Attr {
    /// The class.
    pub name: Name,
    /// The arguments; absent when no parentheses were written.
    pub args: Option<Args>,
    /// Offset of the name.
    pub pos: u32,
}

/// What a [`Class`] is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClassKind {
    /// `class`.
    Class,
    /// `interface`.
    Interface,
    /// `trait`.
    Trait,
    /// `enum`.
    Enum,
    /// `new class`.
    Anonymous,
}

/// A class-like declaration.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Class {
    /// What it is.
    pub kind: ClassKind,
    /// `abstract`, `final`, `readonly`.
    pub modifiers: Modifiers,
    /// The name; absent for anonymous classes.
    pub name: Option<Sym>,
    /// Attributes.
    pub attrs: Slice<AttrGroup>,
    /// The parent class, an `Expr::Name`.
    pub extends: Option<ExprId>,
    /// What a class implements or an interface extends, each an `Expr::Name`.
    pub implements: List<ExprId>,
    /// The type behind the colon of a backed enum.
    pub backing: Option<TypeId>,
    /// The members in order.
    pub members: Slice<Member>,
    /// The doc comment.
    pub doc: Option<DocId>,
    /// From the `class` keyword to the closing brace: start and end line.
    pub span: Span,
}

/// A member of a class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Member {
    /// Constants.
    Consts(ConstGroupId),
    /// Properties.
    Props(PropGroupId),
    /// A method.
    Method(FuncId),
    /// `use` of traits.
    TraitUse(TraitUseId),
    /// An enum case.
    Case(EnumCaseId),
}

/// `public int $a = 1, $b;`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PropGroup {
    /// Modifiers, shared by all.
    pub modifiers: Modifiers,
    /// The declared type.
    pub ty: Option<TypeId>,
    /// Attributes.
    pub attrs: Slice<AttrGroup>,
    /// The properties, at least one.
    pub props: Slice<Prop>,
    /// Offset of the first token behind the attributes.
    pub pos: u32,
}

/// One property.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Prop {
    /// The name.
    pub name: Sym,
    /// The default value.
    pub default: Option<ExprId>,
    /// Hooks: present when braces were written, even when empty, which is a compile error.
    pub hooks: Option<List<FuncId>>,
    /// The doc comment.
    pub doc: Option<DocId>,
    /// Offset of the variable.
    pub pos: u32,
}

/// `final public const int A = 1, B = 2;`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ConstGroup {
    /// Modifiers, shared by all.
    pub modifiers: Modifiers,
    /// The declared type.
    pub ty: Option<TypeId>,
    /// Attributes.
    pub attrs: Slice<AttrGroup>,
    /// The constants, at least one.
    pub items: Slice<ConstItem>,
    /// Offset of the first token behind the attributes.
    pub pos: u32,
}

/// `NAME = value` of a constant or a `declare` directive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConstItem {
    /// The name.
    pub name: Sym,
    /// The value.
    pub value: ExprId,
    /// The doc comment.
    pub doc: Option<DocId>,
    /// Offset of the name.
    pub pos: u32,
}

/// `case NAME = value;`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct EnumCase {
    /// The name.
    pub name: Sym,
    /// The value.
    pub value: Option<ExprId>,
    /// Attributes.
    pub attrs: Slice<AttrGroup>,
    /// The doc comment.
    pub doc: Option<DocId>,
    /// Offset of the name.
    pub pos: u32,
}

/// `use A, B { .. }`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TraitUse {
    /// The traits, each an `Expr::Name`.
    pub traits: List<ExprId>,
    /// The rules in order.
    pub rules: Slice<TraitRule>,
    /// Offset of `use`.
    pub pos: u32,
}

/// A rule in the braces of a trait `use`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum TraitRule {
    /// `A::method insteadof B, C;`.
    InsteadOf {
        /// `A`, an `Expr::Name`.
        class: ExprId,
        /// The method.
        method: Sym,
        /// `B, C`, each an `Expr::Name`.
        others: List<ExprId>,
    },
    /// `A::method as protected alias;`.
    As {
        /// `A`, an `Expr::Name`; may be absent.
        class: Option<ExprId>,
        /// The method.
        method: Sym,
        /// New modifiers.
        modifiers: Modifiers,
        /// The new name; present when there are no modifiers.
        alias: Option<Sym>,
    },
}
