//! Packing: from values of a thread to a [`Parcel`]. What cannot cross is refused with an Error.

use crate::parcel::{self, ArrayNode, ClosureNode, Code, Item, ObjectNode, Parcel, SlotNode};
use phalanx_value::{Key, ObjRef, PhpArray, PhpString, Value, View};
use phalanx_vm::class::ClassRef;
use phalanx_vm::closure::{self, Parts};
use phalanx_vm::flags::class as class_flags;
use phalanx_vm::loader::{Install, LoadedUnit};
use phalanx_vm::{Context, PhpResult};
use rustc_hash::FxHashMap;

/// Levels of arrays and objects that may lie in each other.
const MAX_DEPTH: u32 = 512;

/// Packs one value.
pub fn pack(cx: &mut Context, value: &Value) -> PhpResult<Parcel> {
    pack_all(cx, std::slice::from_ref(value))
}

/// Packs values together: what they share stays shared.
pub fn pack_all(cx: &mut Context, values: &[Value]) -> PhpResult<Parcel> {
    let mut packer = Packer {
        parcel: Parcel::default(),
        arrays: FxHashMap::default(),
        objects: FxHashMap::default(),
        depth: 0,
    };
    for value in values {
        // What is handed over is a value, even where it lay behind a reference.
        let item = packer.value(cx, &value.deref_clone())?;
        packer.parcel.roots.push(item);
    }
    Ok(packer.parcel)
}

struct Packer {
    parcel: Parcel,
    /// Numbers by address; the values that are packed keep both alive meanwhile.
    arrays: FxHashMap<usize, usize>,
    objects: FxHashMap<usize, (usize, ObjRef)>,
    depth: u32,
}

impl Packer {
    fn value(&mut self, cx: &mut Context, value: &Value) -> PhpResult<Item> {
        Ok(match value.view() {
            View::Undef => Item::Undef(value.spare()),
            View::Null => Item::Null,
            View::Bool(truth) => Item::Bool(truth),
            View::Int(int) => Item::Int(int),
            View::Float(float) => Item::Float(float),
            View::Str(string) => Item::Str(string.as_bytes().into()),
            View::Array(array) => Item::Array(self.array(cx, array)?),
            View::Object(object) => Item::Object(self.object(cx, object)?),
            // A reference that nobody shares is what its variable holds.
            View::Ref(reference) if reference.ref_count() == 1 => self.value(cx, &reference.get())?,
            View::Ref(_) => return Err(cx.throw_error("Cannot transfer a reference between threads")),
            View::Resource(_) => return Err(cx.throw_error("Cannot transfer a resource between threads")),
            View::Internal => return Err(cx.throw_error("Cannot transfer an internal value between threads")),
        })
    }

    fn enter(&mut self, cx: &mut Context) -> PhpResult {
        if self.depth == MAX_DEPTH {
            return Err(cx.throw_error("Maximum nesting depth exceeded during thread data transfer"));
        }
        self.depth += 1;
        Ok(())
    }

    fn array(&mut self, cx: &mut Context, array: &PhpArray) -> PhpResult<usize> {
        let address = array.raw().addr();
        if let Some(&known) = self.arrays.get(&address) {
            return Ok(known);
        }
        self.enter(cx)?;
        let mut entries = Vec::with_capacity(array.len());
        for (key, value) in array.iter() {
            let key = match key.as_int() {
                Some(int) => parcel::Key::Int(int),
                None => parcel::Key::Str(key.to_string().as_bytes().into()),
            };
            entries.push((key, self.value(cx, value)?));
        }
        self.depth -= 1;
        let number = self.parcel.arrays.len();
        self.parcel.arrays.push(ArrayNode { list: array.is_list(), entries, next_free: array.next_free() });
        self.arrays.insert(address, number);
        Ok(number)
    }

    fn object(&mut self, cx: &mut Context, object: &ObjRef) -> PhpResult<usize> {
        let address = object.raw().addr();
        if let Some((known, _)) = self.objects.get(&address) {
            return Ok(*known);
        }
        self.enter(cx)?;
        let number = self.parcel.objects.len();
        self.parcel.objects.push(ObjectNode::Busy);
        self.objects.insert(address, (number, object.clone()));
        self.parcel.objects[number] = self.node(cx, object)?;
        self.depth -= 1;
        Ok(number)
    }

