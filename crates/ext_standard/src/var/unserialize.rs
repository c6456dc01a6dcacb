//! `unserialize()`: reads what `serialize()` writes.
//!
//! Values are numbered in the order of the text. A back reference (`R:`) makes the place of an earlier value a PHP
//! reference. Which places that will happen to is known before reading begins: every number behind an `R:` in the text.
//! Those places are made references at once, so no place ever has to be found again.
//!
//! `__wakeup()` and `__unserialize()` run after everything has been read, in the order in which objects were finished.

use super::props::{Prop, Visibility};
use super::serialize::{INCOMPLETE_NAME, is_barred, is_serializable, shown_name};
use phalanx_macros::php_fn;
use phalanx_value::object::OBJ_DESTRUCTED;
use phalanx_value::{ArrayKey, Key, ObjRef, PhpArray, PhpRef, PhpString, Value, View};
use phalanx_vm::class::{ClassRef, PropRef};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult, convert, flags};
use std::collections::HashSet;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&UNSERIALIZE];

/// <https://www.php.net/unserialize>
#[php_fn("unserialize(string $data, array $options = []): mixed")]
fn unserialize(cx: &mut Context, data: PhpString, options: PhpArray) -> PhpResult<Value> {
    let options = Options::read(cx, &options)?;
    if data.is_empty() {
        return Ok(Value::FALSE);
    }
    from_bytes(cx, &data, options)
}

/// What may be read.
pub struct Options {
    /// Lower-case names of classes whose objects may be made; all if absent.
    allowed: Option<HashSet<Vec<u8>>>,
    /// How deep arrays and objects may be nested; 0 for any depth.
    max_depth: usize,
}

impl Options {
    /// No limits but those of the settings.
    pub fn standard(cx: &Context) -> Options {
        let max_depth = cx.ini.get_int("unserialize_max_depth").unwrap_or(4096);
        Options { allowed: None, max_depth: usize::try_from(max_depth).unwrap_or(0) }
    }

    fn read(cx: &mut Context, options: &PhpArray) -> PhpResult<Options> {
        let mut read = Options::standard(cx);
        if let Some(classes) = options.get_bytes("allowed_classes").map(Value::deref_clone) {
            match classes.view() {
                View::Bool(true) => {}
                View::Bool(false) => read.allowed = Some(HashSet::new()),
                View::Array(names) => {
                    let mut allowed = HashSet::new();
                    for name in names.values() {
                        let name = cx.to_string(&name.deref_clone())?;
                        allowed.insert(name.to_ascii_lowercase());
                    }
                    read.allowed = Some(allowed);
                }
                _ => {
                    let given = convert::value_name(&classes);
                    let text = format!(
                        "unserialize(): Option \"allowed_classes\" must be of type array|bool, {given} given"
                    );
                    return Err(cx.throw_type_error(text));
                }
            }
        }
        if let Some(depth) = options.get_bytes("max_depth").map(Value::deref_clone) {
            let Some(depth) = depth.as_int() else {
                let given = convert::value_name(&depth);
                let text = format!("unserialize(): Option \"max_depth\" must be of type int, {given} given");
                return Err(cx.throw_type_error(text));
            };
            let Ok(depth) = usize::try_from(depth) else {
                let text = "unserialize(): Option \"max_depth\" must be greater than or equal to 0";
                return Err(cx.throw_value_error(text));
            };
            read.max_depth = depth;
        }
        Ok(read)
    }
}

/// The value of a text; false after a warning if it is none.
pub fn from_bytes(cx: &mut Context, data: &[u8], options: Options) -> PhpResult<Value> {
    let mut reader = Reader {
        data,
        at: 0,
        slots: Vec::new(),
        targets: targets(data),
        options,
        depth: 0,
        later: Vec::new(),
    };
    let result = reader.value(cx);
    let (at, later) = (reader.at, reader.later);
    let value = match result {
        Ok(value) => Some(value),
        Err(Failure::Data) => {
            cx.doc_warning(format!("Error at offset {} of {} bytes", at.min(data.len()), data.len()))?;
            None
        }
        Err(Failure::Thrown(thrown)) => {
            for later in later {
                later.forget();
            }
            return Err(thrown);
        }
    };
    if value.is_some() && at < data.len() {
        cx.doc_warning(format!("Extra data starting at offset {at} of {} bytes", data.len()))?;
    }
    let mut failed = None;
    for call in later {
        // After one has failed the others do not run, nor do the destructors of their objects.
        if failed.is_some() {
            call.forget();
        } else {
            failed = call.run(cx).err();
        }
    }
    match failed {
        Some(thrown) => Err(thrown),
        None => Ok(value.map_or(Value::FALSE, Value::into_deref)),
    }
}

