//! Files, folders, streams and other programs.

pub mod csv;
pub mod csv_line;
pub mod dir;
pub mod exec;
pub mod glob;
pub mod handle;
pub mod manage;
pub mod path;
pub mod proc;
pub mod socket;
pub mod stat;
pub mod stream;
pub mod user_filter;
pub mod whole;
pub mod wildcard;
