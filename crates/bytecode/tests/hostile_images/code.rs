//! Instructions by themselves: operands, jumps, names, numbers and inline caches.

use crate::listing::{self, refused};
use phalanx_bytecode::spec::{CODES, SpecCode, spec_code};
use phalanx_bytecode::unit::Image;
use phalanx_bytecode::verify::parts;
use phalanx_bytecode::{FRAME_HEADER_SIZE, Opcode};

#[test]
fn operands_have_kinds_that_the_opcode_allows() {
    refused! {
        "NOP; RETURN l0" {
            "NOP" => "NOP v0": "NOP: operand of kind Cv in role None";
        }
        "ECHO v0; RETURN l0" {
            "v0" => "_": "operand of kind None in role Val";
        }
        "JMP 1; RETURN l0" {
            "JMP 1" => "JMP v0": "operand of kind Cv in role Jmp";
        }
        "RECV 1 _ v0; RETURN l0" {
            "RECV 1" => "RECV v0": "operand of kind Cv in role Num";
        }
        "ASSIGN v0 l0; RETURN l0" {
            "v0" => "l0": "operand of kind Lit in role Var";
            "v0" => "_": "operand of kind None in role Var";
        }
        "UNSET_OBJ v0 l4; RETURN l0" {
            "v0" => "l0": "operand of kind Lit in role Obj";
        }
        "ADD v0 v1 t0; RETURN t0" {
            "v1 t0" => "v1 l0": "operand of kind Lit in role Res";
        }
        "INSTANCEOF v0 l1 t0; RETURN t0" {
            "l1" => "v1": "operand of kind Cv in role Class";
        }
        "FE_RESET_R v0 3 t0; FE_FETCH_R t0 v1 3; DATA; FE_FREE t0; RETURN l0" {
            "v1" => "l0": "operand of kind Lit in role Dst";
            "v1" => "_": "operand of kind None in role Dst";
        }
        "ADD v0 v1 t0; COPY_TMP t0 _ t1; ECHO t0; RETURN t1" {
            "COPY_TMP t0" => "COPY_TMP v0": "operand of kind Cv in role Tmp";
        }
        "FETCH_CONST l1 _ t0; RETURN t0" {
            "l1" => "v0": "operand of kind Cv in role Lit";
            "l1" => "_": "operand of kind None in role Lit";
        }
    }
}

#[test]
fn operands_lie_in_the_function() {
    refused! {
        "ADD v0 l0 t0; RETURN t0" {
            "v0" => "v4": "operand 4 of kind Cv is out of range";
            "v0" => "t8": "operand 12 of kind Tmp is out of range";
            "v0" => "t-1": "operand 3 of kind Tmp is out of range";
            "l0" => "l16": "operand 16 of kind Lit is out of range";
        }
        "INSTANCEOF v0 2 t0; RETURN t0" {
            "2" => "3": "operand 3 of kind None is out of range";
        }
    }
}

/// Words of instructions that assembling never writes.
#[test]
fn instructions_are_those_of_the_assembler() {
    const NOWHERE: &str = "an operand that leads nowhere";
    const OTHER: &str = "an opcode that does not fit its operands";
    let good = "LOOP_HEAD 1 8; PRE_INC v0; JMP_LESS v0 l0 1; ADD v0 v1 t0; RETURN t0";
    let fused = spec_code(SpecCode::PRE_INC_LESS_SL);
    let (image, _) = listing::image(good);
    let parts = parts(&image).expect(good);
    let code = parts.iter().filter(|part| part.what == "instructions").nth(1).expect("code").offset;
    let half = |at: usize| u16::from_ne_bytes([image[at], image[at + 1]]);
    let word = |at: usize| u32::from_ne_bytes(*image[at..].first_chunk().expect("a word"));
    assert_eq!(half(code + 16), fused, "{good}");
    let opcodes = [
        (0, CODES as u16, "no such opcode"),
        (0, u16::MAX, "no such opcode"),
        (1, Opcode::PRE_INC as u16, OTHER),
        (1, spec_code(SpecCode::PRE_INC_V), OTHER),
        (1, spec_code(SpecCode::PRE_INC_LESS_SS), OTHER),
        (3, Opcode::ADD as u16, OTHER),
        (3, spec_code(SpecCode::ADD_SL_T), OTHER),
        (4, spec_code(SpecCode::RETURN_V), OTHER),
        (2, fused, OTHER),
    ];
    for (index, forged, why) in opcodes {
        let mut image = image.clone();
        image[code + index * 16..][..2].copy_from_slice(&forged.to_ne_bytes());
        let error = Image::verify(image).map(drop).expect_err(why);
        assert!(error.contains(why), "instruction {index} with code {forged}: {error}");
    }
    let operands = [
        (3, 1, FRAME_HEADER_SIZE + 8),
        (3, 1, FRAME_HEADER_SIZE - 16),
        (3, 1, 0),
        (2, 2, word(code + 2 * 16 + 8) + 8),
        (2, 2, -16_i32 as u32),
        (2, 3, -8_i32 as u32),
        (2, 3, -48_i32 as u32),
        (2, 3, 16 * 4),
        (2, 3, i32::MAX as u32 & !15),
    ];
    for (index, part, forged) in operands {
        let mut image = image.clone();
        image[code + index * 16 + part * 4..][..4].copy_from_slice(&forged.to_ne_bytes());
        let error = Image::verify(image).map(drop).expect_err(NOWHERE);
        assert!(error.contains(NOWHERE), "operand {part} of instruction {index} as {forged:#x}: {error}");
    }
}

