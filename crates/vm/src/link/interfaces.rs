//! Finding what a declaration names: parent, interfaces, traits; and the rules for each.

use super::Linker;
use crate::class::{ClassRef, state};
use crate::kept::List;
use crate::native::class_flag;
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::class as class_flags;

impl Linker<'_> {
    pub(super) fn load_traits(&mut self) -> PhpResult<Vec<ClassRef>> {
        let mut traits = Vec::new();
        for name in self.decl.traits.iter() {
            let Some(class) = self.load(&name.name)? else {
                return Err(self.cx.fatal_error(format!("Trait \"{}\" not found", name.name)));
            };
            if !class.has(class_flags::TRAIT) {
                let text = format!("{} cannot use {} - it is not a trait", self.class.name, class.name);
                return Err(self.cx.fatal_error(&text));
            }
            if !traits.contains(&class) {
                traits.push(class);
            }
        }
        Ok(traits)
    }

    pub(super) fn load_parent(&mut self) -> PhpResult<Option<ClassRef>> {
        let Some(name) = self.decl.parent.first() else { return Ok(None) };
        match self.load(&name.name)? {
            Some(parent) => Ok(Some(parent)),
            None => Err(self.cx.throw_error(format!("Class \"{}\" not found", name.name))),
        }
    }

    pub(super) fn load_interfaces(&mut self) -> PhpResult<Vec<ClassRef>> {
        let mut interfaces = Vec::new();
        for name in self.decl.interfaces.iter() {
            let Some(interface) = self.load(&name.name)? else {
                return Err(self.cx.throw_error(format!("Interface \"{}\" not found", name.name)));
            };
            interfaces.push(interface);
        }
        let is_class = self.decl.flags & class_flags::TRAIT == 0;
        if is_class && super::has_method(self.decl, b"__tostring") {
            self.imply(&mut interfaces, b"stringable");
        }
        if self.decl.flags & class_flags::ENUM != 0 {
            self.imply_once(&mut interfaces, b"unitenum")?;
            if self.decl.enum_type != 0 {
                self.imply_once(&mut interfaces, b"backedenum")?;
            }
        }
        Ok(interfaces)
    }

    fn imply(&mut self, interfaces: &mut Vec<ClassRef>, lc_name: &[u8]) {
        if let Some(interface) = self.cx.find_class(lc_name)
            && !interfaces.contains(&interface)
        {
            interfaces.push(interface);
        }
    }

    /// An enum has these of itself, and nobody may name them.
    fn imply_once(&mut self, interfaces: &mut Vec<ClassRef>, lc_name: &[u8]) -> PhpResult {
        let Some(interface) = self.cx.find_class(lc_name) else { return Ok(()) };
        if interfaces.contains(&interface) {
            return Err(self.implemented_twice(interface));
        }
        interfaces.push(interface);
        Ok(())
    }

    /// Sets `display` and the flat list of interfaces: the parent's, then those named, then what these extend.
    pub(super) fn list_interfaces(&mut self, parent: Option<ClassRef>, named: &[ClassRef]) -> PhpResult {
        let class = self.class;
        let above: &[ClassRef] = parent.as_ref().map_or(&[], |parent| &parent.display);
        let display = above.iter().copied().chain([class]).collect();
        let mut all = parent.map_or_else(List::default, |parent| parent.interfaces.clone());
        for (index, &interface) in named.iter().enumerate() {
            if !interface.has(class_flags::INTERFACE) {
                let text =
                    format!("{} cannot implement {} - it is not an interface", class.name, interface.name);
                return Err(self.fatal(&text));
            }
            if named[..index].contains(&interface) {
                return Err(self.implemented_twice(interface));
            }
            if !all.contains(&interface) {
                all.push(interface);
            }
        }
        for interface in named {
            // PHP takes what an interface extends from the end.
            for &extended in interface.interfaces.iter().rev() {
                if !all.contains(&extended) {
                    all.push(extended);
                }
            }
        }
        let class = self.edit();
        class.display = display;
        class.interfaces = all;
        Ok(())
    }

    fn implemented_twice(&mut self, interface: ClassRef) -> Thrown {
        let class = self.class;
        let text = format!(
            "{} {} cannot implement previously implemented interface {}",
            capital_kind(class.flags),
            class.shown_name(),
            interface.name
        );
        self.fatal(&text)
    }

    /// Whether the class may extend `parent`.
    pub(super) fn check_parent(&mut self, parent: ClassRef) -> PhpResult {
        let class = self.class;
        let kind = super::kind_name(parent.flags);
        if parent.has(class_flags::INTERFACE | class_flags::TRAIT) {
            return Err(self.fatal(&format!(
                "Class {} cannot extend {kind} {}",
                class.shown_name(),
                parent.name
            )));
        }
        if parent.has(class_flags::FINAL | class_flags::ENUM)
            || parent.native.is_some_and(|native| native.traits & class_flag::NOT_EXTENDABLE != 0)
        {
            return Err(self.fatal(&format!(
                "Class {} cannot extend final class {}",
                class.shown_name(),
                parent.name
            )));
        }
        let (own, other) = (class.has(class_flags::READONLY), parent.has(class_flags::READONLY));
        if own != other {
            let text = format!(
                "{} class {} cannot extend {} class {}",
                if own { "Readonly" } else { "Non-readonly" },
                class.shown_name(),
                if other { "readonly" } else { "non-readonly" },
                parent.name,
            );
            return Err(self.fatal(&text));
        }
        const INHERITED: u32 = state::ALLOW_DYNAMIC
            | state::NO_DYNAMIC
            | state::NOT_SERIALIZABLE
            | state::HAS_READONLY_PROPS
            | state::HAS_HOOKS
            | state::IMPLICIT_ABSTRACT;
        self.edit().flags |= parent.flags & INHERITED & !state::IMPLICIT_ABSTRACT;
        Ok(())
    }
}

/// What a declaration is called at the start of a message.
pub(super) fn capital_kind(flags: u32) -> &'static str {
    match flags {
        f if f & class_flags::INTERFACE != 0 => "Interface",
        f if f & class_flags::TRAIT != 0 => "Trait",
        f if f & class_flags::ENUM != 0 => "Enum",
        _ => "Class",
    }
}
