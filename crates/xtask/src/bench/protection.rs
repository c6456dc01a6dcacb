//! `cargo xtask bench protection`: what it costs that the opcode cache is write-protected.
//!
//! Under each gate that the machine has, beside none at all, pair by pair: files with the tracing JIT, and requests of a script that
//! includes many files. How often they open a write window tells what any gate can cost.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Program, SETUPS, bench_files, includes, median, name, time};
use crate::arguments::Arguments;
use crate::{Done, TaskResult};

const GATES: [&str; 2] = ["pkey", "mprotect"];

pub(super) fn run(mut arguments: Arguments) -> TaskResult {
    let php = Program::under_test(&mut arguments)?;
    let pairs = arguments.parsed("--pairs")?.unwrap_or(7usize).max(1);
    let output = arguments.option("--output")?;
    let files = bench_files(arguments.paths()?)?;
    let mut text = format!(
        "# Protection\n\nMade by `cargo xtask bench protection` on {} processors: the time under a gate that keeps the opcode \
         cache from being written, for each second under `open`, which does not. Medians of {pairs} pairs; the JIT is on, save for \
         the includes. Nothing but write windows costs anything, so there is the number of those too: of a process that runs the file \
         once, and of a request with includes when all of them are in the cache.\n\n",
        std::thread::available_parallelism().map_or(1, |count| count.get()),
    );
    let mut gates = Vec::new();
    for gate in GATES {
        if is_there(&php, gate)? {
            gates.push(gate);
        } else {
            text.push_str(&format!("SKIPPED for the {gate} gate: not available on this machine.\n\n"));
        }
    }
    text.push_str(&format!(
        "| | windows | {} |\n|---|---:|{}\n",
        gates.join(" | "),
        "---:|".repeat(gates.len())
    ));
    print!("{text}");
    let mut row = |title: &str,
                   windows: u64,
                   ratio: &mut dyn FnMut(&str) -> Result<f64, String>|
     -> Result<(), String> {
        let ratios: Result<Vec<String>, String> =
            gates.iter().map(|gate| Ok(format!("{:.3}", ratio(gate)?))).collect();
        let row = format!("| {title} | {windows} | {} |\n", ratios?.join(" | "));
        print!("{row}");
        text.push_str(&row);
        Ok(())
    };
    for file in &files {
        // Once for the system's file cache.
        seconds(&php, "open", file)?;
        row(&name(file), windows(&php, file)?, &mut |gate| {
            ratio(pairs, || seconds(&php, gate, file), || seconds(&php, "open", file))
        })?;
    }
    let script = includes::make_files()?;
    row("300 includes", windows_of_includes(&php, &script)?, &mut |gate| {
        let rate = |gate: &str| includes::rate(&php, &gate_setting(gate), &script);
        ratio(pairs, || rate("open"), || rate(gate))
    })?;
    if let Some(file) = output {
        fs::write(file, text)?;
    }
    Ok(Done::Good)
}

fn gate_setting(gate: &str) -> String {
    format!("phalanx.shm_gate={gate}")
}

/// Whether the machine has a gate.
fn is_there(php: &Program, gate: &str) -> Result<bool, String> {
    let mut command = php.command(&["opcache.enable_cli=1", &gate_setting(gate)]);
    let output = command.args(["-r", "echo opcache_get_status(false)['phalanx']['gate'] ?? '';"]).output();
    let output = output.map_err(|error| format!("{}: {error}", php.path.display()))?;
    Ok(output.stdout == gate.as_bytes())
}

/// Code that prints how many windows there were.
const WINDOWS: &str = "echo opcache_get_status(false)['phalanx']['windows_opened'], \"\\n\";";

/// Windows that a process opens which runs the file.
fn windows(php: &Program, file: &Path) -> Result<u64, String> {
    let run = "ob_start(); require $argv[1]; if (function_exists('run')) run(); ob_end_clean();";
    let mut command = php.command(SETUPS[1].settings);
    command.arg("-r").arg(format!("{run} {WINDOWS}")).arg("--").arg(file);
    numbers_of(&mut command)?.pop().ok_or_else(|| format!("{} does not end", file.display()))
}

/// Windows that a request opens which includes what is in the cache.
fn windows_of_includes(php: &Program, script: &Path) -> Result<u64, String> {
    let counting = script.with_file_name("windows.php");
    let code = format!("<?php ob_start(); require __DIR__ . '/main.php'; ob_end_clean(); {WINDOWS}");
    fs::write(&counting, code).map_err(|error| format!("{}: {error}", counting.display()))?;
    let mut command = php.command(&["opcache.enable_cli=1", "opcache.file_update_protection=0"]);
    let numbers = numbers_of(command.args(["--repeat", "3"]).arg(&counting))?;
    match numbers[..] {
        [.., before, after] => Ok(after - before),
        _ => Err("requests with includes do not end".to_owned()),
    }
}

/// The numbers that a program prints in lines of their own.
fn numbers_of(command: &mut Command) -> Result<Vec<u64>, String> {
    let output = command.output().map_err(|error| format!("cannot be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.lines().filter_map(|line| line.trim().parse().ok()).collect())
}

fn seconds(php: &Program, gate: &str, file: &Path) -> Result<f64, String> {
    let gate = gate_setting(gate);
    let settings = [SETUPS[1].settings, &[&gate]].concat();
    Ok(time(php, &settings, file)?.0.as_secs_f64())
}

/// The median of the ratios of so many pairs.
fn ratio(
    pairs: usize,
    mut a: impl FnMut() -> Result<f64, String>,
    mut b: impl FnMut() -> Result<f64, String>,
) -> Result<f64, String> {
    let mut ratios = Vec::new();
    for pair in 0..pairs {
        // Whoever runs second may find a machine that is warmer, or busier.
        let (a, b) = if pair % 2 == 0 {
            let a = a()?;
            (a, b()?)
        } else {
            let b = b()?;
            (a()?, b)
        };
        ratios.push(a / b);
    }
    Ok(median(ratios))
}
