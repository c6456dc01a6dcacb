//! What is known of frames' slots between two instructions while a region is built.

use crate::ir::Val;
use crate::types::{ARRAY, BOOL, FLOAT, INT, NULL};
use phalanx_bytecode::unit::FuncProto;
use smallvec::SmallVec;

/// Where a slot's value is, and what it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// In memory, as the interpreter has it; nothing more is known.
    Mem,
    /// A temporary that holds nothing.
    Empty,
    Undef,
    Null,
    Bool(Val),
    Int(Val),
    Float(Val),
    /// Any value in its two words, owned by the slot.
    Boxed(Val, Val),
    /// In memory; an array, and the address of its block.
    Array(Val, ArrayFacts),
    /// A copy, not made yet, of an array that lies in a container: address of the value, address of the block.
    Borrowed(Val, Val, ArrayFacts),
}

/// What is known of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct ArrayFacts {
    /// It has no index.
    pub packed: bool,
    /// It has one owner, which is the slot.
    pub owned: bool,
}

impl ArrayFacts {
    /// Whether all that `other` says holds.
    fn include(self, other: ArrayFacts) -> bool {
        (self.packed || !other.packed) && (self.owned || !other.owned)
    }
}

impl Kind {
    /// Whether the value is known without looking into memory.
    pub(crate) fn is_scalar(self) -> bool {
        matches!(self, Kind::Undef | Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_))
    }

    /// The tags that the value may have, as bits; none if nothing is known of it.
    pub(crate) fn tags(self) -> u16 {
        match self {
            Kind::Int(_) => INT,
            Kind::Float(_) => FLOAT,
            Kind::Null => NULL,
            Kind::Bool(_) => BOOL,
            Kind::Array(..) => ARRAY,
            _ => 0,
        }
    }

    /// Whether memory cannot hold what the slot holds unless it is written there.
    pub(crate) fn is_register(self) -> bool {
        self.is_scalar() || matches!(self, Kind::Boxed(..) | Kind::Borrowed(..))
    }

    /// The values that say where it is.
    pub(crate) fn vals(self) -> impl Iterator<Item = Val> {
        let (one, two) = match self {
            Kind::Bool(val) | Kind::Int(val) | Kind::Float(val) | Kind::Array(val, _) => (Some(val), None),
            Kind::Boxed(one, two) | Kind::Borrowed(one, two, _) => (Some(one), Some(two)),
            _ => (None, None),
        };
        one.into_iter().chain(two)
    }

    /// The same with other values.
    pub(crate) fn with_vals(self, mut next: impl FnMut(Val) -> Val) -> Kind {
        match self {
            Kind::Bool(val) => Kind::Bool(next(val)),
            Kind::Int(val) => Kind::Int(next(val)),
            Kind::Float(val) => Kind::Float(next(val)),
            Kind::Array(val, facts) => Kind::Array(next(val), facts),
            Kind::Boxed(one, two) => Kind::Boxed(next(one), next(two)),
            Kind::Borrowed(one, two, facts) => Kind::Borrowed(next(one), next(two), facts),
            other => other,
        }
    }

    /// Whether code made for a slot of kind `for_` works for this one; at most a copy to memory is made on the way.
    pub(crate) fn fits(self, for_: Kind) -> bool {
        match (self, for_) {
            (Kind::Array(_, facts), Kind::Array(_, wanted)) => facts.include(wanted),
            (Kind::Borrowed(_, _, facts), Kind::Borrowed(_, _, wanted)) => facts.include(wanted),
            (Kind::Array(..), Kind::Mem) => true,
            _ => std::mem::discriminant(&self) == std::mem::discriminant(&for_),
        }
    }
}

/// A slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slot {
    pub kind: Kind,
    /// Memory holds something else, which owns nothing.
    pub dirty: bool,
}

impl Slot {
    pub(crate) const MEM: Slot = Slot { kind: Kind::Mem, dirty: false };
    pub(crate) const EMPTY: Slot = Slot { kind: Kind::Empty, dirty: false };

    pub(crate) fn clean(kind: Kind) -> Slot {
        Slot { kind, dirty: false }
    }

    pub(crate) fn dirty(kind: Kind) -> Slot {
        Slot { kind, dirty: true }
    }
}

/// Number of a [`Context`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct CtxId(pub u32);

