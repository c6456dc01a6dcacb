//! Classes of a request.
//!
//! # Safety
//!
//! A [`Class`] lives at least as long as its request; [`ClassRef`] is a pointer that relies on this. Its first field is the
//! [`ClassBase`] that objects and compiled code read.
#![allow(unsafe_code, reason = "pointers to classes that live as long as the request")]

mod hooks;
mod members;

pub use hooks::{Callee, CastTo, DimMode, Hooks, IterateHook, NativeIterator};
pub use members::Members;

use crate::func::FuncRef;
use crate::kept::List;
use crate::native::NativeClass;
use phalanx_bytecode::flags::member;
use phalanx_bytecode::unit::{AttributeRef, ClassDecl, InitRef, UnitRef};
use phalanx_value::{ClassBase, ObjRef, PhpString, Value};
use std::borrow::Cow;
use std::cell::{Cell, RefCell, UnsafeCell};
use std::ptr::{self, NonNull};

/// [`PropInfo::slot`] of a property without backing store.
pub const NO_SLOT: u32 = u32::MAX;

/// A property as a class sees it.
pub struct PropInfo {
    /// Name.
    pub name: PhpString,
    /// Flags of [`member`].
    pub flags: u32,
    /// Slot of the object; of a static property number in [`Class::statics`] of `class`; [`NO_SLOT`] if virtual.
    pub slot: u32,
    /// The class whose declaration holds it.
    pub class: ClassRef,
    /// The class of the first declaration up the line: whoever is related to it may use a protected property.
    pub root: ClassRef,
    /// Type.
    pub ty: PropType,
    /// Built-in types that may be stored without any check: those of the type, if plain writes are all there is to it.
    pub fast_bits: u32,
    /// Hooks: get and set.
    pub hooks: [Option<FuncRef>; 2],
    /// Its declaration, if a script's.
    pub decl: Option<&'static phalanx_bytecode::unit::PropertyRef>,
    /// Doc comment.
    pub doc: Option<PhpString>,
}

/// The type of a property or class constant; the names in it are resolved in the scope of the member's class.
pub type PropType = crate::types::Type<'static>;

/// A part of a class that lives as long as the class and is shared by the classes that inherit it.
#[repr(transparent)]
pub struct Kept<T>(NonNull<T>);

impl<T: crate::kept::Part> Kept<T> {
    /// Gives `part` to the request, or to what is being linked.
    pub fn leak(part: T) -> Kept<T> {
        Kept(crate::kept::keep(part))
    }
}

impl<T> Kept<T> {
    /// Its address.
    #[inline(always)]
    pub fn as_ptr(self) -> *const T {
        self.0.as_ptr()
    }

    /// A part by its address.
    ///
    /// # Safety
    /// `part` must be the address of a part of this request.
    #[inline(always)]
    pub unsafe fn from_ptr(part: *const T) -> Kept<T> {
        // SAFETY: the caller's pointer is to a part, so not null.
        Kept(unsafe { NonNull::new_unchecked(part.cast_mut()) })
    }
}

impl<T> Clone for Kept<T> {
    #[inline(always)]
    fn clone(&self) -> Kept<T> {
        *self
    }
}

impl<T> Copy for Kept<T> {}

impl<T> PartialEq for Kept<T> {
    #[inline(always)]
    fn eq(&self, other: &Kept<T>) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Kept<T> {}

impl<T> std::ops::Deref for Kept<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: parts of classes live as long as these (module documentation).
        unsafe { self.0.as_ref() }
    }
}

/// A property as classes share it.
pub type PropRef = Kept<PropInfo>;
/// A class constant as classes share it.
pub type ConstRef = Kept<ClassConst>;

/// Flags of [`PropInfo::flags`] that declarations do not have.
pub mod prop_flag {
    /// An ancestor has a private property of this name, which its own methods see instead.
    pub const CHANGED: u32 = 1 << 24;
}

