//! Instructions on their paths: temporaries, calls being prepared, handlers, `finally` blocks and live ranges.

use crate::listing::{self, refused};
use phalanx_bytecode::draft::{FunctionDraft, LiveKind, LiveRange};
use phalanx_bytecode::unit::Image;
use phalanx_bytecode::{Kind, Op, Opcode, assemble, verify};

#[test]
fn temporaries_hold_something_when_they_are_read() {
    refused! {
        "ADD v0 v1 t0; RETURN t0" {
            "RETURN t0" => "RETURN t1": "reads a temporary that holds nothing";
            "RETURN t0" => "RETURN l0": "returns while a temporary holds a value";
            "v0 v1" => "v0 t0": "reads a temporary that holds nothing";
            "RETURN t0" => "ADD v0 v1 t0; RETURN t0": "overwrites a temporary that holds a value";
            "RETURN t0" => "ECHO t0; RETURN t0": "reads a temporary that holds nothing";
            "RETURN t0" => "ADD t0 t0 t1; RETURN t1": "reads a temporary that holds nothing";
        }
        "JMP_Z v0 3; ADD v0 v1 t0; FREE t0; RETURN l0" {
            "FREE t0" => "NOP": "paths disagree on what temporaries hold";
            "v0 3" => "v0 2": "paths disagree on what temporaries hold";
        }
        "COALESCE v0 2 t0; ADD l0 l0 t0; RETURN t0" {
            "ADD l0 l0 t0" => "NOP": "paths disagree on what temporaries hold";
        }
        "LOOP_HEAD 1 8; ADD v0 l0 t0; FREE t0; JMP_NZ v0 1; RETURN l0" {
            "FREE t0" => "NOP": "paths disagree on what temporaries hold";
        }
        "RETURN l0" {
            "RETURN l0" => "ECHO l0": "execution runs past the end";
            "RETURN l0" => "FE_RESET_R v0 1 t0; FE_FREE t0": "execution runs past the end";
        }
    }
}

