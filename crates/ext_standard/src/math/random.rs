//! Random numbers: `mt_rand()` with its exact sequences, `random_int()`, and what uses them.

use super::mt::{MersenneTwister, Variant, uniform};
use phalanx_macros::php_fn;
use phalanx_value::PhpString;
use phalanx_vm::native::NativeFn;
use phalanx_vm::{Context, PhpResult};

/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[
    &MT_SRAND,
    &SRAND,
    &RAND,
    &MT_RAND,
    &MT_GETRANDMAX,
    &GETRANDMAX,
    &RANDOM_BYTES,
    &RANDOM_INT,
    &LCG_VALUE,
];

/// Largest number of `mt_rand()` without bounds.
const MAX: i64 = 0x7fff_ffff;

/// The generator of a request; seeded when first used.
#[derive(Default)]
struct Generator(Option<Box<MersenneTwister>>);

/// Bytes of the system's random source, which is always there on the systems that are supported.
fn secure_fill(bytes: &mut [u8]) {
    phalanx_host::random::fill(bytes).expect("the system has random bytes");
}

fn secure_u32() -> u32 {
    let mut bytes = [0; 4];
    secure_fill(&mut bytes);
    u32::from_ne_bytes(bytes)
}

/// The request's generator.
pub fn generator(cx: &mut Context) -> &mut MersenneTwister {
    let state = cx.state::<Generator>();
    state.0.get_or_insert_with(|| Box::new(MersenneTwister::new(secure_u32(), Variant::Correct)))
}

/// A number from `min` to `max` of the request's generator, as `mt_rand()` gives it.
pub fn range(cx: &mut Context, min: i64, max: i64) -> i64 {
    let generator = generator(cx);
    match generator.variant {
        Variant::Correct => generator.range(min, max),
        Variant::Legacy => generator.range_scaled(min, max),
    }
}

fn seed(cx: &mut Context, seed: Option<i64>, mode: i64) {
    let variant = if mode == 1 { Variant::Legacy } else { Variant::Correct };
    let seed = seed.map_or_else(secure_u32, |seed| seed as u32);
    *cx.state::<Generator>() = Generator(Some(Box::new(MersenneTwister::new(seed, variant))));
}

/// <https://www.php.net/mt_srand>
#[php_fn("mt_srand(?int $seed = null, int $mode = MT_RAND_MT19937): void", default(mode = 0))]
fn mt_srand(cx: &mut Context, seed: Option<i64>, mode: i64) {
    self::seed(cx, seed, mode);
}

/// <https://www.php.net/srand>
#[php_fn("srand(?int $seed = null, int $mode = MT_RAND_MT19937): void", default(mode = 0))]
fn srand(cx: &mut Context, seed: Option<i64>, mode: i64) {
    self::seed(cx, seed, mode);
}

/// <https://www.php.net/rand>
#[php_fn("rand(int $min = UNKNOWN, int $max = UNKNOWN): int")]
fn rand(cx: &mut Context, min: Option<i64>, max: Option<i64>) -> PhpResult<i64> {
    match bounds(cx, "rand", min, max)? {
        None => Ok(i64::from(generator(cx).next_u32() >> 1)),
        // Bounds may stand the wrong way round here.
        Some((min, max)) => Ok(range(cx, min.min(max), min.max(max))),
    }
}

/// <https://www.php.net/mt_rand>
#[php_fn("mt_rand(int $min = UNKNOWN, int $max = UNKNOWN): int")]
fn mt_rand(cx: &mut Context, min: Option<i64>, max: Option<i64>) -> PhpResult<i64> {
    match bounds(cx, "mt_rand", min, max)? {
        None => Ok(i64::from(generator(cx).next_u32() >> 1)),
        Some((min, max)) if max < min => {
            Err(cx.arg_value_error(2, "must be greater than or equal to argument #1 ($min)"))
        }
        Some((min, max)) => Ok(range(cx, min, max)),
    }
}

/// Both bounds or none.
fn bounds(cx: &mut Context, name: &str, min: Option<i64>, max: Option<i64>) -> PhpResult<Option<(i64, i64)>> {
    match (min, max) {
        (None, None) => Ok(None),
        (Some(min), Some(max)) => Ok(Some((min, max))),
        _ => Err(cx.throw_argument_count_error(format!("{name}() expects exactly 2 arguments, 1 given"))),
    }
}

/// <https://www.php.net/mt_getrandmax>
#[php_fn("mt_getrandmax(): int", pure, leaf, nothrow)]
fn mt_getrandmax() -> i64 {
    MAX
}

/// <https://www.php.net/getrandmax>
#[php_fn("getrandmax(): int", pure, leaf, nothrow)]
fn getrandmax() -> i64 {
    MAX
}

/// <https://www.php.net/random_bytes>
#[php_fn("random_bytes(int $length): string")]
fn random_bytes(cx: &mut Context, length: i64) -> PhpResult<PhpString> {
    let Some(length) = usize::try_from(length).ok().filter(|length| *length > 0) else {
        return Err(cx.arg_value_error(1, "must be greater than 0"));
    };
    Ok(PhpString::build(length, secure_fill))
}

/// <https://www.php.net/random_int>
#[php_fn("random_int(int $min, int $max): int")]
fn random_int(cx: &mut Context, min: i64, max: i64) -> PhpResult<i64> {
    if min > max {
        return Err(cx.arg_value_error(1, "must be less than or equal to argument #2 ($max)"));
    }
    let span = max.wrapping_sub(min) as u64;
    Ok(min.wrapping_add(uniform(span, secure_u32) as i64))
}

/// <https://www.php.net/lcg_value>
#[php_fn("lcg_value(): float", deprecated = "since 8.4, use \\Random\\Randomizer::getFloat() instead")]
fn lcg_value() -> f64 {
    f64::from(secure_u32()) / (f64::from(u32::MAX) + 1.0)
}
