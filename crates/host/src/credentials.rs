//! One thread that is another user for a while.
//!
//! To the kernel, users and groups are the threads' own; the C library hides that by changing those of all threads at once.
//! Here the kernel is asked directly, so the other threads stay who they are. Threads that are started meanwhile are that user
//! for good.
//!
//! # Safety
//!
//! Calls get numbers, and lists that live across the call.
#![allow(unsafe_code, reason = "system calls")]

use std::io;
use std::marker::PhantomData;

/// This thread is another user as long as this lives. It can come back because its saved user is still root.
pub struct ThreadUser {
    groups: Vec<libc::gid_t>,
    group: libc::gid_t,
    thread: PhantomData<*const ()>,
}

impl ThreadUser {
    /// Makes the calling thread, which must be root's, the user of this name, with that user's groups.
    ///
    /// # Errors
    /// Those of the system; [`io::ErrorKind::NotFound`] if there is no such user. The thread is who it was then.
    pub fn become_user(name: &[u8]) -> io::Result<ThreadUser> {
        let name = crate::sys::c_string(name)?;
        let (user, group) =
            crate::system::user_and_group(&name).ok_or(io::Error::from(io::ErrorKind::NotFound))?;
        let before =
            ThreadUser { groups: own_groups()?, group: crate::system::group_id(), thread: PhantomData };
        let groups = groups_of(&name, group);
        // Each step needs root's rights, so the user comes last. What fails half-way is undone by the drop.
        set_groups(&groups)?;
        set_group(group)?;
        set_user(user, 0)?;
        Ok(before)
    }
}

impl Drop for ThreadUser {
    fn drop(&mut self) {
        let back =
            set_user(0, 0).and_then(|()| set_group(self.group)).and_then(|()| set_groups(&self.groups));
        // Root may always be root again; who is not would run everything else with the wrong rights.
        if back.is_err() {
            std::process::abort();
        }
        // The kernel forbids dumps and profilers when the user changes; the process is root's as it was before.
        // SAFETY: takes numbers.
        unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 1) };
    }
}

fn result(code: libc::c_long) -> io::Result<()> {
    if code == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn set_groups(groups: &[libc::gid_t]) -> io::Result<()> {
    // SAFETY: the list lives across the call.
    result(unsafe { libc::syscall(libc::SYS_setgroups, groups.len(), groups.as_ptr()) })
}

fn set_group(group: libc::gid_t) -> io::Result<()> {
    // SAFETY: takes numbers.
    result(unsafe { libc::syscall(libc::SYS_setresgid, group, group, group) })
}

/// Sets the real and the effective user; `saved` is whom the thread may become again.
fn set_user(user: libc::uid_t, saved: libc::uid_t) -> io::Result<()> {
    // SAFETY: takes numbers.
    result(unsafe { libc::syscall(libc::SYS_setresuid, user, user, saved) })
}

fn own_groups() -> io::Result<Vec<libc::gid_t>> {
    // SAFETY: with no room, it only counts.
    let count = unsafe { libc::getgroups(0, std::ptr::null_mut()) };
    let mut groups = vec![0; usize::try_from(count).map_err(|_| io::Error::last_os_error())?];
    // SAFETY: room for as many as were counted; only this process could change them.
    let count = unsafe { libc::getgroups(count, groups.as_mut_ptr()) };
    groups.truncate(usize::try_from(count).map_err(|_| io::Error::last_os_error())?);
    Ok(groups)
}

/// The groups of a user whose own one is `group`.
fn groups_of(name: &std::ffi::CStr, group: libc::gid_t) -> Vec<libc::gid_t> {
    let mut groups: Vec<libc::gid_t> = vec![0; 64];
    loop {
        let mut count = groups.len() as libc::c_int;
        // SAFETY: room for `count` groups.
        let found = unsafe { libc::getgrouplist(name.as_ptr(), group, groups.as_mut_ptr(), &raw mut count) };
        let count = usize::try_from(count).unwrap_or(0);
        if found >= 0 || count <= groups.len() {
            groups.truncate(count);
            return groups;
        }
        groups.resize(count, 0);
    }
}
