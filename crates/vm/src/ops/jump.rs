//! Jumps on the truth of a value, on null, and through tables.

use crate::Context;
use crate::ins::Ins;
use crate::run;
use crate::thrown::PhpResult;
use phalanx_bytecode::Op;
use phalanx_bytecode::flags::op as flag;
use phalanx_value::{Value, View};

/// The target of a jump operand; polls if the jump goes backward.
pub(super) fn to(ins: Ins, offset: u32, cx: &mut Context) -> PhpResult<*const Op> {
    if (offset as i32) <= 0 && cx.must_poll() {
        run::poll(cx)?;
    }
    Ok(ins.target(offset))
}

pub(super) fn if_bool<const WANTED: bool>(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    let value = ins.take_a(cx)?;
    if cx.to_bool(&value)? == WANTED { to(ins, ins.op().b, cx) } else { Ok(ins.next()) }
}

pub(super) fn if_bool_ex<const WANTED: bool>(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    let value = ins.take_a(cx)?;
    let truth = cx.to_bool(&value)?;
    ins.set_c(Value::bool(truth));
    if truth == WANTED { to(ins, ins.op().b, cx) } else { Ok(ins.next()) }
}

pub(super) fn set(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    let value = ins.take_a(cx)?;
    if cx.to_bool(&value)? {
        ins.set_c(value);
        return to(ins, ins.op().b, cx);
    }
    Ok(ins.next())
}

pub(super) fn coalesce(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    let value = ins.peek_a();
    ins.free_a();
    if value.is_nullish() {
        return Ok(ins.next());
    }
    ins.set_c(value);
    to(ins, ins.op().b, cx)
}

pub(super) fn null(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    let value = ins.peek_a();
    if !value.is_nullish() {
        return Ok(ins.next());
    }
    if value.is_undef() && !ins.has(flag::NULLSAFE) {
        ins.undefined(ins.op().a, cx)?;
    }
    ins.free_a();
    ins.set_c(match ins.op().flags() & 3 {
        flag::SHORT_CIRCUIT_ISSET => Value::FALSE,
        flag::SHORT_CIRCUIT_EMPTY => Value::TRUE,
        _ => Value::NULL,
    });
    to(ins, ins.op().b, cx)
}

/// Where the jump table in literal b leads for the value: none if it has no such entry.
fn look_up(ins: Ins, value: &Value) -> Option<*const Op> {
    let table = ins.literal(ins.op().b).as_array().expect("jump tables are arrays");
    let distance = match value.view() {
        View::Int(int) => table.get_int(int),
        View::Str(string) => table.get_str(string),
        _ => None,
    }?;
    Some(ins.target(distance.as_int().expect("jump tables hold distances") as u32))
}

pub(super) fn switch_int(ins: Ins, _: &mut Context) -> PhpResult<*const Op> {
    let value = ins.peek_a();
    if !value.is_int() {
        return Ok(ins.next());
    }
    Ok(look_up(ins, &value).unwrap_or_else(|| ins.target(ins.op().c)))
}

pub(super) fn switch_string(ins: Ins, _: &mut Context) -> PhpResult<*const Op> {
    let value = ins.peek_a();
    if !value.is_string() {
        return Ok(ins.next());
    }
    Ok(look_up(ins, &value).unwrap_or_else(|| ins.target(ins.op().c)))
}

pub(super) fn match_(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    let mut value = ins.peek_a();
    if value.is_undef() {
        value = ins.take_a(cx)?;
    }
    Ok(look_up(ins, &value).unwrap_or_else(|| ins.target(ins.op().c)))
}

pub(super) fn match_error(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.take_a(cx)?;
    let shown = match value.view() {
        _ if cx.ini.get_bool("zend.exception_ignore_args") => {
            [b"of type ", crate::convert::type_name(&value).as_bytes()].concat()
        }
        View::Null | View::Undef => "NULL".into(),
        View::Bool(truth) => truth.to_string().into_bytes(),
        View::Int(int) => int.to_string().into_bytes(),
        View::Float(float) => crate::builtin::float_text(cx, float),
        View::Str(string) => {
            let limit = cx.ini.get_int("zend.exception_string_param_max_len").unwrap_or(15).max(0) as usize;
            let mut text = b"'".to_vec();
            crate::builtin::escaped(&mut text, &string[..string.len().min(limit)]);
            text.extend_from_slice(if string.len() > limit { b"...'" } else { b"'" });
            text
        }
        _ => [b"of type ", crate::convert::type_name(&value).as_bytes()].concat(),
    };
    Err(cx.throw("UnhandledMatchError", [b"Unhandled match case ".as_slice(), &shown].concat()))
}
