//! Numbers of linked classes that are the same in all threads of the process.
//!
//! Two threads that link the same declaration against the same parent, interfaces and traits get classes with one
//! number, so that code which guards on it serves both. The table is consulted once per linked class; a thread keeps
//! what it has found.

use crate::class::ClassRef;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::sync::{OnceLock, RwLock};

/// What makes a linked class what it is.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Shape {
    /// Unit and number of the declaration, or the address of a native one.
    decl: (u64, u64),
    /// Numbers of parent, interfaces and traits, told apart by zeros between them.
    parts: Box<[u32]>,
}

static SHAPES: OnceLock<RwLock<FxHashMap<Shape, u32>>> = OnceLock::new();

thread_local! {
    static SEEN: RefCell<FxHashMap<Shape, u32>> = RefCell::new(FxHashMap::default());
}

/// The number of a class whose parents are linked. `unit` and `index` say where its declaration lies.
pub(super) fn number(class: ClassRef, unit: u32, index: Option<u32>) -> u32 {
    let decl = match (index, class.native) {
        (Some(index), _) => (u64::from(unit), u64::from(index)),
        (None, Some(native)) => (u64::MAX, std::ptr::from_ref(native) as u64),
        (None, None) => (u64::MAX, 0),
    };
    let mut parts = Vec::with_capacity(class.interfaces.len() + class.traits.len() + 3);
    parts.extend(class.parent.map(|parent| parent.base.id));
    parts.push(0);
    parts.extend(class.interfaces.iter().map(|interface| interface.base.id));
    parts.push(0);
    parts.extend(class.traits.iter().map(|used| used.base.id));
    let shape = Shape { decl, parts: parts.into_boxed_slice() };
    SEEN.with_borrow_mut(|seen| {
        if let Some(&number) = seen.get(&shape) {
            return number;
        }
        let number = intern(&shape);
        seen.insert(shape, number);
        number
    })
}

fn intern(shape: &Shape) -> u32 {
    let shapes = SHAPES.get_or_init(RwLock::default);
    let known = shapes.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(shape).copied();
    known.unwrap_or_else(|| {
        let mut shapes = shapes.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Numbers begin with 1, so that a cleared cache fits no class.
        let next = shapes.len() as u32 + 1;
        *shapes.entry(shape.clone()).or_insert(next)
    })
}
