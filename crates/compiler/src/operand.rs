//! Operands while a function is being compiled.
//!
//! Constants stay values until an instruction uses them, so folding leaves nothing behind in the literal table.

use crate::strings::StrId;
use phalanx_bytecode::draft::{Literal, LiteralKey};

/// A constant value. Arrays lie in [`crate::Compiler`]'s `arrays`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Const {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(StrId),
    Array(ArrayId),
}

/// A constant array.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ArrayId(pub(crate) u32);

/// The elements of a constant array.
pub(crate) type ArrayItems = Vec<(LiteralKey, Literal)>;

/// A place in the code, perhaps not reached yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Label(pub(crate) u32);

/// An operand.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Operand {
    None,
    /// Number of a variable.
    Cv(u32),
    /// Number of a temporary, counted from 0.
    Tmp(u32),
    Const(Const),
    /// Index of a literal that is in the table already: names with cache slots, jump tables.
    Lit(u32),
    Num(u32),
    Label(Label),
}

pub(crate) const NONE: Operand = Operand::None;

impl Operand {
    pub(crate) const NULL: Operand = Operand::Const(Const::Null);

    pub(crate) fn bool(value: bool) -> Operand {
        Operand::Const(Const::Bool(value))
    }

    pub(crate) fn int(value: i64) -> Operand {
        Operand::Const(Const::Int(value))
    }

    pub(crate) fn str(id: StrId) -> Operand {
        Operand::Const(Const::Str(id))
    }
}
