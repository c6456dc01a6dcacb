//! Prints what the compiler makes of a PHP file.

use phalanx_compiler::{Options, compile};
use phalanx_syntax::{ParseOptions, parse};

fn main() {
    for path in std::env::args().skip(1) {
        let source = std::fs::read(&path).expect("a readable file");
        let parsed = parse(&source, ParseOptions::default());
        if let Some(error) = parsed.error {
            println!("{path}:{}: {}", error.line, String::from_utf8_lossy(&error.message));
            continue;
        }
        match compile(&parsed.ast, &source, path.as_bytes(), &Options::default()) {
            Ok(unit) => {
                for warning in &unit.warnings {
                    println!("warning on line {}: {}", warning.line, warning.text);
                }
                print!("{}", phalanx_bytecode::disasm::unit(&unit));
            }
            Err(error) => println!("{path}: {error}"),
        }
    }
}
