//! One kind of iterator for every Traversable: native ones as they are, others through their methods.

use crate::Context;
use crate::class::{ClassRef, NativeIterator};
use crate::thrown::{PhpResult, Thrown};
use phalanx_value::{ObjRef, Value};

/// The iterator of a Traversable; `getIterator` is followed. It has not been rewound.
pub fn iterator_of(cx: &mut Context, object: &ObjRef, by_ref: bool) -> PhpResult<Box<dyn NativeIterator>> {
    let mut object = object.clone();
    loop {
        let class = ClassRef::of(&object);
        if let Some(iterate) = class.native_iterate() {
            return iterate(cx, &object, by_ref);
        }
        if class.is_a(cx.native_class("iterator")) {
            if by_ref {
                return Err(cx.throw_error("An iterator cannot be used with foreach by reference"));
            }
            return Ok(Box::new(MethodIterator { object }));
        }
        let Some(get) = class.method(b"getiterator") else {
            return Err(cx.throw_error(format!("{} is not traversable", class.shown_name())));
        };
        let inner = cx.call_method(&object, get, &[])?;
        let traversable = cx.native_class("traversable");
        match inner.into_object() {
            Some(inner) if ClassRef::of(&inner).is_a(traversable) => object = inner,
            _ => return Err(not_traversable(cx, class)),
        }
    }
}

fn not_traversable(cx: &mut Context, class: ClassRef) -> Thrown {
    let text = format!(
        "Objects returned by {}::getIterator() must be traversable or implement interface Iterator",
        class.shown_name()
    );
    cx.throw("exception", text)
}

/// An Iterator whose steps are methods.
struct MethodIterator {
    object: ObjRef,
}

impl MethodIterator {
    fn call(&self, cx: &mut Context, lc_name: &[u8]) -> PhpResult<Value> {
        match ClassRef::of(&self.object).method(lc_name) {
            Some(method) => cx.call_method(&self.object, method, &[]),
            None => Ok(Value::NULL),
        }
    }
}

impl NativeIterator for MethodIterator {
    fn rewind(&mut self, cx: &mut Context) -> PhpResult {
        self.call(cx, b"rewind").map(drop)
    }

    fn valid(&mut self, cx: &mut Context) -> PhpResult<bool> {
        let valid = self.call(cx, b"valid")?;
        cx.to_bool(&valid)
    }

    fn current(&mut self, cx: &mut Context) -> PhpResult<Value> {
        self.call(cx, b"current")
    }

    fn key(&mut self, cx: &mut Context) -> PhpResult<Value> {
        self.call(cx, b"key")
    }

    fn next(&mut self, cx: &mut Context) -> PhpResult {
        self.call(cx, b"next").map(drop)
    }

    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        let _ = visit;
    }
}
