//! PHP itself: version, settings, the process.

pub mod version;
