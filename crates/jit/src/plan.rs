//! What one instruction becomes, given the types of the slots before it: a [`Plan`]. The walk over types and the code
//! generator both ask here, so they cannot disagree.

use crate::profile::{Code, Profile};
use crate::types::{Slot, State, Ty, slot_index};
use phalanx_bytecode::flags::{BinOp, op as flag};
use phalanx_bytecode::table::{Opcode, Role};
use phalanx_bytecode::{Kind, Op};
use phalanx_value::{Tag, Value};

/// An operand whose type is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Src {
    /// A slot in registers (or null).
    Slot(usize, Ty),
    Int(i64),
    Float(f64),
    Bool(bool),
    Null,
}

impl Src {
    pub(crate) fn ty(self) -> Ty {
        match self {
            Src::Slot(_, ty) => ty,
            Src::Int(_) => Ty::Int,
            Src::Float(_) => Ty::Float,
            Src::Bool(_) => Ty::Bool,
            Src::Null => Ty::Null,
        }
    }
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Less,
    LessEqual,
    Equal,
    NotEqual,
}

/// What an instruction does, beside what its [`Plan`] says of slots.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    /// Nothing.
    Nothing,
    /// All outputs are the operand.
    Copy(Src),
    /// The output is the result of an operation of two numbers.
    Binary(BinOp, Src, Src),
    /// Of two ints, whose quotient is no int.
    DivideInexact(Src, Src),
    /// Output 0 is the operand plus the step; a second output is the operand itself.
    Step(Src, i64),
    /// The output is the truth of a relation of two numbers.
    Compare(Relation, Src, Src),
    /// The output is the truth of the operand, or its contrary.
    Truth(Src, bool),
    /// The output is the operand as a float.
    ToFloat(Src),
    /// Goes to the target.
    Jump(u32),
    /// Goes to the target if the relation is as wanted.
    JumpCompare(Relation, Src, Src, bool, u32),
    /// Goes to the target if the truth is as wanted; an output is the truth.
    JumpTruth(Src, bool, u32),
    /// The output is an element, by int key, of the packed array in a variable.
    Element(usize, Src),
    /// An element, by int key, of the packed array in a variable becomes the operand.
    Store(usize, Src, Src),
    /// An element of this type, by int key, of the packed array in a variable is changed.
    Change(BinOp, usize, Src, Src, Ty),
    /// The output is the number of elements of the array in a variable.
    Count(usize),
    /// The handler executes it.
    Handler,
    /// The handler executes it, and what it calls runs to its end.
    Call,
    /// The interpreter goes on here.
    Leave,
}

/// What an instruction becomes.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Slots in memory that must turn out to be of a type, and are loaded.
    pub loads: Vec<(usize, Ty)>,
    /// A variable in memory that must hold nothing counted, because it is overwritten.
    pub free: Option<usize>,
    pub act: Act,
    /// Temporaries that hold nothing afterwards.
    pub takes: Vec<usize>,
    /// Slots that are in registers afterwards.
    pub outs: Vec<(usize, Ty)>,
    /// A variable that proves to hold a packed array.
    pub packed: Option<usize>,
    /// Slots that are in memory afterwards.
    pub spoils: Vec<usize>,
}

/// Where execution goes on.
#[derive(Clone, Debug)]
pub(crate) enum Flow {
    Next(u32),
    Jump(u32),
    /// The target, then the next instruction.
    Branch(u32, u32),
    /// Those that were seen.
    Seen(Vec<u32>),
    Leave,
}

/// Makes plans for the instructions of a region.
#[derive(Clone, Copy)]
pub(crate) struct Planner<'p> {
    pub code: Code<'p>,
    pub profile: &'p Profile,
    pub cvs: usize,
}

struct Attempt<'s> {
    state: &'s State,
    plan: Plan,
}

