//! The class SplFixedArray.

use crate::util::state;
use phalanx_macros::{native_class, php_method};
use phalanx_value::heap::Charge;
use phalanx_value::{Key, NativeSlot, NativeState, ObjRef, PhpArray, Value, View};
use phalanx_vm::class::{ClassRef, DimMode, Hooks, NativeIterator};
use phalanx_vm::{Context, PhpResult, Thrown};
use std::cell::RefCell;

native_class! {
    /// <https://www.php.net/class.splfixedarray>
    pub static SPL_FIXED_ARRAY = "class SplFixedArray implements IteratorAggregate, ArrayAccess, Countable, JsonSerializable";
    hooks: HOOKS;
    methods: CONSTRUCT, WAKEUP, MAGIC_SERIALIZE, MAGIC_UNSERIALIZE, COUNT, TO_ARRAY, FROM_ARRAY, GET_SIZE, SET_SIZE,
        OFFSET_EXISTS, OFFSET_GET, OFFSET_SET, OFFSET_UNSET, GET_ITERATOR, JSON_SERIALIZE;
}

static HOOKS: Hooks = Hooks {
    create: Some(|_, this| {
        let _ = this.set_native(NativeSlot::new(State::default()));
    }),
    clone: Some(|_, old, new| {
        let items = own(old).items.borrow().clone();
        own(new).replace(items);
        Ok(())
    }),
    count: Some(|_, this| Ok(count(this))),
    debug_info: Some(|_, this| Ok(shown(this))),
    to_array: Some(|_, this| Ok(shown(this))),
    read_dim: Some(read_dim),
    write_dim: Some(|cx, this, offset, value| match offset {
        Some(offset) => offset_set(cx, this, offset, value),
        None => Err(cx.throw("runtimeexception", "[] operator not supported for SplFixedArray")),
    }),
    has_dim: Some(has_dim),
    unset_dim: Some(offset_unset),
    iterate: Some(|_, this, by_ref| {
        let _ = by_ref;
        Ok(Box::new(Walk { this: this.clone(), at: 0 }))
    }),
    ..Hooks::NONE
};

#[derive(Default)]
struct State {
    items: RefCell<Vec<Value>>,
    charge: Charge,
}

