//! Objects, references, resources, destructors, and what the heap knows of them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use phalanx_value::heap;
use phalanx_value::object::{CLASS_HAS_DESTRUCTOR, OBJ_WEAKLY_REFERENCED};
use phalanx_value::{
    ClassBase, NativeSlot, NativeState, ObjRef, PhpArray, PhpRef, PhpResource, PhpString, Tag, Value,
};

/// A class that lives forever.
fn class(slot_count: u32, flags: u32) -> &'static ClassBase {
    Box::leak(Box::new(ClassBase {
        slot_count,
        flags,
        defaults: Cell::new(std::ptr::null()),
        sources: Cell::new(std::ptr::null()),
    }))
}

/// Counts how often it is dropped.
struct Probe(Rc<Cell<u32>>, RefCell<Vec<Value>>);

impl Drop for Probe {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

impl NativeState for Probe {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.1.borrow().iter().for_each(visit);
    }
}

fn probe() -> (Rc<Cell<u32>>, NativeSlot) {
    let count = Rc::new(Cell::new(0));
    (count.clone(), NativeSlot::new(Probe(count, RefCell::default())))
}

#[test]
fn handles_are_used_again_last_first() {
    let class = class(0, 0);
    let a = ObjRef::of_class(class);
    let b = ObjRef::of_class(class);
    let c = ObjRef::of_class(class);
    let first = a.handle();
    assert_eq!((b.handle(), c.handle()), (first + 1, first + 2));
    assert_eq!(heap::live_objects(), 3);
    drop(a);
    drop(c);
    let d = ObjRef::of_class(class);
    let e = ObjRef::of_class(class);
    let f = ObjRef::of_class(class);
    assert_eq!((d.handle(), e.handle(), f.handle()), (first + 2, first, first + 3));
    let mut seen = Vec::new();
    heap::for_each_object(|o| seen.push(o.handle()));
    assert_eq!(seen, [first, first + 1, first + 2, first + 3]);
}

#[test]
fn slots_and_dynamic_properties() {
    let o = ObjRef::of_class(class(3, 0));
    assert!(o.get_slot(2).is_undef());
    o.set_slot(1, Value::str("a string"));
    assert_eq!(o.get_slot(1).as_bytes(), Some(&b"a string"[..]));
    assert!(o.dynamic().is_none());
    o.with_dynamic(|p| p.insert(&PhpString::from("x"), 1));
    let seen = o.dynamic().unwrap();
    o.with_dynamic(|p| p.insert(&PhpString::from("y"), 2));
    assert_eq!((seen.len(), o.dynamic().unwrap().len()), (1, 2));
    o.set_dynamic(Some(PhpArray::new()));
    assert_eq!(o.dynamic().unwrap().len(), 0);
    let copy = o.clone();
    assert!(copy.ptr_eq(&o) && o.ref_count() == 2);
    assert!(o.enter() && !copy.enter());
    o.leave();
    assert!(copy.enter());
}

#[test]
fn native_state_is_dropped_with_its_object() {
    let (count, slot) = probe();
    let o = ObjRef::of_class(class(1, 0));
    assert!(o.native::<Probe>().is_none());
    o.set_native(slot).ok().unwrap();
    assert!(o.native::<Probe>().is_some());
    assert!(o.set_native(probe().1).is_err());
    assert!(o.native_dyn().is_some());
    drop(o);
    assert_eq!(count.get(), 1);
}

