//! `print_r()`.

use super::props::{self, Visibility};
use phalanx_macros::php_fn;
use phalanx_value::{ObjRef, PhpArray, Value, View};
use phalanx_vm::class::ClassRef;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, flags};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&PRINT_R];

/// <https://www.php.net/print_r>
#[php_fn("print_r(mixed $value, bool $return = false): string|true")]
fn print_r(cx: &mut Context, value: Value, r#return: bool) -> PhpResult<Value> {
    let mut out = Vec::new();
    print(cx, &mut out, &value, 0)?;
    if r#return {
        return Ok(Value::str(&out));
    }
    cx.echo(&out)?;
    Ok(Value::TRUE)
}

/// Appends the value; the lines of an array or object are indented by `indent` blanks.
pub fn print(cx: &mut Context, out: &mut Vec<u8>, value: &Value, indent: usize) -> PhpResult {
    match value.view() {
        View::Array(array) => cx.nested(|cx| print_array(cx, out, array, indent)),
        View::Object(object) => cx.nested(|cx| print_object(cx, out, object, indent)),
        View::Ref(reference) => print(cx, out, &reference.get(), indent),
        View::Int(int) => {
            out.extend_from_slice(int.to_string().as_bytes());
            Ok(())
        }
        _ => {
            out.extend_from_slice(&cx.to_string(value)?);
            Ok(())
        }
    }
}

fn print_array(cx: &mut Context, out: &mut Vec<u8>, array: &PhpArray, indent: usize) -> PhpResult {
    out.extend_from_slice(b"Array\n");
    if !array.enter() {
        out.extend_from_slice(b" *RECURSION*");
        return Ok(());
    }
    open(out, indent);
    let mut result = Ok(());
    for (key, value) in array {
        pad(out, indent + 4);
        out.push(b'[');
        out.extend_from_slice(&key.to_string());
        out.extend_from_slice(b"] => ");
        result = print(cx, out, value, indent + 8);
        out.push(b'\n');
        if result.is_err() {
            break;
        }
    }
    array.leave();
    close(out, indent);
    result
}

fn print_object(cx: &mut Context, out: &mut Vec<u8>, object: &ObjRef, indent: usize) -> PhpResult {
    let class = ClassRef::of(object);
    out.extend_from_slice(&class.name);
    if class.has(flags::class::ENUM) {
        out.extend_from_slice(b" Enum");
        if class.enum_type != 0 {
            let string = object.get_slot(1).is_string();
            out.extend_from_slice(if string { b":string" } else { b":int" });
        }
        out.push(b'\n');
    } else {
        out.extend_from_slice(b" Object\n");
    }
    if !object.enter() {
        out.extend_from_slice(b" *RECURSION*");
        return Ok(());
    }
    let result = print_props(cx, out, object, indent);
    object.leave();
    result
}

fn print_props(cx: &mut Context, out: &mut Vec<u8>, object: &ObjRef, indent: usize) -> PhpResult {
    let props = props::shown(cx, object)?;
    open(out, indent);
    for prop in props.iter().filter(|prop| !prop.value.is_undef()) {
        pad(out, indent + 4);
        out.push(b'[');
        out.extend_from_slice(&prop.name.as_key().to_string());
        match &prop.visibility {
            Visibility::Public => {}
            Visibility::Protected => out.extend_from_slice(b":protected"),
            Visibility::Private(class) => {
                out.push(b':');
                out.extend_from_slice(class);
                out.extend_from_slice(b":private");
            }
        }
        out.extend_from_slice(b"] => ");
        print(cx, out, &prop.value, indent + 8)?;
        out.push(b'\n');
    }
    close(out, indent);
    Ok(())
}

fn pad(out: &mut Vec<u8>, indent: usize) {
    out.resize(out.len() + indent, b' ');
}

fn open(out: &mut Vec<u8>, indent: usize) {
    pad(out, indent);
    out.extend_from_slice(b"(\n");
}

fn close(out: &mut Vec<u8>, indent: usize) {
    pad(out, indent);
    out.extend_from_slice(b")\n");
}
