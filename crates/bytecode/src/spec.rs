//! Specialisations: opcodes for particular operand kinds, with codes of their own behind those of [`Opcode`].
//!
//! The compiler knows nothing of them. Assembling a Unit replaces the code of an instruction whose operand kinds
//! match a row; dispatch, which goes by the code alone, then reaches a handler that need not test kinds. Everything
//! else sees the base opcode through [`base_of`].
//!
//! A row may also stand for two instructions in a row, as [`fuse`] says: then its handler does the work of both, but
//! only of the first while something records or steps.
//!
//! Patterns: `s` a variable or temporary, `v` a variable, `t` a temporary, `l` a literal, `n` nothing, `_` anything.

use crate::op::{FLAG_SHIFT, Kind, Op};
use crate::table::{ALL, OPCODES, Opcode};

/// Calls `$then!` with all rows: name, base opcode, pattern of a, b and c.
#[macro_export]
macro_rules! for_each_spec {
    ($then:ident) => {
        $then! {
            ADD_SS_T ADD [s s t]; ADD_SL_T ADD [s l t]; ADD_SS_V ADD [s s v]; ADD_SL_V ADD [s l v];
            ADD_LS_T ADD [l s t];
            SUB_SS_T SUB [s s t]; SUB_SL_T SUB [s l t]; SUB_SS_V SUB [s s v]; SUB_SL_V SUB [s l v];
            SUB_LS_T SUB [l s t];
            MUL_SS_T MUL [s s t]; MUL_SL_T MUL [s l t]; MUL_SS_V MUL [s s v]; MUL_SL_V MUL [s l v];
            MUL_LS_T MUL [l s t];
            DIV_SS_T DIV [s s t]; DIV_SL_T DIV [s l t];
            MOD_SS_T MOD [s s t]; MOD_SL_T MOD [s l t]; MOD_SL_V MOD [s l v];
            AND_SS_T BIT_AND [s s t]; AND_SL_T BIT_AND [s l t]; AND_SL_V BIT_AND [s l v]; AND_SS_V BIT_AND [s s v];
            OR_SS_T BIT_OR [s s t]; OR_SL_T BIT_OR [s l t]; OR_SS_V BIT_OR [s s v];
            XOR_SS_T BIT_XOR [s s t]; XOR_SL_T BIT_XOR [s l t]; XOR_SS_V BIT_XOR [s s v];
            SHL_SL_T SHL [s l t]; SHL_SS_T SHL [s s t]; SHR_SL_T SHR [s l t]; SHR_SS_T SHR [s s t];
            LESS_SS LESS [s s t]; LESS_SL LESS [s l t]; LESS_LS LESS [l s t];
            LESS_EQUAL_SS LESS_EQUAL [s s t]; LESS_EQUAL_SL LESS_EQUAL [s l t];
            EQUAL_SS EQUAL [s s t]; EQUAL_SL EQUAL [s l t];
            NOT_EQUAL_SS NOT_EQUAL [s s t]; NOT_EQUAL_SL NOT_EQUAL [s l t];
            IDENTICAL_SS IDENTICAL [s s t]; IDENTICAL_SL IDENTICAL [s l t];
            NOT_IDENTICAL_SS NOT_IDENTICAL [s s t]; NOT_IDENTICAL_SL NOT_IDENTICAL [s l t];
            JMP_LESS_SS JMP_LESS [s s _]; JMP_LESS_SL JMP_LESS [s l _]; JMP_LESS_LS JMP_LESS [l s _];
            JMP_LESS_EQUAL_SS JMP_LESS_EQUAL [s s _]; JMP_LESS_EQUAL_SL JMP_LESS_EQUAL [s l _];
            JMP_LESS_EQUAL_LS JMP_LESS_EQUAL [l s _];
            JMP_NOT_LESS_SS JMP_NOT_LESS [s s _]; JMP_NOT_LESS_SL JMP_NOT_LESS [s l _];
            JMP_NOT_LESS_LS JMP_NOT_LESS [l s _];
            JMP_NOT_LESS_EQUAL_SS JMP_NOT_LESS_EQUAL [s s _]; JMP_NOT_LESS_EQUAL_SL JMP_NOT_LESS_EQUAL [s l _];
            JMP_EQUAL_SS JMP_EQUAL [s s _]; JMP_EQUAL_SL JMP_EQUAL [s l _];
            JMP_NOT_EQUAL_SS JMP_NOT_EQUAL [s s _]; JMP_NOT_EQUAL_SL JMP_NOT_EQUAL [s l _];
            JMP_IDENTICAL_SS JMP_IDENTICAL [s s _]; JMP_IDENTICAL_SL JMP_IDENTICAL [s l _];
            JMP_NOT_IDENTICAL_SS JMP_NOT_IDENTICAL [s s _]; JMP_NOT_IDENTICAL_SL JMP_NOT_IDENTICAL [s l _];
            JMP_Z_S JMP_Z [s _ _]; JMP_NZ_S JMP_NZ [s _ _];
            MOVE_V_T MOVE [v _ t]; MOVE_L_T MOVE [l _ t];
            ASSIGN_VL ASSIGN [v l n]; ASSIGN_VT ASSIGN [v t n]; ASSIGN_VV ASSIGN [v v n];
            ASSIGN_VS_T ASSIGN [v s t]; ASSIGN_VL_T ASSIGN [v l t];
            ASSIGN_OP_VS ASSIGN_OP [v s n]; ASSIGN_OP_VL ASSIGN_OP [v l n];
            ASSIGN_DIM_OP_VS ASSIGN_DIM_OP [v s n]; ASSIGN_DIM_OP_VL ASSIGN_DIM_OP [v l n];
            CONCAT_SS_T CONCAT [s s t]; CONCAT_SL_T CONCAT [s l t]; CONCAT_LS_T CONCAT [l s t];
            FE_FETCH_R_T FE_FETCH_R [t _ _];
            PRE_INC_V PRE_INC [v _ n]; PRE_INC_LESS_SS PRE_INC [v _ n]; PRE_INC_LESS_SL PRE_INC [v _ n];
            PRE_INC_V_T PRE_INC [v _ t]; PRE_DEC_V PRE_DEC [v _ n]; PRE_DEC_V_T PRE_DEC [v _ t];
            POST_INC_V POST_INC [v _ t]; POST_DEC_V POST_DEC [v _ t];
            FETCH_DIM_R_SS FETCH_DIM_R [v s t]; FETCH_DIM_R_SL FETCH_DIM_R [v l t];
            FETCH_DIM_R_TS FETCH_DIM_R [t s t]; FETCH_DIM_R_TL FETCH_DIM_R [t l t];
            FETCH_DIM_IS_VS FETCH_DIM_IS [v s t]; FETCH_DIM_IS_VL FETCH_DIM_IS [v l t];
            ISSET_DIM_VS ISSET_DIM [v s t]; ISSET_DIM_VL ISSET_DIM [v l t];
            FETCH_DIM_W_VS FETCH_DIM_W [v s t]; FETCH_DIM_W_VL FETCH_DIM_W [v l t];
            ASSIGN_DIM_VS ASSIGN_DIM [v s n]; ASSIGN_DIM_VL ASSIGN_DIM [v l n]; ASSIGN_DIM_VN ASSIGN_DIM [v n n];
            ASSIGN_DIM_TS ASSIGN_DIM [t s n]; ASSIGN_DIM_TL ASSIGN_DIM [t l n];
            CALL_T CALL [_ _ t]; CALL_N CALL [_ _ n];
            SEND_CALL_RESULT_T SEND_CALL_RESULT [t _ n]; FUNC_NUM_ARGS_T FUNC_NUM_ARGS [_ _ t];
            FUNC_NUM_ARGS_N FUNC_NUM_ARGS [_ _ n];
            FETCH_CLASS_T FETCH_CLASS [t _ t]; FETCH_R_L FETCH_R [l _ t];
            SEND_VAL_L SEND_VAL [l _ n]; SEND_VAL_T SEND_VAL [t _ n]; SEND_VAR_V SEND_VAR [v _ n];
            RETURN_T RETURN [t _ _]; RETURN_L RETURN [l _ _]; RETURN_V RETURN [v _ _];
            FETCH_OBJ_R_THIS FETCH_OBJ_R [n l t]; FETCH_OBJ_R_V FETCH_OBJ_R [v l t];
            INIT_CALL_METHOD_THIS INIT_CALL_METHOD [n l _]; INIT_CALL_METHOD_V INIT_CALL_METHOD [v l _];
            INIT_CALL_STATIC_L INIT_CALL_STATIC [l l _]; INIT_CALL_STATIC_N INIT_CALL_STATIC [n l _];
            NEW_L NEW [l _ t]; FETCH_THIS_T FETCH_THIS [_ _ t];
            RECV_V RECV [_ _ v]; VERIFY_RETURN_T VERIFY_RETURN [t _ t]; VERIFY_RETURN_V VERIFY_RETURN [v _ t];
            FETCH_STATIC_R_L FETCH_STATIC_R [l l t]; FETCH_STATIC_R_N FETCH_STATIC_R [l n t];
            ASSIGN_STATIC_L ASSIGN_STATIC [l l n]; ASSIGN_STATIC_N ASSIGN_STATIC [l n n];
            ISSET_STATIC_L ISSET_STATIC [l l t]; ISSET_STATIC_N ISSET_STATIC [l n t];
            FETCH_CONST_L FETCH_CONST [l _ t];
            FETCH_CLASS_CONST_L FETCH_CLASS_CONST [l l t]; FETCH_CLASS_CONST_N FETCH_CLASS_CONST [n l t];
            FETCH_CLASS_CONST_T FETCH_CLASS_CONST [t l t];
            ISSET_OBJ_THIS ISSET_OBJ [n l t]; ISSET_OBJ_V ISSET_OBJ [v l t];
            ASSIGN_OBJ_OP_THIS ASSIGN_OBJ_OP [n l n]; ASSIGN_OBJ_OP_V ASSIGN_OBJ_OP [v l n];
            PRE_INC_OBJ_THIS PRE_INC_OBJ [n l n]; PRE_INC_OBJ_V PRE_INC_OBJ [v l n];
            PRE_DEC_OBJ_THIS PRE_DEC_OBJ [n l n]; PRE_DEC_OBJ_V PRE_DEC_OBJ [v l n];
            POST_INC_OBJ_THIS POST_INC_OBJ [n l t]; POST_DEC_OBJ_THIS POST_DEC_OBJ [n l t];
            JMP_SET_V JMP_SET [v _ t];
            ASSIGN_OBJ_THIS ASSIGN_OBJ [n l n]; ASSIGN_OBJ_V ASSIGN_OBJ [v l n];
        }
    };
}

