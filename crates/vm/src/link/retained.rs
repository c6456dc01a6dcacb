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
//! A kept class may outlive its Unit. It is found by the Unit's identity, which nobody else ever has, and nobody looks at it when that
//! is gone: not even to free it, which is why parts are never dropped. What no request has used for long is given
//! back. A request that uses a class uses all that it depends on, so these never go first.

use super::Pending;
use crate::Context;
use crate::class::{Class, ClassRef, Lazy};
use crate::func::FuncRef;
use crate::kept::{self, Bundle, List};
use crate::native::NativeClass;
use phalanx_bytecode::unit::{ClassDecl, UnitIdentity, UnitRef};
use phalanx_value::PhpString;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A linked class, as it is before it is known to a request.
pub(super) struct Linked {
    pub(super) class: ClassRef,
    pub(super) needs: Needs,
    /// Checks that wait for classes to be loaded.
    pub(super) pending: List<Pending>,
    bundle: Bundle,
    /// Whether the request that runs has it.
    used: Cell<bool>,
    /// Number of the last request that had it.
    last: Cell<u32>,
}

/// What a linked class depends on, beside its declaration.
#[derive(Default)]
pub(super) struct Needs {
    /// Lower-case names, and what they stand for.
    pub(super) classes: List<(PhpString, ClassRef)>,
    /// Functions that it has copies of, with static variables that had no values.
    pub(super) copied: List<FuncRef>,
}

impl Needs {
    /// Whether the request has it all.
    fn are_met(&self, cx: &mut Context) -> bool {
        self.copied.iter().all(|func| !func.has_statics())
            && self.classes.iter().all(|(name, class)| cx.find_class(name) == Some(*class))
    }
}

/// What a thread keeps.
#[derive(Default)]
struct Retained {
    /// Whose classes these are.
    registry: u64,
    /// Number of the request that runs.
    request: u32,
    /// By Unit and number of the declaration: most often there is one.
    classes: FxHashMap<(UnitIdentity, u32), Vec<Rc<Linked>>>,
    /// By address of the declaration.
    natives: FxHashMap<usize, Rc<Linked>>,
    /// What the request that runs has.
    used: Vec<Rc<Linked>>,
}

thread_local! {
    static RETAINED: RefCell<Retained> = RefCell::default();
}

/// The linked class of a declaration that the request may take up.
pub(super) fn find(cx: &mut Context, unit: UnitRef, decl: &ClassDecl) -> Option<Rc<Linked>> {
    let key = (unit.identity(), decl.index);
    let candidate =
        |number: usize| RETAINED.with_borrow(|retained| retained.classes.get(&key)?.get(number).cloned());
    // Names may lead to native classes that are made now, so nothing is borrowed meanwhile.
    let mut candidates = (0..).map_while(candidate);
    candidates.find(|linked| !linked.used.get() && linked.needs.are_met(cx))
}

/// The linked class of a native declaration.
pub(super) fn find_native(native: &'static NativeClass) -> Option<Rc<Linked>> {
    RETAINED.with_borrow(|retained| retained.natives.get(&std::ptr::from_ref(native).addr()).cloned())
}

/// Keeps a class.
pub(super) fn keep(class: ClassRef, needs: Needs, pending: List<Pending>, bundle: Bundle) -> Rc<Linked> {
    class.stays.set(true);
    let linked =
        Rc::new(Linked { class, needs, pending, bundle, used: Cell::default(), last: Cell::default() });
    RETAINED.with_borrow_mut(|retained| {
        linked.last.set(retained.request);
        match (class.decl, class.native) {
            (Some(decl), _) => {
                retained
                    .classes
                    .entry((decl.unit().identity(), decl.index))
                    .or_default()
                    .push(linked.clone());
            }
            (None, native) => {
                let address = native.map_or(0, |native| std::ptr::from_ref(native).addr());
                retained.natives.insert(address, linked.clone());
            }
        }
    });
    linked
}

impl Linked {
    /// Whether the request that runs has it already.
    pub(super) fn is_used(&self) -> bool {
        self.used.get()
    }
}

/// The request that runs has the class from now on.
pub(super) fn note_use(linked: &Rc<Linked>) {
    RETAINED.with_borrow_mut(|retained| {
        linked.used.set(true);
        linked.last.set(retained.request);
        retained.used.push(linked.clone());
    });
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

/// A request begins on this thread, with these native classes.
pub(crate) fn begin_request(registry: u64) {
    let old = RETAINED.with_borrow_mut(|retained| {
        let fits = retained.registry == registry && retained.used.is_empty();
        (!fits).then(|| std::mem::replace(retained, Retained { registry, ..Retained::default() }))
    });
    // A request that was never ended may have left objects of its classes behind.
    if let Some(old) = old.filter(|old| !old.used.is_empty()) {
        std::mem::forget(old);
    }
}

/// The request ends: its classes go back to what they were, and what no request has used for long goes.
pub(crate) fn end_request() {
    let used = RETAINED.with_borrow_mut(|retained| std::mem::take(&mut retained.used));
    for linked in used.iter().rev() {
        linked.bundle.clear();
        linked.used.set(false);
    }
    RETAINED.with_borrow_mut(|retained| {
        retained.request = retained.request.wrapping_add(1);
        let now = retained.request;
        if kept::gives_back(now) {
            retained.classes.retain(|_, all| {
                all.retain(|linked| kept::stays(linked.last.get(), now));
                !all.is_empty()
            });
        }
    });
}
