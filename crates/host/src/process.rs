//! Starting other programs, waiting for them and for what they print.
//!
//! # Safety
//!
//! System calls get plain numbers or structures on the stack. Code that runs between fork and exec calls only `dup2`,
//! `fcntl` and `setpgid`-like functions, which are allowed there.
#![allow(unsafe_code, reason = "system calls")]

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::cwd::Cwd;
use crate::env::Env;
use crate::sys::path;

/// What is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program<'a> {
    /// A command line for `/bin/sh -c`.
    Shell(&'a [u8]),
    /// A program, found on the `PATH`, and its arguments without a shell in between.
    Direct(&'a [Vec<u8>]),
}

/// How it is started.
#[derive(Debug)]
pub struct Start<'a> {
    /// What is started.
    pub program: Program<'a>,
    /// The folder that it starts in.
    pub cwd: &'a Cwd,
    /// Its environment; see [`Variables`].
    pub variables: Variables<'a>,
    /// Descriptors that it gets, by their numbers there. Those of 0, 1 and 2 that are not named are inherited.
    pub descriptors: Vec<(RawFd, OwnedFd)>,
}

/// The environment of what is started.
#[derive(Clone, Copy, Debug)]
pub enum Variables<'a> {
    /// The thread's.
    Inherit(&'a Env),
    /// These and no others.
    Only(&'a [(Vec<u8>, Vec<u8>)]),
}

impl Start<'_> {
    /// Starts it.
    pub fn spawn(self) -> io::Result<Child> {
        let mut command = match self.program {
            Program::Shell(line) => {
                let mut command = Command::new("/bin/sh");
                command.arg("-c").arg(OsStr::from_bytes(line));
                command
            }
            Program::Direct(arguments) => {
                let mut arguments = arguments.iter().map(|argument| OsStr::from_bytes(argument));
                let program = arguments.next().ok_or_else(|| io::Error::from_raw_os_error(libc::EINVAL))?;
                let mut command = Command::new(program);
                command.args(arguments);
                command
            }
        };
        command.current_dir(path(self.cwd.path())).env_clear();
        match self.variables {
            Variables::Inherit(env) => command.envs(env.for_child()),
            Variables::Only(variables) => command.envs(
                variables.iter().map(|(name, value)| (OsStr::from_bytes(name), OsStr::from_bytes(value))),
            ),
        };
        let mut others = Vec::new();
        for (number, descriptor) in self.descriptors {
            match number {
                0 => _ = command.stdin(Stdio::from(descriptor)),
                1 => _ = command.stdout(Stdio::from(descriptor)),
                2 => _ = command.stderr(Stdio::from(descriptor)),
                _ => others.push((number, descriptor)),
            }
        }
        if !others.is_empty() {
            let others = out_of_the_way(others)?;
            let place = move || {
                for (number, descriptor) in &others {
                    // SAFETY: both are numbers; `dup2` is allowed between fork and exec. The copy is not closed by exec.
                    if unsafe { libc::dup2(descriptor.as_raw_fd(), *number) } < 0 {
                        return Err(io::Error::last_os_error());
                    }
                }
                Ok(())
            };
            // SAFETY: the closure makes system calls that are allowed between fork and exec, and allocates nothing.
            unsafe { command.pre_exec(place) };
        }
        command.spawn()
    }
}

/// Copies descriptors above all numbers that are wanted, so that placing one does not close another.
fn out_of_the_way(descriptors: Vec<(RawFd, OwnedFd)>) -> io::Result<Vec<(RawFd, OwnedFd)>> {
    let above = descriptors.iter().map(|(number, _)| number + 1).max().unwrap_or(3);
    descriptors
        .into_iter()
        .map(|(number, descriptor)| {
            // SAFETY: the descriptor is open, being owned.
            let copy = unsafe { libc::fcntl(descriptor.as_raw_fd(), libc::F_DUPFD_CLOEXEC, above) };
            if copy < 0 {
                return Err(io::Error::last_os_error());
            }
            // SAFETY: the system just made it, and nobody else owns it.
            let copy = unsafe { <OwnedFd as std::os::fd::FromRawFd>::from_raw_fd(copy) };
            Ok((number, copy))
        })
        .collect()
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with a code.
    Code(i32),
    /// By a signal.
    Signal(i32),
}

impl From<ExitStatus> for End {
    fn from(status: ExitStatus) -> End {
        match (status.code(), status.signal()) {
            (Some(code), _) => End::Code(code),
            (None, signal) => End::Signal(signal.unwrap_or(0)),
        }
    }
}

/// Ends the process at once. Nothing is flushed and no destructor runs.
pub fn exit_now(code: i32) -> ! {
    // SAFETY: does not return, so nothing can be seen in a broken state afterwards.
    unsafe { libc::_exit(code) }
}

