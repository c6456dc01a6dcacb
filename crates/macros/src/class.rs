//! `native_class!`: the table of a built-in class.

use crate::class_parse::{self, ClassBlock, Member};
use crate::default;
use crate::emit::{self, Extras};
use crate::signature;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Error, Expr, LitStr, Result};

/// The static that a block declares.
pub fn expand(input: TokenStream) -> Result<TokenStream> {
    let block: ClassBlock = syn::parse2(input)?;
    let head = told(&block.head, class_parse::head)?;
    let ClassBlock { attrs, vis, name: static_name, methods, .. } = &block;
    let name = &head.name;
    let parent = match &head.parent {
        Some(parent) => quote!(::core::option::Option::Some(#parent)),
        None => quote!(::core::option::Option::None),
    };
    let interfaces = &head.interfaces;
    let flags = emit::flag_bits("class_flag", &head.flags);
    let traits = traits(&block)?;
    let hooks = match &block.hooks {
        Some(path) => quote!(::core::option::Option::Some(&#path)),
        None => quote!(::core::option::Option::None),
    };
    let consts = block.consts.iter().map(constant).collect::<Result<Vec<_>>>()?;
    let props = block.props.iter().map(property).collect::<Result<Vec<_>>>()?;
    let abstracts = block
        .abstracts
        .iter()
        .map(|text| {
            let mut signature = told(text, signature::parse)?;
            signature.modifiers.push("abstract".into());
            let call = quote!(::core::option::Option::None);
            let extras = Extras { traits: Vec::new(), deprecated: None, call, method: true };
            let name = signature.name.clone();
            let table = emit::native_fn(&signature, &name, &extras);
            Ok(quote!({ static METHOD: ::phalanx_vm::native::NativeFn = #table; &METHOD }))
        })
        .collect::<Result<Vec<_>>>()?;
    let enum_type = emit::native_type(&head.enum_type);
    Ok(quote! {
        #(#attrs)*
        #vis static #static_name: ::phalanx_vm::native::NativeClass = ::phalanx_vm::native::NativeClass {
            name: #name,
            parent: #parent,
            interfaces: &[#(#interfaces),*],
            flags: #flags,
            traits: #traits,
            consts: &[#(#consts),*],
            props: &[#(#props),*],
            methods: &[#(&#methods,)* #(#abstracts),*],
            hooks: #hooks,
            enum_type: #enum_type.bits,
        };
    })
}

/// Reads text, and says where it is when it is wrong.
fn told<T>(text: &LitStr, read: impl Fn(&str) -> std::result::Result<T, String>) -> Result<T> {
    read(&text.value()).map_err(|error| Error::new(text.span(), error))
}

fn traits(block: &ClassBlock) -> Result<TokenStream> {
    let mut bits = quote!(0);
    for (flag, value) in &block.flags {
        let word = flag.to_string();
        match (word.as_str(), value) {
            ("attribute", Some(value)) => {
                bits.extend(
                    quote!(| (((#value) as u32) << ::phalanx_vm::native::class_flag::ATTRIBUTE_SHIFT)),
                );
            }
            (
                "not_serializable"
                | "no_dynamic_props"
                | "not_extendable"
                | "allow_dynamic_props"
                | "not_instantiable",
                None,
            ) => {
                let name = format_ident!("{}", word.to_ascii_uppercase());
                bits.extend(quote!(| ::phalanx_vm::native::class_flag::#name));
            }
            _ => {
                let text = "expected not_serializable, no_dynamic_props, not_extendable, allow_dynamic_props or \
                            attribute(BITS)";
                return Err(Error::new(flag.span(), text));
            }
        }
    }
    Ok(bits)
}

fn constant((case, text, value): &(bool, LitStr, Option<Expr>)) -> Result<TokenStream> {
    let Member { mut flags, ty, name, value: in_text } = told(text, class_parse::constant)?;
    if *case {
        flags.push("ENUM_CASE");
    }
    let value = match (value, in_text) {
        (Some(expr), None) => value_of(expr, &ty.bits).ok_or_else(|| {
            Error::new(
                text.span(),
                "a constant whose value is an expression needs one of the types int, float, string, bool",
            )
        })?,
        (None, Some(value)) => default::parse(&value)
            .ok_or_else(|| Error::new(text.span(), format!("`{value}` is not a literal")))?
            .native_value(),
        (None, None) if *case => quote!(::phalanx_vm::native::NativeValue::Undef),
        _ => return Err(Error::new(text.span(), "the constant needs one value")),
    };
    let flags = emit::flag_bits("member_flag", &flags);
    let ty = emit::native_type(&ty);
    Ok(quote! {
        ::phalanx_vm::native::NativeConst {
            name: #name,
            value: #value,
            flags: #flags,
            ty: #ty,
            deprecated: ::core::option::Option::None,
        }
    })
}

/// The `NativeValue` of a constant: by the literal, or by the declared type.
fn value_of(expr: &Expr, bits: &[&str]) -> Option<TokenStream> {
    let kind = quote!(::phalanx_vm::native::NativeValue);
    let literal = match expr {
        Expr::Lit(lit) => Some(&lit.lit),
        Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => match &**expr {
            Expr::Lit(lit) => Some(&lit.lit),
            _ => None,
        },
        _ => None,
    };
    let by_literal = match literal {
        Some(syn::Lit::Int(_)) if bits != ["FLOAT"] => Some("Int"),
        Some(syn::Lit::Float(_)) => Some("Float"),
        Some(syn::Lit::Str(_)) => Some("Str"),
        Some(syn::Lit::Bool(_)) => Some("Bool"),
        _ => None,
    };
    let variant = by_literal.or(match bits {
        ["INT"] => Some("Int"),
        ["FLOAT"] => Some("Float"),
        ["STRING"] => Some("Str"),
        ["FALSE", "TRUE"] => Some("Bool"),
        _ => None,
    })?;
    let variant = format_ident!("{variant}");
    Some(quote!(#kind::#variant(#expr)))
}

fn property(text: &LitStr) -> Result<TokenStream> {
    let Member { flags, ty, name, value } = told(text, class_parse::property)?;
    let default = match value.as_deref().and_then(default::parse) {
        Some(literal) => literal.native_value(),
        None if ty.is_none() => quote!(::phalanx_vm::native::NativeValue::Null),
        None => quote!(::phalanx_vm::native::NativeValue::Undef),
    };
    let flags = emit::flag_bits("member_flag", &flags);
    let ty = emit::native_type(&ty);
    Ok(quote! {
        ::phalanx_vm::native::NativeProp { name: #name, flags: #flags, ty: #ty, default: #default }
    })
}

#[cfg(test)]
mod tests {
    use super::expand;
    use proc_macro2::TokenStream;
    use std::str::FromStr;

    fn run(text: &str) -> Result<String, String> {
        let tokens = TokenStream::from_str(text).expect("tokens");
        expand(tokens).map(|tokens| tokens.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_class() {
        let out = run(r#"
            /// Docs.
            pub static IT = "abstract class It implements Iterator";
            flags: not_serializable, attribute(1 | 2);
            hooks: HOOKS;
            const "int A" = other::CONST;
            const "B" = 1.5;
            const "string C = 'x'";
            prop "protected string $message = ''";
            methods: CURRENT, sub::KEY,;
            abstract "tentative next(): void";
        "#)
        .expect("it expands");
        for part in [
            "pub static IT",
            "class_flag :: ABSTRACT",
            "NativeValue :: Int (other :: CONST)",
            "NativeValue :: Float (1.5)",
            "NativeValue :: Str (\"x\")",
            "& sub :: KEY",
            "pure_flag :: TENTATIVE",
            "func_flag :: ABSTRACT",
        ] {
            assert!(out.contains(part), "{part} in {out}");
        }
    }

    #[test]
    fn mistakes_are_told() {
        for (text, part) in [
            (r#"pub static A = "clas B";"#, "`class`"),
            (r#"pub static A = "class B"; flags: x;"#, "not_serializable"),
            (r#"pub static A = "class B"; const "C" = f();"#, "needs one of the types"),
            (r#"pub static A = "class B"; const "int C";"#, "needs one value"),
            (r#"pub static A = "class B"; prop "int x";"#, "`$`"),
            (r#"pub static A = "class B"; foo: 1;"#, "expected flags"),
        ] {
            let error = run(text).expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
