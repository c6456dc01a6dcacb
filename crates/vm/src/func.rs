//! Functions of a request: what a name is bound to and a frame executes.
//!
//! # Safety
//!
//! A [`Func`] lives at least as long as its request, with the functions of its Unit or the parts of its class. [`FuncRef`] is a
//! pointer that relies on this; frames and caches hold it without counting.
#![allow(unsafe_code, reason = "pointers to functions that live as long as the request")]

use crate::class::ClassRef;
use crate::native::NativeFn;
use phalanx_bytecode::flags::func as flags;
use phalanx_bytecode::unit::FuncProto;
use phalanx_bytecode::{FRAME_HEADER_SIZE, Op, SLOT_SIZE};
use phalanx_value::{PhpString, Value};
use std::cell::{Cell, UnsafeCell};
use std::ptr::{self, NonNull};

/// One inline cache word. 0 is empty.
pub type CacheSlot = usize;

/// Flag of [`Func::flags`] beside those of declarations: some parameter is taken by reference.
pub const TAKES_REFS: u32 = 1 << 31;

/// Flag of [`Func::flags`] beside those of declarations: it is native.
pub const NATIVE: u32 = 1 << 30;

/// A function as a request sees it.
#[repr(C)]
pub struct Func {
    proto: *const FuncProto,
    /// Bytes of a frame without arguments beyond the declared ones.
    pub frame_size: u32,
    /// Flags of [`phalanx_bytecode::flags::func`].
    pub flags: u32,
    /// Declared parameters, a variadic one not counted.
    pub num_params: u32,
    /// Parameters without default.
    pub num_required: u32,
    cache: Cell<*mut CacheSlot>,
    cache_slots: u32,
    /// Whether the inline caches belong to another function.
    borrows_cache: Cell<bool>,
    /// Whether an ancestor of its class has a private method of this name, which its own methods call instead.
    pub changed: Cell<bool>,
    /// The class whose private members it may use.
    pub scope: Option<ClassRef>,
    native: Option<&'static NativeFn>,
    /// Where a call begins that gives all required arguments: behind the instructions that receive those, if they need
    /// no check.
    entry: *const Op,
    /// Offset of the end of the variables in a frame.
    pub(crate) variables_end: u32,
    /// Parameters with a default.
    pub(crate) num_optional: u32,
    /// Static variables; empty until the first is needed.
    statics: UnsafeCell<Vec<Value>>,
    /// Name as written.
    pub name: PhpString,
    /// The method it overrides or implements, the first one up.
    pub prototype: Cell<Option<FuncRef>>,
    /// Class whose declaration holds it; differs from `scope` never, save for trait methods (the trait).
    pub origin: Option<ClassRef>,
    /// Where a function that is kept says that it may have something to clear when the request ends.
    stirred: Cell<Option<NonNull<Cell<bool>>>>,
}

/// See the field `entry` of [`Func`].
fn entry(proto: &FuncProto) -> *const Op {
    // Each required parameter has one RECV; the first with a default may have code, so it is where skipping ends.
    let skipped =
        if proto.flags & flags::HAS_PARAM_TYPES != 0 { 0 } else { proto.num_required.min(proto.num_params) };
    proto.code().as_ptr().wrapping_add(skipped as usize)
}

fn takes_refs(any: bool) -> u32 {
    if any { TAKES_REFS } else { 0 }
}

impl Func {
    /// Offset of the pointer to the prototype.
    pub(crate) const PROTO: usize = std::mem::offset_of!(Func, proto);
    /// Offset of the pointer to the inline caches.
    pub(crate) const CACHE: usize = std::mem::offset_of!(Func, cache);

    /// A user function.
    pub fn user(proto: &FuncProto, scope: Option<ClassRef>) -> Func {
        let slots = proto.num_cvs + proto.num_tmps;
        Func {
            proto,
            frame_size: FRAME_HEADER_SIZE + slots * SLOT_SIZE,
            flags: proto.flags | takes_refs(proto.params.iter().any(|param| param.by_ref.get())),
            num_params: proto.num_params,
            num_required: proto.num_required,
            cache: Cell::new(ptr::null_mut()),
            cache_slots: proto.cache_slots,
            scope,
            native: None,
            entry: entry(proto),
            variables_end: FRAME_HEADER_SIZE + proto.num_cvs * SLOT_SIZE,
            num_optional: proto.num_params.saturating_sub(proto.num_required),
            statics: UnsafeCell::new(Vec::new()),
            name: proto.name.clone(),
            prototype: Cell::new(None),
            origin: scope,
            changed: Cell::new(false),
            borrows_cache: Cell::new(false),
            stirred: Cell::new(None),
        }
    }

