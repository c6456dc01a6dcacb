//! Callables: from names, pairs and objects to a [`Callee`].
//!
//! PHP looks methods up in three ways, each with errors of its own: `$o->m()` ([`method_of_object`]), `A::m()`
//! ([`method_of_class`]), and values that are called: `$f()` ([`resolve_for_call`]), or handed to functions that want a
//! callable ([`resolve`]). All end in the tables of [`crate::class::Class`] and the same rules of visibility.

mod call;
mod method;
mod value;

pub use call::resolve_for_call;
pub use method::{check_constructor, method_of_class, method_of_object};
pub use value::{callable_name, is_callable, resolve};

use crate::Context;
use crate::class::{Callee, ClassRef};
use crate::func::FuncRef;
use phalanx_bytecode::flags::func as flags;
use phalanx_value::{ObjRef, PhpString};

/// A callee without object and class.
fn plain(func: FuncRef) -> Callee {
    Callee { func, this: None, called_class: None, closure: None, magic_name: None }
}

/// A method of an object; a static one gets the class alone.
fn of_object(func: FuncRef, object: &ObjRef) -> Callee {
    let this = (!func.is_static()).then(|| object.clone());
    Callee { func, this, called_class: Some(ClassRef::of(object)), closure: None, magic_name: None }
}

/// `__call` or `__callStatic` in place of the method `name`.
fn magic(func: FuncRef, this: Option<ObjRef>, class: ClassRef, name: &PhpString) -> Callee {
    let class = this.as_ref().map_or(class, ClassRef::of);
    Callee { func, this, called_class: Some(class), closure: None, magic_name: Some(name.clone()) }
}

/// Whether code in `scope` may call `func`.
pub fn is_accessible(func: FuncRef, scope: Option<ClassRef>) -> bool {
    if !func.has(flags::PRIVATE | flags::PROTECTED) || func.scope == scope {
        return true;
    }
    let (Some(scope), false) = (scope, func.has(flags::PRIVATE)) else { return false };
    // A protected method may be called by relatives of the class that declared it first.
    let root = func.prototype.get().and_then(|prototype| prototype.scope).or(func.scope);
    root.is_some_and(|root| scope.is_a(root) || root.is_a(scope))
}

/// What a method's visibility is called.
pub(crate) fn visibility(func: FuncRef) -> &'static str {
    if func.has(flags::PRIVATE) {
        "private"
    } else if func.has(flags::PROTECTED) {
        "protected"
    } else {
        "public"
    }
}

/// `Class::name` of a method.
fn qualified(func: FuncRef) -> String {
    String::from_utf8_lossy(&crate::throw::function_name(func)).into_owned()
}

impl Context {
    /// The class in whose scope the innermost PHP code runs.
    pub fn caller_scope(&self) -> Option<ClassRef> {
        self.user_frame_ref().and_then(|frame| frame.func.scope)
    }

    /// `$this` of the innermost PHP code.
    pub fn caller_this(&self) -> Option<ObjRef> {
        self.user_frame_ref().and_then(|frame| frame.this.as_object().cloned())
    }

    /// What `static` names in the innermost PHP code.
    pub fn caller_called_class(&self) -> Option<ClassRef> {
        let frame = self.user_frame_ref()?;
        frame.this.called_class().or(frame.func.scope)
    }
}
