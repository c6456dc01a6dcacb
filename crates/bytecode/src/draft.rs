//! What the compiler builds: functions and classes with plain indices, owned by ordinary vectors.
//! assembling turns a [`UnitDraft`] into the relocatable block.
//!
//! In drafts, slot operands are slot numbers (variables first, then temporaries), literal operands are indices into
//! [`FunctionDraft::literals`], jump operands are instruction indices, and all of a function's literals are its own.

use crate::Op;

pub use crate::bytes::Bytes;

/// Number of a function in [`UnitDraft::functions`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct FuncIdx(pub u32);

/// Number of a class in [`UnitDraft::classes`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct ClassIdx(pub u32);

/// A literal.
#[derive(Clone, PartialEq, Debug)]
pub enum Literal {
    /// No value: used for padding and for "no default".
    Undef,
    /// null
    Null,
    /// A bool.
    Bool(bool),
    /// An int.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string.
    Str(Bytes),
    /// A name that an inline cache serves: the string and the index of the function's cache slot.
    Name(Bytes, u32),
    /// A constant array.
    Array(Vec<(LiteralKey, Literal)>),
    /// Jump table of a switch or match: values and instruction indices.
    JumpTable(Vec<(LiteralKey, u32)>),
}

/// Key of a constant array or a jump table. Numeric strings are normalised to ints by whoever makes an array.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub enum LiteralKey {
    /// An int key.
    Int(i64),
    /// A string key.
    Str(Bytes),
}

/// An initial value: known now, or computed by a function without parameters when it is first needed.
#[derive(Clone, PartialEq, Debug)]
pub enum Init {
    /// There is none.
    None,
    /// Known while compiling.
    Value(Literal),
    /// A [`crate::flags::func::CONST_EXPR`] function that returns it; runs in the scope of its class.
    Code(FuncIdx),
}

/// A type declaration.
#[derive(Clone, PartialEq, Debug)]
pub enum TypeDraft {
    /// A built-in type or a union of them: bits of [`crate::types`].
    Builtin(u32),
    /// A class; the name as written, resolved.
    Class(Bytes),
    /// `A|B|null`: members, at least two.
    Union(Vec<TypeDraft>),
    /// `A&B`.
    Intersection(Vec<TypeDraft>),
}

/// An attribute.
#[derive(Clone, PartialEq, Debug)]
pub struct AttributeDraft {
    /// Resolved name.
    pub name: Bytes,
    /// Arguments, with names if they were written.
    pub args: Vec<(Option<Bytes>, Init)>,
    /// Number of the parameter it stands at plus 1, or 0.
    pub param: u32,
    /// Line.
    pub line: u32,
}

/// A parameter.
#[derive(Clone, PartialEq, Debug)]
pub struct ParamDraft {
    /// Name without the dollar sign.
    pub name: Bytes,
    /// Type.
    pub ty: Option<TypeDraft>,
    /// By reference.
    pub by_ref: bool,
    /// Variadic.
    pub variadic: bool,
    /// Member flags if it is a promoted property.
    pub promoted: u32,
    /// Default value, for Reflection and for named arguments that skip it.
    pub default: Init,
    /// Source text of the default value as Reflection prints it.
    pub default_text: Option<Bytes>,
}

/// A static variable of a function, or a bound variable of a closure.
#[derive(Clone, PartialEq, Debug)]
pub struct StaticDraft {
    /// Name.
    pub name: Bytes,
    /// Initial value; `Init::None` if code computes it (see `BIND_STATIC`) or a closure binds it.
    pub init: Init,
    /// Bound by a closure's `use`, or by an arrow function.
    pub bound: bool,
}

/// A region with handlers. Regions nest; they are sorted by `start`, inner ones behind outer ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct TryRegion {
    /// First instruction of the try block.
    pub start: u32,
    /// First `CATCH`, or 0.
    pub catch: u32,
    /// First instruction of the finally block, or 0.
    pub finally: u32,
    /// Its `FAST_RET`, or 0.
    pub finally_end: u32,
    /// Temporary of the `FAST_CALL` (slot number; in a Unit its byte offset).
    pub fast_call: u32,
}

/// A temporary that holds a value between two instructions, so that unwinding releases it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct LiveRange {
    /// Slot number; in a Unit its byte offset.
    pub slot: u32,
    /// First instruction at which it is live (the one behind its definition).
    pub start: u32,
    /// The instruction that takes it.
    pub end: u32,
    /// What it holds.
    pub kind: LiveKind,
}

/// What a live temporary holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum LiveKind {
    /// A value.
    Value = 0,
    /// An iterator of foreach.
    Loop = 1,
    /// A saved error_reporting.
    Silence = 2,
    /// Parts of a rope: this slot and those behind it up to the one being written.
    Rope = 3,
    /// An object whose constructor is being called.
    New = 4,
}

