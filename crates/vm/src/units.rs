//! The Units that a request uses, and what a thread has made of theirs: functions, and linked classes.
//!
//! A function is made when it is first asked for; methods belong to their classes. What is made of a Unit in the opcode cache stays
//! with the thread, whose later requests find it as it was made: functions without static variables, their inline caches empty;
//! classes as they were linked ([`crate::link`]). The Unit may be gone by then. It is found by its identity, which nobody else ever
//! has, and nobody looks at it again, until all that no request has used for long is given back.

use crate::func::{Func, FuncRef};
use crate::kept::{self, Bundle};
use crate::link::Linked;
use crate::loader::{Keeper, LoadedUnit};
use crate::spare::Reuse;
use phalanx_bytecode::unit::{ClassDecl, UnitIdentity, UnitRef};
use phalanx_value::heap::Charge;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::rc::Rc;

/// The Units that a request uses.
#[derive(Default)]
pub struct Units {
    /// Those of earlier requests among them. What was given back has left its place free.
    instances: Vec<Option<Instance>>,
    free: Vec<u32>,
    /// Places in `instances`, by the ids of Units in the cache, which are small. At the place may be an earlier Unit with the id.
    cached: Vec<u32>,
    /// The same of Units that belong to the request.
    private: FxHashMap<u32, u32>,
    /// Places of those that the request uses.
    used: Vec<u32>,
    /// Linked classes that the request has of them.
    classes: Vec<Rc<Linked>>,
    /// Of Units that do not lie in the cache: what keeps them alive, and the memory that counts for them.
    own: Vec<(Keeper, Charge)>,
    /// Number of the request.
    request: u32,
}

/// What has been made of a Unit.
struct Instance {
    unit: UnitIdentity,
    /// By number.
    functions: Box<[Function]>,
    /// Where they lie, unless the Unit belongs to the request, as its functions then do.
    bundle: Option<Bundle>,
    /// Linked classes by the number of their declaration, once there are any.
    classes: SmallVec<[Choice; 2]>,
    /// Number in the list of Units that do not lie in the cache.
    own: Option<u32>,
    used: bool,
    /// The last request that has used it.
    last: u32,
}

/// What a declaration has been linked to. Most often that is one class.
type Choice = SmallVec<[Rc<Linked>; 1]>;

#[derive(Clone, Copy, Default)]
struct Function {
    made: Option<FuncRef>,
    /// Whether it was declared before: nothing that all requests have is called like it.
    declared: bool,
}

impl Units {
    /// Notes that the request uses a Unit; it may have done so before.
    pub fn add(&mut self, loaded: &LoadedUnit) {
        let unit = loaded.unit;
        let place = match self.place(unit.identity()) {
            Some(place) => place,
            None => {
                let own = self.keep(loaded);
                self.put(Instance {
                    unit: unit.identity(),
                    functions: vec![Function::default(); unit.functions.len()].into_boxed_slice(),
                    bundle: (unit.generation != 0).then(Bundle::default),
                    classes: SmallVec::new(),
                    own,
                    used: false,
                    last: 0,
                })
            }
        };
        let instance = self.instances[place as usize].as_mut().expect(IN_PLACE);
        if !std::mem::replace(&mut instance.used, true) {
            self.used.push(place);
        }
    }

    fn put(&mut self, instance: Instance) -> u32 {
        let place = self.free.pop().unwrap_or_else(|| {
            self.instances.push(None);
            self.instances.len() as u32 - 1
        });
        let UnitIdentity { id, generation } = instance.unit;
        if generation == 0 {
            self.private.insert(id, place);
        } else {
            let id = id as usize;
            if self.cached.len() <= id {
                self.cached.resize(id + 1, u32::MAX);
            }
            self.cached[id] = place;
        }
        self.instances[place as usize] = Some(instance);
        place
    }

    #[inline]
    fn place(&self, unit: UnitIdentity) -> Option<u32> {
        if unit.generation == 0 {
            return self.private.get(&unit.id).copied();
        }
        let place = *self.cached.get(unit.id as usize)?;
        let there = self.instances.get(place as usize)?.as_ref()?;
        (there.unit == unit).then_some(place)
    }

    #[inline]
    fn get(&self, unit: UnitRef) -> Option<&Instance> {
        self.instances[self.place(unit.identity())? as usize].as_ref()
    }

