//! `cargo xtask codegen`: files that are made from tables in the code.
//!
//! Generated files are committed; `--check` fails when one is not what its table gives. Adding one is a line in `GENERATED`.

use std::fs;

use phalanx_bytecode::spec::SPECS;
use phalanx_bytecode::table::{OPS, Role};

use crate::arguments::Arguments;
use crate::{Done, TaskResult, workspace};

pub(crate) const HELP: &str = "\
codegen                 write the generated files
    --check             write nothing; fail when one is out of date";

/// A path below the root and what makes the text.
type Generated = (&'static str, fn() -> String);

const GENERATED: &[Generated] = &[
    ("docs/phpt-sections.md", phpt_sections),
    ("docs/opcodes.md", opcodes),
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

fn opcodes() -> String {
    let mut text = String::from(
        "# Opcodes\n\nMade by `cargo xtask codegen` from the tables in `crates/bytecode/src/table.rs` and `spec.rs`, whose documentation says\n\
         what the roles of operands mean.\n\n| opcode | a | b | c | properties | what it does |\n|---|---|---|---|---|---|\n",
    );
    for op in OPS {
        let [a, b, c] = op.roles.map(role);
        let properties =
            [(op.throws(), "throws"), (op.jumps(), "jumps"), (op.ends(), "ends"), (op.has_data(), "data")];
        let properties: Vec<_> = properties.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
        let docs = op.doc.trim_end().replace('|', "\\|");
        text.push_str(&format!("| `{}` | {a} | {b} | {c} | {} | {docs} |\n", op.name, properties.join(" ")));
    }
    text.push_str(
        "\n## Specialisations\n\nFor operands of particular kinds: `s` a variable or temporary, `v` a variable, `t` a temporary, `l` a literal, `n` nothing,\n\
         `_` anything.\n\n| name | of | a | b | c |\n|---|---|---|---|---|\n",
    );
    for spec in SPECS {
        let [a, b, c] = spec.pattern.map(char::from);
        text.push_str(&format!("| `{}` | `{:?}` | {a} | {b} | {c} |\n", spec.name, spec.base));
    }
    text
}

/// A role as the table writes it.
fn role(role: Role) -> &'static str {
    match role {
        Role::None => "",
        Role::Val => "val",
        Role::Opt => "opt",
        Role::Var => "var",
        Role::Obj => "obj",
        Role::Class => "cls",
        Role::Dst => "dst",
        Role::Res => "res",
        Role::Tmp => "tmp",
        Role::Lit => "lit",
        Role::Jmp => "jmp",
        Role::Num => "num",
    }
}
