//! Running one command: its output read through a pipe until it ends or its time is up.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use phalanx_host::process::{kill_group, limit_data, wait_readable};

/// What one command may take. A test that goes astray must not take the machine with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long it may run.
    pub time: Duration,
    /// How many bytes it may print.
    pub output: usize,
    /// How much memory each of its processes may have for data.
    pub memory: u64,
}

impl Default for Limits {
    /// php-src's longest expectation has 300 KB; eight threads at a `memory_limit` of 128 MB have 1 GB.
    fn default() -> Limits {
        Limits { time: Duration::from_secs(60), output: 8 << 20, memory: 3 << 30 }
    }
}

/// Of an output that was cut off this much is kept, which is enough to see what it was.
const KEPT_OF_TOO_MUCH: usize = 64 << 10;

/// Why a command was ended.
enum Stopped {
    TimedOut,
    PrintedTooMuch(usize),
}

/// Variables for a child; nothing else is passed on.
pub type Environment = BTreeMap<OsString, OsString>;

/// What is run.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The program and its arguments.
    pub arguments: Vec<Vec<u8>>,
    /// A piece of shell text behind the arguments. Only with it a shell is started.
    pub shell_suffix: Vec<u8>,
    /// Which of the three standard streams are captured.
    pub capture: Capture,
    /// What the child reads.
    pub stdin: Vec<u8>,
}

/// Which standard streams are pipes; the others are the runner's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Capture {
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
}

impl Capture {
    /// All of them.
    pub const ALL: Capture = Capture { stdin: true, stdout: true, stderr: true };
}

impl Invocation {
    /// Runs `arguments` with everything captured and nothing to read.
    pub fn new(arguments: Vec<Vec<u8>>) -> Invocation {
        Invocation { arguments, shell_suffix: Vec::new(), capture: Capture::ALL, stdin: Vec::new() }
    }

    fn command(&self) -> Command {
        if self.shell_suffix.is_empty() {
            let mut arguments = self.arguments.iter().map(|argument| OsStr::from_bytes(argument));
            let mut command = Command::new(arguments.next().unwrap_or_default());
            command.args(arguments);
            return command;
        }
        let mut text = Vec::new();
        for argument in &self.arguments {
            text.extend_from_slice(&shell_quote(argument));
            text.push(b' ');
        }
        text.extend_from_slice(&self.shell_suffix);
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(OsString::from_vec(text));
        command
    }
}

/// `argument` in single quotes.
pub fn shell_quote(argument: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'\''];
    for &byte in argument {
        if byte == b'\'' {
            quoted.extend_from_slice(b"'\\''");
        } else {
            quoted.push(byte);
        }
    }
    quoted.push(b'\'');
    quoted
}

/// Runs the command and gives what it printed, with a remark at the end when it was ended by a signal or timed out, in
/// run-tests.php's words, or when it printed too much.
pub fn run(
    invocation: &Invocation,
    directory: &Path,
    environment: &Environment,
    limits: Limits,
) -> io::Result<Vec<u8>> {
    let deadline = Instant::now() + limits.time;
    let mut command = invocation.command();
    command.env_clear().envs(environment).current_dir(directory).process_group(0);
    let capture = invocation.capture;
    let (input, feed) = if capture.stdin {
        let (reader, writer) = io::pipe()?;
        (Stdio::from(reader), Some(writer))
    } else {
        (Stdio::inherit(), None)
    };
    command.stdin(input);
    // Both streams go into one pipe, so their order is kept.
    let mut output = None;
    if capture.stdout || capture.stderr {
        let (reader, writer) = io::pipe()?;
        if capture.stdout && capture.stderr {
            command.stdout(writer.try_clone()?).stderr(writer);
        } else if capture.stdout {
            command.stdout(writer);
        } else {
            command.stderr(writer);
        }
        output = Some(reader);
    }
    let mut child = command.spawn()?;
    // The writing ends live in the command, and the pipe ends only when all of them are closed.
    drop(command);
    let group = child.id();
    // It fails for a child that has ended already.
    drop(limit_data(group, limits.memory));
    let mut data = Vec::new();
    let status = thread::scope(|scope| {
        match feed {
            Some(mut feed) if !invocation.stdin.is_empty() => {
                // A child that does not read everything makes this fail, which is its right.
                scope.spawn(move || drop(feed.write_all(&invocation.stdin)));
            }
            feed => drop(feed),
        }
        let ended = match output {
            Some(mut output) => read_until(&mut output, &mut data, deadline, limits.output)?,
            None => Ok(()),
        };
        let status = match ended {
            Ok(()) => wait_until(&mut child, deadline)?.ok_or(Stopped::TimedOut),
            Err(stopped) => Err(stopped),
        };
        if status.is_err() {
            kill_group(group)?;
            child.wait()?;
        }
        io::Result::Ok(status)
    })?;
    append_status(status, &mut data);
    Ok(data)
}