    /// A native function.
    pub fn native(native: &'static NativeFn, scope: Option<ClassRef>) -> Func {
        let params = native.params.len() as u32;
        let variadic = native.params.last().is_some_and(|param| param.variadic);
        Func {
            proto: ptr::null(),
            frame_size: FRAME_HEADER_SIZE + params * SLOT_SIZE,
            flags: NATIVE
                | native.flags
                | takes_refs(native.params.iter().any(|param| param.by_ref || param.prefer_ref)),
            num_params: params - variadic as u32,
            num_required: native.required,
            cache: Cell::new(ptr::null_mut()),
            cache_slots: 0,
            scope,
            native: Some(native),
            entry: ptr::null(),
            variables_end: FRAME_HEADER_SIZE,
            num_optional: 0,
            statics: UnsafeCell::new(Vec::new()),
            name: crate::kept::text(native.name.as_bytes()),
            prototype: Cell::new(None),
            origin: scope,
            changed: Cell::new(false),
            borrows_cache: Cell::new(false),
            stirred: Cell::new(None),
        }
    }

    /// A copy for another class (trait methods) or closure: caches and statics are its own, statics copied.
    pub fn duplicate(&self, scope: Option<ClassRef>) -> Func {
        Func {
            proto: self.proto,
            frame_size: self.frame_size,
            flags: self.flags,
            num_params: self.num_params,
            num_required: self.num_required,
            cache: Cell::new(ptr::null_mut()),
            cache_slots: self.cache_slots,
            scope,
            native: self.native,
            entry: self.entry,
            variables_end: self.variables_end,
            num_optional: self.num_optional,
            statics: UnsafeCell::new(self.copied_statics()),
            name: self.name.clone(),
            prototype: Cell::new(self.prototype.get()),
            origin: self.origin,
            changed: Cell::new(self.changed.get()),
            borrows_cache: Cell::new(false),
            stirred: Cell::new(None),
        }
    }

    /// A copy for one closure: static variables are its own (copied), inline caches those of this function, which
    /// must have the same scope and outlive it.
    pub fn for_closure(&self) -> Func {
        let copy = self.duplicate(self.scope);
        copy.cache.set(self.cache());
        copy.borrows_cache.set(true);
        copy
    }

    /// Copies of the static variables. A reference that only this function holds is copied as its value.
    fn copied_statics(&self) -> Vec<Value> {
        // SAFETY: nobody holds a reference into the statics while a function is duplicated.
        let statics = unsafe { &*self.statics.get() };
        let copy = |value: &Value| match value.as_ref() {
            Some(reference) if reference.ref_count() == 1 => reference.get(),
            _ => value.clone(),
        };
        statics.iter().map(copy).collect()
    }

    /// Takes over the static variables of another function with the same prototype.
    pub fn copy_statics(&self, from: &Func) {
        let copies = from.copied_statics();
        // SAFETY: nobody holds a reference into the statics of this function.
        unsafe { *self.statics.get() = copies };
        self.stir();
    }

    /// Gives it these static variables.
    pub fn set_statics(&self, statics: Vec<Value>) {
        // SAFETY: nobody holds a reference into the statics; the old ones are dropped after they were taken out.
        drop(unsafe { std::mem::replace(&mut *self.statics.get(), statics) });
        self.stir();
    }

    /// Calls `visit` for each static variable.
    pub fn visit_statics(&self, visit: &mut dyn FnMut(&Value)) {
        // SAFETY: the visitor of the collector changes nothing.
        unsafe { (*self.statics.get()).iter().for_each(visit) };
    }

    /// Gives up all static variables.
    pub fn clear_statics(&self) {
        if self.has_statics() {
            // SAFETY: nobody holds a reference into the statics; the old ones are dropped after they were taken out.
            drop(unsafe { std::mem::take(&mut *self.statics.get()) });
        }
    }

