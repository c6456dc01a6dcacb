//! SplHeap, SplMinHeap, SplMaxHeap and SplPriorityQueue, over one binary heap.
//!
//! Comparing calls PHP code, so elements are taken out of the state while the heap is put in order.

use crate::util::{state, with_private};
use phalanx_macros::{native_class, php_method};
use phalanx_value::heap::Charge;
use phalanx_value::{NativeSlot, NativeState, ObjRef, PhpArray, Value};
use phalanx_vm::class::{ClassRef, Hooks};
use phalanx_vm::{Context, PhpResult};
use std::cell::{Cell, RefCell};

native_class! {
    /// <https://www.php.net/class.splheap>
    pub static SPL_HEAP = "abstract class SplHeap implements Iterator, Countable";
    hooks: HOOKS;
    methods: EXTRACT, INSERT, TOP, COUNT, IS_EMPTY, REWIND, CURRENT, KEY, NEXT, VALID, RECOVER_FROM_CORRUPTION,
        IS_CORRUPTED, DEBUG_INFO;
    abstract "protected tentative compare(mixed $value1, mixed $value2): int";
}

native_class! {
    /// <https://www.php.net/class.splminheap>
    pub static SPL_MIN_HEAP = "class SplMinHeap extends SplHeap";
    methods: MIN_COMPARE;
}

native_class! {
    /// <https://www.php.net/class.splmaxheap>
    pub static SPL_MAX_HEAP = "class SplMaxHeap extends SplHeap";
    methods: MAX_COMPARE;
}

native_class! {
    /// <https://www.php.net/class.splpriorityqueue>
    pub static SPL_PRIORITY_QUEUE = "class SplPriorityQueue implements Iterator, Countable";
    hooks: HOOKS;
    const "int EXTR_BOTH" = 3;
    const "int EXTR_PRIORITY" = 2;
    const "int EXTR_DATA" = 1;
    methods: queue::COMPARE, queue::INSERT, queue::SET_EXTRACT_FLAGS, queue::TOP, queue::EXTRACT, COUNT, IS_EMPTY,
        REWIND, queue::CURRENT, KEY, NEXT, VALID, RECOVER_FROM_CORRUPTION, IS_CORRUPTED, queue::GET_EXTRACT_FLAGS,
        DEBUG_INFO;
}

static HOOKS: Hooks = Hooks {
    create: Some(create),
    clone: Some(clone),
    debug_info: Some(|_, this| Ok(debug_info(this))),
    ..Hooks::NONE
};

struct State {
    /// Values and priorities; the latter are null in a plain heap.
    items: RefCell<Vec<(Value, Value)>>,
    charge: Charge,
    flags: Cell<i64>,
    corrupted: Cell<bool>,
    busy: Cell<bool>,
}

impl NativeState for State {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Ok(items) = self.items.try_borrow() {
            for (value, priority) in items.iter() {
                visit(value);
                visit(priority);
            }
        }
    }

    fn clear(&self) {
        drop(self.items.take());
    }
}

fn create(_: &mut Context, this: &ObjRef) {
    let new = State {
        items: RefCell::default(),
        charge: Charge::default(),
        flags: Cell::new(1),
        corrupted: Cell::new(false),
        busy: Cell::new(false),
    };
    let _ = this.set_native(NativeSlot::new(new));
}

fn clone(_: &mut Context, old: &ObjRef, new: &ObjRef) -> PhpResult {
    let items = own(old).items.borrow().clone();
    own(new).items.replace(items);
    own(new).flags.set(own(old).flags.get());
    Ok(())
}

fn own(this: &ObjRef) -> &State {
    state::<State>(this)
}

fn is_queue(this: &ObjRef) -> bool {
    ClassRef::of(this).is_named(b"splpriorityqueue")
}

fn check(cx: &mut Context, this: &ObjRef, write: bool) -> PhpResult {
    if write && own(this).busy.get() {
        return Err(cx.throw("runtimeexception", "Heap cannot be changed when it is already being modified."));
    }
    if own(this).corrupted.get() {
        let text = "Heap is corrupted, heap properties are no longer ensured.";
        return Err(cx.throw("runtimeexception", text));
    }
    Ok(())
}

/// Compares two elements as the class does: above 0 if the first stands higher.
fn compare(cx: &mut Context, this: &ObjRef, a: &(Value, Value), b: &(Value, Value)) -> PhpResult<i64> {
    let (a, b) = if is_queue(this) { (&a.1, &b.1) } else { (&a.0, &b.0) };
    let class = ClassRef::of(this);
    let Some(method) = class.method(b"compare") else { return Ok(0) };
    if method.as_native().is_some() {
        let order = phalanx_vm::compare::order(cx, a, b)? as i64;
        return Ok(if class.is_named(b"splminheap") { -order } else { order });
    }
    let result = cx.call_method(this, method, &[a.clone(), b.clone()])?;
    cx.to_int(&result)
}

