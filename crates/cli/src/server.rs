//! `-S`: PHP's development server.
//!
//! Connections are read on small threads of their own ([`intake`]), so that a client that connects and says nothing keeps
//! nobody waiting. Whole requests go one by one to the thread that runs PHP. What it answers with is found by the path
//! ([`paths`]), after the router script, if there is one, has left it to the server. Each response ends its connection.

mod intake;
mod message;
mod mime;
mod pages;
mod paths;
mod response;

use std::net::SocketAddr;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use phalanx_engine::{Process, STACK_SIZE, WebRequest};
use phalanx_host::clock;
use phalanx_host::cwd::Cwd;
use phalanx_host::fs;
use phalanx_host::net::{self, Connection, Listener};
use phalanx_host::output::{Stream, write_all};
use phalanx_host::signals::{self, Disposition};

use crate::run::Run;
use message::Message;
use paths::{Found, Target};
use response::Response;

/// What `-S`, `-t` and the router script say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerOptions {
    /// `host:port`, where the port may be 0.
    pub address: Vec<u8>,
    /// `-t`; the current folder without it.
    pub root: Option<Vec<u8>>,
    /// The script that sees each request first.
    pub router: Option<Vec<u8>>,
}

/// A request that waits for its answer.
struct Job {
    connection: Connection,
    peer: SocketAddr,
    message: Message,
}

/// How often an idle server looks whether it is to end.
const LOOK: Duration = Duration::from_millis(500);

/// Requests that have been read and wait. More of them wait in the system.
const QUEUE: usize = 64;

struct Server<'a> {
    run: &'a Run<'a>,
    host: String,
    port: u16,
    /// Full path of the folder that is served, without a slash at its end.
    root: Vec<u8>,
    router: Option<Vec<u8>>,
    software: String,
}

/// Serves until the process is ended. The result is the exit code if that did not begin.
pub(crate) fn serve(run: &Run<'_>, options: &ServerOptions) -> i32 {
    let Some((host, port)) = split_address(&options.address) else {
        log_plain(&format!("Invalid address: {}\n", String::from_utf8_lossy(&options.address)));
        return 1;
    };
    let cwd = run.cwd();
    let root = match &options.root {
        None => cwd.resolve(b"."),
        Some(root) => {
            let shown = String::from_utf8_lossy(root);
            match fs::stat(&cwd.resolve(root)) {
                Err(_) => {
                    log_plain(&format!("Directory {shown} does not exist.\n"));
                    return 1;
                }
                Ok(stat) if !stat.is_dir() => {
                    log_plain(&format!("{shown} is not a directory.\n"));
                    return 1;
                }
                Ok(_) => cwd.resolve(root),
            }
        }
    };
    let mut root = fs::realpath(&root).unwrap_or(root);
    if root == b"/" {
        root.clear();
    }
    let listening = net::resolve(&host, port)
        .map_err(|reason| format!("php_network_getaddresses: getaddrinfo for {host} failed: {reason}"))
        .and_then(|addresses| Listener::open(&addresses).map_err(|error| phalanx_host::error_text(&error)));
    let listener = match listening {
        Ok(listener) => listener,
        Err(reason) => {
            log(&format!("Failed to listen on {host}:{port} (reason: {reason})"));
            return 1;
        }
    };
    let port = listener.local().map_or(port, |address| address.port());
    let version = run.engine.php_version();
    let server = Server {
        run,
        port,
        root,
        router: options.router.as_ref().map(|router| cwd.resolve(router)),
        software: format!("PHP/{version} (Development Server)"),
        host,
    };
    log(&format!("PHP {version} Development Server (http://{}:{port}) started", server.host));
    let (sender, jobs) = mpsc::sync_channel(QUEUE);
    if let Err(error) = intake::start(listener, sender) {
        log(&format!("cannot start a thread: {}", phalanx_host::error_text(&error)));
        return 1;
    }
    // A request that runs comes to its end; whoever ignores the signal for others does not do so for the server.
    if signals::set(signals::INTERRUPT, Disposition::Watch { restart: true }).is_err() {
        log("the signal to end cannot be watched");
    }
    loop {
        match jobs.recv_timeout(LOOK) {
            Ok(job) => server.answer(job),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return 0,
        }
        if signals::take_pending() & (1 << signals::INTERRUPT) != 0 {
            return 0;
        }
    }
}

