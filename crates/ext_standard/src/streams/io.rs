//! The stream itself: buffering, places, filters.

use super::device::{Device, Whence};
use super::filter::{Chain, Mode};
use phalanx_host::fs::Stat;
use phalanx_value::{NativeState, PhpResource, Value};
use phalanx_vm::{Context, PhpResult};
use std::cell::RefCell;
use std::io;

/// Bytes read at once.
pub const CHUNK: usize = 8192;

/// A stream. See the module above.
pub struct Stream(RefCell<State>);

/// What `stream_get_meta_data()` tells, and how the stream behaves.
#[derive(Clone, Debug)]
pub struct Description {
    /// `plainfile`, `PHP`, ...
    pub wrapper: &'static str,
    /// `STDIO`, `MEMORY`, ...
    pub kind: &'static str,
    /// As it was opened.
    pub mode: String,
    /// What was opened.
    pub uri: Option<Vec<u8>>,
    /// Whether a read goes on until it has all it wants.
    pub greedy: bool,
    /// Whether it is a list of the names in a folder.
    pub dir: bool,
}

struct State {
    device: Option<Box<dyn Device>>,
    description: Description,
    buffer: Vec<u8>,
    /// Where the unread part of the buffer begins.
    start: usize,
    position: u64,
    eof: bool,
    blocked: bool,
    chunk: usize,
    read_filters: Chain,
    write_filters: Chain,
    context: Option<Value>,
    /// What the wrapper tells: headers of a response.
    wrapper_data: Option<Value>,
}

impl NativeState for Stream {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        let state = self.0.borrow();
        if let Some(device) = &state.device {
            device.trace(visit);
        }
        for value in [&state.context, &state.wrapper_data].into_iter().flatten() {
            visit(value);
        }
        state.read_filters.trace(visit);
        state.write_filters.trace(visit);
    }
}

impl Stream {
    /// A stream over a device.
    pub fn new(device: Box<dyn Device>, description: Description) -> Stream {
        Stream(RefCell::new(State {
            device: Some(device),
            description,
            buffer: Vec::new(),
            start: 0,
            position: 0,
            eof: false,
            blocked: true,
            chunk: CHUNK,
            read_filters: Chain::default(),
            write_filters: Chain::default(),
            context: None,
            wrapper_data: None,
        }))
    }

    /// Everything in the stream as another one; this one is at its end then.
    pub fn take_over(&self) -> Stream {
        let mut state = self.0.borrow_mut();
        let left = State {
            device: None,
            description: state.description.clone(),
            buffer: Vec::new(),
            start: 0,
            position: 0,
            eof: true,
            blocked: true,
            chunk: CHUNK,
            read_filters: Chain::default(),
            write_filters: Chain::default(),
            context: None,
            wrapper_data: None,
        };
        Stream(RefCell::new(std::mem::replace(&mut *state, left)))
    }

    /// The resource that scripts get.
    pub fn into_resource(self) -> PhpResource {
        PhpResource::new(super::TYPE, self)
    }

    /// What it is.
    pub fn description(&self) -> Description {
        self.0.borrow().description.clone()
    }

    /// Its context.
    pub fn context(&self) -> Option<Value> {
        self.0.borrow().context.clone()
    }

    /// Gives it a context.
    pub fn set_context(&self, context: Option<Value>) {
        self.0.borrow_mut().context = context;
    }

    /// What the wrapper tells of it.
    pub fn wrapper_data(&self) -> Option<Value> {
        let data = self.0.borrow().wrapper_data.clone();
        data.or_else(|| self.with_device(|device| device.wrapper_data()).flatten())
    }

    /// Says what it is, for a wrapper that has opened it as something else.
    pub fn describe(&self, description: Description, wrapper_data: Option<Value>) {
        let mut state = self.0.borrow_mut();
        (state.description, state.wrapper_data) = (description, wrapper_data);
    }

    /// Runs `f` with the device, which is taken out meanwhile; none if it is in use.
    pub fn with_device<T>(&self, f: impl FnOnce(&mut dyn Device) -> T) -> Option<T> {
        let mut device = self.0.borrow_mut().device.take()?;
        let result = f(&mut *device);
        self.0.borrow_mut().device = Some(device);
        Some(result)
    }

    /// Whether it can move.
    pub fn is_seekable(&self) -> bool {
        self.0.borrow().device.as_ref().is_some_and(|device| device.is_seekable())
    }

    /// Bytes in the buffer.
    pub fn unread(&self) -> usize {
        let state = self.0.borrow();
        state.buffer.len() - state.start
    }

