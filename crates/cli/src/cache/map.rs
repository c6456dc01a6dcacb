//! `phalanx cache map`: the segments as a picture.
//!
//! A segment is a band that is cut into rows of equal length, from its first byte on, so that a place in the picture is a place
//! in memory. Each block is a group of rectangles, one for each row that it touches, with a tooltip and with its offset
//! and size as attributes `data-offset` and `data-size`; those of a segment add up to its size. Rows that one block fills
//! all by itself are drawn as one when there are several of them, or the free memory of a large segment would fill pages.
//! Above the rows stands the whole segment as one line, where what is large can be seen at its true proportion.

mod rows;

use phalanx_engine::watch::{Area, Block, BlockKind, Code, PartKind};

use self::rows::{Row, Rows};
use super::report::{Figures, hit_rate};
use super::source::Seen;
use super::svg::{Anchor, Svg};
use super::text::{command, duration, end_of, percent, printable, size};

const WIDTH: f64 = 1280.0;
const MARGIN: f64 = 40.0;
/// Where rows begin: behind their offsets.
const LEFT: f64 = MARGIN + 76.0;
const BAND: f64 = WIDTH - MARGIN - LEFT;
const ROW: f64 = 20.0;
const PITCH: f64 = 24.0;
/// Rows of a segment, at most, as far as longer rows can do that.
const MOST_ROWS: usize = 44;

const INK: &str = "#1f2933";
const PALE_INK: &str = "#6b7785";
const PAPER: &str = "#ffffff";
const LINE: &str = "#dde3ea";

/// What something looks like, and what it is called.
struct Look {
    fill: &'static str,
    /// For the second of two neighbors.
    other_fill: &'static str,
    name: &'static str,
}

fn look(kind: BlockKind) -> Look {
    let (fill, other_fill, name) = match kind {
        BlockKind::Allocator => ("#334155", "#334155", "allocator"),
        BlockKind::Index => ("#64748b", "#64748b", "index: table and records"),
        BlockKind::Script => ("#3f7cc4", "#5b92d3", "script (Unit)"),
        BlockKind::Code => ("#2f9e6e", "#4db387", "machine code"),
        BlockKind::Retired => ("#d9534f", "#e27a76", "retired, waits for readers"),
        BlockKind::Private => ("#d977b5", "#e39cc8", "not published yet"),
        BlockKind::Other => ("#a98467", "#a98467", "other"),
        BlockKind::Free => ("#eef2f6", "#eef2f6", "free"),
    };
    Look { fill, other_fill, name }
}

fn part_look(kind: PartKind) -> (&'static str, &'static str) {
    match kind {
        PartKind::Strings => ("#f2b84b", "strings of a script"),
        PartKind::Traces => ("#8e6bd1", "trace table of a script"),
        PartKind::Notes => ("#1e4f8a", "stamp and path of a script"),
    }
}

/// The picture as an SVG document.
pub fn draw(seen: &Seen) -> String {
    let mut page = Page { svg: Svg::default(), y: 0.0 };
    page.head(seen);
    page.legend(seen);
    page.segment("Data segment", "data", &seen.picture.data);
    match &seen.picture.code {
        Code::Area(area) => page.segment("Code segment", "code", area),
        Code::None => page.remark("There is no code segment: the JIT is off."),
        Code::Unreadable(why) => page.remark(&format!("The code segment cannot be read: {why}.")),
    }
    if !seen.picture.consistent {
        page.remark("The cache changed while it was read: this is no picture of one instant.");
    }
    let title = format!("Opcode cache of process {}", seen.process.pid);
    let height = page.y + MARGIN - 10.0;
    let body = std::mem::take(&mut page.svg);
    let mut svg = Svg::default();
    svg.rect([0.0, 0.0, WIDTH, height], &[("fill", &PAPER)]);
    svg.append(body);
    svg.finish([WIDTH, height], &title)
}

