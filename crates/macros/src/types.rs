//! Types in PHP signatures, and which Rust types fit them.

/// A type as a signature writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhpType {
    /// As written.
    pub text: String,
    /// Names of the constants in `phalanx_bytecode::types` whose bits make it up.
    pub bits: Vec<&'static str>,
    /// Classes, as written.
    pub classes: Vec<String>,
}

/// Built-in types and the constants they stand for. `resource` is no PHP type, but what messages say.
const BUILTIN: &[(&str, &[&str])] = &[
    ("null", &["NULL"]),
    ("false", &["FALSE"]),
    ("true", &["TRUE"]),
    ("bool", &["FALSE", "TRUE"]),
    ("int", &["INT"]),
    ("float", &["FLOAT"]),
    ("string", &["STRING"]),
    ("array", &["ARRAY"]),
    ("object", &["OBJECT"]),
    ("callable", &["CALLABLE"]),
    ("iterable", &["ITERABLE"]),
    ("void", &["VOID"]),
    ("never", &["NEVER"]),
    ("static", &["STATIC"]),
    ("mixed", &["MIXED"]),
    ("resource", &["RESOURCE"]),
];

impl PhpType {
    /// Whether nothing is declared.
    pub fn is_none(&self) -> bool {
        self.bits.is_empty() && self.classes.is_empty()
    }

    /// Whether null is among its values.
    pub fn allows_null(&self) -> bool {
        self.is_none() || self.has("NULL") || self.has("MIXED")
    }

    /// Whether it has the bit of this constant.
    pub fn has(&self, bit: &str) -> bool {
        self.bits.contains(&bit)
    }

    /// Adds a member of a union.
    pub fn add(&mut self, name: &str) {
        let lower = name.to_ascii_lowercase();
        match BUILTIN.iter().find(|entry| entry.0 == lower) {
            Some((_, bits)) => self.bits.extend(bits.iter().copied()),
            None => self.classes.push(name.trim_start_matches('\\').to_owned()),
        }
    }

    /// Why a parameter of this type cannot be taken as the Rust type `rust` (only the types that everybody knows are
    /// looked at; what the others take is their own business).
    pub fn mismatch(&self, rust: &syn::Type, optional: bool) -> Option<String> {
        let (rust, is_option) = match option_of(rust) {
            Some(inner) => (inner, true),
            None => (rust, false),
        };
        let expected: &[&str] = match last_ident(rust)?.as_str() {
            "i64" => &["INT"],
            "f64" => &["FLOAT"],
            "bool" => &["FALSE", "TRUE"],
            "PhpString" | "[u8]" => &["STRING"],
            "PhpArray" => &["ARRAY"],
            // A function of floats may want to know which of them were integers.
            "Number" if !self.has("INT") => &["FLOAT"],
            "Number" => &["INT", "FLOAT"],
            "Value" if !is_option => return None,
            _ => return None,
        };
        let fits = self.classes.is_empty()
            && self.bits.iter().filter(|bit| **bit != "NULL").all(|bit| expected.contains(bit))
            && expected.iter().all(|bit| self.has(bit));
        if !fits {
            return Some(format!("the PHP type is `{}`: this Rust type does not take that", self.text));
        }
        if self.allows_null() && !is_option {
            return Some(format!("the PHP type `{}` has null among its values: take an `Option`", self.text));
        }
        if !self.allows_null() && is_option && !optional {
            return Some(
                "the PHP type has no null and the parameter is required: `Option` says nothing here".into(),
            );
        }
        None
    }
}

/// The `T` of `Option<T>`.
pub fn option_of(ty: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    if last.ident != "Option" {
        return None;
    }
    let syn::PathArguments::AngleBracketed(args) = &last.arguments else { return None };
    match args.args.first()? {
        syn::GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

/// Name of the type behind references: the last segment of its path, or `[u8]`.
pub fn last_ident(ty: &syn::Type) -> Option<String> {
    match ty {
        syn::Type::Reference(reference) => last_ident(&reference.elem),
        syn::Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        syn::Type::Slice(slice) => Some(format!("[{}]", last_ident(&slice.elem)?)),
        syn::Type::Paren(paren) => last_ident(&paren.elem),
        _ => None,
    }
}
