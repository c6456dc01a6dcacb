//! What `__toString` of the Reflection classes gives.

use crate::function::return_type;
use crate::parameter;
use crate::show;
use crate::state::Prop;
use crate::types::TypeInfo;
use phalanx_value::ObjRef;
use phalanx_vm::class::{ClassRef, ConstRef, NO_SLOT};
use phalanx_vm::flags::{class as class_flag, func as flag, member};
use phalanx_vm::{Context, FuncRef, PhpResult};

/// `Parameter #0 [ <required> int $a ]`.
pub fn parameter(cx: &mut Context, func: FuncRef, index: u32) -> PhpResult<String> {
    let mut text = format!("Parameter #{index} [ ");
    text.push_str(if index >= func.num_required { "<optional> " } else { "<required> " });
    if let Some(ty) = parameter::type_of(func, index) {
        text.push_str(&format!("{} ", ty.text()));
    }
    if func.param_by_ref(index) {
        text.push('&');
    }
    if parameter::is_variadic_at(func, index) {
        text.push_str("...");
    }
    text.push_str(&format!("${}", func.param_name(index)));
    if let (Some(init), Some(proto)) = (parameter::default_of(func, index), func.proto()) {
        let param = &proto.params[index as usize];
        match param.default_text.as_ref().filter(|_| param.default.code != 0) {
            Some(source) => text.push_str(&format!(" = {source}")),
            None => {
                let value = init.value(cx, proto.unit(), func.scope)?;
                text.push_str(&format!(" = {}", show::value(cx, &value)?));
            }
        }
    } else if let Some(default) =
        func.as_native().and_then(|native| native.params.get(index as usize)?.default)
    {
        text.push_str(&format!(" = {default}"));
    }
    text.push_str(" ]");
    Ok(text)
}

/// `Property [ public int $a = 1 ]` and a line feed.
pub fn property(cx: &mut Context, prop: &Prop, indent: &str) -> PhpResult<String> {
    let Some(info) = prop.info else {
        return Ok(format!("{indent}Property [ <dynamic> public ${} ]\n", prop.name));
    };
    let mut text = format!("{indent}Property [ ");
    for name in show::modifier_names(show::modifiers(info.flags, false)) {
        text.push_str(&format!("{name} "));
    }
    if let Some(ty) = TypeInfo::of(info.ty) {
        text.push_str(&format!("{} ", ty.text()));
    }
    text.push_str(&format!("${}", info.name));
    if info.slot != NO_SLOT {
        let default = crate::property::default_of(cx, prop.class, info)?;
        if !default.is_undef() && !default.is_null() {
            text.push_str(&format!(" = {}", show::value(cx, &default)?));
        } else if default.is_null() && info.decl.is_some_and(|decl| decl.default.present != 0) {
            text.push_str(" = NULL");
        }
    }
    text.push_str(" ]\n");
    Ok(text)
}

/// `Constant [ public int A ] { 1 }` and a line feed.
pub fn constant(cx: &mut Context, class: ClassRef, constant: ConstRef, indent: &str) -> PhpResult<String> {
    let value = cx.constant_value(class, constant)?;
    let (ty, shown) = if let Some(object) = value.as_object() {
        (ClassRef::of(object).shown_name().into_owned(), "Object".to_owned())
    } else if value.is_array() {
        ("array".to_owned(), "Array".to_owned())
    } else {
        (phalanx_vm::convert::type_name(&value).to_string(), cx.to_string(&value)?.to_string())
    };
    let ty = TypeInfo::of(constant.ty).map_or(ty, |declared| declared.text().to_owned());
    let names = show::modifier_names(show::modifiers(constant.flags, true)).join(" ");
    Ok(format!("{indent}Constant [ {names} {ty} {} ] {{ {shown} }}\n", constant.name))
}

/// `Method [ <user> public method f ] { ... }` and a line feed.
pub fn function(cx: &mut Context, func: FuncRef, indent: &str) -> PhpResult<String> {
    let mut text = String::new();
    let proto = func.proto();
    if let Some(doc) = proto.and_then(|proto| proto.doc.as_ref()) {
        text.push_str(&format!("{indent}{doc}\n"));
    }
    let closure = func.has(flag::CLOSURE);
    let method = func.scope.is_some() && !closure;
    text.push_str(indent);
    text.push_str(if closure {
        "Closure [ "
    } else if method {
        "Method [ "
    } else {
        "Function [ "
    });
    text.push_str(if proto.is_some() { "<user" } else { "<internal" });
    if func.has(flag::DEPRECATED) {
        text.push_str(", deprecated");
    }
    if func.as_native().is_some() {
        let name = match func.scope {
            Some(class) => cx.registry.extension_of_class(&class.lc_name),
            None => cx.registry.extension_of_function(&func.name.to_ascii_lowercase()),
        };
        if let Some(extension) = name {
            text.push_str(&format!(":{}", extension.name));
        }
    }
    if let Some(prototype) = func.prototype.get().filter(|_| method)
        && let Some(class) = prototype.scope
    {
        text.push_str(&format!(", prototype {}", class.shown_name()));
    }
    if method && func.name.eq_ignore_ascii_case(b"__construct") {
        text.push_str(", ctor");
    }
    text.push_str("> ");
    if method {
        for (bit, name) in [(flag::ABSTRACT, "abstract "), (flag::FINAL, "final "), (flag::STATIC, "static ")]
        {
            if func.has(bit) {
                text.push_str(name);
            }
        }
        let visibility = match () {
            () if func.has(flag::PRIVATE) => "private ",
            () if func.has(flag::PROTECTED) => "protected ",
            () => "public ",
        };
        text.push_str(visibility);
        text.push_str("method ");
    } else {
        text.push_str("function ");
    }
    if func.has(flag::RETURNS_REF) {
        text.push('&');
    }
    text.push_str(&format!("{} ] {{\n", func.name));
    if let Some(proto) = proto {
        text.push_str(&format!(
            "{indent}  @@ {} {} - {}\n",
            proto.unit().path,
            proto.line_start,
            proto.line_end
        ));
    }
    let count = parameter::count(func);
    if count > 0 || proto.is_none() {
        text.push_str(&format!("\n{indent}  - Parameters [{count}] {{\n"));
        for index in 0..count {
            let one = parameter(cx, func, index)?;
            text.push_str(&format!("{indent}    {one}\n"));
        }
        text.push_str(&format!("{indent}  }}\n"));
    }
    if let Some(ty) = return_type(func, false) {
        text.push_str(&format!("{indent}  - Return [ {} ]\n", ty.text()));
    } else if let Some(ty) = return_type(func, true) {
        text.push_str(&format!("{indent}  - Tentative return [ {} ]\n", ty.text()));
    }
    text.push_str(&format!("{indent}}}\n"));
    Ok(text)
}

