//! Paths of included scripts.

use phalanx_value::PhpString;
use rustc_hash::FxHashSet;

/// Full paths that were included, in order.
#[derive(Default)]
pub struct Included {
    set: FxHashSet<PhpString>,
    order: Vec<PhpString>,
}

impl Included {
    /// Notes a path; false if it was there already.
    pub fn add(&mut self, path: &PhpString) -> bool {
        if !self.set.insert(path.clone()) {
            return false;
        }
        self.order.push(path.clone());
        true
    }

    /// Whether the path was included.
    pub fn contains(&self, path: &[u8]) -> bool {
        self.set.contains(path)
    }

    /// All in order.
    pub fn paths(&self) -> &[PhpString] {
        &self.order
    }
}
