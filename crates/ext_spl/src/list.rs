//! SplDoublyLinkedList, SplQueue and SplStack, over one deque.

use crate::util::{state, with_private};
use phalanx_macros::{native_class, php_method};
use phalanx_value::heap::Charge;
use phalanx_value::{NativeSlot, NativeState, ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::class::{ClassRef, DimMode, Hooks};
use phalanx_vm::{Context, PhpResult, Thrown};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

const DELETE: i64 = 1;
const LIFO: i64 = 2;
/// The direction is fixed (SplQueue, SplStack).
const FIXED: i64 = 4;

native_class! {
    /// <https://www.php.net/class.spldoublylinkedlist>
    pub static SPL_DOUBLY_LINKED_LIST = "class SplDoublyLinkedList implements Iterator, Countable, ArrayAccess, Serializable";
    hooks: HOOKS;
    const "int IT_MODE_LIFO" = 2;
    const "int IT_MODE_FIFO" = 0;
    const "int IT_MODE_DELETE" = 1;
    const "int IT_MODE_KEEP" = 0;
    methods: ADD, POP, SHIFT, PUSH, UNSHIFT, TOP, BOTTOM, DEBUG_INFO, COUNT, IS_EMPTY,
        SET_ITERATOR_MODE, GET_ITERATOR_MODE, OFFSET_EXISTS, OFFSET_GET, OFFSET_SET, OFFSET_UNSET, REWIND, CURRENT,
        KEY, PREV, NEXT, VALID, UNSERIALIZE, SERIALIZE, MAGIC_SERIALIZE, MAGIC_UNSERIALIZE;
}

native_class! {
    /// <https://www.php.net/class.splqueue>
    pub static SPL_QUEUE = "class SplQueue extends SplDoublyLinkedList";
    methods: ENQUEUE, DEQUEUE;
}

native_class! {
    /// <https://www.php.net/class.splstack>
    pub static SPL_STACK = "class SplStack extends SplDoublyLinkedList";
}

static HOOKS: Hooks = Hooks {
    create: Some(create),
    clone: Some(clone),
    debug_info: Some(|_, this| Ok(debug_info(this))),
    read_dim: Some(|cx, this, offset, mode| {
        if mode == DimMode::Isset && !exists(cx, this, offset.unwrap_or(&Value::NULL))? {
            return Ok(Value::NULL);
        }
        offset_get(cx, this, offset.unwrap_or(&Value::NULL))
    }),
    write_dim: Some(|cx, this, offset, value| offset_set(cx, this, offset.unwrap_or(&Value::NULL), value)),
    has_dim: Some(|cx, this, offset, not_empty| {
        if !exists(cx, this, offset)? {
            return Ok(false);
        }
        let value = offset_get(cx, this, offset)?;
        if not_empty { cx.to_bool(&value) } else { Ok(true) }
    }),
    unset_dim: Some(offset_unset),
    ..Hooks::NONE
};

#[derive(Default)]
struct State {
    items: RefCell<VecDeque<Value>>,
    charge: Charge,
    flags: Cell<i64>,
    /// Position of the iteration; -1 behind an end.
    pos: Cell<i64>,
}

impl State {
    /// Changes the list in a way that may take memory.
    fn with_items(&self, change: impl FnOnce(&mut VecDeque<Value>)) {
        let mut items = self.items.borrow_mut();
        change(&mut items);
        self.charge.set(items.capacity() * size_of::<Value>());
    }
}

impl NativeState for State {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Ok(items) = self.items.try_borrow() {
            items.iter().for_each(visit);
        }
    }

    fn clear(&self) {
        drop(self.items.take());
    }
}

