//! `range()`.

use phalanx_macros::php_fn;
use phalanx_value::convert::numeric::{self, Numeric};
use phalanx_value::{PhpArray, PhpString, Value, View};
use phalanx_vm::args::Number;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, Thrown, convert};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&RANGE];

/// More elements than this are refused.
const MAX_SIZE: u64 = 0x4000_0000;

/// One end of a range.
#[derive(Clone, Copy)]
enum End {
    Int(i64),
    Float(f64),
    /// A string of one digit: a character or a number.
    Digit(u8),
    Char(u8),
}

impl End {
    fn is_text(self) -> bool {
        matches!(self, End::Digit(_) | End::Char(_))
    }

    /// The number; that of a character is 0.
    fn number(self) -> Number {
        match self {
            End::Int(int) => Number::Int(int),
            End::Float(float) => Number::Float(float),
            End::Digit(digit) => Number::Int(i64::from(digit - b'0')),
            End::Char(_) => Number::Int(0),
        }
    }

    fn byte(self) -> u8 {
        match self {
            End::Digit(byte) | End::Char(byte) => byte,
            _ => 0,
        }
    }
}

#[derive(Clone, Copy)]
struct Step {
    /// Without its sign.
    int: i64,
    float: f64,
    negative: bool,
    is_float: bool,
}

/// <https://www.php.net/range>
#[php_fn("range(string|int|float $start, string|int|float $end, int|float $step = 1): array")]
fn range(cx: &mut Context, start: &Value, end: &Value, step: Number) -> PhpResult<PhpArray> {
    let step = read_step(cx, step)?;
    let mut start = read_end(cx, start, 1)?;
    let mut end = read_end(cx, end, 2)?;
    if start.is_text() != end.is_text() {
        let (text, number) = if start.is_text() { (start, (2, "end")) } else { (end, (1, "start")) };
        let other = if number.0 == 1 { (2, "end") } else { (1, "start") };
        if matches!(text, End::Char(_)) {
            cx.doc_warning(format!(
                "Argument #{} (${}) must be a single byte string if argument #{} (${}) is a single byte string, \
                 argument #{} (${}) converted to 0",
                number.0, number.1, other.0, other.1, other.0, other.1
            ))?;
        }
    } else if start.is_text() {
        if !step.is_float {
            return characters(cx, start.byte(), end.byte(), step);
        }
        if matches!(start, End::Char(_)) || matches!(end, End::Char(_)) {
            cx.doc_warning(
                "Argument #3 ($step) must be of type int when generating an array of characters, inputs converted to 0",
            )?;
            start = End::Int(0);
            end = End::Int(0);
        }
    }
    match (start.number(), end.number()) {
        (Number::Int(start), Number::Int(end)) if !step.is_float => integers(cx, start, end, step),
        (start, end) => floats(cx, start.to_f64(), end.to_f64(), step),
    }
}

fn read_step(cx: &mut Context, step: Number) -> PhpResult<Step> {
    let read = match step {
        Number::Float(float) if !float.is_finite() => return Err(not_finite(cx, 3, float)),
        Number::Float(float) => match convert_exact(float) {
            Some(int) => Step { int: int.abs(), float: float.abs(), negative: int < 0, is_float: false },
            None => Step { int: 1, float: float.abs(), negative: float < 0.0, is_float: true },
        },
        Number::Int(i64::MIN) => {
            return Err(cx.arg_value_error(3, format!("must be greater than {}", i64::MIN)));
        }
        Number::Int(int) => {
            Step { int: int.abs(), float: int.abs() as f64, negative: int < 0, is_float: false }
        }
    };
    if read.float == 0.0 {
        return Err(cx.arg_value_error(3, "cannot be 0"));
    }
    Ok(read)
}

/// The integer that a float is.
fn convert_exact(float: f64) -> Option<i64> {
    let bound = 9_223_372_036_854_775_808.0;
    (float.fract() == 0.0 && float > -bound && float < bound).then_some(float as i64)
}

fn not_finite(cx: &mut Context, argument: u32, float: f64) -> Thrown {
    let shown = convert::show_float(float);
    cx.arg_value_error(argument, format!("must be a finite number, {shown} provided"))
}

