//! Functions of streams, contexts, filters and wrappers.

use crate::streams::context::{self, StreamContext, default_context};
use crate::streams::filter::{self, Chain, Mode};
use crate::streams::open::{BUILT_IN, Target, Wrappers, target};
use crate::streams::{self, Stream, Whence};
use phalanx_macros::php_fn;
use phalanx_value::{Key, NativeState, PhpArray, PhpResource, PhpString, Value, View};
use phalanx_vm::args::{OrFalse, Path};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};
use std::time::Duration;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &STREAM_CONTEXT_CREATE,
    &STREAM_CONTEXT_SET_PARAMS,
    &STREAM_CONTEXT_GET_PARAMS,
    &STREAM_CONTEXT_SET_OPTION,
    &STREAM_CONTEXT_SET_OPTIONS,
    &STREAM_CONTEXT_GET_OPTIONS,
    &STREAM_CONTEXT_GET_DEFAULT,
    &STREAM_CONTEXT_SET_DEFAULT,
    &STREAM_FILTER_PREPEND,
    &STREAM_FILTER_APPEND,
    &STREAM_FILTER_REMOVE,
    &STREAM_GET_FILTERS,
    &STREAM_COPY_TO_STREAM,
    &STREAM_GET_CONTENTS,
    &STREAM_GET_LINE,
    &STREAM_GET_META_DATA,
    &SOCKET_GET_STATUS,
    &STREAM_SUPPORTS_LOCK,
    &STREAM_SET_WRITE_BUFFER,
    &SET_FILE_BUFFER,
    &STREAM_SET_READ_BUFFER,
    &STREAM_SET_BLOCKING,
    &SOCKET_SET_BLOCKING,
    &STREAM_SET_CHUNK_SIZE,
    &STREAM_SET_TIMEOUT,
    &SOCKET_SET_TIMEOUT,
    &STREAM_RESOLVE_INCLUDE_PATH,
    &STREAM_GET_WRAPPERS,
    &STREAM_GET_TRANSPORTS,
    &STREAM_IS_LOCAL,
    &STREAM_ISATTY,
    &STREAM_WRAPPER_REGISTER,
    &STREAM_REGISTER_WRAPPER,
    &STREAM_WRAPPER_UNREGISTER,
    &STREAM_WRAPPER_RESTORE,
];

/// <https://www.php.net/stream_context_create>
#[php_fn("stream_context_create(?array $options = null, ?array $params = null)")]
fn stream_context_create(
    cx: &mut Context,
    options: Option<&PhpArray>,
    params: Option<&PhpArray>,
) -> PhpResult<PhpResource> {
    let resource = PhpResource::new(context::TYPE, StreamContext::default());
    if let Some(context) = resource.native::<StreamContext>() {
        if let Some(options) = options {
            set_options(cx, context, options, 1)?;
        }
        if let Some(params) = params {
            set_params(cx, context, params)?;
        }
    }
    Ok(resource)
}

/// Takes over options: arrays by wrapper.
fn set_options(cx: &mut Context, context: &StreamContext, options: &PhpArray, argument: u32) -> PhpResult {
    for (wrapper, inner) in options {
        let inner = inner.deref_clone();
        let (Key::Str(wrapper), Some(inner)) = (wrapper, inner.as_array()) else {
            let _ = argument;
            return Err(cx.throw_value_error(
                "Options should have the form [\"wrappername\"][\"optionname\"] = $value",
            ));
        };
        for (name, value) in inner {
            context.set(wrapper, &name.to_string(), value.deref_clone());
        }
    }
    Ok(())
}

fn set_params(cx: &mut Context, context: &StreamContext, params: &PhpArray) -> PhpResult {
    for (name, value) in params {
        if name.as_str().is_some_and(|name| name.as_bytes() == b"options") {
            match value.deref_clone().as_array() {
                Some(options) => set_options(cx, context, options, 2)?,
                None => return Err(cx.throw_type_error("Invalid stream/context parameter")),
            }
            continue;
        }
        context.params.borrow_mut().insert(name, value.deref_clone());
    }
    Ok(())
}

