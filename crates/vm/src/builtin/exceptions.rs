//! Exceptions and errors.
//!
//! A new one notes where it is made and how the code got there, before its constructor runs.

use super::trace;
use crate::Context;
use crate::class::{ClassRef, Hooks};
use crate::throw::{exception_prop, set_exception_prop};
use crate::thrown::PhpResult;
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, PhpString, Value};

native_class! {
    /// <https://www.php.net/class.throwable>
    pub(crate) static THROWABLE = "interface Throwable extends Stringable";
    abstract "getMessage(): string";
    abstract "getCode()";
    abstract "getFile(): string";
    abstract "getLine(): int";
    abstract "getTrace(): array";
    abstract "getPrevious(): ?Throwable";
    abstract "getTraceAsString(): string";
}

native_class! {
    /// <https://www.php.net/class.exception>
    pub(crate) static EXCEPTION = "class Exception implements Throwable";
    hooks: HOOKS;
    prop "protected $message = ''";
    prop "private string $string = ''";
    prop "protected $code = 0";
    prop "protected string $file = ''";
    prop "protected int $line = 0";
    prop "private array $trace = []";
    prop "private ?Throwable $previous = null";
    methods: CLONE, CONSTRUCT, WAKEUP, GET_MESSAGE, GET_CODE, GET_FILE, GET_LINE, GET_TRACE, GET_PREVIOUS,
        GET_TRACE_AS_STRING, TO_STRING;
}

native_class! {
    /// <https://www.php.net/class.errorexception>
    pub(crate) static ERROR_EXCEPTION = "class ErrorException extends Exception";
    prop "protected int $severity = 1";
    methods: CONSTRUCT_ERROR_EXCEPTION, GET_SEVERITY;
}

native_class! {
    /// <https://www.php.net/class.error>
    pub(crate) static ERROR = "class Error implements Throwable";
    hooks: HOOKS;
    prop "protected $message = ''";
    prop "private string $string = ''";
    prop "protected $code = 0";
    prop "protected string $file = ''";
    prop "protected int $line = 0";
    prop "private array $trace = []";
    prop "private ?Throwable $previous = null";
    methods: CLONE, CONSTRUCT, WAKEUP, GET_MESSAGE, GET_CODE, GET_FILE, GET_LINE, GET_TRACE, GET_PREVIOUS,
        GET_TRACE_AS_STRING, TO_STRING;
}

native_class! {
    /// The third root of exceptions beside Exception and Error: what a canceled coroutine unwinds with. Declared by the
    /// extension that has coroutines.
    pub static CANCELLATION = "class Cancellation implements Throwable";
    hooks: HOOKS;
    prop "protected $message = ''";
    prop "private string $string = ''";
    prop "protected $code = 0";
    prop "protected string $file = ''";
    prop "protected int $line = 0";
    prop "private array $trace = []";
    prop "private ?Throwable $previous = null";
    methods: CLONE, CONSTRUCT, WAKEUP, GET_MESSAGE, GET_CODE, GET_FILE, GET_LINE, GET_TRACE, GET_PREVIOUS,
        GET_TRACE_AS_STRING, TO_STRING;
}

native_class! {
    /// <https://www.php.net/class.compileerror>
    pub(crate) static COMPILE_ERROR = "class CompileError extends Error";
}

native_class! {
    /// <https://www.php.net/class.parseerror>
    pub(crate) static PARSE_ERROR = "class ParseError extends CompileError";
}

native_class! {
    /// <https://www.php.net/class.typeerror>
    pub(crate) static TYPE_ERROR = "class TypeError extends Error";
}

native_class! {
    /// <https://www.php.net/class.argumentcounterror>
    pub(crate) static ARGUMENT_COUNT_ERROR = "class ArgumentCountError extends TypeError";
}

native_class! {
    /// <https://www.php.net/class.valueerror>
    pub(crate) static VALUE_ERROR = "class ValueError extends Error";
}

native_class! {
    /// <https://www.php.net/class.arithmeticerror>
    pub(crate) static ARITHMETIC_ERROR = "class ArithmeticError extends Error";
}

native_class! {
    /// <https://www.php.net/class.divisionbyzeroerror>
    pub(crate) static DIVISION_BY_ZERO_ERROR = "class DivisionByZeroError extends ArithmeticError";
}

native_class! {
    /// <https://www.php.net/class.unhandledmatcherror>
    pub(crate) static UNHANDLED_MATCH_ERROR = "class UnhandledMatchError extends Error";
}

native_class! {
    /// <https://www.php.net/class.closedgeneratorexception>
    pub(crate) static CLOSED_GENERATOR_EXCEPTION = "class ClosedGeneratorException extends Exception";
}

static HOOKS: Hooks = Hooks { create: Some(create), ..Hooks::NONE };

/// Notes position and backtrace.
fn create(cx: &mut Context, this: &ObjRef) {
    let (file, line) = cx.position();
    let known = !cx.user_frame().is_null();
    set_exception_prop(this, "file", Value::string(if known { file } else { PhpString::new() }));
    set_exception_prop(this, "line", Value::int(i64::from(line)));
    let ignore_args = cx.ini.get_bool("zend.exception_ignore_args");
    let trace = crate::backtrace::capture(
        cx,
        cx.frame,
        crate::backtrace::Options { object: false, ignore_args, limit: 0 },
    );
    set_exception_prop(this, "trace", Value::array(trace));
}

