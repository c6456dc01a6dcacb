//! Random programs over all kinds of values at once: whatever they do, nothing is left when all is dropped.
//!
//! Run under valgrind with the feature `system-heap` this finds every use of a block after its release.

use std::cell::{Cell, RefCell};

use phalanx_value::array::iterators;
use phalanx_value::object::CLASS_HAS_DESTRUCTOR;
use phalanx_value::{
    ArrayKey, ClassBase, NativeSlot, NativeState, ObjRef, PhpArray, PhpRef, Value, View, gc, heap,
};

const POOL: usize = 16;

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

struct Bag(RefCell<Vec<Value>>);

impl NativeState for Bag {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        // A bag that is being changed keeps what it holds.
        if let Ok(values) = self.0.try_borrow() {
            values.iter().for_each(visit);
        }
    }
}

fn class(flags: u32) -> &'static ClassBase {
    Box::leak(Box::new(ClassBase {
        slot_count: 2,
        flags,
        defaults: Cell::new(std::ptr::null()),
        sources: Cell::new(std::ptr::null()),
    }))
}

fn key(random: &mut Random) -> ArrayKey {
    if random.below(2) == 0 {
        ArrayKey::Int(random.below(12) as i64 - 1)
    } else {
        ArrayKey::from_bytes(format!("k{}", random.below(8)).as_bytes())
    }
}

/// A new value, or a copy of one in the pool.
fn value(random: &mut Random, pool: &[Value], classes: [&'static ClassBase; 2]) -> Value {
    match random.below(10) {
        0 => Value::int(random.below(100) as i64),
        1 => Value::str(format!("text {}", random.below(1000))),
        2 => Value::array(PhpArray::new()),
        3 => Value::object(ObjRef::of_class(classes[random.below(2)])),
        4 => Value::reference(PhpRef::new(pool[random.below(pool.len())].clone())),
        5 => {
            let object = ObjRef::of_class(classes[0]);
            object.set_native(NativeSlot::new(Bag(RefCell::default()))).ok();
            Value::object(object)
        }
        _ => pool[random.below(pool.len())].clone(),
    }
}

/// Changes what a value holds, with another one at hand.
fn change(random: &mut Random, target: &mut Value, new: Value) {
    match target.view() {
        View::Array(_) => {
            let array = target.as_array_mut().unwrap();
            match random.below(9) {
                0..=2 => drop(array.insert(&key(random), new)),
                3 => drop(array.push(new)),
                4 => drop(array.remove(&key(random))),
                5 => *array.get_or_insert(&key(random)) = new,
                6 => drop(array.pop()),
                7 => array.retain(|_, v| !v.is_int()),
                _ => {
                    let id = iterators::begin(array, 0);
                    let copy = array.clone();
                    drop(array.insert(&key(random), new));
                    let pos = iterators::position(id, array);
                    iterators::set_position(id, array.next_pos(pos));
                    drop(copy);
                    drop(array.shift());
                    iterators::position(id, array);
                    iterators::end(id);
                }
            }
        }
        View::Object(object) => match random.below(4) {
            0 => object.set_slot(random.below(2) as u32, new),
            1 => drop(object.with_dynamic(|p| p.insert(&key(random), new))),
            2 if let Some(bag) = object.native::<Bag>() => bag.0.borrow_mut().push(new),
            _ => object.set_slot(0, Value::NULL),
        },
        View::Ref(reference) => {
            let mut inner = reference.take();
            if random.below(3) == 0 || inner.is_null() {
                inner = new.into_deref();
            } else {
                change(random, &mut inner, new);
            }
            reference.set(inner);
        }
        View::Str(_) => drop(target.append_str(b" more")),
        _ => *target = new,
    }
}

/// Runs a program; tells how much garbage the collector found and how many destructors were due.
fn run(seed: u64, steps: usize) -> (usize, usize) {
    let (mut found, mut due) = (0, 0);
    let classes = [class(0), class(CLASS_HAS_DESTRUCTOR)];
    let mut random = Random(seed);
    let mut pool: Vec<Value> = (0..POOL as i64).map(Value::int).collect();
    for _ in 0..steps {
        let new = value(&mut random, &pool, classes);
        let at = random.below(pool.len());
        if random.below(3) == 0 {
            pool[at] = new;
        } else {
            change(&mut random, &mut pool[at], new);
        }
        if random.below(50) == 0 {
            found += gc::collect_cycles(&mut |object| object.set_slot(1, Value::int(1)));
        }
        if random.below(5) == 0 {
            for object in heap::take_pending_destructors() {
                due += 1;
                // Some destructors keep their object.
                if random.below(4) == 0 {
                    pool[at] = Value::object(object.clone());
                }
                object.set_slot(0, pool[random.below(POOL)].clone());
            }
        }
    }
    pool.clear();
    for _ in 0..4 {
        drop(heap::take_pending_destructors());
        gc::collect_cycles(&mut |_| {});
    }
    assert_eq!((heap::live_objects(), heap::usage()), (0, 0), "seed {seed}");
    (found, due)
}

#[test]
fn nothing_is_left() {
    let (mut found, mut due) = (0, 0);
    for seed in 1..60 {
        let (f, d) = run(seed * 0x9e37_79b9_7f4a, 4000);
        found += f;
        due += d;
    }
    assert!(found > 1000 && due > 1000, "{found} {due}");
}
