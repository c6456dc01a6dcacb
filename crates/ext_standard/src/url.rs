//! URLs.

pub mod coding;
pub mod parse;