#[test]
fn jumps_lead_to_instructions() {
    refused! {
        "JMP_Z v0 2; NOP; RETURN l0" {
            "v0 2" => "v0 1000000": "an operand that leads nowhere at instruction 0";
            "v0 2" => "v0 3": "jumps out of the function at instruction 0";
            "v0 2" => "v0 0": "jumps backwards to something that is no loop";
        }
        "LOOP_HEAD 1 8; NOP; JMP_Z v0 1; RETURN l0" {
            "v0 1" => "v0 2": "jumps backwards to something that is no loop";
            "v0 1" => "v0 0": "jumps backwards to something that is no loop";
        }
        "JMP_Z v0 3; ASSIGN_DIM v1 l0; DATA l0; RETURN l0" {
            "v0 3" => "v0 2": "jumps to a DATA";
        }
        "table 4; SWITCH_INT v0 l6 4; ASSIGN_DIM v1 l0; DATA l0; NOP; RETURN l0" {
            "table 4" => "table 5": "jumps out of the function at instruction 0";
            "table 4" => "table 1000000000": "jumps out of the function at instruction 0";
            "table 4" => "table 2": "jumps to a DATA";
            "table 4" => "table 0": "jumps backwards to something that is no loop";
            "l6" => "l0": "a jump table is expected";
            "l6" => "l7": "a jump table is expected";
        }
    }
}

#[test]
fn data_stands_behind_what_has_it() {
    refused! {
        "ASSIGN_DIM v0 l0; DATA l0; RETURN l0" {
            "ASSIGN_DIM v0 l0" => "NOP": "DATA stands behind those that have it";
            "DATA l0" => "NOP": "DATA stands behind those that have it";
            "RETURN l0" => "RETURN l0; ASSIGN_DIM v0 l0": "the last DATA is missing";
            "DATA l0" => "DATA": "DATA of the wrong kind";
        }
        "FE_RESET_R v0 3 t0; FE_FETCH_R t0 v1 3; DATA v2; FE_FREE t0; RETURN l0" {
            "DATA v2" => "DATA l0": "DATA of the wrong kind";
        }
        "ASSIGN_OBJ_REF v0 l4; DATA v1; RETURN l0" {
            "DATA v1" => "DATA l0": "DATA of the wrong kind";
            "DATA v1" => "DATA": "DATA of the wrong kind";
        }
        "ASSIGN_STATIC_REF l4 l1; DATA v1; RETURN l0" {
            "DATA v1" => "DATA l0": "DATA of the wrong kind";
        }
    }
}

