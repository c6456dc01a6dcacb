//! The class SplObjectStorage: a map from objects to values, in the order of insertion.
//!
//! The table's keys are the numbers of objects, which stay theirs as long as the storage owns them, or what a class's
//! `getHash` says; each element is a pair of object and value.

use crate::util::{class_name, state, with_private};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ArrayKey, NativeSlot, NativeState, ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::class::{ClassRef, DimMode, Hooks};
use phalanx_vm::{Context, PhpResult};
use std::cell::{Cell, RefCell};

native_class! {
    /// <https://www.php.net/class.splobjectstorage>
    pub static SPL_OBJECT_STORAGE = "class SplObjectStorage implements Countable, SeekableIterator, Serializable, ArrayAccess";
    hooks: HOOKS;
    methods: ATTACH, DETACH, CONTAINS, ADD_ALL, REMOVE_ALL, REMOVE_ALL_EXCEPT, GET_INFO, SET_INFO, COUNT, REWIND, VALID,
        KEY, CURRENT, NEXT, SEEK, UNSERIALIZE, SERIALIZE, OFFSET_EXISTS, OFFSET_GET, OFFSET_SET, OFFSET_UNSET,
        GET_HASH, MAGIC_SERIALIZE, MAGIC_UNSERIALIZE, DEBUG_INFO;
}

static HOOKS: Hooks = Hooks {
    create: Some(create),
    clone: Some(clone),
    compare: Some(compare),
    debug_info: Some(|_, this| Ok(debug_info(this))),
    read_dim: Some(read_dim),
    write_dim: Some(write_dim),
    has_dim: Some(has_dim),
    unset_dim: Some(unset_dim),
    ..Hooks::NONE
};

#[derive(Default)]
struct State {
    table: RefCell<PhpArray>,
    pos: Cell<u32>,
    index: Cell<i64>,
}

impl NativeState for State {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        if let Ok(table) = self.table.try_borrow() {
            visit(table.as_value());
        }
    }

    fn clear(&self) {
        drop(self.table.take());
    }
}

fn create(_: &mut Context, this: &ObjRef) {
    let _ = this.set_native(NativeSlot::new(State::default()));
}

fn clone(_: &mut Context, old: &ObjRef, new: &ObjRef) -> PhpResult {
    own(new).table.replace(table(old));
    Ok(())
}

