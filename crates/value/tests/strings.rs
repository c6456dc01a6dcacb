//! Strings: sharing, appending, building, hashing.

use std::collections::HashMap;
use std::fmt::Write;

use phalanx_value::string::hash_bytes;
use phalanx_value::{PhpString, StringBuilder, Value, static_str};

fn check(string: &PhpString, expect: &str) {
    assert_eq!(string, expect);
    assert_eq!(string.len(), expect.len());
    assert_eq!(PhpString::hash(string), hash_bytes(expect.as_bytes()));
    assert!(string.capacity() >= string.len());
}

#[test]
fn small_strings_take_no_memory() {
    for string in [PhpString::new(), PhpString::from("x"), static_str!("a name in the source")] {
        assert!(string.is_immutable());
        assert!(string.ptr_eq(&string.clone()));
        assert!(!Value::string(string).is_counted());
    }
    assert!(PhpString::from("x").ptr_eq(&PhpString::byte(b'x')));
    check(&static_str!("a name in the source"), "a name in the source");
}

#[test]
fn appending_copies_when_shared() {
    let mut a = PhpString::from("hello");
    let b = a.clone();
    assert_eq!(a.ref_count(), 2);
    a.push_bytes(b" world");
    check(&a, "hello world");
    check(&b, "hello");
    let mut c = static_str!("fixed");
    c.push(b'!');
    check(&c, "fixed!");
    check(&static_str!("fixed"), "fixed");
    let before = PhpString::hash(&c);
    c.push(b'!');
    assert_ne!(before, PhpString::hash(&c));
    c.truncate(5);
    check(&c, "fixed");
    c.truncate(1);
    c.truncate(0);
    check(&c, "");
    let mut d = PhpString::from("x");
    d.make_mut()[0] = b'y';
    check(&d, "y");
    check(&PhpString::from("x"), "x");
}

#[test]
fn appending_crosses_all_kinds_of_blocks() {
    let mut string = PhpString::from("ab");
    let mut expect = String::from("ab");
    let mut moves = 0;
    let mut block = string.as_ptr();
    while string.len() < 9 << 20 {
        let piece = format!("{} ", string.len()).repeat(1 + string.len() / 20);
        string.push_bytes(piece.as_bytes());
        expect.push_str(&piece);
        moves += usize::from(block != string.as_ptr());
        block = string.as_ptr();
        assert_eq!(string, expect.as_str());
    }
    assert!(moves < 60);
    let copy = string.clone();
    string.truncate(100);
    assert_eq!((copy.len(), string.len()), (expect.len(), 100));
}

#[test]
fn byte_by_byte_growth_is_amortised() {
    let mut string = PhpString::from("--");
    let mut moves = 0;
    let mut block = string.as_ptr();
    for index in 0..200_000_u32 {
        string.push(index as u8);
        moves += usize::from(block != string.as_ptr());
        block = string.as_ptr();
    }
    assert!(moves < 60, "{moves}");
    assert!((0..200_000).all(|i| string[2 + i] == i as u8));
}

#[test]
fn builder() {
    let mut builder = StringBuilder::new();
    assert!(builder.is_empty());
    for number in 0..1000 {
        write!(builder, "{number},").unwrap();
    }
    builder.push_int(-5);
    builder.push_float(0.1, -1);
    builder.push_repeat(b'*', 3);
    let expect: String = (0..1000).map(|n| format!("{n},")).collect::<String>() + "-50.1***";
    assert_eq!(builder.as_bytes(), expect.as_bytes());
    check(&builder.finish(), &expect);
    assert!(StringBuilder::new().finish().ptr_eq(&PhpString::new()));
    let mut builder = StringBuilder::from_string(PhpString::from("abc"));
    builder.push_str("def");
    builder.truncate(5);
    check(&builder.finish(), "abcde");
    drop(StringBuilder::with_capacity(10_000));
}

#[test]
fn pieces_and_maps() {
    check(&PhpString::concat(b"ab", b""), "ab");
    check(&PhpString::concat(b"", b"a"), "a");
    check(&PhpString::concat_all(&[b"a", b"bc", b"", b"def"]), "abcdef");
    check(&PhpString::build(3, |bytes| bytes.copy_from_slice(b"xyz")), "xyz");
    let mut map = HashMap::new();
    map.insert(PhpString::from("key"), 1);
    assert_eq!(map.get(&b"key"[..]), Some(&1));
    let mut value = Value::str("a");
    assert!(value.append_str(b"bc"));
    assert_eq!(value.as_bytes(), Some(&b"abc"[..]));
    assert!(!Value::int(1).append_str(b"x"));
}