    /// What the compiler made of it, unless it is native.
    #[inline(always)]
    pub fn proto(&self) -> Option<&FuncProto> {
        // SAFETY: the Unit of a function lives as long as the function.
        unsafe { self.proto.as_ref() }
    }

    /// Where a call begins that gives at least the required arguments.
    #[inline(always)]
    pub(crate) fn entry(&self) -> *const Op {
        self.entry
    }

    /// The native function.
    #[inline(always)]
    pub fn as_native(&self) -> Option<&'static NativeFn> {
        self.native
    }

    /// Whether a flag is set.
    #[inline(always)]
    pub fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// Whether parameter number `index` (0-based) is taken by reference.
    pub fn param_by_ref(&self, index: u32) -> bool {
        match (self.proto(), self.native) {
            (Some(proto), _) => {
                let at = (index as usize).min(proto.params.len().wrapping_sub(1));
                proto
                    .params
                    .get(at)
                    .is_some_and(|p| p.by_ref.get() && (at == index as usize || p.variadic.get()))
            }
            (None, Some(native)) => {
                let at = (index as usize).min(native.params.len().wrapping_sub(1));
                native
                    .params
                    .get(at)
                    .is_some_and(|p| (p.by_ref || p.prefer_ref) && (at == index as usize || p.variadic))
            }
            (None, None) => false,
        }
    }

    /// The inline caches, allocated at the first call.
    #[inline(always)]
    pub fn cache(&self) -> *mut CacheSlot {
        let cache = self.cache.get();
        if cache.is_null() { self.make_cache() } else { cache }
    }

    /// The inline caches if there was a call before, or null.
    #[inline(always)]
    pub(crate) fn cache_if_made(&self) -> *mut CacheSlot {
        self.cache.get()
    }

    #[cold]
    fn make_cache(&self) -> *mut CacheSlot {
        let cache = Box::leak(vec![0 as CacheSlot; self.cache_len()].into_boxed_slice()).as_mut_ptr();
        self.cache.set(cache);
        self.stir();
        cache
    }

    /// One slot more than are used, so that the pointer of a function without caches is a real one too.
    fn cache_len(&self) -> usize {
        self.cache_slots as usize + 1
    }

    /// The inline caches, if they were made for this very function.
    fn own_cache(&self) -> Option<*mut [CacheSlot]> {
        let cache = self.cache.get();
        let owns = !cache.is_null() && !self.borrows_cache.get();
        owns.then(|| ptr::slice_from_raw_parts_mut(cache, self.cache_len()))
    }

    /// The function is kept among others, which say in `stirred` that there may be something to clear.
    pub(crate) fn belongs_to(&self, stirred: &Cell<bool>) {
        self.stirred.set(Some(NonNull::from(stirred)));
        if self.has_statics() || !self.cache.get().is_null() {
            stirred.set(true);
        }
    }

    fn stir(&self) {
        if let Some(stirred) = self.stirred.get() {
            // SAFETY: `belongs_to` got it from those who keep the function, in the same memory.
            unsafe { stirred.as_ref() }.set(true);
        }
    }

    /// Goes back to what it was when it was made: the request is over.
    pub(crate) fn clear(&self) {
        self.clear_statics();
        self.clear_cache();
    }

    fn clear_cache(&self) {
        if let Some(cache) = self.own_cache() {
            // SAFETY: `make_cache` leaked a box of this very length, and no code runs that uses it.
            unsafe { &mut *cache }.fill(0);
        }
    }

    /// Gives the inline caches back: the function is not used any more.
    pub(crate) fn release_cache(&self) {
        if let Some(cache) = self.own_cache() {
            self.cache.set(ptr::null_mut());
            // SAFETY: `make_cache` leaked a box of this very length; nobody else gives it back.
            drop(unsafe { Box::from_raw(cache) });
        }
    }

    /// Whether a static variable has got a value.
    pub(crate) fn has_statics(&self) -> bool {
        // SAFETY: nobody holds a reference into the statics.
        !unsafe { &*self.statics.get() }.is_empty()
    }

    /// Static variables, made if absent: undef where they have no value yet.
    ///
    /// # Safety
    /// The result must not be used when another call of this method is made on the same function.
    #[expect(clippy::mut_from_ref, reason = "interior mutability; the safety section says for how long")]
    pub unsafe fn statics(&self) -> &mut Vec<Value> {
        // SAFETY: the caller keeps one reference at a time.
        let statics = unsafe { &mut *self.statics.get() };
        if statics.is_empty()
            && let Some(proto) = self.proto()
        {
            statics.resize(proto.statics.len(), Value::UNDEF);
            self.stir();
        }
        statics
    }

    /// Whether it is a method of the static sort or has no class.
    #[inline]
    pub fn is_static(&self) -> bool {
        self.has(flags::STATIC)
    }
}

