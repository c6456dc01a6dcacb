//! Type declarations: one view of those of scripts and those of native code, their text, and checks of values.
//!
//! A type is a set of built-in types (bits of [`phalanx_bytecode::types`]), a union of classes and intersections
//! beside them, or one intersection. `iterable` is `Traversable|array` everywhere but in the bits.

mod check;
mod coerce;
mod errors;
mod show;
mod verify;

use crate::class::ClassRef;
use crate::native::NativeType;
use phalanx_bytecode::types as bit;
use phalanx_bytecode::unit::TypeRef;
use phalanx_value::PhpString;

pub use errors::{function_name, value_name};
pub use verify::check_return;

/// A declared type, whoever declared it.
#[derive(Clone, Copy)]
pub enum Type<'a> {
    /// None.
    None,
    /// Of a script.
    Decl(&'a TypeRef),
    /// Of native code.
    Native(&'a NativeType),
}

/// Where a type is written: what `self`, `parent` and `static` in it mean.
#[derive(Clone, Copy, Default)]
pub struct TypeScope {
    /// The class of the function or property.
    pub class: Option<ClassRef>,
    /// What `static` names.
    pub called: Option<ClassRef>,
}

impl TypeScope {
    /// Inside a class.
    pub fn of(class: ClassRef) -> TypeScope {
        TypeScope { class: Some(class), called: Some(class) }
    }
}

/// A member of a union beside the built-in types.
#[derive(Clone, Copy)]
pub enum Part<'a> {
    /// A class: name and, where it is known, the lower-case name.
    Class(&'a [u8], Option<&'a PhpString>),
    /// An intersection of classes.
    All(&'a [TypeRef]),
}

impl<'a> Type<'a> {
    /// The type of a declaration in a script.
    pub fn decl(ty: &'a TypeRef) -> Type<'a> {
        if ty.is_none() { Type::None } else { Type::Decl(ty) }
    }

    /// The type of a native declaration.
    pub fn native(ty: &'a NativeType) -> Type<'a> {
        if ty.is_none() { Type::None } else { Type::Native(ty) }
    }

    /// Whether there is a type.
    #[inline(always)]
    pub fn is_some(&self) -> bool {
        !matches!(self, Type::None)
    }

    /// Built-in types of the union; none of an intersection.
    #[inline(always)]
    pub fn bits(&self) -> u32 {
        match self {
            Type::None => 0,
            Type::Decl(ty) => ty.bits,
            Type::Native(ty) => ty.bits,
        }
    }

    /// The bits with `iterable` taken apart: its array is among them, its `Traversable` is a part.
    pub fn plain_bits(&self) -> u32 {
        let bits = self.bits();
        if bits & bit::ITERABLE != 0 { bits & !bit::ITERABLE | bit::ARRAY } else { bits }
    }

    /// Whether it is `mixed`.
    pub fn is_mixed(&self) -> bool {
        self.bits() & bit::MIXED == bit::MIXED
    }

    /// Whether null is of the type.
    pub fn allows_null(&self) -> bool {
        !self.is_some() || self.bits() & bit::NULL != 0
    }

    /// Classes and intersections of the union, in order.
    pub fn parts(&self) -> Vec<Part<'a>> {
        let mut parts = Vec::new();
        match *self {
            Type::None => {}
            Type::Native(ty) => {
                parts.extend(ty.classes.iter().map(|name| Part::Class(name.as_bytes(), None)))
            }
            Type::Decl(ty) => decl_parts(ty, &mut parts),
        }
        if self.bits() & bit::ITERABLE != 0 {
            parts.push(Part::Class(b"Traversable", None));
        }
        parts
    }

    /// Calls `found` with the name of each class in it.
    pub fn each_class(&self, found: &mut dyn FnMut(&'a [u8])) {
        for part in self.parts() {
            match part {
                Part::Class(name, _) => found(name),
                Part::All(members) => {
                    members.iter().filter_map(|m| m.class.as_ref()).for_each(|name| found(name))
                }
            }
        }
    }
}

fn decl_parts<'a>(ty: &'a TypeRef, parts: &mut Vec<Part<'a>>) {
    if ty.intersection != 0 {
        parts.push(Part::All(ty.members.as_slice()));
        return;
    }
    if let Some(class) = &ty.class {
        parts.push(Part::Class(class, ty.class_lc.as_ref()));
    }
    for member in ty.members.iter() {
        decl_parts(member, parts);
    }
}

/// The class name that `self` or `parent` stands for in `class`; other names are themselves.
pub fn resolve_name<'a>(name: &'a [u8], class: Option<ClassRef>) -> std::borrow::Cow<'a, [u8]> {
    use std::borrow::Cow;
    let Some(class) = class else { return Cow::Borrowed(name) };
    if name.eq_ignore_ascii_case(b"self") {
        return Cow::Owned(class.name.to_vec());
    }
    if name.eq_ignore_ascii_case(b"parent") {
        if let Some(parent) = class.parent {
            return Cow::Owned(parent.name.to_vec());
        }
        if let Some(parent) = class.decl.and_then(|decl| decl.parent.first()) {
            return Cow::Owned(parent.name.to_vec());
        }
    }
    Cow::Borrowed(name)
}
