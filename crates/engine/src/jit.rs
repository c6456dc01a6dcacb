//! The JIT: made from `opcache.jit*` when the engine starts, installed in each request's context.

use phalanx_jit::{Jit, JitConfig, Mode, parse_mode, parse_size};
use phalanx_vm::Context;
use phalanx_vm::ini::IniBase;
use std::sync::Arc;

/// The JIT that the settings ask for, if they do.
pub fn from_settings(ini: &IniBase) -> Option<Arc<Jit>> {
    let text = |name: &str| ini.configured(name.as_bytes()).unwrap_or_default();
    let number = |name: &str, default: u32| {
        std::str::from_utf8(&text(name)).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(default)
    };
    let on = |name: &str| matches!(&text(name).to_ascii_lowercase()[..], b"1" | b"on" | b"yes" | b"true");
    if !on("opcache.enable") || !on("opcache.enable_cli") {
        return None;
    }
    let (mode, flags) = parse_mode(&text("opcache.jit"))?;
    let buffer_size = parse_size(&text("opcache.jit_buffer_size"));
    if matches!(mode, Mode::Disable | Mode::Off) || buffer_size == 0 {
        return None;
    }
    let defaults = JitConfig::default();
    let config = JitConfig {
        buffer_size,
        mode,
        flags,
        hot_loop: number("opcache.jit_hot_loop", defaults.hot_loop),
        hot_func: number("opcache.jit_hot_func", defaults.hot_func),
        hot_side_exit: number("opcache.jit_hot_side_exit", defaults.hot_side_exit),
        max_root_traces: number("opcache.jit_max_root_traces", defaults.max_root_traces),
        max_side_traces: number("opcache.jit_max_side_traces", defaults.max_side_traces),
        max_exit_counters: number("opcache.jit_max_exit_counters", defaults.max_exit_counters),
        debug: number("opcache.jit_debug", 0),
    };
    Jit::new(config).ok().map(Arc::new)
}

/// Switches the JIT on in a context.
pub fn install(cx: &mut Context, jit: Option<&Arc<Jit>>) {
    if let Some(jit) = jit {
        phalanx_jit::install(cx, jit);
    }
}
