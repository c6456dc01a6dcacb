//! The `phalanx` command: PHP's command line on Phalanx.
//!
//! It understands PHP's options ([`getopt`], [`invocation`]), finds php.ini ([`config`]) and carries out what is asked for
//! ([`run`]). When it is called by the name `php` it calls itself PHP. Called by another name, it also has a command of its own
//! ([`cache`]).
#![forbid(unsafe_code)]

mod cache;
mod config;
mod getopt;
mod info;
mod invocation;
mod run;
mod server;
mod settings;
mod usage;

use std::os::unix::ffi::OsStringExt;
use std::process::ExitCode;

use phalanx_host::output::{Stream, write_all};

use crate::invocation::{Action, Invocation, Refusal};

fn main() -> ExitCode {
    let words: Vec<Vec<u8>> = std::env::args_os().map(OsStringExt::into_vec).collect();
    let program = program_name(&words);
    // The word alone: `./cache` is a file. PHP has no commands, so by its name any word is a script.
    if program != "php" && words.get(1).is_some_and(|word| word == b"cache") {
        return ExitCode::from(cache::run(&program, &words[2..]));
    }
    let invocation = match Invocation::parse(&words) {
        Ok(invocation) => invocation,
        Err(Refusal::BadOption(error)) => {
            print(Stream::Error, &format!("{error}\n"));
            print(Stream::Output, &usage::usage(&program));
            return ExitCode::from(1);
        }
        Err(Refusal::Message(message)) => {
            print(Stream::Output, &format!("{message}\n"));
            return ExitCode::from(1);
        }
    };
    if invocation.action == Action::Help {
        print(Stream::Output, &usage::usage(&program));
        return ExitCode::SUCCESS;
    }
    // PHP code that recurses through native functions needs more stack than the system gives the first thread.
    let thread = std::thread::Builder::new().stack_size(phalanx_engine::STACK_SIZE);
    match thread.spawn(move || run::run(&invocation, &program)).map(std::thread::JoinHandle::join) {
        // The system looks at the last eight bits only.
        Ok(Ok(code)) => ExitCode::from(code as u8),
        // The panic was told by its own hook.
        Ok(Err(_)) => ExitCode::from(254),
        Err(error) => {
            print(Stream::Error, &format!("cannot start a thread: {error}\n"));
            ExitCode::from(254)
        }
    }
}

/// The last part of the name that the command was called by.
fn program_name(words: &[Vec<u8>]) -> String {
    let path = words.first().map(|word| String::from_utf8_lossy(word).into_owned()).unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Prints; a reader that went away is no error of this program.
fn print(stream: Stream, text: &str) {
    drop(write_all(stream, text.as_bytes()));
}
