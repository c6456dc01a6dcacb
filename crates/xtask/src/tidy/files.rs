//! Single files: their size, and whether modules say what they are.

use super::Finding;
use super::tree::Tree;

/// Above this a file is asked to be split.
const WARN_LINES: usize = 600;
/// Above this it has to be.
const MAX_LINES: usize = 1200;
/// Files that may be larger, one `path  reason` a line.
const ALLOW_LIST: &str = "tidy-allow.txt";

fn is_rust(name: &str) -> bool {
    name.ends_with(".rs") && name.starts_with("crates/")
}

/// Paths in the allow-list with their reasons.
fn allowed(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    tree.text(ALLOW_LIST)
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| line.split_once(char::is_whitespace).unwrap_or((line, "")))
}

pub(super) fn sizes(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, text) in tree.files.iter().filter(|(name, _)| is_rust(name)) {
        let lines = text.lines().count();
        if lines <= WARN_LINES || allowed(tree).any(|(path, _)| path == name) {
            continue;
        }
        if lines > MAX_LINES {
            findings
                .push(Finding::error(format!("{name} has {lines} lines; the most is {MAX_LINES}, split it")));
        } else {
            findings.push(Finding::warning(format!(
                "{name} has {lines} lines; split it before it has {MAX_LINES}"
            )));
        }
    }
    for (path, reason) in allowed(tree) {
        match tree.files.get(path) {
            None => findings.push(Finding::error(format!("{ALLOW_LIST} names {path}, which does not exist"))),
            Some(text) if text.lines().count() <= WARN_LINES => {
                findings.push(Finding::error(format!("{ALLOW_LIST} names {path}, which is small enough")));
            }
            Some(_) if reason.trim().is_empty() => {
                findings.push(Finding::error(format!("{ALLOW_LIST} gives no reason for {path}")));
            }
            Some(_) => {}
        }
    }
    findings
}

pub(super) fn module_docs(tree: &Tree) -> Vec<Finding> {
    let lacking = tree.files.iter().filter(|(name, text)| is_rust(name) && !text.starts_with("//! "));
    let mut findings: Vec<_> = lacking
        .map(|(name, _)| Finding::error(format!("{name} does not begin with //! and what it is")))
        .collect();
    // What tests share has to be a mod.rs, or Cargo takes it for a test.
    let mod_files = tree.files.keys().filter(|name| name.contains("/src/") && name.ends_with("/mod.rs"));
    findings.extend(mod_files.map(|name| Finding::error(format!("{name}: modules are foo.rs beside foo/"))));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::default();
        tree.files.extend(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        tree
    }

    #[test]
    fn large_files() {
        let (large, huge) = ("x\n".repeat(601), "x\n".repeat(1201));
        let findings =
            sizes(&tree(&[("crates/a/b.rs", &large), ("crates/a/c.rs", &huge), ("docs/x.rs", &huge)]));
        let kinds: Vec<_> = findings.iter().map(|finding| finding.is_warning).collect();
        assert_eq!(kinds, [true, false]);
        assert_eq!(
            sizes(&tree(&[("crates/a/c.rs", &huge), (ALLOW_LIST, "# x\ncrates/a/c.rs  generated\n")])),
            []
        );
        let findings = sizes(&tree(&[("crates/a/c.rs", "x"), (ALLOW_LIST, "crates/a/c.rs  generated\n")]));
        assert_eq!(findings[0].text, "tidy-allow.txt names crates/a/c.rs, which is small enough");
    }

    #[test]
    fn modules_say_what_they_are() {
        assert_eq!(module_docs(&tree(&[("crates/a/b.rs", "//! B.\n")])), []);
        assert_eq!(
            module_docs(&tree(&[("crates/a/b.rs", "// B.\n"), ("crates/a/src/b/mod.rs", "//! B.\n")])).len(),
            2
        );
    }
}
