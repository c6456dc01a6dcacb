//! Where output of the command line goes.

use phalanx_host::output::{Stream, write_all};
use phalanx_vm::output::Sink;

/// Standard output and standard error of the process, with a buffer so that many small writes are few system calls.
#[derive(Default)]
pub struct ProcessSink {
    buffer: Vec<u8>,
    closed: bool,
}

/// Bytes after which the buffer is written out.
const BUFFER: usize = 32 * 1024;

impl Sink for ProcessSink {
    fn write(&mut self, bytes: &[u8]) -> bool {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.flush();
        }
        !self.closed
    }

    fn flush(&mut self) {
        if !self.buffer.is_empty() && write_all(Stream::Output, &self.buffer).is_err() {
            self.closed = true;
        }
        self.buffer.clear();
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
            Some(file) => {
                let opened = phalanx_host::fs::open(
                    file,
                    phalanx_host::fs::OpenMode {
                        append: true,
                        create: true,
                        ..phalanx_host::fs::OpenMode::READ
                    },
                );
                if let Ok(mut file) = opened {
                    let _ = std::io::Write::write_all(&mut file, &line);
                }
            }
            None => drop(write_all(Stream::Error, &line)),
        }
    }
}
