//! Machine code that belongs to scripts of the cache.
//!
//! Code lies in a segment of its own, which shares the cache's control region. Each block of code belongs to one script and goes
//! when that goes: it is retired under the same id, so the pin by which a thread holds the script holds the code as well.
//!
//! # Safety
//! A block is retired once, by whoever retires the script, under the table's lock: it is in the list of exactly one script.
#![allow(unsafe_code, reason = "retires blocks")]

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use phalanx_shm::{Block, BlockState, Heap, PinId, SegmentOptions, Slot, WriteWindow};

use crate::{CODE_LOCK, Cache};

impl Cache {
    /// Adds a code segment of so many bytes, behind the same sort of gate. Done once, before other threads and processes use
    /// the cache.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn add_code_segment(&mut self, len: usize) -> io::Result<&Heap> {
        let segment = SegmentOptions::new(len).gate(self.config.gate).executable(true).create()?;
        let heap = Heap::create(Arc::new(segment), self.control().clone(), CODE_LOCK)?;
        Ok(self.code.insert(heap))
    }

    /// The allocator of the code segment, if there is one.
    pub fn code(&self) -> Option<&Heap> {
        self.code.as_ref()
    }

    /// Makes finished code part of a script that the caller has pinned. After this its address may be stored where threads
    /// find it; all that leads there must be in the script itself (its trace table), or in code of it.
    ///
    /// If the script has been taken out meanwhile, the code lives as long as somebody has the script pinned.
    ///
    /// # Panics
    /// When there is no code segment, the window is not for it, or the script is not pinned.
    pub fn attach_code(
        &self,
        slot: &Slot,
        code_window: &WriteWindow<'_>,
        id: PinId,
        block: Block<'_>,
    ) -> *const u8 {
        let code = self.code.as_ref().expect("the cache has a code segment");
        assert!(slot.has_pinned(id), "script {id} is not pinned");
        let window = self.segment().window();
        let table = self.lock_table(slot, &window);
        let address = code.commit_with_mark(code_window, block, id + 1);
        if self.layout.retired().has(self.segment(), id) {
            // SAFETY: only threads that have pinned the script get to know of the code.
            unsafe { code.retire(slot, code_window, address, id) };
        } else {
            self.link_code(code, code_window, &window, id, address);
        }
        drop(table);
        address
    }

    fn link_code(
        &self,
        code: &Heap,
        code_window: &WriteWindow<'_>,
        window: &WriteWindow<'_>,
        id: PinId,
        address: *const u8,
    ) {
        let first = &self.record(id).code;
        let next = match first.load(Ordering::Relaxed) as usize {
            0 => None,
            offset => Some(code.segment().at(offset)),
        };
        code.set_link(code_window, address, next);
        let offset = address.addr() - code.segment().base().addr();
        window.store_release(first, offset as u64);
    }

    /// Under the table's lock: retires the code of a script that is being retired.
    pub(crate) fn retire_code(&self, slot: &Slot, window: &WriteWindow<'_>, id: PinId) {
        let Some(code) = &self.code else { return };
        let first = &self.record(id).code;
        let mut offset = first.load(Ordering::Relaxed) as usize;
        if offset == 0 {
            return;
        }
        let code_window = code.segment().window();
        while offset != 0 {
            let address = code.segment().at(offset);
            let next = code.link(address).and_then(|next| code.segment().offset_of(next));
            // The list is right at each step, so that nobody retires a block twice if this thread dies.
            window.store_release(first, next.unwrap_or(0) as u64);
            // SAFETY: the script is unpublished, and all that leads to the code is in the script.
            unsafe { code.retire(slot, &code_window, address, id) };
            offset = next.unwrap_or(0);
        }
    }

    /// Frees code that is retired and not pinned.
    pub(crate) fn reclaim_code(&self, slot: &Slot) {
        if let Some(code) = self.code.as_ref().filter(|code| code.has_retired()) {
            code.reclaim(slot, &code.segment().window());
        }
    }

    /// Under the table's lock, after a death: makes the lists anew. `is_published` tells which scripts there are.
    pub(crate) fn repair_code(
        &self,
        slot: &Slot,
        window: &WriteWindow<'_>,
        is_published: impl Fn(PinId) -> bool,
    ) {
        let Some(code) = &self.code else { return };
        let code_window = code.segment().window();
        for id in 0..self.layout.ids {
            window.store_relaxed(&self.record(id).code, 0);
        }
        for block in code.blocks(slot) {
            let Some(id) = block.mark.checked_sub(1).filter(|_| block.state == BlockState::Committed) else {
                continue;
            };
            let address = code.segment().at(block.offset);
            if is_published(id) {
                self.link_code(code, &code_window, window, id, address);
            } else {
                // SAFETY: the script is unpublished, and all that leads to the code is in the script.
                unsafe { code.retire(slot, &code_window, address, id) };
            }
        }
    }
}
