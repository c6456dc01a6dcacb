//! PHP's standard extension.
#![forbid(unsafe_code)]

pub mod args;
pub mod array;
pub mod errors;
pub mod function;
pub mod info;
pub mod math;
pub mod string;
pub mod url;
pub mod var;
