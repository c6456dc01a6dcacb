//! `cargo xtask bless`: re-records what tests expect from what a program prints.
//!
//! The reference PHP is what tests of PHP's behavior should be recorded with. An EXPECT section takes the output as it is. An
//! EXPECTF section takes it with `%s` for the test's folder, but only when nothing else varies in it so far: other placeholders
//! are somebody's decision, so a difference to them is shown and left to a person.

use std::fs;
use std::path::PathBuf;

use phalanx_phpt::sections::Section;
use phalanx_phpt::test_file::TestFile;
use phalanx_phpt::{Outcome, TestResult, find_tests, run_tests};

use crate::arguments::Arguments;
use crate::{Done, TaskResult, phpt};

pub(crate) const HELP: &str = "\
bless FILE|FOLDER...    write what a program prints into the EXPECT sections of failing tests
    --php FILE          the program; for tests of PHP's behavior the reference
                        and the options of phpt that choose how it runs";

pub(crate) fn run(mut arguments: Arguments) -> TaskResult {
    let options = phpt::common_options(&mut arguments)?;
    let mut tests: Vec<PathBuf> = Vec::new();
    for path in arguments.paths()? {
        tests.extend(find_tests(&fs::canonicalize(path)?)?);
    }
    let mut done = Done::Good;
    for result in run_tests(&options, tests, &|_| {})? {
        match result.outcome {
            Outcome::Failed if bless(&result)? => println!("blessed {}", result.name),
            Outcome::Failed | Outcome::Borked => {
                phpt::show(&result, true, false);
                done = Done::Bad;
            }
            Outcome::Skipped => phpt::show(&result, false, false),
            _ => {}
        }
    }
    Ok(done)
}

/// Writes the output into the test; false when a person has to.
fn bless(result: &TestResult) -> std::io::Result<bool> {
    let text = fs::read(&result.path)?;
    let Ok(test) = TestFile::parse(&result.path, &text) else { return Ok(false) };
    let folder = result.path.parent().map(|folder| format!("{}/", folder.display())).unwrap_or_default();
    // A path would make the test fail everywhere else.
    let output = without_folder(&result.output, folder.as_bytes());
    if test.has(Section::Expect) {
        let name = if output == result.output { "EXPECT" } else { "EXPECTF" };
        fs::write(&result.path, replace_expect(&text, name, &output))?;
        return Ok(true);
    }
    let expected = test.get(Section::Expectf).unwrap_or(b"%d");
    if !only_files_vary(&String::from_utf8_lossy(expected)) {
        return Ok(false);
    }
    fs::write(&result.path, replace_expect(&text, "EXPECTF", &output))?;
    Ok(true)
}

/// The output with `%s` for the folder, and `%d` for the length of a dumped string that holds it.
fn without_folder(output: &[u8], folder: &[u8]) -> Vec<u8> {
    let lines = output.split_inclusive(|&byte| byte == b'\n').flat_map(|line| {
        let replaced = replace_folder(line, folder);
        if replaced == line { replaced } else { without_length(&replaced) }
    });
    lines.collect()
}

/// `string(12) "` as `string(%d) "`.
fn without_length(line: &[u8]) -> Vec<u8> {
    let text = line.trim_ascii_start();
    let indent = line.len() - text.len();
    let digits = text
        .strip_prefix(b"string(")
        .map_or(0, |rest| rest.iter().take_while(|c| c.is_ascii_digit()).count());
    match digits {
        0 => line.to_vec(),
        _ => [&line[..indent], b"string(%d", &text[7 + digits..]].concat(),
    }
}

fn replace_folder(output: &[u8], folder: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(output.len());
    let mut rest = output;
    while let Some(byte) = rest.first() {
        match rest.strip_prefix(folder).filter(|_| !folder.is_empty()) {
            Some(after) => {
                result.extend_from_slice(b"%s");
                rest = after;
            }
            None => {
                result.push(*byte);
                rest = &rest[1..];
            }
        }
    }
    result
}

/// Whether every placeholder of an EXPECTF is a `%s` in front of a file's name.
fn only_files_vary(expected: &str) -> bool {
    expected.replace("string(%d) ", "").split('%').skip(1).all(|rest| {
        let is_placeholder = rest.starts_with(|c: char| "esSaAwidxfc0r".contains(c));
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        let name: String = rest.chars().skip(1).take_while(|&c| is_name(c)).collect();
        !is_placeholder
            || (rest.starts_with('s')
                && (name.ends_with(".php") || name.contains(".php.") || name.ends_with(".inc")))
    })
}

/// The text with everything between the expectation's head and the next section replaced.
fn replace_expect(text: &[u8], name: &str, output: &[u8]) -> Vec<u8> {
    let mut result = Vec::new();
    let mut in_expect = false;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let is_section = line.starts_with(b"--") && line.get(2).is_some_and(u8::is_ascii_uppercase);
        if !is_section {
            if !in_expect {
                result.extend_from_slice(line);
            }
            continue;
        }
        in_expect = line.starts_with(b"--EXPECT--") || line.starts_with(b"--EXPECTF--");
        if in_expect {
            result.extend_from_slice(format!("--{name}--\n").as_bytes());
            result.extend_from_slice(output);
            result.push(b'\n');
        } else {
            result.extend_from_slice(line);
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_expectation_changes() {
        let text = b"--TEST--\nx\n--FILE--\ny\n--EXPECT--\nold\nold\n--CLEAN--\nz\n";
        let wanted = b"--TEST--\nx\n--FILE--\ny\n--EXPECT--\nnew\n--CLEAN--\nz\n";
        assert_eq!(replace_expect(text, "EXPECT", b"new"), wanted);
    }

    #[test]
    fn folders_are_left_out() {
        assert_eq!(without_folder(b"in /a/b.php\xff, /a/c", b"/a/"), b"in %sb.php\xff, %sc");
        assert_eq!(without_folder(b"  string(6) \"/a/b.c\"\n", b"/a/"), b"  string(%d) \"%sb.c\"\n");
        assert_eq!(without_folder(b"string(1) \"x\"", b"/a/"), b"string(1) \"x\"");
    }

    #[test]
    fn decisions_of_people_are_kept() {
        assert!(only_files_vary("Warning: x in %sa-b.php on line 3, 100%"));
        assert!(!only_files_vary("int(%d)"));
        assert!(!only_files_vary("%s"));
    }
}
