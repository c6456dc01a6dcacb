//! The command that runs a test's script.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use super::Runner;
use crate::command::{Capture, Environment, Invocation, shell_quote};
use crate::http::request;
use crate::sections::Section;
use crate::text::{contains, trim, trim_end};

impl Runner<'_> {
    /// The command that runs the script, and its environment.
    pub(super) fn invocation(&self, script: &Path) -> Result<(Invocation, Environment), &'static str> {
        let mut environment = self.environment.clone();
        let value = |environment: &Environment, name: &str| {
            environment.get(OsStr::new(name)).map(|value| value.as_bytes().to_vec()).unwrap_or_default()
        };
        let query = trim(self.test.get(Section::Get).unwrap_or_default()).to_vec();
        let script_text = script.as_os_str().as_bytes().to_vec();
        let defaults = [
            ("QUERY_STRING", query),
            ("PATH_TRANSLATED", script_text.clone()),
            ("SCRIPT_FILENAME", script_text),
        ];
        environment.insert("REDIRECT_STATUS".into(), "1".into());
        for (name, default) in defaults {
            if value(&environment, name).is_empty() {
                environment.insert(name.into(), OsString::from_vec(default));
            }
        }
        let cookie = trim(self.test.get(Section::Cookie).unwrap_or_default()).to_vec();
        environment.insert("HTTP_COOKIE".into(), OsString::from_vec(cookie));
        let content_type = value(&environment, "CONTENT_TYPE");
        let content_length = value(&environment, "CONTENT_LENGTH");
        let request = request(&self.test, &content_type, &content_length)?;
        for (name, text) in request.variables {
            // A method from ENV wins over POST_RAW's.
            let keep = name == "REQUEST_METHOD"
                && self.test.non_empty(Section::PostRaw)
                && !value(&environment, name).is_empty();
            if !keep {
                environment.insert(name.into(), OsString::from_vec(text));
            }
        }

        let mut arguments = self.test_program(false);
        let mode = self.program.options.mode;
        arguments.extend(mode.arguments().iter().map(|argument| argument.as_bytes().to_vec()));
        let mut invocation = Invocation::new(Vec::new());
        let mut shell_suffix = Vec::new();
        let script_text = script.as_os_str().as_bytes();
        if self.settings.needs_shell() {
            shell_suffix = self.settings.shell_text();
            shell_suffix.extend_from_slice(b" -f ");
            shell_suffix.extend_from_slice(&shell_quote(script_text));
        } else {
            arguments.extend(self.settings.arguments());
            arguments.extend([b"-f".to_vec(), script_text.to_vec()]);
        }
        if request.body.is_none()
            && let Some(text) = self.test.get(Section::Args)
        {
            match plain_words(text).filter(|_| shell_suffix.is_empty()) {
                Some(words) => {
                    arguments.push(b"--".to_vec());
                    arguments.extend(words);
                }
                None => {
                    shell_suffix.extend_from_slice(b" -- ");
                    shell_suffix.extend_from_slice(trim_end(text));
                }
            }
        }
        invocation.arguments = arguments;
        invocation.shell_suffix = shell_suffix;
        if let Some(capture) = self.test.get(Section::CaptureStdio) {
            let capture = capture.to_ascii_uppercase();
            invocation.capture = Capture {
                stdin: contains(&capture, b"STDIN"),
                stdout: contains(&capture, b"STDOUT"),
                stderr: contains(&capture, b"STDERR"),
            };
        }
        invocation.stdin = match request.body {
            Some(body) => body,
            None => self.test.get(Section::Stdin).unwrap_or_default().to_vec(),
        };
        Ok((invocation, environment))
    }
}

/// The words of ARGS when no shell is needed to find them.
fn plain_words(text: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut bytes = trim_end(text).iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' | b'\t' => words.extend(word.take()),
            b'\'' | b'"' => {
                let word = word.get_or_insert_default();
                loop {
                    match bytes.next()? {
                        end if end == byte => break,
                        b'\\' | b'$' | b'`' if byte == b'"' => return None,
                        inner => word.push(inner),
                    }
                }
            }
            b'\\' | b'$' | b'`' | b'>' | b'<' | b'|' | b'&' | b';' | b'*' | b'?' | b'~' | b'(' | b')'
            | b'#' | b'\n' | b'[' | b'!' | b'{' => return None,
            _ => word.get_or_insert_default().push(byte),
        }
    }
    words.extend(word);
    Some(words)
}
