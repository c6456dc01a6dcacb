//! foreach.
//!
//! # Safety
//!
//! Iterators lie in temporaries; places come from [`Ins`].
#![allow(unsafe_code, reason = "iterators are advanced in place")]

use crate::Context;
use crate::ins::Ins;
use crate::iterate::{ObjectIterator, PropIterator};
use crate::thrown::PhpResult;
use phalanx_bytecode::{Kind, Op};
use phalanx_value::array::iterators::{self, IteratorId};
use phalanx_value::{ObjRef, Tag, Value, View};

// What a loop's temporary holds:
//   array by value      the array; the position in the spare word
//   array by reference  a reference to the variable; the id of a registered iterator in the spare word
//   object              a boxed iterator behind a raw pointer
enum Iterator {
    Native(Box<dyn crate::class::NativeIterator>),
    Methods(ObjectIterator),
    Props(PropIterator),
}

/// An iterator over an object: the general way behind `Raw` temporaries.
pub struct Loop {
    iterator: Iterator,
    object: ObjRef,
    started: bool,
}

fn boxed(iterator: Loop) -> Value {
    Value::raw_ptr(Box::into_raw(Box::new(iterator)))
}

fn object_loop(
    cx: &mut Context,
    object: &ObjRef,
    by_ref: bool,
    scope: Option<crate::class::ClassRef>,
) -> PhpResult<Loop> {
    let class = crate::class::ClassRef::of(object);
    let iterator = if let Some(iterate) = class.native_iterate() {
        Iterator::Native(iterate(cx, object, by_ref)?)
    } else if by_ref && class.is_a(cx.native_class("iteratoraggregate")) {
        // What `getIterator` gives may be a generator by reference.
        Iterator::Native(crate::traverse::iterator_of(cx, object, true)?)
    } else if let Some(iterator) = ObjectIterator::of(cx, object, by_ref)? {
        Iterator::Methods(iterator)
    } else {
        Iterator::Props(PropIterator::new(cx, object, by_ref, scope)?)
    };
    Ok(Loop { iterator, object: object.clone(), started: false })
}

impl Loop {
    /// Moves to the next element; its value and, if wanted, key.
    fn step(&mut self, cx: &mut Context, want_key: bool) -> PhpResult<Option<(Value, Value)>> {
        let started = std::mem::replace(&mut self.started, true);
        let _ = &self.object;
        match &mut self.iterator {
            Iterator::Native(native) => {
                if started {
                    native.next(cx)?
                } else {
                    native.rewind(cx)?
                }
                if !native.valid(cx)? {
                    return Ok(None);
                }
                let value = native.current(cx)?;
                let key = if want_key { native.key(cx)? } else { Value::NULL };
                Ok(Some((value, key)))
            }
            Iterator::Methods(methods) => methods.step(cx, started, want_key),
            Iterator::Props(props) => props.step(cx, want_key),
        }
    }
}

pub(super) fn reset_r(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    let source = ins.take_a(cx)?;
    match source.view() {
        View::Array(array) => {
            if array.is_empty() {
                ins.set_c(Value::UNDEF);
                return Ok(ins.target(ins.op().b));
            }
            let mut value = source;
            value.set_spare(0);
            ins.set_c(value);
            Ok(ins.next())
        }
        View::Object(object) => {
            let iterator = object_loop(cx, object, false, ins.scope())?;
            ins.set_c(boxed(iterator));
            Ok(ins.next())
        }
        _ => not_iterable(ins, cx, &source),
    }
}

fn not_iterable(ins: Ins, cx: &mut Context, source: &Value) -> PhpResult<*const Op> {
    let kind = crate::convert::value_name(source);
    cx.warning(format!("foreach() argument must be of type array|object, {kind} given"))?;
    ins.set_c(Value::UNDEF);
    Ok(ins.target(ins.op().b))
}

