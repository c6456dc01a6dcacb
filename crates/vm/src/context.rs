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
use crate::loader::Loader;
use crate::names::{Hashed, Name, NameTable};
use crate::native::Extension;
use crate::output::Output;
use crate::registry::Registry;
use crate::spare::Tables;
use crate::stack::VmStack;
use crate::symbols::SymbolsRef;
use crate::thrown::PhpResult;
use phalanx_value::heap::Charge;
use phalanx_value::{ObjRef, PhpString, Value, heap};
use rustc_hash::FxHashMap;
use std::any::{Any, TypeId};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

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
    pub functions: NameTable<PhpString, FuncRef>,
    /// Functions of scripts in the order of their declaration.
    pub function_order: Vec<FuncRef>,
    /// What every request has declared.
    pub preload: Option<Arc<crate::preload::PreloadTable>>,
    /// Classes by lower-case name; native ones appear when they are first asked for.
    pub classes: NameTable<PhpString, ClassRef>,
    /// Names of all classes, aliases among them, in the order of their declaration.
    pub class_order: Vec<(PhpString, ClassRef)>,
    /// Constants of scripts; native ones are in the registry.
    pub constants: crate::global_constants::Constants,
    /// Global variables.
    pub globals: SymbolsRef,
    /// Units of this request.
    pub units: crate::units::Units,
    /// Native classes of this request.
    pub natives: crate::link::Natives,
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
    /// Reads scripts from paths with a scheme; the text says why there is none.
    pub read_source: Option<SourceReader>,
    /// Class loaders in order.
    pub autoload: crate::autoload::Autoload,
    /// Known answers to "is an object of this class of the class with this name".
    pub(crate) instances: crate::object::Instances,
    /// What classes and objects keep.
    pub oop: crate::object::ObjectState,
    /// Whether the script is ending, by `exit` or a fatal error: no PHP code runs any more.
    pub exiting: bool,
    /// Counts how often loops and functions run, and enters compiled code.
    pub hot: crate::hot::Hot,
    /// Answers interrupts that are not the VM's own: cancellation, signals.
    pub interrupt_handler: Option<fn(&mut Context, u32) -> PhpResult>,
    /// The heap's word of bits that ask for attention.
    pub(crate) attention: *const std::cell::Cell<u32>,
    /// What the heap opened before when it asked for attention.
    previous_gate: *const AtomicU32,
    /// Lowest address that native code of this stack may use.
    pub native_limit: usize,
    /// Size of that stack, as messages tell it.
    pub(crate) native_stack_size: usize,
    /// The timer of `max_execution_time`, once there was a limit.
    pub(crate) time_limit: Option<phalanx_host::timer::ThreadTimer>,
    /// `__COMPILER_HALT_OFFSET__` by path.
    pub halt_offsets: FxHashMap<PhpString, u64>,
    /// Functions of `register_shutdown_function()`, with their arguments.
    pub shutdown_functions: Vec<(Value, Vec<Value>)>,
    /// Their memory: they may go on registering themselves.
    pub shutdown_charge: Charge,
    /// What extensions do when the main script has ended, before shutdown functions, and once more after destructors. They
    /// are told whether the script was ended by `exit` or a fatal error.
    pub after_main: Vec<fn(&mut Context, bool) -> PhpResult>,
    /// Makes requests on other threads.
    pub thread_host: Option<Arc<dyn crate::threads::ThreadHost>>,
    /// Functions called by `declare(ticks)`, with their arguments.
    pub tick_functions: Vec<(Value, Vec<Value>)>,
    ticks: u32,
    /// Those of them that run now.
    ticking: Vec<Value>,
    pass: Option<FuncRef>,
    /// State of extensions.
    state: FxHashMap<TypeId, Box<dyn Any>>,
    /// Exit code so far.
    pub exit_code: i32,
    /// Working directory, script, arguments.
    pub process: crate::process::Process,
}

/// See [`Context::read_source`].
pub type SourceReader = fn(&mut Context, &PhpString) -> PhpResult<Result<Vec<u8>, String>>;

impl Drop for Context {
    fn drop(&mut self) {
        Tables::keep(self);
        // SAFETY: the context before this one lives longer: contexts of a thread nest.
        unsafe { heap::set_gate(self.previous_gate) };
    }
}

static NO_CONSTRUCTOR: crate::native::NativeFn = crate::native::NativeFn {
    name: "",
    params: &[crate::native::NativeParam {
        name: "args",
        ty: crate::native::NativeType::NONE,
        by_ref: false,
        prefer_ref: false,
        variadic: true,
        default: None,
    }],
    required: 0,
    ret: crate::native::NativeType::NONE,
    flags: phalanx_bytecode::flags::func::PUBLIC,
    traits: 0,
    deprecated: None,
    call: Some(|_, _| crate::native::NativeResult::value(Value::NULL)),
};

