//! The pieces of a `native_class!` block.

use crate::default;
use crate::signature::Scanner;
use crate::types::PhpType;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, Expr, Ident, LitStr, Path, Result, Token, Visibility};

/// A whole block.
pub struct ClassBlock {
    /// Doc comments.
    pub attrs: Vec<Attribute>,
    /// Visibility of the static.
    pub vis: Visibility,
    /// Name of the static.
    pub name: Ident,
    /// Head: `final class A extends B implements C`.
    pub head: LitStr,
    /// Flags with the value of `attribute(...)`.
    pub flags: Vec<(Ident, Option<Expr>)>,
    /// Hooks.
    pub hooks: Option<Path>,
    /// Constants and cases; the flag says "case".
    pub consts: Vec<(bool, LitStr, Option<Expr>)>,
    /// Properties.
    pub props: Vec<LitStr>,
    /// Statics of methods.
    pub methods: Vec<Path>,
    /// Signatures of abstract methods.
    pub abstracts: Vec<LitStr>,
}

impl Parse for ClassBlock {
    fn parse(input: ParseStream<'_>) -> Result<ClassBlock> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        input.parse::<Token![static]>()?;
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        let head = input.parse()?;
        input.parse::<Token![;]>()?;
        let mut block = ClassBlock {
            attrs,
            vis,
            name,
            head,
            flags: Vec::new(),
            hooks: None,
            consts: Vec::new(),
            props: Vec::new(),
            methods: Vec::new(),
            abstracts: Vec::new(),
        };
        while !input.is_empty() {
            block.entry(input)?;
        }
        Ok(block)
    }
}

impl ClassBlock {
    fn entry(&mut self, input: ParseStream<'_>) -> Result<()> {
        if input.peek(Token![const]) {
            input.parse::<Token![const]>()?;
            return self.constant(input, false);
        }
        if input.peek(Token![abstract]) {
            input.parse::<Token![abstract]>()?;
            self.abstracts.push(input.parse()?);
            input.parse::<Token![;]>()?;
            return Ok(());
        }
        let word: Ident = input.parse()?;
        match word.to_string().as_str() {
            "case" => return self.constant(input, true),
            "prop" => self.props.push(input.parse()?),
            "hooks" => {
                input.parse::<Token![:]>()?;
                self.hooks = Some(input.parse()?);
            }
            "methods" => {
                input.parse::<Token![:]>()?;
                while !input.peek(Token![;]) {
                    self.methods.push(input.parse()?);
                    if !input.peek(Token![;]) {
                        input.parse::<Token![,]>()?;
                    }
                }
            }
            "flags" => {
                input.parse::<Token![:]>()?;
                while !input.peek(Token![;]) {
                    let flag = input.parse()?;
                    let value = if input.peek(syn::token::Paren) {
                        let content;
                        syn::parenthesized!(content in input);
                        Some(content.parse()?)
                    } else {
                        None
                    };
                    self.flags.push((flag, value));
                    if !input.peek(Token![;]) {
                        input.parse::<Token![,]>()?;
                    }
                }
            }
            _ => {
                let text = "expected flags, hooks, const, case, prop, methods or abstract";
                return Err(Error::new(word.span(), text));
            }
        }
        input.parse::<Token![;]>()?;
        Ok(())
    }

    fn constant(&mut self, input: ParseStream<'_>, case: bool) -> Result<()> {
        let text = input.parse()?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Some(input.parse()?)
        } else {
            None
        };
        input.parse::<Token![;]>()?;
        self.consts.push((case, text, value));
        Ok(())
    }
}

/// The head of a class.
#[derive(Debug, Default, PartialEq)]
pub struct Head {
    /// Names of the constants in `flags::class`.
    pub flags: Vec<&'static str>,
    /// Name.
    pub name: String,
    /// Parent.
    pub parent: Option<String>,
    /// Interfaces.
    pub interfaces: Vec<String>,
    /// Backing type of an enum.
    pub enum_type: PhpType,
}

/// Reads the head.
pub fn head(text: &str) -> std::result::Result<Head, String> {
    let mut scan = Scanner::new(text);
    let mut head = Head::default();
    loop {
        let flag = match scan.word() {
            "final" => "FINAL",
            "abstract" => "ABSTRACT",
            "readonly" => "READONLY",
            "class" => break,
            "interface" => {
                head.flags.push("INTERFACE");
                break;
            }
            "enum" => {
                head.flags.extend(["ENUM", "FINAL"]);
                break;
            }
            _ => return Err(scan.error("`class`, `interface` or `enum`")),
        };
        head.flags.push(flag);
    }
    head.name = scan.name("a class name")?;
    if scan.eat(":") {
        head.enum_type = scan.ty()?;
    }
    let is_interface = head.flags.contains(&"INTERFACE");
    if scan.eat("extends") {
        if is_interface {
            names(&mut scan, &mut head.interfaces)?;
        } else {
            head.parent = Some(class_name(&mut scan)?);
        }
    }
    if scan.eat("implements") {
        names(&mut scan, &mut head.interfaces)?;
    }
    scan.end()?;
    Ok(head)
}

