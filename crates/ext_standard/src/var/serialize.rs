//! `serialize()`: values as text that `unserialize()` reads.
//!
//! Every value but keys has a number, counted in the order of the text. An object or reference that was written already
//! is written as its number (`r:` or `R:`), so identity survives.

use super::props::{self, Prop, Visibility};
use phalanx_macros::php_fn;
use phalanx_value::{ArrayKey, Key, ObjRef, PhpArray, PhpString, Value, View};
use phalanx_vm::class::{ClassRef, state};
use phalanx_vm::lazy;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, flags};
use std::collections::HashMap;
use std::io::Write;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&SERIALIZE];

/// Property that holds the name of a class that was not there when an object was unserialized.
pub const INCOMPLETE_NAME: &[u8] = b"__PHP_Incomplete_Class_Name";

/// <https://www.php.net/serialize>
#[php_fn("serialize(mixed $value): string")]
fn serialize(cx: &mut Context, value: Value) -> PhpResult<PhpString> {
    to_bytes(cx, &value).map(PhpString::from)
}

/// The text of a value.
pub fn to_bytes(cx: &mut Context, value: &Value) -> PhpResult<Vec<u8>> {
    let mut writer = Writer { out: Vec::new(), count: 0, seen: HashMap::new(), kept: Vec::new() };
    writer.value(cx, value)?;
    Ok(writer.out)
}

struct Writer {
    out: Vec<u8>,
    /// Values written so far.
    count: usize,
    /// Number of each object and reference, by address.
    seen: HashMap<usize, usize>,
    /// Temporary values whose address must stay theirs.
    kept: Vec<Value>,
}

impl Writer {
    fn text(&mut self, args: std::fmt::Arguments<'_>) {
        // Writing to a vector never fails.
        let _ = self.out.write_fmt(args);
    }

    fn string(&mut self, string: &[u8]) {
        self.text(format_args!("s:{}:\"", string.len()));
        self.out.extend_from_slice(string);
        self.out.extend_from_slice(b"\";");
    }

    /// The number of an object or reference, if it was written before; notes it otherwise.
    fn number(&mut self, address: usize, is_ref: bool) -> Option<usize> {
        self.count += 1;
        match self.seen.get(&address) {
            Some(&number) => {
                // A repeated reference is the same place, so it takes no number.
                if is_ref {
                    self.count -= 1;
                }
                Some(number)
            }
            None => {
                self.seen.insert(address, self.count);
                None
            }
        }
    }

    fn value(&mut self, cx: &mut Context, value: &Value) -> PhpResult {
        if let Some(reference) = value.as_ref() {
            let inner = reference.get();
            let address = match inner.as_object() {
                Some(object) => object.raw() as usize,
                None => reference.raw() as usize,
            };
            if let Some(number) = self.number(address, true) {
                self.text(format_args!("R:{number};"));
                return Ok(());
            }
            return self.first(cx, &inner);
        }
        if let Some(object) = value.as_object() {
            if let Some(number) = self.number(object.raw() as usize, false) {
                self.text(format_args!("r:{number};"));
                return Ok(());
            }
        } else {
            self.count += 1;
        }
        self.first(cx, value)
    }

    fn first(&mut self, cx: &mut Context, value: &Value) -> PhpResult {
        match value.view() {
            View::Bool(on) => self.text(format_args!("b:{};", u8::from(on))),
            View::Int(int) => self.text(format_args!("i:{int};")),
            View::Float(float) => {
                let text = super::float_text(float, cx.ini.serialize_precision);
                self.out.extend_from_slice(b"d:");
                self.out.extend_from_slice(&text);
                self.out.push(b';');
            }
            View::Str(string) => self.string(string),
            View::Array(array) => {
                self.text(format_args!("a:{}:{{", array.len()));
                cx.nested(|cx| self.elements(cx, array))?;
                self.out.push(b'}');
            }
            View::Object(object) => return cx.nested(|cx| self.object(cx, object)),
            // Resources have no text but that of an integer.
            View::Resource(_) => self.out.extend_from_slice(b"i:0;"),
            _ => self.out.extend_from_slice(b"N;"),
        }
        Ok(())
    }

    fn elements(&mut self, cx: &mut Context, array: &PhpArray) -> PhpResult {
        for (key, value) in array {
            match key {
                Key::Int(int) => self.text(format_args!("i:{int};")),
                Key::Str(string) => self.string(string),
            }
            self.value(cx, value)?;
        }
        Ok(())
    }

