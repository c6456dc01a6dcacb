//! `var_export()`: values as PHP code.

use super::props;
use phalanx_macros::php_fn;
use phalanx_value::{ArrayKey, Key, ObjRef, PhpArray, Value, View};
use phalanx_vm::class::ClassRef;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, flags};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&VAR_EXPORT];

/// <https://www.php.net/var_export>
#[php_fn("var_export(mixed $value, bool $return = false): ?string")]
fn var_export(cx: &mut Context, value: Value, r#return: bool) -> PhpResult<Value> {
    let mut out = Vec::new();
    export(cx, &mut out, &value, 1)?;
    if r#return {
        return Ok(Value::str(&out));
    }
    cx.echo(&out)?;
    Ok(Value::NULL)
}

fn pad(out: &mut Vec<u8>, count: usize) {
    out.resize(out.len() + count, b' ');
}

/// Appends the value as code. `level` is 1 at the top and grows by 2 in each array or object.
pub fn export(cx: &mut Context, out: &mut Vec<u8>, value: &Value, level: usize) -> PhpResult {
    match value.view() {
        View::Bool(on) => out.extend_from_slice(if on { b"true" } else { b"false" }),
        // The smallest integer has no literal.
        View::Int(i64::MIN) => out.extend_from_slice(b"-9223372036854775807-1"),
        View::Int(int) => out.extend_from_slice(int.to_string().as_bytes()),
        View::Float(float) => {
            let text = super::float_text(float, cx.ini.serialize_precision);
            out.extend_from_slice(&text);
            if float.is_finite() && !text.iter().any(|byte| matches!(byte, b'.' | b'E' | b'e')) {
                out.extend_from_slice(b".0");
            }
        }
        View::Str(string) => export_string(out, string),
        View::Array(array) => return cx.nested(|cx| export_array(cx, out, array, level)),
        View::Object(object) => return cx.nested(|cx| export_object(cx, out, object, level)),
        View::Ref(reference) => return export(cx, out, &reference.get(), level),
        _ => out.extend_from_slice(b"NULL"),
    }
    Ok(())
}

fn export_string(out: &mut Vec<u8>, string: &[u8]) {
    out.push(b'\'');
    for &byte in string {
        match byte {
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0 => out.extend_from_slice(b"' . \"\\0\" . '"),
            _ => out.push(byte),
        }
    }
    out.push(b'\'');
}

fn circular(cx: &mut Context, out: &mut Vec<u8>) -> PhpResult {
    out.extend_from_slice(b"NULL");
    cx.warning("var_export does not handle circular references")
}

fn export_array(cx: &mut Context, out: &mut Vec<u8>, array: &PhpArray, level: usize) -> PhpResult {
    if !array.enter() {
        return circular(cx, out);
    }
    if level > 1 {
        out.push(b'\n');
        pad(out, level - 1);
    }
    out.extend_from_slice(b"array (\n");
    let result = array.iter().try_for_each(|(key, value)| {
        pad(out, level + 1);
        match key {
            Key::Int(int) => out.extend_from_slice(int.to_string().as_bytes()),
            Key::Str(name) => export_string(out, name),
        }
        out.extend_from_slice(b" => ");
        export(cx, out, value, level + 2)?;
        out.extend_from_slice(b",\n");
        Ok(())
    });
    array.leave();
    if level > 1 {
        pad(out, level - 1);
    }
    out.push(b')');
    result
}

fn export_object(cx: &mut Context, out: &mut Vec<u8>, object: &ObjRef, level: usize) -> PhpResult {
    let class = ClassRef::of(object);
    if !object.enter() {
        return circular(cx, out);
    }
    let result = export_object_body(cx, out, object, class, level);
    object.leave();
    result
}

fn export_object_body(
    cx: &mut Context,
    out: &mut Vec<u8>,
    object: &ObjRef,
    class: ClassRef,
    level: usize,
) -> PhpResult {
    if level > 1 {
        out.push(b'\n');
        pad(out, level - 1);
    }
    if class.has(flags::class::ENUM) {
        out.push(b'\\');
        out.extend_from_slice(&class.name);
        out.extend_from_slice(b"::");
        out.extend_from_slice(object.get_slot(0).as_bytes().unwrap_or(b""));
        return Ok(());
    }
    let plain = class.lc_name.as_bytes() == b"stdclass";
    if plain {
        out.extend_from_slice(b"(object) array(\n");
    } else {
        out.push(b'\\');
        out.extend_from_slice(&class.name);
        out.extend_from_slice(b"::__set_state(array(\n");
    }
    for (name, value) in props::exported(cx, object)? {
        pad(out, level + 2);
        match name {
            ArrayKey::Int(int) => out.extend_from_slice(int.to_string().as_bytes()),
            ArrayKey::Str(name) => export_string(out, &name),
        }
        out.extend_from_slice(b" => ");
        export(cx, out, &value, level + 2)?;
        out.extend_from_slice(b",\n");
    }
    if level > 1 {
        pad(out, level - 1);
    }
    out.extend_from_slice(if plain { b")" } else { b"))" });
    Ok(())
}
