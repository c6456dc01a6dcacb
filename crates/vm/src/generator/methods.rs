//! The class Generator.

use super::{
    CLOSING, FIRST, current, ensure_started, graceful_exit, is_graceful_exit, resume, state, throw_into,
};
use crate::Context;
use crate::class::{Hooks, NativeIterator};
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::func as flags;
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, PhpArray, PhpString, Value};

native_class! {
    /// <https://www.php.net/class.generator>
    pub(crate) static GENERATOR = "final class Generator implements Iterator";
    flags: not_serializable, no_dynamic_props, not_instantiable;
    hooks: HOOKS;
    methods: REWIND, VALID, CURRENT, KEY, NEXT, SEND, THROW, GET_RETURN;
}

pub(crate) static HOOKS: Hooks = Hooks {
    uncloneable: true,
    debug_info: Some(debug_info),
    iterate: Some(iterate),
    free: Some(close),
    ..Hooks::NONE
};

/// The function, which is all that dumps show.
fn debug_info(_: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let mut info = PhpArray::new();
    if let Some(state) = state(this) {
        let func = state.func();
        let name = match func.scope {
            Some(scope) => PhpString::concat_all(&[&scope.name, b"::", &func.name]),
            None => func.name.clone(),
        };
        info.insert_bytes("function", name);
    }
    Ok(info)
}

#[php_method("Generator::rewind(): void")]
fn rewind(cx: &mut Context, this: &ObjRef) -> PhpResult {
    ensure_started(cx, this)?;
    check_rewind(cx, this)
}

fn check_rewind(cx: &mut Context, this: &ObjRef) -> PhpResult {
    match state(this) {
        Some(state) if !state.has(FIRST) && !state.is_finished() || ended_late(this) => {
            Err(cx.throw("exception", "Cannot rewind a generator that was already run"))
        }
        _ => Ok(()),
    }
}

/// Whether it has ended after its first `yield`.
fn ended_late(this: &ObjRef) -> bool {
    state(this).is_some_and(|state| state.is_finished() && !state.has(FIRST) && state.largest_key.get() >= 0)
}

#[php_method("Generator::valid(): bool")]
fn valid(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(super::current(cx, this)?.is_some())
}

#[php_method("Generator::current(): mixed", rename = CURRENT)]
fn current_value(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    Ok(current(cx, this)?.map_or(Value::NULL, |(value, _)| shown(value)))
}

fn shown(value: Value) -> Value {
    if value.is_undef() { Value::NULL } else { value.into_deref() }
}

#[php_method("Generator::key(): mixed")]
fn key(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    Ok(current(cx, this)?.map_or(Value::NULL, |(_, key)| shown(key)))
}

#[php_method("Generator::next(): void")]
fn next(cx: &mut Context, this: &ObjRef) -> PhpResult {
    ensure_started(cx, this)?;
    resume(cx, this)
}

#[php_method("Generator::send(mixed $value): mixed")]
fn send(cx: &mut Context, this: &ObjRef, value: Value) -> PhpResult<Value> {
    ensure_started(cx, this)?;
    let Some(outer) = state(this) else { return Ok(Value::NULL) };
    if outer.is_finished() {
        return Ok(Value::NULL);
    }
    let chain = super::innermost(cx, this)?;
    let inner = chain.last().and_then(state).expect("members of a chain are generators");
    if inner.is_running() {
        return Err(cx.throw_error("Cannot resume an already running generator"));
    }
    if matches!(*inner.delegate.borrow(), super::Delegate::None) {
        inner.deliver(value);
    }
    resume(cx, this)?;
    Ok(current(cx, this)?.map_or(Value::NULL, |(value, _)| shown(value)))
}

#[php_method("Generator::throw(Throwable $exception): mixed")]
fn throw(cx: &mut Context, this: &ObjRef, exception: &ObjRef) -> PhpResult<Value> {
    ensure_started(cx, this)?;
    let finished = state(this).is_none_or(super::GeneratorState::is_finished);
    let thrown = cx.throw_object(exception.clone());
    if finished {
        return Err(thrown);
    }
    throw_into(cx, this)?;
    Ok(current(cx, this)?.map_or(Value::NULL, |(value, _)| shown(value)))
}

#[php_method("Generator::getReturn(): mixed")]
fn get_return(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    ensure_started(cx, this)?;
    match state(this).map(|state| state.result.borrow().clone()) {
        Some(result) if !result.is_undef() => Ok(result),
        _ => Err(cx.throw("exception", "Cannot get return value of a generator that hasn't returned")),
    }
}

/// Closes a generator that nobody holds any more: its `finally` blocks run.
fn close(cx: &mut Context, this: &ObjRef) {
    let Some(state) = state(this) else { return };
    if state.is_finished() || state.is_running() || cx.exiting {
        return;
    }
    // What it yields from goes first, and with it that one's `finally` blocks.
    drop(state.delegate.replace(super::Delegate::None));
    let _ = cx.run_destructors();
    if state.is_at_start() || !has_finally(state) {
        state.drop_frame();
        return;
    }
    state.set(CLOSING);
    let before = cx.exception.take();
    graceful_exit(cx);
    let result = super::run_chain(cx, vec![this.clone()], true);
    if result == Err(Thrown::Exception) && cx.exception.as_ref().is_some_and(is_graceful_exit) {
        cx.exception = None;
    }
    match (&cx.exception, before) {
        (Some(thrown), Some(before)) => crate::throw::set_previous(thrown, before),
        (None, before) => cx.exception = before,
        (Some(_), None) => {}
    }
}

fn has_finally(state: &super::GeneratorState) -> bool {
    state.func.has(flags::HAS_FINALLY)
        || state.func.proto().is_some_and(|proto| proto.tries.iter().any(|region| region.finally != 0))
        || !state.func.proto().is_some_and(|proto| proto.live.is_empty())
}

/// The iterator of foreach.
struct GeneratorIterator {
    generator: ObjRef,
    by_ref: bool,
}

fn iterate(cx: &mut Context, generator: &ObjRef, by_ref: bool) -> PhpResult<Box<dyn NativeIterator>> {
    let finished = state(generator).is_none_or(super::GeneratorState::is_finished);
    if finished {
        return Err(cx.throw("exception", "Cannot traverse an already closed generator"));
    }
    let returns_ref = state(generator).is_some_and(|state| state.func.has(flags::RETURNS_REF));
    if by_ref && !returns_ref {
        return Err(cx.throw(
            "exception",
            "You can only iterate a generator by-reference if it declared that it yields by-reference",
        ));
    }
    Ok(Box::new(GeneratorIterator { generator: generator.clone(), by_ref }))
}

impl NativeIterator for GeneratorIterator {
    fn rewind(&mut self, cx: &mut Context) -> PhpResult {
        ensure_started(cx, &self.generator)?;
        check_rewind(cx, &self.generator)
    }

    fn valid(&mut self, cx: &mut Context) -> PhpResult<bool> {
        Ok(current(cx, &self.generator)?.is_some())
    }

    fn current(&mut self, cx: &mut Context) -> PhpResult<Value> {
        let Some((value, _)) = current(cx, &self.generator)? else { return Ok(Value::NULL) };
        Ok(if self.by_ref { value } else { shown(value) })
    }

    fn key(&mut self, cx: &mut Context) -> PhpResult<Value> {
        Ok(current(cx, &self.generator)?.map_or(Value::NULL, |(_, key)| shown(key)))
    }

    fn next(&mut self, cx: &mut Context) -> PhpResult {
        ensure_started(cx, &self.generator)?;
        resume(cx, &self.generator)
    }

    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        let _ = visit;
    }
}
