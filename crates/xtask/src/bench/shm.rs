//! `cargo xtask bench shm`: what protected shared memory costs, beside what it may cost.

use std::fs;
use std::process::Command;

use crate::arguments::Arguments;
use crate::{Done, TaskResult, workspace};

/// The programs that measure: package and name.
const BENCHES: [(&str, &str); 2] = [("phalanx-shm", "basics"), ("phalanx-cache", "lookup")];

/// What some of the figures are to be: at most, or at least for those whose unit is not a time.
const GOALS: &[(&str, f64)] = &[
    ("pkey: window open + store + close", 60.0),
    ("request start + end, nothing looked up", 200.0),
    ("request with one hit, start to end", 200.0),
    ("cache hit: look-up and pin, first of its request", 100.0),
    ("hits of two threads to those of one, by processor time", 1.9),
];

/// What the windows of each gate are compared with.
const BARE: &str = "bare mprotect pair of 128 MB + store";

struct Figure {
    name: String,
    value: f64,
    unit: String,
}

pub(super) fn run(mut arguments: Arguments) -> TaskResult {
    let output = arguments.option("--output")?;
    arguments.paths()?;
    let (mut figures, mut notes) = (Vec::new(), Vec::new());
    for (package, bench) in BENCHES {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let result = Command::new(cargo)
            .current_dir(workspace::root())
            .args(["bench", "--quiet", "--package", package, "--bench", bench])
            .stderr(std::process::Stdio::inherit())
            .output()
            .map_err(|error| format!("cannot run cargo: {error}"))?;
        if !result.status.success() {
            return Err(format!("{package}: {}", result.status).into());
        }
        parse(&String::from_utf8_lossy(&result.stdout), &mut figures, &mut notes);
    }
    let text = table(&figures, &notes, load());
    print!("{text}");
    if let Some(file) = output {
        fs::write(file, text)?;
    }
    Ok(Done::Good)
}

/// Lines of figures end with a number and a unit.
fn parse(text: &str, figures: &mut Vec<Figure>, notes: &mut Vec<String>) {
    for line in text.lines() {
        if line.starts_with("SKIPPED") {
            notes.push(line.to_owned());
            continue;
        }
        let mut words = line.rsplitn(3, char::is_whitespace);
        let (Some(unit), Some(value), Some(name)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        if let Ok(value) = value.parse() {
            figures.push(Figure { name: name.trim().to_owned(), value, unit: unit.to_owned() });
        }
    }
}

/// How many programs wanted a processor lately, on average.
fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0.0)
}

fn table(figures: &[Figure], notes: &[String], load: f64) -> String {
    let processors = std::thread::available_parallelism().map_or(1, |count| count.get());
    let mut text = format!(
        "# Benchmarks of shared memory\n\nMade by `cargo xtask bench shm` on {processors} processors. Figures are medians. The \
         load of the machine was {load:.1}{}.\n\n",
        if load > processors as f64 {
            ": other programs were running, so take the times for upper bounds"
        } else {
            ""
        },
    );
    for note in notes {
        text.push_str(&format!("{note}. Its figures are missing here.\n\n"));
    }
    text.push_str(
        "A window of the pkey gate is one of `open` with RDPKRU and WRPKRU at either end. A bare pair is what each write would cost if protection was changed around it for the whole of a mapping. That a hit makes no \
         system call and writes to no memory of other threads is shown by `crates/cache/tests/requests.rs` and `own_slot.rs`.\n\n",
    );
    text.push_str("| figure | measured | goal | against the bare pair |\n|---|---:|---:|---:|\n");
    let bare = figures.iter().find(|figure| figure.name == BARE).map(|figure| figure.value);
    for figure in figures {
        let is_time = figure.unit == "ns";
        let sign = if is_time { "≤" } else { "≥" };
        let goal = GOALS.iter().find(|(name, _)| *name == figure.name);
        let goal = goal.map_or(String::new(), |(_, goal)| format!("{sign} {goal} {}", figure.unit));
        let is_window = figure.name.ends_with(": window open + store + close");
        let ratio =
            bare.filter(|_| is_window).map_or(String::new(), |bare| format!("{:.4}", figure.value / bare));
        let digits = if is_time { 1 } else { 2 };
        let value = format!("{:.digits$} {}", figure.value, figure.unit);
        text.push_str(&format!("| {} | {value} | {goal} | {ratio} |\n", figure.name));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_rows() {
        let (mut figures, mut notes) = (Vec::new(), Vec::new());
        let text = "SKIPPED for the pkey gate: none\nbare mprotect pair of 128 MB + store     2000.0 ns\n\
                    open: window open + store + close      5.0 ns\nhits of two threads to those of one, by processor time  1.95 times\nother\n";
        parse(text, &mut figures, &mut notes);
        let text = table(&figures, &notes, 0.0);
        let rows = "| bare mprotect pair of 128 MB + store | 2000.0 ns |  |  |\n\
                    | open: window open + store + close | 5.0 ns |  | 0.0025 |\n\
                    | hits of two threads to those of one, by processor time | 1.95 times | ≥ 1.9 times |  |\n";
        assert!(text.contains("SKIPPED for the pkey gate: none.") && text.ends_with(rows), "{text}");
    }
}
