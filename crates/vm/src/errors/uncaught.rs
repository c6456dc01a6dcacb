//! What becomes of an exception that nobody catches.

use super::level;
use crate::Context;
use crate::class::ClassRef;
use crate::throw::exception_prop;
use crate::thrown::{PhpResult, Thrown};
use phalanx_value::{ObjRef, PhpString, Value};

impl Context {
    /// Ends a run of PHP code: a pending exception goes to the user's exception handler, or is reported as a fatal
    /// error. Afterwards nothing is pending.
    pub fn finish_exception(&mut self, result: PhpResult) {
        if result != Err(Thrown::Exception) {
            return;
        }
        let Some(exception) = self.exception.take() else { return };
        if let Some(handler) = self.errors.take_exception_handler() {
            self.exit_code = 255;
            let handled = self.call_value(&handler, &[Value::object(exception)]);
            if matches!(handled, Err(Thrown::Exception))
                && let Some(next) = self.exception.take()
            {
                self.report_uncaught(&next, level::E_ERROR);
            }
            return;
        }
        self.report_uncaught(&exception, level::E_ERROR);
    }

    /// Reports an exception as "Uncaught ...", with the level of a fatal error, but ends nothing.
    pub fn report_uncaught(&mut self, exception: &ObjRef, severity: i64) {
        let class = ClassRef::of(exception);
        let file = self.prop_text(exception, "file");
        let line = exception_prop(exception, "line").as_int().unwrap_or(0) as u32;
        let is = |cx: &mut Context, name: &str| cx.find_class(name.as_bytes()).is_some_and(|c| class.is_a(c));
        if is(self, "compileerror") {
            let message = self.prop_text(exception, "message");
            let level = if is(self, "parseerror") { level::E_PARSE } else { level::E_COMPILE_ERROR };
            return self.standard_error(level, &message, &file, line);
        }
        if !is(self, "throwable") {
            let message = [b"Uncaught exception ".as_slice(), &class.name].concat();
            let (file, line) = self.position();
            return self.standard_error(severity, &message.into(), &file, line);
        }
        let shown = match self.to_string(&Value::object(exception.clone())) {
            Ok(text) => text,
            Err(_) => {
                if let Some(inner) = self.exception.take() {
                    self.report_failed_cast(&inner, class);
                }
                class.name.clone()
            }
        };
        let message = PhpString::concat_all(&[b"Uncaught ", &shown, b"\n  thrown"]);
        self.standard_error(severity, &message, &file, line);
    }

    fn report_failed_cast(&mut self, inner: &ObjRef, class: ClassRef) {
        let text = [
            b"Uncaught ".as_slice(),
            &ClassRef::of(inner).name,
            b" in exception handling during call to ",
            &class.name,
            b"::__toString()",
        ]
        .concat();
        let file = self.prop_text(inner, "file");
        let line = exception_prop(inner, "line").as_int().unwrap_or(0) as u32;
        self.standard_error(level::E_WARNING, &text.into(), &file, line);
    }

    fn prop_text(&mut self, exception: &ObjRef, name: &str) -> PhpString {
        let value = exception_prop(exception, name);
        self.to_string(&value).unwrap_or_default()
    }
}
