//! The classes ArrayIterator and RecursiveArrayIterator.

use super::*;
use phalanx_macros::native_class;
use phalanx_vm::class::NativeIterator;

native_class! {
    /// <https://www.php.net/class.arrayiterator>
    pub static ARRAY_ITERATOR = "class ArrayIterator implements SeekableIterator, ArrayAccess, Serializable, Countable";
    hooks: ITERATOR_HOOKS;
    const "int STD_PROP_LIST" = 1;
    const "int ARRAY_AS_PROPS" = 2;
    methods: CONSTRUCT, OFFSET_EXISTS, OFFSET_GET, OFFSET_SET, APPEND, OFFSET_UNSET, GET_ARRAY_COPY, COUNT, GET_FLAGS,
        SET_FLAGS, sort::ASORT, sort::KSORT, sort::UASORT, sort::UKSORT, sort::NATSORT, sort::NATCASESORT,
        serialize::UNSERIALIZE, serialize::SERIALIZE, serialize::MAGIC_SERIALIZE, serialize::MAGIC_UNSERIALIZE,
        DEBUG_INFO, REWIND, CURRENT, KEY, NEXT, VALID, SEEK;
}

native_class! {
    /// <https://www.php.net/class.recursivearrayiterator>
    pub static RECURSIVE_ARRAY_ITERATOR = "class RecursiveArrayIterator extends ArrayIterator implements RecursiveIterator";
    const "int CHILD_ARRAYS_ONLY" = 4;
    methods: HAS_CHILDREN, GET_CHILDREN;
}

static ITERATOR_HOOKS: Hooks = Hooks {
    create: Some(create),
    clone: Some(clone),
    count: Some(|_, this| Ok(table(this).len() as i64)),
    debug_info: Some(|_, this| Ok(debug_table(this))),
    to_array: HOOKS.to_array,
    read_dim: Some(read_dim),
    write_dim: Some(write_dim),
    has_dim: Some(has_dim),
    unset_dim: Some(unset_dim),
    read_prop: Some(read_prop),
    write_prop: Some(write_prop),
    has_prop: Some(has_prop),
    unset_prop: Some(unset_prop),
    compare: Some(compare),
    iterate: Some(iterate),
    ..Hooks::NONE
};

/// Walks as the methods would.
struct Walk {
    this: ObjRef,
    by_ref: bool,
}

fn iterate(_: &mut Context, this: &ObjRef, by_ref: bool) -> PhpResult<Box<dyn NativeIterator>> {
    Ok(Box::new(Walk { this: this.clone(), by_ref }))
}

impl NativeIterator for Walk {
    fn rewind(&mut self, _: &mut Context) -> PhpResult {
        rewind(&self.this);
        Ok(())
    }

    fn valid(&mut self, _: &mut Context) -> PhpResult<bool> {
        Ok(valid(&self.this))
    }

    fn current(&mut self, cx: &mut Context) -> PhpResult<Value> {
        if self.by_ref {
            let this = self.this.clone();
            let found = change(cx, &this, |table| {
                let at = table.pos_from(state::<State>(&this).pos.get());
                table.pos_value_mut(at).map(|value| Value::reference(value.make_ref()))
            })?;
            if let Ok(value) = found {
                return Ok(value.unwrap_or(Value::NULL));
            }
        }
        Ok(current(&self.this))
    }

    fn key(&mut self, _: &mut Context) -> PhpResult<Value> {
        Ok(key(&self.this))
    }

    fn next(&mut self, _: &mut Context) -> PhpResult {
        next(&self.this);
        Ok(())
    }

    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.this.visit(visit);
    }
}

#[php_method("ArrayIterator::__construct(array|object $array = [], int $flags = 0)", rename = CONSTRUCT)]
fn construct(cx: &mut Context, this: &ObjRef, array: Value, flags: Option<i64>) -> PhpResult {
    state::<State>(this).flags.set(flags.unwrap_or(0) & USER_FLAGS);
    set_store(cx, this, &array)
}

#[php_method("ArrayIterator::rewind(): void", tentative)]
fn rewind(this: &ObjRef) {
    state::<State>(this).pos.set(0);
}

#[php_method("ArrayIterator::current(): mixed", tentative)]
fn current(this: &ObjRef) -> Value {
    current_entry(this).map_or(Value::NULL, |entry| entry.1)
}

#[php_method("ArrayIterator::key(): string|int|null", tentative)]
fn key(this: &ObjRef) -> Value {
    current_entry(this).map_or(Value::NULL, |entry| Value::from(entry.0))
}

#[php_method("ArrayIterator::next(): void", tentative)]
fn next(this: &ObjRef) {
    let table = table(this);
    let at = position(this, &table);
    if at < table.end_pos() {
        state::<State>(this).pos.set(at + 1);
    }
}

#[php_method("ArrayIterator::valid(): bool", tentative)]
fn valid(this: &ObjRef) -> bool {
    let table = table(this);
    position(this, &table) < table.end_pos()
}

#[php_method("ArrayIterator::seek(int $offset): void", tentative)]
fn seek(cx: &mut Context, this: &ObjRef, offset: i64) -> PhpResult {
    let table = table(this);
    if offset >= 0 && (offset as u64) < table.len() as u64 {
        let mut at = table.first_pos();
        for _ in 0..offset {
            at = table.pos_from(at + 1);
        }
        state::<State>(this).pos.set(at);
        return Ok(());
    }
    Err(cx.throw("outofboundsexception", format!("Seek position {offset} is out of range")))
}

#[php_method("RecursiveArrayIterator::hasChildren(): bool", tentative)]
fn has_children(this: &ObjRef) -> bool {
    let arrays_only = state::<State>(this).flags.get() & 4 != 0;
    match current(this).view() {
        View::Array(_) => true,
        View::Object(_) => !arrays_only,
        _ => false,
    }
}

#[php_method("RecursiveArrayIterator::getChildren(): ?RecursiveArrayIterator", tentative)]
fn get_children(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let value = current(this);
    let flags = state::<State>(this).flags.get();
    let class = ClassRef::of(this);
    if let Some(object) = value.as_object() {
        if flags & 4 != 0 {
            return Ok(Value::NULL);
        }
        if ClassRef::of(object).is_a(class) {
            return Ok(value);
        }
    }
    cx.construct(class, &[value, Value::int(flags)]).map(Value::object)
}
