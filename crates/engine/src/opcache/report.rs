//! The arrays that `opcache_get_status()` and `opcache_get_configuration()` give.

use super::{Files, RequestCache};
use crate::preload::Statistics;
use phalanx_cache::{CacheConfig, Directive, ScriptStatus, Status};
use phalanx_value::{PhpArray, Value};
use phalanx_vm::Context;

/// An array with string keys.
fn map(entries: Vec<(&str, Value)>) -> PhpArray {
    let mut array = PhpArray::new();
    for (key, value) in entries {
        array.insert_bytes(key, value);
    }
    array
}

/// `opcache_get_status()`.
pub fn status(
    cx: &Context,
    cache: &RequestCache,
    files: Option<&Files>,
    preloaded: Option<&Statistics>,
    include_scripts: bool,
) -> PhpArray {
    let status = cache.cache().status(cache.slot(), include_scripts);
    let mut array = map(vec![("opcache_enabled", Value::TRUE)]);
    if let Some(files) = files {
        array.insert_bytes("file_cache", Value::str(files.folder()));
    }
    let parts = [
        ("cache_full", Value::bool(status.cache_full)),
        ("restart_pending", Value::FALSE),
        ("restart_in_progress", Value::FALSE),
        ("memory_usage", Value::array(memory(&status))),
    ];
    for (key, part) in parts {
        array.insert_bytes(key, part);
    }
    let strings = status.interned_strings;
    if strings.buffer_size > 0 {
        let usage = map(vec![
            ("buffer_size", Value::int(strings.buffer_size as i64)),
            ("used_memory", Value::int(strings.used_memory as i64)),
            ("free_memory", Value::int(strings.free_memory as i64)),
            ("number_of_strings", Value::int(strings.number_of_strings.into())),
        ]);
        array.insert_bytes("interned_strings_usage", Value::array(usage));
    }
    array.insert_bytes("opcache_statistics", Value::array(statistics(&status)));
    if let Some(preloaded) = preloaded {
        array.insert_bytes("preload_statistics", Value::array(preload(preloaded)));
    }
    if include_scripts {
        let mut scripts = PhpArray::new();
        for script in &status.scripts {
            // Behind the path stands where `/` is, if several root folders are told apart.
            let path = script.full_path.split(|&byte| byte == 0).next().unwrap_or_default();
            scripts.insert_bytes(&script.full_path, Value::array(script_entry(script, path)));
        }
        array.insert_bytes("scripts", Value::array(scripts));
    }
    let jit = phalanx_jit::status(cx);
    array.insert_bytes("jit", Value::array(jit_buffer(cache, jit.as_ref())));
    // Not in PHP: what the protected segment and the JIT do.
    let mut own = segment(&status);
    if let Some(jit) = jit {
        own.insert_bytes("jit", Value::array(jit_counters(&jit)));
    }
    array.insert_bytes("phalanx", Value::array(own));
    array
}

/// The same without a shared segment: as in PHP, the cache does not count as enabled then.
pub fn status_of_files(files: &Files) -> PhpArray {
    map(vec![
        ("opcache_enabled", Value::FALSE),
        ("file_cache", Value::str(files.folder())),
        ("file_cache_only", Value::TRUE),
    ])
}

/// What PHP tells of its JIT.
fn jit_buffer(cache: &RequestCache, jit: Option<&phalanx_jit::Status>) -> PhpArray {
    let (size, used) = match (cache.cache().code(), jit) {
        (Some(heap), _) => (heap.segment().len(), heap.stats().used),
        (None, Some(jit)) => (jit.buffer_size, jit.buffer_size - jit.buffer_free),
        (None, None) => (0, 0),
    };
    let number = |of: fn(&phalanx_jit::Status) -> u32| Value::int(jit.map_or(0, of).into());
    map(vec![
        ("enabled", Value::bool(jit.is_some_and(|jit| jit.enabled))),
        ("on", Value::bool(jit.is_some_and(|jit| jit.on))),
        ("kind", number(|jit| jit.kind)),
        ("opt_level", number(|jit| jit.opt_level)),
        ("opt_flags", number(|jit| jit.opt_flags)),
        ("buffer_size", Value::int(size as i64)),
        ("buffer_free", Value::int(size.saturating_sub(used) as i64)),
    ])
}

fn jit_counters(jit: &phalanx_jit::Status) -> PhpArray {
    let mut aborts = PhpArray::new();
    for (reason, count) in &jit.aborts {
        aborts.insert_bytes(reason, Value::int(*count as i64));
    }
    map(vec![
        ("recorded", Value::int(jit.recorded as i64)),
        ("compiled", Value::int(jit.compiled as i64)),
        ("recompiled", Value::int(jit.recompiled as i64)),
        ("side_exits_recorded", Value::int(jit.side_exits as i64)),
        ("entered_by_other_threads", Value::int(jit.shared as i64)),
        ("aborts", Value::array(aborts)),
    ])
}

