//! The environment, as one PHP thread sees it.
//!
//! The process's environment is read once and never written: `putenv` of the C library is not safe with threads. A thread's
//! changes lie on top of it and are given to the processes that the thread starts.

use std::collections::HashMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::sync::OnceLock;

/// Variables at the start of the process, in the system's order.
fn at_start() -> &'static [(Vec<u8>, Vec<u8>)] {
    static VARIABLES: OnceLock<Vec<(Vec<u8>, Vec<u8>)>> = OnceLock::new();
    VARIABLES.get_or_init(|| {
        std::env::vars_os()
            .map(|(name, value)| (name.into_encoded_bytes(), value.into_encoded_bytes()))
            .collect()
    })
}

/// A thread's environment.
#[derive(Clone, Debug, Default)]
pub struct Env {
    /// What differs from the start; nothing means removed.
    changes: HashMap<Vec<u8>, Option<Vec<u8>>>,
    /// The names in `changes`, in the order of their first change.
    order: Vec<Vec<u8>>,
}

impl Env {
    /// The value of a variable.
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        match self.changes.get(name) {
            Some(change) => change.as_deref(),
            None => at_start().iter().find(|(known, _)| known == name).map(|(_, value)| &value[..]),
        }
    }

    /// Sets a variable for this thread.
    pub fn set(&mut self, name: &[u8], value: &[u8]) {
        self.change(name, Some(value.to_vec()));
    }

    /// Removes a variable for this thread.
    pub fn remove(&mut self, name: &[u8]) {
        self.change(name, None);
    }

    fn change(&mut self, name: &[u8], value: Option<Vec<u8>>) {
        if self.changes.insert(name.to_vec(), value).is_none() {
            self.order.push(name.to_vec());
        }
    }

    /// All variables: the ones of the start in their order, then new ones.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let is_old = |name: &[u8]| at_start().iter().any(|(known, _)| known == name);
        let old = at_start().iter().filter_map(|(name, value)| match self.changes.get(name) {
            None => Some((&name[..], &value[..])),
            Some(change) => change.as_deref().map(|value| (&name[..], value)),
        });
        let new = self
            .order
            .iter()
            .filter(move |name| !is_old(name))
            .filter_map(|name| self.changes[name].as_deref().map(|value| (&name[..], value)));
        old.chain(new)
    }

    /// All variables for a process that is started.
    pub(crate) fn for_child(&self) -> impl Iterator<Item = (OsString, OsString)> {
        self.iter()
            .map(|(name, value)| (OsString::from_vec(name.to_vec()), OsString::from_vec(value.to_vec())))
    }
}

#[cfg(test)]
mod tests {
    use super::Env;

    #[test]
    fn changes_are_private() {
        let mut env = Env::default();
        let other = Env::default();
        let path = other.get(b"PATH").map(<[u8]>::to_vec);
        assert!(path.is_some());
        env.set(b"PATH", b"x");
        env.set(b"PHALANX_B", b"1");
        env.set(b"PHALANX_A", b"2");
        env.set(b"PHALANX_B", b"3");
        assert_eq!(env.get(b"PATH"), Some(&b"x"[..]));
        assert_eq!(other.get(b"PATH").map(<[u8]>::to_vec), path);
        let last: Vec<_> = env.iter().filter(|(name, _)| name.starts_with(b"PHALANX_")).collect();
        assert_eq!(last, [(&b"PHALANX_B"[..], &b"3"[..]), (b"PHALANX_A", b"2")]);
        env.remove(b"PATH");
        assert_eq!(env.get(b"PATH"), None);
        assert!(!env.iter().any(|(name, _)| name == b"PATH"));
    }
}
