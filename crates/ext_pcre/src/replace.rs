//! Replacing: `preg_replace()`, `preg_filter()` and the variants with callbacks.

use crate::args::assign;
use crate::cache::{Regex, compile};
use crate::error::{self, PregError};
use crate::flag;
use crate::groups::{self, Style};
use crate::search::{Search, Step};
use phalanx_macros::php_fn;
use phalanx_value::heap::Charge;
use phalanx_value::{PhpArray, PhpRef, PhpString, Value};
use phalanx_vm::args::Callable;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, callable};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] =
    &[&PREG_REPLACE, &PREG_FILTER, &PREG_REPLACE_CALLBACK, &PREG_REPLACE_CALLBACK_ARRAY];

/// What takes the place of a match.
enum With<'a> {
    /// Text with references to groups.
    Text(&'a [u8]),
    Callback(&'a Callable, Style),
}

/// What became of a subject.
enum Replaced {
    /// Nothing matched.
    Same(PhpString),
    Changed(PhpString),
    Failed,
}

/// Replaces up to `limit` matches (all if negative).
fn replace(
    cx: &mut Context,
    regex: &Regex,
    subject: PhpString,
    with: &With<'_>,
    limit: i64,
    count: &mut i64,
) -> PhpResult<Replaced> {
    error::set(cx, PregError::None);
    let mut search = Search::new(regex, &subject, 0);
    let mut out = Vec::new();
    let charge = Charge::default();
    let (mut done, mut left, mut found) = (0, limit, 0);
    loop {
        if left == 0 {
            break;
        }
        match search.step(cx) {
            Step::Found => {
                let Some((start, end)) = search.whole() else {
                    error::set(cx, PregError::Internal);
                    return Ok(Replaced::Failed);
                };
                // With `\K` a match can begin before the last one ended.
                if start < done {
                    error::set(cx, PregError::Internal);
                    return Ok(Replaced::Failed);
                }
                out.extend_from_slice(&subject[done..start]);
                match with {
                    With::Text(text) => expand(&mut out, text, &search, &subject),
                    With::Callback(callback, style) => {
                        let groups = groups::to_array(regex, &search, &subject, *style);
                        let result = cx.call_callee(&callback.callee, &[Value::array(groups)])?;
                        out.extend_from_slice(&cx.to_string(&result)?);
                    }
                }
                done = end;
                found += 1;
                charge.set(out.capacity());
                cx.check_memory()?;
                left -= 1;
                search.advance();
            }
            Step::Retry => {
                search.skip();
            }
            Step::End => break,
            Step::Failed => return Ok(Replaced::Failed),
        }
    }
    drop(search);
    if found == 0 {
        return Ok(Replaced::Same(subject));
    }
    *count += found;
    out.extend_from_slice(&subject[done..]);
    Ok(Replaced::Changed(out.into()))
}

/// Appends a replacement, with groups for `\1`, `$1` and `${1}`.
fn expand(out: &mut Vec<u8>, text: &[u8], search: &Search<'_>, subject: &[u8]) {
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'\\', b'$', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        // A backslash takes the meaning from what follows.
        if let [b'\\', next @ (b'\\' | b'$'), after @ ..] = rest {
            out.push(*next);
            rest = after;
            continue;
        }
        match reference(rest) {
            Some((group, len)) => {
                if group < search.count
                    && let Some((start, end)) = search.group(group)
                    && start <= end
                {
                    out.extend_from_slice(&subject[start..end]);
                }
                rest = &rest[len..];
            }
            None => {
                out.push(rest[0]);
                rest = &rest[1..];
            }
        }
    }
    out.extend_from_slice(rest);
}

/// The group that a reference names, and the length of the reference.
fn reference(text: &[u8]) -> Option<(usize, usize)> {
    let braces = text.starts_with(b"${");
    let start = if braces { 2 } else { 1 };
    let digits = text.get(start..)?.iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return None;
    }
    let number = text[start..start + digits].iter().fold(0, |n, digit| n * 10 + usize::from(digit - b'0'));
    let end = start + digits;
    match braces {
        false => Some((number, end)),
        true => (text.get(end) == Some(&b'}')).then_some((number, end + 1)),
    }
}

