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

use phalanx_host::process::{kill_group, wait_readable};

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

/// Runs the command and gives what it printed, with a remark at the end when it timed out or was ended by a signal, in
/// run-tests.php's words.
pub fn run(
    invocation: &Invocation,
    directory: &Path,
    environment: &Environment,
    limit: Duration,
) -> io::Result<Vec<u8>> {
    let deadline = Instant::now() + limit;
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
            Some(mut output) => read_until(&mut output, &mut data, deadline)?,
            None => true,
        };
        let status = if ended { wait_until(&mut child, deadline)? } else { None };
        if status.is_none() {
            kill_group(group)?;
            child.wait()?;
        }
        io::Result::Ok(status)
    })?;
    append_status(status, &mut data);
    Ok(data)
}

/// Reads to the end; false when the deadline came first.
fn read_until(output: &mut (impl Read + AsFd), data: &mut Vec<u8>, deadline: Instant) -> io::Result<bool> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        if !wait_readable(output.as_fd(), deadline.saturating_duration_since(Instant::now()))? {
            return Ok(false);
        }
        match output.read(&mut buffer)? {
            0 => return Ok(true),
            count => data.extend_from_slice(&buffer[..count]),
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

fn append_status(status: Option<ExitStatus>, data: &mut Vec<u8>) {
    let Some(status) = status else {
        data.extend_from_slice(b"\n ** ERROR: process timed out **\n");
        return;
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
        let output = run(&invocation, Path::new("/"), &Environment::new(), limit).unwrap();
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
    fn quoting() {
        assert_eq!(shell_quote(b"it's"), b"'it'\\''s'");
    }
}
