//! Comma-separated values.

use super::csv_line::{self, Format};
use crate::streams;
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpResource, PhpString, Value};
use phalanx_vm::args::OrFalse;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, Thrown};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&FGETCSV, &FPUTCSV, &STR_GETCSV];

/// The characters of a call, checked. `first` is the number of the argument with the separator.
fn format(
    cx: &mut Context,
    separator: &PhpString,
    enclosure: &PhpString,
    escape: Option<&PhpString>,
    first: u32,
) -> PhpResult<Format> {
    let [delimiter] = *separator.as_bytes() else {
        return Err(cx.arg_value_error(first, "must be a single character"));
    };
    let [enclosure] = *enclosure.as_bytes() else {
        return Err(cx.arg_value_error(first + 1, "must be a single character"));
    };
    let escape = match escape.map(|escape| escape.as_bytes()) {
        Some([]) => None,
        Some([escape]) => Some(*escape),
        Some(_) => return Err(cx.arg_value_error(first + 2, "must be empty or a single character")),
        None => {
            cx.doc_deprecated("the $escape parameter must be provided as its default value will change")?;
            Some(b'\\')
        }
    };
    Ok(Format { delimiter, enclosure, escape })
}

/// The fields as an array; a blank line has one that is null.
fn to_array(fields: Option<Vec<Vec<u8>>>) -> PhpArray {
    match fields {
        None => PhpArray::from_list([Value::NULL]),
        Some(fields) => fields.into_iter().map(Value::str).collect(),
    }
}

/// <https://www.php.net/fgetcsv>
#[php_fn(
    "fgetcsv(resource $stream, ?int $length = null, string $separator = \",\", string $enclosure = \"\\\"\", string $escape = UNKNOWN): array|false"
)]
fn fgetcsv(
    cx: &mut Context,
    stream: &PhpResource,
    length: Option<i64>,
    separator: &PhpString,
    enclosure: &PhpString,
    escape: Option<&PhpString>,
) -> PhpResult<OrFalse<PhpArray>> {
    let format = format(cx, separator, enclosure, escape, 3)?;
    let max = match length {
        None | Some(0) => usize::MAX,
        Some(length) if length < 0 => {
            return Err(cx.arg_value_error(2, format!("must be between 0 and {}", i64::MAX)));
        }
        Some(length) => length as usize,
    };
    let stream = streams::of_argument(cx, stream)?;
    let Some(line) = stream.line(cx, max)? else { return Ok(OrFalse(None)) };
    let fields = csv_line::parse::<Thrown>(line, format, || stream.line(cx, max))?;
    Ok(OrFalse(Some(to_array(fields))))
}

/// <https://www.php.net/fputcsv>
#[php_fn(
    "fputcsv(resource $stream, array $fields, string $separator = \",\", string $enclosure = \"\\\"\", string $escape = UNKNOWN, string $eol = \"\\n\"): int|false"
)]
fn fputcsv(
    cx: &mut Context,
    stream: &PhpResource,
    fields: &PhpArray,
    separator: &PhpString,
    enclosure: &PhpString,
    escape: Option<&PhpString>,
    eol: &PhpString,
) -> PhpResult<OrFalse<usize>> {
    let format = format(cx, separator, enclosure, escape, 3)?;
    let stream = streams::of_argument(cx, stream)?;
    let mut line = Vec::new();
    for (index, field) in fields.values().enumerate() {
        if index > 0 {
            line.push(format.delimiter);
        }
        let text = cx.to_string(&field.deref_clone())?;
        csv_line::push_field(&mut line, &text, format);
    }
    line.extend_from_slice(eol);
    stream.write(cx, &line).map(OrFalse)
}

/// <https://www.php.net/str_getcsv>
#[php_fn(
    "str_getcsv(string $string, string $separator = \",\", string $enclosure = \"\\\"\", string $escape = UNKNOWN): array"
)]
fn str_getcsv(
    cx: &mut Context,
    string: &PhpString,
    separator: &PhpString,
    enclosure: &PhpString,
    escape: Option<&PhpString>,
) -> PhpResult<PhpArray> {
    let format = format(cx, separator, enclosure, escape, 2)?;
    let fields = csv_line::parse::<Thrown>(string.to_vec(), format, || Ok(None))?;
    Ok(to_array(fields))
}
