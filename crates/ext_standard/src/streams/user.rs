//! Wrappers that classes of scripts implement (`stream_wrapper_register()`).

use super::device::{Device, Whence};
use super::io::{Description, Stream};
use super::open::OpenOptions;
use crate::args::call_named;
use phalanx_host::clock::Time;
use phalanx_host::fs::Stat;
use phalanx_value::{ObjRef, PhpArray, PhpRef, PhpResource, PhpString, Value};
use phalanx_vm::class::ClassRef;
use phalanx_vm::{Context, PhpResult};
use std::io;

/// An object of a wrapper class, its constructor called and its property `context` set.
pub fn object(cx: &mut Context, class: ClassRef, context: Option<PhpResource>) -> PhpResult<ObjRef> {
    let object = cx.new_object(class)?;
    let context = context.map_or(Value::NULL, Value::resource);
    let name = PhpString::from("context");
    match class.props.get(&name) {
        Some(info) => object.set_slot(info.slot, context),
        None => {
            object.with_dynamic(|table| table.insert(&name, context));
        }
    }
    if let Some(constructor) = class.magic.construct {
        cx.call_method(&object, constructor, &[])?;
    }
    Ok(object)
}

/// Whether the class of the object has a method; a warning otherwise.
fn has(cx: &mut Context, object: &ObjRef, method: &str) -> PhpResult<bool> {
    let class = ClassRef::of(object);
    if class.method(method.as_bytes()).is_some() || class.magic.call.is_some() {
        return Ok(true);
    }
    cx.doc_warning(format!("{}::{method} is not implemented!", class.name))?;
    Ok(false)
}

fn call(cx: &mut Context, object: &ObjRef, method: &str, args: &[Value]) -> PhpResult<Value> {
    call_named(cx, object, method.as_bytes(), args)
}

/// `stream_open`.
pub fn open(
    cx: &mut Context,
    class: ClassRef,
    path: &PhpString,
    mode: &[u8],
    options: &OpenOptions,
) -> PhpResult<Result<Stream, String>> {
    let object = object(cx, class, options.context.clone())?;
    let failed = |class: ClassRef| Ok(Err(format!("\"{}::stream_open\" call failed", class.name)));
    if class.method(b"stream_open").is_none() {
        return Ok(Err(format!("\"{}::stream_open\" is not implemented!", class.name)));
    }
    let opened = PhpRef::new(Value::NULL);
    let bits = if options.for_include {
        // USE_PATH, STREAM_OPEN_FOR_INCLUDE and STREAM_OPEN_FOR_ZEND_STREAM.
        0x1_0081
    } else {
        i64::from(options.use_include_path) | if options.quiet { 0 } else { 8 }
    };
    let args = [Value::string(path.clone()), Value::str(mode), Value::int(bits), Value::reference(opened)];
    if !call(cx, &object, "stream_open", &args)?.truthy() {
        return failed(class);
    }
    let description = Description {
        wrapper: "user-space",
        kind: "user-space",
        mode: String::from_utf8_lossy(mode).into_owned(),
        uri: Some(path.to_vec()),
        greedy: false,
        dir: false,
    };
    Ok(Ok(Stream::new(Box::new(UserDevice { object, ended: false }), description)))
}

/// `dir_opendir`.
pub fn open_dir(
    cx: &mut Context,
    class: ClassRef,
    path: &PhpString,
    options: &OpenOptions,
) -> PhpResult<Option<PhpResource>> {
    let object = object(cx, class, options.context.clone())?;
    if !call(cx, &object, "dir_opendir", &[Value::string(path.clone()), Value::int(0)])?.truthy() {
        let reason = format!("\"{}::dir_opendir\" call failed", class.name);
        super::open::failed(cx, path, "Failed to open directory", &reason)?;
        return Ok(None);
    }
    let description = Description {
        wrapper: "user-space-dir",
        kind: "user-space-dir",
        mode: "r".to_owned(),
        uri: Some(path.to_vec()),
        greedy: false,
        dir: true,
    };
    Ok(Some(Stream::new(Box::new(UserDir { object }), description).into_resource()))
}

struct UserDevice {
    object: ObjRef,
    /// The object has said that it is at its end.
    ended: bool,
}

