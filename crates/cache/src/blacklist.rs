//! Scripts that are never cached: `opcache.blacklist_filename`.

/// A list of patterns for paths.
///
/// One pattern a line; empty lines and lines that begin with `;` do not count, and quotes around a pattern are dropped. A
/// pattern matches every path that begins with it. `?` stands for one character and `*` for any number of characters, both
/// except `/`; `**` stands for any number of any characters. A pattern that does not begin with `/` is relative to the folder
/// of the list.
///
/// ```
/// let list = phalanx_cache::Blacklist::parse(b"; comment\n/srv/tmp/\n/home/*/test?.php\nlocal.php\n", b"/etc/php");
/// assert!(list.matches(b"/srv/tmp/x.php"));
/// assert!(list.matches(b"/home/me/test1.php"));
/// assert!(!list.matches(b"/home/me/too/test1.php"));
/// assert!(list.matches(b"/etc/php/local.php"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blacklist {
    patterns: Vec<Vec<u8>>,
}

impl Blacklist {
    /// Reads a list. `folder` is where it lies, without a slash at the end.
    pub fn parse(text: &[u8], folder: &[u8]) -> Self {
        let mut list = Self::default();
        list.add(text, folder);
        list
    }

    /// Reads one list more.
    pub fn add(&mut self, text: &[u8], folder: &[u8]) {
        for line in text.split(|&b| b == b'\n') {
            let line = line.trim_ascii();
            let line = line.strip_prefix(b"\"").and_then(|l| l.strip_suffix(b"\"")).unwrap_or(line);
            if line.is_empty() || line.starts_with(b";") {
                continue;
            }
            let full = if line.starts_with(b"/") { line.to_vec() } else { [folder, b"/", line].concat() };
            self.patterns.push(without_dots(&full));
        }
    }

    /// Whether a path is on the list.
    pub fn matches(&self, path: &[u8]) -> bool {
        self.patterns.iter().any(|pattern| begins_with(path, pattern))
    }

    /// The patterns, as `opcache_get_configuration()` shows them.
    pub fn patterns(&self) -> &[Vec<u8>] {
        &self.patterns
    }
}

/// A full path without `.`, `..` and what is between slashes that follow each other. A slash at the end stays: it says
/// that only what is below is meant.
fn without_dots(path: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let mut full: Vec<u8> = parts.into_iter().flat_map(|part| [b"/".as_slice(), part].concat()).collect();
    if full.is_empty() || path.ends_with(b"/") {
        full.push(b'/');
    }
    full
}

/// Whether some beginning of the path matches the whole pattern.
///
/// Keeps for each place in the pattern whether it can be reached, so time is bounded by the product of the lengths.
fn begins_with(path: &[u8], pattern: &[u8]) -> bool {
    // Places in the pattern that the path up to now can have led to.
    let mut places = vec![false; pattern.len() + 1];
    places[0] = true;
    for at in 0..=path.len() {
        // A star may stand for nothing.
        for place in 0..pattern.len() {
            if places[place] && pattern[place] == b'*' {
                let width = 1 + usize::from(pattern.get(place + 1) == Some(&b'*'));
                places[place + width] = true;
            }
        }
        if places[pattern.len()] {
            return true;
        }
        let Some(&byte) = path.get(at) else { return false };
        let mut next = vec![false; pattern.len() + 1];
        let mut place = 0;
        while place < pattern.len() {
            let double = pattern[place] == b'*' && pattern.get(place + 1) == Some(&b'*');
            if places[place] {
                match pattern[place] {
                    b'*' if double || byte != b'/' => next[place] = true,
                    b'*' => {}
                    b'?' if byte != b'/' => next[place + 1] = true,
                    literal if literal == byte && literal != b'?' => next[place + 1] = true,
                    _ => {}
                }
            }
            place += 1 + usize::from(double);
        }
        places = next;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_beginnings() {
        let check = |pattern: &str, path: &str, expected: bool| {
            assert_eq!(begins_with(path.as_bytes(), pattern.as_bytes()), expected, "{pattern} {path}");
        };
        check("/a", "/a", true);
        check("/a", "/abc/d", true);
        check("/a/b", "/a", false);
        check("/a*c", "/abbc", true);
        check("/a*c", "/ab/c", false);
        check("/a**c", "/ab/c", true);
        check("/*/x?.php", "/foo/x1.php", true);
        check("/*/x?.php", "/foo/x/.php", false);
        check("**z", "/a/b/c/z", true);
        check("*", "/", true);
        check("", "/x", true);
        check("/a**", "/a", true);
        check("a*a*a*a*a*b", &"a".repeat(2000), false);
    }

    #[test]
    fn lists_are_read_as_opcache_does() {
        let list = Blacklist::parse(b"\"/a b/c\"\r\n  ; no\n\nrel.php\n*.tpl\n./x\n../y/\n/a/../b", b"/etc");
        let expected = ["/a b/c", "/etc/rel.php", "/etc/*.tpl", "/etc/x", "/y/", "/b"];
        assert_eq!(list.patterns(), expected.map(|pattern| pattern.as_bytes().to_vec()));
    }
}
