//! RegexIterator and RecursiveRegexIterator: filters made of the functions of pcre.

use super::*;
use crate::util::call_function;
use phalanx_macros::{native_class, php_method};
use phalanx_value::{PhpRef, PhpString};

const USE_KEY: i64 = 1;
const INVERT_MATCH: i64 = 2;

native_class! {
    /// <https://www.php.net/class.regexiterator>
    pub static REGEX_ITERATOR = "class RegexIterator extends FilterIterator";
    const "int USE_KEY" = 1;
    const "int INVERT_MATCH" = 2;
    const "int MATCH" = 0;
    const "int GET_MATCH" = 1;
    const "int ALL_MATCHES" = 2;
    const "int SPLIT" = 3;
    const "int REPLACE" = 4;
    prop "public ?string $replacement = null";
    methods: CONSTRUCT, ACCEPT, GET_MODE, SET_MODE, GET_FLAGS, SET_FLAGS, GET_PREG_FLAGS, SET_PREG_FLAGS, GET_REGEX;
}

native_class! {
    /// <https://www.php.net/class.recursiveregexiterator>
    pub static RECURSIVE_REGEX_ITERATOR = "class RecursiveRegexIterator extends RegexIterator implements RecursiveIterator";
    methods: RECURSIVE_CONSTRUCT, GET_CHILDREN, HAS_CHILDREN, RECURSIVE_ACCEPT;
}

#[php_method("RegexIterator::__construct(Iterator $iterator, string $pattern, int $mode = RegexIterator::MATCH, int $flags = 0, int $pregFlags = 0)", rename = CONSTRUCT, default(mode = 0))]
fn construct(
    cx: &mut Context,
    this: &ObjRef,
    iterator: &ObjRef,
    pattern: &PhpString,
    mode: i64,
    flags: i64,
    preg_flags: i64,
) -> PhpResult {
    if !(0..=4).contains(&mode) {
        return Err(cx.arg_value_error(3, MODES));
    }
    set_inner(cx, this, iterator)?;
    let own = own(this);
    own.flags.set(flags);
    own.range.set((mode, preg_flags));
    own.callback.replace(Value::string(pattern.clone()));
    Ok(())
}

const MODES: &str = "must be RegexIterator::MATCH, RegexIterator::GET_MATCH, RegexIterator::ALL_MATCHES, \
                     RegexIterator::SPLIT, or RegexIterator::REPLACE";

#[php_method("RecursiveRegexIterator::__construct(RecursiveIterator $iterator, string $pattern, int $mode = RecursiveRegexIterator::MATCH, int $flags = 0, int $pregFlags = 0)", rename = RECURSIVE_CONSTRUCT, default(mode = 0))]
fn recursive_construct(
    cx: &mut Context,
    this: &ObjRef,
    iterator: &ObjRef,
    pattern: &PhpString,
    mode: i64,
    flags: i64,
    preg_flags: i64,
) -> PhpResult {
    construct(cx, this, iterator, pattern, mode, flags, preg_flags)
}

#[php_method("RegexIterator::accept(): bool", tentative)]
fn accept(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    inner(cx, this)?;
    if !is_valid(this) {
        return Ok(false);
    }
    let own = own(this);
    let flags = own.flags.get();
    let (mode, preg_flags) = own.range.get();
    let subject = if flags & USE_KEY != 0 {
        shown(&own.key)
    } else {
        let data = shown(&own.data);
        if data.is_array() {
            return Ok(false);
        }
        data
    };
    let subject = Value::string(cx.to_string(&subject)?);
    let pattern = own.callback.borrow().clone();
    let accepted = match mode {
        0 => call_function(cx, "preg_match", &[pattern, subject])?.as_int().unwrap_or(0) > 0,
        1 | 2 => {
            let matches = PhpRef::new(Value::NULL);
            let (function, preg_flags) =
                if mode == 1 { ("preg_match", preg_flags) } else { ("preg_match_all", preg_flags) };
            let mut args = vec![pattern, subject, Value::reference(matches.clone())];
            if preg_flags != 0 {
                args.push(Value::int(preg_flags));
            }
            let count = call_function(cx, function, &args)?.as_int().unwrap_or(0);
            own.data.replace(matches.get());
            mode == 2 || count > 0
        }
        3 => {
            let parts =
                call_function(cx, "preg_split", &[pattern, subject, Value::int(-1), Value::int(preg_flags)])?;
            let count = parts.as_array().map_or(0, PhpArray::len);
            own.data.replace(parts);
            count > 1
        }
        _ => {
            let info = ClassRef::of(this).props.get(b"replacement").copied();
            let replacement = info.map_or(Value::NULL, |info| this.get_slot(info.slot).into_deref());
            let replacement = Value::string(cx.to_string(&replacement)?);
            let count = PhpRef::new(Value::NULL);
            let args = [pattern, replacement, subject, Value::int(-1), Value::reference(count.clone())];
            let result = call_function(cx, "preg_replace", &args)?;
            let target = if flags & USE_KEY != 0 { &own.key } else { &own.data };
            target.replace(result);
            count.get().as_int().unwrap_or(0) > 0
        }
    };
    if flags & INVERT_MATCH != 0 {
        return Ok(!accepted);
    }
    Ok(accepted)
}

