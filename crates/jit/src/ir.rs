//! The typed SSA form that regions are built in, improved in, and lowered from.
//!
//! A [`Func`] is a graph of blocks with parameters. Values are unboxed: ints, floats, truths and addresses; tags exist
//! only where values are loaded, stored, or described by a [`Snapshot`]. Whatever may leave the code names a snapshot,
//! which says how the interpreter's frames are rebuilt there.
//!
//! Invariant (checked by [`verify`] in debug builds): a value is defined once, before its uses on every path, and used
//! with its own type; jumps pass as many arguments as their target has parameters.

pub(crate) mod dump;
pub(crate) mod graph;
pub(crate) mod verify;

use crate::runtime::Helper;
pub(crate) use crate::snapshot::{SnapId, Snapshot};
use smallvec::SmallVec;

/// A value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct Val(pub u32);

/// What an edge passes, what a block is given: seldom many.
pub(crate) type Vals = SmallVec<[Val; 8]>;

/// A block.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct Blk(pub u32);

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Ty {
    Int,
    Float,
    Bool,
    /// An address, or a word that is passed on as it is.
    Word,
    /// Instructions without a result.
    None,
}

/// Operators of ints that cannot leave the code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum IntOp {
    Add,
    Sub,
    Mul,
    And,
    Or,
    Xor,
    /// By less than 64.
    Shl,
    /// By less than 64, with sign.
    Shr,
    /// By neither 0 nor -1.
    Rem,
}

/// Operators of floats.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum FloatOp {
    Add,
    Sub,
    Mul,
    Div,
}

/// Relations. Of ints they are signed, `Below` is not; of floats they are false when not ordered, save `Ne`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Cmp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// Unsigned less.
    Below,
}

impl Cmp {
    /// The relation that holds of ints when this one does not.
    pub(crate) fn negated(self) -> Option<Cmp> {
        Some(match self {
            Cmp::Eq => Cmp::Ne,
            Cmp::Ne => Cmp::Eq,
            Cmp::Lt => Cmp::Ge,
            Cmp::Le => Cmp::Gt,
            Cmp::Gt => Cmp::Le,
            Cmp::Ge => Cmp::Lt,
            Cmp::Below => return None,
        })
    }

    /// The relation with its sides exchanged.
    pub(crate) fn swapped(self) -> Option<Cmp> {
        Some(match self {
            Cmp::Eq | Cmp::Ne => self,
            Cmp::Lt => Cmp::Gt,
            Cmp::Le => Cmp::Ge,
            Cmp::Gt => Cmp::Lt,
            Cmp::Ge => Cmp::Le,
            Cmp::Below => return None,
        })
    }
}

/// How memory is read and written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Width {
    /// A byte, in a word.
    Byte,
    /// Four bytes, in a word.
    Half,
    Word,
    Float,
}

/// What memory belongs to: accesses of different regions never touch the same bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Region {
    /// Never changes while the code runs: functions, classes of objects, filled caches.
    Fixed,
    /// Slots and headers of frames.
    Frame,
    /// Headers of arrays, and counts.
    Header,
    /// Elements of arrays, and properties.
    Heap,
    /// Fields of the context, and the words that are polled.
    Context,
}

/// An instruction.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Inst {
    /// Parameter of its block.
    Param,
    Int(i64),
    Float(f64),
    Bool(bool),
    /// An address that all threads share, or a number that is only passed on.
    Word(u64),
    IntOp(IntOp, Val, Val),
    /// Add, Sub or Mul; leaves when the result is no int.
    Checked(IntOp, Val, Val, SnapId),
    FloatOp(FloatOp, Val, Val),
    IntCmp(Cmp, Val, Val),
    FloatCmp(Cmp, Val, Val),
    Not(Val),
    ToFloat(Val),
    /// A truth as 0 or 1.
    BoolToInt(Val),
    /// An int as a word, a float's bits as a word, and back.
    IntToWord(Val),
    WordToInt(Val),
    FloatToWord(Val),
    WordToFloat(Val),
    /// Address plus a number of bytes.
    Offset(Val, i32),
    /// Address plus a number of bytes that is an int.
    Element(Val, Val),
    Load(Width, Val, i32, Region),
    /// Width, address, offset, what is stored.
    Store(Width, Val, i32, Val, Region),
    /// Leaves unless the truth is as it says.
    Guard(Val, bool, SnapId),
    /// A function of the runtime.
    Call(Helper, Vec<Val>),
    /// Compiled code of a function: entry, frame. The payload of its result; [`Inst::Second`] is the other word.
    CallCode(Val, Val),
    /// The second word of a call's result.
    Second(Val),
    /// The machine's stack pointer.
    StackPointer,
    /// Leaves if the word at an address, which others set, is not 0.
    Poll(Val, SnapId),
}

