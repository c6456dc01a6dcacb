//! x86-64 instructions as bytes: those that [`super`] needs.

/// A general register, by its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(super) struct Gpr(pub u8);

/// A register for floats, by its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(super) struct Xmm(pub u8);

pub(super) const RAX: Gpr = Gpr(0);
pub(super) const RCX: Gpr = Gpr(1);
pub(super) const RDX: Gpr = Gpr(2);
pub(super) const RBX: Gpr = Gpr(3);
pub(super) const RSP: Gpr = Gpr(4);
pub(super) const RBP: Gpr = Gpr(5);
pub(super) const RSI: Gpr = Gpr(6);
pub(super) const RDI: Gpr = Gpr(7);

/// A place that code jumps to or addresses.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Label(u32);

/// The operand that may be in memory.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rm {
    Gpr(Gpr),
    Xmm(Xmm),
    /// Address plus distance.
    Mem(Gpr, i32),
    /// The sum of two registers plus distance.
    Sum(Gpr, Gpr, i32),
    /// Somewhere in the code.
    At(Label),
}

/// Operators with two operands, the first of which is the result; the number is that of their immediate form.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alu {
    Add = 0,
    Or = 1,
    And = 4,
    Sub = 5,
    Xor = 6,
    Cmp = 7,
}

/// Operators of floats, by the last byte of their code.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sse {
    Add = 0x58,
    Mul = 0x59,
    Sub = 0x5c,
    Div = 0x5e,
}

/// Conditions, by number; with the lowest bit changed they are the opposite.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cc {
    Overflow = 0,
    NoOverflow = 1,
    Below = 2,
    AboveEqual = 3,
    Equal = 4,
    NotEqual = 5,
    BelowEqual = 6,
    Above = 7,
    Parity = 10,
    NoParity = 11,
    Less = 12,
    GreaterEqual = 13,
    LessEqual = 14,
    Greater = 15,
}

impl Cc {
    pub(super) fn opposite(self) -> Cc {
        match self {
            Cc::Overflow => Cc::NoOverflow,
            Cc::NoOverflow => Cc::Overflow,
            Cc::Below => Cc::AboveEqual,
            Cc::AboveEqual => Cc::Below,
            Cc::Equal => Cc::NotEqual,
            Cc::NotEqual => Cc::Equal,
            Cc::BelowEqual => Cc::Above,
            Cc::Above => Cc::BelowEqual,
            Cc::Parity => Cc::NoParity,
            Cc::NoParity => Cc::Parity,
            Cc::Less => Cc::GreaterEqual,
            Cc::GreaterEqual => Cc::Less,
            Cc::LessEqual => Cc::Greater,
            Cc::Greater => Cc::LessEqual,
        }
    }
}

/// Code being written.
#[derive(Default)]
pub(super) struct Asm {
    code: Vec<u8>,
    labels: Vec<Option<i64>>,
    /// Where 32-bit distances to labels are, counted from their ends.
    fixups: Vec<(usize, Label)>,
}

const WIDE: u8 = 8;

impl Asm {
    /// Nothing yet, with room for the code of most functions.
    pub(super) fn new() -> Asm {
        Asm {
            code: Vec::with_capacity(4096),
            labels: Vec::with_capacity(64),
            fixups: Vec::with_capacity(128),
        }
    }

