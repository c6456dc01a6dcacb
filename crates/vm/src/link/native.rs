//! Classes of native code, made for a request when they are first asked for. Their tables are trusted: nothing is
//! checked.

use super::retained::{self, Linked, Needs};
use super::slots::{add_prop, native_value, no_default};
use crate::Context;
use crate::class::{Class, ClassConst, ClassRef, Kept, Lazy, PropInfo, prop_flag, state};
use crate::func::{Func, FuncRef};
use crate::kept::{self, Bundle, List};
use crate::native::{NativeClass, NativeConst, NativeProp, NativeValue, class_flag};
use crate::types::Type;
use phalanx_bytecode::flags::{class as class_flags, func as flags, member};
use phalanx_bytecode::types as bit;
use std::cell::RefCell;
use std::rc::Rc;

/// The class of a native declaration in this request.
pub fn native_class(cx: &mut Context, native: &'static NativeClass) -> ClassRef {
    let linked = match cx.natives.find(native) {
        Some(linked) if linked.is_used() => return linked.class,
        Some(linked) => {
            let class = linked.class;
            // Those above come first, as they did when it was made.
            for above in class.parent.iter().chain(&class.interfaces).filter_map(|above| above.native) {
                native_class(cx, above);
            }
            linked
        }
        None => make(cx, native),
    };
    cx.natives.note_use(&linked);
    super::register(cx, linked.class);
    linked.class
}

fn make(cx: &mut Context, native: &'static NativeClass) -> Rc<Linked> {
    let parent = native.parent.map(|name| known(cx, name, native));
    let mut named: Vec<ClassRef> = native.interfaces.iter().map(|name| known(cx, name, native)).collect();
    if native.flags & class_flags::ENUM != 0 {
        named.push(known(cx, "UnitEnum", native));
        if native.enum_type != 0 {
            named.push(known(cx, "BackedEnum", native));
        }
    }
    let (class, bundle) = kept::within(Some(Bundle::default()), || {
        let lc_name = kept::lower_case(native.name);
        let class = ClassRef::leak(Class::empty(kept::text(native.name.as_bytes()), lc_name, native.flags));
        {
            // SAFETY: the class is new; nothing below looks at it before the borrow ends.
            let class_mut = unsafe { class.link_mut() };
            build(class_mut, class, native, parent, &named);
        }
        super::finish_magic(class);
        super::finish(class);
        // SAFETY: as above.
        unsafe { class.link_mut() }.flags |= state::LINKED;
        class
    });
    debug_assert!(retained::is_fixed(&class), "native tables are static");
    let bundle = bundle.expect("making native classes runs no PHP code");
    let linked = Linked::new(class, Needs::default(), List::default(), false, bundle);
    cx.natives.keep(native, linked.clone());
    linked
}

fn known(cx: &mut Context, name: &str, native: &NativeClass) -> ClassRef {
    let lower = name.to_ascii_lowercase();
    match cx.find_class(lower.as_bytes()) {
        Some(class) => class,
        None => panic!("native class {} names {name}, which no extension declares", native.name),
    }
}

fn build(
    class: &mut Class,
    this: ClassRef,
    native: &'static NativeClass,
    parent: Option<ClassRef>,
    named: &[ClassRef],
) {
    class.native = Some(native);
    class.enum_type = native.enum_type;
    class.parent = parent;
    class.native_base =
        if native.hooks.is_some() { Some(native) } else { parent.and_then(|p| p.native_base) };
    class.display = parent.map_or_else(List::default, |parent| parent.display.clone());
    class.display.push(this);
    class.interfaces = parent.map_or_else(List::default, |parent| parent.interfaces.clone());
    let above = named.iter().flat_map(|interface| interface.interfaces.iter());
    for &interface in named.iter().chain(above) {
        if !class.interfaces.contains(&interface) {
            class.interfaces.push(interface);
        }
    }
    class.flags |= state_flags(native, parent);
    if let Some(parent) = parent {
        class.slots = parent.slots.clone();
        class.inits = parent.inits.clone();
    }
    if native.flags & class_flags::ENUM != 0 {
        super::enums::add_props(class, this);
    }
    for prop in native.props {
        own_prop(class, this, parent, prop);
    }
    for constant in native.consts {
        let constant = own_const(this, constant);
        class.consts.insert(constant.name.clone(), constant);
    }
    for method in native.methods {
        let mut func = Func::native(method, Some(this));
        if method.name.eq_ignore_ascii_case("__construct") {
            func.flags |= flags::CONSTRUCTOR;
        }
        if method.call.is_none() {
            func.flags |= flags::ABSTRACT;
        }
        class.methods.insert(kept::lower_case(method.name), FuncRef::leak(func));
    }
    if native.flags & class_flags::ENUM != 0 {
        let count = if native.enum_type == 0 { 1 } else { 3 };
        for method in &crate::builtin::enums::methods(native.enum_type & bit::INT != 0)[..count] {
            let func = FuncRef::leak(Func::native(method, Some(this)));
            class.methods.insert(kept::lower_case(method.name), func);
        }
    }
    let interfaces = class.interfaces.to_vec();
    for from in parent.into_iter().chain(interfaces) {
        inherit(class, from);
    }
    if class.methods.iter().any(|method| method.has(flags::ABSTRACT)) {
        class.flags |= state::IMPLICIT_ABSTRACT;
    }
}

