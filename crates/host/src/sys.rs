//! What the other modules share: byte strings for the system, and its errors.

use std::ffi::{CString, OsStr};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A byte string as a path of the standard library.
pub(crate) fn path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// A byte string with a NUL at its end; one inside is an error.
pub(crate) fn c_string(bytes: &[u8]) -> io::Result<CString> {
    CString::new(bytes).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

/// The result of a call that gives 0, or -1 and an error code.
pub(crate) fn check(result: libc::c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// What the system calls an error, as PHP prints it: `No such file or directory`.
pub fn error_text(error: &io::Error) -> String {
    let text = error.to_string();
    // The standard library adds the code to the system's text.
    match text.rfind(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_system_s() {
        assert_eq!(error_text(&io::Error::from_raw_os_error(libc::ENOENT)), "No such file or directory");
        assert_eq!(error_text(&c_string(b"a\0b").unwrap_err()), "Invalid argument");
    }
}
