//! Closures: anonymous functions, arrow functions and first-class callables.
//!
//! The function of a closure is one per declaration and scope, so that its inline caches are shared; a closure with
//! static or bound variables has a copy of its own. The copy lives in the closure's state: whoever calls it keeps the
//! closure alive, see [`Callee::closure`].
//!
//! # Safety
//!
//! References to functions in states are good as long as the closure is.
#![allow(unsafe_code, reason = "functions of closures live in the closure")]

mod bind;
mod show;

use crate::Context;
use crate::class::{Callee, ClassRef};
use crate::frame::{Frame, flag};
use crate::func::{Func, FuncRef};
use crate::loader::LoadedUnit;
use crate::thrown::PhpResult;
use phalanx_bytecode::Opcode;
use phalanx_bytecode::flags::func as flags;
use phalanx_bytecode::unit::{FuncProto, UnitRef};
use phalanx_value::{NativeSlot, NativeState, ObjRef, PhpString, Value};
use std::cell::RefCell;

pub use bind::{bind_to, call_with};
pub(crate) use show::debug_info;

/// What a Closure object is made of.
pub struct ClosureState {
    func: FuncRef,
    /// The function, if it is this closure's own.
    own: Option<Box<Func>>,
    /// `$this`, or undef.
    this: RefCell<Value>,
    /// What `static` names.
    called: Option<ClassRef>,
    /// Made of a function or method that exists by itself.
    pub(crate) fake: bool,
    /// What `__call` is told.
    magic_name: Option<PhpString>,
}

impl NativeState for ClosureState {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.this.borrow());
        if let Some(own) = &self.own {
            own.visit_statics(visit);
        }
    }

    fn clear(&self) {
        drop(self.this.replace(Value::UNDEF));
        if let Some(own) = &self.own {
            own.clear_statics();
        }
    }

    fn clone_state(&self) -> Option<NativeSlot> {
        let this = self.this.borrow().clone();
        Some(NativeSlot::new(ClosureState::new(
            self.func,
            this,
            self.called,
            self.fake,
            self.magic_name.clone(),
        )))
    }
}

impl ClosureState {
    /// The state of a closure of `func`, which it copies where it needs static variables of its own.
    fn new(
        func: FuncRef,
        this: Value,
        called: Option<ClassRef>,
        fake: bool,
        magic_name: Option<PhpString>,
    ) -> ClosureState {
        // A closure of a function that exists by itself shares the function's static variables.
        let has_statics = !fake && func.proto().is_some_and(|proto| !proto.statics.is_empty());
        let own = has_statics.then(|| Box::new(func.for_closure()));
        let func = match &own {
            // SAFETY: the box stays where it is as long as the state is there.
            Some(own) => unsafe { FuncRef::from_ptr(&raw const **own) },
            None => func,
        };
        ClosureState { func, own, this: RefCell::new(this), called, fake, magic_name }
    }

    /// The function.
    pub fn func(&self) -> FuncRef {
        self.func
    }

    /// `$this`.
    pub fn this(&self) -> Option<ObjRef> {
        self.this.borrow().as_object().cloned()
    }

    /// What `__call` is told.
    pub fn magic_name(&self) -> Option<&PhpString> {
        self.magic_name.as_ref()
    }

    /// What `static` names.
    pub fn called_class(&self) -> Option<ClassRef> {
        self.called
    }
}

/// The state of a Closure object.
pub fn state(closure: &ObjRef) -> Option<&ClosureState> {
    closure.native::<ClosureState>()
}

/// The function behind a Closure, with what it is called with.
pub fn callee(closure: &ObjRef) -> Option<Callee> {
    let state = state(closure)?;
    Some(Callee {
        func: state.func,
        this: state.this(),
        called_class: state.called,
        closure: Some(closure.clone()),
        magic_name: state.magic_name.clone(),
    })
}

/// The function of a declaration in a scope, made once per request.
pub(crate) fn scoped_function(cx: &mut Context, proto: &FuncProto, scope: Option<ClassRef>) -> FuncRef {
    let key = (std::ptr::from_ref(proto).addr(), scope.map_or(0, |class| class.as_ptr().addr()));
    *cx.oop.scoped.entry(key).or_insert_with(|| FuncRef::leak(Func::user(proto, scope)))
}

fn make(cx: &mut Context, state: ClosureState) -> ObjRef {
    let class = cx.native_class("closure");
    if class.defaults.get().is_none() {
        class.set_defaults([]);
    }
    let object = cx.allocate(class);
    if object.set_native(NativeSlot::new(state)).is_err() {
        unreachable!("a new object has no state");
    }
    object
}

