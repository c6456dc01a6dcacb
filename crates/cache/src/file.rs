//! The file cache: compiled scripts in files, the second level behind the shared segment (`opcache.file_cache`).
//!
//! ```text
//!   opcache.file_cache / system id / path of the script .bin
//!                        │
//!                        └─ of everything that an image depends on beside the script: the opcodes, the layout, the
//!                           extensions and their constants, the version. Another build uses another folder.
//! ```
//! A process that does not find a script in the segment, or has none (`opcache.file_cache_only`), looks for its file
//! before it compiles, and writes one after it has. Files are written beside their place and renamed into it, so whoever
//! opens one has a whole one, however many processes and threads use the folder at once; there is no lock.
//!
//! # Trust
//! A file is used if all of this holds; otherwise that is told ([`Found::Refused`]), and the script is compiled:
//!
//! 1. The folder of this build and the file belong to the user of the process or to root, and nobody else may write to
//!    them; the file is a plain file, and not reached through a link at its own place.
//! 2. Its header is of this build, this script, and the settings that compiling depends on ([`format`]).
//! 3. Its checksum is right (`opcache.file_cache_consistency_checks`): against what disks and copying do.
//! 4. Its image passes [`Image::verify`]: against what people do. This costs a fraction of compiling, and there is no
//!    switch for it.
//!
//! A file for another state of the script (`opcache.validate_timestamps`) is no error: it is replaced.
//!
//! [`look`] shows a file to people.

mod format;
pub mod look;
mod store;

pub use store::{FileCache, FileCacheOptions, Found, SystemId};