impl Device for UserDevice {
    fn read(&mut self, cx: &mut Context, buffer: &mut Vec<u8>, max: usize) -> PhpResult<io::Result<usize>> {
        if !has(cx, &self.object, "stream_read")? {
            self.ended = true;
            return Ok(Ok(0));
        }
        let result = call(cx, &self.object, "stream_read", &[Value::int(max as i64)])?;
        let mut count = 0;
        if !result.is_false() {
            let bytes = cx.to_string(&result)?;
            count = bytes.len();
            if count > max {
                let name = ClassRef::of(&self.object).name.clone();
                cx.doc_warning(format!(
                    "{name}::stream_read - read {} bytes more data than requested ({count} read, {max} max) - excess \
                     data will be lost",
                    count - max
                ))?;
                count = max;
            }
            buffer.extend_from_slice(&bytes[..count]);
        }
        // The object is asked after each read, whether it gave something or not.
        if has(cx, &self.object, "stream_eof")? {
            self.ended = call(cx, &self.object, "stream_eof", &[])?.truthy();
        } else {
            self.ended = true;
        }
        if count == 0 && !self.ended {
            return Ok(Err(io::ErrorKind::WouldBlock.into()));
        }
        Ok(Ok(count))
    }

    fn at_end(&mut self, _: &mut Context) -> PhpResult<bool> {
        Ok(self.ended)
    }

    fn write(&mut self, cx: &mut Context, bytes: &[u8]) -> PhpResult<io::Result<usize>> {
        if !has(cx, &self.object, "stream_write")? {
            return Ok(Err(io::ErrorKind::WouldBlock.into()));
        }
        let result = call(cx, &self.object, "stream_write", &[Value::str(bytes)])?;
        if result.is_false() {
            return Ok(Err(io::ErrorKind::WouldBlock.into()));
        }
        let count = cx.to_int(&result)?.max(0) as usize;
        if count > bytes.len() {
            let name = ClassRef::of(&self.object).name.clone();
            let (more, max) = (count - bytes.len(), bytes.len());
            cx.doc_warning(format!(
                "{name}::stream_write wrote {more} bytes more data than requested ({count} written, {max} max)"
            ))?;
        }
        Ok(Ok(count.min(bytes.len())))
    }

    fn seek(&mut self, cx: &mut Context, offset: i64, whence: Whence) -> PhpResult<Option<u64>> {
        let class = ClassRef::of(&self.object);
        if class.method(b"stream_seek").is_none() {
            return Ok(None);
        }
        let args = [Value::int(offset), Value::int(whence as i64)];
        if !call(cx, &self.object, "stream_seek", &args)?.truthy() {
            return Ok(None);
        }
        self.ended = false;
        if !has(cx, &self.object, "stream_tell")? {
            return Ok(None);
        }
        let place = call(cx, &self.object, "stream_tell", &[])?;
        Ok(u64::try_from(cx.to_int(&place)?).ok())
    }

    fn is_seekable(&self) -> bool {
        ClassRef::of(&self.object).method(b"stream_seek").is_some()
    }

    fn flush(&mut self, cx: &mut Context) -> PhpResult<bool> {
        Ok(call(cx, &self.object, "stream_flush", &[])?.truthy())
    }

    fn close(&mut self, cx: &mut Context) -> PhpResult {
        call(cx, &self.object, "stream_close", &[]).map(|_| ())
    }

    fn stat(&mut self, cx: &mut Context) -> PhpResult<Option<Stat>> {
        if !has(cx, &self.object, "stream_stat")? {
            return Ok(None);
        }
        let result = call(cx, &self.object, "stream_stat", &[])?;
        match result.as_array() {
            Some(array) => stat_of_array(cx, array).map(Some),
            None => Ok(None),
        }
    }

    fn unbuffer(&mut self, cx: &mut Context) -> PhpResult {
        // STREAM_OPTION_READ_BUFFER with STREAM_BUFFER_NONE.
        let args = [Value::int(2), Value::int(0), Value::NULL];
        if has(cx, &self.object, "stream_set_option")? {
            call(cx, &self.object, "stream_set_option", &args)?;
        }
        Ok(())
    }

    fn can_truncate(&self) -> bool {
        ClassRef::of(&self.object).method(b"stream_truncate").is_some()
    }

    fn truncate(&mut self, cx: &mut Context, size: u64) -> PhpResult<bool> {
        Ok(call(cx, &self.object, "stream_truncate", &[Value::int(size as i64)])?.is_true())
    }

