//! The Units that a request uses, and the functions that it has made of theirs.
//!
//! A function is made when it is first asked for and stays until the request is over; methods belong to their classes.

use crate::func::{Func, FuncRef};
use crate::loader::{Keeper, LoadedUnit};
use crate::spare::Reuse;
use phalanx_bytecode::unit::UnitRef;
use phalanx_value::heap::Charge;
use rustc_hash::FxHashMap;

/// The Units that a request uses.
#[derive(Default)]
pub struct Units {
    /// By the Unit's id.
    instances: FxHashMap<u32, Instance>,
    /// Functions of all Units; those of one lie side by side in the order of their numbers.
    functions: Vec<Option<FuncRef>>,
}

struct Instance {
    /// Where its functions begin.
    first: usize,
    keeper: Option<Keeper>,
    _charge: Charge,
}

impl Units {
    /// Notes that the request uses a Unit; it may have done so before.
    pub fn add(&mut self, loaded: &LoadedUnit) {
        self.instances.entry(loaded.unit.id).or_insert_with(|| {
            let first = self.functions.len();
            self.functions.resize(first + loaded.unit.functions.len(), None);
            let charge = Charge::default();
            charge.set(loaded.size);
            Instance { first, keeper: loaded.keeper.clone(), _charge: charge }
        });
    }

    /// Whether the request uses the Unit.
    pub(crate) fn has(&self, unit: UnitRef) -> bool {
        self.instances.contains_key(&unit.id)
    }

    /// Function number `index` of a Unit that the request uses.
    pub fn function(&mut self, unit: UnitRef, index: u32) -> FuncRef {
        let proto = &unit.functions[index as usize];
        let place = self.instance(unit).first + index as usize;
        *self.functions[place].get_or_insert_with(|| FuncRef::leak(Func::user(proto, None)))
    }

    /// What keeps a Unit alive that the request uses.
    pub fn keeper(&self, unit: UnitRef) -> Option<Keeper> {
        self.instance(unit).keeper.clone()
    }

    /// What keeps all of them alive: names of functions and classes lie in them, which are released after the context.
    pub fn keepers(&self) -> Vec<Keeper> {
        self.instances.values().filter_map(|instance| instance.keeper.clone()).collect()
    }

    fn instance(&self, unit: UnitRef) -> &Instance {
        self.instances.get(&unit.id).expect("code runs only in Units that were added")
    }
}

impl Reuse for Units {
    fn empty(&mut self) {
        self.instances.empty();
        self.functions.empty();
    }
}
