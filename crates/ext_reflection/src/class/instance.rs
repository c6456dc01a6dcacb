//! Making objects of a class.

use super::*;
use phalanx_vm::args::Rest;
use phalanx_vm::class::Callee;

#[php_method("ReflectionClass::isInstantiable(): bool", tentative)]
fn is_instantiable(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let class = class_of(cx, this)?;
    let none = class_flag::INTERFACE | class_flag::TRAIT | class_flag::ABSTRACT | class_flag::ENUM;
    if class.has(none) {
        return Ok(false);
    }
    Ok(class.magic.construct.is_none_or(|constructor| constructor.has(func_flag::PUBLIC)))
}

#[php_method("ReflectionClass::isCloneable(): bool", tentative)]
fn is_cloneable(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let class = class_of(cx, this)?;
    let none = class_flag::INTERFACE | class_flag::TRAIT | class_flag::ABSTRACT | class_flag::ENUM;
    if class.has(none) || class.hooks().is_some_and(|hooks| hooks.uncloneable) {
        return Ok(false);
    }
    Ok(class.magic.clone.is_none_or(|clone| clone.has(func_flag::PUBLIC)))
}

#[php_method("ReflectionClass::isInstance(object $object): bool", tentative)]
fn is_instance(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult<bool> {
    Ok(ClassRef::of(object).is_a(class_of(cx, this)?))
}

fn create(cx: &mut Context, class: ClassRef, args: &[Value], named: Option<&PhpArray>) -> PhpResult<ObjRef> {
    let object = cx.new_object(class)?;
    let named = named.filter(|named| !named.is_empty());
    let Some(constructor) = class.magic.construct else {
        if args.is_empty() && named.is_none() {
            return Ok(object);
        }
        let text = format!(
            "Class {} does not have a constructor, so you cannot pass any constructor arguments",
            class.shown_name()
        );
        return Err(fail(cx, text));
    };
    if !constructor.has(func_flag::PUBLIC) {
        object.set_flags(phalanx_value::object::OBJ_DESTRUCTED);
        return Err(fail(cx, format!("Access to non-public constructor of class {}", class.shown_name())));
    }
    let callee = Callee {
        func: constructor,
        this: Some(object.clone()),
        called_class: Some(class),
        closure: None,
        magic_name: None,
    };
    match cx.call_callee_named(&callee, args, named) {
        Ok(_) => Ok(object),
        Err(thrown) => {
            object.set_flags(phalanx_value::object::OBJ_DESTRUCTED);
            Err(thrown)
        }
    }
}

#[php_method("ReflectionClass::newInstance(mixed ...$args): object", tentative)]
fn new_instance(cx: &mut Context, this: &ObjRef, args: Rest) -> PhpResult<ObjRef> {
    let class = class_of(cx, this)?;
    create(cx, class, args.args, args.named)
}

#[php_method("ReflectionClass::newInstanceWithoutConstructor(): object", tentative)]
fn new_instance_without_constructor(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let class = class_of(cx, this)?;
    if class.native.is_some() && class.has(class_flag::FINAL) && class.hook(|hooks| hooks.create).is_some() {
        let text = format!(
            "Class {} is an internal class marked as final that cannot be instantiated without invoking its constructor",
            class.shown_name()
        );
        return Err(fail(cx, text));
    }
    cx.new_object(class)
}

#[php_method("ReflectionClass::newInstanceArgs(array $args = []): ?object", tentative)]
fn new_instance_args(cx: &mut Context, this: &ObjRef, args: &PhpArray) -> PhpResult<ObjRef> {
    let class = class_of(cx, this)?;
    let (list, named) = crate::function::split_args(args);
    create(cx, class, &list, Some(&named))
}
