//! Linking: from a class declaration to a [`Class`] of this request, with everything inherited and checked.
//!
//! The order is PHP's, since errors show it: traits are bound first (what they bring counts as the class's own), then
//! the parent is inherited, then abstract methods of traits are checked, then interfaces are implemented. Checks that
//! need classes that are not loaded yet are put off until the class is registered, so that what is loaded for them may
//! use it.
//!
//! # Safety
//!
//! The class being linked is changed through [`ClassRef::link_mut`]; each borrow ends before anything else is called.
#![allow(unsafe_code, reason = "fills in a class that others may already refer to")]

mod abstracts;
mod attributes;
mod consts;
mod enums;
mod implement;
mod interfaces;
mod methods;
mod native;
mod props;
mod retained;
mod signature;
mod slots;
mod trait_members;
mod trait_methods;
mod variance;

use crate::Context;
use crate::class::{Class, ClassRef, Lazy, Magic, mark, state};
use crate::errors::level;
use crate::func::{Func, FuncRef};
use crate::kept::{self, Bundle, List};
use crate::loader::Install;
use crate::object::Consulted;
use crate::thrown::{PhpResult, Thrown};
use phalanx_bytecode::flags::{class as class_flags, member};
use phalanx_bytecode::unit::{ClassDecl, UnitRef};
use phalanx_value::object::{
    CLASS_ENUM, CLASS_HAS_DESTRUCTOR, CLASS_HAS_GET, CLASS_HAS_ISSET, CLASS_HAS_SET, CLASS_HAS_UNSET,
    CLASS_SPECIAL,
};
use phalanx_value::{PhpString, Value};
use std::rc::Rc;

pub(crate) use attributes::deprecation;
pub(crate) use methods::visibility_name;
pub use native::native_class;
pub(crate) use retained::Linked;
pub use retained::Natives;
pub use signature::signature_text;

/// A check that could not be made because a class is not loaded yet.
#[derive(Clone, Copy)]
enum Pending {
    /// `child` must be compatible with `parent`.
    Method { child: FuncRef, parent: FuncRef },
    /// The type of property `name` against that of the parent's.
    Property { child: crate::class::PropRef, parent: crate::class::PropRef },
    /// The type of a constant against that of the parent's.
    Const { child: crate::class::ConstRef, parent: crate::class::ConstRef },
}

/// A class on its way.
struct Linker<'c> {
    cx: &'c mut Context,
    class: ClassRef,
    decl: &'static ClassDecl,
    unit: UnitRef,
    pending: Vec<Pending>,
    /// For the class and its parts, if the thread may keep them beyond the request.
    bundle: Option<Bundle>,
    /// Functions with static variables that it has copies of.
    copied: Vec<FuncRef>,
}

/// What a declaration names.
struct Above {
    traits: Vec<ClassRef>,
    parent: Option<ClassRef>,
    interfaces: Vec<ClassRef>,
}

/// Declares class number `index` of `unit`, as the instruction `DECLARE_CLASS` does; one that was declared before its
/// script began stays as it is.
pub fn declare_class(cx: &mut Context, unit: UnitRef, index: u32) -> PhpResult<ClassRef> {
    let decl = decl_of(unit, index);
    let known = match cx.classes.get(&decl.lc_name) {
        Some(&class) => Some(class),
        None => match retained::declare(cx, decl, false) {
            Some(class) => return Ok(class),
            None => cx.find_class(&decl.lc_name),
        },
    };
    if let Some(class) = known {
        let same = class.decl.is_some_and(|other| std::ptr::eq(other, decl));
        if same && (class.marks.get() != 0 || decl.flags & class_flags::ANON != 0) {
            class.unmark(mark::HOISTED);
            return Ok(class);
        }
        return Err(redeclared(cx, decl, class));
    }
    link(cx, unit, decl)
}

/// Links class number `index` of `unit`, whose name nobody has, and sets these flags of [`mark`].
pub(crate) fn link_class(cx: &mut Context, unit: UnitRef, index: u32, marks: u32) -> PhpResult<ClassRef> {
    let class = link(cx, unit, decl_of(unit, index))?;
    class.mark(marks);
    Ok(class)
}

