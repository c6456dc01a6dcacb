//! The phpt test runner.
