//! Objects, classes and callables as arguments.

use super::{Arg, FromArg};
use crate::Context;
use crate::class::{Callee, ClassRef};
use crate::convert::value_name;
use crate::thrown::PhpResult;
use phalanx_bytecode::types as bit;
use phalanx_value::{ObjRef, Value};

impl<'a> FromArg<'a> for &'a ObjRef {
    /// An object of the declared classes.
    #[inline]
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<&'a ObjRef> {
        arg.settle();
        if !arg.value().is_object() {
            return Err(arg.type_error(cx));
        }
        arg.check(cx)?;
        Ok(arg.into_value().as_object().expect("just tested"))
    }
}

impl<'a> FromArg<'a> for ObjRef {
    #[inline]
    fn from_arg(cx: &mut Context, arg: Arg<'a>) -> PhpResult<ObjRef> {
        <&ObjRef>::from_arg(cx, arg).cloned()
    }
}

impl ClassRef {
    /// Whether it, an ancestor or one of its interfaces has this name, in any case of letters.
    pub fn is_named(self, name: &[u8]) -> bool {
        let mut known = self.display.iter().chain(&self.interfaces);
        self.lc_name.eq_ignore_ascii_case(name) || known.any(|class| class.lc_name.eq_ignore_ascii_case(name))
    }
}

/// A callable, resolved.
#[derive(Clone)]
pub struct Callable {
    /// As it was passed.
    pub value: Value,
    /// What it calls.
    pub callee: Callee,
}

impl<'a> FromArg<'a> for Callable {
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<Callable> {
        arg.settle();
        let value = arg.value().clone();
        let scope = cx.caller_scope();
        match crate::callable::resolve(cx, &value, scope)? {
            Ok(callee) => Ok(Callable { value, callee }),
            Err(why) => {
                let or_null = if arg.ty().bits & bit::NULL != 0 { " or null" } else { "" };
                let mut what = format!("must be a valid callback{or_null}, ").into_bytes();
                what.extend_from_slice(&why);
                Err(arg.error(cx, what))
            }
        }
    }
}

/// The name of a class, resolved (`Z_PARAM_CLASS`).
#[derive(Clone, Copy)]
pub struct ClassName(pub ClassRef);

impl<'a> FromArg<'a> for ClassName {
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<ClassName> {
        if !arg.value().is_string() {
            arg.demand(cx, bit::STRING)?;
        }
        let name = arg.value().as_string().expect("the conversion made it so").clone();
        match cx.lookup_class(&name, true)? {
            Some(class) => Ok(ClassName(class)),
            None => {
                let shown = String::from_utf8_lossy(&name).into_owned();
                Err(arg.error(cx, format!("must be a valid class name, {shown} given")))
            }
        }
    }
}

/// An object or the name of a class.
#[derive(Clone)]
pub struct ObjectOrClass {
    /// The class.
    pub class: ClassRef,
    /// The object, if it was one.
    pub object: Option<ObjRef>,
}

impl<'a> FromArg<'a> for ObjectOrClass {
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<ObjectOrClass> {
        arg.settle();
        if let Some(object) = arg.value().as_object() {
            return Ok(ObjectOrClass { class: ClassRef::of(object), object: Some(object.clone()) });
        }
        if let Some(name) = arg.value().as_string().cloned()
            && let Some(class) = cx.lookup_class(&name, true)?
        {
            return Ok(ObjectOrClass { class, object: None });
        }
        let given = value_name(arg.value());
        Err(arg.error(cx, format!("must be an object or a valid class name, {given} given")))
    }
}
