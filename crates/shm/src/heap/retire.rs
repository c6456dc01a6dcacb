//! Blocks that nobody can reach any more but somebody may still look at.

use std::sync::atomic::Ordering::{Relaxed, Release};

use super::edit::{Edit, add, set_flags, subtract};
use super::layout::{RETIRED, units};
use super::repair::BlockInfo;
use crate::control::PinId;

/// What a reclamation has freed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reclaimed {
    /// Blocks that are free now.
    pub blocks: usize,
    /// Their bytes, with headers.
    pub bytes: usize,
    /// Retired blocks that are still pinned.
    pub waiting: usize,
}

impl Edit<'_> {
    pub(super) fn retire(&self, position: u32, id: PinId) {
        let header = self.header(position);
        // The flag gives the tag its new meaning, so the tag comes first.
        header.tag.store(id, Relaxed);
        set_flags(&header.word, RETIRED);
        add(&self.root.retired_units, units(header.word.load(Relaxed)));
        self.link_retired(position);
    }

    pub(super) fn link_retired(&self, position: u32) {
        self.header(position).next.store(self.root.retired.load(Relaxed), Relaxed);
        self.root.retired.store(position, Release);
    }

    /// Frees the retired blocks whose ids are not pinned, each after telling of it, and keeps the others in the list.
    pub(super) fn reclaim(&self, mut before: impl FnMut(&BlockInfo)) -> Reclaimed {
        let mut reclaimed = Reclaimed::default();
        let mut position = self.root.retired.load(Relaxed);
        let mut last_kept = 0;
        let mut answer = None;
        while position != 0 {
            let header = self.header(position);
            let (next, id) = (header.next.load(Relaxed), header.tag.load(Relaxed));
            // Blocks of one id tend to be retired together.
            let pinned = match answer {
                Some((of, pinned)) if of == id => pinned,
                _ => self.heap.control().is_pinned(id),
            };
            answer = Some((id, pinned));
            if pinned {
                reclaimed.waiting += 1;
                last_kept = position;
            } else {
                before(&header.words().info(position));
                match last_kept {
                    0 => self.root.retired.store(next, Release),
                    kept => self.header(kept).next.store(next, Relaxed),
                }
                let size = units(header.word.load(Relaxed));
                reclaimed.blocks += 1;
                reclaimed.bytes += size as usize * super::GRANULE;
                subtract(&self.root.retired_units, size);
                self.free(position);
            }
            position = next;
        }
        reclaimed
    }
}
