//! The current folder of one PHP thread.
//!
//! The process has one current folder and PHP threads have one each, so a thread's is a value and each relative path is
//! joined to it before the system sees it. Joining does not fold `..`, which is the system's to follow through links.

use std::borrow::Cow;
use std::io;

use crate::fs;

/// A current folder: an absolute path without links in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cwd {
    path: Vec<u8>,
}

impl Cwd {
    /// The folder that the process was started in, or the root when that is gone.
    pub fn of_process() -> Cwd {
        let path = std::env::current_dir().map(|path| path.into_os_string().into_encoded_bytes());
        Cwd { path: path.unwrap_or_else(|_| b"/".to_vec()) }
    }

    /// The folder at an absolute path, which is not looked at.
    pub fn at(path: &[u8]) -> Cwd {
        Cwd { path: if path.is_empty() { b"/".to_vec() } else { path.to_vec() } }
    }

    /// The path.
    pub fn path(&self) -> &[u8] {
        &self.path
    }

    /// What `path` means from here, for the system. An empty path stays empty and so names nothing.
    pub fn resolve(&self, path: &[u8]) -> Vec<u8> {
        self.absolute(path).into_owned()
    }

    /// The same, without a copy of a path that is absolute.
    pub fn absolute<'p>(&self, path: &'p [u8]) -> Cow<'p, [u8]> {
        if path.is_empty() || path[0] == b'/' {
            return Cow::Borrowed(path);
        }
        let mut resolved = Vec::with_capacity(self.path.len() + 1 + path.len());
        resolved.extend_from_slice(&self.path);
        if !resolved.ends_with(b"/") {
            resolved.push(b'/');
        }
        resolved.extend_from_slice(path);
        Cow::Owned(resolved)
    }

    /// Goes to `path`, which must be a folder that may be entered.
    pub fn change(&mut self, path: &[u8]) -> io::Result<()> {
        let real = fs::realpath(&self.resolve(path))?;
        if !fs::stat(&real)?.is_dir() {
            return Err(io::Error::from_raw_os_error(libc::ENOTDIR));
        }
        fs::access(&real, fs::Access { execute: true, ..fs::Access::default() })?;
        self.path = real;
        Ok(())
    }
}

/// `path` without empty parts, `.` and `..`, by its text alone. For paths that need not exist.
pub fn normalize(path: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    let is_absolute = path.first() == Some(&b'/');
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if parts.last().is_some_and(|last| *last != b"..") => _ = parts.pop(),
            b".." if is_absolute => {}
            _ => parts.push(part),
        }
    }
    let mut result = if is_absolute { b"/".to_vec() } else { Vec::new() };
    result.extend_from_slice(&parts.join(&b'/'));
    if result.is_empty() { b".".to_vec() } else { result }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_are_joined() {
        let cwd = Cwd::at(b"/a/b");
        assert_eq!(cwd.resolve(b"c/../d"), b"/a/b/c/../d");
        assert_eq!(cwd.resolve(b"/x"), b"/x");
        assert_eq!(cwd.resolve(b""), b"");
        assert_eq!(Cwd::at(b"/").resolve(b"c"), b"/c");
    }

    #[test]
    fn folders_are_changed() {
        let mut cwd = Cwd::at(b"/");
        assert_eq!(cwd.change(b"usr/../usr/bin/..").map_err(|error| error.kind()), Ok(()));
        assert_eq!(cwd.path(), b"/usr");
        assert_eq!(cwd.change(b"none").unwrap_err().raw_os_error(), Some(libc::ENOENT));
        assert_eq!(Cwd::at(b"/etc").change(b"passwd").unwrap_err().raw_os_error(), Some(libc::ENOTDIR));
    }

    #[test]
    fn texts_are_normalized() {
        let check =
            |path: &str, wanted: &str| assert_eq!(normalize(path.as_bytes()), wanted.as_bytes(), "{path}");
        check("/a//b/./c/../d/", "/a/b/d");
        check("/../a", "/a");
        check("a/../../b", "../b");
        check("./", ".");
        check("/", "/");
    }
}
