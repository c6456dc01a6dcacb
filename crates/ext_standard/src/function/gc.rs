//! The cycle collector and memory.

use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, Value, gc, heap};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&MEMORY_GET_USAGE, &MEMORY_GET_PEAK_USAGE, &MEMORY_RESET_PEAK_USAGE];

/// Functions of this file that belong to the core.
pub static CORE_FUNCTIONS: &[&NativeFn] =
    &[&GC_COLLECT_CYCLES, &GC_ENABLED, &GC_ENABLE, &GC_DISABLE, &GC_STATUS, &GC_MEM_CACHES];

/// <https://www.php.net/gc_collect_cycles>
#[php_fn("gc_collect_cycles(): int")]
fn gc_collect_cycles(cx: &mut Context) -> PhpResult<usize> {
    cx.collect_cycles()
}

/// <https://www.php.net/gc_enabled>
#[php_fn("gc_enabled(): bool")]
fn gc_enabled() -> bool {
    gc::is_enabled()
}

/// <https://www.php.net/gc_enable>
#[php_fn("gc_enable(): void")]
fn gc_enable(cx: &mut Context) {
    cx.set_ini("zend.enable_gc", Some(b"1"), phalanx_vm::ini::access::USER);
}

/// <https://www.php.net/gc_disable>
#[php_fn("gc_disable(): void")]
fn gc_disable(cx: &mut Context) {
    cx.set_ini("zend.enable_gc", Some(b"0"), phalanx_vm::ini::access::USER);
}

/// <https://www.php.net/gc_status>
#[php_fn("gc_status(): array")]
fn gc_status() -> PhpArray {
    let status = gc::status();
    let mut array = PhpArray::new();
    let mut set = |name: &str, value: Value| {
        array.insert_bytes(name, value);
    };
    set("running", Value::bool(status.running));
    set("protected", Value::bool(status.protected));
    set("full", Value::bool(status.full));
    set("runs", Value::int(status.runs as i64));
    set("collected", Value::int(status.collected as i64));
    set("threshold", Value::int(status.threshold as i64));
    set("buffer_size", Value::int(status.buffer_size as i64));
    set("roots", Value::int(status.roots as i64));
    set("application_time", Value::float(status.application_time.as_secs_f64()));
    set("collector_time", Value::float(status.collector_time.as_secs_f64()));
    set("destructor_time", Value::float(status.destructor_time.as_secs_f64()));
    set("free_time", Value::float(status.free_time.as_secs_f64()));
    array
}

/// <https://www.php.net/gc_mem_caches>
#[php_fn("gc_mem_caches(): int")]
fn gc_mem_caches() -> i64 {
    0
}

/// <https://www.php.net/memory_get_usage>
#[php_fn("memory_get_usage(bool $real_usage = false): int")]
fn memory_get_usage(real_usage: bool) -> usize {
    if real_usage { heap::real_usage() } else { heap::usage() }
}

/// <https://www.php.net/memory_get_peak_usage>
#[php_fn("memory_get_peak_usage(bool $real_usage = false): int")]
fn memory_get_peak_usage(real_usage: bool) -> usize {
    if real_usage { heap::real_peak_usage() } else { heap::peak_usage() }
}

/// <https://www.php.net/memory_reset_peak_usage>
#[php_fn("memory_reset_peak_usage(): void")]
fn memory_reset_peak_usage() {
    heap::reset_peak_usage();
}