/// A closure of function number `index` of `unit`, made in `frame`.
pub fn create(cx: &mut Context, unit: UnitRef, index: u32, frame: &Frame) -> ObjRef {
    let proto = &unit.functions[index as usize];
    let func = scoped_function(cx, proto, frame.func.scope);
    let this = match frame.this.as_object() {
        Some(this) if !proto.has(flags::STATIC) => Value::object(this.clone()),
        _ => Value::UNDEF,
    };
    let called = frame.this.called_class();
    make(cx, ClosureState::new(func, this, called, false, None))
}

/// Gives a bound variable of a closure its value.
pub fn bind_variable(closure: &ObjRef, index: u32, value: Value) {
    let Some(state) = state(closure) else { return };
    // SAFETY: nothing else uses the statics meanwhile.
    let place = unsafe { &mut state.func.statics()[index as usize] };
    let old = std::mem::replace(place, value);
    drop(old);
}

/// A closure of the call that was prepared in `call`: `f(...)`.
pub fn from_call(cx: &mut Context, call: &mut Frame) -> PhpResult<ObjRef> {
    if call.has(flag::CLOSURE)
        && let Some(closure) = call.extra.as_ref().and_then(|extra| extra.closure.clone())
    {
        return Ok(closure);
    }
    let magic_name = call.extra.as_ref().and_then(|extra| extra.trampoline_name.clone());
    let callee = Callee {
        func: call.func,
        this: call.this.as_object().cloned(),
        called_class: call.this.called_class(),
        closure: None,
        magic_name,
    };
    Ok(from_callee(cx, &callee))
}

/// A closure of something callable.
pub fn from_callee(cx: &mut Context, callee: &Callee) -> ObjRef {
    if let Some(closure) = &callee.closure {
        return closure.clone();
    }
    let this = match &callee.this {
        Some(this) => Value::object(this.clone()),
        None => Value::UNDEF,
    };
    make(cx, ClosureState::new(callee.func, this, callee.called_class, true, callee.magic_name.clone()))
}

/// What a closure consists of, to make an equal one elsewhere.
pub struct Parts {
    /// The function.
    pub func: FuncRef,
    /// `$this`.
    pub this: Option<ObjRef>,
    /// What `static` names.
    pub called: Option<ClassRef>,
    /// Made of a function or method that exists by itself.
    pub fake: bool,
    /// What `__call` is told.
    pub magic_name: Option<PhpString>,
    /// Static and bound variables; undef where they have no value yet.
    pub statics: Vec<Value>,
}

/// Takes a closure apart.
pub fn parts(closure: &ObjRef) -> Option<Parts> {
    let state = state(closure)?;
    let mut statics = Vec::new();
    if let Some(own) = &state.own {
        own.visit_statics(&mut |value| statics.push(value.clone()));
    }
    Some(Parts {
        func: state.func,
        this: state.this(),
        called: state.called,
        fake: state.fake,
        magic_name: state.magic_name.clone(),
        statics,
    })
}

/// The function with number `index` of a loaded Unit, in a scope: for closures whose Unit came from elsewhere.
pub fn function_of(
    cx: &mut Context,
    loaded: &LoadedUnit,
    index: u32,
    scope: Option<ClassRef>,
) -> Option<FuncRef> {
    cx.units.add(loaded);
    let proto = loaded.unit.functions.get(index as usize)?;
    Some(scoped_function(cx, proto, scope))
}

/// Puts a closure together; `$this` and variables may follow by [`complete`].
pub fn from_parts(cx: &mut Context, parts: Parts) -> ObjRef {
    let state = ClosureState::new(parts.func, Value::UNDEF, parts.called, parts.fake, parts.magic_name);
    let closure = make(cx, state);
    complete(&closure, parts.this, parts.statics);
    closure
}

/// Gives a closure that was put together its `$this` and its variables.
pub fn complete(closure: &ObjRef, this: Option<ObjRef>, statics: Vec<Value>) {
    let Some(state) = state(closure) else { return };
    drop(state.this.replace(this.map_or(Value::UNDEF, Value::object)));
    if let Some(own) = &state.own {
        own.set_statics(statics);
    }
}

/// What the body of a function declares when it runs, and on which line: a class or a function.
pub fn declaration_in(proto: &FuncProto) -> Option<(&'static str, u32)> {
    // Codes are compared as numbers: those of specialized instructions are in no table of opcodes.
    const CLASS: u16 = Opcode::DECLARE_CLASS as u16;
    const FUNCTION: u16 = Opcode::DECLARE_FUNCTION as u16;
    proto.code().iter().enumerate().find_map(|(at, op)| match op.code {
        CLASS => Some(("class", proto.line_of(at))),
        FUNCTION => Some(("function", proto.line_of(at))),
        _ => None,
    })
}
