//! What a run of tests is told.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::command::{Environment, Limits};

/// How the program under test is driven. Each mode must give the same results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As the test says and no more: the interpreter without a cache.
    #[default]
    Interp,
    /// With the opcode cache and the tracing JIT, everything hot at once.
    Tracing,
    /// With the opcode cache, each script run twice in one process; the output of the second run counts.
    Warm,
    /// With the opcode cache, the script run by eight threads of one process at once; all must print the same.
    Threads,
}

impl Mode {
    /// The names on the command line.
    pub const NAMES: &[(&str, Mode)] = &[
        ("interp", Mode::Interp),
        ("tracing", Mode::Tracing),
        ("warm", Mode::Warm),
        ("threads", Mode::Threads),
    ];

    /// The mode called `name`.
    pub fn from_name(name: &str) -> Option<Mode> {
        Mode::NAMES.iter().find(|(known, _)| *known == name).map(|&(_, mode)| mode)
    }

    /// Settings on top of the defaults and below the test's own.
    pub fn settings(self) -> &'static [&'static str] {
        match self {
            Mode::Interp => &[],
            Mode::Tracing => &[
                "opcache.enable_cli=1",
                "opcache.jit=tracing",
                "opcache.jit_buffer_size=64M",
                "opcache.jit_hot_loop=1",
                "opcache.jit_hot_func=1",
                "opcache.jit_hot_return=1",
                "opcache.jit_hot_side_exit=1",
            ],
            // Warnings of compile time would be gone on the second run otherwise.
            Mode::Warm | Mode::Threads => &["opcache.enable_cli=1", "opcache.record_warnings=1"],
        }
    }

    /// What makes the program run a script more than once.
    pub fn arguments(self) -> &'static [&'static str] {
        match self {
            Mode::Interp | Mode::Tracing => &[],
            Mode::Warm => &["--repeat", "2"],
            Mode::Threads => &["--threads", "8"],
        }
    }

    /// Whether a script runs once, as its test supposes. Tests that read input or clean up after themselves are skipped
    /// where it does not.
    pub fn runs_once(self) -> bool {
        self.arguments().is_empty()
    }
}

/// Options of a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The PHP command line program under test.
    pub php: PathBuf,
    /// The CGI program; without one, tests that need it are skipped.
    pub php_cgi: Option<PathBuf>,
    /// The phpdbg program; without one, tests that need it are skipped.
    pub phpdbg: Option<PathBuf>,
    /// Arguments in front of all others, such as `-n`.
    pub php_arguments: Vec<OsString>,
    /// The folder in which commands run and against which names of tests are taken; run-tests.php's TEST_PHP_SRCDIR.
    pub root: PathBuf,
    /// See [`Mode`].
    pub mode: Mode,
    /// INI settings on top of all defaults.
    pub settings: Vec<String>,
    /// How many tests run at once.
    pub workers: usize,
    /// What one command may take.
    pub limits: Limits,
    /// Unchanged lines around a difference.
    pub context: usize,
    /// Whether the scripts that the runner wrote stay where they are.
    pub keep_scripts: bool,
    /// The environment that tests start from.
    pub environment: Environment,
}

impl Options {
    /// Options for a program and a folder, with as many workers as there are cores.
    pub fn new(php: PathBuf, root: PathBuf) -> Options {
        Options {
            php,
            php_cgi: None,
            phpdbg: None,
            php_arguments: Vec::new(),
            root,
            mode: Mode::Interp,
            settings: Vec::new(),
            workers: std::thread::available_parallelism().map_or(1, usize::from),
            limits: Limits::default(),
            context: 3,
            keep_scripts: false,
            environment: std::env::vars_os().collect(),
        }
    }
}
