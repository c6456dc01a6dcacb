//! The check of images refuses what the builder would not have written. Each case forges one thing in a good image and names the
//! rule that has to notice, so that each rule has a case that fails without it.

use phalanx_value::image::ImageBuilder;
use phalanx_value::image::check::{Checker, Flaw, Shape};
use phalanx_value::layout::{
    ARRAY_CAPACITY, ARRAY_DATA, ARRAY_FLAGS, ARRAY_ITERATORS, ARRAY_LEN, ARRAY_MASK, ARRAY_NEXT_FREE,
    ARRAY_POS, ARRAY_SIZE, ARRAY_USED, BUCKET_HASH, BUCKET_KEY, BUCKET_NEXT, BUCKET_SIZE, COUNTED_INFO,
    STRING_BYTES, STRING_HASH, STRING_INFO, STRING_LEN, VALUE_FLAGS, VALUE_SIZE, VALUE_SPARE, VALUE_TAG,
};
use phalanx_value::value::{COUNTED, IMMUTABLE};
use phalanx_value::{PhpArray, PhpString, Tag, Value};

/// Where the image has its structures: a pointer to a string, one that is null, and values.
const NAME: usize = 0;
const NO_NAME: usize = 8;
const ARRAY: usize = 16;
const STRING: usize = 32;
const NULL: usize = 48;
const FLOAT: usize = 64;
const LAST: usize = 80;
const SIZE: usize = 96;

/// An image and what whoever walks through it has been told.
#[derive(Clone)]
struct Forged {
    bytes: Vec<u8>,
    /// Where strings begin.
    strings: usize,
    /// Where the list of relocations begins, and how many it has.
    list: usize,
    count: usize,
}

impl Forged {
    /// An image with a list that holds an int, a string, a hash and a hole between them. The hash has the keys `one`, 7 and
    /// `two`.
    fn new() -> Forged {
        let mut hash = PhpArray::new();
        hash.insert(&PhpString::from("one"), 1);
        hash.insert(7, "seven");
        hash.insert(&PhpString::from("two"), true);
        let mut list =
            PhpArray::from_list([Value::int(1), Value::NULL, Value::str("text"), Value::array(hash)]);
        list.remove(1);
        let mut builder = ImageBuilder::new();
        assert_eq!(builder.reserve(SIZE, 8), 0);
        builder.set_string(NAME, b"first");
        for (at, value) in [
            (ARRAY, Value::array(list)),
            (STRING, Value::str("text")),
            (NULL, Value::NULL),
            (FLOAT, Value::float(0.5)),
            (LAST, Value::array(PhpArray::from_list([Value::int(1)]))),
        ] {
            builder.set_value(at, &value, 0).unwrap();
        }
        let image = builder.finish();
        let (list, count) = (image.bytes.len(), image.relocations.len());
        let mut forged = Forged { bytes: image.bytes, strings: image.strings, list, count };
        forged.bytes.extend(image.relocations.iter().flat_map(|at| at.to_ne_bytes()));
        forged.bytes.resize(forged.bytes.len().next_multiple_of(8), 0);
        forged
    }

    fn check(&self) -> Result<(), Flaw> {
        let mut checker = Checker::new(&self.bytes)?;
        checker.claim(0, SIZE)?;
        checker.strings_from(self.strings)?;
        checker.string(NAME)?;
        checker.optional_string(NO_NAME)?;
        for at in [ARRAY, STRING, NULL, FLOAT, LAST] {
            checker.value(at, false)?;
        }
        checker.finish(self.list, self.count)
    }

    fn get32(&self, at: usize) -> u32 {
        u32::from_ne_bytes(*self.bytes[at..].first_chunk().unwrap())
    }

    fn get(&self, at: usize) -> usize {
        u64::from_ne_bytes(*self.bytes[at..].first_chunk().unwrap()) as usize
    }

    fn set8(&mut self, at: usize, byte: u8) {
        self.bytes[at] = byte;
    }

    fn set32(&mut self, at: usize, word: u32) {
        self.bytes[at..at + 4].copy_from_slice(&word.to_ne_bytes());
    }

    fn set(&mut self, at: usize, word: usize) {
        self.bytes[at..at + 8].copy_from_slice(&(word as u64).to_ne_bytes());
    }

    fn name(&self) -> usize {
        self.get(NAME)
    }

    fn packed(&self) -> usize {
        self.get(ARRAY)
    }

    fn element(&self, number: usize) -> usize {
        self.get(self.packed() + ARRAY_DATA) + number * VALUE_SIZE
    }

    fn hash(&self) -> usize {
        self.get(self.element(3))
    }

