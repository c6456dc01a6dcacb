//! Buffers and what their callbacks are told.

use super::{Callback, HeaderError, Headers, flag};
use crate::testing::context;
use crate::{Context, PhpResult};
use phalanx_macros::php_fn;
use phalanx_value::{PhpString, Value};

#[php_fn("shout(string $data, int $op): string")]
fn shout(data: &PhpString, op: i64) -> String {
    format!("[{}:{op}]", String::from_utf8_lossy(data).to_uppercase())
}

#[php_fn("refuse(string $data, int $op): bool")]
fn refuse(data: &PhpString, op: i64) -> bool {
    let _ = (data, op);
    false
}

#[php_fn("echoes(string $data, int $op): string")]
fn echoes(cx: &mut Context, data: &PhpString, op: i64) -> PhpResult<PhpString> {
    cx.echo(b"lost")?;
    let _ = op;
    Ok(data.clone())
}

#[php_fn("nests(string $data, int $op): string")]
fn nests(cx: &mut Context, data: &PhpString, op: i64) -> PhpResult<PhpString> {
    let _ = op;
    cx.ob_start(Callback::None, PhpString::new(), 0, flag::STANDARD)?;
    Ok(data.clone())
}

static TABLES: [&[&crate::native::NativeFn]; 1] = [&[&SHOUT, &REFUSE, &ECHOES, &NESTS]];

fn start(cx: &mut Context, callback: &str, chunk: usize) {
    let name = PhpString::from(callback);
    let callback = if callback.is_empty() { Callback::None } else { Callback::User(Value::str(callback)) };
    assert_eq!(cx.ob_start(callback, name, chunk, flag::STANDARD), Ok(()));
}

fn check(run: impl FnOnce(&mut Context) -> PhpResult, expect: &str) {
    let (mut cx, captured) = context(&TABLES);
    let result = run(&mut cx);
    assert_eq!(format!("{}{}", captured.take(), if result.is_ok() { "" } else { " failed" }), expect);
}

#[test]
fn content_goes_out_level_by_level() {
    check(|cx| cx.echo(b"a"), "a");
    check(
        |cx| {
            start(cx, "", 0);
            cx.echo(b"a")?;
            start(cx, "", 0);
            cx.echo(b"b")?;
            assert_eq!(cx.ob_contents(), Some(b"b".as_slice()));
            cx.ob_flush()?;
            cx.echo(b"c")?;
            cx.ob_clean()?;
            cx.echo(b"d")?;
            cx.ob_end(true)?;
            assert_eq!(cx.ob_contents(), Some(b"ab".as_slice()));
            cx.echo(b"e")?;
            cx.ob_end(false)
        },
        "abe",
    );
    check(
        |cx| {
            start(cx, "", 0);
            start(cx, "", 0);
            cx.echo(b"x")?;
            cx.ob_end_all();
            Ok(())
        },
        "x",
    );
}

#[test]
fn callbacks_are_told_what_happens() {
    check(
        |cx| {
            start(cx, "shout", 0);
            cx.echo(b"a")?;
            cx.ob_flush()?;
            cx.echo(b"b")?;
            cx.ob_clean()?;
            cx.echo(b"c")?;
            cx.ob_end(false)
        },
        "[A:5][C:8]",
    );
    check(
        |cx| {
            start(cx, "shout", 3);
            cx.echo(b"ab")?;
            cx.echo(b"cd")?;
            cx.echo(b"e")?;
            cx.ob_end(false)
        },
        "[ABCD:1][E:8]",
    );
    check(
        |cx| {
            start(cx, "shout", 0);
            start(cx, "refuse", 0);
            cx.echo(b"a")?;
            cx.ob_flush()?;
            cx.echo(b"b")?;
            cx.ob_end(false)?;
            cx.ob_end(false)
        },
        "[AB:9]",
    );
    check(
        |cx| {
            start(cx, "echoes", 0);
            cx.echo(b"a")?;
            cx.ob_end(false)
        },
        "a",
    );
}

#[test]
fn callbacks_cannot_begin_buffers() {
    check(
        |cx| {
            start(cx, "nests", 0);
            cx.echo(b"a")?;
            cx.ob_end(false)
        },
        "\nFatal error: ob_start(): Cannot use output buffering in output buffering display handlers in Unknown on line 0\n failed",
    );
}

#[test]
fn headers_are_kept() {
    let mut headers = Headers::default();
    assert_eq!(headers.add(b"X-A: 1", true, None), Ok(()));
    assert_eq!(headers.add(b"x-a: 2\r\n", true, None), Ok(()));
    assert_eq!(headers.add(b"X-A: 3", false, Some(201)), Ok(()));
    assert_eq!(headers.get(b"X-A"), Some(b"3".as_slice()));
    assert_eq!((headers.lines.len(), headers.status), (2, 201));
    assert_eq!(headers.add(b"A: b\nC: d", true, None), Err(HeaderError::MultipleLines));
    assert_eq!(headers.add(b"HTTP/1.1 404 Not Found", true, None), Ok(()));
    assert_eq!(headers.status, 404);
    headers.remove(b"x-a");
    assert!(headers.lines.is_empty());
}
