//! The realpath cache: what paths are without symbolic links, so that an include needs no system call.
//!
//! Each thread has one, which outlives its requests. The folders on the way to a file are remembered as well, so that its
//! neighbours cost one system call. An entry is good for `realpath_cache_ttl` seconds; when a script removes
//! or renames something all are forgotten. That something is not there is never remembered.

use crate::Context;
use phalanx_host::{clock, fs};
use phalanx_value::PhpString;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// What is known of a path.
struct Entry {
    /// The path without symbolic links, unless that is the path itself.
    real: Option<Box<[u8]>>,
    /// From when on it is not believed any more, in seconds since 1970.
    expires: i64,
}

/// The same as scripts see it.
pub struct Listed {
    /// The path.
    pub path: Vec<u8>,
    /// The path without symbolic links.
    pub real: Vec<u8>,
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

impl Entry {
    /// Bytes that the entry of a path takes: both paths, and some 64 beside them.
    fn size(&self, full: &[u8]) -> usize {
        full.len() + self.real.as_deref().unwrap_or(full).len() + 64
    }
}

impl Known {
    fn find(&mut self, full: &[u8], now: i64) -> Option<PhpString> {
        let entry = self.paths.get(full)?;
        if entry.expires >= now {
            return Some(PhpString::from_bytes(entry.real.as_deref().unwrap_or(full)));
        }
        self.remove(full);
        None
    }

    fn remove(&mut self, full: &[u8]) {
        if let Some(entry) = self.paths.remove(full) {
            self.bytes -= entry.size(full);
        }
    }

    fn add(&mut self, full: &[u8], entry: Entry, limit: usize) {
        let bytes = self.bytes + entry.size(full);
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
        if limit == 0 || lifetime <= 0 {
            return fs::realpath(&full).ok().map(PhpString::from);
        }
        let now = clock::now_coarse().seconds;
        KNOWN.with_borrow_mut(|known| Search { known, now, expires: now + lifetime, limit }.real_path(&full))
    }
}

/// A look-up, with what becomes of what is found out by the way.
struct Search<'k> {
    known: &'k mut Known,
    now: i64,
    expires: i64,
    limit: usize,
}

impl Search<'_> {
    fn real_path(&mut self, full: &[u8]) -> Option<PhpString> {
        if let Some(known) = self.known.find(full, self.now) {
            return Some(known);
        }
        let real = match self.in_folder(full)? {
            Some(real) => real,
            None => fs::realpath(full).ok()?,
        };
        let entry = Entry { real: (real != full).then(|| real.as_slice().into()), expires: self.expires };
        self.known.add(full, entry, self.limit);
        Some(PhpString::from(real))
    }

    /// The real path by that of the folder that the file is in, as far as that tells: it does not for links. None if there
    /// is no such file.
    fn in_folder(&mut self, full: &[u8]) -> Option<Option<Vec<u8>>> {
        let slash = full.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
        let name = full.get(slash + 1..).unwrap_or_default();
        if matches!(name, b"" | b"." | b"..") {
            return Some(None);
        }
        let mut real = Vec::with_capacity(full.len());
        if slash > 0 {
            real.extend_from_slice(self.real_path(&full[..slash])?.as_bytes());
        }
        if !real.ends_with(b"/") {
            real.push(b'/');
        }
        real.extend_from_slice(name);
        let is_link = fs::lstat(&real).ok()?.is_link();
        Some((!is_link).then_some(real))
    }
}

/// Forgets everything, or what is known of one full path.
pub fn forget(full: Option<&[u8]>) {
    KNOWN.with_borrow_mut(|known| match full {
        None => *known = Known::default(),
        Some(full) => known.remove(full),
    });
}

/// All that is known, in no order.
pub fn entries() -> Vec<Listed> {
    let listed = |path: &[u8], entry: &Entry| Listed {
        path: path.to_vec(),
        real: entry.real.as_deref().unwrap_or(path).to_vec(),
        expires: entry.expires,
    };
    KNOWN.with_borrow(|known| known.paths.iter().map(|(path, entry)| listed(path, entry)).collect())
}

/// Bytes that it takes.
pub fn size() -> usize {
    KNOWN.with_borrow(|known| known.bytes)
}