/// A row.
#[derive(Debug)]
pub struct Spec {
    /// Name.
    pub name: &'static str,
    /// The opcode it specialises.
    pub base: Opcode,
    /// Patterns of a, b and c as letters.
    pub pattern: [u8; 3],
}

macro_rules! define_specs {
    ($($name:ident $base:ident [$a:tt $b:tt $c:tt];)*) => {
        /// The rows; row `i` has code `OPCODES + i`.
        pub const SPECS: &[Spec] = &[$(Spec {
            name: stringify!($name),
            base: Opcode::$base,
            pattern: [letter(stringify!($a)), letter(stringify!($b)), letter(stringify!($c))],
        }),*];

        /// The rows by name.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u16)]
        #[expect(non_camel_case_types, missing_docs, reason = "opcodes are written in capitals")]
        pub enum SpecCode { $($name),* }

        /// All rows by name, in order.
        pub const ALL_SPECS: &[SpecCode] = &[$(SpecCode::$name),*];
        const SPEC_COUNT: usize = ALL_SPECS.len();
    };
}

const fn letter(text: &str) -> u8 {
    text.as_bytes()[0]
}

for_each_spec!(define_specs);

/// Number of codes: opcodes and specialisations.
pub const CODES: usize = OPCODES + SPEC_COUNT;