/// The context of a resource: itself, or that of a stream, which gets one if it has none.
fn context_of(cx: &mut Context, resource: &PhpResource) -> PhpResult<PhpResource> {
    if resource.native::<StreamContext>().is_some() {
        return Ok(resource.clone());
    }
    if let Some(stream) = resource.native::<Stream>() {
        if let Some(context) = stream.context().and_then(|value| value.as_resource().cloned()) {
            return Ok(context);
        }
        let fresh = PhpResource::new(context::TYPE, StreamContext::default());
        stream.set_context(Some(Value::resource(fresh.clone())));
        return Ok(fresh);
    }
    Err(cx.arg_error(1, "must be a valid stream/context"))
}

/// <https://www.php.net/stream_context_set_params>
#[php_fn("stream_context_set_params(resource $context, array $params): true")]
fn stream_context_set_params(cx: &mut Context, context: &PhpResource, params: &PhpArray) -> PhpResult<bool> {
    let resource = context_of(cx, context)?;
    if let Some(context) = resource.native::<StreamContext>() {
        set_params(cx, context, params)?;
    }
    Ok(true)
}

/// <https://www.php.net/stream_context_get_params>
#[php_fn("stream_context_get_params(resource $context): array")]
fn stream_context_get_params(cx: &mut Context, context: &PhpResource) -> PhpResult<PhpArray> {
    let resource = context_of(cx, context)?;
    let Some(context) = resource.native::<StreamContext>() else { return Ok(PhpArray::new()) };
    let mut params = context.params.borrow().clone();
    params.insert_bytes("options", context.options.borrow().clone());
    Ok(params)
}

/// <https://www.php.net/stream_context_set_option>
#[php_fn(
    "stream_context_set_option(resource $context, array|string $wrapper_or_options, ?string $option_name = null, mixed $value = UNKNOWN): true",
    default(value = Value::UNDEF)
)]
fn stream_context_set_option(
    cx: &mut Context,
    context: &PhpResource,
    wrapper_or_options: &Value,
    option_name: Option<&PhpString>,
    value: Value,
) -> PhpResult<bool> {
    let resource = context_of(cx, context)?;
    let Some(context) = resource.native::<StreamContext>() else { return Ok(true) };
    match (wrapper_or_options.view(), option_name) {
        (View::Array(_), Some(_)) => {
            Err(cx.arg_value_error(3, "must be null when argument #2 ($wrapper_or_options) is an array"))
        }
        (View::Array(_), None) if !value.is_undef() => {
            Err(cx
                .arg_value_error(4, "cannot be provided when argument #2 ($wrapper_or_options) is an array"))
        }
        (View::Array(options), None) => {
            cx.doc_deprecated(
                "Calling stream_context_set_option() with 2 arguments is deprecated, use stream_context_set_options() instead",
            )?;
            set_options(cx, context, options, 2).map(|()| true)
        }
        (_, None) => {
            Err(cx.arg_value_error(3, "cannot be null when argument #2 ($wrapper_or_options) is a string"))
        }
        (_, Some(_)) if value.is_undef() => {
            Err(cx.arg_value_error(4, "must be provided when argument #2 ($wrapper_or_options) is a string"))
        }
        (_, Some(name)) => {
            let wrapper = cx.to_string(wrapper_or_options)?;
            context.set(&wrapper, name, value);
            Ok(true)
        }
    }
}

/// <https://www.php.net/stream_context_set_options>
#[php_fn("stream_context_set_options(resource $context, array $options): true")]
fn stream_context_set_options(
    cx: &mut Context,
    context: &PhpResource,
    options: &PhpArray,
) -> PhpResult<bool> {
    let resource = context_of(cx, context)?;
    if let Some(context) = resource.native::<StreamContext>() {
        set_options(cx, context, options, 2)?;
    }
    Ok(true)
}

