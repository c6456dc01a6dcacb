//! SKIPIF: code of the test that decides what is to be done with it.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;

use super::{Runner, Script, Verdict, without_request};
use crate::command::Invocation;
use crate::ini::NO_FILE_CACHE;
use crate::outcome::Outcome;
use crate::program::SkipKey;
use crate::sections::Section;
use crate::text::{starts_with_ignore_case, trim_start};

impl Runner<'_> {
    /// Runs SKIPIF. Gives a remark to go on with, or the verdict.
    pub(super) fn skipif(&mut self) -> io::Result<Result<String, Verdict>> {
        let Some(code) = self.test.get(Section::Skipif).filter(|code| !code.is_empty()) else {
            return Ok(Ok(String::new()));
        };
        let mut arguments = self.test_program(true);
        arguments.push(b"-q".to_vec());
        arguments.extend(self.base_settings.arguments());
        for setting in NO_FILE_CACHE.iter().chain(&["display_errors=1", "display_startup_errors=0"]) {
            arguments.extend([b"-d".to_vec(), setting.as_bytes().to_vec()]);
        }
        let script = self.script(".skip.php");
        let environment = without_request(&self.environment);
        // What every test has is left out, and so is the variable through which SKIPIF could see the test's own settings.
        let key_environment = environment
            .iter()
            .filter(|(name, value)| self.program.environment.get(*name) != Some(value))
            .filter(|(name, _)| *name != "TEST_PHP_EXTRA_ARGS")
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let key = SkipKey {
            arguments: arguments.clone(),
            directory: self.directory().into_os_string(),
            environment: key_environment,
            code: code.to_vec(),
        };
        arguments.push(script.as_os_str().as_bytes().to_vec());
        let output = self.program.skip_output(key, || {
            fs::write(&script, code)?;
            let _script = Script(&script, self.program.options.keep_scripts);
            self.run(&Invocation::new(arguments), &environment)
        })?;
        Ok(self.judge_skip(&output))
    }

    fn judge_skip(&mut self, output: &[u8]) -> Result<String, Verdict> {
        let is = |word: &[u8]| starts_with_ignore_case(output, word);
        let rest_of_line = |word: &[u8]| {
            let rest = trim_start(&output[word.len()..]);
            let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
            String::from_utf8_lossy(&rest[..end]).into_owned()
        };
        if is(b"skip") {
            return Err(Verdict::skipped(rest_of_line(b"skip")));
        }
        if is(b"info") && !rest_of_line(b"info").is_empty() {
            return Ok(format!("info: {}", rest_of_line(b"info")));
        }
        // "Warning: ..." of PHP itself is not such a remark.
        if is(b"warn") && output.get(4).is_some_and(u8::is_ascii_whitespace) {
            return Ok(format!("warn: {}", rest_of_line(b"warn")));
        }
        for (word, section) in
            [("xfail", Section::Xfail), ("xleak", Section::Xleak), ("flaky", Section::Flaky)]
        {
            if is(word.as_bytes()) {
                self.test.set(section, trim_start(&output[word.len()..]).to_vec());
                return Ok(String::new());
            }
        }
        if output.is_empty() {
            return Ok(String::new());
        }
        let output = String::from_utf8_lossy(output);
        Err(Verdict::new(Outcome::Borked, format!("invalid output from SKIPIF: {output}")))
    }
}
