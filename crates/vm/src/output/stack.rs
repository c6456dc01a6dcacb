//! Operations on the stack of buffers: writing, flushing, cleaning, ending.

use super::buffer::{Buffer, Callback, flag, op};
use crate::Context;
use crate::thrown::{PhpResult, Thrown};
use phalanx_value::{PhpString, Value};

/// What came of handing a buffer's content to its callback.
enum Passed {
    /// Kept in the buffer, or eaten by the callback.
    Nothing,
    /// To be written one level out.
    Data(Vec<u8>),
}

/// Name of a buffer without callback.
pub const DEFAULT_NAME: &str = "default output handler";

impl Context {
    /// How many buffers there are.
    pub fn ob_level(&self) -> usize {
        self.output.buffers.len()
    }

    /// Begins a buffer. Fails inside a callback.
    pub fn ob_start(
        &mut self,
        callback: Callback,
        name: PhpString,
        chunk_size: usize,
        flags: i64,
    ) -> PhpResult {
        if self.output.running {
            return Err(self.buffering_in_callback("ob_start(): "));
        }
        self.output.buffers.push(Buffer::new(callback, name, chunk_size, flags));
        Ok(())
    }

    /// Begins a buffer without callback, for native code that wants what PHP code echoes.
    pub fn ob_capture(&mut self) {
        let name = PhpString::from(DEFAULT_NAME);
        self.output.buffers.push(Buffer::new(Callback::None, name, 0, flag::STANDARD));
    }

    /// Content of the innermost buffer.
    pub fn ob_contents(&self) -> Option<&[u8]> {
        self.output.buffers.last().map(|buffer| &buffer.data[..])
    }

    /// Ends the innermost buffer and gives its content, past its callback.
    pub fn ob_take(&mut self) -> Option<Vec<u8>> {
        self.output.buffers.pop().map(|buffer| buffer.data)
    }

    /// Flushes the innermost buffer: its content goes one level out.
    pub fn ob_flush(&mut self) -> PhpResult {
        let Some(top) = self.output.buffers.len().checked_sub(1) else { return Ok(()) };
        match self.pass(top, op::FLUSH, &[])? {
            Passed::Nothing => Ok(()),
            Passed::Data(data) => self.write_below(top, data),
        }
    }

    /// Cleans the innermost buffer: its callback hears of it, what it returns is dropped.
    pub fn ob_clean(&mut self) -> PhpResult {
        let Some(top) = self.output.buffers.len().checked_sub(1) else { return Ok(()) };
        self.pass(top, op::CLEAN, &[])?;
        if let Some(buffer) = self.output.buffers.get_mut(top) {
            buffer.data.clear();
        }
        Ok(())
    }

    /// Ends the innermost buffer; its content goes one level out unless it is to be discarded.
    pub fn ob_end(&mut self, discard: bool) -> PhpResult {
        let Some(top) = self.output.buffers.len().checked_sub(1) else { return Ok(()) };
        let mut result = Ok(Passed::Nothing);
        if self.output.buffers[top].has(flag::DISABLED) {
            result = Ok(Passed::Data(std::mem::take(&mut self.output.buffers[top].data)));
        } else {
            let how = if discard { op::FINAL | op::CLEAN } else { op::FINAL };
            result = match result {
                Ok(_) => self.pass(top, how, &[]),
                failed => failed,
            };
        }
        if self.output.buffers.len() > top {
            self.output.buffers.truncate(top);
        }
        match result? {
            Passed::Data(data) if !discard => self.echo(&data),
            _ => Ok(()),
        }
    }

    /// Ends all buffers, as the end of a script does: each one's content goes one level out.
    pub fn ob_end_all(&mut self) {
        let mut before = usize::MAX;
        while !self.output.buffers.is_empty() && self.output.buffers.len() < before {
            before = self.output.buffers.len();
            // What a callback throws at the end is reported when the script's own exceptions are.
            let _ = self.ob_end(false);
        }
    }

    /// Drops all buffers with their content.
    pub fn ob_discard_all(&mut self) {
        while !self.output.buffers.is_empty() {
            let before = self.output.buffers.len();
            if self.ob_end(true).is_err() || self.output.buffers.len() >= before {
                self.output.buffers.clear();
            }
        }
    }

    /// `ob_implicit_flush()`, or a write to a buffer that is not plain.
    pub(super) fn write_buffered(&mut self, bytes: &[u8]) -> PhpResult {
        let mut level = self.output.buffers.len();
        let mut data = bytes.to_vec();
        while level > 0 {
            level -= 1;
            if self.output.buffers[level].has(flag::DISABLED) {
                continue;
            }
            match self.pass(level, op::WRITE, &data)? {
                Passed::Nothing => return Ok(()),
                Passed::Data(out) => data = out,
            }
        }
        self.write_through(&data);
        Ok(())
    }

