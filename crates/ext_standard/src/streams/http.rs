//! The wrapper `http://`: what a server answers, as a stream to read.
//!
//! The request is HTTP/1.1 with `Connection: close`, so a body ends where the connection does; `Content-Length` is told to
//! the script and otherwise not believed, as in PHP. Redirections are followed here, each on a connection of its own, and
//! the heads of all answers end up in `$http_response_header`.

use super::context::StreamContext;
use super::filter::{self, Mode};
use super::io::{Description, Stream};
use super::socket::{self, SocketDevice};
use crate::string::transfer::base64_encode;
use crate::url::coding::url_decode;
use crate::url::parse::{self, Url};
use phalanx_value::{PhpArray, PhpString, Value};
use phalanx_vm::{Context, PhpResult};
use std::time::Duration;

/// Redirections that are followed unless the context says otherwise.
const MAX_REDIRECTS: i64 = 20;

/// Longest line of a head, and most lines: a server that goes on and on is not heard to its end.
const MAX_LINE: usize = 8192;
const MAX_LINES: usize = 10_000;

/// What a request of the script remembers of its last answer.
#[derive(Default)]
pub struct LastHeaders(pub Option<PhpArray>);

/// Asks the server; the error is why there is no stream.
pub fn open(
    cx: &mut Context,
    path: &PhpString,
    mode: &[u8],
    context: Option<&StreamContext>,
) -> PhpResult<Result<Stream, String>> {
    if mode.iter().any(|letter| b"awx+".contains(letter)) {
        return Ok(Err("HTTP wrapper does not support writeable connections".to_owned()));
    }
    let options = Options::of(cx, context)?;
    let mut heads = PhpArray::new();
    let answer = follow(cx, path, &options, &mut heads);
    // The script sees what was answered, whatever came of it.
    let told = !matches!(answer, Ok(Err(Problem::Unconnected(_))));
    if told {
        let symbols = cx.caller_symbols();
        symbols
            .borrow_mut()
            .set(&PhpString::from_bytes(b"http_response_header"), Value::array(heads.clone()));
        cx.state::<LastHeaders>().0 = Some(heads.clone());
    }
    let stream = match answer? {
        Ok(stream) => stream,
        Err(Problem::Unconnected(reason) | Problem::Failed(reason)) => return Ok(Err(reason)),
    };
    let description = Description {
        wrapper: "http",
        kind: "tcp_socket",
        mode: "r".to_owned(),
        uri: Some(path.to_vec()),
        greedy: false,
        dir: false,
    };
    stream.describe(description, Some(Value::array(heads)));
    stream.set_position(0);
    Ok(Ok(stream))
}

/// Why there is no stream.
enum Problem {
    /// No server was asked.
    Unconnected(String),
    /// Its answer was no good.
    Failed(String),
}

/// What the context and the settings ask for.
struct Options {
    method: Vec<u8>,
    /// Lines of the script, each without its end.
    headers: Vec<Vec<u8>>,
    content: Option<PhpString>,
    user_agent: Vec<u8>,
    from: Vec<u8>,
    version: f64,
    timeout: Option<Duration>,
    ignore_errors: bool,
    /// Whether redirections are followed; none leaves it to the status.
    follow: Option<bool>,
    max_redirects: i64,
    full_uri: bool,
}

impl Options {
    fn of(cx: &mut Context, context: Option<&StreamContext>) -> PhpResult<Options> {
        let get = |name: &str| context.and_then(|context| context.get("http", name));
        let text = |cx: &mut Context, name: &str| get(name).map(|value| cx.to_string(&value)).transpose();
        let setting = |cx: &Context, name: &str| cx.ini.get_str(name).to_vec();
        let method = text(cx, "method")?.filter(|method| !method.is_empty());
        let user_agent = match text(cx, "user_agent")? {
            Some(agent) => agent.to_vec(),
            None => setting(cx, "user_agent"),
        };
        let timeout = match get("timeout") {
            Some(value) => socket::duration(cx.to_float(&value)?),
            None => socket::default_timeout(cx),
        };
        let version = match get("protocol_version") {
            Some(value) => cx.to_float(&value)?,
            None => 1.1,
        };
        let max_redirects = match get("max_redirects") {
            Some(value) => cx.to_int(&value)?,
            None => MAX_REDIRECTS,
        };
        Ok(Options {
            method: method.map_or_else(|| b"GET".to_vec(), |method| method.to_vec()),
            headers: header_lines(cx, get("header"))?,
            content: text(cx, "content")?.filter(|content| !content.is_empty()),
            user_agent,
            from: setting(cx, "from"),
            version,
            timeout,
            ignore_errors: get("ignore_errors").is_some_and(|value| value.truthy()),
            follow: get("follow_location").map(|value| value.truthy()),
            max_redirects,
            full_uri: get("request_fulluri").is_some_and(|value| value.truthy()),
        })
    }
}