/// Declares class number `index` of `unit` before its script runs, if nothing stands in the way: it has no interfaces
/// and traits, its parent is there, and no check needs a class that would have to be loaded. The result says whether it is
/// declared now.
pub fn hoist_class(cx: &mut Context, unit: UnitRef, index: u32, how: Install) -> PhpResult<bool> {
    let decl = decl_of(unit, index);
    if let Some(class) = retained::declare(cx, decl, true) {
        class.mark(mark::HOISTED);
        return Ok(true);
    }
    if let Some(class) = cx.find_class(&decl.lc_name) {
        if how.pass_duplicates && class.decl.is_some() {
            // The declaration that comes next is satisfied.
            class.mark(mark::HOISTED);
            return Ok(true);
        }
        // The declaration that comes next is one too many.
        class.unmark(mark::HOISTED);
        return Ok(false);
    }
    let parent_known = match decl.parent.first() {
        Some(parent) => cx.find_class(&parent.lc).is_some(),
        None => true,
    };
    if !parent_known || !may_be_hoisted(decl) {
        return Ok(false);
    }
    let (linked, held) = cx.hold_errors(|cx| link_if(cx, unit, decl, true));
    if linked == Ok(None) {
        return Ok(false);
    }
    cx.report_held(held)?;
    let Some(class) = linked? else { return Ok(false) };
    class.mark(mark::HOISTED);
    Ok(true)
}

fn decl_of(unit: UnitRef, index: u32) -> &'static ClassDecl {
    // SAFETY: a Unit that a request runs stays until the request ends, like the classes that point into it.
    unsafe { &*unit.class(index) }
}

/// Whether linking a class needs no interfaces and traits.
fn may_be_hoisted(decl: &ClassDecl) -> bool {
    let plain = decl.interfaces.is_empty() && decl.traits.is_empty() && decl.flags & class_flags::ENUM == 0;
    plain && (decl.flags & class_flags::TRAIT != 0 || !has_method(decl, b"__tostring"))
}

fn has_method(decl: &ClassDecl, lc_name: &[u8]) -> bool {
    let functions = &decl.unit().functions;
    decl.methods.iter().any(|&index| functions[index as usize].lc_name == *lc_name)
}

/// What a declaration is called in messages.
pub fn kind_name(flags: u32) -> &'static str {
    match flags {
        f if f & class_flags::INTERFACE != 0 => "interface",
        f if f & class_flags::TRAIT != 0 => "trait",
        f if f & class_flags::ENUM != 0 => "enum",
        _ => "class",
    }
}

fn redeclared(cx: &mut Context, decl: &ClassDecl, old: ClassRef) -> Thrown {
    let mut text = format!("Cannot redeclare {} {}", kind_name(old.flags), old.shown_name());
    if let Some(before) = old.decl {
        text.push_str(&format!(" (previously declared in {}:{})", before.unit().path, before.line_start));
    }
    cx.fatal_error_at(level::E_COMPILE_ERROR, text, &decl.unit().path, decl.line_start)
}

fn link(cx: &mut Context, unit: UnitRef, decl: &'static ClassDecl) -> PhpResult<ClassRef> {
    link_if(cx, unit, decl, false).map(|class| class.expect("nothing was asked"))
}

/// Links a class and makes it known; if `only_whole` is set, only if no check is pending.
fn link_if(
    cx: &mut Context,
    unit: UnitRef,
    decl: &'static ClassDecl,
    only_whole: bool,
) -> PhpResult<Option<ClassRef>> {
    if let Some(linked) = retained::find(cx, decl) {
        return Linker::new(cx, linked.class, decl, unit, None).take_up(&linked, only_whole);
    }
    let make = || {
        let mut class = Class::empty(decl.name.clone(), decl.lc_name.clone(), decl.flags);
        class.decl = Some(decl);
        class.enum_type = decl.enum_type;
        ClassRef::leak(class)
    };
    // Units of generation 0 are this request's own.
    let (class, bundle) = kept::within((unit.generation != 0).then(Bundle::default), make);
    cx.oop.linking.push(class);
    let mut linker = Linker::new(cx, class, decl, unit, bundle);
    let result = linker.run(only_whole);
    // Others may know of a class that came to nothing.
    linker.bundle.take().into_iter().for_each(kept::absorb);
    let class = linker.class;
    cx.oop.linking.retain(|&other| other != class);
    result
}

