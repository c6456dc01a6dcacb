//! The functions of the SPL: objects as such, class loaders, iterators.

use phalanx_macros::php_fn;
use phalanx_value::{ArrayKey, ObjRef, PhpArray, PhpString, Value, View};
use phalanx_vm::args::{Callable, OrFalse};
use phalanx_vm::autoload::ClassLoader;
use phalanx_vm::class::{Callee, ClassRef};
use phalanx_vm::dims::{KeyUse, array_key};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, iterate};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &CLASS_IMPLEMENTS,
    &CLASS_PARENTS,
    &CLASS_USES,
    &SPL_AUTOLOAD,
    &SPL_AUTOLOAD_CALL,
    &SPL_AUTOLOAD_EXTENSIONS,
    &SPL_AUTOLOAD_FUNCTIONS,
    &SPL_AUTOLOAD_REGISTER,
    &SPL_AUTOLOAD_UNREGISTER,
    &SPL_CLASSES,
    &SPL_OBJECT_HASH,
    &SPL_OBJECT_ID,
    &ITERATOR_APPLY,
    &ITERATOR_COUNT,
    &ITERATOR_TO_ARRAY,
];

/// The class of an object or with a name; none, after a warning, if there is no such class.
fn class_of(cx: &mut Context, value: &Value, autoload: bool) -> PhpResult<Option<ClassRef>> {
    match value.view() {
        View::Object(object) => Ok(Some(ClassRef::of(object))),
        View::Str(name) => {
            let class = cx.lookup_class(name, autoload)?;
            if class.is_none() {
                let tail = if autoload { " and could not be loaded" } else { "" };
                cx.doc_warning(format!("Class {name} does not exist{tail}"))?;
            }
            Ok(class)
        }
        _ => Err(cx.arg_type_error(1, "object|string", value)),
    }
}

fn names(classes: impl IntoIterator<Item = ClassRef>) -> PhpArray {
    let mut array = PhpArray::new();
    for class in classes {
        array.insert(&class.name, Value::string(class.name.clone()));
    }
    array
}

/// <https://www.php.net/class_implements>
#[php_fn("class_implements($object_or_class, bool $autoload = true): array|false")]
fn class_implements(
    cx: &mut Context,
    object_or_class: &Value,
    autoload: bool,
) -> PhpResult<OrFalse<PhpArray>> {
    let class = class_of(cx, object_or_class, autoload)?;
    Ok(OrFalse(class.map(|class| names(class.interfaces.iter().copied()))))
}

/// <https://www.php.net/class_parents>
#[php_fn("class_parents($object_or_class, bool $autoload = true): array|false")]
fn class_parents(cx: &mut Context, object_or_class: &Value, autoload: bool) -> PhpResult<OrFalse<PhpArray>> {
    let class = class_of(cx, object_or_class, autoload)?;
    Ok(OrFalse(class.map(|class| names(std::iter::successors(class.parent, |parent| parent.parent)))))
}

/// <https://www.php.net/class_uses>
#[php_fn("class_uses($object_or_class, bool $autoload = true): array|false")]
fn class_uses(cx: &mut Context, object_or_class: &Value, autoload: bool) -> PhpResult<OrFalse<PhpArray>> {
    let class = class_of(cx, object_or_class, autoload)?;
    Ok(OrFalse(class.map(|class| names(class.traits.iter().copied()))))
}

/// What `spl_autoload_extensions()` remembers.
struct Extensions(PhpString);

impl Default for Extensions {
    fn default() -> Extensions {
        Extensions(PhpString::from(".inc,.php"))
    }
}

/// <https://www.php.net/spl_autoload_extensions>
#[php_fn("spl_autoload_extensions(?string $file_extensions = null): string")]
fn spl_autoload_extensions(cx: &mut Context, file_extensions: Option<&PhpString>) -> Option<PhpString> {
    let state = cx.state::<Extensions>();
    match file_extensions {
        None => Some(state.0.clone()),
        Some(extensions) => {
            state.0 = extensions.clone();
            None
        }
    }
}

/// <https://www.php.net/spl_autoload>
#[php_fn("spl_autoload(string $class, ?string $file_extensions = null): void")]
fn spl_autoload(cx: &mut Context, class: &PhpString, file_extensions: Option<&PhpString>) -> PhpResult<()> {
    let extensions = match file_extensions {
        Some(extensions) => extensions.clone(),
        None => cx.state::<Extensions>().0.clone(),
    };
    let lower = class.to_ascii_lowercase();
    let base: Vec<u8> = lower.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect();
    for extension in extensions.split(|byte| *byte == b',') {
        let Some(path) = cx.resolve_include(&[&base, extension].concat()) else { continue };
        if !cx.included.add(&path) {
            continue;
        }
        let loader = cx.loader.clone();
        let Ok(loaded) = loader.load_file(cx, &path) else { continue };
        cx.run_script(&loaded)?;
        if cx.find_class(&lower).is_some() {
            break;
        }
    }
    Ok(())
}

/// <https://www.php.net/spl_autoload_call>
#[php_fn("spl_autoload_call(string $class): void")]
fn spl_autoload_call(cx: &mut Context, class: &PhpString) -> PhpResult<()> {
    let lower = class.to_ascii_lowercase();
    for loader in cx.autoload.loaders().to_vec() {
        cx.call_callee(&loader.callee, &[Value::string(class.clone())])?;
        if cx.find_class(&lower).is_some() {
            break;
        }
    }
    Ok(())
}

