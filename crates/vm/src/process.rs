//! The surroundings of a request: working directory, environment, script, arguments, and where included files are.

use crate::Context;
use phalanx_host::clock::{self, Time};
use phalanx_host::cwd::Cwd;
use phalanx_host::env::Env;
use phalanx_value::PhpString;

/// The surroundings of a request. Nothing here is shared with other threads.
pub struct Process {
    /// Working directory of this PHP thread.
    pub cwd: Cwd,
    /// The environment, with what this PHP thread has changed.
    pub env: Env,
    /// The main script as it was named; none for code from the command line.
    pub script: Option<PhpString>,
    /// `$argv`.
    pub args: Vec<PhpString>,
    /// `PHP_SAPI`.
    pub sapi: &'static str,
    /// `PHP_BINARY`: the program itself.
    pub binary: Vec<u8>,
    /// When the request began.
    pub started: Time,
    /// What a client has asked for, if a server runs the request.
    pub web: Option<Box<WebRequest>>,
}

/// What a client has asked for.
#[derive(Default)]
pub struct WebRequest {
    /// The server's part of `$_SERVER`, in order.
    pub variables: Vec<(Vec<u8>, Vec<u8>)>,
    /// Names and values of the headers, as they were sent.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// `POST` and the like.
    pub method: Vec<u8>,
    /// What stands behind the question mark.
    pub query: Option<Vec<u8>>,
    /// What came behind the headers.
    pub body: Vec<u8>,
}

impl WebRequest {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &[u8]) -> Option<&[u8]> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &value[..])
    }
}

impl Default for Process {
    fn default() -> Process {
        Process::new(Cwd::of_process())
    }
}

impl Process {
    /// The surroundings of a request that begins now in a folder, for no script.
    pub fn new(cwd: Cwd) -> Process {
        Process {
            cwd,
            env: Env::default(),
            script: None,
            args: Vec::new(),
            sapi: "cli",
            binary: Vec::new(),
            started: clock::now(),
            web: None,
        }
    }
}

/// Whether a path names a stream wrapper: `scheme://...` or `data:`.
pub(crate) fn has_scheme(path: &[u8]) -> bool {
    let scheme =
        path.iter().take_while(|&&b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')).count();
    scheme > 1 && path[scheme..].starts_with(b"://") || path.starts_with(b"data:")
}

/// Whether `include` looks at a path as it is, not in the include path.
fn is_explicit(path: &[u8]) -> bool {
    path.starts_with(b"/") || path.starts_with(b"./") || path.starts_with(b"../")
}

impl Context {
    /// The full path of a file that a script names, from the working directory of this PHP thread. It need not exist.
    pub fn full_path(&self, path: &[u8]) -> Vec<u8> {
        self.process.cwd.resolve(path)
    }

    /// The file that `include` of `path` means: full paths and those that begin with a dot as they are, others in the
    /// directories of `include_path` and then in that of the running script. Names of streams are themselves.
    pub fn resolve_include(&mut self, path: &[u8]) -> Option<PhpString> {
        if path.is_empty() {
            return None;
        }
        if has_scheme(path) {
            return match path.strip_prefix(b"file://") {
                Some(file) => self.real_path(file),
                None if path.contains(&0) => None,
                None => Some(PhpString::from_bytes(path)),
            };
        }
        if is_explicit(path) {
            return self.real_path(path);
        }
        let directories = self.ini.get_str("include_path").to_vec();
        for directory in split_paths(&directories) {
            let candidate = [directory, b"/", path].concat();
            if let Some(found) = self.real_path(&candidate) {
                return Some(found);
            }
        }
        let (script, _) = self.position();
        let end = script.iter().rposition(|&byte| byte == b'/')?;
        self.real_path(&[&script[..=end], path].concat())
    }
}

/// The directories of an include path: separated by colons, but not by those of a stream's scheme.
fn split_paths(paths: &[u8]) -> Vec<&[u8]> {
    let mut directories = Vec::new();
    let mut rest = paths;
    while !rest.is_empty() {
        let scheme = if has_scheme(rest) {
            rest.windows(3).position(|w| w == b"://").map_or(0, |at| at + 3)
        } else {
            0
        };
        let end = rest[scheme..].iter().position(|&b| b == b':').map_or(rest.len(), |at| scheme + at);
        if end != 0 {
            directories.push(&rest[..end]);
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    directories
}

#[cfg(test)]
mod tests {
    use super::{has_scheme, split_paths};

    #[test]
    fn include_paths() {
        assert_eq!(split_paths(b".:/usr/share/php"), [b".".as_slice(), b"/usr/share/php"]);
        assert_eq!(split_paths(b"phar://a.phar:/x::y"), [b"phar://a.phar".as_slice(), b"/x", b"y"]);
        assert!(has_scheme(b"php://stdin") && has_scheme(b"compress.zlib://x"));
        assert!(!has_scheme(b"/a://b") && !has_scheme(b"a/b"));
    }
}