#[test]
fn temporaries_hold_what_is_expected() {
    refused! {
        "FETCH_DIM_W v0 l0 t0; ASSIGN t0 l0; RETURN l0" {
            "ASSIGN t0 l0" => "ECHO t0": "holds something else than is expected";
            "ASSIGN t0 l0" => "ECHO v1; ASSIGN t0 l0": "an address is held while what it points to may go";
            "ASSIGN t0 l0" => "JMP 2; ASSIGN t0 l0": "an address is held while what it points to may go";
        }
        "INIT_ARRAY v0 _ t0; ADD_ELEMENT v1 _ t0; RETURN t0" {
            "INIT_ARRAY v0 _ t0" => "ADD v0 v1 t0": "holds something else than is expected";
            "v1 _ t0" => "v1 _ v2 +DEST_CV": "adds to no array";
            "ADD_ELEMENT v1 _ t0; RETURN t0" => "ADD_ELEMENT v1; RETURN t0": "adds to no array";
            "INIT_ARRAY v0 _ t0" => "FETCH_DIM_W v0 l0 t0": "holds something else than is expected";
        }
        "INIT_ARRAY v0 _ t0; INIT_ARRAY v1 _ t1; ADD_UNPACK t1 _ t0; RETURN t0" {
            "ADD_UNPACK t1 _ t0; RETURN t0" => "ADD_UNPACK t1; RETURN t0": "adds to no array";
        }
        "CLOSURE 2 _ t0; BIND_LEXICAL t0 v0 0; RETURN t0" {
            "CLOSURE 2 _ t0" => "ADD v0 v1 t0": "holds something else than is expected";
        }
        // An array that only one of two paths builds is no array that is being built.
        "JMP_Z v0 3; INIT_ARRAY v0 _ t0; JMP 4; MOVE v0 _ t0; RETURN t0" {
            "RETURN t0" => "ADD_ELEMENT v1 _ t0; RETURN t0": "holds something else than is expected";
        }
        "FE_RESET_R v0 3 t0; FE_FETCH_R t0 v1 3; DATA; FE_FREE t0; RETURN l0" {
            "FE_FREE t0; RETURN l0" => "ECHO t0; RETURN l0": "holds something else than is expected";
            "FE_FREE t0; RETURN l0" => "RETURN t0": "holds something else than is expected";
            "FE_RESET_R v0 3 t0" => "ADD v0 v1 t0": "holds something else than is expected at instruction 1";
            "FE_FREE t0" => "END_SILENCE t0": "holds something else than is expected";
        }
        "FE_RESET_RW v0 3 t0; FE_FETCH_RW t0 v1 3; DATA; FE_FREE t0; RETURN l0" {
            "FE_RESET_RW v0 3 t0" => "ADD v0 v1 t0": "holds something else than is expected at instruction 1";
        }
        "FE_RESET_R v0 1 t0; FE_FREE t0; RETURN l0" {
            "FE_RESET_R v0 1 t0" => "ADD v0 v1 t0": "holds something else than is expected";
        }
        "BEGIN_SILENCE _ _ t0; ECHO v0; END_SILENCE t0; RETURN l0" {
            "END_SILENCE t0" => "END_SILENCE v0": "no saved error level";
            "END_SILENCE t0" => "END_SILENCE l0": "no saved error level";
            "END_SILENCE t0" => "FREE t0": "holds something else than is expected";
            "END_SILENCE t0" => "FE_FREE t0": "holds something else than is expected";
            "BEGIN_SILENCE _ _ t0" => "ADD v0 v1 t0": "holds something else than is expected";
        }
        "FETCH_CLASS 0 _ t0; INSTANCEOF v0 t0 t1; RETURN t1" {
            "INSTANCEOF v0 t0" => "ADD v0 t0": "holds something else than is expected";
        }
        "ROPE_PART v0 _ t0; ROPE_PART l0 _ t1; ROPE_END t0 2 t2; RETURN t2" {
            "ROPE_PART v0 _ t0" => "ADD v0 v1 t0": "holds something else than is expected";
            "ROPE_PART l0 _ t1" => "ADD v0 v1 t1": "a rope of something else than parts";
            "ROPE_PART l0 _ t1" => "NOP": "a rope of something else than parts";
            "ROPE_END t0 2 t2" => "ECHO t1; MOVE t0 _ t2": "holds something else than is expected";
        }
        "NEW l1 1 t0; SEND_VAL l0 1; CALL; RETURN t0" {
            "SEND_VAL l0 1" => "SEND_VAL t0 1": "holds something else than is expected";
            "SEND_VAL l0 1" => "COPY_TMP t0 _ t1; SEND_VAL t1 1": "holds something else than is expected";
        }
        "FE_RESET_R v0 1 t0; FE_FREE t0; ADD v0 v1 t1; RETURN t1" {
            "ADD v0 v1 t1; RETURN t1" => "ADD v0 v1 t0; RETURN t0": "a temporary of two kinds";
        }
        "FETCH_CLASS 0 _ t0; INSTANCEOF v0 t0 t1; RETURN t1" {
            "t0 t1; RETURN t1" => "t0 t0; RETURN t0": "a temporary of two kinds";
        }
        "BEGIN_SILENCE _ _ t0; END_SILENCE t0; FE_RESET_R v0 3 t1; FE_FREE t1; RETURN l0" {
            "3 t1; FE_FREE t1" => "3 t0; FE_FREE t0": "a temporary of two kinds";
        }
    }
}

