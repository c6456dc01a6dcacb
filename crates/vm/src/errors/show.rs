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
        let file = self.ini.get("error_log").filter(|name| !name.is_empty()).map(<[u8]>::to_vec);
        self.output.sink_mut().log(file.as_deref(), message);
    }
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