/// Reads to the end, or until the deadline or the limit is reached.
fn read_until(
    output: &mut (impl Read + AsFd),
    data: &mut Vec<u8>,
    deadline: Instant,
    limit: usize,
) -> io::Result<Result<(), Stopped>> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        if !wait_readable(output.as_fd(), deadline.saturating_duration_since(Instant::now()))? {
            return Ok(Err(Stopped::TimedOut));
        }
        match output.read(&mut buffer)? {
            0 => return Ok(Ok(())),
            count => data.extend_from_slice(&buffer[..count]),
        }
        if data.len() > limit {
            data.truncate(KEPT_OF_TOO_MUCH);
            return Ok(Err(Stopped::PrintedTooMuch(limit)));
        }
    }
}

fn wait_until(child: &mut Child, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_micros(20);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(5));
    }
}

fn append_status(status: Result<ExitStatus, Stopped>, data: &mut Vec<u8>) {
    let status = match status {
        Ok(status) => status,
        Err(Stopped::TimedOut) => {
            data.extend_from_slice(b"\n ** ERROR: process timed out **\n");
            return;
        }
        Err(Stopped::PrintedTooMuch(limit)) => {
            let remark = format!("\n ** ERROR: process printed more than {limit} bytes **\n");
            data.extend_from_slice(remark.as_bytes());
            return;
        }
    };
    // A shell in between turns signals into exit codes above 128.
    let by_code = status.code().filter(|code| (129..160).contains(code)).map(|code| code - 128);
    if let Some(signal) = status.signal().or(by_code) {
        data.extend_from_slice(format!("\nTermsig={signal}\n").as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, stdin: &str, limit: Duration) -> String {
        let arguments = ["/bin/sh", "-c", script].map(|text| text.as_bytes().to_vec()).to_vec();
        let mut invocation = Invocation::new(arguments);
        invocation.stdin = stdin.as_bytes().to_vec();
        let limits = Limits { time: limit, output: 2 << 20, memory: 256 << 20 };
        let output = run(&invocation, Path::new("/"), &Environment::new(), limits).unwrap();
        String::from_utf8(output).unwrap()
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn both_streams_in_order() {
        assert_eq!(shell("echo a; echo b >&2; echo c", "", LONG), "a\nb\nc\n");
    }

    #[test]
    fn input_is_fed() {
        let input = "x".repeat(1 << 20);
        assert_eq!(shell("wc -c", &input, LONG).trim(), "1048576");
        assert_eq!(shell("true", &input, LONG), "");
        assert_eq!(shell("cat", "", LONG), "");
    }

    #[test]
    fn signals_are_told() {
        assert_eq!(shell("kill -SEGV $$", "", LONG), "\nTermsig=11\n");
        assert_eq!(shell("exit 139", "", LONG), "\nTermsig=11\n");
        assert_eq!(shell("exit 255", "", LONG), "");
    }

    #[test]
    fn a_group_that_takes_too_long_is_killed() {
        let output = shell("echo a; sleep 1000 & sleep 1000", "", Duration::from_millis(50));
        assert_eq!(output, "a\n\n ** ERROR: process timed out **\n");
    }

    #[test]
    fn a_group_that_prints_too_much_is_killed() {
        let output = shell("yes & yes", "", LONG);
        assert!(output.starts_with("y\ny\n"));
        assert!(output.ends_with("\n ** ERROR: process printed more than 2097152 bytes **\n"));
        assert!(output.len() < KEPT_OF_TOO_MUCH + 100);
    }

    #[test]
    fn memory_is_limited() {
        // The shell keeps what a substitution prints in memory.
        let output = shell("sleep 0.1; x=$(head -c 600000000 /dev/zero | tr '\\0' x); echo ${#x}", "", LONG);
        assert!(!output.contains("600000000"), "{output}");
    }

    #[test]
    fn quoting() {
        assert_eq!(shell_quote(b"it's"), b"'it'\\''s'");
    }
}
