//! Dimensions: `$a[$k]` of arrays, strings and objects, to read, write, test and unset.
//!
//! # Safety
//!
//! Places are addresses of live values: variables, or elements that a fetch made just before. Keys are converted,
//! which may run user code, before a place is looked at.
#![allow(unsafe_code, reason = "writes through addresses of elements")]

mod strings;

use crate::Context;
use crate::class::{ClassRef, DimMode};
use crate::ins::Ins;
use crate::thrown::PhpResult;
use phalanx_bytecode::spec::base_of;
use phalanx_bytecode::{Kind, Opcode};
use phalanx_value::{ArrayKey, Key, ObjRef, PhpArray, PhpString, Tag, Value, View};
use strings::{Lookup, is_set_string, read_string, string_offset, write_string};

/// How a key is used, for messages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// To read or write.
    Access,
    /// In `isset` or `empty`.
    Isset,
    /// In `unset`.
    Unset,
}

/// The array key that a value stands for.
#[inline]
pub fn array_key(cx: &mut Context, key: &Value, usage: KeyUse) -> PhpResult<ArrayKey> {
    match key.view() {
        View::Int(int) => Ok(ArrayKey::from(int)),
        View::Str(string) => Ok(ArrayKey::from_string(string.clone())),
        _ => odd_key(cx, key, usage),
    }
}

#[cold]
fn odd_key(cx: &mut Context, key: &Value, usage: KeyUse) -> PhpResult<ArrayKey> {
    Ok(match key.view() {
        View::Null | View::Undef => ArrayKey::from(PhpString::new()),
        View::Bool(truth) => ArrayKey::from(truth as i64),
        View::Float(float) => {
            let int = phalanx_value::convert::float_to_int(float);
            if int as f64 != float {
                lossy_key(cx, float)?;
            }
            ArrayKey::from(int)
        }
        View::Resource(resource) => {
            let id = resource.id();
            cx.warning(format!("Resource ID#{id} used as offset, casting to integer ({id})"))?;
            ArrayKey::from(id)
        }
        View::Ref(reference) => {
            let inner = reference.get();
            return array_key(cx, &inner, usage);
        }
        _ => {
            let kind = crate::convert::value_name(key);
            return Err(cx.throw_type_error(match usage {
                KeyUse::Access => format!("Cannot access offset of type {kind} on array"),
                KeyUse::Isset => format!("Cannot access offset of type {kind} in isset or empty"),
                KeyUse::Unset => format!("Cannot unset offset of type {kind} on array"),
            }));
        }
    })
}

/// Tells that a float is no int, which a key is made of it for.
fn lossy_key(cx: &mut Context, float: f64) -> PhpResult {
    let shown = phalanx_value::convert::float_to_string(float);
    cx.deprecated(format!("Implicit conversion from float {shown} to int loses precision"))
}

/// Warns that an array has no such key.
#[cold]
pub fn undefined_key(cx: &mut Context, key: &ArrayKey) -> PhpResult {
    match key {
        ArrayKey::Int(int) => cx.warning(format!("Undefined array key {int}")),
        ArrayKey::Str(name) => cx.warning([b"Undefined array key \"".as_slice(), name, b"\""].concat()),
    }
}

/// `container[key]`; silent and null where absent if `quiet`.
pub fn read(cx: &mut Context, container: &Value, key: &Value, quiet: bool) -> PhpResult<Value> {
    match container.view() {
        View::Array(array) => {
            let key = array_key(cx, key, KeyUse::Access)?;
            match array.get(key.as_key()) {
                Some(value) => Ok(value.deref_clone()),
                None if quiet => Ok(Value::NULL),
                None => {
                    undefined_key(cx, &key)?;
                    Ok(Value::NULL)
                }
            }
        }
        View::Str(string) => read_string(cx, string, key, quiet),
        View::Object(object) => {
            let mode = if quiet { DimMode::Isset } else { DimMode::Read };
            read_object(cx, object, Some(key), mode)
        }
        View::Ref(reference) => {
            let inner = reference.get();
            read(cx, &inner, key, quiet)
        }
        _ => {
            if !quiet {
                let kind = crate::convert::value_name(container);
                cx.warning(format!("Trying to access array offset on {kind}"))?;
            }
            Ok(Value::NULL)
        }
    }
}

