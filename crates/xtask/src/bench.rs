//! `cargo xtask bench`: speed beside a reference PHP.
//!
//! Both programs run in turn, pair by pair, so that a machine that is busy now and idle then treats both alike; what counts is
//! the median of the pairs' ratios.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::{Done, TaskResult, workspace};

pub(crate) const HELP: &str = "\
bench [FILE]...         time PHP files (default: benches/*.php) beside a reference PHP
    --peer FILE         the reference (default: $PHALANX_PEER_PHP)
    --php FILE          the program (default: target/release/phalanx, built first)
    --pairs N           pairs of runs for each file (default: 7)
    --jit               with the tracing JIT of both (default: without)
    --output FILE       write the table there too";

const JIT: &[&str] = &["opcache.enable_cli=1", "opcache.jit=tracing", "opcache.jit_buffer_size=64M"];
const NO_JIT: &[&str] = &["opcache.enable_cli=1", "opcache.jit=disable"];

pub(crate) fn run(mut arguments: Arguments) -> TaskResult {
    let peer = arguments.option("--peer")?.or_else(|| std::env::var_os("PHALANX_PEER_PHP"));
    let Some(peer) = peer.map(PathBuf::from) else {
        return Err("there is no reference: give --peer or set PHALANX_PEER_PHP".into());
    };
    let php = match arguments.option("--php")? {
        Some(php) => PathBuf::from(php),
        None => workspace::build_phalanx("release")?,
    };
    let pairs = arguments.parsed("--pairs")?.unwrap_or(7usize).max(1);
    let settings = if arguments.flag("--jit") { JIT } else { NO_JIT };
    let output = arguments.option("--output")?;
    let mut files = arguments.paths()?;
    if files.is_empty() {
        files = std::fs::read_dir(workspace::root().join("benches"))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "php"))
            .collect();
        files.sort();
    }
    let mut table = String::from("| file | ours (ms) | reference (ms) | ratio |\n|---|---:|---:|---:|\n");
    print!("{table}");
    for file in &files {
        // The first run of each warms the file cache of the system and is not counted.
        time(&php, settings, file)?;
        time(&peer, settings, file)?;
        let mut ours = Vec::new();
        let mut theirs = Vec::new();
        for _ in 0..pairs {
            ours.push(time(&php, settings, file)?);
            theirs.push(time(&peer, settings, file)?);
        }
        let ratios = ours.iter().zip(&theirs).map(|(a, b)| a.as_secs_f64() / b.as_secs_f64()).collect();
        let milliseconds =
            |times: &[Duration]| median(times.iter().map(|time| 1e3 * time.as_secs_f64()).collect());
        let row = format!(
            "| {} | {:.1} | {:.1} | {:.2} |\n",
            file.file_stem().unwrap_or_default().to_string_lossy(),
            milliseconds(&ours),
            milliseconds(&theirs),
            median(ratios)
        );
        print!("{row}");
        table.push_str(&row);
    }
    if let Some(file) = output {
        std::fs::write(file, table)?;
    }
    Ok(Done::Good)
}

/// How long one run takes, start and end of the process included.
fn time(php: &Path, settings: &[&str], file: &Path) -> Result<Duration, String> {
    let mut command = Command::new(php);
    for setting in settings {
        command.arg("-d").arg(setting);
    }
    let started = Instant::now();
    let status = command
        .arg(file)
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("cannot run {}: {error}", php.display()))?;
    let time = started.elapsed();
    if status.success() { Ok(time) } else { Err(format!("{} fails with {}", file.display(), php.display())) }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        count if count % 2 == 1 => values[count / 2],
        count => (values[count / 2 - 1] + values[count / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn medians() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
    }
}
