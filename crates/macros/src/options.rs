//! What stands in the attribute behind the signature.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, LitStr, Token, parenthesized};

/// Arguments of `#[php_fn(...)]` and `#[php_method(...)]`.
pub struct Options {
    /// The signature.
    pub signature: LitStr,
    /// Constants of `pure_flag`.
    pub traits: Vec<&'static str>,
    /// Text after "is deprecated", with the space before it.
    pub deprecated: Option<String>,
    /// Name of the table.
    pub rename: Option<Ident>,
    /// Further PHP names.
    pub aliases: Vec<LitStr>,
    /// Defaults that are Rust expressions.
    pub defaults: Vec<(Ident, Expr)>,
}

struct Default {
    name: Ident,
    value: Expr,
}

impl Parse for Default {
    fn parse(input: ParseStream<'_>) -> syn::Result<Default> {
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(Default { name, value: input.parse()? })
    }
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> syn::Result<Options> {
        let signature = input.parse()?;
        let mut options = Options {
            signature,
            traits: Vec::new(),
            deprecated: None,
            rename: None,
            aliases: Vec::new(),
            defaults: Vec::new(),
        };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            options.one(input)?;
        }
        Ok(options)
    }
}

impl Options {
    fn one(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let word: Ident = input.parse()?;
        match word.to_string().as_str() {
            "pure" => self.traits.push("PURE"),
            "leaf" => self.traits.push("LEAF"),
            "nothrow" => self.traits.push("NOTHROW"),
            "tentative" => self.traits.push("TENTATIVE"),
            "deprecated" => {
                self.deprecated = Some(if input.peek(Token![=]) {
                    input.parse::<Token![=]>()?;
                    format!(" {}", input.parse::<LitStr>()?.value())
                } else {
                    String::new()
                });
            }
            "rename" => {
                input.parse::<Token![=]>()?;
                self.rename = Some(input.parse()?);
            }
            "alias" => {
                input.parse::<Token![=]>()?;
                self.aliases.push(input.parse()?);
            }
            "default" => {
                let content;
                parenthesized!(content in input);
                for default in Punctuated::<Default, Token![,]>::parse_terminated(&content)? {
                    self.defaults.push((default.name, default.value));
                }
            }
            other => {
                let text = format!(
                    "unknown option `{other}`: there are pure, leaf, nothrow, tentative, deprecated = \"...\", \
                     rename = NAME, alias = \"name\" and default(name = expression)"
                );
                return Err(syn::Error::new(word.span(), text));
            }
        }
        Ok(())
    }
}
