//! The shortest decimal that reads back as the same float (Raffaello Giulietti, "The Schubfach way to render doubles").
//!
//! A float stands for all numbers that round to it. Of the decimals among them with the fewest digits, the one closest to
//! the float is wanted. The idea: choose the power of ten `10^k` just below the width of that interval. Then the
//! interval contains one or two multiples of `10^k`, and at most one multiple of `10^(k+1)`. Which, is seen from three
//! products with a 128-bit approximation of `10^-k`, rounded so that comparing them is exact ("round to odd").

/// Significant digits as a number without zeros at its end, and the power of ten to multiply it with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shortest {
    pub(super) digits: u64,
    pub(super) exponent: i32,
}

/// Powers of ten in [`TABLE`].
const MIN_POWER: i32 = -292;
const MAX_POWER: i32 = 324;

/// The upper 128 bits of each power of ten, rounded up; the first of them is set.
static TABLE: [(u64, u64); (MAX_POWER - MIN_POWER + 1) as usize] = table();

/// The shortest decimal of a positive finite float.
pub(super) fn shortest(number: f64) -> Shortest {
    let bits = number.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let biased = (bits >> 52) as i32;
    let (significand, exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    if (-52..=0).contains(&exponent) && significand.trailing_zeros() as i32 >= -exponent {
        // An integer below 2^53.
        return without_zeros(significand >> -exponent, 0);
    }
    // Below a power of two floats are twice as dense.
    let closer = fraction == 0 && biased > 1;
    // Ends of the interval belong to it when the significand is even: reading rounds to even.
    let open = significand & 1;
    let (left, middle, right) =
        (4 * significand - 2 + u64::from(closer), 4 * significand, 4 * significand + 2);
    let power = floor_log10(exponent, closer);
    let shift = exponent + floor_log2_of_power(-power) + 1;
    let factor = TABLE[(-power - MIN_POWER) as usize];
    let lower = round_to_odd(factor, left << shift) + open;
    let value = round_to_odd(factor, middle << shift);
    let upper = round_to_odd(factor, right << shift) - open;
    // All of these are four times what they mean, so that a half and a sticky bit fit in.
    let below = value / 4;
    if below >= 10 {
        let tens = below / 10;
        let (low_in, high_in) = (lower <= 40 * tens, 40 * tens + 40 <= upper);
        if low_in != high_in {
            return without_zeros(tens + u64::from(high_in), power + 1);
        }
    }
    let (low_in, high_in) = (lower <= 4 * below, 4 * below + 4 <= upper);
    let up = if low_in != high_in {
        high_in
    } else {
        let half = 4 * below + 2;
        value > half || (value == half && below & 1 != 0)
    };
    without_zeros(below + u64::from(up), power)
}

/// The upper 64 bits of a 192-bit product, its lowest bit set when anything but next to nothing was cut off.
#[inline(always)]
fn round_to_odd((high, low): (u64, u64), factor: u64) -> u64 {
    let carry = (u128::from(low) * u128::from(factor)) >> 64;
    let product = u128::from(high) * u128::from(factor) + carry;
    (product >> 64) as u64 | u64::from(product as u64 > 1)
}

/// The largest k with 10^k not above 2^exponent, or not above 3/4 of it.
#[inline(always)]
fn floor_log10(exponent: i32, three_quarters: bool) -> i32 {
    (exponent * 1_262_611 - if three_quarters { 524_031 } else { 0 }) >> 22
}

/// The largest k with 2^k not above 10^power.
const fn floor_log2_of_power(power: i32) -> i32 {
    (power * 1_741_647) >> 19
}

#[inline(always)]
fn without_zeros(mut digits: u64, mut exponent: i32) -> Shortest {
    while digits.is_multiple_of(10) {
        digits /= 10;
        exponent += 1;
    }
    Shortest { digits, exponent }
}

/// Computes the table from 1 in both directions with 256 bits. The error is below 2^-240 of each entry, far from
/// changing its upper 128 bits, as the tests show.
const fn table() -> [(u64, u64); (MAX_POWER - MIN_POWER + 1) as usize] {
    const ONE: [u64; 4] = [1 << 63, 0, 0, 0];
    let mut table = [(0, 0); (MAX_POWER - MIN_POWER + 1) as usize];
    let mut power = 0;
    let mut number = ONE;
    while power <= MAX_POWER {
        // 5^55 has 128 bits, so these powers are exact; the others are rounded up.
        let upper = (number[0] as u128) << 64 | number[1] as u128;
        let upper = if power <= 55 { upper } else { upper + 1 };
        table[(power - MIN_POWER) as usize] = ((upper >> 64) as u64, upper as u64);
        number = times_ten(number);
        power += 1;
    }
    let mut power = -1;
    let mut number = ONE;
    while power >= MIN_POWER {
        number = divided_by_ten(number);
        let upper = ((number[0] as u128) << 64 | number[1] as u128) + 1;
        table[(power - MIN_POWER) as usize] = ((upper >> 64) as u64, upper as u64);
        power -= 1;
    }
    table
}

/// Ten times a number between 2^255 and 2^256, scaled back into that range.
const fn times_ten(number: [u64; 4]) -> [u64; 4] {
    let mut result = [0; 4];
    let mut carry = 0;
    let mut limb = 4;
    while limb > 0 {
        limb -= 1;
        let product = number[limb] as u128 * 10 + carry;
        result[limb] = product as u64;
        carry = product >> 64;
    }
    // The carry is 5 to 9: three or four bits.
    let shift = 64 - (carry as u64).leading_zeros();
    let mut above = carry as u64;
    let mut limb = 0;
    while limb < 4 {
        let current = result[limb];
        result[limb] = above << (64 - shift) | current >> shift;
        above = current;
        limb += 1;
    }
    result
}

/// A tenth of a number between 2^255 and 2^256, scaled back into that range.
const fn divided_by_ten(number: [u64; 4]) -> [u64; 4] {
    let mut quotient = [0; 5];
    let mut rest = 0;
    let mut limb = 0;
    while limb < 5 {
        let digit = if limb < 4 { number[limb] } else { 0 };
        let dividend = rest << 64 | digit as u128;
        quotient[limb] = (dividend / 10) as u64;
        rest = dividend % 10;
        limb += 1;
    }
    // The first three or four bits are 0 now.
    let shift = quotient[0].leading_zeros();
    let mut result = [0; 4];
    let mut limb = 0;
    while limb < 4 {
        result[limb] = quotient[limb] << shift | quotient[limb + 1] >> (64 - shift);
        limb += 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digits that the standard library finds, by a different algorithm.
    fn check(number: f64) {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').unwrap();
        let fraction = digits.len().saturating_sub(2) as i32;
        let expect = Shortest {
            digits: digits.replace('.', "").parse().unwrap(),
            exponent: exponent.parse::<i32>().unwrap() - fraction,
        };
        let found = shortest(number);
        if found != expect {
            // Of two that are equally close PHP takes the even one, Rust the upper one.
            assert_eq!((found.digits + 1, found.exponent), (expect.digits, expect.exponent), "{number:e}");
            assert_eq!(found.digits % 2, 0);
            assert_eq!(format!("{}e{}", found.digits, found.exponent).parse(), Ok(number));
        }
    }

    #[test]
    fn shortest_digits() {
        for number in
            [1.0, 0.1, 0.3, 5e-324, f64::MAX, f64::MIN_POSITIVE, 1e23, 9_007_199_254_740_993.0, 2e-44]
        {
            check(number);
        }
        for power in 0..2046_u64 {
            for fraction in [0, 1, 2, (1 << 52) - 1] {
                check(f64::from_bits((power + 1) << 52 | fraction));
            }
        }
        for power in -307..308 {
            check(format!("1e{power}").parse().unwrap());
            check(format!("123456789e{power}").parse::<f64>().unwrap().min(1e308));
        }
        let mut state = 1_u64;
        for _ in 0..100_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = f64::from_bits(state >> 1);
            if number.is_finite() && number > 0.0 {
                check(number);
            }
        }
    }

    /// Exact values of a few entries, known from the literature.
    #[test]
    fn powers_of_ten() {
        let entry = |power: i32| TABLE[(power - MIN_POWER) as usize];
        assert_eq!(entry(0), (1 << 63, 0));
        assert_eq!(entry(-1), (0xcccc_cccc_cccc_cccc, 0xcccc_cccc_cccc_cccd));
        assert_eq!(entry(1), (0xa000_0000_0000_0000, 0));
        assert_eq!(entry(-292), (0xff77_b1fc_bebc_dc4f, 0x25e8_e89c_13bb_0f7b));
    }
}
