//! Images of immutable strings and arrays.
#![allow(unsafe_code, reason = "images are made into handles")]

use phalanx_value::image::{ImageBuilder, NotConstant, Strings};
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

/// Builds an image, moves it to where it lies, and looks at it as an array.
fn check(array: &PhpArray) {
    let mut builder = ImageBuilder::new();
    let names = builder.reserve(16, 8);
    builder.set_string(names, b"first");
    builder.set_string(names + 8, b"first");
    let at = builder.array(array).unwrap();
    let mut image = builder.finish();
    let pointer = |at: usize| u64::from_ne_bytes(*image.bytes[at..].first_chunk().unwrap());
    let name = pointer(names);
    assert_eq!((name, pointer(names + 8)), (image.strings as u64, name));
    let mut memory = vec![0_u64; image.bytes.len().div_ceil(8)];
    let base = memory.as_mut_ptr();
    image.relocate(base.expose_provenance() as u64);
    // SAFETY: the memory is as long as the image, and is not touched through `memory` until the handles are gone.
    let (string, copy) = unsafe {
        std::ptr::copy_nonoverlapping(image.bytes.as_ptr(), base.cast::<u8>(), image.bytes.len());
        let string = PhpString::from_raw(base.byte_add(name as usize).cast::<VmString>());
        let array = PhpArray::from_immutable(base.byte_add(at).cast::<VmArray>());
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
fn strings_lie_at_the_end_once_each() {
    let mut builder = ImageBuilder::new();
    builder.array(&sample()).unwrap();
    // Its elements, of which there are none, must not seem to be the first string.
    let empty = builder.array(&PhpArray::new()).unwrap();
    let image = builder.finish();
    let structures = &image.bytes[..image.strings];
    assert!(!structures.windows(8).any(|window| window == b"a string"));
    assert!(empty + 56 < image.strings);
    let strings: Vec<&[u8]> = Strings::of(&image.bytes[image.strings..]).collect();
    assert_eq!(strings.concat(), image.bytes[image.strings..]);
    let texts: Vec<&[u8]> = strings.iter().map(|string| &string[24..][..string[16].into()]).collect();
    // "key7" was removed.
    assert_eq!(texts.len(), 2 + 19);
    assert_eq!((texts[0], texts[1], texts[20]), (&b"a string"[..], &b"key0"[..], &b""[..]));
    assert!(Strings::of(b"").next().is_none());
    assert!(Strings::of(&image.bytes).next().is_none());
    // One that is cut off is none.
    assert!(Strings::of(&strings[0][..32]).next().is_none());
}

#[test]
fn each_string_is_found_again_among_many() {
    let mut builder = ImageBuilder::new();
    let texts: Vec<String> = (0..3000).map(|number| format!("{number:0$}", number % 40)).collect();
    let words = builder.reserve(texts.len() * 16, 8);
    for (index, text) in texts.iter().chain(&texts).enumerate() {
        builder.set_string(words + index * 8, text.as_bytes());
    }
    let image = builder.finish();
    let pointer = |index: usize| u64::from_ne_bytes(*image.bytes[words + index * 8..].first_chunk().unwrap());
    for (index, text) in texts.iter().enumerate() {
        let string = &image.bytes[pointer(index) as usize..];
        assert_eq!(&string[24..][..text.len() + 1], [text.as_bytes(), b"\0"].concat());
        assert_eq!(pointer(index), pointer(index + texts.len()));
    }
    assert_eq!(Strings::of(&image.bytes[image.strings..]).count(), texts.len());
}

#[test]
fn a_list_is_the_array_with_its_elements() {
    let check = |elements: &[i64]| {
        let mut builder = ImageBuilder::new();
        let at = builder.reserve(16, 8);
        let array = PhpArray::from_list(elements.iter().copied().map(Value::int));
        builder.set_value(at, &Value::array(array), 0).unwrap();
        let whole = builder.finish();
        let mut builder = ImageBuilder::new();
        let at = builder.reserve(16, 8);
        let place = builder.set_list_value(at, elements.len());
        for (index, &element) in elements.iter().enumerate() {
            builder.set_value(place + index * 16, &Value::int(element), 0).unwrap();
        }
        let parts = builder.finish();
        assert_eq!(whole.bytes, parts.bytes);
        let sorted = |mut words: Vec<u32>| {
            words.sort_unstable();
            words
        };
        assert_eq!(sorted(whole.relocations), sorted(parts.relocations));
    };
    check(&[]);
    check(&[3, 1, 2]);
}

#[test]
fn what_is_not_constant_is_refused() {
    let mut array = PhpArray::new();
    array.push(PhpRef::new(Value::int(1))).unwrap();
    assert_eq!(ImageBuilder::new().array(&array), Err(NotConstant));
}
