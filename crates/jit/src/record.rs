//! Recording: the interpreter runs with a table whose entries all are [`record`], which notes the instruction and
//! hands over to its real handler.
//!
//! # Safety
//!
//! `record` is a handler, see [`phalanx_vm::dispatch`]. Operands are read only in frames that run: an instruction of
//! a frame's function runs in it, so the frame is alive and its slots are.
#![allow(unsafe_code, reason = "a handler that looks at operands")]

use crate::hooks::state;
use crate::profile::{Callee, Code, FuncProfile, INDEXED};
use crate::types::{UNDEF, literal};
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
use phalanx_vm::props::cached_slot;
use rustc_hash::FxHashMap;

/// The table that records.
pub(crate) static RECORDING: Table = Table([record; CODES]);

/// How many instructions a recording may see, those of called functions included.
const LIMIT: u32 = 5_000;
/// After so many that showed nothing new it has seen enough.
const QUIET: u32 = 250;
/// The same if it has been where it began; or fewer, in proportion, where little makes a loop hot.
const QUIET_ROUND: u32 = 150;
const QUIET_VISITS: u32 = 8;

/// What a thread has seen of its functions.
#[derive(Default)]
pub(crate) struct Profiles {
    all: Vec<FuncProfile>,
    /// Places in `all`, and the one asked for last.
    places: FxHashMap<*const FuncProto, usize>,
    last: Option<(*const FuncProto, usize)>,
    /// How often something new was seen of any function.
    changes: u64,
}

impl Profiles {
    pub(crate) fn get(&self, proto: *const FuncProto) -> Option<&FuncProfile> {
        self.places.get(&proto).map(|&place| &self.all[place])
    }

    /// How often something new was seen of any function.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// # Safety
    /// The function's Unit must stay alive as long as the profiles.
    unsafe fn of(&mut self, proto: &FuncProto, symbols: bool) -> &mut FuncProfile {
        let place = match self.last {
            Some((last, place)) if std::ptr::eq(last, proto) => place,
            _ => *self.places.entry(proto).or_insert_with(|| {
                self.all.push(FuncProfile::new(proto, symbols || proto.has(func::MAIN)));
                self.all.len() - 1
            }),
        };
        self.last = Some((proto, place));
        let profile = &mut self.all[place];
        profile.symbols |= symbols;
        profile
    }
}

/// A recording under way.
pub(crate) struct Recorder {
    /// The frame that it began in, and the instruction.
    fp: *mut Frame,
    start: *const Op,
    /// The head of the loop that was left, where a way out of its code is recorded: back there without news, all of the way is
    /// known, since what follows was recorded before.
    pub home: Option<*const Op>,
    steps: u32,
    rounds: u32,
    /// How much was known when it saw something new last, and at which step that was.
    known: u64,
    news: u32,
    /// After how many steps without news a round is enough.
    patience: u32,
    /// The instruction executed last in each frame that runs.
    last: Vec<(*mut Frame, u32)>,
}

/// What a recording says after an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Progress {
    /// It goes on.
    More,
    /// It saw what there is to see.
    Done,
    /// The frame that it began in was left.
    Left,
    /// It became too long.
    TooLong,
    /// It saw nothing new for long.
    Quiet,
}

impl Recorder {
    /// Records from `pc` in `fp` on.
    pub(crate) fn new(pc: *const Op, fp: *mut Frame, hot_loop: u32) -> Recorder {
        let patience = hot_loop.saturating_mul(QUIET_VISITS).min(QUIET_ROUND);
        Recorder {
            fp,
            start: pc,
            home: None,
            steps: 0,
            rounds: 0,
            known: 0,
            news: 0,
            patience,
            last: Vec::new(),
        }
    }

    unsafe fn step(
        &mut self,
        profiles: &mut Profiles,
        pc: *const Op,
        fp: *mut Frame,
        plain_output: bool,
    ) -> Progress {
        self.steps += 1;
        if self.steps > LIMIT {
            return Progress::TooLong;
        }
        if self.known != profiles.changes {
            (self.known, self.news) = (profiles.changes, self.steps);
        }
        let quiet = self.steps - self.news;
        if quiet > QUIET {
            return Progress::Quiet;
        }
        if fp == self.fp && pc == self.start {
            self.rounds += 1;
            if self.rounds > 1 && quiet > self.patience {
                return Progress::Done;
            }
        }
        // SAFETY: the frame is that of a user function, whose Unit the request keeps.
        unsafe {
            let Some(proto) = (*fp).func.proto() else { return Progress::More };
            let at = pc.offset_from(proto.code().as_ptr());
            if at < 0 || at as usize >= proto.code().len() {
                return Progress::More;
            }
            let left = self.note_result(profiles, fp);
            if left {
                return Progress::Left;
            }
            let profile = profiles.of(proto, (*fp).has(flag::SYMBOLS));
            let news = note(profile, pc, at as u32, fp, plain_output);
            profiles.changes += u64::from(news);
            if self.home == Some(pc) && fp == self.fp && !news && self.steps > 1 {
                return Progress::Done;
            }
            self.last.push((fp, at as u32));
        }
        Progress::More
    }

