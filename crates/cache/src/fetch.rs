//! Looking scripts up.
//!
//! # Safety
//! A record and the path behind it are read only while their id is pinned, after the publication that led there was seen to
//! be still in place (`Slot::read`). From then on nobody changes them until the pin is gone.
#![allow(unsafe_code, reason = "reads bytes of pinned blocks")]

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use phalanx_bytecode::unit::UnitRef;
use phalanx_shm::{Claim, ClaimGuard, PinId, Slot};
use phalanx_value::PhpString;
use phalanx_value::string::hash_bytes;

use crate::layout::{Footer, Publication, Record};
use crate::{Cache, counter};

/// What tells one state of a file from another.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FileStamp {
    /// Time of the last change, in seconds since 1970.
    pub seconds: i64,
    /// And nanoseconds.
    pub nanos: u32,
    /// Size in bytes.
    pub size: u64,
}

/// What counts as fresh and as new, where it is not what the configuration of the cache says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    /// `validate_timestamps`.
    pub validate_timestamps: bool,
    /// `revalidate_freq`.
    pub revalidate_freq: u32,
    /// `file_update_protection`.
    pub file_update_protection: u64,
}

/// When a request looks something up: seconds since 1970, the time of the request will do; and by which rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct When {
    /// Seconds since 1970.
    pub now: u64,
    /// None for those of the cache.
    pub rules: Option<Rules>,
}

impl From<u64> for When {
    fn from(now: u64) -> When {
        When { now, rules: None }
    }
}

/// A script in the cache. It stays where it is until the slot that looked it up unpins it, at the end of the request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hit {
    pub(crate) id: PinId,
    pub(crate) generation: u32,
    pub(crate) address: *const u8,
    pub(crate) len: usize,
}

impl Hit {
    /// The Unit's id.
    pub fn id(&self) -> PinId {
        self.id
    }

    /// How often the id was given to other scripts before. What a thread keeps by id beyond a request must remember this too.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// Where the Unit starts.
    pub fn address(&self) -> *const u8 {
        self.address
    }

    /// Its size in bytes.
    pub fn size(&self) -> usize {
        self.len
    }

    /// The Unit.
    ///
    /// # Safety
    /// What was stored is a Unit's [`Image`](phalanx_bytecode::unit::Image), and nothing that is reached through the result is used
    /// after the slot has unpinned the id.
    pub unsafe fn unit(&self) -> UnitRef {
        // SAFETY: the image was relocated to this address when it was stored, and stays as long as the id is pinned, and so do
        // the strings that its block lists.
        unsafe { UnitRef::new(self.address.cast()) }
    }
}

/// The answer to a request for a script.
#[derive(Debug)]
pub enum Fetch<'s> {
    /// It is in the cache.
    Hit(Hit),
    /// The caller is to compile it and to publish it with this ticket. If it cannot, it drops the ticket.
    Compile(Ticket<'s>),
    /// The caller is to compile it for itself.
    Private(Uncached),
}

/// Why a script is not stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Uncached {
    /// It is on the blacklist.
    Blacklisted,
    /// Somebody is compiling it and takes too long, or the caller must not wait because it is compiling something itself.
    Busy,
    /// The file was changed too short a time ago (`file_update_protection`).
    TooNew,
    /// The file is larger than `max_file_size`.
    TooLarge,
    /// Nothing could make room.
    Full,
}

/// The right and the duty to compile one script.
#[derive(Debug)]
#[must_use = "others wait until the ticket is used or dropped"]
pub struct Ticket<'s> {
    pub(crate) hash: u64,
    pub(crate) path: Vec<u8>,
    _claim: ClaimGuard<'s>,
    thread: PhantomData<*const ()>,
}

impl Ticket<'_> {
    /// The path that was asked for.
    pub fn path(&self) -> &[u8] {
        &self.path
    }
}

/// A publication that was found, with its id pinned.
pub(crate) struct Found {
    pub(crate) id: PinId,
    pub(crate) place: usize,
    pub(crate) publication: Publication,
    /// Whether this lookup pinned the id.
    pub(crate) new: bool,
}

