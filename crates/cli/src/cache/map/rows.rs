//! Cutting a segment into rows.

use phalanx_engine::watch::Area;

/// A row of the picture, or several that one block fills.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Its first byte, as an offset in the segment.
    pub start: usize,
    /// Its bytes.
    pub len: usize,
    /// Bytes that would fill the width of the picture.
    pub scale: usize,
    /// How many rows it stands for.
    pub folds: usize,
}

/// The rows of a segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rows {
    /// Bytes of a row.
    pub len: usize,
    /// The rows, in the order of their addresses.
    pub rows: Vec<Row>,
}

/// No row is shorter: at this length each byte of a header can be seen.
const SHORTEST: usize = 4096;
/// As many rows of one block are drawn as one.
const FOLDED: usize = 3;

impl Rows {
    /// The shortest rows of which there are not more than `most`.
    pub fn of(area: &Area, most: usize) -> Rows {
        let mut len = SHORTEST;
        loop {
            let rows = Self::with_len(area, len);
            // Two rows are there however long they are.
            if rows.rows.len() <= most.max(2) || len >= area.len {
                return rows;
            }
            len *= 2;
        }
    }

    fn with_len(area: &Area, len: usize) -> Rows {
        let mut rows = Vec::new();
        let row = |start: usize| Row { start, len: len.min(area.len - start), scale: len, folds: 1 };
        let mut next = 0;
        for block in &area.blocks {
            // Rows that begin in the block; those that it fills are folded.
            let end = block.offset + block.size;
            let last = end / len * len;
            let folds = last.saturating_sub(next) / len;
            if folds >= FOLDED {
                let bytes = folds * len;
                rows.push(Row { start: next, len: bytes, scale: bytes, folds });
                next += bytes;
            }
            while next < end.min(area.len) {
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
    use phalanx_engine::watch::{Block, BlockKind, GateKind};

    use super::*;

    fn area(sizes: &[usize]) -> Area {
        let mut offset = 0;
        let blocks = sizes.iter().map(|&size| {
            let block = Block { offset, size, kind: BlockKind::Free, path: None, parts: Vec::new() };
            offset += size;
            block
        });
        let blocks = blocks.collect();
        Area { address: 0, len: offset, gate: GateKind::Open, windows_opened: 0, blocks, consistent: true }
    }

    fn check(sizes: &[usize], most: usize, len: usize, expected: &[(usize, usize, usize)]) {
        let rows = Rows::of(&area(sizes), most);
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
        let rows = Rows::of(&area(&[100, 1 << 20]), 9);
        let touched =
            |offset, bytes| rows.touched(offset, bytes).map(|(number, _)| number).collect::<Vec<_>>();
        assert_eq!(touched(0, 100), [0]);
        assert_eq!(touched(100, 1 << 20), [0, 1, 2]);
        assert_eq!(touched(4096, 1), [1]);
    }
}