/// What the spare word of an object's slot says. It is lost when the slot is assigned to.
pub mod slot_flag {
    /// The typed property was never assigned and never unset: `__get` and its like do not answer for it.
    pub const UNINIT: u32 = 1;
    /// The read-only property may be assigned once more: the object is being cloned.
    pub const REINIT: u32 = 2;
    /// The property waits for the initializer of its lazy object.
    pub const LAZY: u32 = 4;
}

/// Flags of [`Class::flags`] that declarations do not have.
pub mod state {
    /// Everything is inherited and checked.
    pub const LINKED: u32 = 1 << 16;
    /// It has abstract methods or hooks without being declared abstract (traits and enums on the way).
    pub const IMPLICIT_ABSTRACT: u32 = 1 << 17;
    /// Dynamic properties raise no deprecation.
    pub const ALLOW_DYNAMIC: u32 = 1 << 18;
    /// Dynamic properties are refused.
    pub const NO_DYNAMIC: u32 = 1 << 19;
    /// Its objects cannot be serialized.
    pub const NOT_SERIALIZABLE: u32 = 1 << 20;
    /// Some property is read-only.
    pub const HAS_READONLY_PROPS: u32 = 1 << 21;
    /// Some property has hooks.
    pub const HAS_HOOKS: u32 = 1 << 22;
    /// It has one of `__get`, `__set`, `__isset` and `__unset`.
    pub const HAS_GUARDS: u32 = 1 << 23;
    /// `new` is refused: only native code makes objects of it.
    pub const NOT_INSTANTIABLE: u32 = 1 << 25;
}

/// What [`Class::marks`] say.
pub mod mark {
    /// Declared before its script began; its `DECLARE_CLASS` has not come yet.
    pub const HOISTED: u32 = 1;
    /// Declared by the preload script: its `DECLARE_CLASS` does nothing.
    pub const PRELOADED: u32 = 2;
}

impl PropInfo {
    /// Whether a flag is set.
    pub fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// Whether it has a hook.
    pub fn has_hooks(&self) -> bool {
        self.hooks.iter().any(Option::is_some)
    }

    /// Whether plain reads and writes of its slot are all there is to it: no hooks, not static, not read-only, no
    /// asymmetric visibility.
    pub fn is_plain(&self) -> bool {
        const ODD: u32 =
            member::STATIC | member::READONLY | member::PROTECTED_SET | member::PRIVATE_SET | member::VIRTUAL;
        self.flags & ODD == 0 && !self.has_hooks()
    }
}

/// Value of a constant, a static property or a default: known, or still to be computed.
#[derive(Clone)]
pub enum Lazy {
    /// Known.
    Value(Value),
    /// Computed by function `code - 1` of the Unit in the scope of a class.
    Code(UnitRef, u32, ClassRef),
    /// Being computed.
    Busy,
}

impl Lazy {
    /// Whether it is a value.
    pub fn is_known(&self) -> bool {
        matches!(self, Lazy::Value(_))
    }

    /// What `init` of a declaration in `unit` stands for.
    pub fn from_init(init: &InitRef, unit: UnitRef, scope: ClassRef) -> Lazy {
        if init.code != 0 { Lazy::Code(unit, init.code - 1, scope) } else { Lazy::Value(init.value.clone()) }
    }
}

/// A class constant.
pub struct ClassConst {
    /// Name.
    pub name: PhpString,
    /// Flags of [`member`].
    pub flags: u32,
    /// The class whose declaration holds it.
    pub class: ClassRef,
    /// What its declaration says of its value.
    pub init: Lazy,
    /// Value.
    pub value: RefCell<Lazy>,
    /// Type.
    pub ty: PropType,
    /// Its declaration, if a script's.
    pub decl: Option<&'static phalanx_bytecode::unit::ClassConstRef>,
    /// Its declaration, if native.
    pub native: Option<&'static crate::native::NativeConst>,
}