    pub(super) fn new_label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() as u32 - 1)
    }

    /// A place that many bytes before the code.
    pub(super) fn label_before(&mut self, distance: usize) -> Label {
        self.labels.push(Some(-(distance as i64)));
        Label(self.labels.len() as u32 - 1)
    }

    pub(super) fn bind(&mut self, label: Label) {
        self.labels[label.0 as usize] = Some(self.code.len() as i64);
    }

    pub(super) fn is_bound(&self, label: Label) -> bool {
        self.labels[label.0 as usize].is_some()
    }

    /// The code, with all distances filled in.
    pub(super) fn finish(mut self) -> Vec<u8> {
        for (at, label) in self.fixups {
            let target = self.labels[label.0 as usize].unwrap_or_default();
            let distance = (target - (at as i64 + 4)) as i32;
            self.code[at..at + 4].copy_from_slice(&distance.to_le_bytes());
        }
        self.code
    }

    /// Fills up to a multiple of `to` bytes with instructions that do nothing.
    pub(super) fn align(&mut self, to: usize) {
        const NOPS: [&[u8]; 9] = [
            &[0x90],
            &[0x66, 0x90],
            &[0x0f, 0x1f, 0x00],
            &[0x0f, 0x1f, 0x40, 0x00],
            &[0x0f, 0x1f, 0x44, 0x00, 0x00],
            &[0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
            &[0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
            &[0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
            &[0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
        ];
        loop {
            let missing = self.code.len().next_multiple_of(to) - self.code.len();
            if missing == 0 {
                return;
            }
            self.code.extend(NOPS[missing.min(NOPS.len()) - 1]);
        }
    }

    pub(super) fn word(&mut self, word: u64) {
        self.code.extend(word.to_le_bytes());
    }

    fn int32(&mut self, int: i32) {
        self.code.extend(int.to_le_bytes());
    }

    fn distance_to(&mut self, label: Label) {
        self.fixups.push((self.code.len(), label));
        self.int32(0);
    }

    /// An instruction with a register (or a part of its code) and an operand that may be in memory. `rex` has the bit for 64
    /// bits; `bytes` says that registers are named by their lowest byte.
    fn modrm(&mut self, prefix: Option<u8>, rex: u8, opcode: &[u8], reg: u8, rm: Rm, bytes: bool) {
        self.code.extend(prefix);
        let number = match rm {
            Rm::Gpr(Gpr(number)) | Rm::Xmm(Xmm(number)) => number,
            Rm::Mem(Gpr(number), _) | Rm::Sum(Gpr(number), ..) => number,
            Rm::At(_) => 0,
        };
        let index = if let Rm::Sum(_, Gpr(index), _) = rm { Some(index) } else { None };
        let rex = rex | (reg >> 3) << 2 | index.unwrap_or(0) >> 3 << 1 | number >> 3;
        let needs_rex = bytes && (reg >= 4 || matches!(rm, Rm::Gpr(Gpr(4..))));
        if rex != 0 || needs_rex {
            self.code.push(0x40 | rex);
        }
        self.code.extend(opcode);
        let reg = (reg & 7) << 3;
        match rm {
            Rm::Gpr(_) | Rm::Xmm(_) => self.code.push(0xc0 | reg | (number & 7)),
            Rm::At(label) => {
                self.code.push(reg | 5);
                self.distance_to(label);
            }
            Rm::Mem(_, distance) | Rm::Sum(.., distance) => {
                let short = i8::try_from(distance);
                let mode = match short {
                    Ok(0) if number & 7 != RBP.0 => 0,
                    Ok(_) => 0x40,
                    Err(_) => 0x80,
                };
                // A second byte says what is added: nothing, if it is only there because RSP's number announces it.
                if index.is_some() || number & 7 == RSP.0 {
                    self.code.push(mode | reg | RSP.0);
                    self.code.push((index.unwrap_or(RSP.0) & 7) << 3 | (number & 7));
                } else {
                    self.code.push(mode | reg | (number & 7));
                }
                match (mode, short) {
                    (0, _) => {}
                    (0x40, Ok(short)) => self.code.push(short as u8),
                    _ => self.int32(distance),
                }
            }
        }
    }

    /// `to = from`, all 64 bits.
    pub(super) fn mov(&mut self, to: Gpr, from: Rm) {
        self.modrm(None, WIDE, &[0x8b], to.0, from, false);
    }

    pub(super) fn store(&mut self, to: Rm, from: Gpr) {
        self.modrm(None, WIDE, &[0x89], from.0, to, false);
    }

    pub(super) fn store32(&mut self, to: Rm, from: Gpr) {
        self.modrm(None, 0, &[0x89], from.0, to, false);
    }

    pub(super) fn store8(&mut self, to: Rm, from: Gpr) {
        self.modrm(None, 0, &[0x88], from.0, to, true);
    }

    pub(super) fn store_imm(&mut self, to: Rm, imm: i32) {
        self.modrm(None, WIDE, &[0xc7], 0, to, false);
        self.int32(imm);
    }

    pub(super) fn store32_imm(&mut self, to: Rm, imm: i32) {
        self.modrm(None, 0, &[0xc7], 0, to, false);
        self.int32(imm);
    }

    pub(super) fn store8_imm(&mut self, to: Rm, imm: u8) {
        self.modrm(None, 0, &[0xc6], 0, to, false);
        self.code.push(imm);
    }

    /// A number. The flags stay as they are.
    pub(super) fn mov_imm(&mut self, to: Gpr, imm: i64) {
        if let Ok(imm) = u32::try_from(imm) {
            if to.0 >= 8 {
                self.code.push(0x41);
            }
            self.code.push(0xb8 | (to.0 & 7));
            self.code.extend(imm.to_le_bytes());
        } else if let Ok(imm) = i32::try_from(imm) {
            self.store_imm(Rm::Gpr(to), imm);
        } else {
            self.code.push(0x48 | to.0 >> 3);
            self.code.push(0xb8 | (to.0 & 7));
            self.word(imm as u64);
        }
    }

    pub(super) fn load8(&mut self, to: Gpr, from: Rm) {
        self.modrm(None, 0, &[0x0f, 0xb6], to.0, from, true);
    }

    pub(super) fn load32(&mut self, to: Gpr, from: Rm) {
        self.modrm(None, 0, &[0x8b], to.0, from, false);
    }

    pub(super) fn lea(&mut self, to: Gpr, from: Rm) {
        self.modrm(None, WIDE, &[0x8d], to.0, from, false);
    }

    pub(super) fn alu(&mut self, op: Alu, to: Gpr, from: Rm) {
        self.modrm(None, WIDE, &[(op as u8) << 3 | 3], to.0, from, false);
    }

    pub(super) fn alu_imm(&mut self, op: Alu, to: Rm, imm: i32) {
        if let Ok(imm) = i8::try_from(imm) {
            self.modrm(None, WIDE, &[0x83], op as u8, to, false);
            self.code.push(imm as u8);
        } else {
            self.modrm(None, WIDE, &[0x81], op as u8, to, false);
            self.int32(imm);
        }
    }

    /// Compares four bytes.
    pub(super) fn cmp32_imm8(&mut self, with: Rm, imm: i8) {
        self.modrm(None, 0, &[0x83], Alu::Cmp as u8, with, false);
        self.code.push(imm as u8);
    }

    /// Compares a byte.
    pub(super) fn cmp8_imm(&mut self, with: Rm, imm: u8) {
        self.modrm(None, 0, &[0x80], Alu::Cmp as u8, with, matches!(with, Rm::Gpr(_)));
        self.code.push(imm);
    }

    pub(super) fn test(&mut self, a: Gpr, b: Gpr) {
        self.modrm(None, WIDE, &[0x85], a.0, Rm::Gpr(b), false);
    }

    pub(super) fn test_imm(&mut self, a: Rm, imm: i32) {
        self.modrm(None, WIDE, &[0xf7], 0, a, false);
        self.int32(imm);
    }

    /// Tests bits of a byte.
    pub(super) fn test8_imm(&mut self, a: Rm, imm: u8) {
        self.modrm(None, 0, &[0xf6], 0, a, true);
        self.code.push(imm);
    }

    pub(super) fn imul(&mut self, to: Gpr, from: Rm) {
        self.modrm(None, WIDE, &[0x0f, 0xaf], to.0, from, false);
    }

    pub(super) fn imul_imm(&mut self, to: Gpr, from: Rm, imm: i32) {
        if let Ok(imm) = i8::try_from(imm) {
            self.modrm(None, WIDE, &[0x6b], to.0, from, false);
            self.code.push(imm as u8);
        } else {
            self.modrm(None, WIDE, &[0x69], to.0, from, false);
            self.int32(imm);
        }
    }

    /// Shifts left, by a number or by CL.
    pub(super) fn shl(&mut self, to: Gpr, by: Option<u8>) {
        self.shift(4, to, by);
    }

    /// Shifts right with the sign.
    pub(super) fn sar(&mut self, to: Gpr, by: Option<u8>) {
        self.shift(7, to, by);
    }

    fn shift(&mut self, code: u8, to: Gpr, by: Option<u8>) {
        match by {
            Some(by) => {
                self.modrm(None, WIDE, &[0xc1], code, Rm::Gpr(to), false);
                self.code.push(by);
            }
            None => self.modrm(None, WIDE, &[0xd3], code, Rm::Gpr(to), false),
        }
    }

    /// RDX:RAX divided: result in RAX, rest in RDX.
    pub(super) fn idiv(&mut self, by: Rm) {
        self.code.extend([0x48, 0x99]);
        self.modrm(None, WIDE, &[0xf7], 7, by, false);
    }

    /// 1 if the condition holds, else 0.
    pub(super) fn set(&mut self, cc: Cc, to: Gpr) {
        self.modrm(None, 0, &[0x0f, 0x90 | cc as u8], 0, Rm::Gpr(to), true);
        self.load8(to, Rm::Gpr(to));
    }

    pub(super) fn jump(&mut self, to: Label) {
        self.code.push(0xe9);
        self.distance_to(to);
    }

    pub(super) fn jump_if(&mut self, cc: Cc, to: Label) {
        self.code.extend([0x0f, 0x80 | cc as u8]);
        self.distance_to(to);
    }

    pub(super) fn call(&mut self, target: Gpr) {
        self.modrm(None, 0, &[0xff], 2, Rm::Gpr(target), false);
    }

    pub(super) fn push(&mut self, reg: Gpr) {
        if reg.0 >= 8 {
            self.code.push(0x41);
        }
        self.code.push(0x50 | (reg.0 & 7));
    }

    pub(super) fn leave_and_return(&mut self) {
        self.code.extend([0xc9, 0xc3]);
    }

    // Floats.

    pub(super) fn load_float(&mut self, to: Xmm, from: Rm) {
        match from {
            Rm::Xmm(_) => self.modrm(None, 0, &[0x0f, 0x28], to.0, from, false),
            _ => self.modrm(Some(0xf2), 0, &[0x0f, 0x10], to.0, from, false),
        }
    }

    pub(super) fn store_float(&mut self, to: Rm, from: Xmm) {
        self.modrm(Some(0xf2), 0, &[0x0f, 0x11], from.0, to, false);
    }

    pub(super) fn sse(&mut self, op: Sse, to: Xmm, from: Rm) {
        self.modrm(Some(0xf2), 0, &[0x0f, op as u8], to.0, from, false);
    }

    /// Compares: carry if less, zero if equal, all flags if not ordered.
    pub(super) fn ucomisd(&mut self, a: Xmm, b: Rm) {
        self.modrm(Some(0x66), 0, &[0x0f, 0x2e], a.0, b, false);
    }

    pub(super) fn int_to_float(&mut self, to: Xmm, from: Rm) {
        // The conversion leaves the upper half as it is, so it would wait for whatever was there.
        self.modrm(None, 0, &[0x0f, 0x57], to.0, Rm::Xmm(to), false);
        self.modrm(Some(0xf2), WIDE, &[0x0f, 0x2a], to.0, from, false);
    }

    pub(super) fn bits_of_float(&mut self, to: Rm, from: Xmm) {
        self.modrm(Some(0x66), WIDE, &[0x0f, 0x7e], from.0, to, false);
    }

    pub(super) fn float_of_bits(&mut self, to: Xmm, from: Rm) {
        self.modrm(Some(0x66), WIDE, &[0x0f, 0x6e], to.0, from, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(write: impl FnOnce(&mut Asm)) -> Vec<u8> {
        let mut asm = Asm::default();
        write(&mut asm);
        asm.finish()
    }

    #[test]
    fn addresses() {
        let (r12, r13) = (Gpr(12), Gpr(13));
        assert_eq!(bytes(|asm| asm.mov(RAX, Rm::Mem(RBX, 0))), [0x48, 0x8b, 0x03]);
        assert_eq!(bytes(|asm| asm.mov(RAX, Rm::Mem(r13, 0))), [0x49, 0x8b, 0x45, 0x00]);
        assert_eq!(bytes(|asm| asm.mov(RAX, Rm::Mem(r12, 0))), [0x49, 0x8b, 0x04, 0x24]);
        assert_eq!(bytes(|asm| asm.store(Rm::Mem(RSP, 8), RDI)), [0x48, 0x89, 0x7c, 0x24, 0x08]);
        assert_eq!(bytes(|asm| asm.mov(RAX, Rm::Mem(RBX, 256))), [0x48, 0x8b, 0x83, 0x00, 0x01, 0x00, 0x00]);
        assert_eq!(bytes(|asm| asm.mov(RAX, Rm::Sum(r13, r12, 0))), [0x4b, 0x8b, 0x44, 0x25, 0x00]);
        assert_eq!(bytes(|asm| asm.mov(Gpr(9), Rm::Sum(RBX, RSI, 8))), [0x4c, 0x8b, 0x4c, 0x33, 0x08]);
    }

    #[test]
    fn byte_registers() {
        assert_eq!(bytes(|asm| asm.store8(Rm::Mem(RAX, 0), RDI)), [0x40, 0x88, 0x38]);
        assert_eq!(bytes(|asm| asm.store8(Rm::Mem(RAX, 0), RCX)), [0x88, 0x08]);
        assert_eq!(bytes(|asm| asm.cmp8_imm(Rm::Mem(RBX, 0x58), 4)), [0x80, 0x7b, 0x58, 0x04]);
        assert_eq!(bytes(|asm| asm.cmp8_imm(Rm::Gpr(RSI), 4)), [0x40, 0x80, 0xfe, 0x04]);
    }

    #[test]
    fn numbers() {
        assert_eq!(bytes(|asm| asm.mov_imm(RAX, 5)), [0xb8, 5, 0, 0, 0]);
        assert_eq!(bytes(|asm| asm.mov_imm(Gpr(9), -1)), [0x49, 0xc7, 0xc1, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(bytes(|asm| asm.mov_imm(RCX, 1 << 40)), [0x48, 0xb9, 0, 0, 0, 0, 0, 1, 0, 0]);
        assert_eq!(bytes(|asm| asm.alu_imm(Alu::Add, Rm::Gpr(RSI), -1)), [0x48, 0x83, 0xc6, 0xff]);
    }

    #[test]
    fn labels() {
        let code = bytes(|asm| {
            let (back, on) = (asm.new_label(), asm.new_label());
            asm.bind(back);
            asm.jump(on);
            asm.jump_if(Cc::Less, back);
            asm.bind(on);
        });
        assert_eq!(code, [0xe9, 6, 0, 0, 0, 0x0f, 0x8c, 0xf5, 0xff, 0xff, 0xff]);
        let code = bytes(|asm| {
            let record = asm.label_before(64);
            asm.lea(RAX, Rm::At(record));
        });
        assert_eq!(code, [0x48, 0x8d, 0x05, 0xb9, 0xff, 0xff, 0xff]);
    }
}
