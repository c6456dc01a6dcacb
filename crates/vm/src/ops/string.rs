//! Interpolated strings, and the string functions that have opcodes.
//!
//! # Safety
//!
//! The parts of a rope lie in a row of temporaries, all written before `ROPE_END`.
#![allow(unsafe_code, reason = "ropes are rows of temporaries")]

use crate::Context;
use crate::frame::VmThis;
use crate::ins::Ins;
use crate::thrown::PhpResult;
use phalanx_bytecode::unit::FuncProto;
use phalanx_bytecode::{Opcode, SLOT_SIZE, spec};
use phalanx_value::{PhpString, Value, View};

pub(super) fn rope_part(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.take_a(cx)?;
    let part = if value.is_string() { value } else { Value::string(cx.to_string(&value)?) };
    ins.init_slot(ins.op().c, part);
    Ok(())
}

pub(super) fn rope_end(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = ins.op();
    let first = ins.slot(op.a);
    // SAFETY: module documentation. The parts are taken below.
    let parts = unsafe { std::slice::from_raw_parts(first, op.b as usize) };
    let joined =
        PhpString::concat_each(parts.iter().map(|part| part.as_bytes().expect("a part is a string")));
    for index in 0..op.b {
        drop(ins.take_slot(op.a + index * SLOT_SIZE));
    }
    let _ = cx;
    ins.set_c(Value::string(joined));
    Ok(())
}

/// How many parts of the rope that begins at slot offset `first` are written when instruction `at` raises.
pub fn rope_parts(proto: &FuncProto, at: u32, first: u32) -> u32 {
    // Parts are written in order, so the latest one before `at` tells how many there are.
    proto.code()[..at as usize]
        .iter()
        .rev()
        .find(|op| spec::base_of(op.code) == Opcode::ROPE_PART && op.c >= first)
        .map_or(0, |op| (op.c - first) / SLOT_SIZE + 1)
}

pub(super) fn strlen(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.take_a(cx)?;
    let length = match value.as_string() {
        Some(string) => string.len(),
        None => {
            // Conversions and errors are those of the function.
            let function = cx.find_function(b"strlen").expect("strlen() is built in");
            let length = cx.call_function(function, VmThis::NONE, None, &[value])?;
            ins.set_c(length);
            return Ok(());
        }
    };
    ins.set_c(Value::int(length as i64));
    Ok(())
}

pub(super) fn count(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.take_a(cx)?;
    let count = match value.view() {
        View::Array(array) => array.len() as i64,
        _ => crate::iterate::count(cx, &value)?,
    };
    ins.set_c(Value::int(count));
    Ok(())
}

pub(super) fn type_check(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.take_a(cx)?;
    let mut holds = ins.op().b & (1 << value.tag() as u32) != 0;
    if holds && value.as_resource().is_some_and(|resource| resource.is_closed()) {
        holds = false;
    }
    ins.set_c(Value::bool(holds));
    Ok(())
}
