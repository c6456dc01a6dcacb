//! The cycle collector, and that it counts as PHP does.

use std::cell::{Cell, RefCell};

use phalanx_value::object::{CLASS_ACYCLIC, CLASS_HAS_DESTRUCTOR};
use phalanx_value::{ClassBase, NativeSlot, NativeState, ObjRef, PhpArray, PhpRef, Value, gc, heap};

fn class(slot_count: u32, flags: u32) -> &'static ClassBase {
    Box::leak(Box::new(ClassBase {
        slot_count,
        flags,
        defaults: Cell::new(std::ptr::null()),
        sources: Cell::new(std::ptr::null()),
    }))
}

fn object(flags: u32) -> ObjRef {
    ObjRef::of_class(class(2, flags))
}

/// Runs the collector: how much it found, the objects left alive, and how many destructors it called.
fn check(found: usize, alive: usize, destructors: usize) {
    let mut calls = 0;
    assert_eq!(gc::collect_cycles(&mut |_| calls += 1), found, "found");
    assert_eq!(heap::live_objects(), alive, "alive");
    assert_eq!(calls, destructors, "destructors");
}

fn link(from: &ObjRef, slot: u32, to: &ObjRef) {
    from.set_slot(slot, Value::object(to.clone()));
}

#[test]
fn cycles_of_objects() {
    check(0, 0, 0);
    let a = object(0);
    link(&a, 0, &a);
    drop(a);
    check(1, 0, 0);
    let (a, b, c) = (object(0), object(0), object(0));
    link(&a, 0, &b);
    link(&b, 0, &a);
    link(&b, 1, &c);
    drop((a, b, c));
    check(3, 0, 0);
    let (a, b) = (object(0), object(0));
    link(&a, 0, &b);
    link(&b, 0, &a);
    drop(b);
    check(0, 2, 0);
    drop(a);
    check(2, 0, 0);
    assert_eq!(heap::usage(), 0);
}

#[test]
fn cycles_through_references_and_arrays() {
    // $a = []; $a[0] = &$a; unset($a);
    let mut a = Value::array(PhpArray::new());
    let reference = a.make_ref();
    let mut array = reference.take().into_array().unwrap();
    array.push(reference.clone()).unwrap();
    reference.set(Value::array(array));
    drop(reference);
    drop(a);
    check(1, 0, 0);
    assert_eq!(heap::usage(), 0);

    let o = object(0);
    let mut list = PhpArray::new();
    list.push(o.clone()).unwrap();
    list.push(Value::str("a string that is owned")).unwrap();
    o.set_slot(0, Value::array(list));
    o.with_dynamic(|p| p.push(o.clone())).unwrap();
    drop(o);
    // The array of undeclared properties does not count.
    check(2, 0, 0);
    assert_eq!(heap::usage(), 0);
}

#[test]
fn what_is_used_from_outside_stays() {
    let (a, b) = (object(0), object(0));
    link(&a, 0, &b);
    link(&b, 0, &a);
    let mut shared = PhpArray::new();
    shared.push(a.clone()).unwrap();
    b.set_slot(1, Value::array(shared.clone()));
    let weak = PhpRef::new(Value::array(shared));
    drop((a, b));
    check(0, 2, 0);
    assert_eq!(weak.get().as_array().unwrap().get_int(0).unwrap().as_object().unwrap().ref_count(), 2);
    drop(weak);
    check(3, 0, 0);
}

#[test]
fn destructors_run_first_and_may_save_the_object() {
    let a = object(CLASS_HAS_DESTRUCTOR);
    let b = object(0);
    link(&a, 0, &b);
    link(&b, 0, &a);
    let handle = a.handle();
    drop((a, b));
    let saved = RefCell::new(None);
    let found = gc::collect_cycles(&mut |o| {
        assert_eq!(o.handle(), handle);
        *saved.borrow_mut() = Some(o.clone());
    });
    assert_eq!((found, heap::live_objects()), (0, 2));
    drop(saved);
    check(2, 0, 0);
    assert!(!heap::has_pending_destructors());

    // Two cycles: the one without destructor goes in the first round, the other in the second.
    let a = object(CLASS_HAS_DESTRUCTOR);
    link(&a, 0, &a);
    let b = object(0);
    link(&b, 0, &b);
    drop((a, b));
    let runs = gc::status().runs;
    check(2, 0, 1);
    assert_eq!(gc::status().runs, runs + 2);
}