/// A pattern, or several in order, each with its replacement.
struct Steps(Vec<(PhpString, PhpString)>);

impl Steps {
    fn read(cx: &mut Context, pattern: &Value, replacement: &Value) -> PhpResult<Steps> {
        let Some(patterns) = pattern.as_array() else {
            return Ok(Steps(vec![(cx.to_string(pattern)?, cx.to_string(replacement)?)]));
        };
        let common = if replacement.is_array() { None } else { Some(cx.to_string(replacement)?) };
        let mut replacements = replacement.as_array().map(|array| array.values());
        let mut steps = Vec::with_capacity(patterns.len());
        for pattern in patterns.values() {
            let pattern = cx.to_string(&pattern.deref_clone())?;
            let with = match &mut replacements {
                None => common.clone().unwrap_or_default(),
                Some(values) => match values.next() {
                    Some(value) => cx.to_string(&value.deref_clone())?,
                    None => PhpString::new(),
                },
            };
            steps.push((pattern, with));
        }
        Ok(Steps(steps))
    }

    /// The subject after all steps, and whether any of them found something; none on failure.
    fn apply(
        &self,
        cx: &mut Context,
        subject: PhpString,
        limit: i64,
        count: &mut i64,
    ) -> PhpResult<Option<(PhpString, bool)>> {
        let (mut subject, mut changed) = (subject, false);
        for (pattern, with) in &self.0 {
            let Some(regex) = compile(cx, pattern)? else { return Ok(None) };
            match replace(cx, &regex, subject, &With::Text(with), limit, count)? {
                Replaced::Same(same) => subject = same,
                Replaced::Changed(new) => (subject, changed) = (new, true),
                Replaced::Failed => return Ok(None),
            }
        }
        Ok(Some((subject, changed)))
    }
}

fn replace_all(
    cx: &mut Context,
    pattern: &Value,
    replacement: &Value,
    subject: &Value,
    limit: i64,
    count: Option<&PhpRef>,
    filter: bool,
) -> PhpResult<Value> {
    if replacement.is_array() && !pattern.is_array() {
        let text = "must be of type array when argument #2 ($replacement) is an array, string given";
        return Err(cx.arg_error(1, text));
    }
    let steps = Steps::read(cx, pattern, replacement)?;
    each_subject(cx, subject, count, filter, |cx, subject, count| steps.apply(cx, subject, limit, count))
}

/// Applies `work` to the subject, or to each of several; with `filter` those in which nothing was found are left out.
fn each_subject(
    cx: &mut Context,
    subject: &Value,
    count: Option<&PhpRef>,
    filter: bool,
    mut work: impl FnMut(&mut Context, PhpString, &mut i64) -> PhpResult<Option<(PhpString, bool)>>,
) -> PhpResult<Value> {
    let mut total = 0;
    let result = match subject.as_array() {
        None => {
            let text = cx.to_string(subject)?;
            match work(cx, text, &mut total)? {
                Some((text, changed)) if changed || !filter => Value::string(text),
                _ => Value::NULL,
            }
        }
        Some(subjects) => {
            let mut results = PhpArray::new();
            for (key, value) in subjects {
                let text = cx.to_string(&value.deref_clone())?;
                match work(cx, text, &mut total)? {
                    Some((text, changed)) if changed || !filter => {
                        results.insert(key, Value::string(text));
                    }
                    _ => {}
                }
            }
            Value::array(results)
        }
    };
    if let Some(variable) = count {
        assign(cx, variable, Value::int(total))?;
    }
    Ok(result)
}

/// <https://www.php.net/preg_replace>
#[php_fn(
    "preg_replace(array|string $pattern, array|string $replacement, array|string $subject, int $limit = -1, &$count = null): array|string|null"
)]
fn preg_replace(
    cx: &mut Context,
    pattern: &Value,
    replacement: &Value,
    subject: &Value,
    limit: i64,
    count: Option<&PhpRef>,
) -> PhpResult<Value> {
    replace_all(cx, pattern, replacement, subject, limit, count, false)
}

