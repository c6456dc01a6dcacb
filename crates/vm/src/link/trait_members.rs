//! Constants and properties of traits.

use super::Linker;
use super::variance::{Verdict, same};
use crate::class::{ClassConst, ClassRef, ConstRef, Kept, Lazy, NO_SLOT, PropInfo, PropRef};
use crate::func::FuncRef;
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::{class as class_flags, member};
use phalanx_value::Value;
use std::cell::RefCell;

const VISIBILITY: u32 = member::PUBLIC | member::PROTECTED | member::PRIVATE;
const SET: u32 = member::PUBLIC_SET | member::PROTECTED_SET | member::PRIVATE_SET;

impl Linker<'_> {
    pub(super) fn bind_consts(&mut self, traits: &[ClassRef]) -> PhpResult {
        for (index, from) in traits.iter().enumerate() {
            for (name, constant) in from.consts.entries() {
                if let Some(&old) = self.class.consts.get(name) {
                    if self.same_const(old, *constant)? {
                        continue;
                    }
                    let first = self.first_owner(&traits[..index], |t| t.consts.get(name).is_some());
                    let text = format!(
                        "{} and {} define the same constant ({name}) in the composition of {}. However, the definition \
                         differs and is considered incompatible. Class was composed",
                        first.shown_name(),
                        from.name,
                        self.class.shown_name()
                    );
                    return Err(self.fatal(&text));
                }
                let class = self.class;
                let init = rescope(&constant.init, class);
                let copy = Kept::leak(ClassConst {
                    name: constant.name.clone(),
                    flags: constant.flags,
                    class,
                    value: RefCell::new(init.clone()),
                    init,
                    ty: constant.ty,
                    decl: constant.decl,
                    native: constant.native,
                });
                self.edit().consts.insert(name.clone(), copy);
            }
        }
        Ok(())
    }

    fn same_const(&mut self, old: ConstRef, new: ConstRef) -> PhpResult<bool> {
        const MASK: u32 = VISIBILITY | member::FINAL;
        if old.flags & MASK != new.flags & MASK || old.ty.is_some() != new.ty.is_some() {
            return Ok(false);
        }
        if old.ty.is_some() && same(self.cx, old.ty, old.class, new.ty, new.class) != Verdict::Good {
            return Ok(false);
        }
        self.same_value(old.init.clone(), new.init.clone())
    }

    /// Whether two initial values are identical; expressions are computed for that.
    fn same_value(&mut self, one: Lazy, two: Lazy) -> PhpResult<bool> {
        let class = self.class;
        if !one.is_known() || !two.is_known() {
            self.belongs_to_request();
        }
        let one = self.cx.force(&rescope(&one, class))?;
        let two = self.cx.force(&rescope(&two, class))?;
        Ok(one.is_undef() == two.is_undef()
            && (one.is_undef() || crate::compare::identical(self.cx, &one, &two)?))
    }

    /// Who brought what collides: the class itself, or an earlier trait.
    fn first_owner(&self, earlier: &[ClassRef], has: impl Fn(&ClassRef) -> bool) -> ClassRef {
        earlier.iter().copied().find(|class| has(class)).unwrap_or(self.class)
    }

    pub(super) fn bind_props(&mut self, traits: &[ClassRef]) -> PhpResult {
        for (index, &from) in traits.iter().enumerate() {
            for (_, info) in from.props.entries() {
                self.bind_prop(&traits[..index], from, *info)?;
            }
        }
        Ok(())
    }

    fn bind_prop(&mut self, earlier: &[ClassRef], from: ClassRef, info: PropRef) -> PhpResult {
        let class = self.class;
        let init = init_of(from, info);
        if let Some(&old) = class.props.get(&info.name) {
            if old.has_hooks() || info.has_hooks() {
                return Err(self.hook_conflict(earlier, from, info));
            }
            const MASK: u32 = VISIBILITY | SET | member::STATIC | member::READONLY;
            let alike = old.flags & MASK == info.flags & MASK
                && old.ty.is_some() == info.ty.is_some()
                && same(self.cx, old.ty, class, info.ty, class) == Verdict::Good;
            if alike && self.same_value(init_of(class, old), init)? {
                return Ok(());
            }
            let first = self.first_owner(earlier, |t| t.props.get(&info.name).is_some());
            let text = format!(
                "{} and {} define the same property (${}) in the composition of {}. However, the definition differs \
                 and is considered incompatible. Class was composed",
                first.shown_name(),
                from.name,
                info.name,
                class.shown_name()
            );
            return Err(self.fatal(&text));
        }
        if class.has(class_flags::READONLY) && !info.has(member::READONLY) {
            let text = format!(
                "Readonly class {} cannot use trait with a non-readonly property {}::${}",
                class.shown_name(),
                from.name,
                info.name
            );
            return Err(self.fatal(&text));
        }
        let hooks = info.hooks.map(|hook| hook.map(|hook| FuncRef::leak(self.copy(hook, Some(class)))));
        let copy = PropInfo {
            name: info.name.clone(),
            flags: info.flags,
            slot: 0,
            class,
            root: class,
            fast_bits: 0,
            ty: info.ty,
            hooks,
            decl: info.decl,
            doc: info.doc.clone(),
        };
        self.add_prop(copy, rescope(&init, class));
        Ok(())
    }

    fn hook_conflict(&mut self, earlier: &[ClassRef], from: ClassRef, info: PropRef) -> Thrown {
        let first = self.first_owner(earlier, |t| t.props.get(&info.name).is_some());
        let text = format!(
            "{} and {} define the same hooked property (${}) in the composition of {}. Conflict resolution between \
             hooked properties is currently not supported. Class was composed",
            first.shown_name(),
            from.name,
            info.name,
            self.class.shown_name()
        );
        self.fatal(&text)
    }
}

/// What a property of `class` begins with.
fn init_of(class: ClassRef, info: PropRef) -> Lazy {
    if info.has(member::STATIC) {
        class.static_inits[info.slot as usize].clone()
    } else if info.slot == NO_SLOT {
        Lazy::Value(Value::UNDEF)
    } else {
        class.inits[info.slot as usize].clone()
    }
}

/// The same initial value, computed in the scope of another class.
fn rescope(init: &Lazy, class: ClassRef) -> Lazy {
    match init {
        Lazy::Code(unit, code, _) => Lazy::Code(*unit, *code, class),
        other => other.clone(),
    }
}