    fn bucket(&self, number: usize) -> usize {
        self.get(self.hash() + ARRAY_DATA) + number * BUCKET_SIZE
    }

    /// The relocation of a word: where the list has it.
    fn relocation(&self, word: usize) -> usize {
        let places = (0..self.count).map(|number| self.list + number * 4);
        places.into_iter().find(|&at| self.get32(at) as usize == word).expect("a pointer")
    }

    /// Makes an entry of the hash's index that is empty lead to the first element.
    fn fill_index(&mut self) {
        let index = (0..8).map(|entry| self.hash() + ARRAY_SIZE + entry * 4);
        let empty = index.into_iter().find(|&at| self.get32(at) == u32::MAX).expect("room");
        self.set32(empty, 0);
    }

    /// Puts the first string before the list once more.
    fn insert_string(&mut self) {
        let string = self.bytes[self.strings..self.strings + 32].to_vec();
        self.bytes.splice(self.list..self.list, string);
        self.list += 32;
    }

    /// Puts the first string at the end once more, and gives its place.
    fn append_string(&mut self) -> usize {
        let at = self.bytes.len();
        self.bytes.extend_from_within(self.name()..self.name() + 32);
        at
    }
}

/// Forges one thing in an image of each row's own, and compares what is said of it.
macro_rules! refused {
    (|$it:ident| $($why:literal { $($what:literal: $forge:expr;)* })*) => {
        assert_eq!(Forged::new().check(), Ok(()));
        $($(
            let mut image = Forged::new();
            let $it = &mut image;
            $forge;
            assert_eq!(image.check().map_err(|flaw| flaw.what), Err($why), $what);
        )*)*
    };
}

#[test]
fn structures_have_places_of_their_own() {
    refused! {
        |it|
        "impossible length" {
            "half a word at the end": it.bytes.extend([0; 4]);
        }
        "strings in an impossible place" {
            "strings between words": it.strings -= 4;
            "strings behind the end": it.strings = it.bytes.len() + 8;
            "strings among structures": it.strings = SIZE - 8;
        }
        "a structure outside of its part of the image" {
            "an end before that of a structure": it.bytes.truncate(SIZE - 8);
            "an array among the strings": it.set(ARRAY, it.strings);
            "an array at the end": it.set(ARRAY, it.bytes.len());
            "an array between words": it.set(ARRAY, it.packed() + 4);
            "elements among the strings": {
                it.set32(it.get(LAST) + ARRAY_USED, 2);
                it.set32(it.get(LAST) + ARRAY_CAPACITY, 2);
            };
            "a list of relocations that is cut off": it.bytes.truncate(it.list + 8);
        }
        "a pointer out of the image" {
            "an array far away": it.set(ARRAY, usize::MAX & !7);
            "a string far away": it.set(NAME, usize::MAX & !7);
            "a string that may be absent far away": it.set(NO_NAME, 1 << 40);
            "a string right behind the end": it.set(NAME, it.bytes.len() + 8);
        }
        "two structures in one place" {
            "an array in another structure": it.set(ARRAY, NULL);
            "an array in itself": it.set(it.element(3), it.packed());
        }
    }
}

/// Who walks through an image may claim anything, so claims are tried by themselves.
#[test]
fn claims_exclude_each_other() {
    const OUTSIDE: Result<(), &str> = Err("a structure outside of its part of the image");
    const TWICE: Result<(), &str> = Err("two structures in one place");
    let claim = |checker: &mut Checker<'_>, at, len| checker.claim(at, len).map_err(|flaw| flaw.what);
    for (at, len, wanted) in [
        (8, 8, Ok(())),
        (12, 8, OUTSIDE),
        (72, 8, OUTSIDE),
        (56, 9, OUTSIDE),
        (56, usize::MAX & !7, OUTSIDE),
        (16, 8, TWICE),
        (8, 9, TWICE),
        (56, 8, Ok(())),
        (64, 0, Ok(())),
    ] {
        let mut checker = Checker::new(&[0; 128]).unwrap();
        checker.claim(16, 16).unwrap();
        checker.strings_from(64).unwrap();
        assert_eq!(claim(&mut checker, at, len), wanted, "{len} bytes at {at}");
    }
    // Claimed words are kept in groups of 64, so that a long structure has some at each place in a group.
    for first in 1..130 {
        let mut checker = Checker::new(&[0; 2400]).unwrap();
        checker.claim(first * 8, 126 * 8).unwrap();
        for word in [first, first + 63, first + 125] {
            assert_eq!(claim(&mut checker, word * 8, 8), TWICE, "word {word} of those from {first} on");
        }
        checker.claim((first - 1) * 8, 8).unwrap();
        checker.claim((first + 126) * 8, 8).unwrap();
    }
}

