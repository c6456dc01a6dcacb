//! Threads that are alive: how they start, and how the process waits for them.

use phalanx_vm::Context;
use phalanx_vm::threads::{ThreadHost, ThreadSeed};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

static LIVE: Mutex<usize> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

thread_local! {
    static IS_PHP_THREAD: Cell<bool> = const { Cell::new(false) };
    static HAS_SENT_CODE: Cell<bool> = const { Cell::new(false) };
}

/// Whether the current thread has packed closures: Units that it keeps alive may be in use elsewhere after its end.
pub fn has_sent_code() -> bool {
    HAS_SENT_CODE.get()
}

/// Notes that the current thread packs a closure.
pub(crate) fn note_sent_code() {
    HAS_SENT_CODE.set(true);
}

/// Whether the current thread was started by [`spawn`].
pub fn is_php_thread() -> bool {
    IS_PHP_THREAD.get()
}

/// How many threads there are now that [`spawn`] has started.
pub fn live_threads() -> usize {
    *LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until no thread is left that [`spawn`] has started.
pub fn wait_for_all() {
    let mut live = LIVE.lock().unwrap_or_else(PoisonError::into_inner);
    while *live > 0 {
        live = ENDED.wait(live).unwrap_or_else(PoisonError::into_inner);
    }
}

/// Counts a thread as long as it lives.
struct Count;

impl Count {
    fn new() -> Count {
        *LIVE.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Count
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        *LIVE.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ENDED.notify_all();
    }
}

/// Starts a thread that runs `body` in a request of its own. When that panics, `on_panic` is called in its place: a bug of
/// ours ends one request, and whoever waits for it must hear of it.
pub fn spawn(
    host: Arc<dyn ThreadHost>,
    seed: ThreadSeed,
    body: impl FnOnce(&mut Context) + Send + 'static,
    on_panic: impl FnOnce() + Send + 'static,
) -> std::io::Result<()> {
    let count = Count::new();
    let thread = std::thread::Builder::new().name("php".to_owned()).stack_size(host.stack_size());
    thread.spawn(move || {
        // Gone last: a process that waits for its threads must find them done with everything.
        let _count = count;
        IS_PHP_THREAD.set(true);
        if catch_unwind(AssertUnwindSafe(|| host.run(seed, Box::new(body)))).is_err() {
            on_panic();
        }
        // The engine must not be dropped after the thread has stopped counting.
        drop(host);
    })?;
    Ok(())
}
