//! `phalanx cache status --file` as text.

use phalanx_engine::cache_file::{FileStamp, SETTINGS, Script, unknown_settings};
use phalanx_host::clock;

use super::super::text::{Screen, counted, exact_size, percent, printable, start_of};
use super::{File, Sort};

/// What the file is, in lines that fit the screen.
pub fn status(file: &File, screen: &Screen) -> String {
    let mut lines = head(file);
    let title = start_of(&lines[0], screen.columns);
    lines.iter_mut().for_each(|line| *line = start_of(line, screen.columns));
    lines[0] = screen.heading(&title);
    lines.push(String::new());
    lines.extend(parts(file, screen));
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn head(file: &File) -> Vec<String> {
    let header = &file.header;
    let build = if file.is_ours { "this one" } else { "another one" };
    let settings =
        SETTINGS.iter().map(|setting| format!("{} {}", setting.name, setting.word(header.options)));
    let unknown = Some(unknown_settings(header.options)).filter(|&bits| bits != 0);
    let settings: Vec<_> = settings.chain(unknown.map(|bits| format!("unknown {bits:#x}"))).collect();
    let mut lines = vec![
        format!("Cache file of {}", printable(&header.path)),
        format!("file        {}, {}", printable(&file.name), exact_size(header.size())),
        format!("build       {}, {build}", header.system.name()),
        format!("compiled    from {}", stamp(header.stamp)),
        format!("script      {}", script(file)),
        format!("settings    {}", settings.join(", ")),
        format!("checksum    {}", if header.checksum { "right" } else { "wrong" }),
        format!("image       {}, {}", exact_size(header.image().len()), verdict(file)),
    ];
    if let Some(numbers) = file.numbers() {
        lines.push(format!("unit        {}", numbers.words().join(", ")));
    }
    lines
}

fn parts(file: &File, screen: &Screen) -> Vec<String> {
    let all = file.header.size();
    let mut lines =
        vec![screen.heading(&format!("{:<16}{:>10}{:>14}{:>10}", "PART", "COUNT", "BYTES", "SHARE"))];
    let mut line = |name: &str, count: &str, bytes: usize| {
        lines.push(format!("{name:<16}{count:>10}{bytes:>14}{:>10}", percent(bytes, all)));
    };
    for (sort, count, bytes) in file.totals() {
        // An image is understood, or it is not.
        if count > 0 || matches!(sort, Sort::Part(_) if file.anatomy.is_ok()) {
            line(sort.names()[0], &count.to_string(), bytes);
        }
    }
    line("file", "", all);
    lines
}

/// What the verifier says of the image.
pub fn verdict(file: &File) -> String {
    match &file.anatomy {
        Ok(_) => "accepted by the verifier".into(),
        Err(why) if file.is_ours => format!("refused: {why}"),
        Err(why) => format!("not looked at: {why}"),
    }
}

/// What has become of the script.
pub fn script(file: &File) -> String {
    match &file.script {
        Script::Unchanged => "unchanged".into(),
        Script::Changed(now) => format!("changed: now {}", stamp(*now)),
        Script::Gone => "gone".into(),
        Script::Unknown(why) => format!("cannot be looked at: {why}"),
    }
}

fn stamp(stamp: FileStamp) -> String {
    let when = clock::local_text(stamp.seconds);
    let when = if when.is_empty() { format!("{} seconds after 1970 began", stamp.seconds) } else { when };
    format!("{} of {when} and {} ns", counted(stamp.size as usize, "byte"), stamp.nanos)
}
