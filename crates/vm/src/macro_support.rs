//! What the code that `phalanx-macros` writes refers to, so that extensions need not depend on more than this crate.

pub use phalanx_bytecode::flags::{class as class_flag, func as func_flag, member as member_flag};
pub use phalanx_bytecode::types;
pub use phalanx_value::{PhpArray, PhpString, Value, static_str};
