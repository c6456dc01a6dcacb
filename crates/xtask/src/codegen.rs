//! `cargo xtask codegen`: files that are made from tables in the code.
//!
//! Generated files are committed; `--check` fails when one is not what its table gives. Adding one is a line in `GENERATED`.

use std::fs;

use crate::arguments::Arguments;
use crate::{Done, TaskResult, workspace};

pub(crate) const HELP: &str = "\
codegen                 write the generated files
    --check             write nothing; fail when one is out of date";

/// A path below the root and what makes the text.
type Generated = (&'static str, fn() -> String);

const GENERATED: &[Generated] = &[
    ("docs/phpt-sections.md", phpt_sections),
    ("crates/syntax/src/lalr/generated.rs", crate::lalr_tables::generate),
];

pub(crate) fn run(mut arguments: Arguments) -> TaskResult {
    let check = arguments.flag("--check");
    arguments.paths()?;
    let mut done = Done::Good;
    for (path, make) in GENERATED {
        let file = workspace::root().join(path);
        let text = make();
        if fs::read_to_string(&file).is_ok_and(|known| known == text) {
            continue;
        }
        if check {
            println!("codegen: {path} is out of date, run cargo xtask codegen");
            done = Done::Bad;
        } else {
            fs::write(&file, text)?;
            println!("codegen: wrote {path}");
        }
    }
    Ok(done)
}

fn phpt_sections() -> String {
    let mut text = String::from(
        "# Sections of phpt files\n\nMade by `cargo xtask codegen` from the table in `crates/phpt/src/sections.rs`.\n\n\
         | section | what it is for |\n|---|---|\n",
    );
    for section in phalanx_phpt::sections::Section::ALL {
        text.push_str(&format!("| `--{}--` | {} |\n", section.name(), section.docs()));
    }
    text
}