impl ClassConst {
    /// Whether reading it may say that it is deprecated.
    pub(crate) fn may_be_deprecated(&self) -> bool {
        self.native.is_some_and(|native| native.deprecated.is_some())
            || self.decl.is_some_and(|decl| !decl.attributes.is_empty())
    }
}

/// The magic methods of a class, looked up once.
#[derive(Default, Clone, Copy)]
#[expect(missing_docs, reason = "each is the magic method of its name")]
pub struct Magic {
    pub construct: Option<FuncRef>,
    pub destruct: Option<FuncRef>,
    pub get: Option<FuncRef>,
    pub set: Option<FuncRef>,
    pub isset: Option<FuncRef>,
    pub unset: Option<FuncRef>,
    pub call: Option<FuncRef>,
    pub call_static: Option<FuncRef>,
    pub to_string: Option<FuncRef>,
    pub invoke: Option<FuncRef>,
    pub clone: Option<FuncRef>,
    pub debug_info: Option<FuncRef>,
    pub serialize: Option<FuncRef>,
    pub unserialize: Option<FuncRef>,
    pub offset_get: Option<FuncRef>,
    pub offset_set: Option<FuncRef>,
    pub offset_exists: Option<FuncRef>,
    pub offset_unset: Option<FuncRef>,
}

/// A linked class.
#[repr(C)]
pub struct Class {
    /// What objects and compiled code read.
    pub base: ClassBase,
    /// Name as written.
    pub name: PhpString,
    /// Lower-case name.
    pub lc_name: PhpString,
    /// Flags of [`phalanx_bytecode::flags::class`], and `ABSTRACT` also when it has abstract methods.
    pub flags: u32,
    /// How it came into the request: flags of [`mark`].
    pub marks: Cell<u32>,
    /// Whether the thread keeps it beyond the request.
    pub(crate) stays: Cell<bool>,
    /// Whether the request knows it by its name.
    pub(crate) declared: Cell<bool>,
    /// Whether requests store values in it: static properties, default values that have to be computed.
    pub(crate) holds_values: bool,
    /// Whether `statics` have got their values.
    pub statics_ready: Cell<bool>,
    /// Whether all of `consts` have values.
    pub consts_ready: Cell<bool>,
    /// Parent.
    pub parent: Option<ClassRef>,
    /// This class and all its ancestors, the root first: `a instanceof B` for a class B is
    /// `a.display[B.depth] == B`.
    pub display: List<ClassRef>,
    /// All interfaces it implements, inherited ones too.
    pub interfaces: List<ClassRef>,
    /// Traits it uses itself.
    pub traits: List<ClassRef>,
    /// Trait aliases for Reflection: alias and `Trait::method`.
    pub trait_aliases: List<(PhpString, PhpString)>,
    /// Its declaration, if a script's.
    pub decl: Option<&'static ClassDecl>,
    /// Its declaration, if native.
    pub native: Option<&'static NativeClass>,
    /// The native class up the line that has hooks of its own (storage, iteration, casts ...).
    pub native_base: Option<&'static NativeClass>,
    /// Methods by lower-case name.
    pub methods: Members<FuncRef>,
    /// Properties by name, static ones too. A private property of an ancestor stays in here (its `class` is the
    /// ancestor); to everybody but the ancestor it does not exist.
    pub props: Members<PropRef>,
    /// The properties that the slots of an object hold, in order, private ones of ancestors too.
    pub slots: List<PropRef>,
    /// Where the default values of the slots come from.
    pub inits: List<Lazy>,
    /// Default values of the slots, once they are computed.
    pub defaults: Cell<Option<&'static [UnsafeCell<Value>]>>,
    /// Static properties that its own declaration (or a trait's) holds: what they start with, and their values,
    /// which do not move. Inherited ones lie in the class that declares them.
    pub static_inits: List<Lazy>,
    /// See `static_inits`.
    pub statics: List<UnsafeCell<Value>>,
    /// Constants, inherited ones too.
    pub consts: Members<ConstRef>,
    /// Magic methods.
    pub magic: Magic,
    /// Backing type of an enum (bits of [`phalanx_bytecode::types`]).
    pub enum_type: u32,
}

