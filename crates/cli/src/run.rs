//! Carrying out what the command line asks for.

use std::sync::Arc;

use phalanx_engine::{Engine, EngineConfig, Process, ProcessSink, Request, STACK_SIZE, Sink};
use phalanx_host::cwd::Cwd;
use phalanx_host::env::Env;
use phalanx_host::fs;
use phalanx_host::output::{Stream, read, write_all};

mod threads;

use crate::invocation::{Action, Invocation, PerLine, Reflect, STANDARD_INPUT};
use crate::{config, info, server, settings};

/// A command that is being carried out.
pub(crate) struct Run<'a> {
    pub(crate) engine: Arc<Engine>,
    invocation: &'a Invocation,
    cwd: Cwd,
    env: Env,
    /// Where the program is.
    executable: Vec<u8>,
}

/// Carries out everything but help and gives the exit code. Runs on a thread whose native stack has [`STACK_SIZE`] bytes.
pub fn run(invocation: &Invocation, program: &str) -> i32 {
    let (cwd, env) = (Cwd::of_process(), Env::default());
    let executable = std::env::current_exe().map(|path| path.into_os_string().into_encoded_bytes());
    let executable = executable.unwrap_or_default();
    let files = config::find(&invocation.configuration, &executable, &cwd, &env);
    if invocation.action == Action::IniFiles {
        print(&files.describe());
        return 0;
    }
    let settings = settings::settings(&files, &invocation.configuration, &env);
    let engine = match Engine::new(EngineConfig {
        ini: settings.into_entries(),
        loaded_ini: files.main.as_ref().map(|file| file.path.clone()),
        scanned_ini: files.scanned_names(),
        serves: invocation.configuration.serves,
    }) {
        Ok(engine) => engine,
        Err(problem) => return problem.exit_code,
    };
    let run = Run { engine, invocation, cwd, env, executable };
    // As in PHP, whatever the process is asked for.
    let sink = || -> Box<dyn Sink> { Box::new(ProcessSink::default()) };
    if let Err(code) = run.engine.start(sink, || run.process(None, &[]), STACK_SIZE) {
        return code;
    }
    match &invocation.action {
        Action::Help | Action::IniFiles => 0,
        Action::Version => {
            print(&info::version(&run.engine, program));
            0
        }
        Action::Modules => {
            print(&info::modules(&run.engine));
            0
        }
        Action::Info => run.code(b"phpinfo();"),
        Action::Code(code) => run.code(code),
        Action::Script(Some(file)) if invocation.threads > 1 => threads::run(&run, file),
        Action::Script(file) => run.repeated(file.as_deref()),
        Action::Lint(files) => run.lint(files),
        Action::Highlight(file) => run.with_function(file.as_deref(), b"highlight_file($argv[0]);"),
        Action::Strip(file) => run.with_function(file.as_deref(), b"echo php_strip_whitespace($argv[0]);"),
        Action::Reflect(what, name) => run.reflect(*what, name),
        Action::PerLine(per_line) => run.per_line(per_line),
        Action::Server(options) => server::serve(&run, options),
    }
}

