//! INI settings: run-tests.php's defaults, a test's own, and how they become `-d` options.

use crate::text::{lines, split_once_byte, trim};

/// What run-tests.php sets for every test.
pub const DEFAULTS: &[&str] = &[
    "output_handler=",
    "open_basedir=",
    "disable_functions=",
    "output_buffering=Off",
    "error_reporting=30719",
    "display_errors=1",
    "display_startup_errors=1",
    "log_errors=0",
    "html_errors=0",
    "track_errors=0",
    "report_memleaks=1",
    "report_zend_debug=0",
    "docref_root=",
    "docref_ext=.html",
    "error_prepend_string=",
    "error_append_string=",
    "auto_prepend_file=",
    "auto_append_file=",
    "ignore_repeated_errors=0",
    "precision=14",
    "serialize_precision=-1",
    "memory_limit=128M",
    "opcache.fast_shutdown=0",
    "opcache.file_update_protection=0",
    "opcache.revalidate_freq=0",
    "opcache.jit_hot_loop=1",
    "opcache.jit_hot_func=1",
    "opcache.jit_hot_return=1",
    "opcache.jit_hot_side_exit=1",
    "opcache.jit_max_root_traces=100000",
    "opcache.jit_max_side_traces=100000",
    "opcache.jit_max_exit_counters=100000",
    "opcache.protect_memory=1",
    "zend.assertions=1",
    "zend.exception_ignore_args=0",
    "zend.exception_string_param_max_len=15",
    "short_open_tag=0",
    "date.timezone=UTC",
];

/// Settings that keep helper scripts (SKIPIF, CLEAN, queries) away from a file cache.
pub const NO_FILE_CACHE: &[&str] = &["opcache.file_cache=", "opcache.file_cache_only=0"];

/// Settings that some extensions need when they are loaded.
pub const BY_EXTENSION: &[(&str, &str)] = &[
    ("session", "session.auto_start=0"),
    ("tidy", "tidy.clean_output=0"),
    ("zlib", "zlib.output_compression=Off"),
    ("xdebug", "xdebug.mode=off"),
];

/// An ordered map of settings. A later value replaces an earlier one at the earlier one's place, but each `extension` and
/// `zend_extension` adds to the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    entries: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Settings {
    /// Adds one `name=value`; text without `=` is ignored.
    pub fn add(&mut self, setting: &[u8]) {
        if let Some((name, value)) = split_once_byte(setting, b'=') {
            self.set(trim(name), trim(value));
        }
    }

    /// Adds all of the lines in `text`.
    pub fn add_lines(&mut self, text: &[u8]) {
        lines(text).for_each(|line| self.add(line));
    }

    /// Adds one setting.
    pub fn set(&mut self, name: &[u8], value: &[u8]) {
        let adds_up = name == b"extension" || name == b"zend_extension";
        match self.entries.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) if !adds_up => *old = value.to_vec(),
            _ => self.entries.push((name.to_vec(), value.to_vec())),
        }
    }

    /// The arguments for the command line, `-d` and `name=value` in turn, as the shell that run-tests.php uses would pass them.
    pub fn arguments(&self) -> Vec<Vec<u8>> {
        let mut arguments = Vec::with_capacity(2 * self.entries.len());
        for (name, value) in &self.entries {
            let mut setting = name.clone();
            setting.push(b'=');
            for &byte in value {
                // Values go through `addslashes` and then double quotes of the shell, which leave this one backslash.
                if byte == b'\'' {
                    setting.push(b'\\');
                }
                setting.push(byte);
            }
            arguments.push(b"-d".to_vec());
            arguments.push(setting);
        }
        arguments
    }

    /// The same as a piece of a shell command, which is what TEST_PHP_EXTRA_ARGS holds.
    pub fn shell_text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for (name, value) in &self.entries {
            text.extend_from_slice(b" -d \"");
            text.extend_from_slice(name);
            text.push(b'=');
            for &byte in value {
                if matches!(byte, b'\'' | b'"' | b'\\') {
                    text.push(b'\\');
                }
                text.push(byte);
            }
            text.push(b'"');
        }
        text
    }

    /// Whether the shell would expand something in a value, so that only a shell does the same as run-tests.php.
    pub fn needs_shell(&self) -> bool {
        self.entries.iter().any(|(_, value)| value.contains(&b'$') || value.contains(&b'`'))
    }

    /// The value of a setting.
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, value)| &value[..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_values_replace_earlier_ones() {
        let mut settings = Settings::default();
        settings.add_lines(b"a=1\nb = 2 \r\n\nnothing\na=3\nextension=x\nextension=y");
        let arguments = settings.arguments();
        let text: Vec<_> = arguments.iter().map(|argument| String::from_utf8_lossy(argument)).collect();
        assert_eq!(text, ["-d", "a=3", "-d", "b=2", "-d", "extension=x", "-d", "extension=y"]);
    }

    #[test]
    fn quoting_follows_the_shell() {
        let mut settings = Settings::default();
        settings.add(b"a='x\"\\y'");
        assert_eq!(settings.shell_text(), b" -d \"a=\\'x\\\"\\\\y\\'\"");
        assert_eq!(settings.arguments()[1], b"a=\\'x\"\\y\\'");
        assert!(!settings.needs_shell());
    }
}
