//! Folders.

use crate::streams::io::close;
use crate::streams::open::open_dir;
use crate::streams::{OpenOptions, Stream, Whence};
use phalanx_macros::{native_class, php_fn, php_method};
use phalanx_value::{ObjRef, PhpArray, PhpResource, Value};
use phalanx_vm::args::{OrFalse, Path};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&OPENDIR, &DIR, &CLOSEDIR, &REWINDDIR, &READDIR, &SCANDIR];

native_class! {
    /// <https://www.php.net/class.directory>
    pub static DIRECTORY = "class Directory";
    prop "public readonly string $path";
    prop "public readonly mixed $handle";
    methods: CLOSE_METHOD, REWIND, READ;
}

/// The folder that was opened last, for functions that are not told which.
#[derive(Default)]
struct LastDir(Option<PhpResource>);

/// <https://www.php.net/opendir>
#[php_fn("opendir(string $directory, $context = null)")]
fn opendir(
    cx: &mut Context,
    directory: Path<'_>,
    context: Option<PhpResource>,
) -> PhpResult<OrFalse<PhpResource>> {
    let options = OpenOptions { context, ..OpenOptions::default() };
    let opened = open_dir(cx, directory.as_string(), &options)?;
    if let Some(resource) = &opened {
        cx.state::<LastDir>().0 = Some(resource.clone());
    }
    Ok(OrFalse(opened))
}

/// <https://www.php.net/dir>
#[php_fn("dir(string $directory, $context = null): Directory|false")]
fn dir(cx: &mut Context, directory: Path<'_>, context: Option<PhpResource>) -> PhpResult<OrFalse<ObjRef>> {
    let options = OpenOptions { context, ..OpenOptions::default() };
    let Some(resource) = open_dir(cx, directory.as_string(), &options)? else { return Ok(OrFalse(None)) };
    let class = cx.native_class("directory");
    let object = cx.new_object(class)?;
    object.set_slot(0, Value::from(directory.as_string()));
    object.set_slot(1, Value::resource(resource));
    Ok(OrFalse(Some(object)))
}

/// The folder of a call: the argument, or the one opened last.
fn handle(cx: &mut Context, argument: Option<PhpResource>) -> PhpResult<PhpResource> {
    let resource = match argument.or_else(|| cx.state::<LastDir>().0.clone()) {
        Some(resource) => resource,
        None => return Err(cx.throw_type_error("No resource supplied")),
    };
    check(cx, &resource)?;
    Ok(resource)
}

fn check(cx: &mut Context, resource: &PhpResource) -> PhpResult {
    let function = String::from_utf8_lossy(&cx.active_function_name()).into_owned();
    match resource.native::<Stream>() {
        Some(stream) if !resource.is_closed() => {
            if stream.description().dir {
                return Ok(());
            }
            Err(cx.arg_error(1, "must be a valid Directory resource"))
        }
        _ => Err(
            cx.throw_type_error(format!("{function}(): supplied resource is not a valid Directory resource"))
        ),
    }
}

/// <https://www.php.net/closedir>
#[php_fn("closedir($dir_handle = null): void")]
fn closedir(cx: &mut Context, dir_handle: Option<PhpResource>) -> PhpResult<()> {
    let resource = handle(cx, dir_handle)?;
    let last = cx.state::<LastDir>();
    if last.0.as_ref().is_some_and(|other| other.ptr_eq(&resource)) {
        last.0 = None;
    }
    close(cx, &resource)
}

/// <https://www.php.net/rewinddir>
#[php_fn("rewinddir($dir_handle = null): void")]
fn rewinddir(cx: &mut Context, dir_handle: Option<PhpResource>) -> PhpResult<()> {
    let resource = handle(cx, dir_handle)?;
    go_back(cx, &resource)
}

fn go_back(cx: &mut Context, resource: &PhpResource) -> PhpResult {
    if let Some(stream) = resource.native::<Stream>() {
        stream.seek(cx, 0, Whence::Start)?;
    }
    Ok(())
}

/// <https://www.php.net/readdir>
#[php_fn("readdir($dir_handle = null): string|false")]
fn readdir(cx: &mut Context, dir_handle: Option<PhpResource>) -> PhpResult<OrFalse<Vec<u8>>> {
    let resource = handle(cx, dir_handle)?;
    next_name(cx, &resource).map(OrFalse)
}

fn next_name(cx: &mut Context, resource: &PhpResource) -> PhpResult<Option<Vec<u8>>> {
    let Some(stream) = resource.native::<Stream>() else { return Ok(None) };
    let mut name = Vec::new();
    let read = stream.with_device(|device| device.read(cx, &mut name, usize::MAX)).unwrap_or(Ok(Ok(0)))?;
    Ok(matches!(read, Ok(count) if count > 0).then_some(name))
}

/// <https://www.php.net/scandir>
#[php_fn(
    "scandir(string $directory, int $sorting_order = SCANDIR_SORT_ASCENDING, $context = null): array|false",
    default(sorting_order = 0)
)]
fn scandir(
    cx: &mut Context,
    directory: Path<'_>,
    sorting_order: i64,
    context: Option<PhpResource>,
) -> PhpResult<OrFalse<PhpArray>> {
    if directory.as_bytes().is_empty() {
        return Err(cx.arg_value_error(1, "must not be empty"));
    }
    let options = OpenOptions { context, ..OpenOptions::default() };
    let Some(resource) = open_dir(cx, directory.as_string(), &options)? else {
        let full = cx.full_path(directory.as_bytes());
        let error = phalanx_host::fs::list(&full).err();
        let code = error.as_ref().and_then(std::io::Error::raw_os_error).unwrap_or(0);
        let reason = error.map_or_else(String::new, |error| phalanx_host::error_text(&error));
        cx.doc_warning(format!("(errno {code}): {reason}"))?;
        return Ok(OrFalse(None));
    };
    let mut names = Vec::new();
    while let Some(name) = next_name(cx, &resource)? {
        names.push(name);
    }
    close(cx, &resource)?;
    match sorting_order {
        0 => names.sort(),
        1 => {
            names.sort();
            names.reverse();
        }
        _ => {}
    }
    Ok(OrFalse(Some(names.into_iter().map(Value::str).collect())))
}

/// The handle of a Directory object.
fn object_handle(cx: &mut Context, this: &ObjRef) -> PhpResult<PhpResource> {
    let value = this.get_slot(1).into_deref();
    let Some(resource) = value.as_resource() else {
        return Err(cx.throw_error("Unable to find my handle property"));
    };
    check(cx, resource)?;
    Ok(resource.clone())
}

/// <https://www.php.net/directory.close>
#[php_method("Directory::close(): void", tentative)]
fn close_method(cx: &mut Context, this: &ObjRef) -> PhpResult<()> {
    let resource = object_handle(cx, this)?;
    crate::streams::io::close(cx, &resource)
}

/// <https://www.php.net/directory.rewind>
#[php_method("Directory::rewind(): void", tentative)]
fn rewind(cx: &mut Context, this: &ObjRef) -> PhpResult<()> {
    let resource = object_handle(cx, this)?;
    go_back(cx, &resource)
}

/// <https://www.php.net/directory.read>
#[php_method("Directory::read(): string|false", tentative)]
fn read(cx: &mut Context, this: &ObjRef) -> PhpResult<OrFalse<Vec<u8>>> {
    let resource = object_handle(cx, this)?;
    next_name(cx, &resource).map(OrFalse)
}
