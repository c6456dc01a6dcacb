//! What can come of a test.

use std::path::PathBuf;
use std::time::Duration;

/// The kinds of result, with run-tests.php's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The output is the expected one.
    Passed,
    /// It passed, but something about it is odd.
    Warned,
    /// It says itself that it cannot run here.
    Skipped,
    /// The output is another one.
    Failed,
    /// The test itself is broken.
    Borked,
    /// It failed, as it says that it would.
    Xfailed,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Outcome; 6] = [
        Outcome::Passed,
        Outcome::Warned,
        Outcome::Skipped,
        Outcome::Failed,
        Outcome::Borked,
        Outcome::Xfailed,
    ];

    /// The word in lists of results.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Passed => "PASSED",
            Outcome::Warned => "WARNED",
            Outcome::Skipped => "SKIPPED",
            Outcome::Failed => "FAILED",
            Outcome::Borked => "BORKED",
            Outcome::Xfailed => "XFAILED",
        }
    }

    /// The word in front of a line of progress.
    pub fn short_word(self) -> &'static str {
        match self {
            Outcome::Passed => "PASS",
            Outcome::Warned => "WARN",
            Outcome::Skipped => "SKIP",
            Outcome::Failed => "FAIL",
            Outcome::Borked => "BORK",
            Outcome::Xfailed => "XFAIL",
        }
    }

    /// Whether the program under test did what the test wants.
    pub fn is_pass(self) -> bool {
        matches!(self, Outcome::Passed | Outcome::Warned)
    }
}

/// The result of one test.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// The test's path below the root, behind the path of the test that redirects to it, if one does.
    pub name: String,
    /// Where the file is.
    pub path: PathBuf,
    /// The title in the file.
    pub title: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Why it was skipped, warned of or borked, or why the failure was expected.
    pub reason: String,
    /// The expected text, for failures.
    pub expected: Vec<u8>,
    /// What was printed, for failures.
    pub output: Vec<u8>,
    /// The difference, for failures.
    pub diff: String,
    /// How long the scripts of the test ran.
    pub time: Duration,
}
