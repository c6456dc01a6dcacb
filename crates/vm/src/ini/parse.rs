//! The syntax of ini files: `php.ini`, `-d`, `parse_ini_string()`.
//!
//! ```text
//! statement := '[' name ']' | label '=' value | label '[' offset ']' '=' value | label
//! value     := expr | true | false | null | nothing
//! expr      := piece* | expr '|' expr | expr '&' expr | expr '^' expr | '~' expr | '!' expr | '(' expr ')'
//! piece     := constant | number | text | blanks | 'raw' | "quoted ${variable}" | ${variable} | ${variable:-text}
//! ```

use super::Mode;
use super::scan::{Scanner, Token};
use phalanx_value::convert::numeric::{self, Numeric, to_int};

/// A value.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each is the type of its name")]
pub enum IniValue {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Vec<u8>),
}

impl IniValue {
    /// As a setting's text.
    pub fn into_text(self) -> Vec<u8> {
        match self {
            IniValue::Null | IniValue::Bool(false) => Vec::new(),
            IniValue::Bool(true) => b"1".to_vec(),
            IniValue::Int(int) => int.to_string().into_bytes(),
            IniValue::Float(float) => crate::convert::show_float(float).into_bytes(),
            IniValue::Str(text) => text,
        }
    }
}

/// What a file says, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// `[name]`
    Section(Vec<u8>),
    /// `name = value`
    Entry(Vec<u8>, IniValue),
    /// `name[offset] = value`; the offset is empty for the next element.
    Element(Vec<u8>, Vec<u8>, IniValue),
    /// `name`
    Bare(Vec<u8>),
}

/// A mistake in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct IniError {
    /// PHP's words: "syntax error, unexpected ...".
    pub text: String,
    /// Line.
    pub line: u32,
}

/// What names in a file stand for.
pub trait Names {
    /// The constant of this name as text.
    fn constant(&mut self, name: &[u8]) -> Option<Vec<u8>>;
    /// The setting or environment variable of this name.
    fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>>;
}

/// Reads a file. What stands before a mistake is told all the same.
pub fn parse(
    text: &[u8],
    mode: Mode,
    names: &mut dyn Names,
    tell: &mut dyn FnMut(Event),
) -> Result<(), IniError> {
    let mut scanner = Scanner::new(text, mode);
    let token = scanner.next();
    Parser { scanner, token, mode, names }.statements(tell)
}

struct Parser<'a> {
    scanner: Scanner<'a>,
    token: Token,
    mode: Mode,
    names: &'a mut dyn Names,
}

/// Text of a value, and whether an unquoted number or an operator made it.
struct Text {
    bytes: Vec<u8>,
    number: bool,
}

type Parsed<T> = Result<T, IniError>;

