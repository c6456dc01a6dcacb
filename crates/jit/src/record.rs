//! Recording: the interpreter runs with a table whose entries all are [`record`], which notes the instruction and
//! hands over to its real handler.
//!
//! # Safety
//!
//! `record` is a handler, see [`phalanx_vm::dispatch`]. Operands are read only in the frame that is recorded: an
//! instruction of its function runs in it, so the frame is alive and its slots are.
#![allow(unsafe_code, reason = "a handler that looks at operands")]

use crate::hooks::state;
use crate::profile::{Code, Profile};
use phalanx_bytecode::flags::func;
use phalanx_bytecode::spec::CODES;
use phalanx_bytecode::table::{Opcode, Role};
use phalanx_bytecode::unit::FuncProto;
use phalanx_bytecode::{Kind, Op};
use phalanx_value::array::raw::ARRAY_HASH;
use phalanx_value::{Tag, Value};
use phalanx_vm::Context;
use phalanx_vm::dispatch::{Next, Table};
use phalanx_vm::frame::{Frame, flag};
use phalanx_vm::ops::INTERPRETER;

/// The table that records.
pub(crate) static RECORDING: Table = Table([record; CODES]);

/// How many instructions a recording may see, those of called functions included.
const LIMIT: u32 = 100_000;
/// After so many instructions of its own loop, one round is enough.
const PLENTY: u32 = 5_000;
/// After so many, what was seen is compiled even if that is less than a round: the rest is seen at the exits.
const ENOUGH: u32 = 20_000;
/// How often a recording passes the head of its loop.
const ROUNDS: u32 = 4;

/// A recording under way.
pub(crate) struct Recorder {
    pub profile: Profile,
    fp: *mut Frame,
    start: *const Op,
    len: u32,
    /// Instructions from the head up to the last one that jumps back to it.
    end: u32,
    steps: u32,
    own_steps: u32,
    rounds: u32,
    last: Option<u32>,
}

/// What a recording says after an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Progress {
    /// It goes on.
    More,
    /// It saw what there is to see.
    Done,
    /// The loop was left; what was seen counts if there was a whole round.
    Left,
    /// It became too long.
    TooLong,
}

/// The last instruction that jumps to `head` from behind.
pub(crate) fn last_jump_to(code: Code<'_>, head: u32) -> u32 {
    let mut last = head;
    let mut at = head;
    while (at as usize) < code.0.len() {
        let op = code.op(at);
        let roles = code.base(at).info().roles;
        for (role, distance) in roles.into_iter().zip([op.a, op.b, op.c]) {
            if role == Role::Jmp && code.target(at, distance) == head {
                last = at;
            }
        }
        at = code.behind(at);
    }
    last
}

impl Profile {
    /// Of a loop nothing of which was seen yet.
    ///
    /// # Safety
    /// `pc` must be an instruction of the function of the live frame `fp`.
    pub(crate) unsafe fn new(pc: *const Op, site: u32, fp: *mut Frame) -> Profile {
        // SAFETY: the caller's promise.
        let (proto, symbols) = unsafe { ((*fp).func.proto().unwrap_unchecked(), (*fp).has(flag::SYMBOLS)) };
        // SAFETY: as above.
        let head = unsafe { pc.offset_from(proto.code().as_ptr()) } as u32;
        Profile {
            proto,
            head,
            site,
            ops: vec![Default::default(); proto.code().len()],
            symbols: symbols || proto.has(func::MAIN),
        }
    }
}

impl Recorder {
    /// Records in `fp`.
    ///
    /// # Safety
    /// `fp` must be a live frame of the profile's function.
    pub(crate) unsafe fn new(profile: Profile, fp: *mut Frame) -> Recorder {
        // SAFETY: the Unit lives as long as the frame.
        let proto: &FuncProto = unsafe { &*profile.proto };
        let code = Code(proto.code());
        let end = last_jump_to(code, profile.head);
        Recorder {
            fp,
            start: code.0.as_ptr(),
            len: code.0.len() as u32,
            end,
            steps: 0,
            own_steps: 0,
            rounds: 0,
            last: None,
            profile,
        }
    }

    /// Whether a whole round was seen.
    pub(crate) fn is_complete(&self) -> bool {
        self.rounds > 1
    }

    unsafe fn step(&mut self, pc: *const Op, fp: *mut Frame) -> Progress {
        self.steps += 1;
        if self.steps > LIMIT {
            return Progress::TooLong;
        }
        let at = pc.addr().wrapping_sub(self.start.addr()) / size_of::<Op>();
        if fp != self.fp || at >= self.len as usize {
            return Progress::More;
        }
        let at = at as u32;
        // SAFETY: the frame runs an instruction of the function.
        unsafe { self.note_result(at) };
        if at < self.profile.head || at > self.end {
            return Progress::Left;
        }
        self.own_steps += 1;
        if self.own_steps > ENOUGH {
            return Progress::Done;
        }
        if at == self.profile.head {
            self.rounds += 1;
            if self.rounds > ROUNDS || (self.is_complete() && self.own_steps > PLENTY) {
                return Progress::Done;
            }
        }
        // SAFETY: as above.
        unsafe { self.note(pc, at) };
        self.last = Some(at);
        Progress::More
    }