#[php_method("RegexIterator::getMode(): int", tentative)]
fn get_mode(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    inner(cx, this)?;
    Ok(own(this).range.get().0)
}

#[php_method("RegexIterator::setMode(int $mode): void", tentative)]
fn set_mode(cx: &mut Context, this: &ObjRef, mode: i64) -> PhpResult {
    if !(0..=4).contains(&mode) {
        return Err(cx.arg_value_error(1, MODES));
    }
    inner(cx, this)?;
    let preg_flags = own(this).range.get().1;
    own(this).range.set((mode, preg_flags));
    Ok(())
}

#[php_method("RegexIterator::getFlags(): int", tentative)]
fn get_flags(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    inner(cx, this)?;
    Ok(own(this).flags.get())
}

#[php_method("RegexIterator::setFlags(int $flags): void", tentative)]
fn set_flags(cx: &mut Context, this: &ObjRef, flags: i64) -> PhpResult {
    inner(cx, this)?;
    own(this).flags.set(flags);
    Ok(())
}

#[php_method("RegexIterator::getPregFlags(): int", tentative)]
fn get_preg_flags(cx: &mut Context, this: &ObjRef) -> PhpResult<i64> {
    inner(cx, this)?;
    Ok(own(this).range.get().1)
}

#[php_method("RegexIterator::setPregFlags(int $pregFlags): void", tentative)]
fn set_preg_flags(cx: &mut Context, this: &ObjRef, preg_flags: i64) -> PhpResult {
    inner(cx, this)?;
    let mode = own(this).range.get().0;
    own(this).range.set((mode, preg_flags));
    Ok(())
}

#[php_method("RegexIterator::getRegex(): string", tentative)]
fn get_regex(cx: &mut Context, this: &ObjRef) -> PhpResult<Value> {
    inner(cx, this)?;
    Ok(shown(&own(this).callback))
}

#[php_method("RecursiveRegexIterator::getChildren(): RecursiveRegexIterator", tentative)]
fn get_children(cx: &mut Context, this: &ObjRef) -> PhpResult<ObjRef> {
    let inner = inner(cx, this)?;
    let children = call(cx, &inner, "getchildren", &[])?;
    let (mode, preg_flags) = own(this).range.get();
    let args = [
        children,
        shown(&own(this).callback),
        Value::int(mode),
        Value::int(own(this).flags.get()),
        Value::int(preg_flags),
    ];
    cx.construct(ClassRef::of(this), &args)
}

#[php_method("RecursiveRegexIterator::hasChildren(): bool", tentative)]
fn has_children(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    let inner = inner(cx, this)?;
    ask(cx, &inner, "haschildren")
}

#[php_method("RecursiveRegexIterator::accept(): bool", tentative, rename = RECURSIVE_ACCEPT)]
fn recursive_accept(cx: &mut Context, this: &ObjRef) -> PhpResult<bool> {
    inner(cx, this)?;
    let data = shown(&own(this).data);
    if let Some(array) = data.as_array() {
        return Ok(!array.is_empty());
    }
    accept(cx, this)
}