fn state_flags(native: &NativeClass, parent: Option<ClassRef>) -> u32 {
    const INHERITED: u32 =
        state::ALLOW_DYNAMIC | state::NO_DYNAMIC | state::NOT_SERIALIZABLE | state::HAS_READONLY_PROPS;
    let mut bits = parent.map_or(0, |parent| parent.flags & INHERITED);
    if native.traits & class_flag::ALLOW_DYNAMIC_PROPS != 0 {
        bits |= state::ALLOW_DYNAMIC;
    }
    if native.traits & class_flag::NO_DYNAMIC_PROPS != 0
        || native.flags & (class_flags::ENUM | class_flags::READONLY) != 0
    {
        bits |= state::NO_DYNAMIC;
    }
    if native.traits & class_flag::NOT_INSTANTIABLE != 0 {
        bits |= state::NOT_INSTANTIABLE;
    }
    if native.traits & class_flag::NOT_SERIALIZABLE != 0 {
        bits |= state::NOT_SERIALIZABLE;
    }
    bits
}

fn own_prop(class: &mut Class, this: ClassRef, parent: Option<ClassRef>, prop: &'static NativeProp) {
    let ty = Type::native(&prop.ty);
    let init = match prop.default {
        NativeValue::Undef => no_default(ty.is_some()),
        value => Lazy::Value(native_value(value)),
    };
    let root = parent
        .and_then(|parent| parent.props.get(prop.name.as_bytes()).map(|info| info.root))
        .unwrap_or(this);
    let info = PropInfo {
        name: kept::text(prop.name.as_bytes()),
        flags: super::props::normal_flags(prop.flags, class.has(class_flags::READONLY), &[None, None]),
        slot: 0,
        class: this,
        root,
        fast_bits: 0,
        ty,
        hooks: [None, None],
        decl: None,
        doc: None,
    };
    add_prop(class, parent, info, init);
}

fn own_const(class: ClassRef, constant: &'static NativeConst) -> crate::class::ConstRef {
    let mut bits = constant.flags;
    if bits & (member::PUBLIC | member::PROTECTED | member::PRIVATE) == 0 {
        bits |= member::PUBLIC;
    }
    let init = Lazy::Value(native_value(constant.value));
    Kept::leak(ClassConst {
        name: kept::text(constant.name.as_bytes()),
        flags: bits,
        class,
        value: RefCell::new(init.clone()),
        init,
        ty: Type::native(&constant.ty),
        decl: None,
        native: Some(constant),
    })
}

fn inherit(class: &mut Class, from: ClassRef) {
    for (name, info) in from.props.entries() {
        match class.props.get(name) {
            None => class.props.insert(name.clone(), *info),
            Some(own) if info.has(member::PRIVATE | prop_flag::CHANGED) && own != info => {
                // SAFETY: the property belongs to the class being built, which nobody uses yet.
                unsafe { &mut *own.as_ptr().cast_mut() }.flags |= prop_flag::CHANGED;
            }
            Some(_) => {}
        }
    }
    for (name, constant) in from.consts.entries() {
        if class.consts.get(name).is_none() && constant.flags & member::PRIVATE == 0 {
            class.consts.insert(name.clone(), *constant);
        }
    }
    for (lc_name, method) in from.methods.entries() {
        match class.methods.get(lc_name) {
            None => class.methods.insert(lc_name.clone(), *method),
            Some(own) if own != method => {
                let proto = method.prototype.get().unwrap_or(*method);
                if own.prototype.get().is_none()
                    && !method.has(flags::PRIVATE)
                    && (!method.has(flags::CONSTRUCTOR) || proto.has(flags::ABSTRACT))
                {
                    own.prototype.set(Some(proto));
                }
            }
            Some(_) => {}
        }
    }
}