    /// Writes to the buffer below number `level`, or to the sink.
    fn write_below(&mut self, level: usize, data: Vec<u8>) -> PhpResult {
        if data.is_empty() {
            return Ok(());
        }
        let above = self.output.buffers.split_off(level);
        let result = self.echo(&data);
        self.output.buffers.extend(above);
        result
    }

    fn buffering_in_callback(&mut self, function: &str) -> Thrown {
        self.disable_output_buffers();
        self.fatal_error(format!(
            "{function}Cannot use output buffering in output buffering display handlers"
        ))
    }

    fn disable_output_buffers(&mut self) {
        self.output.give_up_buffers();
    }

    /// Appends `bytes` to buffer number `level` and, unless this is plain writing below the chunk size, hands the
    /// content to the callback.
    fn pass(&mut self, level: usize, operation: i64, bytes: &[u8]) -> PhpResult<Passed> {
        if self.output.running && operation != op::WRITE {
            let function = String::from_utf8_lossy(&self.active_function_name()).into_owned();
            return Err(self.buffering_in_callback(&format!("{function}(): ")));
        }
        let running = self.output.running;
        let buffer = &mut self.output.buffers[level];
        let roomy = buffer.append(bytes) || running;
        if roomy && operation == op::WRITE {
            return Ok(Passed::Nothing);
        }
        let mut told = operation;
        if !buffer.has(flag::STARTED) {
            told |= op::START;
        }
        match &mut buffer.callback {
            Callback::None => {
                buffer.flags |= flag::STARTED | flag::PROCESSED;
                Ok(Passed::Data(std::mem::take(&mut buffer.data)))
            }
            Callback::User(callback) => {
                let callback = callback.clone();
                let args = [Value::str(&buffer.data), Value::int(told)];
                self.output.running = true;
                let result = self.call_value(&callback, &args);
                self.output.running = false;
                self.passed_user(level, result)
            }
            Callback::Native(_) => self.pass_native(level, told),
        }
    }

    /// What the callback's result means: false and failure hand on the content as it was and disable the callback.
    fn passed_user(&mut self, level: usize, result: PhpResult<Value>) -> PhpResult<Passed> {
        let returned = match result {
            Ok(value) if value.is_false() => None,
            Ok(value) if value.is_true() => Some(Vec::new()),
            Ok(value) => Some(self.to_string(&value)?.to_vec()),
            Err(thrown) => {
                if let Some(buffer) = self.output.buffers.get_mut(level) {
                    buffer.flags |= flag::STARTED | flag::DISABLED;
                    let data = std::mem::take(&mut buffer.data);
                    // The content is not lost; the exception goes on from here.
                    let _ = self.write_below(level, data);
                }
                return Err(thrown);
            }
        };
        let Some(buffer) = self.output.buffers.get_mut(level) else { return Ok(Passed::Nothing) };
        buffer.flags |= flag::STARTED;
        let data = std::mem::take(&mut buffer.data);
        match returned {
            None => {
                buffer.flags |= flag::DISABLED;
                Ok(Passed::Data(data))
            }
            Some(out) => {
                buffer.flags |= flag::PROCESSED;
                Ok(if out.is_empty() { Passed::Nothing } else { Passed::Data(out) })
            }
        }
    }

    fn pass_native(&mut self, level: usize, told: i64) -> PhpResult<Passed> {
        let buffer = &mut self.output.buffers[level];
        let data = std::mem::take(&mut buffer.data);
        let mut callback = std::mem::replace(&mut buffer.callback, Callback::None);
        let result = match &mut callback {
            Callback::Native(filter) => {
                self.output.running = true;
                let result = filter(self, &data, told);
                self.output.running = false;
                result
            }
            _ => Ok(None),
        };
        let Some(buffer) = self.output.buffers.get_mut(level) else { return Ok(Passed::Nothing) };
        buffer.callback = callback;
        buffer.data.clear();
        buffer.flags |= flag::STARTED;
        match result? {
            Some(out) => {
                buffer.flags |= flag::PROCESSED;
                Ok(if out.is_empty() { Passed::Nothing } else { Passed::Data(out) })
            }
            None => {
                buffer.flags |= flag::DISABLED;
                Ok(Passed::Data(data))
            }
        }
    }
}
