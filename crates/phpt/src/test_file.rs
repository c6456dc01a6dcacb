//! A phpt file: reading it into sections and checking that they make a test.
//!
//! The rules are run-tests.php's, odd ones included: a line that begins with `--NAME--` opens a section wherever it stands, an
//! empty section may be opened twice, and text after `===DONE===` in a script is not part of it. A file that breaks them is
//! *borked*, which is a result of its own and not a failure of the program under test.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sections::Section;
use crate::text::{contains, replace, split_once_byte, trim};

/// What a borked file has wrong, in run-tests.php's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Borked(pub String);

/// What the output is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// Byte for byte.
    Exact,
    /// With the placeholders of EXPECTF.
    Format,
    /// By a regular expression.
    Regex,
}

/// A test in memory.
#[derive(Clone, Debug)]
pub struct TestFile {
    path: PathBuf,
    sections: Vec<Option<Vec<u8>>>,
}

impl TestFile {
    /// Reads and checks the file at `path`.
    pub fn load(path: &Path, in_redirect: bool) -> Result<TestFile, Borked> {
        let text = fs::read(path).map_err(|_| Borked("cannot read test".to_owned()))?;
        let mut file = TestFile::parse(path, &text)?;
        file.check(in_redirect)?;
        Ok(file)
    }

