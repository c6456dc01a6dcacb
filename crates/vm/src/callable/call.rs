//! `$f()`: what a value calls, with the errors of a dynamic call.

use super::method::{find_of_class, find_of_object};
use super::{of_object, plain, qualified};
use crate::Context;
use crate::class::{Callee, ClassRef};
use crate::convert::{class_name, type_name};
use crate::thrown::PhpResult;
use phalanx_value::{PhpArray, PhpString, Value, View};

/// What `$value(...)` calls.
pub fn resolve_for_call(cx: &mut Context, value: &Value) -> PhpResult<Callee> {
    match value.view() {
        View::Str(name) => by_name(cx, name),
        View::Array(pair) => by_pair(cx, pair),
        View::Object(object) => {
            let class = ClassRef::of(object);
            if let Some(get_closure) = class.hooks().and_then(|hooks| hooks.get_closure)
                && let Some(callee) = get_closure(cx, object)
            {
                return Ok(callee);
            }
            match class.magic.invoke {
                Some(invoke) => Ok(of_object(invoke, object)),
                None => Err(cx.throw_error(format!("Object of type {} is not callable", class_name(class)))),
            }
        }
        View::Ref(reference) => resolve_for_call(cx, &reference.get()),
        _ => Err(cx.throw_error(format!("Value of type {} is not callable", type_name(value)))),
    }
}

fn by_name(cx: &mut Context, name: &PhpString) -> PhpResult<Callee> {
    if let Some(colon) = name.windows(2).rposition(|two| two == b"::") {
        let class = cx.require_class(&name[..colon])?;
        let method = PhpString::from_bytes(&name[colon + 2..]);
        return static_method(cx, class, &method);
    }
    let bare = name.strip_prefix(b"\\").unwrap_or(name);
    match cx.find_function(&bare.to_ascii_lowercase()) {
        Some(func) => Ok(plain(func)),
        None => Err(cx.throw_error([b"Call to undefined function ".as_slice(), name, b"()"].concat())),
    }
}

fn by_pair(cx: &mut Context, pair: &PhpArray) -> PhpResult<Callee> {
    if pair.len() != 2 {
        return Err(cx.throw_error("Array callback must have exactly two elements"));
    }
    let (Some(first), Some(second)) = (pair.get_value(0), pair.get_value(1)) else {
        return Err(cx.throw_error("Array callback has to contain indices 0 and 1"));
    };
    if !first.is_string() && !first.is_object() {
        return Err(cx.throw_error("First array member is not a valid class name or object"));
    }
    let Some(name) = second.into_string() else {
        return Err(cx.throw_error("Second array member is not a valid method"));
    };
    let Some(object) = first.as_object() else {
        let class = cx.require_class(first.as_bytes().unwrap_or_default())?;
        return static_method(cx, class, &name);
    };
    let scope = cx.caller_scope();
    match find_of_object(cx, object, &name, &name.to_ascii_lowercase(), scope)? {
        Some(callee) => Ok(callee),
        None => {
            let class = class_name(ClassRef::of(object));
            Err(cx.throw_error(format!("Call to undefined method {class}::{name}()")))
        }
    }
}

fn static_method(cx: &mut Context, class: ClassRef, name: &PhpString) -> PhpResult<Callee> {
    let scope = cx.caller_scope();
    let this = cx.caller_this();
    let Some(callee) = find_of_class(cx, class, name, &name.to_ascii_lowercase(), scope, this.as_ref())?
    else {
        return Err(cx.throw_error(format!("Call to undefined method {}::{name}()", class_name(class))));
    };
    if callee.func.is_static() || callee.magic_name.is_some() {
        return Ok(callee);
    }
    let method = qualified(callee.func);
    Err(cx.throw_error(format!("Non-static method {method}() cannot be called statically")))
}
