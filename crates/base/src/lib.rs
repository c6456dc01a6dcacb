//! Spans, file ids, typed indices and the counters table that every other crate uses.
//!
//! Nothing here knows PHP. The crate is at the bottom of the dependency table and stays small.

pub mod depth;
pub mod id;
pub mod span;

pub use id::Id;
pub use span::{FileId, Span};
