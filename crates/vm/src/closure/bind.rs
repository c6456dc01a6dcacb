//! Binding closures to other objects and scopes.

use super::{ClosureState, make, scoped_function, state};
use crate::Context;
use crate::class::{Callee, ClassRef};
use crate::func::{Func, FuncRef};
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::func as flags;
use phalanx_value::{ObjRef, PhpArray, Value, View};

/// `Closure::bindTo`: a copy with another `$this` and scope, or null after a warning.
pub fn bind_to(
    cx: &mut Context,
    closure: &ObjRef,
    new_this: Option<&ObjRef>,
    scope: Option<&Value>,
) -> PhpResult<Option<ObjRef>> {
    let Some(old) = state(closure) else { return Ok(None) };
    let scope = match scope.map(Value::view) {
        None => old.func.scope,
        Some(View::Object(object)) => Some(ClassRef::of(object)),
        Some(View::Str(name)) if name.eq_ignore_ascii_case(b"static") => old.func.scope,
        Some(View::Str(name)) => match cx.lookup_class(name, true)? {
            Some(class) => Some(class),
            None => {
                cx.warning(format!("Class \"{name}\" not found"))?;
                return Ok(None);
            }
        },
        Some(_) => None,
    };
    if !check(cx, old, new_this, scope)? {
        return Ok(None);
    }
    let called = new_this.map(ClassRef::of).or(scope);
    Ok(Some(rebound(cx, old, new_this, scope, called)))
}

/// Whether the closure may be bound so; a warning says why not.
fn check(
    cx: &mut Context,
    closure: &ClosureState,
    new_this: Option<&ObjRef>,
    scope: Option<ClassRef>,
) -> PhpResult<bool> {
    let func = closure.func;
    let text = match new_this {
        Some(_) if func.has(flags::STATIC) => "Cannot bind an instance to a static closure".to_owned(),
        Some(this) if closure.fake && func.scope.is_some_and(|class| !ClassRef::of(this).is_a(class)) => {
            format!(
                "Cannot bind method {}::{}() to object of class {}",
                crate::func::class_name(func),
                func.name,
                ClassRef::of(this).shown_name()
            )
        }
        None if closure.fake && func.scope.is_some() && !func.has(flags::STATIC) => {
            "Cannot unbind $this of method".to_owned()
        }
        None if !closure.fake && closure.this().is_some() && func.has(flags::USES_THIS) => {
            "Cannot unbind $this of closure using $this".to_owned()
        }
        _ => match scope {
            Some(class) if func.scope != Some(class) && class.native.is_some() => {
                format!("Cannot bind closure to scope of internal class {}", class.name)
            }
            _ if closure.fake && scope != func.scope => match func.scope {
                None => "Cannot rebind scope of closure created from function".to_owned(),
                Some(_) => "Cannot rebind scope of closure created from method".to_owned(),
            },
            _ => return Ok(true),
        },
    };
    cx.warning(text)?;
    Ok(false)
}

/// The function of a closure in another scope, with its static variables as they are now.
fn function_in(cx: &mut Context, func: FuncRef, scope: Option<ClassRef>) -> FuncRef {
    if func.scope == scope {
        return func;
    }
    match func.proto() {
        Some(proto) => scoped_function(cx, proto, scope),
        None => FuncRef::leak(func.duplicate(scope)),
    }
}

fn rebound_state(
    cx: &mut Context,
    old: &ClosureState,
    new_this: Option<&ObjRef>,
    scope: Option<ClassRef>,
    called: Option<ClassRef>,
) -> ClosureState {
    // A closure with $this but without scope is in the scope of Closure itself.
    let scope = match (scope, new_this) {
        (None, Some(_)) if !old.fake => Some(cx.native_class("closure")),
        _ => scope,
    };
    let func = function_in(cx, old.func, scope);
    let this = new_this.map_or(Value::UNDEF, |this| Value::object(this.clone()));
    let state = ClosureState::new(func, this, called, old.fake, old.magic_name.clone());
    if let (Some(own), Some(before)) = (&state.own, &old.own) {
        Func::copy_statics(own, before);
    }
    state
}

fn rebound(
    cx: &mut Context,
    old: &ClosureState,
    new_this: Option<&ObjRef>,
    scope: Option<ClassRef>,
    called: Option<ClassRef>,
) -> ObjRef {
    let state = rebound_state(cx, old, new_this, scope, called);
    make(cx, state)
}

/// `Closure::call`: calls the closure with another `$this`, in its class's scope.
pub fn call_with(
    cx: &mut Context,
    closure: &ObjRef,
    new_this: &ObjRef,
    args: &[Value],
    named: Option<&PhpArray>,
) -> PhpResult<Value> {
    let Some(old) = state(closure) else { return Ok(Value::NULL) };
    let class = ClassRef::of(new_this);
    let scope = if old.fake { old.func.scope } else { Some(class) };
    if !check(cx, old, Some(new_this), scope)? {
        return Ok(Value::NULL);
    }
    let bound = rebound(cx, old, Some(new_this), scope, Some(class));
    let Some(callee) = super::callee(&bound) else { return Ok(Value::NULL) };
    let callee = Callee { closure: Some(bound), ..callee };
    cx.call_callee_named(&callee, args, named)
}
