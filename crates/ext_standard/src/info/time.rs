//! Clocks and sleeping.

use phalanx_host::clock;
use phalanx_macros::php_fn;
use phalanx_value::{PhpArray, Value};
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};
use std::time::Duration;

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] =
    &[&TIME, &MICROTIME, &GETTIMEOFDAY, &HRTIME, &SLEEP, &USLEEP, &TIME_NANOSLEEP, &TIME_SLEEP_UNTIL];

/// <https://www.php.net/time>
#[php_fn("time(): int")]
fn time() -> i64 {
    clock::now().seconds
}

/// <https://www.php.net/microtime>
#[php_fn("microtime(bool $as_float = false): string|float")]
fn microtime(as_float: bool) -> Value {
    let now = clock::now();
    let micros = now.nanoseconds / 1000;
    if as_float {
        return Value::float(now.seconds as f64 + f64::from(micros) / 1e6);
    }
    Value::str(format!("{:.8} {}", f64::from(micros) / 1e6, now.seconds))
}

/// <https://www.php.net/gettimeofday>
#[php_fn("gettimeofday(bool $as_float = false): array|float")]
fn gettimeofday(as_float: bool) -> Value {
    let now = clock::now();
    let micros = now.nanoseconds / 1000;
    if as_float {
        return Value::float(now.seconds as f64 + f64::from(micros) / 1e6);
    }
    let mut array = PhpArray::new();
    array.insert_bytes("sec", now.seconds);
    array.insert_bytes("usec", i64::from(micros));
    array.insert_bytes("minuteswest", 0);
    array.insert_bytes("dsttime", 0);
    Value::array(array)
}

/// <https://www.php.net/hrtime>
#[php_fn("hrtime(bool $as_number = false): array|int|float|false")]
fn hrtime(as_number: bool) -> Value {
    let time = clock::monotonic_ns() as i64;
    if as_number {
        return Value::int(time);
    }
    Value::array(PhpArray::from_list([Value::int(time / 1_000_000_000), Value::int(time % 1_000_000_000)]))
}

const NOT_NEGATIVE: &str = "must be greater than or equal to 0";

/// Sleeps; a signal ends it early, with the time that is left.
fn pause(cx: &mut Context, time: Duration) -> Result<(), Duration> {
    cx.before_wait();
    clock::sleep(time)
}

/// <https://www.php.net/sleep>
#[php_fn("sleep(int $seconds): int")]
fn sleep(cx: &mut Context, seconds: i64) -> PhpResult<i64> {
    match u64::try_from(seconds) {
        Ok(seconds) => {
            Ok(pause(cx, Duration::from_secs(seconds)).err().map_or(0, |left| left.as_secs() as i64))
        }
        Err(_) => Err(cx.arg_value_error(1, NOT_NEGATIVE)),
    }
}

/// <https://www.php.net/usleep>
#[php_fn("usleep(int $microseconds): void")]
fn usleep(cx: &mut Context, microseconds: i64) -> PhpResult<()> {
    match u64::try_from(microseconds) {
        Ok(time) => {
            // A signal ends the sleep early, as in PHP.
            let _ = pause(cx, Duration::from_micros(time));
            Ok(())
        }
        Err(_) => Err(cx.arg_value_error(1, NOT_NEGATIVE)),
    }
}

/// <https://www.php.net/time_nanosleep>
#[php_fn("time_nanosleep(int $seconds, int $nanoseconds): array|bool")]
fn time_nanosleep(cx: &mut Context, seconds: i64, nanoseconds: i64) -> PhpResult<Value> {
    let Ok(whole) = u64::try_from(seconds) else { return Err(cx.arg_value_error(1, NOT_NEGATIVE)) };
    let Ok(rest) = u64::try_from(nanoseconds) else { return Err(cx.arg_value_error(2, NOT_NEGATIVE)) };
    if rest > 999_999_999 {
        return Err(
            cx.throw_value_error("nanoseconds was not in the range 0 to 999 999 999 or seconds was negative")
        );
    }
    match pause(cx, Duration::new(whole, rest as u32)) {
        Ok(()) => Ok(Value::TRUE),
        Err(left) => {
            let mut array = PhpArray::new();
            array.insert_bytes("seconds", left.as_secs() as i64);
            array.insert_bytes("nanoseconds", i64::from(left.subsec_nanos()));
            Ok(Value::array(array))
        }
    }
}

/// <https://www.php.net/time_sleep_until>
#[php_fn("time_sleep_until(float $timestamp): bool")]
fn time_sleep_until(cx: &mut Context, timestamp: f64) -> PhpResult<bool> {
    let left = timestamp - clock::now().as_f64();
    match Duration::try_from_secs_f64(left) {
        Ok(left) if !left.is_zero() => Ok(pause(cx, left).is_ok()),
        _ => {
            cx.doc_warning("Argument #1 ($timestamp) must be greater than or equal to the current time")?;
            Ok(false)
        }
    }
}
