//! URL functions.

use super::coding;
use super::parse::{self, Url};
use crate::args::assign;
use phalanx_macros::php_fn;
use phalanx_value::{Key, PhpArray, PhpRef, PhpString, Value, View};
use phalanx_vm::class::ClassRef;
use phalanx_vm::flags::class as class_flag;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] =
    &[&URLENCODE, &URLDECODE, &RAWURLENCODE, &RAWURLDECODE, &PARSE_URL, &HTTP_BUILD_QUERY, &PARSE_STR];

/// <https://www.php.net/urlencode>
#[php_fn("urlencode(string $string): string", pure, leaf, nothrow)]
fn urlencode(string: &PhpString) -> Vec<u8> {
    coding::url_encode(string)
}

/// <https://www.php.net/urldecode>
#[php_fn("urldecode(string $string): string", pure, leaf, nothrow)]
fn urldecode(string: &PhpString) -> Vec<u8> {
    coding::url_decode(string)
}

/// <https://www.php.net/rawurlencode>
#[php_fn("rawurlencode(string $string): string", pure, leaf, nothrow)]
fn rawurlencode(string: &PhpString) -> Vec<u8> {
    coding::raw_url_encode(string)
}

/// <https://www.php.net/rawurldecode>
#[php_fn("rawurldecode(string $string): string", pure, leaf, nothrow)]
fn rawurldecode(string: &PhpString) -> Vec<u8> {
    coding::raw_url_decode(string)
}

/// <https://www.php.net/parse_url>
#[php_fn("parse_url(string $url, int $component = -1): array|string|int|false|null")]
fn parse_url(cx: &mut Context, url: &PhpString, component: i64) -> PhpResult<Value> {
    let Some(Url { scheme, host, port, user, pass, path, query, fragment }) = parse::parse(url) else {
        return Ok(Value::FALSE);
    };
    let text = |part: Option<Vec<u8>>| part.map(Value::str);
    let parts = [
        ("scheme", text(scheme)),
        ("host", text(host)),
        ("port", port.map(|port| Value::int(i64::from(port)))),
        ("user", text(user)),
        ("pass", text(pass)),
        ("path", text(path)),
        ("query", text(query)),
        ("fragment", text(fragment)),
    ];
    if component == -1 {
        let mut array = PhpArray::new();
        for (name, value) in parts {
            if let Some(value) = value {
                array.insert_bytes(name, value);
            }
        }
        return Ok(Value::array(array));
    }
    match usize::try_from(component).ok().and_then(|index| parts.into_iter().nth(index)) {
        Some((_, value)) => Ok(value.unwrap_or(Value::NULL)),
        None => {
            let text = format!("must be a valid URL component identifier, {component} given");
            Err(cx.arg_value_error(2, text))
        }
    }
}

/// What `http_build_query()` puts together.
struct Query<'a> {
    out: Vec<u8>,
    numeric_prefix: &'a [u8],
    separator: &'a [u8],
    encode: fn(&[u8]) -> Vec<u8>,
}

/// <https://www.php.net/http_build_query>
#[php_fn(
    "http_build_query(array|object $data, string $numeric_prefix = \"\", ?string $arg_separator = null, int $encoding_type = PHP_QUERY_RFC1738): string",
    default(encoding_type = 1)
)]
fn http_build_query(
    cx: &mut Context,
    data: &Value,
    numeric_prefix: &PhpString,
    arg_separator: Option<&PhpString>,
    encoding_type: i64,
) -> PhpResult<Vec<u8>> {
    let separator = match arg_separator {
        Some(separator) => separator.to_vec(),
        None => match cx.ini.get_str("arg_separator.output") {
            [] => b"&".to_vec(),
            separator => separator.to_vec(),
        },
    };
    let encode = if encoding_type == 2 { coding::raw_url_encode } else { coding::url_encode };
    let mut query = Query { out: Vec::new(), numeric_prefix, separator: &separator, encode };
    query.walk(cx, data, None)?;
    Ok(query.out)
}

