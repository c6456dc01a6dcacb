//! Properties: own ones, inheritance, hooks.

use super::methods::{rank, visibility_name};
use super::slots::no_default;
use super::variance::{Verdict, covariant, same};
use super::{Linker, Pending};
use crate::class::{ClassRef, Kept, Lazy, PropInfo, PropRef, prop_flag, state};
use crate::func::{Func, FuncRef};
use crate::thrown::{PhpResult, Thrown};
use crate::types::{Type, TypeScope};
use phalanx_bytecode::flags::{class as class_flags, func as flags, member};
use phalanx_bytecode::unit::PropertyRef;

const SET_MASK: u32 = member::PUBLIC_SET | member::PROTECTED_SET | member::PRIVATE_SET;

impl Linker<'_> {
    pub(super) fn own_props(&mut self) {
        let parent = self.class.parent;
        self.number_slots(parent);
        if self.decl.flags & class_flags::ENUM != 0 {
            self.add_enum_props();
        }
        for decl in self.decl.props.iter() {
            self.own_prop(decl);
        }
    }

    fn own_prop(&mut self, decl: &'static PropertyRef) {
        let class = self.class;
        let ty = Type::decl(&decl.ty);
        let hooks = [self.hook(decl.get), self.hook(decl.set)];
        let flags = normal_flags(decl.flags, class.has(class_flags::READONLY), &hooks);
        let init = if decl.default.present == 0 && decl.default.code == 0 {
            no_default(ty.is_some())
        } else {
            Lazy::from_init(&decl.default, self.unit, class)
        };
        let info = PropInfo {
            name: decl.name.clone(),
            flags,
            slot: 0,
            class,
            root: class,
            fast_bits: 0,
            ty,
            hooks,
            decl: Some(decl),
            doc: decl.doc.clone(),
        };
        self.add_prop(info, init);
    }

    fn hook(&mut self, number: u32) -> Option<FuncRef> {
        if number == 0 {
            return None;
        }
        // SAFETY: functions of a Unit live as long as the request that runs it.
        let proto = unsafe { &*self.unit.function(number - 1) };
        Some(FuncRef::leak(Func::user(proto, Some(self.class))))
    }

    pub(super) fn inherit_props(&mut self, parent: ClassRef) -> PhpResult {
        for (_, info) in parent.props.entries() {
            self.inherit_prop(*info, parent)?;
        }
        Ok(())
    }

    /// Inherits a property of the parent or of an interface, or checks the own one against it.
    pub(super) fn inherit_prop(&mut self, parent: PropRef, from: ClassRef) -> PhpResult {
        let Some(&child) = self.class.props.get(&parent.name) else {
            if parent.has_hooks() {
                self.edit().flags |= state::HAS_HOOKS;
            }
            self.edit().props.insert(parent.name.clone(), parent);
            return Ok(());
        };
        if child == parent {
            return Ok(());
        }
        let own = child.class == self.class;
        if own && (parent.has(member::PRIVATE | prop_flag::CHANGED)) {
            edit_prop(child).flags |= prop_flag::CHANGED;
        }
        if parent.has(member::PRIVATE) {
            return Ok(());
        }
        if own && !from.has(class_flags::INTERFACE) {
            edit_prop(child).root = parent.root;
        }
        self.check_prop(child, parent, from)?;
        for kind in 0..2 {
            self.inherit_hook(child, parent, kind)?;
        }
        if child.has_hooks() {
            self.edit().flags |= state::HAS_HOOKS;
        }
        Ok(())
    }

    /// The property, or if it is an ancestor's a copy that the class has in its place.
    fn own_copy(&mut self, info: PropRef) -> PropRef {
        if info.class == self.class {
            return info;
        }
        let copy = Kept::leak(PropInfo {
            name: info.name.clone(),
            ty: info.ty,
            doc: info.doc.clone(),
            decl: info.decl,
            ..*info
        });
        self.edit().props.insert(info.name.clone(), copy);
        copy
    }

    fn check_prop(&mut self, child: PropRef, parent: PropRef, from: ClassRef) -> PhpResult {
        let class = self.class.shown_name().into_owned();
        let name = &child.name;
        let above = from.shown_name();
        if parent.has(member::FINAL) {
            return Err(
                self.fatal(&format!("Cannot override final property {}::${name}", parent.class.shown_name()))
            );
        }
        if parent.has(member::STATIC) != child.has(member::STATIC) {
            let word = |on: bool| if on { "static" } else { "non static" };
            let text = format!(
                "Cannot redeclare {} {above}::${name} as {} {class}::${name}",
                word(parent.has(member::STATIC)),
                word(child.has(member::STATIC)),
            );
            return Err(self.fatal(&text));
        }
        if parent.has(member::READONLY) != child.has(member::READONLY)
            && (parent.has(member::READONLY) || !only_get(parent))
            && !(child.has(member::READONLY) && parent.has(member::ABSTRACT))
        {
            let word = |on: bool| if on { "readonly" } else { "non-readonly" };
            let text = format!(
                "Cannot redeclare {} property {above}::${name} as {} {class}::${name}",
                word(parent.has(member::READONLY)),
                word(child.has(member::READONLY)),
            );
            return Err(self.fatal(&text));
        }
        if rank(child.flags) > rank(parent.flags) {
            let text = format!(
                "Access level to {class}::${name} must be {} (as in class {above}){}",
                visibility_name(parent.flags),
                if rank(parent.flags) == 0 { "" } else { " or weaker" },
            );
            return Err(self.fatal(&text));
        }
        self.check_set_visibility(child, parent, from)?;
        self.check_prop_type(child, parent, false)
    }

    fn check_set_visibility(&mut self, child: PropRef, parent: PropRef, from: ClassRef) -> PhpResult {
        let (own, other) = (set_rank(child.flags), set_rank(parent.flags));
        if own == 0 || own <= other || only_get(parent) {
            return Ok(());
        }
        let text = format!(
            "Set access level of {}::${} must be {} (as in class {}){}",
            self.class.shown_name(),
            child.name,
            if other == 0 { "omitted" } else { set_visibility_name(parent.flags) },
            from.shown_name(),
            if other == 0 { "" } else { " or weaker" },
        );
        Err(self.fatal(&text))
    }

    /// The types of both must be the same; that of a parent that is only read may be narrowed, that of one that is
    /// only written widened.
    pub(super) fn check_prop_type(&mut self, child: PropRef, parent: PropRef, last: bool) -> PhpResult {
        if !parent.ty.is_some() {
            if !child.ty.is_some() || only_get(parent) {
                return Ok(());
            }
            let text = format!(
                "Type of {}::${} must not be defined (as in class {})",
                child.class.shown_name(),
                child.name,
                parent.class.shown_name()
            );
            return Err(self.fatal(&text));
        }
        let (get, set) = (only_get(parent), only_set(parent));
        if !child.ty.is_some() {
            return if set { Ok(()) } else { Err(self.prop_type_error(child, parent, get, set)) };
        }
        let verdict = if get {
            covariant(self.cx, child.ty, child.class, parent.ty, parent.class)
        } else if set {
            covariant(self.cx, parent.ty, parent.class, child.ty, child.class)
        } else {
            same(self.cx, child.ty, child.class, parent.ty, parent.class)
        };
        match verdict {
            Verdict::Good => Ok(()),
            Verdict::Unknown if !last => {
                self.pending.push(Pending::Property { child, parent });
                Ok(())
            }
            _ => Err(self.prop_type_error(child, parent, get, set)),
        }
    }

    fn prop_type_error(&mut self, child: PropRef, parent: PropRef, get: bool, set: bool) -> Thrown {
        let text = format!(
            "Type of {}::${} must be {}{} (as in class {})",
            child.class.shown_name(),
            child.name,
            if get {
                "subtype of "
            } else if set {
                "supertype of "
            } else {
                ""
            },
            parent.ty.text(TypeScope { class: Some(parent.class), called: None }),
            parent.class.shown_name(),
        );
        self.fatal(&text)
    }

    /// A hook of the parent that the child does not override stays in force.
    fn inherit_hook(&mut self, child: PropRef, parent: PropRef, kind: usize) -> PhpResult {
        let Some(above) = parent.hooks[kind] else { return Ok(()) };
        let own = child.class == self.class;
        match child.hooks[kind] {
            None => {
                // A property without hooks implements the abstract ones of its parent by itself.
                let takes = match above.has(flags::ABSTRACT) {
                    true => child.slot == crate::class::NO_SLOT,
                    false => own,
                };
                if takes {
                    let own = self.own_copy(child);
                    edit_prop(own).hooks[kind] = Some(above);
                }
                Ok(())
            }
            Some(hook) if hook == above => Ok(()),
            Some(hook) => {
                if above.has(flags::FINAL) {
                    let kind = if kind == 0 { "get" } else { "set" };
                    let text = format!(
                        "Cannot override final property hook {}::${}::{kind}()",
                        parent.class.shown_name(),
                        parent.name
                    );
                    return Err(self.fatal_in(&text, hook));
                }
                self.check_override(hook, above, false)
            }
        }
    }
}

