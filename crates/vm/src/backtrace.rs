//! Backtraces: the calls that led to the code that runs, as arrays.
//!
//! # Safety
//!
//! The chain of frames is alive; variables of a frame that has begun are initialised.
#![allow(unsafe_code, reason = "reads frames")]

use crate::Context;
use crate::builtin::attributes::sensitive;
use crate::frame::{Frame, flag};
use phalanx_bytecode::flags::{func as flags, op as op_flag};
use phalanx_bytecode::{FRAME_HEADER_SIZE, Opcode, SLOT_SIZE};
use phalanx_value::{PhpArray, PhpString, Value};

/// What a backtrace shows.
#[derive(Clone, Copy, Default)]
pub struct Options {
    /// The object of each method call.
    pub object: bool,
    /// No arguments.
    pub ignore_args: bool,
    /// No more than so many frames; 0 for all.
    pub limit: usize,
}

/// The calls that `innermost` and the frames around it were entered by, the last one first.
pub fn capture(cx: &mut Context, innermost: *mut Frame, options: Options) -> PhpArray {
    let mut trace = PhpArray::new();
    let mut frame = innermost;
    // SAFETY: module documentation.
    while let Some(current) = unsafe { frame.as_ref() } {
        if options.limit != 0 && trace.len() == options.limit {
            break;
        }
        if let Some(entry) = entry(cx, frame, options, trace.is_empty()) {
            trace.push_value(Value::array(entry));
        }
        frame = current.prev;
    }
    trace
}

/// None for the main script.
fn entry(cx: &mut Context, frame: *mut Frame, options: Options, is_first: bool) -> Option<PhpArray> {
    // SAFETY: module documentation.
    let frame_ref = unsafe { &*frame };
    let func = frame_ref.func;
    let caller = frame_ref.caller();
    let is_script = func.has(flags::MAIN);
    if is_script && caller.is_none() {
        return None;
    }
    let mut entry = PhpArray::new();
    if let Some(caller) = caller
        && let Some(proto) = caller.func.proto()
    {
        entry.insert_bytes("file", proto.unit().path.clone());
        entry.insert_bytes("line", i64::from(caller.line()));
    }
    if is_script {
        // PHP learns the path from a call inside of the script, and there is none.
        let options = Options { ignore_args: options.ignore_args || is_first, ..options };
        include_entry(&mut entry, frame_ref, caller, options);
        return Some(entry);
    }
    if func.has(flags::CONST_EXPR) {
        // PHP evaluates all constants of a backed enum at once, which leaves no trace.
        // Constants that others need while they are evaluated leave none either.
        if func.scope.is_some_and(|class| class.enum_type != 0)
            || caller.is_some_and(|caller| caller.func.has(flags::CONST_EXPR))
        {
            return None;
        }
        entry.insert_bytes("function", "[constant expression]");
        return Some(entry);
    }
    let name = frame_ref.extra.as_ref().and_then(|extra| extra.trampoline_name.clone());
    entry.insert_bytes("function", name.unwrap_or_else(|| func.name.clone()));
    if let Some(class) = func.scope {
        entry.insert_bytes("class", class.name.clone());
        let this = frame_ref.this.as_object();
        if let Some(this) = this.filter(|_| options.object) {
            entry.insert_bytes("object", this.clone());
        }
        entry.insert_bytes("type", if this.is_some() { "->" } else { "::" });
    } else if let Some(this) = frame_ref.this.as_object()
        && options.object
    {
        entry.insert_bytes("object", this.clone());
    }
    if !options.ignore_args {
        let args = arguments(cx, frame);
        entry.insert_bytes("args", args);
    }
    Some(entry)
}