struct Page {
    svg: Svg,
    /// Where the next thing begins.
    y: f64,
}

impl Page {
    fn write(&mut self, place: [f64; 2], anchor: Anchor, text: &str, size: f64, weight: u32, ink: &str) {
        let attributes: [(&str, &dyn std::fmt::Display); 3] =
            [("font-size", &size), ("font-weight", &weight), ("fill", &ink)];
        self.svg.text(place, anchor, text, &attributes);
    }

    fn head(&mut self, seen: &Seen) {
        let picture = &seen.picture;
        self.y = 52.0;
        let title = format!("Opcode cache of process {}", seen.process.pid);
        self.write([MARGIN, self.y], Anchor::Start, &title, 22.0, 600, INK);
        let right = format!("Phalanx {}", picture.version);
        self.write([WIDTH - MARGIN, self.y], Anchor::End, &right, 13.0, 400, PALE_INK);
        self.y += 24.0;
        let line = end_of(&command(&seen.process.command), Some(150));
        self.write([MARGIN, self.y], Anchor::Start, &line, 13.0, 400, PALE_INK);
        self.y += 22.0;
        let totals = format!(
            "up {}   ·   gate {}   ·   {} scripts of {} keys   ·   {} hits, {} misses, hit rate {:.1} %   ·   {} taken out   ·   {} of {} threads",
            duration(seen.now.saturating_sub(picture.start_time)),
            picture.data.gate,
            picture.cached_scripts,
            picture.max_keys,
            picture.hits,
            picture.misses,
            hit_rate(picture) * 100.0,
            picture.evictions,
            picture.threads.len(),
            picture.max_threads,
        );
        self.write([MARGIN, self.y], Anchor::Start, &totals, 13.0, 400, INK);
        self.y += 18.0;
        self.rule();
    }

    fn rule(&mut self) {
        let stroke: [(&str, &dyn std::fmt::Display); 1] = [("fill", &LINE)];
        self.svg.rect([MARGIN, self.y, WIDTH - 2.0 * MARGIN, 1.0], &stroke);
    }

    /// A swatch for each kind that there is, with its share of all segments.
    fn legend(&mut self, seen: &Seen) {
        const KINDS: [BlockKind; 8] = [
            BlockKind::Script,
            BlockKind::Code,
            BlockKind::Index,
            BlockKind::Allocator,
            BlockKind::Retired,
            BlockKind::Private,
            BlockKind::Other,
            BlockKind::Free,
        ];
        const PARTS: [PartKind; 3] = [PartKind::Strings, PartKind::Traces, PartKind::Notes];
        let areas: Vec<&Area> = std::iter::once(&seen.picture.data).chain(seen.picture.code.area()).collect();
        let mut entries = Vec::new();
        for kind in KINDS {
            let bytes: usize = areas.iter().map(|area| area.size_of(kind)).sum();
            let count: usize = areas.iter().map(|area| area.count_of(kind)).sum();
            // These two are what one looks for.
            if count > 0 || kind == BlockKind::Retired {
                entries.push((
                    look(kind).fill,
                    look(kind).name,
                    format!("{} in {count} block{}", size(bytes), if count == 1 { "" } else { "s" }),
                ));
            }
            for part in PARTS.into_iter().filter(|_| kind == BlockKind::Script && count > 0) {
                let parts = seen.picture.data.blocks.iter().flat_map(|block| &block.parts);
                let bytes: usize = parts.filter(|found| found.kind == part).map(|found| found.size).sum();
                let (fill, name) = part_look(part);
                entries.push((fill, name, size(bytes)));
            }
        }
        const COLUMNS: usize = 4;
        let column = (WIDTH - 2.0 * MARGIN) / COLUMNS as f64;
        self.y += 26.0;
        for (number, (fill, name, amount)) in entries.iter().enumerate() {
            let x = MARGIN + (number % COLUMNS) as f64 * column;
            let y = self.y + (number / COLUMNS) as f64 * 38.0;
            let attributes: [(&str, &dyn std::fmt::Display); 4] =
                [("fill", fill), ("rx", &3), ("stroke", &"#00000022"), ("stroke-width", &1)];
            self.svg.rect([x, y - 11.0, 26.0, 26.0], &attributes);
            self.write([x + 36.0, y], Anchor::Start, name, 12.5, 500, INK);
            self.write([x + 36.0, y + 15.0], Anchor::Start, amount, 11.5, 400, PALE_INK);
        }
        self.y += entries.len().div_ceil(COLUMNS) as f64 * 38.0 - 6.0;
        self.rule();
    }