impl Context {
    /// A context at the start of a request. `stack_size` is how much native stack is left to it.
    pub fn new(
        registry: Arc<Registry>,
        ini: Ini,
        loader: Rc<dyn Loader>,
        output: Output,
        process: crate::process::Process,
        stack_size: usize,
    ) -> Context {
        let here = 0_u8;
        let interrupt: Arc<Interrupt> = Arc::default();
        // SAFETY: the gate lives as long as the context, which takes it back when it goes.
        let previous_gate = unsafe { heap::set_gate(interrupt.gate()) };
        let Tables {
            functions,
            function_order,
            classes,
            class_order,
            units,
            natives,
            included,
            instances,
            ..
        } = Tables::take(registry.number());
        Context {
            exception: None,
            frame: std::ptr::null_mut(),
            interrupt,
            stack: VmStack::new(),
            native_depth: 0,
            functions,
            function_order,
            preload: None,
            classes,
            class_order,
            constants: Default::default(),
            globals: Rc::default(),
            units,
            natives,
            included,
            registry,
            output,
            ini,
            errors: Errors::default(),
            loader,
            read_source: None,
            autoload: Default::default(),
            instances,
            oop: Default::default(),
            exiting: false,
            hot: Default::default(),
            interrupt_handler: None,
            attention: heap::attention_ptr(),
            previous_gate,
            native_limit: (&raw const here).addr().saturating_sub(stack_size),
            native_stack_size: stack_size,
            time_limit: None,
            halt_offsets: FxHashMap::default(),
            shutdown_functions: Vec::new(),
            shutdown_charge: Charge::default(),
            after_main: Vec::new(),
            thread_host: None,
            tick_functions: Vec::new(),
            ticks: 0,
            ticking: Vec::new(),
            pass: None,
            state: FxHashMap::default(),
            exit_code: 0,
            process,
        }
    }

    /// Whether a backward jump or call should stop and look.
    #[inline(always)]
    pub fn wants_poll(&self) -> bool {
        self.hot.is_on() || self.must_poll()
    }

    /// The same at the start of a call, where nothing is counted unless functions can become hot.
    #[inline(always)]
    pub fn wants_poll_at_call(&self) -> bool {
        self.hot.counts_calls() || self.must_poll()
    }

    /// Whether something asks for attention: interrupts, destructors, the memory limit, the cycle collector.
    #[inline(always)]
    pub fn must_poll(&self) -> bool {
        self.interrupt.is_open()
    }

    /// Address of the word that [`Self::must_poll`] looks at, for compiled code. It stays as long as the context does.
    pub fn poll_word(&self) -> *const u32 {
        std::ptr::from_ref(self.interrupt.gate()).cast()
    }

    /// Bytes of native stack that are left.
    pub fn native_stack_left(&self) -> usize {
        let here = 0_u8;
        (&raw const here).addr().saturating_sub(self.native_limit)
    }

    /// What `new` calls for a class without constructor: takes any arguments and does nothing.
    pub fn no_constructor(&mut self) -> FuncRef {
        *self.pass.get_or_insert_with(|| FuncRef::leak(Func::native(&NO_CONSTRUCTOR, None)))
    }

    /// Counts a statement under `declare(ticks=every)`.
    pub fn tick(&mut self, every: u32) -> PhpResult {
        self.ticks += 1;
        if self.ticks >= every {
            self.ticks = 0;
            for (function, args) in self.tick_functions.clone() {
                // A function that is running is not called again by its own ticks.
                if self.ticking.iter().any(|running| phalanx_value::convert::identical(running, &function)) {
                    continue;
                }
                self.ticking.push(function.clone());
                let result = self.call_value(&function, &args);
                self.ticking.pop();
                result?;
            }
        }
        Ok(())
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
    pub fn find_function(&mut self, lc_name: &(impl Name + ?Sized)) -> Option<FuncRef> {
        let lc_name = lc_name.hashed();
        match self.functions.get(&lc_name) {
            Some(&func) => Some(func),
            None => self.find_shared_function(lc_name),
        }
    }

    /// The function that all requests have by this name, which becomes one of this request.
    fn find_shared_function(&mut self, lc_name: Hashed<'_>) -> Option<FuncRef> {
        let Some(native) = self.registry.function(&lc_name) else {
            return if self.preload.is_some() { self.preloaded_function(lc_name.bytes) } else { None };
        };
        let func = FuncRef::leak(Func::native(native, None));
        self.functions.insert(PhpString::from_bytes(lc_name.bytes), func);
        Some(func)
    }

    /// The class called `lc_name`, if it is declared; loads nothing.
    pub fn find_class(&mut self, lc_name: &(impl Name + ?Sized)) -> Option<ClassRef> {
        let lc_name = lc_name.hashed();
        match self.classes.get(&lc_name) {
            Some(&class) => Some(class),
            None => self.find_shared_class(lc_name),
        }
    }

    /// The class that all requests have by this name, which becomes one of this request.
    fn find_shared_class(&mut self, lc_name: Hashed<'_>) -> Option<ClassRef> {
        match self.registry.class(&lc_name) {
            Some(native) => Some(crate::link::native_class(self, native)),
            None if self.preload.is_some() => self.preloaded_class(lc_name.bytes),
            None => None,
        }
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
