//! HTML: entities and tags.

use super::html::{self, Charset, Doctype, entities};
use super::strip_tags as tags;
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpString, Value, View};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &HTMLSPECIALCHARS,
    &HTMLSPECIALCHARS_DECODE,
    &HTML_ENTITY_DECODE,
    &HTMLENTITIES,
    &GET_HTML_TRANSLATION_TABLE,
    &STRIP_TAGS,
];

/// `ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML401`.
const FLAGS: i64 = 11;

/// The character set a call asks for, or the default one.
fn charset(cx: &mut Context, name: Option<&PhpString>) -> PhpResult<Charset> {
    let name = match name {
        Some(name) if !name.is_empty() => name.clone(),
        _ => PhpString::from_bytes(cx.ini.get_str("default_charset")),
    };
    match Charset::from_name(&name) {
        Some(charset) => Ok(charset),
        None => {
            let shown = name.to_str_lossy();
            cx.doc_notice(format!("Charset \"{shown}\" is not supported, assuming UTF-8"))?;
            Ok(Charset::Utf8)
        }
    }
}

/// <https://www.php.net/htmlspecialchars>
#[php_fn(
    "htmlspecialchars(string $string, int $flags = ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML401, ?string $encoding = null, bool $double_encode = true): string",
    default(flags = FLAGS)
)]
fn htmlspecialchars(
    cx: &mut Context,
    string: &PhpString,
    flags: i64,
    encoding: Option<&PhpString>,
    double_encode: bool,
) -> PhpResult<PhpString> {
    let charset = charset(cx, encoding)?;
    // Plain ASCII without special characters is what most strings are.
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'');
    if string.iter().all(plain) {
        return Ok(string.clone());
    }
    Ok(html::encode(string, flags, false, charset, double_encode).into())
}

/// <https://www.php.net/htmlentities>
#[php_fn(
    "htmlentities(string $string, int $flags = ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML401, ?string $encoding = null, bool $double_encode = true): string",
    default(flags = FLAGS)
)]
fn htmlentities(
    cx: &mut Context,
    string: &PhpString,
    flags: i64,
    encoding: Option<&PhpString>,
    double_encode: bool,
) -> PhpResult<PhpString> {
    let charset = charset(cx, encoding)?;
    if charset == Charset::SingleByte {
        cx.doc_notice("Only basic entities substitution is supported for multi-byte encodings other than UTF-8; functionality is equivalent to htmlspecialchars")?;
    }
    Ok(html::encode(string, flags, charset != Charset::SingleByte, charset, double_encode).into())
}

/// <https://www.php.net/htmlspecialchars_decode>
#[php_fn(
    "htmlspecialchars_decode(string $string, int $flags = ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML401): string",
    default(flags = FLAGS)
)]
fn htmlspecialchars_decode(string: &PhpString, flags: i64) -> PhpString {
    if memchr::memchr(b'&', string).is_none() {
        return string.clone();
    }
    html::decode(string, flags, false, Charset::Utf8).into()
}

/// <https://www.php.net/html_entity_decode>
#[php_fn(
    "html_entity_decode(string $string, int $flags = ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML401, ?string $encoding = null): string",
    default(flags = FLAGS)
)]
fn html_entity_decode(
    cx: &mut Context,
    string: &PhpString,
    flags: i64,
    encoding: Option<&PhpString>,
) -> PhpResult<PhpString> {
    let charset = charset(cx, encoding)?;
    if memchr::memchr(b'&', string).is_none() {
        return Ok(string.clone());
    }
    Ok(html::decode(string, flags, true, charset).into())
}

/// <https://www.php.net/get_html_translation_table>
#[php_fn(
    "get_html_translation_table(int $table = HTML_SPECIALCHARS, int $flags = ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML401, string $encoding = \"UTF-8\"): array",
    default(table = 0, flags = FLAGS)
)]
fn get_html_translation_table(
    cx: &mut Context,
    table: i64,
    flags: i64,
    encoding: &PhpString,
) -> PhpResult<PhpArray> {
    let charset = charset(cx, Some(encoding))?;
    let doctype = Doctype::from_flags(flags);
    let mut array = PhpArray::new();
    let mut add = |chars: &[u8], name: &[u8]| {
        array.insert_bytes(chars, Value::str(name));
    };
    if table != 0 && doctype != Doctype::Xml1 {
        for (chars, name) in entities().all(doctype) {
            let quote = chars == "\"" && flags & html::quote::DOUBLE == 0
                || chars == "'" && flags & html::quote::SINGLE == 0;
            let Some(bytes) = charset.encode(chars) else { continue };
            if !quote {
                add(&bytes, format!("&{name};").as_bytes());
            }
            if chars == "&" && doctype != Doctype::Html5 && flags & html::quote::SINGLE != 0 {
                add(b"'", doctype.apostrophe());
            }
        }
        return Ok(array);
    }
    if flags & html::quote::DOUBLE != 0 {
        add(b"\"", b"&quot;");
    }
    add(b"&", b"&amp;");
    if flags & html::quote::SINGLE != 0 {
        add(b"'", doctype.apostrophe());
    }
    add(b"<", b"&lt;");
    add(b">", b"&gt;");
    Ok(array)
}

/// <https://www.php.net/strip_tags>
#[php_fn("strip_tags(string $string, array|string|null $allowed_tags = null): string")]
fn strip_tags(cx: &mut Context, string: &PhpString, allowed_tags: &Value) -> PhpResult<PhpString> {
    let allowed = match allowed_tags.view() {
        View::Array(names) if !names.is_empty() => {
            let mut list = Vec::new();
            for name in names.values() {
                let name = cx.to_string(&name.deref_clone())?;
                if !name.is_empty() {
                    list.push(b'<');
                    list.extend_from_slice(&name.to_ascii_lowercase());
                    list.push(b'>');
                }
            }
            Some(list)
        }
        View::Str(list) if !list.is_empty() => Some(list.to_ascii_lowercase()),
        _ => None,
    };
    Ok(tags::strip_tags(string, allowed.as_deref()).into())
}