/// `object[key]` through the class's hook or `offsetGet`.
pub fn read_object(
    cx: &mut Context,
    object: &ObjRef,
    key: Option<&Value>,
    mode: DimMode,
) -> PhpResult<Value> {
    let class = ClassRef::of(object);
    if let Some(read) = class.hooks().and_then(|hooks| hooks.read_dim)
        && !class.overrides_dimensions()
    {
        return read(cx, object, key, mode);
    }
    let Some(get) = class.magic.offset_get else { return Err(no_array(cx, class)) };
    let key = key.cloned().unwrap_or(Value::NULL);
    let object = object.clone();
    if mode == DimMode::Isset
        && let Some(exists) = class.magic.offset_exists
    {
        let found = cx.call_method(&object, exists, std::slice::from_ref(&key))?;
        if !cx.to_bool(&found)? {
            return Ok(Value::NULL);
        }
    }
    cx.call_method_raw(&object, get, &[key])
}

fn no_array(cx: &mut Context, class: ClassRef) -> crate::thrown::Thrown {
    cx.throw_error(format!("Cannot use object of type {} as array", class.name))
}

/// `container[key] = value` for the container at `place`; gives the value that was assigned.
///
/// # Safety
/// `place` must be the address of a live value.
pub unsafe fn write(
    cx: &mut Context,
    place: *mut Value,
    key: Option<&Value>,
    value: Value,
) -> PhpResult<Value> {
    // SAFETY: the caller's promise; nothing runs user code between looking at the place and writing to it.
    unsafe {
        let place = Value::deref_ptr(place);
        match (*place).tag() {
            Tag::Array => {}
            Tag::Undef | Tag::Null => *place = Value::array(PhpArray::new()),
            Tag::False => {
                cx.deprecated("Automatic conversion of false to array is deprecated")?;
                *place = Value::array(PhpArray::new());
            }
            Tag::String => return write_string(cx, place, key, value),
            Tag::Object => {
                let object = (*place).as_object().expect("by its tag").clone();
                write_object(cx, &object, key, value.clone())?;
                return Ok(value);
            }
            _ => return Err(cx.throw_error("Cannot use a scalar value as an array")),
        }
        let key = match key {
            Some(key) => Some(array_key(cx, key, KeyUse::Access)?),
            None => None,
        };
        let place = Value::deref_ptr(place);
        let Some(array) = (*place).as_array_mut() else {
            return Ok(Value::NULL);
        };
        match key {
            None => {
                if array.push(value.clone()).is_err() {
                    return Err(cx.throw_error(NEXT_OCCUPIED));
                }
            }
            Some(key) => {
                let element: *mut Value = array.get_or_insert(key.as_key());
                return store(cx, element, value);
            }
        }
        Ok(value)
    }
}

/// Text of the error when `[]` finds no free key.
pub const NEXT_OCCUPIED: &str = "Cannot add element to the array as the next element is already occupied";

/// Assigns to an element or property slot, through a reference (with its types) if it is one.
///
/// # Safety
/// `place` must be the address of a live value.
pub unsafe fn store(cx: &mut Context, place: *mut Value, value: Value) -> PhpResult<Value> {
    // SAFETY: the caller's promise. The old value is dropped last.
    unsafe {
        if let Some(reference) = (*place).as_ref() {
            if reference.has_type_sources() {
                let reference = reference.clone();
                return crate::props::assign_reference(cx, &reference, value);
            }
            reference.set(value.clone());
            return Ok(value);
        }
        let old = std::ptr::replace(place, value.clone());
        drop(old);
        Ok(value)
    }
}

/// `object[key] = value`.
pub fn write_object(cx: &mut Context, object: &ObjRef, key: Option<&Value>, value: Value) -> PhpResult {
    let class = ClassRef::of(object);
    if let Some(write) = class.hooks().and_then(|hooks| hooks.write_dim)
        && !class.overrides_dimensions()
    {
        return write(cx, object, key, value);
    }
    let Some(set) = class.magic.offset_set else { return Err(no_array(cx, class)) };
    cx.call_method(object, set, &[key.cloned().unwrap_or(Value::NULL), value])?;
    Ok(())
}

