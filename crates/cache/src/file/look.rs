//! A file of the cache, shown to people.
//!
//! Nothing is run or believed. The file is copied first, so it may change or vanish meanwhile; its image is taken apart only
//! where this build has made it, since others lay it out in another way, and only once the verifier has accepted it.

use std::io::{self, Read};

use phalanx_bytecode::anatomy::Anatomy;
use phalanx_host::error_text;
use phalanx_host::fs::{self, OpenMode, Stat};

use super::SystemId;
use super::format::{self, HEADER};
use super::store::MAX_FILE;
use crate::fetch::FileStamp;

/// A file of the cache, as it was when it was read.
#[derive(Clone, Debug)]
pub struct CacheFile {
    /// The build that made it.
    pub system: SystemId,
    /// Path of the script.
    pub path: Vec<u8>,
    /// The state that the script was in.
    pub stamp: FileStamp,
    /// Settings that compiling depends on.
    pub options: u64,
    /// Whether the checksum is right.
    pub checksum: bool,
    bytes: Vec<u8>,
    image: usize,
}

/// The script of a file, compared with what was compiled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Script {
    /// It has the size and the time of change that it had.
    Unchanged,
    /// It has others.
    Changed(FileStamp),
    /// There is no such file.
    Gone,
    /// It cannot be looked at; the text says why.
    Unknown(String),
}

impl CacheFile {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or is no cache file, or not all of one.
    pub fn read(place: &[u8]) -> Result<Self, String> {
        let text = |error: io::Error| error_text(&error);
        // A pipe without a writer would keep the caller waiting.
        let mode = OpenMode { non_blocking: true, ..OpenMode::READ };
        let file = fs::open(place, mode).map_err(text)?;
        let stat = Stat::of(&file).map_err(text)?;
        if stat.is_dir() {
            return Err("Is a directory".to_string());
        }
        if !stat.is_file() || stat.size > MAX_FILE {
            return Err("it is no cache file".to_string());
        }
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(stat.size as usize + 1).map_err(|_| "Cannot allocate memory".to_string())?;
        file.take(MAX_FILE).read_to_end(&mut bytes).map_err(text)?;
        Self::of(bytes)
    }

    /// The file whose bytes these are.
    fn of(bytes: Vec<u8>) -> Result<Self, String> {
        let (header, image) = format::decode(&bytes, false)?;
        Ok(Self {
            system: SystemId::from_bytes(header.system),
            path: header.path.to_vec(),
            stamp: header.stamp,
            options: header.options,
            checksum: format::is_sealed(&bytes),
            bytes,
            image,
        })
    }

    /// Bytes of the file.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes of the header with the path.
    pub fn header_size(&self) -> usize {
        HEADER + self.path.len()
    }

    /// Where the image begins, behind the header and what fills it up.
    pub fn image_offset(&self) -> usize {
        self.image
    }

    /// The image, which may be anything.
    pub fn image(&self) -> &[u8] {
        &self.bytes[self.image..]
    }

    /// What the image consists of.
    ///
    /// # Errors
    /// Why `build`, which asks, would not run it. That the checksum is wrong is no reason, as it may be switched off.
    pub fn anatomy(&self, build: SystemId) -> Result<Anatomy, String> {
        if self.system != build {
            return Err("it was made by another build".to_string());
        }
        let anatomy = Anatomy::of_image(self.image())?;
        if anatomy.path != self.path {
            return Err("its code is of another script".to_string());
        }
        Ok(anatomy)
    }

    /// What has become of the script.
    pub fn script(&self) -> Script {
        match fs::stat(&self.path) {
            Ok(stat) => {
                let (seconds, nanos) = (stat.modified.seconds, stat.modified.nanoseconds);
                let now = FileStamp { seconds, nanos, size: stat.size };
                if now == self.stamp { Script::Unchanged } else { Script::Changed(now) }
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Script::Gone
            }
            Err(error) => Script::Unknown(error_text(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use phalanx_bytecode::draft::{FunctionDraft, Literal, UnitDraft};
    use phalanx_bytecode::{Kind, Op, Opcode};

    use super::super::format::Header;
    use super::*;

    fn bytes(path: &[u8]) -> Vec<u8> {
        let code = vec![Op::new(Opcode::RETURN).with_a(Kind::Lit, 0)];
        let literals = vec![Literal::Str(b"text".as_slice().into())];
        let main = FunctionDraft { code, literals, lines: vec![1], ..FunctionDraft::default() };
        let draft = UnitDraft {
            path: b"/srv/a.php".as_slice().into(),
            functions: vec![main],
            ..UnitDraft::default()
        };
        let stamp = FileStamp { seconds: 5, nanos: 6, size: 7 };
        let header = Header { system: [3; 16], stamp, options: 9, path };
        format::encode(&header, phalanx_bytecode::assemble(&draft).bytes())
    }

    const BUILD: [u8; 16] = [3; 16];

    #[test]
    fn a_file_tells_of_itself() {
        let file = CacheFile::of(bytes(b"/srv/a.php")).unwrap();
        assert_eq!((file.header_size(), file.image_offset(), file.options), (90, 96, 9));
        assert_eq!(file.size(), 96 + file.image().len());
        assert!(file.checksum);
        assert_eq!(file.script(), Script::Gone);
        assert_eq!(file.anatomy(SystemId::from_bytes(BUILD)).unwrap().path, b"/srv/a.php");
        let problem = file.anatomy(SystemId::from_bytes([4; 16])).unwrap_err();
        assert_eq!(problem, "it was made by another build");
        let other = CacheFile::of(bytes(b"/srv/b.php")).unwrap();
        let problem = other.anatomy(SystemId::from_bytes(BUILD)).unwrap_err();
        assert_eq!(problem, "its code is of another script");
    }

    /// Whatever byte is changed, the answer is an error or adds up.
    #[test]
    fn damaged_files_are_no_panic() {
        let good = bytes(b"/srv/a.php");
        for at in 0..good.len() {
            for flip in [1, 0x80, 0xFF] {
                let mut bad = good.clone();
                bad[at] ^= flip;
                let Ok(file) = CacheFile::of(bad) else { continue };
                assert!(!file.checksum, "byte {at}");
                let Ok(anatomy) = file.anatomy(SystemId::from_bytes(BUILD)) else { continue };
                let mut end = 0;
                for part in &anatomy.parts {
                    assert!(part.offset >= end, "byte {at}");
                    end = part.offset + part.len;
                }
                assert!(end <= file.image().len(), "byte {at}");
            }
            assert!(CacheFile::of(good[..at].to_vec()).is_err());
        }
    }
}
