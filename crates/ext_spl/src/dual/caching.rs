//! CachingIterator and RecursiveCachingIterator: one element ahead of what they show.

use super::*;
use crate::util::class_name;
use phalanx_macros::{native_class, php_method};
use phalanx_value::{PhpString, View};
use phalanx_vm::dims::{KeyUse, array_key, undefined_key};

const CALL_TOSTRING: i64 = 1;
const TOSTRING_USE_KEY: i64 = 2;
const TOSTRING_USE_CURRENT: i64 = 4;
const TOSTRING_USE_INNER: i64 = 8;
const CATCH_GET_CHILD: i64 = 16;
const FULL_CACHE: i64 = 256;
/// There is an element to show.
const VALID_FLAG: i64 = 1 << 20;

native_class! {
    /// <https://www.php.net/class.cachingiterator>
    pub static CACHING_ITERATOR = "class CachingIterator extends IteratorIterator implements ArrayAccess, Countable, Stringable";
    const "int CALL_TOSTRING" = 1;
    const "int CATCH_GET_CHILD" = 16;
    const "int TOSTRING_USE_KEY" = 2;
    const "int TOSTRING_USE_CURRENT" = 4;
    const "int TOSTRING_USE_INNER" = 8;
    const "int FULL_CACHE" = 256;
    methods: CONSTRUCT, REWIND, VALID, NEXT, HAS_NEXT, TO_STRING, GET_FLAGS, SET_FLAGS, OFFSET_GET, OFFSET_SET,
        OFFSET_UNSET, OFFSET_EXISTS, GET_CACHE, COUNT;
}

native_class! {
    /// <https://www.php.net/class.recursivecachingiterator>
    pub static RECURSIVE_CACHING_ITERATOR = "class RecursiveCachingIterator extends CachingIterator implements RecursiveIterator";
    methods: RECURSIVE_CONSTRUCT, HAS_CHILDREN, GET_CHILDREN;
}

fn good_flags(flags: i64) -> bool {
    let ways = [CALL_TOSTRING, TOSTRING_USE_KEY, TOSTRING_USE_CURRENT, TOSTRING_USE_INNER];
    ways.iter().filter(|&&way| flags & way != 0).count() <= 1
}

const WAYS: &str = "CachingIterator::CALL_TOSTRING, CachingIterator::TOSTRING_USE_KEY, \
                    CachingIterator::TOSTRING_USE_CURRENT, or CachingIterator::TOSTRING_USE_INNER";

#[php_method("CachingIterator::__construct(Iterator $iterator, int $flags = CachingIterator::CALL_TOSTRING)", rename = CONSTRUCT, default(flags = CALL_TOSTRING))]
fn construct(cx: &mut Context, this: &ObjRef, iterator: &ObjRef, flags: i64) -> PhpResult {
    if !good_flags(flags) {
        return Err(cx.arg_value_error(2, format!("must contain only one of {WAYS}")));
    }
    set_inner(cx, this, iterator)?;
    own(this).flags.set(flags & 0xFFFF);
    Ok(())
}

#[php_method("RecursiveCachingIterator::__construct(Iterator $iterator, int $flags = RecursiveCachingIterator::CALL_TOSTRING)", rename = RECURSIVE_CONSTRUCT, default(flags = CALL_TOSTRING))]
fn recursive_construct(cx: &mut Context, this: &ObjRef, iterator: &ObjRef, flags: i64) -> PhpResult {
    if !is_a(cx, iterator, "recursiveiterator") {
        let given = class_name(iterator);
        return Err(cx.arg_error(1, format!("must be of type RecursiveIterator, {given} given")));
    }
    construct(cx, this, iterator, flags)
}

/// Shows the element that the inner iterator stands at, and moves that one on.
fn advance(cx: &mut Context, this: &ObjRef) -> PhpResult {
    let own = own(this);
    if !fetch(cx, this, true)? {
        own.flags.set(own.flags.get() & !VALID_FLAG);
        return Ok(());
    }
    let flags = own.flags.get() | VALID_FLAG;
    own.flags.set(flags);
    let inner = inner(cx, this)?;
    if flags & FULL_CACHE != 0 {
        let key = array_key(cx, &shown(&own.key), KeyUse::Access)?;
        let old = own.cache.borrow_mut().insert(&key, shown(&own.data));
        drop(old);
    }
    if is_a(cx, this, "recursivecachingiterator") {
        children(cx, this, &inner, flags)?;
    }
    if flags & (CALL_TOSTRING | TOSTRING_USE_INNER) != 0 {
        let source =
            if flags & TOSTRING_USE_INNER != 0 { Value::object(inner.clone()) } else { shown(&own.data) };
        let text = cx.to_string(&source)?;
        own.text.replace(Value::string(text));
    }
    call(cx, &inner, "next", &[])?;
    own.pos.set(own.pos.get() + 1);
    Ok(())
}

fn children(cx: &mut Context, this: &ObjRef, inner: &ObjRef, flags: i64) -> PhpResult {
    let made = (|| {
        if !ask(cx, inner, "haschildren")? {
            return Ok(Value::UNDEF);
        }
        let children = call(cx, inner, "getchildren", &[])?;
        let class = cx.native_class("recursivecachingiterator");
        cx.construct(class, &[children, Value::int(flags & 0xFFFF)]).map(Value::object)
    })();
    match made {
        Ok(children) => {
            own(this).children.replace(children);
            Ok(())
        }
        Err(thrown) if flags & CATCH_GET_CHILD != 0 => cx.catch(thrown).map(drop),
        Err(thrown) => Err(thrown),
    }
}

