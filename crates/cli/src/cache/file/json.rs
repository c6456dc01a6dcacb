//! `phalanx cache status --file --json`.
//!
//! Names and meanings are promised in `docs/cache.md`, as those for processes are.

use phalanx_engine::cache_file::{FileStamp, SETTINGS, Script, unknown_settings};

use super::super::json::{Json, int};
use super::{File, Sort};

/// What the file is as one JSON object.
pub fn status(file: &File) -> String {
    let header = &file.header;
    let text = |text: &str| Json::Text(text.as_bytes().to_vec());
    let (state, now, error) = match &file.script {
        Script::Unchanged => ("unchanged", Some(header.stamp), None),
        Script::Changed(now) => ("changed", Some(*now), None),
        Script::Gone => ("gone", None, None),
        Script::Unknown(why) => ("unknown", None, Some(why)),
    };
    let script = vec![
        ("path", Json::Text(header.path.clone())),
        ("state", text(state)),
        ("error", error.map_or(Json::Null, |why| text(why))),
        ("compiled", stamp(header.stamp)),
        ("now", now.map_or(Json::Null, stamp)),
    ];
    let mut settings: Vec<_> =
        SETTINGS.iter().map(|setting| (setting.key, Json::Bool(setting.is_on(header.options)))).collect();
    settings.push(("unknown", int(unknown_settings(header.options))));
    let error = file.anatomy.as_ref().err();
    let image = vec![
        ("offset", int(header.image_offset() as u64)),
        ("size", int(header.image().len() as u64)),
        ("accepted", if file.is_ours { Json::Bool(error.is_none()) } else { Json::Null }),
        ("error", error.map_or(Json::Null, |why| text(why))),
    ];
    let bytes = file.totals().into_iter().map(|(sort, _, bytes)| (Sort::names(sort)[1], int(bytes as u64)));
    let object = Json::Object(vec![
        ("file", Json::Text(file.name.clone())),
        ("size", int(header.size() as u64)),
        ("build", text(&header.system.name())),
        ("this_build", Json::Bool(file.is_ours)),
        ("script", Json::Object(script)),
        ("settings", Json::Object(settings)),
        ("checksum_right", Json::Bool(header.checksum)),
        ("image", Json::Object(image)),
        ("unit", unit(file)),
        ("bytes", Json::Object(bytes.collect())),
    ]);
    object.document()
}

fn stamp(stamp: FileStamp) -> Json {
    Json::Object(vec![
        ("size", int(stamp.size)),
        ("modified", Json::Int(stamp.seconds.into())),
        ("nanoseconds", int(stamp.nanos)),
    ])
}

fn unit(file: &File) -> Json {
    let Some(numbers) = file.numbers() else { return Json::Null };
    let count = |number: usize| int(number as u64);
    Json::Object(vec![
        ("functions", count(numbers.functions)),
        ("classes", count(numbers.classes)),
        ("instructions", count(numbers.instructions)),
        ("literals", count(numbers.literals)),
        ("strings", count(numbers.strings)),
        ("arrays", count(numbers.arrays)),
        ("trace_sites", count(numbers.trace_sites)),
        ("relocations", count(numbers.relocations)),
    ])
}
