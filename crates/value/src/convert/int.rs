//! Integers as decimal text.

use crate::string::PhpString;

/// Room for the text of any integer.
pub struct IntBuffer([u8; 20]);

const PAIRS: [u8; 200] = {
    let mut pairs = [0; 200];
    let mut number = 0;
    while number < 100 {
        pairs[number * 2] = b'0' + (number / 10) as u8;
        pairs[number * 2 + 1] = b'0' + (number % 10) as u8;
        number += 1;
    }
    pairs
};

impl IntBuffer {
    /// An empty buffer.
    #[inline(always)]
    pub const fn new() -> IntBuffer {
        IntBuffer([0; 20])
    }

    /// The text of the integer.
    #[inline]
    pub fn format(&mut self, number: i64) -> &[u8] {
        let mut rest = number.unsigned_abs();
        let mut at = self.0.len();
        while rest >= 100 {
            let pair = (rest % 100) as usize * 2;
            rest /= 100;
            at -= 2;
            self.0[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
        }
        if rest >= 10 {
            let pair = rest as usize * 2;
            at -= 2;
            self.0[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
        } else {
            at -= 1;
            self.0[at] = b'0' + rest as u8;
        }
        if number < 0 {
            at -= 1;
            self.0[at] = b'-';
        }
        &self.0[at..]
    }
}

impl Default for IntBuffer {
    fn default() -> IntBuffer {
        IntBuffer::new()
    }
}

/// The integer as a string. Single digits take no memory.
#[inline]
pub fn int_to_string(number: i64) -> PhpString {
    if (0..10).contains(&number) {
        return PhpString::byte(b'0' + number as u8);
    }
    PhpString::copy_of(IntBuffer::new().format(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_written_as_rust_writes_them() {
        for number in [0, 7, 10, 99, 100, 101, -1, -10, -100, 12_345, i64::MAX, i64::MIN, 1 << 40] {
            assert_eq!(int_to_string(number), number.to_string().as_str());
        }
    }
}
