//! Where the interpreter meets the JIT: a site became hot, a site has code; and what a thread keeps for both.
//!
//! # Safety
//!
//! `hot` is a handler and `enter` a hook, see [`phalanx_vm::hot`]. What is published at a site is code made by
//! [`crate::lower`] for that site, which takes [`Args`].
#![allow(unsafe_code, reason = "handlers, and calls of compiled code")]

use crate::code::{ALIGN, CodeStore, Place};
use crate::config::debug;
use crate::lower::Compiled;
use crate::profile::{Code, Profile};
use crate::record::last_jump_to;
use crate::record::{Progress, RECORDING, Recorder};
use crate::{Jit, Mode, Reason};
use phalanx_bytecode::Op;
use phalanx_bytecode::flags::func;
use phalanx_vm::Context;
use phalanx_vm::dispatch::{Next, Table};
use phalanx_vm::frame::Frame;
use phalanx_vm::hot::JitHooks;
use phalanx_vm::ops::INTERPRETER;
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What compiled code is called with: the frame, the words it polls, and room for what it says.
#[repr(C)]
pub(crate) struct Args {
    pub fp: *mut Frame,
    pub cx: *mut Context,
    pub interrupt: *const u32,
    pub attention: *const u32,
    /// Where to go on, if the code returned null.
    pub pc: *const Op,
    /// Number of the exit that was taken.
    pub exit: u32,
}

type Entry = unsafe extern "C" fn(*mut Args) -> *const Op;

/// How often a loop is compiled at most.
const MAX_VERSIONS: u32 = 12;

static HOOKS: JitHooks = JitHooks { hot, enter };

/// A loop that was compiled, as its thread knows it.
struct Region {
    profile: Option<Profile>,
    /// How often it was compiled.
    versions: u32,
    /// Which of its exits are counted.
    exits: Vec<bool>,
    /// First and last instruction of the loop.
    range: (u32, u32),
    counts: Vec<u32>,
    name: String,
}

/// What a thread keeps.
pub(crate) struct State {
    jit: Arc<Jit>,
    /// Where code of Units goes that are not this thread's own.
    store: Option<Rc<dyn CodeStore>>,
    pub recorder: Option<Recorder>,
    /// Region being recorded anew.
    again: Option<usize>,
    regions: Vec<Region>,
    /// Regions by address of their entry.
    by_entry: FxHashMap<usize, usize>,
    /// How often recording failed, by function and head.
    failures: FxHashMap<(usize, u32), u32>,
}

/// Switches the JIT on for a context.
pub fn install(cx: &mut Context, jit: &Arc<Jit>, store: Option<Rc<dyn CodeStore>>) {
    if jit.config().mode != Mode::Tracing && jit.config().mode != Mode::Function {
        return;
    }
    cx.hot.loop_threshold = jit.config().hot_loop;
    cx.hot.call_threshold = 0;
    cx.hot.state = Some(Box::new(State {
        jit: jit.clone(),
        store,
        recorder: None,
        again: None,
        regions: Vec::new(),
        by_entry: FxHashMap::default(),
        failures: FxHashMap::default(),
    }));
    cx.hot.install(&HOOKS);
}

/// The thread's state.
pub(crate) fn state(cx: &mut Context) -> &mut State {
    let state = cx.hot.state.as_mut().and_then(|state| state.downcast_mut());
    state.expect("hooks run only where the JIT is installed")
}

/// How many failures there may be at a site; a recording that begins counts as one until it is compiled.
const MAX_FAILURES: u32 = 6;

fn start(cx: &mut Context, recorder: Recorder, again: Option<usize>) {
    let state = state(cx);
    // A recording that nobody finished: the code it saw left its run loop, as generators do.
    if let (Some(old), Some(index)) = (state.recorder.take(), state.again.take()) {
        state.regions[index].profile = Some(old.profile);
    }
    state.again = again;
    state.jit.counters.recorded.fetch_add(1, Ordering::Relaxed);
    state.recorder = Some(recorder);
    cx.hot.set_table(Some(&RECORDING));
}