#[test]
fn addresses_go_where_places_are_expected() {
    for fetch in [
        "FETCH_W l2 _ t0",
        "FETCH_RW l2 _ t0",
        "FETCH_UNSET l2 _ t0",
        "FETCH_FUNC_ARG l2 _ t0",
        "FETCH_DIM_W v0 l0 t0",
        "FETCH_DIM_RW v0 l0 t0",
        "FETCH_DIM_UNSET v0 l0 t0",
        "FETCH_DIM_FUNC_ARG v0 l0 t0",
        "FETCH_LIST_W v0 l0 t0",
        "FETCH_OBJ_W v0 l4 t0",
        "FETCH_OBJ_RW v0 l4 t0",
        "FETCH_OBJ_UNSET v0 l4 t0",
        "FETCH_OBJ_FUNC_ARG v0 l4 t0",
        "FETCH_STATIC_W l4 0 t0",
        "FETCH_STATIC_RW l4 0 t0",
        "FETCH_STATIC_UNSET l4 0 t0",
        "FETCH_STATIC_FUNC_ARG l4 0 t0",
    ] {
        let good = format!("symbols; INIT_CALL l1 1; {fetch}; FREE t0; CALL; RETURN l0");
        listing::check(&good, "FREE t0", "ECHO t0", "holds something else than is expected");
    }
    for user in [
        "SEND_CALL_RESULT t0 1",
        "SEND_REF t0 1",
        "ASSIGN_REF v1 t0",
        "SEPARATE t0; FREE t0",
        "INIT_ARRAY t0 _ t1 +BY_REF; FREE t1",
        "VERIFY_RETURN t0 _ _ +KEEP_A; FREE t0",
    ] {
        listing::image(&format!("INIT_CALL l1 1; FETCH_DIM_W v0 l0 t0; {user}; CALL; RETURN l0"));
    }
    listing::image("INIT_ARRAY _ _ t1; FETCH_DIM_W v0 l0 t0; ADD_ELEMENT t0 _ t1 +BY_REF; RETURN t1");
    listing::image(
        "generator; CREATE_GENERATOR; FETCH_DIM_W v0 l0 t0; YIELD t0 +BY_REF; RETURN_GENERATOR l0",
    );
    refused! {
        "FETCH_DIM_W v0 l0 t0; FREE t0; RETURN l0" {
            "FREE t0" => "INIT_ARRAY t0 _ t1; FREE t1": "holds something else than is expected";
            "FREE t0" => "INIT_ARRAY _ t0 t1 +BY_REF; FREE t1": "holds something else than is expected";
            "FREE t0" => "ASSIGN v1 t0": "holds something else than is expected";
            "FREE t0" => "ADD t0 l0 t1; FREE t1": "holds something else than is expected";
            "FREE t0" => "ADD l0 t0 t1; FREE t1": "holds something else than is expected";
        }
        // What a loop or `switch` that is left holds is a copy.
        "ADD v0 v1 t1; FETCH_DIM_W v0 l0 t0; FREE t1 4 +LEAVING; ASSIGN t0 l0; RETURN l0" {
            "FREE t1 4 +LEAVING" => "FREE t1": "an address is held while what it points to may go";
        }
    }
}

