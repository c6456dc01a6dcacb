//! What does the input and output of a stream.

use phalanx_host::fs::Stat;
use phalanx_vm::{Context, PhpResult};
use std::fs::File;
use std::io;
use std::net::Shutdown;
use std::time::Duration;

/// What an offset counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whence {
    /// The start.
    Start,
    /// The current place.
    Current,
    /// The end.
    End,
}

impl Whence {
    /// Of the numbers of `SEEK_*`.
    pub fn from_number(number: i64) -> Option<Whence> {
        Some(match number {
            0 => Whence::Start,
            1 => Whence::Current,
            2 => Whence::End,
            _ => return None,
        })
    }
}

/// What does the input and output of a stream. What a device cannot do has a default that says so.
pub trait Device {
    /// Appends up to `max` bytes to `buffer`; 0 is the end.
    fn read(&mut self, cx: &mut Context, buffer: &mut Vec<u8>, max: usize) -> PhpResult<io::Result<usize>>;

    /// Writes bytes; how many.
    fn write(&mut self, cx: &mut Context, bytes: &[u8]) -> PhpResult<io::Result<usize>>;

    /// Moves; the new place, or none if that is impossible.
    fn seek(&mut self, cx: &mut Context, offset: i64, whence: Whence) -> PhpResult<Option<u64>> {
        let _ = (cx, offset, whence);
        Ok(None)
    }

    /// Whether it can move.
    fn is_seekable(&self) -> bool {
        false
    }

    /// Whether it knows itself to be at its end after a read (objects of scripts do).
    fn at_end(&mut self, cx: &mut Context) -> PhpResult<bool> {
        let _ = cx;
        Ok(false)
    }

    /// Writes out what it holds back.
    fn flush(&mut self, cx: &mut Context) -> PhpResult<bool> {
        let _ = cx;
        Ok(true)
    }

    /// Ends.
    fn close(&mut self, cx: &mut Context) -> PhpResult {
        let _ = cx;
        Ok(())
    }

    /// Asks it not to read ahead, since whoever reads wants all.
    fn unbuffer(&mut self, cx: &mut Context) -> PhpResult {
        let _ = cx;
        Ok(())
    }

    /// What is known of it.
    fn stat(&mut self, cx: &mut Context) -> PhpResult<Option<Stat>> {
        let _ = cx;
        Ok(None)
    }

    /// Whether it can be cut.
    fn can_truncate(&self) -> bool {
        false
    }

    /// Cuts or grows it.
    fn truncate(&mut self, cx: &mut Context, size: u64) -> PhpResult<bool> {
        let _ = (cx, size);
        Ok(false)
    }

    /// `flock()` with an operation of `LOCK_*`; none if it cannot be locked.
    fn lock(&mut self, cx: &mut Context, operation: i64) -> PhpResult<Option<io::Result<()>>> {
        let _ = (cx, operation);
        Ok(None)
    }

    /// Makes reads wait or not; false if that is impossible.
    fn set_blocking(&mut self, blocking: bool) -> bool {
        let _ = blocking;
        false
    }

    /// How long a read may wait, or forever; false if it cannot be told.
    fn set_timeout(&mut self, timeout: Option<Duration>) -> bool {
        let _ = timeout;
        false
    }

    /// Whether the last read has waited as long as it may.
    fn timed_out(&self) -> bool {
        false
    }

    /// Whether more may come: false for a connection whose other end is gone.
    fn is_alive(&self) -> bool {
        true
    }

    /// The address of one of the ends of a socket.
    fn socket_name(&self, remote: bool) -> Option<String> {
        let _ = remote;
        None
    }

    /// Ends one or both directions of a socket.
    fn shut_down(&mut self, how: Shutdown) -> bool {
        let _ = how;
        false
    }

    /// The file behind it, for those that need a descriptor.
    fn file(&self) -> Option<&File> {
        None
    }

    /// Calls `visit` for the PHP values it owns.
    fn trace(&self, visit: &mut dyn FnMut(&phalanx_value::Value)) {
        let _ = visit;
    }

    /// The object that implements it, for `stream_get_meta_data()`.
    fn wrapper_data(&self) -> Option<phalanx_value::Value> {
        None
    }
}
