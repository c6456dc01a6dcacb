//! From bytecode and profile to the SSA form.
//!
//! A region is walked from its entry, along what was seen to run. Between two instructions a [`State`] says where each
//! slot's value is and what it is; each instruction is translated for the state before it. Where paths meet, code is made
//! once for each combination of types that comes there (a *version*, as in basic block versioning), up to a few; so the
//! first round of a loop whose variables begin as ints and go on as floats gets code of its own, and whatever a loop's
//! first round has checked is known in the others. What was not seen leaves.
//!
//! Calls of functions that are small and need nothing of the interpreter are walked into: their frames exist only in
//! snapshots. If an instruction in there turns out to need a frame, the region is begun again without that call inlined.
//!
//! Invariant: what memory holds in a slot is never owned twice. A slot whose value is in registers owns nothing in memory.

mod arith;
mod array;
mod assign;
mod cached;
mod call;
mod compare;
mod enter;
mod frame;
mod handler;
mod op;
mod property;
mod slots;
mod speculate;
mod state;
mod string;
mod versions;

use crate::Reason;
use crate::ir::{Blk, End, Func, Inst, SnapId, Ty, Val};
use crate::profile::{Code, FuncProfile};
use crate::record::Profiles;
use phalanx_bytecode::table::Opcode;
use phalanx_bytecode::unit::FuncProto;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use state::{Context, CtxId, State};
use versions::Version;

/// What a region begins with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Entry {
    /// The head of a loop, in a frame that runs.
    Loop,
    /// A call with so many arguments.
    Call(u32),
}

/// A region to build.
#[derive(Clone, Copy)]
pub(crate) struct Request<'p> {
    pub profiles: &'p Profiles,
    pub proto: &'p FuncProto,
    /// Its first instruction.
    pub at: u32,
    pub entry: Entry,
    /// Whether a loop that counts is entered only while its counter is not negative.
    pub bounds: bool,
    /// Whether to show the instructions as they are translated.
    pub show: bool,
}

/// A region in SSA form.
pub(crate) struct Built {
    pub func: Func,
    /// How many instructions got code of their own, and how many are left to their handlers.
    pub own: usize,
    pub left: usize,
}

/// Why the walk stopped.
enum Stop {
    Failed(Reason),
    /// Begin again with more of [`Avoid`].
    Again,
}

/// Calls that are not made in the best way, by function and INIT.
#[derive(Default)]
struct Avoid {
    /// Begun by their handlers.
    handled: FxHashSet<(*const FuncProto, u32)>,
    /// Not inlined.
    outlined: FxHashSet<(*const FuncProto, u32)>,
}

/// How many instructions a region may have, inlined ones included.
const MAX_OPS: usize = 3000;
/// How often a region is begun again.
const MAX_TRIES: usize = 40;

struct Builder<'p> {
    request: Request<'p>,
    avoid: &'p mut Avoid,
    func: Func,
    /// The block being filled.
    block: Blk,
    ctxs: Vec<Context>,
    versions: FxHashMap<(CtxId, u32), Vec<Version>>,
    /// Versions whose code is to be made.
    open: Vec<(Blk, u32, State)>,
    /// Instructions that are jumped to, by function.
    leaders: FxHashMap<*const FuncProto, FxHashSet<u32>>,
    args: Val,
    /// The frame that the code is entered with.
    fp: Val,
    /// The word that is polled, the context, and the top of its stack when the code was entered.
    interrupt: Val,
    cx: Val,
    top: Val,
    /// The most bytes of frames that exist in snapshots only.
    need: u32,
    /// State before the instruction being translated, and the exit to it if it has one.
    before: State,
    at: u32,
    exit: Option<SnapId>,
    /// Words that are not 0 if something asks for attention behind the instruction being translated.
    attention: Vec<Val>,
    /// Whether the jump back to a loop's head that is being made has polled already.
    polled: bool,
    /// Whether compiled code of functions is called.
    calls: bool,
    own: usize,
    left: usize,
    ops: usize,
}

/// Builds the region.
pub(crate) fn build(request: Request<'_>) -> Result<Built, Reason> {
    let mut avoid = Avoid::default();
    for _ in 0..MAX_TRIES {
        let mut builder = Builder::new(request, &mut avoid);
        match builder.run() {
            Ok(()) => return Ok(Built { func: builder.func, own: builder.own, left: builder.left }),
            Err(Stop::Failed(reason)) => return Err(reason),
            Err(Stop::Again) => {}
        }
    }
    Err(Reason::TooBig)
}

