//! Constants.

use crate::ins::Ins;
use crate::thrown::PhpResult;
use crate::{Context, constants};
use phalanx_bytecode::flags::op as op_flag;
use phalanx_value::PhpString;

pub(super) fn fetch(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = ins.op();
    let name = ins.name_a();
    let fallback: Option<&PhpString> =
        ins.has(op_flag::FALLBACK).then(|| ins.literal_after(op.a, 1).as_string().expect("a name"));
    let value = constants::fetch(cx, name, fallback)?;
    ins.set_c(value);
    Ok(())
}

pub(super) fn declare(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.take_b(cx)?;
    constants::declare(cx, ins.name_a(), value)
}
