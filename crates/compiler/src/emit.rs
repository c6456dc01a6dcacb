//! Emitting instructions: operands become kinds and numbers, constants become literals.

use crate::Compiler;
use crate::builder::{LiteralId, Pending};
use crate::error::{CompileError, ErrorKind, Result};
use crate::operand::{ArrayItems, Const, Label, NONE, Operand};
use crate::strings::{StrId, Strings};
use phalanx_bytecode::draft::{Literal, LiteralKey};
use phalanx_bytecode::flags::op as flag;
use phalanx_bytecode::{Kind, Op, Opcode};

impl Compiler<'_> {
    /// Emits an instruction with a new temporary as result.
    pub(crate) fn op(&mut self, code: Opcode, a: Operand, b: Operand) -> Operand {
        let c = self.f.tmp();
        self.emit(code, a, b, c);
        c
    }

    /// Emits an instruction with a new temporary as result and flags.
    pub(crate) fn op_flags(&mut self, code: Opcode, a: Operand, b: Operand, flags: u16) -> Operand {
        let c = self.f.tmp();
        self.emit_flags(code, a, b, c, flags);
        c
    }

    /// Emits an instruction; its index.
    pub(crate) fn emit(&mut self, code: Opcode, a: Operand, b: Operand, c: Operand) -> u32 {
        self.emit_flags(code, a, b, c, 0)
    }

    /// Emits an instruction with flags.
    pub(crate) fn emit_flags(&mut self, code: Opcode, a: Operand, b: Operand, c: Operand, flags: u16) -> u32 {
        let op = self.encode(code, a, b, c, flags);
        let line = self.line;
        self.f.push(op, line)
    }

    /// Emits the `DATA` of the instruction before.
    pub(crate) fn data(&mut self, a: Operand) {
        self.emit(Opcode::DATA, a, NONE, NONE);
    }

    pub(crate) fn jump(&mut self, to: Label) {
        self.emit(Opcode::JMP, Operand::Label(to), NONE, NONE);
    }

    pub(crate) fn encode(&mut self, code: Opcode, a: Operand, b: Operand, c: Operand, flags: u16) -> Op {
        let (kind_a, value_a) = self.operand(a);
        let (kind_b, value_b) = self.operand(b);
        let (kind_c, value_c) = self.operand(c);
        Op::new(code)
            .with_a(kind_a, value_a)
            .with_b(kind_b, value_b)
            .with_c(kind_c, value_c)
            .with_flags(flags)
    }

    #[inline]
    pub(crate) fn operand(&mut self, operand: Operand) -> (Kind, u32) {
        match operand {
            Operand::None => (Kind::None, 0),
            Operand::Cv(slot) => (Kind::Cv, slot),
            Operand::Tmp(tmp) => (Kind::Tmp, tmp),
            Operand::Const(value) => (Kind::Lit, self.literal(value)),
            Operand::Lit(index) => (Kind::Lit, index),
            Operand::Num(value) => (Kind::None, value),
            Operand::Label(label) => (Kind::None, label.0),
        }
    }

    /// Lets an instruction wait; see [`crate::fetch`].
    pub(crate) fn delay(&mut self, opcode: Opcode, a: Operand, b: Operand, flags: u16) -> Operand {
        let c = self.f.tmp();
        self.f.pending.push(Pending { opcode, a, b, c, flags });
        c
    }

    /// Emits the instructions that wait since `start`.
    pub(crate) fn flush(&mut self, start: usize) {
        for at in start..self.f.pending.len() {
            let Pending { opcode, a, b, c, flags } = self.f.pending[at];
            self.emit_flags(opcode, a, b, c, flags);
        }
        self.f.pending.truncate(start);
    }

    /// Index of the literal for a constant.
    #[inline(never)]
    pub(crate) fn literal(&mut self, value: Const) -> u32 {
        let id = match value {
            Const::Null => LiteralId::Null,
            Const::Bool(value) => LiteralId::Bool(value),
            Const::Int(value) => LiteralId::Int(value),
            Const::Float(value) => LiteralId::Float(value.to_bits()),
            Const::Str(id) => LiteralId::Str(id),
            Const::Array(_) => {
                let literal = self.const_literal(value);
                return self.push_literal(literal);
            }
        };
        *self.f.literal_ids.entry(id).or_insert_with(|| {
            let literals = &mut self.f.draft.literals;
            literals.push(literal_of(value, &mut self.strings, &self.arrays));
            literals.len() as u32 - 1
        })
    }

    pub(crate) fn push_literal(&mut self, literal: Literal) -> u32 {
        self.f.draft.literals.push(literal);
        self.f.draft.literals.len() as u32 - 1
    }

    /// The literal that a constant is.
    pub(crate) fn const_literal(&mut self, value: Const) -> Literal {
        literal_of(value, &mut self.strings, &self.arrays)
    }

    /// The constant that a literal is.
    pub(crate) fn literal_const(&mut self, literal: &Literal) -> Option<Const> {
        Some(match literal {
            Literal::Null => Const::Null,
            Literal::Bool(value) => Const::Bool(*value),
            Literal::Int(value) => Const::Int(*value),
            Literal::Float(value) => Const::Float(*value),
            Literal::Str(bytes) | Literal::Name(bytes, _) => Const::Str(self.strings.intern(bytes)),
            Literal::Array(items) => self.array_const(items.clone()),
            Literal::Undef | Literal::JumpTable(_) => return None,
        })
    }

    pub(crate) fn array_const(&mut self, items: Vec<(LiteralKey, Literal)>) -> Const {
        self.arrays.push(items);
        Const::Array(crate::operand::ArrayId(self.arrays.len() as u32 - 1))
    }

    /// A name literal with `slots` inline cache slots of its own.
    pub(crate) fn name_literal(&mut self, name: StrId, slots: u32) -> Operand {
        let slot = self.f.cache_slots(slots);
        let bytes = self.strings.bytes(name);
        Operand::Lit(self.push_literal(Literal::Name(bytes, slot)))
    }

    /// A class name and its lower-case form, with one cache slot that the function shares.
    pub(crate) fn class_literal(&mut self, name: StrId) -> Operand {
        let id = LiteralId::Class(name);
        if let Some(&index) = self.f.literal_ids.get(&id) {
            return Operand::Lit(index);
        }
        let slot = self.f.cache_slots(1);
        let lower = self.strings.lower(name);
        let (name, lower) = (self.strings.bytes(name), self.strings.bytes(lower));
        let index = self.push_literal(Literal::Name(name, slot));
        self.push_literal(Literal::Str(lower));
        self.f.literal_ids.insert(id, index);
        Operand::Lit(index)
    }

    /// A method name and its lower-case form, with cache slots of its own.
    pub(crate) fn method_literal(&mut self, name: StrId) -> Operand {
        let literal = self.name_literal(name, 2);
        let lower = self.strings.lower(name);
        let lower = self.strings.bytes(lower);
        self.push_literal(Literal::Str(lower));
        literal
    }

    /// Discards a value.
    pub(crate) fn free(&mut self, value: Operand) {
        if let Operand::Tmp(tmp) = value {
            // An array is put together where its result lies.
            if let Some(op) = self.f.definer(tmp).filter(|op| op.opcode() != Opcode::INIT_ARRAY) {
                *op = op.with_c(Kind::None, 0);
                self.f.release(tmp);
            } else {
                self.emit(Opcode::FREE, value, NONE, NONE);
            }
        }
    }

    /// Makes `value` the result of the expression in temporary `result`.
    pub(crate) fn move_to(&mut self, value: Operand, result: Operand) {
        if let (Operand::Tmp(tmp), Operand::Tmp(to)) = (value, result)
            && let Some(op) = self.f.definer(tmp)
        {
            *op = op.with_c(Kind::Tmp, to);
            self.f.release(tmp);
            return;
        }
        self.emit(Opcode::MOVE, value, NONE, result);
    }

    /// Redirects the result of the instruction that computed `value` into variable `cv`, if it can do that.
    pub(crate) fn redirect(&mut self, value: Operand, cv: u32) -> bool {
        let Operand::Tmp(tmp) = value else { return false };
        let Some(op) = self.f.definer(tmp) else { return false };
        let direct = matches!(
            op.opcode(),
            Opcode::ADD
                | Opcode::SUB
                | Opcode::MUL
                | Opcode::DIV
                | Opcode::MOD
                | Opcode::POW
                | Opcode::SHL
                | Opcode::SHR
                | Opcode::CONCAT
                | Opcode::BIT_OR
                | Opcode::BIT_AND
                | Opcode::BIT_XOR
        );
        if direct {
            *op = op.with_c(Kind::Cv, cv).with_flags(flag::DEST_CV);
            self.f.release(tmp);
        }
        direct
    }

    /// An error at the current line.
    pub(crate) fn error<T>(&self, text: impl Into<String>) -> Result<T> {
        self.error_at_line(text, self.line)
    }

    pub(crate) fn error_at_line<T>(&self, text: impl Into<String>, line: u32) -> Result<T> {
        Err(Box::new(CompileError {
            text: text.into(),
            line,
            kind: ErrorKind::Compile,
            warnings: Vec::new(),
        }))
    }

    /// Makes the line of `pos` current.
    pub(crate) fn at(&mut self, pos: u32) {
        self.line = self.lines.line(pos);
    }
}

fn literal_of(value: Const, strings: &mut Strings<'_>, arrays: &[ArrayItems]) -> Literal {
    match value {
        Const::Null => Literal::Null,
        Const::Bool(value) => Literal::Bool(value),
        Const::Int(value) => Literal::Int(value),
        Const::Float(value) => Literal::Float(value),
        Const::Str(id) => Literal::Str(strings.bytes(id)),
        Const::Array(id) => Literal::Array(arrays[id.0 as usize].clone()),
    }
}
