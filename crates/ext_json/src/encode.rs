//! Values to JSON.

use crate::error::JsonError;
use crate::flag;
use phalanx_value::convert::numeric::{self, Numeric};
use phalanx_value::convert::{IntBuffer, format_float};
use phalanx_value::{Key, ObjRef, PhpArray, Value, View, utf8};
use phalanx_vm::class::{ClassRef, PropRef};
use phalanx_vm::flags::{class as class_flag, member};
use phalanx_vm::props::ReadMode;
use phalanx_vm::{Context, PhpResult, Thrown};

/// Turns values into text.
pub struct Encoder {
    /// The text so far.
    pub out: Vec<u8>,
    /// The last error; more than one happens with partial output alone.
    pub error: JsonError,
    flags: i64,
    max_depth: i64,
    depth: i64,
}

/// Why encoding stopped.
enum Stop {
    /// The error is noted.
    Error,
    Thrown(Thrown),
}

impl From<Thrown> for Stop {
    fn from(thrown: Thrown) -> Stop {
        Stop::Thrown(thrown)
    }
}

type Encoded = Result<(), Stop>;

impl Encoder {
    /// An encoder that goes as deep as `max_depth`.
    pub fn new(flags: i64, max_depth: i64) -> Encoder {
        Encoder { out: Vec::with_capacity(64), error: JsonError::None, flags, max_depth, depth: 0 }
    }

    /// Appends a value; false if an error stopped it.
    pub fn encode(&mut self, cx: &mut Context, value: &Value) -> PhpResult<bool> {
        match self.value(cx, value) {
            Ok(()) => Ok(true),
            Err(Stop::Error) => Ok(false),
            Err(Stop::Thrown(thrown)) => Err(thrown),
        }
    }

    fn has(&self, bit: i64) -> bool {
        self.flags & bit != 0
    }

