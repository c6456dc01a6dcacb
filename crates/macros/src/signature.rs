//! The parser of PHP signatures: `str_repeat(string $string, int $times): string`, with modifiers and a class before
//! the name of methods. It reads text, not Rust tokens, so that a signature may be copied from the manual.

use crate::types::PhpType;

/// A function's or method's signature.
#[derive(Debug, Default)]
pub struct Signature {
    /// Words before the name: `final`, `static`, `protected`, `tentative` ...
    pub modifiers: Vec<String>,
    /// Class before `::`.
    pub class: Option<String>,
    /// Name.
    pub name: String,
    /// Returns by reference.
    pub returns_ref: bool,
    /// Parameters.
    pub params: Vec<Param>,
    /// Return type.
    pub ret: PhpType,
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// Name without the dollar sign.
    pub name: String,
    /// Type.
    pub ty: PhpType,
    /// By reference.
    pub by_ref: bool,
    /// By reference if a variable is given.
    pub prefer_ref: bool,
    /// Variadic.
    pub variadic: bool,
    /// Text of the default.
    pub default: Option<String>,
}

/// A position in a text.
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

/// What is wrong with a signature.
pub type Result<T> = std::result::Result<T, String>;

const MODIFIERS: &[&str] = &["public", "protected", "private", "static", "final", "abstract", "tentative"];

/// Reads a signature.
pub fn parse(text: &str) -> Result<Signature> {
    let mut scan = Scanner::new(text);
    let mut signature = Signature::default();
    loop {
        if scan.eat("@tentative-return-type") {
            signature.modifiers.push("tentative".into());
            continue;
        }
        let start = scan.at;
        let word = scan.word();
        if !MODIFIERS.contains(&word) {
            scan.at = start;
            break;
        }
        signature.modifiers.push(word.to_owned());
    }
    scan.eat("function");
    signature.returns_ref = scan.eat("&");
    signature.name = scan.name("a function name")?;
    if scan.eat("::") {
        signature.class = Some(std::mem::take(&mut signature.name));
        signature.name = scan.name("a method name")?;
    }
    scan.expect("(")?;
    while !scan.eat(")") {
        signature.params.push(scan.param()?);
        if !scan.eat(",") {
            scan.expect(")")?;
            break;
        }
    }
    if scan.eat(":") {
        signature.ret = scan.ty()?;
        if signature.ret.is_none() {
            return Err(scan.error("a return type"));
        }
    }
    scan.end()?;
    check(&signature)?;
    Ok(signature)
}

/// What is said of parameters among each other.
fn check(signature: &Signature) -> Result<()> {
    let mut optional = false;
    for (index, param) in signature.params.iter().enumerate() {
        if signature.params[..index].iter().any(|other| other.name == param.name) {
            return Err(format!("two parameters are called ${}", param.name));
        }
        if param.variadic && index + 1 != signature.params.len() {
            return Err(format!("${} is variadic but not the last parameter", param.name));
        }
        if param.default.is_some() {
            optional = true;
        } else if optional && !param.variadic {
            return Err(format!("required ${} stands behind an optional parameter", param.name));
        }
    }
    Ok(())
}

