//! Values on their way from one thread to another: owned by nobody's heap.
//!
//! Arrays and objects are nodes with numbers, so that what was one array or object before is one afterwards, and cycles
//! are no matter.

use phalanx_vm::loader::LoadedUnit;
use phalanx_vm::threads::Traveler;

/// One or more values, ready for any thread.
#[derive(Default)]
pub struct Parcel {
    pub(crate) roots: Vec<Item>,
    pub(crate) arrays: Vec<ArrayNode>,
    pub(crate) objects: Vec<ObjectNode>,
}

/// A value.
pub(crate) enum Item {
    /// No value, with the spare word that says why.
    Undef(u32),
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Box<[u8]>),
    /// Number of an array.
    Array(usize),
    /// Number of an object.
    Object(usize),
}

pub(crate) enum Key {
    Int(i64),
    Str(Box<[u8]>),
}

pub(crate) struct ArrayNode {
    pub(crate) list: bool,
    pub(crate) entries: Vec<(Key, Item)>,
    pub(crate) next_free: Option<i64>,
}

pub(crate) enum ObjectNode {
    /// Being packed.
    Busy,
    /// An object of a class that has declared properties only.
    Plain {
        class: Box<[u8]>,
        slots: Vec<SlotNode>,
    },
    /// An enum case.
    Case {
        class: Box<[u8]>,
        name: Box<[u8]>,
    },
    Closure(Box<ClosureNode>),
    /// An object with native state that knows how to travel. Taken by the one who unpacks.
    Native(Box<dyn Traveler>),
}

pub(crate) struct SlotNode {
    pub(crate) name: Box<[u8]>,
    /// The class that declares it, in lower case: private properties of the same name are told apart by it.
    pub(crate) class: Box<[u8]>,
    pub(crate) value: Item,
}

pub(crate) struct ClosureNode {
    pub(crate) code: Code,
    /// The class in whose scope it runs.
    pub(crate) scope: Option<Box<[u8]>>,
    pub(crate) called: Option<Box<[u8]>>,
    pub(crate) this: Option<Item>,
    pub(crate) fake: bool,
    pub(crate) magic_name: Option<Box<[u8]>>,
    pub(crate) statics: Vec<Item>,
}

pub(crate) enum Code {
    /// A function of a Unit.
    User { loaded: LoadedUnit, index: u32 },
    /// A native function, or a method of the scope's class, by its lower-case name.
    Native(Box<[u8]>),
}
