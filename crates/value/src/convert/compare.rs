//! `<=>`, `==` and `===` as PHP 8 has them.
//!
//! Objects are compared by whoever runs PHP code: [`CompareObjects`] is asked as soon as one side is an object. Values
//! that cannot be compared (arrays with different keys, NAN) count as "greater", whichever side they are on; so `a > b`
//! is to be asked as `b < a`, as the compiler does.

use std::cmp::Ordering;

use phalanx_base::depth::nest;

use super::numeric::{Numeric, classify, classify_overflow};
use super::{IntBuffer, format_float, precision};
use crate::array::{Key, PhpArray};
use crate::string::PhpString;
use crate::value::{Value, View};

/// What comparisons need from the VM.
pub trait CompareObjects {
    /// Compares two values of which at least one is an object; neither is a reference.
    fn compare_objects(&mut self, a: &Value, b: &Value) -> Ordering;

    /// An array contains itself: the VM raises "Nesting level too deep - recursive dependency?".
    fn nesting_too_deep(&mut self);

    /// Whether the comparison may go one level deeper into arrays; where not, the VM raises an Error of its own.
    fn may_nest(&mut self) -> bool {
        true
    }
}

/// For callers that know that there are no objects: they count as uncomparable unless they are the same.
pub struct NoObjects;

impl CompareObjects for NoObjects {
    fn compare_objects(&mut self, a: &Value, b: &Value) -> Ordering {
        if a.identical_bits(b) { Ordering::Equal } else { Ordering::Greater }
    }

    fn nesting_too_deep(&mut self) {}
}

/// Compares floats; NAN is greater than everything on either side.
#[inline(always)]
pub fn compare_floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Greater)
}

/// `$a <=> $b`.
pub fn compare<C: CompareObjects + ?Sized>(a: &Value, b: &Value, cx: &mut C) -> Ordering {
    use Ordering::{Equal, Greater, Less};
    match (a.view(), b.view()) {
        (View::Int(a), View::Int(b)) => a.cmp(&b),
        (View::Int(a), View::Float(b)) => compare_floats(a as f64, b),
        (View::Float(a), View::Int(b)) => compare_floats(a, b as f64),
        (View::Float(a), View::Float(b)) => compare_floats(a, b),
        (View::Str(a), View::Str(b)) => compare_strings(a, b),
        (View::Ref(a), _) => compare(&a.get(), b, cx),
        (_, View::Ref(b)) => compare(a, &b.get(), cx),
        (View::Object(_), _) | (_, View::Object(_)) => cx.compare_objects(a, b),
        (View::Array(a), View::Array(b)) => compare_arrays(a, b, cx),
        (View::Undef | View::Null, View::Str(b)) => {
            if b.is_empty() {
                Equal
            } else {
                Less
            }
        }
        (View::Str(a), View::Undef | View::Null) => {
            if a.is_empty() {
                Equal
            } else {
                Greater
            }
        }
        (View::Undef | View::Null | View::Bool(_), _) | (_, View::Undef | View::Null | View::Bool(_)) => {
            a.truthy().cmp(&b.truthy())
        }
        (View::Int(a), View::Str(b)) => compare_int_string(a, b),
        (View::Str(a), View::Int(b)) => compare_int_string(b, a).reverse(),
        (View::Float(a), View::Str(b)) => compare_float_string(a, b),
        (View::Str(_), View::Float(b)) if b.is_nan() => Greater,
        (View::Str(a), View::Float(b)) => compare_float_string(b, a).reverse(),
        (View::Array(_), _) => Greater,
        (_, View::Array(_)) => Less,
        // What is left are resources, which count as their numbers.
        (View::Resource(a), View::Resource(b)) => a.id().cmp(&b.id()),
        (View::Resource(a), _) => compare(&Value::int(a.id()), b, cx),
        (_, View::Resource(b)) => compare(a, &Value::int(b.id()), cx),
        (View::Internal, _) | (_, View::Internal) => Greater,
    }
}

/// `$a == $b`.
#[inline]
pub fn loose_equal<C: CompareObjects + ?Sized>(a: &Value, b: &Value, cx: &mut C) -> bool {
    match (a.view(), b.view()) {
        (View::Int(a), View::Int(b)) => a == b,
        (View::Str(a), View::Str(b)) => equal_strings(a, b),
        _ => compare(a, b, cx).is_eq(),
    }
}