impl Attempt<'_> {
    fn slot(&mut self, index: usize, mask: u16) -> Option<Src> {
        let known = self.plan.loads.iter().find(|load| load.0 == index).map(|load| load.1);
        match known.unwrap_or(self.state[index].ty) {
            Ty::Mem => {
                let ty = Ty::of_mask(mask)?;
                self.plan.loads.push((index, ty));
                Some(Src::Slot(index, ty))
            }
            Ty::None | Ty::Packed => None,
            ty => Some(Src::Slot(index, ty)),
        }
    }

    /// A variable or temporary that is assigned to; `mask` is what it held.
    fn dest(&mut self, index: usize, kind: Kind, mask: u16, ty: Ty) -> Option<()> {
        const COUNTABLE: u16 = !((1 << Tag::String as u16) - 1);
        if kind == Kind::Cv && !self.state[index].ty.is_known() && !self.loads(index) {
            if mask & COUNTABLE != 0 {
                return None;
            }
            self.plan.free = Some(index);
        }
        self.plan.outs.push((index, ty));
        Some(())
    }

    fn loads(&self, index: usize) -> bool {
        self.plan.loads.iter().any(|load| load.0 == index)
    }
}

impl<'p> Planner<'p> {
    /// What the instruction becomes.
    pub(crate) fn plan(&self, at: u32, state: &State) -> Plan {
        let empty = Plan {
            loads: vec![],
            free: None,
            act: Act::Nothing,
            takes: vec![],
            outs: vec![],
            packed: None,
            spoils: vec![],
        };
        let mut attempt = Attempt { state, plan: empty };
        if let Some(act) = self.fast(at, &mut attempt) {
            attempt.plan.act = act;
            return attempt.plan;
        }
        self.slow(at)
    }

    fn slow(&self, at: u32) -> Plan {
        let op = self.code.op(at);
        let opcode = self.code.base(at);
        let act = match opcode {
            Opcode::RETURN | Opcode::RETURN_REF => Act::Leave,
            Opcode::CALL => Act::Call,
            _ => Act::Handler,
        };
        let mut spoils = Vec::new();
        let mut touch = |op: Op, roles: [Role; 3]| {
            let kinds = [op.kind_a(), op.kind_b(), op.kind_c()];
            for (index, operand) in [op.a, op.b, op.c].into_iter().enumerate() {
                let value = !matches!(roles[index], Role::None | Role::Lit | Role::Jmp | Role::Num);
                if value && matches!(kinds[index], Kind::Cv | Kind::Tmp) {
                    spoils.push(slot_index(operand));
                }
            }
        };
        touch(op, opcode.info().roles);
        if opcode.info().has_data() {
            touch(self.code.op(at + 1), [Role::Val, Role::None, Role::None]);
        }
        if self.profile.symbols {
            spoils.extend(0..self.cvs);
        }
        Plan { loads: vec![], free: None, act, takes: vec![], outs: vec![], packed: None, spoils }
    }

    /// Where execution goes on behind the instruction.
    pub(crate) fn flow(&self, at: u32, plan: &Plan) -> Flow {
        let behind = self.code.behind(at);
        match plan.act {
            Act::Jump(target) => Flow::Jump(target),
            Act::JumpCompare(.., target) | Act::JumpTruth(.., target) => Flow::Branch(target, behind),
            Act::Handler | Act::Call => Flow::Seen(self.profile.ops[at as usize].next.clone()),
            Act::Leave => Flow::Leave,
            _ => Flow::Next(behind),
        }
    }

    fn literal(&self, at: u32, operand: u32) -> Option<Src> {
        let base = (&raw const self.code.0[at as usize]).cast::<u8>();
        let value = read_literal(base, operand);
        Some(match value.tag() {
            Tag::Int => Src::Int(value.as_int()?),
            Tag::Float => Src::Float(value.as_float()?),
            Tag::True => Src::Bool(true),
            Tag::False => Src::Bool(false),
            Tag::Null => Src::Null,
            _ => return None,
        })
    }

    fn source(&self, at: u32, kind: Kind, operand: u32, mask: u16, attempt: &mut Attempt<'_>) -> Option<Src> {
        match kind {
            Kind::Lit => self.literal(at, operand),
            Kind::Cv => attempt.slot(slot_index(operand), mask),
            Kind::Tmp => {
                let index = slot_index(operand);
                attempt.plan.takes.push(index);
                attempt.slot(index, mask)
            }
            Kind::None => None,
        }
    }

