//! Positions: where an element stands, as a number that stays good while elements are appended and removed.
//!
//! A position is good until holes are closed, which only happens when a hash grows. Positions beyond the last element
//! mean "at the end"; they become good when an element is appended, which is how PHP's loops see new elements.
//! The internal pointer (`current()`, `next()`, `reset()`) is one such position, kept in the array itself.
//!
//! # Safety
//! The block of a handle is live; positions are compared with `used` before use.
#![allow(unsafe_code, reason = "positions index blocks with two layouts")]

use super::iter::entry_at;
use super::raw::VmArray;
use super::{Key, PhpArray};
use crate::value::Value;

impl PhpArray {
    /// Position of the first element; [`end_pos`](PhpArray::end_pos) when there is none.
    #[inline(always)]
    pub fn first_pos(&self) -> u32 {
        self.pos_from(0)
    }

    /// Position of the last element; [`end_pos`](PhpArray::end_pos) when there is none.
    pub fn last_pos(&self) -> u32 {
        // SAFETY: the block is live.
        unsafe { VmArray::previous_live(self.raw(), self.block().used) }
    }

    /// The position behind all elements.
    #[inline(always)]
    pub fn end_pos(&self) -> u32 {
        self.block().used
    }

    /// The first position of an element at or behind `pos`.
    #[inline(always)]
    pub fn pos_from(&self, pos: u32) -> u32 {
        // SAFETY: the block is live.
        unsafe { VmArray::next_live(self.raw(), pos) }
    }

    /// Position of the element behind `pos`.
    #[inline(always)]
    pub fn next_pos(&self, pos: u32) -> u32 {
        self.pos_from(pos.saturating_add(1))
    }

    /// Position of the element before `pos`; [`end_pos`](PhpArray::end_pos) when there is none.
    pub fn prev_pos(&self, pos: u32) -> u32 {
        // SAFETY: the block is live.
        unsafe { VmArray::previous_live(self.raw(), pos) }
    }

    /// Key and value at a position.
    #[inline(always)]
    pub fn pos_entry(&self, pos: u32) -> Option<(Key<'_>, &Value)> {
        if pos >= self.block().used {
            return None;
        }
        // SAFETY: the block is live and borrowed.
        unsafe { entry_at(self.raw(), pos).map(|(key, value)| (key, &*value)) }
    }

    /// The value at a position, to be changed.
    pub fn pos_value_mut(&mut self, pos: u32) -> Option<&mut Value> {
        let holes_before = self.is_hash() && self.block().used != self.block().len;
        // Separating closes holes; the position is that of the same element afterwards.
        let pos = if holes_before && (self.is_immutable() || self.ref_count() != 1) {
            self.iter_before(pos) as u32
        } else {
            pos
        };
        let block = self.separate();
        // SAFETY: the block has one owner and is borrowed mutably.
        unsafe {
            if pos >= (*block).used {
                return None;
            }
            entry_at(block, pos).map(|(_, value)| &mut *value)
        }
    }

    /// Takes out the element at a position.
    pub fn remove_pos(&mut self, pos: u32) -> Option<Value> {
        self.pos_entry(pos)?;
        let pos = if self.is_immutable() || self.ref_count() != 1 {
            let holes = self.is_hash() && self.block().used != self.block().len;
            if holes { self.iter_before(pos) as u32 } else { pos }
        } else {
            pos
        };
        let block = self.separate();
        // SAFETY: the block has one owner, and the position is that of a live element.
        unsafe { Some(VmArray::remove_at(block, pos)) }
    }

    /// How many elements stand before a position.
    fn iter_before(&self, pos: u32) -> usize {
        (0..pos.min(self.block().used)).filter(|&p| self.pos_entry(p).is_some()).count()
    }

    /// The internal pointer.
    #[inline(always)]
    pub fn internal_pos(&self) -> u32 {
        self.pos_from(self.block().pos)
    }

    /// Moves the internal pointer.
    pub fn set_internal_pos(&mut self, pos: u32) {
        let block = self.separate();
        // SAFETY: the block has one owner.
        unsafe { (*block).pos = pos };
    }

    /// `current()`, and `key()`: what the internal pointer stands on.
    pub fn current(&self) -> Option<(Key<'_>, &Value)> {
        self.pos_entry(self.internal_pos())
    }

    /// `next()`: moves the internal pointer on.
    pub fn move_next(&mut self) -> Option<(Key<'_>, &Value)> {
        self.separate();
        let pos = self.internal_pos();
        let next = if pos < self.end_pos() { self.next_pos(pos) } else { pos };
        self.set_internal_pos(next);
        self.pos_entry(next)
    }

    /// `prev()`: moves the internal pointer back; before the first element it goes to the end.
    pub fn move_prev(&mut self) -> Option<(Key<'_>, &Value)> {
        self.separate();
        let pos = self.internal_pos();
        let previous = if pos < self.end_pos() { self.prev_pos(pos) } else { pos };
        self.set_internal_pos(previous);
        self.pos_entry(previous)
    }

    /// `reset()`: moves the internal pointer to the first element.
    pub fn move_first(&mut self) -> Option<(Key<'_>, &Value)> {
        self.separate();
        let pos = self.first_pos();
        self.set_internal_pos(pos);
        self.pos_entry(pos)
    }

    /// `end()`: moves the internal pointer to the last element.
    pub fn move_last(&mut self) -> Option<(Key<'_>, &Value)> {
        self.separate();
        let pos = self.last_pos();
        self.set_internal_pos(pos);
        self.pos_entry(pos)
    }
}
