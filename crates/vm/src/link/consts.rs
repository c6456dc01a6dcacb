//! Class constants: own ones, inheritance, interfaces.

use super::methods::{rank, visibility_name};
use super::variance::{Verdict, covariant};
use super::{Linker, Pending};
use crate::class::{ClassConst, ClassRef, ConstRef, Kept, Lazy};
use crate::thrown::PhpResult;
use crate::types::Type;
use phalanx_bytecode::flags::member;
use std::cell::RefCell;

impl Linker<'_> {
    pub(super) fn own_consts(&mut self) {
        let class = self.class;
        for decl in self.decl.consts.iter() {
            let init = Lazy::from_init(&decl.value, self.unit, class);
            let constant = Kept::leak(ClassConst {
                name: decl.name.clone(),
                flags: decl.flags,
                class,
                value: RefCell::new(init.clone()),
                init,
                ty: Type::decl(&decl.ty),
                decl: Some(decl),
                native: None,
            });
            self.edit().consts.insert(decl.name.clone(), constant);
        }
    }

    /// Inherits a constant of the parent, or checks the own one against it.
    pub(super) fn inherit_const(&mut self, parent: ConstRef, from: ClassRef) -> PhpResult {
        let Some(&own) = self.class.consts.get(&parent.name) else {
            if parent.flags & member::PRIVATE == 0 {
                self.edit().consts.insert(parent.name.clone(), parent);
            }
            return Ok(());
        };
        if rank(own.flags) > rank(parent.flags) {
            let text = format!(
                "Access level to {}::{} must be {} (as in {} {}){}",
                self.class.shown_name(),
                own.name,
                visibility_name(parent.flags),
                super::kind_name(from.flags),
                from.name,
                if rank(parent.flags) == 0 { "" } else { " or weaker" },
            );
            return Err(self.fatal(&text));
        }
        if parent.flags & member::PRIVATE != 0 {
            return Ok(());
        }
        self.check_const(own, parent)
    }

    fn check_const(&mut self, own: ConstRef, parent: ConstRef) -> PhpResult {
        if parent.flags & member::FINAL != 0 {
            let text = format!(
                "{}::{} cannot override final constant {}::{}",
                own.class.shown_name(),
                own.name,
                parent.class.name,
                own.name
            );
            return Err(self.fatal(&text));
        }
        if !parent.ty.is_some() {
            return Ok(());
        }
        let verdict = if own.ty.is_some() {
            covariant(self.cx, own.ty, own.class, parent.ty, parent.class)
        } else {
            Verdict::Bad
        };
        match verdict {
            Verdict::Good => Ok(()),
            Verdict::Unknown => {
                self.pending.push(Pending::Const { child: own, parent });
                Ok(())
            }
            _ => Err(self.const_type_error(own, parent)),
        }
    }

    pub(super) fn const_type_error(&mut self, own: ConstRef, parent: ConstRef) -> crate::thrown::Thrown {
        let text = format!(
            "Type of {}::{} must be compatible with {}::{} of type {}",
            own.class.shown_name(),
            own.name,
            parent.class.name,
            parent.name,
            parent.ty.text(crate::types::TypeScope { class: Some(parent.class), called: None }),
        );
        self.fatal(&text)
    }

    /// Inherits a constant of an interface. Two that come from different interfaces are ambiguous.
    pub(super) fn inherit_interface_const(&mut self, constant: ConstRef, interface: ClassRef) -> PhpResult {
        let Some(&old) = self.class.consts.get(&constant.name) else {
            self.edit().consts.insert(constant.name.clone(), constant);
            return Ok(());
        };
        if old == constant || old.class == constant.class {
            return Ok(());
        }
        if old.class != self.class && !old.class.is_a(constant.class) {
            let kind = super::kind_name(self.class.flags);
            let mut kind = kind.to_owned();
            kind[..1].make_ascii_uppercase();
            let text = format!(
                "{kind} {} inherits both {}::{} and {}::{}, which is ambiguous",
                self.class.shown_name(),
                old.class.name,
                old.name,
                interface.name,
                constant.name,
            );
            return Err(self.fatal(&text));
        }
        if old.class != self.class {
            return Ok(());
        }
        self.inherit_const(constant, interface)
    }
}
