//! What native functions receive, and what callers are told.

use crate::args::{Number, OrFalse, Rest, StrOrArray};
use crate::testing::{call, context};
use crate::{Context, PhpResult};
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, PhpRef, PhpString, Value};

#[php_fn("repeat(string $string, int $times = 2): string", pure)]
fn repeat(_: &mut Context, string: &PhpString, times: i64) -> PhpResult<Vec<u8>> {
    Ok(string.repeat(times as usize))
}

#[php_fn("half(int|float $num): float")]
fn half(num: Number) -> f64 {
    num.to_f64() / 2.0
}

#[php_fn("flag(bool $on = true, ?string $name = null): string")]
fn flag(on: bool, name: Option<&PhpString>) -> String {
    format!("{on} {name:?}")
}

#[php_fn("count_all(array $first, array ...$more): int", alias = "sum_of_counts")]
fn count_all(first: &PhpArray, more: &[Value]) -> i64 {
    let more: usize = more.iter().filter_map(Value::as_array).map(PhpArray::len).sum();
    (first.len() + more) as i64
}

#[php_fn("pick(array|string $x, mixed ...$rest): string|false")]
fn pick(x: StrOrArray<'_>, rest: Rest<'_>) -> OrFalse<PhpString> {
    match x {
        StrOrArray::Str(string) => OrFalse(Some(string.clone())),
        StrOrArray::Array(_) => OrFalse(rest.args.first().and_then(Value::as_string).cloned()),
    }
}

#[php_fn("grow(array &$list, int|string|null $value = LIMIT): void", default(value = 7))]
fn grow(list: PhpRef, value: Value) {
    let mut array = list.take();
    if let Some(array) = array.as_array_mut() {
        array.push_value(value);
    }
    list.set(array);
}

#[php_fn("old(): void", deprecated = "since 1.0, do not call it")]
fn old() {}

static FUNCTIONS: &[&crate::native::NativeFn] =
    &[&REPEAT, &HALF, &FLAG, &COUNT_ALL, &SUM_OF_COUNTS, &PICK, &GROW, &OLD];

static TABLES: [&[&crate::native::NativeFn]; 1] = [FUNCTIONS];

fn check(name: &str, args: &[Value], expect: &str) {
    let (mut cx, captured) = context(&TABLES);
    assert_eq!(call(&mut cx, &captured, name, args), expect, "{name}({args:?})");
}

#[test]
fn scalars_convert_as_php_converts_them() {
    check("repeat", &["ab".into(), 3.into()], r#""ababab""#);
    check("repeat", &["ab".into()], r#""abab""#);
    check("REPEAT", &[Value::int(5), Value::str("2")], r#""55""#);
    check("repeat", &[Value::float(1.5), Value::TRUE], r#""1.5""#);
    check(
        "repeat",
        &["ab".into(), Value::float(1.5)],
        r#"Deprecated: Implicit conversion from float 1.5 to int loses precision | "ab""#,
    );
    check(
        "repeat",
        &["ab".into(), Value::str("1.5")],
        r#"Deprecated: Implicit conversion from float-string "1.5" to int loses precision | "ab""#,
    );
    check(
        "repeat",
        &[Value::NULL],
        r#"Deprecated: repeat(): Passing null to parameter #1 ($string) of type string is deprecated | """#,
    );
    check("half", &[Value::str("5")], "2.5");
    check("half", &[Value::TRUE], "0.5");
    check("flag", &[Value::str("0")], r#""false None""#);
    check("flag", &[Value::FALSE, Value::NULL], r#""false None""#);
    check("flag", &[], r#""true None""#);
}

#[test]
fn what_does_not_convert_is_a_type_error() {
    let list = || Value::array(PhpArray::new());
    check(
        "repeat",
        &["ab".into(), "12abc".into()],
        "TypeError: repeat(): Argument #2 ($times) must be of type int, string given",
    );
    check(
        "repeat",
        &[list()],
        "TypeError: repeat(): Argument #1 ($string) must be of type string, array given",
    );
    check(
        "half",
        &["x".into()],
        "TypeError: half(): Argument #1 ($num) must be of type int|float, string given",
    );
    check(
        "count_all",
        &[list(), 5.into()],
        "TypeError: count_all(): Argument #2 must be of type array, int given",
    );
    check(
        "repeat",
        &["ab".into(), Value::float(1e30)],
        "TypeError: repeat(): Argument #2 ($times) must be of type int, float given",
    );
}

#[test]
fn the_number_of_arguments_is_checked() {
    check("repeat", &[], "ArgumentCountError: repeat() expects at least 1 argument, 0 given");
    check("half", &[], "ArgumentCountError: half() expects exactly 1 argument, 0 given");
    check(
        "flag",
        &[Value::NULL, Value::NULL, Value::NULL],
        "ArgumentCountError: flag() expects at most 2 arguments, 3 given",
    );
}

#[test]
fn unions_variadics_and_references() {
    let list = PhpArray::from_list([Value::int(1), Value::int(2)]);
    check("pick", &["s".into()], r#""s""#);
    check("pick", &[Value::array(list.clone())], "false");
    check("pick", &[Value::array(list.clone()), "r".into()], r#""r""#);
    check("sum_of_counts", &[list.clone().into(), list.clone().into()], "4");
    let (mut cx, captured) = context(&TABLES);
    let reference = PhpRef::new(Value::array(list));
    let args = [Value::reference(reference.clone())];
    assert_eq!(call(&mut cx, &captured, "grow", &args), "null");
    assert_eq!(reference.get().as_array().map(PhpArray::len), Some(3));
    let wrong = PhpRef::new(Value::int(1));
    assert_eq!(
        call(&mut cx, &captured, "grow", &[Value::reference(wrong)]),
        "TypeError: grow(): Argument #1 ($list) must be of type array, int given"
    );
}

#[test]
fn deprecated_functions_say_so() {
    check("old", &[], "Deprecated: Function old() is deprecated since 1.0, do not call it | null");
}