pub(super) fn reset_rw(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    if ins.op().kind_a() == Kind::Lit {
        let value = ins.peek_a();
        return reset_rw_value(ins, cx, value);
    }
    if ins.op().kind_a() == Kind::Tmp {
        // SAFETY: the temporary is live.
        let slot = unsafe { &*ins.slot(ins.op().a) };
        if slot.tag() != Tag::Indirect {
            let value = ins.take_slot(ins.op().a);
            return reset_rw_value(ins, cx, value);
        }
    }
    let place = ins.place_a();
    // SAFETY: places are live.
    let value = unsafe { (*Value::deref_ptr(place)).clone() };
    match value.view() {
        View::Array(_) => {
            drop(value);
            // SAFETY: as above.
            let reference = unsafe { (*place).make_ref() };
            ins.free_a();
            reset_reference(ins, reference)
        }
        View::Object(_) => {
            ins.free_a();
            reset_rw_value(ins, cx, value)
        }
        View::Undef => {
            let null = ins.undefined(ins.op().a, cx)?;
            not_iterable(ins, cx, &null)
        }
        _ => {
            ins.free_a();
            not_iterable(ins, cx, &value)
        }
    }
}

fn reset_rw_value(ins: Ins, cx: &mut Context, value: Value) -> PhpResult<*const Op> {
    match value.view() {
        View::Object(object) => {
            let iterator = object_loop(cx, object, true, ins.scope())?;
            ins.set_c(boxed(iterator));
            Ok(ins.next())
        }
        View::Array(_) => reset_reference(ins, phalanx_value::PhpRef::new(value)),
        View::Ref(reference) if reference.tag() == Tag::Array => reset_reference(ins, reference.clone()),
        View::Ref(reference) => {
            let inner = reference.get();
            reset_rw_value(ins, cx, inner)
        }
        _ => not_iterable(ins, cx, &value),
    }
}

fn reset_reference(ins: Ins, reference: phalanx_value::PhpRef) -> PhpResult<*const Op> {
    // SAFETY: nothing else touches the reference meanwhile.
    let array = unsafe { (*reference.value_ptr()).as_array_mut().expect("an array") };
    if array.is_empty() {
        ins.set_c(Value::UNDEF);
        return Ok(ins.target(ins.op().b));
    }
    let id = iterators::begin(array, 0);
    let mut value = Value::reference(reference);
    value.set_spare(id.0);
    // `set_c` moves the whole value, spare word included.
    ins.set_c(value);
    Ok(ins.next())
}

/// Gives a destination (role `dst`) its value.
fn deliver(ins: Ins, kind: Kind, operand: u32, value: Value, cx: &mut Context) -> PhpResult {
    match kind {
        Kind::Tmp => ins.init_slot(operand, value),
        // SAFETY: destinations that are no temporaries are variables.
        Kind::Cv => unsafe {
            crate::dims::store(cx, ins.slot(operand), value)?;
        },
        _ => drop(value),
    }
    Ok(())
}

/// Delivers an element: value to b, key to DATA.a.
fn element(ins: Ins, cx: &mut Context, value: Value, key: Value, by_ref: bool) -> PhpResult<*const Op> {
    let op = ins.op();
    if by_ref && op.kind_b() == Kind::Cv {
        // SAFETY: the destination is a variable. The old value is dropped last.
        let old = unsafe { std::ptr::replace(ins.slot(op.b), value) };
        drop(old);
    } else {
        deliver(ins, op.kind_b(), op.b, value, cx)?;
    }
    let data = ins.data().op();
    if data.kind_a() != Kind::None {
        deliver(ins, data.kind_a(), data.a, key, cx)?;
    }
    Ok(ins.next())
}

