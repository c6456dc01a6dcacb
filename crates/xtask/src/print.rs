//! `cargo xtask print-bytecode`: what the compiler makes of a script.

use std::fs;
use std::os::unix::ffi::OsStrExt;

use phalanx_bytecode::disasm;
use phalanx_compiler::Options;
use phalanx_syntax::{ParseOptions, parse};

use crate::arguments::Arguments;
use crate::{Done, TaskResult};

pub(crate) const BYTECODE_HELP: &str = "\
print-bytecode FILE     the instructions that the compiler makes of a script, before they are specialised";

pub(crate) fn bytecode(arguments: Arguments) -> TaskResult {
    for path in arguments.paths()? {
        let source = fs::read(&path)?;
        let options = ParseOptions { short_open_tag: false, start_in_script: false, skip_shebang: true };
        let parsed = parse(&source, options);
        if let Some(error) = parsed.error {
            let text = String::from_utf8_lossy(&error.message);
            return Err(format!("{text} on line {}", error.line).into());
        }
        let options = Options::default();
        let unit = phalanx_compiler::compile(&parsed.ast, &source, path.as_os_str().as_bytes(), &options)
            .map_err(|error| format!("{} on line {}", error.text, error.line))?;
        print!("{}", disasm::unit(&unit));
    }
    Ok(Done::Good)
}
