//! Defaults of parameters as Rust types: what a wrapper passes when nothing was passed.

use super::{Number, Path, StrOrArray, StrOrInt};
use phalanx_value::{PhpArray, PhpRef, PhpString, Value};

/// A type that the default `D` of a parameter can be taken as.
pub trait FromDefault<D> {
    /// The default.
    fn from_default(default: D) -> Self;
}

/// A type that has null for a default.
pub trait NullDefault {
    /// Null.
    fn null_default() -> Self;
}

impl<T> NullDefault for Option<T> {
    fn null_default() -> Self {
        None
    }
}

impl NullDefault for Value {
    fn null_default() -> Self {
        Value::NULL
    }
}

impl NullDefault for &Value {
    fn null_default() -> Self {
        const NULL: &Value = &Value::NULL;
        NULL
    }
}

impl NullDefault for PhpRef {
    /// A reference that nobody else has.
    fn null_default() -> Self {
        PhpRef::new(Value::NULL)
    }
}

impl<D, T: FromDefault<D>> FromDefault<D> for Option<T> {
    fn from_default(default: D) -> Self {
        Some(T::from_default(default))
    }
}

macro_rules! defaults {
    ($([$($life:lifetime)?] $default:ty => $target:ty: |$value:ident| $expr:expr;)*) => {$(
        impl$(<$life>)? FromDefault<$default> for $target {
            #[inline(always)]
            fn from_default($value: $default) -> Self {
                $expr
            }
        }
    )*};
}

defaults! {
    [] Value => Value: |value| value;
    [] bool => bool: |value| value;
    [] bool => Value: |value| Value::bool(value);
    [] i64 => i64: |value| value;
    [] i64 => f64: |value| value as f64;
    [] i64 => Number: |value| Number::Int(value);
    [] i64 => StrOrInt<'_>: |value| StrOrInt::Int(value);
    [] i64 => Value: |value| Value::int(value);
    [] f64 => f64: |value| value;
    [] f64 => Number: |value| Number::Float(value);
    [] f64 => Value: |value| Value::float(value);
    ['a] &'a PhpString => &'a PhpString: |value| value;
    ['a] &'a PhpString => PhpString: |value| value.clone();
    ['a] &'a PhpString => &'a [u8]: |value| value.as_bytes();
    ['a] &'a PhpString => Value: |value| Value::string(value.clone());
    ['a] &'a PhpString => StrOrArray<'a>: |value| StrOrArray::Str(value);
    ['a] &'a PhpString => StrOrInt<'a>: |value| StrOrInt::Str(value);
    ['a] &'a PhpString => Path<'a>: |value| Path::new(value).expect("a default without NUL bytes");
    ['a] &'a PhpArray => &'a PhpArray: |value| value;
    ['a] &'a PhpArray => PhpArray: |value| value.clone();
    ['a] &'a PhpArray => Value: |value| Value::array(value.clone());
    ['a] &'a PhpArray => StrOrArray<'a>: |value| StrOrArray::Array(value);
    [] &'static str => PhpString: |value| PhpString::from(value);
    [] &'static str => Value: |value| Value::str(value);
}
