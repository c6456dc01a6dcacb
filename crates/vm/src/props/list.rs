//! All properties of an object, in order: what foreach, casts and dumps go through.

use crate::Context;
use crate::class::{ClassRef, NO_SLOT, PropRef};
use crate::thrown::PhpResult;
use phalanx_bytecode::flags::member;
use phalanx_value::{ArrayKey, Key, ObjRef, PhpArray, PhpString, Value};

/// A property of an object.
#[derive(Clone)]
pub struct PropEntry {
    /// Name, without marks of visibility.
    pub name: PhpString,
    /// The declaration, if it has one.
    pub info: Option<PropRef>,
}

/// Whether code in `scope` may read the property of an object of `class`.
pub(crate) fn is_visible(info: PropRef, class: ClassRef, scope: Option<ClassRef>) -> bool {
    if info.has(member::PRIVATE) {
        return Some(info.class) == scope;
    }
    if info.has(member::PROTECTED) {
        return super::related(info.root, scope);
    }
    // A public property that hides a private one of the scope is not what the scope sees under this name.
    super::private_of(scope, class, &info.name).is_none()
}

/// The properties that code in `scope` sees, in the order of slots; virtual ones with a get hook come where they are
/// declared.
pub fn visible_props(object: &ObjRef, scope: Option<ClassRef>) -> Vec<PropEntry> {
    let class = ClassRef::of(object);
    let mut entries: Vec<PropEntry> = declared(class)
        .into_iter()
        .filter(|info| is_visible(*info, class, scope))
        .filter(|info| info.slot != NO_SLOT || info.hooks[0].is_some())
        .filter(|info| info.slot == NO_SLOT || !object.get_slot(info.slot).is_undef())
        .map(|info| PropEntry { name: info.name.clone(), info: Some(info) })
        .collect();
    if let Some(dynamic) = object.dynamic() {
        entries.extend(dynamic.keys().map(|key| PropEntry { name: key.to_string(), info: None }));
    }
    entries
}

/// The properties of a class that are not static, those of ancestors first; virtual ones where they are declared.
pub fn declared(class: ClassRef) -> Vec<PropRef> {
    if !class.has(crate::class::state::HAS_HOOKS) {
        return class.slots.to_vec();
    }
    let mut all: Vec<PropRef> = Vec::new();
    for ancestor in &class.display {
        for info in ancestor.props.iter().filter(|info| info.class == *ancestor && !info.has(member::STATIC))
        {
            let hidden = info.has(member::PRIVATE) && *ancestor != class;
            let seen = if hidden { *info } else { class.props.get(&info.name).copied().unwrap_or(*info) };
            if !all.contains(&seen) {
                all.push(seen);
            }
        }
    }
    all
}

/// The name of a property as arrays made of objects show it: `\0Class\0name`, `\0*\0name`, or plain.
pub fn mangled_name(info: PropRef) -> PhpString {
    if info.has(member::PRIVATE) {
        PhpString::concat_all(&[b"\0", &info.class.name, b"\0", &info.name])
    } else if info.has(member::PROTECTED) {
        PhpString::concat_all(&[b"\0*\0", &info.name])
    } else {
        info.name.clone()
    }
}

/// Class (or `*`) and name that a mangled name consists of.
pub fn unmangle(name: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let Some(rest) = name.strip_prefix(b"\0") else { return (None, name) };
    match rest.iter().position(|&byte| byte == 0) {
        Some(end) => (Some(&rest[..end]), &rest[end + 1..]),
        None => (None, name),
    }
}

/// The properties with backing store as an array, as `(array)` gives them: names mangled, references kept. Numeric
/// names become int keys.
pub fn to_array(object: &ObjRef) -> PhpArray {
    let mut array = raw_table(object);
    if array.keys().any(|key| key.as_str().is_some_and(|name| Key::from_string(name).as_int().is_some())) {
        let mut renamed = PhpArray::new();
        for (key, value) in array.iter() {
            let key = match key {
                Key::Str(name) => ArrayKey::from_string(name.clone()),
                Key::Int(int) => ArrayKey::Int(int),
            };
            renamed.insert(key.as_key(), value.clone());
        }
        array = renamed;
    }
    array
}

/// The same with names that stay strings: what `var_dump` and `serialize` go through.
pub fn raw_table(object: &ObjRef) -> PhpArray {
    let class = ClassRef::of(object);
    let mut array = PhpArray::with_hash_capacity(class.slots.len());
    for info in &class.slots {
        let mut value = object.get_slot(info.slot);
        if value.is_undef() {
            continue;
        }
        if value.as_ref().is_some_and(|reference| reference.ref_count() == 2) {
            // The object's own handle and this copy are the only ones: it is no reference any more.
            value = value.into_deref();
        }
        array.insert(Key::Str(&mangled_name(*info)), value);
    }
    if let Some(dynamic) = object.dynamic() {
        for (key, value) in dynamic.iter() {
            array.insert(Key::Str(&key.to_string()), value.clone());
        }
    }
    array
}

impl Context {
    /// `get_object_vars`: the properties that code in `scope` sees, by plain name, hooks called.
    pub fn object_vars(&mut self, object: &ObjRef, scope: Option<ClassRef>) -> PhpResult<PhpArray> {
        let mut array = PhpArray::new();
        let object = &self.realize(object)?;
        for entry in visible_props(object, scope) {
            let value = match entry.info {
                Some(info) if info.has_hooks() => {
                    if info.hooks[0].is_none() && info.slot == NO_SLOT {
                        continue;
                    }
                    self.read_hooked(object, info, super::ReadMode::Read)?
                }
                Some(info) => shared(object.get_slot(info.slot)),
                None => match object.dynamic().and_then(|table| table.get_str(&entry.name).cloned()) {
                    Some(value) => shared(value),
                    None => continue,
                },
            };
            array.insert(ArrayKey::from_string(entry.name).as_key(), value);
        }
        Ok(array)
    }
}

/// A copy of what a table holds: a reference that nobody else shares is its value.
fn shared(value: Value) -> Value {
    match value.as_ref() {
        Some(reference) if reference.ref_count() <= 2 => value.into_deref(),
        _ => value,
    }
}