/// Looks at the operands of an instruction, or replaces them: one list of both.
macro_rules! each_operand {
    ($inst:expr, |$val:ident| $then:expr, $iter:ident) => {
        match $inst {
            Inst::Param
            | Inst::Int(_)
            | Inst::Float(_)
            | Inst::Bool(_)
            | Inst::Word(_)
            | Inst::StackPointer => {}
            Inst::Not($val)
            | Inst::ToFloat($val)
            | Inst::BoolToInt($val)
            | Inst::IntToWord($val)
            | Inst::WordToInt($val)
            | Inst::FloatToWord($val)
            | Inst::WordToFloat($val)
            | Inst::Offset($val, _)
            | Inst::Load(_, $val, ..)
            | Inst::Guard($val, ..)
            | Inst::Poll($val, _)
            | Inst::Second($val) => $then,
            Inst::IntOp(_, a, b)
            | Inst::Checked(_, a, b, _)
            | Inst::FloatOp(_, a, b)
            | Inst::IntCmp(_, a, b)
            | Inst::FloatCmp(_, a, b)
            | Inst::Element(a, b)
            | Inst::Store(_, a, _, b, _)
            | Inst::CallCode(a, b) => {
                for $val in [a, b] {
                    $then;
                }
            }
            Inst::Call(_, args) => {
                for $val in args.$iter() {
                    $then;
                }
            }
        }
    };
}

impl Inst {
    /// Calls `then` with each operand.
    pub(crate) fn operands(&self, mut then: impl FnMut(Val)) {
        each_operand!(self, |val| then(*val), iter)
    }

    /// Calls `then` with each operand, to replace it.
    pub(crate) fn operands_mut(&mut self, mut then: impl FnMut(&mut Val)) {
        each_operand!(self, |val| then(val), iter_mut)
    }

    /// The snapshot by which it may leave.
    pub(crate) fn snapshot(&self) -> Option<SnapId> {
        match self {
            Inst::Checked(.., snap) | Inst::Guard(.., snap) | Inst::Poll(.., snap) => Some(*snap),
            _ => None,
        }
    }

    /// Whether it has to stay even if nobody uses its value.
    pub(crate) fn has_effect(&self) -> bool {
        matches!(
            self,
            Inst::Checked(..)
                | Inst::Store(..)
                | Inst::Guard(..)
                | Inst::Call(..)
                | Inst::CallCode(..)
                | Inst::Poll(..)
        )
    }
}

/// Where a block leads, with arguments.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Edge {
    pub to: Blk,
    pub args: Vals,
}

/// How a block ends.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum End {
    /// It is being built.
    Open,
    Jump(Edge),
    Branch(Val, Edge, Edge),
    /// Leaves.
    Exit(SnapId),
    /// Leaves where the runtime said, see [`crate::runtime::Args`].
    ExitThere,
    /// Leaves before anything was done.
    Refuse,
    /// Returns a result: payload and second word.
    Return(Val, Val),
}

impl End {
    pub(crate) fn edges(&self) -> impl Iterator<Item = &Edge> {
        let (one, two) = match self {
            End::Jump(edge) => (Some(edge), None),
            End::Branch(_, then, other) => (Some(then), Some(other)),
            _ => (None, None),
        };
        one.into_iter().chain(two)
    }

    pub(crate) fn edges_mut(&mut self) -> impl Iterator<Item = &mut Edge> {
        let (one, two) = match self {
            End::Jump(edge) => (Some(edge), None),
            End::Branch(_, then, other) => (Some(then), Some(other)),
            _ => (None, None),
        };
        one.into_iter().chain(two)
    }

    /// Calls `then` with each value used beside arguments of edges.
    pub(crate) fn operands(&self, mut then: impl FnMut(Val)) {
        match *self {
            End::Branch(cond, ..) => then(cond),
            End::Return(payload, meta) => {
                then(payload);
                then(meta);
            }
            _ => {}
        }
    }

