//! The class ArrayObject.

use super::*;
use phalanx_macros::native_class;
use phalanx_vm::args::ClassName;

native_class! {
    /// <https://www.php.net/class.arrayobject>
    pub static ARRAY_OBJECT = "class ArrayObject implements IteratorAggregate, ArrayAccess, Serializable, Countable";
    hooks: HOOKS;
    const "int STD_PROP_LIST" = 1;
    const "int ARRAY_AS_PROPS" = 2;
    methods: CONSTRUCT, OFFSET_EXISTS, OFFSET_GET, OFFSET_SET, APPEND, OFFSET_UNSET, GET_ARRAY_COPY, COUNT, GET_FLAGS,
        SET_FLAGS, sort::ASORT, sort::KSORT, sort::UASORT, sort::UKSORT, sort::NATSORT, sort::NATCASESORT,
        serialize::UNSERIALIZE, serialize::SERIALIZE, serialize::MAGIC_SERIALIZE, serialize::MAGIC_UNSERIALIZE,
        DEBUG_INFO, GET_ITERATOR, EXCHANGE_ARRAY, SET_ITERATOR_CLASS, GET_ITERATOR_CLASS;
}

fn iterator_class(cx: &mut Context, this: &ObjRef) -> ClassRef {
    match state::<State>(this).iterator_class.get() {
        Some(class) => class,
        None => cx.native_class("arrayiterator"),
    }
}

fn check_iterator_class(cx: &mut Context, number: u32, class: ClassRef) -> PhpResult {
    let base = cx.native_class("arrayiterator");
    if class.is_a(base) {
        return Ok(());
    }
    let name = class.shown_name().into_owned();
    Err(cx.arg_error(number, format!("must be a class name derived from ArrayIterator, {name} given")))
}

#[php_method("ArrayObject::__construct(array|object $array = [], int $flags = 0, string $iteratorClass = ArrayIterator::class)", rename = CONSTRUCT)]
fn construct(
    cx: &mut Context,
    this: &ObjRef,
    array: Value,
    flags: Option<i64>,
    iterator_class: Option<ClassName>,
) -> PhpResult {
    if let Some(ClassName(class)) = iterator_class {
        check_iterator_class(cx, 3, class)?;
        state::<State>(this).iterator_class.set(Some(class));
    }
    state::<State>(this).flags.set(flags.unwrap_or(0) & USER_FLAGS);
    set_store(cx, this, &array)
}

#[php_method("ArrayObject::getIterator(): Iterator", tentative)]
fn get_iterator(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let class = iterator_class(cx, this);
    let iterator = cx.new_object(class)?;
    let own = state::<State>(&iterator);
    own.store.replace(Store::Other(this.clone()));
    Ok(iterator)
}

#[php_method("ArrayObject::exchangeArray(array|object $array): array", tentative)]
fn exchange_array(cx: &mut Context, this: &ObjRef, array: &Value) -> PhpResult<PhpArray> {
    if state::<State>(this).sorting.get() != 0 {
        return Err(cx.throw_error("Modification of ArrayObject during sorting is prohibited"));
    }
    let old = table(this);
    set_store(cx, this, array)?;
    Ok(old)
}

#[php_method("ArrayObject::setIteratorClass(string $iteratorClass): void", tentative)]
fn set_iterator_class(cx: &mut Context, this: &ObjRef, class: ClassName) -> PhpResult {
    check_iterator_class(cx, 1, class.0)?;
    state::<State>(this).iterator_class.set(Some(class.0));
    Ok(())
}

#[php_method("ArrayObject::getIteratorClass(): string", tentative)]
fn get_iterator_class(cx: &mut Context, this: &ObjRef) -> PhpString {
    iterator_class(cx, this).name.clone()
}