/// The code of a row.
pub const fn spec_code(spec: SpecCode) -> u16 {
    OPCODES as u16 + spec as u16
}

/// The opcode that `code` is or specialises.
#[inline]
pub fn base_of(code: u16) -> Opcode {
    BASES[code as usize]
}

static BASES: [Opcode; CODES] = {
    let mut bases = [Opcode::NOP; CODES];
    let mut code = 0;
    while code < CODES {
        bases[code] = if code < OPCODES { ALL[code] } else { SPECS[code - OPCODES].base };
        code += 1;
    }
    bases
};

/// The best code for an instruction that is not specialised yet.
#[inline]
pub fn specialize(op: Op) -> u16 {
    let code = op.code as usize;
    let FlagRule { free, fixed } = FLAG_RULES[code];
    if op.flags() & !free == fixed { BEST[code][op.x as usize % KINDS] } else { op.code }
}

/// The code of an instruction that does the work of the one behind it as well, if there is such a row. `op` and `next`
/// are specialised already; the instruction behind stays what it is, since jumps may lead to it.
#[inline]
pub fn fuse(op: Op, next: Op) -> Option<u16> {
    const PRE_INC: u16 = spec_code(SpecCode::PRE_INC_V);
    const LESS_SS: u16 = spec_code(SpecCode::JMP_LESS_SS);
    const LESS_SL: u16 = spec_code(SpecCode::JMP_LESS_SL);
    match (op.code, next.code) {
        (PRE_INC, LESS_SS) if op.a == next.a => Some(spec_code(SpecCode::PRE_INC_LESS_SS)),
        (PRE_INC, LESS_SL) if op.a == next.a => Some(spec_code(SpecCode::PRE_INC_LESS_SL)),
        _ => None,
    }
}

