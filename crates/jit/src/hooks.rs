//! Where the interpreter meets the JIT: a site became hot, a site has code, code was left; and what a thread keeps for it.
//!
//! # Safety
//!
//! `hot` is a handler and `enter` a hook, see [`phalanx_vm::hot`]. What is published at a site is code made by
//! [`crate::lower`] for that site, of type [`Entry`](crate::runtime::Entry).
#![allow(unsafe_code, reason = "handlers, and calls of compiled code")]

use crate::background::{Answer, Job};
use crate::build::{Entry, Request, build};
use crate::code::{CodeStore, Place};
use crate::config::debug;
use crate::ir::Func;
use crate::lower::{Compiled, Scratch};
use crate::record::{Profiles, Progress, RECORDING, Recorder};
use crate::runtime::{ATTEND, Args, EXIT, LEFT, Outcome, REFUSED, leave};
use crate::snapshot::COUNTED;
use crate::{Jit, Mode, Reason};
use phalanx_bytecode::Op;
use phalanx_bytecode::flags::func;
use phalanx_bytecode::unit::FuncProto;
use phalanx_value::Value;
use phalanx_vm::dispatch::{Next, Table};
use phalanx_vm::frame::Frame;
use phalanx_vm::hot::JitHooks;
use phalanx_vm::ops::INTERPRETER;
use phalanx_vm::{Context, run};
use rustc_hash::{FxHashMap, FxHashSet};
use std::mem::MaybeUninit;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

/// Functions with more variables and temporaries are not compiled.
const MAX_SLOTS: u32 = 1_000;
/// How often a region is compiled at most.
const MAX_VERSIONS: u32 = 12;
/// Instructions of a small region.
const SMALL: u32 = 8;
/// How often recording may fail at a site.
const MAX_FAILURES: u32 = 6;
/// How much dearer a handler is in compiled code than what code of their own saves, in instructions.
const HANDLER_COST: usize = 4;
/// Native stack that compiled code leaves to what it calls.
const STACK_MARGIN: usize = 384 * 1024;

static HOOKS: JitHooks = JitHooks { hot_loop: hot::<true>, hot_call: hot::<false>, may_enter, enter };

/// A site: function, number, first instruction.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Site {
    proto: *const FuncProto,
    number: u32,
    at: u32,
    entry: Entry,
}

impl std::hash::Hash for Entry {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        if let Entry::Call(given) = self {
            given.hash(state);
        }
    }
}

/// What a thread knows of a site.
#[derive(Default)]
struct Region {
    /// How often it was compiled by this thread.
    versions: u32,
    failures: u32,
    /// How much was known when it was compiled.
    known: u64,
    /// How many instructions it has.
    size: usize,
}

impl Region {
    /// After how many exits at one place it is worth compiling anew, if a small region were after `hot`. To compile takes a time
    /// in proportion to the size, and so do exits in proportion to their number: the two are to be alike.
    fn worth(&self, hot: u32) -> u32 {
        if hot <= 1 { 1 } else { hot.saturating_mul((self.size as u32 / SMALL).max(1)) }
    }
}

/// Better code that a thread waits for.
struct Waiting {
    /// By ticket: for which site, and which of its versions.
    sites: FxHashMap<u64, (Site, u32)>,
    tickets: u64,
    sender: Sender<Answer>,
    answers: Receiver<Answer>,
    /// Lets the thread that compiles know that somebody waits.
    alive: Arc<()>,
}

impl Default for Waiting {
    fn default() -> Waiting {
        let (sender, answers) = channel();
        Waiting { sites: FxHashMap::default(), tickets: 0, sender, answers, alive: Arc::new(()) }
    }
}

/// What a thread keeps.
pub(crate) struct State {
    jit: Arc<Jit>,
    /// Where code of Units goes that are not this thread's own.
    store: Option<Rc<dyn CodeStore>>,
    pub profiles: Profiles,
    scratch: Scratch,
    pub recorder: Option<Recorder>,
    /// The site being recorded.
    site: Option<Site>,
    regions: FxHashMap<Site, Region>,
    waiting: Waiting,
    /// How often exits were taken, by address of their record.
    exits: FxHashMap<usize, u32>,
    /// Code that this thread has made or come to, and what it came to last.
    known: FxHashSet<usize>,
    entered: usize,
    /// It was switched off for good.
    disabled: bool,
}

