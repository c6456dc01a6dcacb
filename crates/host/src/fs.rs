//! Files and folders.
//!
//! Paths are bytes and absolute, or relative to the process's folder: a thread's own folder is joined before, by
//! [`Cwd::resolve`](crate::cwd::Cwd::resolve). Files are the standard library's [`File`]; what it does not offer is here.
//!
//! # Safety
//!
//! Calls get strings that end with NUL, descriptors that are open because they are borrowed, or structures on the stack.
#![allow(unsafe_code, reason = "system calls")]

mod stat;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};

pub use stat::{Kind, Stat};

use crate::clock::Time;
use crate::sys::{c_string, check, path};

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of open(2)")]
pub struct OpenMode {
    pub read: bool,
    pub write: bool,
    pub append: bool,
    pub create: bool,
    pub exclusive: bool,
    pub truncate: bool,
    pub non_blocking: bool,
    pub no_follow: bool,
    /// Permissions of a new file, before the umask.
    pub permissions: u32,
}

impl OpenMode {
    /// For reading.
    pub const READ: OpenMode = OpenMode {
        read: true,
        write: false,
        append: false,
        create: false,
        exclusive: false,
        truncate: false,
        non_blocking: false,
        no_follow: false,
        permissions: 0o666,
    };

    /// For writing a new file, or an old one from its start.
    pub const WRITE: OpenMode =
        OpenMode { read: false, write: true, create: true, truncate: true, ..OpenMode::READ };
}

/// Opens a file.
pub fn open(name: &[u8], mode: OpenMode) -> io::Result<File> {
    let mut flags = libc::O_CLOEXEC;
    for (wanted, flag) in [
        (mode.create, libc::O_CREAT),
        (mode.exclusive, libc::O_EXCL),
        (mode.truncate, libc::O_TRUNC),
        (mode.append, libc::O_APPEND),
        (mode.non_blocking, libc::O_NONBLOCK),
        (mode.no_follow, libc::O_NOFOLLOW),
    ] {
        if wanted {
            flags |= flag;
        }
    }
    // The standard library refuses combinations that PHP has, such as creating without truncating or appending for reading
    // only, so creation and the like are asked of the system directly.
    OpenOptions::new()
        .read(mode.read)
        .write(mode.write || mode.append)
        .mode(mode.permissions)
        .custom_flags(flags)
        .open(path(name))
}

/// Adds bytes to a file, which is made if it is not there. What several processes add is not mixed.
pub fn append(name: &[u8], bytes: &[u8]) -> io::Result<()> {
    let mode = OpenMode { append: true, create: true, ..OpenMode::READ };
    io::Write::write_all(&mut open(name, mode)?, bytes)
}

