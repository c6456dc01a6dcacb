//! Attributes of class declarations that change the class or are refused.

use super::Linker;
use crate::Context;
use crate::class::{ClassRef, state};
use crate::errors::level;
use crate::func::{FuncRef, class_name};
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::class as class_flags;
use phalanx_bytecode::unit::{AttributeRef, UnitRef};
use phalanx_value::{PhpString, View};

impl Linker<'_> {
    pub(super) fn check_attributes(&mut self) -> PhpResult {
        for attribute in self.decl.attributes.iter() {
            if attribute.lc_name != "allowdynamicproperties" {
                continue;
            }
            let kind = match self.decl.flags {
                f if f & class_flags::INTERFACE != 0 => "interface",
                f if f & class_flags::TRAIT != 0 => "trait",
                f if f & class_flags::ENUM != 0 => "enum",
                f if f & class_flags::READONLY != 0 => "readonly class",
                _ => {
                    self.edit().flags |= state::ALLOW_DYNAMIC;
                    continue;
                }
            };
            let text = format!("Cannot apply #[AllowDynamicProperties] to {kind} {}", self.decl.name);
            return Err(self.fatal(&text));
        }
        if self.decl.flags & (class_flags::ENUM | class_flags::READONLY) != 0 {
            self.edit().flags |= state::NO_DYNAMIC;
        }
        Ok(())
    }
}

/// Reports the use of a function with `#[Deprecated]`, or of a native one that is deprecated:
/// `Function f() is deprecated since 1.0, use g()`.
pub(super) fn report_deprecated_function(
    cx: &mut Context,
    func: FuncRef,
    called: Option<&PhpString>,
) -> PhpResult {
    // A magic method goes by the name that was called.
    let shown = called.unwrap_or(&func.name);
    let name = match func.scope {
        Some(_) => format!("Method {}::{shown}()", class_name(func)),
        None => format!("Function {shown}()"),
    };
    let text = match func.as_native() {
        Some(native) => match native.deprecated {
            Some(why) if !why.is_empty() => format!("{name} is deprecated{why}"),
            _ => format!("{name} is deprecated"),
        },
        None => {
            let Some(proto) = func.proto() else { return Ok(()) };
            let suffix = deprecation(cx, &proto.attributes, proto.unit(), func.scope)?;
            format!("{name} is deprecated{suffix}")
        }
    };
    let user = func.as_native().is_none();
    cx.raise(if user { level::E_USER_DEPRECATED } else { level::E_DEPRECATED }, text)
}

/// ` since 1.0, use g()`: what the arguments of a `#[Deprecated]` say.
pub(crate) fn deprecation(
    cx: &mut Context,
    attributes: &[AttributeRef],
    unit: UnitRef,
    scope: Option<ClassRef>,
) -> PhpResult<String> {
    let Some(attribute) = attributes.iter().find(|a| a.lc_name == "deprecated") else {
        return Ok(String::new());
    };
    let mut parts = [None, None];
    for (index, arg) in attribute.args.iter().enumerate() {
        let position = match &arg.name {
            Some(name) if *name == "since" => 1,
            Some(_) => 0,
            None => index.min(1),
        };
        let value = if arg.value.code == 0 {
            arg.value.value.clone()
        } else {
            crate::constants::evaluate(cx, unit, arg.value.code - 1, scope)?
        };
        parts[position] = match value.view() {
            View::Null => None,
            View::Array(_) | View::Object(_) => {
                let name = if position == 0 { "message" } else { "since" };
                let given = crate::convert::value_name(&value);
                let text = format!(
                    "Deprecated::__construct(): Argument #{} (${name}) must be of type ?string, {given} given",
                    position + 1
                );
                return Err(cx.throw_type_error(text));
            }
            _ => Some(cx.to_string(&value)?.to_string()).filter(|text| !text.is_empty()),
        };
    }
    let [message, since] = parts;
    let mut text = String::new();
    if let Some(since) = since {
        text.push_str(&format!(" since {since}"));
    }
    if let Some(message) = message {
        text.push_str(&format!(", {message}"));
    }
    Ok(text)
}
