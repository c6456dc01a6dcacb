//! What OPcache has to say to whoever runs the server: `opcache.log_verbosity_level`, `opcache.error_log`.

use super::Setting;
use phalanx_cache::CacheConfig;
use phalanx_host::{clock, fs, output, system};
use phalanx_vm::ini::IniBase;

/// How much a message matters; a level of verbosity shows those up to it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// The process cannot go on.
    Fatal,
    Warning = 2,
    /// What happens to scripts.
    Message,
    Debug,
}

impl Level {
    fn label(self) -> &'static str {
        match self {
            Level::Fatal => "Fatal Error",
            Level::Warning => "Warning",
            Level::Message => "Message",
            Level::Debug => "Debug",
        }
    }
}

/// Where messages go, and which ones.
#[derive(Clone, Debug)]
pub struct Log {
    verbosity: i64,
    /// A file; none for standard error.
    file: Option<Vec<u8>>,
}

impl Log {
    /// As the settings say.
    pub fn of(ini: &IniBase) -> Log {
        let file = Setting::of(ini, "opcache.error_log").bytes();
        Log::new(Setting::of(ini, "opcache.log_verbosity_level").int(), file)
    }

    /// The same from what a cache was made with.
    pub fn of_config(config: &CacheConfig) -> Log {
        Log::new(config.log_verbosity_level, config.error_log.as_bytes())
    }

    fn new(verbosity: i64, file: &[u8]) -> Log {
        Log { verbosity, file: (!file.is_empty() && file != b"stderr").then(|| file.to_vec()) }
    }

    /// One that hears nothing.
    pub fn silent() -> Log {
        Log { verbosity: -1, file: None }
    }

    /// Whether messages of this level are wanted: whether to take the trouble of making one.
    pub fn wants(&self, level: Level) -> bool {
        level as i64 <= self.verbosity
    }

    /// Writes a message, with time and process.
    pub fn write(&self, level: Level, text: &str) {
        if !self.wants(level) {
            return;
        }
        let time = clock::local_text(clock::now().seconds);
        let line = format!("{time} ({}): {} {text}\n", system::process_id(), level.label());
        let written = self.file.as_ref().is_some_and(|file| fs::append(file, line.as_bytes()).is_ok());
        if !written {
            // Nobody is left to be told when standard error is closed.
            let _ = output::write_all(output::Stream::Error, line.as_bytes());
        }
    }
}
