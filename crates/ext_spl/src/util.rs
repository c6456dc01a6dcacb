//! What the classes of the SPL share: calls of methods by name, their errors, and names of private properties as dumps
//! show them.

use phalanx_value::{NativeState, ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::class::{Callee, ClassRef};
use phalanx_vm::props::raw_table;
use phalanx_vm::{Context, PhpResult, Thrown};

/// Calls a method by lower-case name; null if there is none.
pub fn call(cx: &mut Context, object: &ObjRef, lc_name: &str, args: &[Value]) -> PhpResult<Value> {
    match ClassRef::of(object).method(lc_name.as_bytes()) {
        Some(method) => cx.call_method(object, method, args),
        None => Ok(Value::NULL),
    }
}

/// The same for a method that answers yes or no.
pub fn ask(cx: &mut Context, object: &ObjRef, lc_name: &str) -> PhpResult<bool> {
    let answer = call(cx, object, lc_name, &[])?;
    cx.to_bool(&answer)
}

/// Calls a global function.
pub fn call_function(cx: &mut Context, lc_name: &str, args: &[Value]) -> PhpResult<Value> {
    let Some(func) = cx.find_function(lc_name.as_bytes()) else {
        return Err(cx.throw_error(format!("Call to undefined function {lc_name}()")));
    };
    let callee = Callee { func, this: None, called_class: None, closure: None, magic_name: None };
    cx.call_callee(&callee, args).map(Value::into_deref)
}

/// The native state, which `create` hooks give to every object.
pub fn state<T: NativeState>(this: &ObjRef) -> &T {
    this.native::<T>().expect("objects get their state when they are made")
}

/// Whether the object is of the class with this lower-case name.
pub fn is_a(cx: &mut Context, object: &ObjRef, lc_name: &'static str) -> bool {
    let class = cx.native_class(lc_name);
    ClassRef::of(object).is_a(class)
}

/// The properties of an object and, behind them, private ones of a native class that it does not really have.
pub fn with_private(this: &ObjRef, class: &str, parts: Vec<(&str, Value)>) -> PhpArray {
    let mut table = raw_table(this);
    for (name, value) in parts {
        table.insert(&PhpString::from(format!("\0{class}\0{name}")), value);
    }
    table
}

/// The name of a class as messages show it.
pub fn class_name(this: &ObjRef) -> String {
    ClassRef::of(this).shown_name().into_owned()
}

/// The result of a method call that must be of one class.
pub fn uninitialized(cx: &mut Context) -> Thrown {
    cx.throw("logicexception", "The object is in an invalid state as the parent constructor was not called")
}

/// Sets properties that `__unserialize` brings.
pub fn restore_members(cx: &mut Context, this: &ObjRef, members: &PhpArray) -> PhpResult {
    let class = ClassRef::of(this);
    for (key, value) in members.iter() {
        let name = key.to_string();
        let plain = PhpString::from_bytes(phalanx_vm::props::unmangle(&name).1);
        match class.props.get(&plain).copied().filter(|info| info.slot < this.slot_count()) {
            Some(info) => cx.init_prop(this, info, value.clone())?,
            None => this.with_dynamic(|table| drop(table.insert(&plain, value.clone()))),
        }
    }
    Ok(())
}
