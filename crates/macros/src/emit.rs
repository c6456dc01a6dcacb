//! Signatures as constant tables.

use crate::signature::{Param, Signature};
use crate::types::PhpType;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// A type as a `NativeType`.
pub fn native_type(ty: &PhpType) -> TokenStream {
    let text = &ty.text;
    let classes = &ty.classes;
    let bits = ty.bits.iter().map(|bit| format_ident!("{bit}"));
    quote! {
        ::phalanx_vm::native::NativeType {
            bits: 0 #(| ::phalanx_vm::macro_support::types::#bits)*,
            classes: &[#(#classes),*],
            text: #text,
        }
    }
}

fn param(param: &Param) -> TokenStream {
    let Param { name, ty, by_ref, prefer_ref, variadic, default } = param;
    let ty = native_type(ty);
    let default = match default {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    };
    quote! {
        ::phalanx_vm::native::NativeParam {
            name: #name,
            ty: #ty,
            by_ref: #by_ref,
            prefer_ref: #prefer_ref,
            variadic: #variadic,
            default: #default,
        }
    }
}

/// Bits of `flags::func` or `flags::member`: constants of `module` in `macro_support`.
pub fn flag_bits(module: &str, names: &[&str]) -> TokenStream {
    let module = format_ident!("{module}");
    let names = names.iter().map(|name| format_ident!("{name}"));
    quote!(0 #(| ::phalanx_vm::macro_support::#module::#names)*)
}

/// Parameters that must be given.
pub fn required(signature: &Signature) -> u32 {
    signature.params.iter().filter(|p| p.default.is_none() && !p.variadic).count() as u32
}

/// What a `NativeFn` needs beside its signature.
pub struct Extras {
    /// Constants of `pure_flag`.
    pub traits: Vec<&'static str>,
    /// Deprecation text.
    pub deprecated: Option<String>,
    /// The wrapper, or `None` for abstract methods.
    pub call: TokenStream,
    /// Whether it is a method.
    pub method: bool,
}

/// A `NativeFn` called `name`.
pub fn native_fn(signature: &Signature, name: &str, extras: &Extras) -> TokenStream {
    let params = signature.params.iter().map(param);
    let required = required(signature);
    let ret = native_type(&signature.ret);
    let mut flags = Vec::new();
    let has = |word: &str| signature.modifiers.iter().any(|m| m == word);
    if extras.method {
        flags.push(if has("private") {
            "PRIVATE"
        } else if has("protected") {
            "PROTECTED"
        } else {
            "PUBLIC"
        });
    }
    for (set, flag) in [
        (has("static"), "STATIC"),
        (has("final"), "FINAL"),
        (has("abstract"), "ABSTRACT"),
        (signature.returns_ref, "RETURNS_REF"),
        (signature.params.last().is_some_and(|p| p.variadic), "VARIADIC"),
        (signature.params.iter().any(|p| !p.ty.is_none()), "HAS_PARAM_TYPES"),
        (!signature.ret.is_none(), "HAS_RETURN_TYPE"),
        (extras.method && name == "__construct", "CONSTRUCTOR"),
        (extras.deprecated.is_some(), "DEPRECATED"),
    ] {
        if set {
            flags.push(flag);
        }
    }
    let flags = flag_bits("func_flag", &flags);
    let mut traits = extras.traits.clone();
    if has("tentative") && !traits.contains(&"TENTATIVE") {
        traits.push("TENTATIVE");
    }
    let traits = traits.iter().map(|name| format_ident!("{name}"));
    let deprecated = match &extras.deprecated {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    };
    let call = &extras.call;
    quote! {
        ::phalanx_vm::native::NativeFn {
            name: #name,
            params: &[#(#params),*],
            required: #required,
            ret: #ret,
            flags: #flags,
            traits: 0 #(| ::phalanx_vm::native::pure_flag::#traits)*,
            deprecated: #deprecated,
            call: #call,
        }
    }
}