fn class_name(scan: &mut Scanner<'_>) -> std::result::Result<String, String> {
    Ok(scan.name("a class name")?.trim_start_matches('\\').to_owned())
}

fn names(scan: &mut Scanner<'_>, into: &mut Vec<String>) -> std::result::Result<(), String> {
    loop {
        into.push(class_name(scan)?);
        if !scan.eat(",") {
            return Ok(());
        }
    }
}

/// A property or constant as its text declares it.
#[derive(Debug)]
pub struct Member {
    /// Names of the constants in `flags::member`.
    pub flags: Vec<&'static str>,
    /// Type.
    pub ty: PhpType,
    /// Name.
    pub name: String,
    /// Text of the value.
    pub value: Option<String>,
}

const MEMBER_WORDS: &[(&str, &str)] = &[
    ("public(set)", "PUBLIC_SET"),
    ("protected(set)", "PROTECTED_SET"),
    ("private(set)", "PRIVATE_SET"),
    ("public", "PUBLIC"),
    ("protected", "PROTECTED"),
    ("private", "PRIVATE"),
    ("static", "STATIC"),
    ("readonly", "READONLY"),
    ("final", "FINAL"),
    ("virtual", "VIRTUAL"),
];

fn modifiers(scan: &mut Scanner<'_>) -> Vec<&'static str> {
    let mut flags = Vec::new();
    while let Some((_, flag)) = MEMBER_WORDS.iter().find(|(word, _)| scan.eat(word)) {
        flags.push(*flag);
    }
    if !flags.iter().any(|flag| matches!(*flag, "PUBLIC" | "PROTECTED" | "PRIVATE")) {
        flags.push("PUBLIC");
    }
    flags
}

/// Reads `protected readonly ?int $name = 1`.
pub fn property(text: &str) -> std::result::Result<Member, String> {
    let mut scan = Scanner::new(text);
    let flags = modifiers(&mut scan);
    let ty = scan.ty()?;
    scan.expect("$")?;
    let name = scan.name("a property name")?;
    let value = if scan.eat("=") { Some(scan.default_text()?) } else { None };
    scan.end()?;
    if let Some(text) = &value
        && default::parse(text).is_none()
    {
        return Err(format!("the default `{text}` is not a literal"));
    }
    Ok(Member { flags, ty, name, value })
}

/// Reads `final public int NAME`, or `NAME`.
pub fn constant(text: &str) -> std::result::Result<Member, String> {
    let mut scan = Scanner::new(text);
    let flags = modifiers(&mut scan);
    scan.eat("const");
    let mut ty = scan.ty()?;
    let mut name = scan.word().to_owned();
    if name.is_empty() {
        name = std::mem::take(&mut ty).text;
    }
    let value = if scan.eat("=") { Some(scan.default_text()?) } else { None };
    scan.end()?;
    if name.is_empty() {
        return Err(scan.error("a constant name"));
    }
    Ok(Member { flags, ty, name, value })
}

#[cfg(test)]
mod tests {
    use super::{constant, head, property};

    #[test]
    fn heads() {
        let class = head("final class A\\B extends C implements D, \\E").expect("a class");
        assert_eq!((class.name.as_str(), class.parent.as_deref()), ("A\\B", Some("C")));
        assert_eq!(class.interfaces, ["D", "E"]);
        assert_eq!(class.flags, ["FINAL"]);
        let interface = head("interface I extends J, K").expect("an interface");
        assert_eq!(interface.interfaces, ["J", "K"]);
        let suit = head("enum Suit: string implements X").expect("an enum");
        assert_eq!(suit.enum_type.bits, ["STRING"]);
        assert!(head("klass A").expect_err("a mistake").contains("`class`"));
    }

    #[test]
    fn members() {
        let prop = property("protected readonly ?int $x = -1").expect("a property");
        assert_eq!((prop.name.as_str(), prop.value.as_deref()), ("x", Some("-1")));
        assert_eq!(prop.flags, ["PROTECTED", "READONLY"]);
        let untyped = constant("A_B").expect("a constant");
        assert!(untyped.name == "A_B" && untyped.ty.is_none());
        let typed = constant("final protected string NAME = 'x'").expect("a constant");
        assert_eq!(
            (typed.name.as_str(), typed.ty.text.as_str(), typed.value.as_deref()),
            ("NAME", "string", Some("'x'"))
        );
    }
}
