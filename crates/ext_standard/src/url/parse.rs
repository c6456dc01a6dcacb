//! Taking URLs apart, `parse_url()`. Nothing is decoded, and much that is no URL is accepted.

/// The parts of a URL.
#[derive(Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the part of its name")]
pub struct Url {
    pub scheme: Option<Vec<u8>>,
    pub host: Option<Vec<u8>>,
    pub port: Option<u16>,
    pub user: Option<Vec<u8>>,
    pub pass: Option<Vec<u8>>,
    pub path: Option<Vec<u8>>,
    pub query: Option<Vec<u8>>,
    pub fragment: Option<Vec<u8>>,
}

/// Where parsing goes on behind the scheme.
enum Next {
    Host(usize),
    Path(usize),
    /// Perhaps a port, behind the colon at this place.
    Port(usize),
    Done,
}

/// The parts of `text`; `None` if it is hopeless.
pub fn parse(text: &[u8]) -> Option<Url> {
    let mut url = Url::default();
    let mut next = scheme(text, &mut url);
    if let Next::Port(colon) = next {
        next = early_port(text, colon, &mut url)?;
    }
    let path = match next {
        Next::Host(at) => match authority(text, at, &mut url)? {
            Some(path) => path,
            None => return Some(url),
        },
        Next::Path(at) => at,
        Next::Port(_) | Next::Done => return Some(url),
    };
    tail(&text[path..], path == text.len(), &mut url);
    Some(url)
}

fn scheme(text: &[u8], url: &mut Url) -> Next {
    let slashes = text.starts_with(b"//");
    let colon = match memchr::memchr(b':', text) {
        None if slashes => return Next::Host(2),
        None => return Next::Path(0),
        Some(0) => return Next::Port(0),
        Some(colon) => colon,
    };
    let last = colon + 1 == text.len();
    let valid = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-');
    if !text[..colon].iter().all(valid) {
        let before_query = !text[..colon].iter().any(|b| matches!(b, b'?' | b'#'));
        return if !last && before_query {
            Next::Port(colon)
        } else if slashes {
            Next::Host(2)
        } else {
            Next::Path(0)
        };
    }
    let set = |url: &mut Url| url.scheme = Some(clean(&text[..colon]));
    if last {
        set(url);
        return Next::Done;
    }
    let rest = &text[colon + 1..];
    if rest[0] != b'/' {
        // `a.com:80` is a host with a port, `mailto:x` is not.
        let digits = rest.iter().take(6).take_while(|b| b.is_ascii_digit()).count();
        if digits < 6 && matches!(rest.get(digits), None | Some(b'/')) {
            return Next::Port(colon);
        }
        set(url);
        return Next::Path(colon + 1);
    }
    set(url);
    if rest.get(1) != Some(&b'/') {
        return Next::Path(colon + 1);
    }
    if text[..colon].eq_ignore_ascii_case(b"file") && rest.get(2) == Some(&b'/') {
        // `file:///c:/dir` has no slash before the drive.
        return Next::Path(if rest.get(4) == Some(&b':') { colon + 4 } else { colon + 3 });
    }
    Next::Host(colon + 3)
}

/// A port before anything else is known. Fails if it is one that cannot be.
fn early_port(text: &[u8], colon: usize, url: &mut Url) -> Option<Next> {
    let slashes = text.starts_with(b"//");
    let rest = &text[colon + 1..];
    let digits = rest.iter().take(5).take_while(|b| b.is_ascii_digit()).count();
    if digits > 0 && matches!(rest.get(digits), None | Some(b'/')) {
        url.port = Some(number(&rest[..digits])?);
        return Some(Next::Host(if slashes { 2 } else { 0 }));
    }
    if digits == 0 && rest.is_empty() {
        return None;
    }
    Some(if slashes { Next::Host(2) } else { Next::Path(0) })
}

/// User, password, host and port. The result is where the path begins, if anything follows.
fn authority(text: &[u8], start: usize, url: &mut Url) -> Option<Option<usize>> {
    let end =
        text[start..].iter().position(|b| matches!(b, b'/' | b'?' | b'#')).map_or(text.len(), |n| start + n);
    let mut part = &text[start..end];
    if let Some(at) = memchr::memrchr(b'@', part) {
        let login = &part[..at];
        match memchr::memchr(b':', login) {
            Some(colon) => {
                url.user = Some(clean(&login[..colon]));
                url.pass = Some(clean(&login[colon + 1..]));
            }
            None => url.user = Some(clean(login)),
        }
        part = &part[at + 1..];
    }
    let ipv6 = part.first() == Some(&b'[') && part.last() == Some(&b']');
    let colon = if ipv6 { None } else { memchr::memrchr(b':', part) };
    if let Some(colon) = colon {
        let port = &part[colon + 1..];
        if url.port.is_none() {
            if port.len() > 5 {
                return None;
            }
            if !port.is_empty() {
                url.port = Some(number(port)?);
            }
        }
        part = &part[..colon];
    }
    if part.is_empty() {
        return None;
    }
    url.host = Some(clean(part));
    Some((end < text.len()).then_some(end))
}

fn tail(mut text: &[u8], at_end: bool, url: &mut Url) {
    if let Some(at) = memchr::memchr(b'#', text) {
        url.fragment = Some(clean(&text[at + 1..]));
        text = &text[..at];
    }
    if let Some(at) = memchr::memchr(b'?', text) {
        url.query = Some(clean(&text[at + 1..]));
        text = &text[..at];
    }
    if !text.is_empty() || at_end {
        url.path = Some(clean(text));
    }
}

/// The number at the beginning of `text`, as C's `strtol` reads it.
fn number(text: &[u8]) -> Option<u16> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&text[..digits]).ok()?.parse().ok()
}

/// Control characters become underscores.
fn clean(text: &[u8]) -> Vec<u8> {
    text.iter().map(|&byte| if byte.is_ascii_control() { b'_' } else { byte }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        let Some(url) = parse(text.as_bytes()) else { return "false".into() };
        let mut out = String::new();
        let parts = [
            ("s", url.scheme),
            ("h", url.host),
            ("n", url.port.map(|port| port.to_string().into_bytes())),
            ("u", url.user),
            ("w", url.pass),
            ("p", url.path),
            ("q", url.query),
            ("f", url.fragment),
        ];
        for (name, part) in parts {
            if let Some(part) = part {
                out += &format!("{name}={} ", String::from_utf8_lossy(&part));
            }
        }
        out.trim_end().to_owned()
    }

    #[test]
    fn parts() {
        for (text, expect) in [
            ("http://user:pw@host:80/a/b?x=1#f", "s=http h=host n=80 u=user w=pw p=/a/b q=x=1 f=f"),
            ("mailto:a@b.c", "s=mailto p=a@b.c"),
            ("a.com:80", "h=a.com n=80"),
            ("//host/p?q", "h=host p=/p q=q"),
            ("/path:80", "false"),
            ("/a:b", "p=/a:b"),
            ("x:80:90", "s=x p=80:90"),
            ("http://[::1]:81/", "s=http h=[::1] n=81 p=/"),
            ("file:///etc/x", "s=file p=/etc/x"),
            ("http:///x", "false"),
            ("http://h:99999", "false"),
            ("x:", "s=x"),
            (":80", "false"),
            ("", "p="),
            ("?a#", "q=a f="),
        ] {
            assert_eq!(show(text), expect, "{text}");
        }
    }
}
