//! Lazy objects: making, resetting and initializing them.

use super::*;
use phalanx_vm::args::Callable;
use phalanx_vm::lazy::{self, Kind, SKIP_DESTRUCTOR, SKIP_INITIALIZATION_ON_SERIALIZE};

/// Refuses options that are none.
fn check_options(cx: &mut Context, method: &str, number: u32, options: i64, reset: bool) -> PhpResult {
    let text = if options & !(SKIP_INITIALIZATION_ON_SERIALIZE | SKIP_DESTRUCTOR) != 0 {
        "contains invalid flags"
    } else if !reset && options & SKIP_DESTRUCTOR != 0 {
        "does not accept ReflectionClass::SKIP_DESTRUCTOR"
    } else {
        return Ok(());
    };
    Err(fail(cx, format!("ReflectionClass::{method}(): Argument #{number} ($options) {text}")))
}

/// Refuses classes whose objects have a state that no initializer makes.
fn check_class(cx: &mut Context, class: ClassRef) -> PhpResult {
    let native = class.display.iter().copied().find(|ancestor| {
        ancestor.native.is_some() && ancestor.lc_name != "stdclass" && !ancestor.has(class_flag::INTERFACE)
    });
    let Some(native) = native else { return Ok(()) };
    let name = class.shown_name();
    Err(cx.throw_error(match native == class {
        true => format!("Cannot make instance of internal class lazy: {name} is internal"),
        false => format!(
            "Cannot make instance of internal class lazy: {name} inherits internal class {}",
            native.shown_name()
        ),
    }))
}

fn create(
    cx: &mut Context,
    this: &ObjRef,
    initializer: Callable,
    options: i64,
    kind: Kind,
) -> PhpResult<ObjRef> {
    let class = class_of(cx, this)?;
    let method = if kind == Kind::Ghost { "newLazyGhost" } else { "newLazyProxy" };
    check_options(cx, method, 2, options, false)?;
    check_class(cx, class)?;
    let object = cx.new_object(class)?;
    cx.make_lazy(&object, kind, initializer.value, options);
    Ok(object)
}

#[php_method("ReflectionClass::newLazyGhost(callable $initializer, int $options = 0): object")]
fn new_lazy_ghost(cx: &mut Context, this: &ObjRef, initializer: Callable, options: i64) -> PhpResult<ObjRef> {
    create(cx, this, initializer, options, Kind::Ghost)
}

#[php_method("ReflectionClass::newLazyProxy(callable $factory, int $options = 0): object")]
fn new_lazy_proxy(cx: &mut Context, this: &ObjRef, factory: Callable, options: i64) -> PhpResult<ObjRef> {
    create(cx, this, factory, options, Kind::Proxy)
}

/// The object that a method was given, which must be of the reflected class.
fn check_object(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult<()> {
    let class = class_of(cx, this)?;
    if ClassRef::of(object).is_a(class) {
        return Ok(());
    }
    let name = class.shown_name().into_owned();
    Err(cx.arg_type_error(1, &name, &Value::object(object.clone())))
}

fn reset(
    cx: &mut Context,
    this: &ObjRef,
    object: &ObjRef,
    initializer: Callable,
    options: i64,
    kind: Kind,
) -> PhpResult {
    check_object(cx, this, object)?;
    let method = if kind == Kind::Ghost { "resetAsLazyGhost" } else { "resetAsLazyProxy" };
    check_options(cx, method, 3, options, true)?;
    check_class(cx, ClassRef::of(object))?;
    if lazy::is_uninitialized(object) {
        return Err(fail(cx, "Object is already lazy"));
    }
    cx.check_resettable(object)?;
    if options & SKIP_DESTRUCTOR == 0 {
        cx.destruct_for_reset(object)?;
    }
    cx.make_lazy(object, kind, initializer.value, options);
    Ok(())
}

#[php_method(
    "ReflectionClass::resetAsLazyGhost(object $object, callable $initializer, int $options = 0): void"
)]
fn reset_as_lazy_ghost(
    cx: &mut Context,
    this: &ObjRef,
    object: &ObjRef,
    initializer: Callable,
    options: i64,
) -> PhpResult {
    reset(cx, this, object, initializer, options, Kind::Ghost)
}

#[php_method("ReflectionClass::resetAsLazyProxy(object $object, callable $factory, int $options = 0): void")]
fn reset_as_lazy_proxy(
    cx: &mut Context,
    this: &ObjRef,
    object: &ObjRef,
    factory: Callable,
    options: i64,
) -> PhpResult {
    reset(cx, this, object, factory, options, Kind::Proxy)
}

#[php_method("ReflectionClass::initializeLazyObject(object $object): object")]
fn initialize_lazy_object(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult<ObjRef> {
    check_object(cx, this, object)?;
    cx.realize(object)
}

#[php_method("ReflectionClass::isUninitializedLazyObject(object $object): bool")]
fn is_uninitialized_lazy_object(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult<bool> {
    check_object(cx, this, object)?;
    Ok(lazy::is_uninitialized(object))
}

#[php_method("ReflectionClass::markLazyObjectAsInitialized(object $object): object")]
fn mark_lazy_object_as_initialized(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult<ObjRef> {
    check_object(cx, this, object)?;
    cx.mark_initialized(object)?;
    cx.realize(object)
}

#[php_method("ReflectionClass::getLazyInitializer(object $object): ?callable")]
fn get_lazy_initializer(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult<Value> {
    check_object(cx, this, object)?;
    Ok(lazy::initializer(object).unwrap_or(Value::NULL))
}