#[test]
fn names_are_strings_with_what_follows_them() {
    refused! {
        "INIT_CALL l1 0 +FALLBACK; CALL; RETURN l0" {
            "l1" => "l0": "literal 0 should be a name";
            "l1" => "l4": "literal 6 should be a name";
        }
        "INIT_CALL l4 0; CALL; RETURN l0" {
            "l4" => "l5": "literal 6 should be a name";
        }
        "FETCH_CONST l4 _ t0 +FALLBACK; RETURN t0" {
            "l4" => "l5": "literal 6 should be a name";
        }
        "ECHO l0; JMP 3; CATCH l1 3 v0 +LAST; RETURN l0; try 0 2 0 0 v0" {
            "l1" => "l0": "literal 0 should be a name";
            "l1" => "l5": "literal 6 should be a name";
        }
        "DECLARE_CONST l2 l0; BIND_GLOBAL v0 l4; COMPILE_ERROR l2" {
            "DECLARE_CONST l2" => "DECLARE_CONST l0": "literal 0 should be a name";
            "l4" => "l0": "literal 0 should be a name";
            "COMPILE_ERROR l2" => "COMPILE_ERROR l0": "literal 0 should be a name";
        }
        "INIT_CALL_PARENT_HOOK l2 0 0; CALL; RETURN l0" {
            "l2" => "l0": "literal 0 should be a name";
        }
        "INIT_CALL_METHOD v0 l4 0; CALL; RETURN l0" {
            "l4" => "l5": "literal 6 should be a name";
            "l4" => "l0": "a name is expected";
        }
        "INIT_CALL_STATIC l1 l4 0; CALL; RETURN l0" {
            "l1" => "l0": "literal 0 should be a name";
            "l1" => "l5": "literal 6 should be a name";
            "l4" => "l5": "literal 6 should be a name";
            "l4" => "l0": "a name is expected";
        }
        "INIT_CALL l1 1; SEND_VAL l0 0 l2 +NAMED; CALL; RETURN l0" {
            "l2" => "l0": "literal 0 should be a name";
            "l2" => "_": "the name of an argument is a literal";
            "l2" => "v0": "the name of an argument is a literal";
        }
        "INIT_CALL l1 1; CHECK_FUNC_ARG _ 0 l2; CALL; RETURN l0" {
            "l2" => "l0": "literal 0 should be a name";
            "l2" => "v0": "the name of an argument is a literal";
        }
        "FETCH_STATIC_R l4 l1 t0; RETURN t0" {
            "l4" => "l0": "literal 0 should be a name";
        }
        "FETCH_CLASS l1 _ t0; INSTANCEOF v0 t0 t1; RETURN t1" {
            "l1" => "l0": "a class without a name";
        }
        "FETCH_OBJ_R v0 l4 t0; RETURN t0" {
            "l4" => "l0": "a name is expected";
        }
        "FETCH_CLASS_CONST l1 l4 t0; RETURN t0" {
            "l4" => "l0": "a name is expected";
        }
    }
}

