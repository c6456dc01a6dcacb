//! What a thread has seen of its functions while it recorded: which instructions ran, and what their operands held.

use phalanx_bytecode::spec::base_of;
use phalanx_bytecode::table::{Opcode, Role};
use phalanx_bytecode::unit::FuncProto;
use phalanx_bytecode::{Kind, Op};
use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};

use crate::types::slot_index;

/// What was seen of one instruction. Masks have the bit of each tag's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpProfile {
    /// Whether it ran.
    pub seen: bool,
    /// Tags that operand a held before.
    pub a: u16,
    /// Tags that operand b held before.
    pub b: u16,
    /// Tags that operand c held before, if it is a variable.
    pub old: u16,
    /// Tags that the result had.
    pub c: u16,
    /// Tags that the variable a held afterwards.
    pub after: u16,
    /// Tags that the element held which an instruction reads or changes.
    pub element: u16,
    /// Tags that the operand of its DATA held.
    pub data: u16,
    /// Whether operand a was an array with an index.
    pub hash: bool,
    /// Whether more than writing came of an output.
    pub odd_output: bool,
    /// The function that a call was begun of, if it was always the same one of PHP code.
    pub callee: Callee,
}

/// What calls were begun of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Callee {
    Unseen,
    User(*const FuncProto),
    /// Native functions, several functions, or no plain calls.
    Other,
}

impl Default for OpProfile {
    fn default() -> OpProfile {
        OpProfile {
            seen: false,
            a: 0,
            b: 0,
            old: 0,
            c: 0,
            after: 0,
            element: 0,
            data: 0,
            hash: false,
            odd_output: false,
            callee: Callee::Unseen,
        }
    }
}

/// What was seen of a function, and what its code says.
pub(crate) struct FuncProfile {
    pub proto: *const FuncProto,
    pub ops: Vec<OpProfile>,
    /// Whether variables may be reached by name: any call may change any of them.
    pub symbols: bool,
    /// Variables that are read before they are written, by instruction.
    live: Vec<Bits>,
    /// Loops by their first instruction.
    pub loops: FxHashMap<u32, Loop>,
}

/// A loop as the code says it.
pub(crate) struct Loop {
    /// The last instruction that jumps to its head.
    pub end: u32,
    /// Slots that instructions of the loop write.
    pub written: Bits,
    /// Variables whose elements instructions of the loop write.
    pub changed: Bits,
    /// Tags that variables were seen with at its head, and [`INDEXED`].
    pub tags: Vec<u16>,
}

/// Beside tags: the value was an array with an index.
pub(crate) const INDEXED: u16 = 1 << 15;

/// A set of slots.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Bits(SmallVec<[u64; 2]>);

impl Bits {
    fn new(count: usize) -> Bits {
        Bits(smallvec![0; count.div_ceil(64)])
    }

    pub(crate) fn has(&self, index: usize) -> bool {
        self.0.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 != 0)
    }

    fn set(&mut self, index: usize, on: bool) {
        let word = &mut self.0[index / 64];
        *word = *word & !(1 << (index % 64)) | u64::from(on) << (index % 64);
    }

    fn add(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(one, other)| *one |= other);
    }
}

/// A function's instructions.
#[derive(Clone, Copy)]
pub(crate) struct Code<'u>(pub &'u [Op]);

impl Code<'_> {
    pub(crate) fn op(self, at: u32) -> Op {
        self.0[at as usize]
    }

    pub(crate) fn base(self, at: u32) -> Opcode {
        base_of(self.op(at).code)
    }

    /// The instruction behind `at`.
    pub(crate) fn behind(self, at: u32) -> u32 {
        at + if self.base(at).info().has_data() { 2 } else { 1 }
    }

    /// Where a jump operand leads.
    pub(crate) fn target(self, at: u32, distance: u32) -> u32 {
        (at as i32 + distance as i32 / size_of::<Op>() as i32) as u32
    }

    /// Where execution may go on behind `at`, as far as the code says.
    pub(crate) fn successors(self, at: u32, mut then: impl FnMut(u32)) {
        let op = self.op(at);
        let info = self.base(at).info();
        for (role, distance) in info.roles.into_iter().zip([op.a, op.b, op.c]) {
            if role == Role::Jmp {
                then(self.target(at, distance));
            }
        }
        if !info.ends() || matches!(self.base(at), Opcode::FAST_CALL | Opcode::CREATE_GENERATOR) {
            then(self.behind(at));
        }
        if matches!(self.base(at), Opcode::SWITCH_INT | Opcode::SWITCH_STRING | Opcode::MATCH) {
            self.table(at, then);
        }
    }

    /// The targets of a jump table.
    fn table(self, at: u32, mut then: impl FnMut(u32)) {
        let base = (&raw const self.0[at as usize]).cast::<u8>();
        let Some(table) = crate::types::literal(base, self.op(at).b).as_array() else { return };
        for (_, distance) in table.iter() {
            then(self.target(at, distance.as_int().unwrap_or(0) as u32));
        }
    }
}

