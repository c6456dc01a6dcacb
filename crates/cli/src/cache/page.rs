//! A page of a picture: what the pictures of processes and of files have in common.

use std::fmt::Display;

use super::rows::{Row, Rows};
use super::svg::{Anchor, Svg};
use super::text::{end_of, size};

pub const WIDTH: f64 = 1280.0;
pub const MARGIN: f64 = 40.0;
/// Where rows begin: behind their offsets.
pub const LEFT: f64 = MARGIN + 76.0;
pub const BAND: f64 = WIDTH - MARGIN - LEFT;
pub const ROW: f64 = 20.0;
pub const PITCH: f64 = 24.0;

pub const INK: &str = "#1f2933";
pub const PALE_INK: &str = "#6b7785";
pub const PAPER: &str = "#ffffff";
pub const LINE: &str = "#dde3ea";

/// A picture that grows from top to bottom.
#[derive(Default)]
pub struct Page {
    pub svg: Svg,
    /// Where the next thing begins.
    pub y: f64,
}

/// What a swatch of the legend explains: the color, its name, and how much there is of it.
pub type Entry = (&'static str, &'static str, String);

impl Page {
    pub fn write(&mut self, place: [f64; 2], anchor: Anchor, text: &str, size: f64, weight: u32, ink: &str) {
        let attributes: [(&str, &dyn Display); 3] =
            [("font-size", &size), ("font-weight", &weight), ("fill", &ink)];
        self.svg.text(place, anchor, text, &attributes);
    }

    /// What the picture shows, by which version, and two lines more.
    pub fn head(&mut self, title: &str, right: &str, line: &str, totals: &str) {
        self.y = 52.0;
        self.write([MARGIN, self.y], Anchor::Start, title, 22.0, 600, INK);
        self.write([WIDTH - MARGIN, self.y], Anchor::End, right, 13.0, 400, PALE_INK);
        self.y += 24.0;
        self.write([MARGIN, self.y], Anchor::Start, &end_of(line, Some(150)), 13.0, 400, PALE_INK);
        self.y += 22.0;
        self.write([MARGIN, self.y], Anchor::Start, totals, 13.0, 400, INK);
        self.y += 18.0;
        self.rule();
    }

    pub fn rule(&mut self) {
        let stroke: [(&str, &dyn Display); 1] = [("fill", &LINE)];
        self.svg.rect([MARGIN, self.y, WIDTH - 2.0 * MARGIN, 1.0], &stroke);
    }

    /// A legend.
    pub fn swatches(&mut self, entries: &[Entry]) {
        const COLUMNS: usize = 4;
        let column = (WIDTH - 2.0 * MARGIN) / COLUMNS as f64;
        self.y += 26.0;
        for (number, (fill, name, amount)) in entries.iter().enumerate() {
            let x = MARGIN + (number % COLUMNS) as f64 * column;
            let y = self.y + (number / COLUMNS) as f64 * 38.0;
            let attributes: [(&str, &dyn Display); 4] =
                [("fill", fill), ("rx", &3), ("stroke", &"#00000022"), ("stroke-width", &1)];
            self.svg.rect([x, y - 11.0, 26.0, 26.0], &attributes);
            self.write([x + 36.0, y], Anchor::Start, name, 12.5, 500, INK);
            self.write([x + 36.0, y + 15.0], Anchor::Start, amount, 11.5, 400, PALE_INK);
        }
        self.y += entries.len().div_ceil(COLUMNS) as f64 * 38.0 - 6.0;
        self.rule();
    }

    pub fn remark(&mut self, text: &str) {
        self.y += 34.0;
        self.write([MARGIN, self.y], Anchor::Start, text, 13.0, 400, PALE_INK);
    }

    /// The title of a whole, with the length of its rows, and a line of figures.
    pub fn band_head(&mut self, title: &str, rows: &Rows, line: &str) {
        self.y += 40.0;
        self.write([MARGIN, self.y], Anchor::Start, title, 16.0, 600, INK);
        let scale = format!("one row is {}", size(rows.len));
        self.write([WIDTH - MARGIN, self.y], Anchor::End, &scale, 12.0, 400, PALE_INK);
        self.y += 20.0;
        self.write([MARGIN, self.y], Anchor::Start, line, 12.0, 400, PALE_INK);
        self.y += 16.0;
    }

