//! Arrays and variables: `compact()`, `extract()`, `get_defined_vars()`.

use phalanx_macros::php_fn;
use phalanx_value::{ArrayKey, Key, PhpArray, PhpRef, PhpString, Value, View};
use phalanx_vm::native::NativeFn;
use phalanx_vm::symbols::SymbolsRef;
use phalanx_vm::{Context, PhpResult, convert};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&COMPACT, &EXTRACT];

/// Functions of this file that belong to the core.
pub static CORE_FUNCTIONS: &[&NativeFn] = &[&GET_DEFINED_VARS];

/// <https://www.php.net/get_defined_vars>
#[php_fn("get_defined_vars(): array")]
fn get_defined_vars(cx: &mut Context) -> PhpResult<PhpArray> {
    cx.direct_caller()?;
    let symbols = cx.caller_symbols();
    Ok(symbols.borrow_mut().to_array())
}

/// <https://www.php.net/compact>
#[php_fn("compact($var_name, ...$var_names): array")]
fn compact(cx: &mut Context, var_name: &Value, var_names: &[Value]) -> PhpResult<PhpArray> {
    cx.direct_caller()?;
    let symbols = cx.caller_symbols();
    let mut result = PhpArray::new();
    for (index, name) in std::iter::once(var_name).chain(var_names).enumerate() {
        add_variable(cx, &symbols, &mut result, name, index + 1)?;
    }
    Ok(result)
}

fn add_variable(
    cx: &mut Context,
    symbols: &SymbolsRef,
    result: &mut PhpArray,
    name: &Value,
    argument: usize,
) -> PhpResult {
    match name.view() {
        View::Str(name) => {
            let value = symbols.borrow_mut().get(name);
            match value {
                Some(value) => {
                    result.insert(name, value);
                }
                None if name.as_bytes() == b"this" => {
                    if let Some(this) = cx.caller_this() {
                        result.insert(name, Value::object(this));
                    }
                }
                None => {
                    cx.doc_warning([b"Undefined variable $".as_slice(), name].concat())?;
                }
            }
            Ok(())
        }
        View::Array(names) => {
            if !names.enter() {
                return Err(cx.throw_error("Recursion detected"));
            }
            let outcome = names
                .values()
                .try_for_each(|name| add_variable(cx, symbols, result, &name.deref_clone(), argument));
            names.leave();
            outcome
        }
        View::Ref(reference) => add_variable(cx, symbols, result, &reference.get(), argument),
        _ => {
            let given = convert::value_name(name);
            cx.doc_warning(format!("Argument #{argument} must be string or array of strings, {given} given"))
        }
    }
}

mod mode {
    pub const OVERWRITE: i64 = 0;
    pub const SKIP: i64 = 1;
    pub const PREFIX_SAME: i64 = 2;
    pub const PREFIX_ALL: i64 = 3;
    pub const PREFIX_INVALID: i64 = 4;
    pub const PREFIX_IF_EXISTS: i64 = 5;
    pub const IF_EXISTS: i64 = 6;
    /// Set besides: variables become references of the elements.
    pub const REFS: i64 = 256;
}

/// <https://www.php.net/extract>
#[php_fn(
    "extract(array @prefer-ref &$array, int $flags = EXTR_OVERWRITE, string $prefix = \"\"): int",
    default(flags = 0)
)]
fn extract(cx: &mut Context, array: &Value, flags: i64, prefix: Option<&PhpString>) -> PhpResult<i64> {
    let by_ref = flags & mode::REFS != 0;
    let flags = flags & 0xff;
    if !(mode::OVERWRITE..=mode::IF_EXISTS).contains(&flags) {
        return Err(cx.arg_value_error(2, "must be a valid extract type"));
    }
    let prefixed =
        matches!(flags, mode::PREFIX_SAME | mode::PREFIX_ALL | mode::PREFIX_INVALID | mode::PREFIX_IF_EXISTS);
    let prefix = match prefix {
        None if prefixed => return Err(cx.arg_value_error(3, "is required when using this extract type")),
        None => PhpString::new(),
        Some(prefix) => {
            if !prefix.is_empty() && !is_variable_name(prefix) {
                return Err(cx.arg_value_error(3, "must be a valid identifier"));
            }
            prefix.clone()
        }
    };
    cx.direct_caller()?;
    let entries = entries(cx, array, by_ref)?;
    let symbols = cx.caller_symbols();
    let in_object = cx.caller_this().is_some();
    let mut count = 0;
    for (key, value) in entries {
        let Some(name) = target(&symbols, key.as_key(), flags, &prefix) else { continue };
        if !is_variable_name(&name) || name.as_bytes() == b"GLOBALS" {
            continue;
        }
        if name.as_bytes() == b"this" {
            if in_object && flags == mode::OVERWRITE {
                return Err(cx.throw_error("Cannot re-assign $this"));
            }
            continue;
        }
        if by_ref {
            symbols.borrow_mut().bind(&name, value);
        } else {
            symbols.borrow_mut().set(&name, value.into_deref());
        }
        count += 1;
    }
    Ok(count)
}

/// Keys and values; with `by_ref` references, which the elements of the array become.
fn entries(cx: &mut Context, array: &Value, by_ref: bool) -> PhpResult<Vec<(ArrayKey, Value)>> {
    let plain = array.deref_clone();
    let Some(elements) = plain.as_array() else { return Err(cx.arg_type_error(1, "array", &plain)) };
    if !by_ref {
        return Ok(elements.iter().map(|(key, value)| (key.to_owned(), value.clone())).collect());
    }
    drop(plain);
    let owner = array.as_ref().cloned().unwrap_or_else(|| PhpRef::new(array.clone()));
    let mut value = owner.take();
    let all = value
        .make_array()
        .iter_mut()
        .map(|(key, value)| (key.to_owned(), Value::reference(value.make_ref())))
        .collect();
    owner.set(value);
    Ok(all)
}

/// The variable that an element goes to, if any.
fn target(symbols: &SymbolsRef, key: Key<'_>, flags: i64, prefix: &PhpString) -> Option<PhpString> {
    let with_prefix = |name: &[u8]| PhpString::concat_all(&[prefix, b"_", name]);
    let name = match key {
        Key::Int(int) => {
            return matches!(flags, mode::PREFIX_ALL | mode::PREFIX_INVALID)
                .then(|| with_prefix(int.to_string().as_bytes()));
        }
        Key::Str(name) => name,
    };
    let exists = symbols.borrow_mut().get(name).is_some();
    match flags {
        mode::OVERWRITE => Some(name.clone()),
        mode::SKIP => (!exists).then(|| name.clone()),
        mode::IF_EXISTS => exists.then(|| name.clone()),
        mode::PREFIX_ALL => Some(with_prefix(name)),
        mode::PREFIX_IF_EXISTS => exists.then(|| with_prefix(name)),
        mode::PREFIX_SAME if name.is_empty() => None,
        mode::PREFIX_SAME if exists || name.as_bytes() == b"this" => Some(with_prefix(name)),
        mode::PREFIX_INVALID if !is_variable_name(name) || name.as_bytes() == b"this" => {
            Some(with_prefix(name))
        }
        _ => Some(name.clone()),
    }
}

fn is_variable_name(name: &[u8]) -> bool {
    let valid = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    name.first().is_some_and(|first| !first.is_ascii_digit()) && name.iter().all(valid)
}
