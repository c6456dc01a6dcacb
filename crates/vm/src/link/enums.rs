//! Enums: the methods that every enum has, and what an enum must not have.

use super::Linker;
use crate::class::{Class, ClassRef, PropInfo};
use crate::func::{Func, FuncRef};
use crate::kept;
use crate::native::NativeType;
use crate::thrown::PhpResult;
use crate::types::Type;
use phalanx_bytecode::flags::member;
use phalanx_bytecode::types as bit;

const FORBIDDEN: [&str; 12] = [
    "__construct",
    "__destruct",
    "__clone",
    "__sleep",
    "__wakeup",
    "__set_state",
    "__get",
    "__set",
    "__unset",
    "__isset",
    "__toString",
    "__debugInfo",
];

impl Linker<'_> {
    /// `cases()`, and for backed enums `from()` and `tryFrom()`.
    pub(super) fn add_enum_methods(&mut self) {
        let class = self.class;
        let table = crate::builtin::enums::methods(self.decl.enum_type & bit::INT != 0);
        let count = if self.decl.enum_type == 0 { 1 } else { 3 };
        for native in &table[..count] {
            let func = FuncRef::leak(Func::native(native, Some(class)));
            self.edit().methods.insert(kept::lower_case(native.name), func);
        }
    }

    pub(super) fn add_enum_props(&mut self) {
        let this = self.class;
        add_props(self.edit(), this);
    }

    pub(super) fn check_enum(&mut self) -> PhpResult {
        let class = self.class;
        if class.props.iter().any(|info| info.flags & member::STATIC == 0) && !only_native(class) {
            return Err(self.fatal(&format!("Enum {} cannot include properties", class.name)));
        }
        for name in FORBIDDEN {
            if class.method(name.to_ascii_lowercase().as_bytes()).is_some() {
                return Err(self.fatal(&format!("Enum {} cannot include magic method {name}", class.name)));
            }
        }
        for name in ["__serialize", "__unserialize"] {
            if class.method(name.as_bytes()).is_some() {
                return Err(self.fatal(&format!("Enum {} cannot include magic method {name}", class.name)));
            }
        }
        Ok(())
    }
}

/// The `name` and `value` that the cases of an enum have.
pub(super) fn add_props(class: &mut Class, this: ClassRef) {
    const NAME: NativeType = NativeType { bits: bit::STRING, classes: &[], text: "string" };
    const INT: NativeType = NativeType { bits: bit::INT, classes: &[], text: "int" };
    let mut add = |name: &str, ty: &'static NativeType| {
        let info = PropInfo {
            name: kept::text(name.as_bytes()),
            flags: member::PUBLIC | member::READONLY | member::PROTECTED_SET,
            slot: 0,
            class: this,
            root: this,
            fast_bits: 0,
            ty: Type::Native(ty),
            hooks: [None, None],
            decl: None,
            doc: None,
        };
        super::slots::add_prop(class, None, info, super::slots::no_default(true));
    };
    add("name", &NAME);
    match this.enum_type {
        0 => {}
        t if t & bit::INT != 0 => add("value", &INT),
        _ => add("value", &NAME),
    }
}

/// Whether all properties are the `name` and `value` that enums have by themselves.
fn only_native(class: ClassRef) -> bool {
    class.props.iter().all(|info| info.decl.is_none() || info.has(member::STATIC))
}