/// <https://www.php.net/stream_context_get_options>
#[php_fn("stream_context_get_options(resource $stream_or_context): array")]
fn stream_context_get_options(cx: &mut Context, stream_or_context: &PhpResource) -> PhpResult<PhpArray> {
    let resource = context_of(cx, stream_or_context)?;
    let options = resource.native::<StreamContext>().map(|context| context.options.borrow().clone());
    Ok(options.unwrap_or_default())
}

/// <https://www.php.net/stream_context_get_default>
#[php_fn("stream_context_get_default(?array $options = null)")]
fn stream_context_get_default(cx: &mut Context, options: Option<&PhpArray>) -> PhpResult<PhpResource> {
    let resource = default_context(cx);
    if let (Some(options), Some(context)) = (options, resource.native::<StreamContext>()) {
        set_options(cx, context, options, 1)?;
    }
    Ok(resource)
}

/// <https://www.php.net/stream_context_set_default>
#[php_fn("stream_context_set_default(array $options)")]
fn stream_context_set_default(cx: &mut Context, options: &PhpArray) -> PhpResult<PhpResource> {
    let resource = default_context(cx);
    if let Some(context) = resource.native::<StreamContext>() {
        set_options(cx, context, options, 1)?;
    }
    Ok(resource)
}

/// A filter of a stream, as a resource of type "stream filter".
struct FilterHandle {
    stream: PhpResource,
    id: u64,
    modes: Vec<Mode>,
}

impl NativeState for FilterHandle {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&Value::resource(self.stream.clone()));
    }
}

fn add_filter(
    cx: &mut Context,
    resource: &PhpResource,
    name: &PhpString,
    mode: i64,
    params: &Value,
    first: bool,
) -> PhpResult<OrFalse<PhpResource>> {
    let stream = streams::of_argument(cx, resource)?;
    let opened = stream.description().mode;
    let mut modes = Vec::new();
    let wanted = if mode & 3 == 0 {
        i64::from(opened.contains(['r', '+'])) | i64::from(opened.contains(['w', 'a', 'x', 'c', '+'])) << 1
    } else {
        mode
    };
    if wanted & 1 != 0 {
        modes.push(Mode::Read);
    }
    if wanted & 2 != 0 {
        modes.push(Mode::Write);
    }
    /// The number of the last filter.
    #[derive(Default)]
    struct LastId(u64);
    let last = cx.state::<LastId>();
    last.0 += 1;
    let id = last.0;
    for mode in &modes {
        let Some(mut filter) = super::user_filter::make(cx, resource, name, params)? else {
            return Ok(OrFalse(None));
        };
        // What was read ahead goes through a filter that comes last.
        if *mode == Mode::Read && !first && stream.unread() > 0 {
            let unread = stream.take_unread();
            let mut out = Vec::new();
            filter.run(cx, &unread, false, &mut out)?;
            stream.push_read(&out);
        }
        let mut chain = stream.swap_filters(*mode, Chain::default());
        chain.add(id, filter, first);
        stream.swap_filters(*mode, chain);
    }
    let handle = FilterHandle { stream: resource.clone(), id, modes };
    Ok(OrFalse(Some(PhpResource::new("stream filter", handle))))
}

/// <https://www.php.net/stream_filter_prepend>
#[php_fn("stream_filter_prepend(resource $stream, string $filter_name, int $mode = 0, mixed $params = null)")]
fn stream_filter_prepend(
    cx: &mut Context,
    stream: &PhpResource,
    filter_name: &PhpString,
    mode: i64,
    params: &Value,
) -> PhpResult<OrFalse<PhpResource>> {
    add_filter(cx, stream, filter_name, mode, params, true)
}

/// <https://www.php.net/stream_filter_append>
#[php_fn("stream_filter_append(resource $stream, string $filter_name, int $mode = 0, mixed $params = null)")]
fn stream_filter_append(
    cx: &mut Context,
    stream: &PhpResource,
    filter_name: &PhpString,
    mode: i64,
    params: &Value,
) -> PhpResult<OrFalse<PhpResource>> {
    add_filter(cx, stream, filter_name, mode, params, false)
}