    /// What the instruction before this one left.
    unsafe fn note_result(&mut self, at: u32) {
        let Some(last) = self.last else { return };
        let code = Code(code_slice(self.start, self.len));
        let op = code.op(last);
        let profile = &mut self.profile.ops[last as usize];
        if !profile.next.contains(&at) {
            profile.next.push(at);
        }
        if code.base(last).info().roles[2] == Role::Res && matches!(op.kind_c(), Kind::Cv | Kind::Tmp) {
            // SAFETY: the caller's promise; the tag of a slot is a byte whatever it holds.
            profile.c |= unsafe { tag_bit(Frame::slot(self.fp, op.c)) };
        }
        if code.base(last).info().roles[0] == Role::Var && op.kind_a() == Kind::Cv {
            // SAFETY: as above.
            profile.after |= unsafe { tag_bit(Frame::slot(self.fp, op.a)) };
        }
    }

    /// The tag of the element that an `ASSIGN_DIM_OP` is about to change.
    unsafe fn element_tag(&self, op: Op, pc: *const Op) -> Option<u16> {
        let key: *const Value = match op.kind_b() {
            Kind::Lit => pc.wrapping_byte_offset(op.b as i32 as isize).cast(),
            // SAFETY: operands of the instruction lie in the frame.
            Kind::Cv | Kind::Tmp => unsafe { Frame::slot(self.fp, op.b) },
            Kind::None => return None,
        };
        // SAFETY: as above.
        let (array, key) = unsafe { (&*Frame::slot(self.fp, op.a), (*key).as_int()?) };
        let element = array.as_array()?.get_int(key)?;
        // SAFETY: the element is alive.
        Some(unsafe { tag_bit(element) })
    }

    unsafe fn note(&mut self, pc: *const Op, at: u32) {
        let code = Code(code_slice(self.start, self.len));
        let op = code.op(at);
        let info = code.base(at).info();
        let element = if code.base(at) == Opcode::ASSIGN_DIM_OP && op.kind_a() == Kind::Cv {
            // SAFETY: the caller's promise.
            unsafe { self.element_tag(op, pc) }
        } else {
            None
        };
        let profile = &mut self.profile.ops[at as usize];
        profile.seen = true;
        profile.element |= element.unwrap_or(0);
        let slot = |kind: Kind, role: Role, operand: u32, base: *const Op| -> Option<*const Value> {
            match (kind, role) {
                (_, Role::None | Role::Lit | Role::Jmp | Role::Num) => None,
                // SAFETY: operands of the instruction lie in the frame.
                (Kind::Cv | Kind::Tmp, _) => Some(unsafe { Frame::slot(self.fp, operand) }),
                (Kind::Lit, Role::Val | Role::Opt) => {
                    Some(base.wrapping_byte_offset(operand as i32 as isize).cast())
                }
                _ => None,
            }
        };
        if let Some(a) = slot(op.kind_a(), info.roles[0], op.a, pc) {
            // SAFETY: as above.
            profile.a |= unsafe { tag_bit(a) };
            // SAFETY: the tag says that the payload is an array.
            if unsafe { (*a).tag() } == Tag::Array && unsafe { (*(*a).array_ptr()).flags } & ARRAY_HASH != 0 {
                profile.hash = true;
            }
        }
        if let Some(b) = slot(op.kind_b(), info.roles[1], op.b, pc) {
            // SAFETY: as above.
            profile.b |= unsafe { tag_bit(b) };
        }
        if op.kind_c() == Kind::Cv && info.roles[2] == Role::Res {
            // SAFETY: as above.
            profile.old |= unsafe { tag_bit(Frame::slot(self.fp, op.c)) };
        }
        if info.has_data() {
            let data = code.op(at + 1);
            if let Some(value) = slot(data.kind_a(), Role::Val, data.a, pc.wrapping_add(1)) {
                // SAFETY: as above: the DATA's operand belongs to the same frame.
                profile.data |= unsafe { tag_bit(value) };
            }
        }
    }
}

/// The instructions that the recorder knows by address.
fn code_slice<'u>(start: *const Op, len: u32) -> &'u [Op] {
    // SAFETY: both come from one function of a Unit that lives as long as the recording.
    unsafe { std::slice::from_raw_parts(start, len as usize) }
}

unsafe fn tag_bit(value: *const Value) -> u16 {
    // SAFETY: the caller's value is a slot or literal; its tag is read as a byte.
    1 << (unsafe { value.cast::<u8>().add(phalanx_value::layout::VALUE_TAG).read() } & 15)
}

/// Notes the instruction. A function of its own, so that [`record`] has no locals and hands over by a jump.
#[inline(never)]
unsafe fn observe(pc: *const Op, fp: *mut Frame, cx: &mut Context) -> Progress {
    match &mut state(cx).recorder {
        // SAFETY: handlers are run on an instruction and its frame.
        Some(recorder) => unsafe { recorder.step(pc, fp) },
        None => Progress::Done,
    }
}

unsafe fn record(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: handlers are run on an instruction and its frame.
    let progress = unsafe { observe(pc, fp, cx) };
    // SAFETY: as above; codes are below the table's length.
    let handler = unsafe { *INTERPRETER.0.get_unchecked((*pc).code as usize) };
    if progress == Progress::More {
        // SAFETY: as above.
        return unsafe { handler(pc, fp, cx, table) };
    }
    crate::hooks::finish_recording(cx, progress);
    // SAFETY: as above.
    unsafe { handler(pc, fp, cx, &INTERPRETER) }
}
