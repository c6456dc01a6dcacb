//! Nanoseconds per operation of what programs do most: `cargo bench -p phalanx-value`, with a name part as filter.

use std::cell::Cell;
use std::hint::black_box;
use std::time::Instant;

use phalanx_value::array::{SortBy, SortStrings};
use phalanx_value::convert::{NoObjects, compare, format_float, int_to_string};
use phalanx_value::{
    ArrayKey, ClassBase, Key, ObjRef, PhpArray, PhpRef, PhpString, StringBuilder, Value, gc,
};

/// Runs `body`, which does `count` operations, for a while; prints the best time per operation.
fn bench(name: &str, count: usize, mut body: impl FnMut()) {
    let filter = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    if filter.is_some_and(|f| !name.contains(&f)) {
        return;
    }
    let mut best = f64::MAX;
    let start = Instant::now();
    while start.elapsed().as_millis() < 300 {
        let begin = Instant::now();
        body();
        best = best.min(begin.elapsed().as_nanos() as f64 / count as f64);
    }
    println!("{name:<44} {best:>8.2} ns");
}

fn interned(count: usize) -> Vec<PhpString> {
    (0..count).map(|n| PhpString::from(format!("some_key_{n}"))).inspect(|s| _ = s.hash()).collect()
}

fn main() {
    arrays();
    hashes();
    strings();
    objects();
    numbers();
}

fn arrays() {
    bench("array: push 50,000 integers", 50_000, || {
        let mut array = PhpArray::new();
        for number in 0..50_000 {
            let _ = array.push(number);
        }
        black_box(&array);
    });
    let list = PhpArray::from_list((0..10_000).map(Value::int));
    bench("array: read packed integers", 10_000, || {
        let mut sum = 0;
        for index in 0..10_000 {
            sum += black_box(&list).get_int(index).and_then(Value::as_int).unwrap_or(0);
        }
        black_box(sum);
    });
    bench("array: walk packed integers", 10_000, || {
        black_box(black_box(&list).iter().map(|(_, v)| v.as_int().unwrap_or(0)).sum::<i64>());
    });
    let mut own = list.clone();
    bench("array: write packed integers", 10_000, || {
        for index in 0..10_000 {
            if let Some(slot) = black_box(&mut own).get_mut(index) {
                *slot = Value::int(index);
            }
        }
    });
    bench("array: copy on write of 10,000 integers", 10_000, || {
        let mut copy = list.clone();
        let _ = copy.push(1);
        black_box(&copy);
    });
    bench("array: make and drop [1, 2, 3]", 1_000, || {
        for _ in 0..1000 {
            let mut array = PhpArray::with_capacity(3);
            for number in 1..4 {
                let _ = array.push(number);
            }
            black_box(&array);
        }
    });
    bench("array: sort 10,000 integers", 10_000, || {
        let mut copy: PhpArray = (0..10_000).map(|n: i64| Value::int(n * 7919 % 10_007)).collect();
        copy.sort_by(|a, b| a.1.as_int().cmp(&b.1.as_int()), true);
        black_box(&copy);
    });
    bench("array: sort 10,000 integers without callback", 10_000, || {
        let mut copy: PhpArray = (0..10_000).map(|n: i64| Value::int(n * 7919 % 10_007)).collect();
        copy.sort_plain(SortBy::Values, SortStrings::Regular, false, true);
        black_box(&copy);
    });
}

fn hashes() {
    for size in [8, 1000, 100_000] {
        let keys = interned(size);
        let others: Vec<PhpString> = keys.iter().map(|k| PhpString::copy_of(k)).collect();
        others.iter().for_each(|s| _ = s.hash());
        bench(&format!("hash: insert {size} interned keys"), size, || {
            let mut array = PhpArray::new();
            for key in &keys {
                array.insert(Key::Str(key), 1);
            }
            black_box(&array);
        });
        let mut array = PhpArray::new();
        keys.iter().for_each(|key| _ = array.insert(Key::Str(key), 1));
        bench(&format!("hash: find {size} interned keys"), size, || {
            for key in &keys {
                black_box(black_box(&array).get_str(key));
            }
        });
        bench(&format!("hash: find {size} equal keys"), size, || {
            for key in &others {
                black_box(black_box(&array).get_str(key));
            }
        });
        bench(&format!("hash: walk {size} keys"), size, || {
            black_box(black_box(&array).iter().map(|(_, v)| v.as_int().unwrap_or(0)).sum::<i64>());
        });
        bench(&format!("hash: copy on write of {size} keys"), size, || {
            let mut copy = array.clone();
            copy.insert(Key::Int(7), 1);
            black_box(&copy);
        });
    }
    bench("hash: insert 100,000 scattered integers", 100_000, || {
        let mut array = PhpArray::new();
        for number in 0..100_000_i64 {
            array.insert((number * 7919) & 0xf_ffff, number);
        }
        black_box(&array);
    });
    let words: Vec<String> = (0..50_000).map(|n| format!("word{}", n % 5000)).collect();
    bench("hash: count 50,000 words by bytes", 50_000, || {
        let mut array = PhpArray::new();
        for word in &words {
            let slot = array.get_or_insert(&ArrayKey::from_bytes(word.as_bytes()));
            *slot = Value::int(slot.as_int().unwrap_or(0) + 1);
        }
        black_box(&array);
    });
}