    fn object(&mut self, cx: &mut Context, object: &ObjRef) -> PhpResult {
        let class = ClassRef::of(object);
        if class.has(flags::class::ENUM) {
            let case = object.get_slot(0);
            let case = case.as_bytes().unwrap_or(b"");
            self.text(format_args!("E:{}:\"", class.name.len() + 1 + case.len()));
            self.out.extend_from_slice(&class.name);
            self.out.push(b':');
            self.out.extend_from_slice(case);
            self.out.extend_from_slice(b"\";");
            return Ok(());
        }
        if is_barred(class) {
            let message =
                PhpString::concat_all(&[b"Serialization of '", &shown_name(class), b"' is not allowed"]);
            return Err(cx.throw("exception", &message));
        }
        if let Some(method) = class.magic.serialize {
            let result = cx.call_method(object, method, &[])?.into_deref();
            let Some(table) = result.as_array() else {
                let message = PhpString::concat(&class.name, b"::__serialize() must return an array");
                return Err(cx.throw_type_error(&message));
            };
            self.head(&class.name, table.len());
            self.elements(cx, table)?;
            self.out.push(b'}');
            self.kept.push(result);
            return Ok(());
        }
        if is_serializable(cx, class) {
            return self.custom(cx, object, class);
        }
        if let Some(method) = class.method(b"__sleep") {
            return self.with_sleep(cx, object, class, method);
        }
        let object = &match lazy::skips_serialize(object) {
            true => object.clone(),
            false => cx.realize(object)?,
        };
        let mut stored: Vec<Prop> =
            props::stored(object).into_iter().filter(|p| !p.value.is_undef()).collect();
        let name = take_incomplete_name(class, &mut stored);
        self.head(name.as_deref().unwrap_or(&class.name), stored.len());
        for prop in &stored {
            self.string(&prop.mangled());
            self.value(cx, &prop.value)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn head(&mut self, name: &[u8], count: usize) {
        self.text(format_args!("O:{}:\"", name.len()));
        self.out.extend_from_slice(name);
        self.text(format_args!("\":{count}:{{"));
    }

    /// An object whose class implements `Serializable`.
    fn custom(&mut self, cx: &mut Context, object: &ObjRef, class: ClassRef) -> PhpResult {
        let result = crate::args::call_named(cx, object, b"serialize", &[])?;
        match result.view() {
            View::Str(data) => {
                self.text(format_args!("C:{}:\"", class.name.len()));
                self.out.extend_from_slice(&class.name);
                self.text(format_args!("\":{}:{{", data.len()));
                self.out.extend_from_slice(data);
                self.out.push(b'}');
                Ok(())
            }
            View::Null | View::Undef => {
                self.out.extend_from_slice(b"N;");
                Ok(())
            }
            _ => {
                let message = PhpString::concat(&class.name, b"::serialize() must return a string or NULL");
                Err(cx.throw("exception", &message))
            }
        }
    }

    /// An object whose `__sleep()` says which properties are written.
    fn with_sleep(
        &mut self,
        cx: &mut Context,
        object: &ObjRef,
        class: ClassRef,
        method: phalanx_vm::FuncRef,
    ) -> PhpResult {
        let result = cx.call_method(object, method, &[])?.into_deref();
        let warn = |cx: &mut Context| {
            let text = b"::__sleep() should return an array only containing the names of instance-variables to serialize";
            cx.doc_warning(PhpString::concat(&class.name, text))
        };
        let Some(names) = result.as_array() else {
            self.out.extend_from_slice(b"N;");
            return warn(cx);
        };
        let object = &match lazy::skips_serialize(object) {
            true => object.clone(),
            false => cx.realize(object)?,
        };
        let stored = props::stored(object);
        let mut chosen: Vec<(PhpString, Value)> = Vec::new();
        for name in names.values() {
            let name = name.deref_clone();
            if !name.is_string() {
                warn(cx)?;
            }
            let name = cx.to_string(&name)?;
            let Some(prop) = find_by_name(&stored, &name, class) else {
                let text = b"\" returned as member variable from __sleep() but does not exist";
                cx.doc_warning(PhpString::concat_all(&[b"\"", &name, text]))?;
                continue;
            };
            if prop.value.is_undef() {
                // Typed and without a value: nothing to write.
                continue;
            }
            let mangled = prop.mangled();
            if chosen.iter().any(|(other, _)| *other == mangled) {
                let text = b"\" is returned from __sleep() multiple times";
                cx.doc_warning(PhpString::concat_all(&[b"\"", &name, text]))?;
                continue;
            }
            chosen.push((mangled, prop.value.clone()));
        }
        self.head(&class.name, chosen.len());
        for (name, value) in &chosen {
            self.string(name);
            self.value(cx, value)?;
        }
        self.out.push(b'}');
        Ok(())
    }
}

/// The property that a name of `__sleep()` means: plain, mangled, or private in the class.
fn find_by_name<'a>(stored: &'a [Prop], name: &PhpString, class: ClassRef) -> Option<&'a Prop> {
    let exact = stored.iter().find(|prop| prop.mangled() == *name);
    exact.or_else(|| {
        stored.iter().find(|prop| {
            let own = match &prop.visibility {
                Visibility::Private(owner) => *owner == class.name,
                _ => true,
            };
            own && prop.name.as_key().to_string() == *name
        })
    })
}

/// The name of the class that an incomplete object was of; the property with it is taken out.
fn take_incomplete_name(class: ClassRef, stored: &mut Vec<Prop>) -> Option<PhpString> {
    if class.lc_name.as_bytes() != b"__php_incomplete_class" {
        return None;
    }
    let is_name =
        |prop: &Prop| matches!(&prop.name, ArrayKey::Str(name) if name.as_bytes() == INCOMPLETE_NAME);
    let at = stored.iter().position(is_name)?;
    stored.remove(at).value.into_string()
}

/// Whether objects of the class cannot be serialized.
pub fn is_barred(class: ClassRef) -> bool {
    class.has(state::NOT_SERIALIZABLE) || class.has(flags::class::ANON)
}

/// Whether the class implements `Serializable`.
pub fn is_serializable(cx: &mut Context, class: ClassRef) -> bool {
    cx.find_class(b"serializable").is_some_and(|interface| class.is_a(interface))
}

/// The name of a class in messages; that of an anonymous one ends before its NUL.
pub fn shown_name(class: ClassRef) -> PhpString {
    match memchr::memchr(0, &class.name) {
        Some(end) => PhpString::from_bytes(&class.name[..end]),
        None => class.name.clone(),
    }
}