    /// The whole of `len` bytes in one line: offset, bytes and color of what is to be seen on the ground.
    pub fn overview(
        &mut self,
        len: usize,
        ground: &str,
        runs: impl Iterator<Item = (usize, usize, &'static str)>,
    ) {
        let (width, height) = (WIDTH - 2.0 * MARGIN, 8.0);
        self.svg.rect([MARGIN, self.y, width, height], &[("fill", &ground), ("stroke", &LINE)]);
        let scale = width / len.max(1) as f64;
        for (offset, bytes, fill) in runs {
            // What is thinner than a hair is as wide as one.
            let wide = (bytes as f64 * scale).max(0.4);
            self.svg.rect([MARGIN + offset as f64 * scale, self.y, wide, height], &[("fill", &fill)]);
        }
        self.y += height + 16.0;
    }

    /// The offsets before the rows.
    pub fn row_labels(&mut self, rows: &Rows) {
        for (number, row) in rows.rows.iter().enumerate() {
            self.row_label(row, self.y + number as f64 * PITCH);
        }
    }

    fn row_label(&mut self, row: &Row, y: f64) {
        let label = format!("{:#x}", row.start);
        let attributes: [(&str, &dyn Display); 3] = [
            ("font-size", &10.5),
            ("fill", &PALE_INK),
            ("font-family", &"'DejaVu Sans Mono', Menlo, Consolas, monospace"),
        ];
        self.svg.text([LEFT - 10.0, y + 14.0], Anchor::End, &label, &attributes);
    }

    /// The rectangles of a range of bytes in its rows, of the color of the group that is open. `pale` is for the text on rows that are
    /// drawn as one. Gives place and width of the widest rectangle.
    pub fn stretch(&mut self, rows: &Rows, offset: usize, bytes: usize, pale: bool) -> Option<[f64; 3]> {
        let mut widest: Option<[f64; 3]> = None;
        for (number, row) in rows.touched(offset, bytes) {
            let y = self.y + number as f64 * PITCH;
            let [x, width] = place(row, offset, bytes);
            if row.folds > 1 {
                self.svg.rect([x, y, width, ROW], &[("fill-opacity", &0.55)]);
                let text = format!("{} rows, {}", row.folds, size(row.len));
                let ink = if pale { PALE_INK } else { INK };
                self.write([LEFT + BAND / 2.0, y + 14.0], Anchor::Middle, &text, 11.0, 400, ink);
                continue;
            }
            self.svg.rect([x, y, (width - gap(width)).max(0.15), ROW], &[]);
            if widest.is_none_or(|[_, _, wide]| width > wide) {
                widest = Some([x, y, width]);
            }
        }
        widest
    }

    /// A name on a rectangle, if there is room, with a border that keeps it legible.
    pub fn label(&mut self, name: &str, [x, y, width]: [f64; 3], border: &str) {
        let room = ((width - 12.0) / 6.4) as usize;
        if room < 8 {
            return;
        }
        let attributes: [(&str, &dyn Display); 7] = [
            ("font-size", &10.5),
            ("font-weight", &500),
            ("fill", &PAPER),
            ("stroke", &border),
            ("stroke-width", &2.6),
            ("stroke-linejoin", &"round"),
            ("paint-order", &"stroke"),
        ];
        self.svg.text([x + 6.0, y + 13.8], Anchor::Start, &end_of(name, Some(room)), &attributes);
    }

    /// The picture as an SVG document.
    pub fn finish(self, title: &str) -> String {
        let height = self.y + MARGIN - 10.0;
        let mut svg = Svg::default();
        svg.rect([0.0, 0.0, WIDTH, height], &[("fill", &PAPER)]);
        svg.append(self.svg);
        svg.finish([WIDTH, height], title)
    }
}

/// A hair of paper tells neighbors apart where there is room for it.
pub fn gap(width: f64) -> f64 {
    if width > 3.0 { 0.7 } else { 0.0 }
}

/// Where a range of bytes is in a row, and how wide: nothing if it is not there.
pub fn place(row: &Row, offset: usize, bytes: usize) -> [f64; 2] {
    let (start, end) = (offset.max(row.start), (offset + bytes).min(row.start + row.len));
    let scale = BAND / row.scale as f64;
    let width = end.saturating_sub(start) as f64 * scale;
    [LEFT + start.saturating_sub(row.start) as f64 * scale, width]
}
