//! Shelves: blocks that are published, read and replaced at random, and tell whether they are whole.

use std::sync::atomic::{AtomicU64, Ordering};

use phalanx_shm::{Heap, Slot};

use super::Random;

pub const SHELVES: usize = 12;

/// A publication names an id and a version. The block of id `i` holds its address in the segment at record `i`.
pub fn id_of(value: u64) -> Option<u32> {
    (value as u32).checked_sub(1)
}

/// Replaces what is published at random, for ever. Each block says its length, and is filled with what depends on it.
///
/// Shelf s owns the ids 2s and 2s+1, which take turns; only who holds lock 1 publishes.
pub fn publish_at_random(heap: &Heap, slot: &Slot, records: usize, random: &mut Random) {
    let shelf = random.next(SHELVES);
    let len = 16 + random.next(3000);
    let window = heap.segment().window();
    let _turn = slot.lock(1);
    let word = heap.root(shelf);
    let old = word.load(Ordering::Acquire);
    let id = match id_of(old) {
        Some(id) => id ^ 1,
        None => shelf as u32 * 2,
    };
    // The other id of the shelf may still be in use by its last readers, or left behind by somebody who died.
    if heap.control().is_pinned(id) {
        return;
    }
    let Ok(mut block) = heap.allocate(slot, &window, len, 16) else {
        heap.reclaim(slot, &window);
        return;
    };
    let bytes = window.bytes_mut(&mut block);
    let fill = random.next(256) as u8;
    bytes.fill(fill);
    bytes[..8].copy_from_slice(&(len as u64).to_le_bytes());
    let address = heap.commit(&window, block);
    let record = record_of(heap, records, id);
    window.store_release(record, heap.segment().offset_of(address).unwrap() as u64);
    window.store_release(word, (old >> 32).wrapping_add(1) << 32 | u64::from(id + 1));
    if let Some(old_id) = id_of(old) {
        // Readers who have the old id pinned still look at its record, so that stays as it is.
        let old_offset = record_of(heap, records, old_id).load(Ordering::Acquire) as usize;
        // SAFETY: the publication names the other id now, and readers pin what they read.
        unsafe { heap.retire(slot, &window, heap.segment().at(old_offset), old_id) };
    }
    if random.next(4) == 0 {
        heap.reclaim(slot, &window);
    }
}

pub fn record_of(heap: &Heap, records: usize, id: u32) -> &AtomicU64 {
    // SAFETY: the block of records lives as long as the heap and holds only these.
    unsafe { heap.segment().shared(records + id as usize * 8) }
}

/// Reads what is published and checks it.
pub fn read(heap: &Heap, slot: &Slot, records: usize, shelf: usize) -> bool {
    let Some(pinned) = slot.read(heap.root(shelf), id_of) else { return false };
    let id = id_of(pinned.value).unwrap();
    let offset = record_of(heap, records, id).load(Ordering::Acquire) as usize;
    // SAFETY: the id is pinned, so the block stays as it is.
    let bytes = unsafe { heap.segment().bytes(offset, 16) };
    let len = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    assert!((16..4096).contains(&len), "{len}");
    // SAFETY: as above.
    let bytes = unsafe { heap.segment().bytes(offset, len) };
    assert!(bytes[8..].iter().all(|&b| b == bytes[8]), "a block has changed under its reader");
    if pinned.new {
        slot.unpin(id);
    }
    true
}

/// Allocates the records.
pub fn records(heap: &Heap, slot: &Slot) -> usize {
    let window = heap.segment().window();
    let mut block = heap.allocate(slot, &window, SHELVES * 2 * 8, 64).unwrap();
    window.bytes_mut(&mut block).fill(0);
    heap.segment().offset_of(heap.commit(&window, block)).unwrap()
}
