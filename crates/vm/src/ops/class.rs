//! Classes as operands, class constants, declarations.
//!
//! # Safety
//!
//! Classes live as long as the request, so caches and temporaries hold their addresses.
#![allow(unsafe_code, reason = "classes are found by address")]

use crate::class::ClassRef;
use crate::ins::Ins;
use crate::thrown::PhpResult;
use crate::{Context, closure, link};
use phalanx_bytecode::Kind;
use phalanx_bytecode::flags::{self, op as op_flag};
use phalanx_value::{Tag, Value, View};
use std::borrow::Cow;

/// The class that an operand of role `cls` names; loads it if need be.
pub(super) fn operand(ins: Ins, kind: Kind, operand: u32, cx: &mut Context) -> PhpResult<ClassRef> {
    match kind {
        Kind::Lit => {
            let literal = ins.literal(operand);
            let cached = ins.cache_of(literal, 0).get();
            if cached != 0 {
                return Ok(cached_class(cached));
            }
            let name = literal.as_string().expect("a name");
            let class = cx.require_class(name)?;
            ins.cache_of(literal, 0).set(class.as_ptr().expose_provenance());
            Ok(class)
        }
        Kind::None => relative(ins, operand, cx),
        _ => {
            let value = ins.take_slot(operand);
            match value.tag() {
                Tag::Raw => Ok(cached_class(value.payload_bits() as usize)),
                _ => class_of_value(&value, cx),
            }
        }
    }
}

/// The class behind a word that an inline cache or a temporary of `FETCH_CLASS` holds.
fn cached_class(word: usize) -> ClassRef {
    // SAFETY: such words are addresses of classes, which live as long as the request.
    unsafe { ClassRef::from_ptr(std::ptr::with_exposed_provenance(word)) }
}

/// A class as the contents of a temporary.
fn raw_value(class: ClassRef) -> Value {
    Value::raw(class.as_ptr().expose_provenance() as u64)
}

fn class_of_value(value: &Value, cx: &mut Context) -> PhpResult<ClassRef> {
    match value.view() {
        View::Object(object) => Ok(ClassRef::of(object)),
        View::Str(name) => cx.require_class(name),
        View::Ref(reference) => {
            let inner = reference.get();
            class_of_value(&inner, cx)
        }
        _ => Err(cx.throw_error("Class name must be a valid object or a string")),
    }
}

fn relative(ins: Ins, which: u32, cx: &mut Context) -> PhpResult<ClassRef> {
    let scope = ins.scope();
    let (keyword, found) = match which {
        flags::CLASS_SELF => ("self", scope),
        flags::CLASS_PARENT => match scope {
            Some(scope) => {
                let Some(parent) = scope.parent else {
                    return Err(
                        cx.throw_error("Cannot access \"parent\" when current class scope has no parent")
                    );
                };
                ("parent", Some(parent))
            }
            None => ("parent", None),
        },
        _ => ("static", ins.frame().this.called_class().or(scope)),
    };
    found.ok_or_else(|| cx.throw_error(format!("Cannot access \"{keyword}\" when no class scope is active")))
}

pub(super) fn fetch(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = ins.op();
    let class = match op.kind_a() {
        Kind::None => relative(ins, op.a, cx)?,
        Kind::Lit => operand(ins, Kind::Lit, op.a, cx)?,
        _ => {
            let value = ins.take_a(cx)?;
            class_of_value(&value, cx)?
        }
    };
    ins.set_c(raw_value(class));
    Ok(())
}

pub(super) fn fetch_name(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = ins.op();
    let class = if op.kind_a() == Kind::None {
        if ins.scope().is_none() && ins.frame().this.called_class().is_none() {
            let keyword = keyword(op.a);
            return Err(cx.throw_error(format!("Cannot use \"{keyword}\" in the global scope")));
        }
        if op.a == flags::CLASS_PARENT && ins.scope().is_some_and(|scope| scope.parent.is_none()) {
            return Err(cx.throw_error("Cannot use \"parent\" when current class scope has no parent"));
        }
        relative(ins, op.a, cx)?
    } else {
        let value = ins.take_a(cx)?;
        match value.as_object() {
            Some(object) => ClassRef::of(object),
            None => {
                let kind = crate::convert::value_name(&value);
                return Err(cx.throw_type_error(format!("Cannot use \"::class\" on {kind}")));
            }
        }
    };
    ins.set_c(Value::string(class.name.clone()));
    Ok(())
}

