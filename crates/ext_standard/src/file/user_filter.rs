//! Filters that classes of scripts implement: `stream_filter_register()`, `php_user_filter` and its buckets.

use crate::args::call_named;
use crate::streams::filter::Filter;
use phalanx_macros::{native_class, php_fn, php_method};
use phalanx_value::{NativeState, ObjRef, PhpRef, PhpResource, PhpString, Value};
use phalanx_vm::class::ClassRef;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};
use std::cell::RefCell;
use std::collections::VecDeque;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &STREAM_FILTER_REGISTER,
    &STREAM_BUCKET_MAKE_WRITEABLE,
    &STREAM_BUCKET_APPEND,
    &STREAM_BUCKET_PREPEND,
    &STREAM_BUCKET_NEW,
];

native_class! {
    /// <https://www.php.net/class.php-user-filter>
    pub static PHP_USER_FILTER = "class php_user_filter";
    prop "public string $filtername = ''";
    prop "public mixed $params = ''";
    prop "public $stream = null";
    methods: FILTER, ON_CREATE, ON_CLOSE;
}

native_class! {
    /// <https://www.php.net/class.streambucket>
    pub static STREAM_BUCKET = "final class StreamBucket";
    prop "public $bucket = null";
    prop "public string $data";
    prop "public int $datalen";
    prop "public int $dataLength";
}

/// <https://www.php.net/php-user-filter.filter>
#[php_method("php_user_filter::filter($in, $out, &$consumed, bool $closing): int", tentative)]
fn filter(this: &ObjRef, r#in: &Value, out: &Value, consumed: PhpRef, closing: bool) -> i64 {
    let _ = (this, r#in, out, consumed, closing);
    FATAL
}

/// <https://www.php.net/php-user-filter.oncreate>
#[php_method("php_user_filter::onCreate(): bool", tentative)]
fn on_create(this: &ObjRef) -> bool {
    let _ = this;
    true
}

/// <https://www.php.net/php-user-filter.onclose>
#[php_method("php_user_filter::onClose(): void", tentative)]
fn on_close(this: &ObjRef) {
    let _ = this;
}

/// `PSFS_ERR_FATAL`
const FATAL: i64 = 0;
/// `PSFS_PASS_ON`
const PASS_ON: i64 = 2;

/// Classes by the pattern of filter names they are for, in the order of their registration.
#[derive(Default)]
struct Registered(Vec<(PhpString, PhpString)>);

/// Names that were registered.
pub fn names(cx: &mut Context) -> Vec<PhpString> {
    cx.state::<Registered>().0.iter().map(|(name, _)| name.clone()).collect()
}

/// <https://www.php.net/stream_filter_register>
#[php_fn("stream_filter_register(string $filter_name, string $class): bool")]
fn stream_filter_register(cx: &mut Context, filter_name: &PhpString, class: &PhpString) -> PhpResult<bool> {
    if filter_name.is_empty() {
        return Err(cx.arg_value_error(1, "must be a non-empty string"));
    }
    if class.is_empty() {
        return Err(cx.arg_value_error(2, "must be a non-empty string"));
    }
    let known = crate::streams::filter::built_in(filter_name).is_some();
    let registered = cx.state::<Registered>();
    if known || registered.0.iter().any(|(name, _)| name == filter_name) {
        return Ok(false);
    }
    registered.0.push((filter_name.clone(), class.clone()));
    Ok(true)
}

/// The class for a filter name: `a.b.c` is also found as `a.b.*` and `a.*`.
fn class_name(cx: &mut Context, name: &PhpString) -> Option<PhpString> {
    let registered = cx.state::<Registered>();
    let find = |wanted: &[u8]| {
        registered.0.iter().find(|(name, _)| name.as_bytes() == wanted).map(|(_, class)| class.clone())
    };
    if let Some(class) = find(name) {
        return Some(class);
    }
    let mut rest = name.as_bytes();
    while let Some(dot) = memchr::memrchr(b'.', rest) {
        if let Some(class) = find(&[&rest[..dot], b".*"].concat()) {
            return Some(class);
        }
        rest = &rest[..dot];
    }
    None
}

/// A filter with this name, built in or of a class; none after a warning.
pub fn make(
    cx: &mut Context,
    stream: &PhpResource,
    name: &PhpString,
    params: &Value,
) -> PhpResult<Option<Box<dyn Filter>>> {
    let built_in = crate::streams::filter::built_in(name);
    let made = if built_in.is_some() { built_in } else { create(cx, stream, name, params)? };
    if made.is_none() {
        let known = name.starts_with(b"convert.") || class_name(cx, name).is_some();
        let what = if known { "create or locate" } else { "locate" };
        cx.doc_warning(format!("Unable to {what} filter \"{name}\""))?;
    }
    Ok(made)
}

/// A filter with this name that a class implements; none if there is none or it declines.
fn create(
    cx: &mut Context,
    stream: &PhpResource,
    name: &PhpString,
    params: &Value,
) -> PhpResult<Option<Box<dyn Filter>>> {
    let Some(class_name) = class_name(cx, name) else { return Ok(None) };
    let Some(class) = cx.lookup_class(&class_name, true)? else {
        cx.doc_warning(format!(
            "User-filter \"{name}\" requires class \"{class_name}\", but that class is not defined"
        ))?;
        return Ok(None);
    };
    let object = cx.new_object(class)?;
    let params = if params.is_nullish() { Value::NULL } else { params.clone() };
    for (property, value) in [("filtername", Value::string(name.clone())), ("params", params)] {
        set(&object, property, value);
    }
    let created = call_named(cx, &object, b"oncreate", &[])?;
    if created.is_false() {
        return Ok(None);
    }
    let _ = stream;
    Ok(Some(Box::new(UserFilter { object, stream: stream.clone() })))
}

/// Sets a public property.
fn set(object: &ObjRef, name: &str, value: Value) {
    match ClassRef::of(object).props.get(name.as_bytes()) {
        Some(info) => object.set_slot(info.slot, value),
        None => {
            object.with_dynamic(|table| table.insert_bytes(name, value));
        }
    }
}

/// What a filter method gets its bytes from and puts them to.
#[derive(Default)]
struct Brigade(RefCell<VecDeque<Value>>);

impl NativeState for Brigade {
    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        self.0.borrow().iter().for_each(visit);
    }
}