impl Site {
    /// What dumps call it.
    fn name(self) -> String {
        // SAFETY: the Unit is in use by the thread that recorded in it.
        let proto = unsafe { &*self.proto };
        format!("{}() at {}", proto.name, proto.line_of(self.at as usize))
    }
}

impl State {
    pub(crate) fn jit(&self) -> &Jit {
        &self.jit
    }
}

/// Gives a context the JIT, switched on if that is its mode.
pub fn install(cx: &mut Context, jit: &Arc<Jit>, store: Option<Rc<dyn CodeStore>>) {
    cx.hot.loop_threshold = jit.config().hot_loop;
    cx.hot.call_threshold = jit.config().hot_func;
    cx.hot.state = Some(Box::new(State {
        jit: jit.clone(),
        store,
        profiles: Profiles::default(),
        scratch: Scratch::default(),
        recorder: None,
        site: None,
        regions: FxHashMap::default(),
        waiting: Waiting::default(),
        exits: FxHashMap::default(),
        known: FxHashSet::default(),
        entered: 0,
        disabled: false,
    }));
    switch(cx, jit.config().mode);
}

/// Whether a context has a JIT that may be switched on and off.
pub fn is_available(cx: &Context) -> bool {
    let state: Option<&State> = cx.hot.state.as_ref().and_then(|state| state.downcast_ref());
    state.is_some_and(|state| !state.disabled)
}

/// Leaves a function to the interpreter from now on, in all threads. Code that there is of it stays in use.
pub fn block(cx: &mut Context, proto: &FuncProto) {
    if cx.hot.state.is_some() {
        state(cx).jit.block(proto);
    }
}

/// Switches the JIT of a context on or off, or off for good. What runs in compiled code goes on there.
pub fn switch(cx: &mut Context, mode: Mode) {
    if !is_available(cx) {
        return;
    }
    state(cx).disabled = mode == Mode::Disable;
    if matches!(mode, Mode::Tracing | Mode::Function) {
        cx.hot.install(&HOOKS);
    } else {
        cx.hot.remove();
    }
}

/// The thread's state.
pub(crate) fn state(cx: &mut Context) -> &mut State {
    let state = cx.hot.state.as_mut().and_then(|state| state.downcast_mut());
    state.expect("hooks run only where the JIT is installed")
}

unsafe fn hot<const LOOP: bool>(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: handlers run on live frames of user functions; codes are below the tables' length.
    unsafe {
        let table = if consider::<LOOP>(pc, fp, cx) { &RECORDING } else { table };
        // What records is told of the instruction in any case.
        if std::ptr::eq(table, &RECORDING) {
            return (RECORDING.0[(*pc).code as usize])(pc, fp, cx, table);
        }
        let handler = *INTERPRETER.0.get_unchecked((*pc).code as usize);
        handler(pc, fp, cx, table)
    }
}

/// Starts to record at a hot site, unless there is a reason not to. A function of its own, so that [`hot`] has no
/// locals and hands over by a jump.
#[inline(never)]
unsafe fn consider<const LOOP: bool>(pc: *const Op, fp: *mut Frame, cx: &mut Context) -> bool {
    // SAFETY: handlers run on live frames of user functions; `pc` is an instruction of the function.
    let (proto, at, num_args) = unsafe {
        let proto = (*fp).func.proto().unwrap_unchecked();
        (proto, pc.offset_from(proto.code().as_ptr()) as u32, (*fp).num_args)
    };
    let (number, entry) = match LOOP {
        // SAFETY: a loop head stands before the instruction.
        true => (unsafe { (*pc.sub(1)).a }, Entry::Loop),
        false => (0, Entry::Call(num_args)),
    };
    let state = state(cx);
    let site = Site { proto, number, at, entry };
    let config = state.jit.config();
    let (show, max_regions) = (config.debug & debug::TRACE_START != 0, config.max_root_traces as usize);
    let hot_loop = config.hot_loop;
    let count = state.regions.len();
    let region = state.regions.entry(site).or_default();
    if region.failures >= MAX_FAILURES || region.versions > MAX_VERSIONS {
        return false;
    }
    let hidden = proto.has(func::USES_SYMBOLS) && !proto.has(func::MAIN);
    let odd = entry != Entry::Loop
        && (proto.has(func::GENERATOR | func::MAIN | func::RETURNS_REF | func::VARIADIC)
            || num_args > proto.num_params);
    // Entries, joins and exits deal with each slot of a frame.
    let big = proto.num_cvs + proto.num_tmps > MAX_SLOTS;
    let blocked = state.jit.is_blocked(proto);
    if hidden || odd || big || blocked || count > max_regions {
        state.jit.counters.abort(match (blocked, hidden || odd, big) {
            (true, ..) => Reason::Blocked,
            (_, true, _) => Reason::Symbols,
            (.., true) => Reason::TooBig,
            _ => Reason::TooManyLoops,
        });
        region.failures = MAX_FAILURES;
        return false;
    }
    if show {
        let what = if entry == Entry::Loop { "loop" } else { "function" };
        eprintln!("---- TRACE start ({what}) {}() at {}", proto.name, proto.line_of(at as usize));
    }
    region.failures += 1;
    start(cx, Recorder::new(pc, fp, hot_loop), site);
    true
}