fn section(text: &mut String, title: &str, members: &[String], separator: &str) {
    text.push_str(&format!("\n  - {title} [{}] {{\n", members.len()));
    text.push_str(&members.join(separator));
    text.push_str("  }\n");
}

/// `Class [ <user> class A ] { ... }`.
pub fn class(cx: &mut Context, class: ClassRef, object: Option<&ObjRef>) -> PhpResult<String> {
    let mut text = String::new();
    if let Some(doc) = class.decl.and_then(|decl| decl.doc.as_ref()) {
        text.push_str(&format!("{doc}\n"));
    }
    let kind = match class.flags {
        _ if object.is_some() => "Object of class",
        flags if flags & class_flag::INTERFACE != 0 => "Interface",
        flags if flags & class_flag::TRAIT != 0 => "Trait",
        _ => "Class",
    };
    text.push_str(&format!("{kind} [ "));
    match class.native.and_then(|_| cx.registry.extension_of_class(&class.lc_name)) {
        Some(extension) => text.push_str(&format!("<internal:{}> ", extension.name)),
        None => text.push_str("<user> "),
    }
    let traversable = cx.native_class("traversable");
    if class.is_a(traversable) && !class.has(class_flag::INTERFACE) {
        text.push_str("<iterateable> ");
    }
    match class.flags {
        flags if flags & class_flag::INTERFACE != 0 => text.push_str("interface "),
        flags if flags & class_flag::TRAIT != 0 => text.push_str("trait "),
        _ => {
            if class.has(class_flag::ABSTRACT) {
                text.push_str("abstract ");
            }
            if class.has(class_flag::FINAL) {
                text.push_str("final ");
            }
            if class.has(class_flag::READONLY) {
                text.push_str("readonly ");
            }
            text.push_str("class ");
        }
    }
    text.push_str(&class.shown_name());
    if let Some(parent) = class.parent {
        text.push_str(&format!(" extends {}", parent.shown_name()));
    }
    if !class.interfaces.is_empty() {
        let word = if class.has(class_flag::INTERFACE) { "extends" } else { "implements" };
        let names: Vec<String> = class.interfaces.iter().map(|one| one.shown_name().into_owned()).collect();
        text.push_str(&format!(" {word} {}", names.join(", ")));
    }
    text.push_str(" ] {\n");
    if let Some(decl) = class.decl {
        text.push_str(&format!("  @@ {} {}-{}\n", decl.unit().path, decl.line_start, decl.line_end));
    }
    let mut members = Vec::new();
    for one in class.consts.iter() {
        members.push(constant(cx, class, *one, "    ")?);
    }
    section(&mut text, "Constants", &members, "");
    let mut props = [Vec::new(), Vec::new()];
    for info in class.props.iter() {
        if info.has(member::PRIVATE) && info.class != class {
            continue;
        }
        let prop = Prop { class, name: info.name.clone(), info: Some(*info) };
        props[usize::from(info.has(member::STATIC))].push(property(cx, &prop, "    ")?);
    }
    let mut methods = [Vec::new(), Vec::new()];
    for method in class.methods.iter() {
        if method.has(flag::PRIVATE) && method.scope != Some(class) {
            continue;
        }
        methods[usize::from(method.is_static())].push(function(cx, *method, "    ")?);
    }
    section(&mut text, "Static properties", &props[1], "");
    section(&mut text, "Static methods", &methods[1], "\n");
    section(&mut text, "Properties", &props[0], "");
    if let Some(object) = object {
        let mut dynamic = Vec::new();
        for key in object.dynamic().unwrap_or_default().keys() {
            dynamic.push(format!("    Property [ <dynamic> public ${} ]\n", key.to_string()));
        }
        section(&mut text, "Dynamic properties", &dynamic, "");
    }
    section(&mut text, "Methods", &methods[0], "\n");
    text.push_str("}\n");
    Ok(text)
}
