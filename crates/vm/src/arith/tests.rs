//! Operators on odd operands: results and words are those of PHP 8.4.

use super::{binary, bit_not, decrement, increment};
use crate::testing::{context, show};
use crate::{Context, PhpResult};
use phalanx_bytecode::flags::BinOp;
use phalanx_value::{PhpArray, Value};

fn run(f: impl FnOnce(&mut Context) -> PhpResult<Value>) -> String {
    let (mut cx, captured) = context(&[]);
    let result = f(&mut cx);
    let shown = show(&mut cx, result);
    format!("{}{shown}", captured.take().replace(" in Unknown on line 0\n", " | ").replace('\n', ""))
}

fn check(op: BinOp, a: impl Into<Value>, b: impl Into<Value>, expect: &str) {
    let (a, b) = (a.into(), b.into());
    assert_eq!(run(|cx| binary(cx, op, &a, &b)), expect, "{a:?} {op:?} {b:?}");
}

fn list() -> Value {
    Value::array(PhpArray::new())
}

fn list_of_null() -> Value {
    Value::array(PhpArray::from_list([Value::NULL]))
}

const NOT_NUMERIC: &str = "Warning: A non-numeric value encountered | ";

#[test]
fn arithmetic() {
    use BinOp::{Add, Div, Mod, Mul, Pow, Sub};
    check(Add, 1, 2, "3");
    check(Add, i64::MAX, 1, "9.223372036854776e18");
    check(Add, true, true, "2");
    check(Add, (), 1.5, "1.5");
    check(Add, "5", "1.5", "6.5");
    check(Add, "5a", 1, &format!("{NOT_NUMERIC}6"));
    check(Add, "a", 1, "TypeError: Unsupported operand types: string + int");
    check(Add, list(), 1, "TypeError: Unsupported operand types: array + int");
    check(Add, (), list(), "TypeError: Unsupported operand types: null + array");
    check(Add, true, list(), "TypeError: Unsupported operand types: bool + array");
    check(Add, list(), list_of_null(), "{Int(0): null}");
    check(Sub, list(), "a", "TypeError: Unsupported operand types: array - string");
    check(Mul, "abc", "d", "TypeError: Unsupported operand types: string * string");
    check(Div, 6, 3, "2");
    check(Div, 7, 2, "3.5");
    check(Div, i64::MIN, -1, "9.223372036854776e18");
    check(Div, 1, "0", "DivisionByZeroError: Division by zero");
    check(Mod, 7, -3, "1");
    check(Mod, i64::MIN, -1, "0");
    check(Mod, 1, 0, "DivisionByZeroError: Modulo by zero");
    check(Mod, 1.5, 1, "Deprecated: Implicit conversion from float 1.5 to int loses precision | 0");
    check(Mod, 1e100, 3, "Deprecated: Implicit conversion from float 1.0E+100 to int loses precision | 0");
    check(Pow, 2, 62, "4611686018427387904");
    check(Pow, 2, 63, "9.223372036854776e18");
    check(Pow, -2, 63, "-9223372036854775808");
    check(Pow, 2, -1, "0.5");
    check(Pow, "3", "2", "9");
    check(Pow, 0, -1, "Deprecated: Power of base 0 and negative exponent is deprecated | inf");
    check(Pow, (), list(), "TypeError: Unsupported operand types: null ** array");
}

#[test]
fn bits() {
    use BinOp::{BitAnd, BitOr, BitXor, Shl, Shr};
    check(Shl, 1, 64, "0");
    check(Shl, 1, -1, "ArithmeticError: Bit shift by negative number");
    check(Shr, -1, 64, "-1");
    check(BitOr, "abc", "d", "\"ebc\"");
    check(BitAnd, "abc", "d", "\"`\"");
    check(BitXor, "ab", "abc", "\"\\x00\\x00\"");
    check(BitAnd, "12", 9, "8");
    check(BitAnd, "abc", 9, "TypeError: Unsupported operand types: string & int");
    check(BitOr, f64::NAN, 1, "Deprecated: Implicit conversion from float NAN to int loses precision | 1");
    let string = "Implicit conversion from float-string";
    check(BitOr, "1.5", 2, &format!("Deprecated: {string} \"1.5\" to int loses precision | 3"));
    check(
        BitOr,
        "5.5x",
        2,
        &format!("{NOT_NUMERIC}Deprecated: {string} \"5.5x\" to int loses precision | 7"),
    );
    check(
        BitOr,
        "1e100",
        1,
        &format!("Deprecated: {string} \"1e100\" to int loses precision | {}", i64::MAX),
    );
    assert_eq!(run(|cx| bit_not(cx, &Value::int(1))), "-2");
    assert_eq!(run(|cx| bit_not(cx, &Value::str("a"))), "\"\\x9e\"");
    assert_eq!(run(|cx| bit_not(cx, &Value::TRUE)), "TypeError: Cannot perform bitwise not on true");
    assert_eq!(run(|cx| bit_not(cx, &list())), "TypeError: Cannot perform bitwise not on array");
}

#[test]
fn concatenation() {
    check(BinOp::Concat, "a", 1, "\"a1\"");
    check(BinOp::Concat, (), (), "\"\"");
    check(BinOp::Concat, 1.0, true, "\"11\"");
    check(BinOp::Concat, list(), "x", "Warning: Array to string conversion | \"Arrayx\"");
}

fn check_step(value: impl Into<Value>, up: &str, down: &str) {
    let value = value.into();
    assert_eq!(run(|cx| increment(cx, &value)), up, "{value:?}++");
    assert_eq!(run(|cx| decrement(cx, &value)), down, "{value:?}--");
}

#[test]
fn increment_and_decrement() {
    let effect = |what: &str| {
        format!("Warning: {what} has no effect, this will change in the next major version of PHP | ")
    };
    let non = "Deprecated: Decrement on non-numeric string has no effect and is deprecated | ";
    let odd = "Deprecated: Increment on non-alphanumeric string is deprecated | ";
    check_step((), "1", &format!("{}null", effect("Decrement on type null")));
    check_step(
        true,
        &format!("{}true", effect("Increment on type bool")),
        &format!("{}true", effect("Decrement on type bool")),
    );
    check_step(5, "6", "4");
    check_step(i64::MAX, "9.223372036854776e18", "9223372036854775806");
    check_step(
        "",
        &format!("{odd}\"1\""),
        "Deprecated: Decrement on empty string is deprecated as non-numeric | -1",
    );
    check_step("Zz", "\"AAa\"", &format!("{non}\"Zz\""));
    check_step("a-", &format!("{odd}\"a-\""), &format!("{non}\"a-\""));
    check_step("5 ", "6", "4");
    check_step("1e5", "100001.0", "99999.0");
    check_step(list(), "TypeError: Cannot increment array", "TypeError: Cannot decrement array");
}
