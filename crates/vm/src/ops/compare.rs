//! Comparison operators, in full generality.

use crate::ins::Ins;
use crate::thrown::PhpResult;
use crate::{Context, compare};
use phalanx_bytecode::Op;
use phalanx_bytecode::flags::op as flag;
use phalanx_value::{Tag, Value};

/// A relation of two values.
pub(super) trait Relation: Copy {
    /// Whether it tells types apart.
    const STRICT: bool = false;
    /// Of ints.
    fn int(a: i64, b: i64) -> bool;
    /// Of floats.
    fn float(a: f64, b: f64) -> bool;
    /// Known from the tags alone; neither pair is of two numbers.
    #[inline(always)]
    fn tags(_: Tag, _: Tag) -> Option<bool> {
        None
    }
    /// Of any values.
    fn compute(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<bool>;
}

#[derive(Clone, Copy)]
pub(super) struct Equal<const YES: bool>;
#[derive(Clone, Copy)]
pub(super) struct Identical<const YES: bool>;
#[derive(Clone, Copy)]
pub(super) struct Less;
#[derive(Clone, Copy)]
pub(super) struct LessEqual;

impl<const YES: bool> Relation for Equal<YES> {
    #[inline(always)]
    fn int(a: i64, b: i64) -> bool {
        (a == b) == YES
    }
    #[inline(always)]
    fn float(a: f64, b: f64) -> bool {
        (a == b) == YES
    }
    #[inline(always)]
    fn compute(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<bool> {
        Ok(compare::loose_equal(cx, a, b)? == YES)
    }
}

impl<const YES: bool> Relation for Identical<YES> {
    const STRICT: bool = true;
    #[inline(always)]
    fn int(a: i64, b: i64) -> bool {
        (a == b) == YES
    }
    #[inline(always)]
    fn float(a: f64, b: f64) -> bool {
        (a == b) == YES
    }
    #[inline(always)]
    fn tags(a: Tag, b: Tag) -> Option<bool> {
        let plain = |tag: Tag| tag as u8 >= Tag::Null as u8 && tag as u8 <= Tag::Object as u8;
        if plain(a) && plain(b) && (a != b || (a as u8) <= Tag::True as u8) {
            Some((a == b) == YES)
        } else {
            None
        }
    }
    #[inline(always)]
    fn compute(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<bool> {
        Ok(compare::identical(cx, a, b)? == YES)
    }
}

impl Relation for Less {
    #[inline(always)]
    fn int(a: i64, b: i64) -> bool {
        a < b
    }
    #[inline(always)]
    fn float(a: f64, b: f64) -> bool {
        a < b
    }
    #[inline(always)]
    fn compute(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<bool> {
        compare::less(cx, a, b)
    }
}

impl Relation for LessEqual {
    #[inline(always)]
    fn int(a: i64, b: i64) -> bool {
        a <= b
    }
    #[inline(always)]
    fn float(a: f64, b: f64) -> bool {
        a <= b
    }
    #[inline(always)]
    fn compute(cx: &mut Context, a: &Value, b: &Value) -> PhpResult<bool> {
        compare::less_equal(cx, a, b)
    }
}

fn holds<R: Relation>(ins: Ins, cx: &mut Context) -> PhpResult<bool> {
    if ins.has(flag::KEEP_A) {
        let (a, b) = (ins.peek_a(), ins.take_b(cx)?);
        return R::compute(cx, &a, &b);
    }
    let a = ins.take_a(cx)?;
    let b = ins.take_b(cx)?;
    let result = R::compute(cx, &a, &b);
    // In this order: the numbers of objects that are made next show it.
    drop(a);
    drop(b);
    result
}

pub(super) fn relation<R: Relation>(ins: Ins, cx: &mut Context) -> PhpResult {
    let truth = holds::<R>(ins, cx)?;
    ins.set_c(Value::bool(truth));
    Ok(())
}

pub(super) fn jump_if<R: Relation, const WANTED: bool>(ins: Ins, cx: &mut Context) -> PhpResult<*const Op> {
    if holds::<R>(ins, cx)? == WANTED { super::jump::to(ins, ins.op().c, cx) } else { Ok(ins.next()) }
}

pub(super) fn spaceship(ins: Ins, cx: &mut Context) -> PhpResult {
    let a = ins.take_a(cx)?;
    let b = ins.take_b(cx)?;
    let order = compare::order(cx, &a, &b)?;
    ins.set_c(Value::int(order as i64));
    Ok(())
}
