//! Type declarations.

use super::{List, Name};

phalanx_base::define_id!(
    /// A type in a declaration.
    pub struct TypeId;
);

/// A type as it was written. `int`, `string`, `mixed` and the other soft names are [`TypeExpr::Name`], as for PHP's
/// parser they are plain names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeExpr {
    /// A class or a soft built-in name.
    Name(Name),
    /// `array`, a reserved word.
    Array,
    /// `callable`, a reserved word.
    Callable,
    /// `static`, a reserved word.
    Static,
    /// `?T`.
    Nullable(TypeId),
    /// `A|B|(C&D)`.
    Union(List<TypeId>),
    /// `A&B`.
    Intersection(List<TypeId>),
}

const _: () = assert!(size_of::<TypeExpr>() <= 12);
