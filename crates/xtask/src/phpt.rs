//! `cargo xtask phpt`: runs phpt tests, our own by default.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use phalanx_phpt::report::{Counts, junit, line, list, summary};
use phalanx_phpt::{Mode, Options, Outcome, TestResult, find_tests, run_tests};

use crate::arguments::Arguments;
use crate::{Done, TaskResult, workspace};

pub(crate) const HELP: &str = "\
phpt [FILE|FOLDER]...   run phpt tests (default: tests/) with target/release/phalanx, built first
    --php FILE          another program under test, nothing is built
    --php-cgi FILE, --phpdbg FILE
                        programs for tests that need these; skipped without
    --php-arg ARG       an argument in front of all others, such as -n; may be repeated
    -d NAME=VALUE       an INI setting; may be repeated
    --profile NAME      the Cargo profile to build (default: release)
    --mode MODE         interp, tracing, warm or threads; may be repeated (default: interp)
    --root FOLDER       where commands run (default: the workspace)
    -j N                tests at once (default: number of cores)
    --timeout SECONDS   time for one command (default: 60)
    --memory GB         memory for data of each process (default: 3)
    --list FILE         read more paths from FILE, one a line
    --results FILE      write all results there, sorted
    --junit FILE        write all results there as JUnit XML
    --save FOLDER       write expected, output and difference of failed tests there
    --keep              leave the scripts beside the tests
    --update-known      write tests/known-failures.txt anew: tests in tests/ that fail for now
    -q                  print failed tests only
    --no-diff           print no differences";

/// Options that more than one task takes.
pub(crate) fn common_options(arguments: &mut Arguments) -> Result<Options, Box<dyn std::error::Error>> {
    let profile = arguments.parsed::<String>("--profile")?;
    let root = arguments.option("--root")?.map_or_else(workspace::root, PathBuf::from);
    let php = match arguments.option("--php")? {
        // Commands run in another folder, so the path must not depend on this one.
        Some(php) => std::path::absolute(php)?,
        None => workspace::build_phalanx(profile.as_deref().unwrap_or("release"))?,
    };
    let mut options = Options::new(php, fs::canonicalize(root)?);
    options.php_cgi = arguments.option("--php-cgi")?.map(std::path::absolute).transpose()?;
    options.phpdbg = arguments.option("--phpdbg")?.map(std::path::absolute).transpose()?;
    options.php_arguments = arguments.options("--php-arg")?;
    let settings = arguments.options("-d")?;
    options.settings = settings.iter().map(|setting| setting.to_string_lossy().into_owned()).collect();
    if let Some(workers) = arguments.parsed("-j")? {
        options.workers = workers;
    }
    if let Some(seconds) = arguments.parsed("--timeout")? {
        options.limits.time = Duration::from_secs(seconds);
    }
    if let Some(gigabytes) = arguments.parsed::<u64>("--memory")? {
        options.limits.memory = gigabytes.saturating_mul(1 << 30);
    }
    options.keep_scripts = arguments.flag("--keep");
    Ok(options)
}

/// The modes asked for.
pub(crate) fn modes(arguments: &mut Arguments) -> Result<Vec<Mode>, String> {
    let names = arguments.options("--mode")?;
    if names.is_empty() {
        return Ok(vec![Mode::Interp]);
    }
    names
        .iter()
        .map(|name| {
            let name = name.to_string_lossy();
            Mode::from_name(&name).ok_or_else(|| format!("there is no mode {name}"))
        })
        .collect()
}

pub(crate) fn run(mut arguments: Arguments) -> TaskResult {
    let mut options = common_options(&mut arguments)?;
    let modes = modes(&mut arguments)?;
    let test_list = arguments.option("--list")?;
    let results_file = arguments.option("--results")?;
    let junit_file = arguments.option("--junit")?;
    let save_folder = arguments.option("--save")?.map(PathBuf::from);
    let (quiet, no_diff) = (arguments.flag("-q"), arguments.flag("--no-diff"));
    let update_known = arguments.flag("--update-known");
    let known = if update_known { BTreeSet::new() } else { read_known()? };
    let mut paths = arguments.paths()?;
    if let Some(file) = test_list {
        let text = fs::read_to_string(file)?;
        paths.extend(
            text.lines().filter(|line| !line.trim().is_empty()).map(|line| options.root.join(line.trim())),
        );
    } else if paths.is_empty() {
        paths.push(workspace::root().join("tests"));
    }
    let mut tests = Vec::new();
    for path in paths {
        let found = fs::canonicalize(&path).and_then(|path| find_tests(&path));
        tests.extend(found.map_err(|error| format!("{}: {error}", path.display()))?);
    }
    tests.sort();
    tests.dedup();

    let mut all_good = true;
    let mut failing = BTreeSet::new();
    for mode in modes {
        options.mode = mode;
        let started = Instant::now();
        let mut results = run_tests(&options, tests.clone(), &|result| {
            show(result, quiet || known.contains(&result.name), no_diff || known.contains(&result.name));
        })?;
        for result in results.iter_mut().filter(|result| known.contains(&result.name)) {
            match result.outcome {
                Outcome::Failed => result.outcome = Outcome::Xfailed,
                Outcome::Passed => println!("{} passes now: take it out of {KNOWN}", result.name),
                _ => {}
            }
        }
        let failed = results.iter().filter(|result| result.outcome == Outcome::Failed);
        failing.extend(failed.map(|result| result.name.clone()));
        print!("{}", summary(&results, started.elapsed()));
        if let Some(file) = &results_file {
            fs::write(file, list(&results))?;
        }
        if let Some(file) = &junit_file {
            fs::write(file, junit(&results))?;
        }
        if let Some(folder) = &save_folder {
            save(folder, &results)?;
        }
        let counts = Counts::of(&results);
        all_good &= counts.get(Outcome::Failed) + counts.get(Outcome::Borked) == 0;
    }
    if update_known {
        let names: String = failing.iter().map(|name| format!("{name}\n")).collect();
        fs::write(workspace::root().join(KNOWN), names)?;
        println!("{} tests written to {KNOWN}", failing.len());
        return Ok(Done::Good);
    }
    Ok(if all_good { Done::Good } else { Done::Bad })
}

/// Our own tests that do not pass yet. The list only gets shorter.
const KNOWN: &str = "tests/known-failures.txt";

fn read_known() -> std::io::Result<BTreeSet<String>> {
    match fs::read_to_string(workspace::root().join(KNOWN)) {
        Ok(text) => Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(error),
    }
}

/// Prints one result. Results come from many threads, so a result is printed in one piece.
pub(crate) fn show(result: &TestResult, quiet: bool, no_diff: bool) {
    let is_bad = matches!(result.outcome, Outcome::Failed | Outcome::Borked);
    if quiet && !is_bad {
        return;
    }
    let mut text = line(result);
    text.push('\n');
    if result.outcome == Outcome::Failed && !no_diff {
        text.push_str(&result.diff);
        text.push('\n');
    }
    // A reader that went away does not stop the tests.
    drop(std::io::stdout().write_all(text.as_bytes()));
}

/// Writes what failed, one folder per test file's folder.
fn save(folder: &Path, results: &[TestResult]) -> std::io::Result<()> {
    for result in results.iter().filter(|result| !result.diff.is_empty()) {
        let stem = folder.join(result.name.replace(": ", "/").trim_start_matches('/')).with_extension("");
        if let Some(parent) = stem.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(stem.with_extension("exp"), &result.expected)?;
        fs::write(stem.with_extension("out"), &result.output)?;
        fs::write(stem.with_extension("diff"), &result.diff)?;
    }
    Ok(())
}
