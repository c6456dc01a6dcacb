//! Headers of the response. A command line program keeps them too: `headers_list()` shows them.

use phalanx_value::PhpString;

/// Headers and status of a response.
#[derive(Debug, Default)]
pub struct Headers {
    /// Lines as they were given, in order.
    pub lines: Vec<PhpString>,
    /// Status; 0 if nobody set one.
    pub status: u16,
    /// The whole status line, if it was given as such.
    pub status_line: Option<PhpString>,
    /// They were sent.
    pub sent: bool,
}

/// Why a header is not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HeaderError {
    /// More than one line.
    MultipleLines,
    /// A NUL byte.
    Nul,
    /// No colon.
    NoColon,
}

impl HeaderError {
    /// PHP's words for it.
    pub fn text(self) -> &'static str {
        match self {
            HeaderError::MultipleLines => {
                "Header may not contain more than a single header, new line detected"
            }
            HeaderError::Nul => "Header may not contain NUL bytes",
            HeaderError::NoColon => "Header must contain a colon",
        }
    }
}

impl Headers {
    /// `header()`: adds a line, replacing others of its name if `replace` is set.
    pub fn add(&mut self, line: &[u8], replace: bool, status: Option<u16>) -> Result<(), HeaderError> {
        let line = line.trim_ascii_end();
        if line.iter().any(|&byte| matches!(byte, b'\r' | b'\n')) {
            return Err(HeaderError::MultipleLines);
        }
        if line.contains(&0) {
            return Err(HeaderError::Nul);
        }
        if line.len() >= 5 && line[..5].eq_ignore_ascii_case(b"HTTP/") {
            let code = line.split(|&b| b == b' ').nth(1).and_then(|code| std::str::from_utf8(code).ok());
            self.status = code.and_then(|code| code.parse().ok()).unwrap_or(200);
            self.status_line = Some(PhpString::from_bytes(line));
            return Ok(());
        }
        let Some(colon) = line.iter().position(|&byte| byte == b':') else {
            // A line without colon is dropped without a word, as PHP does.
            return Ok(());
        };
        let name = line[..colon].trim_ascii_end();
        if replace {
            self.remove(name);
        }
        if let Some(status) = status.filter(|&status| status != 0) {
            self.status = status;
            self.status_line = None;
        } else if name.eq_ignore_ascii_case(b"www-authenticate") {
            self.status = 401;
        } else if name.eq_ignore_ascii_case(b"location") && !matches!(self.status, 201 | 300..400) {
            self.status = 302;
        }
        self.lines.push(PhpString::from_bytes(line));
        Ok(())
    }

    /// `header_remove()` of a name.
    pub fn remove(&mut self, name: &[u8]) {
        self.lines.retain(|line| !name_of(line).eq_ignore_ascii_case(name));
    }

    /// `header_remove()` of all.
    pub fn clear(&mut self) {
        self.lines.clear();
    }

    /// The value of the last header of this name.
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        let line = self.lines.iter().rev().find(|line| name_of(line).eq_ignore_ascii_case(name))?;
        Some(line[name_of(line).len() + 1..].trim_ascii())
    }
}

fn name_of(line: &[u8]) -> &[u8] {
    line.split(|&byte| byte == b':').next().unwrap_or_default()
}
