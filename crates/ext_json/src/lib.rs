//! PHP's json extension.
//!
//! [`encode`] walks values and writes text, [`decode`] reads text with a stack of its own, so that depth costs no native
//! stack. Both report one of the numbered errors of [`error`], which `json_last_error()` tells or which is thrown.
#![forbid(unsafe_code)]

pub mod decode;
pub mod encode;
pub mod error;
mod functions;
mod scan;

use phalanx_vm::native::Extension;
use phalanx_vm::request::PHP_VERSION;

/// The extension.
pub static EXTENSION: Extension = Extension {
    name: "json",
    version: PHP_VERSION,
    functions: &[functions::FUNCTIONS],
    classes: &[&functions::JSON_SERIALIZABLE, &functions::JSON_EXCEPTION],
    consts: &[functions::CONSTS],
    ini: &[],
    request_start: None,
    request_end: None,
};

/// Bits of the `$flags` parameters.
#[expect(missing_docs, reason = "each is the constant JSON_ of its name")]
pub mod flag {
    pub const HEX_TAG: i64 = 1;
    pub const HEX_AMP: i64 = 2;
    pub const HEX_APOS: i64 = 4;
    pub const HEX_QUOT: i64 = 8;
    pub const FORCE_OBJECT: i64 = 16;
    pub const NUMERIC_CHECK: i64 = 32;
    pub const UNESCAPED_SLASHES: i64 = 64;
    pub const PRETTY_PRINT: i64 = 128;
    pub const UNESCAPED_UNICODE: i64 = 256;
    pub const PARTIAL_OUTPUT_ON_ERROR: i64 = 512;
    pub const PRESERVE_ZERO_FRACTION: i64 = 1024;
    pub const UNESCAPED_LINE_TERMINATORS: i64 = 2048;
    pub const OBJECT_AS_ARRAY: i64 = 1;
    pub const BIGINT_AS_STRING: i64 = 2;
    pub const INVALID_UTF8_IGNORE: i64 = 1 << 20;
    pub const INVALID_UTF8_SUBSTITUTE: i64 = 1 << 21;
    pub const THROW_ON_ERROR: i64 = 1 << 22;
}