/// Host and port of `-S`.
fn split_address(address: &[u8]) -> Option<(String, u16)> {
    let address = std::str::from_utf8(address).ok()?;
    let (host, port) = address.rsplit_once(':')?;
    let bare = !host.contains(':') || host.starts_with('[') && host.ends_with(']');
    (!host.is_empty() && bare).then_some(())?;
    Some((host.to_owned(), port.parse().ok()?))
}

impl Server<'_> {
    fn answer(&self, job: Job) {
        let Job { connection, peer, message } = job;
        let found = paths::find(&self.root, &message.path);
        let response = Response::new(connection, &message);
        let mut declined = true;
        if !message.is_known_method() {
            let title = "Not Implemented";
            response.page(501, title, "Request method not supported.", &[]);
            self.log_answer(peer, &message, 501, missing(&found));
        } else {
            if let Some(router) = &self.router {
                declined = self.route(router, &message, peer, &found, &response);
            }
            if declined {
                self.serve_found(&message, peer, &found, &response);
            }
        }
        response.end();
        log(&format!("{peer} Closing"));
    }

    /// Lets the router answer. True if it leaves that to the server.
    fn route(
        &self,
        router: &[u8],
        message: &Message,
        peer: SocketAddr,
        found: &Option<Found>,
        response: &Response,
    ) -> bool {
        let process = self.process(message, peer, found, router);
        let mut request = self.run.engine.request(Box::new(response.sink()), process, STACK_SIZE);
        match request.run_router(router) {
            Ok(answers) => {
                // What it has begun to say cannot be taken back.
                let declined = !answers && !response.has_begun();
                response.set_silent(declined);
                request.finish();
                response.set_silent(false);
                declined
            }
            Err(reason) => {
                response.set_silent(true);
                request.finish();
                response.set_silent(false);
                let shown = String::from_utf8_lossy(router);
                log(&format!("PHP Fatal error:  Failed opening required '{shown}' ({reason})"));
                response.page(500, "Internal Server Error", "The router script cannot be opened.", &[]);
                false
            }
        }
    }

    fn serve_found(&self, message: &Message, peer: SocketAddr, found: &Option<Found>, response: &Response) {
        let script = found.as_ref().filter(|found| found.target == Target::Script);
        if let Some(script) = script {
            let process = self.process(message, peer, found, &script.file);
            let mut request = self.run.engine.request(Box::new(response.sink()), process, STACK_SIZE);
            let note = match request.run_file(&script.file) {
                Ok(()) => request.fatal_error(),
                Err(reason) => {
                    response.set_silent(true);
                    Some(reason)
                }
            };
            let failed = response.is_silent();
            let status = if failed { 404 } else { request.cx.output.headers.status };
            self.log_answer(peer, message, status, note.as_deref());
            request.finish();
            if failed {
                response.set_silent(false);
                response.not_found(message);
            }
            return;
        }
        if matches!(message.method.as_slice(), b"DELETE" | b"PUT" | b"PATCH") {
            let allow = [("Allow", "GET, HEAD, POST")];
            response.page(405, "Method Not Allowed", "Requested method not allowed.", &allow);
            return self.log_answer(peer, message, 405, missing(found));
        }
        let opened = found.as_ref().map(|found| response.file(&found.file));
        match opened {
            Some(Ok(())) => self.log_answer(peer, message, 200, None),
            Some(Err(error)) => {
                response.not_found(message);
                self.log_answer(peer, message, 404, Some(&phalanx_host::error_text(&error)));
            }
            None => {
                response.not_found(message);
                self.log_answer(peer, message, 404, missing(found));
            }
        }
    }

    /// What a script finds around it.
    fn process(&self, message: &Message, peer: SocketAddr, found: &Option<Found>, script: &[u8]) -> Process {
        let folder =
            script.iter().rposition(|byte| *byte == b'/').map_or(&b"/"[..], |end| &script[..end.max(1)]);
        let mut process = self.run.process(None, &[]);
        process.cwd = Cwd::at(folder);
        process.sapi = "cli-server";
        process.script = Some(script.into());
        process.web = Some(Box::new(self.web_request(message, peer, found, script)));
        process
    }

    fn web_request(
        &self,
        message: &Message,
        peer: SocketAddr,
        found: &Option<Found>,
        script: &[u8],
    ) -> WebRequest {
        let (name, file, info): (&[u8], &[u8], &[u8]) = match found {
            Some(found) => (&found.name, &found.file, &found.info),
            None => (&message.path, script, b""),
        };
        let root: &[u8] = if self.root.is_empty() { b"/" } else { &self.root };
        let mut variables = Vec::new();
        let mut set = |name: &str, value: &[u8]| variables.push((name.as_bytes().to_vec(), value.to_vec()));
        set("DOCUMENT_ROOT", root);
        set("REMOTE_ADDR", peer.ip().to_string().as_bytes());
        set("REMOTE_PORT", peer.port().to_string().as_bytes());
        set("SERVER_SOFTWARE", self.software.as_bytes());
        set("SERVER_PROTOCOL", format!("HTTP/{}", message.version).as_bytes());
        set("SERVER_NAME", self.host.as_bytes());
        set("SERVER_PORT", self.port.to_string().as_bytes());
        set("REQUEST_URI", &message.target);
        set("REQUEST_METHOD", &message.method);
        set("SCRIPT_NAME", name);
        set("SCRIPT_FILENAME", file);
        if !info.is_empty() {
            set("PATH_INFO", info);
        }
        set("PHP_SELF", &[name, info].concat());
        if let Some(query) = &message.query {
            set("QUERY_STRING", query);
        }
        for (name, value) in &message.headers {
            let shown =
                |byte: &u8| if byte.is_ascii_alphanumeric() { byte.to_ascii_uppercase() } else { b'_' };
            let upper: String = name.iter().map(|byte| char::from(shown(byte))).collect();
            if matches!(upper.as_str(), "CONTENT_TYPE" | "CONTENT_LENGTH") {
                set(&upper, value);
            }
            set(&format!("HTTP_{upper}"), value);
        }
        WebRequest {
            variables,
            headers: message.headers.clone(),
            method: message.method.clone(),
            query: message.query.clone(),
            body: message.body.clone(),
        }
    }

    fn log_answer(&self, peer: SocketAddr, message: &Message, status: u16, note: Option<&str>) {
        let method = if message.is_known_method() { &message.method } else { &b"NOTIMPLEMENTED"[..] };
        let (method, target) = (String::from_utf8_lossy(method), String::from_utf8_lossy(&message.target));
        let note = note.map(|note| format!(" - {note}")).unwrap_or_default();
        log(&format!("{peer} [{status}]: {method} {target}{note}"));
    }
}

/// Why nothing is served, for the log.
fn missing(found: &Option<Found>) -> Option<&'static str> {
    Some(if found.is_some() { "Success" } else { "No such file or directory" })
}

/// Writes a line to the server's log: standard error.
fn log(text: &str) {
    log_bytes(text.as_bytes());
}

fn log_bytes(text: &[u8]) {
    let time = clock::local_text(clock::now().seconds);
    let line = [format!("[{time}] ").as_bytes(), text, b"\n"].concat();
    // Nobody is left to be told when standard error is closed.
    drop(write_all(Stream::Error, &line));
}

fn log_plain(text: &str) {
    drop(write_all(Stream::Error, text.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::split_address;

    #[test]
    fn addresses() {
        let check = |text: &str, wanted: Option<(&str, u16)>| {
            let wanted = wanted.map(|(host, port)| (host.to_owned(), port));
            assert_eq!(split_address(text.as_bytes()), wanted, "{text}");
        };
        check("localhost:80", Some(("localhost", 80)));
        check("[::1]:0", Some(("[::1]", 0)));
        check("localhost", None);
        check(":80", None);
        check("::1:80", None);
        check("x:99999", None);
    }
}
