//! One output buffer.

use crate::Context;
use crate::thrown::PhpResult;
use phalanx_value::heap::Charge;
use phalanx_value::{PhpString, Value};

/// Operations as callbacks are told of them: PHP's `PHP_OUTPUT_HANDLER_*`.
pub mod op {
    /// Plain writing.
    pub const WRITE: i64 = 0;
    /// The first call.
    pub const START: i64 = 1;
    /// The buffer is cleaned.
    pub const CLEAN: i64 = 2;
    /// The buffer is flushed.
    pub const FLUSH: i64 = 4;
    /// The buffer ends.
    pub const FINAL: i64 = 8;
}

/// What a buffer allows and what has happened to it: PHP's `PHP_OUTPUT_HANDLER_*`.
pub mod flag {
    /// It has a PHP callback.
    pub const USER: i64 = 1;
    /// `ob_clean` may be called.
    pub const CLEANABLE: i64 = 0x10;
    /// `ob_flush` may be called.
    pub const FLUSHABLE: i64 = 0x20;
    /// It may be removed.
    pub const REMOVABLE: i64 = 0x40;
    /// All of them.
    pub const STANDARD: i64 = 0x70;
    /// Its callback was called.
    pub const STARTED: i64 = 0x1000;
    /// Its callback has failed.
    pub const DISABLED: i64 = 0x2000;
    /// Its callback has processed data.
    pub const PROCESSED: i64 = 0x4000;
}

/// A filter that native code gives a buffer: content and operation in, new content out; none is a failure.
pub type NativeFilter = Box<dyn FnMut(&mut Context, &[u8], i64) -> PhpResult<Option<Vec<u8>>>>;

/// What a buffer does with its content.
pub enum Callback {
    /// Nothing.
    None,
    /// Calls PHP code.
    User(Value),
    /// Calls native code.
    Native(NativeFilter),
}

/// An output buffer.
pub struct Buffer {
    pub(super) callback: Callback,
    /// Name as `ob_list_handlers()` tells it.
    pub name: PhpString,
    /// Content.
    pub data: Vec<u8>,
    /// The memory of `data` as the limit knows it.
    charge: Charge,
    charged: usize,
    /// Content of this size is handed on at once; 0 for no limit.
    pub chunk_size: usize,
    /// Bits of [`flag`].
    pub flags: i64,
}

impl Buffer {
    /// An empty buffer.
    pub fn new(callback: Callback, name: PhpString, chunk_size: usize, flags: i64) -> Buffer {
        let kind = if matches!(callback, Callback::User(_)) { flag::USER } else { 0 };
        Buffer {
            callback,
            name,
            data: Vec::new(),
            charge: Charge::default(),
            charged: 0,
            chunk_size,
            flags: flags & flag::STANDARD | kind,
        }
    }

    /// Whether writing is appending and nothing else.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        self.chunk_size == 0 && self.flags & flag::DISABLED == 0
    }

    /// Appends. False if the chunk size is reached.
    #[inline]
    pub fn append(&mut self, bytes: &[u8]) -> bool {
        self.data.extend_from_slice(bytes);
        if self.data.len() > self.charged {
            self.charge();
        }
        self.chunk_size == 0 || self.data.len() < self.chunk_size || bytes.is_empty()
    }

    /// Tells the memory limit of content that has grown. What was charged stays until the buffer ends: the memory is used
    /// again.
    #[cold]
    fn charge(&mut self) {
        self.charged = self.data.capacity();
        self.charge.set(self.charged);
    }

    /// Whether one of the bits is set.
    pub fn has(&self, bits: i64) -> bool {
        self.flags & bits != 0
    }
}