    fn text(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    /// Notes an error; with partial output `instead` is written and all goes on.
    fn fail(&mut self, error: JsonError, instead: &[u8]) -> Encoded {
        self.error = error;
        if self.has(flag::PARTIAL_OUTPUT_ON_ERROR) {
            self.text(instead);
            return Ok(());
        }
        Err(Stop::Error)
    }

    fn value(&mut self, cx: &mut Context, value: &Value) -> Encoded {
        match value.view() {
            View::Null | View::Undef => self.text(b"null"),
            View::Bool(true) => self.text(b"true"),
            View::Bool(false) => self.text(b"false"),
            View::Int(int) => self.text(IntBuffer::new().format(int)),
            View::Float(float) => return self.float(cx, float),
            View::Str(string) => return self.string(cx, string, true),
            View::Array(_) | View::Object(_) => {
                // PHP says that the depth is exceeded, whatever limit was given.
                if !cx.may_nest() {
                    return self.fail(JsonError::Depth, b"null");
                }
                match value.as_object() {
                    Some(object) => return self.object(cx, object),
                    None => return value.as_array().map_or(Ok(()), |array| self.array(cx, array)),
                }
            }
            View::Ref(reference) => return self.value(cx, &reference.get()),
            View::Resource(_) | View::Internal => return self.fail(JsonError::UnsupportedType, b"null"),
        }
        Ok(())
    }

    fn float(&mut self, cx: &Context, float: f64) -> Encoded {
        if !float.is_finite() {
            return self.fail(JsonError::InfOrNan, b"0");
        }
        let start = self.out.len();
        self.text(format_float(float, cx.ini.serialize_precision).as_bytes());
        let digits = &mut self.out[start..];
        digits.make_ascii_lowercase();
        if self.flags & flag::PRESERVE_ZERO_FRACTION != 0 && !digits.contains(&b'.') {
            self.out.extend_from_slice(b".0");
        }
        Ok(())
    }

    fn string(&mut self, cx: &Context, string: &[u8], value: bool) -> Encoded {
        if string.is_empty() {
            self.text(b"\"\"");
            return Ok(());
        }
        if value && self.has(flag::NUMERIC_CHECK) {
            match numeric::classify(string) {
                Numeric::Int(int) => {
                    self.text(IntBuffer::new().format(int));
                    return Ok(());
                }
                Numeric::Float(float) => return self.float(cx, float),
                Numeric::No => {}
            }
        }
        let start = self.out.len();
        self.out.reserve(string.len() + 2);
        self.out.push(b'"');
        let mut rest = string;
        while let [byte, ..] = rest {
            // Runs of bytes that stand for themselves are copied at once.
            let plain = rest.iter().take_while(|byte| is_plain(**byte)).count();
            if plain > 0 {
                self.out.extend_from_slice(&rest[..plain]);
                rest = &rest[plain..];
                continue;
            }
            if *byte < 0x80 {
                self.ascii(*byte);
                rest = &rest[1..];
                continue;
            }
            match utf8::next_char(rest) {
                Ok((code, len)) => {
                    self.unicode(code, &rest[..len]);
                    rest = &rest[len..];
                }
                Err(skip) => {
                    rest = rest.get(skip..).unwrap_or(&[]);
                    if self.has(flag::INVALID_UTF8_IGNORE) {
                    } else if self.has(flag::INVALID_UTF8_SUBSTITUTE) {
                        let raw = self.has(flag::UNESCAPED_UNICODE);
                        self.text(if raw { "\u{fffd}".as_bytes() } else { b"\\ufffd" });
                    } else {
                        self.out.truncate(start);
                        return self.fail(JsonError::Utf8, b"null");
                    }
                }
            }
        }
        self.out.push(b'"');
        Ok(())
    }

    /// A byte of ASCII that may need an escape.
    fn ascii(&mut self, byte: u8) {
        let escape: &[u8] = match byte {
            b'"' if self.has(flag::HEX_QUOT) => b"\\u0022",
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'/' if self.has(flag::UNESCAPED_SLASHES) => b"/",
            b'/' => b"\\/",
            8 => b"\\b",
            12 => b"\\f",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            b'<' if self.has(flag::HEX_TAG) => b"\\u003C",
            b'>' if self.has(flag::HEX_TAG) => b"\\u003E",
            b'&' if self.has(flag::HEX_AMP) => b"\\u0026",
            b'\'' if self.has(flag::HEX_APOS) => b"\\u0027",
            0..32 => return self.escape_unit(u32::from(byte)),
            _ => return self.out.push(byte),
        };
        self.text(escape);
    }

    fn unicode(&mut self, code: u32, bytes: &[u8]) {
        let line_end = matches!(code, 0x2028 | 0x2029) && !self.has(flag::UNESCAPED_LINE_TERMINATORS);
        if self.has(flag::UNESCAPED_UNICODE) && !line_end {
            return self.text(bytes);
        }
        if code >= 0x10000 {
            let code = code - 0x10000;
            self.escape_unit(0xd800 | code >> 10);
            self.escape_unit(0xdc00 | code & 0x3ff);
        } else {
            self.escape_unit(code);
        }
    }

    fn escape_unit(&mut self, unit: u32) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let digit = |shift: u32| HEX[(unit >> shift & 15) as usize];
        self.text(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]);
    }

    fn array(&mut self, cx: &mut Context, array: &PhpArray) -> Encoded {
        if !array.enter() {
            return self.fail(JsonError::Recursion, b"null");
        }
        let list = !self.has(flag::FORCE_OBJECT) && array.is_list();
        let result = self.elements(cx, array, list);
        array.leave();
        result
    }

    fn elements(&mut self, cx: &mut Context, array: &PhpArray, list: bool) -> Encoded {
        if array.is_empty() {
            self.text(if list { b"[]" } else { b"{}" });
            return Ok(());
        }
        self.open(if list { b'[' } else { b'{' });
        for (index, (key, value)) in array.iter().enumerate() {
            self.begin_element(index);
            if !list {
                match key {
                    Key::Int(int) => {
                        self.out.push(b'"');
                        self.text(IntBuffer::new().format(int));
                        self.out.push(b'"');
                    }
                    Key::Str(name) => self.name(cx, name)?,
                }
                self.colon();
            }
            self.value(cx, value)?;
        }
        self.close(if list { b']' } else { b'}' })
    }

    /// A key. With partial output an unreadable one is empty.
    fn name(&mut self, cx: &Context, name: &[u8]) -> Encoded {
        let before = self.out.len();
        self.string(cx, name, false)?;
        if self.out[before..] == *b"null" {
            self.out.truncate(before);
            self.text(b"\"\"");
        }
        Ok(())
    }

    fn open(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.depth += 1;
    }

    fn begin_element(&mut self, index: usize) {
        if index > 0 {
            self.out.push(b',');
        }
        self.new_line();
    }

    fn colon(&mut self) {
        self.text(if self.has(flag::PRETTY_PRINT) { b": " } else { b":" });
    }

    fn new_line(&mut self) {
        if self.has(flag::PRETTY_PRINT) {
            self.out.push(b'\n');
            let indent = 4 * self.depth as usize;
            self.out.resize(self.out.len() + indent, b' ');
        }
    }

    fn close(&mut self, bracket: u8) -> Encoded {
        if self.depth > self.max_depth {
            self.error = JsonError::Depth;
            if !self.has(flag::PARTIAL_OUTPUT_ON_ERROR) {
                return Err(Stop::Error);
            }
        }
        self.depth -= 1;
        self.new_line();
        self.out.push(bracket);
        Ok(())
    }

    fn object(&mut self, cx: &mut Context, object: &ObjRef) -> Encoded {
        let class = ClassRef::of(object);
        let serializable = cx.find_class(b"jsonserializable");
        if serializable.is_some_and(|interface| class.is_a(interface)) {
            return self.serializable(cx, object, class);
        }
        if class.has(class_flag::ENUM) {
            if class.enum_type == 0 {
                return self.fail(JsonError::NonBackedEnum, b"0");
            }
            let backing = object.get_slot(1);
            return self.value(cx, &backing);
        }
        self.plain_object(cx, object)
    }

    /// An object that says itself what stands for it.
    fn serializable(&mut self, cx: &mut Context, object: &ObjRef, class: ClassRef) -> Encoded {
        if !object.enter() {
            return self.fail(JsonError::Recursion, b"null");
        }
        let result = match class.method(b"jsonserialize") {
            Some(method) => cx.call_method(object, method, &[]),
            None => Ok(Value::NULL),
        };
        let value = match result {
            Ok(value) => value,
            Err(thrown) => {
                object.leave();
                if self.has(flag::PARTIAL_OUTPUT_ON_ERROR) {
                    self.text(b"null");
                }
                return Err(thrown.into());
            }
        };
        let itself = value.as_object().is_some_and(|other| other.ptr_eq(object));
        if itself {
            // The object stands for itself: its properties are written.
            object.leave();
            return self.plain_object(cx, object);
        }
        let result = self.value(cx, &value);
        object.leave();
        result
    }

    fn plain_object(&mut self, cx: &mut Context, object: &ObjRef) -> Encoded {
        if !object.enter() {
            return self.fail(JsonError::Recursion, b"null");
        }
        let result = self.properties(cx, object);
        object.leave();
        result
    }

    /// The public properties.
    fn properties(&mut self, cx: &mut Context, object: &ObjRef) -> Encoded {
        let class = ClassRef::of(object);
        if let Some(to_array) = class.hook(|hooks| hooks.to_array) {
            let table = to_array(cx, object)?;
            let mut public = PhpArray::new();
            for (key, value) in &table {
                if key.as_str().is_none_or(|name| name.first() != Some(&0)) {
                    public.insert(key, value.clone());
                }
            }
            return self.elements(cx, &public, false);
        }
        let object = &cx.realize(object)?;
        let mut count = 0;
        for info in phalanx_vm::props::declared_props(class) {
            if info.has(member::PRIVATE | member::PROTECTED) {
                continue;
            }
            let Some(value) = self.property(cx, object, info)? else { continue };
            self.property_head(cx, &info.name, &mut count)?;
            self.value(cx, &value)?;
        }
        if let Some(dynamic) = object.dynamic() {
            for (key, value) in &dynamic {
                self.property_head(cx, &key.to_string(), &mut count)?;
                self.value(cx, value)?;
            }
        }
        if count == 0 {
            self.text(b"{}");
            return Ok(());
        }
        self.close(b'}')
    }

    fn property(&mut self, cx: &mut Context, object: &ObjRef, info: PropRef) -> Result<Option<Value>, Stop> {
        if info.has_hooks() {
            if info.has(member::VIRTUAL) && info.hooks[0].is_none() {
                return Ok(None);
            }
            let no_cache = std::ptr::null_mut();
            return Ok(Some(cx.read_prop(object, &info.name, None, ReadMode::Read, no_cache)?));
        }
        let value = object.get_slot(info.slot);
        Ok((!value.is_undef()).then_some(value))
    }

    fn property_head(&mut self, cx: &Context, name: &[u8], count: &mut usize) -> Encoded {
        if *count == 0 {
            self.open(b'{');
        }
        self.begin_element(*count);
        *count += 1;
        self.name(cx, name)?;
        self.colon();
        Ok(())
    }
}

/// Bytes that are the same in JSON whatever the flags.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | 0x7f) && !matches!(byte, b'"' | b'\\' | b'/' | b'<' | b'>' | b'&' | b'\'')
}
