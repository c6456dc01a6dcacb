//! A context for unit tests: captured output, the core classes, functions to call.

use crate::Context;
use crate::ini::{Ini, IniBase};
use crate::loader::{LoadError, LoadedUnit, Loader};
use crate::native::{Extension, NativeFn};
use crate::output::{Output, Sink};
use crate::process::Process;
use crate::registry::Registry;
use crate::throw::exception_prop;
use crate::thrown::{PhpResult, Thrown};
use phalanx_value::Value;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

struct NoLoader;

impl Loader for NoLoader {
    fn load_file(&self, _: &mut Context, _: &[u8]) -> Result<LoadedUnit, LoadError> {
        Err(LoadError::Open("there are no files in tests".into()))
    }

    fn load_code(&self, cx: &mut Context, _: &[u8], path: &[u8]) -> Result<LoadedUnit, LoadError> {
        self.load_file(cx, path)
    }

    fn load_script(&self, cx: &mut Context, _: &[u8], path: &[u8]) -> Result<LoadedUnit, LoadError> {
        self.load_file(cx, path)
    }
}

/// What was written, where a test can look.
#[derive(Clone, Default)]
pub(crate) struct Captured(Rc<RefCell<Vec<u8>>>);

impl Captured {
    /// What was written since the last call.
    pub(crate) fn take(&self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut *self.0.borrow_mut())).into_owned()
    }
}

impl Sink for Captured {
    fn write(&mut self, bytes: &[u8]) -> bool {
        self.0.borrow_mut().extend_from_slice(bytes);
        true
    }

    fn error(&mut self, bytes: &[u8]) {
        self.write(bytes);
    }

    fn log(&mut self, _: Option<&[u8]>, message: &[u8]) {
        self.write(b"[log] ");
        self.write(message);
        self.write(b"\n");
    }
}

/// A context whose output goes to memory, with the functions of a test.
pub(crate) fn context(functions: &'static [&'static [&'static NativeFn]]) -> (Context, Captured) {
    let extension = Extension {
        name: "test",
        version: "1",
        functions,
        classes: &[],
        consts: &[],
        ini: &[],
        request_start: None,
        request_end: None,
    };
    let extension: &'static Extension = Box::leak(Box::new(extension));
    let registry = Arc::new(Registry::new(&[&crate::builtin::CORE, extension]));
    let ini = Ini::new(Arc::new(IniBase::new(&[extension], &[])));
    let captured = Captured::default();
    let output = Output::new(Box::new(captured.clone()));
    let cx = Context::new(registry, ini, Rc::new(NoLoader), output, Process::default(), 1 << 20);
    (cx, captured)
}

/// Shows a result: the value, or class and message of the exception, which is taken.
pub(crate) fn show(cx: &mut Context, result: PhpResult<Value>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(Thrown::Exit) => "exit".into(),
        Err(Thrown::Exception) => {
            let exception = cx.exception.take().expect("an exception is pending");
            let message = exception_prop(&exception, "message");
            let message = message.as_string().map(|m| m.to_str_lossy().into_owned()).unwrap_or_default();
            format!("{}: {message}", crate::class::ClassRef::of(&exception).name)
        }
    }
}

/// Calls a function by name and shows the result, with what was written before it.
pub(crate) fn call(cx: &mut Context, captured: &Captured, name: &str, args: &[Value]) -> String {
    let callee = Value::str(name);
    let result = cx.call_value(&callee, args);
    let shown = show(cx, result);
    format!("{}{shown}", captured.take().replace(" in Unknown on line 0\n", " | ").replace('\n', ""))
}