/// <https://www.php.net/preg_filter>
#[php_fn(
    "preg_filter(array|string $pattern, array|string $replacement, array|string $subject, int $limit = -1, &$count = null): array|string|null"
)]
fn preg_filter(
    cx: &mut Context,
    pattern: &Value,
    replacement: &Value,
    subject: &Value,
    limit: i64,
    count: Option<&PhpRef>,
) -> PhpResult<Value> {
    replace_all(cx, pattern, replacement, subject, limit, count, true)
}

/// The style that flags of a callback ask for.
fn style(flags: i64) -> Style {
    Style::from_flags(flags & (flag::OFFSET_CAPTURE | flag::UNMATCHED_AS_NULL))
}

fn apply_callback(
    cx: &mut Context,
    patterns: &[PhpString],
    callback: &Callable,
    subject: PhpString,
    limit: i64,
    style: Style,
    count: &mut i64,
) -> PhpResult<Option<(PhpString, bool)>> {
    let (mut subject, mut changed) = (subject, false);
    for pattern in patterns {
        let Some(regex) = compile(cx, pattern)? else { return Ok(None) };
        match replace(cx, &regex, subject, &With::Callback(callback, style), limit, count)? {
            Replaced::Same(same) => subject = same,
            Replaced::Changed(new) => (subject, changed) = (new, true),
            Replaced::Failed => return Ok(None),
        }
    }
    Ok(Some((subject, changed)))
}

fn patterns(cx: &mut Context, pattern: &Value) -> PhpResult<Vec<PhpString>> {
    match pattern.as_array() {
        None => Ok(vec![cx.to_string(pattern)?]),
        Some(list) => list.values().map(|value| cx.to_string(&value.deref_clone())).collect(),
    }
}

/// <https://www.php.net/preg_replace_callback>
#[php_fn(
    "preg_replace_callback(array|string $pattern, callable $callback, array|string $subject, int $limit = -1, &$count = null, int $flags = 0): array|string|null"
)]
fn preg_replace_callback(
    cx: &mut Context,
    pattern: &Value,
    callback: Callable,
    subject: &Value,
    limit: i64,
    count: Option<&PhpRef>,
    flags: i64,
) -> PhpResult<Value> {
    let patterns = patterns(cx, pattern)?;
    each_subject(cx, subject, count, false, |cx, subject, count| {
        apply_callback(cx, &patterns, &callback, subject, limit, style(flags), count)
    })
}

/// <https://www.php.net/preg_replace_callback_array>
#[php_fn(
    "preg_replace_callback_array(array $pattern, array|string $subject, int $limit = -1, &$count = null, int $flags = 0): array|string|null"
)]
fn preg_replace_callback_array(
    cx: &mut Context,
    pattern: &PhpArray,
    subject: &Value,
    limit: i64,
    count: Option<&PhpRef>,
    flags: i64,
) -> PhpResult<Value> {
    let mut total = 0;
    let mut current = subject.clone();
    for (key, value) in pattern {
        let value = value.deref_clone();
        let scope = cx.caller_scope();
        let callback = match callable::resolve(cx, &value, scope)? {
            Ok(callee) => Callable { value: value.clone(), callee },
            Err(_) => return Err(cx.arg_error(1, "must contain only valid callbacks")),
        };
        let Some(text) = key.as_str() else {
            return Err(cx.arg_error(1, "must contain only string patterns as keys"));
        };
        let patterns = [text.clone()];
        let mut found = 0;
        current = each_subject(cx, &current, None, false, |cx, subject, count| {
            let result = apply_callback(cx, &patterns, &callback, subject, limit, style(flags), count);
            found += std::mem::take(count);
            result
        })?;
        total += found;
        if current.is_null() || error::last(cx) != PregError::None {
            break;
        }
    }
    if let Some(variable) = count {
        assign(cx, variable, Value::int(total))?;
    }
    Ok(current)
}