    fn a(&self, at: u32, attempt: &mut Attempt<'_>) -> Option<Src> {
        let op = self.code.op(at);
        self.source(at, op.kind_a(), op.a, self.profile.ops[at as usize].a, attempt)
    }

    fn b(&self, at: u32, attempt: &mut Attempt<'_>) -> Option<Src> {
        let op = self.code.op(at);
        self.source(at, op.kind_b(), op.b, self.profile.ops[at as usize].b, attempt)
    }

    fn result(&self, at: u32, ty: Ty, attempt: &mut Attempt<'_>) -> Option<()> {
        let op = self.code.op(at);
        match op.kind_c() {
            Kind::None => Some(()),
            kind => attempt.dest(slot_index(op.c), kind, self.profile.ops[at as usize].old, ty),
        }
    }

    fn fast(&self, at: u32, attempt: &mut Attempt<'_>) -> Option<Act> {
        let op = self.code.op(at);
        let seen = &self.profile.ops[at as usize];
        let base = self.code.base(at);
        // Flags change what the instruction does; those that matter are looked at where they may stand.
        let odd = op.flags() & !flag::DEST_CV != 0;
        match base {
            Opcode::NOP | Opcode::LOOP_HEAD => Some(Act::Nothing),
            Opcode::MOVE => {
                let a = self.a(at, attempt)?;
                self.result(at, a.ty(), attempt)?;
                Some(Act::Copy(a))
            }
            Opcode::COPY_TMP => {
                let a = attempt.slot(slot_index(op.a), seen.a)?;
                self.result(at, a.ty(), attempt)?;
                Some(Act::Copy(a))
            }
            Opcode::FREE => {
                self.a(at, attempt)?;
                Some(Act::Nothing)
            }
            Opcode::ADD => self.binary(BinOp::Add, at, attempt),
            Opcode::SUB => self.binary(BinOp::Sub, at, attempt),
            Opcode::MUL => self.binary(BinOp::Mul, at, attempt),
            Opcode::DIV => self.binary(BinOp::Div, at, attempt),
            Opcode::MOD => self.binary(BinOp::Mod, at, attempt),
            Opcode::SHL => self.binary(BinOp::Shl, at, attempt),
            Opcode::SHR => self.binary(BinOp::Shr, at, attempt),
            Opcode::BIT_OR => self.binary(BinOp::BitOr, at, attempt),
            Opcode::BIT_AND => self.binary(BinOp::BitAnd, at, attempt),
            Opcode::BIT_XOR => self.binary(BinOp::BitXor, at, attempt),
            Opcode::LESS if !odd => self.compare(Relation::Less, at, attempt),
            Opcode::LESS_EQUAL if !odd => self.compare(Relation::LessEqual, at, attempt),
            Opcode::EQUAL if !odd => self.compare(Relation::Equal, at, attempt),
            Opcode::NOT_EQUAL if !odd => self.compare(Relation::NotEqual, at, attempt),
            Opcode::IDENTICAL if !odd => self.identical(Relation::Equal, at, attempt),
            Opcode::NOT_IDENTICAL if !odd => self.identical(Relation::NotEqual, at, attempt),
            Opcode::BOOL => self.truth(true, at, attempt),
            Opcode::NOT => self.truth(false, at, attempt),
            Opcode::CAST => self.cast(at, attempt),
            Opcode::JMP => Some(Act::Jump(self.code.target(at, op.a))),
            Opcode::JMP_Z => self.jump_truth(false, at, attempt),
            Opcode::JMP_NZ => self.jump_truth(true, at, attempt),
            Opcode::JMP_Z_EX => self.jump_truth(false, at, attempt),
            Opcode::JMP_NZ_EX => self.jump_truth(true, at, attempt),
            Opcode::JMP_LESS if !odd => self.jump(Relation::Less, true, at, attempt),
            Opcode::JMP_NOT_LESS if !odd => self.jump(Relation::Less, false, at, attempt),
            Opcode::JMP_LESS_EQUAL if !odd => self.jump(Relation::LessEqual, true, at, attempt),
            Opcode::JMP_NOT_LESS_EQUAL if !odd => self.jump(Relation::LessEqual, false, at, attempt),
            Opcode::JMP_EQUAL if !odd => self.jump(Relation::Equal, true, at, attempt),
            Opcode::JMP_NOT_EQUAL if !odd => self.jump(Relation::NotEqual, true, at, attempt),
            Opcode::JMP_IDENTICAL if !odd => {
                let act = self.jump(Relation::Equal, true, at, attempt)?;
                same_types(&act).then_some(act)
            }
            Opcode::JMP_NOT_IDENTICAL if !odd => {
                let act = self.jump(Relation::NotEqual, true, at, attempt)?;
                same_types(&act).then_some(act)
            }
            Opcode::ASSIGN if op.kind_a() == Kind::Cv && !odd => {
                let b = self.b(at, attempt)?;
                attempt.dest(slot_index(op.a), Kind::Cv, seen.a, b.ty())?;
                self.result(at, b.ty(), attempt)?;
                Some(Act::Copy(b))
            }
            Opcode::ASSIGN_OP if op.kind_a() == Kind::Cv => self.assign_op(at, attempt),
            Opcode::PRE_INC if op.kind_a() == Kind::Cv => self.step(1, true, at, attempt),
            Opcode::PRE_DEC if op.kind_a() == Kind::Cv => self.step(-1, true, at, attempt),
            Opcode::POST_INC if op.kind_a() == Kind::Cv => self.step(1, false, at, attempt),
            Opcode::POST_DEC if op.kind_a() == Kind::Cv => self.step(-1, false, at, attempt),
            Opcode::FETCH_DIM_R => self.element(at, attempt),
            Opcode::ASSIGN_DIM if !odd => self.store(at, attempt),
            Opcode::ASSIGN_DIM_OP => self.change(at, attempt),
            Opcode::COUNT if op.kind_a() == Kind::Cv && seen.a == 1 << Tag::Array as u16 => {
                let index = slot_index(op.a);
                if !matches!(attempt.state[index].ty, Ty::Mem | Ty::Packed) {
                    return None;
                }
                self.result(at, Ty::Int, attempt)?;
                Some(Act::Count(index))
            }
            _ => None,
        }
    }

