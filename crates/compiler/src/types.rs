//! Type declarations.

use crate::Compiler;
use crate::error::Result;
use crate::names::ClassRef;
use crate::strings::StrId;
use phalanx_bytecode::draft::TypeDraft;
use phalanx_bytecode::flags::func;
use phalanx_bytecode::types;
use phalanx_syntax::ast::{Func, Name, NameKind, TypeExpr, TypeId};

/// Names of built-in types. `iterable` is a union of its own.
const BUILTIN: [(&[u8], u32); 15] = [
    (b"null", types::NULL),
    (b"true", types::TRUE),
    (b"false", types::FALSE),
    (b"int", types::INT),
    (b"float", types::FLOAT),
    (b"string", types::STRING),
    (b"bool", types::BOOL),
    (b"void", types::VOID),
    (b"never", types::NEVER),
    (b"object", types::OBJECT),
    (b"mixed", types::MIXED),
    (b"iterable", types::ITERABLE),
    (b"array", types::ARRAY),
    (b"callable", types::CALLABLE),
    (b"static", types::STATIC),
];

/// Names that people write for types which are spelled differently, and what they mean.
const CONFUSABLE: [(&[u8], Option<&str>); 5] = [
    (b"boolean", Some("bool")),
    (b"integer", Some("int")),
    (b"double", Some("float")),
    (b"resource", None),
    (b"numeric", None),
];

const COMPILE_WARNING: u32 = 128;
const DEPRECATED: u32 = 8192;

fn builtin(name: &[u8]) -> Option<u32> {
    // `array`, `callable` and `static` are words of their own to the parser.
    BUILTIN[..12].iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|&(_, bits)| bits)
}