/// <https://www.php.net/stream_filter_remove>
#[php_fn("stream_filter_remove(resource $stream_filter): bool")]
fn stream_filter_remove(cx: &mut Context, stream_filter: &PhpResource) -> PhpResult<bool> {
    let handle = match stream_filter.native::<FilterHandle>() {
        Some(handle) if !stream_filter.is_closed() => handle,
        _ => {
            let text = "stream_filter_remove(): supplied resource is not a valid stream filter resource";
            return Err(cx.throw_type_error(text));
        }
    };
    if let Some(stream) = handle.stream.native::<Stream>() {
        for mode in &handle.modes {
            let mut chain = stream.swap_filters(*mode, Chain::default());
            let removed = chain.remove(handle.id);
            stream.swap_filters(*mode, chain);
            let Some(mut filter) = removed else { continue };
            // What the filter holds back comes out now.
            let mut out = Vec::new();
            filter.run(cx, &[], true, &mut out)?;
            match mode {
                Mode::Write if !out.is_empty() => {
                    stream.write_raw(cx, &out)?;
                }
                Mode::Read => stream.push_read(&out),
                Mode::Write => {}
            }
            filter.close(cx)?;
        }
    }
    stream_filter.close();
    Ok(true)
}

/// <https://www.php.net/stream_get_filters>
#[php_fn("stream_get_filters(): array")]
fn stream_get_filters(cx: &mut Context) -> PhpArray {
    let mut names: PhpArray = filter::NAMES.iter().map(Value::str).collect();
    names.extend(super::user_filter::names(cx).into_iter().map(Value::string));
    names
}

/// <https://www.php.net/stream_copy_to_stream>
#[php_fn(
    "stream_copy_to_stream(resource $from, resource $to, ?int $length = null, int $offset = 0): int|false"
)]
fn stream_copy_to_stream(
    cx: &mut Context,
    from: &PhpResource,
    to: &PhpResource,
    length: Option<i64>,
    offset: i64,
) -> PhpResult<OrFalse<usize>> {
    let (from, to) = (streams::of_argument(cx, from)?, streams::of_argument(cx, to)?);
    if offset > 0 && !from.seek(cx, offset, Whence::Start)? {
        cx.doc_warning(format!("Failed to seek to position {offset} in the stream"))?;
        return Ok(OrFalse(None));
    }
    let mut left = length.map_or(usize::MAX, |length| usize::try_from(length).unwrap_or(usize::MAX));
    let mut total = 0;
    while left > 0 {
        let bytes = from.read(cx, left.min(1 << 16))?;
        if bytes.is_empty() {
            break;
        }
        if to.write(cx, &bytes)?.is_none() {
            return Ok(OrFalse(None));
        }
        total += bytes.len();
        left -= bytes.len();
    }
    Ok(OrFalse(Some(total)))
}

/// <https://www.php.net/stream_get_contents>
#[php_fn("stream_get_contents(resource $stream, ?int $length = null, int $offset = -1): string|false")]
fn stream_get_contents(
    cx: &mut Context,
    stream: &PhpResource,
    length: Option<i64>,
    offset: i64,
) -> PhpResult<OrFalse<Vec<u8>>> {
    let max = match length {
        None | Some(-1) => usize::MAX,
        Some(length) if length < 0 => {
            return Err(cx.arg_value_error(2, "must be greater than or equal to -1"));
        }
        Some(length) => length as usize,
    };
    let stream = streams::of_argument(cx, stream)?;
    if offset >= 0 && !stream.seek(cx, offset, Whence::Start)? {
        cx.doc_warning(format!("Failed to seek to position {offset} in the stream"))?;
        return Ok(OrFalse(None));
    }
    stream.read_all(cx, max).map(|bytes| OrFalse(Some(bytes)))
}

