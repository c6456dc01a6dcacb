//! The border at which a bug of this program ends one request, and nothing else.
//!
//! A panic is kept from the user: its message and place are noted by a hook, and the request ends with a fatal error in
//! PHP's form that names them. A system without memory is told of in PHP's words.

use phalanx_value::heap::{self, OutOfMemory};
use phalanx_vm::Context;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Once;

thread_local! {
    /// What the last panic of this thread said, and where it was.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes panics of all threads silent; they are told at the border. With `PHALANX_BACKTRACE` set in the environment
/// the usual message comes first.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        let loud = std::env::var_os("PHALANX_BACKTRACE").is_some();
        set_hook(Box::new(move |info| {
            let text = info.payload_as_str().unwrap_or("unknown").to_owned();
            let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
            LAST.set(Some(text + &place.unwrap_or_default()));
            if loud {
                usual(info);
            }
        }));
    });
}

/// Runs a part of a request. After a panic the fatal error is reported, and the answer is false: no more code of this
/// request may run.
pub fn guard(cx: &mut Context, part: impl FnOnce(&mut Context)) -> bool {
    let context = &mut *cx;
    let Err(payload) = catch_unwind(AssertUnwindSafe(|| part(context))) else { return true };
    let what = LAST.take().unwrap_or_default();
    let report = AssertUnwindSafe(|| {
        let text = match payload.downcast_ref::<OutOfMemory>() {
            Some(out_of_memory) => {
                cx.output.give_up_buffers();
                memory_text(out_of_memory.tried)
            }
            None => {
                cx.ob_end_all();
                format!("Internal error of Phalanx: {what}")
            }
        };
        let _ = cx.fatal_error(text);
    });
    // If even that fails, the exit code tells.
    if catch_unwind(report).is_err() {
        cx.exit_code = 255;
    }
    false
}

/// What PHP says when the system refuses `tried` bytes.
fn memory_text(tried: usize) -> String {
    match heap::memory_limit() {
        Some(limit) if heap::real_usage().saturating_add(tried) > limit => {
            format!("Allowed memory size of {limit} bytes exhausted (tried to allocate {tried} bytes)")
        }
        _ => {
            let allocated = heap::real_usage();
            format!("Out of memory (allocated {allocated} bytes) (tried to allocate {tried} bytes)")
        }
    }
}
