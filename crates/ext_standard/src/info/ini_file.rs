//! `parse_ini_string()` and `parse_ini_file()`.

use crate::streams::io::close;
use crate::streams::{self, OpenOptions, Stream};
use phalanx_macros::php_fn;
use phalanx_value::{ArrayKey, PhpArray, PhpString, Value};
use phalanx_vm::args::{OrFalse, Path};
use phalanx_vm::global_constants;
use phalanx_vm::ini::Mode;
use phalanx_vm::ini::parse::{Event, IniValue, Names, parse};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&PARSE_INI_STRING, &PARSE_INI_FILE];

/// Constants, settings and the environment of the request.
struct Request<'a>(&'a mut Context);

impl Names for Request<'_> {
    fn constant(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let value = global_constants::find(self.0, &PhpString::from_bytes(name))?;
        self.0.to_string(&value).ok().map(|text| text.to_vec())
    }

    fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let setting = self.0.ini.get(name).map(<[u8]>::to_vec);
        setting.or_else(|| self.0.process.env.get(name).map(<[u8]>::to_vec))
    }
}

/// Entries as an array, those of sections in arrays of their own if so wanted.
struct Collector {
    result: PhpArray,
    section: Option<(PhpString, PhpArray)>,
    with_sections: bool,
    typed: bool,
}

impl Collector {
    fn value(&self, value: IniValue) -> Value {
        match value {
            IniValue::Str(text) => Value::str(text),
            other if !self.typed => Value::str(other.into_text()),
            IniValue::Null => Value::NULL,
            IniValue::Bool(on) => Value::bool(on),
            IniValue::Int(int) => Value::int(int),
            IniValue::Float(float) => Value::float(float),
        }
    }

    fn close_section(&mut self) {
        if let Some((name, entries)) = self.section.take() {
            self.result.insert(ArrayKey::from_string(name).as_key(), Value::array(entries));
        }
    }

    fn tell(&mut self, event: Event) {
        match event {
            Event::Section(name) if self.with_sections => {
                self.close_section();
                self.section = Some((PhpString::from(name), PhpArray::new()));
            }
            Event::Section(_) | Event::Bare(_) => {}
            Event::Entry(name, value) => {
                let value = self.value(value);
                let name = ArrayKey::from_bytes(&name);
                self.table().insert(name.as_key(), value);
            }
            Event::Element(name, offset, value) => {
                let value = self.value(value);
                let name = ArrayKey::from_bytes(&name);
                let place = self.table().get_or_insert(name.as_key());
                if !place.is_array() {
                    *place = Value::array(PhpArray::new());
                }
                let list = place.make_array();
                if offset.is_empty() {
                    list.push_value(value);
                } else {
                    let key = ArrayKey::from_bytes(&offset);
                    list.insert(key.as_key(), value);
                }
            }
        }
    }

    fn table(&mut self) -> &mut PhpArray {
        match &mut self.section {
            Some((_, entries)) => entries,
            None => &mut self.result,
        }
    }
}

fn mode(cx: &mut Context, mode: i64) -> PhpResult<Option<Mode>> {
    match mode {
        0 => Ok(Some(Mode::Normal)),
        1 => Ok(Some(Mode::Raw)),
        2 => Ok(Some(Mode::Typed)),
        _ => {
            cx.warning("Invalid scanner mode")?;
            Ok(None)
        }
    }
}

/// What a text says; none when it has a mistake, which is reported.
fn read(
    cx: &mut Context,
    text: &[u8],
    file: &str,
    with_sections: bool,
    mode: Mode,
) -> PhpResult<Option<PhpArray>> {
    let mut collector =
        Collector { result: PhpArray::new(), section: None, with_sections, typed: mode == Mode::Typed };
    let parsed = parse(text, mode, &mut Request(cx), &mut |event| collector.tell(event));
    if let Err(error) = parsed {
        cx.warning(format!("{} in {file} on line {}\n", error.text, error.line))?;
        return Ok(None);
    }
    collector.close_section();
    Ok(Some(collector.result))
}

/// <https://www.php.net/parse_ini_string>
#[php_fn(
    "parse_ini_string(string $ini_string, bool $process_sections = false, int $scanner_mode = INI_SCANNER_NORMAL): array|false",
    default(scanner_mode = 0)
)]
fn parse_ini_string(
    cx: &mut Context,
    ini_string: &PhpString,
    process_sections: bool,
    scanner_mode: i64,
) -> PhpResult<OrFalse<PhpArray>> {
    let Some(mode) = mode(cx, scanner_mode)? else { return Ok(OrFalse(None)) };
    read(cx, ini_string, "Unknown", process_sections, mode).map(OrFalse)
}

/// <https://www.php.net/parse_ini_file>
#[php_fn(
    "parse_ini_file(string $filename, bool $process_sections = false, int $scanner_mode = INI_SCANNER_NORMAL): array|false",
    default(scanner_mode = 0)
)]
fn parse_ini_file(
    cx: &mut Context,
    filename: Path<'_>,
    process_sections: bool,
    scanner_mode: i64,
) -> PhpResult<OrFalse<PhpArray>> {
    let name = filename.as_string().clone();
    if name.is_empty() {
        return Err(cx.arg_value_error(1, "must not be empty"));
    }
    let Some(mode) = mode(cx, scanner_mode)? else { return Ok(OrFalse(None)) };
    let options = OpenOptions { use_include_path: true, ..OpenOptions::default() };
    let Some(resource) = streams::open(cx, &name, b"rb", &options)? else { return Ok(OrFalse(None)) };
    let text = match resource.native::<Stream>() {
        Some(stream) => stream.read_all(cx, usize::MAX),
        None => Ok(Vec::new()),
    };
    close(cx, &resource)?;
    let shown = String::from_utf8_lossy(&name).into_owned();
    read(cx, &text?, &shown, process_sections, mode).map(OrFalse)
}
