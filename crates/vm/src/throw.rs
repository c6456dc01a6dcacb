//! Throwing: how native code makes PHP exceptions, and how they are chained.
//!
//! A pending exception is kept in [`Context::exception`]; the [`Thrown`] that native code hands on says that there is
//! one. Whatever is thrown while another exception is pending gets that one as its (last) previous exception.

use crate::Context;
use crate::class::ClassRef;
use crate::convert;
use crate::func::FuncRef;
use crate::thrown::{PhpResult, Thrown};
use phalanx_value::{ObjRef, PhpString, Value};

/// What may name the class of an exception.
pub trait ExceptionClass {
    /// The class, or none if it does not exist.
    fn find(self, cx: &mut Context) -> Option<ClassRef>;
}

impl ExceptionClass for ClassRef {
    fn find(self, _: &mut Context) -> Option<ClassRef> {
        Some(self)
    }
}

impl ExceptionClass for &str {
    fn find(self, cx: &mut Context) -> Option<ClassRef> {
        cx.find_class(self.to_ascii_lowercase().as_bytes())
    }
}

/// The class whose declaration holds the properties of `exception`: Exception or Error.
fn base_of(exception: &ObjRef) -> ClassRef {
    let class = ClassRef::of(exception);
    class.display.first().copied().unwrap_or(class)
}

/// Number of the slot of a property of Exception or Error, which its private ones have in all descendants too.
fn exception_slot(exception: &ObjRef, name: &str) -> Option<u32> {
    let slot = base_of(exception).props.get(name.as_bytes())?.slot;
    (slot < exception.slot_count()).then_some(slot)
}

/// A property (`message`, `code`, `file`, `line`, `previous` ...) of an exception, past its visibility; null if there
/// is none.
pub fn exception_prop(exception: &ObjRef, name: &str) -> Value {
    match exception_slot(exception, name) {
        Some(slot) => exception.get_slot(slot).into_deref(),
        None => Value::NULL,
    }
}

/// Sets a property of an exception, past its visibility.
pub fn set_exception_prop(exception: &ObjRef, name: &str, value: Value) {
    if let Some(slot) = exception_slot(exception, name) {
        exception.set_slot(slot, value);
    }
}

/// Makes `added` the previous exception of the last one in the chain of `exception`, unless one is in the chain of
/// the other already.
pub fn set_previous(exception: &ObjRef, added: ObjRef) {
    if exception.ptr_eq(&added) || crate::generator::is_graceful_exit(&added) {
        return;
    }
    let mut last = exception.clone();
    loop {
        let mut ancestor = exception_prop(&added, "previous");
        while let Some(object) = ancestor.as_object() {
            if object.ptr_eq(&last) {
                return;
            }
            ancestor = exception_prop(object, "previous");
        }
        match exception_prop(&last, "previous").into_object() {
            None => return set_exception_prop(&last, "previous", Value::object(added)),
            Some(next) if next.ptr_eq(&added) => return,
            Some(next) => last = next,
        }
    }
}

impl Context {
    /// Throws an exception of a class (by lower-case or written name, or itself) with a message.
    #[cold]
    pub fn throw(&mut self, class: impl ExceptionClass, message: impl AsRef<[u8]>) -> Thrown {
        self.throw_code(class, message, 0)
    }

    /// Throws an exception with a message and a code.
    #[cold]
    pub fn throw_code(&mut self, class: impl ExceptionClass, message: impl AsRef<[u8]>, code: i64) -> Thrown {
        match self.new_exception(class, message.as_ref(), code) {
            Ok(object) => self.throw_object(object),
            Err(thrown) => thrown,
        }
    }

    /// An exception object that is not thrown yet. Its constructor does not run.
    pub fn new_exception(
        &mut self,
        class: impl ExceptionClass,
        message: &[u8],
        code: i64,
    ) -> PhpResult<ObjRef> {
        let class = class
            .find(self)
            .or_else(|| ExceptionClass::find("error", self))
            .expect("class Error is built in");
        let object = self.new_object(class)?;
        if !message.is_empty() {
            set_exception_prop(&object, "message", Value::str(message));
        }
        if code != 0 {
            set_exception_prop(&object, "code", Value::int(code));
        }
        Ok(object)
    }

    /// Throws an exception object.
    #[cold]
    pub fn throw_object(&mut self, object: ObjRef) -> Thrown {
        if self.exiting {
            return Thrown::Exit;
        }
        if let Some(pending) = self.exception.take() {
            set_previous(&object, pending);
        }
        self.exception = Some(object);
        Thrown::Exception
    }