    /// Whether nothing more can be read.
    pub fn eof(&self) -> bool {
        let read_all = {
            let state = self.0.borrow();
            state.start == state.buffer.len()
        };
        if read_all && !self.saw_end() && self.with_device(|device| device.is_alive()) == Some(false) {
            self.0.borrow_mut().eof = true;
        }
        read_all && self.saw_end()
    }

    /// Whether the last read has waited as long as it may.
    pub fn timed_out(&self) -> bool {
        self.with_device(|device| device.timed_out()).unwrap_or(false)
    }

    /// The end flag, whatever is in the buffer.
    pub fn saw_end(&self) -> bool {
        self.0.borrow().eof
    }

    /// The place.
    pub fn position(&self) -> u64 {
        self.0.borrow().position
    }

    /// Says where the stream stands at its beginning.
    pub fn set_position(&self, position: u64) {
        self.0.borrow_mut().position = position;
    }

    /// Whether reads wait.
    pub fn is_blocking(&self) -> bool {
        self.0.borrow().blocked
    }

    /// Makes reads wait or not.
    pub fn set_blocking(&self, blocking: bool) -> bool {
        let done = self.with_device(|device| device.set_blocking(blocking)).unwrap_or(false);
        if done {
            self.0.borrow_mut().blocked = blocking;
        }
        done
    }

    /// Sets how much is read at once; the size before.
    pub fn set_chunk(&self, chunk: usize) -> usize {
        std::mem::replace(&mut self.0.borrow_mut().chunk, chunk)
    }

    /// Takes out one of the chains of filters, or puts it back.
    pub fn swap_filters(&self, mode: Mode, chain: Chain) -> Chain {
        let mut state = self.0.borrow_mut();
        let place = if mode == Mode::Read { &mut state.read_filters } else { &mut state.write_filters };
        std::mem::replace(place, chain)
    }

