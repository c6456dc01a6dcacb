//! PHP's reflection extension: classes, functions and their parts as objects.
#![forbid(unsafe_code)]

mod attribute;
mod class;
mod constant;
mod enums;
mod extension;
mod function;
mod parameter;
mod property;
mod property_lazy;
mod reflection;
mod show;
mod state;
mod text;
mod types;

use phalanx_vm::native::Extension;
use phalanx_vm::request::PHP_VERSION;

/// The extension.
pub static REFLECTION: Extension = Extension {
    name: "Reflection",
    version: PHP_VERSION,
    functions: &[],
    classes: &[
        &reflection::REFLECTION_EXCEPTION,
        &reflection::REFLECTION,
        &reflection::REFLECTOR,
        &function::REFLECTION_FUNCTION_ABSTRACT,
        &function::REFLECTION_FUNCTION,
        &parameter::REFLECTION_PARAMETER,
        &types::REFLECTION_TYPE,
        &types::REFLECTION_NAMED_TYPE,
        &types::REFLECTION_UNION_TYPE,
        &types::REFLECTION_INTERSECTION_TYPE,
        &function::REFLECTION_METHOD,
        &class::REFLECTION_CLASS,
        &class::REFLECTION_OBJECT,
        &property::REFLECTION_PROPERTY,
        &property::PROPERTY_HOOK_TYPE,
        &constant::REFLECTION_CLASS_CONSTANT,
        &extension::REFLECTION_EXTENSION,
        &attribute::REFLECTION_ATTRIBUTE,
        &enums::REFLECTION_ENUM,
        &constant::REFLECTION_ENUM_UNIT_CASE,
        &constant::REFLECTION_ENUM_BACKED_CASE,
    ],
    consts: &[],
    ini: &[],
    request_start: None,
    request_end: None,
};
