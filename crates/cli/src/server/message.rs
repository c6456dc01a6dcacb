//! Requests as they come over a connection.
//!
//! The rules are those of PHP's server, which is kind: a header line without a colon joins the next one, and headers of one
//! name become one with a list of values. What is no request at all, or has a head without end, is malformed.

use super::paths;

/// Longest head.
const MAX_HEAD: usize = 80 * 1024;

/// Longest path, without what stands behind the question mark.
const MAX_PATH: usize = 16 * 1024;

/// Methods that are known; others are not implemented.
const METHODS: &[&str] = &[
    "DELETE",
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "CONNECT",
    "OPTIONS",
    "TRACE",
    "PATCH",
    "COPY",
    "LOCK",
    "MKCOL",
    "MKCALENDAR",
    "MOVE",
    "PROPFIND",
    "PROPPATCH",
    "SEARCH",
    "UNLOCK",
    "REPORT",
    "MKACTIVITY",
    "CHECKOUT",
    "MERGE",
    "M-SEARCH",
    "NOTIFY",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
];

/// A whole request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// `GET` and the like.
    pub method: Vec<u8>,
    /// As it was asked for.
    pub target: Vec<u8>,
    /// The path in it, decoded, without `.`, `..` and empty parts.
    pub path: Vec<u8>,
    /// What stands behind the question mark.
    pub query: Option<Vec<u8>>,
    /// `1.1` and the like.
    pub version: String,
    /// Names as they were first sent, and values.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// What came behind the head.
    pub body: Vec<u8>,
}

impl Message {
    /// Whether anybody knows what the method asks for.
    pub fn is_known_method(&self) -> bool {
        METHODS.iter().any(|known| known.as_bytes() == self.method)
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| &value[..])
    }

    fn add_header(&mut self, name: &[u8], value: &[u8]) {
        match self.headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, list)) => {
                list.extend_from_slice(b", ");
                list.extend_from_slice(value);
            }
            None => self.headers.push((name.to_vec(), value.to_vec())),
        }
    }
}

/// What has become of a request so far.
pub enum Progress {
    /// There must be more.
    More,
    /// It is none.
    Malformed,
    /// It is whole.
    Done(Box<Message>),
}

/// Puts a request together from pieces.
#[derive(Default)]
pub struct Reader {
    bytes: Vec<u8>,
    /// The head, once it is whole, and where the body begins.
    head: Option<(Message, usize, Framing)>,
}

/// Where a body ends.
#[derive(Clone, Copy)]
enum Framing {
    Length(usize),
    Chunks,
}

impl Reader {
    /// Whether nothing has come yet.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes the next piece.
    pub fn add(&mut self, piece: &[u8]) -> Progress {
        // The end of the head may lie across two pieces.
        let from = self.bytes.len().saturating_sub(3);
        self.bytes.extend_from_slice(piece);
        if self.head.is_none() {
            if self.bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n')) && self.bytes.len() < MAX_HEAD {
                return Progress::More;
            }
            let Some(end) = head_end(&self.bytes, from) else {
                return if self.bytes.len() > MAX_HEAD { Progress::Malformed } else { Progress::More };
            };
            if end > MAX_HEAD {
                return Progress::Malformed;
            }
            let Some(message) = parse_head(&self.bytes[..end]) else { return Progress::Malformed };
            let Some(framing) = framing(&message) else { return Progress::Malformed };
            self.head = Some((message, end, framing));
        }
        let Some((message, start, framing)) = &mut self.head else { return Progress::More };
        let rest = &self.bytes[*start..];
        let body = match framing {
            Framing::Length(length) if rest.len() < *length => return Progress::More,
            Framing::Length(length) => rest[..*length].to_vec(),
            Framing::Chunks => match chunks(rest) {
                Chunks::More => return Progress::More,
                Chunks::Malformed => return Progress::Malformed,
                Chunks::Whole(body) => body,
            },
        };
        message.body = body;
        Progress::Done(Box::new(std::mem::take(message)))
    }
}

/// Where the empty line behind the headers ends; it is looked for from `from` on.
fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    let mut at = from.max(start);
    loop {
        at += bytes[at..].iter().position(|byte| *byte == b'\n')?;
        match &bytes[at + 1..] {
            [b'\n', ..] => return Some(at + 2),
            [b'\r', b'\n', ..] => return Some(at + 3),
            _ => at += 1,
        }
    }
}

fn framing(message: &Message) -> Option<Framing> {
    if message.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case(b"chunked")) {
        return Some(Framing::Chunks);
    }
    let Some(length) = message.header("content-length") else { return Some(Framing::Length(0)) };
    let digits = length.iter().all(u8::is_ascii_digit) && !length.is_empty();
    let length = std::str::from_utf8(length).ok().filter(|_| digits)?;
    length.parse().ok().map(Framing::Length)
}