/// Which flags an instruction may have that is specialised.
#[derive(Clone, Copy)]
struct FlagRule {
    /// These may be set or not.
    free: u16,
    /// Of the others, these are set and the rest is not.
    fixed: u16,
}

static FLAG_RULES: [FlagRule; OPCODES] = {
    let mut rules = [FlagRule { free: 0, fixed: 0 }; OPCODES];
    let mut code = 0;
    while code < OPCODES {
        rules[code] = flag_rule(ALL[code]);
        code += 1;
    }
    rules
};

const fn flag_rule(opcode: Opcode) -> FlagRule {
    use crate::flags::op::{CHECK, DEST_CV, EMPTY, FALLBACK, GLOBAL};
    // Handlers of arguments look at CHECK themselves; no other flag but DEST_CV is known to any of them.
    let (free, fixed) = match opcode {
        Opcode::SEND_VAL | Opcode::SEND_VAR | Opcode::SEND_CALL_RESULT => (CHECK, 0),
        // The handler knows the global scope alone.
        Opcode::FETCH_R => (0, GLOBAL),
        // The operator is in the flags.
        Opcode::ASSIGN_OP | Opcode::ASSIGN_DIM_OP | Opcode::ASSIGN_OBJ_OP => (15, 0),
        Opcode::ISSET_STATIC | Opcode::ISSET_OBJ | Opcode::ISSET_DIM => (EMPTY, 0),
        // Looked at when the cache is filled alone.
        Opcode::FETCH_CONST => (FALLBACK, 0),
        _ => (DEST_CV, 0),
    };
    FlagRule { free, fixed }
}

/// How many values the kinds of three operands can have, which are the lowest bits of [`Op::x`].
const KINDS: usize = 1 << FLAG_SHIFT;

/// The code for each opcode and kinds of operands: that of the first row that fits, or else of the opcode itself.
static BEST: [[u16; KINDS]; OPCODES] = {
    let mut best = [[0; KINDS]; OPCODES];
    let mut code = 0;
    while code < OPCODES {
        best[code] = [code as u16; KINDS];
        code += 1;
    }
    // From the last row to the first, which so has the last word.
    let mut row = SPEC_COUNT;
    while row > 0 {
        row -= 1;
        let Spec { base, pattern, .. } = &SPECS[row];
        let mut kinds = 0;
        while kinds < KINDS {
            if fits(*pattern, kinds as u16) {
                best[*base as usize][kinds] = (OPCODES + row) as u16;
            }
            kinds += 1;
        }
    }
    best
};