impl<'a> Scanner<'a> {
    /// At the start of `text`.
    pub fn new(text: &'a str) -> Scanner<'a> {
        Scanner { text, at: 0 }
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Eats a piece of text, if it stands here; a word only as a whole.
    pub fn eat(&mut self, piece: &str) -> bool {
        self.skip_space();
        let Some(after) = self.rest().strip_prefix(piece) else { return false };
        let is_word = piece.ends_with(|c: char| c.is_alphanumeric());
        if is_word && after.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            return false;
        }
        self.at += piece.len();
        true
    }

    /// Demands a piece of text.
    pub fn expect(&mut self, piece: &str) -> Result<()> {
        if self.eat(piece) { Ok(()) } else { Err(self.error(&format!("`{piece}`"))) }
    }

    /// A name, perhaps with namespace separators; may be empty.
    pub fn word(&mut self) -> &'a str {
        self.skip_space();
        let rest = self.rest();
        let len = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '\\')).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    /// A name that must be there.
    pub fn name(&mut self, what: &str) -> Result<String> {
        let word = self.word();
        if word.is_empty() { Err(self.error(what)) } else { Ok(word.to_owned()) }
    }

    /// Demands that nothing is left.
    pub fn end(&mut self) -> Result<()> {
        self.skip_space();
        if self.rest().is_empty() { Ok(()) } else { Err(self.error("the end")) }
    }

    /// The error "expected ... at ...".
    pub fn error(&self, expected: &str) -> String {
        let rest = self.rest().trim_start();
        if rest.is_empty() {
            format!("PHP signature: expected {expected} at the end")
        } else {
            format!("PHP signature: expected {expected} before `{rest}`")
        }
    }

    /// A type, perhaps none.
    pub fn ty(&mut self) -> Result<PhpType> {
        let mut ty = PhpType::default();
        self.skip_space();
        let start = self.at;
        if self.eat("?") {
            ty.add("null");
            ty.add(&self.name("a type")?);
        } else {
            let first = self.word();
            if first.is_empty() {
                return Ok(ty);
            }
            ty.add(first);
            while self.eat("|") {
                ty.add(&self.name("a type")?);
            }
        }
        ty.text = self.text[start..self.at].trim().to_owned();
        Ok(ty)
    }

    fn param(&mut self) -> Result<Param> {
        let mut prefer_ref = self.eat("@prefer-ref");
        let ty = self.ty()?;
        prefer_ref |= self.eat("@prefer-ref");
        let by_ref = self.eat("&");
        let variadic = self.eat("...");
        self.expect("$")?;
        let name = self.name("a parameter name")?;
        let default = if self.eat("=") { Some(self.default_text()?) } else { None };
        if variadic && default.is_some() {
            return Err(format!("variadic ${name} cannot have a default"));
        }
        Ok(Param { name, ty, by_ref: by_ref && !prefer_ref, prefer_ref, variadic, default })
    }

    /// The text of a default value: up to the comma or parenthesis that ends it.
    pub fn default_text(&mut self) -> Result<String> {
        self.skip_space();
        let start = self.at;
        let mut depth = 0_u32;
        let mut chars = self.rest().char_indices().peekable();
        let mut len = self.rest().len();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' | '\'' => {
                    while let Some((_, inner)) = chars.next() {
                        if inner == '\\' {
                            chars.next();
                        } else if inner == c {
                            break;
                        }
                    }
                }
                '[' | '(' => depth += 1,
                ']' | ')' if depth > 0 => depth -= 1,
                ',' | ')' | ';' if depth == 0 => {
                    len = at;
                    break;
                }
                _ => {}
            }
        }
        self.at += len;
        let text = self.text[start..self.at].trim();
        if text.is_empty() { Err(self.error("a default value")) } else { Ok(text.to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Signature, parse};

    fn check(text: &str) -> Signature {
        parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn functions() {
        let plain = check("str_repeat(string $string, int $times): string");
        assert_eq!(plain.name, "str_repeat");
        assert_eq!(plain.params.len(), 2);
        assert_eq!(plain.params[1].ty.bits, ["INT"]);
        assert_eq!(plain.ret.bits, ["STRING"]);

        let odd =
            check("preg_x(array|string $a, ?Foo\\Bar $b = null, int &$c = 1 | 2, mixed ...$rest): ?static");
        assert_eq!(odd.params[0].ty.bits, ["ARRAY", "STRING"]);
        assert_eq!(odd.params[1].ty.classes, ["Foo\\Bar"]);
        assert_eq!(odd.params[1].ty.text, "?Foo\\Bar");
        assert!(odd.params[2].by_ref);
        assert_eq!(odd.params[2].default.as_deref(), Some("1 | 2"));
        assert!(odd.params[3].variadic);
        assert_eq!(odd.ret.bits, ["NULL", "STATIC"]);
    }

    #[test]
    fn defaults_end_where_they_end() {
        let signature = check(r#"f(string $a = ",)", array $b = [1, (2)], string $c = ' \' ,'): void"#);
        let defaults: Vec<_> = signature.params.iter().map(|p| p.default.as_deref().unwrap_or("")).collect();
        assert_eq!(defaults, [r#"",)""#, "[1, (2)]", r"' \' ,'"]);
    }

    #[test]
    fn methods_and_prefer_ref() {
        let method = check("final protected static Foo::bar(): mixed");
        assert_eq!(method.modifiers, ["final", "protected", "static"]);
        assert_eq!((method.class.as_deref(), method.name.as_str()), (Some("Foo"), "bar"));
        let multi = check("array_multisort(@prefer-ref mixed &$array, @prefer-ref mixed &...$rest): bool");
        assert!(multi.params.iter().all(|p| p.prefer_ref && !p.by_ref));
    }

    #[test]
    fn mistakes_are_told() {
        for (text, part) in [
            ("f(int $a", "`)`"),
            ("f(int a)", "`$`"),
            ("f(int $a = , $b)", "a default value"),
            ("f($a = 1, $b)", "behind an optional"),
            ("f(...$a, $b)", "not the last"),
            ("f($a, $a)", "two parameters"),
            ("f(): ", "a return type"),
            ("f() x", "the end"),
            ("(int $a)", "a function name"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
