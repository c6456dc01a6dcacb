//! Constants.

use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpString, Value};
use phalanx_vm::class::ClassRef;
use phalanx_vm::flags::member;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, global_constants, props};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&DEFINE, &DEFINED, &GET_DEFINED_CONSTANTS];

/// Functions of this file that belong to the standard extension.
pub static STANDARD_FUNCTIONS: &[&NativeFn] = &[&CONSTANT];

/// <https://www.php.net/define>
#[php_fn("define(string $constant_name, mixed $value, bool $case_insensitive = false): bool")]
fn define(
    cx: &mut Context,
    constant_name: &PhpString,
    value: &Value,
    case_insensitive: bool,
) -> PhpResult<bool> {
    if class_part(constant_name).is_some() {
        return Err(cx.arg_value_error(1, "cannot be a class constant"));
    }
    if case_insensitive {
        cx.doc_warning(
            "Argument #3 ($case_insensitive) is ignored since declaration of case-insensitive constants is no longer \
             supported",
        )?;
    }
    if let Some(array) = value.as_array()
        && array.count_recursive().is_none()
    {
        return Err(cx.arg_value_error(2, "cannot be a recursive array"));
    }
    global_constants::declare(cx, constant_name, value.clone())
}

/// Class and constant of `Class::CONSTANT`.
fn class_part(name: &PhpString) -> Option<(PhpString, PhpString)> {
    let at = memchr::memmem::rfind(name, b"::").filter(|at| *at > 0)?;
    Some((PhpString::from_bytes(&name[..at]), PhpString::from_bytes(&name[at + 2..])))
}

/// The class with this name, which may be `self`, `parent` or `static`.
fn named_class(cx: &mut Context, name: &PhpString) -> PhpResult<Option<ClassRef>> {
    let scope = cx.caller_scope();
    match name.to_ascii_lowercase().as_slice() {
        b"self" => match scope {
            Some(scope) => Ok(Some(scope)),
            None => Err(cx.throw_error("Cannot access \"self\" when no class scope is active")),
        },
        b"parent" => match scope {
            None => Err(cx.throw_error("Cannot access \"parent\" when no class scope is active")),
            Some(scope) => match scope.parent {
                Some(parent) => Ok(Some(parent)),
                None => {
                    let text = "Cannot access \"parent\" when current class scope has no parent";
                    Err(cx.throw_error(text))
                }
            },
        },
        b"static" => match cx.caller_called_class() {
            Some(class) => Ok(Some(class)),
            None => Err(cx.throw_error("Cannot access \"static\" when no class scope is active")),
        },
        _ => cx.lookup_class(name, true),
    }
}

/// <https://www.php.net/defined>
#[php_fn("defined(string $constant_name): bool")]
fn defined(cx: &mut Context, constant_name: &PhpString) -> PhpResult<bool> {
    let Some((class, name)) = class_part(constant_name) else {
        return Ok(global_constants::find(cx, constant_name).is_some());
    };
    let Some(class) = named_class(cx, &class)? else { return Ok(false) };
    let scope = cx.caller_scope();
    let Some(constant) = class.consts.get(&name) else { return Ok(false) };
    Ok(match constant.flags {
        flags if flags & member::PRIVATE != 0 => Some(constant.class) == scope,
        flags if flags & member::PROTECTED != 0 => props::related(constant.class, scope),
        _ => true,
    })
}

/// <https://www.php.net/constant>
#[php_fn("constant(string $name): mixed")]
fn constant(cx: &mut Context, name: &PhpString) -> PhpResult<Value> {
    let Some((class, constant)) = class_part(name) else {
        return global_constants::fetch(cx, name, None);
    };
    let Some(found) = named_class(cx, &class)? else {
        return Err(cx.throw_error(format!("Class \"{class}\" not found")));
    };
    let scope = cx.caller_scope();
    cx.class_constant(found, &String::from_utf8_lossy(&class), &constant, scope)
}

/// <https://www.php.net/get_defined_constants>
#[php_fn("get_defined_constants(bool $categorize = false): array")]
fn get_defined_constants(cx: &mut Context, categorize: bool) -> PhpArray {
    let mut result = PhpArray::new();
    for extension in cx.extensions() {
        let mut own = PhpArray::new();
        let target = if categorize { &mut own } else { &mut result };
        for constant in extension.consts.iter().copied().flatten() {
            target.insert_bytes(constant.name, constant.value.to_value());
        }
        if !own.is_empty() {
            result.insert_bytes(extension.name, own);
        }
    }
    let mut user = PhpArray::new();
    for (name, value) in cx.constants.iter() {
        if categorize {
            user.insert(name, value.clone());
        } else {
            result.insert(name, value.clone());
        }
    }
    if !user.is_empty() {
        result.insert_bytes("user", user);
    }
    result
}