impl Parser<'_> {
    fn advance(&mut self) -> Token {
        let next = self.scanner.next();
        std::mem::replace(&mut self.token, next)
    }

    fn unexpected<T>(&self, expecting: &str) -> Parsed<T> {
        // A value that the text ends in has a line end of its own.
        let token = if self.token == Token::EndOfFile && expecting.is_empty() {
            Token::EndOfLine.name()
        } else {
            self.token.name()
        };
        let text = format!("syntax error, unexpected {token}{expecting}");
        Err(IniError { text, line: self.scanner.line })
    }

    fn statements(&mut self, tell: &mut dyn FnMut(Event)) -> Parsed<()> {
        loop {
            match self.advance() {
                Token::EndOfFile => return Ok(()),
                Token::EndOfLine => {}
                Token::Section => {
                    let name = self.pieces(false)?.map_or_else(Vec::new, |text| text.bytes);
                    self.expect_close()?;
                    tell(Event::Section(name));
                }
                Token::Label(name) => {
                    if self.token == Token::Byte(b'=') {
                        self.advance();
                        let value = self.value()?;
                        tell(Event::Entry(name, value));
                    } else {
                        tell(Event::Bare(name));
                    }
                }
                Token::Offset(name) => {
                    let offset = self.pieces(true)?.map_or_else(Vec::new, |text| text.bytes);
                    self.expect_close()?;
                    if self.token != Token::Byte(b'=') {
                        return self.unexpected(", expecting '='");
                    }
                    self.advance();
                    let value = self.value()?;
                    tell(Event::Element(name, offset, value));
                }
                token => {
                    let text = format!("syntax error, unexpected {}", token.name());
                    return Err(IniError { text, line: self.scanner.line });
                }
            }
        }
    }

    fn expect_close(&mut self) -> Parsed<()> {
        if self.token != Token::Close {
            return self.unexpected(", expecting ']'");
        }
        self.advance();
        Ok(())
    }

    fn value(&mut self) -> Parsed<IniValue> {
        let typed = self.mode == Mode::Typed;
        let value = match &self.token {
            Token::True => IniValue::Bool(true),
            Token::False => IniValue::Bool(false),
            Token::Null => IniValue::Null,
            Token::EndOfLine | Token::EndOfFile => return Ok(IniValue::Str(Vec::new())),
            _ => {
                let text = self.expr(0)?;
                return Ok(if typed && text.number { number(text.bytes) } else { IniValue::Str(text.bytes) });
            }
        };
        self.advance();
        Ok(if typed { value } else { IniValue::Str(value.into_text()) })
    }

    /// An expression of operators that bind at least as tightly as `level`.
    fn expr(&mut self, level: u8) -> Parsed<Text> {
        let mut left = self.operand()?;
        while let Token::Byte(operator @ (b'|' | b'&' | b'^')) = self.token {
            if level > 0 {
                break;
            }
            self.advance();
            let right = self.expr(1)?;
            let (a, b) = (to_int(&left.bytes), to_int(&right.bytes));
            let result = match operator {
                b'|' => a | b,
                b'&' => a & b,
                _ => a ^ b,
            };
            left = Text { bytes: result.to_string().into_bytes(), number: true };
        }
        Ok(left)
    }

    fn operand(&mut self) -> Parsed<Text> {
        if let Token::Byte(operator @ (b'~' | b'!')) = self.token {
            self.advance();
            let int = to_int(&self.operand()?.bytes);
            let result = if operator == b'~' { !int } else { i64::from(int == 0) };
            return Ok(Text { bytes: result.to_string().into_bytes(), number: true });
        }
        if self.token == Token::Byte(b'(') {
            self.advance();
            let inner = self.expr(0)?;
            if self.token != Token::Byte(b')') {
                return self.unexpected("");
            }
            self.advance();
            return Ok(inner);
        }
        match self.pieces(true)? {
            Some(text) => Ok(text),
            None => self.unexpected(""),
        }
    }

    /// Pieces of text in a row; none if there is no piece. Constants are looked up if `constants` is set.
    fn pieces(&mut self, constants: bool) -> Parsed<Option<Text>> {
        let mut text = Text { bytes: Vec::new(), number: matches!(self.token, Token::Number(_)) };
        let mut any = false;
        loop {
            match &self.token {
                Token::Constant(name) => {
                    let value = if constants { self.names.constant(name) } else { None };
                    text.bytes.extend_from_slice(value.as_deref().unwrap_or(name));
                }
                Token::Raw(bytes) | Token::Number(bytes) | Token::Str(bytes) | Token::Whitespace(bytes) => {
                    text.bytes.extend_from_slice(bytes);
                }
                Token::DollarCurly => {
                    let value = self.variable()?;
                    text.bytes.extend_from_slice(&value);
                }
                Token::Quote => self.quoted(&mut text.bytes)?,
                _ => return Ok(any.then_some(text)),
            }
            any = true;
            self.advance();
        }
    }

    /// `${name}` or `${name:-text}`; the closing brace is the current token afterwards.
    fn variable(&mut self) -> Parsed<Vec<u8>> {
        self.advance();
        let Token::VarName(name) = self.token.clone() else {
            return self.unexpected(", expecting TC_VARNAME");
        };
        let mut value = self.names.variable(&name);
        self.advance();
        if self.token == Token::Fallback {
            let fallback = self.scanner.fallback();
            value = value.filter(|value| !value.is_empty()).or(Some(fallback));
            self.advance();
        }
        if self.token != Token::CurlyClose {
            return self.unexpected(", expecting '}'");
        }
        Ok(value.unwrap_or_default())
    }

    /// A string in double quotes; the closing quote is the current token afterwards.
    fn quoted(&mut self, into: &mut Vec<u8>) -> Parsed<()> {
        loop {
            self.advance();
            match &self.token {
                Token::Quoted(bytes) => into.extend_from_slice(bytes),
                Token::DollarCurly => {
                    let value = self.variable()?;
                    into.extend_from_slice(&value);
                }
                Token::Quote => return Ok(()),
                _ => return self.unexpected(", expecting TC_DOLLAR_CURLY or TC_QUOTED_STRING or '\"'"),
            }
        }
    }
}

