//! Filters: what bytes go through on their way to and from a device.

use crate::string::transfer;
use phalanx_value::Value;
use phalanx_vm::{Context, PhpResult};

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// From the device.
    Read,
    /// To the device.
    Write,
}

/// A filter.
pub trait Filter {
    /// Takes bytes and appends what becomes of them. At the end what was held back must come too.
    fn run(&mut self, cx: &mut Context, input: &[u8], closing: bool, out: &mut Vec<u8>) -> PhpResult;

    /// The stream ends, or the filter is taken away.
    fn close(&mut self, cx: &mut Context) -> PhpResult {
        let _ = cx;
        Ok(())
    }

    /// Calls `visit` for the PHP values it owns.
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        let _ = visit;
    }
}

/// The filters of a stream in one direction, in order, each with a number.
#[derive(Default)]
pub struct Chain(Vec<(u64, Box<dyn Filter>)>);

impl Chain {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a filter.
    pub fn add(&mut self, id: u64, filter: Box<dyn Filter>, first: bool) {
        if first {
            self.0.insert(0, (id, filter));
        } else {
            self.0.push((id, filter));
        }
    }

    /// Takes a filter out.
    pub fn remove(&mut self, id: u64) -> Option<Box<dyn Filter>> {
        let at = self.0.iter().position(|(other, _)| *other == id)?;
        Some(self.0.remove(at).1)
    }

    /// Sends bytes through all.
    pub fn run(&mut self, cx: &mut Context, input: &[u8], closing: bool) -> PhpResult<Vec<u8>> {
        let mut bytes = input.to_vec();
        for (_, filter) in &mut self.0 {
            let mut out = Vec::with_capacity(bytes.len());
            filter.run(cx, &bytes, closing, &mut out)?;
            bytes = out;
        }
        Ok(bytes)
    }

    /// Ends all.
    pub fn close(self, cx: &mut Context) -> PhpResult {
        for (_, mut filter) in self.0 {
            filter.close(cx)?;
        }
        Ok(())
    }

    /// Calls `visit` for the PHP values they own.
    pub fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        for (_, filter) in &self.0 {
            filter.trace(visit);
        }
    }
}

/// A filter that changes each byte by itself.
struct Bytewise(fn(u8) -> u8);

impl Filter for Bytewise {
    fn run(&mut self, _: &mut Context, input: &[u8], _: bool, out: &mut Vec<u8>) -> PhpResult {
        out.extend(input.iter().map(|byte| self.0(*byte)));
        Ok(())
    }
}

fn rot13(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => (byte - b'a' + 13) % 26 + b'a',
        b'A'..=b'Z' => (byte - b'A' + 13) % 26 + b'A',
        _ => byte,
    }
}

/// A filter that codes groups of bytes; what does not fill a group waits for more.
struct Grouped {
    held: Vec<u8>,
    group: usize,
    /// Bytes that do not count.
    skip: fn(u8) -> bool,
    code: fn(&[u8]) -> Vec<u8>,
}

impl Filter for Grouped {
    fn run(&mut self, _: &mut Context, input: &[u8], closing: bool, out: &mut Vec<u8>) -> PhpResult {
        self.held.extend(input.iter().copied().filter(|byte| !(self.skip)(*byte)));
        let whole = if closing { self.held.len() } else { self.held.len() / self.group * self.group };
        out.extend((self.code)(&self.held[..whole]));
        self.held.drain(..whole);
        Ok(())
    }
}

/// Chunks of HTTP put together.
#[derive(Default)]
struct Dechunk {
    held: Vec<u8>,
    left: usize,
    done: bool,
    /// What came was no chunk: from there on all goes through as it is.
    broken: bool,
}

impl Filter for Dechunk {
    fn run(&mut self, _: &mut Context, input: &[u8], _: bool, out: &mut Vec<u8>) -> PhpResult {
        self.held.extend_from_slice(input);
        while !self.held.is_empty() && !self.done {
            if self.broken {
                out.append(&mut self.held);
                break;
            }
            if self.left > 0 {
                let count = self.left.min(self.held.len());
                out.extend(self.held.drain(..count));
                self.left -= count;
                continue;
            }
            // A line break stands between chunks.
            let start = self.held.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let Some(end) = memchr::memchr(b'\n', &self.held[start..]) else { break };
            let line = &self.held[start..start + end];
            let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
            let size =
                std::str::from_utf8(&line[..digits]).ok().and_then(|d| usize::from_str_radix(d, 16).ok());
            let behind = start + end + 1;
            match size {
                Some(0) => self.done = true,
                Some(size) => self.left = size,
                None => self.broken = true,
            }
            self.held.drain(..if self.broken { start } else { behind });
        }
        Ok(())
    }
}

/// Names of the filters that are built in.
pub const NAMES: [&str; 6] =
    ["string.rot13", "string.toupper", "string.tolower", "convert.*", "consumed", "dechunk"];

/// The built-in filter with this name.
pub fn built_in(name: &[u8]) -> Option<Box<dyn Filter>> {
    let never = |_: u8| false;
    Some(match name.to_ascii_lowercase().as_slice() {
        b"string.rot13" => Box::new(Bytewise(rot13)),
        b"string.toupper" => Box::new(Bytewise(|byte| byte.to_ascii_uppercase())),
        b"string.tolower" => Box::new(Bytewise(|byte| byte.to_ascii_lowercase())),
        b"consumed" => Box::new(Bytewise(|byte| byte)),
        b"dechunk" => Box::new(Dechunk::default()),
        b"convert.base64-encode" => {
            Box::new(Grouped { held: Vec::new(), group: 3, skip: never, code: transfer::base64_encode })
        }
        b"convert.base64-decode" => Box::new(Grouped {
            held: Vec::new(),
            group: 4,
            skip: |byte| matches!(byte, b'\r' | b'\n' | b' ' | b'\t'),
            code: |bytes| transfer::base64_decode(bytes, false).unwrap_or_default(),
        }),
        b"convert.quoted-printable-encode" => Box::new(Grouped {
            held: Vec::new(),
            group: 1,
            skip: never,
            code: |bytes| {
                let quoted = |byte: &u8| !matches!(byte, b' '..=b'~') || *byte == b'=';
                let mut out = Vec::new();
                for byte in bytes {
                    if quoted(byte) {
                        out.extend_from_slice(format!("={byte:02X}").as_bytes());
                    } else {
                        out.push(*byte);
                    }
                }
                out
            },
        }),
        b"convert.quoted-printable-decode" => Box::new(Grouped {
            held: Vec::new(),
            group: usize::MAX,
            skip: never,
            code: transfer::quoted_printable_decode,
        }),
        _ => return None,
    })
}