/// What the property `bucket` of a bucket object holds.
struct BucketHandle;

impl NativeState for BucketHandle {}

struct UserFilter {
    object: ObjRef,
    stream: PhpResource,
}

fn bucket(cx: &mut Context, bytes: &[u8]) -> PhpResult<Value> {
    let class = cx.native_class("streambucket");
    let object = cx.new_object(class)?;
    set(&object, "bucket", Value::resource(PhpResource::new("userfilter.bucket", BucketHandle)));
    set(&object, "data", Value::str(bytes));
    set(&object, "datalen", Value::int(bytes.len() as i64));
    set(&object, "dataLength", Value::int(bytes.len() as i64));
    Ok(Value::object(object))
}

impl Filter for UserFilter {
    fn run(&mut self, cx: &mut Context, input: &[u8], closing: bool, out: &mut Vec<u8>) -> PhpResult {
        let incoming = PhpResource::new("userfilter.bucket brigade", Brigade::default());
        let outgoing = PhpResource::new("userfilter.bucket brigade", Brigade::default());
        if !input.is_empty()
            && let Some(brigade) = incoming.native::<Brigade>()
        {
            let first = bucket(cx, input)?;
            brigade.0.borrow_mut().push_back(first);
        }
        set(&self.object, "stream", Value::resource(self.stream.clone()));
        let consumed = PhpRef::new(Value::int(0));
        let args = [
            Value::resource(incoming.clone()),
            Value::resource(outgoing.clone()),
            Value::reference(consumed),
            Value::bool(closing),
        ];
        let result = call_named(cx, &self.object, b"filter", &args);
        // The stream is known to the filter only while it runs, so that the two do not keep each other alive.
        set(&self.object, "stream", Value::NULL);
        let status = result?.as_int().unwrap_or(FATAL);
        if let Some(brigade) = incoming.native::<Brigade>()
            && !brigade.0.borrow().is_empty()
        {
            cx.doc_warning("Unprocessed filter buckets remaining on input brigade")?;
        }
        if status == PASS_ON
            && let Some(brigade) = outgoing.native::<Brigade>()
        {
            for value in brigade.0.borrow().iter() {
                if let Some(object) = value.as_object()
                    && let Some(info) = ClassRef::of(object).props.get(b"data")
                {
                    let data = object.get_slot(info.slot).into_deref();
                    out.extend_from_slice(data.as_bytes().unwrap_or(b""));
                }
            }
        }
        Ok(())
    }

    fn close(&mut self, cx: &mut Context) -> PhpResult {
        call_named(cx, &self.object, b"onclose", &[]).map(|_| ())
    }

    fn trace(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&Value::object(self.object.clone()));
        visit(&Value::resource(self.stream.clone()));
    }
}

fn brigade<'a>(cx: &mut Context, resource: &'a PhpResource) -> PhpResult<&'a Brigade> {
    match resource.native::<Brigade>() {
        Some(brigade) => Ok(brigade),
        None => {
            let function = String::from_utf8_lossy(&cx.active_function_name()).into_owned();
            let text =
                format!("{function}(): supplied resource is not a valid userfilter.bucket brigade resource");
            Err(cx.throw_type_error(text))
        }
    }
}

/// <https://www.php.net/stream_bucket_make_writeable>
#[php_fn("stream_bucket_make_writeable(resource $brigade): ?StreamBucket")]
fn stream_bucket_make_writeable(cx: &mut Context, brigade: &PhpResource) -> PhpResult<Value> {
    let first = self::brigade(cx, brigade)?.0.borrow_mut().pop_front();
    Ok(first.unwrap_or(Value::NULL))
}

/// <https://www.php.net/stream_bucket_append>
#[php_fn("stream_bucket_append(resource $brigade, StreamBucket $bucket): void")]
fn stream_bucket_append(cx: &mut Context, brigade: &PhpResource, bucket: &ObjRef) -> PhpResult<()> {
    self::brigade(cx, brigade)?.0.borrow_mut().push_back(Value::object(bucket.clone()));
    Ok(())
}

/// <https://www.php.net/stream_bucket_prepend>
#[php_fn("stream_bucket_prepend(resource $brigade, StreamBucket $bucket): void")]
fn stream_bucket_prepend(cx: &mut Context, brigade: &PhpResource, bucket: &ObjRef) -> PhpResult<()> {
    self::brigade(cx, brigade)?.0.borrow_mut().push_front(Value::object(bucket.clone()));
    Ok(())
}

/// <https://www.php.net/stream_bucket_new>
#[php_fn("stream_bucket_new(resource $stream, string $buffer): StreamBucket")]
fn stream_bucket_new(cx: &mut Context, stream: &PhpResource, buffer: &PhpString) -> PhpResult<Value> {
    crate::streams::of_argument(cx, stream)?;
    bucket(cx, buffer)
}
