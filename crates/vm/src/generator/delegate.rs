//! What a generator yields from: an array, an iterator, another generator.

use super::GeneratorState;
use crate::Context;
use crate::class::{ClassRef, NativeIterator};
use crate::thrown::PhpResult;
use phalanx_value::{ObjRef, PhpArray, Value};

/// The source of a `yield from` that is under way.
#[derive(Default)]
pub(super) enum Delegate {
    /// None.
    #[default]
    None,
    /// The rest of an array, from a position on.
    Array(PhpArray, u32),
    /// An iterator that has been rewound; the flag says whether it stands on an element that was yielded.
    Iterator(Box<dyn NativeIterator>, bool),
    /// A generator, as a value that the collector can be shown.
    Generator(Value),
}

impl Delegate {
    /// The generator that is yielded from.
    pub(super) fn generator(&self) -> Option<ObjRef> {
        match self {
            Delegate::Generator(generator) => generator.as_object().cloned(),
            _ => None,
        }
    }

    pub(super) fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        match self {
            Delegate::None => {}
            Delegate::Array(array, _) => visit(array.as_value()),
            Delegate::Iterator(iterator, _) => iterator.trace(visit),
            Delegate::Generator(generator) => visit(generator),
        }
    }
}

/// What a delegate says when its generator is resumed.
pub(super) enum Step {
    /// It has given the next value.
    Yielded,
    /// There is none (any more): the generator itself goes on.
    Run,
}

/// Takes the next value of an array or iterator that a generator yields from.
pub(super) fn advance(cx: &mut Context, state: &GeneratorState) -> PhpResult<Step> {
    let delegate = state.delegate.take();
    match delegate {
        Delegate::None | Delegate::Generator(_) => {
            state.delegate.replace(delegate);
            Ok(Step::Run)
        }
        Delegate::Array(array, pos) => {
            let at = array.pos_from(pos);
            let Some((key, value)) =
                array.pos_entry(at).map(|(key, value)| (key.to_owned(), value.deref_clone()))
            else {
                state.deliver(Value::NULL);
                return Ok(Step::Run);
            };
            state.value.replace(value);
            state.key.replace(key.into());
            state.delegate.replace(Delegate::Array(array, at + 1));
            Ok(Step::Yielded)
        }
        Delegate::Iterator(mut iterator, started) => {
            if started {
                iterator.next(cx)?;
            }
            if !iterator.valid(cx)? {
                state.deliver(Value::NULL);
                return Ok(Step::Run);
            }
            let value = iterator.current(cx)?;
            let key = iterator.key(cx)?;
            state.value.replace(value.into_deref());
            state.key.replace(key);
            state.delegate.replace(Delegate::Iterator(iterator, true));
            Ok(Step::Yielded)
        }
    }
}

/// Sets up `yield from value`; false if there is nothing in it.
pub(super) fn begin(cx: &mut Context, state: &GeneratorState, value: Value) -> PhpResult<Begun> {
    if let Some(array) = value.as_array() {
        let first = array.first_pos();
        state.delegate.replace(Delegate::Array(array.clone(), first));
        return Ok(Begun::Source);
    }
    if let Some(object) = value.as_object() {
        if let Some(inner) = super::state(object) {
            return begin_generator(cx, state, object, inner);
        }
        let traversable = cx.native_class("traversable");
        if ClassRef::of(object).is_a(traversable) {
            let mut iterator = crate::traverse::iterator_of(cx, object, false)?;
            iterator.rewind(cx)?;
            state.delegate.replace(Delegate::Iterator(iterator, false));
            return Ok(Begun::Source);
        }
    }
    Err(cx.throw_error("Can use \"yield from\" only with arrays and Traversables"))
}

/// How a `yield from` begins.
pub(super) enum Begun {
    /// With an array or iterator.
    Source,
    /// With a generator that is not at its end.
    Generator,
}

fn begin_generator(
    cx: &mut Context,
    state: &GeneratorState,
    object: &ObjRef,
    inner: &GeneratorState,
) -> PhpResult<Begun> {
    if inner.is_finished() {
        return Err(cx.throw_error(
            "Generator passed to yield from was aborted without proper return and is unable to continue",
        ));
    }
    let chain = super::innermost(cx, object)?;
    if chain.last().and_then(super::state).is_some_and(|last| std::ptr::eq(last, state)) {
        return Err(cx.throw_error("Impossible to yield from the Generator being currently run"));
    }
    state.delegate.replace(Delegate::Generator(Value::object(object.clone())));
    Ok(Begun::Generator)
}