/// `$a === $b`. References are followed; objects are identical when they are one.
#[inline]
pub fn identical(a: &Value, b: &Value) -> bool {
    identical_at(1, a, b)
}

/// The same at a depth of nesting, which is limited by memory alone.
fn identical_at(depth: u32, a: &Value, b: &Value) -> bool {
    match (a.view(), b.view()) {
        (View::Ref(a), _) => identical_at(depth, &a.get(), b),
        (_, View::Ref(b)) => identical_at(depth, a, &b.get()),
        (View::Undef | View::Null, View::Undef | View::Null) => true,
        (View::Bool(a), View::Bool(b)) => a == b,
        (View::Int(a), View::Int(b)) => a == b,
        (View::Float(a), View::Float(b)) => a == b,
        (View::Str(a), View::Str(b)) => a == b,
        (View::Array(a), View::Array(b)) => nest(depth, || identical_arrays(depth, a, b)),
        (View::Object(a), View::Object(b)) => a.ptr_eq(b),
        (View::Resource(a), View::Resource(b)) => a.ptr_eq(b),
        _ => false,
    }
}

fn identical_arrays(depth: u32, a: &PhpArray, b: &PhpArray) -> bool {
    if a.ptr_eq(b) {
        return true;
    }
    if a.len() != b.len() {
        return false;
    }
    if !a.enter() {
        // An array that contains itself is reported by the comparison with `==`; here the walk just ends.
        return false;
    }
    let same = a.iter().zip(b.iter()).all(|((ka, va), (kb, vb))| ka == kb && identical_at(depth + 1, va, vb));
    a.leave();
    same
}

/// Arrays with `==` and `<=>`: the number of elements first, then the values of `a`'s keys in `a`'s order. A key that `b`
/// does not have makes them uncomparable.
pub fn compare_arrays<C: CompareObjects + ?Sized>(a: &PhpArray, b: &PhpArray, cx: &mut C) -> Ordering {
    if a.ptr_eq(b) {
        return Ordering::Equal;
    }
    if a.len() != b.len() {
        return a.len().cmp(&b.len());
    }
    if !cx.may_nest() {
        return Ordering::Greater;
    }
    if !a.enter() {
        cx.nesting_too_deep();
        return Ordering::Greater;
    }
    // Comparing objects may run code that changes what the arrays are values of: keep them.
    let (a, b) = (a.clone(), b.clone());
    let mut result = Ordering::Equal;
    for (key, value) in &a {
        let other = match key {
            Key::Int(int) => b.get_int(int),
            Key::Str(string) => b.get_str(string),
        };
        let Some(other) = other else {
            result = Ordering::Greater;
            break;
        };
        result = compare(value, other, cx);
        if result.is_ne() {
            break;
        }
    }
    a.leave();
    result
}

/// Strings with `<=>`: as numbers when both are numeric, as bytes otherwise.
#[inline]
pub fn compare_strings(a: &PhpString, b: &PhpString) -> Ordering {
    if a.ptr_eq(b) {
        return Ordering::Equal;
    }
    compare_numeric_strings(a.as_bytes(), b.as_bytes()).unwrap_or_else(|| a.as_bytes().cmp(b.as_bytes()))
}

/// Strings with `==`.
#[inline]
pub fn equal_strings(a: &PhpString, b: &PhpString) -> bool {
    if a.ptr_eq(b) {
        return true;
    }
    // Strings that both begin with something above the digits are not numeric.
    match (a.as_bytes().first(), b.as_bytes().first()) {
        (Some(&x), Some(&y)) if x <= b'9' && y <= b'9' => compare_strings(a, b).is_eq(),
        _ => a.as_bytes() == b.as_bytes(),
    }
}

