//! The two ends of a request.
//!
//! # Safety
//!
//! What a request leaves behind is released as a whole, when nobody refers to it any more.
#![allow(unsafe_code, reason = "forgets the heap of a request")]

use crate::Context;
use crate::errors::{LastError, Speaker};
use crate::ini::DisplayErrors;
use crate::thrown::PhpResult;
use phalanx_value::{ArrayKey, PhpArray, PhpString, Value, gc, heap};

/// The version of PHP that scripts see.
pub const PHP_VERSION: &str = "8.4.24";

/// Makes a new context ready to run: memory limit, collector, superglobals.
pub fn begin_request(cx: &mut Context) {
    gc::start_request();
    // What is wrong with configured values is told once, when the process starts.
    let ((), held) = cx.hold_errors(Context::start_ini);
    if matches!(cx.errors.speaker, Speaker::Startup) {
        report_settings(cx, held);
    }
    superglobals(cx);
    let binary = PhpString::from_bytes(&cx.process.binary);
    for (name, value) in [("PHP_SAPI", Value::str(cx.process.sapi)), ("PHP_BINARY", Value::string(binary))] {
        cx.constants.set(PhpString::from_bytes(name.as_bytes()), value);
    }
}

/// Displays what is wrong with configured values, or logs it where it is not displayed.
fn report_settings(cx: &mut Context, held: Vec<LastError>) {
    let (display, log) = (cx.ini.display_errors, cx.ini.log_errors);
    if !cx.ini.get_bool("display_startup_errors") {
        cx.ini.display_errors = DisplayErrors::Off;
    }
    cx.ini.log_errors |= cx.ini.display_errors == DisplayErrors::Off;
    // Nobody handles errors yet, so none is thrown.
    let _ = cx.report_held(held);
    (cx.ini.display_errors, cx.ini.log_errors) = (display, log);
}

fn superglobals(cx: &mut Context) {
    if cx.process.web.is_some() {
        // The standard extension makes them of what the client has sent.
        return;
    }
    let args = PhpArray::from_list(cx.process.args.iter().cloned().map(Value::string));
    let server = server_variables(cx, &args);
    let mut globals = cx.globals.borrow_mut();
    let mut set = |name: &str, value: Value| globals.set(&PhpString::from_bytes(name.as_bytes()), value);
    for name in ["_GET", "_POST", "_COOKIE", "_FILES"] {
        set(name, Value::array(PhpArray::new()));
    }
    set("argv", Value::array(args.clone()));
    set("argc", Value::int(args.len() as i64));
    set("_SERVER", Value::array(server));
    set("_ENV", Value::array(PhpArray::new()));
    set("_REQUEST", Value::array(PhpArray::new()));
}

/// `$_SERVER` of a command.
fn server_variables(cx: &Context, args: &PhpArray) -> PhpArray {
    let mut server = PhpArray::new();
    let mut set = |name: &[u8], value: Value| {
        server.insert(ArrayKey::from_bytes(name).as_key(), value);
    };
    for (name, value) in cx.process.env.iter() {
        set(name, Value::str(value));
    }
    let script = cx.process.script.clone();
    // Code that stands in no file has a name all the same.
    let shown = script.clone().unwrap_or_else(|| PhpString::from_bytes(b"Standard input code"));
    for name in ["PHP_SELF", "SCRIPT_NAME"] {
        set(name.as_bytes(), Value::string(shown.clone()));
    }
    for name in ["SCRIPT_FILENAME", "PATH_TRANSLATED"] {
        set(name.as_bytes(), Value::string(script.clone().unwrap_or_default()));
    }
    set(b"DOCUMENT_ROOT", Value::str(""));
    let started = cx.process.started.as_f64();
    set(b"REQUEST_TIME", Value::int(started as i64));
    set(b"REQUEST_TIME_FLOAT", Value::float(started));
    set(b"argv", Value::array(args.clone()));
    set(b"argc", Value::int(args.len() as i64));
    server
}

/// Ends a request in PHP's order: what the main script left to do, shutdown functions, destructors, output buffers.
pub fn end_request(cx: &mut Context) {
    after_main(cx);
    step(cx, Context::run_shutdown_functions);
    step(cx, Context::shutdown_destructors);
    after_main(cx);
    cx.exiting = false;
    cx.ob_end_all();
    cx.end_time_limit();
}

fn after_main(cx: &mut Context) {
    for hook in cx.after_main.clone() {
        let exiting = cx.exiting;
        step(cx, |cx| hook(cx, exiting));
    }
}

/// Gives back what classes, functions and objects of the request have taken, after the context is gone.
///
/// Values that they hold go first, while the classes of all objects are there; then native states; then the classes
/// themselves; and the blocks of objects in cycles with the heap as a whole.
///
/// # Safety
/// Nothing of the request is used any more.
pub unsafe fn release_request() {
    crate::kept::clear();
    heap::end_states();
    crate::kept::release();
    // SAFETY: the caller's promise.
    unsafe { heap::end_request() };
}

/// Runs one part of the end; what it throws is reported, and `exit` ends that part alone.
fn step(cx: &mut Context, part: impl FnOnce(&mut Context) -> PhpResult) {
    cx.exiting = false;
    let result = part(cx);
    cx.finish_exception(result);
}

impl Context {
    /// Calls the functions of `register_shutdown_function()`; more may be added meanwhile.
    fn run_shutdown_functions(&mut self) -> PhpResult {
        let mut next = 0;
        while next < self.shutdown_functions.len() {
            let (function, args) = self.shutdown_functions[next].clone();
            next += 1;
            self.call_value(&function, &args)?;
        }
        self.shutdown_functions.clear();
        Ok(())
    }
}