/// <https://www.php.net/spl_autoload_functions>
#[php_fn("spl_autoload_functions(): array")]
fn spl_autoload_functions(cx: &mut Context) -> PhpArray {
    cx.autoload.loaders().iter().map(|loader| shown(&loader.value, &loader.callee)).collect()
}

/// A loader as PHP tells it: `Class::method` becomes a pair.
fn shown(value: &Value, callee: &Callee) -> Value {
    match (value.view(), callee.func.scope) {
        (View::Str(_), Some(_)) => {
            let class = callee.called_class.map_or(Value::NULL, |class| Value::string(class.name.clone()));
            Value::array(PhpArray::from_list([class, Value::string(callee.func.name.clone())]))
        }
        (View::Str(_), None) => Value::string(callee.func.name.clone()),
        _ => value.clone(),
    }
}

/// <https://www.php.net/spl_autoload_register>
#[php_fn(
    "spl_autoload_register(?callable $callback = null, bool $throw = true, bool $prepend = false): bool"
)]
fn spl_autoload_register(
    cx: &mut Context,
    callback: Option<Callable>,
    throw: bool,
    prepend: bool,
) -> PhpResult<bool> {
    if !throw {
        cx.doc_notice("Argument #2 ($do_throw) has been ignored, spl_autoload_register() will always throw")?;
    }
    let loader = match callback {
        Some(callback) => {
            if callback.callee.func.name.as_bytes() == b"spl_autoload_call"
                && callback.callee.func.scope.is_none()
            {
                return Err(cx.arg_value_error(1, "must not be the spl_autoload_call() function"));
            }
            ClassLoader { value: callback.value, callee: callback.callee }
        }
        None => {
            let Some(func) = cx.find_function(b"spl_autoload") else { return Ok(false) };
            let callee = Callee { func, this: None, called_class: None, closure: None, magic_name: None };
            ClassLoader { value: Value::str("spl_autoload"), callee }
        }
    };
    cx.autoload.add(loader, prepend);
    Ok(true)
}

/// <https://www.php.net/spl_autoload_unregister>
#[php_fn("spl_autoload_unregister(callable $callback): bool")]
fn spl_autoload_unregister(cx: &mut Context, callback: Callable) -> PhpResult<bool> {
    if callback.callee.func.name.as_bytes() == b"spl_autoload_call" && callback.callee.func.scope.is_none() {
        cx.deprecated(
            "Using spl_autoload_call() as a callback for spl_autoload_unregister() is deprecated, to remove all \
             registered autoloaders, call spl_autoload_unregister() for all values returned from \
             spl_autoload_functions()",
        )?;
        cx.autoload.clear();
        return Ok(true);
    }
    Ok(cx.autoload.remove(&callback.callee))
}

/// <https://www.php.net/spl_classes>
#[php_fn("spl_classes(): array")]
fn spl_classes(cx: &mut Context) -> PhpArray {
    let mut array = PhpArray::new();
    for extension in cx.extensions().iter().filter(|extension| extension.name == "SPL") {
        for class in extension.classes {
            array.insert_bytes(class.name, Value::str(class.name));
        }
    }
    array
}

/// <https://www.php.net/spl_object_hash>
#[php_fn("spl_object_hash(object $object): string")]
fn spl_object_hash(object: &ObjRef) -> String {
    format!("{:016x}0000000000000000", object.handle())
}

/// <https://www.php.net/spl_object_id>
#[php_fn("spl_object_id(object $object): int")]
fn spl_object_id(object: &ObjRef) -> i64 {
    i64::from(object.handle())
}

/// <https://www.php.net/iterator_apply>
#[php_fn("iterator_apply(Traversable $iterator, callable $callback, ?array $args = null): int")]
fn iterator_apply(
    cx: &mut Context,
    iterator: &Value,
    callback: Callable,
    args: Option<&PhpArray>,
) -> PhpResult<i64> {
    let args: Vec<Value> = args.map(|args| args.values().cloned().collect()).unwrap_or_default();
    let mut count = 0;
    iterate::each(cx, iterator, &mut |cx, _, _| {
        count += 1;
        Ok(cx.call_callee(&callback.callee, &args)?.is_true())
    })?;
    Ok(count)
}

/// <https://www.php.net/iterator_count>
#[php_fn("iterator_count(Traversable|array $iterator): int")]
fn iterator_count(cx: &mut Context, iterator: &Value) -> PhpResult<i64> {
    if let Some(array) = iterator.as_array() {
        return Ok(array.len() as i64);
    }
    let mut count = 0;
    iterate::each(cx, iterator, &mut |_, _, _| {
        count += 1;
        Ok(true)
    })?;
    Ok(count)
}

/// <https://www.php.net/iterator_to_array>
#[php_fn("iterator_to_array(Traversable|array $iterator, bool $preserve_keys = true): array")]
fn iterator_to_array(cx: &mut Context, iterator: &Value, preserve_keys: bool) -> PhpResult<PhpArray> {
    if let Some(array) = iterator.as_array() {
        if preserve_keys {
            return Ok(array.clone());
        }
        return Ok(array.values().cloned().collect());
    }
    let mut result = PhpArray::new();
    iterate::each(cx, iterator, &mut |cx, key, value| {
        if preserve_keys {
            let key: ArrayKey = array_key(cx, &key, KeyUse::Access)?;
            result.insert(&key, value);
        } else {
            result.push_value(value);
        }
        Ok(true)
    })?;
    Ok(result)
}
