//! `cargo xtask bench threads`: what two threads of one process do, beside what one does.
//!
//! Each bench runs again and again for some time, on one thread and then on two; what they do in the same time is compared. The
//! same is done with a C program whose threads share nothing, since processors that share a core or a clock do not give
//! twice as much.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{SETUPS, bench_files, median, name};
use crate::arguments::Arguments;
use crate::{Done, TaskResult, workspace};

/// How long each measurement runs, in seconds.
const SECONDS: &str = "0.5";

pub(super) fn run(mut arguments: Arguments) -> TaskResult {
    let php = super::Program::under_test(&mut arguments)?.path;
    let pairs = arguments.parsed("--pairs")?.unwrap_or(5usize).max(1);
    let output = arguments.option("--output")?;
    let files = bench_files(arguments.paths()?)?;
    let control = control()?;
    let mut text = format!(
        "# Threads\n\nMade by `cargo xtask bench threads` on {} processors, with the tracing JIT: how much more two threads do \
         in {SECONDS} seconds than one, and how much more two threads of a C program that share nothing do right before and \
         after. Medians of {pairs} pairs.\n\n| bench | two threads to one | C control | of the control |\n|---|---:|---:|---:|\n",
        std::thread::available_parallelism().map_or(1, |count| count.get()),
    );
    print!("{text}");
    let mut logarithms = Vec::new();
    for file in &files {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..pairs {
            ours.push(rate(&mut php_command(&php, file, 2))? / rate(&mut php_command(&php, file, 1))?);
            theirs.push(rate(&mut control_command(&control, 2))? / rate(&mut control_command(&control, 1))?);
        }
        let part = median(ours.iter().zip(&theirs).map(|(a, b)| a / b).collect());
        logarithms.push(part.ln());
        let row = format!("| {} | {:.2} | {:.2} | {part:.2} |\n", name(file), median(ours), median(theirs));
        print!("{row}");
        text.push_str(&row);
    }
    let mean = (logarithms.iter().sum::<f64>() / logarithms.len().max(1) as f64).exp();
    let row = format!("| geometric mean | | | {mean:.2} |\n");
    print!("{row}");
    text.push_str(&row);
    if let Some(file) = output {
        fs::write(file, text)?;
    }
    Ok(Done::Good)
}

fn php_command(php: &Path, file: &Path, threads: u32) -> Command {
    let mut command = Command::new(php);
    for setting in SETUPS[1].settings {
        command.arg("-d").arg(setting);
    }
    if threads > 1 {
        command.args(["--threads", &threads.to_string()]);
    }
    command.arg(workspace::root().join("benches/work.php")).arg(file).arg(SECONDS);
    command
}

fn control_command(control: &Path, threads: u32) -> Command {
    let mut command = Command::new(control);
    command.arg(threads.to_string()).arg(SECONDS);
    command
}

/// Compiles the C program.
fn control() -> Result<PathBuf, String> {
    let (from, to) =
        (workspace::root().join("benches/control.c"), workspace::root().join("target/bench-control"));
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let status = Command::new(&compiler).args(["-O2", "-pthread", "-o"]).arg(&to).arg(from).status();
    match status {
        Ok(status) if status.success() => Ok(to),
        Ok(status) => Err(format!("the C compiler fails: {status}")),
        Err(error) => Err(format!("{}: {error}", compiler.display())),
    }
}

/// How often all threads did their work in a second.
fn rate(command: &mut Command) -> Result<f64, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("cannot be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let rates: Vec<f64> = text
        .lines()
        .filter_map(|line| {
            let (count, time) = line.strip_prefix("work ")?.split_once(' ')?;
            Some(count.parse::<f64>().ok()? / (time.parse::<f64>().ok()? / 1e9))
        })
        .collect();
    if rates.is_empty() { Err(format!("says nothing of its work: {text}")) } else { Ok(rates.iter().sum()) }
}
