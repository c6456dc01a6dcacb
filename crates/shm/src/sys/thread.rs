//! Threads of any process, named by process and thread id, and whether they still live.
//!
//! # Safety
//! Only system calls that read no memory of ours.
#![allow(unsafe_code, reason = "gettid and tgkill")]

use std::fs;
use std::os::unix::fs::MetadataExt;

/// The ids of the calling thread.
pub(crate) fn current() -> (u32, u32) {
    // SAFETY: getpid and gettid have no preconditions.
    let (pid, tid) = unsafe { (libc::getpid(), libc::gettid()) };
    (pid.unsigned_abs(), tid.unsigned_abs())
}

/// Identifies the pid namespace of this process; 0 where `/proc` is not mounted.
pub(crate) fn namespace() -> u64 {
    fs::metadata("/proc/self/ns/pid").map_or(0, |file| file.ino())
}

/// Whether a thread with these ids lives, and when it was started (clock ticks since boot, 0 where that is unknown).
///
/// A zombie counts as dead: it runs no instruction any more. An answer of "dead" is certain; where `/proc` is not
/// mounted, a reused id or a zombie is reported as alive.
pub(crate) fn started(pid: u32, tid: u32) -> Option<u64> {
    // SAFETY: signal 0 is never delivered, it only asks whether the thread exists.
    let found = unsafe { libc::syscall(libc::SYS_tgkill, pid, tid, 0) } == 0;
    if !found && std::io::Error::last_os_error().raw_os_error() == Some(libc::ESRCH) {
        return None;
    }
    let Ok(stat) = fs::read(format!("/proc/{pid}/task/{tid}/stat")) else {
        return Some(0);
    };
    // The second field is the command in parentheses and may hold anything, so the count starts behind the last one.
    let Some(close) = stat.iter().rposition(|&b| b == b')') else { return Some(0) };
    let Ok(rest) = std::str::from_utf8(&stat[close + 1..]) else { return Some(0) };
    let mut fields = rest.split_ascii_whitespace();
    if matches!(fields.next(), Some("Z" | "X" | "x")) {
        return None;
    }
    // Field 22 of the line is the start time; the state above was field 3.
    Some(fields.nth(18).and_then(|f| f.parse().ok()).unwrap_or(0))
}
