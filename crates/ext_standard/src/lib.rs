//! PHP's standard extension.
#![forbid(unsafe_code)]

pub mod info;
pub mod math;
pub mod string;
pub mod url;
