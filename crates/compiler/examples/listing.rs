//! Prints what the compiler makes of PHP files, or the error in PHP's words.

use phalanx_compiler::{ErrorKind, Options, compile};
use phalanx_syntax::{ParseOptions, parse};

fn main() {
    for path in std::env::args().skip(1) {
        let source = std::fs::read(&path).expect("a readable file");
        let parsed = parse(&source, ParseOptions { short_open_tag: true, ..ParseOptions::default() });
        for warning in &parsed.warnings {
            println!("warning 128 on line {}: {}", warning.line, String::from_utf8_lossy(&warning.message));
        }
        if let Some(error) = parsed.error {
            let kind = match error.kind {
                phalanx_syntax::ErrorKind::Parse => "parse",
                phalanx_syntax::ErrorKind::Compile => "compile",
            };
            println!("ERROR {kind} {} {}", error.line, String::from_utf8_lossy(&error.message));
            continue;
        }
        match compile(&parsed.ast, &source, path.as_bytes(), &Options::default()) {
            Ok(unit) => {
                for warning in &unit.warnings {
                    println!("warning {} on line {}: {}", warning.level, warning.line, warning.text);
                }
                print!("{}", phalanx_bytecode::disasm::unit(&unit));
            }
            Err(error) => {
                for warning in &error.warnings {
                    println!("warning {} on line {}: {}", warning.level, warning.line, warning.text);
                }
                let kind = if error.kind == ErrorKind::Parse { "parse" } else { "compile" };
                println!("ERROR {kind} {} {}", error.line, error.text);
            }
        }
    }
}