    /// Takes the pending exception, if that is why native code failed: for those that handle it.
    pub fn catch(&mut self, thrown: Thrown) -> Result<ObjRef, Thrown> {
        match thrown {
            Thrown::Exception => self.exception.take().ok_or(Thrown::Exit),
            Thrown::Exit => Err(Thrown::Exit),
        }
    }

    /// Throws an Error.
    #[cold]
    pub fn throw_error(&mut self, message: impl AsRef<[u8]>) -> Thrown {
        self.throw("error", message)
    }

    /// Throws a TypeError.
    #[cold]
    pub fn throw_type_error(&mut self, message: impl AsRef<[u8]>) -> Thrown {
        self.throw("typeerror", message)
    }

    /// Throws a ValueError.
    #[cold]
    pub fn throw_value_error(&mut self, message: impl AsRef<[u8]>) -> Thrown {
        self.throw("valueerror", message)
    }

    /// Throws an ArgumentCountError.
    #[cold]
    pub fn throw_argument_count_error(&mut self, message: impl AsRef<[u8]>) -> Thrown {
        self.throw("argumentcounterror", message)
    }

    /// Throws an ArithmeticError.
    #[cold]
    pub fn throw_arithmetic_error(&mut self, message: impl AsRef<[u8]>) -> Thrown {
        self.throw("arithmeticerror", message)
    }

    /// Throws the DivisionByZeroError of `/`, or of `%` if `modulo` is set.
    #[cold]
    pub fn throw_division_by_zero(&mut self, modulo: bool) -> Thrown {
        self.throw("divisionbyzeroerror", if modulo { "Modulo by zero" } else { "Division by zero" })
    }

    /// Throws the TypeError `f(): Argument #2 ($name) WHAT`, for the native function that runs. `WHAT` begins with
    /// "must"; arguments count from 1.
    #[cold]
    pub fn arg_error(&mut self, number: u32, what: impl AsRef<[u8]>) -> Thrown {
        let message = self.arg_message(number, what.as_ref());
        self.throw_type_error(message)
    }

    /// Throws the ValueError `f(): Argument #2 ($name) WHAT`, for the native function that runs.
    #[cold]
    pub fn arg_value_error(&mut self, number: u32, what: impl AsRef<[u8]>) -> Thrown {
        let message = self.arg_message(number, what.as_ref());
        self.throw_value_error(message)
    }

    /// Throws the TypeError `f(): Argument #2 ($name) must be of type EXPECTED, GIVEN given`.
    #[cold]
    pub fn arg_type_error(&mut self, number: u32, expected: &str, given: &Value) -> Thrown {
        let given = convert::value_name(given);
        self.arg_error(number, format!("must be of type {expected}, {given} given"))
    }

    /// The text `f(): Argument #2 ($name) WHAT`.
    pub fn arg_message(&mut self, number: u32, what: &[u8]) -> Vec<u8> {
        let mut message = self.active_function_name();
        message.extend_from_slice(format!("(): Argument #{number}").as_bytes());
        if let Some(name) = self.active_function().and_then(|func| param_name(func, number)) {
            message.extend_from_slice(b" ($");
            message.extend_from_slice(&name);
            message.push(b')');
        }
        message.push(b' ');
        message.extend_from_slice(what);
        message
    }

    /// The function that runs, native or not.
    pub fn active_function(&self) -> Option<FuncRef> {
        self.frame_ref().map(|frame| frame.func)
    }

    /// Name of the function that runs, as messages show it: `f` or `Class::f`; `main` outside of functions.
    pub fn active_function_name(&self) -> Vec<u8> {
        match self.active_function() {
            Some(func) => function_name(func),
            None => b"main".to_vec(),
        }
    }
}

/// Name of a function as messages show it: `f` or `Class::f`.
pub fn function_name(func: FuncRef) -> Vec<u8> {
    let mut name = Vec::new();
    if let Some(class) = func.scope {
        name.extend_from_slice(&class.name);
        name.extend_from_slice(b"::");
    }
    name.extend_from_slice(&func.name);
    name
}

/// Name of parameter `number` (from 1); none of arguments that a variadic one collects.
fn param_name(func: FuncRef, number: u32) -> Option<PhpString> {
    let index = number.checked_sub(1)? as usize;
    if let Some(native) = func.as_native() {
        let param = native.params.get(index).filter(|param| !param.variadic)?;
        return Some(PhpString::from_bytes(param.name.as_bytes()));
    }
    let param = func.proto()?.params.get(index)?;
    if param.variadic.get() { None } else { Some(param.name.clone()) }
}
