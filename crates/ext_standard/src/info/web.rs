//! What a request of a client brings: superglobals, the body of a form, its headers.

use crate::string::transfer::base64_decode;
use crate::url::coding::raw_url_decode;
use crate::url::functions::{input_variables, register_variable};
use phalanx_macros::php_fn;
use phalanx_value::{ArrayKey, Key, PhpArray, PhpString, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::process::WebRequest;
use phalanx_vm::request::PHP_VERSION;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&GETALLHEADERS, &APACHE_REQUEST_HEADERS, &APACHE_RESPONSE_HEADERS];

/// Makes the superglobals of a request that a server runs, and the headers that every response has.
pub fn start(cx: &mut Context) {
    let Some(mut web) = cx.process.web.take() else { return };
    cx.output.headers.status = 200;
    if cx.ini.get_bool("expose_php") {
        let line = format!("X-Powered-By: PHP/{PHP_VERSION}");
        // A line that is known to be good.
        let _ = cx.output.headers.add(line.as_bytes(), true, None);
    }
    // No handler of the script is there yet that could throw.
    let _ = superglobals(cx, &mut web);
    cx.process.web = Some(web);
}

fn superglobals(cx: &mut Context, web: &mut WebRequest) -> PhpResult {
    let order = cx.ini.get_str("variables_order").to_ascii_uppercase();
    let separators = cx.ini.get_str("arg_separator.input").to_vec();
    let (mut get, mut cookies) = (PhpArray::new(), PhpArray::new());
    if order.contains(&b'G')
        && let Some(query) = &web.query
    {
        get = input_variables(cx, query, &separators)?;
    }
    let (mut post, files) = form(cx, web)?;
    if !order.contains(&b'P') {
        post = PhpArray::new();
    }
    if order.contains(&b'C')
        && let Some(text) = web.header(b"cookie")
    {
        cookies = cookie_variables(cx, text);
    }
    let mut request = PhpArray::new();
    let request_order = match cx.ini.get_str("request_order") {
        b"" => order.clone(),
        given => given.to_ascii_uppercase(),
    };
    for letter in request_order {
        match letter {
            b'G' => merge(&mut request, &get),
            b'P' => merge(&mut request, &post),
            b'C' => merge(&mut request, &cookies),
            _ => {}
        }
    }
    let server = if order.contains(&b'S') { server_variables(cx, web) } else { PhpArray::new() };
    let mut globals = cx.globals.borrow_mut();
    let all = [
        ("_GET", get),
        ("_POST", post),
        ("_COOKIE", cookies),
        ("_FILES", files),
        ("_SERVER", server),
        ("_ENV", PhpArray::new()),
        ("_REQUEST", request),
    ];
    for (name, array) in all {
        globals.set(&PhpString::from_bytes(name.as_bytes()), Value::array(array));
    }
    Ok(())
}

/// `$_POST` and `$_FILES`: the body of a form, if it is not too long. One with files cannot be read another time.
fn form(cx: &mut Context, web: &mut WebRequest) -> PhpResult<(PhpArray, PhpArray)> {
    let none = || (PhpArray::new(), PhpArray::new());
    let content_type = web.header(b"content-type").unwrap_or_default().to_vec();
    let kind = content_type.split(|byte| matches!(byte, b';' | b',' | b' ')).next().unwrap_or_default();
    let has_files = kind.eq_ignore_ascii_case(b"multipart/form-data");
    let is_form = has_files || kind.eq_ignore_ascii_case(b"application/x-www-form-urlencoded");
    if web.method != b"POST" || !is_form {
        return Ok(none());
    }
    let limit = cx.ini.get_str("post_max_size").to_vec();
    let limit = cx.quantity_setting("post_max_size", &limit);
    if limit > 0 && web.body.len() as i64 > limit {
        let text = format!(
            "PHP Request Startup: POST Content-Length of {} bytes exceeds the limit of {limit} bytes",
            web.body.len()
        );
        cx.warning(text)?;
        return Ok(none());
    }
    if has_files {
        let body = std::mem::take(&mut web.body);
        return super::upload::form(cx, &content_type, &body);
    }
    Ok((input_variables(cx, &web.body, b"&")?, PhpArray::new()))
}

