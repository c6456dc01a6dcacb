//! Mode `threads`: outputs of many runs at once, and tests that cannot run so.
//!
//! The program prints once what all threads print alike. Where they differ it prints all, each behind a line that says
//! whose it is; each must be what the test expects. So a test of random numbers passes, and one that sees another
//! thread's data does not.

use crate::text::contains;

/// What stands in front of a thread's output.
const MARK: &[u8] = b"--- thread ";

/// The outputs of all threads: one if they are alike.
pub(super) fn outputs(raw: &[u8]) -> Vec<Vec<u8>> {
    if !raw.starts_with(MARK) {
        return vec![raw.to_vec()];
    }
    let mut outputs: Vec<Vec<u8>> = Vec::new();
    for line in raw.split_inclusive(|&byte| byte == b'\n') {
        let own = format!("--- thread {}, exit code ", outputs.len());
        // A thread whose output does not end with a line break is followed by the next mark in the same line.
        match crate::text::find(line, own.as_bytes()) {
            Some(at) if line.ends_with(b" ---\n") => {
                if let Some(last) = outputs.last_mut() {
                    last.extend_from_slice(&line[..at]);
                }
                outputs.push(Vec::new());
            }
            _ => {
                if let Some(last) = outputs.last_mut() {
                    last.extend_from_slice(line);
                }
            }
        }
    }
    outputs
}

/// Why the script cannot run more than once at a time, if so: it uses what belongs to the process or to all of its runs.
pub(super) fn shares(script: &[u8]) -> Option<&'static str> {
    const STREAMS: &[&str] = &["STDOUT", "STDERR", "php://stdout", "php://stderr", "php://fd/"];
    const FILES: &[&str] = &[
        "file_put_contents(",
        "mkdir(",
        "rmdir(",
        "unlink(",
        "rename(",
        "copy(",
        "touch(",
        "symlink(",
        "chmod(",
        "ftruncate(",
        "opcache_reset(",
        "opcache_invalidate(",
    ];
    if STREAMS.iter().any(|name| contains(script, name.as_bytes())) {
        return Some("writes to streams of the process, which its threads share");
    }
    if FILES.iter().any(|name| contains(script, name.as_bytes())) || opens_to_write(script) {
        return Some("changes files that its other runs use at the same time");
    }
    None
}

/// Names in quotes behind `include` and `require`: helpers of tests, which lie beside them.
pub(super) fn included(script: &[u8]) -> Vec<&[u8]> {
    let mut names = Vec::new();
    for word in [&b"include"[..], b"require"] {
        let mut rest = script;
        while let Some(at) = crate::text::find(rest, word) {
            rest = &rest[at + word.len()..];
            let statement = &rest[..rest.iter().position(|&byte| byte == b';').unwrap_or(rest.len())];
            let mut parts = statement.split(|&byte| byte == b'"' || byte == b'\'');
            names.extend(parts.nth(1));
        }
    }
    names
}

/// Whether some `fopen` has a mode that writes, or one that only the script knows.
fn opens_to_write(script: &[u8]) -> bool {
    let mut rest = script;
    while let Some(at) = crate::text::find(rest, b"fopen(") {
        rest = &rest[at + 6..];
        let call = &rest[..rest.iter().position(|&byte| byte == b';').unwrap_or(rest.len())];
        let writes = |quote: u8| {
            [&b"w"[..], b"a", b"x", b"c", b"r+", b"rb+", b"rt+"].iter().any(|mode| {
                contains(call, &[&[b',', b' ', quote], *mode].concat())
                    || contains(call, &[&[b',', quote], *mode].concat())
            })
        };
        let unknown = call
            .rsplit(|&byte| byte == b',')
            .next()
            .is_some_and(|mode| call.contains(&b',') && mode.trim_ascii_start().starts_with(b"$"));
        let memory = contains(call, b"php://memory") || contains(call, b"php://temp");
        if !memory && (unknown || writes(b'\'') || writes(b'"')) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_output_for_all() {
        assert_eq!(outputs(b"a\nb"), [b"a\nb".to_vec()]);
    }

    #[test]
    fn outputs_that_differ() {
        let raw = b"--- thread 0, exit code 0 ---\na--- thread 1, exit code 0 ---\nb\n";
        assert_eq!(outputs(raw), [b"a".to_vec(), b"b\n".to_vec()]);
    }

    #[test]
    fn helpers() {
        let script = b"require_once(__DIR__ . '/a.inc'); include \"b.inc\"; include $x;";
        assert_eq!(included(script), [&b"b.inc"[..], b"/a.inc"]);
    }

    #[test]
    fn what_cannot_run_many_times_at_once() {
        for script in ["fwrite(STDOUT, 1);", "fopen($f, 'w');", "fopen(__DIR__.'/x',\"r+b\");", "unlink($f);"]
        {
            assert!(shares(script.as_bytes()).is_some(), "{script}");
        }
        for script in ["echo 1;", "fopen($f, 'r');", "fopen('php://memory', 'w+');"] {
            assert!(shares(script.as_bytes()).is_none(), "{script}");
        }
    }
}
