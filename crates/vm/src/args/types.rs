//! Unions and other types that only arguments have.

use super::{Arg, Args, FromArg, FromRest};
use crate::Context;
use crate::thrown::PhpResult;
use phalanx_bytecode::types as bit;
use phalanx_value::{PhpArray, PhpString, Value, View};

/// `int|float`
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "each is the type of its name")]
pub enum Number {
    Int(i64),
    Float(f64),
}

impl Number {
    /// As a float.
    pub fn to_f64(self) -> f64 {
        match self {
            Number::Int(int) => int as f64,
            Number::Float(float) => float,
        }
    }
}

impl<'a> FromArg<'a> for Number {
    #[inline]
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<Number> {
        if !matches!(arg.value().view(), View::Int(_) | View::Float(_)) {
            arg.demand(cx, bit::INT | bit::FLOAT)?;
        }
        match arg.value().view() {
            View::Int(int) => Ok(Number::Int(int)),
            View::Float(float) => Ok(Number::Float(float)),
            _ => Err(arg.type_error(cx)),
        }
    }
}

/// `array|string`
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is the type of its name")]
pub enum StrOrArray<'a> {
    Str(&'a PhpString),
    Array(&'a PhpArray),
}

impl<'a> FromArg<'a> for StrOrArray<'a> {
    #[inline]
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<StrOrArray<'a>> {
        if !matches!(arg.value().view(), View::Str(_) | View::Array(_)) {
            arg.demand(cx, bit::STRING | bit::ARRAY)?;
        }
        match arg.into_value().view() {
            View::Array(array) => Ok(StrOrArray::Array(array)),
            View::Str(string) => Ok(StrOrArray::Str(string)),
            _ => unreachable!("the conversion made it so"),
        }
    }
}

/// `string|int`
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is the type of its name")]
pub enum StrOrInt<'a> {
    Str(&'a PhpString),
    Int(i64),
}

impl<'a> FromArg<'a> for StrOrInt<'a> {
    #[inline]
    fn from_arg(cx: &mut Context, mut arg: Arg<'a>) -> PhpResult<StrOrInt<'a>> {
        if !matches!(arg.value().view(), View::Str(_) | View::Int(_)) {
            arg.demand(cx, bit::STRING | bit::INT)?;
        }
        match arg.into_value().view() {
            View::Int(int) => Ok(StrOrInt::Int(int)),
            View::Str(string) => Ok(StrOrInt::Str(string)),
            _ => unreachable!("the conversion made it so"),
        }
    }
}

/// A value as it was passed: functions whose PHP type is not all they look at check it themselves.
#[derive(Clone, Copy, Debug)]
pub struct Unchecked<'a>(pub &'a Value);

impl<'a> FromArg<'a> for Unchecked<'a> {
    #[inline]
    fn from_arg(_: &mut Context, mut arg: Arg<'a>) -> PhpResult<Unchecked<'a>> {
        if !arg.param().by_ref {
            arg.settle();
        }
        Ok(Unchecked(arg.into_value()))
    }
}

/// A string without NUL bytes: a path, a host name.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a>(&'a PhpString);

impl<'a> Path<'a> {
    /// A path that is known to have no NUL bytes.
    pub fn new(string: &'a PhpString) -> Option<Path<'a>> {
        (!string.contains(&0)).then_some(Path(string))
    }

    /// As a string.
    pub fn as_string(self) -> &'a PhpString {
        self.0
    }

    /// Its bytes.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0.as_bytes()
    }
}

impl std::ops::Deref for Path<'_> {
    type Target = PhpString;
    fn deref(&self) -> &PhpString {
        self.0
    }
}

impl<'a> FromArg<'a> for Path<'a> {
    #[inline]
    fn from_arg(cx: &mut Context, arg: Arg<'a>) -> PhpResult<Path<'a>> {
        let number = arg.number();
        let string = <&PhpString>::from_arg(cx, arg)?;
        match Path::new(string) {
            Some(path) => Ok(path),
            None => Err(cx.arg_value_error(number, "must not contain any null bytes")),
        }
    }
}

/// All arguments of a variadic parameter, unknown named ones too.
#[derive(Clone, Copy, Debug)]
pub struct Rest<'a> {
    /// By position.
    pub args: &'a [Value],
    /// By name.
    pub named: Option<&'a PhpArray>,
}

/// Functions that do not ask for named arguments refuse those that no parameter has.
fn refuse_named(cx: &mut Context, args: &Args<'_>) -> PhpResult {
    if args.named().is_none_or(PhpArray::is_empty) {
        return Ok(());
    }
    let mut message = cx.active_function_name();
    message.extend_from_slice(b"() does not accept unknown named parameters");
    Err(cx.throw_argument_count_error(message))
}

/// Checks all that are left against the type of the variadic parameter.
fn checked_rest<'a>(cx: &mut Context, args: &mut Args<'a>) -> PhpResult<&'a [Value]> {
    let (first, native) = (args.next, args.native);
    let slots = args.rest_slots();
    let param = native.params.last().expect("a variadic function has a parameter");
    if !param.by_ref && !param.prefer_ref {
        for (index, slot) in slots.iter_mut().enumerate() {
            Arg::new(slot, first + index as u32, native).check(cx)?;
        }
    }
    Ok(slots)
}

impl<'a> FromRest<'a> for &'a [Value] {
    fn from_rest(cx: &mut Context, args: &mut Args<'a>) -> PhpResult<&'a [Value]> {
        refuse_named(cx, args)?;
        checked_rest(cx, args)
    }
}

impl<'a> FromRest<'a> for Rest<'a> {
    fn from_rest(cx: &mut Context, args: &mut Args<'a>) -> PhpResult<Rest<'a>> {
        let named = args.named();
        Ok(Rest { args: checked_rest(cx, args)?, named })
    }
}

impl<'a, T: FromArg<'a>> FromRest<'a> for Vec<T> {
    fn from_rest(cx: &mut Context, args: &mut Args<'a>) -> PhpResult<Vec<T>> {
        refuse_named(cx, args)?;
        let mut all = Vec::with_capacity((args.len - args.next.min(args.len)) as usize);
        while args.next < args.len {
            match args.optional(cx)? {
                Some(value) => all.push(value),
                None => break,
            }
        }
        Ok(all)
    }
}
