//! The built-in extensions.

use phalanx_vm::native::Extension;

/// All of them, in the order in which PHP lists and starts them.
pub fn all() -> Vec<&'static Extension> {
    vec![&phalanx_vm::builtin::CORE]
}
