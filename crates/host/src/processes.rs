//! Other processes, as `/proc` shows them: who there is, which files they have open, what is in their memory.
//!
//! The kernel decides what may be looked at: a process's open files by those who could trace it, and its memory too, unless a
//! security module (Yama) forbids that to all but its ancestors. All of it is reading; the process does not notice.

use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;

/// The processes of a user, by their ids, in ascending order.
pub fn of_user(user: u32) -> io::Result<Vec<u32>> {
    let mut ids: Vec<u32> = fs::read_dir("/proc")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        // One that has ended meanwhile is nobody's.
        .filter(|&process| owner(process).is_ok_and(|owner| owner == user))
        .collect();
    ids.sort_unstable();
    Ok(ids)
}

/// The user that a process runs as. [`NotFound`](io::ErrorKind::NotFound) if there is no such process.
pub fn owner(process: u32) -> io::Result<u32> {
    Ok(fs::metadata(format!("/proc/{process}"))?.uid())
}

/// Whether a process has such a thread.
pub fn has_thread(process: u32, thread: u32) -> bool {
    fs::metadata(format!("/proc/{process}/task/{thread}")).is_ok()
}

/// The words that a process was started with; none for one that has ended and is not buried.
pub fn command_line(process: u32) -> io::Result<Vec<Vec<u8>>> {
    let line = fs::read(format!("/proc/{process}/cmdline"))?;
    let line = line.strip_suffix(b"\0").unwrap_or(&line);
    Ok(if line.is_empty() { Vec::new() } else { line.split(|&byte| byte == 0).map(<[u8]>::to_vec).collect() })
}

/// Those of a process's open files whose link in `/proc` is wanted, opened for reading, with their links. What is no regular file
/// is passed over, because opening a device or a pipe can have consequences.
///
/// # Errors
/// [`NotFound`](io::ErrorKind::NotFound) if there is no such process, [`PermissionDenied`](io::ErrorKind::PermissionDenied) if it
/// may not be looked at, and those of the system. A single file that cannot be opened is no error.
pub fn open_files(process: u32, wanted: impl Fn(&[u8]) -> bool) -> io::Result<Vec<(Vec<u8>, File)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(format!("/proc/{process}/fd"))? {
        let path = entry?.path();
        // The process closes files while we look.
        let Ok(link) = fs::read_link(&path) else { continue };
        let link = link.into_os_string().into_vec();
        if !wanted(&link) || !fs::metadata(&path).is_ok_and(|data| data.is_file()) {
            continue;
        }
        if let Ok(file) = File::open(&path) {
            files.push((link, file));
        }
    }
    Ok(files)
}

/// Where a process has memory that it shares with its children and that is in no file: addresses and sizes.
pub fn shared_memory(process: u32) -> io::Result<Vec<(u64, usize)>> {
    let maps = fs::read(format!("/proc/{process}/maps"))?;
    Ok(String::from_utf8_lossy(&maps).lines().filter_map(shared_range).collect())
}

/// The range of a line of `/proc/PID/maps`, if it is of shared memory.
fn shared_range(line: &str) -> Option<(u64, usize)> {
    let (range, rest) = line.split_once(' ')?;
    let (rights, rest) = rest.split_once(' ')?;
    if !rights.ends_with('s') || !rest.trim_end().ends_with("/dev/zero (deleted)") {
        return None;
    }
    let (start, end) = range.split_once('-')?;
    let (start, end) = (u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?);
    Some((start, usize::try_from(end.checked_sub(start)?).ok()?))
}

/// The memory of a process as a file, in which offsets are addresses.
pub fn memory(process: u32) -> io::Result<File> {
    File::open(format!("/proc/{process}/mem"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;

    use super::*;

    #[test]
    fn lines_of_maps() {
        let check = |line: &str, expected| assert_eq!(shared_range(line), expected, "{line}");
        check("7f00-8f00 rw-s 00000000 00:01 1037 /dev/zero (deleted)", Some((0x7f00, 0x1000)));
        check("7f00-8f00 r-xs 00000000 00:01 1037       /dev/zero (deleted)", Some((0x7f00, 0x1000)));
        check("7f00-8f00 rw-p 00000000 00:00 0 /dev/zero (deleted)", None);
        check("7f00-8f00 rw-s 00000000 00:01 1037 /memfd:x (deleted)", None);
        check("8f00-7f00 rw-s 00000000 00:01 1037 /dev/zero (deleted)", None);
        check("", None);
    }

    #[test]
    fn this_process() {
        let me = std::process::id();
        assert!(of_user(owner(me).unwrap()).unwrap().contains(&me));
        let line = command_line(me).unwrap();
        assert_eq!(line[0], std::env::args_os().next().unwrap().into_vec());
        assert!(has_thread(me, me) && !has_thread(me, 1 << 23));
        let _open = File::open("/proc/self/status").unwrap();
        let files = open_files(me, |link| link.ends_with(b"/status")).unwrap();
        assert!(!files.is_empty());
        let (secret, mut copy) = (*b"secret", [0; 6]);
        memory(me).unwrap().read_exact_at(&mut copy, secret.as_ptr().addr() as u64).unwrap();
        assert_eq!(copy, secret);
        let gone = open_files(1 << 23, |_| true).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    }
}
