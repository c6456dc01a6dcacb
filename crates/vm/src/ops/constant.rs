//! Constants.
//!
//! # Safety
//!
//! Values that are not counted are copied as they are.
#![allow(unsafe_code, reason = "copies values that are not counted")]

use crate::ins::Ins;
use crate::thrown::PhpResult;
use crate::{Context, global_constants};
use phalanx_bytecode::flags::op as op_flag;
use phalanx_value::{PhpString, Value};

pub(super) fn fetch(ins: Ins, cx: &mut Context) -> PhpResult {
    let op = ins.op();
    let name = ins.name_a();
    let fallback: Option<&PhpString> =
        ins.has(op_flag::FALLBACK).then(|| ins.literal_after(op.a, 1).as_string().expect("a name"));
    if name.as_bytes() == b"__COMPILER_HALT_OFFSET__" {
        let path = &ins.func().proto().expect("user code").unit().path;
        if let Some(&offset) = cx.halt_offsets.get(path) {
            ins.set_c(Value::int(offset as i64));
            return Ok(());
        }
    }
    let value = global_constants::fetch(cx, name, fallback)?;
    if !value.is_counted() && !global_constants::is_deprecated(cx, fallback.unwrap_or(name)) {
        // SAFETY: the value is not counted, so a copy owns nothing.
        let kept = crate::kept::keep(crate::kept::Plain(unsafe { value.copy_raw() }));
        ins.cache_of(ins.literal(op.a), 0).set(kept.as_ptr().expose_provenance());
    }
    ins.set_c(value);
    Ok(())
}

pub(super) fn declare(ins: Ins, cx: &mut Context) -> PhpResult {
    let value = ins.take_b(cx)?;
    global_constants::declare(cx, ins.name_a(), value).map(drop)
}
