//! Where output of the command line goes.
//!
//! Each request has a buffer of its own until one of them starts a thread; from then on all of them write into one buffer
//! of the process, so that what is printed first comes first.

use phalanx_host::output::{Stream, is_terminal, write_all};
use phalanx_vm::output::Sink;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// Standard output and standard error of the process, with a buffer so that many small writes are few system calls.
#[derive(Default)]
pub struct ProcessSink {
    buffer: Buffer,
}

/// Bytes on their way to standard output.
#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    closed: bool,
}

/// Bytes after which a buffer is written out. Who looks on sees everything at once.
static BUFFER: LazyLock<usize> =
    LazyLock::new(|| if is_terminal(Stream::Output as i32) { 1 } else { 32 * 1024 });

static SHARED: Mutex<Buffer> = Mutex::new(Buffer { bytes: Vec::new(), closed: false });
static IS_SHARED: AtomicBool = AtomicBool::new(false);

fn shared() -> MutexGuard<'static, Buffer> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Buffer {
    fn write(&mut self, bytes: &[u8]) -> bool {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() >= *BUFFER {
            self.flush();
        }
        !self.closed
    }

    fn flush(&mut self) {
        if !self.bytes.is_empty() && write_all(Stream::Output, &self.bytes).is_err() {
            self.closed = true;
        }
        self.bytes.clear();
    }
}

impl Sink for ProcessSink {
    fn write(&mut self, bytes: &[u8]) -> bool {
        if !IS_SHARED.load(Ordering::Acquire) {
            return self.buffer.write(bytes);
        }
        self.buffer.flush();
        shared().write(bytes)
    }

    fn flush(&mut self) {
        self.buffer.flush();
        if IS_SHARED.load(Ordering::Acquire) {
            shared().flush();
        }
    }

    fn before_wait(&mut self) {
        self.flush();
    }

    fn for_thread(&mut self) -> Option<Box<dyn Sink + Send>> {
        self.flush();
        IS_SHARED.store(true, Ordering::Release);
        Some(Box::new(ProcessSink::default()))
    }

    fn error(&mut self, bytes: &[u8]) {
        self.flush();
        // Nobody is left to be told when standard error is closed.
        let _ = write_all(Stream::Error, bytes);
    }

    fn log(&mut self, file: Option<&[u8]>, message: &[u8]) {
        self.flush();
        let line = [message, b"\n"].concat();
        match file {
            Some(file) => drop(phalanx_host::fs::append(file, &line)),
            None => drop(write_all(Stream::Error, &line)),
        }
    }
}
