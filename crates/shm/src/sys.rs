//! The few system calls and instructions that this crate stands on, each behind a small typed function.
//!
//! Nothing here knows about segments or locks. Everything that is particular to Linux or to x86-64 lives in this folder.

pub(crate) mod futex;
pub(crate) mod memory;
pub(crate) mod pku;
pub(crate) mod thread;

/// Turns the result of a system call into a [`std::io::Result`].
fn check(result: i64) -> std::io::Result<i64> {
    if result < 0 { Err(std::io::Error::last_os_error()) } else { Ok(result) }
}
