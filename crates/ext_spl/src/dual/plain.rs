//! IteratorIterator, NoRewindIterator, InfiniteIterator and EmptyIterator.

use super::*;
use phalanx_macros::{native_class, php_method};
use phalanx_value::PhpString;

native_class! {
    /// <https://www.php.net/class.iteratoriterator>
    pub static ITERATOR_ITERATOR = "class IteratorIterator implements OuterIterator";
    hooks: HOOKS;
    methods: CONSTRUCT, GET_INNER_ITERATOR, REWIND, VALID, KEY, CURRENT, NEXT;
}

#[php_method("IteratorIterator::__construct(Traversable $iterator, ?string $class = null)", rename = CONSTRUCT)]
fn construct(cx: &mut Context, this: &ObjRef, iterator: &ObjRef, class: Option<&PhpString>) -> PhpResult {
    let _ = class;
    set_inner(cx, this, iterator)
}

#[php_method("IteratorIterator::getInnerIterator(): ?Iterator", tentative)]
fn get_inner_iterator(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    inner(cx, this)
}

#[php_method("IteratorIterator::rewind(): void", tentative)]
fn rewind(cx: &mut Context, this: &ObjRef) -> PhpResult {
    rewind_inner(cx, this)?;
    fetch(cx, this, true).map(drop)
}

#[php_method("IteratorIterator::valid(): bool", tentative)]
fn valid(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    inner(cx, this)?;
    Ok(is_valid(this))
}

#[php_method("IteratorIterator::key(): mixed", tentative)]
fn key(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    inner(cx, this)?;
    Ok(shown(&own(this).key))
}

#[php_method("IteratorIterator::current(): mixed", tentative)]
fn current(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    inner(cx, this)?;
    Ok(shown(&own(this).data))
}

#[php_method("IteratorIterator::next(): void", tentative)]
fn next(cx: &mut Context, this: &ObjRef) -> PhpResult {
    next_inner(cx, this)?;
    fetch(cx, this, true).map(drop)
}

native_class! {
    /// <https://www.php.net/class.norewinditerator>
    pub static NO_REWIND_ITERATOR = "class NoRewindIterator extends IteratorIterator";
    methods: no_rewind::CONSTRUCT, no_rewind::REWIND, no_rewind::VALID, no_rewind::KEY, no_rewind::CURRENT,
        no_rewind::NEXT;
}

mod no_rewind {
    use super::super::*;
    use phalanx_macros::php_method;

    #[php_method("NoRewindIterator::__construct(Iterator $iterator)", rename = CONSTRUCT)]
    fn construct(cx: &mut Context, this: &ObjRef, iterator: &ObjRef) -> PhpResult {
        set_inner(cx, this, iterator)
    }

    #[php_method("NoRewindIterator::rewind(): void", tentative)]
    fn rewind(this: &ObjRef) {
        let _ = this;
    }

    #[php_method("NoRewindIterator::valid(): bool", tentative)]
    fn valid(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
        let inner = inner(cx, this)?;
        ask(cx, &inner, "valid")
    }

    #[php_method("NoRewindIterator::key(): mixed", tentative)]
    fn key(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
        let inner = inner(cx, this)?;
        call(cx, &inner, "key", &[])
    }

    #[php_method("NoRewindIterator::current(): mixed", tentative)]
    fn current(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
        let inner = inner(cx, this)?;
        call(cx, &inner, "current", &[])
    }

    #[php_method("NoRewindIterator::next(): void", tentative)]
    fn next(cx: &mut Context, this: &ObjRef) -> PhpResult {
        let inner = inner(cx, this)?;
        call(cx, &inner, "next", &[]).map(drop)
    }
}

native_class! {
    /// <https://www.php.net/class.infiniteiterator>
    pub static INFINITE_ITERATOR = "class InfiniteIterator extends IteratorIterator";
    methods: no_rewind::CONSTRUCT, infinite::NEXT;
}

mod infinite {
    use super::super::*;
    use phalanx_macros::php_method;

    #[php_method("InfiniteIterator::next(): void", tentative)]
    fn next(cx: &mut Context, this: &ObjRef) -> PhpResult {
        next_inner(cx, this)?;
        let inner = inner(cx, this)?;
        if ask(cx, &inner, "valid")? {
            return fetch(cx, this, false).map(drop);
        }
        rewind_inner(cx, this)?;
        if ask(cx, &inner, "valid")? {
            fetch(cx, this, false)?;
        }
        Ok(())
    }
}

native_class! {
    /// <https://www.php.net/class.emptyiterator>
    pub static EMPTY_ITERATOR = "class EmptyIterator implements Iterator";
    methods: empty::CURRENT, empty::NEXT, empty::KEY, empty::VALID, empty::REWIND;
}

mod empty {
    use super::super::*;
    use phalanx_macros::php_method;

    #[php_method("EmptyIterator::current(): never", tentative)]
    fn current(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
        let _ = this;
        Err(cx.throw("badmethodcallexception", "Accessing the value of an EmptyIterator"))
    }

    #[php_method("EmptyIterator::next(): void", tentative)]
    fn next(this: &ObjRef) {
        let _ = this;
    }

    #[php_method("EmptyIterator::key(): never", tentative)]
    fn key(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
        let _ = this;
        Err(cx.throw("badmethodcallexception", "Accessing the key of an EmptyIterator"))
    }

    #[php_method("EmptyIterator::valid(): false", tentative)]
    fn valid(this: &ObjRef) -> bool {
        let _ = this;
        false
    }

    #[php_method("EmptyIterator::rewind(): void", tentative)]
    fn rewind(this: &ObjRef) {
        let _ = this;
    }
}
