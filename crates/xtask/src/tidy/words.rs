//! Words that do not belong in the repository.

use super::Finding;
use super::tree::Tree;

/// Each with the reason; spelled in two parts so that this file does not hold them itself.
const WORDS: &[(&str, &str, &str)] = &[
    ("FIX", "ME", "fix it, or say in ARCHITECTURE.md what is missing"),
    ("TO", "DO", "do it, or say in ARCHITECTURE.md what is missing"),
    ("XX", "X ", "say what is meant"),
    ("#[ign", "ore", "a test that does not run is no test"),
    ("#[should_", "panic", "check what is returned"),
    ("/wo", "rk/", "a path of one machine"),
    ("/ro", "ot/", "a path of one machine"),
    ("<<<<", "<<<", "a merge that was not finished"),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, text) in &tree.files {
        // Lists of names, and texts of PHP's that tests expect, may hold anything.
        let is_source = [".rs", ".md", ".toml", ".php"].iter().any(|end| name.ends_with(end));
        if !is_source {
            continue;
        }
        for (head, tail, reason) in WORDS {
            let word = format!("{head}{tail}");
            if let Some(line) = text.lines().position(|line| line.contains(&word)) {
                findings.push(Finding::error(format!("{name}:{}: {word}: {reason}", line + 1)));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found() {
        let mut tree = Tree::default();
        tree.files.insert("a.rs".to_owned(), format!("x\n// {}{}: y\n", "TO", "DO"));
        tree.files.insert("b.txt".to_owned(), tree.text("a.rs").to_owned());
        let findings = check(&tree);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].text.starts_with("a.rs:2: "), "{findings:?}");
    }
}
