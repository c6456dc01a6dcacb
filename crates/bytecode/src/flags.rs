//! Flag bits of instructions, functions, classes and members.

/// Flags of instructions (see [`crate::Op::flags`]); which one means what is said in the opcode's row.
pub mod op {
    /// The result operand is a variable and is assigned to, not overwritten.
    pub const DEST_CV: u16 = 1 << 9;
    /// Temporary `a` stays (comparison inside `switch` and `match`).
    pub const KEEP_A: u16 = 1 << 8;
    /// `empty()` instead of `isset()`.
    pub const EMPTY: u16 = 1;
    /// The variable is looked up in the global scope.
    pub const GLOBAL: u16 = 8;
    /// The value came from a function call and need not be a reference.
    pub const SOURCE_FUNCTION: u16 = 1;
    /// By reference.
    pub const BY_REF: u16 = 1;
    /// By value.
    pub const BY_VALUE: u16 = 2;
    /// Has an initialiser that is computed at run time.
    pub const HAS_INIT: u16 = 4;
    /// Bound by an arrow function.
    pub const IMPLICIT: u16 = 2;
    /// Try the unqualified name in the global namespace next.
    pub const FALLBACK: u16 = 1;
    /// The argument is named by literal `c`.
    pub const NAMED: u16 = 1;
    /// The callee is not known while compiling.
    pub const CHECK: u16 = 2;
    /// The instruction belongs to a jump or return out of a loop or `switch`.
    pub const LEAVING: u16 = 1;
    /// The last `catch` of its `try`.
    pub const LAST: u16 = 1;
    /// An anonymous class.
    pub const ANON: u16 = 1;
    /// In a write fetch: the address is wanted to make a reference.
    pub const FETCH_REF: u16 = 1;
    /// In a write fetch of a property: a dimension of it is to be written.
    pub const FETCH_DIM_WRITE: u16 = 2;
    /// In a property fetch on the left of `?->` chains or list(): silent on null.
    pub const NULLSAFE: u16 = 4;
    /// In a `..._FUNC_ARG` fetch: operand `a` is no variable, so nothing in it can be passed by reference.
    pub const TEMPORARY: u16 = 16;
    /// `JMP_NULL`: the chain's result is null.
    pub const SHORT_CIRCUIT_EXPR: u16 = 0;
    /// `JMP_NULL`: the chain stands inside `isset()`.
    pub const SHORT_CIRCUIT_ISSET: u16 = 1;
    /// `JMP_NULL`: the chain stands inside `empty()`.
    pub const SHORT_CIRCUIT_EMPTY: u16 = 2;
    /// `INCLUDE`.
    pub const INCLUDE: u16 = 0;
    /// `include_once`.
    pub const INCLUDE_ONCE: u16 = 1;
    /// `require`.
    pub const REQUIRE: u16 = 2;
    /// `require_once`.
    pub const REQUIRE_ONCE: u16 = 3;
    /// `eval`.
    pub const EVAL: u16 = 4;
    /// `CAST` to null (the removed `(unset)`); numbers are those of the casts in order.
    pub const CAST_BOOL: u16 = 0;
    /// `(int)`.
    pub const CAST_INT: u16 = 1;
    /// `(float)`.
    pub const CAST_FLOAT: u16 = 2;
    /// `(string)`.
    pub const CAST_STRING: u16 = 3;
    /// `(array)`.
    pub const CAST_ARRAY: u16 = 4;
    /// `(object)`.
    pub const CAST_OBJECT: u16 = 5;
}

/// Class operand of kind `None`: `self`.
pub const CLASS_SELF: u32 = 0;
/// Class operand of kind `None`: `parent`.
pub const CLASS_PARENT: u32 = 1;
/// Class operand of kind `None`: `static`.
pub const CLASS_STATIC: u32 = 2;

/// Operators of compound assignments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u16)]
#[expect(missing_docs, reason = "each is the opcode of its name")]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    Shl,
    Shr,
    Concat,
    BitOr,
    BitAnd,
    BitXor,
}

impl BinOp {
    /// The operator that the low four flag bits of an `ASSIGN_OP` stand for.
    pub fn from_flags(flags: u16) -> BinOp {
        const ALL: [BinOp; 12] = [
            BinOp::Add,
            BinOp::Sub,
            BinOp::Mul,
            BinOp::Div,
            BinOp::Mod,
            BinOp::Pow,
            BinOp::Shl,
            BinOp::Shr,
            BinOp::Concat,
            BinOp::BitOr,
            BinOp::BitAnd,
            BinOp::BitXor,
        ];
        ALL[(flags & 15) as usize % ALL.len()]
    }
}

