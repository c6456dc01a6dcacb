//! Objects: making, cloning and destroying them.
//!
//! # Safety
//!
//! Objects are made of classes of this request, which outlive them.
#![allow(unsafe_code, reason = "allocates objects of classes by pointer")]

mod clone;
mod destroy;

use crate::Context;
use crate::class::{ClassRef, state};
use crate::func::FuncRef;
use crate::props::Guards;
use crate::spare::Reuse;
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::class as class_flags;
use phalanx_value::{ObjRef, PhpString, Value};
use rustc_hash::FxHashMap;

/// What classes and objects keep in the context.
#[derive(Default)]
pub struct ObjectState {
    /// How often frames of generators were linked: who was the last to do that finds them as they were.
    pub(crate) generator_links: u64,
    /// Magic methods that run now.
    pub guards: Guards,
    /// Classes that are being linked.
    pub(crate) linking: Vec<ClassRef>,
    /// Classes that the types of the class being linked are compared by.
    pub(crate) consulted: Option<Consulted>,
    /// Native classes that the VM itself asks for, by the address of their name.
    pub(crate) known: FxHashMap<(usize, usize), ClassRef>,
    /// Functions of Units in the scope of a class (closures, constant expressions) by prototype and class.
    pub(crate) scoped: FxHashMap<(usize, usize), FuncRef>,
    /// Cases of backed enums by value; per class.
    pub(crate) enum_tables: FxHashMap<usize, phalanx_value::PhpArray>,
    /// Backed enums whose table of values is being made.
    pub(crate) enums_busy: Vec<usize>,
    /// Constants whose deprecation is being worded.
    pub(crate) reporting: Vec<usize>,
    /// The fiber that runs.
    pub fiber: Option<ObjRef>,
    /// Not 0 while fibers must not be switched.
    pub no_switch: u32,
}

/// Classes that were found by name while a class is being linked.
#[derive(Default)]
pub(crate) struct Consulted {
    /// Lower-case names and what they stand for.
    pub(crate) classes: Vec<(Vec<u8>, ClassRef)>,
    /// One of them is on its way itself.
    pub(crate) unlinked: bool,
}

/// A small cache of positive answers; a class that is an instance of a name stays one as long as the request.
#[derive(Default)]
pub(crate) struct Instances {
    /// Places for a class and a name, chosen by both; none before the first answer.
    known: Vec<(usize, usize)>,
}

impl Reuse for Instances {
    fn empty(&mut self) {
        self.known.clear();
    }
}

impl Instances {
    const PLACES: usize = 256;

    fn index(class: usize, name: usize) -> usize {
        (class >> 6 ^ name >> 4 ^ name >> 12) & (Instances::PLACES - 1)
    }

    /// Whether it is known that `class` is what the name says.
    #[inline(always)]
    pub(crate) fn knows(&self, class: ClassRef, name: &PhpString) -> bool {
        let key = (class.as_ptr().addr(), name.raw().addr());
        self.known.get(Instances::index(key.0, key.1)) == Some(&key)
    }

    /// Notes that `class` is what the name says. Only names that live as long as the request are noted.
    pub(crate) fn learn(&mut self, class: ClassRef, name: &PhpString) {
        if name.is_immutable() {
            let key = (class.as_ptr().addr(), name.raw().addr());
            self.known.resize(Instances::PLACES, (0, 0));
            self.known[Instances::index(key.0, key.1)] = key;
        }
    }
}

/// Flags of classes that cannot be instantiated.
pub(crate) const NO_INSTANCE: u32 = class_flags::INTERFACE
    | class_flags::TRAIT
    | class_flags::ENUM
    | class_flags::ABSTRACT
    | state::IMPLICIT_ABSTRACT
    | state::NOT_INSTANTIABLE;

impl Context {
    /// A new object of a class, its constructor not called.
    #[inline]
    pub fn new_object(&mut self, class: ClassRef) -> PhpResult<ObjRef> {
        if class.flags & NO_INSTANCE != 0 {
            return Err(self.cannot_instantiate(class));
        }
        if class.defaults.get().is_none() || !class.consts_ready.get() {
            self.init_class(class)?;
        }
        Ok(self.allocate(class))
    }

    /// An object with default values and native state. The class's defaults must be known.
    pub(crate) fn allocate(&mut self, class: ClassRef) -> ObjRef {
        // SAFETY: the class lives as long as the request; its defaults are known.
        let object = unsafe { ObjRef::alloc(class.as_ptr().cast()) };
        if let Some(create) = class.hook(|hooks| hooks.create) {
            create(self, &object);
        }
        object
    }

    #[cold]
    fn cannot_instantiate(&mut self, class: ClassRef) -> Thrown {
        if class.has(state::NOT_INSTANTIABLE) {
            let name = class.shown_name();
            return self.throw_error(if class.lc_name == "closure" {
                "Instantiation of class Closure is not allowed".to_owned()
            } else {
                format!(
                    "The \"{name}\" class is reserved for internal use and cannot be manually instantiated"
                )
            });
        }
        let kind = match class.flags {
            f if f & class_flags::INTERFACE != 0 => "interface",
            f if f & class_flags::TRAIT != 0 => "trait",
            f if f & class_flags::ENUM != 0 => "enum",
            _ => "abstract class",
        };
        self.throw_error(format!("Cannot instantiate {kind} {}", class.shown_name()))
    }

    /// A new object of a class, its constructor called with `args` whatever its visibility.
    pub fn construct(&mut self, class: ClassRef, args: &[Value]) -> PhpResult<ObjRef> {
        let object = self.new_object(class)?;
        if let Some(constructor) = class.magic.construct
            && let Err(thrown) = self.call_method(&object, constructor, args)
        {
            object.set_flags(phalanx_value::object::OBJ_DESTRUCTED);
            return Err(thrown);
        }
        Ok(object)
    }

    /// The class called `lc_name`, which is native.
    pub fn native_class(&mut self, lc_name: &'static str) -> ClassRef {
        // A static text has one address, which is quicker to look up than its bytes.
        let key = (lc_name.as_ptr().addr(), lc_name.len());
        if let Some(class) = self.oop.known.get(&key) {
            return *class;
        }
        let class = self.built_in(lc_name);
        self.oop.known.insert(key, class);
        class
    }

    #[cold]
    fn built_in(&mut self, lc_name: &str) -> ClassRef {
        match self.find_class(lc_name.as_bytes()) {
            Some(class) => class,
            None => panic!("class {lc_name} is built in"),
        }
    }
}
