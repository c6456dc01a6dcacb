//! The function being compiled: its instructions, variables, temporaries, literals and labels.
//!
//! While a function is built, temporaries are counted from 0 and jumps name labels; [`crate::finish`] makes them slot
//! numbers and instruction indices. A temporary belongs to whoever got it from [`Builder::tmp`] until the instruction
//! that takes its value is emitted; then its slot is free again. A result never shares a slot with an operand of the
//! same instruction.

use crate::operand::{Label, Operand};
use crate::scope::JumpScope;
use crate::strings::StrId;
use phalanx_bytecode::draft::{FunctionDraft, TypeDraft};
use phalanx_bytecode::effects::{Effect, temporaries};
use phalanx_bytecode::{Kind, Op, Opcode};
use rustc_hash::FxHashMap;

/// What a temporary is used for. Slots are not shared between uses, as unwinding tells them apart by slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TmpUse {
    Value,
    Iterator,
    Silence,
    Class,
    /// The memory of a `finally` block.
    Finally,
    /// One of a row of temporaries that a rope collects its parts in.
    Rope,
}

/// A literal that other instructions can share.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum LiteralId {
    Null,
    Bool(bool),
    Int(i64),
    Float(u64),
    Str(StrId),
    /// Name, lower-case name and unqualified lower-case name of a function.
    Function(StrId),
    /// Name and lower-case name of a class.
    Class(StrId),
    /// Name of a constant, perhaps with its unqualified name.
    Constant(StrId, bool),
}

/// An instruction that waits until operands to its right have been evaluated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub(crate) opcode: Opcode,
    pub(crate) a: Operand,
    pub(crate) b: Operand,
    pub(crate) c: Operand,
    pub(crate) flags: u16,
}

/// A try block, with labels instead of instruction indices.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TryDraft {
    pub(crate) start: Label,
    pub(crate) catch: Option<Label>,
    pub(crate) finally: Option<(Label, Label, u32)>,
}

#[derive(Default)]
pub(crate) struct Builder {
    /// What is finished: flags, parameters, literals and so on. Code and lines, too, with labels.
    pub(crate) draft: FunctionDraft,
    pub(crate) cvs: Vec<StrId>,
    cv_index: FxHashMap<StrId, u32>,
    tmp_uses: Vec<TmpUse>,
    free: [Vec<u32>; 5],
    /// Rows of temporaries: first and length.
    free_rows: Vec<(u32, u32)>,
    /// Temporaries that more than one path takes; their slots stay occupied until `unhold`.
    held: Vec<u32>,
    /// Values that are returned once the finally block with the first temporary is done, and the blocks inside of it.
    pub(crate) awaiting_finally: Vec<(u32, u32)>,
    labels: Vec<u32>,
    /// Length of the code when a label was last bound: an instruction before it must not be changed any more.
    barrier: usize,
    pub(crate) literal_ids: FxHashMap<LiteralId, u32>,
    pub(crate) pending: Vec<Pending>,
    /// The place that was taken apart last lies in something that is no variable.
    pub(crate) in_temporary: bool,
    /// `JMP_NULL` instructions of the chain being compiled.
    pub(crate) null_jumps: Vec<u32>,
    pub(crate) scopes: Vec<JumpScope>,
    /// A number for each of `scopes`, which no other scope of the function has.
    pub(crate) scope_ids: Vec<u32>,
    pub(crate) next_scope: u32,
    pub(crate) tries: Vec<TryDraft>,
    /// Where the `catch` that was compiled last goes if it does not match.
    pub(crate) next_catch: Option<Label>,
    pub(crate) goto_labels: FxHashMap<StrId, crate::goto::GotoLabel>,
    pub(crate) gotos: Vec<crate::goto::Goto>,
    /// Variables that an arrow function takes over.
    pub(crate) implicit_uses: Vec<StrId>,
    /// The return type that a property hook has without it being written.
    pub(crate) hook_return: Option<TypeDraft>,
    /// The parameter that a set hook has without it being written.
    pub(crate) hook_value: Option<(StrId, Option<TypeDraft>)>,
    /// The property that a short set hook stores to, and the value.
    pub(crate) hook_store: Option<(StrId, phalanx_syntax::ast::ExprId)>,
    pub(crate) trace_sites: u32,
    /// What `self.f` of the compiler must know about the function beyond the draft.
    pub(crate) info: FuncInfo,
}

