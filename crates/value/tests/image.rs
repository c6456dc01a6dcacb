//! Images of immutable strings and arrays.
#![allow(unsafe_code, reason = "images are made into handles")]

use phalanx_value::image::{ImageBuilder, NotConstant};
use phalanx_value::{ArrayKey, PhpArray, PhpRef, PhpString, Value, View, VmArray, VmString};

fn sample() -> PhpArray {
    let mut inner = PhpArray::new();
    for number in 0..20 {
        inner.insert(&ArrayKey::from_bytes(format!("key{number}").as_bytes()), number);
    }
    inner.insert(-3, 1.5);
    inner.remove(&PhpString::from("key7"));
    let mut gaps = PhpArray::from_list([Value::int(1), Value::int(2), Value::int(3)]);
    gaps.remove(1);
    let mut array = PhpArray::new();
    array.push("a string").unwrap();
    array.push(inner).unwrap();
    array.push(()).unwrap();
    array.push(true).unwrap();
    array.push(PhpArray::new()).unwrap();
    array.push(gaps).unwrap();
    array.push("a string").unwrap();
    array.push("").unwrap();
    array
}

/// Builds the image at base 0, moves it to where it lies, and looks at it as an array.
fn check(array: &PhpArray) {
    let mut builder = ImageBuilder::new(0);
    let name = builder.string(b"first");
    assert_eq!(builder.string(b"first"), name);
    let at = builder.array(array).unwrap();
    let mut image = builder.finish();
    let mut memory = vec![0_u64; image.bytes.len().div_ceil(8)];
    let base = memory.as_mut_ptr();
    image.relocate(base.expose_provenance() as u64);
    // SAFETY: the memory is as long as the image, and is not touched through `memory` until the handles are gone.
    let (string, copy) = unsafe {
        std::ptr::copy_nonoverlapping(image.bytes.as_ptr(), base.cast::<u8>(), image.bytes.len());
        let string = PhpString::from_raw(base.byte_add(name as usize).cast::<VmString>());
        let array = PhpArray::from_immutable(base.byte_add(at as usize).cast::<VmArray>());
        (string, array)
    };
    assert_eq!(string, "first");
    assert!(string.is_immutable() && string.is_interned() && copy.is_immutable());
    same(array, &copy);
    assert_eq!(copy.next_free(), array.next_free());
    let mut changed = copy.clone();
    changed.push(string).unwrap();
    assert_eq!((changed.len(), copy.len()), (array.len() + 1, array.len()));
    same(array, &copy);
}

fn same(a: &PhpArray, b: &PhpArray) {
    assert_eq!(format!("{a:?}"), format!("{b:?}"));
    for (key, value) in a {
        let other = b.get(key).unwrap();
        assert!(!other.is_counted());
        if let (View::Array(a), View::Array(b)) = (value.view(), other.view()) {
            same(a, b);
        }
    }
}

#[test]
fn images_are_what_they_were_made_of() {
    check(&sample());
    check(&PhpArray::new());
    check(&PhpArray::from_list((0..100).map(Value::int)));
}

#[test]
fn known_strings_are_not_copied() {
    let known = PhpString::from("known");
    let mut builder = ImageBuilder::new(4096);
    builder.known_string(b"known", 64);
    assert_eq!(builder.string(b"known"), 64);
    assert_eq!(builder.string(b"other"), 4096);
    builder.push_value(&Value::string(known)).unwrap();
    let image = builder.finish();
    assert!(image.relocations.is_empty());
    assert_eq!(image.bytes[image.bytes.len() - 16..][..8], 64_u64.to_ne_bytes());
}

#[test]
fn what_is_not_constant_is_refused() {
    let mut array = PhpArray::new();
    array.push(PhpRef::new(Value::int(1))).unwrap();
    assert_eq!(ImageBuilder::new(0).array(&array), Err(NotConstant));
}