#[test]
fn strings_are_what_the_builder_writes() {
    refused! {
        |it|
        "a string outside of its part of the image" {
            "a string before the others": it.set(NAME, it.strings - 8);
            "a string between words": it.set(NAME, it.name() + 4);
            "a string whose header is cut off": it.set(NAME, it.bytes.len() - 16);
            "a key among the structures": it.set(it.bucket(0) + BUCKET_KEY, it.packed());
        }
        "a string that is too long" {
            "a string that ends behind the end": it.set(it.name() + STRING_LEN, 4000);
            "a string without end": it.set(it.name() + STRING_LEN, usize::MAX);
            "a string without room for its NUL":
                it.set(it.name() + STRING_LEN, it.bytes.len() - it.name() - STRING_BYTES);
            "a string in a string": it.set(NAME, it.name() + 8);
        }
        "two structures in one place" {
            "a string over the next one, which is known": {
                it.set(NAME, it.get(STRING));
                it.set(STRING, it.strings);
                it.set(it.strings + STRING_LEN, 40);
            };
        }
        "a string that is not immutable" {
            "a count": it.set32(it.name(), 1);
            "the info of a counted string": it.set32(it.name() + COUNTED_INFO, STRING_INFO);
            "no NUL": it.set8(it.name() + STRING_BYTES + 5, 1);
            "something behind the NUL": it.set8(it.name() + STRING_BYTES + 7, 1);
            "a length that is too small": it.set(it.name() + STRING_LEN, 4);
        }
        "a string with a wrong hash" {
            "a length that is too great": it.set(it.name() + STRING_LEN, 6);
            "another first byte": it.set8(it.name() + STRING_BYTES, b'F');
            "no hash": it.set(it.name() + STRING_HASH, 0);
        }
    }
}

#[test]
fn values_are_constant() {
    refused! {
        |it|
        "a value with wrong flags" {
            "a counted string": it.set8(STRING + VALUE_FLAGS, COUNTED);
            "a string without flags": it.set8(STRING + VALUE_FLAGS, 0);
            "an array without flags": it.set8(ARRAY + VALUE_FLAGS, 0);
            "a null with flags": it.set8(NULL + VALUE_FLAGS, IMMUTABLE);
            "something behind the flags": it.set8(NULL + VALUE_FLAGS + 1, 1);
            "something before the spare word": it.set8(NULL + VALUE_FLAGS + 2, 1);
            "a spare word": it.set32(NULL + VALUE_SPARE, 1);
            "a spare word in a list": it.set32(it.element(0) + VALUE_SPARE, 1);
            "a spare word in a hash": it.set32(it.bucket(0) + VALUE_SPARE, 1);
        }
        "a value of more than its type" {
            "an undefined value of 1": it.set8(it.element(0) + VALUE_TAG, Tag::Undef as u8);
            "a null of 1": it.set(NULL, 1);
            "a false of 1": it.set8(it.element(0) + VALUE_TAG, Tag::False as u8);
            "a true of 1": it.set8(it.element(0) + VALUE_TAG, Tag::True as u8);
        }
        "a value of a type that is not constant" {
            "an object": it.set8(FLOAT + VALUE_TAG, Tag::Object as u8);
            "a reference": it.set8(FLOAT + VALUE_TAG, Tag::Reference as u8);
            "a resource": it.set8(FLOAT + VALUE_TAG, Tag::Resource as u8);
            "a type that is none": it.set8(FLOAT + VALUE_TAG, 0xff);
        }
    }
    // The spare word of a literal is looked at by others.
    let mut image = Forged::new();
    image.set32(NULL + VALUE_SPARE, 5);
    let mut checker = Checker::new(&image.bytes).unwrap();
    assert_eq!(checker.value(NULL, true), Ok(Shape::Other));
    assert_eq!(checker.spare(NULL), 5);
}

