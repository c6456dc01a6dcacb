//! PHP's reflection extension.
#![forbid(unsafe_code)]
