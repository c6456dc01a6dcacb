//! The folder of the file cache: finding, writing and removing files.

use std::io::{self, Read, Write};

use phalanx_bytecode::unit::Image;
use phalanx_host::fs::{self, Access, OpenMode, Stat};
use phalanx_host::{error_text, system};
use phalanx_value::string::hash_bytes;

use super::format::{self, Header};
use crate::fetch::FileStamp;

/// Nobody but the owner may write.
const OTHERS_WRITE: u32 = 0o022;
/// What is larger is no file of ours: images are addressed with 31 bits.
pub(super) const MAX_FILE: u64 = 1 << 31;

/// What an image depends on beside its script.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SystemId([u8; 16]);

impl SystemId {
    /// The id of a build whose properties are these, in any form that tells builds apart.
    pub fn of(properties: &[u8]) -> Self {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&hash_bytes(properties).to_be_bytes());
        id[8..].copy_from_slice(&hash_bytes(&[properties, b"second half"].concat()).to_be_bytes());
        Self(id)
    }

    /// The id that a file holds.
    pub(super) fn from_bytes(id: [u8; 16]) -> Self {
        Self(id)
    }

    /// As the name of a folder: 32 hexadecimal digits.
    pub fn name(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// How a file cache is used.
#[derive(Clone, Debug)]
pub struct FileCacheOptions {
    /// `opcache.file_cache`.
    pub folder: Vec<u8>,
    /// `opcache.file_cache_read_only`: files are used, and never written or removed.
    pub read_only: bool,
    /// `opcache.file_cache_consistency_checks`: compare checksums.
    pub consistency_checks: bool,
    /// `opcache.validate_timestamps`: a file is good for one state of the script.
    pub validate_timestamps: bool,
}

/// A file cache.
#[derive(Debug)]
pub struct FileCache {
    options: FileCacheOptions,
    system: SystemId,
    /// The folder of this build.
    home: Vec<u8>,
}

/// What the file cache has for a script.
pub enum Found {
    /// Its image, and the state of the script that it was made from.
    Image(Image, FileStamp),
    /// Nothing, or only for another state of the script.
    Nothing,
    /// A file that must not be used, and why.
    Refused(String),
}

impl FileCache {
    /// Uses a folder.
    ///
    /// # Errors
    /// What is wrong with the folder.
    pub fn open(options: FileCacheOptions, system: SystemId) -> Result<Self, String> {
        let folder = String::from_utf8_lossy(&options.folder).into_owned();
        let problem = |why: &str| {
            format!("opcache.file_cache must be a full path of accessible directory ({folder}: {why})")
        };
        if !options.folder.starts_with(b"/") {
            return Err(problem("not a full path"));
        }
        let stat = fs::stat(&options.folder).map_err(|error| problem(&error_text(&error)))?;
        if !stat.is_dir() {
            return Err(problem("Not a directory"));
        }
        let access = Access { read: true, write: !options.read_only, execute: true };
        fs::access(&options.folder, access).map_err(|error| problem(&error_text(&error)))?;
        let home = [&options.folder[..], b"/", system.name().as_bytes()].concat();
        let cache = Self { options, system, home };
        match fs::lstat(&cache.home) {
            Ok(stat) => cache.trust_home(&stat)?,
            // It is made with the first file.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(problem(&error_text(&error))),
        }
        Ok(cache)
    }

    /// The folder as configured.
    pub fn folder(&self) -> &[u8] {
        &self.options.folder
    }

    fn trust_home(&self, stat: &Stat) -> Result<(), String> {
        let home = String::from_utf8_lossy(&self.home);
        if !stat.is_dir() {
            return Err(format!("opcache.file_cache: {home} is not a directory"));
        }
        trust(stat).map_err(|why| format!("opcache.file_cache: {home} {why}"))
    }

    /// Where the file of a script is; none for what is no file of this system.
    fn place(&self, path: &[u8]) -> Option<Vec<u8>> {
        (path.starts_with(b"/") && !path.contains(&0)).then(|| [&self.home[..], path, b".bin"].concat())
    }

    /// Looks for the image of a script. `stamp` is the state that its file is in, `options` the settings that compiling
    /// depends on.
    pub fn load(&self, path: &[u8], stamp: Option<FileStamp>, options: u64) -> Found {
        let Some(place) = self.place(path) else { return Found::Nothing };
        match self.read(&place, path, stamp, options) {
            Ok(Some((image, stamp))) => Found::Image(image, stamp),
            Ok(None) => Found::Nothing,
            Err(why) => {
                let place = String::from_utf8_lossy(&place);
                Found::Refused(format!("opcache cannot use file {place}: {why}"))
            }
        }
    }

    fn read(
        &self,
        place: &[u8],
        path: &[u8],
        stamp: Option<FileStamp>,
        options: u64,
    ) -> Result<Option<(Image, FileStamp)>, String> {
        let mode = OpenMode { non_blocking: true, no_follow: true, ..OpenMode::READ };
        let file = match fs::open(place, mode) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error_text(&error)),
        };
        let stat = Stat::of(&file).map_err(|error| error_text(&error))?;
        if !stat.is_file() || stat.size > MAX_FILE {
            return Err("it is no cache file".to_string());
        }
        trust(&stat).map_err(|why| format!("it {why}"))?;
        let mut bytes = Vec::new();
        let size = stat.size as usize + 1;
        bytes.try_reserve_exact(size).map_err(|_| "Cannot allocate memory".to_string())?;
        file.take(MAX_FILE).read_to_end(&mut bytes).map_err(|error| error_text(&error))?;
        let (header, start) = format::decode(&bytes, self.options.consistency_checks)?;
        if header.system != self.system.0 {
            return Err("it was made by another build".to_string());
        }
        if header.path != path {
            return Err("it is of another script".to_string());
        }
        if header.options != options || self.options.validate_timestamps && Some(header.stamp) != stamp {
            return Ok(None);
        }
        let stamp = header.stamp;
        let image = Image::verify(bytes.split_off(start))?;
        if image.path() != path {
            return Err("its code is of another script".to_string());
        }
        Ok(Some((image, stamp)))
    }

    /// Writes the file of a script, over one that is there. One that would not be accepted is not written.
    ///
    /// # Errors
    /// What to tell of why there is none now.
    pub fn store(&self, path: &[u8], image: &Image, stamp: FileStamp, options: u64) -> Result<(), String> {
        let Some(place) = self.place(path) else { return Ok(()) };
        if self.options.read_only || !image.is_verifiable() {
            return Ok(());
        }
        let header = Header { system: self.system.0, stamp, options, path };
        let problem = |error: &io::Error| {
            let place = String::from_utf8_lossy(&place);
            format!("opcache cannot write to file {place}: {}", error_text(error))
        };
        let name = place.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
        let folder = &place[..name];
        self.make(folder)?;
        let bytes = format::encode(&header, image.bytes());
        // Nobody looks for a name that does not end like the names of scripts' files.
        let (mut file, temporary) =
            fs::create_temporary(folder, b".new-").map_err(|error| problem(&error))?;
        let written = file.write_all(&bytes).and_then(|()| fs::rename(&temporary, &place));
        written.map_err(|error| {
            // It is of no use, and telling of one problem is enough.
            let _ = fs::remove_file(&temporary);
            problem(&error)
        })
    }

    /// Makes the folder of a file, for the user of the process alone.
    fn make(&self, folder: &[u8]) -> Result<(), String> {
        let problem = |error: &io::Error| {
            let folder = String::from_utf8_lossy(folder);
            format!("opcache cannot create directory for file caching ({folder}): {}", error_text(error))
        };
        if !fs::lstat(folder).is_ok_and(|stat| stat.is_dir()) {
            fs::create_dir(folder, 0o700, true).map_err(|error| problem(&error))?;
        }
        // Somebody else may have made it, where anybody may make folders.
        let home = fs::lstat(&self.home).map_err(|error| problem(&error))?;
        self.trust_home(&home)
    }

    /// Removes the file of a script: `opcache_invalidate()`.
    pub fn invalidate(&self, path: &[u8]) {
        if let Some(place) = self.place(path).filter(|_| !self.options.read_only) {
            // Most often there is none.
            let _ = fs::remove_file(&place);
        }
    }
}

/// Whether what the process is to believe may have been written by somebody else.
fn trust(stat: &Stat) -> Result<(), &'static str> {
    let owner = stat.uid;
    if owner != 0 && owner != system::effective_user_id() {
        return Err("belongs to another user");
    }
    if stat.mode & OTHERS_WRITE != 0 {
        return Err("can be written by other users");
    }
    Ok(())
}
