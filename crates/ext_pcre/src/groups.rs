//! The groups of a match as PHP values.

use crate::cache::Regex;
use crate::flag;
use crate::search::Search;
use phalanx_value::{ArrayKey, PhpArray, PhpString, Value};

/// How groups are shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// With their places.
    pub offsets: bool,
    /// Those that took no part are null.
    pub null: bool,
}

impl Style {
    /// What flags say.
    pub fn from_flags(flags: i64) -> Style {
        Style { offsets: flags & flag::OFFSET_CAPTURE != 0, null: flags & flag::UNMATCHED_AS_NULL != 0 }
    }

    /// A part of the subject, or what stands for a group that took no part.
    pub fn show(self, subject: &[u8], place: Option<(usize, usize)>) -> Value {
        let (text, offset) = match place {
            Some((start, end)) if start <= end => (Value::str(&subject[start..end]), start as i64),
            _ if self.null => (Value::NULL, -1),
            _ => (Value::string(PhpString::new()), -1),
        };
        if self.offsets { Value::array(PhpArray::from_list([text, Value::int(offset)])) } else { text }
    }
}

/// The groups of a match in an array, by name and number. Those at the end that took no part are left out unless null
/// stands for them.
pub fn to_array(regex: &Regex, search: &Search<'_>, subject: &[u8], style: Style) -> PhpArray {
    let count = if style.null { regex.groups } else { search.count };
    let mut array = PhpArray::with_capacity(if regex.has_names { 0 } else { count });
    for group in 0..count {
        let value = style.show(subject, search.group(group));
        add(&mut array, regex, group, value);
    }
    if let Some(mark) = search.mark() {
        array.insert_bytes("MARK", Value::str(mark));
    }
    array
}

/// Adds a group under its name, if it has one, and its number.
pub fn add(array: &mut PhpArray, regex: &Regex, group: usize, value: Value) {
    if let Some(name) = regex.names.get(group).and_then(Option::as_ref) {
        let key = ArrayKey::from_bytes(name);
        // Of groups with the same name the one that took part counts.
        let taken = array.get(&key).is_some_and(|old| !is_unset(old));
        if !taken || !is_unset(&value) {
            array.insert(&key, value.clone());
        }
    }
    array.insert(group as i64, value);
}

/// Whether the value stands for a group that took no part.
fn is_unset(value: &Value) -> bool {
    match value.as_array() {
        Some(pair) => pair.get_value(1).is_some_and(|offset| offset.as_int() == Some(-1)),
        None => value.is_null() || value.as_bytes().is_some_and(<[u8]>::is_empty),
    }
}