fn read_end(cx: &mut Context, value: &Value, argument: u32) -> PhpResult<End> {
    let name = if argument == 1 { "start" } else { "end" };
    match value.view() {
        View::Int(int) => Ok(End::Int(int)),
        View::Float(float) if float.is_finite() => Ok(End::Float(float)),
        View::Float(float) => Err(not_finite(cx, argument, float)),
        View::Str(text) => match (numeric::classify(text), text.as_bytes()) {
            (_, []) => {
                cx.doc_warning(format!("Argument #{argument} (${name}) must not be empty, casted to 0"))?;
                Ok(End::Int(0))
            }
            (Numeric::Int(_), [digit @ b'0'..=b'9']) => Ok(End::Digit(*digit)),
            (Numeric::Int(int), _) => Ok(End::Int(int)),
            (Numeric::Float(float), _) if float.is_finite() => Ok(End::Float(float)),
            (Numeric::Float(float), _) => Err(not_finite(cx, argument, float)),
            (Numeric::No, bytes) => {
                if bytes.len() > 1 {
                    cx.doc_warning(format!(
                        "Argument #{argument} (${name}) must be a single byte, subsequent bytes are ignored"
                    ))?;
                }
                Ok(End::Char(bytes[0]))
            }
        },
        _ => Ok(End::Int(0)),
    }
}

fn too_large_step(cx: &mut Context) -> Thrown {
    cx.arg_value_error(
        3,
        "must be less than the range spanned by argument #1 ($start) and argument #2 ($end)",
    )
}

/// A step must not point away from the end.
fn check_sign(cx: &mut Context, ascending: bool, step: Step) -> PhpResult {
    if ascending && step.negative {
        return Err(cx.arg_value_error(3, "must be greater than 0 for increasing ranges"));
    }
    Ok(())
}

fn characters(cx: &mut Context, start: u8, end: u8, step: Step) -> PhpResult<PhpArray> {
    if start == end {
        return Ok(PhpArray::from_list([Value::string(PhpString::byte(start))]));
    }
    check_sign(cx, start < end, step)?;
    if i64::from(start.abs_diff(end)) < step.int {
        return Err(too_large_step(cx));
    }
    let step = step.int as usize;
    let byte = |byte: u8| Value::string(PhpString::byte(byte));
    Ok(if start < end {
        (start..=end).step_by(step).map(byte).collect()
    } else {
        (end..=start).rev().step_by(step).map(byte).collect()
    })
}

fn integers(cx: &mut Context, start: i64, end: i64, step: Step) -> PhpResult<PhpArray> {
    if start == end {
        return Ok(PhpArray::from_list([Value::int(start)]));
    }
    check_sign(cx, start < end, step)?;
    let span = start.abs_diff(end);
    let size = step.int as u64;
    if span < size {
        return Err(too_large_step(cx));
    }
    let count = span / size;
    if count >= MAX_SIZE - 1 {
        let text = format!(
            "The supplied range exceeds the maximum array size: start={start} end={end} step={}",
            step.int
        );
        return Err(cx.throw_value_error(text));
    }
    let step = if start < end { step.int } else { -step.int };
    cx.check_alloc_of(count as usize + 1, size_of::<Value>())?;
    Ok((0..count as i64 + 1).map(|index| Value::int(start.wrapping_add(index.wrapping_mul(step)))).collect())
}

fn floats(cx: &mut Context, start: f64, end: f64, step: Step) -> PhpResult<PhpArray> {
    if start == end {
        return Ok(PhpArray::from_list([Value::float(start)]));
    }
    check_sign(cx, start < end, step)?;
    let span = (start - end).abs();
    if span < step.float {
        return Err(too_large_step(cx));
    }
    let count = span / step.float;
    if count >= (MAX_SIZE - 1) as f64 {
        let text = format!(
            "The supplied range exceeds the maximum array size: start={start:.1} end={end:.1} step={:.1}",
            step.float
        );
        return Err(cx.throw_value_error(text));
    }
    let count = count as u64;
    cx.check_alloc_of(count as usize + 1, size_of::<Value>())?;
    let step = if start < end { step.float } else { -step.float };
    Ok((0..=count).map(|index| Value::float(start + index as f64 * step)).collect())
}