impl Class {
    /// A class without members.
    pub(crate) fn empty(name: PhpString, lc_name: PhpString, flags: u32) -> Class {
        Class {
            base: ClassBase {
                slot_count: 0,
                flags: 0,
                defaults: Cell::new(ptr::null()),
                sources: Cell::new(ptr::null()),
            },
            name,
            lc_name,
            flags,
            marks: Cell::new(0),
            stays: Cell::new(false),
            declared: Cell::new(false),
            parent: None,
            display: List::default(),
            interfaces: List::default(),
            traits: List::default(),
            trait_aliases: List::default(),
            decl: None,
            native: None,
            native_base: None,
            methods: Members::default(),
            props: Members::default(),
            slots: List::default(),
            inits: List::default(),
            defaults: Cell::new(None),
            static_inits: List::default(),
            statics: List::default(),
            holds_values: true,
            statics_ready: Cell::new(false),
            consts: Members::default(),
            consts_ready: Cell::new(false),
            magic: Magic::default(),
            enum_type: 0,
        }
    }

    /// The name as messages show it: that of an anonymous class ends where its unique part begins.
    pub fn shown_name(&self) -> Cow<'_, str> {
        let name = self.name.as_bytes();
        String::from_utf8_lossy(name.split(|&byte| byte == 0).next().unwrap_or_default())
    }

    /// Whether something in it, inherited or not, has to be computed before objects are made. Cases of enums do not count.
    pub(crate) fn waits(&self) -> bool {
        let waiting = |lazy: &Lazy| !lazy.is_known();
        let in_consts = |constant: &ConstRef| {
            constant.flags & member::ENUM_CASE == 0 && waiting(&constant.value.borrow())
        };
        let in_statics =
            |class: &ClassRef| class.static_inits.iter().any(waiting) && !class.statics_ready.get();
        self.consts.iter().any(in_consts)
            || self.defaults.get().is_none() && self.inits.iter().any(waiting)
            || self.display.iter().any(in_statics)
    }

    /// The hooks of the native class up the line, if any.
    #[inline]
    pub fn hooks(&self) -> Option<&'static Hooks> {
        self.native_base.and_then(|native| native.hooks)
    }

    /// Whether objects of it can be made at once: it is no interface or the like, and its defaults are known.
    #[inline]
    pub(crate) fn is_ready_for_objects(&self) -> bool {
        self.flags & crate::object::NO_INSTANCE == 0
            && self.defaults.get().is_some()
            && self.consts_ready.get()
    }

    /// One of these hooks.
    #[inline]
    pub fn hook<T>(&self, pick: impl Fn(&'static Hooks) -> Option<T>) -> Option<T> {
        self.hooks().and_then(pick)
    }

    /// The iterator that foreach uses without calling methods. A class that overrides a method of `Iterator` or
    /// `IteratorAggregate` in PHP code has none.
    pub fn native_iterate(&self) -> Option<IterateHook> {
        let iterate = self.hooks()?.iterate?;
        const METHODS: [&[u8]; 6] = [b"current", b"key", b"next", b"rewind", b"valid", b"getiterator"];
        let overridden = self.native.is_none()
            && METHODS.iter().any(|name| self.method(name).is_some_and(|method| method.proto().is_some()));
        (!overridden).then_some(iterate)
    }

    /// Whether PHP code below the native class has methods of `ArrayAccess` of its own, so that its hooks for
    /// dimensions do not answer.
    pub fn overrides_dimensions(&self) -> bool {
        let magic = &self.magic;
        let methods = [magic.offset_get, magic.offset_set, magic.offset_exists, magic.offset_unset];
        methods.into_iter().flatten().any(|method| method.proto().is_some())
    }

    /// The default value of a slot, if it is known.
    pub fn default_value(&self, slot: u32) -> Option<Value> {
        let place = self.defaults.get()?.get(slot as usize)?;
        // SAFETY: defaults are only written when the request is over.
        Some(unsafe { (*place.get()).clone() })
    }

    /// Makes the default values of the slots known.
    pub(crate) fn set_defaults(&self, defaults: impl IntoIterator<Item = Value>) {
        let defaults: List<UnsafeCell<Value>> = defaults.into_iter().map(UnsafeCell::new).collect();
        let defaults = defaults.leak();
        self.defaults.set(Some(defaults));
        self.base.defaults.set(defaults.first().map_or(ptr::null(), |first| first.get().cast_const()));
    }

    /// They are not known any more.
    pub(crate) fn forget_defaults(&self) -> &'static [UnsafeCell<Value>] {
        self.base.defaults.set(ptr::null());
        self.defaults.take().unwrap_or_default()
    }

    /// Sets flags of [`mark`].
    pub(crate) fn mark(&self, marks: u32) {
        self.marks.set(self.marks.get() | marks);
    }

    /// Takes flags of [`mark`] back.
    pub(crate) fn unmark(&self, marks: u32) {
        self.marks.set(self.marks.get() & !marks);
    }

    /// Whether a flag of [`phalanx_bytecode::flags::class`] is set.
    pub fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// The method with lower-case name `lc_name`.
    pub fn method(&self, lc_name: &[u8]) -> Option<FuncRef> {
        self.methods.get(lc_name).copied()
    }

    /// Attributes of the declaration.
    pub fn attributes(&self) -> &[AttributeRef] {
        self.decl.map_or(&[], |decl| &decl.attributes)
    }
}