impl<'c> Linker<'c> {
    fn new(
        cx: &'c mut Context,
        class: ClassRef,
        decl: &'static ClassDecl,
        unit: UnitRef,
        bundle: Option<Bundle>,
    ) -> Linker<'c> {
        Linker { cx, class, decl, unit, pending: Vec::new(), bundle, copied: Vec::new() }
    }

    fn edit(&mut self) -> &mut Class {
        // SAFETY: the borrow ends with the caller's expression; nothing else looks at the class meanwhile.
        unsafe { self.class.link_mut() }
    }

    fn run(&mut self, only_whole: bool) -> PhpResult<Option<ClassRef>> {
        self.check_attributes()?;
        let traits = self.load_traits()?;
        let parent = self.load_parent()?;
        let interfaces = self.load_interfaces()?;
        // Now that everything is loaded.
        if let Some(linked) = retained::find(self.cx, self.decl) {
            return self.take_up(&linked, only_whole);
        }
        let rules = self.resolve_rules(&traits)?;
        let outer = self.cx.oop.consulted.replace(Consulted::default());
        let outer_bundle = kept::open(self.bundle.take());
        let above = Above { traits, parent, interfaces };
        let built = self.build(&above, &rules);
        let consulted = std::mem::replace(&mut self.cx.oop.consulted, outer);
        let linked = built.is_ok().then(|| self.retain(&above, consulted.unwrap_or_default())).flatten();
        kept::give_up();
        kept::open(outer_bundle);
        built?;
        match linked {
            Some(linked) => self.take_up(&linked, only_whole),
            None => self.make_known(only_whole),
        }
    }

    /// Fills the class in.
    fn build(&mut self, above: &Above, rules: &[trait_methods::Rule]) -> PhpResult {
        let parent = above.parent;
        self.edit().parent = parent;
        self.edit().traits = above.traits.iter().copied().collect();
        self.list_interfaces(parent, &above.interfaces)?;
        self.own_members()?;
        let abstract_methods = self.bind_traits(&above.traits, rules)?;
        if let Some(parent) = parent {
            self.check_parent(parent)?;
            self.inherit(parent)?;
        }
        self.bind_abstract(abstract_methods)?;
        self.find_magic();
        self.implement_all(parent)?;
        self.find_magic();
        self.check_overrides()?;
        self.check_abstract()?;
        if self.decl.flags & class_flags::ENUM != 0 {
            self.check_enum()?;
        }
        self.finish();
        Ok(())
    }

    /// From here on something is done that the next request has to do again, and that may run PHP code: the class is for this
    /// request only.
    fn belongs_to_request(&mut self) {
        kept::give_up();
    }

    /// Keeps the class beyond the request, if what is open now is still its bundle and all that it depends on is kept.
    fn retain(&mut self, above: &Above, consulted: Consulted) -> Option<Rc<retained::Linked>> {
        if !kept::is_open() || consulted.unlinked || !retained::is_fixed(&self.class) {
            return None;
        }
        let mut needs: Vec<(&[u8], ClassRef)> = Vec::new();
        let decl = self.decl;
        let named = decl.traits.iter().chain(decl.parent.iter()).chain(decl.interfaces.iter());
        for name in named {
            needs.push((&name.lc, self.cx.find_class(&name.lc)?));
        }
        // Interfaces that a class has without naming them go by their own names.
        for interface in &above.interfaces {
            if !needs.iter().any(|(_, known)| known == interface) {
                needs.push((&interface.lc_name, *interface));
            }
        }
        for (name, class) in &consulted.classes {
            if !needs.iter().any(|(known, _)| *known == &name[..]) {
                needs.push((name, *class));
            }
        }
        if !needs.iter().all(|(_, class)| class.stays.get()) {
            return None;
        }
        let mut kept = retained::Needs::default();
        needs.iter().for_each(|(name, class)| kept.add(name, *class));
        kept.copied.extend(self.copied.drain(..));
        let pending: List<Pending> = self.pending.iter().copied().collect();
        let linked = Linked::new(self.class, kept, pending, may_be_hoisted(decl), kept::close()?);
        self.cx.units.keep_class(decl, linked.clone());
        Some(linked)
    }

    /// Makes a class known that was linked before, maybe by an earlier request.
    fn take_up(&mut self, linked: &Rc<retained::Linked>, only_whole: bool) -> PhpResult<Option<ClassRef>> {
        // Others are to find it as one that is being linked, and not the one that was made to be filled in.
        let made = std::mem::replace(&mut self.class, linked.class);
        self.cx
            .oop
            .linking
            .iter_mut()
            .filter(|class| **class == made)
            .for_each(|class| *class = linked.class);
        self.pending = linked.pending.to_vec();
        if !only_whole || self.pending.is_empty() {
            self.cx.units.use_class(linked);
        }
        self.make_known(only_whole)
    }

    fn make_known(&mut self, only_whole: bool) -> PhpResult<Option<ClassRef>> {
        if only_whole && !self.pending.is_empty() {
            return Ok(None);
        }
        self.register();
        self.settle()?;
        Ok(Some(self.class))
    }

    /// A copy of a function for the class: its static variables are its own.
    fn copy(&mut self, func: FuncRef, scope: Option<ClassRef>) -> Func {
        if func.proto().is_some_and(|proto| !proto.statics.is_empty()) {
            if func.has_statics() {
                self.belongs_to_request();
            }
            self.copied.push(func);
        }
        func.duplicate(scope)
    }

    /// Makes the class known. Its checks may still be pending.
    fn register(&mut self) {
        self.edit().flags |= state::LINKED;
        register(self.cx, self.class);
    }

    /// A fatal error at the declaration.
    fn fatal(&mut self, text: &str) -> Thrown {
        self.fatal_at(text, self.decl.line_start)
    }

    /// A fatal error at a line of the declaring file.
    fn fatal_at(&mut self, text: &str, line: u32) -> Thrown {
        self.cx.fatal_error_at(level::E_COMPILE_ERROR, text, &self.decl.unit().path, line)
    }

    /// A fatal error at a method: at its own line if it is a script's.
    fn fatal_in(&mut self, text: &str, func: FuncRef) -> Thrown {
        match func.proto() {
            Some(proto) => {
                self.cx.fatal_error_at(level::E_COMPILE_ERROR, text, &proto.unit().path, proto.line_start)
            }
            None => self.fatal(text),
        }
    }

    /// The methods of the declaration.
    fn own_members(&mut self) -> PhpResult {
        let class = self.class;
        self.make_room();
        for &index in self.decl.methods.iter() {
            // SAFETY: functions of a Unit live as long as the request that runs it.
            let proto = unsafe { &*self.unit.function(index) };
            let func = FuncRef::leak(Func::user(proto, Some(class)));
            self.edit().methods.insert(proto.lc_name.clone(), func);
        }
        self.own_consts();
        self.own_props();
        if self.decl.flags & class_flags::ENUM != 0 {
            self.add_enum_methods();
        }
        Ok(())
    }

    /// Room for what the declaration has and what the parent brings: lists that grow step by step cost twice.
    fn make_room(&mut self) {
        let (decl, parent) = (self.decl, self.class.parent);
        let inherited = |count: fn(&Class) -> usize| parent.map_or(0, |parent| count(&parent));
        let class = self.edit();
        class.methods.reserve(decl.methods.len() + inherited(|parent| parent.methods.len()));
        class.consts.reserve(decl.consts.len() + inherited(|parent| parent.consts.len()));
        class.props.reserve(decl.props.len() + inherited(|parent| parent.props.len()));
        class.slots.reserve(decl.props.len() + inherited(|parent| parent.slots.len()));
        class.inits.reserve(decl.props.len() + inherited(|parent| parent.slots.len()));
    }

    /// A class that the declaration names, loaded if need be.
    fn load(&mut self, name: &PhpString) -> PhpResult<Option<ClassRef>> {
        self.cx.lookup_class(name, true)
    }
}