/// What a script may not do with a part of a string; the instruction that uses the address tells what it was about to do.
#[cold]
fn misuse_of_offset(ins: Ins) -> &'static str {
    const ASSIGN_OP: &str = "Cannot use assign-op operators with string offsets";
    let op = ins.op();
    if base_of(op.code) == Opcode::ASSIGN_DIM_OP {
        return ASSIGN_OP;
    }
    let user = ins.following().find(|next| next.kind_a() == Kind::Tmp && next.a == op.c);
    match user.map(|next| base_of(next.code)) {
        Some(
            Opcode::FETCH_DIM_W
            | Opcode::FETCH_DIM_RW
            | Opcode::FETCH_DIM_UNSET
            | Opcode::FETCH_DIM_FUNC_ARG
            | Opcode::FETCH_LIST_W
            | Opcode::ASSIGN_DIM
            | Opcode::ASSIGN_DIM_OP
            | Opcode::UNSET_DIM,
        ) => "Cannot use string offset as an array",
        Some(
            Opcode::FETCH_OBJ_W
            | Opcode::FETCH_OBJ_RW
            | Opcode::FETCH_OBJ_UNSET
            | Opcode::FETCH_OBJ_FUNC_ARG
            | Opcode::ASSIGN_OBJ
            | Opcode::ASSIGN_OBJ_OP
            | Opcode::ASSIGN_OBJ_REF
            | Opcode::UNSET_OBJ
            | Opcode::PRE_INC_OBJ
            | Opcode::PRE_DEC_OBJ
            | Opcode::POST_INC_OBJ
            | Opcode::POST_DEC_OBJ,
        ) => "Cannot use string offset as an object",
        Some(Opcode::ASSIGN_OP) => ASSIGN_OP,
        Some(Opcode::PRE_INC | Opcode::PRE_DEC | Opcode::POST_INC | Opcode::POST_DEC) => {
            "Cannot increment/decrement string offsets"
        }
        _ => "Cannot create references to/from string offsets",
    }
}

/// Address of `container[key]` to write to or to make a reference of; null when there is none and that was
/// reported. An object that answers with a value gives that value instead.
///
/// # Safety
/// `place` must be the address of a live value.
pub unsafe fn fetch_write(
    cx: &mut Context,
    place: *mut Value,
    key: Option<&Value>,
    warn: bool,
    ins: Ins,
) -> PhpResult<Fetched> {
    // SAFETY: the caller's promise; as in `write`.
    unsafe {
        let place = Value::deref_ptr(place);
        match (*place).tag() {
            Tag::Array => {}
            Tag::Undef | Tag::Null => *place = Value::array(PhpArray::new()),
            Tag::False => {
                cx.deprecated("Automatic conversion of false to array is deprecated")?;
                *place = Value::array(PhpArray::new());
            }
            Tag::String => {
                return Err(match key {
                    None => cx.throw_error("[] operator not supported for strings"),
                    Some(key) => {
                        string_offset(cx, key, Lookup::Access)?;
                        cx.throw_error(misuse_of_offset(ins))
                    }
                });
            }
            Tag::Object => {
                let object = (*place).as_object().expect("by its tag").clone();
                let value = read_object(cx, &object, key, DimMode::Write)?;
                if !value.is_ref() && !value.is_object() {
                    let class = ClassRef::of(&object).name.clone();
                    cx.notice(format!(
                        "Indirect modification of overloaded element of {class} has no effect"
                    ))?;
                }
                return Ok(Fetched::Value(value));
            }
            _ => return Err(cx.throw_error("Cannot use a scalar value as an array")),
        }
        let key = match key {
            Some(key) => Some(array_key(cx, key, KeyUse::Access)?),
            None => None,
        };
        let place = Value::deref_ptr(place);
        if warn
            && let Some(key) = &key
            && let Some(array) = (*place).as_array()
            && array.get(key.as_key()).is_none()
        {
            undefined_key(cx, key)?;
        }
        let place = Value::deref_ptr(place);
        let Some(array) = (*place).as_array_mut() else { return Ok(Fetched::Value(Value::NULL)) };
        let element = match key {
            None => {
                if array.push(Value::NULL).is_err() {
                    return Err(cx.throw_error(NEXT_OCCUPIED));
                }
                let last = array.last_pos();
                let value: *mut Value = array.pos_value_mut(last).expect("just pushed");
                value
            }
            Some(key) => {
                let element: *mut Value = array.get_or_insert(key.as_key());
                if (*element).is_undef() {
                    *element = Value::NULL;
                }
                element
            }
        };
        Ok(Fetched::Place(element))
    }
}

/// What a write fetch found.
pub enum Fetched {
    /// An address to write to.
    Place(*mut Value),
    /// A value of its own (an object's answer): writing to it has no further effect.
    Value(Value),
}

impl Fetched {
    /// As the contents of a temporary.
    pub fn into_slot(self) -> Value {
        match self {
            Fetched::Place(place) => Value::indirect(place),
            Fetched::Value(value) => value,
        }
    }
}

