//! Modifiers, and which of them go together.

use super::{Parsed, Parser};
use crate::ast::Modifiers;
use crate::error::Fault;
use crate::token::TokenKind as T;

/// What modifiers stand before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Target {
    Property,
    Method,
    Constant,
    Parameter,
    Hook,
}

impl Target {
    /// As messages name it.
    pub(super) fn place(self) -> &'static str {
        match self {
            Self::Property => "a property",
            Self::Method => "a method",
            Self::Constant => "a class constant",
            Self::Parameter => "a parameter",
            Self::Hook => "a property hook",
        }
    }

    /// The modifiers that mean something here.
    pub(super) fn allowed(self) -> Modifiers {
        let visibility = Modifiers::VISIBILITY;
        let full = visibility.union(Modifiers::SET_VISIBILITY);
        match self {
            Self::Property => full
                .union(Modifiers::STATIC)
                .union(Modifiers::ABSTRACT)
                .union(Modifiers::FINAL)
                .union(Modifiers::READONLY),
            Self::Method => {
                visibility.union(Modifiers::STATIC).union(Modifiers::ABSTRACT).union(Modifiers::FINAL)
            }
            Self::Constant => visibility.union(Modifiers::FINAL),
            Self::Parameter => full.union(Modifiers::READONLY),
            Self::Hook => Modifiers::FINAL,
        }
    }
}

/// The modifier that a token is.
pub(super) fn modifier(kind: T) -> Option<(Modifiers, &'static str)> {
    Some(match kind {
        T::Public => (Modifiers::PUBLIC, "public"),
        T::Protected => (Modifiers::PROTECTED, "protected"),
        T::Private => (Modifiers::PRIVATE, "private"),
        T::PublicSet => (Modifiers::PUBLIC_SET, "public(set)"),
        T::ProtectedSet => (Modifiers::PROTECTED_SET, "protected(set)"),
        T::PrivateSet => (Modifiers::PRIVATE_SET, "private(set)"),
        T::Static => (Modifiers::STATIC, "static"),
        T::Abstract => (Modifiers::ABSTRACT, "abstract"),
        T::Final => (Modifiers::FINAL, "final"),
        T::Readonly => (Modifiers::READONLY, "readonly"),
        _ => return None,
    })
}

/// A sequence of modifiers as written; they are checked once it is known what they stand before.
#[derive(Clone, Copy, Default)]
pub(super) struct ModifierList {
    /// All of them.
    pub set: Modifiers,
    /// In order, as long as they are few; PHP has ten different ones, so an overflow is a repetition anyway.
    kinds: [Option<T>; 12],
    len: usize,
}

impl ModifierList {
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Parser<'_> {
    /// Member modifiers, as many as there are.
    pub(super) fn modifier_list(&mut self) -> ModifierList {
        let mut list = ModifierList::default();
        while let Some((flag, _)) = modifier(self.tok.kind) {
            if list.len < list.kinds.len() {
                list.kinds[list.len] = Some(self.tok.kind);
                list.len += 1;
            }
            list.set = list.set.union(flag);
            self.bump();
        }
        list
    }

    /// Reports modifiers that have no meaning before `target` or exclude each other.
    pub(super) fn check_modifiers(&mut self, list: &ModifierList, target: Target) -> Parsed<Modifiers> {
        let mut seen = Modifiers::NONE;
        for (flag, text) in list.kinds.iter().flatten().filter_map(|&kind| modifier(kind)) {
            if !target.allowed().contains(flag) {
                return self
                    .fail(Fault::ModifierNotAllowed { modifier: text, place: target.place() }, self.tok.end);
            }
            let both_in = |group: Modifiers| group.intersects(flag) && group.intersects(seen);
            if both_in(Modifiers::VISIBILITY) || both_in(Modifiers::SET_VISIBILITY) {
                return self.fail(Fault::MultipleModifiers { what: "access type" }, self.tok.end);
            }
            if seen.contains(flag) {
                return self.fail(Fault::MultipleModifiers { what: text }, self.tok.end);
            }
            seen = seen.union(flag);
            if seen.contains(Modifiers::ABSTRACT.union(Modifiers::FINAL)) {
                let place =
                    if target == Target::Method { "an abstract method" } else { "an abstract property" };
                return self.fail(Fault::ModifierNotAllowed { modifier: "final", place }, self.tok.end);
            }
        }
        Ok(seen)
    }

    /// `abstract`, `final` and `readonly` before `class`.
    pub(super) fn class_modifiers(&mut self, anonymous: bool) -> Parsed<Modifiers> {
        let mut seen = Modifiers::NONE;
        while matches!(self.tok.kind, T::Abstract | T::Final | T::Readonly) {
            let Some((flag, text)) = modifier(self.tok.kind) else { break };
            self.bump();
            if anonymous && flag != Modifiers::READONLY {
                return self.fail(
                    Fault::ModifierNotAllowed { modifier: text, place: "an anonymous class" },
                    self.last_end,
                );
            }
            if seen.contains(flag) {
                return self.fail(Fault::MultipleModifiers { what: text }, self.last_end);
            }
            seen = seen.union(flag);
            if seen.contains(Modifiers::ABSTRACT.union(Modifiers::FINAL)) {
                return self.fail(
                    Fault::ModifierNotAllowed { modifier: "final", place: "an abstract class" },
                    self.last_end,
                );
            }
        }
        Ok(seen)
    }
}