#[test]
fn destructors_wait_for_the_vm() {
    let class = class(1, CLASS_HAS_DESTRUCTOR);
    let mut list = PhpArray::new();
    for number in 0..3 {
        let o = ObjRef::of_class(class);
        o.set_slot(0, Value::int(number));
        list.push(o).unwrap();
    }
    assert!(!heap::has_pending_destructors());
    drop(list);
    assert!(heap::has_pending_destructors());
    assert_ne!(heap::attention() & heap::ATTENTION_DESTRUCTORS, 0);
    let first = heap::pop_pending_destructor().unwrap();
    assert_eq!(first.get_slot(0).as_int(), Some(0));
    // Somebody keeps the object: it lives on and is not destructed a second time.
    let kept = first.clone();
    drop(first);
    let rest = heap::take_pending_destructors();
    assert_eq!(rest.iter().map(|o| o.get_slot(0).as_int().unwrap()).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(heap::attention() & heap::ATTENTION_DESTRUCTORS, 0);
    drop((kept, rest));
    assert!(!heap::has_pending_destructors());
    assert_eq!(heap::live_objects(), 0);
}

#[test]
fn weak_references_are_told() {
    thread_local! {
        static SEEN: RefCell<Vec<(usize, u32)>> = const { RefCell::new(Vec::new()) };
    }
    heap::set_weak_callback(Some(|address, handle| SEEN.with_borrow_mut(|s| s.push((address, handle)))));
    let a = ObjRef::of_class(class(0, 0));
    let b = ObjRef::of_class(class(0, 0));
    a.set_flags(OBJ_WEAKLY_REFERENCED);
    let expect = (a.raw() as usize, a.handle());
    drop((a, b));
    assert_eq!(SEEN.take(), [expect]);
    heap::set_weak_callback(None);
}

#[test]
fn references() {
    let mut value = Value::int(1);
    let reference = value.make_ref();
    assert!(value.is_ref() && reference.ref_count() == 2);
    reference.set(Value::str("changed"));
    assert_eq!(value.deref_clone().as_bytes(), Some(&b"changed"[..]));
    assert_eq!(reference.tag(), Tag::String);
    value.assign(Value::int(5));
    assert_eq!(reference.get().as_int(), Some(5));
    assert!(!reference.has_type_sources());
    reference.add_type_source(10);
    reference.add_type_source(20);
    reference.add_type_source(10);
    reference.remove_type_source(10);
    let mut sources = reference.type_sources();
    sources.sort_unstable();
    assert_eq!(sources, [10, 20]);
    reference.remove_type_source(10);
    reference.remove_type_source(20);
    assert!(!reference.has_type_sources());
    let taken = reference.take();
    assert_eq!((taken.as_int(), reference.get().is_null()), (Some(5), true));
    assert!(PhpRef::new(Value::reference(reference.clone())).get().is_null(), "references do not nest");
}

#[test]
fn resources_have_numbers_of_their_own() {
    let count = Rc::new(Cell::new(0));
    let a = PhpResource::new("stream", Probe(count.clone(), RefCell::default()));
    let b = PhpResource::new("stream", Probe(count.clone(), RefCell::default()));
    assert_eq!(b.id(), a.id() + 1);
    assert_eq!(a.type_name(), "stream");
    a.close();
    assert_eq!((a.type_name(), Value::resource(a.clone()).type_name()), ("Unknown", "resource (closed)"));
    assert!(b.native::<Probe>().is_some());
    let mut seen = Vec::new();
    PhpResource::for_each(|r| seen.push(r.id()));
    assert_eq!(seen, [a.id(), b.id()]);
    drop(a);
    assert_eq!(count.get(), 1);
    let c = PhpResource::new("stream", Probe(count.clone(), RefCell::default()));
    assert_eq!(c.id(), b.id() + 1, "numbers are not used again");
    drop((b, c));
    assert_eq!(count.get(), 3);
}

#[test]
fn deep_structures_are_freed_without_native_recursion() {
    let class = class(1, 0);
    let mut head = Value::NULL;
    for _ in 0..1_000_000 {
        let node = ObjRef::of_class(class);
        node.set_slot(0, head);
        head = Value::object(node);
    }
    drop(head);
    assert_eq!(heap::live_objects(), 0);
    let mut nested = PhpArray::new();
    for _ in 0..500_000 {
        let mut outer = PhpArray::new();
        outer.push(nested).unwrap();
        nested = outer;
    }
    drop(nested);
    assert_eq!(heap::usage(), 0);
}

#[test]
fn the_end_of_a_request_drops_what_is_left() {
    let (count, slot) = probe();
    let class = class(1, CLASS_HAS_DESTRUCTOR);
    let a = ObjRef::of_class(class);
    a.set_native(slot).ok().unwrap();
    let inner = ObjRef::of_class(class);
    a.native::<Probe>().unwrap().1.borrow_mut().push(Value::object(inner));
    a.set_slot(0, Value::object(a.clone()));
    drop(a);
    let r = PhpResource::new("stream", Probe(count.clone(), RefCell::default()));
    std::mem::forget((r, PhpString::from("left over"), PhpArray::from_list([Value::int(1)])));
    assert_eq!(heap::live_objects(), 2);
    let calls = end_request();
    assert_eq!((count.get(), calls, heap::live_objects(), heap::usage()), (2, 0, 0, 0));
    assert_eq!(ObjRef::of_class(class).handle(), 1);
    assert_eq!(PhpResource::new("stream", Probe(count, RefCell::default())).id(), 1);
}

/// Ends the request; tells how many destructors are due afterwards.
#[allow(unsafe_code, reason = "every handle of the test was dropped or forgotten")]
fn end_request() -> usize {
    // SAFETY: the callers have no handle left.
    unsafe { heap::end_request() };
    heap::take_pending_destructors().len()
}
