//! Comparison: `==`, `===`, `<=>`, `<`, `<=`.
//!
//! Scalars, strings and arrays are compared by [`phalanx_value::convert::compare`]; it asks here as soon as an object is
//! on either side, since its class may have its own ways, and casts may run PHP code. What cannot be compared counts as
//! "greater" on either side.

use crate::Context;
use crate::class::{CastTo, ClassRef};
use crate::convert::class_name;
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::class as class_flag;
use phalanx_value::convert::compare::{self as values, CompareObjects, compare_arrays};
use phalanx_value::{ObjRef, PhpArray, Value, View};
use std::cmp::Ordering;

/// `$a == $b`
#[inline]
pub fn loose_equal(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<bool> {
    match (a.view(), b.view()) {
        (View::Int(a), View::Int(b)) => Ok(a == b),
        (View::Str(a), View::Str(b)) => Ok(values::equal_strings(a, b)),
        _ => Ok(order(cx, a, b)?.is_eq()),
    }
}

/// `$a === $b`
#[inline]
pub fn identical(_: &mut Context, a: &Value, b: &Value) -> PhpResult<bool> {
    Ok(values::identical(a, b))
}

/// `$a < $b`
#[inline]
pub fn less(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<bool> {
    Ok(order(cx, a, b)?.is_lt())
}

/// `$a <= $b`
#[inline]
pub fn less_equal(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<bool> {
    Ok(order(cx, a, b)?.is_le())
}

/// `$a <=> $b`
#[inline]
pub fn order(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Ordering> {
    if let (Some(a), Some(b)) = (a.as_int(), b.as_int()) {
        return Ok(a.cmp(&b));
    }
    let mut comparison = Comparison { cx, failure: None };
    let order = values::compare(a, b, &mut comparison);
    comparison.failure.map_or(Ok(order), Err)
}

/// A comparison under way: the first failure is kept, and everything after it is "greater", which ends it.
struct Comparison<'a> {
    cx: &'a mut Context,
    failure: Option<Thrown>,
}

impl CompareObjects for Comparison<'_> {
    fn compare_objects(&mut self, a: &Value, b: &Value) -> Ordering {
        if self.failure.is_some() {
            return Ordering::Greater;
        }
        match self.objects(a, b) {
            Ok(order) => order,
            Err(thrown) => {
                self.failure = Some(thrown);
                Ordering::Greater
            }
        }
    }

    fn may_nest(&mut self) -> bool {
        if self.failure.is_none() {
            self.failure = self.cx.nested(|_| Ok(())).err();
        }
        self.failure.is_none()
    }

    fn nesting_too_deep(&mut self) {
        if self.failure.is_none() {
            self.failure = Some(self.cx.nesting_too_deep());
        }
    }
}

impl Context {
    #[cold]
    fn nesting_too_deep(&mut self) -> Thrown {
        self.throw_error("Nesting level too deep - recursive dependency?")
    }
}

impl Comparison<'_> {
    /// Compares values of which at least one is an object.
    fn objects(&mut self, a: &Value, b: &Value) -> PhpResult<Ordering> {
        if let (Some(a), Some(b)) = (a.as_object(), b.as_object())
            && a.ptr_eq(b)
        {
            return Ok(Ordering::Equal);
        }
        for side in [a, b] {
            if let Some(object) = side.as_object() {
                let class = ClassRef::of(object);
                if let Some(compare) = class.hooks().and_then(|hooks| hooks.compare) {
                    return Ok(compare(self.cx, a, b)?.unwrap_or(Ordering::Greater));
                }
                if class.has(class_flag::ENUM) {
                    return Ok(Ordering::Greater);
                }
                break;
            }
        }
        match (a.as_object(), b.as_object()) {
            (Some(a), Some(b)) => self.same_class(a, b),
            (Some(object), None) => match self.cast_like(object, b)? {
                Some(cast) => self.again(&cast, b),
                None => Ok(Ordering::Greater),
            },
            (None, Some(object)) => match self.cast_like(object, a)? {
                Some(cast) => self.again(a, &cast),
                None => Ok(Ordering::Less),
            },
            (None, None) => Ok(Ordering::Greater),
        }
    }

    fn again(&mut self, a: &Value, b: &Value) -> PhpResult<Ordering> {
        let order = values::compare(a, b, self);
        self.failure.take().map_or(Ok(order), Err)
    }

    /// An object as a value of the type of `other`; none if there is no such cast: then the object is the greater one.
    fn cast_like(&mut self, object: &ObjRef, other: &Value) -> PhpResult<Option<Value>> {
        let class = ClassRef::of(object);
        let to = match other.view() {
            View::Bool(_) => CastTo::Bool,
            View::Int(_) => CastTo::Int,
            View::Float(_) => CastTo::Float,
            View::Str(_) => CastTo::String,
            _ => return Ok(None),
        };
        if to == CastTo::String {
            return Ok(self.cx.object_to_string(object)?.map(Value::string));
        }
        if let Some(cast) = class.hooks().and_then(|hooks| hooks.cast)
            && let Some(value) = cast(self.cx, object, to)?
        {
            return Ok(Some(value));
        }
        let name = match to {
            CastTo::Bool => return Ok(Some(Value::TRUE)),
            CastTo::Int => "int",
            _ => "float",
        };
        let class = class_name(class);
        self.cx.notice(format!("Object of class {class} could not be converted to {name}"))?;
        Ok(Some(Value::int(1)))
    }

    /// Objects of one class are compared property by property; others cannot be compared.
    fn same_class(&mut self, a: &ObjRef, b: &ObjRef) -> PhpResult<Ordering> {
        if ClassRef::of(a) != ClassRef::of(b) {
            return Ok(Ordering::Greater);
        }
        if !a.enter() {
            return Err(self.cx.nesting_too_deep());
        }
        let a = a.clone();
        let reals = self.cx.realize(&a).and_then(|real| Ok((real, self.cx.realize(b)?)));
        let result = reals.and_then(|(mine, other)| self.properties(&mine, &other));
        a.leave();
        result
    }

    fn properties(&mut self, a: &ObjRef, b: &ObjRef) -> PhpResult<Ordering> {
        let (mine, others) = (a.dynamic().unwrap_or_default(), b.dynamic().unwrap_or_default());
        let counts = (count(a, &mine), count(b, &others));
        if (!mine.is_empty() || !others.is_empty()) && counts.0 != counts.1 {
            return Ok(counts.0.cmp(&counts.1));
        }
        for slot in 0..a.slot_count() {
            let (x, y) = (a.get_slot(slot), b.get_slot(slot));
            if x.is_undef() && y.is_undef() {
                continue;
            }
            if x.is_undef() || y.is_undef() {
                return Ok(Ordering::Greater);
            }
            let order = self.again(&x, &y)?;
            if order.is_ne() {
                return Ok(order);
            }
        }
        if mine.is_empty() && others.is_empty() {
            return Ok(Ordering::Equal);
        }
        let order = compare_arrays(&mine, &others, self);
        self.failure.take().map_or(Ok(order), Err)
    }
}

/// Number of properties that have a value.
fn count(object: &ObjRef, dynamic: &PhpArray) -> usize {
    let declared = (0..object.slot_count()).filter(|&slot| !object.get_slot(slot).is_undef());
    declared.count() + dynamic.len()
}
