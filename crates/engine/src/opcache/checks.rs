//! What is asked of the values of `opcache.*` settings: when the process starts, and when a script sets one.
//!
//! A value that is refused when the process starts is as if it were not configured. That is said once, not for each
//! request: settings of the segment in the log, others in the first request.

use super::Handle;
use super::ini::{CHECKS, Setting};
use super::log::{Level, Log};
use phalanx_jit::{Mode, parse_mode};
use phalanx_value::convert::numeric::to_int;
use phalanx_vm::Context;
use phalanx_vm::ini::{IniBase, Stage, parse_bool, quantity};

/// What is asked of a value.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// A number, or at least something that begins like one.
    Number,
    /// A number that counts up to 255.
    Counter,
    /// A number in these bounds: as they are named, and below the last one.
    Between(i64, i64, i64),
    /// A mode of the JIT.
    Jit,
    /// Bits of which some are fixed when the process starts.
    JitDebug,
    /// Megabytes of the segment.
    Memory,
    /// How many files.
    Files,
    /// A percentage, up to one half.
    Wasted,
    /// Megabytes for strings.
    InternedStrings,
    /// A switch that scripts may only switch off.
    Enable,
    /// A switch.
    Switch,
}

/// Bits of `opcache.jit_debug` that are fixed when the process starts.
const FIXED_DEBUG: i64 = 0x1f0;

/// What is wrong with a value.
struct Complaint {
    text: String,
    refused: bool,
    /// It is the log that hears of it.
    logged: bool,
}

impl Complaint {
    fn warning(text: String, refused: bool) -> Complaint {
        Complaint { text, refused, logged: false }
    }

    fn logged(text: String) -> Complaint {
        // An empty line follows, as in OPcache.
        Complaint { text: text + "\n", refused: true, logged: true }
    }
}

/// What is wrong with a value, whoever sets it.
fn complaints(name: &str, check: Check, value: &[u8]) -> Vec<Complaint> {
    let mut all = Vec::new();
    let (number, problem) = quantity::parse(value);
    let is_quantity = matches!(
        check,
        Check::Number | Check::Counter | Check::Between(..) | Check::JitDebug | Check::InternedStrings
    );
    if let Some(problem) = problem.filter(|_| is_quantity) {
        let text = format!("Invalid \"{name}\" setting. {}", problem.text(value));
        all.push(Complaint::warning(text, false));
    }
    match check {
        Check::Counter if !(0..=255).contains(&number) => all.push(Complaint::warning(
            format!("Invalid \"{name}\" setting; using default value instead. Should be between 0 and 255"),
            true,
        )),
        Check::Between(low, high, end) if !(low..end).contains(&number) => all.push(Complaint::warning(
            format!("Invalid \"{name}\" setting. Should be between {low} and {high}"),
            true,
        )),
        Check::Jit if parse_mode(value).is_none() => all.push(Complaint::warning(
            format!(
                "Invalid \"{name}\" setting. Should be \"disable\", \"on\", \"off\", \"tracing\", \"function\" or \
                 4-digit number"
            ),
            true,
        )),
        Check::Memory if to_int(value) < 8 => {
            all.push(Complaint::logged(format!("{name} is set below the required 8MB.")));
        }
        Check::Files if to_int(value) < 200 => {
            all.push(Complaint::logged(format!("{name} is set below the required minimum (200).")));
        }
        Check::Files if to_int(value) > 1_000_000 => {
            all.push(Complaint::logged(format!("{name} is set above the limit (1000000).")));
        }
        Check::Wasted if !(1..=50).contains(&to_int(value)) => {
            all.push(Complaint::logged(format!("{name} must be set between 1 and 50.")));
        }
        Check::InternedStrings if number < 0 => {
            all.push(Complaint::logged(format!("{name} must be greater than or equal to 0, {number} given.")));
        }
        Check::InternedStrings if number > 32767 => {
            all.push(Complaint::logged(format!("{name} must be less than or equal to 32767, {number} given.")));
        }
        _ => {}
    }
    all
}

/// Looks at all configured values; those that are refused are gone then. Gives the warnings for the first request.
pub fn at_startup(ini: &mut IniBase) -> Vec<String> {
    let log = Log::of(ini);
    let mut warnings = Vec::new();
    let configured: Vec<u32> = ini.configured().collect();
    for &(name, check) in CHECKS {
        let Some(index) = ini.find(name.as_bytes()).filter(|index| configured.contains(index)) else {
            continue;
        };
        let value = ini.value(index).unwrap_or_default().to_vec();
        for complaint in complaints(name, check, &value) {
            if complaint.refused {
                ini.reset(index);
            }
            if complaint.logged {
                log.write(Level::Warning, &complaint.text);
            } else {
                warnings.push(complaint.text);
            }
        }
    }
    warnings
}

/// A script sets one. False if the value is refused.
pub fn on_change(cx: &mut Context, name: &str, check: Check, value: &[u8], stage: Stage) -> bool {
    if stage == Stage::Startup {
        return true;
    }
    if stage == Stage::Runtime {
        match check {
            Check::Enable if parse_bool(value) => {
                return refuse(
                    cx,
                    "Zend OPcache can't be temporary enabled (it may be only disabled till the end of request)",
                );
            }
            Check::Jit if is_jit_disabled(cx) => {
                return refuse(cx, "Cannot change opcache.jit setting at run-time (JIT is disabled)");
            }
            Check::JitDebug
                if (cx.ini.get_int(name).unwrap_or(0) ^ quantity::parse(value).0) & FIXED_DEBUG != 0 =>
            {
                return refuse(cx, "Some opcache.jit_debug bits cannot be changed after startup");
            }
            _ => {}
        }
    }
    let mut accepted = true;
    for complaint in complaints(name, check, value) {
        accepted &= !complaint.refused;
        // What a handler throws is pending then.
        let _ = cx.warning(&complaint.text);
    }
    if accepted {
        obey(cx, name, value);
    }
    if let Check::Jit = check {
        let mode = parse_mode(value).map_or(Mode::Disable, |(mode, _)| mode);
        phalanx_jit::switch(cx, mode);
    }
    accepted
}

/// Whether the JIT was disabled when the process started, or later by a value that was none.
fn is_jit_disabled(cx: &Context) -> bool {
    let configured = parse_mode(Setting::of(cx.ini.base(), "opcache.jit").bytes());
    configured.is_none_or(|(mode, _)| mode == Mode::Disable)
        || cx.hot.state.is_some() && !phalanx_jit::is_available(cx)
}

/// Lets look-ups of the request go by what a script has set.
fn obey(cx: &mut Context, name: &str, value: &[u8]) {
    let Some(cache) = cx.state::<Handle>().cache.clone() else { return };
    let number = || quantity::parse(value).0.max(0) as u64;
    let (mut rules, mut switches) = (cache.rules(), cache.switches());
    match name {
        "opcache.enable" => switches.enable = parse_bool(value),
        "opcache.dups_fix" => switches.dups_fix = parse_bool(value),
        "opcache.validate_timestamps" => rules.validate_timestamps = parse_bool(value),
        "opcache.revalidate_freq" => rules.revalidate_freq = number() as u32,
        "opcache.file_update_protection" => rules.file_update_protection = number(),
        _ => return,
    }
    cache.set_rules(rules);
    cache.set_switches(switches);
}

fn refuse(cx: &mut Context, text: &str) -> bool {
    // What a handler throws is pending then.
    let _ = cx.warning(text);
    false
}
