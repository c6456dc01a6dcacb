//! The class LimitIterator.

use super::*;
use phalanx_macros::{native_class, php_method};

native_class! {
    /// <https://www.php.net/class.limititerator>
    pub static LIMIT_ITERATOR = "class LimitIterator extends IteratorIterator";
    methods: CONSTRUCT, REWIND, VALID, NEXT, SEEK, GET_POSITION;
}

#[php_method("LimitIterator::__construct(Iterator $iterator, int $offset = 0, int $limit = -1)", rename = CONSTRUCT)]
fn construct(cx: &mut Context, this: &ObjRef, iterator: &ObjRef, offset: i64, limit: i64) -> PhpResult {
    if offset < 0 {
        return Err(cx.arg_value_error(2, "must be greater than or equal to 0"));
    }
    if limit < -1 {
        return Err(cx.arg_value_error(3, "must be greater than or equal to -1"));
    }
    set_inner(cx, this, iterator)?;
    own(this).range.set((offset, limit));
    Ok(())
}

fn within(this: &ObjRef) -> bool {
    let (offset, limit) = own(this).range.get();
    // Neither is negative, and their sum may be too large for an integer.
    limit == -1 || own(this).pos.get() - offset < limit
}

fn go_to(cx: &mut Context, this: &ObjRef, to: i64) -> PhpResult {
    free(this);
    let (offset, limit) = own(this).range.get();
    if to < offset {
        let text = format!("Cannot seek to {to} which is below the offset {offset}");
        return Err(cx.throw("outofboundsexception", text));
    }
    if limit != -1 && to - offset >= limit {
        let text = format!("Cannot seek to {to} which is behind offset {offset} plus count {limit}");
        return Err(cx.throw("outofboundsexception", text));
    }
    let inner = inner(cx, this)?;
    if to != own(this).pos.get() && is_a(cx, &inner, "seekableiterator") {
        call(cx, &inner, "seek", &[Value::int(to)])?;
        own(this).pos.set(to);
        if ask(cx, &inner, "valid")? {
            fetch(cx, this, false)?;
        }
        return Ok(());
    }
    if to < own(this).pos.get() {
        rewind_inner(cx, this)?;
    }
    while own(this).pos.get() < to && ask(cx, &inner, "valid")? {
        next_inner(cx, this)?;
    }
    if ask(cx, &inner, "valid")? {
        fetch(cx, this, true)?;
    }
    Ok(())
}

#[php_method("LimitIterator::rewind(): void", tentative)]
fn rewind(cx: &mut Context, this: &ObjRef) -> PhpResult {
    rewind_inner(cx, this)?;
    let offset = own(this).range.get().0;
    go_to(cx, this, offset)
}

#[php_method("LimitIterator::valid(): bool", tentative)]
fn valid(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    inner(cx, this)?;
    Ok(within(this) && is_valid(this))
}

#[php_method("LimitIterator::next(): void", tentative)]
fn next(cx: &mut Context, this: &ObjRef) -> PhpResult {
    next_inner(cx, this)?;
    if within(this) {
        fetch(cx, this, true)?;
    }
    Ok(())
}

#[php_method("LimitIterator::seek(int $offset): int", tentative)]
fn seek(cx: &mut Context, this: &ObjRef, offset: i64) -> PhpResult<i64> {
    go_to(cx, this, offset)?;
    Ok(own(this).pos.get())
}

#[php_method("LimitIterator::getPosition(): int", tentative)]
fn get_position(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    inner(cx, this)?;
    Ok(own(this).pos.get())
}