/// <https://www.php.net/stream_get_line>
#[php_fn("stream_get_line(resource $stream, int $length, string $ending = \"\"): string|false")]
fn stream_get_line(
    cx: &mut Context,
    stream: &PhpResource,
    length: i64,
    ending: &PhpString,
) -> PhpResult<OrFalse<Vec<u8>>> {
    let max = match length {
        0 => usize::MAX - ending.len(),
        length if length < 0 => return Err(cx.arg_value_error(2, "must be greater than or equal to 0")),
        length => length as usize,
    };
    let stream = streams::of_argument(cx, stream)?;
    if ending.is_empty() {
        let bytes = stream.read(cx, max)?;
        return Ok(OrFalse((!bytes.is_empty()).then_some(bytes)));
    }
    stream.until(cx, ending, max).map(OrFalse)
}

fn meta_data(cx: &mut Context, resource: &PhpResource) -> PhpResult<PhpArray> {
    let stream = streams::of_argument(cx, resource)?;
    let description = stream.description();
    let mut array = PhpArray::new();
    array.insert_bytes("timed_out", stream.timed_out());
    array.insert_bytes("blocked", stream.is_blocking());
    array.insert_bytes("eof", stream.eof());
    if let Some(data) = stream.wrapper_data() {
        array.insert_bytes("wrapper_data", data);
    }
    if !description.wrapper.is_empty() {
        array.insert_bytes("wrapper_type", description.wrapper);
    }
    array.insert_bytes("stream_type", description.kind);
    array.insert_bytes("mode", description.mode.as_str());
    array.insert_bytes("unread_bytes", stream.unread() as i64);
    array.insert_bytes("seekable", stream.is_seekable());
    if let Some(uri) = description.uri {
        array.insert_bytes("uri", uri);
    }
    Ok(array)
}

/// <https://www.php.net/stream_get_meta_data>
#[php_fn("stream_get_meta_data(resource $stream): array")]
fn stream_get_meta_data(cx: &mut Context, stream: &PhpResource) -> PhpResult<PhpArray> {
    meta_data(cx, stream)
}

/// <https://www.php.net/socket_get_status>
#[php_fn("socket_get_status(resource $stream): array")]
fn socket_get_status(cx: &mut Context, stream: &PhpResource) -> PhpResult<PhpArray> {
    meta_data(cx, stream)
}

/// <https://www.php.net/stream_supports_lock>
#[php_fn("stream_supports_lock(resource $stream): bool")]
fn stream_supports_lock(cx: &mut Context, stream: &PhpResource) -> PhpResult<bool> {
    let stream = streams::of_argument(cx, stream)?;
    Ok(stream.with_device(|device| device.file().is_some()).unwrap_or(false))
}

/// <https://www.php.net/stream_set_write_buffer>
#[php_fn("stream_set_write_buffer(resource $stream, int $size): int")]
fn stream_set_write_buffer(cx: &mut Context, stream: &PhpResource, size: i64) -> PhpResult<i64> {
    streams::of_argument(cx, stream)?;
    // Writes are never held back, which is what size 0 asks for.
    Ok(if size == 0 { 0 } else { -1 })
}

/// <https://www.php.net/set_file_buffer>
#[php_fn("set_file_buffer(resource $stream, int $size): int")]
fn set_file_buffer(cx: &mut Context, stream: &PhpResource, size: i64) -> PhpResult<i64> {
    streams::of_argument(cx, stream)?;
    Ok(if size == 0 { 0 } else { -1 })
}

/// <https://www.php.net/stream_set_read_buffer>
#[php_fn("stream_set_read_buffer(resource $stream, int $size): int")]
fn stream_set_read_buffer(cx: &mut Context, stream: &PhpResource, size: i64) -> PhpResult<i64> {
    let _ = size;
    streams::of_argument(cx, stream)?;
    Ok(0)
}

/// <https://www.php.net/stream_set_blocking>
#[php_fn("stream_set_blocking(resource $stream, bool $enable): bool")]
fn stream_set_blocking(cx: &mut Context, stream: &PhpResource, enable: bool) -> PhpResult<bool> {
    Ok(streams::of_argument(cx, stream)?.set_blocking(enable))
}

