//! Linked classes that a thread keeps beyond the request that has linked them: its inheritance cache.
//!
//! What comes of a declaration depends on what the names in it stand for: parent, interfaces and traits, and the classes that types of
//! methods and properties were compared by. So a linked class is kept together with all of these, and is taken up again by a
//! later request in which each name leads to the very same class. That request finds it as it was when it was linked
//! ([`crate::kept`]).
//!
//! A class is kept only if its script lies in the opcode cache, everything that it depends on is kept as well, and nothing was said or
//! computed on the way, which the next request would have to hear or to compute again. Classes of native code are always kept.
//!
//! Threads share the Unit with all that a class consists of, and nothing that is ever written: what linking makes is the thread's
//! own, since inline caches, constants and static variables lie in it, and reaching these by a detour would make each access
//! dearer. So there is nothing to lock, and nothing that a thread could find half made.
//!
//! A kept class belongs to what the thread has made of its Unit ([`crate::units`]), and may outlive that. Nobody looks at it then:
//! not even to free it, which is why parts are never dropped.

use super::Pending;
use crate::Context;
use crate::class::{Class, ClassRef, Lazy};
use crate::func::FuncRef;
use crate::kept::{self, Bundle, List, Part};
use crate::native::NativeClass;
use crate::spare::Reuse;
use phalanx_bytecode::unit::ClassDecl;
use phalanx_value::PhpString;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::cell::Cell;
use std::rc::Rc;

/// A linked class, as it is before it is known to a request. What each request looks at lies together.
#[repr(C)]
pub(crate) struct Linked {
    pub(super) class: ClassRef,
    /// Number of the last request that had it.
    last: Cell<u32>,
    /// Whether the request that runs has it.
    used: Cell<bool>,
    /// Whether it may be declared before its script begins, when all that it needs is there.
    pub(super) hoists: bool,
    /// Whether it needs nothing.
    is_free: bool,
    /// Whether nothing is pending.
    is_whole: bool,
    /// Whether a request stores nothing in it, save in functions.
    is_plain: bool,
    /// Whether there may be something to clear in its functions.
    stirred: Cell<bool>,
    needs: Needs,
    /// Checks that wait for classes to be loaded.
    pub(super) pending: List<Pending>,
    bundle: Bundle,
}

/// What a linked class depends on, beside its declaration.
#[derive(Default)]
#[repr(C)]
pub(super) struct Needs {
    /// Classes by names of their own.
    classes: SmallVec<[ClassRef; 2]>,
    /// Lower-case names that are aliases, and what they stand for.
    aliases: List<(PhpString, ClassRef)>,
    /// Functions that it has copies of, with static variables that had no values.
    pub(super) copied: List<FuncRef>,
}

impl Needs {
    /// Adds what a name stands for.
    pub(super) fn add(&mut self, name: &[u8], class: ClassRef) {
        if class.lc_name == *name {
            self.classes.push(class);
        } else {
            self.aliases.push((kept::text(name), class));
        }
    }

    fn is_empty(&self) -> bool {
        self.classes.is_empty() && self.aliases.is_empty() && self.copied.is_empty()
    }

    /// Whether the request has it all.
    fn are_met(&self, cx: &mut Context) -> bool {
        // Names may lead to native classes that are made now.
        self.copied.iter().all(|func| !func.has_statics())
            && self
                .classes
                .iter()
                .all(|class| class.declared.get() || cx.find_class(&class.lc_name) == Some(*class))
            && self.aliases.iter().all(|(name, class)| cx.find_class(name) == Some(*class))
    }
}

impl Linked {
    pub(super) fn new(
        class: ClassRef,
        needs: Needs,
        pending: List<Pending>,
        hoists: bool,
        bundle: Bundle,
    ) -> Rc<Linked> {
        class.stays.set(true);
        let linked = Rc::new(Linked {
            class,
            last: Cell::default(),
            used: Cell::default(),
            hoists,
            is_free: needs.is_empty(),
            is_whole: pending.is_empty(),
            is_plain: bundle.is_only(class.as_ptr()) && !class.holds_values,
            stirred: Cell::default(),
            needs,
            pending,
            bundle,
        });
        linked.bundle.stir_in(&linked.stirred);
        linked
    }