pub(super) fn fetch_const(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = ins.op();
    let class = operand(ins, op.kind_a(), op.a, cx)?;
    let name = ins.take_b(cx)?;
    let Some(name) = name.into_string() else {
        return Err(cx.throw_type_error("Cannot use value of this type as class constant name"));
    };
    let asked = if ins.func().has(flags::func::CONST_EXPR) { name_in_code(ins) } else { None };
    let constant = cx.find_class_constant(class, asked.as_deref(), &name, ins.scope())?;
    let value = cx.marked_constant_value(class, asked.as_deref(), constant)?;
    if op.kind_b() == Kind::Lit && !constant.may_be_deprecated() {
        let name = ins.literal(op.b);
        ins.cache_of(name, 0).set(class.as_ptr().expose_provenance());
        ins.cache_of(name, 1).set(constant.as_ptr().expose_provenance());
    }
    ins.set_c(value);
    Ok(())
}

/// How the code calls the class that operand `a` stands for.
fn name_in_code(ins: Ins) -> Option<Cow<'static, str>> {
    let op = ins.op();
    match op.kind_a() {
        Kind::None => Some(keyword(op.a).into()),
        Kind::Lit => {
            let name = ins.literal(op.a).as_string()?;
            Some(String::from_utf8_lossy(name).into_owned().into())
        }
        _ => None,
    }
}

fn keyword(relative: u32) -> &'static str {
    match relative {
        flags::CLASS_SELF => "self",
        flags::CLASS_PARENT => "parent",
        _ => "static",
    }
}

pub(super) fn called_class(ins: Ins, cx: &mut Context) -> PhpResult {
    match ins.frame().this.called_class().or(ins.scope()) {
        Some(class) => {
            ins.set_c(Value::string(class.name.clone()));
            Ok(())
        }
        None => Err(cx.throw_error("get_called_class() must be called from within a class")),
    }
}

pub(super) fn instance_of(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = ins.op();
    let value = ins.take_a(cx)?;
    let class = match op.kind_b() {
        Kind::Lit => {
            let literal = ins.literal(op.b);
            let lower = ins.literal_after(op.b, 1).as_string().expect("a name");
            let cached = ins.cache_of(literal, 0).get();
            if cached != 0 {
                Some(cached_class(cached))
            } else {
                let found = cx.find_class(lower);
                if let Some(class) = found {
                    ins.cache_of(literal, 0).set(class.as_ptr().expose_provenance());
                }
                found
            }
        }
        Kind::None => Some(relative(ins, op.b, cx)?),
        _ => {
            let class = ins.take_slot(op.b);
            match class.tag() {
                Tag::Raw => Some(cached_class(class.payload_bits() as usize)),
                _ => match class.deref_clone().view() {
                    View::Object(object) => Some(ClassRef::of(object)),
                    View::Str(name) => {
                        let lower = name.strip_prefix(b"\\").unwrap_or(name).to_ascii_lowercase();
                        cx.find_class(&lower)
                    }
                    _ => return Err(cx.throw_error("Class name must be a valid object or a string")),
                },
            }
        }
    };
    let holds = match (value.as_object(), class) {
        (Some(object), Some(class)) => ClassRef::of(object).is_a(class),
        _ => false,
    };
    ins.set_c(Value::bool(holds));
    Ok(())
}

pub(super) fn declare_class(ins: Ins, cx: &mut Context) -> PhpResult {
    let unit = ins.func().proto().expect("user code").unit();
    let index = ins.op().a;
    if ins.has(op_flag::ANON) {
        let lower = &unit.classes[index as usize].lc_name;
        let class = match cx.find_class(lower) {
            Some(class) => class,
            None => link::declare_class(cx, unit, index)?,
        };
        ins.set_c(raw_value(class));
        return Ok(());
    }
    link::declare_class(cx, unit, index)?;
    Ok(())
}

pub(super) fn declare_function(ins: Ins, cx: &mut Context) -> PhpResult {
    let unit = ins.func().proto().expect("user code").unit();
    crate::include::declare_function(cx, unit, ins.op().a)
}

pub(super) fn closure(ins: Ins, cx: &mut Context) -> PhpResult {
    let unit = ins.func().proto().expect("user code").unit();
    let closure = closure::create(cx, unit, ins.op().a, ins.frame());
    ins.set_c(Value::object(closure));
    Ok(())
}

pub(super) fn bind_lexical(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = ins.op();
    let closure = ins.peek_a().into_object().expect("a closure");
    let value = if ins.has(op_flag::BY_REF) {
        Value::reference(crate::ops::variable_reference(ins))
    } else if ins.has(op_flag::IMPLICIT) {
        ins.peek_b()
    } else {
        ins.take_b(cx)?
    };
    closure::bind_variable(&closure, op.c, value);
    Ok(())
}
