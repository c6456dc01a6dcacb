//! Files, pipes and the three standard streams.

use super::device::{Device, Whence};
use phalanx_host::fs::{self, Lock, Stat};
use phalanx_vm::{Context, PhpResult};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// A file.
pub struct FileDevice {
    file: File,
    seekable: bool,
    /// Standard output: what `echo` has buffered goes before.
    flushes_output: bool,
    /// A file that is removed when it is closed.
    temporary: Option<Vec<u8>>,
    child: Option<std::process::Child>,
}

impl FileDevice {
    /// Of an open file.
    pub fn new(file: File) -> FileDevice {
        let seekable = Stat::of(&file).is_ok_and(|stat| stat.is_file() || stat.is_dir())
            || (&file).stream_position().is_ok();
        FileDevice { file, seekable, flushes_output: false, temporary: None, child: None }
    }

    /// Of standard output or error.
    pub fn output(file: File) -> FileDevice {
        let mut device = FileDevice::new(file);
        device.flushes_output = true;
        device
    }

    /// Of a file that is removed when it is closed.
    pub fn temporary(file: File, path: Vec<u8>) -> FileDevice {
        let mut device = FileDevice::new(file);
        device.temporary = Some(path);
        device
    }

    /// Of a pipe to a process, which is waited for when the pipe is closed.
    pub fn pipe(file: File, child: Option<std::process::Child>) -> FileDevice {
        let mut device = FileDevice::new(file);
        (device.seekable, device.child) = (false, child);
        device
    }
}

impl Drop for FileDevice {
    fn drop(&mut self) {
        if let Some(path) = self.temporary.take() {
            // Somebody else may have removed it.
            let _ = fs::remove_file(&path);
        }
    }
}

impl Device for FileDevice {
    fn read(&mut self, cx: &mut Context, buffer: &mut Vec<u8>, max: usize) -> PhpResult<io::Result<usize>> {
        if !self.seekable {
            cx.before_wait();
        }
        let start = buffer.len();
        buffer.resize(start + max, 0);
        let result = loop {
            match self.file.read(&mut buffer[start..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        buffer.truncate(start + *result.as_ref().unwrap_or(&0));
        Ok(result)
    }

    fn write(&mut self, cx: &mut Context, bytes: &[u8]) -> PhpResult<io::Result<usize>> {
        if self.flushes_output {
            cx.flush_sink();
        }
        Ok(self.file.write(bytes))
    }

    fn seek(&mut self, _: &mut Context, offset: i64, whence: Whence) -> PhpResult<Option<u64>> {
        let to = match whence {
            Whence::Start => match u64::try_from(offset) {
                Ok(offset) => SeekFrom::Start(offset),
                Err(_) => return Ok(None),
            },
            Whence::Current => SeekFrom::Current(offset),
            Whence::End => SeekFrom::End(offset),
        };
        Ok(self.file.seek(to).ok())
    }

    fn is_seekable(&self) -> bool {
        self.seekable
    }

    fn close(&mut self, _: &mut Context) -> PhpResult {
        if let Some(mut child) = self.child.take() {
            // Its end code was asked for before, if anybody wants it.
            let _ = child.wait();
        }
        Ok(())
    }

    fn stat(&mut self, _: &mut Context) -> PhpResult<Option<Stat>> {
        Ok(Stat::of(&self.file).ok())
    }

    fn can_truncate(&self) -> bool {
        true
    }

    fn truncate(&mut self, _: &mut Context, size: u64) -> PhpResult<bool> {
        Ok(fs::set_size(&self.file, size).is_ok())
    }

    fn lock(&mut self, _: &mut Context, operation: i64) -> PhpResult<Option<io::Result<()>>> {
        let lock = match operation & 3 {
            1 => Lock::Shared,
            2 => Lock::Exclusive,
            _ => Lock::None,
        };
        Ok(Some(fs::lock(&self.file, lock, operation & 4 == 0)))
    }

    fn set_blocking(&mut self, blocking: bool) -> bool {
        fs::set_blocking(&self.file, blocking).is_ok()
    }

    fn file(&self) -> Option<&File> {
        Some(&self.file)
    }
}