/// A class that lives at least as long as the request.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct ClassRef(NonNull<Class>);

impl ClassRef {
    /// Gives `class` to the request, or to what is being linked.
    pub fn leak(class: Class) -> ClassRef {
        ClassRef(crate::kept::keep(class))
    }

    /// The class of `object`.
    #[inline(always)]
    pub fn of(object: &ObjRef) -> ClassRef {
        // SAFETY: all objects are made with a `Class`, whose first field is the `ClassBase` they point to.
        unsafe { ClassRef::from_ptr(object.class_ptr().cast()) }
    }

    /// A class by its address.
    ///
    /// # Safety
    /// `class` must point to a class of this request.
    #[inline(always)]
    pub unsafe fn from_ptr(class: *const Class) -> ClassRef {
        // SAFETY: the caller's pointer is to a class, so not null.
        ClassRef(unsafe { NonNull::new_unchecked(class.cast_mut()) })
    }

    /// Its address.
    #[inline(always)]
    pub fn as_ptr(self) -> *const Class {
        self.0.as_ptr()
    }

    /// While a class is being linked: to fill it in.
    ///
    /// # Safety
    /// Nobody else may use the class at the same time.
    pub unsafe fn link_mut<'a>(self) -> &'a mut Class {
        // SAFETY: as the caller promises.
        unsafe { &mut *self.0.as_ptr() }
    }

    /// Whether it is `other`, a descendant of it or an implementation of it.
    #[inline]
    pub fn is_a(self, other: ClassRef) -> bool {
        if self == other {
            return true;
        }
        if other.has(phalanx_bytecode::flags::class::INTERFACE) {
            return self.interfaces.contains(&other);
        }
        let depth = other.display.len();
        depth != 0 && self.display.get(depth - 1) == Some(&other)
    }
}

impl PartialEq for ClassRef {
    #[inline(always)]
    fn eq(&self, other: &ClassRef) -> bool {
        ptr::eq(self.as_ptr(), other.as_ptr())
    }
}

impl Eq for ClassRef {}

impl std::hash::Hash for ClassRef {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl std::ops::Deref for ClassRef {
    type Target = Class;
    #[inline(always)]
    fn deref(&self) -> &Class {
        // SAFETY: classes outlive the references to them (module documentation).
        unsafe { self.0.as_ref() }
    }
}

impl std::fmt::Debug for ClassRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClassRef({})", self.name)
    }
}
