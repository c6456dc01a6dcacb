//! What the command says about itself.

use phalanx_engine::Engine;

/// The version of Phalanx.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What `-v` prints. Called by the name `php`, the first line is one that tools which look for PHP understand.
pub fn version(engine: &Engine, program: &str) -> String {
    let php = engine.php_version();
    if program == "php" {
        format!("PHP {php} (cli) (ZTS)\nPhalanx {VERSION}\n")
    } else {
        format!("Phalanx {VERSION} (cli) (ZTS)\nPHP {php}\n")
    }
}

/// What `-m` prints.
pub fn modules(engine: &Engine) -> String {
    let mut names: Vec<&str> = engine.extensions().iter().map(|extension| extension.name).collect();
    names.sort_by_key(|name| name.to_lowercase());
    // The core is declared in parts.
    names.dedup();
    // PHP lists the opcode cache in both.
    let zend: Vec<&str> = names.iter().copied().filter(|name| *name == "Zend OPcache").collect();
    let lines = |names: &[&str]| names.iter().map(|name| format!("{name}\n")).collect::<String>();
    format!("[PHP Modules]\n{}\n[Zend Modules]\n{}\n", lines(&names), lines(&zend))
}