#[php_method("private Exception::__clone(): void", rename = CLONE)]
fn clone(this: &ObjRef) {
    let _ = this;
}

#[php_method("Exception::__construct(string $message = '', int $code = 0, ?Throwable $previous = null)", rename = CONSTRUCT)]
fn construct(this: &ObjRef, message: Option<&PhpString>, code: Option<i64>, previous: Option<&ObjRef>) {
    if let Some(message) = message {
        set_exception_prop(this, "message", Value::string(message.clone()));
    }
    if let Some(code) = code.filter(|&code| code != 0) {
        set_exception_prop(this, "code", Value::int(code));
    }
    if let Some(previous) = previous {
        set_exception_prop(this, "previous", Value::object(previous.clone()));
    }
}

#[php_method("ErrorException::__construct(string $message = '', int $code = 0, int $severity = 1, ?string $filename = null, ?int $line = null, ?Throwable $previous = null)", rename = CONSTRUCT_ERROR_EXCEPTION)]
fn construct_error_exception(
    this: &ObjRef,
    message: Option<&PhpString>,
    code: Option<i64>,
    severity: i64,
    filename: Option<&PhpString>,
    line: Option<i64>,
    previous: Option<&ObjRef>,
) {
    construct(this, message, code, previous);
    if let Some(slot) = severity_slot(this) {
        this.set_slot(slot, Value::int(severity));
    }
    if let Some(filename) = filename {
        set_exception_prop(this, "file", Value::string(filename.clone()));
    }
    match line {
        Some(line) => set_exception_prop(this, "line", Value::int(line)),
        None if filename.is_some() => set_exception_prop(this, "line", Value::int(0)),
        None => {}
    }
}

fn severity_slot(this: &ObjRef) -> Option<u32> {
    ClassRef::of(this).props.get(b"severity").map(|info| info.slot)
}

#[php_method("final ErrorException::getSeverity(): int")]
fn get_severity(this: &ObjRef) -> Value {
    severity_slot(this).map_or(Value::NULL, |slot| this.get_slot(slot).into_deref())
}

#[php_method("Exception::__wakeup(): void", tentative)]
fn wakeup(this: &ObjRef) {
    let _ = this;
}

#[php_method("final Exception::getMessage(): string")]
fn get_message(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    let message = exception_prop(this, "message");
    cx.to_string(&message)
}

#[php_method("final Exception::getCode()")]
fn get_code(this: &ObjRef) -> Value {
    exception_prop(this, "code")
}

#[php_method("final Exception::getFile(): string")]
fn get_file(this: &ObjRef) -> Value {
    exception_prop(this, "file")
}

#[php_method("final Exception::getLine(): int")]
fn get_line(this: &ObjRef) -> Value {
    exception_prop(this, "line")
}

#[php_method("final Exception::getTrace(): array")]
fn get_trace(this: &ObjRef) -> Value {
    exception_prop(this, "trace")
}

#[php_method("final Exception::getPrevious(): ?Throwable")]
fn get_previous(this: &ObjRef) -> Value {
    exception_prop(this, "previous")
}

#[php_method("final Exception::getTraceAsString(): string")]
fn get_trace_as_string(cx: &mut Context, this: &ObjRef) -> PhpString {
    let trace = exception_prop(this, "trace");
    trace::text(cx, &trace)
}

#[php_method("Exception::__toString(): string", rename = TO_STRING)]
fn to_string(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    let text = describe(cx, this)?;
    set_exception_prop(this, "string", Value::string(text.clone()));
    Ok(text)
}

/// The exception and all its previous ones, the first one first.
fn describe(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    let mut text: Vec<u8> = Vec::new();
    let mut seen: Vec<ObjRef> = Vec::new();
    let mut next = Some(this.clone());
    while let Some(exception) = next {
        if seen.contains(&exception) {
            break;
        }
        let class = ClassRef::of(&exception);
        let message = exception_prop(&exception, "message");
        let message = cx.to_string(&message)?;
        let file = exception_prop(&exception, "file");
        let file = cx.to_string(&file)?;
        let line = exception_prop(&exception, "line");
        let line = cx.to_string(&line)?;
        let trace = exception_prop(&exception, "trace");
        let trace = trace::text(cx, &trace);
        let mut one = class.name.to_vec();
        if !message.is_empty() {
            one.extend_from_slice(b": ");
            one.extend_from_slice(&message);
            let of_call = class.native.is_some_and(|native| {
                std::ptr::eq(native, &TYPE_ERROR) || std::ptr::eq(native, &ARGUMENT_COUNT_ERROR)
            });
            if of_call && message.windows(12).any(|part| part == b", called in ") {
                one.extend_from_slice(b" and defined");
            }
        }
        one.extend_from_slice(b" in ");
        one.extend_from_slice(&file);
        one.push(b':');
        one.extend_from_slice(&line);
        one.extend_from_slice(b"\nStack trace:\n");
        one.extend_from_slice(&trace);
        if !text.is_empty() {
            one.extend_from_slice(b"\n\nNext ");
            one.extend_from_slice(&text);
        }
        text = one;
        next = exception_prop(&exception, "previous").into_object();
        seen.push(exception);
    }
    Ok(PhpString::from(text))
}
