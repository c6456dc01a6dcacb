//! What native classes do their own way.

use super::ClassRef;
use crate::Context;
use crate::func::FuncRef;
use crate::thrown::PhpResult;
use phalanx_value::{ObjRef, PhpString, Value};

/// Makes the iterator of an object; by reference if the flag is set.
pub type IterateHook = fn(&mut Context, &ObjRef, bool) -> PhpResult<Box<dyn NativeIterator>>;

/// What a native class does its own way. Absent hooks mean PHP's standard behaviour. All run in safe Rust.
#[derive(Default)]
#[expect(clippy::type_complexity, reason = "the field is the name of its signature")]
pub struct Hooks {
    /// Gives a new object its native state, before the constructor.
    pub create: Option<fn(&mut Context, &ObjRef)>,
    /// After `clone` copied properties and state.
    pub clone: Option<fn(&mut Context, &ObjRef, &ObjRef) -> PhpResult>,
    /// Why it cannot be cloned, if so: the standard text is thrown.
    pub uncloneable: bool,
    /// Result of `<=>` and `==` with another value, or none for "uncomparable".
    pub compare: Option<fn(&mut Context, &Value, &Value) -> PhpResult<Option<std::cmp::Ordering>>>,
    /// Cast by `(int)`, `(string)` and so on.
    pub cast: Option<fn(&mut Context, &ObjRef, CastTo) -> PhpResult<Option<Value>>>,
    /// Operators on it (`GMP`, `BcMath\Number`).
    pub operate:
        Option<fn(&mut Context, phalanx_bytecode::flags::BinOp, &Value, &Value) -> PhpResult<Option<Value>>>,
    /// `count()`.
    pub count: Option<fn(&mut Context, &ObjRef) -> PhpResult<i64>>,
    /// Properties as `var_dump`, `print_r`, `(array)` show them, instead of the declared ones.
    pub debug_info: Option<fn(&mut Context, &ObjRef) -> PhpResult<phalanx_value::PhpArray>>,
    /// `(array)` cast and `get_object_vars` where they differ from the properties (ArrayObject).
    pub to_array: Option<fn(&mut Context, &ObjRef) -> PhpResult<phalanx_value::PhpArray>>,
    /// `$o[$k]` without calling a method; absent: `offsetGet` and so on are called if it is an ArrayAccess.
    pub read_dim: Option<fn(&mut Context, &ObjRef, Option<&Value>, DimMode) -> PhpResult<Value>>,
    /// `$o[$k] = $v`.
    pub write_dim: Option<fn(&mut Context, &ObjRef, Option<&Value>, Value) -> PhpResult>,
    /// `isset($o[$k])`, or `empty` when the flag is set (the result is then "not empty").
    pub has_dim: Option<fn(&mut Context, &ObjRef, &Value, bool) -> PhpResult<bool>>,
    /// `unset($o[$k])`.
    pub unset_dim: Option<fn(&mut Context, &ObjRef, &Value) -> PhpResult>,
    /// Reading a property that is not a declared one, or all if `owns_props`.
    pub read_prop: Option<fn(&mut Context, &ObjRef, &PhpString) -> PhpResult<Option<Value>>>,
    /// Writing a property; false leaves it to the standard way.
    pub write_prop: Option<fn(&mut Context, &ObjRef, &PhpString, &Value) -> PhpResult<bool>>,
    /// `isset` of a property.
    pub has_prop: Option<fn(&mut Context, &ObjRef, &PhpString, bool) -> PhpResult<Option<bool>>>,
    /// `unset` of a property; false leaves it to the standard way.
    pub unset_prop: Option<fn(&mut Context, &ObjRef, &PhpString) -> PhpResult<bool>>,
    /// The iterator that foreach uses without calling methods.
    pub iterate: Option<IterateHook>,
    /// The function behind `$o(...)` (Closure).
    pub get_closure: Option<fn(&mut Context, &ObjRef) -> Option<Callee>>,
    /// Runs when the object is freed, before its state is dropped, if the state's own drop is not enough.
    pub free: Option<fn(&mut Context, &ObjRef)>,
    /// Makes what stands for the object on its way to another thread. Objects with native state that have no such hook
    /// stay on their thread.
    pub depart: Option<fn(&mut Context, &ObjRef) -> PhpResult<Box<dyn crate::threads::Traveler>>>,
}

impl Hooks {
    /// No hooks: what tables begin with.
    pub const NONE: Hooks = Hooks {
        create: None,
        clone: None,
        uncloneable: false,
        compare: None,
        cast: None,
        operate: None,
        count: None,
        debug_info: None,
        to_array: None,
        read_dim: None,
        write_dim: None,
        has_dim: None,
        unset_dim: None,
        read_prop: None,
        write_prop: None,
        has_prop: None,
        unset_prop: None,
        iterate: None,
        get_closure: None,
        free: None,
        depart: None,
    };
}

/// Function, `$this` and called class of a callable.
#[derive(Clone)]
pub struct Callee {
    /// Function.
    pub func: FuncRef,
    /// `$this`.
    pub this: Option<ObjRef>,
    /// What `static` names.
    pub called_class: Option<ClassRef>,
    /// The closure that owns the function.
    pub closure: Option<ObjRef>,
    /// Name that `__call` or `__callStatic` receives, if `func` is one of these.
    pub magic_name: Option<PhpString>,
}

/// Target of a cast of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each is the type of its name")]
pub enum CastTo {
    Bool,
    Int,
    Float,
    String,
    /// For arithmetic: int or float.
    Number,
}

/// Why a dimension of an object is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DimMode {
    /// To read it.
    Read,
    /// To write a part of it.
    Write,
    /// Inside `isset` or `??`.
    Isset,
    /// To unset a part of it.
    Unset,
}

/// An iterator that foreach drives.
pub trait NativeIterator {
    /// Back to the first element.
    fn rewind(&mut self, cx: &mut Context) -> PhpResult;
    /// Whether there is a current element.
    fn valid(&mut self, cx: &mut Context) -> PhpResult<bool>;
    /// The current value; a reference when iterating by reference.
    fn current(&mut self, cx: &mut Context) -> PhpResult<Value>;
    /// The current key.
    fn key(&mut self, cx: &mut Context) -> PhpResult<Value>;
    /// To the next element.
    fn next(&mut self, cx: &mut Context) -> PhpResult;
    /// Shows the values it holds to the cycle collector.
    fn trace(&self, visit: &mut dyn FnMut(&Value));
}
