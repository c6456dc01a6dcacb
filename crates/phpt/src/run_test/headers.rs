//! Headers in the output of the CGI program.

use crate::expect::normalize;
use crate::text::trim;

/// Names and values in order.
pub(super) type Headers = Vec<(Vec<u8>, Vec<u8>)>;

pub(super) fn parse_headers(text: &[u8]) -> Headers {
    crate::text::lines(text)
        .filter_map(|line| crate::text::split_once_byte(line, b':'))
        .map(|(name, value)| (trim(name).to_vec(), trim(value).to_vec()))
        .collect()
}

/// The body and the headers of what the CGI program printed.
pub(super) fn split_headers(output: &[u8]) -> (Vec<u8>, Headers) {
    let breaks = [&b"\r\n\r\n"[..], b"\n\r\n", b"\r\n\n", b"\n\n"];
    let first = breaks
        .iter()
        .filter_map(|separator| crate::text::find(output, separator).map(|at| (at, separator.len())))
        .min_by_key(|&(at, length)| (at, usize::MAX - length));
    match first {
        Some((at, length)) => (trim(&output[at + length..]).to_vec(), parse_headers(&output[..at])),
        None => (normalize(output), Vec::new()),
    }
}

pub(super) fn with_headers(headers: &Headers, body: &[u8]) -> Vec<u8> {
    let mut result = Vec::new();
    for (index, (name, value)) in headers.iter().enumerate() {
        if index > 0 {
            result.push(b'\n');
        }
        result.extend_from_slice(name);
        result.extend_from_slice(b": ");
        result.extend_from_slice(value);
    }
    result.extend_from_slice(b"\n--HEADERS--\n");
    result.extend_from_slice(body);
    result
}
