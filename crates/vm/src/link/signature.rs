//! Signatures of methods: comparison and the text that messages show.

use super::methods::has_attribute;
use super::variance::{Verdict, covariant, unknown_class};
use super::{Linker, Pending};
use crate::class::ClassRef;
use crate::errors::level;
use crate::func::{FuncRef, class_name};
use crate::thrown::PhpResult;
use crate::types::{Type, TypeScope};
use phalanx_bytecode::flags::{class as class_flags, func as flags};
use phalanx_bytecode::unit::InitRef;
use phalanx_value::{Value, View};

/// A parameter, whoever declared it.
struct Param<'a> {
    ty: Type<'a>,
    by_ref: bool,
}

fn params(func: &FuncRef) -> Vec<Param<'_>> {
    match (func.proto(), func.as_native()) {
        (Some(proto), _) => {
            proto.params.iter().map(|p| Param { ty: Type::decl(&p.ty), by_ref: p.by_ref.get() }).collect()
        }
        (None, Some(native)) => {
            native.params.iter().map(|p| Param { ty: Type::native(&p.ty), by_ref: p.by_ref }).collect()
        }
        (None, None) => Vec::new(),
    }
}

/// The declared return type.
pub(crate) fn return_type(func: &FuncRef) -> Type<'_> {
    match (func.proto(), func.as_native()) {
        (Some(proto), _) => Type::decl(&proto.return_type),
        (None, Some(native)) => Type::native(&native.ret),
        (None, None) => Type::None,
    }
}

/// Whether the return type of a native method need not be kept by overriding methods.
fn is_tentative(func: &FuncRef) -> bool {
    func.as_native().is_some_and(|native| native.traits & crate::native::pure_flag::TENTATIVE != 0)
}

impl Linker<'_> {
    /// Whether `child` takes what `parent` takes and returns what it returns.
    pub(super) fn compare_signatures(&mut self, child: FuncRef, parent: FuncRef) -> Verdict {
        let class = self.class;
        let child_scope = type_scope(child, class);
        let parent_scope = type_scope(parent, class);
        if parent.num_required < child.num_required
            || parent.has(flags::RETURNS_REF) && !child.has(flags::RETURNS_REF)
        {
            return Verdict::Bad;
        }
        let (parent_params, child_params) = (params(&parent), params(&child));
        let (parent_variadic, child_variadic) = (is_variadic(parent), is_variadic(child));
        if parent_variadic && !child_variadic {
            return Verdict::Bad;
        }
        let mut verdict = Verdict::Good;
        for index in 0..parent_params.len().max(child_params.len()) {
            let pick = |list: &[Param<'_>], variadic: bool| match index {
                i if i < list.len() => Some(i),
                _ if variadic => Some(list.len() - 1),
                _ => None,
            };
            let Some(own) = pick(&child_params, child_variadic).map(|i| &child_params[i]) else {
                return Verdict::Bad;
            };
            let Some(other) = pick(&parent_params, parent_variadic).map(|i| &parent_params[i]) else {
                continue;
            };
            if own.by_ref != other.by_ref {
                return Verdict::Bad;
            }
            if !own.ty.is_some() || own.ty.is_mixed() {
                continue;
            }
            if !other.ty.is_some() {
                return Verdict::Bad;
            }
            verdict = verdict.and(covariant(self.cx, other.ty, parent_scope, own.ty, child_scope));
            if verdict == Verdict::Bad {
                return verdict;
            }
        }
        let wanted = return_type(&parent);
        if wanted.is_some() {
            let own = return_type(&child);
            let one = if own.is_some() {
                covariant(self.cx, own, child_scope, wanted, parent_scope)
            } else {
                Verdict::Bad
            };
            let one = if one == Verdict::Bad && is_tentative(&parent) { Verdict::Warn } else { one };
            verdict = verdict.and(one);
        }
        verdict
    }

    /// Raises what `verdict` calls for.
    pub(super) fn report_signatures(
        &mut self,
        child: FuncRef,
        parent: FuncRef,
        verdict: Verdict,
    ) -> PhpResult {
        if verdict == Verdict::Good {
            return Ok(());
        }
        let class = self.class;
        let child_text = signature_text(child, type_scope(child, class));
        let parent_text = signature_text(parent, type_scope(parent, class));
        match verdict {
            Verdict::Warn => {
                if has_attribute(child, "returntypewillchange") {
                    return Ok(());
                }
                let text = format!(
                    "Return type of {child_text} should either be compatible with {parent_text}, or the \
                     #[\\ReturnTypeWillChange] attribute should be used to temporarily suppress the notice"
                );
                let (path, line) = match child.proto() {
                    Some(proto) => (proto.unit().path.clone(), proto.line_start),
                    None => (self.decl.unit().path.clone(), self.decl.line_start),
                };
                self.belongs_to_request();
                self.cx.raise_at(level::E_DEPRECATED, text, &path, line)
            }
            Verdict::Unknown => {
                let missing = self.missing_class(child, parent);
                let text = format!(
                    "Could not check compatibility between {child_text} and {parent_text}, because class {missing} is \
                     not available"
                );
                Err(self.fatal_in(&text, child))
            }
            _ => {
                let text = format!("Declaration of {child_text} must be compatible with {parent_text}");
                Err(self.fatal_in(&text, child))
            }
        }
    }

    fn missing_class(&mut self, child: FuncRef, parent: FuncRef) -> String {
        let class = self.class;
        let (child_scope, parent_scope) = (type_scope(child, class), type_scope(parent, class));
        let (child_params, parent_params) = (params(&child), params(&parent));
        let mut types: Vec<(Type<'_>, ClassRef)> = Vec::new();
        for index in 0..child_params.len().max(parent_params.len()) {
            types.extend(parent_params.get(index).map(|param| (param.ty, parent_scope)));
            types.extend(child_params.get(index).map(|param| (param.ty, child_scope)));
        }
        types.push((return_type(&child), child_scope));
        types.push((return_type(&parent), parent_scope));
        types.into_iter().find_map(|(ty, scope)| unknown_class(self.cx, ty, scope)).unwrap_or_default()
    }

    /// Makes the checks that were put off: loads the classes they need first.
    pub(super) fn settle(&mut self) -> PhpResult {
        for pending in std::mem::take(&mut self.pending) {
            match pending {
                Pending::Method { child, parent } => {
                    self.load_types_of(child)?;
                    self.load_types_of(parent)?;
                    let verdict = self.compare_signatures(child, parent);
                    self.report_signatures(child, parent, verdict)?;
                }
                Pending::Property { child, parent } => {
                    self.load_types(child.ty, child.class)?;
                    self.load_types(parent.ty, parent.class)?;
                    self.check_prop_type(child, parent, true)?;
                }
                Pending::Const { child, parent } => {
                    self.load_types(child.ty, child.class)?;
                    self.load_types(parent.ty, parent.class)?;
                    if covariant(self.cx, child.ty, child.class, parent.ty, parent.class) != Verdict::Good {
                        return Err(self.const_type_error(child, parent));
                    }
                }
            }
        }
        Ok(())
    }

    fn load_types_of(&mut self, func: FuncRef) -> PhpResult {
        let scope = type_scope(func, self.class);
        for param in params(&func) {
            self.load_types(param.ty, scope)?;
        }
        self.load_types(return_type(&func), scope)
    }

    fn load_types(&mut self, ty: Type<'_>, scope: ClassRef) -> PhpResult {
        let mut names = Vec::new();
        ty.each_class(&mut |name| names.push(name.to_vec()));
        for name in names {
            let name = crate::types::resolve_name(&name, Some(scope)).into_owned();
            self.cx.lookup_class(&name, true)?;
        }
        Ok(())
    }
}

