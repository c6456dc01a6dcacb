//! Settings: how `opcache.jit*` is read.

use phalanx_shm::GateKind;

/// What is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Never, and it cannot be switched on.
    Disable,
    /// Not now.
    Off,
    /// Hot loops, with what was seen of them.
    Tracing,
    /// Hot functions.
    Function,
}

/// What a [`Jit`](crate::Jit) is made with.
#[derive(Clone, Debug)]
pub struct JitConfig {
    /// Bytes of code memory.
    pub buffer_size: usize,
    /// What is compiled.
    pub mode: Mode,
    /// The number form of `opcache.jit`.
    pub flags: u32,
    /// Visits after which a loop is hot.
    pub hot_loop: u32,
    /// Calls after which a function is hot.
    pub hot_func: u32,
    /// Exits after which what follows is compiled too.
    pub hot_side_exit: u32,
    /// Loops that may be compiled by a thread.
    pub max_root_traces: u32,
    /// How often a loop is compiled anew for its exits.
    pub max_side_traces: u32,
    /// Exits that may be counted by a thread.
    pub max_exit_counters: u32,
    /// Whether the optimizing compiler runs on a thread of its own while programs go on.
    pub background: bool,
    /// How code memory is protected.
    pub gate: GateKind,
    /// Bits of `opcache.jit_debug`.
    pub debug: u32,
}

impl Default for JitConfig {
    fn default() -> JitConfig {
        JitConfig {
            buffer_size: 64 << 20,
            mode: Mode::Tracing,
            flags: 1254,
            hot_loop: 61,
            hot_func: 127,
            hot_side_exit: 8,
            max_root_traces: 1024,
            max_side_traces: 128,
            max_exit_counters: 8192,
            background: true,
            gate: GateKind::Auto,
            debug: 0,
        }
    }
}

impl JitConfig {
    /// Whether code is made a second time by the optimizing compiler: the highest level of the number form.
    pub fn optimizes(&self) -> bool {
        self.flags % 10 == 5
    }
}

/// Bits of `opcache.jit_debug`; the first ones are PHP's.
pub mod debug {
    /// Says when recording starts.
    pub const TRACE_START: u32 = 0x1000;
    /// Says when recording ends.
    pub const TRACE_STOP: u32 = 0x2000;
    /// Says when code is published.
    pub const TRACE_COMPILED: u32 = 0x4000;
    /// Says which exits are taken.
    pub const TRACE_EXIT: u32 = 0x8000;
    /// Says what could not be compiled, and why.
    pub const TRACE_ABORT: u32 = 0x10000;
    /// Shows instructions as they are translated.
    pub const BUILD: u32 = 0x10_0000;
    /// Shows the SSA form as it is built.
    pub const IR: u32 = 0x0100_0000;
    /// Shows it after each pass.
    pub const PASSES: u32 = 0x0200_0000;
    /// Shows what Cranelift is given.
    pub const CLIF: u32 = 0x0800_0000;
    /// Shows the machine code.
    pub const ASM: u32 = 0x0400_0000;
}

/// Reads `opcache.jit`: mode and number form. None if it is neither a known word nor a number CRTO.
pub fn parse_mode(text: &[u8]) -> Option<(Mode, u32)> {
    let text = text.to_ascii_lowercase();
    Some(match &text[..] {
        b"disable" => (Mode::Disable, 0),
        b"" | b"0" | b"off" | b"no" | b"false" => (Mode::Off, 0),
        b"1" | b"on" | b"yes" | b"true" | b"tracing" => (Mode::Tracing, 1254),
        b"function" => (Mode::Function, 1205),
        digits => {
            let number: u32 = std::str::from_utf8(digits).ok()?.parse().ok()?;
            let (c, r, t, o) = (number / 1000, number / 100 % 10, number / 10 % 10, number % 10);
            if c > 1 || r > 2 || t > 5 || o > 5 {
                return None;
            }
            match (o, t) {
                (0, _) => (Mode::Off, number),
                (_, 5) => (Mode::Tracing, number),
                _ => (Mode::Function, number),
            }
        }
    })
}

/// Reads a size as PHP does: a number, with K, M or G behind it.
pub fn parse_size(text: &[u8]) -> usize {
    let text = text.trim_ascii();
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number =
        std::str::from_utf8(&text[..digits]).ok().and_then(|text| text.parse().ok()).unwrap_or(0_usize);
    let shift = match text.last() {
        Some(b'k' | b'K') => 10,
        Some(b'm' | b'M') => 20,
        Some(b'g' | b'G') => 30,
        _ => 0,
    };
    number.saturating_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers() {
        assert_eq!(parse_mode(b"tracing"), Some((Mode::Tracing, 1254)));
        assert_eq!(parse_mode(b"on"), Some((Mode::Tracing, 1254)));
        assert_eq!(parse_mode(b"function"), Some((Mode::Function, 1205)));
        assert_eq!(parse_mode(b"1255"), Some((Mode::Tracing, 1255)));
        assert_eq!(parse_mode(b"1205"), Some((Mode::Function, 1205)));
        assert_eq!(parse_mode(b"off"), Some((Mode::Off, 0)));
        assert_eq!(parse_mode(b"disable"), Some((Mode::Disable, 0)));
        assert_eq!(parse_mode(b"9999"), None);
        assert_eq!(parse_mode(b"what"), None);
    }

    #[test]
    fn sizes() {
        assert_eq!(parse_size(b"64M"), 64 << 20);
        assert_eq!(parse_size(b"100"), 100);
        assert_eq!(parse_size(b"2k"), 2048);
        assert_eq!(parse_size(b""), 0);
    }
}