fn push(cx: &mut Context, this: &ObjRef, item: (Value, Value)) -> PhpResult {
    check(cx, this, true)?;
    let own = own(this);
    own.busy.set(true);
    let mut at = own.items.borrow().len();
    let capacity = {
        let mut items = own.items.borrow_mut();
        items.push(item.clone());
        items.capacity()
    };
    own.charge.set(capacity * size_of::<(Value, Value)>());
    let mut failed = Ok(());
    while at > 0 {
        let up = (at - 1) / 2;
        let above = own.items.borrow()[up].clone();
        match compare(cx, this, &above, &item) {
            Ok(order) if order < 0 => own.items.borrow_mut().swap(up, at),
            Ok(_) => break,
            Err(thrown) => {
                failed = Err(thrown);
                own.corrupted.set(true);
                break;
            }
        }
        at = up;
    }
    own.busy.set(false);
    failed
}

fn pop(cx: &mut Context, this: &ObjRef) -> PhpResult<Option<(Value, Value)>> {
    check(cx, this, true)?;
    let own = own(this);
    let count = own.items.borrow().len();
    if count == 0 {
        return Ok(None);
    }
    own.busy.set(true);
    let top = own.items.borrow_mut().swap_remove(0);
    let mut failed = None;
    let count = count - 1;
    let mut at = 0;
    while 2 * at + 1 < count {
        let mut child = 2 * at + 1;
        let (left, here) = {
            let items = own.items.borrow();
            (items[child].clone(), items[at].clone())
        };
        let mut best = left;
        if child + 1 < count {
            let right = own.items.borrow()[child + 1].clone();
            match compare(cx, this, &right, &best) {
                Ok(order) if order > 0 => {
                    best = right;
                    child += 1;
                }
                Ok(_) => {}
                Err(thrown) => {
                    failed = Some(thrown);
                    break;
                }
            }
        }
        match compare(cx, this, &here, &best) {
            Ok(order) if order < 0 => own.items.borrow_mut().swap(at, child),
            Ok(_) => break,
            Err(thrown) => {
                failed = Some(thrown);
                break;
            }
        }
        at = child;
    }
    own.busy.set(false);
    if let Some(thrown) = failed {
        own.corrupted.set(true);
        return Err(thrown);
    }
    Ok(Some(top))
}

#[php_method("SplHeap::extract(): mixed", tentative)]
fn extract(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    match pop(cx, this)? {
        Some((value, _)) => Ok(value),
        None => Err(cx.throw("runtimeexception", "Can't extract from an empty heap")),
    }
}

#[php_method("SplHeap::insert(mixed $value): true", tentative)]
fn insert(cx: &mut Context, this: &ObjRef, value: Value) -> PhpResult<bool> {
    push(cx, this, (value, Value::NULL))?;
    Ok(true)
}

#[php_method("SplHeap::top(): mixed", tentative)]
fn top(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    check(cx, this, false)?;
    let top = own(this).items.borrow().first().map(|item| item.0.clone());
    top.ok_or_else(|| cx.throw("runtimeexception", "Can't peek at an empty heap"))
}

#[php_method("SplHeap::count(): int", tentative)]
fn count(this: &ObjRef) -> i64 {
    own(this).items.borrow().len() as i64
}

#[php_method("SplHeap::isEmpty(): bool", tentative)]
fn is_empty(this: &ObjRef) -> bool {
    own(this).items.borrow().is_empty()
}

#[php_method("SplHeap::rewind(): void", tentative)]
fn rewind(this: &ObjRef) {
    let _ = this;
}

#[php_method("SplHeap::current(): mixed", tentative)]
fn current(this: &ObjRef) -> Value {
    own(this).items.borrow().first().map_or(Value::NULL, |item| item.0.clone())
}

#[php_method("SplHeap::key(): int", tentative)]
fn key(this: &ObjRef) -> i64 {
    own(this).items.borrow().len() as i64 - 1
}

#[php_method("SplHeap::next(): void", tentative)]
fn next(cx: &mut Context, this: &ObjRef) -> PhpResult {
    pop(cx, this).map(drop)
}

#[php_method("SplHeap::valid(): bool", tentative)]
fn valid(this: &ObjRef) -> bool {
    !is_empty(this)
}

