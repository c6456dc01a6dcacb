//! Output: the stack of buffers, and the sink that bytes end in.
//!
//! What `echo` writes goes to the innermost buffer, or to the [`Sink`] if there is none. A buffer with a callback hands
//! its content to it whenever it is flushed, cleaned or ended, and what the callback returns goes one level out.
//!
//! **Invariant:** while a callback runs its buffer stays on the stack and takes what the callback echoes, which is
//! then dropped; other operations on buffers are a fatal error meanwhile.

mod buffer;
mod headers;
mod stack;
#[cfg(test)]
mod tests;

pub use buffer::{Buffer, Callback, NativeFilter, flag, op};
pub use headers::{HeaderError, Headers};

use crate::Context;
use crate::thrown::PhpResult;
use phalanx_value::PhpString;

/// Where output ends: standard output, a response, a test's memory. The engine installs one.
pub trait Sink {
    /// Writes bytes. False says that nobody reads them any more.
    fn write(&mut self, bytes: &[u8]) -> bool;
    /// Writes out what the sink has buffered.
    fn flush(&mut self) {}
    /// The request is about to wait for somebody, who may be waiting for what the sink has buffered.
    fn before_wait(&mut self) {}
    /// Writes to standard error.
    fn error(&mut self, bytes: &[u8]);
    /// Writes a message (without line end) to the error log: `file`, if one is set, otherwise the sink's own log.
    fn log(&mut self, file: Option<&[u8]>, message: &[u8]);
    /// The first byte of the body is about to be written.
    fn send_headers(&mut self, headers: &Headers) {
        let _ = headers;
    }
    /// A sink for a thread that the request starts: what both write keeps its order. None leaves the choice to the engine.
    fn for_thread(&mut self) -> Option<Box<dyn Sink + Send>> {
        None
    }
}

/// Output of a request.
pub struct Output {
    sink: Box<dyn Sink>,
    /// Buffers, the innermost last.
    pub(crate) buffers: Vec<Buffer>,
    /// A callback of a buffer runs.
    pub(crate) running: bool,
    /// Flush the sink after each write.
    pub implicit_flush: bool,
    /// Headers of the response.
    pub headers: Headers,
    /// Where output began, once it has.
    started: Option<(PhpString, u32)>,
    /// Nobody reads any more.
    aborted: bool,
}

impl Output {
    /// No buffers, and this sink.
    pub fn new(sink: Box<dyn Sink>) -> Output {
        Output {
            sink,
            buffers: Vec::new(),
            running: false,
            implicit_flush: false,
            headers: Headers::default(),
            started: None,
            aborted: false,
        }
    }

    /// The sink.
    pub fn sink_mut(&mut self) -> &mut dyn Sink {
        &mut *self.sink
    }

    /// Replaces the sink: for a part of a program whose output goes elsewhere.
    pub fn replace_sink(&mut self, sink: Box<dyn Sink>) -> Box<dyn Sink> {
        std::mem::replace(&mut self.sink, sink)
    }

    /// Drops all buffers and what is in them, without their callbacks.
    pub fn give_up_buffers(&mut self) {
        self.buffers.clear();
        self.running = false;
    }

    /// Exchanges the buffers: each coroutine has its own.
    pub fn swap_buffers(&mut self, other: &mut Vec<Buffer>) {
        std::mem::swap(&mut self.buffers, other);
    }

    /// The buffers, the innermost last.
    pub fn buffers(&self) -> &[Buffer] {
        &self.buffers
    }

    /// Where output began: path and line; none before.
    pub fn started(&self) -> Option<&(PhpString, u32)> {
        self.started.as_ref()
    }

    /// `connection_aborted()`.
    pub fn aborted(&self) -> bool {
        self.aborted
    }
}

/// A media type with the character set that texts have; others, and those that name theirs, stay as they are.
pub fn with_charset(media_type: &[u8], charset: &[u8], separator: &str) -> Vec<u8> {
    let is_text = media_type.len() >= 5 && media_type[..5].eq_ignore_ascii_case(b"text/");
    if !is_text || charset.is_empty() || media_type.windows(8).any(|part| part == b"charset=") {
        return media_type.to_vec();
    }
    [media_type, separator.as_bytes(), charset].concat()
}

impl Context {
    /// Writes bytes, as `echo` does.
    #[inline]
    pub fn echo(&mut self, bytes: &[u8]) -> PhpResult {
        match self.output.buffers.last_mut() {
            // Most buffers have no callback and no chunk size: appending is all there is to it.
            Some(buffer) if buffer.is_plain() => {
                buffer.append(bytes);
                Ok(())
            }
            Some(_) => self.write_buffered(bytes),
            None => {
                self.write_through(bytes);
                Ok(())
            }
        }
    }

    /// Whether writing bytes is all there is to `echo` now: no callback may run, and where output began is known.
    pub fn echo_is_plain(&self) -> bool {
        match self.output.buffers.last() {
            Some(buffer) => buffer.is_plain(),
            None => self.output.started.is_some(),
        }
    }

    /// Writes bytes past all buffers.
    pub fn write_through(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.begin_body();
        let output = &mut self.output;
        if !output.sink.write(bytes) {
            output.aborted = true;
        } else if output.implicit_flush {
            output.sink.flush();
        }
    }

    /// Sends the headers, if they were not sent.
    pub fn begin_body(&mut self) {
        if self.output.started.is_some() {
            return;
        }
        self.output.started = Some(self.position());
        self.add_content_type();
        let output = &mut self.output;
        output.headers.sent = true;
        output.sink.send_headers(&output.headers);
    }

    /// A response says what it is, whether or not the script does.
    fn add_content_type(&mut self) {
        let headers = &self.output.headers;
        if self.process.web.is_none() || headers.status == 304 || headers.get(b"content-type").is_some() {
            return;
        }
        let media_type = self.ini.get_str("default_mimetype").to_vec();
        let line = with_charset(&media_type, self.ini.get_str("default_charset"), "; charset=");
        let line = [b"Content-type: ", &line[..]].concat();
        if !media_type.is_empty() {
            // No line of a setting is refused: they are checked when they are set.
            let _ = self.output.headers.add(&line, false, None);
        }
    }

    /// `flush()`: the sink writes out what it has.
    pub fn flush_sink(&mut self) {
        self.output.sink.flush();
    }

    /// To be called before anything that may wait: input that is not a file, sleep, locks. Whoever reads the output of a command sees it
    /// then, as if nothing had been buffered.
    pub fn before_wait(&mut self) {
        self.output.sink.before_wait();
    }
}
