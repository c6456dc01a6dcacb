//! echo, include, clone, silence, ticks and what else has an opcode of its own.

use crate::dispatch::Next;
use crate::frame::Frame;
use crate::ins::Ins;
use crate::thrown::{PhpResult, Thrown};
use crate::{Context, generator, include};
use phalanx_bytecode::{Kind, Op};
use phalanx_value::{PhpArray, Value};

/// Levels that `@` does not silence.
const FATAL_LEVELS: i64 = 4437;

pub(super) fn echo(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.take_a(cx)?;
    match value.as_string() {
        Some(string) => cx.echo(string),
        None => match cx.to_string(&value) {
            Ok(string) => cx.echo(&string),
            Err(thrown) => {
                // The warning of an array may throw; the array is written all the same.
                if value.as_array().is_some() {
                    cx.echo(b"Array")?;
                }
                Err(thrown)
            }
        },
    }
}

pub(super) fn include(ins: Ins, cx: &mut Context) -> PhpResult<Next> {
    include::execute(ins, cx)
}

pub(super) fn clone(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = if ins.op().kind_a() == Kind::None {
        match ins.this() {
            Some(this) => Value::object(this.clone()),
            None => return Err(cx.throw_error("Using $this when not in object context")),
        }
    } else {
        ins.take_a(cx)?
    };
    let Some(object) = value.as_object() else {
        return Err(cx.throw_error("__clone method called on non-object"));
    };
    let copy = cx.clone_object(object, ins.scope())?;
    ins.set_c(Value::object(copy));
    Ok(())
}

pub(super) fn func_num_args(ins: Ins, _: &mut Context) -> PhpResult {
    ins.set_c(Value::int(ins.frame().num_args as i64));
    Ok(())
}

pub(super) fn func_get_args(ins: Ins, _: &mut Context) -> PhpResult {
    ins.set_c(Value::array(arguments(ins.fp())));
    Ok(())
}

/// The arguments of a call of a user function, as they are now.
pub fn arguments(frame: *mut Frame) -> PhpArray {
    crate::backtrace::frame_args(frame)
}

pub(super) fn begin_silence(ins: Ins, cx: &mut Context) -> PhpResult {
    let level = cx.ini.error_reporting;
    ins.set_c(Value::int(level));
    if level & !FATAL_LEVELS != 0 {
        cx.ini.error_reporting = level & FATAL_LEVELS;
    }
    Ok(())
}

pub(super) fn end_silence_op(ins: Ins, cx: &mut Context) -> PhpResult {
    let saved = ins.take_slot(ins.op().a);
    end_silence(&saved, cx);
    Ok(())
}

/// Restores the error level that `BEGIN_SILENCE` saved.
pub fn end_silence(saved: &Value, cx: &mut Context) {
    if let Some(level) = saved.as_int()
        && cx.ini.error_reporting & !FATAL_LEVELS == 0
        && level & !FATAL_LEVELS != 0
    {
        cx.ini.error_reporting = level;
    }
}

pub(super) fn ticks(ins: Ins, cx: &mut Context) -> PhpResult {
    cx.tick(ins.op().a)
}

pub(super) fn assert_check(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    if cx.ini.get_int("zend.assertions").unwrap_or(1) > 0 {
        return Ok(ins.next());
    }
    ins.set_c(Value::TRUE);
    Ok(ins.target(ins.op().a))
}

pub(super) fn compile_error(ins: Ins, cx: &mut Context) -> PhpResult {
    Err(cx.fatal_error(ins.name_a()))
}

pub(super) fn data(_: Ins, _: &mut Context) -> PhpResult {
    Err(Thrown::Exit)
}

pub(super) fn create_generator(ins: Ins, cx: &mut Context) -> PhpResult<Next> {
    generator::create(ins, cx)
}

pub(super) fn yield_(ins: Ins, cx: &mut Context) -> PhpResult<Next> {
    generator::yield_value(ins, cx)
}

pub(super) fn yield_from(ins: Ins, cx: &mut Context) -> PhpResult<Next> {
    generator::yield_from(ins, cx)
}

pub(super) fn return_generator(ins: Ins, cx: &mut Context) -> PhpResult<Next> {
    generator::return_value(ins, cx)
}

pub(super) fn parent_hook(ins: Ins, cx: &mut Context) -> PhpResult {
    crate::props::init_parent_hook(ins, cx)
}
