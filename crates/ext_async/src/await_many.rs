//! The functions that wait for several at once.
use phalanx_vm::native::NativeFn;
/// Functions of this file.
pub static FUNCTIONS: &[&NativeFn] = &[];
