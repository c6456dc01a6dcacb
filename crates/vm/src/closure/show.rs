//! What dumps show of a closure.

use super::state;
use crate::Context;
use crate::func::{FuncRef, class_name};
use crate::thrown::PhpResult;
use phalanx_value::{ObjRef, PhpArray, Value};

/// Name or function, static variables, `$this` and parameters.
pub(crate) fn debug_info(_: &mut Context, closure: &ObjRef) -> PhpResult<PhpArray> {
    let mut info = PhpArray::new();
    let Some(state) = state(closure) else { return Ok(info) };
    let func = state.func;
    if state.fake {
        let name = state.magic_name.as_ref().unwrap_or(&func.name);
        let text = match func.scope {
            Some(_) => format!("{}::{name}", class_name(func)),
            None => name.to_string(),
        };
        info.insert_bytes("function", text);
    } else if let Some(proto) = func.proto() {
        info.insert_bytes("name", func.name.clone());
        info.insert_bytes("file", proto.unit().path.clone());
        info.insert_bytes("line", proto.line_start);
    }
    let statics = statics(func);
    if !statics.is_empty() {
        info.insert_bytes("static", statics);
    }
    if let Some(this) = state.this() {
        info.insert_bytes("this", this);
    }
    let parameters = if state.magic_name.is_some() { variadic_arguments() } else { parameters(func) };
    if !parameters.is_empty() {
        info.insert_bytes("parameter", parameters);
    }
    Ok(info)
}

/// Bound and static variables with their values; one that waits for its first value shows a literal or null.
fn statics(func: FuncRef) -> PhpArray {
    let mut shown = PhpArray::new();
    let Some(proto) = func.proto() else { return shown };
    let mut values = Vec::new();
    func.visit_statics(&mut |value| values.push(value.clone()));
    for (index, variable) in proto.statics.iter().enumerate() {
        let value = match values.get(index) {
            Some(value) if !value.is_undef() => value.clone(),
            _ if variable.init.present != 0 && variable.init.code == 0 => variable.init.value.clone(),
            _ if variable.init.code != 0 => Value::str("<constant ast>"),
            _ => Value::NULL,
        };
        let value = match value.as_ref() {
            Some(reference) if reference.ref_count() <= 3 => reference.get(),
            _ => value,
        };
        shown.insert_bytes(&variable.name, value);
    }
    shown
}

fn parameters(func: FuncRef) -> PhpArray {
    let mut shown = PhpArray::new();
    let mut add = |name: &[u8], by_ref: bool, required: bool| {
        let key = [if by_ref { b"&$".as_slice() } else { b"$" }, name].concat();
        shown.insert_bytes(key, if required { "<required>" } else { "<optional>" });
    };
    match (func.proto(), func.as_native()) {
        (Some(proto), _) => {
            for (index, param) in proto.params.iter().enumerate() {
                add(&param.name, param.by_ref.get(), (index as u32) < func.num_required);
            }
        }
        (None, Some(native)) => {
            for (index, param) in native.params.iter().enumerate() {
                add(param.name.as_bytes(), param.by_ref, (index as u32) < func.num_required);
            }
        }
        (None, None) => {}
    }
    shown
}

/// What a closure of a method that `__call` answers for takes.
fn variadic_arguments() -> PhpArray {
    let mut shown = PhpArray::new();
    shown.insert_bytes("$arguments", "<optional>");
    shown
}
