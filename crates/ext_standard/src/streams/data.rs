//! `data:` paths, which contain their content (RFC 2397).

use crate::string::transfer::base64_decode;
use crate::url::coding::url_decode;

/// The content of `data:[type][;name=value]...[;base64],content`, or what is wrong with it.
pub fn content(path: &[u8]) -> Result<Vec<u8>, &'static str> {
    let rest = path.strip_prefix(b"data:").unwrap_or(path);
    let rest = rest.strip_prefix(b"//").unwrap_or(rest);
    let comma = memchr::memchr(b',', rest).ok_or("rfc2397: no comma in URL")?;
    let (head, body) = (&rest[..comma], &rest[comma + 1..]);
    let mut base64 = false;
    if !head.is_empty() {
        let mut parts = head.split(|byte| *byte == b';');
        let media = parts.next().unwrap_or(b"");
        let parameters: Vec<&[u8]> = parts.collect();
        let has_slash = media.contains(&b'/');
        if parameters.is_empty() && !has_slash {
            return Err("rfc2397: illegal media type");
        }
        if !media.is_empty() && !has_slash {
            return Err("rfc2397: illegal media type");
        }
        for (index, parameter) in parameters.iter().enumerate() {
            if *parameter == b"base64" && index + 1 == parameters.len() {
                base64 = true;
            } else if !parameter.contains(&b'=') {
                return Err("rfc2397: illegal parameter");
            }
        }
    }
    if base64 {
        return base64_decode(body, true).ok_or("rfc2397: unable to decode");
    }
    Ok(url_decode(body))
}

#[cfg(test)]
mod tests {
    use super::content;

    #[test]
    fn contents() {
        assert_eq!(content(b"data:,a%20b").as_deref(), Ok(&b"a b"[..]));
        assert_eq!(content(b"data://text/plain;base64,Zm9v").as_deref(), Ok(&b"foo"[..]));
        assert_eq!(content(b"data:text/plain;charset=x,foo").as_deref(), Ok(&b"foo"[..]));
        assert_eq!(content(b"data:text"), Err("rfc2397: no comma in URL"));
        assert_eq!(content(b"data:text,"), Err("rfc2397: illegal media type"));
        assert_eq!(content(b"data:;base64,#"), Err("rfc2397: unable to decode"));
    }
}