    fn binary(&self, op: BinOp, at: u32, attempt: &mut Attempt<'_>) -> Option<Act> {
        let a = self.a(at, attempt)?;
        let b = self.b(at, attempt)?;
        let seen = &self.profile.ops[at as usize];
        let (act, ty) = arithmetic(op, a, b, seen.c, seen.a | seen.b)?;
        self.result(at, ty, attempt)?;
        Some(act)
    }

    fn compare(&self, relation: Relation, at: u32, attempt: &mut Attempt<'_>) -> Option<Act> {
        let a = self.a(at, attempt)?;
        let b = self.b(at, attempt)?;
        if !comparable(relation, a, b) {
            return None;
        }
        self.result(at, Ty::Bool, attempt)?;
        Some(Act::Compare(relation, a, b))
    }

    fn identical(&self, relation: Relation, at: u32, attempt: &mut Attempt<'_>) -> Option<Act> {
        match self.compare(relation, at, attempt)? {
            Act::Compare(_, a, b) if a.ty() != b.ty() => None,
            act => Some(act),
        }
    }

    fn jump(&self, relation: Relation, wanted: bool, at: u32, attempt: &mut Attempt<'_>) -> Option<Act> {
        let a = self.a(at, attempt)?;
        let b = self.b(at, attempt)?;
        if !comparable(relation, a, b) {
            return None;
        }
        Some(Act::JumpCompare(relation, a, b, wanted, self.code.target(at, self.code.op(at).c)))
    }

    fn truth(&self, wanted: bool, at: u32, attempt: &mut Attempt<'_>) -> Option<Act> {
        let a = self.a(at, attempt)?;
        if !matches!(a, Src::Slot(_, Ty::Int | Ty::Bool)) {
            return None;
        }
        self.result(at, Ty::Bool, attempt)?;
        Some(Act::Truth(a, wanted))
    }

