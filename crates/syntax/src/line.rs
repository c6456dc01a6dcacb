//! Line numbers.
//!
//! A line ends with `\n`, `\r\n` or a lone `\r`, as in PHP. The index is built once with a vectorised search; lookups that
//! go forward, as a compiler's do, are constant time through a [`LineCursor`].

use memchr::memchr2;

/// The line starts of one source.
#[derive(Clone, Debug)]
pub struct LineIndex {
    /// Offsets of the first bytes of line 2, 3, ...
    starts: Vec<u32>,
}

impl LineIndex {
    /// Finds the lines of `source`.
    pub fn new(source: &[u8]) -> Self {
        let mut starts = Vec::with_capacity(source.len() / 32);
        let mut at = 0;
        while let Some(found) = memchr2(b'\n', b'\r', &source[at..]) {
            at += found + 1;
            if source[at - 1] == b'\r' && source.get(at) == Some(&b'\n') {
                at += 1;
            }
            starts.push(at as u32);
        }
        Self { starts }
    }

    /// The line of `offset`, counted from 1.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32 + 1
    }

    /// The number of lines, at least 1.
    pub fn len(&self) -> u32 {
        self.starts.len() as u32 + 1
    }

    /// Never true: an empty source has one line.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The offset of the first byte of `line`, when there is such a line.
    pub fn start(&self, line: u32) -> Option<u32> {
        match line {
            0 => None,
            1 => Some(0),
            _ => self.starts.get(line as usize - 2).copied(),
        }
    }

    /// A cursor at line 1.
    pub fn cursor(&self) -> LineCursor<'_> {
        LineCursor { index: self, line: 0 }
    }
}

/// Remembers the last line, so that neighbouring lookups are cheap.
#[derive(Clone, Debug)]
pub struct LineCursor<'a> {
    index: &'a LineIndex,
    /// Counted from 0: the number of line starts at or before the last offset.
    line: usize,
}

impl LineCursor<'_> {
    /// The line of `offset`, counted from 1.
    #[inline]
    pub fn line(&mut self, offset: u32) -> u32 {
        let starts = &self.index.starts;
        for _ in 0..8 {
            if self.line > 0 && starts[self.line - 1] > offset {
                self.line -= 1;
            } else if starts.get(self.line).is_some_and(|&start| start <= offset) {
                self.line += 1;
            } else {
                return self.line as u32 + 1;
            }
        }
        self.line = self.index.line(offset) as usize - 1;
        self.line as u32 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, lines: &[u32]) {
        let index = LineIndex::new(source.as_bytes());
        let found: Vec<u32> = (0..=source.len() as u32).map(|offset| index.line(offset)).collect();
        assert_eq!(found, lines);
        let mut cursor = index.cursor();
        for offset in (0..=source.len() as u32).chain((0..=source.len() as u32).rev()) {
            assert_eq!(cursor.line(offset), index.line(offset));
        }
    }

    #[test]
    fn line_ends() {
        check("", &[1]);
        check("a\nb", &[1, 1, 2, 2]);
        check("a\r\nb\rc", &[1, 1, 1, 2, 2, 3, 3]);
        check("\n\n", &[1, 2, 3]);
    }
}
