//! Default values: which of them a signature's text says completely.

use proc_macro2::TokenStream;
use quote::quote;

/// A default value, or a constant's value, as PHP text says it.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string.
    Str(String),
    /// `[]`
    EmptyArray,
}

/// Reads the text of a literal; none for constants and expressions.
pub fn parse(text: &str) -> Option<Literal> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let literal = match lower.as_str() {
        "null" => Literal::Null,
        "true" => Literal::Bool(true),
        "false" => Literal::Bool(false),
        "[]" | "array()" => Literal::EmptyArray,
        "php_int_max" => Literal::Int(i64::MAX),
        "php_int_min" => Literal::Int(i64::MIN),
        "inf" => Literal::Float(f64::INFINITY),
        "nan" => Literal::Float(f64::NAN),
        "m_e" => Literal::Float(std::f64::consts::E),
        "m_pi" => Literal::Float(std::f64::consts::PI),
        "php_eol" => Literal::Str("\n".into()),
        "directory_separator" => Literal::Str("/".into()),
        _ => return number(&lower).or_else(|| string(text)),
    };
    Some(literal)
}

fn number(text: &str) -> Option<Literal> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let int = match digits.get(..2) {
        Some("0x") => i64::from_str_radix(&digits[2..], 16).ok(),
        Some("0b") => i64::from_str_radix(&digits[2..], 2).ok(),
        _ => digits.parse().ok(),
    };
    match int {
        Some(int) => Some(Literal::Int(sign * int)),
        None => digits.parse::<f64>().ok().map(|float| Literal::Float(sign as f64 * float)),
    }
}

/// A quoted string with PHP's escapes.
fn string(text: &str) -> Option<Literal> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut out = String::new();
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        if c == quote {
            return None;
        }
        if c != '\\' {
            out.push(c);
            continue;
        }
        let next = chars.next()?;
        if quote == '\'' {
            if !matches!(next, '\\' | '\'') {
                out.push('\\');
            }
            out.push(next);
            continue;
        }
        match next {
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'v' => out.push('\x0b'),
            'e' => out.push('\x1b'),
            'f' => out.push('\x0c'),
            '0' => out.push('\0'),
            'x' => {
                let mut code = 0;
                while let Some(digit) = chars.peek().and_then(|c| c.to_digit(16)) {
                    code = code * 16 + digit;
                    chars.next();
                }
                out.push(char::from_u32(code).filter(char::is_ascii)?);
            }
            '\\' | '"' | '$' => out.push(next),
            other => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    Some(Literal::Str(out))
}

impl Literal {
    /// The expression that gives a parameter of type `ty` this default. Strings and arrays live in a local of the
    /// wrapper, so that borrowing types can point to it.
    pub fn for_param(&self, ty: &syn::Type, local: &syn::Ident) -> (TokenStream, TokenStream) {
        let with = |d: TokenStream, value: TokenStream| quote!(<#ty as ::phalanx_vm::args::FromDefault<#d>>::from_default(#value));
        match self {
            Literal::Null => (quote!(), quote!(<#ty as ::phalanx_vm::args::NullDefault>::null_default())),
            Literal::Bool(on) => (quote!(), with(quote!(bool), quote!(#on))),
            Literal::Int(int) => (quote!(), with(quote!(i64), quote!(#int))),
            Literal::Float(float) => {
                let float = float_tokens(*float);
                (quote!(), with(quote!(f64), float))
            }
            Literal::Str(text) => (
                quote!(let #local = ::phalanx_vm::macro_support::static_str!(#text);),
                with(quote!(&::phalanx_vm::macro_support::PhpString), quote!(&#local)),
            ),
            Literal::EmptyArray => (
                quote!(let #local = ::phalanx_vm::macro_support::PhpArray::new();),
                with(quote!(&::phalanx_vm::macro_support::PhpArray), quote!(&#local)),
            ),
        }
    }

    /// As a `NativeValue`.
    pub fn native_value(&self) -> TokenStream {
        let kind = quote!(::phalanx_vm::native::NativeValue);
        match self {
            Literal::Null => quote!(#kind::Null),
            Literal::Bool(on) => quote!(#kind::Bool(#on)),
            Literal::Int(int) => quote!(#kind::Int(#int)),
            Literal::Float(float) => {
                let float = float_tokens(*float);
                quote!(#kind::Float(#float))
            }
            Literal::Str(text) => quote!(#kind::Str(#text)),
            Literal::EmptyArray => quote!(#kind::EmptyArray),
        }
    }
}

fn float_tokens(float: f64) -> TokenStream {
    if float.is_nan() {
        quote!(f64::NAN)
    } else if float.is_infinite() {
        if float > 0.0 { quote!(f64::INFINITY) } else { quote!(f64::NEG_INFINITY) }
    } else {
        // Clippy takes digits of M_E or M_PI for a slip of whoever wrote them.
        let bits = float.to_bits();
        quote!(f64::from_bits(#bits))
    }
}

#[cfg(test)]
mod tests {
    use super::{Literal, parse};

    fn check(text: &str, expect: Option<Literal>) {
        assert_eq!(parse(text), expect, "{text}");
    }

    #[test]
    fn literals() {
        check("null", Some(Literal::Null));
        check("TRUE", Some(Literal::Bool(true)));
        check("-1", Some(Literal::Int(-1)));
        check("0x1F", Some(Literal::Int(31)));
        check("1.5", Some(Literal::Float(1.5)));
        check("PHP_INT_MAX", Some(Literal::Int(i64::MAX)));
        check(r#"" \n\r\t\v\0""#, Some(Literal::Str(" \n\r\t\x0b\0".into())));
        check(r"'\\'", Some(Literal::Str("\\".into())));
        check(r#""\\""#, Some(Literal::Str("\\".into())));
        check("''", Some(Literal::Str(String::new())));
        check("[]", Some(Literal::EmptyArray));
        check("ENT_QUOTES | ENT_HTML5", None);
        check("SORT_REGULAR", None);
    }
}
