//! `cargo xtask bench compile`: how fast all files of a folder are compiled into an empty opcode cache, beside a reference PHP.
//!
//! `benches/compile.php` has one file after the other compiled in a process of its own and times each inside of it. What counts
//! are the files that both programs compile. The memory of the cache is protected in none of them, in ours only, as the
//! defaults have it, and in both.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::{NO_REFERENCE, Program, median};
use crate::arguments::Arguments;
use crate::{Done, TaskResult, workspace};

/// How memory is protected: a title, and the setting of each program.
const ROWS: [(&str, u8, u8); 3] =
    [("in neither", 0, 0), ("in Phalanx, the defaults", 1, 0), ("in both", 1, 1)];

pub(super) fn run(mut arguments: Arguments) -> TaskResult {
    let theirs = Program::reference(&mut arguments)?.ok_or(NO_REFERENCE)?;
    let ours = Program::under_test(&mut arguments)?;
    let pairs = arguments.parsed("--pairs")?.unwrap_or(7usize).max(1);
    let output = arguments.option("--output")?;
    let [folder] = arguments.paths()?.try_into().map_err(|_| "name one folder of PHP files".to_string())?;
    let folder = std::path::absolute(folder)?;
    let mut text = String::new();
    for (title, our_setting, their_setting) in ROWS {
        let runs: Vec<Pair> = (0..pairs)
            .map(|_| {
                Ok(Pair::of(&times(&ours, our_setting, &folder)?, &times(&theirs, their_setting, &folder)?))
            })
            .collect::<Result<_, String>>()?;
        if text.is_empty() {
            text = head(&runs[0], pairs)?;
        }
        let mine = median(runs.iter().map(|run| run.ours).collect());
        let other = median(runs.iter().map(|run| run.theirs).collect());
        let ratio = median(runs.iter().map(|run| run.ours / run.theirs).collect());
        let speed = |seconds: f64| runs[0].bytes as f64 / seconds / 1e6;
        text.push_str(&format!(
            "| {title} | {:.1} | {:.1} | {:.1} | {:.1} | {ratio:.2} |\n",
            mine * 1e3,
            speed(mine),
            other * 1e3,
            speed(other)
        ));
    }
    print!("{text}");
    if let Some(file) = output {
        fs::write(file, text)?;
    }
    Ok(Done::Good)
}

fn head(run: &Pair, pairs: usize) -> Result<String, String> {
    if run.files == 0 {
        return Err("there is no file that both programs compile".to_owned());
    }
    Ok(format!(
        "# Compilation\n\nMade by `cargo xtask bench compile` on {} processors: {} files of {:.1} MB in all, each compiled into the \
         opcode cache by `opcache_compile_file()`, from reading the file to the script that is stored. Medians of {pairs} pairs of \
         processes; a ratio is the median of the ratios of all pairs, and below 1 Phalanx is faster.\n\n\
         | memory is protected | ours (ms) | MB/s | reference (ms) | MB/s | ratio |\n|---|---:|---:|---:|---:|---:|\n",
        std::thread::available_parallelism().map_or(1, |count| count.get()),
        run.files,
        run.bytes as f64 / 1e6,
    ))
}

/// What both programs did, in seconds.
struct Pair {
    files: usize,
    bytes: u64,
    ours: f64,
    theirs: f64,
}

impl Pair {
    fn of(ours: &Times, theirs: &Times) -> Self {
        let mut pair = Pair { files: 0, bytes: 0, ours: 0.0, theirs: 0.0 };
        for (file, (seconds, bytes)) in ours {
            let Some((other, _)) = theirs.get(file) else { continue };
            pair.files += 1;
            pair.bytes += bytes;
            pair.ours += seconds;
            pair.theirs += other;
        }
        pair
    }
}

/// Seconds and bytes of each file that was compiled.
type Times = HashMap<String, (f64, u64)>;

fn times(program: &Program, protect: u8, folder: &Path) -> Result<Times, String> {
    let protection = format!("opcache.protect_memory={protect}");
    let mut command = program.command(&[
        "opcache.enable_cli=1",
        "opcache.jit=disable",
        "opcache.memory_consumption=256",
        "opcache.file_update_protection=0",
        &protection,
    ]);
    command.arg(workspace::root().join("benches/compile.php")).arg(folder);
    let output = command.output().map_err(|error| format!("{}: {error}", program.path.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let times: Option<Times> = text.lines().map(file_of).collect();
    times.filter(|_| output.status.success()).ok_or_else(|| {
        format!("{} fails: {}", program.path.display(), text.lines().last().unwrap_or_default())
    })
}

/// A line of the script's.
fn file_of(line: &str) -> Option<(String, (f64, u64))> {
    let mut words = line.splitn(3, ' ');
    let nanoseconds: f64 = words.next()?.parse().ok()?;
    let bytes = words.next()?.parse().ok()?;
    Some((words.next()?.to_owned(), (nanoseconds / 1e9, bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_both_count() {
        let times = |lines: &[&str]| -> Times { lines.iter().filter_map(|line| file_of(line)).collect() };
        let ours = times(&["2000000000 10 /a b.php", "1000000000 20 /c.php", "", "x 1 /d.php"]);
        assert_eq!(ours.len(), 2);
        let pair = Pair::of(&ours, &times(&["500000000 10 /a b.php", "3 4 /e.php"]));
        assert_eq!((pair.files, pair.bytes), (1, 10));
        assert!((pair.ours - 2.0).abs() < 1e-9 && (pair.theirs - 0.5).abs() < 1e-9);
    }
}
