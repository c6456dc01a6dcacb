//! Scripts that come from streams: `include` of a path with a scheme.

use super::io::Stream;
use super::open::{OpenOptions, open_stream};
use phalanx_value::PhpString;
use phalanx_vm::{Context, PhpResult};

/// The script behind a path, or why there is none. Streams of classes are asked what PHP asks them.
pub fn read(cx: &mut Context, path: &PhpString) -> PhpResult<Result<Vec<u8>, String>> {
    let options = OpenOptions { for_include: true, ..OpenOptions::default() };
    let stream = match open_stream(cx, path, b"rb", &options)? {
        Ok(stream) => stream,
        Err(reason) => return Ok(Err(reason)),
    };
    // While it is read it is a resource like others, which filters and the end of the request know.
    let resource = stream.into_resource();
    let Some(stream) = resource.native::<Stream>() else { return Ok(Err("operation failed".to_owned())) };
    let content = content(cx, stream);
    super::io::close(cx, &resource)?;
    content.map(Ok)
}

fn content(cx: &mut Context, stream: &Stream) -> PhpResult<Vec<u8>> {
    stream.unbuffer(cx)?;
    stream.stat(cx)?;
    stream.read_all(cx, usize::MAX)
}