    /// Splits `text` into sections without checking that they make a test.
    pub fn parse(path: &Path, text: &[u8]) -> Result<TestFile, Borked> {
        if text.is_empty() {
            return Err(Borked("cannot read test".to_owned()));
        }
        if !text.starts_with(b"--TEST--") {
            return Err(Borked(format!("tests must start with --TEST-- [{}]", path.display())));
        }
        let mut file = TestFile { path: path.to_owned(), sections: vec![None; Section::ALL.len()] };
        let mut current = Section::Test;
        file.set(current, Vec::new());
        let mut script_ended = false;
        for line in text.split_inclusive(|&byte| byte == b'\n').skip(1) {
            if let Some(name) = section_name(line) {
                let Some(section) = Section::from_name(name) else {
                    return Err(Borked(format!("Unknown section \"{}\"", String::from_utf8_lossy(name))));
                };
                if file.non_empty(section) {
                    return Err(Borked(format!("duplicated {} section", section.name())));
                }
                current = section;
                script_ended = false;
                file.set(current, Vec::new());
                continue;
            }
            if !script_ended && let Some(text) = &mut file.sections[current as usize] {
                text.extend_from_slice(line);
            }
            let is_script = matches!(current, Section::File | Section::Fileeof | Section::FileExternal);
            if is_script && line.starts_with(b"===DONE===") && trim(&line[10..]).is_empty() {
                script_ended = true;
            }
        }
        Ok(file)
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text of a section, if the file has it.
    pub fn get(&self, section: Section) -> Option<&[u8]> {
        self.sections[section as usize].as_deref()
    }

    /// Whether the section is there.
    pub fn has(&self, section: Section) -> bool {
        self.get(section).is_some()
    }

    /// Whether the section is there and has text.
    pub fn non_empty(&self, section: Section) -> bool {
        self.get(section).is_some_and(|text| !text.is_empty())
    }

    /// Adds or replaces a section.
    pub fn set(&mut self, section: Section, text: Vec<u8>) {
        self.sections[section as usize] = Some(text);
    }

    /// The title.
    pub fn title(&self) -> String {
        String::from_utf8_lossy(trim(self.get(Section::Test).unwrap_or_default())).into_owned()
    }

    /// Whether only the CGI binary can run it.
    pub fn needs_cgi(&self) -> bool {
        use Section::{Cookie, DeflatePost, Expectheaders, Get, GzipPost, Post, PostRaw, Put};
        self.has(Section::Cgi)
            || [Get, Post, GzipPost, DeflatePost, PostRaw, Put, Cookie, Expectheaders]
                .into_iter()
                .any(|section| self.non_empty(section))
    }

    /// How the output is compared, and the text it is compared with.
    pub fn expectation(&self) -> (Expectation, &[u8]) {
        if let Some(text) = self.get(Section::Expectf) {
            (Expectation::Format, text)
        } else if let Some(text) = self.get(Section::Expectregex) {
            (Expectation::Regex, text)
        } else {
            (Expectation::Exact, self.get(Section::Expect).unwrap_or_default())
        }
    }

    /// The keys of CONFLICTS, or of the file CONFLICTS in the test's folder.
    pub fn conflicts(&self) -> Vec<String> {
        let text = match self.get(Section::Conflicts) {
            Some(text) => text.to_vec(),
            None => match self.path.parent().map(|dir| fs::read(dir.join("CONFLICTS"))) {
                Some(Ok(text)) => text,
                _ => return Vec::new(),
            },
        };
        let text = String::from_utf8_lossy(&text);
        text.lines()
            .map(|line| line.split('#').next().unwrap_or_default().trim().to_owned())
            .filter(|key| !key.is_empty())
            .collect()
    }

    fn check(&mut self, in_redirect: bool) -> Result<(), Borked> {
        if self.has(Section::Redirecttest) {
            return if in_redirect {
                Err(Borked("Can't redirect a test from within a redirected test".to_owned()))
            } else {
                Ok(())
            };
        }
        let count = |sections: &[Section]| sections.iter().filter(|&&section| self.has(section)).count();
        let scripts = count(&[Section::File, Section::Fileeof, Section::FileExternal]);
        if !self.has(Section::Phpdbg) && scripts != 1 {
            return Err(Borked("missing section --FILE--".to_owned()));
        }
        if let Some(text) = self.get(Section::Fileeof) {
            let end =
                text.iter().rposition(|&byte| byte != b'\r' && byte != b'\n').map_or(0, |last| last + 1);
            let text = text[..end].to_vec();
            self.set(Section::File, text);
            self.sections[Section::Fileeof as usize] = None;
        }
        for (external, section) in [
            (Section::FileExternal, Section::File),
            (Section::ExpectExternal, Section::Expect),
            (Section::ExpectfExternal, Section::Expectf),
            (Section::ExpectregexExternal, Section::Expectregex),
        ] {
            if let Some(name) = self.get(external) {
                let text = self.load_external(name, external)?;
                self.set(section, text);
            }
        }
        let expectations = [Section::Expect, Section::Expectf, Section::Expectregex]
            .into_iter()
            .filter(|&s| self.has(s))
            .count();
        if expectations != 1 {
            return Err(Borked("missing section --EXPECT--, --EXPECTF-- or --EXPECTREGEX--".to_owned()));
        }
        if self.has(Section::Phpdbg) && !self.has(Section::Stdin) {
            let mut commands = self.get(Section::Phpdbg).unwrap_or_default().to_vec();
            commands.push(b'\n');
            self.set(Section::Stdin, commands);
        }
        Ok(())
    }

    /// Files are taken only from the test's folder and below it.
    fn load_external(&self, name: &[u8], section: Section) -> Result<Vec<u8>, Borked> {
        let name = replace(name, b"..", b"");
        let name = String::from_utf8_lossy(trim(&name)).into_owned();
        let dir = self.path.parent().unwrap_or(Path::new("."));
        let path = dir.join(name.trim_start_matches('/'));
        fs::read(&path)
            .map_err(|_| Borked(format!("could not load --{}-- {}", section.name(), path.display())))
    }

    /// Whether a failure may be tried again, because the test depends on time or says so itself.
    pub fn is_flaky(&self) -> bool {
        if self.has(Section::Flaky) {
            return true;
        }
        if self.get(Section::Skipif).is_some_and(|code| contains(code, b"SKIP_PERF_SENSITIVE")) {
            return true;
        }
        let Some(script) = self.get(Section::File) else { return false };
        let script = script.to_ascii_lowercase();
        ["disk_free_space", "hrtime", "microtime", "sleep", "usleep"]
            .iter()
            .any(|function| calls_function(&script, function.as_bytes()))
    }
}

/// The NAME of a line `--NAME--...`.
fn section_name(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"--")?;
    // Underscores and capitals only, so the name ends at the first dash.
    let (name, rest) = split_once_byte(rest, b'-')?;
    let is_name = !name.is_empty() && name.iter().all(|&byte| byte == b'_' || byte.is_ascii_uppercase());
    (is_name && rest.starts_with(b"-")).then_some(name)
}