#[test]
fn calls_are_prepared_in_order_and_made() {
    refused! {
        "INIT_CALL l1 2; SEND_VAL v0 1; SEND_VAL v1 2; CALL; RETURN l0" {
            "v0 1" => "v0 2": "an argument out of order";
            "v0 1" => "v0 0": "an argument out of order";
            "v1 2" => "v1 1": "an argument out of order";
            "l1 2" => "l1 1": "an argument out of order";
            "CALL; RETURN" => "RETURN": "returns while a call is prepared";
            "INIT_CALL l1 2" => "NOP": "no call is being prepared";
            "CALL; RETURN" => "CALL; CALL; RETURN": "no call is being prepared";
            "SEND_VAL v0 1" => "CHECK_FUNC_ARG _ 0": "no such argument";
            "SEND_VAL v0 1" => "JMP_Z v0 3; SEND_VAL v0 1": "which calls are prepared";
        }
        // Named and unpacked arguments come last.
        "INIT_CALL l1 2; NOP; SEND_VAL v0 1; CALL; RETURN l0" {
            "NOP" => "SEND_UNPACK v0": "an argument out of order";
            "NOP" => "SEND_ARRAY v0": "an argument out of order";
            "NOP" => "SEND_VAL v0 0 l2 +NAMED": "an argument out of order";
        }
        "INIT_CALL l1 1; INIT_CALL l1 1; SEND_VAL v0 1; CALL _ _ t0; SEND_VAL t0 1; CALL; RETURN l0" {
            "CALL _ _ t0; SEND_VAL t0 1; " => "": "returns while a call is prepared";
            "t0 1" => "t0 2": "an argument out of order";
        }
        "JMP_Z v0 3; INIT_CALL l1 0; CALL; RETURN l0" {
            "v0 3" => "v0 2": "paths disagree on what temporaries hold or which calls";
        }
        "generator; CREATE_GENERATOR; YIELD v0; RETURN_GENERATOR l0" {
            "YIELD v0" => "INIT_CALL l1 0": "returns while a call is prepared";
        }
    }
    for send in ["SEND_VAL", "SEND_VAR", "SEND_REF", "SEND_CALL_RESULT", "SEND_FUNC_ARG"] {
        let good = format!("INIT_CALL l1 2; {send} v0 1; CALL; RETURN l0");
        listing::check(&good, "v0 1", "v0 2", "an argument out of order");
    }
    for user in [
        "SEND_VAL v0 1",
        "SEND_VAR v0 1",
        "SEND_REF v0 1",
        "SEND_CALL_RESULT v0 1",
        "SEND_FUNC_ARG v0 1",
        "CHECK_FUNC_ARG _ 1",
        "SEND_UNPACK v0",
        "SEND_ARRAY v0",
        "CHECK_ARGS",
        "CALLABLE _ _ t0; FREE t0; INIT_CALL l1 1",
        "FETCH_FUNC_ARG v0 _ t0; FREE t0",
        "FETCH_DIM_FUNC_ARG v0 l0 t0; FREE t0",
        "FETCH_OBJ_FUNC_ARG v0 l4 t0; FREE t0",
        "FETCH_STATIC_FUNC_ARG l4 0 t0; FREE t0",
    ] {
        let good = format!("symbols; INIT_CALL l1 1; {user}; CALL; RETURN l0");
        let alone = format!("symbols; NOP; {user}; NOP; RETURN l0");
        listing::check(&good, &good, &alone, "no call is being prepared at instruction 1");
    }
}

/// Unwinding takes it that `NEW` and `CALL` are pairs in the order of the instructions, as brackets are.
#[test]
fn objects_lie_where_unwinding_looks_for_them() {
    refused! {
        "JMP_Z v0 4; NEW l1 0 t0; CALL; FREE t0; NEW l1 0 t1; CALL; FREE t1; RETURN l0" {
            // The constructor of `t0` ends where that of `t1` should, and `t1` is released instead.
            "JMP_Z v0 4; NEW l1 0 t0; CALL; FREE t0; NEW l1 0 t1; CALL; FREE t1; RETURN l0" =>
                "JMP_Z v0 3; NEW l1 0 t0; JMP 5; NEW l1 0 t1; JMP 8; \
                 CALL; FREE t1; RETURN l0; CALL; FREE t0; RETURN l0":
                "no object is there whose constructor is being called at instruction 5";
            // The pairs are right, but the inner one runs without the outer one.
            "JMP_Z v0 4; NEW l1 0 t0; CALL; FREE t0; NEW l1 0 t1; CALL; FREE t1; RETURN l0" =>
                "JMP_Z v0 3; NEW l1 0 t0; JMP 7; NEW l1 0 t1; CALL; FREE t1; RETURN l0; \
                 CALL; FREE t0; RETURN l0":
                "no object is there whose constructor is being called at instruction 3";
        }
        "NEW l1 0 t0; CALL; FREE t0; RETURN l0" {
            "CALL" => "JMP 3; CALL; CALL": "another constructor's call ends here";
        }
        "NEW l1 1 t0; NEW l1 1 t1; CALL; SEND_VAL t1 1; CALL; RETURN t0" {
            "SEND_VAL t1 1; CALL; RETURN t0" => "RETURN t1": "returns while a call is prepared";
        }
    }
}