    /// What the instruction before this one left in its frame. Says whether the frame of the recording was left.
    unsafe fn note_result(&mut self, profiles: &mut Profiles, fp: *mut Frame) -> bool {
        while let Some(&(frame, last)) = self.last.last() {
            // SAFETY: `fp` runs; a frame that called it runs as well.
            unsafe {
                if frame != fp && (*fp).prev == frame {
                    return false;
                }
                self.last.pop();
                if frame != fp {
                    if frame == self.fp {
                        return true;
                    }
                    continue;
                }
                let Some(proto) = (*fp).func.proto() else { return false };
                if last as usize >= proto.code().len() {
                    return false;
                }
                let news = note_result(profiles.of(proto, false), last, fp);
                profiles.changes += u64::from(news);
            }
            return false;
        }
        false
    }
}

/// Says whether there was something new.
unsafe fn note_result(profile: &mut FuncProfile, last: u32, fp: *mut Frame) -> bool {
    // SAFETY: the profile's Unit is alive.
    let code = Code(unsafe { (*profile.proto).code() });
    let (op, base) = (code.op(last), code.base(last));
    let profile = &mut profile.ops[last as usize];
    let known = *profile;
    if base.info().roles[2] == Role::Res && matches!(op.kind_c(), Kind::Cv | Kind::Tmp) {
        // SAFETY: the tag of a slot is a byte whatever it holds.
        profile.c |= unsafe { tag_bit(Frame::slot(fp, op.c)) };
    }
    if base.info().roles[0] == Role::Var && op.kind_a() == Kind::Cv {
        // SAFETY: as above.
        profile.after |= unsafe { tag_bit(Frame::slot(fp, op.a)) };
    }
    if matches!(base, Opcode::INIT_CALL | Opcode::INIT_CALL_METHOD) {
        // SAFETY: the call was just begun, or the instruction threw and there may be none.
        let callee = unsafe {
            (*fp).call.as_ref().filter(|call| !call.has(flag::TRAMPOLINE)).and_then(|call| call.func.proto())
        };
        let callee = callee.map_or(Callee::Other, |proto| Callee::User(proto));
        profile.callee = match profile.callee {
            Callee::Unseen => callee,
            known if known == callee => known,
            _ => Callee::Other,
        };
    }
    *profile != known
}

/// The tags of the element that an instruction reads or changes.
unsafe fn element_tag(op: Op, pc: *const Op, fp: *mut Frame) -> Option<u16> {
    let key: *const Value = match op.kind_b() {
        Kind::Lit => pc.wrapping_byte_offset(op.b as i32 as isize).cast(),
        // SAFETY: operands of the instruction lie in the frame.
        Kind::Cv | Kind::Tmp => unsafe { Frame::slot(fp, op.b) },
        Kind::None => return None,
    };
    // SAFETY: as above.
    let (array, key) = unsafe { (&*Frame::slot(fp, op.a), (*key).as_int()?) };
    let Some(element) = array.as_array()?.get_int(key) else { return Some(UNDEF) };
    // SAFETY: the element is alive.
    Some(unsafe { tag_bit(element) })
}

/// The tags of the property that an instruction changes, if its cache knows where that lies.
unsafe fn property_tag(op: Op, pc: *const Op, fp: *mut Frame) -> Option<u16> {
    if op.kind_b() != Kind::Lit {
        return None;
    }
    // SAFETY: the instruction is one of the frame's function, whose cache has the words that its name says.
    unsafe {
        let object = match op.kind_a() {
            Kind::None => (*fp).this.as_object(),
            Kind::Cv => (*Frame::slot(fp, op.a)).deref().as_object(),
            _ => None,
        }?;
        let word = literal(pc.cast(), op.b).spare();
        let value = cached_slot(object, (*fp).cache.add(word as usize));
        (!value.is_null()).then(|| tag_bit(value))
    }
}

