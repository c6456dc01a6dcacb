//! What is done when somebody died while holding the table's lock.
//!
//! The table is right at any instant: each change of it is one store. What can be wrong is what follows from it: totals, the
//! sets of ids, blocks that were committed and not yet published, or unpublished and not yet retired, and what is known of
//! strings.
//!
//! # Safety
//! As in `remove`: what is retired here is committed, bears the mark of its id, and no publication leads to it.
#![allow(unsafe_code, reason = "retires blocks")]

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use phalanx_shm::{BlockState, PinId, Slot, WriteWindow};

use crate::Cache;
use crate::layout::{Publication, unit_id};

impl Cache {
    /// Under the table's lock: makes everything agree with the table.
    pub(crate) fn repair(&self, slot: &Slot, window: &WriteWindow<'_>) {
        let segment = self.segment();
        let published: HashMap<PinId, usize> = (0..self.layout.places())
            .filter_map(|place| {
                let word = self.layout.place(segment, place);
                let id = Publication(word.load(Ordering::Relaxed)).id()?;
                let record = self.record(id);
                if !self.is_reachable(place, self.footer(id).hash) {
                    window.store_release(word, Publication::GONE.0);
                    return None;
                }
                Some((id, record.block.load(Ordering::Relaxed) as usize))
            })
            .collect();
        window.store_relaxed(&self.head().scripts, published.len() as u32);
        for id in 0..self.layout.ids {
            self.set_bit(window, self.layout.used(), id, true);
            // An id that is nobody's passes through the set of retired ones, in case it has been published and pinned.
            self.set_bit(window, self.layout.retired(), id, !published.contains_key(&id));
        }
        let blocks = self.heap.blocks(slot);
        self.repair_strings(window, &blocks);
        for block in blocks {
            let Some(id) = unit_id(block.mark) else { continue };
            if block.state == BlockState::Committed && published.get(&id) != Some(&block.offset) {
                // SAFETY: no publication leads to the block.
                unsafe { self.heap.retire(slot, window, segment.at(block.offset), id) };
            }
        }
        self.repair_code(slot, window, |id| published.contains_key(&id));
        self.reclaim_under_lock(slot, window);
    }

    /// Whether a search for this hash comes to the place. A reset that was broken off may have emptied places before it.
    fn is_reachable(&self, place: usize, hash: u64) -> bool {
        let distance = place.wrapping_sub(hash as usize) & (self.layout.places() - 1);
        (0..distance).all(|step| {
            let word = self.layout.place(self.segment(), (hash as usize).wrapping_add(step));
            word.load(Ordering::Relaxed) != Publication::EMPTY.0
        })
    }
}
