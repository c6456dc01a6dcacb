//! Guards against recursion: while `__get` answers for a property of an object, a read of the same property does not
//! call it again.

use phalanx_value::{ObjRef, PhpString};

/// Which magic method runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Magic {
    Get,
    Set,
    Isset,
    Unset,
}

/// The magic methods that run now.
#[derive(Default)]
pub struct Guards(Vec<(usize, Magic, PhpString)>);

impl crate::Context {
    /// Does something with the object that a lazy proxy stands for; a magic method that runs for the proxy counts as
    /// running for it.
    pub(super) fn on_real<T>(
        &mut self,
        (proxy, real): (&ObjRef, &ObjRef),
        name: &PhpString,
        magic: Magic,
        action: impl FnOnce(&mut crate::Context) -> T,
    ) -> T {
        let runs = !real.ptr_eq(proxy) && self.oop.guards.is_in(proxy, name, magic);
        let forwarded = runs && self.oop.guards.enter(real, name, magic);
        let result = action(self);
        if forwarded {
            self.oop.guards.leave(real, name, magic);
        }
        result
    }
}

impl Guards {
    /// Whether the method runs for this property of the object.
    pub fn is_in(&self, object: &ObjRef, name: &[u8], magic: Magic) -> bool {
        let address = object.raw().addr();
        self.0.iter().any(|entry| entry.0 == address && entry.1 == magic && *entry.2 == *name)
    }

    /// Notes that the method runs; false if it does already.
    pub fn enter(&mut self, object: &ObjRef, name: &PhpString, magic: Magic) -> bool {
        if self.is_in(object, name, magic) {
            return false;
        }
        self.0.push((object.raw().addr(), magic, name.clone()));
        true
    }

    /// Ends what `enter` began.
    pub fn leave(&mut self, object: &ObjRef, name: &PhpString, magic: Magic) {
        let address = object.raw().addr();
        let found =
            self.0.iter().rposition(|entry| entry.0 == address && entry.1 == magic && entry.2 == *name);
        if let Some(index) = found {
            self.0.remove(index);
        }
    }
}
