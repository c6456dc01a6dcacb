//! Whether a class that can be instantiated has everything implemented.

use super::Linker;
use crate::class::{ClassRef, state};
use crate::func::FuncRef;
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::{class as class_flags, func as flags};

impl Linker<'_> {
    pub(super) fn check_abstract(&mut self) -> PhpResult {
        let class = self.class;
        let missing = abstract_methods(class);
        if missing.is_empty() {
            return Ok(());
        }
        if class.has(class_flags::INTERFACE | class_flags::TRAIT) {
            self.edit().flags |= state::IMPLICIT_ABSTRACT;
            return Ok(());
        }
        let explicit = class.has(class_flags::ABSTRACT);
        let forced: Vec<&FuncRef> = missing.iter().filter(|m| m.has(flags::PRIVATE)).collect();
        if explicit && forced.is_empty() {
            self.edit().flags |= state::IMPLICIT_ABSTRACT;
            return Ok(());
        }
        let must_all = !explicit && !class.has(class_flags::ENUM);
        let listed: Vec<FuncRef> = if must_all {
            missing
        } else {
            missing.into_iter().filter(|m| !explicit || m.has(flags::PRIVATE)).collect()
        };
        let shown: Vec<String> = listed
            .iter()
            .take(3)
            .map(|m| format!("{}::{}", crate::func::class_name(*m), abstract_name(*m)))
            .collect();
        let mut names = shown.join(", ");
        if listed.len() > 3 {
            names.push_str(", ...");
        }
        let kind = if class.has(class_flags::ENUM) { "Enum" } else { "Class" };
        let plural = if listed.len() == 1 { "" } else { "s" };
        let count = listed.len();
        let name = class.shown_name();
        let text = if must_all {
            format!(
                "{kind} {name} contains {count} abstract method{plural} and must therefore be declared abstract or \
                 implement the remaining methods ({names})"
            )
        } else {
            format!("{kind} {name} must implement {count} abstract private method{plural} ({names})")
        };
        Err(self.fatal(&text))
    }
}

fn abstract_name(method: FuncRef) -> String {
    method.name.to_string()
}

/// All abstract methods and hooks that a class has.
pub(super) fn abstract_methods(class: ClassRef) -> Vec<FuncRef> {
    let methods = class.methods.iter().copied();
    let hooks = class.props.iter().flat_map(|info| info.hooks.into_iter().flatten());
    methods.chain(hooks).filter(|method| method.has(flags::ABSTRACT)).collect()
}