/// Flags of functions.
pub mod func {
    /// Returns by reference.
    pub const RETURNS_REF: u32 = 1 << 0;
    /// Its last parameter is variadic.
    pub const VARIADIC: u32 = 1 << 1;
    /// A generator.
    pub const GENERATOR: u32 = 1 << 2;
    /// A closure or arrow function.
    pub const CLOSURE: u32 = 1 << 3;
    /// An arrow function.
    pub const ARROW: u32 = 1 << 4;
    /// Static method or closure.
    pub const STATIC: u32 = 1 << 5;
    /// Abstract method.
    pub const ABSTRACT: u32 = 1 << 6;
    /// Final method.
    pub const FINAL: u32 = 1 << 7;
    /// Public, protected, private (as bits 8-10).
    pub const PUBLIC: u32 = 1 << 8;
    /// Protected.
    pub const PROTECTED: u32 = 1 << 9;
    /// Private.
    pub const PRIVATE: u32 = 1 << 10;
    /// Has parameter types, so that `RECV` instructions may not be skipped.
    pub const HAS_PARAM_TYPES: u32 = 1 << 11;
    /// Has a return type.
    pub const HAS_RETURN_TYPE: u32 = 1 << 12;
    /// `declare(strict_types=1)` holds where it is written.
    pub const STRICT_TYPES: u32 = 1 << 13;
    /// Uses variable variables, `extract`, `include`, `eval` and the like: needs a symbol table.
    pub const USES_SYMBOLS: u32 = 1 << 14;
    /// Functions that use the variables of their caller by name.
    pub const SCOPE_FUNCTIONS: [&[u8]; 5] =
        [b"compact", b"extract", b"get_defined_vars", b"mb_parse_str", b"parse_str"];
    /// Uses `$this`.
    pub const USES_THIS: u32 = 1 << 15;
    /// A constructor.
    pub const CONSTRUCTOR: u32 = 1 << 16;
    /// The top level of a script.
    pub const MAIN: u32 = 1 << 17;
    /// Computes a constant expression (default value, class constant, attribute argument, enum case).
    pub const CONST_EXPR: u32 = 1 << 18;
    /// Has a `finally` block.
    pub const HAS_FINALLY: u32 = 1 << 19;
    /// Has a `#[Deprecated]` attribute.
    pub const DEPRECATED: u32 = 1 << 20;
    /// A property hook.
    pub const HOOK: u32 = 1 << 21;
    /// Visibility was not written.
    pub const IMPLICIT_PUBLIC: u32 = 1 << 22;
}

/// Flags of classes.
pub mod class {
    /// `interface`.
    pub const INTERFACE: u32 = 1 << 0;
    /// `trait`.
    pub const TRAIT: u32 = 1 << 1;
    /// `enum`.
    pub const ENUM: u32 = 1 << 2;
    /// `abstract` was written.
    pub const ABSTRACT: u32 = 1 << 3;
    /// `final`.
    pub const FINAL: u32 = 1 << 4;
    /// `readonly`.
    pub const READONLY: u32 = 1 << 5;
    /// Anonymous.
    pub const ANON: u32 = 1 << 6;
    /// Stands at the top level of the script, so that it may be declared before the script runs.
    pub const TOP_LEVEL: u32 = 1 << 7;
}

/// Flags of properties, class constants and promoted parameters. Visibility bits are those of [`func`].
pub mod member {
    pub use super::func::{ABSTRACT, FINAL, PRIVATE, PROTECTED, PUBLIC, STATIC};
    /// `readonly`.
    pub const READONLY: u32 = 1 << 11;
    /// Set visibility written: public(set).
    pub const PUBLIC_SET: u32 = 1 << 12;
    /// protected(set).
    pub const PROTECTED_SET: u32 = 1 << 13;
    /// private(set).
    pub const PRIVATE_SET: u32 = 1 << 14;
    /// Promoted from a constructor parameter.
    pub const PROMOTED: u32 = 1 << 15;
    /// Has hooks and no backing store.
    pub const VIRTUAL: u32 = 1 << 16;
    /// An enum case (class constants).
    pub const ENUM_CASE: u32 = 1 << 17;
    /// Its get hook returns by reference.
    pub const GET_BY_REF: u32 = 1 << 18;
}
