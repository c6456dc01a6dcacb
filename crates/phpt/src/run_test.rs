//! Running one test from its file to its result.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

mod headers;
mod invocation;
mod prepare;
mod skipif;
mod threads;

use headers::{parse_headers, split_headers, with_headers};

use crate::command::{Environment, Invocation, run};
use crate::diff::diff;
use crate::expect::{Expected, normalize};
use crate::ini::{NO_FILE_CACHE, Settings};
use crate::outcome::{Outcome, TestResult};
use crate::program::Program;
use crate::redirect::Redirect;
use crate::sections::Section;
use crate::test_file::{Borked, TestFile};
use crate::text::{contains, trim, trim_end};

/// A test to run: its file and the redirecting test that it is run for.
#[derive(Clone, Debug)]
pub struct TestCase {
    /// The phpt file.
    pub path: PathBuf,
    /// Where it was redirected from.
    pub redirect: Option<std::sync::Arc<Redirect>>,
}

/// What comes of running a file.
#[derive(Debug)]
pub enum Ran {
    /// A result.
    Done(Box<TestResult>),
    /// Other tests to run instead.
    Redirected(Vec<TestCase>),
}

/// The verdict before it is joined with names and times.
struct Verdict {
    outcome: Outcome,
    reason: String,
    failure: Option<Failure>,
}

struct Failure {
    expected: Vec<u8>,
    output: Vec<u8>,
    diff: String,
}

impl Verdict {
    fn new(outcome: Outcome, reason: impl Into<String>) -> Verdict {
        Verdict { outcome, reason: reason.into(), failure: None }
    }

    fn skipped(reason: impl Into<String>) -> Verdict {
        Verdict::new(Outcome::Skipped, reason)
    }
}

/// Runs `case`, a second time when it fails and its file or its output says that chance plays a part.
pub(crate) fn run_test(program: &Program, case: &TestCase, test: Result<TestFile, Borked>) -> Ran {
    let started = Instant::now();
    let name = case_name(program, case);
    let mut title = String::new();
    let verdict = match test {
        Err(Borked(reason)) => Verdict::new(Outcome::Borked, reason),
        Ok(test) => {
            title = test.title();
            match attempts(program, case, test) {
                Ok(Attempt::Verdict(verdict)) => verdict,
                Ok(Attempt::Redirected(cases)) => return Ran::Redirected(cases),
                Err(error) => Verdict::new(Outcome::Borked, format!("cannot be run: {error}")),
            }
        }
    };
    if let Some(redirect) = &case.redirect {
        title = format!("{} {title}", redirect.title);
    }
    let failure =
        verdict.failure.unwrap_or(Failure { expected: Vec::new(), output: Vec::new(), diff: String::new() });
    Ran::Done(Box::new(TestResult {
        name,
        path: case.path.clone(),
        title,
        outcome: verdict.outcome,
        reason: verdict.reason,
        expected: failure.expected,
        output: failure.output,
        diff: failure.diff,
        time: started.elapsed(),
    }))
}

fn case_name(program: &Program, case: &TestCase) -> String {
    let below_root =
        |path: &Path| path.strip_prefix(&program.options.root).unwrap_or(path).to_string_lossy().into_owned();
    match &case.redirect {
        None => below_root(&case.path),
        Some(redirect) => format!("{}: {}", below_root(&redirect.via), below_root(&case.path)),
    }
}

enum Attempt {
    Verdict(Verdict),
    Redirected(Vec<TestCase>),
}

fn attempts(program: &Program, case: &TestCase, test: TestFile) -> io::Result<Attempt> {
    let mut runner = Runner::new(program, case, test.clone());
    let first = runner.attempt()?;
    let Attempt::Verdict(verdict) = &first else { return Ok(first) };
    let Some(failure) = &verdict.failure else { return Ok(first) };
    if !runner.test.is_flaky() && !is_flaky_output(&failure.output) {
        return Ok(first);
    }
    let mut second = Runner::new(program, case, test).attempt()?;
    if let Attempt::Verdict(verdict) = &mut second
        && verdict.outcome == Outcome::Passed
    {
        *verdict = Verdict::new(Outcome::Warned, "Test passed on retry attempt");
    }
    Ok(second)
}

