//! `cargo xtask fuzz`: interpreter against JIT on programs made at random.
//!
//! A program has a few functions of loops, branches, arithmetic on ints and floats, arrays, strings, properties and calls
//! ([`program`]); it calls them with values of several types and prints what they give. It runs in the interpreter, with
//! the JIT at thresholds of 1, at low ones, and with the optimizing compiler; all must print the same. A program that does
//! not is kept.

mod program;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::{Done, TaskResult, workspace};

pub(crate) const HELP: &str = "\
fuzz                    interpreter against JIT on programs made at random
    --php FILE          the program under test (default: target/release/phalanx, built first)
    --seed N            number of the first program (default: 1)
    --programs N        how many (default: 200)";

/// Settings, beside those of the interpreter.
const WAYS: [&[&str]; 3] = [
    &[
        "opcache.jit=tracing",
        "opcache.jit_hot_loop=1",
        "opcache.jit_hot_func=1",
        "opcache.jit_hot_side_exit=1",
    ],
    &[
        "opcache.jit=tracing",
        "opcache.jit_hot_loop=4",
        "opcache.jit_hot_func=4",
        "opcache.jit_hot_side_exit=2",
    ],
    &[
        "opcache.jit=1255",
        "phalanx.jit_background=0",
        "opcache.jit_hot_loop=2",
        "opcache.jit_hot_func=2",
        "opcache.jit_hot_side_exit=1",
    ],
];

/// How long a program may run in the interpreter; one that takes longer is passed over.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) fn run(mut arguments: Arguments) -> TaskResult {
    let php = match arguments.option("--php")? {
        Some(php) => PathBuf::from(php),
        None => workspace::build_phalanx("release")?,
    };
    let first = arguments.parsed("--seed")?.unwrap_or(1_u64);
    let count = arguments.parsed("--programs")?.unwrap_or(200_u64);
    arguments.paths()?;
    let folder = workspace::target_dir().join("fuzz");
    std::fs::create_dir_all(&folder)?;
    let (mut bad, mut slow) = (0, 0);
    for seed in first..first + count {
        let file = folder.join(format!("{seed}.php"));
        std::fs::write(&file, program::program(seed))?;
        let begun = Instant::now();
        let Some(expected) = output(&php, &file, &[], PATIENCE)? else {
            slow += 1;
            continue;
        };
        let patience = PATIENCE + begun.elapsed() * 20;
        let mut good = true;
        for way in WAYS {
            if output(&php, &file, way, patience)?.as_ref() != Some(&expected) {
                good = false;
                println!("{}: another result with {}", file.display(), way.join(" "));
            }
        }
        if good {
            std::fs::remove_file(&file)?;
        } else {
            bad += 1;
        }
    }
    println!("{count} programs, {bad} with other results, {slow} passed over because they run for long");
    Ok(if bad == 0 { Done::Good } else { Done::Bad })
}

/// What a program prints, and how it ends.
type Outcome = (Vec<u8>, Option<i32>);

/// Runs a program; none if it takes too long.
fn output(
    php: &Path,
    file: &Path,
    settings: &[&str],
    patience: Duration,
) -> std::io::Result<Option<Outcome>> {
    let mut command = Command::new(php);
    command.args(["-n", "-d", "error_reporting=0", "-d", "opcache.enable_cli=1"]);
    command.args(["-d", "opcache.jit_buffer_size=16M"]);
    for setting in settings {
        command.args(["-d", setting]);
    }
    let to = file.with_extension("out");
    let mut child = command
        .arg(file)
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&to)?)
        .stderr(Stdio::null())
        .spawn()?;
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if begun.elapsed() > patience {
            child.kill()?;
            child.wait()?;
            break None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let text = std::fs::read(&to)?;
    std::fs::remove_file(&to)?;
    Ok(status.map(|status| (text, status.code())))
}