fn start(cx: &mut Context, recorder: Recorder, site: Site) {
    let state = state(cx);
    state.jit.counters.recorded.fetch_add(1, Ordering::Relaxed);
    state.site = Some(site);
    state.recorder = Some(recorder);
    cx.hot.set_table(Some(&RECORDING));
}

/// Ends the recording: compiles what was seen.
#[inline(never)]
pub(crate) fn finish_recording(cx: &mut Context, progress: Progress) {
    cx.hot.set_table(None);
    let state = state(cx);
    let (Some(_), Some(site)) = (state.recorder.take(), state.site.take()) else { return };
    let shown = state.jit.config().debug;
    if shown & debug::TRACE_STOP != 0 {
        eprintln!("---- TRACE stop ({progress:?})");
    }
    let changes = state.profiles.changes();
    let region = state.regions.entry(site).or_default();
    if region.versions > 0 && region.known == changes {
        // Whoever leaves there goes where the code cannot follow.
        return;
    }
    region.known = changes;
    let Err(reason) = compile(state, site) else { return };
    state.jit.counters.abort(reason);
    if shown & debug::TRACE_ABORT != 0 {
        eprintln!("---- TRACE abort ({})", reason.text());
    }
    let region = state.regions.entry(site).or_default();
    region.failures = MAX_FAILURES;
}

/// Makes code for a site and publishes it.
fn compile(state: &mut State, site: Site) -> Result<(), Reason> {
    // SAFETY: the Unit is in use by the thread that recorded in it.
    let proto = unsafe { &*site.proto };
    let config = state.jit.config().clone();
    let show = config.debug & debug::BUILD != 0;
    let begun = Instant::now();
    // What was assumed of a loop's counters when it was entered did not hold if it has to be compiled again.
    let bounds = state.regions.get(&site).is_none_or(|region| region.versions < 2);
    let request = Request { profiles: &state.profiles, proto, at: site.at, entry: site.entry, bounds, show };
    let mut built = build(request)?;
    // With a threshold of 1 everything is compiled: so that tests reach all of it.
    if config.hot_loop > 1 && built.own <= built.left * HANDLER_COST {
        return Err(Reason::NoGain);
    }
    if config.debug & debug::IR != 0 {
        eprintln!("---- built: {}\n{}", site.name(), crate::ir::dump::dump(&built.func));
    }
    let graph = crate::pass::run(&mut built.func, &mut |pass, func| {
        if config.debug & debug::PASSES != 0 {
            eprintln!("---- {pass}: {}\n{}", site.name(), crate::ir::dump::dump(func));
        }
    });
    let compiled = crate::quick::compile(&built.func, graph);
    if config.debug & debug::ASM != 0 {
        eprintln!("---- machine code: {}\n{}", site.name(), compiled.hex());
    }
    let again = has_code(site);
    publish(state, site, &compiled)?;
    if config.debug & debug::TRACE_COMPILED != 0 {
        let exits = built.func.snapshots.len();
        eprintln!(
            "---- TRACE compiled: {}, {} bytes in {} us, {exits} exits, {} instructions, {} by handlers",
            site.name(),
            compiled.bytes.len(),
            begun.elapsed().as_micros(),
            built.own + built.left,
            built.left
        );
    }
    let region = state.regions.entry(site).or_default();
    region.versions += 1;
    region.failures = 0;
    region.size = built.own + built.left;
    let counters = &state.jit.counters;
    let counter = if again { &counters.recompiled } else { &counters.compiled };
    counter.fetch_add(1, Ordering::Relaxed);
    if config.optimizes()
        && let Err(reason) = optimize(state, site, built.func)
    {
        state.jit.counters.abort(reason);
    }
    Ok(())
}

