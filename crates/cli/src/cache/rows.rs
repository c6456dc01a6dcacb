//! Cutting a segment or a file into rows.

/// A row of the picture, or several that one block fills.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Its first byte, as an offset in the whole.
    pub start: usize,
    /// Its bytes.
    pub len: usize,
    /// Bytes that would fill the width of the picture.
    pub scale: usize,
    /// How many rows it stands for.
    pub folds: usize,
}

/// The rows of a segment or file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rows {
    /// Bytes of a row.
    pub len: usize,
    /// The rows, in the order of their addresses.
    pub rows: Vec<Row>,
}

/// As many rows of one block are drawn as one.
const FOLDED: usize = 3;

impl Rows {
    /// The shortest rows, from `shortest` bytes on, of which there are not more than `most`. `blocks` are offsets and sizes, without
    /// gaps.
    pub fn of(blocks: &[(usize, usize)], shortest: usize, most: usize) -> Rows {
        let all = blocks.last().map_or(0, |(offset, size)| offset + size);
        let mut len = shortest;
        loop {
            let rows = Self::with_len(blocks, all, len);
            // Two rows are there however long they are.
            if rows.rows.len() <= most.max(2) || len >= all {
                return rows;
            }
            len *= 2;
        }
    }

    fn with_len(blocks: &[(usize, usize)], all: usize, len: usize) -> Rows {
        let mut rows = Vec::new();
        let row = |start: usize| Row { start, len: len.min(all - start), scale: len, folds: 1 };
        let mut next = 0;
        for (offset, size) in blocks {
            // Rows that begin in the block; those that it fills are folded.
            let end = offset + size;
            let last = end / len * len;
            let folds = last.saturating_sub(next) / len;
            if folds >= FOLDED {
                let bytes = folds * len;
                rows.push(Row { start: next, len: bytes, scale: bytes, folds });
                next += bytes;
            }
            while next < end.min(all) {
                rows.push(row(next));
                next += len;
            }
        }
        Rows { len, rows }
    }

    /// The rows that a range of bytes touches, with their numbers.
    pub fn touched(&self, offset: usize, bytes: usize) -> impl Iterator<Item = (usize, &Row)> {
        let first = self.rows.partition_point(|row| row.start + row.len <= offset);
        let rows = self.rows.iter().enumerate().skip(first);
        rows.take_while(move |(_, row)| row.start < offset + bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(sizes: &[usize]) -> Vec<(usize, usize)> {
        let mut offset = 0;
        let blocks = sizes.iter().map(|&size| {
            offset += size;
            (offset - size, size)
        });
        blocks.collect()
    }

    fn check(sizes: &[usize], most: usize, len: usize, expected: &[(usize, usize, usize)]) {
        let rows = Rows::of(&blocks(sizes), 4096, most);
        let found: Vec<_> = rows.rows.iter().map(|row| (row.start, row.len, row.folds)).collect();
        assert_eq!((rows.len, &found[..]), (len, expected), "{sizes:?}");
    }

    #[test]
    fn rows_cover_the_segment() {
        check(&[4096], 9, 4096, &[(0, 4096, 1)]);
        check(&[100, 8000], 9, 4096, &[(0, 4096, 1), (4096, 4004, 1)]);
        check(&[100, 1 << 20], 9, 4096, &[(0, 4096, 1), (4096, 255 * 4096, 255), (1 << 20, 100, 1)]);
        check(&[20_000, 100], 9, 4096, &[(0, 16384, 4), (16384, 3716, 1)]);
        check(
            &[3000; 16],
            6,
            8192,
            &[
                (0, 8192, 1),
                (8192, 8192, 1),
                (16384, 8192, 1),
                (24576, 8192, 1),
                (32768, 8192, 1),
                (40960, 7040, 1),
            ],
        );
    }

    #[test]
    fn blocks_find_their_rows() {
        let rows = Rows::of(&blocks(&[100, 1 << 20]), 4096, 9);
        let touched =
            |offset, bytes| rows.touched(offset, bytes).map(|(number, _)| number).collect::<Vec<_>>();
        assert_eq!(touched(0, 100), [0]);
        assert_eq!(touched(100, 1 << 20), [0, 1, 2]);
        assert_eq!(touched(4096, 1), [1]);
    }
}
