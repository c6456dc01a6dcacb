//! `docs/hazards.md`: all rows are there, and every test that they name exists.

use super::Finding;
use super::tree::Tree;

const FILE: &str = "docs/hazards.md";
/// The sections, and how many rows each has.
const SECTIONS: [(char, usize); 4] = [('A', 12), ('B', 21), ('C', 20), ('D', 25)];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let rows: Vec<Vec<&str>> = tree
        .text(FILE)
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix('|'))
        .map(|row| row.split('|').map(str::trim).collect())
        .collect();
    let ids =
        SECTIONS.iter().flat_map(|&(section, rows)| (1..=rows).map(move |row| format!("{section}{row}")));
    for id in ids {
        let count = rows.iter().filter(|row| row[0] == id).count();
        if count != 1 {
            findings.push(Finding::error(format!("{FILE}: {count} rows for {id}")));
        }
    }
    for row in rows.iter().filter(|row| row[0] != "id") {
        let [id, _, answer, tests] = row[..] else {
            findings.push(Finding::error(format!("{FILE}: {}: a row has four columns", row[0])));
            continue;
        };
        // Names stand between backquotes, and what is between names is not looked at.
        let names: Vec<_> = tests.split('`').skip(1).step_by(2).collect();
        if names.is_empty() && !answer.starts_with("Does not apply") {
            findings.push(Finding::error(format!("{FILE}: {id}: no test shows it")));
        }
        for name in names.iter().filter(|name| !exists(tree, name)) {
            findings.push(Finding::error(format!("{FILE}: {id}: there is no test {name}")));
        }
    }
    findings
}

/// Whether there is a phpt file of this path, or a Rust test `crate::file::name` or `crate::src::file::name`.
fn exists(tree: &Tree, name: &str) -> bool {
    if name.ends_with(".phpt") {
        return tree.files.contains_key(name);
    }
    let parts: Vec<_> = name.split("::").collect();
    let (file, test) = match parts[..] {
        [krate, "src", file, test] => (format!("crates/{krate}/src/{file}.rs"), test),
        [krate, file, test] => (format!("crates/{krate}/tests/{file}.rs"), test),
        _ => return false,
    };
    let lines: Vec<_> = tree.text(&file).lines().map(str::trim).collect();
    lines.windows(2).any(|pair| pair[0] == "#[test]" && pair[1].starts_with(&format!("fn {test}(")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table with all rows, in which some are replaced.
    fn findings(replaced: &[(&str, &str)]) -> Vec<String> {
        let mut text = String::from("| id | what | how | shown by |\n|---|---|---|---|\n");
        for (section, rows) in SECTIONS {
            for row in 1..=rows {
                let id = format!("{section}{row}");
                let usual = format!("| {id} | x | y | `shm::f::good`, `tests/a.phpt` |");
                let line =
                    replaced.iter().find(|(other, _)| *other == id).map_or(&usual[..], |(_, line)| line);
                text.push_str(&format!("{line}\n"));
            }
        }
        let mut tree = Tree::default();
        tree.files.insert(FILE.to_owned(), text);
        tree.files.insert("tests/a.phpt".to_owned(), String::new());
        tree.files
            .insert("crates/shm/tests/f.rs".to_owned(), "#[test]\nfn good() {}\nfn bad() {}\n".to_owned());
        tree.files.insert("crates/shm/src/g.rs".to_owned(), "    #[test]\n    fn unit() {}\n".to_owned());
        check(&tree).into_iter().map(|finding| finding.text.replace("docs/hazards.md: ", "")).collect()
    }

    #[test]
    fn rows_and_tests_are_there() {
        assert!(findings(&[]).is_empty());
        assert!(findings(&[("A1", "| A1 | x | y | `shm::src::g::unit` |")]).is_empty());
        assert!(findings(&[("B2", "| B2 | x | Does not apply: no z | |")]).is_empty());
        assert_eq!(findings(&[("C20", "")]), ["0 rows for C20"]);
        assert_eq!(
            findings(&[("D2", "| D1 | x | y | `tests/a.phpt` |")]),
            ["2 rows for D1", "0 rows for D2"]
        );
        assert_eq!(findings(&[("A3", "| A3 | x | y | some day |")]), ["A3: no test shows it"]);
        let missing = "| A3 | x | y | `shm::f::bad`, `tests/b.phpt`, `good`, `shm::f::good` |";
        let expected = [
            "A3: there is no test shm::f::bad",
            "A3: there is no test tests/b.phpt",
            "A3: there is no test good",
        ];
        assert_eq!(findings(&[("A3", missing)]), expected);
        assert_eq!(findings(&[("A3", "| A3 | x |")]), ["A3: a row has four columns"]);
    }
}
