//! What surrounds the code being compiled: the class, `declare` directives, loops and `try` blocks.

use crate::member::MemberKind;
use crate::operand::Label;
use crate::strings::StrId;
use phalanx_bytecode::draft::ClassIdx;
use phalanx_syntax::ast::{ClassKind, Modifiers};
use rustc_hash::FxHashSet;

/// The class around the code.
pub(crate) struct ClassScope {
    pub(crate) index: ClassIdx,
    /// Full name.
    pub(crate) name: StrId,
    pub(crate) parent: Option<StrId>,
    pub(crate) is_trait: bool,
    pub(crate) is_anonymous: bool,
    pub(crate) kind: ClassKind,
    pub(crate) modifiers: Modifiers,
    /// Backing type of an enum, as in [`phalanx_bytecode::draft::ClassDraft`].
    pub(crate) enum_type: u32,
    pub(crate) member_names: FxHashSet<(MemberKind, StrId)>,
}

/// What `declare` has set.
#[derive(Clone, Copy, Default)]
pub(crate) struct Declares {
    pub(crate) strict_types: bool,
    /// 0 is off.
    pub(crate) ticks: i64,
}

/// Something that a jump out of it has to clean up, innermost last.
#[derive(Clone, Copy, Debug)]
pub(crate) enum JumpScope {
    /// A loop or switch: what `break` and `continue` know.
    Loop(LoopScope),
    /// The protected part of a `try` with `finally`: leaving it runs the block.
    Finally { block: Label, memory: u32 },
    /// The `finally` block itself: leaving it forgets the pending exception.
    InFinally { memory: u32 },
}

/// A loop or switch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoopScope {
    pub(crate) break_to: Label,
    pub(crate) continue_to: Label,
    /// The iterator of a `foreach` or the subject of a `switch`, which leaving releases.
    pub(crate) holds: Option<Held>,
    pub(crate) is_switch: bool,
}

/// A temporary that a loop or switch holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Held {
    Iterator(u32),
    Value(u32),
}