fn create(_: &mut Context, this: &ObjRef) {
    let class = ClassRef::of(this);
    let flags = match class {
        class if class.is_named(b"splstack") => LIFO | FIXED,
        class if class.is_named(b"splqueue") => FIXED,
        _ => 0,
    };
    let _ = this.set_native(NativeSlot::new(State { flags: Cell::new(flags), ..State::default() }));
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

fn len(this: &ObjRef) -> i64 {
    own(this).items.borrow().len() as i64
}

/// The place in the deque that an offset names, in the direction of iteration.
fn place(this: &ObjRef, offset: i64) -> Option<usize> {
    let len = len(this);
    if offset < 0 || offset >= len {
        return None;
    }
    Some(if own(this).flags.get() & LIFO != 0 { len - 1 - offset } else { offset } as usize)
}

/// An offset as an int; anything that is none is out of range.
fn offset_of(cx: &mut Context, offset: &Value, number: u32) -> PhpResult<i64> {
    use phalanx_value::View;
    match offset.view() {
        View::Int(int) => Ok(int),
        View::Str(text) => Ok(text.to_int()),
        View::Float(float) => Ok(phalanx_value::convert::float_to_int(float)),
        View::Bool(truth) => Ok(truth as i64),
        View::Resource(resource) => Ok(resource.id()),
        View::Ref(reference) => offset_of(cx, &reference.get(), number),
        _ => Err(cx.arg_type_error(number, "int", offset)),
    }
}

fn empty(cx: &mut Context, what: &str) -> Thrown {
    cx.throw("runtimeexception", format!("Can't {what} an empty datastructure"))
}

#[php_method("SplDoublyLinkedList::add(int $index, mixed $value): void", tentative)]
fn add(cx: &mut Context, this: &ObjRef, index: i64, value: Value) -> PhpResult {
    let len = len(this);
    if index < 0 || index > len {
        return Err(cx.throw("outofrangeexception", out_of_range("add", 1, "index")));
    }
    if index == len {
        own(this).with_items(|items| items.push_back(value));
        return Ok(());
    }
    let at = place(this, index).expect("looked at before");
    own(this).with_items(|items| items.insert(at, value));
    Ok(())
}

fn out_of_range(method: &str, number: u32, name: &str) -> String {
    format!("SplDoublyLinkedList::{method}(): Argument #{number} (${name}) is out of range")
}

#[php_method("SplDoublyLinkedList::pop(): mixed", tentative)]
fn pop(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let value = own(this).items.borrow_mut().pop_back();
    value.ok_or_else(|| empty(cx, "pop from"))
}

#[php_method("SplDoublyLinkedList::shift(): mixed", tentative)]
fn shift(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let value = own(this).items.borrow_mut().pop_front();
    value.ok_or_else(|| empty(cx, "shift from"))
}

#[php_method("SplDoublyLinkedList::push(mixed $value): void", tentative)]
fn push(this: &ObjRef, value: Value) {
    own(this).with_items(|items| items.push_back(value));
}

#[php_method("SplDoublyLinkedList::unshift(mixed $value): void", tentative)]
fn unshift(this: &ObjRef, value: Value) {
    own(this).with_items(|items| items.push_front(value));
}

#[php_method("SplQueue::enqueue(mixed $value): void", tentative)]
fn enqueue(this: &ObjRef, value: Value) {
    push(this, value);
}

#[php_method("SplQueue::dequeue(): mixed", tentative)]
fn dequeue(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    shift(cx, this)
}

#[php_method("SplDoublyLinkedList::top(): mixed", tentative)]
fn top(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let value = own(this).items.borrow().back().cloned();
    value.ok_or_else(|| empty(cx, "peek at"))
}

#[php_method("SplDoublyLinkedList::bottom(): mixed", tentative)]
fn bottom(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let value = own(this).items.borrow().front().cloned();
    value.ok_or_else(|| empty(cx, "peek at"))
}

#[php_method("SplDoublyLinkedList::__debugInfo(): array", tentative, rename = DEBUG_INFO)]
fn debug_info(this: &ObjRef) -> PhpArray {
    let items: PhpArray = own(this).items.borrow().iter().cloned().collect();
    let parts = vec![("flags", Value::int(own(this).flags.get())), ("dllist", Value::array(items))];
    with_private(this, "SplDoublyLinkedList", parts)
}

#[php_method("SplDoublyLinkedList::count(): int", tentative)]
fn count(this: &ObjRef) -> i64 {
    len(this)
}

#[php_method("SplDoublyLinkedList::isEmpty(): bool", tentative)]
fn is_empty(this: &ObjRef) -> bool {
    len(this) == 0
}

#[php_method("SplDoublyLinkedList::setIteratorMode(int $mode): int", tentative)]
fn set_iterator_mode(cx: &mut Context, this: &ObjRef, mode: i64) -> PhpResult<i64> {
    let flags = own(this).flags.get();
    if flags & FIXED != 0 && flags & LIFO != mode & LIFO {
        let text = "Iterators' LIFO/FIFO modes for SplStack/SplQueue objects are frozen";
        return Err(cx.throw("runtimeexception", text));
    }
    own(this).flags.set(mode & 3 | flags & FIXED);
    Ok(own(this).flags.get())
}

#[php_method("SplDoublyLinkedList::getIteratorMode(): int", tentative)]
fn get_iterator_mode(this: &ObjRef) -> i64 {
    own(this).flags.get()
}

fn exists(cx: &mut Context, this: &ObjRef, offset: &Value) -> PhpResult<bool> {
    let offset = offset_of(cx, offset, 1)?;
    Ok(offset >= 0 && offset < len(this))
}

#[php_method("SplDoublyLinkedList::offsetExists($index): bool", tentative)]
fn offset_exists(cx: &mut Context, this: &ObjRef, index: &Value) -> PhpResult<bool> {
    exists(cx, this, index)
}

#[php_method("SplDoublyLinkedList::offsetGet($index): mixed", tentative)]
fn offset_get(cx: &mut Context, this: &ObjRef, index: &Value) -> PhpResult<Value> {
    let offset = offset_of(cx, index, 1)?;
    match place(this, offset) {
        Some(at) => Ok(own(this).items.borrow()[at].clone()),
        None => Err(cx.throw("outofrangeexception", out_of_range("offsetGet", 1, "index"))),
    }
}

#[php_method("SplDoublyLinkedList::offsetSet($index, mixed $value): void", tentative)]
fn offset_set(cx: &mut Context, this: &ObjRef, index: &Value, value: Value) -> PhpResult {
    if index.is_null() {
        push(this, value);
        return Ok(());
    }
    let offset = offset_of(cx, index, 1)?;
    match place(this, offset) {
        Some(at) => {
            let old = std::mem::replace(&mut own(this).items.borrow_mut()[at], value);
            drop(old);
            Ok(())
        }
        None => Err(cx.throw("outofrangeexception", out_of_range("offsetSet", 1, "index"))),
    }
}

#[php_method("SplDoublyLinkedList::offsetUnset($index): void", tentative)]
fn offset_unset(cx: &mut Context, this: &ObjRef, index: &Value) -> PhpResult {
    let offset = offset_of(cx, index, 1)?;
    match place(this, offset) {
        Some(at) => {
            let old = own(this).items.borrow_mut().remove(at);
            drop(old);
            Ok(())
        }
        None => Err(cx.throw("outofrangeexception", out_of_range("offsetUnset", 1, "index"))),
    }
}

#[php_method("SplDoublyLinkedList::rewind(): void", tentative)]
fn rewind(this: &ObjRef) {
    let own = own(this);
    own.pos.set(if own.flags.get() & LIFO != 0 { len(this) - 1 } else { 0 });
}

#[php_method("SplDoublyLinkedList::current(): mixed", tentative)]
fn current(this: &ObjRef) -> Value {
    let pos = own(this).pos.get();
    usize::try_from(pos).ok().and_then(|at| own(this).items.borrow().get(at).cloned()).unwrap_or(Value::NULL)
}

#[php_method("SplDoublyLinkedList::key(): int", tentative)]
fn key(this: &ObjRef) -> i64 {
    own(this).pos.get()
}

#[php_method("SplDoublyLinkedList::prev(): void", tentative)]
fn prev(this: &ObjRef) {
    let own = own(this);
    own.pos.set(own.pos.get() + if own.flags.get() & LIFO != 0 { 1 } else { -1 });
}

#[php_method("SplDoublyLinkedList::next(): void", tentative)]
fn next(this: &ObjRef) {
    let own = own(this);
    let flags = own.flags.get();
    if flags & DELETE != 0 {
        let gone = if flags & LIFO != 0 {
            own.items.borrow_mut().pop_back()
        } else {
            own.items.borrow_mut().pop_front()
        };
        drop(gone);
        own.pos.set(if flags & LIFO != 0 { len(this) - 1 } else { 0 });
        return;
    }
    own.pos.set(own.pos.get() + if flags & LIFO != 0 { -1 } else { 1 });
}

#[php_method("SplDoublyLinkedList::valid(): bool", tentative)]
fn valid(this: &ObjRef) -> bool {
    let pos = own(this).pos.get();
    pos >= 0 && pos < len(this)
}

#[php_method("SplDoublyLinkedList::serialize(): string", tentative)]
fn serialize(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    let mut text = format!("i:{};", own(this).flags.get()).into_bytes();
    let items: Vec<Value> = own(this).items.borrow().iter().cloned().collect();
    for item in items {
        let one = crate::util::call_function(cx, "serialize", &[item])?;
        text.push(b':');
        text.extend_from_slice(&cx.to_string(&one)?);
    }
    Ok(PhpString::from(text))
}

#[php_method("SplDoublyLinkedList::unserialize(string $data): void", tentative)]
fn unserialize(cx: &mut Context, this: &ObjRef, data: &PhpString) -> PhpResult {
    let _ = this;
    if data.is_empty() {
        return Ok(());
    }
    Err(cx.throw("unexpectedvalueexception", format!("Error at offset 0 of {} bytes", data.len())))
}

#[php_method("SplDoublyLinkedList::__serialize(): array", tentative, rename = MAGIC_SERIALIZE)]
fn magic_serialize(this: &ObjRef) -> PhpArray {
    let items: PhpArray = own(this).items.borrow().iter().cloned().collect();
    let members = phalanx_vm::props::raw_table(this);
    PhpArray::from_list([Value::int(own(this).flags.get()), Value::array(items), Value::array(members)])
}

#[php_method("SplDoublyLinkedList::__unserialize(array $data): void", tentative, rename = MAGIC_UNSERIALIZE)]
fn magic_unserialize(cx: &mut Context, this: &ObjRef, data: &PhpArray) -> PhpResult {
    let flags = data.get_value(0).and_then(|flags| flags.as_int());
    let items = data.get_value(1).and_then(Value::into_array);
    let members = data.get_value(2).and_then(Value::into_array);
    let (Some(flags), Some(items), Some(members)) = (flags, items, members) else {
        return Err(cx.throw("unexpectedvalueexception", "Incomplete or ill-typed serialization data"));
    };
    own(this).flags.set(flags);
    own(this).items.replace(items.values().map(Value::deref_clone).collect());
    crate::util::restore_members(cx, this, &members)
}
