//! Requests for the CGI binary: bodies and the variables that announce them.

use crate::sections::Section;
use crate::test_file::TestFile;
use crate::text::{replace, starts_with_ignore_case, trim};

/// What a test sends.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Variables to set, in order.
    pub variables: Vec<(&'static str, Vec<u8>)>,
    /// The body, if there is one; it replaces the standard input.
    pub body: Option<Vec<u8>>,
}

/// The request of `test`. `content_type` is what ENV says, which wins over everything but compressed forms. An error is a
/// request without a body where one must be.
pub fn request(test: &TestFile, content_type: &[u8], content_length: &[u8]) -> Result<Request, &'static str> {
    let section = [Section::PostRaw, Section::Put, Section::Post, Section::GzipPost, Section::DeflatePost]
        .into_iter()
        .find(|&section| test.non_empty(section));
    let Some(section) = section else {
        let variables = vec![
            ("REQUEST_METHOD", b"GET".to_vec()),
            ("CONTENT_TYPE", Vec::new()),
            ("CONTENT_LENGTH", Vec::new()),
        ];
        return Ok(Request { variables, body: None });
    };
    let text = trim(test.get(section).unwrap_or_default());
    let form = || b"application/x-www-form-urlencoded".to_vec();
    let non_empty = |value: &[u8], default: Vec<u8>| if value.is_empty() { default } else { value.to_vec() };
    let mut variables = Vec::new();
    let body = match section {
        Section::PostRaw | Section::Put => {
            let (declared, body) = raw_body(text, !content_type.is_empty());
            if body.is_empty() {
                return Err("empty $request");
            }
            variables.extend(declared.map(|declared| ("CONTENT_TYPE", declared)));
            variables.push(("CONTENT_LENGTH", body.len().to_string().into_bytes()));
            body
        }
        Section::Post => {
            variables.push(("CONTENT_TYPE", non_empty(content_type, form())));
            let length = text.len().to_string().into_bytes();
            variables.push(("CONTENT_LENGTH", non_empty(content_length, length)));
            text.to_vec()
        }
        _ => {
            let is_gzip = section == Section::GzipPost;
            let body = if is_gzip { gzip(text) } else { zlib(text) };
            let encoding = if is_gzip { "gzip" } else { "deflate" };
            variables.push(("HTTP_CONTENT_ENCODING", encoding.as_bytes().to_vec()));
            variables.push(("CONTENT_TYPE", form()));
            variables.push(("CONTENT_LENGTH", body.len().to_string().into_bytes()));
            body
        }
    };
    let method = if section == Section::Put { "PUT" } else { "POST" };
    variables.push(("REQUEST_METHOD", method.as_bytes().to_vec()));
    Ok(Request { variables, body: Some(body) })
}

/// The Content-Type that the first such line declares, and the other lines.
fn raw_body(text: &[u8], has_content_type: bool) -> (Option<Vec<u8>>, Vec<u8>) {
    let mut declared = None;
    let mut lines: Vec<&[u8]> = Vec::new();
    for line in text.split(|&byte| byte == b'\n') {
        let header = b"Content-Type:";
        if !has_content_type && declared.is_none() && starts_with_ignore_case(line, header) {
            declared = Some(trim(&replace(&line[header.len()..], b"\r", b"")).to_vec());
        } else {
            lines.push(line);
        }
    }
    (declared, lines.join(&b'\n'))
}

/// `data` in gzip's format, stored and not compressed: what matters is that the receiver has to unpack it.
fn gzip(data: &[u8]) -> Vec<u8> {
    let mut result = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    stored_blocks(data, &mut result);
    result.extend_from_slice(&crc32(data).to_le_bytes());
    result.extend_from_slice(&(data.len() as u32).to_le_bytes());
    result
}

/// `data` in zlib's format, stored.
fn zlib(data: &[u8]) -> Vec<u8> {
    let mut result = vec![0x78, 0x01];
    stored_blocks(data, &mut result);
    result.extend_from_slice(&adler32(data).to_be_bytes());
    result
}

fn stored_blocks(data: &[u8], result: &mut Vec<u8>) {
    let mut blocks = data.chunks(0xffff).peekable();
    if blocks.peek().is_none() {
        result.extend_from_slice(&[1, 0, 0, 0xff, 0xff]);
    }
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        result.push(u8::from(blocks.peek().is_none()));
        result.extend_from_slice(&length.to_le_bytes());
        result.extend_from_slice(&(!length).to_le_bytes());
        result.extend_from_slice(block);
    }
}

fn crc32(data: &[u8]) -> u32 {
    let mut crc = !0u32;
    for &byte in data {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

fn adler32(data: &[u8]) -> u32 {
    let (mut low, mut high) = (1u32, 0u32);
    for &byte in data {
        low = (low + u32::from(byte)) % 65521;
        high = (high + low) % 65521;
    }
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn check(sections: &str, variables: &[(&str, &str)], body: Option<&str>) {
        let text = format!("--TEST--\nt\n{sections}");
        let test = TestFile::parse(Path::new("x.phpt"), text.as_bytes()).unwrap();
        let request = request(&test, b"", b"").unwrap();
        for (name, value) in variables {
            let found =
                request.variables.iter().find(|(known, _)| known == name).map(|(_, value)| &value[..]);
            assert_eq!(found, Some(value.as_bytes()), "{name}");
        }
        assert_eq!(request.body.as_deref(), body.map(str::as_bytes));
    }

    #[test]
    fn requests() {
        check("", &[("REQUEST_METHOD", "GET")], None);
        check("--POST--\na=b\n", &[("REQUEST_METHOD", "POST"), ("CONTENT_LENGTH", "3")], Some("a=b"));
        check(
            "--POST_RAW--\nContent-Type: text/plain; x\na\nb\n",
            &[("CONTENT_TYPE", "text/plain; x"), ("CONTENT_LENGTH", "3")],
            Some("a\nb"),
        );
        check("--PUT--\nx\n", &[("REQUEST_METHOD", "PUT")], Some("x"));
    }

    #[test]
    fn checksums() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
        assert_eq!(zlib(b"a"), [0x78, 1, 1, 1, 0, 0xfe, 0xff, b'a', 0, 0x62, 0, 0x62]);
    }
}
