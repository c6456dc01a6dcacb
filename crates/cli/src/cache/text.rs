//! Words for numbers, and bytes of others made fit for a terminal.

use phalanx_host::env::Env;
use phalanx_host::output::{Stream, is_terminal, terminal_size};

/// What the output is shown on.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Columns; lines are not cut if there is no limit.
    pub columns: Option<usize>,
    /// Lines; all are shown if there is no limit.
    pub lines: Option<usize>,
    /// Whether headings are bold.
    pub bold: bool,
}

impl Screen {
    /// What standard output goes to. `COLUMNS` and `LINES` say how large it is, or else the terminal does; with `all`, it is as
    /// long as need be.
    pub fn of_output(all: bool) -> Screen {
        let env = Env::default();
        let output = Stream::Output as i32;
        let is_terminal = is_terminal(output);
        let size = is_terminal.then(|| terminal_size(output)).flatten();
        let number = |name: &[u8]| {
            let text = std::str::from_utf8(env.get(name)?).ok()?;
            text.trim().parse::<usize>().ok().filter(|&number| number > 0)
        };
        let columns = number(b"COLUMNS").or(size.map(|(columns, _)| columns.into()));
        let lines = number(b"LINES").or(size.map(|(_, lines)| lines.into()));
        let plain = env.get(b"NO_COLOR").is_some_and(|value| !value.is_empty())
            || env.get(b"TERM").is_none_or(|term| term == b"dumb");
        Screen { columns, lines: lines.filter(|_| !all), bold: is_terminal && !plain }
    }

    /// A heading.
    pub fn heading(&self, text: &str) -> String {
        if self.bold { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Bytes as text without control characters, which could do anything to a terminal: these, and what is no UTF-8, become `\xNN`.
pub fn printable(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            if char.is_control() || is_invisible(char) {
                char.encode_utf8(&mut [0; 4])
                    .bytes()
                    .for_each(|byte| text.push_str(&format!("\\x{byte:02X}")));
            } else {
                text.push(char);
            }
        }
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02X}")));
    }
    text
}

/// Marks that change the direction of the text behind them.
fn is_invisible(char: char) -> bool {
    matches!(char, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The words of a command line.
pub fn command(words: &[Vec<u8>]) -> String {
    let words: Vec<_> = words.iter().map(|word| printable(word)).collect();
    words.join(" ")
}

/// As much of a line as fits.
pub fn start_of(line: &str, columns: Option<usize>) -> String {
    match columns {
        Some(columns) if line.chars().count() > columns => {
            line.chars().take(columns.saturating_sub(1)).chain(['…']).collect()
        }
        _ => line.to_owned(),
    }
}

/// The end of a text that may be so many characters long.
pub fn end_of(text: &str, columns: Option<usize>) -> String {
    let (Some(columns), count) = (columns, text.chars().count()) else { return text.to_owned() };
    if count <= columns {
        return text.to_owned();
    }
    let kept: String = text.chars().skip(count - columns.saturating_sub(1)).collect();
    format!("…{kept}")
}

/// A size in bytes.
pub fn size(bytes: usize) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let (mut size, mut unit) = (bytes as f64 / 1024.0, 0);
    // What would be shown as 1024.0 is one of the next unit.
    while size >= 1023.95 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    format!("{size:.1} {}", UNITS[unit])
}

/// A size in bytes, with their exact number.
pub fn exact_size(bytes: usize) -> String {
    if bytes < 1024 { size(bytes) } else { format!("{} ({bytes} bytes)", size(bytes)) }
}

/// A number of things, whose plural is regular.
pub fn counted(number: usize, thing: &str) -> String {
    let ending = match number {
        1 => "",
        _ if thing.ends_with('s') => "es",
        _ => "s",
    };
    format!("{number} {thing}{ending}")
}

/// A duration in its two largest units.
pub fn duration(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// A part of a whole in percent.
pub fn percent(part: usize, whole: usize) -> String {
    if whole == 0 { "0.0 %".into() } else { format!("{:.1} %", part as f64 * 100.0 / whole as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_numbers() {
        let check = |found: String, expected: &str| assert_eq!(found, expected);
        check(size(0), "0 B");
        check(size(1023), "1023 B");
        check(size(1024), "1.0 KB");
        check(size((1 << 20) - 1), "1.0 MB");
        check(size(usize::MAX), "16777216.0 TB");
        check(exact_size(1023), "1023 B");
        check(exact_size(2048), "2.0 KB (2048 bytes)");
        check(counted(1, "class"), "1 class");
        check(counted(2, "class"), "2 classes");
        check(counted(0, "string"), "0 strings");
        check(duration(59), "59 s");
        check(duration(61), "1 min 1 s");
        check(duration(3_661), "1 h 1 min");
        check(duration(90_000), "1 d 1 h");
        check(percent(1, 3), "33.3 %");
        check(percent(1, 0), "0.0 %");
        check(end_of("/srv/index.php", Some(10)), "…index.php");
        check(end_of("/srv/index.php", Some(14)), "/srv/index.php");
        check(end_of("/srv/index.php", None), "/srv/index.php");
        check(printable(b"a\x1b[0m\xff\xc3\xa4\xe2\x80\xae"), "a\\x1B[0m\\xFFä\\xE2\\x80\\xAE");
    }
}