/// The class that `self` means in a method: for one of a trait that is being bound, the class that uses it.
fn type_scope(func: FuncRef, class: ClassRef) -> ClassRef {
    func.scope.filter(|scope| !scope.has(class_flags::TRAIT)).unwrap_or(class)
}

fn is_variadic(func: FuncRef) -> bool {
    match (func.proto(), func.as_native()) {
        (Some(proto), _) => proto.params.last().is_some_and(|p| p.variadic.get()),
        (None, Some(native)) => native.params.last().is_some_and(|p| p.variadic),
        (None, None) => false,
    }
}

/// `A::f(int $x = 1): string`, as messages show it.
pub fn signature_text(func: FuncRef, scope: ClassRef) -> String {
    let types = TypeScope { class: Some(scope), called: None };
    let mut text = if func.has(flags::RETURNS_REF) { "& ".to_owned() } else { String::new() };
    text.push_str(&format!("{}::{}(", class_name(func), func.name));
    let mut first = true;
    let mut param = |ty: Type<'_>, by_ref: bool, variadic: bool, name: &str, default: Option<String>| {
        if !std::mem::take(&mut first) {
            text.push_str(", ");
        }
        if ty.is_some() {
            text.push_str(&ty.text(types));
            text.push(' ');
        }
        if by_ref {
            text.push('&');
        }
        if variadic {
            text.push_str("...");
        }
        text.push('$');
        text.push_str(name);
        if let Some(default) = default {
            text.push_str(" = ");
            text.push_str(&default);
        }
    };
    if let Some(proto) = func.proto() {
        for (index, p) in proto.params.iter().enumerate() {
            let optional = index as u32 >= func.num_required && !p.variadic.get();
            let default = optional.then(|| default_text(&p.default, p.default_text.as_deref()));
            param(Type::decl(&p.ty), p.by_ref.get(), p.variadic.get(), &p.name.to_str_lossy(), default);
        }
    } else if let Some(native) = func.as_native() {
        for (index, p) in native.params.iter().enumerate() {
            let optional = index as u32 >= func.num_required && !p.variadic;
            let default = optional.then(|| p.default.unwrap_or("<default>").to_owned());
            param(Type::native(&p.ty), p.by_ref, p.variadic, p.name, default);
        }
    }
    text.push(')');
    let ret = return_type(&func);
    if ret.is_some() {
        text.push_str(": ");
        text.push_str(&ret.text(types));
    }
    text
}

fn default_text(default: &InitRef, source: Option<&[u8]>) -> String {
    if default.code == 0 {
        return value_text(&default.value);
    }
    let name = source.unwrap_or_default();
    let is_name = |byte: &u8| {
        byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'\\' || *byte == b':' || *byte >= 128
    };
    if !name.is_empty() && name.iter().all(is_name) && !name[0].is_ascii_digit() {
        return String::from_utf8_lossy(name).into_owned();
    }
    if name.first() == Some(&b'[') { "[...]".to_owned() } else { "<expression>".to_owned() }
}

fn value_text(value: &Value) -> String {
    match value.view() {
        View::Bool(on) => on.to_string(),
        View::Int(int) => int.to_string(),
        View::Float(float) => phalanx_value::convert::float::format_float(float, 17).as_str().to_owned(),
        View::Str(string) => {
            let head = &string[..string.len().min(10)];
            let dots = if string.len() > 10 { "..." } else { "" };
            format!("'{}{dots}'", String::from_utf8_lossy(head))
        }
        View::Array(array) if array.is_empty() => "[]".to_owned(),
        View::Array(_) => "[...]".to_owned(),
        _ => "null".to_owned(),
    }
}
