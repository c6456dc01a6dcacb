//! Settings that the VM looks at all the time, as plain fields.

use super::{parse_bool, quantity};
use crate::errors::level::E_ALL;
use phalanx_value::convert::numeric::to_int;

/// Where errors are displayed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DisplayErrors {
    /// Nowhere.
    Off,
    /// In the output.
    On,
    /// On standard error.
    Stderr,
}

impl DisplayErrors {
    /// What a setting's text means.
    pub fn parse(value: &[u8]) -> DisplayErrors {
        let is = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
        if is(&["on", "yes", "true", "stdout"]) {
            DisplayErrors::On
        } else if is(&["stderr"]) {
            DisplayErrors::Stderr
        } else {
            match to_int(value) {
                0 => DisplayErrors::Off,
                2 => DisplayErrors::Stderr,
                _ => DisplayErrors::On,
            }
        }
    }
}

/// Hot settings.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is the setting of its name")]
pub struct Hot {
    pub precision: i32,
    pub serialize_precision: i32,
    pub error_reporting: i64,
    pub display_errors: DisplayErrors,
    pub log_errors: bool,
    pub html_errors: bool,
    /// -1 for none.
    pub memory_limit: i64,
    pub max_execution_time: i64,
    /// `zend.assertions`.
    pub assertions: i64,
    /// `zend.exception_ignore_args`.
    pub exception_ignore_args: bool,
    /// Bytes; 0 remembers nothing.
    pub realpath_cache_size: usize,
    /// Seconds.
    pub realpath_cache_ttl: i64,
    /// `zend.exception_string_param_max_len`.
    pub exception_string_param_max_len: i64,
}

impl Default for Hot {
    fn default() -> Hot {
        Hot {
            precision: 14,
            serialize_precision: -1,
            error_reporting: E_ALL,
            display_errors: DisplayErrors::On,
            log_errors: false,
            html_errors: false,
            memory_limit: 128 << 20,
            max_execution_time: 0,
            assertions: 1,
            exception_ignore_args: false,
            realpath_cache_size: 4096 << 10,
            realpath_cache_ttl: 120,
            exception_string_param_max_len: 15,
        }
    }
}

impl Hot {
    /// Takes over a setting's value, if the setting is a hot one. False if the value is out of bounds.
    pub fn set(&mut self, name: &str, value: Option<&[u8]>) -> bool {
        let text = value.unwrap_or_default();
        match name {
            "precision" => return bounded(text, -1, 500).map(|int| self.precision = int as i32).is_some(),
            "serialize_precision" => {
                return bounded(text, -1, 500).map(|int| self.serialize_precision = int as i32).is_some();
            }
            "zend.exception_string_param_max_len" => {
                let length = bounded(text, 0, 1_000_000);
                return length.map(|int| self.exception_string_param_max_len = int).is_some();
            }
            "error_reporting" => self.error_reporting = value.map_or(E_ALL, to_int),
            "display_errors" => self.display_errors = DisplayErrors::parse(text),
            "log_errors" => self.log_errors = parse_bool(text),
            "html_errors" => self.html_errors = parse_bool(text),
            "memory_limit" => self.memory_limit = quantity::parse(text).0,
            "realpath_cache_size" => {
                self.realpath_cache_size = quantity::parse(text).0.try_into().unwrap_or(0);
            }
            "realpath_cache_ttl" => self.realpath_cache_ttl = quantity::parse(text).0,
            "zend.assertions" => self.assertions = quantity::parse(text).0,
            "zend.exception_ignore_args" => self.exception_ignore_args = parse_bool(text),
            _ => {}
        }
        true
    }
}

fn bounded(text: &[u8], min: i64, max: i64) -> Option<i64> {
    let int = to_int(text);
    (min..=max).contains(&int).then_some(int)
}