/// The whole of a file and what it was when it was read.
pub fn read_file(name: &[u8]) -> io::Result<(Vec<u8>, Stat)> {
    let mut file = open(name, OpenMode::READ)?;
    let stat = Stat::of(&file)?;
    if stat.is_dir() {
        return Err(io::Error::from_raw_os_error(libc::EISDIR));
    }
    // One byte more than the size, so that the end is seen without growing the buffer.
    let size = usize::try_from(stat.size).unwrap_or(0).saturating_add(1);
    let mut content = Vec::new();
    content.try_reserve_exact(size).map_err(|_| io::Error::from_raw_os_error(libc::ENOMEM))?;
    content.resize(size, 0);
    let mut len = 0;
    while len < size {
        match file.read(&mut content[len..]) {
            Ok(0) => break,
            Ok(more) => len += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    content.truncate(len);
    if len == size {
        // It has grown, or it is something like a device, which has no size.
        file.read_to_end(&mut content)?;
    }
    Ok((content, stat))
}

/// What a file is, links followed.
pub fn stat(name: &[u8]) -> io::Result<Stat> {
    fs::metadata(path(name)).map(|metadata| Stat::from(&metadata))
}

/// What a file is, or a link itself.
pub fn lstat(name: &[u8]) -> io::Result<Stat> {
    fs::symlink_metadata(path(name)).map(|metadata| Stat::from(&metadata))
}

/// The absolute path without links, `.` and `..`. The file must exist.
pub fn realpath(name: &[u8]) -> io::Result<Vec<u8>> {
    fs::canonicalize(path(name)).map(|path| path.into_os_string().into_vec())
}

/// What one asks to be allowed to do; nothing of it asks whether the file is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Access {
    pub read: bool,
    pub write: bool,
    pub execute: bool,
}

/// Whether the real user may do that.
pub fn access(name: &[u8], access: Access) -> io::Result<()> {
    let mut mode = libc::F_OK;
    for (wanted, bit) in [(access.read, libc::R_OK), (access.write, libc::W_OK), (access.execute, libc::X_OK)]
    {
        if wanted {
            mode |= bit;
        }
    }
    let name = c_string(name)?;
    // SAFETY: the string ends with NUL.
    check(unsafe { libc::access(name.as_ptr(), mode) })
}

/// The names in a folder, without `.` and `..`, in the system's order.
pub fn list(name: &[u8]) -> io::Result<Vec<Vec<u8>>> {
    fs::read_dir(path(name))?.map(|entry| entry.map(|entry| entry.file_name().into_vec())).collect()
}

/// Makes a folder, with those above it if wanted.
pub fn create_dir(name: &[u8], permissions: u32, recursive: bool) -> io::Result<()> {
    fs::DirBuilder::new().mode(permissions).recursive(recursive).create(path(name))
}

/// Removes an empty folder.
pub fn remove_dir(name: &[u8]) -> io::Result<()> {
    fs::remove_dir(path(name))
}

/// Removes a file or a link.
pub fn remove_file(name: &[u8]) -> io::Result<()> {
    fs::remove_file(path(name))
}

/// Renames within one file system.
pub fn rename(from: &[u8], to: &[u8]) -> io::Result<()> {
    fs::rename(path(from), path(to))
}

/// Makes `link` another name of a file.
pub fn hard_link(target: &[u8], link: &[u8]) -> io::Result<()> {
    fs::hard_link(path(target), path(link))
}

/// Makes `link` point to a path.
pub fn symlink(target: &[u8], link: &[u8]) -> io::Result<()> {
    std::os::unix::fs::symlink(path(target), path(link))
}

/// Where a link points.
pub fn read_link(name: &[u8]) -> io::Result<Vec<u8>> {
    fs::read_link(path(name)).map(|path| path.into_os_string().into_vec())
}

/// Sets permissions.
pub fn change_mode(name: &[u8], permissions: u32) -> io::Result<()> {
    fs::set_permissions(path(name), fs::Permissions::from_mode(permissions))
}

/// Sets owner and group; nothing leaves one as it is. A link itself is changed when `follow` is false.
pub fn change_owner(name: &[u8], user: Option<u32>, group: Option<u32>, follow: bool) -> io::Result<()> {
    if follow {
        std::os::unix::fs::chown(path(name), user, group)
    } else {
        std::os::unix::fs::lchown(path(name), user, group)
    }
}

/// Sets the times of last access and change.
pub fn set_times(name: &[u8], accessed: Time, modified: Time) -> io::Result<()> {
    let name = c_string(name)?;
    let spec =
        |time: Time| libc::timespec { tv_sec: time.seconds, tv_nsec: libc::c_long::from(time.nanoseconds) };
    let times = [spec(accessed), spec(modified)];
    // SAFETY: the string ends with NUL, and two times are passed.
    check(unsafe { libc::utimensat(libc::AT_FDCWD, name.as_ptr(), times.as_ptr(), 0) })
}

/// Cuts a file or fills it with zeroes.
pub fn set_size(file: &File, size: u64) -> io::Result<()> {
    file.set_len(size)
}

/// Bytes on the file system of a path: all, and those that may still be used.
pub fn disk_space(name: &[u8]) -> io::Result<(f64, f64)> {
    let name = c_string(name)?;
    // SAFETY: the structure is made of integers, for which zero is a value.
    let mut raw: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: the string ends with NUL and `raw` may be written.
    check(unsafe { libc::statvfs(name.as_ptr(), &raw mut raw) })?;
    let unit = if raw.f_frsize > 0 { raw.f_frsize } else { raw.f_bsize } as f64;
    Ok((unit * raw.f_blocks as f64, unit * raw.f_bavail as f64))
}

/// Sets the mask of permissions that new files do not get, and gives the old one. It is the process's.
pub fn umask(mask: u32) -> u32 {
    // SAFETY: takes and gives a number.
    unsafe { libc::umask(mask) }
}

/// Makes a new file in `directory` whose name begins with `prefix`, readable by its owner only.
pub fn create_temporary(directory: &[u8], prefix: &[u8]) -> io::Result<(File, Vec<u8>)> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for _ in 0..100 {
        let mut name = directory.to_vec();
        if !name.ends_with(b"/") {
            name.push(b'/');
        }
        name.extend_from_slice(prefix);
        let mut number = crate::random::u64()?;
        for _ in 0..6 {
            name.push(LETTERS[(number % 62) as usize]);
            number /= 62;
        }
        let mode =
            OpenMode { read: true, exclusive: true, truncate: false, permissions: 0o600, ..OpenMode::WRITE };
        match open(&name, mode) {
            Ok(file) => return Ok((file, name)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from_raw_os_error(libc::EEXIST))
}

/// How a file is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// With others that read.
    Shared,
    /// Alone.
    Exclusive,
    /// Not any more.
    None,
}

/// Locks a file for this open file. When somebody else has it, waits, or fails with
/// [`WouldBlock`](io::ErrorKind::WouldBlock).
pub fn lock(file: &File, lock: Lock, wait: bool) -> io::Result<()> {
    let mut operation = match lock {
        Lock::Shared => libc::LOCK_SH,
        Lock::Exclusive => libc::LOCK_EX,
        Lock::None => libc::LOCK_UN,
    };
    if !wait {
        operation |= libc::LOCK_NB;
    }
    loop {
        // SAFETY: the descriptor is open while `file` is borrowed.
        match check(unsafe { libc::flock(file.as_raw_fd(), operation) }) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Makes reads and writes wait, or fail with [`WouldBlock`](io::ErrorKind::WouldBlock) instead.
pub fn set_blocking(file: &File, blocking: bool) -> io::Result<()> {
    // SAFETY: the descriptor is open while `file` is borrowed; both calls take numbers.
    let flags = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GETFL) };
    if flags < 0 {
        return Err(io::Error::last_os_error());
    }
    let flags = if blocking { flags & !libc::O_NONBLOCK } else { flags | libc::O_NONBLOCK };
    // SAFETY: as above.
    check(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETFL, flags) })
}

