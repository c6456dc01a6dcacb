//! TCP connections and listeners.
//!
//! Addresses of names are the system's, in the order in which it gives them; who connects or listens tries one after the
//! other.

use std::io::{self, Read, Write};
use std::net::{Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::time::Duration;

/// What a host name stands for; the error is the resolver's own text.
pub fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Some(bare) = bare {
        return match bare.parse::<Ipv6Addr>() {
            Ok(address) => Ok(vec![SocketAddr::from((address, port))]),
            Err(_) => Err("Name or service not known".to_owned()),
        };
    }
    match (host, port).to_socket_addrs() {
        Ok(found) => Ok(found.collect()),
        Err(error) => {
            // The standard library puts words of its own before the resolver's.
            let text = error.to_string();
            Err(text.rsplit(": ").next().unwrap_or_default().to_owned())
        }
    }
}

/// How long, and how often, [`Connection::close_gently`] reads what nobody wants.
const LINGER: Duration = Duration::from_millis(200);
const LINGER_READS: usize = 256;

/// A connection. It is closed when it is dropped, and no child process inherits it.
#[derive(Debug)]
pub struct Connection(TcpStream);

impl Connection {
    /// Connects to the first address that answers; the error is that of the last one.
    pub fn open(addresses: &[SocketAddr], timeout: Option<Duration>) -> io::Result<Connection> {
        let mut result = Err(io::Error::from(io::ErrorKind::AddrNotAvailable));
        for address in addresses {
            result = match timeout {
                // A time-out of nothing is an error to the standard library.
                Some(limit) => TcpStream::connect_timeout(address, limit.max(Duration::from_micros(1))),
                None => TcpStream::connect(address),
            };
            if result.is_ok() {
                break;
            }
        }
        result.map(Connection)
    }

    /// How long a read may wait; a read that has waited that long fails with `WouldBlock`.
    pub fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.0.set_read_timeout(timeout.map(|limit| limit.max(Duration::from_micros(1))))
    }

    /// The same for a write.
    pub fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.0.set_write_timeout(timeout.map(|limit| limit.max(Duration::from_micros(1))))
    }

    /// Whether reads and writes wait at all.
    pub fn set_blocking(&self, blocking: bool) -> io::Result<()> {
        self.0.set_nonblocking(!blocking)
    }

    /// The address at this end.
    pub fn local(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// The address at the other end.
    pub fn peer(&self) -> io::Result<SocketAddr> {
        self.0.peer_addr()
    }

    /// Ends one or both directions.
    pub fn shut_down(&self, how: Shutdown) -> io::Result<()> {
        self.0.shutdown(how)
    }

    /// Ends the connection so that the other end gets all that was written: closing with unread bytes would reset it, so
    /// they are read for a moment.
    pub fn close_gently(&mut self) {
        if self.shut_down(Shutdown::Write).is_err() || self.set_read_timeout(Some(LINGER)).is_err() {
            return;
        }
        let mut left = [0; 4096];
        for _ in 0..LINGER_READS {
            if !matches!(self.0.read(&mut left), Ok(1..)) {
                break;
            }
        }
    }

    /// Whether the other end may still send: false once its end, or a failure, is all there is to read. `blocking` is how
    /// the connection is set, and how it is left.
    pub fn is_alive(&self, blocking: bool) -> bool {
        if blocking && self.set_blocking(false).is_err() {
            return false;
        }
        let seen = self.0.peek(&mut [0]);
        if blocking && self.set_blocking(true).is_err() {
            return false;
        }
        match seen {
            Ok(count) => count > 0,
            Err(error) => matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted),
        }
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A socket that takes connections.
#[derive(Debug)]
pub struct Listener(TcpListener);

impl Listener {
    /// Listens on the first address that can be had; the error is that of the last one.
    pub fn open(addresses: &[SocketAddr]) -> io::Result<Listener> {
        TcpListener::bind(addresses).map(Listener)
    }

    /// Waits for a connection.
    pub fn accept(&self) -> io::Result<(Connection, SocketAddr)> {
        self.0.accept().map(|(stream, peer)| (Connection(stream), peer))
    }

    /// Where it listens: the port is the real one where the system has chosen it.
    pub fn local(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (Connection, Connection) {
        let listener = Listener::open(&resolve("127.0.0.1", 0).unwrap()).unwrap();
        let client = Connection::open(&[listener.local().unwrap()], Some(Duration::from_secs(5))).unwrap();
        let (server, peer) = listener.accept().unwrap();
        assert_eq!(peer, client.local().unwrap());
        assert_eq!(server.local().unwrap(), client.peer().unwrap());
        (client, server)
    }

    #[test]
    fn bytes_arrive_and_the_end_is_seen() {
        let (mut client, mut server) = pair();
        assert!(client.is_alive(true));
        server.write_all(b"ab").unwrap();
        let mut buffer = [0; 8];
        assert_eq!(client.read(&mut buffer).unwrap(), 2);
        drop(server);
        assert_eq!(client.read(&mut buffer).unwrap(), 0);
        assert!(!client.is_alive(true));
    }

    #[test]
    fn reads_do_not_wait_forever() {
        let (mut client, _server) = pair();
        client.set_read_timeout(Some(Duration::ZERO)).unwrap();
        assert_eq!(client.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        client.set_blocking(false).unwrap();
        assert_eq!(client.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn names_and_their_errors() {
        assert_eq!(resolve("[::1]", 80).unwrap()[0].to_string(), "[::1]:80");
        assert_eq!(resolve("127.0.0.1", 80).unwrap()[0].to_string(), "127.0.0.1:80");
        assert_eq!(resolve("[x]", 80).unwrap_err(), "Name or service not known");
        assert!(Connection::open(&[], None).is_err());
    }
}
