//! Values that are handed to functions as callables, and why they are none.

use super::{is_accessible, magic, of_object, plain, visibility};
use crate::Context;
use crate::class::{Callee, ClassRef};
use crate::convert::class_name;
use crate::func::FuncRef;
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::func as flags;
use phalanx_value::{ObjRef, PhpArray, PhpString, Value, View};

/// A callee, or the words that follow "must be a valid callback, ".
type Found = Result<Callee, Vec<u8>>;

/// What `value` calls when code in `scope` hands it to a function. May load classes.
pub fn resolve(cx: &mut Context, value: &Value, scope: Option<ClassRef>) -> PhpResult<Found> {
    Search { cx, scope, quiet: false }.value(value)
}

/// Whether `value` is callable in `scope`. May load classes; raises no deprecation.
pub fn is_callable(cx: &mut Context, value: &Value, scope: Option<ClassRef>) -> bool {
    let found = Search { cx, scope, quiet: true }.value(value);
    matches!(found, Ok(Ok(_)))
}

/// The name that messages and `is_callable()` give a callable.
pub fn callable_name(cx: &mut Context, value: &Value) -> PhpResult<PhpString> {
    match value.view() {
        View::Array(pair) if pair.len() == 2 => {
            let (first, second) = (pair.get_value(0), pair.get_value(1));
            let class = match first.as_ref().map(Value::view) {
                Some(View::Object(object)) => ClassRef::of(object).name.clone(),
                Some(View::Str(name)) => name.clone(),
                _ => return Ok(PhpString::from("Array")),
            };
            match second.as_ref().and_then(Value::as_string) {
                Some(method) => Ok(PhpString::concat_all(&[&class, b"::", method])),
                None => Ok(PhpString::from("Array")),
            }
        }
        View::Array(_) => Ok(PhpString::from("Array")),
        View::Object(object) => Ok(PhpString::concat(&ClassRef::of(object).name, b"::__invoke")),
        _ => cx.to_string(value),
    }
}

struct Search<'a> {
    cx: &'a mut Context,
    scope: Option<ClassRef>,
    /// Deprecated forms are not reported.
    quiet: bool,
}

/// The class of a method, and how it was found.
struct Owner {
    class: ClassRef,
    object: Option<ObjRef>,
    called: ClassRef,
}

fn why<T>(text: impl Into<Vec<u8>>) -> PhpResult<Result<T, Vec<u8>>> {
    Ok(Err(text.into()))
}

