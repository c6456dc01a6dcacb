//! Warnings, notices and fatal errors: who hears of them, and how they are shown.
//!
//! A message goes to the user's error handler, if there is one for its level; otherwise, or if the handler declines,
//! it is remembered for `error_get_last()`, logged and displayed as the settings say. A fatal error ends the script:
//! [`Thrown::Exit`] unwinds everything without running PHP code.
//!
//! **Invariant:** while a handler runs it is not the handler, so errors inside of it take the standard way.

mod handlers;
pub mod level;
mod show;
#[cfg(test)]
mod tests;
mod uncaught;

pub use handlers::{ErrorHandler, Errors, LastError, Speaker};

use crate::Context;
use crate::class::ClassRef;
use crate::ini::DisplayErrors;
use crate::thrown::{PhpResult, Thrown};
use phalanx_value::object::OBJ_DESTRUCTED;
use phalanx_value::{PhpString, Value, heap};

/// Exit code of a script that a fatal error ended.
const FATAL_EXIT_CODE: i32 = 255;

impl Context {
    /// Raises an E_WARNING.
    #[cold]
    #[inline(never)]
    pub fn warning(&mut self, message: impl AsRef<[u8]>) -> PhpResult {
        self.raise(level::E_WARNING, message)
    }

    /// Raises an E_NOTICE.
    #[cold]
    #[inline(never)]
    pub fn notice(&mut self, message: impl AsRef<[u8]>) -> PhpResult {
        self.raise(level::E_NOTICE, message)
    }

    /// Raises an E_DEPRECATED.
    #[cold]
    #[inline(never)]
    pub fn deprecated(&mut self, message: impl AsRef<[u8]>) -> PhpResult {
        self.raise(level::E_DEPRECATED, message)
    }

    /// Raises an E_WARNING that begins with the name of the native function that runs: `f(): message`.
    #[cold]
    #[inline(never)]
    pub fn doc_warning(&mut self, message: impl AsRef<[u8]>) -> PhpResult {
        self.doc_error(level::E_WARNING, "", message)
    }

    /// Raises an E_NOTICE that begins with the name of the native function that runs.
    #[cold]
    #[inline(never)]
    pub fn doc_notice(&mut self, message: impl AsRef<[u8]>) -> PhpResult {
        self.doc_error(level::E_NOTICE, "", message)
    }

    /// Raises an E_DEPRECATED that begins with the name of the native function that runs.
    #[cold]
    #[inline(never)]
    pub fn doc_deprecated(&mut self, message: impl AsRef<[u8]>) -> PhpResult {
        self.doc_error(level::E_DEPRECATED, "", message)
    }

    /// Raises an error that begins with the name of the native function that runs and what it was given:
    /// `fopen(file): message`.
    #[cold]
    #[inline(never)]
    pub fn doc_error(
        &mut self,
        level: i64,
        params: impl AsRef<[u8]>,
        message: impl AsRef<[u8]>,
    ) -> PhpResult {
        let origin = match self.errors.speaker {
            Speaker::Startup => b"PHP Startup".to_vec(),
            Speaker::Construct(name, frame) if std::ptr::eq(frame, self.frame) => {
                [name.as_bytes(), b"(", params.as_ref(), b")"].concat()
            }
            _ => [&self.active_function_name()[..], b"(", params.as_ref(), b")"].concat(),
        };
        self.raise(level, [&origin[..], b": ", message.as_ref()].concat())
    }

    /// Raises an error of any level at the code that runs.
    #[cold]
    #[inline(never)]
    pub fn raise(&mut self, level: i64, message: impl AsRef<[u8]>) -> PhpResult {
        let (file, line) = self.position();
        self.raise_at(level, message, &file, line)
    }

    /// Raises an error of any level at a place.
    pub fn raise_at(
        &mut self,
        level: i64,
        message: impl AsRef<[u8]>,
        file: &PhpString,
        line: u32,
    ) -> PhpResult {
        let message = PhpString::from_bytes(message.as_ref());
        if let Some(held) = &mut self.errors.held {
            held.push(LastError { level, message, file: file.clone(), line });
            return if level & level::FATAL != 0 { Err(Thrown::Exit) } else { Ok(()) };
        }
        if let Some(class) = self.errors.throws
            && level & level::THROWABLE != 0
        {
            return if self.exception.is_some() { Ok(()) } else { Err(self.throw(class, &message)) };
        }
        if self.call_error_handler(level, &message, file, line)? {
            return Ok(());
        }
        self.standard_error(level, &message, file, line);
        if level & level::FATAL != 0 { Err(self.bail_out()) } else { Ok(()) }
    }

    /// Reports a fatal error (E_ERROR) and ends the script.
    #[cold]
    #[inline(never)]
    pub fn fatal_error(&mut self, message: impl AsRef<[u8]>) -> Thrown {
        let (file, line) = self.position();
        self.fatal_error_at(level::E_ERROR, message, &file, line)
    }

