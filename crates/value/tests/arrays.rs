//! What PHP programs can see of arrays beyond keys and values: next keys, internal pointers, loops by reference.

use phalanx_value::array::iterators;
use phalanx_value::{ArrayKey, Key, PhpArray, PhpRef, PhpString, Value};

fn list(values: &[i64]) -> PhpArray {
    values.iter().map(|&v| Value::int(v)).collect()
}

fn map(keys: &[&str]) -> PhpArray {
    let mut array = PhpArray::new();
    for (index, key) in keys.iter().enumerate() {
        array.insert(&ArrayKey::from_bytes(key.as_bytes()), index as i64);
    }
    array
}

fn keys(array: &PhpArray) -> String {
    array.keys().map(|k| k.to_string().to_string()).collect::<Vec<_>>().join(" ")
}

fn check(array: &PhpArray, expect: &str) {
    assert_eq!(keys(array), expect);
}

#[test]
fn next_keys() {
    let mut a = PhpArray::new();
    a.insert(-5, 1);
    a.push(2).unwrap();
    check(&a, "-5 -4");

    let mut a = list(&[1, 2, 3]);
    a.remove(2);
    a.push(7).unwrap();
    check(&a, "0 1 3");

    let mut a = list(&[1, 2, 3]);
    assert_eq!(a.pop().map(|(k, v)| (k, v.as_int())), Some((ArrayKey::Int(2), Some(3))));
    a.push(7).unwrap();
    check(&a, "0 1 2");

    let mut a = PhpArray::new();
    a.insert(i64::MAX, 1);
    assert!(a.push(2).is_err());
    assert_eq!(a.next_free(), None);
    a.remove(i64::MAX);
    a.push(3).unwrap();
    check(&a, "9223372036854775807");
}

#[test]
fn numeric_string_keys_are_integers() {
    let mut a = PhpArray::new();
    a.insert(&PhpString::from("7"), 1);
    a.insert(&PhpString::from("07"), 2);
    assert_eq!(a.get_int(7).and_then(Value::as_int), Some(1));
    assert_eq!(a.get_bytes("07").and_then(Value::as_int), Some(2));
    assert_eq!(a.get_bytes("7").map(Value::tag), None);
    assert_eq!(a.get(&PhpString::from("7")).and_then(Value::as_int), Some(1));
}

#[test]
fn gaps_keep_the_order() {
    let mut a = list(&[1, 2]);
    a.insert(5, 6);
    assert!(!a.is_hash());
    check(&a, "0 1 5");
    assert!(!a.is_list());
    a.insert(3, 4);
    assert!(a.is_hash());
    check(&a, "0 1 5 3");
    a.insert(1_000_000, 0);
    a.remove(5);
    check(&a, "0 1 3 1000000");
    a.sort_by(|x, y| y.0.as_int().cmp(&x.0.as_int()), false);
    check(&a, "1000000 3 1 0");
    a.renumber();
    check(&a, "0 1 2 3");
    assert!(a.is_list());
}

#[test]
fn internal_pointer() {
    let mut a = list(&[1, 2]);
    a.move_next();
    assert_eq!(a.move_next().map(|e| e.0), None);
    let mut b = a.clone();
    b.push(3).unwrap();
    assert_eq!(b.current().map(|e| e.0), Some(Key::Int(0)), "a copy begins anew");
    a.push(4).unwrap();
    assert_eq!(a.current().map(|e| e.0), Some(Key::Int(2)), "the end becomes the new element");

    let mut h = map(&["a", "b", "c", "d"]);
    h.move_next();
    h.move_next();
    h.remove(&PhpString::from("a"));
    let mut g = h.clone();
    g.insert(&PhpString::from("z"), 1);
    let key = |array: &PhpArray| array.current().map(|e| e.0.to_string().to_string());
    assert_eq!((key(&g), key(&h)), (Some("c".into()), Some("c".into())));
    h.remove(&PhpString::from("c"));
    assert_eq!(key(&h), Some("d".into()));
    h.remove(&PhpString::from("d"));
    assert_eq!(key(&h), None);
    h.insert(&PhpString::from("n"), 1);
    assert_eq!(key(&h), Some("n".into()));
    assert_eq!(h.move_prev().map(|e| e.0.to_string().to_string()), Some("b".into()));
    assert_eq!(h.move_prev().map(|e| e.0.to_string()), None);
    assert_eq!(h.move_last().map(|e| e.0.to_string().to_string()), Some("n".into()));
    assert_eq!(h.move_first().map(|e| e.0.to_string().to_string()), Some("b".into()));
}

