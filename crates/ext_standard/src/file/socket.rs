//! Functions of network streams.

use crate::args::assign;
use crate::streams::http::LastHeaders;
use crate::streams::io::close;
use crate::streams::socket::{self, SocketDevice};
use crate::streams::{self, OpenOptions, Stream};
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpRef, PhpResource, PhpString, Value};
use phalanx_vm::args::OrFalse;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};
use std::net::Shutdown;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &FSOCKOPEN,
    &PFSOCKOPEN,
    &STREAM_SOCKET_CLIENT,
    &STREAM_SOCKET_GET_NAME,
    &STREAM_SOCKET_SHUTDOWN,
    &GET_HEADERS,
    &HTTP_GET_LAST_RESPONSE_HEADERS,
    &HTTP_CLEAR_LAST_RESPONSE_HEADERS,
];

/// Connects to an address, which messages show in another way.
fn open(
    cx: &mut Context,
    address: &[u8],
    shown: &[u8],
    timeout: Option<f64>,
    error_code: Option<&PhpRef>,
    error_message: Option<&PhpRef>,
) -> PhpResult<OrFalse<PhpResource>> {
    let limit = match timeout {
        Some(seconds) => socket::duration(seconds),
        None => socket::default_timeout(cx),
    };
    let opened = match socket::parse_address(address) {
        Ok((host, port)) => socket::connect(cx, &host, port, limit)?,
        Err(failure) => Err(failure),
    };
    let (code, text) = match &opened {
        Ok(_) => (0, ""),
        Err(failure) => (failure.code, failure.text.as_str()),
    };
    if let Some(variable) = error_code {
        assign(cx, variable, Value::int(i64::from(code)))?;
    }
    if let Some(variable) = error_message {
        assign(cx, variable, Value::str(text))?;
    }
    match opened {
        Ok(connection) => {
            let device = SocketDevice::new(connection, socket::default_timeout(cx));
            Ok(OrFalse(Some(device.into_stream(Some(address.to_vec())).into_resource())))
        }
        Err(failure) => {
            let shown = String::from_utf8_lossy(shown);
            cx.doc_warning(format!("Unable to connect to {shown} ({})", failure.text))?;
            Ok(OrFalse(None))
        }
    }
}

/// Host and port as `fsockopen()` puts them together: without a port the host names one.
fn host_and_port(hostname: &PhpString, port: i64) -> Vec<u8> {
    if port > 0 { [hostname.as_bytes(), format!(":{port}").as_bytes()].concat() } else { hostname.to_vec() }
}

/// <https://www.php.net/fsockopen>. A connection of `pfsockopen` lives as long as the request, since the next one may run on
/// another thread.
#[php_fn(
    "fsockopen(string $hostname, int $port = -1, &$error_code = null, &$error_message = null, ?float $timeout = null)",
    alias = "pfsockopen"
)]
fn fsockopen(
    cx: &mut Context,
    hostname: &PhpString,
    port: i64,
    error_code: Option<&PhpRef>,
    error_message: Option<&PhpRef>,
    timeout: Option<f64>,
) -> PhpResult<OrFalse<PhpResource>> {
    let address = host_and_port(hostname, port);
    let shown = [hostname.as_bytes(), format!(":{port}").as_bytes()].concat();
    open(cx, &address, &shown, timeout, error_code, error_message)
}

/// <https://www.php.net/stream_socket_client>
#[php_fn(
    "stream_socket_client(string $address, &$error_code = null, &$error_message = null, ?float $timeout = null, int $flags = STREAM_CLIENT_CONNECT, $context = null)",
    default(flags = 4)
)]
fn stream_socket_client(
    cx: &mut Context,
    address: &PhpString,
    error_code: Option<&PhpRef>,
    error_message: Option<&PhpRef>,
    timeout: Option<f64>,
    flags: i64,
    context: Option<PhpResource>,
) -> PhpResult<OrFalse<PhpResource>> {
    // Connecting has an end before the function has: all kinds of it look alike to the script.
    let _ = flags;
    let opened = open(cx, address, address, timeout, error_code, error_message)?;
    if let Some(stream) = opened.0.as_ref().and_then(|resource| resource.native::<Stream>()) {
        stream.set_context(context.map(Value::resource));
    }
    Ok(opened)
}

/// <https://www.php.net/stream_socket_get_name>
#[php_fn("stream_socket_get_name(resource $socket, bool $remote): string|false")]
fn stream_socket_get_name(
    cx: &mut Context,
    socket: &PhpResource,
    remote: bool,
) -> PhpResult<OrFalse<String>> {
    let stream = streams::of_argument(cx, socket)?;
    Ok(OrFalse(stream.with_device(|device| device.socket_name(remote)).flatten()))
}

/// <https://www.php.net/stream_socket_shutdown>
#[php_fn("stream_socket_shutdown(resource $stream, int $mode): bool")]
fn stream_socket_shutdown(cx: &mut Context, stream: &PhpResource, mode: i64) -> PhpResult<bool> {
    let how = match mode {
        0 => Shutdown::Read,
        1 => Shutdown::Write,
        2 => Shutdown::Both,
        _ => {
            return Err(
                cx.arg_value_error(2, "must be one of STREAM_SHUT_RD, STREAM_SHUT_WR, or STREAM_SHUT_RDWR")
            );
        }
    };
    let stream = streams::of_argument(cx, stream)?;
    Ok(stream.with_device(|device| device.shut_down(how)).unwrap_or(false))
}

/// <https://www.php.net/get_headers>
#[php_fn("get_headers(string $url, bool $associative = false, $context = null): array|false")]
fn get_headers(
    cx: &mut Context,
    url: &PhpString,
    associative: bool,
    context: Option<PhpResource>,
) -> PhpResult<OrFalse<PhpArray>> {
    let options = OpenOptions { context, ..OpenOptions::default() };
    let Some(resource) = streams::open(cx, url, b"r", &options)? else { return Ok(OrFalse(None)) };
    let lines = resource.native::<Stream>().and_then(Stream::wrapper_data);
    close(cx, &resource)?;
    let Some(lines) = lines.as_ref().and_then(|lines| lines.as_array()) else { return Ok(OrFalse(None)) };
    if !associative {
        return Ok(OrFalse(Some(lines.clone())));
    }
    let mut result = PhpArray::new();
    for (_, line) in lines {
        let line = line.deref_clone();
        let Some(bytes) = line.as_bytes() else { continue };
        let Some(colon) = memchr::memchr(b':', bytes) else {
            result.extend([line]);
            continue;
        };
        let name = PhpString::from_bytes(&bytes[..colon]);
        let value = Value::str(bytes[colon + 1..].trim_ascii_start());
        let place = result.get_or_insert(phalanx_value::Key::Str(&name));
        if place.is_null() || place.is_undef() {
            *place = value;
        } else {
            // A header that comes again makes a list of its values.
            if !place.is_array() {
                let first = place.deref_clone();
                *place = Value::array(PhpArray::from_list([first]));
            }
            place.make_array().extend([value]);
        }
    }
    Ok(OrFalse(Some(result)))
}

/// <https://www.php.net/http_get_last_response_headers>
#[php_fn("http_get_last_response_headers(): ?array")]
fn http_get_last_response_headers(cx: &mut Context) -> Option<PhpArray> {
    cx.state::<LastHeaders>().0.clone()
}

/// <https://www.php.net/http_clear_last_response_headers>
#[php_fn("http_clear_last_response_headers(): void")]
fn http_clear_last_response_headers(cx: &mut Context) {
    cx.state::<LastHeaders>().0 = None;
}