    fn remark(&mut self, text: &str) {
        self.y += 34.0;
        self.write([MARGIN, self.y], Anchor::Start, text, 13.0, 400, PALE_INK);
    }

    fn segment(&mut self, name: &str, id: &'static str, area: &Area) {
        let figures = Figures::of(area);
        let rows = Rows::of(area, MOST_ROWS);
        self.y += 40.0;
        let title = format!("{name}, {}", size(area.len));
        self.write([MARGIN, self.y], Anchor::Start, &title, 16.0, 600, INK);
        let scale = format!("one row is {}", size(rows.len));
        self.write([WIDTH - MARGIN, self.y], Anchor::End, &scale, 12.0, 400, PALE_INK);
        self.y += 20.0;
        let line = format!(
            "{} used ({})   ·   {} free, largest block {}, fragmentation {:.1} %   ·   {} retired in {}   ·   {} windows opened",
            size(figures.used),
            percent(figures.used, figures.size),
            size(figures.free),
            size(figures.largest_free),
            figures.fragmentation * 100.0,
            size(figures.retired),
            figures.retired_blocks,
            figures.windows_opened,
        );
        self.write([MARGIN, self.y], Anchor::Start, &line, 12.0, 400, PALE_INK);
        self.y += 16.0;
        self.overview(area);
        self.svg.open(
            "g",
            &[("id", &id), ("data-size", &area.len), ("data-address", &format!("{:#x}", area.address))],
        );
        let top = self.y;
        for (number, row) in rows.rows.iter().enumerate() {
            self.row_label(row, top + number as f64 * PITCH);
        }
        let mut even = false;
        for block in &area.blocks {
            even = !even;
            self.block(block, &rows, top, even);
        }
        self.svg.close();
        self.y = top + rows.rows.len() as f64 * PITCH;
    }

    /// The whole segment in one line.
    fn overview(&mut self, area: &Area) {
        let (width, height) = (WIDTH - 2.0 * MARGIN, 8.0);
        let free = look(BlockKind::Free);
        self.svg.rect([MARGIN, self.y, width, height], &[("fill", &free.fill), ("stroke", &LINE)]);
        let scale = width / area.len.max(1) as f64;
        // Neighbors of one kind are one rectangle; what is thinner than a hair is as wide as one.
        for run in area.blocks.chunk_by(|a, b| a.kind == b.kind).filter(|run| run[0].kind != BlockKind::Free)
        {
            let bytes: usize = run.iter().map(|block| block.size).sum();
            let x = MARGIN + run[0].offset as f64 * scale;
            let wide = (bytes as f64 * scale).max(0.4);
            self.svg.rect([x, self.y, wide, height], &[("fill", &look(run[0].kind).fill)]);
        }
        self.y += height + 16.0;
    }

    fn row_label(&mut self, row: &Row, y: f64) {
        let label = format!("{:#x}", row.start);
        let attributes: [(&str, &dyn std::fmt::Display); 3] = [
            ("font-size", &10.5),
            ("fill", &PALE_INK),
            ("font-family", &"'DejaVu Sans Mono', Menlo, Consolas, monospace"),
        ];
        self.svg.text([LEFT - 10.0, y + 14.0], Anchor::End, &label, &attributes);
    }