    #[inline]
    fn get_mut(&mut self, unit: UnitRef) -> &mut Instance {
        let place = self.place(unit.identity()).expect(ADDED);
        self.instances[place as usize].as_mut().expect(IN_PLACE)
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
        self.get(unit).is_some_and(|instance| instance.used)
    }

    /// Function number `index` of a Unit that the request uses.
    pub fn function(&mut self, unit: UnitRef, index: u32) -> FuncRef {
        self.get_mut(unit).function(unit, index)
    }

    /// The same, and whether an earlier request on this thread has declared it.
    pub(crate) fn function_to_declare(&mut self, unit: UnitRef, index: u32) -> (FuncRef, bool) {
        let instance = self.get_mut(unit);
        (instance.function(unit, index), instance.functions[index as usize].declared)
    }

    /// Notes that the request has declared the function.
    pub(crate) fn note_declared(&mut self, unit: UnitRef, index: u32) {
        self.get_mut(unit).functions[index as usize].declared = true;
    }

    /// Of the linked classes of a declaration in a Unit that the request uses, the one with this number.
    pub(crate) fn linked_class(&self, decl: &ClassDecl, number: usize) -> Option<&Rc<Linked>> {
        let instance = self.get(decl.unit())?;
        instance.classes.get(decl.index as usize)?.get(number)
    }

    /// Keeps a linked class.
    pub(crate) fn keep_class(&mut self, decl: &ClassDecl, linked: Rc<Linked>) {
        let unit = decl.unit();
        let classes = &mut self.get_mut(unit).classes;
        classes.resize_with(unit.classes.len(), Choice::new);
        classes[decl.index as usize].push(linked);
    }

    /// The request has a linked class from now on.
    pub(crate) fn use_class(&mut self, linked: &Rc<Linked>) {
        linked.note_use(self.request);
        self.classes.push(linked.clone());
    }

    /// Gives back what no request has used for long. A class goes no sooner than those that depend on it: a request that uses
    /// these uses it too.
    fn give_back(&mut self) {
        let now = self.request;
        for place in 0..self.instances.len() {
            let Some(instance) = &mut self.instances[place] else { continue };
            instance.classes.iter_mut().for_each(|all| all.retain(|linked| linked.stays(now)));
            if !kept::stays(instance.last, now) {
                self.remove(place as u32);
            }
        }
    }

    fn remove(&mut self, place: u32) {
        let gone = self.instances[place as usize].take().expect(IN_PLACE);
        if gone.unit.generation == 0 {
            self.private.remove(&gone.unit.id);
        }
        self.free.push(place);
    }

    /// What keeps a Unit alive that the request uses.
    pub fn keeper(&self, unit: UnitRef) -> Option<Keeper> {
        let own = self.get(unit).expect(ADDED).own?;
        Some(self.own[own as usize].0.clone())
    }

    /// What keeps all of them alive: names of functions and classes lie in them, which are released after the context.
    pub fn keepers(&self) -> Vec<Keeper> {
        self.own.iter().map(|(keeper, _)| keeper.clone()).collect()
    }
}

impl Instance {
    fn function(&mut self, unit: UnitRef, index: u32) -> FuncRef {
        let place = &mut self.functions[index as usize].made;
        if let Some(func) = *place {
            return func;
        }
        let make = || FuncRef::leak(Func::user(&unit.functions[index as usize], None));
        let (func, bundle) = kept::within(self.bundle.take(), make);
        self.bundle = bundle;
        *place = Some(func);
        func
    }
}

/// Why a Unit is there.
const ADDED: &str = "code runs only in Units that were added";
const IN_PLACE: &str = "places are known of those that are there";

impl Reuse for Units {
    fn empty(&mut self) {
        let mut used = std::mem::take(&mut self.used);
        for place in used.drain(..) {
            let instance = self.instances[place as usize].as_mut().expect(IN_PLACE);
            (instance.used, instance.last) = (false, self.request);
            match &instance.bundle {
                Some(bundle) => bundle.clear(),
                None => self.remove(place),
            }
        }
        self.used = used;
        self.classes.drain(..).for_each(|linked| linked.end_request());
        self.own.empty();
        self.request = self.request.wrapping_add(1);
        if kept::gives_back(self.request) {
            self.give_back();
        }
    }
}
