//! The Units that a request uses, and the functions that a thread has made of theirs.
//!
//! A function is made when it is first asked for; methods belong to their classes. Those of a Unit in the opcode cache stay with
//! the thread, whose later requests find them as they were made: without static variables, their inline caches empty. As with linked
//! classes ([`crate::link`]), the Unit may be gone by then. They are found by its identity, which nobody else ever has, and nobody
//! looks at them again, until they are given back with all that no request has used for long.

use crate::func::{Func, FuncRef};
use crate::kept::{self, Bundle};
use crate::loader::{Keeper, LoadedUnit};
use crate::spare::Reuse;
use phalanx_bytecode::unit::UnitRef;
use phalanx_value::heap::Charge;
use rustc_hash::FxHashMap;

/// The Units that a request uses.
#[derive(Default)]
pub struct Units {
    /// By the Unit's id, those of earlier requests among them.
    instances: FxHashMap<u32, Instance>,
    /// Ids of those that the request uses.
    used: Vec<u32>,
    /// Of Units that do not lie in the cache: what keeps them alive, and the memory that counts for them.
    own: Vec<(Keeper, Charge)>,
    /// Number of the request.
    request: u32,
    /// Number of the registry, which tells engines apart: each has a cache of its own.
    registry: u64,
}

/// Functions of a Unit.
struct Instance {
    /// The Unit's generation; with its id, the Unit's identity.
    generation: u32,
    /// By number.
    functions: Box<[Option<FuncRef>]>,
    /// Where they lie, unless the Unit belongs to the request, as its functions then do.
    bundle: Option<Bundle>,
    /// Number in the list of Units that do not lie in the cache.
    own: Option<u32>,
    used: bool,
    /// The last request that has used it.
    last: u32,
}

impl Units {
    /// Begins a request with the functions of this registry.
    pub(crate) fn begin(&mut self, registry: u64) {
        if self.registry != registry {
            *self = Units { registry, ..Units::default() };
        }
    }

    /// Notes that the request uses a Unit; it may have done so before.
    pub fn add(&mut self, loaded: &LoadedUnit) {
        let unit = loaded.unit;
        let known = self.instances.get_mut(&unit.id).filter(|known| known.generation == unit.generation);
        match known {
            Some(known) if known.used => return,
            Some(known) => known.used = true,
            None => {
                let functions = vec![None; unit.functions.len()].into_boxed_slice();
                let generation = unit.generation;
                let bundle = (generation != 0).then(Bundle::default);
                let own = self.keep(loaded);
                let made = Instance { generation, functions, bundle, own, used: true, last: 0 };
                self.instances.insert(unit.id, made);
            }
        }
        self.used.push(unit.id);
    }

    fn keep(&mut self, loaded: &LoadedUnit) -> Option<u32> {
        let keeper = loaded.keeper.clone()?;
        let charge = Charge::default();
        charge.set(loaded.size);
        self.own.push((keeper, charge));
        Some(self.own.len() as u32 - 1)
    }

    /// Whether the request uses the Unit.
    pub(crate) fn has(&self, unit: UnitRef) -> bool {
        self.instances
            .get(&unit.id)
            .is_some_and(|instance| instance.used && instance.generation == unit.generation)
    }

    /// Function number `index` of a Unit that the request uses.
    pub fn function(&mut self, unit: UnitRef, index: u32) -> FuncRef {
        let instance = self.instances.get_mut(&unit.id).expect(ADDED);
        if let Some(func) = instance.functions[index as usize] {
            return func;
        }
        let make = || FuncRef::leak(Func::user(&unit.functions[index as usize], None));
        let (func, bundle) = kept::within(instance.bundle.take(), make);
        instance.bundle = bundle;
        instance.functions[index as usize] = Some(func);
        func
    }

    /// What keeps a Unit alive that the request uses.
    pub fn keeper(&self, unit: UnitRef) -> Option<Keeper> {
        let own = self.instances.get(&unit.id).expect(ADDED).own?;
        Some(self.own[own as usize].0.clone())
    }

    /// What keeps all of them alive: names of functions and classes lie in them, which are released after the context.
    pub fn keepers(&self) -> Vec<Keeper> {
        self.own.iter().map(|(keeper, _)| keeper.clone()).collect()
    }
}

/// Why a Unit is there.
const ADDED: &str = "code runs only in Units that were added";

impl Reuse for Units {
    fn empty(&mut self) {
        for id in self.used.drain(..) {
            match self.instances.get_mut(&id) {
                Some(Instance { bundle: Some(bundle), used, last, .. }) => {
                    bundle.clear();
                    (*used, *last) = (false, self.request);
                }
                _ => drop(self.instances.remove(&id)),
            }
        }
        self.own.empty();
        self.request = self.request.wrapping_add(1);
        let now = self.request;
        if kept::gives_back(now) {
            self.instances.retain(|_, instance| kept::stays(instance.last, now));
        }
    }
}
