//! `phalanx cache status` as text.

use phalanx_engine::watch::{Code, Picture};

use super::report::{Figures, by_size, hit_rate};
use super::source::Seen;
use super::text::{self, Screen, command, duration, end_of, percent, size, start_of};

/// The status in lines that fit the screen.
pub fn status(seen: &Seen, screen: &Screen) -> String {
    let mut lines = head(seen, screen);
    lines.push(String::new());
    lines.extend(memory(&seen.picture, screen));
    lines.push(String::new());
    lines.extend(statistics(seen));
    lines.push(String::new());
    lines.extend(threads(&seen.picture, screen, lines.len()));
    lines.push(String::new());
    lines.extend(scripts(seen, screen, lines.len()));
    if !seen.picture.consistent {
        lines.push(String::new());
        lines.push("The cache changed while it was read: something may be missing or gone.".into());
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn head(seen: &Seen, screen: &Screen) -> Vec<String> {
    let (picture, process) = (&seen.picture, &seen.process);
    let first =
        format!("Phalanx {}, process {}: {}", picture.version, process.pid, command(&process.command));
    let up = duration(seen.now.saturating_sub(picture.start_time));
    let mut lines = vec![screen.heading(&start_of(&first, screen.columns))];
    lines.push(format!("up {up}, gate {}", picture.data.gate));
    if picture.creator != process.pid {
        lines.push(format!("the cache was made by process {}", picture.creator));
    }
    if !process.shared_with.is_empty() {
        let others: Vec<_> = process.shared_with.iter().map(u32::to_string).collect();
        lines.push(start_of(&format!("shared with {}", others.join(", ")), screen.columns));
    }
    lines
}

fn memory(picture: &Picture, screen: &Screen) -> Vec<String> {
    let data = Figures::of(&picture.data);
    let code = picture.code.area().map(Figures::of);
    let mut lines = vec![screen.heading(&format!("{:<20}{:>20}{:>20}", "MEMORY", "SCRIPTS", "CODE"))];
    let mut row = |name: &str, cell: &dyn Fn(&Figures) -> String| {
        let code = code.as_ref().map(cell).unwrap_or_else(|| "-".into());
        lines.push(format!("{name:<20}{:>20}{code:>20}", cell(&data)));
    };
    row("size", &|of| size(of.size));
    row("used", &|of| format!("{} ({})", size(of.used), percent(of.used, of.size)));
    row("free", &|of| size(of.free));
    row("largest free block", &|of| size(of.largest_free));
    row("fragmentation", &|of| format!("{:.1} %", of.fragmentation * 100.0));
    row("blocks", &|of| format!("{} in {}", size(of.payload), of.blocks));
    row("waiting for readers", &|of| format!("{} in {}", size(of.retired), of.retired_blocks));
    row("windows opened", &|of| of.windows_opened.to_string());
    if let Code::Unreadable(why) = &picture.code {
        lines.push(format!("The code segment cannot be read: {why}."));
    }
    lines
}

fn statistics(seen: &Seen) -> Vec<String> {
    let picture = &seen.picture;
    let strings = &picture.strings;
    let full = if picture.full { ", full" } else { "" };
    let reset = match picture.last_reset {
        0 => String::new(),
        last => format!(", the last {} ago", duration(seen.now.saturating_sub(last))),
    };
    vec![
        format!("scripts     {} of {} keys{full}", picture.cached_scripts, picture.max_keys),
        format!(
            "strings     {} shared, {} of {}",
            strings.number_of_strings,
            size(strings.used_memory),
            size(strings.buffer_size)
        ),
        format!(
            "look-ups    {} hits, {} misses, {} of the blacklist, hit rate {:.1} %",
            picture.hits,
            picture.misses,
            picture.blacklist_misses,
            hit_rate(picture) * 100.0
        ),
        format!("taken out   {} to make room, {} resets{reset}", picture.evictions, picture.resets),
        format!("threads     {} of {}", picture.threads.len(), picture.max_threads),
    ]
}

/// Threads and scripts share what is left of the screen. Of the threads there are eight at least.
const LEAST_THREADS: usize = 8;

fn threads(picture: &Picture, screen: &Screen, before: usize) -> Vec<String> {
    let mut lines =
        vec![screen.heading(&format!("{:>5} {:>10} {:>10} {:>6}", "SLOT", "PROCESS", "THREAD", "PINS"))];
    let most = screen.lines.map_or(usize::MAX, |lines| (lines.saturating_sub(before) / 2).max(LEAST_THREADS));
    let all = picture.threads.len();
    for thread in picture.threads.iter().take(most) {
        let ended = if thread.ended { "  ended" } else { "" };
        lines.push(format!(
            "{:>5} {:>10} {:>10} {:>6}{ended}",
            thread.slot, thread.pid, thread.tid, thread.pins
        ));
    }
    lines.extend(rest(all, most, "threads"));
    lines
}

fn scripts(seen: &Seen, screen: &Screen, before: usize) -> Vec<String> {
    let picture = &seen.picture;
    let heading =
        format!("{:>10} {:>10} {:>14} {:>10}  {:<10} PATH", "SIZE", "HITS", "LAST USED", "CODE", "PINNED BY");
    let mut lines = vec![screen.heading(&start_of(&heading, screen.columns))];
    // Heading, what is left out, and the prompt.
    let most = screen.lines.map_or(usize::MAX, |lines| lines.saturating_sub(before + 3).max(5));
    let scripts = by_size(picture);
    for script in scripts.iter().take(most) {
        let used = format!("{} ago", duration(seen.now.saturating_sub(script.last_used)));
        let code = if script.code_blocks == 0 { "-".into() } else { size(script.code_size) };
        let pinned = match &script.pinned_by[..] {
            [] => "-".into(),
            [one] => picture.threads[*one].tid.to_string(),
            more => format!("{} threads", more.len()),
        };
        let columns =
            format!("{:>10} {:>10} {used:>14} {code:>10}  {pinned:<10} ", size(script.size), script.hits);
        let left = screen.columns.map(|all| all.saturating_sub(columns.len()).max(12));
        lines.push(columns + &end_of(&text::printable(&script.path), left));
    }
    lines.extend(rest(scripts.len(), most, "scripts"));
    lines
}

/// The line that says that there are more.
fn rest(all: usize, shown: usize, what: &str) -> Option<String> {
    (all > shown).then(|| format!("… and {} more {what} (--all shows them)", all - shown))
}
