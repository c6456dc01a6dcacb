//! The properties of an object as functions that show or store whole objects see them.

use phalanx_value::{ArrayKey, ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::class::{ClassRef, NO_SLOT, PropRef};
use phalanx_vm::flags::member;
use phalanx_vm::lazy;
use phalanx_vm::props::ReadMode;
use phalanx_vm::{Context, PhpResult};

/// Who may see a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    Public,
    /// The class and its relatives.
    Protected,
    /// The class of this name.
    Private(PhpString),
}

/// A property of an object.
pub struct Prop {
    /// Its name; dynamic properties with a number for a name have one here.
    pub name: ArrayKey,
    /// Who may see it.
    pub visibility: Visibility,
    /// Its value, a reference if it is one; undef if it has a type and no value yet.
    pub value: Value,
    /// Its declaration, if it has one.
    pub info: Option<PropRef>,
}

impl Prop {
    /// Name in the form of `(array)` casts and serialized objects, where NULs and the class name tell the visibility.
    pub fn mangled(&self) -> PhpString {
        let name = self.name.as_key().to_string();
        match &self.visibility {
            Visibility::Public => name,
            Visibility::Protected => PhpString::concat(b"\0*\0", &name),
            Visibility::Private(class) => PhpString::concat_all(&[b"\0", class, b"\0", &name]),
        }
    }

    /// Reads a mangled name.
    pub fn unmangle(key: ArrayKey) -> (ArrayKey, Visibility) {
        let ArrayKey::Str(name) = &key else { return (key, Visibility::Public) };
        let Some(rest) = name.strip_prefix(b"\0") else { return (key, Visibility::Public) };
        let Some(end) = memchr::memchr(0, rest) else { return (key, Visibility::Public) };
        let plain = ArrayKey::Str(PhpString::from_bytes(&rest[end + 1..]));
        match &rest[..end] {
            b"*" => (plain, Visibility::Protected),
            class => (plain, Visibility::Private(PhpString::from_bytes(class))),
        }
    }
}

/// All properties that an object stores, in order. Those that were unset, or never set and have no type, are left out.
pub fn stored(object: &ObjRef) -> Vec<Prop> {
    let class = ClassRef::of(object);
    let mut props = Vec::with_capacity(class.slots.len());
    for info in &class.slots {
        let value = object.get_slot(info.slot);
        if value.is_undef() && !info.ty.is_some() {
            continue;
        }
        let visibility = if info.has(member::PRIVATE) {
            Visibility::Private(info.class.name.clone())
        } else if info.has(member::PROTECTED) {
            Visibility::Protected
        } else {
            Visibility::Public
        };
        let name = ArrayKey::Str(info.name.clone());
        props.push(Prop { name, visibility, value: unshared(value), info: Some(*info) });
    }
    if let Some(dynamic) = object.dynamic() {
        for (key, value) in &dynamic {
            // The name stays a string, even one that looks like a number.
            let name = ArrayKey::Str(key.to_string());
            props.push(Prop {
                name,
                visibility: Visibility::Public,
                value: unshared(value.clone()),
                info: None,
            });
        }
    }
    props
}

/// A reference that only the object has is a plain value; one count is that of this copy.
fn unshared(value: Value) -> Value {
    match value.as_ref() {
        Some(reference) if reference.ref_count() <= 2 => value.into_deref(),
        _ => value,
    }
}

/// The entries of a property table with mangled names.
pub fn of_table(table: &PhpArray) -> Vec<Prop> {
    let prop = |(key, value): (phalanx_value::Key<'_>, &Value)| {
        let (name, visibility) = Prop::unmangle(key.to_owned());
        Prop { name, visibility, value: value.clone(), info: None }
    };
    table.iter().map(prop).collect()
}

/// What `var_dump()` and `print_r()` show of an object: what `__debugInfo()` or its native class say, or what it stores.
pub fn shown(cx: &mut Context, object: &ObjRef) -> PhpResult<Vec<Prop>> {
    let class = ClassRef::of(object);
    if let Some(method) = class.magic.debug_info {
        let result = cx.call_method(object, method, &[])?.into_deref();
        return match result.as_array() {
            Some(table) => Ok(of_table(table)),
            None if result.is_null() => Ok(Vec::new()),
            None => Err(cx.fatal_error("__debuginfo() must return an array")),
        };
    }
    if let Some(debug_info) = class.hook(|hooks| hooks.debug_info) {
        let table = debug_info(cx, object)?;
        return Ok(of_table(&table));
    }
    if let Some(instance) = lazy::instance(object) {
        let name = ArrayKey::Str(PhpString::from("instance"));
        let value = Value::object(instance);
        return Ok(vec![Prop { name, visibility: Visibility::Public, value, info: None }]);
    }
    Ok(stored(object))
}

/// What `var_export()` writes of an object: names and values, those of virtual properties from their hooks.
pub fn exported(cx: &mut Context, object: &ObjRef) -> PhpResult<Vec<(ArrayKey, Value)>> {
    let class = ClassRef::of(object);
    let mut all = Vec::new();
    let object = &cx.realize(object)?;
    for prop in stored(object) {
        match prop.info {
            Some(info) if info.has_hooks() && info.hooks[0].is_some() => {
                all.push((prop.name, read(cx, object, info)?));
            }
            _ if prop.value.is_undef() => {}
            _ => all.push((prop.name, prop.value.into_deref())),
        }
    }
    for info in class.props.iter().copied().filter(|info| info.slot == NO_SLOT && info.hooks[0].is_some()) {
        if !info.has(member::STATIC) {
            all.push((ArrayKey::Str(info.name.clone()), read(cx, object, info)?));
        }
    }
    Ok(all)
}

/// The value of a property, from its hook.
fn read(cx: &mut Context, object: &ObjRef, info: PropRef) -> PhpResult<Value> {
    cx.read_prop(object, &info.name, Some(info.class), ReadMode::Read, std::ptr::null_mut())
        .map(Value::into_deref)
}
