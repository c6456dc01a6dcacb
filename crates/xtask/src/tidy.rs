//! `cargo xtask tidy`: checks of the source tree that no compiler makes.
//!
//! Each check is a module with a function from a [`Tree`] to a list of [`Finding`]s; adding one means a module and a line in
//! `CHECKS`.

mod crates;
mod files;
mod hazards;
mod tree;
mod words;

use tree::Tree;

use crate::arguments::Arguments;
use crate::{Done, TaskResult};

pub(crate) const HELP: &str = "\
tidy                    check the source tree: crates against ARCHITECTURE.md, dependencies against
                        docs/dependencies.md, file sizes, module docs, unsafe code, words, the tests
                        that docs/hazards.md names";

/// What a check found.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    /// Warnings are shown but fail nothing.
    is_warning: bool,
    /// Where, and what is wrong.
    text: String,
}

impl Finding {
    fn error(text: String) -> Finding {
        Finding { is_warning: false, text }
    }

    fn warning(text: String) -> Finding {
        Finding { is_warning: true, text }
    }
}

type Check = fn(&Tree) -> Vec<Finding>;

const CHECKS: &[(&str, Check)] = &[
    ("crates", crates::dependencies),
    ("unsafe code", crates::unsafe_code),
    ("external crates", crates::external),
    ("file sizes", files::sizes),
    ("module docs", files::module_docs),
    ("words", words::check),
    ("hazards", hazards::check),
];

pub(crate) fn run(arguments: Arguments) -> TaskResult {
    arguments.paths()?;
    let tree = Tree::load()?;
    let mut done = Done::Good;
    let (mut errors, mut warnings) = (0, 0);
    for (name, check) in CHECKS {
        for finding in check(&tree) {
            let kind = if finding.is_warning { "warning" } else { "error" };
            println!("tidy: {kind}: {name}: {}", finding.text);
            if finding.is_warning {
                warnings += 1;
            } else {
                errors += 1;
                done = Done::Bad;
            }
        }
    }
    println!("tidy: {} files, {errors} errors, {warnings} warnings", tree.files.len());
    Ok(done)
}
