//! `parse_ini_string()` and `parse_ini_file()`.

use phalanx_macros::php_fn;
use phalanx_value::{ArrayKey, PhpArray, PhpString, Value};
use phalanx_vm::args::OrFalse;
use phalanx_vm::ini::Mode;
use phalanx_vm::ini::parse::{Event, IniValue, Names, parse};
use phalanx_vm::native::{NativeFn, NativeValue};
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[&PARSE_INI_FILE, &PARSE_INI_STRING];

/// Names in the text are those of the running script.
struct Running<'a>(&'a mut Context);

impl Names for Running<'_> {
    fn constant(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let defined = self.0.constants.get(&PhpString::from_bytes(name)).cloned();
        let value = match defined {
            Some(value) => value,
            None => match self.0.registry.constant(name)?.value {
                NativeValue::Null | NativeValue::Undef | NativeValue::EmptyArray => Value::NULL,
                NativeValue::Bool(truth) => Value::bool(truth),
                NativeValue::Int(int) => Value::int(int),
                NativeValue::Float(float) => Value::float(float),
                NativeValue::Str(text) => Value::str(text),
            },
        };
        self.0.to_string(&value).ok().map(|text| text.to_vec())
    }

    fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let setting = self.0.ini.exists(name).then(|| self.0.ini.get_str(name).to_vec());
        setting.or_else(|| self.0.process.env.get(name).map(<[u8]>::to_vec))
    }
}

fn to_value(value: IniValue) -> Value {
    match value {
        IniValue::Null => Value::NULL,
        IniValue::Bool(truth) => Value::bool(truth),
        IniValue::Int(int) => Value::int(int),
        IniValue::Float(float) => Value::float(float),
        IniValue::Str(text) => Value::str(text),
    }
}

/// Puts what the text says into `table`.
fn enter(table: &mut PhpArray, event: Event) {
    match event {
        Event::Entry(name, value) => drop(table.insert(&ArrayKey::from_bytes(&name), to_value(value))),
        Event::Element(name, offset, value) => {
            let key = ArrayKey::from_bytes(&name);
            if table.get(&key).is_none_or(|old| !old.is_array()) {
                table.insert(&key, Value::array(PhpArray::new()));
            }
            let Some(list) = table.get_mut(&key) else { return };
            let list = list.make_array();
            if offset.is_empty() {
                list.push_value(to_value(value));
            } else {
                list.insert(&ArrayKey::from_bytes(&offset), to_value(value));
            }
        }
        // A name alone has no value that could stand in an array.
        Event::Bare(_) | Event::Section(_) => {}
    }
}

fn read(
    cx: &mut Context,
    text: &[u8],
    file: &[u8],
    sections: bool,
    mode: i64,
) -> PhpResult<OrFalse<PhpArray>> {
    let mode = match mode {
        0 => Mode::Normal,
        1 => Mode::Raw,
        2 => Mode::Typed,
        _ => {
            cx.warning("Invalid scanner mode")?;
            return Ok(OrFalse(None));
        }
    };
    let mut events = Vec::new();
    let outcome = parse(text, mode, &mut Running(cx), &mut |event| events.push(event));
    if let Err(error) = outcome {
        let file = String::from_utf8_lossy(file);
        cx.warning(format!("{} in {file} on line {}\n", error.text, error.line))?;
        return Ok(OrFalse(None));
    }
    let mut whole = PhpArray::new();
    let mut section: Option<(ArrayKey, PhpArray)> = None;
    for event in events {
        match event {
            Event::Section(name) if sections => {
                if let Some((key, table)) = section.take() {
                    whole.insert(&key, Value::array(table));
                }
                section = Some((ArrayKey::from_bytes(&name), PhpArray::new()));
            }
            event => enter(section.as_mut().map_or(&mut whole, |(_, table)| table), event),
        }
    }
    if let Some((key, table)) = section {
        whole.insert(&key, Value::array(table));
    }
    Ok(OrFalse(Some(whole)))
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
    read(cx, ini_string, b"Unknown", process_sections, scanner_mode)
}

/// <https://www.php.net/parse_ini_file>
#[php_fn(
    "parse_ini_file(string $filename, bool $process_sections = false, int $scanner_mode = INI_SCANNER_NORMAL): array|false",
    default(scanner_mode = 0)
)]
fn parse_ini_file(
    cx: &mut Context,
    filename: &PhpString,
    process_sections: bool,
    scanner_mode: i64,
) -> PhpResult<OrFalse<PhpArray>> {
    if filename.is_empty() {
        return Err(cx.arg_value_error(1, "must not be empty"));
    }
    let path = cx.full_path(filename);
    match phalanx_host::fs::read_file(&path) {
        Ok((text, stat)) if !stat.is_dir() => read(cx, &text, filename, process_sections, scanner_mode),
        outcome => {
            let reason = match outcome {
                Err(error) => phalanx_host::error_text(&error),
                Ok(_) => "Is a directory".to_owned(),
            };
            cx.doc_error(
                phalanx_vm::errors::level::E_WARNING,
                filename,
                format!("Failed to open stream: {reason}"),
            )?;
            Ok(OrFalse(None))
        }
    }
}
