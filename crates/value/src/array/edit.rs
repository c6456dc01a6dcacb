//! Editing as the standard library needs it: both ends, splicing, renumbering, counting.

use super::{ArrayKey, Key, NextKeyOccupied, PhpArray};
use crate::value::Value;

impl PhpArray {
    /// `array_pop()`: takes out the last element; its key is free again when it was the highest.
    pub fn pop(&mut self) -> Option<(ArrayKey, Value)> {
        let pos = self.last_pos();
        let key = self.pos_entry(pos)?.0.to_owned();
        let value = self.remove_pos(pos)?;
        if let ArrayKey::Int(int) = key
            && int.checked_add(1) == self.next_free()
        {
            self.set_next_free(int);
        }
        self.move_first();
        Some((key, value))
    }

    /// `array_shift()`: takes out the first element and renumbers the integer keys.
    pub fn shift(&mut self) -> Option<(ArrayKey, Value)> {
        let pos = self.first_pos();
        let key = self.pos_entry(pos)?.0.to_owned();
        let value = self.remove_pos(pos)?;
        self.renumber();
        Some((key, value))
    }

    /// `array_unshift()`: puts values before the first element and renumbers the integer keys.
    pub fn unshift(&mut self, values: impl IntoIterator<Item = Value>) {
        let mut new = PhpArray::from_list(values);
        new.append_renumbered(std::mem::take(self));
        *self = new;
    }

    /// Renumbers the integer keys from 0 in order; string keys stay. The internal pointer goes to the first element.
    pub fn renumber(&mut self) {
        if self.is_list() {
            let next = self.len() as i64;
            self.set_next_free(next);
            self.move_first();
            return;
        }
        let mut new = PhpArray::new();
        if self.keys().any(|key| matches!(key, Key::Str(_))) {
            new = PhpArray::with_hash_capacity(self.len());
        } else {
            new.reserve(self.len());
        }
        new.append_renumbered(std::mem::take(self));
        *self = new;
    }

    /// Appends all elements of another array: integer keys are numbered anew, string keys replace what is there.
    pub fn append_renumbered(&mut self, other: PhpArray) {
        for (key, value) in other {
            match key {
                // A full array takes no more, as after `array_merge`'s own limit.
                ArrayKey::Int(_) => drop(self.push(value)),
                ArrayKey::Str(key) => drop(self.insert(Key::Str(&key), value)),
            }
        }
    }

    /// Keeps the elements that `keep` says yes to; keys stay.
    pub fn retain(&mut self, mut keep: impl FnMut(Key<'_>, &Value) -> bool) {
        self.separate();
        let mut pos = self.first_pos();
        while let Some((key, value)) = self.pos_entry(pos) {
            if !keep(key, value) {
                self.remove_pos(pos);
            }
            pos = self.next_pos(pos);
        }
    }

    /// `array_splice()`: takes out `length` elements from the `offset`-th on, puts `replacement` there, and renumbers
    /// the integer keys of everything. What was taken out is returned, its integer keys renumbered as well.
    pub fn splice(
        &mut self,
        offset: usize,
        length: usize,
        replacement: impl IntoIterator<Item = Value>,
    ) -> PhpArray {
        let mut before = PhpArray::new();
        before.reserve(self.len());
        let mut removed = PhpArray::new();
        let mut replacement = Some(replacement);
        let end = offset.saturating_add(length);
        for (index, (key, value)) in std::mem::take(self).into_iter().enumerate() {
            if index == end.max(offset)
                && let Some(values) = replacement.take()
            {
                before.extend(values);
            }
            let to = if (offset..end).contains(&index) { &mut removed } else { &mut before };
            match key {
                ArrayKey::Int(_) => drop(to.push(value)),
                ArrayKey::Str(key) => drop(to.insert(Key::Str(&key), value)),
            }
        }
        if let Some(values) = replacement.take() {
            before.extend(values);
        }
        *self = before;
        removed
    }

    /// A part of the array from the `offset`-th element on: string keys stay, integer keys when `preserve` says so.
    pub fn slice(&self, offset: usize, length: usize, preserve: bool) -> PhpArray {
        let mut part = PhpArray::new();
        for (key, value) in self.iter().skip(offset).take(length) {
            let value = if value.refcount() == Some(1) { value.deref_clone() } else { value.clone() };
            match key {
                Key::Int(_) if !preserve => drop(part.push(value)),
                key => drop(part.insert(key, value)),
            }
        }
        part
    }

    /// `count($array, COUNT_RECURSIVE)`: elements of arrays inside included. `None` when the array contains itself.
    pub fn count_recursive(&self) -> Option<usize> {
        if !self.enter() {
            return None;
        }
        let mut count = Some(self.len());
        for value in self.values() {
            let value = value.deref_clone();
            if let Some(inner) = value.as_array() {
                count = count.zip(inner.count_recursive()).map(|(a, b)| a + b);
            }
        }
        self.leave();
        count
    }

    /// Appends an element that certainly has a key left: for arrays that the caller built itself.
    pub fn push_value(&mut self, value: impl Into<Value>) {
        let result: Result<(), NextKeyOccupied> = self.push(value);
        debug_assert!(result.is_ok(), "the array has its largest key");
    }
}