    fn node(&mut self, cx: &mut Context, object: &ObjRef) -> PhpResult<ObjectNode> {
        let class = ClassRef::of(object);
        if let Some(parts) = closure::parts(object) {
            return Ok(ObjectNode::Closure(Box::new(self.closure(cx, parts)?)));
        }
        if class.has(class_flags::ENUM) {
            let name = object.get_slot(phalanx_vm::enum_::NAME_SLOT);
            let name = name.as_bytes().unwrap_or_default().into();
            return Ok(ObjectNode::Case { class: class.name.as_bytes().into(), name });
        }
        if let Some(depart) = class.hook(|hooks| hooks.depart) {
            return Ok(ObjectNode::Native(depart(cx, object)?));
        }
        if object.native_dyn().is_some() {
            let name = class.shown_name();
            return Err(cx.throw_error(format!("Cannot transfer an object of class {name} between threads")));
        }
        if object.dynamic().is_some_and(|dynamic| !dynamic.is_empty()) {
            return Err(cx.throw_error("Cannot transfer object with dynamic properties between threads"));
        }
        let mut slots = Vec::with_capacity(class.slots.len());
        let throwable = cx.find_class(b"throwable").is_some_and(|throwable| class.is_a(throwable));
        for (index, info) in class.slots.iter().enumerate() {
            let mut value = object.get_slot(index as u32);
            if throwable && info.name == "trace" && info.class.native.is_some() {
                value = without_arguments(value);
            }
            slots.push(SlotNode {
                name: info.name.as_bytes().into(),
                class: info.class.lc_name.as_bytes().into(),
                value: self.value(cx, &value)?,
            });
        }
        Ok(ObjectNode::Plain { class: class.name.as_bytes().into(), slots })
    }

    fn closure(&mut self, cx: &mut Context, parts: Parts) -> PhpResult<ClosureNode> {
        let scope = match parts.func.scope {
            Some(class) if class.name.contains(&0) => {
                return Err(cx.throw_error("Cannot transfer a closure of an anonymous class between threads"));
            }
            scope => scope.map(name_of),
        };
        let called = parts.called.map(name_of);
        let mut statics = Vec::with_capacity(parts.statics.len());
        let code = match parts.func.proto() {
            None => Code::Native(parts.func.name.to_ascii_lowercase().into()),
            Some(proto) => {
                if let Some((what, line)) = closure::declaration_in(proto) {
                    let path = &proto.unit().path;
                    return Err(cx.throw_error(format!(
                        "Cannot transfer a closure that declares a {what} between threads ({path}:{line})"
                    )));
                }
                for (declared, value) in proto.statics.iter().zip(&parts.statics) {
                    let item = match value.as_ref() {
                        // A `static` variable is a reference that its function shares with itself.
                        Some(reference) if !declared.bound.get() => self.value(cx, &reference.get())?,
                        _ => self.value(cx, value)?,
                    };
                    statics.push(item);
                }
                crate::live::note_sent_code();
                let unit = proto.unit();
                let keeper = cx.units.keeper(unit);
                Code::User {
                    loaded: LoadedUnit { unit, keeper, size: 0, how: Install::default() },
                    index: proto.index,
                }
            }
        };
        let this = match &parts.this {
            Some(this) => Some(Item::Object(self.object(cx, this)?)),
            None => None,
        };
        let magic_name = parts.magic_name.map(|name| name.as_bytes().into());
        Ok(ClosureNode { code, scope, called, this, fake: parts.fake, magic_name, statics })
    }
}

/// A backtrace without the arguments of its calls, most of which could not cross.
fn without_arguments(trace: Value) -> Value {
    let mut trace = trace.into_deref();
    if let Some(calls) = trace.as_array_mut() {
        for call in calls.values_mut() {
            if let Some(call) = call.as_array_mut() {
                drop(call.remove(Key::Str(&PhpString::from_bytes(b"args"))));
            }
        }
    }
    trace
}

fn name_of(class: ClassRef) -> Box<[u8]> {
    class.name.as_bytes().into()
}