#[test]
fn numbers_are_of_something() {
    refused! {
        "RECV 1 _ v0; RECV 2 _ v1; RETURN l0" {
            "RECV 1" => "RECV 0": "no such parameter";
            "2 _ v1" => "3 _ v2": "no such parameter";
            "v0" => "v2": "no such parameter";
            "v0" => "t0": "no such parameter";
            "RECV 2" => "RECV_VARIADIC 2": "no such parameter";
        }
        "RECV_INIT 2 2 v1; RECV_DEFAULT 2 l0 v1; RETURN l0" {
            "RECV_INIT 2" => "RECV_INIT 1": "no such parameter";
            "RECV_DEFAULT 2" => "RECV_DEFAULT 1": "no such parameter";
        }
        "variadic; RECV_VARIADIC 3 _ v2; RETURN l0" {
            "RECV_VARIADIC" => "RECV": "no such parameter";
            "3 _ v2" => "2 _ v1": "no such parameter";
        }
        "ROPE_PART v0 _ t0; ROPE_PART l0 _ t1; ROPE_END t0 2 t2; RETURN t2" {
            "t0 2" => "t0 0": "a rope without end";
            "t0 2" => "t0 9": "a rope without end";
            "t0 2" => "t0 -1": "a rope without end";
        }
        "BIND_STATIC v3 0; RETURN l0" {
            "v3 0" => "v3 1": "no such static variable";
        }
        "BIND_STATIC v3 0 2 +HAS_INIT; INIT_STATIC v3 0 l0; RETURN l0" {
            "INIT_STATIC v3 0" => "INIT_STATIC v3 1": "no such static variable";
        }
        "FETCH_DIM_W v0 l0 t0; ASSIGN_DIM t0 l0; DATA l0; BIND_STATIC v3 0; RETURN l0" {
            "ASSIGN_DIM t0 l0; DATA l0; BIND_STATIC v3" => "BIND_STATIC t0": "no such static variable";
            "ASSIGN_DIM t0 l0; DATA l0" => "BIND_GLOBAL t0 l4": "a variable is expected";
            "ASSIGN_DIM t0 l0; DATA l0" => "UNSET_CV t0": "a variable is expected";
            "ASSIGN_DIM t0 l0; DATA l0" => "ISSET_CV t0": "a variable is expected";
        }
        "CLOSURE 2 _ t0; BIND_LEXICAL t0 v0 0; RETURN t0" {
            "CLOSURE 2" => "CLOSURE 1": "no such closure";
            "CLOSURE 2" => "CLOSURE 4": "no such closure";
            "v0 0" => "v0 1": "binds what the closure does not have";
            "t0 v0" => "t0 t1": "a variable is expected";
        }
        "DECLARE_FUNCTION 1; DECLARE_CLASS 0; RETURN l0" {
            "DECLARE_FUNCTION 1" => "DECLARE_FUNCTION 3": "no such function";
            "DECLARE_FUNCTION 1" => "DECLARE_FUNCTION 4": "no such function";
            "DECLARE_CLASS 0" => "DECLARE_CLASS 1": "no such class";
        }
        "INIT_CALL l1 3; CALL; RETURN l0" {
            "l1 3" => "l1 4": "more arguments than instructions";
        }
        "INIT_CALL_DYNAMIC v0 3; CALL; RETURN l0" {
            "v0 3" => "v0 4": "more arguments than instructions";
        }
        "NEW l1 4 t0; CALL; ECHO t0; RETURN l0" {
            "l1 4" => "l1 5": "more arguments than instructions";
        }
        "INIT_CALL_METHOD v0 l4 3; CALL; RETURN l0" {
            "l4 3" => "l4 4": "more arguments than instructions";
        }
        "INIT_CALL_STATIC l1 l4 3; CALL; RETURN l0" {
            "l4 3" => "l4 -1": "more arguments than instructions";
        }
        "INIT_CALL_PARENT_HOOK l2 1 3; CALL; RETURN l0" {
            "l2 1" => "l2 2": "no such hook";
            "1 3" => "1 4": "no such hook";
        }
        "FETCH_CLASS 2 _ t0; INSTANCEOF v0 t0 t1; RETURN t1" {
            "2" => "3": "no such class";
        }
        "FETCH_CLASS_NAME 2 _ t0; RETURN t0" {
            "2" => "3": "no such class";
        }
        "FE_RESET_R v0 1 t0; FE_FREE t0 2 +LEAVING; RETURN l0" {
            "t0 2" => "t0 3": "leaves nothing";
        }
        "ADD v0 l0 t0; FREE t0 2 +LEAVING; RETURN l0" {
            "t0 2" => "t0 3": "leaves nothing";
        }
    }
}

#[test]
fn required_parameters_are_received_first() {
    refused! {
        "required 2; RECV 1 _ v0; RECV 2 _ v1; RETURN l0" {
            "RECV 2 _ v1" => "NOP": "required parameters that are not received first";
            "RECV 1 _ v0; RECV 2 _ v1" => "RECV 2 _ v1; RECV 1 _ v0":
                "required parameters that are not received first";
            "RECV 1 _ v0; RECV 2 _ v1; " => "": "required parameters that are not received first";
            "RECV 2 _ v1" => "RECV_INIT 2 3 v1; RECV_DEFAULT 2 l0 v1":
                "required parameters that are not received first";
        }
    }
    listing::image("required 2; typed; RETURN l0");
}