/// <https://www.php.net/socket_set_blocking>
#[php_fn("socket_set_blocking(resource $stream, bool $enable): bool")]
fn socket_set_blocking(cx: &mut Context, stream: &PhpResource, enable: bool) -> PhpResult<bool> {
    Ok(streams::of_argument(cx, stream)?.set_blocking(enable))
}

/// <https://www.php.net/stream_set_chunk_size>
#[php_fn("stream_set_chunk_size(resource $stream, int $size): int")]
fn stream_set_chunk_size(cx: &mut Context, stream: &PhpResource, size: i64) -> PhpResult<usize> {
    let Some(size) = usize::try_from(size).ok().filter(|size| *size > 0) else {
        return Err(cx.arg_value_error(2, "must be greater than 0"));
    };
    if size > i32::MAX as usize {
        return Err(cx.arg_value_error(2, "is too large"));
    }
    Ok(streams::of_argument(cx, stream)?.set_chunk(size))
}

/// <https://www.php.net/stream_set_timeout>
#[php_fn("stream_set_timeout(resource $stream, int $seconds, int $microseconds = 0): bool")]
fn stream_set_timeout(
    cx: &mut Context,
    stream: &PhpResource,
    seconds: i64,
    microseconds: i64,
) -> PhpResult<bool> {
    set_timeout(cx, stream, seconds, microseconds)
}

/// Only sockets have time-outs.
fn set_timeout(cx: &mut Context, stream: &PhpResource, seconds: i64, microseconds: i64) -> PhpResult<bool> {
    let stream = streams::of_argument(cx, stream)?;
    let (seconds, rest) = (seconds + microseconds.div_euclid(1_000_000), microseconds.rem_euclid(1_000_000));
    let timeout = u64::try_from(seconds).ok().map(|whole| Duration::new(whole, rest as u32 * 1000));
    Ok(stream.with_device(|device| device.set_timeout(timeout)).unwrap_or(false))
}

/// <https://www.php.net/socket_set_timeout>
#[php_fn("socket_set_timeout(resource $stream, int $seconds, int $microseconds = 0): bool")]
fn socket_set_timeout(
    cx: &mut Context,
    stream: &PhpResource,
    seconds: i64,
    microseconds: i64,
) -> PhpResult<bool> {
    set_timeout(cx, stream, seconds, microseconds)
}

/// <https://www.php.net/stream_resolve_include_path>
#[php_fn("stream_resolve_include_path(string $filename): string|false")]
fn stream_resolve_include_path(cx: &mut Context, filename: Path<'_>) -> OrFalse<PhpString> {
    OrFalse(cx.resolve_include(filename.as_bytes()))
}

/// <https://www.php.net/stream_get_wrappers>
#[php_fn("stream_get_wrappers(): array")]
fn stream_get_wrappers(cx: &mut Context) -> PhpArray {
    let wrappers = cx.state::<Wrappers>();
    let built_in = BUILT_IN.iter().filter(|name| !wrappers.removed.iter().any(|r| r == name.as_bytes()));
    let mut names: PhpArray = built_in.map(Value::str).collect();
    names.extend(wrappers.order.iter().map(Value::str));
    names
}

/// <https://www.php.net/stream_get_transports>
#[php_fn("stream_get_transports(): array")]
fn stream_get_transports() -> PhpArray {
    PhpArray::from_list([Value::str("tcp")])
}

/// <https://www.php.net/stream_is_local>
#[php_fn("stream_is_local($stream): bool")]
fn stream_is_local(cx: &mut Context, stream: &Value) -> PhpResult<bool> {
    if let Some(resource) = stream.as_resource() {
        let kind = streams::of_argument(cx, resource)?.description().kind;
        return Ok(kind != "tcp_socket");
    }
    let path = cx.to_string(stream)?;
    Ok(!matches!(target(cx, &path, true)?, Target::User(_) | Target::Http))
}