impl State {
    fn replace(&self, items: Vec<Value>) {
        self.charge.set(items.capacity() * size_of::<Value>());
        drop(self.items.replace(items));
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

fn own(this: &ObjRef) -> &State {
    state::<State>(this)
}

fn shown(this: &ObjRef) -> PhpArray {
    let mut table: PhpArray = own(this).items.borrow().iter().cloned().collect();
    for (key, value) in phalanx_vm::props::raw_table(this).iter() {
        drop(table.insert(key, value.clone()));
    }
    table
}

/// Walks over the elements by their numbers.
struct Walk {
    this: ObjRef,
    at: usize,
}

impl NativeIterator for Walk {
    fn rewind(&mut self, _: &mut Context) -> PhpResult {
        self.at = 0;
        Ok(())
    }

    fn valid(&mut self, _: &mut Context) -> PhpResult<bool> {
        Ok(self.at < own(&self.this).items.borrow().len())
    }

    fn current(&mut self, cx: &mut Context) -> PhpResult<Value> {
        offset_read(cx, &self.this, &Value::int(self.at as i64))
    }

    fn key(&mut self, _: &mut Context) -> PhpResult<Value> {
        Ok(Value::int(self.at as i64))
    }

    fn next(&mut self, _: &mut Context) -> PhpResult {
        self.at += 1;
        Ok(())
    }

    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.this.visit(visit);
    }
}

/// The element that an offset names, if it is one.
fn index(cx: &mut Context, offset: &Value) -> PhpResult<i64> {
    match offset.view() {
        View::Int(int) => Ok(int),
        View::Str(text) => match Key::from_string(text) {
            Key::Int(int) => Ok(int),
            Key::Str(_) => Err(cx.throw_type_error("Cannot access offset of type string on SplFixedArray")),
        },
        View::Float(float) => Ok(phalanx_value::convert::float_to_int(float)),
        View::Bool(truth) => Ok(truth as i64),
        View::Resource(resource) => {
            let id = resource.id();
            cx.warning(format!("Resource ID#{id} used as offset, casting to integer ({id})"))?;
            Ok(id)
        }
        View::Ref(reference) => index(cx, &reference.get()),
        _ => {
            let kind = phalanx_vm::convert::value_name(offset);
            Err(cx.throw_type_error(format!("Cannot access offset of type {kind} on SplFixedArray")))
        }
    }
}

fn out_of_range(cx: &mut Context) -> Thrown {
    cx.throw("outofboundsexception", "Index invalid or out of range")
}

fn offset_read(cx: &mut Context, this: &ObjRef, offset: &Value) -> PhpResult<Value> {
    let at = index(cx, offset)?;
    let found = usize::try_from(at).ok().and_then(|at| own(this).items.borrow().get(at).cloned());
    found.ok_or_else(|| out_of_range(cx))
}

fn read_dim(cx: &mut Context, this: &ObjRef, offset: Option<&Value>, mode: DimMode) -> PhpResult<Value> {
    let Some(offset) = offset else {
        return Err(cx.throw("runtimeexception", "[] operator not supported for SplFixedArray"));
    };
    if mode == DimMode::Isset && !has_dim(cx, this, offset, false)? {
        return Ok(Value::NULL);
    }
    if mode == DimMode::Write || mode == DimMode::Unset {
        let at = index(cx, offset)?;
        let mut items = own(this).items.borrow_mut();
        if let Some(place) = usize::try_from(at).ok().and_then(|at| items.get_mut(at)) {
            if place.is_object() {
                return Ok(place.clone());
            }
            return Ok(Value::reference(place.make_ref()));
        }
    }
    offset_read(cx, this, offset).map(Value::into_deref)
}

fn has_dim(cx: &mut Context, this: &ObjRef, offset: &Value, not_empty: bool) -> PhpResult<bool> {
    let at = index(cx, offset)?;
    let found = usize::try_from(at).ok().and_then(|at| own(this).items.borrow().get(at).cloned());
    match found.map(Value::into_deref) {
        Some(value) if not_empty => cx.to_bool(&value),
        Some(value) => Ok(!value.is_null()),
        None => Ok(false),
    }
}

#[php_method("SplFixedArray::__construct(int $size = 0)", rename = CONSTRUCT)]
fn construct(cx: &mut Context, this: &ObjRef, size: i64) -> PhpResult {
    if size < 0 {
        return Err(cx.arg_value_error(1, "must be greater than or equal to 0"));
    }
    if own(this).items.borrow().is_empty() {
        cx.check_alloc_of(size as usize, size_of::<Value>())?;
        own(this).replace(vec![Value::NULL; size as usize]);
    }
    Ok(())
}

#[php_method("SplFixedArray::__wakeup(): void", tentative)]
fn wakeup(this: &ObjRef) {
    if own(this).items.borrow().is_empty()
        && let Some(dynamic) = this.dynamic()
    {
        own(this).replace(dynamic.values().map(Value::deref_clone).collect());
        this.set_dynamic(None);
    }
}

#[php_method("SplFixedArray::__serialize(): array", tentative, rename = MAGIC_SERIALIZE)]
fn magic_serialize(this: &ObjRef) -> PhpArray {
    shown(this)
}

#[php_method("SplFixedArray::__unserialize(array $data): void", tentative, rename = MAGIC_UNSERIALIZE)]
fn magic_unserialize(cx: &mut Context, this: &ObjRef, data: &PhpArray) -> PhpResult {
    let mut members = PhpArray::new();
    let mut items = Vec::new();
    for (key, value) in data.iter() {
        match key {
            Key::Int(_) => items.push(value.deref_clone()),
            Key::Str(_) => drop(members.insert(key, value.clone())),
        }
    }
    own(this).replace(items);
    crate::util::restore_members(cx, this, &members)
}

#[php_method("SplFixedArray::count(): int", tentative)]
fn count(this: &ObjRef) -> i64 {
    own(this).items.borrow().len() as i64
}

#[php_method("SplFixedArray::toArray(): array", tentative)]
fn to_array(this: &ObjRef) -> PhpArray {
    own(this).items.borrow().iter().cloned().collect()
}

#[php_method(
    "static SplFixedArray::fromArray(array $array, bool $preserveKeys = true): SplFixedArray",
    tentative
)]
fn from_array(cx: &mut Context, class: ClassRef, array: &PhpArray, preserve_keys: bool) -> PhpResult<ObjRef> {
    let _ = class;
    let mut items: Vec<Value> = Vec::new();
    if preserve_keys {
        let mut most = 0;
        for key in array.keys() {
            match key {
                Key::Int(i64::MAX) => return Err(cx.throw_value_error("integer overflow detected")),
                Key::Int(int) if int >= 0 => most = most.max(int + 1),
                _ => return Err(cx.throw_value_error("array must contain only positive integer keys")),
            }
        }
        cx.check_alloc_of(most as usize, size_of::<Value>())?;
        items.resize(most as usize, Value::NULL);
        for (key, value) in array.iter() {
            items[key.as_int().unwrap_or(0) as usize] = value.deref_clone();
        }
    } else {
        items.extend(array.values().map(Value::deref_clone));
    }
    let class = cx.native_class("splfixedarray");
    let object = cx.new_object(class)?;
    own(&object).replace(items);
    Ok(object)
}

