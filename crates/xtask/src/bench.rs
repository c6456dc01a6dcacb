//! `cargo xtask bench`: speed beside a reference PHP.
//!
//! Both programs run in turn, pair by pair, so that a machine that is busy now and idle then treats both alike; what counts is
//! the median of the pairs' ratios. The files in `benches/php` define `run()`; `benches/driver.php` times it inside of the
//! process and prints what it computed, which must be the same in both. PHP's own benchmarks ([`parts`]) print times of their
//! parts. Other files are timed as whole processes.

mod compile;
mod includes;
mod parts;
mod protection;
mod shm;
mod threads;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use phalanx_host::clock::{Who, usage};

use crate::arguments::Arguments;
use crate::{Done, TaskResult, workspace};

pub(crate) const HELP: &str = "\
bench [FILE]...         time PHP files (default: benches/php/*.php) beside a reference PHP; of PHP's own
                        Zend/bench.php and Zend/micro_bench.php each part
    --peer FILE         the reference (default: $PHALANX_PEER_PHP)
    --peer-arg ARG      an argument in front of all others of the reference; may be repeated
    --php FILE          the program (default: target/release/phalanx, built first)
    --pairs N           pairs of runs for each file (default: 7)
    --jit               with the tracing JITs of both
    --no-jit            with opcode caches only (default: first without, then with JIT)
    --no-start          do not compare the time to start
    --output FILE       write the tables there too
bench shm               what protected shared memory costs
    --output FILE       write the table there too
bench includes          requests of a script that includes many files, the cache protected and not
    --peer FILE, --peer-arg ARG, --php FILE, --pairs N, --output FILE   as above
