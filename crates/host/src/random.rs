//! Random bytes that nobody can guess.
//!
//! # Safety
//!
//! The one call gets a pointer and the length of the same slice.
#![allow(unsafe_code, reason = "a system call")]

use std::io;

/// Fills `bytes`.
pub fn fill(bytes: &mut [u8]) -> io::Result<()> {
    let mut left = bytes;
    while !left.is_empty() {
        // SAFETY: pointer and length are those of a slice that may be written.
        let count = unsafe { libc::getrandom(left.as_mut_ptr().cast(), left.len(), 0) };
        match usize::try_from(count) {
            Ok(count) => left = &mut left[count..],
            Err(_) => match io::Error::last_os_error() {
                error if error.kind() == io::ErrorKind::Interrupted => {}
                error => return Err(error),
            },
        }
    }
    Ok(())
}

/// A random number.
pub fn u64() -> io::Result<u64> {
    let mut bytes = [0; 8];
    fill(&mut bytes)?;
    Ok(u64::from_ne_bytes(bytes))
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes_differ() {
        let mut bytes = [0; 1000];
        super::fill(&mut bytes).unwrap();
        // One value in 256 is expected four times; all the same has a chance of 256^-999.
        assert!(bytes.iter().any(|&byte| byte != bytes[0]));
    }
}