    /// Whether the request that runs has it already.
    pub(super) fn is_used(&self) -> bool {
        self.used.get()
    }

    /// The request that runs has the class from now on.
    pub(crate) fn note_use(&self, request: u32) {
        self.used.set(true);
        self.last.set(request);
    }

    /// The request ends: the class goes back to what it was.
    pub(crate) fn end_request(&self) {
        if !self.used.replace(false) {
            return;
        }
        if self.stirred.get() {
            self.bundle.clear_functions();
        }
        match self.is_plain {
            true => self.class.clear(),
            false => self.bundle.clear_parts(),
        }
    }

    /// Whether it is kept when it is time, before the request `now`, to give back what is not used any more.
    pub(crate) fn stays(&self, now: u32) -> bool {
        kept::stays(self.last.get(), now)
    }
}

/// The classes of native code that a thread has made.
#[derive(Default)]
pub struct Natives {
    /// By address of the declaration.
    classes: FxHashMap<usize, Rc<Linked>>,
    /// Those that the request uses.
    used: Vec<Rc<Linked>>,
}

impl Natives {
    /// The class of a declaration.
    pub(super) fn find(&self, native: &'static NativeClass) -> Option<Rc<Linked>> {
        self.classes.get(&std::ptr::from_ref(native).addr()).cloned()
    }

    /// Keeps a class.
    pub(super) fn keep(&mut self, native: &'static NativeClass, linked: Rc<Linked>) {
        self.classes.insert(std::ptr::from_ref(native).addr(), linked);
    }

    /// The request uses a class from now on.
    pub(super) fn note_use(&mut self, linked: &Rc<Linked>) {
        linked.note_use(0);
        self.used.push(linked.clone());
    }
}

impl Reuse for Natives {
    fn empty(&mut self) {
        self.used.drain(..).for_each(|linked| linked.end_request());
    }
}

/// The linked class of a declaration that the request may take up.
pub(super) fn find(cx: &mut Context, decl: &ClassDecl) -> Option<Rc<Linked>> {
    let mut number = 0;
    loop {
        let linked = cx.units.linked_class(decl, number)?;
        if !linked.is_used() {
            let linked = linked.clone();
            if linked.is_free || linked.needs.are_met(cx) {
                return Some(linked);
            }
        }
        number += 1;
    }
}

/// Declares a class as an earlier request has linked it, if nothing is left to check and the name is free. With `hoist` only if it
/// may be declared before its script begins.
pub(super) fn declare(cx: &mut Context, decl: &ClassDecl, hoist: bool) -> Option<ClassRef> {
    let linked = find(cx, decl)?;
    // That no native class has the name showed when it was linked.
    let is_ready = linked.is_whole && (linked.hoists || !hoist) && !cx.preloads_class(&decl.lc_name);
    if !is_ready || !cx.classes.add(decl.lc_name.clone(), linked.class) {
        return None;
    }
    cx.units.use_class(&linked);
    super::note_declared(cx, linked.class);
    Some(linked.class)
}

/// Whether nothing in a class is counted: names and values are parts of Units, or lie with the class.
pub(super) fn is_fixed(class: &Class) -> bool {
    let init = |init: &Lazy| match init {
        Lazy::Value(value) => !value.is_counted(),
        Lazy::Code(..) => true,
        Lazy::Busy => false,
    };
    let names = [&class.name, &class.lc_name].into_iter();
    let names = names.chain(class.methods.iter().map(|method| &method.name));
    let names = names.chain(class.consts.iter().map(|constant| &constant.name));
    let names = names.chain(class.props.iter().flat_map(|info| [&info.name].into_iter().chain(&info.doc)));
    let mut names = names.chain(class.trait_aliases.iter().flat_map(|(alias, method)| [alias, method]));
    names.all(PhpString::is_immutable)
        && class.inits.iter().chain(&class.static_inits).all(init)
        && class.consts.iter().all(|constant| init(&constant.init))
}
