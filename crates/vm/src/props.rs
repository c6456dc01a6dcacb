//! Properties of objects: finding them, and the inline caches that make it quick.
//!
//! What a name means in an object depends on the object's class and on the scope of the code that asks; both are the
//! same each time an instruction runs, but for the class. So an instruction keeps three words:
//!
//! ```text
//!  0             8                        16
//!  +-------------+------------------------+------------------------------+
//!  | class       | byte offset of slot    | PropInfo if a write needs it |
//!  +-------------+------------------------+------------------------------+
//!                  0: nothing known, 1: not declared, 2: ask the PropInfo
//! ```
//!
//! With an offset of at least [`FIRST_OFFSET`] the slot may be read where it lies, if it is not undef; with no PropInfo
//! it may be written too.
//!
//! # Safety
//!
//! Slots are reached by address. An address is good until PHP code runs or a property is removed.
#![allow(unsafe_code, reason = "reads and writes the slots of objects in place")]

mod guard;
mod hooked;
mod parent_hook;

mod isset;
mod list;
mod place;
mod read;
mod reference;
mod step;
mod unset;
mod write;

use crate::Context;
use crate::class::{ClassRef, NO_SLOT, PropInfo, PropRef, prop_flag};
use crate::func::CacheSlot;
use crate::thrown::Thrown;
use phalanx_bytecode::flags::member;
use phalanx_value::object::OBJECT_HEADER;
use phalanx_value::{ObjRef, PhpString, Tag, Value, VmArray, VmObject};
use std::ptr;

pub use guard::Guards;
pub use isset::Isset;
pub use list::{
    PropEntry, declared as declared_props, mangled_name, raw_table, to_array, unmangle, visible_props,
};
pub use parent_hook::init_parent_hook;
pub use place::{Place, PlaceMode};
pub use read::ReadMode;
pub(crate) use reference::bind_check;
pub(crate) use reference::{add_source, store};
pub use reference::{assign_reference, step_reference};

/// Smallest value of the cache's offset word that is an offset.
pub const FIRST_OFFSET: CacheSlot = 16;
/// Words that a property instruction's cache has.
pub const CACHE_WORDS: usize = 3;
const DYNAMIC: CacheSlot = 1;
const SPECIAL: CacheSlot = 2;

/// What a name means in an object.
#[derive(Clone, Copy)]
pub enum Found {
    /// A declared property.
    Declared(PropRef),
    /// Not declared, or not for the code that asks.
    Dynamic,
    /// Declared, and denied to the code that asks.
    Denied(PropRef),
    /// A name that begins with a NUL byte.
    BadName,
    /// A static property: not found this way, after a notice.
    Static(PropRef),
}

/// What `name` means in objects of `class` for code in `scope`.
pub fn find(class: ClassRef, name: &PhpString, scope: Option<ClassRef>) -> Found {
    let Some(&info) = class.props.get(name) else {
        return if name.first() == Some(&0) { Found::BadName } else { Found::Dynamic };
    };
    let mut info = info;
    if info.has(prop_flag::CHANGED | member::PRIVATE | member::PROTECTED) && Some(info.class) != scope {
        let hidden = if info.has(prop_flag::CHANGED) { private_of(scope, class, name) } else { None };
        match hidden {
            Some(own) if !own.has(member::STATIC) || info.has(member::STATIC) => info = own,
            _ if info.has(member::PRIVATE) => {
                return if info.class == class { Found::Denied(info) } else { Found::Dynamic };
            }
            _ if info.has(member::PROTECTED) && !related(info.root, scope) => return Found::Denied(info),
            _ => {}
        }
    }
    if info.has(member::STATIC) { Found::Static(info) } else { Found::Declared(info) }
}

/// The private property of `scope`, an ancestor of `class`.
fn private_of(scope: Option<ClassRef>, class: ClassRef, name: &PhpString) -> Option<PropRef> {
    let scope = scope.filter(|&scope| scope != class && class.is_a(scope))?;
    scope.props.get(name).copied().filter(|info| info.has(member::PRIVATE) && info.class == scope)
}

/// Whether code in `scope` may use a protected member of `class`.
pub fn related(class: ClassRef, scope: Option<ClassRef>) -> bool {
    scope.is_some_and(|scope| scope.is_a(class) || class.is_a(scope))
}

