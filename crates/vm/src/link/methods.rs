//! Inheriting methods and checking overrides.

use super::{Linker, Pending, variance::Verdict};
use crate::class::{ClassRef, state};
use crate::func::{FuncRef, class_name};
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::{class as class_flags, func as flags};
use phalanx_value::PhpString;

const VISIBILITY: u32 = flags::PUBLIC | flags::PROTECTED | flags::PRIVATE;

/// `public`, `protected` or `private`.
pub(crate) fn visibility_name(flags: u32) -> &'static str {
    match flags & VISIBILITY {
        f if f & flags::PRIVATE != 0 => "private",
        f if f & flags::PROTECTED != 0 => "protected",
        _ => "public",
    }
}

/// 0 for public, 1 for protected, 2 for private.
pub(super) fn rank(flags: u32) -> u32 {
    match visibility_name(flags) {
        "private" => 2,
        "protected" => 1,
        _ => 0,
    }
}

impl Linker<'_> {
    /// Takes over the members of the parent.
    pub(super) fn inherit(&mut self, parent: ClassRef) -> PhpResult {
        self.inherit_props(parent)?;
        for (_, constant) in parent.consts.entries() {
            self.inherit_const(*constant, parent)?;
        }
        for (lc_name, method) in parent.methods.entries() {
            self.inherit_method(lc_name, *method)?;
        }
        let class = self.edit();
        if class.native_base.is_none() {
            class.native_base = parent.native_base;
        }
        Ok(())
    }

    /// Inherits a method of the parent or of an interface, or checks the class's own one against it.
    pub(super) fn inherit_method(&mut self, lc_name: &PhpString, parent: FuncRef) -> PhpResult {
        let Some(child) = self.class.method(lc_name) else {
            if parent.has(flags::ABSTRACT) {
                self.edit().flags |= state::IMPLICIT_ABSTRACT;
            }
            self.edit().methods.insert(lc_name.clone(), parent);
            return Ok(());
        };
        if child == parent {
            return Ok(());
        }
        self.check_override(child, parent, true)?;
        self.note_prototype(lc_name, child, parent);
        Ok(())
    }

    /// An inherited method that stands for one of an interface has that as its prototype, in this class and below: the class
    /// gets a method of its own for it, whose static variables are its own too.
    fn note_prototype(&mut self, lc_name: &PhpString, child: FuncRef, parent: FuncRef) {
        if child.proto().is_none() || child.scope == Some(self.class) {
            return;
        }
        let proto = parent.prototype.get().unwrap_or(parent);
        let hidden = parent.has(flags::PRIVATE) && !parent.has(flags::ABSTRACT);
        let free = parent.has(flags::CONSTRUCTOR) && !proto.has(flags::ABSTRACT);
        if hidden
            || free
            || self.decl.flags & class_flags::INTERFACE != 0
            || child.prototype.get() == Some(proto)
        {
            return;
        }
        let func = FuncRef::leak(self.copy(child, child.scope));
        func.prototype.set(Some(proto));
        self.edit().methods.insert(lc_name.clone(), func);
    }

    /// Whether `child` may stand for `parent`. A `child` that is not the class's own comes from another ancestor.
    pub(super) fn check_override(&mut self, child: FuncRef, parent: FuncRef, visibility: bool) -> PhpResult {
        let own = child.scope == Some(self.class);
        let names = |func: FuncRef| class_name(func);
        if parent.has(flags::PRIVATE) && !parent.has(flags::ABSTRACT | flags::CONSTRUCTOR) {
            if own {
                child.changed.set(true);
            }
            return Ok(());
        }
        if parent.has(flags::PRIVATE | flags::FINAL) && parent.has(flags::FINAL) {
            let text = format!("Cannot override final method {}::{}()", names(parent), parent.name);
            return Err(self.fatal_in(&text, child));
        }
        if child.has(flags::STATIC) != parent.has(flags::STATIC) {
            let text = if child.has(flags::STATIC) {
                format!(
                    "Cannot make non static method {}::{}() static in class {}",
                    names(parent),
                    child.name,
                    names(child)
                )
            } else {
                format!(
                    "Cannot make static method {}::{}() non static in class {}",
                    names(parent),
                    child.name,
                    names(child)
                )
            };
            return Err(self.fatal_in(&text, child));
        }
        if child.has(flags::ABSTRACT) && !parent.has(flags::ABSTRACT) {
            let text = format!(
                "Cannot make non abstract method {}::{}() abstract in class {}",
                names(parent),
                child.name,
                names(child)
            );
            return Err(self.fatal_in(&text, child));
        }
        if own && (parent.has(flags::PRIVATE) || parent.changed.get()) {
            child.changed.set(true);
        }
        let mut against = parent;
        let proto = parent.prototype.get().unwrap_or(parent);
        if parent.has(flags::CONSTRUCTOR) {
            // Signatures of constructors matter only where an abstract one or an interface asks for them.
            if !proto.has(flags::ABSTRACT) {
                return Ok(());
            }
            against = proto;
        }
        if own && child.prototype.get() != Some(proto) {
            child.prototype.set(Some(proto));
        }
        if visibility && rank(child.flags) > rank(against.flags) {
            let text = format!(
                "Access level to {}::{}() must be {} (as in class {}){}",
                names(child),
                child.name,
                visibility_name(against.flags),
                names(against),
                if rank(against.flags) == 0 { "" } else { " or weaker" },
            );
            return Err(self.fatal_in(&text, child));
        }
        match self.compare_signatures(child, against) {
            Verdict::Unknown => {
                self.pending.push(Pending::Method { child, parent: against });
                Ok(())
            }
            verdict => self.report_signatures(child, against, verdict),
        }
    }

    /// Notes the magic methods and what depends on them.
    pub(super) fn find_magic(&mut self) {
        super::finish_magic(self.class);
    }

    /// `#[Override]` wants something to override.
    pub(super) fn check_overrides(&mut self) -> PhpResult {
        let class = self.class;
        if class.has(class_flags::TRAIT) {
            return Ok(());
        }
        for (lc_name, method) in class.methods.entries() {
            if method.scope != Some(class) || !has_attribute(*method, "override") {
                continue;
            }
            let in_parent = class.parent.and_then(|parent| parent.method(lc_name)).is_some_and(|parent| {
                !parent.has(flags::PRIVATE)
                    && (!parent.has(flags::CONSTRUCTOR) || parent.has(flags::ABSTRACT))
            });
            let in_interface = class.interfaces.iter().any(|interface| interface.method(lc_name).is_some());
            if !in_parent && !in_interface {
                let text = format!(
                    "{}::{}() has #[\\Override] attribute, but no matching parent method exists",
                    class.shown_name(),
                    method.name
                );
                return Err(self.fatal_in(&text, *method));
            }
        }
        self.check_hook_overrides()
    }

    fn check_hook_overrides(&mut self) -> PhpResult {
        let class = self.class;
        for info in class.props.iter().filter(|info| info.class == class && info.has_hooks()) {
            for kind in 0..2 {
                let Some(hook) = info.hooks[kind].filter(|hook| has_attribute(*hook, "override")) else {
                    continue;
                };
                let overrides = |above: &ClassRef| {
                    above.props.get(&info.name).is_some_and(|other| {
                        !other.has(flags::PRIVATE) && (other.hooks[kind].is_some() || !other.has_hooks())
                    })
                };
                if !class.parent.iter().chain(&class.interfaces).any(overrides) {
                    let text = format!(
                        "{}::{}() has #[\\Override] attribute, but no matching parent method exists",
                        class.shown_name(),
                        hook.name
                    );
                    return Err(self.fatal_in(&text, hook));
                }
            }
        }
        Ok(())
    }
}

/// Whether the declaration of a script's function has an attribute with this lower-case name.
pub(super) fn has_attribute(func: FuncRef, lc_name: &str) -> bool {
    func.proto().is_some_and(|proto| proto.attributes.iter().any(|a| a.param == 0 && a.lc_name == *lc_name))
}