fn memory(status: &Status) -> PhpArray {
    map(vec![
        ("used_memory", Value::int(status.used_memory as i64)),
        ("free_memory", Value::int(status.free_memory as i64)),
        ("wasted_memory", Value::int(status.wasted_memory as i64)),
        ("current_wasted_percentage", Value::float(status.current_wasted_percentage)),
    ])
}

fn statistics(status: &Status) -> PhpArray {
    map(vec![
        ("num_cached_scripts", Value::int(status.num_cached_scripts.into())),
        ("num_cached_keys", Value::int(status.num_cached_keys.into())),
        ("max_cached_keys", Value::int(status.max_cached_keys.into())),
        ("hits", Value::int(status.hits as i64)),
        ("start_time", Value::int(status.start_time as i64)),
        ("last_restart_time", Value::int(status.last_restart_time as i64)),
        ("oom_restarts", Value::int(status.oom_restarts.into())),
        ("hash_restarts", Value::int(status.hash_restarts.into())),
        ("manual_restarts", Value::int(status.manual_restarts.into())),
        ("misses", Value::int(status.misses as i64)),
        ("blacklist_misses", Value::int(status.blacklist_misses as i64)),
        ("blacklist_miss_ratio", Value::float(status.blacklist_miss_ratio)),
        ("opcache_hit_rate", Value::float(status.opcache_hit_rate)),
    ])
}

/// What is preloaded; empty lists are left out.
fn preload(statistics: &Statistics) -> PhpArray {
    let mut array = map(vec![("memory_consumption", Value::int(statistics.memory as i64))]);
    for (key, names) in [
        ("functions", &statistics.functions),
        ("classes", &statistics.classes),
        ("scripts", &statistics.scripts),
    ] {
        if !names.is_empty() {
            array.insert_bytes(key, Value::array(PhpArray::from_list(names.iter().map(Value::str))));
        }
    }
    array
}

fn script_entry(script: &ScriptStatus, path: &[u8]) -> PhpArray {
    let mut entry = map(vec![
        ("full_path", Value::str(path)),
        ("hits", Value::int(script.hits as i64)),
        ("memory_consumption", Value::int(script.memory_consumption as i64)),
        ("last_used", Value::str(phalanx_host::clock::local_text(script.last_used_timestamp as i64))),
        ("last_used_timestamp", Value::int(script.last_used_timestamp as i64)),
    ]);
    if let Some(timestamp) = script.timestamp {
        entry.insert_bytes("timestamp", Value::int(timestamp));
    }
    entry.insert_bytes("revalidate", Value::int(script.revalidate as i64));
    entry
}

fn segment(status: &Status) -> PhpArray {
    map(vec![
        ("gate", Value::str(format!("{:?}", status.gate).to_ascii_lowercase())),
        ("windows_opened", Value::int(status.windows_opened as i64)),
        ("evictions", Value::int(status.evictions as i64)),
        ("pins", Value::int(status.pins as i64)),
        ("threads", Value::int(status.threads as i64)),
    ])
}

/// `opcache_get_configuration()`.
pub fn configuration(cx: &mut Context, config: &CacheConfig) -> PhpArray {
    let mut directives = PhpArray::new();
    for (name, directive) in config.directives() {
        let value = match directive {
            Directive::Bool(truth) => Value::bool(truth),
            Directive::Int(int) => Value::int(int),
            Directive::Float(float) => Value::float(float),
            Directive::Text(text) => Value::str(text),
        };
        directives.insert_bytes(name, value);
    }
    for setting in super::ini::SETTINGS.iter().filter(|setting| setting.name.starts_with("opcache.jit")) {
        let text = cx.ini.get_str(setting.name).to_vec();
        directives.insert_bytes(setting.name, jit_directive(setting.name, &text));
    }
    let version = map(vec![
        ("version", Value::str(phalanx_vm::request::PHP_VERSION)),
        ("opcache_product_name", Value::str("Zend OPcache")),
    ]);
    let blacklist = PhpArray::from_list(config.blacklist.patterns().iter().map(Value::str));
    map(vec![
        ("directives", Value::array(directives)),
        ("version", Value::array(version)),
        ("blacklist", Value::array(blacklist)),
    ])
}

/// A setting of the JIT as the configuration shows it: all but the mode and the threshold are numbers.
fn jit_directive(name: &str, text: &[u8]) -> Value {
    match name {
        "opcache.jit" => Value::str(text),
        "opcache.jit_prof_threshold" => Value::float(phalanx_value::convert::numeric::to_float(text)),
        _ => Value::int(phalanx_vm::ini::quantity::parse(text).0),
    }
}