#[test]
fn variables_are_used_by_name_where_the_function_says_so() {
    for user in [
        "FETCH_R l2 _ t0; FREE t0",
        "FETCH_W l2 _ t0; FREE t0",
        "FETCH_RW l2 _ t0; FREE t0",
        "FETCH_IS l2 _ t0; FREE t0",
        "FETCH_UNSET l2 _ t0; FREE t0",
        "UNSET_VAR l2",
        "ISSET_VAR l2 _ t0; FREE t0",
        "INCLUDE l2 _ t0; FREE t0",
        "INIT_CALL l14 0; CALL",
        "INIT_CALL l1 1; FETCH_FUNC_ARG l2 _ t0; SEND_FUNC_ARG t0 1; CALL",
    ] {
        let good = format!("symbols; {user}; RETURN l0");
        listing::check(&good, "symbols; ", "", "uses variables by name unannounced");
    }
    listing::image("FETCH_R l2 _ t0 +GLOBAL; RETURN t0");
    refused! {
        "symbols; INIT_CALL l13 0 +FALLBACK; CALL; RETURN l0" {
            "symbols; " => "": "uses variables by name unannounced";
        }
        "INIT_CALL l13 0; CALL; RETURN l0" {
            "l13 0" => "l13 0 +FALLBACK": "uses variables by name unannounced";
        }
    }
}

#[test]
fn what_is_referred_to_is_a_place() {
    refused! {
        "INIT_CALL l1 1; SEND_VAR v0 1; CALL; RETURN l0" {
            "v0" => "l0": "a literal that may be sent by reference";
        }
        "INIT_ARRAY v0 _ t0 +BY_REF; ADD_ELEMENT v1 _ t0 +BY_REF; RETURN t0" {
            "v0" => "l0": "a reference to a literal";
            "v1" => "l0": "a reference to a literal";
        }
        "generator; CREATE_GENERATOR; YIELD v0 +BY_REF; RETURN_GENERATOR l0" {
            "v0" => "l0": "a reference to a literal";
        }
        "VERIFY_RETURN v0 _ _ +KEEP_A; RETURN_REF v0" {
            "VERIFY_RETURN v0" => "VERIFY_RETURN l0": "a reference to a literal";
            "VERIFY_RETURN v0" => "VERIFY_RETURN _": "a reference to a literal";
            "v0 _ _ +KEEP_A" => "v0 _ t0 +KEEP_A": "a result of what stays";
        }
        "ECHO l0; JMP 3; CATCH l1 3 v0 +LAST; RETURN l0; try 0 2 0 0 v0" {
            "v0 +LAST" => "l0 +LAST": "catches into no variable";
            " +LAST" => "": "goes from a handler to something that is none";
        }
    }
}

#[test]
fn generators_and_plain_functions_return_in_their_own_ways() {
    refused! {
        "generator; CREATE_GENERATOR; YIELD v0; YIELD_FROM v0; RETURN_GENERATOR l0" {
            "RETURN_GENERATOR" => "RETURN": "a plain return in a generator";
            "generator; " => "": "a generator's instruction in a plain function";
        }
        "RETURN_REF v0" {
            "RETURN_REF" => "generator; RETURN_REF": "a plain return in a generator";
            "RETURN_REF v0" => "RETURN_GENERATOR l0": "a generator's instruction in a plain function";
            "RETURN_REF v0" => "YIELD v0; RETURN l0": "a generator's instruction in a plain function";
            "RETURN_REF v0" => "YIELD_FROM v0; RETURN l0": "a generator's instruction in a plain function";
        }
    }
}

#[test]
fn results_have_a_place() {
    refused! {
        "ECHO v0; RETURN l0" {
            "ECHO v0" => "ECHO v0 +DEST_CV": "a result without a place";
        }
        "ADD v0 v1 v2 +DEST_CV; RETURN l0" {
            "v2" => "t0": "a result for no variable";
            "v2" => "_": "a result for no variable";
            " +DEST_CV" => "": "a variable is overwritten";
        }
        "FE_RESET_R v0 1 t0; FE_FREE t0; RETURN l0" {
            "1 t0; FE_FREE t0" => "1 _": "a result without a temporary";
            "1 t0; FE_FREE t0" => "1 v1 +DEST_CV": "a result without a temporary";
        }
        "INIT_ARRAY v0 _ t0; FREE t0; RETURN l0" {
            "t0; FREE t0" => "_": "a result without a temporary";
            "t0; FREE t0" => "v1 +DEST_CV": "a result without a temporary";
        }
        "DECLARE_CLASS 0 _ t0 +ANON; INSTANCEOF v0 t0 t1; RETURN t1" {
            " +ANON" => "": "a result that is not written";
        }
        "DECLARE_CLASS 0 _ _; RETURN l0" {
            "0 _ _" => "0 _ v1 +DEST_CV": "a variable is overwritten";
        }
        "ECHO l0; FAST_CALL 3 _ t0; JMP 5; ECHO l0; FAST_RET t0; RETURN l0; try 0 0 3 4 t0" {
            "_ t0; JMP" => "_ _; JMP": "remembers nothing";
        }
    }
}