/// `$_COOKIE`. Names are taken as they were sent, so that none can pass for another, and the first of a name counts.
fn cookie_variables(cx: &Context, text: &[u8]) -> PhpArray {
    let depth = cx.ini.get_int("max_input_nesting_level").unwrap_or(64);
    let max = usize::try_from(cx.ini.get_int("max_input_vars").unwrap_or(1000)).unwrap_or(0);
    let mut cookies = PhpArray::new();
    for part in text.split(|byte| *byte == b';').take(max) {
        let part = part.trim_ascii_start();
        let (name, value) = match memchr::memchr(b'=', part) {
            Some(at) => (&part[..at], &part[at + 1..]),
            None => (part, &b""[..]),
        };
        if !name.is_empty() && cookies.get_bytes(name).is_none() {
            register_variable(&mut cookies, name, Value::str(raw_url_decode(value)), depth);
        }
    }
    cookies
}

/// Adds variables; arrays of the same name are put together.
fn merge(into: &mut PhpArray, from: &PhpArray) {
    for (key, value) in from {
        let value = value.deref_clone();
        let place = into.get_or_insert(key);
        match value.as_array() {
            Some(inner) if place.is_array() => merge(place.make_array(), inner),
            _ => *place = value,
        }
    }
}

fn server_variables(cx: &Context, web: &WebRequest) -> PhpArray {
    let mut server = PhpArray::new();
    let mut set = |name: &[u8], value: Value| server.insert(ArrayKey::from_bytes(name).as_key(), value);
    for (name, value) in &web.variables {
        set(name, Value::str(value));
    }
    for (name, value) in login(web.header(b"authorization").unwrap_or_default()) {
        set(name.as_bytes(), Value::str(value));
    }
    let started = cx.process.started.as_f64();
    set(b"REQUEST_TIME_FLOAT", Value::float(started));
    set(b"REQUEST_TIME", Value::int(started as i64));
    if cx.ini.get_bool("register_argc_argv") {
        let query = web.query.as_deref().unwrap_or_default();
        let words = query.split(|byte| *byte == b'+').filter(|_| !query.is_empty());
        let words: PhpArray = words.map(Value::str).collect();
        let count = words.len() as i64;
        set(b"argv", Value::array(words));
        set(b"argc", Value::int(count));
    }
    server
}

/// The variables that a header `Authorization` gives.
fn login(header: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let after = |scheme: &[u8]| {
        let head = header.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then(|| &header[scheme.len()..])
    };
    if let Some(coded) = after(b"basic ")
        && let Some(pair) = base64_decode(coded, false)
        && let Some(colon) = memchr::memchr(b':', &pair)
    {
        return vec![("PHP_AUTH_USER", pair[..colon].to_vec()), ("PHP_AUTH_PW", pair[colon + 1..].to_vec())];
    }
    match after(b"digest ") {
        Some(digest) => vec![("PHP_AUTH_DIGEST", digest.to_vec())],
        None => Vec::new(),
    }
}

/// The headers of the request; those of one name are one.
fn request_headers(cx: &Context) -> PhpArray {
    let mut headers = PhpArray::new();
    if let Some(web) = &cx.process.web {
        for (name, value) in &web.headers {
            headers.insert(Key::Str(&PhpString::from_bytes(name)), Value::str(value));
        }
    }
    headers
}

/// <https://www.php.net/getallheaders>
#[php_fn("getallheaders(): array")]
fn getallheaders(cx: &mut Context) -> PhpArray {
    request_headers(cx)
}

/// <https://www.php.net/apache_request_headers>
#[php_fn("apache_request_headers(): array")]
fn apache_request_headers(cx: &mut Context) -> PhpArray {
    request_headers(cx)
}

/// <https://www.php.net/apache_response_headers>
#[php_fn("apache_response_headers(): array")]
fn apache_response_headers(cx: &mut Context) -> PhpArray {
    let mut headers = PhpArray::new();
    for line in &cx.output.headers.lines {
        if let Some(colon) = memchr::memchr(b':', line) {
            let name = PhpString::from_bytes(&line[..colon]);
            headers.insert(Key::Str(&name), Value::str(line[colon + 1..].trim_ascii_start()));
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::login;

    #[test]
    fn logins() {
        let basic = login(b"Basic Zm9vOmI6cg==");
        assert_eq!(basic, [("PHP_AUTH_USER", b"foo".to_vec()), ("PHP_AUTH_PW", b"b:r".to_vec())]);
        assert_eq!(login(b"digest x=y"), [("PHP_AUTH_DIGEST", b"x=y".to_vec())]);
        assert!(login(b"Bearer x").is_empty());
        assert!(login(b"Basic Zm9v").is_empty());
    }
}