    fn jump_truth(&self, wanted: bool, at: u32, attempt: &mut Attempt<'_>) -> Option<Act> {
        let a = self.a(at, attempt)?;
        if !matches!(a, Src::Slot(_, Ty::Int | Ty::Bool)) {
            return None;
        }
        self.result(at, Ty::Bool, attempt)?;
        Some(Act::JumpTruth(a, wanted, self.code.target(at, self.code.op(at).b)))
    }

    fn cast(&self, at: u32, attempt: &mut Attempt<'_>) -> Option<Act> {
        let flags = self.code.op(at).flags() & !flag::DEST_CV;
        let a = self.a(at, attempt)?;
        match (flags, a.ty()) {
            (flag::CAST_INT, Ty::Int) | (flag::CAST_FLOAT, Ty::Float) => {
                self.result(at, a.ty(), attempt)?;
                Some(Act::Copy(a))
            }
            (flag::CAST_FLOAT, Ty::Int) => {
                self.result(at, Ty::Float, attempt)?;
                Some(Act::ToFloat(a))
            }
            _ => None,
        }
    }

    fn assign_op(&self, at: u32, attempt: &mut Attempt<'_>) -> Option<Act> {
        let op = self.code.op(at);
        let a = self.a(at, attempt)?;
        let b = self.b(at, attempt)?;
        let Src::Slot(index, _) = a else { return None };
        let seen = &self.profile.ops[at as usize];
        let (act, ty) = arithmetic(BinOp::from_flags(op.flags()), a, b, seen.after, seen.a | seen.b)?;
        attempt.plan.outs.push((index, ty));
        self.result(at, ty, attempt)?;
        Some(act)
    }

    fn step(&self, by: i64, new: bool, at: u32, attempt: &mut Attempt<'_>) -> Option<Act> {
        let op = self.code.op(at);
        let a = self.a(at, attempt)?;
        let Src::Slot(index, Ty::Int) = a else { return None };
        attempt.plan.outs.push((index, Ty::Int));
        let seen = &self.profile.ops[at as usize];
        const FLOAT: u16 = 1 << Tag::Float as u16;
        if seen.after & FLOAT != 0 && seen.a & FLOAT == 0 {
            return None;
        }
        if op.kind_c() != Kind::None && new {
            // Both outputs would be the new value.
            return None;
        }
        self.result(at, Ty::Int, attempt)?;
        Some(Act::Step(a, by))
    }

    /// The variable that operand a is, in memory and so far always a packed array.
    fn packed(&self, at: u32, attempt: &Attempt<'_>) -> Option<usize> {
        let op = self.code.op(at);
        let seen = &self.profile.ops[at as usize];
        let index = slot_index(op.a);
        let fits = op.kind_a() == Kind::Cv && seen.a == 1 << Tag::Array as u16 && !seen.hash;
        (fits && matches!(attempt.state[index].ty, Ty::Mem | Ty::Packed)).then_some(index)
    }

    fn key(&self, at: u32, attempt: &mut Attempt<'_>) -> Option<Src> {
        self.b(at, attempt).filter(|key| key.ty() == Ty::Int)
    }

    fn element(&self, at: u32, attempt: &mut Attempt<'_>) -> Option<Act> {
        if self.code.op(at).flags() & !flag::DEST_CV != 0 {
            return None;
        }
        let index = self.packed(at, attempt)?;
        let key = self.key(at, attempt)?;
        let ty = Ty::of_mask(self.profile.ops[at as usize].c)?;
        self.result(at, ty, attempt)?;
        attempt.plan.packed = Some(index);
        Some(Act::Element(index, key))
    }

    fn data(&self, at: u32, attempt: &mut Attempt<'_>) -> Option<Src> {
        let data = self.code.op(at + 1);
        self.source(at + 1, data.kind_a(), data.a, self.profile.ops[at as usize].data, attempt)
    }

