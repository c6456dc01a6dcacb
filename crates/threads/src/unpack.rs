//! Unpacking: from a [`Parcel`] to values of the thread that opens it. Classes are looked up by name, with autoload.

use crate::parcel::{ArrayNode, ClosureNode, Code, Item, Key, ObjectNode, Parcel, SlotNode};
use phalanx_value::{ArrayKey, ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::class::ClassRef;
use phalanx_vm::closure::{self, Parts};
use phalanx_vm::{Context, PhpResult};
use std::mem;

/// Unpacks a parcel of one value.
pub fn unpack(cx: &mut Context, parcel: Parcel) -> PhpResult<Value> {
    Ok(unpack_all(cx, parcel)?.into_iter().next().unwrap_or(Value::NULL))
}

/// Unpacks all values of a parcel.
pub fn unpack_all(cx: &mut Context, mut parcel: Parcel) -> PhpResult<Vec<Value>> {
    let roots = mem::take(&mut parcel.roots);
    let mut unpacker = Unpacker {
        made_arrays: vec![None; parcel.arrays.len()],
        made_objects: vec![None; parcel.objects.len()],
        parcel,
    };
    let mut values = Vec::with_capacity(roots.len());
    for root in roots {
        values.push(unpacker.value(cx, root)?);
    }
    Ok(values)
}

struct Unpacker {
    parcel: Parcel,
    made_arrays: Vec<Option<PhpArray>>,
    made_objects: Vec<Option<ObjRef>>,
}

impl Unpacker {
    fn value(&mut self, cx: &mut Context, item: Item) -> PhpResult<Value> {
        Ok(match item {
            Item::Undef(spare) => {
                let mut undef = Value::UNDEF;
                undef.set_spare(spare);
                undef
            }
            Item::Null => Value::NULL,
            Item::Bool(truth) => Value::bool(truth),
            Item::Int(int) => Value::int(int),
            Item::Float(float) => Value::float(float),
            Item::Str(bytes) => Value::str(bytes),
            Item::Array(number) => Value::array(self.array(cx, number)?),
            Item::Object(number) => Value::object(self.object(cx, number)?),
        })
    }

    fn array(&mut self, cx: &mut Context, number: usize) -> PhpResult<PhpArray> {
        if let Some(array) = &self.made_arrays[number] {
            return Ok(array.clone());
        }
        let empty = ArrayNode { list: true, entries: Vec::new(), next_free: None };
        let node = mem::replace(&mut self.parcel.arrays[number], empty);
        let mut array = PhpArray::new();
        for (key, item) in node.entries {
            let value = self.value(cx, item)?;
            match key {
                _ if node.list => array.push_value(value),
                Key::Int(int) => drop(array.insert(int, value)),
                Key::Str(bytes) => {
                    let key = ArrayKey::Str(PhpString::from_bytes(&bytes));
                    drop(array.insert(key.as_key(), value));
                }
            }
        }
        if let Some(next) = node.next_free
            && array.next_free() != Some(next)
        {
            array.set_next_free(next);
        }
        self.made_arrays[number] = Some(array.clone());
        Ok(array)
    }

    fn object(&mut self, cx: &mut Context, number: usize) -> PhpResult<ObjRef> {
        if let Some(object) = &self.made_objects[number] {
            return Ok(object.clone());
        }
        let object = match mem::replace(&mut self.parcel.objects[number], ObjectNode::Busy) {
            ObjectNode::Plain { class, slots } => return self.plain(cx, number, &class, slots),
            ObjectNode::Case { class, name } => {
                let found = find_class(cx, &class)?;
                match cx.enum_case_by_name(found, &name)? {
                    Some(case) => case,
                    None => {
                        let (class, name) = (String::from_utf8_lossy(&class), String::from_utf8_lossy(&name));
                        let text = format!("Cannot load transferred enum case: {class}::{name} not found");
                        return Err(cx.throw_error(text));
                    }
                }
            }
            ObjectNode::Closure(node) => return self.closure(cx, number, *node),
            ObjectNode::Native(traveler) => traveler.arrive(cx)?,
            ObjectNode::Busy => {
                return Err(cx.throw_error("Cannot load a transferred object that contains itself"));
            }
        };
        self.made_objects[number] = Some(object.clone());
        Ok(object)
    }

    fn plain(
        &mut self,
        cx: &mut Context,
        number: usize,
        class: &[u8],
        slots: Vec<SlotNode>,
    ) -> PhpResult<ObjRef> {
        let class = find_class(cx, class)?;
        let object = cx.new_object(class)?;
        // Known before its properties, so that cycles end here.
        self.made_objects[number] = Some(object.clone());
        for (index, node) in slots.into_iter().enumerate() {
            let is_it = |at: usize| {
                class
                    .slots
                    .get(at)
                    .is_some_and(|info| *info.name == *node.name && *info.class.lc_name == *node.class)
            };
            // Declarations are mostly the same on both threads.
            let slot = if is_it(index) { Some(index) } else { (0..class.slots.len()).find(|&at| is_it(at)) };
            let value = self.value(cx, node.value)?;
            if let Some(slot) = slot {
                object.set_slot(slot as u32, value);
            }
        }
        Ok(object)
    }

    fn closure(&mut self, cx: &mut Context, number: usize, node: ClosureNode) -> PhpResult<ObjRef> {
        let scope = scope_class(cx, node.scope.as_deref())?;
        let called = scope_class(cx, node.called.as_deref())?;
        let func = match &node.code {
            Code::User { loaded, index } => closure::function_of(cx, loaded, *index, scope),
            Code::Native(name) => match scope {
                Some(class) => class.method(name),
                None => cx.find_function(name),
            },
        };
        let Some(func) = func else {
            return Err(
                cx.throw_error("Cannot restore closure: its function is not there in the target thread")
            );
        };
        let magic_name = node.magic_name.map(|name| PhpString::from_bytes(&name));
        let parts = Parts { func, this: None, called, fake: node.fake, magic_name, statics: Vec::new() };
        let closure = closure::from_parts(cx, parts);
        // Known before its variables, so that cycles end here.
        self.made_objects[number] = Some(closure.clone());
        let mut statics = Vec::with_capacity(node.statics.len());
        for item in node.statics {
            statics.push(self.value(cx, item)?);
        }
        let this = match node.this {
            Some(item) => self.value(cx, item)?.into_object(),
            None => None,
        };
        closure::complete(&closure, this, statics);
        Ok(closure)
    }
}

fn find_class(cx: &mut Context, name: &[u8]) -> PhpResult<ClassRef> {
    match cx.lookup_class(name, true)? {
        Some(class) => Ok(class),
        None => {
            let name = String::from_utf8_lossy(name);
            Err(cx.throw_error(format!("Cannot load transferred object: class \"{name}\" not found")))
        }
    }
}

fn scope_class(cx: &mut Context, name: Option<&[u8]>) -> PhpResult<Option<ClassRef>> {
    let Some(name) = name else { return Ok(None) };
    match cx.lookup_class(name, true)? {
        Some(class) => Ok(Some(class)),
        None => {
            let name = String::from_utf8_lossy(name);
            Err(cx.throw_error(format!(
                "Cannot restore closure scope: class \"{name}\" not found in the target thread"
            )))
        }
    }
}
