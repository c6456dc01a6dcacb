//! Who hears of errors, and what they look like.

use super::level::*;
use super::{ErrorHandler, LastError};
use crate::testing::{call, context, show};
use crate::{Context, PhpResult};
use phalanx_macros::php_fn;
use phalanx_value::{PhpString, Value};

#[php_fn("handler(int $level, string $message, string $file, int $line): mixed")]
fn handler(
    cx: &mut Context,
    level: i64,
    message: &PhpString,
    file: &PhpString,
    line: i64,
) -> PhpResult<Value> {
    cx.echo(format!("<{level} {message} {file} {line}>").as_bytes())?;
    cx.warning("inside")?;
    match &message[..] {
        b"decline" => Ok(Value::FALSE),
        b"throw" => Err(cx.throw_error("from the handler")),
        _ => Ok(Value::NULL),
    }
}

#[php_fn("caught(Throwable $e): void")]
fn caught(cx: &mut Context, e: Value) -> PhpResult {
    let message = crate::throw::exception_prop(e.as_object().expect("declared"), "message");
    cx.echo(b"caught ")?;
    let message = cx.to_string(&message)?;
    cx.echo(&message)
}

#[php_fn("doc(int $x = 0): void")]
fn doc(cx: &mut Context, x: i64) -> PhpResult {
    cx.doc_warning(format!("x is {x}"))?;
    cx.doc_error(E_NOTICE, "a,b", "more")?;
    Err(cx.arg_value_error(1, "must be greater than 5"))
}

static TABLES: [&[&crate::native::NativeFn]; 1] = [&[&HANDLER, &CAUGHT, &DOC]];

fn raise(setup: impl Fn(&mut Context), level: i64, message: &str) -> String {
    let (mut cx, captured) = context(&TABLES);
    setup(&mut cx);
    let result = cx.raise(level, message).map(|()| Value::NULL);
    let shown = show(&mut cx, result);
    format!("{}{shown}", captured.take())
}

fn set(name: &'static str, value: &'static str) -> impl Fn(&mut Context) {
    move |cx| assert!(cx.set_ini(name, Some(value.as_bytes()), 7), "{name}")
}

fn handle(cx: &mut Context, mask: i64) {
    cx.errors.set_handler(Some(ErrorHandler { callback: Value::str("handler"), mask }));
}

#[test]
fn errors_are_displayed_and_logged() {
    let nothing = |_: &mut Context| ();
    assert_eq!(raise(nothing, E_WARNING, "w"), "\nWarning: w in Unknown on line 0\nnull");
    assert_eq!(raise(nothing, E_USER_NOTICE, "n"), "\nNotice: n in Unknown on line 0\nnull");
    assert_eq!(raise(nothing, E_USER_DEPRECATED, "d"), "\nDeprecated: d in Unknown on line 0\nnull");
    assert_eq!(raise(nothing, E_USER_ERROR, "e"), "\nFatal error: e in Unknown on line 0\nexit");
    assert_eq!(raise(set("display_errors", "0"), E_WARNING, "w"), "null");
    assert_eq!(
        raise(set("display_errors", "stderr"), E_WARNING, "w"),
        "Warning: w in Unknown on line 0\nnull"
    );
    assert_eq!(raise(set("error_reporting", "1"), E_WARNING, "w"), "null");
    assert_eq!(
        raise(set("log_errors", "1"), E_WARNING, "w"),
        "[log] PHP Warning:  w in Unknown on line 0\n\nWarning: w in Unknown on line 0\nnull"
    );
    assert_eq!(
        raise(set("html_errors", "1"), E_WARNING, "w"),
        "<br />\n<b>Warning</b>:  w in <b>Unknown</b> on line <b>0</b><br />\nnull"
    );
    let silent = |cx: &mut Context| {
        cx.begin_silence();
    };
    assert_eq!(raise(silent, E_WARNING, "w"), "null");
    assert_eq!(raise(silent, E_USER_ERROR, "e"), "\nFatal error: e in Unknown on line 0\nexit");
}

#[test]
fn handlers_hear_first() {
    let inside = "\nWarning: inside in Unknown on line 0\n";
    let all = |cx: &mut Context| handle(cx, E_ALL);
    assert_eq!(raise(all, E_NOTICE, "n"), format!("<8 n Unknown 0>{inside}null"));
    assert_eq!(
        raise(all, E_NOTICE, "decline"),
        format!("<8 decline Unknown 0>{inside}\nNotice: decline in Unknown on line 0\nnull")
    );
    assert_eq!(raise(all, E_NOTICE, "throw"), format!("<8 throw Unknown 0>{inside}Error: from the handler"));
    assert_eq!(raise(all, E_USER_ERROR, "e"), format!("<256 e Unknown 0>{inside}null"));
    assert_eq!(raise(|cx| handle(cx, E_WARNING), E_NOTICE, "n"), "\nNotice: n in Unknown on line 0\nnull");
    assert_eq!(raise(all, E_ERROR, "e"), "\nFatal error: e in Unknown on line 0\nexit");
}

#[test]
fn handlers_are_a_stack() {
    let (mut cx, _) = context(&TABLES);
    let set = |cx: &mut Context, name: &str| {
        let handler = ErrorHandler { callback: Value::str(name), mask: E_ALL };
        cx.errors.set_handler(Some(handler)).map(|value| format!("{value:?}"))
    };
    assert_eq!(set(&mut cx, "a"), None);
    assert_eq!(set(&mut cx, "b").as_deref(), Some("\"a\""));
    assert_eq!(cx.errors.set_handler(None).map(|value| format!("{value:?}")).as_deref(), Some("\"b\""));
    assert!(cx.errors.handler().is_none());
    cx.errors.restore_handler();
    assert_eq!(cx.errors.handler().map(|value| format!("{value:?}")).as_deref(), Some("\"b\""));
    cx.errors.restore_handler();
    cx.errors.restore_handler();
    assert!(cx.errors.handler().is_none());
}

#[test]
fn the_last_error_is_remembered() {
    let (mut cx, _) = context(&TABLES);
    let before = cx.begin_silence();
    assert_eq!(cx.warning("w"), Ok(()));
    cx.end_silence(before);
    assert_eq!(cx.ini.error_reporting, E_ALL);
    let Some(LastError { level, message, .. }) = cx.errors.last.clone() else { panic!("there was an error") };
    assert_eq!((level, message), (E_WARNING, PhpString::from("w")));
}

#[test]
fn native_functions_name_themselves() {
    let (mut cx, captured) = context(&TABLES);
    assert_eq!(
        call(&mut cx, &captured, "doc", &[]),
        "Warning: doc(): x is 0 | Notice: doc(a,b): more | ValueError: doc(): Argument #1 ($x) must be greater than 5"
    );
}

#[test]
fn what_nobody_catches_is_fatal() {
    let (mut cx, captured) = context(&TABLES);
    let thrown: PhpResult = Err(cx.throw_error("inner"));
    let thrown = thrown.and(Ok(())).map_err(|_| cx.throw_value_error("outer"));
    let outer = cx.exception.clone().expect("pending");
    let previous = crate::throw::exception_prop(&outer, "previous");
    let previous = previous.as_object().map(|inner| crate::throw::exception_prop(inner, "message"));
    assert_eq!(format!("{previous:?}"), "Some(\"inner\")");
    cx.errors.set_exception_handler(Some(Value::str("caught")));
    cx.finish_exception(thrown);
    assert_eq!(captured.take(), "caught outer");
    assert!(cx.exception.is_none() && cx.exit_code == 255);
}