/// Another handle of an open descriptor of the process: 0, 1 and 2 are the standard streams.
pub fn duplicate(descriptor: i32) -> io::Result<File> {
    // SAFETY: takes numbers; a descriptor that is not open is an error.
    let copy = unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, 3) };
    if copy < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the system just made it, and nobody else owns it.
    Ok(unsafe { <File as std::os::fd::FromRawFd>::from_raw_fd(copy) })
}

/// The folder for temporary files: `TMPDIR` when it is set, else `/tmp`.
pub fn temporary_dir(env: &crate::env::Env) -> Vec<u8> {
    match env.get(b"TMPDIR").filter(|path| !path.is_empty()) {
        Some(path) if path.len() > 1 => path.strip_suffix(b"/").unwrap_or(path).to_vec(),
        Some(path) => path.to_vec(),
        None => b"/tmp".to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// A folder that is removed at the end.
    struct Folder(Vec<u8>);

    impl Folder {
        fn new(name: &str) -> Folder {
            let path =
                format!("{}/phalanx-host-{}-{name}", std::env::temp_dir().display(), std::process::id());
            create_dir(path.as_bytes(), 0o700, true).unwrap();
            Folder(path.into_bytes())
        }

        fn path(&self, name: &str) -> Vec<u8> {
            [&self.0[..], b"/", name.as_bytes()].concat()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(path(&self.0)));
        }
    }

    #[test]
    fn files_are_written_and_read() {
        let folder = Folder::new("files");
        let name = folder.path("a\u{e4}");
        open(&name, OpenMode::WRITE).unwrap().write_all(b"hello").unwrap();
        let (content, stat) = read_file(&name).unwrap();
        assert_eq!((&content[..], stat.size, stat.is_file()), (&b"hello"[..], 5, true));
        let append = OpenMode { append: true, truncate: false, ..OpenMode::WRITE };
        open(&name, append).unwrap().write_all(b"!").unwrap();
        assert_eq!(read_file(&name).unwrap().0, b"hello!");
        let exclusive = OpenMode { exclusive: true, ..OpenMode::WRITE };
        assert_eq!(open(&name, exclusive).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(read_file(&folder.0).unwrap_err().raw_os_error(), Some(libc::EISDIR));
        assert_eq!(read_file(b"/none\0").unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn names_and_links() {
        let folder = Folder::new("names");
        let (file, link) = (folder.path("f"), folder.path("l"));
        open(&file, OpenMode::WRITE).unwrap();
        symlink(&file, &link).unwrap();
        assert_eq!(read_link(&link).unwrap(), file);
        assert!(lstat(&link).unwrap().is_link() && stat(&link).unwrap().is_file());
        assert_eq!(realpath(&link).unwrap(), realpath(&file).unwrap());
        let mut names = list(&folder.0).unwrap();
        names.sort();
        assert_eq!(names, [b"f", b"l"]);
        rename(&file, &folder.path("g")).unwrap();
        assert_eq!(stat(&link).unwrap_err().raw_os_error(), Some(libc::ENOENT));
        assert_eq!(remove_dir(&folder.0).unwrap_err().raw_os_error(), Some(libc::ENOTEMPTY));
    }

    #[test]
    fn times_and_permissions() {
        let folder = Folder::new("times");
        let file = folder.path("f");
        open(&file, OpenMode::WRITE).unwrap();
        let time = Time { seconds: 1_000_000_000, nanoseconds: 5 };
        set_times(&file, time, time).unwrap();
        change_mode(&file, 0o640).unwrap();
        let stat = stat(&file).unwrap();
        assert_eq!((stat.modified, stat.mode & 0o777), (time, 0o640));
        assert!(access(&file, Access { read: true, ..Access::default() }).is_ok());
        assert!(disk_space(&folder.0).unwrap().0 > 0.0);
    }

    #[test]
    fn locks_exclude() {
        let folder = Folder::new("locks");
        let (file, name) = create_temporary(&folder.0, b"x").unwrap();
        assert_eq!(stat(&name).unwrap().mode & 0o777, 0o600);
        let other = open(&name, OpenMode::READ).unwrap();
        lock(&file, Lock::Exclusive, false).unwrap();
        assert_eq!(lock(&other, Lock::Shared, false).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        lock(&file, Lock::None, true).unwrap();
        lock(&other, Lock::Shared, false).unwrap();
    }
}