#[php_method("CachingIterator::rewind(): void", tentative)]
fn rewind(cx: &mut Context, this: &ObjRef) -> PhpResult {
    rewind_inner(cx, this)?;
    drop(own(this).cache.take());
    advance(cx, this)
}

#[php_method("CachingIterator::valid(): bool", tentative)]
fn valid(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    inner(cx, this)?;
    Ok(own(this).flags.get() & VALID_FLAG != 0)
}

#[php_method("CachingIterator::next(): void", tentative)]
fn next(cx: &mut Context, this: &ObjRef) -> PhpResult {
    inner(cx, this)?;
    advance(cx, this)
}

#[php_method("CachingIterator::hasNext(): bool", tentative)]
fn has_next(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let inner = inner(cx, this)?;
    ask(cx, &inner, "valid")
}

#[php_method("CachingIterator::__toString(): string", rename = TO_STRING)]
fn to_string(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    inner(cx, this)?;
    let flags = own(this).flags.get();
    let any = CALL_TOSTRING | TOSTRING_USE_KEY | TOSTRING_USE_CURRENT | TOSTRING_USE_INNER;
    if flags & any == 0 {
        let text =
            format!("{} does not fetch string value (see CachingIterator::__construct)", class_name(this));
        return Err(cx.throw("badmethodcallexception", text));
    }
    let value = match flags {
        flags if flags & TOSTRING_USE_KEY != 0 => shown(&own(this).key),
        flags if flags & TOSTRING_USE_CURRENT != 0 => shown(&own(this).data),
        _ => shown(&own(this).text),
    };
    cx.to_string(&value)
}

#[php_method("CachingIterator::getFlags(): int", tentative)]
fn get_flags(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    inner(cx, this)?;
    Ok(own(this).flags.get() & 0xFFFF)
}

#[php_method("CachingIterator::setFlags(int $flags): void", tentative)]
fn set_flags(cx: &mut Context, this: &ObjRef, flags: i64) -> PhpResult {
    inner(cx, this)?;
    let own = own(this);
    if !good_flags(flags) {
        return Err(cx.arg_value_error(1, format!("must contain only one of {WAYS}")));
    }
    let before = own.flags.get();
    if before & CALL_TOSTRING != 0 && flags & CALL_TOSTRING == 0 {
        return Err(cx.throw("invalidargumentexception", "Unsetting flag CALL_TO_STRING is not possible"));
    }
    if before & TOSTRING_USE_INNER != 0 && flags & TOSTRING_USE_INNER == 0 {
        return Err(cx.throw("invalidargumentexception", "Unsetting flag USE_INNER is not possible"));
    }
    if flags & FULL_CACHE != 0 && before & FULL_CACHE == 0 {
        drop(own.cache.take());
    }
    own.flags.set(before & !0xFFFF | flags & 0xFFFF);
    Ok(())
}

fn full_cache(cx: &mut Context, this: &ObjRef) -> PhpResult {
    inner(cx, this)?;
    if own(this).flags.get() & FULL_CACHE != 0 {
        return Ok(());
    }
    let text = format!("{} does not use a full cache (see CachingIterator::__construct)", class_name(this));
    Err(cx.throw("badmethodcallexception", text))
}

#[php_method("CachingIterator::offsetGet($key): mixed", tentative)]
fn offset_get(cx: &mut Context, this: &ObjRef, key: Value) -> PhpResult<Value> {
    full_cache(cx, this)?;
    let key = phalanx_value::ArrayKey::from_string(cx.to_string(&key)?);
    let found = own(this).cache.borrow().get_value(&key);
    match found {
        Some(value) => Ok(value.into_deref()),
        None => {
            undefined_key(cx, &key)?;
            Ok(Value::NULL)
        }
    }
}

#[php_method("CachingIterator::offsetSet($key, mixed $value): void", tentative)]
fn offset_set(cx: &mut Context, this: &ObjRef, key: Value, value: Value) -> PhpResult {
    full_cache(cx, this)?;
    let key = phalanx_value::ArrayKey::from_string(cx.to_string(&key)?);
    let old = own(this).cache.borrow_mut().insert(&key, value);
    drop(old);
    Ok(())
}

#[php_method("CachingIterator::offsetUnset($key): void", tentative)]
fn offset_unset(cx: &mut Context, this: &ObjRef, key: Value) -> PhpResult {
    full_cache(cx, this)?;
    let key = phalanx_value::ArrayKey::from_string(cx.to_string(&key)?);
    let old = own(this).cache.borrow_mut().remove(&key);
    drop(old);
    Ok(())
}

#[php_method("CachingIterator::offsetExists($key): bool", tentative)]
fn offset_exists(cx: &mut Context, this: &ObjRef, key: Value) -> PhpResult<bool> {
    full_cache(cx, this)?;
    let key = phalanx_value::ArrayKey::from_string(cx.to_string(&key)?);
    let found = own(this).cache.borrow().get_value(&key);
    Ok(found.is_some_and(|value| !matches!(value.view(), View::Null)))
}

#[php_method("CachingIterator::getCache(): array", tentative)]
fn get_cache(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    full_cache(cx, this)?;
    Ok(own(this).cache.borrow().clone())
}

#[php_method("CachingIterator::count(): int", tentative)]
fn count(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    full_cache(cx, this)?;
    Ok(own(this).cache.borrow().len() as i64)
}

#[php_method("RecursiveCachingIterator::hasChildren(): bool", tentative)]
fn has_children(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    inner(cx, this)?;
    Ok(own(this).children.borrow().is_object())
}

#[php_method("RecursiveCachingIterator::getChildren(): ?RecursiveCachingIterator", tentative)]
fn get_children(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    inner(cx, this)?;
    Ok(shown(&own(this).children))
}