struct Holder(RefCell<Vec<Value>>);

impl NativeState for Holder {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.0.borrow().iter().for_each(visit);
    }
}

#[test]
fn native_state_takes_part() {
    let a = object(0);
    a.set_native(NativeSlot::new(Holder(RefCell::default()))).ok().unwrap();
    a.native::<Holder>().unwrap().0.borrow_mut().push(Value::object(a.clone()));
    drop(a);
    check(1, 0, 0);
    assert_eq!(heap::usage(), 0);
}

#[test]
fn acyclic_objects_are_never_roots() {
    let a = object(CLASS_ACYCLIC);
    let b = a.clone();
    drop(b);
    assert_eq!(gc::status().roots, 0);
    drop(a);
    let c = object(0);
    drop(c.clone());
    assert_eq!(gc::status().roots, 1);
    drop(c);
    assert_eq!(gc::status().roots, 0);
}

#[test]
fn the_collector_asks_at_the_threshold() {
    let keep: Vec<ObjRef> = (0..10_000).map(|_| object(0)).collect();
    for o in &keep[..9_999] {
        drop(o.clone());
    }
    assert_eq!(heap::attention() & heap::ATTENTION_GC, 0);
    drop(keep[9_999].clone());
    assert_ne!(heap::attention() & heap::ATTENTION_GC, 0);
    assert_eq!(gc::status().threshold, 10_001);
    assert_eq!(gc::collect_automatic(&mut |_| {}), 0);
    assert_eq!((gc::status().threshold, gc::status().roots), (20_001, 0));
    for o in &keep {
        link(o, 0, o);
    }
    drop(keep);
    assert_eq!(gc::status().roots, 10_000);
    assert_eq!(gc::collect_automatic(&mut |_| {}), 10_000);
    assert_eq!((gc::status().threshold, heap::live_objects()), (10_001, 0));
    gc::set_enabled(false);
    let keep: Vec<ObjRef> = (0..11_000).map(|_| object(0)).collect();
    for o in &keep {
        drop(o.clone());
    }
    assert_eq!(heap::attention() & heap::ATTENTION_GC, 0);
    assert_eq!(gc::status().roots, 11_000);
    gc::set_enabled(true);
}

/// A graph of objects with random links, of which random ones are kept: afterwards exactly what can be reached lives.
#[test]
fn random_graphs() {
    let mut state = 88_172_645_463_325_252_u64;
    let mut below = |bound: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % bound) as usize
    };
    for round in 0..60 {
        let count = 1 + below(60);
        let mut objects: Vec<ObjRef> = (0..count).map(|_| object(0)).collect();
        let mut links = vec![Vec::new(); count];
        for _ in 0..below(150) {
            let (from, to) = (below(count as u64), below(count as u64));
            links[from].push(to);
            match below(3) {
                0 => {
                    objects[from].with_dynamic(|p| p.push(objects[to].clone())).unwrap();
                }
                1 => {
                    let mut list = PhpArray::new();
                    list.push(PhpRef::new(Value::object(objects[to].clone()))).unwrap();
                    objects[from].with_dynamic(|p| p.push(list)).unwrap();
                }
                _ => {
                    let old = objects[from].replace_slot(0, Value::NULL);
                    let mut list = old.into_array().unwrap_or_default();
                    list.push(objects[to].clone()).unwrap();
                    objects[from].set_slot(0, Value::array(list));
                }
            }
        }
        let keep = below(5).min(count);
        let mut reached: Vec<usize> = (0..keep).collect();
        let mut next = 0;
        while next < reached.len() {
            for &to in &links[reached[next]] {
                if !reached.contains(&to) {
                    reached.push(to);
                }
            }
            next += 1;
        }
        objects.truncate(keep);
        gc::collect_cycles(&mut |_| {});
        assert_eq!(heap::live_objects(), reached.len(), "round {round}");
        drop(objects);
        gc::collect_cycles(&mut |_| {});
        assert_eq!((heap::live_objects(), heap::usage()), (0, 0), "round {round}");
    }
}
