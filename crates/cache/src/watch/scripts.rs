//! The scripts of a picture: what the table, the records and the blocks tell together.

use std::collections::HashSet;
use std::mem::offset_of;

use phalanx_shm::peek::{HeapPeek, PeekError};
use phalanx_shm::{BlockInfo, BlockState, PinId, Uses};

use super::number;
use crate::layout::{Footer, Layout, Publication, Record};

/// A script in the cache.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Script {
    /// Its path.
    pub path: Vec<u8>,
    /// Bytes of its block in the segment.
    pub size: usize,
    /// Where its block begins, as an offset in the segment.
    pub offset: usize,
    /// How often it was looked up.
    pub hits: u64,
    /// When it was used last, or stored, in seconds since 1970.
    pub last_used: u64,
    /// When it was stored.
    pub created: u64,
    /// When its file was changed.
    pub modified: i64,
    /// The size of its file.
    pub source_size: u64,
    /// Who has it pinned: indices in [`Picture::threads`](super::Picture::threads).
    pub pinned_by: Vec<usize>,
    /// Blocks of machine code that belong to it.
    pub code_blocks: usize,
    /// Their bytes.
    pub code_size: usize,
    /// Its id.
    pub(crate) id: PinId,
}

/// What a footer says.
pub(super) struct Told {
    pub(super) path: Vec<u8>,
    /// Where the footer begins, as an offset in the segment.
    pub(super) footer: usize,
    pub(super) unit_len: usize,
    created: u64,
    modified: i64,
    source_size: u64,
}

/// Records and table, copied.
pub(super) struct Records {
    records: Vec<u8>,
    published: HashSet<PinId>,
    layout: Layout,
}

impl Records {
    pub(super) fn read(heap: &HeapPeek, layout: &Layout) -> Result<Self, PeekError> {
        let memory = heap.memory();
        // Records are filled in before their publications are stored.
        let table = memory.words(layout.table, layout.places())?;
        let records = memory.bytes(layout.records, layout.ids as usize * size_of::<Record>())?;
        let published = table.into_iter().filter_map(|word| Publication(word).id()).collect();
        Ok(Self { records, published, layout: *layout })
    }

    fn word(&self, id: PinId, field: usize) -> u64 {
        number(&self.records, id as usize * size_of::<Record>() + field)
    }

    /// Where the record says that the block of an id begins.
    fn block(&self, id: PinId) -> usize {
        self.word(id, offset_of!(Record, block)) as usize
    }

    /// The id whose block this is, published or retired.
    pub(super) fn id_of(&self, block: &BlockInfo) -> Option<PinId> {
        let id = block.mark.checked_sub(1)?;
        (id < self.layout.ids && self.block(id) == block.offset).then_some(id)
    }

    /// What the block of an id tells of its script. None if it is not what it was when the chain was walked.
    pub(super) fn told(
        &self,
        heap: &HeapPeek,
        block: &BlockInfo,
        id: PinId,
    ) -> Result<Option<Told>, PeekError> {
        let memory = heap.memory();
        let (start, end) = (block.offset, block.offset + block.len.min(block.size));
        let footer = self.word(id, offset_of!(Record, footer)) as usize;
        if footer < start || footer.checked_add(size_of::<Footer>()).is_none_or(|path| path > end) {
            return Ok(None);
        }
        let bytes = memory.bytes(footer, size_of::<Footer>())?;
        let field = |at| number(&bytes, at);
        let path_len = field(offset_of!(Footer, path_len)) as u32 as usize;
        let unit_len = field(offset_of!(Footer, unit_len)) as usize;
        let path = footer + size_of::<Footer>();
        if path_len > end - path || unit_len > footer - start {
            return Ok(None);
        }
        let path = memory.bytes(path, path_len)?;
        let now = heap.block_at(block.offset)?;
        let same =
            now.is_some_and(|now| (now.size, now.mark, now.len) == (block.size, block.mark, block.len));
        let record = self.layout.records + id as usize * size_of::<Record>();
        let same = same && memory.word(record + offset_of!(Record, footer))? as usize == footer;
        Ok(same.then(|| Told {
            path,
            footer,
            unit_len,
            created: field(offset_of!(Footer, created)),
            modified: field(offset_of!(Footer, seconds)) as i64,
            source_size: field(offset_of!(Footer, size)),
        }))
    }

    /// The scripts that were published when the table was read, and whose blocks still are.
    pub(super) fn scripts(
        &self,
        heap: &HeapPeek,
        blocks: &[BlockInfo],
        uses: &[Uses],
    ) -> Result<Vec<Script>, PeekError> {
        let mut scripts = Vec::new();
        for block in blocks.iter().filter(|block| block.state == BlockState::Committed) {
            let Some(id) = self.id_of(block).filter(|id| self.published.contains(id)) else { continue };
            let Some(told) = self.told(heap, block, id)? else { continue };
            let used = uses.get(id as usize).copied().unwrap_or_default();
            scripts.push(Script {
                path: told.path,
                size: block.len,
                offset: block.offset,
                hits: used.count.saturating_sub(self.word(id, offset_of!(Record, uses_before))),
                last_used: told.created.max(u64::from(used.stamp)),
                created: told.created,
                modified: told.modified,
                source_size: told.source_size,
                pinned_by: Vec::new(),
                code_blocks: 0,
                code_size: 0,
                id,
            });
        }
        Ok(scripts)
    }
}