impl Compiler<'_> {
    pub(crate) fn type_draft(&mut self, id: TypeId) -> Result<TypeDraft> {
        match self.ast.ty(id) {
            TypeExpr::Nullable(inner) => {
                let mut ty = self.type_draft(inner)?;
                let bits = crate::builder::type_bits(&ty);
                if ty == TypeDraft::Builtin(types::MIXED) {
                    return self
                        .error("Type mixed cannot be marked as nullable since mixed already includes null");
                }
                if bits & types::NULL != 0 {
                    return self.error("null cannot be marked as nullable");
                }
                crate::param::make_nullable(&mut ty);
                self.check_alone(&ty)?;
                Ok(ty)
            }
            TypeExpr::Union(members) => {
                let ast = self.ast;
                let members = ast.list(members).collect::<Vec<_>>();
                self.union(&members)
            }
            TypeExpr::Intersection(members) => {
                let ast = self.ast;
                let members = ast.list(members).collect::<Vec<_>>();
                self.intersection(&members)
            }
            single => self.single_type(single),
        }
    }

    fn single_type(&mut self, ty: TypeExpr) -> Result<TypeDraft> {
        match ty {
            TypeExpr::Array => Ok(TypeDraft::Builtin(types::ARRAY)),
            TypeExpr::Callable => Ok(TypeDraft::Builtin(types::CALLABLE)),
            TypeExpr::Static => {
                self.check_class_scope(ClassRef::Static)?;
                Ok(TypeDraft::Builtin(types::STATIC))
            }
            TypeExpr::Name(name) => self.named_type(name),
            TypeExpr::Nullable(_) | TypeExpr::Union(_) | TypeExpr::Intersection(_) => {
                unreachable!("the parser nests no unions")
            }
        }
    }

    fn named_type(&mut self, name: Name) -> Result<TypeDraft> {
        let id = StrId::from(name.sym);
        if let Some(bits) = builtin(self.strings.get(id)) {
            if name.kind != NameKind::Unqualified {
                let text = self.strings.text(id).to_lowercase();
                return self.error(format!("Type declaration '{text}' must be unqualified"));
            }
            return Ok(TypeDraft::Builtin(bits));
        }
        let class = self.class_ref(name)?;
        let text: &[u8] = match class {
            ClassRef::Named(class) => {
                self.warn_confusable(name, id);
                if crate::names::is_reserved_class_name(self.strings.get(class)) {
                    let text = self.strings.text(class);
                    return self.error(format!("Cannot use \"{text}\" as a type name as it is reserved"));
                }
                return Ok(TypeDraft::Class(self.strings.bytes(class)));
            }
            ClassRef::This => b"self",
            ClassRef::Parent => b"parent",
            ClassRef::Static => b"static",
        };
        self.check_class_scope(class)?;
        let id = self.strings.intern(text);
        Ok(TypeDraft::Class(self.strings.bytes(id)))
    }

    fn warn_confusable(&mut self, name: Name, id: StrId) {
        let text = self.strings.get(id);
        let found = CONFUSABLE.iter().find(|(known, _)| text.eq_ignore_ascii_case(known));
        let Some(&(_, meant)) = found else { return };
        let lower = self.strings.lower(id);
        if name.kind != NameKind::Unqualified
            || self.imported(phalanx_syntax::ast::UseKind::Class, lower).is_some()
        {
            return;
        }
        let text = self.strings.text(id);
        let full = self.in_namespace(id);
        let full = self.strings.text(full);
        let import = if self.file.namespace.is_some() { " or import the class with \"use\"" } else { "" };
        let what = match meant {
            Some(meant) => {
                format!("\"{text}\" will be interpreted as a class name. Did you mean \"{meant}\"?")
            }
            None => {
                format!("\"{text}\" is not a supported builtin type and will be interpreted as a class name.")
            }
        };
        self.warning(COMPILE_WARNING, format!("{what} Write \"\\{full}\"{import} to suppress this warning"));
    }

    fn union(&mut self, members: &[TypeId]) -> Result<TypeDraft> {
        let mut bits = 0;
        let mut classes: Vec<TypeDraft> = Vec::new();
        for &member in members {
            if let TypeExpr::Intersection(parts) = self.ast.ty(member) {
                let ast = self.ast;
                let parts = ast.list(parts).collect::<Vec<_>>();
                let ty = self.intersection(&parts)?;
                self.check_redundant_intersection(&classes, &ty)?;
                classes.push(ty);
                continue;
            }
            let ty = self.type_draft(member)?;
            match ty {
                TypeDraft::Builtin(types::MIXED) => {
                    return self.error("Type mixed can only be used as a standalone type");
                }
                TypeDraft::Builtin(new) => {
                    let overlap = expand(bits) & expand(new);
                    if overlap != 0 {
                        let text = type_text(&TypeDraft::Builtin(overlap & !types::ITERABLE));
                        return self.error(format!("Duplicate type {text} is redundant"));
                    }
                    if bits & types::BOOL == types::TRUE && new == types::FALSE
                        || bits & types::BOOL == types::FALSE && new == types::TRUE
                    {
                        return self.error("Type contains both true and false, bool must be used instead");
                    }
                    bits |= new;
                }
                ty => {
                    let text = type_text(&ty);
                    if bits & types::ITERABLE != 0 && text.eq_ignore_ascii_case("traversable") {
                        return self.error("Duplicate type Traversable is redundant");
                    }
                    for known in &classes {
                        match known {
                            TypeDraft::Intersection(parts)
                                if parts.iter().any(|part| same_class(part, &ty)) =>
                            {
                                let known = type_text(known);
                                return self.error(format!(
                                    "Type {known} is redundant as it is more restrictive than type {text}"
                                ));
                            }
                            known if same_class(known, &ty) => {
                                return self.error(format!("Duplicate type {text} is redundant"));
                            }
                            _ => {}
                        }
                    }
                    classes.push(ty);
                }
            }
        }
        let object_and_class =
            bits & types::OBJECT != 0 && (!classes.is_empty() || bits & types::STATIC != 0);
        if bits != 0 {
            classes.push(TypeDraft::Builtin(bits));
        }
        let ty = match classes.len() {
            1 => classes.remove(0),
            _ => TypeDraft::Union(classes),
        };
        if object_and_class {
            let text = type_text(&ty);
            return self
                .error(format!("Type {text} contains both object and a class type, which is redundant"));
        }
        self.check_alone(&ty)?;
        Ok(ty)
    }

    fn check_redundant_intersection(&self, classes: &[TypeDraft], ty: &TypeDraft) -> Result<()> {
        let TypeDraft::Intersection(parts) = ty else { return Ok(()) };
        let text = type_text(ty);
        for known in classes {
            let known_text = type_text(known);
            match known {
                TypeDraft::Intersection(known_parts) => {
                    let within = |these: &[TypeDraft], those: &[TypeDraft]| {
                        these.iter().all(|this| those.iter().any(|that| same_class(this, that)))
                    };
                    if within(parts, known_parts) && within(known_parts, parts) {
                        return self.error(format!("Type {text} is redundant with type {known_text}"));
                    }
                    if within(known_parts, parts) {
                        return self.error(format!(
                            "Type {text} is redundant as it is more restrictive than type {known_text}"
                        ));
                    }
                    if within(parts, known_parts) {
                        return self.error(format!(
                            "Type {known_text} is redundant as it is more restrictive than type {text}"
                        ));
                    }
                }
                known if parts.iter().any(|part| same_class(part, known)) => {
                    return self.error(format!(
                        "Type {text} is redundant as it is more restrictive than type {known_text}"
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn intersection(&mut self, members: &[TypeId]) -> Result<TypeDraft> {
        let mut classes: Vec<TypeDraft> = Vec::new();
        for &member in members {
            let ty = self.type_draft(member)?;
            let text = match ty {
                TypeDraft::Builtin(types::ITERABLE) => "Traversable|array".to_string(),
                _ => type_text(&ty),
            };
            let is_class = matches!(&ty, TypeDraft::Class(name)
                if !name.eq_ignore_ascii_case(b"self") && !name.eq_ignore_ascii_case(b"parent"));
            if !is_class {
                return self.error(format!("Type {text} cannot be part of an intersection type"));
            }
            if classes.iter().any(|known| same_class(known, &ty)) {
                return self.error(format!("Duplicate type {text} is redundant"));
            }
            classes.push(ty);
        }
        Ok(TypeDraft::Intersection(classes))
    }

    /// `void` and `never` stand alone.
    fn check_alone(&self, ty: &TypeDraft) -> Result<()> {
        let bits = crate::builder::type_bits(ty);
        let alone = |bit| *ty == TypeDraft::Builtin(bit);
        if bits & types::VOID != 0 && !alone(types::VOID) {
            return self.error("Void can only be used as a standalone type");
        }
        if bits & types::NEVER != 0 && !alone(types::NEVER) {
            return self.error("never can only be used as a standalone type");
        }
        Ok(())
    }

    /// The type of a parameter.
    pub(crate) fn param_type(&mut self, id: TypeId) -> Result<TypeDraft> {
        let ty = self.type_draft(id)?;
        let bits = crate::builder::type_bits(&ty);
        if bits & types::VOID != 0 {
            return self.error("void cannot be used as a parameter type");
        }
        if bits & types::NEVER != 0 {
            return self.error("never cannot be used as a parameter type");
        }
        Ok(ty)
    }

    /// Whether a type was written as `?T`.
    pub(crate) fn is_written_nullable(&self, id: TypeId) -> bool {
        matches!(self.ast.ty(id), TypeExpr::Nullable(_))
    }

    /// The declared return type of the function being compiled.
    pub(crate) fn return_type(&mut self, node: &Func) -> Result<()> {
        if let Some(ty) = self.f.hook_return.take() {
            self.f.draft.return_type = Some(ty);
            self.f.draft.flags |= func::HAS_RETURN_TYPE;
            return Ok(());
        }
        let Some(id) = node.return_type else {
            // `__toString()` is declared to return a string, as `Stringable` asks, whether that is written or not.
            if self.f.draft.class.is_some() && self.f.draft.name.eq_ignore_ascii_case(b"__tostring") {
                self.f.draft.return_type = Some(TypeDraft::Builtin(types::STRING));
                self.f.draft.flags |= func::HAS_RETURN_TYPE;
            }
            return Ok(());
        };
        let ty = self.type_draft(id)?;
        if node.is_generator {
            self.check_generator_type(&ty)?;
        }
        if node.by_ref && ty == TypeDraft::Builtin(types::VOID) {
            let label = self.function_label(node);
            self.warning(
                DEPRECATED,
                format!("{label}(): Returning by reference from a void function is deprecated"),
            );
        }
        self.f.draft.return_type = Some(ty);
        self.f.draft.flags |= func::HAS_RETURN_TYPE;
        Ok(())
    }

    fn check_generator_type(&mut self, ty: &TypeDraft) -> Result<()> {
        fn fits(ty: &TypeDraft) -> bool {
            match ty {
                TypeDraft::Builtin(bits) => bits & (types::OBJECT | types::ITERABLE) != 0,
                TypeDraft::Class(name) => [b"Generator".as_slice(), b"Iterator", b"Traversable"]
                    .iter()
                    .any(|known| name.eq_ignore_ascii_case(known)),
                TypeDraft::Union(members) => members.iter().any(fits),
                TypeDraft::Intersection(members) => members.iter().all(fits),
            }
        }
        if fits(ty) {
            return Ok(());
        }
        let text = type_text(ty);
        self.error(format!("Generator return type must be a supertype of Generator, {text} given"))
    }
}

/// `iterable` stands for `Traversable|array`.
fn expand(bits: u32) -> u32 {
    if bits & types::ITERABLE != 0 { bits | types::ARRAY } else { bits }
}

fn same_class(one: &TypeDraft, other: &TypeDraft) -> bool {
    matches!((one, other), (TypeDraft::Class(one), TypeDraft::Class(other)) if one.eq_ignore_ascii_case(other))
}

/// A type as PHP prints it.
pub(crate) fn type_text(ty: &TypeDraft) -> String {
    let mut classes = Vec::new();
    let mut bits = 0;
    match ty {
        TypeDraft::Builtin(own) => bits = *own,
        TypeDraft::Class(name) => classes.push(String::from_utf8_lossy(name).into_owned()),
        TypeDraft::Intersection(members) => {
            return members.iter().map(type_text).collect::<Vec<_>>().join("&");
        }
        TypeDraft::Union(members) => {
            for member in members {
                match member {
                    TypeDraft::Builtin(own) => bits |= own,
                    TypeDraft::Intersection(_) => classes.push(format!("({})", type_text(member))),
                    member => classes.push(type_text(member)),
                }
            }
        }
    }
    if bits & types::MIXED == types::MIXED {
        return "mixed".to_string();
    }
    let mut parts = classes;
    if bits & types::ITERABLE != 0 {
        if parts.is_empty() && bits & !(types::ITERABLE | types::NULL) == 0 {
            parts.push("iterable".to_string());
        } else {
            parts.push("Traversable".to_string());
            bits |= types::ARRAY;
        }
    }
    let names = [
        (types::STATIC, "static"),
        (types::CALLABLE, "callable"),
        (types::OBJECT, "object"),
        (types::ARRAY, "array"),
        (types::STRING, "string"),
        (types::INT, "int"),
        (types::FLOAT, "float"),
    ];
    parts.extend(names.iter().filter(|(bit, _)| bits & bit != 0).map(|&(_, name)| name.to_string()));
    match bits & types::BOOL {
        types::BOOL => parts.push("bool".to_string()),
        types::FALSE => parts.push("false".to_string()),
        types::TRUE => parts.push("true".to_string()),
        _ => {}
    }
    if bits & types::VOID != 0 {
        parts.push("void".to_string());
    }
    if bits & types::NEVER != 0 {
        parts.push("never".to_string());
    }
    if bits & types::NULL != 0 {
        if parts.len() == 1 && !parts[0].contains('&') {
            return format!("?{}", parts[0]);
        }
        parts.push("null".to_string());
    }
    parts.join("|")
}
