//! The calls that led here, and their arguments: what looks at the frames of the caller.

use phalanx_macros::php_fn;
use phalanx_value::{Key, PhpArray, Value};
use phalanx_vm::backtrace::Options;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] =
    &[&FUNC_NUM_ARGS, &FUNC_GET_ARG, &FUNC_GET_ARGS, &DEBUG_BACKTRACE, &DEBUG_PRINT_BACKTRACE];

const PROVIDE_OBJECT: i64 = 1;
const IGNORE_ARGS: i64 = 2;

/// The arguments of the function that calls; an error outside of one.
fn arguments(cx: &mut Context, outside: &str) -> PhpResult<PhpArray> {
    match cx.direct_caller()? {
        Some(caller) if !caller.is_script() => Ok(caller.arguments()),
        _ => {
            let name = String::from_utf8_lossy(&cx.active_function_name()).into_owned();
            Err(cx.throw_error(format!("{name}() {outside}")))
        }
    }
}

/// <https://www.php.net/func_num_args>
#[php_fn("func_num_args(): int")]
fn func_num_args(cx: &mut Context) -> PhpResult<i64> {
    Ok(arguments(cx, "must be called from a function context")?.len() as i64)
}

/// <https://www.php.net/func_get_arg>
#[php_fn("func_get_arg(int $position): mixed")]
fn func_get_arg(cx: &mut Context, position: i64) -> PhpResult<Value> {
    if position < 0 {
        return Err(cx.arg_value_error(1, "must be greater than or equal to 0"));
    }
    let arguments = arguments(cx, "cannot be called from the global scope")?;
    match arguments.get(Key::Int(position)) {
        Some(value) => Ok(value.clone()),
        None => Err(cx.arg_value_error(
            1,
            "must be less than the number of the arguments passed to the currently executed function",
        )),
    }
}

/// <https://www.php.net/func_get_args>
#[php_fn("func_get_args(): array")]
fn func_get_args(cx: &mut Context) -> PhpResult<PhpArray> {
    arguments(cx, "cannot be called from the global scope")
}

/// <https://www.php.net/debug_backtrace>
#[php_fn("debug_backtrace(int $options = DEBUG_BACKTRACE_PROVIDE_OBJECT, int $limit = 0): array", default(options = PROVIDE_OBJECT))]
fn debug_backtrace(cx: &mut Context, options: i64, limit: i64) -> PhpArray {
    cx.debug_backtrace(show(options, limit))
}

/// <https://www.php.net/debug_print_backtrace>
#[php_fn("debug_print_backtrace(int $options = 0, int $limit = 0): void")]
fn debug_print_backtrace(cx: &mut Context, options: i64, limit: i64) -> PhpResult<()> {
    let options = Options { object: false, ..show(options, limit) };
    let text = cx.backtrace_text(options);
    cx.echo(&text)
}

fn show(options: i64, limit: i64) -> Options {
    Options {
        object: options & PROVIDE_OBJECT != 0,
        ignore_args: options & IGNORE_ARGS != 0,
        limit: usize::try_from(limit).unwrap_or(0),
    }
}
