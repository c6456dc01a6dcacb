//! Taking connections and reading requests from them.

use std::io::{self, Read};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::Duration;

use phalanx_host::net::{Connection, Listener};

use super::message::{Message, Progress, Reader};
use super::{Job, log};

/// How long a client may be silent before it has sent its request, and how long it may refuse to take the answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Connections that are read at once; more wait in the system.
const MAX_READERS: usize = 256;

/// Stack of a thread that reads a request: it calls nothing deep.
const READER_STACK: usize = 128 * 1024;

/// Takes connections on a thread of its own.
pub fn start(listener: Listener, sender: SyncSender<Job>) -> io::Result<()> {
    let readers = Arc::new(AtomicUsize::new(0));
    let accept = move || {
        loop {
            let (connection, peer) = match listener.accept() {
                Ok(accepted) => accepted,
                Err(_) => {
                    // The client is gone again, or there are no descriptors left, which passes.
                    thread::sleep(Duration::from_millis(10));
                    continue;
                }
            };
            log(&format!("{peer} Accepted"));
            while readers.load(Ordering::Acquire) >= MAX_READERS {
                thread::sleep(Duration::from_millis(10));
            }
            readers.fetch_add(1, Ordering::AcqRel);
            let (sender, count) = (sender.clone(), readers.clone());
            let read = move || {
                read(connection, peer, &sender);
                count.fetch_sub(1, Ordering::AcqRel);
            };
            if thread::Builder::new().stack_size(READER_STACK).spawn(read).is_err() {
                readers.fetch_sub(1, Ordering::AcqRel);
                log(&format!("{peer} Closing"));
            }
        }
    };
    thread::Builder::new().stack_size(READER_STACK).spawn(accept).map(drop)
}

/// Reads one request and hands it on; one that is none ends its connection.
fn read(mut connection: Connection, peer: SocketAddr, sender: &SyncSender<Job>) {
    let problem = match receive(&mut connection) {
        Ok(message) => {
            // Nobody takes it when the process ends.
            drop(sender.send(Job { connection, peer, message }));
            return;
        }
        Err(problem) => problem,
    };
    if let Some(problem) = problem {
        log(&format!("{peer} {problem}"));
    }
    connection.close_gently();
    log(&format!("{peer} Closing"));
}

fn receive(connection: &mut Connection) -> Result<Message, Option<&'static str>> {
    if connection.set_read_timeout(Some(PATIENCE)).is_err()
        || connection.set_write_timeout(Some(PATIENCE)).is_err()
    {
        return Err(None);
    }
    let mut reader = Reader::default();
    let mut buffer = [0; 16 * 1024];
    loop {
        let count = match connection.read(&mut buffer) {
            Ok(0) if reader.is_empty() => {
                return Err(Some(
                    "Closed without sending a request; it was probably just an unused speculative preconnection",
                ));
            }
            Ok(0) => return Err(Some("Invalid request (Unexpected EOF)")),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Err(None),
        };
        match reader.add(&buffer[..count]) {
            Progress::More => {}
            Progress::Malformed => return Err(Some("Invalid request (Malformed HTTP request)")),
            Progress::Done(message) => return Ok(*message),
        }
    }
}
