//! The program under test: command lines for it, its environment, and what it says about itself.

use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::command::{Environment, Invocation, run, shell_quote};
use crate::ini::{BY_EXTENSION, DEFAULTS, NO_FILE_CACHE, Settings};
use crate::options::Options;

/// The program, asked once per run.
#[derive(Debug)]
pub struct Program<'a> {
    pub(crate) options: &'a Options,
    /// Settings of every test.
    pub(crate) settings: Settings,
    /// The environment of every test.
    pub(crate) environment: Environment,
    loaded: Vec<String>,
    extension_dir: String,
    /// Outputs of SKIPIF by what leads to them.
    skips: Mutex<HashMap<SkipKey, Vec<u8>>>,
}

/// Code may name files beside it and depend on settings, so these are part of the key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SkipKey {
    pub(crate) arguments: Vec<Vec<u8>>,
    pub(crate) directory: OsString,
    pub(crate) environment: BTreeMap<OsString, OsString>,
    pub(crate) code: Vec<u8>,
}

/// How an extension that a test wants can be had.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Availability {
    Loaded,
    /// By this setting.
    Loadable(Vec<u8>),
    Missing,
}

impl<'a> Program<'a> {
    /// Asks the program what it has loaded. An error is a program that cannot be run.
    pub fn new(options: &'a Options) -> io::Result<Program<'a>> {
        let mut settings = Settings::default();
        DEFAULTS.iter().for_each(|setting| settings.add(setting.as_bytes()));
        options.mode.settings().iter().for_each(|setting| settings.add(setting.as_bytes()));
        options.settings.iter().for_each(|setting| settings.add(setting.as_bytes()));
        let environment = environment(options);
        let mut program = Program {
            options,
            settings,
            environment,
            loaded: Vec::new(),
            extension_dir: String::new(),
            skips: Mutex::default(),
        };
        let answer =
            program.ask("echo ini_get('extension_dir'), \"\\n\", implode(',', get_loaded_extensions());")?;
        let (extension_dir, loaded) = answer.rsplit_once('\n').unwrap_or(("", &answer));
        program.extension_dir = extension_dir.to_owned();
        program.loaded = loaded
            .split(',')
            .map(|name| if name == "Zend OPcache" { "opcache".to_owned() } else { name.to_lowercase() })
            .collect();
        for (extension, setting) in BY_EXTENSION {
            if program.is_loaded(extension) {
                program.settings.add(setting.as_bytes());
            }
        }
        Ok(program)
    }

    /// Whether an extension is built in or loaded by the configuration.
    pub fn is_loaded(&self, extension: &str) -> bool {
        self.loaded.iter().any(|loaded| loaded == extension)
    }

    /// Runs a line of code and gives what it prints.
    pub(crate) fn ask(&self, code: &str) -> io::Result<String> {
        let mut arguments = self.arguments(&self.options.php, &[]);
        arguments.extend(self.settings.arguments());
        for setting in NO_FILE_CACHE.iter().chain(&["display_errors=0"]) {
            arguments.extend([b"-d".to_vec(), setting.as_bytes().to_vec()]);
        }
        arguments.extend([b"-r".to_vec(), code.as_bytes().to_vec()]);
        let output =
            run(&Invocation::new(arguments), &self.options.root, &self.environment, self.options.limits)?;
        Ok(String::from_utf8_lossy(&output).into_owned())
    }

    pub(crate) fn availability(&self, extension: &str) -> Availability {
        if self.is_loaded(extension) {
            return Availability::Loaded;
        }
        let path = format!("{}/{extension}.so", self.extension_dir);
        if self.extension_dir.is_empty() || !Path::new(&path).is_file() {
            return Availability::Missing;
        }
        let is_zend = extension == "opcache" || extension == "xdebug";
        let name = if is_zend { "zend_extension" } else { "extension" };
        Availability::Loadable(format!("{name}={path}").into_bytes())
    }

    /// The program, what the caller puts in front, and `more`.
    pub(crate) fn arguments(&self, program: &Path, more: &[&str]) -> Vec<Vec<u8>> {
        let mut arguments = vec![program.as_os_str().as_bytes().to_vec()];
        arguments.extend(self.options.php_arguments.iter().map(|argument| argument.as_bytes().to_vec()));
        arguments.extend(more.iter().map(|argument| argument.as_bytes().to_vec()));
        arguments
    }

    /// What SKIPIF prints, from memory when the same was asked before.
    pub(crate) fn skip_output(
        &self,
        key: SkipKey,
        compute: impl FnOnce() -> io::Result<Vec<u8>>,
    ) -> io::Result<Vec<u8>> {
        if let Some(known) = self.skips.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(known.clone());
        }
        let output = crate::text::trim(&compute()?).to_vec();
        if output.starts_with(b"nocache") {
            return Ok(Vec::new());
        }
        self.skips.lock().unwrap_or_else(PoisonError::into_inner).insert(key, output.clone());
        Ok(output)
    }
}

/// What run-tests.php adds to the environment, for tests that start PHP themselves or ask where they are.
fn environment(options: &Options) -> Environment {
    let mut environment = options.environment.clone();
    let mut set = |name: &str, value: OsString| {
        environment.insert(name.into(), value);
    };
    let quoted = |path: &Path| OsString::from_vec(shell_quote(path.as_os_str().as_bytes()));
    set("TEST_PHP_EXECUTABLE", options.php.clone().into());
    set("TEST_PHP_EXECUTABLE_ESCAPED", quoted(&options.php));
    for (name, program) in
        [("TEST_PHP_CGI_EXECUTABLE", &options.php_cgi), ("TEST_PHPDBG_EXECUTABLE", &options.phpdbg)]
    {
        let program = program.as_deref().unwrap_or(Path::new(""));
        set(name, program.into());
        set(&format!("{name}_ESCAPED"), quoted(program));
    }
    set("TEST_PHP_SRCDIR", options.root.clone().into());
    set("PWD", options.root.clone().into());
    set("NO_INTERACTION", "1".into());
    set("NO_COLOR", "1".into());
    if options.environment.get(OsStr::new("TEMP")).is_none_or(|value| value.is_empty()) {
        set("TEMP", std::env::temp_dir().into());
    }
    if !options.environment.contains_key(OsStr::new("SKIP_ONLINE_TESTS")) {
        set("SKIP_ONLINE_TESTS", "1".into());
    }
    if !options.mode.runs_once() {
        set("SKIP_REPEAT", "1".into());
    }
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal() && io::stderr().is_terminal();
    if !is_terminal {
        set("SKIP_IO_CAPTURE_TESTS", "1".into());
    }
    for name in ["SSH_CLIENT", "SSH_AUTH_SOCK", "SSH_TTY", "SSH_CONNECTION"] {
        environment.remove(OsStr::new(name));
    }
    environment
}