/// A loop by reference over `array` whose body is `body(array, key, step)`; the keys it visits.
fn visit(array: &mut PhpArray, mut body: impl FnMut(&mut PhpArray, &str, usize)) -> String {
    let id = iterators::begin(array, 0);
    let mut visited = Vec::new();
    loop {
        let at = iterators::position(id, array);
        let pos = array.pos_from(at);
        let Some((key, _)) = array.pos_entry(pos) else { break };
        let key = key.to_string().to_string();
        iterators::set_position(id, pos + 1);
        body(array, &key, visited.len());
        visited.push(key);
        assert!(visited.len() < 100, "the loop does not end");
    }
    iterators::end(id);
    visited.join(" ")
}

#[test]
fn loops_by_reference() {
    let mut kept = None;
    let mut a = list(&[1, 2, 3]);
    let visited = visit(&mut a, |array, key, _| {
        if key == "0" {
            array.remove(1);
            array.push(9).unwrap();
            kept = Some(array.clone());
        }
    });
    assert_eq!(visited, "0 2 3");
    assert_eq!(keys(&kept.unwrap()), "0 2 3");

    let mut a = map(&["a", "b"]);
    let visited = visit(&mut a, |array, _, step| {
        if step == 0 {
            array.insert(&PhpString::from("n2"), 1);
            array.remove(&PhpString::from("a"));
        }
    });
    assert_eq!(visited, "a b n2");

    let mut a = list(&[1, 2, 3]);
    let visited = visit(&mut a, |array, _, step| {
        if step == 1 {
            *array = map(&["p", "q"]);
        }
    });
    assert_eq!(visited, "0 1 p q", "another array is walked from its internal pointer on");

    // Growing closes holes; the position moves along, in the array and in a copy.
    let mut a = map(&["a", "b", "c", "d", "e", "f", "g", "h"]);
    let visited = visit(&mut a, |array, key, step| {
        if step == 5 {
            for gone in ["a", "b", "c", "d", "e"] {
                array.remove(&PhpString::from(gone));
            }
            for number in 0..20 {
                array.insert(&PhpString::from(format!("n{number}")), number);
            }
        }
        if key == "n3" {
            let copy = array.clone();
            array.remove(&PhpString::from("n0"));
            assert_eq!(copy.len(), array.len() + 1);
        }
    });
    let rest = (0..20).map(|n| format!("n{n}")).collect::<Vec<_>>().join(" ");
    assert_eq!(visited, format!("a b c d e f g h {rest}"));
}

#[test]
fn copies_share_references_that_others_hold() {
    let shared = PhpRef::new(Value::int(1));
    let mut a = PhpArray::new();
    a.push(shared.clone()).unwrap();
    a.push(PhpRef::new(Value::int(2))).unwrap();
    let mut b = a.clone();
    b.push(3).unwrap();
    assert!(b.get_int(0).unwrap().is_ref());
    assert!(!b.get_int(1).unwrap().is_ref(), "a reference with one owner is a plain value in a copy");
    shared.set(Value::int(5));
    assert_eq!(b.get_value(0).and_then(|v| v.as_int()), Some(5));
}

#[test]
fn values_of_nested_arrays_are_changed_in_place() {
    let mut a = PhpArray::new();
    for index in 0..3 {
        a.get_or_insert(&PhpString::from("list")).make_array().push(index).unwrap();
    }
    let b = a.clone();
    a.get_mut(&PhpString::from("list")).and_then(Value::as_array_mut).unwrap().push(3).unwrap();
    let len = |array: &PhpArray| array.get_bytes("list").and_then(Value::as_array).unwrap().len();
    assert_eq!((len(&a), len(&b)), (4, 3));
    assert_eq!(a.count_recursive(), Some(5));
    // An array that goes from immutable to counted and back keeps its value's flags right.
    let mut value = Value::array(PhpArray::new());
    value.as_array_mut().unwrap().push(1).unwrap();
    assert!(value.is_counted());
    let copy = value.clone();
    value.as_array_mut().unwrap().clear();
    assert!(!value.is_counted());
    assert_eq!(copy.as_array().unwrap().len(), 1);
}

#[test]
fn editing() {
    let mut a = list(&[1, 2, 3, 4, 5]);
    let removed = a.splice(1, 2, [Value::int(9)]);
    assert_eq!(
        format!("{a:?} {removed:?}"),
        "{Int(0): 1, Int(1): 9, Int(2): 4, Int(3): 5} {Int(0): 2, Int(1): 3}"
    );
    let removed = a.splice(4, 0, [Value::int(7)]);
    assert_eq!((a.len(), removed.len()), (5, 0));
    let mut m = map(&["a", "b", "c"]);
    m.push(5).unwrap();
    m.unshift([Value::int(0)]);
    check(&m, "0 a b c 1");
    assert_eq!(m.shift().map(|(k, _)| k), Some(ArrayKey::Int(0)));
    check(&m, "a b c 0");
    check(&m.slice(1, 3, false), "b c 0");
    m.retain(|key, _| key.as_str().is_some());
    check(&m, "a b c");
    assert_eq!(m.pop().map(|(k, _)| k), Some(ArrayKey::from_bytes(b"c")));
}
