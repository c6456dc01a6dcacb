//! URLs.

pub mod address;
pub mod coding;
pub mod functions;
pub mod parse;
