//! Finding the caches of running processes.
//!
//! A control region is among a process's open files, by its name ([`CONTROL_LINK`]); where the system has no files in memory,
//! it is in shared memory of the process, and is found if one is asked for by its id. Segments are found by what the region
//! lists: among the open files, or else at their address in the process's memory, which the system may refuse.

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant};

use phalanx_host::{processes, system};
use phalanx_shm::peek::{CONTROL_LINK, ControlPeek, HeapPeek, Peek, PeekError, SEGMENT_LINK, SegmentListing};

use super::{Detail, Error, Memory, Picture};

/// A process that has a cache.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// Its id.
    pub pid: u32,
    /// The words that it was started with.
    pub command: Vec<Vec<u8>>,
    /// Other processes that share its cache.
    pub shared_with: Vec<u32>,
}

/// The processes of this user that have caches, one for each cache: the one that made it, if it still runs.
///
/// # Errors
/// Those of the operating system, where `/proc` is not mounted.
pub fn candidates() -> io::Result<Vec<Candidate>> {
    let mut caches: BTreeMap<u64, (Option<u32>, Vec<u32>)> = BTreeMap::new();
    for pid in processes::of_user(system::effective_user_id())? {
        for control in control_files(pid).unwrap_or_default() {
            let (key, creator) = match ControlPeek::open(control) {
                Ok(control) => (control.identity(), Some(control.creator())),
                // Whoever chooses it is told what is the matter. Identities are odd, so this is none.
                Err(PeekError::Version(_) | PeekError::Damaged(_)) => (u64::from(pid) << 1, None),
                Err(_) => continue,
            };
            let (known, pids) = caches.entry(key).or_default();
            *known = creator;
            if !pids.contains(&pid) {
                pids.push(pid);
            }
        }
    }
    let mut found: Vec<Candidate> = caches
        .into_values()
        .filter_map(|(creator, pids)| {
            let pid = creator.filter(|creator| pids.contains(creator)).or(pids.first().copied())?;
            let command = processes::command_line(pid).unwrap_or_default();
            Some(Candidate {
                pid,
                command,
                shared_with: pids.into_iter().filter(|&other| other != pid).collect(),
            })
        })
        .collect();
    found.sort_by_key(|candidate| candidate.pid);
    Ok(found)
}

/// Makes a picture of the cache of a process.
///
/// # Errors
/// [`Error`].
pub fn picture(pid: u32, detail: Detail) -> Result<Picture, Error> {
    let files = control_files(pid).map_err(|error| refusal(pid, &error))?;
    let mut problem = None;
    let others = || controls_in_memory(pid).unwrap_or_default();
    for control in files.into_iter().chain(std::iter::once_with(others).flatten()) {
        let taken = ControlPeek::open(control).and_then(|control| take(&control, pid, detail));
        match taken {
            Ok(picture) => return Ok(picture),
            Err(PeekError::Foreign) => {}
            Err(error) => problem = problem.or(Some(error)),
        }
    }
    // What was read while the process ended says nothing.
    processes::owner(pid).map_err(|error| refusal(pid, &error))?;
    Err(problem.map_or(Error::NoCache(pid), |error| Error::Unreadable(pid, error)))
}

/// How often a picture is taken in the hope that it shows one instant, and for how long.
const TRIES: u32 = 4;
const PATIENCE: Duration = Duration::from_millis(80);

fn take(control: &ControlPeek, pid: u32, detail: Detail) -> Result<Picture, PeekError> {
    let start = Instant::now();
    let mut picture = Picture::take(control, &Process { pid }, detail)?;
    for _ in 1..TRIES {
        if picture.consistent || start.elapsed() > PATIENCE {
            break;
        }
        picture = Picture::take(control, &Process { pid }, detail)?;
    }
    Ok(picture)
}

fn refusal(pid: u32, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Error::NotPermitted(pid),
        _ => Error::NoProcess(pid),
    }
}

fn control_files(pid: u32) -> io::Result<Vec<Peek>> {
    let files = processes::open_files(pid, |link| link.starts_with(CONTROL_LINK.as_bytes()))?;
    Ok(files.into_iter().filter_map(|(_, file)| Peek::of_file(file).ok()).collect())
}

/// Control regions in memory that a process shares with its children, which has no file.
fn controls_in_memory(pid: u32) -> io::Result<Vec<Peek>> {
    let ranges = processes::shared_memory(pid)?;
    ranges
        .into_iter()
        .map(|(address, len)| Ok(Peek::of_memory(processes::memory(pid)?, address, len)))
        .collect()
}

struct Process {
    pid: u32,
}

impl Memory for Process {
    fn segment(&self, listing: &SegmentListing) -> Result<HeapPeek, PeekError> {
        // A segment that is in a file on disk has no name left.
        let is_wanted =
            |link: &[u8]| link.starts_with(SEGMENT_LINK.as_bytes()) || link.ends_with(b" (deleted)");
        for (_, file) in processes::open_files(self.pid, is_wanted)? {
            if let Ok(heap) =
                Peek::of_file(file).map_err(PeekError::from).and_then(|peek| HeapPeek::open(peek, listing))
            {
                return Ok(heap);
            }
        }
        HeapPeek::open(Peek::of_memory(processes::memory(self.pid)?, listing.address, listing.len), listing)
    }

    fn has_thread(&self, pid: u32, tid: u32) -> bool {
        processes::has_thread(pid, tid)
    }
}