/// Says whether there was something new.
unsafe fn note(
    profile: &mut FuncProfile,
    pc: *const Op,
    at: u32,
    fp: *mut Frame,
    plain_output: bool,
) -> bool {
    // SAFETY: the profile's Unit is alive.
    let code = Code(unsafe { (*profile.proto).code() });
    let (op, base) = (code.op(at), code.base(at));
    let info = base.info();
    let is_dim = matches!(
        base,
        Opcode::ASSIGN_DIM_OP
            | Opcode::ASSIGN_DIM
            | Opcode::FETCH_DIM_R
            | Opcode::FETCH_DIM_W
            | Opcode::FETCH_DIM_RW
    );
    let is_property = matches!(
        base,
        Opcode::ASSIGN_OBJ_OP
            | Opcode::PRE_INC_OBJ
            | Opcode::PRE_DEC_OBJ
            | Opcode::POST_INC_OBJ
            | Opcode::POST_DEC_OBJ
    );
    let element = if is_property {
        // SAFETY: the caller's promise.
        unsafe { property_tag(op, pc, fp) }
    } else if is_dim && matches!(op.kind_a(), Kind::Cv | Kind::Tmp) {
        // SAFETY: the caller's promise.
        unsafe { element_tag(op, pc, fp) }
    } else {
        None
    };
    let head_changed = match profile.loops.get_mut(&at) {
        // SAFETY: the profile's Unit is alive, and the frame is one of its function.
        Some(found) => unsafe { note_head(&mut found.tags, (*profile.proto).num_cvs, fp) },
        None => false,
    };
    let profile = &mut profile.ops[at as usize];
    let known = *profile;
    profile.seen = true;
    profile.odd_output |= base == Opcode::ECHO && !plain_output;
    profile.element |= element.unwrap_or(0);
    let slot = |kind: Kind, role: Role, operand: u32, base: *const Op| -> Option<*const Value> {
        match (kind, role) {
            (_, Role::None | Role::Lit | Role::Jmp | Role::Num) => None,
            // SAFETY: operands of the instruction lie in the frame.
            (Kind::Cv | Kind::Tmp, _) => Some(unsafe { Frame::slot(fp, operand) }),
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
        profile.old |= unsafe { tag_bit(Frame::slot(fp, op.c)) };
    }
    if matches!(base, Opcode::RECV | Opcode::RECV_INIT) {
        // SAFETY: as above.
        profile.c |= unsafe { tag_bit(Frame::slot(fp, op.c)) };
    }
    if info.has_data() {
        let data = code.op(at + 1);
        if let Some(value) = slot(data.kind_a(), Role::Val, data.a, pc.wrapping_add(1)) {
            // SAFETY: as above: the DATA's operand belongs to the same frame.
            profile.data |= unsafe { tag_bit(value) };
        }
    }
    head_changed || *profile != known
}

/// Notes what variables hold at the head of a loop; says whether that is new.
unsafe fn note_head(tags: &mut [u16], count: u32, fp: *mut Frame) -> bool {
    let mut changed = false;
    for (index, tags) in (0..count).zip(tags) {
        let known = *tags;
        // SAFETY: variables of a frame that runs are initialised; the tag says that the payload is an array.
        unsafe {
            let value = Frame::slot_at(fp, index);
            *tags |= tag_bit(value);
            if (*value).tag() == Tag::Array && (*(*value).array_ptr()).flags & ARRAY_HASH != 0 {
                *tags |= INDEXED;
            }
        }
        changed |= *tags != known;
    }
    changed
}

unsafe fn tag_bit(value: *const Value) -> u16 {
    // SAFETY: the caller's value is a slot or literal; its tag is read as a byte.
    1 << (unsafe { value.cast::<u8>().add(phalanx_value::layout::VALUE_TAG).read() } & 15)
}

/// Notes the instruction. A function of its own, so that [`record`] has no locals and hands over by a jump.
#[inline(never)]
unsafe fn observe(pc: *const Op, fp: *mut Frame, cx: &mut Context) -> Progress {
    let plain_output = cx.echo_is_plain();
    let state = state(cx);
    match &mut state.recorder {
        // SAFETY: handlers are run on an instruction and its frame.
        Some(recorder) => unsafe { recorder.step(&mut state.profiles, pc, fp, plain_output) },
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