/// While its class is being linked: to change a property.
pub(super) fn edit_prop<'a>(info: PropRef) -> &'a mut PropInfo {
    // SAFETY: the property belongs to the class being linked, which nobody uses yet.
    unsafe { &mut *info.as_ptr().cast_mut() }
}

/// Completes the flags of a declaration: what is implied is made explicit.
pub(super) fn normal_flags(mut bits: u32, readonly_class: bool, hooks: &[Option<FuncRef>; 2]) -> u32 {
    if bits & (member::PUBLIC | member::PROTECTED | member::PRIVATE) == 0 {
        bits |= member::PUBLIC;
    }
    if readonly_class && bits & member::STATIC == 0 {
        bits |= member::READONLY;
    }
    if bits & member::READONLY != 0 && bits & SET_MASK == 0 && bits & member::PUBLIC != 0 {
        bits |= member::PROTECTED_SET;
    }
    let visibility = rank(bits);
    if bits & member::PUBLIC_SET != 0
        || bits & member::PROTECTED_SET != 0 && visibility >= 1
        || bits & member::PRIVATE_SET != 0 && visibility == 2
    {
        let same = bits & member::PUBLIC_SET == 0 || visibility == 0;
        if same {
            bits &= !SET_MASK;
        }
    }
    if bits & member::PRIVATE_SET != 0 {
        bits |= member::FINAL;
    }
    let abstract_only =
        hooks.iter().flatten().count() != 0 && hooks.iter().flatten().all(|h| h.has(flags::ABSTRACT));
    if abstract_only {
        bits |= member::VIRTUAL | member::ABSTRACT;
    }
    bits
}

/// 0: set as it is read; 1: protected(set); 2: private(set).
fn set_rank(bits: u32) -> u32 {
    match bits & SET_MASK {
        m if m & member::PRIVATE_SET != 0 => 2,
        m if m & member::PROTECTED_SET != 0 => 1,
        _ => 0,
    }
}

/// `protected(set)` and so on.
fn set_visibility_name(bits: u32) -> &'static str {
    match set_rank(bits) {
        2 => "private(set)",
        1 => "protected(set)",
        _ => "public(set)",
    }
}

fn only_get(info: PropRef) -> bool {
    info.has(member::VIRTUAL) && info.hooks[0].is_some() && info.hooks[1].is_none()
}

fn only_set(info: PropRef) -> bool {
    info.has(member::VIRTUAL) && info.hooks[1].is_some() && info.hooks[0].is_none()
}
