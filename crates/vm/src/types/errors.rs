//! The TypeErrors of type declarations.

use super::{Type, TypeScope};
use crate::Context;
use crate::class::{ClassRef, PropRef};
use crate::frame::Frame;
use crate::func::FuncRef;
use crate::thrown::Thrown;
use phalanx_bytecode::flags::func as flags;
use phalanx_value::{Value, View};

/// What messages call the type of a value: `null`, `true`, `int`, a class name.
pub fn value_name(value: &Value) -> String {
    match value.view() {
        View::Undef | View::Null | View::Internal => "null".to_owned(),
        View::Bool(true) => "true".to_owned(),
        View::Bool(false) => "false".to_owned(),
        View::Int(_) => "int".to_owned(),
        View::Float(_) => "float".to_owned(),
        View::Str(_) => "string".to_owned(),
        View::Array(_) => "array".to_owned(),
        View::Object(object) => ClassRef::of(object).shown_name().into_owned(),
        View::Resource(resource) if resource.is_closed() => "resource (closed)".to_owned(),
        View::Resource(_) => "resource".to_owned(),
        View::Ref(reference) => value_name(&reference.get()),
    }
}

/// `A::f` or `f`, as messages about a function begin.
pub fn function_name(func: FuncRef) -> String {
    match func.scope {
        Some(class) if !func.has(flags::CLOSURE) => format!("{}::{}", class.shown_name(), func.name),
        _ => func.name.to_string(),
    }
}

impl Context {
    /// The TypeError for argument number `index` (1-based) of the frame's function.
    pub fn argument_type_error(&mut self, frame: &Frame, index: u32, ty: Type<'_>, value: &Value) -> Thrown {
        let func = frame.func;
        let scope = TypeScope { class: func.scope, called: frame.this.called_class() };
        let name = func.proto().and_then(|proto| proto.params.get(index as usize - 1));
        let name = name.filter(|param| !param.variadic.get());
        let name = name.map_or_else(String::new, |param| format!(" (${})", param.name));
        let mut text = format!(
            "{}(): Argument #{index}{name} must be of type {}, {} given",
            function_name(func),
            ty.text(scope),
            value_name(value),
        );
        if let Some(caller) = frame.caller()
            && let Some(proto) = caller.func.proto()
        {
            text.push_str(&format!(", called in {} on line {}", proto.unit().path, caller.line()));
        }
        self.throw("typeerror", text)
    }

    /// The TypeError for a returned value; `None` when nothing was returned.
    pub fn return_type_error(&mut self, frame: &Frame, ty: Type<'_>, value: Option<&Value>) -> Thrown {
        let func = frame.func;
        let scope = TypeScope { class: func.scope, called: frame.this.called_class() };
        let given = value.map_or("none".to_owned(), value_name);
        let text = format!(
            "{}(): Return value must be of type {}, {given} returned",
            function_name(func),
            ty.text(scope)
        );
        self.throw("typeerror", text)
    }

    /// The TypeError for a value that a typed property does not take.
    pub fn property_type_error(&mut self, info: PropRef, value: &Value) -> Thrown {
        let text = format!(
            "Cannot assign {} to property {}::${} of type {}",
            value_name(value),
            info.class.shown_name(),
            info.name,
            // As it is written: `self` is not resolved here.
            info.ty.text(TypeScope { class: None, called: None }),
        );
        self.throw("typeerror", text)
    }
}
