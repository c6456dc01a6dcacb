//! Headers of the response, and cookies.

use crate::args::assign;
use crate::url::coding;
use phalanx_macros::php_fn;
use phalanx_value::{Key, PhpArray, PhpRef, PhpString, Value, View};
use phalanx_vm::native::NativeFn;
use phalanx_vm::output::with_charset;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] =
    &[&HEADER, &HEADER_REMOVE, &HEADERS_LIST, &HEADERS_SENT, &HTTP_RESPONSE_CODE, &SETCOOKIE, &SETRAWCOOKIE];

/// False, after a warning, if the headers are gone already.
fn may_send(cx: &mut Context) -> PhpResult<bool> {
    if !cx.output.headers.sent {
        return Ok(true);
    }
    let text = match cx.output.started() {
        Some((file, line)) if *line > 0 => {
            format!(
                "Cannot modify header information - headers already sent by (output started at {file}:{line})"
            )
        }
        _ => "Cannot modify header information - headers already sent".to_owned(),
    };
    cx.warning(text)?;
    Ok(false)
}

/// <https://www.php.net/header>
#[php_fn("header(string $header, bool $replace = true, int $response_code = 0): void")]
fn header(cx: &mut Context, header: &PhpString, replace: bool, response_code: i64) -> PhpResult<()> {
    if !may_send(cx)? || header.is_empty() {
        return Ok(());
    }
    let line = with_default_charset(cx, header);
    if let Err(error) = cx.output.headers.add(&line, replace, u16::try_from(response_code).ok()) {
        cx.doc_warning(error.text())?;
    }
    Ok(())
}

/// `Content-Type` of a text says its character set, and gets PHP's way to write the name of the header when it has not.
fn with_default_charset(cx: &Context, line: &[u8]) -> Vec<u8> {
    let (name, value) = match memchr::memchr(b':', line) {
        Some(at) => (&line[..at], line[at + 1..].trim_ascii()),
        None => return line.to_vec(),
    };
    let charset = cx.ini.get_str("default_charset");
    let full = with_charset(value, charset, ";charset=");
    if !name.trim_ascii_end().eq_ignore_ascii_case(b"content-type") || full == value {
        return line.to_vec();
    }
    [b"Content-type: ", &full[..]].concat()
}

/// <https://www.php.net/header_remove>
#[php_fn("header_remove(?string $name = null): void")]
fn header_remove(cx: &mut Context, name: Option<&PhpString>) -> PhpResult<()> {
    if may_send(cx)? {
        match name {
            Some(name) => cx.output.headers.remove(name),
            None => cx.output.headers.clear(),
        }
    }
    Ok(())
}

/// <https://www.php.net/headers_list>
#[php_fn("headers_list(): array")]
fn headers_list(cx: &mut Context) -> PhpArray {
    cx.output.headers.lines.iter().map(Value::from).collect()
}

/// <https://www.php.net/headers_sent>
#[php_fn("headers_sent(&$filename = null, &$line = null): bool")]
fn headers_sent(cx: &mut Context, filename: Option<&PhpRef>, line: Option<&PhpRef>) -> PhpResult<bool> {
    let (file, number) = cx.output.started().cloned().unwrap_or_default();
    if let Some(variable) = filename {
        assign(cx, variable, Value::string(file))?;
    }
    if let Some(variable) = line {
        assign(cx, variable, Value::int(i64::from(number)))?;
    }
    Ok(cx.output.headers.sent)
}

/// <https://www.php.net/http_response_code>
#[php_fn("http_response_code(int $response_code = 0): int|bool")]
fn http_response_code(cx: &mut Context, response_code: i64) -> PhpResult<Value> {
    let before = cx.output.headers.status;
    let shown = |status: u16, none: Value| if status == 0 { none } else { Value::int(i64::from(status)) };
    if response_code == 0 {
        return Ok(shown(before, Value::FALSE));
    }
    if cx.output.headers.sent {
        let text = match cx.output.started() {
            Some((file, line)) if *line > 0 => {
                format!("Cannot set response code - headers already sent (output started at {file}:{line})")
            }
            _ => "Cannot set response code - headers already sent".to_owned(),
        };
        cx.doc_warning(text)?;
        return Ok(Value::FALSE);
    }
    cx.output.headers.status = response_code as u16;
    cx.output.headers.status_line = None;
    Ok(shown(before, Value::TRUE))
}

/// What a cookie says besides its name and value.
#[derive(Default)]
struct Cookie {
    expires: i64,
    path: PhpString,
    domain: PhpString,
    secure: bool,
    http_only: bool,
    same_site: PhpString,
}

/// <https://www.php.net/setcookie>
#[php_fn(
    "setcookie(string $name, string $value = \"\", array|int $expires_or_options = 0, string $path = \"\", string $domain = \"\", bool $secure = false, bool $httponly = false): bool"
)]
#[expect(clippy::too_many_arguments, reason = "the parameters of the PHP function")]
fn setcookie(
    cx: &mut Context,
    name: &PhpString,
    value: &PhpString,
    expires_or_options: Value,
    path: &PhpString,
    domain: &PhpString,
    secure: bool,
    httponly: bool,
) -> PhpResult<bool> {
    let cookie = Cookie {
        path: path.clone(),
        domain: domain.clone(),
        secure,
        http_only: httponly,
        ..Cookie::default()
    };
    let coded = coding::raw_url_encode(value);
    send_cookie(cx, name, &coded, &expires_or_options, cookie, true)
}