/// Whether operands of these kinds, given as in [`Op::x`], match a pattern.
const fn fits(pattern: [u8; 3], kinds: u16) -> bool {
    fits_one(pattern[0], Kind::from_bits(kinds))
        && fits_one(pattern[1], Kind::from_bits(kinds >> 2))
        && fits_one(pattern[2], Kind::from_bits(kinds >> 4))
}

const fn fits_one(pattern: u8, kind: Kind) -> bool {
    match pattern {
        b's' => matches!(kind, Kind::Cv | Kind::Tmp),
        b'v' => matches!(kind, Kind::Cv),
        b't' => matches!(kind, Kind::Tmp),
        b'l' => matches!(kind, Kind::Lit),
        b'n' => matches!(kind, Kind::None),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the rows say, row by row.
    fn searched(op: Op) -> u16 {
        let letters = [op.kind_a(), op.kind_b(), op.kind_c()].map(|kind| match kind {
            Kind::Cv => "vs_",
            Kind::Tmp => "ts_",
            Kind::Lit => "l_",
            Kind::None => "n_",
        });
        let fits = |spec: &Spec| {
            spec.base == op.opcode()
                && spec.pattern.iter().zip(letters).all(|(&letter, kind)| kind.contains(letter as char))
        };
        SPECS.iter().position(fits).map_or(op.code, |row| (OPCODES + row) as u16)
    }

    #[test]
    fn each_opcode_with_each_kinds_has_the_code_of_the_first_row_that_fits() {
        let mut rows = [false; SPEC_COUNT];
        for &opcode in ALL {
            for kinds in 0..KINDS as u16 {
                let op = Op { x: kinds | FLAG_RULES[opcode as usize].fixed << FLAG_SHIFT, ..Op::new(opcode) };
                let code = specialize(op);
                assert_eq!(code, searched(op), "{opcode:?} {kinds:06b}");
                assert_eq!(base_of(code), opcode);
                if let Some(row) = (code as usize).checked_sub(OPCODES) {
                    rows[row] = true;
                }
            }
        }
        // Only what `fuse` makes is reached in no other way.
        let unused = (0..SPEC_COUNT).filter(|&row| !rows[row]).map(|row| SPECS[row].name);
        assert_eq!(unused.collect::<Vec<_>>(), ["PRE_INC_LESS_SS", "PRE_INC_LESS_SL"]);
    }

    #[test]
    fn flags_that_no_handler_knows_keep_the_opcode() {
        use crate::flags::op::{CHECK, DEST_CV, GLOBAL, KEEP_A};
        let check = |opcode, kind, flags, spec: Option<SpecCode>| {
            let op = Op::new(opcode).with_a(kind, 0).with_flags(flags);
            let op = if matches!(opcode, Opcode::FETCH_R) { op.with_c(Kind::Tmp, 0) } else { op };
            assert_eq!(specialize(op), spec.map_or(opcode as u16, spec_code), "{opcode:?} {flags:#x}");
        };
        check(Opcode::SEND_VAR, Kind::Cv, 0, Some(SpecCode::SEND_VAR_V));
        check(Opcode::SEND_VAR, Kind::Cv, CHECK, Some(SpecCode::SEND_VAR_V));
        check(Opcode::SEND_VAR, Kind::Cv, CHECK | DEST_CV, None);
        check(Opcode::FETCH_R, Kind::Lit, GLOBAL, Some(SpecCode::FETCH_R_L));
        check(Opcode::FETCH_R, Kind::Lit, 0, None);
        check(Opcode::FETCH_R, Kind::Lit, GLOBAL | KEEP_A, None);
        check(Opcode::PRE_INC, Kind::Cv, DEST_CV, Some(SpecCode::PRE_INC_V));
        check(Opcode::PRE_INC, Kind::Cv, KEEP_A, None);
    }
}
