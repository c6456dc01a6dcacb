//! The memory of a request's tables, which the thread's next request uses again: most requests declare what the one before
//! has declared, and would make the same tables grow in the same steps.

use crate::Context;
use crate::class::ClassRef;
use crate::func::FuncRef;
use crate::include::Included;
use crate::link::Natives;
use crate::names::NameTable;
use crate::object::Instances;
use crate::units::Units;
use phalanx_value::PhpString;
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::hash::Hash;
use std::mem::take;

/// The tables of a context that what is declared makes grow. Between two requests they are empty.
#[derive(Default)]
pub(crate) struct Tables {
    /// Number of the registry, which tells engines apart: each has classes and a cache of its own.
    registry: u64,
    pub functions: NameTable<PhpString, FuncRef>,
    pub function_order: Vec<FuncRef>,
    pub classes: NameTable<PhpString, ClassRef>,
    pub class_order: Vec<(PhpString, ClassRef)>,
    pub units: Units,
    pub natives: Natives,
    pub included: Included,
    pub instances: Instances,
}

thread_local! {
    static SPARE: Cell<Option<Box<Tables>>> = const { Cell::new(None) };
}

impl Tables {
    /// Empty tables for a request with this registry, with the memory of the thread's last request if nobody has it.
    pub(crate) fn take(registry: u64) -> Tables {
        match SPARE.take() {
            Some(tables) if tables.registry == registry => *tables,
            _ => Tables { registry, ..Tables::default() },
        }
    }

    /// Gives the tables of a context up, whose request is over.
    pub(crate) fn keep(cx: &mut Context) {
        let mut tables = Box::new(Tables {
            registry: cx.registry.number(),
            functions: take(&mut cx.functions),
            function_order: take(&mut cx.function_order),
            classes: take(&mut cx.classes),
            class_order: take(&mut cx.class_order),
            units: take(&mut cx.units),
            natives: take(&mut cx.natives),
            included: take(&mut cx.included),
            instances: take(&mut cx.instances),
        });
        tables.empty();
        let mut tables = Some(tables);
        let _ = SPARE.try_with(|spare| spare.set(tables.take()));
        // A thread that ends has nowhere to keep them, but may have objects whose classes are in them.
        std::mem::forget(tables);
    }
}

/// A table whose memory may be used again.
pub(crate) trait Reuse {
    /// Drops what is in it, and gives memory up that is much more than it took: one large request is not to burden the small
    /// ones behind it.
    fn empty(&mut self);
}

/// Room for how many elements is kept, if there were so many.
fn worth(elements: usize) -> usize {
    const FEW: usize = 64;
    elements.saturating_mul(4).max(FEW)
}

impl<T> Reuse for Vec<T> {
    fn empty(&mut self) {
        let worth = worth(self.len());
        self.clear();
        self.shrink_to(worth);
    }
}

impl<K: Hash + Eq, V> Reuse for FxHashMap<K, V> {
    fn empty(&mut self) {
        let worth = worth(self.len());
        self.clear();
        self.shrink_to(worth);
    }
}

impl Reuse for Tables {
    fn empty(&mut self) {
        self.functions.empty();
        self.function_order.empty();
        self.classes.empty();
        self.class_order.empty();
        self.units.empty();
        self.natives.empty();
        self.included.empty();
        self.instances.empty();
    }
}
