//! `exit` and `die`: functions since PHP 8.4, though the parser takes them without parentheses.

use phalanx_macros::php_fn;
use phalanx_value::Value;
use phalanx_vm::native::NativeFn;
use phalanx_vm::thrown::Thrown;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&EXIT, &DIE];

/// <https://www.php.net/exit>
#[php_fn("exit(string|int $status = 0): never")]
fn exit(cx: &mut Context, status: Value) -> PhpResult<Value> {
    Err(end(cx, &status))
}

/// <https://www.php.net/die>
#[php_fn("die(string|int $status = 0): never")]
fn die(cx: &mut Context, status: Value) -> PhpResult<Value> {
    Err(end(cx, &status))
}

/// A number is the exit code; a text is printed, and the code is 0.
fn end(cx: &mut Context, status: &Value) -> Thrown {
    cx.exit_code = 0;
    if let Some(code) = status.as_int() {
        // The system looks at the last eight bits only.
        cx.exit_code = (code & 0xff) as i32;
    } else if let Some(text) = status.as_string().cloned()
        && let Err(thrown) = cx.echo(&text)
    {
        return thrown;
    }
    cx.exiting = true;
    Thrown::Exit
}
