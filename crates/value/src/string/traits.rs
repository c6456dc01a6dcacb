//! Standard traits of [`PhpString`]. Equality, order and hash are those of the bytes, so maps can be asked with `&[u8]`.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use super::PhpString;

impl Deref for PhpString {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<[u8]> for PhpString {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Borrow<[u8]> for PhpString {
    fn borrow(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Default for PhpString {
    fn default() -> PhpString {
        PhpString::new()
    }
}

impl PartialEq for PhpString {
    #[inline(always)]
    fn eq(&self, other: &PhpString) -> bool {
        self.ptr_eq(other) || self.as_bytes() == other.as_bytes()
    }
}

impl Eq for PhpString {}

impl PartialEq<[u8]> for PhpString {
    fn eq(&self, other: &[u8]) -> bool {
        self.as_bytes() == other
    }
}

impl PartialEq<&[u8]> for PhpString {
    fn eq(&self, other: &&[u8]) -> bool {
        self.as_bytes() == *other
    }
}

impl PartialEq<str> for PhpString {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for PhpString {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<const N: usize> PartialEq<&[u8; N]> for PhpString {
    fn eq(&self, other: &&[u8; N]) -> bool {
        self.as_bytes() == *other
    }
}

impl PartialOrd for PhpString {
    fn partial_cmp(&self, other: &PhpString) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PhpString {
    fn cmp(&self, other: &PhpString) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for PhpString {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Display for PhpString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_str_lossy(), f)
    }
}

impl fmt::Debug for PhpString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.as_bytes().escape_ascii())
    }
}

impl From<&[u8]> for PhpString {
    fn from(bytes: &[u8]) -> PhpString {
        PhpString::from_bytes(bytes)
    }
}

impl<const N: usize> From<&[u8; N]> for PhpString {
    fn from(bytes: &[u8; N]) -> PhpString {
        PhpString::from_bytes(bytes)
    }
}

impl From<&str> for PhpString {
    fn from(text: &str) -> PhpString {
        PhpString::from_bytes(text.as_bytes())
    }
}

impl From<String> for PhpString {
    fn from(text: String) -> PhpString {
        PhpString::from_bytes(text.as_bytes())
    }
}

impl From<Vec<u8>> for PhpString {
    fn from(bytes: Vec<u8>) -> PhpString {
        PhpString::from_bytes(&bytes)
    }
}

impl Extend<u8> for PhpString {
    fn extend<I: IntoIterator<Item = u8>>(&mut self, bytes: I) {
        for byte in bytes {
            self.push(byte);
        }
    }
}
