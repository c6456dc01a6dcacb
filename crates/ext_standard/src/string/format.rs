//! The engine of `printf()` and its family.

use super::number;
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpString, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&SPRINTF, &PRINTF, &VSPRINTF, &VPRINTF];

/// <https://www.php.net/sprintf>
#[php_fn("sprintf(string $format, mixed ...$values): string")]
fn sprintf(cx: &mut Context, format: &PhpString, values: &[Value]) -> PhpResult<Vec<u8>> {
    self::format(cx, format, values, Source::Arguments(1))
}

/// <https://www.php.net/printf>
#[php_fn("printf(string $format, mixed ...$values): int")]
fn printf(cx: &mut Context, format: &PhpString, values: &[Value]) -> PhpResult<usize> {
    let text = self::format(cx, format, values, Source::Arguments(1))?;
    cx.echo(&text)?;
    Ok(text.len())
}

/// <https://www.php.net/vsprintf>
#[php_fn("vsprintf(string $format, array $values): string")]
fn vsprintf(cx: &mut Context, format: &PhpString, values: &PhpArray) -> PhpResult<Vec<u8>> {
    self::format(cx, format, &list(values), Source::Array)
}

/// <https://www.php.net/vprintf>
#[php_fn("vprintf(string $format, array $values): int")]
fn vprintf(cx: &mut Context, format: &PhpString, values: &PhpArray) -> PhpResult<usize> {
    let text = self::format(cx, format, &list(values), Source::Array)?;
    cx.echo(&text)?;
    Ok(text.len())
}

/// The values of an array in order, references followed.
pub fn list(values: &PhpArray) -> Vec<Value> {
    values.values().map(Value::deref_clone).collect()
}

/// Where the values to format come from; it decides what is said when there are too few.
#[derive(Clone, Copy)]
pub enum Source {
    /// From the arguments of the function, behind this many others.
    Arguments(usize),
    /// From an array.
    Array,
}

/// Most digits behind the point.
const MAX_PRECISION: i64 = 53;

/// How one value is shown.
struct Spec {
    padding: u8,
    left: bool,
    plus: bool,
    width: usize,
    precision: Option<i64>,
}

struct Formatter<'a> {
    format: &'a [u8],
    at: usize,
    values: &'a [Value],
    /// The next value that is not asked for by number.
    next: usize,
    /// The highest number of a value that is not there.
    missing: Option<usize>,
    out: Vec<u8>,
}

/// The text that `format` describes.
pub fn format(cx: &mut Context, format: &[u8], values: &[Value], source: Source) -> PhpResult<Vec<u8>> {
    let out = Vec::with_capacity(format.len() + 32);
    let mut formatter = Formatter { format, at: 0, values, next: 0, missing: None, out };
    while let Some(percent) = memchr::memchr(b'%', formatter.rest()) {
        let (literal, rest) = formatter.rest().split_at(percent);
        formatter.out.extend_from_slice(literal);
        formatter.at += percent + 1;
        if rest.get(1) == Some(&b'%') {
            formatter.out.push(b'%');
            formatter.at += 1;
        } else {
            formatter.one(cx)?;
        }
    }
    formatter.out.extend_from_slice(&format[formatter.at..]);
    let Some(missing) = formatter.missing else { return Ok(formatter.out) };
    let (needed, given) = (missing + 1, values.len());
    Err(match source {
        Source::Array => {
            cx.throw_value_error(format!("The arguments array must contain {needed} items, {given} given"))
        }
        Source::Arguments(others) => {
            let (needed, given) = (needed + others, given + others);
            cx.throw_argument_count_error(format!("{needed} arguments are required, {given} given"))
        }
    })
}