/// A method to call when everything is read.
enum Later {
    Wakeup(ObjRef),
    Unserialize(ObjRef, PhpArray),
}

impl Later {
    fn run(self, cx: &mut Context) -> PhpResult {
        let (object, name, args): (_, &[u8], _) = match self {
            Later::Wakeup(object) => (object, b"__wakeup", Vec::new()),
            Later::Unserialize(object, data) => (object, b"__unserialize", vec![Value::array(data)]),
        };
        let result = crate::args::call_named(cx, &object, name, &args);
        if result.is_err() {
            object.set_flags(OBJ_DESTRUCTED);
        }
        result.map(|_| ())
    }

    fn forget(self) {}
}

/// Numbers of the places that back references name. Text inside of strings may add some, which does no harm.
fn targets(data: &[u8]) -> HashSet<usize> {
    memchr::memmem::find_iter(data, b"R:")
        .filter_map(|at| {
            let digits = &data[at + 2..];
            let len = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
            std::str::from_utf8(&digits[..len]).ok()?.parse().ok()
        })
        .collect()
}

enum Failure {
    /// The text is wrong at the current place.
    Data,
    Thrown(phalanx_vm::Thrown),
}

impl From<phalanx_vm::Thrown> for Failure {
    fn from(thrown: phalanx_vm::Thrown) -> Failure {
        Failure::Thrown(thrown)
    }
}

type Parsed<T> = Result<T, Failure>;

/// A numbered value.
enum Slot {
    /// Neither an object nor a reference, so nothing can refer to it.
    Other,
    Object(ObjRef),
    Reference(PhpRef),
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
    slots: Vec<Slot>,
    targets: HashSet<usize>,
    options: Options,
    depth: usize,
    later: Vec<Later>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a [u8] {
        self.data.get(self.at..).unwrap_or(&[])
    }