#[test]
fn inline_caches_have_one_owner() {
    refused! {
        "FETCH_CONST l1 _ t0; FETCH_CONST l1 _ t1; ECHO t1; RETURN t0" {
            "l1 _ t1" => "l8 _ t1": "an inline cache of two owners";
            "l1 _ t1" => "l12 _ t1": "no such inline cache";
            "FETCH_CONST l1 _ t1" => "FETCH_CLASS_CONST l1 l4 t1": "an inline cache of two owners";
            "FETCH_CONST l1 _ t1; ECHO t1" => "INIT_CALL l1 0; CALL": "an inline cache of two owners";
            "FETCH_CONST l1 _ t1; ECHO t1" => "BIND_GLOBAL v0 l1": "an inline cache of two owners";
            "FETCH_CONST l1 _ t1; ECHO t1" => "INIT_CALL_METHOD v0 l1 0; CALL":
                "an inline cache of two owners";
            "FETCH_CONST l1 _ t1; ECHO t1" => "INIT_CALL_STATIC 0 l1 0; CALL":
                "an inline cache of two owners";
            "FETCH_CONST l1 _ t1" => "FETCH_CLASS_CONST 0 l1 t1": "an inline cache of two owners";
            "FETCH_CONST l1 _ t1" => "INSTANCEOF v0 l1 t1": "an inline cache of two owners";
            "FETCH_CONST l1 _ t1" => "FETCH_STATIC_R l1 0 t1": "an inline cache of two owners";
            "FETCH_CONST l1 _ t1; ECHO t1" => "FETCH_CLASS l1 _ t1; NEW t1 0; CALL":
                "an inline cache of two owners";
            "FETCH_CONST l1 _ t1; ECHO t1" => "LOOP_HEAD 0 0": "an inline cache of two owners";
        }
        // What is no name has no cache.
        "INSTANCEOF l0 l1 t0; RETURN t0" {
            "l1" => "l12": "no such inline cache";
        }
        // The name of a property has three slots, so the second one begins in them.
        "FETCH_OBJ_R v0 l4 t0; FETCH_OBJ_IS v0 l4 t1; ECHO t1; RETURN t0" {
            "l4 t1" => "l10 t1": "an inline cache of two owners";
            "FETCH_OBJ_IS v0 l4" => "FETCH_CLASS_CONST l1 l4": "an inline cache of two owners";
            "l4 t1" => "l1 t1": "an inline cache of two owners";
        }
        "LOOP_HEAD 1 7; LOOP_HEAD 2 8; RETURN l0" {
            "2 8" => "2 7": "an inline cache of two owners";
            "2 8" => "2 9": "no such inline cache";
            "2 8" => "2 -1": "no such inline cache";
        }
    }
    for property in [
        "FETCH_OBJ_R v0 l4 t0; FREE t0",
        "FETCH_OBJ_W v0 l4 t0; FREE t0",
        "FETCH_OBJ_RW v0 l4 t0; FREE t0",
        "FETCH_OBJ_IS v0 l4 t0; FREE t0",
        "FETCH_OBJ_UNSET v0 l4 t0; FREE t0",
        "FETCH_OBJ_FUNC_ARG v0 l4 t0; FREE t0",
        "ASSIGN_OBJ v0 l4; DATA l0",
        "ASSIGN_OBJ_OP v0 l4; DATA l0",
        "ASSIGN_OBJ_REF v0 l4; DATA v1",
        "PRE_INC_OBJ v0 l4",
        "PRE_DEC_OBJ v0 l4",
        "POST_INC_OBJ v0 l4 t0; FREE t0",
        "POST_DEC_OBJ v0 l4 t0; FREE t0",
        "UNSET_OBJ v0 l4",
        "ISSET_OBJ v0 l4 t0; FREE t0",
    ] {
        let good = format!("INIT_CALL l1 0; {property}; CALL; RETURN l0");
        listing::check(&good, "l4", "l12", "no such inline cache");
    }
}
