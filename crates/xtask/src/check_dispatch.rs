//! `cargo xtask check-dispatch`: whether the interpreter of a release build is threaded code.
//!
//! The handlers of the hot opcodes (`phalanx_vm::ops::hot_*`) hand over to the next one by a call in tail position, which
//! stable Rust does not promise to compile to a jump. So this looks at the machine code: a handler has at least one
//! indirect jump, and no call through the dispatch table. That one is told from other indirect calls by its operand: the
//! table is indexed by 8-byte entries (`[table+code*8]`), or the register was last written by a load of such an entry.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use crate::arguments::Arguments;
use crate::{Done, TaskResult, workspace};

pub(crate) const HELP: &str = "\
check-dispatch          fail when a hot handler of the release build does not hand over by a jump
    --binary FILE       another binary than target/release/phalanx
    --verbose           name every handler";

/// What the symbols of handlers contain, and of what they hand over to at jumps and calls.
const MODULES: [&str; 3] =
    ["phalanx_vm::ops::hot_", "phalanx_vm::run::back_edge", "phalanx_vm::run::call_edge"];

/// Fewer handlers than this mean that the symbols are not there or that their modules were renamed.
const FEWEST: usize = 20;

/// What a function does at its ends.
#[derive(Debug, Default, PartialEq, Eq)]
struct Findings {
    /// Jumps through the table.
    jumps: usize,
    /// Calls through the table.
    calls: usize,
}

pub(crate) fn run(mut arguments: Arguments) -> TaskResult {
    let verbose = arguments.flag("--verbose");
    let binary = arguments.option("--binary")?.map(PathBuf::from);
    arguments.paths()?;
    let binary = binary.unwrap_or_else(|| workspace::target_dir().join("release/phalanx"));
    let output = Command::new("objdump")
        .args(["--disassemble", "--demangle=rust", "--no-show-raw-insn", "-M", "intel"])
        .arg(&binary)
        .output()
        .map_err(|error| format!("cannot run objdump of the binutils: {error}"))?;
    if !output.status.success() {
        return Err(format!("objdump: {}", String::from_utf8_lossy(&output.stderr).trim()).into());
    }
    let functions = look(&String::from_utf8_lossy(&output.stdout));
    let handlers: BTreeMap<_, _> =
        functions.iter().filter(|(_, found)| found.jumps + found.calls > 0).collect();
    let mut done = Done::Good;
    for (name, found) in &handlers {
        if found.calls > 0 {
            println!("check-dispatch: {name} calls the next handler instead of jumping to it");
            done = Done::Bad;
        } else if verbose {
            println!("{name}: {} jumps", found.jumps);
        }
    }
    if handlers.len() < FEWEST {
        println!("check-dispatch: only {} handlers found in {}", handlers.len(), binary.display());
        done = Done::Bad;
    }
    println!("check-dispatch: {} handlers", handlers.len());
    Ok(done)
}

/// What the handlers in a disassembly do, by name.
fn look(disassembly: &str) -> BTreeMap<String, Findings> {
    let mut functions: BTreeMap<String, Findings> = BTreeMap::new();
    let mut current = None;
    // Registers that hold an entry of the table.
    let mut entries = BTreeSet::new();
    for line in disassembly.lines() {
        if let Some(name) =
            line.strip_suffix(">:").and_then(|line| line.split_once(" <")).map(|(_, name)| name)
        {
            current = MODULES.iter().any(|module| name.contains(module)).then(|| name.to_owned());
            entries.clear();
            continue;
        }
        let (Some(name), Some((_, instruction))) = (&current, line.split_once(":\t")) else { continue };
        let instruction = instruction.trim();
        let (operation, operand) = instruction.split_once(char::is_whitespace).unwrap_or((instruction, ""));
        let operand = operand.trim();
        if matches!(operation, "jmp" | "call") {
            if is_entry(operand) || entries.contains(operand) {
                let found = functions.entry(name.clone()).or_default();
                match operation {
                    "jmp" => found.jumps += 1,
                    _ => found.calls += 1,
                }
            }
        } else if let Some((target, source)) = operand.split_once(',')
            && !matches!(operation, "cmp" | "test")
        {
            match operation == "mov" && is_entry(source) {
                true => entries.insert(target),
                false => entries.remove(target),
            };
        }
    }
    functions
}

/// Whether an operand is an entry of the dispatch table. A table in the code itself (of a `match`) has 4-byte entries.
fn is_entry(operand: &str) -> bool {
    operand.starts_with("QWORD PTR [") && operand.contains("*8")
}

#[cfg(test)]
mod tests {
    use super::{Findings, look};

    #[track_caller]
    fn check(body: &str, jumps: usize, calls: usize) {
        let text = format!("0000000000001000 <phalanx_vm::ops::hot_arith::add>:\n{body}");
        let found = look(&text).remove("phalanx_vm::ops::hot_arith::add").unwrap_or_default();
        assert_eq!(found, Findings { jumps, calls });
    }

    #[test]
    fn tells_jumps_from_calls() {
        check("    1000:\tjmp    QWORD PTR [rcx+rax*8]\n", 1, 0);
        check("    1000:\tcall   QWORD PTR [rcx+rax*8]\n    1003:\tret\n", 0, 1);
        check("    1000:\tmov    rax,QWORD PTR [rcx+rax*8]\n    1003:\tcall   rax\n", 0, 1);
        check(
            "    1000:\tmov    r8,QWORD PTR [rcx+rax*8]\n    1003:\tadd    rsp,0x18\n    1007:\tjmp    r8\n",
            1,
            0,
        );
    }

    #[test]
    fn other_calls_do_not_count() {
        check("    1000:\tcall   QWORD PTR [rip+0x1234]        # 5000 <memcpy>\n", 0, 0);
        check("    1000:\tcall   QWORD PTR [rax+0x18]\n", 0, 0);
        check(
            "    1000:\tmov    rax,QWORD PTR [rcx+rax*8]\n    1003:\tmov    rax,rdx\n    1006:\tcall   rax\n",
            0,
            0,
        );
        check("    1000:\tcall   2000 <phalanx_vm::run::raise>\n", 0, 0);
    }

    #[test]
    fn other_functions_do_not_count() {
        let text =
            "0000000000001000 <phalanx_vm::dispatch::run_loop>:\n    1000:\tcall   QWORD PTR [rcx+rax*8]\n";
        assert!(look(text).is_empty());
    }
}
