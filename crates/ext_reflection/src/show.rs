//! Texts that several classes share: modifiers, values.

use phalanx_value::convert::float_to_string;
use phalanx_value::{Key, Value, View};
use phalanx_vm::class::ClassRef;
use phalanx_vm::flags::{class as class_flag, func as func_flag, member};
use phalanx_vm::{Context, PhpResult};

/// `ReflectionMethod::IS_*` and its like.
pub mod modifier {
    pub const PUBLIC: i64 = 1;
    pub const PROTECTED: i64 = 2;
    pub const PRIVATE: i64 = 4;
    pub const STATIC: i64 = 16;
    pub const FINAL: i64 = 32;
    pub const ABSTRACT: i64 = 64;
    pub const READONLY: i64 = 128;
    pub const VIRTUAL: i64 = 512;
    pub const PROTECTED_SET: i64 = 2048;
    pub const PRIVATE_SET: i64 = 4096;
    pub const READONLY_CLASS: i64 = 65536;
}

/// The modifiers that `getModifiers` of a method, property or constant tells.
pub fn modifiers(flags: u32, method: bool) -> i64 {
    let mut bits = 0;
    for (flag, bit) in [
        (func_flag::PUBLIC, modifier::PUBLIC),
        (func_flag::PROTECTED, modifier::PROTECTED),
        (func_flag::PRIVATE, modifier::PRIVATE),
        (func_flag::STATIC, modifier::STATIC),
        (func_flag::FINAL, modifier::FINAL),
        (func_flag::ABSTRACT, modifier::ABSTRACT),
    ] {
        if flags & flag != 0 {
            bits |= bit;
        }
    }
    if bits & 7 == 0 {
        bits |= modifier::PUBLIC;
    }
    if !method {
        for (flag, bit) in [
            (member::READONLY, modifier::READONLY),
            (member::VIRTUAL, modifier::VIRTUAL),
            (member::PROTECTED_SET, modifier::PROTECTED_SET),
            (member::PRIVATE_SET, modifier::PRIVATE_SET),
        ] {
            if flags & flag != 0 {
                bits |= bit;
            }
        }
    }
    bits
}

/// The modifiers of a class.
pub fn class_modifiers(class: ClassRef) -> i64 {
    let mut bits = 0;
    if class.has(class_flag::ABSTRACT) && !class.has(class_flag::INTERFACE) {
        bits |= modifier::ABSTRACT;
    }
    if class.has(class_flag::FINAL) {
        bits |= modifier::FINAL;
    }
    if class.has(class_flag::READONLY) {
        bits |= modifier::READONLY_CLASS;
    }
    bits
}

/// `Reflection::getModifierNames`.
pub fn modifier_names(bits: i64) -> Vec<&'static str> {
    let mut names = Vec::new();
    if bits & modifier::ABSTRACT != 0 {
        names.push("abstract");
    }
    if bits & modifier::FINAL != 0 {
        names.push("final");
    }
    if bits & modifier::VIRTUAL != 0 {
        names.push("virtual");
    }
    match bits & 7 {
        1 => names.push("public"),
        4 => names.push("private"),
        2 => names.push("protected"),
        _ => {}
    }
    match bits & (modifier::PROTECTED_SET | modifier::PRIVATE_SET) {
        modifier::PROTECTED_SET => names.push("protected(set)"),
        modifier::PRIVATE_SET => names.push("private(set)"),
        _ => {}
    }
    if bits & modifier::STATIC != 0 {
        names.push("static");
    }
    if bits & (modifier::READONLY | modifier::READONLY_CLASS) != 0 {
        names.push("readonly");
    }
    names
}

/// A value as defaults and arguments are shown: strings are cut at 15 bytes.
pub fn value(cx: &mut Context, value: &Value) -> PhpResult<String> {
    Ok(match value.view() {
        View::Null | View::Undef => "NULL".to_owned(),
        View::Bool(truth) => truth.to_string(),
        View::Int(int) => int.to_string(),
        View::Float(float) => float_to_string(float).to_string(),
        View::Str(text) => {
            let cut = if text.len() > 15 {
                format!("{}...", String::from_utf8_lossy(&text[..15]))
            } else {
                text.to_string()
            };
            format!("'{cut}'")
        }
        View::Array(array) => {
            let list = array.is_list();
            let mut parts = Vec::new();
            for (key, element) in array.iter() {
                let shown = self::value(cx, &element.deref_clone())?;
                parts.push(match key {
                    _ if list => shown,
                    Key::Int(int) => format!("{int} => {shown}"),
                    Key::Str(name) => format!("'{name}' => {shown}"),
                });
            }
            format!("[{}]", parts.join(", "))
        }
        View::Object(object) => {
            let class = ClassRef::of(object);
            if class.has(class_flag::ENUM) {
                let case = object.get_slot(0);
                format!("\\{}::{}", class.shown_name(), cx.to_string(&case)?)
            } else {
                format!("object({})", class.shown_name())
            }
        }
        _ => cx.to_string(value)?.to_string(),
    })
}
