//! What native functions return.

use phalanx_value::{ArrayKey, Key, ObjRef, PhpArray, PhpRef, PhpResource, PhpString, StringBuilder, Value};

/// A type that a native function can return.
pub trait IntoValue {
    /// As a PHP value.
    fn into_value(self) -> Value;
}

/// A result, or false.
#[derive(Clone, Debug)]
pub struct OrFalse<T>(pub Option<T>);

impl<T> From<Option<T>> for OrFalse<T> {
    fn from(option: Option<T>) -> OrFalse<T> {
        OrFalse(option)
    }
}

impl<T: IntoValue> IntoValue for OrFalse<T> {
    fn into_value(self) -> Value {
        self.0.map_or(Value::FALSE, T::into_value)
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    #[inline(always)]
    fn into_value(self) -> Value {
        self.map_or(Value::NULL, T::into_value)
    }
}

macro_rules! results {
    ($($ty:ty: |$value:ident| $expr:expr;)*) => {$(
        impl IntoValue for $ty {
            #[inline(always)]
            fn into_value(self) -> Value {
                let $value = self;
                $expr
            }
        }
    )*};
}

results! {
    (): |_unit| Value::NULL;
    bool: |value| Value::bool(value);
    i64: |value| Value::int(value);
    i32: |value| Value::int(i64::from(value));
    u32: |value| Value::int(i64::from(value));
    u8: |value| Value::int(i64::from(value));
    usize: |value| Value::int(value as i64);
    f64: |value| Value::float(value);
    &str: |value| Value::str(value);
    String: |value| Value::str(value);
    &[u8]: |value| Value::str(value);
    Vec<u8>: |value| Value::str(value);
    PhpString: |value| Value::string(value);
    &PhpString: |value| Value::string(value.clone());
    StringBuilder: |value| Value::string(value.finish());
    PhpArray: |value| Value::array(value);
    &PhpArray: |value| Value::array(value.clone());
    ObjRef: |value| Value::object(value);
    &ObjRef: |value| Value::object(value.clone());
    PhpRef: |value| Value::reference(value);
    PhpResource: |value| Value::resource(value);
    Value: |value| value;
    &Value: |value| value.clone();
    Key<'_>: |value| Value::from(value);
    ArrayKey: |value| Value::from(value);
    super::Number: |value| match value {
        super::Number::Int(int) => Value::int(int),
        super::Number::Float(float) => Value::float(float),
    };
}