/// A function, method, closure, hook, script body or constant expression.
#[derive(Clone, Debug, Default)]
pub struct FunctionDraft {
    /// Name as written (methods without the class); `{closure}` in its long form for closures; empty for the
    /// script body.
    pub name: Bytes,
    /// Flags of [`crate::flags::func`].
    pub flags: u32,
    /// Class it belongs to.
    pub class: Option<ClassIdx>,
    /// Parameters.
    pub params: Vec<ParamDraft>,
    /// Number of parameters without a default.
    pub required: u32,
    /// Return type.
    pub return_type: Option<TypeDraft>,
    /// Names of the compiled variables; parameters come first.
    pub cvs: Vec<Bytes>,
    /// Number of temporaries.
    pub tmps: u32,
    /// Number of inline cache slots (8 bytes each).
    pub cache_slots: u32,
    /// Instructions.
    pub code: Vec<Op>,
    /// Line of each instruction.
    pub lines: Vec<u32>,
    /// Literals.
    pub literals: Vec<Literal>,
    /// Static and bound variables.
    pub statics: Vec<StaticDraft>,
    /// Try blocks.
    pub tries: Vec<TryRegion>,
    /// Live temporaries.
    pub live: Vec<LiveRange>,
    /// Attributes.
    pub attributes: Vec<AttributeDraft>,
    /// Doc comment.
    pub doc: Option<Bytes>,
    /// First line.
    pub line_start: u32,
    /// Last line.
    pub line_end: u32,
}

/// A class constant or enum case.
#[derive(Clone, Debug)]
pub struct ClassConstDraft {
    /// Name.
    pub name: Bytes,
    /// Flags of [`crate::flags::member`].
    pub flags: u32,
    /// Type.
    pub ty: Option<TypeDraft>,
    /// Value; of an enum case its backing value or `Init::None`.
    pub value: Init,
    /// Attributes.
    pub attributes: Vec<AttributeDraft>,
    /// Doc comment.
    pub doc: Option<Bytes>,
    /// Line.
    pub line: u32,
}

/// A property.
#[derive(Clone, Debug)]
pub struct PropertyDraft {
    /// Name.
    pub name: Bytes,
    /// Flags of [`crate::flags::member`].
    pub flags: u32,
    /// Type.
    pub ty: Option<TypeDraft>,
    /// Default; `Init::None` of a typed property leaves it uninitialised.
    pub default: Init,
    /// Get hook.
    pub get: Option<FuncIdx>,
    /// Set hook.
    pub set: Option<FuncIdx>,
    /// Attributes.
    pub attributes: Vec<AttributeDraft>,
    /// Doc comment.
    pub doc: Option<Bytes>,
    /// Line.
    pub line: u32,
}

/// One rule of a `use ... { }` block.
#[derive(Clone, Debug)]
pub struct TraitRule {
    /// Trait named before `::`, if any.
    pub trait_name: Option<Bytes>,
    /// Method.
    pub method: Bytes,
    /// `insteadof` these traits; empty for an `as` rule.
    pub excludes: Vec<Bytes>,
    /// Alias of an `as` rule.
    pub alias: Option<Bytes>,
    /// Visibility (and final) flags of an `as` rule, or 0.
    pub flags: u32,
}

/// A class, interface, trait or enum.
#[derive(Clone, Debug, Default)]
pub struct ClassDraft {
    /// Full name as written; of an anonymous class `class@anonymous` or `Parent@anonymous`, then a NUL byte and a
    /// part that makes it unique (path:line$number).
    pub name: Bytes,
    /// Flags of [`crate::flags::class`].
    pub flags: u32,
    /// Parent class.
    pub parent: Option<Bytes>,
    /// Interfaces (of an interface: those it extends).
    pub interfaces: Vec<Bytes>,
    /// Traits used.
    pub traits: Vec<Bytes>,
    /// Their rules.
    pub trait_rules: Vec<TraitRule>,
    /// Constants and enum cases in order.
    pub consts: Vec<ClassConstDraft>,
    /// Properties in order.
    pub props: Vec<PropertyDraft>,
    /// Methods in order.
    pub methods: Vec<FuncIdx>,
    /// Backing type of an enum: `Int` or `String` bit of [`crate::types`], or 0.
    pub enum_type: u32,
    /// Attributes.
    pub attributes: Vec<AttributeDraft>,
    /// Doc comment.
    pub doc: Option<Bytes>,
    /// First line.
    pub line_start: u32,
    /// Last line.
    pub line_end: u32,
}

/// A warning that compiling raised; it is shown each time the script is compiled (or included, as configured).
#[derive(Clone, Debug)]
pub struct CompileWarning {
    /// The E_* level.
    pub level: u32,
    /// Text without level and position.
    pub text: String,
    /// Line.
    pub line: u32,
}

/// A script.
#[derive(Clone, Debug, Default)]
pub struct UnitDraft {
    /// Full path.
    pub path: Bytes,
    /// Functions; number 0 is the script body.
    pub functions: Vec<FunctionDraft>,
    /// Classes.
    pub classes: Vec<ClassDraft>,
    /// Functions declared before the script runs (unconditional, top level).
    pub hoisted_functions: Vec<FuncIdx>,
    /// Classes to be tried before the script runs, in order: unconditional, top level; one whose parent or
    /// interfaces are not there yet is declared by its `DECLARE_CLASS`.
    pub hoisted_classes: Vec<ClassIdx>,
    /// Warnings.
    pub warnings: Vec<CompileWarning>,
    /// Byte offset behind `__halt_compiler();`, if there is one.
    pub halt_offset: Option<u64>,
}
