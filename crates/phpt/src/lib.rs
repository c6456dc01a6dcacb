//! A parallel runner for phpt tests.
//!
//! It understands every section and option that php-src's run-tests.php documents, and gives the same verdicts: same default
//! settings, same environment, same placeholders, same words for skipped, borked and expected failures. It differs where
//! that makes it fast: no shell unless a test's arguments need one, no files for input and output, one process per script,
//! as many at once as there are cores.
//!
//! [`sections`] is the table of what a test file may hold, [`test_file`] reads one, [`run_test`](TestCase) runs one,
//! [`run_tests`] runs many, [`report`] prints what came of them. The runner has no command line of its own: `cargo xtask phpt`
//! and `cargo xtask conformance` are built on it.
#![forbid(unsafe_code)]

pub mod command;
pub mod diff;
pub mod expect;
mod find;
mod http;
pub mod ini;
mod options;
mod outcome;
pub mod pattern;
mod program;
mod redirect;
pub mod report;
mod run_test;
mod schedule;
pub mod sections;
pub mod test_file;
mod text;

pub use find::find_tests;
pub use options::{Mode, Options};
pub use outcome::{Outcome, TestResult};
pub use program::Program;
pub use redirect::Redirect;
pub use run_test::TestCase;
pub use schedule::run_tests;