#[test]
fn generators_begin_once_and_before_they_yield() {
    refused! {
        "generator; RECV 1 _ v0; CREATE_GENERATOR; YIELD v0; YIELD_FROM v0; RETURN_GENERATOR l0" {
            "CREATE_GENERATOR" => "CREATE_GENERATOR; CREATE_GENERATOR": "a generator is made twice";
            "CREATE_GENERATOR; YIELD v0" => "NOP; YIELD v0": "yields before there is a generator";
            "CREATE_GENERATOR; YIELD v0; YIELD_FROM v0" => "NOP": "yields before there is a generator";
            "CREATE_GENERATOR; YIELD v0" => "NOP; NOP": "yields before there is a generator";
            "RECV 1 _ v0; CREATE_GENERATOR" => "CREATE_GENERATOR; RECV 1 _ v0": "takes a parameter too late";
            "CREATE_GENERATOR" => "INIT_CALL l1 0; CREATE_GENERATOR": "a generator is made twice";
            "CREATE_GENERATOR" => "JMP_Z v0 3; CREATE_GENERATOR": "paths disagree on what temporaries hold";
        }
        "RECV 1 _ v0; INIT_CALL l1 0; CALL; RETURN l0" {
            "RECV 1 _ v0; INIT_CALL l1 0" => "INIT_CALL l1 0; RECV 1 _ v0": "takes a parameter too late";
        }
    }
}

#[test]
fn handlers_find_what_they_expect() {
    refused! {
        // The loop that is open in the block is open in its handler.
        "FE_RESET_R v0 4 t0; ECHO l0; JMP 4; CATCH l1 4 v1 +LAST; FE_FREE t0; RETURN l0; try 1 3 0 0 v0" {
            "ECHO l0" => "FE_FREE t0": "a handler expects what is not there";
        }
        // What a jump out of a loop or `switch` releases raises as at the end of that.
        "try 3 5 0 0 v0; ADD v0 v1 t2; FREE t2 2 +LEAVING; FE_RESET_R v0 6 t0; ECHO l0; JMP 6; CATCH l1 6 v0 +LAST; \
         FE_FREE t0; RETURN l0" {
            "t2 2" => "t2 3": "an exception counts as raised in a block that is not there yet";
        }
        "try 2 0 5 6 t0; ADD v0 v1 t2; FREE t2 7 +LEAVING; ECHO l0; FAST_CALL 5 _ t0; JMP 7; ECHO l0; FAST_RET t0; \
         RETURN l0" {
            "t2 7" => "t2 5": "an exception counts as raised in a finally block";
        }
        "try 1 4 0 0 v0; NOP; ASSIGN_DIM v0 l0 t0; DATA l0; FREE t0; CATCH l1 5 v0 +LAST; RETURN l0" {
            "try 1" => "try 2": "malformed";
        }
        "try 0 0 3 6 t0; NOP; FAST_CALL 3 _ t0; JMP 7; ASSIGN_DIM v0 l0; DATA l0; NOP; FAST_RET t0; RETURN l0" {
            "0 3 6" => "0 4 6": "malformed";
        }
        "generator; try 1 3 0 0 v0; CREATE_GENERATOR; ECHO v0; JMP 4; CATCH l1 4 v1 +LAST; RETURN_GENERATOR l0" {
            "try 1" => "try 0": "a handler expects what is not there";
        }
        "ECHO l0; JMP 3; CATCH l1 3 v0 +LAST; RETURN l0; try 0 2 0 0 v0" {
            "try 0 2 0 0" => "try 4 2 0 0": "malformed";
            "try 0 2 0 0" => "try 0 4 0 0": "malformed";
            "try 0 2 0 0" => "try 0 0 0 0": "malformed";
            "try 0 2 0 0" => "try 2 2 0 0": "malformed";
            "try 0 2 0 0" => "try 0 1 0 0": "malformed";
            "try 0 2 0 0" => "try 0 2 0 4": "malformed";
            "try 0 2 0 0" => "try 0 2 3 3": "malformed";
            "try 0 2 0 0" => "try 0 2 3 2": "malformed";
        }
        "ECHO l0; FAST_CALL 3 _ t0; JMP 5; ECHO l0; FAST_RET t0; RETURN l0; try 0 0 3 4 t0" {
            "0 3 4 t0" => "0 3 6 t0": "malformed";
            "0 3 4 t0" => "0 3 5 t0": "malformed";
            "try 0" => "try 4": "malformed";
        }
        "try 0 2 0 0 v0; try 3 5 0 0 v0; ECHO l0; JMP 3; CATCH l1 3 v0 +LAST; ECHO l0; JMP 6; CATCH l1 6 v0 +LAST; RETURN l0" {
            "try 0 2 0 0 v0; try 3 5 0 0 v0" => "try 3 5 0 0 v0; try 0 2 0 0 v0": "try regions out of order";
        }
    }
}

