//! Locales: there is one, C, as PHP programs start in. The names of others are refused as on a system that has none.

use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&SETLOCALE, &LOCALECONV];

/// The longest name of a locale that PHP passes on.
const MAX_NAME: usize = 254;

/// Whether the locale of this name can be set. An empty name asks the environment, `0` for the present one.
fn can_be_set(cx: &mut Context, name: &Value) -> PhpResult<bool> {
    let name = cx.to_string(name)?;
    if name.len() > MAX_NAME {
        cx.doc_warning("Specified locale name is too long")?;
        return Ok(false);
    }
    Ok(matches!(name.as_bytes(), b"" | b"0" | b"C" | b"POSIX"))
}

/// <https://www.php.net/setlocale>
#[php_fn("setlocale(int $category, $locales, ...$rest): string|false")]
fn setlocale(cx: &mut Context, category: i64, locales: &Value, rest: &[Value]) -> PhpResult<Value> {
    let _ = category;
    for candidate in std::iter::once(locales).chain(rest) {
        let candidate = candidate.deref_clone();
        let names = match candidate.as_array() {
            Some(list) => list.values().map(Value::deref_clone).collect(),
            None => vec![candidate],
        };
        for name in &names {
            if can_be_set(cx, name)? {
                return Ok(Value::str("C"));
            }
        }
    }
    Ok(Value::FALSE)
}

/// <https://www.php.net/localeconv>
#[php_fn("localeconv(): array")]
fn localeconv() -> PhpArray {
    const TEXTS: &[(&str, &str)] = &[
        ("decimal_point", "."),
        ("thousands_sep", ""),
        ("int_curr_symbol", ""),
        ("currency_symbol", ""),
        ("mon_decimal_point", ""),
        ("mon_thousands_sep", ""),
        ("positive_sign", ""),
        ("negative_sign", ""),
    ];
    /// Numbers that the C locale leaves open.
    const NUMBERS: &[&str] = &[
        "int_frac_digits",
        "frac_digits",
        "p_cs_precedes",
        "p_sep_by_space",
        "n_cs_precedes",
        "n_sep_by_space",
        "p_sign_posn",
        "n_sign_posn",
    ];
    let mut conventions = PhpArray::new();
    for (name, text) in TEXTS {
        conventions.insert_bytes(name, Value::str(text));
    }
    for name in NUMBERS {
        conventions.insert_bytes(name, Value::int(i64::from(i8::MAX)));
    }
    conventions.insert_bytes("grouping", PhpArray::new());
    conventions.insert_bytes("mon_grouping", PhpArray::new());
    conventions
}