    /// Digits from `from` up to `end`, and where what follows begins. The cursor does not move.
    fn number(&self, from: usize, end: &[u8]) -> Option<(usize, usize)> {
        let rest = self.data.get(from..)?;
        let len = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&rest[..len]).ok()?.parse().ok()?;
        rest[len..].starts_with(end).then_some((number, from + len + end.len()))
    }

    /// The next value, with a number of its own.
    fn value(&mut self, cx: &mut Context) -> Parsed<Value> {
        if let [b'R', b':', ..] = self.rest() {
            return self.back_reference();
        }
        let slot = self.slots.len();
        if !self.targets.contains(&(slot + 1)) {
            self.slots.push(Slot::Other);
            return self.plain(cx, slot, None);
        }
        let reference = PhpRef::new(Value::NULL);
        self.slots.push(Slot::Reference(reference.clone()));
        let value = self.plain(cx, slot, Some(&reference))?;
        reference.set(value.into_deref());
        Ok(Value::reference(reference))
    }

    fn back_reference(&mut self) -> Parsed<Value> {
        let (number, next) = self.number(self.at + 2, b";").ok_or(Failure::Data)?;
        self.at = next;
        match number.checked_sub(1).and_then(|index| self.slots.get(index)) {
            Some(Slot::Reference(reference)) => Ok(Value::reference(reference.clone())),
            _ => Err(Failure::Data),
        }
    }

    fn plain(&mut self, cx: &mut Context, slot: usize, reference: Option<&PhpRef>) -> Parsed<Value> {
        match self.rest() {
            [b'N', b';', ..] => {
                self.at += 2;
                Ok(Value::NULL)
            }
            [b'b', b':', on @ (b'0' | b'1'), b';', ..] => {
                self.at += 4;
                Ok(Value::bool(*on == b'1'))
            }
            [b'i', b':', ..] => self.int(cx),
            [b'd', b':', ..] => self.float(),
            [b's', b':', ..] => self.string().map(Value::str),
            [b'S', b':', ..] => {
                let string = self.escaped_string()?;
                cx.doc_deprecated("Unserializing the 'S' format is deprecated")?;
                Ok(string)
            }
            [b'a', b':', ..] => self.array(cx),
            [b'O', b':', ..] => self.object(cx, slot, reference, false),
            [b'C', b':', ..] => self.object(cx, slot, reference, true),
            [b'E', b':', ..] => self.enum_case(cx, slot),
            [b'r', b':', ..] => {
                let (number, next) = self.number(self.at + 2, b";").ok_or(Failure::Data)?;
                self.at = next;
                let object = match number.checked_sub(1).and_then(|index| self.slots.get(index)) {
                    Some(Slot::Object(object)) => object.clone(),
                    Some(Slot::Reference(reference)) => reference.get().into_object().ok_or(Failure::Data)?,
                    _ => return Err(Failure::Data),
                };
                self.note(slot, &object, reference);
                Ok(Value::object(object))
            }
            [b'}', ..] => {
                cx.doc_warning("Unexpected end of serialized data")?;
                Err(Failure::Data)
            }
            _ => Err(Failure::Data),
        }
    }

    /// An object has been made for a place, and inner values may refer to it.
    fn note(&mut self, slot: usize, object: &ObjRef, reference: Option<&PhpRef>) {
        match reference {
            Some(reference) => reference.set(Value::object(object.clone())),
            None => self.slots[slot] = Slot::Object(object.clone()),
        }
    }

    fn int(&mut self, cx: &mut Context) -> Parsed<Value> {
        let text = &self.rest()[2..];
        let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
        let len = sign + text[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if len == sign || text.get(len) != Some(&b';') {
            return Err(Failure::Data);
        }
        let negative = text[0] == b'-';
        let digits = &text[sign..len];
        let number = digits.iter().try_fold(0i64, |number, digit| {
            let digit = i64::from(digit - b'0');
            number.checked_mul(10)?.checked_add(if negative { -digit } else { digit })
        });
        let number = match number {
            Some(number) => number,
            None => {
                cx.doc_warning("Numerical result out of range")?;
                if negative { i64::MIN } else { i64::MAX }
            }
        };
        self.at += 2 + len + 1;
        Ok(Value::int(number))
    }

    fn float(&mut self) -> Parsed<Value> {
        let text = &self.rest()[2..];
        let end = memchr::memchr(b';', text).ok_or(Failure::Data)?;
        let number = match &text[..end] {
            b"INF" => f64::INFINITY,
            b"-INF" => f64::NEG_INFINITY,
            b"NAN" => f64::NAN,
            digits => {
                let first = digits.iter().find(|byte| !matches!(byte, b'+' | b'-'));
                if !first.is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.') {
                    return Err(Failure::Data);
                }
                std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok()).ok_or(Failure::Data)?
            }
        };
        self.at += 2 + end + 1;
        Ok(Value::float(number))
    }

    fn string(&mut self) -> Parsed<&'a [u8]> {
        let start = self.at;
        let (len, from) = self.number(start + 2, b":\"").ok_or(Failure::Data)?;
        if self.data.len() - from < len {
            self.at = start + 2;
            return Err(Failure::Data);
        }
        let end = from + len;
        for (offset, byte) in [b'"', b';'].into_iter().enumerate() {
            if self.data.get(end + offset) != Some(&byte) {
                self.at = end + offset;
                return Err(Failure::Data);
            }
        }
        self.at = end + 2;
        Ok(&self.data[from..end])
    }

    /// A string in which `\XX` is a byte in hexadecimal.
    fn escaped_string(&mut self) -> Parsed<Value> {
        let start = self.at;
        let (len, mut from) = self.number(start + 2, b":\"").ok_or(Failure::Data)?;
        let mut bytes = Vec::with_capacity(len.min(self.data.len()));
        while bytes.len() < len {
            match self.data.get(from..).unwrap_or(&[]) {
                [b'\\', high, low, ..] => {
                    let digit =
                        |byte: &u8| crate::string::transfer::hex_digit(Some(byte)).ok_or(Failure::Data);
                    bytes.push(digit(high)? << 4 | digit(low)?);
                    from += 3;
                }
                [byte, ..] => {
                    bytes.push(*byte);
                    from += 1;
                }
                [] => return Err(Failure::Data),
            }
        }
        for byte in [b'"', b';'] {
            if self.data.get(from) != Some(&byte) {
                self.at = from;
                return Err(Failure::Data);
            }
            from += 1;
        }
        self.at = from;
        Ok(Value::str(bytes))
    }

    fn enter(&mut self, cx: &mut Context) -> Parsed<()> {
        self.depth += 1;
        cx.nested(|_| Ok(()))?;
        let max = self.options.max_depth;
        if max > 0 && self.depth > max {
            let text = format!(
                "Maximum depth of {max} exceeded. The depth limit can be changed using the max_depth unserialize() \
                 option or the unserialize_max_depth ini setting"
            );
            cx.doc_warning(text)?;
            return Err(Failure::Data);
        }
        Ok(())
    }

    fn close(&mut self) -> Parsed<()> {
        if self.rest().first() != Some(&b'}') {
            return Err(Failure::Data);
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    fn array(&mut self, cx: &mut Context) -> Parsed<Value> {
        let (count, next) = self.number(self.at + 2, b":{").ok_or(Failure::Data)?;
        self.at = next;
        if count > self.data.len() - self.at {
            return Err(Failure::Data);
        }
        let mut array = PhpArray::new();
        if count > 0 {
            self.enter(cx)?;
            array.reserve(count.min(1 << 16));
            self.entries(cx, count, |_, key, value| {
                array.insert(&key, value);
                Ok(())
            })?;
        } else {
            self.depth += 1;
        }
        self.close()?;
        Ok(Value::array(array))
    }

    fn entries(
        &mut self,
        cx: &mut Context,
        count: usize,
        mut store: impl FnMut(&mut Context, ArrayKey, Value) -> Parsed<()>,
    ) -> Parsed<()> {
        for _ in 0..count {
            let key = self.key(cx)?;
            let value = self.value(cx)?;
            store(cx, key, value)?;
            cx.check_memory()?;
        }
        Ok(())
    }

    fn key(&mut self, cx: &mut Context) -> Parsed<ArrayKey> {
        match self.rest() {
            [b'i', b':', ..] => Ok(ArrayKey::Int(self.int(cx)?.as_int().unwrap_or(0))),
            [b's', b':', ..] => Ok(ArrayKey::from_bytes(self.string()?)),
            [b'S', b':', ..] => {
                let name = self.escaped_string()?.into_string().unwrap_or_default();
                Ok(ArrayKey::from_string(name))
            }
            [b'a', b':', ..] => {
                // Read so far before it is found to be no key.
                if let Some((_, next)) = self.number(self.at + 2, b":{") {
                    self.at = next;
                }
                Err(Failure::Data)
            }
            [b'}', ..] => {
                cx.doc_warning("Unexpected end of serialized data")?;
                Err(Failure::Data)
            }
            _ => Err(Failure::Data),
        }
    }

    /// The name of an object's class; the cursor is behind it and its quote then.
    fn class_name(&mut self) -> Parsed<&'a [u8]> {
        let start = self.at;
        let (len, from) = self.number(start + 2, b":\"").ok_or(Failure::Data)?;
        if len == 0 || self.data.len() - from < len {
            self.at = start + 2;
            return Err(Failure::Data);
        }
        let end = from + len;
        if self.data.get(end) != Some(&b'"') {
            self.at = end;
            return Err(Failure::Data);
        }
        Ok(&self.data[from..end])
    }

    fn enum_case(&mut self, cx: &mut Context, slot: usize) -> Parsed<Value> {
        let text = self.class_name()?;
        let end = text.as_ptr() as usize - self.data.as_ptr() as usize + text.len();
        if self.data.get(end + 1) != Some(&b';') {
            self.at = end + 1;
            return Err(Failure::Data);
        }
        let shown = String::from_utf8_lossy(text).into_owned();
        let Some(colon) = memchr::memchr(b':', text) else {
            cx.doc_warning(format!("Invalid enum name '{shown}' (missing colon)"))?;
            return Err(Failure::Data);
        };
        let (name, case) = (&text[..colon], &text[colon + 1..]);
        let shown = String::from_utf8_lossy(name).into_owned();
        if !self.is_allowed(name) {
            return Err(Failure::Data);
        }
        let Some(class) = cx.lookup_class(name, true)? else {
            cx.doc_warning(format!("Class '{shown}' not found"))?;
            return Err(Failure::Data);
        };
        if !class.has(flags::class::ENUM) {
            cx.doc_warning(format!("Class '{shown}' is not an enum"))?;
            return Err(Failure::Data);
        }
        self.at = end + 2;
        let Some(object) = cx.enum_case_by_name(class, case)? else {
            let case = String::from_utf8_lossy(case).into_owned();
            let text = match class.consts.get(case.as_bytes()) {
                Some(_) => format!("{shown}::{case} is not an enum case"),
                None => format!("Undefined constant {shown}::{case}"),
            };
            cx.doc_warning(text)?;
            return Err(Failure::Data);
        };
        self.slots[slot] = Slot::Object(object.clone());
        Ok(Value::object(object))
    }

    fn is_allowed(&self, name: &[u8]) -> bool {
        self.options.allowed.as_ref().is_none_or(|allowed| allowed.contains(&name.to_ascii_lowercase()))
    }

    fn object(
        &mut self,
        cx: &mut Context,
        slot: usize,
        reference: Option<&PhpRef>,
        custom: bool,
    ) -> Parsed<Value> {
        let name = self.class_name()?;
        let end = name.as_ptr() as usize - self.data.as_ptr() as usize + name.len();
        if self.data.get(end + 1) != Some(&b':') {
            self.at = end + 1;
            return Err(Failure::Data);
        }
        let valid = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\\') || *byte >= 0x7f;
        if !name.iter().all(valid) {
            return Err(Failure::Data);
        }
        let class = if self.is_allowed(name) { self.find_class(cx, name)? } else { None };
        self.at = end + 2;
        let incomplete = class.is_none();
        let Some(class) = class.or_else(|| cx.find_class(b"__php_incomplete_class")) else {
            return Err(Failure::Data);
        };
        if is_barred(class) && !incomplete {
            let shown = shown_name(class);
            let text = PhpString::concat_all(&[b"Unserialization of '", &shown, b"' is not allowed"]);
            return Err(cx.throw("exception", &text).into());
        }
        if custom {
            return self.custom(cx, slot, reference, class, incomplete);
        }
        let (count, next) = self.number(self.at, b":{").ok_or(Failure::Data)?;
        if count > self.data.len() - next {
            return Err(Failure::Data);
        }
        self.at = next;
        let method = if incomplete { None } else { class.magic.unserialize };
        if method.is_none() && !incomplete && is_serializable(cx, class) {
            let text =
                PhpString::concat_all(&[b"Erroneous data format for unserializing '", &class.name, b"'"]);
            cx.warning(&text)?;
            return Err(Failure::Data);
        }
        let object = cx.new_object(class)?;
        if incomplete {
            let value = Value::str(name);
            object.with_dynamic(|table| table.insert_bytes(INCOMPLETE_NAME, value));
        }
        self.note(slot, &object, reference);
        let result = if method.is_some() {
            self.enter(cx).and_then(|()| self.for_unserialize(cx, &object, count))
        } else {
            self.enter(cx).and_then(|()| self.properties(cx, &object, class, count))
        };
        if let Err(failure) = result {
            object.set_flags(OBJ_DESTRUCTED);
            return Err(failure);
        }
        if method.is_none() && !incomplete && class.method(b"__wakeup").is_some() {
            self.later.push(Later::Wakeup(object.clone()));
        }
        Ok(Value::object(object))
    }

    fn for_unserialize(&mut self, cx: &mut Context, object: &ObjRef, count: usize) -> Parsed<()> {
        let mut data = PhpArray::new();
        self.entries(cx, count, |_, key, value| {
            data.insert(&key, value);
            Ok(())
        })?;
        self.close()?;
        self.later.push(Later::Unserialize(object.clone(), data));
        Ok(())
    }

    fn properties(&mut self, cx: &mut Context, object: &ObjRef, class: ClassRef, count: usize) -> Parsed<()> {
        self.entries(cx, count, |cx, key, value| {
            set_property(cx, object, class, key, value)?;
            Ok(())
        })?;
        self.close()
    }

    /// The class of an object, by autoloading and by the callback that a setting names.
    fn find_class(&mut self, cx: &mut Context, name: &[u8]) -> Parsed<Option<ClassRef>> {
        if let Some(class) = cx.lookup_class(name, true)? {
            return Ok(Some(class));
        }
        let callback = cx.ini.get_str("unserialize_callback_func").to_vec();
        if callback.is_empty() {
            return Ok(None);
        }
        let shown = String::from_utf8_lossy(&callback).into_owned();
        if cx.find_function(&callback.to_ascii_lowercase()).is_none() {
            cx.doc_warning(format!("defined ({shown}) but not found"))?;
            return Ok(None);
        }
        cx.call_value(&Value::str(&callback), &[Value::str(name)])?;
        let class = cx.lookup_class(name, true)?;
        if class.is_none() {
            cx.doc_warning(format!("Function {shown}() hasn't defined the class it was called for"))?;
        }
        Ok(class)
    }

    /// An object whose class implements `Serializable`.
    fn custom(
        &mut self,
        cx: &mut Context,
        slot: usize,
        reference: Option<&PhpRef>,
        class: ClassRef,
        incomplete: bool,
    ) -> Parsed<Value> {
        let (len, next) = self.number(self.at, b":{").ok_or(Failure::Data)?;
        let present = self.data.len() - next;
        if len > present {
            let text = format!("Insufficient data for unserializing - {len} required, {present} present");
            cx.warning(text)?;
            return Err(Failure::Data);
        }
        let data = &self.data[next..next + len];
        self.at = next + len;
        let object = cx.new_object(class)?;
        self.note(slot, &object, reference);
        if incomplete || !is_serializable(cx, class) {
            let text = PhpString::concat_all(&[b"Class ", &class.name, b" has no unserializer"]);
            cx.warning(&text)?;
        } else {
            crate::args::call_named(cx, &object, b"unserialize", &[Value::str(data)])?;
        }
        if self.rest().first() != Some(&b'}') {
            return Err(Failure::Data);
        }
        self.at += 1;
        Ok(Value::object(object))
    }
}

/// Gives a property the value that was read for it. Names of another visibility than the property's are put right.
fn set_property(
    cx: &mut Context,
    object: &ObjRef,
    class: ClassRef,
    key: ArrayKey,
    value: Value,
) -> PhpResult {
    let key = ArrayKey::Str(key.as_key().to_string());
    let (name, visibility) = Prop::unmangle(key);
    let name = name.as_key().to_string();
    let owner = match &visibility {
        Visibility::Private(owner) => Some(owner.clone()),
        _ => None,
    };
    let named = |info: &&PropRef| info.name == name;
    let private = |info: &&PropRef| info.has(flags::member::PRIVATE);
    let wanted = |info: &&PropRef| match &owner {
        Some(owner) => named(info) && private(info) && info.class.name == *owner,
        None => false,
    };
    let fitting = |info: &&PropRef| named(info) && (!private(info) || info.class == class);
    match class.slots.iter().find(wanted).or_else(|| class.slots.iter().find(fitting)) {
        Some(info) => cx.init_prop(object, *info, value),
        None => {
            cx.check_dynamic(object, &name)?;
            object.with_dynamic(|table| table.insert(Key::Str(&name), value));
            Ok(())
        }
    }
}