#[php_method("SplHeap::recoverFromCorruption(): true", tentative)]
fn recover_from_corruption(this: &ObjRef) -> bool {
    own(this).corrupted.set(false);
    true
}

#[php_method("SplHeap::isCorrupted(): bool", tentative)]
fn is_corrupted(this: &ObjRef) -> bool {
    own(this).corrupted.get()
}

fn both(item: &(Value, Value)) -> Value {
    let mut pair = PhpArray::new();
    pair.insert_bytes("data", item.0.clone());
    pair.insert_bytes("priority", item.1.clone());
    Value::array(pair)
}

#[php_method("SplHeap::__debugInfo(): array", tentative, rename = DEBUG_INFO)]
fn debug_info(this: &ObjRef) -> PhpArray {
    let own = own(this);
    let queue = is_queue(this);
    let heap: PhpArray =
        own.items.borrow().iter().map(|item| if queue { both(item) } else { item.0.clone() }).collect();
    let flags = if queue { own.flags.get() } else { 0 };
    let parts = vec![
        ("flags", Value::int(flags)),
        ("isCorrupted", Value::from(own.corrupted.get())),
        ("heap", Value::array(heap)),
    ];
    with_private(this, if queue { "SplPriorityQueue" } else { "SplHeap" }, parts)
}

#[php_method("protected SplMinHeap::compare(mixed $value1, mixed $value2): int", tentative, rename = MIN_COMPARE)]
fn min_compare(cx: &mut Context, this: &ObjRef, value1: &Value, value2: &Value) -> PhpResult<i64> {
    let _ = this;
    Ok(phalanx_vm::compare::order(cx, value2, value1)? as i64)
}

#[php_method("protected SplMaxHeap::compare(mixed $value1, mixed $value2): int", tentative, rename = MAX_COMPARE)]
fn max_compare(cx: &mut Context, this: &ObjRef, value1: &Value, value2: &Value) -> PhpResult<i64> {
    let _ = this;
    Ok(phalanx_vm::compare::order(cx, value1, value2)? as i64)
}

mod queue {
    //! The methods of SplPriorityQueue that differ.
    use super::*;

    fn shown(this: &ObjRef, item: &(Value, Value)) -> Value {
        match own(this).flags.get() & 3 {
            1 => item.0.clone(),
            2 => item.1.clone(),
            _ => both(item),
        }
    }

    #[php_method("SplPriorityQueue::compare(mixed $priority1, mixed $priority2): int", tentative)]
    fn compare(cx: &mut Context, this: &ObjRef, priority1: &Value, priority2: &Value) -> PhpResult<i64> {
        let _ = this;
        Ok(phalanx_vm::compare::order(cx, priority1, priority2)? as i64)
    }

    #[php_method("SplPriorityQueue::insert(mixed $value, mixed $priority): true", tentative)]
    fn insert(cx: &mut Context, this: &ObjRef, value: Value, priority: Value) -> PhpResult<bool> {
        push(cx, this, (value, priority))?;
        Ok(true)
    }

    #[php_method("SplPriorityQueue::setExtractFlags(int $flags): int", tentative)]
    fn set_extract_flags(cx: &mut Context, this: &ObjRef, flags: i64) -> PhpResult<i64> {
        if flags & 3 == 0 {
            return Err(cx.throw("runtimeexception", "Must specify at least one extract flag"));
        }
        own(this).flags.set(flags & 3);
        Ok(flags & 3)
    }

    #[php_method("SplPriorityQueue::getExtractFlags(): int", tentative)]
    fn get_extract_flags(this: &ObjRef) -> i64 {
        own(this).flags.get()
    }

    #[php_method("SplPriorityQueue::top(): mixed", tentative)]
    fn top(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
        check(cx, this, false)?;
        let top = own(this).items.borrow().first().cloned();
        match top {
            Some(item) => Ok(shown(this, &item)),
            None => Err(cx.throw("runtimeexception", "Can't peek at an empty heap")),
        }
    }

    #[php_method("SplPriorityQueue::extract(): mixed", tentative)]
    fn extract(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
        match pop(cx, this)? {
            Some(item) => Ok(shown(this, &item)),
            None => Err(cx.throw("runtimeexception", "Can't extract from an empty heap")),
        }
    }

    #[php_method("SplPriorityQueue::current(): mixed", tentative)]
    fn current(this: &ObjRef) -> Value {
        let top = own(this).items.borrow().first().cloned();
        top.map_or(Value::NULL, |item| shown(this, &item))
    }
}