/// Address of `container[key]` to unset a part of it; nothing is made.
///
/// # Safety
/// `place` must be the address of a live value.
pub unsafe fn fetch_unset(cx: &mut Context, place: *mut Value, key: &Value, ins: Ins) -> PhpResult<Fetched> {
    // SAFETY: the caller's promise; as in `write`.
    unsafe {
        let place = Value::deref_ptr(place);
        match (*place).tag() {
            Tag::Array => {
                let key = array_key(cx, key, KeyUse::Unset)?;
                let place = Value::deref_ptr(place);
                let Some(array) = (*place).as_array_mut() else { return Ok(Fetched::Value(Value::NULL)) };
                match array.get_mut(key.as_key()) {
                    Some(element) => Ok(Fetched::Place(element)),
                    // What is not there has nothing to be unset.
                    None => Ok(Fetched::Value(Value::NULL)),
                }
            }
            Tag::Object => {
                let object = (*place).as_object().expect("by its tag").clone();
                let value = read_object(cx, &object, Some(key), DimMode::Unset)?;
                Ok(Fetched::Value(value))
            }
            Tag::String => {
                let numeric = match key.view() {
                    View::Str(text) => Key::from_string(text).as_int().is_some(),
                    _ => true,
                };
                Err(match numeric {
                    true => cx.throw_error(misuse_of_offset(ins)),
                    false => cx.throw_error("Cannot unset string offsets"),
                })
            }
            Tag::Undef | Tag::Null => Ok(Fetched::Value(Value::NULL)),
            Tag::False => {
                cx.deprecated("Automatic conversion of false to array is deprecated")?;
                Ok(Fetched::Value(Value::NULL))
            }
            _ => Err(cx.throw_error("Cannot unset offset in a non-array variable")),
        }
    }
}

/// `unset(container[key])`.
///
/// # Safety
/// `place` must be the address of a live value.
pub unsafe fn unset(cx: &mut Context, place: *mut Value, key: &Value) -> PhpResult {
    // SAFETY: the caller's promise; as in `write`.
    unsafe {
        let place = Value::deref_ptr(place);
        match (*place).tag() {
            Tag::Array => {
                let key = array_key(cx, key, KeyUse::Unset)?;
                let place = Value::deref_ptr(place);
                if let Some(array) = (*place).as_array_mut() {
                    let removed = array.remove(key.as_key());
                    drop(removed);
                }
                Ok(())
            }
            Tag::Object => {
                let object = (*place).as_object().expect("by its tag").clone();
                let class = ClassRef::of(&object);
                if let Some(unset) = class.hooks().and_then(|hooks| hooks.unset_dim)
                    && !class.overrides_dimensions()
                {
                    return unset(cx, &object, key);
                }
                let Some(unset) = class.magic.offset_unset else { return Err(no_array(cx, class)) };
                cx.call_method(&object, unset, std::slice::from_ref(key))?;
                Ok(())
            }
            Tag::String => Err(cx.throw_error("Cannot unset string offsets")),
            Tag::Undef | Tag::Null => Ok(()),
            Tag::False => cx.deprecated("Automatic conversion of false to array is deprecated"),
            _ => Err(cx.throw_error("Cannot unset offset in a non-array variable")),
        }
    }
}

/// `isset(container[key])`, or `!empty(...)` if `not_empty`.
pub fn is_set(cx: &mut Context, container: &Value, key: &Value, not_empty: bool) -> PhpResult<bool> {
    match container.view() {
        View::Array(array) => {
            let key = array_key(cx, key, KeyUse::Isset)?;
            let Some(value) = array.get_value(key.as_key()) else { return Ok(false) };
            let value = value.into_deref();
            if not_empty { cx.to_bool(&value) } else { Ok(!value.is_nullish()) }
        }
        View::Str(string) => is_set_string(cx, string, key, not_empty),
        View::Object(object) => {
            let class = ClassRef::of(object);
            if let Some(has) = class.hooks().and_then(|hooks| hooks.has_dim)
                && !class.overrides_dimensions()
            {
                return has(cx, object, key, not_empty);
            }
            let Some(exists) = class.magic.offset_exists else { return Err(no_array(cx, class)) };
            let object = object.clone();
            let found = cx.call_method(&object, exists, std::slice::from_ref(key))?;
            if !cx.to_bool(&found)? {
                return Ok(false);
            }
            if !not_empty {
                return Ok(true);
            }
            let Some(get) = class.magic.offset_get else { return Ok(false) };
            let value = cx.call_method(&object, get, std::slice::from_ref(key))?;
            cx.to_bool(&value)
        }
        View::Ref(reference) => {
            let inner = reference.get();
            is_set(cx, &inner, key, not_empty)
        }
        _ => Ok(false),
    }
}
