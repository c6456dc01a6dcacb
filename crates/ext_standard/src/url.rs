//! URLs.

pub mod coding;
pub mod functions;
pub mod parse;