/// The lines of the option `header`, which is one text or a list of texts.
fn header_lines(cx: &mut Context, value: Option<Value>) -> PhpResult<Vec<Vec<u8>>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let mut lines = Vec::new();
    let mut add = |text: &[u8]| {
        let parts = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        lines.extend(parts.filter(|line| !line.trim_ascii().is_empty()).map(<[u8]>::to_vec));
    };
    match value.as_array() {
        Some(list) => {
            for (_, line) in list {
                // As in PHP, what is no text is no header.
                if let Some(text) = line.deref_clone().as_bytes() {
                    add(text);
                }
            }
        }
        None => add(&cx.to_string(&value)?),
    }
    Ok(lines)
}

/// The name of a header line, in lower case.
fn name_of(line: &[u8]) -> Vec<u8> {
    let end = memchr::memchr(b':', line).unwrap_or(line.len());
    line[..end].trim_ascii().to_ascii_lowercase()
}

/// Asks, and asks where the answer leads to.
fn follow(
    cx: &mut Context,
    path: &PhpString,
    options: &Options,
    heads: &mut PhpArray,
) -> PhpResult<Result<Stream, Problem>> {
    let mut target = path.to_vec();
    let mut redirects_left = options.max_redirects;
    // What a script wants sent goes to the first server, and on only where the status says so.
    let mut whole = true;
    loop {
        if let Some(reason) = unsupported(&target) {
            return Ok(Err(Problem::Failed(reason)));
        }
        let Some(url) = parse::parse(&target).filter(|url| url.host.is_some()) else {
            let problem = if heads.is_empty() { Problem::Unconnected } else { Problem::Failed };
            return Ok(Err(problem("operation failed".to_owned())));
        };
        let stream = match connect(cx, &url, options.timeout)? {
            Ok(stream) => stream,
            Err(reason) if heads.is_empty() => return Ok(Err(Problem::Unconnected(reason))),
            Err(reason) => return Ok(Err(Problem::Failed(reason))),
        };
        let request = request(cx, &url, &target, options, whole)?;
        stream.write(cx, &request)?;
        let head = match read_head(cx, &stream, heads)? {
            Ok(head) => head,
            Err(line) => {
                let reason = [b"HTTP request failed! ".as_slice(), &line].concat();
                let reason = String::from_utf8_lossy(&reason).into_owned();
                let reason = if line.is_empty() { reason.trim_end().to_owned() } else { reason };
                return Ok(Err(Problem::Failed(reason)));
            }
        };
        let automatic = matches!(head.status, 300..=303 | 307 | 308);
        if let Some(location) = head.location.as_ref().filter(|_| options.follow.unwrap_or(automatic)) {
            stream.close(cx)?;
            if redirects_left <= 1 {
                return Ok(Err(Problem::Failed("Redirection limit reached, aborting".to_owned())));
            }
            redirects_left -= 1;
            target = destination(&url, location);
            whole &= matches!(head.status, 307 | 308);
            continue;
        }
        if head.status >= 400 && !options.ignore_errors {
            stream.close(cx)?;
            let line = String::from_utf8_lossy(&head.line);
            return Ok(Err(Problem::Failed(format!("HTTP request failed! {line}"))));
        }
        if head.chunked
            && let Some(mut filter) = filter::built_in(b"dechunk")
        {
            let mut unread = Vec::new();
            filter.run(cx, &stream.take_unread(), false, &mut unread)?;
            stream.push_read(&unread);
            let mut chain = filter::Chain::default();
            chain.add(0, filter, true);
            stream.swap_filters(Mode::Read, chain);
        }
        return Ok(Ok(stream));
    }
}