fn strings() {
    bench("string: append 1 byte 200,000 times", 200_000, || {
        let mut string = PhpString::new();
        for _ in 0..200_000 {
            string.push_bytes(black_box(b"x"));
        }
        black_box(&string);
    });
    bench("string: append 10 bytes to a value", 200_000, || {
        let mut value = Value::str("");
        for _ in 0..200_000 {
            value.append_str(black_box(b"0123456789"));
        }
        black_box(&value);
    });
    bench("string: builder, 10 bytes", 200_000, || {
        let mut builder = StringBuilder::new();
        for _ in 0..200_000 {
            builder.push_bytes(black_box(b"0123456789"));
        }
        black_box(builder.finish());
    });
    bench("string: make and drop 20 bytes", 10_000, || {
        for _ in 0..10_000 {
            black_box(PhpString::from_bytes(black_box(b"01234567890123456789")));
        }
    });
    bench("string: concatenate two of 20 bytes", 10_000, || {
        for _ in 0..10_000 {
            black_box(PhpString::concat(
                black_box(b"01234567890123456789"),
                black_box(b"01234567890123456789"),
            ));
        }
    });
    for len in [3, 8, 16, 40, 1000] {
        let bytes = vec![b'x'; len];
        bench(&format!("string: hash {len} bytes"), 1000, || {
            for _ in 0..1000 {
                black_box(phalanx_value::string::hash_bytes(black_box(&bytes)));
            }
        });
    }
    let value = Value::string(PhpString::copy_of(b"some string"));
    bench("value: clone and drop a counted one", 10_000, || {
        for _ in 0..10_000 {
            black_box(black_box(&value).clone());
        }
    });
}

fn objects() {
    let class: &'static ClassBase = Box::leak(Box::new(ClassBase {
        slot_count: 3,
        flags: 0,
        defaults: Cell::new(std::ptr::null()),
        sources: Cell::new(std::ptr::null()),
    }));
    bench("object: make and drop, 3 slots", 10_000, || {
        for _ in 0..10_000 {
            black_box(ObjRef::of_class(class));
        }
    });
    bench("reference: make and drop", 10_000, || {
        for _ in 0..10_000 {
            black_box(PhpRef::new(Value::int(1)));
        }
    });
    bench("object: 10,000 in a list, made and dropped", 10_000, || {
        let mut list = PhpArray::new();
        for _ in 0..10_000 {
            let _ = list.push(ObjRef::of_class(class));
        }
    });
    bench("gc: 10,000 cycles of two", 20_000, || {
        for _ in 0..10_000 {
            let (a, b) = (ObjRef::of_class(class), ObjRef::of_class(class));
            a.set_slot(0, Value::object(b.clone()));
            b.set_slot(0, Value::object(a.clone()));
        }
        gc::collect_cycles(&mut |_| {});
    });
}

fn numbers() {
    let floats: Vec<f64> = (0..1000).map(|n| f64::from(n) * 1.1 + 0.1).collect();
    for precision in [-1, 14, 17] {
        bench(&format!("float: write with precision {precision}"), 1000, || {
            for &number in &floats {
                black_box(format_float(number, precision));
            }
        });
    }
    bench("int: to string", 1000, || {
        for number in 0..1000 {
            black_box(int_to_string(number * 7919));
        }
    });
    let texts: Vec<PhpString> = (0..1000).map(|n| PhpString::from(format!("{}", n * 7919))).collect();
    bench("int: from string", 1000, || {
        for text in &texts {
            black_box(text.to_int());
        }
    });
    let texts: Vec<PhpString> = floats.iter().map(|n| PhpString::from(format!("{n}"))).collect();
    bench("float: from string", 1000, || {
        for text in &texts {
            black_box(text.to_float());
        }
    });
    let words: Vec<Value> = (0..1000).map(|n| Value::str(format!("word{n}"))).collect();
    bench("compare: words", 999, || {
        for pair in words.windows(2) {
            black_box(compare(&pair[0], &pair[1], &mut NoObjects));
        }
    });
}