#[test]
fn arrays_are_what_the_builder_writes() {
    refused! {
        |it|
        "an array that is too long" {
            "more elements than fit": it.set32(it.packed() + ARRAY_USED, 1 << 30);
        }
        "an array with a wrong header" {
            "a count": it.set32(it.packed(), 1);
            "the info of a counted array": it.set32(it.packed() + COUNTED_INFO, Tag::Array as u32);
            "a place in the root buffer": it.set32(it.packed() + ARRAY_FLAGS - 4, 1);
            "counted keys": it.set32(it.packed() + ARRAY_FLAGS, 0xff02);
            "a size class": it.set32(it.packed() + ARRAY_FLAGS, 0);
            "more room": it.set32(it.packed() + ARRAY_CAPACITY, 5);
            "a list with an index": it.set32(it.packed() + ARRAY_MASK, -8_i32 as u32);
            "a hash with a larger index": it.set32(it.hash() + ARRAY_MASK, -16_i32 as u32);
            "an internal pointer": it.set32(it.packed() + ARRAY_POS, 1);
            "an iterator": it.set32(it.packed() + ARRAY_ITERATORS, 1);
            "a hash of nothing": {
                it.set32(it.hash() + ARRAY_USED, 0);
                it.set32(it.hash() + ARRAY_CAPACITY, 0);
                it.set32(it.hash() + ARRAY_MASK, -2_i32 as u32);
            };
        }
        "an array whose elements are elsewhere" {
            "elements elsewhere": it.set(it.packed() + ARRAY_DATA, it.element(1));
            "elements of a hash elsewhere": it.set(it.hash() + ARRAY_DATA, it.bucket(1));
        }
        "two structures in one place" {
            "an array twice": it.bytes.copy_within(ARRAY..ARRAY + VALUE_SIZE, FLOAT);
            "an array over another one": {
                it.set32(it.hash() + ARRAY_USED, 4);
                it.set32(it.hash() + ARRAY_CAPACITY, 4);
                let last = it.get(LAST);
                it.set(LAST, it.packed());
                it.set(ARRAY, last);
            };
        }
        "an array that counts wrongly" {
            "holes of a list that count": it.set32(it.packed() + ARRAY_LEN, 4);
            "a next key that is in the list": it.set(it.packed() + ARRAY_NEXT_FREE, 3);
            "a next key far from the list": it.set(it.packed() + ARRAY_NEXT_FREE, 5);
            "a hash of more": it.set32(it.hash() + ARRAY_LEN, 4);
            "a next key that is in the hash": it.set(it.hash() + ARRAY_NEXT_FREE, 7);
        }
        "an array with a hole" {
            "a hole in a hash": (it.set8(it.bucket(0) + VALUE_TAG, 0), it.set(it.bucket(0), 0)).1;
        }
        "an array whose key has another hash" {
            "the hash of another key":
                it.set32(it.bucket(0) + BUCKET_HASH, it.get32(it.bucket(2) + BUCKET_HASH));
        }
        "an array with a wrong chain" {
            "a chain that leads to itself": it.set32(it.bucket(0) + BUCKET_NEXT, 0);
            "a chain that leads back": it.set32(it.bucket(0) + BUCKET_NEXT, 1);
            "a chain out of the array": it.set32(it.bucket(2) + BUCKET_NEXT, 3);
        }
        "an array with a wrong index" {
            "a key of another chain": it.set(it.bucket(1) + BUCKET_KEY, 5);
            "an index that leads to nothing": it.fill_index();
        }
    }
}

#[test]
fn an_empty_array_lies_before_the_strings() {
    let mut builder = ImageBuilder::new();
    let at = builder.reserve(VALUE_SIZE, 8);
    builder.set_value(at, &Value::array(PhpArray::new()), 0).unwrap();
    let bytes = builder.finish().bytes;
    let check = |strings: usize| {
        let mut checker = Checker::new(&bytes)?;
        checker.claim(at, VALUE_SIZE)?;
        checker.strings_from(strings)?;
        checker.value(at, false)
    };
    assert_eq!(check(bytes.len()), Ok(Shape::Array(VALUE_SIZE)));
    let flaw = Flaw { at: VALUE_SIZE, what: "an array whose elements are elsewhere" };
    assert_eq!(check(bytes.len() - 8), Err(flaw));
}

#[test]
fn relocations_are_the_pointers() {
    refused! {
        |it|
        "too many or too few relocations" {
            "one relocation less": it.count -= 1;
            "one relocation more": it.count += 1;
            "any number of relocations": it.count = usize::MAX;
            "a pointer without a relocation": it.set(NO_NAME, it.name());
        }
        "a relocation of something that is no pointer" {
            "a relocation of an int": it.set32(it.relocation(NAME), it.element(0) as u32);
            "a relocation between words": it.set32(it.relocation(NAME), 4);
            "a relocation behind the end": it.set32(it.relocation(NAME), it.bytes.len() as u32);
            "a relocation far away": it.set32(it.relocation(NAME), u32::MAX - 7);
            "a relocation twice": it.set32(it.relocation(NAME), ARRAY as u32);
        }
        "something between the strings" {
            "a list that begins later": it.list += 8;
            "a list that begins sooner": it.list -= 8;
            "a string that nobody uses": it.insert_string();
            // What is loaded ends where the list begins.
            "a string behind the list": { let at = it.append_string(); it.set(NAME, at) };
        }
    }
}
