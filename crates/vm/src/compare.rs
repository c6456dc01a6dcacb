//! `===`, `==`, `<`, `<=` and `<=>` of any values.
//!
//! Scalars, strings and arrays are compared by `phalanx_value`; here are objects, and what comparing them may throw.

use crate::Context;
use crate::class::ClassRef;
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::class as class_flag;
use phalanx_value::convert::compare::{self as plain, CompareObjects};
use phalanx_value::{ObjRef, PhpArray, Value, View};
use std::cmp::Ordering;

/// Compares objects for `phalanx_value`, and keeps what that threw.
struct Comparer<'a> {
    cx: &'a mut Context,
    thrown: Option<Thrown>,
    /// `==` asks for no order, so differing classes are simply unequal.
    equality: bool,
}

impl CompareObjects for Comparer<'_> {
    fn compare_objects(&mut self, a: &Value, b: &Value) -> Ordering {
        if self.thrown.is_some() {
            return Ordering::Greater;
        }
        match objects(self.cx, a, b, self.equality) {
            Ok(order) => order,
            Err(thrown) => {
                self.thrown = Some(thrown);
                Ordering::Greater
            }
        }
    }

    fn nesting_too_deep(&mut self) {
        if self.thrown.is_none() {
            self.thrown = Some(self.cx.fatal_error(TOO_DEEP));
        }
    }
}

const TOO_DEEP: &str = "Nesting level too deep - recursive dependency?";

fn with<T>(
    cx: &mut Context,
    equality: bool,
    compare: impl FnOnce(&mut Comparer<'_>) -> T,
) -> PhpResult<T> {
    let mut comparer = Comparer { cx, thrown: None, equality };
    let result = compare(&mut comparer);
    match comparer.thrown {
        Some(thrown) => Err(thrown),
        None => Ok(result),
    }
}

/// `a <=> b`.
pub fn order(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Ordering> {
    with(cx, false, |comparer| plain::compare(a, b, comparer))
}

/// `a == b`.
pub fn loose_equal(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<bool> {
    match (a.view(), b.view()) {
        (View::Str(a), View::Str(b)) => Ok(plain::equal_strings(a, b)),
        _ => with(cx, true, |comparer| plain::loose_equal(a, b, comparer)),
    }
}

/// `a === b`.
pub fn identical(_: &mut Context, a: &Value, b: &Value) -> PhpResult<bool> {
    Ok(plain::identical(a, b))
}

/// `a < b`.
pub fn less(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<bool> {
    if let Some((a, b)) = floats(a, b) {
        return Ok(a < b);
    }
    Ok(order(cx, a, b)? == Ordering::Less)
}

/// `a <= b`.
pub fn less_equal(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<bool> {
    if let Some((a, b)) = floats(a, b) {
        return Ok(a <= b);
    }
    Ok(order(cx, a, b)? != Ordering::Greater)
}

/// Both as floats, if they are numbers and one is a float: NAN compares as false there.
fn floats(a: &Value, b: &Value) -> Option<(f64, f64)> {
    match (a.view(), b.view()) {
        (View::Float(a), View::Float(b)) => Some((a, b)),
        (View::Float(a), View::Int(b)) => Some((a, b as f64)),
        (View::Int(a), View::Float(b)) => Some((a as f64, b)),
        _ => None,
    }
}

/// Compares two values of which at least one is an object.
fn objects(cx: &mut Context, a: &Value, b: &Value, equality: bool) -> PhpResult<Ordering> {
    if let (Some(left), Some(right)) = (a.as_object(), b.as_object())
        && left.ptr_eq(right)
    {
        return Ok(Ordering::Equal);
    }
    for operand in [a, b] {
        if let Some(object) = operand.as_object()
            && let Some(compare) = ClassRef::of(object).hooks().and_then(|hooks| hooks.compare)
        {
            return Ok(compare(cx, a, b)?.unwrap_or(Ordering::Greater));
        }
    }
    match (a.as_object(), b.as_object()) {
        (Some(left), Some(right)) => same_class(cx, left, right, equality),
        (Some(object), None) => with_other(cx, object, b),
        (None, Some(object)) => Ok(with_other(cx, object, a)?.reverse()),
        (None, None) => Ok(Ordering::Greater),
    }
}

/// Two different objects: property by property if they are of one class, else uncomparable.
fn same_class(cx: &mut Context, left: &ObjRef, right: &ObjRef, equality: bool) -> PhpResult<Ordering> {
    let class = ClassRef::of(left);
    if class != ClassRef::of(right) || class.has(class_flag::ENUM) {
        return Ok(Ordering::Greater);
    }
    crate::object::initialize_lazy(cx, left)?;
    crate::object::initialize_lazy(cx, right)?;
    if !left.enter() {
        return Err(cx.fatal_error(TOO_DEEP));
    }
    let result = properties(cx, left, right, equality);
    left.leave();
    result
}

fn properties(cx: &mut Context, left: &ObjRef, right: &ObjRef, equality: bool) -> PhpResult<Ordering> {
    if left.dynamic().is_none() && right.dynamic().is_none() {
        for slot in 0..left.slot_count() {
            let (a, b) = (left.get_slot(slot), right.get_slot(slot));
            let order = match (a.is_undef(), b.is_undef()) {
                (true, true) => Ordering::Equal,
                (false, false) if equality => {
                    if loose_equal(cx, &a, &b)? { Ordering::Equal } else { Ordering::Greater }
                }
                (false, false) => order(cx, &a, &b)?,
                _ => Ordering::Greater,
            };
            if order != Ordering::Equal {
                return Ok(order);
            }
        }
        return Ok(Ordering::Equal);
    }
    let a: PhpArray = crate::props::all(cx, left)?;
    let b: PhpArray = crate::props::all(cx, right)?;
    with(cx, equality, |comparer| plain::compare_arrays(&a, &b, comparer))
}

/// An object and something else: the object is cast to the other's type.
fn with_other(cx: &mut Context, object: &ObjRef, other: &Value) -> PhpResult<Ordering> {
    let value = Value::object(object.clone());
    let cast = match other.view() {
        View::Undef | View::Null => return Ok(Ordering::Greater),
        View::Bool(truth) => return Ok(cx.to_bool(&value)?.cmp(&truth)),
        View::Int(_) => Value::int(crate::convert::object_to_int_for_comparison(cx, object)?),
        View::Float(_) => Value::float(crate::convert::object_to_float_for_comparison(cx, object)?),
        View::Str(_) => {
            if ClassRef::of(object).magic.to_string.is_none()
                && ClassRef::of(object).hooks().is_none_or(|hooks| hooks.cast.is_none())
            {
                return Ok(Ordering::Greater);
            }
            Value::string(cx.to_string(&value)?)
        }
        _ => return Ok(Ordering::Greater),
    };
    order(cx, &cast, other)
}
