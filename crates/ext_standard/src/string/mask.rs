//! Sets of bytes written as lists with ranges (`a..z`), as `trim()`, `addcslashes()` and `ucwords()` take them.

/// A set of bytes.
#[derive(Clone)]
pub struct Mask([bool; 256]);

impl Mask {
    /// The set that `list` describes, and the warnings about ranges in it that are none.
    pub fn with_ranges(list: &[u8]) -> (Mask, Vec<&'static str>) {
        let mut mask = Mask([false; 256]);
        let mut warnings = Vec::new();
        let mut at = 0;
        while at < list.len() {
            let byte = list[at];
            match list[at + 1..] {
                [b'.', b'.', last, ..] if last >= byte => {
                    mask.0[usize::from(byte)..=usize::from(last)].fill(true);
                    at += 3;
                }
                [b'.', ..] if byte == b'.' => warnings.push(match (at, list.get(at + 2)) {
                    (0, _) => "Invalid '..'-range, no character to the left of '..'",
                    (_, None) => "Invalid '..'-range, no character to the right of '..'",
                    (_, Some(&last)) if list[at - 1] > last => {
                        "Invalid '..'-range, '..'-range needs to be incrementing"
                    }
                    _ => "Invalid '..'-range",
                }),
                _ => mask.0[usize::from(byte)] = true,
            }
            at += 1;
        }
        (mask, warnings)
    }

    /// The set of the bytes of `list`.
    pub fn of(list: &[u8]) -> Mask {
        let mut mask = Mask([false; 256]);
        for &byte in list {
            mask.0[usize::from(byte)] = true;
        }
        mask
    }

    /// Whether the byte is in the set.
    #[inline(always)]
    pub fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}

#[cfg(test)]
mod tests {
    use super::Mask;

    fn check(list: &str, members: &str, warnings: &[&str]) {
        let (mask, given) = Mask::with_ranges(list.as_bytes());
        let found: String = (0..=127u8).filter(|b| mask.has(*b)).map(char::from).collect();
        assert_eq!((found.as_str(), given.as_slice()), (members, warnings), "{list}");
    }

    #[test]
    fn ranges() {
        check("a..c_", "_abc", &[]);
        check("xz", "xz", &[]);
        check("..a", ".a", &["Invalid '..'-range, no character to the left of '..'"]);
        check("a..", ".a", &["Invalid '..'-range, no character to the right of '..'"]);
        check("b..a", ".ab", &["Invalid '..'-range, '..'-range needs to be incrementing"]);
    }
}
