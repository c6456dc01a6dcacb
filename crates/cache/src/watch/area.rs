//! A segment in a picture: its blocks, and what is in them.

use std::collections::HashMap;
use std::ops::Range;

use crate::strings::layout::PAGE_MARK;
use crate::strings::map;
use phalanx_bytecode::anatomy;
use phalanx_shm::peek::{Blocks, HeapPeek, PeekError, SegmentListing};
use phalanx_shm::{BlockInfo, BlockState, GateKind, PinId};

use super::Detail;
use super::scripts::{Records, Script, Told};

/// A segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Area {
    /// Where the processes have it.
    pub address: u64,
    /// Its size in bytes.
    pub len: usize,
    /// The gate in force.
    pub gate: GateKind,
    /// Windows that were opened, in all processes.
    pub windows_opened: u64,
    /// All blocks in the order of their addresses, without gaps: the sum of their sizes is the size of the segment.
    pub blocks: Vec<Block>,
    /// Whether they are as of one instant.
    pub consistent: bool,
}

/// A block of a segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// Where it begins, header included.
    pub offset: usize,
    /// Its size in bytes, header included.
    pub size: usize,
    /// What it is.
    pub kind: BlockKind,
    /// The path of the script that it belongs to, if that is known.
    pub path: Option<Vec<u8>>,
    /// What is in it, as far as it was asked for; offsets are those in the segment.
    pub parts: Vec<Part>,
}

/// The kinds of blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum BlockKind {
    /// What the allocator needs: lists at the start, a mark at the end.
    Allocator,
    /// Table and records of the cache.
    Index,
    /// A script.
    Script,
    /// Strings that scripts share.
    Strings,
    /// Machine code.
    Code,
    /// Taken out, and still pinned by somebody.
    Retired,
    /// Being written, and known to its writer only.
    Private,
    /// Something else.
    Other,
    /// Free.
    Free,
}

/// A part of a block of a script or of strings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// Where it begins.
    pub offset: usize,
    /// Its size in bytes.
    pub size: usize,
    /// What it is.
    pub kind: PartKind,
}

/// The kinds of parts. What is none of them is functions, classes and instructions in a script, and free in a block of strings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum PartKind {
    /// Strings: those of a script alone, or shared ones.
    Strings,
    /// The table of entries into machine code.
    Traces,
    /// What the cache has noted of the script.
    Notes,
}

impl Area {
    /// Bytes of all blocks of a kind.
    pub fn size_of(&self, kind: BlockKind) -> usize {
        self.of_kind(kind).map(|block| block.size).sum()
    }

    /// How many blocks of a kind there are.
    pub fn count_of(&self, kind: BlockKind) -> usize {
        self.of_kind(kind).count()
    }

    /// Bytes of the largest free block, without its header.
    pub fn largest_free(&self) -> usize {
        self.of_kind(BlockKind::Free).map(|block| block.size).max().unwrap_or(0).saturating_sub(HEADER)
    }

    /// How much of what is free is not in the largest free block, from 0 to 1.
    pub fn fragmentation(&self) -> f64 {
        let free = self.size_of(BlockKind::Free);
        let largest = self.of_kind(BlockKind::Free).map(|block| block.size).max().unwrap_or(0);
        if free == 0 { 0.0 } else { (free - largest) as f64 / free as f64 }
    }

    fn of_kind(&self, kind: BlockKind) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// The segment of scripts.
    pub(super) fn of_data(
        heap: &HeapPeek,
        listing: &SegmentListing,
        blocks: &Blocks,
        records: &Records,
        scripts: &[Script],
        index: usize,
        detail: Detail,
    ) -> Result<Self, PeekError> {
        let known: HashMap<usize, &Script> = scripts.iter().map(|script| (script.offset, script)).collect();
        Self::build(heap, listing, blocks, |block| {
            let mut kind = kind_of(block);
            let (mut path, mut parts) = (None, Vec::new());
            if block.offset == index {
                kind = BlockKind::Index;
            } else if kind == BlockKind::Other && block.mark & PAGE_MARK != 0 {
                kind = BlockKind::Strings;
                if detail == Detail::Parts {
                    parts = strings_of(heap, block)?;
                }
            } else if let Some(script) = known.get(&block.offset).filter(|_| kind == BlockKind::Other) {
                kind = BlockKind::Script;
                path = Some(script.path.clone());
                if detail == Detail::Parts
                    && let Some(told) = records.told(heap, block, script.id)?
                {
                    parts = parts_of(heap, block, &told)?;
                }
            } else if let Some(id) = records.id_of(block).filter(|_| kind == BlockKind::Retired) {
                path = records.told(heap, block, id)?.map(|told| told.path);
            }
            Ok((kind, path, parts))
        })
    }

