//! PHP's pcre extension: regular expressions by PCRE2 with its JIT compiler.
//!
//! [`binding`] is the only module that talks to the C library and the only one with unsafe code. [`pattern`] takes a
//! pattern with delimiters and modifiers apart, [`shared`] keeps compiled ones for all threads and [`cache`] those that a
//! thread has used, [`search`] walks over all matches in a subject the way Perl's `/g` does, and the other modules are
//! PHP's functions on top of it.
#![deny(unsafe_code)]

mod all;
mod args;
mod binding;
mod cache;
mod error;
mod grep;
mod groups;
mod matching;
mod pattern;
mod replace;
mod search;
mod shared;
mod split;

use phalanx_vm::ini::access;
use phalanx_vm::native::{Extension, NativeConst, NativeIni, NativeType, NativeValue};
use phalanx_vm::request::PHP_VERSION;

/// The extension.
pub static EXTENSION: Extension = Extension {
    name: "pcre",
    version: PHP_VERSION,
    functions: &[
        matching::FUNCTIONS,
        all::FUNCTIONS,
        replace::FUNCTIONS,
        split::FUNCTIONS,
        grep::FUNCTIONS,
        error::FUNCTIONS,
    ],
    classes: &[],
    consts: &[CONSTS],
    ini: INI,
    request_start: None,
    request_end: None,
};

static INI: &[NativeIni] = &[
    NativeIni {
        name: "pcre.backtrack_limit",
        default: Some("1000000"),
        access: access::ALL,
        on_change: None,
    },
    NativeIni { name: "pcre.recursion_limit", default: Some("100000"), access: access::ALL, on_change: None },
    NativeIni { name: "pcre.jit", default: Some("1"), access: access::ALL, on_change: None },
];

const fn constant(name: &'static str, value: NativeValue) -> NativeConst {
    NativeConst { name, value, flags: 0, ty: NativeType::NONE, deprecated: None }
}

static CONSTS: &[NativeConst] = &[
    constant("PREG_PATTERN_ORDER", NativeValue::Int(flag::PATTERN_ORDER)),
    constant("PREG_SET_ORDER", NativeValue::Int(flag::SET_ORDER)),
    constant("PREG_OFFSET_CAPTURE", NativeValue::Int(flag::OFFSET_CAPTURE)),
    constant("PREG_UNMATCHED_AS_NULL", NativeValue::Int(flag::UNMATCHED_AS_NULL)),
    constant("PREG_SPLIT_NO_EMPTY", NativeValue::Int(flag::SPLIT_NO_EMPTY)),
    constant("PREG_SPLIT_DELIM_CAPTURE", NativeValue::Int(flag::SPLIT_DELIM_CAPTURE)),
    constant("PREG_SPLIT_OFFSET_CAPTURE", NativeValue::Int(flag::SPLIT_OFFSET_CAPTURE)),
    constant("PREG_GREP_INVERT", NativeValue::Int(flag::GREP_INVERT)),
    constant("PREG_NO_ERROR", NativeValue::Int(0)),
    constant("PREG_INTERNAL_ERROR", NativeValue::Int(1)),
    constant("PREG_BACKTRACK_LIMIT_ERROR", NativeValue::Int(2)),
    constant("PREG_RECURSION_LIMIT_ERROR", NativeValue::Int(3)),
    constant("PREG_BAD_UTF8_ERROR", NativeValue::Int(4)),
    constant("PREG_BAD_UTF8_OFFSET_ERROR", NativeValue::Int(5)),
    constant("PREG_JIT_STACKLIMIT_ERROR", NativeValue::Int(6)),
    constant("PCRE_VERSION", NativeValue::Str("10.43 2024-02-16")),
    constant("PCRE_VERSION_MAJOR", NativeValue::Int(10)),
    constant("PCRE_VERSION_MINOR", NativeValue::Int(43)),
    constant("PCRE_JIT_SUPPORT", NativeValue::Bool(true)),
];

/// Bits of the `$flags` parameters.
#[expect(missing_docs, reason = "each is the constant PREG_ of its name")]
pub mod flag {
    pub const PATTERN_ORDER: i64 = 1;
    pub const SET_ORDER: i64 = 2;
    pub const OFFSET_CAPTURE: i64 = 256;
    pub const UNMATCHED_AS_NULL: i64 = 512;
    pub const SPLIT_NO_EMPTY: i64 = 1;
    pub const SPLIT_DELIM_CAPTURE: i64 = 2;
    pub const SPLIT_OFFSET_CAPTURE: i64 = 4;
    pub const GREP_INVERT: i64 = 1;
}
