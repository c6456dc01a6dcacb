//! The class WeakReference.
//!
//! # Safety
//!
//! See [`super`].
#![allow(unsafe_code, reason = "turns addresses of live objects into handles")]

use super::{mark, object_at, with_known};
use crate::Context;
use crate::class::Hooks;
use crate::thrown::PhpResult;
use phalanx_macros::{native_class, php_method};
use phalanx_value::{NativeSlot, NativeState, ObjRef, PhpArray, Value};
use std::cell::Cell;
use std::rc::Rc;

native_class! {
    /// <https://www.php.net/class.weakreference>
    pub(crate) static WEAK_REFERENCE = "final class WeakReference";
    flags: not_serializable, no_dynamic_props;
    hooks: HOOKS;
    methods: CONSTRUCT, CREATE, GET;
}

static HOOKS: Hooks = Hooks { uncloneable: true, debug_info: Some(debug_info), ..Hooks::NONE };

/// The address of the object, 0 once it is gone.
struct State(Rc<Cell<usize>>);

impl NativeState for State {}

impl Drop for State {
    fn drop(&mut self) {
        let address = self.0.get();
        if address != 0 {
            with_known(address, |known| known.reference = None);
        }
    }
}

fn target(this: &ObjRef) -> Option<ObjRef> {
    let address = this.native::<State>()?.0.get();
    // SAFETY: an address that is not 0 is that of a live object.
    (address != 0).then(|| unsafe { object_at(address) })
}

fn debug_info(_: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let mut info = PhpArray::new();
    info.insert_bytes("object", target(this).map_or(Value::NULL, Value::object));
    Ok(info)
}

#[php_method("WeakReference::__construct()")]
fn construct(cx: &mut Context, this: &ObjRef) -> PhpResult {
    let _ = this;
    Err(cx.throw_error(
        "Direct instantiation of WeakReference is not allowed, use WeakReference::create instead",
    ))
}

#[php_method("static WeakReference::create(object $object): WeakReference")]
fn create(cx: &mut Context, object: &ObjRef) -> PhpResult<ObjRef> {
    let address = mark(object);
    let existing = with_known(address, |known| known.reference.as_ref().map(|(_, reference)| *reference));
    if let Some(reference) = existing {
        // SAFETY: a WeakReference takes itself out of the table when it goes.
        return Ok(unsafe { object_at(reference) });
    }
    let class = cx.native_class("weakreference");
    let reference = cx.new_object(class)?;
    let cell = Rc::new(Cell::new(address));
    if reference.set_native(NativeSlot::new(State(cell.clone()))).is_err() {
        unreachable!("a new object has no state");
    }
    let own = reference.raw().expose_provenance();
    with_known(address, |known| known.reference = Some((cell, own)));
    Ok(reference)
}

#[php_method("WeakReference::get(): ?object")]
fn get(this: &ObjRef) -> Option<ObjRef> {
    target(this)
}
