//! Keys of arrays.

use crate::string::PhpString;
use crate::string::key::key_to_int;

/// A borrowed key. Made from a string by `From`, a string that is an integer becomes one, as PHP has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key<'a> {
    /// An integer key.
    Int(i64),
    /// A string key that is no integer (or deliberately not looked at as one).
    Str(&'a PhpString),
}

/// An owned key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ArrayKey {
    /// An integer key.
    Int(i64),
    /// A string key that is no integer (or deliberately not looked at as one).
    Str(PhpString),
}

impl<'a> Key<'a> {
    /// The key that a string stands for: an integer when it is written as PHP writes that integer.
    #[inline(always)]
    pub fn from_string(string: &'a PhpString) -> Key<'a> {
        match key_to_int(string.as_bytes()) {
            Some(int) => Key::Int(int),
            None => Key::Str(string),
        }
    }

    /// An owned copy.
    pub fn to_owned(self) -> ArrayKey {
        match self {
            Key::Int(int) => ArrayKey::Int(int),
            Key::Str(string) => ArrayKey::Str(string.clone()),
        }
    }

    /// The key as a string.
    pub fn to_string(self) -> PhpString {
        match self {
            Key::Int(int) => crate::convert::int_to_string(int),
            Key::Str(string) => string.clone(),
        }
    }

    /// The integer, when it is one.
    pub fn as_int(self) -> Option<i64> {
        match self {
            Key::Int(int) => Some(int),
            Key::Str(_) => None,
        }
    }

    /// The string, when it is one.
    pub fn as_str(self) -> Option<&'a PhpString> {
        match self {
            Key::Int(_) => None,
            Key::Str(string) => Some(string),
        }
    }
}

impl ArrayKey {
    /// The key that a string stands for.
    pub fn from_string(string: PhpString) -> ArrayKey {
        match key_to_int(string.as_bytes()) {
            Some(int) => ArrayKey::Int(int),
            None => ArrayKey::Str(string),
        }
    }

    /// The key that these bytes stand for.
    pub fn from_bytes(bytes: &[u8]) -> ArrayKey {
        match key_to_int(bytes) {
            Some(int) => ArrayKey::Int(int),
            None => ArrayKey::Str(PhpString::from_bytes(bytes)),
        }
    }

    /// A borrowed view.
    #[inline(always)]
    pub fn as_key(&self) -> Key<'_> {
        match self {
            ArrayKey::Int(int) => Key::Int(*int),
            ArrayKey::Str(string) => Key::Str(string),
        }
    }
}

impl From<i64> for Key<'_> {
    #[inline(always)]
    fn from(int: i64) -> Self {
        Key::Int(int)
    }
}

impl<'a> From<&'a PhpString> for Key<'a> {
    #[inline(always)]
    fn from(string: &'a PhpString) -> Self {
        Key::from_string(string)
    }
}

impl<'a> From<&'a ArrayKey> for Key<'a> {
    #[inline(always)]
    fn from(key: &'a ArrayKey) -> Self {
        key.as_key()
    }
}

impl<'a> From<&Key<'a>> for Key<'a> {
    #[inline(always)]
    fn from(key: &Key<'a>) -> Self {
        *key
    }
}

impl From<i64> for ArrayKey {
    fn from(int: i64) -> Self {
        ArrayKey::Int(int)
    }
}

impl From<PhpString> for ArrayKey {
    fn from(string: PhpString) -> Self {
        ArrayKey::from_string(string)
    }
}

impl From<Key<'_>> for ArrayKey {
    fn from(key: Key<'_>) -> Self {
        key.to_owned()
    }
}