impl Run<'_> {
    fn request(&self, script: Option<&[u8]>, arguments: &[Vec<u8>]) -> Request {
        self.request_to(Box::new(ProcessSink::default()), script, arguments)
    }

    fn request_to(&self, sink: Box<dyn Sink>, script: Option<&[u8]>, arguments: &[Vec<u8>]) -> Request {
        self.engine.request(sink, self.process(script, arguments), STACK_SIZE)
    }

    /// The folder that the process was started in.
    pub(crate) fn cwd(&self) -> &Cwd {
        &self.cwd
    }

    pub(crate) fn process(&self, script: Option<&[u8]>, arguments: &[Vec<u8>]) -> Process {
        let hidden = self.invocation.hide_arguments;
        Process {
            env: self.env.clone(),
            script: script.map(|script| if hidden { b"".as_slice() } else { script }.into()),
            binary: self.executable.clone(),
            args: arguments.iter().map(|argument| argument[..].into()).collect(),
            ..Process::new(self.cwd.clone())
        }
    }

    fn code(&self, code: &[u8]) -> i32 {
        let mut request = self.request(None, &self.invocation.arguments);
        request.run_code(code, b"Command line code");
        request.finish()
    }

    /// Runs the script as often as `--repeat` says, in one process.
    fn repeated(&self, file: Option<&[u8]>) -> i32 {
        let repeat = self.invocation.repeat;
        let mut code = 0;
        for turn in 0..repeat {
            if repeat > 1 {
                let text = if turn == 0 {
                    "Executing for the first time...\n"
                } else {
                    "Finished execution, repeating...\n"
                };
                print(text);
            }
            code = match self.script(file) {
                Ok(code) => code,
                Err(code) => return code,
            };
        }
        code
    }

    /// Runs the script once. The error is the code for one that cannot be opened.
    fn script(&self, file: Option<&[u8]>) -> Result<i32, i32> {
        let Some(file) = file else {
            let source = standard_input();
            let mut request = self.request(None, &self.invocation.arguments);
            request.run_script(&source, STANDARD_INPUT);
            return Ok(request.finish());
        };
        let is_dir = self.check(file)?;
        let mut request = self.request(Some(file), &self.invocation.arguments);
        if is_dir {
            // PHP opens a folder, reads nothing from it, and is content.
            request.run_script(b"", file);
        } else if request.run_file(file).is_err() {
            request.finish();
            return Err(could_not_open(file));
        }
        Ok(request.finish())
    }

    /// Whether a script that can be opened is a folder.
    fn check(&self, file: &[u8]) -> Result<bool, i32> {
        let path = self.cwd.resolve(file);
        match fs::open(&path, fs::OpenMode::READ).and_then(|file| fs::Stat::of(&file)) {
            Ok(stat) => Ok(stat.is_dir()),
            Err(_) => Err(could_not_open(file)),
        }
    }

    fn lint(&self, files: &[Vec<u8>]) -> i32 {
        if files.is_empty() {
            return self.lint_one(&standard_input(), STANDARD_INPUT);
        }
        let mut result = 0;
        for file in files {
            let is_dir = match self.check(file) {
                Ok(is_dir) => is_dir,
                // The others are looked at all the same.
                Err(code) => {
                    result = code;
                    continue;
                }
            };
            let source = if is_dir {
                Ok(Vec::new())
            } else {
                fs::read_file(&self.cwd.resolve(file)).map(|read| read.0)
            };
            let Ok(source) = source else { return could_not_open(file) };
            let code = self.lint_one(&source, file);
            result = if code == 0 { result } else { code };
        }
        result
    }

    fn lint_one(&self, source: &[u8], name: &[u8]) -> i32 {
        let mut request = self.request(Some(name), &self.invocation.arguments);
        let is_good = request.check_syntax(source, name);
        request.finish();
        let name = String::from_utf8_lossy(name);
        if is_good {
            print(&format!("No syntax errors detected in {name}\n"));
            0
        } else {
            print(&format!("Errors parsing {name}\n"));
            255
        }
    }

    /// Runs code on a file, which it finds in `$argv[0]`.
    fn with_function(&self, file: Option<&[u8]>, code: &[u8]) -> i32 {
        let path = match file {
            Some(file) => match self.check(file) {
                Ok(_) => file.to_vec(),
                Err(code) => return code,
            },
            None => b"php://stdin".to_vec(),
        };
        let mut request = self.request(None, &[path]);
        request.run_code(code, b"Command line code");
        request.finish()
    }

    fn reflect(&self, what: Reflect, name: &[u8]) -> i32 {
        let class = match what {
            Reflect::Function => "ReflectionFunction",
            Reflect::Class => "ReflectionClass",
            Reflect::Extension | Reflect::ExtensionInfo => "ReflectionExtension",
            Reflect::ZendExtension => "ReflectionZendExtension",
        };
        let code = if what == Reflect::ExtensionInfo {
            "if (!extension_loaded($argv[0])) { echo \"Extension '$argv[0]' not present.\\n\"; exit(1); } \
             (new ReflectionExtension($argv[0]))->info();"
                .to_owned()
        } else {
            format!(
                "try {{ echo new {class}($argv[0]), \"\\n\"; }} \
                 catch (ReflectionException $e) {{ echo 'Exception: ', $e->getMessage(), \"\\n\"; exit(1); }}"
            )
        };
        let mut request = self.request(None, &[name.to_vec()]);
        request.run_code(code.as_bytes(), b"Command line code");
        request.finish()
    }

    /// Runs code for each line of the input: `$argn` is the line and `$argi` its number.
    fn per_line(&self, per_line: &PerLine) -> i32 {
        if let Some(file) = &per_line.file
            && let Err(code) = self.check(file)
        {
            return code;
        }
        let mut request = self.request(None, &self.invocation.arguments);
        let mut running = true;
        if let Some(code) = &per_line.begin {
            running = request.run_code(code, b"Command line begin code");
        }
        let mut number = 0;
        // Reading goes on where the script's own reading stopped, so lines come one by one.
        while running && let Some(line) = request.read_line() {
            number += 1;
            request.set_line(without_end(&line), number);
            if let Some(code) = &per_line.code {
                running = request.run_code(code, b"Command line run code");
            } else if let Some(file) = &per_line.file
                && request.run_file(file).is_err()
            {
                could_not_open(file);
                break;
            }
            running &= !request.cx.exiting;
        }
        // What ends a line's code does not keep the last code from running, unless PHP itself gave up.
        if let Some(code) = &per_line.end
            && request.goes_on()
        {
            request.run_code(code, b"Command line end code");
        }
        request.finish()
    }
}

/// A line without its end.
fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Everything on standard input. What cannot be read is not there.
fn standard_input() -> Vec<u8> {
    let mut input = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = read(&mut buffer) {
        input.extend_from_slice(&buffer[..count]);
    }
    input
}

fn could_not_open(file: &[u8]) -> i32 {
    let message = [b"Could not open input file: ", file, b"\n"].concat();
    // Nobody is left to be told when standard error is closed.
    drop(write_all(Stream::Error, &message));
    1
}

fn print(text: &str) {
    print_bytes(text.as_bytes());
}

fn print_bytes(bytes: &[u8]) {
    // A reader that went away is no error of this program.
    drop(write_all(Stream::Output, bytes));
}

#[cfg(test)]
mod tests {
    use super::without_end;

    #[test]
    fn lines_have_no_ends() {
        assert_eq!(without_end(b"a\r\n"), b"a");
        assert_eq!(without_end(b"b\n"), b"b");
        assert_eq!(without_end(b"\n"), b"");
        assert_eq!(without_end(b"c"), b"c");
    }
}