#[test]
fn finally_blocks_are_entered_at_their_start() {
    refused! {
        "ECHO l0; FAST_CALL 3 _ t0; JMP 5; ECHO l0; FAST_RET t0; RETURN l0; try 0 0 3 4 t0" {
            "JMP 5" => "JMP 3": "jumps into a finally block";
            "JMP 5" => "JMP 4": "jumps into a finally block";
            "JMP 5" => "NOP": "runs into a finally block";
            "FAST_CALL 3" => "FAST_CALL 4": "calls no finally block";
            "FAST_CALL 3" => "FAST_CALL 5": "calls no finally block";
            "FAST_CALL 3 _ t0" => "FAST_CALL 3 _ t1": "calls no finally block";
            "FAST_RET t0" => "FAST_RET t1": "leaves a finally block that it is not in";
            "3 4 t0" => "3 4 v0": "a finally block without a temporary";
            "3 4 t0" => "3 4 t8": "a finally block without a temporary";
            "JMP 5" => "DISCARD_EXCEPTION t0": "leaves a finally block that it is not in";
            "JMP 5; ECHO l0" => "JMP 5; ECHO t0": "uses what a finally block remembers";
            "; RETURN l0" => "; ADD v0 v1 t0; RETURN t0": "uses what a finally block remembers";
            "JMP 5; ECHO l0" => "JMP 5; ADD v0 v1 t1": "a finally block leaves other temporaries than it found";
            "JMP 5; ECHO l0" => "JMP 5; INIT_CALL l1 0": "a finally block leaves other temporaries than it found";
        }
        "try 0 0 3 7 t0; try 3 0 6 6 t1; \
         FAST_CALL 3 _ t0; JMP 8; NOP; ECHO l0; FAST_CALL 6 _ t1; JMP 7; FAST_RET t1; FAST_RET t0; RETURN l0" {
            "3 7 t0" => "7 6 t0": "malformed";
            "6 6 t1" => "6 6 t0": "finally blocks that share a temporary";
            "3 7 t0; try 3 0 6 6" => "3 6 t0; try 3 0 6 7": "finally blocks that overlap";
            "try 3 0 6 6" => "try 2 0 6 6": "a handler in another block than what it guards";
        }
        // The value of a return waits for the block.
        "ADD v0 v1 t1; FAST_CALL 3 t1 t0; RETURN t1; ADD v0 v1 t2; FREE t2; FAST_RET t0; try 0 0 3 5 t0" {
            "t2; FREE t2" => "t1; FREE t1": "calls a block that overwrites the value that waits";
        }
        "try 0 3 6 7 t0; \
         ECHO l0; FAST_CALL 6 _ t0; JMP 8; CATCH l1 5 v0 +LAST; FAST_CALL 6 _ t0; JMP 8; ECHO l0; FAST_RET t0; RETURN l0" {
            "0 3 6 7" => "0 6 3 7": "malformed";
            "0 3 6 7" => "4 3 6 7": "malformed";
        }
        "try 2 0 4 6 t0; try 4 5 0 0 v0; \
         ECHO l0; JMP 2; FAST_CALL 4 _ t0; JMP 7; ECHO l0; CATCH l1 6 v0 +LAST; FAST_RET t0; RETURN l0" {
            "try 4 5" => "try 3 5": "a handler in another block than what it guards";
        }
    }
}