fn compare(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<Option<std::cmp::Ordering>> {
    let (Some(a), Some(b)) = (a.as_object(), b.as_object()) else { return Ok(None) };
    if a.native::<State>().is_none() || b.native::<State>().is_none() {
        return Ok(None);
    }
    let order = phalanx_vm::compare::order(cx, &Value::array(table(a)), &Value::array(table(b)))?;
    Ok(Some(order))
}

fn own(this: &ObjRef) -> &State {
    state::<State>(this)
}

fn table(this: &ObjRef) -> PhpArray {
    own(this).table.borrow().clone()
}

fn key_of(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult<ArrayKey> {
    let get_hash = ClassRef::of(this).method(b"gethash").filter(|method| method.as_native().is_none());
    let Some(get_hash) = get_hash else { return Ok(ArrayKey::from(i64::from(object.handle()))) };
    let hash = cx.call_method(this, get_hash, &[Value::object(object.clone())])?;
    match hash.into_string() {
        Some(hash) => Ok(ArrayKey::from(hash)),
        None => Err(cx.throw_type_error(format!(
            "{}::getHash(): Return value must be of type string",
            class_name(this)
        ))),
    }
}

fn pair(object: &ObjRef, info: Value) -> Value {
    Value::array(PhpArray::from_list([Value::object(object.clone()), info]))
}

fn part(pair: &Value, index: i64) -> Value {
    pair.as_array().and_then(|pair| pair.get_value(index)).unwrap_or(Value::NULL)
}

fn put(cx: &mut Context, this: &ObjRef, object: &ObjRef, info: Value) -> PhpResult {
    let key = key_of(cx, this, object)?;
    let old = own(this).table.borrow_mut().insert(&key, pair(object, info));
    drop(old);
    Ok(())
}

fn find(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult<Option<Value>> {
    let key = key_of(cx, this, object)?;
    Ok(own(this).table.borrow().get_value(&key))
}

fn take(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult {
    let key = key_of(cx, this, object)?;
    let old = own(this).table.borrow_mut().remove(&key);
    drop(old);
    Ok(())
}

fn object_of(cx: &mut Context, offset: &Value) -> PhpResult<ObjRef> {
    match offset.deref_clone().into_object() {
        Some(object) => Ok(object),
        None => {
            let given = phalanx_vm::convert::value_name(offset);
            let text = format!(
                "SplObjectStorage::offsetGet(): Argument #1 ($object) must be of type object, {given} given"
            );
            Err(cx.throw_type_error(text))
        }
    }
}

fn read_dim(cx: &mut Context, this: &ObjRef, offset: Option<&Value>, mode: DimMode) -> PhpResult<Value> {
    let object = object_of(cx, offset.unwrap_or(&Value::NULL))?;
    if mode == DimMode::Isset && find(cx, this, &object)?.is_none() {
        return Ok(Value::NULL);
    }
    get(cx, this, &object)
}

fn write_dim(cx: &mut Context, this: &ObjRef, offset: Option<&Value>, value: Value) -> PhpResult {
    let object = object_of(cx, offset.unwrap_or(&Value::NULL))?;
    put(cx, this, &object, value)
}

fn has_dim(cx: &mut Context, this: &ObjRef, offset: &Value, not_empty: bool) -> PhpResult<bool> {
    let object = object_of(cx, offset)?;
    match find(cx, this, &object)? {
        Some(pair) if not_empty => cx.to_bool(&part(&pair, 1)),
        found => Ok(found.is_some()),
    }
}

fn unset_dim(cx: &mut Context, this: &ObjRef, offset: &Value) -> PhpResult {
    let object = object_of(cx, offset)?;
    take(cx, this, &object)
}

fn get(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult<Value> {
    match find(cx, this, object)? {
        Some(pair) => Ok(part(&pair, 1)),
        None => Err(cx.throw("unexpectedvalueexception", "Object not found")),
    }
}

#[php_method("SplObjectStorage::attach(object $object, mixed $info = null): void", tentative)]
fn attach(cx: &mut Context, this: &ObjRef, object: &ObjRef, info: Value) -> PhpResult {
    put(cx, this, object, info)
}

#[php_method("SplObjectStorage::detach(object $object): void", tentative)]
fn detach(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult {
    take(cx, this, object)?;
    own(this).pos.set(0);
    own(this).index.set(0);
    Ok(())
}

#[php_method("SplObjectStorage::contains(object $object): bool", tentative)]
fn contains(cx: &mut Context, this: &ObjRef, object: &ObjRef) -> PhpResult<bool> {
    Ok(find(cx, this, object)?.is_some())
}

#[php_method("SplObjectStorage::addAll(SplObjectStorage $storage): int", tentative)]
fn add_all(cx: &mut Context, this: &ObjRef, storage: &ObjRef) -> PhpResult<i64> {
    for pair in table(storage).values() {
        if let Some(object) = part(pair, 0).as_object() {
            put(cx, this, object, part(pair, 1))?;
        }
    }
    Ok(table(this).len() as i64)
}

#[php_method("SplObjectStorage::removeAll(SplObjectStorage $storage): int", tentative)]
fn remove_all(cx: &mut Context, this: &ObjRef, storage: &ObjRef) -> PhpResult<i64> {
    for pair in table(storage).values() {
        if let Some(object) = part(pair, 0).as_object() {
            take(cx, this, object)?;
        }
    }
    own(this).pos.set(0);
    own(this).index.set(0);
    Ok(table(this).len() as i64)
}

#[php_method("SplObjectStorage::removeAllExcept(SplObjectStorage $storage): int", tentative)]
fn remove_all_except(cx: &mut Context, this: &ObjRef, storage: &ObjRef) -> PhpResult<i64> {
    for pair in table(this).values() {
        if let Some(object) = part(pair, 0).as_object()
            && find(cx, storage, object)?.is_none()
        {
            take(cx, this, object)?;
        }
    }
    own(this).pos.set(0);
    own(this).index.set(0);
    Ok(table(this).len() as i64)
}

/// The pair at the current position.
fn here(this: &ObjRef) -> Option<Value> {
    let table = table(this);
    let at = table.pos_from(own(this).pos.get());
    table.pos_entry(at).map(|entry| entry.1.clone())
}

#[php_method("SplObjectStorage::getInfo(): mixed", tentative)]
fn get_info(this: &ObjRef) -> Value {
    here(this).map_or(Value::NULL, |pair| part(&pair, 1))
}

#[php_method("SplObjectStorage::setInfo(mixed $info): void", tentative)]
fn set_info(this: &ObjRef, info: Value) {
    let mut table = own(this).table.borrow_mut();
    let at = table.pos_from(own(this).pos.get());
    if let Some(place) = table.pos_value_mut(at)
        && let Some(pair) = place.as_array_mut()
    {
        drop(pair.insert(1, info));
    }
}

#[php_method("SplObjectStorage::count(int $mode = COUNT_NORMAL): int", tentative, default(mode = 0))]
fn count(this: &ObjRef, mode: i64) -> i64 {
    let table = table(this);
    if mode == 1 {
        let own = PhpArray::from_list([Value::array(table)]);
        return own.count_recursive().map_or(0, |count| count as i64 - 1).max(0);
    }
    table.len() as i64
}

#[php_method("SplObjectStorage::rewind(): void", tentative)]
fn rewind(this: &ObjRef) {
    own(this).pos.set(0);
    own(this).index.set(0);
}

#[php_method("SplObjectStorage::valid(): bool", tentative)]
fn valid(this: &ObjRef) -> bool {
    here(this).is_some()
}

#[php_method("SplObjectStorage::key(): int", tentative)]
fn key(this: &ObjRef) -> i64 {
    own(this).index.get()
}

#[php_method("SplObjectStorage::current(): object", tentative)]
fn current(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    match here(this) {
        Some(pair) => Ok(part(&pair, 0)),
        None => Err(cx.throw("runtimeexception", "Called current() on invalid iterator")),
    }
}

#[php_method("SplObjectStorage::next(): void", tentative)]
fn next(this: &ObjRef) {
    let table = table(this);
    let at = table.pos_from(own(this).pos.get());
    if at < table.end_pos() {
        own(this).pos.set(at + 1);
        own(this).index.set(own(this).index.get() + 1);
    }
}

#[php_method("SplObjectStorage::seek(int $offset): void", tentative)]
fn seek(cx: &mut Context, this: &ObjRef, offset: i64) -> PhpResult {
    let table = table(this);
    if offset < 0 || offset >= table.len() as i64 {
        return Err(cx.throw("outofboundsexception", format!("Seek position {offset} is out of range")));
    }
    let mut at = table.first_pos();
    for _ in 0..offset {
        at = table.pos_from(at + 1);
    }
    own(this).pos.set(at);
    own(this).index.set(offset);
    Ok(())
}

#[php_method("SplObjectStorage::offsetExists($object): bool", tentative)]
fn offset_exists(cx: &mut Context, this: &ObjRef, object: &Value) -> PhpResult<bool> {
    match object.as_object() {
        Some(object) => Ok(find(cx, this, object)?.is_some()),
        None => Err(cx.arg_type_error(1, "object", object)),
    }
}

#[php_method("SplObjectStorage::offsetGet($object): mixed", tentative)]
fn offset_get(cx: &mut Context, this: &ObjRef, object: &Value) -> PhpResult<Value> {
    match object.as_object() {
        Some(object) => get(cx, this, object),
        None => Err(cx.arg_type_error(1, "object", object)),
    }
}

#[php_method("SplObjectStorage::offsetSet(mixed $object = null, mixed $info = null): void", tentative)]
fn offset_set(cx: &mut Context, this: &ObjRef, object: &Value, info: Value) -> PhpResult {
    match object.as_object() {
        Some(object) => put(cx, this, object, info),
        None => Err(cx.arg_type_error(1, "object", object)),
    }
}

#[php_method("SplObjectStorage::offsetUnset($object): void", tentative)]
fn offset_unset(cx: &mut Context, this: &ObjRef, object: &Value) -> PhpResult {
    match object.as_object() {
        Some(object) => take(cx, this, object),
        None => Err(cx.arg_type_error(1, "object", object)),
    }
}

#[php_method("SplObjectStorage::getHash(object $object): string", tentative)]
fn get_hash(this: &ObjRef, object: &ObjRef) -> String {
    let _ = this;
    format!("{:016x}0000000000000000", object.handle())
}

#[php_method("SplObjectStorage::serialize(): string", tentative)]
fn serialize(cx: &mut Context, this: &ObjRef) -> PhpResult<String> {
    let mut text = format!("x:i:{};", table(this).len());
    for pair in table(this).values() {
        let object = crate::util::call_function(cx, "serialize", &[part(pair, 0)])?;
        let info = crate::util::call_function(cx, "serialize", &[part(pair, 1)])?;
        text.push_str(&cx.to_string(&object)?.to_str_lossy());
        text.push(',');
        text.push_str(&cx.to_string(&info)?.to_str_lossy());
        text.push(';');
    }
    let members =
        crate::util::call_function(cx, "serialize", &[Value::array(phalanx_vm::props::raw_table(this))])?;
    text.push_str("m:");
    text.push_str(&cx.to_string(&members)?.to_str_lossy());
    Ok(text)
}

#[php_method("SplObjectStorage::unserialize(string $data): void", tentative)]
fn unserialize(cx: &mut Context, this: &ObjRef, data: &PhpString) -> PhpResult {
    let _ = this;
    if data.is_empty() {
        return Ok(());
    }
    Err(cx.throw("unexpectedvalueexception", format!("Error at offset 0 of {} bytes", data.len())))
}

#[php_method("SplObjectStorage::__serialize(): array", tentative, rename = MAGIC_SERIALIZE)]
fn magic_serialize(this: &ObjRef) -> PhpArray {
    let mut list = PhpArray::new();
    for pair in table(this).values() {
        list.push_value(part(pair, 0));
        list.push_value(part(pair, 1));
    }
    PhpArray::from_list([Value::array(list), Value::array(phalanx_vm::props::raw_table(this))])
}

#[php_method("SplObjectStorage::__unserialize(array $data): void", tentative, rename = MAGIC_UNSERIALIZE)]
fn magic_unserialize(cx: &mut Context, this: &ObjRef, data: &PhpArray) -> PhpResult {
    let (list, members) =
        (data.get_value(0).and_then(Value::into_array), data.get_value(1).and_then(Value::into_array));
    let (Some(list), Some(members)) = (list, members) else {
        return Err(cx.throw("unexpectedvalueexception", "Incomplete or ill-typed serialization data"));
    };
    if list.len() % 2 != 0 {
        return Err(cx.throw("unexpectedvalueexception", "Odd number of elements"));
    }
    let values: Vec<Value> = list.values().map(Value::deref_clone).collect();
    for two in values.chunks(2) {
        let Some(object) = two[0].as_object() else {
            return Err(cx.throw("unexpectedvalueexception", "Non-object key"));
        };
        put(cx, this, object, two[1].clone())?;
    }
    crate::util::restore_members(cx, this, &members)
}

#[php_method("SplObjectStorage::__debugInfo(): array", tentative, rename = DEBUG_INFO)]
fn debug_info(this: &ObjRef) -> PhpArray {
    let list: PhpArray = table(this)
        .values()
        .map(|pair| {
            let mut shown = PhpArray::new();
            shown.insert_bytes("obj", part(pair, 0));
            shown.insert_bytes("inf", part(pair, 1));
            Value::array(shown)
        })
        .collect();
    with_private(this, "SplObjectStorage", vec![("storage", Value::array(list))])
}

native_class! {
    /// <https://www.php.net/class.multipleiterator>
    pub static MULTIPLE_ITERATOR = "class MultipleIterator implements Iterator";
    hooks: HOOKS;
    const "int MIT_NEED_ANY" = 0;
    const "int MIT_NEED_ALL" = 1;
    const "int MIT_KEYS_NUMERIC" = 0;
    const "int MIT_KEYS_ASSOC" = 2;
    methods: multiple::CONSTRUCT, multiple::GET_FLAGS, multiple::SET_FLAGS, multiple::ATTACH_ITERATOR,
        multiple::DETACH_ITERATOR, multiple::CONTAINS_ITERATOR, multiple::COUNT_ITERATORS, multiple::REWIND,
        multiple::VALID, multiple::KEY, multiple::CURRENT, multiple::NEXT, DEBUG_INFO;
}

mod multiple {
    //! The class MultipleIterator; its iterators lie in the table, its flags in the index.
    use super::*;
    use crate::util::{ask, call};

    #[php_method("MultipleIterator::__construct(int $flags = MultipleIterator::MIT_NEED_ALL | MultipleIterator::MIT_KEYS_NUMERIC)", rename = CONSTRUCT, default(flags = 1))]
    fn construct(this: &ObjRef, flags: i64) {
        own(this).index.set(flags);
    }

    #[php_method("MultipleIterator::getFlags(): int", tentative)]
    fn get_flags(this: &ObjRef) -> i64 {
        own(this).index.get()
    }

    #[php_method("MultipleIterator::setFlags(int $flags): void", tentative)]
    fn set_flags(this: &ObjRef, flags: i64) {
        own(this).index.set(flags);
    }

    #[php_method(
        "MultipleIterator::attachIterator(Iterator $iterator, string|int|null $info = null): void",
        tentative
    )]
    fn attach_iterator(cx: &mut Context, this: &ObjRef, iterator: &ObjRef, info: Value) -> PhpResult {
        if !info.is_null() {
            for pair in table(this).values() {
                if part(pair, 1).identical_bits(&info)
                    || part(pair, 1).as_bytes().is_some_and(|text| Some(text) == info.as_bytes())
                {
                    return Err(cx.throw("invalidargumentexception", "Key duplication error"));
                }
            }
        }
        put(cx, this, iterator, info)
    }

    #[php_method("MultipleIterator::detachIterator(Iterator $iterator): void", tentative)]
    fn detach_iterator(cx: &mut Context, this: &ObjRef, iterator: &ObjRef) -> PhpResult {
        take(cx, this, iterator)
    }

    #[php_method("MultipleIterator::containsIterator(Iterator $iterator): bool", tentative)]
    fn contains_iterator(cx: &mut Context, this: &ObjRef, iterator: &ObjRef) -> PhpResult<bool> {
        Ok(find(cx, this, iterator)?.is_some())
    }

    #[php_method("MultipleIterator::countIterators(): int", tentative)]
    fn count_iterators(this: &ObjRef) -> i64 {
        table(this).len() as i64
    }

    fn each(cx: &mut Context, this: &ObjRef, method: &str) -> PhpResult {
        for pair in table(this).values() {
            if let Some(iterator) = part(pair, 0).as_object() {
                call(cx, iterator, method, &[])?;
            }
        }
        Ok(())
    }

    #[php_method("MultipleIterator::rewind(): void", tentative)]
    fn rewind(cx: &mut Context, this: &ObjRef) -> PhpResult {
        each(cx, this, "rewind")
    }

    #[php_method("MultipleIterator::next(): void", tentative)]
    fn next(cx: &mut Context, this: &ObjRef) -> PhpResult {
        each(cx, this, "next")
    }

    #[php_method("MultipleIterator::valid(): bool", tentative)]
    fn valid(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
        let table = table(this);
        if table.is_empty() {
            return Ok(false);
        }
        let all = own(this).index.get() & 1 != 0;
        for pair in table.values() {
            if let Some(iterator) = part(pair, 0).as_object()
                && ask(cx, iterator, "valid")? != all
            {
                return Ok(!all);
            }
        }
        Ok(all)
    }

    fn collect(cx: &mut Context, this: &ObjRef, method: &str) -> PhpResult<PhpArray> {
        let flags = own(this).index.get();
        let mut result = PhpArray::new();
        for pair in table(this).values() {
            let Some(iterator) = part(pair, 0).into_object() else { continue };
            let value = if ask(cx, &iterator, "valid")? {
                call(cx, &iterator, method, &[])?
            } else if flags & 1 != 0 {
                let text = format!("Called {method}() with non valid sub iterator");
                return Err(cx.throw("runtimeexception", text));
            } else {
                Value::NULL
            };
            if flags & 2 == 0 {
                result.push_value(value);
                continue;
            }
            match part(pair, 1) {
                info if info.is_null() => {
                    return Err(cx.throw("invalidargumentexception", "Sub-Iterator is associated with NULL"));
                }
                info => {
                    let key = phalanx_vm::dims::array_key(cx, &info, phalanx_vm::dims::KeyUse::Access)?;
                    drop(result.insert(&key, value));
                }
            }
        }
        Ok(result)
    }

    #[php_method("MultipleIterator::key()", tentative)]
    fn key(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
        collect(cx, this, "key")
    }

    #[php_method("MultipleIterator::current()", tentative)]
    fn current(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
        collect(cx, this, "current")
    }
}
