//! Whose cache is shown.

use phalanx_engine::watch::process::{self, Candidate};
use phalanx_engine::watch::{Detail, Picture};
use phalanx_host::{clock, processes};

use super::file::File;
use super::options::Target;
use super::text;

/// Where a picture comes from.
pub enum Source {
    /// A running process.
    Process(Candidate),
    /// A file of the file cache.
    File(Box<File>),
}

/// What was seen there.
pub struct Seen {
    /// Whose cache it is.
    pub process: Candidate,
    /// The cache.
    pub picture: Picture,
    /// When it was looked at, in seconds since 1970.
    pub now: u64,
}

impl Source {
    /// What was asked for, or the only process that there is.
    pub fn choose(target: &Target) -> Result<Source, String> {
        match target {
            Target::Any => Self::only_process(),
            &Target::Pid(pid) => {
                let command = processes::command_line(pid).unwrap_or_default();
                Ok(Source::Process(Candidate { pid, command, shared_with: Vec::new() }))
            }
            Target::File(name) => File::read(name).map(|file| Source::File(Box::new(file))),
        }
    }

    fn only_process() -> Result<Source, String> {
        let mut found = process::candidates()
            .map_err(|error| format!("/proc cannot be read: {}", phalanx_host::error_text(&error)))?;
        match found.len() {
            0 => Err("no process of this user has an opcode cache".into()),
            1 => Ok(Source::Process(found.remove(0))),
            _ => {
                let mut message = String::from("several processes have opcode caches; choose one by --pid:");
                for candidate in &found {
                    message.push_str(&format!(
                        "\n{:>10}  {}",
                        candidate.pid,
                        text::command(&candidate.command)
                    ));
                }
                Err(message)
            }
        }
    }
}

impl Seen {
    /// Takes the picture of a process.
    pub fn of(process: Candidate, detail: Detail) -> Result<Seen, String> {
        let picture = process::picture(process.pid, detail).map_err(|error| error.to_string())?;
        let now = u64::try_from(clock::now().seconds).unwrap_or(0);
        Ok(Seen { process, picture, now })
    }
}
