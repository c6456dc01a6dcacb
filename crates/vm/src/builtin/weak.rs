//! WeakReference and WeakMap.
//!
//! An object that weak references know carries a flag; when it is freed, [`freed`] is called with its address and
//! makes them forget it. The table of a thread says who they are. Addresses stand for objects in it: an entry goes
//! before the address can be used again.
//!
//! # Safety
//!
//! An address in the table is that of a live object.
#![allow(unsafe_code, reason = "turns addresses of live objects into handles")]

mod map;
mod reference;

pub(crate) use map::WEAK_MAP;
pub(crate) use reference::WEAK_REFERENCE;

use map::Entries;
use phalanx_value::heap::set_weak_callback;
use phalanx_value::object::OBJ_WEAKLY_REFERENCED;
use phalanx_value::{ObjRef, VmObject};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::ptr;
use std::rc::Rc;

/// Who knows an object weakly.
#[derive(Default)]
struct Known {
    /// The address that its WeakReference holds, and that WeakReference.
    reference: Option<(Rc<Cell<usize>>, usize)>,
    maps: Vec<Rc<Entries>>,
}

thread_local! {
    static KNOWN: RefCell<FxHashMap<usize, Known>> = RefCell::new(FxHashMap::default());
}

/// The object at an address.
///
/// # Safety
/// It must be alive.
unsafe fn object_at(address: usize) -> ObjRef {
    // SAFETY: the caller's promise; addresses were exposed when they were noted.
    unsafe { ObjRef::from_raw_add_ref(ptr::with_exposed_provenance_mut::<VmObject>(address)) }
}

/// The address that stands for an object, which is marked as weakly known.
fn mark(object: &ObjRef) -> usize {
    if !object.has_flags(OBJ_WEAKLY_REFERENCED) {
        object.set_flags(OBJ_WEAKLY_REFERENCED);
        set_weak_callback(Some(freed));
    }
    object.raw().expose_provenance()
}

/// An object goes.
fn freed(address: usize, _: u32) {
    let Some(known) = KNOWN.with_borrow_mut(|table| table.remove(&address)) else { return };
    if let Some((cell, _)) = known.reference {
        cell.set(0);
    }
    for map in known.maps {
        map.forget(address);
    }
}

fn with_known<T>(address: usize, f: impl FnOnce(&mut Known) -> T) -> T {
    KNOWN.with_borrow_mut(|table| f(table.entry(address).or_default()))
}