    fn store(&self, at: u32, attempt: &mut Attempt<'_>) -> Option<Act> {
        if self.code.op(at).kind_c() != Kind::None {
            return None;
        }
        let index = self.packed(at, attempt)?;
        let key = self.key(at, attempt)?;
        let value = self.data(at, attempt)?;
        attempt.plan.packed = Some(index);
        Some(Act::Store(index, key, value))
    }

    fn change(&self, at: u32, attempt: &mut Attempt<'_>) -> Option<Act> {
        let op = self.code.op(at);
        if op.kind_c() != Kind::None {
            return None;
        }
        let index = self.packed(at, attempt)?;
        let key = self.key(at, attempt)?;
        let value = self.data(at, attempt)?;
        let op = BinOp::from_flags(op.flags());
        let ty = Ty::of_mask(self.profile.ops[at as usize].element)?;
        let element = Src::Slot(index, ty);
        match arithmetic(op, element, value, 0, 0)? {
            (Act::Binary(..), result) if result == ty => {
                attempt.plan.packed = Some(index);
                Some(Act::Change(op, index, key, value, ty))
            }
            _ => None,
        }
    }
}

/// What an operation of two operands is, and the type of its result; `seen` are the tags that the result had,
/// `operands` those of the operands.
fn arithmetic(op: BinOp, a: Src, b: Src, seen: u16, operands: u16) -> Option<(Act, Ty)> {
    let float = match (a.ty(), b.ty()) {
        (Ty::Int, Ty::Int) => false,
        (Ty::Int | Ty::Float, Ty::Int | Ty::Float) => true,
        _ => return None,
    };
    const FLOAT: u16 = 1 << Tag::Float as u16;
    match op {
        BinOp::Div if !float && seen == FLOAT && operands & FLOAT == 0 => {
            Some((Act::DivideInexact(a, b), Ty::Float))
        }
        BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::Div => {
            // A float of two ints came of an overflow, unless the operands were floats at times.
            if !float && seen & FLOAT != 0 && operands & FLOAT == 0 {
                return None;
            }
            Some((Act::Binary(op, a, b), if float { Ty::Float } else { Ty::Int }))
        }
        BinOp::Mod | BinOp::Shl | BinOp::Shr | BinOp::BitOr | BinOp::BitAnd | BinOp::BitXor if !float => {
            Some((Act::Binary(op, a, b), Ty::Int))
        }
        _ => None,
    }
}

fn same_types(act: &Act) -> bool {
    matches!(act, Act::JumpCompare(_, a, b, ..) if a.ty() == b.ty())
}

fn comparable(relation: Relation, a: Src, b: Src) -> bool {
    match (a.ty(), b.ty()) {
        (Ty::Int | Ty::Float, Ty::Int | Ty::Float) => true,
        (Ty::Bool, Ty::Bool) => matches!(relation, Relation::Equal | Relation::NotEqual),
        _ => false,
    }
}

#[allow(unsafe_code, reason = "literals are addressed relative to the instruction")]
fn read_literal<'u>(base: *const u8, operand: u32) -> &'u Value {
    // SAFETY: literal operands point to literals of the same Unit.
    unsafe { &*base.wrapping_offset(operand as i32 as isize).cast::<Value>() }
}

impl Plan {
    /// Changes the state as the instruction does. `symbols`: see [`Profile::symbols`].
    pub(crate) fn apply(&self, state: &mut State) {
        if matches!(self.act, Act::Handler | Act::Call) {
            for slot in state.iter_mut() {
                slot.dirty = false;
                // The handler may change any array, or let go of it.
                if slot.ty == Ty::Packed {
                    *slot = Slot::MEM;
                }
            }
        }
        for &(index, ty) in &self.loads {
            state[index] = Slot::clean(ty);
        }
        if let Some(index) = self.packed {
            state[index] = Slot::clean(Ty::Packed);
        }
        for &index in &self.takes {
            state[index] = Slot::clean(Ty::None);
        }
        for &index in &self.spoils {
            state[index] = Slot::MEM;
        }
        for &(index, ty) in &self.outs {
            state[index] = Slot::dirty(ty);
        }
    }
}