impl Drop for Func {
    fn drop(&mut self) {
        self.release_cache();
    }
}

/// Name of the class of a method, as messages show it.
pub fn class_name(func: FuncRef) -> String {
    func.scope.map_or_else(String::new, |class| class.shown_name().into_owned())
}

/// A function that lives at least as long as the request.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct FuncRef(NonNull<Func>);

impl FuncRef {
    /// Gives `func` to the request, or to what is being linked.
    pub fn leak(func: Func) -> FuncRef {
        FuncRef(crate::kept::keep_function(func))
    }

    /// A function that the frame it is made for frees, see [`crate::frame::flag::OWNS_FUNC`].
    pub(crate) fn owned(func: Func) -> FuncRef {
        FuncRef(NonNull::from(Box::leak(Box::new(func))))
    }

    /// A reference to a function that somebody else keeps.
    ///
    /// # Safety
    /// `func` must stay where it is as long as the result is used.
    pub unsafe fn from_ptr(func: *const Func) -> FuncRef {
        // SAFETY: the caller's pointer is to a function, so not null.
        FuncRef(unsafe { NonNull::new_unchecked(func.cast_mut()) })
    }

    /// Its address.
    #[inline(always)]
    pub fn as_ptr(self) -> *const Func {
        self.0.as_ptr()
    }
}

impl std::ops::Deref for FuncRef {
    type Target = Func;
    #[inline(always)]
    fn deref(&self) -> &Func {
        // SAFETY: functions outlive the references to them (module documentation).
        unsafe { self.0.as_ref() }
    }
}

impl Func {
    /// Whether parameter number `index` takes a variable by reference and any other value as it is.
    pub fn prefers_ref(&self, index: u32) -> bool {
        let Some(native) = self.native else { return false };
        let at = (index as usize).min(native.params.len().wrapping_sub(1));
        native.params.get(at).is_some_and(|param| param.prefer_ref)
    }

    /// Name of parameter number `index`; of a variadic one for all numbers behind it.
    pub fn param_name(&self, index: u32) -> PhpString {
        match (self.proto(), self.native) {
            (Some(proto), _) => {
                let at = (index as usize).min(proto.params.len().wrapping_sub(1));
                proto.params.get(at).map_or(PhpString::new(), |param| param.name.clone())
            }
            (None, Some(native)) => {
                let at = (index as usize).min(native.params.len().wrapping_sub(1));
                native.params.get(at).map_or(PhpString::new(), |p| PhpString::from_bytes(p.name.as_bytes()))
            }
            (None, None) => PhpString::new(),
        }
    }

    /// Number of the parameter called `name`, which is not variadic.
    pub fn param_index(&self, name: &[u8]) -> Option<u32> {
        let found = match (self.proto(), self.native) {
            (Some(proto), _) => proto.params.iter().position(|p| !p.variadic.get() && *p.name == *name),
            (None, Some(native)) => {
                native.params.iter().position(|p| !p.variadic && p.name.as_bytes() == name)
            }
            (None, None) => None,
        };
        found.map(|index| index as u32)
    }

    /// Whether parameter number `index` has no default.
    pub fn is_required(&self, index: u32) -> bool {
        match (self.proto(), self.native) {
            (Some(proto), _) => {
                proto.params.get(index as usize).is_some_and(|p| !p.variadic.get() && p.default.present == 0)
            }
            (None, Some(native)) => {
                native.params.get(index as usize).is_some_and(|p| !p.variadic && p.default.is_none())
            }
            (None, None) => false,
        }
    }
}
