//! The context: everything a PHP thread has while it runs a request.
//!
//! One thread owns a context and hands it on as `cx: &mut Context`. Native functions reach all state of the request
//! through it; there are no globals.
#![allow(unsafe_code, reason = "the VM stack and frames are reached by pointer")]

use crate::class::ClassRef;
use crate::errors::Errors;
use crate::frame::Frame;
use crate::func::{Func, FuncRef};
use crate::ini::Ini;
use crate::interrupt::Interrupt;
use crate::loader::{LoadedUnit, Loader};
use crate::native::Extension;
use crate::output::Output;
use crate::registry::Registry;
use crate::stack::VmStack;
use crate::symbols::SymbolsRef;
use phalanx_bytecode::unit::UnitRef;
use phalanx_value::{ObjRef, PhpString, Value};
use rustc_hash::FxHashMap;
use std::any::{Any, TypeId};
use std::rc::Rc;
use std::sync::Arc;

/// Everything a PHP thread has while it runs a request; see the module documentation.
#[repr(C)]
pub struct Context {
    /// The exception being thrown.
    pub exception: Option<ObjRef>,
    /// The frame being executed, or the one that called into native code.
    pub frame: *mut Frame,
    /// Asks the run loop to stop and look: time-outs, signals, cancellation, memory limit.
    pub interrupt: Arc<Interrupt>,
    /// Frames of the coroutine that runs.
    pub stack: VmStack,
    /// Depth of native recursion (calls from native code into PHP code), for the limit on it.
    pub native_depth: u32,
    /// Functions by lower-case name; native ones appear when they are first asked for.
    pub functions: FxHashMap<PhpString, FuncRef>,
    /// Classes by lower-case name; native ones appear when they are first asked for.
    pub classes: FxHashMap<PhpString, ClassRef>,
    /// All classes in the order of their declaration.
    pub class_order: Vec<ClassRef>,
    /// Constants of scripts; native ones are in the registry.
    pub constants: FxHashMap<PhpString, Value>,
    /// Global variables.
    pub globals: SymbolsRef,
    /// Units of this request by id.
    pub units: FxHashMap<u32, Rc<UnitInstance>>,
    /// Paths that `include_once` knows, in order.
    pub included: crate::include::Included,
    /// Extensions, and what they declare.
    pub registry: Arc<Registry>,
    /// Output and its buffers.
    pub output: Output,
    /// Settings.
    pub ini: Ini,
    /// Error handling: levels, handlers, the last error.
    pub errors: Errors,
    /// Compiles scripts.
    pub loader: Rc<dyn Loader>,
    /// Class loaders in order.
    pub autoload: crate::autoload::Autoload,
    /// State of extensions.
    state: FxHashMap<TypeId, Box<dyn Any>>,
    /// What classes and objects keep.
    pub oop: crate::object::ObjectState,
    /// Whether the script is ending, by `exit` or a fatal error: no PHP code runs any more.
    pub exiting: bool,
    /// Exit code so far.
    pub exit_code: i32,
    /// Working directory, script, arguments.
    pub process: crate::process::Process,
}

/// A Unit in use by a request: its functions, with their caches and static variables.
pub struct UnitInstance {
    /// The Unit.
    pub unit: UnitRef,
    /// Functions by number.
    pub functions: Box<[Func]>,
    /// Keeps the Unit alive; last, so that it goes last.
    keeper: Rc<dyn Any>,
}

impl UnitInstance {
    /// Function number `index`.
    pub fn function(&self, index: u32) -> FuncRef {
        // SAFETY: instances stay until the request ends, their functions do not move.
        unsafe { FuncRef::from_ptr(&self.functions[index as usize]) }
    }

    /// What keeps the Unit alive.
    pub fn keeper(&self) -> &Rc<dyn Any> {
        &self.keeper
    }
}

impl Context {
    /// The instance of a Unit, made if this request has none.
    pub fn instance(&mut self, loaded: &LoadedUnit) -> Rc<UnitInstance> {
        let unit = loaded.unit;
        self.units
            .entry(unit.id)
            .or_insert_with(|| {
                let functions = unit.functions.iter().map(|proto| Func::user(proto, None)).collect();
                Rc::new(UnitInstance { unit, functions, keeper: loaded.keeper.clone() })
            })
            .clone()
    }

    /// The request's instance of a Unit that it has loaded before.
    pub fn instance_of(&self, unit: UnitRef) -> &Rc<UnitInstance> {
        self.units.get(&unit.id).expect("code runs only in instances")
    }

    /// State of type `T` that an extension keeps per request; made by `Default` when first asked for.
    pub fn state<T: Default + 'static>(&mut self) -> &mut T {
        self.state
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Box::<T>::default())
            .downcast_mut()
            .expect("the entry is of its key's type")
    }

    /// The function called `lc_name` (lower case, no leading backslash).
    pub fn find_function(&mut self, lc_name: &[u8]) -> Option<FuncRef> {
        if let Some(&func) = self.functions.get(lc_name) {
            return Some(func);
        }
        let native = self.registry.function(lc_name)?;
        let func = FuncRef::leak(Func::native(native, None));
        self.functions.insert(PhpString::from_bytes(lc_name), func);
        Some(func)
    }

    /// The class called `lc_name`, if it is declared; loads nothing.
    pub fn find_class(&mut self, lc_name: &[u8]) -> Option<ClassRef> {
        if let Some(&class) = self.classes.get(lc_name) {
            return Some(class);
        }
        let native = self.registry.class(lc_name)?;
        Some(crate::link::native_class(self, native))
    }

    /// Extensions in the order of their registration.
    pub fn extensions(&self) -> &[&'static Extension] {
        self.registry.extensions()
    }

    /// The frame of the innermost user function, or null.
    pub fn user_frame(&self) -> *mut Frame {
        let mut frame = self.frame;
        // SAFETY: the chain of frames is alive and ends with null.
        while !frame.is_null() && unsafe { (*frame).func.proto().is_none() } {
            // SAFETY: see above.
            frame = unsafe { (*frame).prev };
        }
        frame
    }

    /// Path and line of the code that runs, for messages.
    pub fn position(&self) -> (PhpString, u32) {
        let frame = self.user_frame();
        if frame.is_null() {
            return (PhpString::from_bytes(b"Unknown"), 0);
        }
        // SAFETY: `user_frame` gives a live frame of a user function.
        let frame = unsafe { &*frame };
        let proto = frame.func.proto().expect("a user function");
        (proto.unit().path.clone(), frame.line())
    }
}