/// Whether an instruction does nothing but compare and jump.
fn is_test(base: Opcode) -> bool {
    matches!(
        base,
        Opcode::JMP_LESS | Opcode::JMP_NOT_LESS | Opcode::JMP_LESS_EQUAL | Opcode::JMP_NOT_LESS_EQUAL
    )
}

impl<'p> Builder<'p> {
    fn new(request: Request<'p>, avoid: &'p mut Avoid) -> Builder<'p> {
        let mut func = Func::new();
        let block = func.new_block();
        let args = func.new_param(block, Ty::Word);
        Builder {
            request,
            avoid,
            func,
            block,
            ctxs: Vec::new(),
            versions: FxHashMap::default(),
            open: Vec::new(),
            leaders: FxHashMap::default(),
            args,
            fp: args,
            interrupt: args,
            cx: args,
            top: args,
            need: 0,
            before: State { frames: SmallVec::new() },
            at: request.at,
            exit: None,
            attention: Vec::new(),
            polled: false,
            calls: false,
            own: 0,
            left: 0,
            ops: 0,
        }
    }

    fn run(&mut self) -> Result<(), Stop> {
        let state = self.enter();
        let reserve = self.block;
        let first = self.func.new_block();
        self.block = first;
        self.go(self.request.at, state)?;
        while let Some((block, at, state)) = self.open.pop() {
            self.block = block;
            self.walk(at, state)?;
        }
        self.reserve(reserve, first);
        Ok(())
    }

    /// Translates from `at` to the end of the block.
    fn walk(&mut self, mut at: u32, mut state: State) -> Result<(), Stop> {
        loop {
            self.ops += 1;
            if self.ops > MAX_OPS {
                return Err(Stop::Failed(Reason::TooBig));
            }
            match self.translate(at, &mut state)? {
                Some(next) if self.is_straight(next, &state) => at = next,
                Some(next) => return self.go(next, state),
                None => return Ok(()),
            }
        }
    }

    /// Whether the walk simply goes on at `next`: it was seen, and nobody jumps there, or it is a test, of which each way
    /// to it gets its own: so a loop that tests at its end has one jump.
    fn is_straight(&mut self, next: u32, state: &State) -> bool {
        let proto = self.proto(state.top().ctx);
        let seen = self.is_known(proto, next);
        seen && (!self.is_leader(proto, next) || is_test(self.code_of(proto).base(next)))
    }

    fn is_leader(&mut self, proto: *const FuncProto, at: u32) -> bool {
        let code = self.code_of(proto);
        let leaders = self.leaders.entry(proto).or_insert_with(|| {
            let mut all = FxHashSet::default();
            for at in 0..code.0.len() as u32 {
                code.successors(at, |next| {
                    if next != code.behind(at) {
                        all.insert(next);
                    }
                });
            }
            all
        });
        leaders.contains(&at)
    }

    fn ctx(&self, id: CtxId) -> &Context {
        &self.ctxs[id.0 as usize]
    }

    fn proto(&self, id: CtxId) -> *const FuncProto {
        self.ctx(id).proto
    }

    fn profile(&self, proto: *const FuncProto) -> Option<&'p FuncProfile> {
        self.request.profiles.get(proto)
    }

    #[allow(unsafe_code, reason = "functions of the region are alive while it is compiled")]
    fn code_of(&self, proto: *const FuncProto) -> Code<'p> {
        // SAFETY: the request keeps the Units of the functions that were recorded.
        Code(unsafe { (*proto).code() })
    }

    #[allow(unsafe_code, reason = "functions of the region are alive while it is compiled")]
    fn proto_ref(&self, proto: *const FuncProto) -> &'p FuncProto {
        // SAFETY: as `code_of`.
        unsafe { &*proto }
    }

    // Instructions.

    fn push(&mut self, inst: Inst, ty: Ty) -> Val {
        self.func.push(self.block, inst, ty)
    }

    fn int(&mut self, int: i64) -> Val {
        self.push(Inst::Int(int), Ty::Int)
    }

    fn word(&mut self, word: u64) -> Val {
        self.push(Inst::Word(word), Ty::Word)
    }

    fn end(&mut self, end: End) {
        self.func.block_mut(self.block).end = end;
    }
}
