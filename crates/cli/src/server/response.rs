//! The answer to one request, and the sink through which a script gives it.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use phalanx_engine::{Headers, Sink};
use phalanx_host::clock;
use phalanx_host::fs;
use phalanx_host::net::Connection;
use phalanx_host::output::{Stream, write_all};

use super::message::Message;
use super::{log_bytes, mime, pages};

/// Bytes after which a buffer is sent.
const BUFFER: usize = 32 * 1024;

/// An answer. Threads that a script starts write into the same one.
pub struct Response(Arc<Mutex<State>>);

struct State {
    connection: Connection,
    version: String,
    host: Option<Vec<u8>>,
    /// `HEAD` wants no body.
    head_only: bool,
    buffer: Vec<u8>,
    begun: bool,
    /// What a script says is dropped: another answer will be given.
    silent: bool,
    /// The client has gone.
    gone: bool,
}

impl Response {
    /// Nothing is sent yet.
    pub fn new(connection: Connection, message: &Message) -> Response {
        Response(Arc::new(Mutex::new(State {
            connection,
            version: message.version.clone(),
            host: message.header("host").map(<[u8]>::to_vec),
            head_only: message.method == b"HEAD",
            buffer: Vec::new(),
            begun: false,
            silent: false,
            gone: false,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a script's output goes.
    pub fn sink(&self) -> ClientSink {
        ClientSink(Response(self.0.clone()))
    }

    /// Whether the head is decided.
    pub fn has_begun(&self) -> bool {
        self.state().begun
    }

    /// Whether what a script says is dropped.
    pub fn is_silent(&self) -> bool {
        self.state().silent
    }

    /// Drops what a script says from here on, or no longer.
    pub fn set_silent(&self, silent: bool) {
        self.state().silent = silent;
    }

    /// Answers with a page of the server's own.
    pub fn page(&self, status: u16, title: &str, text: &str, headers: &[(&str, &str)]) {
        let page = pages::page(status, title, text);
        let length = page.len().to_string();
        let powered = format!("PHP/{}", phalanx_engine::PHP_VERSION);
        let mut all = vec![
            ("X-Powered-By", powered.as_str()),
            ("Content-Type", "text/html; charset=UTF-8"),
            ("Content-Length", &length),
        ];
        all.extend_from_slice(headers);
        let mut state = self.state();
        state.begin(status, &all);
        state.write(page.as_bytes());
    }

    /// Says that there is nothing of this name.
    pub fn not_found(&self, message: &Message) {
        let url = pages::escape(&message.target);
        let text =
            format!("The requested resource <code class=\"url\">{url}</code> was not found on this server.");
        self.page(404, "Not Found", &text, &[]);
    }

    /// Answers with a file. Nothing is sent if it cannot be opened.
    pub fn file(&self, path: &[u8]) -> io::Result<()> {
        let mut file = fs::open(path, fs::OpenMode::READ)?;
        let length = fs::Stat::of(&file)?.size.to_string();
        let media_type = mime::of(path);
        let mut headers = Vec::new();
        if let Some(media_type) = &media_type {
            headers.push(("Content-Type", media_type.as_str()));
        }
        headers.push(("Content-Length", &length));
        let mut state = self.state();
        state.begin(200, &headers);
        if state.head_only {
            return Ok(());
        }
        let mut buffer = vec![0; BUFFER];
        // A file that cannot be read on is shorter than was said, which the client sees.
        while let Ok(count @ 1..) = file.read(&mut buffer) {
            if !state.write(&buffer[..count]) {
                break;
            }
        }
        Ok(())
    }

    /// Sends what is left and ends the connection.
    pub fn end(&self) {
        let mut state = self.state();
        state.flush();
        state.connection.close_gently();
    }
}

impl State {
    fn begin(&mut self, status: u16, headers: &[(&str, &str)]) {
        let line = format!("HTTP/{} {status} {}", self.version, pages::reason(status));
        self.start(line.as_bytes(), true);
        for (name, value) in headers {
            self.buffer.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        self.buffer.extend_from_slice(b"\r\n");
    }

    /// The status line and the headers that every answer has.
    fn start(&mut self, line: &[u8], with_date: bool) {
        self.begun = true;
        self.buffer.extend_from_slice(line);
        self.buffer.extend_from_slice(b"\r\n");
        if let Some(host) = &self.host {
            self.buffer.extend_from_slice(&[b"Host: ", &host[..], b"\r\n"].concat());
        }
        if with_date {
            let date = phalanx_engine::http_date(clock::now().seconds);
            self.buffer.extend_from_slice(format!("Date: {date}\r\n").as_bytes());
        }
        self.buffer.extend_from_slice(b"Connection: close\r\n");
    }

    /// Writes a part of the body. False says that nobody reads it.
    fn write(&mut self, bytes: &[u8]) -> bool {
        if !self.head_only {
            self.buffer.extend_from_slice(bytes);
        }
        if self.buffer.len() >= BUFFER {
            self.flush();
        }
        !self.gone
    }

    fn flush(&mut self) {
        if !self.gone && !self.buffer.is_empty() && self.connection.write_all(&self.buffer).is_err() {
            self.gone = true;
        }
        self.buffer.clear();
    }
}

/// A script's output on its way to the client.
pub struct ClientSink(Response);

impl Sink for ClientSink {
    fn write(&mut self, bytes: &[u8]) -> bool {
        let mut state = self.0.state();
        state.silent || state.write(bytes)
    }

    fn flush(&mut self) {
        self.0.state().flush();
    }

    fn error(&mut self, bytes: &[u8]) {
        // Nobody is left to be told when standard error is closed.
        drop(write_all(Stream::Error, bytes));
    }

    fn log(&mut self, file: Option<&[u8]>, message: &[u8]) {
        match file {
            Some(file) => drop(fs::append(file, &[message, b"\n"].concat())),
            None => log_bytes(message),
        }
    }

    fn send_headers(&mut self, headers: &Headers) {
        let mut state = self.0.state();
        if state.silent || state.begun {
            return;
        }
        let line = match &headers.status_line {
            Some(line) => line.to_vec(),
            None => {
                let status = headers.status;
                format!("HTTP/{} {status} {}", state.version, pages::reason(status)).into_bytes()
            }
        };
        state.start(&line, headers.get(b"date").is_none());
        for line in &headers.lines {
            state.buffer.extend_from_slice(line);
            state.buffer.extend_from_slice(b"\r\n");
        }
        state.buffer.extend_from_slice(b"\r\n");
    }

    fn for_thread(&mut self) -> Option<Box<dyn Sink + Send>> {
        Some(Box::new(self.0.sink()))
    }
}
