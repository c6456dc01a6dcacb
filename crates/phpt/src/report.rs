//! Results as text: lines of progress, the sorted list, the summary and JUnit's XML.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use crate::outcome::{Outcome, TestResult};

/// One line for one result, as run-tests.php prints it.
pub fn line(result: &TestResult) -> String {
    let reason = match result.outcome {
        _ if result.reason.is_empty() => String::new(),
        Outcome::Skipped | Outcome::Borked => format!(" reason: {}", result.reason),
        Outcome::Xfailed => format!("  XFAIL REASON: {}", result.reason),
        _ => format!(" ({})", result.reason),
    };
    format!("{} {} [{}]{reason}", result.outcome.short_word(), result.title, result.name)
}

/// The list of results, one `OUTCOME<tab>name` a line, in the order given.
pub fn list(results: &[TestResult]) -> String {
    results.iter().fold(String::new(), |mut text, result| {
        // Writing to a string cannot fail.
        _ = writeln!(text, "{}\t{}", result.outcome.word(), result.name);
        text
    })
}

/// How many results of each kind there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts([usize; Outcome::ALL.len()]);

impl Counts {
    /// Counts `results`.
    pub fn of<'a>(results: impl IntoIterator<Item = &'a TestResult>) -> Counts {
        let mut counts = Counts::default();
        results.into_iter().for_each(|result| counts.0[result.outcome as usize] += 1);
        counts
    }

    /// The number of results of one kind.
    pub fn get(&self, outcome: Outcome) -> usize {
        self.0[outcome as usize]
    }

    /// All results.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }

    /// Results that say something about the program under test: all but skipped and borked ones.
    pub fn ran(&self) -> usize {
        self.total() - self.get(Outcome::Skipped) - self.get(Outcome::Borked)
    }

    /// Passed and warned ones.
    pub fn passed(&self) -> usize {
        self.get(Outcome::Passed) + self.get(Outcome::Warned)
    }

    /// What part of those that ran passed, in percent; 0 when none ran.
    pub fn percent(&self) -> f64 {
        if self.ran() == 0 { 0.0 } else { 100.0 * self.passed() as f64 / self.ran() as f64 }
    }
}

/// The closing summary.
pub fn summary(results: &[TestResult], time: Duration) -> String {
    let counts = Counts::of(results);
    let rule = "=".repeat(69);
    let mut text = format!("{rule}\nNumber of tests : {:5} {:17}\n", counts.total(), counts.ran());
    for (outcome, label) in [
        (Outcome::Borked, "Tests borked"),
        (Outcome::Skipped, "Tests skipped"),
        (Outcome::Warned, "Tests warned"),
        (Outcome::Failed, "Tests failed"),
        (Outcome::Xfailed, "Expected fail"),
        (Outcome::Passed, "Tests passed"),
    ] {
        let count = counts.get(outcome);
        let of_all = 100.0 * count as f64 / counts.total().max(1) as f64;
        let of_ran = match outcome {
            Outcome::Borked | Outcome::Skipped => "--------".to_owned(),
            _ => format!("({:5.1}%)", 100.0 * count as f64 / counts.ran().max(1) as f64),
        };
        // Writing to a string cannot fail.
        _ = writeln!(text, "{label:<16}: {count:5} ({of_all:5.1}%) {of_ran}");
    }
    _ = write!(text, "{}\nTime taken      : {:5.3} seconds\n{rule}\n", "-".repeat(69), time.as_secs_f64());
    text
}

/// All results as JUnit's XML, a suite for each folder.
pub fn junit(results: &[TestResult]) -> String {
    let mut suites: BTreeMap<&str, Vec<&TestResult>> = BTreeMap::new();
    for result in results {
        let folder = result.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        suites.entry(folder).or_default().push(result);
    }
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string cannot fail.
    _ = writeln!(text, "<testsuites {}>", attributes("php", results.iter()));
    for (folder, results) in suites {
        let name = format!("php.{}", folder.replace(['/', '-'], "."));
        _ = writeln!(text, "<testsuite {}>", attributes(&name, results.iter().copied()));
        results.into_iter().for_each(|result| testcase(result, &mut text));
        text.push_str("</testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn attributes<'a>(name: &str, results: impl Iterator<Item = &'a TestResult> + Clone) -> String {
    let counts = Counts::of(results.clone());
    format!(
        "name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skip=\"{}\" time=\"{:.4}\"",
        escape(name),
        counts.total(),
        counts.get(Outcome::Failed),
        counts.get(Outcome::Borked),
        counts.get(Outcome::Skipped),
        results.map(|result| result.time).sum::<Duration>().as_secs_f64()
    )
}

fn testcase(result: &TestResult, text: &mut String) {
    let name = escape(&format!("{} ({})", result.name, result.title));
    let reason = escape(&result.reason);
    _ = writeln!(text, "<testcase name=\"{name}\" time=\"{:.4}\">", result.time.as_secs_f64());
    _ = match result.outcome {
        Outcome::Passed | Outcome::Xfailed => Ok(()),
        Outcome::Warned => writeln!(text, "<warning>{reason}</warning>"),
        Outcome::Skipped => writeln!(text, "<skipped>{reason}</skipped>"),
        Outcome::Borked => writeln!(text, "<error type=\"BORKED\" message=\"{reason}\"/>"),
        Outcome::Failed => {
            let diff = escape(&result.diff);
            writeln!(text, "<failure type=\"FAILED\" message=\"{reason}\">{diff}</failure>")
        }
    };
    text.push_str("</testcase>\n");
}

/// Text for XML; control characters, which XML cannot hold, are spelled out.
fn escape(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            '\'' => result.push_str("&#039;"),
            '\n' | '\t' => result.push(character),
            control if control < ' ' => _ = write!(result, "[[0x{:02x}]]", u32::from(control)),
            other => result.push(other),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(name: &str, outcome: Outcome) -> TestResult {
        TestResult {
            name: name.to_owned(),
            path: name.into(),
            title: "A <test>".to_owned(),
            outcome,
            reason: "why".to_owned(),
            expected: Vec::new(),
            output: Vec::new(),
            diff: "001- a\u{1}\n".to_owned(),
            time: Duration::from_millis(5),
        }
    }

    #[test]
    fn lines() {
        assert_eq!(line(&result("a/b.phpt", Outcome::Skipped)), "SKIP A <test> [a/b.phpt] reason: why");
        assert_eq!(
            line(&result("a/b.phpt", Outcome::Xfailed)),
            "XFAIL A <test> [a/b.phpt]  XFAIL REASON: why"
        );
    }

    #[test]
    fn percent_leaves_out_what_did_not_run() {
        let results = [
            Outcome::Passed,
            Outcome::Failed,
            Outcome::Skipped,
            Outcome::Borked,
            Outcome::Warned,
            Outcome::Passed,
        ]
        .map(|outcome| result("a", outcome));
        let counts = Counts::of(&results);
        assert_eq!((counts.total(), counts.ran(), counts.passed()), (6, 4, 3));
        assert_eq!(counts.percent(), 75.0);
        assert_eq!(list(&results[..2]), "PASSED\ta\nFAILED\ta\n");
    }

    #[test]
    fn xml_is_escaped() {
        let text = junit(&[result("a-b/c.phpt", Outcome::Failed)]);
        assert!(text.contains("<testsuite name=\"php.a.b\" tests=\"1\" failures=\"1\""), "{text}");
        assert!(text.contains("<testcase name=\"a-b/c.phpt (A &lt;test&gt;)\" time=\"0.0050\">"), "{text}");
        assert!(text.contains(">001- a[[0x01]]\n</failure>"), "{text}");
    }
}
