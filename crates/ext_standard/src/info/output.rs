//! Output buffers.

use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpString, Value};
use phalanx_vm::args::OrFalse;
use phalanx_vm::native::NativeFn;
use phalanx_vm::output::{Buffer, Callback, flag};
use phalanx_vm::{Context, PhpResult, callable};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &OB_START,
    &OB_FLUSH,
    &OB_CLEAN,
    &OB_END_FLUSH,
    &OB_END_CLEAN,
    &OB_GET_FLUSH,
    &OB_GET_CLEAN,
    &OB_GET_CONTENTS,
    &OB_GET_LEVEL,
    &OB_GET_LENGTH,
    &OB_LIST_HANDLERS,
    &OB_GET_STATUS,
    &OB_IMPLICIT_FLUSH,
    &FLUSH,
    &OUTPUT_RESET_REWRITE_VARS,
];

/// Memory that buffers without a chunk size begin with, as `ob_get_status()` tells it.
const BUFFER_SIZE: usize = 16384;

/// <https://www.php.net/ob_start>
#[php_fn(
    "ob_start($callback = null, int $chunk_size = 0, int $flags = PHP_OUTPUT_HANDLER_STDFLAGS): bool",
    default(flags = flag::STANDARD)
)]
fn ob_start(cx: &mut Context, callback: &Value, chunk_size: i64, flags: i64) -> PhpResult<bool> {
    let chunk_size = usize::try_from(chunk_size).unwrap_or(0);
    if callback.is_nullish() {
        cx.ob_start(Callback::None, PhpString::from("default output handler"), chunk_size, flags)?;
        return Ok(true);
    }
    let scope = cx.caller_scope();
    match callable::resolve(cx, callback, scope)? {
        Ok(_) => {
            let name = callable::callable_name(cx, callback)?;
            cx.ob_start(Callback::User(callback.clone()), name, chunk_size, flags)?;
            Ok(true)
        }
        Err(why) => {
            cx.doc_warning(&why)?;
            cx.doc_notice("Failed to create buffer")?;
            Ok(false)
        }
    }
}

/// The innermost buffer, if it allows what `bits` say; otherwise the notice why not.
fn top(cx: &mut Context, bits: i64, absent: &str, denied: &str) -> PhpResult<bool> {
    let level = cx.ob_level();
    let Some(buffer) = cx.output.buffers().last() else {
        cx.doc_notice(absent)?;
        return Ok(false);
    };
    if !buffer.has(bits) {
        let text = format!("{denied} {} ({})", buffer.name, level - 1);
        cx.doc_notice(text)?;
        return Ok(false);
    }
    Ok(true)
}

/// <https://www.php.net/ob_flush>
#[php_fn("ob_flush(): bool")]
fn ob_flush(cx: &mut Context) -> PhpResult<bool> {
    if !top(cx, flag::FLUSHABLE, "Failed to flush buffer. No buffer to flush", "Failed to flush buffer of")? {
        return Ok(false);
    }
    cx.ob_flush().map(|()| true)
}

/// <https://www.php.net/ob_clean>
#[php_fn("ob_clean(): bool")]
fn ob_clean(cx: &mut Context) -> PhpResult<bool> {
    if !top(
        cx,
        flag::CLEANABLE,
        "Failed to delete buffer. No buffer to delete",
        "Failed to delete buffer of",
    )? {
        return Ok(false);
    }
    cx.ob_clean().map(|()| true)
}

const NO_BUFFER_TO_FLUSH: &str = "Failed to delete and flush buffer. No buffer to delete or flush";

/// <https://www.php.net/ob_end_flush>
#[php_fn("ob_end_flush(): bool")]
fn ob_end_flush(cx: &mut Context) -> PhpResult<bool> {
    if !top(cx, flag::REMOVABLE, NO_BUFFER_TO_FLUSH, "Failed to send buffer of")? {
        return Ok(false);
    }
    cx.ob_end(false).map(|()| true)
}

/// <https://www.php.net/ob_end_clean>
#[php_fn("ob_end_clean(): bool")]
fn ob_end_clean(cx: &mut Context) -> PhpResult<bool> {
    if !top(
        cx,
        flag::REMOVABLE,
        "Failed to delete buffer. No buffer to delete",
        "Failed to discard buffer of",
    )? {
        return Ok(false);
    }
    cx.ob_end(true).map(|()| true)
}