/// Sends a signal to a process; signal 0 asks whether it is there.
pub fn signal(process: i32, signal: i32) -> io::Result<()> {
    // SAFETY: takes plain numbers.
    crate::sys::check(unsafe { libc::kill(process, signal) })
}

/// Makes the process give way to others more (or less, if negative, which needs rights).
pub fn nice(increment: i32) -> io::Result<()> {
    // SAFETY: takes numbers. -1 is a value too, so the error is told by the call that follows.
    let before = unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) };
    // SAFETY: takes numbers.
    crate::sys::check(unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, before.saturating_add(increment)) })
}

/// Ends a process group that the caller started, by SIGKILL. A group that is gone already is no error.
pub fn kill_group(group: u32) -> io::Result<()> {
    let Some(group) = libc::pid_t::try_from(group).ok().filter(|&group| group > 1) else {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    };
    // The check above keeps the special meanings of 0 and -1 out.
    match signal(-group, libc::SIGKILL) {
        Err(error) if error.raw_os_error() != Some(libc::ESRCH) => Err(error),
        _ => Ok(()),
    }
}

/// Limits the memory that another process of the user, and what it starts from then on, can have for data. Reservations
/// that cannot be written do not count.
pub fn limit_data(process: u32, bytes: u64) -> io::Result<()> {
    let process = libc::pid_t::try_from(process).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    let limit = libc::rlimit { rlim_cur: bytes, rlim_max: bytes };
    // SAFETY: reads one structure that lives across the call; nothing is asked to be written.
    crate::sys::check(unsafe {
        libc::prlimit(process, libc::RLIMIT_DATA, &raw const limit, std::ptr::null_mut())
    })
}

/// Waits until `descriptor` can be read or its other end is closed; false when `limit` passed first.
pub fn wait_readable(descriptor: BorrowedFd<'_>, limit: Duration) -> io::Result<bool> {
    let deadline = Instant::now() + limit;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        // Rounded up, so that a wait that returned too early does not spin.
        let milliseconds = left.as_millis().saturating_add(1).min(i32::MAX as u128) as i32;
        if poll(descriptor.as_raw_fd(), libc::POLLIN, milliseconds)? {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
    }
}

/// Waits until a descriptor can be written.
pub(crate) fn wait_writable(descriptor: RawFd) -> io::Result<()> {
    while !poll(descriptor, libc::POLLOUT, -1)? {}
    Ok(())
}

/// Whether something happened in time; false also when a signal came.
fn poll(descriptor: RawFd, events: libc::c_short, milliseconds: i32) -> io::Result<bool> {
    let mut poll = libc::pollfd { fd: descriptor, events, revents: 0 };
    // SAFETY: points to one structure that lives across the call.
    let ready = unsafe { libc::poll(&raw mut poll, 1, milliseconds) };
    if ready >= 0 {
        return Ok(ready > 0);
    }
    match io::Error::last_os_error() {
        error if error.kind() == io::ErrorKind::Interrupted => Ok(false),
        error => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn output(
        program: Program,
        cwd: &[u8],
        variables: Variables,
        more: Vec<(RawFd, OwnedFd)>,
    ) -> (String, End) {
        let (mut reader, writer) = io::pipe().unwrap();
        let mut descriptors: Vec<(RawFd, OwnedFd)> = vec![(1, writer.into())];
        descriptors.extend(more);
        let mut child = Start { program, cwd: &Cwd::at(cwd), variables, descriptors }.spawn().unwrap();
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        (text, child.wait().unwrap().into())
    }

    #[test]
    fn shell_and_direct() {
        let mut env = Env::default();
        env.set(b"PHALANX_X", b"a b");
        let variables = Variables::Inherit(&env);
        let (text, end) =
            output(Program::Shell(b"pwd; echo \"$PHALANX_X\"; exit 3"), b"/usr", variables, Vec::new());
        assert_eq!((&text[..], end), ("/usr\na b\n", End::Code(3)));
        let arguments = [b"/bin/echo".to_vec(), b"$HOME  x".to_vec()];
        let (text, _) = output(Program::Direct(&arguments), b"/", Variables::Only(&[]), Vec::new());
        assert_eq!(text, "$HOME  x\n");
        let (_, end) = output(Program::Shell(b"kill -9 $$"), b"/", Variables::Only(&[]), Vec::new());
        assert_eq!(end, End::Signal(9));
    }

    #[test]
    fn more_descriptors() {
        let (mut reader, writer) = io::pipe().unwrap();
        let others = vec![(5, writer.try_clone().unwrap().into()), (4, writer.into())];
        let (text, _) =
            output(Program::Shell(b"echo x; echo y >&5; echo z >&4"), b"/", Variables::Only(&[]), others);
        assert_eq!(text, "x\n");
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "y\nz\n");
    }

    #[test]
    fn dangerous_groups_are_refused() {
        assert!(kill_group(0).is_err());
        assert!(kill_group(1).is_err());
        assert!(kill_group(u32::MAX).is_err());
    }
}