impl<'a> Formatter<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.format[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    /// A number without sign; `None` if it is too large.
    fn number(&mut self) -> Option<i64> {
        let len = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&self.rest()[..len]).ok()?.parse::<i64>().ok();
        self.at += len;
        number.filter(|number| *number < i64::from(i32::MAX))
    }

    /// The number of a value in front of `$`, counted from 0.
    fn value_number(&mut self, cx: &mut Context) -> PhpResult<Option<usize>> {
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || self.rest().get(digits) != Some(&b'$') {
            return Ok(None);
        }
        let number = self.number().filter(|number| *number > 0);
        self.at += 1;
        match number {
            Some(number) => Ok(Some(number as usize - 1)),
            None => {
                let text = "Argument number specifier must be greater than zero and less than 2147483647";
                Err(cx.throw_value_error(text))
            }
        }
    }

    /// The value with a number, or the next one; notes it if it is missing.
    fn take(&mut self, number: Option<usize>) -> Option<&'a Value> {
        let index = number.unwrap_or_else(|| {
            self.next += 1;
            self.next - 1
        });
        let value = self.values.get(index);
        if value.is_none() {
            self.missing = Some(self.missing.map_or(index, |other| other.max(index)));
        }
        value
    }

    /// A width or precision: a number, or `*` for that of a value. None if a value is missing.
    fn measure(&mut self, cx: &mut Context, what: &str, min: i64) -> PhpResult<Option<i64>> {
        let text = format!("{what} must be between {min} and 2147483647");
        if self.peek() != Some(b'*') {
            return match self.number() {
                Some(number) => Ok(Some(number)),
                None => Err(cx.throw_value_error(format!("{what} must be between 0 and 2147483647"))),
            };
        }
        self.at += 1;
        let number = self.value_number(cx)?;
        let Some(value) = self.take(number) else { return Ok(None) };
        match value.as_int() {
            None => Err(cx.throw_value_error(format!("{what} must be an integer"))),
            Some(int) if int < min || int > i64::from(i32::MAX) => Err(cx.throw_value_error(text)),
            Some(int) => Ok(Some(int)),
        }
    }

    /// One specification, behind its `%`.
    fn one(&mut self, cx: &mut Context) -> PhpResult {
        let mut spec = Spec { padding: b' ', left: false, plus: false, width: 0, precision: None };
        let mut number = None;
        if self.peek().is_some_and(|byte| !byte.is_ascii_alphabetic()) {
            number = self.value_number(cx)?;
            self.flags(cx, &mut spec)?;
            if matches!(self.peek(), Some(b'*' | b'0'..=b'9')) {
                match self.measure(cx, "Width", 0)? {
                    Some(width) => spec.width = width as usize,
                    None => return Ok(()),
                }
            }
            if self.peek() == Some(b'.') {
                self.at += 1;
                if matches!(self.peek(), Some(b'*' | b'0'..=b'9')) {
                    match self.measure(cx, "Precision", -1)? {
                        Some(precision) => spec.precision = Some(precision),
                        None => return Ok(()),
                    }
                }
            }
        }
        if self.peek() == Some(b'l') {
            self.at += 1;
        }
        let Some(kind) = self.peek() else {
            return Err(cx.throw_value_error("Missing format specifier at end of string"));
        };
        // A missing value is told of at the end. The specifier stays, and is read as text.
        let Some(value) = self.take(number) else { return Ok(()) };
        self.at += 1;
        self.convert(cx, kind, &spec, value)
    }

    fn flags(&mut self, cx: &mut Context, spec: &mut Spec) -> PhpResult {
        loop {
            match self.peek() {
                Some(byte @ (b' ' | b'0')) => spec.padding = byte,
                Some(b'-') => spec.left = true,
                Some(b'+') => spec.plus = true,
                Some(b'\'') => {
                    self.at += 1;
                    match self.peek() {
                        Some(byte) => spec.padding = byte,
                        None => return Err(cx.throw_value_error("Missing padding character")),
                    }
                }
                _ => return Ok(()),
            }
            self.at += 1;
        }
    }

    fn convert(&mut self, cx: &mut Context, kind: u8, spec: &Spec, value: &Value) -> PhpResult {
        if spec.precision == Some(-1) && !matches!(kind, b'g' | b'G' | b'h' | b'H') {
            return Err(cx.throw_value_error("Precision -1 is only supported for %g, %G, %h and %H"));
        }
        cx.check_alloc(spec.width)?;
        match kind {
            b's' => {
                let text = cx.to_string(value)?;
                let cut = spec.precision.map_or(text.len(), |precision| text.len().min(precision as usize));
                self.pad(&text[..cut], spec, spec.width, false);
            }
            b'd' => {
                let int = cx.to_int(value)?;
                let text = if spec.plus && int >= 0 { format!("+{int}") } else { int.to_string() };
                self.pad_int(text.as_bytes(), spec, int < 0 || spec.plus);
            }
            b'u' => {
                let int = cx.to_int(value)? as u64;
                self.pad_int(int.to_string().as_bytes(), spec, false);
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'h' | b'H' => {
                let float = cx.to_float(value)?;
                self.float(cx, kind, spec, float)?;
            }
            b'c' => {
                let byte = cx.to_int(value)? as u8;
                self.out.push(byte);
            }
            b'o' | b'x' | b'X' | b'b' => {
                let int = cx.to_int(value)?;
                let text = match kind {
                    b'o' => format!("{int:o}"),
                    b'x' => format!("{int:x}"),
                    b'X' => format!("{int:X}"),
                    _ => format!("{int:b}"),
                };
                self.pad(text.as_bytes(), spec, spec.width, false);
            }
            b'%' => self.out.push(b'%'),
            _ => {
                let text = [&b"Unknown format specifier \""[..], &[kind], b"\""].concat();
                return Err(cx.throw_value_error(text));
            }
        }
        Ok(())
    }

    fn pad_int(&mut self, text: &[u8], spec: &Spec, signed: bool) {
        // Zeros cannot stand behind an integer.
        let padding = if spec.left && spec.padding == b'0' { b' ' } else { spec.padding };
        self.pad(text, &Spec { padding, ..*spec }, spec.width, signed);
    }

    /// Appends text in its width; the sign of a `signed` number goes before zeros.
    fn pad(&mut self, mut text: &[u8], spec: &Spec, width: usize, signed: bool) {
        let missing = width.saturating_sub(text.len());
        if !spec.left {
            if signed && spec.padding == b'0' {
                let sign = if text.first() == Some(&b'-') { b'-' } else { b'+' };
                self.out.push(sign);
                text = &text[1..];
            }
            self.out.resize(self.out.len() + missing, spec.padding);
        }
        self.out.extend_from_slice(text);
        if spec.left {
            self.out.resize(self.out.len() + missing, spec.padding);
        }
    }

    fn float(&mut self, cx: &mut Context, kind: u8, spec: &Spec, float: f64) -> PhpResult {
        let mut precision = spec.precision.unwrap_or(6);
        if precision > MAX_PRECISION {
            let text = format!(
                "Requested precision of {precision} digits was truncated to PHP maximum of {MAX_PRECISION} digits"
            );
            cx.doc_notice(text)?;
            precision = MAX_PRECISION;
        }
        if !float.is_finite() {
            let text: &[u8] = if float.is_nan() {
                b"NaN"
            } else if float > 0.0 {
                b"INF"
            } else {
                b"-INF"
            };
            // Neither is ever padded.
            self.pad(text, spec, 0, float < 0.0 || spec.plus);
            return Ok(());
        }
        let general = matches!(kind, b'g' | b'G' | b'h' | b'H');
        // A negative zero has its sign in the general form alone.
        let negative = if general { float.is_sign_negative() } else { float < 0.0 };
        let mut text = match kind {
            b'f' | b'F' => number::fixed(float, precision as usize),
            b'e' | b'E' => number::exponent(float, precision as usize, char::from(kind)),
            _ => {
                let letter = if matches!(kind, b'G' | b'H') { 'E' } else { 'e' };
                if precision == -1 {
                    number::shortest(float.abs(), letter)
                } else {
                    number::general(float.abs(), precision as usize, letter)
                }
            }
        };
        if negative {
            text.insert(0, '-');
        } else if spec.plus {
            text.insert(0, '+');
        }
        self.pad(text.as_bytes(), spec, spec.width, negative || spec.plus);
        Ok(())
    }
}