fn is_flaky_output(output: &[u8]) -> bool {
    let output = output.to_ascii_lowercase();
    let messages: [&[u8]; 6] = [
        b"404: page not found",
        b"address already in use",
        b"connection refused",
        b"deadlock",
        b"mailbox already exists",
        b"timed out",
    ];
    messages.iter().any(|message| contains(&output, message))
}

struct Runner<'a> {
    program: &'a Program<'a>,
    test: TestFile,
    environment: Environment,
    /// Folder and name, up to the dot, of the scripts that are written.
    script_stem: PathBuf,
    redirect: Option<&'a Redirect>,
    /// Settings without the test's own.
    base_settings: Settings,
    settings: Settings,
}

/// Removes a script when it is no longer needed, whichever way the test goes.
struct Script<'a>(&'a Path, bool);

impl Drop for Script<'_> {
    fn drop(&mut self) {
        if !self.1 {
            // It may be gone because the test removed it.
            drop(fs::remove_file(self.0));
        }
    }
}

impl<'a> Runner<'a> {
    fn new(program: &'a Program, case: &'a TestCase, test: TestFile) -> Runner<'a> {
        let redirect = case.redirect.as_deref();
        let test_dir = case.path.parent().unwrap_or(Path::new("."));
        let script_dir = redirect.map_or(test_dir, |redirect| &redirect.directory);
        let stem = case.path.file_stem().unwrap_or_default();
        let mut environment = program.environment.clone();
        if let Some(redirect) = redirect {
            environment.extend(redirect.environment.clone());
        }
        Runner {
            program,
            test,
            environment,
            script_stem: script_dir.join(stem),
            redirect,
            base_settings: program.settings.clone(),
            settings: Settings::default(),
        }
    }

    fn attempt(&mut self) -> io::Result<Attempt> {
        if let Some(verdict) = self.prepare()? {
            return Ok(Attempt::Verdict(verdict));
        }
        let note = match self.skipif()? {
            Ok(note) => note,
            Err(verdict) => return Ok(Attempt::Verdict(verdict)),
        };
        if let Some(code) = self.test.get(Section::Redirecttest) {
            let title = self.test.title();
            return Ok(match Redirect::evaluate(self.program, self.test.path(), &title, code)? {
                Ok(mut redirect) => {
                    redirect.extensions = self.wanted_extensions();
                    Attempt::Redirected(redirect.cases()?)
                }
                Err(reason) => Attempt::Verdict(Verdict::new(Outcome::Borked, reason)),
            });
        }
        self.run_and_compare(note).map(Attempt::Verdict)
    }

    fn script(&self, extension: &str) -> PathBuf {
        let mut name = self.script_stem.clone().into_os_string();
        name.push(extension);
        PathBuf::from(name)
    }

    /// The program that runs the test's own script, with the arguments that its kind needs.
    fn test_program(&self, for_helper: bool) -> Vec<Vec<u8>> {
        let options = self.program.options;
        if let Some(phpdbg) = options.phpdbg.as_deref().filter(|_| self.test.has(Section::Phpdbg)) {
            let more: &[&str] = if for_helper { &["-qIb", "-rr"] } else { &["-qIb"] };
            return self.program.arguments(phpdbg, more);
        }
        match options.php_cgi.as_deref().filter(|_| self.test.needs_cgi()) {
            Some(php_cgi) => self.program.arguments(php_cgi, &["-C"]),
            None => self.program.arguments(&options.php, &[]),
        }
    }

    fn run(&self, invocation: &Invocation, environment: &Environment) -> io::Result<Vec<u8>> {
        let environment: Environment = environment
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        run(invocation, &self.program.options.root, &environment, self.program.options.limits)
    }

    fn run_and_compare(&mut self, note: String) -> io::Result<Verdict> {
        let script = self.script(".php");
        let has_script = self.test.has(Section::File);
        if let Some(code) = self.test.get(Section::File) {
            fs::write(&script, code)?;
        }
        let _script = Script(&script, self.program.options.keep_scripts || !has_script);
        let (invocation, environment) =
            match self.invocation(if has_script { &script } else { Path::new("") }) {
                Ok(invocation) => invocation,
                Err(reason) => return Ok(Verdict::new(Outcome::Borked, reason)),
            };
        let raw = self.run(&invocation, &environment)?;
        let clean_output = self.clean(&environment)?;
        let raw = if !self.program.options.mode.runs_once() { last_execution(raw) } else { raw };
        let (kind, text) = self.test.expectation();
        let expected = Expected::new(kind, text);
        let (mut output, headers) = if self.test.needs_cgi() {
            split_headers(&raw)
        } else {
            // Of the outputs of many threads the first that is not as expected counts.
            let mut outputs = threads::outputs(&raw).into_iter().map(|output| normalize(&output));
            let first = outputs.next().unwrap_or_default();
            let wrong = if expected.matches(&first) {
                outputs.find(|output| !expected.matches(output))
            } else {
                None
            };
            (wrong.unwrap_or(first), Vec::new())
        };
        let wanted_headers = self.test.get(Section::Expectheaders).map(parse_headers).unwrap_or_default();
        let headers_match = wanted_headers.iter().all(|wanted| headers.contains(wanted));
        if headers_match && expected.matches(&output) {
            return Ok(self.passed(note, &clean_output));
        }
        let mut expected = expected.text;
        if !headers_match {
            let found: Vec<_> = headers
                .into_iter()
                .filter(|(name, _)| wanted_headers.iter().any(|(wanted, _)| wanted == name))
                .collect();
            expected = with_headers(&wanted_headers, &expected);
            output = with_headers(&found, &output);
        }
        let difference = diff(kind, &expected, &output, self.program.options.context);
        let (outcome, reason) = match self.test.get(Section::Xfail) {
            Some(reason) => (Outcome::Xfailed, String::from_utf8_lossy(trim_end(reason)).into_owned()),
            None => (Outcome::Failed, note),
        };
        Ok(Verdict { outcome, reason, failure: Some(Failure { expected, output, diff: difference }) })
    }

    fn passed(&self, note: String, clean_output: &[u8]) -> Verdict {
        if !clean_output.is_empty() {
            let output = String::from_utf8_lossy(trim_end(clean_output));
            return Verdict::new(Outcome::Borked, format!("invalid output from CLEAN: {output}"));
        }
        if self.test.has(Section::Xfail) {
            return Verdict::new(Outcome::Warned, "XFAIL section but test passes");
        }
        Verdict::new(Outcome::Passed, note)
    }

    /// Runs CLEAN and gives what it printed, which should be nothing.
    fn clean(&self, environment: &Environment) -> io::Result<Vec<u8>> {
        let Some(code) = self.test.get(Section::Clean).filter(|code| !code.is_empty()) else {
            return Ok(Vec::new());
        };
        let script = self.script(".clean.php");
        fs::write(&script, trim(code))?;
        let _script = Script(&script, self.program.options.keep_scripts);
        let mut arguments = self.program.arguments(&self.program.options.php, &["-q"]);
        arguments.extend(self.base_settings.arguments());
        for setting in NO_FILE_CACHE {
            arguments.extend([b"-d".to_vec(), setting.as_bytes().to_vec()]);
        }
        arguments.push(script.as_os_str().as_bytes().to_vec());
        self.run(&Invocation::new(arguments), &without_request(environment))
    }
}

/// The environment of SKIPIF and CLEAN, which are no requests.
fn without_request(environment: &Environment) -> Environment {
    let mut environment = environment.clone();
    for name in ["REQUEST_METHOD", "QUERY_STRING", "PATH_TRANSLATED", "SCRIPT_FILENAME"] {
        environment.remove(OsStr::new(name));
    }
    environment
}

/// Removes what all runs but the last printed.
fn last_execution(output: Vec<u8>) -> Vec<u8> {
    let first: &[u8] = b"Executing for the first time...\n";
    let again: &[u8] = b"Finished execution, repeating...\n";
    let Some(start) = crate::text::find(&output, first) else { return output };
    let end = match memchr::memmem::rfind(&output, again) {
        Some(at) => at + again.len(),
        None => start + first.len(),
    };
    [&output[..start], &output[end..]].concat()
}