impl FuncProfile {
    pub(crate) fn new(proto: &FuncProto, symbols: bool) -> FuncProfile {
        let mut profile = FuncProfile {
            proto,
            ops: vec![OpProfile::default(); proto.code().len()],
            symbols,
            live: Vec::new(),
            loops: FxHashMap::default(),
        };
        let code = Code(proto.code());
        let slots = (proto.num_cvs + proto.num_tmps) as usize;
        profile.find_live(code, slots, proto);
        profile.find_loops(code, slots);
        profile
    }

    /// Whether variable `index` may be read at `at` or behind it before it is written.
    pub(crate) fn is_live(&self, at: u32, index: usize) -> bool {
        self.live[at as usize].has(index)
    }

    fn find_live(&mut self, code: Code<'_>, slots: usize, proto: &FuncProto) {
        let count = code.0.len();
        self.live = vec![Bits::new(slots); count];
        // A handler of exceptions may read anything that its try block has.
        let caught: Vec<(u32, u32, u32)> = proto
            .tries
            .iter()
            .flat_map(|region| {
                let end = region.catch.max(region.finally_end);
                [(region.start, end, region.catch), (region.start, end, region.finally)]
            })
            .filter(|&(.., handler)| handler != 0)
            .collect();
        let mut changed = true;
        while changed {
            changed = false;
            for at in (0..count as u32).rev() {
                if code.base(at) == Opcode::DATA {
                    continue;
                }
                let mut set = Bits::new(slots);
                code.successors(at, |next| {
                    if let Some(other) = self.live.get(next as usize) {
                        set.add(other);
                    }
                });
                let (reads, writes) = uses(code, at);
                writes.into_iter().for_each(|index| set.set(index, false));
                reads.into_iter().for_each(|index| set.set(index, true));
                for &(start, end, handler) in &caught {
                    if at >= start && at < end {
                        set.add(&self.live[handler as usize].clone());
                    }
                }
                if self.live[at as usize] != set {
                    self.live[at as usize] = set;
                    changed = true;
                }
            }
        }
    }

    fn find_loops(&mut self, code: Code<'_>, slots: usize) {
        for at in 0..code.0.len() as u32 {
            if code.base(at) == Opcode::LOOP_HEAD {
                let bits = || Bits::new(slots);
                let found = Loop { end: at + 1, written: bits(), changed: bits(), tags: vec![0; slots] };
                self.loops.insert(at + 1, found);
            }
        }
        for at in 0..code.0.len() as u32 {
            code.successors(at, |to| {
                if to <= at
                    && let Some(found) = self.loops.get_mut(&to)
                {
                    found.end = found.end.max(at);
                }
            });
        }
        for (&head, found) in &mut self.loops {
            for at in head..=found.end {
                for index in written(code, at) {
                    found.written.set(index, true);
                }
                let op = code.op(at);
                if matches!(code.base(at), Opcode::ASSIGN_DIM | Opcode::ASSIGN_DIM_OP)
                    && op.kind_a() == Kind::Cv
                {
                    found.changed.set(slot_index(op.a), true);
                }
            }
        }
    }
}

fn is_value(role: Role) -> bool {
    !matches!(role, Role::None | Role::Lit | Role::Jmp | Role::Num)
}

/// Slots of an instruction.
type Slots = SmallVec<[usize; 4]>;

/// Slots that an instruction reads, and those that it only writes.
fn uses(code: Code<'_>, at: u32) -> (Slots, Slots) {
    let op = code.op(at);
    let base = code.base(at);
    let info = base.info();
    let (mut reads, mut writes) = (Slots::new(), Slots::new());
    let kinds = [op.kind_a(), op.kind_b(), op.kind_c()];
    for (number, operand) in [op.a, op.b, op.c].into_iter().enumerate() {
        if !matches!(kinds[number], Kind::Cv | Kind::Tmp) || !is_value(info.roles[number]) {
            continue;
        }
        match info.roles[number] {
            Role::Res => writes.push(slot_index(operand)),
            Role::Var if base == Opcode::ASSIGN && kinds[number] == Kind::Cv => {
                writes.push(slot_index(operand))
            }
            _ => reads.push(slot_index(operand)),
        }
    }
    if base == Opcode::ROPE_END {
        reads.extend((0..op.b as usize).map(|part| slot_index(op.a) + part));
    }
    if info.has_data() {
        let data = code.op(at + 1);
        if matches!(data.kind_a(), Kind::Cv | Kind::Tmp) {
            reads.push(slot_index(data.a));
        }
    }
    (reads, writes)
}

/// Slots that an instruction may write.
fn written(code: Code<'_>, at: u32) -> Slots {
    let op = code.op(at);
    let info = code.base(at).info();
    let mut all = Slots::new();
    for (number, (kind, operand)) in
        [(op.kind_a(), op.a), (op.kind_b(), op.b), (op.kind_c(), op.c)].into_iter().enumerate()
    {
        let writes = matches!(info.roles[number], Role::Res | Role::Var | Role::Dst);
        if writes && matches!(kind, Kind::Cv | Kind::Tmp) {
            all.push(slot_index(operand));
        }
    }
    if info.has_data() && matches!(code.op(at + 1).kind_a(), Kind::Cv | Kind::Tmp) {
        all.push(slot_index(code.op(at + 1).a));
    }
    all
}