/// A function in a region: the one that the region belongs to, or one that is inlined at a call.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub parent: Option<CtxId>,
    pub proto: *const FuncProto,
    /// Bytes from the top of the VM stack to its frame, if it is inlined.
    pub base: u32,
    /// Of an inlined one: the CALL, the cache word of the function in the caller, arguments, slot for the result.
    pub call_at: u32,
    pub func_word: u32,
    pub num_args: u32,
    pub ret: u32,
}

/// A call that was begun.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pending {
    pub proto: *const FuncProto,
    /// The frame that it will have, and the function, as values.
    pub fp: Val,
    pub func: Val,
    /// The object whose method it is.
    pub this: Option<Val>,
    pub func_word: u32,
    /// Bytes from the top of the VM stack to its frame.
    pub base: u32,
    /// The INIT.
    pub at: u32,
    /// Arguments sent so far.
    pub args: Vec<Slot>,
}

/// A frame.
#[derive(Debug, PartialEq)]
pub(crate) struct FrameState {
    pub ctx: CtxId,
    /// Its address, its inline caches, `$this` of an inlined one, as values.
    pub fp: Val,
    pub cache: Val,
    pub this: Option<Val>,
    /// Where the VM stack ends, as far as handlers have pushed frames.
    pub top: Val,
    pub slots: Vec<Slot>,
    pub pending: Vec<Pending>,
    /// Calls that handlers have begun: their frames lie on the VM stack.
    pub begun: u32,
    /// Its header is in memory.
    pub written: bool,
}

impl Clone for FrameState {
    fn clone(&self) -> FrameState {
        FrameState { slots: self.slots.clone(), pending: self.pending.clone(), ..*self }
    }

    // A state is kept for each instruction: the memory of the last one will do.
    fn clone_from(&mut self, from: &FrameState) {
        let (mut slots, mut pending) = (std::mem::take(&mut self.slots), std::mem::take(&mut self.pending));
        slots.clone_from(&from.slots);
        pending.clone_from(&from.pending);
        *self = FrameState { slots, pending, ..*from };
    }
}

/// All frames of the region, outermost first.
#[derive(Debug, PartialEq)]
pub(crate) struct State {
    pub frames: SmallVec<[FrameState; 1]>,
}

impl Clone for State {
    fn clone(&self) -> State {
        State { frames: self.frames.clone() }
    }

    fn clone_from(&mut self, from: &State) {
        self.frames.clone_from(&from.frames);
    }
}

impl State {
    pub(crate) fn top(&self) -> &FrameState {
        &self.frames[self.frames.len() - 1]
    }

    pub(crate) fn top_mut(&mut self) -> &mut FrameState {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// All slots, those of calls begun included.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.frames
            .iter()
            .flat_map(|frame| frame.slots.iter().chain(frame.pending.iter().flat_map(|call| &call.args)))
    }

    pub(crate) fn slots_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.frames.iter_mut().flat_map(|frame| {
            frame.slots.iter_mut().chain(frame.pending.iter_mut().flat_map(|call| &mut call.args))
        })
    }

    /// Calls `then` with the addresses that the frames are reached by, those that all paths share left out.
    pub(crate) fn addresses_mut(&mut self, mut then: impl FnMut(&mut Val)) {
        for (depth, frame) in self.frames.iter_mut().enumerate() {
            if depth > 0 {
                then(&mut frame.fp);
                then(&mut frame.cache);
                frame.this.iter_mut().for_each(&mut then);
            }
            if depth > 0 || frame.begun > 0 {
                then(&mut frame.top);
            }
            for call in &mut frame.pending {
                then(&mut call.fp);
                then(&mut call.func);
                call.this.iter_mut().for_each(&mut then);
            }
        }
    }

    /// Whether the two have the same frames and calls, so that slots correspond.
    pub(crate) fn same_shape(&self, other: &State) -> bool {
        self.frames.len() == other.frames.len()
            && self.frames.iter().zip(&other.frames).all(|(one, two)| {
                one.ctx == two.ctx
                    && one.begun == two.begun
                    && one.written == two.written
                    && one.pending.len() == two.pending.len()
                    && one
                        .pending
                        .iter()
                        .zip(&two.pending)
                        .all(|(one, two)| one.at == two.at && one.args.len() == two.args.len())
            })
    }
}
