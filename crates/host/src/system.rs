//! The machine and who is on it: names, ids, load.
//!
//! # Safety
//!
//! Calls fill structures or buffers that live across the call; names that come back are copied before anything else is called.
#![allow(unsafe_code, reason = "system calls")]

use std::ffi::CStr;
use std::io;

/// What uname(2) says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the manual page's")]
pub struct Names {
    pub sysname: String,
    pub nodename: String,
    pub release: String,
    pub version: String,
    pub machine: String,
}

/// Names of system and machine.
pub fn names() -> Names {
    // SAFETY: the structure is made of characters, for which zero is a value.
    let mut raw: libc::utsname = unsafe { std::mem::zeroed() };
    // SAFETY: `raw` is valid for writing.
    unsafe { libc::uname(&raw mut raw) };
    let text = |field: &[libc::c_char]| {
        // SAFETY: the system ends each field with NUL, and zeroes are there if it wrote nothing.
        unsafe { CStr::from_ptr(field.as_ptr()) }.to_string_lossy().into_owned()
    };
    Names {
        sysname: text(&raw.sysname),
        nodename: text(&raw.nodename),
        release: text(&raw.release),
        version: text(&raw.version),
        machine: text(&raw.machine),
    }
}

/// The machine's name.
pub fn host_name() -> String {
    names().nodename
}

/// Real user id.
pub fn user_id() -> u32 {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::getuid() }
}

/// Effective user id.
pub fn effective_user_id() -> u32 {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

/// Real group id.
pub fn group_id() -> u32 {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::getgid() }
}

/// The number of this process.
pub fn process_id() -> u32 {
    std::process::id()
}

/// The number of this thread.
pub fn thread_id() -> u32 {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::gettid() as u32 }
}

/// The name of a user.
pub fn user_name(id: u32) -> Option<String> {
    // SAFETY: the structure is made of integers and pointers, for which zero is a value.
    let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
    let mut buffer = vec![0u8; 16 * 1024];
    let mut found = std::ptr::null_mut();
    // SAFETY: all of it lives across the call, and the length is the buffer's.
    unsafe {
        libc::getpwuid_r(id, &raw mut entry, buffer.as_mut_ptr().cast(), buffer.len(), &raw mut found);
    }
    if found.is_null() {
        return None;
    }
    // SAFETY: the name lies in `buffer`, ended by NUL.
    Some(unsafe { CStr::from_ptr(entry.pw_name) }.to_string_lossy().into_owned())
}

/// The number of a user.
pub fn user_by_name(name: &[u8]) -> Option<u32> {
    user_and_group(&crate::sys::c_string(name).ok()?).map(|(user, _)| user)
}

/// The numbers of a user and of the group that is the user's own.
pub(crate) fn user_and_group(name: &CStr) -> Option<(u32, u32)> {
    // SAFETY: the structure is made of integers and pointers, for which zero is a value.
    let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
    let mut buffer = vec![0u8; 16 * 1024];
    let mut found = std::ptr::null_mut();
    let (space, size) = (buffer.as_mut_ptr().cast(), buffer.len());
    // SAFETY: all of it lives across the call, and the length is the buffer's.
    unsafe { libc::getpwnam_r(name.as_ptr(), &raw mut entry, space, size, &raw mut found) };
    (!found.is_null()).then_some((entry.pw_uid, entry.pw_gid))
}

/// The number of a group.
pub fn group_by_name(name: &[u8]) -> Option<u32> {
    let name = crate::sys::c_string(name).ok()?;
    // SAFETY: the structure is made of integers and pointers, for which zero is a value.
    let mut entry: libc::group = unsafe { std::mem::zeroed() };
    let mut buffer = vec![0u8; 16 * 1024];
    let mut found = std::ptr::null_mut();
    let (space, size) = (buffer.as_mut_ptr().cast(), buffer.len());
    // SAFETY: all of it lives across the call, and the length is the buffer's.
    unsafe { libc::getgrnam_r(name.as_ptr(), &raw mut entry, space, size, &raw mut found) };
    (!found.is_null()).then_some(entry.gr_gid)
}

/// The load of the machine over 1, 5 and 15 minutes.
pub fn load_average() -> io::Result<[f64; 3]> {
    let mut load = [0.0; 3];
    // SAFETY: room for three numbers.
    if unsafe { libc::getloadavg(load.as_mut_ptr(), 3) } == 3 {
        Ok(load)
    } else {
        Err(io::Error::last_os_error())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_there() {
        let names = names();
        assert_eq!(names.sysname, "Linux");
        assert!(!names.release.is_empty());
        assert_eq!(user_name(0).as_deref(), Some("root"));
        assert!(load_average().is_ok());
    }
}
