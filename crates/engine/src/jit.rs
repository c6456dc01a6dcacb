//! The JIT: made from `opcache.jit*` when the engine starts, installed in each request's context; and where code of
//! cached scripts goes.
//!
//! # Safety
//!
//! A site of a cached Unit lies in the cache's segment and is written only inside of a window, by a release store of
//! an address of code that was attached to that script before.
#![allow(unsafe_code, reason = "writes code into the cache's segment")]

use crate::opcache::{self, RequestCache, Setting};
use phalanx_bytecode::unit::UnitRef;
use phalanx_jit::{ALIGN, CodeStore, Jit, JitConfig, Mode, Place, parse_mode, parse_size};
use phalanx_vm::Context;
use phalanx_vm::ini::IniBase;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicPtr;

/// Bytes of code that relative jumps reach.
const MAX_BUFFER: usize = 2 << 30;

/// Says what is wrong with the settings, beside what is wrong with each.
pub fn complaint(ini: &IniBase) -> Option<&'static str> {
    let buffer_size = parse_size(Setting::of(ini, "opcache.jit_buffer_size").bytes());
    let wanted =
        parse_mode(Setting::of(ini, "opcache.jit").bytes()).is_some_and(|(mode, _)| mode != Mode::Disable);
    (wanted && buffer_size > MAX_BUFFER)
        .then_some("JIT on x86_64 doesn't support opcache.jit_buffer_size above 2G.")
}

/// What the settings ask for; none if the JIT is off.
pub fn config(ini: &IniBase) -> Option<JitConfig> {
    let get = |name: &str| Setting::of(ini, name);
    let number = |name: &str| get(name).int().clamp(0, i64::from(u32::MAX)) as u32;
    if !opcache::is_on(ini) {
        return None;
    }
    let (mode, flags) = parse_mode(get("opcache.jit").text().as_bytes())?;
    let buffer_size = parse_size(get("opcache.jit_buffer_size").text().as_bytes());
    if mode == Mode::Disable || buffer_size == 0 || buffer_size > MAX_BUFFER {
        return None;
    }
    Some(JitConfig {
        buffer_size,
        mode,
        flags,
        hot_loop: number("opcache.jit_hot_loop"),
        hot_func: number("opcache.jit_hot_func"),
        hot_side_exit: number("opcache.jit_hot_side_exit"),
        max_root_traces: number("opcache.jit_max_root_traces"),
        max_side_traces: number("opcache.jit_max_side_traces"),
        max_exit_counters: number("opcache.jit_max_exit_counters"),
        background: get("phalanx.jit_background").truth(),
        // Whoever checks the settings warns of one that is none.
        gate: opcache::gate(ini).unwrap_or_default(),
        debug: number("opcache.jit_debug"),
    })
}

/// The JIT that the settings ask for, if they do and it can be had.
pub fn create(ini: &IniBase) -> Option<Arc<Jit>> {
    Jit::new(config(ini)?).ok().map(Arc::new)
}

/// Switches the JIT on in a context.
pub fn install(cx: &mut Context, jit: Option<&Arc<Jit>>, cache: Option<&Rc<RequestCache>>) {
    if let Some(jit) = jit {
        let store = cache.map(|cache| -> Rc<dyn CodeStore> { Rc::new(CachedCode(cache.clone())) });
        phalanx_jit::install(cx, jit, store);
    }
}

/// Code of scripts in the cache.
struct CachedCode(Rc<RequestCache>);

impl CodeStore for CachedCode {
    fn publish(&self, unit: UnitRef, site: &AtomicPtr<u8>, code: &[u8], entry: usize) -> Place {
        let cache = self.0.cache();
        if cache.segment().offset_of(site).is_none() {
            return Place::Elsewhere;
        }
        let (Some(heap), true) = (cache.code(), self.0.slot().has_pinned(unit.id)) else {
            return Place::Full;
        };
        let code_window = heap.segment().window();
        let Ok(mut block) = heap.allocate(self.0.slot(), &code_window, code.len(), ALIGN) else {
            return Place::Full;
        };
        code_window.bytes_mut(&mut block).copy_from_slice(code);
        // One window for both: opening costs, and inside of an open one it does not.
        let window = cache.segment().window();
        let address = cache.attach_code(self.0.slot(), &code_window, unit.id, block);
        drop(code_window);
        window.store_release(site, address.wrapping_add(entry).cast_mut());
        Place::Done
    }
}
