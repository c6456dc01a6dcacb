//! Subtyping of declared types: covariance of returns and readable properties, contravariance of parameters.
//!
//! Classes are looked up without loading them; where one is missing and matters the verdict is [`Verdict::Unknown`].

use crate::Context;
use crate::class::{ClassRef, state};
use crate::types::{Part, Type, resolve_name};
use phalanx_bytecode::types as bit;

/// Outcome of a comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// It fits.
    Good,
    /// It does not.
    Bad,
    /// It does not, but the parent is native and says so tentatively.
    Warn,
    /// A class that matters is not loaded.
    Unknown,
}

impl Verdict {
    /// `Bad` beats `Unknown` beats `Warn` beats `Good`.
    pub(crate) fn and(self, other: Verdict) -> Verdict {
        let weight = |v: Verdict| match v {
            Verdict::Good => 0,
            Verdict::Warn => 1,
            Verdict::Unknown => 2,
            Verdict::Bad => 3,
        };
        if weight(other) > weight(self) { other } else { self }
    }
}

/// A class by a name that stands in a type, among those known and those being linked.
pub(super) fn find(cx: &mut Context, name: &[u8], scope: ClassRef) -> Option<ClassRef> {
    let name = resolve_name(name, Some(scope));
    let lower = name.to_ascii_lowercase();
    if scope.lc_name == *lower {
        return Some(scope);
    }
    if let Some(&class) = cx.oop.linking.iter().find(|class| class.lc_name == *lower) {
        let is_last = cx.oop.linking.last() == Some(&class);
        if let Some(consulted) = &mut cx.oop.consulted {
            consulted.unlinked |= !is_last;
        }
        return Some(class);
    }
    let class = cx.find_class(&lower)?;
    if let Some(consulted) = &mut cx.oop.consulted {
        consulted.classes.push((lower, class));
    }
    Some(class)
}

/// Whether `child`, written in `child_scope`, is a subtype of `parent`.
pub(super) fn covariant(
    cx: &mut Context,
    child: Type<'_>,
    child_scope: ClassRef,
    parent: Type<'_>,
    parent_scope: ClassRef,
) -> Verdict {
    let (child_bits, parent_bits) = (child.plain_bits(), parent.plain_bits());
    if parent.is_mixed() && child_bits & bit::VOID == 0 {
        return Verdict::Good;
    }
    let parent_parts = parent.parts();
    let mut added = child_bits & !parent_bits;
    if added & bit::STATIC != 0 && permits(cx, &parent_parts, parent_bits, parent_scope, child_scope) {
        added &= !bit::STATIC;
    }
    if added == bit::NEVER {
        return Verdict::Good;
    }
    if added != 0 {
        return Verdict::Bad;
    }
    let mut verdict = Verdict::Good;
    for part in child.parts() {
        let one = match part {
            Part::Class(name, _) => {
                class_fits(cx, &[name], child_scope, &parent_parts, parent_bits, parent_scope)
            }
            Part::All(members) => {
                let names: Vec<&[u8]> = members.iter().filter_map(|m| m.class.as_deref()).collect();
                class_fits(cx, &names, child_scope, &parent_parts, parent_bits, parent_scope)
            }
        };
        verdict = verdict.and(one);
    }
    verdict
}

