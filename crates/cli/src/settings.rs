//! Settings of a command: PHP's for the command line, php.ini, `-d`.

use phalanx_engine::Settings;
use phalanx_host::env::Env;
use phalanx_host::output::{Stream, write_all};

use crate::config::IniFiles;
use crate::invocation::Configuration;

/// What the command line always sets; `-d` comes after it and so can change it.
const FIXED: &str = "html_errors=0\nregister_argc_argv=1\nimplicit_flush=1\noutput_buffering=0\n\
                     max_execution_time=0\nmax_input_time=-1\n";

/// What holds for a server unless it is configured otherwise.
const SERVER: &[(&str, &str)] =
    &[("html_errors", "1"), ("log_errors", "1"), ("implicit_flush", "0"), ("max_execution_time", "30")];

/// All settings in the order in which they count. Mistakes are told on standard error and end nothing.
pub fn settings(files: &IniFiles, configuration: &Configuration, env: &Env) -> Settings {
    let mut settings = Settings::default();
    if configuration.serves {
        SERVER.iter().for_each(|(name, value)| settings.set(name, value));
    }
    settings.set("display_errors", "1");
    for file in files.main.iter().chain(&files.scanned) {
        read(&mut settings, &file.text, &file.path, env);
    }
    let fixed = if configuration.serves { "" } else { FIXED };
    let text = [fixed.as_bytes(), &configuration.defines].concat();
    read(&mut settings, &text, b"Unknown", env);
    settings
}

fn read(settings: &mut Settings, text: &[u8], name: &[u8], env: &Env) {
    if let Err(error) = settings.read(text, env) {
        let name = String::from_utf8_lossy(name);
        let message = format!("PHP:  {} in {name} on line {}\n", error.text, error.line);
        // Nobody is left to be told when standard error is closed.
        drop(write_all(Stream::Error, message.as_bytes()));
    }
}
