//! Before anything runs: what a test needs, its environment and its settings.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::{Runner, Verdict, threads};
use crate::command::shell_quote;
use crate::ini::Settings;
use crate::options::Mode;
use crate::program::Availability;
use crate::sections::Section;
use crate::text::{replace, trim};

impl Runner<'_> {
    /// Programs, environment and settings; a verdict when something that the test needs is missing.
    pub(super) fn prepare(&mut self) -> io::Result<Option<Verdict>> {
        let options = self.program.options;
        let repeats = !options.mode.runs_once();
        if self.test.needs_cgi() {
            if options.php_cgi.is_none() {
                return Ok(Some(Verdict::skipped("CGI not available")));
            }
            if repeats {
                return Ok(Some(Verdict::skipped("CGI does not support --repeat")));
            }
        }
        if self.test.has(Section::Phpdbg) {
            if options.phpdbg.is_none() {
                return Ok(Some(Verdict::skipped("phpdbg not available")));
            }
            if repeats {
                return Ok(Some(Verdict::skipped("phpdbg does not support --repeat")));
            }
        }
        let not_repeatable = [Section::FileExternal, Section::Clean, Section::Stdin, Section::CaptureStdio];
        if repeats && let Some(section) = not_repeatable.into_iter().find(|&section| self.test.has(section)) {
            let reason = format!("Test with {} might not be repeatable", section.name());
            return Ok(Some(Verdict::skipped(reason)));
        }
        if options.mode == Mode::Threads
            && let Some(reason) = self.test.get(Section::File).and_then(|script| self.shares(script))
        {
            return Ok(Some(Verdict::skipped(reason)));
        }
        self.set_environment();
        self.set_settings()
    }

    fn set_environment(&mut self) {
        // Nothing of a request comes from outside. An empty variable is one that is not set.
        for name in [
            "REDIRECT_STATUS",
            "QUERY_STRING",
            "PATH_TRANSLATED",
            "SCRIPT_FILENAME",
            "REQUEST_METHOD",
            "CONTENT_TYPE",
            "CONTENT_LENGTH",
            "TZ",
        ] {
            self.environment.remove(OsStr::new(name));
        }
        let Some(text) = self.test.get(Section::Env) else { return };
        let text = replace(text, b"{PWD}", self.directory().as_os_str().as_bytes());
        for line in text.split(|&byte| byte == b'\n') {
            if let Some((name, value)) = crate::text::split_once_byte(trim(line), b'=')
                && !name.is_empty()
                && name != b"0"
            {
                let name = OsString::from_vec(name.to_vec());
                self.environment.insert(name, OsString::from_vec(value.to_vec()));
            }
        }
        if self.test.has(Section::Xleak) {
            self.environment.insert("ZEND_ALLOC_PRINT_LEAKS".into(), "0".into());
        }
    }

    pub(super) fn directory(&self) -> PathBuf {
        self.test.path().parent().unwrap_or(Path::new(".")).to_owned()
    }

    pub(super) fn wanted_extensions(&self) -> Vec<String> {
        let mut wanted: Vec<String> = self
            .test
            .get(Section::Extensions)
            .into_iter()
            .flat_map(crate::text::lines)
            .map(|name| String::from_utf8_lossy(trim(name)).into_owned())
            .filter(|name| !name.is_empty())
            .collect();
        if let Some(redirect) = self.redirect {
            wanted.extend(redirect.extensions.iter().cloned());
        }
        wanted
    }

    fn set_settings(&mut self) -> io::Result<Option<Verdict>> {
        let mut missing = Vec::new();
        let mut loading = Settings::default();
        for extension in self.wanted_extensions() {
            match self.program.availability(&extension) {
                Availability::Loaded => {}
                Availability::Loadable(setting) => loading.add(&setting),
                Availability::Missing => missing.push(extension),
            }
        }
        if !missing.is_empty() {
            let plural = if missing.len() > 1 { "s" } else { "" };
            let reason = format!("Required extension{plural} missing: {}", missing.join(", "));
            return Ok(Some(Verdict::skipped(reason)));
        }
        self.base_settings = self.program.settings.clone();
        loading.arguments().chunks_exact(2).for_each(|pair| self.base_settings.add(&pair[1]));
        self.settings = self.base_settings.clone();
        if let Some(text) = self.test.get(Section::Ini) {
            match self.expand_ini(text) {
                Ok(text) => self.settings.add_lines(&text),
                Err(reason) => return Ok(Some(Verdict::skipped(reason))),
            }
        }
        if !self.program.options.mode.runs_once() && self.settings.get(b"opcache.opt_debug_level").is_some() {
            return Ok(Some(Verdict::skipped("opt_debug_level tests are not repeatable")));
        }
        let mut extra = vec![b' '];
        for argument in &self.program.options.php_arguments {
            extra.push(b' ');
            extra.extend_from_slice(&shell_quote(argument.as_bytes()));
        }
        extra.extend_from_slice(&self.settings.shell_text());
        self.environment.insert("TEST_PHP_EXTRA_ARGS".into(), OsString::from_vec(extra));
        Ok(None)
    }

    /// Why the script, or a helper that it includes, cannot run many times at once.
    fn shares(&self, script: &[u8]) -> Option<&'static str> {
        let helpers = threads::included(script).into_iter().filter_map(|name| {
            let name = Path::new(OsStr::from_bytes(name)).file_name()?;
            std::fs::read(self.directory().join(name)).ok()
        });
        threads::shares(script).or_else(|| helpers.into_iter().find_map(|helper| threads::shares(&helper)))
    }

    /// Fills in `{PWD}`, `{TMP}`, `{MAIL:file}` and `{ENV:NAME}`.
    fn expand_ini(&self, text: &[u8]) -> Result<Vec<u8>, String> {
        let text = replace(text, b"{PWD}", self.directory().as_os_str().as_bytes());
        let mut rest = &replace(&text, b"{TMP}", std::env::temp_dir().as_os_str().as_bytes())[..];
        let mut result = Vec::new();
        while let Some(at) = memchr::memchr(b'{', rest) {
            result.extend_from_slice(&rest[..at]);
            rest = &rest[at..];
            let end = memchr::memchr(b'}', rest);
            let word = end.map_or(&b""[..], |end| &rest[1..end]);
            if let Some(file) = word.strip_prefix(b"MAIL:") {
                result.extend_from_slice(b"tee ");
                result.extend_from_slice(file);
                result.extend_from_slice(b" >/dev/null");
            } else if let Some(name) = word.strip_prefix(b"ENV:") {
                let Some(value) = self.environment.get(OsStr::from_bytes(name)) else {
                    let name = String::from_utf8_lossy(name);
                    return Err(format!("Environment variable {name} is not set"));
                };
                result.extend_from_slice(value.as_bytes());
            } else {
                result.push(b'{');
                rest = &rest[1..];
                continue;
            }
            rest = &rest[end.map_or(0, |end| end + 1)..];
        }
        result.extend_from_slice(rest);
        Ok(result)
    }
}
