//! The sorting methods of ArrayObject and ArrayIterator: the functions of the same names on the elements.

use super::*;
use crate::util::call_function;
use phalanx_value::PhpRef;
use phalanx_vm::args::Callable;

fn run(cx: &mut Context, this: &ObjRef, function: &str, arg: Option<Value>) -> PhpResult<bool> {
    let array = table(this);
    let root = root(this);
    let own = state::<State>(&root);
    let variable = PhpRef::new(Value::array(array));
    let mut args = vec![Value::reference(variable.clone())];
    args.extend(arg);
    own.sorting.set(own.sorting.get() + 1);
    let result = call_function(cx, function, &args);
    own.sorting.set(own.sorting.get() - 1);
    if let Some(sorted) = variable.take().into_array() {
        let mut store = own.store.borrow_mut();
        if let Store::Array(array) = &mut *store {
            *array = sorted;
        }
    }
    result.map(|_| true)
}

#[php_method("ArrayObject::asort(int $flags = SORT_REGULAR): true", tentative, default(flags = 0))]
fn asort(cx: &mut Context, this: &ObjRef, flags: i64) -> PhpResult<bool> {
    run(cx, this, "asort", Some(Value::int(flags)))
}

#[php_method("ArrayObject::ksort(int $flags = SORT_REGULAR): true", tentative, default(flags = 0))]
fn ksort(cx: &mut Context, this: &ObjRef, flags: i64) -> PhpResult<bool> {
    run(cx, this, "ksort", Some(Value::int(flags)))
}

#[php_method("ArrayObject::uasort(callable $callback): true", tentative)]
fn uasort(cx: &mut Context, this: &ObjRef, callback: Callable) -> PhpResult<bool> {
    run(cx, this, "uasort", Some(callback.value))
}

#[php_method("ArrayObject::uksort(callable $callback): true", tentative)]
fn uksort(cx: &mut Context, this: &ObjRef, callback: Callable) -> PhpResult<bool> {
    run(cx, this, "uksort", Some(callback.value))
}

#[php_method("ArrayObject::natsort(): true", tentative)]
fn natsort(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    run(cx, this, "natsort", None)
}

#[php_method("ArrayObject::natcasesort(): true", tentative)]
fn natcasesort(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    run(cx, this, "natcasesort", None)
}
