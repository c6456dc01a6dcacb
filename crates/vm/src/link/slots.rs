//! Room for properties: slots of objects and static properties of classes.

use super::Linker;
use crate::class::{Class, ClassRef, Kept, Lazy, NO_SLOT, PropInfo, PropRef, slot_flag};
use crate::kept::{self, List};
use crate::native::NativeValue;
use phalanx_bytecode::flags::member;
use phalanx_value::{PhpArray, Value};
use std::cell::UnsafeCell;

impl Linker<'_> {
    /// Begins the slots with those of the parent.
    pub(super) fn number_slots(&mut self, parent: Option<ClassRef>) {
        if let Some(parent) = parent {
            let class = self.edit();
            class.slots.extend(parent.slots.iter().copied());
            class.inits.extend(parent.inits.iter().cloned());
        }
    }

    /// Adds a property of the class itself.
    pub(super) fn add_prop(&mut self, info: PropInfo, init: Lazy) -> PropRef {
        let class = self.class;
        add_prop(self.edit(), class.parent, info, init)
    }

    /// The last step: allocates statics and tells the base what objects look like.
    pub(super) fn finish(&mut self) {
        super::finish(self.class);
    }
}

/// Adds a property to a class being linked. One that redeclares a visible one of the parent takes its slot.
pub(super) fn add_prop(
    class: &mut Class,
    parent: Option<ClassRef>,
    mut info: PropInfo,
    init: Lazy,
) -> PropRef {
    if info.has(member::STATIC) {
        info.slot = class.static_inits.len() as u32;
        class.static_inits.push(init);
        let name = info.name.clone();
        let info = Kept::leak(info);
        class.props.insert(name, info);
        return info;
    }
    let above = parent.and_then(|parent| parent.props.get(&info.name).copied());
    let reused = above.filter(|above| !above.has(member::STATIC | member::PRIVATE) && above.slot != NO_SLOT);
    let name = info.name.clone();
    match reused {
        Some(above) => {
            info.slot = above.slot;
            let init = if info.has(member::VIRTUAL) { no_default(info.ty.is_some()) } else { init };
            info.flags &= !member::VIRTUAL;
            let slot = info.slot as usize;
            let info = Kept::leak(info);
            class.slots[slot] = info;
            class.inits[slot] = init;
            class.props.insert(name, info);
            info
        }
        None if info.has(member::VIRTUAL) => {
            info.slot = NO_SLOT;
            let info = Kept::leak(info);
            class.props.insert(name, info);
            info
        }
        None => {
            info.slot = class.slots.len() as u32;
            let info = Kept::leak(info);
            class.slots.push(info);
            class.inits.push(init);
            class.props.insert(name, info);
            info
        }
    }
}

/// What a property without default begins as.
pub(super) fn no_default(typed: bool) -> Lazy {
    if !typed {
        return Lazy::Value(Value::NULL);
    }
    let mut value = Value::UNDEF;
    value.set_spare(slot_flag::UNINIT);
    Lazy::Value(value)
}

/// A native default.
pub(crate) fn native_value(value: NativeValue) -> Value {
    match value {
        NativeValue::Undef => Value::UNDEF,
        NativeValue::Null => Value::NULL,
        NativeValue::Bool(on) => Value::bool(on),
        NativeValue::Int(int) => Value::int(int),
        NativeValue::Float(float) => Value::float(float),
        NativeValue::Str(text) => Value::string(kept::text(text.as_bytes())),
        NativeValue::EmptyArray => Value::array(PhpArray::new()),
    }
}

/// Static properties without values yet.
pub(super) fn empty_statics(count: usize) -> List<UnsafeCell<Value>> {
    (0..count).map(|_| UnsafeCell::new(Value::UNDEF)).collect()
}
