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
    /// Of Units that do not lie in the cache: what keeps them alive, and the memory that counts for them.
    own: Vec<(Keeper, Charge)>,
}

#[derive(Clone, Copy)]
struct Instance {
    /// Where its functions begin.
    first: u32,
    /// Number in `own`.
    own: Option<u32>,
}

impl Units {
    /// Notes that the request uses a Unit; it may have done so before.
    pub fn add(&mut self, loaded: &LoadedUnit) {
        self.instances.entry(loaded.unit.id).or_insert_with(|| {
            let first = self.functions.len();
            self.functions.resize(first + loaded.unit.functions.len(), None);
            let own = loaded.keeper.as_ref().map(|keeper| {
                let charge = Charge::default();
                charge.set(loaded.size);
                self.own.push((keeper.clone(), charge));
                self.own.len() as u32 - 1
            });
            Instance { first: first as u32, own }
        });
    }

    /// Whether the request uses the Unit.
    pub(crate) fn has(&self, unit: UnitRef) -> bool {
        self.instances.contains_key(&unit.id)
    }

    /// Function number `index` of a Unit that the request uses.
    pub fn function(&mut self, unit: UnitRef, index: u32) -> FuncRef {
        let proto = &unit.functions[index as usize];
        let place = (self.instance(unit).first + index) as usize;
        *self.functions[place].get_or_insert_with(|| FuncRef::leak(Func::user(proto, None)))
    }

    /// What keeps a Unit alive that the request uses.
    pub fn keeper(&self, unit: UnitRef) -> Option<Keeper> {
        self.instance(unit).own.map(|own| self.own[own as usize].0.clone())
    }

    /// What keeps all of them alive: names of functions and classes lie in them, which are released after the context.
    pub fn keepers(&self) -> Vec<Keeper> {
        self.own.iter().map(|(keeper, _)| keeper.clone()).collect()
    }

    fn instance(&self, unit: UnitRef) -> Instance {
        *self.instances.get(&unit.id).expect("code runs only in Units that were added")
    }
}

impl Reuse for Units {
    fn empty(&mut self) {
        self.instances.empty();
        self.functions.empty();
        self.own.empty();
    }
}
