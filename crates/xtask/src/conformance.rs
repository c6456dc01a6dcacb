//! `cargo xtask conformance`: php-src's tests, with the list of those that pass as a ratchet.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use phalanx_phpt::report::{Counts, list, summary};
use phalanx_phpt::{Mode, Options, TestResult, find_tests, run_tests};

use crate::arguments::Arguments;
use crate::{Done, TaskResult, phpt, suite, workspace};

pub(crate) const HELP: &str = "\
conformance             run php-src's tests; fails when one of conformance/passing.txt does not pass
    --update            add what passes now to conformance/passing.txt
    --dir FOLDER        a folder of the suite; may be repeated (default: all that the list names,
                        and Zend/tests, tests/lang, tests/classes)
    --only-listed       run the listed tests only
    --suite FOLDER      where the suite is (default: $PHALANX_ORACLE or ~/.cache/phalanx-oracle,
                        there php-src-tests)
    --if-present        succeed, and say so, when there is no suite
    --results FILE      write all results there, sorted
    --verbose           print failed tests with differences
                        and the options of phpt but --list, --junit, --save, -q, --no-diff, --root";

/// Folders that are always of interest.
const DEFAULT_DIRECTORIES: &[&str] = &["Zend/tests", "tests/lang", "tests/classes"];

/// The ratchet.
pub(crate) fn passing_file() -> PathBuf {
    workspace::root().join("conformance/passing.txt")
}

/// The names in the ratchet.
pub(crate) fn read_passing() -> io::Result<BTreeSet<String>> {
    match fs::read_to_string(passing_file()) {
        Ok(text) => Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(error),
    }
}

pub(crate) fn run(mut arguments: Arguments) -> TaskResult {
    let update = arguments.flag("--update");
    let only_listed = arguments.flag("--only-listed");
    let if_present = arguments.flag("--if-present");
    let verbose = arguments.flag("--verbose");
    let results_file = arguments.option("--results")?;
    let Some(folder) = suite::find(arguments.option("--suite")?.map(PathBuf::from)) else {
        println!("conformance: {}", suite::MISSING);
        return Ok(if if_present { Done::Good } else { Done::Bad });
    };
    let modes = phpt::modes(&mut arguments)?;
    let given = arguments.options("--dir")?;
    let passing = read_passing()?;
    let directories: Vec<String> = if given.is_empty() {
        directories(&passing)
    } else {
        given.iter().map(|name| name.to_string_lossy().trim_end_matches('/').to_owned()).collect()
    };
    let mut options = phpt::common_options(&mut arguments)?;
    arguments.paths()?;
    options.root = suite::copy(&folder, &directories)?;

    let mut tests = Vec::new();
    for directory in &directories {
        tests.extend(find_tests(&options.root.join(directory))?);
    }
    let listed = |path: &PathBuf| passing.contains(&below(&options.root, path));
    if only_listed {
        tests.retain(listed);
    }
    let mut done = Done::Good;
    let mut all_passed: Option<BTreeSet<String>> = None;
    for mode in modes {
        options.mode = mode;
        let started = Instant::now();
        let results = run_tests(&options, tests.clone(), &|result| {
            if verbose {
                phpt::show(result, true, false);
            }
        })?;
        print!("{}", summary(&results, started.elapsed()));
        print_directories(&results);
        if let Some(file) = &results_file {
            fs::write(file, list(&results))?;
        }
        let lost = lost(&options, &directories, &passing, &results)?;
        if !lost.is_empty() {
            done = Done::Bad;
            println!("{} tests of conformance/passing.txt do not pass ({}):", lost.len(), mode_name(mode));
            lost.iter().for_each(|name| println!("  {name}"));
        }
        let passed: BTreeSet<String> = results
            .iter()
            .filter(|result| result.outcome.is_pass())
            .map(|result| result.name.clone())
            .collect();
        // With more than one mode a test counts when it passes in all of them.
        all_passed = Some(match all_passed {
            Some(before) => before.intersection(&passed).cloned().collect(),
            None => passed,
        });
    }
    let passed = all_passed.unwrap_or_default();
    let new = passed.difference(&passing).count();
    if update && new > 0 {
        let all: BTreeSet<&String> = passing.union(&passed).collect();
        let text: String = all.iter().map(|name| format!("{name}\n")).collect();
        let file = passing_file();
        fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
        fs::write(file, text)?;
        println!("{new} tests added to conformance/passing.txt, now {}", all.len());
    } else if new > 0 {
        println!("{new} tests pass that are not in conformance/passing.txt; --update adds them");
    }
    Ok(done)
}

