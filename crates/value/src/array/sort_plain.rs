//! Sorting arrays whose elements are all of one simple kind: no callback sees the comparisons, so any stable sort will do.
//!
//! Such arrays are most of what `sort()` and its like are called with. Numbers are sorted as numbers; strings by their
//! first 8 bytes as one number, and by the rest where those are equal.

use std::cmp::Ordering;

use super::{ArrayKey, Key, PhpArray};
use crate::value::{Value, View};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// The values, as `sort()` does.
    Values,
    /// The keys, as `ksort()` does.
    Keys,
}

/// How strings are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortStrings {
    /// As `<=>` does (`SORT_REGULAR`): only strings that cannot be numbers are sorted here.
    Regular,
    /// As bytes (`SORT_STRING`).
    Bytes,
}

/// What is compared, each with its old place.
enum Items<'a> {
    Ints(Vec<(i64, u32)>),
    Floats(Vec<(f64, u32)>),
    Strings(Vec<((u64, &'a [u8]), u32)>),
}

impl PhpArray {
    /// Sorts the array when all that is compared is integers, or floats without NAN, or strings that compare as bytes.
    /// Otherwise nothing happens and `false` is returned: [`sort_by`](PhpArray::sort_by) has to do it.
    pub fn sort_plain(&mut self, by: SortBy, strings: SortStrings, descending: bool, renumber: bool) -> bool {
        let order = match Items::of(self, by, strings) {
            None => return false,
            Some(Items::Ints(mut items)) => {
                sort(&mut items, descending, i64::cmp);
                if by == SortBy::Values && renumber {
                    *self = items.into_iter().map(|(int, _)| Value::int(int)).collect();
                    return true;
                }
                places(&items)
            }
            Some(Items::Floats(mut items)) => {
                // There is no NAN among them.
                sort(&mut items, descending, |a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
                places(&items)
            }
            Some(Items::Strings(mut items)) => {
                sort(&mut items, descending, |a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(b.1)));
                places(&items)
            }
        };
        let entries = std::mem::take(self).into_iter().collect();
        *self = PhpArray::in_order(entries, &order, renumber);
        true
    }

    /// The elements in another order, given by their old places.
    pub(super) fn in_order(entries: Vec<(ArrayKey, Value)>, order: &[u32], renumber: bool) -> PhpArray {
        let mut entries: Vec<Option<(ArrayKey, Value)>> = entries.into_iter().map(Some).collect();
        let sorted = order.iter().filter_map(|&place| entries[place as usize].take());
        if renumber {
            return PhpArray::from_list(sorted.map(|(_, value)| value));
        }
        let mut array = PhpArray::with_hash_capacity(order.len());
        for (key, value) in sorted {
            array.insert(&key, value);
        }
        array
    }
}

/// Sorts by the first member; ties keep their order.
fn sort<T>(items: &mut [(T, u32)], descending: bool, compare: impl Fn(&T, &T) -> Ordering) {
    if descending {
        items.sort_unstable_by(|a, b| compare(&b.0, &a.0).then(a.1.cmp(&b.1)));
    } else {
        items.sort_unstable_by(|a, b| compare(&a.0, &b.0).then(a.1.cmp(&b.1)));
    }
}

fn places<T>(items: &[(T, u32)]) -> Vec<u32> {
    items.iter().map(|item| item.1).collect()
}

impl<'a> Items<'a> {
    /// The items, when all are of one kind.
    fn of(array: &'a PhpArray, by: SortBy, strings: SortStrings) -> Option<Items<'a>> {
        match by {
            SortBy::Keys => match array.keys().next()? {
                Key::Int(_) => collect(array.keys().map(Key::as_int)).map(Items::Ints),
                Key::Str(_) => {
                    let keys = array.keys().map(|key| Some(key.as_str()?.as_bytes()));
                    collect(keys.map(|key| text(key?, strings))).map(Items::Strings)
                }
            },
            SortBy::Values => match array.values().next()?.view() {
                View::Int(_) => collect(array.values().map(Value::as_int)).map(Items::Ints),
                View::Float(_) => {
                    let floats = array.values().map(|value| value.as_float().filter(|f| !f.is_nan()));
                    collect(floats).map(Items::Floats)
                }
                View::Str(_) => {
                    collect(array.values().map(|value| text(value.as_bytes()?, strings))).map(Items::Strings)
                }
                _ => None,
            },
        }
    }
}

fn collect<T>(items: impl Iterator<Item = Option<T>>) -> Option<Vec<(T, u32)>> {
    items.zip(0..).map(|(item, place)| Some((item?, place))).collect()
}

/// A string with its first 8 bytes as a number that orders as they do; `None` when it might compare as a number.
fn text(bytes: &[u8], strings: SortStrings) -> Option<(u64, &[u8])> {
    if strings == SortStrings::Regular && bytes.first().is_none_or(|&first| first <= b'9') {
        return None;
    }
    let mut head = [0; 8];
    let len = bytes.len().min(8);
    head[..len].copy_from_slice(&bytes[..len]);
    Some((u64::from_be_bytes(head), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convert::{NoObjects, compare};

    /// Sorts the values both ways and compares the results.
    fn check(values: Vec<Value>, strings: SortStrings, plain: bool) {
        for descending in [false, true] {
            for renumber in [false, true] {
                let mut array = PhpArray::from_list(values.iter().cloned());
                let mut expect = array.clone();
                assert_eq!(array.sort_plain(SortBy::Values, strings, descending, renumber), plain);
                expect.sort_by(
                    |a, b| {
                        let (a, b) = if descending { (b.1, a.1) } else { (a.1, b.1) };
                        match (strings, a.as_bytes(), b.as_bytes()) {
                            (SortStrings::Bytes, Some(a), Some(b)) => a.cmp(b),
                            _ => compare(a, b, &mut NoObjects),
                        }
                    },
                    renumber,
                );
                if plain {
                    assert_eq!(format!("{array:?}"), format!("{expect:?}"));
                }
            }
        }
    }

    #[test]
    fn plain_sorts_are_sorts() {
        let ints = |n: i64| (0..n).map(move |i| i * 7919 % 101);
        check(ints(300).map(Value::int).collect(), SortStrings::Regular, true);
        check(ints(300).map(|i| Value::float(i as f64 / 3.0)).collect(), SortStrings::Regular, true);
        check(vec![Value::float(0.0), Value::float(f64::NAN)], SortStrings::Regular, false);
        check(vec![Value::int(0), Value::float(1.0)], SortStrings::Regular, false);
        let words =
            |prefix: &'static str| ints(300).map(move |i| Value::str(format!("{prefix}{i}"))).collect();
        check(words("word"), SortStrings::Regular, true);
        check(words("a long common beginning"), SortStrings::Regular, true);
        check(words(""), SortStrings::Regular, false);
        check(words(""), SortStrings::Bytes, true);
        check(vec![Value::str("ab"), Value::str("ab\0"), Value::str("a")], SortStrings::Bytes, true);
    }

    #[test]
    fn keys_are_sorted() {
        let mut array = PhpArray::new();
        for int in [5, -3, 9, 0] {
            array.insert(int, int);
        }
        assert!(array.sort_plain(SortBy::Keys, SortStrings::Regular, true, false));
        assert_eq!(format!("{array:?}"), "{Int(9): 9, Int(5): 5, Int(0): 0, Int(-3): -3}");
        array.insert(Key::Str(&"x".into()), 1);
        assert!(!array.sort_plain(SortBy::Keys, SortStrings::Regular, false, false));
    }
}
