//! Rebuilding the index from the chain of headers, and looking at the chain.

use std::sync::atomic::Ordering::{Relaxed, Release};

use super::edit::{Edit, add};
use super::layout::{COMMITTED, END, FIRST, MARK, MARK_MASK, RETIRED, USED, units};
use super::{Heap, PinId};
use crate::control::Slot;
use crate::protocol::word_lock::Holder;

/// A block as it stands in the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlockInfo {
    /// Where it starts behind its header, as an offset in the segment.
    pub offset: usize,
    /// Its size in bytes, with header.
    pub size: usize,
    /// The size in bytes that was asked for; 0 for a free block.
    pub len: usize,
    /// What it is in the middle of.
    pub state: BlockState,
    /// The mark that a committed block was given.
    pub mark: u32,
}

/// The states of a block, in the order of its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BlockState {
    /// Nobody's.
    Free,
    /// Allocated and not yet published.
    Private,
    /// Published.
    Committed,
    /// Unpublished again; waits until nobody has pinned the id.
    Retired(PinId),
}

impl Edit<'_> {
    /// Walks the chain and makes everything else anew. Frees what dead owners have not published. Says how many blocks
    /// these were.
    pub(super) fn rebuild(&self) -> u32 {
        let root = self.root;
        root.first_map.store(0, Relaxed);
        for (map, heads) in root.second_maps.iter().zip(&root.heads) {
            map.store(0, Relaxed);
            heads.iter().for_each(|head| head.store(0, Relaxed));
        }
        for total in [&root.retired, &root.retired_units, &root.blocks] {
            total.store(0, Relaxed);
        }
        root.used.store(FIRST + 1, Relaxed);
        let (mut position, mut before, mut freed) = (FIRST, 0, 0);
        loop {
            let header = self.header(position);
            let word = header.word.load(Relaxed);
            header.before.store(before, Relaxed);
            if word & END != 0 {
                return freed;
            }
            let mut size = self.checked_units(position);
            if self.is_loose(position, &mut freed) {
                while self.is_loose(position + size, &mut freed) {
                    size += self.checked_units(position + size);
                }
                header.word.store(MARK | u64::from(size), Release);
                self.link_free(position);
            } else {
                add(&root.used, size);
                add(&root.blocks, 1);
                if word & RETIRED != 0 {
                    add(&root.retired_units, size);
                    self.link_retired(position);
                }
            }
            before = size;
            position += size;
        }
    }

    fn checked_units(&self, position: u32) -> u32 {
        let word = self.header(position).word.load(Relaxed);
        assert!(word & MARK_MASK == MARK && units(word) > 0, "the heap's chain is broken at {position}");
        units(word)
    }

    /// Whether the block is free, or ought to be because its owner died before it was published. Counts the latter.
    fn is_loose(&self, position: u32, orphans: &mut u32) -> bool {
        let header = self.header(position);
        let word = header.word.load(Relaxed);
        if word & (USED | COMMITTED) != USED {
            return word & USED == 0;
        }
        let holder = Holder::of(header.tag.load(Relaxed));
        let orphan = holder.is_none_or(|holder| self.heap.control().is_dead(holder));
        *orphans += u32::from(orphan);
        orphan
    }
}

impl Heap {
    /// All blocks in the order of their addresses: a picture of the heap.
    pub fn blocks(&self, slot: &Slot) -> Vec<BlockInfo> {
        let _guard = slot.lock(self.lock);
        let mut blocks = Vec::new();
        let mut position = FIRST;
        loop {
            let words = self.header(position).words();
            if !words.is_header() || words.is_end() {
                return blocks;
            }
            blocks.push(words.info(position));
            position += units(words.word);
        }
    }

    /// Checks that lists, totals and back links agree with the chain. For tests and for diagnosis.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn verify(&self, slot: &Slot) -> Result<(), String> {
        let _guard = slot.lock(self.lock);
        let root = self.root_page();
        if root.dirty.load(Relaxed) != 0 {
            return Err("an operation is under way".into());
        }
        let (mut position, mut before) = (FIRST, 0);
        let (mut used, mut blocks, mut free, mut retired) = (FIRST + 1, 0, Vec::new(), Vec::new());
        loop {
            let header = self.header(position);
            let word = header.word.load(Relaxed);
            if word & MARK_MASK != MARK || units(word) == 0 {
                return Err(format!("no header at {position}"));
            }
            if header.before.load(Relaxed) != before {
                return Err(format!("the back link at {position} is wrong"));
            }
            if word & END != 0 {
                break;
            }
            if word & USED == 0 {
                if free.last().is_some_and(|&(last, size)| last + size == position) {
                    return Err(format!("two free blocks side by side at {position}"));
                }
                free.push((position, units(word)));
            } else {
                used += units(word);
                blocks += 1;
                if word & RETIRED != 0 {
                    retired.push(position);
                }
            }
            before = units(word);
            position += before;
        }
        if position + 1 != root.units.load(Relaxed) {
            return Err(format!("the chain ends at {position}"));
        }
        if (used, blocks) != (root.used.load(Relaxed), root.blocks.load(Relaxed)) {
            return Err("the totals are wrong".into());
        }
        let mut listed: Vec<_> = root
            .heads
            .iter()
            .flatten()
            .flat_map(|head| self.list(head.load(Relaxed)))
            .map(|at| (at, units(self.header(at).word.load(Relaxed))))
            .collect();
        listed.sort_unstable();
        let mut waiting: Vec<_> = self.list(root.retired.load(Relaxed)).collect();
        waiting.sort_unstable();
        if listed != free || waiting != retired {
            return Err("the lists do not hold what the chain has".into());
        }
        Ok(())
    }

    /// The positions of a list, at most as many as there are granules.
    fn list(&self, head: u32) -> impl Iterator<Item = u32> {
        let most = self.root_page().units.load(Relaxed) as usize;
        std::iter::successors((head != 0).then_some(head), |&at| {
            let next = self.header(at).next.load(Relaxed);
            (next != 0).then_some(next)
        })
        .take(most)
    }
}
