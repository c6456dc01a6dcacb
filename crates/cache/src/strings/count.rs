//! Counting strings anew from the lists of all blocks: to put right what somebody left half done who died, and to check that
//! nothing is wrong.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;

use phalanx_shm::{BlockInfo, BlockState, Slot, WriteWindow};

use super::layout::{Handle, PAGE_MARK, PAGE_ROOM, StringsLayout};
use super::map;
use crate::Cache;

/// The number of the page that a block is.
fn page_number(block: &BlockInfo) -> Option<u32> {
    (block.state == BlockState::Committed && block.mark & PAGE_MARK != 0).then_some(block.mark & !PAGE_MARK)
}

impl Cache {
    /// Under the table's lock, after a death: makes table, counts, maps and the list of pages anew. `blocks` are all that there are.
    pub(crate) fn repair_strings(&self, window: &WriteWindow<'_>, blocks: &[BlockInfo]) {
        let (strings, segment, totals) = (self.strings(), self.segment(), self.totals());
        strings.places(segment).for_each(|place| window.store_relaxed(place, 0));
        for number in 0..strings.max_pages {
            let page = strings.page(segment, number);
            window.store_relaxed(&page.position, 0);
            window.store_relaxed(&page.room, 0);
        }
        window.store_relaxed(&totals.strings, 0);
        window.store_relaxed(&totals.words, 0);
        window.store_relaxed(&totals.cursor, 0);
        let pages: Vec<u32> = blocks
            .iter()
            .filter_map(|block| {
                let number = page_number(block)?;
                window.store_relaxed(
                    &strings.page(segment, number).position,
                    StringsLayout::position(block.offset),
                );
                map::clear(window, strings.map(segment, number));
                Some(number)
            })
            .collect();
        for handle in self.listed(blocks) {
            let map = strings.map(segment, handle.page());
            if map::is_used(map, handle.word()) {
                let users = &strings.get(segment, handle).entry.users;
                window.store_relaxed(users, users.load(Ordering::Relaxed) + 1);
            } else {
                let string = strings.get(segment, handle);
                map::set(window, map, handle.word(), string.words(), true);
                self.link_string(window, handle, string);
            }
        }
        for &number in &pages {
            let free = map::free(strings.map(segment, number));
            window.store_relaxed(&strings.page(segment, number).room, free);
        }
        window.store_relaxed(&totals.pages, pages.into_iter().max().map_or(0, |last| last + 1));
        window.store_relaxed(&totals.empty, 1);
    }

    /// Checks that what is known of strings agrees with the lists of all blocks. For tests and for diagnosis.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn verify_strings(&self, slot: &Slot) -> Result<(), String> {
        let window = self.segment().window();
        let _table = self.lock_table(slot, &window);
        let (strings, segment, totals) = (self.strings(), self.segment(), self.totals());
        let blocks = self.heap.blocks(slot);
        let mut listed: HashMap<Handle, u32> = HashMap::new();
        for handle in self.listed(&blocks) {
            *listed.entry(handle).or_default() += 1;
        }
        let (mut texts, mut words) = (HashSet::new(), 0);
        let mut taken: HashMap<u32, u32> = HashMap::new();
        for place in strings.places(segment) {
            let mut next = place.load(Ordering::Relaxed);
            while let Some(handle) = Handle::of(next) {
                let string = strings.get(segment, handle);
                let users = string.entry.users.load(Ordering::Relaxed);
                if listed.remove(&handle) != Some(users) {
                    return Err(format!("{handle:?} has {users} users by its count, and not by the lists"));
                }
                if !texts.insert(string.bytes()) {
                    return Err(format!("{handle:?} has the bytes of another string"));
                }
                let own = string.words();
                let map = strings.map(segment, handle.page());
                if (0..own).any(|word| !map::is_used(map, handle.word() + word)) {
                    return Err(format!("{handle:?} lies where its page has room"));
                }
                words += u64::from(own);
                *taken.entry(handle.page()).or_default() += own;
                next = string.entry.next.load(Ordering::Relaxed);
            }
        }
        if !listed.is_empty() {
            return Err(format!("{} strings are listed, and nobody knows of them", listed.len()));
        }
        let (of_strings, of_words) =
            (totals.strings.load(Ordering::Relaxed), totals.words.load(Ordering::Relaxed));
        if (of_strings as usize, of_words) != (texts.len(), words) {
            return Err(format!(
                "{} strings of {words} words count as {of_strings} of {of_words}",
                texts.len()
            ));
        }
        for block in &blocks {
            let Some(number) = page_number(block) else { continue };
            let map = strings.map(segment, number);
            let own = taken.remove(&number).unwrap_or(0);
            if strings.block_of(segment, number) != Some(block.offset)
                || own == 0
                || own + map::free(map) != PAGE_ROOM
            {
                return Err(format!("page {number} has not what its map says, or nothing"));
            }
            let room = strings.page(segment, number).room.load(Ordering::Relaxed);
            if map::find(map, 0, room + 1).is_ok() {
                return Err(format!("page {number} has more room than it says"));
            }
        }
        if taken.is_empty() { Ok(()) } else { Err("strings lie in pages that are none".into()) }
    }

    /// All that is listed, as often as it is.
    fn listed<'c>(&'c self, blocks: &'c [BlockInfo]) -> impl Iterator<Item = Handle> + 'c {
        let kept = blocks
            .iter()
            .filter(|block| matches!(block.state, BlockState::Committed | BlockState::Retired(_)));
        kept.filter_map(|block| self.list_of(block)).flat_map(|(_, handles)| handles)
    }
}