/// Has better code made of the same form.
fn optimize(state: &mut State, site: Site, func: Func) -> Result<(), Reason> {
    if !state.jit.config().background {
        let compiled = crate::lower::compile(&state.jit, &func, &mut state.scratch)?;
        return publish(state, site, &compiled);
    }
    let version = state.regions.get(&site).map_or(0, |region| region.versions);
    let waiting = &mut state.waiting;
    waiting.tickets += 1;
    let (ticket, answer) = (waiting.tickets, waiting.sender.clone());
    let job = Job { jit: state.jit.clone(), func, ticket, answer, waiting: Arc::downgrade(&waiting.alive) };
    if state.jit.background.submit(job) {
        waiting.sites.insert(ticket, (site, version));
    }
    Ok(())
}

/// Publishes what was made meanwhile, unless a site has newer code.
fn receive(state: &mut State) {
    if state.waiting.sites.is_empty() {
        return;
    }
    while let Ok((ticket, made)) = state.waiting.answers.try_recv() {
        let Some((site, version)) = state.waiting.sites.remove(&ticket) else { continue };
        if state.regions.get(&site).is_none_or(|region| region.versions != version) {
            continue;
        }
        if let Err(reason) = made.and_then(|compiled| publish(state, site, &compiled)) {
            state.jit.counters.abort(reason);
        } else if state.jit.config().debug & debug::TRACE_COMPILED != 0 {
            eprintln!("---- TRACE optimized: {}", site.name());
        }
    }
}

fn publish(state: &mut State, site: Site, compiled: &Compiled) -> Result<(), Reason> {
    if !place(state, site, &compiled.bytes, compiled.entry) {
        return Err(Reason::Full);
    }
    if let Some(slot) = trace_slot(site) {
        // Perhaps another thread has written it since: then this one does not tell its own code from others'.
        state.known.insert(slot.load(Ordering::Relaxed).addr());
    }
    Ok(())
}

/// The site's entry of its Unit's trace table, if it has one.
fn trace_slot<'u>(site: Site) -> Option<&'u AtomicPtr<u8>> {
    // SAFETY: the Unit is in use by the thread that recorded in it; its trace table has an entry for each site.
    unsafe {
        let proto = &*site.proto;
        let traces = proto.unit().traces;
        (!traces.is_null()).then(|| &*traces.add((proto.first_trace_site + site.number) as usize))
    }
}

fn has_code(site: Site) -> bool {
    trace_slot(site).is_some_and(|slot| !slot.load(Ordering::Relaxed).is_null())
}

/// Puts code where it runs and publishes it at its site; says whether there was room.
fn place(state: &State, site: Site, bytes: &[u8], entry: usize) -> bool {
    let Some(slot) = trace_slot(site) else { return false };
    // SAFETY: the Unit is in use by the thread that recorded in it.
    let unit = unsafe { (*site.proto).unit() };
    match state.store.as_ref().map_or(Place::Elsewhere, |store| store.publish(unit, slot, bytes, entry)) {
        Place::Done => true,
        Place::Full => false,
        Place::Elsewhere => match state.jit.code.add(bytes) {
            Some(address) => {
                slot.store(address.wrapping_add(entry).cast_mut(), Ordering::Release);
                true
            }
            None => false,
        },
    }
}

/// Loops and functions that have code are not recorded again as part of others.
unsafe fn may_enter(pc: *const Op, cx: &mut Context, table: &Table) -> bool {
    if !std::ptr::eq(table, &RECORDING) {
        return false;
    }
    let state = state(cx);
    match (&state.recorder, state.site) {
        (Some(_), Some(site)) => {
            // SAFETY: the Unit is in use by the thread that records in it.
            let code = unsafe { (*site.proto).code() };
            !std::ptr::eq(pc, &raw const code[site.at as usize])
        }
        _ => false,
    }
}