/// Facts about the function being compiled.
#[derive(Default)]
pub(crate) struct FuncInfo {
    /// `$this` is always there: a method that is not static.
    pub(crate) has_this: bool,
    pub(crate) is_generator: bool,
    /// It may be a closure, a method, ...: what `__FUNCTION__` and messages call it.
    pub(crate) name: Option<StrId>,
    pub(crate) is_closure: bool,
    /// The property whose hook this is.
    pub(crate) hook_property: Option<StrId>,
    /// The body of the script.
    pub(crate) is_main: bool,
    /// A constant expression.
    pub(crate) is_const_expr: bool,
}

/// What a vector holds, in one of the right size.
fn fitting<T>(vec: &mut Vec<T>) -> Vec<T> {
    let mut all = Vec::with_capacity(vec.len());
    all.append(vec);
    all
}

impl Builder {
    /// Makes it ready for another function. That one takes over the room of this one's vectors and tables, which are
    /// copied into the finished `func` as far as that needs them.
    pub(crate) fn keep_room_of(&mut self, func: &mut FunctionDraft) {
        // All fields are named, so that none is forgotten.
        let Builder {
            draft,
            cvs,
            cv_index,
            tmp_uses,
            free,
            free_rows,
            held,
            awaiting_finally,
            labels,
            barrier,
            literal_ids,
            pending,
            in_temporary,
            null_jumps,
            scopes,
            scope_ids,
            next_scope,
            tries,
            next_catch,
            goto_labels,
            gotos,
            implicit_uses,
            hook_return,
            hook_value,
            hook_store,
            trace_sites,
            info,
        } = self;
        let code = fitting(&mut func.code);
        draft.code = std::mem::replace(&mut func.code, code);
        let lines = fitting(&mut func.lines);
        draft.lines = std::mem::replace(&mut func.lines, lines);
        let literals = fitting(&mut func.literals);
        draft.literals = std::mem::replace(&mut func.literals, literals);
        cvs.clear();
        cv_index.clear();
        tmp_uses.clear();
        free.iter_mut().for_each(Vec::clear);
        free_rows.clear();
        held.clear();
        awaiting_finally.clear();
        labels.clear();
        *barrier = 0;
        literal_ids.clear();
        pending.clear();
        *in_temporary = false;
        null_jumps.clear();
        scopes.clear();
        scope_ids.clear();
        *next_scope = 0;
        tries.clear();
        *next_catch = None;
        goto_labels.clear();
        gotos.clear();
        implicit_uses.clear();
        *hook_return = None;
        *hook_value = None;
        *hook_store = None;
        *trace_sites = 0;
        *info = FuncInfo::default();
    }

    pub(crate) fn here(&self) -> u32 {
        self.draft.code.len() as u32
    }

    /// The slot of a variable, made when it is new.
    pub(crate) fn cv(&mut self, name: StrId) -> u32 {
        // Most functions have few variables, and searching few is faster than hashing.
        if self.cvs.len() <= 12 {
            if let Some(found) = self.cvs.iter().position(|&cv| cv == name) {
                return found as u32;
            }
        } else {
            if self.cv_index.is_empty() {
                self.cv_index = self.cvs.iter().zip(0..).map(|(&cv, at)| (cv, at)).collect();
            }
            if let Some(&found) = self.cv_index.get(&name) {
                return found;
            }
        }
        let slot = self.cvs.len() as u32;
        self.cvs.push(name);
        if !self.cv_index.is_empty() {
            self.cv_index.insert(name, slot);
        }
        slot
    }

    /// A temporary for a value.
    pub(crate) fn tmp(&mut self) -> Operand {
        Operand::Tmp(self.tmp_for(TmpUse::Value))
    }

    pub(crate) fn tmp_for(&mut self, used_as: TmpUse) -> u32 {
        if let Some(free) = self.free[used_as as usize].pop() {
            return free;
        }
        let tmp = self.tmp_uses.len() as u32;
        self.tmp_uses.push(used_as);
        tmp
    }

    /// `count` temporaries in a row, for a rope; [`Builder::free_row`] gives them back.
    pub(crate) fn tmp_row(&mut self, count: u32) -> (u32, u32) {
        if let Some(found) = self.free_rows.iter().position(|&(_, len)| len >= count) {
            return self.free_rows.swap_remove(found);
        }
        let first = self.tmp_uses.len() as u32;
        self.tmp_uses.extend((0..count).map(|_| TmpUse::Rope));
        (first, count)
    }

    pub(crate) fn free_row(&mut self, row: (u32, u32)) {
        self.free_rows.push(row);
    }