/// <https://www.php.net/stream_isatty>
#[php_fn("stream_isatty(resource $stream): bool")]
fn stream_isatty(cx: &mut Context, stream: &PhpResource) -> PhpResult<bool> {
    use std::os::fd::AsRawFd;
    let stream = streams::of_argument(cx, stream)?;
    let descriptor = stream.with_device(|device| device.file().map(AsRawFd::as_raw_fd)).flatten();
    Ok(descriptor.is_some_and(phalanx_host::output::is_terminal))
}

fn register_wrapper(
    cx: &mut Context,
    protocol: &PhpString,
    class: &PhpString,
    flags: i64,
) -> PhpResult<bool> {
    let _ = flags;
    let Some(found) = cx.lookup_class(class, true)? else {
        return Err(cx.arg_error(2, format!("must be a valid class name, {class} given")));
    };
    let valid = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let lower = protocol.to_ascii_lowercase();
    let wrappers = cx.state::<Wrappers>();
    let built_in = BUILT_IN.iter().any(|name| name.as_bytes() == lower) && !wrappers.removed.contains(&lower);
    if built_in || wrappers.user.contains_key(&lower) {
        cx.doc_warning(format!("Protocol {protocol}:// is already defined."))?;
        return Ok(false);
    }
    if protocol.is_empty() || !protocol.iter().all(valid) {
        cx.doc_warning(format!(
            "Invalid protocol scheme specified. Unable to register wrapper class {} to {protocol}://",
            found.name
        ))?;
        return Ok(false);
    }
    wrappers.user.insert(lower.clone(), found);
    wrappers.order.push(lower);
    Ok(true)
}

/// <https://www.php.net/stream_wrapper_register>
#[php_fn("stream_wrapper_register(string $protocol, string $class, int $flags = 0): bool")]
fn stream_wrapper_register(
    cx: &mut Context,
    protocol: &PhpString,
    class: &PhpString,
    flags: i64,
) -> PhpResult<bool> {
    register_wrapper(cx, protocol, class, flags)
}

/// <https://www.php.net/stream_register_wrapper>
#[php_fn("stream_register_wrapper(string $protocol, string $class, int $flags = 0): bool")]
fn stream_register_wrapper(
    cx: &mut Context,
    protocol: &PhpString,
    class: &PhpString,
    flags: i64,
) -> PhpResult<bool> {
    register_wrapper(cx, protocol, class, flags)
}

/// <https://www.php.net/stream_wrapper_unregister>
#[php_fn("stream_wrapper_unregister(string $protocol): bool")]
fn stream_wrapper_unregister(cx: &mut Context, protocol: &PhpString) -> PhpResult<bool> {
    let lower = protocol.to_ascii_lowercase();
    let wrappers = cx.state::<Wrappers>();
    if wrappers.user.remove(&lower).is_some() {
        wrappers.order.retain(|name| *name != lower);
        return Ok(true);
    }
    if BUILT_IN.iter().any(|name| name.as_bytes() == lower) && !wrappers.removed.contains(&lower) {
        wrappers.removed.push(lower);
        return Ok(true);
    }
    cx.doc_warning(format!("Unable to unregister {protocol}://"))?;
    Ok(false)
}

/// <https://www.php.net/stream_wrapper_restore>
#[php_fn("stream_wrapper_restore(string $protocol): bool")]
fn stream_wrapper_restore(cx: &mut Context, protocol: &PhpString) -> PhpResult<bool> {
    let lower = protocol.to_ascii_lowercase();
    if !BUILT_IN.iter().any(|name| name.as_bytes() == lower) {
        cx.doc_warning(format!("{protocol}:// never existed, nothing to restore"))?;
        return Ok(false);
    }
    let wrappers = cx.state::<Wrappers>();
    let user = wrappers.user.remove(&lower).is_some();
    wrappers.order.retain(|name| *name != lower);
    let before = wrappers.removed.len();
    wrappers.removed.retain(|name| *name != lower);
    if before == wrappers.removed.len() && !user {
        cx.doc_notice(format!("{protocol}:// was never changed, nothing to restore"))?;
    }
    Ok(true)
}
