//! Writing bytes to standard output and error, and what these are connected to.
//!
//! # Safety
//!
//! Calls get a pointer and the length of the same slice, or a structure on the stack.
#![allow(unsafe_code, reason = "system calls")]

use std::io;

use crate::process::wait_writable;

/// One of the three streams that every process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Stream {
    /// What the process reads.
    Input = 0,
    /// What it prints.
    Output = 1,
    /// Where its complaints go.
    Error = 2,
}

/// Writes all of `bytes`, however often the system has to be asked. A reader that went away is
/// [`BrokenPipe`](io::ErrorKind::BrokenPipe); the process is not ended.
pub fn write_all(stream: Stream, bytes: &[u8]) -> io::Result<()> {
    let mut left = bytes;
    while !left.is_empty() {
        // SAFETY: pointer and length are those of a slice.
        let count = unsafe { libc::write(stream as i32, left.as_ptr().cast(), left.len()) };
        match usize::try_from(count) {
            Ok(count) => left = &left[count..],
            Err(_) => match io::Error::last_os_error() {
                error if error.kind() == io::ErrorKind::Interrupted => {}
                // Somebody else made the terminal or pipe that we share non-blocking.
                error if error.kind() == io::ErrorKind::WouldBlock => wait_writable(stream as i32)?,
                error => return Err(error),
            },
        }
    }
    Ok(())
}

/// Reads into `buffer`; 0 is the end.
pub fn read(buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        // SAFETY: pointer and length are those of a slice that may be written.
        let count = unsafe { libc::read(Stream::Input as i32, buffer.as_mut_ptr().cast(), buffer.len()) };
        match usize::try_from(count) {
            Ok(count) => return Ok(count),
            Err(_) => match io::Error::last_os_error() {
                error if error.kind() == io::ErrorKind::Interrupted => {}
                error => return Err(error),
            },
        }
    }
}

/// Whether a descriptor is a terminal.
pub fn is_terminal(descriptor: i32) -> bool {
    // SAFETY: takes a number; one that is not open is no terminal.
    unsafe { libc::isatty(descriptor) == 1 }
}

/// Rows and columns of the terminal behind a descriptor.
pub fn terminal_size(descriptor: i32) -> Option<(u16, u16)> {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: this request writes one winsize.
    let result = unsafe { libc::ioctl(descriptor, libc::TIOCGWINSZ, &raw mut size) };
    (result == 0).then_some((size.ws_row, size.ws_col))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_terminal() {
        assert!(!is_terminal(-1));
        assert_eq!(terminal_size(-1), None);
        assert!(write_all(Stream::Output, b"").is_ok());
    }
}