    fn block(&mut self, block: &Block, rows: &Rows, top: f64, even: bool) {
        let look = look(block.kind);
        let fill = if even { look.fill } else { look.other_fill };
        self.svg.open("g", &[("data-offset", &block.offset), ("data-size", &block.size), ("fill", &fill)]);
        self.svg.title(&tooltip(block, look.name));
        let mut widest: Option<[f64; 3]> = None;
        let mut folded = None;
        for (number, row) in rows.touched(block.offset, block.size) {
            let y = top + number as f64 * PITCH;
            let [x, width] = place(row, block.offset, block.size);
            if row.folds > 1 {
                folded = Some((row, y));
                self.svg.rect([x, y, width, ROW], &[("fill-opacity", &0.55)]);
                continue;
            }
            // A hair of paper tells neighbors apart where there is room for it.
            let gap = if width > 3.0 { 0.7 } else { 0.0 };
            self.svg.rect([x, y, (width - gap).max(0.15), ROW], &[]);
            for part in &block.parts {
                let [from, wide] = place(row, part.offset, part.size);
                // Parts that cannot be seen would make the file larger and nothing else.
                if wide > 0.25 {
                    let end = (from + wide).min(x + width - gap);
                    let area = [from, y, (end - from).max(0.15), ROW];
                    self.svg.rect(area, &[("fill", &part_look(part.kind).0)]);
                }
            }
            if widest.is_none_or(|[_, _, wide]| width > wide) {
                widest = Some([x, y, width]);
            }
        }
        if let Some([x, y, width]) = widest {
            self.label(block, x, y, width);
        }
        if let Some((row, y)) = folded {
            let text = format!("{} rows, {}", row.folds, size(row.len));
            let ink = if block.kind == BlockKind::Free { PALE_INK } else { INK };
            self.write([LEFT + BAND / 2.0, y + 14.0], Anchor::Middle, &text, 11.0, 400, ink);
        }
        self.svg.close();
    }

    /// The name of a script on its largest rectangle, if there is room.
    fn label(&mut self, block: &Block, x: f64, y: f64, width: f64) {
        let Some(path) = &block.path else { return };
        let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        let room = ((width - 12.0) / 6.4) as usize;
        if room < 8 {
            return;
        }
        let name = end_of(&printable(name), Some(room));
        // A border in the dark of the block keeps the name legible on strings, too.
        let border = if block.kind == BlockKind::Code { "#14593c" } else { "#1d3d66" };
        let attributes: [(&str, &dyn std::fmt::Display); 7] = [
            ("font-size", &10.5),
            ("font-weight", &500),
            ("fill", &PAPER),
            ("stroke", &border),
            ("stroke-width", &2.6),
            ("stroke-linejoin", &"round"),
            ("paint-order", &"stroke"),
        ];
        self.svg.text([x + 6.0, y + 13.8], Anchor::Start, &name, &attributes);
    }
}

/// Where a range of bytes is in a row, and how wide: nothing if it is not there.
fn place(row: &Row, offset: usize, bytes: usize) -> [f64; 2] {
    let (start, end) = (offset.max(row.start), (offset + bytes).min(row.start + row.len));
    let scale = BAND / row.scale as f64;
    let width = end.saturating_sub(start) as f64 * scale;
    [LEFT + start.saturating_sub(row.start) as f64 * scale, width]
}

fn tooltip(block: &Block, kind: &str) -> String {
    let mut text = match &block.path {
        Some(path) => format!("{}\n{kind}", printable(path)),
        None => kind.to_owned(),
    };
    text.push_str(&format!(", {} ({} bytes) at {:#x}", size(block.size), block.size, block.offset));
    for kind in [PartKind::Strings, PartKind::Traces] {
        let bytes: usize = block.parts.iter().filter(|part| part.kind == kind).map(|part| part.size).sum();
        if bytes > 0 {
            text.push_str(&format!("\n{}: {}", part_look(kind).1, size(bytes)));
        }
    }
    text
}
