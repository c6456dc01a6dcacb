//! The opcode cache as the engine uses it: made from the `opcache.*` settings ([`start`](mod@start)), one slot a thread
//! ([`request`]), the file cache behind it, the PHP functions.

pub use files::{CompileSettings, Files, option, system_id};
pub(crate) use ini::Setting;
pub(crate) use log::{Level, Log};
pub use request::{Handle, Loaded, RequestCache, stamp_of};
pub(crate) use start::{FATAL, gate};
pub use start::{Started, is_on, start};

mod checks;
mod files;
mod functions;
mod ini;
mod log;
mod report;
mod request;
mod start;

use phalanx_vm::native::Extension;

/// `Zend OPcache`, by the name under which scripts look for it.
pub static EXTENSION: Extension = Extension {
    name: "Zend OPcache",
    version: phalanx_vm::request::PHP_VERSION,
    functions: &[functions::FUNCTIONS],
    classes: &[],
    consts: &[],
    ini: ini::SETTINGS,
    request_start: None,
    request_end: None,
};
