//! `phalanx cache status --json`.
//!
//! Names and meanings are promised in `docs/cache.md`. Sizes are in bytes, times in seconds since 1970, shares from 0 to 1.

use std::fmt::Write;

use phalanx_engine::watch::{BlockKind, Code, Picture};

use super::report::{Figures, by_size, hit_rate};
use super::source::Seen;

/// A value of JSON.
pub enum Json {
    Null,
    Bool(bool),
    Int(i128),
    /// Never infinite.
    Float(f64),
    Text(Vec<u8>),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

/// The status as one JSON object.
pub fn status(seen: &Seen) -> String {
    let (picture, process) = (&seen.picture, &seen.process);
    let object = Json::Object(vec![
        ("version", Json::Text(picture.version.to_string().into_bytes())),
        ("pid", int(process.pid)),
        ("command", list(&process.command, |word| Json::Text(word.clone()))),
        ("creator", int(picture.creator)),
        ("shared_with", list(&process.shared_with, |&pid| int(pid))),
        ("gate", Json::Text(picture.data.gate.to_string().into_bytes())),
        ("time", int(seen.now)),
        ("start_time", int(picture.start_time)),
        ("uptime", int(seen.now.saturating_sub(picture.start_time))),
        ("consistent", Json::Bool(picture.consistent)),
        ("memory", segment(&Figures::of(&picture.data))),
        ("code", code(&picture.code)),
        ("interned_strings", strings(picture)),
        ("statistics", statistics(picture)),
        ("threads", threads(picture)),
        ("scripts", scripts(picture)),
    ]);
    object.document()
}

fn segment(figures: &Figures) -> Json {
    Json::Object(vec![
        ("size", int(figures.size as u64)),
        ("used", int(figures.used as u64)),
        ("free", int(figures.free as u64)),
        ("largest_free_block", int(figures.largest_free as u64)),
        ("fragmentation", Json::Float(figures.fragmentation)),
        ("blocks", int(figures.blocks as u64)),
        ("block_bytes", int(figures.payload as u64)),
        ("retired", int(figures.retired as u64)),
        ("retired_blocks", int(figures.retired_blocks as u64)),
        ("windows_opened", int(figures.windows_opened)),
    ])
}

fn code(code: &Code) -> Json {
    match code {
        Code::None => Json::Null,
        Code::Area(area) => segment(&Figures::of(area)),
        Code::Unreadable(why) => Json::Object(vec![("error", Json::Text(why.clone().into_bytes()))]),
    }
}

fn strings(picture: &Picture) -> Json {
    let strings = &picture.strings;
    let pages = picture.data.size_of(BlockKind::Strings);
    Json::Object(vec![
        ("buffer_size", int(strings.buffer_size as u64)),
        ("used_memory", int(strings.used_memory as u64)),
        ("free_memory", int(strings.free_memory as u64)),
        ("number_of_strings", int(strings.number_of_strings)),
        ("pages", int(picture.data.count_of(BlockKind::Strings) as u64)),
        ("page_bytes", int(pages as u64)),
    ])
}

fn statistics(picture: &Picture) -> Json {
    Json::Object(vec![
        ("cached_scripts", int(picture.cached_scripts)),
        ("cached_keys", int(picture.cached_scripts)),
        ("max_cached_keys", int(picture.max_keys)),
        ("hits", int(picture.hits)),
        ("misses", int(picture.misses)),
        ("blacklist_misses", int(picture.blacklist_misses)),
        ("hit_rate", Json::Float(hit_rate(picture))),
        ("evictions", int(picture.evictions)),
        ("resets", int(picture.resets)),
        ("last_reset_time", int(picture.last_reset)),
        ("cache_full", Json::Bool(picture.full)),
    ])
}

fn threads(picture: &Picture) -> Json {
    Json::Object(vec![
        ("registered", int(picture.threads.len() as u64)),
        ("max", int(picture.max_threads)),
        ("pins", int(picture.threads.iter().map(|thread| u64::from(thread.pins)).sum::<u64>())),
        (
            "slots",
            list(&picture.threads, |thread| {
                Json::Object(vec![
                    ("slot", int(thread.slot)),
                    ("pid", int(thread.pid)),
                    ("tid", int(thread.tid)),
                    ("pins", int(thread.pins)),
                    ("ended", Json::Bool(thread.ended)),
                ])
            }),
        ),
    ])
}

fn scripts(picture: &Picture) -> Json {
    list(&by_size(picture), |script| {
        Json::Object(vec![
            ("path", Json::Text(script.path.clone())),
            ("size", int(script.size as u64)),
            ("source_size", int(script.source_size)),
            ("hits", int(script.hits)),
            ("last_used", int(script.last_used)),
            ("created", int(script.created)),
            ("modified", Json::Int(script.modified.into())),
            ("pinned_by", list(&script.pinned_by, |&thread| int(picture.threads[thread].tid))),
            ("code_blocks", int(script.code_blocks as u64)),
            ("code_size", int(script.code_size as u64)),
        ])
    })
}

/// A number.
pub fn int(number: impl Into<u64>) -> Json {
    Json::Int(number.into().into())
}

fn list<T>(items: &[T], value: impl Fn(&T) -> Json) -> Json {
    Json::List(items.iter().map(value).collect())
}

impl Json {
    /// The value as text that ends in a line break.
    pub fn document(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text.push('\n');
        text
    }