/// The number that text stands for in typed mode; text that is none, or does not fit, stays text.
fn number(bytes: Vec<u8>) -> IniValue {
    match numeric::classify(&bytes) {
        Numeric::Int(int) => IniValue::Int(int),
        Numeric::Float(float) if bytes.contains(&b'.') => IniValue::Float(float),
        _ => IniValue::Str(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Test;

    impl Names for Test {
        fn constant(&mut self, name: &[u8]) -> Option<Vec<u8>> {
            match name {
                b"FOO" => Some(b"fooval".to_vec()),
                b"E_ALL" => Some(b"30719".to_vec()),
                b"E_NOTICE" => Some(b"8".to_vec()),
                _ => None,
            }
        }

        fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>> {
            (name == b"HOME").then(|| b"/root".to_vec())
        }
    }

    fn read(text: &str, mode: Mode) -> String {
        let mut shown = Vec::new();
        let text_of = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let value_of = |value: IniValue| match value {
            IniValue::Str(text) => format!("'{}'", text_of(text)),
            other => format!("{other:?}"),
        };
        let result = parse(text.as_bytes(), mode, &mut Test, &mut |event| {
            shown.push(match event {
                Event::Section(name) => format!("[{}]", text_of(name)),
                Event::Entry(name, value) => format!("{}={}", text_of(name), value_of(value)),
                Event::Element(name, offset, value) => {
                    format!("{}[{}]={}", text_of(name), text_of(offset), value_of(value))
                }
                Event::Bare(name) => text_of(name),
            });
        });
        if let Err(error) = result {
            shown.push(format!("{} on line {}", error.text, error.line));
        }
        shown.join(" ")
    }

    fn check(text: &str, normal: &str, raw: &str, typed: &str) {
        assert_eq!(read(text, Mode::Normal), normal, "{text:?}");
        assert_eq!(read(text, Mode::Raw), raw, "{text:?} raw");
        assert_eq!(read(text, Mode::Typed), typed, "{text:?} typed");
    }

    #[test]
    fn values() {
        check("a=no", "a=''", "a='no'", "a=Bool(false)");
        check("a = on", "a='1'", "a='on'", "a=Bool(true)");
        check("a=null", "a=''", "a='null'", "a=Null");
        check("a = b c d", "a='b c d'", "a='b c d'", "a='b c d'");
        check("a = FOO bar FOO", "a='fooval bar fooval'", "a='FOO bar FOO'", "a='fooval bar fooval'");
        check("a = 5", "a='5'", "a='5'", "a=Int(5)");
        check("a=05", "a='05'", "a='05'", "a=Int(5)");
        check("a=1.5", "a='1.5'", "a='1.5'", "a=Float(1.5)");
        check("a=1e3", "a='1e3'", "a='1e3'", "a='1e3'");
        check("a=5 5", "a='5 5'", "a='5 5'", "a='5 5'");
        check("a=\t5\t", "a='5\t'", "a='5'", "a=Int(5)");
        check(
            "a = 9999999999999999999",
            "a='9999999999999999999'",
            "a='9999999999999999999'",
            "a='9999999999999999999'",
        );
        check("a=\"5\"", "a='5'", "a='5'", "a='5'");
        check("a = E_ALL & ~E_NOTICE", "a='30711'", "a='E_ALL & ~E_NOTICE'", "a=Int(30711)");
        check("a=(1|2)&3", "a='3'", "a='(1|2)&3'", "a=Int(3)");
        check("a=1^3", "a='2'", "a='1^3'", "a=Int(2)");
        check("a = !1", "a='0'", "a='!1'", "a=Int(0)");
        check("a=", "a=''", "a=''", "a=''");
        check("a", "a", "a", "a");
        check("a=x[1]", "a='x[1]'", "a='x[1]'", "a='x[1]'");
        check("a=$x", "a='$x'", "a='$x'", "a='$x'");
    }

    #[test]
    fn quotes_and_variables() {
        check(
            r#"a="x\ny\"z\\w\'q\t""#,
            r#"a='x\ny"z\w\'q\t'"#,
            r#"a='x\ny\"z\\w\'q\t'"#,
            r#"a='x\ny"z\w\'q\t'"#,
        );
        check("a='raw ; x' tail", "a='raw ; x tail'", "a=''raw'", "a='raw ; x tail'");
        check("a=\"x;y\" ;comment", "a='x;y'", "a='x;y'", "a='x;y'");
        check("a = ${HOME}", "a='/root'", "a='${HOME}'", "a='/root'");
        check("a=\"pre ${HOME} post\"", "a='pre /root post'", "a='pre ${HOME} post'", "a='pre /root post'");
        check("a=${NOPE:-def}", "a='def'", "a='${NOPE:-def}'", "a='def'");
        check("a=FOO\"y\"FOO", "a='foovalyfooval'", "a='FOO\"y\"FOO'", "a='foovalyfooval'");
        check("a=\"a\" \"b\"", "a='ab'", "a='a\" \"b'", "a='ab'");
    }

    #[test]
    fn structure() {
        check("a[]=1\na[k]=3", "a[]='1' a[k]='3'", "a[]='1' a[k]='3'", "a[]=Int(1) a[k]=Int(3)");
        check(
            "[sec]\na=1\n[sec 2]\nb=2",
            "[sec] a='1' [sec 2] b='2'",
            "[sec] a='1' [sec 2] b='2'",
            "[sec] a=Int(1) [sec 2] b=Int(2)",
        );
        check("['x']\n", "[x]", "['x']", "[x]");
        check("[FOO]\na[FOO]=1", "[FOO] a[fooval]='1'", "[FOO] a[fooval]='1'", "[FOO] a[fooval]=Int(1)");
        check("; comment\n#x=1\na=1 ; x\n", "#x='1' a='1'", "#x='1' a='1'", "#x=Int(1) a=Int(1)");
        check("key with space = v", "key with space='v'", "key with space='v'", "key with space='v'");
        check("a\r\nb=1\r\n", "a b='1'", "a b='1'", "a b=Int(1)");
    }

    #[test]
    fn mistakes() {
        let constant = "syntax error, unexpected TC_CONSTANT on line 1";
        check(
            "a = yes sir",
            &format!("a='1' {constant}"),
            "a='yes sir'",
            &format!("a=Bool(true) {constant}"),
        );
        let reserved = "syntax error, unexpected BOOL_TRUE on line 1";
        check("yes = 1", reserved, reserved, reserved);
        let equals = "syntax error, unexpected '=' on line 1";
        check("a=x=y", &format!("a='x' {equals}"), "a='x=y'", &format!("a='x' {equals}"));
        let open = "syntax error, unexpected end of file, expecting ']' on line 1";
        check("[x", open, open, open);
        let quote = "syntax error, unexpected end of file, expecting TC_DOLLAR_CURLY or TC_QUOTED_STRING or '\"' on line 1";
        check("a=\"x", quote, "a='\"x'", quote);
    }
}