impl Query<'_> {
    /// Adds the elements of an array or the visible properties of an object, under the name `prefix`.
    fn walk(&mut self, cx: &mut Context, data: &Value, prefix: Option<&[u8]>) -> PhpResult {
        match data.view() {
            View::Array(array) => {
                if !array.enter() {
                    return Ok(());
                }
                let result = self.elements(cx, array, prefix);
                array.leave();
                result
            }
            View::Object(object) => {
                if !object.enter() {
                    return Ok(());
                }
                // Only what everybody may see.
                let result = match cx.object_vars(object, None) {
                    Ok(table) => self.elements(cx, &table, prefix),
                    Err(thrown) => Err(thrown),
                };
                object.leave();
                result
            }
            _ => Ok(()),
        }
    }

    fn elements(&mut self, cx: &mut Context, table: &PhpArray, prefix: Option<&[u8]>) -> PhpResult {
        for (key, value) in table {
            let mut name = Vec::new();
            let part = match key {
                Key::Int(int) if prefix.is_none() => {
                    [self.numeric_prefix, int.to_string().as_bytes()].concat()
                }
                Key::Int(int) => int.to_string().into_bytes(),
                Key::Str(text) => (self.encode)(text),
            };
            match prefix {
                None => name = part,
                Some(prefix) => {
                    name.extend_from_slice(prefix);
                    name.extend_from_slice(b"%5B");
                    name.extend_from_slice(&part);
                    name.extend_from_slice(b"%5D");
                }
            }
            self.pair(cx, &name, &value.deref_clone())?;
        }
        Ok(())
    }

    fn pair(&mut self, cx: &mut Context, name: &[u8], value: &Value) -> PhpResult {
        let text = match value.view() {
            View::Null | View::Undef | View::Resource(_) => return Ok(()),
            View::Object(object) if ClassRef::of(object).has(class_flag::ENUM) => {
                let class = ClassRef::of(object);
                if class.enum_type == 0 {
                    return Err(cx.throw_value_error(format!(
                        "Unbacked enum {} cannot be converted to a string",
                        class.name
                    )));
                }
                let backing = object.get_slot(1);
                return self.pair(cx, name, &backing);
            }
            View::Array(_) | View::Object(_) => return self.walk(cx, value, Some(name)),
            View::Bool(on) => vec![if on { b'1' } else { b'0' }],
            View::Str(text) => (self.encode)(text),
            View::Float(float) => (self.encode)(&crate::var::float_text(float, cx.ini.serialize_precision)),
            _ => (self.encode)(&cx.to_string(value)?),
        };
        if !self.out.is_empty() {
            self.out.extend_from_slice(self.separator);
        }
        self.out.extend_from_slice(name);
        self.out.push(b'=');
        self.out.extend_from_slice(&text);
        Ok(())
    }
}

/// <https://www.php.net/parse_str>
#[php_fn("parse_str(string $string, &$result): void")]
fn parse_str(cx: &mut Context, string: &PhpString, result: &PhpRef) -> PhpResult<()> {
    let separators = cx.ini.get_str("arg_separator.input").to_vec();
    let array = input_variables(cx, string, &separators)?;
    assign(cx, result, Value::array(array))
}

/// The variables in a query, or in the body of a form.
pub fn input_variables(cx: &mut Context, text: &[u8], separators: &[u8]) -> PhpResult<PhpArray> {
    let mut array = PhpArray::new();
    let max = cx.ini.get_int("max_input_vars").unwrap_or(1000);
    let mut count = 0;
    for part in text.split(|byte| separators.contains(byte)).filter(|part| !part.is_empty()) {
        count += 1;
        if count > max {
            cx.doc_warning(format!(
                "Input variables exceeded {max}. To increase the limit change max_input_vars in php.ini."
            ))?;
            break;
        }
        let (name, value) = match memchr::memchr(b'=', part) {
            Some(at) => (&part[..at], &part[at + 1..]),
            None => (part, &b""[..]),
        };
        let depth = cx.ini.get_int("max_input_nesting_level").unwrap_or(64);
        register_variable(
            &mut array,
            &coding::url_decode(name),
            Value::str(coding::url_decode(value)),
            depth,
        );
    }
    Ok(array)
}

/// Adds an input variable: `a[b][]=1` becomes an element of an element. Names that no variable can have are changed.
pub fn register_variable(array: &mut PhpArray, name: &[u8], value: Value, max_depth: i64) {
    let name = match memchr::memchr(0, name) {
        Some(end) => &name[..end],
        None => name,
    };
    let name = &name[name.iter().take_while(|byte| **byte == b' ').count()..];
    let bracket = memchr::memchr(b'[', name);
    let mut base: Vec<u8> = name[..bracket.unwrap_or(name.len())].to_vec();
    for byte in &mut base {
        if matches!(byte, b' ' | b'.') {
            *byte = b'_';
        }
    }
    let Some(mut at) = bracket.filter(|at| *at > 0) else {
        // A name that begins with a bracket, or has none.
        if let Some(first) = bracket {
            base = name.to_vec();
            base[first] = b'_';
        }
        if !base.is_empty() {
            array.insert(&phalanx_value::ArrayKey::from_bytes(&base), value);
        }
        return;
    };
    // Keys of the dimensions; none appends.
    let mut keys: Vec<Option<Vec<u8>>> = vec![Some(base)];
    while name.get(at) == Some(&b'[') {
        let inner = &name[at + 1..];
        let Some(end) = memchr::memchr(b']', inner) else {
            // A bracket that is never closed is a part of the name.
            if keys.len() == 1
                && let Some(Some(base)) = keys.first_mut()
            {
                base.push(b'_');
                base.extend_from_slice(inner);
            }
            break;
        };
        let blanks = inner[..end].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let key = &inner[..end];
        keys.push(if blanks == end { None } else { Some(key.to_vec()) });
        at += end + 2;
        if keys.len() as i64 > max_depth {
            return;
        }
    }
    store(array, &keys, value);
}

fn store(array: &mut PhpArray, keys: &[Option<Vec<u8>>], value: Value) {
    let Some((key, rest)) = keys.split_first() else { return };
    let place = match key {
        Some(key) => array.get_or_insert(&phalanx_value::ArrayKey::from_bytes(key)),
        None => {
            let Some(next) = array.next_free() else { return };
            array.get_or_insert(next)
        }
    };
    if rest.is_empty() {
        *place = value;
    } else {
        store(place.make_array(), rest, value);
    }
}