    /// Reports a fatal error of the compiler (E_COMPILE_ERROR) and ends the script.
    #[cold]
    #[inline(never)]
    pub fn compile_error(&mut self, message: impl AsRef<[u8]>) -> Thrown {
        let (file, line) = self.position();
        self.fatal_error_at(level::E_COMPILE_ERROR, message, &file, line)
    }

    /// Reports a fatal error at a place and ends the script.
    #[cold]
    pub fn fatal_error_at(
        &mut self,
        level: i64,
        message: impl AsRef<[u8]>,
        file: &PhpString,
        line: u32,
    ) -> Thrown {
        let message = PhpString::from_bytes(message.as_ref());
        if let Some(held) = &mut self.errors.held {
            held.push(LastError { level, message, file: file.clone(), line });
            return Thrown::Exit;
        }
        self.standard_error(level, &message, file, line);
        self.bail_out()
    }

    /// Runs `f`, which runs no PHP code, and gives the errors that it raises along with its result instead of reporting
    /// them; a fatal one does not end the script.
    pub(crate) fn hold_errors<T>(&mut self, f: impl FnOnce(&mut Context) -> T) -> (T, Vec<LastError>) {
        let before = self.errors.held.replace(Vec::new());
        let result = f(self);
        let held = std::mem::replace(&mut self.errors.held, before);
        (result, held.unwrap_or_default())
    }

    /// Reports errors that [`Context::hold_errors`] has kept back.
    pub(crate) fn report_held(&mut self, held: Vec<LastError>) -> PhpResult {
        for LastError { level, message, file, line } in held {
            if level & level::FATAL != 0 {
                return Err(self.fatal_error_at(level, message, &file, line));
            }
            self.raise_at(level, message, &file, line)?;
        }
        Ok(())
    }

    /// Ends the script after a fatal error. Objects that are there go without their destructors; those that shutdown
    /// functions make have theirs.
    pub fn bail_out(&mut self) -> Thrown {
        heap::for_each_object(|object| {
            if ClassRef::of(object).magic.destruct.is_some() {
                object.set_flags(OBJ_DESTRUCTED);
            }
        });
        self.exception = None;
        self.exit_code = FATAL_EXIT_CODE;
        self.exiting = true;
        Thrown::Exit
    }

    /// The standard way of an error: remember, log, display.
    fn standard_error(&mut self, level: i64, message: &PhpString, file: &PhpString, line: u32) {
        let repeated = self.ini.get_bool("ignore_repeated_errors")
            && self.errors.last.as_ref().is_some_and(|last| {
                last.message == *message
                    && (self.ini.get_bool("ignore_repeated_source")
                        || last.line == line && last.file == *file)
            });
        self.errors.last = Some(LastError { level, message: message.clone(), file: file.clone(), line });
        let reported = self.ini.error_reporting & level != 0 || level & level::CORE != 0;
        if reported && !repeated {
            self.show_error(level, message, file, line);
        }
        if level & level::FATAL != 0 {
            self.exit_code = FATAL_EXIT_CODE;
            self.fail_response();
        }
    }

    /// A client that is not shown the error is told that there was one, if the script has not told it something else.
    fn fail_response(&mut self) {
        let headers = &mut self.output.headers;
        if self.process.web.is_some()
            && self.ini.display_errors == DisplayErrors::Off
            && !headers.sent
            && headers.status == 200
        {
            headers.status = 500;
            headers.status_line = Some(PhpString::from_bytes(b"HTTP/1.0 500 Internal Server Error"));
        }
    }

    /// Calls the user's error handler, if there is one for the level. True if it has dealt with the error.
    fn call_error_handler(
        &mut self,
        level: i64,
        message: &PhpString,
        file: &PhpString,
        line: u32,
    ) -> PhpResult<bool> {
        let Some(handler) = self.errors.handler_for(level) else { return Ok(false) };
        let args = [
            Value::int(level),
            Value::string(message.clone()),
            Value::string(file.clone()),
            Value::int(i64::from(line)),
        ];
        // An exception that is pending already is put aside: the handler runs as if there were none.
        let pending = self.exception.take();
        let result = self.call_value(&handler.callback, &args);
        self.errors.put_back(handler);
        if let Some(pending) = pending {
            match &self.exception {
                Some(thrown) => crate::throw::set_previous(thrown, pending),
                None => self.exception = Some(pending),
            }
        }
        Ok(!result?.is_false())
    }

    /// Runs `f` with the warnings of native code turned into exceptions of a class, as constructors of some classes
    /// want it.
    pub fn with_thrown_warnings<T>(
        &mut self,
        class: crate::class::ClassRef,
        f: impl FnOnce(&mut Context) -> PhpResult<T>,
    ) -> PhpResult<T> {
        let before = self.errors.throws.replace(class);
        let result = f(self);
        self.errors.throws = before;
        result
    }
}
