//! The realpath cache: what paths are without symbolic links, so that an include needs no system call.
//!
//! Each thread has one, which outlives its requests. An entry is good for `realpath_cache_ttl` seconds; when a script removes
//! or renames something all are forgotten. That something is not there is never remembered.

use crate::Context;
use phalanx_host::{clock, fs};
use phalanx_value::PhpString;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// What is known of a path.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The path without symbolic links.
    pub real: Box<[u8]>,
    /// From when on it is not believed any more, in seconds since 1970.
    pub expires: i64,
}

#[derive(Default)]
struct Known {
    paths: FxHashMap<Box<[u8]>, Entry>,
    bytes: usize,
}

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// What an entry takes beside its two paths, roughly.
const ENTRY: usize = 64;

impl Known {
    fn find(&mut self, full: &[u8], now: i64) -> Option<PhpString> {
        let entry = self.paths.get(full)?;
        if entry.expires >= now {
            return Some(PhpString::from_bytes(&entry.real));
        }
        self.bytes -= full.len() + entry.real.len() + ENTRY;
        self.paths.remove(full);
        None
    }

    fn add(&mut self, full: &[u8], entry: Entry, limit: usize) {
        let bytes = self.bytes + full.len() + entry.real.len() + ENTRY;
        if bytes <= limit {
            self.bytes = bytes;
            self.paths.insert(full.into(), entry);
        }
    }
}

impl Context {
    /// `realpath()`: the full path without symbolic links, if the file exists.
    pub fn real_path(&self, path: &[u8]) -> Option<PhpString> {
        let full = self.process.cwd.absolute(path);
        let (limit, lifetime) = (self.ini.realpath_cache_size, self.ini.realpath_cache_ttl);
        let remembers = limit != 0 && lifetime > 0;
        let now = if remembers { clock::now_coarse().seconds } else { 0 };
        if remembers && let Some(known) = KNOWN.with_borrow_mut(|known| known.find(&full, now)) {
            return Some(known);
        }
        // No file has NUL in its path, so none is known with it.
        if path.contains(&0) {
            return None;
        }
        let real = fs::realpath(&full).ok()?;
        if remembers {
            let entry = Entry { real: real.as_slice().into(), expires: now + lifetime };
            KNOWN.with_borrow_mut(|known| known.add(&full, entry, limit));
        }
        Some(PhpString::from(real))
    }
}

/// Forgets everything, or what is known of one full path.
pub fn forget(full: Option<&[u8]>) {
    KNOWN.with_borrow_mut(|known| match full {
        None => *known = Known::default(),
        Some(full) => {
            if let Some(entry) = known.paths.remove(full) {
                known.bytes -= full.len() + entry.real.len() + ENTRY;
            }
        }
    });
}

/// All that is known, in no order.
pub fn entries() -> Vec<(Box<[u8]>, Entry)> {
    KNOWN.with_borrow(|known| known.paths.iter().map(|(path, entry)| (path.clone(), entry.clone())).collect())
}

/// Bytes that it takes.
pub fn size() -> usize {
    KNOWN.with_borrow(|known| known.bytes)
}
