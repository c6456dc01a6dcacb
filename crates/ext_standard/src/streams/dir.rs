//! Folders as streams of names.

use super::device::{Device, Whence};
use phalanx_vm::{Context, PhpResult};
use std::io;

/// The names in a folder; one is read at a time.
pub struct DirDevice {
    names: Vec<Vec<u8>>,
    at: usize,
}

impl DirDevice {
    /// With these names.
    pub fn new(names: Vec<Vec<u8>>) -> DirDevice {
        DirDevice { names, at: 0 }
    }
}

impl Device for DirDevice {
    fn read(&mut self, _: &mut Context, buffer: &mut Vec<u8>, _: usize) -> PhpResult<io::Result<usize>> {
        let Some(name) = self.names.get(self.at) else { return Ok(Ok(0)) };
        self.at += 1;
        buffer.extend_from_slice(name);
        Ok(Ok(name.len()))
    }

    fn write(&mut self, _: &mut Context, _: &[u8]) -> PhpResult<io::Result<usize>> {
        Ok(Err(io::Error::from_raw_os_error(9)))
    }

    fn seek(&mut self, _: &mut Context, _: i64, _: Whence) -> PhpResult<Option<u64>> {
        self.at = 0;
        Ok(Some(0))
    }

    fn is_seekable(&self) -> bool {
        true
    }
}
