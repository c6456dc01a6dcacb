//! The properties of an object as functions that show or store whole objects see them.

use phalanx_value::{ArrayKey, ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::class::{ClassRef, PropType};
use phalanx_vm::flags::member;
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
    /// Its type.
    pub ty: PropType,
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
    for (index, slot) in class.slots.iter().enumerate() {
        let value = object.get_slot(index as u32);
        if (value.is_undef() && !slot.ty.is_some()) || slot.flags & member::VIRTUAL != 0 {
            continue;
        }
        let visibility = if slot.flags & member::PRIVATE != 0 {
            Visibility::Private(slot.class.name.clone())
        } else if slot.flags & member::PROTECTED != 0 {
            Visibility::Protected
        } else {
            Visibility::Public
        };
        props.push(Prop { name: ArrayKey::Str(slot.name.clone()), visibility, value, ty: slot.ty });
    }
    if let Some(dynamic) = object.dynamic() {
        for (key, value) in &dynamic {
            let (name, visibility) = (key.to_owned(), Visibility::Public);
            props.push(Prop { name, visibility, value: value.clone(), ty: PropType::None });
        }
    }
    props
}

/// The entries of a property table with mangled names.
pub fn of_table(table: &PhpArray) -> Vec<Prop> {
    let prop = |(key, value): (phalanx_value::Key<'_>, &Value)| {
        let (name, visibility) = Prop::unmangle(key.to_owned());
        Prop { name, visibility, value: value.clone(), ty: PropType::None }
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
    let hooks = class.native_base.and_then(|native| native.hooks);
    if let Some(debug_info) = hooks.and_then(|hooks| hooks.debug_info) {
        let table = debug_info(cx, object)?;
        return Ok(of_table(&table));
    }
    Ok(stored(object))
}

/// What `var_export()` writes of an object: names and values, those of virtual properties from their hooks.
pub fn exported(cx: &mut Context, object: &ObjRef) -> PhpResult<Vec<(ArrayKey, Value)>> {
    let _ = cx;
    Ok(stored(object)
        .into_iter()
        .filter(|prop| !prop.value.is_undef())
        .map(|prop| (prop.name, prop.value.into_deref()))
        .collect())
}
