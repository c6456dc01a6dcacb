//! TCP connections as streams, and the addresses that scripts write for them.

use super::device::Device;
use super::io::{Description, Stream};
use phalanx_host::net::{Connection, resolve};
use phalanx_vm::{Context, PhpResult};
use std::io::{self, Read, Write};
use std::time::Duration;

/// A connection.
pub struct SocketDevice {
    connection: Connection,
    blocking: bool,
    /// The last read has waited as long as it may.
    timed_out: bool,
}

impl SocketDevice {
    /// Of a connection whose reads wait as long as `timeout` says.
    pub fn new(connection: Connection, timeout: Option<Duration>) -> SocketDevice {
        let mut device = SocketDevice { connection, blocking: true, timed_out: false };
        device.set_timeout(timeout);
        device
    }

    /// It as a stream.
    pub fn into_stream(self, uri: Option<Vec<u8>>) -> Stream {
        let description = Description {
            wrapper: "",
            kind: "tcp_socket",
            mode: "r+".to_owned(),
            uri,
            greedy: false,
            dir: false,
        };
        Stream::new(Box::new(self), description)
    }
}

impl Device for SocketDevice {
    fn read(&mut self, cx: &mut Context, buffer: &mut Vec<u8>, max: usize) -> PhpResult<io::Result<usize>> {
        cx.before_wait();
        let start = buffer.len();
        buffer.resize(start + max, 0);
        let result = loop {
            match self.connection.read(&mut buffer[start..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        buffer.truncate(start + *result.as_ref().unwrap_or(&0));
        let waited = result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        // A read that does not wait says nothing about one that did.
        if self.blocking {
            self.timed_out = waited;
        }
        Ok(result)
    }

    fn write(&mut self, _: &mut Context, bytes: &[u8]) -> PhpResult<io::Result<usize>> {
        Ok(self.connection.write(bytes))
    }

    fn set_blocking(&mut self, blocking: bool) -> bool {
        let done = self.connection.set_blocking(blocking).is_ok();
        if done {
            self.blocking = blocking;
        }
        done
    }

    fn set_timeout(&mut self, timeout: Option<Duration>) -> bool {
        self.connection.set_read_timeout(timeout).is_ok()
    }

    fn timed_out(&self) -> bool {
        self.timed_out
    }

    fn is_alive(&self) -> bool {
        self.connection.is_alive(self.blocking)
    }

    fn socket_name(&self, remote: bool) -> Option<String> {
        let name = if remote { self.connection.peer() } else { self.connection.local() };
        name.ok().map(|name| name.to_string())
    }

    fn shut_down(&mut self, how: std::net::Shutdown) -> bool {
        self.connection.shut_down(how).is_ok()
    }
}

/// Why there is no connection.
pub struct Failure {
    /// The system's number; 0 if it was not the system that refused.
    pub code: i32,
    /// In PHP's words.
    pub text: String,
    /// The name of the host is unknown, which is a warning of its own.
    pub is_unknown: bool,
}

impl Failure {
    fn of(text: String) -> Failure {
        Failure { code: 0, text, is_unknown: false }
    }
}

/// Splits `tcp://host:port` into host and port.
pub fn parse_address(address: &[u8]) -> Result<(String, u16), Failure> {
    let rest = match memchr::memmem::find(address, b"://") {
        Some(at) => {
            let transport = &address[..at];
            if !transport.eq_ignore_ascii_case(b"tcp") {
                let name = String::from_utf8_lossy(transport);
                return Err(Failure::of(format!(
                    "Unable to find the socket transport \"{name}\" - did you forget to enable it when you configured PHP?"
                )));
            }
            &address[at + 3..]
        }
        None => address,
    };
    let unparsed = || Failure::of(format!("Failed to parse address \"{}\"", String::from_utf8_lossy(rest)));
    if rest.first() == Some(&b'[') {
        let unparsed =
            || Failure::of(format!("Failed to parse IPv6 address \"{}\"", String::from_utf8_lossy(rest)));
        let end = memchr::memchr(b']', rest).ok_or_else(unparsed)?;
        let port = rest[end + 1..].strip_prefix(b":").ok_or_else(unparsed)?;
        return Ok((String::from_utf8_lossy(&rest[..=end]).into_owned(), port_number(port)));
    }
    let colon = memchr::memchr(b':', rest).ok_or_else(unparsed)?;
    Ok((String::from_utf8_lossy(&rest[..colon]).into_owned(), port_number(&rest[colon + 1..])))
}

/// The number that the text begins with, as C's `atoi` reads it, in the width of a port.
fn port_number(text: &[u8]) -> u16 {
    phalanx_value::convert::numeric::to_int(text) as u16
}

/// Connects; `timeout` is for each address that the name has. A name that has none is warned of.
pub fn connect(
    cx: &mut Context,
    host: &str,
    port: u16,
    timeout: Option<Duration>,
) -> PhpResult<Result<Connection, Failure>> {
    let connected = try_connect(host, port, timeout);
    if let Err(failure) = &connected
        && failure.is_unknown
    {
        cx.doc_warning(&failure.text)?;
    }
    Ok(connected)
}

fn try_connect(host: &str, port: u16, timeout: Option<Duration>) -> Result<Connection, Failure> {
    let addresses = resolve(host, port).map_err(|reason| Failure {
        code: 0,
        text: format!("php_network_getaddresses: getaddrinfo for {host} failed: {reason}"),
        is_unknown: true,
    })?;
    Connection::open(&addresses, timeout).map_err(|error| match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
            Failure { code: 110, text: "Connection timed out".to_owned(), is_unknown: false }
        }
        _ => Failure {
            code: error.raw_os_error().unwrap_or(0),
            text: phalanx_host::error_text(&error),
            is_unknown: false,
        },
    })
}

/// A time-out in seconds as PHP takes it: a negative one waits forever.
pub fn duration(seconds: f64) -> Option<Duration> {
    (seconds >= 0.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// How long reads of a new socket wait: `default_socket_timeout`.
pub fn default_timeout(cx: &Context) -> Option<Duration> {
    duration(cx.ini.get_int("default_socket_timeout").unwrap_or(60) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, wanted: &str) {
        let found = match parse_address(address.as_bytes()) {
            Ok((host, port)) => format!("{host} {port}"),
            Err(failure) => failure.text,
        };
        assert_eq!(found, wanted, "{address}");
    }

    #[test]
    fn addresses() {
        check("tcp://localhost:80", "localhost 80");
        check("127.0.0.1:8080", "127.0.0.1 8080");
        check("TCP://[::1]:81", "[::1] 81");
        check("tcp://127.0.0.1:1:-1", "127.0.0.1 1");
        check("127.0.0.1", "Failed to parse address \"127.0.0.1\"");
        check("tcp://[::1]", "Failed to parse IPv6 address \"[::1]\"");
        check(
            "foo://x:1",
            "Unable to find the socket transport \"foo\" - did you forget to enable it when you configured PHP?",
        );
    }
}
