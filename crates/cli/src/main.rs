//! The `phalanx` command: PHP's command line on Phalanx.
//!
//! It understands PHP's options ([`getopt`], [`invocation`]) and finds php.ini ([`config`]). When it is called by the name `php`
//! it calls itself PHP.
#![forbid(unsafe_code)]

mod config;
mod getopt;
mod invocation;
mod usage;

use std::os::unix::ffi::OsStringExt;
use std::process::ExitCode;

use phalanx_host::cwd::Cwd;
use phalanx_host::env::Env;
use phalanx_host::output::{Stream, write_all};

use crate::invocation::{Action, Invocation, Refusal};

fn main() -> ExitCode {
    let words: Vec<Vec<u8>> = std::env::args_os().map(OsStringExt::into_vec).collect();
    let program = program_name(&words);
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
    match invocation.action {
        Action::Help => {
            print(Stream::Output, &usage::usage(&program));
            ExitCode::SUCCESS
        }
        Action::IniFiles => {
            let (cwd, env) = (Cwd::of_process(), Env::default());
            let executable = std::env::current_exe().map(|path| path.into_os_string().into_vec());
            let files = config::find(&invocation.configuration, &executable.unwrap_or_default(), &cwd, &env);
            print(Stream::Output, &files.describe());
            ExitCode::SUCCESS
        }
        _ => {
            print(Stream::Error, "this build has no engine yet\n");
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
