//! `cargo xtask whats-left`: why tests fail, commonest reason first.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use phalanx_phpt::{Outcome, TestResult, find_tests, run_tests};

use crate::arguments::Arguments;
use crate::{Done, TaskResult, phpt, suite};

pub(crate) const HELP: &str = "\
whats-left [FOLDER]...  group failing tests by why they fail: those of php-src's suite, or those below
                        the folders
    --dir FOLDER        a folder of the suite; may be repeated (default: Zend/tests, tests/lang,
                        tests/classes)
    --top N             how many reasons (default: 60)
    --names             print the tests under each reason
                        and --suite and the options of conformance that choose the program";

pub(crate) fn run(mut arguments: Arguments) -> TaskResult {
    let top: usize = arguments.parsed("--top")?.unwrap_or(60);
    let names = arguments.flag("--names");
    let given_suite = arguments.option("--suite")?.map(PathBuf::from);
    let directories = arguments.options("--dir")?;
    let mut options = phpt::common_options(&mut arguments)?;
    let own = arguments.paths()?;
    let mut tests = Vec::new();
    if own.is_empty() {
        let Some(folder) = suite::find(given_suite) else {
            println!("whats-left: {}", suite::MISSING);
            return Ok(Done::Bad);
        };
        let directories: Vec<String> = match directories.is_empty() {
            true => ["Zend/tests", "tests/lang", "tests/classes"].map(str::to_owned).to_vec(),
            false => directories.iter().map(|name| name.to_string_lossy().into_owned()).collect(),
        };
        options.root = suite::copy(&folder, &directories)?;
        for directory in &directories {
            tests.extend(find_tests(&options.root.join(directory))?);
        }
    } else {
        for path in own {
            tests.extend(find_tests(&fs::canonicalize(path)?)?);
        }
    }
    let results = run_tests(&options, tests, &|_| {})?;
    let mut reasons: BTreeMap<String, Vec<&TestResult>> = BTreeMap::new();
    for result in results.iter().filter(|result| matches!(result.outcome, Outcome::Failed | Outcome::Borked))
    {
        reasons.entry(reason(result)).or_default().push(result);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, results)| std::cmp::Reverse(results.len()));
    for (reason, results) in reasons.into_iter().take(top) {
        println!("{:5}  {reason}", results.len());
        if names {
            results.iter().for_each(|result| println!("         {}", result.name));
        }
    }
    Ok(Done::Good)
}

/// Texts that say that something is not there, in the order of how much they explain.
const TELLING: &[&str] = &[
    "panicked at",
    "Termsig=",
    "process timed out",
    "not supported",
    "unsupported",
    "not implemented",
    "Call to undefined function",
    "Call to undefined method",
    "Class \"",
    "Interface \"",
    "Undefined constant",
    "Undefined class constant",
    "Parse error",
    "Compile error",
    "Fatal error",
];

/// The first line of the output that explains the failure and that the test does not expect; else the first difference.
fn reason(result: &TestResult) -> String {
    if result.outcome == Outcome::Borked {
        return format!("borked: {}", result.reason.lines().next().unwrap_or_default());
    }
    let expected = String::from_utf8_lossy(&result.expected);
    let output = String::from_utf8_lossy(&result.output);
    let expects = |text: &str| expected.contains(text);
    for telling in TELLING {
        let line = output.lines().find(|line| line.contains(telling));
        if let Some(line) = line.filter(|_| !expects(telling)) {
            return general(line);
        }
    }
    let added = result.diff.lines().find(|line| line.get(3..5) == Some("+ ") || line.get(4..6) == Some("+ "));
    match added {
        Some(line)
            if line.contains("Warning: ") || line.contains("Deprecated: ") || line.contains("Error") =>
        {
            format!("more: {}", general(line))
        }
        Some(_) => "other output".to_owned(),
        None => "less output".to_owned(),
    }
}

/// A line without what differs from test to test: the path and the line number.
fn general(line: &str) -> String {
    let line = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches("+ ");
    let line = line.split(" in /").next().unwrap_or(line);
    let line = line.split(" on line ").next().unwrap_or(line);
    line.chars().take(140).collect()
}

#[cfg(test)]
mod tests {
    use super::general;

    #[test]
    fn paths_are_left_out() {
        let line = "003+ Fatal error: Uncaught Error: Call to undefined function f() in /x/y.php:3";
        assert_eq!(general(line), "Fatal error: Uncaught Error: Call to undefined function f()");
    }
}
