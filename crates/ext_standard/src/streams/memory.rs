//! Streams in memory: `php://memory`, `php://temp`, `data:`.

use super::device::{Device, Whence};
use phalanx_host::clock::Time;
use phalanx_host::fs::Stat;
use phalanx_vm::{Context, PhpResult};
use std::io;

/// Bytes in memory.
pub struct MemoryDevice {
    bytes: Vec<u8>,
    at: usize,
    writable: bool,
    append: bool,
}

impl MemoryDevice {
    /// With content; read-only unless `writable`.
    pub fn new(bytes: Vec<u8>, writable: bool, append: bool) -> MemoryDevice {
        MemoryDevice { bytes, at: 0, writable, append }
    }
}

impl Device for MemoryDevice {
    fn read(&mut self, _: &mut Context, buffer: &mut Vec<u8>, max: usize) -> PhpResult<io::Result<usize>> {
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        let count = rest.len().min(max);
        buffer.extend_from_slice(&rest[..count]);
        self.at += count;
        Ok(Ok(count))
    }

    fn write(&mut self, _: &mut Context, bytes: &[u8]) -> PhpResult<io::Result<usize>> {
        if !self.writable {
            return Ok(Err(io::Error::from_raw_os_error(9)));
        }
        if self.append {
            self.at = self.bytes.len();
        }
        let end = self.at + bytes.len();
        if end > self.bytes.len() {
            self.bytes.resize(end, 0);
        }
        self.bytes[self.at..end].copy_from_slice(bytes);
        self.at = end;
        Ok(Ok(bytes.len()))
    }

    fn seek(&mut self, _: &mut Context, offset: i64, whence: Whence) -> PhpResult<Option<u64>> {
        let base = match whence {
            Whence::Start => 0,
            Whence::Current => self.at as i64,
            Whence::End => self.bytes.len() as i64,
        };
        match base.checked_add(offset).and_then(|place| usize::try_from(place).ok()) {
            Some(place) => {
                self.at = place;
                Ok(Some(place as u64))
            }
            None => Ok(None),
        }
    }

    fn is_seekable(&self) -> bool {
        true
    }

    fn stat(&mut self, _: &mut Context) -> PhpResult<Option<Stat>> {
        let never = Time { seconds: 0, nanoseconds: 0 };
        Ok(Some(Stat {
            dev: 0xc,
            ino: 0,
            mode: if self.writable { 0o100_666 } else { 0o100_444 },
            nlink: 1,
            uid: 0,
            gid: 0,
            rdev: u64::MAX,
            size: self.bytes.len() as u64,
            accessed: never,
            modified: never,
            changed: never,
            blksize: u64::MAX,
            blocks: u64::MAX,
        }))
    }

    fn can_truncate(&self) -> bool {
        self.writable
    }

    fn truncate(&mut self, _: &mut Context, size: u64) -> PhpResult<bool> {
        let Ok(size) = usize::try_from(size) else { return Ok(false) };
        self.bytes.resize(size, 0);
        self.at = self.at.min(size);
        Ok(true)
    }

    fn set_blocking(&mut self, _: bool) -> bool {
        true
    }
}

/// `php://output`: what `echo` writes to.
pub struct OutputDevice;

impl Device for OutputDevice {
    fn read(&mut self, _: &mut Context, _: &mut Vec<u8>, _: usize) -> PhpResult<io::Result<usize>> {
        Ok(Ok(0))
    }

    fn write(&mut self, cx: &mut Context, bytes: &[u8]) -> PhpResult<io::Result<usize>> {
        cx.echo(bytes)?;
        Ok(Ok(bytes.len()))
    }
}
