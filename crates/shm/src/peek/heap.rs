//! A heap as a watcher sees it.

use std::mem::offset_of;
use std::sync::atomic::{Ordering, fence};
use std::time::{Duration, Instant};

use super::{Peek, PeekError, SegmentListing, half_of, word_of};
use crate::heap::layout::{FIRST, GRANULE, Header, HeaderWords, MAGIC, Root, units};
use crate::heap::{BlockInfo, HeapStats, ROOTS};

/// How often the chain is walked in the hope that nothing changes meanwhile, or that it leads to the end.
const TRIES: u32 = 12;
/// After this time a walk that has led to the end will do, whatever has changed.
const ENOUGH: Duration = Duration::from_millis(40);
const PAUSE: Duration = Duration::from_micros(200);
/// Where blocks may be as small as they like, nobody has more of them than this.
const MOST_BLOCKS: usize = 1 << 22;

/// A heap of another process, or of this one.
#[derive(Debug)]
pub struct HeapPeek {
    peek: Peek,
}

/// The blocks of a heap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Blocks {
    /// All of them in the order of their addresses. They adjoin: headers are part of their size.
    pub blocks: Vec<BlockInfo>,
    /// Whether they are as of one instant. If not, each was there at some time while the heap was read.
    pub consistent: bool,
}

impl HeapPeek {
    /// Looks whether the heap of a listing is there.
    ///
    /// # Errors
    /// [`PeekError`].
    pub fn open(peek: Peek, listing: &SegmentListing) -> Result<Self, PeekError> {
        if peek.len() != listing.len || peek.len() <= (FIRST as usize + 2) * GRANULE {
            return Err(PeekError::Foreign);
        }
        let root = peek.bytes(0, size_of::<Root>())?;
        let [magic, identity] =
            [offset_of!(Root, magic), offset_of!(Root, identity)].map(|at| word_of(&root, at));
        if magic != MAGIC || identity != listing.identity {
            return Err(PeekError::Foreign);
        }
        if half_of(&root, offset_of!(Root, units)) as usize != peek.len() / GRANULE {
            return Err(PeekError::Damaged("the size of a heap"));
        }
        Ok(Self { peek })
    }

    /// The bytes of the segment.
    pub fn memory(&self) -> &Peek {
        &self.peek
    }

    /// Where the first block begins, with its header; before it lies what the heap itself needs.
    pub fn first_block(&self) -> usize {
        FIRST as usize * GRANULE
    }

    /// How full the heap says that it is.
    ///
    /// # Errors
    /// [`PeekError`].
    pub fn stats(&self) -> Result<HeapStats, PeekError> {
        let root = self.peek.bytes(0, size_of::<Root>())?;
        let bytes = |at| half_of(&root, at) as usize * GRANULE;
        let (total, used) = (self.peek.len(), bytes(offset_of!(Root, used)));
        Ok(HeapStats {
            total,
            used,
            retired: bytes(offset_of!(Root, retired_units)),
            free: total.saturating_sub(used),
            blocks: half_of(&root, offset_of!(Root, blocks)) as usize,
        })
    }

    /// A word that is the heap's user's ([`Heap::root`](crate::Heap::root)).
    ///
    /// # Errors
    /// [`PeekError`].
    pub fn root(&self, root: usize) -> Result<u64, PeekError> {
        if root >= ROOTS {
            return Err(PeekError::Damaged("there is no such root"));
        }
        self.peek.word(offset_of!(Root, roots) + root * 8)
    }

    /// How many operations the heap has seen, and whether one is under way. Two equal answers that say "none" mean that nothing
    /// was allocated, retired or freed between them.
    ///
    /// # Errors
    /// [`PeekError`].
    pub fn changes(&self) -> Result<(u64, bool), PeekError> {
        fence(Ordering::Acquire);
        let dirty = self.peek.half(offset_of!(Root, dirty))? != 0;
        fence(Ordering::Acquire);
        Ok((self.peek.word(offset_of!(Root, changes))?, dirty))
    }

    /// All blocks in the order of their addresses.
    ///
    /// # Errors
    /// [`PeekError::Changed`] when there is no end to changes, and others.
    pub fn blocks(&self) -> Result<Blocks, PeekError> {
        let mut found = None;
        let start = Instant::now();
        for _ in 0..TRIES {
            if found.is_some() && start.elapsed() > ENOUGH {
                break;
            }
            let before = self.changes()?;
            let blocks = self.walk()?;
            let consistent = !before.1 && self.changes()? == before;
            if let Some(blocks) = blocks {
                if consistent {
                    return Ok(Blocks { blocks, consistent });
                }
                found = Some(blocks);
            } else if consistent {
                return Err(PeekError::Damaged("the chain of blocks is broken"));
            }
            std::thread::sleep(PAUSE);
        }
        found.map(|blocks| Blocks { blocks, consistent: false }).ok_or(PeekError::Changed)
    }

    /// The block that begins at an offset where one has begun before, if there still is one.
    ///
    /// # Errors
    /// [`PeekError`].
    pub fn block_at(&self, offset: usize) -> Result<Option<BlockInfo>, PeekError> {
        let position = (offset / GRANULE).checked_sub(1).and_then(|position| u32::try_from(position).ok());
        let Some(position) = position.filter(|_| offset.is_multiple_of(GRANULE)) else { return Ok(None) };
        let words = self.header(position)?;
        Ok((words.is_header() && !words.is_end()).then(|| words.info(position)))
    }

    /// Walks the chain as the module above tells. None if it leads nowhere.
    fn walk(&self) -> Result<Option<Vec<BlockInfo>>, PeekError> {
        let end = (self.peek.len() / GRANULE - 1) as u32;
        // The headers so far: each adjoins the one before, and that one had its size still when this one was read.
        let mut chain: Vec<(u32, HeaderWords)> = Vec::new();
        let mut position = FIRST;
        let mut steps = 0;
        while position != end {
            let words = self.header(position)?;
            steps += 1;
            if steps > 4 * MOST_BLOCKS || chain.len() > MOST_BLOCKS {
                return Ok(None);
            }
            let ahead = words.is_header().then(|| position.checked_add(units(words.word)));
            let inside = ahead.flatten().is_some_and(|next| next <= end) && !words.is_end();
            let stale = match chain.last_mut() {
                None => false,
                Some((at, before)) => {
                    let now = self.header(*at)?;
                    let same = now.is_header() && units(now.word) == units(before.word);
                    // It may have been published or retired meanwhile. A broken one keeps its place for the look below.
                    if same {
                        *before = now;
                    }
                    !same
                }
            };
            if stale {
                // What came before may have been merged as well: it is looked at again with the next step.
                position = chain.pop().map_or(FIRST, |(at, _)| at);
                continue;
            }
            if !inside {
                return Ok(None);
            }
            chain.push((position, words));
            position += units(words.word);
        }
        let last = self.header(end)?;
        if !last.is_header() || !last.is_end() {
            return Ok(None);
        }
        Ok(Some(chain.into_iter().map(|(position, words)| words.info(position)).collect()))
    }

    fn header(&self, position: u32) -> Result<HeaderWords, PeekError> {
        let mut bytes = [0; size_of::<Header>()];
        self.peek.read(position as usize * GRANULE, &mut bytes)?;
        fence(Ordering::Acquire);
        Ok(HeaderWords {
            word: word_of(&bytes, offset_of!(Header, word)),
            tag: half_of(&bytes, offset_of!(Header, tag)),
            previous: half_of(&bytes, offset_of!(Header, previous)),
            len: word_of(&bytes, offset_of!(Header, len)),
        })
    }
}