    pub(crate) fn tmp_count(&self) -> u32 {
        self.tmp_uses.len() as u32
    }

    /// Frees the slot of a temporary whose value is gone.
    pub(crate) fn release(&mut self, tmp: u32) {
        if self.tmp_uses[tmp as usize] == TmpUse::Rope {
            return;
        }
        if self.held.is_empty() || !self.held.contains(&tmp) {
            let pool = &mut self.free[self.tmp_uses[tmp as usize] as usize];
            debug_assert!(!pool.contains(&tmp), "temporary {tmp} is released twice");
            pool.push(tmp);
        }
    }

    /// Keeps the slot of a temporary occupied, whoever takes its value.
    pub(crate) fn hold(&mut self, tmp: u32) {
        self.held.push(tmp);
    }

    /// Ends `hold` and frees the slot.
    pub(crate) fn unhold(&mut self, tmp: u32) {
        self.held.retain(|&held| held != tmp);
        self.release(tmp);
    }

    pub(crate) fn label(&mut self) -> Label {
        self.labels.push(u32::MAX);
        Label(self.labels.len() as u32 - 1)
    }

    /// A label at the current position.
    pub(crate) fn label_here(&mut self) -> Label {
        let label = self.label();
        self.bind(label);
        label
    }

    pub(crate) fn bind(&mut self, label: Label) {
        self.labels[label.0 as usize] = self.here();
        self.barrier = self.draft.code.len();
    }

    /// Makes sure that a label bound at the current position is not taken for one bound behind.
    pub(crate) fn separate_labels(&mut self) {
        if self.barrier == self.draft.code.len() && !self.goto_labels.is_empty() {
            self.draft.code.push(Op::new(Opcode::NOP));
            self.draft.lines.push(self.draft.lines.last().copied().unwrap_or(1));
        }
    }

    pub(crate) fn position(&self, label: Label) -> u32 {
        self.labels[label.0 as usize]
    }

    /// The instruction that defines temporary `tmp` if it is the last one (perhaps with `DATA`) and still open.
    pub(crate) fn definer(&mut self, tmp: u32) -> Option<&mut Op> {
        let len = self.draft.code.len();
        if self.barrier == len {
            return None;
        }
        let mut at = len - 1;
        if self.draft.code[at].opcode() == Opcode::DATA {
            at -= 1;
        }
        let op = &mut self.draft.code[at];
        if matches!(op.opcode(), Opcode::ADD_ELEMENT | Opcode::ADD_UNPACK) {
            return None;
        }
        (op.kind_c() == Kind::Tmp && op.c == tmp).then_some(op)
    }

    /// Whether the current position can be reached by falling through or by a label bound here.
    pub(crate) fn reachable(&self) -> bool {
        if self.barrier == self.draft.code.len() {
            return true;
        }
        self.draft.code.last().is_none_or(|op| phalanx_bytecode::effects::continues(op.opcode()))
    }

    /// Appends an instruction and frees the temporaries that it takes.
    pub(crate) fn push(&mut self, op: Op, line: u32) -> u32 {
        let at = self.here();
        let data_of = match op.opcode() {
            Opcode::DATA => self.draft.code.last().map(|before| before.opcode()),
            _ => None,
        };
        self.draft.code.push(op);
        self.draft.lines.push(line);
        temporaries(op, data_of, |tmp, effect| {
            if effect == Effect::Take {
                self.release(tmp);
            }
        });
        at
    }

    /// Appends an instruction on a path that leaves the current statement: slots stay occupied.
    pub(crate) fn push_leaving(&mut self, op: Op, line: u32) {
        self.draft.code.push(op);
        self.draft.lines.push(line);
    }

    /// The bits of the declared return type: those of a union's built-in part, null included.
    pub(crate) fn return_bits(&self) -> u32 {
        self.draft.return_type.as_ref().map_or(0, type_bits)
    }

    pub(crate) fn cache_slots(&mut self, count: u32) -> u32 {
        let first = self.draft.cache_slots;
        self.draft.cache_slots += count;
        first
    }
}

/// The bits of the built-in types in a type.
pub(crate) fn type_bits(ty: &TypeDraft) -> u32 {
    match ty {
        TypeDraft::Builtin(bits) => *bits,
        TypeDraft::Union(members) => members.iter().map(type_bits).fold(0, |all, bits| all | bits),
        TypeDraft::Class(_) | TypeDraft::Intersection(_) => 0,
    }
}
