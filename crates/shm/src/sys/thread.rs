//! Threads of any process, named by process and thread id, and whether they still live.
//!
//! # Safety
//! Only system calls, which get paths and buffers of this function's own.
#![allow(unsafe_code, reason = "gettid, tgkill, open and read")]

use std::fs;
use std::io::Write;
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

/// What is known of a thread that lives. Numbers are 0 where they cannot be known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Life {
    /// When the thread was started, in clock ticks since boot: tells it from later threads with its ids.
    pub(crate) started: u64,
    /// Tells the program that its process runs from another one that the process may run later: where code and stack begin.
    pub(crate) program: u64,
}

/// Looks at the thread with these ids. `None` if there is none.
///
/// A zombie counts as dead: it runs no instruction any more. An answer of "dead" is certain; where `/proc` is not
/// mounted, a reused id or a zombie is reported as alive.
///
/// Allocates nothing, so that a thread that dies in here leaves no lock of the allocator behind.
pub(crate) fn look_at(pid: u32, tid: u32) -> Option<Life> {
    // SAFETY: signal 0 is never delivered, it only asks whether the thread exists.
    let found = unsafe { libc::syscall(libc::SYS_tgkill, pid, tid, 0) } == 0;
    if !found && std::io::Error::last_os_error().raw_os_error() == Some(libc::ESRCH) {
        return None;
    }
    let mut buffer = [0; 1024];
    let Some(stat) = read_stat(pid, tid, &mut buffer) else { return Some(Life::default()) };
    parse_stat(stat)
}

fn parse_stat(stat: &[u8]) -> Option<Life> {
    // The second field is the command in parentheses and may hold anything, so the count starts behind the last one.
    let rest = stat.iter().rposition(|&b| b == b')').map_or(&[][..], |close| &stat[close + 1..]);
    let rest = std::str::from_utf8(rest).unwrap_or_default();
    let mut fields = rest.split_ascii_whitespace();
    // Field 3 of the line.
    if matches!(fields.next(), Some("Z" | "X" | "x")) {
        return None;
    }
    let mut number = |skip| fields.nth(skip).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    // Fields 22, 26 and 28. The last two are 0 or 1 for who may not know them, and while a program is being loaded.
    let (started, code, stack) = (number(18), number(3), number(1));
    let program = if code > 1 && stack > 1 { code.rotate_left(32) ^ stack } else { 0 };
    Some(Life { started, program })
}

/// Reads `/proc/PID/task/TID/stat`.
fn read_stat(pid: u32, tid: u32, buffer: &mut [u8; 1024]) -> Option<&[u8]> {
    let mut path = [0u8; 64];
    {
        let mut rest = &mut path[..63];
        write!(rest, "/proc/{pid}/task/{tid}/stat").ok()?;
    }
    // SAFETY: the path is a C string: what has not been written is zero.
    let fd = unsafe { libc::open(path.as_ptr().cast(), libc::O_RDONLY | libc::O_CLOEXEC) };
    if fd < 0 {
        return None;
    }
    // SAFETY: the descriptor is open, and the buffer is as long as it says.
    let len = unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) };
    // SAFETY: the descriptor is ours.
    unsafe { libc::close(fd) };
    usize::try_from(len).ok().and_then(|len| buffer.get(..len))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stat: &str, expected: Option<(u64, u64)>) {
        let life = parse_stat(stat.as_bytes());
        assert_eq!(life.map(|life| (life.started, life.program)), expected, "{stat}");
    }

    #[test]
    fn lines_of_the_kernel() {
        let line = |state: &str, code: u64, stack: u64| {
            format!(
                "7 (a) b) {state} 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 777 23 24 25 {code} 27 {stack} 0 0"
            )
        };
        check(&line("S", 16, 5), Some((777, 16 << 32 ^ 5)));
        check(&line("R", 0, 0), Some((777, 0)));
        check(&line("Z", 16, 5), None);
        check("7 (a) R 1", Some((0, 0)));
        check("", Some((0, 0)));
    }

    #[test]
    fn this_thread_lives() {
        let (pid, tid) = current();
        let life = look_at(pid, tid).unwrap();
        assert!(life.started != 0 && life.program != 0, "{life:?}");
        assert_eq!(look_at(pid, tid), Some(life));
        let other = std::thread::spawn(|| current().1).join().unwrap();
        let gone = || look_at(pid, other).is_none();
        // The kernel takes the thread off its list a moment after others may know of its end.
        while !gone() {
            std::thread::yield_now();
        }
    }
}
