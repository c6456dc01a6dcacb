//! The Mersenne Twister MT19937, with the exact sequences of `mt_rand()` for a seed.

const N: usize = 624;
const M: usize = 397;

/// Which sequence the generator gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// MT19937 as published.
    Correct,
    /// With the mistake of PHP before 7.1 (`MT_RAND_PHP`).
    Legacy,
}

/// The generator.
#[derive(Clone)]
pub struct MersenneTwister {
    state: [u32; N],
    at: usize,
    /// Which sequence.
    pub variant: Variant,
}

impl MersenneTwister {
    /// The generator for a seed.
    pub fn new(seed: u32, variant: Variant) -> MersenneTwister {
        let mut state = [0; N];
        state[0] = seed;
        for at in 1..N {
            let last = state[at - 1];
            state[at] = 1_812_433_253u32.wrapping_mul(last ^ (last >> 30)).wrapping_add(at as u32);
        }
        let mut twister = MersenneTwister { state, at: N, variant };
        twister.reload();
        twister
    }

    fn reload(&mut self) {
        for at in 0..N {
            let (this, next) = (self.state[at], self.state[(at + 1) % N]);
            let mixed = (this & 0x8000_0000) | (next & 0x7fff_ffff);
            // The legacy variant looks at the wrong word here.
            let low = if self.variant == Variant::Correct { next } else { this };
            self.state[at] =
                self.state[(at + M) % N] ^ (mixed >> 1) ^ ((low & 1).wrapping_neg() & 0x9908_b0df);
        }
        self.at = 0;
    }

    /// The next 32 bits.
    pub fn next_u32(&mut self) -> u32 {
        if self.at == N {
            self.reload();
        }
        let mut bits = self.state[self.at];
        self.at += 1;
        bits ^= bits >> 11;
        bits ^= (bits << 7) & 0x9d2c_5680;
        bits ^= (bits << 15) & 0xefc6_0000;
        bits ^ (bits >> 18)
    }

    /// A number from `min` to `max`, all equally likely.
    pub fn range(&mut self, min: i64, max: i64) -> i64 {
        let span = max.wrapping_sub(min) as u64;
        min.wrapping_add(uniform(span, || self.next_u32()) as i64)
    }

    /// A number from `min` to `max` scaled from 31 bits, as `rand()` and the legacy variant do it.
    pub fn range_scaled(&mut self, min: i64, max: i64) -> i64 {
        let bits = f64::from(self.next_u32() >> 1);
        let span = (max as f64) - (min as f64) + 1.0;
        // The conversion wraps where the span has more bits than an integer.
        (min as i128 + (span * (bits / (2_147_483_647.0 + 1.0))) as i128) as i64
    }
}

/// A number from 0 to `span`, of 32-bit words of randomness; numbers that would make some more likely are thrown away.
pub fn uniform(span: u64, mut next: impl FnMut() -> u32) -> u64 {
    if let Ok(span) = u32::try_from(span) {
        let mut bits = next();
        if span == u32::MAX {
            return u64::from(bits);
        }
        let count = span + 1;
        if !count.is_power_of_two() {
            let ceiling = u32::MAX - (u32::MAX % count) - 1;
            while bits > ceiling {
                bits = next();
            }
        }
        return u64::from(bits % count);
    }
    let mut wide = || u64::from(next()) | u64::from(next()) << 32;
    let mut bits = wide();
    if span == u64::MAX {
        return bits;
    }
    let count = span + 1;
    if !count.is_power_of_two() {
        let ceiling = u64::MAX - (u64::MAX % count) - 1;
        while bits > ceiling {
            bits = wide();
        }
    }
    bits % count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_sequence() {
        let mut twister = MersenneTwister::new(5489, Variant::Correct);
        assert_eq!([twister.next_u32(), twister.next_u32()], [3_499_211_612, 581_869_302]);
        let last = (2..10_000).map(|_| twister.next_u32()).last();
        assert_eq!(last, Some(4_123_659_995));
    }

    #[test]
    fn ranges() {
        let mut twister = MersenneTwister::new(1, Variant::Correct);
        let numbers: Vec<i64> = (0..5).map(|_| twister.range(1, 100)).collect();
        assert!(numbers.iter().all(|n| (1..=100).contains(n)), "{numbers:?}");
        assert_eq!(numbers, [46, 40, 25, 69, 64]);
        assert_eq!(twister.range(7, 7), 7);
        let mut twister = MersenneTwister::new(1, Variant::Correct);
        assert_eq!((twister.next_u32() >> 1, twister.range(1, 100)), (895_547_922, 40));
        assert_eq!(twister.range(0, 1 << 40), 312_315_769_720);
        let mut legacy = MersenneTwister::new(3, Variant::Legacy);
        assert_eq!((legacy.next_u32() >> 1, legacy.range_scaled(1, 100)), (969_637_571, 93));
        assert_eq!(legacy.range_scaled(0, 1 << 40), 778_616_764_416);
    }
}