    fn lock(&mut self, cx: &mut Context, operation: i64) -> PhpResult<Option<io::Result<()>>> {
        if !has(cx, &self.object, "stream_lock")? {
            return Ok(None);
        }
        let done = call(cx, &self.object, "stream_lock", &[Value::int(operation)])?.truthy();
        Ok(Some(if done { Ok(()) } else { Err(io::ErrorKind::WouldBlock.into()) }))
    }

    fn set_blocking(&mut self, _: bool) -> bool {
        false
    }

    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&Value::object(self.object.clone()));
    }

    fn wrapper_data(&self) -> Option<Value> {
        Some(Value::object(self.object.clone()))
    }
}

/// The fields of `stat()` in an array of a script.
pub fn stat_of_array(cx: &mut Context, array: &PhpArray) -> PhpResult<Stat> {
    let field = |cx: &mut Context, name: &str| match array.get_bytes(name) {
        Some(value) => cx.to_int(&value.deref_clone()),
        None => Ok(0),
    };
    let time = |seconds: i64| Time { seconds, nanoseconds: 0 };
    Ok(Stat {
        dev: field(cx, "dev")? as u64,
        ino: field(cx, "ino")? as u64,
        mode: field(cx, "mode")? as u32,
        nlink: field(cx, "nlink")? as u64,
        uid: field(cx, "uid")? as u32,
        gid: field(cx, "gid")? as u32,
        rdev: field(cx, "rdev")? as u64,
        size: field(cx, "size")? as u64,
        accessed: time(field(cx, "atime")?),
        modified: time(field(cx, "mtime")?),
        changed: time(field(cx, "ctime")?),
        blksize: field(cx, "blksize")? as u64,
        blocks: field(cx, "blocks")? as u64,
    })
}

struct UserDir {
    object: ObjRef,
}

impl Device for UserDir {
    fn read(&mut self, cx: &mut Context, buffer: &mut Vec<u8>, _: usize) -> PhpResult<io::Result<usize>> {
        let result = call(cx, &self.object, "dir_readdir", &[])?;
        if result.is_false() || result.is_nullish() {
            return Ok(Ok(0));
        }
        let name = cx.to_string(&result)?;
        buffer.extend_from_slice(&name);
        Ok(Ok(name.len()))
    }

    fn write(&mut self, _: &mut Context, _: &[u8]) -> PhpResult<io::Result<usize>> {
        Ok(Err(io::Error::from_raw_os_error(9)))
    }

    fn seek(&mut self, cx: &mut Context, _: i64, _: Whence) -> PhpResult<Option<u64>> {
        call(cx, &self.object, "dir_rewinddir", &[])?;
        Ok(Some(0))
    }

    fn is_seekable(&self) -> bool {
        true
    }

    fn close(&mut self, cx: &mut Context) -> PhpResult {
        call(cx, &self.object, "dir_closedir", &[]).map(|_| ())
    }

    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&Value::object(self.object.clone()));
    }
}

/// A stream as the device of another one: `php://filter`.
pub struct Forward {
    inner: Stream,
}

impl Forward {
    /// Takes everything out of a stream; what is left of it is at its end.
    pub fn take(stream: &Stream) -> Forward {
        Forward { inner: stream.take_over() }
    }
}

impl Device for Forward {
    fn read(&mut self, cx: &mut Context, buffer: &mut Vec<u8>, max: usize) -> PhpResult<io::Result<usize>> {
        let bytes = self.inner.read(cx, max)?;
        buffer.extend_from_slice(&bytes);
        Ok(Ok(bytes.len()))
    }

    fn write(&mut self, cx: &mut Context, bytes: &[u8]) -> PhpResult<io::Result<usize>> {
        Ok(match self.inner.write(cx, bytes)? {
            Some(count) => Ok(count),
            None => Err(io::Error::from_raw_os_error(9)),
        })
    }

    fn seek(&mut self, cx: &mut Context, offset: i64, whence: Whence) -> PhpResult<Option<u64>> {
        Ok(self.inner.seek(cx, offset, whence)?.then(|| self.inner.position()))
    }

    fn is_seekable(&self) -> bool {
        self.inner.is_seekable()
    }

    fn flush(&mut self, cx: &mut Context) -> PhpResult<bool> {
        self.inner.flush(cx)
    }

    fn close(&mut self, cx: &mut Context) -> PhpResult {
        self.inner.close(cx)
    }

    fn stat(&mut self, cx: &mut Context) -> PhpResult<Option<Stat>> {
        self.inner.stat(cx)
    }
}