/// The request knows the class by its name from now on.
fn register(cx: &mut Context, class: ClassRef) {
    cx.classes.insert(class.lc_name.clone(), class);
    note_declared(cx, class);
}

fn note_declared(cx: &mut Context, class: ClassRef) {
    class.declared.set(true);
    cx.class_order.push((class.lc_name.clone(), class));
}

/// Looks the magic methods up once, by their names.
fn finish_magic(class: ClassRef) {
    let mut magic = Magic::default();
    for (name, &method) in class.methods.entries() {
        let Some(name) = name.strip_prefix(b"__") else { continue };
        let place = match name {
            b"construct" => &mut magic.construct,
            b"destruct" => &mut magic.destruct,
            b"get" => &mut magic.get,
            b"set" => &mut magic.set,
            b"isset" => &mut magic.isset,
            b"unset" => &mut magic.unset,
            b"call" => &mut magic.call,
            b"callstatic" => &mut magic.call_static,
            b"tostring" => &mut magic.to_string,
            b"invoke" => &mut magic.invoke,
            b"clone" => &mut magic.clone,
            b"debuginfo" => &mut magic.debug_info,
            b"serialize" => &mut magic.serialize,
            b"unserialize" => &mut magic.unserialize,
            _ => continue,
        };
        *place = Some(method);
    }
    // SAFETY: the class is being linked; the look-ups above are done.
    let class_mut = unsafe { class.link_mut() };
    class_mut.magic = magic;
    if class.interfaces.iter().any(|interface| interface.lc_name == "arrayaccess") {
        class_mut.magic.offset_get = class.method(b"offsetget");
        class_mut.magic.offset_set = class.method(b"offsetset");
        class_mut.magic.offset_exists = class.method(b"offsetexists");
        class_mut.magic.offset_unset = class.method(b"offsetunset");
    }
    if magic.get.is_some() || magic.set.is_some() || magic.isset.is_some() || magic.unset.is_some() {
        class_mut.flags |= state::HAS_GUARDS;
    }
}