/// Why a redirection cannot be followed: it leads to what this program cannot speak.
fn unsupported(target: &[u8]) -> Option<String> {
    let scheme = super::open::scheme(target)?.to_ascii_lowercase();
    match scheme.as_slice() {
        b"http" => None,
        b"https" => Some(
            "Unable to find the socket transport \"ssl\" - did you forget to enable it when you configured PHP?"
                .to_owned(),
        ),
        _ => Some("operation failed".to_owned()),
    }
}

fn connect(cx: &mut Context, url: &Url, timeout: Option<Duration>) -> PhpResult<Result<Stream, String>> {
    let host = String::from_utf8_lossy(url.host.as_deref().unwrap_or_default()).into_owned();
    let connection = socket::connect(cx, &host, url.port.filter(|port| *port != 0).unwrap_or(80), timeout)?;
    let connection = connection.map_err(|failure| failure.text);
    Ok(connection.map(|connection| SocketDevice::new(connection, timeout).into_stream(None)))
}

/// Host and port as they stand in a URL.
fn authority(url: &Url) -> Vec<u8> {
    let mut text = url.host.clone().unwrap_or_default();
    if let Some(port) = url.port.filter(|port| !matches!(port, 0 | 80)) {
        text.extend_from_slice(format!(":{port}").as_bytes());
    }
    text
}

fn request(cx: &mut Context, url: &Url, target: &[u8], options: &Options, whole: bool) -> PhpResult<Vec<u8>> {
    let method = if whole || options.method == b"HEAD" { options.method.as_slice() } else { b"GET" };
    let mut headers: Vec<&[u8]> = options.headers.iter().map(Vec::as_slice).collect();
    if !whole {
        // They describe a body that is not sent any more.
        headers.retain(|line| !matches!(name_of(line).as_slice(), b"content-type" | b"content-length"));
    }
    let names: Vec<Vec<u8>> = headers.iter().map(|line| name_of(line)).collect();
    let has = |name: &[u8]| names.iter().any(|known| known == name);
    let mut out = method.to_vec();
    let mut push = |parts: &[&[u8]]| parts.iter().for_each(|part| out.extend_from_slice(part));
    push(&[b" "]);
    if options.full_uri {
        push(&[target]);
    } else {
        push(&[url.path.as_deref().filter(|path| !path.is_empty()).unwrap_or(b"/")]);
        if let Some(query) = &url.query {
            push(&[b"?", query]);
        }
    }
    push(&[format!(" HTTP/{:.1}\r\n", options.version).as_bytes()]);
    if let Some(user) = &url.user
        && !has(b"authorization")
    {
        let password = url.pass.as_deref().unwrap_or_default();
        let login = [url_decode(user).as_slice(), b":", &url_decode(password)].concat();
        push(&[b"Authorization: Basic ", &base64_encode(&login), b"\r\n"]);
    }
    if !options.from.is_empty() && !has(b"from") {
        push(&[b"From: ", &options.from, b"\r\n"]);
    }
    if !has(b"host") {
        push(&[b"Host: ", &authority(url), b"\r\n"]);
    }
    if !has(b"connection") {
        push(&[b"Connection: close\r\n"]);
    }
    // A value with a line end would be headers of its own.
    if !options.user_agent.is_empty() && !has(b"user-agent") {
        let agent: Vec<u8> =
            options.user_agent.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
        push(&[b"User-Agent: ", &agent, b"\r\n"]);
    }
    let content = options.content.as_ref().filter(|_| whole);
    if let Some(content) = content
        && !has(b"content-length")
    {
        push(&[format!("Content-Length: {}\r\n", content.len()).as_bytes()]);
    }
    for line in &headers {
        push(&[line, b"\r\n"]);
    }
    if let Some(content) = content {
        if !has(b"content-type") {
            push(&[b"Content-Type: application/x-www-form-urlencoded\r\n"]);
            cx.doc_notice("Content-type not specified assuming application/x-www-form-urlencoded")?;
        }
        push(&[b"\r\n", content]);
    } else {
        push(&[b"\r\n"]);
    }
    Ok(out)
}