/// Whether code in `scope` may write the property, as far as its set visibility goes.
pub fn may_set(info: PropRef, scope: Option<ClassRef>) -> bool {
    if !info.has(member::PRIVATE_SET | member::PROTECTED_SET) || Some(info.class) == scope {
        return true;
    }
    info.has(member::PROTECTED_SET) && related(info.root, scope)
}

/// The address of the slot that the cache knows for objects of this class; null if it knows none.
///
/// # Safety
/// `cache` must be the three words of a property instruction, in the scope they were filled in.
#[inline(always)]
pub unsafe fn cached_slot(object: &ObjRef, cache: *const CacheSlot) -> *mut Value {
    // SAFETY: the caller's promise.
    let (class, offset) = unsafe { (*cache, *cache.add(1)) };
    if class == object.class_ptr().addr() && offset >= FIRST_OFFSET {
        // SAFETY: the offset is that of a slot of all objects of the class.
        unsafe { object.raw().cast::<u8>().add(offset).cast() }
    } else {
        ptr::null_mut()
    }
}

/// The value of a property, if the cache leads to it.
///
/// # Safety
/// As [`cached_slot`]; the result is good until anything is assigned or runs.
#[inline(always)]
pub unsafe fn read_cached<'a>(object: &ObjRef, cache: *const CacheSlot) -> Option<&'a Value> {
    // SAFETY: the caller's promise.
    let slot = unsafe { cached_slot(object, cache) };
    if slot.is_null() {
        return None;
    }
    // SAFETY: slots are initialised; a reference in one is live.
    let value = unsafe { (*slot).deref() };
    (!value.is_undef()).then_some(value)
}

/// The slot of a property that a value with this tag may be written to without any check, if the cache leads to one:
/// it has a value already.
///
/// # Safety
/// As [`cached_slot`].
#[inline(always)]
pub unsafe fn write_cached(object: &ObjRef, cache: *const CacheSlot, tag: Tag) -> *mut Value {
    // SAFETY: the caller's promise.
    let (slot, info) = unsafe { (cached_slot(object, cache), *cache.add(2)) };
    // SAFETY: the caller's promise; a slot that is not null is initialised.
    if slot.is_null() || unsafe { (*slot).is_undef() || (*slot).is_ref() } {
        return ptr::null_mut();
    }
    if info != 0 {
        let info: *const PropInfo = ptr::with_exposed_provenance(info);
        // SAFETY: the word holds a property of the class.
        if unsafe { (*info).fast_bits } & 1 << tag as u32 == 0 {
            return ptr::null_mut();
        }
    }
    slot
}

/// Whether the property can be read, and written, where it lies.
fn is_direct(info: PropRef) -> bool {
    info.slot != NO_SLOT && !info.has_hooks()
}

/// [`find`] through a cache, which may be null.
fn find_cached(class: ClassRef, name: &PhpString, scope: Option<ClassRef>, cache: *mut CacheSlot) -> Found {
    if !cache.is_null() {
        // SAFETY: callers pass null or the three words of an instruction.
        let words = unsafe { [*cache, *cache.add(1), *cache.add(2)] };
        if words[0] == class.as_ptr().addr() {
            if words[1] == DYNAMIC {
                return Found::Dynamic;
            }
            if words[2] != 0 {
                // SAFETY: the word holds a property of the class.
                return Found::Declared(unsafe { PropRef::from_ptr(ptr::with_exposed_provenance(words[2])) });
            }
            if words[1] >= FIRST_OFFSET {
                let slot = (words[1] - OBJECT_HEADER) / size_of::<Value>();
                return Found::Declared(class.slots[slot]);
            }
        }
    }
    let found = find(class, name, scope);
    if !cache.is_null() {
        let (offset, info) = match found {
            Found::Declared(info) => {
                let plain = is_direct(info) && info.is_plain() && !info.ty.is_some();
                let offset = if is_direct(info) { slot_offset(info.slot) } else { SPECIAL };
                (offset, if plain { 0 } else { info.as_ptr().expose_provenance() })
            }
            Found::Dynamic => (DYNAMIC, 0),
            _ => return found,
        };
        // SAFETY: as above.
        unsafe {
            *cache = class.as_ptr().addr();
            *cache.add(1) = offset;
            *cache.add(2) = info;
        }
    }
    found
}

