//! The text of "syntax error, unexpected X, expecting Y or Z".

use crate::token::{Token, TokenKind};

/// Longer texts of tokens are cut...
const LONGEST: usize = 33;
/// ... to this length, followed by three dots.
const CUT: usize = 30;

/// The whole message.
pub(super) fn message(source: &[u8], unexpected: Token, expected: &[TokenKind]) -> Vec<u8> {
    let mut out = b"syntax error, unexpected ".to_vec();
    describe(source, unexpected, &mut out);
    for (index, &kind) in expected.iter().enumerate() {
        out.extend_from_slice(if index == 0 { b", expecting " } else { b" or " });
        name(kind, &mut out);
    }
    out
}

/// The offset whose line is reported: PHP has counted the line ends in the token by then, but not the one of a closing tag
/// nor those of a string literal without end.
pub(super) fn line_offset(source: &[u8], token: Token) -> u32 {
    let uncounted = match token.kind {
        TokenKind::Semicolon => true,
        TokenKind::EncapsedAndWhitespace => {
            matches!(token.text(source), [b'\'', ..] | [b'b' | b'B', b'\'', ..])
        }
        _ => false,
    };
    if uncounted { token.start } else { token.end }
}

/// An expected token.
fn name(kind: TokenKind, out: &mut Vec<u8>) {
    match kind {
        // PHP has two tokens for `&`; this is what it calls the second one.
        TokenKind::Ampersand => out.extend_from_slice(b"amp"),
        TokenKind::DoubleQuote => out.extend_from_slice(b"double-quote mark"),
        _ => match kind.fixed_text() {
            Some(text) => quote(text.as_bytes(), out),
            None => out.extend_from_slice(kind.description().as_bytes()),
        },
    }
}

fn quote(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
}

fn describe(source: &[u8], token: Token, out: &mut Vec<u8>) {
    match token.kind {
        TokenKind::End => return out.extend_from_slice(b"end of file"),
        TokenKind::DoubleQuote => return out.extend_from_slice(b"double-quote mark"),
        // In `"$a[&]"`: neither of the two ampersands of PHP code.
        TokenKind::BareAmpersand => return out.extend_from_slice(b"invalid token \"&\""),
        TokenKind::BadCharacter => {
            let byte = token.text(source).first().copied().unwrap_or(0);
            return out.extend_from_slice(format!("character 0x{byte:02X}").as_bytes());
        }
        _ => {}
    }
    if let Some(text) = token.kind.fixed_text() {
        out.extend_from_slice(b"token ");
        return quote(text.as_bytes(), out);
    }
    let mut text = token.text(source);
    let description = match (token.kind, text.first()) {
        (TokenKind::ConstantEncapsedString, Some(b'\'')) => "single-quoted string",
        (TokenKind::ConstantEncapsedString, Some(b'"')) => "double-quoted string",
        _ => token.kind.description(),
    };
    out.extend_from_slice(description.as_bytes());
    out.push(b' ');
    // One line of it, without quotes around it.
    text = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    if let [b'\'' | b'"', rest @ ..] = text {
        text = rest;
    }
    if let [rest @ .., b'\'' | b'"'] = text {
        text = rest;
    }
    if text.len() > LONGEST {
        quote(&[&text[..CUT], b"..."].concat(), out);
    } else {
        quote(text, out);
    }
}