    fn write(&self, text: &mut String, depth: usize) {
        match self {
            Json::Null => text.push_str("null"),
            Json::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
            // Writing to a string cannot fail.
            Json::Int(number) => _ = write!(text, "{number}"),
            Json::Float(number) => _ = write!(text, "{number:.6}"),
            Json::Text(bytes) => write_text(bytes, text),
            Json::List(items) => {
                let items = items.iter().map(|item| ("", item));
                write_items(['[', ']'], items, text, depth);
            }
            Json::Object(entries) => {
                let entries = entries.iter().map(|(name, value)| (*name, value));
                write_items(['{', '}'], entries, text, depth);
            }
        }
    }
}

fn write_items<'j>(
    [open, close]: [char; 2],
    items: impl Iterator<Item = (&'static str, &'j Json)> + Clone,
    text: &mut String,
    depth: usize,
) {
    text.push(open);
    let one_line = open == '[' && items.clone().all(|(_, item)| matches!(item, Json::Int(_) | Json::Text(_)));
    let indent = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth));
    };
    let mut any = false;
    for (name, value) in items {
        if any {
            text.push_str(if one_line { ", " } else { "," });
        }
        any = true;
        if !one_line {
            indent(text, depth + 1);
        }
        if !name.is_empty() {
            let _ = write!(text, "\"{name}\": ");
        }
        value.write(text, depth + 1);
    }
    if any && !one_line {
        indent(text, depth);
    }
    text.push(close);
}

/// What is no UTF-8 becomes U+FFFD.
fn write_text(bytes: &[u8], text: &mut String) {
    text.push('"');
    for char in String::from_utf8_lossy(bytes).chars() {
        match char {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            char if char < ' ' || char == '\x7f' => _ = write!(text, "\\u{:04x}", u32::from(char)),
            char => text.push(char),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let check = |json: Json, expected: &str| {
            let mut text = String::new();
            json.write(&mut text, 0);
            assert_eq!(text, expected);
        };
        check(Json::Null, "null");
        check(Json::Text(b"a\"\\\n\x1b\xff\xc3\xa4".to_vec()), "\"a\\\"\\\\\\n\\u001b\u{fffd}ä\"");
        check(Json::List(vec![int(1_u32), int(2_u32)]), "[1, 2]");
        check(Json::List(Vec::new()), "[]");
        check(Json::Float(0.5), "0.500000");
        let object =
            Json::Object(vec![("a", Json::Bool(true)), ("b", Json::List(vec![Json::Object(vec![])]))]);
        check(object, "{\n  \"a\": true,\n  \"b\": [\n    {}\n  ]\n}");
    }
}
