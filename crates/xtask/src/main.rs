//! Developer tasks, run as `cargo xtask TASK`.
//!
//! One module per task; each has a `run` that takes the arguments behind the task's name and says in [`Done`] whether what
//! it checked is as it should be. A problem with the arguments or with the machine is an error and ends with code 2.
#![forbid(unsafe_code)]

mod arguments;
mod bench;
mod bless;
mod broken;
mod check_dispatch;
mod codegen;
mod conformance;
mod fuzz;
#[path = "../../syntax/codegen/tables.rs"]
mod lalr_tables;
mod phpt;
mod print;
mod sanitize;
mod suite;
mod tidy;
mod whats_left;
mod workspace;

use std::process::ExitCode;

use arguments::Arguments;

/// Whether a task found everything in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Good,
    Bad,
}

/// What a task gives: its finding, or why it could not be carried out.
pub(crate) type TaskResult = Result<Done, Box<dyn std::error::Error>>;

/// A task: its name, what the help says of it, and its code.
struct Task {
    name: &'static str,
    help: &'static str,
    run: fn(Arguments) -> TaskResult,
}

const TASKS: &[Task] = &[
    Task { name: "tidy", help: tidy::HELP, run: tidy::run },
    Task { name: "codegen", help: codegen::HELP, run: codegen::run },
    Task { name: "phpt", help: phpt::HELP, run: phpt::run },
    Task { name: "bless", help: bless::HELP, run: bless::run },
    Task { name: "conformance", help: conformance::HELP, run: conformance::run },
    Task { name: "whats-left", help: whats_left::HELP, run: whats_left::run },
    Task { name: "print-bytecode", help: print::BYTECODE_HELP, run: print::bytecode },
    Task { name: "bench", help: bench::HELP, run: bench::run },
    Task { name: "fuzz", help: fuzz::HELP, run: fuzz::run },
    Task { name: "sanitize", help: sanitize::HELP, run: sanitize::run },
    Task { name: "broken", help: broken::HELP, run: broken::run },
    Task { name: "check-dispatch", help: check_dispatch::HELP, run: check_dispatch::run },
];

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let name = arguments.next().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        println!("Usage: cargo xtask TASK [options]\n");
        for task in TASKS {
            println!("{}", task.help);
        }
        return ExitCode::from(if matches!(&name[..], "help" | "--help" | "-h") { 0 } else { 2 });
    };
    let mut arguments = Arguments::new(arguments);
    if arguments.flag("--help") {
        println!("{}", task.help);
        return ExitCode::SUCCESS;
    }
    match (task.run)(arguments) {
        Ok(Done::Good) => ExitCode::SUCCESS,
        Ok(Done::Bad) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::from(2)
        }
    }
}