/// Bytes from the start of an object to a slot.
pub fn slot_offset(slot: u32) -> usize {
    OBJECT_HEADER + slot as usize * size_of::<Value>()
}

/// Address of the slot of a declared property.
fn slot_of(object: &ObjRef, info: PropRef) -> *mut Value {
    debug_assert!(info.slot < object.slot_count(), "a property that is found has a slot");
    // SAFETY: properties are found through the object's class, so the slot exists.
    unsafe { VmObject::slot_ptr(object.raw(), info.slot) }
}

/// The flags of a slot without value.
fn slot_spare(object: &ObjRef, info: PropRef) -> u32 {
    if info.slot == NO_SLOT {
        return 0;
    }
    let value = object.get_slot(info.slot);
    if value.is_undef() { value.spare() } else { 0 }
}

/// Address of a property that is not declared, if the object has it; the table is made the object's own first.
fn dynamic_place(object: &ObjRef, name: &PhpString) -> Option<*mut Value> {
    // SAFETY: the object is live; its table, if there is one, is its own.
    let table = unsafe { (*object.raw()).dynamic.get() };
    if table.is_null() {
        return None;
    }
    // SAFETY: the table is live.
    if unsafe { (*table).head.count() } == 1 {
        // SAFETY: as above; with one owner it may be changed where it lies.
        let place = unsafe { VmArray::find_str(table, name.raw()) };
        return (!place.is_null()).then_some(place);
    }
    object.with_dynamic(|table| table.get_mut(phalanx_value::Key::Str(name)).map(ptr::from_mut))
}

/// The value of a property that is not declared.
fn dynamic_value(object: &ObjRef, name: &PhpString) -> Option<Value> {
    // SAFETY: the object is live; its table, if there is one, is live.
    unsafe {
        let table = (*object.raw()).dynamic.get();
        if table.is_null() {
            return None;
        }
        let place = VmArray::find_str(table, name.raw());
        (!place.is_null()).then(|| (*place).deref_clone())
    }
}

impl Context {
    /// Whether `declare(strict_types=1)` holds for the code that runs.
    pub fn strict_types(&self) -> bool {
        // SAFETY: the innermost frame is alive.
        unsafe { self.frame.as_ref() }
            .is_some_and(|frame| frame.func.has(phalanx_bytecode::flags::func::STRICT_TYPES))
    }

    #[cold]
    fn denied(&mut self, info: PropRef, class: ClassRef) -> Thrown {
        self.throw_error(format!(
            "Cannot access {} property {}::${}",
            crate::link::visibility_name(info.flags),
            class.shown_name(),
            info.name
        ))
    }

    #[cold]
    fn bad_property_name(&mut self) -> Thrown {
        self.throw_error("Cannot access property starting with \"\\0\"")
    }

    /// What a write that is not allowed says: `verb` is `modify`, `unset` or `indirectly modify`.
    #[cold]
    fn set_denied(&mut self, info: PropRef, verb: &str, scope: Option<ClassRef>) -> Thrown {
        let visibility = if info.has(member::PRIVATE_SET) {
            "private(set)"
        } else if info.has(member::READONLY) {
            "protected(set) readonly"
        } else {
            "protected(set)"
        };
        let place = scope.map_or("global scope".to_owned(), |scope| format!("scope {}", scope.shown_name()));
        self.throw_error(format!(
            "Cannot {verb} {visibility} property {}::${} from {place}",
            info.class.shown_name(),
            info.name
        ))
    }

    #[cold]
    fn readonly_error(&mut self, info: PropRef, verb: &str) -> Thrown {
        self.throw_error(format!(
            "Cannot {verb} readonly property {}::${}",
            info.class.shown_name(),
            info.name
        ))
    }

    #[cold]
    fn uninitialized(&mut self, info: PropRef) -> Thrown {
        self.throw_error(format!(
            "Typed property {}::${} must not be accessed before initialization",
            info.class.shown_name(),
            info.name
        ))
    }

    #[cold]
    fn undefined_property(&mut self, class: ClassRef, name: &PhpString) -> crate::thrown::PhpResult {
        self.warning(format!("Undefined property: {}::${name}", class.shown_name()))
    }

    #[cold]
    fn static_notice(&mut self, info: PropRef, class: ClassRef) -> crate::thrown::PhpResult {
        self.notice(format!("Accessing static property {}::${} as non static", class.shown_name(), info.name))
    }
}
