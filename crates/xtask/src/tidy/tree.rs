//! The source tree as the checks see it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::workspace;

/// The files that Git knows, and what Cargo says of the crates.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Path below the root, and the text; files that are no text are left out.
    pub(super) files: BTreeMap<String, String>,
    /// Direct dependencies of each of our crates, by short name, tests' and examples' own left out.
    pub(super) dependencies: BTreeMap<String, Vec<String>>,
    /// The same with those of tests and examples.
    pub(super) all_dependencies: BTreeMap<String, Vec<String>>,
}

impl Tree {
    pub(super) fn load() -> io::Result<Tree> {
        let root = workspace::root();
        let listed = output(Command::new("git").current_dir(&root).args([
            "ls-files",
            "-z",
            "-co",
            "--exclude-standard",
        ]))?;
        let mut files = BTreeMap::new();
        for name in listed.split('\0').filter(|name| !name.is_empty()) {
            // A file that was removed is still listed until the removal is staged.
            if let Ok(bytes) = fs::read(root.join(name))
                && let Ok(text) = String::from_utf8(bytes)
            {
                files.insert(name.to_owned(), text);
            }
        }
        let dependencies = |edges| dependencies(&root, edges);
        Ok(Tree {
            files,
            dependencies: dependencies("normal,build")?,
            all_dependencies: dependencies("normal,build,dev")?,
        })
    }

    /// The text of a file, empty when there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.files.get(name).map_or("", String::as_str)
    }
}

/// Asks Cargo for the dependencies, one level deep.
fn dependencies(root: &Path, edges: &str) -> io::Result<BTreeMap<String, Vec<String>>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let text = output(Command::new(cargo).current_dir(root).args([
        "tree",
        "--workspace",
        "--edges",
        edges,
        "--depth",
        "1",
        "--prefix",
        "depth",
        "--format",
        " {p}",
        "--no-dedupe",
    ]))?;
    Ok(parse_dependencies(&text))
}

/// Lines are a depth, a name and a version; a line of depth 0 is one of ours.
fn parse_dependencies(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut dependencies: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (Some(depth), Some(name)) = (words.next(), words.next()) else { continue };
        let name = short_name(name);
        if depth == "0" {
            dependencies.entry(name.clone()).or_default();
            current = name;
        } else if let Some(list) = dependencies.get_mut(&current)
            && !list.contains(&name)
        {
            list.push(name);
        }
    }
    dependencies
}

/// `phalanx-ext-json` is `ext_json` everywhere but in Cargo.
fn short_name(package: &str) -> String {
    match package.strip_prefix("phalanx-") {
        Some(name) => name.replace('-', "_"),
        None => package.to_owned(),
    }
}

fn output(command: &mut Command) -> io::Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(format!("{command:?} failed: {errors}")));
    }
    String::from_utf8(output.stdout).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_read() {
        let text = "0 phalanx-vm v0.1.0 (/x)\n1 libc v0.2.1\n1 phalanx-ext-json v0.1.0 (/y)\n\n0 phalanx-base v0.1.0 (/z)\n";
        let parsed = parse_dependencies(text);
        assert_eq!(parsed["vm"], ["libc", "ext_json"]);
        assert!(parsed["base"].is_empty());
    }
}