/// Whether something that is of all classes `names` is of one of the parts.
fn class_fits(
    cx: &mut Context,
    names: &[&[u8]],
    scope: ClassRef,
    parts: &[Part<'_>],
    bits: u32,
    parent_scope: ClassRef,
) -> Verdict {
    let mut unknown = false;
    if bits & bit::OBJECT != 0 {
        if names.iter().any(|name| find(cx, name, scope).is_some()) {
            return Verdict::Good;
        }
        unknown = true;
    }
    if bits & bit::CALLABLE != 0 && names.iter().any(|name| name.eq_ignore_ascii_case(b"closure")) {
        return Verdict::Good;
    }
    if bits & bit::STATIC != 0 && parts.is_empty() && names.len() == 1 {
        // `static` in the parent admits only `static` in the child, which is a bit.
        return Verdict::Bad;
    }
    for part in parts {
        let wanted: Vec<&[u8]> = match part {
            Part::Class(name, _) => vec![name],
            Part::All(members) => members.iter().filter_map(|m| m.class.as_deref()).collect(),
        };
        let mut verdict = Verdict::Good;
        for want in wanted {
            verdict = verdict.and(one_of(cx, names, scope, want, parent_scope));
        }
        match verdict {
            Verdict::Good => return Verdict::Good,
            Verdict::Unknown => unknown = true,
            _ => {}
        }
    }
    if unknown { Verdict::Unknown } else { Verdict::Bad }
}

/// Whether one of the classes `names` is `want` or a descendant.
fn one_of(cx: &mut Context, names: &[&[u8]], scope: ClassRef, want: &[u8], want_scope: ClassRef) -> Verdict {
    let resolved = resolve_name(want, Some(want_scope)).into_owned();
    let mut unknown = false;
    for name in names {
        let own = resolve_name(name, Some(scope));
        if own.eq_ignore_ascii_case(&resolved) {
            return Verdict::Good;
        }
        match (find(cx, &own, scope), find(cx, &resolved, want_scope)) {
            (Some(child), Some(parent)) if is_a(cx, child, parent) => return Verdict::Good,
            (Some(_), Some(_)) => {}
            _ => unknown = true,
        }
    }
    if unknown { Verdict::Unknown } else { Verdict::Bad }
}

/// Whether `class` is `other` or will be a descendant once it is linked. A class that still waits for its parent is in
/// a cycle of types that load each other, where its declaration says what it will be.
fn is_a(cx: &mut Context, class: ClassRef, other: ClassRef) -> bool {
    // No chain of classes on their way is longer than their number, unless it is a circle.
    let longest = cx.oop.linking.len();
    will_be(cx, class, other, longest)
}

fn will_be(cx: &mut Context, class: ClassRef, other: ClassRef, steps: usize) -> bool {
    if class.is_a(other) {
        return true;
    }
    let Some(decl) = class.decl.filter(|_| !class.has(state::LINKED) && steps > 0) else { return false };
    decl.parent.iter().chain(decl.interfaces.iter()).any(|above| {
        // Not by `find`, to which `self` and `parent` are more than names.
        let on_its_way = cx.oop.linking.iter().find(|class| class.lc_name == above.lc).copied();
        let above = on_its_way.or_else(|| cx.find_class(&above.lc));
        above.is_some_and(|above| will_be(cx, above, other, steps - 1))
    })
}

/// Whether objects of `class` are of one of the parts: then `static` is.
fn permits(cx: &mut Context, parts: &[Part<'_>], bits: u32, scope: ClassRef, class: ClassRef) -> bool {
    if bits & bit::OBJECT != 0 {
        return true;
    }
    parts.iter().any(|part| match part {
        Part::Class(name, _) => find(cx, name, scope).is_some_and(|other| class.is_a(other)),
        Part::All(members) => members
            .iter()
            .filter_map(|m| m.class.as_deref())
            .all(|name| find(cx, name, scope).is_some_and(|other| class.is_a(other))),
    })
}

/// Whether both types are the same, but for the order.
pub(super) fn same(
    cx: &mut Context,
    one: Type<'_>,
    one_scope: ClassRef,
    other: Type<'_>,
    other_scope: ClassRef,
) -> Verdict {
    if one.plain_bits() == other.plain_bits() {
        let text =
            |ty: Type<'_>, class| ty.text(crate::types::TypeScope { class: Some(class), called: None });
        if text(one, one_scope).eq_ignore_ascii_case(&text(other, other_scope)) {
            return Verdict::Good;
        }
    }
    covariant(cx, one, one_scope, other, other_scope).and(covariant(cx, other, other_scope, one, one_scope))
}

/// A class name in `ty` that is not known.
pub(super) fn unknown_class(cx: &mut Context, ty: Type<'_>, scope: ClassRef) -> Option<String> {
    let mut names = Vec::new();
    ty.each_class(&mut |name| names.push(name.to_vec()));
    let name = names.into_iter().find(|name| find(cx, name, scope).is_none())?;
    Some(String::from_utf8_lossy(&name).into_owned())
}