/// <https://www.php.net/setrawcookie>
#[php_fn(
    "setrawcookie(string $name, string $value = \"\", array|int $expires_or_options = 0, string $path = \"\", string $domain = \"\", bool $secure = false, bool $httponly = false): bool"
)]
#[expect(clippy::too_many_arguments, reason = "the parameters of the PHP function")]
fn setrawcookie(
    cx: &mut Context,
    name: &PhpString,
    value: &PhpString,
    expires_or_options: Value,
    path: &PhpString,
    domain: &PhpString,
    secure: bool,
    httponly: bool,
) -> PhpResult<bool> {
    let cookie = Cookie {
        path: path.clone(),
        domain: domain.clone(),
        secure,
        http_only: httponly,
        ..Cookie::default()
    };
    send_cookie(cx, name, value, &expires_or_options, cookie, false)
}

/// Characters that end a part of a cookie.
const ENDS: &[u8] = b",; \t\r\n\x0b\x0c";
const ENDS_TEXT: &str =
    "cannot contain \",\", \";\", \" \", \"\\t\", \"\\r\", \"\\n\", \"\\013\", or \"\\014\"";

fn send_cookie(
    cx: &mut Context,
    name: &PhpString,
    value: &[u8],
    options: &Value,
    mut cookie: Cookie,
    coded: bool,
) -> PhpResult<bool> {
    match options.view() {
        View::Array(options) => read_options(cx, options, &mut cookie)?,
        _ => cookie.expires = cx.to_int(options)?,
    }
    if name.is_empty() {
        return Err(cx.arg_value_error(1, "must not be empty"));
    }
    if name.iter().any(|byte| *byte == b'=' || ENDS.contains(byte)) {
        let text = ENDS_TEXT.replacen("cannot contain ", "cannot contain \"=\", ", 1);
        return Err(cx.arg_value_error(1, text));
    }
    if !coded && value.iter().any(|byte| ENDS.contains(byte)) {
        return Err(cx.arg_value_error(2, ENDS_TEXT));
    }
    let from_array = options.is_array();
    for (part, argument, option) in [(&cookie.path, 4, "path"), (&cookie.domain, 5, "domain")] {
        if part.iter().any(|byte| ENDS.contains(byte)) {
            if from_array {
                let function = String::from_utf8_lossy(&cx.active_function_name()).into_owned();
                return Err(cx.throw_value_error(format!("{function}(): \"{option}\" option {ENDS_TEXT}")));
            }
            return Err(cx.arg_value_error(argument, ENDS_TEXT));
        }
    }
    let mut line = b"Set-Cookie: ".to_vec();
    line.extend_from_slice(name);
    if value.is_empty() {
        line.extend_from_slice(b"=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0");
    } else {
        line.push(b'=');
        line.extend_from_slice(value);
        if cookie.expires > 0 {
            let left = (cookie.expires - phalanx_host::clock::now().seconds).max(0);
            let date = super::http_date(cookie.expires);
            line.extend_from_slice(format!("; expires={date}; Max-Age={left}").as_bytes());
        }
    }
    for (label, part) in [("path", &cookie.path), ("domain", &cookie.domain)] {
        if !part.is_empty() {
            line.extend_from_slice(format!("; {label}=").as_bytes());
            line.extend_from_slice(part);
        }
    }
    if cookie.secure {
        line.extend_from_slice(b"; secure");
    }
    if cookie.http_only {
        line.extend_from_slice(b"; HttpOnly");
    }
    if !cookie.same_site.is_empty() {
        line.extend_from_slice(b"; SameSite=");
        line.extend_from_slice(&cookie.same_site);
    }
    if !may_send(cx)? {
        return Ok(false);
    }
    Ok(cx.output.headers.add(&line, false, None).is_ok())
}

fn read_options(cx: &mut Context, options: &PhpArray, cookie: &mut Cookie) -> PhpResult {
    for (key, value) in options {
        let value = value.deref_clone();
        let Key::Str(name) = key else {
            cx.doc_warning("option \"0\" is invalid")?;
            continue;
        };
        match name.to_ascii_lowercase().as_slice() {
            b"expires" => cookie.expires = cx.to_int(&value)?,
            b"path" => cookie.path = cx.to_string(&value)?,
            b"domain" => cookie.domain = cx.to_string(&value)?,
            b"secure" => cookie.secure = cx.to_bool(&value)?,
            b"httponly" => cookie.http_only = cx.to_bool(&value)?,
            b"samesite" => cookie.same_site = cx.to_string(&value)?,
            _ => {
                let function = String::from_utf8_lossy(&cx.active_function_name()).into_owned();
                let text = format!("{function}(): option \"{name}\" is invalid");
                return Err(cx.throw_value_error(text));
            }
        }
    }
    Ok(())
}
