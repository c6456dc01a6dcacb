//! The hash of strings: one fixed function, the same in all threads, in the compiler and in images on disk.
//!
//! A multiply-and-fold hash over 8-byte words (the wyhash family), with the length mixed in first. Strings of up to 16
//! bytes, which is most keys, take two loads and two multiplications. The top bit is always set, so that 0 can mean
//! "not computed".

const K0: u64 = 0x9e37_79b9_7f4a_7c15;
const K1: u64 = 0xe703_7ed1_a0b4_28db;
const K2: u64 = 0x8ebc_6af0_9c88_c6e3;
const TOP: u64 = 1 << 63;

#[inline(always)]
const fn fold(a: u64, b: u64) -> u64 {
    let product = (a as u128).wrapping_mul(b as u128);
    (product as u64) ^ (product >> 64) as u64
}

/// Two words that cover a short string of 1 to 16 bytes; the words may overlap.
#[inline(always)]
const fn short_words(bytes: &[u8]) -> (u64, u64) {
    let len = bytes.len();
    if len >= 8 {
        (word(bytes, 0), word(bytes, len - 8))
    } else if len >= 4 {
        (half(bytes, 0), half(bytes, len - 4))
    } else if len > 0 {
        ((bytes[0] as u64) << 16 | (bytes[len >> 1] as u64) << 8 | bytes[len - 1] as u64, 0)
    } else {
        (0, 0)
    }
}

#[inline(always)]
const fn word(bytes: &[u8], at: usize) -> u64 {
    match bytes.split_at(at).1.first_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => 0,
    }
}

#[inline(always)]
const fn half(bytes: &[u8], at: usize) -> u64 {
    match bytes.split_at(at).1.first_chunk::<4>() {
        Some(chunk) => u32::from_le_bytes(*chunk) as u64,
        None => 0,
    }
}

/// The hash of the bytes; never 0, since its top bit is set.
#[inline]
pub const fn hash_bytes(bytes: &[u8]) -> u64 {
    let len = bytes.len();
    // The length is spread, lest it cancel out against bits of the last word.
    let mut seed = K0 ^ (len as u64).wrapping_mul(K2);
    if len <= 16 {
        let (a, b) = short_words(bytes);
        return fold(fold(a ^ K1, b ^ seed), K2) | TOP;
    }
    let mut at = 0;
    while at + 16 < len {
        seed = fold(word(bytes, at) ^ K1, word(bytes, at + 8) ^ seed);
        at += 16;
    }
    // The last 16 bytes, whether or not the loop has seen some of them.
    let (a, b) = (word(bytes, len - 16), word(bytes, len - 8));
    fold(fold(a ^ K1, b ^ seed), K2) | TOP
}

/// The same as [`hash_bytes`], named for constants.
pub const fn hash_bytes_const(bytes: &[u8]) -> u64 {
    hash_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn hashes_differ_where_bytes_differ() {
        const AT_COMPILE_TIME: u64 = hash_bytes_const(b"compile time and run time agree");
        assert_eq!(AT_COMPILE_TIME, hash_bytes(b"compile time and run time agree"));
        let mut seen = HashSet::new();
        let mut low = HashSet::new();
        for number in 0..20_000 {
            for text in
                [format!("{number}"), format!("key_{number}"), format!("a longer key, number {number}, end")]
            {
                let hash = hash_bytes(text.as_bytes());
                assert_ne!(hash & TOP, 0);
                assert!(seen.insert(hash));
                low.insert((hash >> 32) as u32 & 0xffff);
            }
        }
        assert!(low.len() > 39_000, "the bits that tables use must spread: {}", low.len());
        for len in 0..64 {
            let zeros = vec![0; len];
            assert!(seen.insert(hash_bytes(&zeros)), "length {len}");
        }
    }
}