    /// The snapshot by which it leaves.
    pub(crate) fn snapshot(&self) -> Option<SnapId> {
        match self {
            End::Exit(snap) => Some(*snap),
            _ => None,
        }
    }

    /// The same, to replace them.
    pub(crate) fn operands_mut(&mut self, mut then: impl FnMut(&mut Val)) {
        match self {
            End::Branch(cond, ..) => then(cond),
            End::Return(payload, meta) => {
                then(payload);
                then(meta);
            }
            _ => {}
        }
    }
}

/// A block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub params: Vals,
    pub insts: Vec<Val>,
    pub end: End,
    /// Taken rarely.
    pub cold: bool,
}

/// The code of a region.
#[derive(Debug)]
pub(crate) struct Func {
    pub insts: Vec<(Inst, Ty)>,
    pub blocks: Vec<Block>,
    pub snapshots: Vec<Snapshot>,
    /// Where a loop is entered with values that nothing is known of, if that may be refused: the block that jumps to its
    /// head, and the exit there.
    pub loop_entry: Option<(Blk, SnapId)>,
}

impl Func {
    /// An empty one with room for as much as most need.
    pub(crate) fn new() -> Func {
        Func {
            insts: Vec::with_capacity(512),
            blocks: Vec::with_capacity(32),
            snapshots: Vec::with_capacity(32),
            loop_entry: None,
        }
    }

    pub(crate) fn inst(&self, val: Val) -> &Inst {
        &self.insts[val.0 as usize].0
    }

    pub(crate) fn ty(&self, val: Val) -> Ty {
        self.insts[val.0 as usize].1
    }

    pub(crate) fn block(&self, block: Blk) -> &Block {
        &self.blocks[block.0 as usize]
    }

    pub(crate) fn block_mut(&mut self, block: Blk) -> &mut Block {
        &mut self.blocks[block.0 as usize]
    }

    pub(crate) fn new_block(&mut self) -> Blk {
        self.blocks.push(Block {
            params: Vals::new(),
            insts: Vec::with_capacity(16),
            end: End::Open,
            cold: false,
        });
        Blk(self.blocks.len() as u32 - 1)
    }

    /// A value that is in no block yet.
    pub(crate) fn new_val(&mut self, inst: Inst, ty: Ty) -> Val {
        self.insts.push((inst, ty));
        Val(self.insts.len() as u32 - 1)
    }

    pub(crate) fn new_param(&mut self, block: Blk, ty: Ty) -> Val {
        let val = self.new_val(Inst::Param, ty);
        self.block_mut(block).params.push(val);
        val
    }

    /// Lets the edges from some blocks to `old` lead to `new`.
    pub(crate) fn redirect(&mut self, from: &[Blk], old: Blk, new: Blk) {
        for &block in from {
            for edge in self.block_mut(block).end.edges_mut().filter(|edge| edge.to == old) {
                edge.to = new;
            }
        }
    }

    pub(crate) fn push(&mut self, block: Blk, inst: Inst, ty: Ty) -> Val {
        let val = self.new_val(inst, ty);
        self.block_mut(block).insts.push(val);
        val
    }

    /// The int that a value is known to be.
    pub(crate) fn as_int(&self, val: Val) -> Option<i64> {
        match self.inst(val) {
            Inst::Int(int) => Some(*int),
            _ => None,
        }
    }

    pub(crate) fn block_ids(&self) -> impl Iterator<Item = Blk> + use<> {
        (0..self.blocks.len() as u32).map(Blk)
    }

    /// Replaces values everywhere: operands, arguments, snapshots. `of` gives what stands for a value.
    pub(crate) fn replace(&mut self, of: impl Fn(Val) -> Val) {
        for (inst, _) in &mut self.insts {
            inst.operands_mut(|val| *val = of(*val));
        }
        for block in &mut self.blocks {
            block.end.operands_mut(|val| *val = of(*val));
            for edge in block.end.edges_mut() {
                edge.args.iter_mut().for_each(|val| *val = of(*val));
            }
        }
        for snapshot in &mut self.snapshots {
            snapshot.values_mut(|val| *val = of(*val));
        }
    }
}
