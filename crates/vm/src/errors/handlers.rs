//! The state of error handling: handlers of the user, the last error, what `@` has put aside.

use super::level;
use crate::Context;
use crate::class::ClassRef;
use crate::frame::Frame;
use phalanx_value::{PhpString, Value};

/// What `error_get_last()` tells.
#[derive(Clone, Debug)]
pub struct LastError {
    /// Level.
    pub level: i64,
    /// Text.
    pub message: PhpString,
    /// File.
    pub file: PhpString,
    /// Line.
    pub line: u32,
}

/// A handler of `set_error_handler()`.
#[derive(Clone)]
pub struct ErrorHandler {
    /// The callable.
    pub callback: Value,
    /// Levels it is for.
    pub mask: i64,
}

/// Whom messages name that would name the native function that runs.
#[derive(Clone, Copy, Default)]
pub enum Speaker {
    /// That function.
    #[default]
    Function,
    /// The start of the process.
    Startup,
    /// `include` or one of its like in this frame; in frames above it the function.
    Construct(&'static str, *const Frame),
}

/// Error handling of a request.
#[derive(Default)]
pub struct Errors {
    /// The last error that took the standard way.
    pub last: Option<LastError>,
    /// The class that warnings are thrown as, while native code wants that.
    pub throws: Option<ClassRef>,
    /// Errors that are kept back for [`Context::hold_errors`], while it runs something.
    pub(super) held: Option<Vec<LastError>>,
    /// Whom messages name that would name a native function.
    pub speaker: Speaker,
    handler: Option<ErrorHandler>,
    handlers: Vec<Option<ErrorHandler>>,
    /// Handlers were set or restored while one was running, so it is not put back.
    changed: bool,
    exception_handler: Option<Value>,
    exception_handlers: Vec<Option<Value>>,
}

impl Errors {
    /// `set_error_handler()`: the handler before.
    pub fn set_handler(&mut self, handler: Option<ErrorHandler>) -> Option<Value> {
        let before = self.handler.take();
        let shown = before.as_ref().map(|before| before.callback.clone());
        self.handlers.push(before);
        self.handler = handler;
        self.changed = true;
        shown
    }

    /// `restore_error_handler()`.
    pub fn restore_handler(&mut self) {
        self.handler = self.handlers.pop().flatten();
        self.changed = true;
    }

    /// `get_error_handler()`.
    pub fn handler(&self) -> Option<&Value> {
        self.handler.as_ref().map(|handler| &handler.callback)
    }

    /// Takes the handler out, if it is for errors of this level, to be called and then put back.
    pub(super) fn handler_for(&mut self, level: i64) -> Option<ErrorHandler> {
        if level & level::UNHANDLED != 0 || self.handler.as_ref()?.mask & level == 0 {
            return None;
        }
        self.changed = false;
        self.handler.take()
    }

    /// Puts back what [`Errors::handler_for`] took out, unless the handler set another one meanwhile.
    pub(super) fn put_back(&mut self, handler: ErrorHandler) {
        if !self.changed || self.handler.is_none() {
            self.handler = Some(handler);
        }
        self.changed = true;
    }

    /// `set_exception_handler()`: the handler before.
    pub fn set_exception_handler(&mut self, handler: Option<Value>) -> Option<Value> {
        let before = self.exception_handler.take();
        self.exception_handlers.push(before.clone());
        self.exception_handler = handler;
        before
    }

    /// `restore_exception_handler()`.
    pub fn restore_exception_handler(&mut self) {
        self.exception_handler = self.exception_handlers.pop().flatten();
    }

    /// `get_exception_handler()`.
    pub fn exception_handler(&self) -> Option<&Value> {
        self.exception_handler.as_ref()
    }

    /// Takes the exception handler out, to be called.
    pub(super) fn take_exception_handler(&mut self) -> Option<Value> {
        self.exception_handler.take()
    }

    /// Forgets all handlers, at the end of a request.
    pub fn clear_handlers(&mut self) {
        *self = Errors { last: self.last.take(), speaker: self.speaker, ..Errors::default() };
    }
}

impl Context {
    /// Begins `@`: the result goes to [`Context::end_silence`].
    pub fn begin_silence(&mut self) -> i64 {
        let before = self.ini.error_reporting;
        self.ini.error_reporting = before & level::SILENCED;
        before
    }

    /// Ends `@`: the level comes back, unless the silenced code set another one.
    pub fn end_silence(&mut self, before: i64) {
        let only_fatal = |levels: i64| levels & !level::SILENCED == 0;
        if only_fatal(self.ini.error_reporting) && !only_fatal(before) {
            self.ini.error_reporting = before;
        }
    }
}