    /// The segment of machine code. Counts what each script has.
    pub(super) fn of_code(
        heap: &HeapPeek,
        listing: &SegmentListing,
        scripts: &mut [Script],
    ) -> Result<Self, PeekError> {
        let blocks = heap.blocks()?;
        let known: HashMap<PinId, usize> =
            scripts.iter().enumerate().map(|(index, script)| (script.id, index)).collect();
        Self::build(heap, listing, &blocks, |block| {
            let kind = match kind_of(block) {
                BlockKind::Other => BlockKind::Code,
                kind => kind,
            };
            let script =
                block.mark.checked_sub(1).and_then(|id| known.get(&id)).map(|&index| &mut scripts[index]);
            let Some(script) = script.filter(|_| kind == BlockKind::Code) else {
                return Ok((kind, None, Vec::new()));
            };
            script.code_blocks += 1;
            script.code_size += block.size;
            Ok((kind, Some(script.path.clone()), Vec::new()))
        })
    }

    fn build(
        heap: &HeapPeek,
        listing: &SegmentListing,
        found: &Blocks,
        mut describe: impl FnMut(&BlockInfo) -> Result<Described, PeekError>,
    ) -> Result<Self, PeekError> {
        let mut blocks = vec![allocator(0, heap.first_block())];
        for block in &found.blocks {
            let (kind, path, parts) = describe(block)?;
            blocks.push(Block { offset: block.offset - HEADER, size: block.size, kind, path, parts });
        }
        let end = blocks.last().map_or(0, |block| block.offset + block.size);
        blocks.push(allocator(end, heap.memory().len().saturating_sub(end)));
        Ok(Self {
            address: listing.address,
            len: listing.len,
            gate: listing.gate,
            windows_opened: listing.windows,
            blocks,
            consistent: found.consistent,
        })
    }
}

/// The size of a block's header.
const HEADER: usize = phalanx_shm::peek::HEADER;

type Described = (BlockKind, Option<Vec<u8>>, Vec<Part>);

fn allocator(offset: usize, size: usize) -> Block {
    Block { offset, size, kind: BlockKind::Allocator, path: None, parts: Vec::new() }
}

fn kind_of(block: &BlockInfo) -> BlockKind {
    match block.state {
        BlockState::Free => BlockKind::Free,
        BlockState::Private => BlockKind::Private,
        BlockState::Committed => BlockKind::Other,
        BlockState::Retired(_) => BlockKind::Retired,
    }
}

/// The parts of a script's block. A Unit that changes meanwhile gives parts that mean nothing, but lie inside.
fn parts_of(heap: &HeapPeek, block: &BlockInfo, told: &Told) -> Result<Vec<Part>, PeekError> {
    let head = heap.memory().bytes(block.offset, told.unit_len.min(anatomy::HEAD))?;
    let strings = anatomy::own_strings(&head, told.unit_len);
    let mut parts = Vec::new();
    if !strings.is_empty() {
        let offset = block.offset + strings.start;
        parts.push(Part { offset, size: strings.len(), kind: PartKind::Strings });
    }
    let traces = block.offset + told.unit_len.next_multiple_of(16);
    if traces < told.footer {
        parts.push(Part { offset: traces, size: told.footer - traces, kind: PartKind::Traces });
    }
    let end = block.offset + block.len.min(block.size);
    parts.push(Part { offset: told.footer, size: end.saturating_sub(told.footer), kind: PartKind::Notes });
    Ok(parts)
}

/// Where strings lie in a page of them. A page that changes meanwhile gives parts that mean nothing, but lie inside.
fn strings_of(heap: &HeapPeek, block: &BlockInfo) -> Result<Vec<Part>, PeekError> {
    let end = block.len.min(block.size - HEADER) / 8;
    let map = map::of_words(&heap.memory().words(block.offset, map::OWN.min(end))?);
    let runs = map::runs(&map).filter(|run| run.end as usize <= end);
    let part = |run: Range<u32>| Part {
        offset: block.offset + run.start as usize * 8,
        size: run.len() * 8,
        kind: PartKind::Strings,
    };
    Ok(runs.map(part).collect())
}
