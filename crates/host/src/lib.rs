//! The only door to the operating system: files, environment, clock, sockets, signals, processes.
//!
//! The interface is safe and speaks bytes, as PHP does: paths and variables are byte strings, and a NUL in one of them is an
//! error and not a truncation. What is global in a process and private in a PHP thread is a value here that the thread's context
//! owns: its current folder ([`cwd::Cwd`]) and its changes to the environment ([`env::Env`]).
//!
//! Nothing here knows PHP's warnings; errors are [`std::io::Error`], whose code the caller turns into PHP's words by
//! [`error_text`].
#![deny(unsafe_code)]

pub mod clock;
pub mod cpu;
pub mod credentials;
pub mod cwd;
pub mod env;
pub mod fs;
pub mod memory;
pub mod net;
pub mod output;
pub mod process;
pub mod processes;
pub mod random;
pub mod signals;
mod sys;
pub mod system;
pub mod timer;

pub use sys::error_text;
