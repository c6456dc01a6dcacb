//! Processes.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::{Duration, Instant};

/// Ends a process group that the caller started, by SIGKILL. A group that is gone already is no error.
pub fn kill_group(group: u32) -> io::Result<()> {
    let Some(group) = libc::pid_t::try_from(group).ok().filter(|&group| group > 1) else {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    };
    // SAFETY: takes plain numbers; the check above keeps the special meanings of 0 and 1 out.
    if unsafe { libc::kill(-group, libc::SIGKILL) } == 0 {
        return Ok(());
    }
    match io::Error::last_os_error() {
        error if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
        error => Err(error),
    }
}

/// Waits until `fd` can be read or its other end is closed; false when `limit` passed first.
pub fn wait_readable(fd: BorrowedFd<'_>, limit: Duration) -> io::Result<bool> {
    let deadline = Instant::now() + limit;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        // Rounded up, so that a wait that returned too early does not spin.
        let milliseconds = left.as_millis().saturating_add(1).min(i32::MAX as u128) as i32;
        let mut poll = libc::pollfd { fd: fd.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: points to one pollfd that lives across the call.
        let ready = unsafe { libc::poll(&raw mut poll, 1, milliseconds) };
        if ready > 0 {
            return Ok(true);
        }
        if ready < 0 {
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        } else if Instant::now() >= deadline {
            return Ok(false);
        }
    }
}