/// `include` and its like, with the path.
fn include_entry(entry: &mut PhpArray, frame: &Frame, caller: Option<&Frame>, options: Options) {
    let kind = caller.filter(|caller| caller.func.proto().is_some() && !caller.pc.is_null()).map(|caller| {
        // SAFETY: the saved instruction of a user function's frame is one of its code.
        unsafe { *caller.pc }
    });
    let name = match kind {
        Some(op) if phalanx_bytecode::spec::base_of(op.code) == Opcode::INCLUDE => match op.flags() & 7 {
            op_flag::INCLUDE_ONCE => "include_once",
            op_flag::REQUIRE => "require",
            op_flag::REQUIRE_ONCE => "require_once",
            op_flag::EVAL => "eval",
            _ => "include",
        },
        _ => "unknown",
    };
    if name != "eval"
        && !options.ignore_args
        && let Some(proto) = frame.func.proto()
    {
        let mut args = PhpArray::new();
        args.push_value(Value::string(proto.unit().path.clone()));
        entry.insert_bytes("args", args);
    }
    entry.insert_bytes("function", name);
}

/// The arguments of a call as they are now, named ones that no parameter has at the end.
pub(crate) fn arguments(cx: &mut Context, frame: *mut Frame) -> PhpArray {
    let mut args = PhpArray::new();
    // SAFETY: module documentation.
    let frame_ref = unsafe { &*frame };
    for index in 0..frame_ref.num_args {
        let value = argument(frame, index);
        let value = if value.is_undef() { Value::NULL } else { value };
        let value = if is_sensitive(frame_ref, index) {
            sensitive(cx, value.into_deref()).unwrap_or(Value::NULL)
        } else {
            value
        };
        args.push_value(value);
    }
    if let Some(named) = frame_ref.extra.as_ref().and_then(|extra| extra.named.as_ref()) {
        for (key, value) in named.iter() {
            args.insert(key, value.clone());
        }
    }
    args
}

/// Whether the parameter that takes an argument has `#[SensitiveParameter]`.
fn is_sensitive(frame: &Frame, index: u32) -> bool {
    let Some(proto) = frame.func.proto() else { return false };
    if proto.attributes.is_empty() || proto.params.is_empty() {
        return false;
    }
    let number = (index + 1).min(proto.params.len() as u32);
    let attribute =
        |a: &phalanx_bytecode::unit::AttributeRef| a.param == number && a.lc_name == "sensitiveparameter";
    proto.attributes.iter().any(attribute)
}

/// The arguments of a call of a user function as they are now: `func_get_args()`.
pub(crate) fn frame_args(frame: *mut Frame) -> PhpArray {
    let mut args = PhpArray::new();
    // SAFETY: module documentation.
    let frame_ref = unsafe { &*frame };
    for index in 0..frame_ref.num_args {
        let value = argument(frame, index);
        args.push_value(if value.is_undef() { Value::NULL } else { value.into_deref() });
    }
    args
}

/// Argument number `index` (0-based) as it is now.
fn argument(frame: *mut Frame, index: u32) -> Value {
    // SAFETY: module documentation.
    let frame_ref = unsafe { &*frame };
    let func = frame_ref.func;
    let slot = if index < func.num_params || !frame_ref.has(flag::EXTRA_ARGS) {
        index
    } else {
        (func.frame_size - FRAME_HEADER_SIZE) / SLOT_SIZE + index - func.num_params
    };
    // SAFETY: the first arguments lie in the first slots, those beyond the parameters behind all others.
    unsafe { (*Frame::slot_at(frame, slot)).clone() }
}

impl Context {
    /// The backtrace of the code that called the native function that runs, without that function:
    /// `debug_backtrace()`.
    pub fn debug_backtrace(&mut self, options: Options) -> PhpArray {
        // SAFETY: the innermost frame is alive.
        let start = unsafe { self.frame.as_ref() }.map_or(std::ptr::null_mut(), |frame| frame.prev);
        // SAFETY: as above.
        let own = unsafe { self.frame.as_ref() }.is_some_and(|frame| frame.func.proto().is_none());
        capture(self, if own { start } else { self.frame }, options)
    }

    /// `debug_print_backtrace()`.
    pub fn backtrace_text(&mut self, options: Options) -> PhpString {
        let trace = self.debug_backtrace(options);
        let text = crate::builtin::trace_text(self, &Value::array(trace));
        // The line of the main script is for exceptions.
        let end = text.iter().rposition(|&byte| byte == b'#').unwrap_or(text.len());
        PhpString::from_bytes(&text[..end])
    }
}
