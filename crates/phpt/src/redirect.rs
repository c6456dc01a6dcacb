//! REDIRECTTEST: a test that names a folder of other tests, to be run with another environment.
//!
//! The section is PHP code that returns an array. The program under test evaluates it, since there is no other PHP.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::command::Environment;
use crate::find::find_tests;
use crate::program::Program;
use crate::run_test::TestCase;

/// Where tests are redirected from and what that changes for them.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// The redirecting test.
    pub via: PathBuf,
    /// Its title.
    pub title: String,
    /// Its folder; scripts of the redirected tests are written here.
    pub directory: PathBuf,
    /// The folder of the tests.
    pub tests: PathBuf,
    /// Variables for them.
    pub environment: Environment,
    /// Extensions that they need.
    pub extensions: Vec<String>,
}

impl Redirect {
    /// Evaluates the section. The inner error is a section that does not say where to go.
    pub(crate) fn evaluate(
        program: &Program,
        via: &Path,
        title: &str,
        code: &[u8],
    ) -> io::Result<Result<Redirect, String>> {
        // Fields are separated by NUL, which neither names nor values can hold.
        let question = format!(
            "$r = (function () {{ {} }})(); echo $r['TESTS'] ?? ''; \
             foreach ($r['ENV'] ?? [] as $k => $v) echo \"\\0$k\\0$v\";",
            String::from_utf8_lossy(code)
        );
        let answer = program.ask(&question)?;
        let mut fields = answer.split('\0');
        let tests = fields.next().unwrap_or_default();
        let tests_path = program.options.root.join(tests);
        if tests.is_empty() || !tests_path.is_dir() {
            return Ok(Err("Redirected test did not contain redirection info".to_owned()));
        }
        let mut environment = Environment::new();
        while let (Some(name), Some(value)) = (fields.next(), fields.next()) {
            environment.insert(name.into(), value.into());
        }
        let tests = fs::canonicalize(tests_path)?;
        let mut folder = tests.clone().into_os_string().into_vec();
        folder.push(b'/');
        environment.insert("REDIR_TEST_DIR".into(), OsString::from_vec(folder));
        Ok(Ok(Redirect {
            via: via.to_owned(),
            title: title.to_owned(),
            directory: via.parent().unwrap_or(Path::new(".")).to_owned(),
            tests,
            environment,
            extensions: Vec::new(),
        }))
    }

    pub(crate) fn cases(self) -> io::Result<Vec<TestCase>> {
        let paths = find_tests(&self.tests)?;
        let redirect = Arc::new(self);
        Ok(paths.into_iter().map(|path| TestCase { path, redirect: Some(redirect.clone()) }).collect())
    }
}
