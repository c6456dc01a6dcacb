//! Methods by name: of objects, of classes, constructors.

use super::{is_accessible, magic, of_object, qualified, visibility};
use crate::Context;
use crate::class::{Callee, ClassRef};
use crate::convert::class_name;
use crate::func::FuncRef;
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::{class as class_flag, func as flags};
use phalanx_value::{ObjRef, PhpString};

/// `$object->name()` in `scope`: the method, or `__call` for it. `lower` is the name in lower case.
pub fn method_of_object(
    cx: &mut Context,
    object: &ObjRef,
    name: &PhpString,
    lower: &[u8],
    scope: Option<ClassRef>,
) -> PhpResult<Callee> {
    match find_of_object(cx, object, name, lower, scope)? {
        Some(callee) => Ok(callee),
        None => Err(undefined(cx, ClassRef::of(object), name)),
    }
}

/// As [`method_of_object`], none if there is no such method.
pub(super) fn find_of_object(
    cx: &mut Context,
    object: &ObjRef,
    name: &PhpString,
    lower: &[u8],
    scope: Option<ClassRef>,
) -> PhpResult<Option<Callee>> {
    let class = ClassRef::of(object);
    if lower == b"__invoke"
        && let Some(get_closure) = class.hooks().and_then(|hooks| hooks.get_closure)
        && let Some(callee) = get_closure(cx, object)
    {
        return Ok(Some(callee));
    }
    let call = |func: FuncRef| magic(func, Some(object.clone()), class, name);
    let Some(mut func) = class.method(lower) else { return Ok(class.magic.call.map(call)) };
    if func.scope != scope {
        // Code of an ancestor sees its own private method, whatever descendants have declared.
        let own = scope.filter(|scope| class.is_a(*scope)).and_then(|scope| scope.method(lower));
        match own.filter(|own| own.has(flags::PRIVATE) && own.scope == scope) {
            Some(own) => func = own,
            None if is_accessible(func, scope) => {}
            None => {
                return match class.magic.call {
                    Some(magic) => Ok(Some(call(magic))),
                    None => Err(inaccessible(cx, func, name, scope)),
                };
            }
        }
    }
    if func.has(flags::ABSTRACT) {
        return Err(cx.throw_error(format!("Cannot call abstract method {}()", qualified(func))));
    }
    Ok(Some(of_object(func, object)))
}

/// `Class::name()` in `scope`, where `this` is the caller's object: the method, or `__call` or `__callStatic` for it.
pub fn method_of_class(
    cx: &mut Context,
    class: ClassRef,
    name: &PhpString,
    lower: &[u8],
    scope: Option<ClassRef>,
    this: Option<ObjRef>,
) -> PhpResult<Callee> {
    let this = this.filter(|this| ClassRef::of(this).is_a(class));
    if lower == b"__construct" {
        return constructor(cx, class, this);
    }
    let Some(callee) = find_of_class(cx, class, name, lower, scope, this.as_ref())? else {
        return Err(undefined(cx, class, name));
    };
    if callee.func.is_static() || callee.magic_name.is_some() {
        return Ok(callee);
    }
    match this {
        Some(this) => Ok(of_object(callee.func, &this)),
        None => {
            let method = qualified(callee.func);
            Err(cx.throw_error(format!("Non-static method {method}() cannot be called statically")))
        }
    }
}

/// As [`method_of_class`], none if there is no such method; instance methods come without object.
pub(super) fn find_of_class(
    cx: &mut Context,
    class: ClassRef,
    name: &PhpString,
    lower: &[u8],
    scope: Option<ClassRef>,
    this: Option<&ObjRef>,
) -> PhpResult<Option<Callee>> {
    let fallback = || {
        let this = this.filter(|this| ClassRef::of(this).is_a(class) && class.magic.call.is_some());
        match (this, class.magic.call_static) {
            (Some(this), _) => {
                let call = ClassRef::of(this).magic.call?;
                Some(magic(call, Some(this.clone()), class, name))
            }
            (None, Some(call_static)) => Some(magic(call_static, None, class, name)),
            (None, None) => None,
        }
    };
    let Some(func) = class.method(lower) else { return Ok(fallback()) };
    if !is_accessible(func, scope) {
        return match fallback() {
            Some(callee) => Ok(Some(callee)),
            None => Err(inaccessible(cx, func, name, scope)),
        };
    }
    if func.has(flags::ABSTRACT) {
        return Err(cx.throw_error(format!("Cannot call abstract method {}()", qualified(func))));
    }
    if func.scope.is_some_and(|owner| owner.has(class_flag::TRAIT)) {
        cx.deprecated(format!(
            "Calling static trait method {}::{} is deprecated, it should only be called on a class using the trait",
            class_name(class),
            func.name
        ))?;
    }
    Ok(Some(Callee { func, this: None, called_class: Some(class), closure: None, magic_name: None }))
}

/// `parent::__construct()` and the like.
fn constructor(cx: &mut Context, class: ClassRef, this: Option<ObjRef>) -> PhpResult<Callee> {
    let Some(func) = class.magic.construct else { return Err(cx.throw_error("Cannot call constructor")) };
    let Some(this) = this else {
        let text = format!("Non-static method {}() cannot be called statically", qualified(func));
        return Err(cx.throw_error(text));
    };
    if func.has(flags::PRIVATE) && func.scope != Some(ClassRef::of(&this)) {
        let text = format!("Cannot call private {}()", qualified(func));
        return Err(cx.throw_error(text));
    }
    if func.has(flags::ABSTRACT) {
        return Err(cx.throw_error(format!("Cannot call abstract method {}()", qualified(func))));
    }
    Ok(of_object(func, &this))
}

/// Whether code in `scope` may call the constructor of `class`, for `new`.
pub fn check_constructor(
    cx: &mut Context,
    class: ClassRef,
    func: FuncRef,
    scope: Option<ClassRef>,
) -> PhpResult {
    let _ = class;
    if is_accessible(func, scope) {
        return Ok(());
    }
    let text = format!("Call to {} {}() from {}", visibility(func), qualified(func), scope_text(scope));
    Err(cx.throw_error(text))
}

fn scope_text(scope: Option<ClassRef>) -> String {
    scope.map_or_else(|| "global scope".to_owned(), |scope| format!("scope {}", class_name(scope)))
}

#[cold]
fn undefined(cx: &mut Context, class: ClassRef, name: &PhpString) -> Thrown {
    cx.throw_error(format!("Call to undefined method {}::{name}()", class_name(class)))
}

#[cold]
fn inaccessible(cx: &mut Context, func: FuncRef, name: &PhpString, scope: Option<ClassRef>) -> Thrown {
    let class = func.scope.map_or_else(PhpString::new, class_name);
    let text = format!("Call to {} method {class}::{name}() from {}", visibility(func), scope_text(scope));
    cx.throw_error(text)
}