unsafe fn enter(number: u32, entry: *const u8, pc: *const Op, fp: *mut Frame, cx: &mut Context) -> Next {
    if cx.native_stack_left() < 2 * STACK_MARGIN {
        return Next { pc, fp };
    }
    let state = state(cx);
    receive(state);
    if state.entered != entry.addr() {
        state.entered = entry.addr();
        if state.known.insert(entry.addr()) {
            state.jit.counters.shared.fetch_add(1, Ordering::Relaxed);
        }
    }
    let mut args = MaybeUninit::<Args>::uninit();
    let to = args.as_mut_ptr();
    // SAFETY: all fields but the two areas that code fills are written here; those are words, so any bits will do.
    let args = unsafe {
        (*to).cx = cx;
        (*to).interrupt = cx.poll_word();
        (*to).stack_limit = cx.native_limit + STACK_MARGIN;
        (*to).pc = pc;
        (*to).fp = fp;
        &mut *to
    };
    // SAFETY: module documentation.
    let code: crate::runtime::Entry = unsafe { std::mem::transmute(entry) };
    // SAFETY: the frame stands at the site, as the code expects.
    let outcome = unsafe { code(args, fp, entry) };
    if outcome.meta & LEFT == 0 {
        let words = Outcome { meta: outcome.meta & !ATTEND, ..outcome };
        // SAFETY: the two words of the function's result; its variables are released.
        return unsafe { run::returned(fp, std::mem::transmute::<Outcome, Value>(words), cx) };
    }
    if outcome.meta == REFUSED {
        return Next { pc, fp };
    }
    // SAFETY: the code was left as the outcome says.
    let next = unsafe { leave(args, fp, outcome) };
    if outcome.meta == EXIT && !next.pc.is_null() {
        // SAFETY: the payload is the record's address.
        unsafe { count_exit(number, outcome.payload as usize, pc, fp, next, cx) };
    }
    next
}

/// Counts an exit; one that is taken often is recorded, and its region compiled anew.
#[inline(never)]
unsafe fn count_exit(
    number: u32,
    record: usize,
    pc: *const Op,
    fp: *mut Frame,
    next: Next,
    cx: &mut Context,
) {
    let flags: *const u32 = std::ptr::with_exposed_provenance(record);
    // SAFETY: a record's first word are its flags.
    let is_counted = unsafe { flags.read_unaligned() } & COUNTED != 0;
    let shown = state(cx).jit.config().debug;
    if shown & debug::TRACE_EXIT != 0 {
        // SAFETY: the interpreter goes on in a live frame of a user function.
        let (name, line) = unsafe {
            let proto = (*next.fp).func.proto().unwrap_unchecked();
            (&proto.name, proto.line_of(next.pc.offset_from(proto.code().as_ptr()) as usize))
        };
        eprintln!("---- TRACE exit to {name}() at {line}{}", if is_counted { ", counted" } else { "" });
    }
    // Those that are not counted may have raised an exception, and the frame be gone.
    if !is_counted || state(cx).recorder.is_some() {
        return;
    }
    // SAFETY: the exit rebuilt the frame, so it is alive.
    let (proto, num_args) = unsafe {
        let Some(proto) = (*fp).func.proto() else { return };
        (proto, (*fp).num_args)
    };
    // SAFETY: `pc` is an instruction of the frame's function.
    let at = unsafe { pc.offset_from(proto.code().as_ptr()) } as u32;
    // Number 0 is the function itself.
    let entry = if number == 0 { Entry::Call(num_args) } else { Entry::Loop };
    let state = state(cx);
    let config = state.jit.config();
    let hot_loop = config.hot_loop;
    let count = state.exits.entry(record).or_insert(0);
    *count += 1;
    if *count < config.hot_side_exit.max(1) {
        return;
    }
    let site = Site { proto, number, at, entry };
    let region = state.regions.entry(site).or_default();
    if *count != region.worth(config.hot_side_exit) {
        return;
    }
    if region.versions > config.max_side_traces.min(MAX_VERSIONS) || region.failures >= MAX_FAILURES {
        return;
    }
    // What a loop leads to when it is left belongs to the loop around it.
    if entry == Entry::Loop && leaves_loop(&state.profiles, proto, at, fp, next) {
        return;
    }
    state.jit.counters.side_exits.fetch_add(1, Ordering::Relaxed);
    let home = (entry == Entry::Loop).then(|| &raw const proto.code()[at as usize]);
    let mut recorder = Recorder::new(next.pc, next.fp, hot_loop);
    recorder.home = home;
    start(cx, recorder, site);
    cx.hot.resume_with(&RECORDING);
}

fn leaves_loop(profiles: &Profiles, proto: &FuncProto, head: u32, fp: *mut Frame, next: Next) -> bool {
    let Some(profile) = profiles.get(proto) else { return false };
    // SAFETY: the instruction is one of the same function, if the frame is the same.
    let at = unsafe { next.pc.offset_from(proto.code().as_ptr()) };
    let around = profile.loops.iter().any(|(&start, outer)| {
        (start..=outer.end).contains(&head) && (start as isize..=outer.end as isize).contains(&at)
    });
    next.fp == fp && !around
}