    /// Reads once from the device into the buffer, through the filters. False if nothing came.
    fn fill(&self, cx: &mut Context) -> PhpResult<bool> {
        let (mut buffer, chunk, filtered) = {
            let mut state = self.0.borrow_mut();
            if state.eof {
                return Ok(false);
            }
            let start = std::mem::take(&mut state.start);
            let mut buffer = std::mem::take(&mut state.buffer);
            buffer.drain(..start);
            (buffer, state.chunk, !state.read_filters.is_empty())
        };
        let before = buffer.len();
        let mut raw = Vec::new();
        let target = if filtered { &mut raw } else { &mut buffer };
        let read = self.with_device(|device| {
            let read = device.read(cx, target, chunk)?;
            let end = match &read {
                Ok(0) => true,
                Ok(_) => device.at_end(cx)?,
                Err(_) => false,
            };
            Ok((read, end))
        });
        let mut result = Ok(());
        let mut swallowed = false;
        match read {
            None => self.0.borrow_mut().eof = true,
            Some(Err(thrown)) => result = Err(thrown),
            Some(Ok((Ok(count), end))) => {
                if end {
                    self.0.borrow_mut().eof = true;
                }
                if filtered {
                    let mut chain = self.swap_filters(Mode::Read, Chain::default());
                    match chain.run(cx, &raw, count == 0 || end) {
                        Ok(out) => buffer.extend_from_slice(&out),
                        Err(thrown) => result = Err(thrown),
                    }
                    self.swap_filters(Mode::Read, chain);
                    swallowed = count > 0 && !end;
                }
            }
            Some(Ok((Err(error), _))) => {
                let waits = matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted);
                if !waits {
                    let code = error.raw_os_error().unwrap_or(0);
                    let text = phalanx_host::error_text(&error);
                    if code != 9 {
                        self.0.borrow_mut().eof = true;
                    }
                    result = cx.doc_notice(format!("Read of {chunk} bytes failed with errno={code} {text}"));
                }
            }
        }
        let more = buffer.len() > before;
        let mut state = self.0.borrow_mut();
        state.buffer = buffer;
        state.start = 0;
        drop(state);
        result?;
        // A filter that wants more before it gives anything gets more.
        if swallowed && !more { self.fill(cx) } else { Ok(more) }
    }

    /// Takes up to `max` bytes out of the buffer.
    fn take(&self, out: &mut Vec<u8>, max: usize) -> usize {
        let mut state = self.0.borrow_mut();
        let count = max.min(state.buffer.len() - state.start);
        let (start, end) = (state.start, state.start + count);
        out.extend_from_slice(&state.buffer[start..end]);
        state.start = end;
        state.position += count as u64;
        if state.start == state.buffer.len() {
            state.buffer.clear();
            state.start = 0;
        }
        count
    }

    /// Reads up to `max` bytes, as `fread()` does.
    pub fn read(&self, cx: &mut Context, max: usize) -> PhpResult<Vec<u8>> {
        let mut out = Vec::new();
        let greedy = self.0.borrow().description.greedy;
        loop {
            let room = max - out.len();
            self.take(&mut out, room);
            if out.len() == max || (!greedy && !out.is_empty()) || !self.fill(cx)? {
                return Ok(out);
            }
        }
    }

    /// Reads all there is, up to `max` bytes.
    pub fn read_all(&self, cx: &mut Context, max: usize) -> PhpResult<Vec<u8>> {
        let mut out = Vec::new();
        loop {
            let room = max - out.len();
            self.take(&mut out, room);
            if out.len() >= max || (!self.fill(cx)? && self.saw_end()) {
                return Ok(out);
            }
            if self.unread() == 0 && (!self.is_blocking() || self.timed_out()) {
                return Ok(out);
            }
            if self.unread() == 0 && !self.saw_end() && !self.may_read() {
                return Ok(out);
            }
        }
    }

    /// Whether the mode allows reading.
    pub fn may_read(&self) -> bool {
        let state = self.0.borrow();
        state.description.mode.contains(['r', '+']) || state.description.mode.is_empty()
    }

    /// Reads a line with its end, of at most `max` bytes.
    pub fn line(&self, cx: &mut Context, max: usize) -> PhpResult<Option<Vec<u8>>> {
        let mut out = Vec::new();
        loop {
            let found = {
                let state = self.0.borrow();
                memchr::memchr(b'\n', &state.buffer[state.start..])
            };
            let room = max - out.len();
            if let Some(at) = found {
                self.take(&mut out, (at + 1).min(room));
                return Ok(Some(out));
            }
            self.take(&mut out, room);
            if out.len() == max || !self.fill(cx)? {
                return Ok((!out.is_empty()).then_some(out));
            }
        }
    }

    /// Reads up to `ending` (which is skipped) or `max` bytes.
    pub fn until(&self, cx: &mut Context, ending: &[u8], max: usize) -> PhpResult<Option<Vec<u8>>> {
        let mut out = Vec::new();
        loop {
            let (found, available) = {
                let state = self.0.borrow();
                let rest = &state.buffer[state.start..];
                let end = rest.len().min(max.saturating_add(ending.len()));
                (memchr::memmem::find(&rest[..end], ending).filter(|at| *at <= max), rest.len())
            };
            if let Some(at) = found {
                self.take(&mut out, at);
                self.take(&mut Vec::new(), ending.len());
                return Ok(Some(out));
            }
            if available >= max || !self.fill(cx)? {
                if self.unread() == 0 {
                    return Ok(None);
                }
                self.take(&mut out, max);
                return Ok(Some(out));
            }
        }
    }

    /// Writes bytes; none if that failed, after a notice.
    pub fn write(&self, cx: &mut Context, bytes: &[u8]) -> PhpResult<Option<usize>> {
        if bytes.is_empty() {
            return Ok(Some(0));
        }
        let filtered = !self.0.borrow().write_filters.is_empty();
        if !filtered {
            return self.write_raw(cx, bytes);
        }
        let mut chain = self.swap_filters(Mode::Write, Chain::default());
        let out = chain.run(cx, bytes, false);
        self.swap_filters(Mode::Write, chain);
        let out = out?;
        if !out.is_empty() && self.write_raw(cx, &out)?.is_none() {
            return Ok(None);
        }
        Ok(Some(bytes.len()))
    }

    /// Writes past the filters.
    pub fn write_raw(&self, cx: &mut Context, bytes: &[u8]) -> PhpResult<Option<usize>> {
        self.forget_buffer(cx)?;
        let mut written = 0;
        while written < bytes.len() {
            let rest = &bytes[written..];
            let Some(result) = self.with_device(|device| device.write(cx, rest)) else { return Ok(None) };
            match result? {
                Ok(0) => break,
                Ok(count) => {
                    written += count;
                    self.0.borrow_mut().position += count as u64;
                }
                Err(error) => {
                    if written > 0 || error.kind() == io::ErrorKind::WouldBlock {
                        break;
                    }
                    let code = error.raw_os_error().unwrap_or(0);
                    let text = phalanx_host::error_text(&error);
                    let count = rest.len();
                    cx.doc_notice(format!("Write of {count} bytes failed with errno={code} {text}"))?;
                    return Ok(None);
                }
            }
        }
        Ok(Some(written))
    }

    /// Drops what was read ahead, so that the device stands where the script believes it to be.
    fn forget_buffer(&self, cx: &mut Context) -> PhpResult {
        if self.unread() == 0 || !self.is_seekable() {
            return Ok(());
        }
        let position = {
            let mut state = self.0.borrow_mut();
            state.buffer.clear();
            state.start = 0;
            state.position
        };
        self.with_device(|device| device.seek(cx, position as i64, Whence::Start)).transpose()?;
        Ok(())
    }

    /// Moves; false if that is impossible.
    pub fn seek(&self, cx: &mut Context, offset: i64, whence: Whence) -> PhpResult<bool> {
        self.flush_filters(cx, Mode::Write, false)?;
        // Inside of the buffer nothing has to be asked of the device.
        let (position, unread) = (self.position() as i64, self.unread() as i64);
        let forward = match whence {
            Whence::Start => offset.checked_sub(position),
            Whence::Current => Some(offset),
            Whence::End => None,
        };
        if let Some(forward) = forward.filter(|forward| *forward > 0 && *forward <= unread) {
            let mut state = self.0.borrow_mut();
            state.start += forward as usize;
            state.position += forward as u64;
            state.eof = false;
            return Ok(true);
        }
        if self.is_seekable() {
            let (offset, whence) = match whence {
                Whence::Current => (position.saturating_add(offset), Whence::Start),
                _ => (offset, whence),
            };
            let moved = self.with_device(|device| device.seek(cx, offset, whence)).transpose()?.flatten();
            let mut state = self.0.borrow_mut();
            return Ok(match moved {
                Some(place) => {
                    state.buffer.clear();
                    state.start = 0;
                    state.position = place;
                    state.eof = false;
                    true
                }
                None => false,
            });
        }
        // Going forward can be done by reading.
        if let Some(forward) = forward.filter(|forward| *forward >= 0) {
            let skipped = self.read_all(cx, forward as usize)?;
            self.0.borrow_mut().eof = false;
            return Ok(skipped.len() as i64 == forward);
        }
        cx.doc_warning("Stream does not support seeking")?;
        Ok(false)
    }

    /// Tells filters that data ends or must go out now, and writes or keeps what they give.
    pub fn flush_filters(&self, cx: &mut Context, mode: Mode, closing: bool) -> PhpResult {
        let empty = {
            let state = self.0.borrow();
            if mode == Mode::Read { state.read_filters.is_empty() } else { state.write_filters.is_empty() }
        };
        if empty || !closing {
            return Ok(());
        }
        let mut chain = self.swap_filters(mode, Chain::default());
        let out = chain.run(cx, &[], closing);
        self.swap_filters(mode, chain);
        let out = out?;
        match mode {
            Mode::Write if !out.is_empty() => {
                self.write_raw(cx, &out)?;
            }
            Mode::Read => self.0.borrow_mut().buffer.extend_from_slice(&out),
            Mode::Write => {}
        }
        Ok(())
    }

    /// Puts bytes at the end of what can be read next.
    pub fn push_read(&self, bytes: &[u8]) {
        self.0.borrow_mut().buffer.extend_from_slice(bytes);
    }

    /// Takes all unread bytes out.
    pub fn take_unread(&self) -> Vec<u8> {
        let mut state = self.0.borrow_mut();
        let start = std::mem::take(&mut state.start);
        let mut buffer = std::mem::take(&mut state.buffer);
        buffer.drain(..start);
        buffer
    }

    /// `fflush()`.
    pub fn flush(&self, cx: &mut Context) -> PhpResult<bool> {
        match self.with_device(|device| device.flush(cx)) {
            Some(result) => result,
            None => Ok(false),
        }
    }

    /// Asks the device not to read ahead.
    pub fn unbuffer(&self, cx: &mut Context) -> PhpResult {
        self.with_device(|device| device.unbuffer(cx)).unwrap_or(Ok(()))
    }

    /// What the device knows.
    pub fn stat(&self, cx: &mut Context) -> PhpResult<Option<Stat>> {
        self.with_device(|device| device.stat(cx)).unwrap_or(Ok(None))
    }

    /// Ends the stream; the resource is closed by the caller.
    pub fn close(&self, cx: &mut Context) -> PhpResult {
        self.flush_filters(cx, Mode::Write, true)?;
        let read = self.swap_filters(Mode::Read, Chain::default());
        let write = self.swap_filters(Mode::Write, Chain::default());
        read.close(cx)?;
        write.close(cx)?;
        let device = self.0.borrow_mut().device.take();
        match device {
            Some(mut device) => {
                let flushed = device.flush(cx).map(|_| ());
                let closed = device.close(cx);
                flushed.and(closed)
            }
            None => Ok(()),
        }
    }
}

/// Closes a stream and its resource.
pub fn close(cx: &mut Context, resource: &PhpResource) -> PhpResult {
    let result = match resource.native::<Stream>() {
        Some(stream) => stream.close(cx),
        None => Ok(()),
    };
    resource.close();
    result
}
