//! The class AppendIterator. Its iterators lie in an ArrayIterator, as getArrayIterator shows.

use super::*;
use phalanx_macros::{native_class, php_method};

native_class! {
    /// <https://www.php.net/class.appenditerator>
    pub static APPEND_ITERATOR = "class AppendIterator extends IteratorIterator";
    methods: CONSTRUCT, APPEND, REWIND, VALID, CURRENT, NEXT, GET_ITERATOR_INDEX, GET_ARRAY_ITERATOR;
}

#[php_method("AppendIterator::__construct()", rename = CONSTRUCT)]
fn construct(cx: &mut Context, this: &ObjRef) -> PhpResult {
    if own(this).children.borrow().is_object() {
        let text = "AppendIterator::getIterator() must be called exactly once per instance";
        return Err(cx.throw("badmethodcallexception", text));
    }
    let class = cx.native_class("arrayiterator");
    let list = cx.construct(class, &[])?;
    own(this).callback.replace(Value::object(list));
    Ok(())
}

fn list(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let list = own(this).callback.borrow().clone();
    match list.into_object() {
        Some(list) => Ok(list),
        None => Err(uninitialized(cx)),
    }
}

/// Makes the iterator that the list stands at the inner one, rewound; false if there is none.
fn take_iterator(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let list = list(cx, this)?;
    free(this);
    own(this).inner.replace(None);
    if !ask(cx, &list, "valid")? {
        return Ok(false);
    }
    let next = call(cx, &list, "current", &[])?;
    own(this).inner.replace(next.into_object());
    rewind_inner(cx, this)?;
    Ok(true)
}

/// Fetches, from the next iterators where one is at its end.
fn settle(cx: &mut Context, this: &ObjRef) -> PhpResult {
    loop {
        let Some(inner) = own(this).inner.borrow().clone() else { return Ok(()) };
        if ask(cx, &inner, "valid")? {
            return fetch(cx, this, false).map(drop);
        }
        let list = list(cx, this)?;
        call(cx, &list, "next", &[])?;
        if !take_iterator(cx, this)? {
            return Ok(());
        }
    }
}

#[php_method("AppendIterator::append(Iterator $iterator): void", tentative)]
fn append(cx: &mut Context, this: &ObjRef, iterator: &ObjRef) -> PhpResult {
    let list = list(cx, this)?;
    let item = Value::object(iterator.clone());
    let standing = own(this).inner.borrow().clone();
    if let Some(inner) = standing
        && ask(cx, &list, "valid")?
        && !ask(cx, &inner, "valid")?
    {
        call(cx, &list, "append", &[item])?;
        call(cx, &list, "next", &[])?;
        if take_iterator(cx, this)? {
            return settle(cx, this);
        }
        return Ok(());
    }
    call(cx, &list, "append", &[item])?;
    if own(this).inner.borrow().is_none() {
        let index = call(cx, &list, "count", &[])?.as_int().unwrap_or(1) - 1;
        call(cx, &list, "seek", &[Value::int(index)])?;
        if take_iterator(cx, this)? {
            return settle(cx, this);
        }
    }
    Ok(())
}

#[php_method("AppendIterator::rewind(): void", tentative)]
fn rewind(cx: &mut Context, this: &ObjRef) -> PhpResult {
    let list = list(cx, this)?;
    call(cx, &list, "rewind", &[])?;
    if take_iterator(cx, this)? {
        return settle(cx, this);
    }
    Ok(())
}

#[php_method("AppendIterator::valid(): bool", tentative)]
fn valid(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    list(cx, this)?;
    Ok(is_valid(this))
}

#[php_method("AppendIterator::current(): mixed", tentative)]
fn current(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    list(cx, this)?;
    if own(this).inner.borrow().is_some() {
        fetch(cx, this, true)?;
    }
    Ok(shown(&own(this).data))
}

#[php_method("AppendIterator::next(): void", tentative)]
fn next(cx: &mut Context, this: &ObjRef) -> PhpResult {
    list(cx, this)?;
    if own(this).inner.borrow().is_some() {
        next_inner(cx, this)?;
        settle(cx, this)?;
    }
    Ok(())
}

#[php_method("AppendIterator::getIteratorIndex(): ?int", tentative)]
fn get_iterator_index(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let list = list(cx, this)?;
    if own(this).inner.borrow().is_none() {
        return Ok(Value::NULL);
    }
    call(cx, &list, "key", &[])
}

#[php_method("AppendIterator::getArrayIterator(): ArrayIterator", tentative)]
fn get_array_iterator(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    list(cx, this)
}
