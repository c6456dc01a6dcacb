//! Settings.

use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpString, Value};
use phalanx_vm::args::OrFalse;
use phalanx_vm::ini::{access, quantity};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &INI_GET,
    &INI_SET,
    &INI_ALTER,
    &INI_RESTORE,
    &INI_GET_ALL,
    &INI_PARSE_QUANTITY,
    &GET_CFG_VAR,
    &SET_INCLUDE_PATH,
    &GET_INCLUDE_PATH,
    &SET_TIME_LIMIT,
    &IGNORE_USER_ABORT,
];

/// The value, empty if it has none; false if there is no such setting.
fn get(cx: &Context, name: &[u8]) -> OrFalse<PhpString> {
    OrFalse(cx.ini.exists(name).then(|| PhpString::from_bytes(cx.ini.get_str(name))))
}

/// <https://www.php.net/ini_get>
#[php_fn("ini_get(string $option): string|false")]
fn ini_get(cx: &mut Context, option: &PhpString) -> OrFalse<PhpString> {
    get(cx, option)
}

/// <https://www.php.net/ini_set>
#[php_fn("ini_set(string $option, string|int|float|bool|null $value): string|false")]
fn ini_set(cx: &mut Context, option: &PhpString, value: &Value) -> PhpResult<OrFalse<PhpString>> {
    set(cx, option, value)
}

/// <https://www.php.net/ini_alter>
#[php_fn("ini_alter(string $option, string|int|float|bool|null $value): string|false")]
fn ini_alter(cx: &mut Context, option: &PhpString, value: &Value) -> PhpResult<OrFalse<PhpString>> {
    set(cx, option, value)
}

fn set(cx: &mut Context, name: &PhpString, value: &Value) -> PhpResult<OrFalse<PhpString>> {
    let before = get(cx, name);
    let text = cx.to_string(value)?;
    let done = cx.set_ini(name, Some(&text), access::USER);
    if cx.exception.is_some() {
        return Err(phalanx_vm::Thrown::Exception);
    }
    Ok(if done { before } else { OrFalse(None) })
}

/// <https://www.php.net/ini_restore>
#[php_fn("ini_restore(string $option): void")]
fn ini_restore(cx: &mut Context, option: &PhpString) {
    cx.restore_ini(option);
}

/// <https://www.php.net/ini_get_all>
#[php_fn("ini_get_all(?string $extension = null, bool $details = true): array|false")]
fn ini_get_all(
    cx: &mut Context,
    extension: Option<&PhpString>,
    details: bool,
) -> PhpResult<OrFalse<PhpArray>> {
    if let Some(name) = extension {
        let known = cx.extensions().iter().any(|e| e.name.as_bytes().eq_ignore_ascii_case(name));
        if !known && !name.eq_ignore_ascii_case(b"core") {
            cx.doc_warning([b"Extension \"".as_slice(), name, b"\" cannot be found"].concat())?;
            return Ok(OrFalse(None));
        }
    }
    let shown = |value: Option<&[u8]>| value.map_or(Value::NULL, Value::str);
    let mut all = PhpArray::new();
    for info in cx.ini.all() {
        if extension.is_some_and(|name| !info.extension.as_bytes().eq_ignore_ascii_case(name)) {
            continue;
        }
        let value = if details {
            let mut entry = PhpArray::new();
            entry.insert_bytes("global_value", shown(info.global));
            entry.insert_bytes("local_value", shown(info.local));
            entry.insert_bytes("access", i64::from(info.access));
            Value::array(entry)
        } else {
            shown(info.local)
        };
        all.insert_bytes(info.name, value);
    }
    Ok(OrFalse(Some(all)))
}

/// <https://www.php.net/ini_parse_quantity>
#[php_fn("ini_parse_quantity(string $shorthand): int")]
fn ini_parse_quantity(cx: &mut Context, shorthand: &PhpString) -> PhpResult<i64> {
    let (number, problem) = quantity::parse(shorthand);
    if let Some(problem) = problem {
        cx.warning(problem.text(shorthand))?;
    }
    Ok(number)
}

/// <https://www.php.net/get_cfg_var>
#[php_fn("get_cfg_var(string $option): array|string|false")]
fn get_cfg_var(cx: &mut Context, option: &PhpString) -> OrFalse<PhpString> {
    OrFalse(cx.ini.base().config(option).map(PhpString::from_bytes))
}

/// <https://www.php.net/set_include_path>
#[php_fn("set_include_path(string $include_path): string|false")]
fn set_include_path(cx: &mut Context, include_path: &PhpString) -> PhpResult<OrFalse<PhpString>> {
    if include_path.contains(&0) {
        return Err(cx.arg_value_error(1, "must not contain any null bytes"));
    }
    let before = get(cx, b"include_path");
    let done = cx.set_ini("include_path", Some(include_path), access::USER);
    Ok(if done { before } else { OrFalse(None) })
}

/// <https://www.php.net/get_include_path>
#[php_fn("get_include_path(): string|false")]
fn get_include_path(cx: &mut Context) -> OrFalse<PhpString> {
    get(cx, b"include_path")
}

/// <https://www.php.net/set_time_limit>
#[php_fn("set_time_limit(int $seconds): bool")]
fn set_time_limit(cx: &mut Context, seconds: i64) -> bool {
    cx.set_ini("max_execution_time", Some(seconds.to_string().as_bytes()), access::USER)
}

/// <https://www.php.net/ignore_user_abort>
#[php_fn("ignore_user_abort(?bool $enable = null): int")]
fn ignore_user_abort(cx: &mut Context, enable: Option<bool>) -> i64 {
    let before = i64::from(cx.ini.get_bool("ignore_user_abort"));
    if let Some(on) = enable {
        cx.set_ini("ignore_user_abort", Some(if on { b"1" } else { b"0" }), access::USER);
    }
    before
}