/// What an answer says before its body.
struct Head {
    status: u16,
    /// The status line with its end.
    line: Vec<u8>,
    location: Option<Vec<u8>>,
    chunked: bool,
}

/// Reads the head of an answer, and adds its lines to those that scripts see. The error is the line that was none.
fn read_head(cx: &mut Context, stream: &Stream, heads: &mut PhpArray) -> PhpResult<Result<Head, Vec<u8>>> {
    let mut first = stream.line(cx, MAX_LINE)?.unwrap_or_default();
    // Answers before the answer are of no interest.
    while status_of(&first).is_some_and(|status| status / 100 == 1 && status != 101) {
        while stream.line(cx, MAX_LINE)?.is_some_and(|line| !trimmed(&line).is_empty()) {}
        first = stream.line(cx, MAX_LINE)?.unwrap_or_default();
    }
    if !first.is_empty() {
        heads.extend([Value::str(trimmed(&first))]);
    }
    let Some(status) = status_of(&first) else { return Ok(Err(first)) };
    let mut lines: Vec<Vec<u8>> = Vec::new();
    while let Some(line) = stream.line(cx, MAX_LINE)? {
        let text = trimmed(&line);
        if text.is_empty() || lines.len() >= MAX_LINES {
            break;
        }
        match lines.last_mut() {
            // A line that begins with white space goes on with the one before.
            Some(last) if matches!(text[0], b' ' | b'\t') => {
                last.push(b' ');
                last.extend_from_slice(text.trim_ascii_start());
            }
            _ => lines.push(text.to_vec()),
        }
    }
    let mut head = Head { status, line: first, location: None, chunked: false };
    for line in lines {
        let value = memchr::memchr(b':', &line).map_or(&b""[..], |at| line[at + 1..].trim_ascii());
        match name_of(&line).as_slice() {
            b"location" => head.location = Some(value.to_vec()),
            // Scripts get the body without its chunks, so they are not told of them.
            b"transfer-encoding" if value.eq_ignore_ascii_case(b"chunked") => {
                head.chunked = true;
                continue;
            }
            _ => {}
        }
        heads.extend([Value::str(&line)]);
    }
    Ok(Ok(head))
}

fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The number in `HTTP/1.1 200 OK`; none for a line that is no status line.
fn status_of(line: &[u8]) -> Option<u16> {
    let rest = line.strip_prefix(b"HTTP/")?;
    let at = memchr::memchr(b' ', rest)?;
    std::str::from_utf8(rest.get(at + 1..at + 4)?).ok()?.parse().ok()
}

/// Where `Location` leads to from a page. A path that does not begin with a slash is put behind the folder of the page
/// with one more slash, as PHP does.
fn destination(url: &Url, location: &[u8]) -> Vec<u8> {
    if super::open::scheme(location).is_some() {
        return location.to_vec();
    }
    let path = match url.path.as_deref() {
        _ if location.first() == Some(&b'/') => location.to_vec(),
        Some(path) => {
            let folder = memchr::memrchr(b'/', path).map_or(0, |at| at + 1);
            let separator: &[u8] = if folder <= 1 { b"" } else { b"/" };
            [&path[..folder.max(1)], separator, location].concat()
        }
        None => [b"/".as_slice(), location].concat(),
    };
    [b"http://".as_slice(), &authority(url), &path].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_destination(from: &str, location: &str, wanted: &str) {
        let url = parse::parse(from.as_bytes()).unwrap();
        assert_eq!(String::from_utf8_lossy(&destination(&url, location.as_bytes())), wanted, "{from}");
    }

    #[test]
    fn destinations() {
        check_destination("http://h:81/a/b?c", "/x?y", "http://h:81/x?y");
        check_destination("http://h/a/b", "c", "http://h/a//c");
        check_destination("http://h/a", "c", "http://h/c");
        check_destination("http://h", "c", "http://h/c");
        check_destination("http://h/a", "https://g/", "https://g/");
    }

    #[test]
    fn status_lines() {
        assert_eq!(status_of(b"HTTP/1.1 404 Not Found\r\n"), Some(404));
        assert_eq!(status_of(b"HTTP/1.0 200"), Some(200));
        assert_eq!(status_of(b"HTTP/1.1\r\n"), None);
        assert_eq!(status_of(b"garbage 200 x"), None);
    }
}