unsafe fn hot(pc: *const Op, fp: *mut Frame, cx: &mut Context, table: &Table) -> Next {
    // SAFETY: handlers run on live frames of user functions; codes are below the tables' length.
    unsafe {
        let table = if consider(pc, fp, cx) { &RECORDING } else { table };
        // The handler itself: what records is told of the instruction in any case.
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
unsafe fn consider(pc: *const Op, fp: *mut Frame, cx: &mut Context) -> bool {
    // SAFETY: handlers run on live frames of user functions.
    let proto = unsafe { (*fp).func.proto().unwrap_unchecked() };
    // SAFETY: `pc` is an instruction of the function; a loop head stands before the target of a backward jump.
    let (at, site) = unsafe { (pc.offset_from(proto.code().as_ptr()) as u32, (*pc.sub(1)).a) };
    let state = state(cx);
    let key = (std::ptr::from_ref(proto).addr(), at);
    if state.failures.get(&key).is_some_and(|&failures| failures > MAX_FAILURES) {
        return false;
    }
    let hidden = proto.has(func::USES_SYMBOLS) && !proto.has(func::MAIN);
    if hidden || state.regions.len() >= state.jit.config().max_root_traces as usize {
        state.jit.counters.abort(if hidden { Reason::Symbols } else { Reason::TooManyLoops });
        state.failures.insert(key, MAX_FAILURES + 1);
        return false;
    }
    if state.jit.config().debug & debug::TRACE_START != 0 {
        eprintln!("---- TRACE start (loop) {}()", proto.name);
    }
    *state.failures.entry(key).or_insert(0) += 1;
    // SAFETY: the frame is alive and of this function.
    let recorder = unsafe { Recorder::new(Profile::new(pc, site, fp), fp) };
    start(cx, recorder, None);
    true
}

/// Ends the recording: compiles what was seen, if that is enough.
#[inline(never)]
pub(crate) fn finish_recording(cx: &mut Context, progress: Progress) {
    cx.hot.set_table(None);
    let state = state(cx);
    let Some(recorder) = state.recorder.take() else { return };
    let again = state.again.take();
    let config = state.jit.config();
    if config.debug & debug::TRACE_STOP != 0 {
        eprintln!("---- TRACE stop ({progress:?})");
    }
    // What an exit leads to counts however it ends: also that the loop is left there.
    let enough = again.is_some() || progress == Progress::Done || recorder.is_complete();
    let profile = recorder.profile;
    let key = (profile.proto.addr(), profile.head);
    let failed = if progress == Progress::TooLong && again.is_none() {
        Some(Reason::TooLong)
    } else if !enough {
        Some(Reason::LeftLoop)
    } else {
        None
    };
    let reason = match failed {
        Some(reason) => reason,
        None => match crate::lower::compile(&state.jit, &profile) {
            Ok(compiled) => match place(state, &profile, &compiled.code) {
                Some(entry) => return publish(state, profile, again, compiled, entry),
                None => Reason::Full,
            },
            Err(reason) => reason,
        },
    };
    state.jit.counters.abort(reason);
    if config.debug & debug::TRACE_ABORT != 0 {
        eprintln!("---- TRACE abort ({})", reason.text());
    }
    *state.failures.entry(key).or_insert(0) += if reason == Reason::LeftLoop { 0 } else { MAX_FAILURES };
    if let Some(again) = again {
        state.regions[again].profile = Some(profile);
        state.regions[again].versions = u32::MAX;
    }
}

/// Puts code where it runs and publishes it at its site; gives its address, if there is room.
fn place(state: &State, profile: &Profile, code: &[u8]) -> Option<*const u8> {
    // SAFETY: the Unit is in use by the thread that recorded in it.
    let proto = unsafe { &*profile.proto };
    let unit = proto.unit();
    if unit.traces.is_null() {
        return None;
    }
    // SAFETY: the Unit's trace table has an entry for each site.
    let site = unsafe { &*unit.traces.add((proto.first_trace_site + profile.site) as usize) };
    let place = state.store.as_ref().map_or(Place::Elsewhere, |store| store.publish(unit, site, code, ALIGN));
    match place {
        Place::At(entry) => Some(entry),
        Place::Full => None,
        Place::Elsewhere => {
            let entry = state.jit.code.add(code)?;
            site.store(entry.cast_mut(), Ordering::Release);
            Some(entry)
        }
    }
}

fn publish(state: &mut State, profile: Profile, again: Option<usize>, compiled: Compiled, entry: *const u8) {
    // SAFETY: the Unit is in use by the thread that recorded in it.
    let proto = unsafe { &*profile.proto };
    let config = state.jit.config();
    let name = format!("{}() at {}", proto.name, proto.line_of(profile.head as usize));
    if config.debug & debug::TRACE_COMPILED != 0 {
        eprintln!(
            "---- TRACE compiled: {name}, {} bytes, {} exits",
            compiled.code.len(),
            compiled.exits.len()
        );
    }
    let counter = if again.is_some() { &state.jit.counters.recompiled } else { &state.jit.counters.compiled };
    counter.fetch_add(1, Ordering::Relaxed);
    let counts = vec![0; compiled.exits.len()];
    let index = match again {
        Some(index) => {
            let region = &mut state.regions[index];
            region.profile = Some(profile);
            region.exits = compiled.exits;
            region.counts = counts;
            region.versions += 1;
            index
        }
        None => {
            let range = (profile.head, last_jump_to(Code(proto.code()), profile.head));
            let exits = compiled.exits;
            let region = Region { profile: Some(profile), versions: 1, exits, range, counts, name };
            state.regions.push(region);
            state.regions.len() - 1
        }
    };
    state.by_entry.insert(entry.addr(), index);
}

unsafe fn enter(entry: *const u8, pc: *const Op, fp: *mut Frame, cx: &mut Context) -> Next {
    let _ = pc;
    let (interrupt, attention) = cx.poll_words();
    let mut args = Args { fp, cx, interrupt, attention, pc: std::ptr::null(), exit: 0 };
    // SAFETY: module documentation.
    let code: Entry = unsafe { std::mem::transmute(entry) };
    // SAFETY: the frame stands at the site, as the code expects.
    let next = unsafe { code(&mut args) };
    if next.is_null() {
        return Next { pc: args.pc, fp: args.fp };
    }
    // SAFETY: the code left the frame at `next`.
    unsafe { count_exit(entry, next, fp, args.exit, cx) };
    Next { pc: next, fp }
}

/// Counts an exit; one that is taken often is recorded.
#[inline(never)]
unsafe fn count_exit(entry: *const u8, next: *const Op, fp: *mut Frame, exit: u32, cx: &mut Context) {
    let state = state(cx);
    let Some(&index) = state.by_entry.get(&entry.addr()) else { return };
    let config = state.jit.config();
    let region = &mut state.regions[index];
    let Some(profile) = &region.profile else { return };
    // SAFETY: the profile is of the function of `fp`.
    let at = unsafe { next.offset_from((*profile.proto).code().as_ptr()) } as u32;
    let inside = at >= region.range.0 && at <= region.range.1;
    if !inside || !region.exits.get(exit as usize).copied().unwrap_or(false) {
        return;
    }
    let count = &mut region.counts[exit as usize];
    *count += 1;
    if config.debug & debug::TRACE_EXIT != 0 {
        eprintln!("---- TRACE exit {} #{exit} to {at}", region.name);
    }
    if *count < config.hot_side_exit || region.versions > config.max_side_traces.min(MAX_VERSIONS) {
        return;
    }
    *count = 0;
    let Some(profile) = region.profile.take() else { return };
    // SAFETY: the frame is alive and of that function.
    let recorder = unsafe { Recorder::new(profile, fp) };
    start(cx, recorder, Some(index));
    cx.hot.resume_with(&RECORDING);
}