/// The last step: allocates static properties and fills in what objects and compiled code look at.
fn finish(class: ClassRef) {
    // SAFETY: the class is being linked; nobody else looks at it now.
    let class_mut = unsafe { class.link_mut() };
    class_mut.statics = slots::empty_statics(class_mut.static_inits.len());
    let magic = &class_mut.magic;
    let frees = class_mut.hooks().is_some_and(|hooks| hooks.free.is_some());
    let mut flags = 0;
    for (bit, on) in [
        (CLASS_HAS_DESTRUCTOR, magic.destruct.is_some() || frees),
        (CLASS_HAS_GET, magic.get.is_some()),
        (CLASS_HAS_SET, magic.set.is_some()),
        (CLASS_HAS_ISSET, magic.isset.is_some()),
        (CLASS_HAS_UNSET, magic.unset.is_some()),
        (CLASS_ENUM, class_mut.flags & class_flags::ENUM != 0),
        (CLASS_SPECIAL, class_mut.native_base.is_some()),
    ] {
        if on {
            flags |= bit;
        }
    }
    if class_mut.props.iter().any(|info| info.has(member::READONLY)) {
        class_mut.flags |= state::HAS_READONLY_PROPS;
    }
    if class_mut.props.iter().any(|info| info.has_hooks()) {
        class_mut.flags |= state::HAS_HOOKS;
    }
    class_mut.base.slot_count = class_mut.slots.len() as u32;
    class_mut.base.flags = flags;
    for info in class_mut.slots.iter().filter(|info| info.class == class) {
        props::edit_prop(*info).fast_bits =
            if info.is_plain() && !info.has(member::STATIC) { info.ty.bits() } else { 0 };
    }
    if class_mut.slots.iter().any(|info| info.ty.is_some()) {
        for info in &class_mut.slots {
            info.as_ptr().expose_provenance();
        }
        // A handle of a property is its address, which is also what references note.
        class_mut.base.sources.set(class_mut.slots.as_ptr().cast());
    }
    let has_defaults = class_mut.inits.iter().all(Lazy::is_known);
    class_mut.holds_values = !has_defaults || !class_mut.statics.is_empty();
    if has_defaults {
        class_mut.set_defaults(class_mut.inits.iter().map(|init| match init {
            Lazy::Value(value) => value.clone(),
            _ => Value::UNDEF,
        }));
    }
}

/// Reports the use of a function with `#[Deprecated]`, or of a native one that is deprecated.
pub fn report_deprecated(cx: &mut Context, func: FuncRef, called: Option<&PhpString>) -> PhpResult {
    attributes::report_deprecated_function(cx, func, called)
}
