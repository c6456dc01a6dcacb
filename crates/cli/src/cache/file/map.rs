//! `phalanx cache map --file`: the file as a picture.
//!
//! As in the picture of a segment, a place in the picture is a place in the file, and each stretch is a group with `data-offset`
//! and `data-size`, which add up to the size of the file.

use phalanx_engine::cache_file::{Owner, Part, PartKind, text};

use super::super::page::{PITCH, Page};
use super::super::rows::Rows;
use super::super::text::{counted, end_of, exact_size, percent, printable, size};
use super::status::{script, verdict};
use super::{File, Sort, Stretch};

/// Rows of a file, at most, as far as longer rows can do that.
const MOST_ROWS: usize = 44;
/// No row is shorter: at this length each word can be pointed at.
const SHORTEST_ROW: usize = 256;
/// Strings that a tooltip shows, and characters of each.
const MOST_STRINGS: usize = 12;
const MOST_CHARACTERS: usize = 60;

/// The colors of two neighbors of one sort.
fn fills(sort: Sort) -> [&'static str; 2] {
    match sort {
        Sort::FileHeader => ["#334155", "#334155"],
        Sort::Part(PartKind::Header) => ["#64748b", "#64748b"],
        Sort::Part(PartKind::Functions) => ["#1e4f8a", "#2d65a8"],
        Sort::Part(PartKind::Code) => ["#3f7cc4", "#5b92d3"],
        Sort::Part(PartKind::Literals) => ["#2f9e6e", "#4db387"],
        Sort::Part(PartKind::Tables) => ["#8e6bd1", "#a588dd"],
        Sort::Part(PartKind::Classes) => ["#d977b5", "#e39cc8"],
        Sort::Part(PartKind::Strings) => ["#f2b84b", "#f5c978"],
        Sort::Part(PartKind::Arrays) => ["#df7a3a", "#e89a68"],
        Sort::Part(PartKind::Relocations) => ["#a98467", "#a98467"],
        Sort::NotUnderstood => ["#d9534f", "#d9534f"],
        Sort::Padding => ["#eef2f6", "#eef2f6"],
    }
}

/// The picture as an SVG document.
pub fn draw(file: &File) -> String {
    let header = &file.header;
    let title = format!("Cache file of {}", end_of(&printable(&header.path), Some(80)));
    let mut page = Page::default();
    let build = format!("build {}", header.system.name());
    let facts = format!(
        "made by {} build   ·   script {}   ·   checksum {}",
        if file.is_ours { "this" } else { "another" },
        script(file),
        if header.checksum { "right" } else { "wrong" },
    );
    page.head(&title, &build, &printable(&file.name), &facts);
    legend(&mut page, file);
    band(&mut page, file);
    if file.anatomy.is_err() {
        page.remark(&format!("The image was {}.", verdict(file)));
    }
    page.finish(&title)
}

/// A swatch for each sort that there is.
fn legend(page: &mut Page, file: &File) {
    let totals = file.totals().into_iter().filter(|(_, count, _)| *count > 0);
    let all = file.header.size();
    let entries = totals.map(|(sort, count, bytes)| {
        (fills(sort)[0], sort.names()[0], format!("{} ({}) in {count}", size(bytes), percent(bytes, all)))
    });
    page.swatches(&entries.collect::<Vec<_>>());
}

fn band(page: &mut Page, file: &File) {
    let all = file.header.size();
    let stretches = file.stretches();
    let blocks: Vec<_> = stretches.iter().map(|stretch| (stretch.offset, stretch.len)).collect();
    let rows = Rows::of(&blocks, SHORTEST_ROW, MOST_ROWS);
    let figures = match file.numbers() {
        Some(numbers) => numbers.words().join("   ·   "),
        None => "what is in the image is not known".into(),
    };
    page.band_head(&format!("File, {}", exact_size(all)), &rows, &figures);
    let runs = stretches.chunk_by(|a, b| a.sort == b.sort).filter(|run| run[0].sort != Sort::Padding);
    let runs =
        runs.map(|run| (run[0].offset, run.iter().map(|stretch| stretch.len).sum(), fills(run[0].sort)[0]));
    page.overview(all, fills(Sort::Padding)[0], runs);
    page.svg.open("g", &[("id", &"file"), ("data-size", &all)]);
    page.row_labels(&rows);
    let mut even = false;
    for stretch in &stretches {
        even = !even;
        let fill = fills(stretch.sort)[usize::from(!even)];
        let place: [(&str, &dyn std::fmt::Display); 3] =
            [("data-offset", &stretch.offset), ("data-size", &stretch.len), ("fill", &fill)];
        page.svg.open("g", &place);
        page.svg.title(&tooltip(file, stretch));
        let pale = stretch.sort == Sort::Padding;
        if let Some(widest) = page.stretch(&rows, stretch.offset, stretch.len, pale)
            && let [part] = stretch.parts
            && matches!(part.kind, PartKind::Code | PartKind::Functions | PartKind::Classes)
            && let Some(name) = owner(file, part)
        {
            page.label(&name, widest, "#1d3d66");
        }
        page.svg.close();
    }
    page.svg.close();
    page.y += rows.rows.len() as f64 * PITCH;
}

/// The name of the function or class that a part belongs to.
fn owner(file: &File, part: &Part) -> Option<String> {
    let name = file.anatomy.as_ref().ok()?.owner(part)?;
    Some(match part.owner {
        // The body of the script has no name, and constant expressions have none.
        Owner::Function(0) => "the script".into(),
        Owner::Function(number) if name.is_empty() => format!("constant expression, function {number}"),
        Owner::Function(_) => format!("{}()", printable(name)),
        Owner::Class(_) | Owner::Unit => printable(name),
    })
}

fn tooltip(file: &File, stretch: &Stretch<'_>) -> String {
    let place = format!("{} at {:#x}", exact_size(stretch.len), stretch.offset);
    match stretch.parts {
        [] => format!("{}, {place}", stretch.sort.names()[0]),
        strings if stretch.sort == Sort::Part(PartKind::Strings) => {
            let texts = strings.iter().filter_map(|part| text(file.header.image(), part));
            let mut lines: Vec<_> = texts.take(MOST_STRINGS).map(quoted).collect();
            if strings.len() > MOST_STRINGS {
                lines.push(format!("… and {} more", strings.len() - MOST_STRINGS));
            }
            format!("{}, {place}\n{}", counted(strings.len(), "string"), lines.join("\n"))
        }
        parts => {
            let count: usize = parts.iter().map(|part| part.count).sum();
            let what = match parts[0].what {
                what if count == 1 => what.to_owned(),
                what => format!("{what} ({count})"),
            };
            let owner = owner(file, &parts[0]).map_or(String::new(), |name| format!("{name}\n"));
            format!("{owner}{what}, {place}")
        }
    }
}

/// The beginning of a string, in quotes.
fn quoted(bytes: &[u8]) -> String {
    // A character has four bytes at most.
    let start = printable(&bytes[..bytes.len().min(4 * MOST_CHARACTERS)]);
    let shown: String = start.chars().take(MOST_CHARACTERS).collect();
    let more = if shown.len() < start.len() || bytes.len() > 4 * MOST_CHARACTERS { "…" } else { "" };
    format!("\"{shown}\"{more}")
}
