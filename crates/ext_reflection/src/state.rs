//! What Reflection objects are about.
//!
//! Each object has one [`Subject`], which its constructor or the method that makes it sets.

use phalanx_value::{NativeSlot, NativeState, ObjRef, PhpString, Value};
use phalanx_vm::class::{Callee, ClassRef, ConstRef, Hooks, PropRef};
use phalanx_vm::native::Extension;
use phalanx_vm::{Context, PhpResult, Thrown};
use std::cell::RefCell;
use std::rc::Rc;

use crate::attribute::Attribute;
use crate::types::TypeInfo;

/// A property: the class it was asked of, its name, and its declaration unless it is dynamic.
#[derive(Clone)]
pub struct Prop {
    pub class: ClassRef,
    pub name: PhpString,
    pub info: Option<PropRef>,
}

/// What an object is about.
#[derive(Clone)]
pub enum Subject {
    None,
    Class(ClassRef, Option<ObjRef>),
    Func(Callee),
    Prop(Prop),
    Const(ClassRef, ConstRef),
    Param(Callee, u32),
    Type(Rc<TypeInfo>),
    Attribute(Rc<Attribute>),
    Extension(&'static Extension),
}

/// State of an object.
pub struct State(RefCell<Subject>);

fn visit_callee(callee: &Callee, visit: &mut dyn FnMut(&Value)) {
    for object in [&callee.this, &callee.closure].into_iter().flatten() {
        visit(&Value::object(object.clone()));
    }
}

impl NativeState for State {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        match &*self.0.borrow() {
            Subject::Class(_, Some(object)) => visit(&Value::object(object.clone())),
            Subject::Func(callee) | Subject::Param(callee, _) => visit_callee(callee, visit),
            _ => {}
        }
    }

    fn clear(&self) {
        drop(self.0.replace(Subject::None));
    }
}

/// Hooks of all classes of the extension.
pub static HOOKS: Hooks = Hooks {
    create: Some(|_, this| {
        let _ = this.set_native(NativeSlot::new(State(RefCell::new(Subject::None))));
    }),
    uncloneable: true,
    write_prop: Some(write_prop),
    ..Hooks::NONE
};

/// `name` and `class` cannot be written.
fn write_prop(cx: &mut Context, this: &ObjRef, name: &PhpString, _: &Value) -> PhpResult<bool> {
    let class = ClassRef::of(this);
    let declared = class.props.get(name).is_some_and(|info| info.class.native.is_some());
    if !declared || this.native::<State>().is_some_and(|state| matches!(*state.0.borrow(), Subject::None)) {
        return Ok(false);
    }
    let text = format!("Cannot set read-only property {}::${name}", class.shown_name());
    Err(cx.throw("reflectionexception", text))
}

/// Says what an object is about.
pub fn set_subject(this: &ObjRef, subject: Subject) {
    if let Some(state) = this.native::<State>() {
        drop(state.0.replace(subject));
    }
}

/// What an object is about.
pub fn subject(this: &ObjRef) -> Subject {
    this.native::<State>().map_or(Subject::None, |state| state.0.borrow().clone())
}

fn missing(cx: &mut Context, this: &ObjRef) -> Thrown {
    let class = ClassRef::of(this);
    let base = class.display.first().map_or_else(String::new, |base| base.shown_name().into_owned());
    let base = if base == "ReflectionFunctionAbstract" { class.shown_name().into_owned() } else { base };
    cx.throw_error(format!("Typed property {base}::$name must not be accessed before initialization"))
}

/// The class that an object is about.
pub fn class_of(cx: &mut Context, this: &ObjRef) -> PhpResult<ClassRef> {
    match subject(this) {
        Subject::Class(class, _) => Ok(class),
        _ => Err(missing(cx, this)),
    }
}

/// The function that an object is about.
pub fn func_of(cx: &mut Context, this: &ObjRef) -> PhpResult<Callee> {
    match subject(this) {
        Subject::Func(callee) => Ok(callee),
        _ => Err(missing(cx, this)),
    }
}

/// The property that an object is about.
pub fn prop_of(cx: &mut Context, this: &ObjRef) -> PhpResult<Prop> {
    match subject(this) {
        Subject::Prop(prop) => Ok(prop),
        _ => Err(missing(cx, this)),
    }
}

/// The class constant that an object is about.
pub fn const_of(cx: &mut Context, this: &ObjRef) -> PhpResult<(ClassRef, ConstRef)> {
    match subject(this) {
        Subject::Const(class, constant) => Ok((class, constant)),
        _ => Err(missing(cx, this)),
    }
}

/// A Reflection object of a class, with its first properties set.
pub fn make(
    cx: &mut Context,
    lc_class: &'static str,
    subject: Subject,
    props: &[&PhpString],
) -> PhpResult<ObjRef> {
    let class = cx.native_class(lc_class);
    let object = cx.new_object(class)?;
    for (slot, value) in props.iter().enumerate() {
        object.set_slot(slot as u32, Value::string((*value).clone()));
    }
    set_subject(&object, subject);
    Ok(object)
}

/// A callee without object.
pub fn plain(func: phalanx_vm::FuncRef) -> Callee {
    Callee { func, this: None, called_class: func.scope, closure: None, magic_name: None }
}

/// Throws a ReflectionException.
pub fn fail(cx: &mut Context, text: impl AsRef<[u8]>) -> Thrown {
    cx.throw("reflectionexception", text)
}

/// The class that an object or a name means.
pub fn lookup(cx: &mut Context, value: &Value) -> PhpResult<ClassRef> {
    if let Some(object) = value.as_object() {
        return Ok(ClassRef::of(object));
    }
    let name = cx.to_string(value)?;
    match cx.lookup_class(&name, true)? {
        Some(class) => Ok(class),
        None => Err(cx.throw_code("reflectionexception", format!("Class \"{name}\" does not exist"), -1)),
    }
}