/// The order of two strings as numbers; `None` when they are to be compared as bytes: one is not numeric, or both are
/// beyond what numbers can tell apart.
pub fn compare_numeric_strings(a: &[u8], b: &[u8]) -> Option<Ordering> {
    let (x, x_overflow) = classify_overflow(a);
    if x == Numeric::No {
        return None;
    }
    let (y, y_overflow) = classify_overflow(b);
    match (x, y) {
        (Numeric::Int(x), Numeric::Int(y)) => Some(x.cmp(&y)),
        (Numeric::Int(x), Numeric::Float(y)) => Some(match y_overflow {
            0 => compare_floats(x as f64, y),
            side => 0.cmp(&side),
        }),
        (Numeric::Float(x), Numeric::Int(y)) => Some(match x_overflow {
            0 => compare_floats(x, y as f64),
            side => side.cmp(&0),
        }),
        (Numeric::Float(x), Numeric::Float(y)) => {
            let same = x == y && (!x.is_finite() || (x_overflow != 0 && x_overflow == y_overflow));
            if same { None } else { Some(compare_floats(x, y)) }
        }
        (Numeric::No, _) | (_, Numeric::No) => None,
    }
}

/// An integer with a string: as numbers when the string is numeric, as strings otherwise.
pub fn compare_int_string(a: i64, b: &PhpString) -> Ordering {
    match classify(b.as_bytes()) {
        Numeric::Int(b) => a.cmp(&b),
        Numeric::Float(b) => compare_floats(a as f64, b),
        Numeric::No => IntBuffer::new().format(a).cmp(b.as_bytes()),
    }
}

/// A float with a string: as numbers when the string is numeric, as strings otherwise.
pub fn compare_float_string(a: f64, b: &PhpString) -> Ordering {
    if a.is_nan() {
        return Ordering::Greater;
    }
    match classify(b.as_bytes()) {
        Numeric::Int(b) => compare_floats(a, b as f64),
        Numeric::Float(b) => compare_floats(a, b),
        Numeric::No => format_float(a, precision()).as_bytes().cmp(b.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Ordering::{Equal, Greater, Less};

    fn check(a: impl Into<Value>, b: impl Into<Value>, expect: Ordering, strict: bool) {
        let (a, b) = (a.into(), b.into());
        assert_eq!(compare(&a, &b, &mut NoObjects), expect, "{a:?} <=> {b:?}");
        assert_eq!(loose_equal(&a, &b, &mut NoObjects), expect.is_eq(), "{a:?} == {b:?}");
        assert_eq!(identical(&a, &b), strict, "{a:?} === {b:?}");
    }

    #[test]
    fn scalars() {
        check(1, 1, Equal, true);
        check(1, 2.5, Less, false);
        check(f64::NAN, f64::NAN, Greater, false);
        check(0.0, -0.0, Equal, true);
        check((), false, Equal, false);
        check((), (), Equal, true);
        check((), "", Equal, false);
        check((), "a", Less, false);
        check("a", (), Greater, false);
        check(true, "0", Greater, false);
        check(true, "0.0", Equal, false);
        check(0, "abc", Less, false);
        check(0, "", Greater, false);
        check("1", "01", Equal, false);
        check("10", "1e1", Equal, false);
        check("abc", "ABC", Greater, false);
        check("abc", "abcd", Less, false);
        check(100, "1e2", Equal, false);
        check(1.5, "1.5", Equal, false);
        check(1.5, "x", Less, false);
        check("1e1000", "1e1001", Less, false);
        check("9223372036854775807", "9223372036854775808", Less, false);
        check("9223372036854775809", "9223372036854775808", Greater, false);
        check("9007199254740993", "9007199254740992.0", Equal, false);
        check(" 1", "1 ", Equal, false);
        check("1x", "1", Greater, false);
    }

    fn list(values: &[i64]) -> PhpArray {
        values.iter().map(|&v| Value::int(v)).collect()
    }

    #[test]
    fn arrays() {
        check(list(&[1, 2]), list(&[1, 2]), Equal, true);
        check(list(&[1, 2]), list(&[1, 3]), Less, false);
        check(list(&[1, 2]), list(&[1]), Greater, false);
        check(list(&[]), false, Equal, false);
        check(list(&[]), "x", Greater, false);
        check("x", list(&[]), Less, false);
        let mut swapped = PhpArray::new();
        swapped.insert(1, 2);
        swapped.insert(0, 1);
        check(list(&[1, 2]), swapped, Equal, false);
        let mut other = PhpArray::new();
        other.insert(5, 1);
        check(list(&[1]), other, Greater, false);
    }
}
