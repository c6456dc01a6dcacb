//! `From` for everything that becomes a value without a choice.

use super::Value;
use crate::array::{ArrayKey, Key, PhpArray};
use crate::object::ObjRef;
use crate::reference::PhpRef;
use crate::resource::PhpResource;
use crate::string::PhpString;

macro_rules! from {
    ($($type:ty: $arg:ident => $value:expr;)*) => {$(
        impl From<$type> for Value {
            #[inline(always)]
            fn from($arg: $type) -> Value {
                $value
            }
        }
    )*};
}

from! {
    (): _unit => Value::NULL;
    bool: on => Value::bool(on);
    i64: int => Value::int(int);
    i32: int => Value::int(i64::from(int));
    u32: int => Value::int(i64::from(int));
    u8: int => Value::int(i64::from(int));
    f64: float => Value::float(float);
    &str: text => Value::str(text);
    &[u8]: bytes => Value::str(bytes);
    String: text => Value::str(text);
    Vec<u8>: bytes => Value::str(bytes);
    PhpString: string => Value::string(string);
    &PhpString: string => Value::string(string.clone());
    PhpArray: array => Value::array(array);
    ObjRef: object => Value::object(object);
    PhpRef: reference => Value::reference(reference);
    PhpResource: resource => Value::resource(resource);
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(option: Option<T>) -> Value {
        option.map_or(Value::NULL, Into::into)
    }
}

impl From<Key<'_>> for Value {
    fn from(key: Key<'_>) -> Value {
        match key {
            Key::Int(int) => Value::int(int),
            Key::Str(string) => Value::string(string.clone()),
        }
    }
}

impl From<ArrayKey> for Value {
    fn from(key: ArrayKey) -> Value {
        match key {
            ArrayKey::Int(int) => Value::int(int),
            ArrayKey::Str(string) => Value::string(string),
        }
    }
}
