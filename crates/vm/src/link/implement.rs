//! Interfaces of a class: their constants, methods and properties, and the rules that some native interfaces have.

use super::Linker;
use crate::class::ClassRef;
use crate::errors::level;
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::class as class_flags;

impl Linker<'_> {
    /// Inherits from all interfaces that the parent does not have already; of those, constants are only checked.
    pub(super) fn implement_all(&mut self, parent: Option<ClassRef>) -> PhpResult {
        let interfaces = self.class.interfaces.clone();
        let inherited = parent.map_or(0, |parent| parent.interfaces.len());
        for &interface in &interfaces[inherited..] {
            for constant in interface.consts.iter() {
                self.inherit_interface_const(*constant, interface)?;
            }
        }
        for &interface in &interfaces[inherited..] {
            for (lc_name, method) in interface.methods.entries() {
                self.inherit_method(lc_name, *method)?;
            }
            for (_, info) in interface.props.entries() {
                self.inherit_prop(*info, interface)?;
            }
            self.announce(interface)?;
        }
        for &interface in &interfaces[..inherited] {
            self.announce(interface)?;
        }
        Ok(())
    }

    /// Rules of native interfaces.
    fn announce(&mut self, interface: ClassRef) -> PhpResult {
        if interface.native.is_none() || self.decl.flags & class_flags::INTERFACE != 0 {
            return Ok(());
        }
        let class = self.class;
        let name = class.shown_name().into_owned();
        let text = match &interface.lc_name[..] {
            b"traversable" => {
                if self.implements(b"iterator") || self.implements(b"iteratoraggregate") {
                    return Ok(());
                }
                let text = format!(
                    "Class {name} must implement interface Traversable as part of either Iterator or IteratorAggregate"
                );
                return Err(self.cx.fatal_error_at(level::E_CORE_ERROR, text, &"Unknown".into(), 0));
            }
            b"iteratoraggregate" if self.implements(b"iterator") => {
                format!("Class {name} cannot implement both Iterator and IteratorAggregate at the same time")
            }
            b"throwable" => {
                let root = class.display.first().map(|root| root.lc_name.clone());
                if root.is_some_and(|root| root == "exception" || root == "error") {
                    return Ok(());
                }
                let is_enum = class.has(class_flags::ENUM);
                match is_enum {
                    true => format!("Enum {name} cannot implement interface Throwable"),
                    false => format!(
                        "Class {name} cannot implement interface Throwable, extend Exception or Error instead"
                    ),
                }
            }
            b"datetimeinterface" => {
                if class.display.iter().any(|up| up.native.is_some()) {
                    return Ok(());
                }
                "DateTimeInterface can't be implemented by user classes".to_owned()
            }
            b"unitenum" | b"backedenum" if !class.has(class_flags::ENUM) => {
                format!("Non-enum class {name} cannot implement interface {}", interface.name)
            }
            b"backedenum" if class.enum_type == 0 => {
                format!("Non-backed enum {name} cannot implement interface BackedEnum")
            }
            b"serializable" => {
                let modern =
                    class.method(b"__serialize").is_some() && class.method(b"__unserialize").is_some();
                if modern || class.has(class_flags::ABSTRACT) && class.method(b"serialize").is_none() {
                    return Ok(());
                }
                let text = format!(
                    "{name} implements the Serializable interface, which is deprecated. Implement __serialize() and \
                     __unserialize() instead (or in addition, if support for old PHP versions is necessary)"
                );
                self.belongs_to_request();
                self.cx.raise_at(level::E_DEPRECATED, text, &self.decl.unit().path, self.decl.line_start)?;
                if !class.has(class_flags::ENUM) {
                    return Ok(());
                }
                format!("Enum {name} cannot implement the Serializable interface")
            }
            _ => return Ok(()),
        };
        Err(self.fatal(&text))
    }

    fn implements(&self, lc_name: &[u8]) -> bool {
        self.class.interfaces.iter().any(|interface| interface.lc_name == *lc_name)
    }
}
