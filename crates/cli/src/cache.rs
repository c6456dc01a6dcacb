//! `phalanx cache`: looks at the opcode cache of a running process, or at a file of the file cache.
//!
//! [`options`] understands the words, [`source`] says whose cache it is, and [`status`], [`json`] and [`map`] show the
//! picture that was taken of it; [`file`] has its own of each. No engine is made: this process has no cache of its own, and
//! the other one does not notice.

mod file;
mod json;
mod map;
mod options;
mod page;
mod report;
mod rows;
mod source;
mod status;
mod svg;
mod text;

use phalanx_engine::watch::Detail;
use phalanx_host::cwd::Cwd;
use phalanx_host::fs;
use phalanx_host::output::Stream;
use std::io::Write;

use crate::print;
use options::{Command, Options};
use source::{Seen, Source};

/// Carries the command out that the words behind `cache` ask for. Gives the exit code: 0, or 1 if it cannot be done.
pub fn run(program: &str, words: &[Vec<u8>]) -> u8 {
    let options = match Options::parse(words) {
        Ok(options) => options,
        Err(problem) => {
            print(Stream::Error, &format!("{program} cache: {problem}\n\n{}", options::usage(program)));
            return 1;
        }
    };
    let done = match &options.command {
        Command::Help => {
            print(Stream::Output, &options::usage(program));
            Ok(())
        }
        Command::Status { json, all } => show_status(&options, *json, *all),
        Command::Map { file } => write_map(&options, file),
    };
    match done {
        Ok(()) => 0,
        Err(problem) => {
            print(Stream::Error, &format!("{program} cache: {problem}\n"));
            1
        }
    }
}

fn show_status(options: &Options, json: bool, all: bool) -> Result<(), String> {
    let screen = text::Screen::of_output(all);
    match Source::choose(&options.target)? {
        Source::Process(process) => {
            let seen = Seen::of(process, Detail::Blocks)?;
            let text = if json { json::status(&seen) } else { status::status(&seen, &screen) };
            print(Stream::Output, &text);
            Ok(())
        }
        Source::File(file) => {
            let text = if json { file::json::status(&file) } else { file::status::status(&file, &screen) };
            print(Stream::Output, &text);
            file.complaint()
        }
    }
}

fn write_map(options: &Options, file: &[u8]) -> Result<(), String> {
    match Source::choose(&options.target)? {
        Source::Process(process) => write_picture(file, &map::draw(&Seen::of(process, Detail::Parts)?)),
        Source::File(shown) => {
            write_picture(file, &file::map::draw(&shown))?;
            shown.complaint()
        }
    }
}

fn write_picture(file: &[u8], picture: &str) -> Result<(), String> {
    if file == b"-" {
        print(Stream::Output, picture);
        return Ok(());
    }
    let written = fs::open(&Cwd::of_process().resolve(file), fs::OpenMode::WRITE)
        .and_then(|mut file| file.write_all(picture.as_bytes()));
    written.map_err(|error| format!("{}: {}", text::printable(file), phalanx_host::error_text(&error)))
}
