//! The code of an image's function in plain numbers, as the rules want it: the way back from what assembling does to
//! instructions. Whatever assembling would not have written is refused here, so that the rules need not think of it.

use super::numbers::Names;
use crate::op::{FRAME_HEADER_SIZE, SLOT_SIZE};
use crate::shape::{LiteralKind, Literals};
use crate::spec::{CODES, base_of, fuse, specialize};
use crate::table::Role;
use crate::{Kind, Op};
use phalanx_value::image::check::{Checker, Shape};
use phalanx_value::{Value, layout};

/// Bytes of an instruction, as what distances are multiples of.
const OP_SIZE: i64 = size_of::<Op>() as i64;
/// Bytes of a literal.
const VALUE_SIZE: i64 = size_of::<Value>() as i64;

/// Where a function's instructions and literals lie.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) code: usize,
    pub(super) code_len: usize,
    pub(super) literals: usize,
}

/// Reads the instructions of a function; the error is the number of the instruction and what is wrong.
pub(super) fn decode(image: &Checker<'_>, place: Place) -> Result<Vec<Op>, (usize, &'static str)> {
    let raw = |index: usize| {
        let at = place.code + index * size_of::<Op>();
        let word = image.u32(at);
        Op {
            code: word as u16,
            x: (word >> 16) as u16,
            a: image.u32(at + 4),
            b: image.u32(at + 8),
            c: image.u32(at + 12),
        }
    };
    let mut ops = Vec::with_capacity(place.code_len);
    for index in 0..place.code_len {
        let op = raw(index);
        if op.code as usize >= CODES {
            return Err((index, "no such opcode"));
        }
        ops.push(plain(op, index, place).ok_or((index, "an operand that leads nowhere"))?);
    }
    let special = |index: usize| Op { code: specialize(ops[index]), ..raw(index) };
    for index in 0..ops.len() {
        let op = special(index);
        let fused = (index + 1 < ops.len()).then(|| fuse(op, special(index + 1))).flatten();
        if raw(index).code != fused.unwrap_or(op.code) {
            return Err((index, "an opcode that does not fit its operands"));
        }
    }
    Ok(ops)
}

/// Turns offsets back into numbers, and a specialisation into its opcode.
fn plain(mut op: Op, index: usize, place: Place) -> Option<Op> {
    let base = base_of(op.code);
    op.code = base as u16;
    let literals = place.literals as i64 - (place.code as i64 + index as i64 * OP_SIZE);
    let kinds = [op.kind_a(), op.kind_b(), op.kind_c()];
    let operands = [&mut op.a, &mut op.b, &mut op.c];
    for ((role, kind), operand) in base.info().roles.into_iter().zip(kinds).zip(operands) {
        let number = match (role, kind) {
            (Role::Jmp, _) => i64::from(*operand as i32) / OP_SIZE + index as i64,
            (Role::Num | Role::None, _) | (_, Kind::None) => continue,
            (Role::Lit, _) | (_, Kind::Lit) => (i64::from(*operand as i32) - literals) / VALUE_SIZE,
            _ => (i64::from(*operand) - i64::from(FRAME_HEADER_SIZE)) / i64::from(SLOT_SIZE),
        };
        let number = u32::try_from(number).ok()?;
        let back = match (role, kind) {
            (Role::Jmp, _) => ((i64::from(number) - index as i64) * OP_SIZE) as i32 as u32,
            (Role::Lit, _) | (_, Kind::Lit) => (literals + i64::from(number) * VALUE_SIZE) as i32 as u32,
            _ => FRAME_HEADER_SIZE.wrapping_add(number.wrapping_mul(SLOT_SIZE)),
        };
        if back != *operand || role == Role::Jmp && number as usize > place.code_len {
            return None;
        }
        *operand = number;
    }
    Some(op)
}

/// The number of the slot at a byte offset.
pub(super) fn slot_number(offset: u32) -> Option<u32> {
    let offset = offset.checked_sub(FRAME_HEADER_SIZE)?;
    offset.is_multiple_of(SLOT_SIZE).then_some(offset / SLOT_SIZE)
}

/// The literals of an image's function.
pub(super) struct ImageLiterals<'c, 'a> {
    pub(super) image: &'c Checker<'a>,
    /// What each is.
    pub(super) shapes: &'c [Shape],
    /// Where the first lies.
    pub(super) at: usize,
}

impl Names for ImageLiterals<'_, '_> {
    fn spare(&self, literal: u32) -> u32 {
        self.image.spare(self.at + literal as usize * size_of::<Value>())
    }

    fn text(&self, literal: u32) -> &[u8] {
        let Some(&Shape::Str(at)) = self.shapes.get(literal as usize) else { return &[] };
        let len = self.image.u64(at + layout::STRING_LEN) as usize;
        &self.image.bytes()[at + layout::STRING_BYTES..][..len]
    }
}

impl Literals for ImageLiterals<'_, '_> {
    fn kind(&self, index: u32) -> Option<LiteralKind> {
        Some(match self.shapes.get(index as usize)? {
            Shape::Str(_) => LiteralKind::Str,
            Shape::Array(_) => LiteralKind::Array,
            _ => LiteralKind::Other,
        })
    }

    fn jump_table(&self, index: u32, user: u32, then: &mut dyn FnMut(u32)) -> bool {
        let Some(&Shape::Array(at)) = self.shapes.get(index as usize) else { return false };
        for element in self.image.elements(at) {
            let distance = match element {
                Shape::Int(distance) => distance,
                Shape::Undef => continue,
                _ => return false,
            };
            let target = i64::from(user).checked_add(distance / OP_SIZE);
            match target.and_then(|target| u32::try_from(target).ok()) {
                Some(target) if distance % OP_SIZE == 0 => then(target),
                _ => return false,
            }
        }
        true
    }
}