#[php_method("SplFixedArray::getSize(): int", tentative)]
fn get_size(this: &ObjRef) -> i64 {
    count(this)
}

#[php_method("SplFixedArray::setSize(int $size)", tentative)]
fn set_size(cx: &mut Context, this: &ObjRef, size: i64) -> PhpResult<bool> {
    if size < 0 {
        return Err(cx.arg_value_error(1, "must be greater than or equal to 0"));
    }
    cx.check_alloc_of(size as usize, size_of::<Value>())?;
    let mut items = own(this).items.take();
    let gone = if items.len() > size as usize { items.split_off(size as usize) } else { Vec::new() };
    items.resize(size as usize, Value::NULL);
    own(this).replace(items);
    drop(gone);
    Ok(true)
}

#[php_method("SplFixedArray::offsetExists($index): bool", tentative)]
fn offset_exists(cx: &mut Context, this: &ObjRef, index: &Value) -> PhpResult<bool> {
    has_dim(cx, this, index, false)
}

#[php_method("SplFixedArray::offsetGet($index): mixed", tentative)]
fn offset_get(cx: &mut Context, this: &ObjRef, index: &Value) -> PhpResult<Value> {
    offset_read(cx, this, index).map(Value::into_deref)
}

#[php_method("SplFixedArray::offsetSet($index, mixed $value): void", tentative)]
fn offset_set(cx: &mut Context, this: &ObjRef, index: &Value, value: Value) -> PhpResult {
    if index.is_null() {
        return Err(cx.throw("runtimeexception", "[] operator not supported for SplFixedArray"));
    }
    let at = self::index(cx, index)?;
    let old = {
        let mut items = own(this).items.borrow_mut();
        usize::try_from(at).ok().and_then(|at| items.get_mut(at)).map(|place| std::mem::replace(place, value))
    };
    if old.is_none() {
        return Err(out_of_range(cx));
    }
    drop(old);
    Ok(())
}

#[php_method("SplFixedArray::offsetUnset($index): void", tentative)]
fn offset_unset(cx: &mut Context, this: &ObjRef, index: &Value) -> PhpResult {
    offset_set(cx, this, index, Value::NULL)
}

#[php_method("SplFixedArray::getIterator(): Iterator")]
fn get_iterator(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let walk = Box::new(Walk { this: this.clone(), at: 0 });
    phalanx_vm::builtin::internal_iterator(cx, walk)
}

#[php_method("SplFixedArray::jsonSerialize(): array")]
fn json_serialize(this: &ObjRef) -> PhpArray {
    to_array(this)
}