/// Whether `name(` stands in `script` with no word character before it.
fn calls_function(script: &[u8], name: &[u8]) -> bool {
    let mut from = 0;
    while let Some(at) = crate::text::find(&script[from..], name) {
        let start = from + at;
        let before = start.checked_sub(1).map(|index| script[index]);
        let is_word = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
        if !before.is_some_and(is_word) && script.get(start + name.len()) == Some(&b'(') {
            return true;
        }
        from = start + 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<TestFile, Borked> {
        let mut file = TestFile::parse(Path::new("/none/x.phpt"), text.as_bytes())?;
        file.check(false)?;
        Ok(file)
    }

    fn check_borked(text: &str, message: &str) {
        assert_eq!(parse(text).unwrap_err().0, message);
    }

    #[test]
    fn reads_sections() {
        let file = parse("--TEST--\nTitle\n--FILE--\n<?php\n===DONE===\nnever\n--EXPECT--\nx\n").unwrap();
        assert_eq!(file.title(), "Title");
        assert_eq!(file.get(Section::File), Some(&b"<?php\n===DONE===\n"[..]));
        assert_eq!(file.expectation(), (Expectation::Exact, &b"x\n"[..]));
    }

    #[test]
    fn fileeof_loses_its_line_breaks() {
        let file = parse("--TEST--\nt\n--FILEEOF--\n<?php //\r\n\n--EXPECTF--\n").unwrap();
        assert_eq!(file.get(Section::File), Some(&b"<?php //"[..]));
    }

    #[test]
    fn an_empty_section_may_be_repeated() {
        assert!(parse("--TEST--\nt\n--INI--\n--INI--\na=1\n--FILE--\nx\n--EXPECT--\n").is_ok());
        check_borked(
            "--TEST--\nt\n--INI--\na=1\n--INI--\n--FILE--\nx\n--EXPECT--\n",
            "duplicated INI section",
        );
    }

    #[test]
    fn broken_files() {
        check_borked("x", "tests must start with --TEST-- [/none/x.phpt]");
        check_borked("", "cannot read test");
        check_borked("--TEST--\nt\n--FOO--\n", "Unknown section \"FOO\"");
        check_borked("--TEST--\nt\n--EXPECT--\n", "missing section --FILE--");
        check_borked("--TEST--\nt\n--FILE--\n", "missing section --EXPECT--, --EXPECTF-- or --EXPECTREGEX--");
        check_borked(
            "--TEST--\nt\n--FILE_EXTERNAL--\nno.inc\n--EXPECT--\n",
            "could not load --FILE_EXTERNAL-- /none/no.inc",
        );
    }

    #[test]
    fn only_capitals_make_a_section() {
        let file = parse("--TEST--\nt\n--FILE--\n--foo--\n--A-B--\n--EXPECT--\n").unwrap();
        assert_eq!(file.get(Section::File), Some(&b"--foo--\n--A-B--\n"[..]));
    }

    #[test]
    fn flaky_functions() {
        let flaky =
            |code: &str| parse(&format!("--TEST--\nt\n--FILE--\n{code}\n--EXPECT--\n")).unwrap().is_flaky();
        assert!(flaky("Usleep(1)"));
        assert!(flaky("time_nanosleep(1); sleep(1)"));
        assert!(!flaky("my_sleep(1)"));
        assert!(!flaky("sleep (1)"));
    }

    #[test]
    fn conflict_keys() {
        let file =
            parse("--TEST--\nt\n--CONFLICTS--\nserver # the port\n\nall\n--FILE--\nx\n--EXPECT--\n").unwrap();
        assert_eq!(file.conflicts(), ["server", "all"]);
    }
}
