//! `STDIN`, `STDOUT` and `STDERR`, and what a request's streams need at its ends.

use super::context::forget_default;
use super::file::FileDevice;
use super::io::{Description, Stream};
use phalanx_host::fs;
use phalanx_value::{PhpResource, PhpString, Value};
use phalanx_vm::{Context, global_constants};

/// Lets scripts come from streams, and declares the constants of the three standard streams in a command line program.
pub fn start(cx: &mut Context) {
    cx.read_source = Some(super::source::read);
    if cx.process.sapi != "cli" {
        return;
    }
    for (descriptor, name, uri, mode) in [
        (0, "STDIN", "php://stdin", "rb"),
        (1, "STDOUT", "php://stdout", "wb"),
        (2, "STDERR", "php://stderr", "wb"),
    ] {
        // A descriptor that is closed has no constant.
        let Ok(file) = fs::duplicate(descriptor) else { continue };
        let device = if descriptor == 0 { FileDevice::new(file) } else { FileDevice::output(file) };
        let description = Description {
            wrapper: "PHP",
            kind: "STDIO",
            mode: mode.to_owned(),
            uri: Some(uri.as_bytes().to_vec()),
            greedy: descriptor == 0,
            dir: false,
        };
        let resource = Stream::new(Box::new(device), description).into_resource();
        // The name is free: nothing of the script has run.
        let _ = global_constants::declare(cx, &PhpString::from(name), Value::resource(resource));
    }
}

/// Closes what is still open, so that filters and objects of scripts hear of it.
pub fn end(cx: &mut Context) {
    let mut open = Vec::new();
    PhpResource::for_each(|resource| {
        if !resource.is_closed() && resource.native::<Stream>().is_some() {
            open.push(resource.clone());
        }
    });
    for resource in open {
        // Nobody is left to be told of failure.
        let _ = super::io::close(cx, &resource);
    }
    forget_default(cx);
}
