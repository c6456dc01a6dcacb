//! Real Units in the cache: everything in them can be read and used where they lie, in memory that cannot be written.

mod common;

use std::sync::atomic::Ordering;

use common::{NOW, config, gates, stamp};
use phalanx_bytecode::assemble;
use phalanx_bytecode::draft::{Bytes, FunctionDraft, Literal, LiteralKey, UnitDraft};
use phalanx_bytecode::unit::{Image, UnitRef};
use phalanx_cache::{Cache, Fetch};
use phalanx_shm::GateKind;
use phalanx_value::{Key, PhpString};

fn bytes(text: &str) -> Bytes {
    text.as_bytes().into()
}

/// A script with some functions, each with literals of all sorts.
fn image(functions: usize) -> Image {
    let functions = (0..functions).map(|n| FunctionDraft {
        name: bytes(&format!("Function{n}")),
        cvs: vec![bytes("first"), bytes(&format!("variable{n}"))],
        literals: vec![
            Literal::Int(n as i64),
            Literal::Float(0.5),
            Literal::Str(bytes(&format!("a text that is number {n}"))),
            Literal::Array(vec![
                (LiteralKey::Int(0), Literal::Str(bytes("zero"))),
                (LiteralKey::Str(bytes("key")), Literal::Int(7)),
                (
                    LiteralKey::Str(bytes("nested")),
                    Literal::Array(vec![(LiteralKey::Int(0), Literal::Bool(true))]),
                ),
            ]),
        ],
        ..FunctionDraft::default()
    });
    assemble(&UnitDraft { path: bytes("/unit.php"), functions: functions.collect(), ..UnitDraft::default() })
}

/// Uses all of it as a running script would.
fn walk(unit: UnitRef, functions: usize) {
    assert_eq!(unit.path.as_bytes(), b"/unit.php");
    assert_eq!(unit.functions.len(), functions);
    for (n, function) in unit.functions.iter().enumerate() {
        let name = format!("Function{n}");
        let copy = function.name.clone();
        assert_eq!(copy.as_bytes(), name.as_bytes());
        assert_eq!(copy.hash(), PhpString::from(name.as_str()).hash());
        assert_eq!(function.lc_name.as_bytes(), name.to_lowercase().as_bytes());
        assert_eq!(function.unit().as_ptr(), unit.as_ptr());
        assert_eq!(function.cv_names[1].as_bytes(), format!("variable{n}").as_bytes());
        for literal in function.literals.iter() {
            let first = literal.clone();
            let second = first.clone();
            drop(first);
            drop(second);
        }
        let array = function.literals[3].as_array().expect("an array");
        let copy = array.clone();
        assert_eq!(copy.len(), 3);
        let mut changed = array.clone();
        changed.push(phalanx_value::Value::from(1i64)).unwrap();
        assert_eq!((changed.len(), array.len()), (4, 3));
    }
}

#[test]
fn units_are_used_where_they_lie() {
    for gate in gates() {
        let cache = Cache::create(config(8, gate)).unwrap();
        let slot = cache.register().unwrap();
        for (n, functions) in [1, 3, 50].into_iter().enumerate() {
            let path = format!("/unit-{n}.php").into_bytes();
            let Fetch::Compile(ticket) = cache.fetch(&slot, &path, NOW, || Some(stamp(1))) else { panic!() };
            let image = image(functions);
            let hit = cache.publish(&slot, ticket, &image, stamp(1), NOW).unwrap();
            // SAFETY: a Unit was stored, and the pin stays to the end of this scope.
            let unit = unsafe { hit.unit() };
            assert_eq!(unit.id, hit.id());
            walk(unit, functions);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let slot = cache.register().unwrap();
                    let Fetch::Hit(hit) = cache.fetch(&slot, &path, NOW, || None) else { panic!() };
                    // SAFETY: as above.
                    walk(unsafe { hit.unit() }, functions);
                    cache.end_request(&slot);
                });
            });
            // The trace table is outside of the Unit, in the segment, empty, and as large as the Unit says.
            if unit.trace_sites > 0 {
                assert!(cache.segment().offset_of(unit.traces).is_some());
                // SAFETY: the cache has put the table there.
                let table = unsafe { std::slice::from_raw_parts(unit.traces, unit.trace_sites as usize) };
                assert!(table.iter().all(|site| site.load(Ordering::Acquire).is_null()));
                let window = cache.segment().window();
                let code = std::ptr::without_provenance_mut(0x1000);
                window.store_release(&table[0], code);
                assert_eq!(table[0].load(Ordering::Acquire), code);
            }
        }
        cache.end_request(&slot);
    }
}

#[test]
fn equal_strings_of_units_are_one() {
    let cache = Cache::create(config(8, GateKind::Auto)).unwrap();
    let slot = cache.register().unwrap();
    let stored = [b"/a.php", b"/b.php"].map(|path| {
        let Fetch::Compile(ticket) = cache.fetch(&slot, path, NOW, || Some(stamp(1))) else { panic!() };
        let hit = cache.publish(&slot, ticket, &image(3), stamp(1), NOW).unwrap();
        // SAFETY: a Unit was stored, and the pin stays to the end.
        unsafe { hit.unit() }
    });
    let [a, b] = stored;
    assert!(a.path.ptr_eq(&b.path));
    for (a, b) in a.functions.iter().zip(b.functions.iter()) {
        assert!(a.name.ptr_eq(&b.name) && a.lc_name.ptr_eq(&b.lc_name));
        assert!(a.literals[2].as_string().unwrap().ptr_eq(b.literals[2].as_string().unwrap()));
        // Keys of arrays, too.
        let keys = [a, b].map(|function| {
            let array = function.literals[3].as_array().unwrap();
            let strings = array.keys().filter_map(|key| match key {
                Key::Str(string) => Some(string.as_ptr()),
                Key::Int(_) => None,
            });
            strings.collect::<Vec<_>>()
        });
        assert_eq!((keys[0].len(), &keys[0]), (2, &keys[1]));
    }
    cache.verify_strings(&slot).unwrap();
    walk(a, 3);
    walk(b, 3);
}
