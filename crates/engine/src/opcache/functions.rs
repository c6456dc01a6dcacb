//! The PHP functions of the opcode cache.

use super::{Files, Handle, Log, RequestCache, report};
use phalanx_macros::php_fn;
use phalanx_value::{ObjRef, PhpString, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};
use std::rc::Rc;
use std::sync::Arc;

/// All of them.
pub static FUNCTIONS: &[&NativeFn] = &[
    &OPCACHE_COMPILE_FILE,
    &OPCACHE_GET_CONFIGURATION,
    &OPCACHE_GET_STATUS,
    &OPCACHE_INVALIDATE,
    &OPCACHE_IS_SCRIPT_CACHED,
    &OPCACHE_JIT_BLACKLIST,
    &OPCACHE_RESET,
];

/// The shared cache of the request.
fn cache(cx: &mut Context) -> Option<Rc<RequestCache>> {
    cx.state::<Handle>().cache.clone()
}

/// The file cache of the request.
fn files(cx: &mut Context) -> Option<Arc<Files>> {
    cx.state::<Handle>().files.clone()
}

/// Whether the script that runs may use these functions (`opcache.restrict_api`). Says so if not.
fn is_permitted(cx: &mut Context) -> PhpResult<bool> {
    let restricted = cx.ini.get_str("opcache.restrict_api").to_vec();
    let script = cx.included.paths().next().cloned().unwrap_or_default();
    if restricted.is_empty() || script.starts_with(&restricted) {
        return Ok(true);
    }
    cx.warning("Zend OPcache API is restricted by \"restrict_api\" configuration directive")?;
    Ok(false)
}

/// The cache, if the script that runs may use these functions.
fn permitted(cx: &mut Context) -> PhpResult<Option<Rc<RequestCache>>> {
    Ok(if is_permitted(cx)? { cache(cx) } else { None })
}

/// The full path of a script that a caller names.
fn full_path(cx: &mut Context, name: &PhpString) -> PhpString {
    cx.real_path(name).unwrap_or_else(|| cx.full_path(name).into())
}

/// <https://www.php.net/opcache_reset>
#[php_fn("opcache_reset(): bool")]
fn opcache_reset(cx: &mut Context) -> PhpResult<bool> {
    let Some(cache) = permitted(cx)? else { return Ok(false) };
    // What was printed before comes before what the log says.
    cx.flush_sink();
    cache.reset();
    Ok(true)
}

/// <https://www.php.net/opcache_invalidate>
#[php_fn("opcache_invalidate(string $filename, bool $force = false): bool")]
fn opcache_invalidate(cx: &mut Context, filename: PhpString, force: bool) -> PhpResult<bool> {
    let Some(cache) = permitted(cx)? else { return Ok(false) };
    let path = full_path(cx, &filename);
    let files = files(cx);
    cache.invalidate(&path, force, files.as_deref());
    Ok(true)
}

/// <https://www.php.net/opcache_is_script_cached>
#[php_fn("opcache_is_script_cached(string $filename): bool")]
fn opcache_is_script_cached(cx: &mut Context, filename: PhpString) -> PhpResult<bool> {
    let Some(cache) = permitted(cx)? else { return Ok(false) };
    let path = full_path(cx, &filename);
    Ok(cache.contains(&path))
}

/// <https://www.php.net/opcache_jit_blacklist>
#[php_fn("opcache_jit_blacklist(Closure $closure): void")]
fn opcache_jit_blacklist(cx: &mut Context, closure: ObjRef) -> PhpResult {
    let func = phalanx_vm::closure::state(&closure).map(|state| state.func());
    if let Some(proto) = func.as_ref().and_then(|func| func.proto()) {
        phalanx_jit::block(cx, proto);
    }
    Ok(())
}

/// <https://www.php.net/opcache_compile_file>
#[php_fn("opcache_compile_file(string $filename): bool")]
fn opcache_compile_file(cx: &mut Context, filename: PhpString) -> PhpResult<bool> {
    let cache = cache(cx);
    if cache.is_none() && files(cx).is_none() {
        cx.notice("Zend OPcache has not been properly started, can't compile file")?;
        return Ok(false);
    };
    let path = full_path(cx, &filename);
    let loader = cx.loader.clone();
    match loader.load_file(cx, &path) {
        // While preloading, what is compiled is there for everybody: functions at once, classes when all are known.
        Ok(loaded) if cache.is_some_and(|cache| cache.preloads()) => {
            phalanx_vm::include::install_functions(cx, &loaded).map(|()| true)
        }
        Ok(_) => Ok(true),
        Err(error) => {
            phalanx_vm::include::report_failure(cx, error, "opcache_compile_file", &filename, &path)?;
            Ok(false)
        }
    }
}

/// <https://www.php.net/opcache_get_status>
#[php_fn("opcache_get_status(bool $include_scripts = true): array|false")]
fn opcache_get_status(cx: &mut Context, include_scripts: bool) -> PhpResult<Value> {
    if !is_permitted(cx)? {
        return Ok(Value::FALSE);
    }
    let engine = cx.state::<Handle>().engine.clone();
    let preloaded = engine.as_deref().and_then(|engine| engine.preload_statistics());
    let files = files(cx);
    Ok(match (cache(cx), files) {
        (Some(cache), files) => {
            Value::array(report::status(cx, &cache, files.as_deref(), preloaded, include_scripts))
        }
        (None, Some(files)) if files.config().file_cache_only => {
            Value::array(report::status_of_files(&files))
        }
        // There are more threads than the shared cache serves.
        (None, _) => Value::FALSE,
    })
}

/// <https://www.php.net/opcache_get_configuration>
#[php_fn("opcache_get_configuration(): array|false")]
fn opcache_get_configuration(cx: &mut Context) -> PhpResult<Value> {
    // The settings are there whether the cache is on or not.
    if !is_permitted(cx)? {
        return Ok(Value::FALSE);
    }
    let config = match cache(cx) {
        Some(cache) => cache.cache().config().clone(),
        None => super::start::config(cx.ini.base(), &Log::silent()),
    };
    Ok(Value::array(report::configuration(cx, &config)))
}
