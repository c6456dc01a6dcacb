//! Properties of lazy objects: those that are set without waking the object.

use crate::property::target_object;
use crate::state::{Prop, fail, prop_of};
use phalanx_macros::php_method;
use phalanx_value::{ObjRef, Value};
use phalanx_vm::class::{ClassRef, NO_SLOT, PropRef};
use phalanx_vm::flags::member;
use phalanx_vm::{Context, PhpResult, lazy};

/// The declaration of a property that a lazy object may have without being initialized.
fn lazy_prop(cx: &mut Context, prop: &Prop, object: &ObjRef, method: &str) -> PhpResult<PropRef> {
    let kind = match prop.info {
        None => "dynamic",
        Some(info) if info.has(member::STATIC) => "static",
        Some(info) if info.slot == NO_SLOT => "virtual",
        Some(info) => {
            let native = info.class.native.is_some() && ClassRef::of(object).lc_name != "stdclass";
            if !native {
                return Ok(info);
            }
            let text = format!("Can not use {method} on internal class {}", info.class.shown_name());
            return Err(fail(cx, text));
        }
    };
    let holder = prop.info.map_or(prop.class, |info| info.class);
    let name = holder.shown_name();
    Err(fail(cx, format!("Can not use {method} on {kind} property {name}::${}", prop.name)))
}

#[php_method("ReflectionProperty::setRawValueWithoutLazyInitialization(object $object, mixed $value): void")]
fn set_raw_value_without_lazy_initialization(
    cx: &mut Context,
    this: &ObjRef,
    object: &ObjRef,
    value: Value,
) -> PhpResult {
    let method = "setRawValueWithoutLazyInitialization";
    let prop = prop_of(cx, this)?;
    target_object(cx, &prop, Some(object), method)?;
    let info = lazy_prop(cx, &prop, object, method)?;
    let object = match lazy::instance(object) {
        Some(instance) if !lazy::is_uninitialized(object) => instance,
        _ => object.clone(),
    };
    let waits = lazy::is_lazy_slot(&object, info.slot);
    if info.has(member::READONLY) && !object.get_slot(info.slot).is_undef() {
        let class = info.class.shown_name();
        return Err(cx.throw_error(format!("Cannot modify readonly property {class}::${}", info.name)));
    }
    cx.init_prop(&object, info, value.into_deref())?;
    if waits {
        lazy::settle(&object);
    }
    Ok(())
}

#[php_method("ReflectionProperty::skipLazyInitialization(object $object): void")]
fn skip_lazy_initialization(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult {
    let method = "skipLazyInitialization";
    let prop = prop_of(cx, this)?;
    target_object(cx, &prop, Some(object), method)?;
    let info = lazy_prop(cx, &prop, object, method)?;
    if lazy::is_lazy_slot(object, info.slot) {
        cx.init_class(ClassRef::of(object))?;
        lazy::use_default(object, info.slot);
        lazy::settle(object);
    }
    Ok(())
}

#[php_method("ReflectionProperty::isLazy(object $object): bool")]
fn is_lazy(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult<bool> {
    let prop = prop_of(cx, this)?;
    target_object(cx, &prop, Some(object), "isLazy")?;
    let Some(info) = prop.info.filter(|info| !info.has(member::STATIC) && info.slot != NO_SLOT) else {
        return Ok(false);
    };
    let mut object = object.clone();
    while let Some(instance) = lazy::instance(&object) {
        object = instance;
    }
    Ok(lazy::is_lazy_slot(&object, info.slot))
}
