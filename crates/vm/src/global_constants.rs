//! Constants outside of classes: those of scripts, and those of extensions.

use crate::Context;
use crate::native::NativeValue;
use crate::thrown::PhpResult;
use phalanx_value::{PhpArray, PhpString, Value};
use rustc_hash::FxHashMap;

/// Constants that scripts declared, in order.
#[derive(Default)]
pub struct Constants {
    values: FxHashMap<PhpString, Value>,
    order: Vec<PhpString>,
}

impl Constants {
    /// Names and values in the order of their declaration.
    pub fn iter(&self) -> impl Iterator<Item = (&PhpString, &Value)> {
        self.order.iter().map(|name| (name, &self.values[name]))
    }

    /// Sets a constant that no script can have declared yet.
    pub(crate) fn set(&mut self, name: PhpString, value: Value) {
        self.order.push(name.clone());
        self.values.insert(name, value);
    }

    /// The value of a constant; the name's namespace is in lower case.
    pub fn get(&self, name: &PhpString) -> Option<&Value> {
        self.values.get(name)
    }
}

/// A name by which a constant is found: namespaces do not tell upper and lower case apart, the rest does.
fn normalized(name: &PhpString) -> PhpString {
    let name = match name.strip_prefix(b"\\") {
        Some(rest) => &PhpString::from_bytes(rest),
        None => name,
    };
    match name.iter().rposition(|&byte| byte == b'\\') {
        Some(end) => PhpString::concat(&name[..end].to_ascii_lowercase(), &name[end..]),
        None => name.clone(),
    }
}

impl NativeValue {
    /// As a value.
    pub fn to_value(&self) -> Value {
        match *self {
            NativeValue::Undef => Value::UNDEF,
            NativeValue::Null => Value::NULL,
            NativeValue::Bool(truth) => Value::bool(truth),
            NativeValue::Int(int) => Value::int(int),
            NativeValue::Float(float) => Value::float(float),
            NativeValue::Str(text) => Value::str(text),
            NativeValue::EmptyArray => Value::array(PhpArray::new()),
        }
    }
}

/// The value of a constant, if there is one.
pub fn find(cx: &mut Context, name: &PhpString) -> Option<Value> {
    let name = normalized(name);
    if let Some(value) = cx.constants.get(&name) {
        return Some(value.clone());
    }
    if let Some(native) = cx.registry.constant(&name) {
        return Some(native.value.to_value());
    }
    match name.to_ascii_lowercase().as_slice() {
        b"true" => Some(Value::TRUE),
        b"false" => Some(Value::FALSE),
        b"null" => Some(Value::NULL),
        _ => None,
    }
}

/// The value of the constant that code names; `fallback` is the name to try next.
pub fn fetch(cx: &mut Context, name: &PhpString, fallback: Option<&PhpString>) -> PhpResult<Value> {
    let found = match find(cx, name) {
        Some(value) => Some(value),
        None => fallback.and_then(|name| find(cx, name)),
    };
    match found {
        Some(value) => {
            let native = cx.registry.constant(fallback.unwrap_or(name));
            if let Some(text) = native.and_then(|native| native.deprecated) {
                cx.deprecated(format!("Constant {name} is deprecated{text}"))?;
            }
            Ok(value)
        }
        None => Err(cx.throw_error([b"Undefined constant \"".as_slice(), name, b"\""].concat())),
    }
}

/// Whether reading the constant says that it is deprecated.
pub(crate) fn is_deprecated(cx: &Context, name: &PhpString) -> bool {
    cx.registry.constant(name).is_some_and(|native| native.deprecated.is_some())
}

/// Declares a constant; false, after a warning, if the name is taken.
pub fn declare(cx: &mut Context, name: &PhpString, value: Value) -> PhpResult<bool> {
    if find(cx, name).is_some() || name.as_bytes() == b"__COMPILER_HALT_OFFSET__" {
        cx.warning([b"Constant ".as_slice(), name, b" already defined"].concat())?;
        return Ok(false);
    }
    let name = normalized(name);
    cx.constants.set(name, value);
    Ok(true)
}
