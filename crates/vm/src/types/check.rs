//! Whether a value is of a type as it stands.

use super::{Part, Type, TypeScope};
use crate::class::ClassRef;
use crate::{Context, callable};
use phalanx_bytecode::types as bit;
use phalanx_bytecode::unit::TypeRef;
use phalanx_value::{PhpString, Value};

impl Type<'_> {
    /// Whether `value`, which is no reference, is of the type without any conversion. Loads no classes.
    #[inline]
    pub fn admits(&self, cx: &mut Context, value: &Value, scope: TypeScope) -> bool {
        if self.bits() & 1 << value.tag() as u32 != 0 {
            return true;
        }
        self.admits_slow(cx, value, scope)
    }

    #[inline(never)]
    fn admits_slow(&self, cx: &mut Context, value: &Value, scope: TypeScope) -> bool {
        let bits = self.bits();
        if let Some(object) = value.as_object() {
            let class = ClassRef::of(object);
            let fits = match self {
                Type::None => true,
                Type::Decl(ty) => decl_admits(cx, ty, class, scope),
                Type::Native(ty) => {
                    ty.classes.iter().any(|name| class_is(cx, class, name.as_bytes(), None, scope))
                }
            };
            if fits
                || bits & bit::STATIC != 0 && scope.called.is_some_and(|called| class.is_a(called))
                || bits & bit::ITERABLE != 0 && class_is(cx, class, b"traversable", None, scope)
            {
                return true;
            }
        } else if !self.is_some() || bits & bit::ITERABLE != 0 && value.is_array() {
            return true;
        }
        bits & bit::CALLABLE != 0 && callable::is_callable(cx, value, scope.class)
    }
}

fn decl_admits(cx: &mut Context, ty: &TypeRef, class: ClassRef, scope: TypeScope) -> bool {
    if ty.intersection != 0 {
        return ty.members.iter().all(|member| decl_admits(cx, member, class, scope));
    }
    if let Some(name) = &ty.class
        && class_is(cx, class, name, ty.class_lc.as_ref(), scope)
    {
        return true;
    }
    ty.members.iter().any(|member| decl_admits(cx, member, class, scope))
}

/// Whether `class` is what `name` (in `scope`) says, or a descendant. Loads no classes.
pub(super) fn class_is(
    cx: &mut Context,
    class: ClassRef,
    name: &[u8],
    lc_name: Option<&PhpString>,
    scope: TypeScope,
) -> bool {
    if let Some(lc_name) = lc_name {
        if cx.instances.knows(class, lc_name) {
            return true;
        }
        if lc_name == "self" {
            return scope.class.is_some_and(|scope| class.is_a(scope));
        }
        if lc_name == "parent" {
            return scope.class.and_then(|scope| scope.parent).is_some_and(|parent| class.is_a(parent));
        }
        let is = class.lc_name == *lc_name || cx.find_class(lc_name).is_some_and(|other| class.is_a(other));
        if is {
            cx.instances.learn(class, lc_name);
        }
        return is;
    }
    let lower = name.to_ascii_lowercase();
    match &lower[..] {
        b"self" => scope.class.is_some_and(|scope| class.is_a(scope)),
        b"parent" => scope.class.and_then(|scope| scope.parent).is_some_and(|parent| class.is_a(parent)),
        lower => class.lc_name == *lower || cx.find_class(lower).is_some_and(|other| class.is_a(other)),
    }
}

impl Type<'_> {
    /// Whether objects of `class` are of the type.
    pub fn admits_class(&self, cx: &mut Context, class: ClassRef, scope: TypeScope) -> bool {
        if self.bits() & bit::OBJECT != 0 {
            return true;
        }
        self.parts().into_iter().any(|part| match part {
            Part::Class(name, lc_name) => class_is(cx, class, name, lc_name, scope),
            Part::All(members) => members.iter().all(|member| decl_admits(cx, member, class, scope)),
        })
    }
}