impl Search<'_> {
    fn value(&mut self, value: &Value) -> PhpResult<Found> {
        match value.view() {
            View::Str(name) => self.name(name),
            View::Array(pair) => self.pair(pair),
            View::Object(object) => {
                let class = ClassRef::of(object);
                if let Some(get_closure) = class.hooks().and_then(|hooks| hooks.get_closure)
                    && let Some(callee) = get_closure(self.cx, object)
                {
                    return Ok(Ok(callee));
                }
                match class.magic.invoke {
                    Some(invoke) => Ok(Ok(of_object(invoke, object))),
                    None => why("no array or string given"),
                }
            }
            View::Ref(reference) => self.value(&reference.get()),
            _ => why("no array or string given"),
        }
    }

    fn name(&mut self, name: &PhpString) -> PhpResult<Found> {
        let bare = name.strip_prefix(b"\\").unwrap_or(name);
        if let Some(func) = self.cx.find_function(&bare.to_ascii_lowercase()) {
            return Ok(Ok(plain(func)));
        }
        let Some(colon) = colons(name) else {
            return why([b"function \"".as_slice(), name, b"\" not found or invalid function name"].concat());
        };
        if colon == 0 {
            return why("invalid function name");
        }
        let form = format!("\"{name}\"");
        match self.class(&name[..colon], self.scope, None, &form)? {
            Ok(owner) => self.method(&owner, &PhpString::from_bytes(&name[colon + 2..])),
            Err(text) => Ok(Err(text)),
        }
    }

    fn pair(&mut self, pair: &PhpArray) -> PhpResult<Found> {
        if pair.len() != 2 {
            return why("array callback must have exactly two members");
        }
        let (Some(first), Some(second)) = (pair.get_value(0), pair.get_value(1)) else {
            return why("array callback has to contain indices 0 and 1");
        };
        if !first.is_string() && !first.is_object() {
            return why("first array member is not a valid class name or object");
        }
        let Some(method) = second.into_string() else {
            return why("second array member is not a valid method");
        };
        let owner = match first.view() {
            View::Object(object) => {
                let class = ClassRef::of(object);
                Owner { class, object: Some(object.clone()), called: class }
            }
            _ => {
                let name = first.as_bytes().unwrap_or_default();
                let form = format!("[\"{}\", \"{method}\"]", String::from_utf8_lossy(name));
                match self.class(name, self.scope, None, &form)? {
                    Ok(owner) => owner,
                    Err(text) => return Ok(Err(text)),
                }
            }
        };
        match colons(&method) {
            Some(colon) if colon > 0 => self.qualified_method(owner, &method, colon),
            _ => self.method(&owner, &method),
        }
    }

    /// `[$object, "parent::method"]`: deprecated.
    fn qualified_method(&mut self, owner: Owner, method: &PhpString, colon: usize) -> PhpResult<Found> {
        let found = self.class(&method[..colon], Some(owner.class), owner.object.clone(), "")?;
        let inner = match found {
            Ok(inner) => inner,
            Err(text) => return Ok(Err(text)),
        };
        if !owner.class.is_a(inner.class) {
            let (class, other) = (class_name(owner.class), class_name(inner.class));
            return why(format!("class {class} is not a subclass of {other}"));
        }
        self.deprecated(|| {
            format!("Callables of the form [\"{}\", \"{method}\"] are deprecated", class_name(owner.class))
        })?;
        let inner = Owner { called: owner.called, ..inner };
        self.method(&inner, &PhpString::from_bytes(&method[colon + 2..]))
    }

    fn deprecated(&mut self, text: impl FnOnce() -> String) -> PhpResult {
        if self.quiet { Ok(()) } else { self.cx.deprecated(text()) }
    }

    /// The class that a callable names, seen from `scope`.
    fn class(
        &mut self,
        name: &[u8],
        scope: Option<ClassRef>,
        object: Option<ObjRef>,
        form: &str,
    ) -> PhpResult<Result<Owner, Vec<u8>>> {
        let lower = name.to_ascii_lowercase();
        let special = match &lower[..] {
            b"self" => "self",
            b"parent" => "parent",
            b"static" => "static",
            _ => return self.named_class(name, object),
        };
        let called = self.cx.caller_called_class();
        let class = match (special, scope) {
            ("static", _) => called,
            (_, None) => None,
            ("self", scope) => scope,
            (_, Some(scope)) => match scope.parent {
                Some(parent) => Some(parent),
                None => return why("cannot access \"parent\" when current class scope has no parent"),
            },
        };
        let Some(class) = class else {
            return why(format!("cannot access \"{special}\" when no class scope is active"));
        };
        if !form.is_empty() {
            self.deprecated(|| format!("Use of \"{special}\" in callables is deprecated"))?;
        }
        let object = object.or_else(|| self.cx.caller_this());
        let called = called.filter(|called| called.is_a(class)).unwrap_or(class);
        Ok(Ok(Owner { class, object, called }))
    }

    fn named_class(&mut self, name: &[u8], object: Option<ObjRef>) -> PhpResult<Result<Owner, Vec<u8>>> {
        let Some(class) = self.cx.lookup_class(name, true)? else {
            return why([b"class \"".as_slice(), name, b"\" not found"].concat());
        };
        if let Some(object) = object {
            let called = ClassRef::of(&object);
            return Ok(Ok(Owner { class, object: Some(object), called }));
        }
        // Inside of a method, naming an ancestor's class calls on with the same object.
        let this = self.cx.caller_this().filter(|this| {
            self.scope.is_some_and(|scope| ClassRef::of(this).is_a(scope) && scope.is_a(class))
        });
        let called = this.as_ref().map_or(class, ClassRef::of);
        Ok(Ok(Owner { class, object: this, called }))
    }

    fn method(&mut self, owner: &Owner, name: &PhpString) -> PhpResult<Found> {
        let lower = name.to_ascii_lowercase();
        let class = owner.class;
        if lower == b"__invoke"
            && let Some(object) = &owner.object
            && let Some(get_closure) = ClassRef::of(object).hooks().and_then(|hooks| hooks.get_closure)
            && let Some(callee) = get_closure(self.cx, object)
        {
            return Ok(Ok(callee));
        }
        let call = match &owner.object {
            Some(object) => class.magic.call.map(|func| magic(func, Some(object.clone()), class, name)),
            None => class.magic.call_static.map(|func| magic(func, None, class, name)),
        };
        let Some(mut func) = class.method(&lower) else {
            // An instance method is missing: a class may still answer through `__callStatic`.
            let fallback =
                call.or_else(|| class.magic.call_static.map(|func| magic(func, None, class, name)));
            return match fallback {
                Some(callee) => Ok(Ok(callee)),
                None => why(format!("class {} does not have a method \"{name}\"", class_name(class))),
            };
        };
        if let Some(own) = self.own_private(class, &lower) {
            func = own;
        }
        let accessible = is_accessible(func, self.scope);
        if !accessible && let Some(callee) = call {
            return Ok(Ok(callee));
        }
        Ok(self.check(owner, func, accessible))
    }

    /// The private method of the scope itself, which hides those of descendants.
    fn own_private(&self, class: ClassRef, lower: &[u8]) -> Option<FuncRef> {
        let scope = self.scope.filter(|scope| class.is_a(*scope))?;
        let own = scope.method(lower)?;
        (own.has(flags::PRIVATE) && own.scope == Some(scope)).then_some(own)
    }

    fn check(&self, owner: &Owner, func: FuncRef, accessible: bool) -> Found {
        let class = class_name(owner.class);
        let name = &func.name;
        if func.has(flags::ABSTRACT) {
            return Err(format!("cannot call abstract method {class}::{name}()").into());
        }
        if owner.object.is_none() && !func.is_static() {
            return Err(format!("non-static method {class}::{name}() cannot be called statically").into());
        }
        if !accessible {
            return Err(format!("cannot access {} method {class}::{name}()", visibility(func)).into());
        }
        let this = owner.object.clone().filter(|_| !func.is_static());
        let called = this.as_ref().map_or(owner.called, ClassRef::of);
        Ok(Callee { func, this, called_class: Some(called), closure: None, magic_name: None })
    }
}

/// Where the last `::` stands.
fn colons(name: &[u8]) -> Option<usize> {
    name.windows(2).rposition(|two| two == b"::")
}
