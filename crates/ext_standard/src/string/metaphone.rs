//! Metaphone: a key of how an English word sounds. TH becomes `0`, SH becomes `X`.

/// The key of `word`, of about `max` letters if that is positive.
pub fn metaphone(word: &[u8], max: usize) -> Vec<u8> {
    let Some(start) = word.iter().position(u8::is_ascii_alphabetic) else { return Vec::new() };
    let mut coder = Coder { word, at: start, key: Vec::with_capacity(word.len()) };
    coder.beginning();
    while coder.at < word.len() && (max == 0 || coder.key.len() < max) {
        coder.at += 1 + coder.letter();
    }
    coder.key
}

struct Coder<'a> {
    word: &'a [u8],
    at: usize,
    key: Vec<u8>,
}

impl Coder<'_> {
    /// The letter `distance` behind the current one, in upper case; NUL beyond the end.
    fn ahead(&self, distance: usize) -> u8 {
        self.word.get(self.at + distance).map_or(0, u8::to_ascii_uppercase)
    }

    /// The letter `distance` before the current one.
    fn back(&self, distance: usize) -> u8 {
        self.at.checked_sub(distance).map_or(0, |at| self.word[at].to_ascii_uppercase())
    }

    /// Beginnings that are spoken in a way of their own.
    fn beginning(&mut self) {
        let (code, skip) = match (self.ahead(0), self.ahead(1)) {
            (b'A', b'E') => (b'E', 2),
            (b'G' | b'K' | b'P', b'N') => (b'N', 2),
            (b'X', _) => (b'S', 1),
            (b'W', b'R') => (b'R', 2),
            (b'W', next) if next == b'H' || is_vowel(next) => (b'W', 2),
            (b'W', _) => {
                return;
            }
            (vowel, _) if is_vowel(vowel) => (vowel, 1),
            _ => return,
        };
        self.key.push(code);
        self.at += skip;
    }

    /// Codes the current letter; the result is how many letters behind it are spoken with it.
    fn letter(&mut self) -> usize {
        let (this, next, last) = (self.ahead(0), self.ahead(1), self.back(1));
        if !this.is_ascii_alphabetic() || (this == last && this != b'C') {
            return 0;
        }
        let after = if next == 0 { 0 } else { self.ahead(2) };
        let (code, skip): (&[u8], usize) = match this {
            b'B' if last == b'M' && !next.is_ascii_alphabetic() => (b"", 0),
            b'C' if is_soft(next) => match (next, after, last) {
                (b'I', b'A', _) => (b"X", 0),
                (_, _, b'S') => (b"", 0),
                _ => (b"S", 0),
            },
            b'C' if next == b'H' => (b"X", 1),
            b'C' | b'Q' => (b"K", 0),
            b'D' if next == b'G' && is_soft(after) => (b"J", 1),
            b'D' => (b"T", 0),
            b'G' if next == b'H' => {
                let silent = matches!(self.back(3), b'B' | b'D' | b'H') || self.back(4) == b'H';
                if silent { (b"", 0) } else { (b"F", 1) }
            }
            b'G' if next == b'N' => {
                let silent = !after.is_ascii_alphabetic() || (after == b'E' && self.ahead(3) == b'D');
                if silent { (b"", 0) } else { (b"K", 0) }
            }
            b'G' if is_soft(next) && last != b'G' => (b"J", 0),
            b'G' => (b"K", 0),
            b'H' if is_vowel(next) && !matches!(last, b'C' | b'G' | b'P' | b'S' | b'T') => (b"H", 0),
            b'K' if last != b'C' => (b"K", 0),
            b'P' if next == b'H' => (b"F", 0),
            b'S' | b'T' if next == b'I' && matches!(after, b'O' | b'A') => (b"X", 0),
            b'S' if next == b'H' => (b"X", 1),
            b'T' if next == b'H' => (b"0", 1),
            b'T' if next == b'C' && after == b'H' => (b"", 0),
            b'V' => (b"F", 0),
            b'W' if is_vowel(next) => (b"W", 0),
            b'X' => (b"KS", 0),
            b'Y' if is_vowel(next) => (b"Y", 0),
            b'Z' => (b"S", 0),
            b'B' | b'F' | b'J' | b'L' | b'M' | b'N' | b'P' | b'R' | b'S' | b'T' => (&[this], 0),
            _ => (b"", 0),
        };
        self.key.extend_from_slice(code);
        skip
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'A' | b'E' | b'I' | b'O' | b'U')
}

/// Whether C and G are soft before the letter.
fn is_soft(letter: u8) -> bool {
    matches!(letter, b'E' | b'I' | b'Y')
}

#[cfg(test)]
mod tests {
    use super::metaphone;

    #[test]
    fn words() {
        let words = "Thompson=0MPSN Knight=NFT Physics=FSKS Xylophone=SLFN Wright=RFT school=SXL whale=WL edgy=EJ \
                     comb=KM action=AKXN special=SPXL McCarthy=MKKR0 accent=AKSNT watch=WX signed=SNT signer=SKNR \
                     judge=JJ bough=B exxon=EKSN who=W AE=E";
        for (word, key) in words.split_whitespace().filter_map(|pair| pair.split_once('=')) {
            assert_eq!(metaphone(word.as_bytes(), 0), key.as_bytes(), "{word}");
        }
        assert_eq!(metaphone(b"Thumb", 1), b"0");
        assert_eq!(metaphone(b"12", 0), b"");
    }
}
