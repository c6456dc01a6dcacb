//! `phalanx cache map`: the segments as a picture.
//!
//! A segment is a band that is cut into rows of equal length, from its first byte on, so that a place in the picture is a place
//! in memory. Each block is a group of rectangles, one for each row that it touches, with a tooltip and with its offset
//! and size as attributes `data-offset` and `data-size`; those of a segment add up to its size. Rows that one block fills
//! all by itself are drawn as one when there are several of them, or the free memory of a large segment would fill pages.
//! Above the rows stands the whole segment as one line, where what is large can be seen at its true proportion.

use phalanx_engine::watch::{Area, Block, BlockKind, Code, PartKind};

use super::page::{PITCH, Page, ROW, gap, place};
use super::report::{Figures, hit_rate};
use super::rows::Rows;
use super::source::Seen;
use super::text::{command, duration, percent, printable, size};

/// Rows of a segment, at most, as far as longer rows can do that.
const MOST_ROWS: usize = 44;
/// No row is shorter: at this length each byte of a header can be seen.
const SHORTEST_ROW: usize = 4096;

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
        BlockKind::Strings => ("#faedd3", "#faedd3", "page of strings that scripts share"),
        BlockKind::Code => ("#2f9e6e", "#4db387", "machine code"),
        BlockKind::Retired => ("#d9534f", "#e27a76", "retired, waits for readers"),
        BlockKind::Private => ("#d977b5", "#e39cc8", "not published yet"),
        BlockKind::Other => ("#a98467", "#a98467", "other"),
        BlockKind::Free => ("#eef2f6", "#eef2f6", "free"),
    };
    Look { fill, other_fill, name }
}

/// The color of a part of a block, and what it is called.
fn part_look(block: BlockKind, kind: PartKind) -> (&'static str, &'static str) {
    match kind {
        PartKind::Strings if block == BlockKind::Strings => ("#f2b84b", "shared strings"),
        PartKind::Strings => ("#df9a3a", "strings of one script"),
        PartKind::Traces => ("#8e6bd1", "trace table of a script"),
        PartKind::Notes => ("#1e4f8a", "stamp and path of a script"),
    }
}

/// The picture as an SVG document.
pub fn draw(seen: &Seen) -> String {
    let mut page = Page::default();
    head(&mut page, seen);
    legend(&mut page, seen);
    segment(&mut page, "Data segment", "data", &seen.picture.data);
    match &seen.picture.code {
        Code::Area(area) => segment(&mut page, "Code segment", "code", area),
        Code::None => page.remark("There is no code segment: the JIT is off."),
        Code::Unreadable(why) => page.remark(&format!("The code segment cannot be read: {why}.")),
    }
    if !seen.picture.consistent {
        page.remark("The cache changed while it was read: this is no picture of one instant.");
    }
    page.finish(&title(seen))
}

fn title(seen: &Seen) -> String {
    format!("Opcode cache of process {}", seen.process.pid)
}

fn head(page: &mut Page, seen: &Seen) {
    let picture = &seen.picture;
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
    let version = format!("Phalanx {}", picture.version);
    page.head(&title(seen), &version, &command(&seen.process.command), &totals);
}

/// A swatch for each kind that there is, with its share of all segments.
fn legend(page: &mut Page, seen: &Seen) {
    const KINDS: [BlockKind; 9] = [
        BlockKind::Script,
        BlockKind::Strings,
        BlockKind::Code,
        BlockKind::Index,
        BlockKind::Allocator,
        BlockKind::Retired,
        BlockKind::Private,
        BlockKind::Other,
        BlockKind::Free,
    ];
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
        let parts: &[PartKind] = match kind {
            BlockKind::Script if count > 0 => &[PartKind::Strings, PartKind::Traces, PartKind::Notes],
            BlockKind::Strings if count > 0 => &[PartKind::Strings],
            _ => &[],
        };
        for &part in parts {
            let blocks = seen.picture.data.blocks.iter().filter(|block| block.kind == kind);
            let found = blocks.flat_map(|block| &block.parts).filter(|found| found.kind == part);
            let (fill, name) = part_look(kind, part);
            entries.push((fill, name, size(found.map(|found| found.size).sum())));
        }
    }
    page.swatches(&entries);
}

fn segment(page: &mut Page, name: &str, id: &'static str, area: &Area) {
    let figures = Figures::of(area);
    let blocks: Vec<_> = area.blocks.iter().map(|block| (block.offset, block.size)).collect();
    let rows = Rows::of(&blocks, SHORTEST_ROW, MOST_ROWS);
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
    page.band_head(&format!("{name}, {}", size(area.len)), &rows, &line);
    // Neighbors of one kind are one rectangle.
    let runs = area.blocks.chunk_by(|a, b| a.kind == b.kind).filter(|run| run[0].kind != BlockKind::Free);
    let runs =
        runs.map(|run| (run[0].offset, run.iter().map(|block| block.size).sum(), look(run[0].kind).fill));
    page.overview(area.len, look(BlockKind::Free).fill, runs);
    let address = format!("{:#x}", area.address);
    page.svg.open("g", &[("id", &id), ("data-size", &area.len), ("data-address", &address)]);
    page.row_labels(&rows);
    let mut even = false;
    for block in &area.blocks {
        even = !even;
        draw_block(page, block, &rows, even);
    }
    page.svg.close();
    page.y += rows.rows.len() as f64 * PITCH;
}

fn draw_block(page: &mut Page, block: &Block, rows: &Rows, even: bool) {
    let look = look(block.kind);
    let fill = if even { look.fill } else { look.other_fill };
    page.svg.open("g", &[("data-offset", &block.offset), ("data-size", &block.size), ("fill", &fill)]);
    page.svg.title(&tooltip(block, look.name));
    let widest = page.stretch(rows, block.offset, block.size, block.kind == BlockKind::Free);
    for part in &block.parts {
        for (number, row) in rows.touched(part.offset, part.size).filter(|(_, row)| row.folds == 1) {
            let [from, wide] = place(row, part.offset, part.size);
            let [x, width] = place(row, block.offset, block.size);
            // Parts that cannot be seen would make the file larger and nothing else.
            if wide > 0.25 {
                let end = (from + wide).min(x + width - gap(width));
                let y = page.y + number as f64 * PITCH;
                let area = [from, y, (end - from).max(0.15), ROW];
                page.svg.rect(area, &[("fill", &part_look(block.kind, part.kind).0)]);
            }
        }
    }
    // The name of a script on its largest rectangle.
    if let Some((widest, path)) = widest.zip(block.path.as_ref()) {
        let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        // In the dark of the block it is legible on strings, too.
        let border = if block.kind == BlockKind::Code { "#14593c" } else { "#1d3d66" };
        page.label(&printable(name), widest, border);
    }
    page.svg.close();
}

fn tooltip(block: &Block, name: &str) -> String {
    let mut text = match &block.path {
        Some(path) => format!("{}\n{name}", printable(path)),
        None => name.to_owned(),
    };
    text.push_str(&format!(", {} ({} bytes) at {:#x}", size(block.size), block.size, block.offset));
    for kind in [PartKind::Strings, PartKind::Traces] {
        let bytes: usize = block.parts.iter().filter(|part| part.kind == kind).map(|part| part.size).sum();
        if bytes > 0 {
            text.push_str(&format!("\n{}: {}", part_look(block.kind, kind).1, size(bytes)));
        }
    }
    text
}
