//! Serialization of ArrayObject and ArrayIterator.

use super::*;
use crate::util::{call_function, restore_members};

#[php_method("ArrayObject::serialize(): string", tentative)]
fn serialize(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    let data = magic_serialize(this);
    call_function(cx, "serialize", &[Value::array(data)])
}

#[php_method("ArrayObject::unserialize(string $data): void", tentative)]
fn unserialize(cx: &mut Context, this: &ObjRef, data: &PhpString) -> PhpResult {
    let value = call_function(cx, "unserialize", &[Value::string(data.clone())])?;
    match value.into_array() {
        Some(array) => magic_unserialize(cx, this, &array),
        None => {
            Err(cx.throw("unexpectedvalueexception", format!("Error at offset 0 of {} bytes", data.len())))
        }
    }
}

#[php_method("ArrayObject::__serialize(): array", tentative, rename = MAGIC_SERIALIZE)]
fn magic_serialize(this: &ObjRef) -> PhpArray {
    let own = state::<State>(this);
    let storage = match &*own.store.borrow() {
        Store::Array(array) => Value::array(array.clone()),
        Store::Object(object) | Store::Other(object) => Value::object(object.clone()),
    };
    let members = Value::array(phalanx_vm::props::raw_table(this));
    let mut data = PhpArray::from_list([Value::int(own.flags.get()), storage, members]);
    if ClassRef::of(this).is_named(b"arrayobject") {
        let class = own.iterator_class.get().filter(|class| class.lc_name != "arrayiterator");
        data.push_value(class.map_or(Value::NULL, |class| Value::string(class.name.clone())));
    }
    data
}

#[php_method("ArrayObject::__unserialize(array $data): void", tentative, rename = MAGIC_UNSERIALIZE)]
fn magic_unserialize(cx: &mut Context, this: &ObjRef, data: &PhpArray) -> PhpResult {
    let (flags, storage, members) = (data.get_value(0), data.get_value(1), data.get_value(2));
    let (Some(flags), Some(storage), Some(members)) =
        (flags.and_then(|flags| flags.as_int()), storage, members.and_then(Value::into_array))
    else {
        return Err(cx.throw("unexpectedvalueexception", "Incomplete or ill-typed serialization data"));
    };
    let own = state::<State>(this);
    own.flags.set(flags & USER_FLAGS);
    if !storage.is_array() && !storage.is_object() {
        return Err(cx.throw("unexpectedvalueexception", "Passed variable is not an array or object"));
    }
    set_store(cx, this, &storage)?;
    restore_members(cx, this, &members)?;
    if let Some(name) = data.get_value(3).and_then(Value::into_string) {
        let class = cx.lookup_class(&name, true)?;
        let base = cx.native_class("arrayiterator");
        match class {
            Some(class) if class.is_a(base) => own.iterator_class.set(Some(class)),
            _ => {
                let text = format!(
                    "Cannot deserialize ArrayObject with iterator class '{name}'; no such class exists"
                );
                return Err(cx.throw("unexpectedvalueexception", text));
            }
        }
    }
    Ok(())
}
