//! The strings of one compilation, interned: equal ids mean equal bytes.
//!
//! The syntax tree's symbols are ids as they are; strings that the compiler makes (lower-case and resolved names,
//! folded constants) follow behind them.

use phalanx_base::Id;
use phalanx_bytecode::draft::Bytes;
use phalanx_syntax::ast::{StringPool, Sym};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// An interned string.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct StrId(pub(crate) u32);

pub(crate) struct Strings<'a> {
    pool: &'a StringPool,
    /// Strings that are not in the pool, from id `pool.len()` on.
    made: Vec<Bytes>,
    ids: FxHashMap<Bytes, StrId>,
    /// A copy of all strings of the pool, for the draft.
    text: Rc<[u8]>,
    /// Lower-case forms, by id, as far as they were asked for.
    lower: Vec<Option<StrId>>,
}

impl<'a> Strings<'a> {
    pub(crate) fn new(pool: &'a StringPool) -> Strings<'a> {
        Strings {
            pool,
            made: Vec::new(),
            ids: FxHashMap::default(),
            text: pool.text().into(),
            lower: Vec::new(),
        }
    }

    pub(crate) fn get(&self, id: StrId) -> &[u8] {
        let index = id.0 as usize;
        match index.checked_sub(self.pool.len()) {
            None => self.pool.get(Sym::from_index(index)),
            Some(made) => &self.made[made],
        }
    }

    pub(crate) fn intern(&mut self, text: &[u8]) -> StrId {
        if let Some(sym) = self.pool.lookup(text) {
            return sym.into();
        }
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        let bytes: Bytes = text.into();
        let id = StrId((self.pool.len() + self.made.len()) as u32);
        self.made.push(bytes.clone());
        self.ids.insert(bytes, id);
        id
    }

    /// The string for the draft.
    pub(crate) fn bytes(&mut self, id: StrId) -> Bytes {
        let index = id.0 as usize;
        match index.checked_sub(self.pool.len()) {
            None => Bytes::part(&self.text, self.pool.place(Sym::from_index(index))),
            Some(made) => self.made[made].clone(),
        }
    }

    /// The string with ASCII letters in lower case.
    pub(crate) fn lower(&mut self, id: StrId) -> StrId {
        let index = id.0 as usize;
        if let Some(&Some(known)) = self.lower.get(index) {
            return known;
        }
        let text = self.get(id);
        let lower = if text.iter().any(u8::is_ascii_uppercase) {
            let text = text.to_ascii_lowercase();
            self.intern(&text)
        } else {
            id
        };
        if self.lower.len() <= index {
            self.lower.resize(self.pool.len() + self.made.len(), None);
        }
        self.lower[index] = Some(lower);
        lower
    }

    /// The string for messages.
    pub(crate) fn text(&self, id: StrId) -> String {
        String::from_utf8_lossy(self.get(id)).into_owned()
    }
}

impl From<Sym> for StrId {
    fn from(sym: Sym) -> StrId {
        StrId(sym.index() as u32)
    }
}