fn contents(cx: &Context) -> Option<PhpString> {
    cx.ob_contents().map(PhpString::from_bytes)
}

/// <https://www.php.net/ob_get_flush>
#[php_fn("ob_get_flush(): string|false")]
fn ob_get_flush(cx: &mut Context) -> PhpResult<OrFalse<PhpString>> {
    let Some(data) = contents(cx) else {
        cx.doc_notice(NO_BUFFER_TO_FLUSH)?;
        return Ok(OrFalse(None));
    };
    if top(cx, flag::REMOVABLE, "", "Failed to send buffer of")? {
        cx.ob_end(false)?;
    } else {
        let text = format!("Failed to delete buffer of {}", shown(cx));
        cx.doc_notice(text)?;
    }
    Ok(OrFalse(Some(data)))
}

/// <https://www.php.net/ob_get_clean>
#[php_fn("ob_get_clean(): string|false")]
fn ob_get_clean(cx: &mut Context) -> PhpResult<OrFalse<PhpString>> {
    let Some(data) = contents(cx) else { return Ok(OrFalse(None)) };
    if top(cx, flag::REMOVABLE, "", "Failed to discard buffer of")? {
        cx.ob_end(true)?;
    } else {
        let text = format!("Failed to delete buffer of {}", shown(cx));
        cx.doc_notice(text)?;
    }
    Ok(OrFalse(Some(data)))
}

/// Name and level of the innermost buffer.
fn shown(cx: &Context) -> String {
    let name = cx.output.buffers().last().map(|buffer| buffer.name.to_str_lossy().into_owned());
    format!("{} ({})", name.unwrap_or_default(), cx.ob_level().saturating_sub(1))
}

/// <https://www.php.net/ob_get_contents>
#[php_fn("ob_get_contents(): string|false")]
fn ob_get_contents(cx: &mut Context) -> OrFalse<PhpString> {
    OrFalse(contents(cx))
}

/// <https://www.php.net/ob_get_level>
#[php_fn("ob_get_level(): int")]
fn ob_get_level(cx: &mut Context) -> usize {
    cx.ob_level()
}

/// <https://www.php.net/ob_get_length>
#[php_fn("ob_get_length(): int|false")]
fn ob_get_length(cx: &mut Context) -> OrFalse<usize> {
    OrFalse(cx.ob_contents().map(<[u8]>::len))
}

/// <https://www.php.net/ob_list_handlers>
#[php_fn("ob_list_handlers(): array")]
fn ob_list_handlers(cx: &mut Context) -> PhpArray {
    cx.output.buffers().iter().map(|buffer| Value::from(&buffer.name)).collect()
}

/// <https://www.php.net/ob_get_status>
#[php_fn("ob_get_status(bool $full_status = false): array")]
fn ob_get_status(cx: &mut Context, full_status: bool) -> PhpArray {
    let status = |(level, buffer): (usize, &Buffer)| {
        let mut entry = PhpArray::new();
        let size = match buffer.chunk_size {
            0 | 1 => BUFFER_SIZE,
            chunk => chunk.div_ceil(4096) * 4096,
        };
        entry.insert_bytes("name", &buffer.name);
        entry.insert_bytes("type", buffer.flags & flag::USER);
        entry.insert_bytes("flags", buffer.flags);
        entry.insert_bytes("level", level as i64);
        entry.insert_bytes("chunk_size", buffer.chunk_size as i64);
        entry.insert_bytes("buffer_size", size as i64);
        entry.insert_bytes("buffer_used", buffer.data.len() as i64);
        entry
    };
    let mut all = cx.output.buffers().iter().enumerate().map(status);
    if full_status {
        return all.map(Value::array).collect();
    }
    all.next_back().unwrap_or_default()
}

/// <https://www.php.net/ob_implicit_flush>
#[php_fn("ob_implicit_flush(bool $enable = true): void")]
fn ob_implicit_flush(cx: &mut Context, enable: bool) {
    cx.output.implicit_flush = enable;
}

/// <https://www.php.net/flush>
#[php_fn("flush(): void")]
fn flush(cx: &mut Context) {
    if cx.process.web.is_some() {
        // The client may wait for the headers alone.
        cx.begin_body();
    }
    cx.flush_sink();
}

/// <https://www.php.net/output_reset_rewrite_vars>
#[php_fn("output_reset_rewrite_vars(): bool")]
fn output_reset_rewrite_vars() -> bool {
    true
}
