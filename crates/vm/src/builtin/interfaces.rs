//! The interfaces that the language itself knows.

use phalanx_macros::native_class;

native_class! {
    /// <https://www.php.net/class.traversable>
    pub(crate) static TRAVERSABLE = "interface Traversable";
}

native_class! {
    /// <https://www.php.net/class.iteratoraggregate>
    pub(crate) static ITERATOR_AGGREGATE = "interface IteratorAggregate extends Traversable";
    abstract "tentative getIterator(): Traversable";
}

native_class! {
    /// <https://www.php.net/class.iterator>
    pub(crate) static ITERATOR = "interface Iterator extends Traversable";
    abstract "tentative current(): mixed";
    abstract "tentative next(): void";
    abstract "tentative key(): mixed";
    abstract "tentative valid(): bool";
    abstract "tentative rewind(): void";
}

native_class! {
    /// <https://www.php.net/class.serializable>
    pub(crate) static SERIALIZABLE = "interface Serializable";
    abstract "serialize()";
    abstract "unserialize(string $data)";
}

native_class! {
    /// <https://www.php.net/class.arrayaccess>
    pub(crate) static ARRAY_ACCESS = "interface ArrayAccess";
    abstract "tentative offsetExists(mixed $offset): bool";
    abstract "tentative offsetGet(mixed $offset): mixed";
    abstract "tentative offsetSet(mixed $offset, mixed $value): void";
    abstract "tentative offsetUnset(mixed $offset): void";
}

native_class! {
    /// <https://www.php.net/class.countable>
    pub(crate) static COUNTABLE = "interface Countable";
    abstract "tentative count(): int";
}

native_class! {
    /// <https://www.php.net/class.stringable>
    pub(crate) static STRINGABLE = "interface Stringable";
    abstract "__toString(): string";
}

native_class! {
    /// <https://www.php.net/class.unitenum>
    pub(crate) static UNIT_ENUM = "interface UnitEnum";
    abstract "static cases(): array";
}

native_class! {
    /// <https://www.php.net/class.backedenum>
    pub(crate) static BACKED_ENUM = "interface BackedEnum extends UnitEnum";
    abstract "static from(int|string $value): static";
    abstract "static tryFrom(int|string $value): ?static";
}

native_class! {
    /// <https://www.php.net/class.internaliterator>
    pub(crate) static INTERNAL_ITERATOR = "final class InternalIterator implements Iterator";
    flags: not_serializable;
    methods: internal_iterator::CONSTRUCT, internal_iterator::CURRENT, internal_iterator::KEY, internal_iterator::NEXT,
        internal_iterator::VALID, internal_iterator::REWIND;
}

/// What `getIterator()` of native aggregates returns.
pub(crate) mod internal_iterator {
    use crate::Context;
    use crate::class::NativeIterator;
    use crate::thrown::PhpResult;
    use phalanx_macros::php_method;
    use phalanx_value::{NativeSlot, NativeState, ObjRef, Value};
    use std::cell::{Cell, RefCell};

    /// The iterator behind it.
    struct State {
        iterator: RefCell<Box<dyn NativeIterator>>,
        started: Cell<bool>,
    }

    impl NativeState for State {
        fn trace(&self, visit: &mut dyn FnMut(&Value)) {
            if let Ok(iterator) = self.iterator.try_borrow() {
                iterator.trace(visit);
            }
        }
    }

    /// An InternalIterator over `iterator`.
    pub fn wrap(cx: &mut Context, iterator: Box<dyn NativeIterator>) -> PhpResult<ObjRef> {
        let class = cx.native_class("internaliterator");
        let object = cx.new_object(class)?;
        let state = State { iterator: RefCell::new(iterator), started: Cell::new(false) };
        if object.set_native(NativeSlot::new(state)).is_err() {
            unreachable!("a new object has no state");
        }
        Ok(object)
    }

    /// Runs `f` on the iterator, rewound before its first use.
    fn with<T>(
        cx: &mut Context,
        this: &ObjRef,
        f: impl FnOnce(&mut Context, &mut dyn NativeIterator) -> PhpResult<T>,
    ) -> PhpResult<T> {
        let Some(state) = this.native::<State>() else {
            return Err(cx.throw_error("The InternalIterator object has not been properly initialized"));
        };
        let Ok(mut iterator) = state.iterator.try_borrow_mut() else {
            return Err(cx.throw_error("Cannot use an InternalIterator inside of itself"));
        };
        if !state.started.replace(true) {
            iterator.rewind(cx)?;
        }
        f(cx, &mut **iterator)
    }

    #[php_method("private InternalIterator::__construct()")]
    fn construct(this: &ObjRef) {
        let _ = this;
    }

    #[php_method("InternalIterator::current(): mixed")]
    fn current(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
        with(cx, this, |cx, iterator| {
            if iterator.valid(cx)? { Ok(iterator.current(cx)?.into_deref()) } else { Ok(Value::NULL) }
        })
    }

    #[php_method("InternalIterator::key(): mixed")]
    fn key(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
        with(cx, this, |cx, iterator| if iterator.valid(cx)? { iterator.key(cx) } else { Ok(Value::NULL) })
    }

    #[php_method("InternalIterator::next(): void")]
    fn next(cx: &mut Context, this: &ObjRef) -> PhpResult {
        with(cx, this, |cx, iterator| iterator.next(cx))
    }

    #[php_method("InternalIterator::valid(): bool")]
    fn valid(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
        with(cx, this, |cx, iterator| iterator.valid(cx))
    }

    #[php_method("InternalIterator::rewind(): void")]
    fn rewind(cx: &mut Context, this: &ObjRef) -> PhpResult {
        let fresh = this.native::<State>().is_some_and(|state| !state.started.get());
        with(cx, this, |cx, iterator| if fresh { Ok(()) } else { iterator.rewind(cx) })
    }
}