#[test]
fn live_ranges_fit_the_code() {
    let text = "NEW l1 0 t0; CALL; FE_RESET_R v0 4 t1; ECHO l0; FE_FREE t1; RETURN t0";
    let (image, live) = listing::image(text);
    assert!(live.len() > 2, "{live:?}");
    let refused = |live: &[LiveRange]| {
        let bytes = assemble(&listing::script(text, live)).bytes().to_vec();
        assert_ne!(bytes, image);
        let error = Image::verify(bytes).map(drop).expect_err(text);
        assert!(error.contains("live ranges that do not fit the code"), "{error}");
    };
    for number in 0..live.len() {
        let mut missing = live.clone();
        missing.remove(number);
        refused(&missing);
        let forged = |forge: fn(&mut LiveRange)| {
            let mut live = live.clone();
            forge(&mut live[number]);
            live
        };
        refused(&forged(|range| range.slot += 1));
        refused(&forged(|range| range.start -= 1));
        refused(&forged(|range| range.end += 1));
        refused(&forged(|range| range.kind = LiveKind::Rope));
    }
    let more = LiveRange { slot: 4, start: 0, end: 1, kind: LiveKind::Value };
    refused(&[&[more], &live[..]].concat());
}

/// Drafts are checked by some of the rules alone. In an image others notice the same sooner.
#[test]
fn drafts_are_checked_by_themselves() {
    for (text, why) in [
        ("ECHO l0", "execution runs past the end"),
        ("JMP_Z v0 2; ADD v0 v1 t0; RETURN l0", "paths disagree on which temporaries hold values"),
        ("ROPE_PART v0 _ t0; ROPE_END t0 3 t1; RETURN t1", "reads a temporary that holds nothing"),
        ("ROPE_PART v0 _ t7; ROPE_END t7 2 t1; RETURN t1", "no such temporary"),
    ] {
        let error = verify::function(&listing::function(text)).expect_err(text);
        assert!(error.text.contains(why), "{text}: {}", error.text);
    }
    let without_lines = FunctionDraft { lines: Vec::new(), ..listing::function("RETURN l0") };
    assert!(verify::function(&without_lines).is_err());
}

/// All states together have at most 2^23 entries, however much a small file asks for.
#[test]
fn paths_are_not_followed_without_limit() {
    const HELD: u32 = 8_000;
    const JUMPS: u32 = 1_050;
    let define = |number| Op::new(Opcode::MOVE).with_a(Kind::Lit, 0).with_c(Kind::Tmp, 4 + number);
    let jump = |number| Op::new(Opcode::JMP_Z).with_a(Kind::Cv, 0).with_b(Kind::None, HELD + number + 1);
    let mut draft = listing::script("RETURN l0", &[]);
    let function = &mut draft.functions[1];
    function.tmps = HELD;
    function.code.splice(0..0, (0..HELD).map(define).chain((0..JUMPS).map(jump)));
    let error = Image::verify(assemble(&draft).bytes().to_vec()).map(drop).expect_err("it is too complex");
    assert!(error.contains("too complex at instruction"), "{error}");
}
