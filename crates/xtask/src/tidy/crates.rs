//! Crates: who may use whom, who may hold unsafe code, and which crates of others are used.
//!
//! The rules are the table in ARCHITECTURE.md, so the document cannot become untrue.

use super::Finding;
use super::tree::Tree;

/// The line behind which the table of crates stands.
const MARK: &str = "<!-- tidy: crates -->";

/// A row of the table.
#[derive(Debug, PartialEq, Eq)]
struct Row<'a> {
    name: &'a str,
    may_use: Vec<&'a str>,
    forbids_unsafe: bool,
}

fn rows(tree: &Tree) -> Result<Vec<Row<'_>>, Vec<Finding>> {
    let rows = parse_table(tree.text("ARCHITECTURE.md"));
    if rows.is_empty() {
        return Err(vec![Finding::error(format!("ARCHITECTURE.md has no table after {MARK}"))]);
    }
    Ok(rows)
}

/// Rows of `| name | purpose | may use | unsafe |`.
fn parse_table(text: &str) -> Vec<Row<'_>> {
    let Some((_, table)) = text.split_once(MARK) else { return Vec::new() };
    table
        .lines()
        .skip_while(|line| line.trim().is_empty())
        .take_while(|line| line.starts_with('|'))
        // Heading and rule.
        .skip(2)
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let &[name, _, may_use, unsafe_code] = &cells[..] else { return None };
            let may_use =
                may_use.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != "–").collect();
            Some(Row { name, may_use, forbids_unsafe: unsafe_code == "forbid" })
        })
        .collect()
}

/// A name in the table: `ext_*` stands for all with that beginning.
fn covers(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => pattern == name,
    }
}

/// The row of a crate, its own before one with a star.
fn row<'a, 'b>(rows: &'b [Row<'a>], name: &str) -> Option<&'b Row<'a>> {
    rows.iter().find(|row| row.name == name).or_else(|| rows.iter().find(|row| covers(row.name, name)))
}

pub(super) fn dependencies(tree: &Tree) -> Vec<Finding> {
    let rows = match rows(tree) {
        Ok(rows) => rows,
        Err(findings) => return findings,
    };
    let mut findings = Vec::new();
    for (name, used) in &tree.dependencies {
        let Some(row) = row(&rows, name) else {
            findings.push(Finding::error(format!("{name} is not in ARCHITECTURE.md's table")));
            continue;
        };
        if row.may_use.contains(&"anything") {
            continue;
        }
        for other in used.iter().filter(|other| tree.dependencies.contains_key(*other)) {
            let may = row.may_use.iter().any(|allowed| covers(allowed, other));
            if !may {
                findings.push(Finding::error(format!(
                    "{name} uses {other}, which ARCHITECTURE.md does not allow"
                )));
            }
        }
    }
    for row in &rows {
        if !tree.dependencies.keys().any(|name| covers(row.name, name)) {
            findings
                .push(Finding::error(format!("ARCHITECTURE.md lists {}, which does not exist", row.name)));
        }
    }
    findings
}

pub(super) fn unsafe_code(tree: &Tree) -> Vec<Finding> {
    let Ok(rows) = rows(tree) else { return Vec::new() };
    let mut findings = Vec::new();
    for name in tree.dependencies.keys() {
        let Some(row) = row(&rows, name).filter(|row| row.forbids_unsafe) else { continue };
        for root in ["lib.rs", "main.rs"] {
            let file = format!("crates/{name}/src/{root}");
            let Some(text) = tree.files.get(&file) else { continue };
            if !text.lines().any(|line| line == "#![forbid(unsafe_code)]") {
                let name = row.name;
                findings.push(Finding::error(format!(
                    "{file} lacks forbid(unsafe_code), see {name} in ARCHITECTURE.md"
                )));
            }
        }
    }
    findings
}

/// Every crate of others that we use directly has a row in docs/dependencies.md, and every row is used.
pub(super) fn external(tree: &Tree) -> Vec<Finding> {
    let text = tree.text("docs/dependencies.md");
    let listed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split('|').next())
        .flat_map(|cell| cell.split(','))
        .map(|name| name.trim().trim_matches('`'))
        .filter(|name| *name != "crate" && !name.starts_with('-'))
        .collect();
    let mut used: Vec<&String> = tree
        .all_dependencies
        .values()
        .flatten()
        .filter(|name| !tree.dependencies.contains_key(*name))
        .collect();
    used.sort();
    used.dedup();
    let missing = used
        .iter()
        .filter(|name| !listed.contains(&name.as_str()))
        .map(|name| Finding::error(format!("{name} has no row in docs/dependencies.md")));
    let unused = listed
        .iter()
        .filter(|name| !used.iter().any(|used| used == *name))
        .map(|name| Finding::warning(format!("{name} is in docs/dependencies.md but not used")));
    missing.chain(unused).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(architecture: &str, dependencies: &[(&str, &[&str])]) -> Tree {
        let mut tree = Tree::default();
        tree.files.insert("ARCHITECTURE.md".to_owned(), architecture.to_owned());
        for (name, used) in dependencies {
            let used = used.iter().map(|name| (*name).to_owned()).collect();
            tree.dependencies.insert((*name).to_owned(), used);
        }
        tree.all_dependencies.clone_from(&tree.dependencies);
        tree
    }

    fn check(findings: Vec<Finding>, texts: &[&str]) {
        let found: Vec<_> = findings.iter().map(|finding| &finding.text[..]).collect();
        assert_eq!(found, texts);
    }

    const TABLE: &str = "# x\n<!-- tidy: crates -->\n\n| crate | purpose | may use | unsafe |\n|---|---|---|---|\n\
        | base | x | – | forbid |\n| ext_* | x | base | forbid |\n| top | x | base, ext_* | modules |\n\nend\n";

    #[test]
    fn allowed_dependencies() {
        let tree = tree(TABLE, &[("base", &["libc"]), ("ext_a", &["base"]), ("top", &["ext_a"])]);
        check(dependencies(&tree), &[]);
        check(external(&tree), &["libc has no row in docs/dependencies.md"]);
    }

    #[test]
    fn forbidden_dependencies() {
        let tree = tree(TABLE, &[("base", &["top"]), ("ext_a", &[]), ("top", &[]), ("new", &[])]);
        check(
            dependencies(&tree),
            &["base uses top, which ARCHITECTURE.md does not allow", "new is not in ARCHITECTURE.md's table"],
        );
    }

    #[test]
    fn unsafe_is_forbidden_where_the_table_says() {
        let mut tree = tree(TABLE, &[("base", &[]), ("ext_a", &[]), ("top", &[])]);
        tree.files.insert("crates/base/src/lib.rs".to_owned(), "#![forbid(unsafe_code)]\n".to_owned());
        tree.files.insert("crates/ext_a/src/lib.rs".to_owned(), "//! x\n".to_owned());
        tree.files.insert("crates/top/src/lib.rs".to_owned(), "//! x\n".to_owned());
        check(
            unsafe_code(&tree),
            &["crates/ext_a/src/lib.rs lacks forbid(unsafe_code), see ext_* in ARCHITECTURE.md"],
        );
    }
}
