//! Streams: what `fopen()` and its like give, and what reads and writes them.
//!
//! A [`Stream`] is the state of a resource of type "stream". It has a buffer for reading, filters, and a [`Device`], which
//! does the input and output: a file, memory, a socket, an object of a script. Devices are made by wrappers
//! ([`open`]), which are found by the scheme of a path.
//!
//! **Invariant:** while a device or filter runs it is taken out of the stream, since it may run PHP code that uses the
//! same stream. Such use finds a stream that is at its end.

pub mod context;
pub mod data;
pub mod device;
pub mod dir;
pub mod file;
pub mod filter;
pub mod http;
pub mod io;
pub mod memory;
pub mod open;
pub mod socket;
pub mod source;
pub mod standard;
pub mod user;

pub use device::{Device, Whence};
pub use io::Stream;
pub use open::{OpenOptions, open};

use phalanx_value::PhpResource;
use phalanx_vm::{Context, PhpResult};

/// Type of stream resources.
pub const TYPE: &str = "stream";

/// The stream of a resource that was passed as argument; a TypeError if it is none or closed.
pub fn of_argument<'a>(cx: &mut Context, resource: &'a PhpResource) -> PhpResult<&'a Stream> {
    match resource.native::<Stream>() {
        Some(stream) if !resource.is_closed() => Ok(stream),
        _ => {
            let function = String::from_utf8_lossy(&cx.active_function_name()).into_owned();
            Err(cx
                .throw_type_error(format!("{function}(): supplied resource is not a valid stream resource")))
        }
    }
}