fn parse_head(head: &[u8]) -> Option<Message> {
    let mut lines = head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let first = lines.by_ref().find(|line| !line.is_empty())?;
    let mut words = first.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let version = std::str::from_utf8(version.strip_prefix(b"HTTP/")?).ok()?;
    let (major, minor) = version.split_once('.')?;
    let number = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let token = method.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_'));
    if words.next().is_some() || !token || !number(major) || !number(minor) {
        return None;
    }
    let (path, query) = split_target(target);
    if path.len() > MAX_PATH {
        return None;
    }
    let mut message = Message {
        method: method.to_vec(),
        target: target.to_vec(),
        path: paths::normalize(path),
        query: query.map(<[u8]>::to_vec),
        version: version.to_owned(),
        ..Message::default()
    };
    // The beginning of a name whose rest stands on the next line.
    let mut begun = Vec::new();
    for line in lines.take_while(|line| !line.is_empty()) {
        if matches!(line[0], b' ' | b'\t') {
            if let Some((_, value)) = message.headers.last_mut() {
                value.extend_from_slice(line.trim_ascii());
            }
            continue;
        }
        match line.iter().position(|byte| *byte == b':') {
            Some(colon) => {
                begun.extend_from_slice(line[..colon].trim_ascii_end());
                message.add_header(&std::mem::take(&mut begun), line[colon + 1..].trim_ascii());
            }
            None => begun.extend_from_slice(line),
        }
    }
    if !begun.is_empty() {
        message.add_header(&begun, b"");
    }
    Some(message)
}

/// Path and query of a target, which may be a whole URL.
fn split_target(target: &[u8]) -> (&[u8], Option<&[u8]>) {
    let target = target.split(|byte| *byte == b'#').next().unwrap_or_default();
    let (before, query) = match target.iter().position(|byte| *byte == b'?') {
        Some(at) => (&target[..at], Some(&target[at + 1..])),
        None => (target, None),
    };
    let authority = before.windows(3).position(|part| part == b"://").map(|at| &before[at + 3..]);
    let path = match authority {
        _ if before.starts_with(b"/") => before,
        Some(rest) => rest.iter().position(|byte| *byte == b'/').map_or(&b"/"[..], |at| &rest[at..]),
        None => b"/",
    };
    (path, query)
}

enum Chunks {
    More,
    Malformed,
    Whole(Vec<u8>),
}

/// The body in chunks, if all of them are there.
fn chunks(mut bytes: &[u8]) -> Chunks {
    let mut body = Vec::new();
    loop {
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return Chunks::More };
        let line = &bytes[..end];
        let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let size =
            std::str::from_utf8(&line[..digits]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
        let Some(size) = size else { return Chunks::Malformed };
        bytes = &bytes[end + 1..];
        if size == 0 {
            // Headers may follow, up to an empty line.
            let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
            return match lines.any(|line| line.trim_ascii().is_empty()) {
                true => Chunks::Whole(body),
                false => Chunks::More,
            };
        }
        let Some(chunk) = bytes.get(..size) else { return Chunks::More };
        body.extend_from_slice(chunk);
        bytes = &bytes[size..];
        bytes = match bytes {
            [b'\r', b'\n', rest @ ..] | [b'\n', rest @ ..] => rest,
            [] | [b'\r'] => return Chunks::More,
            _ => return Chunks::Malformed,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a request byte by byte and shows it.
    fn check(request: &str, wanted: &str) {
        let mut reader = Reader::default();
        let mut shown = "more".to_owned();
        for byte in request.bytes() {
            match reader.add(&[byte]) {
                Progress::More => {}
                Progress::Malformed => {
                    shown = "malformed".to_owned();
                    break;
                }
                Progress::Done(message) => {
                    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    let headers: Vec<String> =
                        message.headers.iter().map(|(n, v)| format!("{}={}", text(n), text(v))).collect();
                    let query = message.query.as_deref().map_or_else(|| "-".to_owned(), text);
                    shown = format!(
                        "{} {} {query} {} [{}] {}",
                        text(&message.method),
                        text(&message.path),
                        message.version,
                        headers.join("|"),
                        text(&message.body)
                    );
                    break;
                }
            }
        }
        assert_eq!(shown, wanted, "{request:?}");
    }

    #[test]
    fn heads() {
        check("GET /a%20b?c HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a b c 1.1 [Host=x] ");
        check("\r\nGET http://h/a HTTP/1.0\n\n", "GET /a - 1.0 [] ");
        check("GET www.example.com:80 HTTP/1.1\r\n\r\n", "GET / - 1.1 [] ");
        check(
            "GET / HTTP/1.1\r\nUser-Agent\r\nAccept: */*\r\nReferer:\r\nHi\r\n\r\n",
            "GET / - 1.1 [User-AgentAccept=*/*|Referer=|Hi=] ",
        );
        check("GET / HTTP/1.1\r\nx: 1\r\nX: 2\r\n y\r\n\r\n", "GET / - 1.1 [x=1, 2y] ");
        check("GET / HTTP/1.1\r\nHost: x\r\n", "more");
    }

    #[test]
    fn bodies() {
        check("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na=bXX", "POST / - 1.1 [Content-Length=3] a=b");
        check(
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n1;x\r\nc\r\n0\r\nT: r\r\n\r\n",
            "POST / - 1.1 [Transfer-Encoding=chunked] a=bc",
        );
    }

    #[test]
    fn what_is_none() {
        for request in [
            "garbage\r\n\r\n",
            "GET / HTTP/x\r\n\r\n",
            "get / HTTP/1.1\r\n\r\n",
            "GET /a b HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxx\r\n",
        ] {
            check(request, "malformed");
        }
        let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(MAX_PATH));
        check(&long, "malformed");
        let mut reader = Reader::default();
        assert!(matches!(reader.add(&vec![b'a'; MAX_HEAD + 1]), Progress::Malformed));
    }
}
