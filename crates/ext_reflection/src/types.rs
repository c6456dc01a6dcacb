//! ReflectionType and its kinds.

use crate::state::{HOOKS, Subject, make, set_subject, subject};
use phalanx_macros::{native_class, php_method};
use phalanx_value::{ObjRef, PhpArray, PhpString, Value};
use phalanx_vm::type_bits as bit;
use phalanx_vm::types::{Part, Type, TypeScope};
use phalanx_vm::{Context, PhpResult};
use std::rc::Rc;

/// A type as Reflection shows it.
pub struct TypeInfo {
    kind: Kind,
    text: String,
    nullable: bool,
}

enum Kind {
    Named(String, bool),
    Union(Vec<Rc<TypeInfo>>),
    Intersection(Vec<Rc<TypeInfo>>),
}

const NAMES: [(u32, &str); 13] = [
    (bit::STATIC, "static"),
    (bit::CALLABLE, "callable"),
    (bit::OBJECT, "object"),
    (bit::ARRAY, "array"),
    (bit::STRING, "string"),
    (bit::INT, "int"),
    (bit::FLOAT, "float"),
    (bit::BOOL, "bool"),
    (bit::FALSE, "false"),
    (bit::TRUE, "true"),
    (bit::VOID, "void"),
    (bit::NEVER, "never"),
    (bit::NULL, "null"),
];

fn named(name: &str, builtin: bool) -> Rc<TypeInfo> {
    let nullable = name == "null" || name == "mixed";
    Rc::new(TypeInfo { kind: Kind::Named(name.to_owned(), builtin), text: name.to_owned(), nullable })
}

fn class_name(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

impl TypeInfo {
    /// What a declared type shows.
    pub fn of(ty: Type<'_>) -> Option<Rc<TypeInfo>> {
        if !ty.is_some() {
            return None;
        }
        let bits = ty.bits();
        if ty.is_mixed() {
            return Some(named("mixed", true));
        }
        // PHP has no type for resources, so parameters that want one are declared without.
        if bits & bit::RESOURCE != 0 {
            return None;
        }
        let text = ty.text(TypeScope::default());
        let nullable = bits & bit::NULL != 0;
        if bits & bit::ITERABLE != 0 && bits & !(bit::ITERABLE | bit::NULL) == 0 && ty.parts().len() == 1 {
            let text = if nullable { "?iterable" } else { "iterable" };
            let kind = Kind::Named("iterable".to_owned(), true);
            return Some(Rc::new(TypeInfo { kind, text: text.to_owned(), nullable }));
        }
        let mut members: Vec<Rc<TypeInfo>> = Vec::new();
        for part in ty.parts() {
            members.push(match part {
                Part::Class(name, _) => named(&class_name(name), false),
                Part::All(all) => {
                    let names = all.iter().filter_map(|member| member.class.as_ref());
                    let list: Vec<Rc<TypeInfo>> = names.map(|name| named(&class_name(name), false)).collect();
                    let text = list.iter().map(|member| member.text.as_str()).collect::<Vec<_>>().join("&");
                    Rc::new(TypeInfo { kind: Kind::Intersection(list), text, nullable: false })
                }
            });
        }
        let mut left = ty.plain_bits();
        for (bits, name) in NAMES {
            if left & bits == bits {
                left &= !bits;
                members.push(named(name, true));
            }
        }
        if members.len() == 1 {
            return members.pop();
        }
        if members.len() == 2
            && nullable
            && let Kind::Named(name, builtin) = &members[0].kind
        {
            let kind = Kind::Named(name.clone(), *builtin);
            return Some(Rc::new(TypeInfo { kind, text: format!("?{name}"), nullable }));
        }
        Some(Rc::new(TypeInfo { kind: Kind::Union(members), text, nullable }))
    }

    /// As text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether null is of the type.
    pub fn allows_null(&self) -> bool {
        self.nullable
    }

    /// The name of a type that is no union or intersection.
    pub fn name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Named(name, _) => Some(name),
            _ => None,
        }
    }

    /// The Reflection object.
    pub fn object(self: &Rc<TypeInfo>, cx: &mut Context) -> PhpResult<ObjRef> {
        let class = match self.kind {
            Kind::Named(..) => "reflectionnamedtype",
            Kind::Union(_) => "reflectionuniontype",
            Kind::Intersection(_) => "reflectionintersectiontype",
        };
        make(cx, class, Subject::Type(self.clone()), &[])
    }
}

/// The Reflection object of a type, or null.
pub fn object_of(cx: &mut Context, ty: Option<Rc<TypeInfo>>) -> PhpResult<Value> {
    match ty {
        Some(ty) => ty.object(cx).map(Value::object),
        None => Ok(Value::NULL),
    }
}

native_class! {
    /// <https://www.php.net/class.reflectiontype>
    pub static REFLECTION_TYPE = "abstract class ReflectionType implements Stringable";
    flags: not_serializable;
    hooks: HOOKS;
    methods: CLONE, ALLOWS_NULL, TO_STRING;
}

native_class! {
    /// <https://www.php.net/class.reflectionnamedtype>
    pub static REFLECTION_NAMED_TYPE = "class ReflectionNamedType extends ReflectionType";
    flags: not_serializable;
    methods: GET_NAME, IS_BUILTIN;
}

native_class! {
    /// <https://www.php.net/class.reflectionuniontype>
    pub static REFLECTION_UNION_TYPE = "class ReflectionUnionType extends ReflectionType";
    flags: not_serializable;
    methods: GET_TYPES;
}

native_class! {
    /// <https://www.php.net/class.reflectionintersectiontype>
    pub static REFLECTION_INTERSECTION_TYPE = "class ReflectionIntersectionType extends ReflectionType";
    flags: not_serializable;
    methods: GET_TYPES;
}

fn info(cx: &mut Context, this: &ObjRef) -> PhpResult<Rc<TypeInfo>> {
    match subject(this) {
        Subject::Type(info) => Ok(info),
        _ => {
            set_subject(this, Subject::None);
            Err(cx.throw_error("Internal error: Failed to retrieve the reflection object"))
        }
    }
}

#[php_method("private ReflectionType::__clone(): void", rename = CLONE)]
fn clone(this: &ObjRef) {
    let _ = this;
}

#[php_method("ReflectionType::allowsNull(): bool", tentative)]
fn allows_null(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    Ok(info(cx, this)?.nullable)
}

#[php_method("ReflectionType::__toString(): string", rename = TO_STRING)]
fn to_string(cx: &mut Context, this: &ObjRef) -> PhpResult<String> {
    Ok(info(cx, this)?.text.clone())
}

#[php_method("ReflectionNamedType::getName(): string", tentative)]
fn get_name(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpString> {
    Ok(PhpString::from(info(cx, this)?.name().unwrap_or_default()))
}

#[php_method("ReflectionNamedType::isBuiltin(): bool", tentative)]
fn is_builtin(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let info = info(cx, this)?;
    // `static` is a class to be, whatever it is written with.
    Ok(matches!(&info.kind, Kind::Named(name, true) if name != "static"))
}

#[php_method("ReflectionUnionType::getTypes(): array")]
fn get_types(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpArray> {
    let info = info(cx, this)?;
    let members = match &info.kind {
        Kind::Union(members) | Kind::Intersection(members) => members.clone(),
        Kind::Named(..) => Vec::new(),
    };
    let mut list = PhpArray::new();
    for member in members {
        list.push_value(Value::object(member.object(cx)?));
    }
    Ok(list)
}
