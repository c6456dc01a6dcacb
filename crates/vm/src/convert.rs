//! Casts and conversions, with PHP's warnings and errors, and the names that messages give types.
//!
//! What may run PHP code (`__toString`, warnings with a handler) is a method of [`Context`]; what cannot is in
//! [`phalanx_value::convert`].

mod cast;
pub mod weak;

use crate::class::ClassRef;
use phalanx_value::convert::numeric::{Numeric, NumericPrefix};
use phalanx_value::{PhpString, Value, View, static_str};

/// The name of a value's type in messages that tell types apart (`Unsupported operand types: bool + array`): `bool`,
/// `int`, or the class.
pub fn type_name(value: &Value) -> PhpString {
    match value.view() {
        View::Undef | View::Null | View::Internal => static_str!("null"),
        View::Bool(_) => static_str!("bool"),
        View::Int(_) => static_str!("int"),
        View::Float(_) => static_str!("float"),
        View::Str(_) => static_str!("string"),
        View::Array(_) => static_str!("array"),
        View::Object(object) => class_name(ClassRef::of(object)),
        View::Resource(_) => static_str!("resource"),
        View::Ref(reference) => type_name(&reference.get()),
    }
}

/// The name of a value's type in messages that tell what was given: `true`, `false`, otherwise as [`type_name`].
pub fn value_name(value: &Value) -> PhpString {
    match value.view() {
        View::Bool(true) => static_str!("true"),
        View::Bool(false) => static_str!("false"),
        View::Ref(reference) => value_name(&reference.get()),
        _ => type_name(value),
    }
}

/// What `get_debug_type()` says.
pub fn debug_type(value: &Value) -> PhpString {
    match value.view() {
        View::Resource(resource) if resource.is_closed() => static_str!("resource (closed)"),
        View::Resource(resource) => PhpString::from(format!("resource ({})", resource.type_name())),
        View::Object(object) => {
            let class = ClassRef::of(object);
            if !class.has(phalanx_bytecode::flags::class::ANON) {
                return class.name.clone();
            }
            // An anonymous class is named by its parent, or its first interface.
            let parent = class.parent.or_else(|| class.interfaces.first().copied());
            match parent {
                Some(parent) => PhpString::concat(&parent.name, b"@anonymous"),
                None => static_str!("class@anonymous"),
            }
        }
        View::Ref(reference) => debug_type(&reference.get()),
        _ => type_name(value),
    }
}

/// A class's name as messages show it: that of an anonymous class ends before the NUL byte.
pub fn class_name(class: ClassRef) -> PhpString {
    match class.name.iter().position(|&byte| byte == 0) {
        Some(end) => PhpString::from_bytes(&class.name[..end]),
        None => class.name.clone(),
    }
}

/// The number a string begins with, if it does.
pub(crate) fn leading_number(bytes: &[u8]) -> Option<NumericPrefix> {
    let prefix = phalanx_value::convert::numeric::classify_prefix(bytes);
    (prefix.number != Numeric::No).then_some(prefix)
}

/// A float as messages show it.
pub fn show_float(float: f64) -> String {
    phalanx_value::convert::format_float(float, -1).as_str().to_owned()
}
