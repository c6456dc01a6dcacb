//! Byte strings of drafts.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, Range};
use std::rc::Rc;

/// A byte string that does not change: a part of a text that all its parts keep alive. Copies cost no allocation, and neither do
/// the thousands of names of a script, which lie in one text.
///
/// ```
/// use phalanx_bytecode::draft::Bytes;
///
/// let text = std::rc::Rc::from(&b"strlenstrpos"[..]);
/// assert_eq!(*Bytes::part(&text, 6..12), *b"strpos");
/// assert_eq!(Bytes::part(&text, 0..6), Bytes::from(&b"strlen"[..]));
/// ```
#[derive(Clone, Default)]
pub struct Bytes {
    text: Rc<[u8]>,
    start: u32,
    len: u32,
}

impl Bytes {
    /// A part of a text.
    ///
    /// # Panics
    /// When the text has no such part.
    pub fn part(text: &Rc<[u8]>, range: Range<u32>) -> Bytes {
        assert!(range.start <= range.end && range.end as usize <= text.len(), "no part {range:?}");
        Bytes { text: text.clone(), start: range.start, len: range.end - range.start }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.text[self.start as usize..][..self.len as usize]
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Bytes {
        let text = Rc::from(bytes);
        Bytes::part(&text, 0..u32::try_from(bytes.len()).expect("strings of scripts are shorter than 4 GiB"))
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Bytes {
        bytes.as_slice().into()
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Bytes) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}

impl Hash for Bytes {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl Borrow<[u8]> for Bytes {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.escape_ascii())
    }
}