bench protection [FILE]... what protecting the opcode cache costs (default: benches/php/*.php and includes)
    --php FILE, --pairs N, --output FILE   as above
bench compile FOLDER    how fast the PHP files of a folder are compiled into the opcode cache
    --peer FILE, --peer-arg ARG, --php FILE, --pairs N, --output FILE   as above
bench threads [FILE]... what two threads do beside one (default: benches/php/*.php)
    --php FILE, --pairs N, --output FILE   as above";

/// A way to run both programs.
struct Setup {
    title: &'static str,
    settings: &'static [&'static str],
}

const SETUPS: [Setup; 2] = [
    Setup { title: "Opcode cache, no JIT", settings: &["opcache.enable_cli=1", "opcache.jit=disable"] },
    Setup {
        title: "Tracing JIT",
        settings: &["opcache.enable_cli=1", "opcache.jit=tracing", "opcache.jit_buffer_size=64M"],
    },
];

/// One of the two programs.
struct Program {
    path: PathBuf,
    arguments: Vec<std::ffi::OsString>,
}

/// What a comparison says that has nothing to compare with.
const NO_REFERENCE: &str = "there is no reference: give --peer or set PHALANX_PEER_PHP";

impl Program {
    /// The reference, if the command line or the environment names one.
    fn reference(arguments: &mut Arguments) -> Result<Option<Program>, String> {
        let peer = arguments.option("--peer")?.or_else(|| std::env::var_os("PHALANX_PEER_PHP"));
        let front = arguments.options("--peer-arg")?;
        Ok(peer.map(|path| Program { path: path.into(), arguments: front }))
    }

    /// The program under test, which is built if the command line names none.
    fn under_test(arguments: &mut Arguments) -> Result<Program, String> {
        let path = match arguments.option("--php")? {
            Some(php) => PathBuf::from(php),
            None => workspace::build_phalanx("release")?,
        };
        Ok(Program { path, arguments: Vec::new() })
    }

    fn command(&self, settings: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments).stdin(Stdio::null());
        for setting in settings {
            command.arg("-d").arg(setting);
        }
        command
    }
}

pub(crate) fn run(mut arguments: Arguments) -> TaskResult {
    if arguments.flag("shm") {
        return shm::run(arguments);
    }
    if arguments.flag("threads") {
        return threads::run(arguments);
    }
    if arguments.flag("compile") {
        return compile::run(arguments);
    }
    if arguments.flag("protection") {
        return protection::run(arguments);
    }
    if arguments.flag("includes") {
        return includes::run(arguments);
    }
    let theirs = Program::reference(&mut arguments)?.ok_or(NO_REFERENCE)?;
    let ours = Program::under_test(&mut arguments)?;
    let pairs = arguments.parsed("--pairs")?.unwrap_or(7usize).max(1);
    let (only_jit, no_jit) = (arguments.flag("--jit"), arguments.flag("--no-jit"));
    let no_start = arguments.flag("--no-start");
    let output = arguments.option("--output")?;
    let files = bench_files(arguments.paths()?)?;
    let mut text = String::new();
    let mut print = |line: String| {
        println!("{line}");
        text.push_str(&line);
        text.push('\n');
    };
    print(format!(
        "# Benchmarks\n\nMade by `cargo xtask bench` on {2} processors: Phalanx, which says it is PHP {0}, beside the \
         reference, PHP {1}. Times are medians; a ratio is the median of the ratios of all pairs of runs, and below 1 \
         Phalanx is faster.\n",
        version(&ours)?,
        version(&theirs)?,
        std::thread::available_parallelism().map_or(1, |count| count.get()),
    ));
    let mut done = Done::Good;
    if !no_start {
        let ratio =
            median((0..pairs).map(|_| Ok(start(&ours)? / start(&theirs)?)).collect::<Result<_, String>>()?);
        print(format!("Time to start (`-n -r 'echo 1;'`, processor time): {ratio:.2} of the reference's.\n"));
    }
    for (index, setup) in SETUPS.iter().enumerate() {
        if (index == 0 && only_jit) || (index == 1 && no_jit) {
            continue;
        }
        print(format!("{}, median of {pairs} pairs:\n", setup.title));
        print("| bench | ours (ms) | reference (ms) | ratio |\n|---|---:|---:|---:|".to_owned());
        let mut logarithms = Vec::new();
        for file in &files {
            match compare(&ours, &theirs, setup.settings, file, pairs) {
                Ok(rows) => {
                    for (row, ratio) in rows {
                        logarithms.push(ratio.ln());
                        print(row);
                    }
                }
                Err(error) => {
                    done = Done::Bad;
                    print(format!("| {} | {error} | | |", name(file)));
                }
            }
        }
        let mean = (logarithms.iter().sum::<f64>() / logarithms.len().max(1) as f64).exp();
        print(format!("| geometric mean | | | {mean:.2} |\n"));
    }
    if let Some(file) = output {
        fs::write(file, text)?;
    }
    Ok(done)
}

/// The files named, or all benches.
fn bench_files(mut files: Vec<PathBuf>) -> Result<Vec<PathBuf>, String> {
    if files.is_empty() {
        let folder = workspace::root().join("benches/php");
        let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        files = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "php"))
            .collect();
        files.sort();
    }
    Ok(files)
}

/// The version of PHP that a program says it is.
fn version(program: &Program) -> Result<String, String> {
    let mut command = program.command(&[]);
    let output = command.args(["-n", "-r", "echo PHP_VERSION;"]).output();
    let output = output.map_err(|error| format!("{}: {error}", program.path.display()))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn name(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Rows of the table, and the ratios of their times.
fn compare(
    ours: &Program,
    theirs: &Program,
    settings: &[&str],
    file: &Path,
    pairs: usize,
) -> Result<Vec<(String, f64)>, String> {
    let code = fs::read_to_string(file).map_err(|error| error.to_string())?;
    if parts::has_parts(&code) {
        let parts = parts::compare(ours, theirs, settings, file, pairs)?;
        return Ok(parts.iter().map(parts::Part::row).collect());
    }
    // The first pair warms the system's file cache and is not counted.
    let (_, our_result) = time(ours, settings, file).map_err(|error| format!("ours: {error}"))?;
    let (_, their_result) = time(theirs, settings, file).map_err(|error| format!("reference: {error}"))?;
    if our_result != their_result {
        return Err(format!("ours computes {our_result}, the reference {their_result}"));
    }
    let mut our_times = Vec::new();
    let mut their_times = Vec::new();
    for _ in 0..pairs {
        our_times.push(time(ours, settings, file)?.0.as_secs_f64() * 1e3);
        their_times.push(time(theirs, settings, file)?.0.as_secs_f64() * 1e3);
    }
    let ratio = median(our_times.iter().zip(&their_times).map(|(a, b)| a / b).collect());
    let row =
        format!("| {} | {:.1} | {:.1} | {ratio:.2} |", name(file), median(our_times), median(their_times));
    Ok(vec![(row, ratio)])
}

/// The time of a file, and what it computed, if it says so.
fn time(program: &Program, settings: &[&str], file: &Path) -> Result<(Duration, String), String> {
    let code = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    if code.contains("function run(") {
        driven(program, settings, file)
    } else {
        whole(program, settings, file)
    }
}

/// The time of `run()` in a file, and what it computed.
fn driven(program: &Program, settings: &[&str], file: &Path) -> Result<(Duration, String), String> {
    let mut command = program.command(settings);
    command.arg(workspace::root().join("benches/driver.php"));
    command.arg(std::path::absolute(file).map_err(|error| error.to_string())?);
    let output = command.output().map_err(|error| format!("cannot be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let words = text.trim().split_once(' ').filter(|_| output.status.success());
    let parsed = words.and_then(|(time, result)| Some((time.parse().ok()?, result.to_owned())));
    let (nanoseconds, result) =
        parsed.ok_or_else(|| format!("fails: {}", text.trim().lines().next().unwrap_or_default()))?;
    Ok((Duration::from_nanos(nanoseconds), result))
}

/// The time of a whole process. What it prints is not compared, since such files print times.
fn whole(program: &Program, settings: &[&str], file: &Path) -> Result<(Duration, String), String> {
    let started = Instant::now();
    let mut command = program.command(settings);
    let status = command
        .arg(file)
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("cannot be run: {error}"))?;
    let time = started.elapsed();
    if status.success() { Ok((time, String::new())) } else { Err("fails".to_owned()) }
}

/// Processor time of a start, in seconds; the mean of some, since one is near the clock's grain.
fn start(program: &Program) -> Result<f64, String> {
    const STARTS: u32 = 20;
    let used = || {
        let usage = usage(Who::Children);
        (usage.user_us + usage.system_us) as f64 / 1e6
    };
    let before = used();
    for _ in 0..STARTS {
        let mut command = Command::new(&program.path);
        command.args(["-n", "-r", "echo 1;"]).stdin(Stdio::null()).stdout(Stdio::null());
        let status = command.status().map_err(|error| format!("{}: {error}", program.path.display()))?;
        if !status.success() {
            return Err(format!("{} does not start", program.path.display()));
        }
    }
    Ok((used() - before) / f64::from(STARTS))
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