pub(super) fn fetch_r(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    let op = ins.op();
    let want_key = ins.data().op().kind_a() != Kind::None;
    let slot = ins.slot(op.a);
    // SAFETY: the temporary holds an iterator that FE_RESET made.
    unsafe {
        match (*slot).tag() {
            Tag::Array => {
                let array = (*slot).as_array().expect("by its tag").clone();
                let pos = array.pos_from((*slot).spare());
                let Some((key, value)) = array.pos_entry(pos) else { return Ok(ins.target(op.c)) };
                (*slot).set_spare(pos + 1);
                let value = value.deref_clone();
                let key = if want_key { Value::from(key.to_owned()) } else { Value::NULL };
                drop(array);
                element(ins, cx, value, key, false)
            }
            Tag::Raw => {
                let iterator = (*slot).payload_ptr().cast::<Loop>();
                match (*iterator).step(cx, want_key)? {
                    Some((value, key)) => element(ins, cx, value.into_deref(), key, false),
                    None => Ok(ins.target(op.c)),
                }
            }
            _ => Ok(ins.target(op.c)),
        }
    }
}

pub(super) fn fetch_rw(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    let op = ins.op();
    let want_key = ins.data().op().kind_a() != Kind::None;
    let slot = ins.slot(op.a);
    // SAFETY: the temporary holds an iterator that FE_RESET made.
    unsafe {
        match (*slot).tag() {
            Tag::Reference => {
                let id = IteratorId((*slot).spare());
                let reference = (*slot).as_ref().expect("by its tag").clone();
                let Some(array) = (*reference.value_ptr()).as_array_mut() else {
                    let other = reference.get();
                    if other.is_object() {
                        return Ok(ins.target(op.c));
                    }
                    return not_iterable_any_more(ins, cx, &other);
                };
                let pos = iterators::position(id, array);
                let pos = array.pos_from(pos);
                let key = match array.pos_entry(pos) {
                    Some((key, _)) if want_key => Value::from(key.to_owned()),
                    Some(_) => Value::NULL,
                    None => return Ok(ins.target(op.c)),
                };
                iterators::set_position(id, pos + 1);
                let value = array.pos_value_mut(pos).expect("just found").make_ref();
                element(ins, cx, Value::reference(value), key, true)
            }
            Tag::Raw => {
                let iterator = (*slot).payload_ptr().cast::<Loop>();
                match (*iterator).step(cx, want_key)? {
                    Some((value, key)) => {
                        let value = if value.is_ref() {
                            value
                        } else {
                            Value::reference(phalanx_value::PhpRef::new(value))
                        };
                        element(ins, cx, value, key, true)
                    }
                    None => Ok(ins.target(op.c)),
                }
            }
            _ => Ok(ins.target(op.c)),
        }
    }
}

fn not_iterable_any_more(ins: Ins, cx: &mut Context, value: &Value) -> PhpResult<*const Op> {
    let kind = crate::convert::value_name(value);
    cx.warning(format!("foreach() argument must be of type array|object, {kind} given"))?;
    Ok(ins.target(ins.op().c))
}

pub(super) fn free(ins: Ins, _: &mut Context) -> PhpResult {
    if ins.op().kind_a() == Kind::Tmp {
        release(ins.take_slot(ins.op().a));
    }
    Ok(())
}

/// Releases the contents of a loop's temporary.
pub fn release(value: Value) {
    match value.tag() {
        Tag::Raw => {
            // SAFETY: loops put nothing but boxed iterators behind raw pointers.
            drop(unsafe { Box::from_raw(value.payload_ptr().cast::<Loop>()) });
        }
        Tag::Reference => {
            iterators::end(IteratorId(value.spare()));
            drop(value);
        }
        _ => drop(value),
    }
}

/// Shows the values behind a loop's temporary to the cycle collector.
pub fn trace(value: &Value, visit: &mut dyn FnMut(&Value)) {
    if value.tag() == Tag::Raw {
        // SAFETY: as in `release`.
        let iterator = unsafe { &*value.payload_ptr().cast::<Loop>() };
        iterator.object.visit(visit);
        if let Iterator::Native(native) = &iterator.iterator {
            native.trace(visit);
        }
    } else {
        visit(value);
    }
}