impl Cache {
    /// Looks a script up by its resolved path, at the time `now` (seconds since 1970; the time of the request will do).
    ///
    /// `stamp` asks the file system; it is called only when it is time to look again (`validate_timestamps`,
    /// `revalidate_freq`). `None` means that there is no such file.
    ///
    /// A hit makes no system call. Many that ask for the same missing script wait for the one who was told to compile it.
    pub fn fetch<'s>(
        &self,
        slot: &'s Slot,
        path: &[u8],
        when: impl Into<When>,
        stamp: impl FnMut() -> Option<FileStamp>,
    ) -> Fetch<'s> {
        let when = when.into();
        self.fetch_if(slot, path, when, stamp, |path, stamp| {
            if self.config.blacklist.matches(path) {
                return Err(Uncached::Blacklisted);
            }
            stamp().map_or(Ok(()), |stamp| self.config.admit(stamp, when))
        })
    }

    /// The script, if it is in the cache as its file is. A path whose hash is known already is not hashed again.
    pub fn stored(
        &self,
        slot: &Slot,
        path: &PhpString,
        when: impl Into<When>,
        mut stamp: impl FnMut() -> Option<FileStamp>,
    ) -> Option<Hit> {
        let hit = self.look(slot, path.hash(), path, when.into(), &mut stamp)?;
        slot.count(counter::HITS, 1);
        Some(hit)
    }

    /// As [`Cache::fetch`], for a script that is stored whatever the settings say of its path, size and age: it is preloaded.
    pub fn fetch_always<'s>(
        &self,
        slot: &'s Slot,
        path: &[u8],
        when: impl Into<When>,
        stamp: impl FnMut() -> Option<FileStamp>,
    ) -> Fetch<'s> {
        self.fetch_if(slot, path, when.into(), stamp, |_, _| Ok(()))
    }

    fn fetch_if<'s>(
        &self,
        slot: &'s Slot,
        path: &[u8],
        when: When,
        mut stamp: impl FnMut() -> Option<FileStamp>,
        admit: impl FnOnce(&[u8], &mut dyn FnMut() -> Option<FileStamp>) -> Result<(), Uncached>,
    ) -> Fetch<'s> {
        let hash = hash_bytes(path);
        if let Some(hit) = self.look(slot, hash, path, when, &mut stamp) {
            slot.count(counter::HITS, 1);
            return Fetch::Hit(hit);
        }
        self.fetch_missing(slot, hash, path, when, stamp, admit)
    }

    /// Looks a script up that was not there a moment ago.
    #[cold]
    fn fetch_missing<'s>(
        &self,
        slot: &'s Slot,
        hash: u64,
        path: &[u8],
        when: When,
        mut stamp: impl FnMut() -> Option<FileStamp>,
        admit: impl FnOnce(&[u8], &mut dyn FnMut() -> Option<FileStamp>) -> Result<(), Uncached>,
    ) -> Fetch<'s> {
        if let Err(reason) = admit(path, &mut stamp) {
            let counter =
                if reason == Uncached::Blacklisted { counter::BLACKLIST_MISSES } else { counter::MISSES };
            slot.count(counter, 1);
            return Fetch::Private(reason);
        }
        let claim = (hash >> 16) as u32 % self.control().options().claims;
        let deadline = Instant::now() + Duration::from_millis(self.config.compile_wait_ms);
        let stamp = &Cell::new(Some(stamp));
        loop {
            let found = Cell::new(None);
            let is_done = || {
                let mut ask = stamp.take().expect("one look at a time");
                found.set(self.look(slot, hash, path, when, &mut ask));
                stamp.set(Some(ask));
                found.get().is_some()
            };
            match slot.claim(claim, is_done) {
                Claim::Done => {
                    slot.count(counter::HITS, 1);
                    return Fetch::Hit(found.get().expect("what is done was found"));
                }
                Claim::Mine(claim) => {
                    slot.count(counter::MISSES, 1);
                    return Fetch::Compile(Ticket {
                        hash,
                        path: path.to_vec(),
                        _claim: claim,
                        thread: PhantomData,
                    });
                }
                Claim::Underway => {
                    if slot.claims_held() > 0 || Instant::now() >= deadline {
                        slot.count(counter::MISSES, 1);
                        return Fetch::Private(Uncached::Busy);
                    }
                    slot.wait_for_claim(claim);
                }
            }
        }
    }

    /// Whether the cache has the script in the state that the file is in: `opcache_is_script_cached()`.
    pub fn contains(
        &self,
        slot: &Slot,
        path: &[u8],
        when: impl Into<When>,
        mut stamp: impl FnMut() -> Option<FileStamp>,
    ) -> bool {
        let Some(found) = self.find(slot, hash_bytes(path), path) else { return false };
        let fresh = self.is_fresh(found.id, when.into(), &mut stamp);
        self.leave(slot, &found);
        fresh
    }

    /// Ends a request: nothing that it looked up may be used any more. If it was the last reader of something that has been
    /// replaced, the memory is free when this returns.
    pub fn end_request(&self, slot: &Slot) {
        let retired = self.layout.retired();
        let (mut anything_waits, mut last_reader) = (None, false);
        slot.release_each(|id| {
            // Asked once, and not before all pins are gone: whoever retires something after that finds it unpinned.
            let waits = *anything_waits.get_or_insert_with(|| self.heap.has_retired());
            last_reader |= waits && retired.has(self.segment(), id);
        });
        if last_reader {
            self.reclaim(slot);
        }
    }

    /// Finds a script that is as the file is. It is pinned, and counted as used.
    fn look(
        &self,
        slot: &Slot,
        hash: u64,
        path: &[u8],
        when: When,
        stamp: &mut dyn FnMut() -> Option<FileStamp>,
    ) -> Option<Hit> {
        let found = self.find(slot, hash, path)?;
        if self.is_fresh(found.id, when, stamp) {
            slot.note_use(found.id, when.now as u32);
            return Some(self.hit(found.id));
        }
        self.leave(slot, &found);
        self.discard(slot, found.place, found.publication);
        None
    }

    /// Takes back the pin of a lookup that came to nothing.
    pub(crate) fn leave(&self, slot: &Slot, found: &Found) {
        if found.new {
            slot.unpin(found.id);
            if self.layout.retired().has(self.segment(), found.id) {
                self.reclaim(slot);
            }
        }
    }

    /// Of a script that the caller has pinned.
    #[inline]
    pub(crate) fn hit(&self, id: PinId) -> Hit {
        let record = self.record(id);
        Hit {
            id,
            generation: record.generation.load(Ordering::Relaxed),
            address: self.segment().at(record.block.load(Ordering::Relaxed) as usize),
            len: self.footer(id).unit_len as usize,
        }
    }

    #[inline]
    pub(crate) fn record(&self, id: PinId) -> &Record {
        self.layout.record(self.segment(), id)
    }

    /// What a script's block tells of it. The caller has pinned the script by way of its publication, or holds the table's lock
    /// and found it published.
    #[inline]
    pub(crate) fn footer(&self, id: PinId) -> &Footer {
        self.footer_at(self.record(id).footer.load(Ordering::Relaxed) as usize)
    }

    /// The same by its offset, which the record gives.
    #[inline]
    fn footer_at(&self, at: usize) -> &Footer {
        // SAFETY: the bytes were written before the script was published, and nobody changes them while it is pinned, or
        // published and the lock is held.
        let bytes = unsafe { self.segment().bytes(at, size_of::<Footer>()) };
        let footer = bytes.as_ptr().cast::<Footer>();
        assert!(footer.is_aligned());
        // SAFETY: as many bytes as a footer has, aligned, and any bytes are one.
        unsafe { &*footer }
    }

    /// The path of a script, on the same conditions.
    #[inline]
    pub(crate) fn path_of(&self, id: PinId) -> &[u8] {
        let at = self.record(id).footer.load(Ordering::Relaxed) as usize;
        let len = self.footer_at(at).path_len as usize;
        // SAFETY: as for the footer, which the path follows.
        unsafe { self.segment().bytes(at + size_of::<Footer>(), len) }
    }

    /// Finds the publication of a path and pins it. The low bits of its hash choose the place in the table, the high half is compared
    /// there.
    pub(crate) fn find(&self, slot: &Slot, hash: u64, path: &[u8]) -> Option<Found> {
        let id_of = |value| {
            let publication = Publication(value);
            publication.id().filter(|_| publication.has_hash(hash))
        };
        for step in 0..self.layout.places() {
            let place = (hash as usize).wrapping_add(step);
            let word = self.layout.place(self.segment(), place);
            let seen = word.load(Ordering::Acquire);
            if seen == Publication::EMPTY.0 {
                return None;
            }
            if id_of(seen).is_none() {
                continue;
            }
            // Between this and the look before, the place may have been given to somebody else: then it is passed.
            let Some(pinned) = slot.read(word, id_of) else { continue };
            let publication = Publication(pinned.value);
            let Some(id) = publication.id() else { continue };
            let found = Found { id, place, publication, new: pinned.new };
            if self.path_of(id) == path {
                return Some(found);
            }
            self.leave(slot, &found);
        }
        None
    }

    /// Whether a pinned script need not be looked at again yet, or has been and is as the file is.
    fn is_fresh(&self, id: PinId, when: When, stamp: &mut dyn FnMut() -> Option<FileStamp>) -> bool {
        let When { now, .. } = when;
        let rules = self.rules(when);
        if !rules.validate_timestamps {
            return true;
        }
        // The note may be anything. The worst that a wrong one does is a look too many or one too late.
        let note = self.control().note(id);
        let due = u64::from(note.load(Ordering::Relaxed));
        let frequency = u64::from(rules.revalidate_freq);
        if frequency > 0 && now <= due && due <= now + frequency {
            return true;
        }
        if stamp() != Some(self.footer(id).stamp()) {
            return false;
        }
        note.store((now + frequency) as u32, Ordering::Relaxed);
        true
    }

    /// By which rules something is looked up.
    pub fn rules(&self, when: When) -> Rules {
        self.config.rules(when)
    }
}

impl Footer {
    pub(crate) fn stamp(&self) -> FileStamp {
        FileStamp { seconds: self.seconds, nanos: self.nanos, size: self.size }
    }
}
