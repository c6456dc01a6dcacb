//! Variables by name: the global scope, and scopes of functions that use variable variables.
//!
//! # Safety
//!
//! While a frame is attached, an entry may be *indirect*: its value lies in the frame's slot. The frame detaches (the
//! values move into the table) before it goes.
#![allow(unsafe_code, reason = "indirect entries point into frames")]

use crate::frame::Frame;
use phalanx_value::{PhpArray, PhpString, Value};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// A shared symbol table.
pub type SymbolsRef = Rc<RefCell<Symbols>>;

/// Variables by name, in order of their creation.
#[derive(Default)]
pub struct Symbols {
    names: FxHashMap<PhpString, u32>,
    entries: Vec<Option<(PhpString, Entry)>>,
}

enum Entry {
    /// Here. Boxed, so that its address stays while others are added.
    Own(Box<Value>),
    /// In the slot of an attached frame.
    Slot(*mut Value),
}

impl Entry {
    fn place(&mut self) -> *mut Value {
        match self {
            Entry::Own(value) => &raw mut **value,
            Entry::Slot(slot) => *slot,
        }
    }
}

impl Symbols {
    /// Address of the variable, if there is one (it may be undef). It stays good until the variable is removed or
    /// its frame detaches.
    pub fn find(&mut self, name: &[u8]) -> Option<*mut Value> {
        let &index = self.names.get(name)?;
        self.entries[index as usize].as_mut().map(|(_, entry)| entry.place())
    }

    /// Address of the variable, made (undef) if absent.
    pub fn find_or_add(&mut self, name: &PhpString) -> *mut Value {
        if let Some(place) = self.find(name) {
            return place;
        }
        self.names.insert(name.clone(), self.entries.len() as u32);
        self.entries.push(Some((name.clone(), Entry::Own(Box::new(Value::UNDEF)))));
        self.entries.last_mut().and_then(Option::as_mut).map(|(_, entry)| entry.place()).expect("just added")
    }

    /// A copy of the value, dereferenced.
    pub fn get(&mut self, name: &[u8]) -> Option<Value> {
        let place = self.find(name)?;
        // SAFETY: `find` gives the address of a live value.
        let value = unsafe { &*place };
        if value.is_undef() { None } else { Some(value.deref_clone()) }
    }

    /// Assigns; an existing reference is written through.
    pub fn set(&mut self, name: &PhpString, value: Value) {
        let place = self.find_or_add(name);
        // SAFETY: `find_or_add` gives the address of a live value that nobody has borrowed.
        let old = unsafe { &mut *place };
        match old.as_ref() {
            Some(reference) => reference.set(value),
            None => *old = value,
        }
    }

    /// Binds the name to a value as it is (a reference stays one).
    pub fn bind(&mut self, name: &PhpString, value: Value) {
        let place = self.find_or_add(name);
        // SAFETY: as in `set`.
        unsafe { *place = value };
    }

    /// Removes the variable; one in a frame becomes undef.
    pub fn remove(&mut self, name: &[u8]) {
        let Some(&index) = self.names.get(name) else { return };
        match &mut self.entries[index as usize] {
            // SAFETY: slots of attached frames are alive.
            Some((_, Entry::Slot(slot))) => drop(unsafe { (**slot).replace(Value::UNDEF) }),
            entry => {
                *entry = None;
                self.names.remove(name);
            }
        }
    }

    /// Takes the value of a variable if releasing it destroys an object that nothing else holds.
    pub fn take_unshared(&mut self, name: &[u8]) -> Option<Value> {
        let place = self.find(name)?;
        // SAFETY: `find` gives the address of a live value.
        let value = unsafe { &mut *place };
        let sole = match (value.as_object(), value.as_ref()) {
            (Some(object), _) => object.ref_count() == 1,
            (None, Some(reference)) => reference.ref_count() == 1,
            (None, None) => false,
        };
        sole.then(|| value.replace(Value::UNDEF))
    }

    /// All that are defined, as an array; references stay references.
    pub fn to_array(&mut self) -> PhpArray {
        let mut array = PhpArray::new();
        for (name, entry) in self.entries.iter_mut().flatten() {
            // SAFETY: entries give addresses of live values.
            let value = unsafe { &*entry.place() };
            if !value.is_undef() {
                array.insert(phalanx_value::ArrayKey::from_bytes(name).as_key(), value.clone());
            }
        }
        array
    }

    /// Names of all that are defined, in order.
    pub fn names(&mut self) -> Vec<PhpString> {
        let mut names = Vec::new();
        for (name, entry) in self.entries.iter_mut().flatten() {
            // SAFETY: entries give addresses of live values.
            if !unsafe { &*entry.place() }.is_undef() {
                names.push(name.clone());
            }
        }
        names
    }

    /// Attaches the variables of `frame`, a frame of a user function: they take the values the table has, and the
    /// table's entries point to them from now on.
    ///
    /// # Safety
    /// The frame's variables must be initialised, and `detach` must be called before it goes.
    pub unsafe fn attach(&mut self, frame: *mut Frame) {
        // SAFETY: the caller's frame is alive.
        let func = unsafe { (*frame).func };
        let Some(proto) = func.proto() else { return };
        for (index, name) in proto.cv_names.iter().enumerate() {
            // SAFETY: variables come first among the slots.
            let slot = unsafe { Frame::slot_at(frame, index as u32) };
            if let Some(&at) = self.names.get(name)
                && let Some((_, entry)) = &mut self.entries[at as usize]
            {
                // SAFETY: entries give addresses of live values, those of another frame included: what it had
                // moves here, and comes back when it attaches again.
                let value = unsafe { (*entry.place()).replace(Value::UNDEF) };
                // SAFETY: the slot is an initialised variable of the frame.
                unsafe { *slot = value };
                *entry = Entry::Slot(slot);
                continue;
            }
            self.names.insert(name.clone(), self.entries.len() as u32);
            self.entries.push(Some((name.clone(), Entry::Slot(slot))));
        }
    }

    /// The reverse of `attach`: values move from the frame into the table.
    ///
    /// # Safety
    /// `frame` must be attached.
    pub unsafe fn detach(&mut self, frame: *mut Frame) {
        // SAFETY: the caller's frame is alive.
        let func = unsafe { (*frame).func };
        let Some(proto) = func.proto() else { return };
        for (index, name) in proto.cv_names.iter().enumerate() {
            // SAFETY: as in `attach`.
            let slot = unsafe { Frame::slot_at(frame, index as u32) };
            let Some(&at) = self.names.get(name) else { continue };
            // SAFETY: the slot is an initialised variable of the frame.
            let value = unsafe { (*slot).replace(Value::UNDEF) };
            if value.is_undef() {
                self.entries[at as usize] = None;
                self.names.remove(name);
            } else if let Some((_, entry)) = &mut self.entries[at as usize] {
                *entry = Entry::Own(Box::new(value));
            }
        }
    }
}
