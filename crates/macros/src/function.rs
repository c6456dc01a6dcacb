//! `#[php_fn]` and `#[php_method]`: the table and the wrapper that fetches arguments.

use crate::default;
use crate::emit::{self, Extras};
use crate::options::Options;
use crate::signature::{self, Param, Signature};
use crate::types::{last_ident, option_of};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Error, FnArg, Ident, ItemFn, PatType, Result, ReturnType, Type};

/// Rust's side of a native function.
struct RustSide<'a> {
    name: &'a Ident,
    has_cx: bool,
    /// `this` or the called class.
    has_receiver: bool,
    params: Vec<&'a PatType>,
    fallible: bool,
}

/// The item, and beside it its table.
pub fn expand(attribute: TokenStream, item: TokenStream, method: bool) -> Result<TokenStream> {
    let options: Options = syn::parse2(attribute)?;
    let item: ItemFn = syn::parse2(item)?;
    let at = options.signature.span();
    let signature = signature::parse(&options.signature.value()).map_err(|text| Error::new(at, text))?;
    match (method, &signature.class) {
        (true, None) => {
            return Err(Error::new(at, "a method's signature begins with its class: `Name::method()`"));
        }
        (false, Some(_)) => return Err(Error::new(at, "use #[php_method] for methods")),
        _ => {}
    }
    let rust = rust_side(&item, &signature, method)?;
    let call = wrapper(&rust, &signature, &options)?;
    let extras = Extras {
        traits: options.traits.clone(),
        deprecated: options.deprecated.clone(),
        call: quote!(::core::option::Option::Some(#call)),
        method,
    };
    let tables = tables(&item, &signature, &options, &extras);
    Ok(quote! { #item #tables })
}

fn tables(item: &ItemFn, signature: &Signature, options: &Options, extras: &Extras) -> TokenStream {
    let span = item.sig.ident.span();
    let plain = item.sig.ident.to_string();
    let static_name = options.rename.clone().unwrap_or_else(|| upper(plain.trim_start_matches("r#"), span));
    let docs = item.attrs.iter().filter(|attr| attr.path().is_ident("doc"));
    let fallback = format!("Declares `{}`.", options.signature.value());
    let docs = if item.attrs.iter().any(|attr| attr.path().is_ident("doc")) {
        quote!(#(#docs)*)
    } else {
        quote!(#[doc = #fallback])
    };
    let table = emit::native_fn(signature, &signature.name, extras);
    let mut tables = quote! { #docs pub static #static_name: ::phalanx_vm::native::NativeFn = #table; };
    for alias in &options.aliases {
        let name = upper(&alias.value(), alias.span());
        let text = format!("Alias of `{}`.", signature.name);
        let table = emit::native_fn(signature, &alias.value(), extras);
        tables.extend(quote! { #[doc = #text] pub static #name: ::phalanx_vm::native::NativeFn = #table; });
    }
    tables
}

fn upper(name: &str, span: Span) -> Ident {
    Ident::new(&name.to_ascii_uppercase(), span)
}

fn rust_side<'a>(item: &'a ItemFn, signature: &Signature, method: bool) -> Result<RustSide<'a>> {
    let mut params = Vec::new();
    for input in &item.sig.inputs {
        match input {
            FnArg::Typed(typed) => params.push(typed),
            FnArg::Receiver(this) => {
                return Err(Error::new(this.span(), "`$this` is an ordinary parameter: `this: &ObjRef`"));
            }
        }
    }
    let has_cx = params.first().is_some_and(|p| {
        matches!(&*p.ty, Type::Reference(r) if r.mutability.is_some())
            && last_ident(&p.ty).as_deref() == Some("Context")
    });
    if has_cx {
        params.remove(0);
    }
    let is_static = signature.modifiers.iter().any(|m| m == "static");
    let wanted = signature.params.len();
    let has_receiver = method && if is_static { params.len() == wanted + 1 } else { true };
    if has_receiver {
        let (name, example) =
            if is_static { ("class", "class: ClassRef") } else { ("this", "this: &ObjRef") };
        let Some(first) = params.first() else {
            let text = format!("expected `{example}` as the first parameter behind cx");
            return Err(Error::new(item.sig.ident.span(), text));
        };
        let first_name = match &*first.pat {
            syn::Pat::Ident(ident) => ident.ident.to_string(),
            _ => String::new(),
        };
        if first_name.trim_start_matches('_') != name {
            return Err(Error::new(first.span(), format!("expected `{example}` here")));
        }
        params.remove(0);
    }
    if params.len() != wanted {
        let text = format!(
            "the PHP signature has {wanted} parameters, this function takes {} (cx and receiver aside)",
            params.len()
        );
        return Err(Error::new(item.sig.inputs.span(), text));
    }
    let fallible = match &item.sig.output {
        ReturnType::Type(_, ty) => matches!(last_ident(ty).as_deref(), Some("PhpResult" | "Result")),
        ReturnType::Default => false,
    };
    Ok(RustSide { name: &item.sig.ident, has_cx, has_receiver, params, fallible })
}

fn wrapper(rust: &RustSide<'_>, signature: &Signature, options: &Options) -> Result<TokenStream> {
    for (name, _) in &options.defaults {
        if !signature.params.iter().any(|p| name == &p.name && p.default.is_some()) {
            let text = format!("no parameter ${name} with a default in the PHP signature");
            return Err(Error::new(name.span(), text));
        }
    }
    let mut fetches = TokenStream::new();
    let mut passed = Vec::new();
    if rust.has_cx {
        passed.push(quote!(cx));
    }
    if rust.has_receiver {
        let is_static = signature.modifiers.iter().any(|m| m == "static");
        fetches.extend(if is_static {
            quote!(let receiver = args.called_class();)
        } else {
            quote!(let receiver = args.this();)
        });
        passed.push(quote!(receiver));
    }
    for (index, (param, typed)) in signature.params.iter().zip(&rust.params).enumerate() {
        let local = format_ident!("arg{index}");
        fetches.extend(fetch(param, typed, &local, options)?);
        passed.push(quote!(#local));
    }
    let name = rust.name;
    let result = if rust.fallible { quote!(#name(#(#passed),*)?) } else { quote!(#name(#(#passed),*)) };
    let min = emit::required(signature);
    let variadic = signature.params.last().is_some_and(|p| p.variadic);
    let max = if variadic { u32::MAX } else { signature.params.len() as u32 };
    Ok(quote! {{
        #[allow(unused_variables, reason = "functions without parameters need no context")]
        fn call(
            cx: &mut ::phalanx_vm::Context,
            args: &mut ::phalanx_vm::args::Args<'_>,
        ) -> ::phalanx_vm::native::NativeResult {
            #[inline(always)]
            fn checked(
                cx: &mut ::phalanx_vm::Context,
                args: &mut ::phalanx_vm::args::Args<'_>,
            ) -> ::phalanx_vm::PhpResult<::phalanx_vm::macro_support::Value> {
                args.check_count(cx, #min, #max)?;
                #fetches
                ::core::result::Result::Ok(::phalanx_vm::args::IntoValue::into_value(#result))
            }
            ::phalanx_vm::native::NativeResult::new(checked(cx, args))
        }
        call
    }})
}

/// The statement that fetches one argument.
fn fetch(param: &Param, typed: &PatType, local: &Ident, options: &Options) -> Result<TokenStream> {
    let ty = &*typed.ty;
    if let Some(text) = param.ty.mismatch(ty, param.default.is_some())
        && !param.variadic
        && !param.by_ref
    {
        return Err(Error::new(ty.span(), text));
    }
    if param.variadic {
        return Ok(quote!(let #local: #ty = args.rest(cx)?;));
    }
    let Some(text) = &param.default else {
        return Ok(quote!(let #local: #ty = args.required(cx)?;));
    };
    let place = format_ident!("default_{local}");
    let (before, value) = if let Some((_, expr)) =
        options.defaults.iter().find(|(name, _)| name == &param.name)
    {
        (quote!(), quote!(::phalanx_vm::args::FromDefault::from_default(#expr)))
    } else {
        match default::parse(text) {
            Some(literal) => literal.for_param(ty, &place),
            None if option_of(ty).is_some() && !param.ty.allows_null() => {
                (quote!(), quote!(::core::option::Option::None))
            }
            None => {
                let text = format!(
                    "the default `{text}` is not a literal: add `default({} = RUST_EXPRESSION)` to the attribute, or \
                     take an `Option` that is `None` when nothing was passed",
                    param.name
                );
                return Err(Error::new(typed.span(), text));
            }
        }
    };
    Ok(quote! {
        #before
        let #local: #ty = match args.optional(cx)? {
            ::core::option::Option::Some(value) => value,
            ::core::option::Option::None => #value,
        };
    })
}

#[cfg(test)]
mod tests {
    use super::expand;
    use proc_macro2::TokenStream;
    use std::str::FromStr;

    fn run(attribute: &str, item: &str, method: bool) -> Result<String, String> {
        let attribute = TokenStream::from_str(attribute).expect("tokens");
        let item = TokenStream::from_str(item).expect("tokens");
        expand(attribute, item, method).map(|tokens| tokens.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn tables_stand_beside_the_function() {
        let out = run(
            r#""join(string $a, int $n = 5, mixed ...$rest): string", pure, alias = "implode""#,
            "fn join(cx: &mut Context, a: &PhpString, n: i64, rest: &[Value]) -> PhpResult<PhpString> {}",
            false,
        )
        .expect("it expands");
        for part in ["pub static JOIN", "pub static IMPLODE", "pure_flag :: PURE", "func_flag :: VARIADIC"] {
            assert!(out.contains(part), "{part} in {out}");
        }
    }

    fn fails(attribute: &str, item: &str, method: bool, part: &str) {
        let error = run(attribute, item, method).expect_err(attribute);
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn mistakes_are_told() {
        fails(r#""f(int $a)""#, "fn f(cx: &mut Context) {}", false, "1 parameters, this function takes 0");
        fails(r#""f(string $a)""#, "fn f(a: i64) {}", false, "the PHP type is `string`");
        fails(r#""f(?int $a)""#, "fn f(a: i64) {}", false, "take an `Option`");
        fails(r#""f(int $a)""#, "fn f(a: Option<i64>) {}", false, "says nothing here");
        fails(r#""f(int $a = SORT_X)""#, "fn f(a: i64) {}", false, "default(a = RUST_EXPRESSION)");
        fails(r#""f()", pur"#, "fn f() {}", false, "unknown option `pur`");
        fails(r#""f()", default(x = 1)"#, "fn f() {}", false, "no parameter $x");
        fails(r#""A::f()""#, "fn f() {}", false, "use #[php_method]");
        fails(r#""f()""#, "fn f() {}", true, "begins with its class");
        fails(r#""A::f()""#, "fn f(cx: &mut Context) {}", true, "expected `this: &ObjRef`");
        fails(r#""static A::f()""#, "fn f(cx: &mut Context, x: i64) {}", true, "expected `class: ClassRef`");
    }
}
