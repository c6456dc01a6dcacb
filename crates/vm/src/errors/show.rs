//! How errors look: on the screen, in HTML, in the log.

use super::level;
use crate::Context;
use crate::ini::DisplayErrors;
use phalanx_value::PhpString;

impl Context {
    /// Logs and displays an error as the settings say.
    pub(super) fn show_error(&mut self, level: i64, message: &PhpString, file: &PhpString, line: u32) {
        let title = level::title(level);
        if self.ini.log_errors {
            let mut text = format!("PHP {title}:  ").into_bytes();
            text.extend_from_slice(message);
            place(&mut text, file, line);
            self.log(&text);
        }
        let text = match self.ini.display_errors {
            DisplayErrors::Off => return,
            DisplayErrors::On if self.ini.html_errors => self.html_error(level, message, file, line),
            display => {
                let mut text = format!("{title}: ").into_bytes();
                text.extend_from_slice(message);
                place(&mut text, file, line);
                text.push(b'\n');
                if display == DisplayErrors::Stderr {
                    self.output.sink_mut().error(&text);
                    return;
                }
                let mut whole = self.ini.get("error_prepend_string").unwrap_or_default().to_vec();
                whole.push(b'\n');
                whole.extend_from_slice(&text);
                whole.extend_from_slice(self.ini.get("error_append_string").unwrap_or_default());
                whole
            }
        };
        // What an output callback throws or ends is dealt with by whoever looks next.
        let _ = self.echo(&text);
    }

    fn html_error(&mut self, level: i64, message: &PhpString, file: &PhpString, line: u32) -> Vec<u8> {
        let mut text = self.ini.get("error_prepend_string").unwrap_or_default().to_vec();
        text.extend_from_slice(b"<br />\n<b>");
        text.extend_from_slice(level::title(level).as_bytes());
        text.extend_from_slice(b"</b>:  ");
        if matches!(level, level::E_ERROR | level::E_PARSE) {
            escape(&mut text, message);
        } else {
            text.extend_from_slice(message);
        }
        text.extend_from_slice(b" in <b>");
        text.extend_from_slice(file);
        text.extend_from_slice(format!("</b> on line <b>{line}</b><br />\n").as_bytes());
        text.extend_from_slice(self.ini.get("error_append_string").unwrap_or_default());
        text
    }

    /// Writes a line to the error log: the file `error_log`, or the server's log.
    pub fn log(&mut self, message: &[u8]) {
        match self.ini.get("error_log").filter(|name| !name.is_empty()).map(<[u8]>::to_vec) {
            None => self.output.sink_mut().log(None, message),
            Some(file) => {
                let stamp = timestamp(phalanx_host::clock::now().seconds);
                let file = self.full_path(&file);
                self.output.sink_mut().log(Some(&file), &[stamp.as_bytes(), message].concat());
            }
        }
    }
}

/// The time as lines in a log file begin: `[23-Nov-2026 15:46:21 UTC] `.
fn timestamp(seconds: i64) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (days, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days are counted from 1 March of the year 0, so that leap days come last in their years.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (date, month) = (day - (153 * month + 2) / 5 + 1, (month + 2) % 12);
    let year = era * 400 + year + i64::from(month < 2);
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
    format!("[{date:02}-{}-{year} {hour:02}:{minute:02}:{second:02} UTC] ", MONTHS[month as usize])
}

fn place(text: &mut Vec<u8>, file: &PhpString, line: u32) {
    text.extend_from_slice(b" in ");
    text.extend_from_slice(file);
    text.extend_from_slice(format!(" on line {line}").as_bytes());
}

/// Escapes HTML's special characters, quotes too.
fn escape(text: &mut Vec<u8>, message: &[u8]) {
    for &byte in message {
        match byte {
            b'&' => text.extend_from_slice(b"&amp;"),
            b'<' => text.extend_from_slice(b"&lt;"),
            b'>' => text.extend_from_slice(b"&gt;"),
            b'"' => text.extend_from_slice(b"&quot;"),
            b'\'' => text.extend_from_slice(b"&#039;"),
            _ => text.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn timestamps() {
        assert_eq!(super::timestamp(0), "[01-Jan-1970 00:00:00 UTC] ");
        assert_eq!(super::timestamp(951_827_696), "[29-Feb-2000 12:34:56 UTC] ");
        assert_eq!(super::timestamp(1_795_448_781), "[23-Nov-2026 15:46:21 UTC] ");
        assert_eq!(super::timestamp(-1), "[31-Dec-1969 23:59:59 UTC] ");
    }
}
