//! FilterIterator and the filters made of it.

use super::*;
use phalanx_macros::{native_class, php_method};
use phalanx_vm::args::Callable;

native_class! {
    /// <https://www.php.net/class.filteriterator>
    pub static FILTER_ITERATOR = "abstract class FilterIterator extends IteratorIterator";
    methods: CONSTRUCT, REWIND, NEXT;
    abstract "tentative accept(): bool";
}

#[php_method("FilterIterator::__construct(Iterator $iterator)", rename = CONSTRUCT)]
fn construct(cx: &mut Context, this: &ObjRef, iterator: &ObjRef) -> PhpResult {
    set_inner(cx, this, iterator)
}

/// Goes on to the next element that is accepted, the one it stands at included.
fn settle(cx: &mut Context, this: &ObjRef) -> PhpResult {
    while fetch(cx, this, true)? {
        if ask(cx, this, "accept")? {
            return Ok(());
        }
        let inner = inner(cx, this)?;
        call(cx, &inner, "next", &[])?;
    }
    free(this);
    Ok(())
}

#[php_method("FilterIterator::rewind(): void", tentative)]
fn rewind(cx: &mut Context, this: &ObjRef) -> PhpResult {
    rewind_inner(cx, this)?;
    settle(cx, this)
}

#[php_method("FilterIterator::next(): void", tentative)]
fn next(cx: &mut Context, this: &ObjRef) -> PhpResult {
    next_inner(cx, this)?;
    settle(cx, this)
}

native_class! {
    /// <https://www.php.net/class.callbackfilteriterator>
    pub static CALLBACK_FILTER_ITERATOR = "class CallbackFilterIterator extends FilterIterator";
    methods: callback::CONSTRUCT, callback::ACCEPT;
}

native_class! {
    /// <https://www.php.net/class.recursivecallbackfilteriterator>
    pub static RECURSIVE_CALLBACK_FILTER_ITERATOR = "class RecursiveCallbackFilterIterator extends CallbackFilterIterator implements RecursiveIterator";
    methods: callback::RECURSIVE, recursive::HAS_CHILDREN, callback::GET_CHILDREN;
}

mod callback {
    use super::*;

    #[php_method("CallbackFilterIterator::__construct(Iterator $iterator, callable $callback)", rename = CONSTRUCT)]
    fn construct(cx: &mut Context, this: &ObjRef, iterator: &ObjRef, callback: Callable) -> PhpResult {
        set_inner(cx, this, iterator)?;
        own(this).callback.replace(callback.value);
        Ok(())
    }

    #[php_method("RecursiveCallbackFilterIterator::__construct(RecursiveIterator $iterator, callable $callback)", rename = RECURSIVE)]
    fn recursive(cx: &mut Context, this: &ObjRef, iterator: &ObjRef, callback: Callable) -> PhpResult {
        construct(cx, this, iterator, callback)
    }

    #[php_method("CallbackFilterIterator::accept(): bool", tentative)]
    fn accept(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
        let inner = inner(cx, this)?;
        if !is_valid(this) {
            return Ok(false);
        }
        let callback = own(this).callback.borrow().clone();
        let args = [shown(&own(this).data), shown(&own(this).key), Value::object(inner)];
        let answer = cx.call_value(&callback, &args)?.into_deref();
        cx.to_bool(&answer)
    }

    #[php_method(
        "RecursiveCallbackFilterIterator::getChildren(): RecursiveCallbackFilterIterator",
        tentative
    )]
    fn get_children(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
        let inner = inner(cx, this)?;
        let children = call(cx, &inner, "getchildren", &[])?;
        let callback = own(this).callback.borrow().clone();
        cx.construct(ClassRef::of(this), &[children, callback])
    }
}

native_class! {
    /// <https://www.php.net/class.recursivefilteriterator>
    pub static RECURSIVE_FILTER_ITERATOR = "abstract class RecursiveFilterIterator extends FilterIterator implements RecursiveIterator";
    methods: recursive::CONSTRUCT, recursive::HAS_CHILDREN, recursive::GET_CHILDREN;
}

native_class! {
    /// <https://www.php.net/class.parentiterator>
    pub static PARENT_ITERATOR = "class ParentIterator extends RecursiveFilterIterator";
    methods: recursive::ACCEPT;
}

mod recursive {
    use super::*;

    #[php_method("RecursiveFilterIterator::__construct(RecursiveIterator $iterator)", rename = CONSTRUCT)]
    fn construct(cx: &mut Context, this: &ObjRef, iterator: &ObjRef) -> PhpResult {
        set_inner(cx, this, iterator)
    }

    #[php_method("RecursiveFilterIterator::hasChildren(): bool", tentative)]
    fn has_children(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
        let inner = inner(cx, this)?;
        ask(cx, &inner, "haschildren")
    }

    #[php_method("RecursiveFilterIterator::getChildren(): ?RecursiveFilterIterator", tentative)]
    fn get_children(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
        let inner = inner(cx, this)?;
        let children = call(cx, &inner, "getchildren", &[])?;
        cx.construct(ClassRef::of(this), &[children])
    }

    #[php_method("ParentIterator::accept(): bool", tentative)]
    fn accept(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
        let inner = inner(cx, this)?;
        ask(cx, &inner, "haschildren")
    }
}
