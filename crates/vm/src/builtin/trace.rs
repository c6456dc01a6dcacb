//! Backtraces as text.

use crate::Context;
use crate::class::ClassRef;
use phalanx_bytecode::flags::class as class_flags;
use phalanx_value::convert::float::format_float;
use phalanx_value::{Key, PhpArray, PhpString, Value, View};

/// `#0 file(line): function(arguments)` and so on, with `{main}` at the end.
pub(crate) fn text(cx: &mut Context, trace: &Value) -> PhpString {
    let mut text = Vec::new();
    let mut number = 0;
    if let Some(trace) = trace.as_array() {
        for frame in trace.values() {
            if let Some(frame) = frame.deref_clone().as_array() {
                line(cx, &mut text, number, frame);
                number += 1;
            }
        }
    }
    text.extend_from_slice(format!("#{number} {{main}}").as_bytes());
    PhpString::from(text)
}

fn line(cx: &mut Context, text: &mut Vec<u8>, number: usize, frame: &PhpArray) {
    text.extend_from_slice(format!("#{number} ").as_bytes());
    let part = |name: &str| frame.get_bytes(name).map(Value::deref_clone);
    match part("file").as_ref().and_then(Value::as_string) {
        Some(file) => {
            text.extend_from_slice(file);
            let line = part("line").and_then(|line| line.as_int()).unwrap_or(0);
            text.extend_from_slice(format!("({line}): ").as_bytes());
        }
        None => text.extend_from_slice(b"[internal function]: "),
    }
    for name in ["class", "type", "function"] {
        if let Some(value) = part(name).as_ref().and_then(Value::as_string) {
            let shown = value.split(|&byte| byte == 0).next().unwrap_or_default();
            text.extend_from_slice(shown);
        }
    }
    text.push(b'(');
    if let Some(args) = part("args").as_ref().and_then(Value::as_array) {
        let mut first = true;
        for (key, value) in args.iter() {
            if !std::mem::take(&mut first) {
                text.extend_from_slice(b", ");
            }
            if let Key::Str(name) = key {
                text.extend_from_slice(name);
                text.extend_from_slice(b": ");
            }
            argument(cx, text, &value.deref_clone());
        }
    }
    text.extend_from_slice(b")\n");
}

/// A float that looks like one.
pub(crate) fn float_text(cx: &Context, float: f64) -> Vec<u8> {
    let mut text = format_float(float, cx.ini.precision).as_bytes().to_vec();
    if float.is_finite() && !text.iter().any(|byte| b".eE".contains(byte)) {
        text.extend_from_slice(b".0");
    }
    text
}

/// Bytes that do not print as escapes.
pub(crate) fn escaped(text: &mut Vec<u8>, bytes: &[u8]) {
    for &byte in bytes {
        match byte {
            b'\n' => text.extend_from_slice(b"\\n"),
            b'\r' => text.extend_from_slice(b"\\r"),
            b'\t' => text.extend_from_slice(b"\\t"),
            0x0c => text.extend_from_slice(b"\\f"),
            0x0b => text.extend_from_slice(b"\\v"),
            b'\\' => text.extend_from_slice(b"\\\\"),
            0x1b => text.extend_from_slice(b"\\e"),
            b' '..=b'~' => text.push(byte),
            _ => text.extend_from_slice(format!("\\x{byte:02X}").as_bytes()),
        }
    }
}

fn argument(cx: &mut Context, text: &mut Vec<u8>, value: &Value) {
    match value.view() {
        View::Undef | View::Null | View::Internal => text.extend_from_slice(b"NULL"),
        View::Bool(on) => text.extend_from_slice(if on { b"true" } else { b"false" }),
        View::Int(int) => text.extend_from_slice(int.to_string().as_bytes()),
        View::Float(float) => {
            text.extend_from_slice(&float_text(cx, float));
        }
        View::Str(string) => {
            let limit = cx.ini.get_int("zend.exception_string_param_max_len").unwrap_or(15).max(0) as usize;
            text.push(b'\'');
            escaped(text, &string[..string.len().min(limit)]);
            text.extend_from_slice(if string.len() > limit { b"...'" } else { b"'" });
        }
        View::Array(_) => text.extend_from_slice(b"Array"),
        View::Object(object) => {
            let class = ClassRef::of(object);
            if class.has(class_flags::ENUM) {
                let name = object.get_slot(crate::enum_::NAME_SLOT);
                text.extend_from_slice(&class.name);
                text.extend_from_slice(b"::");
                text.extend_from_slice(name.as_bytes().unwrap_or_default());
                return;
            }
            text.extend_from_slice(b"Object(");
            text.extend_from_slice(class.shown_name().as_bytes());
            text.push(b')');
        }
        View::Resource(resource) => {
            text.extend_from_slice(format!("Resource id #{}", resource.id()).as_bytes());
        }
        View::Ref(reference) => argument(cx, text, &reference.get()),
    }
}