fn mode_name(mode: Mode) -> &'static str {
    Mode::NAMES.iter().find(|(_, known)| *known == mode).map_or("", |(name, _)| name)
}

fn below(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

/// The defaults and the folders of the listed tests.
fn directories(passing: &BTreeSet<String>) -> Vec<String> {
    let mut directories: BTreeSet<String> = DEFAULT_DIRECTORIES.iter().map(|&name| name.to_owned()).collect();
    // The name of a redirected test begins with the test that redirects to it.
    let files = passing.iter().filter_map(|name| name.split(": ").next());
    directories.extend(files.filter_map(|file| suite_directory(file).map(str::to_owned)));
    directories.into_iter().collect()
}

/// The part of the suite that a test belongs to: `ext/json/tests` for all below it.
fn suite_directory(name: &str) -> Option<&str> {
    let tests = name.find("/tests/").map(|at| &name[..at + 6]);
    let top = || name.strip_prefix("tests/").and_then(|rest| rest.find('/')).map(|at| &name[..at + 6]);
    tests.or_else(top)
}

/// Listed tests of these folders that did not pass. Each gets a second try alone, since the first one ran beside others. A
/// test that skips itself here is not lost.
fn lost(
    options: &Options,
    directories: &[String],
    passing: &BTreeSet<String>,
    results: &[TestResult],
) -> io::Result<Vec<String>> {
    let by_name: BTreeMap<&str, &TestResult> =
        results.iter().map(|result| (&result.name[..], result)).collect();
    let mut lost = Vec::new();
    for name in passing {
        let is_ours = directories
            .iter()
            .any(|dir| name.strip_prefix(&dir[..]).is_some_and(|rest| rest.starts_with('/')));
        if !is_ours {
            continue;
        }
        match by_name.get(&name[..]) {
            Some(result) if result.outcome.is_pass() || result.outcome == phalanx_phpt::Outcome::Skipped => {}
            Some(result) => {
                let again = run_tests(options, vec![result.path.clone()], &|_| {})?;
                if !again.iter().any(|result| result.name == *name && result.outcome.is_pass()) {
                    lost.push(name.clone());
                }
            }
            // It is not in this version of the suite.
            None => {}
        }
    }
    Ok(lost)
}

fn print_directories(results: &[TestResult]) {
    let mut by_directory: BTreeMap<&str, Vec<&TestResult>> = BTreeMap::new();
    for result in results {
        by_directory.entry(suite_directory(&result.name).unwrap_or("")).or_default().push(result);
    }
    for (directory, results) in by_directory {
        let counts = Counts::of(results);
        println!(
            "{directory:<32} {:5} of {:5} pass ({:5.1}%)",
            counts.passed(),
            counts.ran(),
            counts.percent()
        );
    }
}

#[cfg(test)]
mod tests {
    use super::suite_directory;

    #[test]
    fn directories_of_the_suite() {
        assert_eq!(suite_directory("Zend/tests/gc/x.phpt"), Some("Zend/tests"));
        assert_eq!(suite_directory("ext/json/tests/x.phpt"), Some("ext/json/tests"));
        assert_eq!(suite_directory("tests/lang/x.phpt"), Some("tests/lang"));
        assert_eq!(suite_directory("tests/lang/sub/x.phpt"), Some("tests/lang"));
    }
}
