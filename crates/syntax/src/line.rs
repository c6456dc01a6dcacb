//! Line numbers.
//!
//! A line ends with `\n`, `\r\n` or a lone `\r`, as in PHP. The index is built once with a vectorised search; lookups that
//! go forward, as a compiler's do, are constant time through a [`LineCursor`].

use std::ops::Range;

use memchr::{memchr, memchr2};

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
        if memchr(b'\r', source).is_none() {
            add_line_feeds(source, &mut starts);
            return Self { starts };
        }
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
        LineCursor { index: self, line: 0, range: 0..0 }
    }
}

/// Adds the offsets behind all `\n`. Lines are short, so a search for each would take longer than to look at all words.
fn add_line_feeds(source: &[u8], starts: &mut Vec<u32>) {
    let (blocks, rest) = source.as_chunks::<64>();
    let mut behind = 1;
    for block in blocks {
        let mut found = 0;
        for (number, word) in block.as_chunks::<8>().0.iter().enumerate() {
            found |= line_feeds(*word) << (number * 8);
        }
        while found != 0 {
            starts.push(behind + found.trailing_zeros());
            found &= found - 1;
        }
        behind += 64;
    }
    starts.extend((behind..).zip(rest).filter(|(_, byte)| **byte == b'\n').map(|(behind, _)| behind));
}

/// A bit for each byte that is a line feed.
#[inline]
fn line_feeds(bytes: [u8; 8]) -> u64 {
    const EACH: u64 = u64::from_ne_bytes([1; 8]);
    const LOW: u64 = EACH * 0x7f;
    // The bytes that are line feeds are zero now, and have their highest bit set then, which no others have.
    let bytes = u64::from_le_bytes(bytes) ^ (EACH * u64::from(b'\n'));
    let found = !(((bytes & LOW) + LOW) | bytes | LOW);
    // Brings these bits together in the highest byte.
    (found >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// Remembers the last line, so that neighbouring lookups are cheap.
#[derive(Clone, Debug)]
pub struct LineCursor<'a> {
    index: &'a LineIndex,
    /// Counted from 0: the number of line starts at or before the last offset.
    line: usize,
    /// The offsets that are in this line.
    range: Range<u32>,
}

impl LineCursor<'_> {
    /// The line of `offset`, counted from 1.
    #[inline]
    pub fn line(&mut self, offset: u32) -> u32 {
        if !self.range.contains(&offset) {
            self.go_to(offset);
        }
        self.line as u32 + 1
    }

    fn go_to(&mut self, offset: u32) {
        let starts = &self.index.starts;
        let start_of = |line: usize| line.checked_sub(1).map_or(0, |before| starts[before]);
        let mut steps = 0..8;
        while steps.next().is_some() && start_of(self.line) > offset {
            self.line -= 1;
        }
        while steps.next().is_some() && starts.get(self.line).is_some_and(|&start| start <= offset) {
            self.line += 1;
        }
        let end_of = |line: usize| starts.get(line).copied().unwrap_or(u32::MAX);
        if !(start_of(self.line)..end_of(self.line)).contains(&offset) {
            self.line = self.index.line(offset) as usize - 1;
        }
        self.range = start_of(self.line)..end_of(self.line);
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

    /// Line feeds anywhere in blocks, between bytes that differ from them in one bit.
    #[test]
    fn line_feeds_are_found() {
        let bytes = [b'\n', 0x0b, 0x08, 0x0e, 0x02, 0x1a, 0x2a, 0x4a, 0x8a];
        let mut random = 1_u32;
        for len in 0..400 {
            let mut next = || {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                bytes[(random >> 16) as usize % bytes.len()]
            };
            let source: Vec<u8> = (0..len).map(|_| next()).collect();
            let all = (1..).zip(&source).filter(|(_, byte)| **byte == b'\n').map(|(behind, _)| behind);
            assert_eq!(LineIndex::new(&source).starts, all.collect::<Vec<u32>>());
        }
    }
}
